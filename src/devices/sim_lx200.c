/* sim_lx200.c - a mount that speaks LX200 as a Classic, an Autostar, OnStep or 10micron does. From the same documents as the
 * driver, written apart from it, and judged by INDI's drivers (tests/peers/indi_drivers.sh).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/base/mem.h"
#include "vigie/formats/sexa.h"

static const double DEG = M_PI / 180;

enum kind { CLASSIC, AUTOSTAR, ONSTEP, MICRON };

struct lx {
    struct sim *sim;
    struct sim_mount m;
    enum kind kind;
    bool in, high;
    char cmd[64];
    size_t n;
    double to_ra, to_dec; /* target */
    int year, month, day;
};

static void say(struct lx *l, const char *text)
{
    sim_text(l->sim, "%s", text);
}

/* ---- numbers as text */

static void put_ra(struct lx *l, double rad)
{
    char t[SEXA_TEXT];
    sexa_format(rad / DEG, SEXA_RA, l->high && l->kind == MICRON ? 2 : 0, ':', t);
    if (l->high)
        sim_text(l->sim, "%s#", t);
    else
        sim_text(l->sim, "%.5s.%d#", t, atoi(t + 6) / 6);
}

/* A real Meade has 0xDF for the degree mark. */
static char mark(const struct lx *l)
{
    return l->kind == CLASSIC || l->kind == AUTOSTAR ? '\xDF' : '*';
}

static void put_dec(struct lx *l, double rad, bool sign, bool long_form)
{
    int s = (int)lround(fabs(rad) / DEG * 3600);
    char head[2] = {rad < 0 ? '-' : '+', 0};
    if (long_form)
        sim_text(l->sim, "%s%02d%c%02d%c%02d#", sign ? head : "", s / 3600, mark(l), s / 60 % 60,
                 l->kind == CLASSIC ? '\'' : ':', s % 60);
    else
        sim_text(l->sim, "%s%02d%c%02d#", sign ? head : "", (s + 30) / 3600, mark(l),
                 (s + 30) / 60 % 60);
}

static void put_clock(struct lx *l, double hours)
{
    int s = (int)floor(fmod(hours + 48, 24) * 3600);
    sim_text(l->sim, "%02d:%02d:%02d#", s / 3600, s / 60 % 60, s % 60);
}

/* "HH:MM:SS", "HH:MM.T", "sDD*MM", "sDD*MM:SS", whatever the separators. */
static bool get_sexa(const char *t, double *out)
{
    double part[3] = {0};
    int sign = *t == '-' ? -1 : 1, n = 0;
    while (*t == ' ' || *t == '+' || *t == '-')
        t++;
    while (*t && n < 3) {
        char *end;
        part[n++] = strtod(t, &end);
        if (end == t)
            return false;
        t = *end ? end + 1 : end;
    }
    *out = sign * (part[0] + part[1] / 60 + part[2] / 3600);
    return n >= 2;
}

/* ---- what it answers */

static double local_hours(struct lx *l)
{
    struct jd_utc utc = sim_mount_utc(&l->m);
    int y, m, d;
    struct jd_utc day;
    utc_date(utc, &y, &m, &d);
    if (utc_of_date(y, m, d, &day, NULL) != OK)
        return 0;
    return utc_diff_s(utc, day) / 3600 - l->m.utc_offset_h;
}

static void get_date(struct lx *l)
{
    int y, m, d;
    utc_date(utc_add_s(sim_mount_utc(&l->m), -l->m.utc_offset_h * 3600), &y, &m, &d);
    sim_text(l->sim, "%02d/%02d/%02d#", m, d, y % 100);
}

static void get_bars(struct lx *l)
{
    bool slewing = l->m.slewing;
    if (l->kind == CLASSIC)
        sim_text(l->sim, "%s                          ",
                 slewing ? "\x7F\x7F\x7F\x7F\x7F\x7F" : "      ");
    else
        say(l, slewing ? "\x7F#" : "#");
}

static void get_letters(struct lx *l)
{
    char t[24];
    size_t n = 0;
    const struct sim_mount *m = &l->m;
    if (!m->tracking || m->parked)
        t[n++] = 'n';
    if (!m->slewing)
        t[n++] = 'N';
    t[n++] = m->parked ? 'P' : m->parking ? 'I' : 'p';
    if (m->homed)
        t[n++] = 'H';
    t[n++] = 'E';
    t[n++] = m->east ? 'T' : 'W';
    t[n] = 0;
    sim_text(l->sim, "%s260#", t);
}

static int micron_state(const struct sim_mount *m)
{
    return m->parked ? 5 : m->parking ? 2 : m->homing ? 4 : m->slewing ? 6 : m->tracking ? 0 : 1;
}

static void get_info(struct lx *l)
{
    double ra, dec, alt, az;
    sim_mount_seen(&l->m, &ra, &dec);
    sim_mount_altaz(&l->m, ra, dec, &alt, &az);
    struct jd_utc t = sim_mount_utc(&l->m);
    sim_text(l->sim, "%.5f,%+.4f,%c,%.4f,%.4f,%.8f,%d,%d#", ra / DEG / 15, dec / DEG,
             l->m.east ? 'E' : 'W', az / DEG, alt / DEG, t.d1 + t.d2, micron_state(&l->m),
             l->m.slewing);
}

static void get_product(struct lx *l, char what)
{
    static const char *const product[] = {"", "Autostar", "On-Step", "10micron GM1000HPS"};
    static const char *const number[] = {"", "43Eg", "4.24s", "2.14.11"};
    if (l->kind == CLASSIC)
        return; /* it does not know the question */
    if (what == 'P')
        sim_text(l->sim, "%s#", product[l->kind]);
    else if (what == 'N')
        sim_text(l->sim, "%s#", number[l->kind]);
    else if (what == 'D')
        say(l, "Nov 20 2026#");
    else if (what == 'T')
        say(l, "12:00:00#");
    else if (what == 'F')
        say(l, "Autostar firmware|A|43Eg#");
}

static void get(struct lx *l, const char *c)
{
    double ra, dec, alt, az;
    sim_mount_step(&l->m);
    switch (c[0]) {
    case 'R':
        sim_mount_seen(&l->m, &ra, &dec);
        put_ra(l, ra);
        return;
    case 'D':
        sim_mount_seen(&l->m, &ra, &dec);
        put_dec(l, dec, true, l->high);
        return;
    case 'r': put_ra(l, l->to_ra); return;
    case 'd': put_dec(l, l->to_dec, true, l->high); return;
    case 'A':
    case 'Z':
        sim_mount_altaz(&l->m, l->m.ra, l->m.dec, &alt, &az);
        if (c[0] == 'A')
            put_dec(l, alt, true, l->high);
        else
            put_dec(l, az, false, l->high);
        return;
    case 'S': put_clock(l, sim_mount_lst(&l->m) / DEG / 15); return;
    case 'L': put_clock(l, local_hours(l)); return;
    case 'C': get_date(l); return;
    case 'c': say(l, l->kind == CLASSIC ? "(24)#" : "24#"); return;
    case 'G':
        if (l->kind == MICRON)
            sim_text(l->sim, "%+05.1f#", l->m.utc_offset_h);
        else
            sim_text(l->sim, "%+03d#", (int)l->m.utc_offset_h);
        return;
    case 't': put_dec(l, l->m.lat, true, false); return;
    case 'g': { /* westward */
        double west = -l->m.lon;
        if (west < 0 && (l->kind == CLASSIC || l->kind == AUTOSTAR))
            west += 2 * M_PI;
        int min = (int)lround(fabs(west) / DEG * 60);
        bool sign = l->kind == ONSTEP || l->kind == MICRON;
        sim_text(l->sim, "%s%03d%c%02d#", sign ? (west < 0 ? "-" : "+") : "", min / 60, mark(l),
                 min % 60);
        return;
    }
    case 'T': say(l, "60.1#"); return;
    case 'M': say(l, "SITE#"); return;
    case 'V': get_product(l, c[1]); return;
    case 'W': sim_text(l->sim, "P%c1#", l->m.tracking ? 'T' : 'N'); return;
    case 'U':
        if (l->kind == ONSTEP)
            get_letters(l);
        return;
    case 'm':
        if (l->kind == ONSTEP)
            say(l, l->m.east ? "E#" : "W#");
        return;
    case 'E':
        if (l->kind == ONSTEP)
            say(l, "00#");
        return;
    case 's':
        if (l->kind == MICRON && strcmp(c, "stat") == 0)
            sim_text(l->sim, "%d#", micron_state(&l->m));
        return;
    case 'i':
        if (l->kind == MICRON && strcmp(c, "info") == 0)
            get_info(l);
        return;
    default:
        if (l->kind == ONSTEP)
            say(l, "0");
        return;
    }
}

/* ---- what it is told */

static void set_date(struct lx *l, const char *t)
{
    bool ok = sscanf(t, "%2d/%2d/%2d", &l->month, &l->day, &l->year) == 3;
    if (!ok || l->kind == ONSTEP)
        say(l, ok ? "1" : "0");
    else
        say(l, "1Updating Planetary Data#                        #");
}

static void set(struct lx *l, const char *c)
{
    double x = 0;
    bool ok = get_sexa(c + 1, &x);
    switch (c[0]) {
    case 'r':
        ok = ok && x >= 0 && x < 24.001;
        if (ok)
            l->to_ra = x * 15 * DEG;
        say(l, ok ? "1" : "0");
        return;
    case 'd':
        ok = ok && fabs(x) <= 90;
        if (ok)
            l->to_dec = x * DEG;
        say(l, ok ? "1" : "0");
        return;
    case 't':
        if (ok)
            l->m.lat = x * DEG;
        say(l, ok ? "1" : "0");
        return;
    case 'g':
        if (ok)
            l->m.lon = remainder(-x, 360) * DEG;
        say(l, ok ? "1" : "0");
        return;
    case 'G':
        ok = l->kind != ONSTEP || !strchr(c, '.');
        if (ok)
            l->m.utc_offset_h = strtod(c + 1, NULL);
        say(l, ok ? "1" : "0");
        return;
    case 'L':
        if (ok) /* its clock is right from now on */
            l->m.clock_error_s = 0;
        say(l, ok ? "1" : "0");
        return;
    case 'C': set_date(l, c + 1); return;
    case 'w':
    case 'T': say(l, "1"); return;
    default:
        if (l->kind == ONSTEP)
            say(l, "0");
        return;
    }
}

static void start_goto(struct lx *l)
{
    if (l->m.slewing && l->kind == ONSTEP) { /* stops the one that runs */
        sim_mount_stop(&l->m);
        say(l, "5");
        return;
    }
    if (l->m.parked) {
        say(l, l->kind == ONSTEP ? "4" : "4Parked#");
        return;
    }
    if (sim_mount_goto(&l->m, l->to_ra, l->to_dec))
        say(l, "0");
    else
        say(l, l->kind == ONSTEP ? "1" : "1Object Below Horizon#");
}

static void move(struct lx *l, const char *c)
{
    sim_mount_step(&l->m);
    switch (c[0]) {
    case 'S': start_goto(l); return;
    case 'n': l->m.move_dec = 1; return;
    case 's': l->m.move_dec = -1; return;
    case 'e': l->m.move_ra = 1; return;
    case 'w': l->m.move_ra = -1; return;
    case 'g':
    case 'G': { /* a pulse: half the sidereal rate */
        double x = strtod(c + 2, NULL) / 1000 * 7.5 / 3600 * DEG;
        if (c[1] == 'n' || c[1] == 's')
            l->m.dec += c[1] == 'n' ? x : -x;
        else
            l->m.ra += c[1] == 'e' ? x : -x;
        if (c[0] == 'G')
            say(l, "1");
        return;
    }
    case 'A': say(l, "1"); return;
    default: return;
    }
}

static void stop(struct lx *l, char d)
{
    if (!d) {
        sim_mount_stop(&l->m);
        return;
    }
    sim_mount_step(&l->m);
    if (sim_faulty(l->sim, SIM_STOP_IGNORED))
        return;
    if (d == 'n' || d == 's')
        l->m.move_dec = 0;
    else
        l->m.move_ra = 0;
}

static void sync(struct lx *l)
{
    static const char *const word[] = {"COORDINATES     matched.        #",
                                       " M31 EX GAL MAG 3.5 SZ178.0'#", "N/A#",
                                       "Coordinates     matched.        #"};
    sim_mount_sync(&l->m, l->to_ra, l->to_dec);
    say(l, word[l->kind]);
}

static void park(struct lx *l, const char *c)
{
    if (c[0] == 'P')
        sim_mount_park(&l->m);
    if (c[0] == 'R')
        l->m.parked = false, l->m.tracking = true;
    if (c[0] == 'C' && l->kind == ONSTEP)
        sim_mount_home(&l->m);
    if (l->kind == ONSTEP && strchr("PRQ", c[0]))
        say(l, "1");
}

static void track(struct lx *l, const char *c)
{
    sim_mount_step(&l->m);
    if (l->kind == ONSTEP && (c[0] == 'e' || c[0] == 'd')) {
        l->m.tracking = c[0] == 'e';
        say(l, "1");
    }
}

static void micron(struct lx *l, const char *c)
{
    if (strcmp(c, "KA") == 0)
        sim_mount_park(&l->m);
    if (strcmp(c, "PO") == 0)
        l->m.parked = false, l->m.tracking = true;
    if (strcmp(c, "RT9") == 0)
        l->m.tracking = false;
    if (strcmp(c, "RT2") == 0)
        l->m.tracking = true;
    if (strcmp(c, "pS") == 0)
        say(l, "West#");
}

static void command(struct lx *l, const char *c)
{
    sim_mount_step(&l->m);
    if (l->kind == MICRON)
        micron(l, c);
    switch (c[0]) {
    case 'G': get(l, c + 1); return;
    case 'S': set(l, c + 1); return;
    case 'M': move(l, c + 1); return;
    case 'Q': stop(l, c[1]); return;
    case 'D': get_bars(l); return;
    case 'U': l->high = c[1] ? c[1] != '0' : !l->high; return;
    case 'P':
        if (!c[1])
            say(l, "HIGH PRECISION");
        return;
    case 'C':
        if (c[1] == 'M')
            sync(l);
        if (c[1] == 'S')
            sim_mount_sync(&l->m, l->to_ra, l->to_dec);
        return;
    case 'h': park(l, c + 1); return;
    case 'A': l->m.tracking = c[1] != 'L'; return;
    case 'T': track(l, c + 1); return;
    case 'R': /* speeds: slowest to fastest */
        l->m.move_speed = l->m.speed * (c[1] == 'G'   ? 0.01
                                        : c[1] == 'C' ? 0.05
                                        : c[1] == 'M' ? 0.3
                                                      : 1);
        if (c[1] >= '0' && c[1] <= '9')
            l->m.move_speed = l->m.speed * pow(2, c[1] - '9');
        return;
    default:
        if (l->kind == ONSTEP)
            say(l, "0"); /* OnStep answers what it does not know; a Meade is silent */
        return;
    }
}

static void on_byte(void *self, unsigned char c)
{
    struct lx *l = self;
    if (c == 0x06 && !l->in) {
        say(l, l->kind == MICRON ? "L" : "P");
        return;
    }
    if (c == ':' && (!l->in || l->n == 0)) {
        l->in = true;
        l->n = 0;
    } else if (c == '#' && l->in) {
        l->cmd[l->n] = 0;
        l->in = false;
        command(l, l->cmd);
    } else if (l->in && l->n < sizeof l->cmd - 1) {
        l->cmd[l->n++] = (char)c;
    }
}

static void *lx_open(struct sim *s, const char *variant, struct error *err)
{
    (void)err;
    static const char *const name[] = {"classic", "autostar", "onstep", "10micron"};
    struct lx *l = mem_zero(sizeof *l);
    l->sim = s;
    for (int k = 0; k < 4; k++)
        if (strcmp(variant, name[k]) == 0)
            l->kind = (enum kind)k;
    l->high = l->kind == ONSTEP || l->kind == MICRON;
    sim_mount_init(&l->m, s);
    return l;
}

static void lx_reset(void *self)
{
    struct lx *l = self;
    l->high = l->kind == ONSTEP || l->kind == MICRON;
    sim_mount_reboot(&l->m);
}

static struct sim_mount *lx_mount(void *self)
{
    return &((struct lx *)self)->m;
}

extern const struct sim_machine sim_lx200;
const struct sim_machine sim_lx200 = {
    .open = lx_open, .byte = on_byte, .reset = lx_reset, .mount = lx_mount, .close = free};
