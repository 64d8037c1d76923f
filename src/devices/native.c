/* native.c - the backend of the native drivers: opens the wire, feeds the driver, keeps its timers, tries again when the
 * wire was lost: by the same address, which for a serial port is the adapter's USB name, after 1, 2, 4 .. 30 s.
 * Not: protocols (drv_*.c); not the rack.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/io/guardian.h"
#include "vigie/io/transport.h"

enum {
    BACKOFF_MS = 1000,
    BACKOFF_MOST_MS = 30000,
    SAME_WIRE = 2,
    IDENTIFY_MS = 60000,
    POLL_MS = 1000,
    ONE_BY_ONE_MS = 200
};

struct native {
    struct slot *slot;
    const struct device_config *config;
    const struct driver_ops *ops;
    struct driver_host host;
    void *drv;
    struct exchange *x;
    struct link *link;
    bool open, ready, was_ready, busy;  /* busy: inside a callback of the exchange's owner */
    int poll_ms, backoff_ms, same_wire; /* tries on a wire that stayed open */
    uint64_t t_exchange, t_poll, t_tick, t_retry, t_fate, t_identify;
    int64_t tick_at;
    char fate[256];
    bool again, keep_wire;
};

static void connect_now(struct native *n);
static void wake(struct native *n);

static struct loop *loop_of(const struct native *n)
{
    return slot_loop(n->slot);
}

static void timer_off(struct native *n, uint64_t *t)
{
    loop_timer_del(loop_of(n), *t);
    *t = 0;
}

static int64_t on_exchange(void *arg)
{
    struct native *n = arg;
    n->t_exchange = 0;
    wake(n);
    return -1;
}

/* After everything that was told to the driver: questions leave, the next deadline is kept. */
static void wake(struct native *n)
{
    if (!n->x || !n->open || n->busy)
        return;
    n->busy = true;
    int64_t ms = exchange_tick(n->x);
    n->busy = false;
    timer_off(n, &n->t_exchange);
    if (ms >= 0 && n->open)
        n->t_exchange = loop_timer(loop_of(n), ms, on_exchange, n, "devices/native");
}

static int64_t on_poll(void *arg)
{
    struct native *n = arg;
    n->ops->poll(n->drv);
    wake(n);
    int ms = n->ops->poll_ms ? n->ops->poll_ms(n->drv) : POLL_MS;
    return ms == POLL_MS ? n->poll_ms : ms;
}

static int64_t on_tick(void *arg)
{
    struct native *n = arg;
    n->t_tick = 0;
    if (n->ops->tick)
        n->ops->tick(n->drv);
    wake(n);
    return -1;
}

/* ---- what the driver asks of us */

static void host_later(void *arg, int64_t ms)
{
    struct native *n = arg;
    int64_t at = loop_now_ms(loop_of(n)) + ms;
    if (n->t_tick && n->tick_at <= at)
        return;
    timer_off(n, &n->t_tick);
    n->tick_at = at;
    n->t_tick = loop_timer(loop_of(n), ms, on_tick, n, "devices/native");
}

static void host_write(void *arg, const void *bytes, size_t size)
{
    struct native *n = arg;
    struct error err;
    if (!n->link)
        return;
    if (!n->x)
        slot_wire(n->slot, true, bytes, size);
    if (link_write(n->link, bytes, size, &err) != OK)
        slot_bad(n->slot, "%s", err.text);
}

static enum status host_lines(void *arg, int rts, int dtr, struct error *err)
{
    struct native *n = arg;
    if (!n->link)
        return err_set(err, E_NET, "%s: the wire is not open", n->config->name);
    return transport_lines(n->link, rts, dtr, err);
}

static void host_ready(void *arg)
{
    struct native *n = arg;
    n->ready = n->was_ready = true;
    n->backoff_ms = BACKOFF_MS;
    n->same_wire = 0;
    timer_off(n, &n->t_identify);
    slot_link(n->slot, DEVICE_READY, NULL);
    timer_off(n, &n->t_poll);
    if (n->ops->poll)
        n->t_poll = loop_timer(loop_of(n), 0, on_poll, n, "devices/native");
}

/* ---- the end of a wire, or of who was on it */

static int64_t on_retry(void *arg)
{
    struct native *n = arg;
    n->t_retry = 0;
    connect_now(n);
    return -1;
}

static void let_wire_go(struct native *n)
{
    link_close(n->link);
    n->link = NULL;
    n->open = false;
}

static void down(struct native *n, const char *reason, bool again)
{
    bool was = n->was_ready;
    n->ready = false;
    timer_off(n, &n->t_poll);
    timer_off(n, &n->t_identify);
    timer_off(n, &n->t_tick);
    if (n->x)
        exchange_reset(n->x);
    if (n->ops->lost)
        n->ops->lost(n->drv);
    slot_link(n->slot, was && again ? DEVICE_LOST : DEVICE_FAILED, reason);
    if (!was || !again)
        return;
    timer_off(n, &n->t_retry);
    n->t_retry = loop_timer(loop_of(n), n->backoff_ms, on_retry, n, "devices/native");
    n->backoff_ms = n->backoff_ms * 2 > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : n->backoff_ms * 2;
}

static int64_t on_fate(void *arg)
{
    struct native *n = arg;
    n->t_fate = 0;
    if (!n->keep_wire || n->same_wire++ >= SAME_WIRE || !n->was_ready)
        let_wire_go(n);
    down(n, n->fate, n->again);
    return -1;
}

/* Not at once: this comes from deep inside the driver. */
static void fate(struct native *n, bool again, bool keep_wire, const char *why)
{
    if (n->t_fate)
        return;
    snprintf(n->fate, sizeof n->fate, "%s", why);
    n->again = again;
    n->keep_wire = keep_wire;
    n->t_fate = loop_timer(loop_of(n), 0, on_fate, n, "devices/native");
}

/* What came was mostly no text: the speed, not the device, is wrong. */
static bool garbled(struct native *n, char *why, size_t max)
{
    size_t bytes = 0, odd = 0;
    if (n->x)
        exchange_seen(n->x, &bytes, &odd);
    if (bytes < 6 || odd * 4 < bytes)
        return false;
    snprintf(why, max,
             "what comes is garbage (%zu of %zu bytes are no text): check the cable and the speed "
             "behind the address, like ?9600",
             odd, bytes);
    return true;
}

static void host_fail(void *arg, bool again, const char *why)
{
    struct native *n = arg;
    char text[200];
    fate(n, again, true, garbled(n, text, sizeof text) ? text : why);
}

static void on_silent(void *arg, const char *why)
{
    struct native *n = arg;
    char text[200];
    if (n->ready || !garbled(n, text, sizeof text))
        snprintf(text, sizeof text,
                 n->ready ? "it does not answer any more (%s)"
                          : "nobody answers (%s): is it on, is the speed right?",
                 why);
    fate(n, true, true, text);
}

static int64_t on_identify_late(void *arg)
{
    struct native *n = arg;
    n->t_identify = 0;
    fate(n, true, true, "it could not be identified within a minute");
    return -1;
}

/* ---- the wire */

static void identify(struct native *n)
{
    slot_link(n->slot, DEVICE_IDENTIFYING, NULL);
    if (n->x)
        exchange_reset(n->x);
    timer_off(n, &n->t_identify);
    n->t_identify = loop_timer(loop_of(n), IDENTIFY_MS, on_identify_late, n, "devices/native");
    n->ops->start(n->drv, n->was_ready);
    wake(n);
}

static void on_opened(void *arg)
{
    struct native *n = arg;
    n->open = true;
    identify(n);
}

static void on_read(void *arg, const char *bytes, size_t size)
{
    struct native *n = arg;
    if (n->x) {
        n->busy = true;
        exchange_feed(n->x, bytes, size);
        n->busy = false;
    } else {
        slot_wire(n->slot, false, bytes, size);
        n->ops->feed(n->drv, bytes, size);
    }
    wake(n);
}

static void on_closed(void *arg, const struct error *why)
{
    struct native *n = arg;
    n->link = NULL;
    n->open = false;
    timer_off(n, &n->t_fate);
    down(n, why->text, true);
}

static void connect_now(struct native *n)
{
    static const struct link_events none = {0};
    struct error err;
    timer_off(n, &n->t_retry);
    if (n->open || n->ops->wireless) { /* the wire is there, who was on it did not answer */
        n->open = true;
        identify(n);
        return;
    }
    struct link_events events = none;
    events.opened = on_opened;
    events.read = on_read;
    events.closed = on_closed;
    events.arg = n;
    struct transport_wish wish = {.baud = n->ops->speed ? n->ops->speed(n->config) : n->ops->baud,
                                  .shutter = n->ops->shutter};
    slot_link(n->slot, DEVICE_CONNECTING, NULL);
    n->link = transport_open(loop_of(n), n->config->address, &wish, &events, &err);
    if (!n->link)
        down(n, err.text, true);
}

/* ---- the backend's face */

static enum status check_options(const struct driver_ops *ops, const struct device_config *c,
                                 struct error *err)
{
    struct str known = {0};
    bool bad = false;
    for (size_t i = 0; i < c->n && !bad; i++) {
        bad = strcmp(c->key[i], "poll") != 0 &&
              !(strcmp(c->key[i], "handpad") == 0 && ops->kind == DEVICE_MOUNT);
        for (const char *const *o = ops->options; bad && o && *o; o++)
            bad = strcmp(*o, c->key[i]) != 0;
        if (!bad)
            continue;
        for (const char *const *o = ops->options; o && *o; o++)
            str_addf(&known, " %s", *o);
        err_set(err, E_PARSE, "%s=: driver %s has no such option; it has:%s", c->key[i], ops->name,
                known.n ? known.s : " none");
    }
    str_clear(&known);
    return bad ? E_PARSE : OK;
}

static enum status check(const struct driver_ops *ops, const struct device_config *c,
                         struct error *err)
{
    if (!ops) {
        struct str known = {0};
        for (size_t i = 0; driver_table[i]; i++)
            str_addf(&known, " %s", driver_table[i]->name);
        err_set(err, E_ABSENT, "%s: no driver is called that; there are:%s indi alpaca", c->driver,
                known.s);
        str_clear(&known);
        return E_ABSENT;
    }
    if (ops->kind != c->kind)
        return err_set(err, E_PARSE, "driver %s drives a %s, not a %s", ops->name,
                       device_kind_name(ops->kind), device_kind_name(c->kind));
    enum status s = ops->wireless ? OK : transport_check(c->address, err);
    return s == OK ? check_options(ops, c, err) : s;
}

static void *native_open(struct slot *slot, const struct device_config *config, struct error *err)
{
    const struct driver_ops *ops = driver_find(config->driver);
    if (check(ops, config, err) != OK)
        return NULL;
    struct native *n = mem_zero(sizeof *n);
    n->slot = slot;
    n->config = config;
    n->ops = ops;
    n->backoff_ms = BACKOFF_MS;
    if (!ops->feed) {
        struct exchange_way way = {
            .slot = slot, .write = host_write, .silent = on_silent, .arg = n};
        n->x = exchange_new(&way);
    }
    n->host = (struct driver_host){.slot = slot,
                                   .config = config,
                                   .x = n->x,
                                   .write = host_write,
                                   .lines = host_lines,
                                   .later = host_later,
                                   .ready = host_ready,
                                   .fail = host_fail,
                                   .arg = n};
    double poll_ms;
    if (driver_number(&n->host, "poll", POLL_MS, 100, 60000, &poll_ms, err) == OK)
        n->drv = ops->open(&n->host, err);
    n->poll_ms = (int)poll_ms;
    if (!n->drv) {
        exchange_free(n->x);
        free(n);
        return NULL;
    }
    n->t_retry = loop_timer(loop_of(n), 0, on_retry, n, "devices/native");
    return n;
}

static enum status native_ask(void *self, const struct device_request *r, uint64_t ticket,
                              struct error *err)
{
    struct native *n = self;
    if (r->verb == ASK_CONNECT) {
        if (!n->ready && !n->t_retry && (!n->link || n->open))
            n->t_retry = loop_timer(loop_of(n), 0, on_retry, n, "devices/native");
        slot_done(n->slot, ticket, OK, "connecting");
        return OK;
    }
    if (r->verb == ASK_STOP && n->open) { /* whatever is believed of the link */
        enum status s = n->ops->ask(n->drv, r, ticket, err);
        wake(n);
        return s;
    }
    if (!n->open || !n->ready) {
        if (r->verb == ASK_STOP)
            return err_set(err, E_NET,
                           "%s: there is no wire to stop it by: cut its power if it moves",
                           n->config->name);
        return err_set(err, E_NET, "%s is not connected", n->config->name);
    }
    enum status s = n->ops->ask(n->drv, r, ticket, err);
    wake(n);
    return s;
}

/* As fast one after the other as the device takes them: who answers each in turn is given the time for it, unasked. */
static bool native_halt(void *self, struct guardian_stop *stop)
{
    struct native *n = self;
    struct xcmd c[HALT_MOST];
    if (!n->ops->halt || !n->x || !n->link)
        return false;
    stop->fd = link_fd(n->link);
    stop->gap_ms = exchange_way(n->x)->one_by_one ? ONE_BY_ONE_MS : exchange_way(n->x)->gap_ms;
    size_t pieces = n->ops->halt(n->drv, c);
    for (size_t i = 0; i < pieces; i++)
        if (!guardian_stop_add(stop, c[i].out, c[i].n))
            return false;
    return stop->fd >= 0 && pieces > 0;
}

static void native_close(void *self)
{
    struct native *n = self;
    uint64_t *t[] = {&n->t_exchange, &n->t_poll, &n->t_tick,
                     &n->t_retry,    &n->t_fate, &n->t_identify};
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        timer_off(n, t[i]);
    n->ops->close(n->drv);
    exchange_free(n->x);
    link_close(n->link);
    free(n);
}

const struct backend_ops backend_native = {.name = "native",
                                           .open = native_open,
                                           .ask = native_ask,
                                           .halt = native_halt,
                                           .close = native_close};
