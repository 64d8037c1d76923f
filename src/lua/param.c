/* param.c - see param.h. Each type is read by the same code that reads an argument of a binding.
 * Not: target and device, which name things of rooms that read them.
 */
#include "param.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

static int push_typed(lua_State *L)
{
    const struct script_param *q = lua_touserdata(L, 1);
    const char *text = lua_tostring(L, 2), *type = q->type;
    double x;
    lua_settop(L, 2);
    if (strcmp(type, "int") == 0 || strcmp(type, "number") == 0) {
        if (!str_num(text, &x) || !isfinite(x) ||
            (type[0] == 'i' && (x != floor(x) || fabs(x) > 9e15)))
            return problem_raise(L, "argument", "%s: \"%.40s\" is no %s", q->name, text,
                                 type[0] == 'i' ? "whole number" : "number");
        if (type[0] == 'i')
            lua_pushinteger(L, (lua_Integer)x);
        else
            lua_pushnumber(L, x);
    } else if (strcmp(type, "boolean") == 0) {
        bool yes = str_eqi(text, "true") || str_eqi(text, "yes") || strcmp(text, "1") == 0;
        if (!yes && !str_eqi(text, "false") && !str_eqi(text, "no") && strcmp(text, "0") != 0)
            return problem_raise(L, "argument", "%s: \"%.40s\" is neither true nor false", q->name,
                                 text);
        lua_pushboolean(L, yes);
    } else if (strcmp(type, "angle") == 0) {
        push_angle(L, arg_angle(L, 2, q->name));
    } else if (strcmp(type, "duration") == 0) {
        push_duration(L, arg_duration(L, 2, q->name));
    } else if (strcmp(type, "time") == 0) {
        push_time(L, arg_time(L, 2, q->name));
    } else if (strcmp(type, "coord") == 0 && !coord_is_name(text)) {
        struct sky_star c = arg_coord(L, 2, q->name);
        push_coord(L, &c);
    } else {
        lua_pushstring(L, text);
    }
    return 1;
}

/* Numbers that order values of the type; NAN for types without order. */
static double order(lua_State *L, int i, const char *type)
{
    if (strcmp(type, "angle") == 0)
        return arg_angle(L, i, type);
    if (strcmp(type, "duration") == 0)
        return arg_duration(L, i, type);
    if (strcmp(type, "int") == 0 || strcmp(type, "number") == 0)
        return lua_tonumber(L, i);
    if (strcmp(type, "time") == 0) {
        struct jd_utc t = arg_time(L, i, type);
        return t.d1 + t.d2;
    }
    return NAN;
}

static bool one_of(const char *list, const char *text)
{
    size_t n = strlen(text);
    for (const char *p = list; *p;) {
        size_t k = strcspn(p, ",");
        if (k == n && strncmp(p, text, n) == 0)
            return true;
        p += k + (p[k] == ',');
    }
    return false;
}

/* Limits: 1 param, 2 text, 3 value. */
static void check_limits(lua_State *L, const struct script_param *q, const char *text)
{
    const char *limit[2] = {q->min, q->max};
    for (int k = 0; k < 2; k++) {
        if (!limit[k])
            continue;
        lua_pushcfunction(L, push_typed);
        lua_pushlightuserdata(L, (void *)(uintptr_t)q);
        lua_pushstring(L, limit[k]);
        lua_call(L, 2, 1);
        double x = order(L, 3, q->type), y = order(L, -1, q->type);
        if (k == 0 ? x < y : x > y)
            problem_raise(L, "argument", "%s: %.40s is %s %s", q->name, text,
                          k == 0 ? "below" : "above", limit[k]);
        lua_pop(L, 1);
    }
    if (q->of && !one_of(q->of, text))
        problem_raise(L, "argument", "%s: \"%.40s\" is none of %s", q->name, text, q->of);
    if (q->pattern) {
        lua_getglobal(L, "match");
        lua_pushstring(L, text);
        lua_pushstring(L, q->pattern);
        lua_call(L, 2, 1);
        if (lua_isnil(L, -1))
            problem_raise(L, "argument", "%s: \"%.40s\" does not fit the pattern %s", q->name, text,
                          q->pattern);
        lua_pop(L, 1);
    }
}

static int push_checked(lua_State *L)
{
    const struct script_param *q = lua_touserdata(L, 1);
    if (q->optional && !*lua_tostring(L, 2)) {
        lua_pushnil(L);
        return 1;
    }
    push_typed(L);
    check_limits(L, q, lua_tostring(L, 2));
    lua_settop(L, 3);
    return 1;
}

/* The value on the top, or the error of the attempt. */
static enum status push_param(lua_State *L, const struct script_param *q, const char *text,
                              struct error *err)
{
    if (!HOST(L)->running)
        HOST(L)->slice_us = clock_thread_us(); /* a pattern has its 40 ms */
    lua_pushcfunction(L, push_checked);
    lua_pushlightuserdata(L, (void *)(uintptr_t)q);
    lua_pushstring(L, text);
    if (lua_pcall(L, 2, 1, 0) == LUA_OK)
        return OK;
    struct lua_problem *p = problem_take(L, -1, NULL);
    err_set(err, E_RANGE, "%s", p->message);
    problem_free(p);
    lua_pop(L, 1);
    return E_RANGE;
}

enum status param_check(lua_State *L, const struct script_param *q, const char *text,
                        struct error *err)
{
    enum status s = push_param(L, q, text, err);
    if (s == OK)
        lua_pop(L, 1);
    return s;
}

static int read_only(lua_State *L)
{
    return problem_raise(L, "script", "p.%s: the parameters cannot be changed",
                         luaL_tolstring(L, 2, NULL));
}

static int no_such(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) {
        lua_pushnil(L); /* declared, optional, not given */
        return 1;
    }
    return problem_raise(L, "argument", "p.%s: the header declares no such parameter",
                         luaL_tolstring(L, 2, NULL));
}

enum status params_push(lua_State *L, const struct script_header *h, const struct param_text *given,
                        size_t n, struct error *err)
{
    int top = lua_gettop(L);
    for (size_t i = 0; i < n; i++) {
        const char *near;
        if (header_param(h, given[i].name, &near))
            continue;
        return near ? err_set(err, E_ABSENT, "no parameter %.40s; did you mean %s?", given[i].name,
                              near)
                    : err_set(err, E_ABSENT, "no parameter %.40s; the script has %zu",
                              given[i].name, h->params.n);
    }
    lua_newtable(L); /* values */
    lua_newtable(L); /* names */
    lua_newtable(L); /* names of objects where a place is due */
    bool objects = false;
    for (size_t k = 0; k < h->params.n; k++) {
        const struct script_param *q = &h->params.at[k];
        const char *text = q->def;
        for (size_t i = 0; i < n; i++)
            if (strcmp(given[i].name, q->name) == 0)
                text = given[i].text;
        lua_pushboolean(L, 1);
        lua_setfield(L, top + 2, q->name);
        if (!text && q->optional)
            continue;
        enum status s =
            text ? push_param(L, q, text, err)
                 : err_set(err, E_ABSENT, "the parameter %s (%s) has no default: give it", q->name,
                           q->label ? q->label : q->type);
        if (s != OK) {
            lua_settop(L, top);
            return s;
        }
        if (strcmp(q->type, "coord") == 0 && lua_type(L, -1) == LUA_TSTRING) {
            lua_pushvalue(L, -1);
            lua_setfield(L, top + 3, q->name);
            objects = true;
        }
        lua_setfield(L, top + 1, q->name);
    }
    lua_newtable(L); /* the proxy that scripts see */
    lua_createtable(L, 0, 5);
    if (objects) {
        lua_pushvalue(L, top + 3);
        lua_setfield(L, -2, "objects");
        lua_pushvalue(L, top + 1);
        lua_setfield(L, -2, "values");
    }
    lua_pushvalue(L, top + 1);
    lua_pushvalue(L, top + 2);
    lua_pushcclosure(L, no_such, 2);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, read_only);
    lua_setfield(L, -2, "__newindex");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
    return OK;
}

bool params_objects(lua_State *L, int p)
{
    if (!lua_getmetatable(L, p))
        return false;
    if (lua_getfield(L, -1, "objects") == LUA_TNIL) {
        lua_pop(L, 2);
        return false;
    }
    lua_getfield(L, -2, "values");
    lua_remove(L, -3);
    return true;
}
