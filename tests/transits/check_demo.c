/* check_demo.c - the built-in catalogue: enough planets in every season, each with its source; with
 * VIGIE_CORPUS its predictions against ExoClock's own ephemerides.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/transits/catalogue.h"

static const double deg = 3.14159265358979323846 / 180;

START_TEST(every_season_has_planets)
{
    struct catalogue *c = catalogue_demo();
    size_t north[6] = {0};
    ck_assert_uint_ge(c->n, 60);
    ck_assert_uint_eq(c->n_reject, 0);
    ck_assert_int_eq(c->origin, PLANET_DEMO);
    for (size_t i = 0; i < c->n; i++) {
        const struct planet *p = &c->planet[i];
        ck_assert_uint_eq(strlen(p->ephemeris.ref), 19); /* a bibcode */
        ck_assert_uint_eq(strlen(p->transit_ref), 19);
        ck_assert(p->ephemeris.t0_err_d > 0 && p->ephemeris.t0_err_d < 0.01);
        ck_assert(p->ephemeris.period_err_d > 0);
        ck_assert(planet_known(p->mag_v) && planet_known(p->depth_mmag));
        ck_assert_ptr_eq(catalogue_find(c, p->name), p);
        if (p->dec_rad > -20 * deg)
            north[(int)(p->ra_rad / (60 * deg))]++;
    }
    for (size_t i = 0; i < 6; i++)
        ck_assert_uint_ge(north[i], 8);
    const struct planet *p = catalogue_find(c, "WASP-12b");
    ck_assert_double_eq(p->ephemeris.t0.frac, 0.512173);
    ck_assert_double_eq_tol(p->duration_h, 2.99592, 1e-9);
    ck_assert_double_eq_tol(p->depth_mmag, 17.5123, 0.005); /* 1.6 % */
    catalogue_free(c);
}
END_TEST

/* Days from one ephemeris's transit near `at` to the nearest of the other. */
static double apart(const struct ephemeris *a, const struct ephemeris *b, double at)
{
    double pa = a->period.day + a->period.frac, pb = b->period.day + b->period.frac;
    double ta = a->t0.day + a->t0.frac, tb = b->t0.day + b->t0.frac;
    double mid = ta + round((at - ta) / pa) * pa;
    double phase = (mid - tb) / pb;
    return (phase - round(phase)) * pb;
}

START_TEST(agrees_with_exoclock)
{
    const char *dir = getenv("VIGIE_CORPUS");
    struct catalogue *demo = catalogue_demo(), *real;
    if (!dir) {
        fputs("check_demo: VIGIE_CORPUS is not set: comparison with ExoClock is left out\n",
              stderr);
        catalogue_free(demo);
        return;
    }
    char *path = mem_printf("%s/exoclock/planets.json", dir);
    ck_assert_int_eq(catalogue_read(path, 0, &real, NULL), OK);
    for (size_t i = 0; i < demo->n; i++) {
        const struct planet *p = &demo->planet[i], *q = catalogue_find(real, p->name);
        ck_assert_msg(q != NULL, "%s", p->name);
        double away = hypot((p->ra_rad - q->ra_rad) * cos(q->dec_rad), p->dec_rad - q->dec_rad);
        ck_assert_msg(away < 5.0 / 3600 * deg, "%s: %g rad", p->name, away);
        double minutes = apart(&p->ephemeris, &q->ephemeris, 2461368.5) * 1440; /* 2026-11-24 */
        ck_assert_msg(fabs(minutes) < 3, "%s: %g min", p->name, minutes);
        ck_assert_msg(fabs(p->duration_h / q->duration_h - 1) < 0.1, "%s", p->name);
        ck_assert_msg(fabs(p->depth_mmag / q->depth_mmag - 1) < 0.31, "%s", p->name);
    }
    catalogue_free(real);
    catalogue_free(demo);
    free(path);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("demo");
    TCase *t = tcase_create("demo");
    tcase_add_test(t, every_season_has_planets);
    tcase_add_test(t, agrees_with_exoclock);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
