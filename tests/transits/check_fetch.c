/* check_fetch.c - the catalogue of the service: what takes the stored copy's place and what does
 * not. A small server in the test plays the service; the copy lies in a folder of the test.
 */
#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/transits/fetch.h"

static char folder[64], path[100];
static struct loop *loop;
static struct http *http;
static struct clock_manual now; /* 2026-11-23 20:30 UTC */
enum { NOW_S = 1795465800 };

struct got {
    int n, n_final;
    bool changed, fresh;
    size_t planets, before;
    double age_h;
    struct error err;
};
static struct got got;

static void on_news(void *arg, const struct fetch_news *news)
{
    struct got *g = arg;
    g->n++;
    g->n_final += news->final;
    g->changed = news->changed;
    g->fresh = news->fresh;
    g->planets = news->catalogue ? news->catalogue->n : 0;
    g->before = news->previous ? news->previous->n : 0;
    g->age_h = news->age_h;
    g->err = news->err;
}

static void setup(void)
{
    unsetenv("VIGIE_RECORD");
    unsetenv("VIGIE_REPLAY");
    snprintf(folder, sizeof folder, "/tmp/vigie-fetch-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/exoclock.json", folder);
    loop = loop_new(clock_system());
    http = http_new(loop, &(struct http_options){.backoff_ms = 10, .silence_ms = 1000});
    clock_manual_init(&now, NOW_S * INT64_C(1000000000));
    memset(&got, 0, sizeof got);
}

static void teardown(void)
{
    char cmd[200];
    http_free(http);
    loop_free(loop);
    snprintf(cmd, sizeof cmd, "chmod 700 '%s'; rm -rf '%s'", folder, folder);
    ck_assert_int_eq(system(cmd), 0);
}

/* A catalogue of n planets in ExoClock's layout; `mark` tells two of them apart. */
static char *planets(int n, const char *mark)
{
    struct str t = {0};
    str_addc(&t, '{');
    for (int i = 0; i < n; i++)
        str_addf(&t,
                 "%s\"Test-%db\": {\"name\": \"Test-%db\", \"priority\": \"%s\", \"star\": "
                 "\"Test-%d\", \"ra_j2000\": \"06:30:32.79\", \"dec_j2000\": \"+29:40:20.2\", "
                 "\"ephem_mid_time\": 2459554.20747, \"ephem_mid_time_e1\": 0.00002, "
                 "\"ephem_mid_time_e2\": -0.00002, \"ephem_mid_time_format\": \"BJD_TDB\", "
                 "\"ephem_period\": 1.0914194, \"ephem_period_e1\": 1e-8, \"ephem_period_e2\": "
                 "-1e-8, \"duration_hours\": 2.98, \"depth_r_mmag\": 15.7, \"v_mag\": 11.6, "
                 "\"r_mag\": 11.3, \"min_telescope_inches\": 6.0, \"current_oc_min\": 0.3}",
                 i ? ", " : "", i, i, mark, i);
    str_addc(&t, '}');
    return str_take(&t);
}

static char *answer(const char *headers, const char *body)
{
    return mem_printf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s"
                      "Content-Length: %zu\r\n\r\n%s",
                      headers, strlen(body), body);
}

static struct fetch *make(const struct server *s)
{
    struct fetch_options o = {
        .url = server_url(s, "/p"), .folder = folder, .max_age_h = -1, .clock = &now.clock};
    return fetch_new(http, &o, on_news, &got);
}

/* Asks, and waits for the last news. */
static void ask(struct fetch *f, bool force)
{
    got.n_final = 0;
    fetch_ask(f, force);
    while (got.n_final == 0)
        loop_turn(loop, true);
    ck_assert_int_eq(got.n_final, 1);
}

/* The copy as a first good fetch leaves it: 8 planets with validators. */
static void first_copy(void)
{
    char *body = planets(8, "low");
    char *a = answer("ETag: \"one\"\r\nLast-Modified: Sun, 22 Nov 2026 17:30:00 GMT\r\n", body);
    struct server *s = server_start(&(struct server_step){.answer = a}, 1);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_uint_eq(got.planets, 8);
    fetch_free(f);
    server_stop(s);
    free(a);
    free(body);
}

/* A later fetch: the same url would have another port, so the test keeps the marks by hand. */
static void take_over(const struct server *s)
{
    struct str t = {0};
    struct error err;
    char meta[120], *rest;
    snprintf(meta, sizeof meta, "%s.meta", path);
    ck_assert_int_eq(file_read(meta, 10000, &t, &err), OK);
    rest = strchr(t.s, '\n');
    char *text = mem_printf("url: %s%s", server_url(s, "/p"), rest);
    ck_assert_int_eq(file_replace(meta, text, strlen(text), 0600, &err), OK);
    free(text);
    str_clear(&t);
}

static void later_h(double h)
{
    clock_manual_step(&now, (int64_t)(h * 3.6e12));
}

static size_t copy_n(void)
{
    struct catalogue *c;
    struct error err;
    if (catalogue_read(path, 0, &c, &err) != OK)
        return 0;
    size_t n = c->n;
    catalogue_free(c);
    return n;
}

START_TEST(first_time)
{
    first_copy();
    ck_assert(got.changed && got.fresh);
    ck_assert_int_eq(got.n, 2); /* nothing at once, then the answer */
    ck_assert_double_eq_tol(got.age_h, 0, 1e-9);
    ck_assert_uint_eq(copy_n(), 8);
}
END_TEST

START_TEST(young_copy_is_enough)
{
    first_copy();
    struct server *s = server_start(&(struct server_step){.answer = "x"}, 1);
    take_over(s);
    later_h(23.9);
    memset(&got, 0, sizeof got);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_int_eq(got.n, 1);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_uint_eq(got.planets, 8);
    ck_assert(got.changed && !got.fresh);
    ck_assert_double_eq_tol(got.age_h, 23.9, 1e-3);
    ck_assert_int_eq(server_count(s), 0);
    fetch_free(f);
    server_stop(s);
}
END_TEST

START_TEST(confirmed)
{
    first_copy();
    struct server *s =
        server_start(&(struct server_step){.answer = "HTTP/1.1 304 Not Modified\r\n\r\n"}, 1);
    take_over(s);
    later_h(27);
    memset(&got, 0, sizeof got);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_int_eq(got.n, 2);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert(got.fresh && !got.changed);
    ck_assert_double_eq_tol(got.age_h, 0, 1e-9);
    ck_assert_ptr_nonnull(strstr(server_request(s, 0), "If-None-Match: \"one\"\r\n"));
    ck_assert_ptr_nonnull(
        strstr(server_request(s, 0), "If-Modified-Since: Sun, 22 Nov 2026 17:30:00 GMT\r\n"));
    fetch_free(f);
    memset(&got, 0, sizeof got); /* the new age is kept */
    f = make(s);
    later_h(1);
    ask(f, false);
    ck_assert_double_eq_tol(got.age_h, 1, 1e-3);
    ck_assert_int_eq(server_count(s), 1);
    ask(f, true); /* asked for by hand: the validators are still there */
    ck_assert_ptr_nonnull(strstr(server_request(s, 1), "If-None-Match: \"one\"\r\n"));
    fetch_free(f);
    server_stop(s);
}
END_TEST

START_TEST(new_catalogue)
{
    char *body = planets(9, "alert"), *a = answer("ETag: \"two\"\r\n", body), previous[120];
    struct catalogue *c;
    struct error err;
    first_copy();
    struct server *s = server_start(&(struct server_step){.answer = a}, 1);
    take_over(s);
    later_h(30);
    memset(&got, 0, sizeof got);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert(got.changed && got.fresh);
    ck_assert_uint_eq(got.planets, 9);
    ck_assert_uint_eq(got.before, 8);
    ck_assert_uint_eq(copy_n(), 9);
    snprintf(previous, sizeof previous, "%s.previous", path);
    ck_assert_int_eq(catalogue_read(previous, 0, &c, &err), OK);
    ck_assert_uint_eq(c->n, 8);
    catalogue_free(c);
    later_h(30);
    ask(f, false); /* the same bytes again under 200: nothing has changed */
    ck_assert(got.fresh && !got.changed);
    ck_assert_ptr_nonnull(strstr(server_request(s, 1), "If-None-Match: \"two\"\r\n"));
    ck_assert_ptr_null(strstr(server_request(s, 1), "If-Modified-Since"));
    fetch_free(f);
    server_stop(s);
    free(a);
    free(body);
}
END_TEST

/* Everything that must leave the stored copy as it is. */
static const struct {
    const char *answer;
    enum status status;
    const char *says;
} bad[] = {
    {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", E_NET, "ExoClock: HTTP 500 after 3 tries"},
    {"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", E_ABSENT, "ExoClock: HTTP 404"},
    {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 44\r\n\r\n"
     "<!DOCTYPE html><html><body>Down</body></html>",
     E_PARSE, "ExoClock: "},
    {"HTTP/1.1 200 OK\r\n\r\n{\"Test-0b\": {\"name\": \"Test-0b\", \"ra_j20", E_PARSE,
     "ExoClock: "},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"Test-0b\": {\"name\": \"Tes", E_NET,
     "ExoClock: the connection broke"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", E_PARSE, "ExoClock: "},
    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", E_PARSE, "ExoClock: "},
    {"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{\"error\": \"try later\"}", E_PARSE,
     "ExoClock: "},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\x1f\x8b\x08\x01\x02", E_PARSE, "ExoClock: "},
    {"HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", E_REFUSED,
     "ExoClock: redirects"},
    {NULL, E_PARSE, "ExoClock: sends 3 planets where 8 were known, not believed"},
};

START_TEST(bad_answers)
{
    char *body = planets(3, "low"), *few = answer("", body);
    first_copy();
    struct server *s =
        server_start(&(struct server_step){.answer = bad[_i].answer ? bad[_i].answer : few}, 1);
    take_over(s);
    later_h(27.5);
    memset(&got, 0, sizeof got);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_msg(got.err.status == bad[_i].status, "%s", got.err.text);
    ck_assert_msg(strncmp(got.err.text, bad[_i].says, strlen(bad[_i].says)) == 0, "%s",
                  got.err.text);
    ck_assert_msg(strstr(got.err.text, "; using the copy of 2026-11-23 20:30 UTC (27 h old)") !=
                      NULL,
                  "%s", got.err.text);
    ck_assert_ptr_null(strstr(got.err.text, "ExoClock: ExoClock"));
    ck_assert_uint_eq(got.planets, 8);
    ck_assert(!got.changed && !got.fresh);
    ck_assert_double_eq_tol(got.age_h, 27.5, 1e-3);
    ck_assert_uint_eq(copy_n(), 8);
    fetch_free(f);
    server_stop(s);
    free(few);
    free(body);
}
END_TEST

START_TEST(silent_service)
{
    first_copy();
    struct server *s = server_start(
        &(struct server_step){
            .head = "HTTP/1.1 200 OK\r\n\r\n{", .answer = " ", .drip_ms = 200, .repeat = 1000},
        1);
    take_over(s);
    later_h(72);
    memset(&got, 0, sizeof got);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_int_eq(got.err.status, E_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(got.err.text, "(3 days old)"));
    ck_assert_uint_eq(got.planets, 8);
    ck_assert_int_eq(server_count(s), 3);
    fetch_free(f);
    server_stop(s);
}
END_TEST

START_TEST(mends_after_a_cut)
{
    char *body = planets(20, "high"), *a = answer("", body);
    struct server *s =
        server_start((struct server_step[]){{.answer = a, .n = strlen(a) / 2}, {.answer = a}}, 2);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_uint_eq(got.planets, 20);
    ck_assert_int_eq(server_count(s), 2);
    fetch_free(f);
    server_stop(s);
    free(a);
    free(body);
}
END_TEST

START_TEST(nothing_at_all)
{
    struct server *s = server_start(&(struct server_step){.answer = bad[0].answer}, 1);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_uint_eq(got.planets, 0);
    ck_assert(isnan(got.age_h));
    ck_assert_ptr_nonnull(strstr(got.err.text, "--demo"));
    ck_assert_ptr_nonnull(strstr(got.err.text, "--catalogue FILE"));
    fetch_free(f);
    server_stop(s);
}
END_TEST

START_TEST(offline)
{
    struct fetch_options o = {.folder = folder, .offline = true, .clock = &now.clock};
    struct fetch *f = fetch_new(NULL, &o, on_news, &got);
    ask(f, true);
    ck_assert_int_eq(got.n, 1);
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_ptr_nonnull(strstr(got.err.text, "the network is off"));
    fetch_free(f);
    first_copy();
    later_h(500);
    memset(&got, 0, sizeof got);
    f = fetch_new(NULL, &o, on_news, &got);
    ask(f, true);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_uint_eq(got.planets, 8);
    fetch_free(f);
}
END_TEST

START_TEST(damaged_copy)
{
    char *body = planets(8, "low"), *a = answer("", body);
    struct error err;
    first_copy();
    ck_assert_int_eq(file_replace(path, "{\"Test", 6, 0600, &err), OK);
    struct server *s = server_start(&(struct server_step){.answer = a}, 1);
    take_over(s);
    memset(&got, 0, sizeof got);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_uint_eq(got.planets, 8);
    ck_assert_ptr_null(strstr(server_request(s, 0), "If-None-Match"));
    ck_assert_uint_eq(copy_n(), 8);
    fetch_free(f);
    server_stop(s);
    free(a);
    free(body);
}
END_TEST

/* A body without its own marks (the program was killed between the two) is asked for whole. */
START_TEST(old_marks_do_not_count)
{
    char *body = planets(9, "low"), *a = answer("ETag: \"three\"\r\n", body);
    struct error err;
    first_copy();
    ck_assert_int_eq(file_replace(path, body, strlen(body), 0600, &err), OK);
    struct server *s = server_start(&(struct server_step){.answer = a}, 1);
    take_over(s);
    memset(&got, 0, sizeof got);
    struct fetch *f = make(s);
    ask(f, true);
    ck_assert_ptr_null(strstr(server_request(s, 0), "If-None-Match"));
    ck_assert_int_eq(got.err.status, OK);
    fetch_free(f);
    server_stop(s);
    free(a);
    free(body);
}
END_TEST

START_TEST(killed_while_storing)
{
    char *body[2] = {planets(300, "low"), planets(400, "high")};
    char *a[2] = {answer("ETag: \"low\"\r\n", body[0]), answer("ETag: \"high\"\r\n", body[1])};
    struct server_step steps[2] = {{.answer = a[0]}, {.answer = a[1]}};
    struct server_step all[200];
    for (int i = 0; i < 200; i++)
        all[i] = steps[i % 2];
    struct server *s = server_start(all, 200);
    for (int round = 0; round < 12; round++) {
        pid_t child = fork();
        if (child == 0) {
            struct loop *l = loop_new(clock_system());
            struct http *h = http_new(l, NULL);
            struct fetch_options o = {.url = server_url(s, "/p"), .folder = folder};
            struct fetch *f = fetch_new(h, &o, on_news, &got);
            for (;;) {
                got.n_final = 0;
                fetch_ask(f, true);
                while (got.n_final == 0)
                    loop_turn(l, true);
            }
        }
        usleep(30000 + 7000 * (useconds_t)round);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct fetch_options o = {.url = server_url(s, "/p"), .folder = folder, .offline = true};
        memset(&got, 0, sizeof got);
        struct fetch *f = fetch_new(NULL, &o, on_news, &got);
        fetch_ask(f, false);
        ck_assert(got.planets == 0 || got.planets == 300 || got.planets == 400);
        ck_assert_int_eq(got.err.status, got.planets ? OK : E_NET);
        fetch_free(f);
        struct str meta = {0}, text = {0};
        struct error err;
        char side[120];
        snprintf(side, sizeof side, "%s.meta", path);
        if (got.planets && file_read(side, 10000, &meta, &err) == OK &&
            file_read(path, 10000000, &text, &err) == OK) {
            bool high = strstr(meta.s, "\"high\"") != NULL;
            char size[40];
            snprintf(size, sizeof size, "size: %zu\n", strlen(body[high]));
            ck_assert_ptr_nonnull(strstr(meta.s, size)); /* marks speak of their own body */
        }
        str_clear(&meta);
        str_clear(&text);
    }
    server_stop(s);
    for (int i = 0; i < 2; i++) {
        free(a[i]);
        free(body[i]);
    }
}
END_TEST

START_TEST(cannot_be_kept)
{
    char *body = planets(8, "low"), *a = answer("", body);
    struct error err;
    struct server *s = server_start(&(struct server_step){.answer = a}, 1);
    char file[100];
    snprintf(file, sizeof file, "%s/no-folder", folder);
    ck_assert_int_eq(file_replace(file, "x", 1, 0600, &err), OK);
    struct fetch_options o = {.url = server_url(s, "/p"), .folder = file, .clock = &now.clock};
    struct fetch *f = fetch_new(http, &o, on_news, &got);
    ask(f, false);
    ck_assert_uint_eq(got.planets, 8); /* used all the same */
    ck_assert(got.fresh && got.changed);
    ck_assert_int_eq(got.err.status, E_IO);
    ck_assert_ptr_nonnull(strstr(got.err.text, "fetched, but not kept"));
    fetch_free(f);
    server_stop(s);
    free(a);
    free(body);
}
END_TEST

START_TEST(asked_twice_sent_once)
{
    char *body = planets(8, "low"), *a = answer("", body);
    struct server *s = server_start(&(struct server_step){.answer = a, .wait_ms = 50}, 1);
    struct fetch *f = make(s);
    fetch_ask(f, false);
    fetch_ask(f, true);
    ck_assert_int_eq(got.n_final, 0);
    while (got.n_final == 0)
        loop_turn(loop, true);
    ck_assert_int_eq(server_count(s), 1);
    fetch_ask(f, true);
    int n = got.n;
    fetch_free(f); /* under way: no more news */
    for (int i = 0; i < 10; i++)
        loop_turn(loop, false);
    ck_assert_int_eq(got.n, n);
    server_stop(s);
    free(a);
    free(body);
}
END_TEST

START_TEST(freed_at_any_moment)
{
    char *body[2] = {planets(200, "low"), planets(300, "high")};
    char *a[2] = {answer("", body[0]), answer("", body[1])};
    struct server_step steps[60];
    for (int i = 0; i < 60; i++)
        steps[i] = (struct server_step){.answer = a[i % 2]};
    struct server *s = server_start(steps, 60);
    for (int round = 0; round < 60; round++) {
        struct fetch *f = make(s);
        fetch_ask(f, true);
        int n = got.n;
        for (int i = 0; i < round && !got.fresh; i++)
            loop_turn(loop, true);
        fetch_free(f);
        got.fresh = false;
        ck_assert_int_le(got.n, n + 1);
    }
    server_stop(s);
    for (int i = 0; i < 2; i++) {
        free(a[i]);
        free(body[i]);
    }
}
END_TEST

START_TEST(one_shot)
{
    char *body = planets(8, "low"), *a = answer("", body), *more = planets(9, "alert"),
         *b = answer("", more);
    struct catalogue *c;
    struct error note, err;
    struct str news = {0};
    struct server *s = server_start(
        (struct server_step[]){
            {.answer = a}, {.answer = bad[2].answer}, {.answer = b}, {.answer = bad[2].answer}},
        4);
    struct fetch_options o = {.url = server_url(s, "/p"), .folder = folder, .max_age_h = 24};
    ck_assert_msg(fetch_catalogue(&o, &c, &news, &note, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(c->n, 8);
    ck_assert_int_eq(note.status, OK);
    ck_assert_int_gt(c->fetched_ns, 0);
    catalogue_free(c);
    o.max_age_h = 0;
    ck_assert_int_eq(fetch_catalogue(&o, &c, &news, &note, &err), OK);
    ck_assert_uint_eq(c->n, 8);
    ck_assert_int_eq(note.status, E_PARSE);
    ck_assert_ptr_nonnull(strstr(note.text, "(0 min old)"));
    catalogue_free(c);
    ck_assert_uint_eq(news.n, 0);
    ck_assert_int_eq(fetch_catalogue(&o, &c, &news, &note, &err), OK);
    ck_assert_ptr_nonnull(strstr(str_c(&news), ": 8 new alerts, 1 new planet\n"));
    ck_assert_ptr_nonnull(strstr(str_c(&news), "Test-7b is now alert (was low), O-C +0.3 min\n"));
    str_clear(&news);
    catalogue_free(c);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(fetch_catalogue(&o, &c, &news, &note, &err), E_NET);
    ck_assert_ptr_null(c);
    ck_assert_ptr_nonnull(strstr(err.text, "--demo"));
    server_stop(s);
    free(a);
    free(b);
    free(body);
    free(more);
}
END_TEST

struct second {
    int n;
    size_t rows;
    char best[40];
    struct error err;
    const struct planet *planet;
};

static void on_second(void *arg, const struct nasa_table *t, const struct error *err)
{
    struct second *g = arg;
    const struct nasa_row *best = t ? nasa_best(t, g->planet) : NULL;
    g->n++;
    g->rows = t ? t->n : 0;
    g->err = *err;
    snprintf(g->best, sizeof g->best, "%s", best ? best->ephemeris.ref : "");
}

/* Figures of Collins et al. 2017 and of a row without a period. */
static const char nasa_answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n"
    "pl_name,hostname,default_flag,pl_refname,ra,dec,pl_tranmid,pl_tranmid_systemref,pl_orbper\n"
    "WASP-12 b,WASP-12,0,Someone 2010,97.6366,29.6723,,,\n"
    "WASP-12 b,WASP-12,1,Collins et al. 2017,97.6366,29.6723,2456176.668258,BJD-TDB,1.0914203\n";

START_TEST(second_opinion)
{
    struct server *s =
        server_start((struct server_step[]){{.answer = nasa_answer}, {.answer = bad[2].answer}}, 2);
    struct planet p = {.name = "WASP-12b",
                       .ra_rad = 97.6366 * M_PI / 180,
                       .dec_rad = 29.6723 * M_PI / 180,
                       .ephemeris = {.t0 = {2457010, 0.5}, .period = {1, 0.0914203}}};
    struct second g = {.planet = &p};
    struct error err;
    uint64_t id = fetch_nasa(http, &p, server_url(s, "/TAP/sync"), on_second, &g, &err);
    ck_assert_msg(id != 0, "%s", err.text);
    ck_assert_int_eq(g.n, 0);
    http_wait(http, id);
    ck_assert_msg(g.err.status == OK, "%s", g.err.text);
    ck_assert_uint_eq(g.rows, 2);
    ck_assert_str_eq(g.best, "Collins et al. 2017");
    const char *r = server_request(s, 0);
    ck_assert(strncmp(r, "GET /TAP/sync?query=select+pl_name,", 35) == 0);
    ck_assert_ptr_null(strchr(r, '%')); /* its gate refuses that */
    http_wait(http, fetch_nasa(http, &p, server_url(s, "/TAP/sync"), on_second, &g, &err));
    ck_assert_int_eq(g.n, 2);
    ck_assert_int_eq(g.err.status, E_PARSE); /* a page under status 200 */
    ck_assert(strncmp(g.err.text, "NASA Exoplanet Archive: ", 24) == 0);
    ck_assert_uint_eq(g.rows, 0);
    id = fetch_nasa(http, &p, server_url(s, "/TAP/sync"), on_second, &g, &err);
    http_cancel(http, id);
    ck_assert_int_eq(g.n, 3);
    ck_assert_int_eq(g.err.status, E_CANCELLED);
    server_stop(s);
}
END_TEST

/* The real catalogue, if the corpus is there: whole, in short turns. */
START_TEST(real_catalogue)
{
    const char *corpus = getenv("VIGIE_CORPUS");
    struct str t = {0};
    struct error err;
    if (!corpus) {
        fprintf(stderr, "check_fetch: no VIGIE_CORPUS, the real catalogue is not fetched\n");
        return;
    }
    char *file = mem_printf("%s/exoclock/planets.json", corpus);
    ck_assert_msg(file_read(file, 10000000, &t, &err) == OK, "%s", err.text);
    char *a = answer("ETag: \"real\"\r\n", t.s);
    struct server *s = server_start(&(struct server_step){.answer = a}, 1);
    struct fetch *f = make(s);
    ask(f, false);
    ck_assert_msg(got.err.status == OK, "%s", got.err.text);
    ck_assert_uint_eq(got.planets, 776); /* the corpus' README */
    fetch_free(f);
    server_stop(s);
    free(a);
    free(file);
    str_clear(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch");
    TCase *t = tcase_create("fetch");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, first_time);
    tcase_add_test(t, young_copy_is_enough);
    tcase_add_test(t, confirmed);
    tcase_add_test(t, new_catalogue);
    tcase_add_loop_test(t, bad_answers, 0, (int)(sizeof bad / sizeof *bad));
    tcase_add_test(t, silent_service);
    tcase_add_test(t, mends_after_a_cut);
    tcase_add_test(t, nothing_at_all);
    tcase_add_test(t, offline);
    tcase_add_test(t, damaged_copy);
    tcase_add_test(t, old_marks_do_not_count);
    tcase_add_test(t, killed_while_storing);
    tcase_add_test(t, cannot_be_kept);
    tcase_add_test(t, asked_twice_sent_once);
    tcase_add_test(t, freed_at_any_moment);
    tcase_add_test(t, one_shot);
    tcase_add_test(t, second_opinion);
    tcase_add_test(t, real_catalogue);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
