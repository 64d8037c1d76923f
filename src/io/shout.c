/* shout.c - see shout.h. An unconnected socket a family; the answers come to it. */
#include "vigie/io/shout.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vigie/base/mem.h"

enum { AGAIN_MS = 500, BYTES = 1024, ANSWERS = 200, ROUNDS = 3 };

struct shout {
    struct loop *loop;
    shout_fn *fn;
    void *arg;
    void *bytes;
    size_t n;
    uint64_t timer;
    struct in6_addr group6;
    int fd, fd6, port, answers, round;
};

static void send_to(const struct shout *s, struct in_addr address)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)s->port), .sin_addr = address};
    /* an interface that cannot be reached is none of those that answer */
    (void)!sendto(s->fd, s->bytes, s->n, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
}

static void send_all(const struct shout *s)
{
    struct ifaddrs *list = NULL;
    send_to(s, (struct in_addr){htonl(INADDR_LOOPBACK)});
    if (getifaddrs(&list) != 0)
        return;
    for (const struct ifaddrs *i = list; i; i = i->ifa_next)
        if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET && (i->ifa_flags & IFF_BROADCAST) &&
            (i->ifa_flags & IFF_UP) && i->ifa_broadaddr)
            send_to(s, ((struct sockaddr_in *)(void *)i->ifa_broadaddr)->sin_addr);
    freeifaddrs(list);
}

/* On each interface once, whatever addresses it has. */
static void send_all6(const struct shout *s)
{
    struct if_nameindex *list = if_nameindex();
    struct sockaddr_in6 to = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)s->port), .sin6_addr = s->group6};
    for (const struct if_nameindex *i = list; i && i->if_index; i++) {
        to.sin6_scope_id = i->if_index;
        (void)!sendto(s->fd6, s->bytes, s->n, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
    }
    if (list)
        if_freenameindex(list);
}

static int64_t on_again(void *arg)
{
    struct shout *s = arg;
    if (++s->round == 1) {
        send_all(s);
        return s->fd6 >= 0 ? AGAIN_MS : -1;
    }
    if (s->answers == 0 && s->round <= ROUNDS)
        send_all6(s);
    return s->round < ROUNDS && s->answers == 0 ? AGAIN_MS : -1;
}

static void on_answer(void *arg, int fd, int events)
{
    struct shout *s = arg;
    char bytes[BYTES + 1], from[NI_MAXHOST];
    struct sockaddr_storage who = {0};
    socklen_t len = sizeof who;
    (void)events;
    ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&who, &len);
    if (n < 0 || n > BYTES || ++s->answers > ANSWERS ||
        getnameinfo((struct sockaddr *)&who, len, from, sizeof from, NULL, 0, NI_NUMERICHOST) != 0)
        return;
    s->fn(s->arg, from, bytes, (size_t)n);
}

/* A machine without IPv6 has nobody to be found by it. */
static int open6(struct shout *s, const char *group6)
{
    if (!group6 || inet_pton(AF_INET6, group6, &s->group6) != 1)
        return -1;
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && loop_fd(s->loop, fd, LOOP_READ, on_answer, s, "io/shout") != OK) {
        close(fd);
        return -1;
    }
    return fd;
}

struct shout *shout_new(struct loop *loop, int port, const char *group6, const void *bytes,
                        size_t n, shout_fn *fn, void *arg, struct error *err)
{
    int one = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct shout *s = mem_zero(sizeof *s);
    *s = (struct shout){.loop = loop,
                        .fn = fn,
                        .arg = arg,
                        .bytes = mem_dup(bytes, n),
                        .n = n,
                        .fd = fd,
                        .fd6 = -1,
                        .port = port};
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one) != 0 ||
        loop_fd(loop, fd, LOOP_READ, on_answer, s, "io/shout") != OK) {
        err_set(err, E_NET, "the local network cannot be asked: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        free(s->bytes);
        free(s);
        return NULL;
    }
    s->fd6 = open6(s, group6);
    send_all(s);
    s->timer = loop_timer(loop, AGAIN_MS, on_again, s, "io/shout");
    return s;
}

void shout_free(struct shout *s)
{
    if (!s)
        return;
    loop_timer_del(s->loop, s->timer);
    loop_fd_del(s->loop, s->fd);
    close(s->fd);
    if (s->fd6 >= 0) {
        loop_fd_del(s->loop, s->fd6);
        close(s->fd6);
    }
    free(s->bytes);
    free(s);
}
