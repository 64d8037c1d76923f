/* tbl_make.c - tables and columns from values of a script. The values of a column decide its type: all
 * whole numbers `long`, numbers `double`, booleans, texts; angles degrees, durations seconds, times
 * ISO texts. Not: tables from files and services.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "tbl.h"

enum kind { K_NONE, K_INT, K_NUMBER, K_BOOL, K_TEXT, K_ANGLE, K_DURATION, K_TIME };

static const struct {
    const char *datatype, *unit, *arraysize, *xtype;
} of_kind[] = {
    [K_NONE] = {"double", NULL, NULL, NULL},    [K_INT] = {"long", NULL, NULL, NULL},
    [K_NUMBER] = {"double", NULL, NULL, NULL},  [K_BOOL] = {"boolean", NULL, NULL, NULL},
    [K_TEXT] = {"char", NULL, "*", NULL},       [K_ANGLE] = {"double", "deg", NULL, NULL},
    [K_DURATION] = {"double", "s", NULL, NULL}, [K_TIME] = {"char", NULL, "*", "timestamp"}};

/* struct values - of a column, one a row. at: a number, an integer, or the end of its text in `text`. */
union value {
    double x;
    int64_t i;
};
struct values {
    enum kind kind;
    VEC(union value) at;
    VEC(unsigned char) there; /* not nil */
    struct str text;
    size_t text_from;
    const char *name, *unit, *ucd, *utype, *description;
};

/* struct making - the columns of a table, or one, being gathered. */
struct making {
    struct arena arena; /* of their texts */
    struct values *v;
    size_t n;
};

static void making_clear(struct making *m)
{
    for (size_t i = 0; i < m->n; i++) {
        VEC_FREE(m->v[i].at);
        VEC_FREE(m->v[i].there);
        str_clear(&m->v[i].text);
    }
    free(m->v);
    arena_clear(&m->arena);
    *m = (struct making){0};
}

static void making_free(void *m)
{
    making_clear(m);
    free(m);
}

static int making_gone(lua_State *L)
{
    making_clear(lua_touserdata(L, 1));
    return 0;
}

static struct making *push_making(lua_State *L, size_t n)
{
    struct making *m = push_owned(L, "vigie.making", sizeof *m, making_gone);
    m->v = mem_zero(n * sizeof *m->v);
    m->n = n;
    return m;
}

/* The columns go to the work, which runs beside the loop. */
static void give_to_work(struct making *m, struct tbl_work *w)
{
    w->extra = mem_dup(m, sizeof *m);
    w->extra_free = making_free;
    *m = (struct making){0};
}

static enum kind kind_of(lua_State *L, int i)
{
    switch (lua_type(L, i)) {
    case LUA_TNUMBER: return lua_isinteger(L, i) ? K_INT : K_NUMBER;
    case LUA_TBOOLEAN: return K_BOOL;
    case LUA_TSTRING: return K_TEXT;
    default: break;
    }
    return is_type(L, i, t_angle)      ? K_ANGLE
           : is_type(L, i, t_duration) ? K_DURATION
           : is_type(L, i, t_time)     ? K_TIME
                                       : K_NONE;
}

/* Whole numbers so far, now one that is not. */
static void to_numbers(struct values *v)
{
    for (size_t i = 0; i < v->at.n; i++)
        v->at.at[i].x = (double)v->at.at[i].i;
    v->kind = K_NUMBER;
}

static union value value_of(lua_State *L, int i, struct values *v)
{
    size_t n;
    union value x = {.i = 0};
    switch (v->kind) {
    case K_INT: x.i = lua_tointeger(L, i); break;
    case K_BOOL: x.i = lua_toboolean(L, i); break;
    case K_NONE:
    case K_NUMBER: x.x = lua_tonumber(L, i); break;
    case K_ANGLE: x.x = *(double *)lua_touserdata(L, i) * (180 / M_PI); break;
    case K_DURATION: x.x = *(double *)lua_touserdata(L, i); break;
    case K_TEXT: {
        const char *s = lua_tolstring(L, i, &n);
        str_addn(&v->text, s, n);
        x.i = (int64_t)v->text.n;
        break;
    }
    case K_TIME: {
        char iso[UTC_TEXT];
        str_add(&v->text, utc_format(*(struct jd_utc *)lua_touserdata(L, i), 3, iso));
        x.i = (int64_t)v->text.n;
        break;
    }
    }
    return x;
}

/* Takes the value at i as the next of the column; raises for one that does not fit it. */
static void take_value(lua_State *L, int i, struct values *v, const char *what, size_t row)
{
    union value x = {.i = 0};
    bool there = !lua_isnil(L, i);
    enum kind k = there ? kind_of(L, i) : K_NONE;
    if (there && k == K_NONE)
        problem_raise(L, "argument", "%s: row %d of %.60s is a %s, which no column holds", what,
                      (int)row + 1, v->name, luaL_typename(L, i));
    if (there && v->kind == K_INT && k == K_NUMBER)
        to_numbers(v);
    if (there && v->kind == K_NONE) {
        v->kind = k;
    } else if (there && v->kind != k && !(v->kind == K_NUMBER && k == K_INT)) {
        problem_raise(L, "argument", "%s: row %d of %.60s is of another type than those before",
                      what, (int)row + 1, v->name);
    }
    if (there)
        x = value_of(L, i, v);
    else if (v->kind == K_TEXT || v->kind == K_TIME)
        x.i = (int64_t)v->text.n;
    VEC_PUSH(v->at, x);
    VEC_PUSH(v->there, there);
}

static size_t add_field(struct table *t, const struct values *v, bool filled)
{
    const struct table_field f = {.name = v->name,
                                  .unit = v->unit ? v->unit : of_kind[v->kind].unit,
                                  .ucd = v->ucd,
                                  .utype = v->utype,
                                  .description = v->description,
                                  .datatype = of_kind[v->kind].datatype,
                                  .arraysize = of_kind[v->kind].arraysize,
                                  .xtype = of_kind[v->kind].xtype};
    return filled ? table_add_open(t, &f) : table_add(t, &f);
}

static void put_value(struct table *t, size_t column, struct values *v, size_t i)
{
    union value x = v->at.at[i];
    if (!v->there.at[i]) {
        table_put_null(t, column);
        return;
    }
    switch (v->kind) {
    case K_INT: table_put_int(t, column, x.i); break;
    case K_BOOL: *(uint8_t *)table_put_room(t, column, 1) = x.i != 0; break;
    case K_NONE:
    case K_NUMBER:
    case K_ANGLE:
    case K_DURATION: table_put_double(t, column, x.x); break;
    case K_TEXT:
    case K_TIME:
        table_put_string(t, column, str_c(&v->text) + v->text_from, (size_t)x.i - v->text_from);
        v->text_from = (size_t)x.i;
        break;
    }
}

static const char *text_of(lua_State *L, struct making *m, int t, const char *key)
{
    const char *s = NULL;
    if (lua_istable(L, t)) {
        if (lua_getfield(L, t, key) == LUA_TSTRING)
            s = arena_str(&m->arena, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return s;
}

static void read_field(lua_State *L, struct making *m, struct values *v, int t)
{
    v->unit = text_of(L, m, t, "unit");
    v->ucd = text_of(L, m, t, "ucd");
    v->utype = text_of(L, m, t, "utype");
    v->description = text_of(L, m, t, "description");
}

/* ---- add_column ---- */

static void fill(struct table *t, struct values *v)
{
    size_t column = add_field(t, v, true);
    for (size_t i = 0; i < v->at.n; i++)
        put_value(t, column, v, i);
}

/* Cells of its own: nobody else sees the new column. */
static void run_add(struct tbl_work *w)
{
    w->out = table_choose(w->data->t, NULL, 0, w->rows.row ? &w->rows : NULL);
    fill(w->out, ((struct making *)w->extra)->v);
}

static int added(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = *(struct tbl_work **)lua_touserdata(L, -1);
    struct tbl *t = tbl_arg(L, 1);
    if (t->data != w->data)
        return problem_raise(L, "gone", "add_column: the table has got other cells meanwhile");
    tbl_replace(t, w->out);
    w->out = NULL;
    lua_settop(L, 1);
    return 1;
}

static int put_column(lua_State *L, struct tbl *t, struct making *m)
{
    if (tbl_n(t) != m->v->at.n)
        return problem_raise(L, "gone", "add_column: the table has changed meanwhile");
    if (t->data->users == 1 && !t->rows.row) {
        tbl_room(L, m->v->at.n * sizeof(union value) + m->v->text.n);
        fill(t->data->t, m->v);
        tbl_recount(t->data);
        lua_settop(L, 1);
        return 1;
    }
    struct tbl_work *w = tbl_work_new(L, t);
    w->run = run_add;
    if (t->rows.row)
        tbl_all(t, &w->rows);
    give_to_work(m, w);
    return tbl_work_do(L, w, tbl_n(t) * t->data->t->n_columns, 0, added);
}

/* Index 5: the values. ctx: rows done. */
static int add_next(lua_State *L, int status, lua_KContext ctx)
{
    struct tbl *t = tbl_arg(L, 1);
    struct making *m = lua_touserdata(L, 5);
    size_t i = (size_t)ctx;
    for (;;) {
        if (status == LUA_YIELD) {
            take_value(L, 6, m->v, "add_column", i);
            lua_settop(L, 5);
            i++;
        }
        if (i >= tbl_n(t))
            return put_column(L, t, m);
        lua_pushvalue(L, 3);
        tbl_row(L, 1, i);
        lua_callk(L, 1, 1, (lua_KContext)i, add_next);
        status = LUA_YIELD;
        t = tbl_arg(L, 1);
    }
}

int tbl_add_column(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    lua_settop(L, 4);
    if (table_find(t->data->t, lua_tostring(L, 2)) >= 0)
        return problem_raise(L, "argument", "add_column: there is a column %.60s already",
                             lua_tostring(L, 2));
    struct making *m = push_making(L, 1);
    m->v->name = arena_str(&m->arena, lua_tostring(L, 2));
    read_field(L, m, m->v, 4);
    return add_next(L, LUA_OK, 0);
}

/* ---- tbl.new ---- */

enum { MAX_COLUMNS = 1000 };

/* The names that the rows have, sorted: a list at the top. */
static size_t names_of_rows(lua_State *L, lua_Integer n)
{
    size_t count = 0;
    lua_newtable(L);
    int list = lua_gettop(L);
    lua_newtable(L); /* those seen */
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i);
        lua_pushnil(L);
        while (lua_istable(L, -2) && lua_next(L, -2)) {
            lua_pop(L, 1);
            lua_pushvalue(L, -1);
            if (lua_type(L, -1) != LUA_TSTRING || lua_rawget(L, list + 1) != LUA_TNIL) {
                lua_pop(L, 1);
                continue;
            }
            lua_pop(L, 1);
            if (++count > MAX_COLUMNS)
                problem_raise(L, "limit", "tbl.new: more than %d columns", MAX_COLUMNS);
            lua_pushvalue(L, -1);
            lua_pushboolean(L, 1);
            lua_rawset(L, list + 1);
            size_t at = count; /* insertion: names are few */
            for (; at > 1; at--) {
                lua_rawgeti(L, list, (lua_Integer)at - 1);
                bool before = strcmp(lua_tostring(L, -1), lua_tostring(L, -2)) <= 0;
                if (before) {
                    lua_pop(L, 1);
                    break;
                }
                lua_rawseti(L, list, (lua_Integer)at);
            }
            lua_pushvalue(L, -1);
            lua_rawseti(L, list, (lua_Integer)at);
        }
        lua_settop(L, list + 1);
    }
    lua_settop(L, list);
    return count;
}

/* A column as it was named: a text, or {name =, unit =, ucd =, ...}. */
static void read_column(lua_State *L, struct making *m, int list, size_t k)
{
    struct values *v = &m->v[k];
    if (lua_rawgeti(L, list, (lua_Integer)k + 1) == LUA_TSTRING)
        v->name = arena_str(&m->arena, lua_tostring(L, -1));
    else
        v->name = text_of(L, m, lua_gettop(L), "name");
    read_field(L, m, v, lua_gettop(L));
    lua_pop(L, 1);
    if (!v->name)
        problem_raise(L, "argument", "tbl.new: column %d has no name", (int)k + 1);
}

static void read_row(lua_State *L, struct values *v, size_t n_columns, lua_Integer row)
{
    int top = lua_gettop(L);
    if (lua_rawgeti(L, 1, row) != LUA_TTABLE)
        problem_raise(L, "argument", "tbl.new: row %d is no table", (int)row);
    bool listed = lua_rawlen(L, -1) > 0;
    for (size_t k = 0; k < n_columns; k++) {
        if (listed)
            lua_rawgeti(L, top + 1, (lua_Integer)k + 1);
        else
            lua_getfield(L, top + 1, v[k].name);
        take_value(L, lua_gettop(L), &v[k], "tbl.new", (size_t)row - 1);
        lua_settop(L, top + 1);
    }
    lua_settop(L, top);
}

static struct table *make_table(struct values *v, size_t n_columns, size_t n)
{
    struct table *t = table_new(NULL);
    struct error err;
    for (size_t k = 0; k < n_columns; k++)
        add_field(t, &v[k], false);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n_columns; k++)
            put_value(t, k, &v[k], i);
        if (table_row_end(t, &err) != OK)
            break;
    }
    return t;
}

static void run_new(struct tbl_work *w)
{
    struct making *m = w->extra;
    w->out = make_table(m->v, m->n, m->v[0].at.n);
}

static int made(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = *(struct tbl_work **)lua_touserdata(L, -1);
    struct table *t = w->out;
    w->out = NULL;
    tbl_push_table(L, t);
    return 1;
}

/* Index 3: the columns. ctx: rows done; a long list is read in slices. */
static int new_next(lua_State *L, int status, lua_KContext ctx)
{
    enum { SLICE_US = 4000, LOOK = 256 };
    (void)status;
    struct lua_host *h = HOST(L);
    struct making *m = lua_touserdata(L, 3);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1), i = (lua_Integer)ctx;
    int64_t end = clock_thread_us() + SLICE_US;
    for (; i < n; i++) {
        read_row(L, m->v, m->n, i + 1);
        if (i % LOOK == LOOK - 1 && clock_thread_us() > end && lua_isyieldable(L)) {
            task_wake(h, h->running->id, task_wait(h, "its table", NULL, NULL));
            return task_leave(L, i + 1, new_next);
        }
    }
    struct tbl_work *w = tbl_work_new(L, NULL);
    w->run = run_new;
    size_t cells = m->n * m->v[0].at.n;
    give_to_work(m, w);
    return tbl_work_do(L, w, cells, 0, made);
}

int tbl_new(lua_State *L)
{
    size_t n_columns;
    lua_settop(L, 1);
    if (lua_getfield(L, 1, "columns") == LUA_TTABLE) {
        n_columns = lua_rawlen(L, 2);
        if (n_columns > MAX_COLUMNS)
            return problem_raise(L, "limit", "tbl.new: more than %d columns", MAX_COLUMNS);
    } else {
        lua_settop(L, 1);
        n_columns = names_of_rows(L, (lua_Integer)lua_rawlen(L, 1));
    }
    if (n_columns == 0)
        return problem_raise(L, "argument",
                             "tbl.new: no columns: tbl.new{{ra = 1, dec = 2}, ...} or "
                             "tbl.new{{1, 2}, columns = {\"ra\", \"dec\"}}");
    struct making *m = push_making(L, n_columns);
    for (size_t k = 0; k < n_columns; k++)
        read_column(L, m, 2, k);
    return new_next(L, LUA_OK, 0);
}
