/* drv_lx200_ask.c - what is asked of a mount of the LX200 family: slews, syncs, stops, motion by hand, parking, tracking,
 * pulses, its site and clock. Not: whether it is safe; not who is there (drv_lx200.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drv_lx200.h"
#include "vigie/base/str.h"
#include "vigie/formats/sexa.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/scale.h"

/* How :Sr is written: with all decimals, with whole seconds, with a blank before it (as some clones want it). */
enum { EXACT, WHOLE, SPACED };
enum { ANSWER_MS = 2000, DATE_MS = 35000, DATE_QUIET_MS = 2000 };
static const double DEG = M_PI / 180;
#define SYNC_MOST (0.2 * DEG)

static struct mount_values *values(struct lx200 *l)
{
    return &slot_values(l->h.slot)->mount;
}

void lx200_asked_over(struct lx200 *l, enum status status, const char *text)
{
    uint64_t ticket = l->ticket;
    l->ticket = 0;
    if (ticket)
        slot_done(l->h.slot, ticket, status, text);
}

static void simple(struct lx200 *l, enum reply reply, const char *text)
{
    lx200_put(l, X_USER, T_SIMPLE, reply, reply == REPLY_CHAR ? lx200_ok_digit : NULL, ANSWER_MS,
              "%s", text);
}

/* ---- stop */

size_t lx200_halt(void *self, struct xcmd c[HALT_MOST])
{
    static const char *const text[] = {":Q#", ":Qn#", ":Qs#", ":Qe#", ":Qw#"};
    (void)self;
    memset(c, 0, HALT_MOST * sizeof *c);
    for (int i = 0; i < HALT_MOST; i++)
        xcmd_text(&c[i], "%s", text[i]);
    return HALT_MOST;
}

void lx200_stop(void *self)
{
    struct lx200 *l = self;
    struct xcmd c[HALT_MOST];
    exchange_stop(l->h.x, c, lx200_halt(l, c));
}

void lx200_move_end(void *self, enum move_direction d)
{
    struct lx200 *l = self;
    struct xcmd c = {0};
    xcmd_text(&c, ":Q%c#", "nsew"[d]);
    (void)!exchange_put(l->h.x, X_STOP, &c);
}

/* ---- where to */

static void put_target(struct lx200 *l)
{
    char ra[SEXA_TEXT];
    if (l->low) { /* HH:MM.T */
        int tenths = (int)lround(l->to_ra / DEG * 40) % 14400;
        snprintf(ra, sizeof ra, "%02d:%02d.%d", tenths / 600, tenths / 10 % 60, tenths % 10);
    } else {
        sexa_format(l->to_ra / DEG, SEXA_RA, l->form == EXACT ? l->d->ra_decimals : 0, ':', ra);
    }
    lx200_put(l, X_USER, T_TARGET_RA, REPLY_CHAR, lx200_ok_digit, ANSWER_MS, ":Sr%s%s#",
              l->form == SPACED ? " " : "", ra);
}

/* A right ascension is never out of range: who refuses it wants it written otherwise. */
static bool put_target_otherwise(struct lx200 *l)
{
    if (l->form == SPACED)
        return false;
    l->form = l->form == EXACT && !l->low ? WHOLE : SPACED;
    put_target(l);
    return true;
}

static void put_target_dec(struct lx200 *l)
{
    char dec[SEXA_TEXT];
    double deg = l->to_dec / DEG;
    sexa_format(l->low ? round(deg * 60) / 60 : deg, SEXA_DEC, 0, ':', dec);
    dec[3] = l->d->degree_df ? '\xDF' : '*';
    if (l->low)
        dec[6] = 0;
    lx200_put(l, X_USER, T_TARGET_DEC, REPLY_CHAR, lx200_ok_digit, ANSWER_MS, ":Sd%s#", dec);
}

static void on_target(struct lx200 *l, const struct xreply *r, bool dec)
{
    if (!dec && r->s[0] == '0' && put_target_otherwise(l))
        return;
    if (r->s[0] != '1') {
        lx200_asked_over(l, E_DEVICE,
                         dec ? "it refused the declination" : "it refused the right ascension");
        return;
    }
    if (!dec) {
        put_target_dec(l);
    } else if (l->verb == ASK_SYNC) {
        lx200_put(l, X_USER, T_SYNC, REPLY_HASH, NULL, ANSWER_MS, "%s", l->d->sync);
    } else {
        lx200_put(l, X_USER, T_GOTO, REPLY_RULE, NULL, 5000, ":MS#");
    }
}

static void on_goto(struct lx200 *l, const struct xreply *r)
{
    if (r->s[0] == '0') {
        uint64_t ticket = l->ticket;
        l->ticket = 0;
        mount_begin(&l->m, MOUNT_SLEW, ticket, l->to_ra, l->to_dec);
        return;
    }
    char text[160], own[80] = "";
    int n = (int)r->n;
    if (n > 1)
        snprintf(own, sizeof own, " (\"%.*s\")", n - 1 - (r->s[n - 1] == '#'), r->s + 1);
    snprintf(text, sizeof text, "%s%s", lx200_refusal(l->d, r->s[0]), own);
    lx200_asked_over(l, E_DEVICE, text);
}

/* Whether a sync was taken cannot be told from its text: the position is read again. */
static void on_sync(struct lx200 *l, const struct xreply *r)
{
    if (l->d->status == LX200_LETTERS && r->n > 1 && r->s[0] == 'E') {
        char text[80];
        snprintf(text, sizeof text, "it refused the sync (error %.10s)", r->s);
        lx200_asked_over(l, E_DEVICE, text);
        return;
    }
    if (str_hasi(r->s, "fail")) {
        char text[80];
        snprintf(text, sizeof text, "it refused the sync (\"%.50s\")", r->s);
        lx200_asked_over(l, E_DEVICE, text);
        return;
    }
    lx200_put(l, X_USER, T_CHECK_RA, REPLY_HASH, lx200_ok_ra, ANSWER_MS, ":GR#");
    lx200_put(l, X_USER, T_CHECK_DEC, REPLY_HASH, lx200_ok_dec, ANSWER_MS, ":GD#");
}

static void on_check(struct lx200 *l, const struct xreply *r)
{
    double deg;
    if (!lx200_degrees(r->s, r->n, true, &deg, NULL))
        return;
    double ra = l->ra_hours * 15 * DEG, dec = deg * DEG;
    double off = sky_separation(ra, dec, l->to_ra, l->to_dec);
    if (off <= SYNC_MOST) {
        mount_synced(&l->m);
        mount_place(&l->m, ra, dec);
        lx200_asked_over(l, OK, "synced");
        return;
    }
    char text[120];
    snprintf(text, sizeof text, "the sync was not taken: it still reports %.1f deg elsewhere",
             off / DEG);
    lx200_asked_over(l, E_DEVICE, text);
}

static void on_park(struct lx200 *l, const struct xreply *r)
{
    if (l->d->park_reply == REPLY_CHAR && r->s[0] != '1') {
        lx200_asked_over(l, E_DEVICE, "it refused to park; is a park position set?");
        return;
    }
    uint64_t ticket = l->ticket;
    l->ticket = 0;
    l->parking = l->d->status == LX200_BARS;
    mount_begin(&l->m, MOUNT_PARK, ticket, NAN, NAN);
}

/* The last answer of a request that is over with it. */
static void on_simple(struct lx200 *l, const struct xreply *r)
{
    struct mount_values *v = values(l);
    l->refused |= r->n && r->s[0] == '0';
    if (--l->left > 0 || !l->ticket)
        return;
    if (l->refused) {
        lx200_asked_over(l, E_DEVICE, "it refused");
        return;
    }
    enum device_verb verb = l->verb;
    if (verb == ASK_UNPARK)
        v->parked = false;
    if (verb == ASK_SET_SITE || verb == ASK_SET_TIME)
        lx200_read_site(l);
    if (verb == ASK_HOME) {
        uint64_t ticket = l->ticket;
        l->ticket = 0;
        mount_begin(&l->m, MOUNT_HOME, ticket, NAN, NAN);
        return;
    }
    lx200_asked_over(l, OK, "done");
}

void lx200_asked_answer(struct lx200 *l, const struct xreply *r, enum lx200_tag tag)
{
    if (r->status == E_CANCELLED) {
        lx200_asked_over(l, E_CANCELLED, "stopped");
        return;
    }
    if (r->status != OK) {
        lx200_asked_over(l, r->status == E_PARSE ? E_DEVICE : r->status,
                         r->status == E_PARSE ? "it answered what is no answer to this"
                                              : "it did not answer");
        return;
    }
    switch ((int)tag) {
    case T_TARGET_RA: on_target(l, r, false); return;
    case T_TARGET_DEC: on_target(l, r, true); return;
    case T_GOTO: on_goto(l, r); return;
    case T_SYNC: on_sync(l, r); return;
    case T_CHECK_RA: (void)!lx200_hours(r->s, r->n, &l->ra_hours, NULL); return;
    case T_CHECK_DEC: on_check(l, r); return;
    case T_PARK: on_park(l, r); return;
    default: on_simple(l, r); return;
    }
}

/* ---- the rest */

static void ask_track(struct lx200 *l, const struct device_request *r)
{
    const char *on = l->d->modes && l->altaz ? ":AA#" : l->d->track_on;
    simple(l, l->d->track_reply, r->on ? on : l->d->track_off);
    if (l->d->status == LX200_BARS)
        values(l)->tracking = r->on;
}

static void ask_rate(struct lx200 *l, const struct device_request *r)
{
    static const char *const meade[] = {":TQ#", ":TS#", ":TL#"};
    static const char *const micron[] = {":RT2#", ":RT1#", ":RT0#"};
    bool rt = strcmp(l->d->track_on ? l->d->track_on : "", ":RT2#") == 0;
    simple(l, REPLY_NONE, (rt ? micron : meade)[r->rate]);
    values(l)->rate = r->rate;
}

static void ask_site(struct lx200 *l, const struct device_request *r)
{
    double lat = r->lat_rad / DEG, west = remainder(-r->lon_rad / DEG, 360);
    char mark = l->d->degree_df ? '\xDF' : '*', sign[2] = "";
    if (l->d->west_360 && west < 0)
        west += 360;
    if (!l->d->west_360)
        sign[0] = west < 0 ? '-' : '+';
    int lat_min = (int)lround(fabs(lat) * 60), west_min = (int)lround(fabs(west) * 60);
    lx200_put(l, X_USER, T_SIMPLE, REPLY_CHAR, lx200_ok_digit, ANSWER_MS, ":St%c%02d%c%02d#",
              lat < 0 ? '-' : '+', lat_min / 60, mark, lat_min % 60);
    lx200_put(l, X_USER, T_SIMPLE, REPLY_CHAR, lx200_ok_digit, ANSWER_MS, ":Sg%s%03d%c%02d#", sign,
              west_min / 60 % 360, mark, west_min % 60);
}

/* UTC throughout, with the zone set to nothing; the date last: a Classic recomputes for half a minute. */
static void ask_time(struct lx200 *l)
{
    static const char *const zone[] = {":SG+00#", ":SG+00.0#", ":SG+00:00:00#"};
    char t[UTC_TEXT];
    utc_format(driver_utc(&l->h), 0, t);
    simple(l, REPLY_CHAR, zone[l->d->zone]);
    lx200_put(l, X_USER, T_SIMPLE, REPLY_CHAR, lx200_ok_digit, ANSWER_MS, ":SL%.8s#", t + 11);
    struct xcmd c = {.reply = l->d->long_date ? REPLY_RULE : REPLY_CHAR,
                     .rule = lx200_date_rule,
                     .ok = l->d->long_date ? NULL : lx200_ok_digit,
                     .quiet_ms = DATE_QUIET_MS,
                     .deadline_ms = DATE_MS,
                     .tag = T_SIMPLE,
                     .done = lx200_answer,
                     .self = l};
    l->left++;
    xcmd_text(&c, ":SC%.2s/%.2s/%.2s#", t + 5, t + 8, t + 2);
    (void)!exchange_put(l->h.x, X_USER, &c);
}

static enum status ask_move(struct lx200 *l, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    struct mount_values *v = values(l);
    if (l->m.task != MOUNT_IDLE)
        return err_set(err, E_BUSY, "it is slewing; stop it first");
    int n = r->n < 1 ? 1 : r->n > v->n_rates ? v->n_rates : r->n;
    if (n != v->rate_now)
        lx200_put(l, X_USER, T_NOTE, REPLY_NONE, NULL, 0, "%s", l->d->speeds[n - 1]);
    v->rate_now = n;
    if (!l->m.moving[r->direction])
        lx200_put(l, X_USER, T_NOTE, REPLY_NONE, NULL, 0, ":M%c#", "nsew"[r->direction]);
    mount_ask_move(&l->m, r, ticket);
    return OK;
}

static enum status ask_guide(struct lx200 *l, const struct device_request *r, uint64_t ticket,
                             struct error *err)
{
    int axis = r->direction == MOVE_EAST || r->direction == MOVE_WEST;
    if (!(r->x >= 1 && r->x <= l->d->pulse_ms))
        return err_set(err, E_RANGE, "a pulse has 1 .. %d ms", l->d->pulse_ms);
    if (l->guide[axis].ticket)
        return err_set(err, E_BUSY, "a pulse runs on that axis");
    lx200_put(l, X_USER, T_NOTE, REPLY_NONE, NULL, 0, ":M%s%c%04d#", l->d->pulse_moves ? "" : "g",
              "nsew"[r->direction], (int)lround(r->x));
    l->guide[axis].ticket = ticket;
    l->guide[axis].until = driver_now(&l->h) + (int64_t)r->x;
    l->h.later(l->h.arg, (int64_t)r->x);
    return OK;
}

void lx200_guide_tick(struct lx200 *l)
{
    int64_t t = driver_now(&l->h);
    for (int a = 0; a < 2; a++) {
        if (!l->guide[a].ticket)
            continue;
        if (t < l->guide[a].until) {
            l->h.later(l->h.arg, l->guide[a].until - t);
            continue;
        }
        slot_done(l->h.slot, l->guide[a].ticket, OK, "pulse given");
        l->guide[a].ticket = 0;
    }
}

/* Requests of several questions, one at a time. */
static enum status ask_long(struct lx200 *l, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    if (l->ticket)
        return err_set(err, E_BUSY, "it is still busy with: %s", device_verb_name(l->verb));
    if (l->m.task != MOUNT_IDLE)
        return err_set(err, E_BUSY, "it is slewing; stop it first");
    l->verb = r->verb;
    l->ticket = ticket;
    mount_asked(&l->m, r->verb);
    l->left = 0;
    l->refused = false;
    l->to_ra = r->ra_rad;
    l->to_dec = r->dec_rad;
    l->form = l->d->ra_decimals ? EXACT : WHOLE;
    switch ((int)r->verb) {
    case ASK_SLEW:
    case ASK_SYNC: put_target(l); break;
    case ASK_PARK:
        lx200_put(l, X_USER, T_PARK, l->d->park_reply,
                  l->d->park_reply == REPLY_CHAR ? lx200_ok_digit : NULL, ANSWER_MS, "%s",
                  l->d->park);
        break;
    case ASK_UNPARK: simple(l, l->d->park_reply, l->d->unpark); break;
    case ASK_HOME: simple(l, REPLY_NONE, l->d->home); break;
    case ASK_TRACK: ask_track(l, r); break;
    case ASK_TRACK_RATE: ask_rate(l, r); break;
    case ASK_SET_SITE: ask_site(l, r); break;
    default: ask_time(l); break;
    }
    return OK;
}

enum status lx200_ask(void *self, const struct device_request *r, uint64_t ticket,
                      struct error *err)
{
    struct lx200 *l = self;
    static const struct {
        enum device_verb verb;
        unsigned can;
    } need[] = {{ASK_SLEW, CAN_SLEW},
                {ASK_SYNC, CAN_SYNC},
                {ASK_PARK, CAN_PARK},
                {ASK_UNPARK, CAN_UNPARK},
                {ASK_HOME, CAN_HOME},
                {ASK_TRACK, CAN_TRACK},
                {ASK_TRACK_RATE, CAN_TRACK_RATE},
                {ASK_SET_SITE, CAN_SET_SITE},
                {ASK_SET_TIME, CAN_SET_TIME}};
    if (r->verb == ASK_TRACK_RATE && r->rate == TRACK_OTHER)
        return driver_no(&l->h, r, err);
    for (size_t i = 0; i < sizeof need / sizeof need[0]; i++)
        if (need[i].verb == r->verb)
            return l->d->can & need[i].can ? ask_long(l, r, ticket, err) : driver_no(&l->h, r, err);
    switch ((int)r->verb) {
    case ASK_STOP: mount_ask_stop(&l->m, ticket); return OK;
    case ASK_MOVE: return ask_move(l, r, ticket, err);
    case ASK_MOVE_END:
        lx200_move_end(l, r->direction);
        mount_move_over(&l->m, r->direction, OK);
        slot_done(l->h.slot, ticket, OK, "ended");
        return OK;
    case ASK_GUIDE:
        return l->d->can & CAN_GUIDE ? ask_guide(l, r, ticket, err) : driver_no(&l->h, r, err);
    default: return driver_no(&l->h, r, err);
    }
}
