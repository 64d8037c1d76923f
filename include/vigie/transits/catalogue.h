/* catalogue.h - the planets: what ExoClock's catalogue, the observer's own file or the built-in
 * sample says of each, found by name. Not: transits (ephemeris and events are other modules); no
 * conversion of time: a planet only carries the system that its ephemeris is written in.
 * Layout: ExoClock's `planets_json` (Kokori et al. 2022, ApJS 258, 40).
 */
#ifndef VIGIE_TRANSITS_CATALOGUE_H
#define VIGIE_TRANSITS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"

/* enum time_system - of a mid-transit time: reference point and scale. TIME_BTJD is TESS's BJD_TDB -
 * 2457000; a planet never has it (the reader adds the 2457000 and says BJD_TDB). TIME_JD: "JD"
 * without more: which one is not known. time_system_name - "BJD_TDB"..., static. time_system_read -
 * the usual spellings ("BJD-TDB", "bjd_tdb", "HJD", "BJD"); bare "BJD" is TIME_BJD, bare "HJD"
 * TIME_HJD: the scale is not said. False if unknown. */
enum time_system {
    TIME_UNKNOWN,
    TIME_BJD_TDB,
    TIME_BJD_TT,
    TIME_BJD_UTC,
    TIME_BJD,
    TIME_HJD_TDB,
    TIME_HJD_TT,
    TIME_HJD_UTC,
    TIME_HJD,
    TIME_JD_UTC,
    TIME_JD,
    TIME_BTJD
};
const char *time_system_name(enum time_system system);
bool time_system_read(const char *text, enum time_system *system);

/* struct days - days as a whole number and a fraction (0 <= frac < 1), each read from its own
 * digits: 2459554.20747123 keeps all of them, and epoch x whole days stays exact. */
struct days {
    double day, frac;
};

/* struct ephemeris - linear: mid time = t0 + epoch x period, in `system`. Errors in days, the larger
 * of the two where they are uneven; NAN unknown. ref: bibcode or "OSF.IO" (ExoClock's own), "" if
 * none. */
struct ephemeris {
    struct days t0, period;
    double t0_err_d, period_err_d;
    enum time_system system;
    const char *ref;
};

/* enum priority - ExoClock's need of observations, rising. */
enum priority { PRIORITY_NONE, PRIORITY_LOW, PRIORITY_MEDIUM, PRIORITY_HIGH, PRIORITY_ALERT };

/* enum planet_origin - which list a planet comes from. */
enum planet_origin { PLANET_EXOCLOCK, PLANET_OWN, PLANET_DEMO };

/* struct planet - one row. Texts are never NULL, NAN is "not given".
 * Kept as given, 0 too (records repeat them unchanged; 0 stands for "no data" in all of them:
 * planet_known tells): duration_h, depth_mmag, mag_v, mag_r, mag_g, min_aperture_in, oc_min.
 * 0 is made NAN (it is no value there): teff_k, logg, rp_over_rs, a_over_rs, inclination_rad, the
 * errors of T0 and period. eccentricity: 0 is a circular orbit. periastron: NAN when the
 * eccentricity is 0. */
struct planet {
    const char *name;          /* "WASP-12b", as the catalogue writes it */
    const char *star;          /* "WASP-12" */
    const char *priority_text; /* as given: "alert", "" */
    enum priority priority;
    enum planet_origin origin;
    double ra_rad, dec_rad; /* ICRS (J2000) */
    struct ephemeris ephemeris;
    double duration_h; /* first to fourth contact */
    double depth_mmag; /* in R */
    double mag_v, mag_r, mag_g;
    double min_aperture_in; /* inches */
    double oc_min;          /* observed minus calculated, minutes */
    double teff_k, logg;    /* K; log10 of cm/s2 */
    double rp_over_rs, a_over_rs, inclination_rad, eccentricity, periastron_rad;
    int n_obs, n_obs_recent; /* mid times used; -1 not given */
    const char *discovery_ref, *transit_ref;
};

/* planet_known - a value that says something: finite and not 0. */
bool planet_known(double x);

/* struct catalogue_reject - a row that could not be used, and why in a sentence. */
struct catalogue_reject {
    const char *name, *why;
};

/* struct catalogue - planets in the order of the file, then the observer's own. Everything lives in
 * its arena. */
struct catalogue {
    struct arena arena;
    struct planet *planet;
    size_t n;
    struct catalogue_reject *reject; /* the first CATALOGUE_REJECTS of them */
    size_t n_reject;                 /* all */
    size_t n_duplicate;              /* rows whose name came again: the last one is kept */
    size_t n_odd;                    /* fields of a wrong type in rows that are used */
    const char *source;              /* path, or "built-in sample" */
    int64_t fetched_ns;              /* wall time at which the file was written; 0 not known */
    enum planet_origin origin;
    struct catalogue_index *index;
};
enum { CATALOGUE_REJECTS = 100, CATALOGUE_MAX = 100000 };

/* catalogue_read - a whole file in ExoClock's layout.
 *   path     "-" is standard input
 *   max_mb   largest file, MB; 0: 64
 *   c        the new catalogue; free with catalogue_free; NULL on failure
 *   err      E_ABSENT no such file; E_RANGE too large; E_PARSE no JSON, cut off, an HTML page, or
 *            not one usable row
 *   test     tests/transits/check_catalogue.c */
enum status catalogue_read(const char *path, double max_mb, struct catalogue **c,
                           struct error *err) MUST_CHECK;
void catalogue_free(struct catalogue *c);

/* catalogue_new - one without planets, to which the observer's own are added. source: copied. */
struct catalogue *catalogue_new(const char *source, enum planet_origin origin);

/* catalogue_demo - the built-in sample: well-known planets from published figures, for --demo and
 * for a first night without network. */
struct catalogue *catalogue_demo(void);

/* struct catalogue_reader - the same fed in pieces, as the network brings them. finish gives the
 * catalogue (or NULL and an error); free drops what is unfinished, and takes NULL. */
struct catalogue_reader;
struct catalogue_reader *catalogue_reader_new(const char *source, enum planet_origin origin,
                                              double max_mb);
enum status catalogue_feed(struct catalogue_reader *r, const void *bytes, size_t n,
                           struct error *err) MUST_CHECK;
enum status catalogue_finish(struct catalogue_reader *r, struct catalogue **c,
                             struct error *err) MUST_CHECK;
void catalogue_reader_free(struct catalogue_reader *r);

/* catalogue_add_own - the observer's own targets, from a text file, into the same table: planets, or
 * anything else that dims regularly (eclipsing binaries). One target a line, words key=value in any
 * order, values with blanks in double quotes, # begins a comment:
 *   name="V1234 Cyg" t0=2459000.1234 system=HJD_UTC period=1.2345678 duration=150min
 *     depth=12% ra="20 15 30.5" dec="+35 10 22"                      (all on one line)
 * Needed: name, t0, period (days), duration (h; or with unit: 150min, 0.1d), ra, dec (sexagesimal:
 * ra in hours; decimal: degrees). Optional: system (BJD_TDB, BJD_UTC, HJD_UTC, BTJD...; not given
 * is "not known"), t0_err and period_err (days, or with unit s, min, h), depth (mmag, or with unit
 * %, ppt, ppm, mag), v, r, g (magnitudes), aperture_mm, oc_min, star, priority, ref.
 * A target with the name of a planet that is there takes its place. A wrong line is told to `bad`
 * (may be NULL) with its number, and the rest is read. Do it before anything is borrowed from c.
 *   n      lines taken; n_bad: lines refused
 *   err    E_ABSENT no such file, E_RANGE more than 4 MB or too many planets
 *   test   tests/transits/check_own.c */
typedef void catalogue_bad_fn(void *arg, int line, const char *why);
enum status catalogue_add_own(struct catalogue *c, const char *path, catalogue_bad_fn *bad,
                              void *arg, size_t *n, size_t *n_bad, struct error *err) MUST_CHECK;
enum status catalogue_add_own_text(struct catalogue *c, const char *text, catalogue_bad_fn *bad,
                                   void *arg, size_t *n, size_t *n_bad,
                                   struct error *err) MUST_CHECK;

/* catalogue_find - the planet of exactly this name (case, blanks, hyphens, underscores ignored), or
 * NULL. Borrowed. */
const struct planet *catalogue_find(const struct catalogue *c, const char *name);

/* catalogue_search - what a person means by `text`: a planet in any usual spelling ("wasp77b" is
 * WASP-77Ab, "HAT-P-10 b" is WASP-11b), or a star (all its planets).
 *   found    up to `max` planets are put here, in catalogue order; borrowed from c
 *   n        how many were put
 *   err      E_ABSENT with the nearest name: `no planet "wasp-1222b" in ...; did you mean
 *            WASP-122b?`; E_REFUSED if the text is only the beginning of several names: the sentence
 *            lists some, found has all that fit
 *   test     tests/transits/check_names.c */
enum status catalogue_search(const struct catalogue *c, const char *text,
                             const struct planet **found, size_t max, size_t *n,
                             struct error *err) MUST_CHECK;

#endif
