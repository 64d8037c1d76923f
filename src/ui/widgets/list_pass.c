/* list_pass.c - the rows of a list filtered and sorted, a slice a turn when there are many: keys are taken
 * meanwhile, and a newer filter takes the place of an older one. Not: the rest of the list (list.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "list_own.h"
#include "vigie/base/clock.h"
#include "vigie/session/job.h"

/* A pass does FIRST rows and FIRST_US at once, so that a short list never waits for the next turn. */
enum { RUN = 1024, FIRST = 1024, FIRST_US = 2000, BETWEEN_LOOKS = 16 };

struct found {
    struct list_entry entry;
    double number;
    const char *text;
};

/* struct list_pass - next: the row that is looked at next, after that of last_id; run: rows are sorted in
 * pieces of so many, 0: not all are judged; merge: the next two pieces; grown: so many of the rows found are
 * shown; stale: the model changed since it began. */
struct list_pass {
    struct list *list;
    uint64_t job, last_id;
    bool grows, stale;
    size_t next, grown, run, merge;
    VEC(struct found) found;
    struct found *spare;
    struct arena texts;
    struct str scratch;
};

/* ---- one row ---- */

static const char *cell_text(const struct list *t, int column, size_t row, struct str *out)
{
    const struct list_column *c = &t->source->column[column];
    str_reset(out);
    c->format(t->model, row, c->max, out);
    return str_c(out);
}

static bool passes(const struct list *t, size_t row, struct str *scratch)
{
    for (int i = 0; i < t->filter.n; i++) {
        const struct filter_term *term = &t->filter.term[i];
        bool fits = false;
        if (term->op != OP_WORD)
            fits = filter_number(term, t->source->column[term->column].number(t->model, row));
        for (int k = 0; !fits && term->op == OP_WORD && k < t->source->n_column; k++)
            fits = filter_word(term, cell_text(t, k, row, scratch));
        if (!fits)
            return false;
    }
    return true;
}

static void take(struct list_pass *p, size_t row)
{
    const struct list *t = p->list;
    const struct list_column *c = t->sort >= 0 ? &t->source->column[t->sort] : NULL;
    struct found f = {{row, t->source->id(t->model, row)}, 0, NULL};
    if (c && c->number) /* falling: by the negative, so that unknown ones stay last */
        f.number = c->number(t->model, row) * (t->falling ? -1 : 1);
    else if (c)
        f.text = arena_str(&p->texts, cell_text(t, t->sort, row, &p->scratch));
    VEC_PUSH(p->found, f);
}

/* ---- order ---- */

static int by_row(const struct found *a, const struct found *b)
{
    return (a->entry.row > b->entry.row) - (a->entry.row < b->entry.row);
}

static int by_number(const void *pa, const void *pb)
{
    const struct found *a = pa, *b = pb;
    int d = isnan(a->number) || isnan(b->number)
                ? isnan(a->number) - isnan(b->number)
                : (a->number > b->number) - (a->number < b->number);
    return d ? d : by_row(a, b);
}

static int by_text(const void *pa, const void *pb)
{
    const struct found *a = pa, *b = pb;
    int d = strcasecmp(a->text, b->text);
    return d ? d : by_row(a, b);
}

static int by_text_falling(const void *pa, const void *pb)
{
    return by_text(pb, pa);
}

typedef int compare_fn(const void *, const void *);

static compare_fn *compare_of(const struct list *t)
{
    return t->source->column[t->sort].number ? by_number : t->falling ? by_text_falling : by_text;
}

static void merge(const struct found *x, size_t nx, const struct found *y, size_t ny,
                  struct found *out, compare_fn *compare)
{
    while (nx && ny)
        if (compare(y, x) < 0) {
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

/* ---- slices ---- */

static bool late(int64_t end_us)
{
    return clock_thread_us() >= end_us;
}

/* true: all rows are judged, and sorted in pieces. */
static bool judge_some(struct list_pass *p, size_t least, int64_t end_us)
{
    struct list *t = p->list;
    size_t count = t->source->count(t->model); /* in a slice the model rests */
    for (size_t k = 1; p->next < count; k++) {
        size_t row = p->next++;
        if (passes(t, row, &p->scratch)) {
            take(p, row);
            if (t->sort >= 0 && p->found.n % RUN == 0)
                qsort(p->found.at + p->found.n - RUN, RUN, sizeof *p->found.at, compare_of(t));
        }
        if (k >= least && k % BETWEEN_LOOKS == 0 && late(end_us)) {
            p->last_id = t->source->id(t->model, row);
            return false;
        }
    }
    size_t rest = p->found.n % RUN;
    if (t->sort >= 0 && rest)
        qsort(p->found.at + p->found.n - rest, rest, sizeof *p->found.at, compare_of(t));
    p->run = RUN;
    if (t->sort >= 0 && p->found.n > RUN)
        p->spare = mem_alloc(p->found.n * sizeof *p->spare);
    return true;
}

/* Pairs of pieces into pieces of twice the length; true: all is one. */
static bool merge_some(struct list_pass *p, int64_t end_us)
{
    size_t n = p->found.n;
    while (p->list->sort >= 0 && p->run < n) {
        if (late(end_us))
            return false;
        size_t left = n - p->merge, nx = left < p->run ? left : p->run,
               ny = left - nx < p->run ? left - nx : p->run;
        const struct found *x = p->found.at + p->merge;
        merge(x, nx, x + nx, ny, p->spare + p->merge, compare_of(p->list));
        p->merge += nx + ny;
        if (p->merge < n)
            continue;
        struct found *was = p->found.at;
        p->found.at = p->spare;
        p->found.cap = n;
        p->spare = was;
        p->merge = 0;
        p->run *= 2;
    }
    return true;
}

static bool slice(struct list_pass *p, size_t least, int64_t end_us)
{
    return (p->run || judge_some(p, least, end_us)) && merge_some(p, end_us);
}

/* ---- rows of a model that changed ---- */

/* Where the entries stand in the model now, each once; those that are gone go. */
static void remap(struct list *t)
{
    size_t count = t->source->count(t->model), n = t->order.n, slots = 16, keep = 0, same = 0;
    while (same < n && t->order.at[same].row < count &&
           t->source->id(t->model, t->order.at[same].row) == t->order.at[same].id)
        same++;
    if (same == n)
        return;
    while (slots < 2 * n)
        slots *= 2;
    struct list_entry *slot =
        mem_zero(slots * sizeof *slot); /* row: place in the order + 1, 0 none */
    size_t *now = mem_alloc(n * sizeof *now);
    for (size_t i = 0; i < n; i++) {
        size_t k = (size_t)(t->order.at[i].id * 0x9E3779B97F4A7C15u >> 20) & (slots - 1);
        while (slot[k].row && slot[k].id != t->order.at[i].id)
            k = (k + 1) & (slots - 1);
        if (!slot[k].row)
            slot[k] = (struct list_entry){i + 1, t->order.at[i].id};
        now[i] = SIZE_MAX;
    }
    for (size_t row = 0; row < count; row++) {
        uint64_t id = t->source->id(t->model, row);
        size_t k = (size_t)(id * 0x9E3779B97F4A7C15u >> 20) & (slots - 1);
        while (slot[k].row && slot[k].id != id)
            k = (k + 1) & (slots - 1);
        if (slot[k].row)
            now[slot[k].row - 1] = row;
    }
    for (size_t i = 0; i < n; i++)
        if (now[i] != SIZE_MAX)
            t->order.at[keep++] = (struct list_entry){now[i], t->order.at[i].id};
    t->order.n = keep;
    free(slot);
    free(now);
}

void list_pass_changed(struct list *t)
{
    struct list_pass *p = t->pass;
    size_t count = t->source->count(t->model), row = 0;
    p->stale = true;
    remap(t);
    while (!p->run && p->next && row < count && t->source->id(t->model, row) != p->last_id)
        row++;
    if (!p->run && row < count) /* it goes on behind the row that it looked at last */
        p->next = p->next ? row + 1 : 0;
    list_place_cursor(t);
}

/* ---- begin, go on, end ---- */

static void show(struct list_pass *p)
{
    struct list *t = p->list;
    for (; !p->run && p->grown < p->found.n; p->grown++)
        VEC_PUSH(t->order, p->found.at[p->grown].entry);
    list_place_cursor(t);
    t->version++;
}

static void end(struct list_pass *p)
{
    struct list *t = p->list;
    t->order.n = 0;
    for (size_t i = 0; i < p->found.n; i++)
        VEC_PUSH(t->order, p->found.at[i].entry);
    if (p->stale)
        remap(t);
    t->pass = NULL;
    list_place_cursor(t);
    t->version++;
    if (p->stale)
        list_pass_begin(t, false);
}

static void pass_free(struct list_pass *p)
{
    VEC_FREE(p->found);
    free(p->spare);
    arena_clear(&p->texts);
    str_clear(&p->scratch);
    free(p);
}

static enum job_state step(void *arg, double budget_ms)
{
    struct list_pass *p = arg;
    bool done = slice(p, 0, clock_thread_us() + (int64_t)(budget_ms * 1000));
    if (!done && p->grows)
        show(p);
    return done ? JOB_DONE : JOB_MORE;
}

static void over(void *arg, enum job_state state)
{
    struct list_pass *p = arg;
    if (state == JOB_DONE)
        end(p);
    pass_free(p);
}

void list_pass_stop(struct list *t)
{
    struct list_pass *p = t->pass;
    t->pass = NULL;
    if (p)
        jobs_stop(t->jobs, p->job);
}

static void show_all(struct list *t)
{
    size_t count = t->source->count(t->model);
    t->order.n = 0;
    VEC_RESERVE(t->order, count);
    for (size_t row = 0; row < count; row++)
        t->order.at[t->order.n++] = (struct list_entry){row, t->source->id(t->model, row)};
    list_place_cursor(t);
}

void list_pass_begin(struct list *t, bool grows)
{
    static const struct job_ops ops = {"ui/list", step, over};
    grows |= t->pass && t->pass->grows;
    list_pass_stop(t);
    if (!t->filter.n && t->sort < 0) {
        show_all(t);
        return;
    }
    struct list_pass *p = mem_zero(sizeof *p);
    p->list = t;
    p->grows = grows;
    if (slice(p, FIRST, t->jobs ? clock_thread_us() + FIRST_US : INT64_MAX)) {
        end(p);
        pass_free(p);
        return;
    }
    t->pass = p;
    p->job = jobs_add(t->jobs, &ops, p);
    if (grows) {
        t->order.n = 0;
        show(p);
    } else {
        remap(t);
        list_place_cursor(t);
    }
}

void list_settle(struct list *t)
{
    while (t->pass) {
        struct list_pass *p = t->pass;
        slice(p, 0, INT64_MAX);
        end(p);
        jobs_stop(t->jobs, p->job);
    }
}
