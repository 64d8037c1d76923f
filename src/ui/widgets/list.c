/* list.c - see list.h. */
#include "list_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEFT = 3 };

struct list *list_new(const struct list_source *source, const void *model)
{
    ensure(source->n_column <= LIST_COLUMNS_MAX);
    struct list *t = mem_zero(sizeof *t);
    t->source = source;
    t->model = model;
    t->sort = -1;
    t->filter_text = mem_str("");
    t->win = mem_zero(sizeof *t->win);
    t->win->page = 1;
    list_renew(t);
    return t;
}

void list_free(struct list *t)
{
    if (!t)
        return;
    list_pass_stop(t);
    VEC_FREE(t->order);
    VEC_FREE(t->marks);
    free(t->filter_text);
    free(t->win);
    free(t);
}

/* ---- which rows, and the one under the cursor ---- */

/* What is drawn is what the model has now: a row may be gone before it is told. */
static bool there(const struct list *t, size_t i)
{
    return i < t->order.n && t->order.at[i].row < t->source->count(t->model);
}

/* The user put the cursor here. */
static void remember(struct list *t)
{
    if (t->cursor >= t->order.n)
        t->cursor = t->order.n ? t->order.n - 1 : 0;
    if (t->order.n)
        t->cursor_id = t->want_id = t->order.at[t->cursor].id;
    t->want_at = t->cursor;
}

static bool find(struct list *t, uint64_t id)
{
    for (size_t i = 0; i < t->order.n; i++)
        if (t->order.at[i].id == id) {
            t->cursor = i;
            t->cursor_id = id;
            return true;
        }
    return false;
}

void list_place_cursor(struct list *t)
{
    bool found = t->want_id && find(t, t->want_id);
    if (!found)
        t->cursor = t->want_at;
    if (found || !t->pass) {
        remember(t);
        return;
    }
    if (t->cursor >= t->order.n)
        t->cursor = t->order.n ? t->order.n - 1 : 0;
    if (t->order.n)
        t->cursor_id = t->order.at[t->cursor].id;
}

static int by_id(const void *pa, const void *pb)
{
    uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;
    return (a > b) - (a < b);
}

static void drop_marks(struct list *t)
{
    size_t count = t->source->count(t->model), n = t->marks.n, kept = 0;
    if (!n)
        return;
    qsort(t->marks.at, n, sizeof *t->marks.at, by_id);
    bool *seen = mem_zero(n);
    for (size_t row = 0; row < count; row++) {
        uint64_t id = t->source->id(t->model, row);
        const uint64_t *at = bsearch(&id, t->marks.at, n, sizeof id, by_id);
        if (at)
            seen[at - t->marks.at] = true;
    }
    for (size_t i = 0; i < n; i++)
        if (seen[i])
            t->marks.at[kept++] = t->marks.at[i];
    t->marks.n = kept;
    free(seen);
}

void list_renew(struct list *t)
{
    drop_marks(t);
    if (t->pass)
        list_pass_changed(t);
    else
        list_pass_begin(t, false);
}

void list_in_slices(struct list *t, struct jobs *jobs)
{
    t->jobs = jobs;
}

bool list_working(const struct list *t)
{
    return t->pass != NULL;
}

uint64_t list_version(const struct list *t)
{
    return t->version;
}

bool list_row(const struct list *t, size_t *row)
{
    if (!there(t, t->cursor))
        return false;
    *row = t->order.at[t->cursor].row;
    return true;
}

bool list_seek(struct list *t, uint64_t id)
{
    if (!find(t, id))
        return false;
    remember(t);
    return true;
}

size_t list_shown(const struct list *t)
{
    return t->order.n;
}

size_t list_at(const struct list *t, size_t i)
{
    return t->order.at[i].row;
}

/* ---- movement ---- */

bool list_move(struct list *t, enum motion motion)
{
    size_t old = t->cursor, last = t->order.n ? t->order.n - 1 : 0, page = (size_t)t->win->page;
    size_t half = page > 1 ? page / 2 : 1, by = 0;
    bool down = false;
    switch (motion) {
    case MOVE_UP: by = 1; break;
    case MOVE_DOWN: by = 1, down = true; break;
    case MOVE_PAGE_UP: by = page; break;
    case MOVE_PAGE_DOWN: by = page, down = true; break;
    case MOVE_HALF_UP: by = half; break;
    case MOVE_HALF_DOWN: by = half, down = true; break;
    case MOVE_TOP: by = old; break;
    case MOVE_BOTTOM: by = last, down = true; break;
    }
    if (down)
        t->cursor = last - old < by ? last : old + by;
    else
        t->cursor = old < by ? 0 : old - by;
    remember(t);
    return t->cursor != old;
}

bool list_point(struct list *t, int screen_row)
{
    size_t i = t->win->top + (size_t)(screen_row - 1);
    if (screen_row < 1 || screen_row > t->win->page || i >= t->order.n)
        return false;
    t->cursor = i;
    remember(t);
    return true;
}

int list_column_at(const struct list *t, int screen_col)
{
    for (int i = 0; i < t->win->n; i++)
        if (screen_col >= t->win->col[i] && screen_col < t->win->col[i] + t->win->width[i])
            return t->win->index[i];
    return -1;
}

bool list_place(const struct list *t, int *top, int *left, int *rows)
{
    *top = t->win->row0;
    *left = t->win->col0;
    *rows = t->win->rows;
    return *rows > 0;
}

/* ---- filter, sort, marks ---- */

enum status list_filter(struct list *t, const char *text, struct error *err)
{
    const char *names[LIST_COLUMNS_MAX];
    struct filter f;
    for (int i = 0; i < t->source->n_column; i++)
        names[i] = t->source->column[i].number ? t->source->column[i].name : NULL;
    enum status s = filter_parse(text, names, t->source->n_column, &f, err);
    if (s != OK)
        return s;
    if (t->pass && !strcmp(text, t->filter_text))
        return OK;
    char *copy = mem_str(text);
    free(t->filter_text);
    t->filter_text = copy;
    t->filter = f;
    list_pass_begin(t, true);
    return OK;
}

const char *list_filter_text(const struct list *t)
{
    return t->filter_text;
}

static void set_sort(struct list *t, int column, bool falling)
{
    t->sort = column;
    t->falling = column >= 0 && falling;
    t->sort_name[0] = 0;
    if (column >= 0)
        snprintf(t->sort_name, sizeof t->sort_name, "%s%s", falling ? "-" : "",
                 t->source->column[column].name);
    list_pass_begin(t, false);
}

enum status list_sort(struct list *t, const char *name, struct error *err)
{
    bool falling = *name == '-';
    struct str all = {.max = 150};
    if (!*name)
        set_sort(t, -1, false);
    for (int i = 0; *name && i < t->source->n_column; i++) {
        const char *own = t->source->column[i].name;
        if (own && !strcmp(own, name + falling)) {
            set_sort(t, i, falling);
            str_clear(&all);
            return OK;
        }
        str_addf(&all, "%s%s", own ? " " : "", own ? own : "");
    }
    enum status s =
        *name ? err_set(err, E_ABSENT, "no column %.30s; there are:%s", name, str_c(&all)) : OK;
    str_clear(&all);
    return s;
}

void list_sort_next(struct list *t, int column)
{
    if (column >= 0) {
        if (t->source->column[column].name)
            set_sort(t, column, t->sort == column && !t->falling);
        return;
    }
    int next = t->sort + 1;
    while (next < t->source->n_column && !t->source->column[next].name)
        next++;
    set_sort(t, next < t->source->n_column ? next : -1, false);
}

const char *list_sort_name(const struct list *t)
{
    return t->sort_name;
}

bool list_marked(const struct list *t, uint64_t id)
{
    for (size_t i = 0; i < t->marks.n; i++)
        if (t->marks.at[i] == id)
            return true;
    return false;
}

void list_mark(struct list *t)
{
    if (t->cursor >= t->order.n)
        return;
    uint64_t id = t->cursor_id;
    if (!list_marked(t, id)) {
        VEC_PUSH(t->marks, id);
    } else {
        size_t i = 0;
        while (t->marks.at[i] != id)
            i++;
        t->marks.at[i] = t->marks.at[--t->marks.n];
    }
    list_move(t, MOVE_DOWN);
}

size_t list_marks(const struct list *t)
{
    return t->marks.n;
}

void list_unmark(struct list *t)
{
    t->marks.n = 0;
}

/* ---- drawing ---- */

static int least(const struct list_column *k, int cols)
{
    return k->wide && cols >= LIST_WIDE ? k->max : k->min;
}

/* Columns that all of rank up to `limit` need. */
static int needed(const struct list *t, int limit, int cols)
{
    int width = LEFT;
    for (int i = 0; i < t->source->n_column; i++)
        if (t->source->column[i].rank <= limit)
            width += least(&t->source->column[i], cols) + 1;
    return width - 1;
}

static void lay_out(const struct list *t, int cols)
{
    struct list_window *w = t->win;
    int limit = cols >= LIST_WIDE ? LIST_WIDE : LIST_WIDE - 1;
    while (limit > 0 && needed(t, limit, cols) > cols)
        limit--;
    int spare = cols - needed(t, limit, cols), col = LEFT;
    w->n = 0;
    for (int i = 0; i < t->source->n_column; i++) {
        const struct list_column *c = &t->source->column[i];
        if (c->rank > limit)
            continue;
        int width = least(c, cols);
        int more = c->wide ? 0 : c->max - width < spare ? c->max - width : spare;
        more = more > 0 ? more : 0;
        spare -= more;
        w->index[w->n] = i;
        w->col[w->n] = col;
        w->width[w->n++] = width + more;
        col += width + more + 1;
    }
}

static void draw_heads(const struct list *t, struct canvas *c)
{
    for (int i = 0; i < t->win->n; i++) {
        const struct list_column *k = &t->source->column[t->win->index[i]];
        const char *title = k->wide && c->cols >= LIST_WIDE ? k->wide : k->title;
        canvas_fit(c, 0, t->win->col[i], t->win->width[i], k->align, ROLE_HEAD, title);
        if (t->sort == t->win->index[i]) /* in the blank before the head: its sort, in a sign */
            canvas_put(c, 0, t->win->col[i] - 1, ROLE_STRONG, t->falling ? "v" : "^");
    }
}

static enum role mark_role(char mark)
{
    switch (mark) {
    case '!': return ROLE_ALARM;
    case 'W': return ROLE_WARN;
    case '+': return ROLE_NEW;
    case '-': return ROLE_TROUBLE;
    }
    return ROLE_TEXT;
}

static void draw_row(const struct list *t, struct canvas *c, int y, size_t i, struct str *scratch)
{
    const struct list_source *s = t->source;
    size_t row = t->order.at[i].row;
    char mark = s->mark ? s->mark(t->model, row) : ' ';
    bool marked = list_marked(t, t->order.at[i].id), here = i == t->cursor;
    enum role role = marked ? ROLE_MARKED : s->role ? s->role(t->model, row) : ROLE_TEXT;
    if (marked)
        canvas_put(c, y, 0, ROLE_MARKED, "*");
    if (mark != ' ')
        canvas_char(c, y, 1, mark_role(mark), (unsigned char)mark);
    if (here)
        canvas_put(c, y, 2, ROLE_SELECTED, ">");
    for (int k = 0; k < t->win->n; k++) {
        const struct list_column *column = &s->column[t->win->index[k]];
        str_reset(scratch);
        column->format(t->model, row, t->win->width[k], scratch);
        enum role own = marked || !column->role ? role : column->role(t->model, row);
        canvas_fit(c, y, t->win->col[k], t->win->width[k], column->align, own, str_c(scratch));
    }
}

void list_draw(const struct list *t, struct canvas *c)
{
    struct list_window *w = t->win;
    if (c->rows < 1 || c->cols < 1)
        return;
    lay_out(t, c->cols);
    draw_heads(t, c);
    w->row0 = c->top;
    w->col0 = c->left;
    w->rows = c->rows;
    size_t page = c->rows > 1 ? (size_t)(c->rows - 1) : 1;
    w->page = (int)page;
    if (t->cursor < w->top)
        w->top = t->cursor;
    if (t->cursor >= w->top + page)
        w->top = t->cursor - page + 1;
    if (w->top + page > t->order.n)
        w->top = t->order.n > page ? t->order.n - page : 0;
    struct str scratch = {.max = 4096};
    for (size_t y = 0; y < page && there(t, w->top + y); y++)
        draw_row(t, c, (int)y + 1, w->top + y, &scratch);
    str_clear(&scratch);
}
