/* transits_table.c - see transits_table.h. Times are UTC; a night is from noon to noon of local mean
 * time, so that no night is cut by midnight.
 */
#include "transits_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "vigie/base/str.h"
#include "vigie/base/utf8.h"
#include "vigie/transits/ephemeris.h"

static const double DEG = 180 / M_PI;

static void put_known(FILE *out, double x, int width, int decimals)
{
    print_number(out, planet_known(x) ? x : (double)NAN, width, decimals);
}

static void date_hh_mm(struct jd_utc utc, char out[UTC_TEXT])
{
    utc_format(utc_add_s(utc, 30), 0, out);
    char *t = strchr(out, 'T');
    if (t) {
        *t = ' ';
        t[6] = 0;
    }
}

/* The date on which the night of an instant began, by local mean time; 0 h UTC of it. */
static struct jd_utc night_of(const struct transit_list *l, struct jd_utc utc)
{
    double shift_s = l->request.site->lon_rad / (2 * M_PI) * 86400 - 43200;
    return utc_day_add(utc_add_s(utc, shift_s), 0);
}

static void put_alt(FILE *out, const struct transit_event *e)
{
    char text[32];
    snprintf(text, sizeof text, "%.0f/%.0f/%.0f", e->contact[0].alt_rad * DEG + 0.0,
             e->contact[1].alt_rad * DEG + 0.0, e->contact[2].alt_rad * DEG + 0.0);
    fprintf(out, " %9s", text);
}

static void put_moon(FILE *out, const struct transit_event *e)
{
    bool down = e->moon.alt_rad[0] < 0 && e->moon.alt_rad[1] < 0 && isnan(e->moon.rise_t);
    if (down)
        fprintf(out, " %4s", "down");
    else
        fprintf(out, " %4.0f", e->contact[TRANSIT_MID].moon_sep_rad * DEG);
}

static void put_score(FILE *out, double score)
{
    int n = (int)lround(score * 5);
    n = score > 0 && n == 0 ? 1 : n;
    fputc(' ', out);
    for (int i = 0; i < 5; i++)
        fputc(i < n ? '#' : '.', out);
}

static void put_sigma(FILE *out, const struct transit_event *e)
{
    double min = e->sigma_d * 1440;
    if (e->phase_lost)
        fprintf(out, " %6s", "lost");
    else
        print_number(out, min, 6, min < 10 ? 2 : 0);
}

static void put_flip(FILE *out, const struct transit_event *e)
{
    char text[UTC_TEXT] = "-";
    if (isfinite(e->flip_t))
        print_hh_mm(e->flip_utc, text);
    fprintf(out, " %5s", text);
}

/* What fits: 80 columns have the short form, 98 add sigma and priority, 112 O-C and flip. dated: few
 * transits over many nights have the night in each row, and in a narrow table it takes the place of
 * V and depth. */
struct shape {
    int name;
    bool more, most, dated, light;
};

static void put_head(FILE *out, const struct shape *s)
{
    if (s->dated)
        fprintf(out, "%-10s ", "Night");
    fprintf(out, "%-*s %5s %5s %5s %9s", s->name, "Planet", "In", "Mid", "Out", "Alt i/m/o");
    if (s->light)
        fprintf(out, " %4s %5s", "V", "mmag");
    fprintf(out, " %5s %4s %5s", "Dur", "Moon", "Score");
    if (s->more)
        fprintf(out, " %6s %-6s", "+-min", "Prior");
    if (s->most)
        fprintf(out, " %6s %5s", "O-C", "Flip");
    fputs(" Note\n", out);
}

static void put_row(FILE *out, const struct transit_event *e, const struct shape *s,
                    struct jd_utc night)
{
    char text[UTC_TEXT], note[TRANSIT_NOTE];
    if (s->dated)
        fprintf(out, "%.10s ", utc_format(night, 0, text));
    print_cut(out, e->planet->name, (size_t)s->name);
    for (int i = 0; i < TRANSIT_CONTACTS; i++) {
        print_hh_mm(e->contact[i].utc, text);
        fprintf(out, " %s", text);
    }
    put_alt(out, e);
    if (s->light) {
        put_known(out, e->planet->mag_v, 4, 1);
        put_known(out, e->planet->depth_mmag, 5, 1);
    }
    put_known(out, e->planet->duration_h, 5, 2);
    put_moon(out, e);
    put_score(out, e->score.total);
    if (s->more) {
        put_sigma(out, e);
        fputc(' ', out);
        print_cut(out, e->planet->priority_text, 6);
    }
    if (s->most) {
        put_known(out, e->planet->oc_min, 6, 1);
        put_flip(out, e);
    }
    fprintf(out, " %s\n", transit_note(e, note));
}

static bool same_night(struct jd_utc a, struct jd_utc b)
{
    return a.d1 + a.d2 == b.d1 + b.d2; /* both are a midnight */
}

static struct shape shape_of(const struct transit_list *list, int columns)
{
    size_t longest = 6, nights = 0;
    struct jd_utc before = {0, 0};
    for (size_t i = 0; i < list->n; i++) {
        const struct transit_event *e = &list->at[i];
        struct jd_utc night = night_of(list, e->contact[TRANSIT_MID].utc);
        size_t n = utf8_columns(e->planet->name, strlen(e->planet->name));
        longest = n > longest ? n : longest;
        nights += !same_night(night, before);
        before = night;
    }
    struct shape s = {.more = columns >= 98,
                      .most = columns >= 112,
                      .dated = nights > 1 && list->n < 3 * nights,
                      .light = true};
    s.light = !s.dated || s.more;
    int room = columns - 68 - (s.more ? 14 : 0) - (s.most ? 13 : 0) - (s.dated && s.light ? 11 : 0);
    room = room < 12 ? 12 : room; /* the rest, 10 of which are the note */
    s.name = longest < (size_t)room ? (int)longest : room;
    return s;
}

void transits_table(FILE *out, const struct transit_list *list, int columns)
{
    struct shape s = shape_of(list, columns);
    struct jd_utc before = {0, 0};
    for (size_t i = 0; i < list->n; i++) {
        const struct transit_event *e = &list->at[i];
        struct jd_utc night = night_of(list, e->contact[TRANSIT_MID].utc);
        if (!s.dated && !same_night(night, before)) {
            char from[UTC_TEXT], to[UTC_TEXT];
            utc_format(night, 0, from);
            utc_format(utc_day_add(night, 1), 0, to);
            fprintf(out, "%sNight %.10s/%.2s\n", i ? "\n" : "", from, to + 8);
        }
        if (s.dated ? i == 0 : !same_night(night, before))
            put_head(out, &s);
        put_row(out, e, &s, night);
        before = night;
    }
}

static void detail_times(FILE *out, const struct transit_list *list, const struct transit_event *e)
{
    char bjd[ORBIT_TEXT], utc[UTC_TEXT];
    const struct transit_contact *mid = &e->contact[TRANSIT_MID];
    double tdb_s = 32.184 + utc_tai_offset_s(mid->utc);
    print_cut(out, e->planet->name, utf8_columns(e->planet->name, strlen(e->planet->name)));
    fprintf(out, "  epoch %lld\n", (long long)e->epoch);
    fprintf(out, "  Mid        %s BJD_TDB = %s", orbit_text(mid->bjd, 6, bjd),
            utc_format(mid->utc, 0, utc));
    fprintf(out, "\n             light time %+.2f s, TDB-UTC %.3f s", e->light_time_s, tdb_s);
    if (isfinite(e->sigma_d))
        fprintf(out, "; +- %.2f min%s", e->sigma_d * 1440,
                e->phase_lost  ? ": phase lost"
                : e->on_target ? ", within T14/12"
                               : "");
    fputc('\n', out);
    if (e->time_unsure)
        fputs("             the catalogue does not say the time system of its ephemeris\n", out);
    if (isfinite(e->oc_mid_t))
        fprintf(out, "             O-C %+.1f min, not applied: it would be %s\n", e->planet->oc_min,
                utc_format(almanac_utc(list->almanac, e->oc_mid_t), 0, utc));
    for (int i = 0; i < TRANSIT_CONTACTS; i++) {
        const struct transit_contact *c = &e->contact[i];
        fprintf(out, "  %-9s  %.8s UTC  alt %5.1f  az %5.1f  HA %+6.2f h  X ",
                transit_contact_name((enum transit_contact_id)i),
                strchr(utc_format(c->utc, 0, utc), 'T') + 1, c->alt_rad * DEG, c->az_rad * DEG,
                c->ha_rad * DEG / 15);
        fprintf(out, isfinite(c->airmass) ? "%.2f" : "-", c->airmass);
        fprintf(out, "  Sun %+.1f\n", c->sun_alt_rad * DEG);
    }
}

static void detail_use(FILE *out, const struct transit_list *list, const struct transit_event *e)
{
    static const char *const names[TRANSIT_PIECES] = {"base", "in", "flat", "out", "base"};
    char from[UTC_TEXT], to[UTC_TEXT], why[TRANSIT_REASON];
    date_hh_mm(almanac_utc(list->almanac, e->window_from), from);
    date_hh_mm(almanac_utc(list->almanac, e->window_to), to);
    fprintf(out, "  Observe    %s - %s, %.0f min each side\n", from, to, e->baseline_d * 1440);
    fprintf(out, "             %s, %.0f %% of the transit\n            ",
            transit_part_name(e->part), e->transit_fraction * 100);
    for (int i = 0; i < TRANSIT_PIECES; i++)
        if (e->minutes[i].of > 0)
            fprintf(out, " %s %.0f/%.0f", names[i], e->minutes[i].have, e->minutes[i].of);
    fprintf(out, " min\n");
    if (isfinite(e->flat_h))
        fprintf(out, "             T23 %.2f h, derived\n", e->flat_h);
    for (size_t i = 0; i < e->n_segment; i++)
        if (e->segment[i].loss != LOSS_NONE)
            fprintf(out, "             %s\n", transit_reason(list->almanac, e, i, why));
    if (isfinite(e->flip_t)) {
        utc_format(e->flip_utc, 0, from);
        fprintf(out, "  Flip       %.8s UTC, %.0f min %s %s\n", strchr(from, 'T') + 1,
                fabs(e->flip_after_min), e->flip_after_min < 0 ? "before" : "after",
                transit_contact_name(e->flip_contact));
    }
}

static void detail_moon(FILE *out, const struct transit_list *list, const struct transit_event *e)
{
    const struct transit_moon *m = &e->moon;
    char text[UTC_TEXT];
    fprintf(out, "  Moon       %.0f %% lit, %.0f to %.0f deg away, altitude %.0f to %.0f",
            m->illum[1] * 100, m->sep_rad[0] * DEG, m->sep_rad[1] * DEG, m->alt_rad[0] * DEG,
            m->alt_rad[1] * DEG);
    if (isfinite(m->rise_t)) {
        print_hh_mm(almanac_utc(list->almanac, m->rise_t), text);
        fprintf(out, ", rises %s", text);
    }
    if (isfinite(m->set_t)) {
        print_hh_mm(almanac_utc(list->almanac, m->set_t), text);
        fprintf(out, ", sets %s", text);
    }
    fputc('\n', out);
}

static void detail_planet(FILE *out, const struct transit_list *list, const struct transit_event *e)
{
    const struct planet *p = e->planet;
    fputs("  Planet     depth", out);
    put_known(out, p->depth_mmag, 1, 1);
    fputs(" mmag, duration", out);
    put_known(out, p->duration_h, 1, 2);
    fputs(" h, V", out);
    put_known(out, p->mag_v, 1, 1);
    fputs(", R", out);
    put_known(out, p->mag_r, 1, 1);
    fputs(", priority ", out);
    print_cut(out, p->priority_text[0] ? p->priority_text : "-",
              utf8_columns(p->priority_text, strlen(p->priority_text)));
    fputs("\n  Telescope  asks", out);
    put_known(out, p->min_aperture_in * 25.4, 1, 0);
    fputs(" mm, you have", out);
    put_known(out, list->request.own_aperture_mm, 1, 0);
    fprintf(out, " mm: %s\n", transit_verdict_name(e->verdict));
    fprintf(out, "  Score      %.2f   value and weight:", e->score.total);
    for (int i = 0; i < TRANSIT_TERMS; i++)
        if (isfinite(e->score.value[i]))
            fprintf(out, "%s%s %.2f (%g)", i == TERM_ALTITUDE ? "\n             " : " ",
                    transit_term_name((enum transit_term)i), e->score.value[i], e->score.weight[i]);
    fputc('\n', out);
}

void transits_detail(FILE *out, const struct transit_list *list, const struct transit_event *e)
{
    detail_times(out, list, e);
    detail_use(out, list, e);
    detail_moon(out, list, e);
    detail_planet(out, list, e);
}
