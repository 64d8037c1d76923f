/* tableio.h - tables from bytes of any format, told from the bytes; and back to bytes.
 * Not: the formats themselves. Read: VOTable, FITS tables, CSV, TSV, ECSV, each also gzip'd.
 * Written: VOTable (TABLEDATA, BINARY2), FITS table, CSV, TSV, ECSV, JSON lines.
 */
#ifndef VIGIE_FORMATS_TABLEIO_H
#define VIGIE_FORMATS_TABLEIO_H

#include "vigie/formats/table.h"

struct table_reader;

/* table_reader_new - a reader. name: of the file, its ending tells CSV, TSV and ECSV (what is no
 * VOTable and no FITS file is refused without such an ending); may be NULL. limits: of each table,
 * NULL for the defaults. table_reader_free takes NULL.
 *   test  tests/formats/check_tableio.c */
struct table_reader *table_reader_new(const char *name, const struct table_limits *limits);
void table_reader_free(struct table_reader *r);

/* table_reader_feed - n more bytes; table_reader_end - there are no more.
 *   err   E_PARSE, E_RANGE. The rows before the fault stay and are marked (see votable.h). */
enum status table_reader_feed(struct table_reader *r, const void *bytes, size_t n,
                              struct error *err) MUST_CHECK;
enum status table_reader_end(struct table_reader *r, struct error *err) MUST_CHECK;

/* table_reader_doc - what has been read so far, NULL before the format is known; borrowed.
 * table_reader_take - the same, owned by the caller (table_doc_free). */
const struct table_doc *table_reader_doc(const struct table_reader *r);
struct table_doc *table_reader_take(struct table_reader *r);

/* table_read_file - a whole file ("-": standard input). *doc: what was read, also on failure if
 * there was something (then with rows before the fault); NULL else. err: without the file's name. */
enum status table_read_file(const char *path, const struct table_limits *limits,
                            struct table_doc **doc, struct error *err) MUST_CHECK;

/* table_format_of - the format that the ending of a file's name means: .vot .xml .votable, .csv,
 * .tsv .tab, .ecsv, .fits .fit .fts, .json .jsonl .ndjson; false if none. table_format_name - "votable",
 * "csv", "tsv", "ecsv", "fits", "json". */
bool table_format_of(const char *path, enum table_format *format);
const char *table_format_name(enum table_format format);

struct table_writer;

/* table_writer_new - writes table t. doc: where it comes from, for what stands around the table;
 * may be NULL. Both are borrowed and must not change until table_writer_free. */
struct table_writer *table_writer_new(const struct table_doc *doc, const struct table *t,
                                      enum table_format format);
void table_writer_free(struct table_writer *w);

/* table_writer_step - add the next rows (at most so many) to `out`; the first call also writes what
 * stands before them, the last what stands behind. *done: that was the last. FITS is written in one
 * step.
 *   err   E_RANGE: the format cannot hold it
 *   test  tests/formats/check_tableio.c */
enum status table_writer_step(struct table_writer *w, size_t rows, struct str *out, bool *done,
                              struct error *err) MUST_CHECK;

/* table_write_file - the whole table to a file, replaced in one step ("-": standard output).
 *   err   also E_CANCELLED: the thread's work was asked to stop (stop.h); nothing is left behind */
enum status table_write_file(const struct table_doc *doc, const struct table *t,
                             enum table_format format, const char *path,
                             struct error *err) MUST_CHECK;

#endif
