/* list.c - see list.h. An event that the filter hides by what is known of it is not judged. */
#include "vigie/alerts/list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EARLY = 8 };

static const char *const sorts[] = {"score", "left", "time", "update", "mag", "alt", "name"};

bool alert_sort_of(const char *name, enum alert_sort *sort)
{
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++)
        if (strcmp(sorts[i], name) == 0) {
            *sort = (enum alert_sort)i;
            return true;
        }
    return false;
}

/* The larger number first, unknown ones last. */
static int falling(double x, double y)
{
    bool has_x = isfinite(x), has_y = isfinite(y);
    if (has_x != has_y)
        return has_x ? -1 : 1;
    return !has_x || x == y ? 0 : x > y ? -1 : 1;
}

static double mjd(struct jd_utc t)
{
    return alert_time_known(t) ? jd_mjd(t.d1, t.d2) : (double)NAN;
}

/* What a row is sorted by, apart from the row: it is large, and its event lies somewhere else. Names
 * as they are; all else as a number, the larger first. */
struct key {
    double first, mjd;
    const char *name;
    int64_t id;
    size_t row;
};

static int by_name(const char *a, const char *b)
{
    if (!a || !b)
        return a ? -1 : b ? 1 : 0;
    return strcmp(a, b);
}

static int compare(const void *x, const void *y)
{
    const struct key *a = x, *b = y;
    int c = a->name != b->name ? by_name(a->name, b->name) : 0;
    if (!c)
        c = falling(a->first, b->first);
    if (!c)
        c = falling(a->mjd, b->mjd);
    return c ? c : a->id > b->id ? -1 : a->id < b->id;
}

static double number_of(const struct alert_row *r, enum alert_sort sort)
{
    switch (sort) {
    case ALERT_BY_SCORE: return r->view.score;
    case ALERT_BY_LEFT: return r->view.left_s;
    case ALERT_BY_UPDATE: return (double)r->event->last_ms;
    case ALERT_BY_MAG: return -r->event->mag;
    case ALERT_BY_ALT: return r->view.alt_rad;
    case ALERT_BY_TIME:
    case ALERT_BY_NAME: break;
    }
    return 0;
}

/* Rows in order, in a list of their own; the old one is freed. */
static struct alert_row *sorted(struct alert_row *row, size_t n, enum alert_sort sort)
{
    struct key *key = mem_alloc((n + 1) * sizeof *key);
    struct alert_row *out = mem_alloc((n + 1) * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        const struct alert_event *e = row[i].event;
        key[i] = (struct key){.first = number_of(&row[i], sort),
                              .mjd = mjd(alert_time_known(e->time) ? e->time : e->issued),
                              .name = sort == ALERT_BY_NAME ? e->name : NULL,
                              .id = e->id,
                              .row = i};
    }
    qsort(key, n, sizeof *key, compare);
    for (size_t i = 0; i < n; i++)
        out[i] = row[key[i].row];
    free(key);
    free(row);
    return out;
}

static bool apart(const struct alert_ask *ask, const struct alert_event *e)
{
    if (e->standing == ALERT_SKY || ask->all)
        return false;
    return !ask->filter ||
           !alert_filter_names(ask->filter, e->standing == ALERT_TEST ? "test" : "utility");
}

/* Whether it is shown; the view is filled when it is. */
static bool shown(const struct alert_ask *ask, const struct alert_event *e, struct alert_view *view)
{
    struct alert_subject s = {.event = e, .now = ask->now};
    int before = ask->filter ? alert_filter_test(ask->filter, &s) : 1;
    if (before == 0 || (before < 0 && !ask->judge))
        return false;
    if (!ask->judge)
        return true;
    s.view = view;
    if (before > 0) {
        alert_judge_event(ask->judge, e, view);
        return true;
    }
    alert_judge_glance(ask->judge, e, view);
    before = alert_filter_test(ask->filter, &s);
    if (before == 0)
        return false;
    alert_judge_rest(ask->judge, e, view);
    return before > 0 || alert_filter_test(ask->filter, &s) == 1;
}

void alert_list_make(const struct alert_book *book, const struct alert_ask *ask,
                     struct alert_list *out)
{
    static const struct jd_utc never = {NAN, NAN};
    static const struct alert_view blind = {
        .alt_rad = NAN, .az_rad = NAN, .moon_sep_rad = NAN, .moon_alt_rad = NAN, .moon_illum = NAN};
    VEC(struct alert_row) rows = {0};
    enum alert_sort sort = ask->sort;
    *out = (struct alert_list){0};
    size_t n = alert_book_n(book);
    for (size_t i = 0; i < n; i++) {
        struct alert_row row = {alert_book_at(book, i), blind};
        if (i + EARLY < n) /* events and what they hold lie all over the memory */
            __builtin_prefetch(alert_book_at(book, i + EARLY)->params.at);
        if (i + 2 * EARLY < n)
            __builtin_prefetch(&alert_book_at(book, i + 2 * EARLY)->params);
        row.view.from = row.view.until = never;
        if (apart(ask, row.event))
            out->n_apart++;
        else if (!shown(ask, row.event, &row.view))
            out->n_hidden++;
        else
            VEC_PUSH(rows, row);
    }
    if (!ask->judge && (sort == ALERT_BY_SCORE || sort == ALERT_BY_LEFT))
        sort = ALERT_BY_TIME;
    out->rows = rows.n ? sorted(rows.at, rows.n, sort) : rows.at;
    out->n = rows.n;
}

void alert_list_clear(struct alert_list *l)
{
    free(l->rows);
    *l = (struct alert_list){0};
}
