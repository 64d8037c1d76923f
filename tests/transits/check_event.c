/* check_event.c - one transit: contacts, places, what can be observed, flip, score. Expected:
 * published cases, and ERFA's exact places instant by instant (sky/place.h) against the tables and
 * closed forms that an event is made with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "planets.h"
#include "vigie/sky/place.h"
#include "vigie/transits/ephemeris.h"

/* A planet whose mid transit number 0 has this BJD_TDB. */
static struct planet planet_at(double ra_h, double dec_deg, struct bjd_tdb mid, double duration_h)
{
    return planet_made("one", ra_h, dec_deg, mid.d1, mid.d2, 1000, 0, duration_h);
}

/* The only event of a request. */
static const struct transit_event *only(const struct transit_list *l)
{
    ck_assert_uint_eq(l->n, 1);
    return &l->at[0];
}

static const double HAT_P_17_RA_H = 21 + 38 / 60.0 + 8.7311 / 3600,
                    HAT_P_17_DEC = 30 + 29 / 60.0 + 19.445 / 3600;

START_TEST(hat_p_17_from_texas)
{
    /* nina-pm's specification: seen from 31.55 N, 99.38 W on 2026-09-18 04:30 UTC the light time is
     * +362.23 s, TDB-UTC 69.18 s, together 431.41 s */
    struct site s = site_made(31.55, -99.38, 0);
    double bjd_frac = 0.6875 + 431.414 / 86400;
    struct planet p =
        planet_at(HAT_P_17_RA_H, HAT_P_17_DEC, (struct bjd_tdb){2461301, bjd_frac}, 4.04);
    struct transit_request r = request_made(&p, 1, &s, "2026-09-18", "2026-09-19");
    struct transit_list *l = list_made(&r);
    const struct transit_event *e = only(l);
    ck_assert_double_eq_tol(e->light_time_s, 362.23, 0.01);
    ck_assert_double_eq_tol(
        utc_diff_s(e->contact[TRANSIT_MID].utc, utc_made("2026-09-18T04:30:00")), 0, 0.02);
    ck_assert_int_eq(e->epoch, 0);
    transit_list_free(l);
}
END_TEST

START_TEST(wasp_12_from_haute_provence)
{
    /* the design's example: mid 2461368.54867 BJD_TDB = 2026-11-24 01:02:19 UTC, light time 397 s,
     * altitudes 58, 72, 74 degrees, Moon 99 % lit and 45 to 43 degrees away */
    struct site s = site_made(43.9308, 5.7133, 650);
    struct planet p = planet_made("WASP-12 b", 6 + 30 / 60.0 + 32.8 / 3600,
                                  29 + 40 / 60.0 + 20.3 / 3600, 2457010, .512173, 1, .091419108, 3);
    struct transit_request r = request_made(&p, 1, &s, "2026-11-23T12:00", "2026-11-24T12:00");
    struct transit_list *l = list_made(&r);
    const struct transit_event *e = only(l);
    char text[UTC_TEXT];
    double alt[] = {58, 72, 74};
    ck_assert_int_eq(e->epoch, 3993);
    ck_assert_str_eq(utc_format(e->contact[TRANSIT_MID].utc, 0, text), "2026-11-24T01:02:19Z");
    ck_assert_double_eq_tol(e->light_time_s, 397, 0.5);
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(e->contact[i].alt_rad / DEG, alt[i], 0.5);
    ck_assert_double_eq_tol(e->contact[TRANSIT_INGRESS].moon_illum, 0.99, 0.005);
    ck_assert_double_eq_tol(e->contact[TRANSIT_INGRESS].moon_sep_rad / DEG, 44.5, 1);
    ck_assert_int_eq(e->class, TRANSIT_FULL_BASELINE);
    ck_assert_double_eq_tol(e->baseline_d * 1440, 90, 1e-9);
    transit_list_free(l);
}
END_TEST

START_TEST(contacts_go_back_to_their_own_bjd)
{
    /* also 19 h of duration, at longitudes +-180, over the leap second of 2016 */
    double lon[] = {180, -180, 0, 179.999}, lat[] = {-43, 60, 0, 89.9}, dur[] = {18.97, 3, .31, 8};
    for (int k = 0; k < 4; k++) {
        struct site s = site_made(lat[k], lon[k], 1000);
        struct planet p =
            planet_made("x", 3.3 * k, -40 + 25 * k, 2455000, .123456789, 0, .777, dur[k]);
        struct transit_request r = request_made(&p, 1, &s, "2016-12-30", "2017-01-02");
        struct transit_list *l = list_made(&r);
        ck_assert_uint_ge(l->n, 3);
        for (size_t i = 0; i < l->n; i++) {
            const struct transit_contact *c = l->at[i].contact;
            for (int j = 0; j < TRANSIT_CONTACTS; j++) {
                struct bjd_tdb b = utc_to_bjd(c[j].utc, &s, p.ra_rad, p.dec_rad);
                double d = (b.d1 - c[j].bjd.d1) + (b.d2 - c[j].bjd.d2);
                ck_assert_double_eq_tol(d * 86400, 0, 1e-3);
            }
            double t14 = (c[2].bjd.d1 - c[0].bjd.d1) + (c[2].bjd.d2 - c[0].bjd.d2);
            ck_assert_double_eq_tol(t14 * 24, dur[k], 1e-9);
        }
        transit_list_free(l);
    }
}
END_TEST

START_TEST(a_mid_transit_in_a_leap_second)
{
    struct site s = site_made(28.76, -17.88, 2396);
    struct jd_utc leap = utc_made("2016-12-31T23:59:60.5");
    struct bjd_tdb b = utc_to_bjd(leap, &s, 100 * DEG, 20 * DEG);
    struct planet p = planet_at(100 / 15.0, 20, b, 2);
    char text[UTC_TEXT];
    struct transit_request r = request_made(&p, 1, &s, "2016-12-31", "2017-01-01");
    struct transit_list *l = list_made(&r);
    ck_assert_str_eq(utc_format(only(l)->contact[TRANSIT_MID].utc, 2, text),
                     "2016-12-31T23:59:60.50Z");
    ck_assert_str_eq(utc_format(only(l)->contact[TRANSIT_EGRESS].utc, 0, text),
                     "2017-01-01T01:00:00Z");
    transit_list_free(l);
    r = request_made(&p, 1, &s, "2017-01-01", "2017-01-02"); /* it is of the day before */
    l = list_made(&r);
    ck_assert_uint_eq(l->n, 0);
    transit_list_free(l);
}
END_TEST

START_TEST(contacts_of_45_years_everywhere)
{
    /* 1990 .. 2035, sites from pole to pole and all around, planets all over the sky */
    double worst = 0;
    size_t n = 0;
    for (int k = 0; k < 46; k++) {
        char from[16], to[16];
        snprintf(from, sizeof from, "%d-%02d-%02d", 1990 + k, 1 + k * 5 % 12, 1 + k * 11 % 26);
        snprintf(to, sizeof to, "%d-%02d-%02d", 1990 + k, 1 + k * 5 % 12, 3 + k * 11 % 26);
        struct site s = site_made(-90 + 4.0 * k, -180 + 360 * fmod(k * 0.618, 1), 100 * k);
        struct planet p = planet_made("x", 24 * fmod(k * 0.37, 1), -88 + 3.9 * k, 2440000 + 700 * k,
                                      .1 * (k % 10), 0, .613, .5 + .4 * k);
        struct transit_request r = request_made(&p, 1, &s, from, to);
        struct transit_list *l = list_made(&r);
        for (size_t i = 0; i < l->n; i++)
            for (int j = 0; j < TRANSIT_CONTACTS; j++) {
                const struct transit_contact *c = &l->at[i].contact[j];
                struct bjd_tdb b = utc_to_bjd(c->utc, &s, p.ra_rad, p.dec_rad);
                double d = ((b.d1 - c->bjd.d1) + (b.d2 - c->bjd.d2)) * 86400;
                worst = fmax(worst, fabs(d));
                n++;
            }
        transit_list_free(l);
    }
    ck_assert_uint_ge(n, 46 * 3 * 3);
    ck_assert_double_le(worst, 1e-3);
}
END_TEST

static struct sky_seen star_exact(const struct planet *p, struct jd_utc utc, const struct site *s)
{
    struct sky_star star = {.ra_rad = p->ra_rad, .dec_rad = p->dec_rad};
    return sky_star_seen(&star, utc, 0, s, NULL);
}

START_TEST(places_are_those_of_erfa)
{
    double lat[] = {43.93, -29.26, 67.37, -89.99, 0.001};
    for (int k = 0; k < 5; k++) {
        struct site s = site_made(lat[k], 60 * k - 120, 500 * k);
        struct planet p = planet_made("x", 4.7 * k, 70 - 33 * k, 2455000, .3, 1, .21, 2.5);
        struct transit_request r = request_made(&p, 1, &s, "2027-03-18", "2027-03-22");
        struct transit_list *l = list_made(&r);
        ck_assert_uint_ge(l->n, 3);
        for (size_t i = 0; i < l->n; i++)
            for (int j = 0; j < TRANSIT_CONTACTS; j++) {
                const struct transit_contact *c = &l->at[i].contact[j];
                struct sky_seen star = star_exact(&p, c->utc, &s);
                struct sky_place sun, moon;
                sky_sun_moon(c->utc, 0, &s, &sun, &moon);
                double tol = 2e-4 * DEG, cos_alt = cos(star.alt_rad), cos_dec = cos(p.dec_rad);
                ck_assert_double_eq_tol(c->alt_rad, star.alt_rad, tol);
                ck_assert_double_eq_tol(sin(c->az_rad - star.az_rad) * cos_alt, 0, tol);
                ck_assert_double_eq_tol(sin(c->ha_rad - star.ha_rad) * cos_dec, 0, tol);
                ck_assert_double_eq_tol(c->sun_alt_rad, sun.seen.alt_rad, tol);
                ck_assert_double_eq_tol(c->moon_alt_rad, moon.seen.alt_rad, 1e-3 * DEG);
                ck_assert_double_eq_tol(c->moon_illum, sky_phase(&sun, &moon).illum, 1e-4);
                ck_assert(isfinite(c->airmass) == (c->alt_rad > 0));
            }
        transit_list_free(l);
    }
}
END_TEST

/* Why an instant is of no use, from exact places. *margin: how far it is from changing, rad. */
static enum transit_loss loss_exact(const struct planet *p, const struct transit_limits *m,
                                    const struct site *s, struct jd_utc utc, double *margin)
{
    struct sky_place sun, moon;
    struct sky_seen star = star_exact(p, utc, s);
    sky_sun_moon(utc, 0, s, &sun, &moon);
    double dark = m->max_sun_alt_rad - sun.seen.alt_rad, up = star.alt_rad - m->min_alt_rad,
           clear = star.alt_rad - horizon_alt(s->horizon, star.az_rad);
    *margin = fmin(fmin(fabs(dark), fabs(up)), s->horizon ? fabs(clear) : 1);
    return dark < 0 ? LOSS_SUN : up < 0 ? LOSS_LOW : clear < 0 ? LOSS_HORIZON : LOSS_NONE;
}

/* Every segment of every event, minute by minute. Returns how many minutes were compared. */
static size_t compare_minutes(const struct transit_list *l, size_t count[LOSS_SHORT + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct transit_event *e = &l->at[i];
        ck_assert_uint_ge(e->n_segment, 1);
        ck_assert_double_eq(e->segment[0].from, e->window_from);
        ck_assert_double_eq(e->segment[e->n_segment - 1].to, e->window_to);
        for (size_t k = 0; k + 1 < e->n_segment; k++) {
            ck_assert_double_eq(e->segment[k].to, e->segment[k + 1].from);
            ck_assert_int_ne(e->segment[k].loss, e->segment[k + 1].loss);
        }
        for (double t = e->window_from + 1e-5; t < e->window_to; t += 1.0 / 1440) {
            double margin;
            enum transit_loss want = loss_exact(e->planet, &l->request.limits, l->request.site,
                                                almanac_utc(l->almanac, t), &margin);
            if (margin < 0.002 * DEG)
                continue; /* within the tables' own error of the edge */
            enum transit_loss got = transit_loss_at(e, t);
            ck_assert_int_eq(got == LOSS_SHORT ? LOSS_NONE : got, want);
            count[want]++;
            n++;
        }
    }
    return n;
}

/* From Mauna Kea on 2026-12-22 a star at HD 189733's place sinks below 30 deg 24 s after the Sun is
 * at -12 deg: exact places say that the span is real, and nobody can use it. */
START_TEST(less_than_a_minute_is_of_no_use)
{
    struct site s = site_made(19.8207, -155.4681, 4205);
    struct planet p = planet_made("b", 20.0121338, 22.710906, 2461396, .62587882, 1000, 0, 1.81);
    struct transit_request r = request_made(&p, 1, &s, "2026-12-21", "2026-12-23");
    r.limits.min_alt_rad = 30 * DEG;
    r.filter.all = true;
    struct transit_list *l = list_made(&r);
    ck_assert_uint_eq(l->n, 1);
    const struct transit_event *e = &l->at[0];
    size_t brief = 0;
    for (size_t i = 0; i < e->n_segment; i++) {
        ck_assert_int_ne(e->segment[i].loss, LOSS_NONE);
        if (e->segment[i].loss == LOSS_SHORT) {
            brief++;
            ck_assert_double_eq_tol((e->segment[i].to - e->segment[i].from) * 86400, 24.2, 1);
        }
    }
    ck_assert_uint_eq(brief, 1);
    ck_assert_int_eq(e->class, TRANSIT_NONE);
    ck_assert_double_eq(e->window_fraction, 0);
    transit_list_free(l);
    r.filter.all = false;
    l = list_made(&r);
    ck_assert_uint_eq(l->n, 0);
    transit_list_free(l);
}
END_TEST

START_TEST(every_minute_of_the_windows)
{
    double lat[] = {43.93, -29.26, 67.37, 90, -65};
    size_t count[LOSS_SHORT + 1] = {0}, n = 0;
    for (int k = 0; k < 5; k++) {
        struct site s = site_made(lat[k], 75 * k - 170, 500 * k);
        struct planet p[2] = {planet_made("a", 4.7 * k, 70 - 33 * k, 2455000, .3, 0, .71, 2.5),
                              planet_made("b", 20 - 3 * k, 20 - 14 * k, 2455000, .1, 1, .31, 5.5)};
        struct transit_request r = request_made(p, 2, &s, "2026-12-18", "2026-12-21");
        struct transit_list *l = list_made(&r);
        n += compare_minutes(l, count);
        transit_list_free(l);
    }
    ck_assert_uint_ge(n, 5000);
    ck_assert(count[LOSS_NONE] > 500 && count[LOSS_SUN] > 500 && count[LOSS_LOW] > 500);
}
END_TEST

START_TEST(every_minute_behind_a_mask)
{
    static const char mask[] = "0 10\n60 35\n61 5\n120 5\n120 48\n180 48\n180 22\n250 31\n300 12\n";
    size_t count[LOSS_SHORT + 1] = {0};
    struct site s = site_made(43.93, 5.71, 650);
    ck_assert_int_eq(horizon_parse(mask, strlen(mask), &s.horizon, NULL), OK);
    struct planet p[3] = {planet_made("a", 6.5, 29.7, 2455000, .3, 0, .4142, 2),
                          planet_made("b", 2, 5, 2455000, .1, 0, .61, 4),
                          planet_made("c", 12, 75, 2455000, .2, 0, .53, 3)};
    struct transit_request r = request_made(p, 3, &s, "2026-12-18", "2026-12-22");
    struct transit_list *l = list_made(&r);
    ck_assert_uint_ge(compare_minutes(l, count), 5000);
    ck_assert_uint_ge(count[LOSS_NONE], 300);
    ck_assert_uint_ge(count[LOSS_HORIZON], 200);
    transit_list_free(l);
    site_clear(&s);
}
END_TEST

START_TEST(less_than_a_minute_is_no_chance)
{
    /* Mauna Kea, 2026-12-22: WASP-184 rises through 30 degrees at 16:00:30 UTC, 36 s before the Sun
     * does so through -12 degrees */
    struct site s = site_made(19.8207, -155.4681, 4205);
    struct bjd_tdb mid = {2461397, .12256580};
    struct planet p =
        planet_at(13 + 58 / 60.0 + 4.0876 / 3600, -(30 + 20 / 60.0 + 53.271 / 3600), mid, 4.8);
    struct transit_request r = request_made(&p, 1, &s, "2026-12-22", "2026-12-23");
    r.limits.min_alt_rad = 30 * DEG;
    r.limits.baseline_d = 1.0 / 24;
    struct transit_list *l = list_made(&r);
    const struct transit_event *e = only(l);
    ck_assert_int_eq(e->class, TRANSIT_NONE);
    ck_assert_uint_eq(e->n_segment, 3);
    ck_assert_int_eq(e->segment[0].loss, LOSS_LOW);
    ck_assert_int_eq(e->segment[1].loss, LOSS_SHORT);
    ck_assert_int_eq(e->segment[2].loss, LOSS_SUN);
    ck_assert_double_eq_tol((e->segment[1].to - e->segment[1].from) * 86400, 36, 1);
    transit_list_free(l);
    r.limits.max_sun_alt_rad = -11.9 * DEG; /* half a minute more: a minute is a chance */
    l = list_made(&r);
    ck_assert_int_eq(only(l)->segment[1].loss, LOSS_NONE);
    ck_assert_int_eq(only(l)->class, TRANSIT_PARTIAL);
    transit_list_free(l);
}
END_TEST

/* Fractions, minutes, class, part and segments tell one story. */
static void one_story(const struct transit_event *e)
{
    double have = 0, of = 0, use = 0;
    for (int i = 0; i < TRANSIT_PIECES; i++) {
        const struct transit_minutes *m = &e->minutes[i];
        ck_assert(m->have >= 0 && m->have <= m->of + 1e-6);
        have += m->have;
        of += m->of;
    }
    for (size_t i = 0; i < e->n_segment; i++)
        if (e->segment[i].loss == LOSS_NONE)
            use += e->segment[i].to - e->segment[i].from;
    ck_assert_double_eq_tol(of, (e->window_to - e->window_from) * 1440, 1e-6);
    ck_assert_double_eq_tol(have, use * 1440, 1e-3);
    ck_assert_double_eq_tol(e->window_fraction, have / of, 1e-6);
    double transit = e->minutes[PIECE_INGRESS].have + e->minutes[PIECE_BOTTOM].have +
                     e->minutes[PIECE_EGRESS].have;
    ck_assert_double_eq_tol(transit,
                            e->transit_fraction * (e->contact[2].t - e->contact[0].t) * 1440, 1e-3);
    ck_assert(e->class != TRANSIT_FULL_BASELINE || have > of - 1e-3);
    ck_assert(e->class != TRANSIT_FULL || (e->transit_fraction == 1 && e->window_fraction < 1));
    ck_assert(e->class != TRANSIT_PARTIAL || (transit > 0 && e->transit_fraction < 1));
    ck_assert(e->class != TRANSIT_NONE || transit == 0);
    ck_assert_int_eq(e->class == TRANSIT_NONE, e->part == PART_NONE);
    ck_assert_int_eq(e->class == TRANSIT_FULL, e->part == PART_FULL);
    ck_assert_int_eq(e->class == TRANSIT_FULL_BASELINE, e->part == PART_FULL_BASELINE);
    ck_assert(e->score.total >= 0 && e->score.total <= 1);
    ck_assert_int_eq(e->class == TRANSIT_NONE, e->score.total == 0);
}

START_TEST(one_story_everywhere)
{
    double lat[] = {43.93, -29.26, 67.37, 90, -90, 0};
    size_t n = 0, classes[4] = {0};
    for (int k = 0; k < 6; k++) {
        struct site s = site_made(lat[k], 72 * k - 180, 100 * k);
        struct planet p[3] = {planet_made("a", 4.1 * k, 80 - 30 * k, 2455000, .3, 0, .71, 2.5),
                              planet_made("b", 23 - 3 * k, 30 - 11 * k, 2455000, .1, 0, .31, 0.9),
                              planet_made("c", 3 * k, 10 * k - 20, 2455000, .1, 4, .31, 15.5)};
        p[0].rp_over_rs = 0.1;
        p[0].a_over_rs = 6;
        p[0].inclination_rad = 88 * DEG;
        p[1].oc_min = -4;
        struct transit_request r = request_made(p, 3, &s, "2026-09-18", "2026-10-08");
        struct transit_list *l = list_made(&r);
        for (size_t i = 0; i < l->n; i++) {
            one_story(&l->at[i]);
            classes[l->at[i].class]++;
        }
        n += l->n;
        transit_list_free(l);
    }
    ck_assert_uint_ge(n, 500);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_ge(classes[i], 5);
}
END_TEST

START_TEST(polar_day_and_polar_night)
{
    struct site s = site_made(90, 0, 0);
    struct planet p = planet_made("x", 5, 60, 2455000, .1, 0, .9, 2);
    struct transit_request r = request_made(&p, 1, &s, "2026-06-18", "2026-06-25");
    struct transit_list *l = list_made(&r);
    ck_assert_uint_ge(l->n, 6);
    for (size_t i = 0; i < l->n; i++) {
        ck_assert_int_eq(l->at[i].class, TRANSIT_NONE);
        ck_assert_uint_eq(l->at[i].n_segment, 1);
        ck_assert_int_eq(l->at[i].segment[0].loss, LOSS_SUN);
    }
    transit_list_free(l);
    r = request_made(&p, 1, &s, "2026-12-18", "2026-12-25");
    l = list_made(&r);
    ck_assert_uint_ge(l->n, 6);
    for (size_t i = 0; i < l->n; i++) {
        ck_assert_int_eq(l->at[i].class, TRANSIT_FULL_BASELINE);
        ck_assert_double_eq_tol(l->at[i].contact[0].alt_rad / DEG, 60, 0.2);
    }
    transit_list_free(l);
}
END_TEST

START_TEST(flip_is_where_the_hour_angle_is_zero)
{
    double dec[] = {29.7, 75, -20};
    size_t n = 0;
    for (int k = 0; k < 3; k++) { /* south of the zenith, between zenith and pole, low */
        struct site s = site_made(43.93, 5.71, 650);
        struct planet p = planet_made("x", 6.5, dec[k], 2455000, .3, 0, .7, 3);
        struct transit_request r = request_made(&p, 1, &s, "2026-11-18", "2026-11-25");
        struct transit_list *l = list_made(&r);
        for (size_t i = 0; i < l->n; i++) {
            const struct transit_event *e = &l->at[i];
            double h0 = star_exact(&p, almanac_utc(l->almanac, e->window_from), &s).ha_rad,
                   h1 = star_exact(&p, almanac_utc(l->almanac, e->window_to), &s).ha_rad;
            ck_assert_int_eq(isfinite(e->flip_t), h0 < 0 && h1 > 0); /* windows are 6 h long */
            if (!isfinite(e->flip_t))
                continue;
            n++;
            ck_assert_double_eq_tol(star_exact(&p, e->flip_utc, &s).ha_rad, 0, 1e-3 * DEG);
            double d = utc_diff_s(e->flip_utc, e->contact[e->flip_contact].utc) / 60;
            ck_assert_double_eq_tol(e->flip_after_min, d, 1e-4);
            for (int j = 0; j < 3; j++)
                ck_assert(fabs(d) <= fabs(utc_diff_s(e->flip_utc, e->contact[j].utc)) / 60 + 1e-9);
        }
        transit_list_free(l);
    }
    ck_assert_uint_ge(n, 4);
}
END_TEST

START_TEST(moon_along_the_window)
{
    struct site s = site_made(43.93, 5.71, 650);
    struct planet p = planet_made("x", 6.5, 30, 2455000, .3, 0, .3, 3);
    struct transit_request r = request_made(&p, 1, &s, "2026-11-15", "2026-11-25");
    struct transit_list *l = list_made(&r);
    size_t rises = 0, sets = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct transit_event *e = &l->at[i];
        const struct transit_moon *m = &e->moon;
        const double edge = -0.833 * DEG;
        double when[2] = {m->rise_t, m->set_t};
        ck_assert_int_eq((m->alt_rad[0] < edge) != (m->alt_rad[1] < edge),
                         isfinite(m->rise_t) != isfinite(m->set_t));
        for (int j = 0; j < 2; j++)
            if (isfinite(when[j])) {
                struct sky_place sun, moon;
                sky_sun_moon(almanac_utc(l->almanac, when[j]), 0, &s, &sun, &moon);
                ck_assert_double_eq_tol(moon.seen.alt_rad, edge, 2e-3 * DEG);
                ck_assert(when[j] >= e->window_from && when[j] <= e->window_to);
            }
        rises += isfinite(m->rise_t);
        sets += isfinite(m->set_t);
    }
    ck_assert(rises >= 5 && sets >= 5);
    transit_list_free(l);
}
END_TEST

/* A transit at OHP in a dark night whose window is cut as `limits` say. */
static struct transit_list *cut(struct planet *p, const struct site *s, double min_alt_deg)
{
    struct transit_request r = request_made(p, 1, s, "2026-11-23T12:00", "2026-11-24T12:00");
    r.limits.min_alt_rad = min_alt_deg * DEG;
    r.own_aperture_mm = 300;
    return list_made(&r);
}

START_TEST(words_for_what_is_lost)
{
    struct site s = site_made(43.9308, 5.7133, 650);
    struct planet p = planet_made("WASP-12 b", 6.5091, 29.6723, 2457010, .512173, 1, .091419108, 3);
    char note[TRANSIT_NOTE], why[TRANSIT_REASON];
    p.min_aperture_in = 10;
    struct transit_list *l = cut(&p, &s, 20);
    ck_assert_str_eq(transit_note(&l->at[0], note), "ok, flip");
    ck_assert_str_eq(transit_reason(l->almanac, &l->at[0], 0, why), "");
    ck_assert_int_eq(l->at[0].verdict, VERDICT_YES); /* 254 mm asked */
    transit_list_free(l);
    p.min_aperture_in = 14; /* 356 mm: 300 is 0.84 of it */
    l = cut(&p, &s, 55);    /* ingress is at 58 degrees: the first hour is lost */
    ck_assert_str_eq(transit_note(&l->at[0], note), "base in");
    ck_assert_int_eq(l->at[0].segment[0].loss, LOSS_LOW);
    ck_assert_mem_eq(transit_reason(l->almanac, &l->at[0], 0, why), "below the limit until ", 22);
    ck_assert_int_eq(l->at[0].verdict, VERDICT_MARGINAL);
    transit_list_free(l);
    p.min_aperture_in = 20;
    l = cut(&p, &s, 65); /* ingress lost */
    ck_assert_str_eq(transit_note(&l->at[0], note), "low in");
    ck_assert_int_eq(l->at[0].part, PART_EGRESS);
    ck_assert_int_eq(l->at[0].verdict, VERDICT_NO);
    transit_list_free(l);
    p.min_aperture_in = 0;
    l = cut(&p, &s, 75); /* 75.7 degrees at the meridian, between the contacts */
    ck_assert_str_eq(transit_note(&l->at[0], note), "low");
    ck_assert_int_eq(l->at[0].part, PART_MIDDLE);
    ck_assert_int_eq(l->at[0].verdict, VERDICT_UNKNOWN);
    transit_list_free(l);
    p.ephemeris.t0_err_d = 0.15; /* 3.6 h of 3 */
    p.ephemeris.period_err_d = 0;
    l = cut(&p, &s, 20);
    ck_assert_str_eq(transit_note(&l->at[0], note), "unsure");
    transit_list_free(l);
    p.ephemeris.t0_err_d = 1; /* more than half of the period */
    l = cut(&p, &s, 20);
    ck_assert_str_eq(transit_note(&l->at[0], note), "phase lost");
    transit_list_free(l);
}
END_TEST

START_TEST(score_by_hand)
{
    struct site s = site_made(43.9308, 5.7133, 650);
    struct planet p = planet_made("WASP-12 b", 6.5091, 29.6723, 2457010, .512173, 1, .091419108, 3);
    p.priority = PRIORITY_HIGH;
    p.mag_r = 11;
    p.depth_mmag = 30;              /* signal 30 / 40 */
    p.ephemeris.t0_err_d = .5 / 24; /* twice T14/12 */
    p.ephemeris.period_err_d = 0;
    struct transit_list *l = cut(&p, &s, 20);
    const struct transit_event *e = &l->at[0];
    const double *v = e->score.value, *w = e->score.weight;
    ck_assert_double_eq_tol(v[TERM_COMPLETENESS], 1, 1e-9);
    ck_assert_double_eq_tol(v[TERM_PRIORITY], 0.75, 1e-9);
    ck_assert_double_eq_tol(v[TERM_SIGMA], 0.5, 1e-9);
    ck_assert_double_eq_tol(v[TERM_SIGNAL], 0.75, 1e-9);
    ck_assert_double_eq_tol(v[TERM_ALTITUDE], (sin(58 * DEG) + sin(72 * DEG) + sin(74 * DEG)) / 3,
                            0.01);
    ck_assert_double_eq_tol(v[TERM_MOON], 1 - 0.99 * (1 - 42.5 / 120), 0.02);
    double sum = 0, of = 0;
    for (int i = TERM_PRIORITY; i < TRANSIT_TERMS; i++) {
        sum += w[i] * v[i];
        of += w[i];
    }
    ck_assert_double_eq_tol(e->score.total, sum / of, 1e-12);
    transit_list_free(l);
    p.mag_r = p.depth_mmag = NAN; /* what is not known is left out, not counted as bad */
    p.priority = PRIORITY_NONE;
    l = cut(&p, &s, 20);
    v = l->at[0].score.value;
    ck_assert(isnan(v[TERM_SIGNAL]) && isnan(v[TERM_PRIORITY]));
    ck_assert_double_eq_tol(l->at[0].score.total,
                            (2 * v[TERM_ALTITUDE] + v[TERM_SIGMA] + v[TERM_MOON]) / 4, 1e-12);
    transit_list_free(l);
}
END_TEST

START_TEST(o_c_is_a_mark_and_moves_nothing)
{
    struct site s = site_made(43.9308, 5.7133, 650);
    struct planet p = planet_made("WASP-12 b", 6.5091, 29.6723, 2457010, .512173, 1, .091419108, 3);
    struct transit_list *a = cut(&p, &s, 20);
    p.oc_min = 12;
    struct transit_list *b = cut(&p, &s, 20);
    ck_assert(isnan(a->at[0].oc_mid_t));
    ck_assert_double_eq(a->at[0].contact[1].t, b->at[0].contact[1].t);
    ck_assert_double_eq_tol((b->at[0].oc_mid_t - b->at[0].contact[1].t) * 1440, 12, 1e-6);
    transit_list_free(a);
    transit_list_free(b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("event");
    TCase *t = tcase_create("event");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, hat_p_17_from_texas);
    tcase_add_test(t, wasp_12_from_haute_provence);
    tcase_add_test(t, contacts_go_back_to_their_own_bjd);
    tcase_add_test(t, contacts_of_45_years_everywhere);
    tcase_add_test(t, a_mid_transit_in_a_leap_second);
    tcase_add_test(t, places_are_those_of_erfa);
    tcase_add_test(t, less_than_a_minute_is_of_no_use);
    tcase_add_test(t, every_minute_of_the_windows);
    tcase_add_test(t, every_minute_behind_a_mask);
    tcase_add_test(t, less_than_a_minute_is_no_chance);
    tcase_add_test(t, one_story_everywhere);
    tcase_add_test(t, polar_day_and_polar_night);
    tcase_add_test(t, flip_is_where_the_hour_angle_is_zero);
    tcase_add_test(t, moon_along_the_window);
    tcase_add_test(t, words_for_what_is_lost);
    tcase_add_test(t, score_by_hand);
    tcase_add_test(t, o_c_is_a_mark_and_moves_nothing);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
