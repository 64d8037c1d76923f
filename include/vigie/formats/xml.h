/* xml.h - XML fed in pieces: a handler is told of elements and text; or a small tree is built.
 * Not: validation, writing. Nothing is ever fetched, no entity but the five of XML itself and
 * character references exists, prefixes must be declared (XML 1.0 and Namespaces in XML 1.0, W3C).
 */
#ifndef VIGIE_FORMATS_XML_H
#define VIGIE_FORMATS_XML_H

#include <stddef.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"

/* struct xml_attr - an attribute: its local name, the namespace's URI ("" if none), its value. */
struct xml_attr {
    const char *name, *uri, *value;
};

/* struct xml_handler - what the reader tells. All texts are UTF-8, ended by a zero byte (text: not
 * ended), borrowed for the call. name: the local name; uri: of its namespace, "" if none. Text may
 * come in several pieces. A callback that returns anything but OK (and fills err) stops the
 * reading: xml_feed returns that error. text may be NULL. */
struct xml_handler {
    enum status (*start)(void *arg, const char *uri, const char *name, const struct xml_attr *attr,
                         size_t n_attr, struct error *err);
    enum status (*end)(void *arg, const char *uri, const char *name, struct error *err);
    enum status (*text)(void *arg, const char *s, size_t n, struct error *err);
};

/* struct xml_limits - max_bytes: of the whole document (> 0); max_depth: nesting of elements, the
 * root is 1 (0: 255). doctype_ignored: a well-formed DOCTYPE without any entity declaration, in the
 * first 64 kB and in an encoding that writes ASCII as ASCII, is passed over; every other, and without
 * it every DOCTYPE at all, is refused. stream: no document but elements one behind the other for as
 * long as a connection lasts (INDI); each is a root of its own, and max_bytes holds for each. */
struct xml_limits {
    size_t max_bytes;
    int max_depth;
    bool doctype_ignored, stream;
};

struct xml;

/* xml_new - a reader. limits, handler: copied. arg: handed to the handler. xml_free frees it at any
 * point. */
struct xml *xml_new(const struct xml_limits *limits, const struct xml_handler *handler, void *arg);
void xml_free(struct xml *x);

/* xml_feed - the next n bytes (any n, 0 too); xml_end - there are no more.
 *   err      E_PARSE: not well formed, an undeclared prefix or entity, a DOCTYPE, a comment that
 *            begins with ">" or "->" (readers differ on where it ends), something after the root: "line 2: opening and ending tag mismatch ..."; E_RANGE: larger or deeper
 *            than the limits; or the handler's own error. After an error every further call
 *            returns it again.
 *   test     tests/formats/check_xml.c */
enum status xml_feed(struct xml *x, const char *bytes, size_t n, struct error *err) MUST_CHECK;
enum status xml_end(struct xml *x, struct error *err) MUST_CHECK;

/* xml_line - the line the reader has come to, from 1. */
int xml_line(const struct xml *x);

/* xml_idle - everything fed has been taken in, the reader stands in the content of an element, and the
 * document is UTF-8: a caller that knows what comes next (rows of a table) may then read whole
 * elements, or plain text, by itself. xml_skip - it has done so with n bytes, in which `lines` lines
 * ended; what was skipped must be well formed and balanced. Only when idle.
 *   test     tests/formats/check_votable.c, check_votable_corpus.c: with and without, the same */
bool xml_idle(const struct xml *x);
void xml_skip(struct xml *x, size_t n, int lines);

/* struct xml_node - an element of a tree: its own text (that of its children is not in it), its
 * attributes, its first child and next sibling, in document order. All in one arena. */
struct xml_node {
    const char *uri, *name, *text;
    struct xml_attr *attr;
    size_t n_attr;
    struct xml_node *child, *next;
};

/* struct xml_tree - a whole document as a tree; for small ones (limits->max_bytes bounds it; the
 * arena holds at most some 20 times that). root is NULL before the first element. Use:
 * xml_tree_new, xml_feed(tree->xml ...), xml_end; then read root. xml_tree_free frees reader and
 * nodes. */
struct xml_tree {
    struct xml *xml;
    struct xml_node *root;
    struct arena arena;
    struct xml_open *open;
};
struct xml_tree *xml_tree_new(const struct xml_limits *limits);
void xml_tree_free(struct xml_tree *t);

/* xml_child - the first child of that local name after `after` (NULL: from the first), or NULL;
 * node may be NULL. xml_path - down a path of local names "WhereWhen/ObsDataLocation", first match
 * at each step. xml_value - the attribute of that local name, NULL if absent. xml_text - the text
 * of an element, NULL for a NULL node. */
struct xml_node *xml_child(const struct xml_node *node, const char *name,
                           const struct xml_node *after);
struct xml_node *xml_path(const struct xml_node *node, const char *path);
const char *xml_value(const struct xml_node *node, const char *name);
const char *xml_text(const struct xml_node *node);

#endif
