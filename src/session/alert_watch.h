/* alert_watch.h - the alerts of the session: the book in the store, the ways in, the rules that
 * ring, the judge of here and now. Not: what any of them does (alerts room).
 */
#ifndef VIGIE_SRC_SESSION_ALERT_WATCH_H
#define VIGIE_SRC_SESSION_ALERT_WATCH_H

#include "own.h"

struct alert_watch;

/* alert_watch_new - open the book in the session's store; ways in unless it is a demo.
 * alert_watch_site_gone - before the site changes, which the judge borrows. */
enum status alert_watch_new(struct session *s, struct alert_watch **out,
                            struct error *err) MUST_CHECK;
void alert_watch_free(struct alert_watch *w);
void alert_watch_site_gone(struct alert_watch *w);

#endif
