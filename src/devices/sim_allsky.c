/* sim_allsky.c - an AllSky-340 whose frames show the stars where a simulated mount points. */
#include <stdlib.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/base/mem.h"

enum { WIDTH = 640, HEIGHT = 480, CROP = 512, BLOCK = 4096, READ_MS = 400 };
static const double ARCSEC = 60; /* a pixel: a wide lens */

enum phase { IDLE, EXPOSING, READING };

struct allsky {
    struct sim *sim;
    unsigned char in[8];
    size_t n;
    enum phase phase;
    double seconds;
    bool light;
    int w, h;
    size_t block;
    unsigned seed;
    uint16_t *pixel;
};

static unsigned char checksum(const unsigned char *s, size_t n)
{
    unsigned char sum = 0;
    for (size_t i = 0; i < n; i++)
        sum ^= (unsigned char)(~s[i] & 0x7F);
    return sum;
}

static void make_frame(struct allsky *a)
{
    const struct sim_options *o = sim_options(a->sim);
    double ra = 0, dec = 1.5707963267948966;
    if (o->mount)
        (void)sim_pointing(o->mount, &ra, &dec);
    free(a->pixel);
    a->pixel = mem_zero((size_t)a->w * (size_t)a->h * sizeof *a->pixel);
    sim_stars(a->pixel, a->w, a->h, ARCSEC, ra, dec, a->seconds, a->light, ++a->seed);
}

static void send_block(struct allsky *a, bool echo)
{
    unsigned char b[1 + 2 * BLOCK + 1], sum = 0;
    size_t all = (size_t)a->w * (size_t)a->h, at = a->block * BLOCK;
    b[0] = checksum((const unsigned char *)"X", 1);
    if (!a->pixel || at >= all)
        return;
    for (size_t i = 0; i < BLOCK; i++) {
        uint16_t v = at + i < all ? a->pixel[at + i] : 0;
        b[1 + 2 * i] = (unsigned char)(v & 0xFF);
        b[2 + 2 * i] = (unsigned char)(v >> 8);
        sum ^= (unsigned char)(b[1 + 2 * i] ^ b[2 + 2 * i]);
    }
    b[1 + 2 * BLOCK] = sum;
    sim_reply(a->sim, b + !echo, sizeof b - !echo);
}

static void expose(struct allsky *a)
{
    unsigned ticks = (unsigned)a->in[1] << 16 | (unsigned)a->in[2] << 8 | a->in[3];
    a->seconds = ticks / 10000.0;
    a->w = a->in[4] == 1 ? CROP : WIDTH;
    a->h = HEIGHT;
    a->light = a->in[5] != 0;
    a->phase = EXPOSING;
    sim_reply(a->sim, "E", 1);
    sim_later(a->sim, (int64_t)(a->seconds * 1000));
}

static void on_tick(void *self)
{
    struct allsky *a = self;
    if (a->phase == EXPOSING) {
        a->phase = READING;
        make_frame(a);
        sim_reply(a->sim, "R", 1);
        sim_later(a->sim, READ_MS);
    } else if (a->phase == READING) {
        a->phase = IDLE;
        sim_reply(a->sim, "D", 1);
    }
}

static void command(struct allsky *a, unsigned char sum)
{
    unsigned char c = a->in[0];
    if (c == 'X') {
        a->block = 0;
        send_block(a, true);
        return;
    }
    sim_reply(a->sim, &sum, 1);
    if (c == 'E')
        sim_reply(a->sim, "O", 1);
    else if (c == 'V')
        sim_reply(a->sim, "\x01\x19", 2);
    else if (c == 'r')
        sim_reply(a->sim, "A3400126\r", 9);
    else if (c == 'T')
        expose(a);
    else if (c == 'A')
        a->phase = IDLE;
}

static void on_byte(void *self, unsigned char c)
{
    struct allsky *a = self;
    if (a->n == 0 && c && strchr("KRS", c)) { /* of a transfer: no checksum */
        a->block += c == 'K';
        if (c != 'S')
            send_block(a, false);
        return;
    }
    if (a->n == 0 && (!c || !strchr("EVrOCKgTAX", c)))
        return;
    a->in[a->n++] = c;
    size_t want = a->in[0] == 'T' ? 6 : a->in[0] == 'g' ? 2 : 1;
    if (a->n <= want)
        return;
    a->n = 0;
    unsigned char right = checksum(a->in, want);
    if (c == right)
        command(a, right);
    else
        sim_reply(a->sim, &right, 1); /* it shows what it understood, and does nothing */
}

static void *allsky_open(struct sim *s, const char *variant, struct error *err)
{
    (void)err;
    struct allsky *a = mem_zero(sizeof *a);
    (void)variant;
    a->sim = s;
    a->w = WIDTH;
    a->h = HEIGHT;
    return a;
}

static void allsky_reset(void *self)
{
    struct allsky *a = self;
    a->phase = IDLE;
    a->n = 0;
}

static void allsky_close(void *self)
{
    struct allsky *a = self;
    free(a->pixel);
    free(a);
}

extern const struct sim_machine sim_allsky;
const struct sim_machine sim_allsky = {.open = allsky_open,
                                       .byte = on_byte,
                                       .tick = on_tick,
                                       .reset = allsky_reset,
                                       .close = allsky_close};
