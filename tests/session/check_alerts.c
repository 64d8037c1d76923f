/* check_alerts.c - an alert that comes into the session's book rings as the rules say, and is quiet
 * when it is taken back. The packet is in Astro-COLIBRI's layout; 02:22:24 +42:18 stands high over
 * Haute-Provence at 21:14 UTC on 2026-11-23.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/book.h"
#include "vigie/base/mem.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"

static struct loop *loop;
static struct session *s;
static struct clock_shifted shifted;

static void setup(void)
{
    struct error err;
    clock_shifted_init(&shifted, 1795468447LL * 1000000000);
    loop = loop_new(&shifted.clock);
    struct session_setup o = {
        .loop = loop, .clock = &shifted.clock, .conf = conf_new(session_options), .demo = true};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
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
    ck_abort_msg("no end");
}

static void run(const char *line)
{
    struct str say = {0};
    struct error err = {0};
    ck_assert_msg(commands_run(s, NULL, line, BY_LINE, true, &say, &err) == OK, "%s: %s", line,
                  err.text);
    str_clear(&say);
}

static void take(const char *id, const char *type, double dec_deg, const char *more)
{
    struct alert_taken t;
    struct error err;
    char *text = mem_printf("{\"trigger_id\":\"%s\",\"source_name\":\"GRB %s\",\"type\":\"%s\","
                            "\"ra\":35.6,\"dec\":%.1f,\"err\":0.05,\"time\":\"2026-11-23T20:00:00\""
                            "%s}",
                            id, id, type, dec_deg, more);
    ck_assert_msg(
        alert_book_take(session_alerts(s), text, strlen(text), "test", NULL, 1, &t, &err) == OK,
        "%s", err.text);
    ck_assert_int_eq(t.refused, 0);
    free(text);
    work_off();
}

static int n_alerts_events;

static void on_event(void *arg, const struct event *ev)
{
    (void)arg;
    n_alerts_events += ev->kind == EV_ALERTS;
}

START_TEST(a_new_burst_rings_once)
{
    enum alarm_level highest;
    events_on(session_events(s), on_event, NULL);
    ck_assert_ptr_nonnull(session_alert_judge(s));
    take("x2", "ot", 42.3, ""); /* not of the kind that rings */
    take("x3", "grb", -80, ""); /* never up here */
    ck_assert_uint_eq(alarms_n(s), 0);
    take("x1", "grb", 42.3, "");
    ck_assert_uint_eq(alarms_open(s, &highest), 1);
    ck_assert_int_eq(highest, ALARM_ALARM);
    ck_assert_str_eq(alarms_at(s, 0)->subject, "GRB x1");
    ck_assert_ptr_nonnull(strstr(alarms_at(s, 0)->text, "is new: alt 83 deg"));
    take("x1", "grb", 42.3, ",\"redshift\":1");
    work_off();
    ck_assert_uint_eq(alarms_n(s), 1);
    ck_assert_int_gt(n_alerts_events, 3);
}
END_TEST

START_TEST(rules_follow_the_options)
{
    run("set alerts.alarm.new \"\"");
    work_off();
    take("x1", "grb", 42.3, "");
    ck_assert_uint_eq(alarms_n(s), 0);
    run("set alerts.alarm.new type=ot");
    work_off();
    take("x4", "ot", 42.3, "");
    ck_assert_uint_eq(alarms_n(s), 1);
    run("set alerts.alarm.new ((("); /* nonsense: those of before go on, and it is said */
    work_off();
    ck_assert_ptr_nonnull(strstr(session_message(s, NULL), "alerts.alarm.new"));
    take("x5", "ot", 42.3, "");
    ck_assert_uint_eq(alarms_n(s), 2);
}
END_TEST

START_TEST(another_site_another_judge)
{
    const struct alert_judge *before = session_alert_judge(s);
    ck_assert_ptr_nonnull(before);
    run("site-add X -30 -70 2400"); /* the demo keeps its own site: judged anew all the same */
    ck_assert_ptr_null(session_alert_judge(s));
    work_off();
    ck_assert_ptr_nonnull(session_alert_judge(s));
    take("x1", "grb", 42.3, "");
    ck_assert_uint_eq(alarms_n(s), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session alerts");
    TCase *t = tcase_create("alerts");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_new_burst_rings_once);
    tcase_add_test(t, rules_follow_the_options);
    tcase_add_test(t, another_site_another_judge);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
