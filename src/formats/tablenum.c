/* tablenum.c - decimal text to numbers and back. Most numbers of a catalogue have few digits: those
 * are exact in one multiplication of doubles (Clinger 1990, PLDI, p. 92) or of 128-bit integers
 * (Lemire 2021, Software: Practice and Experience 51, 1700); whatever is in doubt goes to strtod.
 * Not: a cell (tablecell.c).
 */
#include "tablenum.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"

static const double pow10_exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { POW10_MAX = 22, MANTISSA_DIGITS = 19 };
#define MANTISSA_EXACT (UINT64_C(1) << DBL_MANT_DIG)

/* A decimal number taken apart: digits * 10^exp10, sign apart. cut: digits were left out. */
struct decimal {
    uint64_t digits;
    int exp10;
    bool minus, cut;
};

static bool word_is(const char *s, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (!word[i] || (s[i] | 0x20) != word[i])
            return false;
    return word[n] == '\0';
}

static bool special(const char *s, size_t n, bool minus, double *x)
{
    if (word_is(s, n, "nan"))
        *x = (double)NAN;
    else if (word_is(s, n, "inf") || word_is(s, n, "infinity"))
        *x = minus ? -HUGE_VAL : HUGE_VAL;
    else
        return false;
    return true;
}

/* The exponent behind an e; false if it is none. Beyond any double it is held at +-9999. */
static bool take_exponent(const char *s, const char *end, int *exp)
{
    bool minus = false;
    int e = 0;
    if (s < end && (*s == '+' || *s == '-'))
        minus = *s++ == '-';
    if (s == end)
        return false;
    for (; s < end; s++) {
        if (*s < '0' || *s > '9')
            return false;
        if (e < 1000)
            e = e * 10 + (*s - '0');
    }
    *exp += minus ? -e : e;
    return true;
}

/* Digits and point; where they end, or NULL if there is no digit. */
static const char *take_digits(const char *s, const char *end, struct decimal *d)
{
    int n = 0, some = 0;
    bool point = false;
    for (; s < end; s++) {
        unsigned c = (unsigned char)*s - (unsigned)'0';
        if (c <= 9) {
            some = 1;
            if (n < MANTISSA_DIGITS) {
                d->digits = d->digits * 10 + c;
                n += d->digits != 0;
                d->exp10 -= point;
            } else {
                d->cut |= c != 0;
                d->exp10 += !point;
            }
        } else if (*s == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    return some ? s : NULL;
}

static double by_strtod(const char *s, size_t n)
{
    char small[64];
    if (n < sizeof small) {
        memcpy(small, s, n);
        small[n] = '\0';
        return strtod(small, NULL);
    }
    char *copy = mem_strn(s, n);
    double x = strtod(copy, NULL);
    free(copy);
    return x;
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

/* digits * 10^exp10 by 128 bits of 5^exp10. The product is short of the true one by less than 3 in
 * its last place; when that could change the rounding the answer is false. */
static bool by_wide(const struct decimal *d, double *x)
{
    if (d->cut || d->exp10 < NUM_POW5_MIN || d->exp10 > NUM_POW5_MAX)
        return false;
    const struct num_pow5 *p = &num_pow5[d->exp10 - NUM_POW5_MIN];
    int left = __builtin_clzll(d->digits);
    uint64_t w = d->digits << left;
    wide top = (wide)w * p->hi + (((wide)w * p->lo) >> 64);
    uint64_t high = (uint64_t)(top >> 64), low = (uint64_t)top;
    int shift = high >> 63 ? 11 : 10;
    uint64_t rest = high & ((UINT64_C(1) << shift) - 1), half = UINT64_C(1) << (shift - 1);
    if ((rest == half && low <= 3) || (rest == half - 1 && low >= UINT64_MAX - 3))
        return false;
    uint64_t m = (high >> shift) + (rest >= half);
    *x = ldexp((double)m, 128 + shift + p->exp - left + d->exp10);
    return true;
}
#else
static bool by_wide(const struct decimal *d, double *x)
{
    (void)d, (void)x;
    return false;
}
#endif

static bool by_double(const struct decimal *d, double *x)
{
    if (d->cut || d->digits > MANTISSA_EXACT || d->exp10 > POW10_MAX || d->exp10 < -POW10_MAX)
        return false;
    *x = (double)d->digits;
    if (d->exp10 < 0)
        *x /= pow10_exact[-d->exp10];
    else
        *x *= pow10_exact[d->exp10];
    return true;
}

bool num_double(const char *s, size_t n, double *x)
{
    const char *end = s + n, *p = s;
    struct decimal d = {0};
    if (p < end && (*p == '+' || *p == '-'))
        d.minus = *p++ == '-';
    const char *behind = take_digits(p, end, &d);
    if (!behind)
        return special(p, (size_t)(end - p), d.minus, x);
    if (behind < end && ((*behind | 0x20) != 'e' || !take_exponent(behind + 1, end, &d.exp10)))
        return false;
    if (d.digits == 0)
        *x = 0;
    else if (!by_double(&d, x) && !by_wide(&d, x))
        *x = by_strtod(p, (size_t)(end - p));
    if (d.minus)
        *x = -*x;
    return !isinf(*x);
}

/* A double that lies just between two floats may have come from either side of the middle. */
static bool between_floats(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits & UINT64_C(0x1fffffff)) == UINT64_C(0x10000000) || fabs(x) < (double)FLT_MIN;
}

bool num_float(const char *s, size_t n, float *x)
{
    double y;
    if (!num_double(s, n, &y))
        return false;
    if (y != 0 && isfinite(y) && between_floats(y)) {
        char *copy = mem_strn(s, n);
        *x = strtof(copy, NULL);
        free(copy);
    } else if (isfinite(y) && fabs(y) > 2 * (double)FLT_MAX) {
        return false;
    } else {
        *x = (float)y;
    }
    return isfinite(*x) || !isfinite(y);
}

static bool take_hex(const char *s, const char *end, uint64_t *u)
{
    if (s == end || end - s > 16)
        return false;
    for (; s < end; s++) {
        int c = *s >= '0' && *s <= '9'                     ? *s - '0'
                : (*s | 0x20) >= 'a' && (*s | 0x20) <= 'f' ? (*s | 0x20) - 'a' + 10
                                                           : -1;
        if (c < 0)
            return false;
        *u = *u << 4 | (unsigned)c;
    }
    return true;
}

bool num_int(const char *s, size_t n, int64_t *i)
{
    const char *end = s + n;
    bool minus = false;
    uint64_t u = 0;
    if (s < end && (*s == '+' || *s == '-'))
        minus = *s++ == '-';
    if (s == end)
        return false;
    if (end - s > 2 && s[0] == '0' && (s[1] | 0x20) == 'x') {
        if (!take_hex(s + 2, end, &u))
            return false;
    } else {
        for (; s < end; s++) {
            unsigned c = (unsigned char)*s - (unsigned)'0';
            if (c > 9 || u > (UINT64_MAX - c) / 10)
                return false;
            u = u * 10 + c;
        }
    }
    if (u > (uint64_t)INT64_MAX + minus)
        return false;
    *i = minus ? (int64_t)(0 - u) : (int64_t)u;
    return true;
}

size_t num_put_int(char out[NUM_TEXT], int64_t i)
{
    char digits[24];
    size_t n = 0, k = 0;
    uint64_t u = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do
        digits[n++] = (char)('0' + u % 10);
    while (u /= 10);
    if (i < 0)
        out[k++] = '-';
    while (n)
        out[k++] = digits[--n];
    out[k] = '\0';
    return k;
}

/* m * 10^exp10 as people write it: plain between 1e-5 and 1e16, else with an exponent. m has no zero
 * at its end. */
static size_t lay_out(char *out, bool minus, uint64_t m, int exp10)
{
    char d[NUM_TEXT];
    int n = (int)num_put_int(d, (int64_t)m), point = n + exp10;
    char *p = out;
    if (minus)
        *p++ = '-';
    if (point > 16 || point < -4) {
        *p++ = d[0];
        if (n > 1) {
            *p++ = '.';
            memcpy(p, d + 1, (size_t)n - 1);
            p += n - 1;
        }
        *p++ = 'e';
        return (size_t)(p - out) + num_put_int(p, point - 1);
    }
    if (point <= 0) {
        *p++ = '0';
        *p++ = '.';
        for (int i = point; i < 0; i++)
            *p++ = '0';
    }
    for (int i = 0; i < n; i++) {
        if (i == point && i > 0)
            *p++ = '.';
        *p++ = d[i];
    }
    for (int i = n; i < point; i++)
        *p++ = '0';
    *p = '\0';
    return (size_t)(p - out);
}

static size_t lay_out_stripped(char *out, bool minus, uint64_t m, int exp10)
{
    while (m && m % 10 == 0) {
        m /= 10;
        exp10++;
    }
    return lay_out(out, minus, m, exp10);
}

/* What needs no digits. 0 if x needs some. */
static size_t put_special(char *out, double x)
{
    const char *word = isnan(x)         ? "nan"
                       : x == HUGE_VAL  ? "inf"
                       : x == -HUGE_VAL ? "-inf"
                       : x == 0         ? (signbit(x) ? "-0" : "0")
                                        : NULL;
    if (!word)
        return 0;
    memcpy(out, word, strlen(word) + 1);
    return strlen(word);
}

/* x rounded to `digits` significant ones, as m * 10^exp10; false if 10^exp10 is not exact. */
static bool scaled(double x, int digits, double *m, int *exp10)
{
    int e = (int)floor(log10(x));
    *exp10 = e + 1 - digits;
    if (*exp10 > POW10_MAX || *exp10 < -POW10_MAX)
        return false;
    *m = nearbyint(*exp10 < 0 ? x * pow10_exact[-*exp10] : x / pow10_exact[*exp10]);
    return true;
}

static double unscaled(double m, int exp10)
{
    return exp10 < 0 ? m / pow10_exact[-exp10] : m * pow10_exact[exp10];
}

/* The C library's digits, for what the quick way cannot do. */
static size_t put_slow(char *out, double x, int from, int to, bool single)
{
    char text[NUM_TEXT];
    for (int digits = from; digits <= to; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, fabs(x));
        if (digits == to ||
            (single ? (double)strtof(text, NULL) == fabs(x) : strtod(text, NULL) == fabs(x)))
            break;
    }
    uint64_t m = 0;
    char *p = text;
    int exp10 = 0;
    for (bool point = false; *p && *p != 'e'; p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        m = m * 10 + (unsigned)(*p - '0');
        exp10 -= point;
    }
    exp10 += (int)strtol(p + 1, NULL, 10);
    return lay_out_stripped(out, signbit(x), m, exp10);
}

size_t num_put_double(char out[NUM_TEXT], double x)
{
    double m;
    int exp10;
    size_t n = put_special(out, x);
    if (n)
        return n;
    bool quick = scaled(fabs(x), DBL_DIG, &m, &exp10) && m < (double)MANTISSA_EXACT;
    if (quick && unscaled(m, exp10) == fabs(x))
        return lay_out_stripped(out, signbit(x), (uint64_t)m, exp10);
    int from = fabs(x) < DBL_MIN ? 1 : quick ? DBL_DIG + 1 : DBL_DIG;
    return put_slow(out, x, from, DBL_DIG + 2, false);
}

size_t num_put_float(char out[NUM_TEXT], float x)
{
    double y = fabs((double)x), m;
    int exp10;
    size_t n = put_special(out, (double)x);
    if (n)
        return n;
    for (int digits = FLT_DIG; digits <= FLT_DIG + 3; digits++) {
        if (!scaled(y, digits, &m, &exp10))
            break;
        double back = unscaled(m, exp10);
        if (!between_floats(back) && (double)(float)back == y)
            return lay_out_stripped(out, signbit(x), (uint64_t)m, exp10);
    }
    return put_slow(out, (double)x, y < (double)FLT_MIN ? 1 : FLT_DIG, FLT_DIG + 3, true);
}
