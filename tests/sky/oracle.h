/* oracle.h - the reference cases of the corpus (env VIGIE_CORPUS), one JSON file a function.
 * Without the corpus the cases are left out, and oracle_there says so in one line.
 */
#ifndef VIGIE_TESTS_SKY_ORACLE_H
#define VIGIE_TESTS_SKY_ORACLE_H

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/formats/json.h"

struct oracle {
    struct arena arena;
    const struct json *root, *cases;
};

/* oracle_there - for main: tells on stderr, once, what is left out. */
static inline void oracle_there(const char *what)
{
    if (!getenv("VIGIE_CORPUS"))
        fprintf(stderr, "without VIGIE_CORPUS: %s left out\n", what);
}

/* oracle_open - corpus/`path`; list: the member that holds the cases. false: no corpus. */
static inline bool oracle_open(struct oracle *o, const char *path, const char *list)
{
    const char *corpus = getenv("VIGIE_CORPUS");
    struct str text = {0};
    struct error err = {0};
    memset(o, 0, sizeof *o);
    if (!corpus)
        return false;
    char *name = mem_printf("%s/%s", corpus, path);
    ck_assert_msg(file_read(name, 64 << 20, &text, &err) == OK, "%s", err.text);
    struct json_limits limits = {.nodes = 2000000};
    ck_assert_msg(json_parse(&o->arena, text.s, text.n, &limits, &o->root, &err) == OK, "%s",
                  err.text);
    o->cases = json_get(o->root, list)->first;
    ck_assert_ptr_nonnull(o->cases);
    str_clear(&text);
    free(name);
    return true;
}

/* num - a number of a case by its path. */
static inline double num(const struct json *c, const char *path)
{
    const struct json *v = json_path(c, path);
    return json_number(v);
}

#endif
