/* exec.c - a device behind a command's standard input and output (ssh HOST socat - ...): the command runs in a process
 * group of its own, which is ended with the link. Not: programs that end by themselves (loop_spawn).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link_own.h"
#include "transport_own.h"

enum { PATIENCE_MS = 1000, AGAIN_MS = 200 };

struct child {
    struct loop *loop;
    pid_t pid;
};

/* It was asked to end; what still runs after a second is killed. The pid is the argument: the link is long gone. */
static int64_t on_reap(void *arg)
{
    pid_t pid = (pid_t)(intptr_t)arg;
    if (waitpid(pid, NULL, WNOHANG) != 0)
        return -1;
    kill(-pid, SIGKILL);
    return AGAIN_MS;
}

static void let_go(void *arg, int fd)
{
    struct child *c = arg;
    if (fd >= 0)
        close(fd);
    if (c->pid > 0) {
        kill(-c->pid, SIGTERM);
        if (waitpid(c->pid, NULL, WNOHANG) == 0)
            loop_timer(c->loop, PATIENCE_MS, on_reap, (void *)(intptr_t)c->pid, "io/exec");
    }
    free(c);
}

/* Its output ended: with which exit status? It may need a moment to be gone. */
static void fate(void *arg, struct error *why)
{
    struct child *c = arg;
    int st = 0;
    pid_t got = 0;
    for (int i = 0; i < 20 && (got = waitpid(c->pid, &st, WNOHANG)) == 0; i++)
        usleep(1000);
    if (got != c->pid)
        return;
    c->pid = 0;
    if (WIFEXITED(st))
        err_set(why, E_IO, "the command ended with status %d", WEXITSTATUS(st));
    else
        err_set(why, E_IO, "the command was ended by signal %d", WTERMSIG(st));
}

static int start(const char *command, int theirs, pid_t *pid)
{
    extern char **environ;
    char *argv[] = {"/bin/sh", "-c", (char *)(intptr_t)command, NULL};
    posix_spawn_file_actions_t act;
    posix_spawnattr_t attr;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&act);
    posix_spawn_file_actions_adddup2(&act, theirs, 0);
    posix_spawn_file_actions_adddup2(&act, theirs, 1);
    posix_spawn_file_actions_addopen(&act, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    int rc = posix_spawn(pid, argv[0], &act, &attr, argv, environ);
    posix_spawn_file_actions_destroy(&act);
    posix_spawnattr_destroy(&attr);
    return rc;
}

struct link *exec_open(struct loop *loop, const char *command, const struct link_events *events,
                       struct error *err)
{
    int fd[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0) {
        err_errno(err, "exec: %.100s", command);
        return NULL;
    }
    struct child *c = mem_zero(sizeof *c);
    c->loop = loop;
    int rc = start(command, fd[1], &c->pid);
    close(fd[1]);
    if (rc != 0) {
        err_set(err, E_IO, "exec: %.100s: %s", command, strerror(rc));
        close(fd[0]);
        free(c);
        return NULL;
    }
    struct link_owner owner = {.let_go = let_go, .fate = fate, .arg = c};
    return link_soon_take(loop, fd[0], command, events, &owner, err);
}
