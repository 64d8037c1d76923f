/* range.h - ranges of wavelength and of time as people write them. Not: places (sexa.h).
 */
#ifndef VIGIE_VO_RANGE_H
#define VIGIE_VO_RANGE_H

#include "vigie/base/clock.h"
#include "vigie/base/err.h"

/* range_band - "500nm", "400..700 nm", "0.3 10 keV", "1.4GHz", "V" (a band of Johnson and Cousins, U B V
 * R I J H K, or of SDSS, u g r i z): to wavelengths in metres, lo <= hi. Units: A nm um mm cm m, Hz kHz
 * MHz GHz THz, eV keV MeV GeV TeV, J; the unit of the second holds for the first.
 *   err     E_PARSE: "'500' has no unit: 500 nm, 2 keV, 1.4 GHz"
 *   source  E = h c / lambda with the constants of the SI (2019), exact; the bands: Bessell 2005, ARA&A 43,
 *           293, table 1 and Fukugita et al. 1996, AJ 111, 1748, table 1 (centre and full width)
 *   test    tests/vo/check_proto.c */
enum status range_band(const char *text, double *lo_m, double *hi_m, struct error *err) MUST_CHECK;

/* range_joule - the energy of a photon of that wavelength (metres), joules. */
double range_joule(double wavelength_m);

/* range_time - "2019-01-14", "2019-01-14..2019-01-20", "58497..58503" (MJD), "2019-01-14T03:00 2019-01-14T05:00",
 * "now": to MJD (UTC), lo <= hi; a date alone is its whole day. clock: for now.
 *   err  E_PARSE */
enum status range_time(const char *text, const struct clock *clock, double *lo_mjd, double *hi_mjd,
                       struct error *err) MUST_CHECK;

#endif
