/* track.h - visibility over a window: curves to draw, spans to observe in, the best moment.
 * Not: a plan (which of many objects when). All on the tables of almanac.h.
 */
#ifndef VIGIE_SKY_TRACK_H
#define VIGIE_SKY_TRACK_H

#include "vigie/sky/almanac.h"
#include "vigie/sky/place.h"

/* track_sample - altitude and azimuth at n equal steps.
 *   star     for BODY_STAR, else NULL
 *   from, to t of the almanac; the first sample is at from, the last at to
 *   n        samples, at least 2
 *   track    [n][2]: alt_rad, az_rad; airless, topocentric
 *   cost     about 1 us a sample
 *   test     tests/sky/check_horizon.c */
void track_sample(const struct almanac *a, enum sky_body body, const struct almanac_star *star,
                  double from, double to, size_t n, double (*track)[2]);

/* track_above - when the Sun or the Moon is at or above limit_rad inside [from, to] (for a star:
 * almanac_star_up). Returns how many spans there are; max are written. */
size_t track_above(const struct almanac *a, enum sky_body body, double limit_rad, double from,
                   double to, struct span *out, size_t max);

/* track_observable - when a star is at or above limit_rad and above the site's horizon mask, with
 * the Sun at or below sun_limit_rad. At most 256 spans of each kind are looked at. Returns as
 * track_above. */
size_t track_observable(const struct almanac *a, const struct almanac_star *s, double limit_rad,
                        double sun_limit_rad, double from, double to, struct span *out, size_t max);

/* track_best - where in n spans the star is highest: t, and its altitude there if alt_rad is not
 * NULL. NAN without a span. */
double track_best(const struct almanac *a, const struct almanac_star *s, const struct span *spans,
                  size_t n, double *alt_rad);

#endif
