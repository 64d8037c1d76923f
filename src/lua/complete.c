/* complete.c - words that may stand where the cursor is: globals, fields, methods, names inside {};
 * and the help of the function it stands in. Not: inside quotes (complete_text.c), nor an analysis of the
 * program typed: a path of names is looked up in the console's own environment, raw.
 */
#include "complete_own.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tbl.h"

enum { NAME = 64, WORDS = 400 };

bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t skip_string(const char *s, size_t i, size_t at)
{
    char q = s[i++];
    while (i < at && s[i] != q && s[i] != '\n')
        i += s[i] == '\\' ? 2 : 1;
    return i;
}

static size_t skip_long(const char *s, size_t i, size_t at)
{
    while (i < at && !(s[i] == ']' && s[i + 1] == ']'))
        i++;
    return i < at ? i + 1 : at;
}

static struct place look(const char *s, size_t at)
{
    struct place p = {0};
    for (size_t i = 0; i < at; i++) {
        size_t from = i;
        bool text = true;
        if (s[i] == '"' || s[i] == '\'') {
            i = skip_string(s, i, at);
        } else if (s[i] == '[' && s[i + 1] == '[') {
            from++;
            i = skip_long(s, i + 2, at);
        } else if (s[i] == '-' && s[i + 1] == '-') {
            i += strcspn(s + i, "\n");
            text = false;
        } else if (strchr("([{", s[i])) {
            if (p.n < COMPLETE_NEST) {
                p.comma[p.n] = 0;
                p.open[p.n++] = i;
            }
        } else if (strchr(")]}", s[i]) && p.n) {
            p.n--;
        } else if (s[i] == ',' && p.n) {
            p.comma[p.n - 1]++;
        }
        p.quoted = i >= at;
        p.text = p.quoted && text ? from + 1 : 0;
    }
    return p;
}

/* The path of names that ends before `end`: a.b.c or a.b:c. Returns where it begins, end if none. */
size_t complete_path(const char *s, size_t end)
{
    size_t i = end;
    while (i && (in_name(s[i - 1]) || s[i - 1] == '.' || s[i - 1] == ':'))
        i--;
    while (i < end && (s[i] == '.' || s[i] == ':' || isdigit((unsigned char)s[i])))
        i++;
    return i;
}

/* What the path means: its value on the top; false (nothing pushed) if it means nothing now. */
bool complete_resolve(lua_State *L, int env, const char *s, size_t n)
{
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, env);
    while (n) {
        size_t k = 0;
        while (k < n && in_name(s[k]))
            k++;
        if (!k || lua_type(L, -1) != LUA_TTABLE) {
            lua_settop(L, top);
            return false;
        }
        lua_pushlstring(L, s, k);
        lua_rawget(L, -2);
        k += k < n;
        s += k;
        n -= k;
    }
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
    return true;
}

const struct lua_type *complete_type(lua_State *L, int i)
{
    if (lua_type(L, i) != LUA_TUSERDATA || !lua_getmetatable(L, i))
        return NULL;
    lua_pushliteral(L, "__name");
    const char *name = lua_rawget(L, -2) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    const struct lua_type *found = NULL;
    for (size_t k = 0; lua_types[k]; k++)
        if (!strcmp(lua_types[k]->name, name))
            found = lua_types[k];
    lua_pop(L, 2);
    return found;
}

static const struct lua_fn *row_of(const struct lua_fn *rows, const char *name, size_t n)
{
    for (const struct lua_fn *f = rows; f && f->name; f++)
        if (strlen(f->name) == n && !strncmp(f->name, name, n))
            return f;
    return NULL;
}

/* The row of the function that a path names: sky.altaz, or a method of a value there is. */
static const struct lua_fn *function_of(lua_State *L, int env, const char *s, size_t n)
{
    size_t last = n;
    while (last && in_name(s[last - 1]))
        last--;
    size_t head = last ? last - 1 : 0;
    for (size_t i = 0; lua_modules[i]; i++)
        if (strlen(lua_modules[i]->name) == head && !strncmp(lua_modules[i]->name, s, head)) {
            const struct lua_fn *f = row_of(lua_modules[i]->fns, s + last, n - last);
            if (f)
                return f;
        }
    const struct lua_fn *f = NULL;
    if (head && complete_resolve(L, env, s, head)) {
        const struct lua_type *t = complete_type(L, -1);
        f = t ? row_of(t->rows, s + last, n - last) : NULL;
        lua_pop(L, 1);
    }
    return f;
}

/* The function whose arguments the cursor stands in; *inside: where they begin. */
static const struct lua_fn *around(lua_State *L, int env, const char *s, const struct place *p,
                                   size_t *inside)
{
    for (int k = p->n; k-- > 0;) {
        size_t end = p->open[k];
        if (s[end] == '[')
            continue;
        while (end && s[end - 1] == ' ')
            end--;
        size_t from = complete_path(s, end);
        const struct lua_fn *f = from < end ? function_of(L, env, s + from, end - from) : NULL;
        *inside = p->open[k];
        if (f && f->args)
            return f;
    }
    return NULL;
}

/* ---- telling words ---- */

void tell(struct teller *t, const char *word, const char *help)
{
    if (strncmp(word, t->prefix, t->n) || t->told >= WORDS)
        return;
    t->told++;
    t->fn(t->arg, word, help ? help : "");
}

/* Columns of a table, or of the table of a row, on the top. names: only what can stand behind a dot. */
bool tell_columns(lua_State *L, struct teller *t, bool names)
{
    int top = lua_gettop(L);
    if (luaL_testudata(L, top, t_row))
        lua_getiuservalue(L, top, 1);
    const struct tbl *tb = luaL_testudata(L, -1, t_tbl);
    const struct table *d = tb && tb->data ? tb->data->t : NULL;
    for (size_t i = 0; d && i < d->n_columns; i++) {
        const struct table_field *f = &d->column[i].field;
        const char *name = f->name ? f->name : f->id ? f->id : "";
        bool good = *name && !isdigit((unsigned char)*name);
        for (const char *c = name; *c && good; c++)
            good = in_name(*c);
        char *help = mem_printf("column%s%s  %.120s", f->unit && *f->unit ? ", " : "",
                                f->unit ? f->unit : "", f->description ? f->description : "");
        if (*name && (good || !names))
            tell(t, name, help);
        free(help);
    }
    lua_settop(L, top);
    return d != NULL;
}

static void tell_rows(struct teller *t, const struct lua_fn *rows, bool methods)
{
    char help[200];
    for (const struct lua_fn *f = rows; f && f->name; f++)
        if ((f->args != NULL) == methods) {
            snprintf(help, sizeof help, "%s  %s", f->args ? f->args : f->gives, f->help);
            tell(t, f->name, help);
        }
}

static void tell_names(struct teller *t, const struct lua_fn *f)
{
    struct api_sig sig = {0};
    char word[API_NAME + 1];
    api_signature(f->args, &sig);
    for (int k = 0; sig.named && k < sig.n; k++) {
        snprintf(word, sizeof word, "%s=", sig.arg[k].name);
        char *help =
            mem_printf("%s%s", sig.arg[k].type, sig.arg[k].optional ? ", may be left out" : "");
        tell(t, word, help);
        free(help);
    }
}

/* Names of the table on the top, with what they hold. */
static void tell_table(lua_State *L, struct teller *t, const char *path, size_t n)
{
    char help[200], name[NAME];
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        size_t len = 0;
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &len) : "";
        bool good = len && len < NAME && !isdigit((unsigned char)key[0]);
        for (size_t k = 0; good && k < len; k++)
            good = in_name(key[k]);
        if (good && !strncmp(key, t->prefix, t->n)) {
            snprintf(name, sizeof name, "%.*s%s", (int)(n < 30 ? n : 0), path, key);
            const struct lua_fn *f = function_of(L, LUA_NOREF, name, strlen(name));
            snprintf(help, sizeof help, "%s  %s", f ? f->args : luaL_typename(L, -1),
                     f ? f->help : "");
            tell(t, key, help);
        }
        lua_pop(L, 1);
    }
}

static void tell_keywords(struct teller *t)
{
    static const char *const words[] = {"and",   "break", "do",       "else", "elseif", "end",
                                        "false", "for",   "function", "goto", "if",     "in",
                                        "local", "nil",   "not",      "or",   "repeat", "return",
                                        "then",  "true",  "until",    "while"};
    for (unsigned i = 0; t->n && i < sizeof words / sizeof *words; i++)
        tell(t, words[i], "");
}

/* Fields or methods of what stands before the dot or colon. */
static void tell_members(lua_State *L, int env, struct teller *t, const char *path, size_t n,
                         bool method)
{
    if (!complete_resolve(L, env, path, n))
        return;
    const struct lua_type *type = complete_type(L, -1);
    if (type) {
        tell_rows(t, type->rows, method);
        if (!method)
            tell_columns(L, t, true);
    } else if (lua_type(L, -1) == LUA_TTABLE) {
        tell_table(L, t, path, n + 1);
    } else if (lua_type(L, -1) == LUA_TSTRING && method && complete_resolve(L, env, "string", 6)) {
        if (lua_type(L, -1) == LUA_TTABLE)
            tell_table(L, t, "string.", 7);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

size_t complete_words(lua_State *L, int env, const char *text, size_t at, console_word_fn *fn,
                      void *arg)
{
    int top = lua_gettop(L);
    struct place p = look(text, at);
    size_t start = at, inside = 0;
    while (start && in_name(text[start - 1]))
        start--;
    struct teller t = {fn, arg, text + start, at - start, 0};
    char before = start ? text[start - 1] : 0;
    if (!lua_checkstack(L, 40))
        return at;
    if (p.text) {
        start = complete_text(L, env, text, at, &p, &t);
        lua_settop(L, top);
        return start;
    }
    if (p.quoted)
        return at;
    if ((before == '.' || before == ':') && !(start > 1 && text[start - 2] == '.')) {
        size_t from = complete_path(text, start - 1);
        if (from < start - 1)
            tell_members(L, env, &t, text + from, start - 1 - from, before == ':');
    } else {
        const struct lua_fn *f = around(L, env, text, &p, &inside);
        size_t k = start;
        while (k && (text[k - 1] == ' ' || text[k - 1] == '\n'))
            k--;
        if (f && p.n && k && (k - 1 == p.open[p.n - 1] || text[k - 1] == ','))
            tell_names(&t, f);
        if (t.n || !t.told) {
            lua_rawgeti(L, LUA_REGISTRYINDEX, env);
            tell_table(L, &t, "", 0);
            lua_pop(L, 1);
            tell_keywords(&t);
        }
    }
    lua_settop(L, top);
    return start;
}

bool complete_help(lua_State *L, int env, const char *text, size_t at, struct str *out)
{
    int top = lua_gettop(L);
    struct place p = look(text, at);
    size_t end = at, inside;
    if (!lua_checkstack(L, 40))
        return false;
    while (!p.quoted && in_name(text[end]))
        end++;
    size_t from = p.quoted ? end : complete_path(text, end);
    const struct lua_fn *f = from < end ? function_of(L, env, text + from, end - from) : NULL;
    const char *name = text + from;
    if (!f || !f->args) {
        f = around(L, env, text, &p, &inside);
        end = f ? inside : 0;
        while (end && text[end - 1] == ' ')
            end--;
        name = text + complete_path(text, end);
    }
    lua_settop(L, top);
    if (!f || !f->args)
        return false;
    str_addf(out, "%.*s%s -> %s\n%s", (int)(text + end - name), name, f->args, f->gives, f->help);
    if (f->example)
        str_addf(out, "\nexample: %s", f->example);
    return true;
}
