/* replay.c - see replay.h. */
#include "vigie/devices/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { HEARD_MAX = 4096, LATE_MAX_MS = 2000 };

struct replay {
    struct loop *loop;
    struct wire_trace trace;
    size_t at; /* the entry behind the last one that was found */
    bool quick;
    int master, slave; /* the slave is kept open: the terminal stays when its user goes */
    char *address;
    struct str heard;
    uint64_t unknown, timer;
    size_t answer; /* the entry that goes out next */
};

static int open_terminal(struct replay *r)
{
    r->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (r->master < 0 || grantpt(r->master) != 0 || unlockpt(r->master) != 0)
        return -1;
    const char *name = ptsname(r->master);
    r->slave = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    struct termios t;
    if (r->slave < 0 || tcgetattr(r->slave, &t) != 0)
        return -1;
    cfmakeraw(&t);
    if (tcsetattr(r->slave, TCSANOW, &t) != 0 || fcntl(r->master, F_SETFL, O_NONBLOCK) != 0)
        return -1;
    r->address = mem_printf("pty:%s", name);
    return 0;
}

static const struct wire_line *entry(const struct replay *r, size_t i)
{
    return &r->trace.line.at[i];
}

/* The answers behind the question that was found, one after the other. */
static int64_t answer(void *arg)
{
    struct replay *r = arg;
    r->timer = 0;
    for (; r->answer < r->trace.line.n && entry(r, r->answer)->dir != '>'; r->answer++) {
        const struct wire_line *l = entry(r, r->answer);
        if (l->dir == '<' && write(r->master, l->bytes, l->n) != (ssize_t)l->n)
            break; /* nobody reads: as on a cable */
    }
    r->at = r->answer;
    return -1;
}

static void found(struct replay *r, size_t i)
{
    int64_t wait = 0;
    size_t next = i + 1;
    while (next < r->trace.line.n && entry(r, next)->dir == '*')
        next++;
    if (!r->quick && next < r->trace.line.n && entry(r, next)->dir == '<')
        wait = (entry(r, next)->wall_ns - entry(r, i)->wall_ns) / 1000000;
    if (r->timer) { /* the one before had not been answered yet */
        loop_timer_del(r->loop, r->timer);
        answer(r);
    }
    r->answer = i + 1;
    wait = wait < 0 ? 0 : wait > LATE_MAX_MS ? LATE_MAX_MS : wait;
    r->timer = loop_timer(r->loop, wait, answer, r, "devices/replay");
}

/* The longest question that begins what was heard; 0: none does, or (part) one may yet. */
static size_t question(const struct replay *r, size_t *which, bool *part)
{
    size_t n = r->trace.line.n, best = 0;
    *part = false;
    for (size_t k = 0; k < n; k++) {
        size_t i = (r->at + k) % n;
        const struct wire_line *l = entry(r, i);
        if (l->dir != '>' || l->n == 0)
            continue;
        size_t both = l->n < r->heard.n ? l->n : r->heard.n;
        if (memcmp(l->bytes, r->heard.s, both) != 0)
            continue;
        if (l->n > r->heard.n)
            *part = true;
        else if (l->n > best) {
            best = l->n;
            *which = i;
        }
    }
    return best;
}

static void take(struct replay *r, size_t n)
{
    memmove(r->heard.s, r->heard.s + n, r->heard.n - n);
    r->heard.n -= n;
    r->heard.s[r->heard.n] = 0;
}

static void hear(void *arg, int fd, int events)
{
    struct replay *r = arg;
    char buf[512];
    ssize_t got;
    (void)events;
    while ((got = read(fd, buf, sizeof buf)) > 0) {
        str_addn(&r->heard, buf, (size_t)got);
        size_t which = 0;
        bool part = false;
        while (r->heard.n) {
            size_t n = question(r, &which, &part);
            if (n)
                found(r, which);
            else if (part && r->heard.n < HEARD_MAX)
                break;
            else
                r->unknown++;
            take(r, n ? n : 1);
        }
    }
}

struct replay *replay_new(struct loop *loop, const char *path, bool quick, struct error *err)
{
    struct wire_trace trace;
    bool asked = false;
    if (wire_trace_read(path, &trace, err) != OK)
        return NULL;
    for (size_t i = 0; i < trace.line.n; i++)
        asked = asked || trace.line.at[i].dir == '>';
    struct replay *r = mem_zero(sizeof *r);
    r->loop = loop;
    r->trace = trace;
    r->quick = quick;
    r->master = r->slave = -1;
    if (!asked)
        err_set(err, E_RANGE, "%.150s: nothing was asked in it", path);
    else if (open_terminal(r) != 0)
        err_errno(err, "no pseudo-terminal");
    else if (loop_fd(loop, r->master, LOOP_READ, hear, r, "devices/replay") == OK)
        return r;
    else
        err_set(err, E_IO, "the pseudo-terminal cannot be watched");
    replay_free(r);
    return NULL;
}

void replay_free(struct replay *r)
{
    if (!r)
        return;
    loop_timer_del(r->loop, r->timer);
    if (r->address && r->master >= 0)
        loop_fd_del(r->loop, r->master);
    if (r->slave >= 0)
        close(r->slave);
    if (r->master >= 0)
        close(r->master);
    wire_trace_clear(&r->trace);
    str_clear(&r->heard);
    free(r->address);
    free(r);
}

const char *replay_address(const struct replay *r)
{
    return r->address;
}

uint64_t replay_unknown(const struct replay *r)
{
    return r->unknown;
}
