/* check_judge.c - events judged for a site, against rise, transit and set of another program. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/judge.h"

#define DEG (3.14159265358979323846 / 180)

static struct site site;
static struct jd_utc now;

static void setup(void)
{
    ck_assert_int_eq(site_set(&site, "OHP", 43.9317, 5.7133, 650, NULL), OK);
    ck_assert_int_eq(utc_parse("2026-11-23T21:14:07Z", NULL, &now, NULL), OK);
}

static struct alert_view judge(double ra_deg, double dec_deg, double error_deg, double min_alt_deg,
                               double max_sun_alt_deg)
{
    struct alert_limits limits = {
        min_alt_deg * DEG, max_sun_alt_deg * DEG, {34.0 / 60 * DEG, 23.0 / 60 * DEG}};
    struct alert_judge *j;
    struct alert_event e;
    struct alert_view v;
    struct error err;
    ck_assert_msg(alert_judge_new(&site, &limits, now, &j, &err) == OK, "%s", err.text);
    alert_event_init(&e);
    e.ra_rad = ra_deg * DEG;
    e.dec_rad = dec_deg * DEG;
    e.error_rad = error_deg * DEG;
    e.time = now;
    alert_judge_event(j, &e, &v);
    alert_judge_free(j);
    return v;
}

static double minutes_from(struct jd_utc t, const char *text)
{
    struct jd_utc want;
    ck_assert_int_eq(utc_parse(text, NULL, &want, NULL), OK);
    return fabs(utc_diff_s(t, want)) / 60;
}

/* Rise and set at -34', transit and its altitude: astropy 5 with ERFA, UT1 = UTC, rounded to 0.1 s
 * and 1e-4 deg. */
START_TEST(up_and_down)
{
    static const struct {
        double lat_deg, lon_deg, height_m, ra_deg, dec_deg;
        const char *start, *rise, *transit, *set;
        double transit_alt_deg;
    } rows[] = {
        {-31.2754, 149.0672, 1165, 288.26459, 19.7735, "2009-11-03T00:00:00Z",
         "2009-11-03T01:15:05.2Z", "2009-11-03T06:26:36.6Z", "2009-11-03T11:38:08.0Z", 38.9312},
        {43.7522, 6.923, 1270, 90.278203, -17.913821, "2016-09-17T00:00:00Z",
         "2016-09-17T00:57:12.5Z", "2016-09-17T05:47:46.0Z", "2016-09-17T10:38:19.4Z", 28.3348},
        {43.3056, 5.3948, 75, 28.980731, 39.534421, "2012-08-19T00:00:00Z", NULL,
         "2012-08-19T03:43:31.9Z", "2012-08-19T13:13:26.5Z", 86.2897}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(
            site_set(&site, "", rows[i].lat_deg, rows[i].lon_deg, rows[i].height_m, NULL), OK);
        ck_assert_int_eq(utc_parse(rows[i].start, NULL, &now, NULL), OK);
        struct alert_view v = judge(rows[i].ra_deg, rows[i].dec_deg, 0.01, -0.5667, 90);
        ck_assert_int_eq(v.up, rows[i].rise == NULL);
        ck_assert(minutes_from(v.from, rows[i].rise ? rows[i].rise : rows[i].start) < 2 / 60.0);
        ck_assert(minutes_from(v.until, rows[i].set) < 2 / 60.0);
        ck_assert_int_eq(utc_parse(rows[i].transit, NULL, &now, NULL), OK);
        v = judge(rows[i].ra_deg, rows[i].dec_deg, 0.01, -0.5667, 90);
        ck_assert_double_eq_tol(v.alt_rad / DEG, rows[i].transit_alt_deg, 2e-4);
        ck_assert(v.up);
    }
}
END_TEST

/* Dark (Sun below -18 deg) from 17:47 to 05:02 that night. */
START_TEST(dark_ends_it)
{
    struct alert_view v = judge(83.60, 22.0197, 0.01, 30, -18);
    ck_assert(minutes_from(v.until, "2026-11-24T05:02:00Z") < 1.5);
    v = judge(0, -89, 0.01, 30, -18);
    ck_assert(!v.up && v.left_s == 0 && !alert_time_known(v.from) && v.score == 0);
}
END_TEST

START_TEST(rising_later)
{
    struct alert_view v = judge(150, 10, 0.01, 30, -18);
    ck_assert(!v.up && v.rising && v.left_s > 0);
    ck_assert(utc_diff_s(v.from, now) > 3600);
    ck_assert_double_eq_tol(utc_diff_s(v.until, v.from), v.left_s, 61 * 86400);
    ck_assert(!judge(339.25, 34.42, 0.01, 30, -18).rising);
}
END_TEST

START_TEST(fit)
{
    static const double fov[2] = {34.0 / 60 * DEG, 23.0 / 60 * DEG}, none[2] = {NAN, NAN};
    int n;
    ck_assert_int_eq(alert_fit_of(10.0 / 60 * DEG, fov, &n), FIT_ONE);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(alert_fit_of(12.0 / 60 * DEG, fov, &n), FIT_SEVERAL);
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(alert_fit_of(0.5 * DEG, fov, &n), FIT_SEVERAL); /* 60' : 2 by 3 */
    ck_assert_int_eq(n, 6);
    ck_assert_int_eq(alert_fit_of(4 * DEG, fov, &n), FIT_TOO_BIG);
    ck_assert_int_eq(n, 0);
    ck_assert_int_eq(alert_fit_of(NAN, fov, &n), FIT_UNKNOWN);
    ck_assert_int_eq(alert_fit_of(1, none, &n), FIT_UNKNOWN);
}
END_TEST

START_TEST(nowhere)
{
    struct alert_view v = judge(NAN, NAN, NAN, 30, -18);
    ck_assert_double_nan(v.alt_rad);
    ck_assert_double_nan(v.moon_sep_rad);
    ck_assert(v.score == 0 && v.dark && !v.up);
}
END_TEST

static double score(double mag, double age_days, double error_deg)
{
    struct alert_limits limits = {30 * DEG, -18 * DEG, {0.5 * DEG, 0.5 * DEG}};
    struct alert_judge *j;
    struct alert_event e;
    struct alert_view v;
    ck_assert_int_eq(alert_judge_new(&site, &limits, now, &j, NULL), OK);
    alert_event_init(&e);
    e.ra_rad = 35.62 * DEG;
    e.dec_rad = 42.35 * DEG;
    e.error_rad = error_deg * DEG;
    e.mag = mag;
    e.time = utc_add_s(now, -86400 * age_days);
    alert_judge_event(j, &e, &v);
    alert_judge_free(j);
    return v.score;
}

START_TEST(score_orders)
{
    ck_assert(score(15, 1, 0.01) > score(19, 1, 0.01));
    ck_assert(score(15, 1, 0.01) > score(15, 9, 0.01));
    ck_assert(score(15, 1, 0.01) > score(15, 1, 20));
    ck_assert(score(9, 0, 0.01) <= 1 && score(22, 300, 20) > 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {up_and_down, dark_ends_it, rising_later,
                                  fit,         nowhere,      score_orders};
    Suite *s = suite_create("judge");
    TCase *t = tcase_create("judge");
    tcase_add_checked_fixture(t, setup, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
