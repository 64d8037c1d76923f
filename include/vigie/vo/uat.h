/* uat.h - the Unified Astronomy Thesaurus as the IVOA publishes it (desise JSON): find a concept, its
 * wider and narrower ones, those that begin or sound like what was typed.
 * Not: fetching it. Source: Vocabularies in the VO 2.1 (IVOA), section 3.2.1.
 */
#ifndef VIGIE_VO_UAT_H
#define VIGIE_VO_UAT_H

#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"

/* struct uat_term - a concept: its name in queries ("gamma-ray-bursts"), label, description. wider,
 * narrower: indices of terms. */
struct uat_term {
    const char *name, *label, *description;
    VEC(uint32_t) wider;
    VEC(uint32_t) narrower;
};

/* uat_new - from n bytes of JSON. err: E_PARSE. uat_free takes NULL.
 *   test  tests/vo/check_registry.c */
struct uat;
enum status uat_new(const char *json, size_t n, struct uat **uat, struct error *err) MUST_CHECK;
void uat_free(struct uat *u);

/* uat_core - the part that is built in: a few hundred terms around transients, variable stars, exoplanets
 * and instruments, without descriptions, with all they stand under. Owned by the caller.
 *   test  tests/vo/check_uat.c */
struct uat *uat_core(void);

size_t uat_count(const struct uat *u);
const struct uat_term *uat_term(const struct uat *u, uint32_t i);

/* uat_find - the term of that name, or of that label without regard to case; -1 if there is none.
 * uat_near - up to `max` terms whose name or label begins with, holds, or is nearly the text, best
 * first; returns how many. */
int uat_find(const struct uat *u, const char *name);
size_t uat_near(const struct uat *u, const char *text, uint32_t *out, size_t max);

/* uat_expand - a term with those up to `up` steps wider and `down` steps narrower, each once, the term
 * first; VEC_FREE is the caller's. */
struct uat_set {
    VEC(uint32_t) term;
};
void uat_expand(const struct uat *u, uint32_t term, int up, int down, struct uat_set *set);

#endif
