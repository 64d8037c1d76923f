/* tablematch.c - pairs of rows of two tables that are close on the sky, by zones of declination.
 * Source: Gray, Nieto-Santisteban, Szalay 2006, MSR-TR-2006-52. Not: proper motion, errors.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tableops_own.h"
#include "vigie/base/stop.h"

static const double DEG = M_PI / 180;
enum { ZONES_MAX = 100000 };

double table_separation_rad(double lon1_deg, double lat1_deg, double lon2_deg, double lat2_deg)
{
    double d = (lon2_deg - lon1_deg) * DEG, a = lat1_deg * DEG, b = lat2_deg * DEG;
    double x = cos(b) * sin(d), y = cos(a) * sin(b) - sin(a) * cos(b) * cos(d);
    return atan2(hypot(x, y), sin(a) * sin(b) + cos(a) * cos(b) * cos(d));
}

bool table_place_of(const struct table *t, struct table_place *place)
{
    static const char *const names[][2] = {
        {"ra", "dec"},  {"raj2000", "dej2000"}, {"_raj2000", "_dej2000"}, {"ra_icrs", "de_icrs"},
        {"_ra", "_de"}, {"s_ra", "s_dec"},      {"ra_deg", "dec_deg"},    {"alpha", "delta"}};
    int lon = table_find_ucd(t, "pos.eq.ra", "POS_EQ_RA_MAIN");
    int lat = table_find_ucd(t, "pos.eq.dec", "POS_EQ_DEC_MAIN");
    for (size_t i = 0; (lon < 0 || lat < 0) && i < sizeof names / sizeof names[0]; i++) {
        lon = table_find(t, names[i][0]);
        lat = table_find(t, names[i][1]);
    }
    if (lon < 0 || lat < 0)
        return false;
    *place = (struct table_place){t, (size_t)lon, (size_t)lat};
    return true;
}

/* A row of b; longitude in 0 .. 360. */
struct point {
    double lon, lat;
    uint32_t row;
};

struct zones {
    struct point *at;
    size_t *start; /* of each zone; one more */
    int count;
    double height; /* degrees */
};

static int zone_of(const struct zones *z, double lat)
{
    int i = (int)floor((lat + 90) / z->height);
    return i < 0 ? 0 : i >= z->count ? z->count - 1 : i;
}

static int by_longitude(const void *pa, const void *pb)
{
    const struct point *a = pa, *b = pb;
    if (a->lon != b->lon)
        return a->lon < b->lon ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

/* Looked at now and then. */
static bool stopped(size_t row)
{
    return row % 1024 == 0 && stop_asked();
}

/* The position of a row, longitude in 0 .. 360; false if there is none. */
static bool position(const struct table_place *p, size_t row, double *lon, double *lat)
{
    *lon = table_double(p->t, row, p->lon_column);
    *lat = table_double(p->t, row, p->lat_column);
    if (!isfinite(*lon) || !isfinite(*lat) || fabs(*lat) > 90)
        return false;
    *lon = fmod(*lon, 360);
    *lon += *lon < 0 ? 360 : 0;
    return true;
}

static void make_zones(struct zones *z, const struct table_place *b, double radius_deg)
{
    z->height = fmax(radius_deg, 180.0 / ZONES_MAX);
    z->count = (int)ceil(180 / z->height);
    z->at = mem_alloc((b->t->rows + 1) * sizeof *z->at);
    z->start = mem_zero(((size_t)z->count + 2) * sizeof *z->start);
    struct point p;
    for (size_t i = 0; i < b->t->rows && !stopped(i); i++)
        if (position(b, i, &p.lon, &p.lat))
            z->start[zone_of(z, p.lat) + 2]++;
    for (int i = 0; i < z->count; i++) /* start[i + 1]: where the next point of zone i goes */
        z->start[i + 2] += z->start[i + 1];
    for (size_t i = 0; i < b->t->rows && !stopped(i); i++)
        if (position(b, i, &p.lon, &p.lat)) {
            p.row = (uint32_t)i;
            z->at[z->start[zone_of(z, p.lat) + 1]++] = p;
        }
    for (int i = 0; i < z->count && !stop_asked(); i++)
        qsort(z->at + z->start[i], z->start[i + 1] - z->start[i], sizeof *z->at, by_longitude);
}

struct search {
    double lon, lat, radius_rad, radius_deg;
    uint32_t row;
    bool best;
    size_t first; /* of this row's pairs */
    VEC(struct table_pair) pairs;
    size_t max;
};

static void meet(struct search *s, const struct point *p)
{
    double sep = table_separation_rad(s->lon, s->lat, p->lon, p->lat);
    if (!(sep <= s->radius_rad))
        return;
    struct table_pair pair = {s->row, p->row, sep};
    if (s->best && s->pairs.n > s->first) {
        if (sep < s->pairs.at[s->first].sep_rad)
            s->pairs.at[s->first] = pair;
        return;
    }
    VEC_PUSH(s->pairs, pair);
}

/* Points of a zone with longitudes from .. to (0 .. 360). */
static void walk(struct search *s, const struct zones *z, int zone, double from, double to)
{
    size_t lo = z->start[zone], hi = z->start[zone + 1];
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (z->at[mid].lon < from)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < z->start[zone + 1] && z->at[lo].lon <= to && s->pairs.n <= s->max; lo++)
        meet(s, &z->at[lo]);
}

/* Half the width in longitude of a circle: all around it if a pole lies within. */
static double half_width(double lat, double radius_deg)
{
    if (fabs(lat) + radius_deg >= 89.999)
        return 360;
    return asin(sin(radius_deg * DEG) / cos(lat * DEG)) / DEG * (1 + 1e-12) + 1e-12;
}

static int by_separation(const void *pa, const void *pb)
{
    const struct table_pair *a = pa, *b = pb;
    if (a->sep_rad != b->sep_rad)
        return a->sep_rad < b->sep_rad ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static void search_row(struct search *s, const struct zones *z)
{
    double half = half_width(s->lat, s->radius_deg);
    int last = zone_of(z, s->lat + s->radius_deg + 1e-9);
    s->first = s->pairs.n;
    for (int zone = zone_of(z, s->lat - s->radius_deg - 1e-9); zone <= last; zone++) {
        if (half >= 180) {
            walk(s, z, zone, 0, 360);
            continue;
        }
        walk(s, z, zone, fmax(s->lon - half, 0), fmin(s->lon + half, 360));
        if (s->lon - half < 0)
            walk(s, z, zone, s->lon - half + 360, 360);
        if (s->lon + half > 360)
            walk(s, z, zone, 0, s->lon + half - 360);
    }
    if (s->pairs.n > s->first + 1)
        qsort(s->pairs.at + s->first, s->pairs.n - s->first, sizeof *s->pairs.at, by_separation);
}

enum status table_match(const struct table_place *a, const struct table_place *b, double radius_rad,
                        bool best, size_t max, struct table_pair **pairs, size_t *n,
                        struct error *err)
{
    struct search s = {
        .radius_rad = radius_rad, .radius_deg = radius_rad / DEG, .best = best, .max = max};
    struct zones z;
    if (!(radius_rad >= 0 && radius_rad <= M_PI / 2))
        return err_set(err, E_RANGE, "match: the radius is not in 0 .. 90 degrees");
    make_zones(&z, b, s.radius_deg);
    for (size_t i = 0; i < a->t->rows && s.pairs.n <= max && !stop_asked(); i++)
        if (position(a, i, &s.lon, &s.lat)) {
            s.row = (uint32_t)i;
            search_row(&s, &z);
        }
    free(z.at);
    free(z.start);
    if (stop_asked()) {
        VEC_FREE(s.pairs);
        return err_set(err, E_CANCELLED, "match: cancelled");
    }
    if (s.pairs.n > max) {
        VEC_FREE(s.pairs);
        return err_set(err, E_RANGE, "match: more than %zu pairs; take a smaller radius", max);
    }
    *pairs = s.pairs.at;
    *n = s.pairs.n;
    return OK;
}

struct table *table_join(const struct table *a, const struct table *b,
                         const struct table_pair *pairs, size_t n)
{
    struct table *out = table_new(NULL);
    size_t from_b = a->n_columns, sep = from_b + b->n_columns;
    table_like(out, a);
    for (size_t i = 0; i < a->n_columns; i++)
        table_add_like(out, &a->column[i], NULL);
    for (size_t i = 0; i < b->n_columns; i++) {
        const char *name = b->column[i].field.name;
        char *other = name && table_find(a, name) >= 0 ? mem_printf("%s_2", name) : NULL;
        table_add_like(out, &b->column[i], other);
        free(other);
    }
    table_add(out, &(struct table_field){.name = "separation",
                                         .datatype = "double",
                                         .unit = "arcsec",
                                         .ucd = "pos.angDistance"});
    for (size_t k = 0; k < n && !stopped(k); k++) {
        struct error err;
        for (size_t i = 0; i < a->n_columns; i++)
            table_copy_cell(out, i, a, pairs[k].a, i);
        for (size_t i = 0; i < b->n_columns; i++)
            table_copy_cell(out, from_b + i, b, pairs[k].b, i);
        table_put_double(out, sep, pairs[k].sep_rad / DEG * 3600);
        if (table_row_end(out, &err) != OK)
            break;
    }
    return out;
}
