/* sexa.h - angles as people and catalogues write them: sexagesimal and decimal texts to degrees and
 * back. Not: dates (sky/scale.h), names of objects.
 * The rules: a text means one thing or is refused with a reason; nothing is guessed.
 */
#ifndef VIGIE_FORMATS_SEXA_H
#define VIGIE_FORMATS_SEXA_H

#include <stddef.h>

#include "vigie/base/err.h"

enum sexa_kind { SEXA_RA, SEXA_DEC };

/* sexa_parse - one coordinate.
 *   text, n  UTF-8 (a lone byte 0xDF, the LX200's degree mark, is understood). Right ascension: two
 *            or three fields are hours, one bare number is degrees, h/hr/hour or d/deg/degree marks
 *            decide. Declination: degrees. Between fields: blanks (also no-break and thin), colons,
 *            unit letters, ' " and their typographic forms, the degree marks, `*`. Minus as hyphen,
 *            U+2212 or U+2013; the sign of -0 counts. A decimal comma is a point. N or S may stand
 *            behind a declination without a sign. Seconds of exactly 60 carry.
 *   deg      0 <= RA < 360, -90 <= Dec <= 90
 *   err      E_PARSE or E_RANGE, with the reason
 *   test     tests/formats/check_sexa.c */
enum status sexa_parse(const char *text, size_t n, enum sexa_kind kind, double *deg,
                       struct error *err) MUST_CHECK;

/* sexa_parse_pair - right ascension and declination in one text: parted by a comma, a semicolon,
 * the sign of the declination, the words RA and DEC, or by units; without any of these the two must
 * have as many fields each. */
enum status sexa_parse_pair(const char *text, size_t n, double *ra_deg, double *dec_deg,
                            struct error *err) MUST_CHECK;

enum { SEXA_TEXT = 32, SEXA_MAX_DECIMALS = 6 };

/* sexa_format - "05 34 31.94" (hours, wrapped at 24 h) or "+22 00 52.2" (degrees). Rounded half
 * away from zero on the exact value of the double, carried into minutes and hours; a declination
 * that prints as zero is positive.
 *   deg       any finite number (RA), -360 .. 360 (Dec); otherwise the text is "-"
 *   decimals  of the seconds, 0 .. SEXA_MAX_DECIMALS
 *   sep       between the fields, ' ' or ':'
 *   returns   out
 *   test      tests/formats/check_sexa.c */
const char *sexa_format(double deg, enum sexa_kind kind, int decimals, char sep,
                        char out[SEXA_TEXT]);

#endif
