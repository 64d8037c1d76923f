/* event.c - see event.h. */
#include "vigie/session/event.h"

#include <stdbool.h>
#include <stdlib.h>

#include "vigie/base/mem.h"

struct listener {
    event_fn *fn;
    void *arg;
    bool gone;
};

struct events {
    VEC(struct event) queue;
    VEC(struct listener) on;
    bool delivering;
};

struct events *events_new(void)
{
    return mem_zero(sizeof(struct events));
}

void events_free(struct events *e)
{
    if (!e)
        return;
    VEC_FREE(e->queue);
    VEC_FREE(e->on);
    free(e);
}

void events_put(struct events *e, enum event_kind kind, uint64_t id)
{
    for (size_t i = 0; i < e->queue.n; i++)
        if (e->queue.at[i].kind == kind && e->queue.at[i].id == id)
            return;
    struct event ev = {kind, id};
    VEC_PUSH(e->queue, ev);
}

void events_on(struct events *e, event_fn *fn, void *arg)
{
    struct listener l = {fn, arg, false};
    VEC_PUSH(e->on, l);
}

void events_off(struct events *e, event_fn *fn, void *arg)
{
    for (size_t i = 0; i < e->on.n; i++)
        if (e->on.at[i].fn == fn && e->on.at[i].arg == arg)
            e->on.at[i].gone = true;
}

static void sweep(struct events *e)
{
    size_t keep = 0;
    for (size_t i = 0; i < e->on.n; i++)
        if (!e->on.at[i].gone)
            e->on.at[keep++] = e->on.at[i];
    e->on.n = keep;
}

int events_deliver(struct events *e)
{
    if (e->delivering || e->queue.n == 0)
        return 0;
    e->delivering = true;
    struct event *now = e->queue.at; /* what handlers put goes into a new queue */
    size_t n = e->queue.n, n_on = e->on.n;
    e->queue.at = NULL;
    e->queue.n = e->queue.cap = 0;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n_on; i++)
            if (!e->on.at[i].gone)
                e->on.at[i].fn(e->on.at[i].arg, &now[k]);
    free(now);
    sweep(e);
    e->delivering = false;
    return (int)n;
}

int events_waiting(const struct events *e)
{
    return (int)e->queue.n;
}
