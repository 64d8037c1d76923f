/* guardian.h - a process of its own that stops what moves when this program dies (crash, kill -9) or does not turn its loop
 * any more (stopped, stuck): it holds a duplicate of each wire on which something moves, and the bytes that stop it.
 * Not: what the bytes mean, nor when something moves (devices/rack.h).
 */
#ifndef VIGIE_IO_GUARDIAN_H
#define VIGIE_IO_GUARDIAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vigie/base/err.h"
#include "vigie/base/loop.h"

struct guardian;

/* GUARDIAN_SILENCE_MS: so long without a turn of the loop is a program that hangs. */
enum {
    GUARDIAN_SILENCE_MS = 3000,
    GUARDIAN_BEAT_MS = 500,
    GUARDIAN_WIRES = 32,
    GUARDIAN_PIECES = 8,
    GUARDIAN_BYTES = 2048
};

/* struct guardian_stop - how one device is stopped. Zeroed: by nothing.
 *   fd      its wire, non-blocking; borrowed for the call, duplicated
 *   gap_ms  between two pieces, 0 .. 500; end: where each of the n pieces ends in bytes
 * guardian_stop_add - one more piece. false: no room. */
struct guardian_stop {
    int fd, gap_ms;
    size_t n, end[GUARDIAN_PIECES];
    char bytes[GUARDIAN_BYTES];
};
bool guardian_stop_add(struct guardian_stop *s, const void *bytes, size_t size);

/* struct guardian_events - told from the loop.
 *   stopped  the loop did not turn for 3 s: the stop of wire `id` was written at wall_ns (written false: it could not be);
 *            its wire is no longer guarded
 *   gone     the guardian itself has ended; nothing is guarded any more. The next guardian_arm is refused */
struct guardian_events {
    void (*stopped)(void *arg, uint64_t id, int64_t wall_ns, bool written);
    void (*gone)(void *arg);
    void *arg;
};

/* guardian_new - fork it. It has nothing of this process but its end of a socket, and stderr for the one line it may have to
 * say; it leaves the group and the terminal, and ignores INT, HUP, TERM and QUIT. It ends with this process: at once when
 * nothing moves, else when the stops are written, two seconds at most.
 *   err   E_IO: no process or no socket to be had
 *   test  tests/devices/check_guardian.c */
struct guardian *guardian_new(struct loop *loop, const struct guardian_events *events,
                              struct error *err);

/* guardian_free - nothing is guarded any more, and it ends; NULL is fine. guardian_pid - its process. */
void guardian_free(struct guardian *g);
pid_t guardian_pid(const struct guardian *g);

/* guardian_arm - from now on wire `id` is guarded (again: by the new bytes); name: for its line. As long as one is, the loop's
 * turning is told twice a second. guardian_disarm - no longer: its duplicate is closed.
 *   err   E_IO: the guardian cannot be reached; E_RANGE: bytes, pieces or wires are too many */
enum status guardian_arm(struct guardian *g, uint64_t id, const char *name,
                         const struct guardian_stop *stop, struct error *err) MUST_CHECK;
void guardian_disarm(struct guardian *g, uint64_t id);
bool guardian_armed(const struct guardian *g, uint64_t id);

#endif
