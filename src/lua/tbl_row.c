/* tbl_row.c - what a script reads of a table: a row (row.ra, row:getbyucd()), a column as a vector
 * (t.ra:mean()), a cell as a value. Not: the table itself (tbl.c).
 */
#include <math.h>
#include <string.h>

#include "push.h"
#include "tbl.h"

const char t_row[] = "row", t_vector[] = "column";

extern const struct lua_type lua_type_row, lua_type_vector;

/* struct row - the table is user value 1; at: row of its cells; generation: the table's, when it was made. */
struct row {
    uint32_t at, generation;
};
struct vector {
    uint32_t column, generation;
};

/* ---- cells ---- */

static void push_element(lua_State *L, const struct table_column *c, const void *cell, uint32_t i)
{
    int16_t i2;
    int32_t i4;
    int64_t i8;
    float x[2];
    double y[2];
    switch (c->type) {
    case TABLE_BOOL: lua_pushboolean(L, ((const unsigned char *)cell)[i]); break;
    case TABLE_BIT:
    case TABLE_U8: lua_pushinteger(L, ((const unsigned char *)cell)[i]); break;
    case TABLE_I16:
        memcpy(&i2, (const char *)cell + i * sizeof i2, sizeof i2);
        lua_pushinteger(L, i2);
        break;
    case TABLE_I32:
        memcpy(&i4, (const char *)cell + i * sizeof i4, sizeof i4);
        lua_pushinteger(L, i4);
        break;
    case TABLE_I64:
        memcpy(&i8, (const char *)cell + i * sizeof i8, sizeof i8);
        lua_pushinteger(L, i8);
        break;
    case TABLE_F32:
        memcpy(x, (const char *)cell + i * sizeof *x, sizeof *x);
        lua_pushnumber(L, (double)x[0]);
        break;
    case TABLE_F64:
        memcpy(y, (const char *)cell + i * sizeof *y, sizeof *y);
        lua_pushnumber(L, y[0]);
        break;
    case TABLE_C32:
        memcpy(x, (const char *)cell + i * sizeof x, sizeof x);
        y[0] = (double)x[0];
        y[1] = (double)x[1];
        lua_createtable(L, 0, 2);
        set_number(L, "re", y[0]);
        set_number(L, "im", y[1]);
        break;
    case TABLE_C64:
        memcpy(y, (const char *)cell + i * sizeof y, sizeof y);
        lua_createtable(L, 0, 2);
        set_number(L, "re", y[0]);
        set_number(L, "im", y[1]);
        break;
    case TABLE_TEXT: lua_pushnil(L); break;
    }
}

/* A cell that is a list: nulls in it are missing, n says how many elements there are. */
static void push_list(lua_State *L, const struct table *t, size_t row, size_t column)
{
    const struct table_column *c = &t->column[column];
    uint32_t n = table_count(t, row, column);
    const void *cell = table_at(t, row, column);
    size_t bytes;
    lua_createtable(L, n < 1000000 ? (int)n : 0, 1);
    for (uint32_t i = 0; i < n; i++) {
        if (table_null_at(t, row, column, i))
            continue;
        if (c->type == TABLE_TEXT) {
            const char *s = table_text_at(t, row, column, i, &bytes);
            lua_pushlstring(L, s, bytes);
        } else {
            push_element(L, c, cell, i);
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushinteger(L, n);
    lua_setfield(L, -2, "n");
}

void tbl_cell(lua_State *L, const struct table *t, size_t row, size_t column)
{
    const struct table_column *c = &t->column[column];
    size_t n;
    if (table_null(t, row, column)) {
        lua_pushnil(L);
    } else if (c->array) {
        push_list(L, t, row, column);
    } else if (c->type == TABLE_TEXT) {
        const char *s = table_text(t, row, column, &n);
        lua_pushlstring(L, s, n);
    } else {
        push_element(L, c, table_at(t, row, column), 0);
    }
}

/* ---- rows ---- */

void tbl_row(lua_State *L, int index, size_t i)
{
    struct tbl *t = lua_touserdata(L, index);
    index = lua_absindex(L, index);
    struct row *r = lua_newuserdatauv(L, sizeof *r, 1);
    *r = (struct row){(uint32_t)tbl_at(t, i), t->generation};
    lua_pushvalue(L, index);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, t_row);
}

/* The row at index 1 and its table, which is pushed. */
static struct tbl *row_table(lua_State *L, struct row **r)
{
    *r = luaL_checkudata(L, 1, t_row);
    lua_getiuservalue(L, 1, 1);
    struct tbl *t = lua_touserdata(L, -1);
    if (!t->data || t->generation != (*r)->generation || (*r)->at >= t->data->t->rows)
        problem_raise(L, "gone", "this row is of a table that %s",
                      t->data ? "has other cells now; take it again: t[i]" : "was closed");
    return t;
}

static int row_index(lua_State *L)
{
    struct row *r;
    const char *key = luaL_checkstring(L, 2);
    struct tbl *t = row_table(L, &r);
    int c = tbl_find(t, key);
    if (c < 0) {
        if (luaL_getmetafield(L, 1, "methods") == LUA_TTABLE) {
            lua_pushvalue(L, 2);
            if (lua_rawget(L, -2) != LUA_TNIL)
                return 1;
        }
        tbl_column(L, t, key); /* raises with the nearest name */
    }
    tbl_cell(L, t->data->t, r->at, (size_t)c);
    return 1;
}

static int row_set(lua_State *L)
{
    return problem_raise(L, "argument",
                         "the cells of a table are not changed; t:add_column makes new ones");
}

static int row_ucd(lua_State *L)
{
    struct row *r;
    struct tbl *t = row_table(L, &r);
    int c = table_find_ucd(t->data->t, lua_tostring(L, 2), NULL);
    if (c < 0)
        lua_pushnil(L);
    else
        tbl_cell(L, t->data->t, r->at, (size_t)c);
    return 1;
}

static int row_eq(lua_State *L)
{
    const struct row *a = luaL_testudata(L, 1, t_row), *b = luaL_testudata(L, 2, t_row);
    lua_getiuservalue(L, 1, 1);
    lua_getiuservalue(L, 2, 1);
    lua_pushboolean(L, a && b && a->at == b->at && lua_rawequal(L, -1, -2));
    return 1;
}

/* All cells in a line: name = value. */
static int row_text(lua_State *L)
{
    struct row *r;
    const struct table *d = row_table(L, &r)->data->t;
    struct str *s = push_str(L), *cell = push_str(L);
    s->max = 2000;
    for (size_t i = 0; i < d->n_columns && !s->over; i++) {
        const char *name = d->column[i].field.name;
        str_reset(cell);
        table_cell(d, r->at, i, cell);
        str_addf(s, "%s%s = %s", i ? ", " : "{", name ? name : "?",
                 table_null(d, r->at, i) ? "nil" : str_c(cell));
    }
    str_add(s, s->over ? " ...}" : "}");
    lua_pushlstring(L, str_c(s), s->n);
    return 1;
}

/* Upvalues: the table, the number of the row given last. */
int tbl_row_next(lua_State *L)
{
    struct tbl *t = tbl_arg(L, lua_upvalueindex(1));
    size_t i = (size_t)lua_tointeger(L, lua_upvalueindex(2));
    if (i >= tbl_n(t))
        return 0;
    lua_pushinteger(L, (lua_Integer)i + 1);
    lua_replace(L, lua_upvalueindex(2));
    tbl_row(L, lua_upvalueindex(1), i);
    return 1;
}

static const struct lua_fn row_rows[] = {
    {"getbyucd", row_ucd, "(ucd: string)", "value",
     "The cell of the column with this UCD; nil without one.",
     "local t = tbl.new{{ra = 10}, columns = {{name = \"ra\", ucd = \"pos.eq.ra;meta.main\"}}} "
     "print(t[1]:getbyucd\"pos.eq.ra;meta.main\")"},
    {0}};
const struct lua_type lua_type_row = {
    t_row, "a row of a tbl: row.ra, row[\"ra\"]; what is null is nil", row_rows};

/* ---- vectors ---- */

void tbl_vector(lua_State *L, int index, size_t column)
{
    struct tbl *t = lua_touserdata(L, index);
    index = lua_absindex(L, index);
    struct vector *v = lua_newuserdatauv(L, sizeof *v, 1);
    *v = (struct vector){(uint32_t)column, t->generation};
    lua_pushvalue(L, index);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, t_vector);
}

static struct tbl *table_of_vector(lua_State *L, int index, struct vector **v)
{
    *v = luaL_checkudata(L, index, t_vector);
    lua_getiuservalue(L, index, 1);
    struct tbl *t = lua_touserdata(L, -1);
    if (!t->data || t->generation != (*v)->generation || (*v)->column >= t->data->t->n_columns)
        problem_raise(L, "gone", "this column is of a table that %s",
                      t->data ? "has other cells now; take it again" : "was closed");
    return t;
}

static struct tbl *vector_table(lua_State *L, struct vector **v)
{
    return table_of_vector(L, 1, v);
}

struct tbl *tbl_vector_of(lua_State *L, int index, size_t *column)
{
    struct vector *v;
    struct tbl *t = table_of_vector(L, index, &v);
    lua_pop(L, 1); /* the vector holds it */
    *column = v->column;
    return t;
}

static int vector_element(lua_State *L)
{
    struct vector *v;
    struct tbl *t = vector_table(L, &v);
    lua_Integer i = lua_tointeger(L, 2);
    if (i == 0)
        return problem_raise(L, "argument", "lists begin at 1 in Lua; the first is [1]");
    if (i < 1 || (uint64_t)i > tbl_n(t))
        lua_pushnil(L);
    else
        tbl_cell(L, t->data->t, tbl_at(t, (size_t)i - 1), v->column);
    return 1;
}

static int vector_index(lua_State *L)
{
    if (lua_isinteger(L, 2))
        return vector_element(L);
    struct vector *v;
    const char *key = luaL_checkstring(L, 2);
    const struct table_field *f = &vector_table(L, &v)->data->t->column[v->column].field;
    const struct {
        const char *name, *value;
    } field[] = {{"name", f->name},
                 {"unit", f->unit},
                 {"ucd", f->ucd},
                 {"utype", f->utype},
                 {"description", f->description},
                 {"datatype", f->datatype}};
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
        if (strcmp(key, field[i].name) == 0) {
            lua_pushstring(L, field[i].value); /* NULL: nil */
            return 1;
        }
    return api_member(L, &lua_type_vector);
}

static int vector_len(lua_State *L)
{
    struct vector *v;
    lua_pushinteger(L, (lua_Integer)tbl_n(vector_table(L, &v)));
    return 1;
}

enum { MIN, MAX, MEAN, MEDIAN, SUM, SD };

/* Whole numbers: exact, where a double would round them. */
static void whole_stat(struct tbl_work *w)
{
    const struct table *t = w->data->t;
    size_t n = w->rows.row ? w->rows.n : t->rows, found = 0;
    int64_t x;
    w->whole = true;
    for (size_t i = 0; i < n; i++) {
        if (!table_int(t, w->rows.row ? w->rows.row[i] : i, w->column, &x))
            continue;
        w->least = found && w->least < x ? w->least : x;
        w->most = found && w->most > x ? w->most : x;
        w->whole = w->whole && !__builtin_add_overflow(w->total, x, &w->total);
        found++;
    }
    w->whole = w->whole && found;
}

static void run_stat(struct tbl_work *w)
{
    enum table_type type = w->data->t->column[w->column].type;
    if (type != TABLE_F32 && type != TABLE_F64)
        whole_stat(w);
    w->stat = table_statistics(w->data->t, w->column, w->rows.row ? &w->rows : NULL);
}

static int stat_there(lua_State *L, int status, lua_KContext what)
{
    (void)status;
    const struct tbl_work *w = *(struct tbl_work **)lua_touserdata(L, -1);
    const struct table_stat *s = &w->stat;
    const double x[] = {[MIN] = s->min,       [MAX] = s->max, [MEAN] = s->mean,
                        [MEDIAN] = s->median, [SUM] = s->sum, [SD] = s->sd};
    if (w->whole && (what == MIN || what == MAX || what == SUM))
        lua_pushinteger(L, what == MIN ? w->least : what == MAX ? w->most : w->total);
    else if (what == SUM && s->n == 0)
        lua_pushnumber(L, 0);
    else if (isnan(x[what])) /* of nothing */
        lua_pushnil(L);
    else
        lua_pushnumber(L, x[what]);
    return 1;
}

static int statistic(lua_State *L, int what)
{
    struct vector *v;
    struct tbl *t = vector_table(L, &v);
    const struct table_column *c = &t->data->t->column[v->column];
    if (c->array || c->type == TABLE_TEXT || c->type == TABLE_C32 || c->type == TABLE_C64)
        return problem_raise(L, "argument", "the column %s holds no numbers",
                             c->field.name ? c->field.name : "?");
    struct tbl_work *w = tbl_work_new(L, t);
    w->column = v->column;
    w->run = run_stat;
    if (t->rows.row)
        tbl_all(t, &w->rows);
    return tbl_work_do(L, w, tbl_n(t), what, stat_there);
}

static int vector_min(lua_State *L)
{
    return statistic(L, MIN);
}

static int vector_max(lua_State *L)
{
    return statistic(L, MAX);
}

static int vector_mean(lua_State *L)
{
    return statistic(L, MEAN);
}

static int vector_median(lua_State *L)
{
    return statistic(L, MEDIAN);
}

static int vector_sum(lua_State *L)
{
    return statistic(L, SUM);
}

static int vector_sd(lua_State *L)
{
    return statistic(L, SD);
}

static int vector_text(lua_State *L)
{
    enum { SHOWN = 10 };
    struct vector *v;
    struct tbl *t = vector_table(L, &v);
    struct str *s = push_str(L);
    size_t n = tbl_n(t);
    str_addc(s, '{');
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        size_t before;
        str_add(s, i ? ", " : "");
        before = s->n;
        table_cell(t->data->t, tbl_at(t, i), v->column, s);
        if (s->n == before)
            str_add(s, table_null(t->data->t, tbl_at(t, i), v->column) ? "nil" : "nan");
    }
    if (n > SHOWN)
        str_addf(s, ", ... %zu}", n);
    else
        str_addc(s, '}');
    lua_pushlstring(L, str_c(s), s->n);
    return 1;
}

#define MAGS "local t = tbl.new{{mag = 12.5}, {mag = 13}, {mag = 15.1}} print(t.mag:"
static const struct lua_fn vector_rows[] = {
    {"min", vector_min, "()", "number", "The smallest; nulls and NaN do not count, nil of nothing.",
     MAGS "min())"},
    {"max", vector_max, "()", "number", "The largest.", MAGS "max())"},
    {"mean", vector_mean, "()", "number", "The mean.", MAGS "mean())"},
    {"median", vector_median, "()", "number", "The median.", MAGS "median())"},
    {"sum", vector_sum, "()", "number", "The sum.", MAGS "sum())"},
    {"sd", vector_sd, "()", "number", "The standard deviation (n - 1).", MAGS "sd())"},
    {"name", NULL, NULL, "string", "its name", NULL},
    {"unit", NULL, NULL, "string", "its unit, as the service wrote it", NULL},
    {"ucd", NULL, NULL, "string", "its UCD", NULL},
    {"utype", NULL, NULL, "string", "its UTYPE", NULL},
    {"description", NULL, NULL, "string", "its description", NULL},
    {"datatype", NULL, NULL, "string", "its datatype in VOTable", NULL},
    {0}};
const struct lua_type lua_type_vector = {
    t_vector, "a column of a tbl: t.ra, t:column\"ra\"; #v, v[i]", vector_rows};

void tbl_open_rows(lua_State *L)
{
    static const luaL_Reg row[] = {{"__index", row_index},
                                   {"__newindex", row_set},
                                   {"__eq", row_eq},
                                   {"__tostring", row_text},
                                   {NULL, NULL}};
    static const luaL_Reg vector[] = {{"__index", vector_index},
                                      {"__newindex", row_set},
                                      {"__len", vector_len},
                                      {"__tostring", vector_text},
                                      {NULL, NULL}};
    push_type(L, t_row, row, row_rows);
    push_type(L, t_vector, vector, vector_rows);
}
