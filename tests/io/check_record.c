/* check_record.c - answers written and given back: the same question gets the same answer, secrets
 * stay out, wrong files are refused.
 */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/io/http.h"
#include "vigie/io/record.h"

static char folder[64];
static struct error err;

static void setup(void)
{
    unsetenv("VIGIE_RECORD");
    unsetenv("VIGIE_REPLAY");
    snprintf(folder, sizeof folder, "/tmp/vigie-record-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
    char cmd[200];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(cmd), 0);
}

/* All names and texts of the folder, in one string. */
static void everything(struct str *out, int *n)
{
    DIR *d = opendir(folder);
    struct str t = {0};
    char path[400];
    *n = 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        ck_assert_int_eq(file_read(path, 1000000, &t, &err), OK);
        str_addf(out, "%s\n%s\n", e->d_name, t.s);
        ++*n;
    }
    closedir(d);
    str_clear(&t);
}

static void put(struct record *r, const char *url, const char *body, const char *answer)
{
    struct record_entry e = {.code = 200};
    str_add(&e.headers, "content-type: text/plain\netag: \"1\"\n");
    str_add(&e.body, answer);
    ck_assert_msg(record_put(r, "POST", url, body, strlen(body), false, &e, &err) == OK, "%s",
                  err.text);
    record_entry_clear(&e);
}

static const char *get(struct record *r, const char *url, const char *body)
{
    static char text[100];
    struct record_entry e = {.code = 0};
    enum status s = record_get(r, "POST", url, body, strlen(body), false, 1000000, &e, &err);
    snprintf(text, sizeof text, "%s", s == OK ? str_c(&e.body) : status_name(s));
    record_entry_clear(&e);
    return text;
}

START_TEST(there_and_back)
{
    struct record *r = record_new(folder);
    struct record_entry e = {.code = 207}, back = {.code = 0};
    str_add(&e.headers, "content-type: text/xml\nx-odd: a: b\n");
    str_addn(&e.body, "\n\nline\0zero\n\n", 13);
    ck_assert_int_eq(record_put(r, "GET", "https://a.example/x?y=1#z", "", 0, false, &e, &err), OK);
    record_free(r);
    r = record_new(folder);
    ck_assert_msg(
        record_get(r, "GET", "https://a.example/x?y=1", "", 0, false, 100000, &back, &err) == OK,
        "%s", err.text);
    ck_assert_int_eq(back.code, 207);
    ck_assert_str_eq(back.headers.s, e.headers.s);
    ck_assert_uint_eq(back.body.n, 13);
    ck_assert_mem_eq(back.body.s, e.body.s, 13);
    ck_assert_int_eq(
        record_get(r, "GET", "https://a.example/x?y=2", "", 0, false, 100000, &back, &err),
        E_ABSENT);
    ck_assert_ptr_nonnull(strstr(err.text, "GET-a.example-x-"));
    record_entry_clear(&e);
    record_entry_clear(&back);
    record_free(r);
}
END_TEST

START_TEST(in_order)
{
    struct record *r = record_new(folder);
    put(r, "http://a/q", "one", "first");
    put(r, "http://a/q", "one", "second");
    put(r, "http://a/q", "two", "other");
    record_free(r);
    for (int i = 0; i < 2; i++) { /* each reader begins at the first */
        r = record_new(folder);
        ck_assert_str_eq(get(r, "http://a/q", "two"), "other");
        ck_assert_str_eq(get(r, "http://a/q", "one"), "first");
        ck_assert_str_eq(get(r, "http://a/q", "one"), "second");
        ck_assert_str_eq(get(r, "http://a/q", "one"), "second"); /* the last one stays */
        ck_assert_str_eq(get(r, "http://a/q", "three"), "absent");
        record_free(r);
    }
}
END_TEST

START_TEST(failures_too)
{
    struct record *r = record_new(folder);
    struct record_entry e = {.code = 0}, back = {.code = 0};
    err_set(&e.failure, E_TIMEOUT, "ExoClock: no answer in 30 s (3 tries)");
    ck_assert_int_eq(record_put(r, "GET", "http://a/", "", 0, false, &e, &err), OK);
    record_free(r);
    r = record_new(folder);
    ck_assert_int_eq(record_get(r, "GET", "http://a/", "", 0, false, 10000, &back, &err), OK);
    ck_assert_int_eq(back.code, 0);
    ck_assert_int_eq(back.failure.status, E_TIMEOUT);
    ck_assert_str_eq(back.failure.text, "ExoClock: no answer in 30 s (3 tries)");
    record_entry_clear(&back);
    record_free(r);
}
END_TEST

START_TEST(secrets_stay_out)
{
    struct record *r = record_new(folder);
    struct record_entry e = {.code = 200}, back = {.code = 0};
    struct str all = {0};
    int n;
    str_add(&e.body, "answer");
    ck_assert_int_eq(record_put(r, "POST", "https://me:s3cret@a.example/x?uid=s3cret",
                                "{\"uid\": \"s3cret\"}", 17, true, &e, &err),
                     OK);
    everything(&all, &n);
    ck_assert_int_eq(n, 1);
    ck_assert_ptr_null(strstr(all.s, "s3cret"));
    ck_assert_ptr_nonnull(strstr(all.s, "POST https://a.example/x\n"));
    record_free(r);
    r = record_new(folder); /* another secret gets the same answer */
    ck_assert_int_eq(record_get(r, "POST", "https://you:other@a.example/x?uid=o", "{}", 2, true,
                                10000, &back, &err),
                     OK);
    ck_assert_str_eq(str_c(&back.body), "answer");
    record_entry_clear(&e);
    record_entry_clear(&back);
    str_clear(&all);
    record_free(r);
}
END_TEST

static const char *const wrong[] = {"",
                                    "GET http://a/\n",
                                    "GET http://a/\n\n",
                                    "GET http://a/\n\n20\n\nbody",
                                    "GET http://a/\n\n2000\n\nbody",
                                    "GET http://a/\n\n999\n\nbody",
                                    "GET http://a/\n\nerror nothing: x\n\n",
                                    "GET http://a/\n\nerror net\n\n",
                                    "GET http://a/\n\n200",
                                    "GET http://a/\n\n200\nheader: without end"};

START_TEST(wrong_files)
{
    struct record *r = record_new(folder);
    struct record_entry e = {.code = 200};
    ck_assert_int_eq(record_put(r, "GET", "http://a/", "", 0, false, &e, &err), OK);
    record_free(r);
    DIR *d = opendir(folder);
    char path[400] = "";
    for (struct dirent *f; (f = readdir(d));)
        if (f->d_name[0] != '.')
            snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
    closedir(d);
    ck_assert_int_eq(file_replace(path, wrong[_i], strlen(wrong[_i]), 0600, &err), OK);
    r = record_new(folder);
    ck_assert_int_eq(record_get(r, "GET", "http://a/", "", 0, false, 10000, &e, &err), E_PARSE);
    record_free(r);
    record_entry_clear(&e);
}
END_TEST

struct got {
    int code;
    size_t pieces;
    struct str body;
    char etag[40];
    struct error e;
};

static enum status piece(void *arg, const char *bytes, size_t n, struct error *e)
{
    (void)e;
    struct got *g = arg;
    g->pieces++;
    str_addn(&g->body, bytes, n);
    return OK;
}

static void done(void *arg, const struct http_answer *a)
{
    struct got *g = arg;
    g->code = a->code;
    g->e = a->err;
    snprintf(g->etag, sizeof g->etag, "%s", a->etag);
    if (!g->pieces)
        str_addn(&g->body, str_c(&a->body), a->body.n);
}

/* A request with and without the network says the same. */
static void ask(const struct http_options *o, const char *url, bool pushed, struct got *g)
{
    struct loop *loop = loop_new(clock_system());
    struct http *h = http_new(loop, o);
    struct http_request q = {
        .url = url, .done = done, .piece = pushed ? piece : NULL, .arg = g, .name = "Service"};
    uint64_t id = http_send(h, &q, &err);
    ck_assert_msg(id != 0, "%s", err.text);
    http_wait(h, id);
    http_free(h);
    loop_free(loop);
}

START_TEST(without_network)
{
    static char block[40000];
    memset(block, 'b', sizeof block);
    struct server *s = server_start(
        (struct server_step[]){
            {.head = "HTTP/1.1 200 OK\r\nETag: \"7\"\r\nContent-Length: 40000\r\n\r\n",
             .answer = block,
             .n = sizeof block},
            {.answer = "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone"}},
        2);
    char url[80];
    snprintf(url, sizeof url, "%s", server_url(s, "/table"));
    struct got live[2] = {{0}, {0}}, replayed[2] = {{0}, {0}};
    struct http_options o = {.record = folder};
    struct loop *loop = loop_new(clock_system());
    struct http *h = http_new(loop, &o);
    for (int i = 0; i < 2; i++) {
        struct http_request q = {
            .url = url, .done = done, .piece = piece, .arg = &live[i], .name = "Service"};
        http_wait(h, http_send(h, &q, &err));
    }
    http_free(h);
    loop_free(loop);
    server_stop(s);
    setenv("VIGIE_REPLAY", folder, 1);
    loop = loop_new(clock_system());
    h = http_new(loop, NULL);
    for (int i = 0; i < 2; i++) {
        struct http_request q = {
            .url = url, .done = done, .piece = piece, .arg = &replayed[i], .name = "Service"};
        uint64_t id = http_send(h, &q, &err);
        ck_assert_int_eq(replayed[i].code, 0); /* never before http_send returns */
        http_wait(h, id);
    }
    http_free(h);
    loop_free(loop);
    unsetenv("VIGIE_REPLAY");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(replayed[i].code, live[i].code);
        ck_assert_int_eq(replayed[i].e.status, live[i].e.status);
        ck_assert_str_eq(replayed[i].etag, live[i].etag);
        ck_assert_uint_eq(replayed[i].body.n, live[i].body.n);
        ck_assert_mem_eq(str_c(&replayed[i].body), str_c(&live[i].body), live[i].body.n);
    }
    ck_assert_uint_eq(replayed[0].body.n, sizeof block);
    ck_assert_uint_gt(replayed[0].pieces, 1);
    ck_assert_int_eq(replayed[1].e.status, E_ABSENT);
    struct got none = {0};
    ask(&(struct http_options){.replay = folder, .offline = true}, "http://127.0.0.1:1/other",
        false, &none);
    ck_assert_int_eq(none.e.status, E_ABSENT);
    ck_assert_ptr_nonnull(strstr(none.e.text, "Service: no answer recorded"));
    str_clear(&none.body);
    for (int i = 0; i < 2; i++) {
        str_clear(&live[i].body);
        str_clear(&replayed[i].body);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record");
    TCase *t = tcase_create("record");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, there_and_back);
    tcase_add_test(t, in_order);
    tcase_add_test(t, failures_too);
    tcase_add_test(t, secrets_stay_out);
    tcase_add_loop_test(t, wrong_files, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(t, without_network);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
