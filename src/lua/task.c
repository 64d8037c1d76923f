/* task.c - a task: a coroutine with a name, its waits, its children and its end. Not: what scripts
 * see of it (api_task.c), the hook and the memory (host.c). Source: Lua 5.4 reference manual 4.5 (continuations), 4.6 lua_resume, lua_resetthread.
 */
#include "host.h"
#include "pretty.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_MS = 5000 };

struct task *task_find(struct lua_host *h, uint64_t id)
{
    for (struct task *t = h->tasks; t; t = t->next)
        if (t->id == id)
            return t;
    return NULL;
}

/* A new task at the end of the list; its coroutine is anchored in the registry. The function and its arguments are put on t->co by the caller. */
struct task *task_new(struct lua_host *h, const char *name, int env_ref)
{
    struct task *t = mem_zero(sizeof *t);
    t->id = ++h->next_id;
    t->name = mem_str(name);
    t->env_ref = env_ref;
    env_hold(h, env_ref);
    t->exit_ref = t->result_ref = LUA_NOREF;
    t->progress = NAN;
    t->began_ms = loop_now_ms(h->loop);
    h->own++;
    t->co = lua_newthread(h->L);
    t->ref = luaL_ref(h->L, LUA_REGISTRYINDEX);
    h->own--;
    t->orphan = true;
    t->place = h->running ? h->running->place : 0;
    task_link(h, t);
    h->n_tasks++;
    return t;
}

void task_link(struct lua_host *h, struct task *t)
{
    t->before = h->last;
    t->next = NULL;
    *(h->last ? &h->last->next : &h->tasks) = t;
    h->last = t;
}

void task_unlink(struct lua_host *h, struct task *t)
{
    *(t->before ? &t->before->next : &h->tasks) = t->next;
    *(t->next ? &t->next->before : &h->last) = t->before;
}

static void stop_waiting(struct lua_host *h, struct task *t)
{
    loop_timer_del(h->loop, t->timer);
    t->timer = 0;
    t->wait_id = 0;
    t->abort = NULL;
    t->waits_for = "";
    t->wants = 0;
    h->n_wait_task -= t->waits_task;
    t->waits_task = false;
}

void task_free(struct lua_host *h, struct task *t)
{
    if (t->abort)
        t->abort(t->abort_arg);
    stop_waiting(h, t);
    task_unlink(h, t);
    h->n_to_end -= t->to_end;
    h->n_over -= task_ended(t) && t->orphan;
    luaL_unref(h->L, LUA_REGISTRYINDEX, t->ref);
    env_drop(h, t->env_ref);
    luaL_unref(h->L, LUA_REGISTRYINDEX, t->exit_ref);
    luaL_unref(h->L, LUA_REGISTRYINDEX, t->result_ref);
    VEC_FREE(t->nest);
    problem_free(t->problem);
    free(t->progress_text);
    free(t->answer);
    free(t->why);
    free(t->name);
    free(t);
    h->n_tasks--;
}

uint64_t task_wait(struct lua_host *h, const char *what, task_abort_fn *abort, void *arg)
{
    struct task *t = h->running;
    stop_waiting(h, t);
    t->state = LUA_TASK_WAITING;
    t->waits_for = what;
    t->abort = abort;
    t->abort_arg = arg;
    t->wait_id = ++h->next_id;
    return t->wait_id;
}

void task_wait_task(struct lua_host *h)
{
    task_wait(h, "a task", NULL, NULL);
    h->running->waits_task = true;
    h->n_wait_task++;
}

void task_wake(struct lua_host *h, uint64_t task, uint64_t wait_id)
{
    struct task *t = task_find(h, task);
    if (!t || t->state != LUA_TASK_WAITING || t->wait_id != wait_id)
        return;
    stop_waiting(h, t);
    t->state = LUA_TASK_READY;
    loop_wake(h->loop);
}

int task_leave(lua_State *L, lua_KContext ctx, lua_KFunction k)
{
    if (!lua_isyieldable(L)) {
        struct lua_host *h = HOST(L);
        if (h->running->abort)
            h->running->abort(h->running->abort_arg);
        stop_waiting(h, h->running);
        h->running->state = LUA_TASK_READY;
        return problem_raise(L, "script",
                             "nothing can be waited for inside a metamethod, a __close or an "
                             "iterator of the library");
    }
    HOST(L)->left = LEFT_WAIT;
    return lua_yieldk(L, 0, ctx, k);
}

static int64_t timer_wakes(void *arg)
{
    struct task *t = arg; /* alive: task_free and task_wake delete the timer */
    struct lua_host *h = HOST(t->co);
    t->timer = 0;
    stop_waiting(h, t);
    t->state = LUA_TASK_READY;
    loop_wake(h->loop);
    return -1;
}

void task_wake_on(struct lua_host *h, unsigned bits)
{
    for (struct task *t = h->tasks; t; t = t->next)
        if (t->state == LUA_TASK_WAITING && (t->wants & bits))
            task_wake(h, t->id, t->wait_id);
}

bool task_ended(const struct task *t)
{
    return t->state != LUA_TASK_READY && t->state != LUA_TASK_WAITING;
}

void task_wake_after(struct lua_host *h, double seconds)
{
    double ms = seconds * 1000;
    h->running->timer = loop_timer(h->loop, ms > 1e12 ? (int64_t)1e12 : (int64_t)ceil(ms),
                                   timer_wakes, h->running, "lua timer");
}

/* ---- the end of a task ---- */

static void keep_result(struct lua_host *h, struct task *t, int n)
{
    lua_State *co = t->co;
    lua_checkstack(co, 3);
    lua_createtable(co, n, 1);
    for (int i = n; i > 0; i--) {
        lua_pushvalue(co, -1 - i);
        lua_rawseti(co, -2, n - i + 1);
    }
    lua_pushinteger(co, n);
    lua_setfield(co, -2, "n");
    t->result_ref = luaL_ref(co, LUA_REGISTRYINDEX);
    lua_pop(co, n);
    (void)h;
}

/* The first value of a console line as _ and _1 of the console's environment; the ones before it
 * move on, up to _9. */
static void keep_value(lua_State *L, int env_ref, int results)
{
    char to[4], from[4];
    lua_rawgeti(L, LUA_REGISTRYINDEX, env_ref);
    int env = lua_gettop(L);
    for (int k = 9; k > 1; k--) {
        snprintf(to, sizeof to, "_%d", k);
        snprintf(from, sizeof from, "_%d", k - 1);
        lua_pushstring(L, to);
        lua_pushstring(L, from);
        lua_rawget(L, env);
        lua_rawset(L, env);
    }
    for (int k = 0; k < 2; k++) {
        lua_pushstring(L, k ? "_1" : "_");
        lua_rawgeti(L, results, 1);
        lua_rawset(L, env);
    }
    lua_settop(L, env - 1);
}

/* The values of a console line as text, parted by tabs; NULL if it gave none. A __tostring of the script's may run: not for long. */
char *task_result_text(struct lua_host *h, const struct task *t)
{
    lua_State *L = h->L;
    struct str text = {.max = 1000000};
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, t->result_ref);
    lua_getfield(L, -1, "n");
    lua_Integer n = lua_tointeger(L, -1);
    if (n)
        keep_value(L, t->env_ref, top + 1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_settop(L, top + 1);
        lua_rawgeti(L, top + 1, i);
        h->slice_us = clock_thread_us();
        if (i > 1)
            str_addc(&text, '\t');
        lua_State *before = host_watch(L);
        if (!pretty_value(L, -1, host_columns(h), &text))
            str_add(&text, "(its __tostring failed)");
        host_watch(before);
    }
    lua_settop(L, top);
    return n ? str_take(&text) : NULL;
}

/* What its owner hears of a task that is over. */
static void tell_done(struct lua_host *h, struct task *t)
{
    t->taken = true;
    if (!h->ops.done)
        return;
    char *value = t->console && t->state == LUA_TASK_DONE ? task_result_text(h, t) : NULL;
    h->ops.done(h->arg, t->id, t->state, value, t->problem);
    free(value);
}

static void cancel_children(struct lua_host *h, const struct task *t)
{
    for (struct task *c = t->parted ? h->tasks : NULL; c; c = c->next)
        if (c->parent == t->id) {
            h->n_over += !c->orphan && task_ended(c);
            c->orphan = true;
            if (c->state == LUA_TASK_FAILED && !c->taken)
                tell_done(h, c); /* nobody looked at it: it does not fail in silence */
            if (!c->detached)
                task_cancel(h, c, "the task that started it has ended");
        }
}

void task_over(struct lua_host *h, struct task *t)
{
    /* its <close> variables; the hook raises where one does not end */
    h->slice_us = clock_thread_us();
    for (size_t i = t->nest.n; i-- > 0;) {
        host_watch(t->nest.at[i]);
        lua_resetthread(t->nest.at[i]);
    }
    host_watch(t->co);
    lua_resetthread(t->co);
    host_watch(NULL);
    h->n_over += t->orphan;
    h->n_to_end -= t->to_end;
    t->to_end = false;
    cancel_children(h, t);
    command_task_over(h, t->id);
    for (struct task *w = h->n_wait_task ? h->tasks : NULL; w; w = w->next)
        if (w->waits_task) {
            stop_waiting(h, w);
            w->state = LUA_TASK_READY;
        }
    /* the failure of a child is for the task that started it */
    if (t->state != LUA_TASK_FAILED || t->orphan || t->loud)
        tell_done(h, t);
}

/* The on_exit functions, last given first, in a coroutine of their own: they may wait (mount.stop), for 5 s together. */
static int exit_next(lua_State *L, int status, lua_KContext i)
{
    (void)status; /* one that fails does not stop the others */
    lua_settop(L, 2);
    while (i > 0) {
        lua_rawgeti(L, 1, i);
        lua_pushvalue(L, 2);
        i--;
        lua_pcallk(L, 1, 0, 0, i, exit_next);
        lua_settop(L, 2);
    }
    return 0;
}

static int exit_all(lua_State *L)
{
    return exit_next(L, LUA_OK, (lua_KContext)lua_rawlen(L, 1));
}

static void leave(struct lua_host *h, struct task *t, enum lua_task_state final)
{
    t->state = final;
    if (t->exit_ref == LUA_NOREF) {
        task_over(h, t);
        return;
    }
    /* the old coroutine is closed first where it is dead anyway; a suspended one after the on_exit functions: it stays in nest[0] */
    VEC(lua_State *) nest = {0};
    VEC_PUSH(nest, t->co);
    for (size_t i = 0; i < t->nest.n; i++)
        VEC_PUSH(nest, t->nest.at[i]);
    lua_State *co =
        lua_newthread(h->L); /* anchored by the list below, the old one by its own reference */
    lua_rawgeti(h->L, LUA_REGISTRYINDEX, t->exit_ref);
    lua_pushvalue(h->L, -2);
    lua_setfield(h->L, -2, "co");
    lua_pop(h->L, 2);
    lua_pushcfunction(co, exit_all);
    lua_rawgeti(co, LUA_REGISTRYINDEX, t->exit_ref);
    lua_pushstring(co, final == LUA_TASK_DONE     ? "done"
                       : final == LUA_TASK_FAILED ? "failed"
                       : t->why                   ? t->why
                                                  : "cancelled");
    VEC_FREE(t->nest);
    t->nest.at = nest.at;
    t->nest.n = nest.n;
    t->nest.cap = nest.cap;
    t->co = co;
    t->nargs = 2;
    t->started = false;
    t->leaving = true;
    t->leave_ms = loop_now_ms(h->loop);
    t->final = final;
    t->state = LUA_TASK_READY;
    loop_wake(h->loop);
}

void task_cancel(struct lua_host *h, struct task *t, const char *why)
{
    if (t->cancelled || t->leaving || (t->state != LUA_TASK_READY && t->state != LUA_TASK_WAITING))
        return;
    t->cancelled = t->to_end = true;
    h->n_to_end++;
    t->why = mem_str(why);
    if (t->abort)
        t->abort(t->abort_arg);
    stop_waiting(h, t);
    t->state = LUA_TASK_READY; /* its next slice is its end */
    loop_wake(h->loop);
}

void lua_host_cancel(struct lua_host *h, uint64_t task, const char *why)
{
    struct task *t = task_find(h, task);
    if (t)
        task_cancel(h, t, why);
}

void lua_host_cancel_all(struct lua_host *h, const char *why)
{
    for (struct task *t = h->tasks; t; t = t->next)
        task_cancel(h, t, why);
}

static void slice_ended(struct lua_host *h, struct task *t, int rc, int n)
{
    if (rc == LUA_YIELD) {
        lua_pop(t->co, n);
        return; /* READY after a slice; WAITING by task_wait */
    }
    if (t->leaving) {
        t->state = t->final;
        task_over(h, t);
        return;
    }
    if (rc == LUA_OK) {
        keep_result(h, t, n);
        leave(h, t, LUA_TASK_DONE);
        return;
    }
    lua_State *deepest = t->nest.n ? t->nest.at[t->nest.n - 1] : t->co;
    t->problem = problem_take(t->co, -1, deepest);
    leave(h, t, LUA_TASK_FAILED);
}

void task_slice(struct lua_host *h, struct task *t)
{
    if (t->cancelled && !t->leaving) {
        leave(h, t, LUA_TASK_CANCELLED);
        return;
    }
    if (t->leaving && loop_now_ms(h->loop) - t->leave_ms > EXIT_MS) {
        t->state = t->final;
        task_over(h, t);
        return;
    }
    int nargs = t->started ? 0 : t->nargs, n = 0;
    t->started = true;
    t->state = LUA_TASK_READY;
    h->running = t;
    h->left = LEFT_NOT;
    h->slice_us = clock_thread_us();
    host_watch(t->co);
    int rc = lua_resume(t->co, NULL, nargs, &n);
    host_watch(NULL);
    t->cpu_us += clock_thread_us() - h->slice_us;
    slice_ended(h, t, rc, n);
    h->running = NULL;
}
