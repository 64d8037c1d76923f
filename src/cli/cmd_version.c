/* cmd_version.c - `vigie version`. */
#include "cmds.h"

#include "config.h"

static int run(struct cli *cli)
{
    if (cli->argc)
        return cli_usage(cli);
    if (cli->json)
        fprintf(cli->out, "{\"name\": \"vigie\", \"version\": \"%s\"}\n", PACKAGE_VERSION);
    else
        fprintf(cli->out, "vigie %s\n", PACKAGE_VERSION);
    return CLI_OK;
}

const struct cli_command cmd_version = {"version", "", "the program's version", 0, "", run};
