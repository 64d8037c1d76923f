/* problem.c - errors as scripts and people see them: a kind, a sentence, a hint.
 * Not: what went wrong; a struct error of a domain room becomes one here.
 */
#include "hint.h"
#include "host.h"

#include <stdlib.h>
#include <string.h>

static const char meta[] = "vigie.error";

void problem_push(lua_State *L, const char *kind, const char *message, const char *hint)
{
    lua_createtable(L, 0, 4);
    lua_pushstring(L, kind);
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    if (hint) {
        lua_pushstring(L, hint);
        lua_setfield(L, -2, "hint");
    }
    luaL_setmetatable(L, meta);
}

/* The error object that a problem was taken from. */
void problem_give(lua_State *L, const struct lua_problem *p)
{
    const struct {
        const char *name, *text;
    } more[] = {
        {"where", p->where}, {"detail", p->detail}, {"url", p->url}, {"traceback", p->traceback}};
    problem_push(L, p->kind, p->message, p->hint);
    for (size_t i = 0; i < 4; i++)
        if (more[i].text) {
            lua_pushstring(L, more[i].text);
            lua_setfield(L, -2, more[i].name);
        }
}

/* Pushes the script's line that is being run, "file:line"; false (and nothing pushed) if there is none. */
static bool push_where(lua_State *L, int level)
{
    lua_Debug at;
    for (; lua_getstack(L, level, &at) && lua_getinfo(L, "Sl", &at); level++)
        if (at.currentline > 0 && strcmp(at.short_src, "vigie") != 0) { /* not our own library */
            lua_pushfstring(L, "%s:%d", at.short_src, at.currentline);
            return true;
        }
    return false;
}

static int raise(lua_State *L, const char *kind, const char *hint, const char *url,
                 const char *text)
{
    problem_push(L, kind, text, hint);
    if (url) {
        lua_pushstring(L, url);
        lua_setfield(L, -2, "url");
    }
    if (push_where(L, 1))
        lua_setfield(L, -2, "where");
    return lua_error(L);
}

int problem_raise(lua_State *L, const char *kind, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return raise(L, kind, NULL, NULL, text);
}

int problem_raise_with(lua_State *L, const char *kind, const char *hint, const char *url,
                       const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return raise(L, kind, hint, url, text);
}

static const char *kind_of(enum status s)
{
    switch (s) {
    case E_NET: return "network";
    case E_TIMEOUT: return "timeout";
    case E_CANCELLED: return "cancelled";
    case E_PARSE: return "parse";
    case E_RANGE: return "argument";
    case E_ABSENT: return "gone";
    case E_BUSY: return "service";
    case E_DEVICE: return "device";
    case E_REFUSED: return "permission";
    case E_IO: return "io";
    case E_MEMORY: return "limit";
    case OK:
    case E_BUG: return "script";
    }
    return "script";
}

int problem_raise_error(lua_State *L, const struct error *err)
{
    return problem_raise(L, kind_of(err->status), "%s", err->text);
}

static char *field(lua_State *L, int index, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, index);
    char *s = lua_type(L, -1) == LUA_TSTRING ? mem_str(lua_tostring(L, -1)) : NULL;
    lua_pop(L, 1);
    return s;
}

/* The frame at the end of the text was called by the program's own Lua, which knows it by a name of its
 * own ("in local 'less'", "in upvalue 'f'"): nobody who wrote the script knows that. */
static void rename_last(struct str *out, const char *name)
{
    char *last = strrchr(out->s, '\n'), *in;
    last = last ? last : out->s;
    if (!(in = strstr(last, ": in local '")) && !(in = strstr(last, ": in upvalue '")))
        return;
    out->n = (size_t)(in - out->s);
    out->s[out->n] = 0;
    str_addf(out, ": in %s", name);
}

/* A traceback without the program's own frames. */
static char *theirs(const char *text)
{
    struct str out = {0};
    bool we_called = false; /* the frame kept last, and nobody else after it */
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        if (strncmp(p, "\tvigie:", 7) == 0) {
            we_called = true;
        } else if (strncmp(p, "\t[C]: in ?", 10) != 0) {
            if (we_called && out.n)
                rename_last(&out, "the function that was given");
            str_addf(&out, "%s%.*s", out.n ? "\n" : "", (int)n, p);
            we_called = false;
        }
        p += n + (p[n] == '\n');
    }
    str_add(&out, "");
    if (we_called)
        rename_last(&out, "the line");
    return str_take(&out);
}

struct lua_problem *problem_take(lua_State *L, int index, lua_State *trace)
{
    struct lua_problem *p = mem_zero(sizeof *p);
    index = lua_absindex(L, index);
    bool ours = false;
    if (lua_istable(L, index) && lua_getmetatable(L, index)) {
        luaL_getmetatable(L, meta);
        ours = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
    }
    if (ours) {
        p->kind = field(L, index, "kind");
        p->message = field(L, index, "message");
        p->where = field(L, index, "where");
        p->hint = field(L, index, "hint");
        p->detail = field(L, index, "detail");
        p->url = field(L, index, "url");
    } else if (lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER) {
        lua_pushvalue(L, index);
        const char *text = lua_tostring(L, -1), *rest = NULL;
        if (strncmp(text, "vigie:", 6) == 0) /* a line of our own library, which no script has */
            rest = strstr(text, ": ");
        p->message = mem_str(rest ? rest + 2 : text);
        lua_pop(L, 1);
        if (rest && trace && lua_checkstack(trace, 1) && push_where(trace, 0)) {
            p->where = mem_str(lua_tostring(trace, -1));
            lua_pop(trace, 1);
        }
        p->hint = mem_str(hint_for(p->message, NULL));
        if (strstr(p->message, "not enough memory"))
            p->kind = mem_str("limit");
    } else {
        p->message = mem_printf("(an error value that is a %s)", luaL_typename(L, index));
    }
    if (!p->kind)
        p->kind = mem_str("script");
    if (!p->message)
        p->message = mem_str("(no message)");
    if (trace && lua_checkstack(L, 4)) {
        luaL_traceback(L, trace, NULL, 0);
        p->traceback = theirs(lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return p;
}

void problem_free(struct lua_problem *p)
{
    if (!p)
        return;
    free(p->kind);
    free(p->message);
    free(p->where);
    free(p->hint);
    free(p->detail);
    free(p->url);
    free(p->traceback);
    free(p);
}

static int to_text(lua_State *L)
{
    const char *kind = "script", *message = "";
    if (lua_istable(L, 1)) {
        lua_pushliteral(L, "kind");
        if (lua_rawget(L, 1) == LUA_TSTRING)
            kind = lua_tostring(L, -1);
        lua_pushliteral(L, "message");
        if (lua_rawget(L, 1) == LUA_TSTRING)
            message = lua_tostring(L, -1);
    }
    lua_pushfstring(L, "%s: %s", kind, message);
    return 1;
}

void problem_open(lua_State *L)
{
    luaL_newmetatable(L, meta);
    lua_pushcfunction(L, to_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
