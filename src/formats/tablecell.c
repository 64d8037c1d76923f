/* tablecell.c - cells from text, by the rules of VOTable's TABLEDATA, and cells as text, by those of
 * the command line's CSV. Source: VOTable 1.5 (IVOA), section 6. Not: the storage (table.c).
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "tabledata.h"
#include "tablenum.h"
#include "vigie/base/utf8.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void strip(const char **s, size_t *n)
{
    while (*n && is_blank((*s)[*n - 1]))
        --*n;
    while (*n && is_blank(**s)) {
        ++*s;
        --*n;
    }
}

/* ---- from text ---- */

static bool truth(const char *s, size_t n, bool *b)
{
    char c = n ? *s : '?';
    bool word = n == 1 || (n == 4 && (s[1] | 0x20) == 'r') || (n == 5 && (s[1] | 0x20) == 'a');
    if (!word)
        return false;
    if (c == 'T' || c == 't' || (c == '1' && n == 1))
        *b = true;
    else if (c == 'F' || c == 'f' || (c == '0' && n == 1))
        *b = false;
    else
        return false;
    return true;
}

/* An integer that the type holds and that does not stand for null. */
static bool store_int(const struct table_column *c, int64_t i, void *at)
{
    static const struct {
        int64_t lo, hi;
    } range[] = {[TABLE_BOOL] = {0, 1},
                 [TABLE_BIT] = {0, 1},
                 [TABLE_U8] = {0, UINT8_MAX},
                 [TABLE_I16] = {INT16_MIN, INT16_MAX},
                 [TABLE_I32] = {INT32_MIN, INT32_MAX},
                 [TABLE_I64] = {INT64_MIN, INT64_MAX}};
    if (c->data->has_null_value && i == c->data->null_value)
        return false;
    if (i < range[c->type].lo || i > range[c->type].hi)
        return false;
    if (c->data->width == 1) {
        uint8_t v = (uint8_t)i;
        memcpy(at, &v, sizeof v);
    } else if (c->data->width == 2) {
        int16_t v = (int16_t)i;
        memcpy(at, &v, sizeof v);
    } else if (c->data->width == 4) {
        int32_t v = (int32_t)i;
        memcpy(at, &v, sizeof v);
    } else {
        memcpy(at, &i, sizeof i);
    }
    return true;
}

static bool store_single(const struct table_column *c, const char *s, size_t n, void *at)
{
    float x;
    if (!num_float(s, n, &x))
        return false;
    if (c->data->has_null_x && (double)x == (double)(float)c->data->null_x)
        return false;
    memcpy(at, &x, sizeof x);
    return true;
}

static bool store_double(const struct table_column *c, const char *s, size_t n, void *at)
{
    double x;
    if (!num_double(s, n, &x) || (c->data->has_null_x && x == c->data->null_x))
        return false;
    memcpy(at, &x, sizeof x);
    return true;
}

/* One element that is no text and no complex number; false: null. */
static bool store_word(const struct table_column *c, const char *s, size_t n, void *at)
{
    int64_t i;
    bool b;
    switch (c->type) {
    case TABLE_BOOL:
        if (!truth(s, n, &b))
            return false;
        *(uint8_t *)at = b;
        return true;
    case TABLE_BIT:
        if (n != 1 || (*s != '0' && *s != '1'))
            return false;
        *(uint8_t *)at = *s == '1';
        return true;
    case TABLE_U8:
    case TABLE_I16:
    case TABLE_I32:
    case TABLE_I64: return num_int(s, n, &i) && store_int(c, i, at);
    case TABLE_F32:
    case TABLE_C32: return store_single(c, s, n, at);
    case TABLE_F64:
    case TABLE_C64: return store_double(c, s, n, at);
    case TABLE_TEXT: return false;
    }
    return false;
}

/* The next word: to the next blank, or one digit of a list of bits. */
static size_t next_word(const struct table_column *c, const char **s, const char *end)
{
    const char *p = *s;
    while (p < end && is_blank(*p))
        p++;
    *s = p;
    if (c->type == TABLE_BIT)
        return p < end;
    while (p < end && !is_blank(*p))
        p++;
    return (size_t)(p - *s);
}

/* An element that could not be read: zero bits, which the null mark hides; the half of a complex
 * number that is missing is NaN. */
static void blank_part(const struct table_column *c, void *at, unsigned width)
{
    const float none = NAN;
    const double none_wide = (double)NAN;
    memset(at, 0, width);
    if (c->type == TABLE_C32)
        memcpy(at, &none, sizeof none);
    else if (c->type == TABLE_C64)
        memcpy(at, &none_wide, sizeof none_wide);
}

/* A complex number is two words; it is null if neither can be read. */
static bool store_pair(const struct table_column *c, const char **p, const char *end,
                       unsigned char *at)
{
    unsigned half = c->data->width / 2;
    bool some = false;
    for (int k = 0; k < 2; k++, at += half) {
        size_t n = next_word(c, p, end);
        if (n && store_word(c, *p, n, at))
            some = true;
        else
            blank_part(c, at, half);
        *p += n;
    }
    return some;
}

static bool complex_type(const struct table_column *c)
{
    return c->type == TABLE_C32 || c->type == TABLE_C64;
}

static void put_list(struct table *t, size_t column, const char *s, size_t n)
{
    struct table_column *c = &t->column[column];
    const char *p = s, *end = s + n;
    uint32_t k = 0;
    size_t first = c->data->elements;
    for (size_t word; (word = next_word(c, &p, end)) && (c->size == 0 || k < c->size); k++) {
        unsigned char *at = table_data_room(t, column, 1);
        bool good;
        if (complex_type(c)) {
            good = store_pair(c, &p, end, at);
        } else {
            good = store_word(c, p, word, at);
            if (!good)
                blank_part(c, at, c->data->width);
            p += word;
        }
        if (!good)
            table_data_null_element(t, column, first + k);
    }
    table_data_close(t, column, k == 0);
}

/* Texts of `chars` characters each, without a mark between them. */
static void put_strings(struct table *t, size_t column, const char *s, size_t n)
{
    struct table_column *c = &t->column[column];
    const char *p = s, *end = s + n;
    uint32_t k = 0;
    for (; p < end && (c->size == 0 || k < c->size); k++) {
        const char *from = p;
        for (uint32_t i = 0; i < c->chars && p < end; i++)
            utf8_next(&p, end);
        table_put_texts(t, column, k == 0, from, (size_t)(p - from));
    }
    if (k == 0)
        table_data_close(t, column, true);
}

void table_put_text(struct table *t, size_t column, const char *s, size_t n)
{
    struct table_column *c = &t->column[column];
    if (c->data->rows > t->rows)
        return;
    if (c->type == TABLE_TEXT) {
        if (n == 0)
            table_put_null(t, column);
        else if (c->array)
            put_strings(t, column, s, n);
        else
            table_put_string(t, column, s, n);
        return;
    }
    strip(&s, &n);
    if (n == 0) {
        table_put_null(t, column);
    } else if (c->array) {
        put_list(t, column, s, n);
    } else {
        unsigned char *at = table_data_room(t, column, 1);
        bool good = complex_type(c) ? store_pair(c, &s, s + n, at) : store_word(c, s, n, at);
        if (!good && !complex_type(c))
            memset(at, 0, c->data->width);
        table_data_close(t, column, !good);
    }
}

void table_put_int(struct table *t, size_t column, int64_t i)
{
    struct table_column *c = &t->column[column];
    if (c->type == TABLE_F32 || c->type == TABLE_F64) {
        table_put_double(t, column, (double)i);
        return;
    }
    if (c->type == TABLE_TEXT || complex_type(c) || c->array) {
        char text[NUM_TEXT];
        table_put_text(t, column, text, num_put_int(text, i));
        return;
    }
    unsigned char *at = table_data_room(t, column, 1);
    bool good = store_int(c, i, at);
    if (!good)
        memset(at, 0, c->data->width);
    table_data_close(t, column, !good);
}

void table_put_double(struct table *t, size_t column, double x)
{
    struct table_column *c = &t->column[column];
    if (c->array || (c->type != TABLE_F32 && c->type != TABLE_F64)) {
        char text[NUM_TEXT];
        table_put_text(t, column, text, num_put_double(text, x));
    } else if (c->type == TABLE_F64) {
        memcpy(table_put_room(t, column, 1), &x, sizeof x);
    } else if (isfinite(x) && fabs(x) > (double)FLT_MAX) {
        table_put_null(t, column);
    } else {
        float f = (float)x;
        memcpy(table_put_room(t, column, 1), &f, sizeof f);
    }
}

/* ---- to text ---- */

static void add_real(struct str *out, enum table_type type, const unsigned char *p)
{
    char text[NUM_TEXT];
    if (type == TABLE_F32 || type == TABLE_C32) {
        float x;
        memcpy(&x, p, sizeof x);
        str_addn(out, text, num_put_float(text, x));
    } else {
        double x;
        memcpy(&x, p, sizeof x);
        str_addn(out, text, num_put_double(text, x));
    }
}

static void add_int(struct str *out, const struct table_column *c, const unsigned char *p)
{
    char text[NUM_TEXT];
    int64_t i = 0;
    if (c->data->width == 1) {
        i = *p;
    } else if (c->data->width == 2) {
        int16_t v;
        memcpy(&v, p, sizeof v);
        i = v;
    } else if (c->data->width == 4) {
        int32_t v;
        memcpy(&v, p, sizeof v);
        i = v;
    } else {
        memcpy(&i, p, sizeof i);
    }
    str_addn(out, text, num_put_int(text, i));
}

static void add_text(struct str *out, const struct table *t, size_t row, size_t column, uint32_t i)
{
    size_t n;
    const char *s = table_text_at(t, row, column, i, &n);
    if (!s)
        return;
    strip(&s, &n);
    str_addn(out, s, n);
}

void table_element(const struct table *t, size_t row, size_t column, uint32_t i, struct str *out)
{
    const struct table_column *c = &t->column[column];
    if (table_null_at(t, row, column, i))
        return;
    if (c->type == TABLE_TEXT) {
        add_text(out, t, row, column, i);
        return;
    }
    const unsigned char *p = (const unsigned char *)table_at(t, row, column) + i * c->data->width;
    switch (c->type) {
    case TABLE_BOOL: str_addc(out, *p ? 'T' : 'F'); break;
    case TABLE_BIT: str_addc(out, *p ? '1' : '0'); break;
    case TABLE_U8:
    case TABLE_I16:
    case TABLE_I32:
    case TABLE_I64: add_int(out, c, p); break;
    case TABLE_F32:
    case TABLE_F64: add_real(out, c->type, p); break;
    case TABLE_C32:
    case TABLE_C64:
        add_real(out, c->type, p);
        str_addc(out, ' ');
        add_real(out, c->type, p + c->data->width / 2);
        break;
    case TABLE_TEXT: break;
    }
}

/* Whether the element says anything: not null, no NaN (of a complex number neither part), no empty
 * text. */
static bool says(const struct table *t, size_t row, size_t column, uint32_t i)
{
    const struct table_column *c = &t->column[column];
    if (table_null_at(t, row, column, i))
        return false;
    const unsigned char *p = table_at(t, row, column);
    unsigned parts = complex_type(c) ? 2 : 1;
    for (unsigned k = 0; k < parts; k++) {
        if (c->type == TABLE_F32 || c->type == TABLE_C32) {
            float x;
            memcpy(&x, p + (i * parts + k) * sizeof x, sizeof x);
            if (!isnan(x))
                return true;
        } else if (c->type == TABLE_F64 || c->type == TABLE_C64) {
            double x;
            memcpy(&x, p + (i * parts + k) * sizeof x, sizeof x);
            if (!isnan(x))
                return true;
        } else if (c->type == TABLE_TEXT) {
            size_t n;
            const char *s = table_text_at(t, row, column, i, &n);
            strip(&s, &n);
            return n > 0;
        } else {
            return true;
        }
    }
    return false;
}

bool table_cell(const struct table *t, size_t row, size_t column, struct str *out)
{
    if (table_null(t, row, column))
        return false;
    uint32_t n = table_count(t, row, column), i = 0;
    while (i < n && !says(t, row, column, i))
        i++;
    if (i == n)
        return false;
    for (i = 0; i < n; i++) {
        if (i)
            str_addc(out, ' ');
        table_element(t, row, column, i, out);
    }
    return true;
}
