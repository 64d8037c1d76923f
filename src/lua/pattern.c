/* pattern.c - find, match, gmatch, gsub for scripts: Lua's patterns with a budget of steps, so that no pattern can hold the program.
 * A pattern is compiled into items first; a match tries them with backtracking. Between two starting places the slice can end.
 * Not: other string functions. Source: Lua 5.4 reference manual, 6.4.1 (the meaning of patterns).
 */
#include "host.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_STEPS = 2000000,
    MAX_DEPTH = 200,
    MAX_CAPTURES = 32,
    MAX_PATTERN = 10000,
    LOOK_AT_CLOCK = 256,
    STEPS_SEEN = 65536
};
enum { CAP_OPEN = -1, CAP_POSITION = -2 };

enum kind { K_END, K_ONE, K_OPEN, K_POSITION, K_CLOSE, K_BALANCE, K_FRONTIER, K_BACKREF, K_AT_END };

struct item {
    enum kind kind;
    char many;             /* 0 * + - ? */
    unsigned char x, y;    /* %bxy; number of a back reference */
    unsigned char set[32]; /* bits of the bytes that fit */
};

struct pattern {
    bool anchored;
    size_t n;
    struct item item[];
};

struct match {
    const char *src, *end;
    const struct pattern *p;
    lua_State *L;
    long steps;
    int depth, level;
    struct {
        const char *at;
        ptrdiff_t len;
    } cap[MAX_CAPTURES];
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
static struct pattern *compile(lua_State *L, int i, bool anchors)
{
    size_t n;
    const char *p = luaL_checklstring(L, i, &n), *end = p + n;
    if (n > MAX_PATTERN)
        luaL_error(L, "pattern too long");
    struct pattern *c = lua_newuserdatauv(L, sizeof *c + (n + 1) * sizeof c->item[0], 0);
    memset(c, 0, sizeof *c + (n + 1) * sizeof c->item[0]);
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

static const char *try(struct match *m, const char *s, size_t i);

static const char *try_many(struct match *m, const char *s, size_t i)
{
    const struct item *it = &m->p->item[i];
    ptrdiff_t least = it->many == '+', most = 0;
    if (it->many == '-') {
        for (;; s++) {
            const char *r = try(m, s, i + 1);
            if (r || s >= m->end || !set_has(it->set, *s))
                return r;
        }
    }
    while (s + most < m->end && (it->many != '?' || most < 1) && set_has(it->set, s[most])) {
        most++;
        m->steps--;
    }
    for (; most >= least; most--) {
        const char *r = try(m, s + most, i + 1);
        if (r)
            return r;
    }
    return NULL;
}

static const char *try_capture(struct match *m, const char *s, size_t i)
{
    const char *r;
    if (m->p->item[i].kind == K_CLOSE) {
        int l = m->level;
        while (l > 0 && m->cap[l - 1].len != CAP_OPEN)
            l--;
        m->cap[l - 1].len = s - m->cap[l - 1].at; /* the compiler has seen that one is open */
        r = try(m, s, i + 1);
        if (!r)
            m->cap[l - 1].len = CAP_OPEN;
        return r;
    }
    if (m->level >= MAX_CAPTURES)
        luaL_error(m->L, "too many captures");
    m->cap[m->level].at = s;
    m->cap[m->level++].len = m->p->item[i].kind == K_POSITION ? CAP_POSITION : CAP_OPEN;
    r = try(m, s, i + 1);
    if (!r)
        m->level--;
    return r;
}

static const char *balance(struct match *m, const char *s, int x, int y)
{
    if (s >= m->end || (unsigned char)*s != x)
        return NULL;
    for (int depth = 1; ++s < m->end; m->steps--) {
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
    m->steps -= len;
    return s + len;
}

/* Whether the items from i on match at s: where the match ends, or NULL. */
static const char *try(struct match *m, const char *s, size_t i)
{
    if (++m->depth > MAX_DEPTH)
        luaL_error(m->L, "pattern too complex");
    for (;; i++) {
        const struct item *it = &m->p->item[i];
        if (--m->steps < 0 ||
            m->steps % STEPS_SEEN == 0) /* what counts instructions did not see it */
            lua_sethook(m->L, host_hook, LUA_MASKCOUNT, 1);
        if (m->steps < 0)
            luaL_error(m->L, "pattern too complex: it was given up after %d steps", MAX_STEPS);
        switch (it->kind) {
        case K_END: break;
        case K_AT_END:
            if (s != m->end)
                s = NULL;
            break;
        case K_OPEN:
        case K_POSITION:
        case K_CLOSE:
            s = try_capture(m, s, i);
            m->depth--;
            return s;
        case K_BALANCE: s = balance(m, s, it->x, it->y); break;
        case K_BACKREF: s = back_reference(m, s, it->x); break;
        case K_FRONTIER:
            if (set_has(it->set, s == m->src ? 0 : s[-1]) ||
                !set_has(it->set, s == m->end ? 0 : *s))
                s = NULL;
            break;
        case K_ONE:
            if (it->many) {
                s = try_many(m, s, i);
                m->depth--;
                return s;
            }
            s = s < m->end && set_has(it->set, *s) ? s + 1 : NULL;
            break;
        }
        if (!s || it->kind == K_END) {
            m->depth--;
            return s;
        }
    }
}

static void begin(struct match *m, lua_State *L, const struct pattern *p, const char *src, size_t n)
{
    m->L = L;
    m->p = p;
    m->src = src;
    m->end = src + n;
}

static const char *try_at(struct match *m, const char *s)
{
    m->steps = MAX_STEPS;
    m->depth = m->level = 0;
    return try(m, s, 0);
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

/* The slice may be over between two starting places. */
static bool tired(lua_State *L, size_t tried)
{
    struct lua_host *h = HOST(L);
    return tried % LOOK_AT_CLOCK == 0 && lua_isyieldable(L) &&
           clock_thread_us() - h->slice_us > h->slice_max_us;
}

static int rest(lua_State *L, lua_KContext ctx, lua_KFunction k)
{
    HOST(L)->left = LEFT_SLICE;
    return lua_yieldk(L, 0, ctx, k);
}

/* find and match: 1 text, 2 pattern, 3 compiled; ctx: place to go on at, doubled, plus 1 for find. */
static int scan(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct match m;
    size_t n;
    const char *src = lua_tolstring(L, 1, &n), *s = src + (ctx >> 1);
    begin(&m, L, lua_touserdata(L, 3), src, n);
    for (size_t tried = 1; s <= m.end; s++, tried++) {
        const char *e = try_at(&m, s);
        if (e) {
            if (!(ctx & 1))
                return push_captures(&m, s, e, true);
            lua_pushinteger(L, s - src + 1);
            lua_pushinteger(L, e - src);
            return push_captures(&m, s, e, false) + 2;
        }
        if (m.p->anchored)
            break;
        if (tired(L, tried))
            return rest(L, (lua_KContext)(s + 1 - src) * 2 + (ctx & 1), scan);
    }
    lua_pushnil(L);
    return 1;
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
    compile(L, 2, true);
    return scan(L, LUA_OK, (lua_KContext)from * 2 + 1);
}

static int p_match(lua_State *L)
{
    size_t n;
    luaL_checklstring(L, 1, &n);
    size_t from = start_at(L, 3, n);
    if (from > n) {
        lua_pushnil(L);
        return 1;
    }
    lua_settop(L, 2);
    compile(L, 2, true);
    return scan(L, LUA_OK, (lua_KContext)from * 2);
}

/* gmatch's iterator: upvalues 1 text, 2 compiled, 3 place, 4 end of the last match (an empty one there is no new one). */
static int gmatch_next(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct match m;
    size_t n;
    const char *src = lua_tolstring(L, lua_upvalueindex(1), &n);
    const char *s = src + lua_tointeger(L, lua_upvalueindex(3)),
               *last = src + lua_tointeger(L, lua_upvalueindex(4));
    begin(&m, L, lua_touserdata(L, lua_upvalueindex(2)), src, n);
    for (size_t tried = 1; s <= m.end; s++, tried++) {
        const char *e = try_at(&m, s);
        if (e && e != last) {
            lua_pushinteger(L, e - src);
            lua_copy(L, -1, lua_upvalueindex(3));
            lua_replace(L, lua_upvalueindex(4));
            return push_captures(&m, s, e, true);
        }
        if (tired(L, tried)) {
            lua_pushinteger(L, s + 1 - src);
            lua_replace(L, lua_upvalueindex(3));
            return rest(L, 0, gmatch_next);
        }
    }
    return 0;
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

/* gsub: 1 text, 2 pattern, 3 replacement, 4 compiled, 5 struct gsub; ctx 1: the function's value is on the top. */
static int gsub_go(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct match m;
    size_t n;
    const char *src = lua_tolstring(L, 1, &n);
    struct gsub *g = lua_touserdata(L, 5);
    begin(&m, L, lua_touserdata(L, 4), src, n);
    if (ctx)
        take_replacement(L, g, src);
    for (size_t tried = 1; g->done < g->most; tried++) {
        if (tired(L, tried))
            return rest(L, 0, gsub_go);
        const char *s = src + g->at, *e = try_at(&m, s);
        if (e && (size_t)(e - src) + 1 != g->last_end) {
            g->done++;
            g->s = g->at;
            g->e = g->at = (size_t)(e - src);
            g->last_end = g->e + 1;
            int type = lua_type(L, 3);
            if (type == LUA_TFUNCTION) {
                lua_pushvalue(L, 3);
                lua_callk(L, push_captures(&m, s, e, true), 1, 1, gsub_go);
                take_replacement(L, g, src);
            } else if (type == LUA_TTABLE) {
                push_capture(&m, 0, s, e);
                lua_gettable(L, 3);
                take_replacement(L, g, src);
            } else {
                add_template(L, g, &m, s, e);
            }
        } else if (g->at < n) {
            str_addc(&g->out, src[g->at++]);
        } else {
            break;
        }
        if (m.p->anchored)
            break;
    }
    if (g->at < n)
        str_addn(&g->out, src + g->at, n - g->at);
    lua_pushlstring(L, str_c(&g->out), g->out.n);
    str_clear(&g->out);
    lua_pushinteger(L, g->done);
    return 2;
}

static int p_gsub(lua_State *L)
{
    size_t n;
    luaL_checklstring(L, 1, &n);
    int type = lua_type(L, 3);
    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                         type == LUA_TTABLE,
                     3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)n + 1);
    lua_settop(L, 3);
    if (type == LUA_TNUMBER)
        lua_tostring(L, 3);
    compile(L, 2, true);
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
