/* check_http.c - requests and their answers: codes, repeats, redirects, certificates, secrets.
 * The expected behaviour is RFC 9110's and the header's; no address but 127.0.0.1 is used.
 */
#include "ask.h"

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

static const struct http_request slew_dome = {.method = HTTP_PUT,
                                              .body = "Azimuth=12.5",
                                              .n_body = 12,
                                              .type = "application/x-www-form-urlencoded",
                                              .urgent = true};

START_TEST(put_form)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    struct http_request q = slew_dome;
    q.url = server_url(s, "/api/v1/dome/0/slewtoazimuth");
    open_with((struct http_options){0});
    ask(q);
    const char *r = server_request(s, 0);
    ck_assert_int_eq(got.err.status, OK);
    ck_assert(strncmp(r, "PUT /api/v1/dome/0/slewtoazimuth ", 33) == 0);
    ck_assert_ptr_nonnull(strstr(r, "\r\nContent-Length: 12\r\n"));
    ck_assert_ptr_null(strstr(r, "Expect"));
    ck_assert_ptr_nonnull(strstr(r, "\r\n\r\nAzimuth=12.5"));
    server_stop(s);
}
END_TEST

/* Sent once, whatever comes back, and not to where a redirect points. */
START_TEST(put_once)
{
    static const struct server_step step[] = {
        {.answer = "HTTP/1.1 307 X\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n"},
        {.answer = ERROR_500}};
    struct server *s = server_start(&step[_i], 1);
    struct http_request q = slew_dome;
    q.url = server_url(s, "/");
    open_with((struct http_options){0});
    ask(q);
    ck_assert_int_ne(got.err.status, OK);
    ck_assert_int_eq(server_count(s), 1);
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

static void add(TCase *t)
{
    tcase_add_test(t, good_answer);
    tcase_add_test(t, unchanged);
    tcase_add_test(t, unasked_304);
    tcase_add_test(t, put_form);
    tcase_add_loop_test(t, put_once, 0, 2);
    tcase_add_test(t, post_json);
    tcase_add_test(t, mends_itself);
    tcase_add_test(t, stays_broken);
    tcase_add_test(t, post_is_sent_once);
    tcase_add_loop_test(t, codes, 0, N(refusals));
    tcase_add_test(t, retry_after_is_kept);
    tcase_add_test(t, no_tls_there);
    tcase_add_test(t, tls);
    tcase_add_loop_test(t, bad_redirects, 0, N(redirects));
    tcase_add_test(t, good_redirect);
    tcase_add_test(t, secret_is_not_redirected);
    tcase_add_test(t, secret_is_not_told);
    tcase_add_test(t, gzip_is_unpacked);
    tcase_add_test(t, send_in_done);
    tcase_add_test(t, turns_of_a_host);
    tcase_add_loop_test(t, bad_url, 0, N(bad_urls));
    tcase_add_test(t, header_injection);
    tcase_add_test(t, offline);
    tcase_add_test(t, idle_loop_ends);
}

int main(void)
{
    return run_cases("http", add);
}
