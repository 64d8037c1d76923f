/* link.c - see link.h. Not: sockets (tcp.c). Reads once a turn and descriptor, so that a chatty
 * device does not starve the keys.
 */
#include "link_own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vigie/base/mem.h"

enum { QUEUE_MAX = 1000000, PIECE = 16384 };

struct link {
    struct loop *loop;
    int fd; /* -1: not yet connected, or closed */
    char *name;
    struct link_events events;
    size_t max_queue, sent; /* sent: bytes at the head of the queue that have left */
    struct str queue;
    bool unborn; /* has a descriptor, but `opened` was not yet told: nothing is written or read */
    bool socket, datagrams, paused, finishing, over;
    struct link_owner owner;
    int depth;      /* callbacks on the stack: freed only without one */
    uint64_t later; /* timer that ends a link from the loop */
    void (*cancel)(void *arg);
    void *cancel_arg;
};

static void on_fd(void *arg, int fd, int events);

static void let_go(struct link *l)
{
    if (l->depth || !l->over)
        return;
    loop_timer_del(l->loop, l->later);
    str_clear(&l->queue);
    free(l->name);
    free(l);
}

/* Closes the descriptor; no callback after this. */
static void shut(struct link *l)
{
    l->over = true;
    if (l->fd >= 0)
        loop_fd_del(l->loop, l->fd);
    if (l->owner.let_go)
        l->owner.let_go(l->owner.arg, l->fd);
    else if (l->fd >= 0)
        close(l->fd);
    if (l->cancel)
        l->cancel(l->cancel_arg);
    l->fd = -1;
    l->cancel = NULL;
}

static void end(struct link *l, const struct error *why)
{
    if (l->over)
        return;
    struct error last = *why;
    if (l->owner.fate)
        l->owner.fate(l->owner.arg, &last);
    shut(l);
    l->depth++;
    if (l->events.closed)
        l->events.closed(l->events.arg, &last);
    l->depth--;
    let_go(l);
}

static bool watch(struct link *l)
{
    int want =
        (l->paused || l->finishing ? 0 : LOOP_READ) | (l->queue.n > l->sent ? LOOP_WRITE : 0);
    if (l->fd < 0 || l->unborn)
        return true;
    if (!want) { /* nothing is awaited: not even a hang-up, or a full pipe would spin */
        loop_fd_del(l->loop, l->fd);
        return true;
    }
    return loop_fd(l->loop, l->fd, want, on_fd, l, "io/link") == OK;
}

struct link *link_waiting(struct loop *loop, const char *name, const struct link_events *events,
                          size_t max_queue, void (*cancel)(void *arg), void *arg)
{
    struct link *l = mem_zero(sizeof *l);
    l->loop = loop;
    l->fd = -1;
    l->name = mem_str(name);
    l->events = *events;
    l->max_queue = max_queue ? max_queue : QUEUE_MAX;
    l->cancel = cancel;
    l->cancel_arg = arg;
    return l;
}

static enum status adopt(struct link *l, int fd, struct error *err)
{
    int flags = fcntl(fd, F_GETFL), type;
    socklen_t len = sizeof type;
    l->fd = fd;
    l->unborn = false;
    l->socket = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0;
    l->datagrams = l->socket && type == SOCK_DGRAM;
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return err_errno(err, "%s", l->name);
    if (!watch(l))
        return err_set(err, E_IO, "%s: cannot be watched", l->name);
    return OK;
}

struct link *link_new_take(struct loop *loop, int fd, const char *name,
                           const struct link_events *events, size_t max_queue, struct error *err)
{
    struct link *l = link_waiting(loop, name, events, max_queue, NULL, NULL);
    if (adopt(l, fd, err) == OK)
        return l;
    link_close(l);
    return NULL;
}

enum status link_connected(struct link *l, int fd, struct error *err)
{
    l->cancel = NULL;
    enum status s = adopt(l, fd, err);
    if (s != OK)
        return s;
    l->depth++;
    if (l->events.opened)
        l->events.opened(l->events.arg);
    l->depth--;
    let_go(l);
    return OK;
}

void link_own(struct link *l, const struct link_owner *owner)
{
    l->owner = *owner;
}

enum status link_lines(struct link *l, int rts, int dtr, struct error *err)
{
    if (l->over || l->fd < 0)
        return err_set(err, E_IO, "%s: not open", l->name);
    if (!l->owner.lines)
        return err_set(err, E_ABSENT, "%s: has no RTS and DTR lines", l->name);
    return l->owner.lines(l->owner.arg, l->fd, rts, dtr, err);
}

/* A descriptor that is open already, told as opened from the loop. */
static int64_t on_soon(void *arg)
{
    struct link *l = arg;
    struct error err;
    int fd = l->fd;
    l->later = 0;
    if (link_connected(l, fd, &err) != OK)
        link_failed(l, &err);
    return -1;
}

struct link *link_soon_take(struct loop *loop, int fd, const char *name,
                            const struct link_events *events, const struct link_owner *owner,
                            struct error *err)
{
    struct link *l = link_waiting(loop, name, events, 0, NULL, NULL);
    if (owner)
        l->owner = *owner;
    l->fd = fd;
    l->unborn = true;
    l->later = loop_timer(loop, 0, on_soon, l, "io/link");
    if (l->later)
        return l;
    err_set(err, E_IO, "%s: cannot be watched", name);
    link_close(l);
    return NULL;
}

void link_failed(struct link *l, const struct error *why)
{
    l->cancel = NULL;
    end(l, why);
}

static void broken(struct link *l, const char *what)
{
    struct error why;
    err_set(&why, E_IO, "%s: %s: %s", l->name, what, strerror(errno));
    end(l, &why);
}

/* true: go on. */
static bool read_some(struct link *l)
{
    char buf[PIECE];
    ssize_t n = read(l->fd, buf, sizeof buf);
    if (n > 0) {
        if (l->events.read)
            l->events.read(l->events.arg, buf, (size_t)n);
        return !l->over;
    }
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return true;
    if (n == 0 && l->datagrams)
        return true;
    if (n == 0 || errno == EIO) { /* EIO: the other end of a pty is closed */
        struct error why = {.status = OK};
        snprintf(why.text, sizeof why.text, "%.200s: closed by the other side", l->name);
        end(l, &why);
    } else {
        broken(l, "the connection broke");
    }
    return false;
}

static bool write_some(struct link *l)
{
    while (l->sent < l->queue.n) {
        const char *head = l->queue.s + l->sent;
        size_t left = l->queue.n - l->sent;
        ssize_t n = l->socket ? send(l->fd, head, left, MSG_NOSIGNAL) : write(l->fd, head, left);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            broken(l, "cannot be written to");
            return false;
        }
        l->sent += (size_t)n;
    }
    if (l->sent == l->queue.n) {
        str_reset(&l->queue);
        l->sent = 0;
    } else if (l->sent > l->queue.n / 2) {
        size_t left = l->queue.n - l->sent;
        memmove(l->queue.s, l->queue.s + l->sent, left);
        l->queue.n = left;
        l->queue.s[left] = 0;
        l->sent = 0;
    }
    return true;
}

static void on_fd(void *arg, int fd, int events)
{
    struct link *l = arg;
    (void)fd;
    l->depth++;
    bool go = true;
    if (go && (events & LOOP_WRITE) && l->queue.n > l->sent)
        go = write_some(l);
    if (go && !l->over && (events & LOOP_READ) && !l->paused && !l->finishing)
        go = read_some(l);
    if (go && !l->over) {
        struct error why = {.status = OK};
        if (l->finishing && l->queue.n == 0)
            end(l, &why);
        else if (!watch(l))
            broken(l, "cannot be watched");
    }
    l->depth--;
    let_go(l);
}

enum status link_write(struct link *l, const void *bytes, size_t n, struct error *err)
{
    if (l->over || l->finishing)
        return err_set(err, E_IO, "%s: closed", l->name);
    if (n > l->max_queue || l->queue.n - l->sent > l->max_queue - n)
        return err_set(err, E_BUSY, "%s: takes nothing, %zu bytes wait", l->name,
                       l->queue.n - l->sent);
    /* At once if nothing waits before it: a stop does not wait for the turn's end, and a datagram stays one. What goes
     * wrong here goes wrong again in the loop, and is told there. */
    ssize_t left = -1;
    if (l->fd >= 0 && !l->unborn && l->queue.n == l->sent)
        left = l->socket ? send(l->fd, bytes, n, MSG_NOSIGNAL) : write(l->fd, bytes, n);
    if (left < 0)
        left = 0;
    str_addn(&l->queue, (const char *)bytes + left, n - (size_t)left);
    if (!watch(l))
        return err_set(err, E_IO, "%s: cannot be watched", l->name);
    return OK;
}

size_t link_queued(const struct link *l)
{
    return l->queue.n - l->sent;
}

const char *link_name(const struct link *l)
{
    return l->name;
}

int link_fd(const struct link *l)
{
    return l->unborn ? -1 : l->fd;
}

static int64_t on_later(void *arg)
{
    struct link *l = arg;
    struct error why = {.status = OK};
    l->later = 0;
    end(l, &why);
    return -1;
}

static void end_later(struct link *l)
{
    if (!l->later)
        l->later = loop_timer(l->loop, 0, on_later, l, "io/link");
}

void link_pause(struct link *l, bool pause)
{
    l->paused = pause;
    if (!l->over && !watch(l))
        end_later(l);
}

void link_close(struct link *l)
{
    if (!l || l->over)
        return;
    shut(l);
    let_go(l);
}

void link_finish(struct link *l)
{
    if (!l || l->over || l->finishing)
        return;
    l->finishing = true;
    if (!watch(l) || link_queued(l) == 0)
        end_later(l);
}
