/* votablebin.c - the STREAM of a VOTable: base64 to bytes, bytes to rows of BINARY and BINARY2, or
 * to a FITS file. Source: VOTable 1.5 (IVOA), sections 5.2 to 5.4, 6; RFC 4648, section 4.
 * Not: the elements around it (votable.c).
 */
#include <stdlib.h>
#include <string.h>

#include "tabledata.h"
#include "tablefits.h"
#include "vigie/base/utf8.h"
#include "votable_own.h"

enum { CELL_MAX = 1 << 26, COMPACT = 1 << 16 };

static unsigned wire_width(enum table_type type)
{
    switch (type) {
    case TABLE_BOOL:
    case TABLE_U8:
    case TABLE_TEXT: return 1;
    case TABLE_BIT: return 0;
    case TABLE_I16: return 2;
    case TABLE_I32:
    case TABLE_F32: return 4;
    case TABLE_I64:
    case TABLE_F64:
    case TABLE_C32: return 8;
    case TABLE_C64: return 16;
    }
    return 1;
}

static struct votable_wire wire_of(const struct table_column *c)
{
    struct votable_wire w = {wire_width(c->type), 1, false};
    const char *datatype = c->field.datatype;
    if (c->type == TABLE_TEXT) {
        w.unicode = datatype && strcmp(datatype, "unicodeChar") == 0;
        w.width = w.unicode ? 2 : 1;
        w.count = c->array ? c->chars * c->size : c->chars;
    } else if (c->array) {
        w.count = c->size;
    }
    return w;
}

void votable_stream_begin(struct votable *v)
{
    struct votable_stream *s = &v->stream;
    size_t least = 0;
    s->pos = s->n = s->need = 0;
    s->quad = s->n_quad = 0;
    s->padded = false;
    s->binary2 = v->data == VOT_BINARY2;
    if (v->data == VOT_FITS)
        return;
    s->wire = mem_grow(s->wire, (v->table->n_columns + 1) * sizeof *s->wire);
    for (size_t i = 0; i < v->table->n_columns; i++) {
        s->wire[i] = wire_of(&v->table->column[i]);
        least += s->wire[i].width ? s->wire[i].width : 1;
    }
    v->elsewhere = least == 0; /* rows without columns are none */
}

/* ---- rows ---- */

static uint32_t big32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static size_t cell_bytes(const struct votable_wire *w, uint32_t count)
{
    return w->width ? (size_t)w->width * count : ((size_t)count + 7) / 8;
}

/* Length of the row at p, of which n bytes are there; 0: not whole yet, s->need says how many bytes
 * it takes to know more. A count that no cell can have is an error. */
static enum status row_length(struct votable *v, const unsigned char *p, size_t n, size_t *length,
                              struct error *err)
{
    struct votable_stream *s = &v->stream;
    size_t at = s->binary2 ? (v->table->n_columns + 7) / 8 : 0;
    *length = 0;
    for (size_t i = 0; i < v->table->n_columns; i++) {
        const struct votable_wire *w = &s->wire[i];
        uint32_t count = w->count;
        if (count == 0) {
            if (at + 4 > n) {
                s->need = at + 4;
                return OK;
            }
            count = big32(p + at);
            at += 4;
        }
        if (cell_bytes(w, count) > CELL_MAX)
            return err_set(err, E_RANGE, "row %llu: column %zu says it has %u elements",
                           (unsigned long long)v->table->counted + 1, i + 1, count);
        at += cell_bytes(w, count);
    }
    s->need = at;
    if (at <= n)
        *length = at;
    return OK;
}

/* n values of `width` bytes, big endian, as this machine has them. */
static void swap_into(unsigned char *to, const unsigned char *from, uint32_t n, unsigned width)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    memcpy(to, from, (size_t)n * width);
#else
    uint64_t u8;
    uint32_t u4;
    uint16_t u2;
    for (uint32_t i = 0; i < n; i++, to += width, from += width)
        if (width == 8) {
            memcpy(&u8, from, sizeof u8);
            u8 = __builtin_bswap64(u8);
            memcpy(to, &u8, sizeof u8);
        } else if (width == 4) {
            memcpy(&u4, from, sizeof u4);
            u4 = __builtin_bswap32(u4);
            memcpy(to, &u4, sizeof u4);
        } else if (width == 2) {
            memcpy(&u2, from, sizeof u2);
            u2 = __builtin_bswap16(u2);
            memcpy(to, &u2, sizeof u2);
        } else {
            *to = *from;
        }
#endif
}

static void put_bools(struct table *t, size_t column, const unsigned char *p, uint32_t n)
{
    uint8_t *to = table_put_room(t, column, n);
    for (uint32_t i = 0; i < n; i++)
        to[i] = p[i] == 'T' || p[i] == 't' || p[i] == '1';
    for (uint32_t i = 0; i < n; i++)
        if (!strchr("TtFf10", p[i]) || p[i] == 0)
            table_put_null_element(t, column, i);
}

static void put_bits(struct table *t, size_t column, const unsigned char *p, uint32_t n)
{
    uint8_t *to = table_put_room(t, column, n);
    for (uint32_t i = 0; i < n; i++)
        to[i] = p[i / 8] >> (7 - i % 8) & 1;
}

/* Integers that stand for null. */
static void mark_nulls(struct table *t, size_t column, uint32_t n)
{
    const struct table_data *d = t->column[column].data;
    const unsigned char *p = d->at.at + d->at.n - (size_t)n * d->width;
    for (uint32_t i = 0; i < n; i++, p += d->width) {
        int64_t x = 0;
        if (d->width == 8) {
            memcpy(&x, p, sizeof x);
        } else if (d->width == 4) {
            int32_t y;
            memcpy(&y, p, sizeof y);
            x = y;
        } else if (d->width == 2) {
            int16_t y;
            memcpy(&y, p, sizeof y);
            x = y;
        } else {
            x = *p;
        }
        if (x == d->null_value)
            table_put_null_element(t, column, i);
    }
}

static void mark_null_reals(struct table *t, size_t column, uint32_t n)
{
    const struct table_data *d = t->column[column].data;
    const unsigned char *p = d->at.at + d->at.n - (size_t)n * d->width;
    for (uint32_t i = 0; i < n; i++, p += d->width) {
        double x;
        float f;
        if (d->width == 8) {
            memcpy(&x, p, sizeof x);
        } else {
            memcpy(&f, p, sizeof f);
            x = (double)f;
        }
        if (x == (d->width == 8 ? d->null_x : (double)(float)d->null_x))
            table_put_null_element(t, column, i);
    }
}

static void put_numbers(struct table *t, size_t column, const unsigned char *p, uint32_t n)
{
    const struct table_column *c = &t->column[column];
    unsigned char *to = table_put_room(t, column, n);
    bool pair = c->type == TABLE_C32 || c->type == TABLE_C64;
    bool real = c->type == TABLE_F32 || c->type == TABLE_F64;
    if (pair)
        swap_into(to, p, 2 * n, c->data->width / 2);
    else
        swap_into(to, p, n, c->data->width);
    if (real && c->data->has_null_x)
        mark_null_reals(t, column, n);
    else if (!real && !pair && c->data->has_null_value)
        mark_nulls(t, column, n);
}

/* UTF-16, big endian, to UTF-8; a half of a pair alone is U+FFFD. */
static void from_utf16(struct str *out, const unsigned char *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c = (uint32_t)p[2 * i] << 8 | p[2 * i + 1];
        char one[4];
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < n) {
            uint32_t low = (uint32_t)p[2 * i + 2] << 8 | p[2 * i + 3];
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i++;
            }
        }
        if (c == 0)
            return;
        if (c >= 0xd800 && c < 0xe000)
            c = 0xfffd;
        str_addn(out, one, utf8_put(one, c));
    }
}

static void put_one_text(struct votable *v, size_t column, bool list, bool first,
                         const unsigned char *p, uint32_t n)
{
    struct table *t = v->table;
    const char *s = (const char *)p;
    size_t length = n;
    if (v->stream.wire[column].unicode) {
        str_reset(&v->text);
        from_utf16(&v->text, p, n);
        s = str_c(&v->text);
        length = v->text.n;
    }
    if (list)
        table_put_texts(t, column, first, s, length);
    else
        table_put_string(t, column, s, length);
}

static void put_text(struct votable *v, size_t column, const unsigned char *p, uint32_t n)
{
    const struct table_column *c = &v->table->column[column];
    unsigned width = v->stream.wire[column].width;
    if (!c->array) {
        put_one_text(v, column, false, true, p, n);
        return;
    }
    if (n == 0)
        table_put_null(v->table, column);
    for (uint32_t at = 0; at < n; at += c->chars) {
        uint32_t piece = n - at < c->chars ? n - at : c->chars;
        put_one_text(v, column, true, at == 0, p + (size_t)at * width, piece);
    }
}

static void put_cell(struct votable *v, size_t column, const unsigned char *p, uint32_t n)
{
    switch (v->table->column[column].type) {
    case TABLE_BOOL: put_bools(v->table, column, p, n); break;
    case TABLE_BIT: put_bits(v->table, column, p, n); break;
    case TABLE_U8:
    case TABLE_I16:
    case TABLE_I32:
    case TABLE_I64:
    case TABLE_F32:
    case TABLE_F64:
    case TABLE_C32:
    case TABLE_C64: put_numbers(v->table, column, p, n); break;
    case TABLE_TEXT: put_text(v, column, p, n); break;
    }
}

/* The row at p, which is whole. */
static void put_row(struct votable *v, const unsigned char *p)
{
    struct votable_stream *s = &v->stream;
    const unsigned char *mask = p;
    if (s->binary2)
        p += (v->table->n_columns + 7) / 8;
    for (size_t i = 0; i < v->table->n_columns; i++) {
        uint32_t count = s->wire[i].count;
        if (count == 0) {
            count = big32(p);
            p += 4;
        }
        if (s->binary2 && mask[i / 8] >> (7 - i % 8) & 1)
            table_put_null(v->table, i);
        else
            put_cell(v, i, p, count);
        p += cell_bytes(&s->wire[i], count);
    }
}

static enum status cut_rows(struct votable *v, struct error *err)
{
    struct votable_stream *s = &v->stream;
    while (s->n - s->pos >= s->need && s->n > s->pos) {
        size_t length;
        enum status st = row_length(v, s->at + s->pos, s->n - s->pos, &length, err);
        if (st != OK)
            return st;
        if (length == 0)
            break;
        if (table_keeps(v->table))
            put_row(v, s->at + s->pos);
        s->pos += length;
        s->need = 1;
        st = table_row_end(v->table, err);
        if (st != OK)
            return st;
    }
    if (s->pos > COMPACT || s->pos == s->n) {
        memmove(s->at, s->at + s->pos, s->n - s->pos);
        s->n -= s->pos;
        s->pos = 0;
    }
    return OK;
}

/* ---- base64 ---- */

enum { DIGIT_BAD = 64, DIGIT_BLANK, DIGIT_PAD };

static const unsigned char *digits(void)
{
    static unsigned char of[256];
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (of[0] == 0) {
        memset(of, DIGIT_BAD, sizeof of);
        for (unsigned char i = 0; i < 64; i++)
            of[(unsigned char)alphabet[i]] = i;
        of[' '] = of['\t'] = of['\r'] = of['\n'] = DIGIT_BLANK;
        of['='] = DIGIT_PAD;
    }
    return of;
}

/* One digit, blank or padding; false if it has no place here. */
static bool take_digit(struct votable_stream *s, unsigned char d)
{
    if (d == DIGIT_BLANK)
        return true;
    if (d == DIGIT_PAD) { /* pieces may be padded one by one, as some servers do */
        if (s->n_quad >= 2) {
            s->at[s->n++] = (unsigned char)(s->quad >> (6 * s->n_quad - 8));
            if (s->n_quad == 3)
                s->at[s->n++] = (unsigned char)(s->quad >> 2);
            s->quad = s->n_quad = 0;
            s->padded = true;
            return true;
        }
        return s->padded && s->n_quad == 0;
    }
    if (d == DIGIT_BAD)
        return false;
    s->quad = s->quad << 6 | d;
    if (++s->n_quad == 4) {
        s->at[s->n++] = (unsigned char)(s->quad >> 16);
        s->at[s->n++] = (unsigned char)(s->quad >> 8);
        s->at[s->n++] = (unsigned char)s->quad;
        s->quad = s->n_quad = 0;
    }
    return true;
}

/* Base64 to bytes, as far as it is base64: false if it is not. */
static bool decode(struct votable_stream *s, const char *text, size_t n)
{
    const unsigned char *of = digits(), *p = (const unsigned char *)text, *end = p + n;
    if (s->cap < s->n + n + 4) {
        s->cap = s->n + s->n / 2 + n + 4;
        s->at = mem_grow(s->at, s->cap);
    }
    unsigned char *to = s->at + s->n;
    while (p < end) {
        while (s->n_quad == 0 && end - p >= 4 && of[p[0]] < 64 && of[p[1]] < 64 && of[p[2]] < 64 &&
               of[p[3]] < 64) {
            uint32_t q = (uint32_t)of[p[0]] << 18 | (uint32_t)of[p[1]] << 12 |
                         (uint32_t)of[p[2]] << 6 | of[p[3]];
            *to++ = (unsigned char)(q >> 16);
            *to++ = (unsigned char)(q >> 8);
            *to++ = (unsigned char)q;
            p += 4;
        }
        s->n = (size_t)(to - s->at);
        if (p < end && !take_digit(s, of[*p++]))
            return false;
        to = s->at + s->n;
    }
    return true;
}

enum status votable_stream_text(struct votable *v, const char *text, size_t n, struct error *err)
{
    enum { PIECE = 1 << 16 };
    while (n) {
        size_t piece = n < PIECE ? n : PIECE;
        bool good = decode(&v->stream, text, piece);
        enum status s = v->data == VOT_FITS ? OK : cut_rows(v, err);
        if (s != OK)
            return s;
        if (!good)
            return err_set(err, E_PARSE, "row %llu: what should be base64 is none",
                           (unsigned long long)v->table->counted + 1);
        if (v->data == VOT_FITS && v->stream.n > v->limits.bytes)
            return err_set(err, E_RANGE, "a FITS file of more than %llu bytes",
                           (unsigned long long)v->limits.bytes);
        text += piece;
        n -= piece;
    }
    return OK;
}

enum status votable_stream_end(struct votable *v, struct error *err)
{
    struct votable_stream *s = &v->stream;
    if (v->data == VOT_FITS)
        return tablefits_into(v->table, s->at, s->n, v->extnum, err);
    if (s->n > s->pos || s->n_quad)
        return err_set(err, E_PARSE, "the stream ends inside row %llu",
                       (unsigned long long)v->table->counted + 1);
    return OK;
}
