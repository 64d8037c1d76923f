/* light.c - light time and barycentric dates; see scale.h.
 * Eastman, Siverd & Gaudi 2010, PASP 122, 935; the Earth from eraEpv00, the observer from WGS84.
 */
#include "vigie/sky/scale.h"

#include <erfa.h>
#include <erfam.h>

#include "vigie/sky/site.h"
#include "jd.h"

/* observer_au - geocentre to site along the axes of the ICRS, au. UT1 = UTC: 0.9 s of rotation
 * moves the observer by 0.4 km, 1.4 us of light. */
static void observer_au(struct jd_utc utc, struct jd_tt tt, const struct site *site, double out[3])
{
    double c2t[3][3], xyz[3];
    double ut1[2] = {utc.d1, utc.d2};
    (void)eraUtcut1(utc.d1, utc.d2, 0, &ut1[0], &ut1[1]);
    eraC2t06a(tt.d1, tt.d2, ut1[0], ut1[1], 0, 0, c2t);
    site_geocentric(site, xyz);
    eraTrxp(c2t, xyz, out);
    eraSxp(1 / ERFA_DAU, out, out);
}

static struct light light_at(struct jd_tdb tdb, struct jd_utc utc, const struct site *site,
                             const double n[3])
{
    double helio[2][3], bary[2][3], obs[3] = {0, 0, 0}, dir[3] = {n[0], n[1], n[2]};
    (void)eraEpv00(tdb.d1, tdb.d2, helio, bary);
    if (site)
        observer_au(utc, tdb_to_tt(tdb), site, obs);
    eraPpp(bary[0], obs, obs);
    return (struct light){.barycentric_s = eraPdp(obs, dir) * ERFA_AULT,
                          .heliocentric_s = eraPdp(helio[0], dir) * ERFA_AULT};
}

struct light light_time(struct jd_utc utc, const struct site *site, double ra_rad, double dec_rad)
{
    double n[3];
    eraS2c(ra_rad, dec_rad, n);
    return light_at(utc_to_tdb(utc), utc, site, n);
}

struct bjd_tdb utc_to_bjd(struct jd_utc utc, const struct site *site, double ra_rad, double dec_rad)
{
    double n[3];
    eraS2c(ra_rad, dec_rad, n);
    struct jd_tdb tdb = utc_to_tdb(utc);
    struct light l = light_at(tdb, utc, site, n);
    struct bjd_tdb out = {tdb.d1, tdb.d2 + l.barycentric_s / ERFA_DAYSEC};
    jd_norm(&out.d1, &out.d2);
    return out;
}

/* The light time changes by 1e-4 s/s: each round gains four digits, 500 s are 5e-10 s after three.
 */
struct jd_utc bjd_to_utc(struct bjd_tdb bjd, const struct site *site, double ra_rad, double dec_rad)
{
    double n[3];
    eraS2c(ra_rad, dec_rad, n);
    jd_norm(&bjd.d1, &bjd.d2);
    struct jd_tdb tdb = {bjd.d1, bjd.d2};
    struct jd_utc utc = tdb_to_utc(tdb);
    for (int i = 0; i < 4; i++) {
        struct light l = light_at(tdb, utc, site, n);
        tdb = (struct jd_tdb){bjd.d1, bjd.d2 - l.barycentric_s / ERFA_DAYSEC};
        utc = tdb_to_utc(tdb);
    }
    return utc;
}

struct hjd_utc utc_to_hjd(struct jd_utc utc, double ra_rad, double dec_rad)
{
    double n[3];
    eraS2c(ra_rad, dec_rad, n);
    struct light l = light_at(utc_to_tdb(utc), utc, NULL, n);
    struct hjd_utc out = {utc.d1, utc.d2 + l.heliocentric_s / ERFA_DAYSEC};
    jd_norm(&out.d1, &out.d2);
    return out;
}

struct jd_utc hjd_to_utc(struct hjd_utc hjd, double ra_rad, double dec_rad)
{
    double n[3];
    eraS2c(ra_rad, dec_rad, n);
    jd_norm(&hjd.d1, &hjd.d2);
    struct jd_utc utc = {hjd.d1, hjd.d2};
    for (int i = 0; i < 4; i++) {
        struct light l = light_at(utc_to_tdb(utc), utc, NULL, n);
        utc = (struct jd_utc){hjd.d1, hjd.d2 - l.heliocentric_s / ERFA_DAYSEC};
    }
    jd_norm(&utc.d1, &utc.d2);
    return utc;
}
