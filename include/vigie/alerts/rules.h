/* rules.h - when an alert rings: once for each event and reason. Not: how it rings (the session's
 * alarms). Tests and utility packets never ring.
 */
#ifndef VIGIE_ALERTS_RULES_H
#define VIGIE_ALERTS_RULES_H

#include "vigie/alerts/book.h"
#include "vigie/alerts/filter.h"
#include "vigie/base/conf.h"

/* Reasons. NEW: it came. UP: it can be observed from here for the first time. FITS: its error shrank
 * into one field of view. RETRACTED: it was taken back. */
enum alert_reason { ALERT_RING_NEW, ALERT_RING_UP, ALERT_RING_FITS, ALERT_RING_RETRACTED };
enum { ALERT_REASONS = ALERT_RING_RETRACTED + 1 };

/* struct alert_ring - text: one clean sentence, fit to be shown: "GRB 250424A (grb) is new: alt 62
 * deg, 3h12 left, error 3', one frame". */
struct alert_ring {
    enum alert_reason reason;
    const struct alert_event *event;
    const char *text;
};

/* struct rules_with - borrowed for the rules' life.
 *   conf    options alerts.alarm.new, .up, .fits, .retracted: filters; empty: never
 *   ring    an alarm; over: the alarms of this event end (it was retracted), may be NULL */
struct rules_with {
    struct alert_book *book;
    const struct conf *conf;
    void (*ring)(void *arg, const struct alert_ring *ring);
    void (*over)(void *arg, int64_t event);
    void *arg;
};

struct alert_rules;

/* alert_rules_new - compile the filters. err: E_PARSE "alerts.alarm.new: filter, at ...".
 *   test  tests/alerts/check_rules.c */
enum status alert_rules_new(const struct rules_with *with, struct alert_rules **out,
                            struct error *err) MUST_CHECK;
void alert_rules_free(struct alert_rules *r);

/* alert_rules_news - what the book tells (alert_news_fn's arguments). judge: NULL without a site. The
 * event may ring later in alert_rules_look, never inside the book's call. */
void alert_rules_news(struct alert_rules *r, enum alert_news news, const struct alert_event *e,
                      double error_before_rad);

/* alert_rules_look - ring what waits, and what became observable since the last look; call it after
 * news and every half minute. Returns how often it rang. */
int alert_rules_look(struct alert_rules *r, const struct alert_judge *judge, struct jd_utc now);

/* struct alert_looking - a look in slices: zeroed at first. n: how often it rang so far. alert_rules_step -
 * go on until the thread has used its CPU up to end_us (clock_thread_us); what waits rings in the first
 * one. Returns whether more is left. Book, judge and rules may change in between. */
struct alert_looking {
    int64_t after;
    size_t hint;
    int n;
    bool begun;
};
bool alert_rules_step(struct alert_rules *r, const struct alert_judge *judge, struct jd_utc now,
                      struct alert_looking *at, int64_t end_us);

/* alert_reason_name - "new", "up", "fits", "retracted"; static. */
const char *alert_reason_name(enum alert_reason reason);

#endif
