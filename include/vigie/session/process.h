/* process.h - the session as a process: the door that `vigie --headless` opens and that the client
 * starts. Not: the state of tonight (session.h).
 */
#ifndef VIGIE_SESSION_PROCESS_H
#define VIGIE_SESSION_PROCESS_H

#include <stdbool.h>

#include "vigie/base/err.h"
#include "vigie/session/viewer.h"

/* struct process_options - of the command line; NULL: not given.
 *   ready_fd  >= 0: the client waits there for one line: "ok", "busy SOCKET" (another session holds
 *             the store; its socket), or "fail SENTENCE"; the process then leaves the terminal */
struct process_options {
    const char *config, *store, *site, *at;
    bool demo, offline;
    int ready_fd;
};

/* session_run - from the lock to the last commit. ui: the full screen, NULL: none.
 *   returns  an exit status: 0 ended in order, 1 could not begin (said on stderr or ready_fd)
 *   test     tests/term (start.sh, crash.sh) */
int session_run(const struct process_options *o, const struct viewer_ops *ui);

/* session_store_path - path of the user's store, the caller frees; NULL with err: no home. */
char *session_store_path(const char *given, struct error *err) MUST_CHECK;

#endif
