/* alpaca_ask.c - requests as PUTs and the state that must follow. Source: "ASCOM Alpaca API Reference". Never a synchronous
 * slew: it would hold the connection until it is over. Not: whether it is safe (the rack has asked before).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alpaca_own.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/scale.h"

enum { ANSWER_MS = 10000, SLOW_MS = 300000, SLEW_MS = 600000, WATCH_MS = 100 };

static const double PI = 3.14159265358979323846;

static double degrees(double rad)
{
    return rad * 180 / PI;
}

/* ---- an ask ---- */

static void ask_free(struct alpaca_ask *a)
{
    for (size_t i = 0; i < a->put.n; i++) {
        free(a->put.at[i].method);
        free(a->put.at[i].form);
    }
    VEC_FREE(a->put);
    free(a);
}

struct alpaca_ask *alpaca_ask_find(const struct alpaca_unit *u, enum device_verb verb)
{
    for (size_t i = 0; i < u->ask.n; i++)
        if (u->ask.at[i]->verb == verb)
            return u->ask.at[i];
    return NULL;
}

static void take_out(struct alpaca_unit *u, struct alpaca_ask *a)
{
    for (size_t i = 0; i < u->ask.n; i++)
        if (u->ask.at[i] == a) {
            memmove(u->ask.at + i, u->ask.at + i + 1, (u->ask.n - i - 1) * sizeof *u->ask.at);
            u->ask.n--;
            return;
        }
}

void alpaca_ask_end(struct alpaca_unit *u, struct alpaca_ask *a, enum status status,
                    const char *why)
{
    uint64_t http = a->http;
    take_out(u, a);
    a->http = 0;
    if (http)
        http_cancel(u->http, http);
    if (a->verb == ASK_SYNC && status == OK)
        slot_trust(u->slot, true, NULL);
    if (a->verb == ASK_PROPERTY && status == OK && u->phase == ALPACA_READY) {
        alpaca_facts_again(u); /* shown again as the device has it, not as it was asked for */
        alpaca_soon(u);
    }
    if (u->phase == ALPACA_READY && alpaca_values(u, slot_values(u->slot)) && u->sound)
        slot_good(u->slot, (double)NAN);
    slot_done(u->slot, a->ticket, status, why ? why : "");
    ask_free(a);
}

PRINTF(3, 4)
static void add_put(struct alpaca_ask *a, const char *method, const char *fmt, ...)
{
    char form[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(form, sizeof form, fmt, ap);
    va_end(ap);
    VEC_PUSH(a->put, ((struct alpaca_put){mem_str(method), mem_str(form)}));
}

static void send_next(struct alpaca_ask *a);

static void on_put(void *arg, const struct json *value, int number, const struct error *err)
{
    struct alpaca_ask *a = arg;
    struct alpaca_unit *u = a->unit;
    (void)value, (void)number;
    a->http = 0;
    if (err->status != OK) {
        char text[300];
        snprintf(text, sizeof text, "%s: %.230s", a->put.at[a->at].method, err->text);
        slot_bad(u->slot, "%s", text);
        alpaca_ask_end(u, a, err->status, text);
        return;
    }
    if (++a->at < a->put.n) {
        send_next(a);
        return;
    }
    a->sent_all = true;
    a->sent_ms = CLOCK_MS(u->clock);
    a->from_cycle = u->cycle + 1;
    if (!a->over)
        alpaca_ask_end(u, a, OK, NULL);
    else
        alpaca_soon(u);
}

static void send_next(struct alpaca_ask *a)
{
    struct error err = {.text = ""};
    const struct alpaca_put *p = &a->put.at[a->at];
    bool slow = strcmp(p->method, "park") == 0 || strcmp(p->method, "findhome") == 0;
    if (strcmp(p->method, "startexposure") == 0)
        a->unit->begin_ns = CLOCK_WALL(a->unit->clock);
    a->http = alpaca_send(a->unit, p->method, p->form, a->urgent, slow ? SLOW_MS : ANSWER_MS,
                          on_put, a, &err);
    if (!a->http)
        alpaca_ask_end(a->unit, a, err.status, err.text);
}

static int64_t on_watch(void *arg)
{
    struct alpaca_unit *u = arg;
    alpaca_asks_tick(u);
    if (u->ask.n)
        return WATCH_MS;
    u->watch = 0;
    return -1;
}

static struct alpaca_ask *ask_new(struct alpaca_unit *u, const struct device_request *r,
                                  uint64_t ticket)
{
    struct alpaca_ask *a = mem_zero(sizeof *a);
    a->unit = u;
    a->verb = r->verb;
    a->ticket = ticket;
    a->deadline_ms = CLOCK_MS(u->clock) + SLEW_MS;
    a->direction = r->direction;
    a->speed = r->n;
    return a;
}

static void start(struct alpaca_unit *u, struct alpaca_ask *a)
{
    VEC_PUSH(u->ask, a);
    if (!u->watch)
        u->watch = loop_timer(u->loop, WATCH_MS, on_watch, u, "devices/alpaca");
    if (a->put.n)
        send_next(a);
    else if (!a->over)
        alpaca_ask_end(u, a, OK, NULL);
}

/* ---- what ends them ---- */

static bool stands(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    (void)a;
    return !alpaca_true(u, "slewing") && !alpaca_true(u, "ismoving") &&
           !alpaca_true(u, "ispulseguiding");
}

static bool is_parked(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    return stands(u, a) && alpaca_true(u, "atpark") == (a->verb != ASK_UNPARK);
}

static bool is_home(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    return stands(u, a) && alpaca_true(u, "athome");
}

static bool at_filter(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    return alpaca_number(u, "position") == a->goal[0];
}

static bool at_shutter(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    return alpaca_number(u, "shutterstatus") == a->goal[0];
}

static bool at_cover(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    return alpaca_number(u, "coverstate") == a->goal[0];
}

static bool never(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    (void)u, (void)a;
    return false;
}

static bool has_image(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    (void)a;
    if (alpaca_true(u, "imageready"))
        alpaca_image_fetch(u); /* the ask ends with the image */
    return false;
}

static void stop_axis(struct alpaca_unit *u, enum move_direction direction)
{
    struct error err;
    char form[60];
    snprintf(form, sizeof form, "Axis=%d&Rate=0", direction < MOVE_EAST);
    alpaca_send(u, "moveaxis", form, true, ANSWER_MS, NULL, NULL, &err);
}

/* It stands: but where it was sent? */
static void arrived(struct alpaca_unit *u, struct alpaca_ask *a)
{
    const double near = 0.25 / 180 * PI;
    double ra, dec;
    bool known = alpaca_place(u, alpaca_number(u, "rightascension") * PI / 12,
                              alpaca_number(u, "declination") * PI / 180, false, &ra, &dec);
    double off = known ? sky_separation(ra, dec, a->goal[0], a->goal[1]) : 0;
    char text[100];
    snprintf(text, sizeof text, "it stopped %.2f degrees from where it was sent", degrees(off));
    alpaca_ask_end(u, a, off > near ? E_DEVICE : OK, off > near ? text : NULL);
}

void alpaca_asks_tick(struct alpaca_unit *u)
{
    int64_t now = CLOCK_MS(u->clock);
    for (size_t i = u->ask.n; i-- > 0;) {
        if (i >= u->ask.n)
            continue;
        struct alpaca_ask *a = u->ask.at[i];
        bool seen = a->sent_all && u->reading >= u->fact.n && u->cycle >= a->from_cycle && u->sound;
        if (a->hold_ms && now >= a->hold_ms) {
            stop_axis(u, a->direction);
            alpaca_ask_end(u, a, OK, "nobody asked to go on: stopped by itself");
        } else if (seen && a->verb == ASK_EXPOSE && alpaca_number(u, "camerastate") == 5) {
            alpaca_ask_end(u, a, E_DEVICE, "the camera reports an error");
        } else if (seen && a->over && a->over(u, a)) {
            if (a->verb == ASK_SLEW)
                arrived(u, a);
            else
                alpaca_ask_end(u, a, OK, NULL);
        } else if (now >= a->deadline_ms) {
            slot_bad(u->slot, "%s has not ended in time", device_verb_name(a->verb));
            alpaca_ask_end(u, a, E_TIMEOUT, "it has not ended in time");
        }
    }
}

static bool moving(const struct alpaca_ask *a)
{
    return a->verb != ASK_STOP && a->verb != ASK_CONNECT && a->verb != ASK_SYNC &&
           a->verb != ASK_COOL && a->verb != ASK_TRACK && a->verb != ASK_ABORT;
}

void alpaca_asks_end(struct alpaca_unit *u, bool moving_only, enum status status, const char *why)
{
    for (size_t i = u->ask.n; i-- > 0;)
        if (i < u->ask.n && (!moving_only || moving(u->ask.at[i])))
            alpaca_ask_end(u, u->ask.at[i], status, why);
}

void alpaca_asks_free(struct alpaca_unit *u)
{
    while (u->ask.n) {
        struct alpaca_ask *a = u->ask.at[u->ask.n - 1];
        u->ask.n--;
        if (a->http)
            http_cancel(u->http, a->http);
        ask_free(a);
    }
    VEC_FREE(u->ask);
}

/* ---- verbs ---- */

static enum status goto_or_sync(struct alpaca_unit *u, struct alpaca_ask *a,
                                const struct device_request *r, struct error *err)
{
    double ra, dec;
    if (!alpaca_place(u, r->ra_rad, r->dec_rad, true, &ra, &dec))
        return err_set(
            err, E_DEVICE,
            "%s counts in a system of coordinates (%.0f) that is neither of date nor J2000",
            u->device_name, alpaca_number(u, "equatorialsystem"));
    double hours = fmod(ra * 12 / PI + 24, 24);
    if (hours > 24 - 5e-10) /* which would be written as 24 */
        hours = 0;
    add_put(a, r->verb == ASK_SLEW ? "slewtocoordinatesasync" : "synctocoordinates",
            "RightAscension=%.9f&Declination=%.8f", hours, degrees(dec));
    a->goal[0] = r->ra_rad;
    a->goal[1] = r->dec_rad;
    a->over = r->verb == ASK_SLEW ? stands : NULL;
    return OK;
}

static enum status move(struct alpaca_unit *u, const struct device_request *r, uint64_t ticket,
                        struct error *err)
{
    double rate = alpaca_speed(u, r->n);
    struct alpaca_ask *old = alpaca_ask_find(u, ASK_MOVE);
    bool goes_on = old && old->direction == r->direction && old->speed == r->n;
    if (!isfinite(rate) || r->n < 1 || r->n > ALPACA_SPEEDS)
        return err_set(err, E_RANGE, "%s has %d speeds, not %d", u->device_name, ALPACA_SPEEDS,
                       r->n);
    struct alpaca_ask *a = ask_new(u, r, ticket);
    a->hold_ms = CLOCK_MS(u->clock) + (r->move_ms > 0 ? r->move_ms : 1000);
    a->over = never;
    if (old && !goes_on)
        stop_axis(u, old->direction);
    if (!goes_on)
        add_put(a, "moveaxis", "Axis=%d&Rate=%.9f", r->direction < MOVE_EAST,
                r->direction == MOVE_NORTH || r->direction == MOVE_EAST ? rate : -rate);
    if (old)
        alpaca_ask_end(u, old, goes_on ? OK : E_CANCELLED,
                       goes_on ? NULL : "another direction was asked");
    start(u, a);
    return OK;
}

static enum status move_end(struct alpaca_unit *u, const struct device_request *r, uint64_t ticket)
{
    struct alpaca_ask *old = alpaca_ask_find(u, ASK_MOVE), *a = ask_new(u, r, ticket);
    a->urgent = true;
    add_put(a, "moveaxis", "Axis=%d&Rate=0", r->direction < MOVE_EAST);
    start(u, a);
    if (old && old->direction == r->direction)
        alpaca_ask_end(u, old, OK, NULL);
    return OK;
}

/* At once, past everything that waits, also when it is only believed to be there. */
static enum status stop(struct alpaca_unit *u, const struct device_request *r, uint64_t ticket)
{
    static const char *const method[] = {
        [ALPACA_TELESCOPE] = "abortslew", [ALPACA_CAMERA] = "abortexposure",
        [ALPACA_FOCUSER] = "halt",        [ALPACA_DOME] = "abortslew",
        [ALPACA_COVER] = "haltcover",     [ALPACA_OTHER] = NULL};
    struct alpaca_ask *a = ask_new(u, r, ticket);
    bool telescope = u->type == ALPACA_TELESCOPE;
    a->urgent = true;
    if (method[u->type])
        add_put(a, method[u->type], "%s", "");
    start(u, a);
    if (telescope && (alpaca_ask_find(u, ASK_MOVE) || isfinite(alpaca_speed(u, 1)))) {
        stop_axis(u, MOVE_NORTH);
        stop_axis(u, MOVE_EAST);
    }
    alpaca_asks_end(u, true, E_CANCELLED, "stopped");
    return OK;
}

static void put_if(struct alpaca_unit *u, struct alpaca_ask *a, const char *method,
                   const char *name, double x)
{
    if (isfinite(x) && alpaca_number(u, method) != x)
        add_put(a, method, "%s=%.0f", name, x);
}

static enum status expose(struct alpaca_unit *u, struct alpaca_ask *a,
                          const struct device_request *r, struct error *err)
{
    const struct exposure *e = &r->exposure;
    double min = alpaca_number(u, "exposuremin"), max = alpaca_number(u, "exposuremax");
    double width = alpaca_number(u, "cameraxsize"), height = alpaca_number(u, "cameraysize");
    double now = alpaca_number(u, "binx");
    int bin = e->bin > 0 ? e->bin : now >= 1 ? (int)now : 1;
    bool light = e->kind == FRAME_LIGHT || e->kind == FRAME_FLAT;
    double seconds = e->kind == FRAME_BIAS && min > 0 ? fmax(min, e->seconds) : e->seconds;
    if (alpaca_ask_find(u, ASK_EXPOSE))
        return err_set(err, E_BUSY, "%s is exposing", u->device_name);
    if (!(seconds >= 0) || seconds > max || seconds < min)
        return err_set(err, E_RANGE, "%s exposes %g to %g s, not %g", u->device_name, min, max,
                       e->seconds);
    if (e->w > 0 &&
        (e->x < 0 || e->y < 0 || e->h <= 0 || e->x + e->w > width || e->y + e->h > height))
        return err_set(err, E_RANGE,
                       "the frame %d %d %d %d does not lie on the chip of %.0f x %.0f", e->x, e->y,
                       e->w, e->h, width, height);
    put_if(u, a, "binx", "BinX", bin);
    if (a->put.n)
        add_put(a, "biny", "BinY=%d", bin);
    if (width > 0 && height > 0) {
        put_if(u, a, "startx", "StartX", e->w > 0 ? e->x / bin : 0);
        put_if(u, a, "starty", "StartY", e->w > 0 ? e->y / bin : 0);
        put_if(u, a, "numx", "NumX", floor((e->w > 0 ? e->w : width) / bin));
        put_if(u, a, "numy", "NumY", floor((e->w > 0 ? e->h : height) / bin));
    }
    put_if(u, a, "gain", "Gain", e->gain);
    put_if(u, a, "offset", "Offset", e->offset);
    add_put(a, "startexposure", "Duration=%.6f&Light=%s", seconds, light ? "True" : "False");
    a->over = has_image;
    a->deadline_ms = CLOCK_MS(u->clock) + (int64_t)(seconds * 1000) + SLOW_MS;
    u->exposure_s = seconds;
    u->frame_kind = e->kind;
    return OK;
}

static enum status focus(struct alpaca_unit *u, struct alpaca_ask *a,
                         const struct device_request *r, struct error *err)
{
    bool absolute = alpaca_true(u, "absolute");
    double goal = r->n, at = alpaca_number(u, "position"), max = alpaca_number(u, "maxstep");
    if (!absolute && r->verb == ASK_FOCUS_TO)
        return err_set(err, E_REFUSED, "%s knows no positions, only steps", u->device_name);
    if (absolute && r->verb == ASK_FOCUS_BY)
        goal = at + r->n;
    if (absolute && !(goal >= 0 && !(goal > max)))
        return err_set(err, E_RANGE, "%s goes from 0 to %g, not to %g", u->device_name, max, goal);
    add_put(a, "move", "Position=%.0f", goal);
    a->over = stands;
    return OK;
}

static enum status filter(struct alpaca_unit *u, struct alpaca_ask *a,
                          const struct device_request *r, struct error *err)
{
    if (r->n < 1 || r->n > alpaca_number(u, "names"))
        return err_set(err, E_RANGE, "%s has the filters 1 to %.0f, not %d", u->device_name,
                       alpaca_number(u, "names"), r->n);
    add_put(a, "position", "Position=%d", r->n - 1);
    a->goal[0] = r->n - 1;
    a->over = at_filter;
    return OK;
}

static void dome(struct alpaca_ask *a, const struct device_request *r)
{
    if (r->verb == ASK_DOME_AZ) {
        add_put(a, "slewtoazimuth", "Azimuth=%.4f", fmod(degrees(r->az_rad) + 360, 360));
        a->over = stands;
    } else if (r->verb == ASK_DOME_SHUTTER) {
        add_put(a, r->on ? "openshutter" : "closeshutter", "%s", "");
        a->goal[0] = r->on ? 0 : 1;
        a->over = at_shutter;
    } else if (r->verb == ASK_DOME_PARK) {
        add_put(a, "park", "%s", "");
        a->over = is_parked;
    } else {
        add_put(a, "slaved", "Slaved=%s", r->on ? "True" : "False");
    }
}

static enum status set_switch(struct alpaca_unit *u, struct alpaca_ask *a,
                              const struct device_request *r, struct error *err)
{
    union device_values v;
    memset(&v, 0, sizeof v);
    alpaca_values(u, &v);
    if (r->n < 0 || r->n >= v.sw.n || !v.sw.sw[r->n].writable)
        return err_set(err, E_RANGE, "%s has no switch %d that can be set", u->device_name, r->n);
    if (r->x < v.sw.sw[r->n].min || r->x > v.sw.sw[r->n].max)
        return err_set(err, E_RANGE, "%s goes from %g to %g, not %g", v.sw.sw[r->n].name,
                       v.sw.sw[r->n].min, v.sw.sw[r->n].max, r->x);
    if (u->type == ALPACA_SWITCH) {
        add_put(a, "setswitchvalue", "Id=%d&Value=%.9g", r->n, r->x);
    } else if (r->n == 0) {
        add_put(a, r->x != 0 ? "opencover" : "closecover", "%s", "");
        a->goal[0] = r->x != 0 ? 3 : 1;
        a->over = at_cover;
    } else if (r->x > 0) {
        add_put(a, "calibratoron", "Brightness=%.0f", r->x);
    } else {
        add_put(a, "calibratoroff", "%s", "");
    }
    return OK;
}

static void site_and_time(struct alpaca_unit *u, struct alpaca_ask *a,
                          const struct device_request *r)
{
    char text[UTC_TEXT];
    if (r->verb == ASK_SET_SITE) {
        add_put(a, "sitelatitude", "SiteLatitude=%.7f", degrees(r->lat_rad));
        add_put(a, "sitelongitude", "SiteLongitude=%.7f", degrees(r->lon_rad));
        if (isfinite(r->x))
            add_put(a, "siteelevation", "SiteElevation=%.1f", r->x);
        return;
    }
    utc_format(utc_of_wall(CLOCK_WALL(u->clock)), 3, text);
    add_put(a, "utcdate", "UTCDate=%s", text);
}

static enum status property(struct alpaca_unit *u, struct alpaca_ask *a,
                            const struct device_request *r, struct error *err)
{
    const struct alpaca_setter *s = alpaca_settable(u, r->property);
    bool on = str_eqi(r->text, "on") || str_eqi(r->text, "true") || str_eqi(r->text, "yes") ||
              strcmp(r->text, "1") == 0;
    bool off = str_eqi(r->text, "off") || str_eqi(r->text, "false") || str_eqi(r->text, "no") ||
               strcmp(r->text, "0") == 0;
    double x;
    bool number = str_num(r->text, &x) && isfinite(x) && fabs(x) < 1e12;
    if (!s)
        return err_set(err, E_REFUSED, "%.60s of %s can be read, not set", r->property,
                       u->device_name);
    if (s->kind == 'b' && !on && !off)
        return err_set(err, E_PARSE, "%s is on or off, not \"%.40s\"", s->fact, r->text);
    if (s->kind != 'b' && !number)
        return err_set(err, E_PARSE, "%s wants a number, not \"%.40s\"", s->fact, r->text);
    if (s->kind == 'i' && floor(x) != x)
        return err_set(err, E_PARSE, "%s wants a whole number, not %g", s->fact, x);
    if (s->kind == 'b')
        add_put(a, s->method, "%s=%s", s->parameter, on ? "True" : "False");
    else
        add_put(a, s->method, "%s=%.15g", s->parameter, x);
    if (strcmp(s->method, s->fact) != 0)
        a->over = stands;
    return OK;
}

static enum status plan(struct alpaca_unit *u, struct alpaca_ask *a, const struct device_request *r,
                        struct error *err)
{
    static const int rate[] = {
        [TRACK_SIDEREAL] = 0, [TRACK_LUNAR] = 1, [TRACK_SOLAR] = 2, [TRACK_OTHER] = 3};
    switch (r->verb) {
    case ASK_SLEW:
    case ASK_SYNC: return goto_or_sync(u, a, r, err);
    case ASK_PARK:
    case ASK_UNPARK:
        add_put(a, r->verb == ASK_PARK ? "park" : "unpark", "%s", "");
        a->over = is_parked;
        return OK;
    case ASK_HOME:
        add_put(a, "findhome", "%s", "");
        a->over = is_home;
        return OK;
    case ASK_TRACK: add_put(a, "tracking", "Tracking=%s", r->on ? "True" : "False"); return OK;
    case ASK_TRACK_RATE: add_put(a, "trackingrate", "TrackingRate=%d", rate[r->rate]); return OK;
    case ASK_GUIDE:
        add_put(a, "pulseguide", "Direction=%d&Duration=%.0f",
                r->direction == MOVE_NORTH   ? 0
                : r->direction == MOVE_SOUTH ? 1
                : r->direction == MOVE_EAST  ? 2
                                             : 3,
                r->x);
        a->over = stands;
        return OK;
    case ASK_SET_SITE:
    case ASK_SET_TIME: site_and_time(u, a, r); return OK;
    case ASK_EXPOSE: return expose(u, a, r, err);
    case ASK_ABORT:
        add_put(a, u->type == ALPACA_CAMERA ? "abortexposure" : "halt", "%s", "");
        return OK;
    case ASK_COOL:
        if (r->on && isfinite(r->x))
            add_put(a, "setccdtemperature", "SetCCDTemperature=%.2f", r->x);
        add_put(a, "cooleron", "CoolerOn=%s", r->on ? "True" : "False");
        return OK;
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
    return err_set(err, E_BUG, "%s: no such request", u->device_name);
}

/* A goal replaces the one before it; an abort ends what it aborts. */
static void supersede(struct alpaca_unit *u, enum device_verb verb)
{
    static const enum device_verb goals[] = {ASK_SLEW,   ASK_PARK,    ASK_FOCUS_TO,
                                             ASK_FILTER, ASK_DOME_AZ, ASK_DOME_SHUTTER};
    struct alpaca_ask *old;
    for (size_t i = 0; i < sizeof goals / sizeof goals[0]; i++)
        while (goals[i] == verb && (old = alpaca_ask_find(u, verb)))
            alpaca_ask_end(u, old, E_CANCELLED, "another goal was asked");
}

enum status alpaca_unit_ask(struct alpaca_unit *u, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    if (r->verb == ASK_STOP)
        return stop(u, r, ticket);
    if (u->phase != ALPACA_READY)
        return err_set(err, E_DEVICE, "%s is not connected", u->device_name);
    if (r->verb == ASK_MOVE)
        return move(u, r, ticket, err);
    if (r->verb == ASK_MOVE_END)
        return move_end(u, r, ticket);
    struct alpaca_ask *a = ask_new(u, r, ticket);
    enum status s = plan(u, a, r, err);
    if (s != OK) {
        ask_free(a);
        return s;
    }
    supersede(u, r->verb);
    a->urgent = r->verb == ASK_ABORT;
    start(u, a);
    if (r->verb == ASK_ABORT) {
        alpaca_image_drop(u);
        alpaca_asks_end(u, true, E_CANCELLED, "aborted");
    }
    return OK;
}
