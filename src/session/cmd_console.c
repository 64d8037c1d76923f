/* cmd_console.c - the commands of the console that need no view: tasks, traceback, answers, timing.
 * Not: the keys of the Console tab (the ui's), scripts (cmd_scripts.c).
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "vigie/base/file.h"
#include "vigie/base/str.h"

static struct console *console_of(const struct command_call *c)
{
    return c->session->console;
}

static const char *no_lua(const struct command_call *c)
{
    return console_lua(console_of(c)) ? NULL : "this session has no Lua";
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

static const char *no_question(const struct command_call *c)
{
    return console_question(console_of(c)) ? NULL : "nothing was asked";
}

static enum status run_answer(struct command_call *c, struct error *err)
{
    (void)err;
    console_enter(console_of(c), c->rest);
    return OK;
}

static enum status entered(enum console_entered e, struct error *err)
{
    switch (e) {
    case CONSOLE_RUNS: return OK;
    case CONSOLE_MORE_WANTED: return err_set(err, E_PARSE, "it ends too early");
    case CONSOLE_WRONG: break;
    }
    return err_set(err, E_PARSE, "it does not compile: the console says why");
}

static enum status run_time(struct command_call *c, struct error *err)
{
    if (!c->rest[0])
        return err_set(err, E_PARSE, "which line? `time sky.night()`");
    return entered(console_timed(console_of(c), c->rest), err);
}

static enum status run_pp(struct command_call *c, struct error *err)
{
    char *line = mem_printf("pp(%s)", c->rest[0] ? c->rest : "_");
    enum status s = entered(console_enter(console_of(c), line), err);
    free(line);
    return s;
}

static enum status run_log(struct command_call *c, struct error *err)
{
    struct console *con = console_of(c);
    const char *to = c->argc > 1 ? c->argv[1] : "";
    if (!*to && console_logs(con))
        str_addf(c->say, "the console is written to %s; `log off` ends it", console_logs(con));
    else if (!*to)
        str_add(c->say, "the console is not written to a file");
    if (!*to)
        return OK;
    if (!strcmp(to, "off"))
        return console_log(con, NULL, err);
    char *path = file_in_home(to);
    enum status s = console_log(con, path, err);
    if (s == OK)
        str_addf(c->say, "from now on the console is written to %s", path);
    free(path);
    return s;
}

static enum status run_reload(struct command_call *c, struct error *err)
{
    enum status s = console_again(console_of(c), err);
    if (s == E_ABSENT)
        return err_set(err, E_ABSENT, "there is no ~/.config/vigie/init.lua");
    if (s == OK)
        str_add(c->say, "init.lua runs again");
    return s;
}

const struct command session_commands_console[] = {
    {.name = "log",
     .args = "[FILE|off]",
     .help = "Write the console to a file too, from now on; off ends it",
     .flags = CMD_BEYOND,
     .disabled = no_lua,
     .run = run_log},
    {.name = "reload",
     .help = "Run init.lua again: what it hooked before ends first",
     .flags = CMD_BEYOND,
     .disabled = no_lua,
     .run = run_reload},
    {.name = "time",
     .args = "LUA",
     .help = "Run a line in the console and say how long it took",
     .flags = CMD_BEYOND,
     .disabled = no_lua,
     .run = run_time},
    {.name = "pp",
     .args = "[LUA]",
     .help = "Print a value whole: all rows, deeply nested",
     .flags = CMD_BEYOND,
     .disabled = no_lua,
     .run = run_pp},
    {.name = "answer",
     .args = "TEXT",
     .help = "Answer what a script asks in the console",
     .flags = CMD_BEYOND,
     .disabled = no_question,
     .run = run_answer},
    {.name = "tasks", .help = "List the tasks in the console", .run = run_tasks},
    {.name = "task-cancel",
     .args = "NUMBER|all",
     .help = "Cancel a task, or all",
     .run = run_cancel_task},
    {.name = "tb", .help = "Show the traceback of the last failure", .run = run_tb},
    {.name = "console-clear", .help = "Empty the console", .run = run_clear},
    {0}};
