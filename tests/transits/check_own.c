/* check_own.c - the observer's own targets: what is read, and what is said of wrong lines. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"
#include "vigie/transits/catalogue.h"

static const double deg = 3.14159265358979323846 / 180;

static void on_bad(void *arg, int line, const char *why)
{
    str_addf(arg, "%d: %s\n", line, why);
}

START_TEST(reads_targets_and_tells_of_wrong_lines)
{
    const char *dir = getenv("VIGIE_TEST_DATA");
    char *path = mem_printf("%s/transits/own.txt", dir ? dir : "tests/data");
    struct catalogue *c = catalogue_demo();
    struct str bad = {0};
    struct error err = {0};
    size_t before = c->n, n, n_bad;
    ck_assert_msg(catalogue_add_own(c, path, on_bad, &bad, &n, &n_bad, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(n, 3);
    ck_assert_uint_eq(n_bad, 10);
    ck_assert_uint_eq(c->n, before + 2); /* WASP-12b took the place of the other one */
    const struct planet *p = catalogue_find(c, "v1234cyg");
    ck_assert_ptr_nonnull(p);
    ck_assert_int_eq(p->origin, PLANET_OWN);
    ck_assert_str_eq(p->name, "V1234 Cyg");
    ck_assert_str_eq(p->star, "V1234 Cyg");
    ck_assert_int_eq(p->ephemeris.system, TIME_HJD_UTC);
    ck_assert_double_eq(p->ephemeris.t0.day, 2459000);
    ck_assert_double_eq(p->ephemeris.t0.frac, 0.1234);
    ck_assert_double_eq(p->duration_h, 2.5);
    ck_assert_double_eq_tol(p->depth_mmag, 138.79, 0.01); /* -2500 log10(0.88) */
    ck_assert_double_eq_tol(p->ra_rad, 303.877083333 * deg, 1e-11);
    ck_assert_double_eq_tol(p->dec_rad, (35 + 10 / 60.0 + 22 / 3600.0) * deg, 1e-12);
    ck_assert_double_eq(p->mag_v, 11.2);
    ck_assert_double_eq_tol(p->min_aperture_in * 25.4, 200, 1e-9);
    ck_assert(isnan(p->ephemeris.t0_err_d));
    p = catalogue_find(c, "TOI-9999.01");
    ck_assert_int_eq(p->ephemeris.system, TIME_BJD_TDB);
    ck_assert_double_eq(p->ephemeris.t0.day, 2458683);
    ck_assert_double_eq_tol(p->ephemeris.t0_err_d, 90 / 86400.0, 1e-15);
    ck_assert_double_eq_tol(p->ra_rad, 303.877 * deg, 1e-12);
    ck_assert_double_eq_tol(p->dec_rad, -0.5 * deg, 1e-12);
    ck_assert_int_eq(p->priority, PRIORITY_HIGH);
    p = catalogue_find(c, "WASP-12b");
    ck_assert(p->origin == PLANET_OWN && p->duration_h == 3);
    static const char *const want[] = {"5: no mid-transit time",
                                       "6: no key \"perod\"; did you mean period?",
                                       "7: duration: \"3km\": unit \"km\" is not known",
                                       "8: name: quote never closed",
                                       "9: ra: ",
                                       "10: duration 30 h is not between 0 and the period",
                                       "11: \"nonsense\": words are key=value",
                                       "12: depth: \"120%\" is more than the star gives",
                                       "13: system: \"MJD\" is not known",
                                       "14: mid-transit time 59000.5 is no Julian date"};
    const char *at = str_c(&bad);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        ck_assert_msg(strncmp(at, want[i], strlen(want[i])) == 0, "%s", at);
        at = strchr(at, '\n') + 1;
    }
    str_clear(&bad);
    catalogue_free(c);
    free(path);
}
END_TEST

START_TEST(alone_and_empty)
{
    struct catalogue *c = catalogue_new("own", PLANET_OWN);
    struct error err = {0};
    size_t n, n_bad;
    ck_assert_int_eq(catalogue_add_own(c, "/nowhere/own.txt", NULL, NULL, &n, &n_bad, &err),
                     E_ABSENT);
    ck_assert_int_eq(catalogue_add_own_text(c, "", NULL, NULL, &n, &n_bad, &err), OK);
    ck_assert(n == 0 && n_bad == 0);
    ck_assert_int_eq(catalogue_add_own_text(c,
                                            "\xEF\xBB\xBFname=A t0=2459000.5 period=2 duration=3 "
                                            "ra=10 dec=20\r\n\r\nx\r\n",
                                            NULL, NULL, &n, &n_bad, &err),
                     OK);
    ck_assert(n == 1 && n_bad == 1 && c->n == 1);
    ck_assert_int_eq(c->planet[0].ephemeris.system, TIME_UNKNOWN);
    ck_assert(isnan(c->planet[0].depth_mmag));
    catalogue_free(c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("own");
    TCase *t = tcase_create("own");
    tcase_add_test(t, reads_targets_and_tells_of_wrong_lines);
    tcase_add_test(t, alone_and_empty);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
