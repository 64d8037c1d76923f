/* check_list.c - spans, order, filters and what they hide. Expected: by construction of the planets,
 * and by what a list must be whatever the sky does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "planets.h"

enum { N = 40 };

/* Forty planets all over the sky, periods 0.28 to 30 d. */
static void many(struct planet p[N])
{
    static char names[N][8];
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "p%02d", i);
        double period = 0.28 * pow(30 / 0.28, i / (N - 1.0));
        p[i] = planet_made(names[i], 24.0 * i / N, -60 + (i * 37) % 140, 2455000, 0.02 * i,
                           floor(period), period - floor(period), 1 + 0.1 * i);
        p[i].min_aperture_in = 4 + i % 10;
        p[i].depth_mmag = 1 + i;
        p[i].mag_v = 8 + 0.2 * i;
        p[i].priority = (enum priority)(1 + i % 4);
    }
}

static void same_event(const struct transit_event *a, const struct transit_event *b)
{
    ck_assert_str_eq(a->planet->name, b->planet->name);
    ck_assert_int_eq(a->epoch, b->epoch);
    ck_assert_int_eq(a->class, b->class);
    for (int i = 0; i < TRANSIT_CONTACTS; i++)
        ck_assert_double_eq_tol(utc_diff_s(a->contact[i].utc, b->contact[i].utc), 0, 1e-4);
    ck_assert_double_eq_tol(a->window_fraction, b->window_fraction, 1e-5);
}

START_TEST(two_halves_are_the_whole)
{
    struct planet p[N];
    many(p);
    /* the leap second of 2016 lies at the seam of the first */
    const char *t[][3] = {{"2016-12-25", "2017-01-01", "2017-01-08"},
                          {"2026-11-01T07:31:12.345", "2026-11-05T19:00", "2026-11-12"},
                          {"1999-02-25", "1999-02-28T12:00", "1999-03-03"}};
    double lat[] = {43.9, -90, 69}, lon[] = {5.7, 0, 180};
    for (int k = 0; k < 3; k++) {
        struct site s = site_made(lat[k], lon[k], 650);
        struct transit_request ra = request_made(p, N, &s, t[k][0], t[k][1]),
                               rb = request_made(p, N, &s, t[k][1], t[k][2]),
                               rc = request_made(p, N, &s, t[k][0], t[k][2]);
        struct transit_list *a = list_made(&ra), *b = list_made(&rb), *c = list_made(&rc);
        ck_assert_uint_ge(c->n, 100);
        ck_assert_uint_eq(a->n + b->n, c->n);
        for (size_t i = 0; i < c->n; i++) {
            same_event(&c->at[i], i < a->n ? &a->at[i] : &b->at[i - a->n]);
            double since = utc_diff_s(c->at[i].contact[TRANSIT_MID].utc, rc.from);
            ck_assert(since >= 0 && since < utc_diff_s(rc.to, rc.from));
        }
        transit_list_free(a);
        transit_list_free(b);
        transit_list_free(c);
    }
}
END_TEST

START_TEST(order_is_mid_then_name)
{
    struct site s = site_made(0, 0, 0);
    struct planet p[3] = {planet_made("b", 3, 0, 2455000, .1, 0, .5, 1),
                          planet_made("a", 3, 0, 2455000, .1, 0, .5, 1),
                          planet_made("c", 3, 0, 2455000, .05, 0, .5, 1)};
    struct transit_request r = request_made(p, 3, &s, "2026-11-01", "2026-11-03");
    struct transit_list *l = list_made(&r);
    ck_assert_uint_eq(l->n, 12);
    for (size_t i = 0; i < l->n; i += 3) {
        ck_assert_str_eq(l->at[i].planet->name, "c");
        ck_assert_str_eq(l->at[i + 1].planet->name, "a");
        ck_assert_str_eq(l->at[i + 2].planet->name, "b");
    }
    transit_list_free(l);
}
END_TEST

START_TEST(no_epoch_is_missed)
{
    /* the number of transits of 0.28 d in 30 d, at the ecliptic where light time is largest */
    struct site s = site_made(20, -155, 4200);
    struct planet p = planet_made("x", 5, 23, 2440000, .5, 0, .2803244, 0.5);
    struct transit_request r = request_made(&p, 1, &s, "1990-01-01", "1990-01-31");
    struct transit_list *l = list_made(&r);
    ck_assert(l->n == 107 || l->n == 108); /* 30 / 0.2803244 = 107.02 */
    for (size_t i = 1; i < l->n; i++)
        ck_assert_int_eq(l->at[i].epoch, l->at[i - 1].epoch + 1);
    transit_list_free(l);
    p.ephemeris.t0.day = 2464000; /* T0 in the future: epochs are negative */
    l = list_made(&r);
    ck_assert(l->n == 107 || l->n == 108);
    ck_assert_int_lt(l->at[0].epoch, -57000);
    transit_list_free(l);
}
END_TEST

static size_t hidden_sum(const struct transit_list *l)
{
    size_t sum = 0;
    for (int i = 0; i < TRANSIT_HIDERS; i++)
        sum += l->hidden[i];
    return sum;
}

START_TEST(what_is_hidden_is_counted_once)
{
    struct planet p[N];
    many(p);
    struct site s = site_made(43.9, 5.7, 650);
    const struct planet *only[] = {&p[3], &p[4], &p[5], &p[6], &p[20], &p[21]};
    struct transit_request r = request_made(p, N, &s, "2026-11-01", "2026-11-11");
    struct transit_list *all = list_made(&r);
    ck_assert_uint_eq(hidden_sum(all), 0);
    r.filter = (struct transit_filter){.aperture_mm = 203.2, .min_depth_mmag = 10};
    struct transit_list *l = list_made(&r);
    ck_assert_uint_eq(l->n_all, all->n);
    ck_assert_uint_eq(l->n + hidden_sum(l), l->n_all);
    size_t aperture = 0, depth = 0;
    for (size_t i = 0; i < all->n; i++) {
        bool big = all->at[i].planet->min_aperture_in > 8; /* 203.2 mm is 8 inches: 8 may stay */
        aperture += big;
        depth += !big && all->at[i].planet->depth_mmag < 10;
    }
    ck_assert_uint_eq(l->hidden[HIDE_APERTURE], aperture);
    ck_assert_uint_eq(l->hidden[HIDE_DEPTH], depth);
    for (size_t i = 0; i < l->n; i++)
        ck_assert(l->at[i].window_fraction > 0);
    transit_list_free(l);
    r.filter = (struct transit_filter){.only = only,
                                       .n_only = 6,
                                       .priorities = 1u << PRIORITY_ALERT,
                                       .max_mag = 9,
                                       .has_max_mag = true,
                                       .all = true};
    l = list_made(&r);
    ck_assert_uint_eq(l->n + hidden_sum(l), all->n);
    ck_assert_uint_gt(l->n, 0);
    for (size_t i = 0; i < l->n; i++)
        ck_assert_str_eq(l->at[i].planet->name, "p03"); /* alert and V 8.6 */
    transit_list_free(l);
    transit_list_free(all);
}
END_TEST

START_TEST(a_planet_without_a_datum_is_not_hidden)
{
    struct planet p[N];
    many(p);
    for (int i = 0; i < N; i++) {
        p[i].min_aperture_in = i % 2 ? 0 : (double)NAN;
        p[i].depth_mmag = i % 2 ? (double)NAN : 0;
        p[i].mag_v = p[i].mag_r = p[i].mag_g = NAN;
        p[i].priority = PRIORITY_NONE;
    }
    struct site s = site_made(43.9, 5.7, 650);
    struct transit_request r = request_made(p, N, &s, "2026-11-01", "2026-11-03");
    r.filter.aperture_mm = 100;
    r.filter.min_depth_mmag = 5;
    r.filter.has_max_mag = true;
    r.filter.max_mag = 5;
    r.filter.priorities = 1u << PRIORITY_ALERT;
    struct transit_list *l = list_made(&r);
    char text[TRANSIT_SUMMARY];
    ck_assert_uint_eq(l->n, l->n_all);
    ck_assert_uint_eq(l->unknown[HIDE_APERTURE], l->n);
    ck_assert_uint_eq(l->unknown[HIDE_DEPTH], l->n);
    ck_assert_uint_eq(l->unknown[HIDE_MAG], l->n);
    ck_assert_uint_eq(l->unknown[HIDE_PRIORITY], l->n);
    ck_assert_ptr_nonnull(strstr(transit_list_summary(l, text), "aperture"));
    transit_list_free(l);
}
END_TEST

START_TEST(classes_filter)
{
    struct planet p[N];
    many(p);
    struct site s = site_made(43.9, 5.7, 650);
    struct transit_request r = request_made(p, N, &s, "2026-11-01", "2026-11-11");
    struct transit_list *all = list_made(&r);
    for (int c = TRANSIT_NONE; c <= TRANSIT_FULL_BASELINE; c++) {
        size_t want = 0;
        for (size_t i = 0; i < all->n; i++)
            want += all->at[i].class == (enum transit_class)c;
        ck_assert_uint_gt(want, 0);
        r.filter.classes = 1u << c;
        for (int with_all = 0; with_all < 2; with_all++) {
            r.filter.all = with_all;
            struct transit_list *l = list_made(&r);
            ck_assert_uint_eq(l->n, want);
            ck_assert_uint_eq(l->n + hidden_sum(l), all->n);
            transit_list_free(l);
        }
    }
    transit_list_free(all);
}
END_TEST

START_TEST(reasons_for_what_cannot_be_observed)
{
    struct site s = site_made(90, 0, 0);
    struct planet north = planet_made("n", 5, 60, 2455000, .1, 0, .9, 2),
                  south = planet_made("s", 5, -60, 2455000, .1, 0, .9, 2);
    struct transit_request r = request_made(&north, 1, &s, "2026-06-18", "2026-06-25");
    r.filter.all = false;
    struct transit_list *l = list_made(&r);
    ck_assert(l->n == 0 && l->hidden[HIDE_SUN] == l->n_all && l->n_all > 5);
    transit_list_free(l);
    r = request_made(&south, 1, &s, "2026-12-18", "2026-12-25");
    r.filter.all = false;
    l = list_made(&r);
    ck_assert(l->n == 0 && l->hidden[HIDE_LOW] == l->n_all && l->n_all > 5);
    transit_list_free(l);
    static const char mask[] = "0 80\n";
    ck_assert_int_eq(horizon_parse(mask, strlen(mask), &s.horizon, NULL), OK);
    r.planet = &north;
    l = list_made(&r);
    ck_assert(l->n == 0 && l->hidden[HIDE_HORIZON] == l->n_all && l->n_all > 5);
    transit_list_free(l);
    site_clear(&s);
}
END_TEST

START_TEST(steps_give_the_same_list)
{
    struct planet p[N];
    many(p);
    struct site s = site_made(43.9, 5.7, 650);
    struct transit_request r = request_made(p, N, &s, "2026-11-01", "2026-11-06");
    struct transit_list *whole = list_made(&r), *l;
    ck_assert_int_eq(transit_list_begin(&r, &l, NULL), OK);
    bool more = true;
    int steps = 0;
    for (; more; steps++)
        ck_assert_int_eq(transit_list_step(l, 7, &more, NULL), OK);
    ck_assert_int_eq(steps, 6);
    ck_assert_uint_eq(l->n, whole->n);
    for (size_t i = 0; i < l->n; i++)
        same_event(&l->at[i], &whole->at[i]);
    transit_list_free(l);
    transit_list_free(whole);
}
END_TEST

START_TEST(what_cannot_be_asked)
{
    struct planet p = planet_made("x", 5, 23, 2455000, .5, 0, .28, 0.5);
    struct site s = site_made(43.9, 5.7, 650);
    struct transit_list *l;
    struct error err;
    struct transit_request r = request_made(&p, 1, &s, "2026-11-02", "2026-11-01");
    ck_assert_int_eq(transit_list_make(&r, &l, &err), E_RANGE);
    ck_assert_ptr_null(l);
    r = request_made(&p, 1, &s, "2026-11-01", "2026-11-01");
    ck_assert_int_eq(transit_list_make(&r, &l, &err), E_RANGE);
    r = request_made(&p, 1, &s, "2026-11-01", "2126-11-01");
    ck_assert_int_eq(transit_list_make(&r, &l, &err), E_RANGE);
    r = request_made(&p, 1, NULL, "2026-11-01", "2026-11-02");
    ck_assert_int_eq(transit_list_make(&r, &l, &err), E_ABSENT);
    r = request_made(&p, 1, &s, "2026-11-01", "2026-11-02");
    r.limits.min_alt_rad = 2;
    ck_assert_int_eq(transit_list_make(&r, &l, &err), E_RANGE);
    r.limits.min_alt_rad = 0;
    r.limits.baseline_d = 2;
    ck_assert_int_eq(transit_list_make(&r, &l, &err), E_RANGE);
}
END_TEST

START_TEST(planets_without_ephemeris_are_counted)
{
    struct planet p[4] = {planet_made("a", 5, 23, 2455000, .5, 0, 0, 0.5),
                          planet_made("b", 5, 23, 2455000, .5, 0, .5, 0),
                          planet_made("c", NAN, 23, 2455000, .5, 0, .5, 1),
                          planet_made("d", 5, 23, 2455000, .5, 0, .5, 1)};
    struct site s = site_made(43.9, 5.7, 650);
    struct transit_request r = request_made(p, 4, &s, "2026-11-01", "2026-11-03");
    struct transit_list *l = list_made(&r);
    ck_assert_uint_eq(l->n, 4);
    ck_assert_uint_eq(l->no_ephemeris, 3);
    transit_list_free(l);
}
END_TEST

START_TEST(baselines_and_their_widening)
{
    struct site s = site_made(43.9, 5.7, 650);
    struct planet p = planet_made("x", 5, 23, 2455000, .5, 1, 0, 1.5);
    p.ephemeris.t0_err_d = 10 / 1440.0;
    p.ephemeris.period_err_d = 0;
    struct transit_request r = request_made(&p, 1, &s, "2026-11-01", "2026-11-02");
    struct transit_list *l = list_made(&r);
    ck_assert_double_eq_tol(l->at[0].baseline_d * 1440, 60, 1e-9); /* T14/2 is 45 min */
    transit_list_free(l);
    r.limits.widen_sigma = 3;
    l = list_made(&r);
    ck_assert_double_eq_tol(l->at[0].baseline_d * 1440, 90, 1e-9);
    transit_list_free(l);
    r.limits.widen_sigma = 0;
    p.duration_h = 5;
    l = list_made(&r);
    ck_assert_double_eq_tol(l->at[0].baseline_d * 1440, 150, 1e-9);
    transit_list_free(l);
    r.limits.baseline_d = 30 / 1440.0;
    l = list_made(&r);
    ck_assert_double_eq_tol((l->at[0].window_to - l->at[0].window_from) * 24, 6, 1e-3);
    transit_list_free(l);
}
END_TEST

START_TEST(season_of_a_planet)
{
    struct site s = site_made(43.9, 5.7, 650);
    struct planet p = planet_made("x", 5, 23, 2455000, .5, 3, .3, 2);
    struct transit_request r = request_made(&p, 1, &s, "2026-09-01", "2027-03-01");
    struct transit_list *l = list_made(&r);
    struct transit_season season;
    size_t full = 0, based = 0;
    transit_list_season(l, &season);
    for (size_t i = 0; i < l->n; i++) {
        based += l->at[i].class == TRANSIT_FULL_BASELINE;
        full += l->at[i].class == TRANSIT_FULL || l->at[i].class == TRANSIT_FULL_BASELINE;
    }
    ck_assert_uint_eq(season.n_all, 55); /* 181 d / 3.3 d */
    ck_assert(full > 5 && full < 40);
    ck_assert_uint_eq(season.n_full, full);
    ck_assert_uint_eq(season.n_full_baseline, based);
    ck_assert_ptr_nonnull(season.next);
    transit_list_free(l);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("list");
    TCase *t = tcase_create("list");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, two_halves_are_the_whole);
    tcase_add_test(t, order_is_mid_then_name);
    tcase_add_test(t, no_epoch_is_missed);
    tcase_add_test(t, what_is_hidden_is_counted_once);
    tcase_add_test(t, a_planet_without_a_datum_is_not_hidden);
    tcase_add_test(t, classes_filter);
    tcase_add_test(t, reasons_for_what_cannot_be_observed);
    tcase_add_test(t, steps_give_the_same_list);
    tcase_add_test(t, what_cannot_be_asked);
    tcase_add_test(t, planets_without_ephemeris_are_counted);
    tcase_add_test(t, baselines_and_their_widening);
    tcase_add_test(t, season_of_a_planet);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
