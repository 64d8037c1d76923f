/* event.c - see event.h. Roots of the altitude on the almanac's tables.
 * Definitions of twilight: Explanatory Supplement (2013), 12.1.
 */
#include "vigie/sky/event.h"

#include <math.h>

#include <erfa.h>
#include <erfam.h>

#include "vigie/sky/almanac.h"
#include "jd.h"
#include "roots.h"

const double twilight_alt_deg[TWILIGHTS] = {-0.833, -6, -12, -18};

static const double STEP = 1.0 / 48; /* of the search, days: the sky turns by 7.5 degrees */

struct search {
    const struct almanac *a;
    enum sky_body body;
    const struct sky_star *place;
    struct almanac_star star;
    double dut1_s, horizon_rad;
};

static void seen_at(const struct search *s, double t, double *az, double *alt, double *ha)
{
    struct almanac_now now;
    struct almanac_seen seen;
    almanac_at(s->a, t, &now);
    if (s->body == BODY_STAR) {
        almanac_star_at(s->a, &s->star, &now, &seen);
        *az = seen.az_rad, *alt = seen.alt_rad, *ha = seen.ha_rad;
        return;
    }
    bool sun = s->body == BODY_SUN;
    *az = sun ? now.sun_az_rad : now.moon_az_rad;
    *alt = sun ? now.sun_alt_rad : now.moon_alt_rad;
    *ha = sun ? now.sun_ha_rad : now.moon_ha_rad;
}

static double over(void *arg, double t)
{
    const struct search *s = arg;
    double alt = s->body == BODY_SUN    ? almanac_sun_alt(s->a, t)
                 : s->body == BODY_MOON ? almanac_moon_alt(s->a, t)
                                        : almanac_star_alt(s->a, &s->star, t);
    return alt - s->horizon_rad;
}

/* Rises through zero at the upper passage, falls at the lower one. */
static double sin_ha(void *arg, double t)
{
    double az, alt, ha;
    seen_at(arg, t, &az, &alt, &ha);
    return sin(ha);
}

/* first - the first root of one kind in [from, to]; NAN if there is none. */
static double first(roots_fn *f, struct search *s, bool rising, double from, double to)
{
    for (double at = from; at < to; at += 2) {
        struct root roots[32];
        size_t n = roots_find(f, s, at, fmin(at + 2, to), STEP, roots, 32);
        for (size_t i = 0; i < n && i < 32; i++)
            if (roots[i].rising == rising)
                return roots[i].t;
    }
    return NAN;
}

/* sharpen - a star's instant by secant steps on the exact place: near a pole 0.02" of the tables is
 * a minute of time on the meridian. transit: hour angle 0, else the horizon. */
static double sharpen(const struct search *s, double t, bool transit)
{
    double before = NAN, was = NAN, begun = t;
    for (int i = 0; i < 4; i++) {
        struct sky_seen o =
            sky_star_seen(s->place, almanac_utc(s->a, t), s->dut1_s, almanac_site(s->a), NULL);
        double x = transit ? eraAnpm(o.ha_rad) : o.alt_rad - s->horizon_rad;
        /* the first step: the sky's turn; or a probe 2 s away where the altitude's rate is
         * wanted */
        double step = transit ? -x / (1.0027379 * ERFA_D2PI) : 2.0 / ERFA_DAYSEC;
        if (!isnan(before))
            step = x != was ? -x * (t - before) / (x - was) : 0;
        if (!(fabs(step) < 2e-3)) /* the altitude hardly changes: the tables' answer stands */
            return begun;
        before = t, was = x;
        t += step;
        if (fabs(step) < 1e-9)
            break;
    }
    return t;
}

static void place_event(const struct search *s, double t, bool transit, double first_t,
                        double last_t, struct sky_event *e)
{
    double ha;
    *e = (struct sky_event){.az_rad = NAN, .alt_rad = NAN};
    if (isnan(t))
        return;
    if (s->body == BODY_STAR) {
        double sharp = sharpen(s, t, transit);
        t = fmin(fmax(sharp, first_t), last_t);
    }
    e->there = true;
    e->utc = almanac_utc(s->a, t);
    if (s->body == BODY_STAR) {
        struct sky_seen o = sky_star_seen(s->place, e->utc, s->dut1_s, almanac_site(s->a), NULL);
        e->az_rad = o.az_rad, e->alt_rad = o.alt_rad;
    } else {
        seen_at(s, t, &e->az_rad, &e->alt_rad, &ha);
    }
}

enum status sky_rise_set(enum sky_body body, const struct sky_star *star, const struct site *site,
                         struct jd_utc start, double window_h, double dut1_s, double horizon_rad,
                         struct rise_set *out, struct error *err)
{
    struct almanac *a;
    if (!(window_h > 0 && window_h <= 9600))
        return err_set(err, E_RANGE, "the window of %g h is not in 0 .. 9600 h", window_h);
    double day_h = body == BODY_STAR ? 24 : body == BODY_SUN ? 25 : 26;
    double long_h = fmax(window_h, day_h);
    enum status status = almanac_new(site, start, utc_add_s(start, long_h * 3600), dut1_s, &a, err);
    if (status != OK)
        return status;
    struct search s = {
        .a = a, .body = body, .place = star, .dut1_s = dut1_s, .horizon_rad = horizon_rad};
    double from = almanac_first(a), to = from + window_h / 24, long_to = from + long_h / 24;
    if (body == BODY_STAR) {
        double ra, dec;
        sky_star_direction(star, utc_to_tt(utc_add_s(start, long_h * 1800)), &ra, &dec);
        almanac_star_set(&s.star, ra, dec);
    }
    double rise = first(over, &s, true, from, long_to);
    double set = first(over, &s, false, from, long_to);
    double transit = first(sin_ha, &s, true, from, to);
    out->state = !isnan(rise) || !isnan(set) ? RISES_AND_SETS
                 : over(&s, from) >= 0       ? NEVER_SETS
                                             : NEVER_RISES;
    place_event(&s, rise <= to ? rise : (double)NAN, false, from, to, &out->rise);
    place_event(&s, transit, true, from, to, &out->transit);
    place_event(&s, set <= to ? set : (double)NAN, false, from, to, &out->set);
    almanac_free(a);
    return OK;
}

/* ---- a night ---- */

struct jd_utc night_start(struct jd_utc date, const struct site *site)
{
    jd_norm(&date.d1, &date.d2);
    /* noon is UTC 12:00:00 by the clock: counted from 0 h, before any leap second of that day */
    double s = round(43200 - site->lon_rad * ERFA_DR2D / 15 * 3600);
    return utc_add_s((struct jd_utc){date.d1, 0}, s);
}

struct jd_utc night_date_of(struct jd_utc utc, const struct site *site)
{
    for (int days = 1; days >= -1; days--) {
        struct jd_utc date = utc_day_add(utc, days);
        if (utc_diff_s(utc, night_start(date, site)) > -1e-6) /* the doubles' grain */
            return date;
    }
    return utc_day_add(utc, -2);
}

static void cross(struct search *s, double from, double to, struct crossings *out)
{
    struct root roots[MAX_CROSSINGS];
    size_t n = roots_find(over, s, from, to, STEP, roots, MAX_CROSSINGS);
    out->n = n < MAX_CROSSINGS ? n : MAX_CROSSINGS;
    for (size_t i = 0; i < out->n; i++)
        out->at[i] = (struct crossing){almanac_utc(s->a, roots[i].t), roots[i].rising};
    out->always = out->n ? 0 : over(s, 0.5 * (from + to)) >= 0 ? 1 : -1;
}

enum status night_find(struct jd_utc date, const struct site *site, double dut1_s,
                       struct night *night, struct error *err)
{
    struct almanac *a;
    struct almanac_now now;
    night->start = night_start(date, site);
    night->end = utc_add_s(night->start, ERFA_DAYSEC);
    enum status status = almanac_new(site, night->start, night->end, dut1_s, &a, err);
    if (status != OK)
        return status;
    struct search s = {.a = a, .body = BODY_SUN};
    for (size_t i = 0; i < TWILIGHTS; i++) {
        s.horizon_rad = twilight_alt_deg[i] * ERFA_DD2R;
        cross(&s, almanac_first(a), almanac_last(a), &night->sun[i]);
    }
    s.body = BODY_MOON;
    s.horizon_rad = twilight_alt_deg[0] * ERFA_DD2R;
    cross(&s, almanac_first(a), almanac_last(a), &night->moon);
    almanac_at(a, almanac_first(a) + 0.5, &now);
    night->moon_illum = now.moon_illum;
    night->moon_waxing = now.moon_waxing;
    almanac_free(a);
    return OK;
}
