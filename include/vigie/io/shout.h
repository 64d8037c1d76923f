/* shout.h - a question to everybody on the local networks by UDP broadcast, and who answers. Not: connections.
 */
#ifndef VIGIE_IO_SHOUT_H
#define VIGIE_IO_SHOUT_H

#include <stddef.h>

#include "vigie/base/loop.h"

/* shout_new - send a datagram to a port of this machine and of each interface's broadcast address (IPv4), twice, half a
 * second apart; tell of each answer until shout_free.
 *   fn      from: the address that answered ("192.168.0.12"); bytes: at most 1024 of its datagram; longer ones are passed
 *           over, and so is everything after 200 answers
 *   err     E_NET
 *   test    tests/devices/check_alpaca.c (found_by_broadcast) */
struct shout;
typedef void shout_fn(void *arg, const char *from, const char *bytes, size_t n);
struct shout *shout_new(struct loop *loop, int port, const void *bytes, size_t n, shout_fn *fn,
                        void *arg, struct error *err);
void shout_free(struct shout *s);

#endif
