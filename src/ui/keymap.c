/* keymap.c - see keymap.h. */
#include "keymap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"

enum { BINDINGS_MAX = 4096, FILE_LINE_MAX = 512 };

struct keymap {
    VEC(struct binding) all;
    struct arena text;
};

struct keymap *keymap_new(void)
{
    return mem_zero(sizeof(struct keymap));
}

void keymap_free(struct keymap *m)
{
    if (!m)
        return;
    VEC_FREE(m->all);
    arena_clear(&m->text);
    free(m);
}

void keymap_show(const struct key *keys, int n, struct str *out)
{
    for (int i = 0; i < n; i++) {
        if (i)
            str_addc(out, ' ');
        key_write(&keys[i], out);
    }
}

/* Whether one sequence begins with the other. */
static bool collide(const struct binding *a, const struct binding *b)
{
    int n = a->n_keys < b->n_keys ? a->n_keys : b->n_keys;
    for (int i = 0; i < n; i++)
        if (!key_same(&a->key[i], &b->key[i]))
            return false;
    return true;
}

static bool same_keys(const struct binding *a, const struct binding *b)
{
    return a->n_keys == b->n_keys && collide(a, b);
}

/* One sequence: keys up to the end of the text. */
static enum status read_sequence(const char *text, struct binding *out, struct error *err)
{
    const char *s = text;
    struct key k;
    out->n_keys = 0;
    while (key_read(&s, &k)) {
        if (out->n_keys == KEYMAP_SEQUENCE)
            return err_set(err, E_PARSE, "more than %d keys in \"%.40s\"", KEYMAP_SEQUENCE, text);
        out->key[out->n_keys++] = k;
    }
    if (*s)
        return err_set(err, E_PARSE, "no such key: \"%.40s\"", s);
    if (!out->n_keys)
        return err_set(err, E_PARSE, "no key");
    return OK;
}

static struct binding *clash_in(struct keymap *m, const struct binding *b, const char *scope)
{
    for (size_t i = 0; i < m->all.n; i++)
        if (!strcmp(m->all.at[i].scope, scope) && collide(&m->all.at[i], b))
            return &m->all.at[i];
    return NULL;
}

static struct binding *clash(struct keymap *m, const struct binding *b)
{
    return clash_in(m, b, b->scope);
}

static void keep(struct keymap *m, struct binding b, const char *scope, const char *command,
                 const char *args)
{
    if (m->all.n >= BINDINGS_MAX)
        return;
    b.scope = arena_str(&m->text, scope);
    b.command = arena_str(&m->text, command);
    b.args = arena_str(&m->text, args);
    VEC_PUSH(m->all, b);
}

static const char *scope_name(const char *scope)
{
    return scope && *scope ? scope : "all";
}

/* The part of `keys` up to the next blank; NULL at the end. */
static const char *next_alternative(const char *keys, char *out, size_t size)
{
    size_t n = strcspn(keys, " ");
    const char *next = keys + n + strspn(keys + n, " ");
    n = n < size ? n : size - 1;
    memcpy(out, keys, n);
    out[n] = 0;
    return *next ? next : NULL;
}

static enum status add(struct keymap *m, const char *scope, const char *keys, const char *command,
                       bool guest, struct error *err)
{
    enum status result = OK;
    char part[128];
    for (const char *s = keys && *keys ? keys : NULL; s;) {
        s = next_alternative(s, part, sizeof part);
        struct binding b = {.scope = scope_name(scope)};
        enum status status = read_sequence(part, &b, result == OK ? err : NULL);
        const struct binding *old = status == OK ? clash(m, &b) : NULL;
        if (status == OK && guest && !old)
            old = clash_in(m, &b, "all");
        if (old && strcmp(old->command, command))
            status = err_set(result == OK ? err : NULL, E_REFUSED, "%s: \"%s\" is taken by %s",
                             command, part, old->command);
        if (status == OK && !old)
            keep(m, b, b.scope, command, "");
        else if (status != OK && result == OK)
            result = status;
    }
    return result;
}

enum status keymap_add(struct keymap *m, const char *scope, const char *keys, const char *command,
                       struct error *err)
{
    return add(m, scope, keys, command, false, err);
}

enum status keymap_add_guest(struct keymap *m, const char *scope, const char *keys,
                             const char *command, struct error *err)
{
    return add(m, scope, keys, command, true, err);
}

void keymap_bind(struct keymap *m, const char *scope, const char *keys, const char *command,
                 const char *args)
{
    struct binding b = {.scope = scope};
    ensure(read_sequence(keys, &b, NULL) == OK);
    if (!clash(m, &b))
        keep(m, b, scope, command, args);
}

/* ---- the keys file ---- */

struct loading {
    struct keymap *m;
    keymap_bad_fn *bad;
    void *arg;
    int line, n_bad;
};

static void complain(struct loading *l, const char *why)
{
    l->n_bad++;
    if (l->bad)
        l->bad(l->arg, l->line, why);
}

static void forget(struct keymap *m, const struct binding *b)
{
    for (size_t i = 0; i < m->all.n;) {
        struct binding *x = &m->all.at[i];
        if (!strcmp(x->scope, b->scope) && collide(x, b) && x->line == 0) {
            memmove(x, x + 1, (m->all.n - i - 1) * sizeof *x);
            m->all.n--;
        } else {
            i++;
        }
    }
}

/* The keys are all words up to the first that looks like a command: lower case letters and
 * hyphens, at least two bytes, and no key. */
static bool is_command(const char *w)
{
    return strlen(w) > 1 && w[strspn(w, "abcdefghijklmnopqrstuvwxyz0123456789-.")] == 0;
}

static void load_words(struct loading *l, char *words[], int n, const char *rest)
{
    bool unbind = n && !strcmp(words[0], "unbind");
    if (n < 3 || (!unbind && strcmp(words[0], "bind"))) {
        complain(l, "not `bind SCOPE KEYS COMMAND` nor `unbind SCOPE KEYS`");
        return;
    }
    struct str keys = {.max = 128};
    int i = 2;
    for (; i < n && (unbind || !is_command(words[i])); i++)
        str_addf(&keys, "%s ", words[i]);
    struct binding b = {.scope = words[1], .line = l->line};
    struct error err;
    if (read_sequence(str_c(&keys), &b, &err) != OK) {
        complain(l, err.text);
    } else if (!unbind && i == n) {
        complain(l, "no command");
    } else {
        forget(l->m, &b);
        const struct binding *old = clash(l->m, &b);
        if (old) {
            char why[160];
            snprintf(why, sizeof why, "\"%.30s\" clashes with line %d (%.40s)", str_c(&keys),
                     old->line, old->command);
            complain(l, why);
        } else if (!unbind) {
            keep(l->m, b, b.scope, words[i], rest);
        }
    }
    str_clear(&keys);
}

static void load_line(struct loading *l, char *line)
{
    char *words[12], *rest = (char *)(size_t) "";
    int n = 0;
    bool command = false;
    char *s = line;
    while (n < 12) {
        s += strspn(s, " \t\r");
        if (!*s || (*s == '#' && (s == line || n != 2)))
            break;
        words[n++] = s;
        s += strcspn(s, " \t\r");
        bool end = !*s;
        *s = 0;
        command = n > 2 && !strcmp(words[0], "bind") && is_command(words[n - 1]);
        s += !end;
        if (command || end)
            break;
    }
    if (command) {
        rest = s + strspn(s, " \t");
        size_t k = strlen(rest);
        while (k && strchr(" \t\r", rest[k - 1]))
            rest[--k] = 0;
    }
    if (n)
        load_words(l, words, n, rest);
}

int keymap_load(struct keymap *m, const char *text, size_t n, keymap_bad_fn *bad, void *arg)
{
    struct loading l = {m, bad, arg, 0, 0};
    const char *s = text, *end = text + n;
    while (s < end && l.line < 10000) {
        const char *nl = memchr(s, '\n', (size_t)(end - s));
        size_t len = nl ? (size_t)(nl - s) : (size_t)(end - s);
        char line[FILE_LINE_MAX];
        l.line++;
        if (len < sizeof line && !memchr(s, 0, len)) {
            memcpy(line, s, len);
            line[len] = 0;
            load_line(&l, line);
        } else {
            complain(&l, "longer than 511 bytes, or no text");
        }
        s += len + 1;
    }
    return l.n_bad;
}

/* ---- look up ---- */

static const struct binding *match_in(const struct keymap *m, const char *scope,
                                      const struct key *keys, int n, bool *prefix)
{
    const struct binding *found = NULL;
    struct binding typed = {.n_keys = n};
    memcpy(typed.key, keys, (size_t)n * sizeof *keys);
    for (size_t i = 0; i < m->all.n; i++) {
        const struct binding *b = &m->all.at[i];
        if (b->n_keys < n || strcmp(b->scope, scope) || !collide(b, &typed))
            continue;
        if (b->n_keys > n)
            *prefix = true;
        else
            found = b;
    }
    return found;
}

const struct binding *keymap_match(const struct keymap *m, const char *scope,
                                   const struct key *keys, int n, bool *prefix)
{
    *prefix = false;
    if (n < 1 || n > KEYMAP_SEQUENCE)
        return NULL;
    const struct binding *own = match_in(m, scope, keys, n, prefix);
    if (own || !strcmp(scope, "all"))
        return own;
    bool own_prefix = *prefix;
    const struct binding *all = match_in(m, "all", keys, n, prefix);
    return own_prefix ? NULL : all;
}

const struct binding *keymap_at(const struct keymap *m, size_t i)
{
    return i < m->all.n ? &m->all.at[i] : NULL;
}

bool keymap_applies(const struct keymap *m, const struct binding *b, const char *scope)
{
    if (!strcmp(b->scope, scope))
        return true;
    if (strcmp(b->scope, "all"))
        return false;
    for (size_t i = 0; i < m->all.n; i++) {
        const struct binding *x = &m->all.at[i];
        if (!strcmp(x->scope, scope) &&
            (same_keys(x, b) || (x->n_keys < b->n_keys && collide(x, b))))
            return false;
    }
    return true;
}

void keymap_keys_of(const struct keymap *m, const char *scope, const char *command, struct str *out)
{
    bool first = true;
    for (size_t i = 0; i < m->all.n; i++) {
        const struct binding *b = &m->all.at[i];
        if (strcmp(b->command, command) || *b->args || !keymap_applies(m, b, scope))
            continue;
        if (!first)
            str_add(out, "  ");
        first = false;
        keymap_show(b->key, b->n_keys, out);
    }
}
