/* api_tbl.c - module tbl and what a table has: names, rows, columns; the rows of its methods.
 * Not: the methods (tbl_ops.c, tbl_make.c, tbl_file.c).
 */
#include <string.h>

#include "pretty.h"
#include "push.h"
#include "tbl.h"
#include "vigie/session/session.h"
#include "vigie/session/vodesk.h"

extern const struct lua_type lua_type_tbl;

static int tbl_gone(lua_State *L)
{
    struct tbl *t = luaL_checkudata(L, 1, t_tbl);
    struct table_rows none = {0};
    tbl_drop(t->data);
    t->data = NULL;
    tbl_set_rows(t, &none);
    t->generation++;
    return 0;
}

static const char *status_of(const struct tbl *t)
{
    const struct table_doc *doc = t->data->doc;
    if (doc && doc->status != TABLE_STATUS_NONE)
        return table_status_name(doc->status);
    return t->data->t->partial ? "OVERFLOW" : "OK";
}

static void push_names(lua_State *L, const struct table *d)
{
    lua_createtable(L, (int)d->n_columns, 0);
    for (size_t i = 0; i < d->n_columns; i++) {
        const struct table_field *f = &d->column[i].field;
        lua_pushstring(L, f->name ? f->name : f->id ? f->id : "");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_descriptions(lua_State *L, const struct table *d)
{
    lua_createtable(L, (int)d->n_columns, 0);
    for (size_t i = 0; i < d->n_columns; i++) {
        const struct table_field *f = &d->column[i].field;
        lua_createtable(L, 0, 6);
        set_text(L, "name", f->name ? f->name : f->id);
        set_text(L, "unit", f->unit);
        set_text(L, "ucd", f->ucd);
        set_text(L, "utype", f->utype);
        set_text(L, "description", f->description);
        set_text(L, "datatype", f->datatype);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* What is said of the whole table: not by itself among the columns, whose names are often the same. */
static void push_meta(lua_State *L, const struct tbl *t)
{
    const struct table_doc *doc = t->data->doc;
    lua_createtable(L, 0, 5);
    set_text(L, "name", t->data->t->name);
    set_text(L, "description", t->data->t->description);
    set_text(L, "message", doc ? doc->message : NULL);
    set_text(L, "fault", doc ? doc->fault : NULL);
    set_bool(L, "partial", t->data->t->partial);
}

/* t.status and its like; false: it is none of them. */
static bool property(lua_State *L, struct tbl *t, const char *key)
{
    const struct table *d = t->data->t;
    if (strcmp(key, "fieldnames") == 0)
        push_names(L, d);
    else if (strcmp(key, "fielddescs") == 0)
        push_descriptions(L, d);
    else if (strcmp(key, "status") == 0)
        lua_pushstring(L, status_of(t));
    else if (strcmp(key, "meta") == 0)
        push_meta(L, t);
    else
        return false;
    return true;
}

static int by_number(lua_State *L, const struct tbl *t, lua_Integer i)
{
    if (i == 0)
        return problem_raise(L, "argument", "lists begin at 1 in Lua; the first is [1]");
    if (i < 1 || (uint64_t)i > tbl_n(t))
        lua_pushnil(L);
    else
        tbl_row(L, 1, (size_t)i - 1);
    return 1;
}

static int tbl_index(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    lua_Integer i;
    if (lua_type(L, 2) == LUA_TNUMBER) {
        int whole;
        i = lua_tointegerx(L, 2, &whole);
        return whole ? by_number(L, t, i)
                     : problem_raise(L, "argument", "t[%g]: rows have whole numbers",
                                     lua_tonumber(L, 2));
    }
    const char *key = luaL_checkstring(L, 2);
    if (luaL_getmetafield(L, 1, "methods") == LUA_TTABLE) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, -2) != LUA_TNIL)
            return 1;
    }
    if (property(L, t, key))
        return 1;
    int c = tbl_find(t, key);
    if (c >= 0) {
        tbl_vector(L, 1, (size_t)c);
        return 1;
    }
    if (strcmp(key, "broadcast_samp") == 0)
        return problem_raise(L, "gone",
                             "broadcast_samp: this build has no SAMP; "
                             "t:save\"x.vot\" writes what TOPCAT loads");
    tbl_column(L, t, key); /* raises with the nearest name */
    return 0;
}

static int tbl_newindex(lua_State *L)
{
    return problem_raise(L, "argument",
                         "a table is not changed by assignment; t:add_column makes a column");
}

static int tbl_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)tbl_n(tbl_arg(L, 1)));
    return 1;
}

static int tbl_tostring(lua_State *L)
{
    struct str *s = push_str(L);
    const struct tbl *t = luaL_checkudata(L, 1, t_tbl);
    if (t->data)
        tbl_text(t, host_columns(HOST(L)), false, s);
    else
        str_add(s, "tbl (closed)");
    lua_pushlstring(L, str_c(s), s->n);
    return 1;
}

static int m_rows(lua_State *L)
{
    tbl_arg(L, 1);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, tbl_row_next, 2);
    return 1;
}

static int m_column(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    tbl_vector(L, 1, tbl_column(L, t, lua_tostring(L, 2)));
    return 1;
}

static int m_record(lua_State *L)
{
    return by_number(L, tbl_arg(L, 1), lua_tointeger(L, 2));
}

static int m_name_with_ucd(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    int c = table_find_ucd(t->data->t, lua_tostring(L, 2), NULL);
    if (c < 0)
        lua_pushnil(L);
    else
        lua_pushstring(L, t->data->t->column[c].field.name);
    return 1;
}

static int m_to_table(lua_State *L)
{
    tbl_arg(L, 1);
    lua_settop(L, 1);
    return 1;
}

#define STARS                                                                                      \
    "local t = tbl.new{{ra = 10.1, dec = 20, mag = 12.5}, {ra = 10.2, dec = 20, mag = 9.1}, {ra "  \
    "= 10.3, dec = 20}} "
static const struct lua_fn tbl_rows[] = {
    {"rows", m_rows, "()", "iterator of rows", "One row after the other.",
     STARS "for r in t:rows() do print(r.ra, r.mag) end"},
    {"column", m_column, "(name: string)", "column",
     "A column: t:column\"ra\" is t.ra. It has min() max() mean() median() sum(), #, [i].",
     STARS "print(t:column\"mag\":mean())"},
    {"getcolumn", m_column, "(name: string)", "column", "The same.",
     STARS "print(#t:getcolumn\"ra\")"},
    {"getrecord", m_record, "(i: int)", "row", "A row: t:getrecord(1) is t[1].",
     STARS "print(t:getrecord(1).ra)"},
    {"fieldname_with_ucd", m_name_with_ucd, "(ucd: string)", "string",
     "The name of the column with this UCD; nil without one.",
     STARS "print(t:fieldname_with_ucd\"pos.eq.ra;meta.main\")"},
    {"where", tbl_where, "(condition: any)", "tbl",
     "The rows for which a function says true, or a text holds: \"mag < 15 and dec > 0\". The "
     "cells are not copied.",
     STARS "print(#t:where\"mag < 12\", #t:where(function(r) return r.ra > 10.15 end))"},
    {"sort", tbl_sort, "(by: string, [o: {desc: boolean}])", "tbl",
     "Sorts itself by a column; nulls come last. Gives itself.",
     STARS "print(t:sort(\"mag\", {desc = true})[1].mag)"},
    {"select", tbl_select, "(names: table)", "tbl", "Some of the columns, in this order.",
     STARS "print(t:select{\"mag\", \"ra\"})"},
    {"add_column", tbl_add_column,
     "(name: string, f: function, [o: {unit: string, ucd: string, utype: string, description: "
     "string}])",
     "tbl", "A further column: f(row) gives its cells. Gives itself.",
     STARS "t:add_column(\"bright\", function(r) return r.mag and r.mag < 10 end) print(t)"},
    {"head", tbl_head, "([n: int])", "tbl", "The first n rows [10].", STARS "print(#t:head(2))"},
    {"join", tbl_join, "(other: tbl, [o: {radius: angle, all: boolean}])", "tbl",
     "Rows with those of another table that lie nearest to them, at most radius away [2 arcsec]; "
     "all = true: every pair. Positions are the columns with the UCDs of a position, or ra and "
     "dec.",
     STARS "print(#t:join(t, {radius = \"1arcsec\"}))"},
    {"write", tbl_write, "(path: string, [o: {overwrite: boolean, format: string}])", "nothing",
     "Into a file of the work folder (needs \"files\"), by its ending: .csv .tsv .vot .fits .ecsv "
     ".json; format = \"binary2\": VOTable in BINARY2.",
     STARS "t:write(\"stars.csv\", {overwrite = true})"},
    {"save", tbl_write, "(path: string, [o: {overwrite: boolean, format: string}])", "nothing",
     "The same.", STARS "t:save(\"stars.vot\", {overwrite = true})"},
    {"to_table", m_to_table, "()", "tbl", "Itself.", STARS "print(#t:to_table())"},
    {"close", tbl_gone, "()", "nothing",
     "Frees its memory now; also at the end of local t <close>. Its rows and columns are gone.",
     STARS "t:close()"},
    {"fieldnames", NULL, NULL, "list of strings", "the names of its columns", NULL},
    {"fielddescs", NULL, NULL, "rows {name, unit, ucd, utype, description, datatype}",
     "what is said about its columns", NULL},
    {"status", NULL, NULL, "string", "OK, OVERFLOW (the service has more rows) or ERROR", NULL},
    {"meta", NULL, NULL, "{name, description, message, fault, partial}",
     "what is said of the whole: message: of the service; fault: why reading ended early; partial: "
     "rows are missing at the end",
     NULL},
    {0}};
const struct lua_type lua_type_tbl = {
    t_tbl, "a table: #t, t[i] (a row), t.ra (a column); what is null is nil", tbl_rows};

void tbl_open(lua_State *L)
{
    static const luaL_Reg fn[] = {{"__index", tbl_index},
                                  {"__newindex", tbl_newindex},
                                  {"__len", tbl_len},
                                  {"__gc", tbl_gone},
                                  {"__close", tbl_gone},
                                  {"__tostring", tbl_tostring},
                                  {NULL, NULL}};
    push_type(L, t_tbl, fn, tbl_rows);
    tbl_open_rows(L);
}

static const struct lua_fn rows[] = {
    {"new", tbl_new, "(rows: table)", "tbl",
     "A table of a list of rows, by name or in the order of `columns` = names or {name, unit, ucd, "
     "utype, description}.",
     "print(tbl.new{{\"Vega\", 0.03}, {\"Deneb\", 1.25}, columns = {\"star\", {name = \"v\", unit "
     "= "
     "\"mag\"}}})"},
    {"read", tbl_read, "(path: string, [o: {format: string, table: int}])", "tbl",
     "A table of a file of the work folder (needs \"files\"): VOTable, FITS, CSV, TSV, ECSV, also "
     "gzip'd; table: which, if there are several.",
     "tbl.new{{ra = 1}}:save(\"one.csv\", {overwrite = true}) print(tbl.read\"one.csv\"[1].ra)"},
    {0}};
const struct lua_module lua_module_tbl = {"tbl", NULL, "tables", rows, NULL};

/* Line by line, as a console prints: a table is one print, however wide it is. */
static int print_value(lua_State *L)
{
    struct lua_host *h = HOST(L);
    struct str *s = push_str(L);
    s->max = 1000000;
    if (!pretty_value(L, 1, host_columns(h), s))
        return problem_raise(L, "script", "show: the value cannot be shown");
    if (h->ops.print)
        h->ops.print(h->arg, h->running ? h->running->id : 0, str_c(s), s->n);
    return 0;
}

static void run_copy(struct tbl_work *w)
{
    w->out = table_choose(w->data->t, NULL, 0, &w->rows);
}

/* A line of the console was typed by who looks at the screen: the tab comes. What runs by itself must not take
 * the keys away from under his fingers. */
static int copied(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = *(struct tbl_work **)lua_touserdata(L, -1);
    struct task *task = HOST(L)->running;
    struct table *t = w->out;
    struct error err;
    w->out = NULL;
    t->partial = w->data->t->partial;
    if (session_vo_show(api_session(L), t->name && *t->name ? t->name : task->name, t,
                        task->console, &err) != OK)
        return problem_raise(L, "limit", "show: %s", err.text);
    return 0;
}

bool tbl_has_tab(lua_State *L)
{
    const struct session *s = api_session(L);
    return s && !session_one_shot(s);
}

int tbl_show(lua_State *L)
{
    struct tbl *t = luaL_testudata(L, 1, t_tbl);
    if (!t || !tbl_has_tab(L) || !HOST(L)->running)
        return print_value(L);
    tbl_arg(L, 1);
    struct tbl_work *w = tbl_work_new(L, t);
    w->run = run_copy;
    tbl_all(t, &w->rows);
    return tbl_work_do(L, w, tbl_n(t) * t->data->t->n_columns, 0, copied);
}

static const struct lua_fn show_rows[] = {{"show", tbl_show, "(value: any)", "nothing",
                                           "A table as a result in the VO tab; another value, or "
                                           "without a session, as the console prints "
                                           "it: aligned, with units, head and tail.",
                                           "show(tbl.new{{ra = 10, dec = 20}})"},
                                          {0}};
const struct lua_module lua_module_show = {"", NULL, "showing values", show_rows, NULL};
