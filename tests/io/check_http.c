/* check_http.c - requests against a server that answers well, badly, late, or not at all.
 * The expected behaviour is RFC 9110's and the header's; no address but 127.0.0.1 is used.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"
#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/io/http.h"

struct got {
    int calls, again;
    int code, tries;
    struct error err;
    int64_t retry_after_s;
    char type[64], etag[64], lm[64], url[200], limit[64];
    struct str body, pieces;
    enum status refuse; /* what `piece` answers */
    struct http *h;
    uint64_t cancel, id;
};

static struct loop *loop;
static struct http *http;
static struct got got;

static void done(void *arg, const struct http_answer *a)
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

static enum status piece(void *arg, const char *bytes, size_t n, struct error *err)
{
    struct got *g = arg;
    str_addn(&g->pieces, bytes, n);
    if (g->cancel)
        http_cancel(g->h, g->cancel);
    return g->refuse == OK ? OK : err_set(err, g->refuse, "no planet in it");
}

static void again(void *arg)
{
    struct got *g = arg;
    g->again++;
    str_reset(&g->pieces);
}

static void open_with(struct http_options o)
{
    if (!o.backoff_ms)
        o.backoff_ms = 20;
    if (!o.silence_ms)
        o.silence_ms = 5000;
    http = http_new(loop, &o);
    got.h = http;
}

static void setup(void)
{
    unsetenv("VIGIE_RECORD");
    unsetenv("VIGIE_REPLAY");
    loop = loop_new(clock_system());
    memset(&got, 0, sizeof got);
}

static void teardown(void)
{
    http_free(http);
    loop_free(loop);
    str_clear(&got.body);
    str_clear(&got.pieces);
}

static void ask(struct http_request q)
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

#define OK_JSON                                                                                    \
    "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nETag: \"v1\"\r\n"         \
    "Last-Modified: Sun, 22 Nov 2026 17:30:00 GMT\r\nX-Rate-Limit: 93\r\n"                         \
    "Content-Length: 13\r\n\r\n{\"planet\": 1}"
#define ERROR_500                                                                                  \
    "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: "            \
    "6\r\n\r\n<html>"

START_TEST(good_answer)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/database/planets_json")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_int_eq(got.code, 200);
    ck_assert_str_eq(str_c(&got.body), "{\"planet\": 1}");
    ck_assert_str_eq(got.type, "application/json");
    ck_assert_str_eq(got.etag, "\"v1\"");
    ck_assert_str_eq(got.lm, "Sun, 22 Nov 2026 17:30:00 GMT");
    ck_assert_str_eq(got.limit, "93");
    ck_assert_int_eq(got.tries, 1);
    const char *r = server_request(s, 0);
    ck_assert(strncmp(r, "GET /database/planets_json HTTP/1.1\r\n", 37) == 0);
    ck_assert_ptr_nonnull(strstr(r, "\r\nUser-Agent: vigie/"));
    ck_assert_ptr_nonnull(strstr(r, "gzip"));
    ck_assert_ptr_null(strstr(r, "If-None-Match"));
    server_stop(s);
}
END_TEST

START_TEST(unchanged)
{
    struct server *s = server_start(
        (struct server_step[]){{.answer = "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"}}, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/"),
                              .etag = "\"v1\"",
                              .last_modified = "Sun, 22 Nov 2026 17:30:00 GMT"});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_int_eq(got.code, 304);
    ck_assert_uint_eq(got.body.n, 0);
    ck_assert_ptr_nonnull(strstr(server_request(s, 0), "\r\nIf-None-Match: \"v1\"\r\n"));
    ck_assert_ptr_nonnull(
        strstr(server_request(s, 0), "\r\nIf-Modified-Since: Sun, 22 Nov 2026 17:30:00 GMT\r\n"));
    server_stop(s);
}
END_TEST

START_TEST(unasked_304)
{
    struct server *s =
        server_start((struct server_step[]){{.answer = "HTTP/1.1 304 Not Modified\r\n\r\n"}}, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_NET);
    server_stop(s);
}
END_TEST

START_TEST(post_json)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    struct http_header headers[] = {{"X-Account", "someone"}};
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/latest_transients"),
                              .method = HTTP_POST,
                              .body = "{\"uid\":\"u\"}",
                              .n_body = 11,
                              .type = "application/json",
                              .headers = headers,
                              .n_headers = 1});
    const char *r = server_request(s, 0);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert(strncmp(r, "POST /latest_transients ", 24) == 0);
    ck_assert_ptr_nonnull(strstr(r, "\r\nContent-Type: application/json\r\n"));
    ck_assert_ptr_nonnull(strstr(r, "\r\nX-Account: someone\r\n"));
    ck_assert_ptr_null(strstr(r, "Expect"));
    ck_assert_ptr_nonnull(strstr(r, "\r\n\r\n{\"uid\":\"u\"}"));
    server_stop(s);
}
END_TEST

START_TEST(mends_itself)
{
    struct server *s = server_start(
        (struct server_step[]){{.answer = ERROR_500}, {.answer = ERROR_500}, {.answer = OK_JSON}},
        3);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_int_eq(got.tries, 3);
    ck_assert_str_eq(str_c(&got.body), "{\"planet\": 1}");
    server_stop(s);
}
END_TEST

START_TEST(stays_broken)
{
    struct server *s = server_start((struct server_step[]){{.answer = ERROR_500}}, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/p?key=1"), .name = "ExoClock"});
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_str_eq(got.err.text, "ExoClock: HTTP 500 after 3 tries");
    ck_assert_int_eq(got.code, 500);
    ck_assert_str_eq(str_c(&got.body), "<html>"); /* what the service says about it */
    ck_assert_int_eq(server_count(s), 3);
    server_stop(s);
}
END_TEST

START_TEST(post_is_sent_once)
{
    struct server *s = server_start((struct server_step[]){{.answer = ERROR_500}}, 1);
    open_with((struct http_options){0});
    ask((struct http_request){
        .url = server_url(s, "/"), .method = HTTP_POST, .body = "x", .n_body = 1});
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_int_eq(server_count(s), 1);
    memset(&got.calls, 0, sizeof got.calls);
    ask((struct http_request){.url = server_url(s, "/"),
                              .method = HTTP_POST,
                              .body = "x",
                              .n_body = 1,
                              .repeatable = true});
    ck_assert_int_eq(server_count(s), 4);
    server_stop(s);
}
END_TEST

static const struct {
    const char *answer;
    enum status status;
    int code, requests;
    int64_t retry_after_s;
} refusals[] = {
    {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", E_ABSENT, 404, 1, -1},
    {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", E_REFUSED, 401, 1, -1},
    {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", E_REFUSED, 403, 1, -1},
    {"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", E_NET, 400, 1, -1},
    {"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", E_BUSY, 429, 1, -1},
    {"HTTP/1.1 429 Too Many\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n", E_BUSY, 429, 1,
     3600},
    {"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", E_NET, 503, 3, 0},
    {"HTTP/1.1 503 Busy\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n", E_NET, 503, 1, 7200},
    {"HTTP/1.1 207 Multi-Status\r\nContent-Length: 0\r\n\r\n", OK, 207, 1, -1},
    {"HTTP/1.1 501 Not\r\nContent-Length: 0\r\n\r\n", E_NET, 501, 1, -1},
};

START_TEST(codes)
{
    struct server_step step = {.answer = refusals[_i].answer};
    struct server *s = server_start(&step, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, refusals[_i].status);
    ck_assert_int_eq(got.code, refusals[_i].code);
    ck_assert_int_eq(server_count(s), refusals[_i].requests);
    ck_assert_int_eq(got.retry_after_s, refusals[_i].retry_after_s);
    if (got.err.status != OK)
        ck_assert(strncmp(got.err.text, "127.0.0.1: HTTP ", 16) == 0);
    server_stop(s);
}
END_TEST

START_TEST(retry_after_is_kept)
{
    struct server *s = server_start(
        (struct server_step[]){
            {.answer = "HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"},
            {.answer = OK_JSON}},
        2);
    open_with((struct http_options){.backoff_ms = 1});
    int64_t t = loop_now_ms(loop);
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_int_ge(loop_now_ms(loop) - t, 1000);
    server_stop(s);
}
END_TEST

START_TEST(never_answers)
{
    struct server *s = server_start((struct server_step[]){{.wait_ms = -1}}, 1);
    open_with((struct http_options){.silence_ms = 200, .tries = 2});
    int64_t t = loop_now_ms(loop);
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_TIMEOUT);
    ck_assert_str_eq(got.err.text, "127.0.0.1: no answer in 1 s (2 tries)");
    ck_assert_int_ge(loop_now_ms(loop) - t, 400);
    ck_assert_int_lt(loop_now_ms(loop) - t, 5000);
    server_stop(s);
}
END_TEST

START_TEST(dribble)
{
    struct server *s = server_start(
        (struct server_step[]){
            {.head = "HTTP/1.1 200 OK\r\n\r\n", .answer = "x", .repeat = 1000000, .drip_ms = 100}},
        1);
    open_with((struct http_options){.silence_ms = 800, .tries = 1}); /* 10 bytes/s, 16 are wanted */
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(got.err.text, "fell silent"));
    server_stop(s);
}
END_TEST

START_TEST(slow_but_steady)
{
    static const char block[] = "0123456789012345678901234567890123456789";
    struct server *s =
        server_start((struct server_step[]){{.head = "HTTP/1.1 200 OK\r\n\r\n",
                                             .answer = block,
                                             .drip_ms = 20}}, /* 50 bytes/s, 0.8 s long */
                     1);
    open_with((struct http_options){.silence_ms = 400, .tries = 1});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_str_eq(str_c(&got.body), block);
    server_stop(s);
}
END_TEST

START_TEST(whole_time)
{
    struct server *s = server_start(
        (struct server_step[]){
            {.head = "HTTP/1.1 200 OK\r\n\r\n", .answer = "x", .repeat = 1000000, .drip_ms = 5}},
        1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/"), .total_ms = 500});
    ck_assert_int_eq(got.err.status, E_TIMEOUT);
    ck_assert_str_eq(got.err.text, "127.0.0.1: not done in 1 s");
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
}
END_TEST

static const struct {
    const char *answer;
    enum status status;
    int requests;
} broken[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a part", E_NET, 3},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nonly a part", E_NET, 3},
    {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!", E_NET, 3},
    {"", E_NET, 3},
    {"SSH-2.0-OpenSSH_9.2\r\n", E_NET, 1},
};

START_TEST(broken_answers)
{
    struct server_step step = {.answer = broken[_i].answer};
    struct server *s = server_start(&step, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, broken[_i].status);
    ck_assert_int_eq(server_count(s), broken[_i].requests);
    ck_assert(strncmp(got.err.text, "127.0.0.1: ", 11) == 0);
    server_stop(s);
}
END_TEST

START_TEST(too_much_announced)
{
    /* more than Content-Length says: the surplus is no part of the answer */
    struct server *s = server_start(
        (struct server_step[]){{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"}},
        1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_str_eq(str_c(&got.body), "abc");
    server_stop(s);
}
END_TEST

START_TEST(nobody_listens)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    char url[64];
    snprintf(url, sizeof url, "%s", server_url(s, "/"));
    server_stop(s);
    open_with((struct http_options){0});
    ask((struct http_request){.url = url});
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_str_eq(got.err.text, "127.0.0.1: no connection: Connection refused (3 tries)");
}
END_TEST

START_TEST(no_such_name)
{
    open_with((struct http_options){0});
    ask((struct http_request){.url = "http://no-such-host.invalid/"}); /* RFC 6761: never exists */
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_int_eq(got.tries, 1);
    ck_assert_str_eq(got.err.text,
                     "no-such-host.invalid: its name cannot be looked up: is there a network?");
}
END_TEST

START_TEST(no_tls_there)
{
    struct server *s =
        server_start((struct server_step[]){{.answer = "HTTP/1.1 400 Bad\r\n\r\n"}}, 1);
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", server_port(s));
    open_with((struct http_options){.silence_ms = 1000, .tries = 1});
    ask((struct http_request){.url = url});
    ck_assert_int_ne(got.err.status, OK);
    ck_assert_int_eq(got.code, 0);
    server_stop(s);
}
END_TEST

/* openssl's own small server, with a certificate of its own for "localhost". */
static pid_t tls_server(const char *folder, int port)
{
    char cmd[600];
    snprintf(cmd, sizeof cmd,
             "cd %s && openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 "
             "-subj /CN=localhost -addext subjectAltName=DNS:localhost 2>log && "
             "printf 'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: "
             "6\\r\\n\\r\\nsecure' > good && "
             "printf 'HTTP/1.1 302 Found\\r\\nConnection: close\\r\\nLocation: "
             "http://127.0.0.1:1/\\r\\nContent-Length: 0\\r\\n\\r\\n' > down",
             folder);
    ck_assert_int_eq(system(cmd), 0);
    pid_t child = fork();
    if (child == 0) {
        char text[20];
        snprintf(text, sizeof text, "%d", port);
        if (chdir(folder) != 0)
            _exit(99);
        execlp("openssl", "openssl", "s_server", "-quiet", "-accept", text, "-key", "key", "-cert",
               "cert", "-HTTP", (char *)NULL);
        _exit(99);
    }
    return child;
}

static void ask_tls(const char *host, int port, const char *file)
{
    char url[100];
    snprintf(url, sizeof url, "https://%s:%d/%s", host, port, file);
    got.calls = 0;
    ask((struct http_request){.url = url});
}

START_TEST(tls)
{
    char folder[] = "/tmp/vigie-tls-XXXXXX", cmd[100], cert[60];
    if (system("openssl version >/dev/null 2>&1") != 0) {
        fprintf(stderr, "check_http: no openssl command, certificates are not tested\n");
        return;
    }
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    int port = server_port(s);
    server_stop(s);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(cert, sizeof cert, "%s/cert", folder);
    pid_t child = tls_server(folder, port);
    unsetenv("SSL_CERT_FILE");
    open_with((struct http_options){.tries = 10, .backoff_ms = 200});
    ask_tls("localhost", port, "good"); /* nobody vouches for it */
    ck_assert_int_eq(got.err.status, E_REFUSED);
    ck_assert_ptr_nonnull(strstr(got.err.text, "its certificate cannot be verified"));
    ck_assert_uint_eq(got.body.n, 0);
    setenv("SSL_CERT_FILE", cert, 1);
    ask_tls("localhost", port, "good");
    ck_assert_msg(got.err.status == OK, "%s", got.err.text);
    ck_assert_str_eq(str_c(&got.body), "secure");
    ask_tls("127.0.0.1", port, "good"); /* a good certificate of another name */
    ck_assert_int_eq(got.err.status, E_REFUSED);
    ask_tls("localhost", port, "down"); /* from TLS to plain text */
    ck_assert_int_eq(got.err.status, E_REFUSED);
    ck_assert_ptr_nonnull(strstr(got.err.text, "redirects"));
    unsetenv("SSL_CERT_FILE");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    snprintf(cmd, sizeof cmd, "rm -rf %s", folder);
    ck_assert_int_eq(system(cmd), 0);
}
END_TEST

static const struct {
    const char *answer;
    enum status status;
} redirects[] = {
    {"HTTP/1.1 301 Moved\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n", E_REFUSED},
    {"HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", E_REFUSED},
    {"HTTP/1.1 301 Moved\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", E_REFUSED},
    {"HTTP/1.1 301 Moved\r\nLocation: gopher://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", E_REFUSED},
};

START_TEST(bad_redirects)
{
    struct server_step step = {.answer = redirects[_i].answer};
    struct server *s = server_start(&step, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, redirects[_i].status);
    ck_assert_uint_eq(got.body.n, 0);
    ck_assert_int_le(server_count(s), 6);
    server_stop(s);
}
END_TEST

START_TEST(good_redirect)
{
    struct server *s = server_start(
        (struct server_step[]){{.answer =
                                    "HTTP/1.1 302 Found\r\nLocation: /there\r\nETag: \"old\"\r\n"
                                    "Content-Length: 4\r\n\r\ngone"},
                               {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere"}},
        2);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_str_eq(str_c(&got.body), "here");
    ck_assert_str_eq(got.etag, ""); /* not that of the redirect */
    ck_assert_ptr_nonnull(strstr(got.url, "/there"));
    server_stop(s);
}
END_TEST

START_TEST(secret_is_not_redirected)
{
    struct server *s = server_start(
        (struct server_step[]){
            {.answer = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"}},
        1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/?uid=s3cret"), .secret = true});
    ck_assert_int_eq(got.err.status, E_REFUSED);
    ck_assert_int_eq(server_count(s), 1);
    ck_assert_ptr_null(strstr(got.err.text, "s3cret"));
    server_stop(s);
}
END_TEST

static void keep_log(void *arg, enum log_level level, const char *room, const char *subject,
                     const char *message)
{
    (void)level;
    str_addf(arg, "%s %s %s\n", room, subject, message);
}

START_TEST(secret_is_not_told)
{
    struct server *s = server_start((struct server_step[]){{.answer = ERROR_500}}, 1);
    struct http_header headers[] = {{"Authorization", "Bearer s3cret"}};
    struct str said = {0};
    char url[200];
    log_to(keep_log, &said);
    open_with((struct http_options){0});
    snprintf(url, sizeof url, "http://me:s3cret@127.0.0.1:%d/x?key=s3cret", server_port(s));
    ask((struct http_request){.url = url,
                              .headers = headers,
                              .n_headers = 1,
                              .method = HTTP_POST,
                              .body = "s3cret",
                              .n_body = 6,
                              .repeatable = true,
                              .secret = true});
    log_to(NULL, NULL);
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_ptr_null(strstr(got.err.text, "s3cret"));
    ck_assert_ptr_null(strstr(str_c(&said), "s3cret"));
    ck_assert_ptr_nonnull(strstr(server_request(s, 0), "s3cret"));
    str_clear(&said);
    server_stop(s);
}
END_TEST

START_TEST(too_large)
{
    static char block[1000];
    memset(block, 'x', sizeof block);
    struct server *s = server_start((struct server_step[]){{.head = "HTTP/1.1 200 OK\r\n\r\n",
                                                            .answer = block,
                                                            .n = sizeof block,
                                                            .repeat = 100000000}},
                                    1);
    open_with((struct http_options){.max_body = 2000000});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_RANGE);
    ck_assert_str_eq(got.err.text, "127.0.0.1: answer larger than 2 MB, not read further");
    ck_assert_uint_le(got.body.n, 2000000);
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
}
END_TEST

START_TEST(gzip_bomb)
{
    /* 300 MB of zeros in 300 kB */
    char *packed = mem_alloc(1 << 20);
    FILE *f = popen("head -c 300000000 /dev/zero | gzip -9 -c", "r");
    ck_assert_ptr_nonnull(f);
    size_t n = fread(packed, 1, 1 << 20, f);
    ck_assert_int_eq(pclose(f), 0);
    ck_assert_uint_gt(n, 100000);
    ck_assert_uint_lt(n, 1 << 20);
    struct server *s = server_start(
        (struct server_step[]){{.head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
                                .answer = packed,
                                .n = n}},
        1);
    open_with((struct http_options){.max_body = 1000000});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_RANGE);
    ck_assert_uint_le(got.body.n, 1000000);
    ck_assert_uint_eq(loop_slow(loop).n, 0);
    server_stop(s);
    free(packed);
}
END_TEST

START_TEST(gzip_is_unpacked)
{
    char packed[200];
    FILE *f = popen("printf 'fifteen planets' | gzip -9 -c", "r");
    size_t n = fread(packed, 1, sizeof packed, f);
    ck_assert_int_eq(pclose(f), 0);
    struct server *s = server_start(
        (struct server_step[]){{.head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
                                .answer = packed,
                                .n = n}},
        1);
    open_with((struct http_options){.tries = 1});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_str_eq(str_c(&got.body), "fifteen planets");
    server_stop(s);
}
END_TEST

START_TEST(header_flood)
{
    struct server *s =
        server_start((struct server_step[]){{.head = "HTTP/1.1 200 OK\r\n",
                                             .answer = "X-Flood: 0123456789012345678901234567\r\n",
                                             .repeat = 10000000}},
                     1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_RANGE);
    ck_assert_str_eq(got.err.text, "127.0.0.1: sends more than 64 kB of headers");
    server_stop(s);
}
END_TEST

START_TEST(pieces)
{
    static char block[1000];
    memset(block, 'y', sizeof block);
    struct server *s = server_start(
        (struct server_step[]){{.head = "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n",
                                .answer = block,
                                .n = sizeof block,
                                .repeat = 100}, /* half, then cut */
                               {.head = "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n",
                                .answer = block,
                                .n = sizeof block,
                                .repeat = 200}},
        2);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/"), .piece = piece, .again = again});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_int_eq(got.again, 1);
    ck_assert_uint_eq(got.pieces.n, 200000);
    ck_assert_uint_eq(got.body.n, 0);
    server_stop(s);
}
END_TEST

START_TEST(pieces_are_not_repeated)
{
    struct server *s = server_start(
        (struct server_step[]){{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}},
        1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/"), .piece = piece});
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
}
END_TEST

START_TEST(piece_refuses)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    open_with((struct http_options){0});
    got.refuse = E_PARSE;
    ask((struct http_request){.url = server_url(s, "/"), .piece = piece, .name = "ExoClock"});
    ck_assert_int_eq(got.err.status, E_PARSE);
    ck_assert_str_eq(got.err.text, "ExoClock: no planet in it");
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
}
END_TEST

START_TEST(failed_body_is_no_piece)
{
    struct server *s = server_start((struct server_step[]){{.answer = ERROR_500}}, 1);
    open_with((struct http_options){.tries = 1});
    ask((struct http_request){.url = server_url(s, "/"), .piece = piece});
    ck_assert_uint_eq(got.pieces.n, 0);
    ck_assert_str_eq(str_c(&got.body), "<html>");
    server_stop(s);
}
END_TEST

START_TEST(cancel)
{
    struct server *s = server_start((struct server_step[]){{.wait_ms = -1}}, 1);
    struct error err;
    open_with((struct http_options){0});
    uint64_t id = http_send(
        http, &(struct http_request){.url = server_url(s, "/"), .done = done, .arg = &got}, &err);
    while (server_count(s) == 0)
        loop_turn(loop, false);
    http_cancel(http, id);
    ck_assert_int_eq(got.calls, 1);
    ck_assert_int_eq(got.err.status, E_CANCELLED);
    http_cancel(http, id);
    for (int i = 0; i < 20; i++)
        loop_turn(loop, false);
    ck_assert_int_eq(got.calls, 1);
    ck_assert_uint_eq(http_count(http), 0);
    server_stop(s);
}
END_TEST

START_TEST(cancel_in_piece)
{
    static char block[4000];
    memset(block, 'z', sizeof block);
    struct server *s = server_start((struct server_step[]){{.head = "HTTP/1.1 200 OK\r\n\r\n",
                                                            .answer = block,
                                                            .n = sizeof block,
                                                            .repeat = 10000}},
                                    1);
    struct error err;
    open_with((struct http_options){0});
    uint64_t id =
        http_send(http,
                  &(struct http_request){
                      .url = server_url(s, "/"), .done = done, .piece = piece, .arg = &got},
                  &err);
    got.cancel = id;
    http_wait(http, id);
    size_t n = got.pieces.n;
    for (int i = 0; i < 20; i++)
        loop_turn(loop, false);
    ck_assert_int_eq(got.calls, 1);
    ck_assert_int_eq(got.err.status, E_CANCELLED);
    ck_assert_uint_eq(got.pieces.n, n);
    server_stop(s);
}
END_TEST

START_TEST(cancel_while_paused)
{
    struct server *s = server_start((struct server_step[]){{.answer = ERROR_500}}, 1);
    struct error err;
    open_with((struct http_options){.backoff_ms = 20000});
    uint64_t id = http_send(
        http, &(struct http_request){.url = server_url(s, "/"), .done = done, .arg = &got}, &err);
    for (int64_t t = loop_now_ms(loop); loop_now_ms(loop) - t < 300;)
        loop_turn(loop, false);
    ck_assert_int_eq(server_count(s), 1);
    ck_assert(http_busy(http, id));
    http_cancel(http, id);
    ck_assert_int_eq(got.calls, 1);
    server_stop(s);
}
END_TEST

START_TEST(free_cancels)
{
    struct server *s = server_start((struct server_step[]){{.wait_ms = -1}}, 1);
    struct error err;
    open_with((struct http_options){.per_host = 1});
    for (int i = 0; i < 3; i++)
        ck_assert(
            http_send(http,
                      &(struct http_request){.url = server_url(s, "/"), .done = done, .arg = &got},
                      &err) != 0);
    while (server_count(s) == 0)
        loop_turn(loop, false);
    http_free(http);
    http = NULL;
    ck_assert_int_eq(got.calls, 3);
    ck_assert_int_eq(got.err.status, E_CANCELLED);
    server_stop(s);
}
END_TEST

START_TEST(interrupt)
{
    struct server *s = server_start((struct server_step[]){{.wait_ms = -1}}, 1);
    struct error err;
    open_with((struct http_options){0});
    uint64_t id = http_send(
        http, &(struct http_request){.url = server_url(s, "/"), .done = done, .arg = &got}, &err);
    pid_t self = getpid(), child = fork();
    if (child == 0) {
        usleep(200000);
        kill(self, SIGINT);
        _exit(0);
    }
    http_wait(http, id);
    ck_assert_int_eq(got.err.status, E_CANCELLED);
    server_stop(s);
}
END_TEST

static void send_more(void *arg, const struct http_answer *a)
{
    struct got *g = arg;
    struct error err;
    ck_assert_int_eq(a->err.status, OK);
    if (++g->calls < 5)
        ck_assert(http_send(http,
                            &(struct http_request){.url = a->url, .done = send_more, .arg = g},
                            &err) != 0);
    else
        loop_stop(loop);
}

START_TEST(send_in_done)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    struct error err;
    open_with((struct http_options){.per_host = 1});
    ck_assert(
        http_send(http,
                  &(struct http_request){.url = server_url(s, "/"), .done = send_more, .arg = &got},
                  &err) != 0);
    loop_run(loop);
    ck_assert_int_eq(got.calls, 5);
    ck_assert_int_eq(server_count(s), 5);
    server_stop(s);
}
END_TEST

static void count_done(void *arg, const struct http_answer *a)
{
    ck_assert_int_eq(a->err.status, OK);
    ++*(int *)arg;
}

START_TEST(turns_of_a_host)
{
    struct server *s = server_start(
        (struct server_step[]){
            {.wait_ms = 50, .answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"}},
        1);
    struct error err;
    int n = 0;
    open_with((struct http_options){.per_host = 3});
    for (int i = 0; i < 20; i++)
        ck_assert(http_send(http,
                            &(struct http_request){
                                .url = server_url(s, "/"), .done = count_done, .arg = &n},
                            &err) != 0);
    while (n < 20)
        loop_turn(loop, true);
    ck_assert_int_eq(server_count(s), 20);
    ck_assert_int_eq(server_most(s), 3);
    server_stop(s);
}
END_TEST

static const char *const bad_urls[] = {
    "file:///etc/passwd", "ftp://127.0.0.1/", "no url", "", "http://", "gopher://127.0.0.1/x"};

START_TEST(bad_url)
{
    struct error err;
    open_with((struct http_options){0});
    ck_assert_uint_eq(
        http_send(http, &(struct http_request){.url = bad_urls[_i], .done = done}, &err), 0);
    ck_assert_int_eq(err.status, E_RANGE);
}
END_TEST

START_TEST(header_injection)
{
    struct http_header headers[] = {{"X-Name", "a\r\nX-Other: b"}};
    struct error err;
    open_with((struct http_options){0});
    ck_assert_uint_eq(
        http_send(http,
                  &(struct http_request){
                      .url = "http://127.0.0.1/", .headers = headers, .n_headers = 1, .done = done},
                  &err),
        0);
    ck_assert_int_eq(err.status, E_RANGE);
}
END_TEST

START_TEST(offline)
{
    struct error err;
    open_with((struct http_options){.offline = true});
    ck_assert_uint_eq(
        http_send(http, &(struct http_request){.url = "http://127.0.0.1/", .done = done}, &err), 0);
    ck_assert_int_eq(err.status, E_REFUSED);
}
END_TEST

START_TEST(idle_loop_ends)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    loop_run(loop); /* nothing is left that could wake it */
    server_stop(s);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *suite = suite_create("http");
    TCase *t = tcase_create("http");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, good_answer);
    tcase_add_test(t, unchanged);
    tcase_add_test(t, unasked_304);
    tcase_add_test(t, post_json);
    tcase_add_test(t, mends_itself);
    tcase_add_test(t, stays_broken);
    tcase_add_test(t, post_is_sent_once);
    tcase_add_loop_test(t, codes, 0, N(refusals));
    tcase_add_test(t, retry_after_is_kept);
    tcase_add_test(t, never_answers);
    tcase_add_test(t, dribble);
    tcase_add_test(t, slow_but_steady);
    tcase_add_test(t, whole_time);
    tcase_add_loop_test(t, broken_answers, 0, N(broken));
    tcase_add_test(t, too_much_announced);
    tcase_add_test(t, nobody_listens);
    tcase_add_test(t, no_such_name);
    tcase_add_test(t, no_tls_there);
    tcase_add_test(t, tls);
    tcase_add_loop_test(t, bad_redirects, 0, N(redirects));
    tcase_add_test(t, good_redirect);
    tcase_add_test(t, secret_is_not_redirected);
    tcase_add_test(t, secret_is_not_told);
    tcase_add_test(t, too_large);
    tcase_add_test(t, gzip_bomb);
    tcase_add_test(t, gzip_is_unpacked);
    tcase_add_test(t, header_flood);
    tcase_add_test(t, pieces);
    tcase_add_test(t, pieces_are_not_repeated);
    tcase_add_test(t, piece_refuses);
    tcase_add_test(t, failed_body_is_no_piece);
    tcase_add_test(t, cancel);
    tcase_add_test(t, cancel_in_piece);
    tcase_add_test(t, cancel_while_paused);
    tcase_add_test(t, free_cancels);
    tcase_add_test(t, interrupt);
    tcase_add_test(t, send_in_done);
    tcase_add_test(t, turns_of_a_host);
    tcase_add_loop_test(t, bad_url, 0, N(bad_urls));
    tcase_add_test(t, header_injection);
    tcase_add_test(t, offline);
    tcase_add_test(t, idle_loop_ends);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
