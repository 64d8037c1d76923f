/* server.h - the session's socket and its one viewer.
 * Not: the process around it (process.c), the frames' form (base/wire.h).
 */
#ifndef VIGIE_SRC_SESSION_SERVER_H
#define VIGIE_SRC_SESSION_SERVER_H

#include "own.h"
#include "vigie/session/viewer.h"

struct server;

/* server_new - listen at `path` (a stale socket there is removed: the caller holds the lock).
 *   ui   the full screen; NULL: plain lines only
 *   log  path of the process's log, which clients are told */
enum status server_new(struct session *s, const char *path, const struct viewer_ops *ui,
                       const char *log, struct server **out, struct error *err) MUST_CHECK;

/* server_turn - what the session asks for, and a frame if one is due. server_quit - somebody asked
 * to end the night. */
void server_turn(struct server *v);
bool server_quit(const struct server *v);

/* server_alone_ms - for how long nobody has been watching; 0 with a viewer. */
int64_t server_alone_ms(const struct server *v);

/* server_free - tell the viewer that it is over (waits up to 1 s for its line), remove the socket. */
void server_free(struct server *v, int exit_status, const char *sentence);

#endif
