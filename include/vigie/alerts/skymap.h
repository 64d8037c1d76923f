/* skymap.h - where on the sky an event may be: a map of probabilities (multi-order or flat HEALPix) or
 * a region (MOC), and what of it can be observed. Not: reading of FITS (formats/fitsmap.h), the cells
 * (sky/healpix.h).
 */
#ifndef VIGIE_ALERTS_SKYMAP_H
#define VIGIE_ALERTS_SKYMAP_H

#include "vigie/alerts/judge.h"
#include "vigie/base/mem.h"

/* struct skymap_cell - uniq: NUNIQ number (order and nested cell); density: probability a steradian. */
struct skymap_cell {
    uint64_t uniq;
    double density;
};

enum { SKYMAP_MAX_CELLS = 1 << 24 };

/* struct skymap - cells whose probability is not zero, densest first; of a region those that it covers,
 * with density 0.
 *   ordering   as the file says; order_max: of the deepest cell (of a flat map: its own)
 *   region     it is a MOC: all probabilities are NAN
 *   total      sum of all probabilities
 *   area50_deg2, area90_deg2   area of the densest cells that hold 50 and 90 %, the cell that reaches
 *              it counted; NAN if it is not reached
 *   peak_ra_rad, peak_dec_rad  centre of the densest cell
 *   area_deg2  of a region, all of it */
struct skymap {
    char ordering[16];
    int order_max;
    bool region;
    double total, area50_deg2, area90_deg2, peak_ra_rad, peak_dec_rad, area_deg2;
    VEC(struct skymap_cell) cells;
};

/* skymap_read - from n bytes of a FITS file, also gzip'd.
 *   out   clear it always (skymap_clear)
 *   err   E_PARSE: not understood; E_REFUSED: no region of the sky (a MOC of time or frequency, another
 *         frame than ICRS); E_RANGE: too many cells
 *   test  tests/alerts/check_skymap.c, the maps of the alert corpus */
enum status skymap_read(const void *bytes, size_t n, struct skymap *out,
                        struct error *err) MUST_CHECK;
void skymap_clear(struct skymap *m);

/* struct skymap_field - a field of view on the map: its centre, the probability in it, and when the
 * centre is up in the dark. */
struct skymap_field {
    double ra_rad, dec_rad, probability;
    struct jd_utc from, until;
};

/* skymap_up - the probability of what is up in the dark this night (alert_view.left_s > 0); cells are
 * judged by their centres, those finer than half a degree by the half degree they lie in. NAN for a
 * region.
 *   test  tests/alerts/check_skymap.c */
double skymap_up(const struct skymap *m, const struct alert_judge *judge);

/* skymap_fields - the best fields, each centred on the most probable place that is up in the dark and
 * in none before it.
 *   fov_rad  width (along right ascension) and height
 *   out[max] returns how many there are */
size_t skymap_fields(const struct skymap *m, const struct alert_judge *judge,
                     const double fov_rad[2], struct skymap_field *out, size_t max);

#endif
