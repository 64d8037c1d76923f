/* tcp.c - see tcp.h. Not: bytes (link.c). Addresses are tried one after the other, each with its own
 * patience.
 */
#include "vigie/io/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link_own.h"
#include "vigie/base/mem.h"

enum { WAIT_MS = 10000, BACKLOG = 16, KEEP_TRIES = 3 };

/* A connection in the making. Lives until the link is connected, failed or closed, and until the
 * look-up has answered. */
struct dial {
    struct loop *loop;
    struct link *link; /* NULL: closed meanwhile */
    char *name;
    int port, wait_ms, keep_s, fd;
    char **addr;
    size_t n, next;
    bool looking; /* the look-up is under way */
    uint64_t timer;
    struct error last;
};

static void dial_free(struct dial *d)
{
    if (d->looking)
        return; /* its answer comes here */
    if (d->fd >= 0) {
        loop_fd_del(d->loop, d->fd);
        close(d->fd);
    }
    loop_timer_del(d->loop, d->timer);
    for (size_t i = 0; i < d->n; i++)
        free(d->addr[i]);
    free(d->addr);
    free(d->name);
    free(d);
}

static void on_cancel(void *arg)
{
    struct dial *d = arg;
    d->link = NULL;
    dial_free(d);
}

static void fail(struct dial *d)
{
    struct link *l = d->link;
    struct error why = d->last;
    d->link = NULL;
    dial_free(d);
    link_failed(l, &why);
}

static bool to_address(const char *host, int port, struct sockaddr_storage *out, socklen_t *len)
{
    char service[16];
    struct addrinfo hint = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *a = NULL;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(host, service, &hint, &a) != 0)
        return false;
    memcpy(out, a->ai_addr, a->ai_addrlen);
    *len = a->ai_addrlen;
    freeaddrinfo(a);
    return true;
}

static void try_next(struct dial *d);

static void give_up_address(struct dial *d)
{
    loop_fd_del(d->loop, d->fd);
    close(d->fd);
    d->fd = -1;
    loop_timer_del(d->loop, d->timer);
    d->timer = 0;
    try_next(d);
}

static int64_t on_wait(void *arg)
{
    struct dial *d = arg;
    d->timer = 0;
    err_set(&d->last, E_TIMEOUT, "%s: no connection in %d s", d->name, (d->wait_ms + 999) / 1000);
    give_up_address(d);
    return -1;
}

static void on_connected(void *arg, int fd, int events)
{
    struct dial *d = arg;
    int e = 0;
    socklen_t len = sizeof e;
    (void)events;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) != 0)
        e = errno;
    if (e != 0) {
        err_set(&d->last, E_NET, "%s: %s", d->name, strerror(e));
        give_up_address(d);
        return;
    }
    struct link *l = d->link;
    struct error err;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    if (d->keep_s > 0) {
        int tries = KEEP_TRIES;
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &d->keep_s, sizeof d->keep_s);
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &d->keep_s, sizeof d->keep_s);
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
    }
    loop_fd_del(d->loop, fd);
    d->fd = -1;
    dial_free(d);
    if (link_connected(l, fd, &err) != OK)
        link_failed(l, &err);
}

static void try_next(struct dial *d)
{
    while (d->next < d->n) {
        struct sockaddr_storage a;
        socklen_t len;
        if (!to_address(d->addr[d->next++], d->port, &a, &len))
            continue;
        d->fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (d->fd < 0) {
            err_set(&d->last, E_NET, "%s: %s", d->name, strerror(errno));
            continue;
        }
        if ((connect(d->fd, (struct sockaddr *)&a, len) == 0 || errno == EINPROGRESS) &&
            loop_fd(d->loop, d->fd, LOOP_WRITE, on_connected, d, "io/tcp") == OK) {
            d->timer = loop_timer(d->loop, d->wait_ms, on_wait, d, "io/tcp");
            return;
        }
        err_set(&d->last, E_NET, "%s: %s", d->name, strerror(errno));
        close(d->fd);
        d->fd = -1;
    }
    fail(d);
}

static void on_addresses(void *arg, const char *const *addr, size_t n, const char *why)
{
    struct dial *d = arg;
    d->looking = false;
    if (!d->link) {
        dial_free(d);
        return;
    }
    d->addr = mem_zero((n + 1) * sizeof *d->addr);
    for (size_t i = 0; i < n; i++)
        d->addr[d->n++] = mem_str(addr[i]);
    if (n == 0)
        err_set(&d->last, E_NET, "%s: its name cannot be looked up (%s)", d->name, why);
    try_next(d);
}

struct link *tcp_connect(struct loop *loop, const char *host, int port, int wait_ms,
                         const struct link_events *events, size_t max_queue, struct error *err)
{
    return tcp_connect_keep(loop, host, port, wait_ms, 0, events, max_queue, err);
}

struct link *tcp_connect_keep(struct loop *loop, const char *host, int port, int wait_ms,
                              int keep_s, const struct link_events *events, size_t max_queue,
                              struct error *err)
{
    if (port < 1 || port > 65535) {
        err_set(err, E_RANGE, "%s: port %d is not in 1 .. 65535", host, port);
        return NULL;
    }
    struct dial *d = mem_zero(sizeof *d);
    d->loop = loop;
    d->port = port;
    d->wait_ms = wait_ms > 0 ? wait_ms : WAIT_MS;
    d->keep_s = keep_s;
    d->fd = -1;
    d->name = mem_printf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
    d->looking = true;
    if (loop_resolve(loop, host, on_addresses, d, err) != OK) {
        d->looking = false;
        dial_free(d);
        return NULL;
    }
    d->link = link_waiting(loop, d->name, events, max_queue, on_cancel, d);
    return d->link;
}

struct tcp_listener {
    struct loop *loop;
    int fd, port;
    tcp_accept_fn *fn;
    void *arg;
};

static void say_from(const struct sockaddr_storage *a, socklen_t len, char *out, size_t n)
{
    char host[64] = "?", port[16] = "?";
    getnameinfo((const struct sockaddr *)a, len, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(out, n, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

static void on_accept(void *arg, int fd, int events)
{
    struct tcp_listener *t = arg;
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    char from[100];
    int one = 1;
    (void)events;
    int got = accept4(fd, (struct sockaddr *)&a, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (got < 0)
        return; /* it has gone again, or descriptors are short: the next turn tells */
    setsockopt(got, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    say_from(&a, len, from, sizeof from);
    t->fn(t->arg, got, from);
}

struct tcp_listener *tcp_listen(struct loop *loop, const char *host, int port, tcp_accept_fn *fn,
                                void *arg, struct error *err)
{
    struct sockaddr_storage a;
    socklen_t len;
    int one = 1;
    if (port < 0 || port > 65535 || !to_address(host, port, &a, &len)) {
        err_set(err, E_RANGE, "%s:%d is no address to listen on", host, port);
        return NULL;
    }
    int fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) != 0) {
        int e = errno;
        err_set(err,
                e == EADDRINUSE ? E_BUSY
                : e == EACCES   ? E_REFUSED
                                : E_IO,
                "cannot listen on %s:%d: %s", host, port, strerror(e));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct tcp_listener *t = mem_zero(sizeof *t);
    *t = (struct tcp_listener){.loop = loop, .fd = fd, .fn = fn, .arg = arg};
    t->port = ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&a)->sin6_port
                                            : ((struct sockaddr_in *)(void *)&a)->sin_port);
    if (loop_fd(loop, fd, LOOP_READ, on_accept, t, "io/tcp") != OK) {
        err_set(err, E_IO, "cannot listen on %s:%d", host, port);
        close(fd);
        free(t);
        return NULL;
    }
    return t;
}

int tcp_port(const struct tcp_listener *t)
{
    return t->port;
}

void tcp_listener_free(struct tcp_listener *t)
{
    if (!t)
        return;
    loop_fd_del(t->loop, t->fd);
    close(t->fd);
    free(t);
}
