/* drv_allsky340.c - SBIG's AllSky-340 and SG-4 on a serial port: a camera that gives real frames, 640 x 480 pixels of 16 bit.
 * A command is its bytes and a checksum, which the camera echoes before it answers; a frame comes in blocks of 4096
 * pixels, each with the XOR of its bytes, and is asked for again where that is wrong. From: SBIG's published command set.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "vigie/base/mem.h"

enum {
    WIDTH = 640,
    HEIGHT = 480,
    CROP = 512,
    BLOCK = 4096,
    BLOCK_BYTES = 2 * BLOCK,
    RETRIES = 10,
    ANSWER_MS = 2000,
    BLOCK_MS = 12000, /* at 9600 baud a block takes 8.5 s */
    READOUT_MS = 15000,
    TICKS_S = 10000, /* exposures are counted in 100 us */
    FULL_SCALE = 65535
};
static const double LONGEST_S = 653.35;

enum tag { T_HELLO, T_VERSION, T_SERIAL, T_POLL, T_EXPOSE, T_FIRST, T_BLOCK, T_NOTE };

struct allsky {
    struct driver_host h;
    int tries, again; /* again: how often this block was asked for */
    char version[16], serial[16];
    uint64_t ticket;
    struct device_frame *frame;
    size_t got; /* pixels */
    int64_t open_ms;
    double seconds;
};

static void on_answer(void *self, const struct xreply *r, int tag);

static struct camera_values *values(struct allsky *a)
{
    return &slot_values(a->h.slot)->camera;
}

static char checksum(const char *s, size_t n)
{
    char sum = 0;
    for (size_t i = 0; i < n; i++)
        sum ^= (char)(~s[i] & 0x7F);
    return sum;
}

/* ---- shapes: the echo of the checksum comes first */

static bool ok_hello(const char *s, size_t n)
{
    return n == 2 && s[0] == ':' && s[1] == 'O';
}

static bool ok_version(const char *s, size_t n)
{
    return n == 3 && s[0] == checksum("V", 1);
}

static bool ok_serial(const char *s, size_t n)
{
    return n >= 2 && s[0] == checksum("r", 1);
}

static int serial_rule(const char *s, size_t n)
{
    (void)s;
    return n >= 11 ? 11 : X_QUIET;
}

/* The echo, then E while it exposes, R while it reads, D. */
static int expose_rule(const char *s, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (s[i] == 'D')
            return (int)i + 1;
        if (s[i] != 'E' && s[i] != 'R')
            return X_WRONG;
    }
    return n > 4000 ? X_WRONG : X_MORE;
}

static struct xcmd question(struct allsky *a, enum tag tag, int deadline_ms)
{
    return (struct xcmd){.reply = REPLY_FIXED,
                         .deadline_ms = deadline_ms,
                         .keep_blanks = true,
                         .tag = (int)tag,
                         .done = on_answer,
                         .self = a};
}

static void put(struct allsky *a, enum xrank rank, struct xcmd *c, const char *bytes, size_t n)
{
    char out[16];
    memcpy(out, bytes, n);
    out[n] = checksum(bytes, n);
    xcmd_bytes(c, out, n + 1);
    (void)!exchange_put(a->h.x, rank, c);
}

static void put_hello(struct allsky *a, enum xrank rank, enum tag tag)
{
    struct xcmd c = question(a, tag, ANSWER_MS);
    c.fixed = 2;
    c.ok = ok_hello;
    put(a, rank, &c, "E", 1);
}

/* ---- who is there */

static void start(void *self, bool again)
{
    struct allsky *a = self;
    (void)again;
    a->tries = 0;
    put_hello(a, X_USER, T_HELLO);
}

static void on_hello(struct allsky *a, const struct xreply *r)
{
    if (r->status == E_CANCELLED)
        return;
    if (r->status != OK) { /* what the tries before left in it confuses the first */
        if (++a->tries < 4)
            put_hello(a, X_USER, T_HELLO);
        else
            a->h.fail(
                a->h.arg, true,
                "nobody answers E as an AllSky-340 does: it keeps its speed over power cycles; "
                "try ?9600 ?19200 ?38400 ?57600 ?115200 ?230400 ?460800");
        return;
    }
    struct xcmd v = question(a, T_VERSION, ANSWER_MS), s = question(a, T_SERIAL, ANSWER_MS);
    v.fixed = 3;
    v.ok = ok_version;
    put(a, X_USER, &v, "V", 1);
    s.reply = REPLY_RULE;
    s.rule = serial_rule;
    s.quiet_ms = 300;
    s.ok = ok_serial;
    put(a, X_USER, &s, "r", 1);
}

static void on_serial(struct allsky *a, const struct xreply *r)
{
    struct camera_values *v = values(a);
    if (r->status == E_CANCELLED)
        return;
    size_t n = 0;
    for (size_t i = 1; r->status == OK && i < r->n && n < sizeof a->serial - 1; i++)
        if (r->s[i] > ' ' && r->s[i] < 127)
            a->serial[n++] = r->s[i];
    a->serial[n] = 0;
    v->width = WIDTH;
    v->height = HEIGHT;
    v->bin = v->max_bin = 1;
    v->x = v->y = v->w = v->h = 0;
    v->pixel_um = 7.4;
    v->max_adu = FULL_SCALE;
    v->phase = CAMERA_IDLE;
    slot_identity(a->h.slot, CAN_FRAME | CAN_DARK | CAN_ABORT | CAN_ROI,
                  "SBIG AllSky-340, firmware %s, serial %s (answers E with O)", a->version,
                  *a->serial ? a->serial : "-");
    a->h.ready(a->h.arg);
}

/* ---- a frame */

static void over(struct allsky *a, enum status status, const char *text)
{
    uint64_t ticket = a->ticket;
    a->ticket = 0;
    device_frame_free(a->frame);
    a->frame = NULL;
    values(a)->phase = status == OK || status == E_CANCELLED ? CAMERA_IDLE : CAMERA_FAILED;
    values(a)->fraction = (double)NAN;
    if (ticket)
        slot_done(a->h.slot, ticket, status, text);
}

static void raw(struct allsky *a, enum tag tag, char c, int fixed)
{
    struct xcmd q = question(a, tag, BLOCK_MS);
    q.fixed = fixed;
    if (!fixed)
        q.reply = REPLY_NONE;
    xcmd_bytes(&q, &c, 1);
    (void)!exchange_put(a->h.x, X_USER, &q);
}

static void on_exposed(struct allsky *a, const struct xreply *r)
{
    const struct clock *c = slot_clock(a->h.slot);
    if (r->status != OK) {
        over(a, r->status == E_CANCELLED ? E_CANCELLED : E_DEVICE,
             r->status == E_CANCELLED ? "aborted" : "the exposure was not ended by the camera");
        return;
    }
    int64_t opened = CLOCK_WALL(c) - (driver_now(&a->h) - r->sent_ms) * 1000000;
    a->frame->begin_ns = opened;
    a->frame->end_ns = opened + (int64_t)(a->seconds * 1e9);
    values(a)->phase = CAMERA_READING;
    values(a)->fraction = 0;
    a->got = 0;
    a->again = 0;
    struct xcmd q = question(a, T_FIRST, BLOCK_MS);
    q.fixed = 1 + BLOCK_BYTES + 1;
    put(a, X_USER, &q, "X", 1);
}

static bool block_holds(const char *s)
{
    char sum = 0;
    for (int i = 0; i < BLOCK_BYTES; i++)
        sum ^= s[i];
    return sum == s[BLOCK_BYTES];
}

static void finished(struct allsky *a)
{
    struct device_frame *f = a->frame;
    a->frame = NULL;
    raw(a, T_NOTE, 'K', 0);
    slot_frame_take(a->h.slot, f);
    over(a, OK, "exposed and read");
}

static void on_block(struct allsky *a, const struct xreply *r, size_t skip)
{
    if (r->status == E_CANCELLED) {
        over(a, E_CANCELLED, "aborted");
        return;
    }
    if (r->status != OK) {
        raw(a, T_NOTE, 'S', 0);
        over(a, E_DEVICE, "a block of the frame did not come whole: check cable and speed");
        return;
    }
    bool whole = block_holds(r->s + skip);
    if (!whole && ++a->again > RETRIES) {
        raw(a, T_NOTE, 'S', 0);
        over(a, E_DEVICE, "a block of the frame came wrong 10 times: check cable and speed");
        return;
    }
    if (!whole) {
        exchange_doubt(a->h.x, "a block of the frame does not hold its checksum");
        raw(a, T_BLOCK, 'R', BLOCK_BYTES + 1);
        return;
    }
    size_t all = (size_t)a->frame->width * (size_t)a->frame->height;
    const unsigned char *b = (const unsigned char *)r->s + skip;
    for (size_t i = 0; i < BLOCK && a->got < all; i++, a->got++)
        a->frame->pixel[a->got] = (uint16_t)(b[2 * i] | b[2 * i + 1] << 8);
    a->again = 0;
    values(a)->fraction = (double)a->got / (double)all;
    if (a->got == all)
        finished(a);
    else
        raw(a, T_BLOCK, 'K', BLOCK_BYTES + 1);
}

static enum status expose(struct allsky *a, const struct device_request *r, uint64_t ticket,
                          struct error *err)
{
    const struct exposure *e = &r->exposure;
    bool crop = e->w == CROP && (e->h == HEIGHT || e->h == 0);
    if (a->ticket)
        return err_set(err, E_BUSY, "an exposure runs; abort it first");
    if (!(e->seconds >= 0.001 && e->seconds <= LONGEST_S))
        return err_set(err, E_RANGE, "%g s is not in 0.001 .. %g s", e->seconds, LONGEST_S);
    if (e->bin > 1 || (e->w && !crop && !(e->w == WIDTH && e->h == HEIGHT)))
        return err_set(err, E_RANGE, "its frames are 640x480 or 512x480, not binned");
    unsigned ticks = (unsigned)lround(e->seconds * TICKS_S);
    bool dark = e->kind == FRAME_DARK || e->kind == FRAME_BIAS;
    char t[6] = {'T', (char)(ticks >> 16), (char)(ticks >> 8), (char)ticks, crop ? 1 : 0, !dark};
    a->ticket = ticket;
    a->seconds = e->seconds;
    a->frame = mem_zero(sizeof *a->frame);
    a->frame->width = crop ? CROP : WIDTH;
    a->frame->height = HEIGHT;
    a->frame->bin = 1;
    a->frame->pixel = mem_zero((size_t)a->frame->width * HEIGHT * sizeof(uint16_t));
    a->frame->exposure_s = e->seconds;
    a->frame->kind = e->kind;
    a->frame->temp_degc = a->frame->gain = a->frame->offset = (double)NAN;
    a->open_ms = driver_now(&a->h);
    values(a)->phase = CAMERA_EXPOSING;
    values(a)->exposure_s = e->seconds;
    values(a)->exposed_s = 0;
    struct xcmd q = question(a, T_EXPOSE, (int)(e->seconds * 1000) + READOUT_MS);
    q.reply = REPLY_RULE;
    q.rule = expose_rule;
    put(a, X_USER, &q, t, 6);
    return OK;
}

static void abort_now(struct allsky *a)
{
    char out[2] = {'A', checksum("A", 1)};
    struct xcmd c = {.reply = REPLY_NONE};
    xcmd_bytes(&c, out, 2);
    exchange_stop(a->h.x, &c, 1);
    over(a, E_CANCELLED, "aborted");
    exchange_out_of_step(a->h.x, "aborted: what still comes is passed over");
}

static enum status ask(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err)
{
    struct allsky *a = self;
    if (r->verb == ASK_EXPOSE)
        return expose(a, r, ticket, err);
    if (r->verb != ASK_ABORT && r->verb != ASK_STOP)
        return driver_no(&a->h, r, err);
    if (a->ticket)
        abort_now(a);
    slot_done(a->h.slot, ticket, OK, "aborted");
    return OK;
}

static void on_answer(void *self, const struct xreply *r, int tag)
{
    struct allsky *a = self;
    switch ((enum tag)tag) {
    case T_HELLO: on_hello(a, r); return;
    case T_VERSION:
        if (r->status == OK)
            snprintf(a->version, sizeof a->version, "%d.%d%s", r->s[1] & 0x7F,
                     (unsigned char)r->s[2], r->s[1] & 0x80 ? " (test)" : "");
        return;
    case T_SERIAL: on_serial(a, r); return;
    case T_EXPOSE:
        if (a->frame)
            on_exposed(a, r);
        return;
    case T_FIRST:
    case T_BLOCK:
        if (a->frame)
            on_block(a, r, tag == T_FIRST);
        return;
    case T_POLL:
    case T_NOTE: return;
    }
}

static void poll(void *self)
{
    struct allsky *a = self;
    if (!a->ticket) {
        if (exchange_waiting(a->h.x, X_POLL) == 0)
            put_hello(a, X_POLL, T_POLL);
        return;
    }
    double s = (double)(driver_now(&a->h) - a->open_ms) / 1000;
    values(a)->exposed_s = s < a->seconds ? s : a->seconds;
    slot_good(a->h.slot, (double)NAN); /* its deadline watches the wire meanwhile */
}

static void lost(void *self)
{
    over(self, E_NET, "the wire was lost");
}

static void allsky_close(void *self)
{
    struct allsky *a = self;
    device_frame_free(a->frame);
    free(a);
}

static void *allsky_open(const struct driver_host *host, struct error *err)
{
    (void)err;
    struct allsky *a = mem_zero(sizeof *a);
    a->h = *host;
    char e[2] = {'E', checksum("E", 1)};
    struct exchange_way *way = exchange_way(host->x);
    way->sync = (struct xcmd){
        .reply = REPLY_FIXED, .fixed = 2, .ok = ok_hello, .deadline_ms = 1000, .keep_blanks = true};
    xcmd_bytes(&way->sync, e, 2);
    return a;
}

extern const struct driver_ops driver_allsky340;
const struct driver_ops driver_allsky340 = {.name = "allsky340",
                                            .kind = DEVICE_CAMERA,
                                            .baud = 115200,
                                            .open = allsky_open,
                                            .start = start,
                                            .poll = poll,
                                            .ask = ask,
                                            .lost = lost,
                                            .close = allsky_close};
