/* roots.c - see roots.h. Illinois variant of regula falsi (Dowell & Jarratt 1971, BIT 11, 168);
 * golden section for extremes.
 */
#include "roots.h"

#include <math.h>

static double crossing(roots_fn *f, void *arg, double a, double fa, double b, double fb)
{
    for (int i = 0; i < 80 && b - a > 1e-10; i++) {
        /* every third step halves, so that a flat curve cannot stall it */
        double c = i % 3 == 2 ? 0.5 * (a + b) : (a * fb - b * fa) / (fb - fa);
        if (!(c > a && c < b))
            c = 0.5 * (a + b);
        double fc = f(arg, c);
        if (fc == 0)
            return c;
        if ((fc < 0) == (fb < 0)) {
            b = c, fb = fc;
            fa *= 0.5;
        } else {
            a = c, fa = fc;
            fb *= 0.5;
        }
    }
    return 0.5 * (a + b);
}

double roots_extreme(roots_fn *f, void *arg, double a, double b, int sign)
{
    const double g = 0.6180339887498949;
    double c = b - g * (b - a), d = a + g * (b - a);
    double fc = sign * f(arg, c), fd = sign * f(arg, d);
    while (b - a > 1e-7) { /* the value there is flat: 1e-7 of t is enough */
        if (fc > fd) {
            b = d, d = c, fd = fc;
            c = b - g * (b - a), fc = sign * f(arg, c);
        } else {
            a = c, c = d, fc = fd;
            d = a + g * (b - a), fd = sign * f(arg, d);
        }
    }
    return 0.5 * (a + b);
}

struct search {
    roots_fn *f;
    void *arg;
    double from, to;
    struct root *out;
    size_t n, max;
};

static void keep(struct search *s, double t, bool rising)
{
    if (t < s->from || t > s->to)
        return;
    if (s->n < s->max)
        s->out[s->n] = (struct root){t, rising};
    s->n++;
}

static void between(struct search *s, double a, double fa, double b, double fb)
{
    if ((fa < 0) != (fb < 0))
        keep(s, crossing(s->f, s->arg, a, fa, b, fb), fa < 0);
}

/* graze - three points on one side of zero, the middle one nearest to it: does the curve come
 * through between them? A parabola says whether to look. */
static void graze(struct search *s, const double t[3], const double y[3])
{
    bool below = y[1] < 0;
    if ((y[0] < 0) != below || (y[2] < 0) != below)
        return;
    if (below ? y[1] < y[0] || y[1] < y[2] : y[1] > y[0] || y[1] > y[2])
        return;
    double bend = fabs(y[0] - 2 * y[1] + y[2]);
    if (fabs(y[1]) > bend) /* the vertex is at most bend / 8 beyond the middle point */
        return;
    double x = roots_extreme(s->f, s->arg, t[0], t[2], below ? 1 : -1), fx = s->f(s->arg, x);
    if ((fx < 0) == below)
        return;
    between(s, t[0], y[0], x, fx);
    between(s, x, fx, t[2], y[2]);
}

size_t roots_find(roots_fn *f, void *arg, double from, double to, double step, struct root *out,
                  size_t max)
{
    struct search s = {f, arg, from, to, out, 0, max};
    double t[3], y[3];
    if (!(to >= from))
        return 0;
    t[0] = from - step, t[1] = from;
    y[0] = f(arg, t[0]), y[1] = f(arg, t[1]);
    between(&s, t[0], y[0], t[1], y[1]);
    for (size_t i = 1; t[1] < to; i++) {
        t[2] = from + (double)i * step;
        y[2] = f(arg, t[2]);
        graze(&s, t, y);
        between(&s, t[1], y[1], t[2], y[2]);
        t[0] = t[1], y[0] = y[1];
        t[1] = t[2], y[1] = y[2];
    }
    t[2] = t[1] + step;
    y[2] = f(arg, t[2]);
    graze(&s, t, y);
    return s.n;
}
