/* console.c - the Lua behind the session's console: one host a session, lines and scripts as tasks,
 * heads of scripts. Not: what the console keeps and shows (session/console.h).
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "complete.h"
#include "globals.h"
#include "header.h"
#include "param.h"
#include "saved.h"
#include "vigie/session/session.h"

struct console_lua {
    struct lua_host *host;
    struct console *console;
};

static enum console_state state_of(enum lua_task_state s)
{
    switch (s) {
    case LUA_TASK_READY: return CONSOLE_READY;
    case LUA_TASK_WAITING: return CONSOLE_WAITING;
    case LUA_TASK_DONE: return CONSOLE_DONE;
    case LUA_TASK_FAILED: return CONSOLE_FAILED;
    case LUA_TASK_CANCELLED: return CONSOLE_CANCELLED;
    }
    return CONSOLE_DONE;
}

static void printed(void *arg, uint64_t task, const char *text, size_t n)
{
    console_print(((struct console_lua *)arg)->console, task, text, n);
}

static void done(void *arg, uint64_t task, enum lua_task_state state, const char *value,
                 const struct lua_problem *problem)
{
    struct console_problem p = {0};
    if (problem)
        p = (struct console_problem){problem->kind, problem->message, problem->where, problem->hint,
                                     problem->traceback};
    console_done(((struct console_lua *)arg)->console, task, state_of(state), value,
                 problem ? &p : NULL);
}

static void progressed(void *arg, uint64_t task)
{
    (void)task;
    console_told(((struct console_lua *)arg)->console);
}

static void ask(void *arg, uint64_t task, const char *question)
{
    console_ask(((struct console_lua *)arg)->console, task, question);
}

static void suggest(void *arg, const char *line)
{
    console_suggest(((struct console_lua *)arg)->console, line);
}

static void form(void *arg, uint64_t task, const char *header, size_t n)
{
    console_ask_form(((struct console_lua *)arg)->console, task, header, n);
}

static void answer(void *lua, uint64_t task, const char *text)
{
    lua_host_answer(((struct console_lua *)lua)->host, task, text);
}

static void unknown(void *lua, const char *code, size_t n, struct str *out)
{
    globals_unknown(((struct console_lua *)lua)->host, code, n, out);
}

static enum status again(void *lua, struct error *err)
{
    return init_again(((struct console_lua *)lua)->host, err);
}

static void as_script(void *lua, const char *code, size_t n, bool valued, struct str *out)
{
    saved_line(((struct console_lua *)lua)->host, code, n, valued, out);
}

static void needs(void *lua, const char *code, size_t n, struct str *out)
{
    saved_needs(((struct console_lua *)lua)->host, code, n, out);
}

static void place(void *lua, uint64_t id, int which)
{
    struct task *t = task_find(((struct console_lua *)lua)->host, id);
    if (t)
        t->place = which;
}

static int placed(void *lua, uint64_t id)
{
    const struct task *t = task_find(((struct console_lua *)lua)->host, id);
    return t ? t->place : 0;
}

static void *create(struct session *session, struct console *console)
{
    static const struct lua_host_ops ops = {.print = printed,
                                            .done = done,
                                            .progress = progressed,
                                            .ask = ask,
                                            .suggest = suggest,
                                            .form = form};
    struct console_lua *c = mem_zero(sizeof *c);
    c->console = console;
    size_t memory = (size_t)conf_number(session_conf(session), "lua.memory") << 20;
    c->host = lua_host_new(session_loop(session), session, memory, &ops, c);
    c->host->console_env = safe_env(c->host, "*"); /* there before the first line, to complete in */
    init_start(c->host);
    return c;
}

static void destroy(void *lua)
{
    struct console_lua *c = lua;
    c->host->ops = (struct lua_host_ops){0};
    lua_host_end(c->host);
    lua_host_free(c->host);
    free(c);
}

static bool step(void *lua, int budget_ms)
{
    return lua_host_step(((struct console_lua *)lua)->host, budget_ms);
}

static uint64_t line(void *lua, const char *name, const char *code, size_t n, bool *incomplete,
                     struct error *err)
{
    return lua_host_start(((struct console_lua *)lua)->host, name, code, n, true, "*", incomplete,
                          err);
}

static uint64_t run(void *lua, const char *path, const char *code, size_t n,
                    enum script_trust trust, const struct script_value *value, size_t n_value,
                    struct error *err)
{
    struct lua_host *h = ((struct console_lua *)lua)->host;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct script_header head;
    struct param_text given[SCRIPT_PARAMS];
    bool incomplete;
    uint64_t id = 0;
    if (n_value > SCRIPT_PARAMS) {
        err_set(err, E_RANGE, "more than %d parameters", SCRIPT_PARAMS);
        return 0;
    }
    if (header_read(code, n, &head, err) != OK) {
        err_wrap(err, "%s", name);
        return 0;
    }
    for (size_t i = 0; i < n_value; i++)
        given[i] = (struct param_text){value[i].name, value[i].text};
    const char *grants = head.needs ? head.needs : "";
    if (params_push(h->L, &head, given, n_value, err) == OK)
        id = lua_host_start_with(h, name, code, n, false,
                                 trust == TRUST_OWN && !head.has ? "*" : grants, &incomplete, err);
    else
        err_wrap(err, "%s", name);
    if (id)
        task_script(h, id, path);
    if (id && trust == TRUST_IMPORTED)
        task_guard(h, id, grants, code, n);
    header_clear(&head);
    return id;
}

static void cancel(void *lua, uint64_t task, const char *why)
{
    struct console_lua *c = lua;
    if (task)
        lua_host_cancel(c->host, task, why);
    else
        lua_host_cancel_all(c->host, why);
    loop_wake(c->host->loop);
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = ((const struct console_task *)a)->id, y = ((const struct console_task *)b)->id;
    return x < y ? -1 : x > y;
}

static size_t tasks(void *lua, struct console_task *out, size_t max)
{
    const struct lua_host *h = ((struct console_lua *)lua)->host;
    struct lua_task_info info[128];
    size_t n = lua_host_tasks(h, info, max < 128 ? max : 128);
    for (size_t i = 0; i < n; i++)
        out[i] =
            (struct console_task){info[i].id,        info[i].parent,        info[i].name,
                                  info[i].waits_for, info[i].progress_text, state_of(info[i].state),
                                  info[i].cpu_s,     info[i].age_s,         info[i].progress};
    if (n)
        qsort(out, n, sizeof *out, by_id);
    return n;
}

static size_t complete(void *lua, const char *text, size_t at, console_word_fn *fn, void *arg)
{
    struct lua_host *h = ((struct console_lua *)lua)->host;
    return complete_words(h->L, h->console_env, text, at, fn, arg);
}

static bool help(void *lua, const char *text, size_t at, struct str *out)
{
    struct lua_host *h = ((struct console_lua *)lua)->host;
    return complete_help(h->L, h->console_env, text, at, out);
}

/* ---- heads of scripts ---- */

static enum status sheet(const char *text, size_t n, struct script_sheet *out, struct error *err)
{
    struct script_header *h = mem_zero(sizeof *h);
    enum status s = header_read(text, n, h, err);
    *out = (struct script_sheet){0};
    if (s == OK && h->params.n > SCRIPT_PARAMS) {
        s = err_set(err, E_RANGE, "more than %d parameters", SCRIPT_PARAMS);
        header_clear(h);
    }
    if (s != OK) {
        free(h);
        return s;
    }
    *out = (struct script_sheet){.has = h->has,
                                 .name = h->name,
                                 .summary = h->summary,
                                 .author = h->author,
                                 .version = h->version,
                                 .needs = h->needs,
                                 .own = h};
    for (size_t i = 0; i < h->params.n; i++) {
        const struct script_param *q = &h->params.at[i];
        out->field[out->n_field++] =
            (struct script_field){q->name, q->type, q->def,     q->label, q->min,
                                  q->max,  q->of,   q->pattern, q->step,  q->optional};
    }
    return OK;
}

static void sheet_free(struct script_sheet *s)
{
    if (s->own) {
        header_clear(s->own);
        free(s->own);
    }
    *s = (struct script_sheet){0};
}

static enum status check(void *lua, const struct script_field *f, const char *text,
                         struct error *err)
{
    struct lua_host *h = ((struct console_lua *)lua)->host;
    struct script_param q = {.name = (char *)(uintptr_t)f->name,
                             .type = (char *)(uintptr_t)f->type,
                             .def = (char *)(uintptr_t)f->def,
                             .label = (char *)(uintptr_t)f->label,
                             .min = (char *)(uintptr_t)f->min,
                             .max = (char *)(uintptr_t)f->max,
                             .of = (char *)(uintptr_t)f->of,
                             .pattern = (char *)(uintptr_t)f->pattern,
                             .step = (char *)(uintptr_t)f->step,
                             .optional = f->optional};
    return param_check(h->L, &q, text, err);
}

static enum status check_code(void *lua, const char *name, const char *code, size_t n,
                              struct error *err)
{
    lua_State *L = ((struct console_lua *)lua)->host->L;
    char *chunk = mem_printf("=%s", name);
    int rc = luaL_loadbufferx(L, code, n, chunk, "t");
    free(chunk);
    if (rc != LUA_OK)
        err_set(err, E_PARSE, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
    return rc == LUA_OK ? OK : E_PARSE;
}

const struct console_ops lua_console = {
    create,     destroy, step,       line,   run,     cancel, tasks, complete, help,      sheet,
    sheet_free, check,   check_code, answer, unknown, again,  place, placed,   as_script, needs};
