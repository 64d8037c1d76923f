/* book.h - all alerts that ever came: raw bytes for ever, and the events they add up to, in the
 * store and in memory. Not: where they come from (source.h), what they mean here (judge.h).
 */
#ifndef VIGIE_ALERTS_BOOK_H
#define VIGIE_ALERTS_BOOK_H

#include "vigie/alerts/event.h"
#include "vigie/store/store.h"

/* The tables of this room, for store_open. */
extern const struct store_room alert_store_room;

struct alert_book;

/* alert_book_open - the events of a store.
 *   st         borrowed for the book's life; opened with alert_store_room among its rooms
 *   max_events only the latest so many are held in memory (0: 100000); older ones stay in the store
 *              and come back when a packet of theirs arrives
 *   out        owned, alert_book_close
 *   err        E_IO, E_PARSE: the store cannot be read
 *   test       tests/alerts/check_book.c */
enum status alert_book_open(struct store *st, size_t max_events, struct alert_book **out,
                            struct error *err) MUST_CHECK;
void alert_book_close(struct alert_book *b);
struct store *alert_book_store(struct alert_book *b);

/* What a packet did. */
enum alert_news {
    ALERT_NEW,
    ALERT_REVISED,
    ALERT_RETRACTED,
    ALERT_JOINED,
    ALERT_MARKED,
    ALERT_FORGOTTEN
};

/* alert_news_fn - an event changed: NEW it is there, REVISED one more packet, RETRACTED that packet
 * took it back, JOINED it swallowed another (whose id is `other` and gone), MARKED the observer's
 * marks changed, FORGOTTEN it is about to leave the memory for a later one (it stays in the store).
 * before: the event's error radius before, NAN if unknown. Called inside
 * alert_book_take; the book must not be changed in it. */
typedef void alert_news_fn(void *arg, enum alert_news news, const struct alert_event *e,
                           int64_t other, double error_before_rad);
void alert_book_listen(struct alert_book *b, alert_news_fn *fn, void *arg);

/* struct alert_taken - what became of the bytes: packets that are new events, revisions, known
 * already (same bytes, or the same packet from another source), unreadable. event: of the last one
 * that is an event or a revision. reason: of the first refusal. */
struct alert_taken {
    int fresh, revised, known, refused;
    int64_t event;
    char reason[256];
};

/* alert_book_take - take in what a way in delivered: decode, keep, chain. All or nothing in the
 * store.
 *   source   the way in: "spool", "colibri" (one word)
 *   origin   file or address, for people; NULL: none
 *   now_ms   when it came, ms since 1970
 *   err      E_IO, E_BUSY: the store cannot take it. Unreadable bytes are no error: they are kept
 *            with the reason */
enum status alert_book_take(struct alert_book *b, const void *bytes, size_t n, const char *source,
                            const char *origin, int64_t now_ms, struct alert_taken *taken,
                            struct error *err) MUST_CHECK;

/* alert_book_take_decoded - the same for a batch that was decoded already (an answer of a service,
 * with its refusals told elsewhere): each alert needs its raw bytes (alert.raw). */
enum status alert_book_take_decoded(struct alert_book *b, const struct alert_batch *batch,
                                    const char *source, const char *origin, int64_t now_ms,
                                    struct alert_taken *taken, struct error *err) MUST_CHECK;

/* alert_book_n, alert_book_at - the events in memory, latest change first; alert_book_n_of - how many
 * of them are real ones, tests, utility packets. alert_book_after - the one with the next higher id, NULL
 * behind the last: for a walk in slices, with changes in between; *hint: 0 at first, then as it was left.
 * alert_book_find - by id,
 * NULL if there is none (or it is not in memory). alert_book_find_key - by any key of its. Borrowed
 * until the next change. */
size_t alert_book_n(const struct alert_book *b);
size_t alert_book_n_of(const struct alert_book *b, enum alert_standing standing);
const struct alert_event *alert_book_at(const struct alert_book *b, size_t i);
const struct alert_event *alert_book_after(const struct alert_book *b, int64_t id, size_t *hint);
const struct alert_event *alert_book_find(const struct alert_book *b, int64_t id);
const struct alert_event *alert_book_find_key(struct alert_book *b, const char *key);

/* alert_book_refresh - events that another process wrote since (an import while a session runs): they
 * are read and told as if they had come here, those of some packets at a time. Cheap when there
 * are none. *more: there are still some. */
enum status alert_book_refresh(struct alert_book *b, bool *more, struct error *err) MUST_CHECK;

/* alert_book_mark - the observer's marks. what: */
enum alert_mark { ALERT_MARK_SEEN, ALERT_MARK_FOLLOWED, ALERT_MARK_ACKNOWLEDGED };
enum status alert_book_mark(struct alert_book *b, int64_t id, enum alert_mark what, bool on,
                            struct error *err) MUST_CHECK;

/* alert_book_seen - the observer has looked at these events: in memory at once (an id that is gone is
 * passed over), in the store a few at each alert_book_write, the rest when the book is closed. Returns how
 * many were fresh; nobody is told of each.
 *   test  tests/alerts/check_book.c */
size_t alert_book_seen(struct alert_book *b, const int64_t *id, size_t n);

/* alert_book_write - at most so many of these marks into the store, in one commit. *more: some are
 * left. */
enum status alert_book_write(struct alert_book *b, size_t most, bool *more,
                             struct error *err) MUST_CHECK;

/* struct alert_packet - one packet as it is kept. reason: why it could not be read, NULL if it was.
 * same_as: the packet it repeats, 0 if none. Texts borrowed for the call. */
struct alert_packet {
    int64_t id, event, same_as, received_ms;
    const char *source, *origin, *format, *ref, *kind, *issued, *change, *reason;
    size_t n_bytes;
};
typedef void alert_packet_fn(void *arg, const struct alert_packet *p);

/* alert_book_history - the packets of an event, first to last. alert_book_unreadable - packets that
 * could not be read, latest first, at most `max`. alert_book_raw - the bytes of a packet as they
 * came; E_ABSENT if there is no such packet. */
enum status alert_book_history(struct alert_book *b, int64_t event, alert_packet_fn *fn, void *arg,
                               struct error *err) MUST_CHECK;
enum status alert_book_unreadable(struct alert_book *b, int max, alert_packet_fn *fn, void *arg,
                                  struct error *err) MUST_CHECK;
enum status alert_book_raw(struct alert_book *b, int64_t packet, struct str *out,
                           struct error *err) MUST_CHECK;

/* alert_book_state, alert_book_state_set - a small text kept under a name (a source's place in its
 * stream, calls used today). state: added to out, nothing if it was never set. */
enum status alert_book_state(struct alert_book *b, const char *name, struct str *out,
                             struct error *err) MUST_CHECK;
enum status alert_book_state_set(struct alert_book *b, const char *name, const char *value,
                                 struct error *err) MUST_CHECK;

/* alert_book_fired - whether an alarm rule rang for this event already; if not, remember that it
 * did. */
enum status alert_book_fired(struct alert_book *b, int64_t event, const char *rule, bool *before,
                             struct error *err) MUST_CHECK;

#endif
