/* judge.h - what an event is worth here and now: altitude, time left in the dark, Moon, how its error
 * region fits the field of view, a score. Not: a plan of the night; not refraction (altitudes are
 * airless, topocentric).
 */
#ifndef VIGIE_ALERTS_JUDGE_H
#define VIGIE_ALERTS_JUDGE_H

#include "vigie/alerts/event.h"
#include "vigie/sky/site.h"

/* struct alert_limits - what counts as observable.
 *   min_alt_rad      lowest altitude of the object (the site's mask counts too)
 *   max_sun_alt_rad  highest altitude of the Sun's centre
 *   fov_rad[2]       field of view, width and height; NAN: unknown */
struct alert_limits {
    double min_alt_rad, max_sun_alt_rad, fov_rad[2];
};

struct alert_judge;

/* alert_judge_new - a judge for one site.
 *   site    copied, its horizon borrowed
 *   err     E_RANGE: no almanac for that date
 *   test    tests/alerts/check_judge.c */
enum status alert_judge_new(const struct site *site, const struct alert_limits *limits,
                            struct jd_utc now, struct alert_judge **out,
                            struct error *err) MUST_CHECK;
void alert_judge_free(struct alert_judge *j);

/* alert_judge_move - the moment it judges for; tables are made anew when it leaves them (about 1 ms,
 * every few hours). */
enum status alert_judge_move(struct alert_judge *j, struct jd_utc now,
                             struct error *err) MUST_CHECK;

/* enum alert_fit - the circle of the error radius in the field of view. */
enum alert_fit { FIT_UNKNOWN, FIT_ONE, FIT_SEVERAL, FIT_TOO_BIG };
enum { ALERT_MAX_FRAMES = 49 };

/* struct alert_view - the judgement of one event. Without a position all angles are NAN.
 *   alt_rad, az_rad   now; rising: its altitude grows
 *   moon_sep_rad      distance to the Moon's centre, now; moon_alt_rad, moon_illum: of the Moon
 *   dark              the Sun is low enough now; up: the object is above limit and mask now
 *   left_s            s in which it is up in the dark this night; when none is left in it, in the
 *                     next one, as far as that lies in the coming 24 h
 *   from, until       its first stretch without a break; no numbers if there is none
 *   fit, frames       1, 2 .. ALERT_MAX_FRAMES frames, 0 when unknown or too big
 *   glance            only angles, Moon, dark and fit are filled; up, left_s and score are not yet
 *   score             0 .. 1: brightness, time left, Moon, age; 0 if never observable in these 24 h */
struct alert_view {
    double alt_rad, az_rad, moon_sep_rad, moon_alt_rad, moon_illum;
    bool rising, dark, up, glance;
    double left_s;
    struct jd_utc from, until;
    enum alert_fit fit;
    int frames;
    double score;
};

/* alert_judge_event - judge one (about 4 us). alert_judge_glance - what needs no look ahead (about
 * 0.6 us), so that most events of a long list can be hidden without more; alert_judge_rest fills what
 * a glance left out. */
void alert_judge_event(const struct alert_judge *j, const struct alert_event *e,
                       struct alert_view *view);
void alert_judge_glance(const struct alert_judge *j, const struct alert_event *e,
                        struct alert_view *view);
void alert_judge_rest(const struct alert_judge *j, const struct alert_event *e,
                      struct alert_view *view);

/* alert_judge_fov - the field of view it judges with: width and height, rad. */
const double *alert_judge_fov(const struct alert_judge *j);

/* alert_fit_of - how a circle fits a field: frames laid edge to edge in rows and columns that cover
 * its square. Returns FIT_UNKNOWN if any number is unknown. */
enum alert_fit alert_fit_of(double error_rad, const double fov_rad[2], int *frames);

/* alert_view_members - the judgement as members of a JSON object that the caller opened. */
void alert_view_members(struct json_writer *w, const struct alert_view *view);

#endif
