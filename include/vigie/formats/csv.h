/* csv.h - tables as text: RFC 4180 with comma, tab or semicolon; a push reader and a writer.
 * Not: types, headers, units: a row is a list of texts.
 */
#ifndef VIGIE_FORMATS_CSV_H
#define VIGIE_FORMATS_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

/* struct csv_field - one field, unquoted: n bytes, then a zero byte. quoted: it stood in quotes
 * ("" quoted is an empty text, unquoted it may mean nothing). */
struct csv_field {
    const char *s;
    size_t n;
    bool quoted;
};

/* csv_row_fn - one row; line: where it begins, from 1. Borrowed for the call. Return false to stop:
 * the reader answers E_CANCELLED. */
typedef bool csv_row_fn(void *arg, uint64_t line, const struct csv_field *field, size_t n);

/* struct csv_limits - a zero field takes the default in brackets.
 *   row_bytes  of one row [1 MiB]
 *   fields     in a row [10000]
 *   comment    a row that begins with this character is passed over [none] */
struct csv_limits {
    size_t row_bytes, fields;
    char comment;
};

struct csv_reader;

/* csv_reader_new - a reader. separator: ',', '\t', ';', or 0 to tell it from the first row (the one
 * of the three that stands there most often outside quotes; a comma if none does). Rows end with LF,
 * CR LF or CR; blank lines are passed over; a byte order mark at the start is dropped; bytes behind
 * a closing quote are kept as they are (RFC 4180 leaves them open). csv_reader_free takes NULL.
 *   source  RFC 4180, section 2
 *   test    tests/formats/check_csv.c */
struct csv_reader *csv_reader_new(char separator, const struct csv_limits *limits, csv_row_fn *row,
                                  void *arg);
void csv_reader_free(struct csv_reader *r);

/* csv_feed - n more bytes. err: E_RANGE "line 17: row above 1048576 bytes", E_CANCELLED.
 * csv_finish - the end: gives the last row if no line end closed it; E_PARSE if a quote is open
 * ("line 12: quote never closed"). After a failure both answer the same. */
enum status csv_feed(struct csv_reader *r, const void *bytes, size_t n,
                     struct error *err) MUST_CHECK;
enum status csv_finish(struct csv_reader *r, struct error *err) MUST_CHECK;

/* csv_separator - the separator in use; 0 while it is not known. */
char csv_separator(const struct csv_reader *r);

/* csv_put - add one field to `out`, behind a separator unless `first`; quoted where RFC 4180 asks
 * for it: it holds the separator, a quote or a line end. s: NULL is an empty field. csv_end - ends
 * the row with LF; a row of one empty field is written "" so that it is not a blank line.
 *   test  tests/formats/check_csv.c */
void csv_put(struct str *out, char separator, bool first, const char *s);
void csv_putn(struct str *out, char separator, bool first, const char *s, size_t n);
void csv_end(struct str *out);

#endif
