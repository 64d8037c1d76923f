/* ephemeris.h - when a planet's transits happen: epochs, mid times in BJD_TDB, their uncertainty,
 * the contacts that follow from the orbit. Not: what is seen of them from a site (event.h).
 * From: a linear ephemeris; Eastman, Siverd & Gaudi 2010 (PASP 122, 935) for the time systems;
 * Seager & Mallen-Ornelas 2003 (ApJ 585, 1038) for the shape of a transit.
 */
#ifndef VIGIE_TRANSITS_EPHEMERIS_H
#define VIGIE_TRANSITS_EPHEMERIS_H

#include <stdbool.h>
#include <stdint.h>

#include "vigie/sky/scale.h"
#include "vigie/transits/catalogue.h"

/* struct orbit_clock - an ephemeris made ready: T0 in BJD_TDB and the period, whole days and
 * fraction apart, so that T0 + n P is exact to a microsecond for any n in use. unsure: the
 * ephemeris does not say which reference point or scale it is in (JD, BJD, HJD, nothing); it is
 * then taken as what such ephemerides in practice are: JD and BJD as BJD_TDB, HJD as HJD_UTC. */
struct orbit_clock {
    struct days t0, period;
    double t0_err_d, period_err_d; /* NAN unknown */
    bool unsure;
};

/* orbit_clock_set - from a planet's ephemeris. T0 is brought to BJD_TDB at its own date: a UTC
 * scale by the leap seconds of then, a heliocentric (or geocentric JD_UTC) time by the light times
 * of then, for the planet's ICRS direction, seen from the Earth's centre (topocentric: 21 ms).
 *   returns  false if there is no usable T0 or period (not finite, period <= 0)
 *   test     tests/transits/check_ephemeris.c */
bool orbit_clock_set(struct orbit_clock *c, const struct planet *p);

/* orbit_mid - BJD_TDB of mid transit at an epoch (any sign). d1 is a whole number of days. */
struct bjd_tdb orbit_mid(const struct orbit_clock *c, int64_t epoch);

/* orbit_epoch - epochs since T0 at an instant, as a real number: its integer neighbours are the
 * transits before and after. */
double orbit_epoch(const struct orbit_clock *c, struct bjd_tdb at);

/* orbit_sigma_d - standard error of the mid time at an epoch, days: sqrt(sT0^2 + (n sP)^2). NAN if
 * the ephemeris gives no error of T0 or, away from epoch 0, of P. */
double orbit_sigma_d(const struct orbit_clock *c, int64_t epoch);

/* orbit_lost - sigma is more than half a period: the phase is lost, the transit may be at any time.
 */
bool orbit_lost(const struct orbit_clock *c, int64_t epoch);

/* struct orbit_other - what another ephemeris says of a transit: its own mid time nearest to ours,
 * minus ours; the error of its mid time (NAN unknown); whether its time system is certain. */
struct orbit_other {
    struct bjd_tdb mid;
    double shift_d, sigma_d;
    bool unsure;
};

/* orbit_compare - another ephemeris (of the same planet; its direction is used too) at a mid time of
 * ours. False if it is of no use.  test tests/transits/check_ephemeris.c */
bool orbit_compare(const struct planet *other, struct bjd_tdb mid, struct orbit_other *o);

/* orbit_text - "2461368.54866541": a BJD with `decimals` (1 .. 12), rounded. Returns out. */
enum { ORBIT_TEXT = 32 };
const char *orbit_text(struct bjd_tdb bjd, int decimals, char out[ORBIT_TEXT]);

/* orbit_flat_h - duration from second to third contact (T23), hours, derived from the duration T14,
 * Rp/Rs, a/Rs, inclination and orbit of the planet: sin(pi T23/P) / sin(pi T14/P) =
 * sqrt(((1-k)^2 - b^2) / ((1+k)^2 - b^2)). 0 for a grazing transit; NAN if a term is missing or the
 * terms contradict each other (b > 1 + k).
 *   source  Seager & Mallen-Ornelas 2003, section 2; b with eccentricity: Winn 2010,
 *           arXiv:1001.2010, eq. 7
 *   test    tests/transits/check_ephemeris.c */
double orbit_flat_h(const struct planet *p);

#endif
