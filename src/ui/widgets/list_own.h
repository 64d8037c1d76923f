/* list_own.h - the list as its own files see it. Not: what others see (list.h). */
#ifndef VIGIE_SRC_UI_WIDGETS_LIST_OWN_H
#define VIGIE_SRC_UI_WIDGETS_LIST_OWN_H

#include "../fuzzy.h"
#include "list.h"

enum { LIST_COLUMNS_MAX = 24 };

/* A row of the model with what it is: the id tells it also after the model changed. */
struct list_entry {
    size_t row;
    uint64_t id;
};

/* struct list_window - where the last drawing put things: no state of the list, but movement by pages and
 * the mouse need it, and the window is to stay where it was. */
struct list_window {
    size_t top;
    int row0, col0, rows; /* in the whole canvas */
    int page, n, col[LIST_COLUMNS_MAX], width[LIST_COLUMNS_MAX], index[LIST_COLUMNS_MAX];
};

/* want_id, want_at: the row that the user put the cursor on; while a pass has not found it again the cursor
 * rests on another. version: counts what passes changed. */
struct list {
    const struct list_source *source;
    const void *model;
    VEC(struct list_entry) order;
    size_t cursor, want_at;
    uint64_t cursor_id, want_id, version;
    VEC(uint64_t) marks; /* of ids */
    char *filter_text;
    struct filter filter;
    int sort; /* column, -1 the model's order */
    bool falling;
    char sort_name[32];
    struct list_window *win;
    struct jobs *jobs;      /* NULL: all at once */
    struct list_pass *pass; /* NULL: none is under way */
};

/* list_pass_begin - filter and sort anew: at once when that is soon done or there are no jobs, else the rest
 * as a job. grows: the rows found so far are shown; else those of before stay until its end.
 * list_pass_changed - the model changed while one is under way: it goes on, and another follows it.
 * list_pass_stop - no more of it; what is shown stays. test: tests/ui/check_list_pass.c */
void list_pass_begin(struct list *t, bool grows);
void list_pass_changed(struct list *t);
void list_pass_stop(struct list *t);

/* list_place_cursor - onto the wanted row, or near its place; while a pass is under way what is wanted is not
 * forgotten. */
void list_place_cursor(struct list *t);

#endif
