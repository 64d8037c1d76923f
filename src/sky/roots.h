/* roots.h - where a smooth curve crosses zero in a window: rise, set, twilight, limits of altitude.
 * Not: for curves with jumps (horizon masks).
 */
#ifndef VIGIE_SRC_SKY_ROOTS_H
#define VIGIE_SRC_SKY_ROOTS_H

#include <stdbool.h>
#include <stddef.h>

typedef double roots_fn(void *arg, double t);

struct root {
    double t;
    bool rising; /* from below zero to above */
};

/* roots_find - all crossings of f in [from, to], in order: a grid of `step`, and between its points
 * the extremes that come near zero, so that a grazing pair is found. f is asked up to one step
 * outside the window. Returns how many there are; only max are written. Good to 1e-9 of t's
 * unit. */
size_t roots_find(roots_fn *f, void *arg, double from, double to, double step, struct root *out,
                  size_t max);

/* roots_extreme - t of the largest (sign +1) or smallest (-1) value of f between a and b, where it
 * has one such extreme. */
double roots_extreme(roots_fn *f, void *arg, double a, double b, int sign);

#endif
