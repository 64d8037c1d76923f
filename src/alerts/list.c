/* list.c - see list.h. An event that the filter hides by what is known of it is not judged. */
#include "vigie/alerts/list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int by_time(const struct alert_event *a, const struct alert_event *b)
{
    int c = falling(mjd(alert_time_known(a->time) ? a->time : a->issued),
                    mjd(alert_time_known(b->time) ? b->time : b->issued));
    return c ? c : a->id > b->id ? -1 : a->id < b->id;
}

static int by_name(const struct alert_event *a, const struct alert_event *b)
{
    if (!a->name || !b->name)
        return a->name ? -1 : b->name ? 1 : 0;
    return strcmp(a->name, b->name);
}

static int compare(const void *x, const void *y, void *arg)
{
    const struct alert_row *a = x, *b = y;
    const enum alert_sort *sort = arg;
    int c = 0;
    switch (*sort) {
    case ALERT_BY_SCORE: c = falling(a->view.score, b->view.score); break;
    case ALERT_BY_LEFT: c = falling(a->view.left_s, b->view.left_s); break;
    case ALERT_BY_TIME: break;
    case ALERT_BY_UPDATE:
        c = a->event->last_ms > b->event->last_ms ? -1 : a->event->last_ms < b->event->last_ms;
        break;
    case ALERT_BY_MAG: c = falling(-a->event->mag, -b->event->mag); break;
    case ALERT_BY_ALT: c = falling(a->view.alt_rad, b->view.alt_rad); break;
    case ALERT_BY_NAME: c = by_name(a->event, b->event); break;
    }
    return c ? c : by_time(a->event, b->event);
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
    if (before < 0) {
        alert_judge_glance(ask->judge, e, view);
        if (alert_filter_test(ask->filter, &s) == 0)
            return false;
    }
    alert_judge_event(ask->judge, e, view);
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
    for (size_t i = 0; i < alert_book_n(book); i++) {
        struct alert_row row = {alert_book_at(book, i), blind};
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
    if (rows.n)
        qsort_r(rows.at, rows.n, sizeof *rows.at, compare, &sort);
    out->rows = rows.at;
    out->n = rows.n;
}

void alert_list_clear(struct alert_list *l)
{
    free(l->rows);
    *l = (struct alert_list){0};
}
