/* list.h - the transits of a span of days at one site: limits, filters, what each filter hid.
 * Not: the catalogue (catalogue.h), one transit (event.h), printing.
 */
#ifndef VIGIE_TRANSITS_LIST_H
#define VIGIE_TRANSITS_LIST_H

#include "vigie/base/err.h"
#include "vigie/sky/almanac.h"
#include "vigie/transits/event.h"

/* struct transit_limits - what "can be observed" means. A limit is no filter: it hides nothing by
 * itself. transit_limits_init gives 20 deg, -12 deg, the larger of 60 min and T14/2, no widening.
 */
struct transit_limits {
    double min_alt_rad;     /* lowest airless altitude of the star */
    double max_sun_alt_rad; /* highest altitude of the Sun's centre */
    double baseline_d;      /* each side; NAN: the larger of 60 min and half the duration */
    double widen_sigma;     /* baselines are longer by so many sigma of the mid time; usually 0 */
};
void transit_limits_init(struct transit_limits *l);

/* struct transit_filter - what is to be listed. Zeroed it lists what can be observed. A planet that
 * has no datum for a filter is never hidden by it. */
struct transit_filter {
    const struct planet *const *only; /* these planets; n_only 0: all. Borrowed */
    size_t n_only;
    unsigned priorities;   /* bits 1u << enum priority; 0: all */
    double aperture_mm;    /* telescope: hides what asks for more; <= 0 or NAN: off */
    double min_depth_mmag; /* likewise */
    double max_mag;        /* V, else R, else G */
    bool has_max_mag;
    unsigned classes; /* bits 1u << enum transit_class; 0: all but "none", or all if `all` */
    bool all;         /* list also what cannot be observed */
};

/* enum transit_hider - who hid a transit: the first of these that would. The last four share what
 * cannot be observed by its reason: LOW and SUN alone; HORIZON when only the mask is in the way;
 * NEVER_BOTH: up only in daylight, dark only while down. */
enum transit_hider {
    HIDE_PLANET,
    HIDE_PRIORITY,
    HIDE_APERTURE,
    HIDE_DEPTH,
    HIDE_MAG,
    HIDE_CLASS,
    HIDE_SUN,
    HIDE_LOW,
    HIDE_HORIZON,
    HIDE_NEVER_BOTH,
    TRANSIT_HIDERS
};
const char *transit_hider_name(enum transit_hider h); /* "aperture", "daylight"...; static */

/* struct transit_request - all that a list is made from. planet and site are borrowed for the life
 * of the list (site with its horizon). from, to: mid UTC in [from, to), so that spans can be
 * joined. own_aperture_mm: for the verdict; NAN not known. weight: of the score; all 0: the
 * defaults. */
struct transit_request {
    const struct planet *planet;
    size_t n_planet;
    const struct site *site;
    struct jd_utc from, to;
    struct transit_limits limits;
    struct transit_filter filter;
    double own_aperture_mm;
    double weight[TRANSIT_TERMS];
};
extern const double transit_weights[TRANSIT_TERMS];

/* struct transit_list - events by mid UTC, then name. n_all = n + sum of hidden. unknown[h]: listed
 * or hidden by a later filter, though the planet has no datum for filter h. no_ephemeris: planets
 * without a usable T0, period, duration or direction. */
enum { TRANSIT_LIST_MAX = 200000, TRANSIT_LIST_DAYS = 3700 };
struct transit_list {
    struct transit_request request;
    struct almanac *almanac;
    struct transit_event *at;
    size_t n;
    size_t n_all, hidden[TRANSIT_HIDERS], unknown[TRANSIT_HIDERS], no_ephemeris;
    struct transit_work *work;
};

/* transit_list_begin - an empty list, its almanac made (0.1 ms a day); transit_list_step computes
 * up to `planets` more of them and is true while some are left; the list is sorted and final when
 * it is false. transit_list_make does all at once. transit_list_free takes NULL. err      E_RANGE:
 * to <= from, span above TRANSIT_LIST_DAYS, more than TRANSIT_LIST_MAX transits to be listed,
 * limits out of range; E_ABSENT: no site test     tests/transits/check_list.c */
enum status transit_list_begin(const struct transit_request *request, struct transit_list **list,
                               struct error *err) MUST_CHECK;
enum status transit_list_step(struct transit_list *list, size_t planets, bool *more,
                              struct error *err) MUST_CHECK;
enum status transit_list_make(const struct transit_request *request, struct transit_list **list,
                              struct error *err) MUST_CHECK;
void transit_list_free(struct transit_list *list);

/* transit_list_summary - "41 of 412 transits; hidden: 300 daylight, 71 aperture; 3 planets have no
 * aperture and are kept": the line that says what was left out. Returns out. */
enum { TRANSIT_SUMMARY = 400 };
const char *transit_list_summary(const struct transit_list *list, char out[TRANSIT_SUMMARY]);

/* struct transit_season - how often a planet gives a whole transit: full transits in the span and,
 * of these, those with both baselines; the first of them. */
struct transit_season {
    size_t n_all, n_full, n_full_baseline;
    const struct transit_event *next;
};
void transit_list_season(const struct transit_list *list, struct transit_season *s);

#endif
