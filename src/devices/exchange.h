/* exchange.h - questions and answers on a device's wire: one question under way, those of the observer before those of the
 * clock, a stop before all; answers cut by their shape; after a late one silence, then a question whose answer is known by
 * its shape, before anything else is believed. Pure: bytes and times in, bytes out by a callback; no descriptor, no timer.
 * Not: what the bytes mean.
 */
#ifndef VIGIE_SRC_DEVICES_EXCHANGE_H
#define VIGIE_SRC_DEVICES_EXCHANGE_H

#include "backend.h"

struct exchange;

/* How an answer ends.
 *   REPLY_NONE   there is none
 *   REPLY_CHAR   one byte
 *   REPLY_HASH   text up to `#`, which is not part of the answer
 *   REPLY_FIXED  so many bytes
 *   REPLY_RULE   `rule` says: > 0 it is whole with that many bytes; X_MORE; X_QUIET it is whole if nothing more comes for
 *                quiet_ms; X_WRONG it can be no answer */
enum reply { REPLY_NONE, REPLY_CHAR, REPLY_HASH, REPLY_FIXED, REPLY_RULE };
enum { X_MORE = 0, X_QUIET = -1, X_WRONG = -2 };
enum xrank { X_STOP, X_USER, X_POLL, X_RANKS };
enum { X_OUT = 64, X_ANSWER = 16384 };

/* struct xreply - status OK with the answer (s is ended by a zero that does not count), E_TIMEOUT, E_PARSE (wrong shape),
 * E_CANCELLED (a stop came first, or the wire was lost). */
struct xreply {
    enum status status;
    const char *s;
    size_t n;
    double ms;       /* from question to answer */
    int64_t sent_ms; /* when it was asked */
};
typedef void xdone_fn(void *self, const struct xreply *r, int tag);

/* struct xcmd - a question. ok: whether an answer has the right shape; NULL: any. optional: silence is an answer too
 * (E_TIMEOUT is told, nothing is counted). Copied. */
struct xcmd {
    char out[X_OUT];
    size_t n;
    enum reply reply;
    int fixed, quiet_ms, deadline_ms, tag;
    bool optional, keep_blanks; /* keep_blanks: blanks are part of its answer */
    int (*rule)(const char *s, size_t n);
    bool (*ok)(const char *s, size_t n);
    xdone_fn *done; /* may be NULL */
    void *self;
};

/* struct exchange_way - the habits of a wire.
 *   gap_ms   at least this long between two questions
 *   mark     no answer begins with this byte: one that does is an echo of the question up to `#`, and passed over; 0: none
 *   blanks   CR, LF and blanks before an answer are passed over
 *   noise    bytes that no answer begins with and that are passed over too; may be NULL
 *   one_by_one  the second stop of several waits for the answer to the first
 *   sync     the question of known shape; n 0: none, silence is enough
 *   silent   two questions in a row without an answer that could be believed: who was there is not there any more. Nothing
 *            but stops is sent until exchange_reset */
struct exchange_way {
    struct slot *slot;
    int gap_ms;
    char mark;
    bool blanks, one_by_one;
    const char *noise;
    struct xcmd sync;
    void (*write)(void *arg, const void *bytes, size_t n);
    void (*silent)(void *arg, const char *why);
    void *arg;
};
struct exchange *exchange_new(const struct exchange_way *way);
void exchange_free(struct exchange *x);
struct exchange_way *exchange_way(struct exchange *x); /* may be changed at any time */

/* exchange_put - queue a question. E_BUSY: too many wait. exchange_stop - drop what waits (E_CANCELLED is told), write the
 * first at once, whatever is pending, the others as soon as gap_ms allows. exchange_reset - a new wire, or none: all is
 * cancelled. */
enum status exchange_put(struct exchange *x, enum xrank rank, const struct xcmd *c);
void exchange_stop(struct exchange *x, const struct xcmd *c, size_t n);
void exchange_reset(struct exchange *x);

/* exchange_feed - bytes that came. exchange_tick - the time has come; returns ms until it is to be called again, -1: not
 * before something is fed or put. */
void exchange_feed(struct exchange *x, const void *bytes, size_t n);
int64_t exchange_tick(struct exchange *x);

/* exchange_waiting - questions of a rank that wait or are under way. exchange_doubt - inside `done`: the answer has the
 * right shape but cannot be believed: counted as bad, not as good. exchange_out_of_step - answers do not fit their
 * questions: as after a late one. exchange_unread - how many bytes came in all, and how many of them were no printable
 * ASCII: what a wrong speed looks like. */
size_t exchange_waiting(const struct exchange *x, enum xrank rank);
void exchange_doubt(struct exchange *x, const char *fmt, ...) PRINTF(2, 3);
void exchange_out_of_step(struct exchange *x, const char *fmt, ...) PRINTF(2, 3);
void exchange_seen(const struct exchange *x, size_t *bytes, size_t *unprintable);

/* xcmd_text - a question from text, for what follows: xcmd_text(&c, ":Sr%s#", t). */
void xcmd_text(struct xcmd *c, const char *fmt, ...) PRINTF(2, 3);
/* xcmd_bytes - the same from bytes. */
void xcmd_bytes(struct xcmd *c, const void *bytes, size_t n);

#endif
