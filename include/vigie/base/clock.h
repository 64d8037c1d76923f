/* clock.h - where the time comes from: the machine, or a test's hand.
 * Not: time scales (sky/scale.h).
 */
#ifndef VIGIE_BASE_CLOCK_H
#define VIGIE_BASE_CLOCK_H

#include <stdint.h>

/* struct clock - mono_ns: nanoseconds that never jump, for delays. wall_ns: nanoseconds since
 * 1970-01-01 UTC as POSIX counts them (a leap second is not in it), for dates. */
struct clock {
    int64_t (*mono_ns)(void *arg);
    int64_t (*wall_ns)(void *arg);
    void *arg;
};

/* clock_system - the machine's clock; static. */
const struct clock *clock_system(void);

/* struct clock_manual - a clock that a test moves: set mono and wall, then use &m.clock.
 * clock_manual_init binds it; clock_manual_step moves both. */
struct clock_manual {
    struct clock clock;
    int64_t mono, wall;
};
void clock_manual_init(struct clock_manual *m, int64_t wall_ns);
void clock_manual_step(struct clock_manual *m, int64_t ns);

/* struct clock_shifted - the machine's clock with the wall time moved, so that it reads `wall_ns`
 * at the call and runs on: what --at sets. */
struct clock_shifted {
    struct clock clock;
    int64_t shift_ns;
};
void clock_shifted_init(struct clock_shifted *s, int64_t wall_ns);

#define CLOCK_MS(c)   ((c)->mono_ns((c)->arg) / 1000000)
#define CLOCK_WALL(c) ((c)->wall_ns((c)->arg))

/* clock_thread_us - microseconds of CPU this thread has used: a busy machine does not lie about
 * slow turns. */
int64_t clock_thread_us(void);

#endif
