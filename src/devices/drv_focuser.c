/* drv_focuser.c - three focusers of one kind, who tell of a move only when it is over: Robofocus (frames of 9 bytes; any byte
 * stops its motor, so that it is not asked while it moves), Lakeside and Optec TCF-S (which know steps in and out: a position
 * is gone to by the difference). From: RoboFocus' serial commands, Lakeside's and Optec's manuals; where these leave a
 * blank open, what INDI's drivers send (tests/peers/indi_drivers.sh has them in front of sim_focuser.c).
 * Not: Moonlite's language (drv_moonlite.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

enum { ANSWER_MS = 1500, MOVE_MS = 180000, BOOT_MS = 500, TRIES = 3, TEMPERATURE_POLLS = 30 };
enum { FRAME = 9 };

enum type { ROBOFOCUS, LAKESIDE, TCFS };
enum tag { T_HELLO, T_READY, T_POSITION, T_TEMPERATURE, T_GO, T_CHECK };

/* What differs. `stop` "": it cannot be stopped. top: the longest travel, unless max= says less. */
static const struct row {
    const char *title, *hello, *where, *temperature, *stop, *evidence;
    int top;
} table[] = {
    [ROBOFOCUS] = {"Robofocus", "FV000000", "FG000000", "FT000000", "\r", "answers FV", 65535},
    [LAKESIDE] = {"Lakeside focuser", "??#", "?P#", "?T#", "CH#", "answers ??# with OK", 65535},
    [TCFS] = {"Optec TCF-S", "FMMODE", "FPOSRO", "FTMPRO", "", "answers FMMODE with !", 7000}};

struct focuser {
    struct driver_host h;
    enum type type;
    const struct row *row;
    double max, backlash;
    int tries, polls;
    char version[8];
    bool ready;
    uint64_t ticket;
    int goal, via; /* via: the point beyond, from which the last approach starts; -1 none */
};

static void on_answer(void *self, const struct xreply *r, int tag);

static struct focuser_values *values(struct focuser *f)
{
    return &slot_values(f->h.slot)->focuser;
}

/* ---- shapes */

static bool sums_up(const char *s, size_t n)
{
    unsigned char sum = 0;
    for (size_t i = 0; i < FRAME - 1 && i < n; i++)
        sum = (unsigned char)(sum + (unsigned char)s[i]);
    return n == FRAME && s[0] == 'F' && sum == (unsigned char)s[FRAME - 1];
}

static int line_rule(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == '\r' || s[i] == '\n')
            return (int)i + 1;
    return n > 40 ? X_WRONG : X_MORE;
}

/* Lakeside: OK#, its positions on the way, DONE#; or !# at once. */
static int done_rule(const char *s, size_t n)
{
    if (s[0] == '!')
        return n < 2 ? X_MORE : s[1] == '#' ? 2 : X_WRONG;
    for (size_t i = 5; i <= n; i++)
        if (memcmp(s + i - 5, "DONE#", 5) == 0)
            return (int)i;
    return X_MORE;
}

static bool number(const char *s, size_t n, size_t skip, double *x)
{
    char t[16];
    if (n <= skip || n - skip >= sizeof t)
        return false;
    memcpy(t, s + skip, n - skip);
    t[n - skip] = 0;
    t[strcspn(t, "\r\n ")] = 0;
    return str_num(t, x);
}

/* Where an answer says that it stands. */
static bool position_in(const struct focuser *f, const char *s, size_t n, double *x)
{
    switch (f->type) {
    case ROBOFOCUS: return s[1] == 'D' && number(s, n - 1, 2, x);
    case LAKESIDE: return s[0] == 'P' && number(s, n, 1, x);
    case TCFS: return s[0] == 'P' && s[1] == '=' && number(s, n, 2, x);
    }
    return false;
}

static bool ok_robofocus(const char *s, size_t n)
{
    double x;
    return sums_up(s, n) && s[1] == 'D' && number(s, n - 1, 2, &x);
}

static bool ok_lakeside(const char *s, size_t n)
{
    double x;
    return n > 1 && s[0] == 'P' && number(s, n, 1, &x);
}

static bool ok_tcfs(const char *s, size_t n)
{
    double x;
    return n > 2 && s[0] == 'P' && s[1] == '=' && number(s, n, 2, &x);
}

/* ---- questions */

static struct xcmd question(struct focuser *f, enum tag tag, const char *text)
{
    static bool (*const ok[])(const char *, size_t) = {ok_robofocus, ok_lakeside, ok_tcfs};
    struct xcmd c = {.deadline_ms = tag == T_GO ? MOVE_MS : ANSWER_MS,
                     .tag = (int)tag,
                     .done = on_answer,
                     .self = f,
                     .optional = tag == T_HELLO || tag == T_TEMPERATURE};
    bool place = tag == T_READY || tag == T_POSITION || tag == T_CHECK;
    char out[16];
    size_t n = strlen(text);
    memcpy(out, text, n);
    switch (f->type) {
    case ROBOFOCUS:
        c.reply = REPLY_FIXED;
        c.fixed = FRAME;
        c.ok = place || tag == T_GO ? ok_robofocus : sums_up;
        out[n] = 0;
        for (size_t i = 0; i < n; i++)
            out[n] = (char)(out[n] + out[i]);
        n++;
        break;
    case LAKESIDE:
        c.reply = tag == T_GO ? REPLY_RULE : REPLY_HASH;
        c.rule = done_rule;
        break;
    case TCFS:
        c.reply = REPLY_RULE;
        c.rule = line_rule;
        break;
    }
    if (place)
        c.ok = ok[f->type];
    xcmd_bytes(&c, out, n);
    return c;
}

static void put(struct focuser *f, enum xrank rank, enum tag tag, const char *text)
{
    struct xcmd c = question(f, tag, text);
    (void)!exchange_put(f->h.x, rank, &c);
}

/* ---- who is there */

static void start(void *self, bool again)
{
    struct focuser *f = self;
    (void)again;
    f->tries = 0;
    f->ready = false;
    f->h.later(f->h.arg, BOOT_MS);
}

static void tick(void *self)
{
    struct focuser *f = self;
    if (!f->ready)
        put(f, X_USER, T_HELLO, f->row->hello);
}

static void on_hello(struct focuser *f, const struct xreply *r)
{
    bool his = r->status == OK;
    if (r->status == E_CANCELLED)
        return;
    if (his && f->type == ROBOFOCUS)
        his = r->s[1] == 'V';
    else if (his)
        his = strncmp(r->s, f->type == TCFS ? "!" : "OK", f->type == TCFS ? 1 : 2) == 0;
    if (!his && ++f->tries < TRIES) {
        put(f, X_USER, T_HELLO, f->row->hello);
        return;
    }
    if (!his) {
        char text[80];
        snprintf(text, sizeof text, "nobody answers %s as a %s does", f->row->hello, f->row->title);
        f->h.fail(f->h.arg, true, text);
        return;
    }
    f->version[0] = 0;
    if (f->type == ROBOFOCUS)
        snprintf(f->version, sizeof f->version, "%.6s", r->s + 2);
    for (char *p = f->version; *p; p++)
        *p = *p > ' ' && *p < 127 ? *p : '?';
    put(f, X_USER, T_TEMPERATURE, f->row->temperature);
    put(f, X_USER, T_READY, f->row->where);
}

static void on_ready(struct focuser *f, const struct xreply *r)
{
    struct focuser_values *v = values(f);
    double x = 0;
    if (r->status == E_CANCELLED)
        return;
    if (r->status != OK || !position_in(f, r->s, r->n, &x)) {
        f->h.fail(f->h.arg, true, "it does not tell its position");
        return;
    }
    v->position = v->target = (int)lround(x);
    v->max = (int)f->max;
    f->ready = true;
    slot_identity(f->h.slot,
                  CAN_ABSOLUTE | (*f->row->stop ? CAN_ABORT : 0u) |
                      (isfinite(v->temp_degc) ? CAN_TEMPERATURE : 0u),
                  "%s%s%s (%s)", f->row->title, *f->version ? ", firmware " : "", f->version,
                  f->row->evidence);
    f->h.ready(f->h.arg);
}

static void on_temperature(struct focuser *f, const struct xreply *r)
{
    double x, *t = &values(f)->temp_degc;
    if (r->status != OK)
        return;
    if (f->type == ROBOFOCUS && r->s[1] == 'T' && number(r->s, r->n - 1, 2, &x))
        *t = x / 2 - 273.15;
    else if (f->type == LAKESIDE && r->s[0] == 'T' && number(r->s, r->n, 1, &x))
        *t = x / 2;
    else if (f->type == TCFS && r->s[0] == 'T' && number(r->s, r->n, 2, &x))
        *t = x;
}

/* ---- moves */

static void over(struct focuser *f, enum status status, const char *text)
{
    uint64_t ticket = f->ticket;
    f->ticket = 0;
    values(f)->moving = false;
    if (ticket)
        slot_done(f->h.slot, ticket, status, text);
}

static void go(struct focuser *f)
{
    char t[16];
    int to = f->via >= 0 ? f->via : f->goal, by = to - values(f)->position;
    if (f->type != ROBOFOCUS && by == 0) {
        put(f, X_USER, T_CHECK, f->row->where);
        return;
    }
    if (f->type == ROBOFOCUS)
        snprintf(t, sizeof t, "FG%06d", to);
    else if (f->type == LAKESIDE)
        snprintf(t, sizeof t, "C%c%d#", by < 0 ? 'I' : 'O', abs(by));
    else
        snprintf(t, sizeof t, "F%c%04d", by < 0 ? 'I' : 'O', abs(by));
    values(f)->moving = true;
    put(f, X_USER, T_GO, t);
}

static void on_go(struct focuser *f, const struct xreply *r)
{
    char text[80];
    bool refused = r->status == OK && (r->s[0] == '!' || r->s[0] == 'E');
    if (r->status == E_CANCELLED || !f->ticket)
        return;
    if (refused) {
        snprintf(text, sizeof text, "it refused the move (%.*s)", (int)strcspn(r->s, "\r\n#"),
                 r->s);
        over(f, E_DEVICE, text);
    } else if (r->status != OK) {
        over(f, E_DEVICE, "it did not say that it arrived");
    } else {
        put(f, X_USER, T_CHECK, f->row->where);
    }
}

static void on_check(struct focuser *f, const struct xreply *r)
{
    double x;
    char text[80];
    int want = f->via >= 0 ? f->via : f->goal;
    if (r->status == OK && position_in(f, r->s, r->n, &x))
        values(f)->position = (int)lround(x);
    if (!f->ticket || r->status == E_CANCELLED)
        return;
    if (r->status != OK) {
        over(f, E_DEVICE, "it moved, and does not tell where it stands");
    } else if (values(f)->position != want) {
        snprintf(text, sizeof text, "it stopped at %d, not at %d", values(f)->position, want);
        over(f, E_DEVICE, text);
    } else if (f->via >= 0) {
        f->via = -1;
        go(f);
    } else {
        over(f, OK, "in focus position");
    }
}

static void on_answer(void *self, const struct xreply *r, int tag)
{
    struct focuser *f = self;
    double x;
    switch ((enum tag)tag) {
    case T_HELLO: on_hello(f, r); return;
    case T_READY: on_ready(f, r); return;
    case T_POSITION:
        if (r->status == OK && position_in(f, r->s, r->n, &x))
            values(f)->position = (int)lround(x);
        return;
    case T_TEMPERATURE: on_temperature(f, r); return;
    case T_GO: on_go(f, r); return;
    case T_CHECK: on_check(f, r); return;
    }
}

static void poll(void *self)
{
    struct focuser *f = self;
    if (f->ticket) { /* it would stop, or answer late; the move's deadline watches */
        slot_good(f->h.slot, (double)NAN);
        return;
    }
    if (exchange_waiting(f->h.x, X_POLL))
        return;
    put(f, X_POLL, T_POSITION, f->row->where);
    if (f->polls++ % TEMPERATURE_POLLS == 0)
        put(f, X_POLL, T_TEMPERATURE, f->row->temperature);
}

static size_t halt(void *self, struct xcmd c[HALT_MOST])
{
    struct focuser *f = self;
    c[0] = (struct xcmd){.reply = REPLY_NONE};
    xcmd_text(&c[0], "%s", f->row->stop);
    return *f->row->stop ? 1 : 0;
}

static void stop(struct focuser *f)
{
    struct xcmd c[HALT_MOST];
    bool moved = f->ticket != 0;
    exchange_stop(f->h.x, c, halt(f, c));
    over(f, E_CANCELLED, "stopped");
    if (moved)
        exchange_out_of_step(f->h.x, "stopped: what still comes of the move is passed over");
}

static enum status ask(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err)
{
    struct focuser *f = self;
    struct focuser_values *v = values(f);
    if (r->verb == ASK_STOP && !*f->row->stop) {
        slot_done(f->h.slot, ticket, OK, "it has no stop: it ends its move by itself");
        return OK;
    }
    if (r->verb == ASK_STOP || (r->verb == ASK_ABORT && *f->row->stop)) {
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
        return err_set(err, E_BUSY, *f->row->stop ? "it is moving; abort first" : "it is moving");
    f->ticket = ticket;
    f->goal = v->target = goal;
    f->via = -1;
    if (f->backlash > 0 && goal < v->position && goal - (int)f->backlash >= 0)
        f->via = goal - (int)f->backlash;
    go(f);
    return OK;
}

static void lost(void *self)
{
    over(self, E_NET, "the wire was lost");
}

/* A TCF-S is given back to its own keys. */
static void focuser_close(void *self)
{
    struct focuser *f = self;
    f->ticket = 0;
    if (f->type == TCFS && f->ready)
        f->h.write(f->h.arg, "FFMODE", 6);
    free(f);
}

static void *focuser_new(const struct driver_host *host, enum type type, struct error *err)
{
    struct focuser *f = mem_zero(sizeof *f);
    f->h = *host;
    f->type = type;
    f->row = &table[type];
    f->via = -1;
    if (driver_number(host, "max", f->row->top, 1, f->row->top, &f->max, err) != OK ||
        driver_number(host, "backlash", 0, 0, 10000, &f->backlash, err) != OK) {
        free(f);
        return NULL;
    }
    values(f)->temp_degc = (double)NAN;
    struct exchange_way *way = exchange_way(host->x);
    way->blanks = true;
    way->gap_ms = 20;
    way->noise = type == ROBOFOCUS ? "IO" : "";
    way->sync = question(f, T_POSITION, f->row->where);
    way->sync.done = NULL;
    return f;
}

static void *robofocus_open(const struct driver_host *host, struct error *err)
{
    return focuser_new(host, ROBOFOCUS, err);
}

static void *lakeside_open(const struct driver_host *host, struct error *err)
{
    return focuser_new(host, LAKESIDE, err);
}

static void *tcfs_open(const struct driver_host *host, struct error *err)
{
    return focuser_new(host, TCFS, err);
}

static const char *const options[] = {"max", "backlash", NULL};
#define FOCUSER(word, speed, opens)                                                                \
    {                                                                                              \
        .name = word, .kind = DEVICE_FOCUSER, .baud = speed, .options = options, .open = opens,    \
        .start = start, .poll = poll, .tick = tick, .ask = ask, .halt = halt, .lost = lost,        \
        .close = focuser_close                                                                     \
    }
extern const struct driver_ops driver_robofocus, driver_lakeside, driver_tcfs;
const struct driver_ops driver_robofocus = FOCUSER("robofocus", 9600, robofocus_open);
const struct driver_ops driver_lakeside = FOCUSER("lakeside", 9600, lakeside_open);
const struct driver_ops driver_tcfs = FOCUSER("tcfs", 19200, tcfs_open);
