/* tablefilter.h - an expression over the columns as nodes: what parser and evaluation share. */
#ifndef VIGIE_SRC_FORMATS_TABLEFILTER_H
#define VIGIE_SRC_FORMATS_TABLEFILTER_H

#include "vigie/formats/tableops.h"

enum filter_op {
    F_INT,
    F_REAL,
    F_TEXT,
    F_COLUMN,
    F_NEGATE,
    F_ADD,
    F_SUB,
    F_MUL,
    F_DIV,
    F_MOD,
    F_POW,
    F_EQ,
    F_NE,
    F_LT,
    F_LE,
    F_GT,
    F_GE,
    F_AND,
    F_OR,
    F_NOT,
    F_NULL,
    F_LIKE,
    F_ILIKE,
    F_HOLDS,
    F_CALL
};

enum filter_fn {
    FN_ABS,
    FN_SQRT,
    FN_EXP,
    FN_LN,
    FN_LOG10,
    FN_FLOOR,
    FN_CEIL,
    FN_ROUND,
    FN_SIN,
    FN_COS,
    FN_TAN,
    FN_RADIANS,
    FN_DEGREES,
    FN_LOWER,
    FN_UPPER,
    FN_LENGTH,
    FN_DISTANCE
};

/* A node; its operands are nodes before it, by number. cost: how many nodes a row visits for it (an
 * operand may be shared). */
struct filter_node {
    enum filter_op op;
    enum filter_fn fn;
    int arg[4], n_args;
    uint64_t cost;
    int64_t i;
    double x;
    const char *text;
    size_t n; /* of text, or the column */
};

struct table_filter {
    const struct table *t;
    struct arena arena;
    VEC(struct filter_node) node;
    struct str *room; /* of each node: texts that lower and upper make */
    int root;
};

/* table_filter_parse - fills node and root. */
enum status table_filter_parse(struct table_filter *f, const char *expression,
                               struct error *err) MUST_CHECK;

#endif
