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

/* struct link_owner - what a link's descriptor belongs to, when it is more than a descriptor.
 *   let_go  close it: the descriptor and all that hangs on it; afterwards arg is gone
 *   fate    the end comes: may write a better sentence over `why`; may be NULL
 *   lines   set RTS and DTR; NULL: it has none
 * link_own - hand it to the link, before or after it has its descriptor. link_lines - see transport_lines. */
struct link_owner {
    void (*let_go)(void *arg, int fd);
    void (*fate)(void *arg, struct error *why);
    enum status (*lines)(void *arg, int fd, int rts, int dtr, struct error *err);
    void *arg;
};
void link_own(struct link *l, const struct link_owner *owner);
enum status link_lines(struct link *l, int rts, int dtr, struct error *err) MUST_CHECK;

/* link_soon - a link over an open descriptor that tells `opened` in the next turn; owner may be NULL. Takes fd and owner,
 * also when it fails. */
struct link *link_soon_take(struct loop *loop, int fd, const char *name,
                            const struct link_events *events, const struct link_owner *owner,
                            struct error *err);

#endif
