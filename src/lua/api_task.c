/* api_task.c - what scripts see of tasks: sleep, spawn, waits. Not: how tasks run (task.c).
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "vigie/session/console.h"
#include "vigie/session/session.h"

enum { MAX_TASKS = 10000 }; /* where no option says it */

extern const struct lua_type lua_type_task;

/* A time to wait, s. */
static double seconds_arg(lua_State *L, int index, const char *what)
{
    double x = arg_duration(L, index, what);
    if (!(x >= 0) || x > 1e10)
        problem_raise(L, "argument", "%s: %g s is not a time to wait", what, x);
    return x;
}

static int slept(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 0;
}

static int lib_sleep(lua_State *L)
{
    struct lua_host *h = HOST(L);
    double s = seconds_arg(L, 1, "sleep");
    task_wait(h, "sleep", NULL, NULL);
    task_wake_after(h, s);
    return task_leave(L, 0, slept);
}

static int lib_yield(lua_State *L)
{
    struct lua_host *h = HOST(L);
    task_wake(h, h->running->id, task_wait(h, "its turn", NULL, NULL));
    return task_leave(L, 0, slept);
}

/* Waits till an instant of the session's clock; looked at anew each minute: the clock may be set. */
static int until_again(lua_State *L, int status, lua_KContext ctx)
{
    enum { LOOK_S = 60 };
    (void)status;
    struct lua_host *h = HOST(L);
    const struct clock *c = h->session ? session_clock(h->session) : clock_system();
    double left = utc_diff_s(arg_time(L, 1, "wait_until"), utc_of_wall(CLOCK_WALL(c)));
    if (!(left > 0))
        return 0;
    task_wait(h, "its time", NULL, NULL);
    task_wake_after(h, left > LOOK_S ? LOOK_S : left);
    return task_leave(L, ctx, until_again);
}

static int lib_wait_until(lua_State *L)
{
    struct task *t = HOST(L)->running;
    if (lua_istable(L, 2) && opt_field(L, 2, "show")) {
        free(t->progress_text);
        t->progress_text = mem_strn(lua_tostring(L, -1), 200);
        if (HOST(L)->ops.progress)
            HOST(L)->ops.progress(HOST(L)->arg, t->id);
    }
    lua_settop(L, 1);
    push_time(L, arg_time(L, 1, "wait_until")); /* "now" is read once */
    lua_replace(L, 1);
    return until_again(L, LUA_OK, 0);
}

/* wait_event(name [, seconds]): for the prelude; true if the event came. */
static int lib_wait_event(lua_State *L)
{
    static const struct {
        const char *name;
        unsigned bit;
    } row[] = {{"alerts", 1u << EV_ALERTS}, {"alarm", 1u << EV_ALARM},
               {"attach", 1u << EV_ATTACH}, {"transits", 1u << EV_TRANSITS},
               {"command", WANT_COMMAND},   {"end", WANT_END}};
    struct lua_host *h = HOST(L);
    const char *name = luaL_checkstring(L, 1);
    unsigned bit = 0;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (strcmp(row[i].name, name) == 0)
            bit = row[i].bit;
    ensure(bit);
    if (bit == WANT_END && h->ending)
        return 0;
    task_wait(h, "an event", NULL, NULL);
    h->running->wants = bit;
    if (lua_isnumber(L, 2))
        task_wake_after(h, lua_tonumber(L, 2));
    return task_leave(L, 0, slept);
}

static int lib_wait_for_cancel(lua_State *L)
{
    task_wait(HOST(L), "its cancel", NULL, NULL);
    return task_leave(L, 0, slept);
}

static int lib_on_exit(lua_State *L)
{
    struct task *t = HOST(L)->running;
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (t->leaving)
        return problem_raise(L, "script", "on_exit: the task is ending already");
    if (t->exit_ref == LUA_NOREF) {
        lua_newtable(L);
        t->exit_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, t->exit_ref);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    return 0;
}

static int lib_progress(lua_State *L)
{
    struct lua_host *h = HOST(L);
    struct task *t = h->running;
    double x = luaL_checknumber(L, 1);
    const char *text = "";
    if (lua_gettop(L) > 2) {
        lua_getglobal(L, "format");
        lua_replace(L, 1);
        lua_call(L, lua_gettop(L) - 1, 1);
        text = lua_tostring(L, -1);
    } else if (!lua_isnoneornil(L, 2)) {
        text = lua_tostring(L, 2);
    }
    if (t->leaving)
        return 0;
    t->progress = !(x > 0) ? 0 : x > 1 ? 1 : x;
    free(t->progress_text);
    t->progress_text = mem_strn(text, 200);
    if (h->ops.progress)
        h->ops.progress(h->arg, t->id);
    return 0;
}

const char t_task[] = "task";

static struct task *task_arg(lua_State *L)
{
    uint64_t *id = luaL_checkudata(L, 1, t_task);
    struct task *t = task_find(HOST(L), *id);
    if (!t)
        problem_raise(L, "gone", "this task ended long ago and its result is not kept");
    return t;
}

void task_push(lua_State *L, const struct task *t)
{
    uint64_t *id = lua_newuserdatauv(L, sizeof *id, 0);
    *id = t->id;
    luaL_setmetatable(L, t_task);
}

static int lib_spawn(lua_State *L)
{
    struct lua_host *h = HOST(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    bool detach = h->running->console, named = false, hook = false, loud = false;
    const char *name = "task";
    if (lua_istable(L, 2)) {
        lua_getfield(L, 2, "detach");
        detach = detach || lua_toboolean(L, -1);
        lua_getfield(L, 2, "hook"); /* these two only the prelude can say */
        hook = lua_toboolean(L, -1);
        lua_getfield(L, 2, "loud");
        loud = lua_toboolean(L, -1);
        lua_getfield(L, 2, "name");
        named = lua_type(L, -1) == LUA_TSTRING;
        if (named)
            name = lua_tostring(L, -1);
    }
    double most = h->session ? conf_number(session_conf(h->session), "lua.tasks") : MAX_TASKS;
    if ((double)h->n_tasks >= most)
        return problem_raise(L, "limit", "spawn: %.0f tasks run already (option lua.tasks)", most);
    luaL_checkstack(L, 4, "spawn");
    struct task *t = task_new(h, name, h->running->env_ref);
    if (!named) {
        free(t->name);
        t->name = mem_printf("%s#%llu", h->running->name, (unsigned long long)t->id);
    }
    t->parent = h->running->id;
    h->running->parted = true;
    t->orphan = false;
    t->detached = detach || (hook && h->running->keeps);
    t->loud = loud || hook;
    t->hook = hook;
    lua_pushvalue(L, 1);
    lua_xmove(L, t->co, 1);
    task_push(L, t);
    return 1;
}

/* What the results table holds, on the stack; or its failure raised. */
static int give_result(lua_State *L, struct task *t)
{
    t->taken = true;
    if (t->state == LUA_TASK_FAILED) {
        problem_give(L, t->problem);
        return lua_error(L);
    }
    if (t->state == LUA_TASK_CANCELLED)
        return problem_raise(L, "cancelled", "the task %s was cancelled: %s", t->name,
                             t->why ? t->why : "asked for");
    lua_rawgeti(L, LUA_REGISTRYINDEX, t->result_ref);
    lua_getfield(L, -1, "n");
    int n = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    luaL_checkstack(L, n, "results");
    for (int i = 1; i <= n; i++)
        lua_rawgeti(L, -i, i);
    return n;
}

/* Waits for one task (index 1). ctx: the deadline in ms of the loop's clock, 0 for none. */
static int wait_again(lua_State *L, int status, lua_KContext deadline)
{
    (void)status;
    struct lua_host *h = HOST(L);
    struct task *t = task_arg(L);
    if (task_ended(t))
        return give_result(L, t);
    int64_t left = deadline ? (int64_t)deadline - loop_now_ms(h->loop) : 0;
    if (deadline && left <= 0)
        return problem_raise(L, "timeout", "the task %s did not end in time", t->name);
    task_wait_task(h);
    if (deadline)
        task_wake_after(h, (double)left / 1000);
    return task_leave(L, deadline, wait_again);
}

static int m_wait(lua_State *L)
{
    struct lua_host *h = HOST(L);
    int64_t deadline = 0;
    if (task_arg(L) == h->running)
        return problem_raise(L, "script", "a task cannot wait for itself");
    if (lua_istable(L, 2) && lua_getfield(L, 2, "timeout") != LUA_TNIL)
        deadline = loop_now_ms(h->loop) + (int64_t)(seconds_arg(L, -1, "timeout") * 1000) + 1;
    lua_settop(L, 1);
    return wait_again(L, LUA_OK, (lua_KContext)deadline);
}

static int m_result(lua_State *L)
{
    struct task *t = task_arg(L);
    if (!task_ended(t))
        return problem_raise(L, "script", "the task %s has not ended; task:wait() waits for it",
                             t->name);
    return give_result(L, t);
}

static int m_ok(lua_State *L)
{
    lua_pushboolean(L, task_arg(L)->state == LUA_TASK_DONE);
    return 1;
}

static int m_cancel(lua_State *L)
{
    task_cancel(HOST(L), task_arg(L), "cancelled by a script");
    return 0;
}

/* wait_any{...}: the index of the first of the list that has ended; used by any() of the prelude. */
static int any_again(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct lua_host *h = HOST(L);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i);
        uint64_t *id = luaL_testudata(L, -1, t_task);
        if (!id)
            return problem_raise(L, "argument", "any: the list must hold tasks (spawn gives them)");
        struct task *t = task_find(h, *id);
        if (!t || task_ended(t)) {
            lua_pushinteger(L, i);
            return 1;
        }
        lua_pop(L, 1);
    }
    if (n == 0)
        return problem_raise(L, "argument", "any: an empty list never ends");
    task_wait_task(h);
    return task_leave(L, 0, any_again);
}

static int lib_wait_any(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    return any_again(L, LUA_OK, 0);
}

static int task_index(lua_State *L)
{
    static const char *const state[] = {"ready", "waiting", "done", "failed", "cancelled"};
    const char *key = luaL_checkstring(L, 2);
    if (strcmp(key, "state") == 0) {
        lua_pushstring(L, state[task_arg(L)->state]);
        return 1;
    }
    if (strcmp(key, "name") == 0) {
        lua_pushstring(L, task_arg(L)->name);
        return 1;
    }
    return api_member(L, &lua_type_task);
}

static int task_text(lua_State *L)
{
    uint64_t *id = luaL_checkudata(L, 1, t_task);
    struct task *t = task_find(HOST(L), *id);
    lua_pushfstring(L, "task %s", t ? t->name : "(gone)");
    return 1;
}

static const struct lua_fn task_rows[] = {
    {"wait", m_wait, "([o: {timeout: duration}])", "what its function gave",
     "Waits until it has ended; raises what it failed with.",
     "print(spawn(function() return 7 end):wait())"},
    {"result", m_result, "()", "what its function gave", "The same without waiting.",
     "local t = spawn(function() return 7 end) sleep(0.01) print(t:result())"},
    {"ok", m_ok, "()", "boolean", "Whether it has ended well.",
     "local t = spawn(function() end) t:wait() print(t:ok())"},
    {"cancel", m_cancel, "()", "nothing", "Ends it: its on_exit functions run.",
     "local t = spawn(function() sleep(100) end) t:cancel()"},
    {"off", m_cancel, "()", "nothing",
     "Ends what on() or command{} gave: the function is not called "
     "any more.",
     "local h = session.on(\"dusk\", function() end) h:off()"},
    {"state", NULL, NULL, "string", "ready, waiting, done, failed or cancelled", NULL},
    {"name", NULL, NULL, "string", "its name", NULL},
    {0}};
const struct lua_type lua_type_task = {t_task, "something that runs beside the rest", task_rows};

/* Whether a value is a task for whose end one can wait. */
static int raw_is_waited(lua_State *L)
{
    const uint64_t *id = luaL_testudata(L, 1, t_task);
    const struct task *t = id ? task_find(HOST(L), *id) : NULL;
    lua_pushboolean(L, id && !(t && t->hook));
    return 1;
}

/* granted(text, capability), grant(text, capability), always(capability): for the prelude. */
static int raw_granted(lua_State *L)
{
    size_t n;
    struct lua_host *h = HOST(L);
    const char *text = lua_tolstring(L, 1, &n);
    lua_pushboolean(
        L, h->session && console_granted(session_console(h->session), text, n, lua_tostring(L, 2)));
    return 1;
}

static int raw_grant(lua_State *L)
{
    size_t n;
    struct lua_host *h = HOST(L);
    const char *text = lua_tolstring(L, 1, &n);
    if (h->session)
        console_grant(session_console(h->session), text, n, lua_tostring(L, 2));
    return 0;
}

static int raw_always(lua_State *L)
{
    lua_pushboolean(L, script_always_asks(lua_tostring(L, 1)));
    return 1;
}

/* problem(e): what was raised as an error with kind and message, also a plain text. */
static int raw_problem(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_type(L, 1) != LUA_TSTRING)
        return 1;
    struct lua_problem *p = problem_take(L, 1, NULL);
    problem_give(L, p);
    problem_free(p);
    return 1;
}

void task_lib(lua_State *L)
{
    static const luaL_Reg lib[] = {{"sleep", lib_sleep},           {"spawn", lib_spawn},
                                   {"wait_any", lib_wait_any},     {"wait_until", lib_wait_until},
                                   {"wait_event", lib_wait_event}, {"is_waited", raw_is_waited},
                                   {"granted", raw_granted},       {"grant", raw_grant},
                                   {"always", raw_always},         {"ask", task_ask},
                                   {"problem", raw_problem},       {NULL, NULL}};
    luaL_setfuncs(L, lib, 0);
    luaL_newmetatable(L, t_task);
    api_methods(L, t_task, task_rows);
    lua_setfield(L, -2, "methods");
    lua_pushcfunction(L, task_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, task_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

static const struct lua_fn rows[] = {
    {"sleep", lib_sleep, "(d: duration)", "nothing", "Waits; the screen and other tasks go on.",
     "sleep\"20ms\""},
    {"yield", lib_yield, "()", "nothing", "Lets the others have their turn.", "yield()"},
    {"wait_until", lib_wait_until, "(t: time, [o: {show: string}])", "nothing",
     "Waits for an instant; show is what the task list says meanwhile.",
     "wait_until(time.now() + duration\"20ms\", {show = \"waiting for the clock\"})"},
    {"wait_for", api_in_lua, "(f: function, [o: {timeout: duration, every: duration}])",
     "what f gave", "Calls f (every 0.2 s) until it gives something; raises timeout.",
     "local n = 0 wait_for(function() n = n + 1 return n > 2 end, {every = \"5ms\"})"},
    {"wait_for_cancel", lib_wait_for_cancel, "()", "nothing",
     "Waits for ever: for scripts whose functions wait for events.",
     "spawn(wait_for_cancel):cancel()"},
    {"spawn", lib_spawn, "(f: function, [o: {name: string, detach: boolean}])", "task",
     "Runs f at the same time. It ends with the task that started it, unless detach = true.",
     "local t = spawn(function() sleep(0.01) return 1 end) print(t:wait())"},
    {"all", api_in_lua, "(tasks: table)", "table", "Waits for all of a list of tasks.",
     "print(#all{spawn(function() return 1 end), spawn(function() return 2 end)})"},
    {"any", api_in_lua, "(tasks: table)", "what the first gave, its index",
     "Waits for the first of a list of tasks; the others are cancelled.",
     "print(any{spawn(function() return 1 end), spawn(function() sleep(9) end)})"},
    {"with_timeout", api_in_lua, "(d: duration, f: function, ...)", "what f gave",
     "Calls f with what follows; raises timeout if it takes longer.",
     "print(with_timeout(\"5s\", function(x) return x end, 3))"},
    {"on_exit", lib_on_exit, "(f: function)", "nothing",
     "f(why) is called when the task ends, however it ends; it has 5 s. why is done, failed, or "
     "who "
     "cancelled it.",
     "on_exit(function(why) print(why) end)"},
    {"progress", lib_progress, "(fraction: number, [format: string], ...)", "nothing",
     "What the task list shows: 0 .. 1 and a text.", "progress(0.5, \"frame %d of %d\", 15, 30)"},
    {0}};
const struct lua_module lua_module_tasks = {"", NULL, "waiting and doing at the same time", rows,
                                            NULL};
