/* http_own.h - what http.c (requests, repeats, limits) and http_curl.c (libcurl) share. */
#ifndef VIGIE_SRC_IO_HTTP_OWN_H
#define VIGIE_SRC_IO_HTTP_OWN_H

#include <curl/curl.h>

#include "vigie/io/http.h"
#include "vigie/io/record.h"

enum { SILENCE_PARTS = 4, HEADERS_MAX = 65536, FAILED_BODY_MAX = 65536, REDIRECTS_MAX = 5 };

/* A request on its way. OVER: its done function was called; it waits to be freed when no callback
 * of curl is under way. */
enum call_state { CALL_QUEUED, CALL_RUNNING, CALL_PAUSED, CALL_OVER };

struct call {
    struct call *next;
    struct http *http;
    uint64_t id;
    enum call_state state;
    struct http_request q;   /* its strings are owned here */
    char *host;              /* "host:port", for the turn of each host */
    struct curl_slist *send; /* header lines */
    CURL *easy;              /* of the try under way */
    struct http_answer a;    /* what is told at the end */
    struct str type, etag, last_modified, url;
    struct str copy;             /* of pieces, for the record */
    size_t got, n_headers;       /* bytes of this try: body unpacked, headers */
    bool pushed;                 /* a piece was given */
    struct error stop;           /* why one of our callbacks ended the try */
    int64_t began_ms;            /* first try */
    uint64_t timer;              /* watch over silence, or pause before the next try */
    int64_t seen[SILENCE_PARTS]; /* bytes both ways at the last checks */
    unsigned n_seen;
};

struct http {
    struct loop *loop;
    struct http_options o;
    CURLM *multi;
    uint64_t timer; /* curl's */
    struct call *calls;
    uint64_t next_id, dice;
    int depth; /* callbacks of a request under way: nothing is freed */
    struct record *record, *replay;
};

/* http_curl.c */
bool http_curl_open(struct http *h);
void http_curl_close(struct http *h);
enum status http_url(const char *url, char **host, char **key, bool *user, struct error *err);
void http_curl_start(struct call *c);     /* the next try */
void http_curl_drop(struct call *c);      /* the handle of the try, if any */
int64_t http_curl_bytes(struct call *c);  /* so far, both ways, as on the wire */
bool http_curl_connected(struct call *c); /* a connection stands or stood */
int64_t http_curl_retry_after(struct call *c);

/* http.c */
struct failure { /* why a try failed: sentence without the name, whether to send it again */
    struct error err;
    bool again;
};
void http_try_over(struct call *c, const struct failure *why); /* NULL: an answer is there */
void http_settle(struct http *h); /* after curl had its turn: free what is over, start what waits */
bool http_header_line(struct call *c, const char *line, size_t n); /* false: stop */
bool http_body_bytes(struct call *c, const char *bytes, size_t n);

#endif
