/* api_base.c - printf, help, and the module session.
 * Not: the values (types.c), the sky (api_sky.c).
 */
#include "pretty.h"
#include "push.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/session/session.h"
#include "vigie/session/devicedesk.h"
#include "vigie/session/options.h"
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

static int base_print(lua_State *L)
{
    struct lua_host *h = HOST(L);
    int n = lua_gettop(L);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (int i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addchar(&b, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    size_t len;
    const char *s = lua_tolstring(L, -1, &len);
    if (h->ops.print)
        h->ops.print(h->arg, h->running ? h->running->id : 0, s, len);
    return 0;
}

/* fail(format, ...): an error of the script's own, a sentence without a traceback. */
static int base_fail(lua_State *L)
{
    return problem_raise(L, "script", "%s", formatted(L, NULL));
}

enum detail { CALL_ONLY, WITH_HELP, WHOLE };

/* A row as help shows it; owner: its module or type. */
static void help_row(struct str *t, const char *owner, const char *joint, const struct lua_fn *f,
                     const char *needs, enum detail detail)
{
    str_addf(t, "%s%s%s%s -> %s\n", owner, joint, f->name, f->args ? f->args : "", f->gives);
    if (detail == CALL_ONLY)
        return;
    str_addf(t, "  %s\n", f->help);
    if (detail == WITH_HELP)
        return;
    if (needs)
        str_addf(t, "  needs \"%s\"\n", needs);
    if (f->example)
        str_addf(t, "  example: %s\n", f->example);
}

/* struct hunt - rows that fit a word. exact: the word is the whole name, else a part of it. */
struct hunt {
    const char *what;
    bool exact;
    int hits;
    struct str out;
};

static void hunt_rows(struct hunt *h, const char *owner, const char *joint, const char *needs,
                      const struct lua_fn *rows)
{
    for (const struct lua_fn *f = rows; f && f->name; f++) {
        char full[80];
        snprintf(full, sizeof full, "%s%s%s", owner, joint, f->name);
        bool hit = h->exact
                       ? strcmp(full, h->what) == 0 || (!*owner && strcmp(f->name, h->what) == 0)
                       : !h->what[0] || str_hasi(full, h->what) || str_hasi(f->help, h->what);
        if (hit) {
            help_row(&h->out, owner, joint, f, needs,
                     h->exact   ? WHOLE
                     : *h->what ? WITH_HELP
                                : CALL_ONLY);
            h->hits++;
        }
    }
}

/* A module or a type of exactly that name: what it is, and its rows. */
static void hunt_owner(struct hunt *h, const char *owner, const char *joint, const char *help,
                       const struct lua_fn *rows)
{
    if (!*owner || strcmp(owner, h->what) != 0)
        return;
    str_addf(&h->out, "%s - %s\n", owner, help);
    for (const struct lua_fn *f = rows; f && f->name; f++)
        help_row(&h->out, owner, joint, f, NULL, CALL_ONLY);
    h->hits++;
}

static void hunt_all(struct hunt *h)
{
    for (size_t i = 0; lua_modules[i]; i++) {
        const struct lua_module *m = lua_modules[i];
        hunt_rows(h, m->name, *m->name ? "." : "", m->needs, m->fns);
        if (h->exact)
            hunt_owner(h, m->name, ".", m->help, m->fns);
    }
    for (size_t i = 0; lua_types[i]; i++) {
        const struct lua_type *t = lua_types[i];
        hunt_rows(h, t->name, ":", NULL, t->rows);
        if (h->exact)
            hunt_owner(h, t->name, ":", t->help, t->rows);
    }
}

static void print_text(struct lua_host *h, const char *s, size_t n)
{
    if (h->ops.print)
        h->ops.print(h->arg, h->running ? h->running->id : 0, s, n);
}

/* The rows of a module whose table, or of which a function, is the value. The tables are those of the
 * environment in which the call runs. */
static bool name_of_value(lua_State *L, int value, char out[80])
{
    struct lua_host *h = HOST(L);
    bool found = false;
    if (!h->running || (!lua_isfunction(L, value) && !lua_istable(L, value)))
        return false;
    for (size_t i = 0; lua_modules[i] && !found; i++) {
        const char *m = lua_modules[i]->name;
        lua_rawgeti(L, LUA_REGISTRYINDEX, h->running->env_ref);
        for (const char *p = m; *p && lua_istable(L, -1); p += strcspn(p, "."), p += *p == '.') {
            lua_pushlstring(L, p, strcspn(p, "."));
            lua_rawget(L, -2);
            lua_remove(L, -2);
        }
        if (*m && lua_rawequal(L, -1, value)) {
            snprintf(out, 80, "%s", m);
            found = true;
        }
        for (const struct lua_fn *f = lua_modules[i]->fns; f->name && !found; f++) {
            if (!lua_istable(L, -1))
                break;
            lua_pushstring(L, f->name);
            lua_rawget(L, -2);
            found = lua_rawequal(L, -1, value);
            if (found)
                snprintf(out, 80, "%s%s%s", m, *m ? "." : "", f->name);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    return found;
}

/* What a value is called in the help: its function's or module's name, its type; false: it is Lua's own. */
static bool value_name(lua_State *L, int value, char out[80])
{
    snprintf(out, 80, "%s", luaL_typename(L, value));
    if (!lua_isuserdata(L, value) || luaL_getmetafield(L, value, "__name") != LUA_TSTRING)
        return name_of_value(L, value, out);
    snprintf(out, 80, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
    return true;
}

static void help_print(struct lua_host *host, const struct str *out)
{
    for (const char *p = str_c(out), *nl; *p; p = nl + (*nl == '\n')) {
        nl = p + strcspn(p, "\n");
        print_text(host, p, (size_t)(nl - p));
    }
}

/* The help of the value at an index; method: behind its type (":sort"), or "". */
static void hunt_value(lua_State *L, struct hunt *h, int value, const char *said,
                       const char *method)
{
    char name[80], full[120];
    bool ours = value_name(L, value, name);
    snprintf(full, sizeof full, "%s%s", name, method);
    h->what = full;
    if (!ours)
        str_addf(&h->out, "%s%sa %s%s\n", said, *said ? ": " : "", name,
                 lua_isfunction(L, value) ? " of Lua, or made here" : "");
    else if (*said)
        str_addf(&h->out, "%s: %s\n", said, name);
    if (ours)
        hunt_all(h);
    h->hits++; /* it is said what it is */
    h->what = "";
}

/* help(), help"sky", help"sky.altaz", help"rise", help(x): a name, a module, a value, or every row that holds
 * the word. A second argument (x? gives it) is the value of the name, where the name says nothing. */
static int base_help(lua_State *L)
{
    struct hunt h = {.what = "", .exact = true, .out = {.max = 200000}};
    lua_settop(L, 2);
    if (lua_isstring(L, 1) && lua_type(L, 1) == LUA_TSTRING) {
        h.what = lua_tostring(L, 1);
        hunt_all(&h);
        if (h.hits == 0 && !lua_isnil(L, 2)) {
            const char *method = strrchr(h.what, ':');
            hunt_value(L, &h, 2, h.what, method ? method : "");
        }
    } else if (!lua_isnil(L, 1)) {
        hunt_value(L, &h, 1, "", "");
    }
    h.exact = false;
    if (h.hits == 0)
        hunt_all(&h);
    if (h.hits == 0)
        str_addf(&h.out, "nothing about \"%s\"; help() lists all\n", h.what);
    help_print(HOST(L), &h.out);
    str_clear(&h.out);
    return 0;
}

static int base_pp(lua_State *L)
{
    struct str *out = push_str(L);
    out->max = 1000000;
    lua_insert(L, 1);
    if (!pretty_whole(L, 2, host_columns(HOST(L)), out))
        return problem_raise(L, "script", "pp: its __tostring failed");
    print_text(HOST(L), str_c(out), out->n);
    return 0;
}

/* The rows that a word names, else those that hold it: their examples. */
static void tell_examples(struct lua_host *host, const char *what, const char *owner,
                          const char *joint, const struct lua_fn *rows, int *n)
{
    for (const struct lua_fn *f = rows; f && f->name; f++) {
        char full[80];
        snprintf(full, sizeof full, "%s%s%s", owner, joint, f->name);
        if (!f->example || (strcmp(full, what) != 0 && strcmp(owner, what) != 0))
            continue;
        print_text(host, f->example, strlen(f->example));
        if (host->ops.suggest && host->running && host->running->console)
            host->ops.suggest(host->arg, f->example); /* to who typed the line, nobody else */
        ++*n;
    }
}

static int base_examples(lua_State *L)
{
    char name[80];
    const char *what = name;
    int n = 0;
    if (lua_type(L, 1) == LUA_TSTRING)
        what = lua_tostring(L, 1);
    else
        value_name(L, 1, name);
    for (size_t i = 0; lua_modules[i]; i++)
        tell_examples(HOST(L), what, lua_modules[i]->name, lua_modules[i]->name[0] ? "." : "",
                      lua_modules[i]->fns, &n);
    for (size_t i = 0; lua_types[i]; i++)
        tell_examples(HOST(L), what, lua_types[i]->name, ":", lua_types[i]->rows, &n);
    if (n == 0)
        return problem_raise(L, "argument",
                             "examples: nothing is called %.60s; help\"%.60s\" looks "
                             "for it everywhere",
                             what, what);
    return 0;
}

static const struct lua_fn base_rows[] = {
    {"printf", base_printf, "(format: string, ...)", "nothing", "Prints like string.format.",
     "printf(\"%.2f mag\", 12.345)"},
    {"print", base_print, "(...)", "nothing", "Prints its values, parted by tabs.",
     "print(\"alt\", angle(30))"},
    {"try", api_in_lua, "(f: any, ...)", "what f gave, or nil and the error",
     "Calls f with what follows; a failure is given back instead of raised. The error has kind, "
     "message, hint.",
     "local v, e = try(sky.altaz, \"nowhere\") print(v, e.kind, e.message)"},
    {"fail", base_fail, "(format: string, ...)", "nothing",
     "Ends the script with a sentence, without a traceback.",
     "print(try(fail, \"no %s tonight\", \"flats\"))"},
    {"help", base_help, "([what: any], [value: any])", "nothing",
     "What there is: help(), help\"sky\", help\"sky.altaz\"; of a value: help(t); every text that "
     "holds a word: help\"rise\". At the prompt sky.altaz? and t? ask the same.",
     "help\"sky.altaz\""},
    {"examples", base_examples, "(what: any)", "nothing",
     "Prints the examples of a function, a module or a type; in the console the last one is put to "
     "the "
     "prompt, Up brings those before.",
     "examples\"sky.altaz\""},
    {"pp", base_pp, "(value: any)", "nothing",
     "Prints a value whole: all rows of a list, tables inside tables.",
     "pp({a = {b = {c = {d = {1, 2}}}}})"},
    {0}};
const struct lua_module lua_module_base = {"", NULL, "printing, errors, help", base_rows, NULL};

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

/* What the options say of telescope and camera; what is not set is nil. */
static void push_instrument(lua_State *L, const struct conf *conf)
{
    lua_createtable(L, 0, 2);
    set_number(L, "aperture", conf_number(conf, "aperture"));
    set_number(L, "focal", conf_number(conf, "camera.focal"));
    double width = conf_number(conf, "fov.width"), height = conf_number(conf, "fov.height");
    set_angle(L, "fov_width", width / 60 * acos(-1) / 180);
    set_angle(L, "fov_height", height / 60 * acos(-1) / 180);
}

/* This night: the date of its evening, noon to noon. */
static void push_night(lua_State *L, const struct session *s)
{
    const struct site *site = session_site(s, NULL);
    double lon = site ? site->lon_rad : 0;
    int64_t noon = night_noon_ns(session_now_ns(s), lon);
    char evening[11];
    night_evening(session_now_ns(s), lon, evening);
    lua_createtable(L, 0, 3);
    set_text(L, "evening", evening);
    set_time(L, "start", utc_of_wall(noon));
    set_time(L, "stop", utc_of_wall(noon + 86400LL * 1000000000));
}

/* Where the telescope points; nil: not known, or not current. */
static void push_pointing(lua_State *L, const struct session *s)
{
    double ra, dec;
    if (session_pointing(s, &ra, &dec))
        push_coord(L, &(struct sky_star){.ra_rad = ra, .dec_rad = dec});
    else
        lua_pushnil(L);
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
    else if (strcmp(key, "instrument") == 0)
        push_instrument(L, session_conf(s));
    else if (strcmp(key, "night") == 0)
        push_night(L, s);
    else if (strcmp(key, "aperture") == 0)
        lua_pushnumber(L, conf_number(session_conf(s), "aperture"));
    else if (strcmp(key, "pointing") == 0)
        push_pointing(L, s);
    else if (strcmp(key, "offline") == 0)
        lua_pushboolean(L, session_offline(s));
    else
        return problem_raise(
            L, "argument",
            "session has no %s: it has site instrument pointing night now aperture "
            "offline, set() get() on()",
            key);
    return 1;
}

static int session_set_option(lua_State *L)
{
    struct session *s = api_session(L);
    struct error err;
    if (!s)
        return problem_raise(L, "gone", "session.set: no session runs here");
    if (session_guards(s, lua_tostring(L, 1)))
        return problem_raise(L, "safety",
                             "session.set: %s keeps the telescope safe: no script sets it",
                             lua_tostring(L, 1));
    if (!api_has(L, "*") && !option_open(lua_tostring(L, 1)))
        return problem_raise(
            L, "permission",
            "session.set: %.60s: only you and your own scripts without a header set it",
            lua_tostring(L, 1));
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
    {"on", api_in_lua, "(what: string, f: function)", "task",
     "Calls f at each \"dusk\" and \"dawn\" (Sun at -18 deg), when somebody attaches (\"attach\"), "
     "when "
     "the session ends (\"end\").",
     "local h = session.on(\"dusk\", function(t) print(t) end) h:off()"},
    {0}};
const struct lua_module lua_module_session = {
    "session", "session",
    "the session: session.site {name, lon, lat, height, horizon}, session.instrument {aperture, "
    "focal (mm), "
    "fov_width, fov_height}, session.night {evening, start, stop}, session.now, session.offline",
    session_rows, session_fields};
