/* healpix.c - see healpix.h. A cell is a base cell (0 .. 11) and x, y in it: x to the north-east, y to
 * the north-west.
 */
#include "vigie/sky/healpix.h"

#include <math.h>

#include "vigie/base/err.h"

#define PI 3.14159265358979323846

uint64_t healpix_cells(int order)
{
    return (uint64_t)12 << 2 * order;
}

double healpix_area_sr(int order)
{
    return 4 * PI / (double)healpix_cells(order);
}

/* Bits of x to the shift places, and back. */
static uint64_t spread(uint64_t x)
{
    uint64_t out = 0;
    for (int i = 0; i < 30; i++)
        out |= (x >> i & 1) << 2 * i;
    return out;
}

static int64_t gather(uint64_t x)
{
    uint64_t out = 0;
    for (int i = 0; i < 30; i++)
        out |= (x >> 2 * i & 1) << i;
    return (int64_t)out;
}

static int64_t at_most(double x, int64_t most)
{
    int64_t i = (int64_t)floor(x);
    return i > most ? most : i < 0 ? 0 : i;
}

uint64_t healpix_nest(int order, double ra_rad, double dec_rad)
{
    int64_t nside = (int64_t)1 << order, x, y, face;
    double z = sin(dec_rad), quarter = fmod(ra_rad / (PI / 2), 4);
    quarter = quarter < 0 ? quarter + 4 : quarter;
    quarter = quarter >= 4 ? 0 : quarter;
    if (fabs(z) <= 2.0 / 3) {
        double n = (double)nside;
        int64_t up = (int64_t)floor(n * (0.5 + quarter - 0.75 * z)), /* rising lines */
            down = (int64_t)floor(n * (0.5 + quarter + 0.75 * z));
        int64_t fu = up >> order, fd = down >> order;
        face = fu == fd ? (fu & 3) + 4 : fu < fd ? fu & 3 : (fd & 3) + 8;
        x = down & (nside - 1);
        y = nside - 1 - (up & (nside - 1));
    } else {
        int64_t sector = quarter >= 3 ? 3 : (int64_t)quarter;
        /* 1 - |z| without loss at the poles */
        double half = sin((PI / 2 - fabs(dec_rad)) / 2), share = quarter - (double)sector;
        double from_pole = (double)nside * sqrt(6) * half;
        int64_t up = at_most(share * from_pole, nside - 1),
                down = at_most((1 - share) * from_pole, nside - 1);
        face = z > 0 ? sector : sector + 8;
        x = z > 0 ? nside - 1 - down : up;
        y = z > 0 ? nside - 1 - up : down;
    }
    return (uint64_t)face << 2 * order | spread((uint64_t)x) | spread((uint64_t)y) << 1;
}

/* A ring's number from the north (1 .. 4 nside - 1) and a place in it (1 .. 4 n) to angles; in the
 * equatorial belt every other ring begins half a cell later. */
static void ring_place(int64_t nside, int64_t ring, double place, double *ra, double *dec)
{
    double n = (double)nside;
    int64_t cap = ring < nside ? ring : ring > 3 * nside ? 4 * nside - ring : 0;
    if (cap) { /* 1 - |z| = cap^2 / (3 nside^2) */
        double from_pole = 2 * asin((double)cap / (n * sqrt(6)));
        *dec = ring < nside ? PI / 2 - from_pole : from_pole - PI / 2;
        *ra = PI / (2 * (double)cap) * (place - 0.5);
        return;
    }
    *dec = asin((double)(2 * nside - ring) * 2 / (3 * n));
    *ra = PI / (2 * n) * (place - ((ring - nside) & 1 ? 1 : 0.5));
}

void healpix_centre(int order, uint64_t nest, double *ra_rad, double *dec_rad)
{
    int64_t nside = (int64_t)1 << order;
    uint64_t in = nest & (((uint64_t)1 << 2 * order) - 1);
    int64_t face = (int64_t)(nest >> 2 * order), x = gather(in), y = gather(in >> 1);
    int64_t row = face / 4, ring = (row + 2) * nside - x - y - 1;
    int64_t cap = ring < nside ? ring : ring > 3 * nside ? 4 * nside - ring : nside;
    int64_t across = 2 * (face % 4) - (row & 1) + 1, shift = 0;
    if (ring >= nside && ring <= 3 * nside)
        shift = (ring - nside) & 1;
    ensure(face < 12);
    double place = (double)(across * cap + x - y + 1 + shift) / 2;
    ring_place(nside, ring, place, ra_rad, dec_rad);
    if (*ra_rad < 0)
        *ra_rad += 2 * PI;
    if (*ra_rad >= 2 * PI)
        *ra_rad -= 2 * PI;
}

/* The largest i with i * i <= x. */
static int64_t root(uint64_t x)
{
    uint64_t i = (uint64_t)sqrt((double)x);
    while (i * i > x)
        i--;
    while ((i + 1) * (i + 1) <= x)
        i++;
    return (int64_t)i;
}

uint64_t healpix_nest_of_ring(int order, uint64_t number)
{
    int64_t nside = (int64_t)1 << order, p = (int64_t)number, n = (int64_t)healpix_cells(order);
    int64_t cap = 2 * nside * (nside - 1), ring, place;
    double ra, dec;
    ensure(number < healpix_cells(order));
    if (p < cap) {
        ring = (1 + root((uint64_t)(1 + 2 * p))) / 2;
        place = p + 1 - 2 * ring * (ring - 1);
    } else if (p < n - cap) {
        ring = (p - cap) / (4 * nside) + nside;
        place = (p - cap) % (4 * nside) + 1;
    } else {
        int64_t left = n - p, i = (1 + root((uint64_t)(2 * left - 1))) / 2;
        ring = 4 * nside - i;
        place = 4 * i + 1 - (left - 2 * i * (i - 1));
    }
    ring_place(nside, ring, (double)place, &ra, &dec);
    return healpix_nest(order, ra, dec);
}

int healpix_uniq_order(uint64_t uniq, uint64_t *nest)
{
    if (uniq < 4 || uniq >> 62)
        return -1;
    int order = (63 - __builtin_clzll(uniq)) / 2 - 1;
    *nest = uniq - ((uint64_t)4 << 2 * order);
    return order <= HEALPIX_MAX_ORDER && *nest < healpix_cells(order) ? order : -1;
}
