/* event.h - rise, meridian passage and set; the Sun's and Moon's events of a night.
 * Not: horizon masks and limits of a telescope (almanac_star_up, track.h).
 * Altitudes are of the body's centre, topocentric, without refraction, sea-level horizon.
 */
#ifndef VIGIE_SKY_EVENT_H
#define VIGIE_SKY_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/sky/place.h"

/* struct sky_event - there: it falls into the window; where the body stands then. */
struct sky_event {
    bool there;
    struct jd_utc utc;
    double az_rad, alt_rad;
};

enum rise_state { RISES_AND_SETS, NEVER_RISES, NEVER_SETS };

struct rise_set {
    enum rise_state state;
    struct sky_event rise, transit, set; /* the first of each after the start */
};

/* sky_rise_set - the first rise, upper meridian passage (hour angle 0) and set in a window.
 *   star      for BODY_STAR, else NULL
 *   window_h  above 0, up to 9600 (400 d)
 *   horizon_rad  altitude that counts as the horizon
 *   out       state: from the window, or from 24 h (Sun 25 h, Moon 26 h) if the window is shorter
 *   err       E_RANGE for the window
 *   source    tables of almanac.h; a star's instants refined with sky_star_seen
 *   test      tests/sky/check_oracle.c: the rise_transit_set oracle */
enum status sky_rise_set(enum sky_body body, const struct sky_star *star, const struct site *site,
                         struct jd_utc start, double window_h, double dut1_s, double horizon_rad,
                         struct rise_set *out, struct error *err) MUST_CHECK;

/* struct crossing - a body passes an altitude. */
struct crossing {
    struct jd_utc utc;
    bool rising;
};

enum { MAX_CROSSINGS = 8, TWILIGHTS = 4 };

/* struct crossings - of one altitude in one night. always: +1 above, -1 below all through, 0 when
 * it is crossed. */
struct crossings {
    size_t n;
    struct crossing at[MAX_CROSSINGS];
    int always;
};

/* The Sun's altitudes that part day, civil, nautical, astronomical twilight and night, degrees. */
extern const double twilight_alt_deg[TWILIGHTS]; /* -0.833 -6 -12 -18 */

/* struct night - 24 h from local mean noon, so that no night is cut. sun[i]: crossings of
 * twilight_alt_deg[i]. moon: of -0.833 degrees; moon_illum, moon_waxing: 12 h after the start. */
struct night {
    struct jd_utc start, end;
    struct crossings sun[TWILIGHTS], moon;
    double moon_illum;
    bool moon_waxing;
};

/* night_start - local mean noon of a calendar date: date 12:00 UTC - longitude / 15 h, rounded to 1
 * s.
 *   date   any instant of the UTC date
 * night_date_of - 0 h of the calendar date whose night (noon to noon) holds the instant. */
struct jd_utc night_start(struct jd_utc date, const struct site *site);
struct jd_utc night_date_of(struct jd_utc utc, const struct site *site);

/* night_find - the events of the night of a date.
 *   test   tests/sky/check_oracle.c: the twilight oracle, polar nights */
enum status night_find(struct jd_utc date, const struct site *site, double dut1_s,
                       struct night *night, struct error *err) MUST_CHECK;

#endif
