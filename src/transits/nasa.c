/* nasa.c - see nasa.h. */
#include "vigie/transits/nasa.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "vigie/formats/csv.h"
#include "vigie/formats/json.h"

static const double deg_per_rad = 57.295779513082320877;

enum column {
    NAME,
    HOST,
    DEFAULT,
    RA,
    DEC,
    T0,
    T0_ERR1,
    T0_ERR2,
    SYSTEM,
    PERIOD,
    PERIOD_ERR1,
    PERIOD_ERR2,
    DURATION,
    DEPTH,
    REFERENCE,
    UPDATED,
    COLUMNS
};
static const char *const columns[COLUMNS] = {"pl_name",
                                             "hostname",
                                             "default_flag",
                                             "ra",
                                             "dec",
                                             "pl_tranmid",
                                             "pl_tranmiderr1",
                                             "pl_tranmiderr2",
                                             "pl_tranmid_systemref",
                                             "pl_orbper",
                                             "pl_orbpererr1",
                                             "pl_orbpererr2",
                                             "pl_trandur",
                                             "pl_trandep",
                                             "pl_refname",
                                             "rowupdate"};

void nasa_url(const struct planet *p, struct str *url)
{
    const double half = 0.01;
    double ra = p->ra_rad * deg_per_rad, dec = p->dec_rad * deg_per_rad;
    double wide = fabs(dec) < 89 ? half / cos(p->dec_rad) : 180;
    double lo = ra - wide, hi = ra + wide;
    str_add(url, "https://exoplanetarchive.ipac.caltech.edu/TAP/sync?query=select+");
    for (int i = 0; i < COLUMNS; i++)
        str_addf(url, "%s%s", i ? "," : "", columns[i]);
    str_addf(url, "+from+ps+where+dec+between+%.5f+and+%.5f+and+", dec - half, dec + half);
    if (hi - lo >= 360)
        str_add(url, "ra+between+0+and+360");
    else if (lo < 0 || hi > 360)
        str_addf(url, "(ra+between+%.5f+and+360+or+ra+between+0+and+%.5f)", lo < 0 ? lo + 360 : lo,
                 hi > 360 ? hi - 360 : hi);
    else
        str_addf(url, "ra+between+%.5f+and+%.5f", lo, hi);
    str_add(url, "&format=csv");
}

struct parse {
    struct nasa_table *t;
    VEC(struct nasa_row) rows;
    int place[COLUMNS]; /* of each column in a row, -1: not there */
    bool header;
    struct error *err;
};

static enum status read_header(struct parse *p, const struct csv_field *f, size_t n)
{
    for (int c = 0; c < COLUMNS; c++) {
        p->place[c] = -1;
        for (size_t i = 0; i < n; i++)
            if (str_eqi(f[i].s, columns[c]))
                p->place[c] = (int)i;
    }
    if (p->place[NAME] < 0 || p->place[T0] < 0 || p->place[PERIOD] < 0)
        return err_set(p->err, E_PARSE,
                       "NASA Exoplanet Archive: the answer is no table of planets (\"%.60s\")",
                       n ? f[0].s : "");
    p->header = true;
    return OK;
}

static const char *text_of(const struct parse *p, const struct csv_field *f, size_t n, int column)
{
    int i = p->place[column];
    return i >= 0 && (size_t)i < n ? f[i].s : "";
}

static double number_of(const struct parse *p, const struct csv_field *f, size_t n, int column)
{
    const char *s = text_of(p, f, n, column);
    double x = json_double(s, strlen(s));
    return isfinite(x) ? x : (double)NAN;
}

static struct days days_of(const struct parse *p, const struct csv_field *f, size_t n, int column)
{
    const char *s = text_of(p, f, n, column);
    struct days d = {(double)NAN, (double)NAN};
    if (!*s || !days_read(s, strlen(s), &d))
        d = (struct days){(double)NAN, (double)NAN};
    return d;
}

static double larger_error(double a, double b)
{
    double e = fmax(fabs(a), fabs(b)); /* fmax passes over one NAN */
    return e > 0 ? e : (double)NAN;
}

/* A text without <tags>. */
static const char *plain(struct arena *a, const char *s)
{
    struct str out = {.max = 200};
    bool tag = false;
    for (; *s; s++) {
        if (*s == '<' || *s == '>')
            tag = *s == '<';
        else if (!tag)
            str_addc(&out, *s);
    }
    char *kept = arena_str(a, str_c(&out));
    str_clear(&out);
    return kept;
}

/* The bibcode in the link ".../abs/2017A%26A...602A.107B/abstract", "" if there is none. */
static const char *bibcode(struct arena *a, const char *s)
{
    const char *at = strstr(s, "/abs/");
    char out[24];
    size_t n = 0;
    if (!at)
        return "";
    for (at += 5; *at && !strchr("/ >\"'", *at) && n + 1 < sizeof out; at++) {
        bool amp = strncmp(at, "&amp;", 5) == 0, escaped = strncmp(at, "%26", 3) == 0;
        out[n++] = amp || escaped ? '&' : *at;
        at += amp ? 4 : escaped ? 2 : 0;
    }
    out[n] = 0;
    return n == 19 ? arena_str(a, out) : "";
}

static bool no_system(enum time_system s)
{
    return s == TIME_UNKNOWN || s == TIME_JD || s == TIME_BJD || s == TIME_HJD;
}

static bool on_row(void *arg, uint64_t line, const struct csv_field *f, size_t n)
{
    struct parse *p = arg;
    struct arena *a = &p->t->arena;
    struct nasa_row r = {0};
    (void)line;
    if (!p->header)
        return read_header(p, f, n) == OK;
    r.name = arena_str(a, text_of(p, f, n, NAME));
    if (!*r.name) {
        p->t->n_reject++;
        return true;
    }
    r.host = arena_str(a, text_of(p, f, n, HOST));
    r.updated = arena_str(a, text_of(p, f, n, UPDATED));
    r.reference = plain(a, text_of(p, f, n, REFERENCE));
    r.default_set = number_of(p, f, n, DEFAULT) == 1;
    r.ra_rad = number_of(p, f, n, RA) / deg_per_rad;
    r.dec_rad = number_of(p, f, n, DEC) / deg_per_rad;
    r.duration_h = number_of(p, f, n, DURATION);
    r.depth_mmag = -2500 * log10(1 - number_of(p, f, n, DEPTH) / 100);
    struct ephemeris *e = &r.ephemeris;
    e->t0 = days_of(p, f, n, T0);
    e->period = days_of(p, f, n, PERIOD);
    e->t0_err_d = larger_error(number_of(p, f, n, T0_ERR1), number_of(p, f, n, T0_ERR2));
    e->period_err_d =
        larger_error(number_of(p, f, n, PERIOD_ERR1), number_of(p, f, n, PERIOD_ERR2));
    (void)time_system_read(text_of(p, f, n, SYSTEM), &e->system);
    r.unsure = no_system(e->system);
    const char *code = bibcode(a, text_of(p, f, n, REFERENCE));
    e->ref = *code ? code : r.reference;
    VEC_PUSH(p->rows, r);
    return true;
}

/* What stands where a table should be: a page of the site's gate, or the service's own error. */
static enum status not_a_table(const char *s, size_t n, struct error *err)
{
    while (n && strchr(" \t\r\n", *s) && *s)
        s++, n--;
    if (!n)
        return err_set(err, E_PARSE, "NASA Exoplanet Archive: the answer is empty");
    if (*s == '<')
        return err_set(err, E_PARSE,
                       "NASA Exoplanet Archive: the answer is a page or an error, not a table");
    return OK;
}

enum status nasa_read(const void *bytes, size_t n, struct nasa_table **t, struct error *err)
{
    struct parse p = {.t = mem_zero(sizeof *p.t)};
    struct error why = {0}, stopped = {0};
    p.err = &stopped;
    struct csv_limits lim = {.fields = 1000, .comment = '#'};
    struct csv_reader *csv = csv_reader_new(',', &lim, on_row, &p);
    *t = NULL;
    enum status s = not_a_table(bytes, n, &why);
    if (s == OK)
        s = csv_feed(csv, bytes, n, &why);
    if (s == OK)
        s = csv_finish(csv, &why);
    if (s == OK && !p.header)
        s = err_set(&why, E_PARSE, "NASA Exoplanet Archive: the answer is empty");
    if (s == E_CANCELLED)
        why = stopped;
    csv_reader_free(csv);
    p.t->at = p.rows.at;
    p.t->n = p.rows.n;
    if (why.status != OK) {
        nasa_free(p.t);
        if (err)
            *err = why;
        return why.status;
    }
    *t = p.t;
    return OK;
}

void nasa_free(struct nasa_table *t)
{
    if (!t)
        return;
    free(t->at);
    arena_clear(&t->arena);
    free(t);
}

static double total(const struct days *d)
{
    return d->day + d->frac;
}

static bool same_planet(const struct nasa_row *r, const struct planet *p)
{
    char a[NAME_KEY], b[NAME_KEY];
    name_key(r->name, a);
    name_key(p->name, b);
    return strcmp(a, b) == 0 ||
           fabs(total(&r->ephemeris.period) / total(&p->ephemeris.period) - 1) < 0.01;
}

const struct nasa_row *nasa_best(const struct nasa_table *t, const struct planet *p)
{
    const struct nasa_row *best = NULL;
    for (size_t i = 0; i < t->n; i++) {
        const struct nasa_row *r = &t->at[i];
        if (!(total(&r->ephemeris.t0) > 0) || !(total(&r->ephemeris.period) > 0) ||
            !same_planet(r, p))
            continue;
        if (!best || r->default_set > best->default_set ||
            (r->default_set == best->default_set && strcmp(r->updated, best->updated) > 0))
            best = r;
    }
    return best;
}

void nasa_planet(const struct nasa_row *row, const struct planet *p, struct planet *out)
{
    *out = *p;
    out->ephemeris = row->ephemeris;
}
