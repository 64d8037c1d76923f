/* devices_jog.c - the mount, the focuser or the wheel moved by keys, one step or half a second a key.
 * Not: whether it may move (devices/gate.c), the deadman under it (devices/safety.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "devices_own.h"

enum { JOG_MS = 600, JOG_AGAIN_MS = 150, STEP_MOST = 1000 };

/* What the keys would move: the focuser or the wheel under the cursor, else the mount. */
const struct device_info *devices_jog_meant(const struct devices_view *v)
{
    const struct device_info *d = devices_selected(v);
    return d && (d->kind == DEVICE_FOCUSER || d->kind == DEVICE_WHEEL) ? d
                                                                       : session_mount(v->session);
}

/* What they move. */
static const struct device_info *moved(const struct devices_view *v)
{
    return v->rows->rack ? rack_find(v->rows->rack, v->jog_device) : NULL;
}

const char *devices_jog_why_not(const struct devices_view *v)
{
    const struct device_info *d = devices_jog_meant(v);
    return !d                        ? "there is no mount"
           : d->link != DEVICE_READY ? "it is not connected"
           : d->kind == DEVICE_MOUNT && !(d->can & CAN_MOVE)
               ? "this mount cannot be moved by direction"
           : d->kind == DEVICE_WHEEL && d->v.wheel.slots < 2
               ? "the wheel has not said how many places it has"
               : NULL;
}

void devices_jog_question(const struct devices_view *v, char out[120])
{
    const struct device_info *d = devices_jog_meant(v);
    if (d && d->kind == DEVICE_FOCUSER)
        snprintf(out, 120, "Move %.40s by the arrow keys, 10 steps a key, until Esc?", d->name);
    else if (d && d->kind == DEVICE_WHEEL)
        snprintf(out, 120, "Turn %.40s by the arrow keys until Esc?", d->name);
    else
        snprintf(out, 120, "Move the mount by the arrow keys until Esc?");
}

void devices_jog_begin(struct devices_view *v)
{
    const struct device_info *d = devices_jog_meant(v);
    if (!d)
        return;
    v->jog = true;
    v->jog_device = d->id;
    v->jog_stops = safety_stops(session_safety(v->session));
    if (v->jog_rate < 1)
        v->jog_rate = 1;
    if (v->jog_step < 1)
        v->jog_step = 10;
    for (int i = 0; i < 4; i++)
        v->jog_ms[i] = -JOG_MS;
}

static bool ask(struct devices_view *v, const struct device_request *q)
{
    struct rack_asker who = {.who = "key", .kind = ASKER_PERSON};
    struct error e;
    if (rack_ask(session_rack(v->session), v->jog_device, q, &who, NULL, NULL, &e))
        return true;
    session_say(v->session, "%s", e.text);
    return false;
}

void devices_jog_end(struct devices_view *v)
{
    const struct device_info *d = moved(v);
    int64_t now = loop_now_ms(session_loop(v->session));
    for (int i = 0; d && d->kind == DEVICE_MOUNT && i < 4; i++) {
        struct device_request q = {.verb = ASK_MOVE_END, .direction = (enum move_direction)i};
        if (now - v->jog_ms[i] < 2 * JOG_MS)
            (void)ask(v, &q);
    }
    v->jog = false;
}

static void jog_mount(struct devices_view *v, enum move_direction way)
{
    int64_t now = loop_now_ms(session_loop(v->session));
    struct device_request q = {
        .verb = ASK_MOVE, .direction = way, .n = v->jog_rate, .move_ms = JOG_MS};
    if (now - v->jog_ms[way] < JOG_AGAIN_MS)
        return;
    v->jog_ms[way] = now;
    if (!ask(v, &q))
        v->jog = false;
}

/* A key held down asks for no more than the focuser has done. */
static void jog_focuser(struct devices_view *v, const struct device_info *d, int way)
{
    struct device_request q = {.verb = ASK_FOCUS_BY, .n = way * v->jog_step};
    struct rack_doing doing;
    if (!d->v.focuser.moving && !rack_doing(session_rack(v->session), d->id, 0, &doing))
        (void)ask(v, &q);
}

static void jog_wheel(struct devices_view *v, const struct device_info *d, int way)
{
    const struct wheel_values *w = &d->v.wheel;
    struct device_request q = {.verb = ASK_FILTER};
    struct rack_doing doing;
    if (w->moving || rack_doing(session_rack(v->session), d->id, 0, &doing))
        return;
    q.n = w->slot < 1 ? 1 : (w->slot - 1 + way + w->slots) % w->slots + 1;
    (void)ask(v, &q);
}

static void jog(struct devices_view *v, const struct device_info *d, enum move_direction way)
{
    int outward = way == MOVE_NORTH || way == MOVE_WEST ? 1 : -1;
    if (d->kind == DEVICE_FOCUSER)
        jog_focuser(v, d, outward);
    else if (d->kind == DEVICE_WHEEL)
        jog_wheel(v, d, way == MOVE_SOUTH || way == MOVE_WEST ? 1 : -1);
    else
        jog_mount(v, way);
}

static void faster(struct devices_view *v, const struct device_info *d, bool more)
{
    int most = d->v.mount.n_rates > 0 ? d->v.mount.n_rates : 4;
    if (d->kind == DEVICE_FOCUSER)
        v->jog_step = more              ? v->jog_step < STEP_MOST ? v->jog_step * 10 : STEP_MOST
                      : v->jog_step > 1 ? v->jog_step / 10
                                        : 1;
    else if (d->kind == DEVICE_MOUNT)
        v->jog_rate += more ? v->jog_rate < most : -(v->jog_rate > 1);
}

bool devices_jog_key(struct devices_view *v, const struct key *k)
{
    const struct device_info *d = moved(v);
    if (!v->jog)
        return false;
    bool stopped = safety_stops(session_safety(v->session)) != v->jog_stops;
    if (!d || stopped || k->code == '!') { /* keys typed ahead of a stop move nothing any more */
        v->jog = false;
        return stopped && k->code != '!';
    }
    switch (k->code) {
    case K_UP:
    case 'k': jog(v, d, MOVE_NORTH); break;
    case K_DOWN:
    case 'j': jog(v, d, MOVE_SOUTH); break;
    case K_LEFT:
    case 'h': jog(v, d, MOVE_EAST); break;
    case K_RIGHT:
    case 'l': jog(v, d, MOVE_WEST); break;
    case '+':
    case '=': faster(v, d, true); break;
    case '-': faster(v, d, false); break;
    default: devices_jog_end(v); break;
    }
    return true;
}

void devices_jog_words(const struct devices_view *v, char out[80])
{
    const struct device_info *d = moved(v);
    if (d && d->kind == DEVICE_FOCUSER)
        snprintf(out, 80, "ARROWS MOVE %.30s, %d steps a key", d->name, v->jog_step);
    else if (d && d->kind == DEVICE_WHEEL)
        snprintf(out, 80, "ARROWS TURN %.30s", d->name);
    else
        snprintf(out, 80, "ARROWS MOVE THE MOUNT, speed %d", v->jog_rate);
}

const char *devices_jog_hints(const struct devices_view *v)
{
    const struct device_info *d = moved(v);
    return d && d->kind == DEVICE_FOCUSER ? "! STOP ALL MOTION   arrows up right outward, down "
                                            "left inward   + - step   Esc no more"
           : d && d->kind == DEVICE_WHEEL
               ? "! STOP ALL MOTION   arrows next and previous filter   Esc no more"
               : "! STOP ALL MOTION   arrows move the mount   + - speed   Esc no more";
}
