/* host.c - the state: memory with a limit, the hook that takes the CPU back, the step that gives it out.
 * Not: what a task is (task.c). Source: Lua 5.4 reference manual, sections 4.1, 4.5, 4.7; timer_create(2).
 */
#include "host.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "vigie/session/console.h"
#include "vigie/session/session.h"

enum { TICK_US = 2000, COUNT = 10000, SLICE_US = 5000, KEEP_OVER = 64, SWEEP = 500 };

/* ---- the tick ----
 * A count hook makes the interpreter look at every instruction, which doubles the time of arithmetic, and it
 * does not come while one instruction takes long (two long strings compared). So there is none while
 * a script runs: a timer of the kernel sets it, 2 ms apart, for the next instruction. lua_sethook may be
 * called so (reference manual 4.7 and lua.c). */

static lua_State *volatile watched; /* the coroutine that has the CPU; NULL: none */
static timer_t ticker;
static enum { TICKER_NOT, TICKER_THERE, TICKER_NONE } ticker_state;

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static void on_tick(int signo)
{
    (void)signo;
    lua_State *L = watched;
    if (L && (lua_gethookmask(L) == 0 || ticker_state != TICKER_THERE))
        lua_sethook(L, host_hook, LUA_MASKCOUNT, 1);
}

static void ticker_make(void)
{
    struct sigaction a = {.sa_handler = on_tick, .sa_flags = SA_RESTART | SA_ONSTACK};
    struct sigevent to = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGVTALRM};
    to.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    sigemptyset(&a.sa_mask);
    bool made =
        sigaction(SIGVTALRM, &a, NULL) == 0 && timer_create(CLOCK_MONOTONIC, &to, &ticker) == 0;
    ticker_state = made ? TICKER_THERE : TICKER_NONE;
}

static void ticker_set(long us)
{
    struct itimerspec t = {{0, us * 1000}, {0, us * 1000}};
    if (ticker_state == TICKER_THERE)
        timer_settime(ticker, 0, &t, NULL);
}

/* Without a timer (some container forbids it) the count hook does it. */
static void hook_rest(lua_State *L)
{
    lua_sethook(L, ticker_state == TICKER_THERE ? NULL : host_hook,
                ticker_state == TICKER_THERE ? 0 : LUA_MASKCOUNT, COUNT);
}

lua_State *host_watch(lua_State *L)
{
    lua_State *before = watched;
    struct lua_host *h = HOST(L ? L : before);
    h->urgent = false;
    watched = NULL;
    if (L)
        hook_rest(L);
    watched = L;
    if (L && !before)
        ticker_set(TICK_US);
    else if (!L && before)
        ticker_set(0);
    return before;
}

/* ---- memory ---- */

static size_t soft_limit(const struct lua_host *h)
{
    return h->memory_max / 10 *
           9; /* before the allocator refuses: what Lua does then cannot be interrupted */
}

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
    if (n > old && h->memory - old + n > h->memory_max && watched && !h->own)
        return NULL; /* to a script, never to the host. Lua collects garbage, asks once more, then raises "not enough memory" */
    void *q = realloc(p, n);
    if (!q)
        return NULL;
    h->memory += n - old;
    lua_State *L = watched;
    if (h->memory > soft_limit(h) && L && lua_gethookmask(L) == 0)
        on_tick(0); /* the hook looks at once; setting it walks over all frames, so not twice */
    return q;
}

/* Little room is left: what nobody holds is collected in pieces, for the rest of the slice. Two whole rounds
 * without success: it is alive. */
static bool collected(lua_State *L, struct lua_host *h)
{
    while (h->memory > soft_limit(h) && h->rounds < 2 &&
           clock_thread_us() - h->slice_us < h->slice_max_us)
        h->rounds += lua_gc(L, LUA_GCSTEP, 0) == 1;
    if (h->memory > soft_limit(h) && h->rounds >= 2) {
        h->rounds = 0;
        return false;
    }
    if (h->memory <= soft_limit(h))
        h->rounds = 0;
    return true;
}

/* Where a yield is possible the hook ends the slice; elsewhere (a metamethod, __close) it raises once the budget is
 * spent, and then at every instruction until that frame is left, so that a pcall in a loop cannot
 * hold on. */
void host_hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    struct lua_host *h = HOST(L);
    if (!h->urgent)
        hook_rest(L);
    if (h->memory > soft_limit(h) && !collected(L, h))
        luaL_error(L, "not enough memory: scripts may use %d MB together",
                   (int)(h->memory_max >> 20));
    int64_t used = clock_thread_us() - h->slice_us;
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
    /* little garbage, so that the limit speaks of what is alive; in small pieces: 4 kB of new values
     * pay for 13000 looked at */
    lua_gc(h->L, LUA_GCINC, 120, 50, 12);
    if (ticker_state == TICKER_NOT)
        ticker_make();
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
    for (size_t i = 0; i < h->envs.n; i++) {
        free(h->envs.at[i].grants);
        free(h->envs.at[i].folder);
    }
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
    int most = SWEEP;
    for (struct task *t = h->tasks, *next; t && h->n_over > KEEP_OVER && most > 0; t = next) {
        next = t->next;
        if (task_ended(t) && t->orphan) {
            task_free(h, t);
            most--;
        }
    }
}

static bool spent(int64_t began_us, int budget_ms)
{
    return clock_thread_us() - began_us >= (int64_t)budget_ms * 1000;
}

/* Who is to end does so before others get their turn. */
static void end_cancelled(struct lua_host *h, int64_t began_us, int budget_ms)
{
    for (struct task *t = h->tasks; t && h->n_to_end > 0 && !spent(began_us, budget_ms);
         t = t->next)
        if (t->to_end && t->state == LUA_TASK_READY)
            task_slice(h, t);
}

bool lua_host_step(struct lua_host *h, int budget_ms)
{
    int64_t began = clock_thread_us();
    h->slice_max_us = budget_ms * 1000 < SLICE_US ? budget_ms * 1000 : SLICE_US;
    end_cancelled(h, began, budget_ms);
    bool ran = true;
    while (ran && !spent(began, budget_ms)) {
        ran = false;
        /* tasks are freed by sweep alone, so the list can be walked while they run and start others */
        for (struct task *t = next_ready(h, NULL); t && !spent(began, budget_ms);
             t = next_ready(h, t)) {
            task_slice(h, t);
            ran = true;
        }
    }
    /* the one that ran goes to the end, so that the budget goes round */
    struct task *first = h->tasks;
    if (first && first->next) {
        task_unlink(h, first);
        task_link(h, first);
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

int host_columns(const struct lua_host *h)
{
    enum { WIDTH = 100 };
    return h->session ? console_columns(session_console(h->session)) : WIDTH;
}
