/* types.c - the values of an observer's script: angle, coord, time, duration. Immutable, compared by value, read from the texts people write.
 * Not: tables of data. Rules of the texts: formats/sexa.h; a bare number is degrees (angle) or seconds (duration), always.
 */
#include "api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/sexa.h"
#include "vigie/session/session.h"
#include "vigie/sky/frame.h"

#define DEG (M_PI / 180)

static const char t_angle[] = "angle", t_coord[] = "coord", t_time[] = "time",
                  t_duration[] = "duration";

bool is_type(lua_State *L, int index, const char *type)
{
    return luaL_testudata(L, index, type) != NULL;
}

static void *push_value(lua_State *L, const char *type, const void *v, size_t n)
{
    void *p = lua_newuserdatauv(L, n, 0);
    memcpy(p, v, n);
    luaL_setmetatable(L, type);
    return p;
}

void push_angle(lua_State *L, double rad)
{
    push_value(L, t_angle, &rad, sizeof rad);
}

void push_duration(lua_State *L, double s)
{
    push_value(L, t_duration, &s, sizeof s);
}

void push_time(lua_State *L, struct jd_utc utc)
{
    push_value(L, t_time, &utc, sizeof utc);
}

void push_coord(lua_State *L, const struct sky_star *star)
{
    push_value(L, t_coord, star, sizeof *star);
}

/* ---- texts ---- */

struct unit {
    const char *name;
    double is;
};

/* A number and its unit at *p, which moves behind them; false if there is none or the unit is unknown. */
static bool number_unit(const char **p, const struct unit *units, double *x, const struct unit **u)
{
    char *end;
    double v = strtod(*p, &end);
    if (end == *p)
        return false;
    while (*end == ' ')
        end++;
    *u = NULL;
    size_t longest = 0;
    for (const struct unit *k = units; k->name; k++) {
        size_t n = strlen(k->name);
        if (n > longest && strncmp(end, k->name, n) == 0) {
            longest = n;
            *u = k;
        }
    }
    *x = v;
    *p = end + longest;
    while (**p == ' ')
        (*p)++;
    return true;
}

static double angle_of_text(lua_State *L, const char *text, const char *what)
{
    static const struct unit units[] = {{"degrees", DEG},
                                        {"deg", DEG},
                                        {"d", DEG},
                                        {"\xC2\xB0", DEG},
                                        {"arcmin", DEG / 60},
                                        {"'", DEG / 60},
                                        {"\xE2\x80\xB2", DEG / 60},
                                        {"arcsec", DEG / 3600},
                                        {"\"", DEG / 3600},
                                        {"\xE2\x80\xB3", DEG / 3600},
                                        {"mas", DEG / 3.6e6},
                                        {"hours", DEG * 15},
                                        {"hour", DEG * 15},
                                        {"h", DEG * 15},
                                        {"rad", 1},
                                        {"m", 0},
                                        {"s", 0},
                                        {NULL, 0}};
    const char *p = text;
    double sum = 0, x, first = 0;
    bool minus = false;
    int parts = 0;
    while (*p == ' ')
        p++;
    if (*p == '-' || *p == '+')
        minus = *p++ == '-';
    while (*p) {
        const struct unit *u;
        if (!number_unit(&p, units, &x, &u) || x < 0 || (parts > 0 && !u))
            problem_raise(
                L, "argument",
                "%s: \"%.40s\" is no angle: write 1.5, \"1d30m\", \"30'\", \"10arcsec\", \"2h\"",
                what, text);
        if (u && u->is == 0) { /* m and s are of what came first: 1d30m, 2h30m */
            if (parts == 0)
                problem_raise(
                    L, "argument",
                    "%s: \"%.40s\": of arc or of time? write 10' or 10arcmin, 10\" or 10arcsec",
                    what, text);
            sum += x * first / (u->name[0] == 'm' ? 60 : 3600);
        } else {
            double is = u ? u->is : DEG;
            if (parts == 0)
                first = is;
            sum += x * is;
        }
        parts++;
    }
    if (parts == 0 || !isfinite(sum))
        problem_raise(L, "argument", "%s: \"%.40s\" is no angle", what, text);
    return minus ? -sum : sum;
}

double arg_angle(lua_State *L, int index, const char *what)
{
    double *v = luaL_testudata(L, index, t_angle);
    if (v)
        return *v;
    if (lua_type(L, index) == LUA_TSTRING)
        return angle_of_text(L, lua_tostring(L, index), what);
    if (lua_type(L, index) != LUA_TNUMBER || !isfinite(lua_tonumber(L, index)))
        problem_raise(L, "argument", "%s: expected an angle, got %s", what,
                      luaL_typename(L, index));
    return lua_tonumber(L, index) * DEG;
}

static double duration_of_text(lua_State *L, const char *text, const char *what)
{
    static const struct unit units[] = {{"ms", 1e-3}, {"s", 1},     {"min", 60}, {"m", 60},
                                        {"h", 3600},  {"d", 86400}, {NULL, 0}};
    const char *p = text;
    double sum = 0, x;
    bool minus = false;
    int parts = 0;
    while (*p == ' ')
        p++;
    if (*p == '-' || *p == '+')
        minus = *p++ == '-';
    while (*p) {
        const struct unit *u;
        if (!number_unit(&p, units, &x, &u) || x < 0 || (parts > 0 && !u))
            break;
        sum += x * (u ? u->is : 1);
        parts++;
    }
    if (*p || parts == 0 || !isfinite(sum))
        problem_raise(
            L, "argument",
            "%s: \"%.40s\" is no duration: write 30, \"30s\", \"5min\", \"1h30m\", \"2d\"", what,
            text);
    return minus ? -sum : sum;
}

double arg_duration(lua_State *L, int index, const char *what)
{
    double *v = luaL_testudata(L, index, t_duration);
    if (v)
        return *v;
    if (lua_type(L, index) == LUA_TSTRING)
        return duration_of_text(L, lua_tostring(L, index), what);
    if (lua_type(L, index) != LUA_TNUMBER || !isfinite(lua_tonumber(L, index)))
        problem_raise(L, "argument", "%s: expected a duration, got %s", what,
                      luaL_typename(L, index));
    return lua_tonumber(L, index);
}

struct jd_utc arg_time(lua_State *L, int index, const char *what)
{
    struct jd_utc *v = luaL_testudata(L, index, t_time), utc;
    struct error err;
    if (v)
        return *v;
    if (lua_type(L, index) == LUA_TNUMBER) {
        double jd = lua_tonumber(L, index);
        if (!(jd > 1721057.5 && jd < 5373484.5))
            problem_raise(L, "argument", "%s: %g is no Julian date of the years 0 to 9999", what,
                          jd);
        return (struct jd_utc){floor(jd - 0.5) + 0.5, jd - 0.5 - floor(jd - 0.5)};
    }
    struct session *s = api_session(L);
    if (lua_type(L, index) != LUA_TSTRING)
        problem_raise(L, "argument", "%s: expected a time, got %s", what, luaL_typename(L, index));
    if (utc_parse(lua_tostring(L, index), s ? session_clock(s) : clock_system(), &utc, &err) != OK)
        problem_raise(L, "argument", "%s: %s", what, err.text);
    return utc;
}

static double field_or(lua_State *L, int index, const char *name, double def)
{
    double x = def;
    if (opt_field(L, index, name)) {
        x = luaL_checknumber(L, -1);
        lua_pop(L, 1);
    }
    return x;
}

static void check_place(lua_State *L, const struct sky_star *s, const char *what)
{
    if (!(s->ra_rad >= 0 && s->ra_rad < 2 * M_PI))
        problem_raise(L, "argument", "%s: ra is %.10g, must lie in 0 .. 360", what,
                      s->ra_rad / DEG);
    if (!(fabs(s->dec_rad) <= M_PI / 2))
        problem_raise(L, "argument", "%s: dec is %.10g, must lie in -90 .. 90", what,
                      s->dec_rad / DEG);
}

static struct sky_star coord_of_table(lua_State *L, int i, const char *what)
{
    struct sky_star s = {0};
    if (!opt_field(L, i, "ra"))
        problem_raise(L, "argument", "%s: a coord needs ra and dec: coord{ra=, dec=}", what);
    s.ra_rad = lua_type(L, -1) == LUA_TSTRING ? (double)NAN : arg_angle(L, -1, "ra");
    struct error err;
    double deg;
    if (isnan(s.ra_rad)) {
        size_t n;
        const char *t = lua_tolstring(L, -1, &n);
        if (sexa_parse(t, n, SEXA_RA, &deg, &err) != OK)
            problem_raise(L, "argument", "%s: ra: %s", what, err.text);
        s.ra_rad = deg * DEG;
    }
    lua_pop(L, 1);
    if (!opt_field(L, i, "dec"))
        problem_raise(L, "argument", "%s: a coord needs ra and dec: coord{ra=, dec=}", what);
    if (lua_type(L, -1) == LUA_TSTRING) {
        size_t n;
        const char *t = lua_tolstring(L, -1, &n);
        if (sexa_parse(t, n, SEXA_DEC, &deg, &err) != OK)
            problem_raise(L, "argument", "%s: dec: %s", what, err.text);
        s.dec_rad = deg * DEG;
    } else {
        s.dec_rad = arg_angle(L, -1, "dec");
    }
    lua_pop(L, 1);
    s.pmra_cosdec_masyr = field_or(L, i, "pm_ra_cosdec", 0);
    s.pmdec_masyr = field_or(L, i, "pm_dec", 0);
    s.plx_mas = field_or(L, i, "parallax", 0);
    s.rv_kms = field_or(L, i, "rv", 0);
    check_place(L, &s, what);
    return s;
}

struct sky_star arg_coord(lua_State *L, int index, const char *what)
{
    struct sky_star *v = luaL_testudata(L, index, t_coord), s = {0};
    index = lua_absindex(L, index);
    if (v)
        return *v;
    if (lua_istable(L, index)) {
        if (opt_field(L, index, "coord")) { /* a row of alerts or transits, a target */
            s = arg_coord(L, -1, what);
            lua_pop(L, 1);
            return s;
        }
        return coord_of_table(L, index, what);
    }
    if (lua_type(L, index) != LUA_TSTRING)
        problem_raise(L, "argument", "%s: expected a coord, got %s", what, luaL_typename(L, index));
    struct error err;
    size_t n;
    double ra, dec;
    const char *text = lua_tolstring(L, index, &n);
    if (sexa_parse_pair(text, n, &ra, &dec, &err) != OK)
        problem_raise(L, "argument", "%s: %s", what, err.text);
    s.ra_rad = ra * DEG;
    s.dec_rad = dec * DEG;
    return s;
}

/* ---- constructors ---- */

static int new_angle(lua_State *L)
{
    static const struct unit units[] = {
        {"deg", DEG},           {"d", DEG},           {"arcmin", DEG / 60},
        {"arcsec", DEG / 3600}, {"mas", DEG / 3.6e6}, {"hour", DEG * 15},
        {"h", DEG * 15},        {"rad", 1},           {NULL, 0}};
    if (!lua_isnoneornil(L, 2)) {
        double x = luaL_checknumber(L, 1);
        const char *u = luaL_checkstring(L, 2);
        for (const struct unit *k = units; k->name; k++)
            if (strcmp(k->name, u) == 0) {
                push_angle(L, x * k->is);
                return 1;
            }
        return problem_raise(L, "argument",
                             "angle: \"%.20s\" is none of deg arcmin arcsec mas hour rad", u);
    }
    push_angle(L, arg_angle(L, 1, "angle"));
    return 1;
}

static int new_duration(lua_State *L)
{
    push_duration(L, arg_duration(L, 1, "duration"));
    return 1;
}

static int new_time(lua_State *L)
{
    push_time(L, arg_time(L, 1, "time"));
    return 1;
}

static int time_now(lua_State *L)
{
    struct session *s = api_session(L);
    const struct clock *c = s ? session_clock(s) : clock_system();
    push_time(L, utc_of_wall(CLOCK_WALL(c)));
    return 1;
}

static int new_coord(lua_State *L)
{
    struct sky_star s = {0};
    if (lua_gettop(L) >= 2 && !lua_isnil(L, 2)) {
        s.ra_rad = arg_angle(L, 1, "coord: ra");
        s.dec_rad = arg_angle(L, 2, "coord: dec");
        check_place(L, &s, "coord");
    } else {
        s = arg_coord(L, 1, "coord");
    }
    push_coord(L, &s);
    return 1;
}

/* ---- what a value has ---- */

static int no_field(lua_State *L, const char *type, const char *has)
{
    return problem_raise(L, "argument", "%s has no %s: it has %s", type, lua_tostring(L, 2), has);
}

/* The method of the type, or 0. */
static int method(lua_State *L)
{
    if (luaL_getmetafield(L, 1, "methods") == LUA_TTABLE) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, -2) != LUA_TNIL)
            return 1;
    }
    return 0;
}

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
    return method(L) ? 1 : no_field(L, "an angle", "deg rad hour arcmin arcsec, dms() hms()");
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
    return no_field(L, "a duration", "s min h d");
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
        return method(L) ? 1
                         : no_field(L, "a time",
                                    "jd mjd tt tdb (Julian dates), iso, bjd(coord) hjd(coord)");
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
        return method(L) ? 1
                         : no_field(L, "a coord",
                                    "ra dec icrs galactic ecliptic jnow, separation() "
                                    "position_angle() to_string() constellation()");
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

static int time_add(lua_State *L)
{
    int t = is_type(L, 1, t_time) ? 1 : 2;
    push_time(L, utc_add_s(arg_time(L, t, "time"), arg_duration(L, 3 - t, "time + duration")));
    return 1;
}

static int time_sub(lua_State *L)
{
    struct jd_utc a = arg_time(L, 1, "time");
    if (is_type(L, 2, t_time))
        push_duration(L, utc_diff_s(a, arg_time(L, 2, "time")));
    else
        push_time(L, utc_add_s(a, -arg_duration(L, 2, "time - duration")));
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

static void make_type(lua_State *L, const char *type, const luaL_Reg *meta, const luaL_Reg *methods,
                      bool arithmetic)
{
    static const luaL_Reg ops[] = {{"__add", op_add}, {"__sub", op_sub}, {"__mul", op_mul},
                                   {"__div", op_div}, {"__unm", op_unm}, {"__eq", op_eq},
                                   {"__lt", op_lt},   {"__le", op_le},   {NULL, NULL}};
    if (!luaL_newmetatable(L, type)) {
        lua_pop(L, 1);
        return;
    }
    luaL_setfuncs(L, meta, 0);
    if (arithmetic) {
        lua_pushstring(L, type);
        luaL_setfuncs(L, ops, 1);
    }
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "methods");
    lua_pushcfunction(L, any_concat);
    lua_setfield(L, -2, "__concat");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

void types_open(lua_State *L)
{
    static const luaL_Reg angle_meta[] = {
        {"__index", angle_index}, {"__tostring", angle_tostring}, {NULL, NULL}};
    static const luaL_Reg angle_methods[] = {{"dms", angle_dms}, {"hms", angle_hms}, {NULL, NULL}};
    static const luaL_Reg duration_meta[] = {
        {"__index", duration_index}, {"__tostring", duration_tostring}, {NULL, NULL}};
    static const luaL_Reg none[] = {{NULL, NULL}};
    static const luaL_Reg time_meta[] = {{"__index", time_index}, {"__tostring", time_tostring},
                                         {"__add", time_add},     {"__sub", time_sub},
                                         {"__eq", time_eq},       {"__lt", time_lt},
                                         {"__le", time_le},       {NULL, NULL}};
    static const luaL_Reg time_methods[] = {{"bjd", time_bjd}, {"hjd", time_hjd}, {NULL, NULL}};
    static const luaL_Reg coord_meta[] = {
        {"__index", coord_index}, {"__tostring", coord_tostring}, {"__eq", coord_eq}, {NULL, NULL}};
    static const luaL_Reg coord_methods[] = {{"separation", coord_separation},
                                             {"position_angle", coord_position_angle},
                                             {"constellation", coord_constellation},
                                             {"to_string", coord_to_string},
                                             {NULL, NULL}};
    make_type(L, t_angle, angle_meta, angle_methods, true);
    make_type(L, t_duration, duration_meta, none, true);
    make_type(L, t_time, time_meta, time_methods, false);
    make_type(L, t_coord, coord_meta, coord_methods, false);
}

/* time is a function that has now in it: a table that can be called. */
static int called(lua_State *L)
{
    lua_remove(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static void time_table(lua_State *L)
{
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, time_now);
    lua_setfield(L, -2, "now");
    lua_createtable(L, 0, 2);
    lua_getfield(L, -3, "time");
    lua_pushcclosure(L, called, 1);
    lua_setfield(L, -2, "__call");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "time");
}

static const struct lua_fn rows[] = {
    {"angle", new_angle, "(value: any, [unit: string])", "angle",
     "An angle from degrees, a text (\"1d30m\", \"30'\", \"2h\") or a number with its unit. It has "
     "deg rad hour arcmin arcsec, dms() hms().",
     "print(angle\"1d30m\".deg, angle(10, \"arcmin\"))"},
    {"coord", new_coord, "(value: any, [dec: any])", "coord",
     "A place in the sky, ICRS: a text, ra and dec in degrees, or a table {ra, dec, pm_ra_cosdec, "
     "pm_dec, parallax, rv}. It has ra dec galactic ecliptic jnow, separation() position_angle() "
     "to_string() constellation().",
     "local c = coord\"05 34 31.9 +22 00 52\" print(c, c:constellation(), c.galactic.b)"},
    {"time", new_time, "(value: any)", "time",
     "An instant, UTC: ISO 8601 text, a Julian date, or time.now(). It has jd mjd tt tdb iso, "
     "bjd(coord) hjd(coord); time + duration, time - time.",
     "local t = time\"2026-11-23T02:00\" print(t + duration\"1h\", t.mjd)"},
    {"duration", new_duration, "(value: any)", "duration",
     "A time span from seconds or a text (\"30s\", \"5min\", \"1h30m\"). It has s min h d.",
     "print(duration\"1h30m\".min)"},
    {0}};

const struct lua_module lua_module_types = {"", NULL, "values", rows, time_table};
