/* search.h - the registry asked: mirrors in turn until one answers, the answer kept and used with its
 * age when none does. Not: constraints and records (registry.h).
 */
#ifndef VIGIE_VO_SEARCH_H
#define VIGIE_VO_SEARCH_H

#include "vigie/vo/access.h"
#include "vigie/vo/many.h"
#include "vigie/vo/registry.h"

/* struct search_result - how it ended.
 *   err     OK: list and doc hold the answer, maybe a kept one; else why there is none
 *   why     of a kept answer: what the mirrors said (OK: it was fresh enough, nobody was asked)
 *   from    host of the mirror that answered; "" of a kept answer of unknown origin
 *   age_s   0: asked now; else the age of the kept answer, seconds
 *   list    records; borrowed for the call, unless taken: set *list to a zeroed one, then
 *           registry_clear is yours
 *   doc     the answer itself; borrowed unless taken, as of vo_answer
 *   cut     there are more records than the answer gives */
struct search_result {
    struct error err, why;
    char from[128];
    double age_s;
    struct registry_list *list;
    struct table_doc *doc;
    bool cut;
};

/* search_done_fn - the end, once. search_tried_fn - a mirror has failed with `why`, the next is asked
 * (or the kept answer looked for); may be NULL. */
typedef void search_done_fn(void *arg, struct search_result *r);
typedef void search_tried_fn(void *arg, const struct error *why);

/* struct search_setup - access: borrowed. adql: as registry_adql makes it, or as the user edited it;
 * copied. plain: the same as registry_adql_plain makes it, asked where the first is refused; NULL:
 * none; copied. max_age_s: a kept answer that is not older is used without asking [1 h]; < 0: always ask.
 * max_rows [20000]. one_only: a registry's address, asked alone (NULL: access->registries). */
struct search_setup {
    const struct vo_access *access;
    const char *adql, *plain, *one_only;
    double max_age_s;
    uint64_t max_rows;
    search_tried_fn *tried;
    search_done_fn *done;
    void *arg;
};

/* search_start - no callback runs before it returns. NULL with err if there is nothing to ask.
 * search_free - at any time, also in `done`; ends it without a callback. NULL is fine.
 *   test  tests/vo/check_search.c */
struct search;
struct search *search_start(const struct search_setup *setup, struct error *err);
void search_free(struct search *s);

/* search_count_adql - the query that only counts the records of these constraints: one row, column
 * `records`. For a count while the user types: ask it with search_start (the list is then empty).
 * search_count_of - the number in its answer, -1 if there is none.
 *   test  tests/vo/check_search.c; the real server: tests/peers */
enum status search_count_adql(const struct registry_constraint *c, size_t n, const struct uat *uat,
                              struct str *adql, struct error *err) MUST_CHECK;
int64_t search_count_of(const struct table_doc *doc);

/* search_services - the interfaces of a record that a program can ask, of one kind ("scs"; NULL: all),
 * as services for many.h; appended. Strings are those of the list. */
struct search_services {
    VEC(struct vo_many_service) at;
};
void search_services(const struct registry_record *r, const char *kind,
                     struct search_services *out);

/* search_registries - the default list of mirrors, divided by blanks. */
const char *search_registries(void);

#endif
