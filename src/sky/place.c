/* place.c - see place.h. Everything is ERFA's; this file only puts its pieces in a row. */
#include "vigie/sky/place.h"

#include <math.h>

#include <erfa.h>
#include <erfam.h>

static double or_zero(double x)
{
    return isfinite(x) ? x : 0;
}

/* motion - ERFA wants proper motion as rates of the coordinates in rad/yr, parallax in ". */
static void motion(const struct sky_star *s, double *pr, double *pd, double *px, double *rv)
{
    *pr = or_zero(s->pmra_cosdec_masyr) * ERFA_DMAS2R / cos(s->dec_rad);
    *pd = or_zero(s->pmdec_masyr) * ERFA_DMAS2R;
    *px = or_zero(s->plx_mas) / 1000;
    *rv = or_zero(s->rv_kms);
}

struct sky_apparent sky_star_apparent(const struct sky_star *s, struct jd_tt tt)
{
    struct sky_apparent out;
    double pr, pd, px, rv;
    motion(s, &pr, &pd, &px, &rv);
    eraAtci13(s->ra_rad, s->dec_rad, pr, pd, px, rv, tt.d1, tt.d2, &out.ra_cirs_rad, &out.dec_rad,
              &out.eo_rad);
    out.ra_rad = eraAnp(out.ra_cirs_rad - out.eo_rad);
    return out;
}

struct sky_seen sky_star_seen(const struct sky_star *s, struct jd_utc utc, double dut1_s,
                              const struct site *site, const struct sky_air *air)
{
    static const struct sky_air none = {0, 0, 0, 0.55};
    const struct sky_air *a = air ? air : &none;
    struct sky_seen out = {NAN, NAN, NAN, NAN};
    double pr, pd, px, rv, zd, ra, eo;
    motion(s, &pr, &pd, &px, &rv);
    (void)eraAtco13(s->ra_rad, s->dec_rad, pr, pd, px, rv, utc.d1, utc.d2, dut1_s, site->lon_rad,
                    site->lat_rad, site->height_m, 0, 0, a->pressure_hpa, a->temp_degc, a->humidity,
                    a->wavelength_um, &out.az_rad, &zd, &out.ha_rad, &out.dec_rad, &ra, &eo);
    out.alt_rad = ERFA_DPI / 2 - zd;
    return out;
}

void sky_star_direction(const struct sky_star *s, struct jd_tt tt, double *ra_rad, double *dec_rad)
{
    eraASTROM as;
    double pr, pd, px, rv, eo, p[3];
    motion(s, &pr, &pd, &px, &rv);
    eraApci13(tt.d1, tt.d2, &as, &eo);
    eraPmpx(s->ra_rad, s->dec_rad, pr, pd, px, rv, as.pmt, as.eb, p);
    eraC2s(p, ra_rad, dec_rad);
    *ra_rad = eraAnp(*ra_rad);
}

/* ut1_of - UT1 as a split date; UTC itself where ERFA has no answer (years before -4799). */
static void ut1_of(struct jd_utc utc, double dut1_s, double *a, double *b)
{
    if (eraUtcut1(utc.d1, utc.d2, dut1_s, a, b) < 0) {
        *a = utc.d1;
        *b = utc.d2;
    }
}

void sky_star_move(const struct sky_star *s, struct jd_tdb from, struct jd_tdb to, double *ra_rad,
                   double *dec_rad)
{
    double pr, pd, px, rv, pr2, pd2, px2, rv2;
    motion(s, &pr, &pd, &px, &rv);
    eraPmsafe(s->ra_rad, s->dec_rad, pr, pd, px, rv, from.d1, from.d2, to.d1, to.d2, ra_rad,
              dec_rad, &pr2, &pd2, &px2, &rv2);
    *ra_rad = eraAnp(*ra_rad);
}

struct sky_turn sky_turn(struct jd_utc utc, double dut1_s, double lon_rad)
{
    double u1, u2;
    struct jd_tt tt = utc_to_tt(utc);
    struct sky_turn out;
    ut1_of(utc, dut1_s, &u1, &u2);
    out.gmst_rad = eraGmst06(u1, u2, tt.d1, tt.d2);
    out.gast_rad = eraGst06a(u1, u2, tt.d1, tt.d2);
    out.era_rad = eraEra00(u1, u2);
    out.last_rad = eraAnp(out.gast_rad + lon_rad);
    return out;
}

/* ---- Sun and Moon ---- */

/* sun_vector - apparent direction and distance in the GCRS, au. */
static void sun_vector(const double eh[2][3], const double eb[2][3], const eraASTROM *as,
                       double out[3])
{
    double p[3], dir[3], dist, v[3] = {as->v[0], as->v[1], as->v[2]};
    double ago = as->em * ERFA_AULT / ERFA_DAYSEC;
    for (int i = 0; i < 3; i++)
        p[i] = -eh[0][i] - ago * (eb[1][i] - eh[1][i]); /* the Sun moves, too */
    eraPn(p, &dist, dir);
    eraAb(dir, v, as->em, as->bm1, p);
    eraSxp(dist, p, out);
}

static void moon_vector(struct jd_tt tt, double out[3])
{
    double pv[2][3];
    eraMoon98(tt.d1, tt.d2, pv);
    double ago = eraPm(pv[0]) * ERFA_AULT / ERFA_DAYSEC;
    eraPpsp(pv[0], -ago, pv[1], out);
}

struct frame {
    double bpn[3][3], eo, eps; /* to CIRS; equation of the origins; true obliquity */
    double site[3];            /* geocentre to site, CIRS, au */
    eraASTROM local;
};

static void fill(const double gcrs[3], const struct frame *f, struct sky_place *out)
{
    struct frame g = *f;
    double p[3] = {gcrs[0], gcrs[1], gcrs[2]}, cirs[3], e[3][3], v[3], dist, ri, di, zd, ra;
    eraPn(p, &dist, out->dir);
    eraC2s(p, &out->gcrs_ra_rad, &out->gcrs_dec_rad);
    out->gcrs_ra_rad = eraAnp(out->gcrs_ra_rad);
    out->distance_km = dist * ERFA_DAU / 1000;
    eraRxp(g.bpn, p, cirs);
    eraC2s(cirs, &ri, &out->app_dec_rad);
    out->app_ra_rad = eraAnp(ri - g.eo);
    eraS2c(out->app_ra_rad, out->app_dec_rad, v);
    eraIr(e);
    eraRx(g.eps, e);
    eraRxp(e, v, v);
    eraC2s(v, &out->ecl_lon_rad, &out->ecl_lat_rad);
    out->ecl_lon_rad = eraAnp(out->ecl_lon_rad);
    eraPmp(cirs, g.site, v);
    eraC2s(v, &ri, &di);
    eraAtioq(ri, di, &g.local, &out->seen.az_rad, &zd, &out->seen.ha_rad, &out->topo_dec_rad, &ra);
    out->seen.alt_rad = ERFA_DPI / 2 - zd;
    out->seen.dec_rad = out->topo_dec_rad;
    out->topo_ra_rad = eraAnp(ra - g.eo);
}

void sky_sun_moon(struct jd_utc utc, double dut1_s, const struct site *site, struct sky_place *sun,
                  struct sky_place *moon)
{
    struct frame f;
    eraASTROM as;
    struct jd_tt tt = utc_to_tt(utc);
    double eh[2][3], eb[2][3], r[3][3], x, y, u1, u2, dpsi, deps, pv[2][3], p[3];
    (void)eraEpv00(tt.d1, tt.d2, eh, eb);
    eraPnm06a(tt.d1, tt.d2, r);
    eraBpn2xy(r, &x, &y);
    double s = eraS06(tt.d1, tt.d2, x, y);
    eraApci(tt.d1, tt.d2, eb, eh[0], x, y, s, &as);
    eraCr(as.bpn, f.bpn);
    f.eo = eraEors(r, s);
    eraNut06a(tt.d1, tt.d2, &dpsi, &deps);
    f.eps = eraObl06(tt.d1, tt.d2) + deps;
    ut1_of(utc, dut1_s, &u1, &u2);
    double era = eraEra00(u1, u2);
    eraPvtob(site->lon_rad, site->lat_rad, site->height_m, 0, 0, 0, era, pv);
    eraSxp(1 / ERFA_DAU, pv[0], f.site);
    eraApio(0, era, site->lon_rad, site->lat_rad, site->height_m, 0, 0, 0, 0, &f.local);
    sun_vector((const double(*)[3])eh, (const double(*)[3])eb, &as, p);
    fill(p, &f, sun);
    moon_vector(tt, p);
    fill(p, &f, moon);
}

struct sky_phase sky_phase(const struct sky_place *sun, const struct sky_place *moon)
{
    struct sky_phase out;
    double s[3], m[3], to_sun[3], to_earth[3];
    for (int i = 0; i < 3; i++) {
        s[i] = sun->dir[i] * sun->distance_km;
        m[i] = moon->dir[i] * moon->distance_km;
        to_sun[i] = s[i] - m[i];
        to_earth[i] = -m[i];
    }
    out.elongation_rad = eraSepp(s, m);
    out.phase_angle_rad = eraSepp(to_sun, to_earth);
    out.illum = 0.5 * (1 + cos(out.phase_angle_rad));
    out.longitude_rad = eraAnp(moon->ecl_lon_rad - sun->ecl_lon_rad);
    out.waxing = out.longitude_rad < ERFA_DPI;
    return out;
}
