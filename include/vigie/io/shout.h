/* shout.h - a question to everybody on the local networks by UDP broadcast or multicast, and who answers. Not: connections.
 */
#ifndef VIGIE_IO_SHOUT_H
#define VIGIE_IO_SHOUT_H

#include <stddef.h>

#include "vigie/base/loop.h"

/* shout_new - send a datagram to a port of this machine and of each interface's broadcast address (IPv4), twice, half a
 * second apart; then, if nobody has answered, twice to a multicast group of IPv6 on each interface; tell of each answer until
 * shout_free.
 *   group6  "ff12::a1:9aca"; NULL: IPv4 only
 *   fn      from: the address that answered ("192.168.0.12", "fd00::2", "fe80::1%eth0"); bytes: at most 1024 of its datagram;
 *           longer ones are passed over, and so is everything after 200 answers
 *   err     E_NET
 *   test    tests/devices/check_alpaca.c (found_by_broadcast, found_by_multicast) */
struct shout;
typedef void shout_fn(void *arg, const char *from, const char *bytes, size_t n);
struct shout *shout_new(struct loop *loop, int port, const char *group6, const void *bytes,
                        size_t n, shout_fn *fn, void *arg, struct error *err);
void shout_free(struct shout *s);

#endif
