/* drv_ioptron.c - iOptron mounts of the third command language (firmware of 2017 and later). Angles in 0.01". From: iOptron
 * RS-232 Command Language 2014/2018, version 3.
 * Not: the two older languages, whose models are named and refused.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "mount.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

enum { ANSWER_MS = 1500, DIGITS = 24 };
static const double CAS = M_PI / 180 / 360000, DEG = M_PI / 180;

enum tag {
    T_MODEL,
    T_FIRMWARE,
    T_STATUS,
    T_PLACE,
    T_TIME,
    T_READY,
    T_TARGET_RA,
    T_TARGET_DEC,
    T_GOTO,
    T_SYNC,
    T_CHECK,
    T_PART, /* one of several answers of a request */
    T_LAST, /* the last one */
    T_NOTE
};

struct ioptron {
    struct driver_host h;
    struct mount m;
    bool again;
    int model, tries, polls;
    char firmware[16];
    enum device_verb verb;
    uint64_t ticket;
    double to_ra, to_dec;
    struct {
        uint64_t ticket;
        int64_t until;
    } guide[2];
};

static void on_answer(void *self, const struct xreply *r, int tag);

static struct mount_values *values(struct ioptron *x)
{
    return &slot_values(x->h.slot)->mount;
}

/* ---- shapes */

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

static bool signed_digits(const char *s, size_t n, size_t want)
{
    return n == want && (s[0] == '+' || s[0] == '-') && all_digits(s + 1, n - 1);
}

static bool ok_model(const char *s, size_t n)
{
    return all_digits(s, n);
}

static bool ok_status(const char *s, size_t n)
{
    return signed_digits(s, n, 23);
}

static bool ok_place(const char *s, size_t n)
{
    return signed_digits(s, n, 20);
}

static bool ok_time(const char *s, size_t n)
{
    return signed_digits(s, n, 18);
}

static bool ok_firmware(const char *s, size_t n)
{
    return n == 12 && all_digits(s, n);
}

static bool ok_bit(const char *s, size_t n)
{
    return n == 1 && (s[0] == '0' || s[0] == '1');
}

static double number(const char *s, size_t n)
{
    char t[DIGITS];
    memcpy(t, s, n);
    t[n] = 0;
    return strtod(t, NULL);
}

/* ---- questions */

static struct xcmd question(struct ioptron *x, enum tag tag)
{
    static bool (*const ok[])(const char *, size_t) = {
        [T_MODEL] = ok_model, [T_FIRMWARE] = ok_firmware, [T_STATUS] = ok_status,
        [T_PLACE] = ok_place, [T_TIME] = ok_time,         [T_READY] = ok_place,
        [T_CHECK] = ok_place};
    bool text = tag == T_FIRMWARE || tag == T_STATUS || tag == T_PLACE || tag == T_TIME ||
                tag == T_READY || tag == T_CHECK;
    struct xcmd c = {.reply = text ? REPLY_HASH : REPLY_CHAR,
                     .ok = text || tag == T_MODEL ? ok[tag] : ok_bit,
                     .deadline_ms = ANSWER_MS,
                     .tag = (int)tag,
                     .done = on_answer,
                     .self = x};
    if (tag == T_MODEL) {
        c.reply = REPLY_FIXED;
        c.fixed = 4;
    }
    return c;
}

static void put(struct ioptron *x, enum xrank rank, enum tag tag, const char *text)
{
    struct xcmd c = question(x, tag);
    xcmd_text(&c, "%s", text);
    if (exchange_put(x->h.x, rank, &c) != OK)
        slot_say(x->h.slot, '-', "too many questions wait: one was dropped");
}

static void tell(struct ioptron *x, const char *text) /* has no answer */
{
    struct xcmd c = {.reply = REPLY_NONE};
    xcmd_text(&c, "%s", text);
    (void)!exchange_put(x->h.x, X_USER, &c);
}

/* ---- who is there */

static void start(void *self, bool again)
{
    struct ioptron *x = self;
    x->again = again;
    x->tries = 0;
    put(x, X_USER, T_MODEL, ":MountInfo#");
}

static const char *model_name(int model)
{
    static const struct {
        int first, last;
        const char *name;
    } row[] = {{12, 19, "HAE/HAZ"},  {25, 25, "CEM25"},    {26, 27, "CEM26"}, {28, 29, "GEM28"},
               {30, 30, "iEQ30"},    {40, 41, "CEM40"},    {43, 44, "GEM45"}, {45, 45, "iEQ45"},
               {46, 47, "HEM44"},    {60, 61, "CEM60"},    {70, 72, "CEM70"}, {73, 73, "HAE"},
               {120, 122, "CEM120"}, {5010, 5010, "Cube"}, {5035, 5045, "AZ"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (model >= row[i].first && model <= row[i].last)
            return row[i].name;
    return "mount";
}

static void on_model(struct ioptron *x, const struct xreply *r)
{
    if (r->status == E_CANCELLED)
        return;
    if (r->status != OK) { /* the first one after power-on is often lost */
        if (x->tries++ < 2)
            put(x, X_USER, T_MODEL, ":MountInfo#");
        else
            x->h.fail(x->h.arg, true, "nobody answers :MountInfo# as an iOptron mount does");
        return;
    }
    x->model = (int)number(r->s, 4);
    if (x->model >= 8400 && x->model < 8500) {
        x->h.fail(x->h.arg, false,
                  "an iEQ of the first command language: reach it through INDI's ieqlegacy driver");
        return;
    }
    put(x, X_USER, T_FIRMWARE, ":FW1#");
    put(x, X_USER, T_STATUS, ":GLS#");
    put(x, X_USER, T_TIME, ":GUT#");
    put(x, X_USER, T_READY, ":GEP#");
}

static void on_ready(struct ioptron *x)
{
    values(x)->n_rates = 9;
    slot_identity(x->h.slot,
                  CAN_SLEW | CAN_SYNC | CAN_PARK | CAN_UNPARK | CAN_TRACK | CAN_TRACK_RATE |
                      CAN_MOVE | CAN_GUIDE | CAN_PIER | CAN_HOME | CAN_SET_SITE | CAN_SET_TIME,
                  "iOptron %s, firmware %.6s (%04d in :MountInfo#)", model_name(x->model),
                  x->firmware, x->model);
    mount_ready(&x->m, x->again);
}

/* ---- what it says */

static void on_place(struct ioptron *x, const struct xreply *r)
{
    int side = r->s[18] - '0';
    double dec = number(r->s, 9) * CAS, ra = number(r->s + 9, 9) * CAS;
    if (fabs(dec) > M_PI / 2 + 1e-6 || ra > 2 * M_PI + 1e-6) {
        exchange_doubt(x->h.x, "a position outside the sky");
        return;
    }
    values(x)->pier = side == 0 ? PIER_EAST : side == 1 ? PIER_WEST : PIER_UNKNOWN;
    mount_place(&x->m, ra, dec);
}

static void on_status(struct ioptron *x, const struct xreply *r)
{
    struct mount_values *v = values(x);
    int state = r->s[18] - '0', rate = r->s[19] - '0';
    v->lon_rad = number(r->s, 9) * CAS;
    v->lat_rad = number(r->s + 9, 8) * CAS - M_PI / 2;
    v->tracking = state == 1 || state == 3 || state == 5;
    v->parked = state == 6;
    v->homed = state == 7;
    v->rate = rate == 0   ? TRACK_SIDEREAL
              : rate == 1 ? TRACK_LUNAR
              : rate == 2 ? TRACK_SOLAR
                          : TRACK_OTHER;
    if (x->m.task == MOUNT_PARK && v->parked)
        mount_end(&x->m, OK, "parked");
    if (x->m.task == MOUNT_HOME && v->homed)
        mount_end(&x->m, OK, "at home");
    mount_slewing(&x->m, state == 2 || state == 4, true);
}

/* Milliseconds since J2000.0 in UTC: with its longitude its sidereal time. */
static void on_time(struct ioptron *x, const struct xreply *r)
{
    struct jd_utc its = {2451545.0, number(r->s + 5, 13) / 86400000};
    values(x)->clock_error_s = utc_diff_s(its, driver_utc(&x->h));
    if (isfinite(values(x)->lon_rad))
        mount_lst(&x->m, sky_turn(its, 0, values(x)->lon_rad).last_rad);
}

/* ---- requests */

static void over(struct ioptron *x, enum status status, const char *text)
{
    uint64_t ticket = x->ticket;
    x->ticket = 0;
    if (ticket)
        slot_done(x->h.slot, ticket, status, text);
}

static void begin(struct ioptron *x, enum mount_task task, double ra, double dec)
{
    uint64_t ticket = x->ticket;
    x->ticket = 0;
    mount_begin(&x->m, task, ticket, ra, dec);
}

static size_t halt(void *self, struct xcmd c[HALT_MOST])
{
    static const char *const text[] = {":Q#", ":qR#", ":qD#"};
    for (int i = 0; i < 3; i++) {
        c[i] = question(self, T_NOTE);
        xcmd_text(&c[i], "%s", text[i]);
    }
    return 3;
}

static void stop(void *self)
{
    struct ioptron *x = self;
    struct xcmd c[HALT_MOST];
    exchange_stop(x->h.x, c, halt(x, c));
}

static void move_end(void *self, enum move_direction d)
{
    struct ioptron *x = self;
    struct xcmd c = question(x, T_NOTE);
    xcmd_text(&c, "%s", d == MOVE_NORTH || d == MOVE_SOUTH ? ":qD#" : ":qR#");
    (void)!exchange_put(x->h.x, X_STOP, &c);
}

static void put_target(struct ioptron *x, bool dec)
{
    char t[32];
    if (dec)
        snprintf(t, sizeof t, ":Sd%c%08ld#", x->to_dec < 0 ? '-' : '+',
                 lround(fabs(x->to_dec) / CAS));
    else
        snprintf(t, sizeof t, ":SRA%09ld#",
                 lround(fmod(x->to_ra + 2 * M_PI, 2 * M_PI) / CAS) % 129600000);
    put(x, X_USER, dec ? T_TARGET_DEC : T_TARGET_RA, t);
}

static void on_check(struct ioptron *x, const struct xreply *r)
{
    double dec = number(r->s, 9) * CAS, ra = number(r->s + 9, 9) * CAS;
    if (sky_separation(ra, dec, x->to_ra, x->to_dec) > 0.2 * DEG) {
        over(x, E_DEVICE, "the sync was not taken: it still reports another place");
        return;
    }
    mount_synced(&x->m);
    mount_place(&x->m, ra, dec);
    over(x, OK, "synced");
}

static void on_taken(struct ioptron *x)
{
    if (!x->ticket) /* a part of it was refused */
        return;
    switch ((int)x->verb) {
    case ASK_PARK: begin(x, MOUNT_PARK, (double)NAN, (double)NAN); return;
    case ASK_HOME: begin(x, MOUNT_HOME, (double)NAN, (double)NAN); return;
    case ASK_UNPARK: values(x)->parked = false; break;
    case ASK_SET_SITE:
    case ASK_SET_TIME:
        put(x, X_USER, T_STATUS, ":GLS#");
        put(x, X_USER, T_TIME, ":GUT#");
        break;
    default: break;
    }
    over(x, OK, "done");
}

static void on_asked(struct ioptron *x, const struct xreply *r, enum tag tag)
{
    if (r->status != OK) {
        over(x, r->status == E_PARSE ? E_DEVICE : r->status,
             r->status == E_CANCELLED ? "stopped" : "it did not answer");
        return;
    }
    if (tag != T_CHECK && r->s[0] != '1') {
        over(x, E_DEVICE,
             tag == T_GOTO ? "it refused the slew: below its altitude limit, or beyond the meridian"
                           : "it refused");
        return;
    }
    switch ((int)tag) {
    case T_TARGET_RA: put_target(x, true); return;
    case T_TARGET_DEC:
        if (x->verb == ASK_SYNC)
            put(x, X_USER, T_SYNC, ":CM#");
        else
            put(x, X_USER, T_GOTO, ":MS1#");
        return;
    case T_GOTO: begin(x, MOUNT_SLEW, x->to_ra, x->to_dec); return;
    case T_SYNC: put(x, X_USER, T_CHECK, ":GEP#"); return;
    case T_CHECK: on_check(x, r); return;
    case T_PART: return;
    default: on_taken(x); return;
    }
}

static void on_said(struct ioptron *x, const struct xreply *r, enum tag tag)
{
    if (r->status != OK)
        return;
    if (tag == T_FIRMWARE)
        snprintf(x->firmware, sizeof x->firmware, "%s", r->s);
    else if (tag == T_STATUS)
        on_status(x, r);
    else if (tag == T_PLACE)
        on_place(x, r);
    else if (tag == T_TIME)
        on_time(x, r);
}

static void on_answer(void *self, const struct xreply *r, int tag)
{
    struct ioptron *x = self;
    if (tag == T_MODEL) {
        on_model(x, r);
    } else if (tag == T_READY && r->status == OK) {
        on_place(x, r);
        on_ready(x);
    } else if (tag == T_READY) {
        if (r->status != E_CANCELLED)
            x->h.fail(x->h.arg, true,
                      "it does not answer :GEP#: a mount of an older command language? "
                      "Reach it through INDI");
    } else if (tag >= T_TARGET_RA && tag <= T_LAST) {
        on_asked(x, r, (enum tag)tag);
    } else if (tag != T_NOTE) {
        on_said(x, r, (enum tag)tag);
    }
}

static enum status ask_move(struct ioptron *x, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    char t[8];
    int rate = r->n < 1 ? 1 : r->n > 9 ? 9 : r->n;
    if (x->m.task != MOUNT_IDLE)
        return err_set(err, E_BUSY, "it is slewing; stop it first");
    if (values(x)->rate_now != rate) {
        snprintf(t, sizeof t, ":SR%d#", rate);
        put(x, X_USER, T_NOTE, t);
    }
    values(x)->rate_now = rate;
    snprintf(t, sizeof t, ":m%c#", "nsew"[r->direction]);
    if (!x->m.moving[r->direction])
        tell(x, t);
    mount_ask_move(&x->m, r, ticket);
    return OK;
}

static enum status ask_guide(struct ioptron *x, const struct device_request *r, uint64_t ticket,
                             struct error *err)
{
    char t[16];
    int axis = r->direction == MOVE_EAST || r->direction == MOVE_WEST;
    if (!(r->x >= 1 && r->x <= 9999))
        return err_set(err, E_RANGE, "a pulse has 1 .. 9999 ms");
    if (x->guide[axis].ticket)
        return err_set(err, E_BUSY, "a pulse runs on that axis");
    snprintf(t, sizeof t, ":Z%c%05d#", "ECQS"[r->direction], (int)lround(r->x));
    tell(x, t);
    x->guide[axis].ticket = ticket;
    x->guide[axis].until = driver_now(&x->h) + (int64_t)r->x;
    x->h.later(x->h.arg, (int64_t)r->x);
    return OK;
}

/* Pulses have no answer: they are over when their time is. */
static void guide_tick(struct ioptron *x, bool lost)
{
    int64_t t = driver_now(&x->h);
    for (int a = 0; a < 2; a++) {
        uint64_t ticket = x->guide[a].ticket;
        if (ticket && !lost && t < x->guide[a].until) {
            x->h.later(x->h.arg, x->guide[a].until - t);
            continue;
        }
        x->guide[a].ticket = 0;
        if (ticket)
            slot_done(x->h.slot, ticket, lost ? E_NET : OK,
                      lost ? "the wire was lost" : "pulse given");
    }
}

static void ask_site(struct ioptron *x, const struct device_request *r)
{
    char t[32];
    double lon = remainder(r->lon_rad, 2 * M_PI);
    snprintf(t, sizeof t, ":SLO%c%08ld#", lon < 0 ? '-' : '+', lround(fabs(lon) / CAS));
    put(x, X_USER, T_PART, t);
    snprintf(t, sizeof t, ":SLA%c%08ld#", r->lat_rad < 0 ? '-' : '+',
             lround(fabs(r->lat_rad) / CAS));
    put(x, X_USER, T_LAST, t);
}

static void ask_time(struct ioptron *x)
{
    char t[32];
    struct jd_utc utc = driver_utc(&x->h);
    double ms = ((utc.d1 - 2451545.0) + utc.d2) * 86400000;
    put(x, X_USER, T_PART, ":SG+000#");
    put(x, X_USER, T_PART, ":SDS0#");
    snprintf(t, sizeof t, ":SUT%013.0f#", ms);
    put(x, X_USER, T_LAST, t);
}

static enum status ask_long(struct ioptron *x, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    static const char *const rate[] = {":RT0#", ":RT2#", ":RT1#"};
    if (x->ticket)
        return err_set(err, E_BUSY, "it is still busy with: %s", device_verb_name(x->verb));
    if (x->m.task != MOUNT_IDLE)
        return err_set(err, E_BUSY, "it is slewing; stop it first");
    x->verb = r->verb;
    x->ticket = ticket;
    mount_asked(&x->m, r->verb);
    x->to_ra = r->ra_rad;
    x->to_dec = r->dec_rad;
    switch ((int)r->verb) {
    case ASK_SLEW:
    case ASK_SYNC: put_target(x, false); break;
    case ASK_PARK: put(x, X_USER, T_LAST, ":MP1#"); break;
    case ASK_UNPARK: put(x, X_USER, T_LAST, ":MP0#"); break;
    case ASK_HOME: put(x, X_USER, T_LAST, ":MH#"); break;
    case ASK_TRACK: put(x, X_USER, T_LAST, r->on ? ":ST1#" : ":ST0#"); break;
    case ASK_TRACK_RATE: put(x, X_USER, T_LAST, rate[r->rate]); break;
    case ASK_SET_SITE: ask_site(x, r); break;
    default: ask_time(x); break;
    }
    return OK;
}

static enum status ask(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err)
{
    struct ioptron *x = self;
    switch ((int)r->verb) {
    case ASK_STOP: mount_ask_stop(&x->m, ticket); return OK;
    case ASK_MOVE: return ask_move(x, r, ticket, err);
    case ASK_GUIDE: return ask_guide(x, r, ticket, err);
    case ASK_MOVE_END:
        move_end(x, r->direction);
        mount_move_over(&x->m, r->direction, OK);
        slot_done(x->h.slot, ticket, OK, "ended");
        return OK;
    case ASK_TRACK_RATE:
        if (r->rate == TRACK_OTHER)
            return driver_no(&x->h, r, err);
        return ask_long(x, r, ticket, err);
    case ASK_SLEW:
    case ASK_SYNC:
    case ASK_PARK:
    case ASK_UNPARK:
    case ASK_HOME:
    case ASK_TRACK:
    case ASK_SET_SITE:
    case ASK_SET_TIME: return ask_long(x, r, ticket, err);
    default: return driver_no(&x->h, r, err);
    }
}

/* ---- the rest */

static void poll(void *self)
{
    struct ioptron *x = self;
    if (exchange_waiting(x->h.x, X_POLL) == 0) {
        put(x, X_POLL, T_PLACE, ":GEP#");
        put(x, X_POLL, T_STATUS, ":GLS#");
        if (++x->polls % 60 == 0)
            put(x, X_POLL, T_TIME, ":GUT#");
    }
    mount_tick(&x->m);
}

static int poll_ms(void *self)
{
    return mount_poll_ms(&((struct ioptron *)self)->m);
}

static void tick(void *self)
{
    mount_tick(&((struct ioptron *)self)->m);
    guide_tick(self, false);
}

static void lost(void *self)
{
    struct ioptron *x = self;
    over(x, E_NET, "the wire was lost");
    guide_tick(x, true);
    mount_lost(&x->m);
}

static void *ioptron_open(const struct driver_host *host, struct error *err)
{
    static const struct mount_wire wire = {stop, move_end};
    (void)err;
    struct ioptron *x = mem_zero(sizeof *x);
    x->h = *host;
    struct exchange_way *way = exchange_way(host->x);
    way->mark = ':';
    way->blanks = true;
    way->one_by_one = true;
    way->gap_ms = 5;
    way->sync = question(x, T_NOTE);
    way->sync.reply = REPLY_HASH;
    way->sync.ok = ok_place;
    way->sync.deadline_ms = 600;
    way->sync.done = NULL;
    xcmd_text(&way->sync, ":GEP#");
    mount_init(&x->m, &x->h, &wire, x);
    return x;
}

extern const struct driver_ops driver_ioptron;
const struct driver_ops driver_ioptron = {.name = "ioptron",
                                          .kind = DEVICE_MOUNT,
                                          .baud = 115200,
                                          .open = ioptron_open,
                                          .start = start,
                                          .poll = poll,
                                          .poll_ms = poll_ms,
                                          .tick = tick,
                                          .ask = ask,
                                          .halt = halt,
                                          .lost = lost,
                                          .close = free};
