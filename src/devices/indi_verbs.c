/* indi_verbs.c - requests as commands to the standard properties. Source: libindi's "Standard Properties" and what its
 * simulators answer. Not: whether it is safe (the rack has asked before).
 */
#include "indi_own.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/io/guardian.h"
#include "vigie/sky/scale.h"

enum { SLEW_MS = 600000, FOCUS_MS = 300000, WHEEL_MS = 120000, IMAGE_MS = 60000 };

static const double PI = 3.14159265358979323846;

static double degrees(double rad)
{
    return rad * 180 / PI;
}

/* Properties that move something: only by their own verb, so that safety sees them. */
static bool moves(const char *name)
{
    static const char *const list[] = {
        "EQUATORIAL_EOD_COORD", "EQUATORIAL_COORD",    "HORIZONTAL_COORD",
        "TARGET_EOD_COORD",     "TELESCOPE_MOTION_NS", "TELESCOPE_MOTION_WE",
        "TELESCOPE_PARK",       "TELESCOPE_HOME",      "TELESCOPE_TRACK_STATE"};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

/* ---- mount ---- */

static void add_goal(struct indi_unit *u, struct indi_ask *a, const struct device_request *r)
{
    const char *property = "";
    bool j2000 = false;
    double ra, dec;
    indi_mount_coords(indi_unit_device(u), &property, &j2000);
    indi_mount_of(u, j2000, r->ra_rad, r->dec_rad, &ra, &dec, true);
    struct indi_step *s = indi_ask_step(a, property);
    indi_step_number(s, "RA", ra * 12 / PI, true);
    indi_step_number(s, "DEC", degrees(dec), true);
    /* hours and degrees alike: 0.05 deg of Dec, 0.75 deg of RA; what "arrived" means is the mount's to say */
    s->tolerance = 0.05;
    s->motion_ms = SLEW_MS;
}

static void add_mode(struct indi_ask *a, const char *element)
{
    struct indi_step *s = indi_ask_step(a, "ON_COORD_SET");
    indi_step_switch(s, element, true, true);
    s->optional = true;
}

static enum status slew(struct indi_unit *u, struct indi_ask *a, const struct device_request *r,
                        struct error *err)
{
    const struct indi_device *d = indi_unit_device(u);
    if (indi_on(d, "TELESCOPE_PARK", "PARK"))
        return err_set(err, E_REFUSED, "%s is parked: unpark it first", u->device);
    if (r->verb == ASK_SYNC) {
        add_mode(a, "SYNC");
        add_goal(u, a, r);
    }
    add_mode(a, indi_element(indi_property(d, "ON_COORD_SET"), "TRACK") ? "TRACK" : "SLEW");
    if (r->verb == ASK_SLEW)
        add_goal(u, a, r);
    return OK;
}

static void motion(struct indi_unit *u, enum move_direction direction, bool on)
{
    static const char *const property[] = {"TELESCOPE_MOTION_NS", "TELESCOPE_MOTION_NS",
                                           "TELESCOPE_MOTION_WE", "TELESCOPE_MOTION_WE"};
    static const char *const element[] = {"MOTION_NORTH", "MOTION_SOUTH", "MOTION_EAST",
                                          "MOTION_WEST"};
    struct indi_ask *a = indi_ask_new(ASK_MOVE_END, 0);
    struct indi_step *s = indi_ask_step(a, property[direction]);
    indi_step_switch(s, element[direction], on, false);
    indi_send(u, s);
    indi_ask_free(a);
}

static void end_move(struct indi_unit *u, struct indi_ask *a, enum status status, const char *why)
{
    motion(u, a->request.direction, false);
    indi_ask_end(u, a, status, why);
}

/* A motion by hand goes on until it is ended, or by itself when nobody asks for it any more. */
static enum status move(struct indi_unit *u, const struct device_request *r, uint64_t ticket,
                        struct error *err)
{
    const struct indi_property *rates = indi_property(indi_unit_device(u), "TELESCOPE_SLEW_RATE");
    struct indi_ask *old = indi_ask_find(u, ASK_MOVE);
    bool goes_on = old && old->request.direction == r->direction && old->request.n == r->n;
    if (indi_on(indi_unit_device(u), "TELESCOPE_PARK", "PARK"))
        return err_set(err, E_REFUSED, "%s is parked: unpark it first", u->device);
    if (rates && r->n > (int)rates->element.n)
        return err_set(err, E_RANGE, "%s has %zu speeds, not %d", u->device, rates->element.n,
                       r->n);
    if (old && goes_on)
        indi_ask_end(u, old, OK, NULL);
    else if (old)
        end_move(u, old, E_CANCELLED, "another direction was asked");
    struct indi_ask *a = indi_ask_new(ASK_MOVE, ticket);
    a->request = *r;
    a->holding = true;
    a->hold_ms = CLOCK_MS(u->server->clock) + (r->move_ms > 0 ? r->move_ms : 1000);
    VEC_PUSH(u->ask, a);
    if (goes_on)
        return OK;
    if (rates && r->n >= 1 && indi_which(rates) != r->n - 1) {
        struct indi_ask *rate = indi_ask_new(ASK_PROPERTY, 0);
        indi_step_switch(indi_ask_step(rate, "TELESCOPE_SLEW_RATE"),
                         rates->element.at[r->n - 1].name, true, false);
        indi_send(u, &rate->step.at[0]);
        indi_ask_free(rate);
    }
    motion(u, r->direction, true);
    return OK;
}

static void guide(struct indi_ask *a, const struct device_request *r)
{
    bool ns = r->direction == MOVE_NORTH || r->direction == MOVE_SOUTH;
    static const char *const element[] = {"TIMED_GUIDE_N", "TIMED_GUIDE_S", "TIMED_GUIDE_E",
                                          "TIMED_GUIDE_W"};
    struct indi_step *s =
        indi_ask_step(a, ns ? "TELESCOPE_TIMED_GUIDE_NS" : "TELESCOPE_TIMED_GUIDE_WE");
    for (int i = 0; i < 4; i++)
        if ((i < 2) == ns)
            indi_step_number(s, element[i], i == (int)r->direction ? r->x : 0, false);
}

static void set_site(struct indi_ask *a, const struct device_request *r)
{
    struct indi_step *s = indi_ask_step(a, "GEOGRAPHIC_COORD");
    double lon = degrees(r->lon_rad);
    s->tolerance = 1e-3;
    indi_step_number(s, "LAT", degrees(r->lat_rad), true);
    indi_step_number(s, "LONG", lon < 0 ? lon + 360 : lon, true);
    indi_step_number(s, "ELEV", isfinite(r->x) ? r->x : 0, false);
}

static void set_time(struct indi_unit *u, struct indi_ask *a)
{
    char text[UTC_TEXT];
    utc_format(utc_of_wall(CLOCK_WALL(u->server->clock)), 0, text);
    text[19] = '\0'; /* without its Z */
    struct indi_step *s = indi_ask_step(a, "TIME_UTC");
    indi_step_text(s, "UTC", text);
    indi_step_text(s, "OFFSET", "0");
    s->want.at[0].check = s->want.at[1].check = false;
}

static const char *const abort_of[] = {[DEVICE_MOUNT] = "TELESCOPE_ABORT_MOTION",
                                       [DEVICE_CAMERA] = "CCD_ABORT_EXPOSURE",
                                       [DEVICE_FOCUSER] = "FOCUS_ABORT_MOTION",
                                       [DEVICE_DOME] = "DOME_ABORT_MOTION",
                                       [DEVICE_OTHER] = NULL};

/* A line of its own before each: what of the program's last command may have left does not swallow it. */
static bool halt_piece(const struct indi_unit *u, struct guardian_stop *stop, const char *property,
                       const char *const *name, const char *const *value, size_t n)
{
    struct str out = {0};
    str_addc(&out, '\n');
    indi_write_new(&out, INDI_SWITCH, u->device, property, name, value, n);
    bool fits = guardian_stop_add(stop, out.s, out.n);
    str_clear(&out);
    return fits;
}

bool indi_unit_halt(const struct indi_unit *u, struct guardian_stop *stop)
{
    static const char *const abort[] = {"ABORT"}, *const on[] = {"On"},
                             *const off[] = {"Off", "Off"};
    static const char *const ns[] = {"MOTION_NORTH", "MOTION_SOUTH"}, *const we[] = {"MOTION_WEST",
                                                                                     "MOTION_EAST"};
    const struct indi_device *d = indi_unit_device(u);
    stop->fd = u->server->main.up ? link_fd(u->server->main.link) : -1;
    if (stop->fd < 0 || !abort_of[u->kind] || u->kind == DEVICE_CAMERA ||
        !halt_piece(u, stop, abort_of[u->kind], abort, on, 1))
        return false;
    if (u->kind != DEVICE_MOUNT)
        return true;
    bool two = (!indi_property(d, "TELESCOPE_MOTION_NS") ||
                halt_piece(u, stop, "TELESCOPE_MOTION_NS", ns, off, 2)) &&
               (!indi_property(d, "TELESCOPE_MOTION_WE") ||
                halt_piece(u, stop, "TELESCOPE_MOTION_WE", we, off, 2));
    return two || stop->n > 0;
}

/* At once, whatever else is waiting; also when the device is only believed to be there. */
static enum status stop(struct indi_unit *u, uint64_t ticket, struct error *err)
{
    const char *name = abort_of[u->kind];
    if (!u->server->main.up)
        return err_set(err, E_NET, "%s: no connection to its INDI server at %s", u->device,
                       u->server->address);
    struct indi_ask *a = indi_ask_new(ASK_STOP, ticket);
    if (name) {
        indi_step_switch(indi_ask_step(a, name), "ABORT", true, false);
        a->step.at[0].optional = u->kind != DEVICE_MOUNT;
    }
    if (u->kind == DEVICE_MOUNT && !indi_property(indi_unit_device(u), name))
        indi_send(u, &a->step.at[0]); /* not known of, written all the same */
    indi_ask_start(u, a);
    if (u->kind == DEVICE_MOUNT)
        for (int i = 0; i < 4; i += 2) { /* Off ends both directions of an axis */
            const char *axis = i ? "TELESCOPE_MOTION_WE" : "TELESCOPE_MOTION_NS";
            if (indi_which(indi_property(indi_unit_device(u), axis)) >= 0)
                motion(
                    u,
                    (enum move_direction)(i + indi_which(indi_property(indi_unit_device(u), axis))),
                    false);
        }
    indi_asks_end(u, indi_ask_moves, E_CANCELLED, "stopped");
    return OK;
}

/* ---- camera ---- */

static void add_bin(struct indi_ask *a, const struct indi_device *d, int bin)
{
    if (bin <= 0 || indi_get(d, "CCD_BINNING", "HOR_BIN") == bin)
        return;
    struct indi_step *s = indi_ask_step(a, "CCD_BINNING");
    indi_step_number(s, "HOR_BIN", bin, true);
    indi_step_number(s, "VER_BIN", bin, true);
}

/* A frame that does not lie on the chip is accepted by drivers without a word: it is looked at here. */
static enum status add_frame(struct indi_ask *a, const struct indi_device *d,
                             const struct exposure *e, struct error *err)
{
    double width = indi_get(d, "CCD_INFO", "CCD_MAX_X"),
           height = indi_get(d, "CCD_INFO", "CCD_MAX_Y");
    double want[4] = {e->x, e->y, e->w, e->h};
    static const char *const element[] = {"X", "Y", "WIDTH", "HEIGHT"};
    bool differs = false;
    if (!indi_property(d, "CCD_FRAME"))
        return OK;
    if (e->w <= 0) {
        if (!(width > 0 && height > 0))
            return OK;
        want[0] = want[1] = 0, want[2] = width, want[3] = height;
    } else if (e->x < 0 || e->y < 0 || e->h <= 0 || e->x + e->w > width || e->y + e->h > height)
        return err_set(err, E_RANGE,
                       "the frame %d %d %d %d does not lie on the chip of %.0f x %.0f", e->x, e->y,
                       e->w, e->h, width, height);
    for (int i = 0; i < 4; i++)
        differs |= indi_get(d, "CCD_FRAME", element[i]) != want[i];
    if (!differs)
        return OK;
    struct indi_step *s = indi_ask_step(a, "CCD_FRAME");
    for (int i = 0; i < 4; i++)
        indi_step_number(s, element[i], want[i], true);
    return OK;
}

static void add_number(struct indi_ask *a, const struct indi_device *d, const char *property,
                       const char *element, double x)
{
    if (isfinite(x) && indi_property(d, property) && indi_get(d, property, element) != x)
        indi_step_number(indi_ask_step(a, property), element, x, true);
}

static void add_upload(struct indi_unit *u, struct indi_ask *a, const char *path)
{
    const struct indi_device *d = indi_unit_device(u);
    const char *mode = path ? "UPLOAD_LOCAL" : "UPLOAD_CLIENT";
    if (indi_property(d, "UPLOAD_MODE") && !indi_on(d, "UPLOAD_MODE", mode))
        indi_step_switch(indi_ask_step(a, "UPLOAD_MODE"), mode, true, true);
    free(u->path);
    u->path = mem_str(path);
    if (!path)
        return;
    const char *slash = strrchr(path, '/'), *end = strrchr(path, '.');
    char *folder = mem_strn(path, slash ? (size_t)(slash - path) : 0);
    const char *base = slash ? slash + 1 : path;
    char *prefix = mem_strn(base, end && end > base ? (size_t)(end - base) : strlen(base));
    struct indi_step *s = indi_ask_step(a, "UPLOAD_SETTINGS");
    indi_step_text(s, "UPLOAD_DIR", *folder ? folder : "/");
    indi_step_text(s, "UPLOAD_PREFIX", prefix);
    free(folder);
    free(prefix);
}

static enum status expose(struct indi_unit *u, struct indi_ask *a, const struct device_request *r,
                          struct error *err)
{
    static const char *const type[] = {"FRAME_LIGHT", "FRAME_DARK", "FRAME_FLAT", "FRAME_BIAS"};
    const struct indi_device *d = indi_unit_device(u);
    const struct exposure *e = &r->exposure;
    const struct indi_element *limit =
        indi_element(indi_property(d, "CCD_EXPOSURE"), "CCD_EXPOSURE_VALUE");
    bool local = u->server->local && e->path && indi_property(d, "UPLOAD_SETTINGS") &&
                 strcmp(device_config_value(u->config, "upload", "local"), "local") == 0;
    if (indi_ask_find(u, ASK_EXPOSE))
        return err_set(err, E_BUSY, "%s is exposing", u->device);
    if (!limit)
        return err_set(err, E_ABSENT, "%s has no property CCD_EXPOSURE", u->device);
    if (!(e->seconds >= 0) ||
        (limit->max > limit->min &&
         (e->seconds > limit->max || (e->seconds < limit->min && e->kind != FRAME_BIAS))))
        return err_set(err, E_RANGE, "%s exposes %g to %g s, not %g", u->device, limit->min,
                       limit->max, e->seconds);
    add_upload(u, a, local ? e->path : NULL);
    if (indi_property(d, "CCD_FRAME_TYPE") && !indi_on(d, "CCD_FRAME_TYPE", type[e->kind]))
        indi_step_switch(indi_ask_step(a, "CCD_FRAME_TYPE"), type[e->kind], true, true);
    add_bin(a, d, e->bin);
    if (add_frame(a, d, e, err) != OK)
        return err ? err->status : E_RANGE;
    add_number(a, d, "CCD_GAIN", "GAIN", e->gain);
    add_number(a, d, "CCD_OFFSET", "OFFSET", e->offset);
    struct indi_step *s = indi_ask_step(a, "CCD_EXPOSURE");
    double seconds = e->kind == FRAME_BIAS && limit->max > limit->min ? fmax(limit->min, e->seconds)
                                                                      : e->seconds;
    indi_step_number(s, "CCD_EXPOSURE_VALUE", seconds, false);
    s->motion_ms = (int64_t)(seconds * 1000) + IMAGE_MS;
    a->image = true;
    u->exposure_s = seconds;
    u->frame_kind = e->kind;
    u->begin_ms = 0;
    u->fraction = NAN;
    return OK;
}

static void cool(struct indi_unit *u, struct indi_ask *a, const struct device_request *r)
{
    struct indi_step *s = indi_ask_step(a, "CCD_COOLER");
    const struct indi_property *p = indi_property(indi_unit_device(u), "CCD_COOLER");
    indi_step_switch(s, r->on ? "COOLER_ON" : "COOLER_OFF", true, p && p->readable);
    s->started = s->optional = true;
    if (r->on && isfinite(r->x)) {
        s = indi_ask_step(a, "CCD_TEMPERATURE");
        indi_step_number(s, "CCD_TEMPERATURE_VALUE", r->x, true);
        s->started = true;
        s->tolerance = 0.5;
    }
}

static enum status abort_it(struct indi_unit *u, struct indi_ask *a)
{
    bool camera = u->kind == DEVICE_CAMERA;
    indi_step_switch(indi_ask_step(a, camera ? "CCD_ABORT_EXPOSURE" : "FOCUS_ABORT_MOTION"),
                     "ABORT", true, false);
    return OK;
}

/* ---- focuser, wheel, dome, switches ---- */

static enum status focus(struct indi_unit *u, struct indi_ask *a, const struct device_request *r,
                         struct error *err)
{
    const struct indi_device *d = indi_unit_device(u);
    const struct indi_element *e =
        indi_element(indi_property(d, "ABS_FOCUS_POSITION"), "FOCUS_ABSOLUTE_POSITION");
    double goal = r->verb == ASK_FOCUS_TO || !e ? r->n : e->number + r->n;
    struct indi_step *s;
    if (e) {
        if (e->max > e->min && (goal < e->min || goal > e->max))
            return err_set(err, E_RANGE, "%s goes from %g to %g, not to %g", u->device, e->min,
                           e->max, goal);
        s = indi_ask_step(a, "ABS_FOCUS_POSITION");
        indi_step_number(s, "FOCUS_ABSOLUTE_POSITION", goal, true);
        s->tolerance = 0.5;
    } else if (r->verb == ASK_FOCUS_TO) {
        return err_set(err, E_REFUSED, "%s knows no positions, only steps", u->device);
    } else {
        indi_step_switch(indi_ask_step(a, "FOCUS_MOTION"),
                         r->n < 0 ? "FOCUS_INWARD" : "FOCUS_OUTWARD", true, true);
        s = indi_ask_step(a, "REL_FOCUS_POSITION");
        indi_step_number(s, "FOCUS_RELATIVE_POSITION", abs(r->n), false);
    }
    s->motion_ms = FOCUS_MS;
    return OK;
}

static enum status filter(struct indi_unit *u, struct indi_ask *a, const struct device_request *r,
                          struct error *err)
{
    const struct indi_element *e =
        indi_element(indi_property(indi_unit_device(u), "FILTER_SLOT"), "FILTER_SLOT_VALUE");
    if (e && e->max > e->min && (r->n < e->min || r->n > e->max))
        return err_set(err, E_RANGE, "%s has the filters %g to %g, not %d", u->device, e->min,
                       e->max, r->n);
    struct indi_step *s = indi_ask_step(a, "FILTER_SLOT");
    indi_step_number(s, "FILTER_SLOT_VALUE", r->n, true);
    s->motion_ms = WHEEL_MS;
    return OK;
}

static void dome(struct indi_ask *a, const struct device_request *r)
{
    struct indi_step *s;
    if (r->verb == ASK_DOME_AZ) {
        double az = fmod(degrees(r->az_rad) + 360, 360);
        s = indi_ask_step(a, "ABS_DOME_POSITION");
        indi_step_number(s, "DOME_ABSOLUTE_POSITION", az, true);
        s->tolerance = 2;
    } else if (r->verb == ASK_DOME_SHUTTER) {
        s = indi_ask_step(a, "DOME_SHUTTER");
        indi_step_switch(s, r->on ? "SHUTTER_OPEN" : "SHUTTER_CLOSE", true, true);
    } else if (r->verb == ASK_DOME_PARK) {
        s = indi_ask_step(a, "DOME_PARK");
        indi_step_switch(s, "PARK", true, true);
    } else {
        s = indi_ask_step(a, "DOME_AUTOSYNC");
        indi_step_switch(s, r->on ? "DOME_AUTOSYNC_ENABLE" : "DOME_AUTOSYNC_DISABLE", true, true);
    }
    s->motion_ms = SLEW_MS;
}

static enum status set_element(struct indi_unit *u, struct indi_ask *a, struct indi_property *p,
                               struct indi_element *e, const char *text, struct error *err)
{
    double x = indi_number(text);
    bool on = str_eqi(text, "on") || str_eqi(text, "1") || str_eqi(text, "yes");
    bool off = str_eqi(text, "off") || str_eqi(text, "0") || str_eqi(text, "no");
    struct indi_step *s;
    (void)u;
    if (!p->writable || p->type == INDI_LIGHT || p->type == INDI_BLOB)
        return err_set(err, E_REFUSED, "%s cannot be set", p->name);
    if (p->type == INDI_NUMBER && !isfinite(x))
        return err_set(err, E_PARSE, "%s.%s wants a number, not \"%.40s\"", p->name, e->name, text);
    if (p->type == INDI_NUMBER && e->max > e->min && (x < e->min || x > e->max))
        return err_set(err, E_RANGE, "%s.%s goes from %g to %g, not %g", p->name, e->name, e->min,
                       e->max, x);
    if (p->type == INDI_SWITCH && !on && !off)
        return err_set(err, E_PARSE, "%s.%s wants On or Off, not \"%.40s\"", p->name, e->name,
                       text);
    if (p->type == INDI_SWITCH && off && p->rule == INDI_ONE_OF_MANY)
        return err_set(err, E_REFUSED, "one of %s is always On: switch another one On", p->name);
    s = indi_ask_step(a, p->name);
    for (size_t i = 0; i < p->element.n; i++) {
        struct indi_element *k = &p->element.at[i];
        if (p->type == INDI_SWITCH && k == e)
            indi_step_switch(s, k->name, on, false);
        else if (p->type == INDI_NUMBER)
            indi_step_number(s, k->name, k == e ? x : k->number, k == e);
        else if (p->type == INDI_TEXT) {
            indi_step_text(s, k->name, k == e ? text : k->value);
            s->want.at[s->want.n - 1].check = k == e;
        } else if (p->type == INDI_SWITCH && p->rule == INDI_ANY_OF_MANY)
            indi_step_switch(s, k->name, k->number == 1, false);
    }
    s->started = true;
    return OK;
}

static enum status property(struct indi_unit *u, struct indi_ask *a, const struct device_request *r,
                            struct error *err)
{
    struct indi_property *p = indi_property(indi_unit_device(u), r->property);
    struct indi_element *e = indi_element(p, r->element);
    if (!p || !e)
        return err_set(err, E_ABSENT, "%s has no property %.60s.%.60s", u->device, r->property,
                       r->element);
    if (u->kind == DEVICE_MOUNT && moves(r->property))
        return err_set(err, E_REFUSED,
                       "%s moves the mount: that goes by slew, move, park and track only",
                       r->property);
    return set_element(u, a, p, e, r->text, err);
}

/* The switches as indi_values.c numbers them. */
static enum status set_switch(struct indi_unit *u, struct indi_ask *a,
                              const struct device_request *r, struct error *err)
{
    const struct indi_device *d = indi_unit_device(u);
    union device_values v;
    memset(&v, 0, sizeof v);
    indi_values(u, d, &v);
    if (r->n < 0 || r->n >= v.sw.n)
        return err_set(err, E_RANGE, "%s has %d switches, from 0", u->device, v.sw.n);
    int n = 0;
    for (size_t i = 0; i < d->property.n; i++) {
        struct indi_property *p = d->property.at[i];
        struct indi_element *first = NULL;
        int count = indi_switches_of(p, &first);
        if (r->n >= n + count) {
            n += count;
            continue;
        }
        struct indi_element *e = count == 1 ? first : &p->element.at[r->n - n];
        char text[32];
        if (p->type == INDI_SWITCH && count == 1 && r->x == 0 && p->element.n == 2)
            e = &p->element.at[first == &p->element.at[0]]; /* off is a switch of its own */
        if (p->type == INDI_SWITCH)
            snprintf(text, sizeof text, "%s", r->x != 0 || e != first ? "On" : "Off");
        else
            snprintf(text, sizeof text, "%.15g", r->x);
        if (p->type == INDI_SWITCH && count > 1)
            snprintf(text, sizeof text, "%s", r->x != 0 ? "On" : "Off");
        return set_element(u, a, p, e, text, err);
    }
    return err_set(err, E_ABSENT, "%s has no switch %d", u->device, r->n);
}

/* ---- all ---- */

static enum status plan(struct indi_unit *u, struct indi_ask *a, const struct device_request *r,
                        struct error *err)
{
    static const char *const rate[] = {"TRACK_SIDEREAL", "TRACK_SOLAR", "TRACK_LUNAR",
                                       "TRACK_CUSTOM"};
    struct indi_step *s;
    switch (r->verb) {
    case ASK_SLEW:
    case ASK_SYNC: return slew(u, a, r, err);
    case ASK_PARK:
    case ASK_UNPARK:
        s = indi_ask_step(a, "TELESCOPE_PARK");
        indi_step_switch(s, r->verb == ASK_PARK ? "PARK" : "UNPARK", true, true);
        s->motion_ms = SLEW_MS;
        return OK;
    case ASK_HOME:
        s = indi_ask_step(a, "TELESCOPE_HOME");
        indi_step_switch(s, "GO", true, false);
        s->motion_ms = SLEW_MS;
        return OK;
    case ASK_TRACK:
        indi_step_switch(indi_ask_step(a, "TELESCOPE_TRACK_STATE"),
                         r->on ? "TRACK_ON" : "TRACK_OFF", true, true);
        a->step.at[0].started = true; /* it stays Busy for as long as it tracks */
        return OK;
    case ASK_TRACK_RATE:
        indi_step_switch(indi_ask_step(a, "TELESCOPE_TRACK_MODE"), rate[r->rate], true, true);
        return OK;
    case ASK_GUIDE: guide(a, r); return OK;
    case ASK_SET_SITE: set_site(a, r); return OK;
    case ASK_SET_TIME: set_time(u, a); return OK;
    case ASK_EXPOSE: return expose(u, a, r, err);
    case ASK_ABORT: return abort_it(u, a);
    case ASK_COOL: cool(u, a, r); return OK;
    case ASK_FOCUS_TO:
    case ASK_FOCUS_BY: return focus(u, a, r, err);
    case ASK_FILTER: return filter(u, a, r, err);
    case ASK_DOME_AZ:
    case ASK_DOME_SHUTTER:
    case ASK_DOME_PARK:
    case ASK_DOME_SLAVE: dome(a, r); return OK;
    case ASK_SWITCH: return set_switch(u, a, r, err);
    case ASK_PROPERTY: return property(u, a, r, err);
    case ASK_CONNECT:
    case ASK_DISCONNECT:
    case ASK_STOP:
    case ASK_MOVE:
    case ASK_MOVE_END: break;
    }
    return err_set(err, E_BUG, "%s: no such request", u->device);
}

static bool is_exposure(const struct indi_ask *a)
{
    return a->verb == ASK_EXPOSE || a->verb == ASK_FOCUS_TO || a->verb == ASK_FOCUS_BY;
}

/* A goal replaces the one before it. */
static void supersede(struct indi_unit *u, enum device_verb verb)
{
    struct indi_ask *old;
    if (verb == ASK_SLEW || verb == ASK_FOCUS_TO || verb == ASK_FILTER || verb == ASK_DOME_AZ ||
        verb == ASK_PARK)
        while ((old = indi_ask_find(u, verb)))
            indi_ask_end(u, old, E_CANCELLED, "another goal was asked");
}

static enum status move_end(struct indi_unit *u, const struct device_request *r, uint64_t ticket)
{
    struct indi_ask *a = indi_ask_find(u, ASK_MOVE);
    motion(u, r->direction, false); /* also when we know of no motion */
    if (a && a->request.direction == r->direction)
        indi_ask_end(u, a, OK, NULL);
    indi_ask_start(u, indi_ask_new(ASK_MOVE_END, ticket));
    return OK;
}

enum status indi_unit_ask(struct indi_unit *u, const struct device_request *r, uint64_t ticket,
                          struct error *err)
{
    if (r->verb == ASK_STOP)
        return stop(u, ticket, err);
    if (u->phase != INDI_READY)
        return err_set(err, E_DEVICE, "%s is not connected", u->device);
    if (r->verb == ASK_MOVE)
        return move(u, r, ticket, err);
    if (r->verb == ASK_MOVE_END)
        return move_end(u, r, ticket);
    struct indi_ask *a = indi_ask_new(r->verb, ticket);
    a->request = *r;
    enum status s = plan(u, a, r, err);
    if (s != OK) {
        indi_ask_free(a);
        return s;
    }
    supersede(u, r->verb);
    indi_ask_start(u, a);
    if (r->verb == ASK_ABORT)
        indi_asks_end(u, is_exposure, E_CANCELLED, "aborted");
    return OK;
}

void indi_move_tick(struct indi_unit *u, int64_t now_ms)
{
    struct indi_ask *a = indi_ask_find(u, ASK_MOVE);
    if (a && now_ms >= a->hold_ms)
        end_move(u, a, OK, "nobody asked to go on: stopped by itself");
}
