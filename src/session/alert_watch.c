/* alert_watch.c - see alert_watch.h. */
#include "alert_watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/feed.h"
#include "vigie/alerts/judge.h"
#include "vigie/alerts/rules.h"
#include "vigie/base/log.h"

enum { LOOK_MS = 30000 };

struct rung { /* an alarm, and the event it is of */
    int64_t event;
    uint64_t alarm;
};

struct alert_watch {
    struct session *session;
    struct alert_book *book;
    struct alert_feed *feed;
    struct alert_rules *rules;
    struct alert_judge *judge;
    char *rules_key, *judge_key, *feed_key; /* the options they were made from */
    VEC(struct rung) rung;
    uint64_t timer;
};

/* ---- rules ---- */

static enum alarm_level level_of(enum alert_reason reason)
{
    switch (reason) {
    case ALERT_RING_NEW: return ALARM_ALARM;
    case ALERT_RING_UP:
    case ALERT_RING_FITS: return ALARM_WARNING;
    case ALERT_RING_RETRACTED: return ALARM_NOTICE;
    }
    return ALARM_NOTICE;
}

static void on_ring(void *arg, const struct alert_ring *ring)
{
    struct alert_watch *w = arg;
    const char *name = ring->event->name ? ring->event->name : ring->event->key;
    struct rung r = {ring->event->id, alarms_raise(w->session, level_of(ring->reason), "alerts",
                                                   name ? name : "", "%s", ring->text)};
    VEC_PUSH(w->rung, r);
}

/* The alarms of an event that was taken back end. */
static void on_over(void *arg, int64_t event)
{
    struct alert_watch *w = arg;
    size_t keep = 0;
    for (size_t i = 0; i < w->rung.n; i++) {
        struct rung r = w->rung.at[i];
        if (r.event != event)
            w->rung.at[keep++] = r;
        else if (alarms_find(w->session, r.alarm) && alarms_end(w->session, r.alarm, NULL) != OK)
            log_put(LOG_TROUBLE, "session", "alarm", "%llu could not be ended",
                    (unsigned long long)r.alarm);
    }
    w->rung.n = keep;
}

static void make_rules(struct alert_watch *w)
{
    const struct conf *c = w->session->conf;
    char *key = mem_printf("%s\n%s\n%s\n%s", conf_text(c, "alerts.alarm.new"),
                           conf_text(c, "alerts.alarm.up"), conf_text(c, "alerts.alarm.fits"),
                           conf_text(c, "alerts.alarm.retracted"));
    if (w->rules_key && strcmp(key, w->rules_key) == 0) {
        free(key);
        return;
    }
    free(w->rules_key);
    w->rules_key = key;
    struct rules_with with = {w->book, c, on_ring, on_over, w};
    struct alert_rules *rules;
    struct error err;
    if (alert_rules_new(&with, &rules, &err) != OK) { /* those of before go on */
        log_put(LOG_WARN, "session", "alerts", "%s", err.text);
        session_say(w->session, "%s", err.text);
        return;
    }
    alert_rules_free(w->rules);
    w->rules = rules;
}

/* ---- judge ---- */

static void make_judge(struct alert_watch *w)
{
    const struct conf *c = w->session->conf;
    const struct site *site = session_site(w->session, NULL);
    const double deg = acos(-1) / 180;
    struct error err;
    struct alert_limits l = {.min_alt_rad = conf_number(c, "alerts.min-alt") * deg,
                             .max_sun_alt_rad = conf_number(c, "alerts.max-sun-alt") * deg,
                             .fov_rad = {conf_number(c, "fov.width") / 60 * deg,
                                         conf_number(c, "fov.height") / 60 * deg}};
    char *key =
        mem_printf("%g %g %g %g", l.min_alt_rad, l.max_sun_alt_rad, l.fov_rad[0], l.fov_rad[1]);
    bool same = w->judge && strcmp(key, w->judge_key) == 0;
    if (same || !site) {
        free(key);
        return;
    }
    free(w->judge_key);
    w->judge_key = key;
    alert_judge_free(w->judge);
    w->judge = NULL;
    if (alert_judge_new(site, &l, utc_of_wall(session_now_ns(w->session)), &w->judge, &err) != OK)
        log_put(LOG_TROUBLE, "session", "alerts", "%s", err.text);
}

void alert_watch_site_gone(struct alert_watch *w)
{
    if (!w)
        return;
    alert_judge_free(w->judge);
    w->judge = NULL;
}

static void look(struct alert_watch *w)
{
    struct jd_utc now = utc_of_wall(session_now_ns(w->session));
    struct error err;
    if (w->judge && alert_judge_move(w->judge, now, &err) != OK)
        log_put(LOG_TROUBLE, "session", "alerts", "%s", err.text);
    if (w->rules)
        alert_rules_look(w->rules, w->judge, now);
}

/* An import by another process is seen here. */
static int64_t look_again(void *arg)
{
    struct alert_watch *w = arg;
    struct error err;
    if (alert_book_refresh(w->book, &err) != OK)
        log_put(LOG_TROUBLE, "session", "alerts", "%s", err.text);
    look(w);
    return LOOK_MS;
}

/* ---- what comes in ---- */

static void on_news(void *arg, enum alert_news news, const struct alert_event *e, int64_t other,
                    double error_before_rad)
{
    struct alert_watch *w = arg;
    (void)other;
    if (w->rules)
        alert_rules_news(w->rules, news, e, error_before_rad);
    events_put(w->session->events, EV_ALERTS, 0);
}

static void on_source(void *arg, const struct source_status *s)
{
    struct alert_watch *w = arg;
    if (s->state == SOURCE_TROUBLE)
        log_put(LOG_TROUBLE, "alerts", s->title, "%s", s->text);
    events_put(w->session->events, EV_ALERTS, 0);
}

/* The ways in start anew when one of their options changed. */
static void restart_feed(struct alert_watch *w)
{
    static const char *const name[] = {
        "alerts.spool",         "alerts.colibri",        "alerts.colibri.uid",
        "alerts.colibri.url",   "alerts.colibri.filter", "alerts.colibri.every",
        "alerts.colibri.quota", "alerts.colibri.days",   "alerts.vtp",
        "alerts.vtp.ivorn"};
    struct str key = {0};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++)
        str_addf(&key, "%s\n", conf_text(w->session->conf, name[i]));
    bool same = w->feed_key && strcmp(key.s, w->feed_key) == 0, first = !w->feed_key;
    free(w->feed_key);
    w->feed_key = str_take(&key);
    if (w->feed && !same && !first)
        alert_feed_again(w->feed);
}

static void on_event(void *arg, const struct event *ev)
{
    struct alert_watch *w = arg;
    if (ev->kind == EV_ALERTS)
        look(w);
    if (ev->kind != EV_OPTION && ev->kind != EV_SITE)
        return;
    make_rules(w);
    make_judge(w);
    restart_feed(w);
}

/* ---- begin and end ---- */

enum status alert_watch_new(struct session *s, struct alert_watch **out, struct error *err)
{
    struct alert_watch *w = mem_zero(sizeof *w);
    w->session = s;
    enum status st = alert_book_open(s->store, 0, &w->book, err);
    if (st != OK) {
        free(w);
        return st;
    }
    make_rules(w);
    make_judge(w);
    restart_feed(w);
    alert_book_listen(w->book, on_news, w);
    events_on(s->events, on_event, w);
    if (!s->setup.demo) {
        struct feed_options o = {.loop = s->setup.loop,
                                 .clock = s->setup.clock,
                                 .book = w->book,
                                 .http = s->http,
                                 .conf = s->conf,
                                 .offline = s->setup.offline,
                                 .changed = on_source,
                                 .arg = w};
        w->feed = alert_feed_new(&o);
    }
    w->timer = loop_timer(s->setup.loop, LOOK_MS, look_again, w, "alerts/rules");
    *out = w;
    return OK;
}

void alert_watch_free(struct alert_watch *w)
{
    if (!w)
        return;
    loop_timer_del(w->session->setup.loop, w->timer);
    alert_feed_free(w->feed);
    alert_rules_free(w->rules);
    alert_judge_free(w->judge);
    alert_book_close(w->book);
    VEC_FREE(w->rung);
    free(w->rules_key);
    free(w->judge_key);
    free(w->feed_key);
    free(w);
}

struct alert_book *session_alerts(const struct session *s)
{
    return s->alerts->book;
}

const struct alert_judge *session_alert_judge(const struct session *s)
{
    return s->alerts->judge;
}

struct alert_feed *session_alert_feed(const struct session *s)
{
    return s->alerts->feed;
}
