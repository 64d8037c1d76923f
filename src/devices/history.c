/* history.c - see history.h: a ring of minutes a series.
 */
#include "vigie/devices/history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/devices/rack.h"
#include "vigie/sky/frame.h"

#define DEG (3.14159265358979323846 / 180)

enum { NAME = 24, SERIES_MAX = 100 };
static const int64_t MINUTE_NS = 60000000000;

struct series {
    uint64_t device;
    char name[NAME], unit[NAME];
    int64_t newest; /* minute */
    double sum;     /* of the newest minute */
    int n;
    double minute[HISTORY_MINUTES]; /* by minute modulo; NAN */
};

struct history {
    VEC(struct series *) series;
};

struct history *history_new(void)
{
    return mem_zero(sizeof(struct history));
}

void history_free(struct history *h)
{
    if (!h)
        return;
    for (size_t i = 0; i < h->series.n; i++)
        free(h->series.at[i]);
    VEC_FREE(h->series);
    free(h);
}

static struct series *series_of(struct history *h, uint64_t device, const char *name,
                                const char *unit, int64_t minute)
{
    for (size_t i = 0; i < h->series.n; i++)
        if (h->series.at[i]->device == device && strcmp(h->series.at[i]->name, name) == 0)
            return h->series.at[i];
    if (h->series.n >= SERIES_MAX)
        return NULL;
    struct series *s = mem_zero(sizeof *s);
    s->device = device;
    s->newest = minute;
    snprintf(s->name, sizeof s->name, "%s", name);
    snprintf(s->unit, sizeof s->unit, "%s", unit);
    for (int i = 0; i < HISTORY_MINUTES; i++)
        s->minute[i] = (double)NAN;
    VEC_PUSH(h->series, s);
    return s;
}

void history_put(struct history *h, uint64_t device, const char *name, const char *unit,
                 int64_t wall_ns, double value)
{
    int64_t minute = wall_ns / MINUTE_NS;
    if (!isfinite(value) || wall_ns < 0)
        return;
    struct series *s = series_of(h, device, name, unit, minute);
    if (!s || minute < s->newest)
        return;
    if (minute > s->newest) {
        int64_t gone = minute - s->newest;
        for (int64_t i = 1; i <= gone && i <= HISTORY_MINUTES; i++)
            s->minute[(s->newest + i) % HISTORY_MINUTES] = (double)NAN;
        s->newest = minute;
        s->sum = 0;
        s->n = 0;
    }
    s->sum += value;
    s->n++;
    s->minute[minute % HISTORY_MINUTES] = s->sum / s->n;
}

static double off_target_arcsec(const struct mount_values *m)
{
    if (!m->tracking || m->slewing || m->parked || isnan(m->target_ra_rad) || isnan(m->ra_rad))
        return (double)NAN;
    double off = sky_separation(m->target_ra_rad, m->target_dec_rad, m->ra_rad, m->dec_rad) / DEG;
    return off < 1 ? off * 3600 : (double)NAN;
}

void history_sample(struct history *h, const struct rack *r, int64_t wall_ns)
{
    for (size_t i = 0; i < rack_n(r); i++) {
        const struct device_info *d = rack_at(r, i);
        if (d->link != DEVICE_READY || d->stale || d->health.good_ms < 0)
            continue;
        const union device_values *v = &d->v;
        if (d->kind == DEVICE_WEATHER) {
            history_put(h, d->id, "wind", "m/s", wall_ns, v->weather.wind_ms);
            history_put(h, d->id, "humidity", "%", wall_ns, v->weather.humidity);
            history_put(h, d->id, "sky", "C", wall_ns, v->weather.sky_degc);
            history_put(h, d->id, "temperature", "C", wall_ns, v->weather.temp_degc);
        } else if (d->kind == DEVICE_FOCUSER) {
            history_put(h, d->id, "tube", "C", wall_ns, v->focuser.temp_degc);
        } else if (d->kind == DEVICE_CAMERA) {
            history_put(h, d->id, "chip", "C", wall_ns, v->camera.temp_degc);
        } else if (d->kind == DEVICE_MOUNT) {
            history_put(h, d->id, "off target", "\"", wall_ns, off_target_arcsec(&v->mount));
        }
    }
}

size_t history_n(const struct history *h)
{
    return h->series.n;
}

struct history_series history_at(const struct history *h, size_t i)
{
    const struct series *s = h->series.at[i];
    struct history_series of = {.device = s->device,
                                .name = s->name,
                                .unit = s->unit,
                                .now = s->minute[s->newest % HISTORY_MINUTES],
                                .least = (double)INFINITY,
                                .most = (double)-INFINITY,
                                .newest_ns = s->newest * MINUTE_NS};
    for (int k = 0; k < HISTORY_MINUTES; k++) {
        of.least = fmin(of.least, s->minute[k]);
        of.most = fmax(of.most, s->minute[k]);
    }
    return of;
}

double history_value(const struct history *h, size_t i, int64_t wall_ns)
{
    const struct series *s = h->series.at[i];
    int64_t minute = wall_ns / MINUTE_NS;
    if (wall_ns < 0 || minute > s->newest || s->newest - minute >= HISTORY_MINUTES)
        return (double)NAN;
    return s->minute[minute % HISTORY_MINUTES];
}
