/* frame.h - directions from one frame to another; angles between directions; constellations; air.
 * Not: what a site sees (place.h, almanac.h).
 */
#ifndef VIGIE_SKY_FRAME_H
#define VIGIE_SKY_FRAME_H

#include "vigie/sky/scale.h"

/* FRAME_MEAN: equator and equinox of date, frame bias and IAU 2006 precession. FRAME_TRUE: and
 * nutation (2000A). FRAME_APPARENT: and light deflection and aberration (geocentric); what INDI
 * calls EOD. FRAME_GALACTIC: Hipparcos' definition (ESA SP-1200, vol. 1, 1.5.3). FRAME_ECLIPTIC:
 * mean ecliptic and equinox of date, IAU 2006. FRAME_ECLIPTIC_J2000: the same of 2000-01-01T12
 * TT. */
enum frame {
    FRAME_ICRS,
    FRAME_MEAN,
    FRAME_TRUE,
    FRAME_APPARENT,
    FRAME_GALACTIC,
    FRAME_ECLIPTIC,
    FRAME_ECLIPTIC_J2000
};

/* frame_of_icrs, frame_to_icrs - longitude (0 .. 2 pi) and latitude of a direction; tt matters to
 * the frames of date only. test tests/sky/check_place.c */
void frame_of_icrs(enum frame frame, struct jd_tt tt, double ra_rad, double dec_rad,
                   double *lon_rad, double *lat_rad);
void frame_to_icrs(enum frame frame, struct jd_tt tt, double lon_rad, double lat_rad,
                   double *ra_rad, double *dec_rad);

/* sky_separation - great circle between two directions, rad, exact from 0 to pi. sky_position_angle
 * - of b seen from a, from north through east, 0 .. 2 pi; NAN where it is undefined: the same or
 * opposite directions, a at a pole. test tests/sky/check_place.c */
double sky_separation(double lon_a, double lat_a, double lon_b, double lat_b);
double sky_position_angle(double lon_a, double lat_a, double lon_b, double lat_b);

/* sky_parallactic - angle at a star between the zenith and the pole, -pi .. pi, negative before the
 * meridian. source Meeus 1998, eq. 14.1 */
double sky_parallactic(double ha_rad, double dec_rad, double lat_rad);

/* sky_constellation - the IAU abbreviation ("Ori") of an ICRS direction; static.
 *   source   Roman 1987, PASP 99, 695: borders along the circles of B1875.0; IAU 2006 precession
 *   test     tests/sky/check_place.c */
const char *sky_constellation(double ra_rad, double dec_rad);

/* Air mass from an altitude, dimensionless; NAN at or below the horizon. vigie shows sky_airmass.
 *   sky_airmass      Pickering 2002, DIO 12, 1, p. 20, note 39: made for the apparent altitude
 *   sky_airmass_ky   Kasten & Young 1989, Applied Optics 28, 4735
 *   sky_airmass_hardie  Hardie 1962, in Astronomical Techniques, p. 178; NAN below 10 degrees too
 *   sky_airmass_secz 1 / sin(altitude)
 *   test     tests/sky/check_place.c */
double sky_airmass(double alt_rad);
double sky_airmass_ky(double alt_rad);
double sky_airmass_hardie(double alt_rad);
double sky_airmass_secz(double alt_rad);

#endif
