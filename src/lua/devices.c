/* devices.c - see devices.h. */
#include "devices.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char t_waiting[] = "vigie.device.waiting";

enum { CONNECT_S = 30, LOOK_MS = 200 };

struct waiting {
    struct lua_host *host;
    struct session *session;
    uint64_t task, wait, ticket, device;
    enum device_verb verb;
    bool over;
    enum status status;
    char text[256];
    int64_t until_ms;
};

const struct device_info *device_info_of(lua_State *L, enum device_kind kind)
{
    struct session *s = here(L, device_kind_name(kind));
    struct rack *r = session_rack(s);
    return r ? rack_first(r, kind) : NULL;
}

const struct device_info *device_of(lua_State *L, enum device_kind kind)
{
    const struct device_info *d = device_info_of(L, kind);
    if (!session_rack(here(L, device_kind_name(kind))))
        problem_raise(L, "device",
                      "%s: devices are reached by the running session only: `vigie send "
                      "'script.run(\"NAME\")'` runs a script there",
                      device_kind_name(kind));
    if (!d)
        problem_raise(L, "device", "there is no %s here", device_kind_name(kind));
    return d;
}

struct rack_asker device_asker(lua_State *L, char text[80])
{
    const struct task *t = HOST(L)->running;
    snprintf(text, 80, "Lua: %.60s", t && t->name ? t->name : "console");
    return (struct rack_asker){.who = text};
}

/* Whether a cable of this machine leads to it. */
static bool on_cable(const struct device_info *d)
{
    return strncmp(d->address, "serial:", 7) == 0 || strncmp(d->address, "pty:", 4) == 0;
}

int device_raise(lua_State *L, const struct device_info *d, enum status st, const char *text)
{
    const char *kind = st == E_REFUSED                    ? "safety"
                       : st == E_NET && d && !on_cable(d) ? "network"
                       : st == E_TIMEOUT                  ? "timeout"
                       : st == E_RANGE                    ? "argument"
                                                          : "device";
    return problem_raise(L, kind, "%s", text);
}

static void ended(void *arg, uint64_t ticket, enum status status, const char *text)
{
    struct waiting *w = arg;
    if (ticket != w->ticket)
        return;
    w->over = true;
    w->status = status;
    snprintf(w->text, sizeof w->text, "%s", text[0] ? text : status_name(status));
    if (w->host)
        task_wake(w->host, w->task, w->wait);
}

static void drop(struct waiting *w)
{
    struct rack *r = w->session ? session_rack(w->session) : NULL;
    if (r && w->ticket && !w->over)
        rack_forget(r, w->ticket);
    w->session = NULL;
    w->host = NULL;
}

static int waiting_gone(lua_State *L)
{
    drop(luaL_checkudata(L, 1, t_waiting));
    return 0;
}

static bool travels(enum device_verb v)
{
    return v == ASK_SLEW || v == ASK_PARK || v == ASK_HOME || v == ASK_GUIDE || v == ASK_MOVE;
}

/* The task was cancelled: what moves for it stops. */
static void cancelled(void *arg)
{
    struct waiting *w = arg;
    struct rack_asker who = {.who = "Lua: cancelled"};
    struct device_request stop = {.verb = ASK_STOP};
    struct error e;
    if (w->session && !w->over && travels(w->verb) &&
        !rack_ask(session_rack(w->session), w->device, &stop, &who, NULL, NULL, &e))
        session_say(w->session, "%s", e.text);
    drop(w);
}

static int again(lua_State *L, int status, lua_KContext ctx)
{
    struct waiting *w = luaL_checkudata(L, 1, t_waiting);
    (void)status;
    (void)ctx;
    if (w->over)
        return w->status == OK
                   ? 0
                   : device_raise(
                         L, w->session ? rack_find(session_rack(w->session), w->device) : NULL,
                         w->status, w->text);
    if (loop_now_ms(HOST(L)->loop) >= w->until_ms) {
        drop(w);
        return problem_raise(L, "timeout", "%s: not done in its time; it may still be under way",
                             device_verb_name(w->verb));
    }
    w->host = HOST(L);
    w->task = w->host->running->id;
    w->wait = task_wait(w->host, "a device", cancelled, w);
    double left = (double)(w->until_ms - loop_now_ms(w->host->loop)) / 1000;
    task_wake_after(w->host, left > 0.001 ? left : 0.001);
    return task_leave(L, 0, again);
}

int device_ask(lua_State *L, enum device_kind kind, const struct device_request *q,
               double timeout_s)
{
    const struct device_info *d = device_of(L, kind);
    struct session *s = here(L, device_kind_name(kind));
    char who_text[80];
    struct rack_asker who = device_asker(L, who_text);
    struct error err;
    struct waiting *w = push_owned(L, t_waiting, sizeof *w, waiting_gone);
    lua_insert(L, 1); /* it is found there again when the task goes on */
    lua_settop(L, 1);
    w->session = s;
    w->device = d->id;
    w->verb = q->verb;
    w->until_ms = loop_now_ms(HOST(L)->loop) + (int64_t)(timeout_s * 1000);
    w->ticket = rack_ask(session_rack(s), d->id, q, &who, ended, w, &err);
    if (!w->ticket)
        return device_raise(L, d, err.status, err.text);
    return again(L, LUA_OK, 0);
}

/* ctx: until when, ms of the loop. Looked at a few times a second: a link has no ticket. */
static int until_ready(lua_State *L, int status, lua_KContext until)
{
    enum device_kind kind = (enum device_kind)lua_tointeger(L, 1);
    const struct device_info *d = device_of(L, kind);
    (void)status;
    if (d->link == DEVICE_READY && d->health.good_ms >= 0)
        return 0;
    if (d->link == DEVICE_FAILED)
        return problem_raise(L, on_cable(d) ? "device" : "network", "%s: %s", d->name, d->why);
    if (loop_now_ms(HOST(L)->loop) >= (int64_t)until)
        return problem_raise(L, "timeout", "%s: it does not answer", d->name);
    task_wait(HOST(L), "a device", NULL, NULL);
    task_wake_after(HOST(L), LOOK_MS / 1000.0);
    return task_leave(L, until, until_ready);
}

int device_connect(lua_State *L, enum device_kind kind)
{
    const struct device_info *d = device_of(L, kind);
    char who_text[80];
    struct rack_asker who = device_asker(L, who_text);
    struct device_request q = {.verb = ASK_CONNECT};
    struct error err;
    bool off = d->link == DEVICE_OFF || d->link == DEVICE_FAILED;
    if (off && !rack_ask(session_rack(here(L, d->name)), d->id, &q, &who, NULL, NULL, &err))
        return device_raise(L, d, err.status, err.text);
    lua_settop(L, 0);
    lua_pushinteger(L, kind);
    return until_ready(L, LUA_OK, loop_now_ms(HOST(L)->loop) + CONNECT_S * 1000);
}

void device_fields(lua_State *L, lua_CFunction index)
{
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, index);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}
