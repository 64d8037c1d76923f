/* gate.c - whether a request that a device could take may be passed on: clocks, site, sidereal time, limits, the Sun.
 * See safety.h. Not: what happens by itself (safety.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "safety_own.h"
#include "vigie/formats/sexa.h"
#include "vigie/sky/frame.h"

#define PI  3.14159265358979323846
#define DEG (PI / 180)

static bool clock_believed(const struct safety *s)
{
    if (!s->o.synced || s->o.synced(s->o.arg))
        return true;
    for (size_t i = 0; i < rack_n(s->o.rack); i++) { /* a receiver that agrees is as good */
        const struct device_info *d = rack_at(s->o.rack, i);
        if (d->kind == DEVICE_GPS && safety_ready(d) && d->v.gps.fix >= 2 &&
            fabs(d->v.gps.clock_error_s) < 2)
            return true;
    }
    return false;
}

static enum status ground(struct safety *s, struct error *err)
{
    if (!s->sited)
        return err_set(err, E_REFUSED,
                       "without a site nothing can be said of altitude and Sun: `site-add` first");
    if (!clock_believed(s))
        return err_set(
            err, E_REFUSED,
            "the clock cannot be believed (not synchronised, or set with --at), so the Sun "
            "and the limits are not known: NTP, a GPS, or option devices.clock");
    return OK;
}

static const char *hms(double rad, char out[SEXA_TEXT])
{
    return sexa_format(rad / DEG, SEXA_RA, 0, ':', out);
}

/* The mount's own idea of time and site against ours. */
static enum status agrees(struct safety *s, const struct device_info *d, struct error *err)
{
    const struct mount_values *m = &d->v.mount;
    double ours = safety_sky_now(s)->lst_rad;
    double diff_s = remainder(m->lst_rad - ours, 2 * PI) / (2 * PI) * 86164;
    char a[SEXA_TEXT], b[SEXA_TEXT];
    if (fabs(diff_s) > s->limits.lst_s)
        return err_set(err, E_REFUSED,
                       "%s: its sidereal time is %s, ours %s (%.0f s apart): its clock, zone or "
                       "site is wrong; `set-time` and `set-site` tell it ours",
                       d->name, hms(m->lst_rad, a), hms(ours, b), fabs(diff_s));
    if (isnan(m->lst_rad) && fabs(m->clock_error_s) > s->limits.lst_s)
        return err_set(err, E_REFUSED, "%s: its clock is wrong by %.0f s; `set-time` tells it ours",
                       d->name, m->clock_error_s);
    if (fabs(m->lat_rad - s->site.lat_rad) > 1 * DEG)
        return err_set(err, E_REFUSED,
                       "%s: its latitude is %.2f deg, ours %.2f; `set-site` tells it ours", d->name,
                       m->lat_rad / DEG, s->site.lat_rad / DEG);
    return OK;
}

/* After a person's stop: who may ask for a motion. */
static bool held(const struct safety *s, const struct rack_asker *who)
{
    if (!s->held_ns && !s->held_self)
        return false;
    if (who && who->kind == ASKER_PERSON)
        return false;
    return who && who->kind == ASKER_GUARD ? s->held_self : s->held_ns != 0;
}

/* All that moves something, whatever it hangs on. */
static bool moves(const struct device_request *q)
{
    switch (q->verb) {
    case ASK_SLEW:
    case ASK_SYNC:
    case ASK_PARK:
    case ASK_UNPARK:
    case ASK_HOME:
    case ASK_TRACK_RATE:
    case ASK_MOVE:
    case ASK_GUIDE:
    case ASK_FOCUS_TO:
    case ASK_FOCUS_BY:
    case ASK_FILTER:
    case ASK_DOME_AZ:
    case ASK_DOME_SHUTTER:
    case ASK_DOME_PARK:
    case ASK_SWITCH:
    case ASK_PROPERTY: return true;
    case ASK_TRACK:
    case ASK_DOME_SLAVE: return q->on;
    case ASK_CONNECT:
    case ASK_DISCONNECT:
    case ASK_STOP:
    case ASK_MOVE_END:
    case ASK_SET_SITE:
    case ASK_SET_TIME:
    case ASK_EXPOSE:
    case ASK_ABORT:
    case ASK_COOL: break;
    }
    return false;
}

static enum status refuse_held(const struct safety *s, const struct device_info *d,
                               const struct device_request *q, struct error *err)
{
    char when[UTC_TEXT];
    utc_format(utc_of_wall(s->held_ns), 0, when);
    return err_set(err, E_REFUSED,
                   "%s: no %s: STOP was pressed at %.8s UTC; scripts and what happens by itself "
                   "move nothing until the observer gives leave (`allow-motion`)",
                   d->name, device_verb_name(q->verb), strlen(when) > 18 ? when + 11 : "?");
}

static enum status wrap(enum status st, const struct device_info *d, const char *verb,
                        struct error *err)
{
    return st == OK ? OK : err_wrap(err, "%s: no %s", d->name, verb);
}

/* The whole way: of the axes, of the great circle, over the pole. */
static enum status gate_way(struct safety *s, const struct mount_values *m, double ra, double dec,
                            bool sun_allowed, struct error *err)
{
    const struct safety_sky *sky = safety_sky_now(s);
    bool flips = safety_flips(sky, m->pier, m->ra_rad, ra);
    enum status st = OK;
    if (!sun_allowed)
        st = safety_way(&s->limits, sky, m->ra_rad, m->dec_rad, ra, dec, err);
    if (st == OK && !sun_allowed && flips)
        st = safety_flip(&s->limits, &s->site, sky, m->ra_rad, m->dec_rad, ra, dec, err);
    if (st == OK && !(flips && m->pier != PIER_UNKNOWN)) /* over the pole it leads up */
        st = safety_dip(&s->limits, &s->site, sky, m->ra_rad, m->dec_rad, ra, dec, err);
    return st;
}

static enum status gate_slew(struct safety *s, const struct device_info *d, double ra, double dec,
                             bool sun_allowed, struct error *err)
{
    const struct mount_values *m = &d->v.mount;
    enum status st = agrees(s, d, err);
    if (st != OK)
        return st;
    const struct safety_sky *sky = safety_sky_now(s);
    st = safety_place(&s->limits, &s->site, sky, ra, dec, sun_allowed, err);
    if (st == OK && !sun_allowed && isnan(m->ra_rad) && sky->sun_alt_rad > s->limits.sun_alt_rad)
        return err_set(
            err, E_REFUSED,
            "%s: no slew while the Sun is up: it has not said where it points, so nobody "
            "knows the way it goes",
            d->name);
    if (st == OK && !isnan(m->ra_rad))
        st = gate_way(s, m, ra, dec, sun_allowed, err);
    return wrap(st, d, "slew", err);
}

enum { SYNC_MOST_DEG = 5 };

/* By a false sync every later way is a false one. What an observer has looked at, a script has not: it may correct a little,
 * all its syncs together, and cannot make a position trusted that is not. */
static enum status gate_sync(struct safety *s, const struct device_info *d,
                             const struct device_request *q, const struct rack_asker *who,
                             struct error *err)
{
    const struct mount_values *m = &d->v.mount;
    const struct guard *g = safety_guard(s, d->id);
    if (who && who->kind == ASKER_PERSON)
        return OK;
    if (!d->trusted)
        return err_set(err, E_REFUSED,
                       "%s: no sync by a script: its position is not trusted (%.100s); only an "
                       "observer who has looked says where it points (`sync`)",
                       d->name, d->why);
    if (isnan(m->ra_rad))
        return err_set(err, E_REFUSED, "%s: no sync by a script: it has not said where it points",
                       d->name);
    double ra = g->sync_ra_rad + remainder(q->ra_rad - m->ra_rad, 2 * PI);
    double dec = g->sync_dec_rad + q->dec_rad - m->dec_rad;
    double off = hypot(ra * cos(m->dec_rad), dec) / DEG;
    if (!(off <= SYNC_MOST_DEG + 0.01))
        return err_set(err, E_REFUSED,
                       "%s: no sync by a script to a place %.1f deg off (at most %d deg, all its "
                       "syncs together); an observer may (`sync`)",
                       d->name, off, SYNC_MOST_DEG);
    return OK;
}

bool safety_park_at(const struct safety *s, uint64_t id, double *alt_rad, double *az_rad)
{
    for (size_t i = 0; i < s->guard.n; i++)
        if (s->guard.at[i]->id == id && s->guard.at[i]->park_known) {
            *alt_rad = s->guard.at[i]->park_alt_rad;
            *az_rad = s->guard.at[i]->park_az_rad;
            return true;
        }
    return false;
}

/* By day the way to the park place leads past the Sun or it does not; where it is not known, nobody can say. By night it is
 * let go even so. */
static enum status gate_park(struct safety *s, const struct device_info *d, const char *verb,
                             bool sun_allowed, struct error *err)
{
    const struct safety_sky *sky = safety_sky_now(s);
    const struct mount_values *m = &d->v.mount;
    double alt, az;
    bool sun = !sun_allowed && sky->sun_alt_rad > s->limits.sun_alt_rad;
    if (sun && agrees(s, d, err) != OK)
        return err->status;
    bool known = !isnan(m->ra_rad) && safety_park_at(s, d->id, &alt, &az);
    if (!known && !sun)
        return OK;
    if (!known)
        return err_set(err, E_REFUSED,
                       "%s: no %s while the Sun is up: it is not known which way it goes", d->name,
                       verb);
    double lat = s->site.lat_rad;
    double dec = asin(sin(alt) * sin(lat) + cos(alt) * cos(lat) * cos(az));
    double ha = atan2(-cos(alt) * sin(az), sin(alt) * cos(lat) - cos(alt) * sin(lat) * cos(az));
    return wrap(gate_way(s, m, sky->lst_rad - ha, dec, sun_allowed, err), d, verb, err);
}

/* How far outside a place is, rad: of altitude, mask and hour angle each; 0 inside. */
static void outside(const struct safety *s, const struct safety_sky *sky, double ra, double dec,
                    double far[2])
{
    double alt, az, ha;
    safety_altaz(&s->site, sky->lst_rad, ra, dec, &alt, &az, &ha);
    double low = fmax(s->limits.min_alt_rad, horizon_alt(s->site.horizon, az));
    far[0] = fmax(fmax(low - alt, alt - s->limits.max_alt_rad), 0);
    /* fmax takes the number where there is no limit (NAN) */
    far[1] = fmax(fmax(-ha - s->limits.ha_east_rad, ha - s->limits.ha_west_rad), 0);
}

/* By hand: a degree ahead must be allowed, unless it is a way out of what is not. */
static enum status gate_move(struct safety *s, const struct device_info *d,
                             const struct device_request *q, bool sun_allowed, struct error *err)
{
    static const double way[4][2] = {{0, 1}, {0, -1}, {1, 0}, {-1, 0}};
    const struct mount_values *m = &d->v.mount;
    const struct safety_sky *sky = safety_sky_now(s);
    struct error here;
    double dec = m->dec_rad + way[q->direction][1] * DEG;
    double ra = m->ra_rad + way[q->direction][0] * DEG / fmax(cos(m->dec_rad), 0.05);
    if (fabs(dec) > PI / 2) { /* over the pole */
        dec = copysign(PI, dec) - dec;
        ra += PI;
    }
    enum status st = safety_place(&s->limits, &s->site, sky, ra, dec, sun_allowed, err);
    if (st == OK)
        return OK;
    if (safety_place(&s->limits, &s->site, sky, m->ra_rad, m->dec_rad, sun_allowed, &here) == OK)
        return wrap(st, d, "move that way", err);
    double now[2], then[2];
    outside(s, sky, m->ra_rad, m->dec_rad, now);
    outside(s, sky, ra, dec, then);
    double sun[2] = {sky_separation(m->ra_rad, m->dec_rad, sky->sun_ra_rad, sky->sun_dec_rad),
                     sky_separation(ra, dec, sky->sun_ra_rad, sky->sun_dec_rad)};
    bool sun_up = sky->sun_alt_rad > s->limits.sun_alt_rad && !sun_allowed;
    if (sun_up && sun[1] < s->limits.sun_cone_rad && !(sun[1] > sun[0]))
        return wrap(st, d, "move that way", err);
    bool out = then[0] <= now[0] && then[1] <= now[1];
    return out || (sun_up && sun[0] < s->limits.sun_cone_rad) ? OK
                                                              : wrap(st, d, "move that way", err);
}

/* Properties that move a mount would lead around every limit, one that opens a dome around the weather. A driver often
 * stands behind several devices: what moves its mount is refused under the name of each. Drivers name theirs as they like:
 * so by words, and what only looks like one of these is named too. */
static const char *const moving_word[] = {
    "EQUATORIAL", "HORIZONTAL", "MOTION",  "PARK",  "HOME",   "TIMED_GUIDE", "TRACK",
    "TARGET",     "GOTO",       "SLEW",    "ALIGN", "SYNC",   "ON_COORD",    "AXIS",
    "FLIP",       "MOVE",       "COMMAND", "NUDGE", "SPIRAL", "HEMISPHERE",  "REVERSE"};
static const char *const still_word[] = {"ABORT", "SLEW_RATE", "SLEW_SPEED", "SLEWRATE"};
static const char *const other_prefix[] = {"FOCUS",     "FILTER",    "CCD",   "GUIDER", "WEATHER",
                                           "ABS_FOCUS", "REL_FOCUS", "DEBUG", "LOG"};

static bool has_word(const char *name, const char *const *word, size_t n, bool in_front)
{
    for (size_t i = 0; i < n; i++)
        if (in_front ? strncasecmp(name, word[i], strlen(word[i])) == 0 : str_hasi(name, word[i]))
            return true;
    return false;
}
#define HAS(name, list, front) has_word(name, list, sizeof list / sizeof *list, front)

static enum status gate_property(const struct device_info *d, const char *name, struct error *err)
{
    if (!name)
        return OK;
    bool dome = strncasecmp(name, "DOME_", 5) == 0;
    if (str_hasi(name, "DOME_SHUTTER"))
        return err_set(err, E_REFUSED,
                       "%s: %.60s opens the dome whatever the weather; `dome open` looks at it",
                       d->name, name);
    if (!dome && HAS(name, moving_word, false) && !HAS(name, still_word, false) &&
        !HAS(name, other_prefix, true))
        return err_set(err, E_REFUSED,
                       "%s: %.60s moves the mount past the limits, or changes what its motions "
                       "mean; slew-to, sync, park, track and jog keep them",
                       d->name, name);
    return OK;
}

static enum status gate_dome(struct safety *s, const struct device_info *d,
                             const struct device_request *q, struct error *err)
{
    for (size_t i = 0; q->on && i < rack_n(s->o.rack); i++) {
        const struct device_info *w = rack_at(s->o.rack, i);
        if (w->kind != DEVICE_WEATHER || w->link == DEVICE_OFF)
            continue;
        if (!safety_ready(w))
            return err_set(err, E_REFUSED, "%s: not opened: %s does not answer", d->name, w->name);
        if (w->v.weather.safe == 0 || w->v.weather.rain_mmh > 0)
            return err_set(err, E_REFUSED, "%s: not opened: %s says it is not safe", d->name,
                           w->name);
    }
    return OK;
}

void safety_lock(struct safety *s, bool on)
{
    s->locked = on;
}

bool safety_locked(const struct safety *s)
{
    return s->locked;
}

/* The interlock holds everybody but the guard itself. */
static bool locked_out(const struct safety *s, const struct device_request *q,
                       const struct rack_asker *who)
{
    return s->locked && moves(q) && !(who && who->kind == ASKER_GUARD);
}

enum status safety_gate(void *arg, const struct device_info *d, const struct device_request *q,
                        const struct rack_asker *who, struct error *err)
{
    struct safety *s = arg;
    bool sun_allowed = who && who->sun_allowed;
    bool motion = q->verb == ASK_SLEW || q->verb == ASK_SYNC || q->verb == ASK_MOVE ||
                  q->verb == ASK_GUIDE || q->verb == ASK_PARK || q->verb == ASK_HOME ||
                  (q->verb == ASK_TRACK && q->on);
    if (locked_out(s, q, who))
        return err_set(err, E_REFUSED,
                       "%s: the interlock is set: nothing is moved; `interlock off` lifts it",
                       d->name);
    if (moves(q) && held(s, who))
        return refuse_held(s, d, q, err);
    if (q->verb == ASK_DOME_SHUTTER)
        return gate_dome(s, d, q, err);
    if (q->verb == ASK_PROPERTY)
        return gate_property(d, q->property, err);
    if (!motion)
        return OK;
    enum status st = ground(s, err);
    if (st != OK)
        return wrap(st, d, device_verb_name(q->verb), err);
    const struct mount_values *m = &d->v.mount;
    if (q->verb == ASK_SLEW)
        return gate_slew(s, d, q->ra_rad, q->dec_rad, sun_allowed, err);
    if (q->verb == ASK_PARK || q->verb == ASK_HOME)
        return gate_park(s, d, device_verb_name(q->verb), sun_allowed, err);
    if (q->verb == ASK_MOVE || q->verb == ASK_GUIDE)
        return gate_move(s, d, q, sun_allowed, err);
    bool sync = q->verb == ASK_SYNC;
    if (sync && (st = gate_sync(s, d, q, who, err)) != OK)
        return st;
    if (!sync && isnan(m->ra_rad))
        return err_set(err, E_REFUSED, "%s: it has not said where it points", d->name);
    st = safety_place(&s->limits, &s->site, safety_sky_now(s), sync ? q->ra_rad : m->ra_rad,
                      sync ? q->dec_rad : m->dec_rad, sun_allowed, err);
    return wrap(st, d, sync ? "sync" : "tracking", err);
}
