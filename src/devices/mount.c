/* mount.c - see mount.h. Not: a protocol; not safety (safety.c decides what may be asked).
 */
#include "mount.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "vigie/formats/sexa.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

static const double DEG = M_PI / 180;

enum {
    STUCK_MS = 5000,    /* position unchanged this long after a slew was accepted */
    FIRST_MS = 900,     /* what it says of its motion so early may be of before */
    LAG_MS = 2000,      /* a mount may need this long before it says that it slews */
    AGAIN_MS = 2000,    /* a stop that is not obeyed is sent again */
    GIVE_UP_MS = 10000, /* and after this long the observer must act */
    SETTLE_MS = 8000,   /* motion that nothing explains is not one that has just ended */
    TRACK_MS = 60000,
    LOOK_MS = 400 /* two positions nearer in time than this say nothing of motion */
};
#define JUMP        (1 * DEG)
#define SLEW_SPEED  (10 * DEG)       /* a second; faster than any mount that carries a telescope */
#define SPEEDS_UP   (5 * DEG)        /* a second, each second */
#define MOTION      (2.5 / 60 * DEG) /* two readings of HH:MM.T differ by 1.5' at rest */
#define SPEED_ALONE (0.3 * DEG)      /* a second */
#define NEAR        (0.3 * DEG)
#define LST_MOST_S  60

void mount_init(struct mount *m, const struct driver_host *h, const struct mount_wire *wire,
                void *drv)
{
    memset(m, 0, sizeof *m);
    m->h = h;
    m->wire = wire;
    m->drv = drv;
    m->quiet_since_ms = driver_now(h);
    m->handpad = strcmp(device_config_value(h->config, "handpad", "no"), "yes") == 0;
}

static struct mount_values *values(const struct mount *m)
{
    return &slot_values(m->h->slot)->mount;
}

bool mount_moving(const struct mount *m)
{
    return m->moving[0] || m->moving[1] || m->moving[2] || m->moving[3];
}

static bool told_to_move(const struct mount *m)
{
    return m->task != MOUNT_IDLE || mount_moving(m) || m->stopping;
}

static void trust(struct mount *m)
{
    char why[400];
    snprintf(why, sizeof why, "%s%s%s", m->restarted, *m->restarted && *m->lst ? "; " : "", m->lst);
    slot_trust(m->h->slot, !*why, *why ? why : NULL);
}

void mount_restarted(struct mount *m, const char *why)
{
    if (strcmp(m->restarted, why) == 0)
        return;
    snprintf(m->restarted, sizeof m->restarted, "%s", why);
    slot_say(m->h->slot, 'W', why);
    trust(m);
}

void mount_synced(struct mount *m)
{
    m->restarted[0] = 0;
    m->known = m->jumped = false;
    m->track_ms = 0;
    trust(m);
}

void mount_ready(struct mount *m, bool again)
{
    m->h->ready(m->h->arg);
    if (*m->restarted || *m->lst)
        trust(m);
    if (again)
        mount_ask_stop(m, 0);
}

static void clock_text(double rad, char out[SEXA_TEXT])
{
    double deg = fmod(rad / DEG + 360, 360);
    sexa_format(deg, SEXA_RA, 0, ':', out);
}

void mount_lst(struct mount *m, double lst_rad)
{
    const struct site *site = slot_site(m->h->slot);
    values(m)->lst_rad = lst_rad;
    if (!isfinite(lst_rad) || !site)
        return;
    double ours = sky_turn(driver_utc(m->h), 0, site->lon_rad).last_rad;
    double diff_s = remainder(lst_rad - ours, 2 * M_PI) / (2 * M_PI) * 86400;
    bool was = *m->lst;
    m->lst[0] = 0;
    if (fabs(diff_s) > LST_MOST_S) {
        char a[SEXA_TEXT], b[SEXA_TEXT];
        clock_text(lst_rad, a);
        clock_text(ours, b);
        snprintf(m->lst, sizeof m->lst,
                 "its sidereal time is %s, ours %s: its clock or its site is wrong", a, b);
    }
    if (*m->lst && !was)
        slot_say(m->h->slot, 'W', m->lst);
    if (was || *m->lst)
        trust(m);
}

/* ---- the position */

/* At the target, and how far: a park position is not known to us. */
static double distance(const struct mount *m)
{
    if (!isfinite(m->to_ra))
        return (double)NAN;
    return sky_separation(m->ra, m->dec, m->to_ra, m->to_dec);
}

/* Whether it can be there: at rest where it was; on its way no further than from the speed seen last, and what a mount can
 * gain, and in a slew not further from its target than it was (over the pole it goes away first: the second reading
 * confirms it). */
static bool plausible(const struct mount *m, double ra, double dec, int64_t t)
{
    double dt = (double)(t - m->at_ms) / 1000, most = JUMP;
    if (told_to_move(m) || t - m->quiet_since_ms < SETTLE_MS)
        most += m->speed < SPEED_ALONE /* how fast it sets off is not known */
                    ? SLEW_SPEED * dt
                    : fmin(m->speed * dt + SPEEDS_UP / 2 * dt * dt, SLEW_SPEED * dt);
    else /* a mount that stands still drifts by 15" a second */
        most += 15.1 / 3600 * DEG * dt;
    if (m->task == MOUNT_SLEW && isfinite(m->to_ra) &&
        sky_separation(m->to_ra, m->to_dec, ra, dec) > distance(m) + JUMP)
        return false;
    return sky_separation(m->ra, m->dec, ra, dec) <= most;
}

/* The second of two readings far from what was believed: alike, as far as a mount may have moved meanwhile? */
static bool confirms(const struct mount *m, double ra, double dec, int64_t t)
{
    double dt = (double)(t - m->jump_ms) / 1000;
    return m->jumped && sky_separation(m->jump_ra, m->jump_dec, ra, dec) <= JUMP + SLEW_SPEED * dt;
}

static bool believe(struct mount *m, double ra, double dec, int64_t t)
{
    if (!m->known || plausible(m, ra, dec, t)) {
        m->jumped = false;
        return true;
    }
    if (confirms(m, ra, dec, t)) {
        m->jumped = false;
        return true;
    }
    m->jumped = true;
    m->jump_ra = ra;
    m->jump_dec = dec;
    m->jump_ms = t;
    exchange_doubt(m->h->x, "a jump of %.1f deg: not believed until the next reading confirms it",
                   sky_separation(m->ra, m->dec, ra, dec) / DEG);
    return false;
}

static void watch_alone(struct mount *m, double ra, double dec, int64_t t)
{
    double dt = (double)(t - m->at_ms) / 1000;
    double speed = sky_separation(m->ra, m->dec, ra, dec) / (dt > 0.1 ? dt : 0.1);
    if (!m->known || told_to_move(m) || t - m->quiet_since_ms < SETTLE_MS || speed < SPEED_ALONE) {
        m->astray = 0;
        m->by_hand = m->by_hand && speed >= SPEED_ALONE;
        return;
    }
    if (++m->astray < 2)
        return;
    char text[200];
    if (m->handpad) { /* the observer said that there is one: limits and Sun stay guarded (safety.c) */
        if (!m->by_hand)
            slot_say(m->h->slot, 'W',
                     "it moves and nothing here told it to: its hand control (handpad=yes)");
        m->by_hand = true;
        return;
    }
    snprintf(text, sizeof text,
             "RUNAWAY: it moves %.1f deg a second and nothing told it to; stop is being sent "
             "(a hand control is allowed by handpad=yes in its line)",
             speed / DEG);
    slot_say(m->h->slot, '!', text);
    m->astray = 0;
    mount_ask_stop(m, 0);
}

/* The first position after the wire came back: where it was, or has it been elsewhere? */
static void back(struct mount *m, double ra, double dec, int64_t t)
{
    double away_s = (double)(t - m->was_ms) / 1000;
    double moved = sky_separation(m->was_ra, m->was_dec, ra, dec);
    m->was_known = false;
    if (m->was_moving || moved <= 5 * DEG + 15.1 / 3600 * DEG * away_s)
        return;
    char why[120];
    snprintf(why, sizeof why,
             "its position changed by %.0f deg while it was away: restarted, or moved by hand",
             moved / DEG);
    mount_restarted(m, why);
}

bool mount_place(struct mount *m, double ra_rad, double dec_rad)
{
    int64_t t = driver_now(m->h);
    ra_rad = fmod(ra_rad + 4 * M_PI, 2 * M_PI);
    if (m->was_known)
        back(m, ra_rad, dec_rad, t);
    if (!believe(m, ra_rad, dec_rad, t))
        return false;
    watch_alone(m, ra_rad, dec_rad, t);
    double dt = (double)(t - m->at_ms) / 1000;
    if (m->known && dt > 0.1)
        m->speed = sky_separation(m->ra, m->dec, ra_rad, dec_rad) / dt;
    m->known = true;
    m->ra = ra_rad;
    m->dec = dec_rad;
    m->at_ms = t;
    values(m)->ra_rad = ra_rad;
    values(m)->dec_rad = dec_rad;
    mount_tick(m);
    return true;
}

/* ---- slews */

void mount_begin(struct mount *m, enum mount_task task, uint64_t ticket, double ra_rad,
                 double dec_rad)
{
    m->task = task;
    m->ticket = ticket;
    m->task_ms = m->progress_ms = driver_now(m->h);
    m->near_ms = 0;
    m->from_ra = m->ra;
    m->from_dec = m->dec;
    m->to_ra = ra_rad;
    m->to_dec = dec_rad;
    m->start_d = sky_separation(m->ra, m->dec, ra_rad, dec_rad);
    m->closest = (double)INFINITY;
    m->moved = false;
    m->track_ms = 0;
    values(m)->slewing = true;
    values(m)->target_ra_rad = ra_rad;
    values(m)->target_dec_rad = dec_rad;
}

void mount_end(struct mount *m, enum status status, const char *fmt, ...)
{
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (m->task == MOUNT_IDLE)
        return;
    uint64_t ticket = m->ticket;
    m->task = MOUNT_IDLE;
    m->quiet_since_ms = driver_now(m->h);
    values(m)->slewing = false;
    if (status == E_DEVICE)
        slot_say(m->h->slot, '!', text);
    slot_done(m->h->slot, ticket, status, text);
}

static void overshoot(struct mount *m)
{
    double d = distance(m);
    if (d < m->closest)
        m->closest = d;
    /* A flip of the pier at the same place goes far away and comes back: only who had come nearer can pass by. */
    bool came = m->start_d > m->closest + 5 * DEG && m->closest < 3 * DEG;
    if (!came || d < m->closest + 5 * DEG)
        return;
    double seen = d / DEG;
    mount_end(m, E_DEVICE,
              "RUNAWAY: it passed its target and is %.1f deg beyond; stop is being sent", seen);
    mount_ask_stop(m, 0);
}

static void progress(struct mount *m)
{
    int64_t t = driver_now(m->h);
    if (sky_separation(m->from_ra, m->from_dec, m->ra, m->dec) > MOTION) {
        m->moved = true;
        m->progress_ms = t;
        m->from_ra = m->ra;
        m->from_dec = m->dec;
    }
    if (isfinite(m->to_ra))
        overshoot(m);
}

static void arrived_or_not(struct mount *m, bool slewing, bool known)
{
    int64_t t = driver_now(m->h);
    double d = distance(m);
    bool at_rest = t - m->progress_ms >= LAG_MS;
    if (t - m->task_ms < FIRST_MS)
        return;
    if (known ? slewing : !at_rest) {
        m->near_ms = 0;
        if (known && t - m->progress_ms > STUCK_MS && (isnan(d) || d > NEAR))
            mount_end(m, E_DEVICE,
                      "MOTORS STUCK: it says that it slews, and has not moved for %d s",
                      STUCK_MS / 1000);
        return;
    }
    if (isfinite(d) && d > NEAR) {
        if (t - m->progress_ms < STUCK_MS)
            return;
        mount_end(m, E_DEVICE,
                  m->moved
                      ? "it stopped %.1f deg from its target"
                      : "MOTORS STUCK: it took the slew and has not moved in 5 s; %.1f deg to go",
                  d / DEG);
        return;
    }
    if (m->task != MOUNT_SLEW && t - m->task_ms < LAG_MS)
        return;
    if (isnan(d))
        mount_end(m, OK, "arrived");
    else
        mount_end(m, OK, "arrived, %.1f' from its target", d / DEG * 60);
}

void mount_slewing(struct mount *m, bool slewing, bool known)
{
    if (m->task == MOUNT_IDLE) {
        values(m)->slewing = known && slewing;
        return;
    }
    if (m->task == MOUNT_SLEW || !known || m->by_motion)
        arrived_or_not(m, slewing, known);
}

/* ---- stop */

void mount_ask_stop(struct mount *m, uint64_t ticket)
{
    int64_t t = driver_now(m->h);
    if (ticket && m->n_stop < 4)
        m->stop_ticket[m->n_stop++] = ticket;
    else if (ticket)
        slot_done(m->h->slot, ticket, OK, "stop was sent again");
    m->wire->stop(m->drv);
    for (int d = 0; d < 4; d++)
        if (m->moving[d])
            mount_move_over(m, (enum move_direction)d, E_CANCELLED);
    if (m->task != MOUNT_IDLE)
        mount_end(m, E_CANCELLED, "stopped");
    if (!m->stopping) {
        m->stop_ms = t;
        m->stops_sent = 0;
        m->escalated = false;
    }
    m->stopping = true;
    m->stops_sent++;
    m->stop_sent_ms = t;
    m->still = 0;
    m->still_ms = 0;
    m->h->later(m->h->arg, AGAIN_MS);
}

static void stop_over(struct mount *m, enum status status, const char *text)
{
    for (int i = 0; i < m->n_stop; i++)
        slot_done(m->h->slot, m->stop_ticket[i], status, text);
    m->n_stop = 0;
}

/* Two looks that agree; each must be later than the stop. */
static void stands_still(struct mount *m)
{
    if (m->at_ms <= m->stop_sent_ms && m->still_ms == 0)
        return;
    if (m->still_ms && m->at_ms - m->still_ms < LOOK_MS)
        return;
    if (m->still_ms) {
        double moved = sky_separation(m->still_ra, m->still_dec, m->ra, m->dec);
        double dt = (double)(m->at_ms - m->still_ms) / 1000;
        m->still = moved <= MOTION + 16.0 / 3600 * DEG * dt ? m->still + 1 : 0;
    }
    m->still_ms = m->at_ms;
    m->still_ra = m->ra;
    m->still_dec = m->dec;
    if (m->still < 2)
        return;
    char text[120];
    double s = (double)(m->at_ms - m->stop_ms) / 1000;
    snprintf(text, sizeof text, "stands still, seen %.1f s after the stop", s);
    slot_say(m->h->slot, m->escalated ? 'W' : ' ', text);
    m->stopping = false;
    m->quiet_since_ms = driver_now(m->h);
    m->track_ms = 0;
    values(m)->slewing = false;
    stop_over(m, OK, text);
}

static void insist(struct mount *m)
{
    int64_t t = driver_now(m->h);
    char text[200];
    if (t - m->stop_sent_ms >= AGAIN_MS) {
        m->wire->stop(m->drv);
        m->stops_sent++;
        m->stop_sent_ms = t;
        m->h->later(m->h->arg, AGAIN_MS);
    }
    if (m->escalated || t - m->stop_ms < GIVE_UP_MS)
        return;
    m->escalated = true;
    bool blind = t - m->at_ms > GIVE_UP_MS / 2;
    snprintf(text, sizeof text,
             blind ? "STOP was sent %d times and nothing answers: it may be moving. CUT ITS POWER"
                   : "STOP IS NOT OBEYED: sent %d times, and it still moves. CUT ITS POWER",
             m->stops_sent);
    slot_say(m->h->slot, '!', text);
    stop_over(m, E_DEVICE, text);
}

void mount_asked(struct mount *m, enum device_verb verb)
{
    bool moves = verb == ASK_SLEW || verb == ASK_PARK || verb == ASK_HOME || verb == ASK_MOVE;
    if (!moves || !m->stopping)
        return;
    m->stopping = false;
    stop_over(m, OK, "stopped; a new motion was asked for before it was seen standing still");
}

/* ---- jog */

void mount_ask_move(struct mount *m, const struct device_request *r, uint64_t ticket)
{
    enum move_direction d = r->direction;
    enum move_direction other = d == MOVE_NORTH   ? MOVE_SOUTH
                                : d == MOVE_SOUTH ? MOVE_NORTH
                                : d == MOVE_EAST  ? MOVE_WEST
                                                  : MOVE_EAST;
    int ms = r->move_ms > 0 ? r->move_ms : 5000;
    if (m->moving[other])
        mount_move_over(m, other, OK);
    if (m->moving[d])
        slot_done(m->h->slot, m->move_ticket[d], OK, "goes on");
    mount_asked(m, ASK_MOVE);
    m->moving[d] = true;
    m->move_ticket[d] = ticket;
    m->move_until[d] = driver_now(m->h) + ms;
    m->track_ms = 0;
    m->h->later(m->h->arg, ms);
}

void mount_move_over(struct mount *m, enum move_direction d, enum status status)
{
    if (!m->moving[d])
        return;
    m->moving[d] = false;
    m->quiet_since_ms = driver_now(m->h);
    slot_done(m->h->slot, m->move_ticket[d], status, status == OK ? "ended" : "stopped");
}

static void deadman(struct mount *m)
{
    int64_t t = driver_now(m->h);
    for (int d = 0; d < 4; d++) {
        if (!m->moving[d])
            continue;
        if (t < m->move_until[d]) {
            m->h->later(m->h->arg, m->move_until[d] - t);
            continue;
        }
        m->wire->move_end(m->drv, (enum move_direction)d);
        mount_move_over(m, (enum move_direction)d, OK);
    }
}

/* ---- tracking: a mount that stands while it says that it tracks sees its right ascension run at 15" a second */

static void watch_tracking(struct mount *m)
{
    const struct mount_values *v = values(m);
    if (told_to_move(m) || !v->tracking || v->slewing || v->parked || !m->known) {
        m->track_ms = 0;
        return;
    }
    if (!m->track_ms) {
        m->track_ms = m->at_ms;
        m->track_ra = m->ra;
        m->track_dec = m->dec;
        return;
    }
    double dt = (double)(m->at_ms - m->track_ms) / 1000;
    if (dt * 1000 < TRACK_MS)
        return;
    double drift = remainder(m->ra - m->track_ra, 2 * M_PI) / DEG * 3600 / dt;
    bool stands = fabs(drift) > 5 && fabs(m->dec - m->track_dec) < 0.1 * DEG;
    if (stands && !m->track_told) {
        char text[160];
        snprintf(text, sizeof text,
                 "TRACKING HAS STOPPED though it says that it tracks: RA runs %.1f\" a second",
                 drift);
        slot_say(m->h->slot, '!', text);
    }
    m->track_told = stands;
    m->track_ms = 0;
}

/* ---- time */

void mount_tick(struct mount *m)
{
    deadman(m);
    if (m->task != MOUNT_IDLE && m->known)
        progress(m);
    if (m->stopping && m->known)
        stands_still(m);
    if (m->stopping)
        insist(m);
    watch_tracking(m);
}

int mount_poll_ms(const struct mount *m)
{
    return m->stopping || m->task == MOUNT_SLEW || mount_moving(m) ? 500 : 1000;
}

void mount_lost(struct mount *m)
{
    if (m->known) {
        m->was_known = true;
        m->was_moving = told_to_move(m);
        m->was_ra = m->ra;
        m->was_dec = m->dec;
        m->was_ms = m->at_ms;
    }
    m->known = false;
    for (int d = 0; d < 4; d++)
        if (m->moving[d])
            mount_move_over(m, (enum move_direction)d, E_NET);
    if (m->task != MOUNT_IDLE) {
        slot_done(m->h->slot, m->ticket, E_NET, "the wire was lost: it MAY BE MOVING");
        m->task = MOUNT_IDLE;
    }
    stop_over(m, E_NET, "the wire was lost: whether it stands still is not known");
    m->stopping = false;
    m->track_ms = 0;
    m->jumped = false;
}
