/* alertbook.h - the session's own side of vigie/session/alertbook.h.
 * Not: for other rooms.
 */
#ifndef VIGIE_SRC_SESSION_ALERTBOOK_H
#define VIGIE_SRC_SESSION_ALERTBOOK_H

#include "own.h"
#include "vigie/alerts/filter.h"
#include "vigie/alerts/rules.h"
#include "vigie/session/alertbook.h"

/* struct alerts_rows - rows, sorted; changed: ids whose row is not up to date; muted: events of muted
 * senders; unseen: rows that are fresh. */
struct alerts_rows {
    VEC(struct alerts_row) row;
    VEC(int64_t) changed;
    VEC(int64_t) muted;
    size_t unseen;
};

struct alert_pass;
struct alert_try;
struct ringer;

struct alertbook {
    struct session *session;
    struct alerts_state state;
    struct alerts_rows rows;
    struct alert_filter *filter;
    struct alert_judge *judge;
    struct almanac *night;
    int64_t night_ns; /* its noon */
    struct alert_feed *feed;
    struct alert_pass *pass; /* NULL: none runs */
    struct alert_try *trying;
    struct ringer *ring;
    char *filter_key, *judge_key, *feed_key, *mute_key, *name;
    bool tests, news; /* news: some that may ring */
    struct alert_looking looking;
    int64_t look_us;               /* of CPU that the last look for alarms took */
    bool look_again;               /* news came while one goes on */
    uint64_t look, refresh, write; /* jobs, 0: none runs */
    uint64_t timer, soon;
    int beats;
};

/* alertbook_new - list, sources, alarms over the session's book. alertbook_free - before book, store
 * and http go. */
struct alertbook *alertbook_new(struct session *s);
void alertbook_free(struct alertbook *b);

/* alertbook_drop - what borrows the site goes: it is about to change. alertbook_tests - show tests
 * and utility packets, or not. alertbook_again - make the whole list anew. */
void alertbook_drop(struct alertbook *b);
void alertbook_tests(struct alertbook *b, bool on);
void alertbook_again(struct alertbook *b);

/* alertbook_take - one event as a row; false: it is not shown. alertbook_take_by - by another filter
 * than the one in use. alertbook_before - order of two rows:
 * whether x stands before y. */
bool alertbook_take(const struct alertbook *b, int64_t id, struct alerts_row *row);
bool alertbook_take_by(const struct alertbook *b, const struct alert_filter *filter, int64_t id,
                       struct alerts_row *row);
bool alertbook_before(const struct alerts_row *x, const struct alerts_row *y);

/* alertbook_count - the numbers of the state, from rows and book. alertbook_mutes - whether an event is
 * left out for its sender alone. */
void alertbook_count(struct alertbook *b);
bool alertbook_mutes(const struct alertbook *b, const struct alert_event *e);

/* The whole list made anew as a job (alert_pass.c). alert_pass_begin stops one that runs;
 * alert_pass_changed: this event changed meanwhile. */
void alert_pass_begin(struct alertbook *b);
void alert_pass_stop(struct alertbook *b);
void alert_pass_changed(struct alertbook *b, int64_t id);

/* alert_try_stop - forget the filter that is being written (alert_try.c). */
void alert_try_stop(struct alertbook *b);

/* alertbook_update - bring the rows of these events up to date (alert_pass.c). */
void alertbook_update(struct alertbook *b, int64_t *id, size_t n);

/* Alarms (ringer.c). ringer_again - the rules' options may have changed. ringer_news -
 * as the book tells it. ringer_step - ring what is due, a slice (alert_rules_step). ringer_count -
 * events whose alarm waits. */
struct ringer *ringer_new(struct session *s);
void ringer_free(struct ringer *r);
void ringer_again(struct ringer *r);
void ringer_news(struct ringer *r, enum alert_news news, const struct alert_event *e, int64_t other,
                 double error_before_rad);
bool ringer_step(struct ringer *r, const struct alert_judge *judge, struct alert_looking *at,
                 int64_t end_us);
size_t ringer_count(const struct ringer *r);
uint64_t ringer_alarm(const struct ringer *r, int64_t event, bool *open);
enum status ringer_ack(struct ringer *r, int64_t event, struct error *err) MUST_CHECK;

/* alert_samples - the packets of the demo, taken into the book: events of the last hours. */
void alert_samples(struct session *s);

#endif
