/* feed.h - the ways in: sources that bring packets into the book, each with its state. One row each
 * in src/alerts/table.c. Not: the book (book.h), not what is done with an alert.
 */
#ifndef VIGIE_ALERTS_FEED_H
#define VIGIE_ALERTS_FEED_H

#include "vigie/alerts/book.h"
#include "vigie/base/conf.h"
#include "vigie/base/loop.h"
#include "vigie/io/http.h"

/* OFF not wanted, or something is missing (see text); WAITING until the next time; ASKING now;
 * TROUBLE the last try failed. */
enum source_state { SOURCE_OFF, SOURCE_WAITING, SOURCE_ASKING, SOURCE_TROUBLE };

/* struct source_status - what is shown of a source. Times are wall ms since 1970, 0: never, none.
 *   text        one clean sentence: what is the matter, or what it does
 *   last_ms     when it last gave a good answer; next_ms: when it asks again
 *   since_ms    when it began; silent_s: it is silent when there was no good answer for so long
 *               since then; 0: it may be silent for ever
 *   calls_left  of today's quota, -1: there is none
 *   taken       packets since the start that were new or revisions */
struct source_status {
    const char *name, *title;
    enum source_state state;
    char text[256];
    int64_t last_ms, next_ms, since_ms, silent_s;
    int calls_left, taken;
};

struct alert_feed;

/* struct feed_options - all borrowed for the feed's life.
 *   conf     options alerts.*; read at the start and at alert_feed_again
 *   http     NULL: no source that needs it runs
 *   offline  no source uses the network
 *   changed  a source's status changed; may be NULL */
struct feed_options {
    struct loop *loop;
    const struct clock *clock;
    struct alert_book *book;
    struct http *http;
    const struct conf *conf;
    bool offline;
    void (*changed)(void *arg, const struct source_status *s);
    void *arg;
};

/* alert_feed_new - start all sources that are wanted. alert_feed_free stops them; before the http
 * and the book it uses.
 *   test  tests/alerts/check_feed.c, tests/alerts/check_colibri.c, tests/alerts/check_vtp.c */
struct alert_feed *alert_feed_new(const struct feed_options *options);
void alert_feed_free(struct alert_feed *f);

/* alert_feed_again - options changed: sources start anew. alert_feed_poke - ask all now that can be
 * asked (within their quotas). */
void alert_feed_again(struct alert_feed *f);
void alert_feed_poke(struct alert_feed *f);

/* alert_feed_n, alert_feed_at - the sources and their states. alert_source_silent - whether one that
 * should have answered did not. */
size_t alert_feed_n(const struct alert_feed *f);
const struct source_status *alert_feed_at(const struct alert_feed *f, size_t i);
bool alert_source_silent(const struct source_status *s, int64_t now_ms);

#endif
