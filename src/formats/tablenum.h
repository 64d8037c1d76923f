/* tablenum.h - decimal text to numbers and back, exactly, fast enough for a million rows.
 * Not: a cell (tablecell.c).
 */
#ifndef VIGIE_SRC_FORMATS_TABLENUM_H
#define VIGIE_SRC_FORMATS_TABLENUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* num_double - the double nearest to a decimal number of n bytes, without blanks: digits, point,
 * exponent, sign; nan, inf, infinity without regard to case. false if they are none, or if the number
 * is too large for a double. num_float - the same, nearest float. num_int - an integer, also 0x and
 * hexadecimal digits (VOTable 1.5, section 6.1).
 *   test  tests/formats/check_tablenum.c */
bool num_double(const char *s, size_t n, double *x);
bool num_float(const char *s, size_t n, float *x);
bool num_int(const char *s, size_t n, int64_t *i);

/* num_put_double, num_put_float - the fewest digits that read back the same, as "1.5", "1e-300",
 * "nan", "-inf"; num_put_int. Return the length; out is ended by a zero byte. */
enum { NUM_TEXT = 40 };
size_t num_put_double(char out[NUM_TEXT], double x);
size_t num_put_float(char out[NUM_TEXT], float x);
size_t num_put_int(char out[NUM_TEXT], int64_t i);

/* num_pow5 - the first 128 bits of 5^q, q = NUM_POW5_MIN .. NUM_POW5_MAX, and the exponent of two
 * that goes with them: 5^q = (hi 2^64 + lo) 2^exp, cut, not rounded (tablepow5.c). */
enum { NUM_POW5_MIN = -40, NUM_POW5_MAX = 55 };
struct num_pow5 {
    uint64_t hi, lo;
    int exp;
};
extern const struct num_pow5 num_pow5[NUM_POW5_MAX - NUM_POW5_MIN + 1];

#endif
