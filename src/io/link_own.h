/* link_own.h - what link.c and tcp.c share: a link that is still to be connected. */
#ifndef VIGIE_SRC_IO_LINK_OWN_H
#define VIGIE_SRC_IO_LINK_OWN_H

#include "vigie/base/str.h"
#include "vigie/io/link.h"

/* link_connect_ops - how a link without a descriptor gets one. cancel: the link is closed before it
 * has one. */
struct link *link_waiting(struct loop *loop, const char *name, const struct link_events *events,
                          size_t max_queue, void (*cancel)(void *arg), void *arg);
enum status link_connected(struct link *l, int fd, struct error *err); /* takes fd; tells opened */
void link_failed(struct link *l, const struct error *why);             /* tells closed */

#endif
