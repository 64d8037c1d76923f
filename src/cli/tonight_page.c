/* tonight_page.c - the night on one page for people. Not: any science. All times are UTC. */
#include "alerts_table.h"
#include "tonight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"
#include "print.h"
#include "vigie/base/utf8.h"

static const double deg_per_rad = 57.295779513082320877;
enum { WIDTH = 80 };

/* ---- words ---- */

static void clean(struct str *out, const char *s)
{
    str_reset(out);
    utf8_clean(out, s, strlen(s));
}

/* `left`, and `right` flush with the margin. */
static void two_ends(FILE *out, const char *left, const char *right)
{
    size_t n = utf8_columns(left, strlen(left)) + utf8_columns(right, strlen(right));
    fprintf(out, "%s%*s%s\n", left, n < WIDTH ? (int)(WIDTH - n) : 1, "", right);
}

/* A list of sentences behind a label, broken at blanks within the margin. */
static void paragraph(FILE *out, const char *label, const char *text)
{
    enum { INDENT = 9 };
    fprintf(out, "%-*s", INDENT, label);
    while (*text) {
        size_t all = strlen(text), n = utf8_cut(text, all, WIDTH - INDENT);
        if (n < all) {
            size_t cut = n;
            while (cut > 0 && text[cut] != ' ')
                cut--;
            n = cut ? cut : n;
        }
        fprintf(out, "%.*s\n", (int)n, text);
        text += n;
        while (*text == ' ')
            text++;
        if (*text)
            fprintf(out, "%*s", INDENT, "");
    }
}

/* ---- the Sun ---- */

static const struct crossing *crossing(const struct crossings *x, bool rising)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->at[i].rising == rising)
            return &x->at[i];
    return NULL;
}

/* One half of the night: sunset to dark, or dark to sunrise. */
static void sun_half(FILE *out, const struct night *n, bool rising)
{
    static const char *const names[2][TWILIGHTS] = {
        {"sunset", "civil to", "nautical to", "astronomical to"},
        {"sunrise", "civil", "nautical", "astronomical from"}};
    struct str s = {0};
    char text[UTC_TEXT];
    for (int k = 0; k < TWILIGHTS; k++) {
        int i = rising ? TWILIGHTS - 1 - k : k;
        const struct crossing *c = crossing(&n->sun[i], rising);
        if (c)
            str_addf(&s, "%s%s %s", s.n ? ", " : "", names[rising][i], print_hh_mm(c->utc, text));
    }
    if (s.n)
        paragraph(out, rising ? "Morning" : "Evening", s.s);
    str_clear(&s);
}

static double lowest_sun(const struct almanac *a, const struct night *n, struct jd_utc *when)
{
    double from = almanac_t(a, n->start), to = almanac_t(a, n->end), best = 10, best_t = from;
    for (double t = from; t <= to; t += 1.0 / 288) {
        double alt = almanac_sun_alt(a, t);
        if (alt < best) {
            best = alt;
            best_t = t;
        }
    }
    *when = almanac_utc(a, best_t);
    return best * deg_per_rad;
}

static void put_sun(FILE *out, const struct page *p)
{
    const struct crossings *sun = p->night.sun;
    if (sun[0].always > 0)
        paragraph(out, "Sun", "does not set: it is day for 24 hours");
    else if (sun[0].always < 0 && sun[TWILIGHTS - 1].always < 0)
        paragraph(out, "Sun", "does not rise: astronomical night for 24 hours");
    else if (sun[0].always < 0)
        paragraph(out, "Sun", "does not rise: polar night, with twilight about noon");
    sun_half(out, &p->night, false);
    sun_half(out, &p->night, true);
}

static void hours(struct str *s, double days)
{
    int min = (int)floor(days * 1440 + 0.5);
    if (min >= 60)
        str_addf(s, "%d h %02d min", min / 60, min % 60);
    else
        str_addf(s, "%d min", min);
}

static const char *phase_of_day(double sun_alt_deg)
{
    return sun_alt_deg > twilight_alt_deg[0]   ? "day"
           : sun_alt_deg > twilight_alt_deg[1] ? "civil twilight"
           : sun_alt_deg > twilight_alt_deg[2] ? "nautical twilight"
           : sun_alt_deg > twilight_alt_deg[3] ? "astronomical twilight"
                                               : "astronomical night";
}

static void put_dark(FILE *out, const struct page *p)
{
    const struct almanac *a = p->list->almanac;
    double from = almanac_t(a, p->night.start), to = almanac_t(a, p->night.end);
    double now = almanac_t(a, p->now), sum = 0, left = 0;
    struct span dark[8];
    struct str s = {0};
    struct jd_utc when;
    char t[UTC_TEXT];
    size_t n = almanac_dark(a, twilight_alt_deg[3] / deg_per_rad, from, to, dark, 8);
    n = n < 8 ? n : 8;
    bool all = n == 1 && dark[0].to - dark[0].from > to - from - 1e-6;
    for (size_t i = 0; i < n; i++) {
        if (!all)
            str_addf(&s, "%s%s - ", i ? ", " : "", print_hh_mm(almanac_utc(a, dark[i].from), t));
        str_add(&s, all ? "all through" : print_hh_mm(almanac_utc(a, dark[i].to), t));
        sum += dark[i].to - dark[i].from;
        left += fmax(0, dark[i].to - fmax(now, dark[i].from));
    }
    if (n) {
        str_add(&s, " (");
        hours(&s, sum);
        str_add(&s, " with the Sun below -18 deg)");
    } else {
        double alt = lowest_sun(a, &p->night, &when);
        str_addf(&s, "never: the Sun is lowest at %s, %.1f deg (%s)", print_hh_mm(when, t), alt,
                 phase_of_day(alt));
    }
    if (now >= from && now <= to) {
        str_addf(&s, "; now %s", phase_of_day(almanac_sun_alt(a, now) * deg_per_rad));
        if (n && left < sum && left > 0) {
            str_add(&s, ", ");
            hours(&s, left);
            str_add(&s, " left");
        }
    }
    paragraph(out, "Dark", str_c(&s));
    str_clear(&s);
}

static void put_moon(FILE *out, const struct page *p)
{
    const struct almanac *a = p->list->almanac;
    struct str s = {0};
    char t[UTC_TEXT];
    double now = almanac_t(a, p->now);
    str_addf(&s, "%.0f %% lit, %s", p->night.moon_illum * 100,
             p->night.moon_waxing ? "waxing" : "waning");
    if (p->night.moon.always)
        str_add(&s, p->night.moon.always > 0 ? "; up all night" : "; down all night");
    for (size_t i = 0; i < p->night.moon.n; i++)
        str_addf(&s, "%s %s %s", i ? "," : ";", p->night.moon.at[i].rising ? "rises" : "sets",
                 print_hh_mm(p->night.moon.at[i].utc, t));
    if (now >= almanac_t(a, p->night.start) && now <= almanac_t(a, p->night.end)) {
        double alt = almanac_moon_alt(a, now) * deg_per_rad;
        if (alt > 0)
            str_addf(&s, "; now %.0f deg high", alt);
        else
            str_add(&s, "; now down");
    }
    paragraph(out, "Moon", str_c(&s));
    str_clear(&s);
}

static void put_head(FILE *out, const struct page *p)
{
    char from[UTC_TEXT], to[UTC_TEXT], now[UTC_TEXT];
    struct str left = {0}, right = {0};
    utc_format(p->date, 0, from);
    utc_format(utc_day_add(p->date, 1), 0, to);
    utc_format(p->now, 0, now);
    clean(&right, p->site.name);
    str_addf(&left, "Night of %.10s/%.2s", from, to + 8);
    two_ends(out, left.s, str_c(&right));
    double lat = p->site.lat_rad * deg_per_rad, lon = p->site.lon_rad * deg_per_rad;
    str_reset(&left);
    str_reset(&right);
    str_addf(&left, "All times UTC; now %.10s %.8s", now, now + 11);
    str_addf(&right, "%.4f %c  %.4f %c  %.0f m", fabs(lat), lat < 0 ? 'S' : 'N', fabs(lon),
             lon < 0 ? 'W' : 'E', p->site.height_m);
    two_ends(out, left.s, right.s);
    str_clear(&left);
    str_clear(&right);
}

/* ---- transits ---- */

static int by_score(const void *x, const void *y)
{
    const struct transit_event *a = *(const struct transit_event *const *)x,
                               *b = *(const struct transit_event *const *)y;
    return a->score.total < b->score.total ? 1 : a->score.total > b->score.total ? -1 : 0;
}

/* Events lie in one array in time order: so do pointers into it. */
static int by_time(const void *x, const void *y)
{
    const struct transit_event *a = *(const struct transit_event *const *)x,
                               *b = *(const struct transit_event *const *)y;
    return a < b ? -1 : a > b;
}

static void put_event(FILE *out, const struct transit_event *e, double now)
{
    static const char *const classes[] = {[TRANSIT_NONE] = "none",
                                          [TRANSIT_PARTIAL] = "partial",
                                          [TRANSIT_FULL] = "full",
                                          [TRANSIT_FULL_BASELINE] = "full+b"};
    struct str s = {0};
    char t[UTC_TEXT], alt[40], note[TRANSIT_NOTE];
    clean(&s, e->planet->name);
    size_t n = utf8_cut(str_c(&s), s.n, 13), have = utf8_columns(str_c(&s), n);
    fprintf(out, "%.*s%*s", (int)n, str_c(&s), (int)(13 - have), "");
    for (int i = 0; i < TRANSIT_CONTACTS; i++)
        fprintf(out, " %s", print_hh_mm(e->contact[i].utc, t));
    snprintf(alt, sizeof alt, "%.0f/%.0f/%.0f", e->contact[0].alt_rad * deg_per_rad,
             e->contact[1].alt_rad * deg_per_rad, e->contact[2].alt_rad * deg_per_rad);
    fprintf(out, " %9s", alt);
    if (planet_known(e->planet->mag_v))
        fprintf(out, " %4.1f", e->planet->mag_v);
    else
        fprintf(out, " %4s", "-");
    if (planet_known(e->planet->depth_mmag))
        fprintf(out, " %5.1f", e->planet->depth_mmag);
    else
        fprintf(out, " %5s", "-");
    bool runs = e->window_from <= now && strcmp(transit_note(e, note), "ok") == 0;
    fprintf(out, " %-7s %5.2f  %.12s\n", classes[e->class], e->score.total,
            runs ? "now" : transit_note(e, note));
    str_clear(&s);
}

static void put_reasons(FILE *out, const struct transit_event *const *best, size_t n)
{
    struct str s = {0}, name = {0};
    for (size_t i = 0; i < n && i < 3; i++) {
        const struct transit_event *e = best[i];
        bool some = false;
        clean(&name, e->planet->name);
        str_reset(&s);
        str_addf(&s, "%s, %.2f:", str_c(&name), e->score.total);
        for (int k = 0; k < TRANSIT_TERMS; k++)
            if (isfinite(e->score.value[k]) && e->score.weight[k] > 0) {
                str_addf(&s, "%s %s %.2f", some ? "," : "", transit_term_name((enum transit_term)k),
                         e->score.value[k]);
                some = true;
            }
        if (isfinite(e->sigma_d) && !e->phase_lost)
            str_addf(&s, "; mid +- %.1f min", e->sigma_d * 1440);
        paragraph(out, i ? "" : "Best", str_c(&s));
    }
    str_clear(&s);
    str_clear(&name);
}

static void put_table(FILE *out, const struct transit_event **by, size_t n, size_t most, double now)
{
    const struct transit_event *best[3];
    size_t shown = n < most ? n : most;
    if (shown < n)
        fprintf(out, "The best %zu of %zu transits that can be observed\n", shown, n);
    else
        fprintf(out, "%zu transit%s that can be observed\n", n, n == 1 ? "" : "s");
    fprintf(out, "%-13s %5s %5s %5s %9s %4s %5s %-7s %5s  %s\n", "Planet", "In", "Mid", "Out",
            "Alt i/m/o", "V", "mmag", "Class", "Score", "Note");
    qsort(by, n, sizeof *by, by_score);
    for (size_t i = 0; i < 3 && i < n; i++)
        best[i] = by[i];
    qsort(by, shown, sizeof *by, by_time);
    for (size_t i = 0; i < shown; i++)
        put_event(out, by[i], now);
    fputc('\n', out);
    put_reasons(out, best, n);
}

/* The end of what can be observed of an event. */
static double last_use(const struct transit_event *e)
{
    for (size_t i = e->n_segment; i-- > 0;)
        if (e->segment[i].loss == LOSS_NONE)
            return e->segment[i].to;
    return e->window_from;
}

/* What is over is of no use any more. */
static void put_transits(FILE *out, const struct page *p)
{
    const struct transit_event **by = mem_alloc((p->list->n + 1) * sizeof *by);
    double now = almanac_t(p->list->almanac, p->now);
    size_t n = 0;
    for (size_t i = 0; i < p->list->n; i++)
        if (last_use(&p->list->at[i]) >= now)
            by[n++] = &p->list->at[i];
    size_t over = p->list->n - n;
    if (n)
        put_table(out, by, n, p->rows, now);
    else if (over)
        fputs("No transit is left tonight.\n", out);
    else
        fputs("No transit can be observed tonight within your limits.\n", out);
    if (over) {
        char text[80];
        snprintf(text, sizeof text, "%zu transit%s of this night", over, over == 1 ? "" : "s");
        paragraph(out, "Over", text);
    }
    free(by);
}

/* ---- alerts ---- */

bool tonight_alert_up(const struct page *p, const struct alert_row *row)
{
    const struct alert_event *e = row->event;
    struct jd_utc at = alert_time_known(e->time) ? e->time : utc_of_wall(e->last_ms * 1000000);
    double age_s = utc_diff_s(p->now, at);
    return !e->retracted && row->view.left_s > 0 && age_s >= 0 && age_s < 7 * 86400;
}

static void put_alert(FILE *out, const struct page *p, const struct alert_row *row)
{
    const struct alert_event *e = row->event;
    struct str title = {0}, s = {0};
    char age[ALERTS_AGE], t[UTC_TEXT];
    struct jd_utc at = alert_time_known(e->time) ? e->time : utc_of_wall(e->last_ms * 1000000);
    alert_event_title(e, &title);
    clean(&s, str_c(&title));
    size_t n = utf8_cut(str_c(&s), s.n, 26), have = utf8_columns(str_c(&s), n);
    fprintf(out, "%.*s%*s", (int)n, str_c(&s), (int)(26 - have), "");
    alerts_age(utc_diff_s(p->now, at), age);
    fprintf(out, " %-10s %7s", alert_kind_name(e->kind), age);
    fprintf(out, "  %s - ", print_hh_mm(row->view.from, t));
    fprintf(out, "%s  %3.0f deg  %5.2f\n", print_hh_mm(row->view.until, t),
            row->view.alt_rad * deg_per_rad, row->view.score);
    str_clear(&title);
    str_clear(&s);
}

static void put_alerts(FILE *out, const struct page *p)
{
    enum { SHOWN = 5 };
    size_t n = 0;
    if (!p->has_alerts)
        return;
    for (size_t i = 0; i < p->alerts.n; i++) {
        if (!tonight_alert_up(p, &p->alerts.rows[i]))
            continue;
        if (n == 0)
            fprintf(out, "%-26s %-10s %7s  %-13s  %7s  %5s\n", "Alert", "Kind", "Age",
                    "Up in the dark", "Now", "Score");
        if (n++ < SHOWN)
            put_alert(out, p, &p->alerts.rows[i]);
    }
    if (n > SHOWN)
        fprintf(out, "and %zu more: vigie alerts list\n", n - SHOWN);
    if (n == 0)
        paragraph(out, "Alerts", "none of the last week can be observed tonight");
    fputc('\n', out);
}

static void put_source(FILE *out, const struct page *p)
{
    struct str s = {0};
    char text[TRANSIT_SUMMARY], t[UTC_TEXT];
    const struct catalogue *c = p->catalogue;
    paragraph(out, "Filters", transit_list_summary(p->list, text));
    clean(&s, c->source);
    str_addf(&s, ": %zu planets", c->n);
    if (c->n_reject)
        str_addf(&s, ", %zu rows refused", c->n_reject);
    if (c->fetched_ns > 0) {
        struct jd_utc at = utc_of_wall(c->fetched_ns);
        double h = utc_diff_s(p->now, at) / 3600;
        utc_format(at, 0, t);
        str_addf(&s, ", of %.10s %.5s", t, t + 11);
        if (h >= 0)
            str_addf(&s, " (%.0f %s old)", h < 48 ? h : h / 24, h < 48 ? "h" : "days");
    }
    if (p->lost.status != OK)
        str_addf(&s, "; %s", p->lost.text);
    paragraph(out, "Planets", str_c(&s));
    str_clear(&s);
}

void tonight_page(FILE *out, const struct page *p)
{
    put_head(out, p);
    fputc('\n', out);
    put_sun(out, p);
    put_dark(out, p);
    put_moon(out, p);
    fputc('\n', out);
    put_alerts(out, p);
    put_transits(out, p);
    put_source(out, p);
}
