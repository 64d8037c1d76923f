/* fuzz_uat.c - any JSON as the thesaurus: terms are found by their names, links lead to terms, every walk ends with each term once.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/vo/uat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct uat *u, uint32_t i)
{
    struct uat_set set = {0};
    unsigned char *seen = mem_zero(uat_count(u));
    uat_expand(u, i, 3, 50, &set);
    ensure(set.term.n >= 1 && set.term.at[0] == i);
    for (size_t k = 0; k < set.term.n; k++) {
        ensure(set.term.at[k] < uat_count(u) && !seen[set.term.at[k]]);
        seen[set.term.at[k]] = 1;
    }
    VEC_FREE(set.term);
    free(seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct uat *u;
    struct error err;
    uint32_t near[5];
    if (uat_new((const char *)data, size, &u, &err) != OK) {
        ensure(u == NULL && *err.text);
        return 0;
    }
    for (uint32_t i = 0; i < uat_count(u) && i < 50; i++) {
        const struct uat_term *t = uat_term(u, i);
        int at = uat_find(u, t->name);
        ensure(at >= 0 && strcmp(uat_term(u, (uint32_t)at)->name, t->name) == 0);
        for (size_t k = 0; k < t->wider.n; k++)
            ensure(t->wider.at[k] < uat_count(u));
        for (size_t k = 0; k < t->narrower.n; k++)
            ensure(t->narrower.at[k] < uat_count(u));
        ensure(uat_near(u, t->label, near, 5) >= 1);
        walk(u, i);
    }
    uat_free(u);
    return 0;
}
