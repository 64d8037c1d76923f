/* votable.h - VOTable 1.0 to 1.5 (IVOA), fed in pieces: TABLEDATA, BINARY, BINARY2, FITS.
 * Not: writing (tableio.h), gzip'd files (tableio.h), the network: a STREAM that lies elsewhere is
 * said, not fetched.
 */
#ifndef VIGIE_FORMATS_VOTABLE_H
#define VIGIE_FORMATS_VOTABLE_H

#include "vigie/formats/table.h"

struct votable;

/* votable_new - a reader. limits: of each table, NULL for the defaults. votable_free takes NULL.
 *   test  tests/formats/check_votable.c; the corpus: tests/formats/check_votable_corpus.c */
struct votable *votable_new(const struct table_limits *limits);
void votable_free(struct votable *v);

/* votable_feed - the next n bytes; votable_end - there are no more. Rows are in the tables as soon as
 * they are whole.
 *   err   E_PARSE: "line 12: ...": not well formed, no VOTable, a stream that is cut or no base64;
 *         E_RANGE: a limit. The rows before the fault stay, their table is `partial` and the
 *         document's `fault` is the sentence. After an error every further call returns it again. */
enum status votable_feed(struct votable *v, const void *bytes, size_t n,
                         struct error *err) MUST_CHECK;
enum status votable_end(struct votable *v, struct error *err) MUST_CHECK;

/* votable_doc - what has been read so far; borrowed. votable_take - the same, owned by the caller
 * (table_doc_free); the reader can then only be freed. */
const struct table_doc *votable_doc(const struct votable *v);
struct table_doc *votable_take(struct votable *v);

/* votable_slow - read every byte by the XML library: without the quick way over plain rows and
 * base64, for tests that compare the two. Before the first byte. */
void votable_slow(struct votable *v);

#endif
