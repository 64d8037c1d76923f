/* nasa.h - the NASA Exoplanet Archive as a second opinion: what to ask its TAP service of a planet,
 * and what its answer says. Not: the request itself (io/http.h); no conversion of times.
 * Table `ps` (one row a planet and reference), answer as CSV:
 * https://exoplanetarchive.ipac.caltech.edu/docs/API_PS_columns.html
 */
#ifndef VIGIE_TRANSITS_NASA_H
#define VIGIE_TRANSITS_NASA_H

#include "vigie/base/str.h"
#include "vigie/transits/catalogue.h"

/* struct nasa_row - one reference's figures. ephemeris: T0 and period are NAN where the row has
 * none; ref: bibcode, else the reference's text. unsure: the row does not say which reference point
 * or scale its times are in ("JD", "BJD", "HJD", nothing; against ExoClock "JD" rows are barycentric
 * in practice, so no light time is to be added). default_set: the archive's choice for this planet.
 */
struct nasa_row {
    const char *name, *host, *reference, *updated;
    double ra_rad, dec_rad;
    struct ephemeris ephemeris;
    double duration_h, depth_mmag; /* the depth from percent of the light */
    bool default_set, unsure;
};

struct nasa_table {
    struct arena arena;
    struct nasa_row *at;
    size_t n, n_reject;
};

/* nasa_url - the request for all rows within 36" of a planet (names differ between catalogues, places
 * do not). The address holds no % and no IN (...), which the service's gate refuses; the one who
 * sends it must name itself (User-Agent), or gets a page.
 *   test  tests/transits/check_nasa.c */
void nasa_url(const struct planet *p, struct str *url);

/* nasa_read - the answer. Columns are found by their names, in any order; unknown ones are passed
 * over, a row without a name is counted in n_reject.
 *   t     free with nasa_free, which takes NULL; NULL on failure
 *   err   E_PARSE: a page or an error message of the service instead of a table, columns missing */
enum status nasa_read(const void *bytes, size_t n, struct nasa_table **t,
                      struct error *err) MUST_CHECK;
void nasa_free(struct nasa_table *t);

/* nasa_best - the row to compare a planet with: same planet (name, or period within 1 %), with T0
 * and period; the archive's own choice first, else the latest update. NULL if there is none.
 * nasa_planet - the planet with the row's ephemeris in place of its own, for the engine. */
const struct nasa_row *nasa_best(const struct nasa_table *t, const struct planet *p);
void nasa_planet(const struct nasa_row *row, const struct planet *p, struct planet *out);

#endif
