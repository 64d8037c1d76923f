/* types.c - the values of an observer's script made: angle, coord, time, duration, from the texts and
 * numbers people write. Not: what they have and can do (values.c). Rules of the texts: formats/sexa.h; a bare number is degrees (angle) or seconds (duration), always.
 */
#include "api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/sexa.h"
#include "vigie/session/session.h"
#include "vigie/sky/frame.h"

#define DEG (M_PI / 180)

const char t_angle[] = "angle", t_coord[] = "coord", t_time[] = "time", t_duration[] = "duration";

bool is_type(lua_State *L, int index, const char *type)
{
    return luaL_testudata(L, index, type) != NULL;
}

void *push_value(lua_State *L, const char *type, const void *v, size_t n)
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

bool coord_is_name(const char *text)
{
    double ra, dec;
    struct error err;
    if (sexa_parse_pair(text, strlen(text), &ra, &dec, &err) == OK)
        return false;
    for (const char *p = text; *p; p++)
        if (((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')) && !strchr("hdms", *p))
            return true;
    return false;
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
    if (sexa_parse_pair(text, n, &ra, &dec, &err) != OK) {
        const char *first = text + strspn(text, " \t");
        if (coord_is_name(text))
            problem_raise_with(L, "argument", "for a name: coord.from_name(\"M 31\")", NULL,
                               "%s: \"%.40s\" is no RA and Dec", what, first);
        problem_raise(L, "argument", "%s: %s", what, err.text);
    }
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
