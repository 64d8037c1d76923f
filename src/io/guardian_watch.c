/* guardian_watch.c - the guardian's own process: see guardian.h, and guardian_own.h for what it may call.
 * Not: the program's side (guardian.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "guardian_own.h"

enum {
    SOCK = 3,       /* our end of the socket; above it only wires */
    WRITE_MS = 300, /* a wire that takes nothing is given up after this long */
    DRAIN_MS = 500, /* what was written may need this long to leave */
    MOST_MS = 2000, /* all together */
    ASLEEP_MS =
        1000, /* woken so much too late: the whole machine slept, the program is not to blame */
    NEAR_MS = 10
};

struct ward {
    bool used;
    int fd;
    size_t written; /* pieces */
    struct guardian_order order;
};
static struct ward ward[GUARDIAN_WIRES];
static int64_t give_up_ms;

static int64_t now_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t mono_ms(void)
{
    return now_ms(CLOCK_MONOTONIC);
}

/* Waits for an event on fd (or only for the time), never beyond the end of all patience. */
static bool await(int fd, short events, int64_t ms)
{
    int64_t left = give_up_ms - mono_ms();
    struct pollfd p = {.fd = fd, .events = events};
    if (left <= 0 || ms <= 0)
        return false;
    return poll(&p, 1, (int)(ms < left ? ms : left)) > 0 && (p.revents & (events | POLLHUP));
}

static bool any(void)
{
    for (int i = 0; i < GUARDIAN_WIRES; i++)
        if (ward[i].used)
            return true;
    return false;
}

static void drop(struct ward *w)
{
    if (!w->used)
        return;
    close(w->fd);
    w->used = false;
}

static void drop_id(uint64_t id)
{
    for (int i = 0; i < GUARDIAN_WIRES; i++)
        if (ward[i].used && ward[i].order.id == id)
            drop(&ward[i]);
}

/* ---- one line */

static void add_text(char *line, size_t *n, const char *text)
{
    for (; *text && *n < 390; text++)
        line[(*n)++] = *text;
}

static void add_number(char *line, size_t *n, long x, int digits)
{
    char text[24], *p = text + sizeof text - 1;
    *p = 0;
    for (; (x > 0 || digits > 0) && p > text; x /= 10, digits--)
        *--p = (char)('0' + x % 10);
    add_text(line, n, p);
}

static void say(pid_t program, const char *why, const struct ward *w, bool written)
{
    char line[400];
    size_t n = 0;
    long s = (long)(now_ms(CLOCK_REALTIME) / 1000 % 86400);
    add_text(line, &n, "vigie: guardian: process ");
    add_number(line, &n, (long)program, 1);
    add_text(line, &n, why);
    add_text(line, &n, " while ");
    add_text(line, &n, w->order.name);
    add_text(line, &n,
             written ? " moved: its stop was written at "
                     : " moved: its stop could NOT be written at ");
    add_number(line, &n, s / 3600, 2);
    add_text(line, &n, ":");
    add_number(line, &n, s / 60 % 60, 2);
    add_text(line, &n, ":");
    add_number(line, &n, s % 60, 2);
    add_text(line, &n, " UTC\n");
    if (write(STDERR_FILENO, line, n) < 0)
        return; /* nobody listens */
}

/* ---- the stops */

static bool put(int fd, const char *bytes, size_t n)
{
    int64_t until = mono_ms() + WRITE_MS;
    while (n) {
        ssize_t took = write(fd, bytes, n);
        if (took > 0) {
            bytes += took;
            n -= (size_t)took;
        } else if (took < 0 && errno == EINTR) {
            continue;
        } else if (took < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
            return false;
        } else if (!await(fd, POLLOUT, until - mono_ms())) {
            return false;
        }
    }
    return true;
}

/* Piece by piece over all wires: the first piece of each is the one that counts. */
static void write_stops(void)
{
    int gap = 0;
    for (int i = 0; i < GUARDIAN_WIRES; i++)
        if (ward[i].used && ward[i].order.stop.gap_ms > gap)
            gap = ward[i].order.stop.gap_ms;
    for (size_t piece = 0; piece < GUARDIAN_PIECES; piece++) {
        bool more = false;
        for (int i = 0; i < GUARDIAN_WIRES; i++) {
            struct ward *w = &ward[i];
            const struct guardian_stop *s = &w->order.stop;
            if (!w->used || piece >= s->n || w->written != piece)
                continue;
            size_t from = piece ? s->end[piece - 1] : 0;
            w->written += put(w->fd, s->bytes + from, s->end[piece] - from);
            more = more || piece + 1 < s->n;
        }
        if (more)
            await(-1, 0, gap);
    }
}

/* What was written leaves: the queue of a line empties. A connection whose program is dead is ended in order, and what still
 * comes is read: closed over unread bytes it would be reset, and the stop with it. */
static void drain(int fd, bool dead)
{
    char rest[512];
    int left = 0;
    int64_t until = mono_ms() + DRAIN_MS;
    while (ioctl(fd, TIOCOUTQ, &left) == 0 && left > 0 && mono_ms() < until)
        await(-1, 0, NEAR_MS);
    if (!dead || shutdown(fd, SHUT_WR) != 0)
        return;
    while (await(fd, POLLIN, until - mono_ms()))
        if (read(fd, rest, sizeof rest) <= 0)
            return;
}

static void stop_all(pid_t program, bool dead)
{
    give_up_ms = mono_ms() + MOST_MS;
    write_stops();
    for (int i = 0; i < GUARDIAN_WIRES; i++) {
        struct ward *w = &ward[i];
        if (!w->used)
            continue;
        bool written = w->written == w->order.stop.n;
        struct guardian_report r = {
            .id = w->order.id, .wall_ns = now_ms(CLOCK_REALTIME) * 1000000, .written = written};
        say(program, dead ? " has gone" : " did not answer for 3 s", w, written);
        if (!dead)
            (void)!send(SOCK, &r, sizeof r, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    for (int i = 0; i < GUARDIAN_WIRES; i++)
        if (ward[i].used) {
            drain(ward[i].fd, dead);
            drop(&ward[i]);
        }
}

/* ---- what the program says */

static void take(const struct guardian_order *o, int fd)
{
    drop_id(o->id); /* armed anew: the older duplicate goes */
    if (o->word != WORD_ARM || fd < 0) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (int i = 0; i < GUARDIAN_WIRES; i++)
        if (!ward[i].used) {
            ward[i].used = true;
            ward[i].fd = fd;
            ward[i].written = 0;
            ward[i].order = *o;
            return;
        }
    close(fd);
}

/* false: the program has gone. */
static bool hear(void)
{
    struct guardian_order o = {0};
    union {
        struct cmsghdr h;
        char room[CMSG_SPACE(sizeof(int))];
    } c;
    struct iovec v = {&o, sizeof o};
    struct msghdr m = {
        .msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};
    ssize_t n = recvmsg(SOCK, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (n == 0)
        return false;
    int fd = -1;
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    if (h && h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(h), sizeof fd);
    if (n == sizeof o && o.word != WORD_BEAT)
        take(&o, fd);
    else if (fd >= 0)
        close(fd);
    return true;
}

/* ---- its life */

static void be_alone(int sock)
{
    static const int deaf[] = {SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTOU};
    sigset_t none;
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL); /* the program's handlers write into descriptors that we close */
    for (size_t i = 0; i < sizeof deaf / sizeof deaf[0]; i++)
        signal(deaf[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    prctl(PR_SET_NAME, "vigie-guardian");
    if (sock != SOCK) {
        dup2(sock, SOCK);
        close(sock);
    }
    close_range(SOCK + 1, ~0U, 0);
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    close(null);
    if (chdir("/") != 0)
        return; /* then some folder cannot be unmounted while it lives: no harm to what moves */
}

_Noreturn void guardian_watch(int sock, pid_t program)
{
    be_alone(sock);
    int64_t heard = mono_ms();
    for (;;) {
        struct pollfd p = {.fd = SOCK, .events = POLLIN};
        int64_t began = mono_ms();
        int64_t wait = any() ? heard + GUARDIAN_SILENCE_MS - began : -1;
        if (any() && wait < 0)
            wait = 0;
        int got = poll(&p, 1, (int)wait);
        int64_t t = mono_ms();
        if (got > 0) {
            heard = t;
            if (hear())
                continue;
            if (any())
                stop_all(program, true);
            _exit(0);
        }
        if (got == 0 && t - began > wait + ASLEEP_MS)
            heard = t;
        else if (got == 0 && any() && t - heard >= GUARDIAN_SILENCE_MS)
            stop_all(program, false);
    }
}
