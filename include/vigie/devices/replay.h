/* replay.h - a saved wire log as a device: on a pseudo-terminal it answers what the real one answered, to the same bytes, after
 * the same time. For looking at a fault again, and for a test of it.
 * Not: the log (rack.h: rack_wire_save, wire_trace_read); a device that knows what it says (sim.h).
 */
#ifndef VIGIE_DEVICES_REPLAY_H
#define VIGIE_DEVICES_REPLAY_H

#include "vigie/base/loop.h"
#include "vigie/devices/rack.h"

struct replay;

/* replay_new - begin. What is said to it is looked for among what was said then, from where it last was found, round and
 * round; the answers behind it follow. What was never said stays unanswered, as a mute device would leave it.
 *   path   a file of rack_wire_save; loop: borrowed
 *   quick  answers come at once, not after the time they took (at most 2 s)
 *   err    E_PARSE with the line, E_ABSENT, E_RANGE: nothing was ever asked in it, E_IO: no terminal
 *   test   tests/devices/check_replay.c */
struct replay *replay_new(struct loop *loop, const char *path, bool quick, struct error *err);
void replay_free(struct replay *r);

/* replay_address - "pty:/dev/pts/5"; borrowed. replay_unknown - bytes that it had no answer for. */
const char *replay_address(const struct replay *r);
uint64_t replay_unknown(const struct replay *r);

#endif
