/* transits_text.c - a transit in words: what to do, and where the numbers come from. See
 * transits_own.h.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "transits_own.h"
#include "vigie/formats/sexa.h"
#include "vigie/transits/ephemeris.h"

static const double DEG = 57.295779513082323;

/* struct lines - texts under each other, as many as the canvas has rows. */
struct lines {
    struct canvas *c;
    int n;
};

static void line(struct lines *l, enum role role, const char *fmt, ...) PRINTF(3, 4);
static void line(struct lines *l, enum role role, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (l->n < l->c->rows)
        canvas_fit(l->c, l->n++, 1, l->c->cols - 1, -1, role, text);
}

static const char *number(double x, int decimals, char out[32])
{
    if (isfinite(x))
        snprintf(out, 32, "%.*f", decimals, x);
    else
        strcpy(out, "-");
    return out;
}

static const char *known(double x, int decimals, char out[32])
{
    return number(planet_known(x) ? x : (double)NAN, decimals, out);
}

/* "14 s", "2.3 min", "4 h": an error of a time in the unit one thinks in. */
static const char *spread(double days, char out[32])
{
    double s = days * 86400;
    if (!isfinite(s))
        strcpy(out, "unknown");
    else if (s < 100)
        snprintf(out, 32, "%.0f s", s);
    else if (s < 6000)
        snprintf(out, 32, "%.1f min", s / 60);
    else
        snprintf(out, 32, "%.1f h", s / 3600);
    return out;
}

static const char *until(double s, char out[32])
{
    int k = (int)(s + 0.5);
    if (k < 3600)
        snprintf(out, 32, "%d min %02d s", k / 60, k % 60);
    else if (k < 48 * 3600)
        snprintf(out, 32, "%d h %02d min", k / 3600, k / 60 % 60);
    else
        snprintf(out, 32, "%.1f d", k / 86400.0);
    return out;
}

void transits_phase(const struct transit_rows *rows, const struct transit_event *e, struct str *out)
{
    char text[32];
    struct transit_phase p =
        transit_phase_at(rows->list, e, utc_of_wall(session_now_ns(rows->session)));
    switch (p.kind) {
    case PHASE_WAITING: str_addf(out, "window opens in %s", until(p.next_s, text)); break;
    case PHASE_RUNNING:
        str_addf(out, "NOW: %s, %s left", transit_piece_name(p.piece), until(p.next_s, text));
        break;
    case PHASE_OVER: str_add(out, "over"); break;
    }
}

static void utc_text(struct jd_utc utc, int decimals, char out[UTC_TEXT])
{
    utc_format(utc, decimals, out);
    char *t = strchr(out, 'T'), *z = strchr(out, 'Z');
    if (t)
        *t = ' ';
    if (z)
        *z = 0;
}

/* ---- the event ---- */

static void mid_line(struct lines *l, const struct transit_event *e)
{
    char bjd[ORBIT_TEXT], utc[UTC_TEXT], sigma[32], light[32];
    snprintf(light, sizeof light, "  light %.0f s", e->light_time_s);
    orbit_text(e->contact[TRANSIT_MID].bjd, 5, bjd);
    utc_text(e->contact[TRANSIT_MID].utc, 0, utc);
    line(l, ROLE_STRONG, "Mid %s BJD_TDB = %s UTC +- %s%s", bjd, utc, spread(e->sigma_d, sigma),
         l->c->cols >= 80 ? light : "");
}

static void camera_line(struct lines *l, const struct transits_view *v,
                        const struct transit_event *e)
{
    const struct almanac *a = v->rows->list->almanac;
    struct str from = {0}, to = {0};
    char flip[48] = "";
    transits_clock(v->rows, almanac_utc(a, e->window_from), &from);
    transits_clock(v->rows, almanac_utc(a, e->window_to), &to);
    if (isfinite(e->flip_t)) {
        struct str f = {0};
        transits_clock(v->rows, e->flip_utc, &f);
        snprintf(flip, sizeof flip, "   flip %s", str_c(&f));
        str_clear(&f);
    }
    line(l, ROLE_TEXT, "Camera %s to %s %s (%.0f min either side)%s", str_c(&from), str_c(&to),
         transits_zone(v->rows), e->baseline_d * 1440, flip);
    str_clear(&from);
    str_clear(&to);
}

static void class_line(struct lines *l, const struct transits_view *v,
                       const struct transit_event *e)
{
    char oc[32] = "";
    if (planet_known(e->planet->oc_min))
        snprintf(oc, sizeof oc, "   O-C %+.1f min", e->planet->oc_min);
    line(l, ROLE_TEXT, "Seen: %s; %.0f %% of transit, %.0f %% of window%s",
         transit_part_name(e->part), 100 * e->transit_fraction, 100 * e->window_fraction, oc);
    for (size_t i = 0; i < e->n_segment; i++) {
        char why[TRANSIT_REASON];
        if (e->segment[i].loss != LOSS_NONE)
            line(l, ROLE_POOR, "  %s", transit_reason(v->rows->list->almanac, e, i, why));
    }
}

static void telescope_line(struct lines *l, const struct transits_view *v,
                           const struct transit_event *e)
{
    char asks[32], own[32];
    double mm = v->rows->list->request.own_aperture_mm;
    double need =
        planet_known(e->planet->min_aperture_in) ? 25.4 * e->planet->min_aperture_in : (double)NAN;
    line(l, ROLE_TEXT, "Aperture: asks %s mm, you have %s mm: %s   priority %s",
         number(need, 0, asks), number(mm, 0, own), transit_verdict_name(e->verdict),
         *e->planet->priority_text ? e->planet->priority_text : "-");
}

static void moon_line(struct lines *l, const struct transit_event *e)
{
    const struct transit_moon *m = &e->moon;
    if (m->alt_rad[0] < 0 && m->alt_rad[1] < 0 && isnan(m->rise_t))
        line(l, ROLE_TEXT, "Moon: down through the window");
    else
        line(l, ROLE_TEXT, "Moon: %.0f %% lit, %.0f to %.0f deg away, altitude %+.0f to %+.0f%s",
             100 * m->illum[0], m->sep_rad[0] * DEG, m->sep_rad[1] * DEG, m->alt_rad[0] * DEG,
             m->alt_rad[1] * DEG,
             isfinite(m->rise_t)  ? "; it rises"
             : isfinite(m->set_t) ? "; it sets"
                                  : "");
}

static void star_line(struct lines *l, const struct transit_event *e)
{
    char v[32], r[32], t[32], g[32], ra[32], dec[32];
    const struct planet *p = e->planet;
    line(l, ROLE_TEXT, "Star %.30s  %s %s ICRS", p->star,
         sexa_format(p->ra_rad * DEG, SEXA_RA, 1, ':', ra),
         sexa_format(p->dec_rad * DEG, SEXA_DEC, 0, ':', dec));
    line(l, ROLE_TEXT, "     V %s  R %s  Teff %s K  log g %s  depth %s mmag", known(p->mag_v, 1, v),
         known(p->mag_r, 1, r), number(p->teff_k, 0, t), number(p->logg, 2, g),
         planet_known(p->depth_mmag) ? number(p->depth_mmag, 1, (char[32]){0}) : "-");
}

int transits_detail_draw(const struct transits_view *v, const struct transit_event *e,
                         struct canvas *c)
{
    struct lines l = {c, 0};
    struct str phase = {0};
    mid_line(&l, e);
    camera_line(&l, v, e);
    transits_phase(v->rows, e, &phase);
    line(&l, ROLE_NOW, "%s%s%s", str_c(&phase), e->phase_lost ? "   PHASE LOST" : "",
         e->time_unsure ? "   TIME SYSTEM NOT CERTAIN" : "");
    class_line(&l, v, e);
    telescope_line(&l, v, e);
    moon_line(&l, e);
    star_line(&l, e);
    str_clear(&phase);
    return l.n;
}

/* ---- where the numbers come from ---- */

static void ephemeris_lines(struct lines *l, const struct transits_view *v,
                            const struct transit_event *e)
{
    const struct ephemeris *f = &e->planet->ephemeris;
    struct orbit_clock clock;
    char t0[ORBIT_TEXT], mid[ORBIT_TEXT], st0[32], sp[32];
    bool ok = orbit_clock_set(&clock, e->planet);
    struct bjd_tdb zero = {clock.t0.day, clock.t0.frac};
    orbit_text(e->contact[TRANSIT_MID].bjd, 6, mid);
    line(l, ROLE_TEXT, "T0    %s BJD_TDB  +- %s", ok ? orbit_text(zero, 6, t0) : "-",
         spread(clock.t0_err_d, st0));
    struct bjd_tdb given = {f->t0.day, f->t0.frac};
    line(l, ROLE_TEXT, "      given as %s %s, %.40s", orbit_text(given, 6, t0),
         time_system_name(f->system), *f->ref ? f->ref : session_tonight(v->session)->source);
    if (isfinite(f->period_err_d))
        snprintf(sp, sizeof sp, "%.4f s", f->period_err_d * 86400);
    else
        strcpy(sp, "unknown");
    line(l, ROLE_TEXT, "P     %.9f d  +- %s", f->period.day + f->period.frac, sp);
    line(l, ROLE_TEXT, "mid = T0 + %lld P  = %s BJD_TDB  +- %s", (long long)e->epoch, mid,
         spread(e->sigma_d, st0));
}

static void scale_lines(struct lines *l, const struct transit_event *e)
{
    const struct transit_contact *m = &e->contact[TRANSIT_MID];
    struct jd_tt tt = utc_to_tt(m->utc);
    struct jd_tdb tdb = tt_to_tdb(tt);
    char utc[UTC_TEXT];
    utc_text(m->utc, 3, utc);
    line(l, ROLE_TEXT, "  - light time     %+10.3f s  barycentre to observer, ERFA epv00",
         e->light_time_s);
    line(l, ROLE_TEXT, "  - (TDB - TT)     %+10.3f s",
         ((tdb.d1 - tt.d1) + (tdb.d2 - tt.d2)) * 86400);
    line(l, ROLE_TEXT, "  - (TT - TAI)     %+10.3f s", 32.184);
    line(l, ROLE_TEXT, "  - (TAI - UTC)    %+10.3f s  leap seconds", utc_tai_offset_s(m->utc));
    line(l, ROLE_STRONG, "  = %s UTC", utc);
}

static void contact_lines(struct lines *l, const struct transit_event *e)
{
    for (int i = 0; i < TRANSIT_CONTACTS; i++) {
        const struct transit_contact *c = &e->contact[i];
        char bjd[ORBIT_TEXT], utc[UTC_TEXT], x[32];
        utc_text(c->utc, 0, utc);
        line(l, ROLE_TEXT, "%-7s %s  %s  alt %.0f az %.0f X %s",
             transit_contact_name((enum transit_contact_id)i), orbit_text(c->bjd, 5, bjd),
             strlen(utc) > 11 ? utc + 11 : utc, c->alt_rad * DEG, c->az_rad * DEG,
             number(c->airmass, 2, x));
    }
}

static void score_line(struct lines *l, const struct transit_event *e)
{
    struct str s = {.max = 300};
    for (int i = 0; i < TRANSIT_TERMS; i++)
        if (isfinite(e->score.value[i]))
            str_addf(&s, "  %s %.2f", transit_term_name((enum transit_term)i), e->score.value[i]);
    line(l, ROLE_TEXT, "score %.2f:%s", e->score.total, str_c(&s));
    str_clear(&s);
}

int transits_numbers_draw(const struct transits_view *v, const struct transit_event *e,
                          struct canvas *c)
{
    struct lines l = {c, 0};
    ephemeris_lines(&l, v, e);
    scale_lines(&l, e);
    contact_lines(&l, e);
    score_line(&l, e);
    return l.n;
}
