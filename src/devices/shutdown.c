/* shutdown.c - the ordered end of a night, step by step, each with a deadline; and what calls for it: dawn, loss, weather.
 * See safety.h. Not: the alarms of a single mount (safety.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "safety_own.h"

#define DEG (3.14159265358979323846 / 180)

enum { ABORT_MS = 10000, STOP_MS = 5000, PARK_MS = 180000, DOME_MS = 120000, WARM_MS = 10000 };

static void next_step(struct safety *s);

static void step_text(const struct device_info *d, enum device_verb v, char *out, size_t n)
{
    const char *what = v == ASK_ABORT          ? "ending the exposure of"
                       : v == ASK_STOP         ? "stopping"
                       : v == ASK_PARK         ? "parking"
                       : v == ASK_TRACK        ? "stopping the tracking of"
                       : v == ASK_DOME_SHUTTER ? "closing"
                                               : "warming";
    snprintf(out, n, "%s %s", what, d ? d->name : "a device that is gone");
}

static void add_kind(struct safety *s, enum device_kind kind, enum device_verb verb,
                     int64_t wait_ms)
{
    for (size_t i = 0; i < rack_n(s->o.rack); i++) {
        const struct device_info *d = rack_at(s->o.rack, i);
        /* One that is lost is asked too: that it cannot be put away must be said. */
        bool wanted = d->kind == kind && (d->link == DEVICE_READY || d->link == DEVICE_LOST);
        if (verb == ASK_ABORT)
            wanted = wanted && d->v.camera.phase != CAMERA_IDLE;
        if (verb == ASK_STOP)
            wanted = wanted && d->v.mount.slewing && !d->v.mount.parked;
        if (verb == ASK_PARK)
            wanted = wanted && !d->v.mount.parked;
        if (verb == ASK_DOME_SHUTTER)
            wanted = wanted && (d->can & CAN_SHUTTER) && d->v.dome.shutter != SHUTTER_CLOSED;
        if (verb == ASK_COOL)
            wanted = wanted && (d->can & CAN_COOL) && d->v.camera.cooling;
        if (wanted)
            VEC_PUSH(s->shut.step, ((struct shut_step){d->id, verb, wait_ms}));
    }
}

enum status safety_shutdown(struct safety *s, const char *why, bool drill, enum asker_kind by,
                            shutdown_over_fn *over, void *arg, struct error *err)
{
    struct shutdown *h = &s->shut;
    if (h->running)
        return err_set(err, E_BUSY, "an ordered end is under way already");
    h->step.n = 0;
    h->at = 0;
    h->ticket = 0;
    h->done = h->failed = 0;
    h->running = true;
    h->drill = drill;
    h->by = by;
    h->over = over;
    h->over_arg = arg;
    snprintf(h->why, sizeof h->why, "%s", why);
    add_kind(s, DEVICE_CAMERA, ASK_ABORT, ABORT_MS);
    add_kind(s, DEVICE_MOUNT, ASK_STOP, STOP_MS);
    add_kind(s, DEVICE_MOUNT, ASK_PARK, PARK_MS);
    add_kind(s, DEVICE_DOME, ASK_DOME_SHUTTER, DOME_MS);
    add_kind(s, DEVICE_CAMERA, ASK_COOL, WARM_MS);
    safety_tell(s, 0, drill ? ' ' : 'W', drill ? "" : "shutdown", "%sordered end, %zu steps: %s",
                drill ? "drill: " : "", h->step.n, why);
    next_step(s);
    return OK;
}

static void over(struct safety *s)
{
    struct shutdown *h = &s->shut;
    h->running = false;
    if (h->failed)
        safety_tell(s, 0, '!', "shutdown", "%sordered end: %d steps done, %d FAILED (%s)",
                    h->drill ? "drill: " : "", h->done, h->failed, h->why);
    else
        safety_over(s, 0, "shutdown", "%sordered end: all %d steps done (%s)",
                    h->drill ? "drill: " : "", h->done, h->why);
    if (h->over)
        h->over(h->over_arg, h->failed);
}

static void ended(struct safety *s, bool good, const char *text)
{
    struct shutdown *h = &s->shut;
    char what[80];
    const struct shut_step step = h->step.at[h->at];
    const struct device_info *d = rack_find(s->o.rack, step.id);
    step_text(d, step.verb, what, sizeof what);
    h->ticket = 0;
    h->at++;
    h->done += good;
    h->failed += !good;
    safety_tell(s, step.id, good ? ' ' : '!', "", "%s%s: %s", h->drill ? "drill: " : "", what,
                text);
    /* What cannot be parked at least follows the sky no longer. */
    if (!good && step.verb == ASK_PARK && d && (d->can & CAN_TRACK)) {
        VEC_PUSH(h->step, step);
        memmove(&h->step.at[h->at + 1], &h->step.at[h->at],
                (h->step.n - 1 - h->at) * sizeof *h->step.at);
        h->step.at[h->at] = (struct shut_step){step.id, ASK_TRACK, STOP_MS};
    }
}

static int64_t next_later(void *arg)
{
    struct safety *s = arg;
    s->shut.next = 0;
    if (s->shut.running && !s->shut.ticket)
        next_step(s);
    return -1;
}

static void step_done(void *arg, uint64_t ticket, enum status status, const char *text)
{
    struct safety *s = arg;
    if (!s->shut.running || ticket != s->shut.ticket)
        return;
    ended(s, status == OK, status == OK ? "done" : text[0] ? text : status_name(status));
    next_step(s);
}

static void next_step(struct safety *s)
{
    struct shutdown *h = &s->shut;
    struct error e;
    struct rack_asker me = {.who = "safety", .kind = h->by};
    if (h->at >= h->step.n) {
        over(s);
        return;
    }
    const struct shut_step *step = &h->step.at[h->at];
    struct device_request q = {.verb = step->verb};
    h->until_ms = loop_now_ms(s->o.loop) + step->wait_ms;
    if (h->drill) {
        enum status st = rack_may(s->o.rack, step->id, &q, &me, &e);
        ended(s, st == OK, st == OK ? "would be asked" : e.text);
    } else {
        h->ticket = rack_ask(s->o.rack, step->id, &q, &me, step_done, s, &e);
        if (h->ticket)
            return;
        ended(s, false, e.text);
    }
    if (!h->next) /* from the loop, so that a row of refusals does not nest */
        h->next = loop_timer(s->o.loop, 0, next_later, s, "devices/shutdown");
}

void safety_shutdown_second(struct safety *s)
{
    struct shutdown *h = &s->shut;
    if (!h->running || !h->ticket || loop_now_ms(s->o.loop) < h->until_ms)
        return;
    rack_forget(s->o.rack, h->ticket);
    ended(s, false, "not done in its time; the next step follows");
    next_step(s);
}

void safety_shutdown_cancel(struct safety *s)
{
    struct shutdown *h = &s->shut;
    if (h->ticket)
        rack_forget(s->o.rack, h->ticket);
    loop_timer_del(s->o.loop, h->next);
    if (h->running)
        safety_tell(s, 0, 'W', "", "the ordered end was broken off after %d steps", h->done);
    h->ticket = h->next = 0;
    h->running = false;
}

struct shutdown_state safety_shutdown_state(const struct safety *s)
{
    const struct shutdown *h = &s->shut;
    struct shutdown_state st = {
        .running = h->running, .drill = h->drill, .done = h->done, .failed = h->failed};
    if (h->running && h->at < h->step.n) {
        step_text(rack_find(s->o.rack, h->step.at[h->at].id), h->step.at[h->at].verb, st.step,
                  sizeof st.step);
        st.left_s = (double)(h->until_ms - loop_now_ms(s->o.loop)) / 1000;
    }
    return st;
}

/* --- what calls for it ------------------------------------------------------------------------------ */

static bool mount_is_out(const struct safety *s)
{
    for (size_t i = 0; i < rack_n(s->o.rack); i++) {
        const struct device_info *d = rack_at(s->o.rack, i);
        if (d->kind == DEVICE_MOUNT &&
            (d->link == DEVICE_LOST || (d->link == DEVICE_READY && !d->v.mount.parked)))
            return true;
        if (d->kind == DEVICE_DOME && d->link == DEVICE_READY && (d->can & CAN_SHUTTER) &&
            d->v.dome.shutter != SHUTTER_CLOSED)
            return true;
    }
    return false;
}

static void stop_tracking(struct safety *s, const char *why)
{
    for (size_t i = 0; i < rack_n(s->o.rack); i++) {
        const struct device_info *d = rack_at(s->o.rack, i);
        if (d->kind != DEVICE_MOUNT || d->link != DEVICE_READY || !d->v.mount.tracking)
            continue;
        struct error e = {0};
        if (safety_ask(s, d->id, (struct device_request){.verb = ASK_TRACK}, NULL, NULL, &e))
            safety_tell(s, d->id, 'W', "dawn", "%s stops tracking: %s", d->name, why);
        else
            safety_tell(s, d->id, '!', "dawn", "%s: %s; tracking could not be stopped: %s", d->name,
                        why, e.text);
    }
}

static void obey(struct safety *s, char policy, const char *why)
{
    struct error e;
    if (policy == 's')
        stop_tracking(s, why);
    if (policy == 'p' && !s->shut.running &&
        safety_shutdown(s, why, false, ASKER_GUARD, NULL, NULL, &e) != OK)
        safety_tell(s, 0, '!', "shutdown", "%s", e.text);
}

static void dawn(struct safety *s)
{
    const struct safety_sky *sky = safety_sky_now(s);
    double limit = s->policy.dawn_alt_rad, before = s->sun_alt_before;
    int64_t now = loop_now_ms(s->o.loop);
    s->sun_alt_before = sky->sun_alt_rad;
    if (before < limit && sky->sun_alt_rad >= limit && mount_is_out(s)) {
        safety_tell(s, 0, 'W', "dawn", "dawn: the Sun is at %.1f deg", sky->sun_alt_rad / DEG);
        obey(s, s->policy.dawn, "dawn");
        s->dawn_warned = 0;
    }
    if (s->dawn_asked_ms >= 0 && now - s->dawn_asked_ms < 30000)
        return;
    s->dawn_asked_ms = now;
    s->dawn_s = safety_dawn_s(&s->site, utc_of_wall(CLOCK_WALL(s->o.clock)), limit);
    int mark = s->dawn_s < 600 ? 10 : s->dawn_s < 1800 ? 30 : 0;
    if (mark == 0)
        s->dawn_warned = 0;
    if (mark && mark != s->dawn_warned && mount_is_out(s)) {
        s->dawn_warned = mark;
        safety_tell(s, 0, 'W', "dawn", "dawn in %.0f min (the Sun at %.0f deg)%s", s->dawn_s / 60,
                    limit / DEG,
                    s->policy.dawn == 'p'   ? "; then all is put away in order"
                    : s->policy.dawn == 's' ? "; then tracking stops"
                                            : "");
    }
}

static bool acted(const struct safety *s, uint64_t id)
{
    for (size_t i = 0; i < s->lost_acted.n; i++)
        if (s->lost_acted.at[i] == id)
            return true;
    return false;
}

static void act_once(struct safety *s, const struct device_info *d, bool bad, char policy,
                     const char *why)
{
    bool had = acted(s, d->id);
    if (bad && !had) {
        VEC_PUSH(s->lost_acted, d->id);
        char text[120];
        snprintf(text, sizeof text, "%.40s %s", d->name, why);
        safety_tell(s, d->id, '!', "loss", "%s", text);
        if (mount_is_out(s))
            obey(s, policy, text);
    }
    if (bad || !had)
        return;
    for (size_t i = 0; i < s->lost_acted.n; i++)
        if (s->lost_acted.at[i] == d->id)
            s->lost_acted.at[i--] = s->lost_acted.at[--s->lost_acted.n];
    safety_over(s, d->id, "loss", "%s: it is well again", d->name);
}

void safety_policies(struct safety *s)
{
    int64_t now = loop_now_ms(s->o.loop);
    dawn(s);
    for (size_t i = 0; i < rack_n(s->o.rack); i++) {
        const struct device_info *d = rack_at(s->o.rack, i);
        bool gone = d->link == DEVICE_LOST || (d->link == DEVICE_READY && d->stale);
        bool late = gone && (double)(now - d->health.good_ms) > s->policy.loss_s * 1000;
        bool weather = d->kind == DEVICE_WEATHER;
        bool unsafe = weather && safety_ready(d) && d->v.weather.safe == 0;
        if (unsafe || (weather && late))
            act_once(s, d, true, s->policy.weather, unsafe ? "says it is not safe" : "is silent");
        else
            act_once(s, d, late, s->policy.loss, "is lost");
    }
}
