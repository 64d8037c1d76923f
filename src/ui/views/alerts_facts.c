/* alerts_facts.c - what an alert says, and what that means here, in words. See alerts_own.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts_own.h"
#include "vigie/base/conf.h"
#include "vigie/formats/sexa.h"
#include "vigie/sky/frame.h"

static const double DEG = 57.295779513082321;

/* "12 s", "4 min", "3.2 h", "2.1 d". */
static void put_span(struct str *out, double s)
{
    double x = fabs(s);
    if (x < 120)
        str_addf(out, "%.0f s", x);
    else if (x < 7200)
        str_addf(out, "%.0f min", x / 60);
    else if (x < 172800)
        str_addf(out, "%.1f h", x / 3600);
    else
        str_addf(out, "%.1f d", x / 86400);
}

static void put_instant(struct str *out, struct jd_utc t)
{
    char text[UTC_TEXT];
    if (!alert_time_known(t)) {
        str_addc(out, '-');
        return;
    }
    utc_format(t, 0, text);
    str_addf(out, "%.10s %.8s UTC", text, text + 11);
}

static void put_what(struct str *out, const struct alert_event *e)
{
    alerts_put_clean(out, alerts_class(e), 60);
    if (e->type && e->classification) {
        str_add(out, " (");
        alerts_put_clean(out, e->type, 30);
        str_addc(out, ')');
    }
    if (isfinite(e->mag)) {
        str_addf(out, "  mag %.1f ", e->mag);
        alerts_put_clean(out, e->band ? e->band : "", 12);
    }
    if (isfinite(e->redshift))
        str_addf(out, "  z %.4g", e->redshift);
    if (isfinite(e->distance_mpc))
        str_addf(out, "  %.4g Mpc", e->distance_mpc);
    if (e->facility) {
        str_add(out, "  from ");
        alerts_put_clean(out, e->facility, 40);
    }
}

static void put_error(struct str *out, const struct alert_event *e, const struct alert_view *view)
{
    if (!isfinite(e->error_rad)) {
        str_add(out, "unknown");
        return;
    }
    alert_angle_text(out, e->error_rad);
    switch (view ? view->fit : FIT_UNKNOWN) {
    case FIT_UNKNOWN: break;
    case FIT_ONE: str_add(out, ", fits one frame"); break;
    case FIT_SEVERAL: str_addf(out, ", %d frames", view->frames); break;
    case FIT_TOO_BIG: str_add(out, ", too big for the camera"); break;
    }
}

static void put_place(struct str *out, const struct alert_event *e)
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    if (isfinite(e->ra_rad))
        str_addf(out, "%s %s", sexa_format(e->ra_rad * DEG, SEXA_RA, 2, ' ', ra),
                 sexa_format(e->dec_rad * DEG, SEXA_DEC, 1, ' ', dec));
    else
        str_add(out, "no position");
}

static double culmination(const struct session *s, const struct alert_event *e)
{
    const struct almanac *a = session_alert_night(s);
    struct almanac_star star;
    if (!a || !isfinite(e->ra_rad))
        return NAN;
    almanac_star_set(&star, e->ra_rad, e->dec_rad);
    return almanac_star_transit(a, &star, almanac_first(a), almanac_last(a));
}

static void put_now(struct str *out, const struct alert_view *view)
{
    str_addf(out, "alt %.0f %s  az %.0f", round(view->alt_rad * DEG) + 0.0,
             view->rising ? "rising" : "setting", view->az_rad * DEG);
    if (view->alt_rad > 0) {
        str_add(out, "  X ");
        alerts_put_airmass(sky_airmass(view->alt_rad), out);
    }
}

/* Until when it can be observed; in words, or short enough for a line with other things. */
static void put_tonight(struct str *out, const struct session *s, const struct alert_event *e,
                        const struct alert_view *view, bool words)
{
    double limit = conf_number(session_conf(s), "alerts.min-alt"), t = culmination(s, e);
    if (isfinite(t)) {
        str_add(out, words ? "culminates " : "culm. ");
        alerts_clock(almanac_utc(session_alert_night(s), t), out);
        str_add(out, "  ");
    }
    if (!alert_time_known(view->from)) {
        str_addf(out,
                 words ? "not above %.0f deg in the dark in the coming 24 h" : "not above %.0f",
                 limit);
        return;
    }
    str_addf(out, words ? "above %.0f deg in the dark " : "above %.0f ", limit);
    if (utc_diff_s(view->from, alerts_now(s)) > 60) {
        str_add(out, words ? "from " : "");
        alerts_clock(view->from, out);
        str_add(out, words ? " until " : "-");
    } else {
        str_add(out, "until ");
    }
    alerts_clock(view->until, out);
}

static void put_moon(struct str *out, const struct alert_view *view)
{
    if (isfinite(view->moon_sep_rad))
        str_addf(out, "%.0f deg away, %.0f %%", view->moon_sep_rad * DEG, view->moon_illum * 100);
    if (isfinite(view->moon_alt_rad) && view->moon_alt_rad < 0)
        str_add(out, ", down");
}

/* When it happened, was announced, came. */
static void put_times(const struct session *s, const struct alert_event *e, struct alerts_text *t)
{
    struct str v = {0};
    struct jd_utc came = utc_of_wall(e->first_ms * 1000000);
    if (alert_time_known(e->time)) {
        put_instant(&v, e->time);
        str_add(&v, "  ");
        alerts_put_age(alerts_age_s(s, e), &v);
        str_add(&v, " ago");
        alerts_fact(t, "Event", str_c(&v));
    }
    str_reset(&v);
    if (alert_time_known(e->issued)) {
        put_instant(&v, e->issued);
        if (alert_time_known(e->time)) {
            str_add(&v, "  ");
            put_span(&v, utc_diff_s(e->issued, e->time));
            str_add(&v, " after the event");
        }
        alerts_fact(t, "Announced", str_c(&v));
    }
    str_reset(&v);
    put_instant(&v, came);
    alerts_fact(t, "Received", str_c(&v));
    str_reset(&v);
    if (alert_time_known(e->expires)) {
        put_instant(&v, e->expires);
        alerts_fact(t, "Expires", str_c(&v));
    }
    str_clear(&v);
}

static void put_sky(const struct alerts_view *v, const struct alert_event *e,
                    const struct alerts_row *row, struct alerts_text *t)
{
    struct str s = {0};
    const struct alert_view *view =
        row && isfinite(row->view.alt_rad) && isfinite(e->ra_rad) ? &row->view : NULL;
    put_place(&s, e);
    alerts_fact(t, "ICRS", str_c(&s));
    str_reset(&s);
    if (isfinite(e->ra_rad)) {
        put_error(&s, e, view);
        alerts_fact(t, "Error", str_c(&s));
    }
    str_reset(&s);
    if (view) {
        put_now(&s, view);
        alerts_fact(t, "Now", str_c(&s));
        str_reset(&s);
        put_tonight(&s, v->session, e, view, true);
        alerts_fact(t, "Tonight", str_c(&s));
        str_reset(&s);
        put_moon(&s, view);
        alerts_fact(t, "Moon", str_c(&s));
        str_reset(&s);
        str_addf(&s, "%.2f", view->score);
        alerts_fact(t, "Score", str_c(&s));
    }
    str_clear(&s);
}

/* Of an event whose packet carried its sky map. */
static void put_map(const struct alert_event *e, struct alerts_text *t)
{
    static const char map[] = "event.skymap";
    struct alert_bag_item half, most, ra, dec;
    struct str s = {0};
    if (!alert_bag_find(&e->params, map, "area50", &half) ||
        !alert_bag_find(&e->params, map, "area90", &most) ||
        !alert_bag_find(&e->params, map, "peak_ra", &ra) ||
        !alert_bag_find(&e->params, map, "peak_dec", &dec))
        return;
    str_addf(&s, "50 %% in %.12s deg2, 90 %% in %.12s deg2; densest at %.12s %.12s deg", half.value,
             most.value, ra.value, dec.value);
    alerts_fact(t, "Sky map", str_c(&s));
    str_clear(&s);
}

static void put_marks(struct str *out, const struct alert_event *e)
{
    static const char *const standing[] = {"", "a TEST packet, never rings", "a utility packet"};
    if (e->retracted)
        str_add(out, "RETRACTED by its sender");
    if (*standing[e->standing])
        str_addf(out, "%s%s", out->n ? "; " : "", standing[e->standing]);
    if (e->followed)
        str_addf(out, "%sfollowed", out->n ? "; " : "");
    if (e->fresh)
        str_addf(out, "%snot seen", out->n ? "; " : "");
    if (e->acknowledged)
        str_addf(out, "%sacknowledged", out->n ? "; " : "");
}

void alerts_facts(const struct alerts_view *v, const struct alert_event *e,
                  const struct alerts_row *row, struct alerts_text *t)
{
    struct str s = {0};
    put_marks(&s, e);
    alerts_fact(t, "State", str_c(&s));
    str_reset(&s);
    put_what(&s, e);
    alerts_fact(t, "What", str_c(&s));
    put_times(v->session, e, t);
    put_sky(v, e, row, t);
    put_map(e, t);
    str_reset(&s);
    if (e->far_hz > 0) {
        str_addf(&s, "one in %.3g years", 1 / (e->far_hz * 365.25 * 86400));
        alerts_fact(t, "False alarms", str_c(&s));
    }
    str_reset(&s);
    if (isfinite(e->importance)) {
        str_addf(&s, "%.3g", e->importance);
        alerts_fact(t, "Importance", str_c(&s));
    }
    str_reset(&s);
    str_addf(&s, "%d  last: ", e->revisions);
    alerts_put_clean(&s, e->change ? e->change : "-", 300);
    alerts_fact(t, "Versions", str_c(&s));
    str_reset(&s);
    alerts_put_clean(&s, e->description ? e->description : "", 2000);
    alerts_fact(t, "Says", str_c(&s));
    str_reset(&s);
    alerts_put_clean(&s, e->ref ? e->ref : "", 300);
    alerts_fact(t, "Packet", str_c(&s));
    str_reset(&s);
    alerts_put_clean(&s, e->sources ? e->sources : "", 100);
    alerts_fact(t, "Came by", str_c(&s));
    str_clear(&s);
}

int alerts_brief(const struct alerts_view *v, const struct alert_event *e,
                 const struct alerts_row *row, struct canvas *c)
{
    struct str s = {0};
    const struct alert_view *view =
        row && isfinite(row->view.alt_rad) && isfinite(e->ra_rad) ? &row->view : NULL;
    int y = 0;
    put_what(&s, e);
    if (e->retracted || e->standing != ALERT_SKY) {
        str_add(&s, "   ");
        put_marks(&s, e);
    }
    canvas_put(c, y++, 1, ROLE_TEXT, str_c(&s));
    str_reset(&s);
    put_instant(&s, alert_time_known(e->time) ? e->time : e->issued);
    if (alert_time_known(e->time) && alert_time_known(e->issued)) {
        str_add(&s, ", told ");
        put_span(&s, utc_diff_s(e->issued, e->time));
        str_add(&s, " later");
    }
    if (isfinite(e->ra_rad)) {
        str_add(&s, "; error ");
        put_error(&s, e, view);
    } else {
        str_add(&s, "; no position");
    }
    canvas_put(c, y++, 1, ROLE_TEXT, str_c(&s));
    str_reset(&s);
    if (view) {
        put_now(&s, view);
        str_addf(&s, "  Moon %.0f  ", view->moon_sep_rad * DEG);
        put_tonight(&s, v->session, e, view, false);
        canvas_put(c, y++, 1, view->up && view->dark ? ROLE_GOOD : ROLE_TEXT, str_c(&s));
    }
    str_reset(&s);
    str_addf(&s, "%d version%s: ", e->revisions, e->revisions == 1 ? "" : "s");
    alerts_put_clean(&s, e->change ? e->change : "-", 60);
    if (e->description) {
        str_add(&s, "; ");
        alerts_put_clean(&s, e->description, 300);
    }
    canvas_put(c, y++, 1, ROLE_TEXT, str_c(&s));
    str_clear(&s);
    return y;
}
