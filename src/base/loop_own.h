/* loop_own.h - what loop.c and loop_more.c share. */
#ifndef VIGIE_SRC_BASE_LOOP_OWN_H
#define VIGIE_SRC_BASE_LOOP_OWN_H

#include <uv.h>

#include "vigie/base/loop.h"
#include "vigie/base/mem.h"

/* One thing in the loop. `gone`: removed by its owner; libuv still holds the handle, no callback
 * follows. */
struct item {
    struct item *next, *prev;
    struct loop *loop;
    uint64_t id;
    enum { IT_FD, IT_TIMER, IT_SIGNAL, IT_WATCH } kind;
    bool gone;
    bool soon;      /* a timer of 0 ms that is not set yet */
    int64_t due_ms; /* of a timer by the loop's clock */
    uint64_t turn;  /* in which it was last called */
    int fd;         /* or signal number */
    const char *name;
    void *arg;
    union {
        loop_fd_fn *fd;
        loop_timer_fn *timer;
        loop_signal_fn *signal;
        loop_watch_fn *watch;
    } fn;
    union {
        uv_handle_t any;
        uv_poll_t poll;
        uv_timer_t timer;
        uv_signal_t signal;
        uv_fs_event_t watch;
    } h;
};

struct child;
struct loop {
    uv_loop_t uv;
    uv_prepare_t prepare;
    uv_idle_t idle;
    const struct clock *clock;
    struct item *items;
    struct child *children;
    uint64_t next_id;
    loop_fn *before_sleep;
    void *before_sleep_arg;
    struct loop_slow slow;
    bool stopping, soon; /* soon: some timer is */
    bool in_timers;      /* a timer's function runs */
    bool by_clock;       /* timers follow `clock`, not the machine's */
    uint64_t turn;
};

int64_t loop_begin(void);
void loop_end(struct loop *l, int64_t began_us, const char *name);
struct item *loop_item(struct loop *l, int kind, const char *name, void *arg);
void loop_item_del(struct item *it);
void loop_children_free(struct loop *l);

#endif
