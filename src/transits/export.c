/* export.c - see export.h. */
#include "vigie/transits/export.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/csv.h"
#include "vigie/formats/json.h"
#include "vigie/transits/ephemeris.h"
#include "vigie/transits/record.h"

static const double deg_per_rad = 57.295779513082320877;

bool export_format_of(const char *path, enum export_format *format)
{
    static const char *const endings[] = {".csv", ".json", ".ics"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
        if (str_eqi(dot, endings[i])) {
            *format = (enum export_format)i;
            return true;
        }
    return false;
}

/* First and last instant that can be observed; ingress and egress if there is none. */
static void observe(const struct transit_event *e, double *from, double *to)
{
    bool any = false;
    for (size_t i = 0; i < e->n_segment; i++) {
        if (e->segment[i].loss != LOSS_NONE)
            continue;
        if (!any)
            *from = e->segment[i].from;
        *to = e->segment[i].to;
        any = true;
    }
    if (!any) {
        *from = e->contact[TRANSIT_INGRESS].t;
        *to = e->contact[TRANSIT_EGRESS].t;
    }
}

/* ---- CSV ---- */

static const char *const header[] = {"planet",
                                     "star",
                                     "epoch",
                                     "mid_bjd_tdb",
                                     "ingress_utc",
                                     "mid_utc",
                                     "egress_utc",
                                     "observe_from_utc",
                                     "observe_to_utc",
                                     "class",
                                     "transit_fraction",
                                     "window_fraction",
                                     "score",
                                     "sigma_mid_min",
                                     "duration_h",
                                     "depth_mmag",
                                     "mag_v",
                                     "mag_r",
                                     "min_aperture_mm",
                                     "priority",
                                     "oc_min",
                                     "ra_deg",
                                     "dec_deg",
                                     "alt_ingress_deg",
                                     "alt_mid_deg",
                                     "alt_egress_deg",
                                     "airmass_mid",
                                     "moon_sep_deg",
                                     "moon_illum",
                                     "flip_utc",
                                     "note"};

static void put_text(struct str *out, const char *s)
{
    struct str clean = {0};
    utf8_clean(&clean, s, strlen(s));
    csv_putn(out, ',', false, str_c(&clean), clean.n);
    str_clear(&clean);
}

static void put_number(struct str *out, double x, int decimals)
{
    str_addc(out, ',');
    if (isfinite(x))
        str_addf(out, "%.*f", decimals, x);
}

/* A datum as the catalogue gives it; 0 is "no data" there. */
static void put_known(struct str *out, double x)
{
    struct json_writer w;
    str_addc(out, ',');
    json_write(&w, out);
    if (planet_known(x))
        json_shortest(&w, x);
}

static void put_utc(struct str *out, struct jd_utc utc)
{
    char text[UTC_TEXT];
    str_addf(out, ",%s", utc_format(utc, 0, text));
}

static void csv_times(struct str *out, const struct almanac *a, const struct transit_event *e)
{
    char bjd[ORBIT_TEXT];
    double from, to;
    str_addf(out, ",%lld,%s", (long long)e->epoch, orbit_text(e->contact[TRANSIT_MID].bjd, 8, bjd));
    for (int i = 0; i < TRANSIT_CONTACTS; i++)
        put_utc(out, e->contact[i].utc);
    observe(e, &from, &to);
    if (e->class == TRANSIT_NONE && e->window_fraction <= 0) {
        str_add(out, ",,");
    } else {
        put_utc(out, almanac_utc(a, from));
        put_utc(out, almanac_utc(a, to));
    }
}

static void csv_row(struct str *out, const struct almanac *a, const struct transit_event *e)
{
    const struct planet *p = e->planet;
    const struct transit_contact *mid = &e->contact[TRANSIT_MID];
    struct str clean = {0};
    char note[TRANSIT_NOTE];
    utf8_clean(&clean, p->name, strlen(p->name));
    csv_putn(out, ',', true, str_c(&clean), clean.n);
    str_clear(&clean);
    put_text(out, p->star);
    csv_times(out, a, e);
    put_text(out, transit_class_name(e->class));
    put_number(out, e->transit_fraction, 4);
    put_number(out, e->window_fraction, 4);
    put_number(out, e->score.total, 3);
    put_number(out, e->sigma_d * 1440, 2);
    put_known(out, p->duration_h);
    put_known(out, p->depth_mmag);
    put_known(out, p->mag_v);
    put_known(out, p->mag_r);
    put_number(out, planet_known(p->min_aperture_in) ? p->min_aperture_in * 25.4 : (double)NAN, 0);
    put_text(out, p->priority_text);
    put_known(out, p->oc_min);
    put_number(out, p->ra_rad * deg_per_rad, 6);
    put_number(out, p->dec_rad * deg_per_rad, 6);
    for (int i = 0; i < TRANSIT_CONTACTS; i++)
        put_number(out, e->contact[i].alt_rad * deg_per_rad, 1);
    put_number(out, mid->airmass, 2);
    put_number(out, mid->moon_sep_rad * deg_per_rad, 1);
    put_number(out, mid->moon_illum, 2);
    if (isfinite(e->flip_t))
        put_utc(out, e->flip_utc);
    else
        str_addc(out, ',');
    put_text(out, transit_note(e, note));
    csv_end(out);
}

static void export_csv(const struct transit_list *list, struct str *out)
{
    for (size_t i = 0; i < sizeof header / sizeof header[0]; i++)
        csv_put(out, ',', i == 0, header[i]);
    csv_end(out);
    for (size_t i = 0; i < list->n; i++)
        csv_row(out, list->almanac, &list->at[i]);
}

/* ---- JSON ---- */

static void export_json(const struct transit_list *list, struct str *out)
{
    str_add(out, "[");
    for (size_t i = 0; i < list->n; i++) {
        struct json_writer w;
        str_add(out, i ? ",\n" : "\n");
        json_write(&w, out);
        transit_json(&w, list->almanac, &list->at[i]);
    }
    str_add(out, "\n]\n");
}

/* ---- iCalendar ---- */

/* One content line, folded: no line above 75 octets, no character cut in two (RFC 5545, 3.1). */
static void ics_line(struct str *out, const struct str *line)
{
    const char *s = str_c(line), *end = s + line->n;
    size_t most = 75;
    while ((size_t)(end - s) > most) {
        size_t n = most;
        while (n > 1 && ((unsigned char)s[n] & 0xC0) == 0x80)
            n--;
        str_addn(out, s, n);
        str_add(out, "\r\n ");
        s += n;
        most = 74; /* the blank counts */
    }
    str_addn(out, s, (size_t)(end - s));
    str_add(out, "\r\n");
}

/* A text value: backslash, semicolon and comma escaped, a line end written \n (3.3.11). */
static void ics_escape(struct str *line, const char *s)
{
    for (; *s; s++) {
        if (*s == '\n') {
            str_add(line, "\\n");
            continue;
        }
        if (strchr("\\;,", *s))
            str_addc(line, '\\');
        str_addc(line, *s);
    }
}

static void ics_text(struct str *out, const char *name, const char *s)
{
    struct str line = {0};
    str_addf(&line, "%s:", name);
    ics_escape(&line, s);
    ics_line(out, &line);
    str_clear(&line);
}

/* "20261123T211407Z"; a leap second is the second before it, as most calendars know none. */
static void ics_time(struct str *out, const char *name, struct jd_utc utc)
{
    char text[UTC_TEXT];
    utc_format(utc, 0, text);
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
    (void)sscanf(text, "%d-%d-%dT%d:%d:%d", &y, &mo, &d, &h, &mi, &s);
    str_addf(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, y, mo, d, h, mi, s > 59 ? 59 : s);
}

static void ics_uid(struct str *out, const struct transit_event *e)
{
    char key[NAME_KEY];
    struct str line = {0};
    name_key(e->planet->name, key);
    str_add(&line, "UID:");
    for (const char *k = key; *k; k++) {
        bool plain = (*k >= 'a' && *k <= 'z') || (*k >= '0' && *k <= '9') || *k == '.';
        str_addf(&line, plain ? "%c" : "_%02x", (unsigned char)*k);
    }
    str_addf(&line, "-%lld@transits.vigie", (long long)e->epoch);
    ics_line(out, &line);
    str_clear(&line);
}

static const char *clock_text(struct jd_utc utc, char out[UTC_TEXT])
{
    char text[UTC_TEXT];
    utc_format(utc, 0, text);
    snprintf(out, UTC_TEXT, "%.8s", strlen(text) > 19 ? text + strlen(text) - 9 : text);
    return out;
}

static void ics_description(struct str *out, const struct transit_event *e)
{
    struct str s = {0};
    char text[UTC_TEXT], bjd[ORBIT_TEXT], note[TRANSIT_NOTE];
    const struct planet *p = e->planet;
    for (int i = 0; i < TRANSIT_CONTACTS; i++)
        str_addf(&s, "%s %s UTC, altitude %.0f\n", transit_contact_name((enum transit_contact_id)i),
                 clock_text(e->contact[i].utc, text), e->contact[i].alt_rad * deg_per_rad);
    str_addf(&s, "mid %s BJD_TDB", orbit_text(e->contact[TRANSIT_MID].bjd, 5, bjd));
    if (isfinite(e->sigma_d))
        str_addf(&s, " +- %.1f min", e->sigma_d * 1440);
    str_addf(&s, "\n%s", transit_class_name(e->class));
    if (planet_known(p->depth_mmag))
        str_addf(&s, ", depth %.1f mmag", p->depth_mmag);
    if (planet_known(p->mag_v))
        str_addf(&s, ", V %.1f", p->mag_v);
    str_addf(&s, ", score %.2f", e->score.total);
    if (isfinite(e->flip_t))
        str_addf(&s, "\nmeridian %s UTC", clock_text(e->flip_utc, text));
    if (strcmp(transit_note(e, note), "ok") != 0)
        str_addf(&s, "\n%s", note);
    ics_text(out, "DESCRIPTION", s.s);
    str_clear(&s);
}

static void ics_event(struct str *out, const struct transit_list *list,
                      const struct transit_event *e, struct jd_utc now)
{
    const struct site *site = list->request.site;
    struct str s = {0};
    double from, to;
    observe(e, &from, &to);
    str_add(out, "BEGIN:VEVENT\r\n");
    ics_uid(out, e);
    ics_time(out, "DTSTAMP", now);
    ics_time(out, "DTSTART", almanac_utc(list->almanac, from));
    ics_time(out, "DTEND", almanac_utc(list->almanac, to));
    utf8_clean(&s, e->planet->name, strlen(e->planet->name));
    str_addf(&s, " transit (%s)", transit_class_name(e->class));
    ics_text(out, "SUMMARY", s.s);
    ics_description(out, e);
    str_reset(&s);
    utf8_clean(&s, site->name, strlen(site->name));
    if (s.n)
        ics_text(out, "LOCATION", s.s);
    str_addf(out, "GEO:%.5f;%.5f\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n",
             site->lat_rad * deg_per_rad, site->lon_rad * deg_per_rad);
    str_clear(&s);
}

static void export_ics(const struct transit_list *list, struct jd_utc now, struct str *out)
{
    str_add(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//vigie//transits//EN\r\n"
                 "CALSCALE:GREGORIAN\r\n");
    for (size_t i = 0; i < list->n; i++)
        ics_event(out, list, &list->at[i], now);
    str_add(out, "END:VCALENDAR\r\n");
}

void export_list(const struct transit_list *list, enum export_format format, struct jd_utc now,
                 struct str *out)
{
    switch (format) {
    case EXPORT_CSV: export_csv(list, out); return;
    case EXPORT_JSON: export_json(list, out); return;
    case EXPORT_ICS: export_ics(list, now, out); return;
    }
}
