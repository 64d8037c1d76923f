/* tableecsv.c - the header of ECSV files: columns and their units, to and from a table.
 * Source: ECSV 1.0 (Astropy Proposal for Enhancement 6). Not: the rows (tablecsv.c), YAML in general:
 * the part of it that such headers use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tabledata.h"
#include "tabletext.h"
#include "vigie/formats/json.h"

static const struct {
    const char *ecsv, *datatype;
} types[] = {{"bool", "boolean"},
             {"int8", "short"},
             {"uint8", "unsignedByte"},
             {"int16", "short"},
             {"uint16", "int"},
             {"int32", "int"},
             {"uint32", "long"},
             {"int64", "long"},
             {"float16", "float"},
             {"float32", "float"},
             {"float64", "double"},
             {"string", "char"},
             {"float128", "double"},
             {"complex64", "floatComplex"},
             {"complex128", "doubleComplex"}};

/* ---- reading ---- */

/* A scalar: quoted in either way, or plain up to one of `stops`. */
static const char *scalar(const char *s, const char *stops, struct str *out)
{
    str_reset(out);
    while (*s == ' ')
        s++;
    if (*s == '\'') {
        for (s++; *s && !(*s == '\'' && s[1] != '\''); s++) {
            s += *s == '\'';
            str_addc(out, *s);
        }
        return *s ? s + 1 : s;
    }
    if (*s == '"') {
        for (s++; *s && *s != '"'; s++) {
            s += *s == '\\' && s[1];
            str_addc(out, *s);
        }
        return *s ? s + 1 : s;
    }
    int depth = 0; /* commas inside {} and [] belong to the value */
    for (; *s && *s != '\n' && (depth > 0 || !strchr(stops, *s)); s++) {
        depth += *s == '[' || *s == '{';
        depth -= *s == ']' || *s == '}';
        str_addc(out, *s);
    }
    while (out->n && out->s[out->n - 1] == ' ')
        out->s[--out->n] = '\0';
    return s;
}

struct item {
    char *name, *unit, *description, *datatype, *subtype;
};

static void set_item(struct item *item, const char *key, const char *value)
{
    char **to = strcmp(key, "name") == 0          ? &item->name
                : strcmp(key, "unit") == 0        ? &item->unit
                : strcmp(key, "description") == 0 ? &item->description
                : strcmp(key, "datatype") == 0    ? &item->datatype
                : strcmp(key, "subtype") == 0     ? &item->subtype
                                                  : NULL;
    if (to && !*to)
        *to = mem_str(value);
}

/* "[3]" is "3"; "[2,3]" is "3x2", as VOTable counts from the fastest; "[null]" and all else a list. */
static void size_of(const char *s, char *to, size_t room)
{
    long n[8];
    int dims = 0;
    char *end;
    snprintf(to, room, "*");
    if (*s++ != '[')
        return;
    for (;; s = end + 1) {
        n[dims] = strtol(s, &end, 10);
        if (end == s || n[dims] <= 0 || n[dims] > 1000000 || ++dims == 8)
            return;
        if (*end != ',')
            break;
    }
    if (*end != ']')
        return;
    for (size_t at = 0; dims-- > 0 && at < room;)
        at += (size_t)snprintf(to + at, room - at, "%ld%s", n[dims], dims ? "x" : "");
}

/* "float64[3]", "float64[null]": the type in brackets' front, the size in them. */
static void add_column(struct table *t, struct item *item)
{
    char size[64] = "";
    const char *type = item->subtype ? item->subtype : item->datatype ? item->datatype : "";
    size_t n = strcspn(type, "[");
    struct table_field f = {
        .name = item->name, .unit = item->unit, .description = item->description};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strlen(types[i].ecsv) == n && strncmp(types[i].ecsv, type, n) == 0)
            f.datatype = types[i].datatype;
    if (f.datatype && strcmp(f.datatype, "char") == 0)
        f.arraysize = "*";
    else if (item->subtype && f.datatype) {
        size_of(type + n, size, sizeof size);
        f.arraysize = size;
    }
    table_add(t, &f);
}

static void clear_item(struct item *item)
{
    free(item->name);
    free(item->unit);
    free(item->description);
    free(item->datatype);
    free(item->subtype);
    *item = (struct item){0};
}

/* key: value, in braces (then they end with a comma or the brace) or alone on a line. */
static const char *pair(const char *s, bool braces, struct item *item, struct str *key,
                        struct str *value)
{
    s = scalar(s, ":", key);
    while (*s == ' ')
        s++;
    if (*s == ':')
        s = scalar(s + 1, braces ? ",}" : "", value);
    if (key->n)
        set_item(item, str_c(key), str_c(value));
    str_reset(value);
    return s;
}

static const char *one_item(const char *s, struct table *t, struct str *key, struct str *value)
{
    struct item item = {0};
    s += 2; /* "- " */
    if (*s == '{') {
        for (s++; *s && *s != '}';) {
            const char *before = s;
            s = pair(s, true, &item, key, value);
            while (*s == ',' || *s == ' ' || *s == '\n')
                s++;
            if (s == before)
                s++;
        }
    } else {
        s = pair(s, false, &item, key, value);
        while (s[0] == '\n' && s[1] == ' ' && s[2] == ' ')
            s = pair(s + 1, false, &item, key, value);
    }
    if (item.name)
        add_column(t, &item);
    clear_item(&item);
    return s + strcspn(s, "\n");
}

enum status tableecsv_read(struct table *t, const char *header, char *separator, struct error *err)
{
    struct str key = {0}, value = {0};
    bool columns = false;
    *separator = ' ';
    for (const char *s = header; *s;) {
        if (strncmp(s, "delimiter:", 10) == 0) {
            scalar(s + 10, "", &value);
            *separator = strcmp(str_c(&value), ",") == 0 ? ',' : ' ';
            s += strcspn(s, "\n");
        } else if (columns && s[0] == '-' && s[1] == ' ') {
            s = one_item(s, t, &key, &value);
        } else {
            columns = strncmp(s, "datatype:", 9) == 0 || (columns && *s == ' ');
            s += strcspn(s, "\n");
        }
        s += *s == '\n';
    }
    str_clear(&key);
    str_clear(&value);
    return t->n_columns ? OK : err_set(err, E_PARSE, "ECSV: the header names no column");
}

/* ---- writing ---- */

static const char *ecsv_type(const struct table_column *c)
{
    switch (c->type) {
    case TABLE_BOOL:
    case TABLE_BIT: return "bool";
    case TABLE_U8: return "uint8";
    case TABLE_I16: return "int16";
    case TABLE_I32: return "int32";
    case TABLE_I64: return "int64";
    case TABLE_F32: return "float32";
    case TABLE_F64: return "float64";
    case TABLE_C32: return "complex64";
    case TABLE_C64: return "complex128";
    case TABLE_TEXT: return "string";
    }
    return "string";
}

/* JSON has no complex numbers: a list of them is one of twice as many reals, real part first. */
static void add_subtype(struct str *out, const struct table_column *c)
{
    bool pair = c->type == TABLE_C32 || c->type == TABLE_C64;
    const char *type = c->type == TABLE_C32   ? "float32"
                       : c->type == TABLE_C64 ? "float64"
                                              : ecsv_type(c);
    if (c->size)
        str_addf(out, ", subtype: '%s[%u]'", type, c->size * (pair ? 2 : 1));
    else
        str_addf(out, ", subtype: '%s[null]'", type);
}

/* JSON's quoting is YAML's too; a line end would end the comment. */
static void add_pair(struct str *out, const char *key, const char *value)
{
    struct json_writer j;
    if (!value)
        return;
    str_addf(out, ", %s: ", key);
    json_write(&j, out);
    json_string(&j, value);
}

void tableecsv_header(const struct table *t, struct str *out)
{
    str_add(out, "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n");
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_column *c = &t->column[i];
        struct json_writer j;
        str_add(out, "# - {name: ");
        json_write(&j, out);
        json_string(&j, c->field.name ? c->field.name : c->field.id ? c->field.id : "");
        add_pair(out, "unit", c->field.unit);
        str_addf(out, ", datatype: %s", c->array ? "string" : ecsv_type(c));
        if (c->array)
            add_subtype(out, c);
        add_pair(out, "description", c->field.description);
        if (c->field.ucd || c->field.utype) {
            str_add(out, ", meta: {name: ''");
            add_pair(out, "ucd", c->field.ucd);
            add_pair(out, "utype", c->field.utype);
            str_addc(out, '}');
        }
        str_add(out, "}\n");
    }
    str_add(out, "# schema: astropy-2.0\n");
}

/* The words of an element from `from` on as readers of JSON want them: commas between, NaN, Infinity. */
static void spell_reals(struct str *out, size_t from)
{
    char *words = mem_str(out->s + from), *next = words;
    out->n = from;
    for (char *w; (w = strsep(&next, " "));) {
        if (out->n > from)
            str_addc(out, ',');
        str_add(out, strcmp(w, "nan") == 0    ? "NaN"
                     : strcmp(w, "inf") == 0  ? "Infinity"
                     : strcmp(w, "-inf") == 0 ? "-Infinity"
                                              : w);
    }
    free(words);
}

static void list_item(const struct table *t, size_t row, size_t column, uint32_t i, struct str *out)
{
    const struct table_column *c = &t->column[column];
    size_t from = out->n;
    if (c->type == TABLE_TEXT) {
        struct json_writer j;
        size_t n;
        const char *s = table_text_at(t, row, column, i, &n);
        json_write(&j, out);
        if (s)
            json_stringn(&j, s, n);
        else
            json_null(&j);
        return;
    }
    if (c->type == TABLE_BOOL && !table_null_at(t, row, column, i)) {
        str_add(out, *((const uint8_t *)table_at(t, row, column) + i) ? "true" : "false");
        return;
    }
    table_element(t, row, column, i, out);
    if (out->n == from)
        str_add(out, c->type == TABLE_C32 || c->type == TABLE_C64 ? "null,null" : "null");
    else if (c->type == TABLE_F32 || c->type == TABLE_F64 || c->type == TABLE_C32 ||
             c->type == TABLE_C64)
        spell_reals(out, from);
}

void tableecsv_cell(const struct table *t, size_t row, size_t column, struct str *out)
{
    const struct table_column *c = &t->column[column];
    if (table_null(t, row, column))
        return;
    if (c->array) {
        str_addc(out, '[');
        for (uint32_t i = 0; i < table_count(t, row, column); i++) {
            if (i)
                str_addc(out, ',');
            list_item(t, row, column, i, out);
        }
        str_addc(out, ']');
    } else if (c->type == TABLE_BOOL || c->type == TABLE_BIT) {
        str_add(out, *(const uint8_t *)table_at(t, row, column) ? "True" : "False");
    } else if (c->type == TABLE_C32 || c->type == TABLE_C64) {
        struct str s = {0};
        table_element(t, row, column, 0, &s);
        char *gap = s.n ? strchr(s.s, ' ') : NULL;
        if (gap) {
            *gap = '\0';
            str_addf(out, "%s%s%sj", s.s, gap[1] == '-' ? "" : "+", gap + 1);
        }
        str_clear(&s);
    } else if (c->type == TABLE_TEXT) {
        size_t n;
        const char *s = table_text(t, row, column, &n);
        str_addn(out, s, n);
    } else {
        table_element(t, row, column, 0, out);
    }
}
