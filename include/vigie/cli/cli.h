/* cli.h - the command line as main sees it.
 * Not: the commands' own interface (src/cli/cli.h).
 */
#ifndef VIGIE_CLI_CLI_H
#define VIGIE_CLI_CLI_H

/* cli_run - read the arguments, run one command. argv[0] is the program. Returns the exit status
 * (see src/cli/cli.h). */
int cli_run(int argc, char **argv);

#endif
