/* sim_ioptron.c - an iOptron mount of the third command language. Written from the document apart from the driver; judged by
 * INDI's ioptronv3_telescope (tests/peers/indi_drivers.sh).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/base/mem.h"

static const double CAS = M_PI / 180 / 360000;

struct io {
    struct sim *sim;
    struct sim_mount m;
    bool in;
    char cmd[48];
    size_t n;
    double to_ra, to_dec, set_lon;
    int rate, speed;
};

static void say(struct io *x, const char *text)
{
    sim_reply(x->sim, text, strlen(text));
}

static void status(struct io *x)
{
    const struct sim_mount *m = &x->m;
    int state = m->parked ? 6 : m->slewing ? 2 : m->homed ? 7 : m->tracking ? 1 : 0;
    sim_text(x->sim, "%c%08ld%08ld2%d%d%d3%d#", m->lon < 0 ? '-' : '+', lround(fabs(m->lon) / CAS),
             lround((m->lat + M_PI / 2) / CAS), state, x->rate, x->speed, m->lat >= 0);
}

static void place(struct io *x)
{
    double ra, dec;
    sim_mount_seen(&x->m, &ra, &dec);
    sim_text(x->sim, "%c%08ld%09ld11#", dec < 0 ? '-' : '+', lround(fabs(dec) / CAS),
             lround(ra / CAS) % 129600000);
}

static void get(struct io *x, const char *c)
{
    double alt, az;
    struct jd_utc utc = sim_mount_utc(&x->m);
    if (strcmp(c, "LS") == 0) {
        status(x);
    } else if (strcmp(c, "EP") == 0) {
        place(x);
    } else if (strcmp(c, "UT") == 0) {
        sim_text(x->sim, "+0000%013.0f#", ((utc.d1 - 2451545.0) + utc.d2) * 86400000);
    } else if (strcmp(c, "AC") == 0) {
        sim_mount_altaz(&x->m, x->m.ra, x->m.dec, &alt, &az);
        sim_text(x->sim, "%c%08ld%09ld#", alt < 0 ? '-' : '+', lround(fabs(alt) / CAS),
                 lround(az / CAS));
    } else if (strcmp(c, "PC") == 0) {
        say(x, "+32400000064800000#");
    } else if (strcmp(c, "MT") == 0) {
        say(x, "000#");
    } else if (strcmp(c, "AL") == 0) {
        say(x, "+00#");
    } else if (strcmp(c, "PE") == 0 || strcmp(c, "PR") == 0) {
        say(x, "0");
    }
}

static void set(struct io *x, const char *c)
{
    double v = 0;
    if (strncmp(c, "RA", 2) == 0)
        x->to_ra = strtod(c + 2, NULL) * CAS;
    else if (c[0] == 'd')
        x->to_dec = strtod(c + 1, NULL) * CAS;
    else if (strncmp(c, "LO", 2) == 0)
        x->m.lon = strtod(c + 2, NULL) * CAS;
    else if (strncmp(c, "LA", 2) == 0)
        x->m.lat = strtod(c + 2, NULL) * CAS;
    else if (strncmp(c, "UT", 2) == 0 && (v = strtod(c + 2, NULL)) > 0)
        x->m.clock_error_s = utc_diff_s((struct jd_utc){2451545.0, v / 86400000}, sim_utc(x->sim));
    else if (c[0] == 'T')
        x->m.tracking = c[1] == '1';
    else if (c[0] == 'R')
        x->speed = c[1] - '0';
    x->m.move_speed = x->m.speed * pow(2, x->speed - 9);
    say(x, "1");
}

static void motion(struct io *x, const char *c)
{
    bool ok = true;
    if (c[0] == 'S' && (c[1] == '1' || c[1] == '2'))
        ok = !x->m.parked && sim_mount_goto(&x->m, x->to_ra, x->to_dec);
    else if (strcmp(c, "P1") == 0)
        sim_mount_park(&x->m);
    else if (strcmp(c, "P0") == 0)
        x->m.parked = false;
    else if (c[0] == 'H')
        sim_mount_home(&x->m);
    say(x, ok ? "1" : "0");
}

static void by_hand(struct io *x, char d)
{
    if (d == 'n' || d == 's')
        x->m.move_dec = d == 'n' ? 1 : -1;
    else
        x->m.move_ra = d == 'e' ? 1 : -1;
}

static void end_hand(struct io *x, char axis)
{
    if (!sim_faulty(x->sim, SIM_STOP_IGNORED) && axis == 'R')
        x->m.move_ra = 0;
    if (!sim_faulty(x->sim, SIM_STOP_IGNORED) && axis == 'D')
        x->m.move_dec = 0;
    say(x, "1");
}

static void pulse(struct io *x, char way, double seconds)
{
    const double by = seconds * 7.52 * 100 * CAS;
    if (way == 'Q' || way == 'S')
        x->m.ra += way == 'Q' ? by : -by;
    else if (way == 'E' || way == 'C')
        x->m.dec += way == 'E' ? by : -by;
}

static void command(struct io *x, const char *c)
{
    sim_mount_step(&x->m);
    if (strcmp(c, "MountInfo") == 0)
        say(x, "0040");
    else if (strcmp(c, "FW1") == 0 || strcmp(c, "FW2") == 0)
        say(x, "210105210105#");
    else if (strcmp(c, "AG") == 0)
        say(x, "5050#");
    else if (c[0] == 'G')
        get(x, c + 1);
    else if (strcmp(c, "CM") == 0)
        sim_mount_sync(&x->m, x->to_ra, x->to_dec), say(x, "1");
    else if (c[0] == 'S')
        set(x, c + 1);
    else if (c[0] == 'M')
        motion(x, c + 1);
    else if (c[0] == 'm')
        by_hand(x, c[1]);
    else if (c[0] == 'q')
        end_hand(x, c[1]);
    else if (c[0] == 'Q')
        sim_mount_stop(&x->m), say(x, "1");
    else if (c[0] == 'Z') /* a pulse at half the sidereal rate, at once; no answer */
        pulse(x, c[1], strtod(c + 2, NULL) / 1000);
    else if (c[0] == 'R')
        x->rate = c[0] == 'R' && c[1] == 'T' ? c[2] - '0' : x->rate, say(x, "1");
}

static void on_byte(void *self, unsigned char c)
{
    struct io *x = self;
    if (c == ':' && (!x->in || x->n == 0)) {
        x->in = true;
        x->n = 0;
    } else if (c == '#' && x->in) {
        x->cmd[x->n] = 0;
        x->in = false;
        command(x, x->cmd);
    } else if (x->in && x->n < sizeof x->cmd - 1) {
        x->cmd[x->n++] = (char)c;
    }
}

static void *io_open(struct sim *s, const char *variant, struct error *err)
{
    (void)err;
    struct io *x = mem_zero(sizeof *x);
    (void)variant;
    x->sim = s;
    x->speed = 9;
    sim_mount_init(&x->m, s);
    return x;
}

static void io_reset(void *self)
{
    sim_mount_reboot(&((struct io *)self)->m);
}

static struct sim_mount *io_mount(void *self)
{
    return &((struct io *)self)->m;
}

extern const struct sim_machine sim_ioptron;
const struct sim_machine sim_ioptron = {
    .open = io_open, .byte = on_byte, .reset = io_reset, .mount = io_mount, .close = free};
