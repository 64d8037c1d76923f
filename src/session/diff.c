/* diff.c - the lines in which two texts differ. Not: a patch format for other programs.
 * A longest common subsequence of lines by the table of its lengths; texts whose changed middle is
 * too large for the table are shown as all removed, all added.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

enum { AROUND = 2, CELLS = 4000000 };

struct rows {
    VEC(const char *) at; /* starts; one more at the end */
};

static void split(const char *s, struct rows *r)
{
    while (*s) {
        VEC_PUSH(r->at, s);
        s += strcspn(s, "\n");
        s += *s == '\n';
    }
    VEC_PUSH(r->at, s);
}

static size_t rows_n(const struct rows *r)
{
    return r->at.n - 1;
}

static size_t length(const struct rows *r, size_t i)
{
    size_t n = (size_t)(r->at.at[i + 1] - r->at.at[i]);
    return n && r->at.at[i][n - 1] == '\n' ? n - 1 : n;
}

static bool same(const struct rows *a, size_t i, const struct rows *b, size_t j)
{
    size_t n = length(a, i);
    return n == length(b, j) && !memcmp(a->at.at[i], b->at.at[j], n);
}

/* struct step - of the way from a to b: ' ' both, '-' only a, '+' only b. */
struct step {
    char op;
    size_t i, j;
};
struct way {
    VEC(struct step) at;
};

static void go(struct way *w, char op, size_t i, size_t j)
{
    struct step s = {op, i, j};
    VEC_PUSH(w->at, s);
}

/* The middle, between equal heads and tails: rows from i to ie and from j to je. */
static void middle(struct way *w, const struct rows *a, size_t i, size_t ie, const struct rows *b,
                   size_t j, size_t je)
{
    size_t n = ie - i, m = je - j;
    uint32_t *t = n && m && n < CELLS / m ? mem_zero((n + 1) * (m + 1) * sizeof *t) : NULL;
    for (size_t x = n; t && x-- > 0;)
        for (size_t y = m; y-- > 0;) {
            uint32_t down = t[(x + 1) * (m + 1) + y], right = t[x * (m + 1) + y + 1];
            t[x * (m + 1) + y] = same(a, i + x, b, j + y) ? t[(x + 1) * (m + 1) + y + 1] + 1
                                 : down > right           ? down
                                                          : right;
        }
    for (size_t x = 0, y = 0; x < n || y < m;) {
        if (t && x < n && y < m && same(a, i + x, b, j + y)) {
            go(w, ' ', i + x, j + y);
            x++;
            y++;
        } else if (x < n && (!t || y == m || t[(x + 1) * (m + 1) + y] >= t[x * (m + 1) + y + 1])) {
            go(w, '-', i + x, j + y);
            x++;
        } else {
            go(w, '+', i + x, j + y);
            y++;
        }
    }
    free(t);
}

/* Whether a step is near enough to a change to be shown. */
static bool near(const struct way *w, size_t k)
{
    size_t from = k > AROUND ? k - AROUND : 0;
    for (size_t i = from; i < w->at.n && i <= k + AROUND; i++)
        if (w->at.at[i].op != ' ')
            return true;
    return false;
}

void text_diff(const char *a, const char *b, struct str *out)
{
    struct rows ra = {0}, rb = {0};
    struct way w = {0};
    split(a, &ra);
    split(b, &rb);
    size_t n = rows_n(&ra), m = rows_n(&rb), head = 0, tail = 0;
    while (head < n && head < m && same(&ra, head, &rb, head)) {
        go(&w, ' ', head, head);
        head++;
    }
    while (tail < n - head && tail < m - head && same(&ra, n - 1 - tail, &rb, m - 1 - tail))
        tail++;
    middle(&w, &ra, head, n - tail, &rb, head, m - tail);
    for (size_t k = tail; k-- > 0;)
        go(&w, ' ', n - 1 - k, m - 1 - k);
    bool shown = false;
    for (size_t k = 0; k < w.at.n; k++) {
        const struct step *s = &w.at.at[k];
        bool show = near(&w, k);
        if (show && !shown)
            str_addf(out, "@@ %zu %zu\n", s->i + 1, s->j + 1);
        shown = show;
        const struct rows *r = s->op == '+' ? &rb : &ra;
        size_t row = s->op == '+' ? s->j : s->i;
        if (show)
            str_addf(out, "%c%.*s\n", s->op, (int)length(r, row), r->at.at[row]);
    }
    VEC_FREE(w.at);
    VEC_FREE(ra.at);
    VEC_FREE(rb.at);
}
