/* runner.c - see runner.h. */
#include "runner.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/session/session.h"

static struct session *turned;

static void on_print(void *arg, uint64_t task, const char *text, size_t n)
{
    struct runner *r = arg;
    (void)task;
    str_addn(&r->said, text, n);
    str_addc(&r->said, '\n');
}

static void on_done(void *arg, uint64_t task, enum lua_task_state state, const char *value,
                    const struct lua_problem *p)
{
    struct runner *r = arg;
    (void)task;
    r->state = state;
    if (value)
        str_addf(&r->said, "= %s\n", value);
    if (p)
        str_addf(&r->said, "! %s: %s\n", p->kind, p->message);
    if (p && p->hint)
        str_addf(&r->said, "  hint: %s\n", p->hint);
}

static void turn(void *arg)
{
    struct runner *r = arg;
    int64_t t = clock_thread_us();
    if (turned)
        session_turn(turned);
    bool more = lua_host_step(r->host, 8);
    double ms = (double)(clock_thread_us() - t) / 1000;
    r->worst_ms = ms > r->worst_ms ? ms : r->worst_ms;
    if (more)
        loop_wake(r->loop);
    if (!lua_host_busy(r->host))
        loop_stop(r->loop);
}

void runner_open(struct runner *r, struct loop *loop, struct session *session)
{
    static const struct lua_host_ops ops = {.print = on_print, .done = on_done};
    memset(r, 0, sizeof *r);
    r->loop = loop ? loop : loop_new(clock_system());
    turned = session;
    r->host = lua_host_new(r->loop, session, 64 << 20, &ops, r);
    strcpy(r->folder, "/tmp/vigie-lua-XXXXXX");
    ensure(mkdtemp(r->folder) != NULL);
    lua_host_folder(r->host, r->folder);
    loop_before_sleep(r->loop, turn, r);
    r->grants = "*";
}

void runner_close(struct runner *r)
{
    lua_host_free(r->host);
    if (!turned)
        loop_free(r->loop);
    char *clean = mem_printf("rm -r %s", r->folder);
    ensure(system(clean) == 0);
    free(clean);
    str_clear(&r->said);
}

static int64_t cancel_all(void *arg)
{
    lua_host_cancel_all(((struct runner *)arg)->host, "Ctrl-C");
    return -1;
}

static const char *run(struct runner *r, const char *code, bool console)
{
    struct error err = {0};
    bool incomplete;
    str_reset(&r->said);
    r->worst_ms = 0;
    uint64_t id = lua_host_start(r->host, "test", code, strlen(code), console, r->grants,
                                 &incomplete, &err),
             timer = 0;
    if (id == 0) {
        str_addf(&r->said, "! %s", err.text);
        return str_c(&r->said);
    }
    if (r->cancel_ms)
        timer = loop_timer(r->loop, r->cancel_ms, cancel_all, r, "test");
    loop_run(r->loop);
    loop_timer_del(r->loop, timer);
    return str_c(&r->said);
}

const char *runner_line(struct runner *r, const char *code)
{
    return run(r, code, true);
}

const char *runner_script(struct runner *r, const char *code)
{
    return run(r, code, false);
}
