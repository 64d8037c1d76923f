/* tbl.c - tables as values: who holds the cells, views of them, work beside the loop. See tbl.h.
 * Not: rows and vectors (tbl_row.c), methods (tbl_ops.c and its sisters).
 */
#include "tbl.h"
#include "push.h"

#include <stdlib.h>
#include <string.h>

const char t_tbl[] = "tbl";

/* ---- cells ---- */

static size_t
    held; /* bytes of the cells of all tables; only the loop's thread makes and frees them */

struct tbl_data *tbl_hold(struct tbl_data *d)
{
    d->users++;
    return d;
}

void tbl_drop(struct tbl_data *d)
{
    if (!d || --d->users > 0)
        return;
    held -= d->bytes;
    table_free(d->t);
    table_doc_free(d->doc);
    free(d);
}

/* Room for so many bytes more. Lua does not see them, so that it is told to collect when they have doubled
 * since it last did, and before anything is refused. */
static bool room(lua_State *L, size_t bytes)
{
    static size_t mark = TBL_MAX_BYTES / 16;
    if (held + bytes > mark) {
        lua_gc(L, LUA_GCCOLLECT);
        mark = 2 * (held + bytes) > TBL_MAX_BYTES / 16 ? 2 * (held + bytes) : TBL_MAX_BYTES / 16;
        mark = mark > TBL_MAX_BYTES ? TBL_MAX_BYTES : mark;
    }
    return held + bytes <= TBL_MAX_BYTES;
}

static int no_room(lua_State *L)
{
    return problem_raise(L, "limit",
                         "the tables of all scripts would be above %d MB; close() frees one",
                         TBL_MAX_BYTES >> 20);
}

void tbl_room(lua_State *L, size_t bytes)
{
    if (!room(L, bytes))
        no_room(L);
}

void tbl_recount(struct tbl_data *d)
{
    held -= d->bytes;
    d->bytes = d->t->bytes + d->t->arena.used;
    held += d->bytes;
}

void tbl_set_rows(struct tbl *t, struct table_rows *rows)
{
    if (t->rows.row)
        held -= t->rows.n * sizeof *t->rows.row;
    table_rows_clear(&t->rows);
    t->rows = *rows;
    *rows = (struct table_rows){0};
    if (t->rows.row)
        held += t->rows.n * sizeof *t->rows.row;
}

static struct tbl_data *data_new(struct table *t, struct table_doc *doc)
{
    struct tbl_data *d = mem_zero(sizeof *d);
    d->t = t;
    d->doc = doc;
    d->users = 1;
    d->bytes = t->bytes + t->arena.used;
    held += d->bytes;
    return d;
}

/* The value alone, without cells: what can raise is done before anything is owned. */
static struct tbl *push_empty(lua_State *L)
{
    struct tbl *v = lua_newuserdatauv(L, sizeof *v, 0);
    memset(v, 0, sizeof *v);
    luaL_setmetatable(L, t_tbl);
    return v;
}

static int push_protected(lua_State *L)
{
    push_empty(L);
    return 1;
}

/* Takes t and doc whatever happens. */
static struct tbl *push_taken(lua_State *L, struct table *t, struct table_doc *doc)
{
    lua_pushcfunction(L, push_protected);
    bool fits = room(L, t->bytes + t->arena.used);
    if (!fits || lua_pcall(L, 0, 1, 0) != LUA_OK) {
        table_free(t);
        table_doc_free(doc);
        if (fits)
            lua_error(L);
        no_room(L);
    }
    struct tbl *v = lua_touserdata(L, -1);
    v->data = data_new(t, doc);
    return v;
}

struct tbl *tbl_push(lua_State *L, struct table_doc *doc, size_t i)
{
    return push_taken(L, table_doc_take(doc, i), doc);
}

struct tbl *tbl_push_table(lua_State *L, struct table *t)
{
    return push_taken(L, t, NULL);
}

struct tbl *tbl_push_view(lua_State *L, const struct tbl *of, struct table_rows *rows)
{
    struct tbl_data *data = of->data;
    struct tbl *v = push_empty(L);
    if (!room(L, rows->n * sizeof *rows->row)) {
        table_rows_clear(rows);
        no_room(L);
    }
    v->data = tbl_hold(data);
    tbl_set_rows(v, rows);
    return v;
}

void tbl_replace(struct tbl *to, struct table *t)
{
    struct tbl_data *old = to->data;
    struct table_rows all = {0};
    to->data = data_new(t, NULL);
    tbl_set_rows(to, &all);
    to->generation++;
    tbl_drop(old);
}

struct tbl *tbl_arg(lua_State *L, int index)
{
    struct tbl *v = luaL_testudata(L, index, t_tbl);
    if (!v)
        problem_raise(L, "argument", "expected a tbl, got %s", luaL_typename(L, index));
    if (!v->data)
        problem_raise(L, "gone", "this table was closed");
    return v;
}

/* ---- views ---- */

size_t tbl_n(const struct tbl *t)
{
    return t->rows.row ? t->rows.n : t->data->t->rows;
}

size_t tbl_at(const struct tbl *t, size_t i)
{
    return t->rows.row ? t->rows.row[i] : i;
}

void tbl_all(const struct tbl *t, struct table_rows *rows)
{
    if (!t->rows.row) {
        table_rows_all(t->data->t, rows);
        return;
    }
    table_rows_clear(rows);
    rows->row = mem_dup(t->rows.row, (t->rows.n + 1) * sizeof *rows->row);
    rows->n = t->rows.n;
}

/* The texts of a script are interned: the same name mostly has the same address, which tells where it
 * was found last. The guess counts only if the name is that column's. */
int tbl_find(struct tbl *t, const char *name)
{
    const struct table *d = t->data->t;
    unsigned char *slot =
        &t->cache[((uintptr_t)name >> 4 ^ (uintptr_t)name >> 9) % sizeof t->cache];
    if (*slot && *slot <= d->n_columns && d->column[*slot - 1].field.name &&
        strcmp(d->column[*slot - 1].field.name, name) == 0)
        return *slot - 1;
    int found = table_find(d, name);
    if (found >= 0 && found < 255)
        *slot = (unsigned char)(found + 1);
    return found;
}

size_t tbl_column(lua_State *L, struct tbl *t, const char *name)
{
    const struct table *d = t->data->t;
    const char *near = NULL;
    int found = tbl_find(t, name), least = str_near_most(name) + 1;
    if (found >= 0)
        return (size_t)found;
    for (size_t i = 0; i < d->n_columns; i++) {
        const char *s = d->column[i].field.name;
        if (s && str_near(s, name) < least) {
            least = str_near(s, name);
            near = s;
        }
    }
    if (near)
        problem_raise(L, "argument", "there is no column %.60s; did you mean %.60s?", name, near);
    problem_raise(L, "argument", "there is no column %.60s; t.fieldnames lists them", name);
    return 0;
}

/* ---- work beside the loop ---- */

static const char t_work[] = "vigie.tblwork";

static void work_drop(struct tbl_work *w)
{
    if (--w->users > 0)
        return;
    table_filter_free(w->filter);
    tbl_drop(w->data);
    tbl_drop(w->other);
    table_rows_clear(&w->rows);
    table_rows_clear(&w->other_rows);
    table_free(w->out);
    if (w->extra_free)
        w->extra_free(w->extra);
    str_clear(&w->text);
    free(w->columns);
    free(w);
}

static int work_gone(lua_State *L)
{
    struct tbl_work **box = lua_touserdata(L, 1);
    if (*box)
        work_drop(*box);
    *box = NULL;
    return 0;
}

struct tbl_work *tbl_work_new(lua_State *L, const struct tbl *t)
{
    struct tbl_work **box = push_owned(L, t_work, sizeof *box, work_gone);
    struct tbl_work *w = *box = mem_zero(sizeof *w);
    w->users = 1;
    w->data = t ? tbl_hold(t->data) : NULL;
    return w;
}

static void in_pool(void *arg)
{
    struct tbl_work *w = arg;
    w->run(w);
}

static void pool_done(void *arg, bool cancelled)
{
    struct tbl_work *w = arg;
    (void)cancelled;
    w->over = true;
    if (w->host)
        task_wake(w->host, w->task, w->wait);
    work_drop(w);
}

static void nobody_waits(void *arg)
{
    ((struct tbl_work *)arg)->host = NULL;
}

static int worked(lua_State *L, int status, lua_KContext ctx);

struct next {
    lua_KFunction k;
    lua_KContext ctx;
};

/* The work's userdata stands on the top; how to go on is kept above it. */
int tbl_work_do(lua_State *L, struct tbl_work *w, size_t size, lua_KContext ctx, lua_KFunction k)
{
    enum { AT_ONCE = 20000 };
    struct lua_host *h = HOST(L);
    if (size <= AT_ONCE || !lua_isyieldable(L)) {
        w->run(w);
        return k(L, LUA_OK, ctx);
    }
    struct next *n = lua_newuserdatauv(L, sizeof *n, 0);
    *n = (struct next){k, ctx};
    w->host = h;
    w->task = h->running->id;
    w->wait = task_wait(h, "a large table", nobody_waits, w);
    w->users++;
    if (loop_work(h->loop, in_pool, pool_done, w, "lua/tbl") != OK) {
        w->users--;
        w->run(w);
        task_wake(h, w->task, w->wait);
    }
    return task_leave(L, 0, worked);
}

static int worked(lua_State *L, int status, lua_KContext ctx)
{
    struct next n = *(struct next *)lua_touserdata(L, -1);
    (void)ctx;
    lua_pop(L, 1);
    return n.k(L, status, n.ctx);
}
