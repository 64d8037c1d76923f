/* api_form.c - ui.form: a script asks for several values at once, as a form where there is a screen. The lines are
 * those of a script's header (header.h). Not: the form (the Console tab's), nor questions one by one
 * (the prelude's, where there is no screen).
 */
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "param.h"
#include "push.h"
#include "raw.h"

/* struct form - what is asked, and the texts that were answered. */
struct form {
    struct str text; /* a header as a script has it */
    struct script_header head;
    struct param_text *given;
    size_t n;
    struct arena arena;
};

static const char t_form[] = "vigie.form";

static int form_gone(lua_State *L)
{
    struct form *f = lua_touserdata(L, 1);
    str_clear(&f->text);
    header_clear(&f->head);
    free(f->given);
    arena_clear(&f->arena);
    return 0;
}

static struct form *form_arg(lua_State *L)
{
    return luaL_checkudata(L, 1, t_form);
}

static bool one_line(const char *s, size_t n)
{
    return !memchr(s, '\n', n) && !memchr(s, 0, n) && !strstr(s, "]]");
}

static void add_quoted(struct str *out, const char *key, const char *text)
{
    str_addf(out, "%s = \"", key);
    for (; *text; text++)
        str_addf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    str_add(out, "\"\n");
}

/* The header of the lines in the table at 1, with its title and summary. */
static void write_header(lua_State *L, struct str *out)
{
    static const char *const known[] = {"title", "summary"};
    str_add(out, "--[[ vigie-script\n");
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
        bool good = !key && lua_isinteger(L, -2);
        for (int i = 0; key && i < 2; i++)
            good = good || !strcmp(key, known[i]);
        size_t n;
        const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
        if (!good || !text || !one_line(text, n))
            problem_raise(
                L, "argument",
                "ui.form: %.40s: a form has title, summary and lines such as \"depth : number = "
                "5 \\\"Least depth\\\" min=0\"",
                key ? key : "a line");
        if (key)
            add_quoted(out, !strcmp(key, "title") ? "name" : key, text);
    }
    for (lua_Integer i = 1; lua_rawgeti(L, 1, i) == LUA_TSTRING; i++) {
        str_addf(out, "param %s\n", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    str_add(out, "]]\n");
}

/* form_new(o): what is asked, checked as a script's header is. */
static int form_new(lua_State *L)
{
    struct error err;
    lua_settop(L, 1);
    struct form *f = push_owned(L, t_form, sizeof *f, form_gone);
    write_header(L, &f->text);
    if (header_read(str_c(&f->text), f->text.n, &f->head, &err) != OK)
        return problem_raise(L, "argument", "ui.form: %s", err.text);
    if (!f->head.params.n)
        return problem_raise(L, "argument", "ui.form: it asks for nothing");
    f->given = mem_zero(sizeof *f->given * f->head.params.n);
    return 1;
}

/* Lines name=value, as the form gives them. */
static void take_answer(struct form *f, const char *text)
{
    f->n = 0;
    for (const char *s = text; *s && f->n < f->head.params.n;) {
        size_t n = strcspn(s, "\n"), k = strcspn(s, "=");
        if (k < n)
            f->given[f->n++] = (struct param_text){arena_strn(&f->arena, s, k),
                                                   arena_strn(&f->arena, s + k + 1, n - k - 1)};
        s += n + (s[n] == '\n');
    }
}

static int values(lua_State *L, struct form *f)
{
    struct error err;
    if (params_push(L, &f->head, f->given, f->n, &err) != OK)
        return problem_raise(L, "argument", "ui.form: %s", err.text);
    return params_objects(L, lua_gettop(L)) ? 3 : 1;
}

static int filled(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct task *t = HOST(L)->running;
    struct form *f = form_arg(L);
    char *answer = t->answer;
    t->answer = NULL;
    if (!answer) {
        lua_pushnil(L);
        return 1;
    }
    take_answer(f, answer);
    free(answer);
    return values(L, f);
}

/* form_fill(f): waits until it is filled in; its values, nil when it was closed. */
static int form_fill(lua_State *L)
{
    struct lua_host *h = HOST(L);
    struct form *f = form_arg(L);
    free(h->running->answer);
    h->running->answer = NULL;
    task_wait(h, "a form", NULL, NULL);
    h->running->wants = WANT_ANSWER;
    h->ops.form(h->arg, h->running->id, str_c(&f->text), f->text.n);
    return task_leave(L, 0, filled);
}

/* form_screen(): whether there is one to fill it in. form_names(f): label, type, default of each value. */
static int form_screen(lua_State *L)
{
    lua_pushboolean(L, HOST(L)->ops.form != NULL);
    return 1;
}

static int form_names(lua_State *L)
{
    struct form *f = form_arg(L);
    lua_createtable(L, (int)f->head.params.n, 0);
    for (size_t i = 0; i < f->head.params.n; i++) {
        const struct script_param *q = &f->head.params.at[i];
        lua_pushfstring(L, "%s (%s%s%s%s)", q->label ? q->label : q->name, q->type,
                        q->of ? ": " : "", q->of ? q->of : "",
                        q->optional && !q->def ? ", may be empty" : "");
        if (q->def)
            lua_pushfstring(L, " [%s]", q->def);
        lua_concat(L, q->def ? 2 : 1);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* form_set(f, i, text): the i-th value; gives why the text cannot stand for it, or nothing. */
static int form_set(lua_State *L)
{
    struct form *f = form_arg(L);
    size_t i = (size_t)lua_tointeger(L, 2) - 1;
    const struct script_param *q = &f->head.params.at[i];
    const char *text = lua_tostring(L, 3);
    struct error err;
    if (!*text && !q->def && !q->optional) {
        lua_pushfstring(L, "%s: a value is needed", q->name);
        return 1;
    }
    if (!*text)
        return 0;
    if (param_check(L, q, text, &err) != OK) {
        lua_pushstring(L, err.text);
        return 1;
    }
    f->given[f->n++] = (struct param_text){q->name, arena_str(&f->arena, text)};
    return 0;
}

static int form_values(lua_State *L)
{
    return values(L, form_arg(L));
}

void raw_forms(lua_State *L)
{
    static const luaL_Reg lib[] = {{"form_new", form_new},
                                   {"form_fill", form_fill},
                                   {"form_names", form_names},
                                   {"form_set", form_set},
                                   {"form_screen", form_screen},
                                   {"form_values", form_values},
                                   {NULL, NULL}};
    luaL_setfuncs(L, lib, 0);
}
