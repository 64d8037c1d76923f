/* state.c - what a device's own state forbids, unknown values, and a request in words. See rack.h.
 * Not: where in the sky it may point (safety.c).
 */
#include <math.h>
#include <string.h>

#include "rack_own.h"
#include "vigie/formats/sexa.h"

#define DEG (3.14159265358979323846 / 180)

enum { GUIDE_MOST_MS = 10000, MOVE_MOST_MS = 60000 };

void values_unknown(enum device_kind kind, union device_values *v)
{
    double no = (double)NAN;
    memset(v, 0, sizeof *v);
    switch (kind) {
    case DEVICE_MOUNT:
        v->mount = (struct mount_values){.ra_rad = no,
                                         .dec_rad = no,
                                         .target_ra_rad = no,
                                         .target_dec_rad = no,
                                         .lst_rad = no,
                                         .lat_rad = no,
                                         .lon_rad = no,
                                         .clock_error_s = no};
        break;
    case DEVICE_CAMERA:
        v->camera = (struct camera_values){.exposed_s = no,
                                           .exposure_s = no,
                                           .fraction = no,
                                           .width = -1,
                                           .height = -1,
                                           .bin = 1,
                                           .max_bin = 1,
                                           .pixel_um = no,
                                           .gain = no,
                                           .offset = no,
                                           .temp_degc = no,
                                           .set_degc = no,
                                           .cooler_power = no,
                                           .max_adu = -1};
        break;
    case DEVICE_FOCUSER:
        v->focuser =
            (struct focuser_values){.position = -1, .max = -1, .target = -1, .temp_degc = no};
        break;
    case DEVICE_WHEEL: v->wheel = (struct wheel_values){.slot = -1, .target = -1}; break;
    case DEVICE_DOME: v->dome = (struct dome_values){.az_rad = no, .target_az_rad = no}; break;
    case DEVICE_WEATHER:
        v->weather = (struct weather_values){no, no, no, no, no, no, no, no, no, -1};
        break;
    case DEVICE_GPS: v->gps = (struct gps_values){no, no, no, no, 0, -1}; break;
    case DEVICE_SWITCH:
    case DEVICE_OTHER: break;
    }
}

/* The capability that a verb needs; 0: none, or its kind decides. */
static unsigned needs(enum device_verb v)
{
    switch (v) {
    case ASK_SLEW: return CAN_SLEW;
    case ASK_SYNC: return CAN_SYNC;
    case ASK_PARK: return CAN_PARK;
    case ASK_UNPARK: return CAN_UNPARK;
    case ASK_HOME: return CAN_HOME;
    case ASK_TRACK: return CAN_TRACK;
    case ASK_TRACK_RATE: return CAN_TRACK_RATE;
    case ASK_MOVE:
    case ASK_MOVE_END: return CAN_MOVE;
    case ASK_GUIDE: return CAN_GUIDE;
    case ASK_SET_SITE: return CAN_SET_SITE;
    case ASK_SET_TIME: return CAN_SET_TIME;
    case ASK_COOL: return CAN_COOL;
    case ASK_FOCUS_TO: return CAN_ABSOLUTE;
    case ASK_DOME_AZ: return CAN_AZIMUTH;
    case ASK_DOME_SHUTTER: return CAN_SHUTTER;
    case ASK_CONNECT:
    case ASK_DISCONNECT:
    case ASK_STOP:
    case ASK_EXPOSE:
    case ASK_ABORT:
    case ASK_FOCUS_BY:
    case ASK_FILTER:
    case ASK_DOME_PARK:
    case ASK_DOME_SLAVE:
    case ASK_SWITCH:
    case ASK_PROPERTY: break;
    }
    return 0;
}

/* The kind a verb is for; DEVICE_OTHER: any. */
static enum device_kind kind_of(enum device_verb v)
{
    switch (v) {
    case ASK_SLEW:
    case ASK_SYNC:
    case ASK_HOME:
    case ASK_TRACK:
    case ASK_TRACK_RATE:
    case ASK_MOVE:
    case ASK_MOVE_END:
    case ASK_GUIDE:
    case ASK_PARK:
    case ASK_UNPARK: return DEVICE_MOUNT;
    case ASK_EXPOSE:
    case ASK_COOL: return DEVICE_CAMERA;
    case ASK_FOCUS_TO:
    case ASK_FOCUS_BY: return DEVICE_FOCUSER;
    case ASK_FILTER: return DEVICE_WHEEL;
    case ASK_DOME_AZ:
    case ASK_DOME_SHUTTER:
    case ASK_DOME_PARK:
    case ASK_DOME_SLAVE: return DEVICE_DOME;
    case ASK_SWITCH: return DEVICE_SWITCH;
    case ASK_CONNECT:
    case ASK_DISCONNECT:
    case ASK_STOP:
    case ASK_SET_SITE:
    case ASK_SET_TIME:
    case ASK_ABORT:
    case ASK_PROPERTY: break;
    }
    return DEVICE_OTHER;
}

static enum status link_refuses(const struct slot *s, const struct device_request *q,
                                struct error *err)
{
    enum device_link l = s->info.link;
    const char *name = s->info.name;
    if (q->verb == ASK_CONNECT && !s->hub)
        return s->self && l != DEVICE_FAILED
                   ? err_set(err, E_BUSY, "%s: it is connected, or being connected", name)
                   : OK;
    if (!s->self)
        return err_set(err, E_REFUSED, "%s: it is not connected; `connect %s`", name, name);
    if (q->verb == ASK_DISCONNECT || q->verb == ASK_CONNECT || q->verb == ASK_STOP)
        return OK; /* a stop is written even when the link is only believed to be up */
    if (l != DEVICE_READY && q->verb != ASK_MOVE_END && q->verb != ASK_ABORT)
        return err_set(err, E_REFUSED, "%s: it is %s%s%.120s", name, device_link_name(l),
                       s->why[0] ? ": " : "", s->why);
    return OK;
}

static enum status mount_refuses(const struct slot *s, const struct device_request *q,
                                 struct error *err)
{
    const struct mount_values *m = &s->info.v.mount;
    const char *name = s->info.name;
    bool points = q->verb == ASK_SLEW || q->verb == ASK_HOME;
    bool moves =
        points || q->verb == ASK_MOVE || q->verb == ASK_GUIDE || (q->verb == ASK_TRACK && q->on);
    if (moves && s->info.stale)
        return err_set(err, E_REFUSED,
                       "%s: it has not said where it points for %.0f s; nothing is moved blindly",
                       name, fmin(rack_age_s(s->rack, &s->info), 99999));
    if (moves && m->parked)
        return err_set(err, E_REFUSED, "%s: it is parked; `unpark` first", name);
    if (q->verb == ASK_PARK && m->parked)
        return err_set(err, E_REFUSED, "%s: it is parked already", name);
    if ((points || q->verb == ASK_PARK) && !s->info.trusted)
        return err_set(
            err, E_REFUSED,
            "%s: its position is not trusted (%.120s); point it at a known star and sync", name,
            s->why);
    if (q->verb == ASK_GUIDE && !(q->x >= 1 && q->x <= GUIDE_MOST_MS))
        return err_set(err, E_RANGE, "%s: a pulse lasts 1 to %d ms", name, GUIDE_MOST_MS);
    bool by_way = q->verb == ASK_MOVE || q->verb == ASK_MOVE_END || q->verb == ASK_GUIDE;
    if (by_way && (unsigned)q->direction > MOVE_WEST)
        return err_set(err, E_RANGE, "%s: no direction %d", name, (int)q->direction);
    if (q->verb == ASK_MOVE && q->move_ms > MOVE_MOST_MS)
        return err_set(err, E_RANGE, "%s: a movement by hand lasts at most %d s", name,
                       MOVE_MOST_MS / 1000);
    if (q->verb == ASK_MOVE && q->n < 0)
        return err_set(err, E_RANGE, "%s: no rate %d", name, q->n);
    if (q->verb == ASK_MOVE && m->n_rates > 0 && q->n > m->n_rates)
        return err_set(err, E_RANGE, "%s: it has %d rates, not %d", name, m->n_rates, q->n);
    return OK;
}

/* Numbers that are none, whatever the device would make of them. */
static enum status numbers_refuse(const struct device_info *d, const struct device_request *q,
                                  struct error *err)
{
    if (q->verb == ASK_SET_SITE &&
        !(fabs(q->lat_rad) <= 90 * DEG && fabs(q->lon_rad) <= 360 * DEG && isfinite(q->x)))
        return err_set(err, E_RANGE, "%s: that is no place on Earth", d->name);
    if (q->verb == ASK_DOME_AZ && !isfinite(q->az_rad))
        return err_set(err, E_RANGE, "%s: that is no azimuth", d->name);
    if ((q->verb == ASK_SWITCH || (q->verb == ASK_COOL && q->on)) && !isfinite(q->x))
        return err_set(err, E_RANGE, "%s: that is no number", d->name);
    return OK;
}

enum status state_refuses(const struct slot *s, const struct device_request *q, struct error *err)
{
    enum device_kind kind = kind_of(q->verb);
    const struct device_info *d = &s->info;
    if (kind != DEVICE_OTHER && d->kind != kind)
        return err_set(err, E_ABSENT, "%s is a %s: it knows no %s", d->name,
                       device_kind_name(d->kind), device_verb_name(q->verb));
    enum status st = link_refuses(s, q, err);
    if (st != OK || q->verb == ASK_CONNECT || q->verb == ASK_DISCONNECT)
        return st;
    unsigned need = needs(q->verb);
    if (need && !(d->can & need))
        return err_set(err, E_ABSENT, "%s: this device knows no %s", d->name,
                       device_verb_name(q->verb));
    if (numbers_refuse(d, q, err) != OK)
        return E_RANGE;
    if (d->kind == DEVICE_MOUNT)
        return mount_refuses(s, q, err);
    if (q->verb == ASK_EXPOSE && d->v.camera.phase != CAMERA_IDLE &&
        d->v.camera.phase != CAMERA_FAILED)
        return err_set(err, E_BUSY, "%s: an exposure runs; `abort` ends it", d->name);
    if (q->verb == ASK_FILTER && d->v.wheel.slots > 0 && (q->n < 1 || q->n > d->v.wheel.slots))
        return err_set(err, E_RANGE, "%s: it has the slots 1 to %d, not %d", d->name,
                       d->v.wheel.slots, q->n);
    if (q->verb == ASK_FOCUS_TO && (q->n < 0 || (d->v.focuser.max > 0 && q->n > d->v.focuser.max)))
        return err_set(err, E_RANGE, "%s: %d is not in 0 .. %d", d->name, q->n, d->v.focuser.max);
    return OK;
}

static void place_text(const struct device_request *q, struct str *out)
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    str_addf(out, "%s %s", sexa_format(q->ra_rad / DEG, SEXA_RA, 1, ':', ra),
             sexa_format(q->dec_rad / DEG, SEXA_DEC, 0, ':', dec));
}

void request_text(const struct device_request *q, struct str *out)
{
    static const char *const way[] = {"north", "south", "east", "west"};
    static const char *const rate[] = {"sidereal", "solar", "lunar", "other"};
    const char *name = device_verb_name(q->verb);
    switch ((int)q->verb) {
    case ASK_SLEW:
    case ASK_SYNC:
        str_addf(out, "%s to ", name);
        place_text(q, out);
        break;
    case ASK_TRACK:
    case ASK_DOME_SLAVE: str_addf(out, "%s %s", name, q->on ? "on" : "off"); break;
    case ASK_TRACK_RATE: str_addf(out, "%s %s", name, rate[q->rate]); break;
    case ASK_MOVE:
        str_addf(out, "%s %s, speed %d", name, way[(unsigned)q->direction & 3], q->n);
        break;
    case ASK_MOVE_END: str_addf(out, "%s %s", name, way[(unsigned)q->direction & 3]); break;
    case ASK_GUIDE:
        str_addf(out, "%s %s %.0f ms", name, way[(unsigned)q->direction & 3], q->x);
        break;
    case ASK_EXPOSE: str_addf(out, "%s %g s", name, q->exposure.seconds); break;
    case ASK_COOL:
        if (q->on)
            str_addf(out, "%s to %.1f C", name, q->x);
        else
            str_addf(out, "%s off", name);
        break;
    case ASK_FOCUS_TO:
    case ASK_FOCUS_BY:
    case ASK_FILTER: str_addf(out, "%s %d", name, q->n); break;
    case ASK_DOME_AZ: str_addf(out, "%s %.1f deg", name, q->az_rad / DEG); break;
    case ASK_DOME_SHUTTER: str_addf(out, "%s %s", name, q->on ? "open" : "close"); break;
    case ASK_SWITCH: str_addf(out, "%s %d to %g", name, q->n + 1, q->x); break;
    case ASK_PROPERTY:
        str_addf(out, "%s %s.%s = %s", name, q->property, q->element ? q->element : "",
                 q->text ? q->text : "");
        break;
    default: str_add(out, name); break;
    }
}
