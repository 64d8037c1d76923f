/* check_kafka.c - alerts through Kafka against librdkafka's own mock cluster: the corpus comes through
 * whole, a stream that falls silent or a broker that goes is told, logins and their tokens. Run by
 * kafka.sh, which builds the program with librdkafka. */
#include <check.h>
#include <dirent.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../alerts/stream_options.h"
#include "../io/server.h"
#include "broker.h"
#include "vigie/alerts/feed.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"

#define SECRET "s3cret-of-the-client"
#define TOKEN  "t0ken.that.is-good"

static const struct conf_option table[] = {{"alerts.spool", CONF_TEXT, "no", 0, 0, 0, 0, ""},
                                           {"alerts.vtp", CONF_TEXT, "", 0, 0, 0, 0, ""},
                                           {"alerts.colibri", CONF_BOOL, "no", 0, 0, 0, 0, ""},
                                           STREAM_OPTIONS,
                                           {0}};

static struct loop *loop;
static struct store *st;
static struct alert_book *book;
static struct conf *conf;
static struct http *http;
static struct alert_feed *feed;
static struct clock_manual hand;
static struct str logged;
static rd_kafka_t *producer;
static rd_kafka_mock_cluster_t *cluster;
static int port;

static void to_log(void *arg, enum log_level level, const char *room, const char *subject,
                   const char *message)
{
    (void)arg, (void)level;
    str_addf(&logged, "%s %s %s\n", room, subject, message);
}

static void set(const char *name, const char *value)
{
    struct error err;
    ck_assert_msg(conf_set(conf, name, value, &err) == OK, "%s", err.text);
}

static void set_port(const char *name, int at)
{
    char text[40];
    snprintf(text, sizeof text, "127.0.0.1:%d", at);
    set(name, text);
}

static void setup(void)
{
    struct store_options so = {.rooms = &alert_store_room, .n_rooms = 1};
    struct http_options ho = {.tries = 1, .silence_ms = 2000};
    char why[200];
    clock_manual_init(&hand, CLOCK_WALL(clock_system()));
    loop = loop_new(clock_system());
    conf = conf_new(table);
    ck_assert_int_eq(store_open(NULL, &so, &st, NULL), OK);
    ck_assert_int_eq(alert_book_open(st, 0, &book, NULL), OK);
    http = http_new(loop, &ho);
    log_to(to_log, NULL);
    rd_kafka_conf_t *c = rd_kafka_conf_new();
    ck_assert_int_eq(rd_kafka_conf_set(c, "message.max.bytes", "8000000", why, sizeof why), 0);
    ck_assert_int_eq(rd_kafka_conf_set(c, "log_level", "0", why, sizeof why), 0);
    producer = rd_kafka_new(RD_KAFKA_PRODUCER, c, why, sizeof why);
    ck_assert_msg(producer != NULL, "%s", why);
    cluster = rd_kafka_mock_cluster_new(producer, 1);
    ck_assert_ptr_nonnull(cluster);
    ck_assert_int_eq(rd_kafka_mock_topic_create(cluster, "packets", 1, 1), 0);
    ck_assert_int_eq(rd_kafka_mock_topic_create(cluster, "heartbeat", 1, 1), 0);
    const char *at = rd_kafka_mock_cluster_bootstraps(cluster);
    rd_kafka_brokers_add(producer, at);
    port = atoi(strrchr(at, ':') + 1);
    set_port("alerts.gcn.brokers", port);
}

static void close_feed(void)
{
    alert_feed_free(feed);
    feed = NULL;
}

static void teardown(void)
{
    close_feed();
    http_free(http);
    alert_book_close(book);
    store_close(st);
    conf_free(conf);
    loop_free(loop);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(producer);
    ck_assert_msg(!strstr(str_c(&logged), SECRET) && !strstr(str_c(&logged), TOKEN),
                  "a secret is in the log: %s", logged.s);
    log_to(NULL, NULL);
    str_clear(&logged);
}

static void produce(const char *topic, const void *bytes, size_t n)
{
    ck_assert_int_eq(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic),
                                       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                       RD_KAFKA_V_VALUE((void *)(uintptr_t)bytes, n),
                                       RD_KAFKA_V_END),
                     0);
}

static const struct source_status *begin(const char *name)
{
    struct feed_options fo = {
        .loop = loop, .clock = &hand.clock, .book = book, .conf = conf, .http = http};
    feed = alert_feed_new(&fo);
    for (size_t i = 0; i < alert_feed_n(feed); i++)
        if (strcmp(alert_feed_at(feed, i)->name, name) == 0)
            return alert_feed_at(feed, i);
    ck_abort_msg("no source %s", name);
}

static bool clock_runs;
static int64_t wake(void *arg)
{
    (void)arg;
    if (clock_runs)
        hand.wall = CLOCK_WALL(clock_system());
    return 50;
}

/* Turns until `done` says so, at most half a minute. */
static bool turn_until(bool (*done)(const struct source_status *s), const struct source_status *s)
{
    int64_t end = loop_now_ms(loop) + 30000;
    uint64_t id = loop_timer(loop, 0, wake, NULL, "test");
    while (!done(s) && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    loop_timer_del(loop, id);
    return done(s);
}

static size_t wanted;
static bool has_events(const struct source_status *s)
{
    (void)s;
    return alert_book_n(book) >= wanted;
}
static bool is_well(const struct source_status *s)
{
    return s->state == SOURCE_WAITING;
}
static bool in_trouble(const struct source_status *s)
{
    return s->state == SOURCE_TROUBLE;
}

static const char *packet(int k)
{
    static char text[400];
    snprintf(text, sizeof text,
             "{\"trigger_time\":\"2026-11-27T0%d:00:00Z\",\"event_name\":[\"GRB 26112%dA\"],\"id\":"
             "[\"%d\"],\"mission\":\"Test\",\"ra\":%d.5,\"dec\":20,\"ra_dec_error\":0.1}",
             k % 10, k % 10, 700000 + k, k);
    return text;
}

static void put_packet(int k)
{
    produce("packets", packet(k), strlen(packet(k)));
}

static int produce_folder(const char *what, struct alert_book *straight)
{
    const char *corpus = getenv("VIGIE_CORPUS");
    ck_assert_msg(corpus != NULL, "VIGIE_CORPUS must name the folder of the corpora");
    char *folder = mem_printf("%s/alerts/%s", corpus, what);
    DIR *d = opendir(folder);
    int n = 0;
    ck_assert_msg(d != NULL, "%s", folder);
    for (struct dirent *e; (e = readdir(d));) {
        char *path = mem_printf("%s/%s", folder, e->d_name);
        struct str t = {0};
        struct alert_taken taken;
        if (e->d_name[0] != '.' && file_read(path, 4 << 20, &t, NULL) == OK && t.n) {
            produce("packets", t.s, t.n);
            ck_assert_int_eq(alert_book_take(straight, t.s, t.n, "x", NULL, 1, &taken, NULL), OK);
            n++;
        }
        str_clear(&t);
        free(path);
    }
    closedir(d);
    free(folder);
    return n;
}

/* What each event is known by: the same whichever way its packets came. */
static uint64_t digest(const struct alert_book *b, int *revisions)
{
    uint64_t sum = 0;
    *revisions = 0;
    for (size_t i = 0; i < alert_book_n(b); i++) {
        const struct alert_event *e = alert_book_at(b, i);
        uint64_t h = 14695981039346656037u;
        for (const char *p = e->key ? e->key : e->ref ? e->ref : ""; *p; p++)
            h = (h ^ (unsigned char)*p) * 1099511628211u;
        sum += h;
        *revisions += e->revisions;
    }
    return sum;
}

static int n_unread;
static void count_unread(void *arg, const struct alert_packet *p)
{
    (void)arg;
    ck_assert_str_ne(p->reason, "");
    n_unread++;
}

START_TEST(the_corpus_comes_through)
{
    struct store_options so = {.rooms = &alert_store_room, .n_rooms = 1};
    struct store *st2;
    struct alert_book *straight;
    int r1, r2;
    ck_assert_int_eq(store_open(NULL, &so, &st2, NULL), OK);
    ck_assert_int_eq(alert_book_open(st2, 0, &straight, NULL), OK);
    int n = produce_folder("voevent", straight) + produce_folder("json", straight) +
            produce_folder("synthetic-malformed", straight);
    ck_assert_int_gt(n, 400);
    wanted = alert_book_n(straight);
    set("alerts.gcn.security", "plain");
    const struct source_status *s = begin("gcn");
    ck_assert_msg(turn_until(has_events, s), "%zu of %zu events: %s", alert_book_n(book), wanted,
                  s->text);
    for (int i = 0; i < 20; i++) /* what comes behind the last new event */
        loop_turn(loop, false);
    put_packet(1);
    wanted++;
    ck_assert(turn_until(has_events, s));
    ck_assert_uint_eq(alert_book_n(book), wanted);
    struct alert_taken taken;
    ck_assert_int_eq(
        alert_book_take(straight, packet(1), strlen(packet(1)), "x", NULL, 1, &taken, NULL), OK);
    ck_assert_uint_eq(digest(book, &r1), digest(straight, &r2));
    ck_assert_int_eq(r1, r2);
    ck_assert_int_eq(alert_book_unreadable(book, 1000, count_unread, NULL, NULL), OK);
    int here = n_unread;
    n_unread = 0;
    ck_assert_int_eq(alert_book_unreadable(straight, 1000, count_unread, NULL, NULL), OK);
    ck_assert_int_eq(here, n_unread);
    ck_assert_int_gt(n_unread, 10);
    printf("kafka: %d files of the corpus: %zu events, %d revisions, %d unreadable; worst turn "
           "%.0f ms\n",
           n, alert_book_n(book), r1, n_unread, loop_slow(loop).worst_ms);
    alert_book_close(straight);
    store_close(st2);
}
END_TEST

START_TEST(goes_on_where_it_was)
{
    set("alerts.gcn.security", "plain");
    put_packet(1);
    wanted = 1;
    const struct source_status *s = begin("gcn");
    ck_assert_msg(turn_until(has_events, s), "%s", s->text);
    int64_t end = loop_now_ms(loop) + 3000; /* its place is told once a second */
    uint64_t id = loop_timer(loop, 0, wake, NULL, "test");
    while (loop_now_ms(loop) < end)
        loop_turn(loop, true);
    loop_timer_del(loop, id);
    close_feed();
    put_packet(2);
    wanted = 2;
    s = begin("gcn"); /* the group is kept in the store */
    ck_assert_msg(turn_until(has_events, s), "%s", s->text);
    ck_assert_int_eq(s->taken, 1);
}
END_TEST

START_TEST(silence_is_seen)
{
    set("alerts.gcn.security", "plain");
    const struct source_status *s = begin("gcn");
    ck_assert_int_eq(s->last_ms, 0);
    produce("heartbeat", "{}", 2);
    ck_assert_msg(turn_until(is_well, s), "%s", s->text);
    ck_assert_int_eq(s->last_ms, hand.wall / 1000000);
    ck_assert_str_eq(s->text, "listens to 1 topics");
    ck_assert_uint_eq(alert_book_n(book), 0); /* a heartbeat is no packet */
    ck_assert(!alert_source_silent(s, s->last_ms + 120000));
    ck_assert(alert_source_silent(s, s->last_ms + 120001));
}
END_TEST

START_TEST(a_broker_goes_and_comes)
{
    set("alerts.gcn.security", "plain");
    put_packet(1);
    wanted = 1;
    const struct source_status *s = begin("gcn");
    ck_assert_msg(turn_until(has_events, s), "%s", s->text);
    ck_assert_int_eq(rd_kafka_mock_broker_set_down(cluster, 1), 0);
    ck_assert_msg(turn_until(in_trouble, s), "%s", s->text);
    ck_assert_msg(strstr(s->text, "127.0.0.1"), "%s", s->text);
    printf("kafka: a broker gone: \"%s\"\n", s->text);
    ck_assert_int_eq(rd_kafka_mock_broker_set_up(cluster, 1), 0);
    put_packet(2);
    wanted = 2;
    ck_assert_msg(turn_until(has_events, s), "%s", s->text);
    ck_assert_int_eq(s->state, SOURCE_WAITING);
}
END_TEST

static const char *token_answer(const char *status, const char *body)
{
    static char text[800];
    snprintf(text, sizeof text,
             "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
             "Connection: close\r\n\r\n%s",
             status, strlen(body), body);
    return text;
}

static void with_login(struct server *server, struct door *door)
{
    set("alerts.gcn.security", "plain");
    set("alerts.gcn.id", "me");
    set("alerts.gcn.secret", SECRET);
    set("alerts.gcn.token-url", server_url(server, "/oauth2/token"));
    set_port("alerts.gcn.brokers", door_port(door));
}

START_TEST(a_token_is_fetched_and_renewed)
{
    struct server_step step = {
        .answer = token_answer("200 OK", "{\"access_token\":\"" TOKEN
                                         "\",\"expires_in\":4,\"token_type\":\"Bearer\"}")};
    struct server *server = server_start(&step, 1);
    struct door *door = door_start(port, TOKEN);
    with_login(server, door);
    clock_runs = true;
    put_packet(1);
    wanted = 1;
    const struct source_status *s = begin("gcn");
    ck_assert_msg(turn_until(has_events, s), "%s (%d let in)", s->text, door_let_in(door));
    ck_assert_int_gt(door_let_in(door), 0);
    const char *r = server_request(server, 0);
    ck_assert_ptr_nonnull(strstr(r, "POST /oauth2/token"));
    /* base64 of "me:s3cret-of-the-client" by coreutils */
    ck_assert_ptr_nonnull(strstr(r, "Authorization: Basic bWU6czNjcmV0LW9mLXRoZS1jbGllbnQ=\r\n"));
    ck_assert_ptr_nonnull(strstr(r, "\r\n\r\ngrant_type=client_credentials"));
    int64_t end = loop_now_ms(loop) + 12000;
    uint64_t id = loop_timer(loop, 0, wake, NULL, "test");
    while (server_count(server) < 3 && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    loop_timer_del(loop, id);
    ck_assert_int_ge(server_count(server), 3);
    close_feed();
    door_stop(door);
    server_stop(server);
}
END_TEST

START_TEST(no_token)
{
    struct server_step step = {
        .answer = token_answer("401 Unauthorized", "{\"error\":\"invalid_client\"}")};
    struct server *server = server_start(&step, 1);
    struct door *door = door_start(port, TOKEN);
    with_login(server, door);
    const struct source_status *s = begin("gcn");
    ck_assert_msg(turn_until(in_trouble, s), "%s", s->text);
    ck_assert_msg(strstr(s->text, "no token: ") && strstr(s->text, "invalid_client"), "%s",
                  s->text);
    printf("kafka: no token: \"%s\"\n", s->text);
    ck_assert_int_eq(s->next_ms - hand.wall / 1000000, 3600000);
    ck_assert_int_eq(door_let_in(door), 0);
    ck_assert_int_eq(server_count(server), 1);
    close_feed();
    door_stop(door);
    server_stop(server);
}
END_TEST

START_TEST(a_bad_token)
{
    struct server_step step = {
        .answer = token_answer("200 OK", "{\"access_token\":\"another\",\"expires_in\":3600}")};
    struct server *server = server_start(&step, 1);
    struct door *door = door_start(port, TOKEN);
    with_login(server, door);
    const struct source_status *s = begin("gcn");
    ck_assert_msg(turn_until(in_trouble, s), "%s", s->text);
    ck_assert_msg(strstr(s->text, "login refused") && strstr(s->text, "invalid credentials"), "%s",
                  s->text);
    ck_assert_ptr_null(strstr(s->text, "another"));
    close_feed();
    door_stop(door);
    server_stop(server);
}
END_TEST

START_TEST(a_bad_password)
{
    struct door *door = door_start(port, TOKEN);
    set("alerts.gcn.security", "tls");
    set("alerts.stream.security", "plain");
    set("alerts.stream.user", "me");
    set("alerts.stream.password", SECRET);
    set_port("alerts.stream.brokers", door_port(door));
    const struct source_status *s = begin("stream");
    ck_assert_msg(turn_until(in_trouble, s), "%s", s->text);
    ck_assert_msg(strstr(s->text, "login refused") && strstr(s->text, "invalid credentials"), "%s",
                  s->text);
    printf("kafka: bad password: \"%s\"\n", s->text);
    ck_assert_ptr_null(strstr(s->text, SECRET));
    struct str group = {0};
    ck_assert_int_eq(alert_book_state(book, "stream.group", &group, NULL), OK);
    ck_assert_int_gt(group.n, 6);
    str_clear(&group);
    close_feed();
    door_stop(door);
}
END_TEST

START_TEST(never_without_tls)
{
    struct server_step step = {
        .answer = token_answer("200 OK", "{\"access_token\":\"" TOKEN "\",\"expires_in\":3600}")};
    struct server *server = server_start(&step, 1);
    struct door *door = door_start(port, TOKEN);
    with_login(server, door);
    set("alerts.gcn.security", "tls");
    const struct source_status *s = begin("gcn");
    ck_assert_msg(turn_until(in_trouble, s), "%s", s->text);
    ck_assert_msg(strstr(s->text, "SSL"), "%s", s->text);
    ck_assert_int_eq(door_let_in(door), 0);
    close_feed();
    door_stop(door);
    server_stop(server);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_corpus_comes_through,
                                  goes_on_where_it_was,
                                  silence_is_seen,
                                  a_broker_goes_and_comes,
                                  a_token_is_fetched_and_renewed,
                                  no_token,
                                  a_bad_token,
                                  a_bad_password,
                                  never_without_tls};
    Suite *s = suite_create("kafka");
    TCase *t = tcase_create("kafka");
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
