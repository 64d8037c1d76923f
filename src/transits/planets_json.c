/* planets_json.c - ExoClock's catalogue from its JSON, in one pass. Not: the network, the table.
 * Layout: an object keyed by planet name, each value a flat object (Kokori et al. 2022, ApJS 258,
 * 40; the service https://www.exoclock.space/database/planets_json). Fields that are not known are
 * passed over, missing ones are unknown, a row that cannot be used is counted and the rest is read.
 */
#include "rows.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vigie/base/file.h"
#include "vigie/formats/json.h"
#include "vigie/formats/sexa.h"

static const double rad_per_deg = 0.017453292519943295769;

/* What is done with a field's value. NUMBER: as it is; VALUE: 0 is "not given"; ERROR: the larger
 * magnitude counts; COPY: used only where the first spelling of the field is missing. */
enum kind {
    TEXT,
    PRIORITY,
    SYSTEM,
    NUMBER,
    VALUE,
    DEGREES,
    COUNT,
    DAYS,
    DAYS_COPY,
    ERROR,
    RA,
    DEC
};

struct field {
    const char *name;
    enum kind kind;
    size_t offset;
};
#define AT(member) offsetof(struct planet, member)
static const struct field fields[] = {{"name", TEXT, AT(name)},
                                      {"star", TEXT, AT(star)},
                                      {"priority", PRIORITY, AT(priority_text)},
                                      {"total_observations", COUNT, AT(n_obs)},
                                      {"total_observations_recent", COUNT, AT(n_obs_recent)},
                                      {"current_oc_min", NUMBER, AT(oc_min)},
                                      {"discovery_ref", TEXT, AT(discovery_ref)},
                                      {"depth_r_mmag", NUMBER, AT(depth_mmag)},
                                      {"duration_hours", NUMBER, AT(duration_h)},
                                      {"ephem_mid_time", DAYS, AT(ephemeris.t0)},
                                      {"ephem_mid_time_e1", ERROR, AT(ephemeris.t0_err_d)},
                                      {"ephem_mid_time_e2", ERROR, AT(ephemeris.t0_err_d)},
                                      {"ephem_mid_time_format", SYSTEM, AT(ephemeris.system)},
                                      {"ephem_period", DAYS, AT(ephemeris.period)},
                                      {"ephem_period_e1", ERROR, AT(ephemeris.period_err_d)},
                                      {"ephem_period_e2", ERROR, AT(ephemeris.period_err_d)},
                                      {"ephem_parameters_ref", TEXT, AT(ephemeris.ref)},
                                      {"eccentricity", NUMBER, AT(eccentricity)},
                                      {"inclination", DEGREES, AT(inclination_rad)},
                                      {"periastron", DEGREES, AT(periastron_rad)},
                                      {"rp_over_rs", VALUE, AT(rp_over_rs)},
                                      {"sma_over_rs", VALUE, AT(a_over_rs)},
                                      {"transit_parameters_ref", TEXT, AT(transit_ref)},
                                      {"ra_j2000", RA, AT(ra_rad)},
                                      {"dec_j2000", DEC, AT(dec_rad)},
                                      {"v_mag", NUMBER, AT(mag_v)},
                                      {"r_mag", NUMBER, AT(mag_r)},
                                      {"gaia_g_mag", NUMBER, AT(mag_g)},
                                      {"logg", VALUE, AT(logg)},
                                      {"teff", VALUE, AT(teff_k)},
                                      {"min_telescope_inches", NUMBER, AT(min_aperture_in)},
                                      {"t0_bjd_tdb", DAYS_COPY, AT(ephemeris.t0)},
                                      {"t0_unc", ERROR, AT(ephemeris.t0_err_d)},
                                      {"period_days", DAYS_COPY, AT(ephemeris.period)},
                                      {"period_unc", ERROR, AT(ephemeris.period_err_d)}};
enum { FIELDS = sizeof fields / sizeof fields[0], SLOTS = 128 };

struct catalogue_reader {
    struct catalogue *c;
    struct json_reader *json;
    const struct field *slot[SLOTS]; /* fields by hash of their name */
    size_t depth;
    char key[ROW_TEXT + 1]; /* of the row in work */
    bool key_long;
    struct planet row;
    size_t odd; /* wrong types in it */
    bool has_t0, has_period;
    const struct field *field;
    bool no_object; /* the document is not an object of objects */
};

static size_t slot_of(const char *s, size_t n)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 16777619U;
    return (h ^ h >> 16) % SLOTS;
}

static const struct field *field_of(const struct catalogue_reader *r, const char *s, size_t n)
{
    for (size_t i = slot_of(s, n); r->slot[i]; i = (i + 1) % SLOTS)
        if (strncmp(r->slot[i]->name, s, n) == 0 && !r->slot[i]->name[n])
            return r->slot[i];
    return NULL;
}

/* ---- one value of a row ---- */

static void *place_of(struct catalogue_reader *r)
{
    return (char *)&r->row + r->field->offset;
}

static void take_number(struct catalogue_reader *r, const char *s, size_t n)
{
    double x, *to;
    switch (r->field->kind) {
    case DAYS:
    case DAYS_COPY: {
        struct days d;
        bool *has = r->field->offset == AT(ephemeris.t0) ? &r->has_t0 : &r->has_period;
        if (r->field->kind == DAYS_COPY && *has)
            return;
        if (!days_read(s, n, &d)) {
            r->odd++;
            return;
        }
        *has = true;
        *(struct days *)place_of(r) = d;
        return;
    }
    case COUNT:
        x = json_double(s, n);
        if (x >= 0 && x < 1e9)
            *(int *)place_of(r) = (int)x;
        else
            r->odd++;
        return;
    case NUMBER:
    case VALUE:
    case DEGREES:
    case ERROR:
        x = json_double(s, n);
        to = place_of(r);
        if (!isfinite(x)) {
            r->odd++;
            return;
        }
        x = x == 0 ? 0 : x; /* no negative zero */
        if (r->field->kind == DEGREES)
            *to = x * rad_per_deg;
        else if (r->field->kind == ERROR)
            *to = x != 0 && !(fabs(x) <= *to) ? fabs(x) : *to;
        else
            *to = r->field->kind == VALUE && x == 0 ? (double)NAN : x;
        return;
    case TEXT:
    case PRIORITY:
    case SYSTEM:
    case RA:
    case DEC: r->odd++; return;
    }
}

static const char *keep(struct catalogue_reader *r, const char *s, size_t n)
{
    return n ? arena_strn(&r->c->arena, s, n < ROW_TEXT ? n : ROW_TEXT) : "";
}

static void take_text(struct catalogue_reader *r, const char *s, size_t n)
{
    double x;
    switch (r->field->kind) {
    case TEXT: *(const char **)place_of(r) = keep(r, s, n); return;
    case PRIORITY:
        r->row.priority_text = keep(r, s, n);
        r->row.priority = priority_read(r->row.priority_text);
        return;
    case SYSTEM:
        if (!time_system_read(keep(r, s, n), &r->row.ephemeris.system))
            r->odd++;
        return;
    case RA:
        if (sexa_parse(s, n, SEXA_RA, &x, NULL) == OK)
            r->row.ra_rad = x * rad_per_deg;
        return;
    case DEC:
        if (sexa_parse(s, n, SEXA_DEC, &x, NULL) == OK)
            r->row.dec_rad = x * rad_per_deg;
        return;
    case NUMBER:
    case VALUE:
    case DEGREES:
    case COUNT:
    case DAYS:
    case DAYS_COPY:
    case ERROR:
        r->odd++;
        if (n && isfinite(json_double(s, n))) /* a number in quotes */
            take_number(r, s, n);
        return;
    }
}

/* ---- rows ---- */

static void begin_row(struct catalogue_reader *r)
{
    row_blank(&r->row, r->c->origin);
    r->odd = 0;
    r->has_t0 = r->has_period = false;
    r->field = NULL;
}

/* "WASP-12" of "WASP-12b", "TOI-150" of "TOI-150.01". */
static const char *star_of(struct catalogue_reader *r, const char *name)
{
    size_t n = strlen(name);
    const char *dot = strrchr(name, '.');
    if (dot && dot[1] && strspn(dot + 1, "0123456789") == strlen(dot + 1))
        n = (size_t)(dot - name);
    else if (n > 1 && name[n - 1] >= 'b' && name[n - 1] <= 'z')
        n--;
    return arena_strn(&r->c->arena, name, n);
}

static bool end_row(struct catalogue_reader *r)
{
    struct planet *p = &r->row;
    char why[128];
    bool replaced;
    if (!p->name[0])
        p->name = arena_str(&r->c->arena, r->key);
    if (!p->star[0] && p->name[0])
        p->star = star_of(r, p->name);
    if (p->ephemeris.system == TIME_BTJD) {
        p->ephemeris.t0.day += 2457000;
        p->ephemeris.system = TIME_BJD_TDB;
    }
    if (!(p->eccentricity > 0 && p->eccentricity < 1))
        p->periastron_rad = (double)NAN;
    if (!planet_known(p->inclination_rad))
        p->inclination_rad = (double)NAN;
    if (r->key_long) {
        catalogue_refuse(r->c, r->key, "name too long");
        return true;
    }
    if (!row_check(p, why, sizeof why)) {
        catalogue_refuse(r->c, p->name[0] ? p->name : r->key, why);
        return true;
    }
    if (!catalogue_add(r->c, p, &replaced)) {
        json_reader_stop(r->json, E_RANGE, "more planets than this program takes (100000)");
        return false;
    }
    r->c->n_duplicate += replaced;
    r->c->n_odd += r->odd;
    return true;
}

/* ---- events; depth 1: names of planets, depth 2: fields ---- */

static bool not_a_row(struct catalogue_reader *r)
{
    if (r->depth == 0)
        r->no_object = true;
    else if (r->depth == 1 && !r->no_object)
        catalogue_refuse(r->c, r->key, "is not an object");
    else if (r->depth == 2 && r->field)
        r->odd++;
    return true;
}

static bool on_start_object(void *arg)
{
    struct catalogue_reader *r = arg;
    if (r->depth == 1 && !r->no_object)
        begin_row(r);
    else if (r->depth > 1)
        not_a_row(r);
    r->depth++;
    return true;
}

static bool on_end_object(void *arg)
{
    struct catalogue_reader *r = arg;
    return --r->depth == 1 && !r->no_object ? end_row(r) : true;
}

static bool on_start_array(void *arg)
{
    struct catalogue_reader *r = arg;
    not_a_row(r);
    r->depth += 3; /* nothing inside of it is a row or a field */
    return true;
}

static bool on_end_array(void *arg)
{
    struct catalogue_reader *r = arg;
    r->depth -= 3;
    return true;
}

static bool on_key(void *arg, const char *s, size_t n)
{
    struct catalogue_reader *r = arg;
    if (r->depth == 1) {
        r->key_long = n > ROW_TEXT || memchr(s, 0, n);
        n = n < ROW_TEXT ? n : ROW_TEXT;
        memcpy(r->key, s, n);
        r->key[n] = 0;
    } else if (r->depth == 2) {
        r->field = field_of(r, s, n);
    }
    return true;
}

static bool on_string(void *arg, const char *s, size_t n)
{
    struct catalogue_reader *r = arg;
    if (r->depth < 2)
        return not_a_row(r);
    if (r->depth == 2 && r->field)
        take_text(r, s, n);
    return true;
}

static bool on_number(void *arg, const char *s, size_t n)
{
    struct catalogue_reader *r = arg;
    if (r->depth < 2)
        return not_a_row(r);
    if (r->depth == 2 && r->field)
        take_number(r, s, n);
    return true;
}

static bool on_boolean(void *arg, bool b)
{
    (void)b;
    return not_a_row(arg);
}

static bool on_null(void *arg)
{
    struct catalogue_reader *r = arg;
    return r->depth < 2 ? not_a_row(r) : true;
}

static const struct json_events events = {on_start_object, on_key,       on_end_object,
                                          on_start_array,  on_end_array, on_string,
                                          on_number,       on_boolean,   on_null};

/* ---- the public face ---- */

struct catalogue_reader *catalogue_reader_new(const char *source, enum planet_origin origin,
                                              double max_mb)
{
    struct catalogue_reader *r = mem_zero(sizeof *r);
    double mb = max_mb > 0 ? fmin(max_mb, 4096) : 64;
    struct json_limits lim = {.bytes = (size_t)(mb * 1e6), .nonfinite = true};
    r->c = catalogue_new(source, origin);
    r->json = json_reader_new(&events, r, &lim);
    for (size_t k = 0; k < FIELDS; k++) {
        size_t i = slot_of(fields[k].name, strlen(fields[k].name));
        while (r->slot[i])
            i = (i + 1) % SLOTS;
        r->slot[i] = &fields[k];
    }
    return r;
}

void catalogue_reader_free(struct catalogue_reader *r)
{
    if (!r)
        return;
    catalogue_free(r->c);
    json_reader_free(r->json);
    free(r);
}

enum status catalogue_feed(struct catalogue_reader *r, const void *bytes, size_t n,
                           struct error *err)
{
    if (json_feed(r->json, bytes, n, err) != OK)
        return err_wrap(err, "%.80s", r->c->source);
    return OK;
}

enum status catalogue_finish(struct catalogue_reader *r, struct catalogue **c, struct error *err)
{
    *c = NULL;
    if (json_finish(r->json, err) != OK)
        return err_wrap(err, "%.80s", r->c->source);
    if (r->c->n == 0 && r->c->n_reject > 0)
        return err_set(err, E_PARSE, "%.80s: no usable planet in it (%.40s: %.60s)", r->c->source,
                       r->c->reject[0].name, r->c->reject[0].why);
    if (r->c->n == 0)
        return err_set(err, E_PARSE, "%.80s: no planet in it; is this ExoClock's planets_json?",
                       r->c->source);
    *c = r->c;
    r->c = catalogue_new((*c)->source, (*c)->origin);
    return OK;
}

enum status catalogue_read(const char *path, double max_mb, struct catalogue **c, struct error *err)
{
    struct catalogue_reader *r =
        catalogue_reader_new(strcmp(path, "-") ? path : "standard input", PLANET_EXOCLOCK, max_mb);
    struct stat st = {0};
    enum status s = OK;
    char piece[65536];
    FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    *c = NULL;
    if (!f || fstat(fileno(f), &st) != 0)
        s = err_errno(err, "%.200s", path);
    else if (S_ISDIR(st.st_mode))
        s = err_set(err, E_IO, "%.200s: is a folder", path);
    for (size_t n = 1; s == OK && n > 0;) {
        n = fread(piece, 1, sizeof piece, f);
        if (n)
            s = catalogue_feed(r, piece, n, err);
        else if (ferror(f))
            s = err_errno(err, "%.200s", path);
    }
    if (s == OK)
        s = catalogue_finish(r, c, err);
    if (*c && S_ISREG(st.st_mode))
        (*c)->fetched_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    if (f && f != stdin)
        fclose(f);
    catalogue_reader_free(r);
    return s;
}
