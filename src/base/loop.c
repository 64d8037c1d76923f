/* loop.c - descriptors, timers, signals, folders; the turn itself. The rest is in loop_more.c.
 * Not: anything that blocks. Source of the behaviour: libuv 1.44 documentation.
 */
#include "loop_own.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"

enum { SLOW_US = 50000 };

int64_t loop_begin(void)
{
    return clock_thread_us();
}

void loop_end(struct loop *l, int64_t began_us, const char *name)
{
    int64_t us = clock_thread_us() - began_us;
    if (us <= SLOW_US)
        return;
    l->slow.n++;
    if ((double)us / 1000 > l->slow.worst_ms) {
        l->slow.worst_ms = (double)us / 1000;
        l->slow.name = name;
    }
    log_put(LOG_WARN, "loop", name, "%lld ms in %s", (long long)(us / 1000), name);
}

struct item *loop_item(struct loop *l, int kind, const char *name, void *arg)
{
    struct item *it = mem_zero(sizeof *it);
    it->loop = l;
    it->kind = kind;
    it->id = ++l->next_id;
    it->name = name;
    it->arg = arg;
    it->next = l->items;
    if (it->next)
        it->next->prev = it;
    l->items = it;
    return it;
}

static void item_closed(uv_handle_t *h)
{
    struct item *it = h->data;
    if (it->prev)
        it->prev->next = it->next;
    else
        it->loop->items = it->next;
    if (it->next)
        it->next->prev = it->prev;
    free(it);
}

void loop_item_del(struct item *it)
{
    if (!it || it->gone)
        return;
    it->gone = true;
    if (it->kind == IT_FD)
        uv_poll_stop(&it->h.poll);
    uv_close(&it->h.any, item_closed);
}

static struct item *find(struct loop *l, int kind, uint64_t id, int fd)
{
    for (struct item *it = l->items; it; it = it->next)
        if ((int)it->kind == kind && !it->gone && (id ? it->id == id : it->fd == fd))
            return it;
    return NULL;
}

static void on_timer(uv_timer_t *h);

static void on_idle(uv_idle_t *h)
{
    (void)h; /* its being active keeps the loop from sleeping */
}

/* libuv runs timers as long as one is due: one of 0 ms that a timer sets anew each time would keep all else
 * waiting for ever. So it is set before the next wait, and runs after whatever has happened meanwhile. */
static void set_soon(struct loop *l)
{
    l->soon = false;
    uv_update_time(&l->uv);
    for (struct item *it = l->items; it; it = it->next)
        if (it->kind == IT_TIMER && it->soon && !it->gone) {
            it->soon = false;
            ensure(uv_timer_start(&it->h.timer, on_timer, 0, 0) == 0);
        }
}

static void on_prepare(uv_prepare_t *h)
{
    struct loop *l = h->data;
    uv_idle_stop(&l->idle);
    if (l->soon)
        set_soon(l);
    if (!l->before_sleep)
        return;
    int64_t t = loop_begin();
    l->before_sleep(l->before_sleep_arg);
    loop_end(l, t, "before sleep");
}

struct loop *loop_new(const struct clock *clock)
{
    struct loop *l = mem_zero(sizeof *l);
    l->clock = clock;
    ensure(uv_loop_init(&l->uv) == 0);
    ensure(uv_prepare_init(&l->uv, &l->prepare) == 0);
    ensure(uv_idle_init(&l->uv, &l->idle) == 0);
    l->prepare.data = l->idle.data = l;
    uv_prepare_start(&l->prepare, on_prepare);
    uv_unref((uv_handle_t *)&l->prepare);
    return l;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    l->before_sleep = NULL;
    for (struct item *it = l->items; it; it = it->next)
        loop_item_del(it);
    loop_children_free(l);
    uv_close((uv_handle_t *)&l->prepare, NULL);
    uv_close((uv_handle_t *)&l->idle, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    ensure(uv_loop_close(&l->uv) == 0);
    free(l);
}

int64_t loop_now_ms(const struct loop *l)
{
    return CLOCK_MS(l->clock);
}

static void on_poll(uv_poll_t *h, int status, int events)
{
    struct item *it = h->data;
    if (it->gone)
        return;
    int e = (events & UV_READABLE ? LOOP_READ : 0) | (events & UV_WRITABLE ? LOOP_WRITE : 0);
    if (status < 0)
        e = LOOP_READ | LOOP_WRITE;
    struct loop *l = it->loop;
    const char *name = it->name;
    int64_t t = loop_begin();
    it->fn.fd(it->arg, it->fd, e);
    loop_end(l, t, name);
}

enum status loop_fd(struct loop *l, int fd, int events, loop_fd_fn *fn, void *arg, const char *name)
{
    struct item *it = find(l, IT_FD, 0, fd);
    if (!it) {
        it = loop_item(l, IT_FD, name, arg);
        it->fd = fd;
        it->h.any.data = it;
        int rc = uv_poll_init(&l->uv, &it->h.poll, fd);
        if (rc != 0) { /* never became a handle: taken out by hand */
            item_closed(&it->h.any);
            return E_IO;
        }
    }
    it->name = name;
    it->arg = arg;
    it->fn.fd = fn;
    int e = (events & LOOP_READ ? UV_READABLE | UV_DISCONNECT : 0) |
            (events & LOOP_WRITE ? UV_WRITABLE : 0);
    if (uv_poll_start(&it->h.poll, e, on_poll) != 0) {
        loop_item_del(it);
        return E_IO;
    }
    return OK;
}

void loop_fd_del(struct loop *l, int fd)
{
    loop_item_del(find(l, IT_FD, 0, fd));
}

static void start_timer(struct item *it, int64_t after_ms);

static void on_timer(uv_timer_t *h)
{
    struct item *it = h->data;
    if (it->gone)
        return;
    struct loop *l = it->loop;
    const char *name = it->name;
    int64_t t = loop_begin();
    l->in_timers = true;
    int64_t again = it->fn.timer(it->arg);
    loop_end(l, t, name);
    if (!it->gone && again < 0)
        loop_item_del(it);
    else if (!it->gone)
        start_timer(it, again);
    l->in_timers = false;
}

static void start_timer(struct item *it, int64_t after_ms)
{
    struct loop *l = it->loop;
    if (after_ms < 0)
        after_ms = 0;
    it->due_ms = loop_now_ms(l) + after_ms;
    if (l->by_clock)
        return;
    uv_update_time(&l->uv);
    if (after_ms > 0 || !l->in_timers) {
        it->soon = false;
        ensure(uv_timer_start(&it->h.timer, on_timer, (uint64_t)after_ms, 0) == 0);
        return;
    }
    it->soon = l->soon = true; /* see set_soon */
    uv_idle_start(&l->idle, on_idle);
}

void loop_by_clock(struct loop *l)
{
    l->by_clock = true;
}

/* Those that are due, the earliest first, each once a turn. */
static void run_due(struct loop *l)
{
    l->turn++;
    for (;;) {
        struct item *first = NULL;
        for (struct item *it = l->items; it; it = it->next)
            if (it->kind == IT_TIMER && !it->gone && it->turn != l->turn &&
                it->due_ms <= loop_now_ms(l) && (!first || it->due_ms < first->due_ms))
                first = it;
        if (!first)
            return;
        first->turn = l->turn;
        on_timer(&first->h.timer);
    }
}

uint64_t loop_timer(struct loop *l, int64_t after_ms, loop_timer_fn *fn, void *arg,
                    const char *name)
{
    struct item *it = loop_item(l, IT_TIMER, name, arg);
    it->fn.timer = fn;
    ensure(uv_timer_init(&l->uv, &it->h.timer) == 0);
    it->h.any.data = it;
    start_timer(it, after_ms);
    return it->id;
}

void loop_timer_del(struct loop *l, uint64_t id)
{
    if (id)
        loop_item_del(find(l, IT_TIMER, id, 0));
}

static void on_signal(uv_signal_t *h, int signo)
{
    struct item *it = h->data;
    if (it->gone)
        return;
    struct loop *l = it->loop;
    int64_t t = loop_begin();
    it->fn.signal(it->arg, signo);
    loop_end(l, t, "signal");
}

enum status loop_signal(struct loop *l, int signo, loop_signal_fn *fn, void *arg)
{
    loop_signal_del(l, signo);
    struct item *it = loop_item(l, IT_SIGNAL, "signal", arg);
    it->fd = signo;
    it->fn.signal = fn;
    ensure(uv_signal_init(&l->uv, &it->h.signal) == 0);
    it->h.any.data = it;
    if (uv_signal_start(&it->h.signal, on_signal, signo) != 0) {
        loop_item_del(it);
        return E_IO;
    }
    uv_unref(&it->h.any);
    return OK;
}

void loop_signal_del(struct loop *l, int signo)
{
    loop_item_del(find(l, IT_SIGNAL, 0, signo));
}

static void on_watch(uv_fs_event_t *h, const char *name, int events, int status)
{
    (void)events;
    struct item *it = h->data;
    if (it->gone || status < 0)
        return;
    struct loop *l = it->loop;
    int64_t t = loop_begin();
    it->fn.watch(it->arg, name);
    loop_end(l, t, "watch");
}

uint64_t loop_watch(struct loop *l, const char *path, loop_watch_fn *fn, void *arg,
                    struct error *err)
{
    struct item *it = loop_item(l, IT_WATCH, "watch", arg);
    it->fn.watch = fn;
    ensure(uv_fs_event_init(&l->uv, &it->h.watch) == 0);
    it->h.any.data = it;
    int rc = uv_fs_event_start(&it->h.watch, on_watch, path, 0);
    if (rc != 0) {
        loop_item_del(it);
        err_set(err, rc == UV_ENOENT ? E_ABSENT : E_IO, "cannot watch the folder %s: %s", path,
                uv_strerror(rc));
        return 0;
    }
    return it->id;
}

void loop_watch_del(struct loop *l, uint64_t id)
{
    if (id)
        loop_item_del(find(l, IT_WATCH, id, 0));
}

void loop_before_sleep(struct loop *l, loop_fn *fn, void *arg)
{
    l->before_sleep = fn;
    l->before_sleep_arg = arg;
}

void loop_wake(struct loop *l)
{
    uv_idle_start(&l->idle, on_idle);
}

void loop_run(struct loop *l)
{
    l->stopping = false;
    while (!l->stopping && uv_run(&l->uv, UV_RUN_ONCE) != 0)
        ;
}

void loop_turn(struct loop *l, bool wait)
{
    if (l->by_clock)
        run_due(l);
    uv_run(&l->uv, wait && !l->by_clock ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

void loop_stop(struct loop *l)
{
    l->stopping = true;
    loop_wake(l);
}

struct loop_slow loop_slow(const struct loop *l)
{
    return l->slow;
}
