/* server.c - see server.h. One thread accepts, one more for each connection. */
#include "server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUESTS = 256, REQUEST_MAX = 70000 };

struct server {
    const struct server_step *steps;
    int n, fd, port, stop[2];
    pthread_t thread;
    pthread_mutex_t lock;
    int count, open, most;
    char *seen[REQUESTS];
    pthread_t talk[REQUESTS];
    int n_talk;
};

struct talk {
    struct server *s;
    int fd;
};

/* Sleeps; true: the server is to stop. */
static bool pause_ms(struct server *s, int fd, int ms)
{
    struct pollfd p = {s->stop[0], POLLIN, 0};
    (void)fd;
    return poll(&p, 1, ms) > 0;
}

static bool put(struct server *s, int fd, const char *bytes, size_t n)
{
    while (n) {
        struct pollfd p[2] = {{fd, POLLOUT, 0}, {s->stop[0], POLLIN, 0}};
        if (poll(p, 2, -1) < 0 || p[1].revents)
            return false;
        ssize_t k = send(fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (k < 0)
            return false;
        bytes += k;
        n -= (size_t)k;
    }
    return true;
}

static void play(struct server *s, int fd, const struct server_step *t)
{
    size_t n = t->n ? t->n : strlen(t->answer ? t->answer : "");
    if (pause_ms(s, fd, t->wait_ms < 0 ? -1 : t->wait_ms))
        return;
    if (t->head && !put(s, fd, t->head, strlen(t->head)))
        return;
    for (int i = 0; i < (t->repeat ? t->repeat : 1); i++) {
        if (!t->drip_ms) {
            if (!put(s, fd, t->answer, n))
                return;
            continue;
        }
        for (size_t k = 0; k < n; k++)
            if (pause_ms(s, fd, t->drip_ms) || !put(s, fd, t->answer + k, 1))
                return;
    }
    if (t->then == THEN_SILENCE)
        pause_ms(s, fd, -1);
}

/* The whole request, with the body that Content-Length promises. */
static char *hear(struct server *s, int fd)
{
    char *text = calloc(1, REQUEST_MAX + 1);
    size_t n = 0;
    for (;;) {
        struct pollfd p[2] = {{fd, POLLIN, 0}, {s->stop[0], POLLIN, 0}};
        if (poll(p, 2, -1) < 0 || p[1].revents)
            break;
        ssize_t k = recv(fd, text + n, REQUEST_MAX - n, 0);
        if (k <= 0)
            break;
        n += (size_t)k;
        char *end = strstr(text, "\r\n\r\n"), *len = strcasestr(text, "\r\nContent-Length:");
        if (end && n >= (size_t)(end + 4 - text) + (len ? strtoul(len + 17, NULL, 10) : 0))
            return text;
    }
    free(text);
    return NULL;
}

static void *talk(void *arg)
{
    struct talk *t = arg;
    struct server *s = t->s;
    char *text = hear(s, t->fd);
    if (text) {
        pthread_mutex_lock(&s->lock);
        int k = s->count++;
        if (k < REQUESTS)
            s->seen[k] = text;
        else
            free(text);
        s->open++;
        s->most = s->open > s->most ? s->open : s->most;
        pthread_mutex_unlock(&s->lock);
        play(s, t->fd, &s->steps[k < s->n ? k : s->n - 1]);
        pthread_mutex_lock(&s->lock);
        s->open--;
        pthread_mutex_unlock(&s->lock);
    }
    shutdown(t->fd, SHUT_RDWR);
    close(t->fd);
    free(t);
    return NULL;
}

static void *serve(void *arg)
{
    struct server *s = arg;
    for (;;) {
        struct pollfd p[2] = {{s->fd, POLLIN, 0}, {s->stop[0], POLLIN, 0}};
        if (poll(p, 2, -1) < 0 || p[1].revents)
            return NULL;
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0 || s->n_talk == REQUESTS)
            continue;
        struct talk *t = calloc(1, sizeof *t);
        t->s = s;
        t->fd = fd;
        pthread_create(&s->talk[s->n_talk++], NULL, talk, t);
    }
}

struct server *server_start(const struct server_step *steps, int n)
{
    static const char *const proxies[] = {"http_proxy",  "https_proxy", "all_proxy",
                                          "HTTPS_PROXY", "ALL_PROXY",   "HTTP_PROXY"};
    struct server *s = calloc(1, sizeof *s);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
        unsetenv(proxies[i]);
    s->steps = steps;
    s->n = n;
    pthread_mutex_init(&s->lock, NULL);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pipe(s->stop) != 0 || bind(s->fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        listen(s->fd, 64) != 0 || getsockname(s->fd, (struct sockaddr *)&a, &len) != 0) {
        perror("test server");
        exit(99);
    }
    s->port = ntohs(a.sin_port);
    /* signals are for the thread of the test */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_create(&s->thread, NULL, serve, s);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return s;
}

void server_stop(struct server *s)
{
    if (write(s->stop[1], "", 1) != 1)
        exit(99);
    pthread_join(s->thread, NULL);
    for (int i = 0; i < s->n_talk; i++)
        pthread_join(s->talk[i], NULL);
    close(s->fd);
    close(s->stop[0]);
    close(s->stop[1]);
    for (int i = 0; i < REQUESTS; i++)
        free(s->seen[i]);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int server_port(const struct server *s)
{
    return s->port;
}

const char *server_url(const struct server *s, const char *path)
{
    static char url[4][300];
    static int k;
    k = (k + 1) % 4;
    snprintf(url[k], sizeof url[k], "http://127.0.0.1:%d%s", s->port, path);
    return url[k];
}

int server_count(const struct server *s)
{
    struct server *w = (struct server *)s;
    pthread_mutex_lock(&w->lock);
    int n = s->count;
    pthread_mutex_unlock(&w->lock);
    return n;
}

const char *server_request(const struct server *s, int k)
{
    struct server *w = (struct server *)s;
    pthread_mutex_lock(&w->lock);
    const char *text = k < REQUESTS && s->seen[k] ? s->seen[k] : "";
    pthread_mutex_unlock(&w->lock);
    return text;
}

int server_most(const struct server *s)
{
    struct server *w = (struct server *)s;
    pthread_mutex_lock(&w->lock);
    int n = s->most;
    pthread_mutex_unlock(&w->lock);
    return n;
}
