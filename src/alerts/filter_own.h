/* filter_own.h - a compiled filter. Not: for other rooms. */
#ifndef VIGIE_SRC_ALERTS_FILTER_OWN_H
#define VIGIE_SRC_ALERTS_FILTER_OWN_H

#include "vigie/alerts/filter.h"

enum field_type { FIELD_NUMBER, FIELD_TEXT, FIELD_BOOL };

/* What a number is counted in inside, and by default when a filter gives none. */
enum field_unit {
    UNIT_NONE,  /* as it is */
    UNIT_ANGLE, /* degrees */
    UNIT_HOURS, /* seconds inside, hours by default */
    UNIT_MIN,   /* seconds inside, minutes by default */
    UNIT_RATE,  /* per second */
    UNIT_MPC
};

/* struct field_row - number, text or yes-or-no of an event: one of the functions. NAN, NULL and -1
 * are unknown. */
struct field_row {
    const char *name, *other;
    enum field_type type;
    enum field_unit unit;
    const char *help;
    double (*number)(const struct alert_subject *s);
    const char *(*text)(const struct alert_subject *s);
    int (*truth)(const struct alert_subject *s);
};

/* field_row - the row of a name, NULL if it is none (then it is a parameter). */
const struct field_row *field_row(const char *name, size_t n);
const struct field_row *field_rows(void); /* ended by a NULL name */

/* field_unit - a number with a unit as a filter writes it. Returns false if the text is none. */
bool field_value(const char *s, size_t n, enum field_unit unit, double *x);

/* field_print - a number of a field in its default unit, for people. */
void field_print(struct str *out, enum field_unit unit, double x);

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TERM };
enum node_op { OP_IS, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_HOLDS };

/* struct value - one alternative of a term: a number (or range lo .. hi) and a text. */
struct value {
    bool is_number, is_range;
    double lo, hi;
    char *text;
};

/* struct node - left, right: indices into the filter's nodes. from, to: where it stands in the
 * text. */
struct node {
    enum node_kind kind;
    int left, right;
    size_t from, to;
    enum node_op op;
    const struct field_row *row; /* NULL: a parameter */
    char *group, *name;
    uint16_t hash;
    struct value *values;
    size_t n_values;
};

struct alert_filter {
    char *text;
    VEC(struct node) nodes;
    int root; /* -1: empty */
    struct arena arena;
};

#endif
