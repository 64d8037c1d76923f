/* runner.h - a Lua host for tests: runs a text to its end and gives back what it said. */
#ifndef VIGIE_TESTS_LUA_RUNNER_H
#define VIGIE_TESTS_LUA_RUNNER_H

#include "vigie/base/loop.h"
#include "vigie/base/str.h"
#include "vigie/lua/lua.h"

struct session;

/* struct runner - said: lines printed; "= value" of a console line; "! kind: message" of a failure.
 * folder: the work folder, made and removed. worst_ms: CPU of the longest step of the host. */
struct runner {
    struct loop *loop;
    struct lua_host *host;
    struct str said;
    char folder[40];
    double worst_ms;
    enum lua_task_state state;
    int cancel_ms; /* > 0: cancelled after that time */
    const char *grants;
};

/* runner_open - session: NULL for none (then with a loop of its own). runner_run - as a console line, or
 * with a name as a script with r->grants. */
void runner_open(struct runner *r, struct loop *loop, struct session *session);
void runner_close(struct runner *r);
const char *runner_line(struct runner *r, const char *code);
const char *runner_script(struct runner *r, const char *code);

#endif
