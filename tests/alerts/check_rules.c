/* check_rules.c - alarms ring once for each event and reason, and never for tests. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/rules.h"

#define DEG (3.14159265358979323846 / 180)

static const struct conf_option table[] = {
    {"alerts.alarm.new", CONF_TEXT, "", 0, 0, 0, 0, ""},
    {"alerts.alarm.up", CONF_TEXT, "", 0, 0, 0, 0, ""},
    {"alerts.alarm.fits", CONF_TEXT, "", 0, 0, 0, 0, ""},
    {"alerts.alarm.retracted", CONF_TEXT, "", 0, 0, 0, 0, ""},
    {0}};

static struct store *st;
static struct alert_book *book;
static struct conf *conf;
static struct alert_rules *rules;
static struct alert_judge *judge;
static struct jd_utc now;
static char rang[512];
static int n_over;

static void on_news(void *arg, enum alert_news news, const struct alert_event *e, int64_t other,
                    double before)
{
    (void)arg, (void)other;
    alert_rules_news(rules, news, e, before);
}

static void on_ring(void *arg, const struct alert_ring *ring)
{
    (void)arg;
    strncat(rang, alert_reason_name(ring->reason), sizeof rang - strlen(rang) - 1);
    strncat(rang, ": ", sizeof rang - strlen(rang) - 1);
    strncat(rang, ring->text, sizeof rang - strlen(rang) - 1);
    strncat(rang, ";", sizeof rang - strlen(rang) - 1);
}

static void on_over(void *arg, int64_t event)
{
    (void)arg, (void)event;
    n_over++;
}

static void judge_at(const char *utc)
{
    struct alert_limits limits = {30 * DEG, -12 * DEG, {0.5 * DEG, 0.5 * DEG}};
    struct site site;
    ck_assert_int_eq(site_set(&site, "OHP", 43.9317, 5.7133, 650, NULL), OK);
    ck_assert_int_eq(utc_parse(utc, NULL, &now, NULL), OK);
    alert_judge_free(judge);
    ck_assert_int_eq(alert_judge_new(&site, &limits, now, &judge, NULL), OK);
}

static void begin(const char *fresh, const char *up, const char *fits, const char *retracted)
{
    const struct rules_with with = {book, conf, on_ring, on_over, NULL};
    struct error err;
    ck_assert_int_eq(conf_set(conf, "alerts.alarm.new", fresh, NULL), OK);
    ck_assert_int_eq(conf_set(conf, "alerts.alarm.up", up, NULL), OK);
    ck_assert_int_eq(conf_set(conf, "alerts.alarm.fits", fits, NULL), OK);
    ck_assert_int_eq(conf_set(conf, "alerts.alarm.retracted", retracted, NULL), OK);
    alert_rules_free(rules);
    ck_assert_msg(alert_rules_new(&with, &rules, &err) == OK, "%s", err.text);
    alert_book_listen(book, on_news, NULL);
}

static void setup(void)
{
    struct store_options o = {.rooms = &alert_store_room, .n_rooms = 1};
    rang[0] = '\0';
    n_over = 0;
    conf = conf_new(table);
    ck_assert_int_eq(store_open(NULL, &o, &st, NULL), OK);
    ck_assert_int_eq(alert_book_open(st, 0, &book, NULL), OK);
    judge_at("2026-11-23T21:14:07Z");
}

static void teardown(void)
{
    alert_rules_free(rules);
    rules = NULL;
    alert_judge_free(judge);
    judge = NULL;
    alert_book_close(book);
    store_close(st);
    conf_free(conf);
}

static int64_t take(const char *id, const char *type, double dec, const char *err, const char *more)
{
    struct alert_taken t;
    char *text =
        mem_printf("{\"trigger_id\":\"%s\",\"source_name\":\"GRB %s\",\"type\":\"%s\","
                   "\"ra\":35.6,\"dec\":%.1f,\"err\":%s,\"time\":\"2026-11-23T20:00:00\"%s}",
                   id, id, type, dec, err, more);
    ck_assert_int_eq(alert_book_take(book, text, strlen(text), "test", NULL, 1, &t, NULL), OK);
    free(text);
    return t.event;
}

START_TEST(new_rings_once)
{
    begin("type=grb & tonight", "", "", "");
    take("x1", "grb", 42.3, "0.05", "");
    take("x2", "ot", 42.3, "0.05", "");
    take("x3", "grb", -80, "0.05", "");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 1);
    ck_assert_ptr_nonnull(strstr(rang, "new: GRB x1 (grb) is new: alt 83 deg, 6h"));
    ck_assert_ptr_nonnull(strstr(rang, " left, error 3', one frame;"));
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
    take("x1", "grb", 42.3, "0.05", ",\"redshift\":1");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
    begin("type=grb & tonight", "", "", ""); /* a new start */
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
}
END_TEST

START_TEST(up_rings_when_it_is)
{
    begin("", "type=grb", "", "");
    judge_at("2026-11-23T12:00:00Z");
    take("x1", "grb", 42.3, "0.05", "");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
    judge_at("2026-11-23T19:00:00Z");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 1);
    ck_assert_ptr_nonnull(strstr(rang, "up: GRB x1 (grb) can be observed now"));
    judge_at("2026-11-23T20:00:00Z");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
    ck_assert_int_eq(alert_rules_look(rules, NULL, now), 0);
}
END_TEST

START_TEST(fits_rings_when_the_error_shrinks)
{
    begin("", "", "type=grb", "");
    take("x1", "grb", 42.3, "4", "");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
    take("x1", "grb", 42.3, "2", "");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
    take("x1", "grb", 42.3, "0.1", "");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 1);
    ck_assert_ptr_nonnull(strstr(rang, "fits into one field now"));
    take("x1", "grb", 42.3, "0.05", "");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
}
END_TEST

START_TEST(retraction_ends_and_rings)
{
    begin("", "", "", "followed");
    int64_t id = take("x1", "grb", 42.3, "4", "");
    take("x2", "grb", 42.3, "4", "");
    ck_assert_int_eq(alert_book_mark(book, id, ALERT_MARK_FOLLOWED, true, NULL), OK);
    take("x1", "grb", 42.3, "4", ",\"alert_type\":\"retraction\"");
    take("x2", "grb", 42.3, "4", ",\"alert_type\":\"retraction\"");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 1);
    ck_assert_str_eq(rang, "retracted: GRB x1 (grb) is RETRACTED;");
    ck_assert_int_eq(n_over, 2);
}
END_TEST

/* In slices it rings for the same, once each, also when events come, go on and change in between. */
START_TEST(a_look_in_slices)
{
    enum { N = 100 };
    struct alert_looking at = {0};
    char name[16];
    int slices = 1;
    begin("type=ot", "type=grb", "", "");
    judge_at("2026-11-23T19:00:00Z");
    for (int i = 0; i < N; i++) {
        snprintf(name, sizeof name, "s%d", i);
        take(name, i % 2 ? "grb" : "ot", 42.3, "0.05", "");
    }
    ck_assert(alert_rules_step(rules, judge, now, &at, 0));
    ck_assert_int_ge(at.n, N / 2); /* what waited rang at once */
    take("late", "grb", 42.3, "0.05", "");
    take("s1", "grb", 42.3, "0.05", ",\"redshift\":1"); /* looked at already */
    while (alert_rules_step(rules, judge, now, &at, 0))
        slices++;
    ck_assert_int_ge(slices, 2);
    ck_assert_int_eq(at.n, N + 1);
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
}
END_TEST

START_TEST(tests_never_ring)
{
    begin("rev>0", "rev>0", "rev>0", "rev>0");
    take("MS261123a", "gw", 42.3, "4", "");
    take("MS261123a", "gw", 42.3, "0.1", "");
    take("MS261123a", "gw", 42.3, "0.1", ",\"alert_type\":\"retraction\"");
    ck_assert_int_eq(alert_rules_look(rules, judge, now), 0);
}
END_TEST

START_TEST(a_wrong_filter)
{
    const struct rules_with with = {book, conf, on_ring, on_over, NULL};
    struct alert_rules *r;
    struct error err;
    ck_assert_int_eq(conf_set(conf, "alerts.alarm.up", "alt>", NULL), OK);
    ck_assert_int_eq(alert_rules_new(&with, &r, &err), E_PARSE);
    ck_assert_ptr_nonnull(strstr(err.text, "alerts.alarm.up: filter, at its end"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {new_rings_once,
                                  up_rings_when_it_is,
                                  fits_rings_when_the_error_shrinks,
                                  retraction_ends_and_rings,
                                  a_look_in_slices,
                                  tests_never_ring,
                                  a_wrong_filter};
    Suite *s = suite_create("rules");
    TCase *t = tcase_create("rules");
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
