/* own.c - the observer's own targets from a text file (format: catalogue.h). Not: ExoClock's
 * layout; no conversion of times.
 */
#include "rows.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/formats/sexa.h"

enum { MAX_BYTES = 4000000, WORD = 200 };

/* A number with a unit behind it: factor turns it into the unit of the field. */
struct unit {
    const char *name;
    double factor;
};
static const struct unit none[] = {{"", 1}, {NULL, 0}};
static const struct unit hours[] = {{"", 1},         {"h", 1},  {"min", 1.0 / 60},
                                    {"m", 1.0 / 60}, {"d", 24}, {NULL, 0}};
static const struct unit days[] = {
    {"", 1}, {"d", 1}, {"h", 1.0 / 24}, {"min", 1.0 / 1440}, {"s", 1.0 / 86400}, {NULL, 0}};
static const struct unit mmags[] = {{"", 1}, {"mmag", 1}, {"mag", 1000}, {NULL, 0}};
static const struct unit parts[] = {{"%", 1e-2}, {"ppt", 1e-3}, {"ppm", 1e-6}, {NULL, 0}};

enum kind { TEXT, DAYS, NUMBER, DEPTH, SYSTEM, PRIORITY, RA, DEC };

static const struct key {
    const char *name;
    enum kind kind;
    size_t offset;
    const struct unit *units;
    double least, most;
} keys[] = {{"name", TEXT, offsetof(struct planet, name), NULL, 0, 0},
            {"star", TEXT, offsetof(struct planet, star), NULL, 0, 0},
            {"ref", TEXT, offsetof(struct planet, ephemeris.ref), NULL, 0, 0},
            {"priority", PRIORITY, 0, NULL, 0, 0},
            {"system", SYSTEM, 0, NULL, 0, 0},
            {"t0", DAYS, offsetof(struct planet, ephemeris.t0), NULL, 0, 0},
            {"period", DAYS, offsetof(struct planet, ephemeris.period), NULL, 0, 0},
            {"t0_err", NUMBER, offsetof(struct planet, ephemeris.t0_err_d), days, 0, 1e5},
            {"period_err", NUMBER, offsetof(struct planet, ephemeris.period_err_d), days, 0, 1e5},
            {"duration", NUMBER, offsetof(struct planet, duration_h), hours, 0, 1e5},
            {"depth", DEPTH, offsetof(struct planet, depth_mmag), mmags, 0, 1e5},
            {"v", NUMBER, offsetof(struct planet, mag_v), none, -5, 40},
            {"r", NUMBER, offsetof(struct planet, mag_r), none, -5, 40},
            {"g", NUMBER, offsetof(struct planet, mag_g), none, -5, 40},
            {"aperture_mm", NUMBER, offsetof(struct planet, min_aperture_in), none, 0, 1e5},
            {"oc_min", NUMBER, offsetof(struct planet, oc_min), none, -1e6, 1e6},
            {"ra", RA, 0, NULL, 0, 0},
            {"dec", DEC, 0, NULL, 0, 0},
            {NULL, TEXT, 0, NULL, 0, 0}};

/* A number and its unit ("150min"). False with a sentence. */
static bool measure(const char *key, const char *text, const struct unit *units, double *x,
                    char *why, size_t n)
{
    char *end;
    *x = strtod(text, &end); /* LC_NUMERIC is never set in this program */
    if (end == text || !isfinite(*x) || strncasecmp(text, "0x", 2) == 0) {
        snprintf(why, n, "%s: \"%.40s\" is no number", key, text);
        return false;
    }
    while (*end == ' ')
        end++;
    for (; units->name; units++)
        if (strcmp(end, units->name) == 0) {
            *x *= units->factor;
            return true;
        }
    snprintf(why, n, "%s: \"%.40s\": unit \"%.20s\" is not known here", key, text, end);
    return false;
}

static bool depth(const char *text, double *mmag, char *why, size_t n)
{
    if (measure("depth", text, mmags, mmag, why, n))
        return true;
    if (!measure("depth", text, parts, mmag, why, n))
        return false;
    if (*mmag >= 1) {
        snprintf(why, n, "depth: \"%.40s\" is more than the star gives", text);
        return false;
    }
    *mmag = -2500 * log10(1 - *mmag); /* a part of the light, in magnitudes */
    return true;
}

static bool take_angle(struct planet *p, const struct key *k, const char *text, char *why, size_t n)
{
    const double rad_per_deg = 0.017453292519943295769;
    struct error err;
    double deg;
    bool ra = k->kind == RA;
    if (sexa_parse(text, strlen(text), ra ? SEXA_RA : SEXA_DEC, &deg, &err) != OK) {
        snprintf(why, n, "%s: %.150s", k->name, err.text);
        return false;
    }
    *(ra ? &p->ra_rad : &p->dec_rad) = deg * rad_per_deg;
    return true;
}

static bool take(struct catalogue *c, struct planet *p, const struct key *k, const char *text,
                 char *why, size_t n)
{
    void *to = (char *)p + k->offset;
    double x = 0;
    switch (k->kind) {
    case TEXT: *(const char **)to = arena_strn(&c->arena, text, ROW_TEXT); return true;
    case PRIORITY:
        p->priority_text = arena_strn(&c->arena, text, ROW_TEXT);
        p->priority = priority_read(text);
        if (p->priority != PRIORITY_NONE)
            return true;
        snprintf(why, n, "priority: \"%.40s\" is none of alert, high, medium, low", text);
        return false;
    case SYSTEM:
        if (time_system_read(text, &p->ephemeris.system))
            return true;
        snprintf(why, n, "system: \"%.40s\" is not known (BJD_TDB, BJD_UTC, HJD_UTC, BTJD...)",
                 text);
        return false;
    case DAYS:
        if (days_read(text, strlen(text), to))
            return true;
        snprintf(why, n, "%s: \"%.40s\" is no number of days", k->name, text);
        return false;
    case RA:
    case DEC: return take_angle(p, k, text, why, n);
    case NUMBER:
        if (!measure(k->name, text, k->units, &x, why, n))
            return false;
        break;
    case DEPTH:
        if (!depth(text, &x, why, n))
            return false;
        break;
    }
    if (x < k->least || x > k->most) {
        snprintf(why, n, "%s: %.10g is not in %g .. %g", k->name, x, k->least, k->most);
        return false;
    }
    *(double *)to = x;
    return true;
}

/* The next word key=value of a line: key and value (quotes taken off) in place. 1: there is one; 0:
 * the line is over; -1: it is wrong. */
static int next_word(char **at, char **key, char **value, char *why, size_t n)
{
    char *s = *at;
    while (isspace((unsigned char)*s))
        s++;
    if (!*s || *s == '#')
        return 0;
    *key = s;
    s += strcspn(s, "= \t\"#");
    if (*s != '=' || s == *key) {
        snprintf(why, n, "\"%.40s\": words are key=value", *key);
        return -1;
    }
    *s++ = 0;
    *value = s;
    if (*s == '"') {
        char *end = strchr(++*value, '"');
        if (!end) {
            snprintf(why, n, "%s: quote never closed", *key);
            return -1;
        }
        s = end;
    } else {
        s += strcspn(s, " \t");
    }
    *at = *s ? s + 1 : s;
    *s = 0;
    return 1;
}

static const struct key *key_of(const char *name, char *why, size_t n)
{
    const char *best = NULL;
    int least = 3;
    for (const struct key *k = keys; k->name; k++) {
        if (str_eqi(k->name, name))
            return k;
        if (str_near(k->name, name) < least) {
            least = str_near(k->name, name);
            best = k->name;
        }
    }
    snprintf(why, n, "no key \"%.40s\"%s%s%s", name, best ? "; did you mean " : "",
             best ? best : "", best ? "?" : "");
    return NULL;
}

/* One line: 1 a target, 0 nothing on it, -1 wrong. */
static int take_line(struct catalogue *c, char *line, struct planet *p, char *why, size_t n)
{
    char *key, *value;
    int got, words = 0;
    row_blank(p, PLANET_OWN);
    while ((got = next_word(&line, &key, &value, why, n)) > 0) {
        const struct key *k = key_of(key, why, n);
        if (!k || !take(c, p, k, value, why, n))
            return -1;
        words++;
    }
    if (got < 0 || !words)
        return got;
    if (p->ephemeris.system == TIME_BTJD) {
        p->ephemeris.t0.day += 2457000;
        p->ephemeris.system = TIME_BJD_TDB;
    }
    p->min_aperture_in /= 25.4;
    if (!p->star[0])
        p->star = p->name;
    return row_check(p, why, n) ? 1 : -1;
}

enum status catalogue_add_own_text(struct catalogue *c, const char *text, catalogue_bad_fn *bad,
                                   void *arg, size_t *n, size_t *n_bad, struct error *err)
{
    struct planet p;
    char why[256];
    bool replaced;
    *n = *n_bad = 0;
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) /* a byte order mark */
        text += 3;
    for (int number = 1; *text; number++) {
        size_t length = strcspn(text, "\r\n");
        char *line = mem_strn(text, length);
        int got = take_line(c, line, &p, why, sizeof why);
        free(line);
        if (got < 0) {
            ++*n_bad;
            if (bad)
                bad(arg, number, why);
        } else if (got > 0) {
            if (!catalogue_add(c, &p, &replaced))
                return err_set(err, E_RANGE, "line %d: more than %d planets", number,
                               CATALOGUE_MAX);
            ++*n;
        }
        text += length;
        text += *text == '\r' && text[1] == '\n' ? 2 : *text ? 1 : 0;
    }
    return OK;
}

enum status catalogue_add_own(struct catalogue *c, const char *path, catalogue_bad_fn *bad,
                              void *arg, size_t *n, size_t *n_bad, struct error *err)
{
    struct str text = {0};
    *n = *n_bad = 0;
    enum status s = file_read(path, MAX_BYTES, &text, err);
    if (s == OK) {
        s = catalogue_add_own_text(c, str_c(&text), bad, arg, n, n_bad, err);
        if (s != OK)
            s = err_wrap(err, "%.150s", path);
    }
    str_clear(&text);
    return s;
}
