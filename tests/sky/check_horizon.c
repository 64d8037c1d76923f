/* check_horizon.c - horizon masks: their texts, and what they hide of a star's way; tracks. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/sky/track.h"

static const double DEG = 3.14159265358979323846 / 180;

static struct horizon *read(const char *text)
{
    struct horizon *h;
    struct error err = {0};
    ck_assert_msg(horizon_parse(text, strlen(text), &h, &err) == OK, "%s", err.text);
    return h;
}

static double alt(const struct horizon *h, double az_deg)
{
    return horizon_alt(h, az_deg * DEG) / DEG;
}

START_TEST(texts)
{
    struct horizon *h =
        read("\xEF\xBB\xBF# N.I.N.A.\r\n0 10\r\n 90\t20 # tree\n\n180, 30\n;\n270;5\n");
    ck_assert_uint_eq(horizon_points(h), 4);
    ck_assert_double_eq_tol(alt(h, 0), 10, 1e-12);
    ck_assert_double_eq_tol(alt(h, 45), 15, 1e-12);
    ck_assert_double_eq_tol(alt(h, 180), 30, 1e-12);
    ck_assert_double_eq_tol(alt(h, 315), 7.5, 1e-12); /* across north */
    ck_assert_double_eq_tol(alt(h, -45), 7.5, 1e-12);
    ck_assert_double_eq_tol(alt(h, 765), 15, 1e-12);
    ck_assert_double_eq_tol(horizon_highest(h) / DEG, 30, 1e-12);
    ck_assert_double_eq_tol(horizon_lowest(h) / DEG, 5, 1e-12);
    horizon_free(h);
    h = read("200 10\n100 0\n"); /* any order; gaps over north */
    ck_assert_double_eq_tol(alt(h, 150), 5, 1e-12);
    ck_assert_double_eq_tol(alt(h, 330), 5, 1e-12);
    horizon_free(h);
    h = read("100 0\n100 40\n110 40\n110 0\n"); /* a wall */
    ck_assert_double_eq_tol(alt(h, 100), 40, 1e-12);
    ck_assert_double_eq_tol(alt(h, 99.999), 0, 1e-12);
    ck_assert_double_eq_tol(alt(h, 105), 40, 1e-12);
    ck_assert_double_eq_tol(alt(h, 110.001), 0, 1e-12);
    ck_assert_double_eq_tol(alt(h, 110), 40, 1e-12);
    horizon_free(h);
    h = read("0 12\n360 12\n"); /* both ends of a Stellarium list */
    ck_assert_double_eq_tol(alt(h, 123), 12, 1e-12);
    ck_assert_double_eq_tol(alt(h, 0), 12, 1e-12);
    horizon_free(h);
    h = read("77 -3.5"); /* one point is level */
    ck_assert_double_eq_tol(alt(h, 300), -3.5, 1e-12);
    horizon_free(h);
    ck_assert_double_eq_tol(horizon_alt(NULL, 1) / DEG, -90, 1e-12);
    horizon_free(NULL);
}
END_TEST

START_TEST(refused)
{
    static const char *const bad[] = {
        "",        "\n# nothing\n", "10\n",    "10 20 30\n", "a b\n",  "10 91\n",  "1000 5\n",
        "10,,5\n", "0x10 5\n",      "nan 5\n", "10 inf\n",   "10-5\n", "10 5 x\n", "1e999 5\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct horizon *h;
        struct error err = {0};
        ck_assert_msg(horizon_parse(bad[i], strlen(bad[i]), &h, &err) != OK, "%s", bad[i]);
        ck_assert_ptr_null(h);
    }
    struct error err;
    struct horizon *h;
    ck_assert_int_eq(horizon_parse("0 1\n1 1\nx\n", 10, &h, &err), E_PARSE);
    ck_assert_ptr_nonnull(strstr(err.text, "line 3"));
    ck_assert_int_eq(horizon_load("/nonexistent/h.txt", &h, &err), E_ABSENT);
}
END_TEST

/* A wall, a slope and the Sun's limit: the spans agree with the curve itself on a fine grid. */
START_TEST(observable)
{
    struct site site;
    struct almanac *a;
    struct jd_utc from, to;
    struct span up[32];
    ck_assert_int_eq(site_set(&site, "", 44, 6, 600, NULL), OK);
    site.horizon = read("0 5\n120 5\n120 50\n140 50\n140 5\n200 10\n260 60\n300 10\n");
    ck_assert_int_eq(utc_of_date(2026, 11, 23, &from, NULL), OK);
    ck_assert_int_eq(utc_of_date(2026, 11, 26, &to, NULL), OK);
    ck_assert_int_eq(almanac_new(&site, from, to, 0, &a, NULL), OK);
    for (int i = 0; i < 30; i++) {
        struct almanac_star s;
        struct almanac_now now;
        struct almanac_seen seen;
        almanac_star_set(&s, i * 0.21, -0.9 + 0.08 * i);
        size_t n =
            track_observable(a, &s, 20 * DEG, -12 * DEG, almanac_first(a), almanac_last(a), up, 32);
        ck_assert_uint_le(n, 32);
        for (double t = almanac_first(a); t < almanac_last(a); t += 0.0007) {
            almanac_at(a, t, &now);
            almanac_star_at(a, &s, &now, &seen);
            double over = fmin(seen.alt_rad - 20 * DEG, -12 * DEG - now.sun_alt_rad);
            double mask = seen.alt_rad - horizon_alt(site.horizon, seen.az_rad);
            bool in = false, edge = fabs(over) < 2e-4 || fabs(mask) < 2e-4;
            for (size_t j = 0; j < n; j++) {
                in |= t >= up[j].from && t <= up[j].to;
                edge |= fabs(t - up[j].from) < 1e-5 || fabs(t - up[j].to) < 1e-5;
            }
            if (!edge)
                ck_assert_msg(in == (over > 0 && mask > 0), "star %d t %.5f", i, t);
        }
        double best_alt, best = track_best(a, &s, up, n, &best_alt);
        ck_assert(n ? best >= almanac_first(a) : isnan(best) && isnan(best_alt));
        for (size_t j = 0; j < n; j++)
            for (double t = up[j].from; t < up[j].to; t += 0.005)
                ck_assert_double_le(almanac_star_alt(a, &s, t), best_alt + 1e-9);
    }
    almanac_free(a);
    site_clear(&site);
}
END_TEST

START_TEST(curves)
{
    struct site site;
    struct almanac *a;
    struct jd_utc from, to;
    struct almanac_star s;
    double track[25][2];
    struct span moon[8];
    ck_assert_int_eq(site_set(&site, "", -30, 150, 0, NULL), OK);
    ck_assert_int_eq(utc_of_date(2026, 11, 23, &from, NULL), OK);
    ck_assert_int_eq(utc_of_date(2026, 11, 24, &to, NULL), OK);
    ck_assert_int_eq(almanac_new(&site, from, to, 0, &a, NULL), OK);
    almanac_star_set(&s, 1, -0.5);
    double t0 = almanac_first(a), t1 = almanac_last(a);
    track_sample(a, BODY_STAR, &s, t0, t1, 25, track);
    ck_assert_double_eq_tol(track[0][0], almanac_star_alt(a, &s, t0), 1e-12);
    ck_assert_double_eq_tol(track[24][0], almanac_star_alt(a, &s, t1), 1e-12);
    track_sample(a, BODY_SUN, NULL, t0, t1, 25, track);
    ck_assert_double_eq_tol(track[12][0], almanac_sun_alt(a, 0.5 * (t0 + t1)), 1e-12);
    track_sample(a, BODY_MOON, NULL, t0, t1, 25, track);
    ck_assert_double_eq_tol(track[6][0], almanac_moon_alt(a, t0 + 0.25 * (t1 - t0)), 1e-12);
    size_t n = track_above(a, BODY_MOON, 0, t0, t1, moon, 8);
    ck_assert(n >= 1 && n <= 2);
    for (size_t i = 0; i < n; i++)
        if (moon[i].from > t0)
            ck_assert_double_eq_tol(almanac_moon_alt(a, moon[i].from), 0, 1e-8);
    almanac_free(a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("horizon");
    TCase *t = tcase_create("all");
    tcase_add_test(t, texts);
    tcase_add_test(t, refused);
    tcase_add_test(t, observable);
    tcase_add_test(t, curves);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad != 0;
}
