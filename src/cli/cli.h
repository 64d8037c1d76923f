/* cli.h - the one-shot commands: one table, one parser of arguments, what every command may use.
 * Not: any science; a command reads its arguments, calls a domain room, prints records.
 */
#ifndef VIGIE_SRC_CLI_CLI_H
#define VIGIE_SRC_CLI_CLI_H

#include <stdint.h>
#include <stdio.h>

#include "vigie/base/conf.h"
#include "vigie/base/err.h"
#include "vigie/session/screen.h"
#include "vigie/session/script.h"

/* Exit status of every command. */
enum { CLI_OK = 0, CLI_NO = 1, CLI_USAGE = 2, CLI_NET = 3, CLI_DEVICE = 4, CLI_BUG = 70 };

/* struct cli_option - "--from" with its argument's name ("T"; NULL for a flag) and its help. */
struct cli_option {
    const char *name, *arg, *help;
};

struct cli;

/* struct cli_command - a row of the table (table.c). Usage, `vigie help`, completion and the manual
 * page are made from it. args     what stands behind the name besides options: "FILE...",
 * "list|show|import [FILE...]", "" options  its own, ended by a NULL name; the global ones
 * (cli_globals) hold for every command detail   paragraphs for `help COMMAND` and the manual, lines
 * ended by \n run      returns an exit status
 * An option --PARAM among its own stands for any name: such options stay, with the word behind
 * them, among the arguments. */
struct cli_command {
    const char *name, *args, *summary;
    const struct cli_option *options;
    const char *detail;
    int (*run)(struct cli *cli);
};
extern const struct cli_command *const cli_table[]; /* ended by NULL */
extern const struct cli_option cli_globals[];
extern const struct cli_option cli_doors[]; /* of `vigie` alone: main's doors (session/doors.h) */

struct cli {
    const struct cli_command *command;
    int argc; /* positional arguments */
    char **argv;
    struct conf *conf;               /* the configuration, read */
    FILE *out, *err;                 /* results; everything else */
    const struct screen_ops *screen; /* draws views; the ui's, handed in by main */
    const struct script_ops *script; /* runs scripts; the Lua room's, likewise */
    bool json, offline, demo;
    int n_given;
    struct {
        const char *name, *value;
    } given[32];
};

/* cli_arg - the value of an option as given, or NULL; a flag that is given has the value "". The
 * last one counts. */
const char *cli_arg(const struct cli *cli, const char *option);

/* cli_number - the number an option was given. `def` if it was not. A text that is no finite
 * number, or not in lo .. hi, sets *bad and is told on err. */
double cli_number(struct cli *cli, const char *option, double def, double lo, double hi, bool *bad);

/* cli_say - "vigie COMMAND: text" on err. cli_fail - the same from an error; returns the exit
 * status that goes with it. cli_exit - this status alone. */
void cli_say(const struct cli *cli, const char *fmt, ...) PRINTF(2, 3);
int cli_fail(const struct cli *cli, const struct error *err);
int cli_exit(const struct error *err);

/* cli_usage - how the command is used on err, with what its help says of the first argument; returns
 * CLI_USAGE. */
int cli_usage(const struct cli *cli);

#endif
