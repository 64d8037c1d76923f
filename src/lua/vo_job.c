/* vo_job.c - jobs of TAP services as values: run, wait, fetch, abort, delete. A job that nobody watches
 * any more runs on at the server, but for those of run_async, which are aborted.
 * Not: the steps of a job (vo/job.h).
 */
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/vo/job.h"
#include "vo_tap.h"

const char t_job[] = "job";

extern const struct lua_type lua_type_job;

/* struct watch - a job; outlives its value while it is being aborted. */
struct watch {
    struct vo_live live;
    struct vo_job *job; /* NULL: not started */
    struct http *http;
    struct lua_host *host; /* somebody waits */
    uint64_t task, wait;
    char *base, *adql;
    uint64_t max_rows;
    bool done, aborting, left; /* left: the value is gone, its end frees it */
    struct error err;
    struct table_doc *doc;
    bool overflow;
};

static void watch_free(struct watch *w)
{
    vo_live_over(&w->live);
    vo_job_free(w->job);
    table_doc_free(w->doc);
    free(w->base);
    free(w->adql);
    free(w);
}

static void end_live(struct vo_live *l)
{
    struct watch *w = (struct watch *)l; /* its first member */
    if (w->left) {
        watch_free(w);
        return;
    }
    vo_job_free(w->job);
    w->job = NULL;
}

static void wake(struct watch *w)
{
    struct lua_host *h = w->host;
    w->host = NULL;
    if (h)
        task_wake(h, w->task, w->wait);
}

static void on_changed(void *arg, const struct vo_job *job)
{
    (void)job;
    wake(arg);
}

static void on_done(void *arg, struct vo_job *job, struct vo_answer *a)
{
    struct watch *w = arg;
    w->done = true;
    w->err = a->err;
    w->doc = a->doc;
    a->doc = NULL;
    w->overflow = a->overflow;
    if (w->left) {
        vo_job_delete(job);
        watch_free(w);
        return;
    }
    if (w->aborting)
        vo_job_delete(job);
    wake(w);
}

/* Nobody wants it any more: it is aborted at the server and then forgotten. */
static void leave_aborted(struct watch *w)
{
    w->host = NULL;
    if (!w->job || w->done) {
        if (w->job)
            vo_job_delete(w->job);
        watch_free(w);
        return;
    }
    w->left = true;
    vo_job_abort(w->job); /* on_done frees */
}

static int job_gone(lua_State *L)
{
    struct watch **box = lua_touserdata(L, 1);
    if (*box && (*box)->aborting && !(*box)->done)
        (*box)->left = true;
    else if (*box)
        watch_free(*box);
    *box = NULL;
    return 0;
}

static struct watch *watch_new(lua_State *L, const char *base, const char *adql)
{
    struct watch **box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = NULL;
    luaL_setmetatable(L, t_job);
    struct watch *w = *box = mem_zero(sizeof *w);
    w->live.end = end_live;
    vo_live(L, &w->live);
    w->base = mem_str(base);
    w->adql = mem_str(adql);
    w->http = vo_http(L, base);
    return w;
}

static struct watch *job_arg(lua_State *L)
{
    struct watch **box = luaL_checkudata(L, 1, t_job);
    if (!*box)
        problem_raise(L, "gone", "this job was deleted");
    return *box;
}

static void start(lua_State *L, struct watch *w, const struct tap_uploads *u)
{
    struct error err;
    vo_budget(L, "job:run");
    const struct vo_job_setup setup = {.http = w->http,
                                       .base = w->base,
                                       .adql = w->adql,
                                       .max_rows = w->max_rows,
                                       .upload = u->at,
                                       .n_upload = u->n,
                                       .limits = {.bytes = TBL_MAX_BYTES},
                                       .first_ms = 250,
                                       .changed = on_changed,
                                       .done = on_done,
                                       .arg = w};
    w->job = vo_job_start(&setup, &err);
    if (!w->job)
        vo_raise(L, &err, w->base, false);
}

int tap_submit(lua_State *L)
{
    struct vo_service *s = vo_service_arg(L, 1, t_tap);
    uint64_t max_rows = vo_max_rows(L, 3);
    struct watch *w = watch_new(L, s->url, lua_tostring(L, 2));
    w->max_rows = max_rows;
    if (lua_istable(L, 3)) {
        lua_getfield(L, 3, "uploads");
        lua_setiuservalue(L, -2, 1);
    }
    return 1;
}

int tap_job(lua_State *L)
{
    struct error err;
    struct vo_service *s = vo_service_arg(L, 1, t_tap);
    const char *url = lua_tostring(L, 2);
    struct watch *w = watch_new(L, s->url, "");
    const struct vo_job_setup setup = {.http = vo_http(L, url),
                                       .limits = {.bytes = TBL_MAX_BYTES},
                                       .patience = 3, /* whether it is there at all is not known */
                                       .changed = on_changed,
                                       .done = on_done,
                                       .arg = w};
    w->job = vo_job_resume(&setup, url, &err);
    if (!w->job)
        return vo_raise(L, &err, url, false);
    return 1;
}

static int m_run(lua_State *L)
{
    struct watch *w = job_arg(L);
    if (w->job)
        return problem_raise(L, "argument", "job:run: it runs already");
    lua_getiuservalue(L, 1, 1);
    start(L, w, tap_uploads(L, -1));
    lua_settop(L, 1);
    return 1;
}

/* ---- waiting ---- */

static const char *phase_of(const struct watch *w)
{
    return w->job ? vo_job_phase_name(vo_job_phase(w->job)) : "PENDING";
}

static void not_waited(void *arg)
{
    ((struct watch *)arg)->host = NULL;
}

static void wait_on(lua_State *L, struct watch *w, int64_t until_ms, task_abort_fn *abort)
{
    struct lua_host *h = HOST(L);
    w->host = h;
    w->task = h->running->id;
    w->wait = task_wait(h, "a job of a service", abort, w);
    if (until_ms) {
        double left = (double)(until_ms - loop_now_ms(h->loop)) / 1000;
        task_wake_after(h, left > 0.001 ? left : 0.001);
    }
}

/* Whether the phase is one of those at index 3 (nil: only the end counts). */
static bool awaited(lua_State *L, const struct watch *w)
{
    bool hit = false;
    if (w->done || !lua_istable(L, 3))
        return w->done;
    for (lua_Integer i = 1; !hit && lua_rawgeti(L, 3, i) == LUA_TSTRING; i++) {
        hit = str_eqi(lua_tostring(L, -1), phase_of(w));
        lua_pop(L, 1);
    }
    lua_settop(L, 3);
    return hit;
}

/* ctx: until when, ms of the loop's clock; 0: without end. */
static int wait_next(lua_State *L, int status, lua_KContext until)
{
    struct watch *w = job_arg(L);
    (void)status;
    if (w->done && (w->err.status == E_NET || w->err.status == E_TIMEOUT))
        return vo_raise(L, &w->err, w->job ? vo_job_url(w->job) : NULL, true);
    if (awaited(L, w)) {
        lua_pushstring(L, phase_of(w));
        return 1;
    }
    if (until && loop_now_ms(HOST(L)->loop) >= (int64_t)until)
        return problem_raise_with(L, "timeout", "the job runs on; job:wait() waits again",
                                  vo_job_url(w->job), "job:wait: it is still %s", phase_of(w));
    wait_on(L, w, (int64_t)until, not_waited);
    return task_leave(L, until, wait_next);
}

static int64_t until_of(lua_State *L, int options)
{
    if (!lua_istable(L, options) || !opt_field(L, options, "timeout"))
        return 0;
    double s = arg_duration(L, -1, "timeout");
    lua_pop(L, 1);
    return loop_now_ms(HOST(L)->loop) + (int64_t)(s * 1000) + 1;
}

static int m_wait(lua_State *L)
{
    struct watch *w = job_arg(L);
    if (!w->job)
        return problem_raise(L, "argument", "job:wait: it was not started: job:run()");
    lua_settop(L, 2);
    int64_t until = until_of(L, 2);
    if (lua_istable(L, 2))
        lua_getfield(L, 2, "phases");
    else
        lua_pushnil(L);
    return wait_next(L, LUA_OK, (lua_KContext)until);
}

static int give_result(lua_State *L, struct watch *w)
{
    if (w->err.status == E_CANCELLED) /* the job was, not this task */
        return problem_raise(L, "service", "%s", w->err.text);
    if (w->err.status != OK)
        return vo_raise(L, &w->err, w->job ? vo_job_url(w->job) : NULL, true);
    if (!w->doc || w->doc->tables.n == 0)
        return problem_raise(L, "parse", "job: there is no table in the result");
    struct table_doc *doc = w->doc;
    w->doc = NULL;
    if (w->overflow)
        doc->status = TABLE_STATUS_OVERFLOW;
    vo_charge(HOST(L), HOST(L)->running->env_ref, tbl_push(L, doc, 0)->data->bytes);
    return 1;
}

static int m_fetch(lua_State *L)
{
    struct watch *w = job_arg(L);
    if (!w->done)
        return problem_raise(L, "argument", "job:fetch_result: it is %s; job:wait() waits",
                             phase_of(w));
    if (lua_getiuservalue(L, 1, 1) == LUA_TUSERDATA && luaL_testudata(L, -1, t_tbl))
        return 1; /* fetched before */
    give_result(L, w);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, 1);
    return 1;
}

static int aborted(lua_State *L, int status, lua_KContext until)
{
    struct watch *w = job_arg(L);
    (void)status;
    if (w->done || loop_now_ms(HOST(L)->loop) >= (int64_t)until) {
        lua_pushstring(L, phase_of(w));
        return 1;
    }
    wait_on(L, w, (int64_t)until, not_waited);
    return task_leave(L, until, aborted);
}

static int m_abort(lua_State *L)
{
    struct watch *w = job_arg(L);
    if (!w->job)
        return problem_raise(L, "argument", "job:abort: it was not started");
    vo_job_abort(w->job);
    return aborted(L, LUA_OK,
                   (lua_KContext)(loop_now_ms(HOST(L)->loop) + 1000 * (int64_t)VO_TIMEOUT_S));
}

static int m_delete(lua_State *L)
{
    struct watch **box = luaL_checkudata(L, 1, t_job), *w = job_arg(L);
    *box = NULL;
    leave_aborted(w);
    return 0;
}

static int job_index(lua_State *L)
{
    struct watch *w = job_arg(L);
    const char *key = luaL_checkstring(L, 2);
    if (strcmp(key, "phase") == 0) {
        lua_pushstring(L, phase_of(w));
    } else if (strcmp(key, "url") == 0) {
        const char *url = w->job ? vo_job_url(w->job) : "";
        lua_pushstring(L, *url ? url : NULL);
    } else if (strcmp(key, "query") == 0) {
        lua_pushstring(L, w->adql);
    } else {
        return api_member(L, &lua_type_job);
    }
    return 1;
}

static int job_text(lua_State *L)
{
    struct watch *w = job_arg(L);
    lua_pushfstring(L, "job %s", phase_of(w));
    return 1;
}

/* ---- run_async: all of it ---- */

/* The task was cancelled: the service is told at once, what follows is nobody's. */
static void async_left(void *arg)
{
    struct watch *w = arg;
    w->host = NULL;
    w->aborting = true;
    vo_job_abort(w->job);
}

/* Index 4: the job; ctx: until when. */
static int async_next(lua_State *L, int status, lua_KContext until)
{
    struct watch **box = lua_touserdata(L, 4), *w = *box;
    (void)status;
    if (w->done) {
        vo_job_delete(w->job);
        return give_result(L, w);
    }
    if (until && loop_now_ms(HOST(L)->loop) >= (int64_t)until) {
        *box = NULL;
        leave_aborted(w);
        return problem_raise_with(L, "timeout", "try a longer timeout, or none", NULL,
                                  "tap:run_async: the job did not end in time and was aborted");
    }
    wait_on(L, w, (int64_t)until, async_left);
    return task_leave(L, until, async_next);
}

int tap_async(lua_State *L)
{
    struct vo_service *s = vo_service_arg(L, 1, t_tap);
    lua_settop(L, 3);
    int64_t until = until_of(L, 3);
    struct watch *w = watch_new(L, s->url, lua_tostring(L, 2)); /* index 4 */
    w->max_rows = vo_max_rows(L, 3);
    if (lua_istable(L, 3))
        lua_getfield(L, 3, "uploads");
    else
        lua_pushnil(L);
    start(L, w, tap_uploads(L, -1));
    lua_settop(L, 4);
    return async_next(L, LUA_OK, (lua_KContext)until);
}

#define JOB                                                                                        \
    "local job = vo.tap\"http://dc.g-vo.org/tap\":submit_job\"SELECT ra, dec FROM grb.bursts\" "
static const struct lua_fn job_rows[] = {
    {"run", m_run, "()", "job", "Makes it and sets it going.", JOB "job:run()"},
    {"wait", m_wait, "([o: {phases: table, timeout: duration}])", "string",
     "Waits until it has ended, or for one of the phases = {\"EXECUTING\"}; gives its phase.",
     JOB "job:run() print(job:wait{timeout = \"1min\"})"},
    {"fetch_result", m_fetch, "()", "tbl", "Its table; an error if it failed.",
     JOB "job:run() job:wait() print(#job:fetch_result())"},
    {"abort", m_abort, "()", "string", "Asks the service to stop it; gives its phase.",
     JOB "job:run() job:wait() print(job:abort())"},
    {"delete", m_delete, "()", "nothing", "Asks the service to forget it; it is gone then.",
     JOB "job:run() job:wait() job:delete()"},
    {"phase", NULL, NULL, "string", "PENDING, QUEUED, EXECUTING, COMPLETED, ERROR, ABORTED ...",
     NULL},
    {"url", NULL, NULL, "string", "its address at the service; nil before it runs", NULL},
    {"query", NULL, NULL, "string", "its ADQL", NULL},
    {0}};
const struct lua_type lua_type_job = {t_job, "a query that runs at a TAP service", job_rows};

void tap_open_jobs(lua_State *L)
{
    static const luaL_Reg fn[] = {
        {"__index", job_index}, {"__gc", job_gone}, {"__tostring", job_text}, {NULL, NULL}};
    push_type(L, t_job, fn, job_rows);
}
