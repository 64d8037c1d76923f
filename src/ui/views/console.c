/* console.c - the Console tab: Lua lines, their output, tasks, scripts. Not: Lua (session/console.h
 * leads to it), the prompt (console_prompt.c), forms (console_form.c), drawing (console_draw.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "console_own.h"

/* ---- lists ---- */

static const struct task_row *task_at(const void *model, size_t row)
{
    return &((const struct rows *)model)->task.at[row];
}

static size_t task_count(const void *model)
{
    return ((const struct rows *)model)->task.n;
}

static uint64_t task_id(const void *model, size_t row)
{
    return task_at(model, row)->id;
}

static void task_name(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, task_at(model, row)->name);
}

static void task_state(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, task_at(model, row)->state);
}

static void task_cpu(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_addf(out, "%.1f", task_at(model, row)->cpu_s);
}

static double task_cpu_number(const void *model, size_t row)
{
    return task_at(model, row)->cpu_s;
}

static void task_age(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    int s = (int)task_at(model, row)->age_s;
    if (s < 3600)
        str_addf(out, "%d:%02d", s / 60, s % 60);
    else
        str_addf(out, "%dh%02d", s / 3600, s / 60 % 60);
}

static double task_age_number(const void *model, size_t row)
{
    return task_at(model, row)->age_s;
}

/* A bar of ten and what was said. */
static void task_progress(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    const struct task_row *t = task_at(model, row);
    if (!isnan(t->progress)) {
        int n = (int)(t->progress * 10 + 0.5);
        for (int i = 0; i < 10; i++)
            str_addc(out, i < n ? '#' : '.');
        str_addf(out, " %d%% ", (int)(t->progress * 100 + 0.5));
    }
    str_add(out, t->note);
}

static const struct list_column task_columns[] = {
    {"name", "Task", NULL, 10, 18, -1, 0, task_name, NULL, NULL},
    {"state", "State", NULL, 8, 12, -1, 0, task_state, NULL, NULL},
    {"cpu", "CPU s", NULL, 5, 6, 1, 0, task_cpu, task_cpu_number, NULL},
    {"age", "Age", NULL, 5, 6, 1, 2, task_age, task_age_number, NULL},
    {"progress", "Progress", NULL, 15, 60, -1, 3, task_progress, NULL, NULL},
};
static const struct list_source task_source = {
    task_columns, sizeof task_columns / sizeof *task_columns, task_count, task_id, NULL, NULL};

static const struct console_script *script_at(const void *model, size_t row)
{
    return console_script_at(((const struct rows *)model)->console, row);
}

static size_t script_count(const void *model)
{
    return console_scripts(((const struct rows *)model)->console);
}

static uint64_t script_id(const void *model, size_t row)
{
    uint64_t h = 14695981039346656037U; /* FNV-1a of the name: it stays when others come */
    for (const char *s = script_at(model, row)->name; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211U;
    return h;
}

static char script_mark(const void *model, size_t row)
{
    return script_at(model, row)->bad ? '-' : ' ';
}

static void script_name(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, script_at(model, row)->name);
}

static void script_from(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, script_at(model, row)->from);
}

static void script_summary(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    const struct console_script *s = script_at(model, row);
    str_add(out, s->bad ? s->bad : s->summary);
}

static const struct list_column script_columns[] = {
    {"name", "Script", NULL, 12, 22, -1, 0, script_name, NULL, NULL},
    {"from", "From", NULL, 8, 8, -1, 2, script_from, NULL, NULL},
    {"summary", "Summary", NULL, 14, 200, -1, 0, script_summary, NULL, NULL},
};
static const struct list_source script_source = {
    script_columns, sizeof script_columns / sizeof *script_columns,
    script_count,   script_id,
    script_mark,    NULL};

static void forget_tasks(struct rows *r)
{
    for (size_t i = 0; i < r->task.n; i++) {
        free(r->task.at[i].name);
        free(r->task.at[i].state);
        free(r->task.at[i].note);
    }
    r->task.n = 0;
}

static void gather(struct console_view *v)
{
    struct console_task t[TASK_ROWS];
    size_t n = console_tasks(v->console, t, TASK_ROWS);
    forget_tasks(v->rows);
    for (size_t i = 0; i < n; i++) {
        bool waits = t[i].state == CONSOLE_WAITING;
        struct task_row r = {.id = t[i].id,
                             .name = mem_str(t[i].name ? t[i].name : ""),
                             .state = mem_str(!waits                      ? "running"
                                              : t[i].waits && *t[i].waits ? t[i].waits
                                                                          : "waiting"),
                             .note = mem_str(t[i].note ? t[i].note : ""),
                             .cpu_s = t[i].cpu_s,
                             .age_s = t[i].age_s,
                             .progress = t[i].progress};
        VEC_PUSH(v->rows->task, r);
    }
    list_renew(v->tasks);
    list_renew(v->scripts);
}

void console_scroll(struct console_view *v, int lines)
{
    uint64_t first = console_first(v->console), end = console_end(v->console);
    uint64_t at = v->prompt->bottom < end ? v->prompt->bottom : end;
    if (lines < 0)
        at = at - first > (uint64_t)-lines ? at - (uint64_t)-lines : first + (end > first);
    else
        at += (uint64_t)lines;
    v->prompt->bottom = at >= end ? UINT64_MAX : at;
}

/* ---- commands ---- */

static struct console_view *view_of(const struct command_call *c)
{
    return c->owner;
}

static enum status run_type(struct command_call *c, struct error *err)
{
    (void)err;
    view_of(c)->focus = FOCUS_PROMPT;
    view_of(c)->prompt->bottom = UINT64_MAX;
    return OK;
}

static enum status run_scripts(struct command_call *c, struct error *err)
{
    (void)err;
    struct console_view *v = view_of(c);
    console_scripts_read(v->console);
    list_renew(v->scripts);
    v->focus = FOCUS_SCRIPTS;
    return OK;
}

static enum status run_tasks_pane(struct command_call *c, struct error *err)
{
    (void)err;
    view_of(c)->focus = FOCUS_TASKS;
    return OK;
}

static const char *no_task(const struct command_call *c)
{
    size_t row;
    struct console_view *v = view_of(c);
    return v->focus == FOCUS_TASKS && list_row(v->tasks, &row) ? NULL
                                                               : "no task is under the cursor";
}

static enum status run_stop(struct command_call *c, struct error *err)
{
    (void)err;
    size_t row;
    struct console_view *v = view_of(c);
    if (list_row(v->tasks, &row)) {
        console_cancel(v->console, v->rows->task.at[row].id);
        str_addf(c->say, "%s is being cancelled", v->rows->task.at[row].name);
    }
    return OK;
}

static enum status run_paste(struct command_call *c, struct error *err)
{
    struct console_view *v = view_of(c);
    (void)err;
    v->focus = FOCUS_PROMPT;
    v->prompt->bottom = UINT64_MAX;
    v->prompt->pasting = true;
    return OK;
}

static enum status run_form(struct command_call *c, struct error *err)
{
    struct console_view *v = view_of(c);
    if (c->argc < 2)
        return err_set(err, E_PARSE, "which script? its name or its path");
    console_scripts_read(v->console);
    const struct console_script *s = console_script_find(v->console, c->argv[1]);
    if (!s && !strchr(c->argv[1], '/'))
        return err_set(err, E_ABSENT, "no script %.60s", c->argv[1]);
    char *path = mem_str(s ? s->path : c->argv[1]);
    enum status st = form_open(v, path, err);
    free(path);
    return st;
}

static enum status run_other(struct command_call *c, struct error *err)
{
    struct console_view *v = view_of(c);
    int to = (console_shown(v->console) + 1) % CONSOLES;
    double n;
    if (c->argc > 1 && (!str_num(c->argv[1], &n) || n != (int)n || n < 1 || n > CONSOLES))
        return err_set(err, E_RANGE, "no console %.20s: they are 1 and 2", c->argv[1]);
    if (v->focus == FOCUS_FORM)
        return err_set(err, E_BUSY, "a form is open: Esc closes it");
    if (c->argc > 1)
        to = (int)n - 1;
    console_show(v->console, to);
    v->prompt = &v->each[to];
    v->focus = FOCUS_PROMPT;
    form_asked(v, false);
    return OK;
}

static const char *no_values(const struct command_call *c)
{
    struct console_form asked;
    return console_form(view_of(c)->console, &asked) ? NULL : "no task asks for values";
}

static enum status run_values(struct command_call *c, struct error *err)
{
    (void)err;
    form_asked(view_of(c), true);
    return OK;
}

static const struct command commands[] = {{.name = "console-type",
                                           .scope = "console",
                                           .keys = "i",
                                           .help = "To the prompt",
                                           .run = run_type},
                                          {.name = "console-other",
                                           .scope = "console",
                                           .keys = "<C-o>",
                                           .args = "[1|2]",
                                           .help = "To the other of the two consoles",
                                           .run = run_other},
                                          {.name = "console-tasks",
                                           .scope = "console",
                                           .keys = "t",
                                           .help = "To the tasks",
                                           .run = run_tasks_pane},
                                          {.name = "console-scripts",
                                           .scope = "console",
                                           .keys = "s",
                                           .help = "To the scripts; Enter opens one's form",
                                           .run = run_scripts},
                                          {.name = "console-stop",
                                           .scope = "console",
                                           .keys = "x",
                                           .help = "Cancel the task under the cursor",
                                           .flags = CMD_NEEDS_ROW,
                                           .disabled = no_task,
                                           .run = run_stop},
                                          {.name = "paste",
                                           .scope = "console",
                                           .help = "Take what comes as text: Enter makes a new "
                                                   "line, C-d ends it",
                                           .run = run_paste},
                                          {.name = "console-values",
                                           .scope = "console",
                                           .keys = "f",
                                           .help = "Open the form that a task asks for",
                                           .disabled = no_values,
                                           .run = run_values},
                                          {.name = "console-form",
                                           .scope = "console",
                                           .args = "SCRIPT",
                                           .help = "Open the form of a script",
                                           .run = run_form},
                                          {0}};

/* ---- the view ---- */

static void *console_create(struct session *session)
{
    struct console_view *v = mem_zero(sizeof *v);
    v->session = session;
    v->console = session_console(session);
    for (int i = 0; i < CONSOLES; i++)
        v->each[i].bottom = UINT64_MAX;
    v->prompt = &v->each[console_shown(v->console)];
    v->page = mem_zero(sizeof *v->page);
    *v->page = 10;
    v->rows = mem_zero(sizeof *v->rows);
    v->rows->console = v->console;
    console_scripts_read(v->console);
    v->tasks = list_new(&task_source, v->rows);
    v->scripts = list_new(&script_source, v->rows);
    gather(v);
    return v;
}

static void console_destroy(void *view)
{
    struct console_view *v = view;
    form_close(v);
    for (int i = 0; i < CONSOLES; i++)
        prompt_clear(&v->each[i]);
    list_free(v->tasks);
    list_free(v->scripts);
    forget_tasks(v->rows);
    VEC_FREE(v->rows->task);
    free(v->rows);
    free(v->page);
    free(v);
}

static bool console_event(void *view, const struct event *ev)
{
    struct console_view *v = view;
    if (ev->kind == EV_CONSOLE) {
        prompt_suggested(v);
        form_asked(v, false);
    }
    if (ev->kind != EV_CONSOLE && (ev->kind != EV_TICK || !v->rows->task.n))
        return false;
    gather(v);
    return true;
}

static struct list *console_list(void *view)
{
    struct console_view *v = view;
    return v->focus == FOCUS_TASKS ? v->tasks : v->focus == FOCUS_SCRIPTS ? v->scripts : NULL;
}

static bool console_move(void *view, enum motion motion)
{
    struct console_view *v = view;
    int page = *v->page > 1 ? *v->page : 2;
    switch (motion) {
    case MOVE_UP: console_scroll(v, -1); break;
    case MOVE_DOWN: console_scroll(v, 1); break;
    case MOVE_PAGE_UP: console_scroll(v, 1 - page); break;
    case MOVE_PAGE_DOWN: console_scroll(v, page - 1); break;
    case MOVE_HALF_UP: console_scroll(v, -page / 2); break;
    case MOVE_HALF_DOWN: console_scroll(v, page / 2); break;
    case MOVE_TOP: v->prompt->bottom = console_first(v->console) + (uint64_t)page; break;
    case MOVE_BOTTOM: v->prompt->bottom = UINT64_MAX; break;
    }
    return true;
}

static void console_pane(void *view, int step)
{
    struct console_view *v = view;
    int n = FOCUS_SCRIPTS + 1;
    v->focus = (enum focus)(((int)v->focus + n + step) % n);
}

static bool console_open(void *view)
{
    struct console_view *v = view;
    struct error err;
    size_t row;
    if (v->focus == FOCUS_OUTPUT)
        v->focus = FOCUS_PROMPT;
    if (v->focus != FOCUS_SCRIPTS)
        return v->focus == FOCUS_PROMPT;
    if (!list_row(v->scripts, &row))
        return false;
    char *path = mem_str(console_script_at(v->console, row)->path);
    if (form_open(v, path, &err) != OK)
        session_say(v->session, "%s", err.text);
    free(path);
    return true;
}

static bool console_back(void *view)
{
    struct console_view *v = view;
    if (v->focus != FOCUS_TASKS && v->focus != FOCUS_SCRIPTS)
        return false;
    v->focus = FOCUS_PROMPT;
    return true;
}

static bool console_input(void *view, const struct key *k)
{
    struct console_view *v = view;
    switch (v->focus) {
    case FOCUS_PROMPT: return prompt_key(v, k);
    case FOCUS_FORM: return form_key(v, k);
    case FOCUS_OUTPUT:
    case FOCUS_TASKS:
    case FOCUS_SCRIPTS: break;
    }
    bool cancel = k->mods == MOD_CTRL && k->code == 'c' && console_foreground(v->console);
    if (cancel)
        console_cancel(v->console, console_foreground(v->console));
    return cancel;
}

static const char *console_hints(const void *view)
{
    const struct console_view *v = view;
    switch (v->focus) {
    case FOCUS_PROMPT:
        if (v->prompt->pasting)
            return "Enter new line  C-d all is there  C-c throw it away";
        return v->prompt->searching
                   ? "C-r next older  Enter take it  Esc leave it"
                   : "Tab complete  Up history  C-r search  C-c end  C-o other  Esc panes  ? help";
    case FOCUS_FORM: return form_hints(v);
    case FOCUS_OUTPUT:
    case FOCUS_TASKS:
    case FOCUS_SCRIPTS: break;
    }
    return NULL;
}

static bool console_copy(const void *view, enum copy_what what, struct str *out)
{
    const struct console_view *v = view;
    uint64_t end = console_end(v->console), at = v->prompt->bottom < end ? v->prompt->bottom : end;
    if (what != COPY_ROW || at == console_first(v->console))
        return false;
    str_add(out, console_at(v->console, at - 1).text);
    return true;
}

const struct view_ops view_console = {
    .name = "console",
    .title = "Console",
    .help = "Lua drives everything. At the prompt: Tab completes names, fields, methods and names "
            "inside {}; Up and Down go through lines that began so; C-r searches; M-Enter makes a "
            "new line; C-a C-e C-b C-f M-b M-f move, C-k C-u C-w M-d cut, C-y puts back; C-c "
            "cancels what runs; C-o goes to the other of two consoles. name? or help\"name\" "
            "explains. Esc leaves the prompt, i comes back. A script of the list opens as a form: "
            "F5 runs it.",
    .tab = 6,
    .commands = commands,
    .create = console_create,
    .destroy = console_destroy,
    .event = console_event,
    .draw = console_draw,
    .list = console_list,
    .move = console_move,
    .pane = console_pane,
    .open = console_open,
    .back = console_back,
    .copy = console_copy,
    .input = console_input,
    .hints = console_hints,
};
