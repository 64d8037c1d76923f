/* tablefilter_parse.c - the grammar of filters: from the text to nodes, by recursive descent.
 * Not: what they mean for a row (tablefilter.c).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tablefilter.h"
#include "tablenum.h"

enum { DEPTH_MAX = 100, NODES_MAX = 4096, TEXT_MAX = 1 << 16, COST_MAX = 100000 };

struct parser {
    struct table_filter *f;
    const char *s; /* the next token begins here */
    int depth;
    struct error *err;
    bool failed;
};

static int expression(struct parser *p);

static void skip(struct parser *p)
{
    while (*p->s == ' ' || *p->s == '\t' || *p->s == '\n' || *p->s == '\r')
        p->s++;
}

static int fail(struct parser *p, const char *why)
{
    if (!p->failed) {
        p->failed = true;
        skip(p);
        if (*p->s)
            err_set(p->err, E_PARSE, "filter: at '%.20s': %s", p->s, why);
        else
            err_set(p->err, E_PARSE, "filter: at its end: %s", why);
    }
    return 0;
}

static int add(struct parser *p, struct filter_node node)
{
    if (p->f->node.n >= NODES_MAX)
        return fail(p, "too long");
    node.cost = 1;
    for (int k = 0; k < node.n_args; k++)
        node.cost += p->f->node.at[node.arg[k]].cost;
    if (node.cost > COST_MAX)
        return fail(p, "too much work for each row");
    VEC_PUSH(p->f->node, node);
    return (int)p->f->node.n - 1;
}

static int add_op(struct parser *p, enum filter_op op, int a, int b)
{
    bool one = op == F_NEGATE || op == F_NOT || op == F_NULL;
    if (p->failed)
        return 0;
    return add(p, (struct filter_node){.op = op, .arg = {a, b, 0, 0}, .n_args = one ? 1 : 2});
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static size_t word_length(const char *s)
{
    size_t n = 0;
    if (*s >= '0' && *s <= '9')
        return 0;
    while (word_char(s[n]))
        n++;
    return n;
}

/* Takes a word of the language, without regard to case. */
static bool take_word(struct parser *p, const char *word)
{
    skip(p);
    size_t n = strlen(word);
    if (word_length(p->s) != n || strncasecmp(p->s, word, n) != 0)
        return false;
    p->s += n;
    return true;
}

static bool take(struct parser *p, const char *sign)
{
    skip(p);
    size_t n = strlen(sign);
    if (strncmp(p->s, sign, n) != 0)
        return false;
    p->s += n;
    return true;
}

/* ---- names, numbers, texts ---- */

static int column(struct parser *p, const char *name, const char *where)
{
    int c = table_find(p->f->t, name);
    if (c >= 0)
        return add(p, (struct filter_node){.op = F_COLUMN, .n = (size_t)c});
    const char *best = NULL;
    int least = 3;
    for (size_t i = 0; i < p->f->t->n_columns; i++) {
        const char *other = p->f->t->column[i].field.name;
        if (other && str_near(other, name) < least) {
            least = str_near(other, name);
            best = other;
        }
    }
    p->s = where;
    char *why = best ? mem_printf("no column of this name; did you mean %.60s?", best)
                     : mem_str("no column of this name");
    fail(p, why);
    free(why);
    return 0;
}

/* Between quotes; a doubled quote is one. In the arena; NULL if it never ends. */
static const char *quoted(struct parser *p, char quote, size_t *n)
{
    struct str out = {.max = TEXT_MAX};
    const char *s = p->s + 1;
    for (;; s++) {
        if (*s == quote && s[1] == quote)
            s++;
        else if (*s == quote || !*s)
            break;
        str_addc(&out, *s);
    }
    const char *text = *s && !out.over ? arena_strn(&p->f->arena, str_c(&out), out.n) : NULL;
    *n = out.n;
    str_clear(&out);
    if (text)
        p->s = s + 1;
    else
        fail(p, "the quote is never closed");
    return text;
}

static int numeral(struct parser *p)
{
    const char *s = p->s;
    while ((*s >= '0' && *s <= '9') || *s == '.')
        s++;
    if ((*s | 0x20) == 'e') {
        const char *e = s + 1 + (s[1] == '+' || s[1] == '-');
        if (*e >= '0' && *e <= '9') {
            while (*e >= '0' && *e <= '9')
                e++;
            s = e;
        }
    }
    struct filter_node node = {.op = F_INT};
    size_t n = (size_t)(s - p->s);
    if (!num_int(p->s, n, &node.i)) {
        node.op = F_REAL;
        if (!num_double(p->s, n, &node.x))
            return fail(p, "no number");
    }
    p->s = s;
    return add(p, node);
}

static const struct {
    const char *name;
    enum filter_fn fn;
    int args;
} functions[] = {
    {"abs", FN_ABS, 1},         {"sqrt", FN_SQRT, 1},        {"exp", FN_EXP, 1},
    {"ln", FN_LN, 1},           {"log10", FN_LOG10, 1},      {"floor", FN_FLOOR, 1},
    {"ceil", FN_CEIL, 1},       {"round", FN_ROUND, 1},      {"sin", FN_SIN, 1},
    {"cos", FN_COS, 1},         {"tan", FN_TAN, 1},          {"radians", FN_RADIANS, 1},
    {"degrees", FN_DEGREES, 1}, {"lower", FN_LOWER, 1},      {"upper", FN_UPPER, 1},
    {"length", FN_LENGTH, 1},   {"distance", FN_DISTANCE, 4}};

/* A call, if the word of n characters is a function and a parenthesis follows; -1 if not. */
static int call(struct parser *p, size_t n)
{
    const char *open = p->s + n;
    while (*open == ' ')
        open++;
    if (*open != '(')
        return -1;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (strlen(functions[i].name) != n || strncasecmp(functions[i].name, p->s, n) != 0)
            continue;
        struct filter_node node = {
            .op = F_CALL, .fn = functions[i].fn, .n_args = functions[i].args};
        p->s = open + 1;
        for (int k = 0; k < functions[i].args; k++) {
            if (k && !take(p, ","))
                return fail(p, "a comma is missing");
            node.arg[k] = expression(p);
        }
        if (p->failed)
            return 0;
        return take(p, ")") ? add(p, node) : fail(p, "a closing parenthesis is missing");
    }
    return fail(p, "no such function");
}

static int primary(struct parser *p)
{
    size_t n;
    skip(p);
    if (take(p, "(")) {
        int inner = expression(p);
        return take(p, ")") ? inner : fail(p, "a closing parenthesis is missing");
    }
    const char *where = p->s;
    if (*p->s == '\'') {
        const char *text = quoted(p, '\'', &n);
        return text ? add(p, (struct filter_node){.op = F_TEXT, .text = text, .n = n}) : 0;
    }
    if (*p->s == '"') {
        const char *name = quoted(p, '"', &n);
        return name ? column(p, name, where) : 0;
    }
    if ((*p->s >= '0' && *p->s <= '9') || *p->s == '.')
        return numeral(p);
    n = word_length(p->s);
    if (n == 0)
        return fail(p, "a column, a number or a text is missing");
    int called = call(p, n);
    if (called >= 0 || p->failed)
        return called;
    if (n == 4 && strncasecmp(p->s, "true", n) == 0) {
        p->s += n;
        return add(p, (struct filter_node){.op = F_INT, .i = 1});
    }
    if (n == 5 && strncasecmp(p->s, "false", n) == 0) {
        p->s += n;
        return add(p, (struct filter_node){.op = F_INT, .i = 0});
    }
    p->s += n;
    return column(p, arena_strn(&p->f->arena, where, n), where);
}

/* ---- operators, from the tightest ---- */

static int power(struct parser *p);

static int unary(struct parser *p)
{
    if (++p->depth > DEPTH_MAX) {
        p->depth--;
        return fail(p, "nested too deep");
    }
    int n = take(p, "-") ? add_op(p, F_NEGATE, unary(p), 0) : take(p, "+") ? unary(p) : power(p);
    p->depth--;
    return n;
}

static int power(struct parser *p)
{
    int a = primary(p);
    if (take(p, "^") || take(p, "**"))
        return add_op(p, F_POW, a, unary(p));
    return a;
}

static int product(struct parser *p)
{
    int a = unary(p);
    while (!p->failed) {
        enum filter_op op = take(p, "*")   ? F_MUL
                            : take(p, "/") ? F_DIV
                            : take(p, "%") ? F_MOD
                                           : F_AND;
        if (op == F_AND)
            break;
        a = add_op(p, op, a, unary(p));
    }
    return a;
}

static int sum(struct parser *p)
{
    int a = product(p);
    while (!p->failed) {
        enum filter_op op = take(p, "+") ? F_ADD : take(p, "-") ? F_SUB : F_AND;
        if (op == F_AND)
            break;
        a = add_op(p, op, a, product(p));
    }
    return a;
}

static int in_list(struct parser *p, int a)
{
    int any = -1;
    if (!take(p, "("))
        return fail(p, "a list in parentheses is missing");
    do {
        int one = add_op(p, F_EQ, a, sum(p));
        any = any < 0 ? one : add_op(p, F_OR, any, one);
    } while (!p->failed && take(p, ","));
    return take(p, ")") ? any : fail(p, "a closing parenthesis is missing");
}

static int is_null(struct parser *p, int a)
{
    bool not = take_word(p, "not");
    if (!take_word(p, "null"))
        return fail(p, "null is missing");
    int n = add_op(p, F_NULL, a, 0);
    return not ? add_op(p, F_NOT, n, 0) : n;
}

static int worded(struct parser *p, int a, bool *found)
{
    *found = true;
    if (take_word(p, "like"))
        return add_op(p, F_LIKE, a, sum(p));
    if (take_word(p, "ilike"))
        return add_op(p, F_ILIKE, a, sum(p));
    if (take_word(p, "in"))
        return in_list(p, a);
    if (take_word(p, "between")) {
        int low = add_op(p, F_GE, a, sum(p));
        if (!take_word(p, "and"))
            return fail(p, "and is missing");
        return add_op(p, F_AND, low, add_op(p, F_LE, a, sum(p)));
    }
    *found = false;
    return a;
}

static int comparison(struct parser *p)
{
    static const struct {
        const char *sign;
        enum filter_op op;
    } signs[] = {{"==", F_EQ}, {"!=", F_NE}, {"<>", F_NE}, {"<=", F_LE}, {">=", F_GE},
                 {"~=", F_NE}, {"<", F_LT},  {">", F_GT},  {"=", F_EQ},  {"~", F_HOLDS}};
    int a = sum(p);
    bool found;
    if (p->failed)
        return a;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (take(p, signs[i].sign))
            return add_op(p, signs[i].op, a, sum(p));
    if (take_word(p, "is"))
        return is_null(p, a);
    bool not = take_word(p, "not");
    int n = worded(p, a, &found);
    if (not &&!found)
        return fail(p, "after not: like, in or between is missing");
    return not ? add_op(p, F_NOT, n, 0) : n;
}

static int negation(struct parser *p)
{
    if (++p->depth > DEPTH_MAX) {
        p->depth--;
        return fail(p, "nested too deep");
    }
    int n = take_word(p, "not") || (p->s[0] == '!' && p->s[1] != '=' && take(p, "!"))
                ? add_op(p, F_NOT, negation(p), 0)
                : comparison(p);
    p->depth--;
    return n;
}

static int conjunction(struct parser *p)
{
    int a = negation(p);
    while (!p->failed && (take_word(p, "and") || take(p, "&&")))
        a = add_op(p, F_AND, a, negation(p));
    return a;
}

static int expression(struct parser *p)
{
    int a = conjunction(p);
    while (!p->failed && (take_word(p, "or") || take(p, "||")))
        a = add_op(p, F_OR, a, conjunction(p));
    return a;
}

enum status table_filter_parse(struct table_filter *f, const char *text, struct error *err)
{
    struct error own;
    struct parser p = {f, text, 0, err ? err : &own, false};
    f->root = expression(&p);
    skip(&p);
    if (!p.failed && *p.s)
        fail(&p, "here nothing more is expected");
    return p.failed ? E_PARSE : OK;
}
