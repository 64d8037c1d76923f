/* client.c - see client.h: the relay between terminal and session. It never waits for either: each
 * is written when it takes something. What is between them is kept small, so that the session sees
 * when a line stalls.
 */
#include "vigie/client/client.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include "rescue.h"
#include "start.h"
#include "vigie/base/clock.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"
#include "vigie/base/wire.h"

enum {
    PING_MS = 2500,   /* a session that says nothing is asked */
    SILENT_MS = 5000, /* one that does not answer is named */
    FULL = 4096,      /* so much waits for the terminal: no more is read from the session */
    KEYS_FULL = 65536,
    FLUSH_MS = 500 /* at the end, for what still waits for the terminal */
};

struct client {
    bool plain, welcome, silent, asked, input_over, over;
    int sock, tty, rows, cols;
    struct wire_in in;
    struct str to_session, to_tty;
    size_t session_at, tty_at;
    int64_t heard_ms;
    uint32_t pid;
    char log[1024];
    int exit_status;
    struct str last_word;
};

static int sig_pipe[2] = {-1, -1};

static void on_signal(int sig)
{
    int e = errno;
    char c = (char)sig;
    if (write(sig_pipe[1], &c, 1) < 0)
        errno = e; /* full: one is there already */
    errno = e;
}

static int64_t now_ms(void)
{
    return CLOCK_MS(clock_system());
}

static void catch (int sig)
{
    struct sigaction a = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&a.sa_mask);
    sigaction(sig, &a, NULL);
}

/* ---- what the session is told ---- */

static void read_size(struct client *c)
{
    struct winsize w;
    c->rows = 24;
    c->cols = 80;
    if (ioctl(c->tty, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0) {
        c->rows = w.ws_row;
        c->cols = w.ws_col;
    }
}

/* The client's character set; one whose box lines are double-wide counts as ASCII. */
static const char *charset(void)
{
    const char *name = nl_langinfo(CODESET);
    return strcmp(name, "UTF-8") == 0 && wcwidth(0x2500) != 1 ? "ASCII" : name;
}

static void say_hello(struct client *c)
{
    struct wire_hello h = {.version = WIRE_VERSION, .plain = c->plain};
    read_size(c);
    h.rows = c->rows;
    h.cols = c->cols;
    for (int i = 0; i < WIRE_ENV_N; i++) {
        const char *v = strcmp(wire_env[i], "CHARSET") == 0 ? charset() : getenv(wire_env[i]);
        snprintf(h.env[i], sizeof h.env[i], "%s", v ? v : "");
    }
    wire_put_hello(&c->to_session, &h);
}

static void say_size(struct client *c, bool redraw)
{
    read_size(c);
    wire_put_size(&c->to_session, c->rows, c->cols);
    if (redraw)
        wire_put(&c->to_session, WIRE_REDRAW, NULL, 0);
}

/* ---- the end ---- */

static void leave(struct client *c, int exit_status, const char *sentence, size_t n)
{
    c->over = true;
    c->exit_status = exit_status;
    str_reset(&c->last_word);
    utf8_clean(&c->last_word, sentence, n);
}

static void leave_text(struct client *c, const char *sentence)
{
    leave(c, 1, sentence, strlen(sentence));
}

/* Whether the session's log ends with the report of its crash. */
static bool crash_reported(const struct client *c)
{
    char mark[64], tail[16384];
    int fd = open(c->log, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    off_t end = lseek(fd, 0, SEEK_END),
          from = end > (off_t)sizeof tail ? end - (off_t)sizeof tail : 0;
    ssize_t n = pread(fd, tail, sizeof tail - 1, from);
    close(fd);
    if (n <= 0)
        return false;
    tail[n] = 0;
    snprintf(mark, sizeof mark, "crash of process %u:", c->pid);
    return memmem(tail, (size_t)n, mark, strlen(mark)) != NULL;
}

static void session_lost(struct client *c)
{
    char *why;
    if (!c->welcome)
        why = mem_str("the session closed the line before it said a word");
    else if (crash_reported(c))
        why = mem_printf("the session (process %u) crashed; its report: %s. `vigie` starts another",
                         c->pid, c->log);
    else
        why = mem_printf("the session (process %u) ended without a word (killed?); its log: %s. "
                         "`vigie` starts another",
                         c->pid, c->log);
    leave_text(c, why);
    free(why);
}

/* ---- suspend ---- */

static void come_back(struct client *c)
{
    if (!c->plain)
        rescue_raw();
    c->heard_ms = now_ms();
    c->asked = c->silent = false;
    say_size(c, true);
}

static void drain_tty(struct client *c, int64_t wait_ms);

static void suspend(struct client *c)
{
    drain_tty(c, FLUSH_MS);
    rescue();
    signal(SIGTSTP, SIG_DFL);
    kill(0, SIGTSTP); /* the whole job, as the terminal would have done */
    catch (SIGTSTP);
    char sigs[64];
    while (read(sig_pipe[0], sigs, sizeof sigs) > 0)
        ; /* what came meanwhile is done by coming back */
    come_back(c);
}

/* ---- the user's editor, on our terminal, while the session goes on ---- */

static int run_editor(const char *path)
{
    static const char line[] = "exec ${VISUAL:-${EDITOR:-vi}} \"$1\"";
    int ended = 0;
    signal(SIGCHLD, SIG_DFL); /* this one is waited for */
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        signal(SIGTSTP, SIG_DFL);
        execl("/bin/sh", "sh", "-c", line, "vigie", path, (char *)NULL);
        _exit(127);
    }
    signal(SIGINT, SIG_IGN); /* C-c there is the editor's */
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTSTP, SIG_DFL); /* C-z there stops us too: fg brings both back */
    while (child > 0 && waitpid(child, &ended, 0) < 0 && errno == EINTR)
        ;
    return child > 0 && WIFEXITED(ended) ? WEXITSTATUS(ended) : 126;
}

static void set_signals(struct client *c);

static void edit(struct client *c, const struct wire_frame *f)
{
    char *path = mem_strn((const char *)f->bytes, f->n);
    drain_tty(c, FLUSH_MS);
    rescue();
    unsigned char rc = (unsigned char)run_editor(path);
    free(path);
    set_signals(c);
    come_back(c);
    wire_put(&c->to_session, WIRE_EDITED, &rc, 1);
}

/* ---- tmux's paste buffer ---- */

static void copy(const struct wire_frame *f)
{
    int p[2];
    if (pipe2(p, O_CLOEXEC) != 0)
        return;
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(p[0], STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execlp("tmux", "tmux", "load-buffer", "-w", "-", (char *)NULL);
        _exit(127);
    }
    close(p[0]);
    fcntl(p[1], F_SETFL, O_NONBLOCK); /* a pipe holds more than the 8 kB that are ever copied */
    if (child > 0 && write(p[1], f->bytes, f->n) < 0)
        errno = 0;
    close(p[1]);
}

/* ---- from the session ---- */

static void handle(struct client *c, const struct wire_frame *f)
{
    uint32_t version;
    switch ((enum wire_type)f->type) {
    case WIRE_HELLO:
        if (wire_get_welcome(f, &version, &c->pid, c->log) != OK || version != WIRE_VERSION)
            leave_text(c, "the session is of another version");
        c->welcome = true;
        break;
    case WIRE_RESTORE:
        rescue_bytes(f->bytes, f->n);
        if (!c->plain && !rescue_raw())
            leave_text(c, "standard input is no terminal");
        break;
    case WIRE_SCREEN: str_addn(&c->to_tty, f->bytes, f->n); break;
    case WIRE_SUSPEND: suspend(c); break;
    case WIRE_COPY: copy(f); break;
    case WIRE_EDIT:
        if (!c->plain)
            edit(c, f);
        break;
    case WIRE_ERROR: break; /* for `vigie send` */
    case WIRE_BYE:
        leave(c, f->n > 0 ? f->bytes[0] : 1, f->n > 1 ? (const char *)f->bytes + 1 : "",
              f->n > 1 ? f->n - 1 : 0);
        break;
    case WIRE_PING: wire_put(&c->to_session, WIRE_PONG, NULL, 0); break;
    case WIRE_PONG:
    case WIRE_KEYS:
    case WIRE_SIZE:
    case WIRE_REDRAW:
    case WIRE_SEND:
    case WIRE_EDITED:
    case WIRE_END: break; /* none of a session's */
    }
}

static void heard(struct client *c)
{
    c->heard_ms = now_ms();
    c->asked = false;
    if (!c->silent)
        return;
    c->silent = false;
    wire_put(&c->to_session, WIRE_REDRAW, NULL, 0); /* over our own words */
}

static void from_session(struct client *c)
{
    char buf[16384];
    struct wire_frame f;
    ssize_t n = recv(c->sock, buf, sizeof buf, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        session_lost(c);
        return;
    }
    heard(c);
    wire_feed(&c->in, buf, (size_t)n);
    int got = 0;
    while (!c->over && (got = wire_next(&c->in, &f)) == 1)
        handle(c, &f);
    if (got < 0)
        leave_text(c, "the session does not speak this vigie's language");
}

/* ---- silence ---- */

static void name_silence(struct client *c)
{
    static const char text[] = "The session does not answer. C-c leaves it as it is.";
    c->silent = true;
    if (c->plain || !c->welcome)
        fprintf(stderr, "vigie: %s\n", text);
    else
        str_addf(&c->to_tty, "\0337\033[%d;1H\033[7m %s \033[0m\0338", c->rows, text);
}

/* How long poll may sleep; asks and names on the way. Silence is judged only while we listen. */
static int watch_silence(struct client *c, bool listening)
{
    int64_t now = now_ms();
    if (!listening) {
        c->heard_ms = now;
        return -1;
    }
    int64_t quiet = now - c->heard_ms;
    if (quiet >= PING_MS && !c->asked) {
        wire_put(&c->to_session, WIRE_PING, NULL, 0);
        c->asked = true;
    }
    if (quiet >= SILENT_MS && !c->silent)
        name_silence(c);
    if (c->silent)
        return -1;
    return (int)((quiet < PING_MS ? PING_MS : SILENT_MS) - quiet);
}

/* ---- to and from the terminal ---- */

static void from_tty(struct client *c)
{
    char buf[4096];
    ssize_t n = read(STDIN_FILENO, buf, sizeof buf);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        c->input_over = true;
        if (c->plain)
            wire_put(&c->to_session, WIRE_END, NULL, 0);
        else
            leave_text(c, "the terminal is gone");
        return;
    }
    if (!c->silent)
        wire_put(&c->to_session, WIRE_KEYS, buf, (size_t)n);
    else if (memchr(buf, 3, (size_t)n)) /* other keys are dropped: they would act blindly later */
        leave_text(c, "left; the session runs but does not answer");
}

/* Writes what goes now. False: the descriptor is of no more use. */
static bool put_out(int fd, bool sock, struct str *out, size_t *at)
{
    while (*at < out->n) {
        size_t left = out->n - *at, part = sock || left < 512 ? left : 512;
        ssize_t n = sock ? send(fd, out->s + *at, part, MSG_DONTWAIT | MSG_NOSIGNAL)
                         : write(fd, out->s + *at, part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        *at += (size_t)n;
        if (!sock)
            break; /* a terminal that could not be opened anew may block: only when poll says so */
    }
    if (*at == out->n) {
        str_reset(out);
        *at = 0;
    }
    return true;
}

static void drain_tty(struct client *c, int64_t wait_ms)
{
    int64_t end = now_ms() + wait_ms;
    while (c->tty_at < c->to_tty.n && now_ms() < end) {
        struct pollfd f = {c->tty, POLLOUT, 0};
        if (poll(&f, 1, (int)(end - now_ms())) <= 0 ||
            !put_out(c->tty, false, &c->to_tty, &c->tty_at))
            break;
    }
    str_reset(&c->to_tty);
    c->tty_at = 0;
}

static void on_signals(struct client *c)
{
    char sigs[64];
    ssize_t n = read(sig_pipe[0], sigs, sizeof sigs);
    for (ssize_t i = 0; i < n; i++) {
        if (sigs[i] == SIGWINCH)
            say_size(c, false);
        else if (sigs[i] == SIGTSTP)
            suspend(c);
        else if (sigs[i] == SIGCONT)
            come_back(c);
    }
}

static void relay(struct client *c)
{
    enum { SIGS, TTY_IN, TTY_OUT, SOCK };
    bool tty_waits = c->tty_at < c->to_tty.n, full = c->to_tty.n - c->tty_at >= FULL;
    int wait = watch_silence(c, !full);
    struct pollfd f[] = {{sig_pipe[0], POLLIN, 0},
                         {STDIN_FILENO, POLLIN, 0},
                         {tty_waits || c->tty_at < c->to_tty.n ? c->tty : -1, POLLOUT, 0},
                         {c->sock, full ? 0 : POLLIN, 0}};
    if (c->input_over || (c->to_session.n > KEYS_FULL && !c->silent))
        f[TTY_IN].fd = -1;
    if (c->session_at < c->to_session.n)
        f[SOCK].events |= POLLOUT;
    if (poll(f, 4, wait) < 0)
        return;
    if (f[SIGS].revents)
        on_signals(c);
    if (f[TTY_IN].revents)
        from_tty(c);
    if (f[TTY_OUT].revents && !put_out(c->tty, false, &c->to_tty, &c->tty_at))
        leave_text(c, "the terminal is gone");
    if (f[SOCK].revents & POLLOUT)
        put_out(c->sock, true, &c->to_session, &c->session_at);
    if (f[SOCK].revents & (POLLIN | POLLHUP | POLLERR) && !c->over && !full)
        from_session(c);
}

/* A description of our own, so that not waiting for it does not change the shell's. */
static int open_tty(bool plain)
{
    const char *name = plain ? NULL : ttyname(STDOUT_FILENO);
    int fd = name ? open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
    return fd >= 0 ? fd : STDOUT_FILENO;
}

static void set_signals(struct client *c)
{
    if (sig_pipe[0] < 0 && pipe2(sig_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN); /* nobody waits for tmux */
    if (c->plain)
        return;
    rescue_watch(STDIN_FILENO, c->tty);
    catch (SIGWINCH);
    catch (SIGTSTP);
    catch (SIGCONT);
}

static void clean_up(struct client *c)
{
    close(c->sock);
    if (c->tty != STDOUT_FILENO)
        close(c->tty);
    wire_clear(&c->in);
    str_clear(&c->to_session);
    str_clear(&c->to_tty);
    str_clear(&c->last_word);
}

int client_run(const struct client_options *o)
{
    struct client c = {.plain = o->plain};
    struct error err;
    if (start_connect(o, &c.sock, &err) != OK) {
        fprintf(stderr, "vigie: %s\n", err.text);
        return 1;
    }
    c.tty = open_tty(o->plain);
    set_signals(&c);
    say_hello(&c);
    c.heard_ms = now_ms();
    while (!c.over)
        relay(&c);
    drain_tty(&c, FLUSH_MS);
    rescue();
    if (c.last_word.n > 0)
        fprintf(c.exit_status == 0 ? stdout : stderr, "vigie: %s\n", c.last_word.s);
    clean_up(&c);
    return c.exit_status;
}
