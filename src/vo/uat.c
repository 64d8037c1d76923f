/* uat.c - the thesaurus in memory: a list of terms sorted by name, with links both ways. */
#include "vigie/vo/uat.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "uat_core.h"
#include "vigie/base/str.h"
#include "vigie/formats/json.h"
#include "vigie/vo/access.h"

struct uat {
    VEC(struct uat_term) term;
    struct arena arena;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct uat_term *)a)->name, ((const struct uat_term *)b)->name);
}

static const char *text_of(struct uat *u, const struct json *v, const char *key)
{
    const char *s = json_text(json_get(v, key));
    return arena_str(&u->arena, s ? s : "");
}

static int find_name(const struct uat *u, const char *name)
{
    const struct uat_term want = {.name = name};
    const struct uat_term *t =
        u->term.n ? bsearch(&want, u->term.at, u->term.n, sizeof want, by_name) : NULL;
    return t ? (int)(t - u->term.at) : -1;
}

/* The list under `key` of each term, as indices; names that are no term are passed over. */
static void link_terms(struct uat *u, const struct json *terms)
{
    for (const struct json *v = terms->first; v; v = v->next) {
        int i = find_name(u, v->key);
        const struct json *wider = json_get(v, "wider"), *narrower = json_get(v, "narrower");
        if (i < 0)
            continue;
        for (const struct json *w = wider ? wider->first : NULL; w; w = w->next) {
            int k = json_text(w) ? find_name(u, json_text(w)) : -1;
            if (k >= 0)
                VEC_PUSH(u->term.at[i].wider, (uint32_t)k);
        }
        for (const struct json *w = narrower ? narrower->first : NULL; w; w = w->next) {
            int k = json_text(w) ? find_name(u, json_text(w)) : -1;
            if (k >= 0)
                VEC_PUSH(u->term.at[i].narrower, (uint32_t)k);
        }
    }
}

enum status uat_new(const char *json, size_t n, struct uat **uat, struct error *err)
{
    struct arena arena = {0};
    const struct json *root;
    struct uat *u;
    *uat = NULL;
    if (json_parse(&arena, json, n, NULL, &root, err) != OK) {
        arena_clear(&arena);
        return err_wrap(err, "UAT");
    }
    const struct json *terms = json_get(root, "terms");
    if (!terms || terms->type != JSON_OBJECT) {
        arena_clear(&arena);
        return err_set(err, E_PARSE, "UAT: no vocabulary in desise form: it has no terms");
    }
    u = mem_zero(sizeof *u);
    for (const struct json *v = terms->first; v; v = v->next) {
        struct uat_term t = {.name = arena_str(&u->arena, v->key),
                             .label = text_of(u, v, "label"),
                             .description = text_of(u, v, "description")};
        VEC_PUSH(u->term, t);
    }
    if (u->term.n)
        qsort(u->term.at, u->term.n, sizeof *u->term.at, by_name);
    link_terms(u, terms);
    arena_clear(&arena);
    *uat = u;
    return OK;
}

/* Both ways, as the whole vocabulary says it: a wider term has this one as a narrower one. */
static void link_core(struct uat *u, const struct uat_core_row *row)
{
    int i = find_name(u, row->name);
    for (size_t k = 0;; k++) {
        char *wider = vo_word(row->wider, k);
        if (!wider)
            return;
        int w = find_name(u, wider);
        free(wider);
        if (w < 0)
            continue;
        VEC_PUSH(u->term.at[i].wider, (uint32_t)w);
        VEC_PUSH(u->term.at[w].narrower, (uint32_t)i);
    }
}

struct uat *uat_core(void)
{
    struct uat *u = mem_zero(sizeof *u);
    for (const struct uat_core_row *r = uat_core_rows; r->name; r++) {
        const struct uat_term t = {.name = r->name, .label = r->label, .description = ""};
        VEC_PUSH(u->term, t);
    }
    qsort(u->term.at, u->term.n, sizeof *u->term.at, by_name);
    for (const struct uat_core_row *r = uat_core_rows; r->name; r++)
        link_core(u, r);
    return u;
}

void uat_free(struct uat *u)
{
    if (!u)
        return;
    for (size_t i = 0; i < u->term.n; i++) {
        VEC_FREE(u->term.at[i].wider);
        VEC_FREE(u->term.at[i].narrower);
    }
    VEC_FREE(u->term);
    arena_clear(&u->arena);
    free(u);
}

size_t uat_count(const struct uat *u)
{
    return u->term.n;
}

const struct uat_term *uat_term(const struct uat *u, uint32_t i)
{
    return &u->term.at[i];
}

int uat_find(const struct uat *u, const char *name)
{
    int i = find_name(u, name);
    for (size_t k = 0; i < 0 && k < u->term.n; k++)
        if (str_eqi(u->term.at[k].label, name))
            i = (int)k;
    return i;
}

/* At most 3 letters changed, added, left out. Texts whose lengths differ by more need no comparison, which is
 * the dear part of a list of thousands at every key. */
static bool close_to(const char *name, const char *text)
{
    enum { MOST = 3, COMPARED = 63 }; /* str_near looks at so many bytes */
    size_t a = strnlen(name, COMPARED), b = strnlen(text, COMPARED);
    return (a > b ? a - b : b - a) <= MOST && str_near(name, text) <= MOST;
}

/* Whether a term fits a text just so well: 0 begins with it, 1 holds it, 2 nearly the same. */
static bool fits(const struct uat_term *t, const char *text, size_t n, int how)
{
    bool begins = strncasecmp(t->name, text, n) == 0 || strncasecmp(t->label, text, n) == 0;
    if (how == 0 || begins)
        return how == 0 && begins;
    bool holds = str_hasi(t->name, text) || str_hasi(t->label, text);
    if (how == 1 || holds)
        return how == 1 && holds;
    return n > 3 && (close_to(t->name, text) || close_to(t->label, text));
}

size_t uat_near(const struct uat *u, const char *text, uint32_t *out, size_t max)
{
    size_t n = 0, length = strlen(text);
    for (int how = 0; how <= 2; how++)
        for (size_t i = 0; i < u->term.n && n < max; i++)
            if (fits(&u->term.at[i], text, length, how))
                out[n++] = (uint32_t)i;
    return n;
}

/* One step further from the terms `from` on, in one direction; terms that are there already stay once. */
static void step(const struct uat *u, struct uat_set *set, size_t from, size_t to, bool wider,
                 unsigned char *seen)
{
    for (size_t i = from; i < to; i++) {
        const struct uat_term *t = &u->term.at[set->term.at[i]];
        size_t n = wider ? t->wider.n : t->narrower.n;
        for (size_t k = 0; k < n; k++) {
            uint32_t other = wider ? t->wider.at[k] : t->narrower.at[k];
            if (!seen[other]) {
                seen[other] = 1;
                VEC_PUSH(set->term, other);
            }
        }
    }
}

void uat_expand(const struct uat *u, uint32_t term, int up, int down, struct uat_set *set)
{
    unsigned char *seen = mem_zero(u->term.n + 1);
    struct uat_set other = {0};
    set->term.n = 0;
    VEC_PUSH(set->term, term);
    VEC_PUSH(other.term, term);
    seen[term] = 1;
    for (size_t from = 0, to = 1; up > 0 && from < to; up--) {
        step(u, set, from, to, true, seen);
        from = to;
        to = set->term.n;
    }
    memset(seen, 0, u->term.n);
    for (size_t i = 0; i < set->term.n; i++) /* wider ones are not repeated */
        seen[set->term.at[i]] = 1;
    for (size_t from = 0, to = 1; down > 0 && from < to; down--) {
        step(u, &other, from, to, false, seen);
        from = to;
        to = other.term.n;
    }
    for (size_t i = 1; i < other.term.n; i++)
        VEC_PUSH(set->term, other.term.at[i]);
    VEC_FREE(other.term);
    free(seen);
}
