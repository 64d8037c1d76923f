/* drv_moonlite.c - focusers that speak Moonlite's language, as most home-made ones do. A target is read back before it is
 * gone to; the last approach is from the same side when backlash is configured. From: Moonlite DRO command set.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "vigie/base/mem.h"

enum { ANSWER_MS = 1200, BOOT_MS = 2000, TRIES = 3, TEMPERATURE_POLLS = 30, TOP = 65535 };

enum tag {
    T_VERSION,
    T_READY,
    T_POSITION,
    T_MOVING,
    T_TEMPERATURE,
    T_TARGET, /* read back */
    T_NOTE
};

struct moonlite {
    struct driver_host h;
    double max, backlash;
    int tries, polls, at_rest;
    char version[8];
    bool booting;
    uint64_t ticket;
    int goal, via; /* via: the point beyond, from which the last approach starts; -1 none */
    int64_t move_ms;
};

static void on_answer(void *self, const struct xreply *r, int tag);

static struct focuser_values *values(struct moonlite *f)
{
    return &slot_values(f->h.slot)->focuser;
}

static bool ok_hex(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strchr("0123456789ABCDEFabcdef", s[i]) || !s[i])
            return false;
    return n >= 1 && n <= 8;
}

static void put(struct moonlite *f, enum xrank rank, enum tag tag, const char *text)
{
    struct xcmd c = {.reply = tag == T_NOTE ? REPLY_NONE : REPLY_HASH,
                     .ok = tag == T_VERSION ? NULL : ok_hex,
                     .deadline_ms = ANSWER_MS,
                     .optional = tag == T_VERSION || tag == T_TEMPERATURE,
                     .tag = (int)tag,
                     .done = on_answer,
                     .self = f};
    xcmd_text(&c, "%s", text);
    (void)!exchange_put(f->h.x, rank, &c);
}

static void put_number(struct moonlite *f, const char *letters, int value)
{
    char t[16];
    snprintf(t, sizeof t, ":%.2s%04X#", letters, (unsigned)value & 0xFFFF);
    put(f, X_USER, T_NOTE, t);
}

static void over(struct moonlite *f, enum status status, const char *text)
{
    uint64_t ticket = f->ticket;
    f->ticket = 0;
    values(f)->moving = false;
    if (ticket)
        slot_done(f->h.slot, ticket, status, text);
}

/* Opening the port resets an Arduino: it boots for two seconds. */
static void start(void *self, bool again)
{
    struct moonlite *f = self;
    (void)again;
    f->tries = 0;
    f->booting = true;
    f->h.later(f->h.arg, BOOT_MS);
}

static void on_version(struct moonlite *f, const struct xreply *r)
{
    if (r->status == E_CANCELLED)
        return;
    if (r->status != OK && ++f->tries < TRIES) {
        put(f, X_USER, T_VERSION, ":GV#");
        return;
    }
    snprintf(f->version, sizeof f->version, "%.6s", r->status == OK ? r->s : "?");
    put(f, X_USER, T_TEMPERATURE, ":GT#");
    put(f, X_USER, T_READY, ":GP#");
}

static void on_ready(struct moonlite *f, const struct xreply *r)
{
    if (r->status == E_CANCELLED)
        return;
    if (r->status != OK) {
        f->h.fail(f->h.arg, true, "nobody answers :GP# as a Moonlite focuser does");
        return;
    }
    struct focuser_values *v = values(f);
    v->position = (int)strtol(r->s, NULL, 16);
    v->max = (int)f->max;
    v->target = v->position;
    slot_identity(f->h.slot,
                  CAN_ABSOLUTE | CAN_ABORT | (isfinite(v->temp_degc) ? CAN_TEMPERATURE : 0u),
                  "Moonlite focuser, firmware %s (answers :GP#)", f->version);
    f->h.ready(f->h.arg);
}

/* Half degrees, signed, in one byte or two. */
static void on_temperature(struct moonlite *f, const struct xreply *r)
{
    if (r->status != OK)
        return;
    long x = strtol(r->s, NULL, 16);
    if (r->n <= 2 && x > 127)
        x -= 256;
    if (r->n > 2 && x > 32767)
        x -= 65536;
    values(f)->temp_degc = (double)x / 2;
}

static void go(struct moonlite *f)
{
    put_number(f, "SN", f->via >= 0 ? f->via : f->goal);
    put(f, X_USER, T_TARGET, ":GN#"); /* a lost SN would go to the old target */
}

static void on_target(struct moonlite *f, const struct xreply *r)
{
    int want = f->via >= 0 ? f->via : f->goal;
    if (r->status != OK || (int)strtol(r->s, NULL, 16) != want) {
        over(f, r->status == E_CANCELLED ? E_CANCELLED : E_DEVICE,
             r->status == E_CANCELLED ? "stopped" : "it did not take the target");
        return;
    }
    put(f, X_USER, T_NOTE, ":FG#");
    values(f)->moving = true;
    f->move_ms = driver_now(&f->h);
    f->at_rest = 0;
}

static void on_moving(struct moonlite *f, const struct xreply *r)
{
    struct focuser_values *v = values(f);
    if (r->status != OK)
        return;
    bool moving = strtol(r->s, NULL, 16) != 0;
    int want = f->via >= 0 ? f->via : f->goal;
    if (!f->ticket || !f->move_ms || exchange_waiting(f->h.x, X_USER)) {
        v->moving = moving;
        return;
    }
    f->at_rest = moving ? 0 : f->at_rest + 1;
    if (f->at_rest < 2)
        return;
    if (v->position != want) {
        char text[80];
        snprintf(text, sizeof text, "it stopped at %d, not at %d", v->position, want);
        over(f, E_DEVICE, text);
    } else if (f->via >= 0) {
        f->via = -1;
        f->move_ms = 0;
        go(f);
    } else {
        over(f, OK, "in focus position");
    }
}

static void on_answer(void *self, const struct xreply *r, int tag)
{
    struct moonlite *f = self;
    switch ((enum tag)tag) {
    case T_VERSION: on_version(f, r); return;
    case T_READY: on_ready(f, r); return;
    case T_POSITION:
        if (r->status == OK)
            values(f)->position = (int)strtol(r->s, NULL, 16);
        return;
    case T_MOVING: on_moving(f, r); return;
    case T_TEMPERATURE: on_temperature(f, r); return;
    case T_TARGET: on_target(f, r); return;
    case T_NOTE: return;
    }
}

static void poll(void *self)
{
    struct moonlite *f = self;
    if (exchange_waiting(f->h.x, X_POLL))
        return;
    put(f, X_POLL, T_POSITION, ":GP#");
    put(f, X_POLL, T_MOVING, ":GI#");
    if (f->polls++ % TEMPERATURE_POLLS ==
        0) { /* the conversion takes a moment: read the one before */
        put(f, X_POLL, T_TEMPERATURE, ":GT#");
        put(f, X_POLL, T_NOTE, ":C#");
    }
}

static int poll_ms(void *self)
{
    return ((struct moonlite *)self)->ticket ? 250 : 1000;
}

static void tick(void *self)
{
    struct moonlite *f = self;
    if (f->booting)
        put(f, X_USER, T_VERSION, ":GV#");
    f->booting = false;
}

static size_t halt(void *self, struct xcmd c[HALT_MOST])
{
    (void)self;
    c[0] = (struct xcmd){.reply = REPLY_NONE};
    xcmd_text(&c[0], ":FQ#");
    return 1;
}

static void stop(struct moonlite *f)
{
    struct xcmd c[HALT_MOST];
    exchange_stop(f->h.x, c, halt(f, c));
    over(f, E_CANCELLED, "stopped");
}

static enum status ask(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err)
{
    struct moonlite *f = self;
    struct focuser_values *v = values(f);
    if (r->verb == ASK_STOP || r->verb == ASK_ABORT) {
        stop(f);
        slot_done(f->h.slot, ticket, OK, "stop was sent");
        return OK;
    }
    if (r->verb != ASK_FOCUS_TO && r->verb != ASK_FOCUS_BY)
        return driver_no(&f->h, r, err);
    int goal = r->verb == ASK_FOCUS_TO ? r->n : v->position + r->n;
    if (goal < 0 || goal > (int)f->max)
        return err_set(err, E_RANGE, "%d is not in 0 .. %d", goal, (int)f->max);
    if (f->ticket)
        return err_set(err, E_BUSY, "it is moving; abort first");
    f->ticket = ticket;
    f->goal = goal;
    f->via = -1;
    f->move_ms = 0;
    if (f->backlash > 0 && goal < v->position && goal - (int)f->backlash >= 0)
        f->via = goal - (int)f->backlash;
    v->target = goal;
    go(f);
    return OK;
}

static void lost(void *self)
{
    over(self, E_NET, "the wire was lost");
}

static void *moonlite_open(const struct driver_host *host, struct error *err)
{
    struct moonlite *f = mem_zero(sizeof *f);
    f->h = *host;
    f->via = -1;
    if (driver_number(host, "max", TOP, 1, TOP, &f->max, err) != OK ||
        driver_number(host, "backlash", 0, 0, 10000, &f->backlash, err) != OK) {
        free(f);
        return NULL;
    }
    struct exchange_way *way = exchange_way(host->x);
    way->mark = ':';
    way->blanks = true;
    way->gap_ms = 10;
    way->sync = (struct xcmd){.reply = REPLY_HASH, .ok = ok_hex, .deadline_ms = 600};
    xcmd_text(&way->sync, ":GP#");
    return f;
}

static const char *const options[] = {"max", "backlash", NULL};
extern const struct driver_ops driver_moonlite;
const struct driver_ops driver_moonlite = {.name = "moonlite",
                                           .kind = DEVICE_FOCUSER,
                                           .baud = 9600,
                                           .options = options,
                                           .open = moonlite_open,
                                           .start = start,
                                           .poll = poll,
                                           .poll_ms = poll_ms,
                                           .tick = tick,
                                           .ask = ask,
                                           .halt = halt,
                                           .lost = lost,
                                           .close = free};
