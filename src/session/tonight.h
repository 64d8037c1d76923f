/* tonight.h - the session's own side of vigie/session/tonight.h.
 * Not: for other rooms.
 */
#ifndef VIGIE_SRC_SESSION_TONIGHT_H
#define VIGIE_SRC_SESSION_TONIGHT_H

#include "own.h"
#include "vigie/session/tonight.h"

/* tonight_new - models the options, site and night of the session; begins to compute. */
struct tonight *tonight_new(struct session *s);
void tonight_free(struct tonight *t);

/* tonight_drop - lists go: site or planets they borrow are about to. tonight_again - compute anew
 * what the options, site and night ask for now (nothing if they ask for what there is). */
void tonight_drop(struct tonight *t);
void tonight_again(struct tonight *t);

/* tonight_refresh - ask the service now. tonight_night - look at the night that begins `offset`
 * days from the present one. */
void tonight_refresh(struct tonight *t);
void tonight_night(struct tonight *t, int offset);

/* struct maker - a list in the making and the last whole one. key: what it was made from. */
struct maker {
    struct session *session;
    struct transit_list *list, *making;
    char *key;
    uint64_t job;
    struct error why;
    void (*done)(void *arg);
    void *arg;
};
void maker_drop(struct maker *m);
void maker_begin(struct maker *m, const struct transit_request *request, const char *key);

/* transit_watch - alarms before ingress: from a list of its own of the present night. */
struct transit_watch;
struct transit_watch *transit_watch_new(struct session *s);
void transit_watch_free(struct transit_watch *w);
void transit_watch_drop(struct transit_watch *w);
void transit_watch_again(struct transit_watch *w, const struct transit_request *request,
                         const char *key);

#endif
