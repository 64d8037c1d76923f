/* http_curl.c - the requests of http.c on libcurl's multi interface, driven by the loop.
 * Not: repeats, limits and sentences about HTTP status (http.c). Source: libcurl 7.88
 * documentation, curl_multi_socket_action(3). Every curl code is turned into ours here.
 */
#include "http_own.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "config.h"
#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"

static void try_result(struct call *c, CURLcode code);

/* Gives curl its turn, then deals with what has ended. */
static void action(struct http *h, curl_socket_t fd, int events)
{
    int running;
    h->depth++;
    curl_multi_socket_action(h->multi, fd, events, &running);
    h->depth--;
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(h->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        struct call *c = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&c);
        if (c && c->state == CALL_RUNNING)
            try_result(c, code);
        else if (c)
            http_curl_drop(c);
    }
    http_settle(h);
}

static void on_fd(void *arg, int fd, int events)
{
    action(arg, fd,
           (events & LOOP_READ ? CURL_CSELECT_IN : 0) |
               (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0));
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *mine)
{
    (void)easy, (void)mine;
    struct http *h = arg;
    if (what == CURL_POLL_REMOVE) {
        loop_fd_del(h->loop, fd);
        return 0;
    }
    int events = (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);
    return loop_fd(h->loop, fd, events, on_fd, h, "io/http") == OK ? 0 : -1;
}

static int64_t on_timer(void *arg)
{
    struct http *h = arg;
    h->timer = 0; /* curl sets the next one inside action */
    action(h, CURL_SOCKET_TIMEOUT, 0);
    return -1;
}

static int on_curl_timer(CURLM *multi, long ms, void *arg)
{
    (void)multi;
    struct http *h = arg;
    loop_timer_del(h->loop, h->timer);
    h->timer = ms < 0 ? 0 : loop_timer(h->loop, ms, on_timer, h, "io/http");
    return 0;
}

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
    return http_header_line(arg, line, size * n) ? size * n : 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    return http_body_bytes(arg, bytes, size * n) ? size * n : 0;
}

bool http_curl_open(struct http *h)
{
    static bool ready;
    if (!ready)
        ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    h->multi = ready ? curl_multi_init() : NULL;
    if (!h->multi)
        return false;
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    return true;
}

void http_curl_close(struct http *h)
{
    curl_multi_cleanup(h->multi);
    loop_timer_del(h->loop, h->timer);
}

/* Which schemes a redirect may lead to: never from TLS to plain text. */
static void set_schemes(CURL *e, bool tls)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, tls ? "https" : "http,https");
#else
    curl_easy_setopt(e, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS,
                     (long)(tls ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    /* ending a request during its name look-up must not wait for the look-up */
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
}

static void set_limits(struct call *c, CURL *e)
{
    const char *ca = getenv("SSL_CERT_FILE");
    if (ca && *ca)
        curl_easy_setopt(e, CURLOPT_CAINFO, ca);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
    /* CURLOPT_NOSIGNAL stays off: curl then shields its writes from SIGPIPE; names are looked up in
     * a thread (configure demands it), so no alarm is used */
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)c->http->o.connect_ms);
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, c->q.secret ? 0L : 1L);
    curl_easy_setopt(e, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(e, CURLOPT_USERAGENT, "vigie/" PACKAGE_VERSION);
}

/* Addresses of the Internet at large. Source: RFC 6890 (special-purpose addresses). */
static bool is_public4(uint32_t a)
{
    static const struct {
        uint32_t net, bits;
    } special[] = {{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
                   {0xa9fe0000, 16}, {0xac100000, 12}, {0xc0a80000, 16}, {0xe0000000, 3}};
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if ((a ^ special[i].net) >> (32 - special[i].bits) == 0)
            return false;
    return true;
}

static bool is_public(const struct curl_sockaddr *s)
{
    if (s->family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, &s->addr, sizeof in);
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (s->family != AF_INET6)
        return false;
    struct sockaddr_in6 in;
    memcpy(&in, &s->addr, sizeof in);
    const unsigned char *b = in.sin6_addr.s6_addr;
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (memcmp(b, mapped, 12) == 0)
        return is_public4((uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 |
                          b[15]);
    return (b[0] & 0xe0) == 0x20; /* 2000::/3: global unicast, all that is given out */
}

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *s)
{
    struct call *c = arg;
    (void)purpose;
    if (!is_public(s)) {
        err_set(&c->stop, E_REFUSED, "lies in the local network, which is not allowed here");
        return CURL_SOCKET_BAD;
    }
    return socket(s->family, s->socktype | SOCK_CLOEXEC, s->protocol);
}

static bool behind_proxy(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (getenv(names[i]) && *getenv(names[i]))
            return true;
    return false;
}

void http_curl_start(struct call *c)
{
    CURL *e = curl_easy_init();
    ensure(e != NULL);
    c->easy = e;
    curl_easy_setopt(e, CURLOPT_PRIVATE, c);
    curl_easy_setopt(e, CURLOPT_URL, c->q.url);
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, c->send);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
    set_schemes(e, strncasecmp(c->q.url, "https:", 6) == 0);
    set_limits(c, e);
    if (c->http->o.public_only && !behind_proxy()) {
        curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
        curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, c);
    }
    if (c->q.method != HTTP_GET) {
        curl_easy_setopt(e, CURLOPT_POST, 1L);
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->q.n_body);
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, c->q.body);
    }
    if (c->q.method == HTTP_PUT) {
        curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, "PUT");
        curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    }
    ensure(curl_multi_add_handle(c->http->multi, e) == CURLM_OK);
}

void http_curl_drop(struct call *c)
{
    if (!c->easy)
        return;
    curl_multi_remove_handle(c->http->multi, c->easy);
    curl_easy_cleanup(c->easy);
    c->easy = NULL;
}

int64_t http_curl_bytes(struct call *c)
{
    curl_off_t down = 0, up = 0;
    curl_easy_getinfo(c->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    curl_easy_getinfo(c->easy, CURLINFO_SIZE_UPLOAD_T, &up);
    return (int64_t)down + (int64_t)up + (int64_t)c->n_headers;
}

bool http_curl_connected(struct call *c)
{
    curl_off_t us = 0;
    curl_easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME_T, &us);
    return us > 0;
}

int64_t http_curl_retry_after(struct call *c)
{
    curl_off_t s = 0;
    struct str value = {0};
    bool said = http_header(&c->a, "retry-after", &value);
    str_clear(&value);
    if (!said || curl_easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &s) != CURLE_OK)
        return -1;
    return s;
}

enum status http_url(const char *url, char **host, char **key, bool *user, struct error *err)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *name = NULL, *port = NULL, *who = NULL;
    ensure(u != NULL);
    bool ok = curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
              curl_url_get(u, CURLUPART_HOST, &name, 0) == CURLUE_OK && *name &&
              curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    if (ok) {
        *user = curl_url_get(u, CURLUPART_USER, &who, 0) == CURLUE_OK;
        struct str clean = {0};
        utf8_clean(&clean, name, strnlen(name, 255));
        *host = str_take(&clean);
        *key = mem_printf("%s:%s", *host, port);
    }
    curl_free(scheme);
    curl_free(name);
    curl_free(port);
    curl_free(who);
    curl_url_cleanup(u);
    return ok ? OK : err_set(err, E_RANGE, "not the address of a web service (http: or https:)");
}

static void say_broken(struct call *c, struct error *err)
{
    if (c->got)
        err_set(err, E_NET, "the connection broke after %zu kB", (c->got + 999) / 1000);
    else
        err_set(err, E_NET, "the connection broke before an answer came");
}

static void say_no_connection(struct call *c, struct error *err)
{
    long e = 0;
    curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &e);
    err_set(err, E_NET, "no connection%s%s", e ? ": " : "", e ? strerror((int)e) : "");
}

/* One code for two things: an answer that is no HTTP, and a redirect to what is no HTTP. */
static void say_no_http(struct call *c, struct error *err)
{
    long code = 0;
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &code);
    if (code >= 300 && code < 400)
        err_set(err, E_REFUSED, "redirects to an address that is not safe to follow");
    else
        err_set(err, E_NET, "answers, but not as a web server does");
}

/* What a curl code means here; the codes that are not named cannot be mended by asking again. */
static struct failure failure_of(struct call *c, CURLcode code)
{
    struct failure f = {.again = false};
    int n = (int)code; /* the enum has a hundred values, a dozen of them concern HTTP */
    switch (n) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        err_set(&f.err, E_NET, "its name cannot be looked up: is there a network?");
        break;
    case CURLE_COULDNT_CONNECT:
        say_no_connection(c, &f.err);
        f.again = true;
        break;
    case CURLE_OPERATION_TIMEDOUT:
        err_set(&f.err, E_TIMEOUT, "no connection in %lld s",
                (long long)(c->http->o.connect_ms + 999) / 1000);
        f.again = true;
        break;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
        say_broken(c, &f.err);
        f.again = true;
        break;
    case CURLE_BAD_CONTENT_ENCODING:
        err_set(&f.err, E_NET, "its answer cannot be unpacked");
        f.again = true;
        break;
    case CURLE_SSL_CONNECT_ERROR:
        err_set(&f.err, E_NET, "no secure connection (TLS)");
        f.again = true;
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
        err_set(&f.err, E_REFUSED,
                "its certificate cannot be verified: is the clock right? (nothing was sent)");
        break;
    case CURLE_TOO_MANY_REDIRECTS:
        err_set(&f.err, E_REFUSED, "more than %d redirects", REDIRECTS_MAX);
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: say_no_http(c, &f.err); break;
    default: err_set(&f.err, E_NET, "%s", curl_easy_strerror(code)); break;
    }
    return f;
}

static void try_result(struct call *c, CURLcode code)
{
    if (code == CURLE_OK) {
        http_try_over(c, NULL);
    } else if (c->stop.status != OK) {
        struct failure f = {.err = c->stop};
        http_try_over(c, &f);
    } else {
        struct failure f = failure_of(c, code);
        http_try_over(c, &f);
    }
}
