/* client.h - what sits at the terminal: attaches to the running session, or starts one; relays
 * bytes; gives the terminal back as it was found, whatever happens.
 * Not: anything that is drawn (the session's ui).
 */
#ifndef VIGIE_CLIENT_CLIENT_H
#define VIGIE_CLIENT_CLIENT_H

#include <stdbool.h>

/* struct client_options -
 *   store    path of the store, which names the session; NULL: the demo
 *   session  argv of the session to be started if none runs, ended by NULL; the client adds
 *            "--ready-fd N"
 *   plain    attach as lines: the terminal stays as it is, also a pipe will do */
struct client_options {
    const char *store;
    char *const *session;
    bool plain;
};

/* client_run - until the session lets go, or the user leaves.
 *   returns  an exit status: 0 detached or ended in order, 1 anything else (said on stderr)
 *   test     tests/term (start.sh, crash.sh, suspend.sh) */
int client_run(const struct client_options *o);

#endif
