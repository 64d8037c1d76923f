/* start.c - see start.h. The session is started as a grandchild in a session of its own, so that it
 * is nobody's child and has no terminal; it answers through a pipe when it can be reached.
 */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vigie/base/clock.h"
#include "vigie/base/mem.h"
#include "vigie/base/wire.h"

enum { START_MS = 60000, BUSY_MS = 5000, MAX_ARGS = 64 };

static int try_connect(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(a.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    int e = errno;
    close(fd);
    errno = e;
    return -1;
}

/* In the grandchild: nothing of ours but standard descriptors and the pipe. */
static void become_session(char *const *session, int ready)
{
    char number[16], *argv[MAX_ARGS + 3];
    int n = 0;
    for (; session[n] && n < MAX_ARGS; n++)
        argv[n] = session[n];
    for (int fd = 3; fd < 256; fd++)
        if (fd != ready)
            close(fd);
    fcntl(ready, F_SETFD, 0);
    snprintf(number, sizeof number, "%d", ready);
    argv[n++] = (char *)"--ready-fd";
    argv[n++] = number;
    argv[n] = NULL;
    execv("/proc/self/exe", argv);
    _exit(127);
}

static enum status spawn(char *const *session, int *ready, struct error *err)
{
    int p[2], ended;
    if (pipe2(p, O_CLOEXEC) != 0)
        return err_errno(err, "cannot start a session");
    pid_t child = fork();
    if (child == 0) {
        setsid();
        if (fork() == 0)
            become_session(session, p[1]);
        _exit(0);
    }
    close(p[1]);
    if (child < 0) {
        close(p[0]);
        return err_errno(err, "cannot start a session");
    }
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
        ;
    *ready = p[0];
    return OK;
}

/* The session's one line. */
static enum status read_line(int ready, char *line, size_t max, struct error *err)
{
    size_t n = 0;
    int64_t end = CLOCK_MS(clock_system()) + START_MS;
    for (;;) {
        struct pollfd f = {ready, POLLIN, 0};
        int64_t left = end - CLOCK_MS(clock_system());
        if (left <= 0)
            return err_set(err, E_TIMEOUT, "the session did not come up in %d s", START_MS / 1000);
        if (poll(&f, 1, (int)left) <= 0)
            continue;
        ssize_t got = read(ready, line + n, max - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(err, E_IO,
                           "the session ended while it came up; its log: session.log in "
                           "~/.local/state/vigie");
        n += (size_t)got;
        line[n] = 0;
        if (strchr(line, '\n') || n == max - 1) {
            line[strcspn(line, "\n")] = 0;
            return OK;
        }
    }
}

/* One that holds the store already may just be coming up itself. */
static int connect_soon(const char *path)
{
    int64_t end = CLOCK_MS(clock_system()) + BUSY_MS;
    for (;;) {
        int fd = try_connect(path);
        if (fd >= 0 || CLOCK_MS(clock_system()) > end)
            return fd;
        poll(NULL, 0, 50);
    }
}

static enum status start(const struct client_options *o, const char *path, int *fd,
                         struct error *err)
{
    int ready = -1;
    char line[600];
    enum status s = spawn(o->session, &ready, err);
    if (s != OK)
        return s;
    s = read_line(ready, line, sizeof line, err);
    close(ready);
    if (s != OK)
        return s;
    if (strncmp(line, "fail ", 5) == 0)
        return err_set(err, E_IO, "%s", line + 5);
    const char *other = strncmp(line, "busy ", 5) == 0 ? line + 5 : "";
    *fd = connect_soon(other[0] ? other : path);
    return *fd >= 0 ? OK
                    : err_errno(err, "cannot reach the session at %s", other[0] ? other : path);
}

static enum status check_peer(int fd, const char *path, struct error *err)
{
    long uid = wire_peer_uid(fd);
    if (uid == (long)geteuid())
        return OK;
    close(fd);
    return err_set(err, E_REFUSED, "the session at %s belongs to another user (uid %ld)", path,
                   uid);
}

enum status start_connect(const struct client_options *o, int *fd, struct error *err)
{
    char *path = wire_socket(o->store, err);
    if (!path)
        return err->status;
    enum status s = OK;
    *fd = try_connect(path);
    if (*fd < 0 && errno != ENOENT && errno != ECONNREFUSED)
        s = err_errno(err, "cannot reach the session at %s", path);
    else if (*fd < 0)
        s = start(o, path, fd, err);
    if (s == OK)
        s = check_peer(*fd, path, err);
    free(path);
    return s;
}

enum status start_reach(const char *store, int *fd, struct error *err)
{
    char *path = wire_socket(store, err);
    if (!path)
        return err->status;
    enum status s = OK;
    *fd = try_connect(path);
    if (*fd < 0 && (errno == ENOENT || errno == ECONNREFUSED))
        s = err_set(err, E_ABSENT, "no session runs%s; `vigie` or `vigie --headless` starts one",
                    store ? " on this store" : " as a demo");
    else if (*fd < 0)
        s = err_errno(err, "cannot reach the session at %s", path);
    if (s == OK)
        s = check_peer(*fd, path, err);
    free(path);
    return s;
}
