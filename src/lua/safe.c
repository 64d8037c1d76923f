/* safe.c - the environment of a script: the harmless part of Lua's library, ours where stock Lua could freeze or escape.
 * Not: the bindings to the program (api.c), which are added to what this makes.
 * Source: Lua 5.4 reference manual, 6; the holes closed here: finalizers and message handlers run without hooks, stock sort and patterns
 * cannot yield, bytecode, os, io, debug and package reach the machine.
 */
#include "host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api.h"
#include "prelude.h"
#include "raw.h"
#include "vo.h"

static const char key_parts[] = "vigie.parts"; /* registry: what every environment is copied from */
const char key_prelude[] = "vigie.prelude";

/* tostring that calls __tostring; errors go up. */
int safe_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    luaL_tolstring(L, 1, NULL);
    return 1;
}

static int safe_setmetatable(lua_State *L)
{
    int t = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, t == LUA_TNIL || t == LUA_TTABLE, 2, "nil or table");
    if (t == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "setmetatable: a script may not set __gc (nothing can interrupt a "
                                 "finalizer); use <close> or on_exit");
    }
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

/* load(chunk [, name [, mode [, env]]]): text only; upvalue 1 is the script's environment. A function as chunk is refused. */
static int safe_load(lua_State *L)
{
    size_t n;
    if (lua_isfunction(L, 1))
        return luaL_error(L, "load: give the text itself, not a function");
    const char *s = luaL_checklstring(L, 1, &n);
    lua_settop(L, 4);
    const char *name = luaL_optstring(L, 2, "=load"), *mode = luaL_optstring(L, 3, "t");
    if (!strchr(mode, 't'))
        return luaL_error(L, "load: bytecode is not taken, only text");
    if (n > 10000000)
        return luaL_error(L, "load: more than 10 MB of text");
    if (luaL_loadbufferx(L, s, n, name, "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushvalue(L, lua_isnoneornil(L, 4) ? lua_upvalueindex(1) : 4);
    if (!lua_setupvalue(L, -2, 1))
        lua_pop(L, 1);
    return 1;
}

static int safe_collectgarbage(lua_State *L)
{
    const char *what = luaL_optstring(L, 1, "collect");
    if (strcmp(what, "count") != 0)
        return luaL_error(L, "collectgarbage: only \"count\" is for scripts");
    lua_pushnumber(L, (double)HOST(L)->memory / 1024);
    return 1;
}

/* string.rep with a bound: stock rep would build 1 GB in one call before the allocator refuses. */
static int safe_rep(lua_State *L)
{
    size_t n, ns;
    const char *s = luaL_checklstring(L, 1, &n), *sep = luaL_optlstring(L, 3, "", &ns);
    lua_Integer k = luaL_checkinteger(L, 2);
    if (k <= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    double total = (double)n * (double)k + (double)ns * (double)(k - 1);
    if (total > (double)HOST(L)->memory_max)
        return luaL_error(L, "not enough memory: string.rep of %f bytes", total);
    luaL_Buffer b;
    size_t want = (size_t)total, unit = n + ns;
    char *p = luaL_buffinitsize(L, &b, want + unit);
    memcpy(p, s, n);
    memcpy(p + n, sep, ns);
    for (size_t have = unit; have < want; have *= 2) /* what is there is doubled */
        memcpy(p + have, p, have < want - have ? have : want - have);
    luaL_pushresultsize(&b, want);
    return 1;
}

/* table.insert and remove for tables whose length is their own: a __len of the script's could ask them for 1e15 steps. */
static int plain_table(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL)
        return luaL_error(
            L, "this table has a __len of its own; insert and remove are for plain tables");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int raw_deadline(lua_State *L)
{
    lua_pushnumber(L, (double)loop_now_ms(HOST(L)->loop) / 1000 + arg_duration(L, 1, "timeout"));
    return 1;
}

static int raw_raise(lua_State *L)
{
    return problem_raise(L, luaL_checkstring(L, 1), "%s", luaL_checkstring(L, 2));
}

static int closing_close(lua_State *L)
{
    lua_getfield(L, 1, "task");
    lua_getfield(L, -1, "cancel");
    lua_pushvalue(L, -2);
    lua_call(L, 1, 0);
    return 0;
}

/* A table {task = t} whose __close cancels the task. */
static int raw_closing(lua_State *L)
{
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, "task");
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, closing_close);
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2);
    return 1;
}

static void copy_fields(lua_State *L, const char *const *names)
{
    for (; *names; names++) { /* from the table below the top into the one on the top */
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
}

/* A new table with some fields of a global library: on the top. */
static void part_of(lua_State *L, const char *library, const char *const *names)
{
    lua_getglobal(L, library);
    lua_newtable(L);
    copy_fields(L, names);
    lua_remove(L, -2);
}

static void string_part(lua_State *L)
{
    static const char *const names[] = {"byte",     "char",    "format", "len",    "lower", "pack",
                                        "packsize", "reverse", "sub",    "unpack", "upper", NULL};
    part_of(L, "string", names);
    pattern_lib(L);
    lua_pushcfunction(L, safe_rep);
    lua_setfield(L, -2, "rep");
}

/* The prelude gets the parts in C and every binding, whatever a script was granted; what it makes is
 * kept in the registry. On the top: the table of parts, which stays. */
static void run_prelude(lua_State *L)
{
    static const luaL_Reg raw[] = {
        {"deadline", raw_deadline}, {"raise", raw_raise}, {"closing", raw_closing}, {NULL, NULL}};
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, -3)) { /* the base functions */
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_settable(L, -4);
    }
    task_lib(L);
    api_raw(L);
    luaL_setfuncs(L, raw, 0);
    lua_newtable(L);
    api_open(L, "*");
    lua_setfield(L, -2, "api");
    if (luaL_loadbufferx(L, lua_prelude, strlen(lua_prelude), "=vigie", "t") != LUA_OK)
        ensure_failed(lua_tostring(L, -1), __FILE__, __LINE__);
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, key_prelude);
}

/* The base functions, tasks and errors, and the libraries: the parts from which every environment is made, never given away themselves. */
void safe_open(struct lua_host *h)
{
    static const char *const base[] = {
        "assert", "error",  "getmetatable", "ipairs", "next",     "pairs",    "pcall", "rawequal",
        "rawget", "rawlen", "rawset",       "select", "tonumber", "tostring", "type",  NULL};
    static const char *const table[] = {"concat", "insert", "move", "pack",
                                        "remove", "unpack", NULL};
    static const char *const os[] = {"clock", "date", "difftime", "time", NULL};
    static const char *const utf8[] = {"char", "charpattern", "codepoint", "codes",
                                       "len",  "offset",      NULL};
    static const char *const math[] = {
        "abs", "acos",       "asin", "atan",      "ceil", "cos",    "deg",
        "exp", "floor",      "fmod", "huge",      "log",  "max",    "maxinteger",
        "min", "mininteger", "modf", "pi",        "rad",  "random", "randomseed",
        "sin", "sqrt",       "tan",  "tointeger", "type", "ult",    NULL};
    lua_State *L = h->L;
    luaL_openlibs(L);
    types_open(L);
    tbl_open(L);
    vo_open(L);
    problem_open(L);
    lua_pushglobaltable(L);
    lua_newtable(L);
    copy_fields(L, base);
    lua_pushcfunction(L, safe_setmetatable);
    lua_setfield(L, -2, "setmetatable");
    lua_pushcfunction(L, safe_collectgarbage);
    lua_setfield(L, -2, "collectgarbage");
    string_part(L);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1); /* of all strings: ("x"):upper() finds a table no script can reach */
    string_part(L);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
    lua_setfield(L, -2, "string");
    part_of(L, "table", table);
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "insert");
    lua_pushcclosure(L, plain_table, 1);
    lua_setfield(L, -3, "insert");
    lua_getfield(L, -1, "remove");
    lua_pushcclosure(L, plain_table, 1);
    lua_setfield(L, -3, "remove");
    lua_pop(L, 1);
    lua_setfield(L, -2, "table");
    part_of(L, "os", os);
    lua_setfield(L, -2, "os");
    part_of(L, "utf8", utf8);
    lua_setfield(L, -2, "utf8");
    part_of(L, "math", math);
    lua_setfield(L, -2, "math");
    coro_lib(L);
    lua_setfield(L, -2, "coroutine");
    run_prelude(L);
    lua_setfield(L, LUA_REGISTRYINDEX, key_parts);
    lua_pop(L, 1);
    /* nothing of the stock library stays reachable from the globals */
    lua_getglobal(L, "string");
    lua_getfield(L, -1, "format");
    lua_newtable(L); /* the new globals hold what our own functions call, and no script sees them */
    pattern_lib(L);
    lua_insert(L, -2);
    lua_setfield(L, -2, "format");
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

/* Copies a table and the tables directly in it. */
static void copy_two_deep(lua_State *L, int from, int depth)
{
    from = lua_absindex(L, from);
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, from)) {
        if (depth > 0 && lua_istable(L, -1)) {
            copy_two_deep(L, -1, depth - 1);
            lua_remove(L, -2);
        }
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_settable(L, -4);
    }
}

int safe_env(struct lua_host *h, const char *grants)
{
    static const char *const table[] = {"sort", "move", "concat", NULL};
    static const char *const base[] = {"xpcall", NULL};
    lua_State *L = h->L;
    lua_getfield(L, LUA_REGISTRYINDEX, key_parts);
    copy_two_deep(L, -1, 1);
    lua_remove(L, -2);
    lua_getfield(L, LUA_REGISTRYINDEX, key_prelude);
    lua_pushvalue(L, -2); /* environment, prelude, environment */
    copy_fields(L, base);
    lua_getfield(L, -1, "table");
    lua_remove(L, -2);
    copy_fields(L, table);
    lua_pop(L, 2);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "_G");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, safe_load, 1);
    lua_setfield(L, -2, "load");
    api_open(L, grants);
    lua_pushliteral(L, LUA_VERSION);
    lua_setfield(L, -2, "_VERSION");
    return luaL_ref(L, LUA_REGISTRYINDEX);
}
