/* tabledata.h - how a column lies in memory; for the files of the table only. */
#ifndef VIGIE_SRC_FORMATS_TABLEDATA_H
#define VIGIE_SRC_FORMATS_TABLEDATA_H

#include "vigie/formats/table.h"

/* struct table_data - the cells of a column, one after the other.
 *   at        elements of `width` bytes; of texts the bytes
 *   end       of arrays: where the elements of row i end (where they begin is the end of row i-1)
 *   text_end  of texts: where the bytes of element i end
 *   null_row, null_element   one bit each; no longer than the last null. Of a column that is no
 *             array null_element is not used.
 *   not_ascii                a text holds a character above U+007F
 *   null_value, null_x       what stands for null in a column of integers, of reals */
struct table_data {
    unsigned width;
    bool has_null_value, has_null_x, not_ascii;
    int64_t null_value;
    double null_x;
    VEC(unsigned char) at;
    VEC(uint32_t) end;
    VEC(uint32_t) text_end;
    VEC(uint64_t) null_row;
    VEC(uint64_t) null_element;
    size_t rows, elements;
};

/* The elements of a cell: first and one behind the last. */
static inline void table_span(const struct table_column *c, size_t row, size_t *first, size_t *end)
{
    if (!c->array) {
        *first = row;
        *end = row + 1;
        return;
    }
    *first = row ? c->data->end.at[row - 1] : 0;
    *end = c->data->end.at[row];
}

static inline bool table_bit(const uint64_t *bits, size_t n, size_t i)
{
    return i / 64 < n && (bits[i / 64] >> (i % 64) & 1);
}

/* table_text_limit - bytes of the text s (n bytes) that a column keeps: up to its first zero byte,
 * up to `chars` characters (0: all). */
size_t table_text_limit(const char *s, size_t n, uint32_t chars);

/* table_shape - type, array, size and chars of a column from its datatype and arraysize. */
void table_shape(struct table_column *c);

/* The storage of one cell, used by table.c and tablecell.c. */
void *table_data_room(struct table *t, size_t column, uint32_t n);
void table_data_text(struct table *t, size_t column, const char *s, size_t n);
void table_data_close(struct table *t, size_t column, bool null);
void table_data_null_element(struct table *t, size_t column, size_t element);

#endif
