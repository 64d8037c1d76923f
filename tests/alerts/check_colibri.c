/* check_colibri.c - Astro-COLIBRI played by a server of the test: questions as the service wants
 * them, answers good and bad, the quota, and that the secret is nowhere but in the body. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/server.h"
#include "stream_options.h"
#include "vigie/alerts/colibri.h"
#include "vigie/alerts/feed.h"
#include "vigie/base/log.h"

static const struct conf_option table[] = {
    {"alerts.spool", CONF_TEXT, "no", 0, 0, 0, 0, ""},
    {"alerts.vtp", CONF_TEXT, "", 0, 0, 0, 0, ""},
    STREAM_OPTIONS,
    {"alerts.colibri", CONF_BOOL, "yes", 0, 0, 0, 0, ""},
    {"alerts.colibri.uid", CONF_SECRET, "", 0, 0, 0, 0, ""},
    {"alerts.colibri.url", CONF_TEXT, "", 0, 0, 0, 0, ""},
    {"alerts.colibri.filter", CONF_TEXT, "all", 0, 0, 0, 0, ""},
    {"alerts.colibri.every", CONF_NUMBER, "15", 10, 1440, 0, "", ""},
    {"alerts.colibri.quota", CONF_NUMBER, "100", 1, 1000, 0, "", ""},
    {"alerts.colibri.days", CONF_NUMBER, "1", 0.1, 30, 0, "", ""},
    {0}};

#define EVENT                                                                                      \
    "{\"trigger_id\":\"1306404\",\"source_name\":\"GRB 250424A\",\"type\":\"grb\",\"ra\":217.5,"   \
    "\"dec\":-35.0,\"err\":\"None\",\"observatory\":\"swift\",\"time\":\"2026-11-23T20:00:00\"}"
#define SECRET "s3cret-uid"

static struct loop *loop;
static struct store *st;
static struct alert_book *book;
static struct conf *conf;
static struct http *http;
static struct alert_feed *feed;
static struct server *server;
static struct clock_manual hand;
static struct str logged;

static void to_log(void *arg, enum log_level level, const char *room, const char *subject,
                   const char *message)
{
    (void)arg, (void)level;
    str_addf(&logged, "%s %s %s\n", room, subject, message);
}

static char *texts[32]; /* answers; the server's threads read them until it stops */
static int n_texts;

static char *answer(const char *status, const char *type, const char *body)
{
    ck_assert_int_lt(n_texts, 32);
    return texts[n_texts++] = mem_printf("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu"
                                         "\r\nConnection: close\r\n\r\n%s",
                                         status, type, strlen(body), body);
}

static void setup(void)
{
    struct store_options so = {.rooms = &alert_store_room, .n_rooms = 1};
    struct http_options ho = {.tries = 1, .silence_ms = 1500};
    struct jd_utc now;
    ck_assert_int_eq(utc_parse("2026-11-23T21:14:07Z", NULL, &now, NULL), OK);
    clock_manual_init(&hand, utc_to_wall(now));
    loop = loop_new(clock_system());
    conf = conf_new(table);
    ck_assert_int_eq(conf_set(conf, "alerts.colibri.uid", SECRET, NULL), OK);
    ck_assert_int_eq(store_open(NULL, &so, &st, NULL), OK);
    ck_assert_int_eq(alert_book_open(st, 0, &book, NULL), OK);
    http = http_new(loop, &ho);
    log_to(to_log, NULL);
}

static void teardown(void)
{
    alert_feed_free(feed);
    feed = NULL;
    http_free(http);
    alert_book_close(book);
    store_close(st);
    conf_free(conf);
    loop_free(loop);
    if (server)
        server_stop(server);
    server = NULL;
    while (n_texts)
        free(texts[--n_texts]);
    ck_assert_msg(!strstr(str_c(&logged), SECRET), "the log holds the uid: %s", logged.s);
    log_to(NULL, NULL);
    str_clear(&logged);
}

static const struct source_status *begin(const struct server_step *steps, int n)
{
    server = server_start(steps, n);
    ck_assert_int_eq(conf_set(conf, "alerts.colibri.url", server_url(server, ""), NULL), OK);
    struct feed_options fo = {
        .loop = loop, .clock = &hand.clock, .book = book, .conf = conf, .http = http};
    feed = alert_feed_new(&fo);
    const struct source_status *s = alert_feed_at(feed, 0);
    ck_assert_str_eq(s->name, "colibri");
    return s;
}

static void settle(const struct source_status *s)
{
    int64_t end = loop_now_ms(loop) + 8000;
    loop_turn(loop, false);
    while (loop_now_ms(loop) < end && (s->state == SOURCE_ASKING || s->text[0] == '\0'))
        loop_turn(loop, true);
    ck_assert_int_ne(s->state, SOURCE_ASKING);
}

static double minutes_to_next(const struct source_status *s)
{
    return (double)(s->next_ms - hand.wall / 1000000) / 60000;
}

START_TEST(a_good_answer)
{
    char *text =
        answer("200 OK", "application/json", "{\"voevents\":[" EVENT "],\"watchlist\":[]}");
    struct server_step step = {.answer = text};
    const struct source_status *s = begin(&step, 1);
    settle(s);
    ck_assert_int_eq(s->state, SOURCE_WAITING);
    ck_assert_str_eq(s->text, "all is well");
    ck_assert_int_eq(s->calls_left, 99);
    ck_assert_int_eq(s->taken, 1);
    ck_assert_uint_eq(alert_book_n(book), 1);
    ck_assert_str_eq(alert_book_at(book, 0)->name, "GRB 250424A");
    ck_assert_str_eq(alert_book_at(book, 0)->sources, "colibri");
    const char *r = server_request(server, 0);
    ck_assert_ptr_nonnull(strstr(r, "POST /latest_transients HTTP/1.1"));
    ck_assert_ptr_nonnull(strstr(r, "\"uid\":\"" SECRET "\""));
    /* a day back, to half hours with the offset written out */
    ck_assert_ptr_nonnull(strstr(r, "\"min\":\"2026-11-22T21:00:00+00:00\""));
    ck_assert_ptr_nonnull(strstr(r, "\"max\":\"2026-11-23T21:30:00+00:00\""));
    ck_assert_ptr_nonnull(strstr(r, "\"TrueSpecification\""));
    ck_assert_double_eq_tol(minutes_to_next(s), 0.97, 0.02); /* 21:15:05 */
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        const char *status, *body, *says;
        double next_min;
    } rows[] = {
        {"401 Unauthorized",
         "{\"message\":\"Unauthorized: please provide a valid uid\","
         "\"status_code\":401}",
         "please provide a valid uid", 60},
        {"200 OK", "[{\"message\":\"Unauthorized\",\"status_code\":401},401]", "Unauthorized", 60},
        {"403 Forbidden", "{\"message\":\"User does not exist\",\"status_code\":403}",
         "User does not exist", 60},
        {"404 Not Found", "{\"message\":\"not found\",\"status_code\":\"404\"}", "not found", 60},
        {"429 Too Many Requests",
         "{\"message\":\"Rate limit exceeded. Renewal at 2026-11-23 23:14:07.123456\","
         "\"status_code\":429}",
         "Renewal at 2026-11-23 23:14:07", 121},
        {"500 Internal Server Error", "oops", "HTTP 500", 2},
        {"200 OK", "\n<html><body>maintenance</body></html>", "a web page", 2},
        {"200 OK", "{\"voevents\":[", "not understood", 2},
        {"200 OK", "", "empty answer", 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = answer(rows[i].status, "application/json", rows[i].body);
        struct server_step step = {.answer = text};
        const struct source_status *s = begin(&step, 1);
        settle(s);
        ck_assert_msg(s->state == SOURCE_TROUBLE && strstr(s->text, rows[i].says),
                      "row %zu: \"%s\" does not say \"%s\"", i, s->text, rows[i].says);
        ck_assert_msg(fabs(minutes_to_next(s) - rows[i].next_min) < 0.1, "row %zu: next in %g min",
                      i, minutes_to_next(s));
        ck_assert_ptr_null(strstr(s->text, SECRET));
        ck_assert_uint_eq(alert_book_n(book), 0);
        alert_feed_free(feed);
        feed = NULL;
        server_stop(server);
        server = NULL;
    }
}
END_TEST

START_TEST(slow_and_cut)
{
    char *text = answer("200 OK", "application/json", "{\"voevents\":[" EVENT "]}");
    struct server_step silent = {.wait_ms = -1}, cut = {.answer = text, .n = strlen(text) - 40};
    const struct source_status *s = begin(&silent, 1);
    settle(s);
    ck_assert_int_eq(s->state, SOURCE_TROUBLE);
    ck_assert_ptr_nonnull(strstr(s->text, "Astro-COLIBRI: no answer"));
    alert_feed_free(feed);
    feed = NULL;
    server_stop(server);
    s = begin(&cut, 1);
    settle(s);
    ck_assert_int_eq(s->state, SOURCE_TROUBLE);
    ck_assert_uint_eq(alert_book_n(book), 0);
    ck_assert_int_eq(s->last_ms, 0); /* no good answer ever */
}
END_TEST

/* A connection that is refused is no answer, and the age of the last good one outlives a restart. */
START_TEST(last_good_answer)
{
    char *text = answer("200 OK", "application/json", "{\"voevents\":[" EVENT "]}");
    struct server_step step = {.answer = text};
    int64_t good_ms = hand.wall / 1000000;
    const struct source_status *s = begin(&step, 1);
    settle(s);
    ck_assert_int_eq(s->last_ms, good_ms);
    alert_feed_free(feed);
    feed = NULL;
    server_stop(server);
    server = NULL;
    hand.wall += 3600 * (int64_t)1000000000;
    struct feed_options fo = {
        .loop = loop, .clock = &hand.clock, .book = book, .conf = conf, .http = http};
    feed = alert_feed_new(&fo); /* nobody listens on that port any more */
    s = alert_feed_at(feed, 0);
    settle(s);
    ck_assert_int_eq(s->state, SOURCE_TROUBLE);
    ck_assert_ptr_nonnull(strstr(s->text, "Astro-COLIBRI: no connection"));
    ck_assert_int_eq(s->last_ms, good_ms);
    ck_assert(!alert_source_silent(s, good_ms + 3600000 + 2250000)); /* 2.5 x 15 min since start */
    ck_assert(alert_source_silent(s, good_ms + 3600000 + 2250001));
}
END_TEST

START_TEST(quota_is_kept)
{
    char *text = answer("200 OK", "application/json", "{\"voevents\":[]}");
    struct server_step step = {.answer = text};
    ck_assert_int_eq(alert_book_state_set(book, "colibri.calls", "2026-11-23 99", NULL), OK);
    const struct source_status *s = begin(&step, 1);
    settle(s);
    ck_assert_int_eq(s->calls_left, 0);
    ck_assert_int_eq(server_count(server), 1);
    alert_feed_free(feed); /* a new start does not forget */
    struct feed_options fo = {
        .loop = loop, .clock = &hand.clock, .book = book, .conf = conf, .http = http};
    feed = alert_feed_new(&fo);
    s = alert_feed_at(feed, 0);
    settle(s);
    ck_assert_int_eq(s->state, SOURCE_TROUBLE);
    ck_assert_ptr_nonnull(strstr(s->text, "used up"));
    ck_assert_double_eq_tol(minutes_to_next(s), 166.9, 0.2); /* 0 h UTC and a minute */
    ck_assert_int_eq(server_count(server), 1);
}
END_TEST

START_TEST(without_a_uid)
{
    ck_assert_int_eq(conf_set(conf, "alerts.colibri.uid", "", NULL), OK);
    struct server_step step = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    const struct source_status *s = begin(&step, 1);
    for (int i = 0; i < 5; i++)
        loop_turn(loop, false);
    ck_assert_int_eq(s->state, SOURCE_OFF);
    ck_assert_ptr_nonnull(strstr(s->text, "astro-colibri.com"));
    ck_assert_int_eq(server_count(server), 0);
    struct colibri_query q = {.kind = COLIBRI_CONE, .base = "http://localhost", .uid = ""};
    struct error err;
    ck_assert_uint_eq(colibri_send(http, &q, NULL, NULL, &err), 0);
    ck_assert_int_eq(err.status, E_ABSENT);
}
END_TEST

START_TEST(questions)
{
    const char *const ids[] = {"1306404", "AT 2026 a/b"};
    struct str t = {0};
    struct colibri_query q = {.base = "http://h", .ids = ids, .n_ids = 2, .kind = COLIBRI_EVENT};
    colibri_url(&t, &q);
    ck_assert_str_eq(t.s, "http://h/event?trigger_id=1306404&trigger_id=AT%202026%20a%2Fb");
    str_reset(&t);
    q.kind = COLIBRI_SOURCE;
    q.n_ids = 1;
    colibri_url(&t, &q);
    ck_assert_str_eq(t.s, "http://h/source_details?name=1306404");
    str_reset(&t);
    q.kind = COLIBRI_CONE;
    q.uid = "u";
    q.filter = "";
    q.ra_deg = 83.633;
    q.dec_deg = 22.0145;
    q.radius_deg = 2;
    q.to_ms = 86400000;
    colibri_body(&t, &q);
    ck_assert_str_eq(
        t.s, "{\"uid\":\"u\",\"return_format\":\"json\",\"time_range\":{\"min\":"
             "\"1970-01-01T00:00:00+00:00\",\"max\":\"1970-01-02T00:00:00+00:00\"},"
             "\"optional_parameters\":[],\"include_watchlist\":false,\"properties\":{\"position\":"
             "{\"ra\":83.633,\"dec\":22.0145},\"radius\":2}}");
    str_clear(&t);
}
END_TEST

START_TEST(windows)
{
    enum { H = 1800000 };
    int64_t from, to, now = 1000 * (int64_t)H;
    colibri_window(now + 60000, now - H, 1, &from, &to);
    ck_assert_int_eq(from, now - H);
    ck_assert_int_eq(to, now + H);
    colibri_window(now + H / 2, now - H, 1, &from, &to); /* second quarter: another question */
    ck_assert_int_eq(from, now - 2 * H);
    ck_assert_int_eq(to, now + H);
    colibri_window(now, 0, 1, &from, &to); /* no further back than a day */
    ck_assert_int_eq(from, now - 48 * (int64_t)H);
}
END_TEST

START_TEST(followed_events_are_refreshed_free)
{
    char *latest = answer("200 OK", "application/json", "{\"voevents\":[" EVENT "]}"),
         *event = answer("207 Multi-Status", "application/json",
                         "[{\"trigger_id\":\"1306404\",\"source_name\":\"GRB 250424A\",\"type\":"
                         "\"grb\",\"ra\":217.5,\"dec\":-35.0,\"redshift\":0.31},{\"trigger_id\":"
                         "\"NOPE\",\"error\":\"event not found\"}]");
    struct server_step steps[] = {{.answer = latest}, {.answer = event}};
    const struct source_status *s = begin(steps, 2);
    settle(s);
    ck_assert_int_eq(
        alert_book_mark(book, alert_book_at(book, 0)->id, ALERT_MARK_FOLLOWED, true, NULL), OK);
    const char *const ids[] = {"1306404"};
    struct colibri_query q = {
        .kind = COLIBRI_EVENT, .base = server_url(server, ""), .ids = ids, .n_ids = 1};
    struct str url = {0};
    colibri_url(&url, &q);
    struct http_answer a = {.code = 207};
    str_add(&a.body, strchr(event, '['));
    struct alert_batch batch;
    int64_t renewal;
    ck_assert_int_eq(colibri_read(&a, &batch, &renewal, NULL), OK);
    ck_assert_uint_eq(batch.alerts.n, 1);
    ck_assert_uint_eq(batch.refused.n, 1);
    struct alert_taken t;
    ck_assert_int_eq(alert_book_take_decoded(book, &batch, "colibri", NULL, 5, &t, NULL), OK);
    ck_assert_int_eq(t.revised, 1);
    ck_assert_str_eq(alert_book_at(book, 0)->change, "z 0.31");
    alert_batch_clear(&batch);
    str_clear(&a.body);
    str_clear(&url);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_good_answer,    refusals,      slow_and_cut,
        last_good_answer, quota_is_kept, without_a_uid,
        questions,        windows,       followed_events_are_refreshed_free};
    Suite *s = suite_create("colibri");
    TCase *t = tcase_create("colibri");
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
