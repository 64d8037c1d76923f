/* geometry.c - where a telescope may point, and how it gets there: pure functions of safety.h.
 * Not: devices. Sun, Moon and sidereal time: sky/place.h.
 */
#include <math.h>
#include <string.h>

#include "vigie/devices/safety.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

#define PI  3.14159265358979323846
#define DEG (PI / 180)

/* Sidereal seconds in a second of UTC. */
static const double SIDEREAL = 1.00273790935;

struct safety_limits safety_limits_default(void)
{
    return (struct safety_limits){.min_alt_rad = 10 * DEG,
                                  .max_alt_rad = 90 * DEG,
                                  .ha_east_rad = (double)NAN,
                                  .ha_west_rad = (double)NAN,
                                  .sun_cone_rad = 30 * DEG,
                                  .sun_alt_rad = -10 * DEG,
                                  .lst_s = 60};
}

void safety_sky_at(const struct site *site, struct jd_utc utc, struct safety_sky *sky)
{
    struct sky_place sun, moon;
    sky_sun_moon(utc, 0, site, &sun, &moon);
    *sky = (struct safety_sky){.lst_rad = sky_turn(utc, 0, site->lon_rad).last_rad,
                               .sun_ra_rad = sun.topo_ra_rad,
                               .sun_dec_rad = sun.topo_dec_rad,
                               .sun_alt_rad = sun.seen.alt_rad,
                               .sun_az_rad = sun.seen.az_rad,
                               .moon_ra_rad = moon.topo_ra_rad,
                               .moon_dec_rad = moon.topo_dec_rad,
                               .moon_alt_rad = moon.seen.alt_rad,
                               .moon_illum = sky_phase(&sun, &moon).illum};
}

static double turn(double x) /* -pi .. pi */
{
    return remainder(x, 2 * PI);
}

void safety_altaz(const struct site *site, double lst_rad, double ra_rad, double dec_rad,
                  double *alt_rad, double *az_rad, double *ha_rad)
{
    double ha = turn(lst_rad - ra_rad), sl = sin(site->lat_rad), cl = cos(site->lat_rad);
    double sd = sin(dec_rad), cd = cos(dec_rad);
    double east = -cd * sin(ha), north = sd * cl - cd * sl * cos(ha),
           up = sd * sl + cd * cl * cos(ha);
    *alt_rad = atan2(up, hypot(east, north));
    double az = atan2(east, north);
    *az_rad = az < 0 ? az + 2 * PI : az;
    *ha_rad = ha;
}

static void unit(double ra, double dec, double v[3])
{
    v[0] = cos(dec) * cos(ra);
    v[1] = cos(dec) * sin(ra);
    v[2] = sin(dec);
}

static void cross(const double a[3], const double b[3], double c[3])
{
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double safety_arc_nearest(double ra_a, double dec_a, double ra_b, double dec_b, double ra,
                          double dec)
{
    double a[3], b[3], p[3], n[3], c[3];
    unit(ra_a, dec_a, a);
    unit(ra_b, dec_b, b);
    unit(ra, dec, p);
    cross(a, b, n);
    double size = sqrt(dot(n, n));
    double ends = fmin(sky_separation(ra_a, dec_a, ra, dec), sky_separation(ra_b, dec_b, ra, dec));
    if (size < 1e-9)
        return dot(a, b) > 0 ? ends : 0;
    cross(n, a, c);
    bool behind_a = dot(c, p) >= 0;
    cross(b, n, c);
    bool before_b = dot(c, p) >= 0;
    if (!behind_a || !before_b)
        return ends;
    double s = dot(n, p) / size;
    return fmin(ends, fabs(asin(fmax(-1, fmin(1, s)))));
}

double safety_axes_nearest(double ra_a, double dec_a, double ra_b, double dec_b, double ra,
                           double dec)
{
    double d_ra = turn(ra_b - ra_a), d_dec = dec_b - dec_a;
    double far = fmax(fabs(d_ra), fabs(d_dec)), least = PI, gone = 0;
    for (bool last = false; !last;) {
        last = gone >= far;
        double x = ra_a + copysign(fmin(gone, fabs(d_ra)), d_ra);
        double y = dec_a + copysign(fmin(gone, fabs(d_dec)), d_dec);
        double here = sky_separation(x, y, ra, dec);
        least = fmin(least, here);
        /* both axes together go at most by the root of two: nothing nearer can lie before that */
        gone = fmin(far, gone + fmax(0.1 * DEG, (here - least) / 1.4143));
    }
    return least;
}

/* From a point to the piece of sky between two hour angles (low <= high) and from a declination up to the north pole. */
static double sector_nearest(double low, double high, double from_dec, double ha, double dec)
{
    double behind = fmod(ha - low, 2 * PI);
    if (behind < 0)
        behind += 2 * PI;
    if (behind <= high - low)
        return fmax(0, from_dec - dec);
    return fmin(safety_arc_nearest(low, from_dec, low, PI / 2, ha, dec),
                safety_arc_nearest(high, from_dec, high, PI / 2, ha, dec));
}

double safety_flip_nearest(double ha_a, double dec_a, double ha_b, double dec_b, double ha,
                           double dec)
{
    bool to_east = turn(ha_b) < 0;
    /* the polar axis, by the hour angle of a telescope that looks east of the pier */
    double a = to_east ? turn(ha_a) - PI : turn(ha_a), b = to_east ? turn(ha_b) : turn(ha_b) - PI;
    if (a > PI / 2)
        a -= 2 * PI;
    if (a < -3 * PI / 2)
        a += 2 * PI;
    double low = fmin(a, b), high = fmax(a, b);
    double begin = to_east ? PI : 0, end = to_east ? 0 : PI;
    return fmin(sector_nearest(low + begin, high + begin, dec_a, ha, dec),
                sector_nearest(low + end, high + end, dec_b, ha, dec));
}

static enum status sun_refuses(const struct safety_limits *l, const struct safety_sky *sky,
                               double sep, const char *what, struct error *err)
{
    if (sky->sun_alt_rad <= l->sun_alt_rad || sep >= l->sun_cone_rad)
        return OK;
    return err_set(err, E_REFUSED, "%s comes within %.1f deg of the Sun (limit %.0f deg)", what,
                   sep / DEG, l->sun_cone_rad / DEG);
}

enum status safety_place(const struct safety_limits *l, const struct site *site,
                         const struct safety_sky *sky, double ra_rad, double dec_rad,
                         bool sun_allowed, struct error *err)
{
    double alt, az, ha;
    if (!isfinite(ra_rad) || !(fabs(dec_rad) <= PI / 2))
        return err_set(err, E_RANGE, "that is no place in the sky");
    safety_altaz(site, sky->lst_rad, ra_rad, dec_rad, &alt, &az, &ha);
    if (alt < 0)
        return err_set(err, E_REFUSED, "it is below the horizon (altitude %.1f deg)", alt / DEG);
    if (alt < l->min_alt_rad)
        return err_set(err, E_REFUSED, "altitude %.1f deg is below the limit, %.1f deg", alt / DEG,
                       l->min_alt_rad / DEG);
    if (alt > l->max_alt_rad)
        return err_set(err, E_REFUSED, "altitude %.1f deg is above the limit, %.1f deg", alt / DEG,
                       l->max_alt_rad / DEG);
    double mask = horizon_alt(site->horizon, az);
    if (alt < mask)
        return err_set(err, E_REFUSED,
                       "altitude %.1f deg is below the site's horizon, %.1f deg at azimuth %.0f",
                       alt / DEG, mask / DEG, az / DEG);
    if (-ha > l->ha_east_rad || ha > l->ha_west_rad)
        return err_set(err, E_REFUSED, "hour angle %+.2f h is outside the limits, %+.2f to %+.2f h",
                       ha / DEG / 15, -l->ha_east_rad / DEG / 15, l->ha_west_rad / DEG / 15);
    if (sun_allowed)
        return OK;
    return sun_refuses(l, sky, sky_separation(ra_rad, dec_rad, sky->sun_ra_rad, sky->sun_dec_rad),
                       "the place", err);
}

enum status safety_way(const struct safety_limits *l, const struct safety_sky *sky, double ra_a,
                       double dec_a, double ra_b, double dec_b, struct error *err)
{
    double ra = sky->sun_ra_rad, dec = sky->sun_dec_rad;
    double begin = sky_separation(ra_a, dec_a, ra, dec), end = sky_separation(ra_b, dec_b, ra, dec);
    double least = fmin(safety_arc_nearest(ra_a, dec_a, ra_b, dec_b, ra, dec),
                        safety_axes_nearest(ra_a, dec_a, ra_b, dec_b, ra, dec));
    /* It stands in the cone already: away from the Sun is the way out. */
    if (begin < l->sun_cone_rad && end >= l->sun_cone_rad && least >= begin - 1e-6)
        return OK;
    return sun_refuses(l, sky, least, "the way there", err);
}

bool safety_flips(const struct safety_sky *sky, enum pier_side pier, double ra_a, double ra_b)
{
    bool east_a = turn(sky->lst_rad - ra_a) < 0, east_b = turn(sky->lst_rad - ra_b) < 0;
    return east_a != east_b || (pier != PIER_UNKNOWN && pier != (east_b ? PIER_WEST : PIER_EAST));
}

enum status safety_flip(const struct safety_limits *l, const struct site *site,
                        const struct safety_sky *sky, double ra_a, double dec_a, double ra_b,
                        double dec_b, struct error *err)
{
    double up = site->lat_rad < 0 ? -1 : 1; /* over the pole that is seen */
    double ra = sky->sun_ra_rad, dec = sky->sun_dec_rad, lst = sky->lst_rad;
    double begin = sky_separation(ra_a, dec_a, ra, dec), end = sky_separation(ra_b, dec_b, ra, dec);
    double least =
        safety_flip_nearest(lst - ra_a, up * dec_a, lst - ra_b, up * dec_b, lst - ra, up * dec);
    if (begin < l->sun_cone_rad && end >= l->sun_cone_rad && least >= begin - 1e-6)
        return OK;
    return sun_refuses(l, sky, least, "the way over the pole to the other side of the pier", err);
}

/* How far outside the limits that the way itself must keep, rad: altitude, hour angle. */
static void beyond(const struct safety_limits *l, double alt, double ha, double far[2])
{
    far[0] = fmax(l->min_alt_rad - alt, 0);
    far[1] = fmax(fmax(-ha - l->ha_east_rad, ha - l->ha_west_rad), 0); /* NAN: no limit */
}

enum status safety_dip(const struct safety_limits *l, const struct site *site,
                       const struct safety_sky *sky, double ra_a, double dec_a, double ra_b,
                       double dec_b, struct error *err)
{
    double d_ra = turn(ra_b - ra_a), d_dec = dec_b - dec_a, alt, az, ha, at[2][2], here[2];
    double far = fmax(fabs(d_ra), fabs(d_dec));
    int n = (int)(far / (0.5 * DEG)) + 1;
    safety_altaz(site, sky->lst_rad, ra_a, dec_a, &alt, &az, &ha);
    beyond(l, alt, ha, at[0]);
    safety_altaz(site, sky->lst_rad, ra_b, dec_b, &alt, &az, &ha);
    beyond(l, alt, ha, at[1]);
    for (int i = 1; i < n; i++) {
        double gone = far * i / n;
        safety_altaz(site, sky->lst_rad, ra_a + copysign(fmin(gone, fabs(d_ra)), d_ra),
                     dec_a + copysign(fmin(gone, fabs(d_dec)), d_dec), &alt, &az, &ha);
        beyond(l, alt, ha, here);
        if (here[0] > fmax(at[0][0], at[1][0]) + 0.5 * DEG)
            return err_set(err, E_REFUSED,
                           "the way there leads down to altitude %.1f deg (limit %.1f deg): go by "
                           "a place between",
                           alt / DEG, l->min_alt_rad / DEG);
        if (here[1] > fmax(at[0][1], at[1][1]) + 0.5 * DEG)
            return err_set(err, E_REFUSED,
                           "the way there leads through hour angle %+.2f h (limits %+.2f to %+.2f "
                           "h): go by a place between",
                           ha / DEG / 15, -l->ha_east_rad / DEG / 15, l->ha_west_rad / DEG / 15);
    }
    return OK;
}

/* --- what comes ------------------------------------------------------------------------------------ */

struct future {
    const struct safety_limits *l;
    const struct site *site;
    struct safety_sky sky;
    double ra_rad, dec_rad;
};

static const char *limit_at(const struct future *f, double t_s)
{
    struct safety_sky sky = f->sky;
    double alt, az, ha, sun_alt, sun_az, sun_ha;
    sky.lst_rad += t_s * SIDEREAL * 2 * PI / 86400;
    sky.sun_ra_rad += t_s * (SIDEREAL - 1) * 2 * PI / 86400; /* in the mean: 1 deg a day */
    safety_altaz(f->site, sky.lst_rad, f->ra_rad, f->dec_rad, &alt, &az, &ha);
    if (alt < f->l->min_alt_rad || alt > f->l->max_alt_rad)
        return "altitude";
    if (alt < horizon_alt(f->site->horizon, az))
        return "horizon";
    if (-ha > f->l->ha_east_rad || ha > f->l->ha_west_rad)
        return "hour angle";
    safety_altaz(f->site, sky.lst_rad, sky.sun_ra_rad, sky.sun_dec_rad, &sun_alt, &sun_az, &sun_ha);
    if (sun_alt > f->l->sun_alt_rad &&
        sky_separation(f->ra_rad, f->dec_rad, sky.sun_ra_rad, sky.sun_dec_rad) < f->l->sun_cone_rad)
        return "Sun";
    return "";
}

static void first_limit(const struct future *f, struct safety_forecast *out)
{
    double step = 120, t = 0;
    out->limit = limit_at(f, 0);
    out->limit_s = out->limit[0] ? 0 : (double)NAN;
    while (!out->limit[0] && t < 86400) {
        t += step;
        out->limit = limit_at(f, t);
    }
    if (t <= 0 || !out->limit[0])
        return;
    double low = t - step, high = t;
    while (high - low > 0.5) {
        double mid = (low + high) / 2;
        const char *there = limit_at(f, mid);
        if (there[0]) {
            high = mid;
            out->limit = there;
        } else {
            low = mid;
        }
    }
    out->limit_s = high;
}

static double sun_over(const struct site *site, struct jd_utc utc, double t_s, double alt_rad)
{
    struct safety_sky sky;
    safety_sky_at(site, utc_add_s(utc, t_s), &sky);
    return sky.sun_alt_rad - alt_rad;
}

/* Where the Sun only just comes up, in the days before a polar day or night, its hour angle helps little: step by step. */
static double dawn_by_steps(const struct site *site, struct jd_utc utc, double alt_rad)
{
    enum { STEP_S = 1200 };
    double before = sun_over(site, utc, 0, alt_rad);
    for (double t = STEP_S; t <= 86400; t += STEP_S) {
        double now = sun_over(site, utc, t, alt_rad);
        if (before < 0 && now >= 0) {
            double low = t - STEP_S, high = t;
            while (high - low > 0.5) {
                double mid = (low + high) / 2;
                *(sun_over(site, utc, mid, alt_rad) < 0 ? &low : &high) = mid;
            }
            return high;
        }
        before = now;
    }
    return (double)NAN;
}

/* By its hour angle there, a few times with the declination of the hour. */
double safety_dawn_s(const struct site *site, struct jd_utc utc, double alt_rad)
{
    struct safety_sky sky;
    double t = 0;
    safety_sky_at(site, utc, &sky);
    for (int i = 0; i < 4; i++) {
        double c = (sin(alt_rad) - sin(site->lat_rad) * sin(sky.sun_dec_rad)) /
                   (cos(site->lat_rad) * cos(sky.sun_dec_rad));
        if (!(fabs(c) <= 0.95))
            return fabs(c) > 1.2 ? (double)NAN : dawn_by_steps(site, utc, alt_rad);
        double wait = turn(-acos(c) - turn(sky.lst_rad - sky.sun_ra_rad));
        if (i == 0 && wait < 0)
            wait += 2 * PI;
        t += wait / (2 * PI) * 86400;
        safety_sky_at(site, utc_add_s(utc, t), &sky);
    }
    return t;
}

double safety_left_s(const struct safety_limits *l, const struct site *site, struct jd_utc utc,
                     double ra_rad, double dec_rad, const char **limit)
{
    struct future u = {.l = l, .site = site, .ra_rad = ra_rad, .dec_rad = dec_rad};
    struct safety_forecast f = {0};
    safety_sky_at(site, utc, &u.sky);
    first_limit(&u, &f);
    *limit = f.limit;
    return f.limit_s;
}

void safety_forecast(const struct safety_limits *l, const struct site *site, struct jd_utc utc,
                     double ra_rad, double dec_rad, struct safety_forecast *f)
{
    struct future u = {.l = l, .site = site, .ra_rad = ra_rad, .dec_rad = dec_rad};
    memset(f, 0, sizeof *f);
    safety_sky_at(site, utc, &u.sky);
    safety_altaz(site, u.sky.lst_rad, ra_rad, dec_rad, &f->alt_rad, &f->az_rad, &f->ha_rad);
    f->sun_sep_rad = sky_separation(ra_rad, dec_rad, u.sky.sun_ra_rad, u.sky.sun_dec_rad);
    f->moon_sep_rad = sky_separation(ra_rad, dec_rad, u.sky.moon_ra_rad, u.sky.moon_dec_rad);
    double to_meridian = f->ha_rad > 0 ? 2 * PI - f->ha_rad : -f->ha_rad;
    f->meridian_s = to_meridian / (2 * PI) * 86400 / SIDEREAL;
    f->dawn_s = safety_dawn_s(site, utc, l->sun_alt_rad);
    first_limit(&u, f);
}
