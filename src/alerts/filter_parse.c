/* filter_parse.c - from the text of a filter to its nodes; recursive descent.
 * Not: the matching (filter.c). The grammar is in filter.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "filter_own.h"
#include "vigie/base/utf8.h"

enum { TEXT_MAX = 4000, NODES_MAX = 400, DEPTH_MAX = 40 };

struct parser {
    struct alert_filter *f;
    const char *s; /* where it reads */
    int depth;
    struct error *err;
    enum status status;
};

static int fail(struct parser *p, const char *what)
{
    struct str near = {0};
    if (p->status == OK) {
        size_t n = strlen(p->s);
        utf8_clean(&near, p->s, n > 40 ? 40 : n);
        p->status = near.n ? err_set(p->err, E_PARSE, "filter, at \"%s\": %s", near.s, what)
                           : err_set(p->err, E_PARSE, "filter, at its end: %s", what);
        str_clear(&near);
    }
    return -1;
}

static void blanks(struct parser *p)
{
    p->s += strspn(p->s, " \t\r\n");
}

static size_t at(const struct parser *p)
{
    return (size_t)(p->s - p->f->text);
}

static int add(struct parser *p, struct node node)
{
    if (p->f->nodes.n == NODES_MAX)
        return fail(p, "too long");
    VEC_PUSH(p->f->nodes, node);
    return (int)p->f->nodes.n - 1;
}

static bool name_char(int c)
{
    return isalnum(c) || c == '_' || c == '.' || c == '-' || c > 127;
}

/* A word operator: `and`, `or`, `not`, whole words only. */
static bool word(struct parser *p, const char *w)
{
    size_t n = strlen(w);
    if (strncasecmp(p->s, w, n) != 0 || name_char((unsigned char)p->s[n]))
        return false;
    size_t blank = strspn(p->s + n, " \t");
    if (strchr("=<>~", p->s[n + blank]) && p->s[n + blank]) /* it is a parameter of that name */
        return false;
    p->s += n;
    return true;
}

/* ---- values ---- */

/* A value ends at a blank, an operator or a bracket; a text in quotes at the next quote. */
static bool raw_value(struct parser *p, const char **from, size_t *n, bool *quoted)
{
    *quoted = *p->s == '"' || *p->s == '\'';
    if (*quoted) {
        const char *end = strchr(p->s + 1, *p->s);
        if (!end) {
            fail(p, "a quote is not closed");
            return false;
        }
        *from = p->s + 1;
        *n = (size_t)(end - *from);
        p->s = end + 1;
        return true;
    }
    *from = p->s;
    *n = strcspn(p->s, " \t\r\n&|()!,");
    p->s += *n;
    if (*n == 0)
        fail(p, "a value is missing");
    return *n > 0;
}

static struct value make_value(struct parser *p, const struct node *node, const char *s, size_t n,
                               bool quoted)
{
    enum field_unit unit = node->row ? node->row->unit : UNIT_NONE;
    struct value v = {.text = arena_strn(&p->f->arena, s, n)};
    const char *dots = quoted ? NULL : strstr(v.text, "..");
    if (quoted)
        return v;
    if (dots && dots != v.text && dots[2]) {
        v.is_range = field_value(v.text, (size_t)(dots - v.text), unit, &v.lo) &&
                     field_value(dots + 2, strlen(dots + 2), unit, &v.hi);
        v.is_number = v.is_range;
    } else if (field_value(s, n, unit, &v.lo)) {
        v.is_number = true;
        v.hi = v.lo;
    }
    return v;
}

static bool values(struct parser *p, struct node *node)
{
    VEC(struct value) list = {0};
    bool list_allowed = node->op == OP_EQ || node->op == OP_NE || node->op == OP_HOLDS;
    do {
        const char *from;
        size_t n;
        bool quoted;
        blanks(p);
        const char *begin = p->s;
        if (!raw_value(p, &from, &n, &quoted))
            break;
        struct value v = make_value(p, node, from, n, quoted);
        if (node->row && node->row->type == FIELD_NUMBER &&
            (!v.is_number || node->op == OP_HOLDS)) {
            p->s = begin;
            fail(p, node->op == OP_HOLDS ? "~ is for texts" : "no number, or its unit is unknown");
            break;
        }
        if ((!v.is_number || v.is_range) && !list_allowed) {
            p->s = begin;
            fail(p, "< and > need one number");
            break;
        }
        VEC_PUSH(list, v);
    } while (list_allowed && *p->s == ',' && p->s++);
    node->n_values = list.n;
    node->values = list.n ? arena_alloc(&p->f->arena, list.n * sizeof *list.at) : NULL;
    if (list.n)
        memcpy(node->values, list.at, list.n * sizeof *list.at);
    VEC_FREE(list);
    return p->status == OK;
}

/* ---- terms ---- */

static bool operator(struct parser *p, enum node_op *op)
{
    static const struct {
        const char *text;
        enum node_op op;
    } ops[] = {{"<=", OP_LE}, {">=", OP_GE}, {"!=", OP_NE}, {"<>", OP_NE},  {"==", OP_EQ},
               {"=", OP_EQ},  {"<", OP_LT},  {">", OP_GT},  {"~", OP_HOLDS}};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strncmp(p->s, ops[i].text, strlen(ops[i].text)) == 0) {
            *op = ops[i].op;
            p->s += strlen(ops[i].text);
            return true;
        }
    return false;
}

/* The nearest field, so that a slip is told and not taken for a parameter. */
static int unknown_word(struct parser *p, const char *name)
{
    const char *best = NULL;
    int least = strlen(name) < 4 ? 2 : 3;
    char what[120];
    for (const struct field_row *r = field_rows(); r->name; r++)
        if (str_near(r->name, name) < least) {
            least = str_near(r->name, name);
            best = r->name;
        }
    snprintf(what, sizeof what, "%s%s%s",
             best ? "no such field; did you mean " : "no yes-or-no field", best ? best : "",
             best ? "?" : " of that name (a text is searched with name~WORD)");
    return fail(p, what);
}

/* The name of a field or parameter; one with blanks stands in quotes. NULL: told already. */
static char *field_name(struct parser *p, struct node *node)
{
    const char *from = p->s;
    size_t n = 0;
    if (*p->s == '"') {
        bool quoted;
        if (!raw_value(p, &from, &n, &quoted) || n == 0)
            return NULL;
    } else {
        while (p->s[n] && name_char((unsigned char)p->s[n]))
            n++;
        if (n == 0) {
            fail(p, "a field is missing");
            return NULL;
        }
        p->s += n;
        node->row = field_row(from, n);
    }
    return arena_strn(&p->f->arena, from, n);
}

static int term(struct parser *p)
{
    struct node node = {.kind = NODE_TERM, .op = OP_IS, .left = -1, .right = -1, .from = at(p)};
    const char *begin = p->s;
    char *name = field_name(p, &node), *dot = name ? strrchr(name, '.') : NULL;
    if (!name)
        return fail(p, "a field is missing");
    size_t after = at(p);
    blanks(p);
    if (!operator(p, &node.op)) {
        p->s = p->f->text + after;
        if (!node.row || node.row->type != FIELD_BOOL) {
            p->s = begin;
            return node.row ? fail(p, "= or < or > is missing") : unknown_word(p, name);
        }
    }
    if (!node.row && dot && dot != name && dot[1]) {
        *dot = '\0';
        node.group = name;
        name = dot + 1;
    }
    node.name = name;
    node.hash = alert_bag_hash(name);
    if (node.op != OP_IS && !values(p, &node))
        return -1;
    node.to = at(p);
    return add(p, node);
}

static int either(struct parser *p);

static int single(struct parser *p)
{
    int inner;
    blanks(p);
    if (++p->depth > DEPTH_MAX)
        return fail(p, "brackets nested too deep");
    struct node node = {.kind = NODE_NOT, .right = -1, .from = at(p)};
    if ((*p->s == '!' && p->s[1] != '=' && p->s++) || word(p, "not")) {
        inner = single(p);
        node.left = inner;
        node.to = at(p);
        inner = inner < 0 ? -1 : add(p, node);
    } else if (*p->s == '(') {
        p->s++;
        inner = either(p);
        blanks(p);
        if (inner >= 0 && *p->s != ')')
            inner = fail(p, "a bracket is not closed");
        else if (inner >= 0)
            p->s++;
    } else {
        inner = term(p);
    }
    p->depth--;
    return inner;
}

static int joined(struct parser *p, enum node_kind kind, int left, int right)
{
    if (left < 0 || right < 0)
        return -1;
    return add(p, (struct node){.kind = kind,
                                .left = left,
                                .right = right,
                                .from = p->f->nodes.at[left].from,
                                .to = p->f->nodes.at[right].to});
}

/* & may be left out between two terms. */
static int both(struct parser *p)
{
    int left = single(p);
    while (left >= 0) {
        blanks(p);
        if (!*p->s || *p->s == '|' || *p->s == ')')
            break;
        const char *here = p->s;
        if (word(p, "or")) {
            p->s = here;
            break;
        }
        if (*p->s == '&')
            p->s += p->s[1] == '&' ? 2 : 1;
        else
            (void)word(p, "and");
        left = joined(p, NODE_AND, left, single(p));
    }
    return left;
}

static int either(struct parser *p)
{
    int left = both(p);
    while (left >= 0) {
        blanks(p);
        if (*p->s == '|')
            p->s += p->s[1] == '|' ? 2 : 1;
        else if (!word(p, "or"))
            break;
        left = joined(p, NODE_OR, left, both(p));
    }
    return left;
}

enum status alert_filter_new(const char *text, struct alert_filter **out, struct error *err)
{
    *out = NULL;
    if (strlen(text) > TEXT_MAX)
        return err_set(err, E_RANGE, "filter: longer than %d bytes", TEXT_MAX);
    struct alert_filter *f = mem_zero(sizeof *f);
    f->text = mem_str(text);
    f->root = -1;
    struct parser p = {.f = f, .s = f->text, .err = err, .status = OK};
    blanks(&p);
    if (*p.s) {
        f->root = either(&p);
        blanks(&p);
        if (p.status == OK && *p.s)
            fail(&p, *p.s == ')' ? "a bracket too many" : "not understood");
    }
    if (p.status != OK) {
        alert_filter_free(f);
        return p.status;
    }
    *out = f;
    return OK;
}

void alert_filter_free(struct alert_filter *f)
{
    if (!f)
        return;
    free(f->text);
    VEC_FREE(f->nodes);
    arena_clear(&f->arena);
    free(f);
}
