/* vocabulary.h - the thesaurus as it can be had: the kept copy, else fetched once from the IVOA and
 * kept; before that, a core of it that is built in. Not: looking into it (uat.h).
 */
#ifndef VIGIE_VO_VOCABULARY_H
#define VIGIE_VO_VOCABULARY_H

#include "vigie/vo/access.h"
#include "vigie/vo/uat.h"

/* vocabulary_get - the thesaurus as it is now: the kept copy, else the built-in core; never NULL.
 * Borrowed until vocabulary_free. vocabulary_whole - whether it is the whole one. vocabulary_age_s - of
 * the copy, seconds; NAN: built in.
 *   test  tests/vo/check_names.c */
struct vocabulary;
struct vocabulary *vocabulary_new(const struct vo_access *access);
void vocabulary_free(struct vocabulary *v);
const struct uat *vocabulary_get(const struct vocabulary *v);
bool vocabulary_whole(const struct vocabulary *v);
double vocabulary_age_s(const struct vocabulary *v);

/* vocabulary_fetch - ask for it, if there is no copy, or with `anew` also if there is one (the service
 * says whether it changed). done: err OK: it is there (changed: another one than before, indices of terms
 * and what was borrowed no longer hold); else why not, the old one stays. done is called in a later
 * turn; it may be NULL. Asking while it is under way does nothing but call `done` too.
 *   returns  false: nothing is asked (there is a copy, or offline); done is not called */
typedef void vocabulary_done_fn(void *arg, bool changed, const struct error *err);
bool vocabulary_fetch(struct vocabulary *v, bool anew, vocabulary_done_fn *done, void *arg);

/* vocabulary_read - from a file instead (desise JSON). err: as file_read and uat_new; the old stays. */
enum status vocabulary_read(struct vocabulary *v, const char *path, struct error *err) MUST_CHECK;

#endif
