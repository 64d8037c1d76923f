/* str.h - a growable text, always ended by a zero byte. Born with a maximum where its size comes
 * from outside. Not: a UTF-8 tool (utf8.h).
 */
#ifndef VIGIE_BASE_STR_H
#define VIGIE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/base/err.h"

/* A zeroed struct str is an empty text without a bound; s is never NULL after the first call that
 * adds something, use str_c to read one that may be untouched. */
struct str {
    char *s;
    size_t n, cap;
    size_t max; /* 0: no bound; else bytes beyond it are dropped and `over` is set */
    bool over;
};

void str_clear(struct str *t);          /* frees; t is an empty text again, its bound kept */
void str_reset(struct str *t);          /* empties, keeps the memory */
const char *str_c(const struct str *t); /* "" when untouched */
void str_add(struct str *t, const char *s);
void str_addn(struct str *t, const void *s, size_t n);
void str_addc(struct str *t, char c);
void str_addf(struct str *t, const char *fmt, ...) PRINTF(2, 3);
char *str_take(struct str *t); /* the text, owned by the caller (free); t is empty again */

/* str_num - the double a text holds, whole: blanks around it allowed, the C locale's point, also
 * "inf" and "nan". returns  false if s is NULL, empty or no number; *x is then NAN */
bool str_num(const char *s, double *x);

/* str_eqi, str_hasi - equality and "holds" without regard to ASCII case. */
bool str_eqi(const char *a, const char *b);
bool str_hasi(const char *s, const char *part);

/* str_near - edit distance (insert, delete, replace, swap of neighbours) without regard to ASCII
 * case, for "did you mean"; texts over 63 bytes are cut. */
int str_near(const char *a, const char *b);

/* str_near_most - the largest str_near at which another name may be meant by `typed`: a third of its
 * bytes, at most 3 (of "-x" nothing else is meant). */
int str_near_most(const char *typed);

#endif
