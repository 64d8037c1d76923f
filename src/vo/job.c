/* job.c - a UWS job step by step: each answer decides the next question. A job is made and started by
 * two requests, because services ignore PHASE=RUN in the first; redirects are not followed, because
 * where they lead is the answer. One question that fails is no failure of the job.
 */
#include "vigie/vo/job.h"

#include <stdlib.h>
#include <string.h>

#include "proto_own.h"

enum { FIRST_MS = 1000, LONGEST_MS = 30000, PATIENCE = 20, ABORT_MS = 200, WISHES = 8 };

struct vo_job {
    struct http *http;
    char *name, *url;
    uint64_t max_rows;
    struct table_limits limits;
    int64_t pause_ms, longest_ms;
    int patience, silent; /* questions without an answer so far */
    int wishes;           /* to abort, looked after so often */
    vo_job_changed_fn *changed;
    vo_job_done_fn *done;
    void *arg;
    enum vo_job_phase phase;
    bool made; /* url is the job's own */
    bool aborting, over;
    uint64_t request, timer; /* under way */
};

static const char *const names[] = {[VO_JOB_NEW] = "NEW",
                                    [VO_JOB_PENDING] = "PENDING",
                                    [VO_JOB_QUEUED] = "QUEUED",
                                    [VO_JOB_EXECUTING] = "EXECUTING",
                                    [VO_JOB_COMPLETED] = "COMPLETED",
                                    [VO_JOB_ERROR] = "ERROR",
                                    [VO_JOB_ABORTED] = "ABORTED",
                                    [VO_JOB_HELD] = "HELD",
                                    [VO_JOB_SUSPENDED] = "SUSPENDED",
                                    [VO_JOB_ARCHIVED] = "ARCHIVED",
                                    [VO_JOB_LOST] = "LOST"};

const char *vo_job_phase_name(enum vo_job_phase phase)
{
    return names[phase];
}

static void set_phase(struct vo_job *job, enum vo_job_phase phase)
{
    if (job->phase == phase)
        return;
    job->phase = phase;
    if (job->changed)
        job->changed(job->arg, job);
}

static void finish(struct vo_job *job, struct vo_answer *answer)
{
    job->over = true;
    job->request = 0;
    job->done(job->arg, job, answer);
}

static void give_up(struct vo_job *job, const struct error *why)
{
    struct vo_answer a = {.err = *why};
    set_phase(job, VO_JOB_LOST);
    finish(job, &a);
}

static void watch(struct vo_job *job);
static void on_aborted(void *arg, const struct http_answer *a);

/* ---- requests ---- */

/* A request whose redirect is not followed: `secret` says that to http.h. */
static bool send(struct vo_job *job, const char *tail, const char *form, http_done_fn *done)
{
    struct error err;
    char *url = mem_printf("%s%s", job->url, tail);
    const struct http_request r = {.url = url,
                                   .name = job->name,
                                   .method = form ? HTTP_POST : HTTP_GET,
                                   .body = form,
                                   .n_body = form ? strlen(form) : 0,
                                   .type = "application/x-www-form-urlencoded",
                                   .secret = form != NULL,
                                   .tries = form ? 1 : 2,
                                   .max_body = 1 << 20,
                                   .done = done,
                                   .arg = job};
    job->request = http_send(job->http, &r, &err);
    free(url);
    if (job->request == 0)
        give_up(job, &err);
    return job->request != 0;
}

/* Where a redirect leads, absolute; NULL if it is none. */
static char *location(const struct vo_job *job, const struct http_answer *a)
{
    struct str to = {0};
    char *url = NULL;
    if (a->code >= 300 && a->code < 400 && http_header(a, "Location", &to) && to.n) {
        const char *host = strstr(job->url, "://");
        size_t n = host ? (size_t)(host - job->url) + 3 + strcspn(host + 3, "/") : 0;
        if (strstr(to.s, "://"))
            url = mem_str(to.s);
        else if (*to.s == '/')
            url = mem_printf("%.*s%s", (int)n, job->url, to.s);
        else
            url = mem_printf("%s/%s", job->url, to.s);
    }
    str_clear(&to);
    return url;
}

static bool accepted(const struct http_answer *a)
{
    return a->err.status == OK || (a->code >= 300 && a->code < 400);
}

/* ---- the end ---- */

static void on_result(void *arg, struct vo_answer *a)
{
    struct vo_job *job = arg;
    if (job->over) /* nobody watches any more */
        return;
    if (job->phase == VO_JOB_ERROR && a->err.status == OK)
        err_set(&a->err, E_REFUSED, "%s: the job failed and does not say why", job->name);
    finish(job, a);
}

static void fetch(struct vo_job *job, const char *tail)
{
    struct error err;
    char *url = mem_printf("%s%s", job->url, tail);
    const struct vo_question q = {.name = job->name,
                                  .url = url,
                                  .limits = job->limits,
                                  .max_rows = job->max_rows,
                                  .done = on_result,
                                  .arg = job};
    job->request = vo_ask(job->http, &q, &err);
    free(url);
    if (job->request == 0)
        give_up(job, &err);
}

static void aborted(struct vo_job *job)
{
    struct vo_answer a = {0};
    err_set(&a.err, E_CANCELLED, "%s: the job was aborted", job->name);
    set_phase(job, VO_JOB_ABORTED);
    finish(job, &a);
}

/* ---- watching ---- */

static int64_t on_time(void *arg)
{
    struct vo_job *job = arg;
    job->timer = 0;
    watch(job);
    return -1;
}

static void later(struct vo_job *job)
{
    job->request = 0;
    job->timer = loop_timer(http_loop(job->http), job->pause_ms, on_time, job, "vo/job");
    job->pause_ms = job->pause_ms * 3 / 2;
    if (job->pause_ms > job->longest_ms)
        job->pause_ms = job->longest_ms;
}

static void on_started(void *arg, const struct http_answer *a)
{
    struct vo_job *job = arg;
    if (a->err.status == E_CANCELLED)
        return;
    if (!accepted(a) && ++job->silent > job->patience) {
        give_up(job, &a->err);
        return;
    }
    later(job);
}

static enum vo_job_phase phase_of(const char *s)
{
    size_t n = strcspn(s, " \t\r\n");
    for (size_t i = VO_JOB_PENDING; i < VO_JOB_LOST; i++)
        if (strlen(names[i]) == n && strncmp(s, names[i], n) == 0)
            return (enum vo_job_phase)i;
    return VO_JOB_NEW; /* UNKNOWN, or no phase at all */
}

/* A service that took the wish may need a moment, or to be told again. */
static void act_aborting(struct vo_job *job)
{
    bool ended = job->phase == VO_JOB_COMPLETED || job->phase == VO_JOB_ERROR ||
                 job->phase == VO_JOB_ABORTED || job->phase == VO_JOB_ARCHIVED;
    if (ended || ++job->wishes > WISHES)
        aborted(job);
    else if (job->wishes % 3 == 0)
        send(job, "/phase", "PHASE=ABORT", on_aborted);
    else
        later(job);
}

static void act(struct vo_job *job)
{
    if (job->aborting) {
        act_aborting(job);
        return;
    }
    switch (job->phase) {
    case VO_JOB_PENDING:
    case VO_JOB_HELD: send(job, "/phase", "PHASE=RUN", on_started); break;
    case VO_JOB_COMPLETED: fetch(job, "/results/result"); break;
    case VO_JOB_ERROR: fetch(job, "/error"); break;
    case VO_JOB_ABORTED: aborted(job); break;
    case VO_JOB_ARCHIVED: {
        struct error gone;
        err_set(&gone, E_ABSENT, "%s: the job is archived, its result is gone", job->name);
        give_up(job, &gone);
        break;
    }
    case VO_JOB_NEW:
    case VO_JOB_QUEUED:
    case VO_JOB_EXECUTING:
    case VO_JOB_SUSPENDED:
    case VO_JOB_LOST: later(job); break;
    }
}

static void on_phase(void *arg, const struct http_answer *a)
{
    struct vo_job *job = arg;
    job->request = 0;
    if (a->err.status == E_CANCELLED)
        return;
    if (a->err.status != OK) {
        bool gone = a->err.status == E_ABSENT || a->err.status == E_REFUSED;
        if (job->aborting) {
            aborted(job);
            return;
        }
        if (gone || ++job->silent > job->patience)
            give_up(job, &a->err);
        else
            later(job);
        return;
    }
    job->silent = 0;
    enum vo_job_phase phase = phase_of(str_c(&a->body));
    if (phase != VO_JOB_NEW)
        set_phase(job, phase);
    act(job);
}

static void watch(struct vo_job *job)
{
    send(job, "/phase", NULL, on_phase);
}

/* ---- making it ---- */

static void on_made(void *arg, const struct http_answer *a)
{
    struct vo_job *job = arg;
    char *url = location(job, a);
    job->request = 0;
    if (a->err.status == E_CANCELLED)
        return;
    if (!url) {
        struct error why = a->err;
        if (why.status == OK)
            err_set(&why, E_PARSE, "%s: made no job of the query (HTTP %d)", job->name, a->code);
        give_up(job, &why);
        return;
    }
    free(job->url);
    job->url = url;
    job->made = true;
    set_phase(job, VO_JOB_PENDING);
    send(job, "/phase", "PHASE=RUN", on_started);
}

static struct vo_job *make(const struct vo_job_setup *s, const char *url)
{
    struct vo_job *job = mem_zero(sizeof *job);
    const char *host = strstr(url, "://");
    size_t n = strlen(url);
    while (n && url[n - 1] == '/')
        n--;
    job->http = s->http;
    job->url = mem_strn(url, n);
    host = host ? host + 3 : url;
    job->name = s->name ? mem_str(s->name) : mem_strn(host, strcspn(host, "/?#"));
    job->max_rows = s->max_rows;
    job->limits = s->limits;
    job->pause_ms = s->first_ms ? s->first_ms : FIRST_MS;
    job->longest_ms = s->longest_ms ? s->longest_ms : LONGEST_MS;
    job->patience = s->patience ? s->patience : PATIENCE;
    job->changed = s->changed;
    job->done = s->done;
    job->arg = s->arg;
    return job;
}

struct vo_job *vo_job_start(const struct vo_job_setup *setup, struct error *err)
{
    struct proto_request q = {.post = false};
    const struct proto_query ask = {.base = setup->base,
                                    .max_rows = setup->max_rows,
                                    .upload = setup->upload,
                                    .n_upload = setup->n_upload};
    struct vo_job *job = make(setup, setup->base);
    if (proto_tap_request(&ask, setup->adql, "/async", &q, err) == OK) {
        const struct http_request r = {.url = str_c(&q.url),
                                       .name = job->name,
                                       .method = HTTP_POST,
                                       .body = str_c(&q.body),
                                       .n_body = q.body.n,
                                       .type = str_c(&q.type),
                                       .secret = true,
                                       .tries = 1,
                                       .max_body = 1 << 20,
                                       .done = on_made,
                                       .arg = job};
        job->request = http_send(setup->http, &r, err);
    }
    proto_request_clear(&q);
    if (job->request == 0) {
        job->over = true;
        vo_job_free(job);
        return NULL;
    }
    return job;
}

struct vo_job *vo_job_resume(const struct vo_job_setup *setup, const char *url, struct error *err)
{
    struct vo_job *job;
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
        err_set(err, E_RANGE, "%.60s: not the address of a job", url);
        return NULL;
    }
    job = make(setup, url);
    job->made = true;
    job->timer = loop_timer(http_loop(setup->http), 0, on_time, job, "vo/job");
    return job;
}

/* What is under way is dropped without a word: its callbacks see E_CANCELLED and do nothing. */
static void stop(struct vo_job *job)
{
    uint64_t id = job->request;
    bool was = job->over;
    if (job->timer)
        loop_timer_del(http_loop(job->http), job->timer);
    job->timer = 0;
    job->request = 0;
    job->over = true;
    if (id && !was)
        http_cancel(job->http, id);
    job->over = was;
}

static void on_aborted(void *arg, const struct http_answer *a)
{
    struct vo_job *job = arg;
    job->request = 0;
    if (a->err.status == E_CANCELLED)
        return;
    if (accepted(a)) {
        job->pause_ms = ABORT_MS;
        watch(job);
    } else {
        aborted(job);
    }
}

void vo_job_abort(struct vo_job *job)
{
    if (job->over || job->aborting)
        return;
    stop(job);
    job->aborting = true;
    if (job->made)
        send(job, "/phase", "PHASE=ABORT", on_aborted);
    else
        aborted(job);
}

static void on_forgotten(void *arg, const struct http_answer *a)
{
    (void)arg, (void)a;
}

void vo_job_delete(struct vo_job *job)
{
    struct error err;
    const char form[] = "ACTION=DELETE";
    const struct http_request r = {.url = job->url,
                                   .name = job->name,
                                   .method = HTTP_POST,
                                   .body = form,
                                   .n_body = sizeof form - 1,
                                   .type = "application/x-www-form-urlencoded",
                                   .secret = true, /* the list of jobs it leads to may be huge */
                                   .tries = 1,
                                   .max_body = 1 << 20,
                                   .done = on_forgotten};
    if (job->made)
        (void)http_send(job->http, &r, &err);
}

void vo_job_free(struct vo_job *job)
{
    if (!job)
        return;
    stop(job);
    free(job->name);
    free(job->url);
    free(job);
}

const char *vo_job_url(const struct vo_job *job)
{
    return job->made ? job->url : "";
}

enum vo_job_phase vo_job_phase(const struct vo_job *job)
{
    return job->phase;
}
