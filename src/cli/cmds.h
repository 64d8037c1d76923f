/* cmds.h - the rows that table.c gathers, one a file. */
#ifndef VIGIE_SRC_CLI_CMDS_H
#define VIGIE_SRC_CLI_CMDS_H

#include "cli.h"

extern const struct cli_command cmd_tonight;
extern const struct cli_command cmd_transits;
extern const struct cli_command cmd_twilight;
extern const struct cli_command cmd_alerts;
extern const struct cli_command cmd_skymap;
extern const struct cli_command cmd_sky;
extern const struct cli_command cmd_table;
extern const struct cli_command cmd_vo;
extern const struct cli_command cmd_devices;
extern const struct cli_command cmd_run;
extern const struct cli_command cmd_send;
extern const struct cli_command cmd_screen;
extern const struct cli_command cmd_config;
extern const struct cli_command cmd_version;
extern const struct cli_command cmd_help;

#endif
