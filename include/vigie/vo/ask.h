/* ask.h - one question to a service of the Virtual Observatory: a URL, an answer that is a table, its
 * rows while they arrive, and one sentence for every way in which services say no.
 * Not: what to ask (cone.h, tap.h, registry.h), the network (io/http.h). Rules: DALI 1.1 (IVOA),
 * section 4.4: QUERY_STATUS; an error document counts whatever its HTTP status.
 */
#ifndef VIGIE_VO_ASK_H
#define VIGIE_VO_ASK_H

#include "vigie/formats/table.h"
#include "vigie/io/http.h"

/* struct vo_answer - how it ended.
 *   err.status  OK         doc holds the answer; overflow: the service has cut it (or may have:
 *                          just as many rows as were asked for at most); excess: it has sent
 *                          more than these, so that they are all
 *               E_REFUSED  the service says that it cannot: err holds its own message
 *               E_PARSE    the answer is no table, or broken: doc holds the rows before the fault
 *               others     as http.h
 *   doc         NULL if there is nothing; borrowed for the call unless taken (set it to NULL, then
 *               table_doc_free is yours)
 *   code        HTTP status, 0 if there was none
 *   bytes       of the body */
struct vo_answer {
    struct error err;
    struct table_doc *doc;
    bool overflow, excess;
    int code;
    uint64_t bytes;
};

/* vo_rows_fn - more of the answer has arrived; doc is borrowed, and grows until the end. NULL: the
 * connection broke and the question is asked again: what came so far is gone. vo_done_fn - the end,
 * exactly once. */
typedef void vo_rows_fn(void *arg, const struct table_doc *doc);
typedef void vo_done_fn(void *arg, struct vo_answer *answer);

/* struct vo_question - copied by vo_ask.
 *   name     who is asked, for sentences ("GAVO registry"); NULL: the host
 *   url      whole, percent-encoded
 *   body     of a POST (NULL: GET), n_body bytes; type: its Content-Type, NULL:
 *            application/x-www-form-urlencoded
 *   limits   of the table; max_rows: what was asked for at most, 0: nothing was said
 *   total_ms, tries   as of http_request
 *   copy     NULL, or where the bytes of the answer also go, as they came; borrowed until the end. Its
 *            bound (copy->max) holds, `over` says that they did not fit
 *   rows     may be NULL */
struct vo_question {
    const char *name, *url, *body, *type;
    size_t n_body, max_body;
    struct table_limits limits;
    uint64_t max_rows;
    int64_t total_ms;
    int tries;
    struct str *copy;
    vo_rows_fn *rows;
    vo_done_fn *done;
    void *arg;
};

/* vo_ask - asks. No callback runs before it returns.
 *   returns  an id for http_cancel and http_wait; 0 with err
 *   test     tests/vo/check_ask.c */
uint64_t vo_ask(struct http *h, const struct vo_question *q, struct error *err);

/* vo_url - the base URL of a service, ready for parameters: it ends in ? or &, as services write it or
 * not. vo_url_add - "KEY=value&", percent-encoded. vo_url_number - the same with a number. For a POST
 * begin with an empty text. vo_url_end - without the last &. */
void vo_url(struct str *out, const char *base);
void vo_url_add(struct str *out, const char *key, const char *value);
void vo_url_number(struct str *out, const char *key, double x);
void vo_url_end(struct str *out);

#endif
