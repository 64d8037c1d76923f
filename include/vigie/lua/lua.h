/* lua.h - the Lua door: a state whose scripts are tasks, driven by the loop in small slices.
 * Not: the language; the names a script sees are those of the binding tables (vigie help lua).
 */
#ifndef VIGIE_LUA_LUA_H
#define VIGIE_LUA_LUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vigie/base/err.h"

struct loop;
struct session;
struct console_ops;
struct lua_host;

enum lua_task_state {
    LUA_TASK_READY,
    LUA_TASK_WAITING,
    LUA_TASK_DONE,
    LUA_TASK_FAILED,
    LUA_TASK_CANCELLED
};

/* struct lua_problem - why a task failed. All texts owned by it; kind and message are there, the
 * others may be NULL. where: "plan.lua:23". */
struct lua_problem {
    char *kind, *message, *where, *hint, *detail, *url, *traceback;
};

/* struct lua_host_ops - what the host tells its owner; each may be NULL. print: a line without its end. done: a task
 * has ended (value: what a console line gave, as text, or NULL). ask: a task
 * asks and waits for lua_host_answer; NULL: nobody can be asked. suggest: a line that may be wanted next. form: a task
 * asks for values (the header of a script) and waits for lua_host_answer, lines name=value; NULL: there is no
 * screen. */
struct lua_host_ops {
    void (*print)(void *arg, uint64_t task, const char *text, size_t n);
    void (*done)(void *arg, uint64_t task, enum lua_task_state state, const char *value,
                 const struct lua_problem *problem);
    void (*progress)(void *arg, uint64_t task);
    void (*ask)(void *arg, uint64_t task, const char *question);
    void (*suggest)(void *arg, const char *line);
    void (*form)(void *arg, uint64_t task, const char *header, size_t n);
};

/* lua_host_new - a state. session: what the bindings work on, borrowed; NULL: only what needs none. loop: borrowed; timers and waits live in it. memory_max: bytes for all scripts together. lua_host_free: tasks
 * are dropped, their on_exit functions are not run (lua_host_cancel_all and a few turns do that). */
struct lua_host *lua_host_new(struct loop *loop, struct session *session, size_t memory_max,
                              const struct lua_host_ops *ops, void *arg);
void lua_host_free(struct lua_host *h);

/* lua_host_start - compile `code` (n bytes of text, never bytecode) under `name` and make it a task. grants: the capabilities it has, parted by blanks; "*" for all.
 * console: an expression is tried first and its value told by `done`; all console lines share one environment.
 *   returns  the task's id, or 0 with err: E_PARSE; incomplete is set when the text ends too early ("<eof>") */
uint64_t lua_host_start(struct lua_host *h, const char *name, const char *code, size_t n,
                        bool console, const char *grants, bool *incomplete, struct error *err);

/* lua_host_step - run ready tasks for at most budget_ms; true if some are still ready (the caller wakes the loop). */
bool lua_host_step(struct lua_host *h, int budget_ms);

/* lua_host_cancel - end a task and its children at its next step: its on_exit functions run (5 s), then its <close> variables. */
void lua_host_cancel(struct lua_host *h, uint64_t task, const char *why);
void lua_host_cancel_all(struct lua_host *h, const char *why);
bool lua_host_busy(const struct lua_host *h); /* any task not over */

/* struct lua_task_info - a row of the task list. Texts borrowed until the next step. */
struct lua_task_info {
    uint64_t id, parent;
    const char *name, *waits_for, *progress_text;
    enum lua_task_state state;
    double cpu_s, age_s, progress; /* progress NAN if none was told */
};
size_t lua_host_tasks(const struct lua_host *h, struct lua_task_info *out, size_t max);

/* lua_host_answer - to a question asked through ops.ask; NULL: there is none. */
void lua_host_answer(struct lua_host *h, uint64_t task, const char *text);

/* lua_host_folder - the folder in which scripts may read and write files (files.*, tbl.read); NULL,
 * the start: none. */
void lua_host_folder(struct lua_host *h, const char *path);

/* lua_host_end - the session ends: session.on("end") functions begin, then every task is cancelled;
 * turns the loop until all are over, for 6 s at most. */
void lua_host_end(struct lua_host *h);

/* lua_host_memory - bytes in use by all scripts. */
size_t lua_host_memory(const struct lua_host *h);

/* lua_run, lua_reference - see session/script.h: main.c hands them to the command line. */
struct script_wish;
int lua_run(struct session *session, const struct script_wish *wish);
void lua_reference(FILE *out, bool stub);

/* lua_console - the Lua behind a session's console (session/console.h): main.c hands it in. */
extern const struct console_ops lua_console;

#endif
