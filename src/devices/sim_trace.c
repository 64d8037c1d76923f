/* sim_trace.c - a saved wire log as a device: what the log has as question is answered as it was then, the next such question
 * behind the last one first, so that a night's trouble can be had again at a desk.
 * Not: what it never was asked; that stays without an answer.
 */
#include <stdlib.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/base/mem.h"
#include "vigie/devices/rack.h"

enum { ASKED = 256 };

struct trace {
    struct sim *sim;
    struct wire_trace log;
    size_t at; /* entries before it are behind us */
    char asked[ASKED];
    size_t n;
};

static bool is_question(const struct trace *t, size_t i)
{
    const struct wire_line *w = &t->log.line.at[i];
    return w->dir == '>' && w->n == t->n && memcmp(w->bytes, t->asked, t->n) == 0;
}

static void answer(struct trace *t, size_t i)
{
    size_t k = i + 1;
    for (; k < t->log.line.n && t->log.line.at[k].dir != '>'; k++)
        if (t->log.line.at[k].dir == '<')
            sim_reply(t->sim, t->log.line.at[k].bytes, t->log.line.at[k].n);
    t->at = k;
    t->n = 0;
}

static void on_byte(void *self, unsigned char c)
{
    struct trace *t = self;
    size_t all = t->log.line.n;
    if (t->n == ASKED) {
        memmove(t->asked, t->asked + 1, ASKED - 1);
        t->n--;
    }
    t->asked[t->n++] = (char)c;
    for (size_t k = 0; k < all; k++) {
        size_t i = (t->at + k) % all;
        if (is_question(t, i)) {
            answer(t, i);
            return;
        }
    }
    if (c == '#') /* a question that the log does not have ends here, in most languages */
        t->n = 0;
}

static void *trace_open(struct sim *s, const char *variant, struct error *err)
{
    struct trace *t = mem_zero(sizeof *t);
    const char *path = sim_options(s)->trace;
    (void)variant;
    t->sim = s;
    if (!path)
        err_set(err, E_ABSENT, "simulator trace: which file? (trace)");
    else if (wire_trace_read(path, &t->log, err) == OK)
        return t;
    free(t);
    return NULL;
}

static void trace_reset(void *self)
{
    struct trace *t = self;
    t->at = t->n = 0;
}

static void trace_close(void *self)
{
    struct trace *t = self;
    wire_trace_clear(&t->log);
    free(t);
}

extern const struct sim_machine sim_trace;
const struct sim_machine sim_trace = {
    .open = trace_open, .byte = on_byte, .reset = trace_reset, .close = trace_close};
