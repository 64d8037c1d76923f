/* vosi.c - see vosi.h. Not: tables (schema.c). */
#include "vigie/vo/vosi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/formats/xml.h"
#include "vigie/vo/proto.h"

enum { DOCUMENT_MAX = 8 << 20 };

void vosi_url(struct str *out, const char *base, const char *what)
{
    size_t n = strcspn(base, "?"); /* of a cone search the documents lie beside its parameters */
    while (n && base[n - 1] == '/')
        n--;
    str_addn(out, base, n);
    str_addf(out, "/%s", what);
}

bool vosi_url_beside(struct str *out, const char *base, const char *what)
{
    const char *host = strstr(base, "://");
    size_t n = strcspn(base, "?"), least = host ? (size_t)(host - base) + 3 : 0;
    while (n > least && base[n - 1] == '/')
        n--;
    while (n > least && base[n - 1] != '/')
        n--;
    if (n <= least)
        return false;
    str_addf(out, "%.*s%s", (int)n, base, what);
    return true;
}

static enum status read_tree(const char *bytes, size_t n, const char *root, const char *what,
                             struct xml_tree **tree, struct error *err)
{
    const struct xml_limits limits = {.max_bytes = DOCUMENT_MAX, .doctype_ignored = true};
    struct xml_tree *t = xml_tree_new(&limits);
    enum status s = xml_feed(t->xml, bytes, n, err);
    if (s == OK)
        s = xml_end(t->xml, err);
    if (s == OK && !str_eqi(t->root->name, root))
        s = err_set(err, E_PARSE, "the root is %.40s, not %s", t->root->name, root);
    *tree = t;
    if (s == OK)
        return OK;
    xml_tree_free(t);
    *tree = NULL;
    return err_wrap(err, "%s", what);
}

static void take(char *to, size_t size, const char *s)
{
    struct str clean = {0};
    if (s)
        utf8_clean(&clean, s, strlen(s));
    const char *p = str_c(&clean);
    snprintf(to, size, "%.*s", (int)(size - 1), *p == ' ' ? p + 1 : p);
    str_clear(&clean);
}

enum status vosi_read_availability(const char *bytes, size_t n, struct vosi_availability *a,
                                   struct error *err)
{
    struct xml_tree *t;
    char word[16];
    memset(a, 0, sizeof *a);
    if (read_tree(bytes, n, "availability", "availability", &t, err) != OK)
        return err ? err->status : E_PARSE;
    const struct xml_node *r = t->root;
    take(word, sizeof word, xml_text(xml_child(r, "available", NULL)));
    a->available = strncmp(word, "true", 4) == 0 || *word == '1';
    take(a->up_since, sizeof a->up_since, xml_text(xml_child(r, "upSince", NULL)));
    take(a->down_at, sizeof a->down_at, xml_text(xml_child(r, "downAt", NULL)));
    take(a->back_at, sizeof a->back_at, xml_text(xml_child(r, "backAt", NULL)));
    take(a->note, sizeof a->note, xml_text(xml_child(r, "note", NULL)));
    xml_tree_free(t);
    return OK;
}

/* ---- capabilities ---- */

static const char *text_in(struct arena *arena, const char *s)
{
    struct str clean = {0};
    if (s)
        utf8_clean(&clean, s, strlen(s));
    const char *p = str_c(&clean);
    p += *p == ' ';
    size_t n = strlen(p);
    char *out = arena_strn(arena, p, n && p[n - 1] == ' ' ? n - 1 : n);
    str_clear(&clean);
    return out;
}

static void read_language(struct vosi_capabilities *c, const struct xml_node *l)
{
    struct str s = {0};
    const char *name = xml_text(xml_child(l, "name", NULL));
    str_add(&s, name ? name : "");
    for (struct xml_node *v = xml_child(l, "version", NULL); v; v = xml_child(l, "version", v))
        str_addf(&s, " %s", xml_text(v) ? xml_text(v) : "");
    VEC_PUSH(c->language, text_in(&c->arena, str_c(&s)));
    str_clear(&s);
    for (struct xml_node *g = xml_child(l, "languageFeatures", NULL); g;
         g = xml_child(l, "languageFeatures", g)) {
        const char *type = xml_value(g, "type");
        bool functions = type && str_hasi(type, "features-udf");
        for (struct xml_node *f = xml_child(g, "feature", NULL); f;
             f = xml_child(g, "feature", f)) {
            const char *form = text_in(&c->arena, xml_text(xml_child(f, "form", NULL)));
            if (functions)
                VEC_PUSH(c->function, form);
            else
                VEC_PUSH(c->feature, form);
        }
    }
}

static uint64_t read_limit(const struct xml_node *capability, const char *which)
{
    const struct xml_node *limit = xml_child(capability, "outputLimit", NULL);
    const struct xml_node *node = xml_child(limit, which, NULL);
    const char *unit = node ? xml_value(node, "unit") : NULL, *s = xml_text(node);
    double x;
    if (!s || (unit && !str_eqi(unit, "row")) || !str_num(s, &x) || !(x > 0 && x < 1e18))
        return 0;
    return (uint64_t)x;
}

static void read_capability(struct vosi_capabilities *c, const struct xml_node *node)
{
    struct vosi_capability one = {.standard_id = text_in(&c->arena, xml_value(node, "standardID")),
                                  .url = ""};
    for (struct xml_node *i = xml_child(node, "interface", NULL); i && !*one.url;
         i = xml_child(node, "interface", i))
        one.url = text_in(&c->arena, xml_text(xml_child(i, "accessURL", NULL)));
    const struct vo_protocol *p = vo_protocol_of(one.standard_id);
    one.kind = p ? p->name : NULL;
    VEC_PUSH(c->capability, one);
    for (struct xml_node *l = xml_child(node, "language", NULL); l;
         l = xml_child(node, "language", l))
        read_language(c, l);
    for (struct xml_node *m = xml_child(node, "dataModel", NULL); m;
         m = xml_child(node, "dataModel", m))
        VEC_PUSH(c->data_model, text_in(&c->arena, xml_value(m, "ivo-id")));
    if (xml_child(node, "uploadMethod", NULL))
        c->upload = true;
    if (xml_child(node, "outputLimit", NULL)) {
        c->rows_default = read_limit(node, "default");
        c->rows_most = read_limit(node, "hard");
    }
}

enum status vosi_read_capabilities(const char *bytes, size_t n, struct vosi_capabilities *c,
                                   struct error *err)
{
    struct xml_tree *t;
    *c = (struct vosi_capabilities){.upload = false};
    if (read_tree(bytes, n, "capabilities", "capabilities", &t, err) != OK)
        return err ? err->status : E_PARSE;
    for (struct xml_node *k = xml_child(t->root, "capability", NULL); k;
         k = xml_child(t->root, "capability", k))
        read_capability(c, k);
    xml_tree_free(t);
    return OK;
}

void vosi_clear(struct vosi_capabilities *c)
{
    VEC_FREE(c->capability);
    VEC_FREE(c->language);
    VEC_FREE(c->function);
    VEC_FREE(c->feature);
    VEC_FREE(c->data_model);
    arena_clear(&c->arena);
}

/* ---- examples ---- */

/* All the text within an element; line ends are kept, they are the query's. */
static void gather(struct str *out, const struct xml_node *node, int depth)
{
    if (xml_text(node))
        str_add(out, xml_text(node));
    for (const struct xml_node *k = node->child; k && depth < 16; k = k->next)
        gather(out, k, depth + 1);
}

/* Text from a page, fit for a terminal but for its line ends. */
static const char *lines_in(struct arena *arena, const char *s)
{
    struct str out = {0};
    while (*s == '\n' || *s == '\r' || *s == ' ' || *s == '\t')
        s++;
    for (const char *p = s; *p;) {
        size_t n = strcspn(p, "\n");
        size_t before = strspn(p, " \t");
        before = before < n ? before : n;
        str_addf(&out, "%*s", (int)before, "");
        utf8_clean(&out, p + before, n - before);
        p += n;
        if (*p == '\n')
            str_addc(&out, *p++);
    }
    size_t n = out.n;
    while (n && (out.s[n - 1] == '\n' || out.s[n - 1] == ' '))
        n--;
    char *copy = arena_strn(arena, str_c(&out), n);
    str_clear(&out);
    return copy;
}

static const struct xml_node *find_property(const struct xml_node *node, const char *property,
                                            int depth)
{
    for (; node && depth < 60; node = node->next) {
        const char *p = xml_value(node, "property");
        if (p && str_eqi(p, property))
            return node;
        const struct xml_node *in = find_property(node->child, property, depth + 1);
        if (in)
            return in;
    }
    return NULL;
}

static void read_examples(struct vosi_examples *e, const struct xml_node *node, int depth)
{
    for (; node && depth < 60; node = node->next) {
        const char *type = xml_value(node, "typeof");
        if (!type || !str_hasi(type, "example")) {
            read_examples(e, node->child, depth + 1);
            continue;
        }
        struct str query = {0}, name = {0};
        const struct xml_node *q = find_property(node->child, "query", 0),
                              *title = find_property(node->child, "name", 0);
        if (q) {
            gather(&query, q, 0);
            if (title)
                gather(&name, title, 0);
            struct vosi_example one = {.name = text_in(&e->arena, str_c(&name)),
                                       .query = lines_in(&e->arena, str_c(&query))};
            VEC_PUSH(e->example, one);
        }
        str_clear(&query);
        str_clear(&name);
    }
}

enum status vosi_read_examples(const char *bytes, size_t n, struct vosi_examples *e,
                               struct error *err)
{
    struct xml_tree *t;
    *e = (struct vosi_examples){.example = {0}};
    if (read_tree(bytes, n, "html", "examples", &t, err) != OK)
        return err ? err->status : E_PARSE;
    read_examples(e, t->root, 0);
    xml_tree_free(t);
    return OK;
}

void vosi_examples_clear(struct vosi_examples *e)
{
    VEC_FREE(e->example);
    arena_clear(&e->arena);
}
