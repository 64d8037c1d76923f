/* api_plot.c - ui.plot and ui.chart: values and positions as pictures in the VO tab. Not: any drawing (the ui's).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "tbl.h"
#include "vigie/session/vodesk.h"

/* Of more points every k-th: a screen has far fewer dots. */
enum { POINTS = 200000 };

static const double DEG = 57.295779513082323;

/* struct axis - where the values of an axis come from: a column of a tbl, or a list at an index. */
struct axis {
    const struct tbl *t;
    size_t column, n;
    int list;
    const char *name;
    struct table_field field;
};

static void axis_of(lua_State *L, int index, const char *name, struct axis *a)
{
    *a = (struct axis){.name = name, .field = {.name = name, .datatype = "double"}};
    if (luaL_testudata(L, index, t_vector)) {
        a->t = tbl_vector_of(L, index, &a->column);
        a->n = tbl_n(a->t);
        const struct table_field *f = &a->t->data->t->column[a->column].field;
        a->field.name = f->name ? f->name : name;
        a->field.unit = f->unit;
        a->field.ucd = f->ucd;
    } else if (lua_istable(L, index)) {
        a->list = index;
        a->n = lua_rawlen(L, index);
    } else {
        problem_raise(L, "argument",
                      "ui.plot: %s: a column of a tbl (t.mag) or a list of numbers, got %s", name,
                      luaL_typename(L, index));
    }
}

/* A number, or what a value of the sky is in days (time, duration) or degrees (angle); NAN: nothing. */
static double number_of(lua_State *L, const struct axis *a, size_t i)
{
    if (a->t)
        return table_double(a->t->data->t, tbl_at(a->t, i), a->column);
    double x = NAN;
    lua_rawgeti(L, a->list, (lua_Integer)i + 1);
    if (lua_type(L, -1) == LUA_TNUMBER) {
        x = lua_tonumber(L, -1);
    } else if (is_type(L, -1, t_time)) {
        const struct jd_utc *t = lua_touserdata(L, -1);
        x = t->d1 + t->d2;
    } else if (is_type(L, -1, t_angle)) {
        x = *(const double *)lua_touserdata(L, -1) * DEG;
    } else if (is_type(L, -1, t_duration)) {
        x = *(const double *)lua_touserdata(L, -1) / 86400;
    } else if (!lua_isnil(L, -1)) {
        problem_raise(L, "argument", "ui.plot: %s[%d] is a %s, no number", a->name, (int)i + 1,
                      luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    return x;
}

/* The unit of a list is that of its first value. */
static void unit_of(lua_State *L, struct axis *a)
{
    if (!a->list)
        return;
    lua_rawgeti(L, a->list, 1);
    a->field.unit = is_type(L, -1, t_time)       ? "JD"
                    : is_type(L, -1, t_angle)    ? "deg"
                    : is_type(L, -1, t_duration) ? "d"
                                                 : NULL;
    lua_pop(L, 1);
}

static const char *option(lua_State *L, int index, const char *key)
{
    if (!lua_istable(L, index))
        return NULL;
    const char *text = lua_getfield(L, index, key) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 1); /* the options hold it */
    return text;
}

int ui_plot(lua_State *L)
{
    struct axis x, y;
    struct error err;
    lua_settop(L, 3);
    axis_of(L, 1, "x", &x);
    axis_of(L, 2, "y", &y);
    unit_of(L, &x);
    unit_of(L, &y);
    if (x.n != y.n)
        return problem_raise(L, "argument", "ui.plot: x has %d values, y has %d", (int)x.n,
                             (int)y.n);
    if (option(L, 3, "x"))
        x.field.name = option(L, 3, "x");
    if (option(L, 3, "y"))
        y.field.name = option(L, 3, "y");
    bool down =
        lua_istable(L, 3) && lua_getfield(L, 3, "mag") == LUA_TBOOLEAN && lua_toboolean(L, -1);
    if (down)
        y.field.ucd = "phot.mag";
    const char *title = option(L, 3, "title");
    /* a table that an error on the way frees */
    struct tbl *made = tbl_push_table(L, table_new(NULL));
    struct table *t = made->data->t;
    table_add(t, &x.field);
    table_add(t, &y.field);
    for (size_t i = 0; i < x.n; i += x.n / POINTS + 1) {
        table_put_double(t, 0, number_of(L, &x, i));
        table_put_double(t, 1, number_of(L, &y, i));
        if (table_row_end(t, &err) != OK)
            return problem_raise_error(L, &err);
    }
    tbl_recount(made->data);
    struct task *task = HOST(L)->running;
    if (!tbl_has_tab(L) || !task) {
        lua_replace(L, 1);
        lua_settop(L, 1);
        return tbl_show(L);
    }
    made->data->t = table_new(NULL); /* the tab takes it */
    tbl_recount(made->data);
    const struct vo_picture picture = {VO_PICTURE_PLOT, NAN, NAN, NAN};
    if (session_vo_picture(api_session(L), title ? title : task->name, t, task->console, &picture,
                           &err) != OK)
        return problem_raise(L, "limit", "ui.plot: %s", err.text);
    return 0;
}

static void run_copy(struct tbl_work *w)
{
    w->out = table_choose(w->data->t, NULL, 0, &w->rows);
}

static int charted(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = *(struct tbl_work **)lua_touserdata(L, -1);
    struct task *task = HOST(L)->running;
    struct table *t = w->out;
    struct error err;
    w->out = NULL;
    t->partial = w->data->t->partial;
    enum status s = session_vo_picture(api_session(L), t->name && *t->name ? t->name : task->name,
                                       t, task->console, w->extra, &err);
    return s == OK
               ? 0
               : problem_raise(L, s == E_ABSENT ? "argument" : "limit", "ui.chart: %s", err.text);
}

int ui_chart(lua_State *L)
{
    lua_settop(L, 2);
    struct sky_star c = arg_coord(L, 1, "ui.chart");
    struct vo_picture *picture;
    double radius = NAN;
    if (!lua_istable(L, 2) || lua_getfield(L, 2, "stars") == LUA_TNIL)
        return problem_raise(
            L, "argument",
            "ui.chart: which stars? {stars = vo.gaia.field{pos = c, radius = \"10'\"}}");
    struct tbl *t = tbl_arg(L, 3);
    if (lua_getfield(L, 2, "radius") != LUA_TNIL)
        radius = arg_angle(L, -1, "ui.chart: radius") * DEG;
    if (!(radius > 0) && !isnan(radius))
        return problem_raise(L, "argument", "ui.chart: the radius must be above 0");
    lua_settop(L, 3);
    if (!tbl_has_tab(L) || !HOST(L)->running) {
        lua_replace(L, 1);
        lua_settop(L, 1);
        return tbl_show(L);
    }
    struct tbl_work *w = tbl_work_new(L, t);
    picture = mem_alloc(sizeof *picture);
    *picture = (struct vo_picture){VO_PICTURE_CHART, c.ra_rad * DEG, c.dec_rad * DEG, radius};
    w->extra = picture;
    w->extra_free = free;
    w->run = run_copy;
    tbl_all(t, &w->rows);
    return tbl_work_do(L, w, tbl_n(t) * t->data->t->n_columns, 0, charted);
}
