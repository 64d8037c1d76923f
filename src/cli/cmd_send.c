/* cmd_send.c - `vigie send`: a line of Lua into the running session. The way there is the client's,
 * handed in by main. Not: the session, nor the language.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmds.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/session/process.h"

enum { MAX_INPUT = 100000 };

static enum status read_input(struct str *text, struct error *err)
{
    char buf[4096];
    ssize_t n;
    while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0 && text->n <= MAX_INPUT)
        str_addn(text, buf, (size_t)n);
    return n < 0 ? err_errno(err, "standard input") : OK;
}

static int run(struct cli *cli)
{
    struct error err;
    struct str text = {0};
    if (cli->argc != 1 || !cli->script->send)
        return cli_usage(cli);
    if (strcmp(cli->argv[0], "-") != 0)
        str_add(&text, cli->argv[0]);
    else if (read_input(&text, &err) != OK)
        return cli_fail(cli, &err);
    char *store = cli->demo ? NULL : session_store_path(cli_arg(cli, "--store"), &err);
    int rc =
        !store && !cli->demo ? cli_fail(cli, &err) : cli->script->send(store, str_c(&text), text.n);
    free(store);
    str_clear(&text);
    return rc;
}

const struct cli_command cmd_send = {
    .name = "send",
    .args = "LUA|-",
    .summary = "run a line of Lua in the running session and print its answer",
    .options = NULL,
    .detail = "The line shares its variables with the console of the session (`-`: it is read from "
              "standard\n"
              "input). It waits until the line is done, also when that takes a night; Ctrl-C "
              "cancels it.\n"
              "Several may wait at once. A failure is said on standard error, exit status 1 (3: "
              "network).\n"
              "--store says which session, --demo the one of `vigie --demo`.\n",
    .run = run,
};
