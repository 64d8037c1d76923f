/* gaia.h - stars of a field from Gaia DR3: archives in turn until one answers, places moved to the epoch of
 * the observation, fields kept so that what was fetched once is there without a network.
 * Not: other catalogues. Source: Gaia DR3 (Gaia Collaboration 2023, A&A 674, A1): ICRS at epoch J2016.0.
 */
#ifndef VIGIE_VO_GAIA_H
#define VIGIE_VO_GAIA_H

#include "vigie/formats/table.h"
#include "vigie/sky/scale.h"
#include "vigie/vo/access.h"

/* struct gaia_mirror - an archive: name for sentences; url of TAP; table; columns: what is selected, under
 * the names of gaia_field; g: its column of the magnitude. gaia_mirrors: ESA, ARI, VizieR, GAVO; ended by a
 * NULL name. */
struct gaia_mirror {
    const char *name, *url, *table, *columns, *g, *ra, *dec;
};
extern const struct gaia_mirror gaia_mirrors[];

/* struct gaia_wish - a field: centre and radius in degrees (0 < radius <= 5); stars brighter than max_mag in G;
 * at most max_rows of them, the brightest [5000]; epoch to which they are moved. */
struct gaia_wish {
    double ra_deg, dec_deg, radius_deg, max_mag;
    uint64_t max_rows;
    struct jd_tdb epoch;
};

/* gaia_adql - what is asked of a mirror.
 *   test  tests/vo/check_gaia.c */
void gaia_adql(struct str *adql, const struct gaia_mirror *m, double ra_deg, double dec_deg,
               double radius_deg, double max_mag, uint64_t max_rows);

/* gaia_move - from an answer of a mirror (columns as gaia_mirror selects them) the stars of the field at its
 * epoch, brightest first: source_id, ra, dec (degrees, ICRS, at the epoch), pmra, pmdec, parallax,
 * phot_g_mean_mag, bp_rp, ruwe, separation (arcseconds from the centre). Proper motion or parallax that is null counts
 * as none; a row without place or magnitude is left out. Owned by the caller.
 *   err     E_PARSE: columns are missing
 *   source  sky_star_move
 *   test    tests/vo/check_gaia.c */
enum status gaia_move(const struct table *answer, const struct gaia_wish *w, struct table **out,
                      struct error *err) MUST_CHECK;

/* struct gaia_result - err OK: table holds the stars, yours if taken (set it to NULL). from: the mirror, or "kept";
 * age_s: of a kept field, 0: asked now. cut: there are more stars than max_rows. */
struct gaia_result {
    struct error err;
    struct table *table;
    const char *from;
    double age_s;
    bool cut;
};
typedef void gaia_done_fn(void *arg, struct gaia_result *r);

/* gaia_start - a field that is kept and covers the wish is used without asking (the catalogue does not change);
 * else the mirrors are asked, NULL: gaia_mirrors, with a little more than the field, which is then kept (at most
 * 200 fields). access: borrowed. No callback runs before it returns. gaia_free - at any time but in `done`; ends it
 * without a callback. NULL is fine.
 *   err   E_RANGE: no such field
 *   test  tests/vo/check_gaia.c */
struct gaia;
struct gaia *gaia_start(const struct vo_access *access, const struct gaia_mirror *mirrors,
                        const struct gaia_wish *wish, gaia_done_fn *done, void *arg,
                        struct error *err);
void gaia_free(struct gaia *g);

#endif
