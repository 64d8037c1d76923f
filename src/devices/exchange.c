/* exchange.c - see exchange.h. Not: what the bytes mean.
 */
#include "exchange.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"

enum {
    QUEUE = 64,   /* questions of one rank that may wait */
    PENDING = 12, /* one, and the stops that were written while its answer was due */
    SILENCE_MS = 300,
    NOISE_MS = 3000, /* one that never falls silent is asked all the same */
    MISSES = 2
};

enum state { X_OPEN, X_DRAIN, X_SYNC, X_GONE };

struct queue {
    struct xcmd at[QUEUE];
    size_t head, n;
};

struct pending {
    struct xcmd c;
    int64_t sent_ms, due_ms, quiet_ms; /* quiet_ms: whole if nothing comes until then; -1 */
    bool sync;
};

struct exchange {
    struct exchange_way way;
    struct queue queue[X_RANKS];
    struct pending pending[PENDING];
    size_t n_pending;
    enum state state;
    int64_t send_ms;            /* not before */
    int64_t drain_ms, heard_ms; /* drained since; last byte */
    int misses;                 /* answers in a row that did not come, or not as they should */
    bool doubted, running, again;
    size_t bytes, unprintable;
    struct str got;
};

static int64_t now(const struct exchange *x)
{
    return CLOCK_MS(slot_clock(x->way.slot));
}

struct exchange *exchange_new(const struct exchange_way *way)
{
    struct exchange *x = mem_zero(sizeof *x);
    x->way = *way;
    x->got.max = X_ANSWER + 1;
    return x;
}

void exchange_free(struct exchange *x)
{
    if (!x)
        return;
    str_clear(&x->got);
    free(x);
}

struct exchange_way *exchange_way(struct exchange *x)
{
    return &x->way;
}

void xcmd_bytes(struct xcmd *c, const void *bytes, size_t n)
{
    ensure(n <= X_OUT);
    memcpy(c->out, bytes, n);
    c->n = n;
}

void xcmd_text(struct xcmd *c, const char *fmt, ...)
{
    char text[X_OUT + 1];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ensure(n >= 0 && n <= X_OUT);
    xcmd_bytes(c, text, (size_t)n);
}

static void tell(struct exchange *x, const struct xcmd *c, enum status status, const char *s,
                 size_t n, int64_t sent_ms)
{
    struct xreply r = {status, s, n, (double)(now(x) - sent_ms), sent_ms};
    if (c->done)
        c->done(c->self, &r, c->tag);
}

static bool take(struct queue *q, struct xcmd *c)
{
    if (!q->n)
        return false;
    *c = q->at[q->head];
    q->head = (q->head + 1) % QUEUE;
    q->n--;
    return true;
}

static void cancel_queue(struct exchange *x, enum xrank rank)
{
    struct xcmd c;
    while (take(&x->queue[rank], &c))
        tell(x, &c, E_CANCELLED, "", 0, now(x));
}

static void pending_drop(struct exchange *x, size_t i)
{
    x->n_pending--;
    memmove(&x->pending[i], &x->pending[i + 1], (x->n_pending - i) * sizeof x->pending[0]);
}

static void send(struct exchange *x, const struct xcmd *c, bool sync)
{
    int64_t t = now(x);
    slot_wire(x->way.slot, true, c->out, c->n);
    x->send_ms = t + x->way.gap_ms;
    if (c->reply != REPLY_NONE && x->n_pending < PENDING)
        x->pending[x->n_pending++] = (struct pending){*c, t, t + c->deadline_ms, -1, sync};
    x->way.write(x->way.arg, c->out, c->n);
    if (c->reply == REPLY_NONE)
        tell(x, c, OK, "", 0, t);
}

/* Answers and questions no longer belong together: all that is due is lost. */
static void fall_out(struct exchange *x, enum status status)
{
    struct pending lost[PENDING];
    size_t n = x->n_pending;
    memcpy(lost, x->pending, n * sizeof *lost);
    x->n_pending = 0;
    str_reset(&x->got);
    x->got.over = false;
    if (x->state != X_GONE)
        x->state = X_DRAIN;
    x->drain_ms = x->heard_ms = now(x);
    for (size_t i = 0; i < n; i++)
        tell(x, &lost[i].c, i ? E_TIMEOUT : status, "", 0, lost[i].sent_ms);
}

static void miss(struct exchange *x)
{
    char why[120];
    if (++x->misses < MISSES || x->state == X_GONE)
        return;
    x->state = X_GONE;
    snprintf(why, sizeof why, "%d questions in a row without an answer that fits", x->misses);
    x->way.silent(x->way.arg, why);
}

/* What is sent, for a sentence: text as it is, bytes in hex. */
static void show(const char *s, size_t n, char out[40])
{
    size_t at = 0;
    out[0] = 0;
    for (size_t i = 0; i < n && at < 34; i++)
        at += (size_t)snprintf(out + at, 40 - at, s[i] > ' ' && s[i] < 127 ? "%c" : "\\x%02X",
                               (unsigned char)s[i]);
}

static void wrong(struct exchange *x, const struct pending *p)
{
    char asked[40], came[40];
    show(p->c.out, p->c.n, asked);
    show(str_c(&x->got), x->got.n, came);
    slot_bad(x->way.slot, "%s was answered %s: not its shape, discarded", asked, came);
    fall_out(x, E_PARSE);
    miss(x);
}

/* The first n bytes are the answer of the head; `#` included or not is the shape's business. */
static void answered(struct exchange *x, size_t n, size_t text_n)
{
    struct pending p = x->pending[0];
    char *copy = mem_alloc(text_n + 1); /* answers may hold zeros */
    memcpy(copy, x->got.s, text_n);
    copy[text_n] = 0;
    if (p.c.ok && !p.c.ok(copy, text_n)) {
        free(copy);
        wrong(x, &p);
        return;
    }
    memmove(x->got.s, x->got.s + n, x->got.n - n);
    x->got.n -= n;
    x->got.s[x->got.n] = 0;
    pending_drop(x, 0);
    x->misses = 0;
    x->doubted = false;
    if (p.sync)
        x->state = X_OPEN;
    tell(x, &p.c, OK, copy, text_n, p.sent_ms);
    free(copy);
    if (!x->doubted)
        slot_good(x->way.slot, (double)(now(x) - p.sent_ms));
}

/* An echo of what was sent stands before the answer: true if something was passed over. */
static bool pass_over(struct exchange *x)
{
    size_t n = 0;
    bool keep = x->n_pending && x->pending[0].c.keep_blanks;
    while (x->way.blanks && !keep && n < x->got.n && strchr("\r\n ", x->got.s[n]) && x->got.s[n])
        n++;
    while (x->way.noise && n < x->got.n && x->got.s[n] && strchr(x->way.noise, x->got.s[n]))
        n++;
    if (n == 0 && x->way.mark && x->got.n && x->got.s[0] == x->way.mark) {
        const char *end = memchr(x->got.s, '#', x->got.n);
        n = end ? (size_t)(end - x->got.s) + 1 : 0;
    }
    if (!n)
        return false;
    memmove(x->got.s, x->got.s + n, x->got.n - n);
    x->got.n -= n;
    x->got.s[x->got.n] = 0;
    return true;
}

/* How much of what came is the head's answer. */
static int whole(const struct exchange *x, const struct xcmd *c, size_t *text_n)
{
    size_t n = x->got.n;
    const char *end;
    *text_n = n;
    switch (c->reply) {
    case REPLY_CHAR: *text_n = 1; return n ? 1 : X_MORE;
    case REPLY_FIXED: *text_n = (size_t)c->fixed; return n >= (size_t)c->fixed ? c->fixed : X_MORE;
    case REPLY_HASH:
        end = memchr(x->got.s, '#', n);
        *text_n = end ? (size_t)(end - x->got.s) : 0;
        return end ? (int)*text_n + 1 : X_MORE;
    case REPLY_RULE: {
        int got = c->rule(x->got.s, n);
        *text_n = got > 0 ? (size_t)got : n;
        return got;
    }
    case REPLY_NONE: break;
    }
    return X_WRONG;
}

static void digest(struct exchange *x)
{
    while (x->got.n && x->n_pending) {
        struct pending *p = &x->pending[0];
        size_t text_n;
        if (pass_over(x))
            continue;
        if (x->way.mark && x->got.s[0] == x->way.mark)
            return; /* an echo that is not yet whole */
        int n = x->got.over ? X_WRONG : whole(x, &p->c, &text_n);
        if (n > 0) {
            answered(x, (size_t)n, text_n);
            continue;
        }
        if (n == X_WRONG)
            wrong(x, p);
        else
            p->quiet_ms = n == X_QUIET ? now(x) + p->c.quiet_ms : -1;
        return;
    }
    if (x->got.n && !x->n_pending && x->state == X_OPEN) {
        while (x->got.n && pass_over(x))
            continue;
        if (x->got.n) {
            char came[40];
            show(x->got.s, x->got.n, came);
            slot_bad(x->way.slot, "%s came unasked, discarded", came);
        }
        str_reset(&x->got);
    }
}

void exchange_feed(struct exchange *x, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    slot_wire(x->way.slot, false, bytes, n);
    x->heard_ms = now(x);
    x->bytes += n;
    for (size_t i = 0; i < n; i++)
        x->unprintable += (b[i] < ' ' && b[i] != '\r' && b[i] != '\n') || b[i] > 0x7E;
    if (x->state == X_DRAIN || x->state == X_GONE)
        return;
    str_addn(&x->got, bytes, n);
    digest(x);
    exchange_tick(x);
}

static void head_is_due(struct exchange *x)
{
    struct pending *p = &x->pending[0];
    int64_t t = now(x);
    if (p->quiet_ms >= 0 && t >= p->quiet_ms && x->got.n) {
        answered(x, x->got.n, x->got.n);
        return;
    }
    if (t < p->due_ms)
        return;
    if (p->c.optional && !x->got.n) {
        struct pending gone = *p;
        pending_drop(x, 0);
        tell(x, &gone.c, E_TIMEOUT, "", 0, gone.sent_ms);
        return;
    }
    char asked[40], came[40];
    show(p->c.out, p->c.n, asked);
    show(str_c(&x->got), x->got.n, came);
    slot_bad(x->way.slot, "no whole answer to %s within %d ms%s%s", asked, p->c.deadline_ms,
             x->got.n ? ", only " : "", came);
    fall_out(x, E_TIMEOUT);
    miss(x);
}

static void drain_over(struct exchange *x)
{
    int64_t t = now(x);
    if (t < x->heard_ms + SILENCE_MS && t < x->drain_ms + NOISE_MS)
        return;
    str_reset(&x->got);
    if (!x->way.sync.n) {
        x->state = X_OPEN;
        return;
    }
    x->state = X_SYNC;
    send(x, &x->way.sync, true);
}

/* The next question, if one may go. */
static bool send_next(struct exchange *x)
{
    struct xcmd c;
    if (now(x) < x->send_ms)
        return false;
    bool wait = x->way.one_by_one && x->n_pending;
    if (!wait && take(&x->queue[X_STOP], &c)) {
        send(x, &c, false);
        return true;
    }
    if (x->state != X_OPEN || x->n_pending)
        return false;
    if (!take(&x->queue[X_USER], &c) && !take(&x->queue[X_POLL], &c))
        return false;
    send(x, &c, false);
    return true;
}

static int64_t until(int64_t least, int64_t when, int64_t t)
{
    int64_t wait = when > t ? when - t : 0;
    return least < 0 || wait < least ? wait : least;
}

static int64_t next_wake(const struct exchange *x)
{
    int64_t t = now(x), least = -1;
    bool more = (x->queue[X_STOP].n && !(x->way.one_by_one && x->n_pending)) ||
                (x->state == X_OPEN && !x->n_pending && (x->queue[X_USER].n || x->queue[X_POLL].n));
    if (x->n_pending)
        least = until(least, x->pending[0].due_ms, t);
    if (x->n_pending && x->pending[0].quiet_ms >= 0)
        least = until(least, x->pending[0].quiet_ms, t);
    if (x->state == X_DRAIN)
        least = until(least, x->heard_ms + SILENCE_MS, t);
    if (more)
        least = until(least, x->send_ms, t);
    return least;
}

int64_t exchange_tick(struct exchange *x)
{
    if (x->running) { /* called from inside a `done`: the outer call goes round once more */
        x->again = true;
        return 0;
    }
    x->running = true;
    do {
        x->again = false;
        if (x->n_pending)
            head_is_due(x);
        if (x->state == X_DRAIN)
            drain_over(x);
        while (send_next(x))
            continue;
    } while (x->again);
    x->running = false;
    return next_wake(x);
}

enum status exchange_put(struct exchange *x, enum xrank rank, const struct xcmd *c)
{
    struct queue *q = &x->queue[rank];
    if (q->n == QUEUE)
        return E_BUSY;
    q->at[(q->head + q->n++) % QUEUE] = *c;
    return OK;
}

void exchange_stop(struct exchange *x, const struct xcmd *c, size_t n)
{
    cancel_queue(x, X_USER);
    cancel_queue(x, X_POLL);
    x->queue[X_STOP].n = 0;
    if (n)
        send(x, &c[0], false);
    for (size_t i = 1; i < n; i++)
        (void)!exchange_put(x, X_STOP, &c[i]);
    exchange_tick(x);
}

void exchange_reset(struct exchange *x)
{
    fall_out(x, E_CANCELLED);
    for (int r = 0; r < X_RANKS; r++)
        cancel_queue(x, (enum xrank)r);
    for (int r = 0; r < X_RANKS; r++)
        x->queue[r].n = 0;
    x->state = X_OPEN;
    x->misses = 0;
    x->bytes = x->unprintable = 0;
    x->send_ms = 0;
}

size_t exchange_waiting(const struct exchange *x, enum xrank rank)
{
    size_t n = x->queue[rank].n;
    return n + (rank == X_POLL ? x->n_pending : 0);
}

static void PRINTF(2, 0) bad(struct exchange *x, const char *fmt, va_list ap)
{
    char why[200];
    vsnprintf(why, sizeof why, fmt, ap);
    x->doubted = true;
    slot_bad(x->way.slot, "%s", why);
}

void exchange_doubt(struct exchange *x, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    bad(x, fmt, ap);
    va_end(ap);
}

void exchange_out_of_step(struct exchange *x, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    bad(x, fmt, ap);
    va_end(ap);
    fall_out(x, E_PARSE);
    miss(x);
}

void exchange_seen(const struct exchange *x, size_t *bytes, size_t *unprintable)
{
    *bytes = x->bytes;
    *unprintable = x->unprintable;
}
