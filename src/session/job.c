/* job.c - see job.h. Jobs take turns of a few ms; a turn that is over early gives the rest away. */
#include "vigie/session/job.h"

#include <stdlib.h>

#include "vigie/base/clock.h"
#include "vigie/base/mem.h"

struct job {
    uint64_t id;
    const struct job_ops *ops;
    void *arg;
    bool stopped;
};

struct jobs {
    VEC(struct job *) at;
    uint64_t next_id;
    size_t turn; /* whose turn it is */
    struct job *running;
};

struct jobs *jobs_new(void)
{
    return mem_zero(sizeof(struct jobs));
}

static void over(struct job *j, enum job_state state)
{
    if (j->ops->over)
        j->ops->over(j->arg, state);
    free(j);
}

void jobs_free(struct jobs *j)
{
    if (!j)
        return;
    while (j->at.n > 0)
        over(j->at.at[--j->at.n], JOB_MORE);
    VEC_FREE(j->at);
    free(j);
}

uint64_t jobs_add(struct jobs *j, const struct job_ops *ops, void *arg)
{
    struct job *job = mem_zero(sizeof *job);
    *job = (struct job){++j->next_id, ops, arg, false};
    VEC_PUSH(j->at, job);
    return job->id;
}

static void take_out(struct jobs *j, struct job *job)
{
    for (size_t i = 0; i < j->at.n; i++)
        if (j->at.at[i] == job) {
            for (size_t k = i + 1; k < j->at.n; k++)
                j->at.at[k - 1] = j->at.at[k];
            j->at.n--;
            if (j->turn > i)
                j->turn--;
            return;
        }
}

void jobs_stop(struct jobs *j, uint64_t id)
{
    for (size_t i = 0; i < j->at.n; i++) {
        struct job *job = j->at.at[i];
        if (job->id != id)
            continue;
        if (job == j->running) { /* it stops itself: after its step */
            job->stopped = true;
            return;
        }
        take_out(j, job);
        over(job, JOB_MORE);
        return;
    }
}

bool jobs_step(struct jobs *j, double budget_ms)
{
    int64_t end_us = clock_thread_us() + (int64_t)(budget_ms * 1000);
    if (j->running)
        return true;
    for (size_t n = j->at.n; n > 0 && j->at.n > 0; n--) {
        double left_ms = (double)(end_us - clock_thread_us()) / 1000;
        if (left_ms <= 0)
            break;
        struct job *job = j->at.at[j->turn++ % j->at.n];
        j->running = job;
        enum job_state state = job->ops->step(job->arg, left_ms / (double)n);
        j->running = NULL;
        if (state != JOB_MORE || job->stopped) {
            take_out(j, job);
            over(job, job->stopped ? JOB_MORE : state);
        }
    }
    if (j->at.n > 0)
        j->turn %= j->at.n;
    return j->at.n > 0;
}

size_t jobs_n(const struct jobs *j)
{
    return j->at.n;
}
