/* job.h - long work in slices: a step gets a few milliseconds a turn, so that the keys never wait.
 * Not: work in another thread (loop_work).
 */
#ifndef VIGIE_SESSION_JOB_H
#define VIGIE_SESSION_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum job_state { JOB_MORE, JOB_DONE, JOB_FAILED };

/* struct job_ops - step: work for about budget_ms, then answer; over: called once, at its end or
 * when it is stopped (state is then JOB_MORE), frees arg. name: "transits/tonight", static. */
struct job_ops {
    const char *name;
    enum job_state (*step)(void *arg, double budget_ms);
    void (*over)(void *arg, enum job_state state);
};

/* jobs_add - start one: id > 0. jobs_stop - stop it (an id that is over does nothing).
 * jobs_step - one turn: jobs take turns, together about budget_ms; returns whether work is left.
 *   test  tests/session/check_core.c */
struct jobs;
struct jobs *jobs_new(void);
void jobs_free(struct jobs *j);
uint64_t jobs_add(struct jobs *j, const struct job_ops *ops, void *arg);
void jobs_stop(struct jobs *j, uint64_t id);
bool jobs_step(struct jobs *j, double budget_ms);
size_t jobs_n(const struct jobs *j);

#endif
