/* fuzz_fitstable.c - any bytes as a FITS file with tables: read whole and in pieces alike; what was read is written as FITS and read again
 * with the same rows and columns.
 */
#include <stdint.h>
#include <string.h>

#include "vigie/formats/tableio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct table_limits limits = {.rows = 300, .bytes = 1 << 20};

static struct table_doc *read_all(const uint8_t *data, size_t size, size_t piece, enum status *s)
{
    struct table_reader *r = table_reader_new("x.fits", &limits);
    struct error err;
    *s = OK;
    for (size_t at = 0; at < size && *s == OK; at += piece)
        *s = table_reader_feed(r, data + at, size - at < piece ? size - at : piece, &err);
    if (*s == OK)
        *s = table_reader_end(r, &err);
    struct table_doc *doc = table_reader_take(r);
    table_reader_free(r);
    return doc;
}

static void write_and_read(const struct table_doc *doc, const struct table *t)
{
    struct table_writer *w = table_writer_new(doc, t, TABLE_FITS);
    struct str out = {0};
    struct error err;
    enum status s = OK;
    for (bool done = false; !done && s == OK;)
        s = table_writer_step(w, 100, &out, &done, &err);
    if (s == OK) {
        struct table_doc *again = read_all((const uint8_t *)out.s, out.n, out.n, &s);
        ensure(again && again->tables.n == 1);
        ensure(again->tables.at[0]->rows == t->rows || again->tables.at[0]->partial);
        ensure(again->tables.at[0]->n_columns == t->n_columns);
        table_doc_free(again);
    }
    str_clear(&out);
    table_writer_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char magic[] = "SIMPLE  =";
    if (size < sizeof magic || memcmp(data, magic, sizeof magic - 1) != 0)
        return 0; /* other formats: fuzz_table.c */
    enum status whole, pieces;
    struct table_doc *a = read_all(data, size, size, &whole),
                     *b = read_all(data, size, 997, &pieces);
    ensure(whole == pieces && !a == !b);
    if (a && b) {
        ensure(a->tables.n == b->tables.n);
        for (size_t i = 0; i < a->tables.n; i++)
            ensure(a->tables.at[i]->rows == b->tables.at[i]->rows);
        for (size_t i = 0; i < a->tables.n && i < 3; i++)
            write_and_read(a, a->tables.at[i]);
    }
    table_doc_free(a);
    table_doc_free(b);
    return 0;
}
