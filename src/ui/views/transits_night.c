/* transits_night.c - the night as lines of time, and the star's altitude with the transit on it. See
 * transits_own.h. Instants come from the almanac of the list.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../widgets/plot.h"
#include "transits_own.h"

enum { MAX_STRIPES = 40, LABEL = 13, CURVE_POINTS = 240 };

static const double RAD = 0.017453292519943295;

/* struct axis - from before sunset to after sunrise; the whole 24 h where the Sun does not set. */
struct axis {
    double t0, t1;
    struct span sun_down[4], dark[4]; /* below -0.833 and -18 deg */
    int n_down, n_dark;
};

/* The local mean noon before a time: lists begin at one. */
static double noon_before(const struct transit_list *l, double t)
{
    double first = almanac_t(l->almanac, l->request.from);
    return first + floor(t - first);
}

static struct axis night_axis(const struct transit_list *l, double t)
{
    struct axis x = {0};
    double noon = noon_before(l, t), margin = 0.25 / 24;
    x.n_down = (int)almanac_dark(l->almanac, -0.833 * RAD, noon, noon + 1, x.sun_down, 4);
    x.n_dark = (int)almanac_dark(l->almanac, -18 * RAD, noon, noon + 1, x.dark, 4);
    x.n_down = x.n_down > 4 ? 4 : x.n_down;
    x.n_dark = x.n_dark > 4 ? 4 : x.n_dark;
    x.t0 = x.n_down ? x.sun_down[0].from - margin : noon;
    x.t1 = x.n_down ? x.sun_down[x.n_down - 1].to + margin : noon + 1;
    return x;
}

double transits_now(const struct transit_rows *rows)
{
    return almanac_t(rows->list->almanac, utc_of_wall(session_now_ns(rows->session)));
}

/* The night that the view looks at: of the event under the cursor, else of now. */
static double night_of(const struct transits_view *v)
{
    const struct transit_event *e = transits_selected(v);
    return e ? e->contact[TRANSIT_MID].t : almanac_first(v->rows->list->almanac) + 0.5;
}

/* Baselines, then the transit, then what of it can be observed: later stripes lie over earlier. */
static int event_stripes(const struct transit_event *e, struct stripe *s)
{
    double in = e->contact[TRANSIT_INGRESS].t, out = e->contact[TRANSIT_EGRESS].t;
    int n = 0;
    s[n++] = (struct stripe){e->window_from, e->window_to, ROLE_DUSK, GLYPH_HLINE};
    s[n++] = (struct stripe){in, out, ROLE_POOR, GLYPH_SHADE};
    for (size_t i = 0; i < e->n_segment && n < MAX_STRIPES; i++) {
        double from = fmax(e->segment[i].from, in), to = fmin(e->segment[i].to, out);
        if (e->segment[i].loss == LOSS_NONE && to > from)
            s[n++] = (struct stripe){from, to, ROLE_BAND, GLYPH_FULL};
    }
    return n;
}

static void dark_row(const struct axis *x, struct canvas *c, int row, int width, double now)
{
    struct stripe s[8];
    int n = 0;
    for (int i = 0; i < x->n_down; i++)
        s[n++] = (struct stripe){x->sun_down[i].from, x->sun_down[i].to, ROLE_DUSK, GLYPH_DUSK};
    for (int i = 0; i < x->n_dark; i++)
        s[n++] = (struct stripe){x->dark[i].from, x->dark[i].to, ROLE_BAND, GLYPH_DARK};
    canvas_put(c, row, 2, ROLE_HEAD, "dark");
    gantt_row(c, row, LABEL + 1, width, x->t0, x->t1, s, n, now);
}

/* The hours below, as many as have room; "now" where the present is. */
static void hour_row(const struct transits_view *v, const struct axis *x, struct canvas *c, int row,
                     int width, double now)
{
    const struct almanac *a = v->rows->list->almanac;
    struct str text = {0};
    int at = isfinite(now) ? gantt_column(x->t0, x->t1, width, now) : -1, last = -1;
    canvas_put(c, row, 2, ROLE_HEAD, transits_zone(v->rows));
    if (at >= 0)
        canvas_put(c, row, LABEL + 1 + at, ROLE_NOW, "^");
    /* The first full hour: minutes of the clock that is shown taken off. */
    transits_clock(v->rows, almanac_utc(a, x->t0), &text);
    double minute = atoi(str_c(&text) + 3) / 1440.0;
    for (double t = x->t0 - minute + 1 / 24.0; t < x->t1; t += 1 / 24.0) {
        int col = gantt_column(x->t0, x->t1, width, t);
        if (col < 0 || col < last + 4 || col + 2 > width ||
            (at >= 0 && abs(col - at) < 3 && at != col))
            continue;
        str_reset(&text);
        transits_clock(v->rows, almanac_utc(a, t), &text);
        canvas_putn(c, row, LABEL + 1 + col, ROLE_HEAD, str_c(&text), 2);
        if (at == col) /* the mark of the present is not to be written over */
            canvas_paint(c, row, LABEL + 1 + col, 2, ROLE_NOW, 0);
        last = col;
    }
    str_clear(&text);
}

static void edge(struct canvas *c, int row, int width)
{
    canvas_glyph(c, row, LABEL, 1, ROLE_RULE, GLYPH_VLINE);
    canvas_glyph(c, row, LABEL + 1 + width, 1, ROLE_RULE, GLYPH_VLINE);
}

void transits_night_draw(const struct transits_view *v, struct canvas *c)
{
    int width = c->cols - LABEL - 3, room = c->rows - 2;
    if (!v->rows->list || width < 12 || room < 1)
        return;
    struct axis x = night_axis(v->rows->list, night_of(v));
    double now = transits_now(v->rows);
    size_t shown = list_shown(v->table), here = 0, row;
    if (list_row(v->table, &row))
        while (here < shown && list_at(v->table, here) != row)
            here++;
    size_t first = here + 1 > (size_t)room ? here + 1 - (size_t)room : 0;
    int y = 0;
    struct stripe s[MAX_STRIPES];
    for (size_t i = first; i < shown && y < room; i++, y++) {
        const struct transit_event *e = transits_event_at(v->rows, list_at(v->table, i));
        canvas_put(c, y, 0, i == here ? ROLE_SELECTED : ROLE_TEXT, i == here ? ">" : " ");
        canvas_fit(c, y, 1, LABEL - 2, -1, i == here ? ROLE_STRONG : ROLE_TEXT, e->planet->name);
        edge(c, y, width);
        gantt_row(c, y, LABEL + 1, width, x.t0, x.t1, s, event_stripes(e, s), now);
    }
    edge(c, y, width);
    dark_row(&x, c, y, width, now);
    hour_row(v, &x, c, y + 1, width, now);
}

/* ---- the curve ---- */

static bool in_transit(const void *arg, double x)
{
    const struct transit_event *e = arg;
    return x >= e->contact[TRANSIT_INGRESS].t && x <= e->contact[TRANSIT_EGRESS].t;
}

static void curve_labels(const struct transits_view *v, const struct axis *x, struct plot *p,
                         double now)
{
    const struct almanac *a = v->rows->list->almanac;
    struct str text = {0};
    if (now > x->t0 && now < x->t1)
        plot_x(p, now, ROLE_NOW, "now");
    transits_clock(v->rows, almanac_utc(a, x->t0), &text);
    double minute = atoi(str_c(&text) + 3) / 1440.0;
    int step = p->canvas.cols >= 60 ? 1 : 2, k = 0;
    for (double t = x->t0 - minute + 1 / 24.0; t < x->t1; t += 1 / 24.0) {
        str_reset(&text);
        transits_clock(v->rows, almanac_utc(a, t), &text);
        text.s[2] = 'h';
        text.s[3] = 0;
        if (k++ % step == 0)
            plot_x(p, t, ROLE_HEAD, str_c(&text));
    }
    str_clear(&text);
}

/* In UTF-8 the transit is also a bar at the foot, with the middle of the window marked. */
static void transit_bar(const struct transit_event *e, const struct axis *x, struct plot *p)
{
    struct stripe s[] = {
        {e->window_from, e->window_to, ROLE_DUSK, GLYPH_HLINE},
        {e->contact[TRANSIT_INGRESS].t, e->contact[TRANSIT_EGRESS].t, ROLE_BAND, GLYPH_FULL}};
    int first = gantt_column(x->t0, x->t1, p->canvas.cols, fmax(s[0].from, x->t0));
    int last = gantt_column(x->t0, x->t1, p->canvas.cols, fmin(s[0].to, x->t1 - 1e-6));
    if (first < 0 || last < first)
        return;
    double step = (x->t1 - x->t0) / p->canvas.cols;
    struct canvas bar = canvas_part(&p->canvas, p->canvas.rows - 1, first, 1, last - first + 1);
    gantt_row(&bar, 0, 0, bar.cols, x->t0 + first * step, x->t0 + (last + 1) * step, s, 2, NAN);
}

void transits_curve_draw(const struct transits_view *v, const struct transit_event *e,
                         struct canvas *c)
{
    const struct transit_list *l = v->rows->list;
    double star_alt[CURVE_POINTS], moon_alt[CURVE_POINTS], now = transits_now(v->rows);
    if (c->rows < 4 || c->cols < 24)
        return;
    struct axis x = night_axis(l, e->contact[TRANSIT_MID].t);
    struct almanac_star star;
    struct plot p;
    almanac_star_set(&star, e->planet->ra_rad, e->planet->dec_rad);
    for (int i = 0; i < CURVE_POINTS; i++) {
        double t = x.t0 + (x.t1 - x.t0) * i / (CURVE_POINTS - 1);
        star_alt[i] = almanac_star_alt(l->almanac, &star, t) / RAD;
        moon_alt[i] = almanac_moon_alt(l->almanac, t) / RAD;
    }
    plot_begin(&p, c, 5, x.t0, x.t1, 0, 90);
    double limit = l->request.limits.min_alt_rad / RAD;
    char text[8];
    snprintf(text, sizeof text, "%.0f", limit);
    plot_y(&p, 90, "90");
    plot_y(&p, 0, "0");
    if (limit >= 8 && limit <= 82)
        plot_y(&p, limit, text);
    plot_level(&p, limit, ROLE_HEAD);
    if (now > x.t0 && now < x.t1 && c->rows >= 12) /* else its word below has to do */
        plot_column(&p, now, ROLE_NOW);
    if (p.canvas.set == GLYPHS_UTF8)
        plot_curve(&p, moon_alt, CURVE_POINTS, ROLE_CURVE_TWO, 'm', NULL, NULL);
    plot_curve(&p, star_alt, CURVE_POINTS, ROLE_CURVE, p.canvas.set == GLYPHS_UTF8 ? 'o' : 0,
               in_transit, e);
    plot_end(&p);
    if (p.canvas.set == GLYPHS_UTF8)
        transit_bar(e, &x, &p);
    curve_labels(v, &x, &p, now);
}
