/* rows.c - see rows.h. Not: any file's layout. */
#include "rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/json.h"

bool days_read(const char *s, size_t n, struct days *d)
{
    bool negative = n && *s == '-', point = false, any = false;
    double day = 0, frac = 0, scale = 1;
    size_t i = n && (*s == '-' || *s == '+') ? 1 : 0;
    for (; i < n; i++) {
        if (s[i] == '.' && !point) {
            point = true;
        } else if (s[i] >= '0' && s[i] <= '9') {
            any = true;
            if (!point)
                day = day * 10 + (s[i] - '0');
            else if (scale < 1e18)
                scale *= 10, frac = frac * 10 + (s[i] - '0');
        } else {
            break;
        }
    }
    if (i < n) { /* an exponent, or no number: one double has to do */
        double x = json_double(s, n);
        if (!isfinite(x) || fabs(x) > 1e7)
            return false;
        d->day = floor(x);
        d->frac = x - d->day;
        return true;
    }
    if (!any || day > 1e7)
        return false;
    frac /= scale;
    if (negative) {
        day = frac > 0 ? -day - 1 : -day;
        frac = frac > 0 ? 1 - frac : 0;
    }
    d->day = day;
    d->frac = frac;
    return true;
}

enum priority priority_read(const char *text)
{
    static const char *const names[] = {"", "low", "medium", "high", "alert"};
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++)
        if (str_eqi(text, names[i]))
            return (enum priority)i;
    return PRIORITY_NONE;
}

void row_blank(struct planet *p, enum planet_origin origin)
{
    const double none = (double)NAN;
    *p = (struct planet){.name = "",
                         .star = "",
                         .priority_text = "",
                         .origin = origin,
                         .ra_rad = none,
                         .dec_rad = none,
                         .duration_h = none,
                         .depth_mmag = none,
                         .mag_v = none,
                         .mag_r = none,
                         .mag_g = none,
                         .min_aperture_in = none,
                         .oc_min = none,
                         .teff_k = none,
                         .logg = none,
                         .rp_over_rs = none,
                         .a_over_rs = none,
                         .inclination_rad = none,
                         .eccentricity = none,
                         .periastron_rad = none,
                         .n_obs = -1,
                         .n_obs_recent = -1,
                         .discovery_ref = "",
                         .transit_ref = ""};
    p->ephemeris = (struct ephemeris){.t0 = {none, none},
                                      .period = {none, none},
                                      .t0_err_d = none,
                                      .period_err_d = none,
                                      .ref = ""};
}

bool row_check(const struct planet *p, char *why, size_t n)
{
    const struct ephemeris *e = &p->ephemeris;
    double t0 = e->t0.day + e->t0.frac, period = e->period.day + e->period.frac;
    char key[NAME_KEY];
    name_key(p->name, key);
    if (!key[0])
        snprintf(why, n, "no name");
    else if (isnan(t0))
        snprintf(why, n, "no mid-transit time");
    else if (!(t0 >= 2400000 && t0 < 2500000))
        snprintf(why, n, "mid-transit time %.10g is no Julian date", t0);
    else if (isnan(period))
        snprintf(why, n, "no period");
    else if (!(period > 0))
        snprintf(why, n, "period %.10g d is not above 0", period);
    else if (isnan(p->duration_h))
        snprintf(why, n, "no duration");
    else if (!(p->duration_h > 0 && p->duration_h < 24 * period))
        snprintf(why, n, "duration %.6g h is not between 0 and the period", p->duration_h);
    else if (isnan(p->ra_rad) || isnan(p->dec_rad))
        snprintf(why, n, "no usable right ascension and declination");
    else
        return true;
    return false;
}

bool planet_known(double x)
{
    return isfinite(x) && x != 0;
}

/* ---- names ---- */

void name_key(const char *name, char key[NAME_KEY])
{
    size_t n = 0;
    for (; *name && n + 1 < NAME_KEY; name++) {
        unsigned char c = (unsigned char)*name;
        if (c == ' ' || c == '-' || c == '_' || c == '\t')
            continue;
        key[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    key[n] = 0;
}

static uint32_t hash_of(const char *key)
{
    uint32_t h = 2166136261U; /* FNV-1a */
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 16777619U;
    return h;
}

static void index_put(struct catalogue_index *x, uint32_t hash, uint32_t place)
{
    size_t i = hash & (x->cap - 1);
    while (x->at[i])
        i = (i + 1) & (x->cap - 1);
    x->at[i] = place + 1;
    x->hash[i] = hash;
}

static void index_grow(struct catalogue_index *x)
{
    struct catalogue_index was = *x;
    x->cap = was.cap ? was.cap * 2 : 256;
    x->at = mem_zero(x->cap * sizeof *x->at);
    x->hash = mem_zero(x->cap * sizeof *x->hash);
    for (size_t i = 0; i < was.cap; i++)
        if (was.at[i])
            index_put(x, was.hash[i], was.at[i] - 1);
    free(was.at);
    free(was.hash);
}

/* The planet whose name has this key; of several the one whose name is `exact` (NULL: the first). */
static struct planet *index_find(const struct catalogue *c, const char *key, const char *exact)
{
    const struct catalogue_index *x = c->index;
    uint32_t hash = hash_of(key);
    char other[NAME_KEY];
    for (size_t i = hash & (x->cap - 1); x->cap && x->at[i]; i = (i + 1) & (x->cap - 1)) {
        struct planet *p = &c->planet[x->at[i] - 1];
        if (x->hash[i] != hash)
            continue;
        name_key(p->name, other);
        if (strcmp(other, key) == 0 && (!exact || strcmp(p->name, exact) == 0))
            return p;
    }
    return NULL;
}

const struct planet *catalogue_find(const struct catalogue *c, const char *name)
{
    char key[NAME_KEY];
    name_key(name, key);
    if (!key[0])
        return NULL;
    const struct planet *p = index_find(c, key, name);
    return p ? p : index_find(c, key, NULL);
}

/* ---- growing ---- */

struct catalogue *catalogue_new(const char *source, enum planet_origin origin)
{
    struct catalogue *c = mem_zero(sizeof *c);
    c->index = mem_zero(sizeof *c->index);
    c->source = arena_str(&c->arena, source);
    c->origin = origin;
    return c;
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    free(c->planet);
    free(c->reject);
    free(c->index->at);
    free(c->index->hash);
    free(c->index);
    arena_clear(&c->arena);
    free(c);
}

bool catalogue_add(struct catalogue *c, const struct planet *p, bool *replaced)
{
    char key[NAME_KEY];
    name_key(p->name, key);
    struct planet *was = index_find(c, key, p->name);
    *replaced = was != NULL;
    if (was) {
        *was = *p;
        return true;
    }
    if (c->n == CATALOGUE_MAX)
        return false;
    if ((c->n & (c->n - 1)) == 0 && c->n != 1) /* 0, 2, 4, 8...: time to double */
        c->planet = mem_grow(c->planet, (c->n ? c->n * 2 : 2) * sizeof *c->planet);
    if (c->n * 2 >= c->index->cap)
        index_grow(c->index);
    c->planet[c->n] = *p;
    index_put(c->index, hash_of(key), (uint32_t)c->n);
    c->n++;
    return true;
}

void catalogue_refuse(struct catalogue *c, const char *name, const char *why)
{
    if (c->n_reject < CATALOGUE_REJECTS) {
        if (!c->reject)
            c->reject = mem_zero(CATALOGUE_REJECTS * sizeof *c->reject);
        c->reject[c->n_reject].name = arena_strn(&c->arena, name, ROW_TEXT);
        c->reject[c->n_reject].why = arena_str(&c->arena, why);
    }
    c->n_reject++;
}

/* ---- time systems ---- */

static const char *const systems[] = {
    [TIME_UNKNOWN] = "unknown", [TIME_BJD_TDB] = "BJD_TDB", [TIME_BJD_TT] = "BJD_TT",
    [TIME_BJD_UTC] = "BJD_UTC", [TIME_BJD] = "BJD",         [TIME_HJD_TDB] = "HJD_TDB",
    [TIME_HJD_TT] = "HJD_TT",   [TIME_HJD_UTC] = "HJD_UTC", [TIME_HJD] = "HJD",
    [TIME_JD_UTC] = "JD_UTC",   [TIME_JD] = "JD",           [TIME_BTJD] = "BTJD"};

const char *time_system_name(enum time_system system)
{
    return systems[system];
}

bool time_system_read(const char *text, enum time_system *system)
{
    char key[NAME_KEY], other[NAME_KEY];
    *system = TIME_UNKNOWN;
    if (!text)
        return false;
    name_key(text, key);
    for (size_t i = TIME_BJD_TDB; i < sizeof systems / sizeof systems[0]; i++) {
        name_key(systems[i], other);
        if (strcmp(key, other) == 0) {
            *system = (enum time_system)i;
            return true;
        }
    }
    return false;
}
