/* check_tonight.c - tonight's transits in the session: computed as a job, again when filter, site or
 * night change; alarms before ingress; where a transit is now. The expected list is that of
 * transit_list_make on the same request, the phases are counted by hand from the contacts.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"
#include "vigie/session/tonight.h"

static struct loop *loop;
static struct session *s;
static struct clock_shifted shifted;

/* 2026-11-23 17:00:00 UTC, at Haute-Provence just after sunset */
static const int64_t EVENING_NS = 1795453200LL * 1000000000;

static void make(bool demo, const char *site)
{
    struct error err;
    clock_shifted_init(&shifted, EVENING_NS);
    loop = loop_new(&shifted.clock);
    struct session_setup setup = {.loop = loop,
                                  .clock = &shifted.clock,
                                  .conf = conf_new(session_options),
                                  .offline = true,
                                  .site = site,
                                  .demo = demo};
    ck_assert_msg(session_new(&setup, &s, &err) == OK, "%s", err.text);
}

static void setup(void)
{
    make(true, NULL);
}

static void teardown(void)
{
    session_free(s);
    loop_free(loop);
}

static void work_off(void)
{
    for (int i = 0; i < 10000; i++) {
        session_turn(s);
        if (jobs_n(session_jobs(s)) == 0 && events_waiting(session_events(s)) == 0)
            return;
    }
    ck_abort_msg("the jobs do not end");
}

static void run(const char *line)
{
    struct str say = {0};
    struct error err = {0};
    ck_assert_msg(commands_run(s, NULL, line, BY_LINE, true, &say, &err) == OK, "%s: %s", line,
                  err.text);
    str_clear(&say);
}

static void refuse(const char *line, enum status want)
{
    struct str say = {0};
    struct error err = {0};
    ck_assert_int_eq(commands_run(s, NULL, line, BY_LINE, true, &say, &err), want);
    str_clear(&say);
}

static const struct transit_list *list(void)
{
    work_off();
    const struct tonight_state *t = session_tonight(s);
    ck_assert(!t->working);
    ck_assert_msg(t->list != NULL, "%s", t->why.text);
    return t->list;
}

START_TEST(the_night_runs_from_noon_to_noon)
{
    ck_assert(session_tonight(s)->working);
    ck_assert_ptr_null(session_tonight(s)->list); /* not in the turn that asked for it */
    const struct transit_list *l = list();
    ck_assert_str_eq(session_tonight(s)->evening, "2026-11-23");
    ck_assert_str_eq(session_tonight(s)->source, "built-in sample");
    /* local mean noon at 5.7133 deg east: 12:00 - 22 min 51.2 s */
    ck_assert_double_eq_tol(utc_diff_s(l->request.from, utc_of_wall(1795392000LL * 1000000000)),
                            43200 - 5.7133 * 240, 0.01);
    ck_assert_double_eq_tol(utc_diff_s(l->request.to, l->request.from), 86400, 0.01);
    ck_assert_uint_gt(l->n, 0);
    struct transit_request again = l->request;
    struct transit_list *same;
    struct error err;
    ck_assert_int_eq(transit_list_make(&again, &same, &err), OK);
    ck_assert_uint_eq(same->n, l->n);
    for (size_t i = 0; i < l->n; i++) {
        ck_assert_str_eq(same->at[i].planet->name, l->at[i].planet->name);
        ck_assert_int_eq(same->at[i].epoch, l->at[i].epoch);
    }
    transit_list_free(same);
}
END_TEST

START_TEST(filter_and_nights_make_another_list)
{
    size_t n = list()->n, n_all = list()->n_all;
    run("transits-filter depth>15");
    ck_assert(session_tonight(s)->list != NULL); /* the old one stays until the new one is whole */
    ck_assert_uint_lt(list()->n, n);
    for (size_t i = 0; i < list()->n; i++)
        ck_assert(list()->at[i].planet->depth_mmag >= 15 ||
                  !planet_known(list()->at[i].planet->depth_mmag));
    run("transits-filter off");
    ck_assert_uint_eq(list()->n, n);
    run("transits-filter all");
    ck_assert_uint_eq(list()->n, n_all);
    run("transits-filter class=full alt>40 sun<-18 baseline=0 mag<12 priority=high,alert");
    const struct transit_request *r = &list()->request;
    ck_assert_double_eq_tol(r->limits.min_alt_rad, 40 * acos(-1) / 180, 1e-12);
    ck_assert_double_eq_tol(r->limits.max_sun_alt_rad, -18 * acos(-1) / 180, 1e-12);
    ck_assert_double_eq(r->limits.baseline_d, 0);
    ck_assert_uint_eq(r->filter.classes, 1u << TRANSIT_FULL | 1u << TRANSIT_FULL_BASELINE);
    ck_assert_uint_eq(r->filter.priorities, 1u << PRIORITY_HIGH | 1u << PRIORITY_ALERT);
    run("transits-filter off");
    run("transits-days 3");
    ck_assert_uint_gt(list()->n, n);
    run("transits-days 1");
    run("transits-night +1");
    ck_assert_str_eq(session_tonight(s)->evening, "2026-11-24");
    run("transits-night +1");
    ck_assert_str_eq(session_tonight(s)->evening, "2026-11-25");
    run("transits-night 2027-01-01");
    list();
    ck_assert_str_eq(session_tonight(s)->evening, "2027-01-01");
    run("transits-night tonight");
    ck_assert_uint_eq(list()->n, n);
    run("set transits.min-alt 60");
    ck_assert_uint_lt(list()->n, n);
}
END_TEST

START_TEST(nonsense_is_refused)
{
    refuse("transits-filter depth", E_PARSE);
    refuse("transits-filter depth<5", E_PARSE);
    refuse("transits-filter dpeth>5", E_PARSE);
    refuse("transits-filter depth>x", E_RANGE);
    refuse("transits-filter alt>95", E_RANGE);
    refuse("transits-filter class=half", E_RANGE);
    refuse("transits-filter class=", E_PARSE);
    refuse("transits-filter depth>=<5", E_PARSE);
    refuse("transits-days 0", E_RANGE);
    refuse("transits-days 1.5", E_RANGE);
    refuse("transits-night 2026-13-01", E_PARSE);
    refuse("transits-night +99999", E_RANGE);
    refuse("refresh", E_REFUSED);
    list();
}
END_TEST

START_TEST(another_site_is_another_list)
{
    list();
    run("site-add \"La Silla\" -29.2563 -70.738 2400");
    ck_assert_ptr_null(session_tonight(s)->list);
    ck_assert_str_eq(session_site_name(s), "OHP"); /* the demo's site stays */
    list();
}
END_TEST

START_TEST(without_a_site_it_says_what_to_do)
{
    teardown();
    setenv("XDG_CACHE_HOME", "/nonexistent", 1);
    make(false, NULL);
    work_off();
    ck_assert_ptr_null(session_tonight(s)->list);
    ck_assert(!session_tonight(s)->working);
    ck_assert_ptr_nonnull(strstr(session_tonight(s)->why.text, ":site-add"));
    ck_assert(isnan(session_lst_rad(s)));
    ck_assert(isnan(session_sky(s).sun_alt_rad));
    run("site-add \"La Silla\" -29.2563 -70.738 2400");
    ck_assert_str_eq(session_site_name(s), "La Silla");
    ck_assert_uint_gt(list()->n_all, 0);
    ck_assert_str_eq(list()->request.site->name, "La Silla");
    refuse("site-add X 91 0 0", E_RANGE);
    refuse("site-add X 1 2", E_PARSE);
    refuse("site-add \"a=b\" 1 2 3", E_RANGE);
    refuse("site Nowhere", E_ABSENT);
    run("site \"La Silla\"");
}
END_TEST

/* 21:14:07 UTC at Haute-Provence: the design's screen says LST 01:48:24, Sun -54, Moon +63 99 %. */
START_TEST(the_sky_of_the_moment)
{
    teardown();
    clock_shifted_init(&shifted, 1795468447LL * 1000000000);
    loop = loop_new(&shifted.clock);
    struct session_setup setup_ = {
        .loop = loop, .clock = &shifted.clock, .conf = conf_new(session_options), .demo = true};
    struct error err;
    ck_assert_int_eq(session_new(&setup_, &s, &err), OK);
    const double deg = 180 / acos(-1);
    struct almanac_now now = session_sky(s);
    ck_assert_double_eq_tol(session_lst_rad(s) * deg / 15 * 3600, 1 * 3600 + 48 * 60 + 24, 2);
    ck_assert_double_eq_tol(now.sun_alt_rad * deg, -54, 0.6);
    ck_assert_double_eq_tol(now.moon_alt_rad * deg, 63, 0.6);
    ck_assert_double_eq_tol(now.moon_illum, 0.99, 0.006);
}
END_TEST

START_TEST(phases_follow_the_contacts)
{
    const struct transit_list *l = list();
    size_t seen = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct transit_event copy = l->at[i], *e = &copy;
        struct transit_phase p;
        if (i % 2 == 0) /* second and third contact known */
            copy.flat_h = e->planet->duration_h / 2;
#define AT(t) (p = transit_phase_at(l, e, almanac_utc(l->almanac, (t))))
        const double s1 = 1.0 / 86400, in = e->contact[0].t, out = e->contact[2].t;
        AT(e->window_from - 60 * s1);
        ck_assert_int_eq(p.kind, PHASE_WAITING);
        ck_assert_double_eq_tol(p.next_s, 60, 0.01);
        AT(in - s1);
        ck_assert_int_eq(p.kind, PHASE_RUNNING);
        ck_assert_int_eq(p.piece, PIECE_BEFORE);
        ck_assert_double_eq_tol(p.next_s, 1, 0.01);
        AT(e->contact[1].t);
        ck_assert_int_eq(p.piece, PIECE_BOTTOM);
        AT(out + s1);
        ck_assert_int_eq(p.piece, PIECE_AFTER);
        AT(e->window_to + s1);
        ck_assert_int_eq(p.kind, PHASE_OVER);
        ck_assert(isnan(p.next_s));
        if (!(e->flat_h > 0))
            continue;
        seen++;
        AT(in + s1);
        ck_assert_int_eq(p.piece, PIECE_INGRESS);
        ck_assert_double_eq_tol(p.next_s, (e->contact[1].t - e->flat_h / 48 - in) * 86400 - 1,
                                0.01);
        AT(out - s1);
        ck_assert_int_eq(p.piece, PIECE_EGRESS);
    }
    ck_assert_uint_gt(seen, 0);
}
END_TEST

START_TEST(alarm_before_ingress)
{
    const struct transit_list *l = list();
    const struct transit_event *first = NULL;
    for (size_t i = 0; i < l->n; i++) /* the first ingress that is to come */
        if (utc_to_wall(l->at[i].contact[0].utc) > EVENING_NS &&
            (!first || l->at[i].contact[0].t < first->contact[0].t))
            first = &l->at[i];
    ck_assert_ptr_nonnull(first);
    int64_t ingress = utc_to_wall(first->contact[0].utc);
    char *name = mem_str(first->planet->name);
    run("transits-night 2027-01-01"); /* what is looked at does not matter */
    run("set transits.alarm-before 20");
    clock_shifted_init(&shifted, ingress - 21LL * 60 * 1000000000);
    run("set transits.alarm-before 19");
    work_off();
    ck_assert_uint_eq(alarms_n(s), 0);
    run("set transits.alarm-before 22");
    run("set transits.min-alt 19"); /* a new list: looked at when it is there */
    work_off();
    ck_assert_uint_ge(alarms_n(s), 1);
    const struct alarm *a = alarms_at(s, 0);
    ck_assert_str_eq(a->subject, name);
    char want[80];
    snprintf(want, sizeof want, "%s: ingress in 21 min, at ", name);
    ck_assert_ptr_nonnull(strstr(a->text, want));
    free(name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tonight");
    TCase *t = tcase_create("tonight");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_night_runs_from_noon_to_noon);
    tcase_add_test(t, filter_and_nights_make_another_list);
    tcase_add_test(t, nonsense_is_refused);
    tcase_add_test(t, another_site_is_another_list);
    tcase_add_test(t, without_a_site_it_says_what_to_do);
    tcase_add_test(t, the_sky_of_the_moment);
    tcase_add_test(t, phases_follow_the_contacts);
    tcase_add_test(t, alarm_before_ingress);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
