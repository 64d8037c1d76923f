/* frame.c - see frame.h. Everything but the stars comes from one histogram. */
#include "vigie/devices/frame.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"

enum {
    LEVELS = 65536,
    CANDIDATES = 20000,
    APART = 12,
    REACH_FIRST = 12,
    REACH_MOST = 60,
    RING = 4
};

struct sight { /* of one image */
    const uint16_t *pixel;
    int width, height, saturation;
    double background, noise;
};

static int at(const struct sight *s, int x, int y)
{
    return s->pixel[(size_t)y * (size_t)s->width + (size_t)x];
}

/* ---- levels ---- */

static double middle(const uint32_t *histogram, int low, int high, uint64_t n)
{
    uint64_t seen = 0;
    int first = -1;
    for (int i = low; i <= high && n; i++) {
        seen += histogram[i];
        if (first < 0 && seen >= (n + 1) / 2)
            first = i;
        if (seen >= n / 2 + 1)
            return (first + i) / 2.0;
    }
    return first;
}

/* Median and deviation of what lies between low and high. */
static void moments(const uint32_t *histogram, int low, int high, double *median, double *deviation)
{
    uint64_t n = 0;
    double sum = 0, square = 0;
    for (int i = low; i <= high; i++) {
        n += histogram[i];
        sum += (double)histogram[i] * i;
    }
    for (int i = low; i <= high && n; i++)
        square += (double)histogram[i] * (i - sum / (double)n) * (i - sum / (double)n);
    *median = middle(histogram, low, high, n);
    *deviation = n ? sqrt(square / (double)n) : 0;
}

static void levels(struct sight *s, struct frame_check *c)
{
    uint32_t *histogram = mem_zero(LEVELS * sizeof *histogram);
    const size_t n = (size_t)s->width * (size_t)s->height;
    int low = 0, high = LEVELS - 1;
    for (size_t i = 0; i < n; i++)
        histogram[s->pixel[i]]++;
    while (!histogram[low])
        low++;
    while (!histogram[high])
        high--;
    c->min = low;
    c->max = high;
    c->median = middle(histogram, low, high, n);
    for (int i = s->saturation; i < LEVELS; i++)
        c->n_saturated += histogram[i];
    for (int turn = 0; turn < 20; turn++) {
        moments(histogram, low, high, &c->background, &c->noise);
        double reach = 3 * fmax(c->noise, 0.5);
        int lower = (int)fmax(low, floor(c->background - reach));
        int upper = (int)fmin(high, ceil(c->background + reach));
        if (lower == low && upper == high)
            break;
        low = lower, high = upper;
    }
    s->background = c->background;
    s->noise = fmax(c->noise, 0.5);
    free(histogram);
}

/* ---- stars ---- */

struct candidate {
    int x, y, sum;
};

/* The brightest of its neighbours (of equal ones the last), and half of them stand out as well. */
static bool is_peak(const struct sight *s, int x, int y, int *sum)
{
    const int value = at(s, x, y);
    int out = 0;
    *sum = 0;
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            int other = at(s, x + dx, y + dy);
            bool later = dy > 0 || (dy == 0 && dx > 0);
            *sum += other;
            if ((dx || dy) && (other > value || (other == value && later)))
                return false;
            out += (dx || dy) && other > s->background + 2 * s->noise;
        }
    return out >= 4;
}

static int sum_around(const struct sight *s, int x, int y)
{
    int sum = 0;
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
            sum += at(s, x + dx, y + dy);
    return sum;
}

/* On the slope of a wide star noise makes peaks; near by, towards its middle, it is brighter. Sums, so that a hot pixel
 * beside a star does not hide it. */
static bool on_slope(const struct sight *s, const struct candidate *c)
{
    const double margin = 9 * s->noise; /* three deviations of a sum of nine */
    for (int y = c->y - APART; y <= c->y + APART; y += 3)
        for (int x = c->x - APART; x <= c->x + APART; x += 3)
            if (x > 0 && y > 0 && x < s->width - 1 && y < s->height - 1 &&
                sum_around(s, x, y) > c->sum + margin)
                return true;
    return false;
}

static int by_sum(const void *a, const void *b)
{
    const struct candidate *p = a, *q = b;
    return (q->sum > p->sum) - (q->sum < p->sum);
}

/* Peaks, brightest first, none near a brighter one. */
static size_t find(const struct sight *s, struct candidate *list)
{
    const double threshold = s->background + 5 * s->noise;
    size_t n = 0, kept = 0;
    for (int y = 1; y < s->height - 1; y++)
        for (int x = 1; x < s->width - 1 && n < CANDIDATES; x++) {
            int sum;
            if (at(s, x, y) > threshold && is_peak(s, x, y, &sum))
                list[n++] = (struct candidate){x, y, sum};
        }
    qsort(list, n, sizeof *list, by_sum);
    for (size_t i = 0; i < n; i++) {
        bool flat = at(s, list[i].x, list[i].y) >= s->saturation; /* its peak is cut off */
        bool near = !flat && on_slope(s, &list[i]);
        for (size_t k = 0; k < kept && !near; k++)
            near = abs(list[k].x - list[i].x) < APART && abs(list[k].y - list[i].y) < APART;
        if (!near)
            list[kept++] = list[i];
        if (kept > 2000) /* counting more says nothing more */
            break;
    }
    return kept;
}

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Median of the ring just outside; false: it does not lie in the image. */
static bool ring(const struct sight *s, double cx, double cy, int reach, double *median)
{
    int value[4096];
    size_t n = 0;
    const int x0 = (int)lround(cx), y0 = (int)lround(cy), outer = reach + RING;
    if (x0 - outer < 0 || y0 - outer < 0 || x0 + outer >= s->width || y0 + outer >= s->height)
        return false;
    for (int y = -outer; y <= outer; y++)
        for (int x = -outer; x <= outer; x++) {
            int d2 = x * x + y * y;
            if (d2 > reach * reach && d2 <= outer * outer && n < sizeof value / sizeof value[0])
                value[n++] = at(s, x0 + x, y0 + y);
        }
    qsort(value, n, sizeof value[0], by_value);
    *median = n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2.0;
    return n > 0;
}

static bool centre(const struct sight *s, int reach, double sky, double *cx, double *cy)
{
    const int x0 = (int)lround(*cx), y0 = (int)lround(*cy);
    double sum = 0, sx = 0, sy = 0;
    for (int y = y0 - reach; y <= y0 + reach; y++)
        for (int x = x0 - reach; x <= x0 + reach; x++) {
            double light = at(s, x, y) - sky;
            if (at(s, x, y) >= s->saturation)
                return false;
            if (light < 2 * s->noise || (x - x0) * (x - x0) + (y - y0) * (y - y0) > reach * reach)
                continue;
            sum += light;
            sx += light * x;
            sy += light * y;
        }
    if (sum <= 0)
        return false;
    *cx = sx / sum;
    *cy = sy / sum;
    return true;
}

/* The radius within which half of the light lies. A pixel is parted in 5 x 5, so that its place counts; that widens the
 * star by the variance of a pixel, 1/12, which is taken off again as from a Gaussian (radius^2 = 2 ln 2 variance). */
static double half_radius(const struct sight *s, double cx, double cy, int reach, double sky,
                          double *flux)
{
    enum { PART = 5, STEPS = 16 };
    double light[REACH_MOST * STEPS] = {0}, total = 0, seen = 0;
    const int x0 = (int)lround(cx), y0 = (int)lround(cy);
    for (int y = y0 - reach; y <= y0 + reach; y++)
        for (int x = x0 - reach; x <= x0 + reach; x++)
            for (int k = 0; k < PART * PART; k++) {
                double dx = x - cx + (k % PART - (PART - 1) / 2) / (double)PART;
                double dy = y - cy + (k / PART - (PART - 1) / 2) / (double)PART;
                int bin = (int)(sqrt(dx * dx + dy * dy) * STEPS);
                if (bin < reach * STEPS)
                    light[bin] += (at(s, x, y) - sky) / (PART * PART);
            }
    for (int i = 0; i < reach * STEPS; i++)
        total += light[i];
    *flux = total;
    for (int i = 0; i < reach * STEPS && total > 0; i++) {
        if (seen + light[i] >= total / 2) {
            double r = (i + (light[i] > 0 ? (total / 2 - seen) / light[i] : 0)) / STEPS;
            return sqrt(fmax(0, r * r - 2 * log(2) / 12));
        }
        seen += light[i];
    }
    return (double)NAN;
}

static bool measure(const struct sight *s, const struct candidate *from, struct frame_star *star)
{
    star->x = from->x;
    star->y = from->y;
    for (int reach = REACH_FIRST; reach <= REACH_MOST - RING; reach = reach * 3 / 2) {
        double sky;
        for (int turn = 0; turn < 2; turn++)
            if (!ring(s, star->x, star->y, reach, &sky) ||
                !centre(s, reach, sky, &star->x, &star->y))
                return false;
        if (!ring(s, star->x, star->y, reach, &sky))
            return false;
        star->hfd_px = 2 * half_radius(s, star->x, star->y, reach, sky, &star->flux);
        if (star->hfd_px * 3 <= 2 * reach)
            break;
    }
    return isfinite(star->hfd_px) && star->hfd_px > 0.5 && star->flux > 20 * s->noise;
}

static int by_flux(const void *a, const void *b)
{
    const struct frame_star *p = a, *q = b;
    return (q->flux > p->flux) - (q->flux < p->flux);
}

static int by_real(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

void frame_check(const uint16_t *pixel, int width, int height, int saturation,
                 struct frame_check *c)
{
    struct sight s = {.pixel = pixel,
                      .width = width,
                      .height = height,
                      .saturation = saturation > 0 && saturation < LEVELS ? saturation : 65535};
    const double none = (double)NAN;
    *c = (struct frame_check){.median = none, .background = none, .noise = none, .hfd_px = none};
    if (width < 1 || height < 1)
        return;
    levels(&s, c);
    struct candidate *list = mem_alloc(CANDIDATES * sizeof *list);
    size_t n = find(&s, list);
    double hfd[FRAME_STARS];
    c->n_found = (int)n;
    for (size_t i = 0; i < n && c->n_star < FRAME_STARS; i++)
        if (measure(&s, &list[i], &c->star[c->n_star]))
            c->n_star++;
    free(list);
    qsort(c->star, (size_t)c->n_star, sizeof c->star[0], by_flux);
    for (int i = 0; i < c->n_star; i++)
        hfd[i] = c->star[i].hfd_px;
    qsort(hfd, (size_t)c->n_star, sizeof hfd[0], by_real);
    if (c->n_star)
        c->hfd_px = (hfd[(c->n_star - 1) / 2] + hfd[c->n_star / 2]) / 2;
}
