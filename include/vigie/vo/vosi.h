/* vosi.h - what a service says of itself: availability, capabilities, examples of queries.
 * Not: its tables (schema.h), asking. Source: VOSI 1.1, TAPRegExt 1.0, DALI 1.1 section 2.3 (IVOA).
 */
#ifndef VIGIE_VO_VOSI_H
#define VIGIE_VO_VOSI_H

#include <stdbool.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

/* vosi_url - base/what, "/" where it is needed; what: "availability", "capabilities", "tables",
 * "examples". vosi_url_beside - where some have them: .../scs.xml? gives .../what; false (out is as it was)
 * if nothing of the path is left. test: tests/vo/check_service.c */
void vosi_url(struct str *out, const char *base, const char *what);
bool vosi_url_beside(struct str *out, const char *base, const char *what);

/* struct vosi_availability - texts "" when not said; times as written. */
struct vosi_availability {
    bool available;
    char up_since[40], down_at[40], back_at[40], note[256];
};
enum status vosi_read_availability(const char *bytes, size_t n, struct vosi_availability *a,
                                   struct error *err) MUST_CHECK;

/* struct vosi_capability - one of them. kind: the protocol's name (proto.h) or NULL. */
struct vosi_capability {
    const char *standard_id, *url, *kind;
};

/* struct vosi_capabilities - of TAP also: rows it gives if nothing is said, and at most (0: not said);
 * whether tables can be uploaded in the request; its languages ("ADQL 2.0 2.1") and functions
 * ("gavo_vocmatch(...) -> INTEGER"), optional features by name ("MOC", "UNION"), and its data models
 * ("ivo://ivoa.net/std/obscore#core-1.1"). */
struct vosi_capabilities {
    VEC(struct vosi_capability) capability;
    VEC(const char *) language;
    VEC(const char *) function;
    VEC(const char *) feature;
    VEC(const char *) data_model;
    uint64_t rows_default, rows_most;
    bool upload;
    struct arena arena;
};
enum status vosi_read_capabilities(const char *bytes, size_t n, struct vosi_capabilities *c,
                                   struct error *err) MUST_CHECK;
void vosi_clear(struct vosi_capabilities *c);

/* struct vosi_example - a query with its name. vosi_read_examples - of a page in XHTML with RDFa.
 *   err   E_PARSE: no XHTML
 *   test  tests/vo/check_service.c; documents of real services: the corpus */
struct vosi_example {
    const char *name, *query;
};
struct vosi_examples {
    VEC(struct vosi_example) example;
    struct arena arena;
};
enum status vosi_read_examples(const char *bytes, size_t n, struct vosi_examples *e,
                               struct error *err) MUST_CHECK;
void vosi_examples_clear(struct vosi_examples *e);

#endif
