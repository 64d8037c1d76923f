/* skymap_up.c - what of a map can be observed, and the best fields. See skymap.h. */
#include <math.h>
#include <stdlib.h>

#include "vigie/alerts/skymap.h"
#include "vigie/sky/healpix.h"

/* UP_ORDER: cells of 0.46 deg. FINEST: of the grid in which fields are sought, 0.11 deg. */
enum { UP_ORDER = 7, FINEST = 9 };

static struct alert_view view_of(const struct alert_judge *judge, int order, uint64_t nest)
{
    struct alert_event e;
    struct alert_view v;
    alert_event_init(&e);
    healpix_centre(order, nest, &e.ra_rad, &e.dec_rad);
    alert_judge_event(judge, &e, &v);
    alert_event_clear(&e);
    return v;
}

/* The map's probabilities in the cells of one order; the caller frees. */
static double *grid_of(const struct skymap *m, int order)
{
    double *p = mem_zero(healpix_cells(order) * sizeof *p);
    for (size_t i = 0; i < m->cells.n; i++) {
        uint64_t nest;
        int of = healpix_uniq_order(m->cells.at[i].uniq, &nest);
        double all = m->cells.at[i].density * healpix_area_sr(of);
        if (of >= order) {
            p[nest >> 2 * (of - order)] += all;
            continue;
        }
        uint64_t n = (uint64_t)1 << 2 * (order - of);
        for (uint64_t k = 0; k < n; k++)
            p[nest * n + k] += all / (double)n;
    }
    return p;
}

double skymap_up(const struct skymap *m, const struct alert_judge *judge)
{
    double sum = 0;
    if (m->region)
        return (double)NAN;
    double *p = grid_of(m, UP_ORDER);
    for (uint64_t i = 0; i < healpix_cells(UP_ORDER); i++)
        if (p[i] > 0 && view_of(judge, UP_ORDER, i).left_s > 0)
            sum += p[i];
    free(p);
    return fmin(sum, 1);
}

/* ---- fields ---- */

struct spot {
    uint64_t nest;
    double p, at[3];
    bool gone; /* in a field already, or never up */
};

static int by_probability(const void *x, const void *y)
{
    const struct spot *a = x, *b = y;
    return a->p != b->p ? a->p < b->p ? 1 : -1 : a->nest < b->nest ? -1 : a->nest > b->nest;
}

/* The cells that hold the most probable 95 %, best first. */
static struct spot *spots_of(const struct skymap *m, int order, size_t *n)
{
    double *p = grid_of(m, order), sum = 0;
    uint64_t all = healpix_cells(order);
    VEC(struct spot) s = {0};
    for (uint64_t i = 0; i < all; i++)
        if (p[i] > 0)
            VEC_PUSH(s, ((struct spot){.nest = i, .p = p[i]}));
    free(p);
    if (s.n)
        qsort(s.at, s.n, sizeof *s.at, by_probability);
    *n = 0;
    while (*n < s.n && sum < 0.95 * m->total)
        sum += s.at[(*n)++].p;
    for (size_t i = 0; i < *n; i++) {
        double ra, dec, *at = s.at[i].at;
        healpix_centre(order, s.at[i].nest, &ra, &dec);
        at[0] = cos(dec) * cos(ra);
        at[1] = cos(dec) * sin(ra);
        at[2] = sin(dec);
    }
    return s.at;
}

/* Whether a direction lies in the field: gnomonic, x to the east. */
static bool inside(const struct skymap_field *f, const double fov[2], const double at[3])
{
    double sr = sin(f->ra_rad), cr = cos(f->ra_rad), sd = sin(f->dec_rad), cd = cos(f->dec_rad);
    double z = cd * cr * at[0] + cd * sr * at[1] + sd * at[2];
    double x = -sr * at[0] + cr * at[1], y = -sd * cr * at[0] - sd * sr * at[1] + cd * at[2];
    return z > 0 && fabs(x) <= z * tan(fov[0] / 2) && fabs(y) <= z * tan(fov[1] / 2);
}

size_t skymap_fields(const struct skymap *m, const struct alert_judge *judge,
                     const double fov_rad[2], struct skymap_field *out, size_t max)
{
    int order = 3;
    size_t n, found = 0;
    if (m->region)
        return 0;
    while (order < FINEST && sqrt(healpix_area_sr(order)) > fmin(fov_rad[0], fov_rad[1]) / 4)
        order++;
    struct spot *s = spots_of(m, order, &n);
    for (size_t i = 0; i < n && found < max; i++) {
        if (s[i].gone)
            continue;
        struct alert_view v = view_of(judge, order, s[i].nest);
        if (!(v.left_s > 0))
            continue;
        struct skymap_field *f = &out[found++];
        *f = (struct skymap_field){.from = v.from, .until = v.until};
        healpix_centre(order, s[i].nest, &f->ra_rad, &f->dec_rad);
        double cover = fov_rad[0] * fov_rad[1] / healpix_area_sr(order);
        for (size_t k = 0; k < n; k++)
            if (!s[k].gone && (k == i || inside(f, fov_rad, s[k].at))) {
                f->probability += s[k].p;
                s[k].gone = true;
            }
        if (cover < 1) /* a field smaller than a cell holds its share of it */
            f->probability *= cover;
    }
    free(s);
    return found;
}
