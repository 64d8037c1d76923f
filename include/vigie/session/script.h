/* script.h - the door through which a script is run: main.c hands the Lua room's to those who need it (cli, session, ui); none of them
 * includes that room. Not: the language.
 */
#ifndef VIGIE_SESSION_SCRIPT_H
#define VIGIE_SESSION_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "vigie/base/err.h"

struct session;

/* struct script_wish - what to run once, to its end.
 *   path   file of the script ("-": standard input), or NULL
 *   code   text of -e, or NULL
 *   argv   argc words behind it: --name value, for the script's parameters
 *   out    where print goes; errors go to err */
struct script_wish {
    const char *path, *code;
    int argc;
    char **argv;
    FILE *out, *err;
};

/* struct script_ops
 *   run   runs the session's loop until the script has ended; SIGINT cancels it. Returns an exit status: 0 done, 1 the script failed or was cancelled
 *         (said on err), 2 wrong parameters, 3 a network error that nobody caught
 *   man   the reference of all functions: markdown for lua/README or a stub for editors (LuaCATS) */
struct script_ops {
    int (*run)(struct session *session, const struct script_wish *wish);
    void (*reference)(FILE *out, bool stub);
};

extern const struct script_ops lua_script;

#endif
