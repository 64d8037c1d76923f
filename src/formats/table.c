/* table.c - the column store: columns, rows while they arrive, cells as they lie.
 * Not: cells as text (tablecell.c), metadata around the table (tabledoc.c).
 */
#include "vigie/formats/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tabledata.h"
#include "tablenum.h"
#include "vigie/base/utf8.h"

#define BYTES_DEFAULT (UINT64_C(1) << 30)

struct table *table_new(const struct table_limits *limits)
{
    struct table *t = mem_zero(sizeof *t);
    if (limits)
        t->limits = *limits;
    if (t->limits.rows == 0 || t->limits.rows > UINT32_MAX)
        t->limits.rows = UINT32_MAX;
    if (t->limits.bytes == 0)
        t->limits.bytes = BYTES_DEFAULT;
    if (t->limits.keep == 0)
        t->limits.keep = UINT32_MAX;
    else if (t->limits.keep == TABLE_KEEP_NONE)
        t->limits.keep = 0;
    return t;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_columns; i++) {
        struct table_data *d = t->column[i].data;
        VEC_FREE(d->at);
        VEC_FREE(d->end);
        VEC_FREE(d->text_end);
        VEC_FREE(d->null_row);
        VEC_FREE(d->null_element);
        free(d);
    }
    free(t->column);
    arena_clear(&t->arena);
    free(t);
}

static void read_null_value(struct table_column *c)
{
    struct table_data *d = c->data;
    const char *s = c->field.null_text;
    if (!s)
        return;
    while (*s == ' ')
        s++;
    size_t n = strlen(s);
    while (n && s[n - 1] == ' ')
        n--;
    d->has_null_value = num_int(s, n, &d->null_value);
    d->has_null_x = num_double(s, n, &d->null_x) && !isnan(d->null_x);
}

static const char *keep(struct table *t, const char *s)
{
    return s ? arena_str(&t->arena, s) : NULL;
}

size_t table_add_open(struct table *t, const struct table_field *field)
{
    size_t n = t->n_columns;
    if ((n & (n - 1)) == 0) /* room for the next power of two */
        t->column = mem_grow(t->column, (n ? 2 * n : 1) * sizeof *t->column);
    struct table_column *c = &t->column[n];
    *c = (struct table_column){0};
    c->field = (struct table_field){keep(t, field->name),      keep(t, field->id),
                                    keep(t, field->ref),       keep(t, field->unit),
                                    keep(t, field->ucd),       keep(t, field->utype),
                                    keep(t, field->xtype),     keep(t, field->datatype),
                                    keep(t, field->arraysize), keep(t, field->width),
                                    keep(t, field->precision), keep(t, field->description),
                                    keep(t, field->null_text), field->more};
    c->data = mem_zero(sizeof *c->data);
    table_shape(c);
    read_null_value(c);
    t->n_columns++;
    return n;
}

size_t table_add(struct table *t, const struct table_field *field)
{
    size_t n = table_add_open(t, field);
    for (size_t row = 0; row < t->rows; row++)
        table_put_null(t, n);
    return n;
}

int table_find(const struct table *t, const char *name)
{
    for (int any_case = 0; any_case < 2; any_case++)
        for (int by_id = 0; by_id < 2; by_id++)
            for (size_t i = 0; i < t->n_columns; i++) {
                const struct table_field *f = &t->column[i].field;
                const char *s = by_id ? f->id : f->name;
                if (s && (any_case ? str_eqi(s, name) : strcmp(s, name) == 0))
                    return (int)i;
            }
    return -1;
}

int table_find_ucd(const struct table *t, const char *ucd, const char *ucd1)
{
    int found = -1;
    for (size_t i = 0; i < t->n_columns; i++) {
        const char *u = t->column[i].field.ucd;
        if (!u)
            continue;
        if ((ucd1 && str_eqi(u, ucd1)) || (str_hasi(u, ucd) && str_hasi(u, "meta.main")))
            return (int)i;
        size_t n = strlen(ucd);
        if (found < 0 && strlen(u) >= n && str_hasi(u, ucd) && (u[n] == '\0' || u[n] == ';'))
            found = (int)i;
    }
    return found;
}

/* ---- storage of one cell ---- */

static void grow_bytes(struct table *t, struct table_data *d, size_t n)
{
    if (!d->at.at || d->at.cap - d->at.n < n) {
        size_t want = d->at.n + n, half = d->at.n + d->at.n / 2;
        d->at.cap = want > half ? want + 64 : half;
        d->at.at = mem_grow(d->at.at, d->at.cap);
    }
    t->bytes += n;
}

static void set_bit(uint64_t **bits, size_t *n, size_t *cap, size_t i)
{
    if (i / 64 >= *n) {
        size_t want = i / 64 + 1;
        if (want > *cap) {
            *cap = want + want / 2 + 8;
            *bits = mem_grow(*bits, *cap * sizeof **bits);
        }
        memset(*bits + *n, 0, (want - *n) * sizeof **bits);
        *n = want;
    }
    (*bits)[i / 64] |= UINT64_C(1) << (i % 64);
}
#define SET_BIT(v, i) set_bit(&(v).at, &(v).n, &(v).cap, (i))

static void put_end(struct table *t, uint32_t **at, size_t *n, size_t *cap, size_t value)
{
    if (*n == *cap) {
        *cap = *cap + *cap / 2 + 16;
        *at = mem_grow(*at, *cap * sizeof **at);
    }
    if (value > UINT32_MAX) {
        t->too_big = true;
        value = UINT32_MAX;
    }
    (*at)[(*n)++] = (uint32_t)value;
    t->bytes += sizeof **at;
}
#define PUT_END(t, v, value) put_end((t), &(v).at, &(v).n, &(v).cap, (value))

void *table_data_room(struct table *t, size_t column, uint32_t n)
{
    struct table_data *d = t->column[column].data;
    size_t bytes = (size_t)n * d->width;
    grow_bytes(t, d, bytes);
    void *room = d->at.at + d->at.n;
    d->at.n += bytes;
    d->elements += n;
    return room;
}

void table_data_text(struct table *t, size_t column, const char *s, size_t n)
{
    struct table_data *d = t->column[column].data;
    if (d->at.n + n > UINT32_MAX) {
        t->too_big = true;
        n = 0;
    }
    grow_bytes(t, d, n);
    if (n)
        memcpy(d->at.at + d->at.n, s, n);
    for (size_t i = 0; i < n && !d->not_ascii; i++)
        d->not_ascii = (unsigned char)s[i] >= 0x80;
    d->at.n += n;
    d->elements++;
    PUT_END(t, d->text_end, d->at.n);
}

void table_data_close(struct table *t, size_t column, bool null)
{
    struct table_column *c = &t->column[column];
    struct table_data *d = c->data;
    if (c->array)
        PUT_END(t, d->end, d->elements);
    if (null)
        SET_BIT(d->null_row, d->rows);
    d->rows++;
}

void table_data_null_element(struct table *t, size_t column, size_t element)
{
    struct table_data *d = t->column[column].data;
    SET_BIT(d->null_element, element);
}

/* ---- appending ---- */

/* A column that has its cell of this row already ignores a second one. */
static bool taken(const struct table *t, size_t column)
{
    return t->column[column].data->rows > t->rows;
}

void table_put_null(struct table *t, size_t column)
{
    struct table_column *c = &t->column[column];
    if (taken(t, column))
        return;
    if (!c->array && c->type == TABLE_TEXT)
        table_data_text(t, column, "", 0);
    else if (!c->array)
        memset(table_data_room(t, column, 1), 0, c->data->width);
    table_data_close(t, column, true);
}

void table_put_string(struct table *t, size_t column, const char *s, size_t n)
{
    if (taken(t, column))
        return;
    n = table_text_limit(s, n, t->column[column].chars);
    if (utf8_valid(s, n)) {
        table_data_text(t, column, s, n);
    } else {
        struct str clean = {0};
        for (const char *p = s, *end = s + n; p < end;) {
            char one[4];
            str_addn(&clean, one, utf8_put(one, utf8_next(&p, end)));
        }
        table_data_text(t, column, str_c(&clean), clean.n);
        str_clear(&clean);
    }
    table_data_close(t, column, false);
}

void *table_put_room(struct table *t, size_t column, uint32_t n)
{
    void *room = table_data_room(t, column, n);
    table_data_close(t, column, false);
    return room;
}

void table_put_null_element(struct table *t, size_t column, uint32_t i)
{
    struct table_column *c = &t->column[column];
    struct table_data *d = c->data;
    if (!c->array) {
        SET_BIT(d->null_row, d->rows - 1);
        return;
    }
    size_t first, end;
    table_span(c, d->rows - 1, &first, &end);
    table_data_null_element(t, column, first + i);
}

void table_put_texts(struct table *t, size_t column, bool first, const char *s, size_t n)
{
    struct table_data *d = t->column[column].data;
    if (!first) { /* the cell is closed after each text: open it again */
        d->rows--;
        d->end.n--;
        t->bytes -= sizeof(uint32_t);
    }
    n = table_text_limit(s, n, 0);
    struct str clean = {0};
    for (const char *p = s, *stop = s + n; p < stop;) {
        char one[4];
        str_addn(&clean, one, utf8_put(one, utf8_next(&p, stop)));
    }
    table_data_text(t, column, str_c(&clean), clean.n);
    str_clear(&clean);
    table_data_close(t, column, false);
}

/* Forgets what is behind the last whole row. */
static void trim(struct table *t, size_t column)
{
    struct table_column *c = &t->column[column];
    struct table_data *d = c->data;
    if (d->rows <= t->rows)
        return;
    t->bytes -= d->at.n + (d->end.n + d->text_end.n) * sizeof(uint32_t);
    d->rows = t->rows;
    d->elements = t->rows;
    if (c->array) {
        d->end.n = t->rows;
        d->elements = t->rows ? d->end.at[t->rows - 1] : 0;
    }
    d->at.n = d->elements * d->width;
    if (c->type == TABLE_TEXT) {
        d->text_end.n = d->elements;
        d->at.n = d->elements ? d->text_end.at[d->elements - 1] : 0;
    }
    t->bytes += d->at.n + (d->end.n + d->text_end.n) * sizeof(uint32_t);
    for (size_t i = t->rows; i < d->null_row.n * 64; i++)
        d->null_row.at[i / 64] &= ~(UINT64_C(1) << (i % 64));
    for (size_t i = d->elements; i < d->null_element.n * 64; i++)
        d->null_element.at[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

void table_row_drop(struct table *t)
{
    for (size_t i = 0; i < t->n_columns; i++)
        trim(t, i);
}

bool table_keeps(const struct table *t)
{
    return t->rows < t->limits.keep;
}

static enum status refuse_row(struct table *t, struct error *err, const char *what, uint64_t n)
{
    table_row_drop(t);
    t->partial = true;
    return err_set(err, E_RANGE, "more than %llu %s in a table", (unsigned long long)n, what);
}

enum status table_row_end(struct table *t, struct error *err)
{
    if (t->counted >= t->limits.rows)
        return refuse_row(t, err, "rows", t->limits.rows);
    if (!table_keeps(t)) {
        table_row_drop(t);
        t->counted++;
        return OK;
    }
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->column[i].data->rows <= t->rows)
            table_put_null(t, i);
    if (t->too_big)
        return refuse_row(t, err, "bytes in a column", UINT32_MAX);
    if (t->bytes > t->limits.bytes)
        return refuse_row(t, err, "bytes", t->limits.bytes);
    t->rows++;
    t->counted++;
    return OK;
}

/* ---- reading ---- */

bool table_null(const struct table *t, size_t row, size_t column)
{
    const struct table_data *d = t->column[column].data;
    return table_bit(d->null_row.at, d->null_row.n, row);
}

uint32_t table_count(const struct table *t, size_t row, size_t column)
{
    size_t first, end;
    table_span(&t->column[column], row, &first, &end);
    return (uint32_t)(end - first);
}

bool table_null_at(const struct table *t, size_t row, size_t column, uint32_t i)
{
    const struct table_column *c = &t->column[column];
    size_t first, end;
    if (table_null(t, row, column) || !c->array)
        return table_null(t, row, column);
    table_span(c, row, &first, &end);
    return table_bit(c->data->null_element.at, c->data->null_element.n, first + i);
}

const void *table_at(const struct table *t, size_t row, size_t column)
{
    const struct table_column *c = &t->column[column];
    size_t first, end;
    if (c->type == TABLE_TEXT)
        return NULL;
    table_span(c, row, &first, &end);
    return c->data->at.at ? c->data->at.at + first * c->data->width : NULL;
}

bool table_int(const struct table *t, size_t row, size_t column, int64_t *i)
{
    const struct table_column *c = &t->column[column];
    if (c->array || c->type == TABLE_TEXT || table_null(t, row, column))
        return false;
    const unsigned char *p = c->data->at.at + row * c->data->width;
    switch (c->type) {
    case TABLE_BOOL:
    case TABLE_BIT:
    case TABLE_U8: *i = *p; return true;
    case TABLE_I16: {
        int16_t v;
        memcpy(&v, p, sizeof v);
        *i = v;
        return true;
    }
    case TABLE_I32: {
        int32_t v;
        memcpy(&v, p, sizeof v);
        *i = v;
        return true;
    }
    case TABLE_I64: memcpy(i, p, sizeof *i); return true;
    case TABLE_F32:
    case TABLE_F64:
    case TABLE_C32:
    case TABLE_C64:
    case TABLE_TEXT: return false;
    }
    return false;
}

double table_double(const struct table *t, size_t row, size_t column)
{
    const struct table_column *c = &t->column[column];
    int64_t i;
    if (c->type == TABLE_F64 || c->type == TABLE_F32) {
        if (c->array || table_null(t, row, column))
            return (double)NAN;
        if (c->type == TABLE_F64) {
            double x;
            memcpy(&x, c->data->at.at + row * sizeof x, sizeof x);
            return x;
        }
        float x;
        memcpy(&x, c->data->at.at + row * sizeof x, sizeof x);
        return (double)x;
    }
    return table_int(t, row, column, &i) ? (double)i : (double)NAN;
}

const char *table_text_at(const struct table *t, size_t row, size_t column, uint32_t i, size_t *n)
{
    const struct table_column *c = &t->column[column];
    size_t first, end;
    if (c->type != TABLE_TEXT || table_null_at(t, row, column, i))
        return NULL;
    table_span(c, row, &first, &end);
    size_t e = first + i, from = e ? c->data->text_end.at[e - 1] : 0;
    *n = c->data->text_end.at[e] - from;
    return c->data->at.at ? (const char *)c->data->at.at + from : "";
}

const char *table_text(const struct table *t, size_t row, size_t column, size_t *n)
{
    return t->column[column].array ? NULL : table_text_at(t, row, column, 0, n);
}
