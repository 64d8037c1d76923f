/* pretty.c - a value as a console shows it: a list of records aligned in columns, other tables
 * nested to a depth of 3, cycles marked. Not: tostring (nothing here changes what a script sees).
 * Fields are read raw: nothing of the script's own runs but __tostring, under the hook.
 */
#include "pretty.h"

#include <math.h>
#include <string.h>

#include "tbl.h"
#include "vigie/base/utf8.h"

enum {
    DEPTH = 3,
    ROWS = 20,
    DEPTH_WHOLE = 12,
    ROWS_WHOLE = 10000,
    COLUMNS = 12,
    CELL = 40,
    FIELDS = 60
};

struct pretty {
    struct str *out;
    int width;
    const void *open[DEPTH_WHOLE + 2];
    int depth, depth_max;
    lua_Integer rows_max;
};

static void value(lua_State *L, struct pretty *p, int i);

static bool is_name(const char *s, size_t n)
{
    bool ok = n > 0 && !(s[0] >= '0' && s[0] <= '9');
    for (size_t i = 0; i < n; i++)
        ok = ok && (s[i] == '_' || (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') ||
                    (s[i] >= 'A' && s[i] <= 'Z'));
    return ok;
}

/* tostring of the value at i, in one line. */
static void scalar(lua_State *L, struct str *out, int i, bool quoted)
{
    size_t n;
    const char *s = luaL_tolstring(L, i, &n);
    quoted = quoted && lua_type(L, i) == LUA_TSTRING;
    if (quoted)
        str_addc(out, '"');
    for (size_t k = 0; k < n; k++)
        if (s[k] == '\n')
            str_add(out, "\\n");
        else
            str_addc(out, s[k]);
    if (quoted)
        str_addc(out, '"');
    lua_pop(L, 1);
}

/* Where a column stands in a list of records: who and when first, then what is most asked for. */
static int rank(const char *name)
{
    static const char *const first[] = {"id",       "name",   "planet", "time",  "ingress",
                                        "mid",      "egress", "mag",    "mag_v", "depth",
                                        "duration", "class",  "alt",    "score"};
    int n = sizeof first / sizeof *first;
    for (int k = 0; k < n; k++)
        if (!strcmp(first[k], name))
            return k;
    return n;
}

static bool comes_before(const char *a, const char *b, bool ranked)
{
    int d = ranked ? rank(a) - rank(b) : 0;
    return d ? d < 0 : strcmp(a, b) < 0;
}

/* The keys of the table at i, sorted (numbers before texts), in a new table on the top. */
static lua_Integer sorted_keys(lua_State *L, int i, lua_Integer skip, bool ranked)
{
    lua_Integer n = 0;
    lua_newtable(L);
    int keys = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, i)) {
        lua_pop(L, 1);
        if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 && lua_tointeger(L, -1) <= skip)
            continue;
        if (n == FIELDS) { /* enough to know that there is more */
            lua_pop(L, 1);
            n++;
            break;
        }
        lua_pushvalue(L, -1);
        lua_rawseti(L, keys, ++n);
    }
    for (lua_Integer a = 2; a <= n && n <= FIELDS; a++)
        for (lua_Integer b = a; b > 1; b--) {
            lua_rawgeti(L, keys, b - 1);
            lua_rawgeti(L, keys, b);
            bool text = lua_type(L, -1) == LUA_TSTRING, before = lua_type(L, -2) == LUA_TSTRING;
            bool wrong = text && before
                             ? comes_before(lua_tostring(L, -1), lua_tostring(L, -2), ranked)
                             : before && !text;
            if (wrong) {
                lua_rawseti(L, keys, b - 1);
                lua_rawseti(L, keys, b);
            } else {
                lua_pop(L, 2);
            }
        }
    return n;
}

static void key(lua_State *L, struct pretty *p)
{
    size_t n;
    if (lua_type(L, -1) == LUA_TSTRING) {
        const char *s = lua_tolstring(L, -1, &n);
        if (is_name(s, n)) {
            str_addf(p->out, "%s = ", s);
            return;
        }
    }
    str_addc(p->out, '[');
    scalar(L, p->out, lua_gettop(L), true);
    str_add(p->out, "] = ");
}

/* One field: key on the top of the stack (popped). */
static void field(lua_State *L, struct pretty *p, int i, bool list)
{
    if (!list)
        key(L, p);
    lua_pushvalue(L, -1);
    lua_rawget(L, i);
    value(L, p, lua_gettop(L));
    lua_pop(L, 2);
}

static void between(struct pretty *p, bool wide)
{
    str_add(p->out, wide ? ",\n" : ", ");
    for (int k = 0; wide && k < 2 * p->depth; k++)
        str_addc(p->out, ' ');
}

static void fields(lua_State *L, struct pretty *p, int i, bool wide)
{
    lua_Integer n = (lua_Integer)lua_rawlen(L, i), shown = n < FIELDS ? n : FIELDS;
    bool some = false;
    for (lua_Integer k = 1; k <= shown; k++, some = true) {
        if (some)
            between(p, wide);
        lua_pushinteger(L, k);
        field(L, p, i, true);
    }
    if (n > shown) {
        between(p, wide);
        str_addf(p->out, "... %lld more", (long long)(n - shown));
    }
    lua_Integer m = sorted_keys(L, i, n, false);
    int keys = lua_gettop(L);
    for (lua_Integer k = 1; k <= m && k <= FIELDS; k++, some = true) {
        if (some)
            between(p, wide);
        lua_rawgeti(L, keys, k);
        field(L, p, i, false);
    }
    if (m > FIELDS) {
        between(p, wide);
        str_add(p->out, "... more");
    }
    lua_settop(L, keys - 1);
}

static void table(lua_State *L, struct pretty *p, int i)
{
    const void *me = lua_topointer(L, i);
    for (int k = 0; k < p->depth; k++)
        if (p->open[k] == me) {
            str_add(p->out, "{cycle}");
            return;
        }
    lua_pushnil(L);
    if (!lua_next(L, i)) {
        str_add(p->out, "{}");
        return;
    }
    lua_pop(L, 2);
    if (p->depth == p->depth_max) {
        str_add(p->out, "{...}");
        return;
    }
    p->open[p->depth++] = me;
    size_t from = p->out->n;
    str_add(p->out, "{");
    fields(L, p, i, false);
    /* too long for one line, and the outermost: a field a line */
    if (p->depth == 1 && (int)utf8_columns(p->out->s + from, p->out->n - from) > p->width - 2) {
        p->out->n = from;
        p->out->s[from] = 0;
        str_add(p->out, "{\n  ");
        fields(L, p, i, true);
        str_addc(p->out, '\n');
    }
    str_addc(p->out, '}');
    p->depth--;
}

static void value(lua_State *L, struct pretty *p, int i)
{
    luaL_checkstack(L, 12, "a table nested too deep to show");
    bool plain = lua_type(L, i) == LUA_TTABLE;
    if (plain && luaL_getmetafield(L, i, "__tostring") != LUA_TNIL) {
        lua_pop(L, 1);
        plain = false;
    }
    if (!plain) {
        scalar(L, p->out, i, p->depth > 0);
        return;
    }
    table(L, p, i);
}

/* ---- a list of records ---- */

/* A table on the top that is an event, with a time, becomes that time; true if it is one, or no table. */
static bool as_scalar(lua_State *L)
{
    if (lua_type(L, -1) != LUA_TTABLE)
        return true;
    lua_pushliteral(L, "time");
    lua_rawget(L, -2);
    lua_replace(L, -2);
    return lua_type(L, -1) == LUA_TUSERDATA;
}

/* Whether the table at i is a list of tables that hold named scalars, or events. */
static bool is_records(lua_State *L, int i)
{
    lua_Integer n = (lua_Integer)lua_rawlen(L, i);
    int top = lua_gettop(L);
    bool ok = n > 0;
    for (lua_Integer k = 1; ok && k <= n && k <= ROWS; k++) {
        ok = lua_rawgeti(L, i, k) == LUA_TTABLE && lua_rawlen(L, -1) == 0;
        lua_pushnil(L);
        while (ok && lua_next(L, top + 1)) {
            ok = lua_type(L, -2) == LUA_TSTRING && as_scalar(L);
            lua_pop(L, 1);
        }
        lua_settop(L, top);
    }
    return ok;
}

static void cell(lua_State *L, struct str *s, int records, lua_Integer row, int keys,
                 lua_Integer col, bool *number)
{
    str_reset(s);
    lua_rawgeti(L, keys, col);
    *number = false;
    if (row > 0) {
        lua_rawgeti(L, records, row);
        lua_insert(L, -2);
        lua_rawget(L, -2);
        lua_remove(L, -2);
        *number = lua_type(L, -1) == LUA_TNUMBER;
    }
    bool whole = !as_scalar(L) || !*number || lua_isinteger(L, -1);
    double x = lua_tonumber(L, -1);
    if (!whole && fabs(x) < 1e5) /* a Julian date keeps its digits */
        str_addf(s, "%.6g", x);
    else if (!lua_isnil(L, -1))
        scalar(L, s, lua_gettop(L), false);
    else
        str_addc(s, '-');
    lua_pop(L, 1);
    size_t fit = utf8_cut(str_c(s), s->n, CELL);
    if (s->s)
        s->s[s->n = fit] = 0;
}

static void records(lua_State *L, struct pretty *p, int i, struct str *s)
{
    lua_Integer n = (lua_Integer)lua_rawlen(L, i), rows = n < p->rows_max ? n : p->rows_max;
    bool number;
    int width[COLUMNS] = {0}, total = 0;
    lua_rawgeti(L, i, 1);
    lua_Integer cols = sorted_keys(L, lua_gettop(L), 0, true), shown = 0;
    int keys = lua_gettop(L);
    for (lua_Integer c = 1; c <= cols && c <= COLUMNS; c++) {
        int w = 0;
        for (lua_Integer r = 0; r <= rows; r++) {
            cell(L, s, i, r, keys, c, &number);
            int k = (int)utf8_columns(str_c(s), s->n);
            w = k > w ? k : w;
        }
        if (total + w + (c > 1) * 2 > p->width && c > 1)
            break;
        total += w + (c > 1) * 2;
        width[shown++] = w;
    }
    for (lua_Integer r = 0; r <= rows; r++) {
        if (r)
            str_addc(p->out, '\n');
        for (lua_Integer c = 1; c <= shown; c++) {
            bool numbers;
            cell(L, s, i, 1, keys, c, &numbers); /* a head stands over its numbers */
            cell(L, s, i, r, keys, c, &number);
            number = r ? number : numbers;
            int pad = width[c - 1] - (int)utf8_columns(str_c(s), s->n);
            if (c > 1)
                str_add(p->out, "  ");
            for (int k = 0; number && k < pad; k++)
                str_addc(p->out, ' ');
            str_add(p->out, str_c(s));
            for (int k = 0; !number && c < shown && k < pad; k++)
                str_addc(p->out, ' ');
        }
    }
    if (cols > shown)
        str_addf(p->out, "\n... %lld more columns", (long long)(cols - shown));
    if (n > rows)
        str_addf(p->out, "\n... %lld more rows", (long long)(n - rows));
    lua_settop(L, keys - 2);
}

static int show(lua_State *L)
{
    struct pretty *p = lua_touserdata(L, 2);
    struct str *s = lua_touserdata(L, 3);
    const struct tbl *t = luaL_testudata(L, 1, t_tbl);
    if (t && t->data)
        tbl_text(t, p->width, tbl_has_tab(L), p->out);
    else if (lua_type(L, 1) == LUA_TTABLE && luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL &&
             is_records(L, 1))
        records(L, p, 1, s);
    else if (lua_type(L, 1) == LUA_TUSERDATA)
        str_add(p->out, luaL_tolstring(L, 1, NULL)); /* it knows its lines */
    else
        value(L, p, 1);
    return 0;
}

static bool pretty(lua_State *L, int index, struct pretty p)
{
    struct str scratch = {.max = 4000};
    index = lua_absindex(L, index);
    lua_pushcfunction(L, show);
    lua_pushvalue(L, index);
    lua_pushlightuserdata(L, &p);
    lua_pushlightuserdata(L, &scratch);
    bool ok = lua_pcall(L, 3, 0, 0) == LUA_OK;
    if (!ok)
        lua_pop(L, 1);
    str_clear(&scratch);
    return ok;
}

bool pretty_value(lua_State *L, int index, int width, struct str *out)
{
    return pretty(
        L, index,
        (struct pretty){.out = out, .width = width, .depth_max = DEPTH, .rows_max = ROWS});
}

bool pretty_whole(lua_State *L, int index, int width, struct str *out)
{
    return pretty(
        L, index,
        (struct pretty){
            .out = out, .width = width, .depth_max = DEPTH_WHOLE, .rows_max = ROWS_WHOLE});
}
