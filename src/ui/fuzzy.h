/* fuzzy.h - does a text hold the letters of a pattern in order, and how well; filters of lists.
 * Not: the lists (widgets/list.h).
 */
#ifndef VIGIE_SRC_UI_FUZZY_H
#define VIGIE_SRC_UI_FUZZY_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/base/err.h"

/* fuzzy_score - how well `text` holds the characters of `pattern` in order, without regard to ASCII
 * case: -1 not at all; higher is better (runs of letters, beginnings of words, an early first
 * letter). An empty pattern scores 0. test: tests/ui/check_fuzzy.c */
int fuzzy_score(const char *pattern, const char *text);

/* struct filter - words and comparisons, all of which must hold: `wasp alt>30 depth>=5 v<13`. A
 * comparison is NAME OP NUMBER without blanks, OP one of < <= > >= = !=. */
enum { FILTER_TERMS = 12, FILTER_WORD = 64 };
enum filter_op { OP_WORD, OP_LT, OP_LE, OP_GT, OP_GE, OP_EQ, OP_NE };
struct filter_term {
    enum filter_op op;
    char word[FILTER_WORD];
    int column; /* index into the names given to filter_parse */
    double value;
};
struct filter {
    int n;
    struct filter_term term[FILTER_TERMS];
};

/* filter_parse - a filter from its text.
 *   names, n  what can be compared; NULL entries cannot
 *   err       E_PARSE: no such name (with those there are), no number, too many terms; while a
 *             comparison is still being written ("alt>") its term is left out, without an error
 * filter_number - whether a value holds in a comparison; an unknown value (NAN) never does.
 * filter_word - whether a text holds the term's word: its letters in one run, or fuzzily at the
 * beginning of words. */
enum status filter_parse(const char *text, const char *const *names, int n, struct filter *out,
                         struct error *err) MUST_CHECK;
bool filter_number(const struct filter_term *term, double value);
bool filter_word(const struct filter_term *term, const char *text);

#endif
