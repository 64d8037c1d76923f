/* tbl.h - a table of the Virtual Observatory as a value of a script: the cells stay in the column store
 * (formats/table.h), a script holds a view of them. Not: what scripts can do with it (api_tbl.c).
 *
 * The cells of a table are shared by its views (where, sort, head give views) and never change while
 * somebody else holds them: who adds a column gets cells of his own first. A row is the table and
 * a number, a vector the table and a column; both answer `gone` when the table was closed or
 * got other cells. A view costs 4 bytes a row, a whole table nothing beside its cells.
 */
#ifndef VIGIE_SRC_LUA_TBL_H
#define VIGIE_SRC_LUA_TBL_H

#include "api.h"
#include "vigie/formats/table.h"
#include "vigie/formats/tableops.h"

/* struct tbl_data - cells and what stands around them; freed with its last user. */
struct tbl_data {
    struct table *t;
    struct table_doc *doc; /* where it comes from, without this table; or NULL */
    unsigned users;
    size_t bytes;
};

/* struct tbl - the userdata. rows: which, in what order (row NULL: all, as they lie). generation: counts
 * up when rows and vectors made before do not fit any more. */
struct tbl {
    struct tbl_data *data; /* NULL: closed */
    struct table_rows rows;
    uint32_t generation;
    unsigned char cache[32]; /* column + 1 by the address of a name; a guess that is checked */
};

extern const char t_tbl[], t_row[], t_vector[];
enum { TBL_MAX_BYTES = 1 << 30 }; /* of the cells of all tables of scripts together */

/* tbl_push - table `i` of a document as a value on the top of L; takes the document, also when it
 * raises (`limit`: the tables of all scripts would be above TBL_MAX_BYTES). tbl_push_table - a table
 * without a document. tbl_push_view - the same cells; takes rows. */
struct tbl *tbl_push(lua_State *L, struct table_doc *doc, size_t i);
struct tbl *tbl_push_table(lua_State *L, struct table *t);
struct tbl *tbl_push_view(lua_State *L, const struct tbl *of, struct table_rows *rows);

/* tbl_arg - the table at index, or raises: `argument` for another value, `gone` for a closed one. */
struct tbl *tbl_arg(lua_State *L, int index);

/* tbl_n - rows. tbl_at - row i (0 ..) of the view as a row of the cells. tbl_all - the rows of the view as a
 * list of its own (table_rows_clear). tbl_column - the column of that name, or raises with the nearest. */
size_t tbl_n(const struct tbl *t);
size_t tbl_at(const struct tbl *t, size_t i);
void tbl_all(const struct tbl *t, struct table_rows *rows);
size_t tbl_column(lua_State *L, struct tbl *t, const char *name);
int tbl_find(struct tbl *t, const char *name); /* -1: none; quick when it is asked for often */

/* tbl_hold, tbl_drop - one more, one less user of the cells. tbl_replace - other cells for a table (takes t). */
struct tbl_data *tbl_hold(struct tbl_data *d);
void tbl_drop(struct tbl_data *d);
void tbl_replace(struct tbl *to, struct table *t);

/* tbl_set_rows - other rows for a view (takes them). tbl_room - raises `limit` if there is no room for so many bytes
 * more. tbl_recount - the cells have grown. */
void tbl_set_rows(struct tbl *t, struct table_rows *rows);
void tbl_room(lua_State *L, size_t bytes);
void tbl_recount(struct tbl_data *d);

/* tbl_cell - push a cell of the cells: nil, boolean, integer, number, string; a list for an array. */
void tbl_cell(lua_State *L, const struct table *t, size_t row, size_t column);

/* tbl_row - push row i (0 ..) of the view of the table at index. tbl_vector - its column. */
void tbl_row(lua_State *L, int index, size_t i);
void tbl_vector(lua_State *L, int index, size_t column);
/* tbl_vector_of - table and column of the vector at index, or raises `gone`. */
struct tbl *tbl_vector_of(lua_State *L, int index, size_t *column);
int tbl_row_next(lua_State *L); /* the iterator of rows(); upvalues: table, number */

/* struct tbl_work - something that is done with cells beside the loop, or at once if there are few.
 * run: a pure function of the work; it sees `data`, `rows`, may set out, err. It is held by the userdata
 * that tbl_work_new pushes, and by the pool while it runs there. */
struct tbl_work {
    void (*run)(struct tbl_work *w);
    struct tbl_data *data, *other; /* other: the second table of a join */
    struct table_rows rows, other_rows;
    size_t column;
    bool descending, all;
    struct table_filter *filter;
    double radius_rad;
    size_t *columns, n_columns;
    struct table *out;
    struct table_stat stat;
    int64_t least, most, total; /* of whole numbers, exact, if `whole` */
    bool whole;
    struct str text;
    void *extra; /* of the run function; freed by extra_free */
    void (*extra_free)(void *extra);
    struct error err;
    struct lua_host *host; /* NULL: nobody waits any more */
    uint64_t task, wait;
    unsigned users;
    bool over;
};
struct tbl_work *tbl_work_new(lua_State *L, const struct tbl *t); /* t: NULL for none */
/* tbl_work_do - run it, then k with the same stack; size: cells or rows it is about. */
int tbl_work_do(lua_State *L, struct tbl_work *w, size_t size, lua_KContext ctx, lua_KFunction k);

/* tbl_text - the table as a console shows it, `width` columns wide: ten rows of the head, ten of the tail.
 * tab: show() of what is left out opens a tab here. */
void tbl_text(const struct tbl *t, int width, bool tab, struct str *out);

/* The methods, by file: tbl_ops.c, tbl_make.c, tbl_file.c */
int tbl_where(lua_State *L);
int tbl_sort(lua_State *L);
int tbl_select(lua_State *L);
int tbl_head(lua_State *L);
int tbl_join(lua_State *L);
int tbl_add_column(lua_State *L);
int tbl_new(lua_State *L);
int tbl_read(lua_State *L);
int tbl_write(lua_State *L);
int tbl_show(lua_State *L); /* api_tbl.c: show, ui.tab */
int ui_plot(lua_State *L);  /* api_plot.c */
int ui_chart(lua_State *L);
bool tbl_has_tab(lua_State *L); /* whether show() opens one: not for a single script */

void tbl_open(lua_State *L); /* metatables */
void tbl_open_rows(lua_State *L);

#endif
