/* indi_values.c - what the standard properties mean in terms of device.h. Source: libindi's "Standard Properties" and its
 * simulators. Not: commands (indi_verbs.c).
 */
#include "indi_own.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "vigie/sky/frame.h"
#include "vigie/sky/scale.h"

static const double PI = 3.14159265358979323846;

static double radians(double deg)
{
    return deg * PI / 180;
}

static int whole(double x)
{
    return isfinite(x) && fabs(x) < 1e9 ? (int)lround(x) : -1;
}

static bool has(const struct indi_device *d, const char *property)
{
    return indi_property(d, property) != NULL;
}

static bool writable(const struct indi_device *d, const char *property)
{
    const struct indi_property *p = indi_property(d, property);
    return p && p->writable;
}

/* ---- mount ---- */

bool indi_mount_coords(const struct indi_device *d, const char **property, bool *j2000)
{
    *j2000 = !has(d, "EQUATORIAL_EOD_COORD") && has(d, "EQUATORIAL_COORD");
    *property = *j2000 ? "EQUATORIAL_COORD" : "EQUATORIAL_EOD_COORD";
    return has(d, *property);
}

void indi_mount_of(const struct indi_unit *u, bool j2000, double ra_rad, double dec_rad,
                   double *ra_out, double *dec_out, bool to_device)
{
    struct jd_tt tt = utc_to_tt(utc_of_wall(CLOCK_WALL(u->server->clock)));
    *ra_out = ra_rad;
    *dec_out = dec_rad;
    if (j2000 && to_device)
        frame_to_icrs(FRAME_APPARENT, tt, ra_rad, dec_rad, ra_out, dec_out);
    else if (j2000)
        frame_of_icrs(FRAME_APPARENT, tt, ra_rad, dec_rad, ra_out, dec_out);
}

/* The clock of a mount is told when it is set or read: only fresh it says something; a definition repeats an old one. */
static double clock_error(const struct indi_unit *u, const struct indi_device *d)
{
    const struct indi_property *p = indi_property(d, "TIME_UTC");
    struct jd_utc utc;
    if (!p || p->set_ms < 0)
        return NAN;
    int64_t age_ms = CLOCK_MS(u->server->clock) - p->set_ms;
    if (age_ms > 1500 || utc_parse(indi_text(d, "TIME_UTC", "UTC"), NULL, &utc, NULL) != OK)
        return NAN;
    double then = (double)CLOCK_WALL(u->server->clock) / 1e9 - (double)age_ms / 1e3;
    return (double)utc_to_wall(utc) / 1e9 - then;
}

static bool mount_values(const struct indi_unit *u, const struct indi_device *d,
                         struct mount_values *m)
{
    static const enum track_rate rate[] = {TRACK_SIDEREAL, TRACK_SOLAR, TRACK_LUNAR};
    const char *name;
    bool j2000;
    if (!indi_mount_coords(d, &name, &j2000))
        return false;
    enum indi_state state = indi_state(d, name);
    double ra = indi_get(d, name, "RA"), dec = indi_get(d, name, "DEC");
    bool sound = state != INDI_ALERT && ra >= 0 && ra <= 24 && fabs(dec) <= 90;
    if (sound)
        indi_mount_of(u, j2000, ra * PI / 12, radians(dec), &m->ra_rad, &m->dec_rad, false);
    double target = indi_get(d, "TARGET_EOD_COORD", "RA");
    m->target_ra_rad = target * PI / 12;
    m->target_dec_rad = radians(indi_get(d, "TARGET_EOD_COORD", "DEC"));
    m->lst_rad = indi_get(d, "TIME_LST", "LST") * PI / 12;
    m->lat_rad = radians(indi_get(d, "GEOGRAPHIC_COORD", "LAT"));
    double lon = indi_get(d, "GEOGRAPHIC_COORD", "LONG");
    m->lon_rad = radians(lon > 180 ? lon - 360 : lon);
    double error_s = clock_error(u, d);
    if (isfinite(error_s))
        m->clock_error_s = error_s;
    bool parking = indi_state(d, "TELESCOPE_PARK") == INDI_BUSY;
    m->slewing = state == INDI_BUSY || parking ||
                 indi_which(indi_property(d, "TELESCOPE_MOTION_NS")) >= 0 ||
                 indi_which(indi_property(d, "TELESCOPE_MOTION_WE")) >= 0;
    m->tracking = indi_on(d, "TELESCOPE_TRACK_STATE", "TRACK_ON");
    m->parked = indi_on(d, "TELESCOPE_PARK", "PARK") && !parking &&
                indi_state(d, "TELESCOPE_PARK") != INDI_ALERT;
    int mode = indi_which(indi_property(d, "TELESCOPE_TRACK_MODE"));
    m->rate = mode >= 0 && mode < 3 ? rate[mode] : mode < 0 ? TRACK_SIDEREAL : TRACK_OTHER;
    m->pier = indi_on(d, "TELESCOPE_PIER_SIDE", "PIER_WEST")   ? PIER_WEST
              : indi_on(d, "TELESCOPE_PIER_SIDE", "PIER_EAST") ? PIER_EAST
                                                               : PIER_UNKNOWN;
    const struct indi_property *rates = indi_property(d, "TELESCOPE_SLEW_RATE");
    m->n_rates = rates ? (int)rates->element.n : 0;
    m->rate_now = indi_which(rates) + 1;
    return sound;
}

/* ---- camera ---- */

static bool camera_values(const struct indi_unit *u, const struct indi_device *d,
                          struct camera_values *c)
{
    enum indi_state state = indi_state(d, "CCD_EXPOSURE");
    double left = indi_get(d, "CCD_EXPOSURE", "CCD_EXPOSURE_VALUE");
    bool asked = indi_ask_find(u, ASK_EXPOSE) != NULL;
    c->phase = state == INDI_BUSY && left > 0 ? CAMERA_EXPOSING
               : state == INDI_BUSY || asked  ? CAMERA_READING
               : state == INDI_ALERT          ? CAMERA_FAILED
                                              : CAMERA_IDLE;
    if (asked && !u->begin_ms)
        c->phase = CAMERA_WAITING;
    c->exposure_s = asked ? u->exposure_s : (double)NAN;
    c->exposed_s = asked && isfinite(left) ? fmax(0, u->exposure_s - left) : (double)NAN;
    c->fraction = asked ? u->fraction : (double)NAN;
    c->width = whole(indi_get(d, "CCD_INFO", "CCD_MAX_X"));
    c->height = whole(indi_get(d, "CCD_INFO", "CCD_MAX_Y"));
    c->bin = whole(indi_get(d, "CCD_BINNING", "HOR_BIN"));
    const struct indi_element *bin = indi_element(indi_property(d, "CCD_BINNING"), "HOR_BIN");
    c->max_bin = bin ? whole(bin->max) : -1;
    c->x = whole(indi_get(d, "CCD_FRAME", "X"));
    c->y = whole(indi_get(d, "CCD_FRAME", "Y"));
    c->w = whole(indi_get(d, "CCD_FRAME", "WIDTH"));
    c->h = whole(indi_get(d, "CCD_FRAME", "HEIGHT"));
    c->pixel_um = indi_get(d, "CCD_INFO", "CCD_PIXEL_SIZE");
    c->gain = indi_get(d, "CCD_GAIN", "GAIN");
    c->offset = indi_get(d, "CCD_OFFSET", "OFFSET");
    c->temp_degc = indi_get(d, "CCD_TEMPERATURE", "CCD_TEMPERATURE_VALUE");
    c->cooler_power = indi_get(d, "CCD_COOLER_POWER", "CCD_COOLER_VALUE") / 100;
    c->cooling = indi_on(d, "CCD_COOLER", "COOLER_ON");
    double bits = indi_get(d, "CCD_INFO", "CCD_BITSPERPIXEL");
    c->max_adu = bits >= 1 && bits <= 16 ? (1 << (int)bits) - 1 : -1;
    return true;
}

/* ---- the others ---- */

static bool focuser_values(const struct indi_device *d, struct focuser_values *f)
{
    const struct indi_element *e =
        indi_element(indi_property(d, "ABS_FOCUS_POSITION"), "FOCUS_ABSOLUTE_POSITION");
    enum indi_state state = indi_state(d, "ABS_FOCUS_POSITION");
    f->position = e ? whole(e->number) : -1;
    double max = indi_get(d, "FOCUS_MAX", "FOCUS_MAX_VALUE");
    f->max = isfinite(max) ? whole(max) : e ? whole(e->max) : -1;
    f->temp_degc = indi_get(d, "FOCUS_TEMPERATURE", "TEMPERATURE");
    f->moving = state == INDI_BUSY || indi_state(d, "REL_FOCUS_POSITION") == INDI_BUSY;
    return state != INDI_ALERT;
}

static bool wheel_values(const struct indi_device *d, struct wheel_values *w)
{
    const struct indi_element *e =
        indi_element(indi_property(d, "FILTER_SLOT"), "FILTER_SLOT_VALUE");
    const struct indi_property *names = indi_property(d, "FILTER_NAME");
    w->slot = e ? whole(e->number) : -1;
    w->slots = e ? whole(e->max) : -1;
    w->moving = indi_state(d, "FILTER_SLOT") == INDI_BUSY;
    for (size_t i = 0; names && i < names->element.n && i < WHEEL_SLOTS; i++)
        snprintf(w->name[i], WHEEL_NAME, "%s", names->element.at[i].value);
    return indi_state(d, "FILTER_SLOT") != INDI_ALERT;
}

static bool dome_values(const struct indi_device *d, struct dome_values *v)
{
    const struct indi_property *p = indi_property(d, "DOME_SHUTTER");
    bool open = indi_on(d, "DOME_SHUTTER", "SHUTTER_OPEN");
    bool closed = indi_on(d, "DOME_SHUTTER", "SHUTTER_CLOSE");
    v->az_rad = radians(indi_get(d, "ABS_DOME_POSITION", "DOME_ABSOLUTE_POSITION"));
    v->moving = indi_state(d, "ABS_DOME_POSITION") == INDI_BUSY ||
                indi_state(d, "DOME_PARK") == INDI_BUSY ||
                indi_which(indi_property(d, "DOME_MOTION")) >= 0;
    v->parked = indi_on(d, "DOME_PARK", "PARK") && indi_state(d, "DOME_PARK") != INDI_BUSY;
    v->slaved = indi_on(d, "DOME_AUTOSYNC", "DOME_AUTOSYNC_ENABLE");
    v->shutter = !p                       ? SHUTTER_UNKNOWN
                 : p->state == INDI_ALERT ? SHUTTER_FAULT
                 : p->state == INDI_BUSY  ? (open ? SHUTTER_OPENING : SHUTTER_CLOSING)
                 : open                   ? SHUTTER_OPEN
                 : closed                 ? SHUTTER_CLOSED
                                          : SHUTTER_UNKNOWN;
    return indi_state(d, "ABS_DOME_POSITION") != INDI_ALERT;
}

/* Names are the drivers' own beyond a few; units stand in the labels. */
static bool weather_values(const struct indi_device *d, struct weather_values *w)
{
    const struct indi_property *p = indi_property(d, "WEATHER_PARAMETERS");
    enum indi_state safe = indi_state(d, "WEATHER_STATUS");
    *w = (struct weather_values){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, -1};
    for (size_t i = 0; p && i < p->element.n; i++) {
        const struct indi_element *e = &p->element.at[i];
        double wind = str_hasi(e->label, "m/s") ? 1 : str_hasi(e->label, "mph") ? 0.44704 : 1 / 3.6;
        if (str_hasi(e->name, "DEW"))
            w->dew_degc = e->number;
        else if (str_hasi(e->name, "SKY_TEMP") || str_hasi(e->name, "CLOUD"))
            w->sky_degc = e->number;
        else if (str_hasi(e->name, "TEMPERATURE"))
            w->temp_degc = e->number;
        else if (str_hasi(e->name, "HUMIDITY"))
            w->humidity = e->number;
        else if (str_hasi(e->name, "GUST"))
            w->gust_ms = e->number * wind;
        else if (str_hasi(e->name, "WIND_SPEED"))
            w->wind_ms = e->number * wind;
        else if (str_hasi(e->name, "RAIN"))
            w->rain_mmh = e->number;
        else if (str_hasi(e->name, "PRESSURE") || str_hasi(e->name, "BAROMETER"))
            w->pressure_hpa = e->number;
    }
    w->safe = safe == INDI_OK || safe == INDI_BUSY ? 1 : safe == INDI_ALERT ? 0 : -1;
    return p != NULL && p->state != INDI_ALERT;
}

static bool gps_values(const struct indi_unit *u, const struct indi_device *d, struct gps_values *g)
{
    double lon = indi_get(d, "GEOGRAPHIC_COORD", "LONG");
    enum indi_state state = indi_state(d, "GEOGRAPHIC_COORD");
    g->lat_rad = radians(indi_get(d, "GEOGRAPHIC_COORD", "LAT"));
    g->lon_rad = radians(lon > 180 ? lon - 360 : lon);
    g->height_m = indi_get(d, "GEOGRAPHIC_COORD", "ELEV");
    double error_s = clock_error(u, d);
    g->clock_error_s = isfinite(error_s) ? error_s : g->clock_error_s;
    g->fix = state == INDI_OK ? 3 : state == INDI_BUSY || state == INDI_ALERT ? 0 : -1;
    g->satellites = -1;
    return state != INDI_ALERT;
}

/* ---- switches ---- */

int indi_switches_of(const struct indi_property *p, struct indi_element **first)
{
    size_t n = p->element.n;
    *first = n ? &p->element.at[0] : NULL;
    if (!p->writable || n == 0 || strcmp(p->group, "Options") == 0)
        return 0;
    if (strcmp(p->name, "CAP_PARK") == 0 || strcmp(p->name, "FLAT_LIGHT_CONTROL") == 0)
        return 1;
    if (p->type == INDI_NUMBER && (strcmp(p->name, "FLAT_LIGHT_INTENSITY") == 0 ||
                                   strncmp(p->name, "DEW_", 4) == 0 || strstr(p->name, "_DUTY")))
        return (int)n;
    if (p->type != INDI_SWITCH)
        return 0;
    if (p->rule == INDI_ANY_OF_MANY)
        return (int)n;
    size_t end = strlen((*first)->name);
    bool on_off = n == 2 && end > 3 && strcmp((*first)->name + end - 3, "_ON") == 0;
    return on_off && strncmp(p->name, "CCD_", 4) != 0 && strncmp(p->name, "TELESCOPE_", 10) != 0;
}

static bool switch_values(const struct indi_device *d, struct switch_values *s)
{
    s->n = 0;
    for (size_t i = 0; i < d->property.n; i++) {
        const struct indi_property *p = d->property.at[i];
        struct indi_element *e;
        int count = indi_switches_of(p, &e);
        for (int k = 0; k < count && s->n < SWITCHES; k++, e++) {
            bool number = p->type == INDI_NUMBER;
            snprintf(s->sw[s->n].name, SWITCH_NAME, "%s", count == 1 ? p->label : e->label);
            s->sw[s->n].value = e->number;
            s->sw[s->n].min = number ? e->min : 0;
            s->sw[s->n].max = number ? e->max : 1;
            s->sw[s->n].writable = true;
            s->n++;
        }
    }
    return true;
}

bool indi_values(const struct indi_unit *u, const struct indi_device *d, union device_values *v)
{
    switch (u->kind) {
    case DEVICE_MOUNT: return mount_values(u, d, &v->mount);
    case DEVICE_CAMERA: return camera_values(u, d, &v->camera);
    case DEVICE_FOCUSER: return focuser_values(d, &v->focuser);
    case DEVICE_WHEEL: return wheel_values(d, &v->wheel);
    case DEVICE_DOME: return dome_values(d, &v->dome);
    case DEVICE_WEATHER: return weather_values(d, &v->weather);
    case DEVICE_GPS: return gps_values(u, d, &v->gps);
    case DEVICE_SWITCH: return switch_values(d, &v->sw);
    case DEVICE_OTHER: return true;
    }
    return true;
}

/* ---- what it can do ---- */

struct can_row {
    enum device_kind kind;
    const char *property;
    unsigned can;
    bool write;
};

unsigned indi_can(enum device_kind kind, const struct indi_device *d)
{
    static const struct can_row row[] = {
        {DEVICE_MOUNT, "EQUATORIAL_EOD_COORD", CAN_SLEW, true},
        {DEVICE_MOUNT, "EQUATORIAL_COORD", CAN_SLEW, true},
        {DEVICE_MOUNT, "TELESCOPE_PARK", CAN_PARK | CAN_UNPARK, true},
        {DEVICE_MOUNT, "TELESCOPE_TRACK_STATE", CAN_TRACK, true},
        {DEVICE_MOUNT, "TELESCOPE_TRACK_MODE", CAN_TRACK_RATE, true},
        {DEVICE_MOUNT, "TELESCOPE_MOTION_NS", CAN_MOVE, true},
        {DEVICE_MOUNT, "TELESCOPE_TIMED_GUIDE_NS", CAN_GUIDE, true},
        {DEVICE_MOUNT, "TELESCOPE_PIER_SIDE", CAN_PIER, false},
        {DEVICE_MOUNT, "GEOGRAPHIC_COORD", CAN_SET_SITE, true},
        {DEVICE_MOUNT, "TIME_UTC", CAN_SET_TIME, true},
        {DEVICE_CAMERA, "CCD1", CAN_FRAME, false},
        {DEVICE_CAMERA, "CCD_TEMPERATURE", CAN_TEMPERATURE, false},
        {DEVICE_CAMERA, "CCD_TEMPERATURE", CAN_COOL, true},
        {DEVICE_CAMERA, "CCD_BINNING", CAN_BIN, true},
        {DEVICE_CAMERA, "CCD_FRAME", CAN_ROI, true},
        {DEVICE_CAMERA, "CCD_GAIN", CAN_GAIN, true},
        {DEVICE_CAMERA, "CCD_ABORT_EXPOSURE", CAN_ABORT, true},
        {DEVICE_CAMERA, "CCD_FRAME_TYPE", CAN_DARK, true},
        {DEVICE_FOCUSER, "ABS_FOCUS_POSITION", CAN_ABSOLUTE, true},
        {DEVICE_FOCUSER, "FOCUS_ABORT_MOTION", CAN_ABORT, true},
        {DEVICE_FOCUSER, "FOCUS_TEMPERATURE", CAN_TEMPERATURE, false},
        {DEVICE_DOME, "DOME_SHUTTER", CAN_SHUTTER, true},
        {DEVICE_DOME, "ABS_DOME_POSITION", CAN_AZIMUTH, true},
        {DEVICE_DOME, "DOME_PARK", CAN_PARK, true},
    };
    unsigned can = 0;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (row[i].kind == kind && has(d, row[i].property) &&
            (!row[i].write || writable(d, row[i].property)))
            can |= row[i].can;
    if (kind == DEVICE_MOUNT && indi_element(indi_property(d, "ON_COORD_SET"), "SYNC"))
        can |= CAN_SYNC;
    if (kind == DEVICE_MOUNT && indi_element(indi_property(d, "TELESCOPE_HOME"), "GO"))
        can |= CAN_HOME;
    return can;
}

const char *indi_key_property(enum device_kind kind, const struct indi_device *d)
{
    static const char *const name[] = {[DEVICE_CAMERA] = "CCD_EXPOSURE",
                                       [DEVICE_FOCUSER] = "ABS_FOCUS_POSITION",
                                       [DEVICE_WHEEL] = "FILTER_SLOT",
                                       [DEVICE_DOME] = "ABS_DOME_POSITION",
                                       [DEVICE_WEATHER] = "WEATHER_STATUS",
                                       [DEVICE_GPS] = "GEOGRAPHIC_COORD",
                                       [DEVICE_SWITCH] = NULL,
                                       [DEVICE_OTHER] = NULL};
    const char *key;
    bool j2000;
    if (kind == DEVICE_MOUNT && indi_mount_coords(d, &key, &j2000))
        return key;
    key = name[kind];
    return key && has(d, key) ? key : "CONNECTION";
}

size_t indi_kinds(const struct indi_device *d, enum device_kind kind[8])
{
    static const struct {
        int bit;
        enum device_kind kind;
    } row[] = {{1, DEVICE_MOUNT}, {2, DEVICE_CAMERA}, {8, DEVICE_FOCUSER},  {16, DEVICE_WHEEL},
               {32, DEVICE_DOME}, {64, DEVICE_GPS},   {128, DEVICE_WEATHER}};
    size_t n = 0;
    double bits = indi_number(indi_text(d, "DRIVER_INFO", "DRIVER_INTERFACE"));
    int all = isfinite(bits) && bits >= 0 && bits < 1e6 ? (int)bits : 0;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (all & row[i].bit)
            kind[n++] = row[i].kind;
    if (n == 0)
        kind[n++] = all & (512 | 1024) ? DEVICE_SWITCH : DEVICE_OTHER;
    return n;
}
