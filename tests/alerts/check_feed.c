/* check_feed.c - the spool folder: files come in whole, half-written ones wait, nothing is lost or
 * taken twice, also when the program dies in between. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

#include "stream_options.h"
#include "vigie/alerts/feed.h"
#include "vigie/base/file.h"
#include "vigie/io/kafka.h"

static const struct conf_option table[] = {{"alerts.spool", CONF_TEXT, "", 0, 0, 0, 0, ""},
                                           STREAM_OPTIONS,
                                           {"alerts.colibri", CONF_BOOL, "no", 0, 0, 0, 0, ""},
                                           {"alerts.vtp", CONF_TEXT, "", 0, 0, 0, 0, ""},
                                           {0}};

static char folder[64], spool[80], path[80];
static struct loop *loop;
static struct store *st;
static struct alert_book *book;
static struct conf *conf;
static struct alert_feed *feed;

static void up(void)
{
    struct store_options so = {.rooms = &alert_store_room, .n_rooms = 1};
    struct error err;
    loop = loop_new(clock_system());
    so.loop = loop;
    conf = conf_new(table);
    ck_assert_int_eq(conf_set(conf, "alerts.spool", spool, NULL), OK);
    ck_assert_msg(store_open(path, &so, &st, &err) == OK, "%s", err.text);
    ck_assert_int_eq(alert_book_open(st, 0, &book, NULL), OK);
    struct feed_options fo = {.loop = loop, .clock = clock_system(), .book = book, .conf = conf};
    feed = alert_feed_new(&fo);
}

static void down(void)
{
    alert_feed_free(feed);
    alert_book_close(book);
    store_close(st);
    conf_free(conf);
    loop_free(loop);
}

static void setup(void)
{
    strcpy(folder, "/tmp/check_feed.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(spool, sizeof spool, "%s/spool", folder);
    snprintf(path, sizeof path, "%s/store.db", folder);
    ck_assert_int_eq(mkdir(spool, 0700), 0);
    up();
}

static void teardown(void)
{
    char *command = mem_printf("rm -rf %s", folder);
    down();
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static void drop(const char *name, const char *text)
{
    char *file = mem_printf("%s/%s", spool, name);
    FILE *f = fopen(file, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
    free(file);
}

static bool exists(const char *name)
{
    char *file = mem_printf("%s/%s", spool, name);
    bool is = access(file, F_OK) == 0;
    free(file);
    return is;
}

static const char *packet(int k)
{
    static char s[400];
    snprintf(s, sizeof s,
             "<VOEvent ivorn='ivo://x/y#%d' role='observation'><What><Param name='TrigID' "
             "value='9%05d'/></What></VOEvent>",
             k, k);
    return s;
}

static void turn_for(int ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    while (loop_now_ms(loop) < end)
        loop_turn(loop, true);
}

/* Turns until so many events are there, or 5 s are over; the time it took in ms. */
static int64_t turn_until(size_t events)
{
    int64_t begin = loop_now_ms(loop);
    while (loop_now_ms(loop) < begin + 5000 && alert_book_n(book) < events)
        loop_turn(loop, true);
    ck_assert_uint_eq(alert_book_n(book), events);
    return loop_now_ms(loop) - begin;
}

static int64_t tick(void *arg)
{
    (void)arg;
    return 20;
}

START_TEST(files_come_in)
{
    uint64_t t = loop_timer(loop, 0, tick, NULL, "tick");
    turn_for(50);
    drop("a.xml", packet(1));
    printf("from the file to the event: %d ms\n", (int)turn_until(1));
    drop("b.json", "{\"trigger_id\":\"x9\",\"source_name\":\"AT 2026abc\",\"ra\":1,\"dec\":2}");
    turn_until(2);
    turn_for(60);
    ck_assert(!exists("a.xml") && exists("done/a.xml") && exists("done/b.json"));
    drop(".hidden.xml", packet(3));
    drop("c.xml.part", packet(3));
    turn_for(200);
    ck_assert_uint_eq(alert_book_n(book), 2);
    ck_assert(exists("c.xml.part"));
    loop_timer_del(loop, t);
}
END_TEST

START_TEST(half_a_file_waits)
{
    uint64_t t = loop_timer(loop, 0, tick, NULL, "tick");
    drop("a.xml", "<VOEvent ivorn='ivo://x/y#1'><Wha");
    turn_for(500);
    ck_assert(exists("a.xml"));
    ck_assert_uint_eq(alert_book_n(book), 0);
    drop("a.xml", packet(1));
    turn_until(1);
    loop_timer_del(loop, t);
}
END_TEST

static void count(void *arg, const struct alert_packet *p)
{
    ck_assert_ptr_nonnull(p->reason);
    (*(int *)arg)++;
}

START_TEST(unreadable_goes_into_the_book)
{
    struct utimbuf old = {1000000000, 1000000000};
    char *file = mem_printf("%s/bad.xml", spool);
    uint64_t t = loop_timer(loop, 0, tick, NULL, "tick");
    int n = 0;
    drop("bad.xml", "<html>no</html>");
    ck_assert_int_eq(utime(file, &old), 0);
    for (int i = 0; i < 100 && exists("bad.xml"); i++)
        turn_for(50);
    ck_assert(exists("done/bad.xml"));
    ck_assert_int_eq(alert_book_unreadable(book, 10, count, &n, NULL), OK);
    ck_assert_int_eq(n, 1);
    loop_timer_del(loop, t);
    free(file);
}
END_TEST

/* A child reads the spool and is killed in the middle; who comes next finds each event once. */
START_TEST(killed_in_the_middle)
{
    enum { N = 300 };
    down();
    for (int k = 0; k < N; k++) {
        char name[32];
        snprintf(name, sizeof name, "%03d.xml", k);
        drop(name, packet(k));
    }
    pid_t child = fork();
    if (child == 0) {
        up();
        for (;;)
            loop_turn(loop, true);
    }
    for (int i = 0; i < 500 && !exists("done/030.xml"); i++)
        usleep(2000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert(exists("done/030.xml"));
    up();
    uint64_t t = loop_timer(loop, 0, tick, NULL, "tick");
    for (int i = 0; i < 400 && exists("299.xml"); i++)
        turn_for(50);
    turn_for(100);
    ck_assert_uint_eq(alert_book_n(book), N);
    for (size_t i = 0; i < N; i++)
        ck_assert_int_eq(alert_book_at(book, i)->revisions, 1);
    loop_timer_del(loop, t);
}
END_TEST

START_TEST(states)
{
    ck_assert_uint_eq(alert_feed_n(feed), 5);
    for (size_t i = 0; i < 5; i++) {
        const struct source_status *s = alert_feed_at(feed, i);
        ck_assert_str_ne(s->text, "");
        ck_assert_int_eq(s->state, strcmp(s->name, "spool") ? SOURCE_OFF : SOURCE_WAITING);
        ck_assert(!alert_source_silent(s, 2000000000000));
    }
    struct source_status s = {.state = SOURCE_WAITING, .last_ms = 1000, .silent_s = 10};
    ck_assert(!alert_source_silent(&s, 11000));
    ck_assert(alert_source_silent(&s, 11001));
    s.since_ms = 5000; /* begun anew after its last answer */
    ck_assert(!alert_source_silent(&s, 15000));
    ck_assert(alert_source_silent(&s, 15001));
}
END_TEST

/* With librdkafka it is tests/peers/check_kafka.c that shows what a stream does. */
START_TEST(streams_say_what_they_need)
{
    static const char *const rows[][3] = {
        {"gcn", "alerts.gcn.id", "alerts.gcn.secret"},
        {"stream", "alerts.stream.user", "alerts.stream.password"}};
    for (size_t i = 0; i < 2; i++) {
        const struct source_status *s = alert_feed_at(feed, 3 + i);
        ck_assert_str_eq(s->name, rows[i][0]);
        ck_assert_msg(strstr(s->text, rows[i][1]) && strstr(s->text, rows[i][2]), "%s", s->text);
        ck_assert_int_eq(conf_set(conf, rows[i][1], "me", NULL), OK);
        ck_assert_int_eq(conf_set(conf, rows[i][2], "s3cret", NULL), OK);
        alert_feed_again(feed);
        s = alert_feed_at(feed, 3 + i);
        ck_assert_int_eq(s->state, SOURCE_OFF);
        ck_assert_msg(strstr(s->text, kafka_built() ? "offline" : "--with-rdkafka"), "%s", s->text);
        ck_assert_ptr_null(strstr(s->text, "s3cret"));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {files_come_in,
                                  half_a_file_waits,
                                  unreadable_goes_into_the_book,
                                  killed_in_the_middle,
                                  states,
                                  streams_say_what_they_need};
    Suite *s = suite_create("feed");
    TCase *t = tcase_create("feed");
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
