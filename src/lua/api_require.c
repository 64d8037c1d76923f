/* api_require.c - require: modules of the program by their name, files beside the script by theirs.
 * Not: a search path; packages in C. Source: Lua 5.4 reference manual, 6.3 (what require promises).
 */
#include "files.h"
#include "push.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODULE_MAX = 1 << 20, NAME_MAX_BYTES = 100 };

static const char key_loaded[] = "vigie.required"; /* registry: environment -> {name = module} */
static const char t_loading[] =
    "vigie.loading"; /* stands for one that is being read: by which task */

/* The table of what the environment on the top has loaded, above it. */
static void push_loaded(lua_State *L)
{
    if (lua_getfield(L, LUA_REGISTRYINDEX, key_loaded) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_createtable(L, 0, 1);
        lua_pushliteral(L, "k"); /* it goes with its environment */
        lua_setfield(L, -2, "__mode");
        lua_setmetatable(L, -2);
        lua_pushvalue(L, -1);
        lua_setfield(L, LUA_REGISTRYINDEX, key_loaded);
    }
    lua_pushvalue(L, -2);
    if (lua_rawget(L, -2) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -3);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    lua_remove(L, -2);
}

/* "lib.names" as "lib/names.lua". */
static void file_of(lua_State *L, const char *name, char path[NAME_MAX_BYTES + 8])
{
    size_t n = strlen(name);
    bool good =
        n > 0 && n < NAME_MAX_BYTES && name[0] != '.' && name[n - 1] != '.' && !strstr(name, "..");
    for (const char *s = name; good && *s; s++)
        good = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", *s);
    if (!good)
        problem_raise(
            L, "argument",
            "require: \"%.60s\" is no module: letters, digits, _ and -, folders parted by "
            "dots",
            name);
    for (size_t i = 0; i < n; i++)
        path[i] = name[i];
    for (size_t i = 0; i < n; i++)
        if (path[i] == '.')
            path[i] = '/';
    strcpy(path + n, ".lua");
}

/* The text of the module, on the top; a userdata holds it until it is one of Lua's. */
static void push_text(lua_State *L, const char *name, const char *path)
{
    const char *folder = env_folder(HOST(L), HOST(L)->running->env_ref);
    struct stat st;
    if (!folder)
        problem_raise(L, "argument",
                      "require: no module %.60s: what was typed has no folder; vigie.sky and the "
                      "others of the program are there",
                      name);
    int fd = files_beneath(folder, path);
    if (fd < 0 && (errno == EXDEV || errno == ELOOP))
        problem_raise(L, "permission", "require: %s leads out of the script's folder", path);
    if (fd < 0)
        problem_raise(L, "argument", "require: no module %.60s: there is no %s beside the script",
                      name, path);
    if (fstat(fd, &st) != 0 || st.st_size > MODULE_MAX) {
        close(fd);
        problem_raise(L, "limit", "require: %s has more than 1 MB", path);
    }
    char *bytes = mem_alloc((size_t)st.st_size + 1);
    size_t n = 0;
    for (ssize_t k = 1; k > 0 && n<(size_t)st.st_size; n += k> 0 ? (size_t)k : 0)
        k = read(fd, bytes + n, (size_t)st.st_size - n);
    close(fd);
    push_bytes(L, bytes, n);
}

/* name, environment, loaded, what the module gave */
static int required(lua_State *L, int status, lua_KContext ctx)
{
    (void)ctx;
    bool failed = status != LUA_OK && status != LUA_YIELD;
    if (!failed && lua_isnil(L, 4)) {
        lua_pushboolean(L, 1);
        lua_replace(L, 4);
    }
    lua_pushvalue(L, 1);
    if (failed)
        lua_pushnil(L); /* the next require tries again */
    else
        lua_pushvalue(L, 4);
    lua_rawset(L, 3);
    lua_settop(L, 4);
    return failed ? lua_error(L) : 1;
}

/* The task that reads the module whose mark is on the top; NULL: it ended in the middle, or the value is no
 * mark. */
static const struct task *reader(lua_State *L)
{
    const uint64_t *id = luaL_testudata(L, -1, t_loading);
    const struct task *t = id ? task_find(HOST(L), *id) : NULL;
    return t && !task_ended(t) ? t : NULL;
}

static void push_mark(lua_State *L)
{
    uint64_t *id = lua_newuserdatauv(L, sizeof *id, 0);
    *id = HOST(L)->running->id;
    luaL_newmetatable(L, t_loading);
    lua_setmetatable(L, -2);
}

static int base_require(lua_State *L);

static int require_again(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    return base_require(L);
}

static int base_require(lua_State *L)
{
    enum { LOOK_MS = 20 };
    char path[NAME_MAX_BYTES + 8];
    const char *name = lua_tostring(L, 1);
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, HOST(L)->running->env_ref);
    if (strncmp(name, "vigie.", 6) == 0) {
        for (size_t i = 0; lua_modules[i]; i++)
            if (lua_modules[i]->name[0] && strcmp(lua_modules[i]->name, name + 6) == 0) {
                lua_pushstring(L, name + 6);
                lua_rawget(L, 2);
                return 1;
            }
        return problem_raise(L, "argument", "require: the program has no module %.60s", name + 6);
    }
    file_of(L, name, path);
    push_loaded(L);
    lua_pushvalue(L, 1);
    lua_rawget(L, 3);
    const struct task *t = reader(L);
    if (t && t == HOST(L)->running)
        return problem_raise(L, "script",
                             "require: %.60s is being read already: does it require itself?", name);
    if (t) { /* another task of the script is at it */
        task_wait(HOST(L), "a module", NULL, NULL);
        task_wake_after(HOST(L), LOOK_MS / 1000.0);
        return task_leave(L, 0, require_again);
    }
    if (!lua_isnil(L, -1) && !luaL_testudata(L, -1, t_loading))
        return 1;
    lua_pop(L, 1);
    push_text(L, name, path);
    size_t n;
    const char *text = lua_tolstring(L, -1, &n);
    lua_pushfstring(L, "=%s", path);
    if (luaL_loadbufferx(L, text, n, lua_tostring(L, -1), "t") != LUA_OK)
        return problem_raise(L, "script", "require: %s", lua_tostring(L, -1));
    lua_pushvalue(L, 2);
    if (!lua_setupvalue(L, -2, 1))
        lua_pop(L, 1);
    lua_pushvalue(L, 1);
    push_mark(L);
    lua_rawset(L, 3);
    lua_replace(L, 4);
    lua_settop(L, 4);
    lua_pushvalue(L, 1);
    return required(L, lua_pcallk(L, 1, 1, 0, 0, required), 0);
}

static const struct lua_fn rows[] = {
    {"require", base_require, "(name: string)", "what the module gives",
     "A module of the program (\"vigie.sky\"), or a file beside the script (\"tools\": tools.lua, "
     "\"lib.names\": lib/names.lua); read once, in the script's own environment.",
     "print(require \"vigie.sky\" == sky)"},
    {0}};

const struct lua_module lua_module_require = {"", NULL, "modules", rows, NULL};
