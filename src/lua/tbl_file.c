/* tbl_file.c - tables from and to files of the work folder, in slices. Not: the formats
 * (formats/tableio.h), nor what may be reached (files.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "push.h"
#include "tbl.h"
#include "vigie/formats/tableio.h"

enum { SLICE_US = 4000, PIECE = 1 << 16, ROWS = 512 };

/* The rest of the slice is the others'. */
static int take_turns(lua_State *L, const char *what, lua_KContext ctx, lua_KFunction k)
{
    struct lua_host *h = HOST(L);
    task_wake(h, h->running->id, task_wait(h, what, NULL, NULL));
    return task_leave(L, ctx, k);
}

/* ---- reading ---- */

struct reading {
    struct table_reader *reader;
    int fd;
    size_t bytes;
};

static int reading_gone(lua_State *L)
{
    struct reading *r = lua_touserdata(L, 1);
    table_reader_free(r->reader);
    if (r->fd >= 0)
        close(r->fd);
    *r = (struct reading){NULL, -1, 0};
    return 0;
}

static struct reading *push_reading(lua_State *L)
{
    struct reading *r = push_owned(L, "vigie.tblread", sizeof *r, reading_gone);
    r->fd = -1;
    return r;
}

static void reader_free(void *reader)
{
    table_reader_free(reader);
}

/* Of CSV the types are told from all cells, at the end: that takes its time. */
static void run_end(struct tbl_work *w)
{
    w->whole = table_reader_end(w->extra, &w->err) == OK;
}

static int read_whole(lua_State *L, int status, lua_KContext which)
{
    (void)status;
    struct tbl_work *w = *(struct tbl_work **)lua_touserdata(L, -1);
    if (!w->whole)
        return problem_raise(L, "parse", "tbl.read: %.100s: %s", lua_tostring(L, 1), w->err.text);
    size_t n = table_reader_doc(w->extra)->tables.n;
    if (which < 1 || (size_t)which > n)
        return problem_raise(L, n ? "argument" : "parse", "tbl.read: %.100s has %zu table%s",
                             lua_tostring(L, 1), n, n == 1 ? "" : "s");
    tbl_push(L, table_reader_take(w->extra), (size_t)which - 1);
    return 1;
}

static int read_end(lua_State *L, struct reading *r, lua_KContext which)
{
    enum { BYTES_A_CELL = 8 };
    struct tbl_work *w = tbl_work_new(L, NULL);
    w->run = run_end;
    w->extra = r->reader;
    w->extra_free = reader_free;
    r->reader = NULL;
    return tbl_work_do(L, w, r->bytes / BYTES_A_CELL, which, read_whole);
}

/* Index 3: the reading. ctx: which table. */
static int read_next(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    char piece[PIECE];
    struct reading *r = lua_touserdata(L, 3);
    struct error err;
    int64_t end = clock_thread_us() + SLICE_US;
    do {
        ssize_t n = read(r->fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_raise(L, "io", "tbl.read: %.100s: %s", lua_tostring(L, 1),
                                 strerror(errno));
        if (n == 0)
            return read_end(L, r, ctx);
        r->bytes += (size_t)n;
        if (table_reader_feed(r->reader, piece, (size_t)n, &err) != OK)
            return problem_raise(L, "parse", "tbl.read: %.100s: %s", lua_tostring(L, 1), err.text);
    } while (clock_thread_us() < end || !lua_isyieldable(L));
    return take_turns(L, "a file", ctx, read_next);
}

int tbl_read(lua_State *L)
{
    lua_Integer which = 1;
    const char *name = lua_tostring(L, 1);
    api_need(L, "files", "tbl.read");
    lua_settop(L, 2);
    if (lua_istable(L, 2)) {
        if (opt_field(L, 2, "table"))
            which = lua_tointeger(L, -1);
        if (opt_field(L, 2, "format")) /* the ending decides: give it the one that is meant */
            name = lua_pushfstring(L, "x.%s", lua_tostring(L, -1));
    }
    struct table_limits limits = {.bytes = TBL_MAX_BYTES};
    struct reading *r = push_reading(L);
    r->fd = files_open(L, 1, "tbl.read", O_RDONLY, false);
    r->reader = table_reader_new(name, &limits);
    lua_insert(L, 3);
    lua_settop(L, 3);
    return read_next(L, LUA_OK, which > 0 ? (lua_KContext)which : 0);
}

/* ---- writing ---- */

struct writing {
    struct table_writer *writer;
    struct tbl_data *data;
    struct table *chosen; /* of a view; else NULL */
    struct str out;
    bool done;
};

static int writing_gone(lua_State *L)
{
    struct writing *w = lua_touserdata(L, 1);
    table_writer_free(w->writer);
    tbl_drop(w->data);
    table_free(w->chosen);
    str_clear(&w->out);
    *w = (struct writing){0};
    return 0;
}

/* Stack: table, path, options, writing, file. */
static int write_next(lua_State *L, int status, lua_KContext overwrite)
{
    (void)status;
    struct writing *w = lua_touserdata(L, 4);
    struct files_out *o = lua_touserdata(L, 5);
    struct error err;
    int64_t end = clock_thread_us() + SLICE_US;
    do {
        str_reset(&w->out);
        if (table_writer_step(w->writer, ROWS, &w->out, &w->done, &err) != OK)
            return problem_raise(L, "argument", "tbl:write: %.100s: %s", lua_tostring(L, 2),
                                 err.text);
        files_put(L, o, str_c(&w->out), w->out.n);
    } while (!w->done && (clock_thread_us() < end || !lua_isyieldable(L)));
    if (!w->done)
        return take_turns(L, "a file", overwrite, write_next);
    files_commit(L, o, overwrite);
    return 0;
}

static enum table_format format_of(lua_State *L)
{
    enum table_format format;
    const char *name = lua_tostring(L, 2);
    if (lua_istable(L, 3) && opt_field(L, 3, "format")) {
        const char *word = lua_tostring(L, -1);
        if (strcmp(word, "binary2") == 0 || strcmp(word, "votable/b2") == 0)
            return TABLE_VOTABLE_BINARY2;
        name = lua_pushfstring(L, "x.%s", word);
    }
    if (!table_format_of(name, &format))
        problem_raise(
            L, "argument",
            "tbl:write: %.80s: no format has this ending; .csv .tsv .vot .fits .ecsv .json, "
            "or format = \"votable\", \"binary2\"",
            lua_tostring(L, 2));
    return format;
}

static void run_choose(struct tbl_work *w)
{
    w->out = table_choose(w->data->t, NULL, 0, &w->rows);
}

/* chosen: NULL, or where the rows of a view are as a table, which is taken. */
static int begin_writing(lua_State *L, struct tbl *t, struct table **chosen)
{
    struct writing *w = push_owned(L, "vigie.tblwrite", sizeof *w, writing_gone);
    w->data = tbl_hold(t->data);
    if (chosen) {
        w->chosen = *chosen;
        *chosen = NULL;
    }
    lua_insert(L, 4);
    lua_settop(L, 4);
    bool overwrite = lua_istable(L, 3) && opt_field(L, 3, "overwrite") && lua_toboolean(L, -1);
    enum table_format format = format_of(L);
    lua_settop(L, 4);
    files_out(L, 2, "tbl:write");
    w->writer = table_writer_new(w->data->doc, w->chosen ? w->chosen : w->data->t, format);
    return write_next(L, LUA_OK, overwrite);
}

static int view_there(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct tbl_work *w = *(struct tbl_work **)lua_touserdata(L, -1);
    return begin_writing(L, tbl_arg(L, 1), &w->out);
}

int tbl_write(lua_State *L)
{
    struct tbl *t = tbl_arg(L, 1);
    api_need(L, "files", "tbl:write");
    lua_settop(L, 3);
    format_of(L); /* said before anything is done */
    lua_settop(L, 3);
    if (!t->rows.row)
        return begin_writing(L, t, NULL);
    struct tbl_work *w = tbl_work_new(L, t);
    w->run = run_choose;
    tbl_all(t, &w->rows);
    return tbl_work_do(L, w, tbl_n(t) * t->data->t->n_columns, 0, view_there);
}
