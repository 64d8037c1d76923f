/* skymap.c - maps and regions read, areas and the densest cell. See skymap.h. */
#include "vigie/alerts/skymap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/fitsmap.h"
#include "vigie/sky/healpix.h"

#define SR_DEG2 (180 / 3.14159265358979323846 * 180 / 3.14159265358979323846)

static int order_of(uint64_t uniq)
{
    uint64_t nest;
    return healpix_uniq_order(uniq, &nest);
}

static enum status add(struct skymap *m, uint64_t uniq, double density, struct error *err)
{
    int order = order_of(uniq);
    if (order < 0)
        return err_set(err, E_PARSE, "%llu numbers no cell", (unsigned long long)uniq);
    if (m->cells.n == SKYMAP_MAX_CELLS)
        return err_set(err, E_RANGE, "more than %d cells that are not zero", SKYMAP_MAX_CELLS);
    m->order_max = order > m->order_max ? order : m->order_max;
    VEC_PUSH(m->cells, ((struct skymap_cell){uniq, density}));
    return OK;
}

/* ---- maps ---- */

static enum status add_probability(struct skymap *m, uint64_t uniq, double density,
                                   struct error *err)
{
    if (!(density > 0) || !isfinite(density)) { /* the order of a cell that is zero counts too */
        int order = order_of(uniq);
        m->order_max = order > m->order_max ? order : m->order_max;
        return order < 0 ? err_set(err, E_PARSE, "%llu numbers no cell", (unsigned long long)uniq)
                         : OK;
    }
    m->total += density * healpix_area_sr(order_of(uniq) < 0 ? 0 : order_of(uniq));
    return add(m, uniq, density, err);
}

static enum status read_multi_order(struct skymap *m, const struct table *t, struct error *err)
{
    int uniq = table_find(t, "UNIQ"), density = table_find(t, "PROBDENSITY");
    if (uniq < 0 || density < 0)
        return err_set(err, E_PARSE, "a multi-order map has columns UNIQ and PROBDENSITY");
    enum status s = OK;
    for (size_t i = 0; s == OK && i < t->rows; i++) {
        int64_t u;
        if (!table_int(t, i, (size_t)uniq, &u) || u < 0)
            s = err_set(err, E_PARSE, "row %zu: no number of a cell", i + 1);
        else
            s = add_probability(m, (uint64_t)u, table_double(t, i, (size_t)density), err);
    }
    return s;
}

static int power_of_two(int64_t nside)
{
    for (int order = 0; order <= HEALPIX_MAX_ORDER; order++)
        if (nside == (int64_t)1 << order)
            return order;
    return -1;
}

static double element(const struct table_column *c, const void *cell, uint32_t i)
{
    switch (c->type) {
    case TABLE_F32: return (double)((const float *)cell)[i];
    case TABLE_F64: return ((const double *)cell)[i];
    case TABLE_I16: return ((const int16_t *)cell)[i];
    case TABLE_I32: return ((const int32_t *)cell)[i];
    case TABLE_BOOL:
    case TABLE_BIT:
    case TABLE_U8:
    case TABLE_I64:
    case TABLE_C32:
    case TABLE_C64:
    case TABLE_TEXT: break;
    }
    return (double)NAN;
}

/* The probabilities of all cells in their order, several in a row or one. */
static enum status read_flat(struct skymap *m, const struct fitsmap *f, struct error *err)
{
    const struct table *t = f->table;
    int order = power_of_two(f->nside), column = table_find(t, "PROBABILITY");
    column = column < 0 ? table_find(t, "PROB") : column;
    if (order < 0 || column < 0)
        return err_set(err, E_PARSE,
                       order < 0 ? "NSIDE is no power of two" : "there is no column PROB");
    const struct table_column *c = &t->column[column];
    bool ring = strcmp(f->ordering, "RING") == 0;
    uint64_t at = 0, n = healpix_cells(order);
    double area = healpix_area_sr(order);
    enum status s = OK;
    m->order_max = order;
    for (size_t row = 0; s == OK && row < t->rows; row++) {
        const void *cell = table_at(t, row, (size_t)column);
        for (uint32_t i = 0; s == OK && cell && i < table_count(t, row, (size_t)column);
             i++, at++) {
            double p = element(c, cell, i);
            if (at >= n)
                return err_set(err, E_PARSE, "more cells than NSIDE has");
            if (!(p > 0) || !isfinite(p))
                continue;
            m->total += p;
            uint64_t nest = ring ? healpix_nest_of_ring(order, at) : at;
            s = add(m, ((uint64_t)4 << 2 * order) + nest, p / area, err);
        }
    }
    if (s == OK && at != n)
        s = err_set(err, E_PARSE, "%llu cells; NSIDE has %llu", (unsigned long long)at,
                    (unsigned long long)n);
    return s;
}

static int denser(const void *x, const void *y)
{
    const struct skymap_cell *a = x, *b = y;
    return a->density != b->density ? a->density < b->density ? 1 : -1
           : a->uniq < b->uniq      ? -1
                                    : a->uniq > b->uniq;
}

static enum status finish_map(struct skymap *m, struct error *err)
{
    double sum = 0, area_sr = 0, *reach[2] = {&m->area50_deg2, &m->area90_deg2};
    static const double share[2] = {0.5, 0.9};
    if (!m->cells.n)
        return err_set(err, E_PARSE, "every probability is zero");
    qsort(m->cells.at, m->cells.n, sizeof *m->cells.at, denser);
    for (size_t i = 0, k = 0; i < m->cells.n && k < 2; i++) {
        double sr = healpix_area_sr(order_of(m->cells.at[i].uniq));
        sum += m->cells.at[i].density * sr;
        area_sr += sr;
        while (k < 2 && sum >= share[k])
            *reach[k++] = area_sr * SR_DEG2;
    }
    uint64_t nest;
    int order = healpix_uniq_order(m->cells.at[0].uniq, &nest);
    healpix_centre(order, nest, &m->peak_ra_rad, &m->peak_dec_rad);
    return OK;
}

/* ---- regions ---- */

/* Pairs [from, to) of nested cells of order 29, as whole cells as large as they fit. */
static enum status read_ranges(struct skymap *m, const struct table *t, struct error *err)
{
    enum status s = OK;
    const uint64_t end = healpix_cells(HEALPIX_MAX_ORDER);
    for (size_t i = 0; s == OK && i + 1 < t->rows; i += 2) {
        int64_t from, to;
        if (!table_int(t, i, 0, &from) || !table_int(t, i + 1, 0, &to) || from < 0 || from > to ||
            (uint64_t)to > end)
            return err_set(err, E_PARSE, "row %zu: no range of cells", i + 1);
        for (uint64_t a = (uint64_t)from, b = (uint64_t)to; s == OK && a < b;) {
            int up = 0;
            while (up < HEALPIX_MAX_ORDER && (a & (((uint64_t)4 << 2 * up) - 1)) == 0 &&
                   a + ((uint64_t)4 << 2 * up) <= b)
                up++;
            int order = HEALPIX_MAX_ORDER - up;
            s = add(m, ((uint64_t)4 << 2 * order) + (a >> 2 * up), 0, err);
            a += (uint64_t)1 << 2 * up;
        }
    }
    return s == OK && t->rows % 2 ? err_set(err, E_PARSE, "a range has no end") : s;
}

static enum status read_cells(struct skymap *m, const struct table *t, struct error *err)
{
    enum status s = OK;
    for (size_t i = 0; s == OK && i < t->rows; i++) {
        int64_t u;
        if (!table_int(t, i, 0, &u) || u < 0)
            return err_set(err, E_PARSE, "row %zu: no number of a cell", i + 1);
        s = add(m, (uint64_t)u, 0, err);
    }
    return s;
}

static enum status read_region(struct skymap *m, const struct fitsmap *f, struct error *err)
{
    if (*f->dimension && strcmp(f->dimension, "SPACE") != 0)
        return err_set(err, E_REFUSED, "a MOC of %s is no region of the sky", f->dimension);
    if (!f->table->n_columns || f->table->column[0].array)
        return err_set(err, E_PARSE, "a MOC has one column of numbers");
    m->region = true;
    m->total = (double)NAN;
    enum status s = strcmp(f->ordering, "RANGE") == 0 ? read_ranges(m, f->table, err)
                                                      : read_cells(m, f->table, err);
    m->area_deg2 = 0;
    for (size_t i = 0; i < m->cells.n; i++)
        m->area_deg2 += healpix_area_sr(order_of(m->cells.at[i].uniq)) * SR_DEG2;
    return s;
}

/* ---- both ---- */

static enum status read_map(struct skymap *m, const struct fitsmap *f, struct error *err)
{
    static const char *const frames[] = {"", "C", "CELESTIAL", "EQUATORIAL", "ICRS"};
    bool known = false;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        known |= str_eqi(f->frame, frames[i]);
    if (!known)
        return err_set(err, E_REFUSED, "its coordinates are \"%.12s\", not ICRS", f->frame);
    snprintf(m->ordering, sizeof m->ordering, "%s", f->ordering);
    bool density = table_find(f->table, "PROBDENSITY") >= 0;
    if (f->moc || (strcmp(f->ordering, "NUNIQ") == 0 && !density))
        return read_region(m, f, err);
    enum status s = OK;
    if (strcmp(f->ordering, "NUNIQ") == 0)
        s = read_multi_order(m, f->table, err);
    else if (strcmp(f->ordering, "RING") == 0 || strcmp(f->ordering, "NESTED") == 0)
        s = read_flat(m, f, err);
    else
        s = err_set(err, E_PARSE, "ORDERING \"%.15s\" is none of NUNIQ, NESTED, RING, RANGE",
                    f->ordering);
    return s == OK ? finish_map(m, err) : s;
}

enum status skymap_read(const void *bytes, size_t n, struct skymap *out, struct error *err)
{
    struct fitsmap f;
    *out = (struct skymap){.area50_deg2 = NAN,
                           .area90_deg2 = NAN,
                           .area_deg2 = NAN,
                           .peak_ra_rad = NAN,
                           .peak_dec_rad = NAN};
    enum status s = fitsmap_read(bytes, n, &f, err);
    if (s == OK)
        s = read_map(out, &f, err);
    fitsmap_clear(&f);
    return s;
}

void skymap_clear(struct skymap *m)
{
    VEC_FREE(m->cells);
    *m = (struct skymap){0};
}
