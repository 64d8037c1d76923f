/* check_place.c - places, frames, angles against published examples: Meeus, Astronomical Algorithms
 * (1998); ESA SP-1200; Roman 1987 (CDS VI/42, its own test points).
 */
#include <check.h>
#include <math.h>

#include <erfa.h>
#include <erfam.h>

#include "vigie/sky/event.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

static struct jd_utc of_tt(double jd)
{
    return tt_to_utc((struct jd_tt){jd, 0});
}

#define DEG(x) ((x)*ERFA_DR2D)

/* Meeus, example 47.a: 1992 April 12, 0 h TD. */
START_TEST(meeus_moon)
{
    struct site site;
    struct sky_place sun, moon;
    ck_assert_int_eq(site_set(&site, "", 0, 0, 0, NULL), OK);
    sky_sun_moon(of_tt(2448724.5), 0, &site, &sun, &moon);
    ck_assert_double_eq_tol(DEG(moon.ecl_lon_rad), 133.167265, 0.002);
    ck_assert_double_eq_tol(DEG(moon.ecl_lat_rad), -3.229127, 0.001);
    ck_assert_double_eq_tol(moon.distance_km, 368409.7, 20);
    ck_assert_double_eq_tol(DEG(moon.app_ra_rad), 134.688470, 0.002);
    ck_assert_double_eq_tol(DEG(moon.app_dec_rad), 13.768368, 0.001);
    /* example 48.a */
    struct sky_phase p = sky_phase(&sun, &moon);
    ck_assert_double_eq_tol(DEG(p.phase_angle_rad), 69.0756, 0.003);
    ck_assert_double_eq_tol(p.illum, 0.6786, 0.0001);
    ck_assert(p.waxing);
}
END_TEST

/* Meeus, example 25.b: 1992 October 13, 0 h TD, by VSOP87. */
START_TEST(meeus_sun)
{
    struct site site;
    struct sky_place s, m;
    ck_assert_int_eq(site_set(&site, "", 0, 0, 0, NULL), OK);
    sky_sun_moon(of_tt(2448908.5), 0, &site, &s, &m);
    ck_assert_double_eq_tol(DEG(s.ecl_lon_rad), 199 + 54 / 60.0 + 21.818 / 3600, 0.0002);
    ck_assert_double_eq_tol(DEG(s.app_ra_rad), (13 + 13 / 60.0 + 30.749 / 3600) * 15, 0.0002);
    ck_assert_double_eq_tol(DEG(s.app_dec_rad), -(7 + 47 / 60.0 + 1.74 / 3600), 0.0002);
    ck_assert_double_eq_tol(s.distance_km / 149597870.7, 0.99760775, 1e-5);
}
END_TEST

/* Meeus, example 12.a: 1987 April 10, 0 h UT. */
/* astropy 5.2.1: SkyCoord(ra, dec, pm_ra_cosdec, pm_dec, distance = 1 / parallax, radial_velocity = 0,
 * obstime = Time(2457389.0, format = "jd", scale = "tdb")).apply_space_motion(Time(2461368.25, ...)) of Barnard's star,
 * 61 Cygni A and a place near the pole. */
START_TEST(moved_stars)
{
    static const struct {
        double ra, dec, pmra, pmdec, plx, to_ra, to_dec;
    } star[] = {{269.44850252543836, 4.739420051112412, -801.551, 10362.394, 546.976,
                 269.446068378104, 4.770779505498},
                {316.753, 38.7557, 4164.209, 3249.614, 285.995, 316.769162377607, 38.765533115075},
                {10.0, 89.5, 120.0, -80.0, 3.0, 10.041594660003, 89.499757766126}};
    const double deg = M_PI / 180, tenth_mas = 0.0001 / 3600;
    for (size_t i = 0; i < sizeof star / sizeof star[0]; i++) {
        double ra, dec;
        const struct sky_star s = {.ra_rad = star[i].ra * deg,
                                   .dec_rad = star[i].dec * deg,
                                   .pmra_cosdec_masyr = star[i].pmra,
                                   .pmdec_masyr = star[i].pmdec,
                                   .plx_mas = star[i].plx,
                                   .rv_kms = NAN};
        sky_star_move(&s, (struct jd_tdb){2457389.0, 0}, (struct jd_tdb){2461368.0, 0.25}, &ra,
                      &dec);
        ck_assert_double_eq_tol(ra / deg, star[i].to_ra, tenth_mas / cos(dec));
        ck_assert_double_eq_tol(dec / deg, star[i].to_dec, tenth_mas);
    }
    /* nothing known: it stays */
    double ra, dec;
    const struct sky_star still = {.ra_rad = 1,
                                   .dec_rad = 0.5,
                                   .pmra_cosdec_masyr = NAN,
                                   .pmdec_masyr = NAN,
                                   .plx_mas = NAN,
                                   .rv_kms = NAN};
    sky_star_move(&still, (struct jd_tdb){2457389.0, 0}, (struct jd_tdb){2461368.0, 0.25}, &ra,
                  &dec);
    ck_assert_double_eq_tol(ra, 1, 1e-14);
    ck_assert_double_eq_tol(dec, 0.5, 1e-14);
}
END_TEST

START_TEST(sidereal)
{
    struct sky_turn t = sky_turn((struct jd_utc){2446895.5, 0}, 0, -ERFA_DPI / 2);
    ck_assert_double_eq_tol(DEG(t.gmst_rad) / 15, 13 + 10 / 60.0 + 46.3668 / 3600, 2e-6);
    ck_assert_double_eq_tol(DEG(t.gast_rad) / 15, 13 + 10 / 60.0 + 46.1351 / 3600, 2e-6);
    ck_assert_double_eq_tol(DEG(t.last_rad), DEG(t.gast_rad) - 90, 1e-9);
}
END_TEST

/* Meeus, examples 13.a (Pollux), 17.a (Arcturus, Spica); ESA SP-1200, 1.5.3 (galactic and celestial
 * pole). */
START_TEST(frames)
{
    double a, b;
    struct jd_tt j2000 = {2451545.0, 0};
    frame_of_icrs(FRAME_ECLIPTIC_J2000, j2000, 116.328942 * ERFA_DD2R, 28.026183 * ERFA_DD2R, &a,
                  &b);
    ck_assert_double_eq_tol(DEG(a), 113.215630, 2e-5);
    ck_assert_double_eq_tol(DEG(b), 6.684170, 2e-5);
    frame_of_icrs(FRAME_GALACTIC, j2000, 192.85948 * ERFA_DD2R, 27.12825 * ERFA_DD2R, &a, &b);
    ck_assert_double_eq_tol(DEG(b), 90, 1e-5);
    frame_of_icrs(FRAME_GALACTIC, j2000, 0, ERFA_DPI / 2, &a, &b);
    ck_assert_double_eq_tol(DEG(a), 122.93192, 1e-5);
    ck_assert_double_eq_tol(DEG(b), 27.12825, 1e-5);
    ck_assert_double_eq_tol(DEG(sky_separation(213.9154 * ERFA_DD2R, 19.1825 * ERFA_DD2R,
                                               201.2983 * ERFA_DD2R, -11.1614 * ERFA_DD2R)),
                            32.7930, 5e-5);
    for (int f = FRAME_ICRS; f <= FRAME_ECLIPTIC_J2000; f++)
        for (int i = 0; i < 24; i++) {
            double lon, lat, ra = 0.26 * i, dec = -1.5 + 0.13 * i;
            struct jd_tt tt = {2461368, 0.3};
            frame_of_icrs((enum frame)f, tt, ra, dec, &lon, &lat);
            frame_to_icrs((enum frame)f, tt, lon, lat, &a, &b);
            ck_assert_double_le(eraSeps(a, b, ra, dec), 1e-11);
        }
}
END_TEST

START_TEST(angles)
{
    ck_assert_double_eq_tol(sky_separation(1, 0.5, 1, 0.5 + 1e-10), 1e-10, 1e-16);
    ck_assert_double_eq_tol(sky_separation(1, 0.5, 1 + ERFA_DPI, -0.5), ERFA_DPI, 1e-15);
    ck_assert_double_eq_tol(sky_position_angle(0, 0, 0, 0.1), 0, 1e-15);
    ck_assert_double_eq_tol(sky_position_angle(0, 0, 0.1, 0), ERFA_DPI / 2, 1e-15);
    ck_assert_double_eq_tol(sky_position_angle(0, 0, -0.1, 0), 1.5 * ERFA_DPI, 1e-15);
    ck_assert(isnan(sky_position_angle(1, 0.5, 1, 0.5)));
    ck_assert(isnan(sky_position_angle(1, ERFA_DPI / 2, 1, 0.5)));
    ck_assert(isnan(sky_position_angle(1, 0.5, 1 + ERFA_DPI, -0.5)));
    /* on the meridian, at the equator of a northern site: 0; before it, negative */
    ck_assert_double_eq_tol(sky_parallactic(0, 0, 0.7), 0, 1e-15);
    ck_assert_double_lt(sky_parallactic(-0.3, 0, 0.7), 0);
}
END_TEST

/* Pickering 2002: 38.7 at the horizon; Kasten & Young 1989, table II: 37.92 there; Hardie's
 * polynomial at sec z = 5 by hand: 5 - 0.0072668 - 0.046 - 0.0517312. */
START_TEST(air_mass)
{
    ck_assert_double_eq_tol(sky_airmass(ERFA_DPI / 2), 1, 1e-5);
    ck_assert_double_eq_tol(sky_airmass(1e-9), 38.75, 0.06);
    ck_assert_double_eq_tol(sky_airmass_ky(1e-9), 37.92, 0.01);
    ck_assert_double_eq_tol(sky_airmass_hardie(asin(0.2)), 4.895002, 1e-6);
    ck_assert_double_eq_tol(sky_airmass_secz(30 * ERFA_DD2R), 2, 1e-12);
    ck_assert(isnan(sky_airmass(0)) && isnan(sky_airmass(-0.1)) && isnan(sky_airmass(NAN)));
    ck_assert(isnan(sky_airmass_hardie(9 * ERFA_DD2R)) && isnan(sky_airmass_secz(0)));
}
END_TEST

/* The test points that come with the table; their places are of B1950. */
START_TEST(constellations)
{
    static const struct {
        double h, deg;
        const char *name;
    } points[] = {{9.0000, 65.0000, "UMa"},   {23.5000, -20.0000, "Aqr"},
                  {5.1200, 9.1200, "Ori"},    {9.4555, -19.9000, "Hya"},
                  {12.8888, 22.0000, "Com"},  {15.6687, -12.1234, "Lib"},
                  {19.0000, -40.0000, "CrA"}, {6.2222, -81.1234, "Men"}};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        double ra, dec;
        eraFk45z(points[i].h * 15 * ERFA_DD2R, points[i].deg * ERFA_DD2R, 1950.0, &ra, &dec);
        ck_assert_str_eq(sky_constellation(ra, dec), points[i].name);
    }
    ck_assert_str_eq(sky_constellation(0, ERFA_DPI / 2), "UMi");
    ck_assert_str_eq(sky_constellation(0, -ERFA_DPI / 2), "Oct");
    ck_assert_str_eq(sky_constellation(ERFA_D2PI + 83.8 * ERFA_DD2R, 0), "Ori");
}
END_TEST

START_TEST(sites)
{
    struct site s;
    struct error err;
    double xyz[3];
    ck_assert_int_eq(site_parse(&s, " 43.93, 5.71 ,650", &err), OK);
    ck_assert_double_eq_tol(DEG(s.lat_rad), 43.93, 1e-12);
    ck_assert_int_eq(site_parse(&s, "-31.2,200,0", &err), OK);
    ck_assert_double_eq_tol(DEG(s.lon_rad), -160, 1e-12);
    ck_assert_int_eq(site_parse(&s, "0,180,0", &err), OK);
    ck_assert_double_eq_tol(DEG(s.lon_rad), 180, 1e-12);
    static const char *const bad[] = {"",        "OHP",       "43.9,5.7", "91,0,0",
                                      "0,361,0", "0,0,30000", "1,2,3,4",  "a,b,c",
                                      "nan,0,0", "0,inf,0",   ",,"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(site_parse(&s, bad[i], &err) != OK, "%s", bad[i]);
    /* on the equator at Greenwich: WGS84's radius */
    ck_assert_int_eq(site_set(&s, "", 0, 0, 0, NULL), OK);
    site_geocentric(&s, xyz);
    ck_assert_double_eq_tol(xyz[0], 6378137, 1e-6);
}
END_TEST

/* Nights: noon by the longitude; the date that holds an instant; a pole. */
START_TEST(nights)
{
    struct site s;
    struct night n;
    struct jd_utc utc;
    char out[UTC_TEXT];
    ck_assert_int_eq(utc_of_date(2026, 6, 21, &utc, NULL), OK);
    ck_assert_int_eq(site_set(&s, "", 0, 180, 0, NULL), OK);
    ck_assert_str_eq(utc_format(night_start(utc, &s), 3, out), "2026-06-21T00:00:00.000Z");
    ck_assert_int_eq(site_set(&s, "", 0, -180, 0, NULL), OK);
    ck_assert_str_eq(utc_format(night_start(utc, &s), 3, out), "2026-06-22T00:00:00.000Z");
    ck_assert_int_eq(utc_of_date(2026, 6, 22, &utc, NULL), OK);
    ck_assert_str_eq(utc_format(night_date_of(utc, &s), 0, out), "2026-06-21T00:00:00Z");
    ck_assert_str_eq(utc_format(night_date_of(utc_add_s(utc, -1), &s), 0, out),
                     "2026-06-20T00:00:00Z");
    ck_assert_int_eq(site_set(&s, "", 90, 0, 0, NULL), OK);
    ck_assert_int_eq(night_find(utc, &s, 0, &n, NULL), OK);
    for (int i = 0; i < TWILIGHTS; i++)
        ck_assert(n.sun[i].n == 0 && n.sun[i].always == 1);
    ck_assert_int_eq(site_set(&s, "", -90, 0, 0, NULL), OK);
    ck_assert_int_eq(night_find(utc, &s, 0, &n, NULL), OK);
    for (int i = 0; i < TWILIGHTS; i++)
        ck_assert(n.sun[i].n == 0 && n.sun[i].always == -1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("place");
    TCase *t = tcase_create("all");
    tcase_add_test(t, meeus_moon);
    tcase_add_test(t, moved_stars);
    tcase_add_test(t, meeus_sun);
    tcase_add_test(t, sidereal);
    tcase_add_test(t, frames);
    tcase_add_test(t, angles);
    tcase_add_test(t, air_mass);
    tcase_add_test(t, constellations);
    tcase_add_test(t, sites);
    tcase_add_test(t, nights);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad != 0;
}
