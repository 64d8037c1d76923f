/* utf8.h - UTF-8 text: code points, columns on a terminal, and text from outside made harmless.
 * Not: normalisation, case. Widths are wcwidth's (the program runs in a UTF-8 character set).
 */
#ifndef VIGIE_BASE_UTF8_H
#define VIGIE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;

/* utf8_next - the code point at *s, which moves behind it; ends at `end`.
 *   returns  the code point; 0xFFFD for a broken sequence (one byte is passed over; overlong forms,
 * surrogates and > U+10FFFF are broken); 0 at the end source   Unicode 15, section 3.9, table 3-7
 *   test     tests/base/check_utf8.c */
uint32_t utf8_next(const char **s, const char *end);

/* utf8_put - write a code point (up to 4 bytes, no end mark); returns the number of bytes. */
size_t utf8_put(char out[4], uint32_t c);

/* utf8_width - columns of one code point: 0 (combining), 1, 2; -1 for a control character. */
int utf8_width(uint32_t c);

/* utf8_columns - columns of a text of n bytes (controls count 1). utf8_cut - how many bytes of s
 * fit in `columns`. */
size_t utf8_columns(const char *s, size_t n);
size_t utf8_cut(const char *s, size_t n, size_t columns);

/* utf8_valid - whether n bytes are whole, valid UTF-8. */
bool utf8_valid(const char *s, size_t n);

/* utf8_harmful - a code point that must not reach a terminal as it is: C0 and C1 controls (newline
 * and tab too), bidi marks and overrides (U+061C, U+200E, U+200F, U+202A-202E, U+2066-2069), line
 * and paragraph separators, U+FEFF, interlinear marks (U+FFF9-FFFB), tag characters
 * (U+E0000-E007F). */
bool utf8_harmful(uint32_t c);

/* utf8_clean - add text from outside to `out`, fit for a terminal: harmful code points become
 * U+FFFD, runs of white space one blank, broken bytes U+FFFD. */
void utf8_clean(struct str *out, const char *s, size_t n);

#endif
