/* tablesort.c - the order of rows by a column: a radix sort over keys that compare as the values do.
 * Not: filters (tablefilter.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tabledata.h"
#include "vigie/base/stop.h"
#include "vigie/formats/tableops.h"

void table_rows_all(const struct table *t, struct table_rows *rows)
{
    free(rows->row);
    rows->n = t->rows;
    rows->row = mem_alloc((t->rows + 1) * sizeof *rows->row);
    for (size_t i = 0; i < t->rows; i++)
        rows->row[i] = (uint32_t)i;
}

void table_rows_clear(struct table_rows *rows)
{
    free(rows->row);
    *rows = (struct table_rows){0};
}

/* So many rows between two looks at whether to stop; texts of a run are sorted at once. */
enum { PIECE = 8192, RUN = 8192 };

/* A row with its key. last: 1 NaN, 2 null: behind all others in either direction. */
struct keyed {
    uint64_t key;
    uint32_t row, rank;
    unsigned last;
};

/* Bits of a double in an order that is that of the numbers. */
static uint64_t real_key(double x)
{
    uint64_t u;
    x = x == 0 ? 0 : x; /* -0 is 0 */
    memcpy(&u, &x, sizeof u);
    return u >> 63 ? ~u : u | UINT64_C(1) << 63;
}

/* The first eight bytes of a text. */
static uint64_t text_key(const char *s, size_t n)
{
    uint64_t key = 0;
    for (size_t i = 0; i < 8; i++)
        key = key << 8 | (i < n ? (unsigned char)s[i] : 0);
    return key;
}

static double first_real(const struct table *t, size_t row, size_t column)
{
    const unsigned char *p = table_at(t, row, column);
    enum table_type type = t->column[column].type;
    if (type == TABLE_F32 || type == TABLE_C32) {
        float x;
        memcpy(&x, p, sizeof x);
        return (double)x;
    }
    double x;
    memcpy(&x, p, sizeof x);
    return x;
}

static int64_t first_int(const struct table_column *c, const unsigned char *p)
{
    int64_t i = 0;
    int32_t i4;
    int16_t i2;
    if (c->data->width == 8) {
        memcpy(&i, p, sizeof i);
    } else if (c->data->width == 4) {
        memcpy(&i4, p, sizeof i4);
        i = i4;
    } else if (c->data->width == 2) {
        memcpy(&i2, p, sizeof i2);
        i = i2;
    } else {
        i = *p;
    }
    return i;
}

static struct keyed key_of(const struct table *t, size_t column, uint32_t row)
{
    const struct table_column *c = &t->column[column];
    struct keyed k = {0, row, 0, 0};
    size_t n;
    if (table_null(t, row, column) || table_count(t, row, column) == 0 ||
        table_null_at(t, row, column, 0)) {
        k.last = 2;
        return k;
    }
    switch (c->type) {
    case TABLE_BOOL:
    case TABLE_BIT:
    case TABLE_U8:
    case TABLE_I16:
    case TABLE_I32:
    case TABLE_I64:
        k.key = (uint64_t)first_int(c, table_at(t, row, column)) ^ UINT64_C(1) << 63;
        break;
    case TABLE_F32:
    case TABLE_F64:
    case TABLE_C32:
    case TABLE_C64: {
        double x = first_real(t, row, column);
        k.last = isnan(x);
        k.key = isnan(x) ? 0 : real_key(x);
        break;
    }
    case TABLE_TEXT: {
        const char *s = table_text_at(t, row, column, 0, &n);
        k.key = text_key(s, n);
        break;
    }
    }
    return k;
}

/* Least significant byte first; a byte that is the same in all keys costs one pass of counting. */
static void radix(struct keyed *a, struct keyed *spare, size_t n)
{
    struct keyed *from = a, *to = spare;
    for (unsigned shift = 0; shift < 64 && !stop_asked(); shift += 8) {
        size_t count[257] = {0};
        for (size_t i = 0; i < n; i++)
            count[(from[i].key >> shift & 255) + 1]++;
        if (n && count[(from[0].key >> shift & 255) + 1] == n)
            continue;
        for (int i = 0; i < 256; i++)
            count[i + 1] += count[i];
        for (size_t i = 0; i < n; i++)
            to[count[from[i].key >> shift & 255]++] = from[i];
        struct keyed *swap = from;
        from = to;
        to = swap;
    }
    if (from != a)
        memcpy(a, from, n * sizeof *a);
}

/* Texts whose first eight bytes are the same. */
struct texts {
    const struct table *t;
    size_t column;
    bool descending;
};

static int compare_texts(const void *pa, const void *pb, void *arg)
{
    const struct keyed *a = pa, *b = pb;
    const struct texts *x = arg;
    size_t na, nb;
    const char *sa = table_text_at(x->t, a->row, x->column, 0, &na);
    const char *sb = table_text_at(x->t, b->row, x->column, 0, &nb);
    int d = memcmp(sa, sb, na < nb ? na : nb);
    if (d == 0)
        d = (na > nb) - (na < nb);
    if (d == 0)
        return a->rank < b->rank ? -1 : 1;
    return x->descending ? -d : d;
}

/* Two neighbouring runs a .. middle .. end into one. */
static void merge(const struct keyed *a, size_t middle, size_t end, struct keyed *to,
                  struct texts *x)
{
    size_t i = 0, k = middle;
    while (i < middle && k < end)
        *to++ = compare_texts(a + i, a + k, x) <= 0 ? a[i++] : a[k++];
    memcpy(to, a + i, (middle - i) * sizeof *a);
    memcpy(to + (middle - i), a + k, (end - k) * sizeof *a);
}

/* In runs, then runs merged, so that it can be stopped between them. */
static void sort_texts(struct keyed *a, struct keyed *spare, size_t n, struct texts *x)
{
    struct keyed *from = a, *to = spare;
    for (size_t i = 0; i < n && !stop_asked(); i += RUN)
        qsort_r(a + i, n - i < RUN ? n - i : RUN, sizeof *a, compare_texts, x);
    for (size_t run = RUN; run < n && !stop_asked(); run *= 2) {
        for (size_t i = 0; i < n; i += 2 * run) {
            size_t middle = n - i < run ? n - i : run, end = n - i < 2 * run ? n - i : 2 * run;
            merge(from + i, middle, end, to + i, x);
        }
        struct keyed *swap = from;
        from = to;
        to = swap;
    }
    if (from != a)
        memcpy(a, from, n * sizeof *a);
}

static void sort_ties(const struct table *t, size_t column, bool descending, struct keyed *a,
                      struct keyed *spare, size_t n)
{
    struct texts x = {t, column, descending};
    for (size_t i = 0, end; i < n && !stop_asked(); i = end) {
        for (end = i + 1; end < n && a[end].key == a[i].key;)
            end++;
        for (size_t k = i; k < end; k++)
            a[k].rank = (uint32_t)k;
        if (end - i > 1)
            sort_texts(a + i, spare, end - i, &x);
    }
}

void table_sort(const struct table *t, size_t column, bool descending, struct table_rows *rows)
{
    struct keyed *a = mem_alloc((rows->n + 1) * sizeof *a);
    struct keyed *spare = mem_alloc((rows->n + 1) * sizeof *spare);
    size_t n = 0, at;
    uint32_t *late = mem_alloc((rows->n + 1) * sizeof *late);
    size_t n_late = 0;
    for (unsigned last = 1; last <= 2; last++) /* NaN first, then null */
        for (size_t i = 0; i < rows->n; i++) {
            if (i % PIECE == 0 && stop_asked())
                goto out;
            struct keyed k = key_of(t, column, rows->row[i]);
            if (last == 1 && k.last == 0) {
                k.key = descending ? ~k.key : k.key;
                a[n++] = k;
            } else if (k.last == last) {
                late[n_late++] = k.row;
            }
        }
    radix(a, spare, n);
    if (t->column[column].type == TABLE_TEXT)
        sort_ties(t, column, descending, a, spare, n);
    for (at = 0; at < n; at++)
        rows->row[at] = a[at].row;
    memcpy(rows->row + n, late, n_late * sizeof *late);
out:
    free(a);
    free(spare);
    free(late);
}
