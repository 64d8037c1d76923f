/* str.c - see str.h.
 * Not: anything that depends on the locale: numbers are read and written with a point, always.
 */
#include "vigie/base/str.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vigie/base/mem.h"

void str_clear(struct str *t)
{
    free(t->s);
    t->s = NULL;
    t->n = t->cap = 0;
    t->over = false;
}

void str_reset(struct str *t)
{
    t->n = 0;
    t->over = false;
    if (t->s)
        t->s[0] = 0;
}

const char *str_c(const struct str *t)
{
    return t->s ? t->s : "";
}

static void room(struct str *t, size_t n)
{
    if (t->n + n + 1 <= t->cap)
        return;
    size_t cap = t->cap ? t->cap * 2 : 64;
    if (cap < t->n + n + 1)
        cap = t->n + n + 1;
    t->s = mem_grow(t->s, cap);
    t->cap = cap;
}

void str_addn(struct str *t, const void *s, size_t n)
{
    if (t->max && t->n + n > t->max) {
        n = t->n < t->max ? t->max - t->n : 0;
        t->over = true;
    }
    room(t, n);
    if (n)
        memcpy(t->s + t->n, s, n);
    t->n += n;
    t->s[t->n] = 0;
}

void str_add(struct str *t, const char *s)
{
    str_addn(t, s, strlen(s));
}

void str_addc(struct str *t, char c)
{
    str_addn(t, &c, 1);
}

void str_addf(struct str *t, const char *fmt, ...)
{
    char buf[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    ensure(n >= 0);
    if ((size_t)n < sizeof buf) {
        str_addn(t, buf, (size_t)n);
    } else {
        char *big = mem_alloc((size_t)n + 1);
        vsnprintf(big, (size_t)n + 1, fmt, again);
        str_addn(t, big, (size_t)n);
        free(big);
    }
    va_end(again);
}

char *str_take(struct str *t)
{
    char *s = t->s ? t->s : mem_str("");
    t->s = NULL;
    t->n = t->cap = 0;
    t->over = false;
    return s;
}

bool str_num(const char *s, double *x)
{
    *x = NAN;
    if (!s)
        return false;
    while (isspace((unsigned char)*s))
        s++;
    if (!*s || strncasecmp(s, "0x", 2) == 0)
        return false;
    /* LC_NUMERIC is never set in this program, so strtod reads a point */
    char *end;
    double v = strtod(s, &end);
    if (end == s)
        return false;
    while (isspace((unsigned char)*end))
        end++;
    if (*end)
        return false;
    *x = v;
    return true;
}

bool str_eqi(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

bool str_hasi(const char *s, const char *part)
{
    return s && part && strcasestr(s, part) != NULL;
}

int str_near_most(const char *typed)
{
    size_t n = strnlen(typed, 9) / 3;
    return (int)n;
}

int str_near(const char *a, const char *b)
{
    enum { N = 64 };
    int d[N + 1][N + 1];
    size_t na = strnlen(a, N - 1), nb = strnlen(b, N - 1);
    for (size_t i = 0; i <= na; i++)
        d[i][0] = (int)i;
    for (size_t j = 0; j <= nb; j++)
        d[0][j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        for (size_t j = 1; j <= nb; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            int best = d[i - 1][j - 1] + (x != y);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]) && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[na][nb];
}
