/* tbl_ops.c - tables from tables: where, sort, select, head, join. What takes long is done beside the
 * loop; the cells do not change meanwhile (tbl.h). Not: the operations (formats/tableops.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "tbl.h"

#define ARCSEC (M_PI / 180 / 3600)

static struct tbl_work *work_at(lua_State *L)
{
    return *(struct tbl_work **)lua_touserdata(L, -1);
}

/* ---- where ---- */

static void run_filter(struct tbl_work *w)
{
    table_filter_apply(w->filter, &w->rows);
}

static int filtered(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = work_at(L);
    struct tbl *t = tbl_arg(L, 1);
    if (t->data != w->data)
        return problem_raise(L, "gone", "where: the table has got other cells meanwhile");
    tbl_push_view(L, t, &w->rows);
    return 1;
}

static int where_text(lua_State *L, struct tbl *t)
{
    struct error err;
    struct tbl_work *w = tbl_work_new(L, t);
    w->run = run_filter;
    tbl_all(t, &w->rows);
    if (table_filter_new(t->data->t, lua_tostring(L, 2), &w->filter, &err) != OK)
        return problem_raise(L, "argument", "where: %s", err.text);
    return tbl_work_do(L, w, tbl_n(t), 0, filtered);
}

/* Index 3: the work that gathers the rows; ctx: how many rows have been looked at. */
static int where_next(lua_State *L, int status, lua_KContext ctx)
{
    struct tbl_work *w = *(struct tbl_work **)lua_touserdata(L, 3);
    struct tbl *t = tbl_arg(L, 1);
    size_t i = (size_t)ctx;
    for (;;) {
        if (t->data != w->data)
            return problem_raise(L, "gone", "where: the table has got other cells meanwhile");
        if (status == LUA_YIELD) { /* the function has answered for row i */
            if (lua_toboolean(L, -1))
                w->rows.row[w->rows.n++] = (uint32_t)tbl_at(t, i);
            lua_settop(L, 3);
            i++;
        }
        if (i >= tbl_n(t))
            break;
        lua_pushvalue(L, 2);
        tbl_row(L, 1, i);
        lua_callk(L, 1, 1, (lua_KContext)i, where_next);
        status = LUA_YIELD;
    }
    tbl_push_view(L, t, &w->rows);
    return 1;
}

int tbl_where(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    if (lua_type(L, 2) == LUA_TSTRING)
        return where_text(L, t);
    if (!lua_isfunction(L, 2))
        return problem_raise(L, "argument",
                             "where: give a function of a row, or a text such as \"mag < 15\"");
    struct tbl_work *w = tbl_work_new(L, t);
    w->rows.row = mem_alloc((tbl_n(t) + 1) * sizeof *w->rows.row);
    return where_next(L, LUA_OK, 0);
}

/* ---- sort ---- */

static void run_sort(struct tbl_work *w)
{
    table_sort(w->data->t, w->column, w->descending, &w->rows);
}

static int sorted(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = work_at(L);
    struct tbl *t = tbl_arg(L, 1);
    if (t->data != w->data)
        return problem_raise(L, "gone", "sort: the table has got other cells meanwhile");
    tbl_set_rows(t, &w->rows);
    lua_settop(L, 1);
    return 1;
}

int tbl_sort(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    size_t column = tbl_column(L, t, lua_tostring(L, 2));
    bool descending = false;
    if (lua_istable(L, 3)) {
        lua_getfield(L, 3, "desc");
        descending = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    struct tbl_work *w = tbl_work_new(L, t);
    w->run = run_sort;
    w->column = column;
    w->descending = descending;
    tbl_all(t, &w->rows);
    return tbl_work_do(L, w, tbl_n(t), 0, sorted);
}

/* ---- select, head ---- */

static void run_choose(struct tbl_work *w)
{
    w->out = table_choose(w->data->t, w->columns, w->n_columns, w->rows.row ? &w->rows : NULL);
}

static int chosen(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = work_at(L);
    struct table *out = w->out;
    w->out = NULL;
    tbl_push_table(L, out);
    return 1;
}

int tbl_select(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    size_t n = lua_rawlen(L, 2);
    if (n == 0)
        return problem_raise(L, "argument", "select: name the columns: t:select{\"ra\", \"dec\"}");
    if (n > 10000)
        return problem_raise(L, "argument", "select: more than 10000 columns");
    struct tbl_work *w = tbl_work_new(L, t);
    int work = lua_gettop(L);
    w->run = run_choose;
    w->columns = mem_alloc(n * sizeof *w->columns);
    for (size_t i = 0; i < n; i++) {
        if (lua_rawgeti(L, 2, (lua_Integer)i + 1) != LUA_TSTRING)
            return problem_raise(L, "argument", "select: name %d is no text", (int)i + 1);
        w->columns[i] = tbl_column(L, t, lua_tostring(L, -1));
        lua_settop(L, work);
    }
    w->n_columns = n;
    if (t->rows.row)
        tbl_all(t, &w->rows);
    return tbl_work_do(L, w, tbl_n(t) * n, 0, chosen);
}

int tbl_head(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    lua_Integer want = luaL_optinteger(L, 2, 10);
    size_t n = want < 0 ? 0 : (uint64_t)want < tbl_n(t) ? (size_t)want : tbl_n(t);
    struct table_rows rows = {.row = mem_alloc((n + 1) * sizeof *rows.row), .n = n};
    for (size_t i = 0; i < n; i++)
        rows.row[i] = (uint32_t)tbl_at(t, i);
    tbl_push_view(L, t, &rows);
    return 1;
}

/* ---- join ---- */

/* A table of the rows alone, when they are not all of it; *own: it is to be freed. */
static const struct table *whole(const struct table *t, const struct table_rows *rows,
                                 struct table **own)
{
    *own = rows->row ? table_choose(t, NULL, 0, rows) : NULL;
    return *own ? *own : t;
}

static void run_join(struct tbl_work *w)
{
    enum { MAX_PAIRS = 5000000 };
    struct table *own_a, *own_b;
    const struct table *a = whole(w->data->t, &w->rows, &own_a);
    const struct table *b = whole(w->other->t, &w->other_rows, &own_b);
    struct table_place pa, pb;
    struct table_pair *pairs = NULL;
    size_t n = 0;
    if (!table_place_of(a, &pa) || !table_place_of(b, &pb))
        err_set(&w->err, E_RANGE,
                "the %s table has no columns of a position (ra and dec, or their "
                "UCDs)",
                table_place_of(a, &pa) ? "second" : "first");
    else if (table_match(&pa, &pb, w->radius_rad, !w->all, MAX_PAIRS, &pairs, &n, &w->err) == OK)
        w->out = table_join(a, b, pairs, n);
    free(pairs);
    table_free(own_a);
    table_free(own_b);
}

static int joined(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = work_at(L);
    struct table *out = w->out;
    if (!out)
        return problem_raise(L, "argument", "join: %s", w->err.text);
    w->out = NULL;
    tbl_push_table(L, out);
    return 1;
}

int tbl_join(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1), *u = tbl_arg(L, 2);
    double radius = 2 * ARCSEC;
    bool all = false;
    if (lua_istable(L, 3)) {
        if (opt_field(L, 3, "radius"))
            radius = arg_angle(L, -1, "join: radius");
        lua_getfield(L, 3, "all");
        all = lua_toboolean(L, -1);
        lua_settop(L, 3);
    }
    struct tbl_work *w = tbl_work_new(L, t);
    w->run = run_join;
    w->other = tbl_hold(u->data);
    w->radius_rad = radius;
    w->all = all;
    if (t->rows.row)
        tbl_all(t, &w->rows);
    if (u->rows.row)
        tbl_all(u, &w->other_rows);
    return tbl_work_do(L, w, tbl_n(t) + tbl_n(u), 0, joined);
}
