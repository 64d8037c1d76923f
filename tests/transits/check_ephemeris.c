/* check_ephemeris.c - epochs, time systems, uncertainty, T23. Expected: arithmetic done by hand in
 * decimal digits, published values, the numeric orbit below.
 */
#include <stdlib.h>
#include <string.h>

#include "planets.h"
#include "vigie/transits/ephemeris.h"

static void mid_is(const struct orbit_clock *c, int64_t epoch, const char *want)
{
    char text[ORBIT_TEXT];
    ck_assert_str_eq(orbit_text(orbit_mid(c, epoch), 8, text), want);
}

START_TEST(epochs_to_the_last_digit)
{
    struct orbit_clock c;
    /* WASP-12b as the interface's example has it: 2457010.512173 + 3993 x 1.091419108 */
    struct planet p = planet_made("WASP-12b", 6.5, 29, 2457010, .512173, 1, .091419108, 3);
    ck_assert(orbit_clock_set(&c, &p));
    mid_is(&c, 0, "2457010.51217300");
    mid_is(&c, 3993, "2461368.54867124");
    mid_is(&c, 1, "2457011.60359211");
    mid_is(&c, -1, "2457009.42075389");    /* before T0 */
    mid_is(&c, -9000, "2447187.74020100"); /* years before it */
    /* 0.3 d: several a night, 20000 orbits */
    p = planet_made("short", 0, 0, 2459999, .99999999, 0, .28032440, 1);
    ck_assert(orbit_clock_set(&c, &p));
    mid_is(&c, 20000, "2465606.48799999");
    mid_is(&c, -1, "2459999.71967559");
    /* 1084 d */
    p = planet_made("long", 0, 0, 2454000, .5, 1084, .16, 18.97);
    ck_assert(orbit_clock_set(&c, &p));
    mid_is(&c, 7, "2461589.62000000");
}
END_TEST

START_TEST(epoch_of_an_instant)
{
    struct orbit_clock c;
    struct planet p = planet_made("x", 0, 0, 2457010, .5, 2, .5, 3);
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert_double_eq_tol(orbit_epoch(&c, (struct bjd_tdb){2457013, 0}), 1, 1e-12);
    ck_assert_double_eq_tol(orbit_epoch(&c, (struct bjd_tdb){2457000.5, 0}), -4, 1e-12);
}
END_TEST

START_TEST(text_rounds_and_carries)
{
    char t[ORBIT_TEXT];
    ck_assert_str_eq(orbit_text((struct bjd_tdb){2457010, 0.999999996}, 8, t), "2457011.00000000");
    ck_assert_str_eq(orbit_text((struct bjd_tdb){2457010, 0.000000004}, 8, t), "2457010.00000000");
    ck_assert_str_eq(orbit_text((struct bjd_tdb){2457010.5, -0.25}, 3, t), "2457010.250");
    ck_assert_str_eq(orbit_text((struct bjd_tdb){NAN, 0}, 8, t), "-");
}
END_TEST

START_TEST(uncertainty_grows_with_epochs)
{
    struct orbit_clock c;
    struct planet p = planet_made("x", 0, 0, 2457010, .5, 2, 0, 3);
    p.ephemeris.t0_err_d = 3e-4;
    p.ephemeris.period_err_d = 4e-7;
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert_double_eq_tol(orbit_sigma_d(&c, 0), 3e-4, 1e-18);
    ck_assert_double_eq_tol(orbit_sigma_d(&c, 1000), 5e-4, 1e-15); /* 3, 4, 5 */
    ck_assert_double_eq_tol(orbit_sigma_d(&c, -1000), 5e-4, 1e-15);
    ck_assert(!orbit_lost(&c, 1000));
    ck_assert(!orbit_lost(&c, 2499000)); /* 0.9996 d of a period of 2 d */
    ck_assert(orbit_lost(&c, 2501000));
    p.ephemeris.period_err_d = NAN;
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert(isnan(orbit_sigma_d(&c, 1)) && !orbit_lost(&c, 1));
    ck_assert_double_eq_tol(orbit_sigma_d(&c, 0), 3e-4, 1e-18);
}
END_TEST

static double seconds(const struct orbit_clock *c, double day, double frac)
{
    return ((c->t0.day - day) + (c->t0.frac - frac)) * 86400;
}

START_TEST(time_systems)
{
    struct orbit_clock c;
    /* 2026-09-18T04:30 UTC and HAT-P-17: TDB-UTC 69.18 s; light time 362.23 s from Texas (the
     * specification of nina-pm), 0.02 s less or more from the Earth's centre */
    double day = 2461301, frac = 0.6875;
    struct planet p = planet_made("HAT-P-17b", 21 + 38 / 60.0 + 8.7311 / 3600,
                                  30 + 29 / 60.0 + 19.445 / 3600, day, frac, 10, .33853486, 4);
    p.ephemeris.system = TIME_JD_UTC;
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert(!c.unsure);
    ck_assert_double_eq_tol(seconds(&c, day, frac), 69.184 + 362.23, 0.03);
    p.ephemeris.system = TIME_BJD_UTC;
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert(!c.unsure);
    ck_assert_double_eq_tol(seconds(&c, day, frac), 69.184, 0.002);
    p.ephemeris.system = TIME_BJD_TT; /* TDB and TT are never more than 1.7 ms apart */
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert_double_eq_tol(seconds(&c, day, frac), 0, 0.0018);
    p.ephemeris.system = TIME_HJD_UTC; /* Sun and barycentre: at most 5 s */
    ck_assert(orbit_clock_set(&c, &p));
    double hjd_utc = seconds(&c, day, frac);
    ck_assert_double_eq_tol(hjd_utc, 69.184, 5);
    p.ephemeris.system = TIME_HJD_TT;
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert_double_eq_tol(seconds(&c, day, frac), hjd_utc - 69.184, 0.01);
    p.ephemeris.system = TIME_HJD_TDB;
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert_double_eq_tol(seconds(&c, day, frac), hjd_utc - 69.184, 0.01);
    ck_assert(!c.unsure);
    p.ephemeris.system = TIME_HJD;
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert(c.unsure && fabs(seconds(&c, day, frac) - hjd_utc) < 1e-4);
    enum time_system same[] = {TIME_BJD, TIME_JD, TIME_UNKNOWN};
    for (size_t i = 0; i < 3; i++) {
        p.ephemeris.system = same[i];
        ck_assert(orbit_clock_set(&c, &p));
        ck_assert(c.unsure && fabs(seconds(&c, day, frac)) < 1e-4);
    }
}
END_TEST

START_TEST(leap_seconds_are_those_of_the_date)
{
    struct orbit_clock c;
    /* 1999-06-01: TAI-UTC 32 s, TDB-UTC 64.184 s */
    struct planet p = planet_made("x", 5, 10, 2451330, .5, 3, 0, 2);
    p.ephemeris.system = TIME_BJD_UTC;
    ck_assert(orbit_clock_set(&c, &p));
    ck_assert_double_eq_tol(seconds(&c, 2451330, .5), 64.184, 0.002);
}
END_TEST

START_TEST(useless_ephemerides)
{
    struct orbit_clock c;
    struct planet p = planet_made("x", 0, 0, 2457010, .5, 0, 0, 3);
    ck_assert(!orbit_clock_set(&c, &p));
    p.ephemeris.period = (struct days){-2, 0.5};
    ck_assert(!orbit_clock_set(&c, &p));
    p.ephemeris.period = (struct days){NAN, NAN};
    ck_assert(!orbit_clock_set(&c, &p));
    p.ephemeris.period = (struct days){2, 0};
    p.ephemeris.t0 = (struct days){0, 0};
    ck_assert(!orbit_clock_set(&c, &p));
    p.ephemeris.t0 = (struct days){NAN, NAN};
    ck_assert(!orbit_clock_set(&c, &p));
}
END_TEST

START_TEST(another_ephemeris)
{
    struct orbit_clock c;
    struct orbit_other o;
    struct planet a = planet_made("a", 5, 10, 2457000, .25, 3, .5, 2),
                  b = planet_made("b", 5, 10, 2456993, .26, 3, .5001, 2); /* two orbits before */
    b.ephemeris.t0_err_d = 3e-3;
    b.ephemeris.period_err_d = 4e-5;
    ck_assert(orbit_clock_set(&c, &a));
    ck_assert(orbit_compare(&b, orbit_mid(&c, 98), &o)); /* its epoch 100 */
    ck_assert_double_eq_tol(o.shift_d, 0.01 + 100 * 1e-4, 1e-9);
    ck_assert_double_eq_tol(o.sigma_d, 5e-3, 1e-12);
    ck_assert(!o.unsure);
    b.ephemeris.t0.day = NAN;
    ck_assert(!orbit_compare(&b, orbit_mid(&c, 98), &o));
}
END_TEST

/* Half the time that the planet's centre is nearer than `reach` stellar radii on a circular orbit, as
 * a fraction of the period: by walking along the orbit. */
static double half_time(double a, double inclination, double reach)
{
    double lo = 0, hi = 0.25;
    for (int i = 0; i < 60; i++) {
        double mid = (lo + hi) / 2, w = 2 * 3.14159265358979323846 * mid;
        double x = a * sin(w), y = a * cos(w) * cos(inclination);
        if (hypot(x, y) < reach)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

START_TEST(flat_part_of_circular_orbits)
{
    double k[] = {0.1, 0.12, 0.02, 0.16}, a[] = {8.8, 3.04, 30, 6},
           i_deg[] = {86.7, 83.4, 89.5, 83};
    for (size_t j = 0; j < 4; j++) {
        double p_day = 3.5, i = i_deg[j] * DEG;
        struct planet p = planet_made("x", 0, 0, 2457010, .5, 3, .5,
                                      2 * half_time(a[j], i, 1 + k[j]) * p_day * 24);
        p.rp_over_rs = k[j];
        p.a_over_rs = a[j];
        p.inclination_rad = i;
        p.eccentricity = 0;
        ck_assert_double_eq_tol(orbit_flat_h(&p), 2 * half_time(a[j], i, 1 - k[j]) * p_day * 24,
                                1e-9);
    }
}
END_TEST

START_TEST(flat_part_of_others)
{
    struct planet p = planet_made("x", 0, 0, 2457010, .5, 3, .5, 1.5);
    ck_assert(isnan(orbit_flat_h(&p))); /* nothing known */
    p.rp_over_rs = 0.15;
    p.a_over_rs = 8;
    p.inclination_rad = 83.2 * DEG; /* b = 0.947: grazing */
    p.eccentricity = 0;
    ck_assert_double_eq(orbit_flat_h(&p), 0);
    p.inclination_rad = 60 * DEG; /* b = 4: no transit at all */
    ck_assert(isnan(orbit_flat_h(&p)));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ephemeris");
    TCase *t = tcase_create("ephemeris");
    tcase_add_test(t, epochs_to_the_last_digit);
    tcase_add_test(t, epoch_of_an_instant);
    tcase_add_test(t, text_rounds_and_carries);
    tcase_add_test(t, uncertainty_grows_with_epochs);
    tcase_add_test(t, time_systems);
    tcase_add_test(t, leap_seconds_are_those_of_the_date);
    tcase_add_test(t, useless_ephemerides);
    tcase_add_test(t, another_ephemeris);
    tcase_add_test(t, flat_part_of_circular_orbits);
    tcase_add_test(t, flat_part_of_others);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
