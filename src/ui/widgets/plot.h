/* plot.h - curves over an axis in braille or ASCII, and lines of time with bands (a Gantt chart).
 * Not: what is drawn (the views give values). Two curves are told apart by their role and by a
 * letter at their end.
 */
#ifndef VIGIE_SRC_UI_WIDGETS_PLOT_H
#define VIGIE_SRC_UI_WIDGETS_PLOT_H

#include <stdbool.h>

#include "../canvas.h"

/* struct plot - a plot over the whole of a canvas. x0..x1, y0..y1: what the edges stand for
 * (x1 > x0, y1 > y0). left: columns for the labels of the y axis. The bottom two rows are the x
 * axis and its labels (one row without an axis line on a canvas below 12 rows). */
struct plot {
    struct canvas canvas; /* of the curves alone */
    struct canvas whole;
    double x0, x1, y0, y1;
    unsigned char *dots; /* braille: 8 bits a cell */
    unsigned char *role;
};

/* plot_begin - lay it out and draw the y axis. plot_end - write the curves; frees. */
void plot_begin(struct plot *p, const struct canvas *c, int left, double x0, double x1, double y0,
                double y1);
void plot_end(struct plot *p);

/* plot_y - a label at a value of the y axis. plot_x - one below a value of the x axis, centred; it
 * is left out when it would touch one that stands there; returns whether it was put. */
void plot_y(struct plot *p, double y, const char *text);
bool plot_x(struct plot *p, double x, enum role role, const char *text);

/* plot_curve - n values at even steps from x0 to x1; NAN and what lies below y0 is not drawn.
 *   y[n]     values
 *   letter   at its end, 0 none
 *   in_band  NULL, or: whether a value of x is to stand out ('#' and ROLE_BAND in ASCII, ROLE_BAND
 *            in braille) */
typedef bool plot_band_fn(const void *arg, double x);
void plot_curve(struct plot *p, const double *y, int n, enum role role, char letter,
                plot_band_fn *in_band, const void *arg);

/* plot_dot - one point; outside the axes it is not drawn. test: tests/ui/check_plot.c */
void plot_dot(struct plot *p, double x, double y, enum role role);

/* plot_level - a faint level line at y. plot_column - a vertical line at x, behind the curves. */
void plot_level(struct plot *p, double y, enum role role);
void plot_column(struct plot *p, double x, enum role role);

/* struct stripe - an interval of a line of time. */
struct stripe {
    double from, to;
    enum role role;
    enum glyph glyph;
};

/* gantt_row - a row of `width` columns for t0..t1: gaps, then the stripes in order over each other,
 * then the column of `now` (NAN: none). test: tests/ui/check_plot.c
 * gantt_column - the column of a time, -1 outside. */
void gantt_row(struct canvas *c, int row, int col, int width, double t0, double t1,
               const struct stripe *stripe, int n, double now);
int gantt_column(double t0, double t1, int width, double t);

#endif
