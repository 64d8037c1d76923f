/* cmd_config.c - `vigie config`: every option with its value; --check reads the file and says what
 * is wrong. */
#include "cmds.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/session/options.h"

static void print_one(void *arg, const char *name, const char *value, const struct conf_option *row,
                      bool given)
{
    struct cli *cli = arg;
    fprintf(cli->out, "%-24s = %-20s %c %s%s%s%s\n", name, value, given ? '*' : ' ', row->help,
            row->unit ? " (" : "", row->unit ? row->unit : "", row->unit ? ")" : "");
}

static void print_bad(void *arg, int line, const char *why)
{
    struct cli *cli = arg;
    cli_say(cli, "line %d: %s", line, why);
}

static int check(struct cli *cli, const char *path)
{
    struct conf *c = conf_new(session_options);
    struct error err;
    int n_bad = 0;
    enum status s = conf_load(c, path, print_bad, cli, &n_bad, &err);
    conf_free(c);
    if (s != OK)
        return cli_fail(cli, &err);
    fprintf(cli->out, "%s: %d wrong line%s\n", path, n_bad, n_bad == 1 ? "" : "s");
    return n_bad ? CLI_NO : CLI_OK;
}

static int run(struct cli *cli)
{
    struct error err;
    const char *named = cli_arg(cli, "--config");
    char *path = named ? mem_str(named) : file_place(PLACE_CONFIG, "config", &err);
    if (!path)
        return cli_fail(cli, &err);
    int rc = CLI_OK;
    if (cli_arg(cli, "--check")) {
        rc = check(cli, path);
    } else {
        fprintf(cli->out, "# %s   (* = set there)\n", path);
        conf_each(cli->conf, print_one, cli);
    }
    free(path);
    return rc;
}

static const struct cli_option options[] = {
    {"--check", NULL, "only read the file and say what is wrong in it"}, {NULL, NULL, NULL}};

const struct cli_command cmd_config = {
    "config",
    "",
    "the options and their values; where the file lies",
    options,
    "The file holds lines `name = value`; # begins a comment. A site is `site.NAME = LAT, LON, "
    "HEIGHT` (degrees north, degrees\n"
    "east, metres), its horizon `horizon.NAME = FILE`; `site = NAME` says which one is used.\n",
    run};
