/* api_sky.c - module sky: where things stand, when they rise, when it is dark; at the session's site.
 * Not: any astronomy (room sky).
 */
#include "push.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/session/session.h"
#include "vigie/sky/almanac.h"
#include "vigie/sky/event.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

#define DEG (M_PI / 180)

static const struct site *site_here(lua_State *L)
{
    return site_or_raise(L, "sky");
}

/* The time at index i, or now. */
static struct jd_utc when(lua_State *L, int i)
{
    struct session *s = api_session(L);
    if (!lua_isnoneornil(L, i))
        return arg_time(L, i, "time");
    return utc_of_wall(CLOCK_WALL(s ? session_clock(s) : clock_system()));
}

static int sky_altaz(lua_State *L)
{
    struct sky_star c = arg_coord(L, 1, "altaz");
    const struct site *site = site_here(L);
    struct sky_seen seen = sky_star_seen(&c, when(L, 2), 0, site, NULL);
    lua_createtable(L, 0, 5);
    set_angle(L, "alt", seen.alt_rad);
    set_angle(L, "az", seen.az_rad);
    set_angle(L, "ha", seen.ha_rad);
    set_number(L, "airmass", sky_airmass(seen.alt_rad));
    set_angle(L, "parallactic", sky_parallactic(seen.ha_rad, seen.dec_rad, site->lat_rad));
    return 1;
}

static int sky_parallactic_angle(lua_State *L)
{
    struct sky_star c = arg_coord(L, 1, "parallactic_angle");
    const struct site *site = site_here(L);
    struct sky_seen seen = sky_star_seen(&c, when(L, 2), 0, site, NULL);
    push_angle(L, sky_parallactic(seen.ha_rad, seen.dec_rad, site->lat_rad));
    return 1;
}

static void push_body(lua_State *L, const struct sky_place *p)
{
    struct sky_star c = {.ra_rad = p->gcrs_ra_rad, .dec_rad = p->gcrs_dec_rad};
    lua_createtable(L, 0, 8);
    push_coord(L, &c);
    lua_setfield(L, -2, "coord");
    set_angle(L, "alt", p->seen.alt_rad);
    set_angle(L, "az", p->seen.az_rad);
    set_number(L, "distance_km", p->distance_km);
}

static int sky_sun(lua_State *L)
{
    struct sky_place sun, moon;
    sky_sun_moon(when(L, 1), 0, site_here(L), &sun, &moon);
    push_body(L, &sun);
    return 1;
}

static int sky_moon(lua_State *L)
{
    struct sky_place sun, moon;
    sky_sun_moon(when(L, 1), 0, site_here(L), &sun, &moon);
    struct sky_phase phase = sky_phase(&sun, &moon);
    push_body(L, &moon);
    set_number(L, "illumination", phase.illum);
    set_angle(L, "elongation", phase.elongation_rad);
    lua_pushboolean(L, phase.waxing);
    lua_setfield(L, -2, "waxing");
    return 1;
}

static int sky_lst(lua_State *L)
{
    struct sky_turn turn = sky_turn(when(L, 1), 0, site_here(L)->lon_rad);
    push_angle(L, turn.last_rad);
    return 1;
}

enum which { RISE, TRANSIT, SET };

/* The first event of a body after a time, or nil if there is none within a day (the Moon: 26 h). */
static int next_event(lua_State *L, enum sky_body body, const struct sky_star *star,
                      struct jd_utc from, double horizon_rad, enum which which)
{
    struct rise_set rs;
    struct error err;
    if (sky_rise_set(body, star, site_here(L), from, body == BODY_MOON ? 26 : 25, 0, horizon_rad,
                     &rs, &err) != OK)
        return problem_raise_error(L, &err);
    const struct sky_event *e = which == RISE ? &rs.rise : which == SET ? &rs.set : &rs.transit;
    if (e->there)
        push_time(L, e->utc);
    else
        lua_pushnil(L);
    return 1;
}

static int star_event(lua_State *L, enum which which)
{
    struct sky_star c = arg_coord(L, 1, "coord");
    double horizon = lua_isnoneornil(L, 3) ? -34 * DEG / 60 : arg_angle(L, 3, "horizon");
    return next_event(L, BODY_STAR, &c, when(L, 2), horizon, which);
}

static int sky_rise(lua_State *L)
{
    return star_event(L, RISE);
}

static int sky_set(lua_State *L)
{
    return star_event(L, SET);
}

static int sky_transit(lua_State *L)
{
    return star_event(L, TRANSIT);
}

static int sky_sun_set(lua_State *L)
{
    double horizon = lua_isnoneornil(L, 2) ? -50 * DEG / 60 : arg_angle(L, 2, "horizon");
    return next_event(L, BODY_SUN, NULL, when(L, 1), horizon, SET);
}

static int sky_sun_rise(lua_State *L)
{
    double horizon = lua_isnoneornil(L, 2) ? -50 * DEG / 60 : arg_angle(L, 2, "horizon");
    return next_event(L, BODY_SUN, NULL, when(L, 1), horizon, RISE);
}

static int sky_moon_rise(lua_State *L)
{
    return next_event(L, BODY_MOON, NULL, when(L, 1), -50 * DEG / 60, RISE);
}

static int sky_moon_set(lua_State *L)
{
    return next_event(L, BODY_MOON, NULL, when(L, 1), -50 * DEG / 60, SET);
}

/* The night that holds a time: {date, start, stop, sunset, dusk_civil, ... , sunrise, moon_illumination}; an event that does not come is nil. */
static int sky_night(lua_State *L)
{
    static const char *const down[TWILIGHTS] = {"sunset", "dusk_civil", "dusk_nautical", "dusk"};
    static const char *const up[TWILIGHTS] = {"sunrise", "dawn_civil", "dawn_nautical", "dawn"};
    const struct site *site = site_here(L);
    struct night night;
    struct error err;
    if (night_find(night_date_of(when(L, 1), site), site, 0, &night, &err) != OK)
        return problem_raise_error(L, &err);
    lua_createtable(L, 0, 12);
    set_time(L, "start", night.start);
    set_time(L, "stop", night.end);
    for (int i = 0; i < TWILIGHTS; i++)
        for (size_t k = 0; k < night.sun[i].n; k++)
            set_time(L, night.sun[i].at[k].rising ? up[i] : down[i], night.sun[i].at[k].utc);
    for (size_t k = 0; k < night.moon.n; k++)
        set_time(L, night.moon.at[k].rising ? "moonrise" : "moonset", night.moon.at[k].utc);
    set_number(L, "moon_illumination", night.moon_illum);
    return 1;
}

static double sun_limit(lua_State *L, int i)
{
    const char *s = lua_type(L, i) == LUA_TSTRING ? lua_tostring(L, i) : "";
    if (strcmp(s, "civil") == 0)
        return -6 * DEG;
    if (strcmp(s, "nautical") == 0)
        return -12 * DEG;
    if (strcmp(s, "astronomical") == 0)
        return -18 * DEG;
    return arg_angle(L, i, "sun");
}

static void push_best(lua_State *L, const struct almanac *a, const struct almanac_star *star,
                      const struct span *span, size_t n)
{
    double best = NAN, alt = -10;
    for (size_t i = 0; i < n; i++) {
        double mid = almanac_star_transit(a, star, span[i].from, span[i].to);
        double t[3] = {span[i].from, span[i].to, mid};
        for (int k = 0; k < 3; k++)
            if (!isnan(t[k]) && almanac_star_alt(a, star, t[k]) > alt) {
                best = t[k];
                alt = almanac_star_alt(a, star, best);
            }
    }
    lua_createtable(L, 0, 2);
    set_time(L, "time", almanac_utc(a, best));
    set_angle(L, "alt", alt);
    lua_setfield(L, -2, "best");
}

/* visibility(c, {min_alt, sun, from, to}): of the night to come, or of a span. */
static int sky_visibility(lua_State *L)
{
    const struct site *site = site_here(L);
    struct sky_star c = arg_coord(L, 1, "visibility");
    double min_alt = 20 * DEG, sun = -12 * DEG;
    struct jd_utc from, to;
    struct error err;
    if (lua_isnoneornil(L, 2)) {
        lua_settop(L, 1);
        lua_newtable(L);
    }
    if (opt_field(L, 2, "min_alt"))
        min_alt = arg_angle(L, -1, "min_alt");
    if (opt_field(L, 2, "sun"))
        sun = sun_limit(L, -1);
    from = night_start(night_date_of(when(L, 99), site), site);
    to = utc_add_s(from, 86400);
    if (opt_field(L, 2, "from"))
        from = arg_time(L, -1, "from");
    if (opt_field(L, 2, "to"))
        to = arg_time(L, -1, "to");
    struct almanac *a;
    if (utc_diff_s(to, from) > 40 * 86400.0)
        return problem_raise(L, "argument", "sky.visibility: at most 40 days");
    if (almanac_new(site, from, to, 0, &a, &err) != OK)
        return problem_raise_error(L, &err);
    struct almanac_star star;
    double ra, dec;
    sky_star_direction(&c, utc_to_tt(from), &ra, &dec);
    almanac_star_set(&star, ra, dec);
    enum { MAX = 100 };
    struct span up[MAX], dark[MAX], both[MAX];
    size_t n_up = almanac_star_up(a, &star, min_alt, site->horizon != NULL, almanac_first(a),
                                  almanac_last(a), up, MAX);
    size_t n_dark = almanac_dark(a, sun, almanac_first(a), almanac_last(a), dark, MAX);
    size_t n = span_both(up, n_up < MAX ? n_up : MAX, dark, n_dark < MAX ? n_dark : MAX, both, MAX);
    if (n > MAX)
        n = MAX;
    if (n == 0) {
        almanac_free(a);
        lua_pushnil(L);
        return 1;
    }
    lua_createtable(L, 0, 5);
    set_time(L, "start", almanac_utc(a, both[0].from));
    set_time(L, "stop", almanac_utc(a, both[n - 1].to));
    push_duration(L, span_sum(both, n) * 86400);
    lua_setfield(L, -2, "total");
    push_best(L, a, &star, both, n);
    almanac_free(a);
    return 1;
}

static int sky_constellation_of(lua_State *L)
{
    struct sky_star c = arg_coord(L, 1, "constellation");
    lua_pushstring(L, sky_constellation(c.ra_rad, c.dec_rad));
    return 1;
}

static int sky_airmass_of(lua_State *L)
{
    double x = sky_airmass(arg_angle(L, 1, "alt"));
    if (isnan(x))
        lua_pushnil(L);
    else
        lua_pushnumber(L, x);
    return 1;
}

static const struct lua_fn rows[] = {
    {"altaz", sky_altaz, "(c: coord, [t: time])", "{alt, az, ha, airmass, parallactic}",
     "Where a place in the sky stands from the site, without refraction. airmass is nil below the "
     "horizon.",
     "local h = sky.altaz(\"06 30 32.8 +29 40 20\", \"2026-11-24T01:02\") print(h.alt, h.az, "
     "h.airmass)"},
    {"parallactic_angle", sky_parallactic_angle, "(c: coord, [t: time])", "angle",
     "Angle at the star between zenith and pole; negative before the meridian.",
     "print(sky.parallactic_angle(\"06 30 32.8 +29 40 20\", \"2026-11-24T01:02\"))"},
    {"airmass", sky_airmass_of, "(alt: angle)", "number",
     "Air mass of an altitude (Pickering 2002); nil at or below the horizon.",
     "print(sky.airmass(30))"},
    {"constellation", sky_constellation_of, "(c: coord)", "string",
     "IAU abbreviation of the constellation.",
     "print(sky.constellation(\"05 34 31.9 +22 00 52\"))"},
    {"sun", sky_sun, "([t: time])", "{coord, alt, az, distance_km}", "The Sun from the site.",
     "print(sky.sun(\"2026-11-23T12:00\").alt)"},
    {"moon", sky_moon, "([t: time])",
     "{coord, alt, az, distance_km, illumination, elongation, waxing}", "The Moon from the site.",
     "print(sky.moon(\"2026-11-23T22:00\").illumination)"},
    {"lst", sky_lst, "([t: time])", "angle", "Local apparent sidereal time.",
     "print(sky.lst(\"2026-11-23T21:14:07\"):hms(0))"},
    {"rise", sky_rise, "(c: coord, [t: time], [horizon: angle])", "time",
     "Next rise after t (now), refraction of 34' at the horizon; nil if it does not rise within a "
     "day.",
     "print(sky.rise(\"06 45 08.9 -16 42 58\", \"2026-11-23\"))"},
    {"set", sky_set, "(c: coord, [t: time], [horizon: angle])", "time",
     "Next setting after t; nil if it does not set within a day.",
     "print(sky.set(\"06 45 08.9 -16 42 58\", \"2026-11-23\"))"},
    {"transit", sky_transit, "(c: coord, [t: time], [horizon: angle])", "time",
     "Next passage of the upper meridian.",
     "print(sky.transit(\"06 45 08.9 -16 42 58\", \"2026-11-23\"))"},
    {"sun_set", sky_sun_set, "([t: time], [horizon: angle])", "time",
     "Next sunset, or the Sun's going below another altitude: sky.sun_set(nil, -18).",
     "print(sky.sun_set(\"2026-11-23T12:00\"), sky.sun_set(\"2026-11-23T12:00\", -18))"},
    {"sun_rise", sky_sun_rise, "([t: time], [horizon: angle])", "time",
     "Next sunrise, or the Sun's coming above another altitude.",
     "print(sky.sun_rise(\"2026-11-23T20:00\"))"},
    {"moon_rise", sky_moon_rise, "([t: time])", "time", "Next moonrise.",
     "print(sky.moon_rise(\"2026-11-23T12:00\"))"},
    {"moon_set", sky_moon_set, "([t: time])", "time", "Next moonset.",
     "print(sky.moon_set(\"2026-11-23T12:00\"))"},
    {"night", sky_night, "([t: time])",
     "{start, stop, sunset, dusk_civil, dusk_nautical, dusk, dawn, dawn_nautical, dawn_civil, "
     "sunrise, moonrise, moonset, moon_illumination}",
     "The night that holds t (noon to noon), events that do not come are nil.",
     "local n = sky.night(\"2026-11-23T22:00\") print(n.dusk, n.dawn)"},
    {"visibility", sky_visibility,
     "(c: coord, [o: {min_alt: angle, sun: any, from: time, to: time}])",
     "{start, stop, total, best = {time, alt}}",
     "When a place is above min_alt (20 deg, and the site's horizon) while the Sun is below `sun` "
     "(-12 deg, or \"civil\", \"nautical\", \"astronomical\"), this night or in from .. to; nil if "
     "never.",
     "local v = sky.visibility(\"06 30 32.8 +29 40 20\", {min_alt = 30, from = "
     "\"2026-11-23T12:00\", to = \"2026-11-24T12:00\"}) print(v.start, v.stop, v.best.alt)"},
    {0}};

const struct lua_module lua_module_sky = {
    "sky", "sky", "positions, rise and set, night, visibility at the site", rows, NULL};
