/* push.c - see push.h. */
#include "push.h"

#include <stdlib.h>

#include <math.h>
#include <string.h>

#include "vigie/session/session.h"

void set_number(lua_State *L, const char *key, double x)
{
    if (isnan(x))
        return;
    lua_pushnumber(L, x);
    lua_setfield(L, -2, key);
}

void set_int(lua_State *L, const char *key, int64_t i)
{
    lua_pushinteger(L, (lua_Integer)i);
    lua_setfield(L, -2, key);
}

void set_bool(lua_State *L, const char *key, bool b)
{
    lua_pushboolean(L, b);
    lua_setfield(L, -2, key);
}

void set_text(lua_State *L, const char *key, const char *text)
{
    if (!text)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

void set_angle(lua_State *L, const char *key, double rad)
{
    if (isnan(rad))
        return;
    push_angle(L, rad);
    lua_setfield(L, -2, key);
}

void set_time(lua_State *L, const char *key, struct jd_utc t)
{
    if (!isfinite(t.d1 + t.d2))
        return;
    push_time(L, t);
    lua_setfield(L, -2, key);
}

void set_duration(lua_State *L, const char *key, double s)
{
    if (isnan(s))
        return;
    push_duration(L, s);
    lua_setfield(L, -2, key);
}

void set_place(lua_State *L, const char *key, double ra_rad, double dec_rad)
{
    struct sky_star c = {.ra_rad = ra_rad, .dec_rad = dec_rad};
    if (isnan(ra_rad) || isnan(dec_rad))
        return;
    push_coord(L, &c);
    lua_setfield(L, -2, key);
}

struct session *here(lua_State *L, const char *what)
{
    struct session *s = api_session(L);
    if (!s)
        problem_raise(L, "gone", "%s: no session runs here", what);
    return s;
}

const struct site *site_or_raise(lua_State *L, const char *what)
{
    struct error err;
    const struct site *site = session_site(here(L, what), &err);
    if (!site)
        problem_raise_error(L, &err);
    return site;
}

static int str_gone(lua_State *L)
{
    str_clear(lua_touserdata(L, 1));
    return 0;
}

void *push_owned(lua_State *L, const char *type, size_t n, lua_CFunction gone)
{
    void *p = lua_newuserdatauv(L, n, 0);
    memset(p, 0, n);
    if (luaL_newmetatable(L, type)) {
        lua_pushcfunction(L, gone);
        lua_setfield(L, -2, "__gc");
        lua_pushliteral(L, "locked");
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    return p;
}

void push_type(lua_State *L, const char *type, const luaL_Reg *fn, const struct lua_fn *rows)
{
    if (luaL_newmetatable(L, type)) {
        luaL_setfuncs(L, fn, 0);
        api_methods(L, type, rows);
        lua_setfield(L, -2, "methods");
        lua_pushliteral(L, "locked");
        lua_setfield(L, -2, "__metatable");
    }
    lua_pop(L, 1);
}

struct str *push_str(lua_State *L)
{
    return push_owned(L, "vigie.str", sizeof(struct str), str_gone);
}

static int list_index(lua_State *L)
{
    if (lua_isinteger(L, 2) && lua_tointeger(L, 2) == 0)
        return problem_raise(L, "argument", "lists begin at 1 in Lua; the first is [1]");
    lua_pushnil(L);
    return 1;
}

void set_list(lua_State *L)
{
    if (luaL_newmetatable(L, "vigie.list")) {
        lua_pushcfunction(L, list_index);
        lua_setfield(L, -2, "__index");
        lua_pushliteral(L, "locked");
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
}

double opt_number(lua_State *L, const char *key)
{
    double x = NAN;
    if (!opt_field(L, 1, key))
        return x;
    if (lua_isnumber(L, -1))
        x = lua_tonumber(L, -1);
    else
        problem_raise(L, "argument", "%s: expected a number", key);
    lua_pop(L, 1);
    return x;
}

bool opt_bool(lua_State *L, const char *key)
{
    lua_getfield(L, 1, key);
    bool b = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return b;
}

static int as_string(lua_State *L)
{
    lua_pushlstring(L, lua_touserdata(L, 1), (size_t)lua_tointeger(L, 2));
    return 1;
}

void push_bytes(lua_State *L, char *bytes, size_t n)
{
    lua_pushcfunction(L, as_string);
    lua_pushlightuserdata(L, bytes);
    lua_pushinteger(L, (lua_Integer)n);
    int rc = lua_pcall(L, 2, 1, 0);
    free(bytes);
    if (rc != LUA_OK)
        lua_error(L);
}
