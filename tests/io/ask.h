/* ask.h - what the tests of HTTP share: a loop, a request, and what came of it. */
#ifndef VIGIE_TESTS_IO_ASK_H
#define VIGIE_TESTS_IO_ASK_H

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

extern struct loop *loop;
extern struct http *http;
extern struct got got;

/* done, piece, again - callbacks that note in a struct got. */
void done(void *arg, const struct http_answer *a);
enum status piece(void *arg, const char *bytes, size_t n, struct error *err);
void again(void *arg);

void setup(void);
void teardown(void);

/* open_with - `http` with these limits; what is 0 is short, for tests. ask - one request, whole. */
void open_with(struct http_options o);
void ask(struct http_request q);

#define OK_JSON                                                                                    \
    "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nETag: \"v1\"\r\n"         \
    "Last-Modified: Sun, 22 Nov 2026 17:30:00 GMT\r\nX-Rate-Limit: 93\r\n"                         \
    "Content-Length: 13\r\n\r\n{\"planet\": 1}"
#define ERROR_500                                                                                  \
    "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: "            \
    "6\r\n\r\n<html>"

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

/* run_cases - a Check program of one case. */
int run_cases(const char *name, void (*add)(TCase *t));

#endif
