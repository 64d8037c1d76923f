/* alert_pass.c - the list of alerts made: all of it as a job, a slice a turn, or the rows of a few
 * events at once. Not: what a row is (alertbook.c).
 */
#include <stdlib.h>
#include <string.h>

#include "alertbook.h"
#include "vigie/base/clock.h"

enum { RUN = 1024, BETWEEN_LOOKS = 32 };

/* struct alert_pass - ids: of the events when it began; next: the one to look at; run: rows are
 * sorted in pieces of so many; merge: first row of the next two pieces; changed: events that changed
 * since it began. */
struct alert_pass {
    struct alertbook *book;
    uint64_t job;
    VEC(int64_t) ids;
    size_t next;
    VEC(struct alerts_row) row;
    struct alerts_row *spare;
    size_t run, merge;
    VEC(int64_t) changed;
};

static int order(const void *x, const void *y)
{
    const struct alerts_row *a = x, *b = y;
    return alertbook_before(a, b) ? -1 : alertbook_before(b, a) ? 1 : 0;
}

static void sort(struct alerts_row *row, size_t n)
{
    if (n > 1)
        qsort(row, n, sizeof *row, order);
}

/* Two sorted lists into one. */
static void merge(const struct alerts_row *x, size_t nx, const struct alerts_row *y, size_t ny,
                  struct alerts_row *out)
{
    while (nx && ny)
        if (alertbook_before(y, x)) {
            *out++ = *y++;
            ny--;
        } else {
            *out++ = *x++;
            nx--;
        }
    if (nx)
        memcpy(out, x, nx * sizeof *x);
    if (ny)
        memcpy(out, y, ny * sizeof *y);
}

/* ---- a few ---- */

static int by_id(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static size_t unique(int64_t *id, size_t n)
{
    size_t keep = 0;
    qsort(id, n, sizeof *id, by_id);
    for (size_t i = 0; i < n; i++)
        if (!keep || id[keep - 1] != id[i])
            id[keep++] = id[i];
    return keep;
}

void alertbook_update(struct alertbook *b, int64_t *id, size_t n)
{
    VEC(struct alerts_row) fresh = {0};
    size_t keep = 0;
    if (!n)
        return;
    n = unique(id, n);
    for (size_t i = 0; i < b->rows.row.n; i++)
        if (!bsearch(&b->rows.row.at[i].id, id, n, sizeof *id, by_id))
            b->rows.row.at[keep++] = b->rows.row.at[i];
    b->rows.row.n = keep;
    for (size_t i = 0; i < n; i++) {
        struct alerts_row row;
        if (alertbook_take(b, id[i], &row))
            VEC_PUSH(fresh, row);
    }
    if (fresh.n) {
        sort(fresh.at, fresh.n);
        struct alerts_row *all = mem_alloc((keep + fresh.n) * sizeof *all);
        merge(b->rows.row.at, keep, fresh.at, fresh.n, all);
        free(b->rows.row.at);
        b->rows.row.at = all;
        b->rows.row.n = b->rows.row.cap = keep + fresh.n;
    }
    VEC_FREE(fresh);
}

/* ---- all ---- */

static bool late(int64_t end_us)
{
    return clock_thread_us() >= end_us;
}

static void judge_some(struct alert_pass *p, int64_t end_us)
{
    while (p->next < p->ids.n) {
        struct alerts_row row;
        if (alertbook_take(p->book, p->ids.at[p->next++], &row)) {
            VEC_PUSH(p->row, row);
            if (p->row.n % RUN == 0)
                sort(p->row.at + p->row.n - RUN, RUN);
        }
        if (p->next % BETWEEN_LOOKS == 0 && late(end_us))
            return;
    }
    size_t rest = p->row.n % RUN;
    if (rest)
        sort(p->row.at + p->row.n - rest, rest);
    p->run = RUN;
    p->spare = mem_alloc((p->row.n + 1) * sizeof *p->spare);
}

/* Pairs of pieces into pieces of twice the length. */
static void merge_some(struct alert_pass *p, int64_t end_us)
{
    while (p->run < p->row.n && !late(end_us)) {
        size_t left = p->row.n - p->merge, nx = left < p->run ? left : p->run,
               ny = left - nx < p->run ? left - nx : p->run;
        const struct alerts_row *x = p->row.at + p->merge;
        merge(x, nx, x + nx, ny, p->spare + p->merge);
        p->merge += nx + ny;
        if (p->merge < p->row.n)
            continue;
        struct alerts_row *was = p->row.at;
        p->row.at = p->spare;
        p->row.cap = p->row.n;
        p->spare = was;
        p->merge = 0;
        p->run *= 2;
    }
}

static enum job_state step(void *arg, double budget_ms)
{
    struct alert_pass *p = arg;
    int64_t end_us = clock_thread_us() + (int64_t)(budget_ms * 1000);
    if (!p->run)
        judge_some(p, end_us);
    if (p->run)
        merge_some(p, end_us);
    return p->run && p->run >= p->row.n ? JOB_DONE : JOB_MORE;
}

static void pass_free(struct alert_pass *p)
{
    VEC_FREE(p->ids);
    VEC_FREE(p->row);
    VEC_FREE(p->changed);
    free(p->spare);
    free(p);
}

static void over(void *arg, enum job_state state)
{
    struct alert_pass *p = arg;
    struct alertbook *b = p->book;
    if (state == JOB_DONE) {
        VEC_FREE(b->rows.row);
        b->rows.row.at = p->row.at;
        b->rows.row.n = p->row.n;
        b->rows.row.cap = p->row.cap;
        p->row.at = NULL;
        p->row.n = p->row.cap = 0;
        alertbook_update(b, p->changed.at, p->changed.n);
    }
    if (b->pass == p)
        b->pass = NULL;
    pass_free(p);
    if (state == JOB_DONE) {
        alertbook_count(b);
        events_put(b->session->events, EV_ALERTS, 0);
    }
}

void alert_pass_begin(struct alertbook *b)
{
    static const struct job_ops ops = {"alerts/list", step, over};
    alert_pass_stop(b);
    struct alert_pass *p = mem_zero(sizeof *p);
    size_t n = alert_book_n(b->session->alerts);
    p->book = b;
    VEC_RESERVE(p->ids, n + 1);
    for (size_t i = 0; i < n; i++)
        VEC_PUSH(p->ids, alert_book_at(b->session->alerts, i)->id);
    b->pass = p;
    p->job = jobs_add(b->session->jobs, &ops, p);
    loop_wake(b->session->setup.loop);
}

void alert_pass_stop(struct alertbook *b)
{
    if (b->pass)
        jobs_stop(b->session->jobs, b->pass->job);
    b->pass = NULL;
}

void alert_pass_changed(struct alertbook *b, int64_t id)
{
    VEC_PUSH(b->pass->changed, id);
}
