/* run.c - one script from the command line: parameters, the loop until its end, its failure as a sentence.
 * Not: the console, nor scripts inside a session.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "header.h"
#include "param.h"
#include "vigie/base/file.h"
#include "vigie/base/utf8.h"
#include "vigie/session/script.h"
#include "vigie/session/session.h"

struct one_run {
    const struct script_wish *wish;
    struct lua_host *host;
    struct loop *loop;
    struct session *session;
    uint64_t task;
    int rc;
};

static void print_line(void *arg, uint64_t task, const char *text, size_t n)
{
    struct one_run *r = arg;
    struct str t = {0};
    (void)task;
    /* lines stay lines, tabs stay tabs; the rest of what could drive a terminal does not get there */
    for (const char *p = text, *end = text + n; p < end;) {
        uint32_t c = utf8_next(&p, end);
        char b[4];
        if (c == '\n' || c == '\t' || !utf8_harmful(c))
            str_addn(&t, b, utf8_put(b, c));
        else
            str_addf(&t, c < 32 ? "^%c" : "\\u{%x}", c < 32 ? c + 64 : c);
    }
    fprintf(r->wish->out, "%s\n", str_c(&t));
    str_clear(&t);
}

static void told(void *arg, uint64_t task, enum lua_task_state state, const char *value,
                 const struct lua_problem *p)
{
    struct one_run *r = arg;
    if (task == r->task) {
        if (value)
            print_line(r, task, value, strlen(value));
        r->rc = state == LUA_TASK_DONE                                                      ? 0
                : p && (strcmp(p->kind, "network") == 0 || strcmp(p->kind, "timeout") == 0) ? 3
                                                                                            : 1;
    }
    fflush(r->wish->out);
    if (p) {
        fprintf(r->wish->err, "vigie run: %s: %s\n", p->kind, p->message);
        if (p->hint)
            fprintf(r->wish->err, "  hint: %s\n", p->hint);
    } else if (state == LUA_TASK_CANCELLED && task == r->task) {
        fprintf(r->wish->err, "vigie run: cancelled\n");
    }
}

static void turn(void *arg)
{
    struct one_run *r = arg;
    session_turn(r->session);
    if (lua_host_step(r->host, 8))
        loop_wake(r->loop);
    if (!lua_host_busy(r->host))
        loop_stop(r->loop);
}

static void interrupted(void *arg, int signo)
{
    struct one_run *r = arg;
    (void)signo;
    lua_host_cancel_all(r->host, "Ctrl-C");
}

static int usage(const struct script_wish *w, const char *why)
{
    fprintf(w->err, "vigie run: %s\n", why);
    return 2;
}

/* --name value pairs into texts; the array is the caller's to free. */
static int read_args(const struct script_wish *w, struct param_text **out, size_t *n)
{
    struct error err;
    *out = mem_zero(sizeof **out * (size_t)(w->argc + 1));
    *n = 0;
    for (int i = 0; i < w->argc; i++) {
        const char *a = w->argv[i], *eq = strchr(a, '=');
        if (strncmp(a, "--", 2) != 0 || !a[2]) {
            err_set(&err, E_PARSE, "\"%.60s\": parameters are --name value", a);
            return usage(w, err.text);
        }
        if (!eq && i + 1 >= w->argc) {
            err_set(&err, E_PARSE, "%.60s needs a value", a);
            return usage(w, err.text);
        }
        (*out)[*n].name = eq ? mem_strn(a + 2, (size_t)(eq - a - 2)) : mem_str(a + 2);
        (*out)[(*n)++].text = eq ? eq + 1 : w->argv[++i];
    }
    return 0;
}

static void list_params(const struct script_wish *w, const struct script_header *h)
{
    for (size_t i = 0; i < h->params.n; i++) {
        const struct script_param *q = &h->params.at[i];
        fprintf(w->err, "  --%-14s %-9s %s%s%s%s\n", q->name, q->type, q->label ? q->label : "",
                q->def ? " (" : "", q->def ? q->def : "", q->def ? ")" : "");
    }
}

static int start(struct one_run *r, const char *name, const char *code, size_t n)
{
    const struct script_wish *w = r->wish;
    struct script_header head;
    struct param_text *given;
    struct error err;
    size_t n_given;
    bool incomplete;
    int rc = read_args(w, &given, &n_given);
    if (rc == 0 && header_read(code, n, &head, &err) != OK) {
        fprintf(w->err, "vigie run: %s: %s\n", name, err.text);
        rc = 2;
    } else if (rc == 0) {
        if (params_push(r->host->L, &head, given, n_given, &err) != OK) {
            usage(w, err.text);
            list_params(w, &head);
            rc = 2;
        } else {
            /* a script with a header has what it says it needs; a line of one's own has all */
            r->task = lua_host_start_with(r->host, name, code, n, w->code != NULL,
                                          head.has ? (head.needs ? head.needs : "") : "*",
                                          &incomplete, &err);
            if (!r->task) {
                fprintf(w->err, "vigie run: %s\n", err.text);
                rc = 1;
            }
        }
        header_clear(&head);
    }
    for (size_t i = 0; i < n_given; i++)
        free((void *)(uintptr_t)given[i].name);
    free(given);
    return rc;
}

static int run(struct session *session, const struct script_wish *w)
{
    static const struct lua_host_ops ops = {.print = print_line, .done = told};
    struct one_run r = {.wish = w, .session = session, .loop = session_loop(session), .rc = 1};
    struct str text = {0};
    struct error err;
    if (w->path && file_read(w->path, 10000000, &text, &err) != OK) {
        fprintf(w->err, "vigie run: %s\n", err.text);
        return 1;
    }
    const char *name = w->path ? strrchr(w->path, '/') ? strrchr(w->path, '/') + 1 : w->path : "-e";
    r.host = lua_host_new(r.loop, session, (size_t)64 << 20, &ops, &r);
    int rc =
        w->path ? start(&r, name, str_c(&text), text.n) : start(&r, name, w->code, strlen(w->code));
    str_clear(&text);
    if (rc == 0) {
        if (loop_signal(r.loop, SIGINT, interrupted, &r) != OK)
            fprintf(w->err, "vigie run: Ctrl-C will not be answered\n");
        loop_before_sleep(r.loop, turn, &r);
        loop_wake(r.loop);
        loop_run(r.loop);
        loop_before_sleep(r.loop, NULL, NULL);
        loop_signal_del(r.loop, SIGINT);
        rc = r.rc;
    }
    lua_host_free(r.host);
    return rc;
}

static void reference(FILE *out, bool stub)
{
    for (size_t i = 0; lua_modules[i]; i++) {
        const struct lua_module *m = lua_modules[i];
        if (stub && m->name[0])
            fprintf(out, "---@class %s\n%s = {}\n", m->name, m->name);
        else if (!stub && m->name[0])
            fprintf(out, "## %s\n\n%s%s%s%s\n\n", m->name, m->help, m->needs ? "; needs `" : "",
                    m->needs ? m->needs : "", m->needs ? "`" : "");
        for (const struct lua_fn *f = m->fns; f && f->name; f++) {
            if (stub)
                fprintf(out, "--- %s\n--- `%s%s` gives %s\n%s%s%s%s = function(...) end\n", f->help,
                        f->name, f->args, f->gives, m->name[0] ? "" : "", m->name,
                        m->name[0] ? "." : "", f->name);
            else
                fprintf(out, "- `%s%s%s%s` gives %s. %s\n", m->name, m->name[0] ? "." : "", f->name,
                        f->args, f->gives, f->help);
        }
        fputc('\n', out);
    }
}

const struct script_ops lua_script = {run, reference};
