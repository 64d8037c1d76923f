/* each_table.c - see each_table.h. */
#include "each_table.h"

#include "vigie/formats/tableio.h"

void each_table(const void *data, size_t size, each_table_fn *look)
{
    static const struct table_limits limits = {.rows = 100, .bytes = 1 << 20};
    struct table_reader *r = table_reader_new(NULL, &limits);
    struct error err;
    if (table_reader_feed(r, data, size, &err) == OK)
        err.status = table_reader_end(r, &err);
    struct table_doc *doc = table_reader_take(r);
    for (size_t i = 0; doc && i < doc->tables.n && i < 3; i++)
        look(doc, doc->tables.at[i]);
    table_doc_free(doc);
    table_reader_free(r);
}
