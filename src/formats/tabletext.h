/* tabletext.h - CSV, TSV and ECSV to a table; the parts of the writer, one a format. */
#ifndef VIGIE_SRC_FORMATS_TABLETEXT_H
#define VIGIE_SRC_FORMATS_TABLETEXT_H

#include "vigie/formats/table.h"

/* tablecsv_new - a reader of CSV, TSV (separator tab) or ECSV. The first row names the columns.
 * Without ECSV's header the type of a column is told from its cells at the end: whole numbers,
 * numbers, true and false; leading zeros make a text. Its field's datatype then stays NULL.
 *   test  tests/formats/check_tablecsv.c */
struct tablecsv;
struct tablecsv *tablecsv_new(struct table_doc *doc, const struct table_limits *limits);
void tablecsv_free(struct tablecsv *r);
enum status tablecsv_feed(struct tablecsv *r, const char *s, size_t n,
                          struct error *err) MUST_CHECK;
enum status tablecsv_end(struct tablecsv *r, struct error *err) MUST_CHECK;

/* tableecsv_read - columns and separator from the header of an ECSV file (its lines without "# ").
 * Source: ECSV 1.0 (Astropy Proposal for Enhancement 6). */
enum status tableecsv_read(struct table *t, const char *header, char *separator,
                           struct error *err) MUST_CHECK;

/* tableecsv_header - the header; tableecsv_cell - a cell: a list as JSON. */
void tableecsv_header(const struct table *t, struct str *out);
void tableecsv_cell(const struct table *t, size_t row, size_t column, struct str *out);

/* tablevot_head, _row, _tail - VOTable 1.4. */
void tablevot_head(const struct table_doc *doc, const struct table *t, bool binary2,
                   struct str *out);
void tablevot_row(const struct table *t, size_t row, struct str *out);
void tablevot_tail(const struct table_doc *doc, const struct table *t, bool binary2,
                   struct str *out);

/* tablevot_row2 - the bytes of a row of BINARY2. tablevot_base64 - as much of `bytes` as makes whole
 * lines (all of it if last) to base64, taken out of `bytes`. */
void tablevot_row2(const struct table *t, size_t row, struct str *bytes);
void tablevot_base64(struct str *bytes, bool last, struct str *out);

/* table_field_datatype, table_field_arraysize - what to write for a column: what was said, if that
 * is how it is kept, else what its type asks for (arraysize: in memory of the caller, 32 bytes, or
 * NULL). */
const char *table_field_datatype(const struct table_column *c);
const char *table_field_arraysize(const struct table_column *c, char room[32]);

/* table_retype - a column of texts becomes one of that type; its cells are read by
 * table_put_text. */
void table_retype(struct table *t, size_t column, enum table_type type);

#endif
