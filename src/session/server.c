/* server.c - see server.h. One viewer at a time: who comes later takes over. A frame is made only
 * when the viewer has taken the one before, so that a stalled line costs nothing but old news, and
 * at most ten times a second.
 */
#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sky_now.h"
#include "vigie/base/log.h"
#include "vigie/base/wire.h"
#include "vigie/session/console.h"

enum {
    PEERS = 16,            /* at the door at once */
    HELLO_MS = 5000,       /* a client says who it is within */
    FRAME_MS = 100,        /* between two frames that keys ask for; the first goes at once */
    OWN_FRAME_MS = 125,    /* between one that none asks for and the one before */
    FRAMES_S = 10,         /* at most in a second */
    FRAMES_OWN = 8,        /* of these so many that no key asked for: the others are for keys */
    SLOW_FRAME_MS = 333,   /* the same on a slow line */
    BLOCKED_MS = 1000,     /* a frame not taken for so long: the line is slow */
    CALM_MS = 60000,       /* so long without that: it is not */
    LAST_WORD_MS = 1000,   /* at the end */
    MAX_BACKLOG = 4 << 20, /* who takes nothing and asks for ever is let go */
    SEND_BUFFER = 16384    /* of the kernel: what lies there is old news already */
};

struct peer {
    struct server *server;
    int fd;
    struct wire_in in;
    struct str out;
    size_t out_at;
    bool closing;  /* after what is in `out` */
    uint64_t sent; /* the task of `vigie send` it waits for */
    uint64_t timer;
};

struct screen { /* a way of viewing, and its state */
    const struct viewer_ops *ops;
    void *state;
};

struct server {
    struct session *session;
    struct loop *loop;
    char *path, *log;
    int fd;
    struct peer *peer[PEERS];
    struct screen ui, plain;
    struct peer *viewer;
    struct screen *screen; /* of the viewer */
    bool whole, suspended, ending, tmux, slow, quit;
    int64_t blocked_ms, calm_ms;          /* blocked: since; calm: when */
    int64_t drawn_ms[FRAMES_S], keyed_ms; /* the last frames, newest first; the last for a key */
    bool keyed;                           /* a key came since the last frame */
    int64_t left_ms;                      /* when the last viewer went */
    uint64_t frame_timer;
    int64_t frame_due_ms;
    session_edited_fn *edited; /* the viewer edits a file; it is told when that is over */
    void *edited_arg;
};

static void on_peer(void *arg, int fd, int events);

static size_t backlog(const struct peer *p)
{
    return p->out.n - p->out_at;
}

/* ---- a peer ---- */

static void edit_over(struct server *v, int exit_status)
{
    session_edited_fn *fn = v->edited;
    v->edited = NULL;
    if (fn)
        fn(v->edited_arg, exit_status);
}

static void let_viewer_go(struct server *v)
{
    if (!v->viewer)
        return;
    v->screen->ops->detach(v->screen->state);
    v->viewer = NULL;
    v->screen = NULL;
    edit_over(v, -1);
    v->suspended = v->ending = false;
    v->blocked_ms = 0;
    v->left_ms = loop_now_ms(v->loop);
    sky_now_viewer(v->session, false, false);
}

static void peer_free(struct peer *p)
{
    struct server *v = p->server;
    if (v->viewer == p)
        let_viewer_go(v);
    if (p->sent)
        console_unsend(session_console(v->session), p->sent);
    for (int i = 0; i < PEERS; i++)
        if (v->peer[i] == p)
            v->peer[i] = NULL;
    loop_timer_del(v->loop, p->timer);
    loop_fd_del(v->loop, p->fd);
    close(p->fd);
    wire_clear(&p->in);
    str_clear(&p->out);
    free(p);
}

/* Hands bytes to the kernel. False: the peer is gone. */
static bool push(struct peer *p)
{
    while (backlog(p) > 0) {
        ssize_t n = send(p->fd, p->out.s + p->out_at, backlog(p), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0)
            return false;
        p->out_at += (size_t)n;
    }
    if (backlog(p) == 0) {
        str_reset(&p->out);
        p->out_at = 0;
    }
    return true;
}

static void flush(struct peer *p)
{
    if (!push(p) || backlog(p) > MAX_BACKLOG || (p->closing && backlog(p) == 0)) {
        peer_free(p);
        return;
    }
    int want = backlog(p) > 0 ? LOOP_WRITE : 0;
    if (!p->closing)
        want |= LOOP_READ;
    if (loop_fd(p->server->loop, p->fd, want, on_peer, p, "session/viewer") != OK)
        peer_free(p);
}

static int64_t too_late(void *arg)
{
    struct peer *p = arg;
    p->timer = 0;
    peer_free(p);
    return -1;
}

/* The last word to a peer; it is dropped when it does not listen. */
static void bye(struct peer *p, int exit_status, const char *sentence)
{
    struct server *v = p->server;
    if (v->viewer == p)
        let_viewer_go(v);
    wire_put_bye(&p->out, exit_status, sentence);
    p->closing = true;
    loop_timer_del(v->loop, p->timer);
    p->timer = loop_timer(v->loop, HELLO_MS, too_late, p, "session/viewer");
    flush(p);
}

/* ---- attach ---- */

static void refuse_version(struct peer *p, uint32_t version)
{
    char *why = mem_printf("this session speaks version %d of the protocol, this vigie %u: another "
                           "vigie was installed while it ran. End it with the old one, or by "
                           "`kill %ld`, which is in order",
                           WIRE_VERSION, version, (long)getpid());
    bye(p, 1, why);
    free(why);
}

static void put_restore(struct server *v)
{
    struct str restore = {0};
    v->screen->ops->restore(v->screen->state, &restore);
    if (restore.n <= WIRE_MAX)
        wire_put(&v->viewer->out, WIRE_RESTORE, restore.s, restore.n);
    str_clear(&restore);
}

static void on_size(struct server *v, const struct wire_frame *f)
{
    int rows, cols;
    if (wire_get_size(f, &rows, &cols) != OK)
        return;
    v->screen->ops->resize(v->screen->state, rows, cols);
    put_restore(v); /* it may depend on the size */
}

static void attach(struct peer *p, const struct wire_hello *h)
{
    struct server *v = p->server;
    struct viewer_env env = {h->env[0], h->env[1], h->env[2], h->env[3],
                             h->env[4], h->env[5], h->rows,   h->cols};
    struct screen *screen = h->plain ? &v->plain : &v->ui;
    struct error err;
    if (!screen->ops) {
        bye(p, 1, "this session has no screen; `vigie --plain` attaches to it as lines");
        return;
    }
    if (v->viewer)
        bye(v->viewer, 0, "another vigie has taken the session over");
    loop_timer_del(v->loop, p->timer);
    p->timer = 0;
    wire_put_welcome(&p->out, (uint32_t)getpid(), v->log);
    if (screen->ops->attach(screen->state, &env, &err) != OK) {
        bye(p, 1, err.text);
        return;
    }
    v->viewer = p;
    v->screen = screen;
    v->whole = true;
    v->tmux = h->env[4][0] != 0;
    v->calm_ms = loop_now_ms(v->loop);
    v->keyed_ms = v->calm_ms - FRAME_MS;
    for (int i = 0; i < FRAMES_S; i++)
        v->drawn_ms[i] = v->calm_ms - 1000; /* the first frame at once */
    put_restore(v);
    log_put(LOG_INFO, "session", "", "viewer attached: %s %dx%d%s", h->plain ? "lines" : env.term,
            env.cols, env.rows, env.ssh_connection[0] ? ", over ssh" : "");
    v->slow = false;
    events_put(v->session->events, EV_ATTACH, 0);
    sky_now_viewer(v->session, true, false);
    flush(p);
}

static void on_hello(struct peer *p, const struct wire_frame *f)
{
    struct wire_hello h;
    enum status s = wire_get_hello(f, &h);
    if (s == OK && p->server->viewer != p)
        attach(p, &h);
    else if (s == E_REFUSED)
        refuse_version(p, h.version);
    else
        peer_free(p);
}

/* ---- vigie send ---- */

static void on_sent(void *arg, enum console_sent what, const char *text, size_t n, int exit_status)
{
    struct peer *p = arg;
    switch (what) {
    case SENT_OUT: wire_put_bytes(&p->out, WIRE_SCREEN, text, n); break;
    case SENT_ERROR: wire_put_bytes(&p->out, WIRE_ERROR, text, n); break;
    case SENT_END:
        p->sent = 0;
        bye(p, exit_status, "");
        break;
    }
}

static void on_send(struct peer *p, const struct wire_frame *f)
{
    uint32_t version;
    const char *code;
    size_t n;
    struct error err;
    enum status s = wire_get_send(f, &version, &code, &n);
    if (p->sent || p->server->viewer == p || s == E_PARSE) {
        peer_free(p);
        return;
    }
    if (s == E_REFUSED) {
        refuse_version(p, version);
        return;
    }
    p->sent = console_send(session_console(p->server->session), code, n, on_sent, p, &err);
    if (!p->sent) {
        bye(p, 1, err.text);
        return;
    }
    loop_timer_del(p->server->loop, p->timer);
    p->timer = 0;
}

static void flush_senders(struct server *v)
{
    for (int i = 0; i < PEERS; i++)
        if (v->peer[i] && v->peer[i]->sent && backlog(v->peer[i]) > 0)
            flush(v->peer[i]);
}

static void handle(struct peer *p, const struct wire_frame *f)
{
    struct server *v = p->server;
    bool viewing = v->viewer == p;
    switch ((enum wire_type)f->type) {
    case WIRE_HELLO: on_hello(p, f); break;
    case WIRE_KEYS:
        if (viewing)
            session_keys(v->session);
        v->keyed = v->keyed || viewing;
        if (viewing)
            v->screen->ops->keys(v->screen->state, (const char *)f->bytes, f->n);
        break;
    case WIRE_SIZE:
        if (viewing)
            on_size(v, f);
        break;
    case WIRE_REDRAW:
        v->whole = v->whole || viewing;
        v->suspended = v->suspended && (!viewing || v->edited);
        break;
    case WIRE_END: v->ending = v->ending || viewing; break;
    case WIRE_SEND: on_send(p, f); break;
    case WIRE_EDITED:
        if (viewing) {
            v->suspended = false;
            v->whole = true;
            edit_over(v, f->n ? f->bytes[0] : 0);
        }
        break;
    case WIRE_PING: wire_put(&p->out, WIRE_PONG, NULL, 0); break;
    case WIRE_PONG:
    case WIRE_RESTORE:
    case WIRE_SCREEN:
    case WIRE_SUSPEND:
    case WIRE_COPY:
    case WIRE_EDIT:
    case WIRE_ERROR:
    case WIRE_BYE: break; /* none of a client's */
    }
}

static bool alive(const struct server *v, const struct peer *p)
{
    for (int i = 0; i < PEERS; i++)
        if (v->peer[i] == p)
            return true;
    return false;
}

static void on_peer(void *arg, int fd, int events)
{
    struct peer *p = arg;
    struct server *v = p->server;
    struct wire_frame f;
    char buf[16384];
    if (events & LOOP_READ) {
        ssize_t n = recv(fd, buf, sizeof buf, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            peer_free(p);
            return;
        }
        if (n > 0)
            wire_feed(&p->in, buf, (size_t)n);
        int got;
        while (!p->closing && (got = wire_next(&p->in, &f)) != 0) {
            if (got < 0) {
                peer_free(p);
                return;
            }
            handle(p, &f);
            if (!alive(v, p))
                return;
        }
    }
    flush(p);
}

static void on_door(void *arg, int listen_fd, int events)
{
    struct server *v = arg;
    (void)events;
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), i = 0;
    if (fd < 0)
        return;
    while (i < PEERS && v->peer[i])
        i++;
    if (i == PEERS) {
        close(fd);
        return;
    }
    int size = SEND_BUFFER;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    struct peer *p = mem_zero(sizeof *p);
    p->server = v;
    p->fd = fd;
    v->peer[i] = p;
    if (wire_peer_uid(fd) != (long)geteuid()) {
        bye(p, 1, "this session belongs to another user");
        return;
    }
    p->timer = loop_timer(v->loop, HELLO_MS, too_late, p, "session/viewer");
    flush(p);
}

/* ---- what the session wants on the screen ---- */

static void on_event(void *arg, const struct event *ev)
{
    struct server *v = arg;
    if (v->ui.ops)
        v->ui.ops->event(v->ui.state, ev);
    v->plain.ops->event(v->plain.state, ev);
}

static void on_ring(void *arg, enum alarm_level level, const char *text)
{
    struct server *v = arg;
    if (!v->viewer || v->suspended)
        return;
    struct str out = {0};
    v->screen->ops->ring(v->screen->state, level, text, &out);
    wire_put_screen(&v->viewer->out, out.s, out.n);
    str_clear(&out);
    loop_wake(v->loop);
}

static enum status on_copy(void *arg, const char *text, size_t n, struct error *err)
{
    struct server *v = arg;
    if (!v->viewer || !v->tmux)
        return err_set(err, E_ABSENT, "the viewer is not inside tmux");
    wire_put(&v->viewer->out, WIRE_COPY, text, n);
    loop_wake(v->loop);
    return OK;
}

static enum status on_edit(void *arg, const char *path, session_edited_fn *fn, void *fn_arg,
                           struct error *err)
{
    struct server *v = arg;
    if (!v->viewer || v->screen == &v->plain)
        return err_set(err, E_ABSENT,
                       "the editor runs in the viewer's terminal: attach with `vigie`");
    if (v->edited)
        return err_set(err, E_BUSY, "an editor runs already");
    wire_put(&v->viewer->out, WIRE_EDIT, path, strlen(path));
    v->suspended = true;
    v->edited = fn;
    v->edited_arg = fn_arg;
    loop_wake(v->loop);
    return OK;
}

/* The line is slow when a frame is not taken for a second; not any more after a calm minute. */
static void judge_line(struct server *v)
{
    int64_t now = loop_now_ms(v->loop);
    const char *want = conf_text(session_conf(v->session), "slow");
    bool blocked = backlog(v->viewer) > 0;
    if (!blocked)
        v->blocked_ms = 0;
    else if (v->blocked_ms == 0)
        v->blocked_ms = now;
    if (blocked && now - v->blocked_ms >= BLOCKED_MS)
        v->calm_ms = now + CALM_MS;
    bool slow = strcmp(want, "yes") == 0 || (strcmp(want, "auto") == 0 && now < v->calm_ms);
    if (slow == v->slow)
        return;
    v->slow = slow;
    v->screen->ops->slow(v->screen->state, slow);
    sky_now_viewer(v->session, true, slow);
}

static int64_t frame_due(void *arg)
{
    ((struct server *)arg)->frame_timer = 0; /* the turn draws */
    return -1;
}

/* When the next frame may come. A key is answered at once; a held key gets even steps. */
static int64_t next_frame_ms(const struct server *v)
{
    if (v->slow)
        return v->drawn_ms[0] + SLOW_FRAME_MS;
    int64_t gap = v->keyed ? v->keyed_ms + FRAME_MS : v->drawn_ms[0] + OWN_FRAME_MS;
    int64_t many = v->drawn_ms[(v->keyed ? FRAMES_S : FRAMES_OWN) - 1] + 1000;
    return gap > many ? gap : many;
}

static void drawn(struct server *v)
{
    memmove(v->drawn_ms + 1, v->drawn_ms, sizeof v->drawn_ms - sizeof v->drawn_ms[0]);
    v->drawn_ms[0] = loop_now_ms(v->loop);
    if (v->keyed)
        v->keyed_ms = v->drawn_ms[0];
    v->keyed = false;
}

static void frame(struct server *v)
{
    if (!v->viewer || v->suspended || backlog(v->viewer) > 0)
        return; /* the next turn comes when it is taken */
    if (!v->whole && !v->screen->ops->dirty(v->screen->state))
        return;
    int64_t wait = next_frame_ms(v) - loop_now_ms(v->loop);
    if (wait > 0) {
        int64_t due = loop_now_ms(v->loop) + wait;
        if (v->frame_timer && v->frame_due_ms <= due)
            return; /* set already: one set anew each turn would turn the loop until it is due */
        loop_timer_del(v->loop, v->frame_timer); /* a key is in a greater hurry */
        v->frame_timer = loop_timer(v->loop, wait, frame_due, v, "session/frame");
        v->frame_due_ms = due;
        return;
    }
    struct str out = {0};
    v->screen->ops->draw(v->screen->state, v->whole, &out);
    v->whole = false;
    drawn(v);
    wire_put_screen(&v->viewer->out, out.s, out.n);
    str_clear(&out);
}

static void do_asked(struct server *v, unsigned asked)
{
    if (asked & ASK_QUIT)
        v->quit = true;
    if (!v->viewer)
        return;
    if (asked & ASK_REDRAW)
        v->whole = true;
    if (asked & ASK_SUSPEND) {
        wire_put(&v->viewer->out, WIRE_SUSPEND, NULL, 0);
        v->suspended = true;
    }
    if (asked & ASK_DETACH)
        bye(v->viewer, 0, "detached; the session goes on, `vigie` shows it again");
}

void server_turn(struct server *v)
{
    do_asked(v, session_asked(v->session));
    flush_senders(v);
    if (!v->viewer)
        return;
    if (!v->suspended)
        judge_line(v);
    frame(v);
    if (v->ending && !v->screen->ops->dirty(v->screen->state) &&
        !events_waiting(v->session->events))
        bye(v->viewer, 0, "");
    else if (backlog(v->viewer) > 0)
        flush(v->viewer);
}

bool server_quit(const struct server *v)
{
    return v->quit;
}

int64_t server_alone_ms(const struct server *v)
{
    return v->viewer ? 0 : loop_now_ms(v->loop) - v->left_ms;
}

/* ---- begin and end ---- */

static enum status listen_at(struct server *v, struct error *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(v->path) >= sizeof a.sun_path)
        return err_set(err, E_RANGE, "%s: too long for a socket", v->path);
    memcpy(a.sun_path, v->path, strlen(v->path) + 1);
    v->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (v->fd < 0)
        return err_errno(err, "cannot make a socket");
    unlink(v->path);
    if (bind(v->fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(v->fd, PEERS) != 0)
        return err_errno(err, "cannot listen at %s", v->path);
    if (loop_fd(v->loop, v->fd, LOOP_READ, on_door, v, "session/door") != OK)
        return err_set(err, E_IO, "cannot watch the socket %s", v->path);
    return OK;
}

enum status server_new(struct session *s, const char *path, const struct viewer_ops *ui,
                       const char *log, struct server **out, struct error *err)
{
    struct server *v = mem_zero(sizeof *v);
    v->session = s;
    v->loop = session_loop(s);
    v->path = mem_str(path);
    v->log = mem_str(log);
    v->left_ms = loop_now_ms(v->loop);
    enum status st = listen_at(v, err);
    if (st != OK) {
        if (v->fd >= 0)
            close(v->fd);
        free(v->path);
        free(v->log);
        free(v);
        return st;
    }
    v->ui.ops = ui;
    if (ui)
        v->ui.state = ui->create(s);
    v->plain.ops = &viewer_plain;
    v->plain.state = viewer_plain.create(s);
    events_on(session_events(s), on_event, v);
    session_on_screen(s, on_ring, on_copy, on_edit, v);
    *out = v;
    return OK;
}

/* What was said last is handed over as far as the peers take it within a second. */
static void last_words(struct server *v)
{
    int64_t end = CLOCK_MS(clock_system()) + LAST_WORD_MS;
    for (int i = 0; i < PEERS; i++)
        while (v->peer[i] && backlog(v->peer[i]) > 0) {
            struct pollfd f = {v->peer[i]->fd, POLLOUT, 0};
            int64_t left = end - CLOCK_MS(clock_system());
            if (left <= 0 || poll(&f, 1, (int)left) <= 0 || !push(v->peer[i]))
                break;
        }
}

void server_free(struct server *v, int exit_status, const char *sentence)
{
    if (!v)
        return;
    session_on_screen(v->session, NULL, NULL, NULL, NULL);
    events_off(session_events(v->session), on_event, v);
    if (v->viewer)
        bye(v->viewer, exit_status, sentence);
    last_words(v);
    for (int i = 0; i < PEERS; i++)
        if (v->peer[i])
            peer_free(v->peer[i]);
    loop_timer_del(v->loop, v->frame_timer);
    loop_fd_del(v->loop, v->fd);
    close(v->fd);
    unlink(v->path);
    if (v->ui.ops)
        v->ui.ops->destroy(v->ui.state);
    v->plain.ops->destroy(v->plain.state);
    free(v->path);
    free(v->log);
    free(v);
}
