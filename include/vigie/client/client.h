/* client.h - what sits at the terminal: attaches to the running session, or starts one; relays
 * bytes; gives the terminal back as it was found, whatever happens.
 * Not: anything that is drawn (the session's ui).
 */
#ifndef VIGIE_CLIENT_CLIENT_H
#define VIGIE_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

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

/* client_send - Lua (n bytes, at most 65532) into the running session; its output comes on stdout, what
 * goes wrong on stderr. store as above. Ctrl-C ends us, and with us the task.
 *   returns  an exit status: 0 done; 1 it failed or was cancelled, or no session runs; 3 the network
 *   test     tests/cli/check_send.sh */
int client_send(const char *store, const char *code, size_t n);

#endif
