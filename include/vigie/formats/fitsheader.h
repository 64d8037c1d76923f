/* fitsheader.h - the headers of a FITS file as lines for people, also of its beginning alone.
 * Source: FITS Standard 4.0, sections 3.3 and 4.1. Not: tables (tableio.h).
 */
#ifndef VIGIE_FORMATS_FITSHEADER_H
#define VIGIE_FORMATS_FITSHEADER_H

#include "vigie/base/err.h"
#include "vigie/base/str.h"

/* fits_header_lines - add the cards of the headers that lie whole in n bytes, a line each, without what is
 * not printable ASCII; an empty line between two headers. *headers: how many.
 *   err   E_PARSE: no FITS, or not one whole header
 *   test  tests/cli/check_vo.sh */
enum status fits_header_lines(const char *bytes, size_t n, struct str *out, size_t *headers,
                              struct error *err) MUST_CHECK;

#endif
