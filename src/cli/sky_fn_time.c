/* sky_fn_time.c - `vigie sky`: time scales, events, angles as text. */
#include <math.h>
#include <string.h>

#include "sky_fn.h"
#include "vigie/formats/sexa.h"
#include "vigie/sky/event.h"

static const double DEG = 0x1.1df46a2529d39p-6; /* pi / 180 */

enum status sky_time(struct sky_call *c)
{
    struct jd_utc utc;
    struct site site;
    double ra, dec;
    enum status status = take_utc(c, "utc", &utc);
    if (status == OK)
        status = take_angle(c, NULL, "ra_deg", false, &ra);
    if (status == OK)
        status = take_angle(c, NULL, "dec_deg", true, &dec);
    if (status == OK)
        status = take_site(c, &site);
    if (status != OK)
        return status;
    struct jd_tt tt = utc_to_tt(utc);
    struct jd_tdb tdb = tt_to_tdb(tt);
    struct light light = light_time(utc, &site, ra, dec);
    struct bjd_tdb bjd = utc_to_bjd(utc, &site, ra, dec);
    struct hjd_utc hjd = utc_to_hjd(utc, ra, dec);
    put_number(c, "mjd_utc", jd_mjd(utc.d1, utc.d2), 11);
    json_key(c->w, "tai_minus_utc_s");
    json_shortest(c->w, utc_tai_offset_s(utc));
    put_number(c, "mjd_tt", jd_mjd(tt.d1, tt.d2), 11);
    put_number(c, "mjd_tdb", jd_mjd(tdb.d1, tdb.d2), 11);
    put_number(c, "light_time_barycentric_s", light.barycentric_s, 4);
    put_number(c, "light_time_heliocentric_s", light.heliocentric_s, 4);
    put_number(c, "bjd_tdb", bjd.d1 + bjd.d2, 9);
    put_number(c, "hjd_utc", hjd.d1 + hjd.d2, 9);
    put_number(c, "bjd_tdb_mjd", jd_mjd(bjd.d1, bjd.d2), 11);
    return OK;
}

static enum status take_body(struct sky_call *c, enum sky_body *body, struct sky_star *star)
{
    const struct json *v = json_get(c->in, "body"), *target = json_get(c->in, "target");
    const char *name = json_text(v);
    if (!v)
        return err_set(c->err, E_ABSENT, "body is missing");
    if (name && strcmp(name, "sun") == 0)
        *body = BODY_SUN;
    else if (name && strcmp(name, "moon") == 0)
        *body = BODY_MOON;
    else if (name && strcmp(name, "star") == 0)
        *body = BODY_STAR;
    else
        return err_set(c->err, E_PARSE, "body is none of star, sun, moon");
    if (*body != BODY_STAR)
        return OK;
    if (!target || target->type != JSON_OBJECT)
        return err_set(c->err, E_ABSENT, "target, an object with ra_deg and dec_deg, is missing");
    enum status status = take_star(c, target, star);
    return status == OK ? OK : err_wrap(c->err, "target");
}

static void put_event(struct sky_call *c, const char *key, const struct sky_event *e)
{
    if (!e->there) {
        json_key(c->w, key);
        json_null(c->w);
        return;
    }
    put_object(c, key);
    put_utc(c, "utc", e->utc);
    put_lon(c, "az_deg", e->az_rad, 5);
    put_deg(c, "alt_deg", e->alt_rad, 5);
    json_end(c->w);
}

enum status sky_rising(struct sky_call *c)
{
    static const char *const states[] = {[RISES_AND_SETS] = "rises_and_sets",
                                         [NEVER_RISES] = "never_rises",
                                         [NEVER_SETS] = "never_sets"};
    enum sky_body body;
    struct sky_star star = {0};
    struct jd_utc start;
    struct site site;
    struct rise_set r;
    double window, dut1, horizon;
    enum status status = take_body(c, &body, &star);
    if (status == OK)
        status = take_utc(c, "start_utc", &start);
    if (status == OK)
        status = take_site(c, &site);
    if (status == OK)
        status = take_dut1(c, &dut1);
    if (status == OK)
        status = take_number(c, NULL, "window_h", 0, 9600, &window);
    if (status == OK)
        status = take_number(c, NULL, "horizon_deg", -90, 90, &horizon);
    if (status == OK)
        status = sky_rise_set(body, &star, &site, start, window, dut1, horizon * DEG, &r, c->err);
    if (status != OK)
        return status;
    json_key(c->w, "state");
    json_string(c->w, states[r.state]);
    put_event(c, "rise", &r.rise);
    put_event(c, "transit", &r.transit);
    put_event(c, "set", &r.set);
    return OK;
}

/* ---- angles as text ---- */

static void put_exact(struct sky_call *c, const char *key, double x)
{
    json_key(c->w, key);
    json_shortest(c->w, x == 0 ? 0 : x); /* no -0 */
}

static enum status parse_text(struct sky_call *c, const struct json *v, const char *context)
{
    double ra, dec;
    const char *text = json_text(v);
    enum status status;
    if (!text)
        return err_set(c->err, E_PARSE, "parse is no text");
    if (context && strcmp(context, "pair") == 0) {
        status = sexa_parse_pair(text, v->n, &ra, &dec, c->err);
        if (status != OK)
            return status;
        put_exact(c, "ra_deg", ra);
        put_exact(c, "dec_deg", dec);
    } else if (context && (strcmp(context, "ra") == 0 || strcmp(context, "dec") == 0)) {
        enum sexa_kind kind = context[0] == 'r' ? SEXA_RA : SEXA_DEC;
        status = sexa_parse(text, v->n, kind, &ra, c->err);
        if (status != OK)
            return status;
        put_exact(c, "deg", ra);
    } else {
        return err_set(c->err, E_PARSE, "context is none of ra, dec, pair");
    }
    json_key(c->w, "error");
    json_bool(c->w, false);
    return OK;
}

static enum status format_angle(struct sky_call *c, const char *kind)
{
    double deg, decimals;
    char text[SEXA_TEXT];
    bool ra = kind && strcmp(kind, "ra") == 0;
    if (!ra && !(kind && strcmp(kind, "dec") == 0))
        return err_set(c->err, E_PARSE, "kind is none of ra, dec");
    enum status status = take_number(c, NULL, "format_deg", ra ? -360 : -90, ra ? 360 : 90, &deg);
    if (status == OK)
        status = take_number(c, NULL, "decimals", 0, SEXA_MAX_DECIMALS, &decimals);
    if (status == OK && decimals != floor(decimals))
        status = err_set(c->err, E_RANGE, "decimals is no whole number");
    if (status != OK)
        return status;
    json_key(c->w, "text");
    json_string(c->w, sexa_format(deg, ra ? SEXA_RA : SEXA_DEC, (int)decimals, ' ', text));
    return OK;
}

enum status sky_sexagesimal(struct sky_call *c)
{
    const struct json *parse = json_get(c->in, "parse"), *format = json_get(c->in, "format_deg");
    if (!parse == !format)
        return err_set(c->err, E_ABSENT, "one of parse and format_deg is wanted");
    if (parse)
        return parse_text(c, parse, json_text(json_get(c->in, "context")));
    return format_angle(c, json_text(json_get(c->in, "kind")));
}
