/* horizon.h - the horizon mask of a site: what trees, walls and domes hide.
 * Not: the limit of altitude of a telescope (an argument of the functions that look for it).
 * Reads the text files of Stellarium (polygonal horizon lists) and N.I.N.A. (custom horizons).
 */
#ifndef VIGIE_SKY_HORIZON_H
#define VIGIE_SKY_HORIZON_H

#include <stddef.h>

#include "vigie/base/err.h"

struct horizon;

enum { HORIZON_MAX_POINTS = 36000 };

/* horizon_parse - a mask from text: a line a point, `azimuth altitude` in degrees, azimuth from
 * north through east, separated by blanks, a comma or a semicolon; `#`, `;` or `//` begins a
 * comment; empty lines and a byte order mark are passed over; in any order, gaps of any size.
 *   text, n  borrowed
 *   h        new, freed by horizon_free
 *   err      E_PARSE with the line's number; E_RANGE: azimuth not in -360 .. 720, altitude not in
 *            -90 .. 90, no point at all, more than HORIZON_MAX_POINTS
 *   test     tests/sky/check_horizon.c */
enum status horizon_parse(const char *text, size_t n, struct horizon **h,
                          struct error *err) MUST_CHECK;

/* horizon_load - horizon_parse of a file (at most 4 MB). */
enum status horizon_load(const char *path, struct horizon **h, struct error *err) MUST_CHECK;
void horizon_free(struct horizon *h);

/* horizon_alt - altitude of the mask at an azimuth (any real number of radians): linear between its
 * points, also across north; at a wall (two points with one azimuth) the higher. One point is a
 * level horizon. NULL is -pi/2: nothing hidden. horizon_lowest, horizon_highest - its extremes. */
double horizon_alt(const struct horizon *h, double az_rad);
double horizon_lowest(const struct horizon *h);
double horizon_highest(const struct horizon *h);

/* horizon_points - number of points; horizon_point - one, by rising azimuth. */
size_t horizon_points(const struct horizon *h);
void horizon_point(const struct horizon *h, size_t i, double *az_rad, double *alt_rad);

#endif
