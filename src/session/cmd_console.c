/* cmd_console.c - the commands of the console that need no view: run, script, tb, tasks, cancel.
 * Not: the keys of the Console tab (the ui's).
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "vigie/base/str.h"

static struct console *console_of(const struct command_call *c)
{
    return c->session->console;
}

static const char *no_lua(const struct command_call *c)
{
    return console_lua(console_of(c)) ? NULL : "this session has no Lua";
}

/* The path of a script named in the library, or the text itself when it is a path. */
static const char *path_of(struct console *c, const char *name, struct error *err)
{
    console_scripts_read(c);
    const struct console_script *s = console_script_find(c, name);
    if (s)
        return s->path;
    if (strchr(name, '/'))
        return name;
    const char *best = NULL;
    int least = 4;
    for (size_t i = 0; i < console_scripts(c); i++) {
        char *bare =
            mem_strn(console_script_at(c, i)->name, strlen(console_script_at(c, i)->name) - 4);
        int d = str_near(bare, name);
        free(bare);
        if (d < least) {
            least = d;
            best = console_script_at(c, i)->name;
        }
    }
    err_set(err, E_ABSENT, "no script %.60s%s%.60s%s; a path has a / in it", name,
            best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
    return NULL;
}

/* --name value pairs behind the script's name. */
static enum status values(const struct command_call *c, struct script_value *v, size_t *n,
                          struct error *err)
{
    *n = 0;
    for (int i = 2; i < c->argc; i++) {
        char *eq = strchr(c->argv[i], '=');
        if (strncmp(c->argv[i], "--", 2) != 0 || *n == SCRIPT_PARAMS)
            return err_set(err, E_PARSE, "\"%.60s\": parameters are --name value", c->argv[i]);
        v[*n].name = c->argv[i] + 2;
        if (eq)
            *eq = 0;
        else if (i + 1 >= c->argc)
            return err_set(err, E_PARSE, "%.60s needs a value", c->argv[i]);
        v[(*n)++].text = eq ? eq + 1 : c->argv[++i];
    }
    return OK;
}

static enum status run_run(struct command_call *c, struct error *err)
{
    struct script_value v[SCRIPT_PARAMS];
    size_t n;
    if (c->argc < 2)
        return err_set(err, E_PARSE, "which script? its name or its path");
    enum status s = values(c, v, &n, err);
    const char *path = s == OK ? path_of(console_of(c), c->argv[1], err) : NULL;
    if (!path)
        return err->status;
    if (!console_run(console_of(c), path, v, n, err))
        return err->status;
    str_addf(c->say, "%s runs", c->argv[1]);
    return OK;
}

/* ---- script list, diff, import ---- */

static enum status list(struct console *c)
{
    console_scripts_read(c);
    for (size_t i = 0; i < console_scripts(c); i++) {
        const struct console_script *s = console_script_at(c, i);
        console_note(c, "%-20s %-9s %s", s->name, s->from, s->bad ? s->bad : s->summary);
    }
    if (!console_scripts(c))
        console_note(c, "no scripts; your own lie in ~/.config/vigie/scripts");
    return OK;
}

static enum status diff(struct console *c, const char *path, struct error *err)
{
    struct str text = {.max = 200000};
    console_scripts_read(c);
    enum status s = console_diff(c, path, &text, err);
    if (s == OK && !text.n)
        console_note(c, "no difference");
    for (const char *p = str_c(&text); s == OK && *p;) {
        size_t n = strcspn(p, "\n");
        console_note(c, "%.*s", (int)n, p);
        p += n + (p[n] == '\n');
    }
    str_clear(&text);
    return s;
}

/* What a foreign script is, before it is taken in: its head, what it needs, what is different. */
static enum status show(struct console *c, const char *path, struct error *err)
{
    struct str text = {0};
    struct script_sheet sheet;
    enum status s = console_sheet(c, path, &text, &sheet, err);
    if (s == OK) {
        console_note(c, "%s: %s%s%s%s%s%s", path, sheet.has ? "" : "no header; ",
                     sheet.summary ? sheet.summary : "no summary", sheet.author ? ", by " : "",
                     sheet.author ? sheet.author : "", sheet.version ? ", version " : "",
                     sheet.version ? sheet.version : "");
        console_note(c, "needs: %s", sheet.needs && *sheet.needs ? sheet.needs : "nothing");
        for (int i = 0; i < sheet.n_field; i++)
            console_note(c, "param: %s : %s = %s", sheet.field[i].name, sheet.field[i].type,
                         sheet.field[i].def ? sheet.field[i].def : "-");
        console_sheet_free(c, &sheet);
        s = diff(c, path, err);
    }
    str_clear(&text);
    return s;
}

static enum status run_script(struct command_call *c, struct error *err)
{
    struct console *con = console_of(c);
    const char *what = c->argc > 1 ? c->argv[1] : "list";
    if (!strcmp(what, "list"))
        return list(con);
    if (c->argc < 3)
        return err_set(err, E_PARSE, "script %.20s: which file?", what);
    if (!strcmp(what, "diff"))
        return diff(con, c->argv[2], err);
    if (!strcmp(what, "show"))
        return show(con, c->argv[2], err);
    return err_set(err, E_PARSE, "script list | show FILE | diff FILE; script-import FILE");
}

static enum status run_import(struct command_call *c, struct error *err)
{
    struct str name = {0};
    if (c->argc < 2)
        return err_set(err, E_PARSE, "which file?");
    enum status s = OK;
    if (!c->confirmed) {
        s = show(console_of(c), c->argv[1], err);
        return s != OK ? s
                       : err_set(err, E_CANCELLED,
                                 "Take %.100s into the library? It gets what it needs, no more.",
                                 c->argv[1]);
    }
    s = console_import(console_of(c), c->argv[1], &name, err);
    if (s == OK)
        str_addf(c->say, "%s is in the library", str_c(&name));
    str_clear(&name);
    return s;
}

/* ---- tasks, traceback ---- */

static enum status run_tb(struct command_call *c, struct error *err)
{
    const char *text = console_traceback(console_of(c));
    if (!*text)
        return err_set(err, E_ABSENT, "nothing has failed yet, or it left no traceback");
    while (*text) {
        size_t n = strcspn(text, "\n");
        console_note(console_of(c), "%.*s", (int)n, text);
        text += n + (text[n] == '\n');
    }
    return OK;
}

static enum status run_tasks(struct command_call *c, struct error *err)
{
    (void)err;
    static const char *const state[] = {"running", "waiting", "done", "failed", "cancelled"};
    struct console_task t[100];
    size_t n = console_tasks(console_of(c), t, 100);
    for (size_t i = 0; i < n && i < 100; i++)
        console_note(console_of(c), "%4llu %-20s %s%s%s  cpu %.1f s", (unsigned long long)t[i].id,
                     t[i].name, state[t[i].state], t[i].waits ? ": " : "",
                     t[i].waits ? t[i].waits : "", t[i].cpu_s);
    console_note(console_of(c), "%zu task%s", n, n == 1 ? "" : "s");
    return OK;
}

static enum status run_cancel_task(struct command_call *c, struct error *err)
{
    double id;
    if (c->argc < 2 || (!str_num(c->argv[1], &id) && strcmp(c->argv[1], "all") != 0))
        return err_set(err, E_PARSE, "which task? its number, or all");
    console_cancel(console_of(c), strcmp(c->argv[1], "all") ? (uint64_t)id : 0);
    return OK;
}

static enum status run_clear(struct command_call *c, struct error *err)
{
    (void)err;
    console_clear(console_of(c));
    return OK;
}

const struct command session_commands_console[] = {
    {.name = "run",
     .args = "SCRIPT [--NAME VALUE...]",
     .help = "Run a Lua script of the library, or a file",
     .disabled = no_lua,
     .run = run_run},
    {.name = "script",
     .args = "list|show|diff [FILE]",
     .help = "List the scripts; show a file's head; what it changes",
     .disabled = no_lua,
     .run = run_script},
    {.name = "script-import",
     .args = "FILE",
     .help = "Take a script from outside into the library",
     .flags = CMD_ASKS_ITSELF,
     .disabled = no_lua,
     .run = run_import},
    {.name = "tasks", .help = "List the tasks in the console", .run = run_tasks},
    {.name = "task-cancel",
     .args = "NUMBER|all",
     .help = "Cancel a task, or all",
     .run = run_cancel_task},
    {.name = "tb", .help = "Show the traceback of the last failure", .run = run_tb},
    {.name = "console-clear", .help = "Empty the console", .run = run_clear},
    {0}};
