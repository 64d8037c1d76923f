/* values.c - what an angle, a coord, a time, a duration has and can do: fields, methods, arithmetic,
 * text. Immutable, compared by value. Not: how they are read (types.c).
 */
#include "api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/sexa.h"
#include "vigie/session/session.h"
#include "vigie/sky/frame.h"

#define DEG (M_PI / 180)

struct unit {
    const char *name;
    double is;
};

extern const struct lua_type lua_type_angle, lua_type_coord, lua_type_time, lua_type_duration;

static int angle_index(lua_State *L)
{
    static const struct unit units[] = {{"deg", DEG},           {"rad", 1},
                                        {"hour", DEG * 15},     {"arcmin", DEG / 60},
                                        {"arcsec", DEG / 3600}, {NULL, 0}};
    double v = *(double *)luaL_checkudata(L, 1, t_angle);
    const char *key = luaL_checkstring(L, 2);
    for (const struct unit *u = units; u->name; u++)
        if (strcmp(u->name, key) == 0) {
            lua_pushnumber(L, v / u->is);
            return 1;
        }
    return api_member(L, &lua_type_angle);
}

static int angle_text(lua_State *L, enum sexa_kind kind)
{
    char out[SEXA_TEXT];
    double deg = *(double *)luaL_checkudata(L, 1, t_angle) / DEG;
    lua_pushstring(
        L, sexa_format(deg, kind, (int)luaL_optinteger(L, 2, kind == SEXA_RA ? 2 : 1), ' ', out));
    return 1;
}

static int angle_dms(lua_State *L)
{
    return angle_text(L, SEXA_DEC);
}

static int angle_hms(lua_State *L)
{
    return angle_text(L, SEXA_RA);
}

/* 10.5 arcmin is read more easily than +00 10 30.0: the unit follows the size. */
static int angle_tostring(lua_State *L)
{
    char text[64];
    double deg = *(double *)luaL_checkudata(L, 1, t_angle) / DEG, a = fabs(deg);
    if (a >= 1 || a == 0)
        snprintf(text, sizeof text, "%.10gd", round(deg * 1e6) / 1e6);
    else if (a >= 1.0 / 60)
        snprintf(text, sizeof text, "%.10g'", round(deg * 60 * 1e4) / 1e4);
    else
        snprintf(text, sizeof text, "%.10g\"", round(deg * 3600 * 1e4) / 1e4);
    lua_pushstring(L, text);
    return 1;
}

static int duration_index(lua_State *L)
{
    static const struct unit units[] = {
        {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}, {NULL, 0}};
    double v = *(double *)luaL_checkudata(L, 1, t_duration);
    const char *key = luaL_checkstring(L, 2);
    for (const struct unit *u = units; u->name; u++)
        if (strcmp(u->name, key) == 0) {
            lua_pushnumber(L, v / u->is);
            return 1;
        }
    return api_member(L, &lua_type_duration);
}

static int duration_tostring(lua_State *L)
{
    char text[64];
    double v = *(double *)luaL_checkudata(L, 1, t_duration), a = round(fabs(v) * 1000) / 1000;
    const char *sign = v < 0 && a > 0 ? "-" : "";
    double h = floor(a / 3600), m = floor((a - h * 3600) / 60), s = a - h * 3600 - m * 60;
    if (a < 60)
        snprintf(text, sizeof text, "%s%.10gs", sign, a);
    else if (a < 3600)
        snprintf(text, sizeof text, "%s%.0fm%04.1fs", sign, m, s);
    else
        snprintf(text, sizeof text, "%s%.0fh%02.0fm%02.0fs", sign, h, m, floor(s));
    lua_pushstring(L, text);
    return 1;
}

static int time_index(lua_State *L)
{
    struct jd_utc t = *(struct jd_utc *)luaL_checkudata(L, 1, t_time);
    const char *key = luaL_checkstring(L, 2);
    if (strcmp(key, "jd") == 0)
        lua_pushnumber(L, t.d1 + t.d2);
    else if (strcmp(key, "mjd") == 0)
        lua_pushnumber(L, jd_mjd(t.d1, t.d2));
    else if (strcmp(key, "tt") == 0) {
        struct jd_tt x = utc_to_tt(t);
        lua_pushnumber(L, x.d1 + x.d2);
    } else if (strcmp(key, "tdb") == 0) {
        struct jd_tdb x = utc_to_tdb(t);
        lua_pushnumber(L, x.d1 + x.d2);
    } else if (strcmp(key, "iso") == 0) {
        char text[UTC_TEXT];
        lua_pushstring(L, utc_format(t, 3, text));
    } else {
        return api_member(L, &lua_type_time);
    }
    return 1;
}

static int time_tostring(lua_State *L)
{
    char text[UTC_TEXT];
    lua_pushstring(L, utc_format(*(struct jd_utc *)luaL_checkudata(L, 1, t_time), 0, text));
    return 1;
}

/* t:bjd(coord): BJD_TDB as a number; at the site of the session, else the geocentre. */
static int time_bjd(lua_State *L)
{
    struct jd_utc t = *(struct jd_utc *)luaL_checkudata(L, 1, t_time);
    struct sky_star c = arg_coord(L, 2, "bjd");
    struct session *s = api_session(L);
    struct bjd_tdb b = utc_to_bjd(t, s ? session_site(s, NULL) : NULL, c.ra_rad, c.dec_rad);
    lua_pushnumber(L, b.d1 + b.d2);
    return 1;
}

static int time_hjd(lua_State *L)
{
    struct jd_utc t = *(struct jd_utc *)luaL_checkudata(L, 1, t_time);
    struct sky_star c = arg_coord(L, 2, "hjd");
    struct hjd_utc b = utc_to_hjd(t, c.ra_rad, c.dec_rad);
    lua_pushnumber(L, b.d1 + b.d2);
    return 1;
}

static void push_frame(lua_State *L, const struct sky_star *c, enum frame f, const char *lon,
                       const char *lat)
{
    double x, y;
    struct session *s = api_session(L);
    struct jd_tt tt = utc_to_tt(utc_of_wall(CLOCK_WALL(s ? session_clock(s) : clock_system())));
    frame_of_icrs(f, tt, c->ra_rad, c->dec_rad, &x, &y);
    lua_createtable(L, 0, 2);
    push_angle(L, x);
    lua_setfield(L, -2, lon);
    push_angle(L, y);
    lua_setfield(L, -2, lat);
}

static int coord_index(lua_State *L)
{
    struct sky_star *c = luaL_checkudata(L, 1, t_coord);
    const char *key = luaL_checkstring(L, 2);
    if (strcmp(key, "ra") == 0)
        push_angle(L, c->ra_rad);
    else if (strcmp(key, "dec") == 0)
        push_angle(L, c->dec_rad);
    else if (strcmp(key, "icrs") == 0)
        lua_pushvalue(L, 1);
    else if (strcmp(key, "galactic") == 0)
        push_frame(L, c, FRAME_GALACTIC, "l", "b");
    else if (strcmp(key, "ecliptic") == 0)
        push_frame(L, c, FRAME_ECLIPTIC, "lon", "lat");
    else if (strcmp(key, "jnow") == 0)
        push_frame(L, c, FRAME_APPARENT, "ra", "dec");
    else
        return api_member(L, &lua_type_coord);
    return 1;
}

static int coord_separation(lua_State *L)
{
    struct sky_star a = *(struct sky_star *)luaL_checkudata(L, 1, t_coord),
                    b = arg_coord(L, 2, "separation");
    push_angle(L, sky_separation(a.ra_rad, a.dec_rad, b.ra_rad, b.dec_rad));
    return 1;
}

static int coord_position_angle(lua_State *L)
{
    struct sky_star a = *(struct sky_star *)luaL_checkudata(L, 1, t_coord),
                    b = arg_coord(L, 2, "position_angle");
    double x = sky_position_angle(a.ra_rad, a.dec_rad, b.ra_rad, b.dec_rad);
    if (isnan(x))
        lua_pushnil(L);
    else
        push_angle(L, x);
    return 1;
}

static int coord_constellation(lua_State *L)
{
    struct sky_star *c = luaL_checkudata(L, 1, t_coord);
    lua_pushstring(L, sky_constellation(c->ra_rad, c->dec_rad));
    return 1;
}

static void coord_format(lua_State *L, const struct sky_star *c, int decimals)
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    lua_pushfstring(L, "%s %s", sexa_format(c->ra_rad / DEG, SEXA_RA, decimals + 1, ' ', ra),
                    sexa_format(c->dec_rad / DEG, SEXA_DEC, decimals, ' ', dec));
}

static int coord_to_string(lua_State *L)
{
    struct sky_star *c = luaL_checkudata(L, 1, t_coord);
    const char *style = luaL_optstring(L, 2, "hmsdms");
    if (strcmp(style, "hmsdms") == 0) {
        coord_format(L, c, 2);
    } else if (strcmp(style, "decimal") == 0) {
        char text[64];
        snprintf(text, sizeof text, "%.8f %+.8f", c->ra_rad / DEG, c->dec_rad / DEG);
        lua_pushstring(L, text);
    } else {
        return problem_raise(L, "argument", "to_string: \"%.20s\" is neither hmsdms nor decimal",
                             style);
    }
    return 1;
}

static int coord_tostring(lua_State *L)
{
    coord_format(L, luaL_checkudata(L, 1, t_coord), 0);
    return 1;
}

/* ---- arithmetic ---- */

/* One double behind angle and duration: the same operations serve both. type: upvalue 1. */
static double plain(lua_State *L, int i, const char *type)
{
    return strcmp(type, t_angle) == 0 ? arg_angle(L, i, type) : arg_duration(L, i, type);
}

static const char *type_up(lua_State *L)
{
    return lua_tostring(L, lua_upvalueindex(1));
}

static int give_plain(lua_State *L, double x)
{
    push_value(L, type_up(L), &x, sizeof x);
    return 1;
}

static int op_add(lua_State *L)
{
    return give_plain(L, plain(L, 1, type_up(L)) + plain(L, 2, type_up(L)));
}

static int op_sub(lua_State *L)
{
    return give_plain(L, plain(L, 1, type_up(L)) - plain(L, 2, type_up(L)));
}

static int op_mul(lua_State *L)
{
    int v = is_type(L, 1, type_up(L)) ? 1 : 2;
    return give_plain(L, plain(L, v, type_up(L)) * luaL_checknumber(L, 3 - v));
}

static int op_div(lua_State *L)
{
    if (is_type(L, 2, type_up(L))) {
        lua_pushnumber(L, plain(L, 1, type_up(L)) / plain(L, 2, type_up(L)));
        return 1;
    }
    return give_plain(L, plain(L, 1, type_up(L)) / luaL_checknumber(L, 2));
}

static int op_unm(lua_State *L)
{
    return give_plain(L, -plain(L, 1, type_up(L)));
}

static int op_eq(lua_State *L)
{
    double *a = luaL_testudata(L, 1, type_up(L)), *b = luaL_testudata(L, 2, type_up(L));
    lua_pushboolean(L, a && b && *a == *b);
    return 1;
}

static int op_lt(lua_State *L)
{
    lua_pushboolean(L, plain(L, 1, type_up(L)) < plain(L, 2, type_up(L)));
    return 1;
}

static int op_le(lua_State *L)
{
    lua_pushboolean(L, plain(L, 1, type_up(L)) <= plain(L, 2, type_up(L)));
    return 1;
}

/* An instant so many seconds later, in the years that are known. */
static int push_later(lua_State *L, struct jd_utc t, double s)
{
    static const double LONG_S = 3.2e11; /* ten thousand years */
    if (!(s > -LONG_S && s < LONG_S))
        return problem_raise(L, "argument", "time: %g s is further than any calendar goes", s);
    push_time(L, utc_add_s(t, s));
    return 1;
}

static int time_add(lua_State *L)
{
    int t = is_type(L, 1, t_time) ? 1 : 2;
    return push_later(L, arg_time(L, t, "time"), arg_duration(L, 3 - t, "time + duration"));
}

static int time_sub(lua_State *L)
{
    struct jd_utc a = arg_time(L, 1, "time");
    if (is_type(L, 2, t_time))
        push_duration(L, utc_diff_s(a, arg_time(L, 2, "time")));
    else
        return push_later(L, a, -arg_duration(L, 2, "time - duration"));
    return 1;
}

static double time_order(lua_State *L)
{
    return utc_diff_s(arg_time(L, 1, "time"), arg_time(L, 2, "time"));
}

static int time_eq(lua_State *L)
{
    lua_pushboolean(L, is_type(L, 1, t_time) && is_type(L, 2, t_time) && time_order(L) == 0);
    return 1;
}

static int time_lt(lua_State *L)
{
    lua_pushboolean(L, time_order(L) < 0);
    return 1;
}

static int time_le(lua_State *L)
{
    lua_pushboolean(L, time_order(L) <= 0);
    return 1;
}

static int coord_eq(lua_State *L)
{
    struct sky_star *a = luaL_testudata(L, 1, t_coord), *b = luaL_testudata(L, 2, t_coord);
    lua_pushboolean(L, a && b && a->ra_rad == b->ra_rad && a->dec_rad == b->dec_rad);
    return 1;
}

static int any_concat(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

static void make_type(lua_State *L, const struct lua_type *doc, const luaL_Reg *meta,
                      bool arithmetic)
{
    static const luaL_Reg ops[] = {{"__add", op_add}, {"__sub", op_sub}, {"__mul", op_mul},
                                   {"__div", op_div}, {"__unm", op_unm}, {"__eq", op_eq},
                                   {"__lt", op_lt},   {"__le", op_le},   {NULL, NULL}};
    const char *type = doc->name;
    if (!luaL_newmetatable(L, type)) {
        lua_pop(L, 1);
        return;
    }
    luaL_setfuncs(L, meta, 0);
    if (arithmetic) {
        lua_pushstring(L, type);
        luaL_setfuncs(L, ops, 1);
    }
    api_methods(L, type, doc->rows);
    lua_setfield(L, -2, "methods");
    lua_pushcfunction(L, any_concat);
    lua_setfield(L, -2, "__concat");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

static const struct lua_fn angle_rows[] = {
    {"deg", NULL, NULL, "number", "degrees", NULL},
    {"rad", NULL, NULL, "number", "radians", NULL},
    {"hour", NULL, NULL, "number", "hours of 15 degrees", NULL},
    {"arcmin", NULL, NULL, "number", "minutes of arc", NULL},
    {"arcsec", NULL, NULL, "number", "seconds of arc", NULL},
    {"dms", angle_dms, "([decimals: int])", "string", "Degrees, minutes, seconds.",
     "print(angle(22.0145):dms(1))"},
    {"hms", angle_hms, "([decimals: int])", "string", "Hours, minutes, seconds.",
     "print(angle\"5h34m\":hms(2))"},
    {0}};
static const struct lua_fn duration_rows[] = {{"s", NULL, NULL, "number", "seconds", NULL},
                                              {"min", NULL, NULL, "number", "minutes", NULL},
                                              {"h", NULL, NULL, "number", "hours", NULL},
                                              {"d", NULL, NULL, "number", "days", NULL},
                                              {0}};
static const struct lua_fn time_rows[] = {
    {"jd", NULL, NULL, "number", "Julian date (UTC)", NULL},
    {"mjd", NULL, NULL, "number", "modified Julian date (UTC)", NULL},
    {"tt", NULL, NULL, "number", "Julian date in TT", NULL},
    {"tdb", NULL, NULL, "number", "Julian date in TDB", NULL},
    {"iso", NULL, NULL, "string", "ISO 8601, UTC, milliseconds", NULL},
    {"bjd", time_bjd, "(c: coord)", "number",
     "BJD_TDB at the site of the session (without one: at the Earth's centre).",
     "print(time\"2026-11-23T02:00\":bjd\"06 30 32.8 +29 40 20\")"},
    {"hjd", time_hjd, "(c: coord)", "number", "HJD_UTC.",
     "print(time\"2026-11-23T02:00\":hjd\"06 30 32.8 +29 40 20\")"},
    {0}};
static const struct lua_fn coord_rows[] = {
    {"ra", NULL, NULL, "angle", "right ascension, ICRS", NULL},
    {"dec", NULL, NULL, "angle", "declination, ICRS", NULL},
    {"icrs", NULL, NULL, "coord", "itself", NULL},
    {"galactic", NULL, NULL, "{l, b}", "galactic longitude and latitude", NULL},
    {"ecliptic", NULL, NULL, "{lon, lat}", "ecliptic longitude and latitude of today", NULL},
    {"jnow", NULL, NULL, "{ra, dec}", "apparent place of today", NULL},
    {"separation", coord_separation, "(c: coord)", "angle", "Angle on the sky to another place.",
     "print(coord(10, 20):separation{ra = 11, dec = 20})"},
    {"position_angle", coord_position_angle, "(c: coord)", "angle",
     "Direction to another place, from north over east; nil for the same place.",
     "print(coord(10, 20):position_angle{ra = 11, dec = 20})"},
    {"constellation", coord_constellation, "()", "string", "IAU abbreviation of the constellation.",
     "print(coord(10, 20):constellation())"},
    {"to_string", coord_to_string, "([style: string])", "string",
     "As text: \"hmsdms\" or \"decimal\".", "print(coord(10, 20):to_string\"decimal\")"},
    {0}};
const struct lua_type lua_type_angle = {t_angle, "an angle; + - < == with its like, * / number",
                                        angle_rows};
const struct lua_type lua_type_duration = {
    t_duration, "a time span; + - < == with its like, * / number", duration_rows};
const struct lua_type lua_type_time = {
    t_time, "an instant; time + duration, time - duration, time - time, < ==", time_rows};
const struct lua_type lua_type_coord = {t_coord, "a place in the sky, ICRS", coord_rows};

void types_open(lua_State *L)
{
    static const luaL_Reg angle_meta[] = {
        {"__index", angle_index}, {"__tostring", angle_tostring}, {NULL, NULL}};
    static const luaL_Reg duration_meta[] = {
        {"__index", duration_index}, {"__tostring", duration_tostring}, {NULL, NULL}};
    static const luaL_Reg time_meta[] = {{"__index", time_index}, {"__tostring", time_tostring},
                                         {"__add", time_add},     {"__sub", time_sub},
                                         {"__eq", time_eq},       {"__lt", time_lt},
                                         {"__le", time_le},       {NULL, NULL}};
    static const luaL_Reg coord_meta[] = {
        {"__index", coord_index}, {"__tostring", coord_tostring}, {"__eq", coord_eq}, {NULL, NULL}};
    make_type(L, &lua_type_angle, angle_meta, true);
    make_type(L, &lua_type_duration, duration_meta, true);
    make_type(L, &lua_type_time, time_meta, false);
    make_type(L, &lua_type_coord, coord_meta, false);
}
