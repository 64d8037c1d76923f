/* host.h - what the files of the room share: the state, its tasks, waiting, errors.
 * Not: any binding (api_*.c); nothing here knows a domain room.
 *
 * Every script and console line is a task: a coroutine that the host resumes in slices. A task leaves the CPU in one of three ways, told apart by
 * lua_host.left: the count hook took it (LEFT_SLICE), it waits for something (LEFT_WAIT), or a coroutine of the script's own
 * yielded to its resumer (LEFT_SCRIPT). The first two pass through the script's coroutines up to the host and down again unseen.
 */
#ifndef VIGIE_SRC_LUA_HOST_H
#define VIGIE_SRC_LUA_HOST_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/loop.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/lua/lua.h"

enum left { LEFT_NOT, LEFT_SLICE, LEFT_WAIT, LEFT_SCRIPT };

typedef void task_abort_fn(
    void *
        arg); /* the wait is given up: stop what was asked for; the callback must not come any more */

struct session;

struct task {
    struct task *next, *before;
    uint64_t id, parent;
    char *name;
    enum lua_task_state state, final; /* final: what it becomes after its on_exit functions */
    lua_State *co;
    int ref;      /* of co in the registry: keeps it alive */
    int env_ref;  /* environment of its script */
    int exit_ref; /* list of on_exit functions, LUA_NOREF if none */
    int nargs;    /* on the stack of co for the first resume */
    bool started, detached, console, cancelled;
    bool leaving;    /* on_exit functions run */
    bool orphan;     /* the task that started it has ended, or there was none */
    bool keeps;      /* what it hooks stays when it ends: init.lua */
    bool loud;       /* its failure is told at once, though the task that started it lives */
    bool hook;       /* waits for events until it is ended */
    int place;       /* a number of whoever began it; what it starts has the same */
    unsigned wants;  /* bits of the session's events that wake it */
    bool taken;      /* somebody asked for its result, or its failure was told */
    bool to_end;     /* cancelled, and its last slices have not come yet */
    bool parted;     /* it has started others */
    bool waits_task; /* for another one's end */
    char *why;       /* of the cancel */
    uint64_t wait_id, timer;
    task_abort_fn *abort;
    void *abort_arg;
    const char *waits_for;
    VEC(lua_State *) nest; /* the script's own coroutines now running, outermost first */
    int64_t cpu_us, began_ms, leave_ms;
    double progress;
    char *progress_text, *answer;
    int result_ref;              /* table of results, n in field "n"; LUA_NOREF until done */
    struct lua_problem *problem; /* of a failed task */
};

/* struct env_use - how many tasks live in an environment. */
struct env_use {
    int ref, n;
    char *grants, *folder; /* folder: of the script, for the modules it may require; NULL none */
    uint64_t
        fetched; /* bytes from the network; of the console's: since the last line was entered */
};
struct lua_command; /* api_command.c */

struct lua_host {
    lua_State *L;
    struct loop *loop;
    struct lua_host_ops ops;
    void *arg;
    struct session *session; /* what the bindings work on, or NULL */
    struct task *tasks, *last, *running;
    uint64_t next_id;
    size_t memory, memory_max;
    int64_t slice_us, slice_max_us; /* CPU clock at the start of the slice */
    bool urgent;                    /* HARD_US are over: the hook comes at every instruction */
    enum left left;
    int rounds; /* of the collector since memory got short */
    int own;    /* the host itself works on the main state during a slice: memory is not refused */
    size_t n_tasks, n_over, n_to_end, n_wait_task; /* over: and nobody is to ask for the result */
    VEC(struct env_use) envs;
    VEC(struct lua_command *) commands;
    unsigned site_count; /* how often the site changed: what borrows it looks */
    char *folder;        /* the work folder of scripts' files; NULL: none */
    uint64_t init;       /* the task of init.lua; 0: there was none */
    bool ending;         /* session.on("end") is told */
    int console_env; /* reference of the environment that all console lines share; LUA_NOREF before the first */
};

#define HOST(L) (*(struct lua_host **)lua_getextraspace(L))

/* host.c */
/* host_watch - from now on this coroutine has the CPU: ticks end its slice. NULL: none has, the ticks end. Returns
 * the one before, to be given back. A slice begins with the first; lua_host.slice_us is the caller's. */
enum { HARD_US = 40000 }; /* where no yield is possible */
void host_hook(lua_State *L, lua_Debug *ar);
lua_State *host_watch(lua_State *L);

/* task.c */
struct task *task_new(struct lua_host *h, const char *name, int env_ref);
struct task *task_find(struct lua_host *h, uint64_t id);
void task_link(struct lua_host *h, struct task *t); /* at the end of the list */
void task_unlink(struct lua_host *h, struct task *t);
void task_slice(struct lua_host *h, struct task *t);
void task_over(struct lua_host *h, struct task *t);
void task_free(struct lua_host *h, struct task *t);
/* task_wait - the running task will wait for `what` (static text). abort: called once if the task is cancelled before
 * task_wake. Returns the id that task_wake needs. Then: return task_leave(L, ctx, k). */
uint64_t task_wait(struct lua_host *h, const char *what, task_abort_fn *abort, void *arg);
void task_wait_task(struct lua_host *h); /* for some task's end; whose is looked at when woken */
void task_wake(struct lua_host *h, uint64_t task, uint64_t wait_id);
int task_leave(lua_State *L, lua_KContext ctx, lua_KFunction k);
void task_cancel(struct lua_host *h, struct task *t, const char *why);
void task_lib(lua_State *L); /* the parts in C that the prelude calls: into the table on the top */

void task_wake_on(struct lua_host *h, unsigned bits); /* who waits for one of these events */
bool task_ended(const struct task *t);
void task_wake_after(struct lua_host *h, double seconds); /* the running task, which waits */
char *task_result_text(struct lua_host *h, const struct task *t);
extern const char t_task[]; /* name of the metatable of tasks */

/* host_columns - how wide a text for people may be. */
int host_columns(const struct lua_host *h);

/* Bits that are no event of the session: a command of a script was asked for, the session ends, a
 * question was answered. */
enum { WANT_COMMAND = 1u << 30, WANT_END = 1u << 29, WANT_ANSWER = 1u << 28 };
void task_push(lua_State *L, const struct task *t);
int task_ask(lua_State *L); /* a question (text at 1); gives the line that answers it, or nil */

/* task_guard - before the task begins, the observer is asked for each of the capabilities that he has not
 * granted to the script of this text. */
void task_guard(struct lua_host *h, uint64_t task, const char *needs, const char *text, size_t n);

/* start.c */
void env_hold(struct lua_host *h, int ref);
void env_grant(struct lua_host *h, int ref, const char *grants); /* what it was made with */
const char *env_grants(const struct lua_host *h, int ref);
void env_drop(struct lua_host *h, int ref);
/* task_script - the script of a task lies at this path: it may require what lies beside it.
 * env_folder - that folder, NULL none. */
void task_script(struct lua_host *h, uint64_t task, const char *path);
const char *env_folder(const struct lua_host *h, int ref);
/* env_fetched - where the bytes are counted that a script has fetched; NULL: nobody lives there. */
uint64_t *env_fetched(struct lua_host *h, int ref);
uint64_t lua_host_start_with(struct lua_host *h, const char *name, const char *code, size_t n,
                             bool console, const char *grants, bool *incomplete, struct error *err);

/* problem.c: error objects */
void problem_free(struct lua_problem *p);
void problem_push(lua_State *L, const char *kind, const char *message, const char *hint);
void problem_give(lua_State *L, const struct lua_problem *p);
int problem_raise(lua_State *L, const char *kind, const char *fmt, ...) PRINTF(3, 4);
int problem_raise_with(lua_State *L, const char *kind, const char *hint, const char *url,
                       const char *fmt, ...) PRINTF(5, 6); /* hint, url: NULL for none */
int problem_raise_error(lua_State *L, const struct error *err);
struct lua_problem *problem_take(lua_State *L, int index, lua_State *trace);
void problem_open(lua_State *L); /* their metatable */

/* api_command.c: commands that a task has added go with it */
void command_task_over(struct lua_host *h, uint64_t task);

/* init.c: the user's init.lua, run at the start of a session's host */
void init_start(struct lua_host *h);
/* init_again - the same anew: hooks and commands of the last time end first. */
enum status init_again(struct lua_host *h, struct error *err) MUST_CHECK;

/* safe.c, pattern.c, coro.c: the library of a sandbox */
void safe_open(struct lua_host *h); /* once, at the start */
int safe_env(struct lua_host *h,
             const char *grants); /* a fresh environment: its registry reference */
void pattern_lib(lua_State *L);
void coro_lib(lua_State *L);
int safe_tostring(lua_State *L);
extern const char key_prelude[]; /* registry: the functions that are written in Lua */

#endif
