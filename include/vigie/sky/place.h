/* place.h - where something is seen: stars, Sun and Moon, exactly, one instant at a time.
 * Not: thousands of instants (almanac.h); frames as such (frame.h).
 * From: ERFA, IAU 2006/2000A; Sun eraEpv00; Moon eraMoon98 (Meeus 1998, ch. 47).
 */
#ifndef VIGIE_SKY_PLACE_H
#define VIGIE_SKY_PLACE_H

#include <stdbool.h>

#include "vigie/sky/object.h"
#include "vigie/sky/scale.h"
#include "vigie/sky/site.h"

/* struct sky_apparent - geocentric apparent place of date. Right ascension from the true equinox
 * (ra_rad) and from the intermediate origin (ra_cirs_rad); eo_rad = ra_cirs - ra. */
struct sky_apparent {
    double ra_rad, dec_rad, ra_cirs_rad, eo_rad;
};
/* sky_star_apparent - with proper motion, parallax, light deflection, aberration, precession,
 * nutation. tests/sky/check_place.c */
struct sky_apparent sky_star_apparent(const struct sky_star *s, struct jd_tt tt);

/* struct sky_air - what refracts: at the site, not at sea level. */
struct sky_air {
    double pressure_hpa, temp_degc, humidity; /* 0 .. 1 */
    double wavelength_um;
};

/* struct sky_seen - topocentric: azimuth north through east, hour angle west positive -pi .. pi.
 * With air, all four are refracted. */
struct sky_seen {
    double az_rad, alt_rad, ha_rad, dec_rad;
};

/* sky_star_seen - a star from a site.
 *   dut1_s   UT1-UTC, s
 *   air      NULL: airless. Below 3 degrees the model (A tan z + B tan^3 z) is not to be trusted
 *   source   eraAtco13, polar motion 0
 *   test     tests/sky/check_place.c */
struct sky_seen sky_star_seen(const struct sky_star *s, struct jd_utc utc, double dut1_s,
                              const struct site *site, const struct sky_air *air);

/* sky_star_direction - the ICRS direction at which the star stands at the instant: proper motion
 * and parallax applied. For almanac_star_set. */
void sky_star_direction(const struct sky_star *s, struct jd_tt tt, double *ra_rad, double *dec_rad);

/* sky_star_move - where a star whose place is given for one epoch stands at another: proper motion and
 * radial velocity in a straight line through space, seen from the barycentre.
 *   s        ICRS at epoch `from`; unknown motion, parallax, velocity are NAN or 0
 *   source   eraPmsafe (SOFA iauStarpv and iauPvstar; Hipparcos Catalogue vol. 1, section 1.5.5)
 *   test     tests/sky/check_place.c: astropy's apply_space_motion */
void sky_star_move(const struct sky_star *s, struct jd_tdb from, struct jd_tdb to, double *ra_rad,
                   double *dec_rad);

/* struct sky_turn - how far the Earth has turned, rad, 0 .. 2 pi: Greenwich mean and apparent
 * sidereal time, Earth rotation angle, local apparent sidereal time. eraGmst06, eraGst06a,
 * eraEra00 */
struct sky_turn {
    double gmst_rad, gast_rad, era_rad, last_rad;
};
struct sky_turn sky_turn(struct jd_utc utc, double dut1_s, double lon_rad);

enum sky_body { BODY_STAR, BODY_SUN, BODY_MOON };

/* struct sky_place - the Sun or the Moon. gcrs and app: geocentric, with light time (and, for the
 * Sun, aberration); app and ecl are of date (true equator, true ecliptic). topo: parallax and
 * diurnal aberration, no refraction, equinox of date. */
struct sky_place {
    double gcrs_ra_rad, gcrs_dec_rad;
    double app_ra_rad, app_dec_rad;
    double ecl_lon_rad, ecl_lat_rad;
    double distance_km; /* of the geocentre */
    double topo_ra_rad, topo_dec_rad;
    struct sky_seen seen;
    double dir[3]; /* geocentric unit vector, GCRS */
};

/* sky_sun_moon - Sun and Moon from a site.
 *   source   Sun: eraEpv00, light time, eraAb; Moon: eraMoon98, light time
 *   test     tests/sky/check_place.c: the sunmoon oracle */
void sky_sun_moon(struct jd_utc utc, double dut1_s, const struct site *site, struct sky_place *sun,
                  struct sky_place *moon);

/* struct sky_phase - of the Moon seen from the geocentre. Lit fraction (1 + cos phase angle) / 2;
 * waxing: ecliptic longitude Moon - Sun in 0 .. pi (it is longitude_rad). */
struct sky_phase {
    double elongation_rad, phase_angle_rad, illum, longitude_rad;
    bool waxing;
};
struct sky_phase sky_phase(const struct sky_place *sun, const struct sky_place *moon);

#endif
