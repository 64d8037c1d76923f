/* indi_number.c - numbers as INDI writes them, decimal and sexagesimal. Not: coordinates as people write them
 * (formats/sexa.h); here 12:30 is 12.5 of whatever the property counts.
 * Source: INDI 1.7, "Data Types".
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "indi_wire.h"

static bool digits_only(const char *s, size_t n)
{
    bool point = false, some = false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '.' && !point)
            point = true;
        else if (s[i] >= '0' && s[i] <= '9')
            some = true;
        else
            return false;
    }
    return some;
}

/* Up to three fields without a sign: whole, minutes, seconds. */
static double fields(const char *s, size_t n)
{
    double sum = 0, unit = 1;
    for (int field = 0; field < 3 && n; field++, unit *= 60) {
        size_t k = strcspn(s, ":; ");
        char part[32];
        double x;
        if (k > n)
            k = n;
        if (k >= sizeof part || !digits_only(s, k))
            return NAN;
        memcpy(part, s, k);
        part[k] = '\0';
        if (!str_num(part, &x))
            return NAN;
        sum += x / unit;
        s += k;
        n -= k;
        if (n) /* one mark between two fields */
            s++, n--;
        if (field == 2 && n)
            return NAN;
    }
    return sum;
}

double indi_number(const char *text)
{
    double x;
    size_t n = strlen(text);
    while (n && strchr(" \t\r\n", text[n - 1]))
        n--;
    while (n && strchr(" \t\r\n", *text))
        text++, n--;
    if (n == 0 || n >= INDI_NUMBER_TEXT)
        return NAN;
    if (strcspn(text, ":; ") >= n)
        return str_num(text, &x) ? x : (double)NAN;
    bool minus = *text == '-';
    if (minus || *text == '+')
        text++, n--;
    x = fields(text, n);
    return minus ? -x : x;
}

/* %w.fm: f says how far (w, how wide, is for columns). */
static const char *sexagesimal(int fraction, double x, char out[INDI_NUMBER_TEXT])
{
    static const struct {
        int fraction, unit, decimals;
    } row[] = {{3, 60, 0}, {5, 600, 1}, {6, 3600, 0}, {8, 36000, 1}, {9, 360000, 2}};
    size_t i = 0;
    while (i + 1 < sizeof row / sizeof row[0] && row[i].fraction < fraction)
        i++;
    const long long unit = row[i].unit, total = llround(fabs(x) * (double)unit);
    const long long whole = total / unit, rest = total % unit;
    const char *sign = x < 0 && total ? "-" : "";
    if (row[i].fraction == 3)
        snprintf(out, INDI_NUMBER_TEXT, "%s%lld:%02lld", sign, whole, rest);
    else if (row[i].fraction == 5)
        snprintf(out, INDI_NUMBER_TEXT, "%s%lld:%02lld.%lld", sign, whole, rest / 10, rest % 10);
    else {
        const long long second = unit / 3600, in_minute = rest % (60 * second);
        int used = snprintf(out, INDI_NUMBER_TEXT, "%s%lld:%02lld:%02lld", sign, whole,
                            rest / (60 * second), in_minute / second);
        if (row[i].decimals)
            snprintf(out + used, INDI_NUMBER_TEXT - (size_t)used, ".%0*lld", row[i].decimals,
                     in_minute % second);
    }
    return out;
}

/* A format comes from the server: only one plain conversion of a double is taken. */
static bool plain(const char *f, int *decimals, char *conversion)
{
    *decimals = -1;
    if (*f++ != '%')
        return false;
    f += strspn(f, "-+ #0123456789");
    if (*f == '.')
        for (f++, *decimals = 0; *f >= '0' && *f <= '9'; f++)
            *decimals = *decimals < 1000 ? *decimals * 10 + (*f - '0') : 1000;
    f += *f == 'l';
    *conversion = *f;
    return *f && strchr("mfFeEgGd", *f) && f[1] == '\0';
}

const char *indi_format(const char *format, double x, char out[INDI_NUMBER_TEXT])
{
    int decimals;
    char c;
    if (!isfinite(x) || fabs(x) > 1e12 || !plain(format, &decimals, &c))
        snprintf(out, INDI_NUMBER_TEXT, "%.15g", x);
    else if (c == 'm')
        sexagesimal(decimals, x, out);
    else if (c == 'f' || c == 'F')
        snprintf(out, INDI_NUMBER_TEXT, "%.*f",
                 decimals < 0    ? 6
                 : decimals < 17 ? decimals
                                 : 17,
                 x);
    else if (c == 'd')
        snprintf(out, INDI_NUMBER_TEXT, "%.0f", x);
    else
        snprintf(out, INDI_NUMBER_TEXT, "%.*g",
                 decimals < 1    ? 6
                 : decimals < 17 ? decimals
                                 : 17,
                 x);
    return out;
}
