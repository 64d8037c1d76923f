/* start.c - from text to a task: compile, in a console an expression first, and the environment it gets.
 * Not: headers and parameters of scripts.
 */
#include "hint.h"
#include "host.h"
#include "param.h"

#include <stdlib.h>
#include <string.h>

static int compile(lua_State *L, const char *name, const char *code, size_t n, bool console)
{
    char *chunk = mem_printf("=%s", name);
    int rc = LUA_ERRSYNTAX;
    if (console) {
        char *expr = mem_printf("return %.*s", (int)n, code);
        rc = luaL_loadbufferx(L, expr, strlen(expr), chunk, "t");
        free(expr);
        if (rc != LUA_OK)
            lua_pop(L, 1);
    }
    if (rc != LUA_OK)
        rc = luaL_loadbufferx(L, code, n, chunk, "t");
    free(chunk);
    return rc;
}

/* Who lives in an environment; the last one takes it along. */
void env_hold(struct lua_host *h, int ref)
{
    for (size_t i = 0; i < h->envs.n; i++)
        if (h->envs.at[i].ref == ref) {
            h->envs.at[i].n++;
            return;
        }
    VEC_PUSH(h->envs, ((struct env_use){.ref = ref, .n = 1}));
}

void env_drop(struct lua_host *h, int ref)
{
    for (size_t i = 0; i < h->envs.n; i++)
        if (h->envs.at[i].ref == ref && --h->envs.at[i].n == 0 && ref != h->console_env) {
            free(h->envs.at[i].grants);
            free(h->envs.at[i].folder);
            h->envs.at[i] = h->envs.at[--h->envs.n];
            luaL_unref(h->L, LUA_REGISTRYINDEX, ref);
            return;
        }
}

void env_grant(struct lua_host *h, int ref, const char *grants)
{
    for (size_t i = 0; i < h->envs.n; i++)
        if (h->envs.at[i].ref == ref && !h->envs.at[i].grants)
            h->envs.at[i].grants = mem_str(grants);
}

const char *env_grants(const struct lua_host *h, int ref)
{
    for (size_t i = 0; i < h->envs.n; i++)
        if (h->envs.at[i].ref == ref)
            return h->envs.at[i].grants ? h->envs.at[i].grants : "";
    return "";
}

void task_script(struct lua_host *h, uint64_t task, const char *path)
{
    struct task *t = task_find(h, task);
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; t && i < h->envs.n; i++)
        if (h->envs.at[i].ref == t->env_ref && !h->envs.at[i].folder)
            h->envs.at[i].folder =
                slash ? mem_strn(path, (size_t)(slash - path) + (slash == path)) : mem_str(".");
}

const char *env_folder(const struct lua_host *h, int ref)
{
    for (size_t i = 0; i < h->envs.n; i++)
        if (h->envs.at[i].ref == ref)
            return h->envs.at[i].folder;
    return NULL;
}

uint64_t *env_fetched(struct lua_host *h, int ref)
{
    for (size_t i = 0; i < h->envs.n; i++)
        if (h->envs.at[i].ref == ref)
            return &h->envs.at[i].fetched;
    return NULL;
}

uint64_t lua_host_start(struct lua_host *h, const char *name, const char *code, size_t n,
                        bool console, const char *grants, bool *incomplete, struct error *err)
{
    lua_pushnil(h->L);
    return lua_host_start_with(h, name, code, n, console, grants, incomplete, err);
}

/* The task's function becomes the first argument of one of the prelude's. */
static void in_prelude(struct lua_host *h, struct task *t, const char *name)
{
    lua_getfield(h->L, LUA_REGISTRYINDEX, key_prelude);
    lua_getfield(h->L, -1, name);
    lua_xmove(h->L, t->co, 1);
    lua_pop(h->L, 1);
    lua_insert(t->co, 1);
    t->nargs++;
}

void task_guard(struct lua_host *h, uint64_t id, const char *needs, const char *text, size_t n)
{
    struct task *t = task_find(h, id);
    h->own++;
    in_prelude(h, t, "guarded");
    luaL_checkstack(t->co, 4, "start");
    lua_pushstring(t->co, needs);
    lua_pushstring(t->co, t->name);
    lua_pushlstring(t->co, text, n);
    t->nargs += 3;
    h->own--;
}

/* Objects named among the parameters at p are looked up first, in the script's own task: its function is on the top. */
static void look_up_first(lua_State *L, int p)
{
    if (lua_isnil(L, p) || !params_objects(L, p))
        return;
    lua_getfield(L, LUA_REGISTRYINDEX, key_prelude);
    lua_getfield(L, -1, "placed");
    lua_replace(L, -2);
    lua_insert(L, -4);
    lua_call(L, 3, 1);
}

static uint64_t start(struct lua_host *h, const char *name, const char *code, size_t n,
                      bool console, const char *grants, bool *incomplete, struct error *err)
{
    lua_State *L = h->L;
    int top = lua_gettop(L);
    *incomplete = false;
    if (n > 10000000) {
        lua_settop(L, top - 1);
        err_set(err, E_RANGE, "%s: more than 10 MB of text is no script", name);
        return 0;
    }
    if (compile(L, name, code, n, console) != LUA_OK) {
        const char *why = lua_tostring(L, -1);
        size_t len = why ? strlen(why) : 0;
        *incomplete = len > 5 && strcmp(why + len - 5, "<eof>") == 0;
        char *text = mem_strn(code, n);
        const char *hint = why ? hint_for(why, text) : NULL;
        free(text);
        err_set(err, E_PARSE, "%.180s%s%s", why ? why : "no Lua", hint ? "\n  hint: " : "",
                hint ? hint : "");
        lua_settop(L, top - 1);
        return 0;
    }
    if (console && h->console_env == LUA_NOREF)
        h->console_env = safe_env(h, grants); /* for good */
    int env = console ? h->console_env : safe_env(h, grants);
    struct task *t = task_new(h, name, env);
    env_grant(h, env, grants);
    if (console)
        *env_fetched(h, env) = 0;
    t->console = console;
    lua_rawgeti(L, LUA_REGISTRYINDEX, env);
    if (!lua_isnil(L, top)) {
        lua_pushvalue(L, top);
        lua_setfield(L, -2, "p");
    }
    lua_setupvalue(L, -2, 1);
    look_up_first(L, top);
    lua_xmove(L, t->co, 1);
    if (console)
        in_prelude(h, t, "line");
    lua_settop(L, top - 1);
    loop_wake(h->loop);
    return t->id;
}

/* With the parameters on the top of the stack, which are taken. */
uint64_t lua_host_start_with(struct lua_host *h, const char *name, const char *code, size_t n,
                             bool console, const char *grants, bool *incomplete, struct error *err)
{
    h->own++;
    uint64_t id = start(h, name, code, n, console, grants, incomplete, err);
    h->own--;
    return id;
}
