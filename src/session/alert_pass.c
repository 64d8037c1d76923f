/* alert_pass.c - the list of alerts made: all of it as a job, a slice a turn, or the rows of a few
 * events at once. Not: what a row is (alertbook.c).
 */
#include <stdlib.h>
#include <string.h>

#include "alertbook.h"
#include "vigie/base/clock.h"

enum { RUN = 1024, BETWEEN_LOOKS = 32, FEW = 4 };

/* struct alert_pass - after: the last event that was looked at; muted, unseen: as of the list; run: rows
 * are sorted in pieces of so many; merge: first row of the next two pieces; changed: events that changed
 * since it began. */
struct alert_pass {
    struct alertbook *book;
    uint64_t job;
    int64_t after;
    size_t hint, unseen;
    VEC(int64_t) muted;
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

static bool among(int64_t x, const int64_t *id, size_t n)
{
    return n == 1 ? x == *id : bsearch(&x, id, n, sizeof *id, by_id) != NULL;
}

/* What stands between two rows that go is moved in one piece: most often all of it stays. */
static void take_out(struct alerts_rows *rows, const int64_t *id, size_t n)
{
    struct alerts_row *at = rows->row.at;
    size_t keep = 0, from = 0;
    for (size_t i = 0; i <= rows->row.n; i++) {
        if (i < rows->row.n && !among(at[i].id, id, n))
            continue;
        if (keep != from)
            memmove(at + keep, at + from, (i - from) * sizeof *at);
        keep += i - from;
        from = i + 1;
        rows->unseen -= i < rows->row.n && at[i].fresh;
    }
    rows->row.n = keep;
}

static void put_in(struct alerts_rows *rows, const struct alerts_row *row)
{
    size_t lo = 0, hi = rows->row.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (alertbook_before(&rows->row.at[mid], row))
            lo = mid + 1;
        else
            hi = mid;
    }
    VEC_PUSH(rows->row, *row);
    memmove(rows->row.at + lo + 1, rows->row.at + lo,
            (rows->row.n - 1 - lo) * sizeof *rows->row.at);
    rows->row.at[lo] = *row;
}

static void update_muted(struct alertbook *b, const int64_t *id, size_t n)
{
    size_t keep = 0;
    for (size_t i = 0; i < b->rows.muted.n; i++)
        if (!among(b->rows.muted.at[i], id, n))
            b->rows.muted.at[keep++] = b->rows.muted.at[i];
    b->rows.muted.n = keep;
    for (size_t i = 0; i < n; i++) {
        const struct alert_event *e = alert_book_find(b->session->alerts, id[i]);
        if (e && alertbook_mutes(b, e))
            VEC_PUSH(b->rows.muted, id[i]);
    }
}

void alertbook_update(struct alertbook *b, int64_t *id, size_t n)
{
    VEC(struct alerts_row) fresh = {0};
    struct alerts_rows *rows = &b->rows;
    if (!n)
        return;
    n = unique(id, n);
    take_out(rows, id, n);
    update_muted(b, id, n);
    for (size_t i = 0; i < n; i++) {
        struct alerts_row row;
        if (!alertbook_take(b, id[i], &row))
            continue;
        VEC_PUSH(fresh, row);
        rows->unseen += row.fresh;
    }
    if (fresh.n > FEW) {
        size_t keep = rows->row.n;
        sort(fresh.at, fresh.n);
        struct alerts_row *all = mem_alloc((keep + fresh.n) * sizeof *all);
        merge(rows->row.at, keep, fresh.at, fresh.n, all);
        free(rows->row.at);
        rows->row.at = all;
        rows->row.n = rows->row.cap = keep + fresh.n;
    } else {
        for (size_t i = 0; i < fresh.n; i++)
            put_in(rows, &fresh.at[i]);
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
    const struct alert_book *book = p->book->session->alerts;
    const struct alert_event *e;
    for (int k = 1; (e = alert_book_after(book, p->after, &p->hint)); k++) {
        struct alerts_row row;
        p->after = e->id;
        if (alertbook_take(p->book, e->id, &row)) {
            VEC_PUSH(p->row, row);
            p->unseen += row.fresh;
            if (p->row.n % RUN == 0)
                sort(p->row.at + p->row.n - RUN, RUN);
        } else if (alertbook_mutes(p->book, e)) {
            VEC_PUSH(p->muted, e->id);
        }
        if (k % BETWEEN_LOOKS == 0 && late(end_us))
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
    VEC_FREE(p->muted);
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
        b->rows.unseen = p->unseen;
        VEC_FREE(b->rows.muted);
        b->rows.muted.at = p->muted.at;
        b->rows.muted.n = p->muted.n;
        b->rows.muted.cap = p->muted.cap;
        p->muted.at = NULL;
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
    p->book = b;
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
