/* check_way.c - where a mount may point and which ways it may go: geometry against the corpus (ERFA, astropy) and against
 * points laid along the way one by one. The guard over a device: check_safety.c.
 */
#include "../sky/oracle.h"

#include <unistd.h>

#include "fake.h"
#include "vigie/devices/safety.h"
#include "vigie/sky/frame.h"

#define PI  3.14159265358979323846
#define DEG (PI / 180)

static struct site site_in(const struct json *in)
{
    struct site s;
    ck_assert_int_eq(site_set(&s, "x", num(in, "site.lat_deg"), num(in, "site.lon_deg"),
                              num(in, "site.height_m"), NULL),
                     OK);
    return s;
}

static struct jd_utc when(const char *text)
{
    struct jd_utc utc;
    ck_assert_int_eq(utc_parse(text, NULL, &utc, NULL), OK);
    return utc;
}

/* The oracle's places are geocentric; what remains is diurnal aberration and the parallax of the site: below 0.4". */
START_TEST(altitude_and_azimuth_of_the_corpus)
{
    struct oracle o;
    if (!oracle_open(&o, "oracle/sky/altaz.json", "cases"))
        return;
    int n = 0;
    for (const struct json *c = o.cases; c; c = c->next, n++) {
        const struct json *in = json_get(c, "input"), *w = json_get(c, "expect");
        struct site site = site_in(in);
        double alt, az, ha;
        safety_altaz(&site, num(w, "last_deg") * DEG, num(w, "geocentric_apparent.ra_deg") * DEG,
                     num(w, "geocentric_apparent.dec_deg") * DEG, &alt, &az, &ha);
        double off = sky_separation(az, alt, num(w, "no_refraction.az_deg") * DEG,
                                    num(w, "no_refraction.alt_deg") * DEG);
        ck_assert_msg(off < 0.4 / 3600 * DEG, "%s: %g arcsec", json_text(json_get(c, "id")),
                      off / DEG * 3600);
    }
    ck_assert_int_gt(n, 50);
    arena_clear(&o.arena);
}
END_TEST

/* Without UT1-UTC the Earth is turned by up to 0.9 s: 0.004 deg. */
START_TEST(sun_and_moon_of_the_corpus)
{
    struct oracle o;
    if (!oracle_open(&o, "oracle/sky/sunmoon.json", "cases"))
        return;
    for (const struct json *c = o.cases; c; c = c->next) {
        const struct json *in = json_get(c, "input"), *w = json_get(c, "expect");
        struct site site = site_in(in);
        struct safety_sky sky;
        safety_sky_at(&site, when(json_text(json_get(in, "utc"))), &sky);
        ck_assert_double_le(sky_separation(sky.sun_ra_rad, sky.sun_dec_rad,
                                           num(w, "sun.topocentric.ra_deg") * DEG,
                                           num(w, "sun.topocentric.dec_deg") * DEG),
                            0.001 * DEG);
        ck_assert_double_le(sky_separation(sky.moon_ra_rad, sky.moon_dec_rad,
                                           num(w, "moon.topocentric.ra_deg") * DEG,
                                           num(w, "moon.topocentric.dec_deg") * DEG),
                            0.005 * DEG);
        ck_assert_double_eq_tol(sky.sun_alt_rad / DEG, num(w, "sun.topocentric.alt_deg"), 0.005);
    }
    arena_clear(&o.arena);
}
END_TEST

START_TEST(dawn_of_the_corpus)
{
    struct oracle o;
    if (!oracle_open(&o, "oracle/transits/twilight.json", "nights"))
        return;
    static const char *const limit[] = {"civil", "nautical", "astronomical"};
    const struct json *sites = json_get(o.root, "sites");
    int n = 0;
    for (const struct json *c = o.cases; c; c = c->next)
        for (int i = 0; i < 3; i++) {
            const struct json *sun = json_get(json_get(c, "sun"), limit[i]), *rise = NULL;
            const struct json *first = json_get(sun, "events")->first, *at = sites->first;
            int events = 0;
            for (const struct json *e = first; e; e = e->next, events++)
                if (!rise && strcmp(json_text(json_get(e, "kind")), "rise") == 0)
                    rise = e;
            if (!rise || events != 2)
                continue; /* a night at its edge: not crossed, touched, or crossed more than twice */
            while (at &&
                   strcmp(json_text(json_get(at, "key")), json_text(json_get(c, "site"))) != 0)
                at = at->next;
            struct site site;
            ck_assert_int_eq(site_set(&site, "x", num(at, "lat_deg"), num(at, "lon_east_deg"),
                                      num(at, "height_m"), NULL),
                             OK);
            struct jd_utc start = when(json_text(json_get(c, "window_start")));
            double got = safety_dawn_s(&site, start, num(sun, "threshold") * DEG);
            double want = utc_diff_s(when(json_text(json_get(rise, "utc"))), start);
            ck_assert_msg(fabs(got - want) < 2, "%s %s: %.1f for %.1f",
                          json_text(json_get(c, "site")), limit[i], got, want);
            n++;
        }
    ck_assert_int_gt(n, 20);
    arena_clear(&o.arena);
}
END_TEST

/* --- ways ------------------------------------------------------------------------------------------ */

static uint64_t seed = 7;
static double any(double from, double to)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return from + (to - from) * (double)(seed >> 11) / 9007199254740992.0;
}

/* The k-th of n points of the great circle from a to b, by turning a towards b. */
static void along(double ra_a, double dec_a, double ra_b, double dec_b, double part, double *ra,
                  double *dec)
{
    double far = sky_separation(ra_a, dec_a, ra_b, dec_b), s = sin(far);
    double p = sin((1 - part) * far) / s, q = sin(part * far) / s;
    double x = p * cos(dec_a) * cos(ra_a) + q * cos(dec_b) * cos(ra_b);
    double y = p * cos(dec_a) * sin(ra_a) + q * cos(dec_b) * sin(ra_b);
    double z = p * sin(dec_a) + q * sin(dec_b);
    *ra = atan2(y, x);
    *dec = atan2(z, hypot(x, y));
}

START_TEST(nearest_of_an_arc_is_that_of_its_points)
{
    for (int i = 0; i < 3000; i++) {
        double a[2] = {any(-PI, PI), any(-1.5, 1.5)}, b[2] = {any(-PI, PI), any(-1.5, 1.5)},
               p[2] = {any(-PI, PI), any(-1.5, 1.5)}, least = PI;
        double far = sky_separation(a[0], a[1], b[0], b[1]);
        if (far < 1e-3 || far > PI - 1e-3)
            continue;
        for (int k = 0; k <= 400; k++) {
            double ra, dec;
            along(a[0], a[1], b[0], b[1], k / 400.0, &ra, &dec);
            least = fmin(least, sky_separation(ra, dec, p[0], p[1]));
        }
        double got = safety_arc_nearest(a[0], a[1], b[0], b[1], p[0], p[1]);
        ck_assert_double_le(got, least + 1e-9);
        ck_assert_double_ge(got, least - far / 400);
    }
}
END_TEST

START_TEST(arcs_by_hand)
{
    ck_assert_double_eq_tol(safety_arc_nearest(-0.5, 0, 0.5, 0, 0, 0.2), 0.2, 1e-12);
    ck_assert_double_eq_tol(safety_arc_nearest(-0.5, 0, 0.5, 0, 0.9, 0), 0.4, 1e-12);
    ck_assert_double_eq_tol(safety_arc_nearest(0.3, 0.1, 0.3, 0.1, 0.3, 0.4), 0.3, 1e-12);
    ck_assert(safety_arc_nearest(0, 0, PI, 0, 1, 1) == 0); /* any way may be meant */
    /* both ends 12 h from the pole's far side: over the pole the axes do not go */
    ck_assert_double_lt(safety_arc_nearest(0, 1.4, 3.1, 1.4, 0, PI / 2), 0.2);
    ck_assert_double_gt(safety_axes_nearest(0, 0.5, 3.0, 0.5, 0, PI / 2), 1.0);
    /* the axes: right ascension and declination together first, then along the equator */
    ck_assert_double_eq_tol(safety_axes_nearest(0, 0.4, 1, 0, 0.7, 0), 0, 0.002);
}
END_TEST

/* Whatever is allowed keeps out of the cone, at each point of both ways. */
START_TEST(an_allowed_way_keeps_out_of_the_cone)
{
    struct safety_limits l = safety_limits_default();
    int allowed = 0, refused = 0;
    for (int i = 0; i < 4000; i++) {
        struct safety_sky sky = {.sun_alt_rad = any(-0.17, 1),
                                 .sun_ra_rad = any(-PI, PI),
                                 .sun_dec_rad = any(-0.41, 0.41)};
        double a[2] = {any(-PI, PI), any(-1.4, 1.4)}, b[2] = {any(-PI, PI), any(-1.4, 1.4)};
        double far = sky_separation(a[0], a[1], b[0], b[1]);
        if (far < 1e-3 || far > PI - 1e-3)
            continue;
        double begin = sky_separation(a[0], a[1], sky.sun_ra_rad, sky.sun_dec_rad);
        struct error err;
        if (safety_way(&l, &sky, a[0], a[1], b[0], b[1], &err) != OK) {
            refused++;
            continue;
        }
        allowed++;
        double bound = fmin(l.sun_cone_rad, begin);
        double d_ra = remainder(b[0] - a[0], 2 * PI), d_dec = b[1] - a[1];
        double run = fmax(fabs(d_ra), fabs(d_dec));
        double arc = PI, axes = PI; /* each assertion costs more than a point of the way */
        for (int k = 0; k <= 500; k++) {
            double ra, dec, gone = run * k / 500;
            along(a[0], a[1], b[0], b[1], k / 500.0, &ra, &dec);
            arc = fmin(arc, sky_separation(ra, dec, sky.sun_ra_rad, sky.sun_dec_rad));
            ra = a[0] + copysign(fmin(gone, fabs(d_ra)), d_ra);
            dec = a[1] + copysign(fmin(gone, fabs(d_dec)), d_dec);
            axes = fmin(axes, sky_separation(ra, dec, sky.sun_ra_rad, sky.sun_dec_rad));
        }
        ck_assert_double_ge(arc, bound - 1e-4);
        ck_assert_double_ge(axes, bound - 0.1 * DEG);
    }
    ck_assert_int_gt(allowed, 500);
    ck_assert_int_gt(refused, 500);
}
END_TEST

/* --- over the pole ------------------------------------------------------------------------------------ */

/* Where a German mount looks: its polar axis turned by `axis` (0: the counterweight's side is west, the telescope looks at the
 * meridian), its telescope `reach` from the pole, negative on the other side of it. */
static void german(double axis, double reach, double *ha, double *dec)
{
    double x = sin(reach) * cos(axis), y = sin(reach) * sin(axis);
    *ha = atan2(y, x);
    *dec = atan2(cos(reach), hypot(x, y));
}

/* Whatever the speeds of the two axes, and whichever begins: no point of the way is nearer than what was reckoned. From each
 * side of the pier to the other, the polar axis by the way on which the counterweight stays below the telescope. */
START_TEST(over_the_pole_nothing_is_nearer_than_was_reckoned)
{
    double closest = PI;
    for (int i = 0; i < 3000; i++) {
        bool to_east = i % 2;
        double a = any(-PI * 0.95, -0.05), b = any(-PI * 0.95, -0.05);
        double p = any(0.1, 2.2), q = any(0.1, 2.2), sun[2] = {any(-PI, PI), any(-0.41, 0.41)};
        double from[2], to[2], least = PI, speed = exp(any(-2, 2)), late = any(0, 1);
        german(a, to_east ? -p : p, &from[0], &from[1]);
        german(b, to_east ? q : -q, &to[0], &to[1]);
        for (int k = 0; k <= 400; k++) {
            double t = k / 400.0 * 4, ha, dec;
            double turned = fmin(fmax(t - late, 0) * speed, 1), gone = fmin(t / speed, 1);
            double begin = to_east ? -p : p, end = to_east ? q : -q;
            german(a + (b - a) * turned, begin + (end - begin) * gone, &ha, &dec);
            least = fmin(least, sky_separation(ha, dec, sun[0], sun[1]));
        }
        double got = safety_flip_nearest(from[0], from[1], to[0], to[1], sun[0], sun[1]);
        ck_assert_msg(got <= least + 1e-9, "%d: reckoned %.2f, came to %.2f deg", i, got / DEG,
                      least / DEG);
        closest = fmin(closest, least - got);
    }
    ck_assert_double_lt(closest, 0.01); /* and it is not merely zero */
}
END_TEST

START_TEST(over_the_pole_by_hand)
{
    double h = PI / 12;
    /* from 3 h east to 3 h west, both 40 deg north; the Sun on the meridian, 20 deg south: 60 deg below the lowest */
    ck_assert_double_eq_tol(safety_flip_nearest(-3 * h, 40 * DEG, 3 * h, 40 * DEG, 0, -20 * DEG),
                            sky_separation(-3 * h, 40 * DEG, 0, -20 * DEG), 1e-9);
    /* a place looked at from the wrong side: all the polar axis may sweep passes the meridian */
    ck_assert_double_eq_tol(safety_flip_nearest(-4 * h, 0, -2 * h, 10 * DEG, 0, -20 * DEG),
                            20 * DEG, 1e-9);
}
END_TEST

START_TEST(who_flips)
{
    struct safety_sky sky = {.lst_rad = 1};
    ck_assert(safety_flips(&sky, PIER_UNKNOWN, 1.5, 0.5)); /* across the meridian */
    ck_assert(!safety_flips(&sky, PIER_UNKNOWN, 1.5, 1.2));
    ck_assert(!safety_flips(&sky, PIER_WEST, 1.5, 1.2)); /* in the east, from west of the pier */
    ck_assert(safety_flips(&sky, PIER_EAST, 1.5, 1.2));
    ck_assert(safety_flips(&sky, PIER_WEST, 0.5, 0.2));
}
END_TEST

START_TEST(by_night_every_way_is_allowed)
{
    struct safety_limits l = safety_limits_default();
    struct safety_sky sky = {.sun_alt_rad = -11 * DEG};
    ck_assert_int_eq(safety_way(&l, &sky, -1, 0, 1, 0, NULL), OK);
    sky.sun_alt_rad = -9 * DEG;
    ck_assert_int_eq(safety_way(&l, &sky, -1, 0, 1, 0, NULL), E_REFUSED);
}
END_TEST

int main(void)
{
    oracle_there("oracle/sky/altaz.json, sunmoon.json, oracle/transits/twilight.json");
    Suite *suite = suite_create("way");
    TCase *t = tcase_create("all");
    tcase_add_test(t, altitude_and_azimuth_of_the_corpus);
    tcase_add_test(t, sun_and_moon_of_the_corpus);
    tcase_add_test(t, dawn_of_the_corpus);
    tcase_add_test(t, nearest_of_an_arc_is_that_of_its_points);
    tcase_add_test(t, arcs_by_hand);
    tcase_add_test(t, an_allowed_way_keeps_out_of_the_cone);
    tcase_add_test(t, over_the_pole_nothing_is_nearer_than_was_reckoned);
    tcase_add_test(t, over_the_pole_by_hand);
    tcase_add_test(t, who_flips);
    tcase_add_test(t, by_night_every_way_is_allowed);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
