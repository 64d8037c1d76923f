/* globals.c - see globals.h. The compiled text is written out and its instructions are read: an access to a global is
 * one to a constant name in the upvalue _ENV. Everything is checked against the end of the bytes, though
 * they come from our own compiler.
 */
#include "globals.h"

#include <stdlib.h>
#include <string.h>

/* Tags of constants: lobject.h. */
enum { LUA_VNUMINT = 3, LUA_VNUMFLT = 19, LUA_VSHRSTR = 4, LUA_VLNGSTR = 20 };
enum {
    OP_LOADK = 3,
    OP_GETUPVAL = 9,
    OP_GETTABUP = 11,
    OP_GETTABLE = 12,
    OP_SETTABUP = 15,
    OP_SETTABLE = 16
}; /* lopcodes.h */
enum { MOST = 20, DEEP = 100 };

struct access {
    char *name;
    int line; /* of the first time */
};

struct reader {
    const unsigned char *p, *end;
    bool bad;
    VEC(char *) set;
    VEC(struct access) read; /* each name once */
    globals_word_fn *word;   /* told of each constant text, or NULL */
    void *arg;
};

static int append(lua_State *L, const void *p, size_t n, void *ud)
{
    (void)L;
    struct str *s = ud;
    str_addn(s, p, n);
    return s->over;
}

static const unsigned char *take(struct reader *r, size_t n)
{
    if ((size_t)(r->end - r->p) < n) {
        r->bad = true;
        return NULL;
    }
    const unsigned char *at = r->p;
    r->p += n;
    return at;
}

static int byte(struct reader *r)
{
    const unsigned char *p = take(r, 1);
    return p ? *p : 0;
}

/* Seven bits a byte, the last one marked. */
static size_t number(struct reader *r)
{
    size_t x = 0;
    for (int b = 0; !r->bad && !(b & 0x80);) {
        b = byte(r);
        x = x << 7 | (size_t)(b & 0x7f);
    }
    return x;
}

/* A text as its bytes; NULL for none. */
static const char *text(struct reader *r, size_t *n)
{
    size_t size = number(r);
    *n = size ? size - 1 : 0;
    return size ? (const char *)take(r, *n) : NULL;
}

struct constant {
    const char *s;
    size_t n;
};

static void constants(struct reader *r, struct constant *k, size_t n)
{
    for (size_t i = 0; i < n && !r->bad; i++) {
        int type = byte(r);
        if (type == LUA_VNUMFLT || type == LUA_VNUMINT)
            take(r, 8);
        else if (type == LUA_VSHRSTR || type == LUA_VLNGSTR)
            k[i].s = text(r, &k[i].n);
        if (k[i].s && r->word) {
            char *word = mem_strn(k[i].s, k[i].n);
            r->word(r->arg, word, false);
            free(word);
        }
    }
}

static bool known(const struct reader *r, const char *name)
{
    for (size_t i = 0; i < r->set.n; i++)
        if (!strcmp(r->set.at[i], name))
            return true;
    return false;
}

/* struct function - what of a function is needed after it has been read. */
struct function {
    const unsigned char *code, *lineinfo;
    size_t n_code, n_line, n_const, n_up;
    struct constant *k;
    int line;
    size_t env; /* index of _ENV among its upvalues; n_up: none */
};

/* struct registers - of a function with more than 255 constants: there _ENV and a name are loaded first. */
struct registers {
    bool env[256];
    uint32_t key[256]; /* constant + 1 */
};

/* The constant that names the global which an instruction reads or sets, + 1; 0: none. */
static uint32_t global_of(const struct function *f, uint32_t op, struct registers *g, bool *put)
{
    uint32_t code = op & 0x7f, a = op >> 7 & 0xff, b = op >> 16 & 0xff, c = op >> 24, key = 0;
    *put = code == OP_SETTABUP || code == OP_SETTABLE;
    if (code == OP_GETTABUP && b == f->env)
        key = c + 1;
    else if (code == OP_SETTABUP && a == f->env)
        key = b + 1;
    else if (code == OP_GETTABLE && g->env[b])
        key = g->key[c];
    else if (code == OP_SETTABLE && g->env[a])
        key = g->key[b];
    g->env[a] = code == OP_GETUPVAL && b == f->env;
    g->key[a] = code == OP_LOADK ? (op >> 15) + 1 : 0;
    return key && key <= f->n_const && f->k[key - 1].s ? key : 0;
}

static void note(struct reader *r, char *name_take, int line, bool put)
{
    bool again = false;
    for (size_t i = 0; i < r->read.n && !put && !again; i++)
        again = !strcmp(r->read.at[i].name, name_take);
    if (put)
        VEC_PUSH(r->set, name_take);
    else if (again)
        free(name_take);
    else
        VEC_PUSH(r->read, ((struct access){name_take, line}));
}

static void accesses(struct reader *r, const struct function *f, const int *abs_pc,
                     const int *abs_line, size_t n_abs)
{
    struct registers g = {0};
    int line = f->line;
    for (size_t i = 0; i < f->n_code; i++) {
        uint32_t op;
        memcpy(&op, f->code + 4 * i, 4);
        int delta = i < f->n_line ? (signed char)f->lineinfo[i] : 0;
        if (delta != -128)
            line += delta;
        for (size_t k = 0; k < n_abs; k++)
            if (abs_pc[k] == (int)i)
                line = abs_line[k];
        bool put;
        uint32_t key = global_of(f, op, &g, &put);
        if (key)
            note(r, mem_strn(f->k[key - 1].s, f->k[key - 1].n), line, put);
    }
}

static void function(struct reader *r, int depth);

static void debug_part(struct reader *r, struct function *f)
{
    size_t n, len;
    f->n_line = number(r);
    f->lineinfo = take(r, f->n_line);
    n = number(r);
    if (n > (size_t)(r->end - r->p)) {
        r->bad = true;
        return;
    }
    int *pc = mem_zero(sizeof *pc * (n + 1)), *line = mem_zero(sizeof *line * (n + 1));
    for (size_t i = 0; i < n; i++) {
        pc[i] = (int)number(r);
        line[i] = (int)number(r);
    }
    size_t n_abs = n;
    for (n = number(r); n && !r->bad; n--) { /* local variables */
        text(r, &len);
        number(r);
        number(r);
    }
    f->env = 256;
    n = number(r);
    for (size_t i = 0; i < n && !r->bad; i++) {
        const char *s = text(r, &len);
        if (s && len == 4 && !memcmp(s, "_ENV", 4))
            f->env = i;
    }
    if (!r->bad)
        accesses(r, f, pc, line, n_abs);
    free(pc);
    free(line);
}

static void function(struct reader *r, int depth)
{
    struct function f = {0};
    size_t len;
    text(r, &len); /* its source */
    f.line = (int)number(r);
    number(r);
    take(r, 3); /* parameters, varargs, registers */
    f.n_code = number(r);
    f.code = take(r, f.n_code * 4);
    f.n_const = number(r);
    if (r->bad || f.n_const > (size_t)(r->end - r->p) || depth > DEEP) {
        r->bad = true;
        return;
    }
    f.k = mem_zero(sizeof *f.k * (f.n_const + 1));
    constants(r, f.k, f.n_const);
    f.n_up = number(r);
    take(r, f.n_up * 3);
    for (size_t n = number(r); n && !r->bad; n--)
        function(r, depth + 1);
    if (!r->bad)
        debug_part(r, &f);
    free(f.k);
}

/* The head of what lua_dump writes; another version is not read. */
static bool head(struct reader *r)
{
    static const char want[] = "\033Lua\x54\0\x19\x93\r\n\x1a\n\4\10\10";
    const unsigned char *p = take(r, sizeof want - 1);
    return p && !memcmp(p, want, sizeof want - 1) && take(r, 8 + 8) && byte(r) >= 0 && !r->bad;
}

static bool in_environment(lua_State *L, const char *name)
{
    lua_pushstring(L, name);
    bool there = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 1);
    return there || !strcmp(name, "p") || !strcmp(name, "_");
}

static void report(lua_State *L, const struct reader *r, struct str *out)
{
    int told = 0;
    for (size_t i = 0; i < r->read.n && told < MOST; i++) {
        const struct access *a = &r->read.at[i];
        if (!known(r, a->name) && !in_environment(L, a->name))
            str_addf(out, "%s%s (line %d)", told++ ? ", " : "", a->name, a->line);
    }
}

/* Reads a text; false if it does not compile, or into a form that is not known. */
static bool scan(lua_State *L, const char *code, size_t n, struct reader *r)
{
    struct str bytes = {.max = 50 << 20};
    int top = lua_gettop(L);
    bool good = luaL_loadbufferx(L, code, n, "=check", "t") == LUA_OK &&
                lua_dump(L, append, &bytes, 0) == 0;
    lua_settop(L, top);
    if (good) {
        r->p = (const unsigned char *)bytes.s;
        r->end = r->p + bytes.n;
        good = head(r);
    }
    if (good)
        function(r, 0);
    str_clear(&bytes);
    return good && !r->bad;
}

static void forget(struct reader *r)
{
    for (size_t i = 0; i < r->set.n; i++)
        free(r->set.at[i]);
    VEC_FREE(r->set);
    for (size_t i = 0; i < r->read.n; i++)
        free(r->read.at[i].name);
    VEC_FREE(r->read);
}

void globals_unknown(struct lua_host *h, const char *code, size_t n, struct str *out)
{
    lua_State *L = h->L;
    struct reader r = {0};
    if (scan(L, code, n, &r)) {
        int env = safe_env(h, "*");
        lua_rawgeti(L, LUA_REGISTRYINDEX, env);
        report(L, &r, out);
        lua_pop(L, 1);
        luaL_unref(L, LUA_REGISTRYINDEX, env);
    }
    forget(&r);
}

void globals_words(struct lua_host *h, const char *code, size_t n, globals_word_fn *fn, void *arg)
{
    struct reader r = {.word = fn, .arg = arg};
    if (scan(h->L, code, n, &r))
        for (size_t i = 0; i < r.read.n; i++)
            fn(arg, r.read.at[i].name, true);
    forget(&r);
}
