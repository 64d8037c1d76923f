/* doctype.h - the DOCTYPE of an XML document, so that a reader can leave it out. Not: for other rooms.
 */
#ifndef VIGIE_SRC_FORMATS_DOCTYPE_H
#define VIGIE_SRC_FORMATS_DOCTYPE_H

#include <stdbool.h>
#include <stddef.h>

/* DOCTYPE_LOOK - how far into a document it may reach, bytes. */
enum { DOCTYPE_LOOK = 1 << 16 };

/* DOCTYPE_MORE: what has come does not tell yet; DOCTYPE_NONE: there is none before the root (or it is
 * in an encoding that does not write ASCII as ASCII); DOCTYPE_HERE: from begin to end; DOCTYPE_BAD:
 * it is malformed, or declares or uses an entity: why says which. */
enum doctype_found { DOCTYPE_MORE, DOCTYPE_NONE, DOCTYPE_HERE, DOCTYPE_BAD };
struct doctype {
    size_t begin, end;
    const char *why;
};

/* doctype_find - where it is in the first n bytes of a document. The answer, once it is not
 * DOCTYPE_MORE, stays the same whatever follows. Source: XML 1.0, productions 22 and 28 to 30. */
enum doctype_found doctype_find(const char *s, size_t n, struct doctype *out);

#endif
