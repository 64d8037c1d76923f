/* alertbook.h - the alerts of the running session: the events that the observer's filter shows,
 * judged for the site now and again each minute, in slices; their alarms; the state of the sources.
 * Not: the events themselves (alerts/book.h), not how they are shown.
 */
#ifndef VIGIE_SESSION_ALERTBOOK_H
#define VIGIE_SESSION_ALERTBOOK_H

#include "vigie/alerts/book.h"
#include "vigie/alerts/feed.h"
#include "vigie/alerts/judge.h"
#include "vigie/sky/almanac.h"

struct session;

/* struct alerts_row - one event of the list. view: all unknown without a site. */
struct alerts_row {
    int64_t id;
    double mjd; /* of the event, UTC; NAN unknown */
    bool fresh;
    struct alert_view view;
};

/* struct alerts_state - what there is; borrowed until the next turn of the loop (EV_ALERTS).
 *   row       best score first, then latest; without a site latest first
 *   n_all     events in memory: those shown, and
 *   n_hidden  by the filter; n_apart: tests and utility packets; n_muted: of muted senders
 *   n_unseen  shown events that the observer has not looked at
 *   n_ringing shown or not, events whose alarm waits to be acknowledged
 *   working   a newer judgement is being made
 *   judged    there is a site; else `why`
 *   filter    the expression in use; bad: why the one in the options is not (OK: it is)
 *   name      of the saved view that has this expression, "" none
 *   tests     tests and utility packets are shown too */
struct alerts_state {
    const struct alerts_row *row;
    size_t n, n_all, n_hidden, n_apart, n_muted, n_unseen, n_ringing;
    bool working, judged, tests;
    struct error why, bad;
    const char *filter, *name;
};
const struct alerts_state *session_alerts_state(const struct session *s);

/* session_alert_try - what a filter would show, while it is being written: "12 of 240 alerts" added to
 * say, or what is wrong with it (then false). A long count goes on in slices: ask again with the same
 * text after EV_SOURCES.
 *   test  tests/session/check_alertbook.c */
bool session_alert_try(struct session *s, const char *text, struct str *say);

/* session_alert - an event by id, NULL if it is gone; borrowed until the next turn. */
const struct alert_event *session_alert(const struct session *s, int64_t id);

/* session_alert_night - the sky from local noon to noon around now; NULL without a site. Borrowed
 * until EV_SITE or EV_NIGHT. */
const struct almanac *session_alert_night(const struct session *s);

/* session_alert_find - the event that is meant.
 *   text  "#12": by id; else its name, whole or a part of it, without regard to case
 *   err   E_ABSENT: none; E_RANGE: several, with their names
 *   test  tests/session/check_alertbook.c */
enum status session_alert_find(const struct session *s, const char *text, int64_t *id,
                               struct error *err) MUST_CHECK;

/* session_alert_alarm - the newest alarm of an event that stands, 0 none; *open: it waits to be
 * acknowledged. */
uint64_t session_alert_alarm(const struct session *s, int64_t id, bool *open);

/* session_alert_ack - the observer has seen it: its alarms are acknowledged.
 * session_alert_mark - a mark of his (seen, followed). session_alert_seen_all - he has seen all that are
 * listed: at once here, in slices in the store; returns how many were new.
 *   test  tests/session/check_alertbook.c */
enum status session_alert_ack(struct session *s, int64_t id, struct error *err) MUST_CHECK;
enum status session_alert_mark(struct session *s, int64_t id, enum alert_mark what, bool on,
                               struct error *err) MUST_CHECK;
size_t session_alert_seen_all(struct session *s);

/* session_alert_sender - who sent it, as mute knows him: observatory, else stream, else type; added
 * to out, clean. session_alert_muted - whether he is muted (option alerts.mute). */
void session_alert_sender(const struct alert_event *e, struct str *out);
bool session_alert_muted(const struct session *s, const struct alert_event *e);

/* session_alert_why - why an event is not in the list, or that it is; added to out, one line. */
void session_alert_why(const struct session *s, int64_t id, struct str *out);

#endif
