/* sky_now.c - see sky_now.h. The tables of three days are made anew when the day or the site
 * changes; what is asked for each second is read from them (sky/almanac.h, 1 us).
 */
#include "sky_now.h"
#include "alertbook.h"
#include "devicedesk.h"
#include "tonight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/session/site.h"

static const int64_t DAY_NS = 86400LL * 1000000000, MINUTE_NS = 60LL * 1000000000,
                     SECOND_NS = 1000000000;

struct sky_now {
    struct session *session;
    char *site_text; /* as --site gave it; NULL: as configured */
    struct site site;
    bool has_site;
    struct error no_site;
    struct almanac *almanac;
    int64_t from_ns; /* the almanac holds from_ns .. + 3 days */
    char evening[11];
    bool viewer, slow, seconds;
    uint64_t timer;
};

static void start_ticks(struct sky_now *n);
static void on_event(void *arg, const struct event *ev);

/* The horizon belongs to the site in use: whoever computes with it stops before (EV_SITE). */
static void read_site(struct sky_now *n)
{
    almanac_free(n->almanac);
    n->almanac = NULL;
    if (n->has_site)
        site_clear(&n->site);
    n->has_site = false;
    if (n->session->setup.demo && !n->site_text) {
        site_demo(&n->site);
        n->has_site = true;
    } else {
        n->has_site = site_of_conf(n->session->conf, n->site_text, &n->site, &n->no_site) == OK;
        if (!n->has_site)
            site_clear(&n->site);
    }
    nightlog_lon(n->session->log, n->has_site ? n->site.lon_rad : 0);
    devicedesk_site(n->session->devices);
}

struct sky_now *sky_now_new(struct session *s)
{
    struct sky_now *n = mem_zero(sizeof *n);
    n->session = s;
    n->site_text = mem_str(s->setup.site);
    read_site(n);
    night_evening(session_now_ns(s), n->has_site ? n->site.lon_rad : 0, n->evening);
    events_on(s->events, on_event, n);
    start_ticks(n);
    return n;
}

void sky_now_free(struct sky_now *n)
{
    if (!n)
        return;
    loop_timer_del(n->session->setup.loop, n->timer);
    almanac_free(n->almanac);
    if (n->has_site)
        site_clear(&n->site);
    free(n->site_text);
    free(n);
}

/* Tables that hold now; NULL without a site. */
static const struct almanac *tables(struct sky_now *n)
{
    int64_t now = session_now_ns(n->session);
    if (!n->has_site)
        return NULL;
    if (n->almanac && now >= n->from_ns + DAY_NS / 2 && now < n->from_ns + 2 * DAY_NS + DAY_NS / 2)
        return n->almanac;
    almanac_free(n->almanac);
    n->from_ns = now - DAY_NS;
    struct error err;
    if (almanac_new(&n->site, utc_of_wall(n->from_ns), utc_of_wall(now + 2 * DAY_NS), 0,
                    &n->almanac, &err) != OK) {
        n->almanac = NULL;
        log_put(LOG_TROUBLE, "session", "almanac", "%s", err.text);
    }
    return n->almanac;
}

static int64_t tick(void *arg);

static bool wants_seconds(const struct sky_now *n)
{
    return n->viewer && !n->slow && conf_bool(n->session->conf, "clock.seconds");
}

static void start_ticks(struct sky_now *n)
{
    loop_timer_del(n->session->setup.loop, n->timer);
    n->timer = loop_timer(n->session->setup.loop, 0, tick, n, "session/tick");
}

static void on_event(void *arg, const struct event *ev)
{
    struct sky_now *n = arg;
    if (ev->kind == EV_OPTION && n->seconds != wants_seconds(n))
        start_ticks(n);
}

/* Each tick comes at the beginning of a second (minute) of the wall clock, however often that is
 * set: the wait is computed anew. */
static int64_t tick(void *arg)
{
    struct sky_now *n = arg;
    int64_t now = session_now_ns(n->session);
    char evening[11];
    if (n->viewer)
        events_put(n->session->events, EV_TICK, 0);
    night_evening(now, n->has_site ? n->site.lon_rad : 0, evening);
    if (strcmp(evening, n->evening) != 0) {
        memcpy(n->evening, evening, sizeof evening);
        log_put(LOG_INFO, "session", "", "night %s begins", evening);
        events_put(n->session->events, EV_NIGHT, 0);
    }
    if (now / SECOND_NS % 60 == 0)
        events_put(n->session->events, EV_ALMANAC, 0);
    n->seconds = wants_seconds(n);
    int64_t step = n->seconds ? SECOND_NS : MINUTE_NS, left = step - now % step;
    return left / 1000000 + 1;
}

void sky_now_viewer(struct session *s, bool there, bool slow)
{
    struct sky_now *n = s->sky;
    if (n->viewer == there && n->slow == slow)
        return;
    n->viewer = there;
    n->slow = slow;
    start_ticks(n);
}

const char *session_site_name(const struct session *s)
{
    return s->sky->has_site ? s->sky->site.name : "";
}

const struct site *session_site(const struct session *s, struct error *err)
{
    if (s->sky->has_site)
        return &s->sky->site;
    if (err)
        *err = s->sky->no_site;
    return NULL;
}

void session_site_read(struct session *s)
{
    if (s->tonight)
        tonight_drop(s->tonight); /* they borrow the site */
    if (s->alertbook)
        alertbook_drop(s->alertbook);
    read_site(s->sky);
    events_put(s->events, EV_SITE, 0);
    events_put(s->events, EV_ALMANAC, 0);
}

struct almanac_now session_sky(const struct session *s)
{
    struct almanac_now now = {0};
    const struct almanac *a = tables(s->sky);
    if (a) {
        almanac_at(a, almanac_t(a, utc_of_wall(session_now_ns(s))), &now);
        return now;
    }
    now.sun_alt_rad = now.sun_az_rad = now.moon_alt_rad = now.moon_az_rad = (double)NAN;
    now.moon_illum = now.theta_rad = now.eo_rad = now.sun_moon_rad = (double)NAN;
    return now;
}

double session_lst_rad(const struct session *s)
{
    struct almanac_now now = session_sky(s);
    double turn = 2 * acos(-1), lst = fmod(now.theta_rad - now.eo_rad, turn);
    return lst < 0 ? lst + turn : lst;
}
