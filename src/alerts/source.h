/* source.h - what a way in is made of. To add one: a file src_<name>.c, a row in table.c.
 * Not: for other rooms (feed.h). */
#ifndef VIGIE_SRC_ALERTS_SOURCE_H
#define VIGIE_SRC_ALERTS_SOURCE_H

#include "vigie/alerts/feed.h"

struct alert_source;

/* struct source_row - a way in.
 *   start    NULL when it does not run; the reason by source_off
 *   stop     frees the state
 *   poke     ask now; may be NULL */
struct source_row {
    const char *name, *title;
    void *(*start)(struct alert_source *s);
    void (*stop)(void *state);
    void (*poke)(void *state);
};
extern const struct source_row *const alert_source_table[]; /* ended by NULL */

/* struct alert_source - one that runs: what it may use, and its status. */
struct alert_source {
    const struct source_row *row;
    const struct feed_options *with;
    struct source_status status;
    void *state;
};

int64_t source_now_ms(const struct alert_source *s);

/* source_off - it does not run, and why. source_trouble - the last try failed; it asks again at
 * next_ms (0: unknown). source_waiting - all is well. source_asking - a question is out.
 * source_answered - it answered just now. Texts are cleaned; each tells `changed`. Trouble is
 * logged when it is new. */
void source_off(struct alert_source *s, const char *fmt, ...) PRINTF(2, 3);
void source_trouble(struct alert_source *s, int64_t next_ms, const char *fmt, ...) PRINTF(3, 4);
void source_waiting(struct alert_source *s, int64_t next_ms, const char *fmt, ...) PRINTF(3, 4);
void source_asking(struct alert_source *s);
void source_answered(struct alert_source *s);

/* source_take - bytes into the book, with the status kept. Returns false when the store failed (said
 * in the status). source_took - the same after a take of one's own. */
bool source_take(struct alert_source *s, const void *bytes, size_t n, const char *origin,
                 struct alert_taken *taken);
void source_took(struct alert_source *s, const struct alert_taken *taken);

#endif
