/* each_table.h - any bytes as a document with tables, for targets that look into its first three. */
#ifndef VIGIE_TESTS_FUZZ_EACH_TABLE_H
#define VIGIE_TESTS_FUZZ_EACH_TABLE_H

#include "vigie/formats/table.h"

/* each_table - calls look for each table, also of a document that breaks off: what came before the fault. */
typedef void each_table_fn(const struct table_doc *doc, const struct table *t);
void each_table(const void *data, size_t size, each_table_fn *look);

#endif
