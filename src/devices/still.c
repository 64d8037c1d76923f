/* still.c - devices that only stand there and say the same for ever, as their line of the configuration has it: for pictures
 * of the screen (`vigie screen --demo`) and for tests of what shows devices. They take no request.
 *   device.Mount = mount still sample ra=35.6 dec=42.4 tracking=yes pier=east
 * The options: fill() and spoil().
 * Not: simulators (sim.h), which move.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rack_own.h"
#include "vigie/base/str.h"
#include "vigie/formats/sexa.h"

#define DEG (3.14159265358979323846 / 180)

static double value(const struct device_config *c, const char *key)
{
    double x;
    return str_num(device_config_value(c, key, ""), &x) ? x : (double)NAN;
}

static int count(const struct device_config *c, const char *key)
{
    double x = value(c, key);
    return isnan(x) ? -1 : (int)x;
}

static bool yes(const struct device_config *c, const char *key)
{
    return strcmp(device_config_value(c, key, "no"), "yes") == 0;
}

static void say_place(struct slot *s, const struct mount_values *m)
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    sexa_format(m->ra_rad / DEG, SEXA_RA, 0, ':', ra);
    sexa_format(m->dec_rad / DEG, SEXA_DEC, 0, ':', dec);
    slot_wire(s, true, ":GR#", 4);
    slot_wire(s, false, ra, strlen(ra));
    slot_wire(s, false, "#", 1);
    slot_wire(s, true, ":GD#", 4);
    slot_wire(s, false, dec, strlen(dec));
    slot_wire(s, false, "#", 1);
}

static void fill(struct slot *s, const struct device_config *c)
{
    union device_values *v = slot_values(s);
    switch ((int)c->kind) {
    case DEVICE_MOUNT:
        v->mount.ra_rad = value(c, "ra") * DEG;
        v->mount.dec_rad = value(c, "dec") * DEG;
        v->mount.tracking = yes(c, "tracking");
        v->mount.parked = yes(c, "parked");
        v->mount.slewing = yes(c, "slewing");
        v->mount.target_ra_rad = value(c, "to-ra") * DEG;
        v->mount.target_dec_rad = value(c, "to-dec") * DEG;
        v->mount.n_rates = 4;
        v->mount.pier =
            strcmp(device_config_value(c, "pier", ""), "east") == 0 ? PIER_EAST : PIER_UNKNOWN;
        say_place(s, &v->mount);
        break;
    case DEVICE_CAMERA:
        v->camera.temp_degc = value(c, "temp");
        v->camera.exposed_s = value(c, "exposed");
        v->camera.exposure_s = value(c, "exposure");
        v->camera.phase = isnan(v->camera.exposure_s) ? CAMERA_IDLE : CAMERA_EXPOSING;
        v->camera.width = count(c, "width");
        v->camera.height = count(c, "height");
        break;
    case DEVICE_FOCUSER:
        v->focuser.position = count(c, "position");
        v->focuser.max = count(c, "max");
        v->focuser.temp_degc = value(c, "temp");
        break;
    case DEVICE_WHEEL:
        v->wheel.slot = count(c, "slot");
        v->wheel.slots = count(c, "slots");
        snprintf(v->wheel.name[0], WHEEL_NAME, "%s", device_config_value(c, "name", ""));
        break;
    case DEVICE_DOME:
        v->dome.az_rad = value(c, "az") * DEG;
        v->dome.shutter = yes(c, "open") ? SHUTTER_OPEN : SHUTTER_CLOSED;
        break;
    case DEVICE_WEATHER:
        v->weather.humidity = value(c, "hum");
        v->weather.wind_ms = value(c, "wind");
        v->weather.sky_degc = value(c, "sky");
        v->weather.safe = yes(c, "unsafe") ? 0 : -1;
        break;
    default: break;
    }
}

/* States that a picture may be of: age=12 (seconds: it is stale), link=lost or failed, untrusted=yes; why="..." */
static void spoil(struct slot *s, const struct device_config *c)
{
    const char *link = device_config_value(c, "link", "");
    const char *why = device_config_value(c, "why", "");
    double age = value(c, "age");
    if (yes(c, "untrusted"))
        slot_trust(s, false, why);
    if (strcmp(link, "lost") == 0)
        slot_link(s, DEVICE_LOST, why);
    if (strcmp(link, "failed") == 0)
        slot_link(s, DEVICE_FAILED, why);
    if (isfinite(age)) {
        s->info.health.good_ms -= (int64_t)(age * 1000);
        s->info.stale = true;
    }
}

static void *still_open(struct slot *slot, const struct device_config *c, struct error *err)
{
    static const unsigned can[] = {CAN_SLEW | CAN_SYNC | CAN_PARK | CAN_TRACK | CAN_MOVE,
                                   CAN_FRAME | CAN_COOL | CAN_BIN, CAN_ABSOLUTE | CAN_TEMPERATURE};
    (void)err;
    slot_poll(slot, 0);
    slot_identity(slot, c->kind <= DEVICE_FOCUSER ? can[c->kind] : 0, "a sample that stands still");
    slot_link(slot, DEVICE_READY, NULL);
    fill(slot, c);
    slot_good(slot, 11);
    spoil(slot, c);
    return slot;
}

static enum status still_ask(void *self, const struct device_request *r, uint64_t ticket,
                             struct error *err)
{
    (void)r;
    (void)ticket;
    return err_set(err, E_REFUSED, "%s is a sample that stands still", slot_info(self)->name);
}

static void still_close(void *self)
{
    (void)self;
}

const struct backend_ops backend_still = {"still", still_open, still_ask, NULL, still_close};
