/* safety_own.h - what the files of the guard share. Not: for others (safety.h).
 */
#ifndef VIGIE_SRC_DEVICES_SAFETY_OWN_H
#define VIGIE_SRC_DEVICES_SAFETY_OWN_H

#include "rack_own.h"
#include "vigie/devices/safety.h"

/* struct guard - of one mount: what was seen of it, what it was told. Times are ms of the loop, -1 never. */
struct guard {
    uint64_t id;
    /* the last two readings */
    int64_t seen_ms, before_ms;
    double ra_rad, dec_rad, before_ra_rad, before_dec_rad;
    double speed_degs; /* between them */
    /* a stop that is being watched */
    int64_t stop_ms, stop_again_ms;
    int stop_n;
    bool stop_cried;
    char stop_who[64];
    /* moving by hand */
    int64_t jog_ms[4]; /* deadline by direction, -1 none */
    /* the slew under way, and how fast slews are */
    int64_t slew_ms;
    double slew_ra_rad, slew_dec_rad, slew_far_rad;
    bool stuck_told, foreign_told, sun_allowed;
    double slews_degs; /* measured; 0 not yet */
    /* drift over a minute */
    int64_t drift_ms;
    double drift_ra_rad;
    /* acts at a limit */
    int64_t limit_ms;
    int limit_n;
    bool limit_told;
    double limit_sep_rad; /* of the Sun, a second ago */
    double last_alt_rad;
    bool park_known, was_parked;
    double park_alt_rad, park_az_rad;
    /* the limit that tracking comes to: when it was looked at, whether it was told */
    int64_t soon_ms;
    bool soon_told;
    /* what scripts told it since the observer did: the sum of their syncs */
    double sync_ra_rad, sync_dec_rad;
};

struct shut_step {
    uint64_t id;
    enum device_verb verb;
    int64_t wait_ms;
};
struct shutdown {
    bool running, drill;
    enum asker_kind by;
    VEC(struct shut_step) step;
    size_t at;
    int64_t until_ms;
    uint64_t ticket, next;
    int done, failed;
    shutdown_over_fn *over;
    void *over_arg;
    char why[160];
};

struct safety {
    struct safety_options o;
    struct safety_limits limits;
    struct safety_policy policy;
    struct site site;
    bool sited, locked;
    struct safety_sky sky;
    int64_t sky_wall_ns; /* of sky; INT64_MIN: none */
    int64_t ahead_ns; /* the wall clock minus the monotonic one, a second ago; INT64_MIN: not yet */
    int64_t held_ns;  /* wall; 0: scripts may move */
    bool held_self;   /* the policies may not */
    unsigned stops;
    VEC(struct guard *) guard;
    VEC(uint64_t) lost_acted; /* devices for whose loss something was done */
    uint64_t timer, fast;
    double sun_alt_before;
    int64_t dawn_asked_ms;
    double dawn_s;
    int dawn_warned; /* minutes */
    struct shutdown shut;
};

void safety_tell(struct safety *s, uint64_t id, char level, const char *subject, const char *fmt,
                 ...) PRINTF(5, 6);
void safety_over(struct safety *s, uint64_t id, const char *subject, const char *fmt, ...)
    PRINTF(4, 5);
struct guard *safety_guard(struct safety *s, uint64_t id);
const struct safety_sky *safety_sky_now(struct safety *s);
bool safety_ready(const struct device_info *d);
bool safety_doing(struct safety *s, uint64_t id, enum device_verb verb);
uint64_t safety_ask(struct safety *s, uint64_t id, struct device_request q, rack_done_fn *done,
                    void *arg, struct error *err);

/* safety_gate - the rack_gate_fn. */
enum status safety_gate(void *arg, const struct device_info *d, const struct device_request *q,
                        const struct rack_asker *who, struct error *err);

void safety_stop_watch(struct safety *s, struct guard *g, const struct device_info *d);
/* safety_soon - tells of the limit that a tracking mount comes to. safety_clock - tells of a wall clock that jumps. */
void safety_soon(struct safety *s, struct guard *g, const struct device_info *d);
void safety_clock(struct safety *s);
void safety_shutdown_second(struct safety *s);
void safety_policies(struct safety *s);

#endif
