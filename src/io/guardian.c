/* guardian.c - see guardian.h: the program's side. Not: the guardian's own life (guardian_watch.c).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guardian_own.h"
#include "vigie/base/mem.h"

enum { END_TRIES = 200, END_US = 5000 };

struct guardian {
    struct loop *loop;
    struct guardian_events events;
    pid_t pid;
    int sock; /* -1: it has ended */
    uint64_t beat;
    VEC(uint64_t) armed;
};

bool guardian_stop_add(struct guardian_stop *s, const void *bytes, size_t size)
{
    size_t at = s->n ? s->end[s->n - 1] : 0;
    if (s->n == GUARDIAN_PIECES || size > sizeof s->bytes - at)
        return false;
    memcpy(s->bytes + at, bytes, size);
    s->end[s->n++] = at + size;
    return true;
}

pid_t guardian_pid(const struct guardian *g)
{
    return g->pid;
}

static size_t place(const struct guardian *g, uint64_t id)
{
    size_t i = 0;
    while (i < g->armed.n && g->armed.at[i] != id)
        i++;
    return i;
}

bool guardian_armed(const struct guardian *g, uint64_t id)
{
    return place(g, id) < g->armed.n;
}

static void forget(struct guardian *g, uint64_t id)
{
    size_t i = place(g, id);
    if (i < g->armed.n)
        g->armed.at[i] = g->armed.at[--g->armed.n];
    if (!g->armed.n) {
        loop_timer_del(g->loop, g->beat);
        g->beat = 0;
    }
}

/* It ends by itself at the end of its socket; what does not within a second is ended. */
static void bury(struct guardian *g)
{
    if (g->sock >= 0) {
        loop_fd_del(g->loop, g->sock);
        close(g->sock);
    }
    g->sock = -1;
    loop_timer_del(g->loop, g->beat);
    g->beat = 0;
    g->armed.n = 0;
    for (int i = 0; i < END_TRIES; i++) {
        if (waitpid(g->pid, NULL, WNOHANG) != 0)
            return;
        usleep(END_US);
    }
    kill(g->pid, SIGKILL);
    waitpid(g->pid, NULL, 0);
}

static bool send_order(struct guardian *g, struct guardian_order *o, int fd)
{
    union {
        struct cmsghdr h;
        char room[CMSG_SPACE(sizeof(int))];
    } c;
    struct iovec v = {o, sizeof *o};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
    if (g->sock < 0)
        return false;
    memset(&c, 0, sizeof c);
    if (fd >= 0) {
        m.msg_control = &c;
        m.msg_controllen = sizeof c;
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(h), &fd, sizeof fd);
    }
    return sendmsg(g->sock, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof *o;
}

static int64_t on_beat(void *arg)
{
    struct guardian_order o = {.word = WORD_BEAT};
    send_order(arg, &o, -1);
    return GUARDIAN_BEAT_MS;
}

static void on_report(void *arg, int fd, int events)
{
    struct guardian *g = arg;
    struct guardian_report r;
    (void)events;
    ssize_t n = recv(fd, &r, sizeof r, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (n == (ssize_t)sizeof r) {
        forget(g, r.id);
        g->events.stopped(g->events.arg, r.id, r.wall_ns, r.written);
        return;
    }
    bury(g);
    g->events.gone(g->events.arg);
}

struct guardian *guardian_new(struct loop *loop, const struct guardian_events *events,
                              struct error *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        err_errno(err, "the guardian of what moves");
        return NULL;
    }
    pid_t program = getpid(), pid = fork();
    if (pid == 0)
        guardian_watch(pair[1], program);
    close(pair[1]);
    struct guardian *g = mem_zero(sizeof *g);
    g->loop = loop;
    g->events = *events;
    g->pid = pid;
    g->sock = pair[0];
    if (pid > 0 && loop_fd(loop, g->sock, LOOP_READ, on_report, g, "io/guardian") == OK)
        return g;
    err_set(err, E_IO, "the guardian of what moves: no process to be had for it");
    close(pair[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    free(g);
    return NULL;
}

void guardian_free(struct guardian *g)
{
    if (!g)
        return;
    while (g->armed.n)
        guardian_disarm(g, g->armed.at[0]);
    if (g->sock >= 0)
        bury(g);
    VEC_FREE(g->armed);
    free(g);
}

enum status guardian_arm(struct guardian *g, uint64_t id, const char *name,
                         const struct guardian_stop *stop, struct error *err)
{
    struct guardian_order o = {.word = WORD_ARM, .id = id, .stop = *stop};
    if (!stop->n || stop->fd < 0 || (g->armed.n == GUARDIAN_WIRES && !guardian_armed(g, id)))
        return err_set(err, E_RANGE, "%s: the guardian cannot hold it", name);
    snprintf(o.name, sizeof o.name, "%s", name);
    if (!send_order(g, &o, stop->fd))
        return err_set(err, E_IO, "%s: the guardian cannot be reached", name);
    if (!guardian_armed(g, id))
        VEC_PUSH(g->armed, id);
    if (!g->beat)
        g->beat = loop_timer(g->loop, GUARDIAN_BEAT_MS, on_beat, g, "io/guardian");
    return OK;
}

void guardian_disarm(struct guardian *g, uint64_t id)
{
    struct guardian_order o = {.word = WORD_DISARM, .id = id};
    if (!guardian_armed(g, id))
        return;
    forget(g, id);
    if (!send_order(g, &o, -1)) /* it would stop what is none of its business any more */
        bury(g);
}
