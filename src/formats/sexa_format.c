/* sexa_format.c - degrees to sexagesimal text, exact; see sexa.h.
 * A double is m * 2^-k with whole m: the seconds are rounded in whole numbers, never in doubles.
 */
#include "vigie/formats/sexa.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* scaled - |x| * factor rounded half up, exact. |x| < 2^10, factor < 2^32. */
static uint64_t scaled(double x, uint64_t factor)
{
    int exponent;
    double mantissa = frexp(fabs(x), &exponent); /* 0.5 .. 1, times 2^exponent */
    uint64_t m = (uint64_t)ldexp(mantissa, 53);
    int k = 53 - exponent; /* |x| = m / 2^k, k >= 43 */
    if (m == 0 || k > 100) /* m * factor < 2^85: below one half */
        return 0;
    /* the product in two words: m = a 2^32 + b */
    uint64_t high = (m >> 32) * factor, low = (m & UINT32_MAX) * factor;
    uint64_t lo = low + (high << 32), hi = (high >> 32) + (lo < low);
    uint64_t half_lo = k - 1 < 64 ? UINT64_C(1) << (k - 1) : 0;
    uint64_t half_hi = k - 1 < 64 ? 0 : UINT64_C(1) << (k - 1 - 64);
    lo += half_lo;
    hi += half_hi + (lo < half_lo);
    if (k >= 64)
        return hi >> (k - 64);
    return (hi << (64 - k)) | (lo >> k);
}

const char *sexa_format(double deg, enum sexa_kind kind, int decimals, char sep,
                        char out[SEXA_TEXT])
{
    uint64_t one = 1; /* units in a second */
    decimals = decimals < 0 ? 0 : decimals > SEXA_MAX_DECIMALS ? SEXA_MAX_DECIMALS : decimals;
    for (int i = 0; i < decimals; i++)
        one *= 10;
    snprintf(out, SEXA_TEXT, "-");
    if (!isfinite(deg) || (kind == SEXA_DEC && fabs(deg) > 360))
        return out;
    uint64_t units, turn = 86400 * one;
    char sign[2] = {0};
    if (kind == SEXA_RA) {
        units = scaled(fmod(deg, 360), 240 * one) % turn;
        if (deg < 0)
            units = (turn - units) % turn;
    } else {
        units = scaled(deg, 3600 * one);
        sign[0] = deg < 0 && units ? '-' : '+';
    }
    unsigned long long s = units / one, part = units % one;
    int n = snprintf(out, SEXA_TEXT, "%s%02llu%c%02llu%c%02llu", sign, s / 3600, sep, s / 60 % 60,
                     sep, s % 60);
    if (decimals)
        snprintf(out + n, SEXA_TEXT - (size_t)n, ".%0*llu", decimals, part);
    return out;
}
