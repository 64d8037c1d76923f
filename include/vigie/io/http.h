/* http.h - HTTP(S) requests in the event loop: limits, repeats, conditional requests, one answer.
 * Not: a cache (keep.h), not what a body means. libcurl lies behind it (http*.c only). Rules of the
 * protocol: RFC 9110 (methods, status, Retry-After, conditional requests), RFC 9112 (messages).
 *
 * Every sentence names the one that was asked (request.name, else the host), what was tried, and
 * what it did: "ExoClock: HTTP 503 after 3 tries", "ExoClock: no answer in 30 s (3 tries)". Neither
 * a sentence nor the log holds a path, a query, a header or a body.
 *
 * OK means that the answer came as the server framed it. Where the server gives no length (it just
 * closes), a cut cannot be seen here: whoever reads the body checks that it is whole.
 */
#ifndef VIGIE_IO_HTTP_H
#define VIGIE_IO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/loop.h"
#include "vigie/base/str.h"

struct http;

/* struct http_options - limits of every request; a zero takes the value in brackets.
 *   connect_ms   until the connection (with TLS) stands [15 s]
 *   silence_ms   longest time without progress, also before the first byte; an answer slower than
 *                16 bytes/s over this time counts as silent [30 s]
 *   total_ms     a whole request with all its repeats [10 min]
 *   max_body     bytes of an answer, after unpacking [64 MB]
 *   per_host     requests at once to one host and port; the others wait their turn [4]
 *   tries        how often a request is sent before it fails [3]
 *   backoff_ms   mean pause before the second try; doubled for each further one, spread over
 *                0.5 .. 1.5 of it, at most 30 s [1 s]
 *   offline      no request is sent: each is refused with a sentence
 *   public_only  no connection is opened to this machine or the networks around it (loopback, private,
 *                link-local addresses), whatever name or redirect leads there: E_REFUSED. Behind a proxy
 *                it is the proxy's to decide
 *   record       folder: every answer is also written there (record.h); NULL: environment
 *                VIGIE_RECORD, else none
 *   replay       folder: answers come from there, the network is not used; NULL: environment
 *                VIGIE_REPLAY, else none. Strings are borrowed for the call. */
struct http_options {
    int64_t connect_ms, silence_ms, total_ms, backoff_ms;
    size_t max_body;
    int per_host, tries;
    bool offline, public_only;
    const char *record, *replay;
};

/* http_new - the requests of one loop. options may be NULL (all defaults). A proxy is taken from
 * the environment (http_proxy, https_proxy, all_proxy, no_proxy); TLS certificates are always
 * verified, against SSL_CERT_FILE if that is set.
 *   loop     borrowed for the life of the result
 *   test     tests/io/check_http.c, check_http_bad.c */
struct http *http_new(struct loop *loop, const struct http_options *options);

/* http_free - ends all requests with E_CANCELLED (their done functions are called), then frees. Not
 * inside a callback of a request. NULL is fine. */
void http_free(struct http *h);

/* http_loop - the loop it was made with. */
struct loop *http_loop(const struct http *h);

struct http_header {
    const char *name, *value;
};

struct http_answer;

/* http_head_fn - a successful answer begins: code, headers and nothing else of `answer` are there; before
 * the first piece (an empty body has none). http_piece_fn - a piece of the body of a successful (2xx) answer, unpacked. Anything but OK ends
 * the request with that status and err's text. http_again_fn - the connection broke and the request
 * is sent again: forget the pieces so far. http_done_fn - the end, exactly once for each request
 * that http_send took; answer is borrowed for the call. */
typedef enum status http_head_fn(void *arg, const struct http_answer *answer, struct error *err);
typedef enum status http_piece_fn(void *arg, const char *bytes, size_t n, struct error *err);
typedef void http_again_fn(void *arg);
typedef void http_done_fn(void *arg, const struct http_answer *answer);

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT };

/* struct http_request - what is asked; all of it is copied by http_send.
 *   url          http: or https:, percent-encoded
 *   name         who is asked, for sentences ("ExoClock"); NULL: the host
 *   body, n_body for HTTP_POST and HTTP_PUT; type: its Content-Type, such as "application/json". A PUT is sent
 *                once, and a redirect is not followed
 *   urgent       does not wait behind others to the same host (a telescope is to stop)
 *   headers      n_headers further header lines
 *   etag, last_modified   validators of the copy one holds, as answered before (NULL or "": none):
 *                If-None-Match and If-Modified-Since are sent, the answer may be code 304
 *   secret       URL, headers or body hold a secret: no redirect is followed, and nothing of them
 *                is recorded but method, host and path
 *   repeatable   a POST that may be sent again (a query); a GET always may
 *   head         is told what kind of answer comes, before its first piece; may be NULL
 *   piece        gets the body in pieces; NULL: it is gathered in answer.body
 *   again        with `piece`: NULL means that a request is not repeated once a piece was given
 *   tries, silence_ms, total_ms, max_body   this request's own limits; 0: those of http_new */
struct http_request {
    const char *url, *name;
    enum http_method method;
    const void *body;
    size_t n_body;
    const char *type;
    const struct http_header *headers;
    size_t n_headers;
    const char *etag, *last_modified;
    bool secret, repeatable, urgent;
    http_head_fn *head;
    http_piece_fn *piece;
    http_again_fn *again;
    http_done_fn *done;
    void *arg;
    int tries;
    int64_t silence_ms, total_ms;
    size_t max_body;
};

/* struct http_answer - how it ended.
 *   err.status   OK          code is 2xx, or 304 to a conditional request
 *                E_ABSENT    404, 410        E_REFUSED  401, 403, a redirect that is not followed,
 *                                                       a certificate that does not verify, offline
 *                E_BUSY      429             E_TIMEOUT  silence, or the whole time is over
 *                E_RANGE     body or headers too large
 *                E_CANCELLED                 E_NET      every other failure
 *                or what `piece` returned
 *   code         HTTP status, 0 if there was none
 *   retry_after_s  seconds the server asks to wait, -1 if it does not say
 *   type         Content-Type without parameters, lower case, "" if none
 *   etag, last_modified  as sent, "" if none
 *   url          where the answer came from after redirects
 *   body         gathered bytes; of an answer that failed (not 2xx) at most 64 kB, also with
 * `piece` tries        how often the request was sent */
struct http_answer {
    struct error err;
    int code, tries;
    int64_t retry_after_s;
    const char *type, *etag, *last_modified, *url;
    struct str body;
    struct str headers; /* lines "name: value\n" of the last answer; see http_header */
};

/* http_header - a header of the answer, name without regard to case: its value (the first, if there
 * are several) is put in `out`. Returns false if there is none. */
bool http_header(const struct http_answer *a, const char *name, struct str *out);

/* http_send - start a request. No callback runs before it returns.
 *   returns  an id > 0; 0 with err: E_RANGE (no http: or https: URL), E_REFUSED (offline)
 *   test     tests/io/check_http.c, check_http_bad.c */
uint64_t http_send(struct http *h, const struct http_request *request, struct error *err);

/* http_cancel - end a request: its done function is called with E_CANCELLED before this returns,
 * nothing after. An id that is over does nothing. Allowed in every callback. */
void http_cancel(struct http *h, uint64_t id);

/* http_busy - whether the request is still under way. http_count - how many are. */
bool http_busy(const struct http *h, uint64_t id);
size_t http_count(const struct http *h);

/* http_wait - for one-shot commands: turns of the loop until the request is over. Ctrl-C (SIGINT)
 * cancels it. Not inside a callback. */
void http_wait(struct http *h, uint64_t id);

#endif
