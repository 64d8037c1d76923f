/* coro.c - coroutines for scripts, so that a slice's end and a wait inside one pass through it unseen.
 * Not: tasks. Source: Lua 5.4 reference manual, 4.6 (lua_resume, lua_yieldk) and 6.2.
 */
#include "host.h"

#include <string.h>

enum { MAX_NEST = 100 };

static int resume_again(lua_State *L, int status, lua_KContext wrap);

/* Runs `co` (at index 1 of L, its arguments already moved) until it yields to us, ends or fails. Stack of L afterwards: as coroutine.resume or
 * wrap return. */
static int run(lua_State *L, lua_State *co, int nargs, bool wrap)
{
    struct lua_host *h = HOST(L);
    int n = 0;
    VEC_PUSH(h->running->nest, co);
    host_watch(co);
    h->left = LEFT_NOT;
    int rc = lua_resume(co, L, nargs, &n);
    host_watch(L);
    if (rc == LUA_YIELD &&
        h->left != LEFT_SCRIPT) { /* for the host: it stays in nest, we leave the same way */
        lua_pop(co, n);
        return lua_yieldk(L, 0, wrap, resume_again);
    }
    h->running->nest.n--;
    if (rc == LUA_OK || rc == LUA_YIELD) {
        h->left = LEFT_NOT;
        if (!lua_checkstack(L, n + 1)) {
            lua_pop(co, n);
            return luaL_error(L, "too many results");
        }
        if (!wrap)
            lua_pushboolean(L, 1);
        lua_xmove(co, L, n);
        return n + !wrap;
    }
    if (!wrap)
        lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    if (wrap) {
        lua_resetthread(co);
        return lua_error(L);
    }
    return 2;
}

static lua_State *co_arg(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

static int resume_again(lua_State *L, int status, lua_KContext wrap)
{
    (void)status;
    struct lua_host *h = HOST(L);
    lua_State *co = lua_tothread(L, 1);
    h->running->nest.n--; /* run() puts it back */
    return run(L, co, 0, wrap != 0);
}

/* Why it cannot be resumed, or NULL. */
static const char *refusal(lua_State *L, lua_State *co)
{
    struct lua_host *h = HOST(L);
    if (!h->running)
        return "cannot resume here";
    for (size_t i = 0; i < h->running->nest.n; i++)
        if (h->running->nest.at[i] == co)
            return "cannot resume non-suspended coroutine";
    if (co == h->running->co || co == L)
        return "cannot resume non-suspended coroutine";
    if (lua_status(co) == LUA_OK && lua_gettop(co) == 0)
        return "cannot resume dead coroutine";
    if (lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD)
        return "cannot resume dead coroutine";
    if (h->running->nest.n >= MAX_NEST)
        return "C stack overflow";
    return NULL;
}

static int start(lua_State *L, bool wrap)
{
    lua_State *co = co_arg(L);
    int nargs = lua_gettop(L) - 1;
    const char *why = refusal(L, co);
    if (!why && !lua_checkstack(co, nargs))
        why = "too many arguments to resume";
    if (!why && !lua_isyieldable(L))
        why = "cannot resume a coroutine inside a metamethod or a __close";
    if (why) {
        if (wrap)
            return luaL_error(L, "%s", why);
        lua_pushboolean(L, 0);
        lua_pushstring(L, why);
        return 2;
    }
    lua_xmove(L, co, nargs);
    return run(L, co, nargs, wrap);
}

static int co_resume(lua_State *L)
{
    return start(L, false);
}

static int co_create(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int wrapped(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    return start(L, true);
}

static int co_wrap(lua_State *L)
{
    co_create(L);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int co_yield (lua_State *L)
{
    struct lua_host *h = HOST(L);
    if (!h->running || h->running->nest.n == 0 || h->running->nest.at[h->running->nest.n - 1] != L)
        return luaL_error(L, "attempt to yield from outside a coroutine");
    if (!lua_isyieldable(L))
        return luaL_error(L, "attempt to yield across a metamethod or a __close");
    h->left = LEFT_SCRIPT;
    return lua_yield(L, lua_gettop(L));
}

static const char *status_of(lua_State *L, lua_State *co)
{
    struct lua_host *h = HOST(L);
    if (co == L)
        return "running";
    if (co == h->running->co)
        return "normal";
    for (size_t i = 0; i < h->running->nest.n; i++)
        if (h->running->nest.at[i] == co)
            return "normal";
    if (lua_status(co) == LUA_YIELD)
        return "suspended";
    return lua_status(co) == LUA_OK && lua_gettop(co) > 0 ? "suspended" : "dead";
}

static int co_status(lua_State *L)
{
    lua_pushstring(L, status_of(L, co_arg(L)));
    return 1;
}

static int co_running(lua_State *L)
{
    lua_pushthread(L);
    lua_pushboolean(L, HOST(L)->running->nest.n == 0);
    return 2;
}

static int co_isyieldable(lua_State *L)
{
    lua_pushboolean(L, HOST(L)->running->nest.n > 0 && lua_isyieldable(L));
    return 1;
}

static int co_close(lua_State *L)
{
    lua_State *co = co_arg(L);
    const char *s = status_of(L, co);
    if (strcmp(s, "suspended") != 0 && strcmp(s, "dead") != 0)
        return luaL_error(L, "cannot close a %s coroutine", s);
    if (lua_resetthread(co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

void coro_lib(lua_State *L)
{
    static const luaL_Reg lib[] = {
        {"create", co_create}, {"resume", co_resume},           {"wrap", co_wrap},
        {"yield", co_yield },  {"status", co_status},           {"running", co_running},
        {"close", co_close},   {"isyieldable", co_isyieldable}, {NULL, NULL}};
    luaL_newlib(L, lib);
}
