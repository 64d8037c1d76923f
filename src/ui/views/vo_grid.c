/* vo_grid.c - the table of a result: rows shown by the session, columns chosen here. Only what is on the
 * screen is ever made into text. Not: order and filter (session/vodesk.h).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/formats/sexa.h"
#include "vo_own.h"

enum { SAMPLE = 30, CELL_MOST = 26, CELL_LEAST = 4, SHOWN_COLUMNS = 40, EXTRAS = 3 };

static const double DEG = 57.295779513082323;

/* ---- which columns ---- */

static int worth(const struct table_field *f)
{
    const char *ucd = f->ucd ? f->ucd : "";
    if (strstr(ucd, "meta.main") || strstr(ucd, "_MAIN"))
        return 3;
    if (str_hasi(ucd, "phot.mag") || str_hasi(ucd, "PHOT_") || str_hasi(ucd, "pos.eq") ||
        str_hasi(ucd, "access") || str_hasi(ucd, "meta.title"))
        return 2;
    return str_hasi(ucd, "phot.color") || str_hasi(ucd, "time") || str_hasi(ucd, "pos.parallax") ||
           str_hasi(ucd, "meta.id") || str_hasi(ucd, "pos.pm");
}

/* What the choice of columns belongs to: the names of them all. */
static char *names_of(const struct table *t)
{
    struct str s = {.max = 20000};
    for (size_t i = 0; i < t->n_columns; i++)
        str_addf(&s, "%s\n", t->column[i].field.name ? t->column[i].field.name : "");
    str_add(&s, "");
    return str_take(&s);
}

/* Of datasets and links: what they are and how large before where they lie. */
static void choose_dataset(struct vo_grid *g, const struct vo_service *s, bool *in)
{
    static const enum proto_role order[] = {
        PROTO_SEMANTICS, PROTO_DESCRIPTION, PROTO_TITLE, PROTO_TARGET, PROTO_TYPE,  PROTO_FORMAT,
        PROTO_SIZE,      PROTO_BAND,        PROTO_T_MIN, PROTO_T_MID,  PROTO_ERROR, PROTO_URL};
    struct proto_columns c;
    if (!s->protocol)
        return;
    proto_read_columns(s->protocol, s->table, &c);
    for (size_t i = 0; c.column[PROTO_URL] >= 0 && i < sizeof order / sizeof *order; i++) {
        int k = c.column[order[i]];
        if (k >= 0 && !in[k]) {
            in[k] = true;
            VEC_PUSH(g->chosen, (size_t)k);
        }
    }
}

void vo_grid_choose(struct vo_grid *g, const struct vo_service *s)
{
    char *of = s && s->table ? names_of(s->table) : NULL;
    if (!of || (g->of && !strcmp(of, g->of))) {
        free(of);
        return;
    }
    free(g->of);
    g->of = of;
    g->chosen.n = 0;
    g->row = g->top = 0;
    g->col = g->first = 0;
    size_t n = s->table->n_columns;
    bool *in = mem_zero(n + 1), *first = mem_zero(n + 1);
    choose_dataset(g, s, first);
    size_t left = g->chosen.n < VO_COLUMNS_FIRST ? VO_COLUMNS_FIRST - g->chosen.n : 0;
    for (int rank = 3; rank >= 0; rank--)
        for (size_t i = 0; i < n && left; i++)
            if (!in[i] && !first[i] && worth(&s->table->column[i].field) == rank) {
                in[i] = true;
                left--;
            }
    for (size_t i = 0; i < n; i++)
        if (in[i])
            VEC_PUSH(g->chosen, i);
    free(first);
    free(in);
}

static int columns(const struct vo_view *v, const struct vo_service *s)
{
    return (int)v->grid->chosen.n + (s && s->lon >= 0 ? EXTRAS : 0);
}

int vo_grid_column(const struct vo_view *v)
{
    const struct vo_service *s = vo_service(v);
    size_t col = (size_t)v->grid->col;
    if (!s || !s->table || col >= v->grid->chosen.n ||
        v->grid->chosen.at[col] >= s->table->n_columns)
        return -1;
    return (int)v->grid->chosen.at[col];
}

bool vo_grid_row(const struct vo_view *v, size_t *row)
{
    const struct vo_service *s = vo_service(v);
    if (!s || v->grid->row >= vo_shown_n(s))
        return false;
    *row = vo_shown_at(s, v->grid->row);
    return *row < s->table->rows;
}

/* ---- movement ---- */

bool vo_grid_move(struct vo_view *v, enum motion motion)
{
    struct vo_grid *g = v->grid;
    const struct vo_service *s = vo_service(v);
    size_t n = s ? vo_shown_n(s) : 0, last = n ? n - 1 : 0, before = g->row;
    size_t page = v->window->rows > 1 ? (size_t)v->window->rows : 1, by = 0;
    bool down = false;
    switch (motion) {
    case MOVE_UP: by = 1; break;
    case MOVE_DOWN: by = 1, down = true; break;
    case MOVE_PAGE_UP: by = page; break;
    case MOVE_PAGE_DOWN: by = page, down = true; break;
    case MOVE_HALF_UP: by = page / 2 + 1; break;
    case MOVE_HALF_DOWN: by = page / 2 + 1, down = true; break;
    case MOVE_TOP: by = g->row; break;
    case MOVE_BOTTOM: by = n, down = true; break;
    }
    if (g->row > last)
        g->row = last;
    if (down)
        g->row = last - g->row < by ? last : g->row + by;
    else
        g->row = g->row < by ? 0 : g->row - by;
    return g->row != before;
}

void vo_grid_side(struct vo_view *v, int step)
{
    struct vo_grid *g = v->grid;
    int n = columns(v, vo_service(v));
    g->col = n < 1 ? 0 : g->col + step < 0 ? 0 : g->col + step >= n ? n - 1 : g->col + step;
}

/* ---- cells ---- */

void vo_cell_text(const struct table *t, size_t row, size_t column, struct str *out)
{
    struct str raw = {.max = 400};
    if (table_cell(t, row, column, &raw))
        utf8_clean(out, str_c(&raw), raw.n);
    else
        str_add(out, "-");
    str_clear(&raw);
}

static bool is_real(const struct table_column *c)
{
    return (c->type == TABLE_F32 || c->type == TABLE_F64) && !c->array;
}

static bool is_number(const struct table_column *c)
{
    return c->type != TABLE_TEXT && c->type != TABLE_BOOL && !c->array;
}

/* struct shape - how a column is drawn: its head, width, the width that would show all of it, decimals of a
 * real (-1: as it is). */
struct shape {
    char head[48];
    int width, whole, decimals, at;
    bool right;
};

static int decimals_of(const char *s)
{
    const char *point = strchr(s, '.');
    return strpbrk(s, "eE") || !point ? (point ? -1 : 0) : (int)strlen(point + 1);
}

static void real_text(double x, int decimals, struct str *out)
{
    if (isnan(x))
        str_add(out, "-");
    else if (decimals < 0 || fabs(x) >= 1e10 || (x != 0 && fabs(x) < 1e-4))
        str_addf(out, "%.6g", x);
    else
        str_addf(out, "%.*f", decimals, x);
}

static void cell(const struct vo_view *v, const struct vo_service *s, size_t row, size_t column,
                 int decimals, struct str *out)
{
    const struct table_column *c = &s->table->column[column];
    char text[SEXA_TEXT];
    str_reset(out);
    bool lon = (int)column == s->lon, lat = (int)column == s->lat;
    if (v->grid->sexa && (lon || lat) && is_number(c) && !table_null(s->table, row, column))
        str_add(out, sexa_format(table_double(s->table, row, column), lon ? SEXA_RA : SEXA_DEC,
                                 lon ? 2 : 1, ':', text));
    else if (is_real(c) && !table_null(s->table, row, column))
        real_text(table_double(s->table, row, column), decimals, out);
    else
        vo_cell_text(s->table, row, column, out);
}

static const char *const extra_heads[EXTRAS] = {"sep \"", "alt", "Moon"};

static void extra(const struct vo_view *v, const struct vo_service *s, size_t row, int which,
                  struct str *out)
{
    struct vo_seen seen = session_vo_seen(v->session, vo_query(v), s, row);
    double x = which == 0 ? seen.sep_arcsec : (which == 1 ? seen.alt_rad : seen.moon_rad) * DEG;
    str_reset(out);
    real_text(x, which == 0 ? 1 : 0, out);
}

/* The decimals that the first rows need, as services write singles with noise in the last digits. */
static int sample_decimals(const struct table *t, const struct vo_service *s, size_t column)
{
    const struct table_column *c = &t->column[column];
    size_t n = vo_shown_n(s) < SAMPLE ? vo_shown_n(s) : SAMPLE;
    int most = 0, limit = c->type == TABLE_F32 ? 4 : 6;
    double x;
    if (c->field.precision && str_num(c->field.precision, &x) && x >= 0 && x <= 9)
        return (int)x;
    struct str text = {0};
    for (size_t i = 0; i < n; i++) {
        str_reset(&text);
        if (!table_cell(t, vo_shown_at(s, i), column, &text))
            continue;
        int d = decimals_of(str_c(&text));
        most = d > most ? d : d < 0 ? limit : most;
    }
    str_clear(&text);
    return most > limit ? limit : most;
}

static struct shape shape_of(const struct vo_view *v, const struct canvas *c,
                             const struct vo_service *s, int col, struct str *text)
{
    struct shape k = {.decimals = -1, .right = true};
    struct str head = {.max = sizeof k.head - 1};
    int own = (int)v->grid->chosen.n;
    size_t n = vo_shown_n(s) < SAMPLE ? vo_shown_n(s) : SAMPLE;
    if (col >= own) {
        snprintf(k.head, sizeof k.head, "%s", extra_heads[col - own]);
        k.width = k.whole = col == own ? 7 : 4;
        return k;
    }
    size_t column = v->grid->chosen.at[col];
    const struct table_field *f = &s->table->column[column].field;
    bool sexa = v->grid->sexa && ((int)column == s->lon || (int)column == s->lat);
    utf8_clean(&head, f->name ? f->name : "?", strlen(f->name ? f->name : "?"));
    if (f->unit && *f->unit && !sexa) {
        str_addc(&head, ' ');
        utf8_clean(&head, f->unit, strnlen(f->unit, 10));
    }
    snprintf(k.head, sizeof k.head, "%.*s", (int)utf8_cut(str_c(&head), head.n, 22), str_c(&head));
    k.right = is_number(&s->table->column[column]);
    k.width = canvas_columns(c, k.head);
    if (is_real(&s->table->column[column]))
        k.decimals = sample_decimals(s->table, s, column);
    for (size_t i = 0; i < n; i++) {
        cell(v, s, vo_shown_at(s, i), column, k.decimals, text);
        int w = canvas_columns(c, str_c(text));
        k.width = w > k.width ? w : k.width;
    }
    k.whole = k.width;
    k.width = k.width > CELL_MOST ? CELL_MOST : k.width < CELL_LEAST ? CELL_LEAST : k.width;
    str_clear(&head);
    return k;
}

/* What is left over goes to the columns that are cut, from left to right. */
static void widen(const struct canvas *c, struct shape *shape, int n)
{
    int left = n ? c->cols - shape[n - 1].at - shape[n - 1].width : 0, by = 0;
    for (int k = 0; k < n; k++) {
        int more = shape[k].whole - shape[k].width;
        more = more > left - by ? left - by : more;
        shape[k].at += by;
        if (more > 0) {
            shape[k].width += more;
            by += more;
        }
    }
}

/* The columns from `first` on that have room; returns how many. */
static int lay_out(const struct vo_view *v, const struct canvas *c, const struct vo_service *s,
                   int first, struct shape *shape, struct str *text)
{
    int n = columns(v, s), k = 0, at = 2;
    for (int col = first; col < n && k < SHOWN_COLUMNS; col++) {
        shape[k] = shape_of(v, c, s, col, text);
        shape[k].at = at;
        if (at + shape[k].width > c->cols && k)
            break;
        at += shape[k++].width + 2;
    }
    widen(c, shape, k);
    return k;
}

static void draw_row(const struct vo_view *v, const struct vo_service *s, struct canvas *c, int y,
                     size_t i, const struct shape *shape, int n, struct str *text)
{
    size_t row = vo_shown_at(s, i);
    int own = (int)v->grid->chosen.n;
    if (i == v->grid->row && v->focus == VO_FOCUS_TABLE)
        canvas_put(c, y, 0, ROLE_SELECTED, ">");
    for (int k = 0; k < n; k++) {
        int col = v->grid->first + k;
        if (col >= own)
            extra(v, s, row, col - own, text);
        else
            cell(v, s, row, v->grid->chosen.at[col], shape[k].decimals, text);
        int room = c->cols - shape[k].at < shape[k].width ? c->cols - shape[k].at : shape[k].width;
        canvas_fit(c, y, shape[k].at, room, shape[k].right ? 1 : -1, ROLE_TEXT, str_c(text));
    }
}

static void draw_heads(const struct vo_view *v, const struct vo_service *s, struct canvas *c,
                       const struct shape *shape, int n)
{
    for (int k = 0; k < n; k++) {
        int col = v->grid->first + k;
        bool here = col == v->grid->col && v->focus == VO_FOCUS_TABLE;
        int room = c->cols - shape[k].at < shape[k].width ? c->cols - shape[k].at : shape[k].width;
        canvas_fit(c, 0, shape[k].at, room, shape[k].right ? 1 : -1, here ? ROLE_STRONG : ROLE_HEAD,
                   shape[k].head);
        if (here)
            canvas_put(c, 0, shape[k].at - 2, ROLE_SELECTED, ">");
        if (col < (int)v->grid->chosen.n && (int)v->grid->chosen.at[col] == s->shown.column)
            canvas_put(c, 0, shape[k].at - 1, ROLE_STRONG, s->shown.falling ? "v" : "^");
    }
}

void vo_grid_draw(const struct vo_view *v, struct canvas *c)
{
    struct vo_grid *g = v->grid;
    const struct vo_service *s = vo_service(v);
    struct shape shape[SHOWN_COLUMNS];
    struct str text = {0};
    if (!s || !s->table || c->rows < 2 || c->cols < 8)
        return;
    size_t n = vo_shown_n(s), page = (size_t)(c->rows - 1);
    v->window->rows = c->rows - 1;
    if (g->row >= n)
        g->row = n ? n - 1 : 0;
    if (g->row < g->top)
        g->top = g->row;
    if (g->row >= g->top + page)
        g->top = g->row - page + 1;
    if (g->top + page > n)
        g->top = n > page ? n - page : 0;
    if (g->col < g->first)
        g->first = g->col;
    int k = lay_out(v, c, s, g->first, shape, &text);
    while (g->first < g->col && g->first + k <= g->col)
        k = lay_out(v, c, s, ++g->first, shape, &text);
    draw_heads(v, s, c, shape, k);
    for (size_t y = 0; y < page && g->top + y < n; y++)
        draw_row(v, s, c, (int)y + 1, g->top + y, shape, k, &text);
    str_clear(&text);
}
