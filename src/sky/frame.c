/* frame.c - see frame.h. ERFA's matrices and angles. Constellations are in constellation.c. */
#include "vigie/sky/frame.h"

#include <math.h>

#include <erfa.h>
#include <erfam.h>

/* turn - a direction through a matrix, or its transpose. */
static void turn(double r[3][3], bool back, double a, double b, double *lon, double *lat)
{
    double p[3];
    eraS2c(a, b, p);
    if (back)
        eraTrxp(r, p, p);
    else
        eraRxp(r, p, p);
    eraC2s(p, lon, lat);
    *lon = eraAnp(*lon);
}

static void matrix(enum frame frame, struct jd_tt tt, double r[3][3])
{
    if (frame == FRAME_MEAN)
        eraPmat06(tt.d1, tt.d2, r);
    else
        eraPnm06a(tt.d1, tt.d2, r);
}

void frame_of_icrs(enum frame frame, struct jd_tt tt, double ra, double dec, double *lon,
                   double *lat)
{
    double r[3][3], eo;
    switch (frame) {
    case FRAME_ICRS:
        *lon = eraAnp(ra);
        *lat = dec;
        break;
    case FRAME_MEAN:
    case FRAME_TRUE:
        matrix(frame, tt, r);
        turn(r, false, ra, dec, lon, lat);
        break;
    case FRAME_APPARENT:
        eraAtci13(ra, dec, 0, 0, 0, 0, tt.d1, tt.d2, lon, lat, &eo);
        *lon = eraAnp(*lon - eo);
        break;
    case FRAME_GALACTIC: eraIcrs2g(ra, dec, lon, lat); break;
    case FRAME_ECLIPTIC: eraEqec06(tt.d1, tt.d2, ra, dec, lon, lat); break;
    case FRAME_ECLIPTIC_J2000: eraEqec06(ERFA_DJ00, 0, ra, dec, lon, lat); break;
    }
}

void frame_to_icrs(enum frame frame, struct jd_tt tt, double lon, double lat, double *ra,
                   double *dec)
{
    double r[3][3], eo;
    switch (frame) {
    case FRAME_ICRS:
        *ra = eraAnp(lon);
        *dec = lat;
        break;
    case FRAME_MEAN:
    case FRAME_TRUE:
        matrix(frame, tt, r);
        turn(r, true, lon, lat, ra, dec);
        break;
    case FRAME_APPARENT:
        eo = eraEo06a(tt.d1, tt.d2);
        eraAtic13(eraAnp(lon + eo), lat, tt.d1, tt.d2, ra, dec, &eo);
        break;
    case FRAME_GALACTIC: eraG2icrs(lon, lat, ra, dec); break;
    case FRAME_ECLIPTIC: eraEceq06(tt.d1, tt.d2, lon, lat, ra, dec); break;
    case FRAME_ECLIPTIC_J2000: eraEceq06(ERFA_DJ00, 0, lon, lat, ra, dec); break;
    }
}

double sky_separation(double lon_a, double lat_a, double lon_b, double lat_b)
{
    return eraSeps(lon_a, lat_a, lon_b, lat_b);
}

double sky_position_angle(double lon_a, double lat_a, double lon_b, double lat_b)
{
    const double nothing = 1e-15; /* rad: 2e-10", the grain of the doubles */
    double sep = eraSeps(lon_a, lat_a, lon_b, lat_b);
    if (!(sep > nothing) || ERFA_DPI - sep < nothing || ERFA_DPI / 2 - fabs(lat_a) < nothing)
        return NAN;
    return eraAnp(eraPas(lon_a, lat_a, lon_b, lat_b));
}

double sky_parallactic(double ha_rad, double dec_rad, double lat_rad)
{
    return eraHd2pa(ha_rad, dec_rad, lat_rad);
}

/* ---- air mass ---- */

double sky_airmass_secz(double alt_rad)
{
    return alt_rad > 0 ? 1 / sin(alt_rad) : (double)NAN;
}

double sky_airmass(double alt_rad)
{
    double h = alt_rad * ERFA_DR2D;
    return h > 0 ? 1 / sin((h + 244 / (165 + 47 * pow(h, 1.1))) * ERFA_DD2R) : (double)NAN;
}

double sky_airmass_ky(double alt_rad)
{
    double h = alt_rad * ERFA_DR2D;
    return h > 0 ? 1 / (sin(alt_rad) + 0.50572 * pow(h + 6.07995, -1.6364)) : (double)NAN;
}

double sky_airmass_hardie(double alt_rad)
{
    if (!(alt_rad * ERFA_DR2D > 10))
        return NAN;
    double x = 1 / sin(alt_rad), y = x - 1;
    return x - 0.0018167 * y - 0.002875 * y * y - 0.0008083 * y * y * y;
}
