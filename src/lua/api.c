/* api.c - from rows to functions: the signature is read once, each call is held against it, a typo is answered with the nearest name.
 * Not: any row.
 */
#include "api.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = API_NAME, MAX_ARGS = API_ARGS };

struct sig {
    const struct lua_fn *fn;
    const char *module, *needs;
    bool granted;
    int self; /* 1: a method, its value stands before the arguments */
    struct api_sig a;
};

static const char *word(const char *p, char out[NAME])
{
    size_t n = 0;
    while (isalnum((unsigned char)*p) || *p == '_' || *p == '|') {
        ensure(n + 1 < NAME);
        out[n++] = *p++;
    }
    out[n] = 0;
    return p;
}

/* `name: type` or `name: {key: type, ...}` at p; a wrong signature is a bug of ours, found at the
 * first start. */
static const char *read_arg(struct api_sig *s, struct api_arg *a, const char *p)
{
    p = word(p, a->name);
    ensure(*p == ':' && a->name[0]);
    for (p++; *p == ' ';)
        p++;
    if (*p != '{') {
        p = word(p, a->type);
        ensure(a->type[0]);
        return p;
    }
    ensure(s->n_key == 0); /* one such argument is enough */
    strcpy(a->type, "options");
    for (p++; *p && *p != '}';) {
        if (*p == ' ' || *p == ',') {
            p++;
            continue;
        }
        ensure(s->n_key < MAX_ARGS);
        s->key[s->n_key].optional = true;
        p = read_arg(s, &s->key[s->n_key], p);
        s->n_key++;
    }
    ensure(*p == '}');
    return p + 1;
}

void api_signature(const char *p, struct api_sig *s)
{
    bool optional = false;
    memset(s, 0, sizeof *s);
    ensure(*p == '(' || *p == '{');
    s->named = *p++ == '{';
    while (*p && *p != ')' && *p != '}') {
        if (*p == ' ' || *p == ',') {
            p++;
        } else if (*p == '[') {
            optional = true;
            p++;
        } else if (*p == ']') {
            optional = false;
            p++;
        } else if (strncmp(p, "...", 3) == 0) {
            s->any_more = true;
            p += 3;
        } else {
            ensure(s->n < MAX_ARGS);
            s->arg[s->n].optional = optional;
            p = read_arg(s, &s->arg[s->n], p);
            s->n++;
        }
    }
    ensure(*p);
}

static const char *full_name(const struct sig *s, char out[64])
{
    snprintf(out, 64, "%s%s%s", s->module, !s->module[0] ? "" : s->self ? ":" : ".", s->fn->name);
    return out;
}

/* Whether the value may stand for the type. Texts that are read later by arg_angle and its sisters pass here. */
static bool fits(lua_State *L, int i, const char *type)
{
    int t = lua_type(L, i);
    if (strcmp(type, "any") == 0)
        return t != LUA_TNIL;
    if (strcmp(type, "string") == 0 || strcmp(type, "number") == 0)
        return t == LUA_TSTRING || t == LUA_TNUMBER;
    if (strcmp(type, "int") == 0)
        return t == LUA_TNUMBER && lua_isinteger(L, i);
    if (strcmp(type, "boolean") == 0)
        return t == LUA_TBOOLEAN;
    if (strcmp(type, "table") == 0 || strcmp(type, "options") == 0)
        return t == LUA_TTABLE;
    if (strcmp(type, "function") == 0)
        return t == LUA_TFUNCTION;
    if (strcmp(type, "angle") == 0 || strcmp(type, "time") == 0 || strcmp(type, "duration") == 0)
        return t == LUA_TSTRING || t == LUA_TNUMBER || is_type(L, i, type);
    if (strcmp(type, "coord") == 0)
        return t == LUA_TSTRING || t == LUA_TTABLE || is_type(L, i, type);
    return is_type(L, i, type);
}

static int wrong(lua_State *L, const struct sig *s, const struct api_arg *a, int i)
{
    char name[64];
    const char *got = luaL_getmetafield(L, i, "__name") == LUA_TSTRING ? lua_tostring(L, -1)
                                                                       : luaL_typename(L, i);
    return problem_raise(L, "argument", "%s: %s: expected %s, got %s", full_name(s, name), a->name,
                         strcmp(a->type, "options") ? a->type : "table", got);
}

static void unknown_key(lua_State *L, const struct sig *s, const struct api_arg *keys, int n,
                        const char *key)
{
    char name[64];
    const char *best = NULL;
    int least = 4;
    for (int k = 0; k < n; k++)
        if (str_near(keys[k].name, key) < least) {
            least = str_near(keys[k].name, key);
            best = keys[k].name;
        }
    if (best)
        problem_raise(L, "argument", "%s: there is no %.40s; did you mean %s?", full_name(s, name),
                      key, best);
    problem_raise(L, "argument", "%s: there is no %.40s; it takes %s", full_name(s, name), key,
                  s->fn->args);
}

/* The table at t against the keys it may have. */
static void check_keys(lua_State *L, const struct sig *s, const struct api_arg *keys, int n, int t)
{
    char name[64];
    lua_pushnil(L);
    while (lua_next(L, t)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) {
            if (s->a.any_more && lua_isinteger(L, -1))
                continue;
            problem_raise(L, "argument", "%s: name the value: %s%s", full_name(s, name),
                          s->fn->name, s->fn->args);
        }
        bool known = false;
        for (int k = 0; k < n; k++)
            known = known || strcmp(keys[k].name, lua_tostring(L, -1)) == 0;
        if (!known)
            unknown_key(L, s, keys, n, lua_tostring(L, -1));
    }
    for (int k = 0; k < n; k++) {
        lua_getfield(L, t, keys[k].name);
        if (lua_isnil(L, -1) ? !keys[k].optional : !fits(L, -1, keys[k].type))
            wrong(L, s, &keys[k], lua_gettop(L));
        lua_pop(L, 1);
    }
}

static void check_named(lua_State *L, const struct sig *s)
{
    char name[64];
    int t = s->self + 1;
    if (lua_gettop(L) < t)
        lua_newtable(L);
    if (lua_type(L, t) != LUA_TTABLE || lua_gettop(L) > t)
        problem_raise(L, "argument", "%s takes its arguments by name: %s%s", full_name(s, name),
                      s->fn->name, s->fn->args);
    check_keys(L, s, s->a.arg, s->a.n, t);
}

static void check_positions(lua_State *L, const struct sig *s)
{
    char name[64];
    int n = lua_gettop(L) - s->self, want = s->a.n;
    if (n > want && !s->a.any_more)
        problem_raise(L, "argument", "%s takes %d argument%s: %s%s", full_name(s, name), want,
                      want == 1 ? "" : "s", s->fn->name, s->fn->args);
    lua_settop(L, s->self + (n > want ? n : want));
    for (int k = 0; k < want; k++) {
        int i = s->self + k + 1;
        if (lua_isnoneornil(L, i) ? !s->a.arg[k].optional : !fits(L, i, s->a.arg[k].type))
            wrong(L, s, &s->a.arg[k], i);
        if (strcmp(s->a.arg[k].type, "options") == 0 && lua_istable(L, i))
            check_keys(L, s, s->a.key, s->a.n_key, i);
    }
}

/* A method called with a dot gets its argument as the value. */
static void check_self(lua_State *L, const struct sig *s)
{
    char name[64];
    if (!is_type(L, 1, s->module))
        problem_raise(L, "argument", "%s: call it with a colon: value:%s%s", full_name(s, name),
                      s->fn->name, s->fn->args);
}

static int call(lua_State *L)
{
    const struct sig *s = lua_touserdata(L, lua_upvalueindex(1));
    if (!s->granted) {
        char name[64];
        return problem_raise(L, "permission", "%s: the header must say it: needs = { \"%s\" }",
                             full_name(s, name), s->needs);
    }
    if (s->self)
        check_self(L, s);
    if (s->a.named)
        check_named(L, s);
    else
        check_positions(L, s);
    return s->fn->fn(L);
}

bool api_granted(const char *grants, const char *what)
{
    if (!what || strcmp(grants, "*") == 0)
        return true;
    size_t n = strlen(what);
    for (const char *p = grants; (p = strstr(p, what)); p++)
        if ((p == grants || p[-1] == ' ') && (p[n] == 0 || p[n] == ' '))
            return true;
    return false;
}

bool api_has(lua_State *L, const char *what)
{
    const struct lua_host *h = HOST(L);
    return h->running && api_granted(env_grants(h, h->running->env_ref), what);
}

void api_need(lua_State *L, const char *what, const char *function)
{
    if (!api_has(L, what))
        problem_raise(L, "permission", "%s: the header must say it: needs = { \"%s\" }", function,
                      what);
}

static void push_function(lua_State *L, const struct lua_fn *f, const char *module,
                          const char *needs, bool ok, int self)
{
    struct sig *s = lua_newuserdatauv(L, sizeof *s, 0);
    memset(s, 0, sizeof *s);
    s->fn = f;
    s->module = module;
    s->needs = needs;
    s->granted = ok;
    s->self = self;
    api_signature(f->args, &s->a);
    lua_pushcclosure(L, call, 1);
}

static void add_functions(lua_State *L, const struct lua_module *m, bool ok)
{
    for (const struct lua_fn *f = m->fns; f && f->name; f++) {
        push_function(L, f, m->name, m->needs, ok, 0);
        lua_setfield(L, -2, f->name);
    }
    if (m->extra && ok)
        m->extra(L);
}

void api_methods(lua_State *L, const char *type, const struct lua_fn *rows)
{
    lua_newtable(L);
    for (const struct lua_fn *f = rows; f->name; f++) {
        if (!f->args)
            continue; /* a field */
        push_function(L, f, type, NULL, true, 1);
        lua_setfield(L, -2, f->name);
    }
}

/* The nearest of the rows' names to a text, or NULL. */
const char *api_near(const struct lua_fn *rows, const char *name)
{
    const char *best = NULL;
    int least = 3;
    for (const struct lua_fn *f = rows; f && f->name; f++)
        if (str_near(f->name, name) < least) {
            least = str_near(f->name, name);
            best = f->name;
        }
    return best;
}

/* A name that a module has not: the nearest, or what there is. */
static int no_such_name(lua_State *L)
{
    const struct lua_module *m = lua_touserdata(L, lua_upvalueindex(1));
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "[value]";
    const char *near = api_near(m->fns, key);
    return near ? problem_raise(L, "argument", "%s has no %.40s; did you mean %s?", m->name, key,
                                near)
                : problem_raise(L, "argument", "%s has no %.40s; help\"%s\" lists what there is",
                                m->name, key, m->name);
}

int api_member(lua_State *L, const struct lua_type *type)
{
    const char *key = luaL_checkstring(L, 2), *near = api_near(type->rows, key);
    if (luaL_getmetafield(L, 1, "methods") == LUA_TTABLE) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, -2) != LUA_TNIL)
            return 1;
    }
    if (near)
        return problem_raise(L, "argument", "%s has no %.40s; did you mean %s?", type->name, key,
                             near);
    char list[300];
    size_t n = 0;
    for (const struct lua_fn *f = type->rows; f->name && n + 40 < sizeof list; f++)
        n += (size_t)snprintf(list + n, sizeof list - n, " %s%s", f->name, f->args ? "()" : "");
    return problem_raise(L, "argument", "%s has no %.40s; it has%s", type->name, key, list);
}

static int given(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    return lua_gettop(L);
}

int api_in_lua(lua_State *L)
{
    const struct sig *s = lua_touserdata(L, lua_upvalueindex(1));
    char name[64];
    lua_getfield(L, LUA_REGISTRYINDEX, key_prelude);
    lua_getfield(L, -1, full_name(s, name));
    lua_remove(L, -2);
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, given);
    return given(L, LUA_OK, 0);
}

/* A module that bears the name of a function: the table is called like it. */
static int called(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_replace(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* The module on the top; fn: index of the function of its name, or nil. */
static void lock_module(lua_State *L, const struct lua_module *m, int fn)
{
    if (lua_getmetatable(L, -1)) { /* one with live values answers for itself */
        lua_pop(L, 1);
        return;
    }
    lua_createtable(L, 0, 3);
    lua_pushlightuserdata(L, (void *)(uintptr_t)m);
    lua_pushcclosure(L, no_such_name, 1);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    if (lua_isfunction(L, fn)) {
        lua_pushvalue(L, fn);
        lua_pushcclosure(L, called, 1);
        lua_setfield(L, -2, "__call");
    }
    lua_setmetatable(L, -2);
}

/* A module into the environment on the top; "vo.registry" into the module vo, which is there. */
static void open_module(lua_State *L, const struct lua_module *m, bool ok)
{
    int top = lua_gettop(L);
    const char *dot = strchr(m->name, '.'), *last = dot ? dot + 1 : m->name;
    lua_pushvalue(L, top);
    if (dot) {
        lua_pushlstring(L, m->name, (size_t)(dot - m->name));
        lua_rawget(L, -2);
        lua_remove(L, -2);
    }
    lua_pushstring(L, last);
    lua_rawget(L, -2);
    lua_newtable(L);
    add_functions(L, m, ok);
    lock_module(L, m, top + 2);
    lua_pushstring(L, last);
    lua_insert(L, -2);
    lua_rawset(L, top + 1);
    lua_settop(L, top);
}

/* What a script may need that this build has not: an error only when it is used. */
static int not_built(lua_State *L)
{
    const char *name = lua_tostring(L, lua_upvalueindex(1));
    return problem_raise(L, "gone", "%s: this build of vigie has no %s", name, name);
}

static void lacking(lua_State *L)
{
    static const char *const names[] = {"vo",      "samp",  "sky",  "targets", "mount", "camera",
                                        "focuser", "wheel", "dome", "weather", "power"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (lua_getfield(L, -1, names[i]) == LUA_TNIL) {
            lua_newtable(L);
            lua_createtable(L, 0, 2);
            lua_pushstring(L, names[i]);
            lua_pushcclosure(L, not_built, 1);
            lua_setfield(L, -2, "__index");
            lua_pushliteral(L, "locked");
            lua_setfield(L, -2, "__metatable");
            lua_setmetatable(L, -2);
            lua_setfield(L, -3, names[i]);
        }
        lua_pop(L, 1);
    }
}

void api_open(lua_State *L, const char *grants)
{
    for (size_t i = 0; lua_modules[i]; i++) {
        const struct lua_module *m = lua_modules[i];
        bool ok = api_granted(grants, m->needs);
        if (!m->name[0]) {
            add_functions(L, m, ok);
            continue;
        }
        open_module(L, m, ok);
    }
    lacking(L);
}

bool opt_field(lua_State *L, int index, const char *name)
{
    if (lua_getfield(L, index, name) != LUA_TNIL)
        return true;
    lua_pop(L, 1);
    return false;
}

struct session *api_session(lua_State *L)
{
    return HOST(L)->session;
}
