/* check_almanac.c - the fast tables against ERFA's own one-call routines, at random instants. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include <erfa.h>
#include <erfam.h>

#include "vigie/sky/almanac.h"

static double urand(void)
{
    return (double)random() / (double)RAND_MAX;
}

static struct jd_utc at(const char *text)
{
    struct jd_utc utc;
    ck_assert_int_eq(utc_parse(text, NULL, &utc, NULL), OK);
    return utc;
}

static struct almanac *make(double lat, double lon, const char *from, const char *to, double dut1)
{
    struct site site;
    struct almanac *a;
    ck_assert_int_eq(site_set(&site, "x", lat, lon, 500, NULL), OK);
    ck_assert_int_eq(almanac_new(&site, at(from), at(to), dut1, &a, NULL), OK);
    return a;
}

/* A star's place: eraAtco13 without air. */
START_TEST(star_as_erfa)
{
    srandom(7);
    for (int k = 0; k < 6; k++) {
        double lat = -90 + 36 * k, lon = -180 + 70 * k, dut1 = 0.3 * k - 0.8;
        struct almanac *a = make(lat, lon, "2016-12-10", "2017-01-20", dut1);
        for (int i = 0; i < 200; i++) {
            double t = almanac_first(a) + urand() * (almanac_last(a) - almanac_first(a));
            double ra = urand() * ERFA_D2PI, dec = asin(2 * urand() - 1);
            double az, zd, ha, dob, rob, eo;
            struct almanac_star s;
            struct almanac_now now;
            struct almanac_seen seen;
            struct jd_utc utc = almanac_utc(a, t);
            almanac_star_set(&s, ra, dec);
            almanac_at(a, t, &now);
            almanac_star_at(a, &s, &now, &seen);
            ck_assert_int_ge(eraAtco13(ra, dec, 0, 0, 0, 0, utc.d1, utc.d2, dut1,
                                       almanac_site(a)->lon_rad, almanac_site(a)->lat_rad, 500, 0,
                                       0, 0, 0, 0, 0.55, &az, &zd, &ha, &dob, &rob, &eo),
                             0);
            ck_assert_double_le(
                eraSeps(az, ERFA_DPI / 2 - zd, seen.az_rad, seen.alt_rad) * ERFA_DR2AS, 0.02);
            ck_assert_double_le(eraSeps(ha, dob, seen.ha_rad, seen.dec_rad) * ERFA_DR2AS, 0.02);
            ck_assert_double_eq_tol(almanac_star_alt(a, &s, t), seen.alt_rad, 1e-12);
            ck_assert_double_eq_tol(now.eo_rad, eo, 5e-8);
            /* and back in time, through the leap second of 2016 */
            ck_assert_double_eq_tol(almanac_t(a, utc), t, 1e-11);
        }
        almanac_free(a);
    }
}
END_TEST

/* Light time both ways: the slow road of scale.h. */
START_TEST(light_as_scale)
{
    srandom(8);
    struct almanac *a = make(43.9, 5.7, "2016-12-10", "2017-01-20", 0);
    for (int i = 0; i < 500; i++) {
        double t = almanac_first(a) + urand() * (almanac_last(a) - almanac_first(a));
        double ra = urand() * ERFA_D2PI, dec = asin(2 * urand() - 1);
        struct almanac_star s;
        struct jd_utc utc = almanac_utc(a, t);
        almanac_star_set(&s, ra, dec);
        struct light l = light_time(utc, almanac_site(a), ra, dec);
        ck_assert_double_eq_tol(almanac_light_s(a, &s, t), l.barycentric_s, 2e-6);
        struct bjd_tdb bjd = utc_to_bjd(utc, almanac_site(a), ra, dec);
        double back = almanac_t_of_bjd(a, &s, bjd);
        ck_assert_double_eq_tol((back - t) * 86400, 0, 3e-6);
        struct bjd_tdb fast = almanac_bjd(a, &s, t);
        ck_assert_double_eq_tol((fast.d1 - bjd.d1) + (fast.d2 - bjd.d2), 0, 3e-11);
    }
    almanac_free(a);
}
END_TEST

/* The edges of what star_up answers, against the altitude itself on a fine grid. */
START_TEST(star_up_is_up)
{
    srandom(9);
    for (int k = 0; k < 8; k++) {
        static const double lats[] = {-90, -75, -30, 0, 20, 45, 67, 90};
        struct almanac *a = make(lats[k], 100 * k - 350, "2026-03-01", "2026-03-06", 0);
        for (int i = 0; i < 60; i++) {
            double ra = urand() * ERFA_D2PI, dec = asin(2 * urand() - 1);
            double limit = urand() * 0.8;
            struct almanac_star s;
            struct span up[16];
            almanac_star_set(&s, ra, dec);
            size_t n =
                almanac_star_up(a, &s, limit, false, almanac_first(a), almanac_last(a), up, 16);
            ck_assert_uint_le(n, 16);
            for (double t = almanac_first(a); t < almanac_last(a); t += 0.003) {
                double over = almanac_star_alt(a, &s, t) - limit;
                bool in = false;
                for (size_t j = 0; j < n; j++)
                    in |= t >= up[j].from && t <= up[j].to;
                if (fabs(over) > 5e-6) /* 1" */
                    ck_assert_msg(in == (over > 0), "lat %g dec %g limit %g t %g over %g", lats[k],
                                  dec, limit, t, over);
            }
            for (size_t j = 0; j < n; j++)
                if (up[j].from > almanac_first(a))
                    ck_assert_double_eq_tol(almanac_star_alt(a, &s, up[j].from), limit, 1e-6);
        }
        almanac_free(a);
    }
}
END_TEST

START_TEST(transit_is_meridian)
{
    struct almanac *a = make(43.9, 5.7, "2026-03-01", "2026-03-03", 0);
    for (int i = 0; i < 24; i++) {
        struct almanac_star s;
        struct almanac_now now;
        struct almanac_seen seen;
        almanac_star_set(&s, i * 0.2618, 0.4);
        double t = almanac_star_transit(a, &s, almanac_first(a), almanac_last(a));
        ck_assert(t >= almanac_first(a) && t < almanac_first(a) + 0.9973);
        almanac_at(a, t, &now);
        almanac_star_at(a, &s, &now, &seen);
        ck_assert_double_eq_tol(seen.ha_rad, 0, 1e-8);
    }
    almanac_free(a);
}
END_TEST

/* Spans: common parts, cut, sum. */
START_TEST(spans)
{
    struct span x[] = {{0, 2}, {3, 5}, {8, 9}}, y[] = {{1, 4}, {4.5, 8.5}}, out[8];
    ck_assert_uint_eq(span_both(x, 3, y, 2, out, 8), 4);
    ck_assert(out[0].from == 1 && out[0].to == 2);
    ck_assert(out[2].from == 4.5 && out[2].to == 5);
    ck_assert(out[3].from == 8 && out[3].to == 8.5);
    ck_assert_uint_eq(span_cut(x, 3, 1.5, 4, out, 8), 2);
    ck_assert_double_eq_tol(span_sum(out, 2), 1.5, 1e-15);
    ck_assert_uint_eq(span_both(x, 3, y, 2, out, 1), 4); /* counted, not written */
    ck_assert_uint_eq(span_both(x, 0, y, 2, out, 1), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("almanac");
    TCase *t = tcase_create("all");
    tcase_add_test(t, star_as_erfa);
    tcase_add_test(t, light_as_scale);
    tcase_add_test(t, star_up_is_up);
    tcase_add_test(t, transit_is_meridian);
    tcase_add_test(t, spans);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad != 0;
}
