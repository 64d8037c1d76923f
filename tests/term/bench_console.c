/* bench_console.c - how the keys fare while Lua does its worst, as a terminal sees it: the real client
 * in a pty of 80x24. For each bomb the time from a key to the first byte of its letter on the pty
 * (keys come more slowly than the ten frames a second that there may be), and from Ctrl-C to the line
 * that says that it is over. The CPU time of the session says whether the bomb ran at all; one that
 * did not is a failure, the figures are not judged.
 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vigie/base/clock.h"
#include "viewer.h"

static const struct bomb {
    const char *name, *code;
} bombs[] = {
    {"nothing", "sleep(600)"}, /* the first: it alone may leave the CPU alone */
    {"endless loop", "while true do end"},
    {"endless loop in pcall", "while true do pcall(function() while true do end end) end"},
    {"endless comparator", "table.sort({3,1,2,5,4}, function() while true do end end)"},
    {"patterns",
     "while true do pcall(string.find, ('a'):rep(26), ('a?'):rep(26)..('a'):rep(26)) end"},
    {"memory", "while true do pcall(function() local t = {} while true do t[#t+1] = ('x'):rep(1e5) "
               "end end) end"},
    {"10000 coroutines",
     "local t = {} for i = 1, 9990 do t[i] = spawn(function() while true do end "
     "end) end t[1]:wait()"},
    {"output", "while true do print('the quick brown fox') end"},
};

enum { KEYS = 20, EVERY_MS = 130, LIMIT_MS = 5000 };

struct terminal {
    int fd;
    pid_t client;
    struct str seen; /* since forget */
};

static pid_t session;

static void die(const char *what)
{
    fprintf(stderr, "FAIL: %s\n", what);
    if (session > 0)
        kill(session, SIGTERM);
    exit(1);
}

static int64_t now_ns(void)
{
    return clock_system()->mono_ns(clock_system()->arg);
}

static void open_client(struct terminal *t)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    t->client = forkpty(&t->fd, NULL, NULL, &size);
    if (t->client < 0)
        die("no pty");
    if (t->client == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        execl(getenv("VIGIE"), "vigie", "--demo", (char *)NULL);
        _exit(127);
    }
}

static void type(struct terminal *t, const char *keys)
{
    if (write(t->fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
        die("the client is gone");
}

static bool take(struct terminal *t, int wait_ms)
{
    char buf[65536];
    struct pollfd p = {t->fd, POLLIN, 0};
    if (poll(&p, 1, wait_ms) <= 0)
        return false;
    ssize_t n = read(t->fd, buf, sizeof buf);
    if (n <= 0)
        die("the client has ended");
    str_addn(&t->seen, buf, (size_t)n);
    return true;
}

static void listen_for(struct terminal *t, int ms)
{
    int64_t end = now_ns() + ms * 1000000LL;
    for (int64_t left; (left = end - now_ns()) > 0;)
        take(t, (int)(left / 1000000) + 1);
}

/* Milliseconds until this text has come, LIMIT_MS at most. */
static double until(struct terminal *t, const char *text)
{
    int64_t t0 = now_ns(), end = t0 + LIMIT_MS * 1000000LL;
    while (!strstr(str_c(&t->seen), text) && now_ns() < end)
        take(t, 5);
    return (double)(now_ns() - t0) / 1e6;
}

/* CPU seconds of a process so far (proc(5): fields 14 and 15 of stat). */
static double cpu_s(void)
{
    char path[40], text[600] = "";
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)session);
    FILE *f = fopen(path, "r");
    if (!f || fread(text, 1, sizeof text - 1, f) == 0)
        die("the session has ended");
    fclose(f);
    const char *p = strrchr(text, ')');
    if (!p ||
        sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        die("no CPU time of the session");
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void one(struct terminal *t, const struct bomb *b)
{
    double worst = 0, sum = 0;
    type(t, b->code);
    type(t, "\r");
    listen_for(t, 600);
    double cpu = cpu_s(), began = (double)now_ns() / 1e9;
    for (int i = 0; i < KEYS; i++) {
        str_reset(&t->seen);
        type(t, "Q"); /* in none of the bombs, and ends no sequence of this terminal */
        double ms = until(t, "Q");
        sum += ms;
        worst = ms > worst ? ms : worst;
        listen_for(t, EVERY_MS);
        type(t, "\177");
        listen_for(t, EVERY_MS);
    }
    double share = (cpu_s() - cpu) / ((double)now_ns() / 1e9 - began);
    str_reset(&t->seen);
    type(t, "\003");
    double over = until(t, ": cancelled");
    printf(
        "console: %-22s key to frame: mean %5.1f ms, worst %5.1f ms; Ctrl-C to its end %4.0f ms; "
        "CPU of the session %3.0f %%\n",
        b->name, sum / KEYS, worst, over, share * 100);
    fflush(stdout);
    if (b != bombs && share < 0.1)
        die("this bomb did not run: its figures say nothing");
    if (over >= LIMIT_MS)
        die("Ctrl-C did not end it");
    type(t, "\033"); /* alone: with what follows it would be an Alt key */
    listen_for(t, 200);
    type(t, ":console-clear\r");
    listen_for(t, 300);
    type(t, "i");
    listen_for(t, 500);
}

int main(void)
{
    static const char *const options[] = {"--demo", NULL};
    struct viewer v;
    struct terminal t = {0};
    viewer_start(&v, options);
    session = v.session;
    viewer_attach(&v, "xterm-256color", 24, 80); /* it is up: the client need not start one */
    close(v.fd);
    v.fd = 0;
    v.over = true;
    open_client(&t);
    listen_for(&t, 1500);
    type(&t, ":set clock.seconds no\r");
    listen_for(&t, 500);
    type(&t, "6");
    listen_for(&t, 300);
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++)
        one(&t, &bombs[i]);
    kill(t.client, SIGHUP);
    close(t.fd);
    waitpid(t.client, NULL, 0);
    str_clear(&t.seen);
    return viewer_stop(&v);
}
