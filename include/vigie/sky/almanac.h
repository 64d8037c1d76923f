/* almanac.h - the sky of a span of days at one site, from tables: thousands of instants at a
 * microsecond each. What the transits, the planner and the live list run on.
 * Not: one exact place (place.h). Refraction is never in it: altitudes are airless, topocentric.
 * From: ERFA (IAU 2006/2000A, epv00, moon98) at the knots, interpolated between them.
 *
 * Time inside is `t`: days of 86400 SI seconds (TT) since the almanac's base; almanac_t and
 * almanac_utc turn UTC into t and back, right across leap seconds, in nanoseconds of CPU.
 * Against ERFA directly: 0.1 us light time, 0.02" star and Sun, 0.05" Moon
 * (tests/sky/check_almanac.c). An almanac does not change after it is made: threads may share it.
 */
#ifndef VIGIE_SKY_ALMANAC_H
#define VIGIE_SKY_ALMANAC_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/base/err.h"
#include "vigie/sky/scale.h"
#include "vigie/sky/site.h"

struct almanac;

enum { ALMANAC_MAX_DAYS = 4000 };

/* almanac_new - tables for [from, to] at a site. Asking within a day beyond either end is allowed.
 *   site     copied, with its horizon borrowed (must outlive the almanac)
 *   dut1_s   UT1-UTC, s; 0 when unknown (0.004 deg at most)
 *   a        new, freed by almanac_free
 *   err      E_RANGE: to < from, or more than ALMANAC_MAX_DAYS
 *   cost     about 0.1 ms a day */
enum status almanac_new(const struct site *site, struct jd_utc from, struct jd_utc to,
                        double dut1_s, struct almanac **a, struct error *err) MUST_CHECK;
void almanac_free(struct almanac *a);
const struct site *almanac_site(const struct almanac *a);

/* almanac_first, almanac_last - t of `from` and `to`. almanac_t, almanac_utc - UTC to t and back.
 */
double almanac_first(const struct almanac *a);
double almanac_last(const struct almanac *a);
double almanac_t(const struct almanac *a, struct jd_utc utc);
struct jd_utc almanac_utc(const struct almanac *a, double t);

/* struct almanac_star - a star made ready: its ICRS unit vector. From almanac_star_set, which takes
 * ICRS radians of the epoch of date (proper motion already applied if it matters). */
struct almanac_star {
    double ra_rad, dec_rad;
    double n[3];
};
void almanac_star_set(struct almanac_star *s, double ra_rad, double dec_rad);

/* almanac_t_of_bjd - t at which a BJD_TDB is seen at the site; almanac_light_s - BJD_TDB minus TDB
 * at t, s; almanac_bjd - BJD_TDB at t. The answer outside the tables (more than a day beyond an
 * end) is NAN. */
double almanac_t_of_bjd(const struct almanac *a, const struct almanac_star *s, struct bjd_tdb bjd);
double almanac_light_s(const struct almanac *a, const struct almanac_star *s, double t);
struct bjd_tdb almanac_bjd(const struct almanac *a, const struct almanac_star *s, double t);

/* struct almanac_now - all that does not depend on a star, at one instant. Right ascensions are
 * CIRS (from the intermediate origin); from the true equinox of date: ra - eo_rad. */
struct almanac_now {
    double t;
    double theta_rad; /* local Earth rotation angle: hour angle + CIRS right ascension */
    double eo_rad;    /* equation of the origins; local apparent sidereal time = theta - eo */
    double sun_alt_rad, sun_az_rad, sun_ha_rad; /* topocentric, centre */
    double moon_alt_rad, moon_az_rad, moon_ha_rad;
    double moon_ra_cirs_rad, moon_dec_rad; /* topocentric */
    double moon_illum;                     /* lit fraction 0 .. 1 */
    double sun_moon_rad;                   /* geocentric elongation of the Moon */
    bool moon_waxing;                      /* ecliptic longitude Moon - Sun in 0 .. pi */
    double sun_dir[3], moon_dir[3];        /* topocentric unit vectors, CIRS */
    double sin_theta, cos_theta;           /* the rest is for almanac_star_at */
    double eh[3], em, v[3], bm1, bpn[3][3];
};

/* almanac_at - fill it for t (about 1 us). */
void almanac_at(const struct almanac *a, double t, struct almanac_now *now);

/* struct almanac_seen - a star at an instant. ha_rad in -pi .. pi, west positive; az_rad 0 .. 2 pi;
 * moon_sep_rad between the topocentric directions. */
struct almanac_seen {
    double alt_rad, az_rad, ha_rad, dec_rad;
    double moon_sep_rad;
};

/* almanac_star_at - a star at now->t, about 0.5 us. almanac_star_alt - its altitude alone.
 * almanac_sun_alt, almanac_moon_alt - the body's centre, topocentric, rad. */
void almanac_star_at(const struct almanac *a, const struct almanac_star *s,
                     const struct almanac_now *now, struct almanac_seen *seen);
double almanac_star_alt(const struct almanac *a, const struct almanac_star *s, double t);
double almanac_sun_alt(const struct almanac *a, double t);
double almanac_moon_alt(const struct almanac *a, double t);

/* struct span - [from, to] in t. Lists of spans are sorted and do not overlap. */
struct span {
    double from, to;
};

/* almanac_dark - when the Sun's centre is at or below limit_rad, inside [from, to]. Crossings are
 * good to 1 ms; grazing and polar nights are right (no crossing: one whole span or none).
 *   out[max]  receives the spans; returns how many there are (only max of them are written; a night
 *             gives one, so max = days + 2 is enough outside the polar circles, 2 days + 2
 * anywhere) test      tests/sky/check_almanac.c, twilight oracle */
size_t almanac_dark(const struct almanac *a, double limit_rad, double from, double to,
                    struct span *out, size_t max);

/* almanac_star_up - when a star is at or above limit_rad and, if `masked`, above the site's horizon
 * mask, inside [from, to]. In closed form (about 2 us a day), good to 1 ms; the mask costs a grid
 * of 2 min and bisection there. Same return as almanac_dark. */
size_t almanac_star_up(const struct almanac *a, const struct almanac_star *s, double limit_rad,
                       bool masked, double from, double to, struct span *out, size_t max);

/* almanac_star_transit - t of the first upper meridian passage (hour angle 0) in [from, to], NAN if
 * there is none. */
double almanac_star_transit(const struct almanac *a, const struct almanac_star *s, double from,
                            double to);

/* span_both - the parts common to two lists; returns how many there are (max are written). span_cut
 * - a list cut to [from, to]. span_sum - total length, days. */
size_t span_both(const struct span *x, size_t nx, const struct span *y, size_t ny, struct span *out,
                 size_t max);
size_t span_cut(const struct span *x, size_t n, double from, double to, struct span *out,
                size_t max);
double span_sum(const struct span *x, size_t n);

#endif
