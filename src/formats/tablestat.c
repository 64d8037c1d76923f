/* tablestat.c - a choice of rows and columns as a table of its own; statistics of a column.
 * Not: the choice itself (tablefilter.c, tablesort.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tabledata.h"
#include "tableops_own.h"
#include "tabletext.h"
#include "vigie/base/stop.h"

enum { PIECE = 1024 };

static const char *keep(struct table *t, const char *s)
{
    return s ? arena_str(&t->arena, s) : NULL;
}

void table_like(struct table *to, const struct table *from)
{
    to->name = keep(to, from->name);
    to->id = keep(to, from->id);
    to->ucd = keep(to, from->ucd);
    to->utype = keep(to, from->utype);
    to->description = keep(to, from->description);
    to->partial = from->partial;
    to->resource = from->resource;
    struct table_node **tail = &to->meta;
    for (const struct table_node *n = from->meta; n; n = n->next) {
        *tail = table_node_copy(&to->arena, n);
        tail = &(*tail)->next;
    }
}

void table_add_like(struct table *to, const struct table_column *c, const char *name)
{
    struct table_field field = c->field;
    struct table_node **tail = &field.more;
    field.more = NULL;
    if (name)
        field.name = name;
    for (const struct table_node *n = c->field.more; n; n = n->next) {
        *tail = table_node_copy(&to->arena, n);
        tail = &(*tail)->next;
    }
    size_t at = table_add(to, &field);
    if (to->column[at].type != c->type) { /* a type that was told from the cells */
        to->column[at].type = c->type;
        to->column[at].data->width = c->data->width;
    }
}

void table_copy_cell(struct table *to, size_t to_column, const struct table *from, size_t row,
                     size_t column)
{
    const struct table_column *c = &from->column[column];
    if (table_null(from, row, column)) {
        table_put_null(to, to_column);
        return;
    }
    uint32_t n = table_count(from, row, column);
    size_t bytes;
    const char *s;
    if (c->type != TABLE_TEXT) {
        void *room = table_put_room(to, to_column, n);
        if (n)
            memcpy(room, table_at(from, row, column), (size_t)n * c->data->width);
        for (uint32_t i = 0; c->array && i < n; i++)
            if (table_null_at(from, row, column, i))
                table_put_null_element(to, to_column, i);
    } else if (!c->array) {
        s = table_text(from, row, column, &bytes);
        table_put_string(to, to_column, s, bytes);
    } else {
        for (uint32_t i = 0; i < n; i++) {
            s = table_text_at(from, row, column, i, &bytes);
            table_put_texts(to, to_column, i == 0, s ? s : "", s ? bytes : 0);
        }
    }
}

struct table *table_choose(const struct table *t, const size_t *column, size_t n_columns,
                           const struct table_rows *rows)
{
    struct table *out = table_new(&t->limits);
    size_t n = rows ? rows->n : t->rows;
    if (!column)
        n_columns = t->n_columns;
    table_like(out, t);
    for (size_t i = 0; i < n_columns; i++)
        table_add_like(out, &t->column[column ? column[i] : i], NULL);
    for (size_t r = 0; r < n && !(r % PIECE == 0 && stop_asked()); r++) {
        size_t row = rows ? rows->row[r] : r;
        for (size_t i = 0; i < n_columns; i++)
            table_copy_cell(out, i, t, row, column ? column[i] : i);
        struct error err;
        if (table_row_end(out, &err) != OK)
            break;
    }
    return out;
}

/* The k-th smallest of n numbers, by Hoare's selection; reorders them. */
static double select_nth(double *a, size_t n, size_t k)
{
    size_t lo = 0, hi = n - 1;
    while (lo < hi) {
        double pivot = a[lo + (hi - lo) / 2];
        size_t i = lo, j = hi;
        for (;;) {
            while (a[i] < pivot)
                i++;
            while (a[j] > pivot)
                j--;
            if (i >= j)
                break;
            double swap = a[i];
            a[i++] = a[j];
            a[j--] = swap;
        }
        if (k <= j)
            hi = j;
        else
            lo = j + 1;
    }
    return a[k];
}

static double median_of(double *a, size_t n)
{
    double upper = select_nth(a, n, n / 2);
    if (n % 2)
        return upper;
    double lower = a[0];
    for (size_t i = 1; i < n / 2; i++)
        lower = a[i] > lower ? a[i] : lower;
    return lower / 2 + upper / 2;
}

struct table_stat table_statistics(const struct table *t, size_t column,
                                   const struct table_rows *rows)
{
    const double none = (double)NAN;
    struct table_stat s = {0, 0, none, none, none, none, none, none};
    size_t n = rows ? rows->n : t->rows;
    double *x = mem_alloc((n + 1) * sizeof *x), mean = 0, squares = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double v = table_double(t, rows ? rows->row[i] : i, column);
        if (isnan(v)) {
            s.nulls++;
            continue;
        }
        x[s.n++] = v;
        double d = v - mean; /* Welford 1962, Technometrics 4, 419 */
        mean += d / (double)s.n;
        squares += d * (v - mean);
        sum += v;
        s.min = s.n == 1 || v < s.min ? v : s.min;
        s.max = s.n == 1 || v > s.max ? v : s.max;
    }
    if (s.n) {
        s.sum = sum;
        s.mean = mean;
        s.median = median_of(x, s.n);
    }
    if (s.n > 1)
        s.sd = sqrt(squares / (double)(s.n - 1));
    free(x);
    return s;
}
