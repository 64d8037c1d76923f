/* tabledoc.c - metadata as a tree of nodes, and the document of one or more tables.
 * Not: the cells (table.c).
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/table.h"

struct table_node *table_node_new(struct arena *arena, const char *name,
                                  const struct table_attr *attr, size_t n_attr)
{
    struct table_node *node = arena_alloc(arena, sizeof *node);
    node->name = arena_str(arena, name);
    node->n_attr = n_attr;
    node->attr = n_attr ? arena_alloc(arena, n_attr * sizeof *attr) : NULL;
    for (size_t i = 0; i < n_attr; i++) {
        node->attr[i].name = arena_str(arena, attr[i].name);
        node->attr[i].value = arena_str(arena, attr[i].value);
    }
    return node;
}

const char *table_node_attr(const struct table_node *node, const char *name)
{
    for (size_t i = 0; node && i < node->n_attr; i++)
        if (strcmp(node->attr[i].name, name) == 0)
            return node->attr[i].value;
    return NULL;
}

/* Depth is bounded by the reader that made the nodes. */
struct table_node *table_node_copy(struct arena *arena, const struct table_node *node)
{
    struct table_node *copy = table_node_new(arena, node->name, node->attr, node->n_attr);
    copy->text = node->text ? arena_str(arena, node->text) : NULL;
    copy->resource = node->resource;
    struct table_node **tail = &copy->child;
    for (const struct table_node *c = node->child; c; c = c->next) {
        *tail = table_node_copy(arena, c);
        tail = &(*tail)->next;
    }
    return copy;
}

void table_node_append(struct table_node **list, struct table_node *node)
{
    while (*list)
        list = &(*list)->next;
    *list = node;
}

struct table_doc *table_doc_new(enum table_format format)
{
    struct table_doc *doc = mem_zero(sizeof *doc);
    doc->format = format;
    VEC_PUSH(doc->parent, 0);
    return doc;
}

void table_doc_free(struct table_doc *doc)
{
    if (!doc)
        return;
    for (size_t i = 0; i < doc->tables.n; i++)
        table_free(doc->tables.at[i]);
    VEC_FREE(doc->tables);
    VEC_FREE(doc->parent);
    arena_clear(&doc->arena);
    free(doc);
}

struct table *table_doc_take(struct table_doc *doc, size_t i)
{
    struct table *t = doc->tables.at[i];
    doc->tables.at[i] = NULL;
    return t;
}

static bool around(const struct table_doc *doc, uint32_t outer, uint32_t inner)
{
    while (inner != outer && inner != 0)
        inner = doc->parent.at[inner];
    return inner == outer;
}

bool table_doc_concerns(const struct table_doc *doc, const struct table_node *node,
                        const struct table *t)
{
    return strcmp(node->name, "COOSYS") == 0 || strcmp(node->name, "TIMESYS") == 0 ||
           around(doc, node->resource, t->resource);
}

const char *table_status_name(enum table_status status)
{
    switch (status) {
    case TABLE_STATUS_NONE: return NULL;
    case TABLE_STATUS_OK: return "OK";
    case TABLE_STATUS_OVERFLOW: return "OVERFLOW";
    case TABLE_STATUS_ERROR: return "ERROR";
    }
    return NULL;
}
