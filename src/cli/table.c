/* table.c - the commands of the command line, in the order of `vigie help`. To add one: a file
 * cmd_<name>.c, a row here. Not: their code.
 */
#include "cmds.h"

const struct cli_command *const cli_table[] = {
    &cmd_tonight, &cmd_transits, &cmd_twilight, &cmd_alerts, &cmd_skymap, &cmd_sky,
    &cmd_table,   &cmd_vo,       &cmd_devices,  &cmd_run,    &cmd_send,   &cmd_screen,
    &cmd_config,  &cmd_version,  &cmd_help,     0,
};
