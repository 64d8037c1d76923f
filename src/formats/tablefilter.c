/* tablefilter.c - whether a row meets an expression: three-valued logic, whole numbers exact.
 * Not: the grammar (tablefilter_parse.c).
 */
#include "tablefilter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tableops_own.h"
#include "vigie/base/stop.h"

enum { PIECE = 1024 };
enum kind { K_NULL, K_BOOL, K_INT, K_REAL, K_TEXT };
struct value {
    enum kind kind;
    int64_t i; /* K_BOOL, K_INT */
    double x;  /* of any number */
    const char *s;
    size_t n;
};

static const struct value none = {K_NULL, 0, 0, NULL, 0};

static struct value truth(bool b)
{
    return (struct value){K_BOOL, b, b, NULL, 0};
}

static struct value whole(int64_t i)
{
    return (struct value){K_INT, i, (double)i, NULL, 0};
}

static struct value real(double x)
{
    return isnan(x) ? none : (struct value){K_REAL, 0, x, NULL, 0};
}

static struct value cell(const struct table *t, size_t row, size_t column)
{
    const struct table_column *c = &t->column[column];
    struct value v = none;
    if (c->array || table_null(t, row, column))
        return none;
    switch (c->type) {
    case TABLE_BOOL: return table_int(t, row, column, &v.i) ? truth(v.i != 0) : none;
    case TABLE_BIT:
    case TABLE_U8:
    case TABLE_I16:
    case TABLE_I32:
    case TABLE_I64: return table_int(t, row, column, &v.i) ? whole(v.i) : none;
    case TABLE_F32:
    case TABLE_F64: return real(table_double(t, row, column));
    case TABLE_C32:
    case TABLE_C64: return none;
    case TABLE_TEXT:
        v.s = table_text(t, row, column, &v.n);
        v.kind = v.s ? K_TEXT : K_NULL;
        while (v.n && v.s[v.n - 1] == ' ') /* fixed fields are filled up with blanks */
            v.n--;
        return v;
    }
    return none;
}

static bool number(const struct value *v)
{
    return v->kind == K_INT || v->kind == K_REAL || v->kind == K_BOOL;
}

static struct value arithmetic(enum filter_op op, struct value a, struct value b)
{
    int64_t r;
    if (!number(&a) || !number(&b))
        return none;
    if (a.kind == K_INT && b.kind == K_INT) {
        if (op == F_ADD && !__builtin_add_overflow(a.i, b.i, &r))
            return whole(r);
        if (op == F_SUB && !__builtin_sub_overflow(a.i, b.i, &r))
            return whole(r);
        if (op == F_MUL && !__builtin_mul_overflow(a.i, b.i, &r))
            return whole(r);
        if (op == F_MOD && b.i != 0)
            return whole(b.i == -1 ? 0 : a.i % b.i);
    }
    double x = op == F_ADD   ? a.x + b.x
               : op == F_SUB ? a.x - b.x
               : op == F_MUL ? a.x * b.x
               : op == F_DIV ? (b.x == 0 ? (double)NAN : a.x / b.x)
               : op == F_MOD ? fmod(a.x, b.x)
                             : pow(a.x, b.x);
    return real(x);
}

static int compare_text(const struct value *a, const struct value *b)
{
    int d = memcmp(a->s, b->s, a->n < b->n ? a->n : b->n);
    return d ? d : (a->n > b->n) - (a->n < b->n);
}

static struct value comparison(enum filter_op op, struct value a, struct value b)
{
    int d;
    if (a.kind == K_TEXT && b.kind == K_TEXT)
        d = compare_text(&a, &b);
    else if (!number(&a) || !number(&b))
        return none;
    else if (a.kind != K_REAL && b.kind != K_REAL)
        d = (a.i > b.i) - (a.i < b.i);
    else
        d = (a.x > b.x) - (a.x < b.x);
    return truth(op == F_EQ   ? d == 0
                 : op == F_NE ? d != 0
                 : op == F_LT ? d < 0
                 : op == F_LE ? d <= 0
                 : op == F_GT ? d > 0
                              : d >= 0);
}

static char fold(char c, bool any_case)
{
    return any_case && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* SQL's LIKE: % any run, _ any one byte of a text. Without recursion: only the last % is retried. */
static bool like(const struct value *text, const struct value *pattern, bool any_case)
{
    const char *s = text->s, *end = s + text->n, *p = pattern->s, *stop = p + pattern->n;
    const char *star = NULL, *again = NULL;
    while (s < end) {
        if (p < stop && *p == '%') {
            star = ++p;
            again = s;
        } else if (p < stop && (*p == '_' || fold(*p, any_case) == fold(*s, any_case))) {
            p++;
            s++;
        } else if (star) {
            p = star;
            s = ++again;
        } else {
            return false;
        }
    }
    while (p < stop && *p == '%')
        p++;
    return p == stop;
}

static bool holds(const struct value *text, const struct value *part)
{
    for (size_t i = 0; i + part->n <= text->n; i++)
        if (strncasecmp(text->s + i, part->s, part->n) == 0)
            return true;
    return false;
}

static struct value text_match(enum filter_op op, struct value a, struct value b)
{
    if (a.kind != K_TEXT || b.kind != K_TEXT)
        return none;
    return truth(op == F_HOLDS ? holds(&a, &b) : like(&a, &b, op == F_ILIKE));
}

static struct value eval(const struct table_filter *f, int at, size_t row);

static struct value change_case(const struct table_filter *f, int at, struct value a, bool up)
{
    struct str *room = &f->room[at];
    if (a.kind != K_TEXT)
        return none;
    str_reset(room);
    for (size_t i = 0; i < a.n; i++) {
        char c = a.s[i];
        str_addc(room, up && c >= 'a' && c <= 'z' ? (char)(c - 32) : fold(c, !up));
    }
    a.s = str_c(room);
    return a;
}

static struct value call(const struct table_filter *f, int at, size_t row)
{
    const struct filter_node *n = &f->node.at[at];
    struct value a = eval(f, n->arg[0], row);
    if (n->fn == FN_LOWER || n->fn == FN_UPPER)
        return change_case(f, at, a, n->fn == FN_UPPER);
    if (n->fn == FN_LENGTH)
        return a.kind == K_TEXT ? whole((int64_t)a.n) : none;
    if (!number(&a))
        return none;
    switch (n->fn) {
    case FN_ABS: return a.kind == K_INT && a.i != INT64_MIN ? whole(llabs(a.i)) : real(fabs(a.x));
    case FN_SQRT: return real(sqrt(a.x));
    case FN_EXP: return real(exp(a.x));
    case FN_LN: return real(a.x > 0 ? log(a.x) : (double)NAN);
    case FN_LOG10: return real(a.x > 0 ? log10(a.x) : (double)NAN);
    case FN_FLOOR: return real(floor(a.x));
    case FN_CEIL: return real(ceil(a.x));
    case FN_ROUND: return real(round(a.x));
    case FN_SIN: return real(sin(a.x));
    case FN_COS: return real(cos(a.x));
    case FN_TAN: return real(tan(a.x));
    case FN_RADIANS: return real(a.x * M_PI / 180);
    case FN_DEGREES: return real(a.x * 180 / M_PI);
    case FN_DISTANCE: {
        struct value b = eval(f, n->arg[1], row), c = eval(f, n->arg[2], row),
                     d = eval(f, n->arg[3], row);
        if (!number(&b) || !number(&c) || !number(&d))
            return none;
        return real(table_separation_rad(a.x, b.x, c.x, d.x) * 180 / M_PI);
    }
    case FN_LOWER:
    case FN_UPPER:
    case FN_LENGTH: break;
    }
    return none;
}

/* Kleene's and, or: an unknown counts only where the other side does not decide. */
static struct value logic(const struct table_filter *f, const struct filter_node *n, size_t row)
{
    struct value a = eval(f, n->arg[0], row);
    bool decides = n->op == F_OR;
    if (number(&a) && (a.x != 0) == decides)
        return truth(decides);
    struct value b = eval(f, n->arg[1], row);
    if (number(&b) && (b.x != 0) == decides)
        return truth(decides);
    return number(&a) && number(&b) ? truth(!decides) : none;
}

static struct value eval(const struct table_filter *f, int at, size_t row)
{
    const struct filter_node *n = &f->node.at[at];
    struct value a;
    switch (n->op) {
    case F_INT: return whole(n->i);
    case F_REAL: return real(n->x);
    case F_TEXT: return (struct value){K_TEXT, 0, 0, n->text, n->n};
    case F_COLUMN: return cell(f->t, row, n->n);
    case F_NEGATE:
        a = eval(f, n->arg[0], row);
        return a.kind == K_INT && a.i != INT64_MIN ? whole(-a.i) : number(&a) ? real(-a.x) : none;
    case F_ADD:
    case F_SUB:
    case F_MUL:
    case F_DIV:
    case F_MOD:
    case F_POW: return arithmetic(n->op, eval(f, n->arg[0], row), eval(f, n->arg[1], row));
    case F_EQ:
    case F_NE:
    case F_LT:
    case F_LE:
    case F_GT:
    case F_GE: return comparison(n->op, eval(f, n->arg[0], row), eval(f, n->arg[1], row));
    case F_AND:
    case F_OR: return logic(f, n, row);
    case F_NOT: a = eval(f, n->arg[0], row); return number(&a) ? truth(a.x == 0) : none;
    case F_NULL: return truth(eval(f, n->arg[0], row).kind == K_NULL);
    case F_LIKE:
    case F_ILIKE:
    case F_HOLDS: return text_match(n->op, eval(f, n->arg[0], row), eval(f, n->arg[1], row));
    case F_CALL: return call(f, at, row);
    }
    return none;
}

enum status table_filter_new(const struct table *t, const char *expression,
                             struct table_filter **filter, struct error *err)
{
    struct table_filter *f = mem_zero(sizeof *f);
    f->t = t;
    *filter = NULL;
    enum status s = table_filter_parse(f, expression, err);
    if (s != OK) {
        table_filter_free(f);
        return s;
    }
    f->room = mem_zero(f->node.n * sizeof *f->room);
    *filter = f;
    return OK;
}

void table_filter_free(struct table_filter *f)
{
    if (!f)
        return;
    for (size_t i = 0; f->room && i < f->node.n; i++)
        str_clear(&f->room[i]);
    free(f->room);
    VEC_FREE(f->node);
    arena_clear(&f->arena);
    free(f);
}

bool table_filter_row(const struct table_filter *f, size_t row)
{
    struct value v = eval(f, f->root, row);
    return number(&v) && v.x != 0;
}

void table_filter_apply(const struct table_filter *f, struct table_rows *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n && !(i % PIECE == 0 && stop_asked()); i++)
        if (table_filter_row(f, rows->row[i]))
            rows->row[n++] = rows->row[i];
    rows->n = n;
}
