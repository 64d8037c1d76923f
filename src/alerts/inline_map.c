/* inline_map.c - the sky map that a packet of the gravitational wave detectors carries (FITS as base64,
 * RFC 4648): its areas and its densest place as parameters, so that lists and filters know them.
 * Not: what of it is up (skymap_up.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"
#include "vigie/alerts/skymap.h"

#define DEG (3.14159265358979323846 / 180)

enum { MAP_PARAMS = 4, TEXT_MAX = 8 << 20 };

static int digit(int c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* A map is a megabyte: a table of the digits, and no call for each of them. */
static bool unpack(const char *text, struct str *out)
{
    signed char of[256];
    size_t n = strcspn(text, "=");
    for (int c = 0; c < 256; c++)
        of[c] = (signed char)digit(c);
    char *to = mem_alloc(n / 4 * 3 + 4);
    out->s = to;
    out->cap = n / 4 * 3 + 4;
    const unsigned char *p = (const unsigned char *)text, *end = p + n;
    for (; end - p >= 4; p += 4, to += 3) {
        int a = of[p[0]], b = of[p[1]], c = of[p[2]], d = of[p[3]];
        if ((a | b | c | d) < 0)
            return false;
        int quad = a << 18 | b << 12 | c << 6 | d;
        to[0] = (char)(quad >> 16 & 255);
        to[1] = (char)(quad >> 8 & 255);
        to[2] = (char)(quad & 255);
    }
    unsigned bits = 0;
    int got = 0;
    for (; p < end; p++, got += 6) {
        if (of[*p] < 0)
            return false;
        bits = bits << 6 | (unsigned)of[*p];
    }
    for (; got >= 8; got -= 8)
        *to++ = (char)(bits >> (got - 8) & 255);
    *to = 0;
    out->n = (size_t)(to - out->s);
    return true;
}

static struct alert_param param(struct alert *a, const char *name, const char *unit, double x)
{
    char *text = mem_printf("%.5g", x);
    struct alert_param p = {"event.skymap", name, arena_str(&a->arena, text), unit};
    free(text);
    return p;
}

void alert_inline_map(struct alert *a, const char *base64)
{
    struct str fits = {0};
    struct skymap m;
    if (!base64 || strlen(base64) > TEXT_MAX || !unpack(base64, &fits) || fits.n < 6 ||
        memcmp(fits.s, "SIMPLE", 6) != 0) { /* packed ones may grow without bound */
        str_clear(&fits);
        return;
    }
    if (skymap_read(fits.s, fits.n, &m, NULL) == OK && !m.region) {
        struct alert_param *all = arena_alloc(&a->arena, (a->params.n + MAP_PARAMS) * sizeof *all);
        size_t n = a->params.n;
        if (n)
            memcpy(all, a->params.at, n * sizeof *all);
        if (isfinite(m.area50_deg2))
            all[n++] = param(a, "area50", "deg2", m.area50_deg2);
        if (isfinite(m.area90_deg2))
            all[n++] = param(a, "area90", "deg2", m.area90_deg2);
        all[n++] = param(a, "peak_ra", "deg", m.peak_ra_rad / DEG);
        all[n++] = param(a, "peak_dec", "deg", m.peak_dec_rad / DEG);
        a->params.at = all;
        a->params.n = n;
    }
    skymap_clear(&m);
    str_clear(&fits);
}
