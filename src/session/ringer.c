/* ringer.c - alarms of alerts: what the rules ring becomes an alarm of the session, and ends with a
 * retraction. Not: the rules (alerts/rules.h).
 */
#include <stdlib.h>
#include <string.h>

#include "alertbook.h"
#include "vigie/base/log.h"

struct raised {
    int64_t event;
    uint64_t alarm;
};

struct ringer {
    struct session *session;
    struct alert_rules *rules;
    char *key;
    VEC(struct raised) raised;
};

/* The subject holds the reason, but for the first: each reason is an alarm of its own. */
static void on_ring(void *arg, const struct alert_ring *call)
{
    struct ringer *r = arg;
    struct str subject = {.max = 100};
    if (session_alert_muted(r->session, call->event)) {
        log_put(LOG_INFO, "alerts", "alarm", "muted: %s", call->text);
        return;
    }
    alert_event_title(call->event, &subject);
    if (call->reason != ALERT_RING_NEW)
        str_addf(&subject, " %s", alert_reason_name(call->reason));
    enum alarm_level level = call->reason == ALERT_RING_NEW ? ALARM_ALARM : ALARM_WARNING;
    uint64_t id = alarms_raise(r->session, level, "alerts", str_c(&subject), "%s", call->text);
    VEC_PUSH(r->raised, ((struct raised){call->event->id, id}));
    str_clear(&subject);
    events_put(r->session->events, EV_ALERTS, 0);
}

static void on_over(void *arg, int64_t event)
{
    struct ringer *r = arg;
    size_t keep = 0;
    for (size_t i = 0; i < r->raised.n; i++) {
        if (r->raised.at[i].event != event) {
            r->raised.at[keep++] = r->raised.at[i];
            continue;
        }
        struct error err;
        if (alarms_end(r->session, r->raised.at[i].alarm, &err) != OK)
            log_put(LOG_TRACE, "alerts", "alarm", "%s", err.text); /* too old to be kept */
    }
    r->raised.n = keep;
}

struct ringer *ringer_new(struct session *s)
{
    struct ringer *r = mem_zero(sizeof *r);
    r->session = s;
    ringer_again(r);
    return r;
}

void ringer_free(struct ringer *r)
{
    if (!r)
        return;
    alert_rules_free(r->rules);
    VEC_FREE(r->raised);
    free(r->key);
    free(r);
}

/* Rules that cannot be read leave those before in use. What waits to ring is rung by the old ones
 * first: they hold it. */
void ringer_again(struct ringer *r)
{
    const struct conf *c = r->session->conf;
    char *key = mem_printf("%s\n%s\n%s\n%s", conf_text(c, "alerts.alarm.new"),
                           conf_text(c, "alerts.alarm.up"), conf_text(c, "alerts.alarm.fits"),
                           conf_text(c, "alerts.alarm.retracted"));
    struct rules_with with = {
        .book = r->session->alerts, .conf = c, .ring = on_ring, .over = on_over, .arg = r};
    struct alert_rules *rules;
    struct error err;
    /* what rings is for the session that lives on, not for a single script */
    if (r->session->setup.one_shot || (r->key && strcmp(r->key, key) == 0)) {
        free(key);
        return;
    }
    free(r->key);
    r->key = key;
    if (alert_rules_new(&with, &rules, &err) != OK) {
        log_put(LOG_TROUBLE, "alerts", "alarm", "%s; the rules before stay", err.text);
        session_say(r->session, "%s", err.text);
        return;
    }
    struct alert_looking at = {0};
    ringer_step(r, r->session->alertbook->judge, &at, 0);
    alert_rules_free(r->rules);
    r->rules = rules;
}

void ringer_news(struct ringer *r, enum alert_news news, const struct alert_event *e, int64_t other,
                 double error_before_rad)
{
    for (size_t i = 0; news == ALERT_JOINED && i < r->raised.n; i++)
        if (r->raised.at[i].event == other)
            r->raised.at[i].event = e->id;
    if (r->rules)
        alert_rules_news(r->rules, news, e, error_before_rad);
}

bool ringer_step(struct ringer *r, const struct alert_judge *judge, struct alert_looking *at,
                 int64_t end_us)
{
    return r->rules &&
           alert_rules_step(r->rules, judge, utc_of_wall(session_now_ns(r->session)), at, end_us);
}

uint64_t ringer_alarm(const struct ringer *r, int64_t event, bool *open)
{
    uint64_t found = 0;
    *open = false;
    for (size_t i = 0; i < r->raised.n; i++) {
        const struct alarm *a =
            r->raised.at[i].event == event ? alarms_find(r->session, r->raised.at[i].alarm) : NULL;
        if (!a || a->ended)
            continue;
        found = a->id;
        *open |= !a->acknowledged;
    }
    return found;
}

size_t ringer_count(const struct ringer *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->raised.n; i++) {
        bool open, first = true;
        for (size_t k = 0; k < i; k++)
            first = first && r->raised.at[k].event != r->raised.at[i].event;
        n += first && ringer_alarm(r, r->raised.at[i].event, &open) && open;
    }
    return n;
}

enum status ringer_ack(struct ringer *r, int64_t event, struct error *err)
{
    for (size_t i = 0; i < r->raised.n; i++) {
        const struct alarm *a =
            r->raised.at[i].event == event ? alarms_find(r->session, r->raised.at[i].alarm) : NULL;
        if (a && !a->ended && !a->acknowledged && alarms_ack(r->session, a->id, err) != OK)
            return err ? err->status : E_ABSENT;
    }
    return OK;
}
