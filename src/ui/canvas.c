/* canvas.c - see canvas.h. Pure: no terminal, no clock. */
#include "canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"

static const struct cell blank = {' ', {0}, 1, ROLE_TEXT, 0};

struct canvas *canvas_new(int rows, int cols, enum glyph_set set)
{
    ensure(rows >= 1 && cols >= 1 && rows <= 1000 && cols <= 1000);
    struct canvas *c = mem_zero(sizeof *c);
    c->at = mem_zero((size_t)rows * (size_t)cols * sizeof *c->at);
    c->rows = rows;
    c->cols = c->stride = cols;
    c->set = set;
    c->cursor = mem_zero(sizeof *c->cursor);
    canvas_clear(c);
    return c;
}

void canvas_free(struct canvas *c)
{
    if (!c)
        return;
    free(c->at);
    free(c->cursor);
    free(c);
}

static struct cell *cell_at(struct canvas *c, int row, int col)
{
    return &c->at[(ptrdiff_t)row * c->stride + col];
}

void canvas_clear(struct canvas *c)
{
    canvas_fill(c, 0, 0, c->rows, c->cols, ROLE_TEXT);
    c->cursor->row = -1;
}

struct canvas canvas_part(const struct canvas *c, int row, int col, int rows, int cols)
{
    struct canvas p = *c;
    int bottom = row + rows < c->rows ? row + rows : c->rows;
    int right = col + cols < c->cols ? col + cols : c->cols;
    row = row < 0 ? 0 : row;
    col = col < 0 ? 0 : col;
    p.rows = bottom > row ? bottom - row : 0;
    p.cols = right > col ? right - col : 0;
    if (!p.rows || !p.cols) {
        p.rows = p.cols = 0;
        return p;
    }
    p.at = c->at + (ptrdiff_t)row * c->stride + col;
    p.top = c->top + row;
    p.left = c->left + col;
    return p;
}

const struct cell *canvas_cell(const struct canvas *c, int row, int col)
{
    if (row < 0 || col < 0 || row >= c->rows || col >= c->cols)
        return NULL;
    return &c->at[(ptrdiff_t)row * c->stride + col];
}

/* What stands half under (row, col) is taken away: the other half of a wide character that is
 * overwritten becomes a blank. */
static void split_wide(struct canvas *c, int row, int col)
{
    struct cell *x = cell_at(c, row, col);
    if (x->width == 0 && (col > 0 || c->left > 0)) {
        x[-1].ch = ' ';
        x[-1].width = 1;
        memset(x[-1].mark, 0, sizeof x[-1].mark);
    }
    if (x->width == 2 && c->left + col + 1 < c->stride) {
        x[1].ch = ' ';
        x[1].width = 1;
    }
}

static void set_cell(struct canvas *c, int row, int col, enum role role, uint32_t ch, int width)
{
    split_wide(c, row, col);
    if (width == 2)
        split_wide(c, row, col + 1);
    struct cell *x = cell_at(c, row, col);
    *x = (struct cell){ch, {0}, (uint8_t)width, (uint8_t)role, 0};
    if (width == 2)
        x[1] = (struct cell){0, {0}, 0, (uint8_t)role, 0};
}

static void add_mark(struct canvas *c, int row, int col, uint32_t mark)
{
    if (row < 0 || row >= c->rows || col < 0 || col >= c->cols)
        return;
    struct cell *x = cell_at(c, row, col);
    if (x->width == 0 && col > 0)
        x--;
    for (int i = 0; i < CELL_MARKS; i++)
        if (!x->mark[i]) {
            x->mark[i] = mark;
            return;
        }
}

/* A code point as this canvas may hold it, and its width; 0 to leave it out. */
static uint32_t fit_char(const struct canvas *c, uint32_t ch, int *width)
{
    if (utf8_harmful(ch))
        ch = ch == '\t' || ch == '\n' ? ' ' : 0xFFFD;
    if (c->set == GLYPHS_ASCII)
        ch = ch == 0xFFFD ? '?' : glyph_ascii(ch);
    if (!ch)
        return 0;
    *width = utf8_width(ch);
    if (*width < 0) {
        ch = c->set == GLYPHS_ASCII ? '?' : 0xFFFD;
        *width = 1;
    }
    return ch;
}

int canvas_putn(struct canvas *c, int row, int col, enum role role, const char *text, size_t n)
{
    const char *s = text, *end = text + n;
    int last = -1;
    while (s < end) {
        int width = 0;
        uint32_t ch = fit_char(c, utf8_next(&s, end), &width);
        if (!ch)
            continue;
        if (width == 0) {
            add_mark(c, row, last, ch);
            continue;
        }
        last = -1;
        if (row >= 0 && row < c->rows && col >= 0 && col + width <= c->cols) {
            set_cell(c, row, col, role, ch, width);
            last = col;
        }
        col += width;
    }
    return col;
}

int canvas_put(struct canvas *c, int row, int col, enum role role, const char *text)
{
    return canvas_putn(c, row, col, role, text, strlen(text));
}

int canvas_putf(struct canvas *c, int row, int col, enum role role, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    return canvas_putn(c, row, col, role, text, len);
}

int canvas_columns(const struct canvas *c, const char *text)
{
    const char *s = text, *end = text + strlen(text);
    int columns = 0;
    while (s < end) {
        int width = 0;
        if (fit_char(c, utf8_next(&s, end), &width))
            columns += width;
    }
    return columns;
}

/* Bytes of a text that fit in `width` columns of this canvas; *used: the columns they take. */
static size_t fit_bytes(const struct canvas *c, const char *text, int width, int *used)
{
    const char *s = text, *end = text + strlen(text);
    *used = 0;
    while (s < end) {
        const char *next = s;
        int w = 0;
        if (fit_char(c, utf8_next(&next, end), &w)) {
            if (*used + w > width)
                break;
            *used += w;
        }
        s = next;
    }
    return (size_t)(s - text);
}

int canvas_fit(struct canvas *c, int row, int col, int width, int align, enum role role,
               const char *text)
{
    int used = canvas_columns(c, text);
    if (width <= 0)
        return col;
    canvas_fill(c, row, col, 1, width, role);
    if (used > width) {
        size_t n = fit_bytes(c, text, width - 1, &used);
        int at = canvas_putn(c, row, col, role, text, n);
        canvas_glyph(c, row, at, 1, role, GLYPH_ELLIPSIS);
    } else {
        int pad = align < 0 ? 0 : align > 0 ? width - used : (width - used) / 2;
        canvas_put(c, row, col + pad, role, text);
    }
    return col + width;
}

void canvas_char(struct canvas *c, int row, int col, enum role role, uint32_t ch)
{
    int width = 0;
    ch = fit_char(c, ch, &width);
    if (ch && width >= 1 && row >= 0 && row < c->rows && col >= 0 && col + width <= c->cols)
        set_cell(c, row, col, role, ch, width);
}

void canvas_glyph(struct canvas *c, int row, int col, int n, enum role role, enum glyph g)
{
    if (row < 0 || row >= c->rows)
        return;
    for (int i = 0; i < n; i++)
        if (col + i >= 0 && col + i < c->cols)
            set_cell(c, row, col + i, role, glyph(c->set, g), 1);
}

void canvas_rule(struct canvas *c, int row, const char *title)
{
    canvas_glyph(c, row, 0, c->cols, ROLE_RULE, GLYPH_HLINE);
    if (!title || !*title)
        return;
    int used, room = c->cols - 6;
    size_t n = fit_bytes(c, title, room > 0 ? room : 0, &used);
    canvas_put(c, row, 2, ROLE_HEAD, " ");
    bool cut = title[n] && n > 0;
    int col = cut ? canvas_fit(c, row, 3, room, -1, ROLE_HEAD, title)
                  : canvas_putn(c, row, 3, ROLE_HEAD, title, n);
    canvas_put(c, row, col, ROLE_HEAD, " ");
}

void canvas_paint(struct canvas *c, int row, int col, int n, enum role role, unsigned attr)
{
    for (int i = 0; i < n; i++)
        if (canvas_cell(c, row, col + i)) {
            cell_at(c, row, col + i)->role = (uint8_t)role;
            cell_at(c, row, col + i)->attr = (uint8_t)attr;
        }
}

void canvas_fill(struct canvas *c, int row, int col, int rows, int cols, enum role role)
{
    struct canvas p = canvas_part(c, row, col, rows, cols);
    for (int r = 0; r < p.rows; r++)
        for (int k = 0; k < p.cols; k++) {
            if (k == 0 || k == p.cols - 1)
                split_wide(&p, r, k);
            *cell_at(&p, r, k) = blank;
            cell_at(&p, r, k)->role = (uint8_t)role;
        }
}

void canvas_show_cursor(struct canvas *c, int row, int col)
{
    if (!canvas_cell(c, row, col))
        return;
    c->cursor->row = c->top + row;
    c->cursor->col = c->left + col;
}

static void add_char(struct str *out, uint32_t ch)
{
    char b[4];
    if (ch)
        str_addn(out, b, utf8_put(b, ch));
}

void canvas_text(const struct canvas *c, struct str *out)
{
    for (int r = 0; r < c->rows; r++) {
        int last = c->cols;
        while (last > 0 && canvas_cell(c, r, last - 1)->ch == ' ')
            last--;
        for (int k = 0; k < last; k++) {
            const struct cell *x = canvas_cell(c, r, k);
            add_char(out, x->ch);
            for (int i = 0; i < CELL_MARKS; i++)
                add_char(out, x->mark[i]);
        }
        str_addc(out, '\n');
    }
}

void canvas_roles(const struct canvas *c, struct str *out)
{
    bool seen[ROLE_N] = {0};
    for (int r = 0; r < c->rows; r++) {
        int last = c->cols;
        while (last > 0 && canvas_cell(c, r, last - 1)->role == ROLE_TEXT)
            last--;
        for (int k = 0; k < last; k++) {
            const struct cell *x = canvas_cell(c, r, k);
            seen[x->role] = true;
            str_addc(out, role_table[x->role].letter);
        }
        str_addc(out, '\n');
    }
    for (int i = 0; i < ROLE_N; i++)
        if (seen[i])
            str_addf(out, "%c %s\n", role_table[i].letter, role_table[i].name);
}
