/* colibri.h - questions to Astro-COLIBRI and what its answers say. Not: when to ask (src_colibri.c).
 * Source: the service's public API page; searches are counted (about 100 a day and account), look-ups
 * by id are free. The uid is a secret: it is in the body only, never in a sentence or the log.
 */
#ifndef VIGIE_ALERTS_COLIBRI_H
#define VIGIE_ALERTS_COLIBRI_H

#include "vigie/alerts/book.h"
#include "vigie/io/http.h"

/* LATEST events of a time range; CONE the same around a place; EVENT by trigger ids or names;
 * VOEVENT one event as a packet; SOURCE what is held of a name. Only the first two need a uid. */
enum colibri_kind { COLIBRI_LATEST, COLIBRI_CONE, COLIBRI_EVENT, COLIBRI_VOEVENT, COLIBRI_SOURCE };

/* struct colibri_query - a question.
 *   base       "https://astro-colibri.science"
 *   filter     of a search, as JSON; NULL: everything; "": the filters of the account
 *   from_ms, to_ms  wall ms since 1970
 *   ra_deg, dec_deg, radius_deg   of a cone
 *   ids, n_ids trigger ids or names; VOEVENT and SOURCE take one */
struct colibri_query {
    enum colibri_kind kind;
    const char *base, *uid, *filter;
    int64_t from_ms, to_ms;
    double ra_deg, dec_deg, radius_deg;
    const char *const *ids;
    size_t n_ids;
};

/* colibri_body - the body of a search, added to out. colibri_url - the address of a question. */
void colibri_body(struct str *out, const struct colibri_query *q);
void colibri_url(struct str *out, const struct colibri_query *q);

/* colibri_send - ask. Returns an id > 0, 0 with err: E_ABSENT a search without a uid (says how to
 * get one), else as http_send. */
uint64_t colibri_send(struct http *h, const struct colibri_query *q, http_done_fn *done, void *arg,
                      struct error *err);

/* colibri_read - what an answer says. The body counts more than the HTTP status: errors come under
 * 200, events beside errors under 207.
 *   out         alerts with their raw bytes, and a sentence for each item refused; clear it always
 *   renewal_ms  when calls are allowed again, wall ms; 0: not said
 *   err         E_BUSY too many calls, E_REFUSED its own refusal, E_ABSENT nothing of that name,
 *               E_PARSE not understood (an HTML page), or the request's own error
 *   test        tests/alerts/check_colibri.c */
enum status colibri_read(const struct http_answer *a, struct alert_batch *out, int64_t *renewal_ms,
                         struct error *err) MUST_CHECK;

/* colibri_calls - searches of this UTC day so far, kept in the store. colibri_count - one more. */
int colibri_calls(struct alert_book *book, int64_t now_ms);
enum status colibri_count(struct alert_book *book, int64_t now_ms, struct error *err) MUST_CHECK;

/* colibri_window - the half-hour-aligned range for a search at now_ms that misses nothing since
 * since_ms (at most `days` back). Two searches in one half hour would be one to the service, which
 * then answers from its memory: in its second half the range begins half an hour earlier. */
void colibri_window(int64_t now_ms, int64_t since_ms, double days, int64_t *from_ms,
                    int64_t *to_ms);

#endif
