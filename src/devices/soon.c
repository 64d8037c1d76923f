/* soon.c - what of a mount is not yet wrong and soon will be, and a clock that jumps. See safety.h.
 * Not: what is done at a limit (safety.c).
 */
#include <math.h>
#include <stdlib.h>

#include "safety_own.h"

enum { LOOK_MS = 10000, JUMP_S = 5 };

void safety_soon(struct safety *s, struct guard *g, const struct device_info *d)
{
    const struct mount_values *m = &d->v.mount;
    int64_t now = loop_now_ms(s->o.loop);
    if (g->soon_ms >= 0 && now - g->soon_ms < LOOK_MS)
        return;
    g->soon_ms = now;
    const char *limit = "";
    double left_s = (double)NAN;
    if (m->tracking && !m->slewing && !m->parked && s->policy.warn_s > 0)
        left_s = safety_left_s(&s->limits, &s->site, utc_of_wall(CLOCK_WALL(s->o.clock)), m->ra_rad,
                               m->dec_rad, &limit);
    bool soon = left_s > 0 && left_s <= s->policy.warn_s;
    if (soon && !g->soon_told)
        safety_tell(s, d->id, 'W', "soon", "%s reaches its %s limit in %.0f min; there it stops",
                    d->name, limit, ceil(left_s / 60));
    /* at the limit itself the alarm of the limit speaks */
    if (!soon && g->soon_told)
        safety_over(s, d->id, "soon", "%s: the limit is no longer ahead", d->name);
    g->soon_told = soon;
}

void safety_clock(struct safety *s)
{
    int64_t ahead = CLOCK_WALL(s->o.clock) - s->o.clock->mono_ns(s->o.clock->arg);
    int64_t by = s->ahead_ns == INT64_MIN ? 0 : ahead - s->ahead_ns;
    s->ahead_ns = ahead;
    if (llabs(by) < JUMP_S * INT64_C(1000000000))
        return;
    s->sky_wall_ns = INT64_MIN;
    safety_tell(s, 0, '!', "clock",
                "the clock of this machine jumped by %+.0f s: Sun and limits are reckoned by it; "
                "look which is right before anything moves",
                (double)by / 1e9);
}
