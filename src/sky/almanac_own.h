/* almanac_own.h - what almanac.c lends to the searches of almanac_find.c. */
#ifndef VIGIE_SRC_SKY_ALMANAC_OWN_H
#define VIGIE_SRC_SKY_ALMANAC_OWN_H

#include "vigie/sky/almanac.h"
#include "roots.h"

/* almanac_holds - whether t lies in the tables with a margin. almanac_era - Earth rotation angle of
 * Greenwich, rad. almanac_star_cirs - unit vector of a star in the frame of date.
 * almanac_star_local - its altitude; azimuth and hour angle if not NULL. */
bool almanac_holds(const struct almanac *a, double t);
double almanac_era(const struct almanac *a, double t);
void almanac_star_cirs(const struct almanac *a, const struct almanac_star *s, double t,
                       double p[3]);
double almanac_star_local(const struct almanac *a, const struct almanac_star *s, double t,
                          double *az, double *ha);

/* almanac_where - where f >= 0 in [from, to]: f is smooth and turns at most a few times a day. */
size_t almanac_where(roots_fn *f, void *arg, double from, double to, struct span *out, size_t max);

#endif
