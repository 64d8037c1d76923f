/* api_files.c - module files: texts and CSV in the work folder.
 * Not: where that is, and how nothing else is reached (files.c).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "push.h"
#include "vigie/formats/csv.h"

enum { MAX_READ = 32 << 20, MAX_LIST = 10000, MAX_CSV_ROWS = 200000 };

/* The whole file at the path of index 1, on the top. */
static void push_file(lua_State *L, const char *what)
{
    struct stat st;
    int fd = files_open(L, 1, what, O_RDONLY, false);
    if (fstat(fd, &st) != 0 || st.st_size > MAX_READ) {
        close(fd);
        problem_raise(L, "limit", "%s: more than %d MB; `vigie table` reads tables of any size",
                      what, MAX_READ >> 20);
    }
    /* read before Lua is asked for memory, which may raise */
    char *bytes = mem_alloc((size_t)st.st_size + 1);
    size_t n = 0;
    for (ssize_t k = 1; k > 0 && n<(size_t)st.st_size; n += k> 0 ? (size_t)k : 0)
        k = read(fd, bytes + n, (size_t)st.st_size - n);
    close(fd);
    push_bytes(L, bytes, n);
}

static int files_read(lua_State *L)
{
    push_file(L, "files.read");
    return 1;
}

static bool overwrites(lua_State *L, int i)
{
    bool yes = false;
    if (lua_istable(L, i)) {
        lua_getfield(L, i, "overwrite");
        yes = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    return yes;
}

static int files_write(lua_State *L)
{
    size_t n;
    const char *text = lua_tolstring(L, 2, &n);
    struct files_out *o = files_out(L, 1, "files.write");
    files_put(L, o, text, n);
    files_commit(L, o, overwrites(L, 3));
    return 0;
}

static int files_append(lua_State *L)
{
    size_t n;
    const char *text = lua_tolstring(L, 2, &n);
    int fd = files_open(L, 1, "files.append", O_WRONLY | O_APPEND | O_CREAT, false);
    ssize_t k = write(fd, text, n);
    int why = errno;
    close(fd);
    if (k != (ssize_t)n)
        return problem_raise(L, "io", "files.append: %.120s: %s", lua_tostring(L, 1),
                             k < 0 ? strerror(why) : "the disk is full");
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* struct names - names that are sorted, and the folder they are of: a userdata, so that both are let go
 * also where Lua has no memory for what is made of them. */
struct names {
    DIR *dir;
    VEC(char *) list;
};

static int names_gone(lua_State *L)
{
    struct names *n = lua_touserdata(L, 1);
    for (size_t i = 0; i < n->list.n; i++)
        free(n->list.at[i]);
    VEC_FREE(n->list);
    if (n->dir)
        closedir(n->dir);
    *n = (struct names){0};
    return 0;
}

static void names_sort(struct names *n)
{
    if (n->list.n)
        qsort(n->list.at, n->list.n, sizeof *n->list.at, by_name);
}

static int files_list(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_pushliteral(L, ".");
    }
    struct names *names = push_owned(L, "vigie.names", sizeof *names, names_gone);
    int fd = files_open(L, 1, "files.list", O_RDONLY | O_DIRECTORY, false);
    names->dir = fdopendir(fd);
    if (!names->dir) {
        int why = errno;
        close(fd);
        return problem_raise(L, "io", "files.list: %s", strerror(why));
    }
    for (struct dirent *e; names->list.n < MAX_LIST && (e = readdir(names->dir));)
        if (e->d_name[0] != '.')
            VEC_PUSH(names->list, mem_str(e->d_name));
    names_sort(names);
    lua_createtable(L, (int)names->list.n, 0);
    set_list(L);
    for (size_t i = 0; i < names->list.n; i++) {
        struct stat st;
        const char *name = names->list.at[i];
        bool known = fstatat(dirfd(names->dir), name, &st, AT_SYMLINK_NOFOLLOW) == 0;
        lua_createtable(L, 0, 4);
        set_text(L, "name", name);
        if (known) {
            set_int(L, "size", st.st_size);
            set_bool(L, "folder", S_ISDIR(st.st_mode));
            set_time(L, "written", utc_of_wall((int64_t)st.st_mtime * 1000000000));
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushcfunction(L, names_gone); /* now, and not when the garbage is collected */
    lua_pushvalue(L, -3);
    lua_call(L, 1, 0);
    return 1;
}

static int files_exists(lua_State *L)
{
    /* a folder or a file: neither is opened for reading */
    int fd = files_look(L, 1, "files.exists");
    if (fd >= 0)
        close(fd);
    lua_pushboolean(L, fd >= 0);
    return 1;
}

static int files_remove(lua_State *L)
{
    const char *base;
    int dir = files_split(L, 1, "files.remove", &base), rc = unlinkat(dir, base, 0), why = errno;
    close(dir);
    if (rc != 0)
        return problem_raise(L, "io", "files.remove: %.120s: %s", base,
                             why == EISDIR ? "is a folder" : strerror(why));
    return 0;
}

static int files_folder(lua_State *L)
{
    const char *base;
    int dir = files_split(L, 1, "files.folder", &base), rc = mkdirat(dir, base, 0755), why = errno;
    close(dir);
    if (rc != 0 && why != EEXIST)
        return problem_raise(L, "io", "files.folder: %.120s: %s", base, strerror(why));
    return 0;
}

/* ---- CSV ---- */

struct csv_to_lua {
    lua_State *L;
    lua_Integer n;
    size_t n_name;
    bool too_many;
};

/* Stack: 3 names, 4 rows. Fields that are a number whole become numbers; empty ones are not there. */
static bool on_row(void *arg, uint64_t line, const struct csv_field *f, size_t n)
{
    struct csv_to_lua *c = arg;
    lua_State *L = c->L;
    (void)line;
    if (c->n_name == 0) {
        c->n_name = n;
        for (size_t i = 0; i < n; i++) {
            lua_pushlstring(L, f[i].s, f[i].n);
            lua_rawseti(L, 3, (lua_Integer)i + 1);
        }
        return true;
    }
    c->too_many = c->n == MAX_CSV_ROWS;
    if (c->too_many)
        return false;
    lua_createtable(L, 0, (int)n);
    for (size_t i = 0; i < n && i < c->n_name; i++) {
        double x;
        if (f[i].n == 0 && !f[i].quoted)
            continue;
        lua_rawgeti(L, 3, (lua_Integer)i + 1);
        if (!f[i].quoted && str_num(f[i].s, &x))
            lua_pushnumber(L, x);
        else
            lua_pushlstring(L, f[i].s, f[i].n);
        lua_rawset(L, -3);
    }
    lua_rawseti(L, 4, ++c->n);
    return true;
}

static int csv_gone(lua_State *L)
{
    csv_reader_free(*(struct csv_reader **)lua_touserdata(L, 1));
    return 0;
}

static int files_csv_read(lua_State *L)
{
    struct csv_to_lua c = {.L = L};
    struct csv_limits limits = {.comment = '#'};
    struct error err = {0};
    lua_settop(L, 1);
    push_file(L, "files.csv_read");
    lua_newtable(L);
    set_list(L);
    lua_newtable(L);
    struct csv_reader **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    if (luaL_newmetatable(L, "vigie.csv")) {
        lua_pushcfunction(L, csv_gone);
        lua_setfield(L, -2, "__gc");
        lua_pushliteral(L, "locked");
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    *box = csv_reader_new(0, &limits, on_row, &c);
    size_t n;
    const char *text = lua_tolstring(L, 2, &n);
    if (csv_feed(*box, text, n, &err) != OK || csv_finish(*box, &err) != OK) {
        if (c.too_many)
            return problem_raise(
                L, "limit",
                "files.csv_read: more than %d rows; `vigie table convert` can cut it down first",
                MAX_CSV_ROWS);
        return problem_raise(L, "parse", "files.csv_read: %.100s: %s", lua_tostring(L, 1),
                             err.text);
    }
    lua_settop(L, 4);
    lua_insert(L, 3);
    return 2; /* rows, names */
}

static void put_cell(lua_State *L, struct str *t, bool first)
{
    size_t n;
    if (lua_isnil(L, -1)) {
        csv_putn(t, ',', first, NULL, 0);
        lua_pop(L, 1);
        return;
    }
    const char *s = luaL_tolstring(L, -1, &n);
    csv_putn(t, ',', first, s, n);
    lua_pop(L, 2);
}

/* The names of the columns: those asked for, else the keys of the first row, sorted. At index 4. */
static void column_names(lua_State *L)
{
    if (lua_istable(L, 3) && lua_getfield(L, 3, "columns") == LUA_TTABLE) {
        lua_insert(L, 4);
        lua_settop(L, 4);
        return;
    }
    lua_settop(L, 3);
    lua_newtable(L);
    struct names *names = push_owned(L, "vigie.names", sizeof *names, names_gone);
    if (lua_rawgeti(L, 2, 1) == LUA_TTABLE) {
        lua_pushnil(L);
        while (lua_next(L, 6)) {
            lua_pop(L, 1);
            if (lua_type(L, -1) == LUA_TSTRING)
                VEC_PUSH(names->list, mem_str(lua_tostring(L, -1)));
        }
    }
    names_sort(names);
    for (size_t i = 0; i < names->list.n; i++) {
        lua_pushstring(L, names->list.at[i]);
        lua_rawseti(L, 4, (lua_Integer)i + 1);
    }
    lua_settop(L, 4);
}

static int files_csv_write(lua_State *L)
{
    lua_settop(L, 3);
    column_names(L);
    lua_Integer n_name = (lua_Integer)lua_rawlen(L, 4), n = (lua_Integer)lua_rawlen(L, 2);
    struct files_out *o = files_out(L, 1, "files.csv_write");
    struct str *row = push_str(L);
    for (lua_Integer i = 0; i <= n; i++) { /* row 0: the names */
        if (i > 0 && lua_rawgeti(L, 2, i) != LUA_TTABLE)
            return problem_raise(L, "argument", "files.csv_write: row %d is no table", (int)i);
        for (lua_Integer k = 1; k <= n_name; k++) {
            lua_rawgeti(L, 4, k);
            if (i > 0)
                lua_rawget(L, -2);
            put_cell(L, row, k == 1);
        }
        csv_end(row);
        if (i > 0)
            lua_pop(L, 1);
        if (row->n > 60000 || i == n) {
            files_put(L, o, row->s, row->n);
            str_reset(row);
        }
    }
    files_commit(L, o, overwrites(L, 3));
    return 0;
}

static int files_where(lua_State *L)
{
    lua_pushstring(L, HOST(L)->folder);
    return 1;
}

static const struct lua_fn rows[] = {
    {"read", files_read, "(path: string)", "string", "The whole text of a file of the work folder.",
     "files.write(\"a.txt\", \"one\\n\", {overwrite = true}) print(files.read\"a.txt\")"},
    {"write", files_write, "(path: string, text: string, [o: {overwrite: boolean}])", "nothing",
     "Writes a file, whole or not at all; one that is there only with overwrite = true.",
     "files.write(\"a.txt\", \"one\\n\", {overwrite = true})"},
    {"append", files_append, "(path: string, text: string)", "nothing",
     "Adds a text at the end of a file, which is made if it is missing.",
     "files.append(\"night.txt\", \"seeing 2.1\\n\")"},
    {"list", files_list, "([folder: string])", "rows {name, size, folder, written}",
     "What lies in the work folder, or in a folder of it.",
     "for i, f in ipairs(files.list()) do print(f.name, f.size) end"},
    {"exists", files_exists, "(path: string)", "boolean", "Whether there is such a file or folder.",
     "print(files.exists\"none.txt\")"},
    {"remove", files_remove, "(path: string)", "nothing", "Removes a file.",
     "files.write(\"b.txt\", \"\") files.remove\"b.txt\""},
    {"folder", files_folder, "(path: string)", "nothing", "Makes a folder, if it is missing.",
     "files.folder\"plots\""},
    {"csv_read", files_csv_read, "(path: string)", "rows, names",
     "A CSV file (comma, semicolon or tab; # begins a comment) as a list of rows with the names of "
     "the header line; numbers are numbers.",
     "files.write(\"a.csv\", \"t,mag\\n1,12.5\\n\", {overwrite = true}) "
     "print(files.csv_read(\"a.csv\")[1].mag)"},
    {"csv_write", files_csv_write,
     "(path: string, rows: table, [o: {columns: table, overwrite: boolean}])", "nothing",
     "Writes a list of rows as CSV; columns says which and in what order.",
     "files.csv_write(\"b.csv\", {{t = 1, mag = 12.5}}, {columns = {\"t\", \"mag\"}, overwrite = "
     "true})"},
    {"where", files_where, "()", "string", "The work folder.", "print(files.where())"},
    {0}};

const struct lua_module lua_module_files = {"files", "files", "texts and CSV in the work folder",
                                            rows, NULL};
