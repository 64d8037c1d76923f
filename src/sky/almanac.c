/* almanac.c - the tables of almanac.h and what is read from them; searches are in almanac_find.c.
 * Knots from ERFA: Earth, frame and Sun once a day, Moon eight times. Between them: cubic Hermite
 * (light time), straight lines (aberration, frame), four points (Sun, Moon). Each is good to 0.02".
 */
#include "vigie/sky/almanac.h"

#include <math.h>
#include <stdlib.h>

#include <erfa.h>
#include <erfam.h>

#include "vigie/base/mem.h"
#include "almanac_own.h"
#include "jd.h"

enum { MARGIN = 3, MOON_A_DAY = 8 };

struct knot {
    double eb[3], ebv[3]; /* barycentric Earth, au, au/day */
    double eh[3], em, v[3], bm1, bpn[3][3];
    double sun[3]; /* apparent, geocentric, CIRS, au */
    double eo, tdb_tt;
};

struct utc_day {
    double t, length; /* 0 h UTC of the day, and what it lasts, days of TT */
    double ut1;       /* UT1 - TT during it, days */
};

struct almanac {
    struct site site;
    double xyz_au[3]; /* site in the Earth's frame */
    double sin_lat, cos_lat, diurab;
    double base; /* JD(TT) of t = 0, a midnight */
    double first, last;
    size_t n, n_moon, n_days;
    struct knot *knots;   /* at t = i - MARGIN */
    double (*moon)[3];    /* geocentric, CIRS, au, at t = i / 8 - MARGIN */
    struct utc_day *days; /* days[0] begins at JD(UTC) day0 */
    double day0;
};

static void fill_knot(struct knot *k, double d1, double d2)
{
    eraASTROM as;
    double eh[2][3], eb[2][3], r[3][3], x, y, sun[3], dir[3], dist;
    eraEpv00(d1, d2, eh, eb);
    eraPnm06a(d1, d2, r);
    eraBpn2xy(r, &x, &y);
    double s = eraS06(d1, d2, x, y);
    eraApci(d1, d2, eb, eh[0], x, y, s, &as);
    k->eo = eraEors(r, s);
    k->tdb_tt = eraDtdb(d1, d2, 0, 0, 0, 0) / ERFA_DAYSEC;
    eraCp(eb[0], k->eb);
    eraCp(eb[1], k->ebv);
    eraCp(as.eh, k->eh);
    eraCp(as.v, k->v);
    eraCr(as.bpn, k->bpn);
    k->em = as.em;
    k->bm1 = as.bm1;
    /* the Sun where it was one light time ago, then the aberration of the Earth's motion */
    double ago = as.em * ERFA_AULT / ERFA_DAYSEC;
    for (int i = 0; i < 3; i++)
        sun[i] = -eh[0][i] - ago * (eb[1][i] - eh[1][i]);
    eraPn(sun, &dist, dir);
    eraAb(dir, as.v, as.em, as.bm1, sun);
    eraRxp(as.bpn, sun, sun);
    eraSxp(dist, sun, k->sun);
}

/* knot_at - the nearest knots of t and how far between them (0 .. 1). */
static const struct knot *knot_at(const struct almanac *a, double t, double *u)
{
    double x = t + MARGIN, i = floor(x);
    i = i < 1 ? 1 : i > (double)a->n - 3 ? (double)a->n - 3 : i;
    *u = x - i;
    return &a->knots[(size_t)i];
}

static void lines(const double *p, const double *q, double u, double *out, int n)
{
    for (int i = 0; i < n; i++)
        out[i] = p[i] + u * (q[i] - p[i]);
}

/* four - Lagrange's polynomial through p[0] .. p[3] at -1, 0, 1, 2. */
static void four(const double p0[3], const double p1[3], const double p2[3], const double p3[3],
                 double u, double out[3])
{
    double a = u - 1, b = u - 2, c = u + 1;
    double w0 = -u * a * b / 6, w1 = c * a * b / 2, w2 = -c * u * b / 2, w3 = c * u * a / 6;
    for (int i = 0; i < 3; i++)
        out[i] = w0 * p0[i] + w1 * p1[i] + w2 * p2[i] + w3 * p3[i];
}

static void fill_moon(const struct almanac *a, double t, double out[3])
{
    double pv[2][3], u, bpn[3][3];
    eraMoon98(a->base, t, pv);
    double ago = eraPm(pv[0]) * ERFA_AULT / ERFA_DAYSEC;
    eraPpsp(pv[0], -ago, pv[1], pv[0]);
    const struct knot *k = knot_at(a, t, &u);
    lines(&k[0].bpn[0][0], &k[1].bpn[0][0], u, &bpn[0][0], 9);
    eraRxp(bpn, pv[0], out);
}

static void fill_days(struct almanac *a, struct jd_utc from, double dut1_s)
{
    jd_norm(&from.d1, &from.d2);
    a->day0 = from.d1 - MARGIN;
    for (size_t i = 0; i < a->n_days; i++) {
        struct utc_day *d = &a->days[i];
        struct jd_utc start = {a->day0 + (double)i, 0}, noon = {start.d1, 0.5};
        struct jd_utc end = {start.d1 + 1, 0};
        struct jd_tt t0 = utc_to_tt(start), t1 = utc_to_tt(end);
        d->t = (t0.d1 - a->base) + t0.d2;
        d->length = (t1.d1 - t0.d1) + (t1.d2 - t0.d2);
        d->ut1 = (dut1_s - utc_tai_offset_s(noon) - ERFA_TTMTAI) / ERFA_DAYSEC;
    }
}

static void fill_site(struct almanac *a, const struct site *site)
{
    a->site = *site;
    site_geocentric(site, a->xyz_au);
    double axis_m = hypot(a->xyz_au[0], a->xyz_au[1]);
    eraSxp(1 / ERFA_DAU, a->xyz_au, a->xyz_au);
    a->sin_lat = sin(site->lat_rad);
    a->cos_lat = cos(site->lat_rad);
    /* rotation speed over the speed of light; 1.00273781191135448 turns a day (IAU 2000) */
    a->diurab = 1.00273781191135448 * ERFA_D2PI * axis_m / ERFA_DAYSEC / ERFA_CMPS;
}

enum status almanac_new(const struct site *site, struct jd_utc from, struct jd_utc to,
                        double dut1_s, struct almanac **out, struct error *err)
{
    struct jd_tt t0 = utc_to_tt(from), t1 = utc_to_tt(to);
    double days = tt_diff_s(t1, t0) / ERFA_DAYSEC;
    *out = NULL;
    if (!(days >= 0 && days <= ALMANAC_MAX_DAYS))
        return err_set(err, E_RANGE, "a window of %.0f days is not in 0 .. %d days", days,
                       ALMANAC_MAX_DAYS);
    struct almanac *a = mem_zero(sizeof *a);
    fill_site(a, site);
    a->base = t0.d1;
    a->first = t0.d2;
    a->last = t0.d2 + days;
    a->n = (size_t)ceil(a->last) + 2 * MARGIN + 1;
    a->n_moon = (a->n - 1) * MOON_A_DAY + 1;
    a->n_days = a->n + 1;
    a->knots = mem_alloc(a->n * sizeof *a->knots);
    a->moon = mem_alloc(a->n_moon * sizeof *a->moon);
    a->days = mem_alloc(a->n_days * sizeof *a->days);
    for (size_t i = 0; i < a->n; i++)
        fill_knot(&a->knots[i], a->base, (double)i - MARGIN);
    for (size_t i = 0; i < a->n_moon; i++)
        fill_moon(a, (double)i / MOON_A_DAY - MARGIN, a->moon[i]);
    fill_days(a, from, dut1_s);
    *out = a;
    return OK;
}

void almanac_free(struct almanac *a)
{
    if (!a)
        return;
    free(a->knots);
    free(a->moon);
    free(a->days);
    free(a);
}

const struct site *almanac_site(const struct almanac *a)
{
    return &a->site;
}

double almanac_first(const struct almanac *a)
{
    return a->first;
}

double almanac_last(const struct almanac *a)
{
    return a->last;
}

static const struct utc_day *day_at(const struct almanac *a, double t, double *index)
{
    double i = floor(t - a->days[0].t);
    double top = (double)a->n_days - 1;
    i = i < 0 ? 0 : i > top ? top : i;
    size_t k = (size_t)i;
    while (k > 0 && t < a->days[k].t)
        k--;
    while (k + 1 < a->n_days && t >= a->days[k + 1].t)
        k++;
    *index = (double)k;
    return &a->days[k];
}

double almanac_t(const struct almanac *a, struct jd_utc utc)
{
    jd_norm(&utc.d1, &utc.d2);
    double i = utc.d1 - a->day0;
    if (!(i >= 0 && i < (double)a->n_days))
        return NAN;
    const struct utc_day *d = &a->days[(size_t)i];
    return d->t + utc.d2 * d->length;
}

struct jd_utc almanac_utc(const struct almanac *a, double t)
{
    double i;
    if (!isfinite(t))
        return (struct jd_utc){NAN, NAN};
    const struct utc_day *d = day_at(a, t, &i);
    struct jd_utc utc = {a->day0 + i, (t - d->t) / d->length};
    jd_norm(&utc.d1, &utc.d2);
    return utc;
}

bool almanac_holds(const struct almanac *a, double t)
{
    return t >= a->first - 1.5 && t <= a->last + 1.5;
}

void almanac_star_set(struct almanac_star *s, double ra_rad, double dec_rad)
{
    s->ra_rad = ra_rad;
    s->dec_rad = dec_rad;
    eraS2c(ra_rad, dec_rad, s->n);
}

/* era - Earth rotation angle of Greenwich. Earth's turns a day are split off so that no digit is
 * lost (IAU 2000, eraEra00). */
double almanac_era(const struct almanac *a, double t)
{
    double i;
    const struct utc_day *d = day_at(a, t, &i);
    return eraEra00(a->base, t + d->ut1);
}

/* ---- light time ---- */

/* observer - barycentric site at t, au. The Earth by Hermite's cubic: its acceleration's change in
 * a day leaves 0.1 us. */
static void observer(const struct almanac *a, double t, double out[3])
{
    double u, site[3];
    const struct knot *k = knot_at(a, t, &u);
    double u2 = u * u, u3 = u2 * u;
    double h0 = 2 * u3 - 3 * u2 + 1, h1 = 1 - h0, g0 = u3 - 2 * u2 + u, g1 = u3 - u2;
    double era = almanac_era(a, t), c = cos(era), s = sin(era);
    site[0] = c * a->xyz_au[0] - s * a->xyz_au[1];
    site[1] = s * a->xyz_au[0] + c * a->xyz_au[1];
    site[2] = a->xyz_au[2];
    const double(*m)[3] = k[u > 0.5 ? 1 : 0].bpn; /* a day of precession moves it by 6 mm */
    for (int i = 0; i < 3; i++) {
        double turned = m[0][i] * site[0] + m[1][i] * site[1] + m[2][i] * site[2];
        out[i] = h0 * k[0].eb[i] + h1 * k[1].eb[i] + g0 * k[0].ebv[i] + g1 * k[1].ebv[i] + turned;
    }
}

static double tdb_tt(const struct almanac *a, double t)
{
    double u;
    const struct knot *k = knot_at(a, t, &u);
    return k[0].tdb_tt + u * (k[1].tdb_tt - k[0].tdb_tt);
}

double almanac_light_s(const struct almanac *a, const struct almanac_star *s, double t)
{
    double r[3];
    if (!almanac_holds(a, t))
        return NAN;
    observer(a, t, r);
    return (r[0] * s->n[0] + r[1] * s->n[1] + r[2] * s->n[2]) * ERFA_AULT;
}

struct bjd_tdb almanac_bjd(const struct almanac *a, const struct almanac_star *s, double t)
{
    struct bjd_tdb out = {a->base, t};
    jd_norm(&out.d1, &out.d2);
    out.d2 += tdb_tt(a, t) + almanac_light_s(a, s, t) / ERFA_DAYSEC;
    jd_norm(&out.d1, &out.d2);
    return out;
}

/* The light time changes by 1e-4 s/s: each round gains four digits. */
double almanac_t_of_bjd(const struct almanac *a, const struct almanac_star *s, struct bjd_tdb bjd)
{
    double seen = (bjd.d1 - a->base) + bjd.d2, t = seen;
    for (int i = 0; i < 3; i++)
        t = seen - tdb_tt(a, t) - almanac_light_s(a, s, t) / ERFA_DAYSEC;
    return t;
}

/* ---- places ---- */

/* local - a CIRS vector seen from the site: altitude, azimuth, hour angle, declination, with the
 * diurnal aberration. p need not be a unit vector. alt only, if the others are NULL. */
static double local(const struct almanac *a, double sin_theta, double cos_theta, const double p[3],
                    double *az, double *ha, double *dec)
{
    double r = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
    double x = (cos_theta * p[0] + sin_theta * p[1]) / r;
    double y = (cos_theta * p[1] - sin_theta * p[0]) / r, z = p[2] / r;
    double f = 1 - a->diurab * y;
    x *= f, y = f * (y + a->diurab), z *= f;
    double south = a->sin_lat * x - a->cos_lat * z, up = a->cos_lat * x + a->sin_lat * z;
    if (az) {
        *az = atan2(y, -south);
        *az += *az < 0 ? ERFA_D2PI : 0;
    }
    if (ha)
        *ha = -atan2(y, x);
    if (dec)
        *dec = atan2(z, hypot(x, y));
    return atan2(up, hypot(south, y));
}

static void theta(const struct almanac *a, double t, double *sin_theta, double *cos_theta)
{
    double x = almanac_era(a, t) + a->site.lon_rad;
    *sin_theta = sin(x);
    *cos_theta = cos(x);
}

/* from_site - a geocentric CIRS vector made topocentric. sin and cos are of the local angle; the
 * site turned by its longitude lies in the plane y = 0 of that frame. */
static void from_site(const struct almanac *a, double st, double ct, double p[3])
{
    double axis = hypot(a->xyz_au[0], a->xyz_au[1]);
    p[0] -= axis * ct;
    p[1] -= axis * st;
    p[2] -= a->xyz_au[2];
}

static void sun_at(const struct almanac *a, double t, double p[3])
{
    double u;
    const struct knot *k = knot_at(a, t, &u);
    four(k[-1].sun, k[0].sun, k[1].sun, k[2].sun, u, p);
}

static void moon_at(const struct almanac *a, double t, double p[3])
{
    double x = (t + MARGIN) * MOON_A_DAY, i = floor(x), top = (double)a->n_moon - 3;
    i = i < 1 ? 1 : i > top ? top : i;
    const double(*m)[3] = (const double(*)[3]) & a->moon[(size_t)i];
    four(m[-1], m[0], m[1], m[2], x - i, p);
}

double almanac_sun_alt(const struct almanac *a, double t)
{
    double p[3], st, ct;
    theta(a, t, &st, &ct);
    sun_at(a, t, p);
    from_site(a, st, ct, p);
    return local(a, st, ct, p, NULL, NULL, NULL);
}

double almanac_moon_alt(const struct almanac *a, double t)
{
    double p[3], st, ct;
    theta(a, t, &st, &ct);
    moon_at(a, t, p);
    from_site(a, st, ct, p);
    return local(a, st, ct, p, NULL, NULL, NULL);
}

/* phase - lit fraction from the geocentric vectors (Meeus 1998, eqs 48.1, 48.3 in vector form), and
 * whether the Moon is east of the Sun. */
static void phase(const double sun[3], const double moon[3], struct almanac_now *now)
{
    const double obl = 0.40909; /* of the ecliptic, enough to tell east from west */
    double to_sun[3], to_earth[3], s[3], m[3];
    for (int i = 0; i < 3; i++)
        s[i] = sun[i], m[i] = moon[i]; /* ERFA's arguments are not const */
    eraPmp(s, m, to_sun);
    eraSxp(-1, m, to_earth);
    now->moon_illum = 0.5 * (1 + cos(eraSepp(to_sun, to_earth)));
    now->sun_moon_rad = eraSepp(s, m);
    double sy = cos(obl) * s[1] + sin(obl) * s[2], my = cos(obl) * m[1] + sin(obl) * m[2];
    now->moon_waxing = s[0] * my - sy * m[0] > 0;
}

void almanac_at(const struct almanac *a, double t, struct almanac_now *now)
{
    double u, r;
    const struct knot *k = knot_at(a, t, &u);
    now->t = t;
    now->theta_rad = almanac_era(a, t) + a->site.lon_rad;
    now->sin_theta = sin(now->theta_rad);
    now->cos_theta = cos(now->theta_rad);
    now->eo_rad = k[0].eo + u * (k[1].eo - k[0].eo);
    lines(k[0].eh, k[1].eh, u, now->eh, 3);
    lines(k[0].v, k[1].v, u, now->v, 3);
    lines(&k[0].bpn[0][0], &k[1].bpn[0][0], u, &now->bpn[0][0], 9);
    now->em = k[0].em + u * (k[1].em - k[0].em);
    now->bm1 = k[0].bm1 + u * (k[1].bm1 - k[0].bm1);
    sun_at(a, t, now->sun_dir);
    moon_at(a, t, now->moon_dir);
    phase(now->sun_dir, now->moon_dir, now);
    from_site(a, now->sin_theta, now->cos_theta, now->sun_dir);
    from_site(a, now->sin_theta, now->cos_theta, now->moon_dir);
    eraPn(now->sun_dir, &r, now->sun_dir);
    eraPn(now->moon_dir, &r, now->moon_dir);
    double st = now->sin_theta, ct = now->cos_theta;
    now->sun_alt_rad = local(a, st, ct, now->sun_dir, &now->sun_az_rad, &now->sun_ha_rad, NULL);
    now->moon_alt_rad = local(a, st, ct, now->moon_dir, &now->moon_az_rad, &now->moon_ha_rad, NULL);
    eraC2s(now->moon_dir, &now->moon_ra_cirs_rad, &now->moon_dec_rad);
    now->moon_ra_cirs_rad = eraAnp(now->moon_ra_cirs_rad);
}

/* star_cirs - proper direction of a star in the frame of date: light bent by the Sun, aberration,
 * bias-precession-nutation. em, bm1 and the rest as of the instant. */
static void star_cirs(const struct almanac_star *s, const struct almanac_now *now, double p[3])
{
    struct almanac_now w = *now; /* ERFA's arguments are not const */
    double n[3] = {s->n[0], s->n[1], s->n[2]};
    eraLdsun(n, w.eh, w.em, p);
    eraAb(p, w.v, w.em, w.bm1, n);
    eraRxp(w.bpn, n, p);
}

void almanac_star_at(const struct almanac *a, const struct almanac_star *s,
                     const struct almanac_now *now, struct almanac_seen *seen)
{
    double p[3], m[3] = {now->moon_dir[0], now->moon_dir[1], now->moon_dir[2]};
    star_cirs(s, now, p);
    seen->alt_rad =
        local(a, now->sin_theta, now->cos_theta, p, &seen->az_rad, &seen->ha_rad, &seen->dec_rad);
    seen->moon_sep_rad = eraSepp(p, m);
}

void almanac_star_cirs(const struct almanac *a, const struct almanac_star *s, double t, double p[3])
{
    double u;
    const struct knot *k = knot_at(a, t, &u);
    struct almanac_now now;
    lines(k[0].eh, k[1].eh, u, now.eh, 3);
    lines(k[0].v, k[1].v, u, now.v, 3);
    lines(&k[0].bpn[0][0], &k[1].bpn[0][0], u, &now.bpn[0][0], 9);
    now.em = k[0].em + u * (k[1].em - k[0].em);
    now.bm1 = k[0].bm1 + u * (k[1].bm1 - k[0].bm1);
    star_cirs(s, &now, p);
}

double almanac_star_alt(const struct almanac *a, const struct almanac_star *s, double t)
{
    return almanac_star_local(a, s, t, NULL, NULL);
}

double almanac_star_local(const struct almanac *a, const struct almanac_star *s, double t,
                          double *az, double *ha)
{
    double p[3], st, ct;
    almanac_star_cirs(a, s, t, p);
    theta(a, t, &st, &ct);
    return local(a, st, ct, p, az, ha, NULL);
}
