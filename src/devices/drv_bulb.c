/* drv_bulb.c - a camera's release on a wire: RTS or DTR of a serial adapter, or a relay board. No image comes; what comes is when
 * the shutter was open, by the clock, to the millisecond: told at the end and written to a table (option log=PATH).
 * Not: cameras that send frames. Line on is the shutter pressed (polarity=inverted: off). Safe by construction: lines off
 * at open and close, HUPCL (transport), a longest exposure. mirror=S: it is raised so long before; gap=S: so long between two
 * exposures, for the camera to write its frame.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "vigie/base/mem.h"
#include "vigie/sky/scale.h"

enum { PRESS_MS = 100, FOCUS_MS = 300 };

enum board { LINES, LCUS, NUMATO, ICSE, ARDUINO };
enum phase { IDLE, GAP, FOCUS, MIRROR, RAISED, OPEN };

struct bulb {
    struct driver_host h;
    enum board board;
    bool rts, inverted,
        two; /* rts: the shutter is on RTS, else DTR; two: the other line is the half-press */
    double mirror_s, most_s, gap_s;
    const char *log;
    enum phase phase;
    uint64_t ticket;
    double seconds;
    int64_t next_ns, on_wall, on_mono, closed_ns; /* closed_ns: 0: it was never open */
};

static struct camera_values *values(struct bulb *b)
{
    return &slot_values(b->h.slot)->camera;
}

static int64_t mono(const struct bulb *b)
{
    const struct clock *c = slot_clock(b->h.slot);
    return c->mono_ns(c->arg);
}

static enum status relay(struct bulb *b, bool on)
{
    static const char lcus[2][4] = {{'\xA0', 1, 0, '\xA1'}, {'\xA0', 1, 1, '\xA2'}};
    switch (b->board) {
    case LCUS: b->h.write(b->h.arg, lcus[on], 4); break;
    case NUMATO: b->h.write(b->h.arg, on ? "relay on 0\r" : "relay off 0\r", on ? 11 : 12); break;
    case ICSE: b->h.write(b->h.arg, on ? "\x01" : "\x00", 1); break;
    case ARDUINO: b->h.write(b->h.arg, on ? "S1\n" : "S0\n", 3); break;
    case LINES: break;
    }
    return OK;
}

/* Shutter and half-press as lines. */
static enum status drive(struct bulb *b, bool shutter, bool half, struct error *err)
{
    if (b->board != LINES)
        return relay(b, shutter);
    int s = shutter != b->inverted, f = b->two ? (half || shutter) != b->inverted : -1;
    return b->h.lines(b->h.arg, b->rts ? s : f, b->rts ? f : s, err);
}

static void until(struct bulb *b, enum phase phase, double seconds)
{
    b->phase = phase;
    b->next_ns = mono(b) + (int64_t)(seconds * 1e9);
    b->h.later(b->h.arg, (int64_t)(seconds * 1e3));
    slot_good(b->h.slot, (double)NAN);
}

static void keep(struct bulb *b, const char *begin, const char *end, double measured,
                 const char *how)
{
    FILE *f = b->log ? fopen(b->log, "ae") : NULL;
    if (!f) {
        if (b->log)
            slot_say(b->h.slot, '-', "the table of exposures (log=) cannot be written");
        return;
    }
    fprintf(f, "%s,%s,%.3f,%.3f,%s\n", begin, end, b->seconds, measured, how);
    fclose(f);
}

static void over(struct bulb *b, enum status status, const char *how)
{
    char begin[UTC_TEXT] = "-", end[UTC_TEXT] = "-", text[200];
    struct camera_values *v = values(b);
    uint64_t ticket = b->ticket;
    bool was_open = b->phase == OPEN;
    double measured = 0;
    if (was_open) {
        b->closed_ns = mono(b);
        measured = (double)(mono(b) - b->on_mono) / 1e9;
        utc_format(utc_of_wall(b->on_wall), 3, begin);
        utc_format(utc_of_wall(b->on_wall + mono(b) - b->on_mono), 3, end);
        keep(b, begin, end, measured, how);
    }
    b->phase = IDLE;
    b->ticket = 0;
    v->phase = status == E_DEVICE ? CAMERA_FAILED : CAMERA_IDLE;
    if (was_open)
        snprintf(text, sizeof text, "%s: open %s, closed %s, %.3f s", how, begin, end, measured);
    else
        snprintf(text, sizeof text, "%s", how);
    slot_good(b->h.slot, (double)NAN);
    if (ticket)
        slot_done(b->h.slot, ticket, status, text);
}

static void release(struct bulb *b, enum status status, const char *how)
{
    struct error err;
    bool ok = drive(b, false, false, &err) == OK;
    if (b->phase != IDLE || !ok)
        over(b, ok ? status : E_DEVICE, ok ? how : err.text);
}

static void open_shutter(struct bulb *b)
{
    const struct clock *c = slot_clock(b->h.slot);
    struct error err;
    int64_t a = c->mono_ns(c->arg);
    b->on_wall = c->wall_ns(c->arg);
    if (drive(b, true, true, &err) != OK) {
        over(b, E_DEVICE, err.text);
        return;
    }
    b->on_mono = a;
    values(b)->phase = CAMERA_EXPOSING;
    until(b, OPEN, b->seconds);
    b->next_ns =
        a + (int64_t)(b->seconds * 1e9); /* by the instant it opened, not by when we got here */
}

static void press_mirror(struct bulb *b)
{
    struct error err;
    if (b->mirror_s <= 0) {
        open_shutter(b);
        return;
    }
    if (drive(b, true, true, &err) != OK)
        over(b, E_DEVICE, err.text);
    else
        until(b, MIRROR, PRESS_MS / 1e3);
}

static void press_half(struct bulb *b)
{
    struct error err;
    if (!b->two)
        press_mirror(b);
    else if (drive(b, false, true, &err) != OK)
        over(b, E_DEVICE, err.text);
    else
        until(b, FOCUS, FOCUS_MS / 1e3);
}

static void tick(void *self)
{
    struct bulb *b = self;
    struct error err;
    int64_t left = b->next_ns - mono(b);
    if (b->phase == IDLE)
        return;
    if (left > 500000) { /* half a millisecond early is late enough */
        b->h.later(b->h.arg, left / 1000000 + (left % 1000000 > 500000));
        return;
    }
    switch (b->phase) {
    case GAP: press_half(b); return;
    case FOCUS: press_mirror(b); return;
    case MIRROR:
        if (drive(b, false, b->two, &err) != OK)
            over(b, E_DEVICE, err.text);
        else
            until(b, RAISED, b->mirror_s);
        return;
    case RAISED: open_shutter(b); return;
    case OPEN: release(b, OK, "exposed"); return;
    case IDLE: return;
    }
}

static enum status expose(struct bulb *b, const struct device_request *r, uint64_t ticket,
                          struct error *err)
{
    double s = r->exposure.seconds;
    if (b->phase != IDLE)
        return err_set(err, E_BUSY, "an exposure runs; abort it first");
    if (!(s >= 0.05 && s <= b->most_s))
        return err_set(err, E_RANGE, "%g s is not in 0.05 .. %g s (max=)", s, b->most_s);
    b->ticket = ticket;
    b->seconds = s;
    values(b)->exposure_s = s;
    values(b)->exposed_s = 0;
    values(b)->phase = CAMERA_WAITING;
    /* the camera writes the frame before to its card */
    double left = b->closed_ns ? b->gap_s - (double)(mono(b) - b->closed_ns) / 1e9 : 0;
    if (left > 0)
        until(b, GAP, left);
    else
        press_half(b);
    return OK;
}

static enum status ask(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err)
{
    struct bulb *b = self;
    if (r->verb == ASK_EXPOSE)
        return expose(b, r, ticket, err);
    if (r->verb != ASK_ABORT && r->verb != ASK_STOP)
        return driver_no(&b->h, r, err);
    release(b, E_CANCELLED, "aborted");
    slot_done(b->h.slot, ticket, OK, "the release is let go");
    return OK;
}

static void start(void *self, bool again)
{
    struct bulb *b = self;
    struct error err;
    (void)again;
    if (b->board == ICSE)
        b->h.write(b->h.arg, "\x50\x51", 2);
    if (drive(b, false, false, &err) != OK) {
        b->h.fail(b->h.arg, false, err.text);
        return;
    }
    values(b)->phase = CAMERA_IDLE;
    slot_identity(b->h.slot, CAN_ABORT,
                  "release on %s%s; it cannot be asked whether a camera hangs there",
                  b->board != LINES ? "a relay board"
                  : b->rts          ? "RTS"
                                    : "DTR",
                  b->inverted ? ", inverted" : "");
    slot_say(b->h.slot, ' ', "the port was opened: a camera on it may have clicked once");
    if (b->board == LINES && b->inverted)
        slot_say(b->h.slot, 'W',
                 "polarity=inverted: were this program killed, the released line would keep the "
                 "shutter OPEN");
    else if (b->board != LINES)
        slot_say(b->h.slot, 'W',
                 "a relay keeps its state: were this program killed in an exposure, the shutter "
                 "would stay OPEN");
    b->h.ready(b->h.arg);
}

static void feed(void *self, const void *bytes, size_t n)
{
    (void)self; /* boards answer "ok", or nothing */
    (void)bytes;
    (void)n;
}

static void poll(void *self)
{
    struct bulb *b = self;
    if (b->phase == OPEN)
        values(b)->exposed_s = (double)(mono(b) - b->on_mono) / 1e9;
    slot_good(b->h.slot, (double)NAN); /* the lines are ours: what is known of them is current */
}

static void lost(void *self)
{
    struct bulb *b = self;
    if (b->phase != IDLE)
        over(b, E_NET, "the adapter was lost: the frame is short, its length is not known");
}

static void bulb_close(void *self)
{
    struct bulb *b = self;
    struct error err;
    b->ticket = 0;
    (void)!drive(b, false, false, &err);
    free(b);
}

static int choice(const struct driver_host *host, const char *key, const char *const *words,
                  struct error *err)
{
    const char *v = device_config_value(host->config, key, words[0]);
    char known[80] = "";
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], v) == 0)
            return i;
        size_t n = strlen(known);
        snprintf(known + n, sizeof known - n, " %s", words[i]);
    }
    err_set(err, E_RANGE, "%s=%.30s is none of:%s", key, v, known);
    return -1;
}

static void *bulb_open(const struct driver_host *host, struct error *err)
{
    static const char *const lines[] = {"rts", "dtr", NULL},
                             *const sense[] = {"normal", "inverted", NULL},
                             *const yes_no[] = {"no", "yes", NULL},
                             *const boards[] = {"none", "lcus", "numato", "icse", "arduino", NULL};
    struct bulb *b = mem_zero(sizeof *b);
    b->h = *host;
    int line = choice(host, "line", lines, err);
    int polarity = line < 0 ? -1 : choice(host, "polarity", sense, err);
    int half = polarity < 0 ? -1 : choice(host, "half-press", yes_no, err);
    int board = half < 0 ? -1 : choice(host, "board", boards, err);
    if (board < 0 || driver_number(host, "mirror", 0, 0, 30, &b->mirror_s, err) != OK ||
        driver_number(host, "gap", 0, 0, 600, &b->gap_s, err) != OK ||
        driver_number(host, "max", 3600, 0.05, 86400, &b->most_s, err) != OK) {
        free(b);
        return NULL;
    }
    b->rts = line == 0;
    b->inverted = polarity == 1;
    b->two = half == 1;
    b->board = (enum board)board;
    b->log = device_config_value(host->config, "log", NULL);
    return b;
}

static const char *const options[] = {"line", "polarity", "half-press", "board", "mirror",
                                      "gap",  "max",      "log",        NULL};
extern const struct driver_ops driver_bulb;
const struct driver_ops driver_bulb = {.name = "bulb",
                                       .kind = DEVICE_CAMERA,
                                       .baud = 9600,
                                       .shutter = true,
                                       .options = options,
                                       .open = bulb_open,
                                       .start = start,
                                       .feed = feed,
                                       .poll = poll,
                                       .tick = tick,
                                       .ask = ask,
                                       .lost = lost,
                                       .close = bulb_close};
