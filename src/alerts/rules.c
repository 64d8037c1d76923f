/* rules.c - see rules.h. That a rule rang is kept in the book, so that a new start does not ring
 * again.
 */
#include "vigie/alerts/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/clock.h"
#include "vigie/base/log.h"
#include "vigie/base/utf8.h"

#define DEG (3.14159265358979323846 / 180)

enum { BETWEEN_LOOKS = 32 }; /* at the clock */

static const char *const names[ALERT_REASONS] = {"new", "up", "fits", "retracted"};

/* Something that may ring at the next look. */
struct waiting {
    int64_t event;
    enum alert_reason reason;
    double error_before_rad;
};

struct alert_rules {
    struct rules_with with;
    struct alert_filter *filter[ALERT_REASONS]; /* NULL: never */
    VEC(struct waiting) waiting;
};

const char *alert_reason_name(enum alert_reason reason)
{
    return names[reason];
}

enum status alert_rules_new(const struct rules_with *with, struct alert_rules **out,
                            struct error *err)
{
    struct alert_rules *r = mem_zero(sizeof *r);
    r->with = *with;
    *out = NULL;
    for (int i = 0; i < ALERT_REASONS; i++) {
        char *option = mem_printf("alerts.alarm.%s", names[i]);
        const char *text = conf_text(with->conf, option);
        enum status s = *text ? alert_filter_new(text, &r->filter[i], err) : OK;
        if (s != OK) {
            s = err_wrap(err, "%s", option);
            free(option);
            alert_rules_free(r);
            return s;
        }
        free(option);
    }
    *out = r;
    return OK;
}

void alert_rules_free(struct alert_rules *r)
{
    if (!r)
        return;
    for (int i = 0; i < ALERT_REASONS; i++)
        alert_filter_free(r->filter[i]);
    VEC_FREE(r->waiting);
    free(r);
}

static void wait_for(struct alert_rules *r, const struct alert_event *e, enum alert_reason reason,
                     double before)
{
    if (r->filter[reason])
        VEC_PUSH(r->waiting, ((struct waiting){e->id, reason, before}));
}

void alert_rules_news(struct alert_rules *r, enum alert_news news, const struct alert_event *e,
                      double error_before_rad)
{
    if (e->standing != ALERT_SKY)
        return;
    switch (news) {
    case ALERT_NEW:
        wait_for(r, e, e->retracted ? ALERT_RING_RETRACTED : ALERT_RING_NEW, NAN);
        break;
    case ALERT_REVISED: wait_for(r, e, ALERT_RING_FITS, error_before_rad); break;
    case ALERT_RETRACTED:
        if (r->with.over)
            r->with.over(r->with.arg, e->id);
        wait_for(r, e, ALERT_RING_RETRACTED, NAN);
        break;
    case ALERT_JOINED:
    case ALERT_MARKED:
    case ALERT_FORGOTTEN: break;
    }
}

static void say(const struct alert_event *e, const struct alert_view *v, enum alert_reason reason,
                struct str *out)
{
    static const char *const what[ALERT_REASONS] = {"is new", "can be observed now",
                                                    "fits into one field now", "is RETRACTED"};
    struct str raw = {0};
    alert_event_title(e, &raw);
    str_addf(&raw, " (%s) %s",
             e->classification ? e->classification
             : e->type         ? e->type
                               : "?",
             what[reason]);
    if (v && isfinite(v->alt_rad) && reason != ALERT_RING_RETRACTED) {
        int left = (int)(v->left_s / 60);
        str_addf(&raw, ": alt %.0f deg, ", round(v->alt_rad / DEG) + 0.0);
        if (left > 0)
            str_addf(&raw, "%dh%02d left", left / 60, left % 60);
        else
            str_add(&raw, "not observable in the coming 24 h");
    }
    if (isfinite(e->error_rad) && reason != ALERT_RING_RETRACTED) {
        str_add(&raw, ", error ");
        alert_angle_text(&raw, e->error_rad);
        if (v && v->fit == FIT_ONE)
            str_add(&raw, ", one frame");
        else if (v && v->fit == FIT_SEVERAL)
            str_addf(&raw, ", %d frames", v->frames);
    }
    if (isfinite(e->mag) && reason != ALERT_RING_RETRACTED)
        str_addf(&raw, ", mag %.1f", e->mag);
    utf8_clean(out, str_c(&raw), raw.n);
    str_clear(&raw);
}

/* Rings if the rule's filter lets it through and it did not ring for this before. */
static bool ring(struct alert_rules *r, const struct alert_event *e, const struct alert_view *v,
                 enum alert_reason reason, struct jd_utc now)
{
    struct alert_subject s = {e, v, now};
    struct str text = {0};
    struct error err;
    bool before;
    if (!r->filter[reason] || !alert_filter_match(r->filter[reason], &s))
        return false;
    if (alert_book_fired(r->with.book, e->id, names[reason], &before, &err) != OK)
        log_put(LOG_TROUBLE, "alerts", "alarm", "%s", err.text);
    else if (before)
        return false;
    say(e, v, reason, &text);
    r->with.ring(r->with.arg, &(struct alert_ring){reason, e, str_c(&text)});
    str_clear(&text);
    return true;
}

static const struct alert_view *judged(const struct alert_judge *judge, const struct alert_event *e,
                                       struct alert_view *v)
{
    if (!judge)
        return NULL;
    alert_judge_event(judge, e, v);
    return v;
}

static int ring_waiting(struct alert_rules *r, const struct alert_judge *judge, struct jd_utc now)
{
    int n = 0;
    for (size_t i = 0; i < r->waiting.n; i++) {
        struct waiting w = r->waiting.at[i];
        const struct alert_event *e = alert_book_find(r->with.book, w.event);
        struct alert_view view;
        int frames;
        if (!e)
            continue;
        const struct alert_view *v = judged(judge, e, &view);
        if (w.reason == ALERT_RING_FITS &&
            (!v || v->fit != FIT_ONE || !judge ||
             alert_fit_of(w.error_before_rad, alert_judge_fov(judge), &frames) == FIT_ONE))
            continue;
        n += ring(r, e, v, w.reason, now);
    }
    r->waiting.n = 0;
    return n;
}

bool alert_rules_step(struct alert_rules *r, const struct alert_judge *judge, struct jd_utc now,
                      struct alert_looking *at, int64_t end_us)
{
    const struct alert_filter *f = r->filter[ALERT_RING_UP];
    const struct alert_event *e;
    if (!at->begun)
        at->n += ring_waiting(r, judge, now);
    at->begun = true;
    if (!f || !judge)
        return false;
    for (int k = 1; (e = alert_book_after(r->with.book, at->after, &at->hint)); k++) {
        struct alert_subject s = {.event = e, .now = now};
        struct alert_view v;
        at->after = e->id;
        if (e->standing == ALERT_SKY && !e->retracted && isfinite(e->ra_rad) &&
            alert_filter_test(f, &s) != 0) {
            alert_judge_event(judge, e, &v);
            if (v.up && v.dark)
                at->n += ring(r, e, &v, ALERT_RING_UP, now);
        }
        if (k % BETWEEN_LOOKS == 0 && clock_thread_us() >= end_us)
            return true;
    }
    return false;
}

int alert_rules_look(struct alert_rules *r, const struct alert_judge *judge, struct jd_utc now)
{
    struct alert_looking at = {0};
    alert_rules_step(r, judge, now, &at, INT64_MAX);
    return at.n;
}
