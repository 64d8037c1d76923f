/* check_download.c - datasets from a server that plays a script: whole, broken and taken up, of another
 * version, too large, named by the service. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/vo/download.h"

static char folder[64];
static struct loop *loop;
static struct http *http;

static void setup(void)
{
    const struct http_options o = {.tries = 1, .backoff_ms = 1, .silence_ms = 3000};
    strcpy(folder, "/tmp/vigie-check-download-XXXXXX");
    ck_assert(mkdtemp(folder) != NULL);
    loop = loop_new(clock_system());
    http = http_new(loop, &o);
}

static void teardown(void)
{
    char *rm = mem_printf("rm -rf %s", folder);
    http_free(http);
    loop_free(loop);
    ck_assert_int_eq(system(rm), 0);
    free(rm);
}

struct seen {
    struct error err;
    char path[200], type[60];
    uint64_t bytes, told;
    int resumed, done;
};

static void on_progress(void *arg, uint64_t got, uint64_t total)
{
    (void)total;
    ((struct seen *)arg)->told = got;
}

static void on_done(void *arg, const struct download_result *r)
{
    struct seen *s = arg;
    s->done++;
    s->err = r->err;
    s->bytes = r->bytes;
    s->resumed = r->resumed;
    snprintf(s->path, sizeof s->path, "%s", r->path);
    snprintf(s->type, sizeof s->type, "%s", r->type);
    loop_stop(loop);
}

static struct seen get(const char *url, const char *name, uint64_t most)
{
    struct seen s = {.done = 0};
    struct error err;
    char *path = mem_printf("%s/%s", folder, name);
    const struct download_setup setup = {.http = http,
                                         .name = "archive",
                                         .url = url,
                                         .path = path,
                                         .max_bytes = most,
                                         .progress = on_progress,
                                         .done = on_done,
                                         .arg = &s};
    struct download *d = download_start(&setup, &err);
    ck_assert_msg(d != NULL, "%s", err.text);
    loop_run(loop);
    ck_assert_int_eq(s.done, 1);
    download_free(d);
    free(path);
    return s;
}

static void holds(const char *name, const char *want)
{
    struct str s = {0};
    struct error err;
    char *path = mem_printf("%s/%s", folder, name);
    if (!want) {
        ck_assert_msg(access(path, F_OK) != 0, "%s is there", name);
    } else {
        ck_assert_msg(file_read(path, 1000, &s, &err) == OK, "%s", err.text);
        ck_assert_str_eq(str_c(&s), want);
    }
    str_clear(&s);
    free(path);
}

#define OK200(headers)                                                                             \
    "HTTP/1.1 200 OK\r\nContent-Type: image/fits\r\n" headers "Connection: close\r\n\r\n"
#define OK206(range)                                                                               \
    "HTTP/1.1 206 Partial\r\nContent-Range: bytes " range "\r\nConnection: close\r\n\r\n"

START_TEST(whole)
{
    const struct server_step steps[] = {{.answer = OK200("Content-Length: 10\r\n") "0123456789"}};
    struct server *s = server_start(steps, 1);
    struct seen r = get(server_url(s, "/x.fits"), "a/x.fits", 0);
    ck_assert_msg(r.err.status == OK, "%s", r.err.text);
    ck_assert_uint_eq(r.bytes, 10);
    ck_assert_str_eq(r.type, "image/fits");
    holds("a/x.fits", "0123456789");
    holds("a/x.fits.part", NULL);
    holds("a/x.fits.part.from", NULL);
    ck_assert(strstr(server_request(s, 0), "Accept-Encoding: identity\r\n"));
    server_stop(s);
}
END_TEST

/* The line breaks twice: each time only the rest is asked for, on condition of the version. */
START_TEST(taken_up)
{
    const struct server_step steps[] = {
        {.answer = OK200("ETag: \"v1\"\r\nContent-Length: 10\r\n") "0123"},
        {.answer = OK206("4-9/10") "45"},
        {.answer = OK206("6-9/10") "6789"}};
    struct server *s = server_start(steps, 3);
    struct seen r = get(server_url(s, "/x.fits"), "x.fits", 0);
    ck_assert_msg(r.err.status == OK, "%s", r.err.text);
    ck_assert_int_eq(r.resumed, 2);
    holds("x.fits", "0123456789");
    ck_assert(strstr(server_request(s, 1), "Range: bytes=4-\r\n"));
    ck_assert(strstr(server_request(s, 1), "If-Range: \"v1\"\r\n"));
    ck_assert(strstr(server_request(s, 2), "Range: bytes=6-\r\n"));
    server_stop(s);
}
END_TEST

/* Another run goes on where one that failed ended; if the dataset has changed, from its beginning. */
START_TEST(in_another_run)
{
    const struct server_step steps[] = {
        {.answer = OK200("Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n") "0123",
         .then = THEN_CLOSE},
        {.answer = "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
        {.answer = OK206("4-9/10") "456789"}};
    struct server *s = server_start(steps, 3);
    char *part = mem_printf("%s/x.fits.part", folder), *from = mem_printf("%s.from", part);
    char *url = mem_str(server_url(s, "/x.fits")),
         *mark = mem_printf("%s\nMon, 01 Jan 2024 00:00:00 GMT\n", url);
    struct error err;
    ck_assert(file_replace(part, "0123", 4, 0644, &err) == OK);
    ck_assert(file_replace(from, mark, strlen(mark), 0644, &err) == OK);
    const struct server_step changed[] = {{.answer = OK200("Content-Length: 3\r\n") "abc"}};
    struct server *other = server_start(changed, 1);
    struct seen r =
        get(url, "y.fits", 0); /* the first answer has no length: it ends with the line */
    ck_assert(r.err.status == OK && r.bytes == 4);
    r = get(url, "x.fits", 0);
    ck_assert(r.err.status == E_ABSENT);
    holds("x.fits.part", "0123");
    r = get(url, "x.fits", 0);
    ck_assert_msg(r.err.status == OK, "%s", r.err.text);
    ck_assert(strstr(server_request(s, 2), "If-Range: Mon, 01 Jan 2024 00:00:00 GMT\r\n"));
    holds("x.fits", "0123456789");
    ck_assert(file_replace(part, "0123", 4, 0644, &err) == OK);
    free(mark);
    mark = mem_printf("%s\n\"old\"\n", server_url(other, "/x.fits"));
    ck_assert(file_replace(from, mark, strlen(mark), 0644, &err) == OK);
    r = get(server_url(other, "/x.fits"), "x.fits", 0);
    ck_assert(r.err.status == OK && r.resumed == 0);
    holds("x.fits", "abc");
    server_stop(s);
    server_stop(other);
    free(part);
    free(from);
    free(url);
    free(mark);
}
END_TEST

START_TEST(limits_and_faults)
{
    const struct server_step large[] = {{.answer = OK200("Content-Length: 5000000\r\n") "0123"}},
                             endless[] = {{.answer = "0123456789",
                                           .repeat = 1000,
                                           .head = OK200("")}},
                             wrong[] = {
                                 {.answer = OK200("ETag: \"1\"\r\nContent-Length: 9\r\n") "01"},
                                 {.answer = OK206("5-8/9") "5678"}};
    struct server *a = server_start(large, 1), *b = server_start(endless, 1),
                  *c = server_start(wrong, 2);
    struct seen r = get(server_url(a, "/x"), "x", 1000000);
    ck_assert(r.err.status == E_RANGE);
    ck_assert_str_eq(r.err.text, "archive: the dataset has 5.0 MB, more than the 1.0 MB allowed");
    r = get(server_url(b, "/x"), "x", 5000);
    ck_assert(r.err.status == E_RANGE && r.bytes <= 5000);
    holds("x", NULL);
    r = get(server_url(c, "/x"), "z", 0);
    ck_assert(r.err.status == E_PARSE);
    ck_assert_str_eq(r.err.text, "archive: sent another part than was asked for");
    server_stop(a);
    server_stop(b);
    char *gone = mem_str(server_url(c, "/x"));
    server_stop(c);
    r = get(gone, "w", 0);
    free(gone);
    ck_assert(r.err.status == E_NET);
}
END_TEST

START_TEST(names)
{
    static const char *const row[][4] = {
        {"attachment; filename=\"m31 B.fits\"", "http://a/get?x=1", NULL, "m31_B.fits"},
        {"attachment; filename=\"../../.bashrc\"", "http://a/x", NULL, "bashrc"},
        {NULL, "http://a/b/img%20%2Fetc%2Fpasswd", "image/fits", "passwd.fits"},
        {NULL, "http://a/b/m31.fits?q=1", "image/jpeg", "m31.fits"},
        {NULL, "http://a/", NULL, "dataset"},
        {NULL, "http://a", "image/png", "dataset.png"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct str s = {0};
        download_name(&s, row[i][0], row[i][1], row[i][2]);
        ck_assert_str_eq(s.s, row[i][3]);
        str_clear(&s);
    }
    const struct server_step steps[] = {
        {.answer = OK200("Content-Disposition: attachment; filename=m31.fits\r\n"
                         "Content-Length: 3\r\n") "abc"}};
    struct server *server = server_start(steps, 1);
    struct seen r = get(server_url(server, "/get?id=1"), "in/", 0);
    ck_assert_msg(r.err.status == OK, "%s", r.err.text);
    holds("in/m31.fits", "abc");
    r = get(server_url(server, "/get?id=1"), "in/", 0);
    holds("in/m31-2.fits", "abc");
    server_stop(server);
}
END_TEST

START_TEST(cancelled)
{
    const struct server_step steps[] = {
        {.answer = OK200("Content-Length: 100\r\n") "0123", .then = THEN_SILENCE}};
    struct server *server = server_start(steps, 1);
    struct seen s = {.done = 0};
    struct error err;
    char *path = mem_printf("%s/x", folder);
    const struct download_setup setup = {.http = http,
                                         .name = "archive",
                                         .url = server_url(server, "/x"),
                                         .path = path,
                                         .done = on_done,
                                         .arg = &s};
    struct download *d = download_start(&setup, &err);
    for (int i = 0; i < 50; i++) {
        loop_turn(loop, false);
        usleep(2000);
    }
    download_cancel(d);
    ck_assert(s.done == 1 && s.err.status == E_CANCELLED);
    download_free(d);
    d = download_start(&setup, &err);
    download_free(d);
    ck_assert_int_eq(s.done, 1);
    free(path);
    server_stop(server);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("download");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, whole);
    tcase_add_test(c, taken_up);
    tcase_add_test(c, in_another_run);
    tcase_add_test(c, limits_and_faults);
    tcase_add_test(c, names);
    tcase_add_test(c, cancelled);
    tcase_set_timeout(c, 30);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
