/* start.h - reach the session: connect to its socket, or start it first.
 * Not: what is said over the socket (client.c).
 */
#ifndef VIGIE_SRC_CLIENT_START_H
#define VIGIE_SRC_CLIENT_START_H

#include "vigie/base/err.h"
#include "vigie/client/client.h"

/* start_connect - a connected socket in *fd, non-blocking, the session at its other end our own
 * user's. err: what is in the way, in a sentence. */
enum status start_connect(const struct client_options *o, int *fd, struct error *err) MUST_CHECK;

/* start_reach - the same to a session that runs already; E_ABSENT if none does. */
enum status start_reach(const char *store, int *fd, struct error *err) MUST_CHECK;

#endif
