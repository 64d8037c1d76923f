/* tablevot.c - a table as VOTable 1.4: elements, TABLEDATA, BINARY2.
 * Source: VOTable 1.4 (IVOA), sections 3 to 6. Not: the reader (votable.c).
 */
#include <stdio.h>
#include <string.h>

#include "tabledata.h"
#include "tabletext.h"
#include "vigie/base/utf8.h"

/* ---- XML ---- */

/* Text for XML: what XML 1.0 does not allow is U+FFFD. */
static void add_xml(struct str *out, const char *s, size_t n)
{
    for (const char *end = s + n; s < end;) {
        const char *plain = s;
        while (s < end && (unsigned char)*s >= 0x20 && (unsigned char)*s < 0x80 &&
               !strchr("<>&\"", *s))
            s++;
        str_addn(out, plain, (size_t)(s - plain));
        if (s == end)
            return;
        char one[4];
        uint32_t c = utf8_next(&s, end);
        if (c == '<')
            str_add(out, "&lt;");
        else if (c == '>')
            str_add(out, "&gt;");
        else if (c == '&')
            str_add(out, "&amp;");
        else if (c == '"')
            str_add(out, "&quot;");
        else if (c == '\r' || c == '\n' || c == '\t')
            str_addf(out, "&#%u;", (unsigned)c);
        else
            str_addn(out, one, utf8_put(one, c < 0x20 || c == 0xfffe || c == 0xffff ? 0xfffd : c));
    }
}

static void add_attr(struct str *out, const char *name, const char *value)
{
    if (!value)
        return;
    str_addf(out, " %s=\"", name);
    add_xml(out, value, strlen(value));
    str_addc(out, '"');
}

static void add_element(struct str *out, const char *name, const char *text)
{
    if (!text)
        return;
    str_addf(out, "<%s>", name);
    add_xml(out, text, strlen(text));
    str_addf(out, "</%s>\n", name);
}

static void add_node(struct str *out, const struct table_node *node)
{
    str_addf(out, "<%s", node->name);
    for (size_t i = 0; i < node->n_attr; i++)
        if (!strchr(node->attr[i].name, ':'))
            add_attr(out, node->attr[i].name, node->attr[i].value);
    if (!node->text && !node->child) {
        str_add(out, "/>\n");
        return;
    }
    str_addc(out, '>');
    if (node->text)
        add_xml(out, node->text, strlen(node->text));
    if (node->child)
        str_addc(out, '\n');
    for (const struct table_node *c = node->child; c; c = c->next)
        add_node(out, c);
    str_addf(out, "</%s>\n", node->name);
}

static bool is_status(const struct table_node *node)
{
    const char *name = table_node_attr(node, "name");
    return strcmp(node->name, "INFO") == 0 && name && str_eqi(name, "QUERY_STATUS");
}

/* ---- columns ---- */

const char *table_field_datatype(const struct table_column *c)
{
    static const char *const name[] = {
        [TABLE_BOOL] = "boolean",      [TABLE_BIT] = "bit",    [TABLE_U8] = "unsignedByte",
        [TABLE_I16] = "short",         [TABLE_I32] = "int",    [TABLE_I64] = "long",
        [TABLE_F32] = "float",         [TABLE_F64] = "double", [TABLE_C32] = "floatComplex",
        [TABLE_C64] = "doubleComplex", [TABLE_TEXT] = "char"};
    const char *said = c->field.datatype;
    if (c->type == TABLE_TEXT && said && strcmp(said, "unicodeChar") == 0)
        return said;
    return name[c->type];
}

const char *table_field_arraysize(const struct table_column *c, char room[32])
{
    const char *said = c->field.datatype;
    bool text = c->type == TABLE_TEXT;
    bool known = said && strcmp(said, table_field_datatype(c)) == 0;
    if (known && (!text || c->field.arraysize || c->chars == 1))
        return c->field.arraysize;
    snprintf(room, 32, "*");
    return text || c->array ? room : NULL;
}

/* Texts longer in bytes than in characters do not fit a fixed size of char: then it is variable. So is
 * "10*" in BINARY2, which astropy 5 reads as if it were 10. */
static const char *written_arraysize(const struct table_column *c, bool binary2, char room[32])
{
    const char *size = table_field_arraysize(c, room);
    bool text = c->type == TABLE_TEXT && !c->array;
    if (text && ((c->chars && c->data->not_ascii) || (binary2 && !c->chars))) {
        snprintf(room, 32, "*");
        return room;
    }
    return size;
}

/* In bytes, char is ASCII and readers insist on it; in XML it is what the document is. */
static const char *written_datatype(const struct table_column *c, bool binary2)
{
    if (binary2 && c->type == TABLE_TEXT && c->data->not_ascii)
        return "unicodeChar";
    return table_field_datatype(c);
}

static void add_field(const struct table *t, size_t column, bool binary2, struct str *out)
{
    const struct table_column *c = &t->column[column];
    const struct table_field *f = &c->field;
    char room[32];
    str_add(out, "<FIELD");
    add_attr(out, "ID", f->id);
    add_attr(out, "name", f->name ? f->name : f->id ? NULL : "");
    add_attr(out, "datatype", written_datatype(c, binary2));
    add_attr(out, "arraysize", written_arraysize(c, binary2, room));
    add_attr(out, "width", f->width);
    add_attr(out, "precision", f->precision);
    add_attr(out, "unit", f->unit);
    add_attr(out, "ucd", f->ucd);
    add_attr(out, "utype", f->utype);
    add_attr(out, "xtype", f->xtype);
    add_attr(out, "ref", f->ref);
    if (!f->description && !f->more) {
        str_add(out, "/>\n");
        return;
    }
    str_add(out, ">\n");
    add_element(out, "DESCRIPTION", f->description);
    for (const struct table_node *n = f->more; n; n = n->next)
        add_node(out, n);
    str_add(out, "</FIELD>\n");
}

/* ---- the document ---- */

/* Where a node stands by the schema: infos before systems, groups and parameters, links behind them. */
static int rank(const struct table_node *n)
{
    return strcmp(n->name, "INFO") == 0 ? 0 : strcmp(n->name, "LINK") == 0 ? 2 : 1;
}

/* In the order that the schema asks for: description first, then by rank. */
static void add_around(const struct table_doc *doc, const struct table *t, struct str *out)
{
    bool described = false;
    for (const struct table_node *n = doc->meta; n && !described; n = n->next)
        if (strcmp(n->name, "DESCRIPTION") == 0 && table_doc_concerns(doc, n, t)) {
            add_node(out, n);
            described = true;
        }
    for (int k = 0; k <= 2; k++) {
        for (const struct table_node *n = doc->meta; n; n = n->next)
            if (rank(n) == k && !is_status(n) && strcmp(n->name, "RESOURCE") != 0 &&
                strcmp(n->name, "DESCRIPTION") != 0 && table_doc_concerns(doc, n, t))
                add_node(out, n);
        if (k == 0 && doc->status != TABLE_STATUS_NONE)
            str_add(out, "<INFO name=\"QUERY_STATUS\" value=\"OK\"/>\n");
    }
}

void tablevot_head(const struct table_doc *doc, const struct table *t, bool binary2,
                   struct str *out)
{
    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\">\n"
                 "<RESOURCE type=\"results\">\n");
    if (doc)
        add_around(doc, t, out);
    str_add(out, "<TABLE");
    add_attr(out, "ID", t->id);
    add_attr(out, "name", t->name);
    add_attr(out, "ucd", t->ucd);
    add_attr(out, "utype", t->utype);
    str_addf(out, " nrows=\"%zu\">\n", t->rows);
    add_element(out, "DESCRIPTION", t->description);
    for (size_t i = 0; i < t->n_columns; i++)
        add_field(t, i, binary2, out);
    for (const struct table_node *n = t->meta; n; n = n->next)
        add_node(out, n);
    str_add(out, binary2 ? "<DATA><BINARY2><STREAM encoding=\"base64\">\n" : "<DATA><TABLEDATA>\n");
}

void tablevot_tail(const struct table_doc *doc, const struct table *t, bool binary2,
                   struct str *out)
{
    str_add(out,
            binary2 ? "</STREAM></BINARY2></DATA>\n</TABLE>\n" : "</TABLEDATA></DATA>\n</TABLE>\n");
    if (doc && (doc->status == TABLE_STATUS_OVERFLOW || doc->status == TABLE_STATUS_ERROR)) {
        str_addf(out, "<INFO name=\"QUERY_STATUS\" value=\"%s\">", table_status_name(doc->status));
        if (doc->message)
            add_xml(out, doc->message, strlen(doc->message));
        str_add(out, "</INFO>\n");
    } else if (t->partial) {
        str_add(out, "<INFO name=\"QUERY_STATUS\" value=\"ERROR\">partial: ");
        if (doc && doc->fault)
            add_xml(out, doc->fault, strlen(doc->fault));
        str_add(out, "</INFO>\n");
    }
    for (const struct table_node *n = doc ? doc->meta : NULL; n; n = n->next)
        if (strcmp(n->name, "RESOURCE") == 0 && table_doc_concerns(doc, n, t))
            add_node(out, n);
    str_add(out, "</RESOURCE>\n</VOTABLE>\n");
}

/* NaN, +Inf and -Inf as VOTable writes them (section 6), from `from` on: STILTS reads Inf as NaN. */
static void spell_reals(struct str *out, size_t from)
{
    for (size_t i = from; i + 3 <= out->n; i++)
        if (memcmp(out->s + i, "nan", 3) == 0) {
            memcpy(out->s + i, "NaN", 3);
        } else if (memcmp(out->s + i, "inf", 3) == 0) {
            bool sign = i == from || out->s[i - 1] != '-';
            memcpy(out->s + i, sign ? "+In" : "Inf", 3);
            if (sign) {
                str_addc(out, 'f');
                memmove(out->s + i + 4, out->s + i + 3, out->n - i - 4);
                out->s[i + 3] = 'f';
            }
        }
}

void tablevot_row(const struct table *t, size_t row, struct str *out)
{
    str_add(out, "<TR>");
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_column *c = &t->column[i];
        size_t n;
        if (table_null(t, row, i)) {
            str_add(out, "<TD/>");
            continue;
        }
        str_add(out, "<TD>");
        for (uint32_t k = 0; k < table_count(t, row, i); k++) {
            if (c->type == TABLE_TEXT) {
                const char *s = table_text_at(t, row, i, k, &n);
                if (s)
                    add_xml(out, s, n);
                for (; c->array && s && n < c->chars; n++) /* each has its full length */
                    str_addc(out, ' ');
                continue;
            }
            size_t from = out->n;
            if (k)
                str_addc(out, ' ');
            table_element(t, row, i, k, out);
            if (c->type == TABLE_F32 || c->type == TABLE_F64 || c->type == TABLE_C32 ||
                c->type == TABLE_C64)
                spell_reals(out, from);
            if (out->n == from + (k > 0))
                str_add(out, c->field.null_text      ? c->field.null_text
                             : c->type == TABLE_BOOL ? "?"
                                                     : "NaN");
        }
        str_add(out, "</TD>");
    }
    str_add(out, "</TR>\n");
}

/* ---- BINARY2 ---- */

static void add_big(struct str *bytes, const unsigned char *p, unsigned width)
{
    for (unsigned k = 0; k < width; k++)
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        str_addc(bytes, (char)p[k]);
#else
        str_addc(bytes, (char)p[width - 1 - k]);
#endif
}

static void add_count(struct str *bytes, size_t n)
{
    uint32_t count = (uint32_t)n;
    add_big(bytes, (const unsigned char *)&count, sizeof count);
}

/* A text in the units of its column: bytes, or UTF-16. */
static void add_units(struct str *bytes, const char *s, size_t n, bool unicode)
{
    if (!unicode) {
        str_addn(bytes, s, n);
        return;
    }
    for (const char *end = s + n; s < end;) {
        uint32_t c = utf8_next(&s, end);
        uint16_t unit[2] = {(uint16_t)c, 0};
        size_t units = 1;
        if (c >= 0x10000) {
            unit[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
            unit[1] = (uint16_t)(0xdc00 + (c & 0x3ff));
            units = 2;
        }
        for (size_t k = 0; k < units; k++)
            add_big(bytes, (const unsigned char *)&unit[k], sizeof unit[k]);
    }
}

/* Texts of one cell, each of `fixed` units (0: as long as it is). */
static void add_texts(const struct table *t, size_t row, size_t column, uint32_t fixed,
                      struct str *bytes)
{
    const struct table_column *c = &t->column[column];
    bool unicode = strcmp(written_datatype(c, true), "unicodeChar") == 0;
    uint32_t texts = table_null(t, row, column) ? 0 : table_count(t, row, column);
    uint32_t want = c->array && c->size ? c->size : c->array ? texts : 1;
    for (uint32_t k = 0; k < want; k++) {
        size_t n = 0, from = bytes->n, width = unicode ? 2 : 1;
        const char *s = k < texts ? table_text_at(t, row, column, k, &n) : NULL;
        if (s)
            add_units(bytes, s, n, unicode);
        if (fixed && bytes->n - from > fixed * width) {
            bytes->n = from + fixed * width;
            bytes->s[bytes->n] = '\0';
        }
        while (fixed && bytes->n - from < fixed * width)
            str_addc(bytes, '\0');
    }
}

static void add_text_cell(const struct table *t, size_t row, size_t column, struct str *bytes)
{
    const struct table_column *c = &t->column[column];
    bool unicode = strcmp(written_datatype(c, true), "unicodeChar") == 0;
    char room[32];
    const char *size = written_arraysize(c, true, room);
    bool variable = size && strchr(size, '*');
    struct str cell = {0};
    add_texts(t, row, column, c->array ? c->chars : variable ? 0 : c->chars, &cell);
    if (variable)
        add_count(bytes, unicode ? cell.n / 2 : cell.n);
    str_addn(bytes, str_c(&cell), cell.n);
    str_clear(&cell);
}

static void add_bits(struct str *bytes, const unsigned char *p, uint32_t n, uint32_t want)
{
    for (uint32_t i = 0; i < want; i += 8) {
        unsigned byte = 0;
        for (uint32_t k = i; k < i + 8 && k < n; k++)
            byte |= (p[k] ? 0x80u : 0u) >> (k - i);
        str_addc(bytes, (char)byte);
    }
}

/* Elements that are missing in a cell of a fixed size: zero, false; of reals NaN. */
static void add_missing(struct str *bytes, const struct table_column *c)
{
    static const unsigned char nan4[] = {0x7f, 0xc0, 0, 0}, nan8[] = {0x7f, 0xf8, 0, 0, 0, 0, 0, 0};
    bool single = c->type == TABLE_F32 || c->type == TABLE_C32;
    bool wide = c->type == TABLE_F64 || c->type == TABLE_C64;
    if (!single && !wide) {
        for (unsigned k = 0; k < c->data->width; k++)
            str_addc(bytes, c->type == TABLE_BOOL ? '?' : '\0');
        return;
    }
    for (unsigned k = 0; k < c->data->width; k += single ? 4 : 8)
        str_addn(bytes, single ? nan4 : nan8, single ? 4 : 8);
}

/* A null in a list is the column's null value, if it has one. */
static void add_null_element(struct str *bytes, const struct table_column *c)
{
    const struct table_data *d = c->data;
    bool whole =
        c->type == TABLE_U8 || c->type == TABLE_I16 || c->type == TABLE_I32 || c->type == TABLE_I64;
    float single = (float)d->null_x;
    if (whole && d->has_null_value)
        for (unsigned k = d->width; k-- > 0;)
            str_addc(bytes, (char)(d->null_value >> (8 * k)));
    else if (c->type == TABLE_F64 && d->has_null_x)
        add_big(bytes, (const unsigned char *)&d->null_x, sizeof d->null_x);
    else if (c->type == TABLE_F32 && d->has_null_x)
        add_big(bytes, (const unsigned char *)&single, sizeof single);
    else
        add_missing(bytes, c);
}

static void add_numbers(const struct table *t, size_t row, size_t column, struct str *bytes)
{
    const struct table_column *c = &t->column[column];
    bool pair = c->type == TABLE_C32 || c->type == TABLE_C64;
    unsigned part = pair ? c->data->width / 2 : c->data->width;
    uint32_t n = table_null(t, row, column) ? 0 : table_count(t, row, column);
    bool variable = c->array && !c->size;
    uint32_t want = variable ? n : c->array ? c->size : 1;
    const unsigned char *p = table_at(t, row, column);
    if (variable)
        add_count(bytes, n);
    if (c->type == TABLE_BIT) {
        add_bits(bytes, p, n, want);
        return;
    }
    for (uint32_t k = 0; k < want; k++) {
        size_t from = (size_t)k * c->data->width;
        if (k >= n)
            add_missing(bytes, c);
        else if (table_null_at(t, row, column, k))
            add_null_element(bytes, c);
        else if (c->type == TABLE_BOOL)
            str_addc(bytes, p[from] ? 'T' : 'F');
        else
            for (unsigned at = 0; at < c->data->width; at += part)
                add_big(bytes, p + from + at, part);
    }
}

void tablevot_row2(const struct table *t, size_t row, struct str *bytes)
{
    for (size_t i = 0; i < t->n_columns; i += 8) {
        unsigned mask = 0;
        for (size_t k = i; k < i + 8 && k < t->n_columns; k++)
            mask |= (table_null(t, row, k) ? 0x80u : 0u) >> (k - i);
        str_addc(bytes, (char)mask);
    }
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->column[i].type == TABLE_TEXT)
            add_text_cell(t, row, i, bytes);
        else
            add_numbers(t, row, i, bytes);
}

void tablevot_base64(struct str *bytes, bool last, struct str *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum { LINE = 57 }; /* bytes of a line of 76 digits */
    const unsigned char *p = (const unsigned char *)str_c(bytes);
    size_t n = bytes->n, at = 0;
    while (n - at >= LINE || (last && at < n)) {
        size_t end = at + (n - at < LINE ? n - at : LINE);
        for (; at < end; at += 3) {
            size_t k = end - at < 3 ? end - at : 3;
            uint32_t q = (uint32_t)p[at] << 16 | (k > 1 ? (uint32_t)p[at + 1] << 8 : 0) |
                         (k > 2 ? p[at + 2] : 0);
            char four[4] = {alphabet[q >> 18], alphabet[q >> 12 & 63],
                            k > 1 ? alphabet[q >> 6 & 63] : '=', k > 2 ? alphabet[q & 63] : '='};
            str_addn(out, four, sizeof four);
        }
        at = end;
        str_addc(out, '\n');
    }
    if (at) {
        memmove(bytes->s, bytes->s + at, n - at);
        bytes->n = n - at;
        bytes->s[bytes->n] = '\0';
    }
}
