/* alerts_list.c - the columns of the list of alerts, and the small texts that they share with the
 * detail. See alerts_own.h.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts_own.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/sexa.h"
#include "vigie/sky/frame.h"

static const double DEG = 57.295779513082321;

/* ---- texts ---- */

void alerts_put_clean(struct str *out, const char *text, size_t max)
{
    size_t n = text ? strlen(text) : 0;
    if (text)
        utf8_clean(out, text, n < max ? n : max);
    if (n > max)
        str_addf(out, " ... (%zu kB more)", (n - max + 1023) / 1024);
}

void alerts_title(const struct alert_event *e, struct str *out)
{
    struct str raw = {0};
    alert_event_title(e, &raw);
    alerts_put_clean(out, str_c(&raw), 200);
    str_clear(&raw);
}

const char *alerts_class(const struct alert_event *e)
{
    return e->classification ? e->classification : e->type ? e->type : alert_kind_name(e->kind);
}

void alerts_put_age(double age_s, struct str *out)
{
    if (!(age_s > -60 && age_s < 1e11)) {
        str_addc(out, '-');
        return;
    }
    int m = age_s > 0 ? (int)(age_s / 60) : 0;
    if (m < 24 * 60)
        str_addf(out, "%dh%02d", m / 60, m % 60);
    else if (m < 100 * 1440)
        str_addf(out, "%dd%02d", m / 1440, m % 1440 / 60);
    else if (m < 1000 * 1440)
        str_addf(out, "%dd", m / 1440);
    else
        str_addf(out, "%.1fy", m / (365.25 * 1440));
}

struct jd_utc alerts_now(const struct session *s)
{
    return utc_of_wall(session_now_ns(s));
}

double alerts_age_s(const struct session *s, const struct alert_event *e)
{
    struct jd_utc t = alert_time_known(e->time) ? e->time : e->issued;
    return alert_time_known(t) ? utc_diff_s(alerts_now(s), t) : (double)NAN;
}

void alerts_clock(struct jd_utc t, struct str *out)
{
    char text[UTC_TEXT];
    if (!alert_time_known(t)) {
        str_addc(out, '-');
        return;
    }
    utc_format(utc_add_s(t, 30), 0, text);
    str_addf(out, "%.5s", text + 11);
}

void alerts_when(const struct session *s, const struct alert_view *view, struct str *out)
{
    if (!alert_time_known(view->from)) {
        str_addc(out, '-');
    } else if (utc_diff_s(view->from, alerts_now(s)) > 60) {
        alerts_clock(view->from, out);
        str_addc(out, '-');
    } else {
        str_addc(out, '-');
        alerts_clock(view->until, out);
    }
}

/* ---- columns ---- */

static const struct alerts_row *row_at(const void *model, size_t row)
{
    return &session_alerts_state(((const struct alerts_model *)model)->session)->row[row];
}

static const struct alert_event *event_at(const void *model, size_t row)
{
    static struct alert_event gone;
    const struct alert_event *e =
        session_alert(((const struct alerts_model *)model)->session, row_at(model, row)->id);
    if (e)
        return e;
    if (!gone.id) {
        alert_event_init(&gone);
        gone.id = -1;
    }
    return &gone;
}

static size_t row_count(const void *model)
{
    return session_alerts_state(((const struct alerts_model *)model)->session)->n;
}

static uint64_t row_id(const void *model, size_t row)
{
    return (uint64_t)row_at(model, row)->id;
}

static char row_mark(const void *model, size_t row)
{
    const struct alert_event *e = event_at(model, row);
    bool open;
    if (session_alert_alarm(((const struct alerts_model *)model)->session, e->id, &open) && open)
        return '!';
    return e->retracted ? 'x' : e->fresh ? '+' : e->followed ? 'f' : ' ';
}

static enum role row_role(const void *model, size_t row)
{
    const struct alert_event *e = event_at(model, row);
    return e->retracted || e->standing != ALERT_SKY ? ROLE_FAINT : ROLE_TEXT;
}

static void name_cell(const void *model, size_t row, int width, struct str *out)
{
    const struct alert_event *e = event_at(model, row);
    (void)width;
    alerts_title(e, out);
    if (e->retracted) /* what is struck out on paper */
        str_add(out, " RETRACTED");
}

static void type_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    alerts_put_clean(out, alerts_class(event_at(model, row)), 60);
}

static void number_cell(double x, int decimals, struct str *out)
{
    if (isfinite(x))
        str_addf(out, "%.*f", decimals, decimals ? x : round(x) + 0.0);
    else
        str_addc(out, '-');
}

static double mag_number(const void *model, size_t row)
{
    return event_at(model, row)->mag;
}

static void mag_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    number_cell(mag_number(model, row), 1, out);
}

static double age_number(const void *model, size_t row)
{
    return alerts_age_s(((const struct alerts_model *)model)->session, event_at(model, row));
}

static void age_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    alerts_put_age(age_number(model, row), out);
}

static void source_cell(const void *model, size_t row, int width, struct str *out)
{
    const struct alert_event *e = event_at(model, row);
    (void)width;
    alerts_put_clean(out, e->facility ? e->facility : e->sources ? e->sources : "-", 60);
}

static double ra_number(const void *model, size_t row)
{
    return event_at(model, row)->ra_rad * DEG;
}

static void ra_cell(const void *model, size_t row, int width, struct str *out)
{
    char text[SEXA_TEXT];
    (void)width;
    str_add(out, sexa_format(ra_number(model, row), SEXA_RA, 1, ':', text));
}

static double dec_number(const void *model, size_t row)
{
    return event_at(model, row)->dec_rad * DEG;
}

static void dec_cell(const void *model, size_t row, int width, struct str *out)
{
    char text[SEXA_TEXT];
    (void)width;
    str_add(out, sexa_format(dec_number(model, row), SEXA_DEC, 0, ':', text));
}

static double alt_number(const void *model, size_t row)
{
    return row_at(model, row)->view.alt_rad * DEG;
}

static void alt_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    number_cell(alt_number(model, row), 0, out);
}

static enum role alt_role(const void *model, size_t row)
{
    const struct alert_view *v = &row_at(model, row)->view;
    enum role own = row_role(model, row);
    return own != ROLE_TEXT || !isfinite(v->alt_rad) ? own
           : v->up && v->dark                        ? ROLE_GOOD
           : v->up                                   ? ROLE_TEXT
                                                     : ROLE_POOR;
}

static double az_number(const void *model, size_t row)
{
    return row_at(model, row)->view.az_rad * DEG;
}

static void az_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    number_cell(az_number(model, row), 0, out);
}

static double airmass_number(const void *model, size_t row)
{
    double alt = row_at(model, row)->view.alt_rad;
    return alt > 0 ? sky_airmass(alt) : (double)NAN;
}

void alerts_put_airmass(double airmass, struct str *out)
{
    number_cell(airmass, airmass < 9.995 ? 2 : 1, out);
}

static void airmass_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    alerts_put_airmass(airmass_number(model, row), out);
}

static void culm_cell(const void *model, size_t row, int width, struct str *out)
{
    const struct alert_event *e = event_at(model, row);
    const struct almanac *a = session_alert_night(((const struct alerts_model *)model)->session);
    struct almanac_star star;
    (void)width;
    double t = NAN;
    if (a && isfinite(e->ra_rad)) {
        almanac_star_set(&star, e->ra_rad, e->dec_rad);
        t = almanac_star_transit(a, &star, almanac_first(a), almanac_last(a));
    }
    if (isfinite(t))
        alerts_clock(almanac_utc(a, t), out);
    else
        str_addc(out, '-');
}

static void until_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    alerts_when(((const struct alerts_model *)model)->session, &row_at(model, row)->view, out);
}

static double until_number(const void *model, size_t row)
{
    return row_at(model, row)->view.left_s / 3600;
}

static double moon_number(const void *model, size_t row)
{
    return row_at(model, row)->view.moon_sep_rad * DEG;
}

static void moon_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    number_cell(moon_number(model, row), 0, out);
}

static double score_number(const void *model, size_t row)
{
    return row_at(model, row)->view.score;
}

static void score_cell(const void *model, size_t row, int width, struct str *out)
{
    double score = score_number(model, row);
    bool ascii = ((const struct alerts_model *)model)->ascii;
    int n = isfinite(score) ? (int)lround(score * width) : 0;
    for (int i = 0; i < width && isfinite(score) && (i < n || !ascii); i++)
        str_add(out, ascii ? "#" : i < n ? "\xE2\x96\x88" : "\xE2\x96\x91");
}

const struct list_column alerts_columns[] = {
    {"name", "Name", "Name", 12, 22, -1, 0, name_cell, NULL, NULL},
    {"type", "Type", "Type", 7, 9, -1, 0, type_cell, NULL, NULL},
    {"mag", "Mag", "Mag", 4, 5, 1, 1, mag_cell, mag_number, NULL},
    {"age", "Age", "Age", 5, 5, 1, 2, age_cell, age_number, NULL},
    {"from", "Source", "Source", 8, 10, -1, LIST_WIDE, source_cell, NULL, NULL},
    {"ra", "RA ICRS", "RA ICRS", 10, 10, -1, 5, ra_cell, ra_number, NULL},
    {"dec", "Dec", "Dec", 9, 9, -1, 5, dec_cell, dec_number, NULL},
    {"alt", "Alt", "Alt", 3, 3, 1, 0, alt_cell, alt_number, alt_role},
    {"az", "Az", "Az", 3, 3, 1, LIST_WIDE, az_cell, az_number, NULL},
    {"x", "X", "X", 4, 4, 1, LIST_WIDE, airmass_cell, airmass_number, NULL},
    {NULL, "Culm.", "Culm.", 5, 5, 1, LIST_WIDE, culm_cell, NULL, NULL},
    {"left", ">alt", ">alt", 6, 6, -1, 0, until_cell, until_number, NULL},
    {"moon", "Moon", "Moon", 4, 4, 1, 3, moon_cell, moon_number, NULL},
    {"score", "Score", "Score", 5, 5, -1, 4, score_cell, score_number, NULL},
};
const int alerts_n_columns = sizeof alerts_columns / sizeof *alerts_columns;
const int alerts_limit_column = 11;

const struct list_source alerts_source = {alerts_columns, 0, row_count, row_id, row_mark, row_role};
