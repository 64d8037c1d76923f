/* sim_nexstar.c - a hand control: NexStar or SynScan. Written from the same documents as the driver, apart from it; judged by
 * INDI's celestron_gps and synscan_telescope (tests/peers/indi_drivers.sh).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/base/mem.h"
#include "vigie/sky/frame.h"

static const double DEG = M_PI / 180;

struct nx {
    struct sim *sim;
    struct sim_mount m;
    bool synscan, aligned;
    int mode;
    unsigned char in[32];
    size_t n;
};

static void done(struct nx *x)
{
    sim_reply(x->sim, "#", 1);
}

static size_t length_of(unsigned char c)
{
    switch (c) {
    case 'E':
    case 'e':
    case 'Z':
    case 'z':
    case 'L':
    case 'J':
    case 'M':
    case 't':
    case 'V':
    case 'v':
    case 'm':
    case 'h':
    case 'w':
    case 'i':
    case 'p': return 1;
    case 'K':
    case 'T': return 2;
    case 'R':
    case 'B':
    case 'S': return 10;
    case 'r':
    case 'b':
    case 's': return 18;
    case 'H':
    case 'W':
    case 'I': return 9;
    case 'P': return 8;
    default: return 0;
    }
}

static void two_angles(struct nx *x, double a, double b, bool fine)
{
    double u = fmod(a / (2 * M_PI) + 4, 1), v = fmod(b / (2 * M_PI) + 4, 1);
    if (fine)
        sim_text(x->sim, "%06X00,%06X00#", (unsigned)(u * 16777216) & 0xFFFFFF,
                 (unsigned)(v * 16777216) & 0xFFFFFF);
    else
        sim_text(x->sim, "%04X,%04X#", (unsigned)(u * 65536) & 0xFFFF,
                 (unsigned)(v * 65536) & 0xFFFF);
}

static void where(struct nx *x, bool fine)
{
    double ra, dec;
    sim_mount_seen(&x->m, &ra, &dec);
    if (x->synscan)
        frame_to_icrs(FRAME_APPARENT, utc_to_tt(sim_utc(x->sim)), ra, dec, &ra, &dec);
    two_angles(x, ra, dec, fine);
}

static void target(struct nx *x, bool sync)
{
    char t[20] = {0};
    bool fine = x->n == 18;
    memcpy(t, x->in + 1, x->n - 1);
    double turn = fine ? 4294967296.0 : 65536.0;
    double ra = (double)strtoul(t, NULL, 16) / turn * 2 * M_PI;
    char *comma = strchr(t, ',');
    double dec =
        comma ? remainder((double)strtoul(comma + 1, NULL, 16) / turn * 2 * M_PI, 2 * M_PI) : 0;
    if (x->synscan)
        frame_of_icrs(FRAME_APPARENT, utc_to_tt(sim_utc(x->sim)), ra, dec, &ra, &dec);
    if (x->aligned && sync)
        sim_mount_sync(&x->m, ra, dec);
    else if (x->aligned)
        (void)sim_mount_goto(&x->m, ra,
                             dec); /* one that it cannot go to is answered # all the same */
    done(x);
}

static void version(struct nx *x)
{
    if (x->synscan)
        sim_reply(x->sim, "042707#", 7);
    else
        sim_reply(x->sim, "\x04\x15#", 3);
}

static void tell_site(struct nx *x)
{
    int lat = (int)lround(fabs(x->m.lat) / DEG * 3600),
        lon = (int)lround(fabs(x->m.lon) / DEG * 3600);
    unsigned char b[9] = {(unsigned char)(lat / 3600),
                          (unsigned char)(lat / 60 % 60),
                          (unsigned char)(lat % 60),
                          x->m.lat < 0,
                          (unsigned char)(lon / 3600),
                          (unsigned char)(lon / 60 % 60),
                          (unsigned char)(lon % 60),
                          x->m.lon < 0,
                          '#'};
    sim_reply(x->sim, b, 9);
}

static void tell_time(struct nx *x)
{
    char t[UTC_TEXT];
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
    utc_format(sim_mount_utc(&x->m), 0, t);
    if (sscanf(t, "%4d-%2d-%2dT%2d:%2d:%2d", &y, &mo, &d, &h, &mi, &s) != 6)
        return;
    unsigned char b[9] = {(unsigned char)h,
                          (unsigned char)mi,
                          (unsigned char)s,
                          (unsigned char)mo,
                          (unsigned char)d,
                          (unsigned char)(y % 100),
                          0,
                          0,
                          '#'};
    sim_reply(x->sim, b, 9);
}

static void set_site(struct nx *x)
{
    const unsigned char *b = x->in + 1;
    x->m.lat = (b[3] ? -1 : 1) * (b[0] + b[1] / 60.0 + b[2] / 3600.0) * DEG;
    x->m.lon = (b[7] ? -1 : 1) * (b[4] + b[5] / 60.0 + b[6] / 3600.0) * DEG;
    done(x);
}

/* So many zeros, at most 4, and the end. */
static void zeros(struct nx *x, size_t n)
{
    static const char b[5] = {0, 0, 0, 0, '#'};
    size_t from = n < 4 ? 4 - n : 0;
    sim_reply(x->sim, &b[from], sizeof b - from);
}

/* To the motors: rates by hand, firmware, guide rate. */
static void pass(struct nx *x)
{
    unsigned char axis = x->in[2], cmd = x->in[3], value = x->in[4], n = x->in[7];
    if (axis != 0x10 && axis != 0x11) { /* nobody there: one byte too many, as the real one */
        zeros(x, n + 1u);
        return;
    }
    if (cmd == 0x24 || cmd == 0x25) {
        double rate = (cmd == 0x24 ? 1 : -1) * (value ? pow(2, value - 9) : 0);
        sim_mount_step(&x->m);
        if (!(value == 0 && sim_faulty(x->sim, SIM_STOP_IGNORED))) {
            x->m.move_speed = x->m.speed;
            if (axis == 0x10)
                x->m.move_ra = -rate;
            else
                x->m.move_dec = rate;
        }
        done(x);
    } else if (cmd == 0x26) { /* a pulse, at once */
        double seconds = x->in[5] / 100.0, step = (signed char)value / 100.0 * 15.04 / 3600 * DEG;
        if (axis == 0x11)
            x->m.dec += step * seconds;
        else
            x->m.ra -= step * seconds;
        done(x);
    } else if (cmd == 0xFE) {
        sim_reply(x->sim, "\x06\x10#", 3);
    } else {
        zeros(x, n);
    }
}

static void simple(struct nx *x, unsigned char c)
{
    double alt, az;
    switch (c) {
    case 'E':
    case 'e': where(x, c == 'e'); return;
    case 'Z':
    case 'z':
        sim_mount_altaz(&x->m, x->m.ra, x->m.dec, &alt, &az);
        two_angles(x, az, alt, c == 'z');
        return;
    case 'L': sim_text(x->sim, "%d#", x->m.slewing); return;
    case 'J': sim_reply(x->sim, x->aligned ? "\x01#" : "\0#", 2); return;
    case 'M':
        sim_mount_stop(&x->m);
        done(x);
        return;
    case 't': {
        unsigned char b[2] = {(unsigned char)(x->m.tracking ? x->mode : 0), '#'};
        sim_reply(x->sim, b, 2);
        return;
    }
    case 'V': version(x); return;
    case 'v': sim_reply(x->sim, "\x11#", 2); return;
    case 'm': sim_reply(x->sim, x->synscan ? "\x00#" : "\x14#", 2); return;
    case 'p': sim_reply(x->sim, "W#", 2); return;
    case 'w': tell_site(x); return;
    case 'h':
    case 'i': tell_time(x); return;
    default: return;
    }
}

static void command(struct nx *x)
{
    sim_mount_step(&x->m);
    switch (x->in[0]) {
    case 'K': {
        unsigned char b[2] = {x->in[1], '#'};
        sim_reply(x->sim, b, 2);
        return;
    }
    case 'T':
        x->m.tracking = x->in[1] != 0;
        if (x->in[1])
            x->mode = x->in[1];
        done(x);
        return;
    case 'R':
    case 'r': target(x, false); return;
    case 'S':
    case 's': target(x, true); return;
    case 'B':
    case 'b': done(x); return;
    case 'W': set_site(x); return;
    case 'H':
    case 'I':
        x->m.clock_error_s = 0;
        done(x);
        return;
    case 'P': pass(x); return;
    default: simple(x, x->in[0]); return;
    }
}

static void on_byte(void *self, unsigned char c)
{
    struct nx *x = self;
    if (x->n == 0 && !length_of(c))
        return;
    x->in[x->n++] = c;
    size_t want = length_of(x->in[0]);
    if (x->n < want)
        return;
    command(x);
    x->n = 0;
}

static void *nx_open(struct sim *s, const char *variant, struct error *err)
{
    (void)err;
    struct nx *x = mem_zero(sizeof *x);
    x->sim = s;
    x->synscan = strcmp(variant, "synscan") == 0;
    x->aligned = true;
    x->mode = 2;
    sim_mount_init(&x->m, s);
    return x;
}

static void nx_reset(void *self)
{
    struct nx *x = self;
    x->aligned = false;
    x->n = 0;
    sim_mount_reboot(&x->m);
}

static struct sim_mount *nx_mount(void *self)
{
    return &((struct nx *)self)->m;
}

extern const struct sim_machine sim_nexstar;
const struct sim_machine sim_nexstar = {
    .open = nx_open, .byte = on_byte, .reset = nx_reset, .mount = nx_mount, .close = free};
