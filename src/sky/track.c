/* track.c - see track.h. */
#include "vigie/sky/track.h"

#include <math.h>

#include "almanac_own.h"

enum { MANY = 256 };

void track_sample(const struct almanac *a, enum sky_body body, const struct almanac_star *star,
                  double from, double to, size_t n, double (*track)[2])
{
    for (size_t i = 0; i < n; i++) {
        double t = from + (to - from) * ((double)i / (double)(n - 1));
        struct almanac_now now;
        switch (body) {
        case BODY_STAR: track[i][0] = almanac_star_local(a, star, t, &track[i][1], NULL); break;
        case BODY_SUN:
            almanac_at(a, t, &now);
            track[i][0] = now.sun_alt_rad;
            track[i][1] = now.sun_az_rad;
            break;
        case BODY_MOON:
            almanac_at(a, t, &now);
            track[i][0] = now.moon_alt_rad;
            track[i][1] = now.moon_az_rad;
            break;
        }
    }
}

struct limit {
    const struct almanac *a;
    bool sun;
    double limit_rad;
};

static double over(void *arg, double t)
{
    const struct limit *l = arg;
    return (l->sun ? almanac_sun_alt(l->a, t) : almanac_moon_alt(l->a, t)) - l->limit_rad;
}

size_t track_above(const struct almanac *a, enum sky_body body, double limit_rad, double from,
                   double to, struct span *out, size_t max)
{
    struct limit l = {a, body == BODY_SUN, limit_rad};
    if (body == BODY_STAR || !almanac_holds(a, from) || !almanac_holds(a, to) || !(to > from))
        return 0;
    return almanac_where(over, &l, from, to, out, max);
}

size_t track_observable(const struct almanac *a, const struct almanac_star *s, double limit_rad,
                        double sun_limit_rad, double from, double to, struct span *out, size_t max)
{
    struct span dark[MANY], up[MANY];
    size_t n_dark = almanac_dark(a, sun_limit_rad, from, to, dark, MANY);
    size_t n_up = almanac_star_up(a, s, limit_rad, true, from, to, up, MANY);
    return span_both(dark, n_dark < MANY ? n_dark : MANY, up, n_up < MANY ? n_up : MANY, out, max);
}

double track_best(const struct almanac *a, const struct almanac_star *s, const struct span *spans,
                  size_t n, double *alt_rad)
{
    double best = NAN, top = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        /* highest at a meridian passage inside, else at an end */
        double at[3] = {spans[i].from, spans[i].to,
                        almanac_star_transit(a, s, spans[i].from, spans[i].to)};
        for (size_t k = 0; k < 3; k++) {
            double alt = isnan(at[k]) ? (double)-INFINITY : almanac_star_alt(a, s, at[k]);
            if (alt > top)
                top = alt, best = at[k];
        }
    }
    if (alt_rad)
        *alt_rad = n ? top : (double)NAN;
    return best;
}
