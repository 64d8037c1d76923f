/* process.c - see process.h: folders, lock, standard descriptors, signals; then loop and session
 * until somebody ends it.
 */
#include "vigie/session/process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash.h"
#include "server.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/wire.h"
#include "vigie/session/devicedesk.h"
#include "vigie/session/options.h"

enum { LOG_KEPT = 1 << 20 };

struct process {
    const struct process_options *o;
    char *folder; /* of the demo */
    char *store, *state, *config, *log, *socket, *lock;
    int lock_fd;
    struct clock_shifted shifted;
    const struct clock *clock;
    struct loop *loop;
    struct session *session;
    struct server *server;
    const char *ended_by;
    bool ended; /* the devices have the last word: devices.on-exit */
};

/* A path as it is meant where the program was started. */
static char *absolute(const char *path)
{
    if (path[0] == '/')
        return mem_str(path);
    char *here = getcwd(NULL, 0), *full = mem_printf("%s/%s", here ? here : "", path);
    free(here);
    return full;
}

char *session_store_path(const char *given, struct error *err)
{
    return given ? absolute(given) : file_place(PLACE_DATA, "vigie.db", err);
}

/* ---- places ---- */

static enum status demo_places(struct process *p, struct error *err)
{
    const char *tmp = getenv("TMPDIR");
    p->folder = mem_printf("%s/vigie-demo-XXXXXX", tmp && tmp[0] == '/' ? tmp : "/tmp");
    if (!mkdtemp(p->folder)) {
        enum status s = err_errno(err, "cannot make the demo's folder %s", p->folder);
        free(p->folder);
        p->folder = NULL;
        return s;
    }
    p->state = mem_str(p->folder);
    p->log = mem_printf("%s/session.log", p->folder);
    p->config = p->o->config ? absolute(p->o->config) : NULL;
    p->socket = wire_socket(NULL, err);
    if (!p->socket)
        return err->status;
    p->lock = mem_printf("%s.lock", p->socket);
    return OK;
}

static enum status places(struct process *p, struct error *err)
{
    if (p->o->demo)
        return demo_places(p, err);
    p->store = session_store_path(p->o->store, err);
    if (!p->store)
        return err->status;
    p->state = file_place(PLACE_STATE, "", err);
    p->log = file_place(PLACE_STATE, "session.log", err);
    p->config = p->o->config ? absolute(p->o->config) : file_place(PLACE_CONFIG, "config", err);
    if (!p->state || !p->log || !p->config)
        return err->status;
    p->state[strlen(p->state) - 1] = 0; /* its last slash */
    enum status s = file_folder(p->state, err);
    if (s != OK)
        return s;
    const char *slash = strrchr(p->store, '/');
    if (slash && slash != p->store) {
        char *folder = mem_strn(p->store, (size_t)(slash - p->store));
        s = file_folder(folder, err);
        free(folder);
        if (s != OK)
            return s;
    }
    p->socket = wire_socket(p->store, err);
    if (!p->socket)
        return err->status;
    p->lock = mem_printf("%s.lock", p->store);
    return OK;
}

/* ---- the lock: one session a store; it holds pid and socket for who comes second ---- */

static enum status lock(struct process *p, char *other, size_t n, struct error *err)
{
    other[0] = 0;
    p->lock_fd = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (p->lock_fd < 0)
        return err_errno(err, "cannot open %s", p->lock);
    if (flock(p->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return OK;
    if (errno != EWOULDBLOCK)
        return err_errno(err, "cannot lock %s", p->lock);
    char text[512];
    ssize_t got = pread(p->lock_fd, text, sizeof text - 1, 0);
    text[got > 0 ? got : 0] = 0;
    char *path = strchr(text, '\n');
    if (path) {
        *path++ = 0;
        path[strcspn(path, "\n")] = 0;
        snprintf(other, n, "%s", path);
    }
    return err_set(err, E_BUSY,
                   "a session (process %.20s) holds this store already; `vigie` attaches to it",
                   path ? text : "?");
}

static void lock_say(struct process *p)
{
    char *text = mem_printf("%ld\n%s\n", (long)getpid(), p->socket);
    if (ftruncate(p->lock_fd, 0) != 0 ||
        pwrite(p->lock_fd, text, strlen(text), 0) != (ssize_t)strlen(text))
        log_put(LOG_TROUBLE, "session", "lock", "cannot write %s", p->lock);
    free(text);
}

/* ---- the terminal is left; what is said from now on goes to the log ---- */

static enum status leave_terminal(struct process *p, struct error *err)
{
    struct stat st;
    if (stat(p->log, &st) == 0 && st.st_size > LOG_KEPT) {
        char *old = mem_printf("%s.old", p->log);
        rename(p->log, old);
        free(old);
    }
    int in = open("/dev/null", O_RDWR | O_CLOEXEC),
        out = open(p->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (in < 0 || out < 0) {
        enum status s = err_errno(err, "cannot write %s", p->log);
        if (in >= 0)
            close(in);
        if (out >= 0)
            close(out);
        return s;
    }
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    close(in);
    close(out);
    const char *home = getenv("HOME"); /* no mounted disk is held by where it was started */
    if ((!home || chdir(home) != 0) && chdir("/") != 0)
        return err_errno(err, "cannot enter /");
    return OK;
}

static void tell_starter(const struct process *p, const char *word, const char *text)
{
    if (p->o->ready_fd < 0) {
        if (text)
            fprintf(stderr, "vigie: %s\n", text);
        return;
    }
    char *line = mem_printf("%s%s%s\n", word, text ? " " : "", text ? text : "");
    if (write(p->o->ready_fd, line, strlen(line)) < 0)
        fprintf(stderr, "vigie: nobody waits for this session\n");
    close(p->o->ready_fd);
    free(line);
}

/* ---- the run ---- */

static void on_signal(void *arg, int signo)
{
    struct process *p = arg;
    p->ended_by = signo == SIGTERM ? "TERM" : "INT";
    if (p->ended) /* asked twice: what the devices still do is not waited for */
        loop_stop(p->loop);
    p->ended = true;
    loop_wake(p->loop);
}

static void turn(void *arg)
{
    struct process *p = arg;
    session_turn(p->session);
    server_turn(p->server);
    if (server_quit(p->server) && !p->ended) {
        p->ended_by = "the observer";
        p->ended = true;
    }
    if (p->ended && session_devices_leave(p->session))
        loop_stop(p->loop);
}

static void bad_line(void *arg, int line, const char *why)
{
    struct str *bad = arg;
    str_addf(bad, "line %d: %s\n", line, why);
}

static enum status set_clock(struct process *p, struct error *err)
{
    struct jd_utc utc;
    p->clock = clock_system();
    if (!p->o->at)
        return OK;
    enum status s = utc_parse(p->o->at, clock_system(), &utc, err);
    if (s != OK)
        return s;
    clock_shifted_init(&p->shifted, utc_to_wall(utc));
    p->clock = &p->shifted.clock;
    return OK;
}

static void log_bad_lines(const char *path, const char *bad)
{
    for (const char *b = bad; *b; b += strcspn(b, "\n") + 1)
        log_put(LOG_WARN, "session", path, "%.*s", (int)strcspn(b, "\n"), b);
}

static enum status begin(struct process *p, const struct viewer_ops *ui, struct error *err)
{
    struct str bad = {0};
    int n_bad = 0;
    enum status s = set_clock(p, err);
    if (s != OK)
        return s;
    struct conf *conf = conf_new(session_options);
    if (p->config && conf_load(conf, p->config, bad_line, &bad, &n_bad, err) != OK &&
        (p->o->config || err->status != E_ABSENT)) {
        conf_free(conf);
        str_clear(&bad);
        return err->status;
    }
    p->loop = loop_new(p->clock);
    struct session_setup setup = {.loop = p->loop,
                                  .clock = p->clock,
                                  .conf = conf,
                                  .config_path = p->o->demo ? NULL : p->config,
                                  .store_path = p->store,
                                  .log_folder = p->state,
                                  .site = p->o->site,
                                  .offline = p->o->offline || p->o->demo,
                                  .demo = p->o->demo,
                                  .connect = true,
                                  .devices = p->o->demo ? DEMO_SIMULATED : DEMO_NO_DEVICES,
                                  .watch = !p->o->demo};
    s = session_new(&setup, &p->session, err);
    if (s == OK) {
        log_bad_lines(p->config ? p->config : "", str_c(&bad));
        s = server_new(p->session, p->socket, ui, p->log, &p->server, err);
    }
    str_clear(&bad);
    return s;
}

/* A demo that nobody watches is forgotten: it ends. */
static int64_t look_alone(void *arg)
{
    struct process *p = arg;
    double limit_ms = conf_number(session_conf(p->session), "demo.alone") * 60000;
    double left = limit_ms - (double)server_alone_ms(p->server);
    if (left > 0)
        return (int64_t)left + 1;
    p->ended_by = "itself, a demo that nobody watches";
    loop_stop(p->loop);
    return -1;
}

static void serve(struct process *p)
{
    signal(SIGHUP, SIG_IGN); /* the terminal it was started from goes; the night does not */
    signal(SIGPIPE, SIG_IGN);
    if (loop_signal(p->loop, SIGTERM, on_signal, p) != OK ||
        loop_signal(p->loop, SIGINT, on_signal, p) != OK)
        log_put(LOG_TROUBLE, "session", "", "cannot watch for TERM and INT");
    log_put(LOG_INFO, "session", "", "vigie begins, process %ld%s", (long)getpid(),
            p->o->demo ? ", demo" : "");
    if (p->o->demo)
        loop_timer(p->loop, 0, look_alone, p, "session/alone");
    loop_before_sleep(p->loop, turn, p);
    loop_run(p->loop);
    loop_before_sleep(p->loop, NULL, NULL);
    struct loop_slow slow = loop_slow(p->loop);
    log_put(LOG_INFO, "session", "", "ended by %s; %zu slow turns%s%s", p->ended_by, slow.n,
            slow.n ? ", the worst in " : "", slow.n ? slow.name : "");
    fprintf(stderr, "vigie: ended by %s; %zu slow turns%s%s\n", p->ended_by, slow.n,
            slow.n ? ", the worst in " : "", slow.n ? slow.name : "");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

static void clean_up(struct process *p)
{
    session_free(p->session);
    loop_free(p->loop);
    if (p->lock_fd >= 0)
        close(p->lock_fd);
    if (p->folder)
        nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(p->folder);
    free(p->store);
    free(p->state);
    free(p->config);
    free(p->log);
    free(p->socket);
    free(p->lock);
}

int session_run(const struct process_options *o, const struct viewer_ops *ui)
{
    struct process p = {.o = o, .lock_fd = -1, .ended_by = "itself"};
    struct error err;
    char other[256];
    int rc = 1;
    setlocale(LC_CTYPE, "C.UTF-8"); /* what depends on a terminal follows the client's */
    crash_watch();
    enum status s = places(&p, &err);
    if (s == OK)
        s = lock(&p, other, sizeof other, &err);
    if (s == E_BUSY && o->ready_fd >= 0) {
        tell_starter(&p, "busy", other);
        clean_up(&p);
        return 1;
    }
    if (s == OK && o->ready_fd >= 0)
        s = leave_terminal(&p, &err);
    if (s == OK)
        s = begin(&p, ui, &err);
    if (s == OK) {
        lock_say(&p);
        tell_starter(&p, "ok", NULL);
        serve(&p);
        server_free(p.server, 0, "the session has ended");
        rc = 0;
    } else {
        tell_starter(&p, "fail", err.text);
        server_free(p.server, 1, err.text);
    }
    clean_up(&p);
    return rc;
}
