/* run.c - one script from the command line: parameters, the loop until its end, its failure as a
 * sentence. Not: the console, nor scripts inside a session.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api.h"
#include "header.h"
#include "param.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/utf8.h"
#include "vigie/session/console.h"
#include "vigie/session/devicedesk.h"
#include "vigie/session/script.h"
#include "vigie/session/session.h"

enum { MAX_TEXT = 10000000, TURN_MS = 8, ALIVE_MS = 3600000, EXIT_NO = 1, EXIT_USAGE, EXIT_NET };

struct one_run {
    const struct script_wish *wish;
    const char *path; /* of the script; NULL: it comes from no file */
    struct lua_host *host;
    struct loop *loop;
    struct session *session;
    uint64_t task, asks; /* asks: the task that waits for a line of standard input */
    int rc;
    bool imported; /* a script from outside: the observer is asked what it may do */
    struct str line;
    bool forwarded; /* it ran in the session */
};

/* Lines stay lines, tabs stay tabs; what else could drive a terminal does not get there raw. */
static void put_line(FILE *f, const char *text, size_t n)
{
    struct str t = {0};
    for (const char *p = text, *end = text + n; p < end;) {
        uint32_t c = utf8_next(&p, end);
        char b[4];
        if (c == '\n' || c == '\t' || !utf8_harmful(c))
            str_addn(&t, b, utf8_put(b, c));
        else
            str_addf(&t, c < 32 ? "^%c" : "\\u{%x}", c < 32 ? c + 64 : c);
    }
    fprintf(f, "%s\n", str_c(&t));
    str_clear(&t);
}

static void print_line(void *arg, uint64_t task, const char *text, size_t n)
{
    (void)task;
    put_line(((struct one_run *)arg)->wish->out, text, n);
}

static void say(const struct one_run *r, const char *text)
{
    char *line = mem_printf("vigie run: %s", text);
    fflush(r->wish->out);
    put_line(r->wish->err, line, strlen(line));
    free(line);
}

static void say_problem(const struct one_run *r, const struct lua_problem *p)
{
    struct str t = {0};
    str_addf(&t, "%s: %s", p->kind, p->message);
    if (p->where)
        str_addf(&t, "   (%s)", p->where);
    if (p->hint)
        str_addf(&t, "\n  hint: %s", p->hint);
    say(r, str_c(&t));
    str_clear(&t);
}

static void told(void *arg, uint64_t task, enum lua_task_state state, const char *value,
                 const struct lua_problem *p)
{
    struct one_run *r = arg;
    if (task == r->task) {
        if (value)
            print_line(r, task, value, strlen(value));
        bool net = p && (!strcmp(p->kind, "network") || !strcmp(p->kind, "timeout"));
        r->rc = state == LUA_TASK_DONE ? 0 : net ? EXIT_NET : EXIT_NO;
    }
    if (p)
        say_problem(r, p);
    else if (state == LUA_TASK_CANCELLED && task == r->task)
        say(r, "cancelled");
}

/* What the script writes into the log is read by who started it. */
static void on_log(void *arg, const struct event *ev)
{
    const struct one_run *r = arg;
    const struct nightlog *log = session_log(r->session);
    for (size_t i = nightlog_n(log); ev->kind == EV_LOG && i-- > 0;) {
        const struct log_line *line = nightlog_at(log, i);
        if (line->id < ev->id)
            break;
        if (line->id != ev->id || strcmp(line->room, "lua") != 0)
            continue;
        fflush(r->wish->out);
        put_line(r->wish->err, line->message, strlen(line->message));
    }
}

static void turn(void *arg)
{
    struct one_run *r = arg;
    session_turn(r->session);
    if (lua_host_step(r->host, TURN_MS))
        loop_wake(r->loop);
    fflush(r->wish->out); /* who reads a pipe sees lines when they come */
    if (!lua_host_busy(r->host) && events_waiting(session_events(r->session)) == 0)
        loop_stop(r->loop);
}

static void interrupted(void *arg, int signo)
{
    struct one_run *r = arg;
    lua_host_cancel_all(r->host, signo == SIGINT ? "Ctrl-C" : "ended from outside");
}

/* A script may wait for nothing but its cancel: the loop lives on. */
static int64_t alive(void *arg)
{
    (void)arg;
    return ALIVE_MS;
}

static void list_params(FILE *f, const struct script_header *h)
{
    for (size_t i = 0; i < h->params.n; i++) {
        const struct script_param *q = &h->params.at[i];
        fprintf(f, "  --%-14s %-9s %s", q->name, q->type, q->label ? q->label : "");
        if (q->of)
            fprintf(f, " {%s}", q->of);
        if (q->min || q->max)
            fprintf(f, " [%s .. %s]", q->min ? q->min : "", q->max ? q->max : "");
        fprintf(f, "%s%s%s\n",
                q->def        ? " ("
                : q->optional ? " (optional"
                              : "",
                q->def ? q->def : "", q->def || q->optional ? ")" : "");
    }
}

static void show_header(FILE *f, const char *name, const struct script_header *h)
{
    fprintf(f, "%s - %s\n", h->name ? h->name : name,
            h->summary ? h->summary : "no summary in its header");
    if (h->needs && h->needs[0])
        fprintf(f, "needs: %s\n", h->needs);
    if (h->params.n)
        fprintf(f, "Parameters (--preset NAME: a set kept in its form)\n");
    list_params(f, h);
}

/* The value behind argv[*i], which is a parameter's name without one; NULL: none. */
static const char *value_of(const struct script_wish *w, const struct script_header *h, int *i,
                            const char *name)
{
    const char *near;
    const struct script_param *q = header_param(h, name, &near);
    bool more = *i + 1 < w->argc && strncmp(w->argv[*i + 1], "--", 2) != 0;
    if (more)
        return w->argv[++*i];
    return q && strcmp(q->type, "boolean") == 0 ? "yes" : NULL;
}

/* The words into pairs of name and text; names are the caller's to free. */
static enum status read_args(const struct script_wish *w, const struct script_header *h,
                             struct param_text *out, size_t *n, struct error *err)
{
    *n = 0;
    for (int i = 0; i < w->argc; i++) {
        const char *a = w->argv[i], *eq = strchr(a, '=');
        if (strncmp(a, "--", 2) != 0 || !a[2])
            return err_set(err, E_PARSE, "\"%.60s\": a script's parameters are --name value", a);
        char *name = eq ? mem_strn(a + 2, (size_t)(eq - a - 2)) : mem_str(a + 2);
        out[*n].name = name;
        out[(*n)++].text = eq ? eq + 1 : value_of(w, h, &i, name);
        if (!out[*n - 1].text)
            return err_set(err, E_PARSE, "--%.60s needs a value", name);
    }
    return OK;
}

static int bad_params(const struct one_run *r, const struct script_header *h,
                      const struct error *err)
{
    say(r, err->text);
    if (h->params.n)
        list_params(r->wish->err, h);
    return EXIT_USAGE;
}

static bool wants_help(const struct script_wish *w, const struct script_header *h)
{
    const char *near;
    return w->argc == 1 && strcmp(w->argv[0], "--help") == 0 && !header_param(h, "help", &near);
}

/* ---- which script ---- */

/* The path meant: a file, else a script of the library. */
static const char *path_of(struct one_run *r, const char *name)
{
    struct console *c = session_console(r->session);
    const char *path = name;
    if (strcmp(name, "-") == 0)
        return name;
    if (!strchr(name, '/') && access(name, R_OK) != 0) {
        console_scripts_read(c);
        const struct console_script *s = console_script_find(c, name);
        path = s ? s->path : name;
    }
    r->imported = console_trust(c, path) == TRUST_IMPORTED;
    return path;
}

/* Devices belong to the running session: what needs one runs there. */
static bool needs_device(const char *needs)
{
    static const char *const device[] = {"mount", "camera",  "focuser", "wheel",
                                         "dome",  "weather", "power"};
    for (size_t i = 0; needs && i < sizeof device / sizeof *device; i++)
        if (api_granted(needs, device[i]))
            return true;
    return false;
}

static void quoted(struct str *out, const char *text)
{
    str_addc(out, '"');
    for (const char *c = text; *c; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
            str_addf(out, "\\%03d", *c);
        else
            str_addc(out, *c);
    str_addc(out, '"');
}

/* A script of the session's library is known by its name there, a file by its whole path. */
static int forward(struct one_run *r, const char *name, const struct param_text *given, size_t n)
{
    struct str code = {0};
    if (!r->path) {
        say(r, "it needs a device, so the running session runs it, from a file: save it in one");
        return EXIT_NO;
    }
    char *whole = realpath(r->path, NULL);
    if (!r->wish->send) {
        free(whole);
        say(r, "it needs a device: it runs in the running session only");
        return EXIT_NO;
    }
    str_add(&code, "script.run(");
    quoted(&code, whole ? whole : name);
    str_add(&code, ", {");
    for (size_t i = 0; i < n; i++) {
        str_addf(&code, "%s%s = ", i ? ", " : "", given[i].name);
        quoted(&code, given[i].text ? given[i].text : "");
    }
    str_add(&code, "})");
    int rc = r->wish->send(r->wish->store, code.s, code.n);
    str_clear(&code);
    free(whole);
    return rc;
}

static void drop_given(struct param_text *given, size_t i, size_t *n)
{
    free((void *)(uintptr_t)given[i].name);
    given[i] = given[--*n];
}

/* --preset NAME, unless the script has a parameter of that name: its values where none is given. */
static enum status take_preset(const struct one_run *r, const struct script_header *h,
                               struct param_text *given, size_t *n, struct arena *room,
                               struct error *err)
{
    struct console *c = session_console(r->session);
    const char *near, *preset = NULL;
    for (size_t i = 0; i < *n && !header_param(h, "preset", &near); i++)
        if (!strcmp(given[i].name, "preset")) {
            preset = given[i].text;
            drop_given(given, i--, n);
        }
    if (!preset)
        return OK;
    if (!r->path || !console_preset_there(c, r->path, preset))
        return console_preset_none(c, r->path ? r->path : "it", preset, err);
    size_t said = *n;
    for (size_t i = 0; i < h->params.n; i++) {
        const char *name = h->params.at[i].name, *text = console_preset(c, r->path, preset, name);
        bool there = !text;
        for (size_t k = 0; k < said && !there; k++)
            there = !strcmp(given[k].name, name);
        if (!there)
            given[(*n)++] = (struct param_text){mem_str(name), arena_str(room, text)};
    }
    return OK;
}

static int start_with(struct one_run *r, const struct script_header *h, const char *name,
                      const char *code, size_t n)
{
    struct error err;
    size_t n_given;
    bool incomplete;
    int rc = 0;
    struct arena room = {0};
    struct param_text *given = mem_zero(sizeof *given * ((size_t)r->wish->argc + h->params.n + 1));
    if (read_args(r->wish, h, given, &n_given, &err) != OK ||
        take_preset(r, h, given, &n_given, &room, &err) != OK ||
        params_push(r->host->L, h, given, n_given, &err) != OK) {
        rc = bad_params(r, h, &err);
    } else if (needs_device(h->needs) && !session_rack(r->session)) {
        r->forwarded = true;
        rc = forward(r, name, given, n_given);
    } else {
        /* a script with a header has what it says it needs; one without, and a line, have all */
        r->task = lua_host_start_with(r->host, name, code, n, r->wish->code != NULL,
                                      h->needs                ? h->needs
                                      : h->has || r->imported ? ""
                                                              : "*",
                                      &incomplete, &err);
        if (r->task && r->path)
            task_script(r->host, r->task, r->path);
        if (!r->task) {
            say(r, err.text);
            rc = EXIT_NO;
        } else if (r->imported) {
            task_guard(r->host, r->task, h->needs ? h->needs : "", code, n);
        }
    }
    for (size_t i = 0; i < n_given; i++)
        free((void *)(uintptr_t)given[i].name);
    free(given);
    arena_clear(&room);
    return rc;
}

static void run_loop(struct one_run *r)
{
    events_on(session_events(r->session), on_log, r);
    uint64_t keep = loop_timer(r->loop, ALIVE_MS, alive, NULL, "lua/alive");
    if (loop_signal(r->loop, SIGINT, interrupted, r) != OK ||
        loop_signal(r->loop, SIGTERM, interrupted, r) != OK)
        say(r, "Ctrl-C will not be answered");
    loop_before_sleep(r->loop, turn, r);
    loop_wake(r->loop);
    loop_run(r->loop);
    loop_before_sleep(r->loop, NULL, NULL);
    loop_signal_del(r->loop, SIGINT);
    loop_signal_del(r->loop, SIGTERM);
    loop_timer_del(r->loop, keep);
    events_off(session_events(r->session), on_log, r);
}

static int run_text(struct one_run *r, const char *name, const char *code, size_t n)
{
    struct script_header head;
    struct error err;
    if (header_read(code, n, &head, &err) != OK) {
        char *text = mem_printf("%s: %s", name, err.text);
        say(r, text);
        free(text);
        return EXIT_NO;
    }
    int rc = 0;
    if (wants_help(r->wish, &head)) {
        show_header(r->wish->out, name, &head);
    } else {
        rc = start_with(r, &head, name, code, n);
        if (rc == 0 && !r->forwarded) {
            run_loop(r);
            rc = r->rc;
        }
    }
    header_clear(&head);
    return rc;
}

/* ---- questions: a line of standard input ---- */

static void on_input(void *arg, int fd, int events)
{
    struct one_run *r = arg;
    char c;
    (void)events;
    ssize_t n = read(fd, &c, 1); /* one by one: what is behind the line is for the next question */
    if (n == 1 && c != '\n' && r->line.n < 4096) {
        str_addc(&r->line, c);
        return;
    }
    uint64_t task = r->asks;
    bool end = n <= 0 && r->line.n == 0;
    char *line = str_take(&r->line);
    r->asks = 0;
    loop_fd_del(r->loop, fd);
    lua_host_answer(r->host, task, end ? NULL : line ? line : "");
    free(line);
}

static void ask(void *arg, uint64_t task, const char *question)
{
    struct one_run *r = arg;
    fflush(r->wish->out);
    char *text = mem_printf("%s", question);
    put_line(r->wish->err, text, strlen(text));
    free(text);
    if (r->asks)
        lua_host_answer(r->host, r->asks, NULL); /* one question at a time */
    r->asks = task;
    if (loop_fd(r->loop, STDIN_FILENO, LOOP_READ, on_input, r, "lua/ask") != OK)
        while (r->asks) /* a file cannot be watched: it is there already */
            on_input(r, STDIN_FILENO, 0);
}

int lua_run(struct session *session, const struct script_wish *w)
{
    static const struct lua_host_ops ops = {.print = print_line, .done = told, .ask = ask};
    struct one_run r = {
        .wish = w, .session = session, .loop = session_loop(session), .rc = EXIT_NO};
    struct str text = {0};
    struct error err;
    const char *path = w->path ? path_of(&r, w->path) : NULL;
    if (path && file_read(path, MAX_TEXT, &text, &err) != OK) {
        say(&r, err.text);
        return EXIT_NO;
    }
    const char *slash = path ? strrchr(path, '/') : NULL;
    r.path = path && strcmp(path, "-") != 0 ? path : NULL;
    const char *name = !path ? "-e" : strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
    char *folder = getcwd(NULL, 0);
    size_t memory = (size_t)conf_number(session_conf(session), "lua.memory") << 20;
    r.host = lua_host_new(r.loop, session, memory, &ops, &r);
    lua_host_folder(r.host, folder);
    int rc = run_text(&r, name, path ? str_c(&text) : w->code, path ? text.n : strlen(w->code));
    lua_host_free(r.host);
    free(folder);
    str_clear(&text);
    str_clear(&r.line);
    return rc;
}

void lua_reference(FILE *out, bool stub)
{
    (stub ? api_stub : api_reference)(out);
}
