/* sky_fn_place.c - `vigie sky`: places and directions. Keys: design of the command line, "sky". */
#include <math.h>
#include <string.h>

#include "sky_fn.h"
#include "vigie/sky/frame.h"

enum { PLACE = 9, COARSE = 7 }; /* decimals: of what ERFA gives to 1e-9 degrees, of Sun and Moon */

static void put_or_null(struct sky_call *c, const char *key, double x)
{
    json_key(c->w, key);
    json_fixed(c->w, x, 6);
}

static void put_air(struct sky_call *c, const char *key, double alt)
{
    if (!(alt > 0)) {
        json_key(c->w, key);
        json_null(c->w);
        return;
    }
    put_object(c, key);
    put_or_null(c, "secz", sky_airmass_secz(alt));
    put_or_null(c, "pickering2002", sky_airmass(alt));
    put_or_null(c, "kasten_young1989", sky_airmass_ky(alt));
    put_or_null(c, "hardie1962", sky_airmass_hardie(alt));
    json_end(c->w);
}

/* take_air - pressure and what goes with it: all or nothing. *given: there is air. */
static enum status take_air(struct sky_call *c, struct sky_air *air, bool *given)
{
    const struct {
        const char *key;
        double lo, hi, *x;
    } rows[] = {{"pressure_hPa", 0, 2000, &air->pressure_hpa},
                {"temperature_C", -150, 200, &air->temp_degc},
                {"humidity", 0, 1, &air->humidity},
                {"wavelength_um", 0.1, 1e6, &air->wavelength_um}};
    enum status status = OK;
    *given = false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        *given |= json_get(c->in, rows[i].key) != NULL;
    for (size_t i = 0; *given && status == OK && i < sizeof rows / sizeof *rows; i++)
        status = take_number(c, NULL, rows[i].key, rows[i].lo, rows[i].hi, rows[i].x);
    return status;
}

static void put_refracted(struct sky_call *c, const struct sky_seen *bare,
                          const struct sky_seen *seen, bool given)
{
    if (!given) {
        static const char *const keys[] = {"refracted", "refraction_arcsec",
                                           "airmass_from_refracted_alt"};
        for (size_t i = 0; i < 3; i++) {
            json_key(c->w, keys[i]);
            json_null(c->w);
        }
        return;
    }
    put_object(c, "refracted");
    put_lon(c, "az_deg", seen->az_rad, PLACE);
    put_deg(c, "alt_deg", seen->alt_rad, PLACE);
    json_end(c->w);
    put_number(c, "refraction_arcsec", (seen->alt_rad - bare->alt_rad) * 206264.80624709636, 4);
    put_air(c, "airmass_from_refracted_alt", seen->alt_rad);
}

enum status sky_altaz(struct sky_call *c)
{
    struct sky_star star;
    struct jd_utc utc;
    struct site site;
    struct sky_air air;
    double dut1;
    bool given;
    enum status status = take_star(c, NULL, &star);
    if (status == OK)
        status = take_utc(c, "utc", &utc);
    if (status == OK)
        status = take_site(c, &site);
    if (status == OK)
        status = take_dut1(c, &dut1);
    if (status == OK)
        status = take_air(c, &air, &given);
    if (status != OK)
        return status;
    struct sky_apparent app = sky_star_apparent(&star, utc_to_tt(utc));
    struct sky_turn turn = sky_turn(utc, dut1, site.lon_rad);
    struct sky_seen bare = sky_star_seen(&star, utc, dut1, &site, NULL), seen = bare;
    if (given)
        seen = sky_star_seen(&star, utc, dut1, &site, &air);
    put_object(c, "geocentric_apparent");
    put_lon(c, "ra_deg", app.ra_rad, PLACE);
    put_deg(c, "dec_deg", app.dec_rad, PLACE);
    put_lon(c, "ra_cirs_deg", app.ra_cirs_rad, PLACE);
    put_deg(c, "eqn_origins_deg", app.eo_rad, PLACE);
    json_end(c->w);
    put_lon(c, "gmst_deg", turn.gmst_rad, PLACE);
    put_lon(c, "gast_deg", turn.gast_rad, PLACE);
    put_lon(c, "era_deg", turn.era_rad, PLACE);
    put_lon(c, "last_deg", turn.last_rad, PLACE);
    put_object(c, "no_refraction");
    put_lon(c, "az_deg", bare.az_rad, PLACE);
    put_deg(c, "alt_deg", bare.alt_rad, PLACE);
    put_deg(c, "ha_deg", bare.ha_rad, PLACE);
    put_deg(c, "dec_deg", bare.dec_rad, PLACE);
    json_end(c->w);
    put_air(c, "airmass_from_unrefracted_alt", bare.alt_rad);
    put_refracted(c, &bare, &seen, given);
    put_deg(c, "parallactic_angle_deg", sky_parallactic(bare.ha_rad, bare.dec_rad, site.lat_rad),
            PLACE);
    return OK;
}

enum status sky_frames(struct sky_call *c)
{
    static const struct {
        const char *key, *lon, *lat;
        enum frame frame;
    } rows[] = {{"mean_of_date", "ra_deg", "dec_deg", FRAME_MEAN},
                {"true_of_date_geometric", "ra_deg", "dec_deg", FRAME_TRUE},
                {"apparent_of_date", "ra_deg", "dec_deg", FRAME_APPARENT},
                {"galactic", "l_deg", "b_deg", FRAME_GALACTIC},
                {"ecliptic_of_date", "lon_deg", "lat_deg", FRAME_ECLIPTIC},
                {"ecliptic_j2000", "lon_deg", "lat_deg", FRAME_ECLIPTIC_J2000}};
    double ra, dec, lon, lat, app_ra = NAN, app_dec = NAN;
    struct jd_utc utc;
    enum status status = take_angle(c, NULL, "ra_deg", false, &ra);
    if (status == OK)
        status = take_angle(c, NULL, "dec_deg", true, &dec);
    if (status == OK)
        status = take_utc(c, "utc", &utc);
    if (status != OK)
        return status;
    struct jd_tt tt = utc_to_tt(utc);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        frame_of_icrs(rows[i].frame, tt, ra, dec, &lon, &lat);
        if (rows[i].frame == FRAME_APPARENT)
            app_ra = lon, app_dec = lat;
        put_object(c, rows[i].key);
        put_lon(c, rows[i].lon, lon, PLACE);
        put_deg(c, rows[i].lat, lat, PLACE);
        json_end(c->w);
    }
    frame_to_icrs(FRAME_APPARENT, tt, app_ra, app_dec, &lon, &lat);
    put_object(c, "apparent_back_to_icrs");
    put_lon(c, "ra_deg", lon, PLACE);
    put_deg(c, "dec_deg", lat, PLACE);
    json_end(c->w);
    return OK;
}

static void put_pair(struct sky_call *c, const char *key, const char *lon_key, double lon,
                     const char *lat_key, double lat)
{
    put_object(c, key);
    put_lon(c, lon_key, lon, COARSE);
    put_deg(c, lat_key, lat, COARSE);
    json_end(c->w);
}

static void put_body(struct sky_call *c, const char *key, const struct sky_place *p)
{
    put_object(c, key);
    put_pair(c, "gcrs", "ra_deg", p->gcrs_ra_rad, "dec_deg", p->gcrs_dec_rad);
    put_pair(c, "apparent", "ra_deg", p->app_ra_rad, "dec_deg", p->app_dec_rad);
    put_pair(c, "ecliptic_of_date_true", "lon_deg", p->ecl_lon_rad, "lat_deg", p->ecl_lat_rad);
    put_number(c, "distance_km", p->distance_km, 1);
    put_object(c, "topocentric");
    put_lon(c, "ra_deg", p->topo_ra_rad, COARSE);
    put_deg(c, "dec_deg", p->topo_dec_rad, COARSE);
    put_lon(c, "az_deg", p->seen.az_rad, COARSE);
    put_deg(c, "alt_deg", p->seen.alt_rad, COARSE);
    json_end(c->w);
    json_end(c->w);
}

enum status sky_sunmoon(struct sky_call *c)
{
    struct jd_utc utc;
    struct site site;
    struct sky_place sun, moon;
    double dut1;
    enum status status = take_utc(c, "utc", &utc);
    if (status == OK)
        status = take_site(c, &site);
    if (status == OK)
        status = take_dut1(c, &dut1);
    if (status != OK)
        return status;
    sky_sun_moon(utc, dut1, &site, &sun, &moon);
    struct sky_phase phase = sky_phase(&sun, &moon);
    put_body(c, "sun", &sun);
    put_body(c, "moon", &moon);
    put_deg(c, "elongation_deg", phase.elongation_rad, 6);
    put_deg(c, "phase_angle_deg", phase.phase_angle_rad, 6);
    put_number(c, "illuminated_fraction", phase.illum, 6);
    json_key(c->w, "waxing");
    json_bool(c->w, phase.waxing);
    return OK;
}

enum status sky_separate(struct sky_call *c)
{
    double x[2][2];
    for (size_t i = 0; i < 2; i++) {
        const char *key = i ? "b" : "a";
        const struct json *v = json_get(c->in, key);
        if (!v)
            return err_set(c->err, E_ABSENT, "%s is missing", key);
        if (v->type != JSON_OBJECT)
            return err_set(c->err, E_PARSE, "%s is no object", key);
        enum status status = take_angle(c, v, "lon_deg", false, &x[i][0]);
        if (status == OK)
            status = take_angle(c, v, "lat_deg", true, &x[i][1]);
        if (status != OK)
            return err_wrap(c->err, "%s", key);
    }
    double sep = sky_separation(x[0][0], x[0][1], x[1][0], x[1][1]);
    double angle = sky_position_angle(x[0][0], x[0][1], x[1][0], x[1][1]);
    put_deg(c, "separation_deg", sep, 14);
    if (isnan(angle))
        put_number(c, "position_angle_deg", angle, PLACE);
    else
        put_lon(c, "position_angle_deg", angle, PLACE);
    return OK;
}

enum status sky_name_constellation(struct sky_call *c)
{
    double ra, dec;
    enum status status = take_angle(c, NULL, "ra_deg", false, &ra);
    if (status == OK)
        status = take_angle(c, NULL, "dec_deg", true, &dec);
    if (status != OK)
        return status;
    json_key(c->w, "constellation");
    json_string(c->w, sky_constellation(ra, dec));
    return OK;
}
