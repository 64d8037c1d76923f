/* fuzzy.c - see fuzzy.h. */
#include "fuzzy.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "vigie/base/str.h"

static int lower(char c)
{
    return tolower((unsigned char)c);
}

static bool word_start(const char *text, size_t i)
{
    return i == 0 || (!isalnum((unsigned char)text[i - 1]) && isalnum((unsigned char)text[i]));
}

/* Best score of pattern from text[i] on; short patterns only, so the recursion is small. */
static int best_from(const char *pattern, const char *text, size_t i, bool run, int budget[1])
{
    if (!*pattern)
        return 0;
    int best = -1;
    for (size_t k = i; text[k] && --*budget > 0; k++) {
        if (lower(text[k]) != lower(*pattern))
            continue;
        int here = 1 + (run && k == i ? 5 : 0) + (word_start(text, k) ? 4 : 0) + (k == 0 ? 2 : 0);
        int rest = best_from(pattern + 1, text, k + 1, true, budget);
        if (rest >= 0 && here + rest > best)
            best = here + rest;
    }
    return best;
}

int fuzzy_score(const char *pattern, const char *text)
{
    int budget = 4000;
    return best_from(pattern, text, 0, false, &budget);
}

/* ---- filters ---- */

static int read_op(const char *s, enum filter_op *op)
{
    static const struct {
        const char *text;
        enum filter_op op;
    } ops[] = {{"<=", OP_LE}, {">=", OP_GE}, {"!=", OP_NE},
               {"<", OP_LT},  {">", OP_GT},  {"=", OP_EQ}};
    for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++)
        if (!strncmp(s, ops[i].text, strlen(ops[i].text))) {
            *op = ops[i].op;
            return (int)strlen(ops[i].text);
        }
    return 0;
}

static enum status no_name(const char *word, int n_word, const char *const *names, int n,
                           struct error *err)
{
    struct str all = {.max = 150};
    for (int i = 0; i < n; i++)
        if (names[i])
            str_addf(&all, " %s", names[i]);
    enum status s = err_set(err, E_PARSE, "nothing named %.*s to compare; there are:%s", n_word,
                            word, str_c(&all));
    str_clear(&all);
    return s;
}

static enum status read_term(const char *word, const char *const *names, int n, struct filter *out,
                             struct error *err)
{
    struct filter_term *t = &out->term[out->n];
    int at = (int)strcspn(word, "<>=!"), len = 0;
    *t = (struct filter_term){.op = OP_WORD};
    if (word[at] && at > 0)
        len = read_op(word + at, &t->op);
    if (!len) {
        strcpy(t->word, word);
        out->n++;
        return OK;
    }
    t->column = -1;
    for (int i = 0; i < n && t->column < 0; i++)
        if (names[i] && (int)strlen(names[i]) == at && !strncmp(names[i], word, (size_t)at))
            t->column = i;
    if (t->column < 0)
        return no_name(word, at, names, n, err);
    const char *number = word + at + len;
    if (!*number || !strcmp(number, "-") || !strcmp(number, "+") || !strcmp(number, "."))
        return OK; /* still being written */
    if (!str_num(number, &t->value) || !isfinite(t->value))
        return err_set(err, E_PARSE, "%s is no number", number);
    out->n++;
    return OK;
}

enum status filter_parse(const char *text, const char *const *names, int n, struct filter *out,
                         struct error *err)
{
    out->n = 0;
    while (*text) {
        text += strspn(text, " \t");
        size_t len = strcspn(text, " \t");
        char word[FILTER_WORD];
        if (!len)
            break;
        if (out->n == FILTER_TERMS || len >= sizeof word)
            return err_set(err, E_PARSE, "a filter has at most %d terms of %d bytes", FILTER_TERMS,
                           FILTER_WORD - 1);
        memcpy(word, text, len);
        word[len] = 0;
        enum status s = read_term(word, names, n, out, err);
        if (s != OK)
            return s;
        text += len;
    }
    return OK;
}

bool filter_number(const struct filter_term *term, double value)
{
    switch (term->op) {
    case OP_WORD: return true;
    case OP_LT: return value < term->value;
    case OP_LE: return value <= term->value;
    case OP_GT: return value > term->value;
    case OP_GE: return value >= term->value;
    case OP_EQ: return fabs(value - term->value) < 1e-9 * fmax(1, fabs(value));
    case OP_NE: return fabs(value - term->value) >= 1e-9 * fmax(1, fabs(value));
    }
    return false;
}

bool filter_word(const struct filter_term *term, const char *text)
{
    if (str_hasi(text, term->word))
        return true;
    /* Fuzzy, but not so that any long text fits: every letter continues a run or begins a word. */
    size_t n = strlen(term->word);
    return n > 1 && fuzzy_score(term->word, text) >= (int)(5 * n);
}
