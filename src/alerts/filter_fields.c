/* filter_fields.c - the fields a filter may name, and numbers with their units.
 * Not: the grammar (filter_parse.c). To add a field: a row.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "filter_own.h"
#include "own.h"

#define DEG    (3.14159265358979323846 / 180)
#define YEAR_S (365.25 * 86400)

static double age_of(const struct alert_subject *s, struct jd_utc t)
{
    return alert_time_known(t) ? utc_diff_s(s->now, t) : (double)NAN;
}

static double view_number(const struct alert_subject *s, double x)
{
    return s->view ? x : (double)NAN;
}

/* What holds now is judged; what needs a look ahead too. */
static bool judged(const struct alert_subject *s)
{
    return s->view && isfinite(s->view->alt_rad);
}

static bool ahead(const struct alert_subject *s)
{
    return judged(s) && !s->view->glance;
}

#define NUMBER(name, value)                                                                        \
    static double name(const struct alert_subject *s)                                              \
    {                                                                                              \
        return (value);                                                                            \
    }
#define VIEWED(name, value)                                                                        \
    static double name(const struct alert_subject *s)                                              \
    {                                                                                              \
        return judged(s) ? (value) : (double)NAN;                                                  \
    }
#define AHEAD(name, value)                                                                         \
    static double name(const struct alert_subject *s)                                              \
    {                                                                                              \
        return ahead(s) ? (value) : (double)NAN;                                                   \
    }
#define TEXT(name, value)                                                                          \
    static const char *name(const struct alert_subject *s)                                         \
    {                                                                                              \
        return (value);                                                                            \
    }
#define TRUTH(name, value)                                                                         \
    static int name(const struct alert_subject *s)                                                 \
    {                                                                                              \
        return (value);                                                                            \
    }

NUMBER(f_mag, s->event->mag)
NUMBER(f_err, s->event->error_rad / DEG)
NUMBER(f_ra, s->event->ra_rad / DEG)
NUMBER(f_dec, s->event->dec_rad / DEG)
NUMBER(f_z, s->event->redshift)
NUMBER(f_dist, s->event->distance_mpc)
NUMBER(f_far, s->event->far_hz)
NUMBER(f_importance, s->event->importance)
NUMBER(f_rev, s->event->revisions)
NUMBER(f_age, age_of(s, alert_time_known(s->event->time) ? s->event->time : s->event->issued))
NUMBER(f_updated, age_of(s, utc_of_wall(s->event->last_ms * 1000000)))
NUMBER(f_latency, alert_time_known(s->event->time)
                      ? utc_diff_s(utc_of_wall(s->event->first_ms * 1000000), s->event->time)
                      : (double)NAN)
NUMBER(f_moonalt, s->view ? s->view->moon_alt_rad / DEG : (double)NAN)
VIEWED(f_alt, s->view->alt_rad / DEG)
VIEWED(f_az, s->view->az_rad / DEG)
VIEWED(f_moon, s->view->moon_sep_rad / DEG)
AHEAD(f_left, s->view->left_s)
AHEAD(f_score, s->view->score)
NUMBER(f_frames, view_number(s, s->view && s->view->frames ? s->view->frames : (double)NAN))

TEXT(t_type, s->event->type)
TEXT(t_kind, alert_kind_name(s->event->kind))
TEXT(t_name, s->event->name)
TEXT(t_class, s->event->classification)
TEXT(t_from, s->event->facility)
TEXT(t_packet, s->event->packet)
TEXT(t_stream, s->event->stream)
TEXT(t_key, s->event->key)
TEXT(t_id, s->event->ref)
TEXT(t_band, s->event->band)
TEXT(t_source, s->event->sources)
TEXT(t_text, s->event->description)
TEXT(t_change, s->event->change)

TRUTH(b_dark, s->view ? s->view->dark : -1)
TRUTH(b_up, ahead(s) ? s->view->up : -1)
TRUTH(b_rising, judged(s) ? s->view->rising : -1)
TRUTH(b_tonight, ahead(s) ? s->view->left_s > 0 : -1)
TRUTH(b_new, s->event->fresh)
TRUTH(b_seen, !s->event->fresh)
TRUTH(b_followed, s->event->followed)
TRUTH(b_acked, s->event->acknowledged)
TRUTH(b_retracted, s->event->retracted)
TRUTH(b_test, s->event->standing == ALERT_TEST)
TRUTH(b_utility, s->event->standing == ALERT_UTILITY)
TRUTH(b_located, isfinite(s->event->ra_rad))

static const struct field_row rows[] = {
    {"type", 0, FIELD_TEXT, UNIT_NONE, "grb, ot, gw, nu, frb, gamma ...", 0, t_type, 0},
    {"mag", 0, FIELD_NUMBER, UNIT_NONE, "apparent magnitude", f_mag, 0, 0},
    {"alt", 0, FIELD_NUMBER, UNIT_ANGLE, "altitude now", f_alt, 0, 0},
    {"az", 0, FIELD_NUMBER, UNIT_ANGLE, "azimuth now, north 0, east 90", f_az, 0, 0},
    {"left", 0, FIELD_NUMBER, UNIT_MIN, "time above the limit in the dark, coming 24 h", f_left, 0,
     0},
    {"moon", 0, FIELD_NUMBER, UNIT_ANGLE, "distance to the Moon", f_moon, 0, 0},
    {"moonalt", 0, FIELD_NUMBER, UNIT_ANGLE, "altitude of the Moon", f_moonalt, 0, 0},
    {"score", 0, FIELD_NUMBER, UNIT_NONE, "0 to 1", f_score, 0, 0},
    {"err", "error", FIELD_NUMBER, UNIT_ANGLE, "error radius", f_err, 0, 0},
    {"frames", 0, FIELD_NUMBER, UNIT_NONE, "frames that cover the error region", f_frames, 0, 0},
    {"age", 0, FIELD_NUMBER, UNIT_HOURS, "since it happened", f_age, 0, 0},
    {"updated", 0, FIELD_NUMBER, UNIT_HOURS, "since the latest packet came", f_updated, 0, 0},
    {"latency", 0, FIELD_NUMBER, UNIT_MIN, "from the event to the first packet", f_latency, 0, 0},
    {"ra", 0, FIELD_NUMBER, UNIT_ANGLE, "right ascension, ICRS", f_ra, 0, 0},
    {"dec", 0, FIELD_NUMBER, UNIT_ANGLE, "declination, ICRS", f_dec, 0, 0},
    {"z", "redshift", FIELD_NUMBER, UNIT_NONE, "redshift", f_z, 0, 0},
    {"dist", "distance", FIELD_NUMBER, UNIT_MPC, "distance", f_dist, 0, 0},
    {"far", 0, FIELD_NUMBER, UNIT_RATE, "false alarm rate", f_far, 0, 0},
    {"importance", 0, FIELD_NUMBER, UNIT_NONE, "0 to 1, the sender's own", f_importance, 0, 0},
    {"rev", "revisions", FIELD_NUMBER, UNIT_NONE, "packets so far", f_rev, 0, 0},
    {"kind", 0, FIELD_TEXT, UNIT_NONE, "GW NU MULTI OPTICAL FRB HIGHENERGY OTHER", 0, t_kind, 0},
    {"name", 0, FIELD_TEXT, UNIT_NONE, "name", 0, t_name, 0},
    {"class", "classification", FIELD_TEXT, UNIT_NONE, "what it is taken for", 0, t_class, 0},
    {"from", "facility", FIELD_TEXT, UNIT_NONE, "who saw it", 0, t_from, 0},
    {"source", 0, FIELD_TEXT, UNIT_NONE, "ways it came in", 0, t_source, 0},
    {"packet", 0, FIELD_TEXT, UNIT_NONE, "kind of the latest packet", 0, t_packet, 0},
    {"stream", 0, FIELD_TEXT, UNIT_NONE, "ivorn before the #", 0, t_stream, 0},
    {"key", 0, FIELD_TEXT, UNIT_NONE, "what chains its packets", 0, t_key, 0},
    {"id", 0, FIELD_TEXT, UNIT_NONE, "ivorn or trigger id of the latest packet", 0, t_id, 0},
    {"band", 0, FIELD_TEXT, UNIT_NONE, "filter of the magnitude", 0, t_band, 0},
    {"text", "description", FIELD_TEXT, UNIT_NONE, "description", 0, t_text, 0},
    {"change", 0, FIELD_TEXT, UNIT_NONE, "what the latest packet changed", 0, t_change, 0},
    {"dark", 0, FIELD_BOOL, UNIT_NONE, "the Sun is low enough now", 0, 0, b_dark},
    {"up", 0, FIELD_BOOL, UNIT_NONE, "above limit and horizon now", 0, 0, b_up},
    {"tonight", 0, FIELD_BOOL, UNIT_NONE, "observable in the coming 24 h", 0, 0, b_tonight},
    {"rising", 0, FIELD_BOOL, UNIT_NONE, "east of the meridian", 0, 0, b_rising},
    {"new", "fresh", FIELD_BOOL, UNIT_NONE, "not looked at yet", 0, 0, b_new},
    {"seen", 0, FIELD_BOOL, UNIT_NONE, "looked at", 0, 0, b_seen},
    {"followed", 0, FIELD_BOOL, UNIT_NONE, "you follow it", 0, 0, b_followed},
    {"acked", "acknowledged", FIELD_BOOL, UNIT_NONE, "its alarm is answered", 0, 0, b_acked},
    {"retracted", 0, FIELD_BOOL, UNIT_NONE, "taken back", 0, 0, b_retracted},
    {"test", 0, FIELD_BOOL, UNIT_NONE, "a test or mock event", 0, 0, b_test},
    {"utility", 0, FIELD_BOOL, UNIT_NONE, "about an instrument", 0, 0, b_utility},
    {"located", 0, FIELD_BOOL, UNIT_NONE, "it has a position", 0, 0, b_located},
    {0}};

const struct field_row *field_rows(void)
{
    return rows;
}

static bool is_name(const char *name, const char *s, size_t n)
{
    return name && strlen(name) == n && strncasecmp(name, s, n) == 0;
}

const struct field_row *field_row(const char *s, size_t n)
{
    for (const struct field_row *r = rows; r->name; r++)
        if (is_name(r->name, s, n) || is_name(r->other, s, n))
            return r;
    return NULL;
}

/* Units with their size in what the field is counted in inside. */
static const struct {
    enum field_unit unit;
    const char *name;
    double size;
} units[] = {{UNIT_ANGLE, "", 1},
             {UNIT_ANGLE, "deg", 1},
             {UNIT_ANGLE, "d", 1},
             {UNIT_ANGLE, "'", 1 / 60.0},
             {UNIT_ANGLE, "arcmin", 1 / 60.0},
             {UNIT_ANGLE, "\"", 1 / 3600.0},
             {UNIT_ANGLE, "arcsec", 1 / 3600.0},
             {UNIT_ANGLE, "rad", 1 / DEG},
             {UNIT_ANGLE, "h", 15},
             {UNIT_HOURS, "", 3600},
             {UNIT_HOURS, "s", 1},
             {UNIT_HOURS, "m", 60},
             {UNIT_HOURS, "min", 60},
             {UNIT_HOURS, "h", 3600},
             {UNIT_HOURS, "d", 86400},
             {UNIT_HOURS, "w", 7 * 86400.0},
             {UNIT_HOURS, "y", YEAR_S},
             {UNIT_MIN, "", 60},
             {UNIT_MIN, "s", 1},
             {UNIT_MIN, "m", 60},
             {UNIT_MIN, "min", 60},
             {UNIT_MIN, "h", 3600},
             {UNIT_MIN, "d", 86400},
             {UNIT_RATE, "", 1},
             {UNIT_RATE, "Hz", 1},
             {UNIT_RATE, "/s", 1},
             {UNIT_RATE, "/h", 1 / 3600.0},
             {UNIT_RATE, "/d", 1 / 86400.0},
             {UNIT_RATE, "/mon", 12 / YEAR_S},
             {UNIT_RATE, "/y", 1 / YEAR_S},
             {UNIT_MPC, "", 1},
             {UNIT_MPC, "Mpc", 1},
             {UNIT_MPC, "kpc", 1e-3},
             {UNIT_MPC, "Gpc", 1e3},
             {UNIT_NONE, "", 1}};

static bool unit_size(const char *s, enum field_unit unit, double *size)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (units[i].unit == unit && str_eqi(units[i].name, s)) {
            *size = units[i].size;
            return true;
        }
    return false;
}

/* "1/38y" is once in 38 years. */
static bool rate_value(const char *s, double x, double *out)
{
    char number[32], unit[8] = "/";
    size_t n;
    double of, size;
    if (*s != '/')
        return false;
    s++;
    n = strspn(s, "0123456789.");
    if (n == 0 || n >= sizeof number || strlen(s + n) > 5)
        return false;
    memcpy(number, s, n);
    number[n] = '\0';
    strcpy(unit + 1, s + n);
    if (!alert_number(number, &of) || of <= 0 || !unit_size(unit, UNIT_RATE, &size))
        return false;
    *out = x / of * size;
    return true;
}

bool field_value(const char *s, size_t n, enum field_unit unit, double *x)
{
    char t[64];
    size_t k;
    double size;
    if (n == 0 || n >= sizeof t)
        return false;
    memcpy(t, s, n);
    t[n] = '\0';
    k = t[0] == '+' || t[0] == '-';
    k += strspn(t + k, "0123456789.");
    if ((t[k] == 'e' || t[k] == 'E') &&
        strspn(t + k + 1 + (t[k + 1] == '+' || t[k + 1] == '-'), "0123456789") > 0) {
        k += 1 + (size_t)(t[k + 1] == '+' || t[k + 1] == '-');
        k += strspn(t + k, "0123456789");
    }
    char rest[64];
    strcpy(rest, t + k);
    t[k] = '\0';
    if (!alert_number(t, x))
        return false;
    if (unit == UNIT_RATE && rate_value(rest, *x, x))
        return true;
    if (!unit_size(rest, unit, &size))
        return false;
    *x *= size;
    return true;
}

void field_print(struct str *out, enum field_unit unit, double x)
{
    if (!isfinite(x)) {
        str_add(out, "unknown");
        return;
    }
    switch (unit) {
    case UNIT_NONE: str_addf(out, "%.4g", x); break;
    case UNIT_ANGLE: str_addf(out, "%.4g deg", x); break;
    case UNIT_HOURS: str_addf(out, "%.3g h", x / 3600); break;
    case UNIT_MIN: str_addf(out, "%.0f min", x / 60); break;
    case UNIT_RATE: str_addf(out, x > 0 ? "1/%.3g y" : "0", 1 / (x * YEAR_S)); break;
    case UNIT_MPC: str_addf(out, "%.4g Mpc", x); break;
    }
}

const struct alert_field *alert_fields(void)
{
    static const char *const names[] = {"", "deg", "h", "min", "1/s", "Mpc"};
    static struct alert_field fields[sizeof rows / sizeof rows[0]];
    for (size_t i = 0; rows[i].name; i++)
        fields[i] = (struct alert_field){rows[i].name, names[rows[i].unit], rows[i].help};
    return fields;
}
