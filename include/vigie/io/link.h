/* link.h - one face over whatever carries bytes both ways: TCP, a serial port, a pty, a socketpair.
 * Not: what the bytes mean, and not how the descriptor came to be (tcp.h). A driver that is fed
 * through a link never sees a descriptor, so its test is a socketpair.
 */
#ifndef VIGIE_IO_LINK_H
#define VIGIE_IO_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/base/err.h"
#include "vigie/base/loop.h"

struct link;

/* struct link_events - what is told, always from the loop.
 *   opened   the connection stands (only of a link that had to be connected); may be NULL
 *   read     bytes that came, in order, at most 16 kB a call
 *   closed   the end, exactly once and nothing after, not told to whoever calls link_close: why->status
 *            is OK if the other side closed in order, E_NET or E_IO if it broke, E_TIMEOUT, E_RANGE...
 *            The link is freed after this call. */
struct link_events {
    void (*opened)(void *arg);
    void (*read)(void *arg, const char *bytes, size_t n);
    void (*closed)(void *arg, const struct error *why);
    void *arg;
};

/* link_new_take - a link over an open descriptor (made non-blocking), which it then owns.
 *   name       for sentences: "mount (10.0.0.5:11880)"; copied
 *   max_queue  most bytes that wait to be written; 0: 1 MB
 *   err        the descriptor cannot be watched (a plain file)
 *   test       tests/io/check_tcp.c */
struct link *link_new_take(struct loop *loop, int fd, const char *name,
                           const struct link_events *events, size_t max_queue, struct error *err);

/* link_write - queue n bytes; they leave in order as fast as the other side takes them. Before
 * `opened` they wait.
 *   err      E_BUSY  the queue would be longer than max_queue: nothing of these bytes is queued */
enum status link_write(struct link *l, const void *bytes, size_t n, struct error *err) MUST_CHECK;

/* link_queued - bytes that still wait. link_name - as given; borrowed. */
size_t link_queued(const struct link *l);
const char *link_name(const struct link *l);

/* link_fd - its descriptor, borrowed, for who has to hand it on (guardian.h); -1: it has none (yet). */
int link_fd(const struct link *l);

/* link_pause - stop reading (what comes waits in the system), or go on. */
void link_pause(struct link *l, bool pause);

/* link_close - close now; what waits is dropped; no callback follows. Allowed in every callback.
 * link_finish - close when all that waits has left: `closed` is then told with OK. NULL is fine. */
void link_close(struct link *l);
void link_finish(struct link *l);

#endif
