/* scale.h - time scales as types, and the only place where one becomes another. Light time and BJD.
 * Not: the machine's clock (base/clock.h); UT1 (UT1-UTC is an argument where it matters).
 * From: IAU SOFA "Time Scale and Calendar Tools"; ERFA; Eastman, Siverd & Gaudi 2010, PASP 122,
 * 935.
 */
#ifndef VIGIE_SKY_SCALE_H
#define VIGIE_SKY_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/clock.h"
#include "vigie/base/err.h"

struct site;

/* An instant in one scale: Julian date d1 + d2, days. Made here, d1 is a midnight (x.5) and d2 lies
 * in 0 .. 1 (a little beyond after arithmetic); any split is understood. struct jd_utc is ERFA's
 * quasi-JD: a day with a leap second is 86401 s long and its fraction counts so. struct bjd_tdb is
 * the TDB instant at which a plane wave from a source passes the barycentre; struct hjd_utc the
 * quasi-JD(UTC) plus the heliocentric light time. Copied by value. */
struct jd_utc {
    double d1, d2;
};
struct jd_tai {
    double d1, d2;
};
struct jd_tt {
    double d1, d2;
};
struct jd_tdb {
    double d1, d2;
};
struct bjd_tdb {
    double d1, d2;
};
struct hjd_utc {
    double d1, d2;
};

enum { UTC_TEXT = 40 }; /* bytes that hold any text of utc_format */

/* utc_parse - an instant from text: "2026-11-23T21:14:07.5Z"; the Z, the fraction, the seconds, the
 * time of day may be absent; T may be one blank; :60 only in a minute that has a leap second; "now"
 * from the clock.
 *   text   years 0001 .. 9999 of the proleptic Gregorian calendar; blanks around it are allowed
 *   clock  for "now"; NULL: "now" is refused
 *   err    E_PARSE: what is wrong with the text
 *   source ISO 8601-1:2019, 5.4.2.1; IERS for leap seconds (ERFA's table)
 *   test   tests/sky/check_scale.c */
enum status utc_parse(const char *text, const struct clock *clock, struct jd_utc *utc,
                      struct error *err) MUST_CHECK;

/* utc_format - "2026-11-23T21:14:07.123Z", rounded to `decimals` (0 .. 9) of a second; a leap
 * second is 23:59:60.xxx. Returns out; "-" for an instant that is no number. test
 * tests/sky/check_scale.c */
const char *utc_format(struct jd_utc utc, int decimals, char out[UTC_TEXT]);

/* utc_date - the calendar date of an instant, not rounded up. utc_of_date - 0 h of a date; E_RANGE
 * for a date that is not in the calendar or a year outside 1 .. 9999. */
void utc_date(struct jd_utc utc, int *year, int *month, int *day);
enum status utc_of_date(int year, int month, int day, struct jd_utc *utc,
                        struct error *err) MUST_CHECK;

/* utc_day_add - 0 h of the calendar day `days` after the one that holds utc (0: its own 0 h). */
struct jd_utc utc_day_add(struct jd_utc utc, int days);

/* utc_of_wall, utc_to_wall - from and to nanoseconds since 1970 as POSIX counts them; inside a leap
 * second utc_to_wall gives the second before it again, as the kernel's clock does. test
 * tests/sky/check_scale.c */
struct jd_utc utc_of_wall(int64_t wall_ns);
int64_t utc_to_wall(struct jd_utc utc);

/* utc_tai_offset_s - TAI-UTC at the instant, s. A year for which no announcement exists yet has the
 * last value (ERFA's status +1 is no error); NAN before -4799. */
double utc_tai_offset_s(struct jd_utc utc);

/* The ladder UTC - TAI - TT - TDB. TDB-TT is geocentric (Fairhead & Bretagnon 1990 as eraDtdb gives
 * it; the observer's 2 us are left out). Within 1 ns both ways. test tests/sky/check_scale.c:
 * the SOFA cookbook's example */
struct jd_tai utc_to_tai(struct jd_utc utc);
struct jd_utc tai_to_utc(struct jd_tai tai);
struct jd_tt tai_to_tt(struct jd_tai tai);
struct jd_tai tt_to_tai(struct jd_tt tt);
struct jd_tdb tt_to_tdb(struct jd_tt tt);
struct jd_tt tdb_to_tt(struct jd_tdb tdb);
struct jd_tt utc_to_tt(struct jd_utc utc);
struct jd_utc tt_to_utc(struct jd_tt tt);
struct jd_tdb utc_to_tdb(struct jd_utc utc);
struct jd_utc tdb_to_utc(struct jd_tdb tdb);

/* utc_add_s - the instant `s` SI seconds later, right across leap seconds. utc_diff_s - SI seconds
 * from b to a. tt_diff_s the same. */
struct jd_utc utc_add_s(struct jd_utc utc, double s);
double utc_diff_s(struct jd_utc a, struct jd_utc b);
double tt_diff_s(struct jd_tt a, struct jd_tt b);

/* jd_mjd - the modified Julian date d1 + d2 - 2400000.5 of a split date in one double (0.6 us). */
double jd_mjd(double d1, double d2);

/* jd_parse - a Julian date from decimal text ("2459554.20747") as whole days and fraction, so that
 * no digit is lost. n bytes. Returns false if it is no plain decimal number of days in
 * -1e7 .. 1e7. test tests/sky/check_scale.c */
bool jd_parse(const char *text, size_t n, double *d1, double *d2);

/* struct light - Light time of a plane wave from a direction, s: how much later it passes the
 * barycentre of the solar system (the Sun's centre) than the observer; to +-510 s. */
struct light {
    double barycentric_s;  /* observer at the site; geocentre if there is none */
    double heliocentric_s; /* of the geocentre */
};

/* light_time - Light times at an instant.
 *   site     NULL: the geocentre
 *   ra_rad, dec_rad  ICRS direction (not of date: that would err by 3 s)
 *   source   Eastman et al. 2010, eq. 10 without Shapiro and Einstein terms (0.02 ms); eraEpv00 (13
 *            km: 0.05 ms); UT1 = UTC (0.4 us)
 *   test     tests/sky/check_scale.c */
struct light light_time(struct jd_utc utc, const struct site *site, double ra_rad, double dec_rad);

/* BJD_TDB = TDB + barycentric light time of the observer; HJD_UTC = JD(UTC) + heliocentric light
 * time of the geocentre. Both ways; back by fixed point to 1e-9 d. test tests/sky/check_scale.c */
struct bjd_tdb utc_to_bjd(struct jd_utc utc, const struct site *site, double ra_rad,
                          double dec_rad);
struct jd_utc bjd_to_utc(struct bjd_tdb bjd, const struct site *site, double ra_rad,
                         double dec_rad);
struct hjd_utc utc_to_hjd(struct jd_utc utc, double ra_rad, double dec_rad);
struct jd_utc hjd_to_utc(struct hjd_utc hjd, double ra_rad, double dec_rad);

#endif
