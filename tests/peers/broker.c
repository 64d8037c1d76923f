/* broker.c - see broker.h. Layout of the messages: the Kafka protocol guide (ApiVersions 18,
 * SaslHandshake 17, SaslAuthenticate 36). The address that the broker tells of itself is written over
 * with the door's.
 */
#include "broker.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 32, FRAME_MAX = 8 << 20 };

/* One client and the connection behind it: frames not whole yet of either side; versions: number of a
 * question for versions whose answer is on its way. */
struct pair {
    int fd[2];
    unsigned char *frame[2];
    size_t n[2];
    uint32_t versions;
    bool asked_versions, in;
};

struct door {
    int fd, port, behind, stop[2];
    char *token;
    pthread_t thread;
    atomic_int let_in;
    struct pair pair[PAIRS];
};

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(unsigned char *p, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(x >> (24 - 8 * i));
}

static void send_all(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0)
            return;
        p += k;
        n -= (size_t)k;
    }
}

static void reply(int fd, const unsigned char *corr, const void *body, size_t n)
{
    unsigned char head[8];
    put32(head, (uint32_t)n + 4);
    memcpy(head + 4, corr, 4);
    send_all(fd, head, 8);
    send_all(fd, body, n);
}

/* A frame of the client: length, key, version, number, client's name, body. */
static void from_client(struct door *d, struct pair *p, unsigned char *f, size_t n)
{
    static const char old[] = "\0\43\0\0\0\0", /* 35: ask in version 0 */
        mechanisms[] = "\0\0\0\0\0\2\0\13OAUTHBEARER\0\15SCRAM-SHA-512",
                      yes[] = "\0\0\377\377\0\0\0\0",
                      no[] = "\0\72\0\23invalid credentials\0\0\0\0";
    int key = f[4] << 8 | f[5], version = f[6] << 8 | f[7];
    if (key == 18 && version > 0) {
        reply(p->fd[0], f + 8, old, sizeof old - 1);
    } else if (key == 17) {
        reply(p->fd[0], f + 8, mechanisms, sizeof mechanisms - 1);
    } else if (key == 36) {
        char want[200];
        int k = snprintf(want, sizeof want, "auth=Bearer %s\1", d->token);
        p->in = memmem(f, n, want, (size_t)k) != NULL;
        d->let_in += p->in;
        reply(p->fd[0], f + 8, p->in ? yes : no, p->in ? sizeof yes - 1 : sizeof no - 1);
    } else if (key == 18 || p->in) {
        p->asked_versions |= key == 18;
        if (key == 18)
            p->versions = get32(f + 8);
        send_all(p->fd[1], f, n);
    }
}

/* The broker behind knows of no logins: two rows more in its list of what it can. */
static void send_versions(struct pair *p, unsigned char *f, size_t n)
{
    static const unsigned char more[] = {0, 17, 0, 0, 0, 1, 0, 36, 0, 0, 0, 0};
    size_t list = 14 + 6 * (size_t)get32(f + 10);
    put32(f, (uint32_t)(n - 4 + sizeof more));
    put32(f + 10, get32(f + 10) + 2);
    send_all(p->fd[0], f, list);
    send_all(p->fd[0], more, sizeof more);
    send_all(p->fd[0], f + list, n - list);
    p->asked_versions = false;
}

static void from_broker(struct door *d, struct pair *p, unsigned char *f, size_t n)
{
    static const char host[] = "127.0.0.1";
    if (p->asked_versions && get32(f + 4) == p->versions) {
        send_versions(p, f, n);
        return;
    }
    for (size_t i = 8; i + sizeof host + 3 <= n; i++)
        if (memcmp(f + i, host, sizeof host - 1) == 0 &&
            get32(f + i + sizeof host - 1) == (uint32_t)d->behind)
            put32(f + i + sizeof host - 1, (uint32_t)d->port);
    send_all(p->fd[0], f, n);
}

static void hang_up(struct pair *p)
{
    close(p->fd[0]);
    close(p->fd[1]);
    p->fd[0] = p->fd[1] = -1;
    p->n[0] = p->n[1] = 0;
    p->in = p->asked_versions = false;
}

static void hear(struct door *d, struct pair *p, int side)
{
    if (!p->frame[side])
        p->frame[side] = malloc(FRAME_MAX);
    unsigned char *f = p->frame[side];
    ssize_t k = recv(p->fd[side], f + p->n[side], FRAME_MAX - p->n[side], 0);
    if (k <= 0) {
        hang_up(p);
        return;
    }
    p->n[side] += (size_t)k;
    if (p->n[side] >= 4 && get32(f) > FRAME_MAX - 4) { /* it speaks TLS */
        hang_up(p);
        return;
    }
    while (p->n[side] >= 4 && p->n[side] >= get32(f) + 4) {
        size_t n = get32(f) + 4, rest = p->n[side] - n;
        unsigned char *copy = malloc(n);
        memcpy(copy, f, n);
        memmove(f, f + n, rest);
        p->n[side] = rest;
        if (side == 0)
            from_client(d, p, copy, n);
        else
            from_broker(d, p, copy, n);
        free(copy);
    }
}

static void let_knock(struct door *d)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                            .sin_port = htons((uint16_t)d->behind)};
    int fd = accept(d->fd, NULL, NULL);
    for (int i = 0; i < PAIRS; i++)
        if (d->pair[i].fd[0] < 0) {
            d->pair[i].fd[0] = fd;
            d->pair[i].fd[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (connect(d->pair[i].fd[1], (struct sockaddr *)&a, sizeof a) != 0)
                hang_up(&d->pair[i]);
            return;
        }
    close(fd);
}

static void *serve(void *arg)
{
    struct door *d = arg;
    for (;;) {
        struct pollfd p[2 + 2 * PAIRS] = {{d->stop[0], POLLIN, 0}, {d->fd, POLLIN, 0}};
        for (int i = 0; i < 2 * PAIRS; i++)
            p[2 + i] = (struct pollfd){d->pair[i / 2].fd[i % 2], POLLIN, 0};
        if (poll(p, 2 + 2 * PAIRS, -1) < 0 || p[0].revents)
            return NULL;
        for (int i = 0; i < 2 * PAIRS; i++)
            if (p[2 + i].revents && d->pair[i / 2].fd[i % 2] == p[2 + i].fd)
                hear(d, &d->pair[i / 2], i % 2);
        if (p[1].revents)
            let_knock(d);
    }
}

struct door *door_start(int behind, const char *token)
{
    struct door *d = calloc(1, sizeof *d);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    d->behind = behind;
    d->token = strdup(token);
    for (int i = 0; i < PAIRS; i++)
        d->pair[i].fd[0] = d->pair[i].fd[1] = -1;
    d->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pipe(d->stop) != 0 || bind(d->fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        listen(d->fd, 16) != 0 || getsockname(d->fd, (struct sockaddr *)&a, &len) != 0) {
        perror("door");
        exit(99);
    }
    d->port = ntohs(a.sin_port);
    pthread_create(&d->thread, NULL, serve, d);
    return d;
}

void door_stop(struct door *d)
{
    if (write(d->stop[1], "", 1) != 1)
        exit(99);
    pthread_join(d->thread, NULL);
    for (int i = 0; i < PAIRS; i++) {
        if (d->pair[i].fd[0] >= 0)
            hang_up(&d->pair[i]);
        free(d->pair[i].frame[0]);
        free(d->pair[i].frame[1]);
    }
    close(d->fd);
    close(d->stop[0]);
    close(d->stop[1]);
    free(d->token);
    free(d);
}

int door_port(const struct door *d)
{
    return d->port;
}

int door_let_in(const struct door *d)
{
    return d->let_in;
}
