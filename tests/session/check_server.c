/* check_server.c - the session as a process, spoken to over its socket by a client made here, with a
 * screen made here: attach, take over, refuse, stall, resize, leave, end, crash. No step waits for a
 * time to pass but those whose subject is time.
 */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vigie/base/clock.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/wire.h"
#include "vigie/session/process.h"
#include "vigie/session/session.h"

/* ---- a screen: a frame says what it knows; keys make it do things ---- */

struct fake {
    struct session *s;
    bool attached, dirty, slow, big, timing;
    int rows, cols, n_keys, n_resize, frame;
    int64_t due_ms, late_ms;
};

static void *fake_create(struct session *s)
{
    struct fake *f = mem_zero(sizeof *f);
    f->s = s;
    return f;
}

static void fake_destroy(void *ui)
{
    free(ui);
}

static enum status fake_attach(void *ui, const struct viewer_env *env, struct error *err)
{
    struct fake *f = ui;
    if (strcmp(env->term, "strange") == 0)
        return err_set(err, E_ABSENT, "terminal strange is not known");
    f->rows = env->rows;
    f->cols = env->cols;
    f->attached = true;
    return OK;
}

static void fake_detach(void *ui)
{
    ((struct fake *)ui)->attached = false;
}

static void fake_restore(const void *ui, struct str *out)
{
    (void)ui;
    str_add(out, "restore me");
}

static int64_t fake_tick(void *arg)
{
    struct fake *f = arg;
    int64_t now = loop_now_ms(session_loop(f->s)), late = now - f->due_ms;
    if (late > f->late_ms)
        f->late_ms = late;
    f->due_ms = now + 20;
    f->dirty = true;
    return 20;
}

static void fake_keys(void *ui, const char *bytes, size_t n)
{
    struct fake *f = ui;
    struct error err;
    f->n_keys += (int)n;
    f->dirty = true;
    for (size_t i = 0; i < n; i++) {
        switch (bytes[i]) {
        case 'B': f->big = !f->big; break;
        case 'S': session_ask(f->s, ASK_SUSPEND); break;
        case 'D': session_ask(f->s, ASK_DETACH); break;
        case 'Q': session_ask(f->s, ASK_QUIT); break;
        case 'R': session_ask(f->s, ASK_REDRAW); break;
        case 'C': ck_assert(session_copy(f->s, "copied", 6, &err) == OK || err.text[0]); break;
        case 'A': alarms_raise(f->s, ALARM_ALARM, "user", "x", "ring"); break;
        case 'T':
            f->due_ms = loop_now_ms(session_loop(f->s)) + 20;
            loop_timer(session_loop(f->s), 20, fake_tick, f, "test/tick");
            break;
        }
    }
}

static void fake_resize(void *ui, int rows, int cols)
{
    struct fake *f = ui;
    f->rows = rows;
    f->cols = cols;
    f->n_resize++;
    f->dirty = true;
}

static void fake_event(void *ui, const struct event *ev)
{
    (void)ui;
    (void)ev;
}

static int turns; /* of the loop since the last frame */

static bool fake_dirty(const void *ui)
{
    turns++;
    return ((const struct fake *)ui)->dirty;
}

static void fake_draw(void *ui, bool whole, struct str *out)
{
    struct fake *f = ui;
    f->dirty = false;
    if (f->big)
        for (int i = 0; i < 3000; i++)
            str_addf(out, "%0100d", i);
    str_addf(out, "<frame %d %s %dx%d keys %d slow %d late %lld turns %d>", ++f->frame,
             whole ? "whole" : "part", f->cols, f->rows, f->n_keys, f->slow, (long long)f->late_ms,
             turns);
    turns = 0;
}

static void fake_slow(void *ui, bool on)
{
    struct fake *f = ui;
    f->slow = on;
    f->dirty = true;
}

static void fake_ring(void *ui, enum alarm_level level, const char *text, struct str *out)
{
    (void)ui;
    str_addf(out, "<ring %s %s>", alarm_level_name(level), text);
}

static const struct viewer_ops fake = {fake_create,  fake_destroy, fake_attach, fake_detach,
                                       fake_restore, fake_keys,    fake_resize, fake_event,
                                       fake_dirty,   fake_draw,    fake_slow,   fake_ring};

/* ---- the process ---- */

static char folder[64], errors[80];
static pid_t session;

static pid_t start_session(void)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid > 0)
        return pid;
    char config[80];
    snprintf(config, sizeof config, "%s/config", folder);
    struct process_options o = {
        .demo = true, .ready_fd = -1, .config = access(config, F_OK) == 0 ? config : NULL};
    int fd = open(errors, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDERR_FILENO);
    exit(session_run(&o, &fake));
}

static char *socket_path(void)
{
    struct error err;
    char *path = wire_socket(NULL, &err);
    ck_assert_msg(path != NULL, "%s", err.text);
    return path;
}

static void setup(void)
{
    strcpy(folder, "/tmp/serverXXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    setenv("XDG_RUNTIME_DIR", folder, 1);
    setenv("TMPDIR", folder, 1);
    snprintf(errors, sizeof errors, "%s/errors", folder);
    session = start_session();
}

static void teardown(void)
{
    if (session > 0) {
        kill(session, SIGKILL);
        waitpid(session, NULL, 0);
    }
    char *rm = mem_printf("rm -rf '%s'", folder);
    ck_assert_int_eq(system(rm), 0);
    free(rm);
}

/* How it ended; within 10 s. */
static int wait_end(void)
{
    int status;
    for (int i = 0; i < 1000; i++) {
        if (waitpid(session, &status, WNOHANG) == session) {
            session = 0;
            return status;
        }
        poll(NULL, 0, 10);
    }
    ck_abort_msg("the session does not end");
}

static char *said(void)
{
    struct str t = {0};
    struct error err;
    ck_assert_int_eq(file_read(errors, 1000000, &t, &err), OK);
    return str_take(&t);
}

/* ---- a client ---- */

struct client {
    int fd;
    struct wire_in in;
    struct str screen; /* all SCREEN bytes so far */
    char bye[1100], restore[40], copy[40];
    int bye_status, frames;
    bool welcome, over, suspended, pong;
};

static int connect_to(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    strcpy(a.sun_path, path);
    for (int i = 0; i < 1000; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
            return fd;
        close(fd);
        poll(NULL, 0, 10);
    }
    ck_abort_msg("nobody listens at %s", path);
}

static void send_all(struct client *c, struct str *out)
{
    for (size_t at = 0; at < out->n;) {
        ssize_t n = send(c->fd, out->s + at, out->n - at, MSG_NOSIGNAL);
        ck_assert_int_gt(n, 0);
        at += (size_t)n;
    }
    str_clear(out);
}

static void open_client(struct client *c)
{
    char *path = socket_path();
    memset(c, 0, sizeof *c);
    c->fd = connect_to(path);
    free(path);
}

static void hello(struct client *c, const char *term, const char *tmux)
{
    struct str out = {0};
    struct wire_hello h = {.version = WIRE_VERSION, .rows = 24, .cols = 80};
    strcpy(h.env[0], term);
    strcpy(h.env[4], tmux);
    wire_put_hello(&out, &h);
    send_all(c, &out);
}

static void keys(struct client *c, const char *k)
{
    struct str out = {0};
    wire_put(&out, WIRE_KEYS, k, strlen(k));
    send_all(c, &out);
}

static void put(struct client *c, enum wire_type type)
{
    struct str out = {0};
    wire_put(&out, type, NULL, 0);
    send_all(c, &out);
}

static void take(struct client *c, const struct wire_frame *f)
{
    uint32_t version, pid;
    char log[1024];
    if (f->type == WIRE_HELLO) {
        ck_assert_int_eq(wire_get_welcome(f, &version, &pid, log), OK);
        ck_assert_int_eq((pid_t)pid, session);
        c->welcome = true;
    } else if (f->type == WIRE_SCREEN) {
        c->frames++;
        str_addn(&c->screen, f->bytes, f->n);
    } else if (f->type == WIRE_RESTORE) {
        snprintf(c->restore, sizeof c->restore, "%.*s", (int)f->n, (const char *)f->bytes);
    } else if (f->type == WIRE_COPY) {
        snprintf(c->copy, sizeof c->copy, "%.*s", (int)f->n, (const char *)f->bytes);
    } else if (f->type == WIRE_BYE) {
        c->bye_status = f->bytes[0];
        snprintf(c->bye, sizeof c->bye, "%.*s", (int)f->n - 1, (const char *)f->bytes + 1);
    }
    c->suspended |= f->type == WIRE_SUSPEND;
    c->pong |= f->type == WIRE_PONG;
}

/* Reads what is there within wait_ms; false when nothing came. */
static bool listen_to(struct client *c, int wait_ms)
{
    char buf[65536];
    struct wire_frame f;
    struct pollfd p = {c->fd, POLLIN, 0};
    if (c->over || poll(&p, 1, wait_ms) <= 0)
        return false;
    ssize_t n = recv(c->fd, buf, sizeof buf, 0);
    if (n <= 0) {
        c->over = true;
        return false;
    }
    wire_feed(&c->in, buf, (size_t)n);
    while (wire_next(&c->in, &f) == 1)
        take(c, &f);
    return true;
}

#define UNTIL(c, cond)                                                                             \
    do {                                                                                           \
        for (int tries_ = 0; !(cond) && tries_ < 1500; tries_++)                                   \
            listen_to(c, 20);                                                                      \
        ck_assert_msg(cond, "not seen: %s; screen ends: %s", #cond,                                \
                      (c)->screen.n > 200 ? (c)->screen.s + (c)->screen.n - 200                    \
                                          : str_c(&(c)->screen));                                  \
    } while (0)

static bool shows(const struct client *c, const char *text)
{
    return strstr(str_c(&c->screen), text) != NULL;
}

static void attach(struct client *c)
{
    open_client(c);
    hello(c, "xterm", "");
    UNTIL(c, shows(c, "whole 80x24"));
}

static void close_client(struct client *c)
{
    close(c->fd);
    wire_clear(&c->in);
    str_clear(&c->screen);
}

/* ---- tests ---- */

START_TEST(attach_draws_a_whole_frame)
{
    struct client c;
    attach(&c);
    ck_assert(c.welcome);
    ck_assert_str_eq(c.restore, "restore me");
    keys(&c, "abc");
    UNTIL(&c, shows(&c, "part 80x24 keys 3"));
    keys(&c, "R");
    UNTIL(&c, shows(&c, "whole 80x24 keys 4"));
    put(&c, WIRE_PING);
    UNTIL(&c, c.pong);
    close_client(&c);
}
END_TEST

START_TEST(ten_frames_a_second)
{
    struct client c;
    attach(&c);
    int before = c.frames;
    int64_t t0 = CLOCK_MS(clock_system());
    while (CLOCK_MS(clock_system()) - t0 < 1000) {
        keys(&c, "j");
        listen_to(&c, 5);
    }
    ck_assert_int_le(c.frames - before, 11);
    ck_assert_int_ge(c.frames - before, 2); /* a busy machine may be late */
    close_client(&c);
}
END_TEST

/* A frame that has to wait for its time does not keep the loop turning. */
START_TEST(waiting_for_a_frame_is_idle)
{
    struct client c;
    attach(&c);
    for (int i = 0; i < 5; i++) {
        int before = c.frames;
        keys(&c, "j");
        UNTIL(&c, c.frames > before);
    }
    const char *last = str_c(&c.screen), *next;
    while ((next = strstr(last + 1, " turns ")) != NULL)
        last = next;
    ck_assert_int_le(atoi(last + 7), 10); /* the key, the timer, a tick */
    close_client(&c);
}
END_TEST

START_TEST(the_second_takes_over)
{
    struct client a, b;
    attach(&a);
    attach(&b);
    UNTIL(&a, a.over);
    ck_assert_str_eq(a.bye, "another vigie has taken the session over");
    ck_assert_int_eq(a.bye_status, 0);
    keys(&b, "x");
    UNTIL(&b, shows(&b, "keys 1"));
    close_client(&a);
    close_client(&b);
}
END_TEST

START_TEST(what_is_refused_says_why)
{
    struct client c;
    struct str out = {0};
    open_client(&c); /* another version */
    wire_put(&out, WIRE_HELLO, "\x63\0\0\0and more to come", 20);
    send_all(&c, &out);
    UNTIL(&c, c.over);
    ck_assert_ptr_nonnull(strstr(c.bye, "this vigie 99"));
    ck_assert_int_eq(c.bye_status, 1);
    close_client(&c);
    open_client(&c); /* a terminal that is not known */
    hello(&c, "strange", "");
    UNTIL(&c, c.over);
    ck_assert_str_eq(c.bye, "terminal strange is not known");
    close_client(&c);
    open_client(&c); /* no frame at all */
    str_addn(&out, "GET / HTTP/1.0\r\n\r\n", 18);
    send_all(&c, &out);
    UNTIL(&c, c.over);
    close_client(&c);
    open_client(&c); /* a hello that is cut */
    wire_put(&out, WIRE_HELLO, "\1\0\0\0\x18", 5);
    send_all(&c, &out);
    UNTIL(&c, c.over);
    close_client(&c);
    attach(&c); /* and it goes on */
    close_client(&c);
}
END_TEST

START_TEST(who_does_not_say_hello_is_let_go)
{
    struct client c;
    open_client(&c);
    int64_t t0 = CLOCK_MS(clock_system());
    UNTIL(&c, c.over);
    ck_assert_int_ge(CLOCK_MS(clock_system()) - t0, 4500);
    close_client(&c);
}
END_TEST

/* A terminal that takes nothing for three seconds while every frame is 300 kB: the session's own
 * timers keep their time, little is kept for it, and afterwards the screen is the newest. */
START_TEST(stalled_reader_stops_nothing)
{
    struct client c;
    attach(&c);
    keys(&c, "BT");
    int64_t busy = 0, t0 = CLOCK_MS(clock_system()), t = t0;
    while (t - t0 < 3000) { /* how late a timer is here, on this machine, now */
        poll(NULL, 0, 20);
        int64_t now = CLOCK_MS(clock_system());
        busy = now - t - 20 > busy ? now - t - 20 : busy;
        t = now;
    }
    keys(&c, "B");
    for (int i = 0; i < 200; i++)
        keys(&c, "x");
    size_t before = c.screen.n;
    UNTIL(&c, shows(&c, "keys 203"));
    ck_assert_uint_le(c.screen.n - before, 3 * 300000);
    const char *last = strstr(c.screen.s, "keys 203");
    int slow = -1, late = -1;
    ck_assert_int_eq(sscanf(last, "keys 203 slow %d late %d", &slow, &late), 2);
    ck_assert_int_eq(slow, 1);
    ck_assert_int_le(late, 50 + 2 * busy);
    close_client(&c);
    kill(session, SIGTERM);
    wait_end();
    char *text = said();
    ck_assert_ptr_nonnull(strstr(text, "; 0 slow turns")); /* counted in CPU: busy or not */
    free(text);
}
END_TEST

START_TEST(two_hundred_sizes)
{
    struct client c;
    attach(&c);
    keys(&c, "B");
    for (int i = 0; i < 200; i++) {
        struct str out = {0};
        wire_put_size(&out, 10 + i * 37 % 91, 40 + i * 101 % 261);
        send_all(&c, &out);
        listen_to(&c, 1);
    }
    struct str out = {0};
    wire_put_size(&out, 24, 80);
    send_all(&c, &out);
    keys(&c, "B!");
    UNTIL(&c, shows(&c, "80x24 keys 3"));
    close_client(&c);
}
END_TEST

START_TEST(suspended_means_silent)
{
    struct client c;
    attach(&c);
    keys(&c, "S");
    UNTIL(&c, c.suspended);
    while (listen_to(&c, 300)) /* the frame that was on its way */
        ;
    size_t n = c.screen.n;
    keys(&c, "abcA");
    ck_assert(!listen_to(&c, 500));
    ck_assert_uint_eq(c.screen.n, n);
    put(&c, WIRE_REDRAW);
    UNTIL(&c, shows(&c, "whole 80x24 keys 5"));
    close_client(&c);
}
END_TEST

START_TEST(rings_and_copies_reach_the_viewer)
{
    struct client c;
    attach(&c);
    keys(&c, "AC");
    UNTIL(&c, shows(&c, "<ring alarm ring>"));
    ck_assert_str_eq(c.copy, ""); /* not inside tmux */
    close_client(&c);
    open_client(&c);
    hello(&c, "tmux-256color", "/tmp/tmux,1,0");
    UNTIL(&c, shows(&c, "whole"));
    keys(&c, "C");
    UNTIL(&c, c.copy[0]);
    ck_assert_str_eq(c.copy, "copied");
    close_client(&c);
}
END_TEST

START_TEST(detach_leaves_it_running_and_quit_ends_it)
{
    struct client c;
    attach(&c);
    keys(&c, "D");
    UNTIL(&c, c.over);
    ck_assert_ptr_nonnull(strstr(c.bye, "the session goes on"));
    close_client(&c);
    attach(&c);
    ck_assert(shows(&c, "keys 1")); /* it is the same one */
    keys(&c, "Q");
    UNTIL(&c, c.over);
    ck_assert_str_eq(c.bye, "the session has ended");
    close_client(&c);
    int status = wait_end();
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    char *text = said(), *path = socket_path();
    ck_assert_ptr_nonnull(strstr(text, "ended by the observer; 0 slow turns"));
    ck_assert_int_ne(access(path, F_OK), 0);
    free(text);
    free(path);
}
END_TEST

START_TEST(signals_end_it_in_order_but_hup)
{
    struct client c;
    attach(&c);
    kill(session, SIGHUP);
    keys(&c, "x");
    UNTIL(&c, shows(&c, "keys 1"));
    kill(session, _i == 0 ? SIGTERM : SIGINT);
    UNTIL(&c, c.over);
    ck_assert_str_eq(c.bye, "the session has ended");
    close_client(&c);
    int status = wait_end();
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    char *text = said();
    ck_assert_ptr_nonnull(strstr(text, _i == 0 ? "ended by TERM; 0 slow" : "ended by INT; 0 slow"));
    free(text);
    char *ls = mem_printf("ls %s | grep -c vigie-demo > %s/left; true", folder, folder);
    ck_assert_int_eq(system(ls), 0); /* the demo's folder is gone */
    free(ls);
    struct str left = {0};
    struct error err;
    char *path = mem_printf("%s/left", folder);
    ck_assert_int_eq(file_read(path, 100, &left, &err), OK);
    ck_assert_str_eq(left.s, "0\n");
    str_clear(&left);
    free(path);
}
END_TEST

START_TEST(crash_is_reported_and_is_a_crash)
{
    static const int sig[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static const char *const name[] = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT"};
    struct client c;
    attach(&c);
    pid_t pid = session;
    kill(session, sig[_i]);
    UNTIL(&c, c.over);
    ck_assert_str_eq(c.bye, "");
    close_client(&c);
    int status = wait_end();
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), sig[_i]);
    char *text = said(), *want = mem_printf("vigie: crash of process %d: %s sent by process %d",
                                            (int)pid, name[_i], (int)getpid());
    ck_assert_msg(strstr(text, want) != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "end of report"));
    free(text);
    free(want);
    session = start_session(); /* over the socket that the dead one left */
    attach(&c);
    close_client(&c);
}
END_TEST

START_TEST(a_demo_that_nobody_watches_ends)
{
    struct client c;
    struct error err;
    attach(&c);
    keys(&c, "Q");
    UNTIL(&c, c.over);
    close_client(&c);
    wait_end();
    char *config = mem_printf("%s/config", folder);
    ck_assert_int_eq(file_replace(config, "demo.alone = 0.02\n", 18, 0600, &err), OK); /* 1.2 s */
    free(config);
    session = start_session();
    attach(&c);
    for (int64_t end = CLOCK_MS(clock_system()) + 2500; CLOCK_MS(clock_system()) < end;)
        listen_to(&c, 100);
    keys(&c, "x"); /* watched: it is there */
    UNTIL(&c, shows(&c, "keys 1"));
    close_client(&c);
    int status = wait_end();
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    char *text = said();
    ck_assert_ptr_nonnull(strstr(text, "ended by itself, a demo that nobody watches"));
    free(text);
}
END_TEST

START_TEST(one_session_a_store)
{
    struct client c;
    attach(&c);
    pid_t second = start_session();
    int status;
    ck_assert_int_eq(waitpid(second, &status, 0), second);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    char *text = said(),
         *want = mem_printf("a session (process %d) holds this store", (int)session);
    ck_assert_msg(strstr(text, want) != NULL, "%s", text);
    free(text);
    free(want);
    keys(&c, "x");
    UNTIL(&c, shows(&c, "keys 1"));
    close_client(&c);
}
END_TEST

START_TEST(plain_lines)
{
    struct client c;
    struct str out = {0};
    open_client(&c);
    struct wire_hello h = {.version = WIRE_VERSION, .rows = 24, .cols = 80, .plain = true};
    wire_put_hello(&out, &h);
    send_all(&c, &out);
    UNTIL(&c, shows(&c, "vigie at OHP"));
    keys(&c, "note clear s");
    keys(&c, "ky\n");
    UNTIL(&c, shows(&c, "noted\n"));
    UNTIL(&c, shows(&c, " user note: clear sky\n"));
    keys(&c, "quit\n");
    UNTIL(&c, shows(&c, "yes or no? "));
    keys(&c, "n\n");
    UNTIL(&c, shows(&c, "not done\n"));
    keys(&c, "help\n");
    UNTIL(&c, shows(&c, "note TEXT: Add a line of the observer to the night log\n"));
    ck_assert_ptr_null(strchr(c.screen.s, '\033')); /* no cursor motion */
    put(&c, WIRE_END);
    UNTIL(&c, c.over);
    ck_assert_int_eq(c.bye_status, 0);
    close_client(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server");
    TCase *t = tcase_create("server");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, attach_draws_a_whole_frame);
    tcase_add_test(t, ten_frames_a_second);
    tcase_add_test(t, waiting_for_a_frame_is_idle);
    tcase_add_test(t, the_second_takes_over);
    tcase_add_test(t, what_is_refused_says_why);
    tcase_add_test(t, who_does_not_say_hello_is_let_go);
    tcase_add_test(t, stalled_reader_stops_nothing);
    tcase_add_test(t, two_hundred_sizes);
    tcase_add_test(t, suspended_means_silent);
    tcase_add_test(t, rings_and_copies_reach_the_viewer);
    tcase_add_test(t, detach_leaves_it_running_and_quit_ends_it);
    tcase_add_loop_test(t, signals_end_it_in_order_but_hup, 0, 2);
    tcase_add_loop_test(t, crash_is_reported_and_is_a_crash, 0, 5);
    tcase_add_test(t, a_demo_that_nobody_watches_ends);
    tcase_add_test(t, one_session_a_store);
    tcase_add_test(t, plain_lines);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
