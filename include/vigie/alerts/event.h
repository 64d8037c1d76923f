/* event.h - an event in the sky: all that its alerts say together. Several packets (first notice,
 * updates, other brokers' copies, a retraction) make one. Not: where it is kept (book.h), not what
 * it means for a site (judge.h).
 */
#ifndef VIGIE_ALERTS_EVENT_H
#define VIGIE_ALERTS_EVENT_H

#include <stdint.h>

#include "vigie/alerts/alert.h"
#include "vigie/base/str.h"

/* struct alert_bag - parameters packed in one piece of memory, for speed and size. */
struct alert_bag {
    unsigned char *at;
    size_t n;
};

/* struct alert_event - texts NULL, numbers NAN, instants no numbers where unknown; owned by the
 * event. Fields as in struct alert; the best known position (the one with the smaller error, unless
 * the later packet replaces the earlier), the latest of everything else that a packet told.
 *   id           row of the book, > 0
 *   revisions    packets so far, duplicates not counted
 *   fresh        not looked at since it came or changed
 *   followed     the observer wants to know everything about it
 *   acknowledged its alarm is answered
 *   first_ms, last_ms  first and latest packet received, ms since 1970
 *   sources      ways it came in, divided by blanks: "spool colibri"
 *   change       what the latest packet changed, "new" for the first
 *   params       parameters of all its packets, later ones before earlier */
struct alert_event {
    int64_t id;
    enum alert_kind kind;
    enum alert_standing standing;
    bool retracted, fresh, followed, acknowledged;
    int revisions;
    char *key, *ref, *name, *type, *facility, *packet, *classification, *description, *band;
    char *stream, *sources, *change;
    struct jd_utc time, issued, expires;
    int64_t first_ms, last_ms;
    double ra_rad, dec_rad, error_rad;
    double mag, redshift, far_hz, importance, distance_mpc;
    struct alert_bag params;
};

/* alert_event_init - an event that nothing is known of. alert_event_clear frees what it owns. */
void alert_event_init(struct alert_event *e);
void alert_event_clear(struct alert_event *e);

/* alert_event_apply - take one more alert into the event.
 *   change   what it changed in words ("moved 3.2', error 4 deg -> 7'"), "new" for the first alert,
 *            "nothing new"; emptied first
 *   test     tests/alerts/check_book.c */
void alert_event_apply(struct alert_event *e, const struct alert *a, struct str *change);

/* alert_event_json - the event as a whole JSON object (what `alerts list --json` prints).
 * alert_event_members - its members only, inside an object that the caller opened. */
void alert_event_json(struct json_writer *w, const struct alert_event *e);
void alert_event_members(struct json_writer *w, const struct alert_event *e);

/* struct alert_bag_item - one parameter of a bag, borrowed. alert_bag_next - the item at *at (0:
 * first), which moves on; false at the end. alert_bag_find - by name without regard to case (group
 * NULL: any; else the group or the end of its path); the first is the latest. alert_bag_hash - of a
 * name, for alert_bag_find_hashed, which is the same without hashing anew. */
struct alert_bag_item {
    const char *group, *name, *value, *unit; /* group, unit: "" where absent */
};
bool alert_bag_next(const struct alert_bag *b, size_t *at, struct alert_bag_item *item);
bool alert_bag_find(const struct alert_bag *b, const char *group, const char *name,
                    struct alert_bag_item *item);
bool alert_bag_find_hashed(const struct alert_bag *b, uint16_t hash, const char *group,
                           const char *name, struct alert_bag_item *item);
uint16_t alert_bag_hash(const char *name);

/* alert_event_title - what to call it, added to out: its name; a mere number with who sent it
 * ("SWIFT 597722"); else the id of its latest packet. Not cleaned. */
void alert_event_title(const struct alert_event *e, struct str *out);

/* alert_angle_text - an angle fit for people: "4 deg", "7'", "3.2\"". Added to out. */
void alert_angle_text(struct str *out, double rad);

#endif
