/* doors.h - which door a command line opens: a one-shot command, the session, or the client.
 * Not: the commands' own arguments (cli).
 */
#ifndef VIGIE_SESSION_DOORS_H
#define VIGIE_SESSION_DOORS_H

#include "vigie/session/process.h"

enum door { DOOR_CLI, DOOR_SESSION, DOOR_CLIENT };

/* struct doors - the command line read for the doors that are no one-shot command.
 *   process  options of a session
 *   plain    attach as lines
 *   session  argv of the session that the client starts; the caller frees the array */
struct doors {
    struct process_options process;
    bool plain;
    char **session;
};

/* doors_read - which door. A command, an option that no door knows, --help, --version, --json: the
 * one-shot commands. Neither --headless nor --plain, and no terminal: those too (`vigie tonight`).
 *   terminal  standard input and output are a terminal
 *   d         filled for the other doors; texts are borrowed from argv
 *   test      tests/session/check_doors.c */
enum door doors_read(int argc, char **argv, bool terminal, struct doors *d);

#endif
