/* vo_plot.c - what is shown of a result as a picture: two columns against each other, one column's
 * histogram, positions on a chart around the centre of the query. Not: axes and dots (widgets/plot.h).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../widgets/plot.h"
#include "vigie/base/utf8.h"
#include "vo_own.h"

/* Rows of a picture: of more rows every k-th, so that a frame stays short. */
enum { POINTS_MAX = 30000, BINS_MAX = 400 };

static const double DEG = 57.295779513082323;

static bool is_number(const struct table *t, int column)
{
    return column >= 0 && (size_t)column < t->n_columns && !t->column[column].array &&
           t->column[column].type != TABLE_TEXT && t->column[column].type != TABLE_C32 &&
           t->column[column].type != TABLE_C64;
}

static int step_column(const struct table *t, int column, int step)
{
    int n = (int)t->n_columns;
    for (int i = 0; i < n; i++) {
        column = (column + n + step) % n;
        if (is_number(t, column))
            return column;
    }
    return -1;
}

static bool is_id(const struct table *t, int column)
{
    const char *ucd = t->column[column].field.ucd;
    return ucd && (str_hasi(ucd, "meta.id") || str_hasi(ucd, "ID_MAIN"));
}

void vo_plot_open(struct vo_view *v)
{
    const struct vo_service *s = vo_service(v);
    int here = vo_grid_column(v);
    if (!s || !s->table || step_column(s->table, 0, 1) < 0) {
        session_say(v->session, "there are no numbers to plot here");
        return;
    }
    int magnitude = table_find_ucd(s->table, "phot.mag", "PHOT_MAG"),
        colour = table_find_ucd(s->table, "phot.color", "PHOT_CI");
    v->plot_x = is_number(s->table, here) && !is_id(s->table, here) ? here
                : is_number(s->table, colour)                       ? colour
                : s->lon >= 0                                       ? s->lon
                                                                    : step_column(s->table, -1, 1);
    v->plot_y = is_number(s->table, magnitude) && magnitude != v->plot_x ? magnitude
                : v->plot_x == s->lon && s->lat >= 0                     ? s->lat
                                                     : step_column(s->table, v->plot_x, 1);
    v->page = VO_PAGE_PLOT;
}

void vo_plot_show(struct vo_view *v, enum vo_plot plot)
{
    vo_plot_open(v);
    if (v->page != VO_PAGE_PLOT)
        return;
    v->plot = plot;
    if (plot == VO_PLOT_SCATTER) {
        v->plot_x = 0;
        v->plot_y = 1;
    }
}

bool vo_plot_key(struct vo_view *v, const struct key *k)
{
    const struct vo_service *s = vo_service(v);
    if (k->mods & ~(unsigned)MOD_SHIFT || !s || !s->table)
        return false;
    if (k->code == K_LEFT || k->code == 'h')
        v->plot_x = step_column(s->table, v->plot_x, -1);
    else if (k->code == K_RIGHT || k->code == 'l')
        v->plot_x = step_column(s->table, v->plot_x, 1);
    else if (k->code == K_DOWN || k->code == 'j')
        v->plot_y = step_column(s->table, v->plot_y, -1);
    else if (k->code == K_UP || k->code == 'k')
        v->plot_y = step_column(s->table, v->plot_y, 1);
    else if (k->code == K_TAB || k->code == 'v')
        v->plot = (enum vo_plot)((v->plot + 1) % VO_PLOTS);
    else
        return false;
    return true;
}

/* ---- values ---- */

struct range {
    double lo, hi;
    size_t n;
};

static size_t stride_of(const struct vo_service *s)
{
    return vo_shown_n(s) / POINTS_MAX + 1;
}

static double value(const struct vo_service *s, size_t i, int column)
{
    return table_double(s->table, vo_shown_at(s, i), (size_t)column);
}

static struct range range_of(const struct vo_service *s, int column)
{
    struct range r = {INFINITY, -INFINITY, 0};
    for (size_t i = 0; i < vo_shown_n(s); i += stride_of(s)) {
        double x = value(s, i, column);
        if (!isfinite(x))
            continue;
        r.lo = fmin(r.lo, x);
        r.hi = fmax(r.hi, x);
        r.n++;
    }
    if (r.n && r.hi - r.lo < 1e-12 * fmax(1, fabs(r.hi))) {
        r.lo -= 0.5;
        r.hi += 0.5;
    }
    return r;
}

static void name_of(const struct vo_service *s, int column, struct str *out)
{
    const struct table_field *f = &s->table->column[column].field;
    utf8_clean(out, f->name ? f->name : "?", strnlen(f->name ? f->name : "?", 24));
    if (f->unit && *f->unit) {
        str_addc(out, ' ');
        utf8_clean(out, f->unit, strnlen(f->unit, 12));
    }
}

static const char *tick(double x, double span, char out[24])
{
    int decimals = span >= 100 ? 0 : span >= 10 ? 1 : span >= 1 ? 2 : span >= 0.01 ? 4 : 6;
    if (fabs(x) >= 1e6 || (x != 0 && span < 1e-6))
        snprintf(out, 24, "%.4g", x);
    else
        snprintf(out, 24, "%.*f", decimals, x);
    return out;
}

void vo_plot_range(const struct vo_service *s, int column, struct str *out)
{
    char lo[24], hi[24];
    if (!is_number(s->table, column))
        return;
    struct range r = range_of(s, column);
    if (!r.n)
        str_add(out, "no values");
    else
        str_addf(out, "range %s .. %s", tick(r.lo, r.hi - r.lo, lo), tick(r.hi, r.hi - r.lo, hi));
    if (stride_of(s) == 1)
        str_addf(out, "   %zu blank   %zu values", vo_shown_n(s) - r.n, r.n);
}

/* Magnitudes grow downwards. */
static bool upside_down(const struct vo_service *s, int column)
{
    const char *ucd = s->table->column[column].field.ucd;
    return ucd && (str_hasi(ucd, "phot.mag") || str_hasi(ucd, "PHOT_MAG"));
}

static void x_labels(struct plot *p, const struct range *x)
{
    char text[24];
    for (int i = 0; i <= 4; i++) {
        double at = x->lo + (x->hi - x->lo) * i / 4;
        plot_x(p, at, ROLE_HEAD, tick(at, x->hi - x->lo, text));
    }
}

static void draw_scatter(const struct vo_view *v, const struct vo_service *s, struct canvas *c)
{
    struct range x = range_of(s, v->plot_x), y = range_of(s, v->plot_y);
    struct plot p;
    char text[24];
    if (!x.n || !y.n)
        return;
    bool down = upside_down(s, v->plot_y);
    double lo = down ? -y.hi : y.lo, hi = down ? -y.lo : y.hi;
    plot_begin(&p, c, 10, x.lo, x.hi, lo, hi);
    for (int i = 0; i <= 4; i++) {
        double at = lo + (hi - lo) * i / 4;
        plot_y(&p, at, tick(down ? -at : at, hi - lo, text));
    }
    x_labels(&p, &x);
    for (size_t i = 0; i < vo_shown_n(s); i += stride_of(s)) {
        double a = value(s, i, v->plot_x), b = value(s, i, v->plot_y);
        if (isfinite(a) && isfinite(b))
            plot_dot(&p, a, down ? -b : b, ROLE_CURVE);
    }
    size_t row;
    if (vo_grid_row(v, &row)) {
        double b = table_double(s->table, row, (size_t)v->plot_y);
        plot_dot(&p, table_double(s->table, row, (size_t)v->plot_x), down ? -b : b, ROLE_NOW);
    }
    plot_end(&p);
}

static void draw_histogram(const struct vo_view *v, const struct vo_service *s, struct canvas *c)
{
    struct range x = range_of(s, v->plot_x);
    unsigned bin[BINS_MAX] = {0}, most = 1;
    struct plot p;
    char text[24];
    int bins = c->cols - 10 > BINS_MAX ? BINS_MAX : c->cols - 10;
    if (!x.n || bins < 4)
        return;
    if (x.n < 200 && bins > 24)
        bins = 24;
    for (size_t i = 0; i < vo_shown_n(s); i += stride_of(s)) {
        double a = value(s, i, v->plot_x);
        if (!isfinite(a))
            continue;
        int k = (int)((a - x.lo) / (x.hi - x.lo) * bins);
        k = k >= bins ? bins - 1 : k;
        most = ++bin[k] > most ? bin[k] : most;
    }
    plot_begin(&p, c, 10, x.lo, x.hi, 0, most);
    for (int i = 0; i <= 4; i++)
        if (most >= 4 || i == 0 || i == 4) {
            snprintf(text, sizeof text, "%.0f", (double)most * i / 4);
            plot_y(&p, (double)most * i / 4, text);
        }
    x_labels(&p, &x);
    for (int col = 0; col < p.canvas.cols; col++) {
        int k = (int)((double)col / p.canvas.cols * bins);
        int high = (int)lround((double)bin[k] / most * p.canvas.rows);
        high = bin[k] && !high ? 1 : high;
        for (int r = 0; r < high; r++)
            canvas_glyph(&p.canvas, p.canvas.rows - 1 - r, col, 1, ROLE_CURVE, GLYPH_FULL);
    }
    plot_end(&p);
}

/* ---- the chart ---- */

static int magnitude_column(const struct table *t)
{
    int k = table_find_ucd(t, "phot.mag", "PHOT_MAG");
    return is_number(t, k) ? k : -1;
}

/* Brighter stars are larger: a third of the range each. */
static uint32_t symbol(double mag, const struct range *r, enum glyph_set set)
{
    static const uint32_t ascii[] = {'@', 'o', '.'}, utf8[] = {0x28FF, 0x2836, 0x2802};
    int k = isfinite(mag) && r->n ? (int)((mag - r->lo) / (r->hi - r->lo) * 2.999) : 1;
    return set == GLYPHS_ASCII ? ascii[k] : utf8[k];
}

/* Tangent plane around the centre; north up, east left; a cell is twice as high as it is wide. */
static void draw_chart(const struct vo_view *v, const struct vo_service *s, struct canvas *c)
{
    const struct vo_query *q = vo_query(v);
    if (s->lon < 0 || c->rows < 4) {
        canvas_put(c, 1, 2, ROLE_TEXT, "this table has no positions");
        return;
    }
    bool centre = isfinite(q->ra_deg);
    struct range lon = range_of(s, s->lon), lat = range_of(s, s->lat);
    double ra0 = (centre ? q->ra_deg : (lon.lo + lon.hi) / 2) / DEG,
           dec0 = (centre ? q->dec_deg : (lat.lo + lat.hi) / 2) / DEG;
    double radius = (centre ? q->radius_deg : fmax(lat.hi - lat.lo, lon.hi - lon.lo) / 2) / DEG;
    radius = radius > 0 ? fmin(radius, 1) : 1e-4;
    int magnitude = magnitude_column(s->table);
    struct range mag = {0, 0, 0};
    if (magnitude >= 0)
        mag = range_of(s, magnitude);
    double per_row = 2 * radius * 1.05 / (c->rows - 2), per_col = per_row / 2;
    double sin_dec0 = sin(dec0), cos_dec0 = cos(dec0);
    size_t here;
    bool cursor = vo_grid_row(v, &here);
    int mid_r = c->rows / 2, mid_c = c->cols / 2;
    canvas_put(c, mid_r, mid_c, ROLE_NOW, "+"); /* stars go over it */
    for (size_t i = 0; i < vo_shown_n(s); i += stride_of(s)) {
        size_t row = vo_shown_at(s, i);
        double ra = value(s, i, s->lon) / DEG, dec = value(s, i, s->lat) / DEG;
        double sin_dec = sin(dec), cos_dec = cos(dec), cos_ra = cos(ra - ra0);
        double cosine = sin_dec * sin_dec0 + cos_dec * cos_dec0 * cos_ra;
        if (!(cosine > 0.1))
            continue;
        double x = cos_dec * sin(ra - ra0) / cosine,
               y = (sin_dec * cos_dec0 - cos_dec * sin_dec0 * cos_ra) / cosine;
        double m = magnitude >= 0 ? value(s, i, magnitude) : (double)NAN;
        int r = mid_r - (int)lround(y / per_row), k = mid_c - (int)lround(x / per_col);
        if (r < 1 || r >= c->rows - 1 || k < 1 || k >= c->cols - 1)
            continue;
        bool mine = cursor && row == here;
        canvas_char(c, r, k, mine ? ROLE_SELECTED : ROLE_CURVE, symbol(m, &mag, c->set));
        if (mine)
            canvas_put(c, r, k - 1, ROLE_SELECTED, ">");
    }
    canvas_put(c, 0, mid_c, ROLE_HEAD, "N");
    canvas_put(c, mid_r, 0, ROLE_HEAD, "E");
    double high = 2 * radius * 1.05 * DEG;
    bool ascii = c->set == GLYPHS_ASCII;
    canvas_putf(c, c->rows - 1, 1, ROLE_HEAD, "height %.3g%s   + %s%s   %zu rows",
                high < 2 ? high * 60 : high, high < 2 ? "'" : " deg",
                centre ? "centre of the query" : "middle",
                magnitude < 0 ? ""
                : ascii       ? "   @ bright  o  . faint"
                              : "   ⣿ bright  ⠶  ⠂ faint",
                vo_shown_n(s));
}

void vo_plot_draw(const struct vo_view *v, struct canvas *c)
{
    const struct vo_service *s = vo_service(v);
    struct str title = {0};
    if (!s || !s->table || !is_number(s->table, v->plot_x) || !is_number(s->table, v->plot_y))
        return;
    switch (v->plot) {
    case VO_PLOT_SCATTER:
        name_of(s, v->plot_y, &title);
        str_add(&title, " against ");
        name_of(s, v->plot_x, &title);
        break;
    case VO_PLOT_HISTOGRAM:
        name_of(s, v->plot_x, &title);
        str_add(&title, ", rows a bin");
        break;
    case VO_PLOT_CHART: str_add(&title, "positions"); break;
    case VO_PLOTS: break;
    }
    canvas_rule(c, 0, str_c(&title));
    str_clear(&title);
    struct canvas part = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    if (v->plot == VO_PLOT_SCATTER)
        draw_scatter(v, s, &part);
    else if (v->plot == VO_PLOT_HISTOGRAM)
        draw_histogram(v, s, &part);
    else
        draw_chart(v, s, &part);
}
