/* saved.c - see saved.h. Needs come from the tables of bindings; those of single functions (api_need) from `single`.
 */
#include "saved.h"

#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "globals.h"

static bool compiles(lua_State *L, const char *before, const char *code, size_t n,
                     const char *after)
{
    struct str s = {0};
    str_add(&s, before);
    str_addn(&s, code, n);
    str_add(&s, after);
    bool good = luaL_loadbufferx(L, str_c(&s), s.n, "=saved", "t") == LUA_OK;
    lua_pop(L, 1);
    str_clear(&s);
    return good;
}

/* Whether a word stands in a text: a name of its own. */
static bool has_name(const char *code, size_t n, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t len = strlen(name);
    for (size_t i = 0; i + len <= n; i++)
        if (!memcmp(code + i, name, len) && (!i || !strchr(letters, code[i - 1])) &&
            (i + len == n || !strchr(letters, code[i + len])))
            return true;
    return false;
}

void saved_line(struct lua_host *h, const char *code, size_t n, bool valued, struct str *out)
{
    lua_State *L = h->L;
    bool expression = compiles(L, "return ", code, n, ""), alone = compiles(L, "", code, n, "");
    if (expression && (!alone || valued)) {
        str_add(out, "_ = ");
        str_addn(out, code, n);
        str_add(out, alone ? "\n" : "\nprint(_)\n");
        return;
    }
    /* what ends the script, or lives for one line only */
    bool own =
        has_name(code, n, "return") || has_name(code, n, "local") || has_name(code, n, "goto");
    str_add(out, own ? "do local line = function()\n" : "");
    str_addn(out, code, n);
    str_add(out, own ? "\nend line() end\n" : "\n");
}

/* ---- what it needs ---- */

struct words {
    VEC(char *) global;
    VEC(char *) word;
    VEC(const char *) needs;
};

static void take_word(void *arg, const char *word, bool global)
{
    struct words *w = arg;
    char *copy = mem_str(word);
    if (global)
        VEC_PUSH(w->global, copy);
    else
        VEC_PUSH(w->word, copy);
}

static bool reads(const struct words *w, const char *name, size_t n)
{
    for (size_t i = 0; i < w->global.n; i++)
        if (!strncmp(w->global.at[i], name, n) && !w->global.at[i][n])
            return true;
    return false;
}

static bool says(const struct words *w, const char *word)
{
    for (size_t i = 0; i < w->word.n; i++)
        if (!strcmp(w->word.at[i], word))
            return true;
    return false;
}

static void need(struct words *w, const char *what)
{
    for (size_t i = 0; i < w->needs.n; i++)
        if (!strcmp(w->needs.at[i], what))
            return;
    VEC_PUSH(w->needs, what);
}

/* Whether one of a module's functions is called: coord"1 2" needs nothing, coord.from_name does. */
static bool uses(const struct words *w, const struct lua_module *m)
{
    size_t root = strcspn(m->name, ".");
    for (const struct lua_fn *f = m->fns; f->name; f++)
        if (*m->name ? reads(w, m->name, root) && says(w, f->name)
                     : reads(w, f->name, strlen(f->name)))
            return true;
    return m->extra && *m->name && reads(w, m->name, root); /* a field of it is enough */
}

static void look(struct lua_host *h, struct words *w)
{
    static const struct {
        const char *global, *word, *needs; /* global: NULL for a method of values */
    } single[] = {{"tbl", "read", "files"},
                  {NULL, "write", "files"},
                  {NULL, "save", "files"},
                  {"script", "preset_save", "session"},
                  {"script", "preset_delete", "session"}};
    for (size_t i = 0; lua_modules[i]; i++)
        if (lua_modules[i]->needs && uses(w, lua_modules[i]))
            need(w, lua_modules[i]->needs);
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (says(w, single[i].word) &&
            (!single[i].global || reads(w, single[i].global, strlen(single[i].global))))
            need(w, single[i].needs);
    for (size_t i = 0; i < w->word.n && h->session && reads(w, "cmd", 3); i++)
        if (command_moves(h->session, w->word.at[i]))
            need(w, "mount");
}

void saved_needs(struct lua_host *h, const char *code, size_t n, struct str *out)
{
    struct words w = {0};
    globals_words(h, code, n, take_word, &w);
    look(h, &w);
    for (size_t i = 0; i < w.needs.n; i++)
        str_addf(out, "%s\"%s\"", i ? ", " : "", w.needs.at[i]);
    for (size_t i = 0; i < w.global.n; i++)
        free(w.global.at[i]);
    for (size_t i = 0; i < w.word.n; i++)
        free(w.word.at[i]);
    VEC_FREE(w.global);
    VEC_FREE(w.word);
    VEC_FREE(w.needs);
}
