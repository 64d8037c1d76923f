/* http.c - requests: their turn, limits, repeats, and the sentence about how they ended.
 * Not: bytes on the wire (http_curl.c), caches (keep.c). Which codes may be asked again: RFC 9110,
 * sections 9.2.2 (idempotent methods), 10.2.3 (Retry-After), 15.5 and 15.6.
 */
#include "http_own.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "vigie/base/log.h"
#include "vigie/base/mem.h"

enum { PAUSE_MAX_MS = 30000, SLOW_BYTES_S = 16 };

static int64_t or_else(int64_t x, int64_t def)
{
    return x > 0 ? x : def;
}

static struct record *folder(const char *given, const char *env)
{
    const char *path = given ? given : getenv(env);
    return path && *path ? record_new(path) : NULL;
}

struct http *http_new(struct loop *loop, const struct http_options *options)
{
    struct http *h = mem_zero(sizeof *h);
    h->loop = loop;
    if (options)
        h->o = *options;
    h->o.connect_ms = or_else(h->o.connect_ms, 15000);
    h->o.silence_ms = or_else(h->o.silence_ms, 30000);
    h->o.total_ms = or_else(h->o.total_ms, 600000);
    h->o.backoff_ms = or_else(h->o.backoff_ms, 1000);
    h->o.max_body = h->o.max_body ? h->o.max_body : 64000000;
    h->o.per_host = (int)or_else(h->o.per_host, 4);
    h->o.tries = (int)or_else(h->o.tries, 3);
    h->record = folder(h->o.record, "VIGIE_RECORD");
    h->replay = folder(h->o.replay, "VIGIE_REPLAY");
    h->dice = ((uint64_t)clock_system()->mono_ns(NULL) ^ ((uint64_t)getpid() << 32)) | 1;
    ensure(http_curl_open(h));
    return h;
}

/* xorshift64 (Marsaglia 2003, J. Stat. Softw. 8, 14): spreads pauses, guards nothing. */
static double dice(struct http *h)
{
    h->dice ^= h->dice << 13;
    h->dice ^= h->dice >> 7;
    h->dice ^= h->dice << 17;
    return (double)(h->dice >> 11) / 9007199254740992.0;
}

static void call_free(struct call *c)
{
    http_curl_drop(c);
    loop_timer_del(c->http->loop, c->timer);
    curl_slist_free_all(c->send);
    free((char *)c->q.url);
    free((char *)c->q.name);
    free((char *)c->q.body);
    free(c->host);
    struct str *t[] = {&c->type, &c->etag,   &c->last_modified, &c->url,
                       &c->copy, &c->a.body, &c->a.headers};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        str_clear(t[i]);
    free(c);
}

static const char *method_name(const struct call *c)
{
    return c->q.method == HTTP_POST ? "POST" : c->q.method == HTTP_PUT ? "PUT" : "GET";
}

static void write_record(struct call *c)
{
    struct error err;
    struct record_entry e = {.headers = c->a.headers,
                             .code = c->a.code,
                             .failure = c->a.err,
                             .body = c->q.piece && c->a.err.status == OK ? c->copy : c->a.body};
    if (record_put(c->http->record, method_name(c), c->q.url, c->q.body, c->q.n_body, c->q.secret,
                   &e, &err) != OK)
        log_put(LOG_TROUBLE, "io", "record", "%s", err.text);
}

static bool header_of(const char *lines, const char *name, struct str *out)
{
    size_t n = strlen(name);
    for (const char *p = lines; *p;) {
        const char *end = strchr(p, '\n');
        if (!end)
            end = p + strlen(p);
        if ((size_t)(end - p) > n && p[n] == ':' && strncasecmp(p, name, n) == 0) {
            const char *v = p + n + 1;
            while (v < end && *v == ' ')
                v++;
            str_reset(out);
            str_addn(out, v, (size_t)(end - v));
            return true;
        }
        p = *end ? end + 1 : end;
    }
    return false;
}

bool http_header(const struct http_answer *a, const char *name, struct str *out)
{
    return header_of(str_c(&a->headers), name, out);
}

static void fill_answer(struct call *c)
{
    http_header(&c->a, "etag", &c->etag);
    http_header(&c->a, "last-modified", &c->last_modified);
    if (http_header(&c->a, "content-type", &c->type)) {
        char *end = c->type.s + strcspn(c->type.s, "; \t");
        *end = 0;
        c->type.n = (size_t)(end - c->type.s);
        for (char *p = c->type.s; *p; p++)
            if (*p >= 'A' && *p <= 'Z')
                *p = (char)(*p + 32);
    }
    c->a.type = str_c(&c->type);
    c->a.etag = str_c(&c->etag);
    c->a.last_modified = str_c(&c->last_modified);
    c->a.url = c->url.n ? c->url.s : c->q.url;
}

/* Ends a call: its done function, once. It is freed when nothing of it is on the stack. */
static void finish(struct call *c, const struct error *err)
{
    struct http *h = c->http;
    c->state = CALL_OVER;
    loop_timer_del(h->loop, c->timer);
    c->timer = 0;
    c->a.err = *err;
    fill_answer(c);
    if (h->record && err->status != E_CANCELLED)
        write_record(c);
    log_put(err->status == OK || err->status == E_CANCELLED ? LOG_TRACE : LOG_TROUBLE, "io",
            c->q.name, err->status == OK ? "HTTP %d" : "failed (%d)", c->a.code);
    h->depth++;
    if (c->q.done)
        c->q.done(c->q.arg, &c->a);
    h->depth--;
}

static void add_host(struct http *h, const char *host, const struct call *self, int *n)
{
    *n = 0;
    for (struct call *c = h->calls; c; c = c->next)
        if (c != self && c->state == CALL_RUNNING && strcmp(c->host, host) == 0)
            ++*n;
}

static int64_t on_watch(void *arg);
static int64_t on_replay(void *arg);

static void reset_try(struct call *c)
{
    str_reset(&c->a.body);
    str_reset(&c->a.headers);
    str_reset(&c->copy);
    c->a.code = 0;
    c->a.retry_after_s = -1;
    c->got = c->n_headers = 0;
    c->stop.status = OK;
    c->n_seen = 0;
}

static void start(struct call *c)
{
    struct http *h = c->http;
    c->state = CALL_RUNNING;
    c->a.tries++;
    reset_try(c);
    if (c->a.tries == 1)
        c->began_ms = loop_now_ms(h->loop);
    if (h->replay) {
        c->timer = loop_timer(h->loop, 0, on_replay, c, "io/record");
        return;
    }
    http_curl_start(c);
    c->timer = loop_timer(h->loop, c->q.silence_ms / SILENCE_PARTS + 1, on_watch, c, "io/http");
}

void http_settle(struct http *h)
{
    if (h->depth)
        return;
    for (struct call **p = &h->calls; *p;) {
        struct call *c = *p;
        if (c->state != CALL_OVER) {
            p = &c->next;
            continue;
        }
        *p = c->next;
        call_free(c);
    }
    for (struct call *c = h->calls; c; c = c->next) {
        int n;
        if (c->state != CALL_QUEUED)
            continue;
        add_host(h, c->host, c, &n);
        if (n < h->o.per_host || c->q.urgent)
            start(c);
    }
}

static int64_t on_pause(void *arg)
{
    struct call *c = arg;
    c->timer = 0;
    c->state = CALL_QUEUED;
    http_settle(c->http);
    return -1;
}

/* Sends the request again after a pause, if that is allowed and makes sense. */
static bool again(struct call *c, const struct failure *why)
{
    struct http *h = c->http;
    bool allowed = c->q.method == HTTP_GET || c->q.repeatable;
    if (!why->again || !allowed || c->a.tries >= c->q.tries || (c->pushed && !c->q.again))
        return false;
    int k = c->a.tries < 16 ? c->a.tries - 1 : 15;
    double ms = (double)h->o.backoff_ms * (double)(1 << k) * (0.5 + dice(h));
    if (c->a.retry_after_s >= 0)
        ms = 1000.0 * (double)c->a.retry_after_s + 0.1 * ms;
    if (ms > PAUSE_MAX_MS) {
        if (c->a.retry_after_s > PAUSE_MAX_MS / 1000)
            return false; /* the server's wish is kept: whoever asked decides when to come back */
        ms = PAUSE_MAX_MS;
    }
    if (loop_now_ms(h->loop) - c->began_ms + (int64_t)ms >= c->q.total_ms)
        return false;
    if (c->pushed) {
        h->depth++;
        c->q.again(c->q.arg);
        h->depth--;
        c->pushed = false;
    }
    if (c->state == CALL_OVER)
        return true; /* cancelled by `again` */
    c->state = CALL_PAUSED;
    c->timer = loop_timer(h->loop, (int64_t)ms, on_pause, c, "io/http");
    return true;
}

static enum status status_of_code(int code)
{
    switch (code) {
    case 401:
    case 403: return E_REFUSED;
    case 404:
    case 410: return E_ABSENT;
    case 429: return E_BUSY;
    default: return E_NET;
    }
}

static struct failure failure_of_code(const struct call *c)
{
    struct failure f = {.again = false};
    int code = c->a.code;
    const char *what = "";
    if (code == 401 || code == 403)
        what = ": access refused";
    else if (code == 404 || code == 410)
        what = ": not there";
    else if (code == 429)
        what = ": too many requests";
    else if (code >= 300 && code < 400 && c->q.secret)
        what = ": redirects, not followed as the request holds a secret";
    err_set(&f.err, code >= 300 && code < 400 && c->q.secret ? E_REFUSED : status_of_code(code),
            "HTTP %d%s", code, what);
    f.again = code == 408 || code == 425 || code == 500 || code == 502 || code == 503 ||
              code == 504 || (code == 429 && c->a.retry_after_s >= 0);
    return f;
}

static void fail(struct call *c, const struct failure *why)
{
    struct error err;
    char tries[40] = "", wait[60] = "";
    if (c->a.tries > 1)
        snprintf(tries, sizeof tries, c->a.code ? " after %d tries" : " (%d tries)", c->a.tries);
    if (c->a.retry_after_s > 0)
        snprintf(wait, sizeof wait, "; asks to wait %lld s", (long long)c->a.retry_after_s);
    err_set(&err, why->err.status, "%s: %s%s%s", c->q.name, why->err.text, tries, wait);
    finish(c, &err);
}

/* The try has ended: with an answer (why NULL), or without one. */
void http_try_over(struct call *c, const struct failure *why)
{
    struct failure f;
    loop_timer_del(c->http->loop, c->timer);
    c->timer = 0;
    if (c->easy) {
        long code = 0;
        char *url = NULL;
        curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &code);
        curl_easy_getinfo(c->easy, CURLINFO_EFFECTIVE_URL, &url);
        c->a.code = why ? 0 : (int)code;
        c->a.retry_after_s = http_curl_retry_after(c);
        str_reset(&c->url);
        if (url)
            str_add(&c->url, url);
        http_curl_drop(c);
    }
    bool asked = c->q.etag || c->q.last_modified;
    if (!why && ((c->a.code >= 200 && c->a.code < 300) || (c->a.code == 304 && asked))) {
        struct error fine = {.status = OK};
        finish(c, &fine);
        return;
    }
    if (!why) {
        f = failure_of_code(c);
        why = &f;
    }
    if (!again(c, why))
        fail(c, why);
}

/* Looks at a call four times in its longest silence: does anything still move? */
static int64_t on_watch(void *arg)
{
    struct call *c = arg;
    struct http *h = c->http;
    int64_t now = loop_now_ms(h->loop), part = c->q.silence_ms / SILENCE_PARTS + 1;
    int64_t bytes = http_curl_bytes(c), least = SLOW_BYTES_S * c->q.silence_ms / 1000;
    struct failure f = {.again = true};
    unsigned k = c->n_seen % SILENCE_PARTS;
    if (now - c->began_ms >= c->q.total_ms) {
        f.again = false;
        err_set(&f.err, E_TIMEOUT, "not done in %lld s", (long long)(c->q.total_ms + 999) / 1000);
    } else if (c->n_seen >= SILENCE_PARTS - 1 &&
               bytes - (c->n_seen >= SILENCE_PARTS ? c->seen[k] : 0) < (least > 1 ? least : 1)) {
        long long s = (long long)(c->q.silence_ms + 999) / 1000;
        if (c->got)
            err_set(&f.err, E_TIMEOUT, "fell silent after %zu kB, waited %lld s",
                    (c->got + 999) / 1000, s);
        else
            err_set(&f.err, E_TIMEOUT, "no %s in %lld s",
                    http_curl_connected(c) ? "answer" : "connection", s);
    } else {
        c->seen[k] = bytes;
        c->n_seen++;
        int64_t left = c->q.total_ms - (now - c->began_ms);
        return left < part ? left : part;
    }
    c->timer = 0;
    http_try_over(c, &f);
    http_settle(h);
    return -1;
}

bool http_header_line(struct call *c, const char *line, size_t n)
{
    if (c->state == CALL_OVER)
        return false;
    c->n_headers += n;
    if (c->n_headers > HEADERS_MAX) {
        err_set(&c->stop, E_RANGE, "sends more than %d kB of headers", HEADERS_MAX / 1024);
        return false;
    }
    while (n && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
        n--;
    if (n > 5 && strncmp(line, "HTTP/", 5) == 0) {
        str_reset(&c->a.headers); /* of a redirect or an interim answer: not the last one */
        return true;
    }
    const char *colon = memchr(line, ':', n);
    if (!colon || colon == line || *line == ' ' || *line == '\t')
        return true;
    str_addn(&c->a.headers, line, (size_t)(colon - line));
    str_add(&c->a.headers, ": ");
    for (colon++; colon < line + n && (*colon == ' ' || *colon == '\t'); colon++)
        ;
    str_addn(&c->a.headers, colon, (size_t)(line + n - colon));
    str_addc(&c->a.headers, '\n');
    return true;
}

static bool give_piece(struct call *c, int code, const char *bytes, size_t n)
{
    struct http *h = c->http;
    struct error err = {.status = OK};
    enum status s = OK;
    if (h->record)
        str_addn(&c->copy, bytes, n);
    h->depth++;
    if (!c->pushed && c->q.head) {
        c->a.code = code;
        s = c->q.head(c->q.arg, &c->a, &err);
    }
    c->pushed = true;
    if (s == OK && c->state != CALL_OVER)
        s = c->q.piece(c->q.arg, bytes, n, &err);
    h->depth--;
    if (s == OK)
        return c->state != CALL_OVER;
    err.status = s;
    c->stop = err;
    return false;
}

static bool body_bytes(struct call *c, int code, const char *bytes, size_t n)
{
    c->got += n;
    if (code < 200 || code >= 300) {
        size_t room = c->a.body.n < FAILED_BODY_MAX ? FAILED_BODY_MAX - c->a.body.n : 0;
        str_addn(&c->a.body, bytes, n < room ? n : room);
        return c->got <= c->q.max_body;
    }
    if (c->got > c->q.max_body) {
        err_set(&c->stop, E_RANGE, "answer larger than %zu %s, not read further",
                c->q.max_body >= 1000000 ? c->q.max_body / 1000000 : c->q.max_body,
                c->q.max_body >= 1000000 ? "MB" : "bytes");
        return false;
    }
    if (c->q.piece)
        return give_piece(c, code, bytes, n);
    str_addn(&c->a.body, bytes, n);
    return true;
}

bool http_body_bytes(struct call *c, const char *bytes, size_t n)
{
    long code = 0;
    if (c->state == CALL_OVER)
        return false;
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &code);
    return body_bytes(c, (int)code, bytes, n);
}

/* Plays a recorded answer: in pieces, as a network would bring it. */
static void play(struct call *c, const struct record_entry *e)
{
    struct failure f = {.again = false};
    str_addn(&c->a.headers, str_c(&e->headers), e->headers.n);
    for (size_t at = 0; at < e->body.n && c->state == CALL_RUNNING; at += 16384) {
        size_t n = e->body.n - at < 16384 ? e->body.n - at : 16384;
        if (!body_bytes(c, e->code, e->body.s + at, n) && c->state == CALL_RUNNING) {
            f.err = c->stop;
            if (f.err.status == OK)
                break;
            http_try_over(c, &f);
        }
    }
    if (c->state != CALL_RUNNING)
        return;
    c->a.code = e->code;
    if (e->code) {
        http_try_over(c, NULL);
    } else {
        finish(c, &e->failure);
    }
}

static int64_t on_replay(void *arg)
{
    struct call *c = arg;
    struct http *h = c->http;
    struct record_entry e = {.code = 0};
    struct failure f = {.again = false};
    c->timer = 0;
    if (record_get(h->replay, method_name(c), c->q.url, c->q.body, c->q.n_body, c->q.secret,
                   c->q.max_body + HEADERS_MAX + 4096, &e, &f.err) == OK)
        play(c, &e);
    else
        http_try_over(c, &f);
    record_entry_clear(&e);
    http_settle(h);
    return -1;
}

static bool header_clean(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return false;
    return true;
}

static bool add_header(struct call *c, const char *name, const char *value)
{
    if (!value || !*value)
        return true;
    if (!header_clean(name) || !header_clean(value))
        return false;
    char *line = mem_printf("%s: %s", name, value);
    struct curl_slist *more = curl_slist_append(c->send, line);
    ensure(more != NULL);
    c->send = more;
    free(line);
    return true;
}

static bool add_headers(struct call *c, const struct http_request *q)
{
    bool ok = add_header(c, "If-None-Match", q->etag) &&
              add_header(c, "If-Modified-Since", q->last_modified) &&
              (q->method == HTTP_GET ||
               (add_header(c, "Content-Type", q->type ? q->type : "application/octet-stream")));
    for (size_t i = 0; ok && i < q->n_headers; i++)
        ok = add_header(c, q->headers[i].name, q->headers[i].value);
    if (ok && q->method != HTTP_GET) { /* no waiting for leave to send a small body */
        struct curl_slist *more = curl_slist_append(c->send, "Expect:");
        ensure(more != NULL);
        c->send = more;
    }
    return ok;
}

static struct call *call_new(struct http *h, const struct http_request *q, char *host, char *key)
{
    struct call *c = mem_zero(sizeof *c);
    c->http = h;
    c->q = *q;
    c->host = key;
    c->q.url = mem_str(q->url);
    c->q.name = q->name ? mem_str(q->name) : mem_str(host);
    c->q.body = q->n_body ? mem_dup(q->body, q->n_body) : mem_zero(1);
    c->q.etag = q->etag && *q->etag ? "" : NULL; /* only that there was one: the line is made */
    c->q.last_modified = q->last_modified && *q->last_modified ? "" : NULL;
    c->q.headers = NULL;
    c->q.type = NULL;
    c->q.tries = q->tries > 0 ? q->tries : h->o.tries;
    c->q.silence_ms = or_else(q->silence_ms, h->o.silence_ms);
    c->q.total_ms = or_else(q->total_ms, h->o.total_ms);
    c->q.max_body = q->max_body ? q->max_body : h->o.max_body;
    c->a.retry_after_s = -1;
    return c;
}

uint64_t http_send(struct http *h, const struct http_request *q, struct error *err)
{
    char *host = NULL, *key = NULL;
    bool user = false;
    if (http_url(q->url, &host, &key, &user, err) != OK) {
        err_wrap(err, "%s", q->name ? q->name : "HTTP");
        return 0;
    }
    struct call *c = call_new(h, q, host, key);
    free(host);
    c->q.secret = q->secret || user;
    bool off = h->o.offline && !h->replay;
    if (off || !add_headers(c, q)) {
        err_set(err, off ? E_REFUSED : E_RANGE, "%s: not asked, %s", c->q.name,
                off ? "the network is off (--offline)" : "a header holds a control character");
        call_free(c);
        return 0;
    }
    c->id = ++h->next_id;
    struct call **p = &h->calls;
    while (*p)
        p = &(*p)->next;
    *p = c;
    uint64_t id = c->id;
    http_settle(h);
    return id;
}

static struct call *find(const struct http *h, uint64_t id)
{
    for (struct call *c = h->calls; c; c = c->next)
        if (c->id == id && c->state != CALL_OVER)
            return c;
    return NULL;
}

void http_cancel(struct http *h, uint64_t id)
{
    struct call *c = find(h, id);
    struct error err;
    if (!c)
        return;
    err_set(&err, E_CANCELLED, "%s: cancelled", c->q.name);
    c->a.code = 0;
    finish(c, &err);
    http_settle(h);
}

void http_free(struct http *h)
{
    if (!h)
        return;
    ensure(h->depth == 0);
    for (struct call *c; (c = h->calls);) {
        uint64_t id = c->id;
        http_cancel(h, id);
        http_settle(h);
    }
    http_curl_close(h);
    record_free(h->record);
    record_free(h->replay);
    free(h);
}

struct loop *http_loop(const struct http *h)
{
    return h->loop;
}

bool http_busy(const struct http *h, uint64_t id)
{
    return find(h, id) != NULL;
}

size_t http_count(const struct http *h)
{
    size_t n = 0;
    for (struct call *c = h->calls; c; c = c->next)
        n += c->state != CALL_OVER;
    return n;
}

struct waiting {
    struct http *http;
    uint64_t id;
};

static void on_interrupt(void *arg, int signo)
{
    (void)signo;
    struct waiting *w = arg;
    http_cancel(w->http, w->id);
}

void http_wait(struct http *h, uint64_t id)
{
    struct waiting w = {h, id};
    bool caught = loop_signal(h->loop, SIGINT, on_interrupt, &w) == OK;
    while (http_busy(h, id))
        loop_turn(h->loop, true);
    if (caught)
        loop_signal_del(h->loop, SIGINT);
}
