/* clock.c - see clock.h. */
#include "vigie/base/clock.h"

#include <time.h>

static int64_t read_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t sys_mono(void *arg)
{
    (void)arg;
    return read_ns(CLOCK_MONOTONIC);
}

static int64_t sys_wall(void *arg)
{
    (void)arg;
    return read_ns(CLOCK_REALTIME);
}

const struct clock *clock_system(void)
{
    static const struct clock c = {sys_mono, sys_wall, 0};
    return &c;
}

static int64_t manual_mono(void *arg)
{
    return ((struct clock_manual *)arg)->mono;
}

static int64_t manual_wall(void *arg)
{
    return ((struct clock_manual *)arg)->wall;
}

void clock_manual_init(struct clock_manual *m, int64_t wall_ns)
{
    m->clock = (struct clock){manual_mono, manual_wall, m};
    m->mono = 0;
    m->wall = wall_ns;
}

void clock_manual_step(struct clock_manual *m, int64_t ns)
{
    m->mono += ns;
    m->wall += ns;
}

static int64_t shifted_wall(void *arg)
{
    return sys_wall(0) + ((struct clock_shifted *)arg)->shift_ns;
}

void clock_shifted_init(struct clock_shifted *s, int64_t wall_ns)
{
    s->clock = (struct clock){sys_mono, shifted_wall, s};
    s->shift_ns = wall_ns - sys_wall(0);
}

int64_t clock_thread_us(void)
{
    return read_ns(CLOCK_THREAD_CPUTIME_ID) / 1000;
}
