/* list.h - the one list widget: rows of a model in columns, sorted, filtered, marked.
 * Not: the model (its rows stay where they are), keys (the ui's commands call this).
 */
#ifndef VIGIE_SRC_UI_WIDGETS_LIST_H
#define VIGIE_SRC_UI_WIDGETS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../canvas.h"
#include "vigie/base/err.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

enum { LIST_WIDE = 110 };

/* struct list_column
 *   name     for sort and filter: "alt"; NULL: it is neither
 *   title    column head
 *   wide     head on a canvas of at least LIST_WIDE columns, where the column then has its full
 *            width, and below that its least; NULL: the same head, any width between
 *   min,max  width; room left over goes to the columns that can take it, from left to right
 *   align    -1 left, 1 right
 *   rank     0: always there; else columns leave with the highest rank first when it gets narrow;
 *            LIST_WIDE: there only on a canvas of at least so many columns
 *   format   the cell's text for a width, added to `out`
 *   number   its value, for sort and comparison, NAN unknown; NULL: its text is sorted
 *   role     NULL: the row's */
struct list_column {
    const char *name, *title, *wide;
    int min, max, align, rank;
    void (*format)(const void *model, size_t row, int width, struct str *out);
    double (*number)(const void *model, size_t row);
    enum role (*role)(const void *model, size_t row);
};

/* struct list_source - how the table reads the model. id: what a row is, also after the model
 * changed. mark: ' ' or the state's mark (! W + -), NULL none. role: of a row, NULL ROLE_TEXT. */
struct list_source {
    const struct list_column *column;
    int n_column;
    size_t (*count)(const void *model);
    uint64_t (*id)(const void *model, size_t row);
    char (*mark)(const void *model, size_t row);
    enum role (*role)(const void *model, size_t row);
};

enum motion {
    MOVE_UP,
    MOVE_DOWN,
    MOVE_PAGE_UP,
    MOVE_PAGE_DOWN,
    MOVE_HALF_UP,
    MOVE_HALF_DOWN,
    MOVE_TOP,
    MOVE_BOTTOM
};

struct list;
struct jobs;

/* list_new - a table over a model; source and model are borrowed for its life. */
struct list *list_new(const struct list_source *source, const void *model);
void list_free(struct list *t);

/* list_renew - the model changed: rows are filtered and sorted anew; the cursor stays on its row,
 * or near its place if that is gone; marks of rows that are gone are dropped. */
void list_renew(struct list *t);

/* list_in_slices - from now on what takes long is done as a job (vigie/session/job.h), which outlives the list:
 * a filter shows the rows found so far, in the model's order; a sort, or a model that changed, leaves the rows
 * of before until its end; a newer filter takes the place of an older one. The end is the same as at once.
 * list_working - such a job is under way. list_version - another number when one changed what is shown.
 * list_settle - do the rest now: for what must know all the rows. test: tests/ui/check_list_pass.c */
void list_in_slices(struct list *t, struct jobs *jobs);
bool list_working(const struct list *t);
uint64_t list_version(const struct list *t);
void list_settle(struct list *t);

/* list_row - the model's row under the cursor; false if there is none. list_seek - cursor to the
 * row of an id; false if it is not shown. list_shown - rows that the filter leaves.
 * list_at - the model's row of the i-th shown row. */
bool list_row(const struct list *t, size_t *row);
bool list_seek(struct list *t, uint64_t id);
size_t list_shown(const struct list *t);
size_t list_at(const struct list *t, size_t i);

/* list_move - true if the cursor moved. list_point - the cursor to a row of the screen as last
 * drawn (0: the column heads); false if there is none. list_column_at - the column drawn at a
 * screen column, -1 none. */
bool list_move(struct list *t, enum motion motion);
bool list_point(struct list *t, int screen_row);
int list_column_at(const struct list *t, int screen_col);

/* list_filter - show only what the text asks for (fuzzy.h); "" all. On an error the old filter
 * stays. list_filter_text - "" when there is none. */
enum status list_filter(struct list *t, const char *text, struct error *err) MUST_CHECK;
const char *list_filter_text(const struct list *t);

/* list_sort - by a column's name ("-alt": falling; "": the model's order). Unknown values last.
 *   err   E_ABSENT with the names there are
 * list_sort_next - by the next column that can be sorted, then the model's order again; by its
 * index when column >= 0 (a second time: falling). list_sort_name - "" or "alt" or "-alt". */
enum status list_sort(struct list *t, const char *name, struct error *err) MUST_CHECK;
void list_sort_next(struct list *t, int column);
const char *list_sort_name(const struct list *t);

/* list_mark - mark the row under the cursor, or take its mark away, and go one down.
 * list_marked - whether a row is marked. list_marks - how many are. list_unmark - none. */
void list_mark(struct list *t);
bool list_marked(const struct list *t, uint64_t id);
size_t list_marks(const struct list *t);
void list_unmark(struct list *t);

/* list_place - where it was drawn last, in the whole canvas; false if it was not. */
bool list_place(const struct list *t, int *top, int *left, int *rows);

/* list_draw - column heads, then rows, over the whole canvas; three columns on the left hold the
 * user's mark, the state's and the cursor. The window (which rows are seen) moves only as far as
 * the cursor makes it. test: tests/ui/check_list.c */
void list_draw(const struct list *t, struct canvas *c);

#endif
