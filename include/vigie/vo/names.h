/* names.h - positions of objects by their names: Sesame, its mirrors, then SIMBAD by TAP; what was
 * answered once is kept in a file and used, with its age, when nobody answers.
 * Not: the services' formats (resolve.h).
 */
#ifndef VIGIE_VO_NAMES_H
#define VIGIE_VO_NAMES_H

#include "vigie/vo/access.h"
#include "vigie/vo/resolve.h"

/* struct names_result - err OK: object holds it. age_s: 0: asked now, else of the kept answer, and
 * `why` says why nobody was asked or who did not answer (OK: it was fresh enough). */
struct names_result {
    struct error err, why;
    struct vo_object object;
    double age_s;
};
typedef void names_done_fn(void *arg, const struct names_result *r);

/* names_new - reads the kept answers (at most 2000, the latest). max_age_s: kept answers that are not
 * older are used without asking [30 d]. names_free: what is asked ends without a callback.
 *   test  tests/vo/check_names.c */
struct names;
struct names *names_new(const struct vo_access *access, double max_age_s);
void names_free(struct names *n);

/* names_ask - done is called once, in a later turn. Returns an id for names_cancel (no callback then);
 * never 0. A name in another case or with other blanks is the same name. */
uint64_t names_ask(struct names *n, const char *name, names_done_fn *done, void *arg);
void names_cancel(struct names *n, uint64_t id);

/* names_near - kept names that begin with `text`, the latest first, for completion; returns how many
 * of at most `max`. Borrowed until the next answer. */
size_t names_near(const struct names *n, const char *text, const char **out, size_t max);

#endif
