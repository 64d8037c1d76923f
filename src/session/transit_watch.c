/* transit_watch.c - alarms before the ingress of what can be observed tonight, whatever night and
 * filter the observer looks at meanwhile.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tonight.h"

enum { LOOK_MS = 15000 }; /* a clock that is set moves an alarm by no more */

struct raised {
    int64_t epoch, ingress_ns;
    uint64_t alarm;
    char *name;
};

struct transit_watch {
    struct session *session;
    struct maker maker;
    VEC(struct raised) raised;
    uint64_t timer;
};

static const struct raised *raised_before(const struct transit_watch *w,
                                          const struct transit_event *e)
{
    for (size_t i = 0; i < w->raised.n; i++)
        if (w->raised.at[i].epoch == e->epoch && strcmp(w->raised.at[i].name, e->planet->name) == 0)
            return &w->raised.at[i];
    return NULL;
}

static void raise_one(struct transit_watch *w, const struct transit_event *e, int64_t now_ns)
{
    const struct transit_contact *in = &e->contact[TRANSIT_INGRESS];
    char at[UTC_TEXT];
    utc_format(in->utc, 0, at);
    struct raised r = {
        .epoch = e->epoch, .ingress_ns = utc_to_wall(in->utc), .name = mem_str(e->planet->name)};
    r.alarm = alarms_raise(w->session, ALARM_WARNING, "transits", e->planet->name,
                           "%s: ingress in %.0f min, at %.8s UTC, altitude %.0f deg",
                           e->planet->name, ceil((double)(r.ingress_ns - now_ns) / 60e9), at + 11,
                           in->alt_rad * 180 / acos(-1));
    VEC_PUSH(w->raised, r);
}

/* One whose ingress has come is over. */
static void end_old(struct transit_watch *w, int64_t now_ns)
{
    size_t keep = 0;
    for (size_t i = 0; i < w->raised.n; i++) {
        struct raised *r = &w->raised.at[i];
        if (r->ingress_ns > now_ns) {
            w->raised.at[keep++] = *r;
            continue;
        }
        if (alarms_end(w->session, r->alarm, NULL) != OK)
            r->alarm = 0; /* already gone from the list */
        free(r->name);
    }
    w->raised.n = keep;
}

static void look(struct transit_watch *w)
{
    double before_min = conf_number(w->session->conf, "transits.alarm-before");
    int64_t now_ns = session_now_ns(w->session);
    end_old(w, now_ns);
    if (!isfinite(before_min) || !w->maker.list)
        return;
    for (size_t i = 0; i < w->maker.list->n; i++) {
        const struct transit_event *e = &w->maker.list->at[i];
        int64_t left_ns = utc_to_wall(e->contact[TRANSIT_INGRESS].utc) - now_ns;
        if (e->class != TRANSIT_NONE && left_ns > 0 && (double)left_ns <= before_min * 60e9 &&
            !raised_before(w, e))
            raise_one(w, e, now_ns);
    }
}

static int64_t look_again(void *arg)
{
    look(arg);
    return LOOK_MS;
}

static void done(void *arg)
{
    look(arg);
}

struct transit_watch *transit_watch_new(struct session *s)
{
    struct transit_watch *w = mem_zero(sizeof *w);
    w->session = s;
    w->maker = (struct maker){.session = s, .done = done, .arg = w};
    return w;
}

void transit_watch_free(struct transit_watch *w)
{
    if (!w)
        return;
    loop_timer_del(w->session->setup.loop, w->timer);
    maker_drop(&w->maker);
    for (size_t i = 0; i < w->raised.n; i++)
        free(w->raised.at[i].name);
    VEC_FREE(w->raised);
    free(w);
}

void transit_watch_drop(struct transit_watch *w)
{
    maker_drop(&w->maker);
}

void transit_watch_again(struct transit_watch *w, const struct transit_request *request,
                         const char *key)
{
    bool wanted = isfinite(conf_number(w->session->conf, "transits.alarm-before"));
    if (!wanted) {
        maker_drop(&w->maker);
        loop_timer_del(w->session->setup.loop, w->timer);
        w->timer = 0;
        return;
    }
    if (!w->timer)
        w->timer = loop_timer(w->session->setup.loop, LOOK_MS, look_again, w, "transits/alarm");
    maker_begin(&w->maker, request, key);
}
