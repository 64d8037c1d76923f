/* safety.h - what may move, and where to: under every door, in C. Limits of altitude, hour angle and horizon, the Sun's
 * cone over the whole way, clocks and sidereal times that do not agree; a timer of its own that stops what runs into a
 * limit; the stop that is seen to work; the ordered end of a night.
 * Not: what a device's own state forbids (rack.h), the words of commands (session).
 * Places are apparent, of date, topocentric, without refraction, radians, as mounts have them (device.h).
 */
#ifndef VIGIE_DEVICES_SAFETY_H
#define VIGIE_DEVICES_SAFETY_H

#include "vigie/devices/rack.h"
#include "vigie/sky/scale.h"
#include "vigie/sky/site.h"

/* --- geometry: pure functions ---------------------------------------------------------------------- */

/* struct safety_limits - radians.
 *   min_alt, max_alt   altitude of the telescope
 *   ha_east, ha_west   how far before (after) the meridian, >= 0; NAN: no limit
 *   sun_cone           no closer to the Sun's centre than this, while the Sun is higher than sun_alt
 *   lst_s              largest difference of the mount's sidereal time to ours, seconds */
struct safety_limits {
    double min_alt_rad, max_alt_rad;
    double ha_east_rad, ha_west_rad;
    double sun_cone_rad, sun_alt_rad;
    double lst_s;
};
struct safety_limits safety_limits_default(
    void); /* 10 and 90 deg, no hour angle, 30 deg above -10 deg, 60 s */

/* struct safety_sky - the sky over a site at an instant, equinox of date. */
struct safety_sky {
    double lst_rad;
    double sun_ra_rad, sun_dec_rad, sun_alt_rad, sun_az_rad;
    double moon_ra_rad, moon_dec_rad, moon_alt_rad, moon_illum;
};
void safety_sky_at(const struct site *site, struct jd_utc utc, struct safety_sky *sky);

/* safety_altaz - altitude, azimuth (north 0, east pi/2) and hour angle (-pi .. pi, west positive) of a place.
 *   test  tests/devices/check_safety.c: the altaz oracle */
void safety_altaz(const struct site *site, double lst_rad, double ra_rad, double dec_rad,
                  double *alt_rad, double *az_rad, double *ha_rad);

/* safety_arc_nearest - smallest separation between a point and the great circle's arc from a to b (the shorter one), rad.
 * Antipodes have no shortest arc: 0, the worst.
 *   source  plane geometry of unit vectors: the foot lies on the arc, else the nearer end is nearest
 *   test    tests/devices/check_safety.c: against points along the arc */
double safety_arc_nearest(double ra_a, double dec_a, double ra_b, double dec_b, double ra,
                          double dec);

/* safety_axes_nearest - the same for a mount whose two axes run at one speed, right ascension the shorter way, until each
 * has arrived: the way an equatorial mount really goes. In steps of at most 0.1 deg. */
double safety_axes_nearest(double ra_a, double dec_a, double ra_b, double dec_b, double ra,
                           double dec);

/* safety_flip_nearest - the same for a German mount that goes to the other side of its pier: the declination axis goes over the
 * pole, the polar axis turns, and which is the faster nobody knows: the nearest of all they may pass. Hour angles for right
 * ascensions, declinations north positive: of a southern site all of them with the other sign. */
double safety_flip_nearest(double ha_a, double dec_a, double ha_b, double dec_b, double ha,
                           double dec);

/* safety_place - whether a place may be pointed at: altitude, horizon mask of the site, hour angle, Sun.
 *   sun_allowed  the Sun is not looked at
 *   err          E_REFUSED: which limit, the value and the limit */
enum status safety_place(const struct safety_limits *l, const struct site *site,
                         const struct safety_sky *sky, double ra_rad, double dec_rad,
                         bool sun_allowed, struct error *err) MUST_CHECK;

/* safety_way - whether the way from a to b keeps out of the Sun's cone, by the great circle and by the axes. From inside
 * the cone a way is allowed that only leaves it. Below sun_alt everything is. */
enum status safety_way(const struct safety_limits *l, const struct safety_sky *sky, double ra_a,
                       double dec_a, double ra_b, double dec_b, struct error *err) MUST_CHECK;

/* safety_flips - whether a mount may change the side of its pier on the way: it crosses the meridian, or stands on the other
 * side than the end wants. safety_flip - whether it then keeps out of the Sun's cone. safety_dip - whether the way by
 * the axes keeps the lowest altitude and the hour angles as well as its two ends do.
 *   test  tests/devices/check_way.c */
bool safety_flips(const struct safety_sky *sky, enum pier_side pier, double ra_a, double ra_b);
enum status safety_flip(const struct safety_limits *l, const struct site *site,
                        const struct safety_sky *sky, double ra_a, double dec_a, double ra_b,
                        double dec_b, struct error *err) MUST_CHECK;
enum status safety_dip(const struct safety_limits *l, const struct site *site,
                       const struct safety_sky *sky, double ra_a, double dec_a, double ra_b,
                       double dec_b, struct error *err) MUST_CHECK;

/* struct safety_forecast - a place, tracked from now. Seconds; NAN: not within a day.
 *   limit_s, limit   until the first limit and which: "altitude", "horizon", "hour angle", "Sun"; "" none
 *   meridian_s       until it culminates
 *   dawn_s           until the Sun rises over sun_alt_rad */
struct safety_forecast {
    double alt_rad, az_rad, ha_rad, sun_sep_rad, moon_sep_rad;
    double limit_s, meridian_s, dawn_s;
    const char *limit;
};
void safety_forecast(const struct safety_limits *l, const struct site *site, struct jd_utc utc,
                     double ra_rad, double dec_rad, struct safety_forecast *f);

/* safety_left_s - how long a place can be tracked from now, seconds, and the limit that ends it; NAN and "": a day and longer. */
double safety_left_s(const struct safety_limits *l, const struct site *site, struct jd_utc utc,
                     double ra_rad, double dec_rad, const char **limit);

/* safety_dawn_s - seconds until the Sun rises over an altitude; NAN: not within a day (polar day or night). */
double safety_dawn_s(const struct site *site, struct jd_utc utc, double alt_rad);

/* --- the guard ------------------------------------------------------------------------------------- */

struct safety;

/* safety_event_fn - something the observer must know. level as RACK_SAY; subject: of the alarm, "" it is none ("limit",
 * "stop", "Sun", "shutdown"...); over: what the alarm of that subject said is over. */
typedef void safety_event_fn(void *arg, uint64_t id, char level, const char *subject, bool over,
                             const char *text);

/* struct safety_options - rack, loop, clock borrowed. synced: whether the system's clock can be believed; NULL: it can. */
struct safety_options {
    struct rack *rack;
    struct loop *loop;
    const struct clock *clock;
    bool (*synced)(void *arg);
    safety_event_fn *event;
    void *arg;
};
/* safety_new - hangs itself under rack_ask and begins to look each second. safety_free: before the rack. */
struct safety *safety_new(const struct safety_options *o);
void safety_free(struct safety *s);

/* safety_site - where all stands; copied but for its horizon, which is borrowed until the next call; NULL: not known, then
 * nothing is moved. safety_set - the limits. safety_limits_of - those in use. */
void safety_site(struct safety *s, const struct site *site);
void safety_set(struct safety *s, const struct safety_limits *l);
const struct safety_limits *safety_limits_of(const struct safety *s);

/* safety_lock - the interlock: nothing is moved, whoever asks, but by the guard itself (limits, dawn, weather). Stops pass.
 * safety_locked - whether it is set.
 *   test  tests/session/check_camera.c */
void safety_lock(struct safety *s, bool on);
bool safety_locked(const struct safety *s);

/* safety_park_at - where a mount parks, as far as it is known (it was seen parked): altitude, azimuth. False: not known. */
bool safety_park_at(const struct safety *s, uint64_t id, double *alt_rad, double *az_rad);

/* struct safety_slew - a slew before it is asked for.
 *   refused     OK, or why it would be refused
 *   path_sun    smallest separation from the Sun on the way; path_alt: lowest altitude; hidden: the way leads behind the mask
 *   pier        expected by the hour angle, of a German mount: west of the meridian the telescope is east of the pier
 *   flips       the pier's side changes by it
 *   seconds     how long, at the speed of the slews seen so far (measured), else at 3 deg/s */
struct safety_slew {
    struct error refused;
    double from_alt_rad, from_az_rad, distance_rad, path_sun_rad, path_alt_rad, seconds;
    bool hidden, flips, measured;
    enum pier_side pier;
    struct safety_forecast to;
};
void safety_preview(struct safety *s, const struct device_info *mount, double ra_rad,
                    double dec_rad, bool sun_allowed, struct safety_slew *p);

/* safety_stop - stop everything that moves: written to every wire before this returns. Then each mount is watched until it is
 * seen standing still, the stop is repeated while it is not, and after 10 s: "cut the power".
 *   returns  to how many devices it was written; *refused: how many could not be told */
int safety_stop(struct safety *s, const char *who, int *refused);

/* safety_hold - a person said stop: from now on no script moves anything, nor do the policies, until a person gives leave. For
 * the policies it is leave enough that a person moves something again; scripts wait for safety_let.
 * safety_held - since when scripts are held, wall clock in ns; 0: they are not. safety_let - leave is given.
 * safety_stops - how many stops were asked for: who moves by a key that is held looks whether one came between.
 *   test  tests/devices/check_hold.c */
void safety_hold(struct safety *s);
int64_t safety_held(const struct safety *s);
void safety_let(struct safety *s);
unsigned safety_stops(const struct safety *s);

/* safety_stopping - how many mounts were told to stop and were not yet seen standing still. */
int safety_stopping(const struct safety *s);

/* safety_jogs - movements by hand under way: each ends by itself when it is not asked for again within move_ms. */
int safety_jogs(const struct safety *s);

/* struct shutdown_state - the ordered end: abort the exposure, stop moving, park the mount, close the dome, let the camera
 * warm up; each with a deadline, the next one follows in any case.
 *   step   "parking Mount"; "" none runs
 *   done, failed   steps */
struct shutdown_state {
    bool running, drill;
    char step[80];
    int done, failed;
    double left_s;
};
/* safety_shutdown - begin. why: for the log. drill: nothing is asked of the devices; it is said what would be.
 *   by    who wants it: a policy is held by a stop, a person is not
 *   over  called when the last step has ended; may be NULL
 *   err   E_BUSY: one runs */
typedef void shutdown_over_fn(void *arg, int failed);
enum status safety_shutdown(struct safety *s, const char *why, bool drill, enum asker_kind by,
                            shutdown_over_fn *over, void *arg, struct error *err) MUST_CHECK;
void safety_shutdown_cancel(struct safety *s);
struct shutdown_state safety_shutdown_state(const struct safety *s);

/* struct safety_policy - what happens by itself.
 *   dawn_alt_rad   the Sun rises over it: `dawn` ('n' nothing, 's' stop tracking, 'p' ordered shutdown); warned 30 and 10
 *                  minutes before. Lower than sun_alt_rad, or the way to the park place is refused for the Sun
 *   loss           a device is lost for loss_s: 'n' nothing more than the alarm, 'p' ordered shutdown
 *   warn_s         so long before the tracking comes to a limit it is told; 0: not
 *   weather        it says unsafe, or is stale or lost: the same letters */
struct safety_policy {
    double dawn_alt_rad, loss_s, warn_s;
    char dawn, loss, weather;
};
void safety_policy_set(struct safety *s, const struct safety_policy *p);

/* safety_second - one look at everything; what the timer does. For tests with a clock of their own. */
void safety_second(struct safety *s);

#endif
