/* event.h - what happened: named by what changed, never by what to redraw. Queued, delivered once a
 * turn of the loop; a handler never runs inside another. Not: a log (nightlog.h).
 */
#ifndef VIGIE_SESSION_EVENT_H
#define VIGIE_SESSION_EVENT_H

#include <stdint.h>

enum event_kind {
    EV_TICK,      /* a second passed (a minute when the seconds are hidden); only with a viewer */
    EV_SITE,      /* site in use, or its name, changed */
    EV_OPTION,    /* an option changed; id is nothing */
    EV_ALMANAC,   /* Sun, Moon, sidereal time computed anew */
    EV_LOG,       /* the night log got a line; id is the line's */
    EV_ALARM,     /* an alarm was raised, repeated, acknowledged, ended; id is the alarm's */
    EV_TRANSITS,  /* tonight's transits, or their source's state, changed */
    EV_NIGHT,     /* another night began (local mean noon) */
    EV_MESSAGE,   /* there is something to say: session_message */
    EV_ALERTS,    /* the list of alerts changed */
    EV_ALERT_NEW, /* an alert came, before EV_ALERTS; id is the alert's */
    EV_ALERT_CHANGED, /* it got another packet, or a mark of the observer (all seen at once: EV_ALERTS) */
    EV_ALERT_RETRACTED, /* it was taken back by its sender */
    EV_SOURCES,         /* the state of a source of alerts changed */
    EV_CONSOLE,         /* the console's scrollback, its tasks or its scripts changed */
    EV_DEVICES,         /* a device changed, or the list of them; id is the device's, 0: several */
    EV_VO,    /* a query of the Virtual Observatory; id is its number, 0: what else there is */
    EV_ATTACH /* a viewer attached */
};

/* struct event - one; id: of the thing, 0: of none. */
struct event {
    enum event_kind kind;
    uint64_t id;
};

/* events_put - queue one; the same kind and id twice in one turn is delivered once.
 * events_on - call fn for every event from the next turn on; events_off takes that pair away (safe
 * inside fn).
 * events_deliver - hand out what is queued; what handlers put waits for the next call.
 *   returns  how many were delivered
 * events_waiting - how many wait for the next delivery.
 *   test     tests/session/check_core.c */
struct events;
typedef void event_fn(void *arg, const struct event *ev);
struct events *events_new(void);
void events_free(struct events *e);
void events_put(struct events *e, enum event_kind kind, uint64_t id);
void events_on(struct events *e, event_fn *fn, void *arg);
void events_off(struct events *e, event_fn *fn, void *arg);
int events_deliver(struct events *e);
int events_waiting(const struct events *e);

#endif
