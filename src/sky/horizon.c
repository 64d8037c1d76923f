/* horizon.c - see horizon.h. */
#include "vigie/sky/horizon.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"

static const double DEG = 0x1.1df46a2529d39p-6; /* pi / 180 */

struct point {
    double az_deg, alt_deg;
    size_t line; /* keeps points of one azimuth in the order of the file */
};

struct horizon {
    size_t n;
    struct point *at;
    double lowest_rad, highest_rad;
};

static int by_azimuth(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    if (x->az_deg != y->az_deg)
        return x->az_deg < y->az_deg ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* take_number - a number at *s (before end), blanks around it; false if there is none. */
static bool take_number(const char **s, const char *end, double *x)
{
    char copy[40];
    size_t n = 0;
    while (*s < end && blank(**s))
        ++*s;
    while (*s < end && n < sizeof copy - 1 && strchr("+-.0123456789eE", **s))
        copy[n++] = *(*s)++;
    copy[n] = '\0';
    char *stop;
    *x = strtod(copy, &stop);
    while (*s < end && blank(**s))
        ++*s;
    return n > 0 && *stop == '\0' && isfinite(*x);
}

/* parse_line - one line [s, end) without its comment. *empty: nothing stands in it. */
static bool parse_line(const char *s, const char *end, struct point *p, bool *empty)
{
    while (s < end && blank(*s))
        s++;
    *empty = s == end;
    if (*empty)
        return true;
    if (!take_number(&s, end, &p->az_deg))
        return false;
    if (s < end && (*s == ',' || *s == ';'))
        s++;
    else if (s == end || !blank(s[-1]))
        return false;
    if (!take_number(&s, end, &p->alt_deg))
        return false;
    return s == end;
}

static const char *comment_of(const char *s, const char *end)
{
    const char *first = s;
    while (first < end && blank(*first))
        first++;
    if (first < end && *first == ';')
        return first;
    for (; s < end; s++)
        if (*s == '#' || (*s == '/' && s + 1 < end && s[1] == '/'))
            return s;
    return end;
}

static enum status parse_points(const char *s, const char *end, struct horizon *h,
                                struct error *err)
{
    size_t cap = 0;
    for (size_t line = 1; s < end; line++) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        stop = stop ? stop : end;
        struct point p = {0, 0, line};
        bool empty;
        if (!parse_line(s, comment_of(s, stop), &p, &empty))
            return err_set(err, E_PARSE, "line %zu: not `azimuth altitude` in degrees", line);
        if (!empty) {
            if (!(p.az_deg >= -360 && p.az_deg <= 720))
                return err_set(err, E_RANGE, "line %zu: the azimuth %g is not in -360 .. 720", line,
                               p.az_deg);
            if (!(fabs(p.alt_deg) <= 90))
                return err_set(err, E_RANGE, "line %zu: the altitude %g is not in -90 .. 90", line,
                               p.alt_deg);
            if (h->n == HORIZON_MAX_POINTS)
                return err_set(err, E_RANGE, "line %zu: more than %d points", line,
                               HORIZON_MAX_POINTS);
            if (h->n == cap) {
                cap = cap ? 2 * cap : 64;
                h->at = mem_grow(h->at, cap * sizeof *h->at);
            }
            p.az_deg = p.az_deg - 360 * floor(p.az_deg / 360);
            h->at[h->n++] = p;
        }
        s = stop < end ? stop + 1 : end;
    }
    return h->n ? OK : err_set(err, E_RANGE, "no point in it");
}

enum status horizon_parse(const char *text, size_t n, struct horizon **out, struct error *err)
{
    const char *end = text + n;
    struct horizon *h = mem_zero(sizeof *h);
    *out = NULL;
    if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    enum status status = parse_points(text, end, h, err);
    if (status != OK) {
        horizon_free(h);
        return status;
    }
    qsort(h->at, h->n, sizeof *h->at, by_azimuth);
    h->lowest_rad = h->highest_rad = h->at[0].alt_deg * DEG;
    for (size_t i = 1; i < h->n; i++) {
        h->lowest_rad = fmin(h->lowest_rad, h->at[i].alt_deg * DEG);
        h->highest_rad = fmax(h->highest_rad, h->at[i].alt_deg * DEG);
    }
    *out = h;
    return OK;
}

enum status horizon_load(const char *path, struct horizon **h, struct error *err)
{
    struct str text = {0};
    *h = NULL;
    enum status status = file_read(path, 4 << 20, &text, err);
    if (status == OK) {
        status = horizon_parse(str_c(&text), text.n, h, err);
        if (status != OK)
            err_wrap(err, "%.100s", path);
    }
    str_clear(&text);
    return status;
}

void horizon_free(struct horizon *h)
{
    if (h)
        free(h->at);
    free(h);
}

double horizon_alt(const struct horizon *h, double az_rad)
{
    if (!h)
        return -90 * DEG;
    if (!isfinite(az_rad))
        return NAN;
    double az = az_rad / DEG;
    az -= 360 * floor(az / 360);
    size_t lo = 0, hi = h->n; /* the first point behind az */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (h->at[mid].az_deg > az)
            hi = mid;
        else
            lo = mid + 1;
    }
    const struct point *a = &h->at[lo ? lo - 1 : h->n - 1], *b = &h->at[lo < h->n ? lo : 0];
    double from = a->az_deg - (lo ? 0 : 360), to = b->az_deg + (lo < h->n ? 0 : 360);
    double alt = a->alt_deg;
    if (az > from && to > from)
        alt += (b->alt_deg - a->alt_deg) * ((az - from) / (to - from));
    else /* on a point: the higher of all that share its azimuth */
        for (size_t i = lo; i-- > 0 && h->at[i].az_deg == a->az_deg;)
            alt = fmax(alt, h->at[i].alt_deg);
    return alt * DEG;
}

double horizon_lowest(const struct horizon *h)
{
    return h ? h->lowest_rad : -90 * DEG;
}

double horizon_highest(const struct horizon *h)
{
    return h ? h->highest_rad : -90 * DEG;
}

size_t horizon_points(const struct horizon *h)
{
    return h ? h->n : 0;
}

void horizon_point(const struct horizon *h, size_t i, double *az_rad, double *alt_rad)
{
    ensure(h && i < h->n);
    *az_rad = h->at[i].az_deg * DEG;
    *alt_rad = h->at[i].alt_deg * DEG;
}
