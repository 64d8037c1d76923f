/* udp.c - a device that is spoken to in datagrams (a mount's WiFi adapter): a connected socket behind link.h, so that
 * nobody else's datagrams come in. Not: discovery. A write is one datagram; one that cannot leave at once is merged with the
 * next, which never happens at the rate of a mount.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link_own.h"
#include "transport_own.h"

struct looking {
    struct link *link; /* NULL: closed meanwhile */
    bool answered;
    int port;
    char *name;
};

static void looking_free(struct looking *k)
{
    free(k->name);
    free(k);
}

static void on_cancel(void *arg)
{
    struct looking *k = arg;
    k->link = NULL;
    if (k->answered)
        looking_free(k);
}

static int socket_to(const char *host, int port, struct error *why, const char *name)
{
    char service[16];
    struct addrinfo hint = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST}, *a = NULL;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(host, service, &hint, &a) != 0) {
        err_set(why, E_NET, "%s: cannot be reached", name);
        return -1;
    }
    int fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
        err_set(why, E_NET, "%s: %s", name, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(a);
    return fd;
}

static void on_addresses(void *arg, const char *const *addr, size_t n, const char *why)
{
    struct looking *k = arg;
    struct link *l = k->link;
    struct error err;
    int fd = -1;
    k->answered = true;
    if (l && n == 0)
        err_set(&err, E_NET, "%s: its name cannot be looked up (%s)", k->name, why);
    for (size_t i = 0; l && fd < 0 && i < n; i++)
        fd = socket_to(addr[i], k->port, &err, k->name);
    looking_free(k);
    if (l && (fd < 0 || link_connected(l, fd, &err) != OK))
        link_failed(l, &err);
}

struct link *udp_open(struct loop *loop, const char *host, int port,
                      const struct link_events *events, struct error *err)
{
    struct looking *k = mem_zero(sizeof *k);
    k->port = port;
    k->name = mem_printf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
    if (loop_resolve(loop, host, on_addresses, k, err) != OK) {
        looking_free(k);
        return NULL;
    }
    k->link = link_waiting(loop, k->name, events, 0, on_cancel, k);
    return k->link;
}
