/* json_num.c - numbers from their digits. Not: the reader.
 * Short numbers take the exact way of Clinger 1990 (PLDI, 92): a mantissa below 2^53 and a power of
 * ten up to 22 are both exact doubles, so one division or multiplication rounds once; the others
 * go through the C library.
 */
#include "vigie/formats/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

struct parts {
    bool negative;
    uint64_t mantissa;
    int digits;   /* that went into the mantissa, leading zeros not counted */
    int exponent; /* of ten */
};

/* The number taken apart; false if it has too many digits or is none. */
static bool take_apart(const char *s, size_t n, struct parts *p)
{
    size_t i = 0;
    bool any = false;
    memset(p, 0, sizeof *p);
    if (i < n && s[i] == '-')
        p->negative = true, i++;
    for (bool point = false; i < n; i++) {
        if (s[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (s[i] < '0' || s[i] > '9')
            break;
        any = true;
        p->mantissa = p->mantissa * 10 + (uint64_t)(s[i] - '0');
        p->digits += p->mantissa != 0;
        p->exponent -= point;
        if (p->digits > 15)
            return false;
    }
    if (i < n && (s[i] == 'e' || s[i] == 'E')) {
        bool minus = ++i < n && s[i] == '-';
        int e = 0;
        i += i < n && (s[i] == '-' || s[i] == '+');
        if (i == n)
            return false;
        for (; i < n && s[i] >= '0' && s[i] <= '9' && e < 1000; i++)
            e = e * 10 + (s[i] - '0');
        p->exponent += minus ? -e : e;
    }
    return any && i == n;
}

double json_double(const char *digits, size_t n)
{
    struct parts p;
    double x = 0;
    if (take_apart(digits, n, &p) && p.exponent >= -22 && p.exponent <= 22) {
        x = (double)p.mantissa;
        x = p.exponent < 0 ? x / ten[-p.exponent] : x * ten[p.exponent];
        return p.negative ? -x : x;
    }
    char small[64];
    char *text = n < sizeof small ? small : mem_alloc(n + 1);
    memcpy(text, digits, n);
    text[n] = 0;
    if (!str_num(text, &x))
        x = (double)NAN;
    if (text != small)
        free(text);
    return x;
}

bool json_int64(const char *digits, size_t n, int64_t *value)
{
    bool negative = n && digits[0] == '-';
    size_t i = negative ? 1 : 0;
    uint64_t most = (uint64_t)INT64_MAX + (negative ? 1 : 0), x = 0;
    if (i == n)
        return false;
    for (; i < n; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        uint64_t d = (uint64_t)(digits[i] - '0');
        if (x > (most - d) / 10)
            return false;
        x = x * 10 + d;
    }
    *value = negative ? (int64_t)(~x + 1) : (int64_t)x;
    return true;
}
