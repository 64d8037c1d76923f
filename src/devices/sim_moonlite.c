/* sim_moonlite.c - a Moonlite focuser: 500 steps a second, 12.5 degrees. Judged by INDI's moonlite_focus. */
#include <stdlib.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/base/mem.h"

enum { SPEED = 500 };

struct moon {
    struct sim *sim;
    bool in, half;
    char cmd[16];
    size_t n;
    double position, target, going;
    bool moving;
    int speed;
    int64_t at_ms;
};

static void step(struct moon *f)
{
    int64_t now = sim_now_ms(f->sim);
    double most = SPEED * (double)(now - f->at_ms) / 1000, d = f->going - f->position;
    f->at_ms = now;
    if (!f->moving || sim_faulty(f->sim, SIM_STUCK))
        return;
    f->position += d > most ? most : d < -most ? -most : d;
    f->moving = f->position < f->going || f->position > f->going;
}

static void get(struct moon *f, char c)
{
    switch (c) {
    case 'P': sim_text(f->sim, "%04X#", (unsigned)f->position & 0xFFFF); return;
    case 'N': sim_text(f->sim, "%04X#", (unsigned)f->target & 0xFFFF); return;
    case 'I': sim_text(f->sim, "%02d#", f->moving); return;
    case 'T': sim_text(f->sim, "0019#"); return;
    case 'C': sim_text(f->sim, "00#"); return;
    case 'D': sim_text(f->sim, "%02X#", (unsigned)f->speed); return;
    case 'H': sim_text(f->sim, "%s#", f->half ? "FF" : "00"); return;
    case 'V': sim_text(f->sim, "10#"); return;
    case 'B': sim_text(f->sim, "00#"); return;
    default: return;
    }
}

static void command(struct moon *f)
{
    const char *c = f->cmd;
    step(f);
    if (c[0] == 'G')
        get(f, c[1]);
    else if (strncmp(c, "SN", 2) == 0)
        f->target = (double)strtol(c + 2, NULL, 16);
    else if (strncmp(c, "SP", 2) == 0)
        f->position = f->target = f->going = (double)strtol(c + 2, NULL, 16);
    else if (strncmp(c, "SD", 2) == 0)
        f->speed = (int)strtol(c + 2, NULL, 16);
    else if (strcmp(c, "SH") == 0 || strcmp(c, "SF") == 0)
        f->half = c[1] == 'H';
    else if (strcmp(c, "FG") == 0)
        f->going = f->target, f->moving = true;
    else if (strcmp(c, "FQ") == 0)
        f->going = f->position = (double)(int)f->position, f->moving = false;
}

static void on_byte(void *self, unsigned char c)
{
    struct moon *f = self;
    if (c == ':') {
        f->in = true;
        f->n = 0;
    } else if (c == '#' && f->in) {
        f->cmd[f->n] = 0;
        f->in = false;
        command(f);
    } else if (f->in && f->n < sizeof f->cmd - 1) {
        f->cmd[f->n++] = (char)c;
    }
}

static void *moon_open(struct sim *s, const char *variant, struct error *err)
{
    (void)err;
    struct moon *f = mem_zero(sizeof *f);
    (void)variant;
    f->sim = s;
    f->position = f->target = f->going = 1000;
    f->speed = 2;
    f->at_ms = sim_now_ms(s);
    return f;
}

static void moon_reset(void *self)
{
    struct moon *f = self;
    f->moving = false;
    f->position = f->target = f->going = 0;
}

extern const struct sim_machine sim_moonlite;
const struct sim_machine sim_moonlite = {
    .open = moon_open, .byte = on_byte, .reset = moon_reset, .close = free};
