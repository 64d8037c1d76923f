/* site.h - where the observer stands.
 * Not: the configuration's sites (session/site.h).
 */
#ifndef VIGIE_SKY_SITE_H
#define VIGIE_SKY_SITE_H

#include "vigie/base/err.h"
#include "vigie/sky/horizon.h"

/* struct site - geodetic WGS84 place. horizon: what hides the sky, NULL for none; owned. Copying
 * the struct does not copy the horizon. */
struct site {
    char name[64];
    double lon_rad; /* east positive, -pi .. pi */
    double lat_rad; /* north positive */
    double height_m;
    struct horizon *horizon;
};

/* site_set - a site from degrees and metres.
 *   name     up to 63 bytes are kept; NULL is ""
 *   err      E_RANGE unless |lat| <= 90, -360 <= lon <= 360 (brought to -180 .. 180), -1000 <=
 *            height <= 20000
 *   test     tests/sky/check_place.c */
enum status site_set(struct site *s, const char *name, double lat_deg, double lon_deg,
                     double height_m, struct error *err) MUST_CHECK;

/* site_parse - the same from "LAT,LON,HEIGHT" (separated by commas, blanks around them allowed; the
 * name is the text). E_PARSE with a sentence. site_clear frees the horizon. */
enum status site_parse(struct site *s, const char *text, struct error *err) MUST_CHECK;
void site_clear(struct site *s);

/* site_geocentric - the site's rectangular coordinates in the rotating Earth's frame (ITRS), m.
 *   xyz_m[3]
 *   source   eraGd2gc, WGS84 */
void site_geocentric(const struct site *s, double xyz_m[3]);

#endif
