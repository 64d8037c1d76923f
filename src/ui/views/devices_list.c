/* devices_list.c - the lists of the Devices tab: one row a device, one row an element of a property. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "devices_own.h"
#include "vigie/formats/sexa.h"

#define DEG (3.14159265358979323846 / 180)

static const struct device_info *at(const void *model, size_t row)
{
    return rack_at(((const struct devices_rows *)model)->rack, row);
}

static size_t count(const void *model)
{
    const struct devices_rows *m = model;
    return m->rack ? rack_n(m->rack) : 0;
}

static uint64_t id(const void *model, size_t row)
{
    return at(model, row)->id;
}

static const char *mount_state(const struct mount_values *m)
{
    return m->parked ? "parked" : m->slewing ? "slewing" : m->tracking ? "tracking" : "standing";
}

const char *devices_state(const struct device_info *d)
{
    static const char *const phase[] = {"idle", "waiting", "exposing", "reading", "failed"};
    static const char *const shutter[] = {"?", "open", "closed", "opening", "closing", "FAULT"};
    if (d->link != DEVICE_READY)
        return device_link_name(d->link);
    if (d->stale)
        return "silent";
    switch (d->kind) {
    case DEVICE_MOUNT: return mount_state(&d->v.mount);
    case DEVICE_CAMERA: return phase[d->v.camera.phase];
    case DEVICE_FOCUSER: return d->v.focuser.moving ? "moving" : "idle";
    case DEVICE_WHEEL: return d->v.wheel.moving ? "moving" : "idle";
    case DEVICE_DOME: return d->v.dome.moving ? "moving" : shutter[d->v.dome.shutter];
    case DEVICE_WEATHER:
        return d->v.weather.safe == 0 ? "UNSAFE" : d->v.weather.safe > 0 ? "safe" : "watch";
    case DEVICE_GPS: return d->v.gps.fix >= 3 ? "fix 3D" : d->v.gps.fix == 2 ? "fix 2D" : "no fix";
    case DEVICE_SWITCH:
    case DEVICE_OTHER: break;
    }
    return "ready";
}

char devices_mark(const struct device_info *d)
{
    if (d->link == DEVICE_LOST)
        return '!';
    if (d->link == DEVICE_FAILED)
        return '-';
    if (d->link != DEVICE_READY)
        return ' ';
    bool unsafe = d->kind == DEVICE_WEATHER && d->v.weather.safe == 0;
    bool silent = d->stale && d->health.good_ms >= 0; /* not: it has just been connected */
    return silent || !d->trusted || unsafe || d->health.error_rate > 0.05 ? 'W' : ' ';
}

static char mark(const void *model, size_t row)
{
    return devices_mark(at(model, row));
}

static void number_or(struct str *out, const char *fmt, double x, const char *unit)
{
    if (isnan(x))
        return;
    if (out->n)
        str_add(out, "  ");
    char text[32];
    snprintf(text, sizeof text, "%.*f", strcmp(fmt, "0") == 0 ? 0 : 1, x);
    str_addf(out, "%s%s", text, unit);
}

static void mount_text(const struct mount_values *m, struct str *out)
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    static const char *const pier[] = {"", "  pier E", "  pier W"};
    if (!isnan(m->ra_rad))
        str_addf(out, "%s %s%s", sexa_format(m->ra_rad / DEG, SEXA_RA, 0, ':', ra),
                 sexa_format(m->dec_rad / DEG, SEXA_DEC, 0, ':', dec), pier[m->pier]);
}

static void camera_text(const struct camera_values *v, struct str *out)
{
    if (v->phase == CAMERA_EXPOSING)
        str_addf(out, "%.0f/%.0f s", v->exposed_s, v->exposure_s);
    else if (v->phase == CAMERA_READING && !isnan(v->fraction))
        str_addf(out, "%.0f %%", v->fraction * 100);
    number_or(out, "1", v->temp_degc, " C");
    if (v->cooling)
        number_or(out, "0", v->cooler_power * 100, " % power");
    if (v->bin > 1)
        str_addf(out, "%sbin %d", out->n ? "  " : "", v->bin);
}

static void weather_text(const struct weather_values *w, struct str *out)
{
    if (!isnan(w->humidity))
        str_addf(out, "hum %.0f %%", w->humidity);
    if (!isnan(w->wind_ms))
        str_addf(out, "  wind %.0f m/s", w->wind_ms);
    if (!isnan(w->sky_degc))
        str_addf(out, "  sky %.0f", w->sky_degc);
    number_or(out, "1", w->temp_degc, " C");
    if (w->rain_mmh > 0)
        str_add(out, "  RAIN");
}

static void kind_text(const struct device_info *d, struct str *out)
{
    switch (d->kind) {
    case DEVICE_MOUNT: mount_text(&d->v.mount, out); break;
    case DEVICE_CAMERA: camera_text(&d->v.camera, out); break;
    case DEVICE_FOCUSER:
        if (d->v.focuser.position >= 0)
            str_addf(out, "%d steps", d->v.focuser.position);
        number_or(out, "1", d->v.focuser.temp_degc, " C");
        break;
    case DEVICE_WHEEL:
        if (d->v.wheel.slot > 0 && d->v.wheel.slot <= WHEEL_SLOTS)
            str_addf(out, "%d %s", d->v.wheel.slot, d->v.wheel.name[d->v.wheel.slot - 1]);
        break;
    case DEVICE_DOME: number_or(out, "0", d->v.dome.az_rad / DEG, " deg az"); break;
    case DEVICE_WEATHER: weather_text(&d->v.weather, out); break;
    case DEVICE_GPS: number_or(out, "1", d->v.gps.clock_error_s, " s of UTC"); break;
    case DEVICE_SWITCH:
        for (int i = 0; i < d->v.sw.n && i < SWITCHES; i++)
            str_addf(out, "%s%s %g", i ? "  " : "", d->v.sw.sw[i].name, d->v.sw.sw[i].value);
        break;
    case DEVICE_OTHER: break;
    }
}

/* What is old is said to be old: never shown as what is. */
void devices_values(const struct devices_rows *m, const struct device_info *d, struct str *out)
{
    struct str t = {0};
    bool known = d->health.good_ms >= 0;
    (void)m;
    if (known)
        kind_text(d, &t);
    if (d->link == DEVICE_FAILED || (d->link != DEVICE_READY && !known))
        str_add(out, d->why);
    else if (d->stale && t.n)
        str_addf(out, "was %s", str_c(&t));
    else if (!d->trusted)
        str_addf(out, "NOT TRUSTED  %s", str_c(&t));
    else
        str_add(out, str_c(&t));
    str_clear(&t);
}

void devices_health(const struct device_info *d, struct str *out)
{
    if (d->link == DEVICE_LOST)
        str_add(out, "LOST");
    else if (d->link == DEVICE_READY && d->health.error_rate > 0)
        str_addf(out, "%.0f %% bad", ceil(d->health.error_rate * 100));
    else if (d->link == DEVICE_READY)
        str_add(out, "ok");
    else
        str_add(out, "-");
}

static void name_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, at(model, row)->name);
}

static void driver_cell(const void *model, size_t row, int width, struct str *out)
{
    const struct device_info *d = at(model, row);
    str_add(out, d->driver);
    if (width > 14)
        str_addf(out, " %s", d->address);
}

static void state_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, devices_state(at(model, row)));
}

static void values_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    devices_values(model, at(model, row), out);
}

static void health_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    devices_health(at(model, row), out);
}

static void age_cell(const void *model, size_t row, int width, struct str *out)
{
    const struct devices_rows *m = model;
    double age = rack_age_s(m->rack, at(model, row));
    (void)width;
    if (isnan(age))
        str_add(out, "-");
    else if (age < 10)
        str_addf(out, "%.1fs", age);
    else if (age < 100)
        str_addf(out, "%.0fs", age);
    else
        str_addf(out, "%.0fm", age / 60);
}

static double age_number(const void *model, size_t row)
{
    return rack_age_s(((const struct devices_rows *)model)->rack, at(model, row));
}

static void errors_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_addf(out, "%llu", (unsigned long long)at(model, row)->health.errors);
}

static double errors_number(const void *model, size_t row)
{
    return (double)at(model, row)->health.errors;
}

static enum role row_role(const void *model, size_t row)
{
    const struct device_info *d = at(model, row);
    char m = devices_mark(d);
    return m == '!'                              ? ROLE_ALARM
           : m == 'W'                            ? ROLE_WARN
           : m == '-'                            ? ROLE_TROUBLE
           : d->link != DEVICE_READY || d->stale ? ROLE_FAINT
                                                 : ROLE_TEXT;
}

static const struct list_column columns[] = {
    {"name", "Device", NULL, 9, 14, -1, 0, name_cell, NULL, NULL},
    {"driver", "Driver", NULL, 6, 30, -1, 2, driver_cell, NULL, NULL},
    {"state", "State", NULL, 10, 11, -1, 0, state_cell, NULL, NULL},
    {"values", "Values", NULL, 27, 60, -1, 0, values_cell, NULL, NULL},
    {"health", "Health", NULL, 8, 9, -1, 1, health_cell, NULL, NULL},
    {"age", "Age", NULL, 4, 5, 1, 0, age_cell, age_number, NULL},
    {"errors", "Errors", NULL, 6, 6, 1, LIST_WIDE, errors_cell, errors_number, NULL},
};

const struct list_source devices_source = {
    columns, sizeof columns / sizeof *columns, count, id, mark, row_role};

/* --- properties -------------------------------------------------------------------------------------- */

void devices_properties_gather(struct property_rows *p, const struct device_info *d)
{
    p->row.n = 0;
    p->device = d ? d->id : 0;
    for (size_t i = 0; d && i < rack_property_n(p->rack, d->id); i++) {
        const struct device_property *q = rack_property_at(p->rack, d->id, i);
        for (size_t k = 0; k < q->element.n; k++)
            VEC_PUSH(p->row, ((struct property_row){i, k}));
    }
}

static size_t property_count(const void *model)
{
    return ((const struct property_rows *)model)->row.n;
}

/* The rows are gathered anew when a property changed; until then one that is gone is shown empty. */
static const struct device_property *property_of(const void *model, size_t row)
{
    static const struct device_property gone = {.name = "", .group = ""};
    const struct property_rows *p = model;
    const struct device_property *q = rack_property_at(p->rack, p->device, p->row.at[row].property);
    return q ? q : &gone;
}

static const struct device_element *element_of(const void *model, size_t row)
{
    static const struct device_element gone = {"", "", "", "", "", ""};
    const struct device_property *q = property_of(model, row);
    size_t i = ((const struct property_rows *)model)->row.at[row].element;
    return i < q->element.n ? &q->element.at[i] : &gone;
}

static uint64_t property_id(const void *model, size_t row)
{
    uint64_t h = 14695981039346656037u;
    const char *text[2] = {property_of(model, row)->name, element_of(model, row)->name};
    for (int i = 0; i < 2; i++)
        for (const char *c = text[i]; *c; c++)
            h = (h ^ (unsigned char)*c) * 1099511628211u;
    return h;
}

static char property_mark(const void *model, size_t row)
{
    static const char mark_of[] = {' ', ' ', '+', '!'};
    return mark_of[property_of(model, row)->state];
}

static void property_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_addf(out, "%s.%s", property_of(model, row)->name, element_of(model, row)->name);
}

static void value_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, element_of(model, row)->value);
}

static void how_cell(const void *model, size_t row, int width, struct str *out)
{
    static const char *const state[] = {"idle", "ok", "busy", "ALERT"};
    const struct device_property *p = property_of(model, row);
    (void)width;
    str_addf(out, "%s%s", state[p->state], p->writable ? "" : "  read");
}

static void label_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_addf(out, "%s: %s", property_of(model, row)->group, element_of(model, row)->label);
}

static const struct list_column property_columns[] = {
    {"property", "Property", NULL, 24, 46, -1, 0, property_cell, NULL, NULL},
    {"value", "Value", NULL, 16, 40, -1, 0, value_cell, NULL, NULL},
    {"state", "State", NULL, 10, 12, -1, 0, how_cell, NULL, NULL},
    {"label", "Meaning", NULL, 16, 60, -1, LIST_WIDE, label_cell, NULL, NULL},
};

const struct list_source devices_property_source = {
    property_columns, sizeof property_columns / sizeof *property_columns,
    property_count,   property_id,
    property_mark,    NULL};
