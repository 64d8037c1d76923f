/* plot.c - see plot.h. Braille: Unicode 15, U+2800..28FF, 2 x 4 dots a cell. */
#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"

/* Bit of the dot at (row 0..3 from above, column 0..1). */
static const unsigned char dot_bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

void plot_begin(struct plot *p, const struct canvas *c, int left, double x0, double x1, double y0,
                double y1)
{
    int below = c->rows >= 12 ? 2 : 1;
    *p = (struct plot){.whole = *c, .x0 = x0, .x1 = x1, .y0 = y0, .y1 = y1};
    p->canvas = canvas_part(c, 0, left, c->rows - below, c->cols - left);
    size_t cells = (size_t)(p->canvas.rows * p->canvas.cols);
    p->dots = mem_zero(cells + 1);
    p->role = mem_zero(cells + 1);
    for (int r = 0; r < p->canvas.rows; r++)
        canvas_glyph(&p->whole, r, left - 1, 1, ROLE_HEAD, GLYPH_VLINE);
    if (below == 2) {
        canvas_glyph(&p->whole, p->canvas.rows, left - 1, 1, ROLE_RULE, GLYPH_CORNER);
        canvas_glyph(&p->whole, p->canvas.rows, left, p->canvas.cols, ROLE_RULE, GLYPH_HLINE);
    }
}

static double row_of(const struct plot *p, double y)
{
    return (p->y1 - y) / (p->y1 - p->y0) * (p->canvas.rows - 1);
}

static int col_of(const struct plot *p, double x)
{
    double c = (x - p->x0) / (p->x1 - p->x0) * (p->canvas.cols - 1);
    return c >= -0.5 && c < p->canvas.cols ? (int)lround(c) : -1;
}

void plot_y(struct plot *p, double y, const char *text)
{
    double r = row_of(p, y);
    if (!(r >= -0.5 && r <= p->canvas.rows - 0.5))
        return;
    int left = p->canvas.left - p->whole.left;
    canvas_fit(&p->whole, (int)lround(r), 0, left - 2, 1, ROLE_HEAD, text);
}

bool plot_x(struct plot *p, double x, enum role role, const char *text)
{
    int c = col_of(p, x), n = canvas_columns(&p->whole, text), row = p->whole.rows - 1;
    int left = p->canvas.left - p->whole.left;
    if (c < 0 || p->whole.rows < 2)
        return false;
    c += left - n / 2;
    if (c < left - 1)
        c = left - 1;
    if (c + n > p->whole.cols)
        c = p->whole.cols - n;
    for (int i = c - 1; i <= c + n; i++) {
        const struct cell *x1 = canvas_cell(&p->whole, row, i);
        if (x1 && x1->ch != ' ')
            return false;
    }
    canvas_put(&p->whole, row, c, role, text);
    return true;
}

void plot_level(struct plot *p, double y, enum role role)
{
    double r = row_of(p, y);
    if (!(r >= 0 && r <= p->canvas.rows - 1))
        return;
    for (int c = 0; c < p->canvas.cols; c += 6)
        canvas_put(&p->canvas, (int)lround(r), c, role,
                   p->canvas.set == GLYPHS_ASCII ? "." : "\xC2\xB7");
}

void plot_column(struct plot *p, double x, enum role role)
{
    int c = col_of(p, x);
    for (int r = 0; c >= 0 && r < p->canvas.rows; r++)
        canvas_glyph(&p->canvas, r, c, 1, role, GLYPH_NOW);
}

/* The value of a curve at a place between its samples. */
static double sample(const double *y, int n, double at)
{
    int i = (int)at;
    if (i >= n - 1)
        return y[n - 1];
    double f = at - i;
    if (f < 1e-9) /* on a sample: its neighbour may be unknown */
        return y[i];
    return y[i] * (1 - f) + y[i + 1] * f;
}

static void set_dot(struct plot *p, int dot_col, int dot_row, enum role role)
{
    int r = dot_row / 4, c = dot_col / 2;
    if (dot_row < 0 || r >= p->canvas.rows || c >= p->canvas.cols)
        return;
    size_t i = (size_t)(r * p->canvas.cols + c);
    p->dots[i] |= dot_bit[dot_row % 4][dot_col % 2];
    p->role[i] = (unsigned char)role;
}

void plot_dot(struct plot *p, double x, double y, enum role role)
{
    bool ascii = p->canvas.set == GLYPHS_ASCII;
    int wide = p->canvas.cols * (ascii ? 1 : 2), high = p->canvas.rows * (ascii ? 1 : 4);
    double c = (x - p->x0) / (p->x1 - p->x0) * (wide - 1),
           r = (p->y1 - y) / (p->y1 - p->y0) * (high - 1);
    if (!(c >= -0.5 && c < wide - 0.5 && r >= -0.5 && r < high - 0.5))
        return;
    if (ascii)
        canvas_put(&p->canvas, (int)lround(r), (int)lround(c), role, "*");
    else
        set_dot(p, (int)lround(c), (int)lround(r), role);
}

static void braille_curve(struct plot *p, const double *y, int n, enum role role,
                          plot_band_fn *in_band, const void *arg)
{
    int wide = p->canvas.cols * 2, high = p->canvas.rows * 4, last = -1;
    for (int c = 0; c < wide; c++) {
        double f = (double)c / (wide - 1), v = sample(y, n, f * (n - 1));
        double r = (p->y1 - v) / (p->y1 - p->y0) * (high - 1);
        bool seen = isfinite(v) && r >= -0.5 && r <= high - 0.5;
        int row = seen ? (int)lround(r) : -1;
        enum role use = in_band && in_band(arg, p->x0 + f * (p->x1 - p->x0)) ? ROLE_BAND : role;
        if (seen)
            set_dot(p, c, row, use);
        for (int k = last; seen && last >= 0 && abs(row - k) > 1;) { /* close steep parts */
            k += k < row ? 1 : -1;
            set_dot(p, c, k, use);
        }
        last = row;
    }
}

static void ascii_curve(struct plot *p, const double *y, int n, enum role role,
                        plot_band_fn *in_band, const void *arg)
{
    for (int c = 0; c < p->canvas.cols; c++) {
        double f = p->canvas.cols > 1 ? (double)c / (p->canvas.cols - 1) : 0;
        double v = sample(y, n, f * (n - 1)), r = row_of(p, v);
        if (!isfinite(v) || r < -0.5 || r > p->canvas.rows - 0.5)
            continue;
        bool band = in_band && in_band(arg, p->x0 + f * (p->x1 - p->x0));
        canvas_put(&p->canvas, (int)lround(r), c, band ? ROLE_BAND : role, band ? "#" : "*");
    }
}

void plot_curve(struct plot *p, const double *y, int n, enum role role, char letter,
                plot_band_fn *in_band, const void *arg)
{
    if (n < 2 || p->canvas.rows < 1 || p->canvas.cols < 2)
        return;
    if (p->canvas.set == GLYPHS_ASCII)
        ascii_curve(p, y, n, role, in_band, arg);
    else
        braille_curve(p, y, n, role, in_band, arg);
    int end = n - 1;
    while (end > 0 && !(y[end] >= p->y0 && y[end] <= p->y1))
        end--;
    if (!letter || !(y[end] >= p->y0))
        return;
    int c = (int)lround((double)end / (n - 1) * (p->canvas.cols - 1)),
        r = (int)lround(row_of(p, y[end]));
    size_t i = (size_t)(r * p->canvas.cols + c);
    p->dots[i] = 0;
    p->role[i] = 0xFF; /* a letter stands here */
    canvas_char(&p->canvas, r, c, role, (unsigned char)letter);
}

void plot_end(struct plot *p)
{
    for (int r = 0; r < p->canvas.rows; r++)
        for (int c = 0; c < p->canvas.cols; c++) {
            size_t i = (size_t)(r * p->canvas.cols + c);
            if (p->dots[i] && p->role[i] != 0xFF)
                canvas_char(&p->canvas, r, c, (enum role)p->role[i], 0x2800U + p->dots[i]);
        }
    free(p->dots);
    free(p->role);
    p->dots = p->role = NULL;
}

/* ---- lines of time ---- */

int gantt_column(double t0, double t1, int width, double t)
{
    double c = (t - t0) / (t1 - t0) * width;
    return c >= 0 && c < width ? (int)c : -1;
}

/* A stripe covers the columns whose middle it covers, and at least one. */
static void put_stripe(struct canvas *c, int row, int col, int width, double t0, double t1,
                       const struct stripe *s)
{
    double step = (t1 - t0) / width;
    int first = (int)ceil((s->from - t0) / step - 0.5),
        last = (int)ceil((s->to - t0) / step - 0.5) - 1;
    if (last < first && s->to > s->from)
        last = first = gantt_column(t0, t1, width, (s->from + s->to) / 2);
    if (first < 0)
        first = 0;
    for (int i = first; i <= last && i < width; i++)
        canvas_glyph(c, row, col + i, 1, s->role, s->glyph);
}

void gantt_row(struct canvas *c, int row, int col, int width, double t0, double t1,
               const struct stripe *stripe, int n, double now)
{
    if (width < 1 || !(t1 > t0))
        return;
    canvas_glyph(c, row, col, width, ROLE_RULE, GLYPH_GAP);
    for (int i = 0; i < n; i++)
        if (isfinite(stripe[i].from) && isfinite(stripe[i].to))
            put_stripe(c, row, col, width, t0, t1, &stripe[i]);
    int at = isfinite(now) ? gantt_column(t0, t1, width, now) : -1;
    if (at >= 0)
        canvas_glyph(c, row, col + at, 1, ROLE_NOW, GLYPH_NOW);
}
