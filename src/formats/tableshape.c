/* tableshape.c - from the datatype and the arraysize of a FIELD to how its column is kept.
 * Source: VOTable 1.5 (IVOA), sections 2.1 and 2.2. Not: the cells.
 */
#include <string.h>

#include "tabledata.h"
#include "vigie/base/utf8.h"

static const struct {
    const char *name;
    enum table_type type;
    unsigned width;
} types[] = {
    {"boolean", TABLE_BOOL, 1},       {"bit", TABLE_BIT, 1},    {"unsignedByte", TABLE_U8, 1},
    {"short", TABLE_I16, 2},          {"int", TABLE_I32, 4},    {"long", TABLE_I64, 8},
    {"float", TABLE_F32, 4},          {"double", TABLE_F64, 8}, {"floatComplex", TABLE_C32, 8},
    {"doubleComplex", TABLE_C64, 16}, {"char", TABLE_TEXT, 1},  {"unicodeChar", TABLE_TEXT, 1}};

/* A number of the arraysize, held below 2^24: a cell is never declared larger than that. */
static const char *take_number(const char *s, uint32_t *n)
{
    *n = 0;
    while (*s == ' ')
        s++;
    for (; *s >= '0' && *s <= '9'; s++)
        if (*n < 1u << 24)
            *n = *n * 10 + (uint32_t)(*s - '0');
    return s;
}

/* The sizes of an arraysize, "14x3x*": the first, the product of the others; variable: it ends in a
 * star. dims: how many. An arraysize that makes no sense is a variable list. */
struct sizes {
    uint32_t first, others;
    int dims;
    bool variable;
};

static struct sizes read_sizes(const char *s)
{
    struct sizes z = {1, 1, 0, false};
    if (!s)
        return z;
    for (;;) {
        uint32_t n;
        s = take_number(s, &n);
        z.dims++;
        if (*s == '*') {
            z.variable = true;
            if (z.dims == 1)
                z.first = 0;
            return z;
        }
        if (z.dims == 1)
            z.first = n;
        else
            z.others = n && z.others > (1u << 24) / n ? 1u << 24 : z.others * n;
        if (*s != 'x')
            break;
        s++;
    }
    if (*s && *s != ' ')
        z.variable = true;
    return z;
}

void table_shape(struct table_column *c)
{
    const char *datatype = c->field.datatype ? c->field.datatype : "";
    struct sizes z = read_sizes(c->field.arraysize);
    bool known = false;
    c->type = TABLE_TEXT;
    c->data->width = 1;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(datatype, types[i].name) == 0) {
            c->type = types[i].type;
            c->data->width = types[i].width;
            known = true;
        }
    if (c->type != TABLE_TEXT) {
        c->array = z.dims > 1 || z.variable || z.first > 1 || (z.dims == 1 && z.first == 0);
        c->size = c->array && !z.variable ? z.first * z.others : 0;
        return;
    }
    if (!known)
        return;
    c->array = z.dims > 1 && z.first > 0;
    c->size = c->array && !z.variable ? z.others : 0;
    c->chars = z.variable && !c->array ? 0 : z.first;
}

size_t table_text_limit(const char *s, size_t n, uint32_t chars)
{
    const char *zero = memchr(s, 0, n), *end, *p = s;
    if (zero)
        n = (size_t)(zero - s);
    if (chars == 0 || n <= chars)
        return n;
    end = s + n;
    while (chars-- && p < end)
        utf8_next(&p, end);
    return (size_t)(p - s);
}
