/* healpix.h - HEALPix: the sphere in 12 * 4^order cells of equal area, numbered by rings or nested.
 * Not: maps (alerts/skymap.h). Source: Gorski et al. 2005, ApJ 622, 759, sections 4 and 5 and the
 * appendix of the Multi-Order Coverage map recommendation (NUNIQ).
 */
#ifndef VIGIE_SKY_HEALPIX_H
#define VIGIE_SKY_HEALPIX_H

#include <stdint.h>

enum { HEALPIX_MAX_ORDER = 29 };

/* healpix_cells - how many cells an order (0 .. 29) has. healpix_area_sr - the area of one. */
uint64_t healpix_cells(int order);
double healpix_area_sr(int order);

/* healpix_nest - the nested number of the cell that holds a place.
 *   ra_rad, dec_rad  any right ascension; declination -pi/2 .. pi/2
 *   test  tests/sky/check_healpix.c: numbers of the documentation of healpy */
uint64_t healpix_nest(int order, double ra_rad, double dec_rad);

/* healpix_centre - the centre of a nested cell: 0 <= ra_rad < 2 pi. */
void healpix_centre(int order, uint64_t nest, double *ra_rad, double *dec_rad);

/* healpix_nest_of_ring - a cell's nested number from its number by rings. */
uint64_t healpix_nest_of_ring(int order, uint64_t ring);

/* healpix_uniq_order - order and nested number of a NUNIQ number (4 * 4^order + nested), -1 if it is
 * none. */
int healpix_uniq_order(uint64_t uniq, uint64_t *nest);

#endif
