/* cmd_main.c - the commands of everywhere that need no view: leaving, options, notes, the log.
 * Not: what a view does; alarms, site and transits have files of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "own.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/session/devicedesk.h"
#include "vigie/session/options.h"

static enum status run_quit(struct command_call *c, struct error *err)
{
    (void)err;
    session_ask(c->session, ASK_QUIT);
    return OK;
}

static enum status run_detach(struct command_call *c, struct error *err)
{
    (void)err;
    session_ask(c->session, ASK_DETACH);
    return OK;
}

static enum status run_suspend(struct command_call *c, struct error *err)
{
    (void)err;
    session_ask(c->session, ASK_SUSPEND);
    return OK;
}

static enum status run_redraw(struct command_call *c, struct error *err)
{
    (void)err;
    session_ask(c->session, ASK_REDRAW);
    return OK;
}

/* What stands behind the option's name: one word, or the rest of the line as typed. */
static const char *value_of(const struct command_call *c)
{
    if (c->argc <= 3)
        return c->argv[2];
    const char *p = c->rest + strcspn(c->rest, " \t");
    return p + strspn(p, " \t");
}

static enum status show_option(struct command_call *c, struct error *err)
{
    const struct conf *conf = session_conf(c->session);
    const struct conf_option *row = conf_row(conf, c->argv[1]);
    if (!row)
        return session_set(c->session, c->argv[1], "", err); /* it names the nearest */
    if (row->type == CONF_SECRET)
        str_addf(c->say, "%s is %s", c->argv[1], conf_given(conf, c->argv[1]) ? "set" : "not set");
    else
        str_addf(c->say, "%s = %s%s%s   %s", c->argv[1], conf_text(conf, c->argv[1]),
                 row->unit ? " " : "", row->unit ? row->unit : "", row->help);
    return OK;
}

static enum status run_set(struct command_call *c, struct error *err)
{
    if (c->argc < 2)
        return err_set(err, E_PARSE, "which option? `set NAME VALUE`; `vigie config` lists them");
    if (c->argc == 2)
        return show_option(c, err);
    const char *value = value_of(c);
    if (by_lua(c->by) && session_guards(c->session, c->argv[1]))
        return err_set(err, E_REFUSED, "%s keeps the telescope safe: no script sets it",
                       c->argv[1]);
    if (c->by == BY_SCRIPT && !option_open(c->argv[1]))
        return err_set(err, E_REFUSED, "%s: only you and your own scripts without a header set it",
                       c->argv[1]);
    enum status s = session_set(c->session, c->argv[1], value, err);
    if (s != OK)
        return s;
    const struct conf_option *row = conf_row(session_conf(c->session), c->argv[1]);
    bool secret = row && row->type == CONF_SECRET;
    log_put(LOG_INFO, "user", "set", "%s = %s", c->argv[1], secret ? "(secret)" : value);
    str_addf(c->say, "%s = %s", c->argv[1], secret ? "(secret)" : value);
    return OK;
}

static enum status run_theme(struct command_call *c, struct error *err)
{
    if (c->argc == 1) {
        str_addf(c->say, "theme = %s", conf_text(session_conf(c->session), "theme"));
        return OK;
    }
    return session_set(c->session, "theme", c->argv[1], err);
}

static enum status run_note(struct command_call *c, struct error *err)
{
    if (!c->rest[0])
        return err_set(err, E_PARSE, "what is to be noted? `note seeing 2.1\", thin cirrus`");
    log_put(LOG_INFO, "user", "note", "%s", c->rest);
    str_add(c->say, nightlog_failing(session_log(c->session))
                        ? "noted in memory only: the log's file cannot be written"
                        : "noted");
    return OK;
}

static char *export_path(const struct session *s)
{
    const char *log = nightlog_file(session_log(s));
    size_t n = strlen(log);
    if (n > 4)
        return mem_printf("%.*s.csv", (int)(n - 4), log);
    char evening[11];
    night_evening(session_now_ns(s), 0, evening);
    return mem_printf("%s.csv", evening);
}

static enum status run_log_export(struct command_call *c, struct error *err)
{
    if (c->argc > 1 && strcmp(c->argv[1], "csv") != 0)
        return err_set(err, E_RANGE, "log-export csv [FILE]: no format \"%.20s\"", c->argv[1]);
    char *path = c->argc > 2 ? mem_str(c->argv[2]) : export_path(c->session);
    struct str out = {0};
    nightlog_csv(session_log(c->session), &out);
    enum status s = file_replace(path, out.s, out.n, 0600, err);
    if (s == OK)
        str_addf(c->say, "%zu lines in %s", nightlog_n(session_log(c->session)), path);
    str_clear(&out);
    free(path);
    return s;
}

static enum status run_loop_slow(struct command_call *c, struct error *err)
{
    (void)err;
    struct loop_slow slow = loop_slow(session_loop(c->session));
    str_addf(c->say, "%zu slow turns", slow.n);
    if (slow.n)
        str_addf(c->say, ", the worst %.0f ms in %s", slow.worst_ms, slow.name);
    return OK;
}

const struct command session_commands_main[] = {
    {.name = "detach",
     .keys = NULL,
     .help = "Leave the screen; the session goes on",
     .run = run_detach},
    {.name = "quit", .help = "End the session and the night", .flags = CMD_ASKS, .run = run_quit},
    {.name = "suspend", .keys = "<C-z>", .help = "Suspend the client", .run = run_suspend},
    {.name = "redraw", .keys = "<C-l>", .help = "Draw the whole screen again", .run = run_redraw},
    {.name = "set",
     .args = "NAME [VALUE]",
     .help = "Set an option and keep it; without a value show it",
     .run = run_set},
    {.name = "theme", .args = "[NAME|auto]", .help = "Choose the theme", .run = run_theme},
    {.name = "note",
     .args = "TEXT",
     .help = "Add a line of the observer to the night log",
     .run = run_note},
    {.name = "log-export",
     .args = "csv [FILE]",
     .help = "Save the night log as a table",
     .flags = CMD_BEYOND,
     .run = run_log_export},
    {.name = "loop-slow",
     .help = "Turns of the loop that took too long",
     .flags = CMD_HIDDEN,
     .run = run_loop_slow},
    {0}};
