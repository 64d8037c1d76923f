/* tablefits.h - FITS tables in memory, to and from a table. Not: images; files on disk. */
#ifndef VIGIE_SRC_FORMATS_TABLEFITS_H
#define VIGIE_SRC_FORMATS_TABLEFITS_H

#include "vigie/formats/table.h"

/* tablefits_into - the rows of the table in a FITS file of n bytes, into a table that has its
 * columns already (in the same order). extnum: number of the extension, 0: the first table.
 *   err     E_PARSE, E_RANGE; rows before the fault stay
 *   source  FITS Standard 4.0, section 7; VOTable 1.5, section 5.3
 *   test    tests/formats/check_tableio.c, check_votable_corpus.c */
enum status tablefits_into(struct table *t, const void *bytes, size_t n, int extnum,
                           struct error *err) MUST_CHECK;

/* tablefits_read - every table of a FITS file, into a document. */
enum status tablefits_read(struct table_doc *doc, const struct table_limits *limits,
                           const void *bytes, size_t n, struct error *err) MUST_CHECK;

/* tablefits_write - a FITS file with one binary table, added to `out`. */
enum status tablefits_write(const struct table *t, struct str *out, struct error *err) MUST_CHECK;

#endif
