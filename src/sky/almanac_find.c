/* almanac_find.c - when: dark, star above a limit, meridian; see almanac.h. And lists of spans.
 * A star in closed form: cos H = (sin h - sin phi sin delta) / (cos phi cos delta) (Meeus 1998,
 * ch. 15), then one Newton step on the altitude of the tables.
 */
#include <math.h>

#include <erfa.h>
#include <erfam.h>

#include "almanac_own.h"
#include "roots.h"

/* Turns of the Earth in a day of UT1 (IAU 2000), rad. */
static const double RATE = 1.00273781191135448 * ERFA_D2PI;

/* ---- lists of spans ---- */

struct list {
    struct span *out;
    size_t n, max;
};

/* add - a span behind the others; joined to the last one if they touch (1e-9 d). */
static void add(struct list *l, double from, double to)
{
    if (!(to > from))
        return;
    if (l->n && l->n <= l->max && from <= l->out[l->n - 1].to + 1e-9) {
        if (to > l->out[l->n - 1].to)
            l->out[l->n - 1].to = to;
        return;
    }
    if (l->n < l->max)
        l->out[l->n] = (struct span){from, to};
    l->n++;
}

size_t span_both(const struct span *x, size_t nx, const struct span *y, size_t ny, struct span *out,
                 size_t max)
{
    struct list l = {out, 0, max};
    for (size_t i = 0, j = 0; i < nx && j < ny;) {
        add(&l, fmax(x[i].from, y[j].from), fmin(x[i].to, y[j].to));
        if (x[i].to < y[j].to)
            i++;
        else
            j++;
    }
    return l.n;
}

size_t span_cut(const struct span *x, size_t n, double from, double to, struct span *out,
                size_t max)
{
    struct list l = {out, 0, max};
    for (size_t i = 0; i < n; i++)
        add(&l, fmax(x[i].from, from), fmin(x[i].to, to));
    return l.n;
}

double span_sum(const struct span *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i].to - x[i].from;
    return sum;
}

/* ---- Sun ---- */

struct limit {
    const struct almanac *a;
    double limit_rad;
};

static double sun_under(void *arg, double t)
{
    const struct limit *l = arg;
    return l->limit_rad - almanac_sun_alt(l->a, t);
}

size_t almanac_where(roots_fn *f, void *arg, double from, double to, struct span *out, size_t max)
{
    struct list list = {out, 0, max};
    double begun = f(arg, from) >= 0 ? from : (double)NAN;
    for (double at = from; at < to; at += 4) { /* a piece at a time, so that the roots fit */
        struct root roots[16];
        size_t n = roots_find(f, arg, at, fmin(at + 4, to), 1.0 / 48, roots, 16);
        for (size_t i = 0; i < n && i < 16; i++) {
            if (!roots[i].rising && !isnan(begun)) {
                add(&list, begun, roots[i].t);
                begun = NAN;
            } else if (roots[i].rising && isnan(begun)) {
                begun = roots[i].t;
            }
        }
    }
    if (!isnan(begun))
        add(&list, begun, to);
    return list.n;
}

size_t almanac_dark(const struct almanac *a, double limit_rad, double from, double to,
                    struct span *out, size_t max)
{
    struct limit l = {a, limit_rad};
    if (!almanac_holds(a, from) || !almanac_holds(a, to) || !(to > from))
        return 0;
    return almanac_where(sun_under, &l, from, to, out, max);
}

/* ---- stars ---- */

/* transit_near - the upper meridian passage nearest to t. */
static double transit_near(const struct almanac *a, const struct almanac_star *s, double t)
{
    for (int i = 0; i < 2; i++) {
        double ha;
        (void)almanac_star_local(a, s, t, NULL, &ha);
        t -= ha / RATE;
    }
    return t;
}

double almanac_star_transit(const struct almanac *a, const struct almanac_star *s, double from,
                            double to)
{
    if (!almanac_holds(a, from) || !almanac_holds(a, to))
        return NAN;
    double t = transit_near(a, s, from);
    if (t < from)
        t = transit_near(a, s, t + ERFA_D2PI / RATE);
    return t <= to ? t : (double)NAN;
}

/* half_arc - hour angle at which the star crosses the limit, rad; pi if it is always above, 0 if it
 * never is. *mid, near a meridian passage, is brought onto it. *slope: cos phi cos delta. */
static double half_arc(const struct almanac *a, const struct almanac_star *s, double *mid,
                       double limit_rad, double *slope)
{
    double p[3], phi = almanac_site(a)->lat_rad;
    almanac_star_cirs(a, s, *mid, p);
    double theta = almanac_era(a, *mid) + almanac_site(a)->lon_rad;
    *mid -= eraAnpm(theta - atan2(p[1], p[0])) / RATE;
    double sin_dec = p[2], cos_dec = hypot(p[0], p[1]);
    *slope = cos(phi) * cos_dec;
    double top = sin(limit_rad) - sin(phi) * sin_dec;
    if (top >= *slope)
        return 0;
    if (top <= -*slope)
        return ERFA_DPI;
    return acos(top / *slope);
}

/* sharpen - one Newton step on the altitude; the step is small or (grazing) not taken. */
static double sharpen(const struct almanac *a, const struct almanac_star *s, double t,
                      double limit_rad, double slope)
{
    double ha, alt = almanac_star_local(a, s, t, NULL, &ha);
    double rate = -slope * sin(ha) / cos(alt) * RATE;
    double step = (limit_rad - alt) / rate;
    return fabs(step) < 2e-3 ? t + step : t;
}

static size_t star_arcs(const struct almanac *a, const struct almanac_star *s, double limit_rad,
                        double from, double to, struct span *out, size_t max)
{
    const double turn = ERFA_D2PI / RATE;
    struct list list = {out, 0, max};
    double mid = transit_near(a, s, from) - turn; /* so that none is missed at the edge */
    double seam = mid - 0.5 * turn;               /* where one passage's share of the day begins */
    while (seam < to) {
        double slope, h = half_arc(a, s, &mid, limit_rad, &slope);
        if (h >= ERFA_DPI) {
            add(&list, fmax(seam, from), fmin(mid + 0.5 * turn, to));
        } else if (h > 0) {
            double rise = sharpen(a, s, mid - h / RATE, limit_rad, slope);
            double set = sharpen(a, s, mid + h / RATE, limit_rad, slope);
            add(&list, fmax(rise, from), fmin(set, to));
        }
        seam = mid + 0.5 * turn;
        mid += turn;
    }
    return list.n;
}

struct masked {
    const struct almanac *a;
    const struct almanac_star *s;
    double limit_rad;
};

static bool clear_of_mask(const struct masked *m, double t)
{
    double az, alt = almanac_star_local(m->a, m->s, t, &az, NULL);
    return alt >= m->limit_rad && alt >= horizon_alt(almanac_site(m->a)->horizon, az);
}

/* edge - where the star comes out of (or goes behind) the mask between a and b. Bisection: a wall
 * is a jump. */
static double edge(const struct masked *m, double a, double b, bool clear_at_a)
{
    while (b - a > 5e-9) {
        double c = 0.5 * (a + b);
        if (clear_of_mask(m, c) == clear_at_a)
            a = c;
        else
            b = c;
    }
    return 0.5 * (a + b);
}

static void mask_arc(const struct masked *m, struct span arc, struct list *list)
{
    const double step = 2.0 / 1440, inset = 1e-9;
    double a = arc.from + inset, end = arc.to - inset, begun = NAN;
    bool clear = clear_of_mask(m, a);
    if (clear)
        begun = arc.from;
    while (a < end) {
        double b = fmin(a + step, end);
        bool next = clear_of_mask(m, b);
        if (next != clear) {
            double t = edge(m, a, b, clear);
            if (next)
                begun = t;
            else
                add(list, begun, t);
        }
        clear = next;
        a = b;
    }
    if (clear)
        add(list, begun, arc.to);
}

size_t almanac_star_up(const struct almanac *a, const struct almanac_star *s, double limit_rad,
                       bool masked, double from, double to, struct span *out, size_t max)
{
    const struct horizon *h = almanac_site(a)->horizon;
    if (!almanac_holds(a, from) || !almanac_holds(a, to) || !(to > from))
        return 0;
    if (!masked || !h || horizon_highest(h) <= limit_rad)
        return star_arcs(a, s, limit_rad, from, to, out, max);
    struct list list = {out, 0, max};
    struct masked m = {a, s, limit_rad};
    double low = fmax(limit_rad, horizon_lowest(h));
    for (double at = from; at < to;) {
        struct span arcs[4];
        double end = fmin(at + 1, to);
        size_t n = star_arcs(a, s, low, at, end, arcs, 4);
        for (size_t i = 0; i < n && i < 4; i++)
            mask_arc(&m, arcs[i], &list);
        at = end;
    }
    return list.n;
}
