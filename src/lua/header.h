/* header.h - the head of a script, read without running it: what it is, what it needs, its parameters.
 * Not: values of parameters that need a device or a list (the form checks those).
 */
#ifndef VIGIE_SRC_LUA_HEADER_H
#define VIGIE_SRC_LUA_HEADER_H

#include "vigie/base/err.h"
#include "vigie/base/mem.h"

/* struct script_param - `param NAME : TYPE = DEFAULT "LABEL" KEY=VALUE...`. Texts NULL when absent; owned by the header. */
struct script_param {
    char *name, *type, *def, *label, *min, *max, *of, *pattern, *step;
    bool optional;
};

/* struct script_header - a block of the first comment that begins with `vigie-script`. has: there is one. needs: words parted by blanks. */
struct script_header {
    bool has;
    char *name, *summary, *author, *version, *license, *needs;
    int api; /* 0: not said */
    VEC(struct script_param) params;
    struct arena arena;
};

/* header_read - from the text of a script. A script without a block is no error (has is false).
 *   err   E_PARSE with the line: an unknown key (with the nearest), an unknown type, a bad limit, a name twice
 *   test  tests/lua/check_header.c */
enum status header_read(const char *text, size_t n, struct script_header *h,
                        struct error *err) MUST_CHECK;
void header_clear(struct script_header *h);

/* header_param - the parameter of a name; NULL if there is none, *near is then the nearest name or NULL. */
const struct script_param *header_param(const struct script_header *h, const char *name,
                                        const char **near);

#endif
