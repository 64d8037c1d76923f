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

static int digit(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static bool unpack(const char *text, struct str *out)
{
    unsigned bits = 0;
    int n = 0;
    for (; *text && *text != '='; text++) {
        int d = digit(*text);
        if (d < 0)
            return false;
        bits = bits << 6 | (unsigned)d;
        n += 6;
        if (n >= 8) {
            n -= 8;
            str_addc(out, (char)(bits >> n & 255));
        }
    }
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
