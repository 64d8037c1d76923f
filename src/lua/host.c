/* host.c - the state: memory with a limit, the hook that takes the CPU back, the step that gives it out.
 * Not: what a task is (task.c). Source: Lua 5.4 reference manual, sections 4.1, 4.5, 4.7.
 */
#include "host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/session/session.h"

enum { COUNT = 10000, HARD_US = 40000, SLICE_US = 5000, KEEP_OVER = 64 };

static void *allocate(void *ud, void *p, size_t old, size_t n)
{
    struct lua_host *h = ud;
    if (!p)
        old = 0;
    if (n == 0) {
        free(p);
        h->memory -= old;
        return NULL;
    }
    if (n > old && h->memory - old + n > h->memory_max)
        return NULL; /* Lua collects garbage, asks once more, then raises "not enough memory" */
    void *q = realloc(p, n);
    if (q)
        h->memory += n - old;
    return q;
}

/* Every COUNT instructions. Where a yield is possible it ends the slice; elsewhere (a metamethod, __close) it raises once the budget is spent, and
 * then at every instruction until that frame is left, so that a pcall in a loop cannot hold on. */
void host_hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    struct lua_host *h = HOST(L);
    int64_t used = clock_thread_us() - h->slice_us;
    if (h->memory >
        h->memory_max / 10 *
            9) /* before the allocator refuses: what it does then cannot be interrupted */
        luaL_error(L, "not enough memory: scripts may use %d MB together",
                   (int)(h->memory_max >> 20));
    if (lua_isyieldable(L)) {
        if (used > h->slice_max_us) {
            h->left = LEFT_SLICE;
            lua_yield(L, 0);
        }
        return;
    }
    if (used > HARD_US) {
        h->urgent = true;
        lua_sethook(L, host_hook, LUA_MASKCOUNT, 1);
        luaL_error(L, "took over 40 ms where it cannot be interrupted");
    }
}

void host_rearm(struct lua_host *h, lua_State *co)
{
    h->urgent = false;
    lua_sethook(co, host_hook, LUA_MASKCOUNT, COUNT);
}

static int panic(lua_State *L)
{
    const char *s = lua_tostring(L, -1);
    ensure_failed(s ? s : "Lua error outside a task", __FILE__, __LINE__);
    return 0;
}

static void on_session(void *arg, const struct event *ev)
{
    struct lua_host *h = arg;
    h->site_count += ev->kind == EV_SITE;
    task_wake_on(h, 1u << ev->kind);
}

struct lua_host *lua_host_new(struct loop *loop, struct session *session, size_t memory_max,
                              const struct lua_host_ops *ops, void *arg)
{
    struct lua_host *h = mem_zero(sizeof *h);
    h->loop = loop;
    h->session = session;
    h->memory_max = memory_max;
    h->arg = arg;
    if (ops)
        h->ops = *ops;
    h->L = lua_newstate(allocate, h);
    ensure(h->L != NULL);
    HOST(h->L) = h;
    lua_atpanic(h->L, panic);
    lua_gc(h->L, LUA_GCINC, 120, 400,
           0); /* little garbage, so that the limit speaks of what is alive */
    lua_sethook(h->L, host_hook, LUA_MASKCOUNT, COUNT); /* coroutines inherit it */
    h->slice_max_us = SLICE_US;
    h->console_env = LUA_NOREF;
    if (session)
        events_on(session_events(session), on_session, h);
    safe_open(h);
    return h;
}

void lua_host_free(struct lua_host *h)
{
    if (!h)
        return;
    if (h->session)
        events_off(session_events(h->session), on_session, h);
    while (h->tasks) {
        command_task_over(h, h->tasks->id);
        task_free(h, h->tasks);
    }
    lua_close(h->L);
    for (size_t i = 0; i < h->envs.n; i++)
        free(h->envs.at[i].grants);
    VEC_FREE(h->envs);
    VEC_FREE(h->commands);
    free(h->folder);
    free(h);
}

bool lua_host_busy(const struct lua_host *h)
{
    for (const struct task *t = h->tasks; t; t = t->next)
        if (!task_ended(t))
            return true;
    return false;
}

static struct task *next_ready(struct lua_host *h, struct task *after)
{
    for (struct task *t = after ? after->next : h->tasks; t; t = t->next)
        if (t->state == LUA_TASK_READY)
            return t;
    return NULL;
}

/* Tasks that are over are kept while the task that started them lives, and the last few beyond that: a console asks for a result later. */
static void sweep(struct lua_host *h)
{
    size_t n = 0;
    for (const struct task *t = h->tasks; t; t = t->next)
        n += task_ended(t) && t->orphan;
    int most = 16; /* a step: each costs a walk over the list */
    for (struct task *t = h->tasks, *next; t && n > KEEP_OVER && most > 0; t = next) {
        next = t->next;
        if (task_ended(t) && t->orphan) {
            task_free(h, t);
            n--;
            most--;
        }
    }
}

bool lua_host_step(struct lua_host *h, int budget_ms)
{
    int64_t began = clock_thread_us();
    bool ran = true, spent = false;
    while (ran && !spent) {
        ran = false;
        /* tasks are freed by sweep alone, so the list can be walked while they run and start others */
        for (struct task *t = next_ready(h, NULL); t && !spent; t = next_ready(h, t)) {
            task_slice(h, t);
            ran = true;
            spent = clock_thread_us() - began >= (int64_t)budget_ms * 1000;
        }
    }
    /* the one that ran goes to the end, so that the budget goes round */
    struct task *first = h->tasks;
    if (first && first->next) {
        h->tasks = first->next;
        h->last->next = first;
        h->last = first;
        first->next = NULL;
    }
    sweep(h);
    return next_ready(h, NULL) != NULL;
}

size_t lua_host_tasks(const struct lua_host *h, struct lua_task_info *out, size_t max)
{
    size_t n = 0;
    for (const struct task *t = h->tasks; t && n < max; t = t->next) {
        if (task_ended(t))
            continue;
        out[n++] =
            (struct lua_task_info){.id = t->id,
                                   .parent = t->parent,
                                   .name = t->name,
                                   .waits_for = t->state == LUA_TASK_WAITING ? t->waits_for : "",
                                   .progress_text = t->progress_text,
                                   .state = t->state,
                                   .cpu_s = (double)t->cpu_us / 1e6,
                                   .age_s = (double)(loop_now_ms(h->loop) - t->began_ms) / 1000,
                                   .progress = t->progress};
    }
    return n;
}

size_t lua_host_memory(const struct lua_host *h)
{
    return h->memory;
}

void lua_host_folder(struct lua_host *h, const char *path)
{
    free(h->folder);
    h->folder = mem_str(path);
}

void lua_host_end(struct lua_host *h)
{
    enum { TURN_MS = 20, LAST_MS = 6000 };
    int64_t end = loop_now_ms(h->loop) + LAST_MS;
    h->ending = true;
    task_wake_on(h, WANT_END);
    for (int i = 0; i < 10; i++) /* its functions begin before everything is cancelled */
        lua_host_step(h, TURN_MS);
    lua_host_cancel_all(h, "the session ends");
    while (lua_host_busy(h) && loop_now_ms(h->loop) < end)
        if (!lua_host_step(h, TURN_MS))
            loop_turn(h->loop, true);
}
