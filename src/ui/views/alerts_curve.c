/* alerts_curve.c - the altitude of an alert tonight, with Moon and twilight. See alerts_own.h. */
#include <math.h>
#include <stdio.h>

#include "../widgets/plot.h"
#include "alerts_own.h"
#include "vigie/base/conf.h"

enum { POINTS = 240 };

static const double RAD = 0.017453292519943295;

/* struct axis - from before sunset to after sunrise; noon to noon where the Sun does not set. dark:
 * when alerts count as observable. */
struct axis {
    double t0, t1, limit_deg;
    struct span dark[4];
    int n_dark;
    const double *alt;
};

static struct axis night_axis(const struct almanac *a, const struct conf *c)
{
    struct axis x = {.limit_deg = conf_number(c, "alerts.min-alt")};
    struct span down[4];
    double noon = almanac_first(a), end = almanac_last(a), margin = 0.25 / 24;
    size_t n = almanac_dark(a, -0.833 * RAD, noon, end, down, 4);
    n = n > 4 ? 4 : n;
    x.n_dark =
        (int)almanac_dark(a, conf_number(c, "alerts.max-sun-alt") * RAD, noon, end, x.dark, 4);
    x.n_dark = x.n_dark > 4 ? 4 : x.n_dark;
    x.t0 = n ? down[0].from - margin : noon;
    x.t1 = n ? down[n - 1].to + margin : end;
    return x;
}

static bool observable(const void *arg, double t)
{
    const struct axis *x = arg;
    double f = (t - x->t0) / (x->t1 - x->t0) * (POINTS - 1);
    int i = (int)lround(f);
    if (i < 0 || i >= POINTS || !(x->alt[i] >= x->limit_deg))
        return false;
    for (int k = 0; k < x->n_dark; k++)
        if (t >= x->dark[k].from && t <= x->dark[k].to)
            return true;
    return false;
}

static void labels(const struct almanac *a, const struct axis *x, struct plot *p, double now)
{
    char text[UTC_TEXT];
    if (now > x->t0 && now < x->t1)
        plot_x(p, now, ROLE_NOW, "now");
    if (x->n_dark) {
        plot_x(p, x->dark[0].from, ROLE_DUSK, "dusk");
        plot_x(p, x->dark[x->n_dark - 1].to, ROLE_DUSK, "dawn");
    }
    utc_format(almanac_utc(a, x->t0), 0, text);
    double into = ((text[14] - '0') * 10 + text[15] - '0') / 1440.0;
    int step = p->canvas.cols >= 60 ? 1 : 2, k = 0;
    for (double t = x->t0 - into + 1 / 24.0; t < x->t1; t += 1 / 24.0, k++) {
        utc_format(utc_add_s(almanac_utc(a, t), 30), 0, text);
        text[13] = 'h';
        text[14] = 0;
        if (k % step == 0)
            plot_x(p, t, ROLE_HEAD, text + 11);
    }
}

/* In ASCII a second curve of the same sign could not be told apart: a letter here and there. */
static void ascii_moon(struct plot *p, const double *alt)
{
    for (int c = 2; c < p->canvas.cols; c += 4) {
        double y = alt[c * (POINTS - 1) / p->canvas.cols];
        if (y >= 0)
            canvas_char(&p->canvas, (int)lround((90 - y) / 90 * (p->canvas.rows - 1)), c,
                        ROLE_CURVE_TWO, 'm');
    }
}

void alerts_curve_draw(const struct alerts_view *v, const struct alert_event *e, struct canvas *c)
{
    const struct almanac *a = session_alert_night(v->session);
    double star_alt[POINTS], moon_alt[POINTS];
    struct error why;
    struct almanac_star star;
    struct plot p;
    char text[8];
    if (c->rows < 4 || c->cols < 24)
        return;
    if (!a || !isfinite(e->ra_rad)) {
        canvas_put(c, 1, 2, ROLE_FAINT,
                   !isfinite(e->ra_rad)             ? "No position: no curve."
                   : session_site(v->session, &why) ? "No almanac for this night."
                                                    : why.text);
        return;
    }
    struct axis x = night_axis(a, session_conf(v->session));
    double now = almanac_t(a, alerts_now(v->session));
    almanac_star_set(&star, e->ra_rad, e->dec_rad);
    for (int i = 0; i < POINTS; i++) {
        double t = x.t0 + (x.t1 - x.t0) * i / (POINTS - 1);
        star_alt[i] = almanac_star_alt(a, &star, t) / RAD;
        moon_alt[i] = almanac_moon_alt(a, t) / RAD;
    }
    x.alt = star_alt;
    plot_begin(&p, c, 5, x.t0, x.t1, 0, 90);
    snprintf(text, sizeof text, "%.0f", x.limit_deg);
    plot_y(&p, 90, "90");
    plot_y(&p, 0, "0");
    if (x.limit_deg >= 8 && x.limit_deg <= 82)
        plot_y(&p, x.limit_deg, text);
    plot_level(&p, x.limit_deg, ROLE_RULE);
    for (int k = 0; k < x.n_dark; k++) {
        plot_column(&p, x.dark[k].from, ROLE_DUSK);
        plot_column(&p, x.dark[k].to, ROLE_DUSK);
    }
    if (now > x.t0 && now < x.t1)
        plot_column(&p, now, ROLE_NOW);
    if (p.canvas.set == GLYPHS_UTF8)
        plot_curve(&p, moon_alt, POINTS, ROLE_CURVE_TWO, 'm', NULL, NULL);
    else
        ascii_moon(&p, moon_alt);
    plot_curve(&p, star_alt, POINTS, ROLE_CURVE, p.canvas.set == GLYPHS_UTF8 ? 'o' : 0, observable,
               &x);
    plot_end(&p);
    labels(a, &x, &p, now);
}
