/* planets.h - what the tests of transits share: planets and sites made by hand, texts of times. */
#ifndef VIGIE_TESTS_TRANSITS_PLANETS_H
#define VIGIE_TESTS_TRANSITS_PLANETS_H

#include <check.h>
#include <math.h>

#include "vigie/sky/site.h"
#include "vigie/transits/catalogue.h"
#include "vigie/transits/list.h"

#define DEG (3.14159265358979323846 / 180)

/* A planet in BJD_TDB; ra in hours, dec in degrees; the rest unknown. */
static inline struct planet planet_made(const char *name, double ra_h, double dec_deg, double day,
                                        double frac, double period_day, double period_frac,
                                        double duration_h)
{
    struct planet p = {.name = name,
                       .star = "",
                       .priority_text = "",
                       .ra_rad = ra_h * 15 * DEG,
                       .dec_rad = dec_deg * DEG,
                       .ephemeris = {.t0 = {day, frac},
                                     .period = {period_day, period_frac},
                                     .t0_err_d = NAN,
                                     .period_err_d = NAN,
                                     .system = TIME_BJD_TDB,
                                     .ref = ""},
                       .duration_h = duration_h,
                       .depth_mmag = NAN,
                       .mag_v = NAN,
                       .mag_r = NAN,
                       .mag_g = NAN,
                       .min_aperture_in = NAN,
                       .oc_min = NAN,
                       .rp_over_rs = NAN,
                       .a_over_rs = NAN,
                       .inclination_rad = NAN,
                       .periastron_rad = NAN,
                       .discovery_ref = "",
                       .transit_ref = ""};
    return p;
}

static inline struct site site_made(double lat_deg, double lon_deg, double height_m)
{
    struct site s;
    ck_assert_int_eq(site_set(&s, "test", lat_deg, lon_deg, height_m, NULL), OK);
    return s;
}

static inline struct jd_utc utc_made(const char *text)
{
    struct jd_utc utc;
    ck_assert_int_eq(utc_parse(text, NULL, &utc, NULL), OK);
    return utc;
}

/* Everything there is between two times; the caller changes what it wants. */
static inline struct transit_request request_made(const struct planet *p, size_t n,
                                                  const struct site *site, const char *from,
                                                  const char *to)
{
    struct transit_request r = {.planet = p,
                                .n_planet = n,
                                .site = site,
                                .from = utc_made(from),
                                .to = utc_made(to),
                                .filter = {.all = true},
                                .own_aperture_mm = NAN};
    transit_limits_init(&r.limits);
    return r;
}

static inline struct transit_list *list_made(const struct transit_request *r)
{
    struct transit_list *l;
    struct error err = {0};
    enum status s = transit_list_make(r, &l, &err);
    ck_assert_msg(s == OK, "%s", err.text);
    return l;
}

#endif
