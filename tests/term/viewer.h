/* viewer.h - a client without a terminal: starts a session of its own, speaks to it over the socket,
 * counts the bytes that a terminal would have got. For tests and benchmarks.
 */
#ifndef VIGIE_TESTS_TERM_VIEWER_H
#define VIGIE_TESTS_TERM_VIEWER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vigie/base/wire.h"

struct viewer {
    char folder[64];
    pid_t session;
    int fd;
    struct wire_in in;
    size_t bytes;      /* SCREEN bytes since viewer_count */
    size_t first;      /* those of the first frame among them */
    struct str screen; /* those bytes */
    int64_t first_ms;  /* when the first of them came, monotonic */
    bool over;
};

/* viewer_start - run $VIGIE --headless with these options (ended by NULL) in a folder of its own.
 * viewer_attach - say hello as TERM of that size. viewer_stop - TERM, wait, remove the folder;
 * returns the session's exit status. Whatever fails ends the program with a sentence. */
void viewer_start(struct viewer *v, const char *const *options);
void viewer_attach(struct viewer *v, const char *term, int rows, int cols);
int viewer_stop(struct viewer *v);

/* viewer_keys, viewer_resize - what a terminal sends. viewer_rest - read until nothing has come for
 * quiet_ms; returns the bytes since the last call of viewer_count. viewer_listen - read for ms. */
void viewer_keys(struct viewer *v, const char *keys);
void viewer_resize(struct viewer *v, int rows, int cols);
size_t viewer_rest(struct viewer *v, int quiet_ms);
void viewer_listen(struct viewer *v, int ms);
void viewer_count(struct viewer *v);

#endif
