/* cmd_run.c - `vigie run`: a Lua script, or a line of Lua, run to its end in a process of its own.
 * The language is the Lua room's, handed in by main. Not: a running session (`vigie send`).
 */
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "vigie/session/process.h"
#include "vigie/session/script.h"
#include "vigie/session/session.h"
#include "where.h"

static int run_in(struct cli *cli, const struct cli_clock *now, const struct script_wish *wish)
{
    struct error err, no_home;
    struct session *s;
    struct loop *loop = loop_new(now->clock);
    char *store = cli->demo ? NULL : session_store_path(cli_arg(cli, "--store"), &no_home);
    struct session_setup setup = {.loop = loop,
                                  .clock = now->clock,
                                  .conf = cli->conf,
                                  .site = cli_arg(cli, "--site"),
                                  .store_path = store, /* without a home: in memory */
                                  .offline = cli->offline,
                                  .demo = cli->demo,
                                  .one_shot = true};
    cli->conf = NULL; /* the session's now */
    int rc = CLI_NO;
    if (session_new(&setup, &s, &err) != OK) {
        rc = cli_fail(cli, &err);
    } else {
        struct script_wish w = *wish;
        w.send = cli->script->send;
        w.store = store;
        rc = cli->script->run(s, &w);
        session_free(s);
    }
    loop_free(loop);
    free(store);
    return rc;
}

static int run(struct cli *cli)
{
    const char *code = cli_arg(cli, "-e");
    struct cli_clock now;
    if (!cli->script)
        return cli_usage(cli);
    if (cli_arg(cli, "--reference") || cli_arg(cli, "--stub")) {
        cli->script->reference(cli->out, cli_arg(cli, "--stub") != NULL);
        return CLI_OK;
    }
    if (!code && cli->argc == 0)
        return cli_usage(cli);
    if (!code && strncmp(cli->argv[0], "--", 2) == 0) {
        cli_say(cli, "no option %.60s; the script's own parameters stand behind its name",
                cli->argv[0]);
        return CLI_USAGE;
    }
    int rc = cli_clock(cli, &now);
    if (rc != CLI_OK)
        return rc;
    struct script_wish wish = {.path = code ? NULL : cli->argv[0],
                               .code = code,
                               .argc = cli->argc - !code,
                               .argv = cli->argv + !code,
                               .out = cli->out,
                               .err = cli->err};
    return run_in(cli, &now, &wish);
}

static const struct cli_option options[] = {
    {"-e", "LUA", "run this line instead of a script; the value of an expression is printed"},
    {"--PARAM", "VALUE", "a parameter of the script: `vigie run SCRIPT --help` lists them"},
    {"--reference", NULL, "print all that scripts can call"},
    {"--stub", NULL, "the same for editors with a Lua language server (LuaCATS)"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_run = {
    .name = "run",
    .args = "SCRIPT|NAME|-",
    .summary = "run a Lua script",
    .options = options,
    .detail =
        "SCRIPT is a file, NAME a script of the library (`vigie run -e 'for i, s in\n"
        "ipairs(script.list()) do print(s.name, s.summary) end'`); files are read and written in\n"
        "the folder it is started in. A parameter that bears the name of an option below stands "
        "behind --, as in\n"
        "`vigie run x.lua -- --site Paranal`. What the script prints goes to standard output,\n"
        "its log and its errors to standard error. Ctrl-C cancels it in order. Options that it\n"
        "sets hold for this run.\n",
    .run = run,
};
