/* safety.c - the guard: its timer, what it sees of each mount, what it stops. See safety.h.
 * Not: whether a request may pass (gate.c), the geometry (geometry.c), the ordered end (shutdown.c).
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "safety_own.h"
#include "vigie/sky/frame.h"

#define PI  3.14159265358979323846
#define DEG (PI / 180)

enum {
    SECOND_MS = 1000,
    FAST_MS = 100,
    STUCK_MS = 5000,
    DRIFT_MS = 60000,
    ACT_MS = 5000,
    SLACK_MS = 200,
    JOG_MS = 1000
};

void safety_tell(struct safety *s, uint64_t id, char level, const char *subject, const char *fmt,
                 ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (s->o.event)
        s->o.event(s->o.arg, id, level, subject, false, text);
}

void safety_over(struct safety *s, uint64_t id, const char *subject, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (s->o.event)
        s->o.event(s->o.arg, id, '+', subject, true, text);
}

struct guard *safety_guard(struct safety *s, uint64_t id)
{
    for (size_t i = 0; i < s->guard.n; i++)
        if (s->guard.at[i]->id == id)
            return s->guard.at[i];
    struct guard *g = mem_alloc(sizeof *g);
    *g = (struct guard){.id = id,
                        .seen_ms = -1,
                        .before_ms = -1,
                        .stop_ms = -1,
                        .jog_ms = {-1, -1, -1, -1},
                        .slew_ms = -1,
                        .drift_ms = -1,
                        .limit_ms = -1,
                        .soon_ms = -1,
                        .ra_rad = (double)NAN,
                        .dec_rad = (double)NAN,
                        .limit_sep_rad = (double)NAN,
                        .last_alt_rad = (double)NAN};
    VEC_PUSH(s->guard, g);
    return g;
}

bool safety_ready(const struct device_info *d)
{
    return d->link == DEVICE_READY && !d->stale;
}

const struct safety_sky *safety_sky_now(struct safety *s)
{
    int64_t now = CLOCK_WALL(s->o.clock);
    if (s->sky_wall_ns == INT64_MIN || llabs(now - s->sky_wall_ns) > 500000000) {
        safety_sky_at(&s->site, utc_of_wall(now), &s->sky);
        s->sky_wall_ns = now;
    }
    return &s->sky;
}

bool safety_doing(struct safety *s, uint64_t id, enum device_verb verb)
{
    struct rack_doing d;
    for (size_t i = 0; rack_doing(s->o.rack, id, i, &d); i++)
        if (d.verb == verb)
            return true;
    return false;
}

uint64_t safety_ask(struct safety *s, uint64_t id, struct device_request q, rack_done_fn *done,
                    void *arg, struct error *err)
{
    static const struct rack_asker me = {.who = "safety", .kind = ASKER_GUARD};
    struct error e;
    return rack_ask(s->o.rack, id, &q, &me, done, arg, err ? err : &e);
}

/* --- what was asked ------------------------------------------------------------------------------- */

static int64_t fast(void *arg);

static void hurry(struct safety *s)
{
    if (!s->fast)
        s->fast = loop_timer(s->o.loop, FAST_MS, fast, s, "devices/safety");
}

static void taken(void *arg, const struct device_info *d, const struct device_request *q,
                  const struct rack_asker *who)
{
    struct safety *s = arg;
    if (d->kind != DEVICE_MOUNT)
        return;
    struct guard *g = safety_guard(s, d->id);
    int64_t now = loop_now_ms(s->o.loop);
    const struct mount_values *m = &d->v.mount;
    if (q->verb == ASK_SLEW || q->verb == ASK_TRACK || q->verb == ASK_PARK || q->verb == ASK_MOVE)
        g->sun_allowed = who && who->sun_allowed;
    bool goes_on = q->verb == ASK_SLEW || q->verb == ASK_PARK || q->verb == ASK_UNPARK ||
                   q->verb == ASK_HOME || q->verb == ASK_MOVE;
    if (goes_on) /* it is wanted to move again: no stop is to be repeated into that */
        g->stop_ms = -1;
    bool person = who && who->kind == ASKER_PERSON;
    if (person && (goes_on || (q->verb == ASK_TRACK && q->on)))
        s->held_self = false;
    if (q->verb == ASK_SYNC) {
        g->sync_ra_rad = person ? 0 : g->sync_ra_rad + remainder(q->ra_rad - m->ra_rad, 2 * PI);
        g->sync_dec_rad = person ? 0 : g->sync_dec_rad + q->dec_rad - m->dec_rad;
    }
    if (q->verb == ASK_SLEW) {
        g->slew_ms = now;
        g->slew_ra_rad = m->ra_rad;
        g->slew_dec_rad = m->dec_rad;
        g->slew_far_rad = sky_separation(m->ra_rad, m->dec_rad, q->ra_rad, q->dec_rad);
        g->stuck_told = false;
    }
    if (q->verb == ASK_MOVE) {
        g->jog_ms[q->direction] = now + (q->move_ms > 0 ? q->move_ms : JOG_MS) + SLACK_MS;
        hurry(s);
    }
    if (q->verb == ASK_MOVE_END)
        g->jog_ms[q->direction] = -1;
    if (q->verb == ASK_STOP)
        for (int i = 0; i < 4; i++)
            g->jog_ms[i] = -1;
}

/* The guardian stopped it while this program hung: who stood before it did not know either. As if somebody had said stop. */
static void halted(void *arg, uint64_t id, const char *text)
{
    struct safety *s = arg;
    safety_hold(s);
    safety_stop(s, "the guardian", NULL);
    safety_tell(s, id, '!', "guardian",
                "%s; stop was sent again, scripts move nothing until `allow-motion`", text);
}

int safety_jogs(const struct safety *s)
{
    int n = 0;
    for (size_t i = 0; i < s->guard.n; i++)
        for (int k = 0; k < 4; k++)
            n += s->guard.at[i]->jog_ms[k] >= 0;
    return n;
}

/* A key that is not repeated ends its movement, whatever the driver does. */
static void deadman(struct safety *s, struct guard *g)
{
    int64_t now = loop_now_ms(s->o.loop);
    for (int i = 0; i < 4; i++) {
        if (g->jog_ms[i] < 0 || now < g->jog_ms[i])
            continue;
        struct error e;
        g->jog_ms[i] = -1;
        struct device_request q = {.verb = ASK_MOVE_END, .direction = (enum move_direction)i};
        if (!safety_ask(s, g->id, q, NULL, NULL, &e))
            safety_tell(s, g->id, '!', "stop", "moving by hand could not be ended: %s", e.text);
    }
}

/* --- what is seen ---------------------------------------------------------------------------------- */

static void read_place(struct safety *s, struct guard *g, const struct device_info *d)
{
    const struct mount_values *m = &d->v.mount;
    if (!safety_ready(d) || isnan(m->ra_rad) || d->health.good_ms == g->seen_ms)
        return;
    /* Right ascension and declination may come one after the other: readings of one poll are one. */
    if (g->seen_ms >= 0 && d->health.good_ms - g->seen_ms < 250)
        return;
    g->before_ms = g->seen_ms;
    g->before_ra_rad = g->ra_rad;
    g->before_dec_rad = g->dec_rad;
    g->seen_ms = d->health.good_ms;
    g->ra_rad = m->ra_rad;
    g->dec_rad = m->dec_rad;
    g->speed_degs = (double)NAN;
    if (g->before_ms >= 0 && g->seen_ms > g->before_ms)
        g->speed_degs = sky_separation(g->ra_rad, g->dec_rad, g->before_ra_rad, g->before_dec_rad) /
                        DEG / ((double)(g->seen_ms - g->before_ms) / 1000);
    if (m->parked && !g->was_parked && s->sited) {
        double ha;
        safety_altaz(&s->site, safety_sky_now(s)->lst_rad, m->ra_rad, m->dec_rad, &g->park_alt_rad,
                     &g->park_az_rad, &ha);
        g->park_known = true;
    }
    g->was_parked = m->parked;
}

static void watch_slew(struct safety *s, struct guard *g, const struct device_info *d)
{
    const struct mount_values *m = &d->v.mount;
    int64_t now = loop_now_ms(s->o.loop);
    if (g->slew_ms < 0)
        return;
    double gone = sky_separation(g->slew_ra_rad, g->slew_dec_rad, m->ra_rad, m->dec_rad);
    if (safety_doing(s, d->id, ASK_SLEW)) {
        if (!g->stuck_told && now - g->slew_ms > STUCK_MS && gone < 0.01 * DEG &&
            g->slew_far_rad > 0.1 * DEG) {
            g->stuck_told = true;
            safety_tell(s, d->id, '!', "stuck",
                        "%s took the slew %.0f s ago and has not moved: motors, clutch, power?",
                        d->name, (double)(now - g->slew_ms) / 1000);
        }
        return;
    }
    double took = (double)(now - g->slew_ms) / 1000;
    if (gone > 2 * DEG && took > 1 && gone > 0.9 * g->slew_far_rad)
        g->slews_degs = gone / DEG / took;
    if (g->stuck_told)
        safety_over(s, d->id, "stuck", "%s: the slew is over", d->name);
    g->slew_ms = -1;
}

static bool asked_to_move(struct safety *s, uint64_t id)
{
    static const enum device_verb verb[] = {ASK_SLEW, ASK_PARK, ASK_UNPARK, ASK_HOME,
                                            ASK_MOVE, ASK_STOP, ASK_SYNC};
    for (size_t i = 0; i < sizeof verb / sizeof *verb; i++)
        if (safety_doing(s, id, verb[i]))
            return true;
    return false;
}

static void watch_foreign(struct safety *s, struct guard *g, const struct device_info *d)
{
    bool foreign = d->v.mount.slewing && !asked_to_move(s, d->id) && g->stop_ms < 0 &&
                   loop_now_ms(s->o.loop) - g->slew_ms > STUCK_MS;
    if (foreign && !g->foreign_told)
        safety_tell(s, d->id, 'W', "",
                    "%s is being moved by somebody else (its hand control, another program)",
                    d->name);
    g->foreign_told = foreign;
}

/* A mount that says it tracks and whose right ascension runs with the stars stands still. */
static void watch_drift(struct safety *s, struct guard *g, const struct device_info *d)
{
    const struct mount_values *m = &d->v.mount;
    int64_t now = loop_now_ms(s->o.loop);
    if (!m->tracking || m->slewing || m->parked || asked_to_move(s, d->id) || safety_jogs(s)) {
        g->drift_ms = -1;
        return;
    }
    if (g->drift_ms < 0) {
        g->drift_ms = now;
        g->drift_ra_rad = m->ra_rad;
        return;
    }
    if (now - g->drift_ms < DRIFT_MS)
        return;
    double minutes = (double)(now - g->drift_ms) / 60000;
    double drift = remainder(m->ra_rad - g->drift_ra_rad, 2 * PI) / DEG * 60 / minutes;
    g->drift_ms = now;
    g->drift_ra_rad = m->ra_rad;
    if (fabs(drift) > 5)
        safety_tell(s, d->id, '!', "tracking",
                    "%s says it tracks, but drifts %.0f' a minute in right ascension: it does not",
                    d->name, drift);
    else
        safety_over(s, d->id, "tracking", "%s tracks", d->name);
}

/* --- limits ---------------------------------------------------------------------------------------- */

/* Faster than any drift: it runs, whatever it says of itself. */
static const double RUNS_DEGS = 0.1;

static void act(struct safety *s, struct guard *g, const struct device_info *d, bool off,
                const char *why)
{
    int64_t now = loop_now_ms(s->o.loop);
    if (g->limit_ms >= 0 && now - g->limit_ms < ACT_MS)
        return;
    g->limit_ms = now;
    bool gently = off && (d->can & CAN_TRACK) && g->limit_n < 3;
    struct device_request q = {.verb = gently ? ASK_TRACK : ASK_STOP};
    struct error e = {0};
    g->limit_n++;
    if (!safety_ask(s, d->id, q, NULL, NULL, &e))
        safety_tell(s, d->id, '!', "limit", "%s: %s; it could not be stopped: %s", d->name, why,
                    e.text);
    else
        safety_tell(s, d->id, '!', "limit", "%s %s: %s%s", d->name,
                    gently ? "stops tracking" : "is stopped", why,
                    g->limit_n > 3 ? "; it goes on all the same: CUT THE POWER" : "");
    g->limit_told = true;
}

static void watch_limits(struct safety *s, struct guard *g, const struct device_info *d)
{
    const struct mount_values *m = &d->v.mount;
    const struct safety_sky *sky = safety_sky_now(s);
    struct error e;
    double alt, az, ha;
    safety_altaz(&s->site, sky->lst_rad, m->ra_rad, m->dec_rad, &alt, &az, &ha);
    double sep = sky_separation(m->ra_rad, m->dec_rad, sky->sun_ra_rad, sky->sun_dec_rad);
    bool sinks = alt < g->last_alt_rad - 0.05 * DEG;
    bool nears = !(sep > g->limit_sep_rad + 0.02 * DEG);
    bool travels = safety_doing(s, d->id, ASK_PARK) || safety_doing(s, d->id, ASK_HOME) ||
                   safety_doing(s, d->id, ASK_UNPARK);
    bool runs = m->slewing || safety_jogs(s) > 0 || g->speed_degs > RUNS_DEGS;
    bool in_cone =
        !g->sun_allowed && sky->sun_alt_rad > s->limits.sun_alt_rad && sep < s->limits.sun_cone_rad;
    bool outside = safety_place(&s->limits, &s->site, sky, m->ra_rad, m->dec_rad, true, &e) != OK;
    bool before = g->limit_told;
    g->limit_told = false;
    if (in_cone && (runs || m->tracking) && !m->parked && (nears || !runs)) {
        char why[80];
        snprintf(why, sizeof why, "the Sun is %.1f deg away (limit %.0f deg)", sep / DEG,
                 s->limits.sun_cone_rad / DEG);
        act(s, g, d, !runs, why);
    } else if (outside && !m->parked && !travels && (runs ? sinks : m->tracking)) {
        act(s, g, d, !runs, e.text);
    } else if (!outside && !in_cone) {
        g->limit_n = 0;
        if (before)
            safety_over(s, d->id, "limit", "%s is inside its limits", d->name);
    }
    g->limit_told = g->limit_told || (before && (outside || in_cone));
    g->last_alt_rad = alt;
    g->limit_sep_rad = sep;
}

/* --- the stop -------------------------------------------------------------------------------------- */

enum { STILL_AGAIN_MS = 2000, STILL_CRY_MS = 10000 };
static const double STILL_DEGS = 0.02; /* a standing mount drifts 0.004 deg/s in right ascension */

void safety_stop_watch(struct safety *s, struct guard *g, const struct device_info *d)
{
    int64_t now = loop_now_ms(s->o.loop);
    double since = (double)(now - g->stop_ms) / 1000;
    if (g->stop_ms < 0)
        return;
    bool two = g->before_ms >= g->stop_ms && g->seen_ms > g->before_ms;
    if (two && !d->v.mount.slewing && g->speed_degs < STILL_DEGS) {
        double took = (double)(g->seen_ms - g->stop_ms) / 1000;
        g->stop_ms = -1;
        safety_over(s, d->id, "stop", "%s stands still, seen %.1f s after the stop", d->name, took);
        return;
    }
    if (now >= g->stop_again_ms) {
        struct error e;
        g->stop_again_ms = now + STILL_AGAIN_MS;
        if (safety_ask(s, d->id, (struct device_request){.verb = ASK_STOP}, NULL, NULL, &e))
            g->stop_n++;
    }
    if (since * 1000 > STILL_CRY_MS && !g->stop_cried) {
        g->stop_cried = true;
        bool moving = two || g->speed_degs >= STILL_DEGS;
        safety_tell(s, d->id, '!', "stop",
                    moving ? "%s STILL MOVES %.0f s after the stop (%d written): CUT THE POWER"
                           : "%s has said nothing %.0f s after the stop (%d written): it MAY BE "
                             "MOVING; cut the power",
                    d->name, since, g->stop_n);
    }
}

int safety_stopping(const struct safety *s)
{
    int n = 0;
    for (size_t i = 0; i < s->guard.n; i++)
        n += s->guard.at[i]->stop_ms >= 0;
    return n;
}

static bool can_move(enum device_kind k)
{
    return k == DEVICE_MOUNT || k == DEVICE_DOME || k == DEVICE_FOCUSER;
}

void safety_hold(struct safety *s)
{
    s->held_ns = CLOCK_WALL(s->o.clock);
    s->held_self = true;
}

int64_t safety_held(const struct safety *s)
{
    return s->held_ns;
}

void safety_let(struct safety *s)
{
    s->held_ns = 0;
    s->held_self = false;
}

unsigned safety_stops(const struct safety *s)
{
    return s->stops;
}

int safety_stop(struct safety *s, const char *who, int *refused)
{
    int written = 0, bad = 0;
    struct rack_asker asker = {.who = who};
    s->stops++;
    struct device_request stop = {.verb = ASK_STOP};
    struct error e;
    for (size_t i = 0; i < rack_n(s->o.rack); i++) {
        const struct device_info *d = rack_at(s->o.rack, i);
        if (!can_move(d->kind) || d->link == DEVICE_OFF)
            continue;
        bool ok = rack_ask(s->o.rack, d->id, &stop, &asker, NULL, NULL, &e) > 0;
        written += ok;
        bad += !ok && (d->link == DEVICE_READY || d->link == DEVICE_LOST);
        if (d->kind != DEVICE_MOUNT || (!ok && d->link == DEVICE_FAILED))
            continue;
        struct guard *g = safety_guard(s, d->id);
        g->stop_ms = loop_now_ms(s->o.loop);
        g->stop_again_ms = g->stop_ms + STILL_AGAIN_MS;
        g->stop_n = ok;
        g->stop_cried = false;
    }
    safety_shutdown_cancel(s);
    hurry(s);
    if (refused)
        *refused = bad;
    return written;
}

/* --- the timer ------------------------------------------------------------------------------------- */

static void look(struct safety *s, const struct device_info *d)
{
    struct guard *g = safety_guard(s, d->id);
    read_place(s, g, d);
    safety_stop_watch(s, g, d);
    deadman(s, g);
    if (!safety_ready(d) || isnan(d->v.mount.ra_rad))
        return;
    watch_slew(s, g, d);
    watch_foreign(s, g, d);
    watch_drift(s, g, d);
    if (s->sited) {
        watch_limits(s, g, d);
        safety_soon(s, g, d);
    }
}

void safety_second(struct safety *s)
{
    safety_clock(s);
    for (size_t i = 0; i < rack_n(s->o.rack); i++)
        if (rack_at(s->o.rack, i)->kind == DEVICE_MOUNT)
            look(s, rack_at(s->o.rack, i));
    if (s->sited)
        safety_policies(s);
    safety_shutdown_second(s);
}

static int64_t second(void *arg)
{
    safety_second(arg);
    return SECOND_MS;
}

/* While a stop is watched or a key held, ten times a second. */
static int64_t fast(void *arg)
{
    struct safety *s = arg;
    bool more = safety_jogs(s) > 0;
    for (size_t i = 0; i < s->guard.n; i++) {
        struct guard *g = s->guard.at[i];
        const struct device_info *d = rack_find(s->o.rack, g->id);
        read_place(s, g, d);
        safety_stop_watch(s, g, d);
        deadman(s, g);
        more = more || g->stop_ms >= 0;
    }
    if (more)
        return FAST_MS;
    s->fast = 0;
    return -1;
}

struct safety *safety_new(const struct safety_options *o)
{
    struct safety *s = mem_zero(sizeof *s);
    s->o = *o;
    s->limits = safety_limits_default();
    s->policy = (struct safety_policy){.dawn_alt_rad = -12 * DEG,
                                       .loss_s = 120,
                                       .warn_s = 600,
                                       .dawn = 'n',
                                       .loss = 'n',
                                       .weather = 'n'};
    s->sky_wall_ns = s->ahead_ns = INT64_MIN;
    s->sun_alt_before = (double)NAN;
    s->dawn_s = (double)NAN;
    s->dawn_asked_ms = -1;
    s->timer = loop_timer(o->loop, SECOND_MS, second, s, "devices/safety");
    rack_gate(o->rack, safety_gate, s);
    o->rack->taken = taken;
    o->rack->halted = halted;
    o->rack->taken_arg = s;
    return s;
}

void safety_free(struct safety *s)
{
    if (!s)
        return;
    safety_shutdown_cancel(s);
    rack_gate(s->o.rack, NULL, NULL);
    s->o.rack->taken = NULL;
    s->o.rack->halted = NULL;
    loop_timer_del(s->o.loop, s->timer);
    loop_timer_del(s->o.loop, s->fast);
    for (size_t i = 0; i < s->guard.n; i++)
        free(s->guard.at[i]);
    VEC_FREE(s->guard);
    VEC_FREE(s->lost_acted);
    VEC_FREE(s->shut.step);
    free(s);
}

void safety_site(struct safety *s, const struct site *site)
{
    s->sited = site != NULL;
    if (site)
        s->site = *site;
    s->sky_wall_ns = INT64_MIN;
    s->sun_alt_before = (double)NAN;
    s->dawn_asked_ms = -1;
}

void safety_set(struct safety *s, const struct safety_limits *l)
{
    s->limits = *l;
}

const struct safety_limits *safety_limits_of(const struct safety *s)
{
    return &s->limits;
}

void safety_policy_set(struct safety *s, const struct safety_policy *p)
{
    s->policy = *p;
}

/* --- the preview ----------------------------------------------------------------------------------- */

static double path_lowest(const struct safety *s, const struct safety_sky *sky,
                          const struct mount_values *m, double ra, double dec, bool *hidden)
{
    double least = PI, d_ra = remainder(ra - m->ra_rad, 2 * PI), d_dec = dec - m->dec_rad;
    double far = fmax(fabs(d_ra), fabs(d_dec));
    int n = (int)(far / DEG) + 1;
    *hidden = false;
    for (int i = 0; i <= n; i++) {
        double gone = far * i / n, alt, az, ha;
        safety_altaz(&s->site, sky->lst_rad, m->ra_rad + copysign(fmin(gone, fabs(d_ra)), d_ra),
                     m->dec_rad + copysign(fmin(gone, fabs(d_dec)), d_dec), &alt, &az, &ha);
        least = fmin(least, alt);
        *hidden = *hidden || alt < horizon_alt(s->site.horizon, az);
    }
    return least;
}

void safety_preview(struct safety *s, const struct device_info *mount, double ra_rad,
                    double dec_rad, bool sun_allowed, struct safety_slew *p)
{
    const struct mount_values *m = &mount->v.mount;
    struct device_request q = {.verb = ASK_SLEW, .ra_rad = ra_rad, .dec_rad = dec_rad};
    struct rack_asker who = {.who = "", .sun_allowed = sun_allowed, .kind = ASKER_PERSON};
    double ha, no = (double)NAN;
    memset(p, 0, sizeof *p);
    p->to = (struct safety_forecast){no, no, no, no, no, no, no, no, ""};
    p->from_alt_rad = p->from_az_rad = p->distance_rad = p->path_sun_rad = p->path_alt_rad = no;
    p->seconds = no;
    p->refused.status = OK;
    if (rack_may(s->o.rack, mount->id, &q, &who, &p->refused) == OK)
        p->refused.status = OK;
    if (!s->sited)
        return;
    const struct safety_sky *sky = safety_sky_now(s);
    safety_forecast(&s->limits, &s->site, utc_of_wall(CLOCK_WALL(s->o.clock)), ra_rad, dec_rad,
                    &p->to);
    p->pier = p->to.ha_rad >= 0 ? PIER_EAST : PIER_WEST;
    p->flips = m->pier != PIER_UNKNOWN && m->pier != p->pier;
    if (isnan(m->ra_rad))
        return;
    safety_altaz(&s->site, sky->lst_rad, m->ra_rad, m->dec_rad, &p->from_alt_rad, &p->from_az_rad,
                 &ha);
    p->distance_rad = sky_separation(m->ra_rad, m->dec_rad, ra_rad, dec_rad);
    p->path_sun_rad = fmin(safety_arc_nearest(m->ra_rad, m->dec_rad, ra_rad, dec_rad,
                                              sky->sun_ra_rad, sky->sun_dec_rad),
                           safety_axes_nearest(m->ra_rad, m->dec_rad, ra_rad, dec_rad,
                                               sky->sun_ra_rad, sky->sun_dec_rad));
    if (safety_flips(sky, m->pier, m->ra_rad, ra_rad)) {
        double up = s->site.lat_rad < 0 ? -1 : 1, lst = sky->lst_rad;
        p->path_sun_rad =
            fmin(p->path_sun_rad,
                 safety_flip_nearest(lst - m->ra_rad, up * m->dec_rad, lst - ra_rad, up * dec_rad,
                                     lst - sky->sun_ra_rad, up * sky->sun_dec_rad));
    }
    p->path_alt_rad = path_lowest(s, sky, m, ra_rad, dec_rad, &p->hidden);
    const struct guard *g = safety_guard(s, mount->id);
    p->measured = g->slews_degs > 0;
    double axis = fmax(fabs(remainder(ra_rad - m->ra_rad, 2 * PI)), fabs(dec_rad - m->dec_rad));
    p->seconds = p->measured ? p->distance_rad / DEG / g->slews_degs : axis / DEG / 3;
}
