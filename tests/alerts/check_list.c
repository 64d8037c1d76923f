/* check_list.c - what is listed: filter, judgement, order, and what is kept apart. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/list.h"

#define DEG (3.14159265358979323846 / 180)

static struct store *st;
static struct alert_book *book;
static struct alert_judge *judge;
static struct jd_utc now;

static void take(const char *id, const char *name, double ra, double dec, const char *mag,
                 const char *time)
{
    struct alert_taken t;
    char *text =
        mem_printf("{\"trigger_id\":\"%s\",\"source_name\":\"%s\",\"type\":\"%s\",\"ra\":%.3f,"
                   "\"dec\":%.3f,\"err\":0.01,\"time\":\"%s\",\"transient_flux\":%s,"
                   "\"transient_flux_units\":\"mag\"}",
                   id, name, strncmp(id, "MS", 2) ? "ot" : "gw", ra, dec, time, mag);
    ck_assert_int_eq(alert_book_take(book, text, strlen(text), "test", NULL, 1, &t, NULL), OK);
    ck_assert_int_eq(t.fresh, 1);
    free(text);
}

static void setup(void)
{
    struct store_options o = {.rooms = &alert_store_room, .n_rooms = 1};
    struct alert_limits limits = {30 * DEG, -12 * DEG, {0.5 * DEG, 0.5 * DEG}};
    struct site site;
    ck_assert_int_eq(store_open(NULL, &o, &st, NULL), OK);
    ck_assert_int_eq(alert_book_open(st, 0, &book, NULL), OK);
    ck_assert_int_eq(site_set(&site, "OHP", 43.9317, 5.7133, 650, NULL), OK);
    ck_assert_int_eq(utc_parse("2026-11-23T21:14:07Z", NULL, &now, NULL), OK);
    ck_assert_int_eq(alert_judge_new(&site, &limits, now, &judge, NULL), OK);
    take("x1", "south", 35.6, -80, "12", "2026-11-23T20:00:00");
    take("x2", "faint", 35.6, 42.3, "20", "2026-11-23T18:00:00");
    take("x3", "bright", 35.6, 42.3, "14", "2026-11-23T10:00:00");
    take("x4", "no mag", 35.6, 42.3, "\"None\"", "2026-11-23T19:00:00");
    take("MS261123a", "mock", 35.6, 42.3, "10", "2026-11-23T19:00:00");
}

static void teardown(void)
{
    alert_judge_free(judge);
    alert_book_close(book);
    store_close(st);
}

/* The names listed, divided by commas; tests apart and hidden ones counted. */
static void expect(const char *filter, enum alert_sort sort, bool judged, bool all,
                   const char *names, size_t hidden, size_t apart)
{
    struct alert_list l;
    struct alert_filter *f;
    struct str t = {0};
    ck_assert_int_eq(alert_filter_new(filter, &f, NULL), OK);
    struct alert_ask ask = {judged ? judge : NULL, f, sort, all, now};
    alert_list_make(book, &ask, &l);
    for (size_t i = 0; i < l.n; i++)
        str_addf(&t, "%s%s", i ? "," : "", l.rows[i].event->name);
    ck_assert_str_eq(str_c(&t), names);
    ck_assert_uint_eq(l.n_hidden, hidden);
    ck_assert_uint_eq(l.n_apart, apart);
    alert_list_clear(&l);
    alert_filter_free(f);
    str_clear(&t);
}

START_TEST(orders)
{
    expect("", ALERT_BY_TIME, true, false, "south,no mag,faint,bright", 0, 1);
    expect("", ALERT_BY_MAG, true, false, "south,bright,faint,no mag", 0, 1);
    expect("", ALERT_BY_SCORE, true, false, "bright,no mag,faint,south", 0, 1);
    expect("", ALERT_BY_SCORE, false, false, "south,no mag,faint,bright", 0, 1);
    expect("", ALERT_BY_NAME, false, false, "bright,faint,no mag,south", 0, 1);
}
END_TEST

START_TEST(filters)
{
    expect("alt>30", ALERT_BY_NAME, true, false, "bright,faint,no mag", 1, 1);
    expect("alt>30", ALERT_BY_NAME, false, false, "", 4, 1);
    expect("mag<17 & tonight", ALERT_BY_NAME, true, false, "bright", 3, 1);
    expect("age<3h", ALERT_BY_NAME, true, false, "no mag,south", 2, 1);
}
END_TEST

START_TEST(tests_are_apart)
{
    expect("", ALERT_BY_MAG, true, true, "mock,south,bright,faint,no mag", 0, 0);
    expect("test", ALERT_BY_MAG, true, false, "mock", 4, 0);
    expect("!test", ALERT_BY_NAME, true, false, "bright,faint,no mag,south", 1, 0);
}
END_TEST

START_TEST(sort_names)
{
    enum alert_sort s;
    ck_assert(alert_sort_of("left", &s) && s == ALERT_BY_LEFT);
    ck_assert(alert_sort_of("name", &s) && s == ALERT_BY_NAME);
    ck_assert(!alert_sort_of("colour", &s));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {orders, filters, tests_are_apart, sort_names};
    Suite *s = suite_create("list");
    TCase *t = tcase_create("list");
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
