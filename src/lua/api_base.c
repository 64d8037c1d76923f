/* api_base.c - printf, help, and the modules log and session.
 * Not: the values (types.c), the sky (api_sky.c).
 */
#include "api.h"

#include <string.h>

#include "vigie/base/log.h"
#include "vigie/session/session.h"
#include "vigie/session/site.h"

/* string.format on the arguments, the text on the top. The format function is the library's own, not the script's. */
static const char *formatted(lua_State *L, size_t *n)
{
    lua_getglobal(L, "format"); /* of the empty globals: nothing a script can reach */
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return lua_tolstring(L, -1, n);
}

static int base_printf(lua_State *L)
{
    struct lua_host *h = HOST(L);
    size_t n;
    const char *s = formatted(L, &n);
    while (n > 0 && s[n - 1] == '\n')
        n--;
    if (h->ops.print)
        h->ops.print(h->arg, h->running ? h->running->id : 0, s, n);
    return 0;
}

static void help_row(struct str *t, const struct lua_module *m, const struct lua_fn *f, bool whole)
{
    str_addf(t, "%s%s%s%s -> %s\n", m->name, m->name[0] ? "." : "", f->name, f->args, f->gives);
    if (!whole)
        return;
    str_addf(t, "  %s\n", f->help);
    if (m->needs)
        str_addf(t, "  needs \"%s\"\n", m->needs);
    if (f->example)
        str_addf(t, "  example: %s\n", f->example);
}

/* help(), help"sky", help"sky.altaz", help"rise": a name, a module, or every row that holds the word. */
static int base_help(lua_State *L)
{
    const char *what = luaL_optstring(L, 1, "");
    struct str t = {.max = 100000};
    char full[64];
    int hits = 0;
    for (size_t i = 0; lua_modules[i]; i++)
        for (const struct lua_fn *f = lua_modules[i]->fns; f && f->name; f++) {
            snprintf(full, sizeof full, "%s%s%s", lua_modules[i]->name,
                     lua_modules[i]->name[0] ? "." : "", f->name);
            if (strcmp(full, what) == 0) {
                help_row(&t, lua_modules[i], f, true);
                hits++;
            }
        }
    for (size_t i = 0; hits == 0 && lua_modules[i]; i++)
        for (const struct lua_fn *f = lua_modules[i]->fns; f && f->name; f++)
            if (!what[0] || strcmp(lua_modules[i]->name, what) == 0 || str_hasi(f->name, what) ||
                str_hasi(f->help, what))
                help_row(&t, lua_modules[i], f, false);
    if (t.n == 0)
        str_addf(&t, "nothing about \"%s\"; help() lists all\n", what);
    struct lua_host *h = HOST(L);
    for (const char *p = t.s, *nl; *p; p = nl + 1) {
        nl = strchr(p, '\n');
        if (h->ops.print)
            h->ops.print(h->arg, h->running ? h->running->id : 0, p, (size_t)(nl - p));
    }
    str_clear(&t);
    return 0;
}

static const struct lua_fn base_rows[] = {
    {"printf", base_printf, "(format: string, ...)", "nothing", "Prints like string.format.",
     "printf(\"%.2f mag\", 12.345)"},
    {"help", base_help, "([word: string])", "nothing",
     "What there is: help(), help\"sky\", help\"sky.altaz\", help\"rise\".", "help\"sky.altaz\""},
    {0}};
const struct lua_module lua_module_base = {"", NULL, "printing and help", base_rows, NULL};

static int log_at(lua_State *L, enum log_level level)
{
    size_t n;
    struct lua_host *h = HOST(L);
    const char *name = h->running ? h->running->name : "script", *text = formatted(L, &n);
    log_put(level, "lua", name, "%s", text);
    return 0;
}

static int log_info(lua_State *L)
{
    return log_at(L, LOG_INFO);
}

static int log_warn(lua_State *L)
{
    return log_at(L, LOG_WARN);
}

static int log_error(lua_State *L)
{
    return log_at(L, LOG_TROUBLE);
}

static const struct lua_fn log_rows[] = {
    {"info", log_info, "(format: string, ...)", "nothing", "A line in the night log.",
     "log.info(\"seeing %.1f\", 2.1)"},
    {"warn", log_warn, "(format: string, ...)", "nothing", "A warning in the night log.",
     "log.warn(\"clouds from the west\")"},
    {"error", log_error, "(format: string, ...)", "nothing", "A trouble in the night log.",
     "log.error(\"focus lost\")"},
    {0}};
const struct lua_module lua_module_log = {"log", NULL, "lines in the night log", log_rows, NULL};

static void push_site(lua_State *L, const struct session *s)
{
    const struct site *site = session_site(s, NULL);
    if (!site) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 4);
    lua_pushstring(L, session_site_name(s));
    lua_setfield(L, -2, "name");
    push_angle(L, site->lon_rad);
    lua_setfield(L, -2, "lon");
    push_angle(L, site->lat_rad);
    lua_setfield(L, -2, "lat");
    lua_pushnumber(L, site->height_m);
    lua_setfield(L, -2, "height");
    lua_pushboolean(L, site->horizon != NULL);
    lua_setfield(L, -2, "horizon");
}

static int session_index(lua_State *L)
{
    struct session *s = api_session(L);
    const char *key = luaL_checkstring(L, 2);
    if (!s)
        return problem_raise(L, "gone", "session.%s: no session runs here", key);
    if (strcmp(key, "site") == 0)
        push_site(L, s);
    else if (strcmp(key, "now") == 0)
        push_time(L, utc_of_wall(session_now_ns(s)));
    else if (strcmp(key, "aperture") == 0)
        lua_pushnumber(L, conf_number(session_conf(s), "aperture"));
    else if (strcmp(key, "offline") == 0)
        lua_pushboolean(L, session_offline(s));
    else
        return problem_raise(
            L, "argument", "session has no %s: it has site now aperture offline, set() get()", key);
    return 1;
}

static int session_set_option(lua_State *L)
{
    struct session *s = api_session(L);
    struct error err;
    if (!s)
        return problem_raise(L, "gone", "session.set: no session runs here");
    if (session_set(s, lua_tostring(L, 1), luaL_tolstring(L, 2, NULL), &err) != OK)
        return problem_raise_error(L, &err);
    return 0;
}

static int session_get_option(lua_State *L)
{
    struct session *s = api_session(L);
    if (!s)
        return problem_raise(L, "gone", "session.get: no session runs here");
    const char *name = lua_tostring(L, 1);
    const struct conf_option *row = conf_row(session_conf(s), name);
    if (!row)
        return problem_raise(L, "argument", "session.get: no option named %s", name);
    if (row->type == CONF_SECRET)
        return problem_raise(L, "permission", "session.get: %s is a secret", name);
    lua_pushstring(L, conf_text(session_conf(s), name));
    return 1;
}

static void session_fields(lua_State *L)
{
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, session_index);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

static const struct lua_fn session_rows[] = {
    {"set", session_set_option, "(name: string, value: any)", "nothing",
     "Sets an option, as :set does.", "session.set(\"transits.min-alt\", 25)"},
    {"get", session_get_option, "(name: string)", "string", "The value of an option.",
     "print(session.get\"transits.min-alt\")"},
    {0}};
const struct lua_module lua_module_session = {
    "session", "session",
    "the session: session.site {name, lon, lat, height, horizon}, session.now, session.aperture "
    "(mm), session.offline",
    session_rows, session_fields};
