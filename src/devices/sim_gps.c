/* sim_gps.c - a GPS receiver: RMC and GGA once a second, at the place and time of its options. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim_own.h"
#include "vigie/base/mem.h"

struct gps {
    struct sim *sim;
};

static void sentence(struct gps *g, const char *body)
{
    unsigned sum = 0;
    for (const char *p = body; *p; p++)
        sum ^= (unsigned char)*p;
    sim_text(g->sim, "$%s*%02X\r\n", body, sum);
}

static void on_tick(void *self)
{
    struct gps *g = self;
    const struct sim_options *o = sim_options(g->sim);
    char t[UTC_TEXT], body[120], place[60];
    double lat = fabs(o->lat_rad) * 180 / M_PI, lon = fabs(o->lon_rad) * 180 / M_PI;
    double late = sim_faulty(g->sim, SIM_WRONG_CLOCK) ? 3600 : 0;
    utc_format(utc_add_s(sim_utc(g->sim), late), 0, t);
    snprintf(place, sizeof place, "%02d%07.4f,%c,%03d%07.4f,%c", (int)lat, fmod(lat, 1) * 60,
             o->lat_rad < 0 ? 'S' : 'N', (int)lon, fmod(lon, 1) * 60, o->lon_rad < 0 ? 'W' : 'E');
    snprintf(body, sizeof body, "GPRMC,%.2s%.2s%.2s.00,A,%s,0.0,,%.2s%.2s%.2s,,,A", t + 11, t + 14,
             t + 17, place, t + 8, t + 5, t + 2);
    sentence(g, body);
    snprintf(body, sizeof body, "GPGGA,%.2s%.2s%.2s.00,%s,1,09,0.9,650.0,M,47.0,M,,", t + 11,
             t + 14, t + 17, place);
    sentence(g, body);
    sim_later(g->sim, 1000);
}

static void on_byte(void *self, unsigned char c)
{
    (void)self; /* it only talks */
    (void)c;
}

static void *gps_open(struct sim *s, const char *variant, struct error *err)
{
    (void)err;
    struct gps *g = mem_zero(sizeof *g);
    (void)variant;
    g->sim = s;
    sim_later(s, 200);
    return g;
}

static void gps_reset(void *self)
{
    (void)self;
}

extern const struct sim_machine sim_gps;
const struct sim_machine sim_gps = {
    .open = gps_open, .byte = on_byte, .tick = on_tick, .reset = gps_reset, .close = free};
