/* alert_try.c - a filter while it is being written: how many alerts it would show, counted in slices
 * so that the keys never wait. Not: the filter in use (alertbook.c).
 */
#include <stdlib.h>
#include <string.h>

#include "alertbook.h"
#include "vigie/base/clock.h"

enum { AT_ONCE_MS = 4, BETWEEN_LOOKS = 32 };

/* struct alert_try - next: the event to look at, in the order of ids; n of n_of are shown. */
struct alert_try {
    struct alertbook *book;
    char *text;
    struct alert_filter *filter;
    struct error bad;
    VEC(int64_t) ids;
    size_t next, n, n_of;
    uint64_t job;
};

static bool count_some(struct alert_try *t, double budget_ms)
{
    int64_t end_us = clock_thread_us() + (int64_t)(budget_ms * 1000);
    while (t->next < t->ids.n) {
        struct alerts_row row;
        t->n += alertbook_take_by(t->book, t->filter, t->ids.at[t->next++], &row);
        if (t->next % BETWEEN_LOOKS == 0 && clock_thread_us() >= end_us)
            return false;
    }
    return true;
}

static enum job_state step(void *arg, double budget_ms)
{
    return count_some(arg, budget_ms) ? JOB_DONE : JOB_MORE;
}

static void over(void *arg, enum job_state state)
{
    struct alert_try *t = arg;
    t->job = 0;
    if (state == JOB_DONE)
        events_put(t->book->session->events, EV_SOURCES, 0); /* draw the count */
}

void alert_try_stop(struct alertbook *b)
{
    struct alert_try *t = b->trying;
    if (!t)
        return;
    b->trying = NULL;
    if (t->job)
        jobs_stop(b->session->jobs, t->job);
    alert_filter_free(t->filter);
    VEC_FREE(t->ids);
    free(t->text);
    free(t);
}

static void begin(struct alertbook *b, const char *text)
{
    static const struct job_ops ops = {"alerts/try", step, over};
    struct alert_try *t = mem_zero(sizeof *t);
    size_t n = alert_book_n(b->session->alerts);
    b->trying = t;
    t->book = b;
    t->text = mem_str(text);
    if (alert_filter_new(text, &t->filter, &t->bad) != OK) {
        t->filter = NULL;
        return;
    }
    VEC_RESERVE(t->ids, n + 1);
    for (size_t i = 0; i < n; i++)
        VEC_PUSH(t->ids, alert_book_at(b->session->alerts, i)->id);
    t->n_of = n - b->state.n_apart;
    if (count_some(t, AT_ONCE_MS))
        return;
    t->job = jobs_add(b->session->jobs, &ops, t);
    loop_wake(b->session->setup.loop);
}

bool session_alert_try(struct session *s, const char *text, struct str *say)
{
    struct alertbook *b = s->alertbook;
    if (!b->trying || strcmp(b->trying->text, text) != 0) {
        alert_try_stop(b);
        begin(b, text);
    }
    const struct alert_try *t = b->trying;
    if (!t->filter)
        str_add(say, t->bad.text);
    else if (t->next < t->ids.n)
        str_addf(say, "%zu so far, of %zu alerts ...", t->n, t->n_of);
    else
        str_addf(say, "%zu of %zu alerts", t->n, t->n_of);
    return t->filter != NULL;
}
