/* ask.c - see ask.h. */
#include "ask.h"

struct loop *loop;
struct http *http;
struct got got;

void done(void *arg, const struct http_answer *a)
{
    struct got *g = arg;
    struct str v = {0};
    g->calls++;
    g->code = a->code;
    g->tries = a->tries;
    g->err = a->err;
    g->retry_after_s = a->retry_after_s;
    snprintf(g->type, sizeof g->type, "%s", a->type);
    snprintf(g->etag, sizeof g->etag, "%s", a->etag);
    snprintf(g->lm, sizeof g->lm, "%s", a->last_modified);
    snprintf(g->url, sizeof g->url, "%s", a->url);
    if (http_header(a, "X-Rate-Limit", &v))
        snprintf(g->limit, sizeof g->limit, "%s", v.s);
    str_clear(&v);
    str_reset(&g->body);
    str_addn(&g->body, str_c(&a->body), a->body.n);
}

enum status piece(void *arg, const char *bytes, size_t n, struct error *err)
{
    struct got *g = arg;
    str_addn(&g->pieces, bytes, n);
    if (g->cancel)
        http_cancel(g->h, g->cancel);
    return g->refuse == OK ? OK : err_set(err, g->refuse, "no planet in it");
}

void again(void *arg)
{
    struct got *g = arg;
    g->again++;
    str_reset(&g->pieces);
}

void open_with(struct http_options o)
{
    if (!o.backoff_ms)
        o.backoff_ms = 20;
    if (!o.silence_ms)
        o.silence_ms = 5000;
    http = http_new(loop, &o);
    got.h = http;
}

void setup(void)
{
    unsetenv("VIGIE_RECORD");
    unsetenv("VIGIE_REPLAY");
    loop = loop_new(clock_system());
    memset(&got, 0, sizeof got);
}

void teardown(void)
{
    http_free(http);
    loop_free(loop);
    str_clear(&got.body);
    str_clear(&got.pieces);
}

void ask(struct http_request q)
{
    struct error err;
    if (!q.done)
        q.done = done;
    if (!q.arg)
        q.arg = &got;
    uint64_t id = http_send(http, &q, &err);
    ck_assert_msg(id != 0, "%s", err.text);
    ck_assert_int_eq(got.calls, 0);
    http_wait(http, id);
    ck_assert_int_eq(got.calls, 1);
    ck_assert(!http_busy(http, id));
}

int run_cases(const char *name, void (*add)(TCase *t))
{
    Suite *suite = suite_create(name);
    TCase *t = tcase_create(name);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    add(t);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
