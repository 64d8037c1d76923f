/* fuzz_table.c - any bytes as a table: read whole and in pieces, quick and slow; what was read is
 * written in every format.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/tableio.h"
#include "vigie/formats/tableops.h"
#include "vigie/formats/votable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct table_limits limits = {.rows = 300, .bytes = 1 << 20};

static void write_all(const struct table_doc *doc)
{
    static const enum table_format formats[] = {
        TABLE_VOTABLE, TABLE_VOTABLE_BINARY2, TABLE_CSV, TABLE_ECSV, TABLE_JSON, TABLE_FITS};
    for (size_t i = 0; i < doc->tables.n && i < 3; i++)
        for (size_t k = 0; k < sizeof formats / sizeof formats[0]; k++) {
            struct table_writer *w = table_writer_new(doc, doc->tables.at[i], formats[k]);
            struct str out = {0};
            struct error err;
            for (bool done = false; !done;)
                if (table_writer_step(w, 100, &out, &done, &err) != OK)
                    break;
            str_clear(&out);
            table_writer_free(w);
        }
    for (size_t i = 0; i < doc->tables.n && i < 3; i++) {
        struct table_rows rows = {0};
        table_rows_all(doc->tables.at[i], &rows);
        for (size_t c = 0; c < doc->tables.at[i]->n_columns && c < 10; c++) {
            table_sort(doc->tables.at[i], c, c % 2, &rows);
            table_statistics(doc->tables.at[i], c, &rows);
        }
        table_rows_clear(&rows);
    }
}

/* Rows and errors must not depend on the way. */
static void compare(const struct votable *a, const struct votable *b, enum status sa,
                    enum status sb)
{
    const struct table_doc *x = votable_doc(a), *y = votable_doc(b);
    ensure(sa == sb && x->tables.n == y->tables.n && x->status == y->status);
    for (size_t i = 0; i < x->tables.n; i++)
        ensure(x->tables.at[i]->rows == y->tables.at[i]->rows &&
               x->tables.at[i]->bytes == y->tables.at[i]->bytes);
    ensure(!x->fault == !y->fault); /* the XML library's sentence depends on the pieces */
}

static enum status feed(struct votable *v, const uint8_t *data, size_t size, size_t piece)
{
    struct error err;
    enum status s = OK;
    for (size_t at = 0; at < size && s == OK; at += piece)
        s = votable_feed(v, data + at, size - at < piece ? size - at : piece, &err);
    return s == OK ? votable_end(v, &err) : s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct table_reader *r = table_reader_new(size % 2 ? "x.csv" : "x.tsv", &limits);
    struct error err;
    if (table_reader_feed(r, data, size, &err) == OK && table_reader_end(r, &err) == OK)
        ensure(size > 0);
    struct table_doc *doc = table_reader_take(r);
    if (doc)
        write_all(doc);
    table_doc_free(doc);
    table_reader_free(r);

    struct votable *quick = votable_new(&limits), *slow = votable_new(&limits);
    votable_slow(slow);
    enum status sq = feed(quick, data, size, size + 1), ss = feed(slow, data, size, 997);
    compare(quick, slow, sq, ss);
    votable_free(quick);
    votable_free(slow);
    return 0;
}
