/* ward.c - the rack and the guardian: which wires are in its care, and what is told when it had to act.
 * Not: the guardian's process (io/guardian.h); what a stop of the observer is (safety.c).
 */
#include <stdio.h>
#include <string.h>

#include "rack_own.h"
#include "vigie/formats/sexa.h"
#include "vigie/io/guardian.h"
#include "vigie/sky/scale.h"

/* What sets something off that must not go on alone. A roof that closes and a dome that parks may. */
static bool sets_off(enum device_verb v)
{
    return v == ASK_SLEW || v == ASK_PARK || v == ASK_UNPARK || v == ASK_HOME || v == ASK_MOVE ||
           v == ASK_FOCUS_TO || v == ASK_FOCUS_BY || v == ASK_DOME_AZ;
}

static bool asked_to_move(const struct slot *s)
{
    for (size_t i = 0; i < s->request.n; i++)
        if (sets_off(s->request.at[i].verb))
            return true;
    return false;
}

static bool still_moves(const struct slot *s)
{
    const union device_values *v = &s->info.v;
    for (size_t i = 0; i < s->request.n; i++)
        if (s->request.at[i].verb == ASK_STOP || s->request.at[i].verb == ASK_ABORT)
            return true; /* until it was seen to work */
    switch (s->info.kind) {
    case DEVICE_MOUNT: return v->mount.slewing;
    case DEVICE_FOCUSER: return v->focuser.moving;
    case DEVICE_DOME: return v->dome.moving;
    case DEVICE_CAMERA:
    case DEVICE_WHEEL:
    case DEVICE_WEATHER:
    case DEVICE_GPS:
    case DEVICE_SWITCH:
    case DEVICE_OTHER: break;
    }
    return false;
}

static void on_stopped(void *arg, uint64_t id, int64_t wall_ns, bool written)
{
    struct rack *r = arg;
    struct slot *s = rack_slot(r, id);
    char when[UTC_TEXT], text[200];
    if (!s)
        return;
    utc_format(utc_of_wall(wall_ns), 0, when);
    if (written)
        snprintf(text, sizeof text,
                 "the guardian stopped %.60s at %.8s UTC: the program did not answer for 3 s",
                 s->name, when + 11);
    else
        snprintf(text, sizeof text,
                 "the program did not answer for 3 s, and the guardian could NOT stop %.60s at "
                 "%.8s UTC: its wire took nothing",
                 s->name, when + 11);
    wirelog_put(&s->wire, wall_ns, '*', text, strlen(text));
    if (r->halted)
        r->halted(r->taken_arg, id, text);
    else
        rack_tell(s, RACK_SAY, '!', "%s", text);
}

static void on_gone(void *arg)
{
    struct rack *r = arg;
    rack_push(r, (struct told){.ev = {.kind = RACK_SAY, .level = 'W'},
                               .text = mem_str("the guardian that stops what moves when this "
                                               "program dies has ended; another is begun")});
    ward_open(r);
    for (size_t i = 0; i < r->slot.n; i++)
        ward_arm(r->slot.at[i]);
}

void ward_open(struct rack *r)
{
    struct guardian_events events = {.stopped = on_stopped, .gone = on_gone, .arg = r};
    struct error e;
    if (!r->o.watched)
        return;
    guardian_free(r->guardian);
    r->guardian = guardian_new(r->o.loop, &events, &e);
    if (!r->guardian)
        rack_push(r, (struct told){.ev = {.kind = RACK_SAY, .level = 'W'},
                                   .text = mem_printf("%s: nothing stops what moves if this "
                                                      "program dies",
                                                      e.text)});
}

void ward_arm(struct slot *s)
{
    struct guardian *g = s->rack->guardian;
    struct guardian_stop stop = {.fd = -1};
    struct error e;
    if (!g || !s->self || !s->ops->halt || guardian_armed(g, s->info.id) || !asked_to_move(s) ||
        !s->ops->halt(s->self, &stop))
        return;
    if (guardian_arm(g, s->info.id, s->name, &stop, &e) != OK)
        rack_tell(s, RACK_SAY, 'W', "%s: nothing stops it if this program dies", e.text);
}

void ward_look(struct slot *s)
{
    struct guardian *g = s->rack->guardian;
    if (!g)
        return;
    if (s->info.link != DEVICE_READY || !(asked_to_move(s) || still_moves(s)))
        guardian_disarm(g, s->info.id);
}

void ward_close(struct rack *r)
{
    guardian_free(r->guardian);
    r->guardian = NULL;
}
