/* xmltree.c - a small XML document as a tree in one arena, and how to walk it.
 * Not: for large tables; those are read as they come (xml.h).
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"
#include "vigie/formats/xml.h"

/* An element that is not ended yet: where its next child goes, its text so far. */
struct xml_open {
    struct xml_node *node, **tail;
    struct str text;
    struct xml_open *up;
};

static enum status tree_start(void *arg, const char *uri, const char *name,
                              const struct xml_attr *attr, size_t n_attr, struct error *err)
{
    struct xml_tree *t = arg;
    struct xml_node *node = arena_alloc(&t->arena, sizeof *node);
    struct xml_open *open = mem_zero(sizeof *open);
    (void)err;
    node->name = arena_str(&t->arena, name);
    node->uri = *uri ? arena_str(&t->arena, uri) : "";
    node->text = "";
    node->n_attr = n_attr;
    node->attr = n_attr ? arena_alloc(&t->arena, n_attr * sizeof *attr) : NULL;
    for (size_t i = 0; i < n_attr; i++) {
        node->attr[i].name = arena_str(&t->arena, attr[i].name);
        node->attr[i].uri = *attr[i].uri ? arena_str(&t->arena, attr[i].uri) : "";
        node->attr[i].value = arena_str(&t->arena, attr[i].value);
    }
    if (t->open) {
        *t->open->tail = node;
        t->open->tail = &node->next;
    } else {
        t->root = node;
    }
    open->node = node;
    open->tail = &node->child;
    open->up = t->open;
    t->open = open;
    return OK;
}

static void close_one(struct xml_tree *t)
{
    struct xml_open *open = t->open;
    if (open->text.n)
        open->node->text = arena_strn(&t->arena, open->text.s, open->text.n);
    str_clear(&open->text);
    t->open = open->up;
    free(open);
}

static enum status tree_end(void *arg, const char *uri, const char *name, struct error *err)
{
    (void)uri, (void)name, (void)err;
    close_one(arg);
    return OK;
}

static enum status tree_text(void *arg, const char *s, size_t n, struct error *err)
{
    struct xml_tree *t = arg;
    (void)err;
    if (t->open)
        str_addn(&t->open->text, s, n);
    return OK;
}

struct xml_tree *xml_tree_new(const struct xml_limits *limits)
{
    static const struct xml_handler handler = {tree_start, tree_end, tree_text};
    struct xml_tree *t = mem_zero(sizeof *t);
    t->xml = xml_new(limits, &handler, t);
    return t;
}

void xml_tree_free(struct xml_tree *t)
{
    if (!t)
        return;
    xml_free(t->xml);
    while (t->open)
        close_one(t);
    arena_clear(&t->arena);
    free(t);
}

struct xml_node *xml_child(const struct xml_node *node, const char *name,
                           const struct xml_node *after)
{
    if (!node)
        return NULL;
    for (struct xml_node *c = after ? after->next : node->child; c; c = c->next)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

struct xml_node *xml_path(const struct xml_node *node, const char *path)
{
    const struct xml_node *at = node;
    while (at && *path) {
        size_t n = strcspn(path, "/");
        const struct xml_node *c = at->child;
        while (c && (strncmp(c->name, path, n) != 0 || c->name[n]))
            c = c->next;
        at = c;
        path += n + (path[n] == '/');
    }
    return (struct xml_node *)at;
}

const char *xml_value(const struct xml_node *node, const char *name)
{
    for (size_t i = 0; node && i < node->n_attr; i++)
        if (strcmp(node->attr[i].name, name) == 0)
            return node->attr[i].value;
    return NULL;
}

const char *xml_text(const struct xml_node *node)
{
    return node ? node->text : NULL;
}
