/* script.h - the door through which a script is run: main.c hands the Lua room's to those who need
 * it; none of them includes that room. Not: the language.
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
 *   argv   argc words behind it, for the script's parameters: --name value, --name=value; --name alone
 *          is yes for a boolean; --help: the parameters are listed and nothing is run
 *   out    where print goes; its log and errors go to err
 *   send, store  the way into the running session (script_ops.send): a script whose needs name a device runs there */
struct script_wish {
    const char *path, *code;
    int argc;
    char **argv;
    FILE *out, *err;
    int (*send)(const char *store, const char *code, size_t n);
    const char *store;
};

/* struct script_ops
 *   run        runs the session's loop until the script has ended; SIGINT and SIGTERM cancel it.
 *              Returns an exit status: 0 done, 1 the script failed or was cancelled (said on err),
 *              2 wrong parameters, 3 a network error that nobody caught
 *   reference  all functions that scripts have: text, or a stub for editors (LuaCATS)
 *   send       Lua into the running session of a store (NULL: the demo's); an exit status, all is said
 *   test       tests/cli/check_run.sh, tests/cli/check_send.sh */
struct script_ops {
    int (*run)(struct session *session, const struct script_wish *wish);
    void (*reference)(FILE *out, bool stub);
    int (*send)(const char *store, const char *code, size_t n);
};

#endif
