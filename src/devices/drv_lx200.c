/* drv_lx200.c - mounts of the LX200 family: who is there, what it says of itself. What is asked of it: drv_lx200_ask.c; what
 * its dialects do differently: lx200.c. From: Meade's Telescope Serial Command Protocol and the command lists of OnStep,
 * 10micron, Gemini and Astro-Physics.
 * Not: which position is believed, whether a stop is obeyed (mount.c).
 */
#include "drv_lx200.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/base/utf8.h"
#include "vigie/sky/scale.h"

enum {
    DAY_S = 86400,
    ANSWER_MS = 900,
    IDENTIFY_MS = 600,
    BARS_QUIET_MS = 150,
    SIDEREAL_MS = 60000,
    PATIENCE = 2
};
static const double DEG = M_PI / 180;

void lx200_put(struct lx200 *l, enum xrank rank, enum lx200_tag tag, enum reply reply,
               bool (*ok)(const char *, size_t), int deadline_ms, const char *fmt, ...)
{
    struct xcmd c = {.reply = reply,
                     .ok = ok,
                     .deadline_ms = deadline_ms,
                     .tag = (int)tag,
                     .done = lx200_answer,
                     .self = l};
    char text[X_OUT];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    xcmd_bytes(&c, text, strlen(text));
    c.optional = tag == T_PRODUCT || tag == T_VERSION || tag == T_MODE || tag == T_WORD ||
                 tag == T_SIDEREAL || tag == T_ZONE || tag == T_LOCAL || tag == T_DATE ||
                 tag == T_LAT || tag == T_LON || (tag == T_BARS && !l->bars_known);
    if (tag == T_BARS) {
        c.reply = REPLY_RULE;
        c.rule = lx200_bars_rule;
        c.keep_blanks = true;
        c.quiet_ms = BARS_QUIET_MS;
    }
    l->left += tag == T_SIMPLE;
    if (tag == T_GOTO) {
        c.reply = REPLY_RULE;
        c.rule = lx200_goto_rule;
        c.quiet_ms = 250;
    }
    if (exchange_put(l->h.x, rank, &c) != OK)
        slot_say(l->h.slot, '-', "too many questions wait: one was dropped");
}

static void get(struct lx200 *l, enum xrank rank, enum lx200_tag tag,
                bool (*ok)(const char *, size_t), const char *text)
{
    lx200_put(l, rank, tag, REPLY_HASH, ok, ANSWER_MS, "%s", text);
}

static struct mount_values *values(struct lx200 *l)
{
    return &slot_values(l->h.slot)->mount;
}

/* ---- who is there */

static void clean(const char *s, size_t n, char *out, size_t max)
{
    struct str t = {0};
    utf8_clean(&t, s, n);
    snprintf(out, max, "%.*s", (int)utf8_cut(str_c(&t), t.n, max - 1), str_c(&t));
    str_clear(&t);
}

static void set_dialect(struct lx200 *l, const struct lx200_dialect *d)
{
    l->d = d;
    l->m.by_motion = d->status == LX200_BARS;
    exchange_way(l->h.x)->gap_ms = d->gap_ms;
}

static void lx200_start(void *self, bool again)
{
    struct lx200 *l = self;
    l->again = again;
    l->asked_long = l->bars_known = l->no_bars = l->parking = false;
    l->altaz = l->tracking_told = l->words = false;
    l->fault = 0;
    l->product[0] = l->version[0] = 0;
    l->tries = 0;
    exchange_way(l->h.x)->gap_ms = 50; /* the slowest of the family, until it is known */
    lx200_put(l, X_USER, T_PRODUCT, REPLY_HASH, NULL, IDENTIFY_MS, ":GVP#");
}

static void on_product(struct lx200 *l, const struct xreply *r)
{
    const char *word = NULL;
    if (r->status == OK)
        clean(r->s, r->n, l->product, sizeof l->product);
    if (!l->fixed) {
        const struct lx200_dialect *d = lx200_dialect_of(l->product, &word);
        set_dialect(l, d ? d : lx200_dialect_named("classic"));
        if (d)
            snprintf(l->known_as, sizeof l->known_as, "`%s` in :GVP#", word);
        else if (*l->product)
            snprintf(l->known_as, sizeof l->known_as, "`%.60s` in :GVP# is not known: as a Classic",
                     l->product);
        else
            snprintf(l->known_as, sizeof l->known_as, "silent to :GVP#, answers :GR#");
    } else {
        set_dialect(l, l->d);
        snprintf(l->known_as, sizeof l->known_as, "dialect=%s in the configuration", l->d->name);
    }
    if (*l->product)
        lx200_put(l, X_USER, T_VERSION, REPLY_HASH, NULL, IDENTIFY_MS, ":GVN#");
    get(l, X_USER, T_LENGTH, lx200_ok_ra, ":GR#");
}

static void on_version(struct lx200 *l, const struct xreply *r)
{
    if (r->status == OK)
        clean(r->s, r->n, l->version, sizeof l->version);
}

static void get_status(struct lx200 *l, enum xrank rank)
{
    switch (l->d->status) {
    case LX200_BARS:
        if (!l->no_bars)
            lx200_put(l, rank, T_BARS, REPLY_RULE, lx200_ok_bars, ANSWER_MS, ":D#");
        return;
    case LX200_LETTERS: get(l, rank, T_LETTERS, NULL, ":GU#"); return;
    case LX200_NUMBER: get(l, rank, T_INFO, NULL, ":Ginfo#"); return;
    }
}

/* Low precision is switched once; who still answers short has no other. */
static void on_length(struct lx200 *l, const struct xreply *r)
{
    double h;
    if (r->status != OK || !lx200_hours(r->s, r->n, &h, &l->low)) {
        if (r->status != E_CANCELLED && l->tries++ == 0)
            get(l, X_USER, T_LENGTH, lx200_ok_ra,
                ":GR#"); /* the first after power-on may be lost */
        else if (r->status != E_CANCELLED)
            l->h.fail(l->h.arg, true, "nobody answers :GR# as a mount of the LX200 family does");
        return;
    }
    if (l->low && !l->asked_long) {
        l->asked_long = true;
        if (l->again)
            mount_restarted(&l->m, "it was restarted: its positions are short again");
        lx200_put(l, X_USER, T_NOTE, REPLY_NONE, NULL, 0, "%s", l->d->precision);
        get(l, X_USER, T_LENGTH, lx200_ok_ra, ":GR#");
        return;
    }
    if (l->d->modes)
        lx200_put(l, X_USER, T_MODE, REPLY_CHAR, lx200_ok_mode, IDENTIFY_MS, "\x06");
    if (l->d->words)
        lx200_put(l, X_USER, T_WORD, REPLY_HASH, NULL, IDENTIFY_MS, ":GW#");
    lx200_read_site(l);
    if (l->d->pier)
        lx200_put(l, X_USER, T_PIER, REPLY_HASH, NULL, ANSWER_MS, "%s", l->d->pier);
    get_status(l, X_USER);
    get(l, X_USER, T_RA, lx200_ok_ra, ":GR#");
    get(l, X_USER, T_READY, lx200_ok_dec, ":GD#");
}

void lx200_read_site(struct lx200 *l)
{
    l->has_zone = l->has_local = false;
    l->sidereal_ms = driver_now(&l->h);
    get(l, X_USER, T_SIDEREAL, lx200_ok_ra, ":GS#");
    get(l, X_USER, T_LAT, lx200_ok_angle, ":Gt#");
    get(l, X_USER, T_LON, lx200_ok_angle, ":Gg#");
    get(l, X_USER, T_ZONE, NULL, ":GG#");
    get(l, X_USER, T_LOCAL, lx200_ok_ra, ":GL#");
    get(l, X_USER, T_DATE, NULL, ":GC#");
}

static void on_ready(struct lx200 *l)
{
    struct mount_values *v = values(l);
    int n = 0;
    while (l->d->speeds[n])
        n++;
    v->n_rates = n;
    v->rate_now = 0;
    /* who does not say tracks until he is told not to */
    if (l->d->status == LX200_BARS && !l->tracking_told)
        v->tracking = true;
    slot_identity(l->h.slot, l->d->can, "%s%s%s (%s)%s%s", l->d->title, *l->version ? " " : "",
                  l->version, l->known_as, l->altaz ? ", alt-az" : "",
                  l->low ? ", short positions only" : "");
    mount_ready(&l->m, l->again);
}

/* ---- what it says of itself */

static void on_ra(struct lx200 *l, const struct xreply *r)
{
    bool low;
    l->ra_ms = 0;
    if (r->status != OK || !lx200_hours(r->s, r->n, &l->ra_hours, &low))
        return;
    l->ra_ms = r->sent_ms;
    if (low && !l->low) {
        mount_restarted(&l->m, "it was restarted: its positions are short again");
        lx200_put(l, X_USER, T_NOTE, REPLY_NONE, NULL, 0, "%s", l->d->precision);
    }
}

static void on_dec(struct lx200 *l, const struct xreply *r)
{
    double deg;
    if (r->status == OK && l->ra_ms && r->sent_ms - l->ra_ms < 2 * ANSWER_MS &&
        lx200_degrees(r->s, r->n, true, &deg, NULL))
        mount_place(&l->m, l->ra_hours * 15 * DEG, deg * DEG);
    l->ra_ms = 0;
}

static void on_bars(struct lx200 *l, const struct xreply *r)
{
    bool slewing = false;
    if (r->status == E_TIMEOUT && !l->bars_known)
        l->no_bars = true; /* some clones have no :D# */
    if (r->status == OK) {
        l->bars_known = true;
        for (size_t i = 0; i < r->n; i++)
            slewing |= r->s[i] != ' ' && r->s[i] != '#';
    }
    if (r->status == OK || l->no_bars)
        mount_slewing(&l->m, slewing, !l->no_bars);
    if (l->parking && l->m.task == MOUNT_IDLE) {
        l->parking = false;
        values(l)->parked = true;
        values(l)->tracking = false;
    }
}

/* Alt-az, polar, or land: then it does not track. */
static void on_mode(struct lx200 *l, const struct xreply *r)
{
    if (r->status != OK)
        return;
    if (r->s[0] == 'D') {
        l->h.fail(l->h.arg, false, "it waits for a new firmware: it is no mount until it has one");
        return;
    }
    l->altaz = r->s[0] == 'A';
    l->tracking_told = true;
    values(l)->tracking = r->s[0] != 'L';
}

/* :GW#: mount, tracking, alignment. */
static void on_word(struct lx200 *l, const struct xreply *r)
{
    if (r->status != OK || r->n != 3 || !strchr("APG", r->s[0]) || !strchr("TN", r->s[1]))
        return;
    l->words = l->tracking_told = true;
    l->altaz = r->s[0] == 'A';
    values(l)->tracking = r->s[1] == 'T' && !values(l)->parked;
}

static void on_pier(struct lx200 *l, const struct xreply *r)
{
    if (r->status == OK)
        values(l)->pier = r->s[0] == 'E' ? PIER_EAST : r->s[0] == 'W' ? PIER_WEST : PIER_UNKNOWN;
}

/* What it says is wrong, once. */
static void tell_fault(struct lx200 *l, int code)
{
    const char *what = lx200_fault(l->d, code);
    char text[160];
    if (code == l->fault)
        return;
    l->fault = code;
    if (!what)
        return;
    snprintf(text, sizeof text, "it reports: %s", what);
    slot_say(l->h.slot, 'W', text);
}

/* OnStep: a set of letters, then digits, the last of them its general error; a parked one does not track. */
static void on_letters(struct lx200 *l, const struct xreply *r)
{
    if (r->status != OK)
        return;
    struct mount_values *v = values(l);
    bool slewing = !memchr(r->s, 'N', r->n), parked = memchr(r->s, 'P', r->n) != NULL;
    if (r->n < 3 || memchr(r->s, ':', r->n) == r->s) {
        exchange_doubt(l->h.x, ":GU# was answered with too little");
        return;
    }
    v->parked = parked;
    v->homed = memchr(r->s, 'H', r->n) != NULL;
    v->tracking = !memchr(r->s, 'n', r->n) && !parked;
    v->pier = memchr(r->s, 'T', r->n)   ? PIER_EAST
              : memchr(r->s, 'W', r->n) ? PIER_WEST
                                        : PIER_UNKNOWN;
    if (l->m.task == MOUNT_PARK && parked)
        mount_end(&l->m, OK, "parked");
    else if (l->m.task == MOUNT_PARK && memchr(r->s, 'F', r->n))
        mount_end(&l->m, E_DEVICE, "it could not park");
    else if (l->m.task == MOUNT_HOME && v->homed && !slewing)
        mount_end(&l->m, OK, "at home");
    tell_fault(l, r->s[r->n - 1] - '0');
    mount_slewing(&l->m, slewing, true);
}

/* 10micron: ra, dec, side, az, alt, JD, state, slewing. */
static void on_info(struct lx200 *l, const struct xreply *r)
{
    double x[8];
    char side = 0, text[160];
    if (r->status != OK)
        return;
    snprintf(text, sizeof text, "%s", r->s);
    int n = 0;
    for (char *p = text, *next = p; p && n < 8; p = next, n++) {
        next = strchr(p, ',');
        if (next)
            *next++ = 0;
        if (n == 2)
            side = *p;
        else if (!str_num(p, &x[n]))
            break;
    }
    if (n != 8) {
        exchange_out_of_step(l->h.x, ":Ginfo# was answered with %d of 8 values", n);
        return;
    }
    struct mount_values *v = values(l);
    int state = (int)x[6];
    bool slewing = x[7] > 0 || state == 2 || state == 3 || state == 4 || state == 6;
    v->tracking = state == 0 || state == 10;
    v->parked = state == 5;
    v->pier = side == 'E' ? PIER_EAST : side == 'W' ? PIER_WEST : PIER_UNKNOWN;
    if (l->m.task == MOUNT_PARK && v->parked)
        mount_end(&l->m, OK, "parked");
    tell_fault(l, state);
    mount_slewing(&l->m, slewing, true);
}

/* Date, local time and zone together are its clock. */
static void on_date(struct lx200 *l, const struct xreply *r)
{
    int mo, da, ye;
    if (r->status != OK || !l->has_zone || !l->has_local ||
        sscanf(r->s, "%2d/%2d/%2d", &mo, &da, &ye) != 3)
        return;
    struct jd_utc day;
    if (utc_of_date(2000 + ye, mo, da, &day, NULL) != OK)
        return;
    struct jd_utc its = utc_add_s(day, (l->local_h + l->zone_h) * 3600);
    double error = utc_diff_s(its, driver_utc(&l->h));
    /* the date of an LX200GPS is that of UTC, its time the local one */
    if (str_hasi(l->product, "LX2001") && fabs(fabs(error) - DAY_S) < DAY_S / 2)
        error -= error > 0 ? DAY_S : -DAY_S;
    values(l)->clock_error_s = error;
}

static void on_site(struct lx200 *l, const struct xreply *r, enum lx200_tag tag)
{
    double x = NAN;
    if (r->status != OK)
        return;
    switch ((int)tag) {
    case T_SIDEREAL:
        if (lx200_hours(r->s, r->n, &x, NULL))
            mount_lst(&l->m, x * 15 * DEG);
        return;
    case T_ZONE: l->has_zone = lx200_zone(r->s, r->n, &l->zone_h); return;
    case T_LOCAL: l->has_local = lx200_hours(r->s, r->n, &l->local_h, NULL); return;
    case T_DATE: on_date(l, r); return;
    case T_LAT:
        if (lx200_degrees(r->s, r->n, false, &x, NULL))
            values(l)->lat_rad = x * DEG;
        return;
    case T_LON: /* west positive */
        if (lx200_degrees(r->s, r->n, false, &x, NULL))
            values(l)->lon_rad = remainder(-x, 360) * DEG;
        return;
    default: return;
    }
}

void lx200_answer(void *self, const struct xreply *r, int tag)
{
    struct lx200 *l = self;
    switch ((enum lx200_tag)tag) {
    case T_PRODUCT:
        if (r->status != E_CANCELLED)
            on_product(l, r);
        return;
    case T_VERSION: on_version(l, r); return;
    case T_LENGTH: on_length(l, r); return;
    case T_MODE: on_mode(l, r); return;
    case T_WORD: on_word(l, r); return;
    case T_PIER: on_pier(l, r); return;
    case T_RA: on_ra(l, r); return;
    case T_DEC: on_dec(l, r); return;
    case T_NOTE: return;
    case T_READY:
        on_dec(l, r);
        if (r->status == OK)
            on_ready(l);
        else if (r->status != E_CANCELLED)
            l->h.fail(l->h.arg, true, "it does not answer :GD# as a mount does");
        return;
    case T_BARS: on_bars(l, r); return;
    case T_LETTERS: on_letters(l, r); return;
    case T_INFO: on_info(l, r); return;
    case T_SIDEREAL:
    case T_ZONE:
    case T_LOCAL:
    case T_DATE:
    case T_LAT:
    case T_LON: on_site(l, r, (enum lx200_tag)tag); return;
    case T_TARGET_RA:
    case T_TARGET_DEC:
    case T_GOTO:
    case T_SYNC:
    case T_CHECK_RA:
    case T_CHECK_DEC:
    case T_SIMPLE:
    case T_PARK: lx200_asked_answer(l, r, (enum lx200_tag)tag); return;
    }
}

void lx200_poll(void *self)
{
    struct lx200 *l = self;
    if (exchange_waiting(l->h.x, X_POLL) == 0) {
        get(l, X_POLL, T_RA, lx200_ok_ra, ":GR#");
        get(l, X_POLL, T_DEC, lx200_ok_dec, ":GD#");
        get_status(l, X_POLL);
        if (driver_now(&l->h) - l->sidereal_ms >= SIDEREAL_MS) {
            l->sidereal_ms = driver_now(&l->h);
            get(l, X_POLL, T_SIDEREAL, lx200_ok_ra, ":GS#");
            if (l->words)
                get(l, X_POLL, T_WORD, NULL, ":GW#");
        }
        if (l->d->pier)
            get(l, X_POLL, T_PIER, NULL, l->d->pier);
    }
    mount_tick(&l->m);
    if (l->no_bars)
        mount_slewing(&l->m, false, false);
}

static void lx200_tick(void *self)
{
    struct lx200 *l = self;
    mount_tick(&l->m);
    lx200_guide_tick(l);
}

static int lx200_poll_ms(void *self)
{
    return mount_poll_ms(&((struct lx200 *)self)->m);
}

static void lx200_lost(void *self)
{
    struct lx200 *l = self;
    lx200_asked_over(l, E_NET, "the wire was lost");
    for (int a = 0; a < 2; a++) {
        if (l->guide[a].ticket)
            slot_done(l->h.slot, l->guide[a].ticket, E_NET, "the wire was lost");
        l->guide[a].ticket = 0;
    }
    mount_lost(&l->m);
}

static const struct mount_wire wire = {lx200_stop, lx200_move_end};

static void *lx200_open(const struct driver_host *host, struct error *err)
{
    const char *dialect = device_config_value(host->config, "dialect", "auto");
    const struct lx200_dialect *d = lx200_dialect_named(dialect);
    if (!d && strcmp(dialect, "auto") != 0) {
        err_set(err, E_RANGE,
                "dialect=%.30s is not known: auto classic autostar onstep 10micron gemini "
                "astrophysics",
                dialect);
        return NULL;
    }
    struct lx200 *l = mem_zero(sizeof *l);
    l->h = *host;
    l->fixed = d != NULL;
    l->d = d ? d : lx200_dialect_named("classic");
    struct exchange_way *way = exchange_way(host->x);
    way->mark = ':';
    way->blanks = true;
    way->gap_ms = 50;
    way->sync = (struct xcmd){.reply = REPLY_HASH, .ok = lx200_ok_ra, .deadline_ms = 500};
    xcmd_text(&way->sync, ":GR#");
    mount_init(&l->m, &l->h, &wire, l);
    return l;
}

static void lx200_close(void *self)
{
    free(self);
}

static const char *const options[] = {"dialect", NULL};

extern const struct driver_ops driver_lx200;
const struct driver_ops driver_lx200 = {.name = "lx200",
                                        .kind = DEVICE_MOUNT,
                                        .baud = 9600,
                                        .options = options,
                                        .open = lx200_open,
                                        .start = lx200_start,
                                        .poll = lx200_poll,
                                        .poll_ms = lx200_poll_ms,
                                        .tick = lx200_tick,
                                        .ask = lx200_ask,
                                        .halt = lx200_halt,
                                        .lost = lx200_lost,
                                        .close = lx200_close};
