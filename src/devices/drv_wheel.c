/* drv_wheel.c - serial filter wheels: QHYCFW2 and 3, Xagyl, Optec IFW, TruTech, Quantum (option type=). A change is over when the wheel
 * says where it stands; none in half a minute is a jam, and nobody should expose. And the wheel that is turned by hand
 * (driver manual, no wire): the observer says what is in.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"

/* A QHYCFW3 looks for its home for up to 25 s when it is switched on. */
enum {
    ANSWER_MS = 2500,
    TURN_MS = 30000,
    BOOT_MS = 2000,
    TRIES = 3,
    HOMING_TRIES = 12,
    IFW_NAME = 8
};

enum type { QHYCFW2, QHYCFW3, XAGYL, IFW, TRUTECH, QUANTUM, MANUAL };
static const char *const type_words[] = {"qhycfw2", "qhycfw3", "xagyl",
                                         "ifw",     "trutech", "quantum"};
enum { TYPES = sizeof type_words / sizeof type_words[0] };
enum tag { T_HELLO, T_SLOTS, T_WHERE, T_GO, T_CHECK, T_POLL };

struct wheel {
    struct driver_host h;
    enum type type;
    double slots;
    int goal, tries;
    bool named; /* names= is configured */
    uint64_t ticket;
    bool ready;
};

static void on_answer(void *self, const struct xreply *r, int tag);

static struct wheel_values *values(struct wheel *w)
{
    return &slot_values(w->h.slot)->wheel;
}

/* ---- shapes */

static int line_rule(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == '\r' || s[i] == '\n')
            return (int)i + 1;
    return n > 100 ? X_WRONG : X_MORE;
}

/* Quantum: lines on the way, then one that begins with P. */
static const char *p_line(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == 'P' && (i == 0 || s[i - 1] == '\n' || s[i - 1] == '\r'))
            return s + i;
    return NULL;
}

static int p_rule(const char *s, size_t n)
{
    const char *p = p_line(s, n);
    int end = p ? line_rule(p, n - (size_t)(p - s)) : X_MORE;
    if (n > 1000)
        return X_WRONG;
    return end > 0 ? (int)(p - s) + end : end;
}

static int frame_rule(const char *s, size_t n)
{
    if (s[0] != '\xA5')
        return X_WRONG;
    return n >= 4 ? 4 : X_MORE;
}

static bool ok_frame(const char *s, size_t n)
{
    return n == 4 && (unsigned char)(s[0] + s[1] + s[2]) == (unsigned char)s[3];
}

static bool ok_hex_digit(const char *s, size_t n)
{
    return n == 1 && strchr("0123456789ABCDEFabcdef", s[0]) && s[0];
}

static bool ok_text(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] > 126)
            return false;
    return n > 0;
}

static void put(struct wheel *w, enum xrank rank, enum tag tag, const char *bytes, size_t n,
                int deadline_ms)
{
    struct xcmd c = {
        .deadline_ms = deadline_ms, .tag = (int)tag, .done = on_answer, .self = w, .ok = ok_text};
    switch (w->type) {
    case QHYCFW2:
    case QHYCFW3:
        c.reply = tag == T_HELLO ? REPLY_FIXED : REPLY_CHAR;
        c.fixed = 8;
        c.ok = tag == T_HELLO ? ok_text : ok_hex_digit;
        break;
    case XAGYL:
    case IFW:
    case QUANTUM:
        c.reply = REPLY_RULE;
        c.rule = w->type == QUANTUM && tag == T_GO ? p_rule : line_rule;
        break;
    case TRUTECH:
    case MANUAL:
        c.reply = REPLY_RULE;
        c.rule = frame_rule;
        c.ok = ok_frame;
        break;
    }
    c.optional = tag == T_HELLO || tag == T_SLOTS;
    xcmd_bytes(&c, bytes, n);
    (void)!exchange_put(w->h.x, rank, &c);
}

static void put_text(struct wheel *w, enum xrank rank, enum tag tag, const char *text, int ms)
{
    put(w, rank, tag, text, strlen(text), ms);
}

static void put_frame(struct wheel *w, enum tag tag, int type, int data, int ms)
{
    unsigned char b[4] = {0xA5, (unsigned char)type, (unsigned char)data, 0};
    b[3] = (unsigned char)(b[0] + b[1] + b[2]);
    put(w, X_USER, tag, (const char *)b, 4, ms);
}

static void ask_where(struct wheel *w, enum xrank rank, enum tag tag)
{
    switch (w->type) {
    case QHYCFW3: put_text(w, rank, tag, "NOW", ANSWER_MS); return;
    case XAGYL: put_text(w, rank, tag, "I2", ANSWER_MS); return;
    case IFW: put_text(w, rank, tag, "WFILTR\n\r", ANSWER_MS); return;
    case TRUTECH: put_frame(w, tag, 2, 0x20, ANSWER_MS); return;
    case QHYCFW2:
    case QUANTUM:
    case MANUAL: return; /* cannot be asked */
    }
}

/* ---- who is there */

static void ready(struct wheel *w)
{
    static const char *const title[] = {"QHYCFW2",
                                        "QHYCFW3",
                                        "Xagyl filter wheel",
                                        "Optec IFW",
                                        "TruTech filter wheel",
                                        "Quantum filter wheel",
                                        "filter wheel turned by hand"};
    struct wheel_values *v = values(w);
    if (w->slots > WHEEL_SLOTS)
        w->slots = WHEEL_SLOTS;
    v->slots = (int)w->slots;
    w->ready = true;
    slot_identity(w->h.slot, 0, "%s, %d slots%s", title[w->type], v->slots,
                  w->type == QHYCFW2 || w->type == QUANTUM
                      ? "; where it stands is known after the first change"
                      : "");
    w->h.ready(w->h.arg);
}

static void hello(struct wheel *w)
{
    switch (w->type) {
    case QHYCFW3: put_text(w, X_USER, T_HELLO, "VRS", ANSWER_MS); return;
    case XAGYL: put_text(w, X_USER, T_HELLO, "I0", ANSWER_MS); return;
    case IFW: put_text(w, X_USER, T_HELLO, "WSMODE\n\r", ANSWER_MS); return;
    case TRUTECH: put_frame(w, T_HELLO, 3, 0x20, TURN_MS); return;
    case QUANTUM: put_text(w, X_USER, T_HELLO, "SN\r\n", ANSWER_MS); return;
    case QHYCFW2:
    case MANUAL: ready(w); return;
    }
}

static void start(void *self, bool again)
{
    struct wheel *w = self;
    (void)again;
    w->tries = 0;
    w->ready = false;
    w->h.later(w->h.arg, w->type == MANUAL ? 0 : BOOT_MS);
}

static void tick(void *self)
{
    struct wheel *w = self;
    if (!w->ready)
        hello(w);
}

static void on_hello(struct wheel *w, const struct xreply *r)
{
    if (r->status == E_CANCELLED)
        return;
    if (r->status != OK && ++w->tries < (w->type == QHYCFW3 ? HOMING_TRIES : TRIES)) {
        hello(w);
        return;
    }
    if (r->status != OK || (w->type == IFW && r->s[0] != '!')) {
        w->h.fail(w->h.arg, true, "nobody answers as a filter wheel of that type does (type=)");
        return;
    }
    if (w->type == TRUTECH) {
        int n = (unsigned char)r->s[2] - 0x30;
        if (n >= 1 && n <= WHEEL_SLOTS)
            w->slots = n;
    }
    if (w->type == QHYCFW3)
        put_text(w, X_USER, T_SLOTS, "MXP", ANSWER_MS);
    if (w->type == XAGYL)
        put_text(w, X_USER, T_SLOTS, "I8", ANSWER_MS);
    if (w->type == IFW)
        put_text(w, X_USER, T_SLOTS, "WREAD\n\r", ANSWER_MS);
    if (w->type == QUANTUM)
        put_text(w, X_USER, T_SLOTS, "EN\r\n", ANSWER_MS);
    else
        ask_where(w, X_USER, T_WHERE);
}

static int digit_in(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] >= '0' && s[i] <= '9')
            return atoi(s + i);
    return -1;
}

/* Where an answer says that it stands: 1 .. slots; 0: it does not say. */
static int place(const struct wheel *w, const struct xreply *r)
{
    int x = 0;
    switch (w->type) {
    case QHYCFW2:
    case QHYCFW3: x = (int)strtol(r->s, NULL, 16) + 1; break;
    case XAGYL: x = r->s[0] == 'P' ? digit_in(r->s, r->n) : 0; break;
    case IFW: x = digit_in(r->s, r->n); break;
    case QUANTUM: {
        const char *p = p_line(r->s, r->n);
        x = p ? digit_in(p, r->n - (size_t)(p - r->s)) + 1 : 0;
        break;
    }
    case TRUTECH: x = (unsigned char)r->s[2] & 0x0F; break;
    case MANUAL: break;
    }
    return x >= 1 && x <= (int)w->slots ? x : 0;
}

/* An IFW knows the names of its filters, 8 characters each; so many it has. */
static int names_in(struct wheel *w, const char *s, size_t size)
{
    struct wheel_values *v = values(w);
    int n = (int)(strcspn(s, "\r\n") / IFW_NAME);
    if (size < IFW_NAME || s[0] == 'E')
        return 0;
    for (int i = 0; i < n && i < WHEEL_SLOTS && !w->named; i++) {
        int k = IFW_NAME;
        while (k && s[i * IFW_NAME + k - 1] == ' ')
            k--;
        snprintf(v->name[i], WHEEL_NAME, "%.*s", k, s + i * IFW_NAME);
    }
    return n;
}

static void on_slots(struct wheel *w, const struct xreply *r)
{
    int n = w->type == IFW       ? names_in(w, r->s, r->n)
            : w->type == QHYCFW3 ? (int)strtol(r->s, NULL, 16)
                                 : digit_in(r->s, r->n);
    if (r->status == OK && n >= 1 && n <= WHEEL_SLOTS)
        w->slots = n;
    if (w->type == QUANTUM && r->status != E_CANCELLED)
        ready(w);
}

/* ---- changes */

static void over(struct wheel *w, enum status status, const char *text)
{
    uint64_t ticket = w->ticket;
    w->ticket = 0;
    values(w)->moving = false;
    if (status == E_DEVICE)
        slot_say(w->h.slot, '!', text);
    if (ticket)
        slot_done(w->h.slot, ticket, status, text);
}

static void go(struct wheel *w)
{
    char t[24];
    switch (w->type) {
    case QHYCFW2:
    case QHYCFW3: snprintf(t, sizeof t, "%X", (unsigned)(w->goal - 1) & 0xF); break;
    case XAGYL: snprintf(t, sizeof t, "G%d", w->goal); break;
    case IFW: snprintf(t, sizeof t, "WGOTO%d\n\r", w->goal); break;
    case QUANTUM: snprintf(t, sizeof t, "G%d\r\n", w->goal - 1); break;
    case TRUTECH: put_frame(w, T_GO, 1, w->goal, TURN_MS); return;
    case MANUAL: return;
    }
    put_text(w, X_USER, T_GO, t, TURN_MS);
}

static void arrived(struct wheel *w, int at)
{
    char text[100];
    values(w)->slot = at;
    if (at == w->goal) {
        over(w, OK, "the filter is in");
        return;
    }
    snprintf(text, sizeof text, "FILTER WHEEL: it stands at %d, not at %d: do not expose", at,
             w->goal);
    over(w, E_DEVICE, text);
}

static void on_go(struct wheel *w, const struct xreply *r)
{
    if (r->status == E_CANCELLED) {
        over(w, E_CANCELLED, "stopped");
    } else if (r->status == OK && w->type == IFW && r->s[0] == 'E') {
        char text[100];
        snprintf(text, sizeof text, "FILTER WHEEL: %s (%.*s): do not expose",
                 strncmp(r->s, "ER=1", 4) == 0 ? "it is stuck" : "it refused to turn",
                 (int)strcspn(r->s, "\r\n"), r->s);
        values(w)->slot = 0;
        over(w, E_DEVICE, text);
    } else if (r->status != OK) {
        values(w)->slot = 0;
        over(w, E_DEVICE, "FILTER WHEEL JAMMED: it did not arrive in 30 s: do not expose");
    } else if (w->type == QHYCFW2 || w->type == QUANTUM) {
        arrived(w, place(w, r));
    } else {
        ask_where(w, X_USER, T_CHECK);
    }
}

static void on_answer(void *self, const struct xreply *r, int tag)
{
    struct wheel *w = self;
    switch ((enum tag)tag) {
    case T_HELLO: on_hello(w, r); return;
    case T_SLOTS: on_slots(w, r); return;
    case T_WHERE:
        if (r->status == OK)
            values(w)->slot = place(w, r);
        if (r->status != E_CANCELLED)
            ready(w);
        return;
    case T_GO: on_go(w, r); return;
    case T_CHECK:
        if (r->status == OK)
            arrived(w, place(w, r));
        else
            over(w, E_DEVICE, "FILTER WHEEL: it does not say where it stands: do not expose");
        return;
    case T_POLL:
        if (r->status == OK && !w->ticket)
            values(w)->slot = place(w, r);
        return;
    }
}

static void poll(void *self)
{
    struct wheel *w = self;
    if (w->type == MANUAL || w->type == QHYCFW2 || w->type == QUANTUM)
        slot_good(w->h.slot, (double)NAN);
    else if (!w->ticket && exchange_waiting(w->h.x, X_POLL) == 0)
        ask_where(w, X_POLL, T_POLL);
    else if (w->ticket)
        slot_good(w->h.slot, (double)NAN); /* turning; the deadline watches */
}

static enum status ask(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err)
{
    struct wheel *w = self;
    struct wheel_values *v = values(w);
    if (r->verb == ASK_STOP) { /* none of them can be stopped: it comes to rest by itself */
        slot_done(w->h.slot, ticket, OK, "a wheel ends its turn by itself");
        return OK;
    }
    if (r->verb != ASK_FILTER)
        return driver_no(&w->h, r, err);
    if (r->n < 1 || r->n > v->slots)
        return err_set(err, E_RANGE, "slot %d is not in 1 .. %d", r->n, v->slots);
    if (w->ticket)
        return err_set(err, E_BUSY, "it is turning");
    w->goal = v->target = r->n;
    w->ticket = ticket;
    if (w->type == MANUAL) {
        arrived(w, r->n);
        return OK;
    }
    v->moving = true;
    go(w);
    return OK;
}

static void lost(void *self)
{
    struct wheel *w = self;
    over(w, E_NET, "the wire was lost: where the wheel stands is not known");
}

/* names=L,R,G,B */
static void read_names(struct wheel *w)
{
    const char *p = device_config_value(w->h.config, "names", "");
    struct wheel_values *v = values(w);
    w->named = *p != 0;
    for (int i = 0; i < WHEEL_SLOTS && *p; i++) {
        size_t n = strcspn(p, ",");
        size_t cut = utf8_cut(p, n, WHEEL_NAME - 1);
        if (cut < WHEEL_NAME)
            snprintf(v->name[i], WHEEL_NAME, "%.*s", (int)cut, p);
        p += n + (p[n] == ',');
    }
}

static void *wheel_new(const struct driver_host *host, enum type type, struct error *err)
{
    struct wheel *w = mem_zero(sizeof *w);
    w->h = *host;
    w->type = type;
    if (driver_number(host, "slots",
                      type == QUANTUM                                   ? 7
                      : type == IFW || type == XAGYL || type == QHYCFW2 ? 5
                                                                        : 8,
                      1, WHEEL_SLOTS, &w->slots, err) != OK) {
        free(w);
        return NULL;
    }
    struct exchange_way *way = exchange_way(host->x);
    way->blanks = true;
    way->gap_ms = 20;
    read_names(w);
    return w;
}

static void *wheel_open(const struct driver_host *host, struct error *err)
{
    const char *t = device_config_value(host->config, "type", "");
    for (int i = 0; i < TYPES; i++)
        if (strcmp(type_words[i], t) == 0)
            return wheel_new(host, (enum type)i, err);
    err_set(err, E_RANGE, "type=%.20s is none of: qhycfw2 qhycfw3 xagyl ifw trutech quantum", t);
    return NULL;
}

static void *manual_open(const struct driver_host *host, struct error *err)
{
    return wheel_new(host, MANUAL, err);
}

static int wheel_speed(const struct device_config *c)
{
    return strcmp(device_config_value(c, "type", ""), "ifw") == 0 ? 19200 : 9600;
}

static const char *const options[] = {"type", "slots", "names", NULL};
static const char *const manual_options[] = {"slots", "names", NULL};
extern const struct driver_ops driver_wheel, driver_manual;
const struct driver_ops driver_wheel = {.name = "wheel",
                                        .kind = DEVICE_WHEEL,
                                        .baud = 9600,
                                        .speed = wheel_speed,
                                        .options = options,
                                        .open = wheel_open,
                                        .start = start,
                                        .poll = poll,
                                        .tick = tick,
                                        .ask = ask,
                                        .lost = lost,
                                        .close = free};
const struct driver_ops driver_manual = {.name = "manual",
                                         .kind = DEVICE_WHEEL,
                                         .wireless = true,
                                         .options = manual_options,
                                         .open = manual_open,
                                         .start = start,
                                         .poll = poll,
                                         .tick = tick,
                                         .ask = ask,
                                         .lost = lost,
                                         .close = free};
