/* vt.c - see vt.h. */
#include "vt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"

static struct vt_cell *at(const struct vt *v, int row, int col)
{
    return &v->at[row * v->cols + col];
}

static void erase(struct vt *v, int row, int from, int to)
{
    for (int c = from; c < to && c < v->cols; c++)
        *at(v, row, c) = (struct vt_cell){' ', -1, v->bce ? v->bg : -1, false, false, false};
}

struct vt *vt_new(int rows, int cols)
{
    struct vt *v = mem_zero(sizeof *v);
    *v = (struct vt){.rows = rows, .cols = cols, .bottom = rows, .fg = -1, .bg = -1, .bce = true};
    v->at = mem_zero((size_t)(rows * cols) * sizeof *v->at);
    for (int r = 0; r < rows; r++)
        erase(v, r, 0, cols);
    for (int i = 0; i < 16; i++)
        v->palette[i] = -1;
    return v;
}

void vt_free(struct vt *v)
{
    free(v->at);
    free(v->held);
    free(v);
}

static void scroll(struct vt *v, int top, int bottom, int n)
{
    for (; n > 0; n--) {
        memmove(at(v, top, 0), at(v, top + 1, 0),
                (size_t)((bottom - top - 1) * v->cols) * sizeof *v->at);
        erase(v, bottom - 1, 0, v->cols);
    }
    for (; n < 0; n++) {
        memmove(at(v, top + 1, 0), at(v, top, 0),
                (size_t)((bottom - top - 1) * v->cols) * sizeof *v->at);
        erase(v, top, 0, v->cols);
    }
}

static void line_feed(struct vt *v)
{
    if (v->row == v->bottom - 1)
        scroll(v, v->top, v->bottom, 1);
    else if (v->row < v->rows - 1)
        v->row++;
}

static void put(struct vt *v, uint32_t c)
{
    int w = utf8_width(c);
    if (w <= 0)
        return;
    if (v->wrap_pending || v->col + w > v->cols) {
        v->col = 0;
        line_feed(v);
    }
    v->wrap_pending = false;
    *at(v, v->row, v->col) = (struct vt_cell){c, v->fg, v->bg, v->bold, v->reverse, false};
    if (w == 2)
        *at(v, v->row, v->col + 1) = (struct vt_cell){0, v->fg, v->bg, v->bold, v->reverse, true};
    v->col += w;
    if (v->col >= v->cols) {
        v->col = v->cols - 1;
        v->wrap_pending = true;
    }
}

static int32_t colour_of(const int *p, int n, int *i)
{
    if (*i + 2 < n && p[*i + 1] == 5) {
        *i += 2;
        return p[*i];
    }
    if (*i + 4 < n && p[*i + 1] == 2) {
        *i += 4;
        return 0x1000000 | p[*i - 2] << 16 | p[*i - 1] << 8 | p[*i];
    }
    return -2;
}

static void unknown(struct vt *v, const char *s, size_t n)
{
    v->unknown++;
    snprintf(v->last_unknown, sizeof v->last_unknown, "%.*s", (int)(n < 60 ? n : 60), s);
}

static void sgr(struct vt *v, const int *p, int n)
{
    for (int i = 0; i < n; i++) {
        int k = p[i];
        if (k == 0) {
            v->fg = v->bg = -1;
            v->bold = v->reverse = false;
        } else if (k == 1 || k == 22) {
            v->bold = k == 1;
        } else if (k == 7 || k == 27) {
            v->reverse = k == 7;
        } else if (k == 38) {
            v->fg = colour_of(p, n, &i);
        } else if (k == 48) {
            v->bg = colour_of(p, n, &i);
        } else if (k == 39) {
            v->fg = -1;
        } else if (k == 49) {
            v->bg = -1;
        } else if (k >= 30 && k <= 37) {
            v->fg = k - 30;
        } else if (k >= 40 && k <= 47) {
            v->bg = k - 40;
        } else if (k >= 90 && k <= 97) {
            v->fg = k - 82;
        } else if (k >= 100 && k <= 107) {
            v->bg = k - 92;
        } else if (k != 2 && k != 4 && k != 24 && k != 10 && k != 11) {
            unknown(v, "SGR", 3);
        }
    }
}

static int clamp(int x, int lo, int hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

static void shift(struct vt *v, int n, bool insert)
{
    for (int i = 0; i < n; i++) {
        struct vt_cell *row = at(v, v->row, 0);
        size_t rest = (size_t)(v->cols - v->col - 1) * sizeof *row;
        if (insert) {
            memmove(row + v->col + 1, row + v->col, rest);
            erase(v, v->row, v->col, v->col + 1);
        } else {
            memmove(row + v->col, row + v->col + 1, rest);
            erase(v, v->row, v->cols - 1, v->cols);
        }
    }
}

static void repeat(struct vt *v, int n)
{
    uint32_t c = v->col > 0 ? at(v, v->row, v->col - 1)->ch : ' ';
    if (v->wrap_pending)
        c = at(v, v->row, v->col)->ch;
    for (int i = 0; i < n; i++)
        put(v, c);
}

static void csi(struct vt *v, const char *s, size_t n)
{
    int p[16] = {0}, np = 0;
    bool any = false, private = s[2] == '?';
    for (size_t i = 2; i + 1 < n && np < 15; i++) {
        if (s[i] >= '0' && s[i] <= '9')
            p[np] = p[np] * 10 + (s[i] - '0'), any = true;
        else if (s[i] == ';' || s[i] == ':')
            np++;
    }
    np++;
    int one = any && p[0] > 0 ? p[0] : 1;
    if (s[n - 1] != 'b')
        v->wrap_pending = false;
    switch (s[n - 1]) {
    case 'm': sgr(v, p, np); return;
    case 'H':
        v->row = clamp(p[0] - 1, 0, v->rows - 1);
        v->col = clamp(p[1] - 1, 0, v->cols - 1);
        return;
    case 'A': v->row = clamp(v->row - one, 0, v->rows - 1); return;
    case 'B': v->row = clamp(v->row + one, 0, v->rows - 1); return;
    case 'C': v->col = clamp(v->col + one, 0, v->cols - 1); return;
    case 'D': v->col = clamp(v->col - one, 0, v->cols - 1); return;
    case 'G': v->col = clamp(one - 1, 0, v->cols - 1); return;
    case 'd': v->row = clamp(one - 1, 0, v->rows - 1); return;
    case 'J':
        for (int r = p[0] ? 0 : v->row; r < (p[0] == 1 ? v->row + 1 : v->rows); r++)
            erase(v, r, r == v->row && !p[0] ? v->col : 0,
                  r == v->row && p[0] == 1 ? v->col + 1 : v->cols);
        return;
    case 'K': erase(v, v->row, p[0] ? 0 : v->col, p[0] == 1 ? v->col + 1 : v->cols); return;
    case 'X': erase(v, v->row, v->col, v->col + one); return;
    case '@': shift(v, one, true); return;
    case 'P': shift(v, one, false); return;
    case 'L': scroll(v, v->row, v->bottom, -one); return;
    case 'M': scroll(v, v->row, v->bottom, one); return;
    case 'S': scroll(v, v->top, v->bottom, one); return;
    case 'T': scroll(v, v->top, v->bottom, -one); return;
    case 'b': repeat(v, one); return;
    case 'r':
        v->top = any ? p[0] - 1 : 0;
        v->bottom = any && p[1] ? p[1] : v->rows;
        v->row = v->col = 0;
        return;
    case 'h':
    case 'l':
        if (private && p[0] == 1049)
            v->alternate = s[n - 1] == 'h';
        else if (private && p[0] == 25)
            v->cursor_hidden = s[n - 1] == 'l';
        else if (!(private && (p[0] == 1 || p[0] == 2004 || p[0] == 2026 || p[0] == 12 ||
                               p[0] == 7 || p[0] == 1000 || p[0] == 1006)) &&
                 !(!private && (p[0] == 34 || p[0] == 4)))
            unknown(v, s, n);
        return;
    case 't': return; /* the title's stack */
    case 'p': return; /* a question */
    case 'c': return; /* the Linux console's cursor shape */
    }
    unknown(v, s, n);
}

static void osc(struct vt *v, const char *s, size_t n)
{
    size_t end = s[n - 1] == 7 ? n - 1 : n - 2;
    int text = (int)(end - 2);
    if (!strncmp(s + 2, "0;", 2) || !strncmp(s + 2, "2;", 2))
        snprintf(v->title, sizeof v->title, "%.*s", text - 2, s + 4);
    else if (!strncmp(s + 2, "12;", 3))
        snprintf(v->cursor_colour, sizeof v->cursor_colour, "%.*s", text - 3, s + 5);
    else if (!strncmp(s + 2, "112", 3))
        v->cursor_colour[0] = 0;
    else if (!strncmp(s + 2, "52;c;", 5))
        snprintf(v->copied, sizeof v->copied, "%.*s", text - 5, s + 7);
    else if (strncmp(s + 2, "104", 3))
        unknown(v, s, n);
}

/* Length of the sequence at s, 0 if it is not whole. */
static size_t length(const char *s, size_t n)
{
    if (n < 2)
        return 0;
    if (s[1] == '[') {
        for (size_t i = 2; i < n; i++)
            if (s[i] >= 0x40 && s[i] <= 0x7E)
                return i + 1;
        return 0;
    }
    if (s[1] == ']' && n > 2 && s[2] == 'P') /* the Linux console's palette: seven digits */
        return n >= 10 ? 10 : 0;
    if (s[1] == ']' && n > 2 && s[2] == 'R')
        return 3;
    if (s[1] == ']') {
        for (size_t i = 2; i < n; i++)
            if (s[i] == 7 || (s[i] == '\\' && s[i - 1] == 27))
                return i + 1;
        return 0;
    }
    return s[1] == '(' || s[1] == ')' ? (n >= 3 ? 3 : 0) : 2;
}

static void escape(struct vt *v, const char *s, size_t n)
{
    if (s[1] == '[') {
        csi(v, s, n);
    } else if (s[1] == ']' && s[2] == 'P') {
        char hex[9] = {0};
        memcpy(hex, s + 3, 7);
        long x = strtol(hex, NULL, 16);
        v->palette[x >> 24 & 15] = (int32_t)(x & 0xFFFFFF);
    } else if (s[1] == ']' && s[2] == 'R') {
        for (int i = 0; i < 16; i++)
            v->palette[i] = -1;
    } else if (s[1] == ']') {
        osc(v, s, n);
    } else if (s[1] == 'M') {
        if (v->row == v->top)
            scroll(v, v->top, v->bottom, -1);
        else
            v->row--;
    } else if (!strchr("()=>78", s[1])) {
        unknown(v, s, n);
    }
}

static size_t step(struct vt *v, const char *s, size_t n)
{
    switch (*s) {
    case 27: {
        size_t k = length(s, n);
        if (k)
            escape(v, s, k);
        return k;
    }
    case '\r':
        v->col = 0;
        v->wrap_pending = false;
        return 1;
    case '\n':
        line_feed(v);
        v->wrap_pending = false;
        return 1;
    case '\b':
        v->col -= v->col > 0;
        v->wrap_pending = false;
        return 1;
    case '\t': v->col = clamp((v->col / 8 + 1) * 8, 0, v->cols - 1); return 1;
    case 7: v->bells++; return 1;
    case 14:
    case 15: return 1;
    }
    if ((unsigned char)*s < 32) {
        unknown(v, s, 1);
        return 1;
    }
    const char *p = s;
    uint32_t c = utf8_next(&p, s + n);
    if (c == 0xFFFD && n < 4 && !utf8_valid(s, n))
        return 0;
    put(v, c);
    return (size_t)(p - s);
}

void vt_feed(struct vt *v, const char *s, size_t n)
{
    v->held = mem_grow(v->held, v->n_held + n + 1);
    memcpy(v->held + v->n_held, s, n);
    v->n_held += n;
    size_t used = 0, k;
    while (used < v->n_held && (k = step(v, v->held + used, v->n_held - used)))
        used += k;
    memmove(v->held, v->held + used, v->n_held - used);
    v->n_held -= used;
}

const char *vt_row(const struct vt *v, int row)
{
    static char text[4096];
    size_t n = 0;
    int last = v->cols;
    while (last > 0 && at(v, row, last - 1)->ch == ' ')
        last--;
    for (int c = 0; c < last && n < sizeof text - 5; c++)
        if (at(v, row, c)->ch)
            n += utf8_put(text + n, at(v, row, c)->ch);
    text[n] = 0;
    return text;
}
