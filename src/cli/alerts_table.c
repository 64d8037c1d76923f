/* alerts_table.c - see alerts_table.h. All that came from outside goes through utf8_clean. */
#include "alerts_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/sexa.h"

static const double DEG = 180 / M_PI;

void alerts_age(double age_s, char out[ALERTS_AGE])
{
    bool known = age_s >= 0 && age_s < 1e11;
    int m = known ? (int)(age_s / 60) : 0;
    if (!known)
        strcpy(out, "-");
    else if (m < 24 * 60)
        snprintf(out, ALERTS_AGE, "%dh%02d", m / 60, m % 60);
    else if (m < 100 * 1440)
        snprintf(out, ALERTS_AGE, "%dd%02d", m / 1440, m % 1440 / 60);
    else if (m < 1000 * 1440)
        snprintf(out, ALERTS_AGE, "%dd", m / 1440);
    else
        snprintf(out, ALERTS_AGE, "%.1fy", m / (365.25 * 1440));
}

static void put_place(FILE *out, const struct alert_event *e)
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    if (isfinite(e->ra_rad))
        fprintf(out, " %-10s %-9s", sexa_format(e->ra_rad * DEG, SEXA_RA, 1, ':', ra),
                sexa_format(e->dec_rad * DEG, SEXA_DEC, 0, ':', dec));
    else
        fprintf(out, " %-10s %-9s", "-", "-");
}

static void put_error(FILE *out, double error_rad)
{
    struct str t = {0};
    if (isfinite(error_rad))
        alert_angle_text(&t, error_rad);
    char *space = t.n ? strstr(t.s, " deg") : NULL;
    if (space)
        strcpy(space, "d");
    fprintf(out, " %5s", t.n ? t.s : "-");
    str_clear(&t);
}

static void put_until(FILE *out, struct jd_utc t)
{
    char text[UTC_TEXT];
    if (!alert_time_known(t)) {
        fprintf(out, " %5s", "-");
        return;
    }
    fprintf(out, " %s", print_hh_mm(t, text));
}

static void put_score(FILE *out, double score)
{
    int n = isfinite(score) ? (int)lround(score * 5) : 0;
    fputc(' ', out);
    for (int i = 0; i < n; i++)
        fputc('#', out);
}

static const char *what(const struct alert_event *e)
{
    return e->classification ? e->classification : e->type ? e->type : alert_kind_name(e->kind);
}

static char mark(const struct alert_event *e)
{
    return e->retracted ? 'x' : e->followed ? '*' : e->fresh ? '+' : ' ';
}

void alerts_table(FILE *out, const struct alert_list *list, struct jd_utc now, bool judged,
                  int columns)
{
    struct str title = {0};
    int fixed = judged ? 76 : 52, names = columns - fixed;
    size_t name = names > 26 ? 26 : names > 12 ? (size_t)names : 12;
    fprintf(out, "  %-*s %-7s %5s %6s %-10s %-9s %5s", (int)name, "Name", "Type", "Mag", "Age",
            "RA ICRS", "Dec", "Error");
    fputs(judged ? " Alt  From    To Moon Score\n" : "\n", out);
    for (size_t i = 0; i < list->n; i++) {
        const struct alert_row *r = &list->rows[i];
        const struct alert_event *e = r->event;
        struct jd_utc t = alert_time_known(e->time) ? e->time : e->issued;
        char age[ALERTS_AGE];
        alerts_age(alert_time_known(t) ? utc_diff_s(now, t) : (double)NAN, age);
        fprintf(out, "%c ", mark(e));
        str_reset(&title);
        alert_event_title(e, &title);
        print_cut(out, str_c(&title), name);
        fputc(' ', out);
        print_cut(out, what(e), 7);
        print_number(out, e->mag, 5, 1);
        fprintf(out, " %6s", age);
        put_place(out, e);
        put_error(out, e->error_rad);
        if (judged) {
            print_number(out, round(r->view.alt_rad * DEG) + 0.0, 3, 0);
            put_until(out, r->view.from);
            put_until(out, r->view.until);
            print_number(out, r->view.moon_sep_rad * DEG, 4, 0);
            put_score(out, r->view.score);
        }
        fputc('\n', out);
    }
    str_clear(&title);
}

/* ---- one packet ---- */

static void line(FILE *out, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    fprintf(out, "  %-14s ", name);
    print_clean(out, value);
    fputc('\n', out);
}

static void line_number(FILE *out, const char *name, double x, const char *unit)
{
    if (isfinite(x))
        fprintf(out, "  %-14s %.6g%s\n", name, x, unit);
}

static void line_instant(FILE *out, const char *name, struct jd_utc t)
{
    char text[UTC_TEXT];
    if (alert_time_known(t))
        fprintf(out, "  %-14s %s\n", name, utc_format(t, 3, text));
}

static void line_place(FILE *out, const struct alert *a)
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    struct str error = {0};
    if (!isfinite(a->ra_rad)) {
        fprintf(out, "  %-14s none\n", "position");
        return;
    }
    alert_angle_text(&error, a->error_rad);
    fprintf(out, "  %-14s %s %s ICRS   (%.6f %+.6f)   error %s\n", "position",
            sexa_format(a->ra_rad * DEG, SEXA_RA, 2, ' ', ra),
            sexa_format(a->dec_rad * DEG, SEXA_DEC, 1, ' ', dec), a->ra_rad * DEG, a->dec_rad * DEG,
            str_c(&error));
    str_clear(&error);
}

static void put_params(FILE *out, const struct alert *a)
{
    const char *group = NULL;
    for (size_t i = 0; i < a->params.n; i++) {
        const struct alert_param *p = &a->params.at[i];
        if (i == 0 ||
            (group != p->group && (!group || !p->group || strcmp(group, p->group) != 0))) {
            fputs("  ", out);
            print_clean(out, p->group ? p->group : "parameters");
            fputc('\n', out);
            group = p->group;
        }
        fputs("    ", out);
        print_cut(out, p->name, 26);
        fputc(' ', out);
        print_clean(out, p->value ? p->value : "");
        if (p->unit && *p->unit) {
            fputc(' ', out);
            print_clean(out, p->unit);
        }
        fputc('\n', out);
    }
}

void alerts_packet(FILE *out, const struct alert *a, const char *file)
{
    print_clean(out, a->name ? a->name : a->id);
    fprintf(out, "   %s%s%s   (", alert_kind_name(a->kind), a->standing == ALERT_SKY ? "" : ", a ",
            a->standing == ALERT_TEST      ? "TEST"
            : a->standing == ALERT_UTILITY ? "utility packet"
                                           : "");
    print_clean(out, file);
    fputs(")\n", out);
    if (a->retraction)
        fputs("  RETRACTED: this packet takes back what was announced\n", out);
    line(out, "from", a->facility);
    line(out, "packet", a->packet);
    line(out, "format", alert_format_name(a->format));
    line(out, "id", a->id);
    line(out, "event", a->key);
    line_instant(out, "time", a->time);
    line_instant(out, "announced", a->issued);
    line_instant(out, "expires", a->expires);
    line_place(out, a);
    line(out, "class", a->classification ? a->classification : a->type);
    line_number(out, "magnitude", a->mag, "");
    line(out, "band", a->band);
    line_number(out, "redshift", a->redshift, "");
    line_number(out, "distance", a->distance_mpc, " Mpc");
    if (a->far_hz > 0)
        fprintf(out, "  %-14s one in %.3g years\n", "false alarms",
                1 / (a->far_hz * 365.25 * 86400));
    line_number(out, "importance", a->importance, "");
    line(out, "description", a->description);
    for (size_t i = 0; i < a->citations.n; i++)
        line(out, a->citations.at[i].kind ? a->citations.at[i].kind : "cites",
             a->citations.at[i].id);
    for (size_t i = 0; i < a->references.n; i++)
        line(out, "link", a->references.at[i]);
    put_params(out, a);
}
