/* watch.h - from an epoch to a struct transit_event: what all transits of a list share, and the
 * steps that fill one. Private to the room.
 */
#ifndef VIGIE_SRC_TRANSITS_WATCH_H
#define VIGIE_SRC_TRANSITS_WATCH_H

#include "vigie/base/mem.h"
#include "vigie/transits/ephemeris.h"
#include "vigie/transits/list.h"

/* struct watch - the span of a list, once: the almanac, when it is dark, when the Moon is up. */
struct watch {
    const struct almanac *almanac;
    struct transit_limits limits;
    bool masked;
    struct span *dark, *moon_up; /* over all that a window can reach; in the arena */
    size_t n_dark, n_moon_up;
    double first, last;
    struct arena arena;
};

/* struct watched - a planet, once: its clock, its direction, the derived T23. */
struct watched {
    const struct planet *planet;
    struct orbit_clock clock;
    struct almanac_star star;
    double flat_h;
};

/* watch_init - tables for windows inside [first, last]. watch_planet - false if the planet cannot
 * be watched: no usable T0, period, duration, direction. */
void watch_init(struct watch *w, const struct almanac *a, const struct transit_limits *limits,
                double first, double last);
bool watch_planet(struct watched *p, const struct planet *planet);

/* watch_baseline_d - the baseline each side of a transit of this planet, with the widening. */
double watch_baseline_d(const struct transit_limits *l, double duration_h, double sigma_d);

/* watch_times - the three contacts and the window: everything in time, nothing of the sky. */
void watch_times(const struct watch *w, const struct watched *p, int64_t epoch, double mid_t,
                 struct transit_event *e);

/* watch_usable - segments, fractions, class, part, minutes. Returns who hides it if it cannot be
 * observed at all, TRANSIT_HIDERS if it can. If `want_segments` is false and it cannot be observed
 * the segments are left out. */
enum transit_hider watch_usable(struct watch *w, const struct watched *p, struct transit_event *e,
                                bool want_segments);

/* watch_sky - star, Sun and Moon at the contacts, flip, the Moon along the window. */
void watch_sky(const struct watch *w, const struct watched *p, struct transit_event *e);

/* score_set - the terms and their total. weight[TRANSIT_TERMS]. verdict_of - own against asked
 * aperture, mm. */
void score_set(struct transit_event *e, const double *weight);
enum transit_verdict verdict_of(const struct planet *p, double own_mm);

#endif
