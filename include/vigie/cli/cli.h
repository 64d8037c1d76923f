/* cli.h - the command line as main sees it.
 * Not: the commands' own interface (src/cli/cli.h).
 */
#ifndef VIGIE_CLI_CLI_H
#define VIGIE_CLI_CLI_H

#include "vigie/session/screen.h"
#include "vigie/session/script.h"

/* cli_run - read the arguments, run one command. argv[0] is the program. screen: what draws a view
 * for `vigie screen`. script: what runs one for `vigie run`. Returns the exit status
 * (see src/cli/cli.h). */
int cli_run(int argc, char **argv, const struct screen_ops *screen,
            const struct script_ops *script);

#endif
