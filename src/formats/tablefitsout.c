/* tablefitsout.c - a table as a FITS file with one binary table, by cfitsio, in memory.
 * Source: FITS Standard 4.0, section 7.3. Not: reading (tablefits.c).
 */
#include <fitsio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tabledata.h"
#include "tablefits.h"
#include "vigie/base/stop.h"
#include "vigie/base/utf8.h"

enum { COLUMNS_MAX = 999, CHARS_MAX = 1000 };

struct fits_out {
    fitsfile *f;
    const struct table *t;
    int status;
    VEC(unsigned char) cell;
    struct str text;
};

static char letter(enum table_type type)
{
    switch (type) {
    case TABLE_BOOL: return 'L';
    case TABLE_BIT: return 'X';
    case TABLE_U8: return 'B';
    case TABLE_I16: return 'I';
    case TABLE_I32: return 'J';
    case TABLE_I64: return 'K';
    case TABLE_F32: return 'E';
    case TABLE_F64: return 'D';
    case TABLE_C32: return 'C';
    case TABLE_C64: return 'M';
    case TABLE_TEXT: return 'A';
    }
    return 'A';
}

static int memory_type(enum table_type type)
{
    switch (type) {
    case TABLE_BOOL: return TLOGICAL;
    case TABLE_BIT: return TBIT;
    case TABLE_U8: return TBYTE;
    case TABLE_I16: return TSHORT;
    case TABLE_I32: return TINT;
    case TABLE_I64: return TLONGLONG;
    case TABLE_F32: return TFLOAT;
    case TABLE_F64: return TDOUBLE;
    case TABLE_C32: return TCOMPLEX;
    case TABLE_C64: return TDBLCOMPLEX;
    case TABLE_TEXT: return TSTRING;
    }
    return TSTRING;
}

/* Characters of the longest text (each becomes one byte), and the most elements of a cell. */
static void measure(const struct table *t, size_t column, size_t *longest, uint32_t *most)
{
    *longest = 1;
    *most = 0;
    for (size_t row = 0; row < t->rows; row++) {
        uint32_t n = table_null(t, row, column) ? 0 : table_count(t, row, column);
        if (n > *most)
            *most = n;
        for (uint32_t i = 0; t->column[column].type == TABLE_TEXT && i < n; i++) {
            size_t bytes;
            const char *s = table_text_at(t, row, column, i, &bytes);
            if (s && bytes > *longest)
                *longest = bytes;
        }
    }
}

struct shape {
    size_t longest;
    uint32_t most;
    bool variable;
    int64_t null;
};

static char *tform(const struct table *t, size_t column, struct shape *s)
{
    const struct table_column *c = &t->column[column];
    measure(t, column, &s->longest, &s->most);
    s->variable = c->type != TABLE_TEXT && c->array && !c->size;
    if (c->type == TABLE_TEXT) {
        if (!c->array)
            return mem_printf("%zuA", s->longest);
        if (s->longest < c->chars && c->chars < CHARS_MAX)
            s->longest = c->chars; /* the shape stays */
        uint32_t many = c->size ? c->size : s->most ? s->most : 1;
        s->most = many;
        return mem_printf("%zuA%zu", many * s->longest, s->longest);
    }
    if (s->variable) /* bits as bytes: the standard has PX, but astropy refuses the whole file */
        return mem_printf("1P%c(%u)", c->type == TABLE_BIT ? 'B' : letter(c->type), s->most);
    return mem_printf("%u%c", c->array ? c->size : 1, letter(c->type));
}

static int64_t element(const struct table_data *d, size_t i)
{
    const unsigned char *p = d->at.at + i * d->width;
    int64_t v = *p;
    if (d->width == 8)
        memcpy(&v, p, 8);
    else if (d->width == 4)
        v = *(const int32_t *)(const void *)p;
    else if (d->width == 2)
        v = *(const int16_t *)(const void *)p;
    return v;
}

static bool present(const struct table_column *c, int64_t value)
{
    const struct table_data *d = c->data;
    for (size_t i = 0; i < d->elements; i++)
        if (element(d, i) == value &&
            !(c->array ? table_bit(d->null_element.at, d->null_element.n, i)
                       : table_bit(d->null_row.at, d->null_row.n, i)))
            return true;
    return false;
}

/* What stands for null among integers: what the column says, else a value at an end of the range that
 * no cell has. */
static int64_t null_of(const struct table_column *c)
{
    bool byte = c->type == TABLE_U8;
    int64_t lo = byte                   ? 0
                 : c->type == TABLE_I16 ? INT16_MIN
                 : c->type == TABLE_I32 ? INT32_MIN
                                        : INT64_MIN;
    int64_t hi = byte ? UINT8_MAX : -(lo + 1);
    if (c->data->has_null_value)
        return c->data->null_value;
    for (int64_t i = 0; i < 256; i++) {
        if (!byte && !present(c, lo + i))
            return lo + i;
        if (!present(c, hi - i))
            return hi - i;
    }
    return byte ? hi : lo;
}

static bool whole(enum table_type type)
{
    return type == TABLE_U8 || type == TABLE_I16 || type == TABLE_I32 || type == TABLE_I64;
}

static bool has_null(const struct table_column *c)
{
    return c->data->null_row.n > 0 || c->data->null_element.n > 0;
}

/* cfitsio divides a long text after 68 characters less the quotes in all of it: with more than these it loops, or writes
 * over its own memory. */
enum { QUOTES_MOST = 60 };

static void add_key(struct fits_out *o, const char *name, size_t column, const char *value)
{
    char key[FLEN_KEYWORD];
    struct str ascii = {0};
    int quotes = 0;
    if (!value)
        return;
    for (const char *p = value, *end = p + strlen(p); p < end;) {
        uint32_t c = utf8_next(&p, end);
        bool held = c >= 0x20 && c < 0x7f && (c != '\'' || quotes++ < QUOTES_MOST);
        str_addc(&ascii, held ? (char)c : '?');
    }
    if (column)
        snprintf(key, sizeof key, "%s%zu", name, column);
    else
        snprintf(key, sizeof key, "%s", name);
    fits_update_key_longstr(o->f, key, str_c(&ascii), NULL, &o->status);
    str_clear(&ascii);
}

static const char *column_name(const struct table *t, size_t i)
{
    const struct table_field *f = &t->column[i].field;
    return f->name ? f->name : f->id ? f->id : "";
}

/* FITS does not tell names apart that differ in case only (section 7.3.1). */
static bool name_taken(const struct table *t, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eqi(column_name(t, k), column_name(t, i)))
            return true;
    return false;
}

/* "2x3" is TDIM "(2,3)"; lists and texts need none, and with one for bits astropy refuses the file. */
static void add_dim(struct fits_out *o, size_t column, const struct table_column *c)
{
    struct str dim = {0};
    const char *s = c->field.arraysize;
    if (c->type == TABLE_TEXT || c->type == TABLE_BIT || !c->size || !s || !strchr(s, 'x'))
        return;
    str_addc(&dim, '(');
    for (; *s; s++)
        if (*s != ' ')
            str_addc(&dim, *s == 'x' ? ',' : *s);
    str_addc(&dim, ')');
    add_key(o, "TDIM", column, str_c(&dim));
    str_clear(&dim);
}

static void column_keys(struct fits_out *o, size_t i, struct shape *shape)
{
    const struct table_column *c = &o->t->column[i];
    const struct table_field *f = &c->field;
    char key[FLEN_KEYWORD];
    char *unique = name_taken(o->t, i) ? mem_printf("%s_%zu", column_name(o->t, i), i + 1) : NULL;
    add_key(o, "TTYPE", i + 1, unique ? unique : column_name(o->t, i));
    free(unique);
    add_dim(o, i + 1, c);
    add_key(o, "TUNIT", i + 1, f->unit);
    add_key(o, "TUCD", i + 1, f->ucd);
    add_key(o, "TUTYP", i + 1, f->utype);
    add_key(o, "TCOMM", i + 1, f->description);
    if (whole(c->type) && has_null(c)) {
        snprintf(key, sizeof key, "TNULL%zu", i + 1);
        shape->null = null_of(c);
        fits_update_key_lng(o->f, key, shape->null, NULL, &o->status);
    }
}

static void set_null(const struct table_column *c, int64_t null, unsigned char *at)
{
    const float none = NAN;
    const double none_wide = (double)NAN;
    if (c->type == TABLE_I64)
        memcpy(at, &null, 8);
    else if (c->type == TABLE_I32)
        memcpy(at, &(int32_t){(int32_t)null}, 4);
    else if (c->type == TABLE_I16)
        memcpy(at, &(int16_t){(int16_t)null}, 2);
    else if (c->type == TABLE_U8)
        *at = (unsigned char)null;
    else if (c->type == TABLE_F32 || c->type == TABLE_C32)
        for (unsigned k = 0; k < c->data->width; k += 4)
            memcpy(at + k, &none, 4);
    else if (c->type == TABLE_F64 || c->type == TABLE_C64)
        for (unsigned k = 0; k < c->data->width; k += 8)
            memcpy(at + k, &none_wide, 8);
    else
        *at = 0;
}

static void write_cell(struct fits_out *o, size_t row, size_t column, const struct shape *s)
{
    const struct table_column *c = &o->t->column[column];
    uint32_t n = table_null(o->t, row, column) ? 0 : table_count(o->t, row, column);
    uint32_t want = s->variable ? n : c->array ? c->size : 1;
    const unsigned char *p = table_at(o->t, row, column);
    unsigned width = c->data->width;
    if (want == 0)
        return;
    VEC_RESERVE(o->cell, (size_t)want * width);
    for (uint32_t i = 0; i < want; i++)
        if (i >= n || table_null_at(o->t, row, column, i))
            set_null(c, s->null, o->cell.at + (size_t)i * width);
        else
            memcpy(o->cell.at + (size_t)i * width, p + (size_t)i * width, width);
    bool bytes = s->variable && c->type == TABLE_BIT;
    fits_write_col(o->f, bytes ? TBYTE : memory_type(c->type), (int)column + 1, (LONGLONG)row + 1,
                   1, want, o->cell.at, &o->status);
    for (uint32_t i = 0; c->type == TABLE_BOOL && i < want; i++)
        if (i >= n || table_null_at(o->t, row, column, i))
            fits_write_col_null(o->f, (int)column + 1, (LONGLONG)row + 1, i + 1, 1, &o->status);
}

static void write_texts(struct fits_out *o, size_t row, size_t column, const struct shape *s)
{
    const struct table_column *c = &o->t->column[column];
    uint32_t texts = table_null(o->t, row, column) ? 0 : table_count(o->t, row, column);
    uint32_t want = c->array ? s->most : 1;
    for (uint32_t i = 0; i < want; i++) {
        size_t n = 0;
        const char *p = i < texts ? table_text_at(o->t, row, column, i, &n) : NULL;
        const char *end = p ? p + n : NULL;
        str_reset(&o->text);
        while (p && p < end) {
            uint32_t u = utf8_next(&p, end);
            str_addc(&o->text, u < 0x80 ? (char)u : '?'); /* FITS knows ASCII only */
        }
        char *one = o->text.n ? o->text.s : (char[]){""};
        fits_write_col_str(o->f, (int)column + 1, (LONGLONG)row + 1, i + 1, 1, &one, &o->status);
    }
}

static void write_rows(struct fits_out *o, const struct shape *shape)
{
    const struct table *t = o->t;
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_column *c = &t->column[i];
        bool bits = c->type == TABLE_BIT; /* cfitsio would pack those of eight rows into one */
        bool plain = c->type != TABLE_TEXT && !bits && !c->array && !has_null(c) && t->rows;
        if (plain)
            fits_write_col(o->f, memory_type(c->type), (int)i + 1, 1, 1, (LONGLONG)t->rows,
                           c->data->at.at, &o->status);
        for (size_t row = 0; !plain && row < t->rows && !o->status && !stop_asked(); row++)
            if (c->type == TABLE_TEXT)
                write_texts(o, row, i, &shape[i]);
            else
                write_cell(o, row, i, &shape[i]);
    }
}

static void write_table(struct fits_out *o)
{
    const struct table *t = o->t;
    struct shape *shape = mem_zero((t->n_columns + 1) * sizeof *shape);
    char **form = mem_zero((t->n_columns + 1) * sizeof *form);
    char **name = mem_zero((t->n_columns + 1) * sizeof *name);
    for (size_t i = 0; i < t->n_columns; i++) {
        form[i] = tform(t, i, &shape[i]);
        name[i] = mem_printf("c%zu", i + 1);
    }
    fits_create_tbl(o->f, BINARY_TBL, (LONGLONG)t->rows, (int)t->n_columns, name, form, NULL, NULL,
                    &o->status);
    add_key(o, "EXTNAME", 0, t->name);
    for (size_t i = 0; i < t->n_columns; i++)
        column_keys(o, i, &shape[i]);
    fits_set_hdustruc(o->f, &o->status); /* the null values count from here on */
    write_rows(o, shape);
    for (size_t i = 0; i < t->n_columns; i++) {
        free(form[i]);
        free(name[i]);
    }
    free(form);
    free(name);
    free(shape);
}

enum status tablefits_write(const struct table *t, struct str *out, struct error *err)
{
    struct fits_out o = {.t = t};
    size_t size = 0;
    void *memory = NULL;
    if (t->n_columns > COLUMNS_MAX)
        return err_set(err, E_RANGE, "FITS: %zu columns, %d are allowed", t->n_columns,
                       COLUMNS_MAX);
    memory = mem_zero(2880);
    size = 2880;
    fits_create_memfile(&o.f, &memory, &size, 1 << 20, realloc, &o.status);
    if (!o.status)
        fits_create_img(o.f, BYTE_IMG, 0, NULL, &o.status);
    if (!o.status)
        write_table(&o);
    LONGLONG head, data, end = 0;
    if (!o.status)
        fits_flush_file(o.f, &o.status);
    if (!o.status)
        fits_get_hduaddrll(o.f, &head, &data, &end, &o.status);
    int closing = 0;
    if (o.f)
        fits_close_file(o.f, &closing);
    if (!o.status && !closing && !stop_asked())
        str_addn(out, memory, (size_t)end < size ? (size_t)end : size);
    free(memory);
    VEC_FREE(o.cell);
    str_clear(&o.text);
    fits_clear_errmsg();
    if (stop_asked())
        return err_set(err, E_CANCELLED, "cancelled");
    if (o.status || closing) {
        char text[FLEN_STATUS] = "";
        fits_get_errstatus(o.status ? o.status : closing, text);
        return err_set(err, E_IO, "FITS: %s", text);
    }
    return OK;
}
