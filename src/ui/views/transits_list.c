/* transits_list.c - the columns of the list of transits. See transits_own.h.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "transits_own.h"
#include "vigie/base/utf8.h"
#include "vigie/transits/ephemeris.h"

static const double DEG = 57.295779513082323;

const struct transit_event *transits_event_at(const struct transit_rows *rows, size_t row)
{
    return rows->list && row < rows->list->n ? &rows->list->at[row] : NULL;
}

static const struct transit_event *at(const void *model, size_t row)
{
    return transits_event_at(model, row);
}

static size_t row_count(const void *model)
{
    const struct transit_rows *r = model;
    return r->list ? r->list->n : 0;
}

/* Of planet and epoch, so that the cursor stays on a transit when a new list comes. FNV-1a. */
static uint64_t row_id(const void *model, size_t row)
{
    const struct transit_event *e = at(model, row);
    uint64_t h = 14695981039346656037U;
    for (const char *s = e->planet->name; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211U;
    h = (h ^ (uint64_t)e->epoch) * 1099511628211U;
    return h ? h : 1;
}

static char row_mark(const void *model, size_t row)
{
    const struct transit_event *e = at(model, row);
    return e->phase_lost || e->time_unsure ? 'W' : ' ';
}

static enum role row_role(const void *model, size_t row)
{
    switch (at(model, row)->class) {
    case TRANSIT_NONE: return ROLE_POOR;
    case TRANSIT_PARTIAL: return ROLE_TEXT;
    case TRANSIT_FULL:
    case TRANSIT_FULL_BASELINE: break;
    }
    return ROLE_GOOD;
}

/* ---- times ---- */

static struct tm local_tm(struct jd_utc utc)
{
    time_t s = (time_t)(utc_to_wall(utc) / 1000000000);
    struct tm tm;
    localtime_r(&s, &tm);
    return tm;
}

/* "2026-11-23 23:32" rounded to the minute, as clocks for people are. */
static void stamp(enum time_shown times, struct jd_utc utc, char out[24])
{
    struct jd_utc minute = utc_add_s(utc, 30);
    if (times == SHOW_LOCAL) {
        struct tm tm = local_tm(minute);
        strftime(out, 24, "%Y-%m-%d %H:%M", &tm);
        return;
    }
    char text[UTC_TEXT];
    utc_format(minute, 0, text);
    text[16] = 0;
    if (text[10] == 'T')
        text[10] = ' ';
    memcpy(out, text, 17);
}

void transits_clock(const struct transit_rows *rows, struct jd_utc utc, struct str *out)
{
    char text[24];
    stamp(rows->times, utc, text);
    str_add(out, strlen(text) > 11 ? text + 11 : text);
}

const char *transits_zone(const struct transit_rows *rows)
{
    static char zone[16];
    if (rows->times != SHOW_LOCAL)
        return "UTC";
    struct tm tm = local_tm(utc_of_wall(session_now_ns(rows->session)));
    strftime(zone, sizeof zone, "%Z", &tm);
    return zone;
}

static void contact_cell(const void *model, size_t row, int width, enum transit_contact_id which,
                         struct str *out)
{
    const struct transit_rows *r = model;
    const struct transit_contact *c = &at(model, row)->contact[which];
    char text[ORBIT_TEXT];
    if (r->times == SHOW_BJD) { /* the whole where it fits, else the fraction of the day */
        orbit_text(c->bjd, width >= 16 ? 5 : 4, text);
        const char *dot = strchr(text, '.');
        str_add(out, width >= 16 || !dot ? text : dot);
        return;
    }
    char clock[24];
    stamp(r->times, c->utc, clock);
    str_add(out, width >= 16 || strlen(clock) < 16 ? clock : clock + 11);
}

static void in_cell(const void *model, size_t row, int width, struct str *out)
{
    contact_cell(model, row, width, TRANSIT_INGRESS, out);
}

static void mid_cell(const void *model, size_t row, int width, struct str *out)
{
    contact_cell(model, row, width, TRANSIT_MID, out);
}

static void out_cell(const void *model, size_t row, int width, struct str *out)
{
    contact_cell(model, row, width, TRANSIT_EGRESS, out);
}

static double in_number(const void *model, size_t row)
{
    return at(model, row)->contact[TRANSIT_INGRESS].t;
}

static double mid_number(const void *model, size_t row)
{
    return at(model, row)->contact[TRANSIT_MID].t;
}

static double out_number(const void *model, size_t row)
{
    return at(model, row)->contact[TRANSIT_EGRESS].t;
}

/* ---- the rest ---- */

static void planet_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, at(model, row)->planet->name);
}

static void put(struct str *out, const char *format, double x)
{
    char text[32];
    if (!isfinite(x)) {
        str_addc(out, '-');
        return;
    }
    if (!strcmp(format, "0"))
        snprintf(text, sizeof text, "%.0f", x + 0.0);
    else if (!strcmp(format, "1"))
        snprintf(text, sizeof text, "%.1f", x);
    else if (!strcmp(format, "2"))
        snprintf(text, sizeof text, "%.2f", x);
    else
        snprintf(text, sizeof text, "%+.1f", x);
    str_add(out, text);
}

static double known(double x)
{
    return planet_known(x) ? x : (double)NAN;
}

static void alt_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    const struct transit_event *e = at(model, row);
    for (int i = 0; i < TRANSIT_CONTACTS; i++) {
        str_add(out, i ? "/" : "");
        put(out, "0", e->contact[i].alt_rad * DEG);
    }
}

static double alt_number(const void *model, size_t row)
{
    return at(model, row)->contact[TRANSIT_MID].alt_rad * DEG;
}

static double v_number(const void *model, size_t row)
{
    return known(at(model, row)->planet->mag_v);
}

static void v_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, "1", v_number(model, row));
}

static double depth_number(const void *model, size_t row)
{
    return known(at(model, row)->planet->depth_mmag);
}

static void depth_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, "1", depth_number(model, row));
}

static double dur_number(const void *model, size_t row)
{
    return known(at(model, row)->planet->duration_h);
}

static void dur_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, "2", dur_number(model, row));
}

static double oc_number(const void *model, size_t row)
{
    return known(at(model, row)->planet->oc_min);
}

static void oc_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, "+", oc_number(model, row));
}

static double moon_number(const void *model, size_t row)
{
    return at(model, row)->contact[TRANSIT_MID].moon_sep_rad * DEG;
}

static void moon_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    const struct transit_moon *m = &at(model, row)->moon;
    if (m->alt_rad[0] < 0 && m->alt_rad[1] < 0 && isnan(m->rise_t))
        str_add(out, "down");
    else
        put(out, "0", moon_number(model, row));
}

static double score_number(const void *model, size_t row)
{
    return 5 * at(model, row)->score.total;
}

static void score_cell(const void *model, size_t row, int width, struct str *out)
{
    double score = score_number(model, row);
    int n = (int)lround(score);
    n = score > 0 && n == 0 ? 1 : n;
    bool ascii = ((const struct transit_rows *)model)->ascii;
    for (int i = 0; i < 5 && i < width; i++) {
        char b[4];
        if (ascii && i < n)
            str_addc(out, '#');
        else if (!ascii)
            str_addn(out, b, utf8_put(b, glyph(GLYPHS_UTF8, i < n ? GLYPH_FULL : GLYPH_EMPTY)));
    }
}

static double sigma_number(const void *model, size_t row)
{
    return at(model, row)->sigma_d * 1440;
}

static void sigma_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    double min = sigma_number(model, row);
    if (at(model, row)->phase_lost)
        str_add(out, "lost");
    else
        put(out, min < 10 ? "1" : "0", min);
}

/* What to know first; of one that runs, that it does. */
static void note_cell(const void *model, size_t row, int width, struct str *out)
{
    const struct transit_rows *r = model;
    const struct transit_event *e = at(model, row);
    char note[TRANSIT_NOTE];
    struct transit_phase p = transit_phase_at(r->list, e, utc_of_wall(session_now_ns(r->session)));
    const char *word = "";
    switch (p.kind) {
    case PHASE_RUNNING: word = "now"; break;
    case PHASE_OVER: word = "over"; break;
    case PHASE_WAITING: break;
    }
    str_add(out, word);
    if (*word && width < 12)
        return;
    str_addf(out, "%s%s", *word ? " " : "", transit_note(e, note));
}

static const struct list_column columns[] = {
    {"planet", "Planet", NULL, 11, 13, -1, 0, planet_cell, NULL, NULL},
    {"in", "In", "Ingress", 5, 16, -1, 0, in_cell, in_number, NULL},
    {"mid", "Mid", "Mid", 5, 16, -1, 0, mid_cell, mid_number, NULL},
    {"out", "Out", "Egress", 5, 16, -1, 0, out_cell, out_number, NULL},
    {"alt", "Alt i/m/o", NULL, 9, 9, -1, 3, alt_cell, alt_number, NULL},
    {"v", "V", NULL, 4, 4, 1, 5, v_cell, v_number, NULL},
    {"depth", "mmag", NULL, 5, 5, 1, 4, depth_cell, depth_number, NULL},
    {"dur", "Dur h", NULL, 5, 5, 1, 6, dur_cell, dur_number, NULL},
    {"oc", "O-C", NULL, 5, 5, 1, LIST_WIDE, oc_cell, oc_number, NULL},
    {"sigma", "+-m", NULL, 4, 4, 1, LIST_WIDE, sigma_cell, sigma_number, NULL},
    {"moon", "Moon", NULL, 4, 4, 1, 7, moon_cell, moon_number, NULL},
    {"score", "Score", NULL, 5, 5, -1, 2, score_cell, score_number, NULL},
    {"note", "Note", NULL, 8, 14, -1, 1, note_cell, NULL, NULL},
};

const struct list_source transits_source = {
    columns, sizeof columns / sizeof *columns, row_count, row_id, row_mark, row_role};
