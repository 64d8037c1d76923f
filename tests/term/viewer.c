/* viewer.c - see viewer.h. */
#include "viewer.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vigie/base/clock.h"
#include "vigie/base/mem.h"

enum { PATIENCE_MS = 20000 };

static void die(const char *what)
{
    fprintf(stderr, "FAIL: %s\n", what);
    exit(1);
}

static int64_t now_ms(void)
{
    return CLOCK_MS(clock_system());
}

void viewer_start(struct viewer *v, const char *const *options)
{
    const char *argv[24] = {getenv("VIGIE"), "--headless"};
    int n = 2;
    memset(v, 0, sizeof *v);
    if (!argv[0])
        die("VIGIE is not set: the program to be tested");
    for (; *options && n < 22; options++)
        argv[n++] = *options;
    strcpy(v->folder, "/tmp/viewerXXXXXX");
    if (!mkdtemp(v->folder))
        die("no temporary folder");
    setenv("XDG_RUNTIME_DIR", v->folder, 1);
    setenv("TMPDIR", v->folder, 1);
    setenv("HOME", v->folder, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("XDG_DATA_HOME");
    unsetenv("XDG_STATE_HOME");
    v->session = fork();
    if (v->session == 0) {
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
}

static void connect_to_it(struct viewer *v)
{
    struct error err;
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char *path = wire_socket(NULL, &err);
    if (!path)
        die(err.text);
    strcpy(a.sun_path, path);
    free(path);
    for (int64_t end = now_ms() + PATIENCE_MS; now_ms() < end;) {
        v->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(v->fd, (struct sockaddr *)&a, sizeof a) == 0)
            return;
        close(v->fd);
        poll(NULL, 0, 2);
    }
    die("the session does not come up");
}

static void send_all(struct viewer *v, struct str *out)
{
    for (size_t at = 0; at < out->n;) {
        ssize_t n = send(v->fd, out->s + at, out->n - at, MSG_NOSIGNAL);
        if (n <= 0)
            die("the session is gone");
        at += (size_t)n;
    }
    str_clear(out);
}

void viewer_attach(struct viewer *v, const char *term, int rows, int cols)
{
    struct str out = {0};
    struct wire_hello h = {.version = WIRE_VERSION, .rows = rows, .cols = cols};
    snprintf(h.env[0], sizeof h.env[0], "%s", term);
    strcpy(h.env[5], "UTF-8");
    if (v->fd > 0)
        close(v->fd);
    wire_clear(&v->in);
    v->over = false;
    connect_to_it(v);
    viewer_count(v);
    wire_put_hello(&out, &h);
    send_all(v, &out);
}

void viewer_keys(struct viewer *v, const char *keys)
{
    struct str out = {0};
    wire_put(&out, WIRE_KEYS, keys, strlen(keys));
    send_all(v, &out);
}

void viewer_resize(struct viewer *v, int rows, int cols)
{
    struct str out = {0};
    wire_put_size(&out, rows, cols);
    send_all(v, &out);
}

void viewer_count(struct viewer *v)
{
    v->bytes = v->first = 0;
    v->first_ms = 0;
    str_reset(&v->screen);
}

/* Something within wait_ms? */
static bool take(struct viewer *v, int64_t wait_ms)
{
    char buf[65536];
    struct wire_frame f;
    struct pollfd p = {v->fd, POLLIN, 0};
    if (v->over || wait_ms < 0 || poll(&p, 1, (int)wait_ms) <= 0)
        return false;
    ssize_t n = recv(v->fd, buf, sizeof buf, 0);
    if (n <= 0) {
        v->over = true;
        return false;
    }
    wire_feed(&v->in, buf, (size_t)n);
    while (wire_next(&v->in, &f) == 1) {
        if (f.type == WIRE_BYE)
            fprintf(stderr, "bye: %.*s\n", (int)f.n - 1, (const char *)f.bytes + 1);
        if (f.type != WIRE_SCREEN)
            continue;
        if (v->bytes == 0) {
            v->first_ms = now_ms();
            v->first = f.n;
        }
        v->bytes += f.n;
        str_addn(&v->screen, f.bytes, f.n);
    }
    return true;
}

size_t viewer_rest(struct viewer *v, int quiet_ms)
{
    int64_t end = now_ms() + PATIENCE_MS;
    while (v->bytes == 0 && now_ms() < end && !v->over)
        take(v, 50);
    while (take(v, quiet_ms) && now_ms() < end)
        ;
    return v->bytes;
}

void viewer_listen(struct viewer *v, int ms)
{
    int64_t end = now_ms() + ms;
    while (now_ms() < end && !v->over)
        take(v, end - now_ms());
}

int viewer_stop(struct viewer *v)
{
    int status = -1;
    kill(v->session, SIGTERM);
    while (take(v, PATIENCE_MS))
        ;
    if (v->fd > 0)
        close(v->fd);
    waitpid(v->session, &status, 0);
    wire_clear(&v->in);
    str_clear(&v->screen);
    char *rm = mem_printf("rm -rf '%s'", v->folder);
    if (system(rm) != 0)
        die("the folder cannot be removed");
    free(rm);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
