/* drv_nexstar.c - Celestron's NexStar hand controls and Sky-Watcher's SynScan, which speak one language with two accents:
 * epoch (of date; J2000), the form of the version, tracking after a stop. From: NexStar Communication Protocol 1.2,
 * SynScan serial protocol 3.3. Answers are cut by their length: `#` may stand inside.
 * Not: motor controllers.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "mount.h"
#include "vigie/base/mem.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

enum { ANSWER_MS = 4500, SHORT_MS = 800, SLOW_POLLS = 10 };
static const double DEG = M_PI / 180;

enum tag {
    T_ECHO,
    T_VERSION,
    T_MODEL,
    T_ALIGNED,
    T_ALIGNED_GOTO,
    T_PULSES, /* whether the motors know guide pulses */
    T_MODE,
    T_SITE,
    T_TIME,
    T_PLACE,
    T_SLEWING,
    T_READY,
    T_GOTO,
    T_SYNC,
    T_CHECK,
    T_SIMPLE,
    T_NOTE
};

struct nexstar {
    struct driver_host h;
    struct mount m;
    bool again, synscan, aligned, fine, pulses;
    bool want_synscan; /* the configuration says so */
    struct {
        uint64_t ticket;
        int64_t until;
    } guide[2];
    int major, minor, model, mode, polls, tries;
    double its_lon;
    enum device_verb verb;
    uint64_t ticket;
    double to_ra, to_dec;
};

static void on_answer(void *self, const struct xreply *r, int tag);

static struct mount_values *values(struct nexstar *x)
{
    return &slot_values(x->h.slot)->mount;
}

/* ---- shapes */

static bool hex(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isxdigit((unsigned char)s[i]) || islower((unsigned char)s[i]))
            return false;
    return true;
}

static bool ok_fine(const char *s, size_t n)
{
    return n == 18 && hex(s, 8) && s[8] == ',' && hex(s + 9, 8) && s[17] == '#';
}

static bool ok_coarse(const char *s, size_t n)
{
    return n == 10 && hex(s, 4) && s[4] == ',' && hex(s + 5, 4) && s[9] == '#';
}

static bool ok_end(const char *s, size_t n)
{
    return n && s[n - 1] == '#';
}

static bool ok_echo(const char *s, size_t n)
{
    return n == 2 && s[0] == 'v' && s[1] == '#';
}

/* Celestron: two bytes and `#`; SynScan: six hex digits and `#`. */
static int version_rule(const char *s, size_t n)
{
    if (n >= 3 && s[2] == '#')
        return 3;
    if (n >= 7)
        return s[6] == '#' && hex(s, 6) ? 7 : X_WRONG;
    return X_MORE;
}

/* A pass-through that failed has one byte too many before its `#`. */
static int pass_rule(const char *s, size_t n)
{
    if (s[0] == '#')
        return 1;
    return n < 2 ? X_QUIET : s[1] == '#' ? 2 : X_WRONG;
}

/* As it is asked here an answer has one byte before its `#`, and two where nobody knows the question. */
static int pulses_rule(const char *s, size_t n)
{
    if (n < 2)
        return X_MORE;
    return s[1] == '#' ? 2 : n < 3 ? X_MORE : s[2] == '#' ? 3 : X_WRONG;
}

/* ---- questions */

static struct xcmd question(struct nexstar *x, enum tag tag, int fixed, int deadline_ms)
{
    return (struct xcmd){.reply = REPLY_FIXED,
                         .fixed = fixed,
                         .ok = ok_end,
                         .deadline_ms = deadline_ms,
                         .tag = (int)tag,
                         .done = on_answer,
                         .self = x};
}

static bool since(const struct nexstar *x, int major, int minor)
{
    return x->major > major || (x->major == major && x->minor >= minor);
}

static void put(struct nexstar *x, enum xrank rank, enum tag tag, const void *bytes, size_t n,
                int fixed)
{
    struct xcmd c = question(x, tag, fixed, ANSWER_MS);
    c.optional = tag == T_MODEL || tag == T_MODE || tag == T_SITE || tag == T_TIME;
    if (c.optional &&
        !since(x, 2, 3)) /* old ones do not know the question, the others may be slow */
        c.deadline_ms = SHORT_MS;
    if (tag == T_VERSION) {
        c.reply = REPLY_RULE;
        c.rule = version_rule;
    }
    if (tag == T_PLACE || tag == T_READY || tag == T_CHECK)
        c.ok = x->fine ? ok_fine : ok_coarse;
    xcmd_bytes(&c, bytes, n);
    if (exchange_put(x->h.x, rank, &c) != OK)
        slot_say(x->h.slot, '-', "too many questions wait: one was dropped");
}

static void put_place(struct nexstar *x, enum xrank rank, enum tag tag)
{
    put(x, rank, tag, x->fine ? "e" : "E", 1, x->fine ? 18 : 10);
}

static struct xcmd pass(struct nexstar *x, enum tag tag, int axis, int command, int value)
{
    unsigned char b[8] = {
        'P', 2, (unsigned char)axis, (unsigned char)command, (unsigned char)value, 0, 0, 0};
    struct xcmd c = question(x, tag, 1, ANSWER_MS);
    c.reply = REPLY_RULE;
    c.rule = pass_rule;
    c.quiet_ms = 200;
    c.ok = NULL;
    xcmd_bytes(&c, b, 8);
    return c;
}

/* ---- who is there */

static void start(void *self, bool again)
{
    struct nexstar *x = self;
    x->again = again;
    x->tries = 0;
    x->fine = true;
    put(x, X_USER, T_VERSION, "V", 1, 0);
}

static void ask_pulses(struct nexstar *x)
{
    static const char b[8] = {'P', 1, 0x10, 0x27, 0, 0, 0, 1};
    struct xcmd c = question(x, T_PULSES, 2, ANSWER_MS);
    c.optional = true;
    c.reply = REPLY_RULE;
    c.rule = pulses_rule;
    xcmd_bytes(&c, b, sizeof b);
    (void)!exchange_put(x->h.x, X_USER, &c);
}

/* What a hand control lacks that has been built in between is no reason to guess. */
static bool usable(struct nexstar *x)
{
    char text[200];
    if (x->want_synscan && !x->synscan)
        snprintf(text, sizeof text,
                 "the hand control says %d.%02d as a Celestron or an old SynScan does: driver "
                 "nexstar, or a newer firmware (3.38, 4.38 or later)",
                 x->major, x->minor);
    else if (x->synscan && !since(x, x->major < 4 ? 3 : 4, 38))
        snprintf(text, sizeof text,
                 "SynScan %d.%02d lacks commands that are needed: update its firmware to %s",
                 x->major, x->minor, x->major < 4 ? "3.38 or later" : "4.38 or later");
    else
        return true;
    x->h.fail(x->h.arg, false, text);
    return false;
}

static void on_version(struct nexstar *x, const struct xreply *r)
{
    if (r->status != OK) {
        if (r->status != E_CANCELLED && x->tries++ == 0)
            put(x, X_USER, T_VERSION, "V", 1, 0);
        else if (r->status != E_CANCELLED)
            x->h.fail(x->h.arg, true, "nobody answers V as a NexStar or SynScan hand control does");
        return;
    }
    x->synscan = r->n == 7;
    if (x->synscan) {
        unsigned v = (unsigned)strtoul(r->s, NULL, 16);
        x->major = (int)(v >> 16);
        x->minor = (int)(v >> 8 & 0xFF);
    } else {
        x->major = (unsigned char)r->s[0];
        x->minor = (unsigned char)r->s[1];
    }
    if (!usable(x))
        return;
    x->fine = since(x, 1, 6);
    x->pulses = false;
    put(x, X_USER, T_MODEL, "m", 1, 2);
    put(x, X_USER, T_ALIGNED, "J", 1, 2);
    put(x, X_USER, T_MODE, "t", 1, 2);
    put(x, X_USER, T_SITE, "w", 1, 9);
    put(x, X_USER, T_TIME, "h", 1, 9);
    if (!x->synscan && since(x, 1, 6))
        ask_pulses(x);
    put_place(x, X_USER, T_READY);
}

static unsigned capabilities(const struct nexstar *x)
{
    unsigned can = CAN_SLEW | CAN_MOVE | CAN_TRACK | CAN_SET_SITE | CAN_SET_TIME;
    if (x->synscan || since(x, 4, 10))
        can |= CAN_SYNC;
    if (x->pulses)
        can |= CAN_GUIDE;
    return can;
}

static void on_ready(struct nexstar *x)
{
    values(x)->n_rates = 9;
    slot_identity(x->h.slot, capabilities(x), "%s hand control %d.%02d, model %d (%s in V)%s",
                  x->synscan ? "SynScan" : "NexStar", x->major, x->minor, x->model,
                  x->synscan ? "six digits" : "two bytes", x->aligned ? "" : ", NOT ALIGNED");
    if (!x->aligned)
        mount_restarted(&x->m, "the hand control is not aligned: its positions mean nothing");
    mount_ready(&x->m, x->again);
}

/* ---- what it says */

static void place_of(struct nexstar *x, const char *s, double *ra, double *dec)
{
    double turn = x->fine ? 4294967296.0 : 65536.0;
    *ra = (double)strtoul(s, NULL, 16) / turn * 2 * M_PI;
    *dec = (double)strtoul(strchr(s, ',') + 1, NULL, 16) / turn * 2 * M_PI;
    *dec = remainder(*dec, 2 * M_PI);
    if (fabs(*dec) > M_PI / 2) { /* a fork that has gone through the pole */
        *dec = (*dec > 0 ? M_PI : -M_PI) - *dec;
        *ra = fmod(*ra + M_PI, 2 * M_PI);
    }
    if (x->synscan)
        frame_of_icrs(FRAME_APPARENT, utc_to_tt(driver_utc(&x->h)), *ra, *dec, ra, dec);
}

static void on_place(struct nexstar *x, const struct xreply *r)
{
    double ra, dec;
    place_of(x, r->s, &ra, &dec);
    mount_place(&x->m, ra, dec);
}

static void on_site(struct nexstar *x, const struct xreply *r)
{
    const unsigned char *b = (const unsigned char *)r->s;
    if (b[0] > 90 || b[1] > 59 || b[2] > 59 || b[4] > 180 || b[5] > 59 || b[6] > 59)
        return;
    values(x)->lat_rad = (b[3] ? -1 : 1) * (b[0] + b[1] / 60.0 + b[2] / 3600.0) * DEG;
    x->its_lon = (b[7] ? -1 : 1) * (b[4] + b[5] / 60.0 + b[6] / 3600.0) * DEG;
    values(x)->lon_rad = x->its_lon;
}

/* Clock and site make its sidereal time. */
static void on_time(struct nexstar *x, const struct xreply *r)
{
    const unsigned char *b = (const unsigned char *)r->s;
    struct jd_utc day;
    int zone = b[6] > 127 ? (int)b[6] - 256 : b[6];
    if (b[0] > 23 || b[1] > 59 || b[2] > 60 || zone < -12 || zone > 14 ||
        utc_of_date(2000 + b[5], b[3], b[4], &day, NULL) != OK)
        return;
    double s = (b[0] - zone - (b[7] ? 1 : 0)) * 3600.0 + b[1] * 60.0 + b[2];
    struct jd_utc its = utc_add_s(day, s);
    values(x)->clock_error_s = utc_diff_s(its, driver_utc(&x->h));
    if (isfinite(values(x)->lon_rad))
        mount_lst(&x->m, sky_turn(its, 0, x->its_lon).last_rad);
}

static void on_aligned(struct nexstar *x, const struct xreply *r)
{
    bool was = x->aligned;
    x->aligned = r->s[0] == 1 || r->s[0] == '1';
    if (was && !x->aligned)
        mount_restarted(&x->m, "it was restarted: its alignment is gone");
}

static void on_mode(struct nexstar *x, const struct xreply *r)
{
    values(x)->tracking = r->s[0] != 0;
    if (r->s[0])
        x->mode = r->s[0]; /* it cannot be read back once it is off */
}

/* ---- requests */

static void over(struct nexstar *x, enum status status, const char *text)
{
    uint64_t ticket = x->ticket;
    x->ticket = 0;
    if (ticket)
        slot_done(x->h.slot, ticket, status, text);
}

static size_t halt(void *self, struct xcmd c[HALT_MOST])
{
    struct nexstar *x = self;
    size_t n = 0;
    c[n] = question(x, T_NOTE, 1, ANSWER_MS);
    xcmd_bytes(&c[n++], "M", 1);
    c[n++] = pass(x, T_NOTE, 0x10, 0x24, 0);
    c[n++] = pass(x, T_NOTE, 0x11, 0x24, 0);
    if (x->synscan) { /* it takes two, and forgets to track */
        c[n] = c[0];
        n++;
        if (values(x)->tracking) {
            unsigned char t[2] = {'T', (unsigned char)x->mode};
            c[n] = question(x, T_NOTE, 1, ANSWER_MS);
            xcmd_bytes(&c[n++], t, 2);
        }
    }
    return n;
}

static void stop(void *self)
{
    struct nexstar *x = self;
    struct xcmd c[HALT_MOST];
    exchange_stop(x->h.x, c, halt(x, c));
}

static void move_end(void *self, enum move_direction d)
{
    struct nexstar *x = self;
    struct xcmd c = pass(x, T_NOTE, d == MOVE_NORTH || d == MOVE_SOUTH ? 0x11 : 0x10, 0x24, 0);
    (void)!exchange_put(x->h.x, X_STOP, &c);
}

static void put_target(struct nexstar *x, char letter, enum tag tag)
{
    char text[32];
    double ra = x->to_ra, dec = x->to_dec;
    if (x->synscan)
        frame_to_icrs(FRAME_APPARENT, utc_to_tt(driver_utc(&x->h)), ra, dec, &ra, &dec);
    double a = fmod(ra / (2 * M_PI) + 2, 1), b = fmod(dec / (2 * M_PI) + 2, 1);
    if (x->fine) /* 24 bits count, the low byte is always 0 */
        snprintf(text, sizeof text, "%c%06X00,%06X00", letter,
                 (unsigned)lround(a * 16777216) & 0xFFFFFF,
                 (unsigned)lround(b * 16777216) & 0xFFFFFF);
    else
        snprintf(text, sizeof text, "%c%04X,%04X", toupper(letter),
                 (unsigned)lround(a * 65536) & 0xFFFF, (unsigned)lround(b * 65536) & 0xFFFF);
    put(x, X_USER, tag, text, strlen(text), 1);
}

static void on_check(struct nexstar *x, const struct xreply *r)
{
    double ra, dec;
    place_of(x, r->s, &ra, &dec);
    double off = sky_separation(ra, dec, x->to_ra, x->to_dec);
    if (off > 0.2 * DEG) {
        over(x, E_DEVICE, "the sync was not taken: it still reports another place");
        return;
    }
    mount_synced(&x->m);
    mount_place(&x->m, ra, dec);
    over(x, OK, "synced");
}

static void on_asked(struct nexstar *x, const struct xreply *r, enum tag tag)
{
    if (r->status != OK) {
        over(x, r->status == E_PARSE ? E_DEVICE : r->status,
             r->status == E_CANCELLED ? "stopped" : "it did not answer");
        return;
    }
    switch ((int)tag) {
    case T_ALIGNED_GOTO:
        on_aligned(x, r);
        if (!x->aligned) /* it would answer # and do nothing */
            over(x, E_DEVICE, "the hand control is not aligned: it would not go anywhere");
        else
            put_target(x, x->verb == ASK_SYNC ? 's' : 'r', x->verb == ASK_SYNC ? T_SYNC : T_GOTO);
        return;
    case T_GOTO: {
        uint64_t ticket = x->ticket;
        x->ticket = 0;
        mount_begin(&x->m, MOUNT_SLEW, ticket, x->to_ra, x->to_dec);
        return;
    }
    case T_SYNC: put_place(x, X_USER, T_CHECK); return;
    case T_CHECK: on_check(x, r); return;
    default:
        if (x->verb == ASK_SET_SITE || x->verb == ASK_SET_TIME) {
            put(x, X_USER, T_SITE, "w", 1, 9);
            put(x, X_USER, T_TIME, "h", 1, 9);
        }
        over(x, OK, "done");
        return;
    }
}

static void on_said(struct nexstar *x, const struct xreply *r, enum tag tag)
{
    if (r->status != OK)
        return;
    switch ((int)tag) {
    case T_MODEL: x->model = (unsigned char)r->s[0]; return;
    case T_ALIGNED: on_aligned(x, r); return;
    case T_MODE: on_mode(x, r); return;
    case T_SITE: on_site(x, r); return;
    case T_TIME: on_time(x, r); return;
    case T_PLACE: on_place(x, r); return;
    case T_SLEWING: mount_slewing(&x->m, r->s[0] == '1' || r->s[0] == 1, true); return;
    case T_PULSES: x->pulses = r->n == 2; return;
    default: return;
    }
}

static void on_answer(void *self, const struct xreply *r, int tag)
{
    struct nexstar *x = self;
    switch ((enum tag)tag) {
    case T_VERSION: on_version(x, r); return;
    case T_READY:
        if (r->status == OK) {
            on_place(x, r);
            on_ready(x);
        } else if (r->status != E_CANCELLED) {
            x->h.fail(x->h.arg, true, "it does not tell its position");
        }
        return;
    case T_ALIGNED_GOTO:
    case T_GOTO:
    case T_SYNC:
    case T_CHECK:
    case T_SIMPLE: on_asked(x, r, (enum tag)tag); return;
    case T_ECHO:
    case T_NOTE: return;
    case T_MODEL:
    case T_ALIGNED:
    case T_MODE:
    case T_SITE:
    case T_TIME:
    case T_PLACE:
    case T_PULSES:
    case T_SLEWING: on_said(x, r, (enum tag)tag); return;
    }
}

static enum status ask_move(struct nexstar *x, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    if (x->m.task != MOUNT_IDLE)
        return err_set(err, E_BUSY, "it is slewing; stop it first");
    int rate = r->n < 1 ? 1 : r->n > 9 ? 9 : r->n;
    bool north_south = r->direction == MOVE_NORTH || r->direction == MOVE_SOUTH;
    bool plus = r->direction == MOVE_NORTH || r->direction == MOVE_WEST;
    struct xcmd c = pass(x, T_NOTE, north_south ? 0x11 : 0x10, plus ? 0x24 : 0x25, rate);
    if (!x->m.moving[r->direction] || values(x)->rate_now != rate)
        (void)!exchange_put(x->h.x, X_USER, &c);
    values(x)->rate_now = rate;
    mount_ask_move(&x->m, r, ticket);
    return OK;
}

/* Half the sidereal rate, in percent and with a sign; hundredths of a second. */
static enum status ask_guide(struct nexstar *x, const struct device_request *r, uint64_t ticket,
                             struct error *err)
{
    enum { PERCENT = 50, MOST_MS = 2550 };
    bool north_south = r->direction == MOVE_NORTH || r->direction == MOVE_SOUTH;
    bool plus = r->direction == MOVE_NORTH || r->direction == MOVE_WEST;
    if (!(r->x >= 10 && r->x <= MOST_MS))
        return err_set(err, E_RANGE, "a pulse has 10 .. %d ms", MOST_MS);
    if (x->guide[north_south].ticket)
        return err_set(err, E_BUSY, "a pulse runs on that axis");
    long units = lround(r->x / 10);
    struct xcmd c = pass(x, T_NOTE, north_south ? 0x11 : 0x10, 0x26, plus ? PERCENT : -PERCENT);
    c.out[1] = 3;
    c.out[5] = (char)(unsigned char)units;
    if (exchange_put(x->h.x, X_USER, &c) != OK)
        return err_set(err, E_BUSY, "too many questions wait");
    x->guide[north_south].ticket = ticket;
    x->guide[north_south].until = driver_now(&x->h) + units * 10;
    x->h.later(x->h.arg, units * 10);
    return OK;
}

static void guide_tick(struct nexstar *x)
{
    int64_t t = driver_now(&x->h);
    for (int a = 0; a < 2; a++) {
        uint64_t ticket = x->guide[a].ticket;
        if (ticket && t < x->guide[a].until) {
            x->h.later(x->h.arg, x->guide[a].until - t);
            continue;
        }
        x->guide[a].ticket = 0;
        if (ticket)
            slot_done(x->h.slot, ticket, OK, "pulse given");
    }
}

static void ask_site(struct nexstar *x, const struct device_request *r)
{
    int lat = (int)lround(fabs(r->lat_rad) / DEG * 3600);
    int lon = (int)lround(fabs(remainder(r->lon_rad, 2 * M_PI)) / DEG * 3600);
    unsigned char b[9] = {'W',
                          (unsigned char)(lat / 3600),
                          (unsigned char)(lat / 60 % 60),
                          (unsigned char)(lat % 60),
                          r->lat_rad < 0,
                          (unsigned char)(lon / 3600),
                          (unsigned char)(lon / 60 % 60),
                          (unsigned char)(lon % 60),
                          remainder(r->lon_rad, 2 * M_PI) < 0};
    put(x, X_USER, T_SIMPLE, b, 9, 1);
}

static void ask_time(struct nexstar *x)
{
    char t[UTC_TEXT];
    int y, mo, d, h, mi, s;
    utc_format(driver_utc(&x->h), 0, t);
    if (sscanf(t, "%4d-%2d-%2dT%2d:%2d:%2d", &y, &mo, &d, &h, &mi, &s) != 6)
        return;
    unsigned char b[9] = {'H',
                          (unsigned char)h,
                          (unsigned char)mi,
                          (unsigned char)s,
                          (unsigned char)mo,
                          (unsigned char)d,
                          (unsigned char)(y % 100),
                          0,
                          0};
    put(x, X_USER, T_SIMPLE, b, 9, 1);
}

static enum status ask_long(struct nexstar *x, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    if (x->ticket)
        return err_set(err, E_BUSY, "it is still busy with: %s", device_verb_name(x->verb));
    if (x->m.task != MOUNT_IDLE)
        return err_set(err, E_BUSY, "it is slewing; stop it first");
    x->verb = r->verb;
    x->ticket = ticket;
    mount_asked(&x->m, r->verb);
    x->to_ra = r->ra_rad;
    x->to_dec = r->dec_rad;
    if (r->verb == ASK_SLEW || r->verb == ASK_SYNC)
        put(x, X_USER, T_ALIGNED_GOTO, "J", 1, 2);
    if (r->verb == ASK_SET_SITE)
        ask_site(x, r);
    if (r->verb == ASK_SET_TIME)
        ask_time(x);
    if (r->verb == ASK_TRACK) {
        unsigned char t[2] = {'T', r->on ? (unsigned char)x->mode : 0};
        put(x, X_USER, T_SIMPLE, t, 2, 1);
        put(x, X_USER, T_MODE, "t", 1, 2);
    }
    return OK;
}

static enum status ask(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err)
{
    struct nexstar *x = self;
    switch ((int)r->verb) {
    case ASK_STOP: mount_ask_stop(&x->m, ticket); return OK;
    case ASK_MOVE: return ask_move(x, r, ticket, err);
    case ASK_GUIDE: return x->pulses ? ask_guide(x, r, ticket, err) : driver_no(&x->h, r, err);
    case ASK_MOVE_END:
        move_end(x, r->direction);
        mount_move_over(&x->m, r->direction, OK);
        slot_done(x->h.slot, ticket, OK, "ended");
        return OK;
    case ASK_SYNC:
        return capabilities(x) & CAN_SYNC ? ask_long(x, r, ticket, err) : driver_no(&x->h, r, err);
    case ASK_SLEW:
    case ASK_TRACK:
    case ASK_SET_SITE:
    case ASK_SET_TIME: return ask_long(x, r, ticket, err);
    default: return driver_no(&x->h, r, err);
    }
}

/* ---- the rest */

static void poll(void *self)
{
    struct nexstar *x = self;
    if (exchange_waiting(x->h.x, X_POLL) == 0) {
        put_place(x, X_POLL, T_PLACE);
        put(x, X_POLL, T_SLEWING, "L", 1, 2);
        if (++x->polls % SLOW_POLLS == 0) {
            put(x, X_POLL, T_MODE, "t", 1, 2);
            put(x, X_POLL, T_ALIGNED, "J", 1, 2);
        }
        if (x->polls % 60 == 0)
            put(x, X_POLL, T_TIME, "h", 1, 9);
    }
    mount_tick(&x->m);
}

static int poll_ms(void *self)
{
    return mount_poll_ms(&((struct nexstar *)self)->m);
}

static void tick(void *self)
{
    struct nexstar *x = self;
    mount_tick(&x->m);
    guide_tick(x);
}

static void lost(void *self)
{
    struct nexstar *x = self;
    over(x, E_NET, "the wire was lost");
    for (int a = 0; a < 2; a++) {
        if (x->guide[a].ticket)
            slot_done(x->h.slot, x->guide[a].ticket, E_NET, "the wire was lost");
        x->guide[a].ticket = 0;
    }
    mount_lost(&x->m);
}

static void *nexstar_open(const struct driver_host *host, struct error *err)
{
    static const struct mount_wire wire = {stop, move_end};
    (void)err;
    struct nexstar *x = mem_zero(sizeof *x);
    x->h = *host;
    x->mode = 2;
    struct exchange_way *way = exchange_way(host->x);
    way->one_by_one = true;
    way->sync = question(x, T_ECHO, 2, 1500);
    way->sync.ok = ok_echo;
    xcmd_bytes(&way->sync, "Kv", 2);
    mount_init(&x->m, &x->h, &wire, x);
    return x;
}

static void *synscan_open(const struct driver_host *host, struct error *err)
{
    struct nexstar *x = nexstar_open(host, err);
    if (x)
        x->want_synscan = true;
    return x;
}

#define NEXSTAR(word, opens)                                                                       \
    {                                                                                              \
        .name = word, .kind = DEVICE_MOUNT, .baud = 9600, .open = opens, .start = start,           \
        .poll = poll, .poll_ms = poll_ms, .tick = tick, .ask = ask, .halt = halt, .lost = lost,    \
        .close = free                                                                              \
    }
extern const struct driver_ops driver_nexstar, driver_synscan;
const struct driver_ops driver_nexstar = NEXSTAR("nexstar", nexstar_open);
const struct driver_ops driver_synscan = NEXSTAR("synscan", synscan_open);
