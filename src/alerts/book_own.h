/* book_own.h - the rows behind the book of alerts. Not: for other rooms. */
#ifndef VIGIE_SRC_ALERTS_BOOK_OWN_H
#define VIGIE_SRC_ALERTS_BOOK_OWN_H

#include "vigie/alerts/book.h"

/* struct packet_row - a row of alerts_packet as it is written. order_ms: when it was announced, else
 * when it came; meaning: hash of what it says. */
struct packet_row {
    const void *bytes;
    size_t n;
    int64_t hash, meaning, received_ms, order_ms, event, same_as;
    const char *source, *origin, *format, *ref, *kind, *issued, *change, *reason;
};

/* rows_hash - 64 bits of bytes (FNV-1a): finds candidates, which are then compared. */
int64_t rows_hash(const void *bytes, size_t n);

/* rows_same_bytes - the packet of just these bytes, 0 if none, and the event it belongs to.
 * rows_same_meaning - a packet of this event that says the same, 0 if none. */
enum status rows_same_bytes(struct store *st, const void *bytes, size_t n, int64_t hash,
                            int64_t *packet, int64_t *event, struct error *err) MUST_CHECK;
enum status rows_same_meaning(struct store *st, int64_t event, int64_t meaning, int64_t *packet,
                              struct error *err) MUST_CHECK;

enum status rows_put_packet(struct store *st, const struct packet_row *p, int64_t *id,
                            struct error *err) MUST_CHECK;

/* rows_key - the event of a key, 0 if none. rows_put_key - give a key to an event unless it has
 * one. */
enum status rows_key(struct store *st, const char *key, int64_t *event,
                     struct error *err) MUST_CHECK;
enum status rows_put_key(struct store *st, const char *key, int64_t event,
                         struct error *err) MUST_CHECK;

/* rows_put_event - write it; e->id 0: as a new row, whose id is set. rows_get_event - read one row
 * into an event (initialised by the callee); E_ABSENT. rows_join - all packets and keys of `other`
 * become those of `event`; the row of `other` goes. */
enum status rows_put_event(struct store *st, struct alert_event *e, struct error *err) MUST_CHECK;
enum status rows_get_event(struct store *st, int64_t id, struct alert_event *e,
                           struct error *err) MUST_CHECK;
enum status rows_join(struct store *st, int64_t event, int64_t other, struct error *err) MUST_CHECK;

/* rows_seen - the observer has looked at this event. */
enum status rows_seen(struct store *st, int64_t event, struct error *err) MUST_CHECK;

/* rows_each_event - the latest `max` events, oldest change first. e is handed over. */
typedef void rows_event_fn(void *arg, struct alert_event *e);
enum status rows_each_event(struct store *st, size_t max, rows_event_fn *fn, void *arg,
                            struct error *err) MUST_CHECK;

/* rows_last_packet - the id of the latest packet, 0 if there is none. rows_since - the events of
 * packets behind that one, up to another, handed over. */
enum status rows_last_packet(struct store *st, int64_t *id, struct error *err) MUST_CHECK;
enum status rows_since(struct store *st, int64_t packet, int64_t to, rows_event_fn *fn, void *arg,
                       struct error *err) MUST_CHECK;

/* rows_replay - the packets of an event that count (no duplicates), first announced first: id and
 * bytes. rows_set_change - what a packet changed. */
typedef enum status rows_replay_fn(void *arg, int64_t packet, const void *bytes, size_t n,
                                   struct error *err);
enum status rows_replay(struct store *st, int64_t event, int max, rows_replay_fn *fn, void *arg,
                        struct error *err) MUST_CHECK;
enum status rows_set_change(struct store *st, int64_t packet, const char *change,
                            struct error *err) MUST_CHECK;

#endif
