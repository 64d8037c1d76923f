/* maker.c - a list of transits computed as a job, a few planets a turn; the one before stays until
 * it is whole. Not: what it is made from (tonight.c).
 */
#include <stdlib.h>
#include <string.h>

#include "tonight.h"
#include "vigie/base/clock.h"
#include "vigie/base/log.h"

enum { PLANETS = 8 }; /* between two looks at the clock */

static void forget_making(struct maker *m)
{
    if (!m->making)
        return;
    uint64_t job = m->job;
    m->job = 0;
    jobs_stop(m->session->jobs, job);
    transit_list_free(m->making);
    m->making = NULL;
}

void maker_drop(struct maker *m)
{
    forget_making(m);
    transit_list_free(m->list);
    m->list = NULL;
    free(m->key);
    m->key = NULL;
}

static enum job_state step(void *arg, double budget_ms)
{
    struct maker *m = arg;
    int64_t end_us = clock_thread_us() + (int64_t)(budget_ms * 1000);
    bool more = true;
    while (more && clock_thread_us() < end_us)
        if (transit_list_step(m->making, PLANETS, &more, &m->why) != OK)
            return JOB_FAILED;
    return more ? JOB_MORE : JOB_DONE;
}

static void over(void *arg, enum job_state state)
{
    struct maker *m = arg;
    if (!m->job)
        return; /* stopped by forget_making, which frees */
    m->job = 0;
    transit_list_free(m->list);
    m->list = NULL;
    if (state == JOB_DONE) {
        m->list = m->making;
        m->why.status = OK;
    } else {
        transit_list_free(m->making);
        log_put(LOG_TROUBLE, "transits", "", "%s", m->why.text);
    }
    m->making = NULL;
    m->done(m->arg);
}

void maker_begin(struct maker *m, const struct transit_request *request, const char *key)
{
    static const struct job_ops ops = {"transits/list", step, over};
    if (m->key && strcmp(m->key, key) == 0)
        return;
    forget_making(m);
    free(m->key);
    m->key = mem_str(key);
    m->why.status = OK;
    if (transit_list_begin(request, &m->making, &m->why) != OK) {
        m->making = NULL;
        transit_list_free(m->list);
        m->list = NULL;
        m->done(m->arg);
        return;
    }
    m->job = jobs_add(m->session->jobs, &ops, m);
    loop_wake(m->session->setup.loop);
}
