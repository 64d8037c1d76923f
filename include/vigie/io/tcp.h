/* tcp.h - TCP connections, ours to others and others' to us. Not: what is said over them.
 */
#ifndef VIGIE_IO_TCP_H
#define VIGIE_IO_TCP_H

#include "vigie/io/link.h"

/* tcp_connect - connect without waiting: the name is looked up off the loop, its addresses are
 * tried in turn. `opened` or `closed` follows, never before this returns.
 *   host       a name, or an address ("192.0.2.1", "::1")
 *   port       1 .. 65535
 *   wait_ms    for each address; 0: 10 s
 *   max_queue  as link_new_take
 *   returns    NULL with err: E_RANGE (port), E_NET
 *   `closed`   "mount.local:11880: Connection refused", "...: no connection in 10 s", "...: its name
 *              cannot be looked up (...)"
 *   test       tests/io/check_tcp.c */
struct link *tcp_connect(struct loop *loop, const char *host, int port, int wait_ms,
                         const struct link_events *events, size_t max_queue, struct error *err);

/* tcp_connect_keep - the same, and a silent peer is asked every keep_s seconds whether it is there; three times without
 * an answer: closed. For devices, whose network may go without a word. */
struct link *tcp_connect_keep(struct loop *loop, const char *host, int port, int wait_ms,
                              int keep_s, const struct link_events *events, size_t max_queue,
                              struct error *err);

/* tcp_listen - accept connections on an address of this machine. fn gets each new descriptor, which
 * it owns (usually: link_new_take), and where it came from ("127.0.0.1:41234").
 *   host     address, "127.0.0.1" for this machine only
 *   port     0: any free one, see tcp_port
 *   err      E_RANGE (no address), E_BUSY (the port is taken), E_REFUSED (not allowed), E_IO */
struct tcp_listener;
typedef void tcp_accept_fn(void *arg, int fd, const char *from);
struct tcp_listener *tcp_listen(struct loop *loop, const char *host, int port, tcp_accept_fn *fn,
                                void *arg, struct error *err);
int tcp_port(const struct tcp_listener *t);
void tcp_listener_free(struct tcp_listener *t);

#endif
