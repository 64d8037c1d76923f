/* drv_nmea.c - a GPS receiver that talks by itself: NMEA 0183, sentences RMC and GGA of any talker. A sentence without its right
 * checksum is not believed. Its clock is the sentence's, which comes up to a second late: good to see that ours is wrong,
 * not to set it to the millisecond.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/sky/scale.h"

enum { LINE = 120, FIELDS = 24, PATIENCE_MS = 8000 };
static const double DEG = M_PI / 180;

struct nmea {
    struct driver_host h;
    char line[LINE];
    size_t n;
    bool ready, in;
    char talker[4];
    int wrong;
};

static struct gps_values *values(struct nmea *g)
{
    return &slot_values(g->h.slot)->gps;
}

/* "4807.038","N": degrees and minutes in one number. false: it is no angle. */
static bool angle(const char *t, const char *half, const char *halves, double *rad)
{
    double x, most = halves[0] == 'N' ? 90 : 180;
    if (!*half || !strchr(halves, *half) || !str_num(t, &x) || !(x >= 0 && x <= most * 100))
        return false;
    double deg = floor(x / 100), min = x - 100 * deg;
    if (min >= 60)
        return false;
    *rad = (*half == halves[1] ? -1 : 1) * (deg + min / 60) * DEG;
    return true;
}

/* Latitude and longitude in four fields; what is no place leaves the one before. */
static void place(struct nmea *g, char *const *f)
{
    double lat, lon;
    if (angle(f[0], f[1], "NS", &lat) && angle(f[2], f[3], "EW", &lon)) {
        values(g)->lat_rad = lat;
        values(g)->lon_rad = lon;
    }
}

static int two(const char *t)
{
    return t[0] >= '0' && t[0] <= '9' && t[1] >= '0' && t[1] <= '9' ? (t[0] - '0') * 10 + t[1] - '0'
                                                                    : -1;
}

static void on_rmc(struct nmea *g, char *const *f)
{
    struct gps_values *v = values(g);
    if (strcmp(f[2], "A") != 0) {
        v->fix = 0;
        return;
    }
    place(g, f + 3);
    if (v->fix == 0)
        v->fix = 2;
    struct jd_utc day;
    double s;
    if (strlen(f[1]) < 6 || strlen(f[9]) != 6 || two(f[1]) < 0 || two(f[1] + 2) < 0 ||
        !str_num(f[1] + 4, &s) ||
        utc_of_date(2000 + two(f[9] + 4), two(f[9] + 2), two(f[9]), &day, NULL) != OK)
        return;
    struct jd_utc its = utc_add_s(day, two(f[1]) * 3600.0 + two(f[1] + 2) * 60.0 + s);
    v->clock_error_s = utc_diff_s(its, driver_utc(&g->h));
}

static void on_gga(struct nmea *g, char *const *f)
{
    struct gps_values *v = values(g);
    double n, h;
    v->fix = f[6][0] && f[6][0] != '0' ? 3 : 0;
    if (str_num(f[7], &n) && n >= 0 && n < 100)
        v->satellites = (int)n;
    if (v->fix)
        place(g, f + 2);
    if (v->fix && str_num(f[9], &h))
        v->height_m = h;
}

static bool sums_up(char *line)
{
    unsigned sum = 0, said;
    char *star = strchr(line, '*');
    if (line[0] != '$' || !star || sscanf(star + 1, "%2x", &said) != 1)
        return false;
    for (const char *p = line + 1; p < star; p++)
        sum ^= (unsigned char)*p;
    *star = 0;
    return sum == said;
}

static void sentence(struct nmea *g)
{
    char *f[FIELDS];
    size_t n = 0;
    if (!sums_up(g->line)) {
        slot_bad(g->h.slot, "a sentence whose checksum is wrong, discarded");
        if (!g->ready && ++g->wrong == 5)
            g->h.fail(g->h.arg, true, "what comes is no NMEA: check the speed behind the address");
        return;
    }
    char *p = g->line + 1;
    while (n < FIELDS) {
        f[n++] = p;
        p = strchr(p, ',');
        if (!p)
            break;
        *p++ = 0;
    }
    if (!g->ready) {
        g->ready = true;
        snprintf(g->talker, sizeof g->talker, "%.2s", f[0]);
        slot_identity(g->h.slot, 0, "NMEA 0183 receiver (talker %s)", g->talker);
        g->h.ready(g->h.arg);
    }
    size_t head = strlen(f[0]);
    const char *kind = head >= 5 ? f[0] + head - 3 : "";
    if (strcmp(kind, "RMC") == 0 && n >= 10)
        on_rmc(g, f);
    if (strcmp(kind, "GGA") == 0 && n >= 10)
        on_gga(g, f);
    slot_good(g->h.slot, (double)NAN);
}

static void feed(void *self, const void *bytes, size_t size)
{
    struct nmea *g = self;
    const char *b = bytes;
    for (size_t i = 0; i < size; i++) {
        if (b[i] == '$') {
            if (g->in && g->n > 1)
                slot_bad(g->h.slot, "a sentence was cut off, discarded");
            g->n = 0;
            g->in = true;
        }
        if (!g->in)
            continue;
        if (b[i] == '\r' || b[i] == '\n' || g->n == LINE - 1) {
            g->line[g->n] = 0;
            g->in = false;
            sentence(g);
        } else if (b[i]) {
            g->line[g->n++] = b[i];
        }
    }
}

static void start(void *self, bool again)
{
    struct nmea *g = self;
    (void)again;
    g->n = 0;
    g->in = g->ready = false;
    g->wrong = 0;
    g->h.later(g->h.arg, PATIENCE_MS);
}

static void tick(void *self)
{
    struct nmea *g = self;
    if (!g->ready)
        g->h.fail(g->h.arg, true, "no NMEA sentence in 8 s: is it on, is the speed right?");
}

static enum status ask(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err)
{
    struct nmea *g = self;
    if (r->verb != ASK_STOP)
        return driver_no(&g->h, r, err);
    slot_done(g->h.slot, ticket, OK, "nothing moves");
    return OK;
}

static void lost(void *self)
{
    struct nmea *g = self;
    values(g)->fix = 0;
    g->ready = false;
}

static void *nmea_open(const struct driver_host *host, struct error *err)
{
    (void)err;
    struct nmea *g = mem_zero(sizeof *g);
    g->h = *host;
    return g;
}

extern const struct driver_ops driver_nmea;
const struct driver_ops driver_nmea = {.name = "nmea",
                                       .kind = DEVICE_GPS,
                                       .baud = 4800,
                                       .open = nmea_open,
                                       .start = start,
                                       .feed = feed,
                                       .tick = tick,
                                       .ask = ask,
                                       .lost = lost,
                                       .close = free};
