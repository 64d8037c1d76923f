/* filter.c - whether a compiled filter lets an event through, and if not, why.
 * Not: the grammar (filter_parse.c). Three values: true, false, unknown (Kleene's logic).
 */
#include "vigie/alerts/filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filter_own.h"
#include "own.h"
#include "vigie/base/utf8.h"

enum truth { UNKNOWN = -1, NO = 0, YES = 1 };

static enum truth truth(bool b)
{
    return b ? YES : NO;
}

/* Text against a pattern in which * stands for anything; without regard to ASCII case. */
static bool like(const char *s, const char *pattern)
{
    const char *star = NULL, *back = NULL;
    while (*s) {
        if (*pattern == '*') {
            star = ++pattern;
            back = s;
        } else if (*pattern && (*s | 32) == (*pattern | 32) &&
                   (*s == *pattern || ((*s | 32) >= 'a' && (*s | 32) <= 'z'))) {
            s++;
            pattern++;
        } else if (star) {
            pattern = star;
            s = ++back;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

static bool within(double x, const struct value *v)
{
    if (v->is_range)
        return x >= fmin(v->lo, v->hi) && x <= fmax(v->lo, v->hi);
    return fabs(x - v->lo) <= 1e-9 * fmax(fabs(x), fabs(v->lo));
}

static enum truth number_term(const struct node *n, double x)
{
    if (!isfinite(x))
        return UNKNOWN;
    switch (n->op) {
    case OP_LT: return truth(x < n->values[0].lo);
    case OP_LE: return truth(x <= n->values[0].lo);
    case OP_GT: return truth(x > n->values[0].lo);
    case OP_GE: return truth(x >= n->values[0].lo);
    case OP_EQ:
    case OP_NE:
        for (size_t i = 0; i < n->n_values; i++)
            if (n->values[i].is_number && within(x, &n->values[i]))
                return truth(n->op == OP_EQ);
        return truth(n->op == OP_NE);
    case OP_IS: return truth(x != 0);
    case OP_HOLDS: return UNKNOWN;
    }
    return UNKNOWN;
}

static enum truth text_term(const struct node *n, const char *s)
{
    bool any = false;
    if (!s || !*s)
        return UNKNOWN;
    for (size_t i = 0; i < n->n_values && !any; i++)
        any = n->op == OP_HOLDS ? str_hasi(s, n->values[i].text) : like(s, n->values[i].text);
    switch (n->op) {
    case OP_EQ:
    case OP_HOLDS: return truth(any);
    case OP_NE: return truth(!any);
    case OP_IS: return YES;
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: return UNKNOWN;
    }
    return UNKNOWN;
}

static enum truth bool_term(const struct node *n, int b)
{
    if (b < 0)
        return UNKNOWN;
    if (n->op == OP_IS)
        return truth(b != 0);
    bool wanted = false;
    const char *v = n->values[0].text;
    if (str_eqi(v, "yes") || str_eqi(v, "true") || strcmp(v, "1") == 0)
        wanted = true;
    else if (!str_eqi(v, "no") && !str_eqi(v, "false") && strcmp(v, "0") != 0)
        return UNKNOWN;
    return truth((wanted == (b != 0)) == (n->op == OP_EQ));
}

static const char *param_value(const struct node *n, const struct alert_subject *s)
{
    struct alert_bag_item item;
    return alert_bag_find_hashed(&s->event->params, n->hash, n->group, n->name, &item) ? item.value
                                                                                       : NULL;
}

/* A parameter is compared as a number where both sides are one. */
static enum truth param_term(const struct node *n, const struct alert_subject *s)
{
    const char *text = param_value(n, s);
    double x;
    if (!text)
        return UNKNOWN;
    bool number = n->op != OP_HOLDS && n->n_values && n->values[0].is_number;
    if (number && alert_number(text, &x))
        return number_term(n, x);
    return text_term(n, text);
}

static enum truth term(const struct node *n, const struct alert_subject *s)
{
    if (!n->row)
        return param_term(n, s);
    switch (n->row->type) {
    case FIELD_NUMBER: return number_term(n, n->row->number(s));
    case FIELD_TEXT: return text_term(n, n->row->text(s));
    case FIELD_BOOL: return bool_term(n, n->row->truth(s));
    }
    return UNKNOWN;
}

static enum truth eval(const struct alert_filter *f, int i, const struct alert_subject *s)
{
    const struct node *n = &f->nodes.at[i];
    enum truth a, b;
    switch (n->kind) {
    case NODE_TERM: return term(n, s);
    case NODE_NOT: a = eval(f, n->left, s); return a == UNKNOWN ? UNKNOWN : truth(a == NO);
    case NODE_AND:
        a = eval(f, n->left, s);
        if (a == NO)
            return NO;
        b = eval(f, n->right, s);
        return b == NO ? NO : a == UNKNOWN ? UNKNOWN : b;
    case NODE_OR:
        a = eval(f, n->left, s);
        if (a == YES)
            return YES;
        b = eval(f, n->right, s);
        return b == YES ? YES : a == UNKNOWN ? UNKNOWN : b;
    }
    return UNKNOWN;
}

int alert_filter_test(const struct alert_filter *f, const struct alert_subject *s)
{
    return f->root < 0 ? YES : eval(f, f->root, s);
}

bool alert_filter_match(const struct alert_filter *f, const struct alert_subject *s)
{
    return f->root < 0 || eval(f, f->root, s) == YES;
}

const char *alert_filter_text(const struct alert_filter *f)
{
    return f->text;
}

bool alert_filter_names(const struct alert_filter *f, const char *field)
{
    for (size_t i = 0; i < f->nodes.n; i++)
        if (f->nodes.at[i].kind == NODE_TERM && f->nodes.at[i].row &&
            strcmp(f->nodes.at[i].row->name, field) == 0)
            return true;
    return false;
}

/* ---- why ---- */

static void say_value(struct str *out, const struct node *n, const struct alert_subject *s)
{
    const char *name = n->row ? n->row->name : n->name, *text = NULL;
    int b = -1;
    str_addf(out, " (%s is ", name);
    if (n->row && n->row->type == FIELD_NUMBER) {
        field_print(out, n->row->unit, n->row->number(s));
    } else if (n->row && n->row->type == FIELD_BOOL) {
        b = n->row->truth(s);
        str_add(out, b < 0 ? "unknown" : b ? "yes" : "no");
    } else {
        text = n->row ? n->row->text(s) : param_value(n, s);
        size_t len = text ? strlen(text) : 0;
        if (len)
            utf8_clean(out, text, len > 60 ? 60 : len);
        else
            str_add(out, "unknown");
    }
    str_addc(out, ')');
}

static void why(const struct alert_filter *f, int i, const struct alert_subject *s, struct str *out)
{
    const struct node *n = &f->nodes.at[i];
    if (eval(f, i, s) == YES)
        return;
    if (n->kind == NODE_AND) {
        why(f, n->left, s, out);
        why(f, n->right, s, out);
        return;
    }
    if (out->n)
        str_add(out, ", ");
    utf8_clean(out, f->text + n->from, n->to - n->from);
    if (n->kind == NODE_TERM)
        say_value(out, n, s);
    else if (n->kind == NODE_NOT && f->nodes.at[n->left].kind == NODE_TERM)
        say_value(out, &f->nodes.at[n->left], s);
}

void alert_filter_why(const struct alert_filter *f, const struct alert_subject *s, struct str *out)
{
    str_reset(out);
    if (f->root >= 0)
        why(f, f->root, s, out);
}
