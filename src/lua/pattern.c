/* pattern.c - find, match, gmatch, gsub for scripts: Lua's patterns with a budget of steps, so that no pattern can hold the program.
 * A pattern is compiled into items first; a match tries them with backtracking. The slice can end at any step.
 * Not: other string functions. Source: Lua 5.4 reference manual, 6.4.1 (the meaning of patterns).
 */
#include "host.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STEPS = 5000000, MAX_CAPTURES = 32, MAX_PATTERN = 10000, LOOK_AT_CLOCK = 4096 };
enum { CAP_OPEN = -1, CAP_POSITION = -2 };

enum kind { K_END, K_ONE, K_OPEN, K_POSITION, K_CLOSE, K_BALANCE, K_FRONTIER, K_BACKREF, K_AT_END };

struct item {
    enum kind kind;
    char many;             /* 0 * + - ? */
    unsigned char x, y;    /* %bxy; number of a back reference */
    unsigned char set[32]; /* bits of the bytes that fit */
};

/* struct way - a place to go back to: item i at s; left: bytes a greedy item can give back, or the
 * capture that was closed; level: captures begun. */
struct way {
    size_t i;
    const char *s;
    ptrdiff_t left;
    int level;
};

/* struct match - a compiled pattern and how far a match has come: what is tried lies in `way`, not on
 * the C stack, so that the end of a slice can come anywhere. */
struct match {
    lua_State *L;
    const char *src, *end, *from, *s;
    size_t i, n_ways, n;
    long steps, work, look; /* steps of this place; work of all; when to look at the clock */
    int level;
    bool anchored, busy;
    struct {
        const char *at;
        ptrdiff_t len;
    } cap[MAX_CAPTURES];
    struct way *way;
    struct item item[];
};

static void set_add(unsigned char *set, int c)
{
    set[(unsigned char)c >> 3] |= (unsigned char)(1 << (c & 7));
}

static bool set_has(const unsigned char *set, int c)
{
    return set[(unsigned char)c >> 3] >> (c & 7) & 1;
}

/* The bytes of class %c; an escaped byte that is no letter of a class stands for itself. */
static void add_class(unsigned char *set, int c)
{
    static const char letters[] = "acdglpsuwx";
    int (*const is[])(int) = {isalpha, iscntrl, isdigit, isgraph, islower,
                              ispunct, isspace, isupper, isalnum, isxdigit};
    if (tolower(c) == 'z') { /* the zero byte, as older scripts write it */
        for (int b = 0; b < 256; b++)
            if ((b == 0) == (c == 'z'))
                set_add(set, b);
        return;
    }
    const char *l = strchr(letters, tolower(c));
    if (!l || !*l) {
        set_add(set, c);
        return;
    }
    for (int b = 0; b < 256; b++) {
        bool in = b < 128 && is[l - letters](b);
        if (in == (islower(c) != 0))
            set_add(set, b);
    }
}

/* [set] at p (behind the bracket); returns behind its end, NULL if there is none. */
static const char *add_set(unsigned char *set, const char *p, const char *end)
{
    bool not = p < end && *p == '^';
    p += not ;
    const char *first = p;
    for (;; p++) {
        if (p >= end)
            return NULL;
        if (*p == ']' && p > first)
            break;
        if (*p == '%') {
            if (++p >= end)
                return NULL;
            add_class(set, (unsigned char)*p);
        } else if (end - p > 2 && p[1] == '-' && p[2] != ']') {
            for (int c = (unsigned char)p[0]; c <= (unsigned char)p[2]; c++)
                set_add(set, c);
            p += 2;
        } else {
            set_add(set, (unsigned char)*p);
        }
    }
    if (not )
        for (int i = 0; i < 32; i++)
            set[i] = (unsigned char)~set[i];
    return p + 1;
}

static const char *compile_escape(lua_State *L, struct item *it, const char *p, const char *end)
{
    if (p >= end)
        luaL_error(L, "malformed pattern (ends with '%%')");
    if (*p == 'b') {
        if (end - p < 3)
            luaL_error(L, "malformed pattern (missing arguments to '%%b')");
        it->kind = K_BALANCE;
        it->x = (unsigned char)p[1];
        it->y = (unsigned char)p[2];
        return p + 3;
    }
    if (*p == 'f') {
        it->kind = K_FRONTIER;
        p++;
        if (p < end && *p == '[') {
            p = add_set(it->set, p + 1, end);
            if (!p)
                luaL_error(L, "malformed pattern (missing ']')");
            return p;
        }
        luaL_error(L, "missing '[' after '%%f' in pattern");
    }
    if (isdigit((unsigned char)*p)) {
        it->kind = K_BACKREF;
        it->x = (unsigned char)(*p - '0');
        if (it->x == 0)
            luaL_error(L, "invalid capture index %%0 in pattern");
        return p + 1;
    }
    add_class(it->set, (unsigned char)*p);
    return p + 1;
}

static const char *compile_one(lua_State *L, struct item *it, const char *p, const char *end,
                               int *open)
{
    if (*p == '(') {
        bool position = p + 1 < end && p[1] == ')';
        it->kind = position ? K_POSITION : K_OPEN;
        *open += !position;
        return p + 1 + position;
    }
    if (*p == ')') {
        if (--*open < 0)
            luaL_error(L, "invalid pattern capture");
        it->kind = K_CLOSE;
        return p + 1;
    }
    if (*p == '$' && p + 1 == end) {
        it->kind = K_AT_END;
        return p + 1;
    }
    it->kind = K_ONE;
    if (*p == '%') {
        p = compile_escape(L, it, p + 1, end);
    } else if (*p == '[') {
        p = add_set(it->set, p + 1, end);
        if (!p)
            luaL_error(L, "malformed pattern (missing ']')");
    } else {
        if (*p == '.')
            memset(it->set, 0xFF, sizeof it->set);
        else
            set_add(it->set, (unsigned char)*p);
        p++;
    }
    if (it->kind == K_ONE && p < end && strchr("*+-?", *p) && *p)
        it->many = *p++;
    return p;
}

/* The pattern at index i, compiled, as a new userdata on the top. anchors: `^` at its start is an anchor. */
static struct match *compile(lua_State *L, int i, bool anchors)
{
    size_t n;
    const char *p = luaL_checklstring(L, i, &n), *end = p + n;
    if (n > MAX_PATTERN)
        luaL_error(L, "pattern too long");
    size_t size = sizeof(struct match) + (n + 1) * (sizeof(struct item) + sizeof(struct way));
    struct match *c = lua_newuserdatauv(L, size, 0);
    memset(c, 0, size);
    c->way = (struct way *)(void *)(c->item + n + 1); /* an item's size is a multiple of 8 */
    c->anchored = anchors && n && *p == '^';
    p += c->anchored;
    int open = 0;
    while (p < end)
        p = compile_one(L, &c->item[c->n++], p, end, &open);
    if (open)
        luaL_error(L, "unfinished capture");
    c->item[c->n].kind = K_END;
    return c;
}

static const char *balance(struct match *m, const char *s, int x, int y)
{
    if (s >= m->end || (unsigned char)*s != x)
        return NULL;
    for (int depth = 1; ++s < m->end; m->work++) {
        if ((unsigned char)*s == y) {
            if (--depth == 0)
                return s + 1;
        } else if ((unsigned char)*s == x) {
            depth++;
        }
    }
    return NULL;
}

static const char *back_reference(struct match *m, const char *s, int n)
{
    if (n > m->level || m->cap[n - 1].len == CAP_OPEN)
        luaL_error(m->L, "invalid capture index %%%d in pattern", n);
    ptrdiff_t len = m->cap[n - 1].len;
    if (len == CAP_POSITION || m->end - s < len || memcmp(m->cap[n - 1].at, s, (size_t)len) != 0)
        return NULL;
    m->work += len;
    return s + len;
}

/* Another way to go on, kept while the first one is tried. */
static void keep(struct match *m, size_t i, const char *s, ptrdiff_t left)
{
    m->way[m->n_ways++] = (struct way){i, s, left, m->level}; /* one an item: there is room */
}

/* Back to the last other way: a greedy item takes a byte less, a lazy one a byte more, a capture that
 * was closed is open again. False: there is none left. */
static bool back(struct match *m)
{
    for (; m->n_ways; m->n_ways--) {
        struct way *w = &m->way[m->n_ways - 1];
        const struct item *it = &m->item[w->i];
        m->level = w->level;
        m->i = w->i + 1;
        if (it->kind == K_CLOSE) {
            m->cap[w->left].len = CAP_OPEN;
        } else if (it->many == '-') {
            if (w->s < m->end && set_has(it->set, *w->s)) {
                m->s = ++w->s;
                return true;
            }
        } else if (w->left > 0) {
            m->s = w->s + --w->left;
            return true;
        }
    }
    return false;
}

static bool step_many(struct match *m, const struct item *it)
{
    ptrdiff_t least = it->many == '+', most = 0;
    if (it->many == '-') {
        keep(m, m->i++, m->s, 0);
        return true;
    }
    while (m->s + most < m->end && (it->many != '?' || most < 1) && set_has(it->set, m->s[most]))
        most++;
    m->work += most;
    if (most < least)
        return false;
    if (most > least)
        keep(m, m->i, m->s + least, most - least);
    m->s += most;
    m->i++;
    return true;
}

static void step_capture(struct match *m, const struct item *it)
{
    if (it->kind == K_CLOSE) {
        int l = m->level;
        while (l > 0 && m->cap[l - 1].len != CAP_OPEN)
            l--;
        m->cap[l - 1].len = m->s - m->cap[l - 1].at; /* the compiler has seen that one is open */
        keep(m, m->i++, m->s, l - 1);
        return;
    }
    if (m->level >= MAX_CAPTURES)
        luaL_error(m->L, "too many captures");
    m->cap[m->level].at = m->s;
    m->cap[m->level++].len = it->kind == K_POSITION ? CAP_POSITION : CAP_OPEN;
    m->i++;
}

/* One item at one place; false: it does not fit. */
static bool step(struct match *m, const struct item *it)
{
    const char *s = m->s;
    switch (it->kind) {
    case K_END: return true;
    case K_OPEN:
    case K_POSITION:
    case K_CLOSE: step_capture(m, it); return true;
    case K_AT_END: s = s == m->end ? s : NULL; break;
    case K_BALANCE: s = balance(m, s, it->x, it->y); break;
    case K_BACKREF: s = back_reference(m, s, it->x); break;
    case K_FRONTIER:
        if (set_has(it->set, s == m->src ? 0 : s[-1]) || !set_has(it->set, s == m->end ? 0 : *s))
            s = NULL;
        break;
    case K_ONE:
        if (it->many)
            return step_many(m, it);
        s = s < m->end && set_has(it->set, *s) ? s + 1 : NULL;
        break;
    }
    m->i++;
    m->s = s ? s : m->s;
    return s != NULL;
}

static void begin_at(struct match *m, const char *s)
{
    m->from = m->s = s;
    m->i = m->n_ways = 0;
    m->level = 0;
    m->steps = 0;
}

/* Whether the slice is over. Where a yield is impossible the match is given up after 40 ms. */
static bool tired(struct match *m)
{
    struct lua_host *h = HOST(m->L);
    int64_t used = clock_thread_us() - h->slice_us;
    m->look = m->work + LOOK_AT_CLOCK;
    if (lua_isyieldable(m->L))
        return used > h->slice_max_us;
    if (used > HARD_US)
        luaL_error(m->L, "pattern too complex: it took over 40 ms where it cannot be interrupted");
    return false;
}

enum found { FOUND, FOUND_NOT, TIRED };

/* Goes on with the match that begin_at began, from place to place when `roam`: from .. s is the match.
 * TIRED: the slice is over; to be called again in the next one. */
static enum found go(struct match *m, bool roam)
{
    for (;;) {
        const struct item *it = &m->item[m->i];
        if (it->kind == K_END)
            return FOUND;
        if (++m->work >= m->look && tired(m))
            return TIRED;
        if (++m->steps > MAX_STEPS)
            luaL_error(m->L, "pattern too complex: it was given up after %d steps", MAX_STEPS);
        if (step(m, it) || back(m))
            continue;
        if (!roam || m->anchored || m->from == m->end)
            return FOUND_NOT;
        begin_at(m, m->from + 1);
    }
}

static void push_capture(struct match *m, int i, const char *s, const char *e)
{
    if (i >= m->level) {
        if (i != 0)
            luaL_error(m->L, "invalid capture index %%%d", i + 1);
        lua_pushlstring(m->L, s, (size_t)(e - s));
    } else if (m->cap[i].len == CAP_POSITION) {
        lua_pushinteger(m->L, m->cap[i].at - m->src + 1);
    } else {
        lua_pushlstring(m->L, m->cap[i].at, (size_t)m->cap[i].len);
    }
}

static int push_captures(struct match *m, const char *s, const char *e, bool whole_if_none)
{
    int n = m->level == 0 && whole_if_none ? 1 : m->level;
    luaL_checkstack(m->L, n, "too many captures");
    for (int i = 0; i < n; i++)
        push_capture(m, i, s, e);
    return n;
}

static int rest(struct match *m, lua_KContext ctx, lua_KFunction k)
{
    HOST(m->L)->left = LEFT_SLICE;
    m->busy = true;
    return lua_yieldk(m->L, 0, ctx, k);
}

static struct match *match_at(lua_State *L, int index)
{
    struct match *m = lua_touserdata(L, index);
    m->L = L;
    m->busy = false;
    m->look = 0; /* the clock first: many short matches are work too */
    return m;
}

/* find and match: 1 text, 2 pattern, 3 compiled; ctx: 1 for find. */
static int scan(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct match *m = match_at(L, 3);
    enum found f = go(m, true);
    if (f == TIRED)
        return rest(m, ctx, scan);
    if (f == FOUND_NOT) {
        lua_pushnil(L);
        return 1;
    }
    if (!ctx)
        return push_captures(m, m->from, m->s, true);
    lua_pushinteger(L, m->from - m->src + 1);
    lua_pushinteger(L, m->s - m->src);
    return push_captures(m, m->from, m->s, false) + 2;
}

static void begin(struct match *m, const char *src, size_t n, size_t from)
{
    m->src = src;
    m->end = src + n;
    begin_at(m, src + from);
}

/* The starting place: 1-based, negative from the end; beyond the end gives n + 1. */
static size_t start_at(lua_State *L, int i, size_t n)
{
    lua_Integer x = luaL_optinteger(L, i, 1);
    if (x > 0)
        return (size_t)x - 1;
    if (x == 0 || x < -(lua_Integer)n)
        return 0;
    return n - (size_t)-x;
}

static int p_find(lua_State *L)
{
    size_t n, np;
    const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &np);
    size_t from = start_at(L, 3, n);
    if (from > n) {
        lua_pushnil(L);
        return 1;
    }
    if (lua_toboolean(L, 4) || (!memchr(p, 0, np) && !strpbrk(p, "^$*+?.([%-"))) {
        const char *at = np ? memmem(s + from, n - from, p, np) : s + from;
        if (!at) {
            lua_pushnil(L);
            return 1;
        }
        lua_pushinteger(L, at - s + 1);
        lua_pushinteger(L, at - s + (lua_Integer)np);
        return 2;
    }
    lua_settop(L, 2);
    begin(compile(L, 2, true), s, n, from);
    return scan(L, LUA_OK, 1);
}

static int p_match(lua_State *L)
{
    size_t n;
    const char *s = luaL_checklstring(L, 1, &n);
    size_t from = start_at(L, 3, n);
    if (from > n) {
        lua_pushnil(L);
        return 1;
    }
    lua_settop(L, 2);
    begin(compile(L, 2, true), s, n, from);
    return scan(L, LUA_OK, 0);
}

/* gmatch's iterator: upvalues 1 text, 2 compiled, 3 place, 4 end of the last match (an empty one there is no new one). */
static int gmatch_next(lua_State *L, int status, lua_KContext ctx)
{
    (void)ctx;
    size_t n;
    const char *src = lua_tolstring(L, lua_upvalueindex(1), &n);
    const char *last = src + lua_tointeger(L, lua_upvalueindex(4));
    struct match *m = lua_touserdata(L, lua_upvalueindex(2));
    if (status != LUA_YIELD) {
        if (m->busy)
            return luaL_error(L, "gmatch: another task is at this place of the loop");
        if (lua_tointeger(L, lua_upvalueindex(3)) > (lua_Integer)n)
            return 0;
        begin(m, src, n, (size_t)lua_tointeger(L, lua_upvalueindex(3)));
    }
    enum found f;
    for (match_at(L, lua_upvalueindex(2));; begin_at(m, m->from + 1)) {
        f = go(m, true);
        if (f == TIRED)
            return rest(m, 0, gmatch_next);
        if (f == FOUND_NOT || m->s != last || m->from == m->end)
            break;
    }
    bool none = f == FOUND_NOT || m->s == last;
    lua_pushinteger(L, none ? (lua_Integer)n + 1 : (lua_Integer)(m->s - src));
    lua_copy(L, -1, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return none ? 0 : push_captures(m, m->from, m->s, true);
}

static int gmatch_first(lua_State *L)
{
    return gmatch_next(L, LUA_OK, 0);
}

static int p_gmatch(lua_State *L)
{
    size_t n;
    luaL_checklstring(L, 1, &n);
    size_t from = start_at(L, 3, n);
    lua_settop(L, 2);
    lua_pushvalue(L, 1);
    compile(L, 2, false);
    lua_pushinteger(L, from > n ? (lua_Integer)n + 1 : (lua_Integer)from);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_first, 4);
    return 1;
}

/* What gsub keeps while its function runs and may wait. */
struct gsub {
    struct str out;
    size_t at, last_end; /* last_end: one more than the end of the last match, 0 for none */
    lua_Integer done, most;
    size_t s, e; /* of the match whose replacement is being computed */
};
static const char gsub_meta[] = "vigie.gsub";

static int gsub_gc(lua_State *L)
{
    str_clear(&((struct gsub *)lua_touserdata(L, 1))->out);
    return 0;
}

/* Takes the value on the top as the replacement of the match; false and nil keep what was matched. */
static void take_replacement(lua_State *L, struct gsub *g, const char *src)
{
    size_t n;
    if (!lua_toboolean(L, -1)) {
        str_addn(&g->out, src + g->s, g->e - g->s);
    } else if (lua_isstring(L, -1)) {
        const char *r = lua_tolstring(L, -1, &n);
        str_addn(&g->out, r, n);
    } else {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    if (g->out.over)
        luaL_error(L, "not enough memory");
}

static void add_template(lua_State *L, struct gsub *g, struct match *m, const char *s,
                         const char *e)
{
    size_t n;
    const char *r = lua_tolstring(L, 3, &n);
    for (size_t i = 0; i < n; i++) {
        if (r[i] != '%') {
            str_addc(&g->out, r[i]);
            continue;
        }
        i++;
        if (i < n && r[i] == '%') {
            str_addc(&g->out, '%');
        } else if (i < n && r[i] == '0') {
            str_addn(&g->out, s, (size_t)(e - s));
        } else if (i < n && isdigit((unsigned char)r[i])) {
            push_capture(m, r[i] - '1', s, e);
            size_t len;
            const char *c = luaL_tolstring(L, -1, &len);
            str_addn(&g->out, c, len);
            lua_pop(L, 2);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
    if (g->out.over)
        luaL_error(L, "not enough memory");
}

enum { GSUB_VALUE = 1 };

static void replace(lua_State *L, struct gsub *g, struct match *m, int type)
{
    if (type == LUA_TTABLE) {
        push_capture(m, 0, m->from, m->s);
        lua_gettable(L, 3);
        take_replacement(L, g, m->src);
    } else {
        add_template(L, g, m, m->from, m->s);
    }
}

/* gsub: 1 text, 2 pattern, 3 replacement, 4 compiled, 5 struct gsub; ctx GSUB_VALUE: the function's
 * value is on the top, else after a yield: in the middle of a match. */
static int gsub_go(lua_State *L, int status, lua_KContext ctx)
{
    struct match *m = match_at(L, 4);
    struct gsub *g = lua_touserdata(L, 5);
    size_t n = (size_t)(m->end - m->src);
    int type = lua_type(L, 3);
    bool on = status == LUA_YIELD && ctx != GSUB_VALUE;
    if (ctx == GSUB_VALUE)
        take_replacement(L, g, m->src);
    for (; g->done < g->most; on = false) {
        if (!on && m->anchored && g->at > 0)
            break;
        if (!on)
            begin_at(m, m->src + g->at);
        enum found f = go(m, false);
        if (f == TIRED)
            return rest(m, 0, gsub_go);
        size_t end = (size_t)(m->s - m->src);
        if (f == FOUND && end + 1 != g->last_end) {
            g->done++;
            g->s = g->at;
            g->e = g->at = end;
            g->last_end = end + 1;
            if (type == LUA_TFUNCTION) {
                lua_pushvalue(L, 3);
                lua_callk(L, push_captures(m, m->from, m->s, true), 1, GSUB_VALUE, gsub_go);
                take_replacement(L, g, m->src);
            } else {
                replace(L, g, m, type);
            }
        } else if (g->at < n) {
            str_addc(&g->out, m->src[g->at++]);
        } else {
            break;
        }
        if (m->anchored)
            break;
    }
    if (g->at < n)
        str_addn(&g->out, m->src + g->at, n - g->at);
    lua_pushlstring(L, str_c(&g->out), g->out.n);
    str_clear(&g->out);
    lua_pushinteger(L, g->done);
    return 2;
}

static int p_gsub(lua_State *L)
{
    size_t n;
    const char *src = luaL_checklstring(L, 1, &n);
    int type = lua_type(L, 3);
    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                         type == LUA_TTABLE,
                     3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)n + 1);
    lua_settop(L, 3);
    if (type == LUA_TNUMBER)
        lua_tostring(L, 3);
    begin(compile(L, 2, true), src, n, 0);
    struct gsub *g = lua_newuserdatauv(L, sizeof *g, 0);
    *g = (struct gsub){.out.max = HOST(L)->memory_max / 2, .most = most};
    luaL_setmetatable(L, gsub_meta);
    return gsub_go(L, LUA_OK, 0);
}

void pattern_lib(lua_State *L)
{
    static const luaL_Reg lib[] = {
        {"find", p_find}, {"match", p_match}, {"gmatch", p_gmatch}, {"gsub", p_gsub}, {NULL, NULL}};
    luaL_setfuncs(L, lib, 0);
    luaL_newmetatable(L, gsub_meta);
    lua_pushcfunction(L, gsub_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
