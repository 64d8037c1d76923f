/* api_script.c - module script: scripts of the library run by others. Not: the library (session).
 */
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "param.h"
#include "push.h"
#include "raw.h"
#include "vigie/base/file.h"
#include "vigie/session/console.h"
#include "vigie/session/session.h"

/* A script of the library; NULL: a file at this path, which only Lua with all rights may run (`vigie run FILE` of a
 * script that needs a device). */
static const struct console_script *find(lua_State *L, const char *name)
{
    struct console *c = session_console(here(L, "script"));
    console_scripts_read(c);
    const struct console_script *s = console_script_find(c, name), *near = NULL;
    int least = 4;
    if (s || (name[0] == '/' && api_has(L, "*")))
        return s;
    for (size_t i = 0; i < console_scripts(c); i++) {
        const struct console_script *o = console_script_at(c, i);
        char bare[64];
        snprintf(bare, sizeof bare, "%.*s", (int)strcspn(o->name, "."), o->name);
        if (str_near(bare, name) < least) {
            least = str_near(bare, name);
            near = o;
        }
    }
    problem_raise(L, "argument", "script: no script \"%.40s\" in the library%s%.40s%s", name,
                  near ? "; did you mean " : "", near ? near->name : "", near ? "?" : "");
    return NULL;
}

/* struct reading - text, head and parameters of a script; a userdata frees them. */
struct reading {
    struct str text;
    struct script_header head;
    struct arena arena;
};

static int reading_gone(lua_State *L)
{
    struct reading *r = lua_touserdata(L, 1);
    str_clear(&r->text);
    header_clear(&r->head);
    arena_clear(&r->arena);
    return 0;
}

static struct reading *read_script(lua_State *L, const char *path)
{
    struct error err;
    struct reading *r = lua_newuserdatauv(L, sizeof *r, 0);
    memset(r, 0, sizeof *r);
    if (luaL_newmetatable(L, "vigie.script")) {
        lua_pushcfunction(L, reading_gone);
        lua_setfield(L, -2, "__gc");
        lua_pushliteral(L, "locked");
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    if (file_read(path, SCRIPT_MAX, &r->text, &err) != OK ||
        header_read(str_c(&r->text), r->text.n, &r->head, &err) != OK)
        problem_raise_error(L, &err);
    return r;
}

/* A value as the text a parameter is read from, with all its digits. */
static const char *param_text(lua_State *L, struct arena *a, int index)
{
    char text[64];
    if (is_type(L, index, t_angle)) {
        snprintf(text, sizeof text, "%.17grad", *(double *)lua_touserdata(L, index));
        return arena_str(a, text);
    }
    if (is_type(L, index, t_duration)) {
        snprintf(text, sizeof text, "%.17gs", *(double *)lua_touserdata(L, index));
        return arena_str(a, text);
    }
    if (is_type(L, index, t_time)) {
        char iso[UTC_TEXT];
        return arena_str(a, utc_format(*(struct jd_utc *)lua_touserdata(L, index), 9, iso));
    }
    if (is_type(L, index, t_coord)) {
        const struct sky_star *c = lua_touserdata(L, index);
        snprintf(text, sizeof text, "%.12f %+.12f", c->ra_rad * 180 / 3.14159265358979323846,
                 c->dec_rad * 180 / 3.14159265358979323846);
        return arena_str(a, text);
    }
    const char *s = arena_str(a, luaL_tolstring(L, index, NULL));
    lua_pop(L, 1);
    return s;
}

/* A script can be given no more than the one that runs it has. */
static const char *grants_for(lua_State *L, const struct script_header *h, bool imported)
{
    const char *mine = env_grants(HOST(L), HOST(L)->running->env_ref);
    const char *needs = h->needs ? h->needs : h->has || imported ? "" : "*";
    if (strcmp(mine, "*") == 0)
        return needs;
    if (strcmp(needs, "*") == 0)
        return mine;
    for (const char *p = needs; *p;) {
        size_t n = strcspn(p, " ");
        char word[64];
        snprintf(word, sizeof word, "%.*s", (int)n, p);
        if (!api_granted(mine, word))
            problem_raise(
                L, "permission",
                "script.run: it needs %s: the header of the script that runs it must say so "
                "too",
                word);
        p += n + (p[n] == ' ');
    }
    return needs;
}

/* script_start(name, params): a task. */
static int raw_start(lua_State *L)
{
    struct lua_host *h = HOST(L);
    struct error err;
    bool incomplete;
    lua_settop(L, 2);
    const struct console_script *s = find(L, luaL_checkstring(L, 1));
    const char *path = s ? s->path : lua_tostring(L, 1), *slash = strrchr(path, '/');
    const char *name = s ? s->name : slash + 1;
    bool imported = console_trust(session_console(here(L, "script.run")), path) == TRUST_IMPORTED;
    struct reading *r = read_script(L, path); /* index 3 */
    struct param_text *given = arena_alloc(&r->arena, sizeof *given * (SCRIPT_PARAMS + 1));
    size_t n = 0;
    const char *grants = grants_for(L, &r->head, imported);
    for (lua_istable(L, 2) ? lua_pushnil(L) : lua_settop(L, 3); lua_istable(L, 2) && lua_next(L, 2);
         lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || n == SCRIPT_PARAMS)
            return problem_raise(L, "argument", "script.run: parameters are {name = value}");
        given[n].name = arena_str(&r->arena, lua_tostring(L, -2));
        given[n++].text = param_text(L, &r->arena, -1);
    }
    if (params_push(L, &r->head, given, n, &err) != OK)
        return problem_raise(L, "argument", "%.80s: %s", name, err.text);
    if (!api_has(L, "vo") && params_objects(L, lua_gettop(L)))
        return problem_raise(
            L, "permission",
            "script.run: a place by its name is looked up in the VO: needs = { \"vo\" }");
    lua_xmove(L, h->L, 1);
    struct task *parent = h->running;
    uint64_t id =
        lua_host_start_with(h, name, str_c(&r->text), r->text.n, false, grants, &incomplete, &err);
    if (!id)
        return problem_raise_error(L, &err);
    struct task *t = task_find(h, id);
    task_script(h, id, path);
    if (imported)
        task_guard(h, id, grants, str_c(&r->text), r->text.n);
    t->parent = parent->id;
    parent->parted = true;
    t->orphan = false;
    task_push(L, t);
    return 1;
}

void raw_scripts(lua_State *L)
{
    lua_pushcfunction(L, raw_start);
    lua_setfield(L, -2, "script_start");
}

static int script_list(lua_State *L)
{
    struct console *c = session_console(here(L, "script.list"));
    console_scripts_read(c);
    lua_newtable(L);
    set_list(L);
    for (size_t i = 0; i < console_scripts(c); i++) {
        const struct console_script *s = console_script_at(c, i);
        lua_createtable(L, 0, 5);
        set_text(L, "name", s->name);
        set_text(L, "summary", s->summary);
        set_text(L, "needs", s->needs);
        set_text(L, "from", s->from);
        set_text(L, "bad", s->bad);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int script_params(lua_State *L)
{
    lua_settop(L, 1);
    const struct console_script *s = find(L, lua_tostring(L, 1));
    struct reading *r = read_script(L, s ? s->path : lua_tostring(L, 1));
    lua_newtable(L);
    for (size_t i = 0; i < r->head.params.n; i++) {
        const struct script_param *q = &r->head.params.at[i];
        lua_createtable(L, 0, 7);
        set_text(L, "name", q->name);
        set_text(L, "type", q->type);
        set_text(L, "default", q->def);
        set_text(L, "label", q->label);
        set_text(L, "min", q->min);
        set_text(L, "max", q->max);
        set_text(L, "of", q->of);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- presets ---- */

static int script_presets(lua_State *L)
{
    struct console *c = session_console(here(L, "script.presets"));
    const struct console_script *s = find(L, lua_tostring(L, 1));
    lua_newtable(L);
    set_list(L);
    for (size_t i = 0; console_presets(c, s->name, i); i++) {
        lua_pushstring(L, console_presets(c, s->name, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int script_preset(lua_State *L)
{
    struct console *c = session_console(here(L, "script.preset"));
    const struct console_script *s = find(L, lua_tostring(L, 1));
    const char *preset = luaL_optstring(L, 2, "");
    struct error err;
    if (!console_preset_there(c, s->name, preset)) {
        console_preset_none(c, s->name, preset, &err);
        return problem_raise(L, "argument", "script.preset: %s", err.text);
    }
    struct reading *r = read_script(L, s->path);
    lua_newtable(L);
    for (size_t i = 0; i < r->head.params.n; i++)
        set_text(L, r->head.params.at[i].name,
                 console_preset(c, s->name, preset, r->head.params.at[i].name));
    return 1;
}

/* Kept are values that can stand, and no secret. */
static int script_preset_save(lua_State *L)
{
    api_need(L, "session", "script.preset_save"); /* they decide what other scripts do */
    struct console *c = session_console(here(L, "script.preset_save"));
    const struct console_script *s = find(L, lua_tostring(L, 1));
    struct reading *r = read_script(L, s->path);
    struct script_value value[SCRIPT_PARAMS];
    struct error err;
    const char *near;
    size_t n = 0;
    if (!*lua_tostring(L, 2))
        return problem_raise(L, "argument", "script.preset_save: a preset needs a name");
    for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
        const struct script_param *q = header_param(&r->head, name, &near);
        if (!q || n == SCRIPT_PARAMS)
            return problem_raise(L, "argument", "script.preset_save: %s has no parameter %.40s%s%s",
                                 s->name, *name ? name : "of a number",
                                 near ? "; did you mean " : "", near ? near : "");
        const char *text = param_text(L, &r->arena, -1);
        if (param_check(L, q, text, &err) != OK)
            return problem_raise(L, "argument", "script.preset_save: %s", err.text);
        if (strcmp(q->type, "secret") != 0)
            value[n++] = (struct script_value){q->name, text};
    }
    if (console_preset_save(c, s->name, lua_tostring(L, 2), value, n, &err) != OK)
        return problem_raise_error(L, &err);
    return 0;
}

static int script_preset_delete(lua_State *L)
{
    api_need(L, "session", "script.preset_delete");
    struct console *c = session_console(here(L, "script.preset_delete"));
    const struct console_script *s = find(L, lua_tostring(L, 1));
    struct error err;
    if (console_preset_delete(c, s->name, lua_tostring(L, 2), &err) != OK)
        return problem_raise(L, "argument", "script.preset_delete: %s", err.text);
    return 0;
}

static const struct lua_fn rows[] = {
    {"run", api_in_lua, "(name: string, [params: table])", "what the script gives",
     "Runs a script of the library with parameters and waits for its end.",
     "print(try(script.run, \"no-such\", {depth = 5}))"},
    {"list", script_list, "()", "rows {name, summary, needs, from, bad}",
     "The library: the user's own scripts, imported ones, those shipped.", "print(#script.list())"},
    {"params", script_params, "(name: string)", "rows {name, type, default, label, min, max, of}",
     "The parameters of a script.", "print(try(script.params, \"no-such\"))"},
    {"presets", script_presets, "(name: string)", "list of names",
     "The sets of values kept for a script under a name, in its form or by script.preset_save.",
     "print(#script.presets\"plan\")"},
    {"preset", script_preset, "(name: string, [preset: string])", "table {parameter = text}",
     "The values of a preset, to be given to script.run; without a name those of the last run of "
     "its form.",
     "script.preset_save(\"plan\", \"deep\", {min_depth = 12}) "
     "print(script.preset(\"plan\", \"deep\").min_depth)"},
    {"preset_save", script_preset_save, "(name: string, preset: string, params: table)", "nothing",
     "Keeps values for a script under a name: they are in its form, and behind --preset.",
     "script.preset_save(\"plan\", \"deep\", {min_depth = 12})"},
    {"preset_delete", script_preset_delete, "(name: string, preset: string)", "nothing",
     "Forgets a preset.",
     "script.preset_save(\"plan\", \"gone\", {}) script.preset_delete(\"plan\", \"gone\")"},
    {0}};

const struct lua_module lua_module_script = {"script", NULL, "scripts of the library", rows, NULL};
