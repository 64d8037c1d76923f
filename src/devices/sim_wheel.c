/* sim_wheel.c - filter wheels of six makes; a turn takes 0.4 s a slot. SIM_STUCK: it never arrives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/base/mem.h"

enum { SLOT_MS = 400 };
enum make { QHYCFW2, QHYCFW3, XAGYL, IFW, TRUTECH, QUANTUM };

struct wheel {
    struct sim *sim;
    enum make make;
    int at, goal, slots;
    unsigned char in[24];
    size_t n;
    bool turning;
    unsigned char asked; /* of a TruTech while it turns; 0 nothing */
};

static void tell_trutech(struct wheel *w, unsigned char question);

static void say_there(struct wheel *w)
{
    unsigned char t[4] = {0xA5, 1, (unsigned char)w->at, 0};
    switch (w->make) {
    case QHYCFW2:
    case QHYCFW3: sim_text(w->sim, "%X", (unsigned)w->at - 1); return;
    case XAGYL: sim_text(w->sim, "P%d\r\n", w->at); return;
    case IFW: sim_text(w->sim, "*\n\r"); return;
    case QUANTUM: sim_text(w->sim, "P%d\r\n", w->at - 1); return;
    case TRUTECH:
        t[3] = (unsigned char)(t[0] + t[1] + t[2]);
        sim_reply(w->sim, t, 4);
        return;
    }
}

static void go(struct wheel *w, int slot)
{
    if (slot < 1 || slot > w->slots)
        return;
    w->goal = slot;
    w->turning = true;
    int far = abs(slot - w->at);
    sim_later(w->sim, far * SLOT_MS);
}

static void on_tick(void *self)
{
    struct wheel *w = self;
    if (sim_faulty(w->sim, SIM_STUCK))
        return;
    w->at = w->goal;
    w->turning = false;
    say_there(w);
    if (w->asked)
        tell_trutech(w, w->asked);
    w->asked = 0;
}

static void xagyl(struct wheel *w)
{
    static const char *const text[] = {"S/N: 000123",       "MaxSpeed 100%", "Jitter 1",
                                       "P1 Offset 00",      "Threshold 30",  NULL,
                                       "Pulse Width 1500uS"};
    if (w->n < 2)
        return;
    char a = (char)w->in[0], b = (char)w->in[1];
    w->n = 0;
    if (a == 'G')
        go(w, b - '0');
    else if (a == 'I' && b == '0')
        sim_text(w->sim, "Xagyl FW5125VX\r\n");
    else if (a == 'I' && b == '1')
        sim_text(w->sim, "FW 3.1.5\r\n");
    else if (a == 'I' && b == '2')
        sim_text(w->sim, "P%d\r\n", w->at);
    else if (a == 'I' && b == '8')
        sim_text(w->sim, "FilterSlots %d\r\n", w->slots);
    else if (a == 'I' && b > '2' && b <= '9' && text[b - '3'])
        sim_text(w->sim, "%s\r\n", text[b - '3']);
    else if (a == 'O')
        sim_text(w->sim, "P%c Offset 00\r\n", b);
}

static void qhy(struct wheel *w, unsigned char c)
{
    if (w->make == QHYCFW3 && c > '9') {
        const char *t = (const char *)w->in;
        if (w->n < 3)
            return;
        w->n = 0;
        if (strncmp(t, "VRS", 3) == 0)
            sim_text(w->sim, "20220101");
        else if (strncmp(t, "MXP", 3) == 0)
            sim_text(w->sim, "%X", (unsigned)w->slots);
        else if (strncmp(t, "NOW", 3) == 0)
            sim_text(w->sim, "%X", (unsigned)w->at - 1);
        return;
    }
    w->n = 0;
    if (c >= '0' && c <= '9')
        go(w, c - '0' + 1);
}

static void ifw(struct wheel *w, unsigned char c)
{
    if (c != '\r')
        return;
    w->in[w->n - 1] = 0;
    if (w->n > 1 && w->in[w->n - 2] == '\n')
        w->in[w->n - 2] = 0;
    const char *t = (const char *)w->in;
    w->n = 0;
    if (strcmp(t, "WSMODE") == 0)
        sim_text(w->sim, "!\n\r");
    else if (strcmp(t, "WFILTR") == 0)
        sim_text(w->sim, "%d\n\r", w->at);
    else if (strncmp(t, "WGOTO", 5) == 0)
        go(w, t[5] - '0');
    else if (strcmp(t, "WREAD") == 0)
        sim_text(w->sim, "L       R       G       B       HA      \n\r");
    else if (strcmp(t, "WEXITS") == 0)
        sim_text(w->sim, "END\n\r");
    else if (strcmp(t, "WIDENT") == 0 || strcmp(t, "WHOME") == 0)
        sim_text(w->sim, "A\n\r");
}

static void quantum(struct wheel *w, unsigned char c)
{
    if (c != '\n')
        return;
    const unsigned char *t = w->in;
    while (*t == ' ')
        t++;
    char a = (char)t[0], b = (char)t[1];
    w->n = 0;
    if (a == 'S' && b == 'N')
        sim_text(w->sim, "SN1234\r\n");
    else if (a == 'E' && b == 'N')
        sim_text(w->sim, "EN%d\r\n", w->slots);
    else if (a == 'G')
        go(w, b - '0' + 1);
}

static void tell_trutech(struct wheel *w, unsigned char question)
{
    unsigned char r[4] = {0xA5, question, 0, 0};
    r[2] = (unsigned char)(0x30 + (question == 2 ? w->at : w->slots));
    r[3] = (unsigned char)(r[0] + r[1] + r[2]);
    sim_reply(w->sim, r, 4);
}

static void trutech(struct wheel *w)
{
    if (w->in[0] != 0xA5)
        w->n = 0;
    if (w->n < 4)
        return;
    w->n = 0;
    if (w->in[1] == 1)
        go(w, w->in[2]);
    else if (w->turning) /* it answers when it stands */
        w->asked = w->in[1];
    else
        tell_trutech(w, w->in[1]);
}

static void on_byte(void *self, unsigned char c)
{
    struct wheel *w = self;
    if (w->n >= sizeof w->in - 1)
        w->n = 0;
    w->in[w->n++] = c;
    switch (w->make) {
    case QHYCFW2:
    case QHYCFW3: qhy(w, c); return;
    case XAGYL: xagyl(w); return;
    case IFW: ifw(w, c); return;
    case TRUTECH: trutech(w); return;
    case QUANTUM: quantum(w, c); return;
    }
}

static void *wheel_open(struct sim *s, const char *variant, struct error *err)
{
    (void)err;
    static const char *const make[] = {"qhycfw2", "qhycfw3", "xagyl", "ifw", "trutech", "quantum"};
    struct wheel *w = mem_zero(sizeof *w);
    w->sim = s;
    for (int i = 0; i < 6; i++)
        if (strcmp(make[i], variant) == 0)
            w->make = (enum make)i;
    w->at = w->goal = 1;
    w->slots = w->make == QHYCFW3 || w->make == QUANTUM ? 7 : 5;
    return w;
}

static void wheel_reset(void *self)
{
    struct wheel *w = self;
    w->at = w->goal = 1;
    w->turning = false;
    w->asked = 0;
    w->n = 0;
}

extern const struct sim_machine sim_wheel;
const struct sim_machine sim_wheel = {
    .open = wheel_open, .byte = on_byte, .tick = on_tick, .reset = wheel_reset, .close = free};
