/* check_oracle.c - the sky room against the reference cases of the corpus (ERFA and astropy,
 * computed by other programs); tolerances are those of each case.
 */
#include "oracle.h"

#include <erfa.h>
#include <erfam.h>

#include "vigie/formats/sexa.h"
#include "vigie/sky/event.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

static const char *id;

static void near(double got, double want, double tol, const char *what)
{
    ck_assert_msg(fabs(got - want) <= tol, "%s %s: %.10f, not %.10f", id, what, got, want);
}

/* toward - two directions by great circle, degrees. */
static void toward(double lon, double lat, const struct json *want, const char *lon_key,
                   const char *lat_key, double tol, const char *what)
{
    ck_assert_msg(want != NULL, "%s %s", id, what);
    double sep = eraSeps(lon, lat, num(want, lon_key) * ERFA_DD2R, num(want, lat_key) * ERFA_DD2R);
    ck_assert_msg(sep * ERFA_DR2D <= tol, "%s %s: %.3e deg off", id, what, sep * ERFA_DR2D);
}

static struct jd_utc when(const struct json *in, const char *key)
{
    struct jd_utc utc;
    struct error err = {0};
    ck_assert_msg(utc_parse(json_text(json_get(in, key)), NULL, &utc, &err) == OK, "%s %s", id,
                  err.text);
    return utc;
}

static struct site place(const struct json *in)
{
    struct site s;
    ck_assert_int_eq(site_set(&s, "x", num(in, "site.lat_deg"), num(in, "site.lon_deg"),
                              num(in, "site.height_m"), NULL),
                     OK);
    return s;
}

static struct sky_star target(const struct json *v)
{
    return (struct sky_star){num(v, "ra_deg") * ERFA_DD2R,  num(v, "dec_deg") * ERFA_DD2R,
                             num(v, "pm_ra_cosdec_mas_yr"), num(v, "pm_dec_mas_yr"),
                             num(v, "parallax_mas"),        num(v, "rv_km_s")};
}

#define EACH(file, list)                                                                           \
    struct oracle o;                                                                               \
    if (!oracle_open(&o, file, list))                                                              \
        return;                                                                                    \
    for (const struct json *c = o.cases; c; c = c->next)

START_TEST(altaz)
{
    EACH("oracle/sky/altaz.json", "cases")
    {
        const struct json *in = json_get(c, "input"), *w = json_get(c, "expect");
        id = json_text(json_get(c, "id"));
        struct jd_utc utc = when(in, "utc");
        struct site site = place(in);
        struct sky_star star = target(in);
        double dut1 = num(in, "dut1_s"), tol = num(c, "tol.direction_deg");
        struct sky_apparent app = sky_star_apparent(&star, utc_to_tt(utc));
        toward(app.ra_rad, app.dec_rad, json_get(w, "geocentric_apparent"), "ra_deg", "dec_deg",
               tol, "apparent");
        struct sky_turn turn = sky_turn(utc, dut1, site.lon_rad);
        near(turn.gast_rad * ERFA_DR2D, num(w, "gast_deg"), tol, "gast");
        near(turn.last_rad * ERFA_DR2D, num(w, "last_deg"), tol, "last");
        struct sky_seen bare = sky_star_seen(&star, utc, dut1, &site, NULL);
        toward(bare.az_rad, bare.alt_rad, json_get(w, "no_refraction"), "az_deg", "alt_deg", tol,
               "airless");
        struct sky_air air = {num(in, "pressure_hPa"), num(in, "temperature_C"),
                              num(in, "humidity"), num(in, "wavelength_um")};
        struct sky_seen seen = sky_star_seen(&star, utc, dut1, &site, &air);
        if (!isnan(num(c, "tol.refraction_arcsec")))
            near((seen.alt_rad - bare.alt_rad) * ERFA_DR2AS, num(w, "refraction_arcsec"), 0.01,
                 "refraction");
        if (bare.alt_rad > 0)
            near(sky_airmass(bare.alt_rad) / num(w, "airmass_from_unrefracted_alt.pickering2002"),
                 1, 1e-6, "air mass");
        near(sky_parallactic(bare.ha_rad, bare.dec_rad, site.lat_rad) * ERFA_DR2D,
             num(w, "parallactic_angle_deg"), num(c, "tol.parallactic_deg"), "parallactic angle");
    }
    arena_clear(&o.arena);
}
END_TEST

START_TEST(frames)
{
    static const struct {
        enum frame frame;
        const char *key, *lon, *lat;
    } rows[] = {{FRAME_MEAN, "mean_of_date", "ra_deg", "dec_deg"},
                {FRAME_TRUE, "true_of_date_geometric", "ra_deg", "dec_deg"},
                {FRAME_APPARENT, "apparent_of_date", "ra_deg", "dec_deg"},
                {FRAME_GALACTIC, "galactic", "l_deg", "b_deg"},
                {FRAME_ECLIPTIC, "ecliptic_of_date", "lon_deg", "lat_deg"},
                {FRAME_ECLIPTIC_J2000, "ecliptic_j2000", "lon_deg", "lat_deg"}};
    EACH("oracle/sky/frames.json", "cases")
    {
        const struct json *in = json_get(c, "input"), *w = json_get(c, "expect");
        id = json_text(json_get(c, "id"));
        struct jd_tt tt = utc_to_tt(when(in, "utc"));
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            double lon, lat;
            frame_of_icrs(rows[i].frame, tt, num(in, "ra_deg") * ERFA_DD2R,
                          num(in, "dec_deg") * ERFA_DD2R, &lon, &lat);
            toward(lon, lat, json_get(w, rows[i].key), rows[i].lon, rows[i].lat,
                   num(c, "tol.great_circle_deg"), rows[i].key);
        }
    }
    arena_clear(&o.arena);
}
END_TEST

static void body(const struct sky_place *p, const struct json *w, double tol)
{
    toward(p->gcrs_ra_rad, p->gcrs_dec_rad, json_get(w, "gcrs"), "ra_deg", "dec_deg", tol, "gcrs");
    toward(p->ecl_lon_rad, p->ecl_lat_rad, json_get(w, "ecliptic_of_date_true"), "lon_deg",
           "lat_deg", tol, "ecliptic");
    toward(p->topo_ra_rad, p->topo_dec_rad, json_get(w, "topocentric"), "ra_deg", "dec_deg", tol,
           "topocentric");
    toward(p->seen.az_rad, p->seen.alt_rad, json_get(w, "topocentric"), "az_deg", "alt_deg", tol,
           "horizontal");
}

START_TEST(sunmoon)
{
    EACH("oracle/sky/sunmoon.json", "cases")
    {
        const struct json *in = json_get(c, "input"), *w = json_get(c, "expect");
        struct sky_place sun, moon;
        struct site site = place(in);
        id = json_text(json_get(c, "id"));
        sky_sun_moon(when(in, "utc"), num(in, "dut1_s"), &site, &sun, &moon);
        body(&sun, json_get(w, "sun"), 1e-5); /* ERFA's own answer is far inside the tolerance */
        body(&moon, json_get(w, "moon"), 1e-5);
        near(moon.distance_km, num(w, "moon.distance_km"), 1, "distance");
        struct sky_phase p = sky_phase(&sun, &moon);
        near(p.illum, num(w, "illuminated_fraction"), 2e-6, "lit fraction");
        ck_assert_int_eq(p.waxing, json_get(w, "waxing")->truth);
    }
    arena_clear(&o.arena);
}
END_TEST

static void event(const struct sky_event *e, const struct json *w, double tol_s, const char *what)
{
    if (w->type == JSON_NULL) {
        ck_assert_msg(!e->there, "%s %s", id, what);
        return;
    }
    ck_assert_msg(e->there, "%s no %s", id, what);
    near(utc_diff_s(e->utc, when(w, "utc")), 0, tol_s, what);
}

START_TEST(rise_transit_set)
{
    static const char *const states[] = {"rises_and_sets", "never_rises", "never_sets"};
    EACH("oracle/sky/rise_transit_set.json", "cases")
    {
        const struct json *in = json_get(c, "input"), *w = json_get(c, "expect");
        struct rise_set r;
        struct site site = place(in);
        id = json_text(json_get(c, "id"));
        const char *name = json_text(json_get(in, "body"));
        enum sky_body b = strcmp(name, "sun") == 0    ? BODY_SUN
                          : strcmp(name, "moon") == 0 ? BODY_MOON
                                                      : BODY_STAR;
        struct sky_star star = target(json_get(in, "target"));
        ck_assert_int_eq(sky_rise_set(b, &star, &site, when(in, "start_utc"), num(in, "window_h"),
                                      num(in, "dut1_s"), num(in, "horizon_deg") * ERFA_DD2R, &r,
                                      NULL),
                         OK);
        ck_assert_str_eq(states[r.state], json_text(json_get(w, "state")));
        event(&r.rise, json_get(w, "rise"), num(c, "tol.rise_s"), "rise");
        event(&r.transit, json_get(w, "transit"), num(c, "tol.transit_s"), "transit");
        event(&r.set, json_get(w, "set"), num(c, "tol.set_s"), "set");
    }
    arena_clear(&o.arena);
}
END_TEST

START_TEST(small)
{
    {
        EACH("oracle/sky/constellation.json", "cases")
        ck_assert_str_eq(sky_constellation(num(c, "input.ra_deg") * ERFA_DD2R,
                                           num(c, "input.dec_deg") * ERFA_DD2R),
                         json_text(json_path(c, "expect.constellation")));
        arena_clear(&o.arena);
    }
    EACH("oracle/sky/separation.json", "cases")
    {
        double x[4] = {num(c, "input.a.lon_deg"), num(c, "input.a.lat_deg"),
                       num(c, "input.b.lon_deg"), num(c, "input.b.lat_deg")};
        id = json_text(json_get(c, "id"));
        for (size_t i = 0; i < 4; i++)
            x[i] *= ERFA_DD2R;
        near(sky_separation(x[0], x[1], x[2], x[3]) * ERFA_DR2D, num(c, "expect.separation_deg"),
             num(c, "tol.separation_deg"), "separation");
        double want = num(c, "expect.position_angle_deg");
        double got = sky_position_angle(x[0], x[1], x[2], x[3]) * ERFA_DR2D;
        ck_assert_int_eq(isnan(want), isnan(got));
        if (!isnan(want))
            near(remainder(got - want, 360), 0, num(c, "tol.position_angle_deg"), "angle");
    }
    arena_clear(&o.arena);
}
END_TEST

START_TEST(times)
{
    EACH("oracle/sky/time.json", "cases")
    {
        const struct json *in = json_get(c, "input"), *w = json_get(c, "expect");
        id = json_text(json_get(c, "id"));
        struct jd_utc utc = when(in, "utc");
        struct site site = place(in);
        struct jd_tdb tdb = utc_to_tdb(utc);
        double ra = num(in, "ra_deg") * ERFA_DD2R, dec = num(in, "dec_deg") * ERFA_DD2R;
        near(jd_mjd(utc.d1, utc.d2), num(w, "mjd_utc"), 1e-10, "mjd");
        near(jd_mjd(tdb.d1, tdb.d2), num(w, "mjd_tdb"), 1e-10, "tdb");
        struct light l = light_time(utc, &site, ra, dec);
        near(l.barycentric_s, num(w, "light_time_barycentric_s"), 0.001, "light time");
        near(l.heliocentric_s, num(w, "light_time_heliocentric_s"), 0.001, "to the Sun");
        struct bjd_tdb bjd = utc_to_bjd(utc, &site, ra, dec);
        near(jd_mjd(bjd.d1, bjd.d2), num(w, "bjd_tdb_mjd"), 1e-8, "bjd");
        near(utc_diff_s(bjd_to_utc(bjd, &site, ra, dec), utc), 0, 1e-6, "back");
        struct hjd_utc hjd = utc_to_hjd(utc, ra, dec);
        near(hjd.d1 + hjd.d2, num(w, "hjd_utc"), 2e-8, "hjd");
    }
    arena_clear(&o.arena);
}
END_TEST

static void crossings(const struct crossings *x, const struct json *w, double grazing)
{
    const struct json *e = json_get(w, "events");
    if (grazing < 0.02)
        return; /* whether it is crossed is within the oracle's own error */
    ck_assert_msg(x->n == e->n, "%s: %zu events, not %zu", id, x->n, e->n);
    e = e->first;
    for (size_t i = 0; i < x->n; i++, e = e->next) {
        ck_assert_int_eq(x->at[i].rising, strcmp(json_text(json_get(e, "kind")), "rise") == 0);
        near(utc_diff_s(x->at[i].utc, when(e, "utc")) * fabs(num(e, "rate_deg_per_h")) / 3600, 0,
             0.001, "altitude at the event");
    }
    const char *always = json_text(json_get(w, "always"));
    ck_assert_int_eq(x->always, !always ? 0 : strcmp(always, "above") == 0 ? 1 : -1);
}

/* edge - how far a threshold is from the extremes of the day, degrees. */
static double edge(const struct json *body_, double threshold)
{
    return fmin(fabs(num(body_, "max_alt") - threshold), fabs(num(body_, "min_alt") - threshold));
}

START_TEST(twilight)
{
    static const char *const names[TWILIGHTS] = {"sunrise_set", "civil", "nautical",
                                                 "astronomical"};
    EACH("oracle/transits/twilight.json", "nights")
    {
        struct night night;
        struct site site;
        struct jd_utc date = when(c, "date");
        id = json_text(json_get(c, "window_start"));
        const struct json *s = json_get(o.root, "sites")->first;
        while (strcmp(json_text(json_get(s, "key")), json_text(json_get(c, "site"))) != 0)
            s = s->next;
        ck_assert_int_eq(site_set(&site, "x", num(s, "lat_deg"), num(s, "lon_east_deg"),
                                  num(s, "height_m"), NULL),
                         OK);
        ck_assert_int_eq(night_find(date, &site, 0, &night, NULL), OK);
        near(utc_diff_s(night.start, when(c, "window_start")), 0, 1e-6, "start");
        const struct json *sun = json_get(c, "sun"), *moon = json_get(c, "moon");
        for (size_t i = 0; i < TWILIGHTS; i++)
            crossings(&night.sun[i], json_get(sun, names[i]), edge(sun, twilight_alt_deg[i]));
        crossings(&night.moon, moon, edge(moon, twilight_alt_deg[0]));
        near(night.moon_illum, num(moon, "illum_at_mid_window"), 2e-4, "lit fraction");
    }
    arena_clear(&o.arena);
}
END_TEST

START_TEST(sexagesimal)
{
    EACH("oracle/sky/sexagesimal.json", "cases")
    {
        const struct json *in = json_get(c, "input"), *w = json_get(c, "expect");
        const struct json *text = json_get(in, "parse");
        id = json_text(json_get(c, "id"));
        double ra, dec;
        if (!text) {
            char out[SEXA_TEXT];
            bool hours = strcmp(json_text(json_get(in, "kind")), "ra") == 0;
            ck_assert_str_eq(sexa_format(num(in, "format_deg"), hours ? SEXA_RA : SEXA_DEC,
                                         (int)num(in, "decimals"), ' ', out),
                             json_text(json_get(w, "text")));
            continue;
        }
        const char *context = json_text(json_get(in, "context"));
        bool pair = strcmp(context, "pair") == 0, bad = json_get(w, "error")->truth;
        enum status status = pair ? sexa_parse_pair(text->text, text->n, &ra, &dec, NULL)
                                  : sexa_parse(text->text, text->n,
                                               context[0] == 'r' ? SEXA_RA : SEXA_DEC, &ra, NULL);
        ck_assert_msg((status != OK) == bad, "%s %s", id, text->text);
        if (!bad)
            near(ra, num(w, pair ? "ra_deg" : "deg"), 1e-12, "value");
        if (!bad && pair)
            near(dec, num(w, "dec_deg"), 1e-12, "declination");
    }
    arena_clear(&o.arena);
}
END_TEST

int main(void)
{
    oracle_there("oracle/sky, oracle/transits/twilight.json");
    Suite *s = suite_create("oracle");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, altaz);
    tcase_add_test(t, frames);
    tcase_add_test(t, sunmoon);
    tcase_add_test(t, rise_transit_set);
    tcase_add_test(t, small);
    tcase_add_test(t, times);
    tcase_add_test(t, twilight);
    tcase_add_test(t, sexagesimal);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad != 0;
}
