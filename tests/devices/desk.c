/* desk.c - see desk.h. */
#include "desk.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_MS = 10 };

static struct site site = {.lat_rad = 0.7667, .lon_rad = 0.0997};

/* ---- in place of the rack */

const struct clock *slot_clock(const struct slot *s)
{
    return &s->clock.clock;
}

const struct site *slot_site(const struct slot *s)
{
    (void)s;
    return &site;
}

const struct device_info *slot_info(const struct slot *s)
{
    return &s->info;
}

union device_values *slot_values(struct slot *s)
{
    return &s->values;
}

void slot_link(struct slot *s, enum device_link link, const char *why)
{
    s->info.link = link;
    str_reset(&s->why);
    str_add(&s->why, why ? why : "");
}

void slot_identity(struct slot *s, unsigned can, const char *fmt, ...)
{
    char t[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t, sizeof t, fmt, ap);
    va_end(ap);
    str_reset(&s->identity);
    str_add(&s->identity, t);
    s->info.can = can;
}

void slot_trust(struct slot *s, bool trusted, const char *why)
{
    s->info.trusted = trusted;
    str_addf(&s->said, "%s%s\n", trusted ? "trusted" : "NOT TRUSTED: ", why ? why : "");
}

void slot_good(struct slot *s, double reply_ms)
{
    (void)reply_ms;
    s->good++;
}

void slot_bad(struct slot *s, const char *fmt, ...)
{
    char t[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t, sizeof t, fmt, ap);
    va_end(ap);
    s->bad++;
    str_addf(&s->said, "bad: %s\n", t);
}

void slot_done(struct slot *s, uint64_t ticket, enum status status, const char *text)
{
    ensure(ticket != s->done_ticket); /* exactly once */
    s->done_ticket = ticket;
    s->status = status;
    str_reset(&s->done);
    str_add(&s->done, text ? text : "");
}

void slot_frame_take(struct slot *s, struct device_frame *frame)
{
    s->frames++;
    device_frame_free(frame);
}

void slot_wire(struct slot *s, bool out, const void *bytes, size_t n)
{
    (void)s;
    (void)out;
    (void)bytes;
    (void)n;
}

void slot_say(struct slot *s, char level, const char *text)
{
    str_addf(&s->said, "%c %s\n", level, text);
}

const char *device_config_value(const struct device_config *c, const char *key,
                                const char *otherwise)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->key[i], key) == 0)
            return c->value[i];
    return otherwise;
}

/* ---- the host */

static void on_write(void *arg, const void *bytes, size_t n)
{
    struct desk *d = arg;
    str_addn(&d->slot.sent, bytes, n);
}

static enum status on_lines(void *arg, int rts, int dtr, struct error *err)
{
    struct desk *d = arg;
    (void)err;
    str_addf(&d->slot.sent, "[%d%d]", rts, dtr);
    return OK;
}

static void on_later(void *arg, int64_t ms)
{
    struct desk *d = arg;
    int64_t at = driver_now(&d->host) + ms;
    if (d->tick_ms < 0 || at < d->tick_ms)
        d->tick_ms = at;
}

static void on_ready(void *arg)
{
    struct desk *d = arg;
    d->ready = true;
    slot_link(&d->slot, DEVICE_READY, NULL);
    d->poll_ms = driver_now(&d->host);
}

static void on_fail(void *arg, bool again, const char *why)
{
    struct desk *d = arg;
    (void)again;
    d->failed = true;
    slot_link(&d->slot, DEVICE_FAILED, why);
}

static void on_silent(void *arg, const char *why)
{
    on_fail(arg, true, why);
}

static void unknown(union device_values *v)
{
    memset(v, 0, sizeof *v);
    v->mount.ra_rad = v->mount.dec_rad = v->mount.lst_rad = (double)NAN;
    v->mount.lat_rad = v->mount.lon_rad = v->mount.clock_error_s = (double)NAN;
}

bool desk_open(struct desk *d, const char *driver, char *options, struct error *err)
{
    memset(d, 0, sizeof *d);
    clock_manual_init(&d->slot.clock, 1795468447250000000); /* 2026-11-23 21:14:07.25 UTC */
    d->slot.clock.mono = 1000000000000;
    d->slot.info.trusted = true;
    unknown(&d->slot.values);
    d->ops = driver_find(driver);
    if (!d->ops) {
        err_set(err, E_ABSENT, "no driver %s", driver);
        return false;
    }
    for (char *p = options ? strtok(options, " ") : NULL; p && d->config.n < 8;
         p = strtok(NULL, " ")) {
        char *eq = strchr(p, '=');
        if (!eq)
            continue;
        *eq = 0;
        d->key[d->config.n] = p;
        d->value[d->config.n++] = eq + 1;
    }
    d->config.name = "Device";
    d->config.kind = d->ops->kind;
    d->config.key = d->key;
    d->config.value = d->value;
    struct exchange_way way = {.slot = &d->slot, .write = on_write, .silent = on_silent, .arg = d};
    d->host = (struct driver_host){.slot = &d->slot,
                                   .config = &d->config,
                                   .x = d->ops->feed ? NULL : exchange_new(&way),
                                   .write = on_write,
                                   .lines = on_lines,
                                   .later = on_later,
                                   .ready = on_ready,
                                   .fail = on_fail,
                                   .arg = d};
    d->tick_ms = d->poll_ms = -1;
    d->drv = d->ops->open(&d->host, err);
    if (!d->drv)
        exchange_free(d->host.x);
    return d->drv != NULL;
}

void desk_close(struct desk *d)
{
    d->ops->close(d->drv);
    exchange_free(d->host.x);
    str_clear(&d->slot.sent);
    str_clear(&d->slot.said);
    str_clear(&d->slot.identity);
    str_clear(&d->slot.why);
    str_clear(&d->slot.done);
}

static void tick(struct desk *d)
{
    if (d->host.x)
        (void)exchange_tick(d->host.x);
}

void desk_start(struct desk *d, bool again)
{
    d->ops->start(d->drv, again);
    tick(d);
}

void desk_feed(struct desk *d, const void *bytes, size_t n)
{
    if (d->host.x)
        exchange_feed(d->host.x, bytes, n);
    else
        d->ops->feed(d->drv, bytes, n);
    tick(d);
}

void desk_pass(struct desk *d, int ms, bool polls)
{
    for (int i = 0; i < ms; i += STEP_MS) {
        clock_manual_step(&d->slot.clock, STEP_MS * 1000000);
        int64_t t = driver_now(&d->host);
        if (d->tick_ms >= 0 && t >= d->tick_ms) {
            d->tick_ms = -1;
            if (d->ops->tick)
                d->ops->tick(d->drv);
        }
        if (polls && d->ready && d->ops->poll && t >= d->poll_ms) {
            d->poll_ms = t + (d->ops->poll_ms ? d->ops->poll_ms(d->drv) : 1000);
            d->ops->poll(d->drv);
        }
        tick(d);
    }
}

enum status desk_ask(struct desk *d, const struct device_request *r, struct error *err)
{
    enum status s = d->ops->ask(d->drv, r, ++d->ticket, err);
    tick(d);
    return s;
}
