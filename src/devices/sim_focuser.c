/* sim_focuser.c - a Robofocus, a Lakeside, an Optec TCF-S: 500 steps a second. Judged by INDI's robo_focus, lakeside_focus and
 * tcfs_focus (tests/peers/indi_drivers.sh).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/base/mem.h"

/* TELL: a Lakeside tells where it is so rarely, once a second. */
enum { STEP_MS = 20, STEP = 10, FRAME = 9, TELL = 50 };
enum make { ROBOFOCUS, LAKESIDE, TCFS };

struct focus {
    struct sim *sim;
    enum make make;
    int at, goal, steps;
    bool moving, serial; /* serial: a TCF-S listens */
    char in[24];
    size_t n;
};

/* ---- Robofocus */

static void frame(struct focus *f, const char *eight)
{
    char t[FRAME + 1];
    unsigned char sum = 0;
    memcpy(t, eight, FRAME - 1);
    for (int i = 0; i < FRAME - 1; i++)
        sum = (unsigned char)(sum + (unsigned char)t[i]);
    t[FRAME - 1] = (char)sum;
    sim_reply(f->sim, t, FRAME);
}

static void tell(struct focus *f)
{
    char t[16];
    switch (f->make) {
    case ROBOFOCUS:
        snprintf(t, sizeof t, "FD%06d", f->at % 1000000);
        frame(f, t);
        return;
    case LAKESIDE: sim_text(f->sim, "P%05d#", f->at); return;
    case TCFS: sim_text(f->sim, "P=%04d\n\r", f->at); return;
    }
}

static void arrive(struct focus *f)
{
    f->moving = false;
    if (f->make != TCFS)
        tell(f);
    if (f->make != ROBOFOCUS)
        sim_text(f->sim, f->make == LAKESIDE ? "DONE#" : "*\n\r");
}

static void move(struct focus *f, int goal)
{
    f->goal = goal < 0 ? 0 : goal;
    f->moving = true;
    sim_later(f->sim, STEP_MS);
}

static void on_tick(void *self)
{
    struct focus *f = self;
    int left = f->goal - f->at;
    if (!f->moving)
        return;
    if (!sim_faulty(f->sim, SIM_STUCK))
        f->at += left > STEP ? STEP : left < -STEP ? -STEP : left;
    if (f->at == f->goal) {
        arrive(f);
        return;
    }
    if (f->make == ROBOFOCUS)
        sim_text(f->sim, left < 0 ? "I" : "O");
    else if (f->make == LAKESIDE && ++f->steps % TELL == 0)
        tell(f);
    sim_later(f->sim, STEP_MS);
}

static void robofocus(struct focus *f)
{
    unsigned char sum = 0;
    int x;
    while (f->n && f->in[0] != 'F')
        memmove(f->in, f->in + 1, --f->n);
    if (f->n < FRAME)
        return;
    f->n = 0;
    for (int i = 0; i < FRAME - 1; i++)
        sum = (unsigned char)(sum + (unsigned char)f->in[i]);
    if (sum != (unsigned char)f->in[FRAME - 1]) /* passed over without a word */
        return;
    char c = f->in[1];
    f->in[FRAME - 1] = 0;
    x = atoi(f->in + 2);
    switch (c) {
    case 'V': frame(f, "FV003123"); return;
    case 'T': frame(f, "FT000571"); return;
    case 'B': frame(f, "FB200020"); return;
    case 'P': frame(f, "FP001111"); return;
    case 'L': frame(f, "FL065535"); return;
    case 'C': frame(f, "FC\x0A\x02\x03\x30\x30\x30"); return;
    case 'S': f->at = x; return;
    case 'I': move(f, f->at - x); return;
    case 'O': move(f, f->at + x); return;
    case 'G':
        if (x)
            move(f, x);
        else
            tell(f);
        return;
    default: return;
    }
}

/* ---- Lakeside */

static void lakeside(struct focus *f)
{
    if (f->in[f->n - 1] != '#')
        return;
    f->in[f->n - 1] = 0;
    const char *c = f->in;
    f->n = 0;
    if (strcmp(c, "??") == 0)
        sim_text(f->sim, "OK#");
    else if (strcmp(c, "?P") == 0)
        tell(f);
    else if (strcmp(c, "?T") == 0)
        sim_text(f->sim, "T000025#");
    else if (strcmp(c, "?K") == 0)
        sim_text(f->sim, "K000571#");
    else if (c[0] == '?')
        sim_text(f->sim, "%c00000#", c[1]);
    else if (strcmp(c, "CH") == 0)
        f->goal = f->at;
    else if (c[0] == 'C' && (c[1] == 'I' || c[1] == 'O')) {
        sim_text(f->sim, "OK#");
        move(f, f->at + (c[1] == 'I' ? -1 : 1) * atoi(c + 2));
    } else if (c[0] == 'C')
        sim_text(f->sim, "OK#");
    else
        sim_text(f->sim, "!#");
}

/* ---- TCF-S: six letters, no end */

static void tcfs(struct focus *f)
{
    while (f->n && f->in[0] != 'F')
        memmove(f->in, f->in + 1, --f->n);
    if (f->n < 6)
        return;
    f->in[6] = 0;
    const char *c = f->in;
    f->n = 0;
    if (strcmp(c, "FMMODE") == 0) {
        f->serial = true;
        sim_text(f->sim, "!\n\r");
    } else if (!f->serial) {
        return;
    } else if (strcmp(c, "FFMODE") == 0) {
        f->serial = false;
        sim_text(f->sim, "END\n\r");
    } else if (strcmp(c, "FPOSRO") == 0) {
        tell(f);
    } else if (strcmp(c, "FTMPRO") == 0) {
        sim_text(f->sim, "T=+12.5\n\r");
    } else if (c[1] == 'I' || c[1] == 'O') {
        move(f, f->at + (c[1] == 'I' ? -1 : 1) * atoi(c + 2));
    } else {
        sim_text(f->sim, "ER=1\n\r");
    }
}

static void on_byte(void *self, unsigned char c)
{
    struct focus *f = self;
    if (f->moving && f->make == ROBOFOCUS) { /* any byte stops it */
        arrive(f);
        f->n = 0;
        return;
    }
    if (f->n >= sizeof f->in - 1)
        f->n = 0;
    f->in[f->n++] = (char)c;
    switch (f->make) {
    case ROBOFOCUS: robofocus(f); return;
    case LAKESIDE: lakeside(f); return;
    case TCFS: tcfs(f); return;
    }
}

static void *focus_open(struct sim *s, const char *variant, struct error *err)
{
    static const char *const make[] = {"robofocus", "lakeside", "tcfs"};
    struct focus *f = mem_zero(sizeof *f);
    (void)err;
    f->sim = s;
    for (int i = 0; i < 3; i++)
        if (strcmp(make[i], variant) == 0)
            f->make = (enum make)i;
    f->at = f->goal = 1000;
    return f;
}

static void focus_reset(void *self)
{
    struct focus *f = self;
    f->moving = f->serial = false;
    f->n = 0;
    f->at = f->goal = 0;
}

extern const struct sim_machine sim_focuser;
const struct sim_machine sim_focuser = {
    .open = focus_open, .byte = on_byte, .tick = on_tick, .reset = focus_reset, .close = free};
