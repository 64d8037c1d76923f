/* src_colibri.c - Astro-COLIBRI polled within its quota: a search each quarter of an hour on aligned
 * bounds, free look-ups of followed events. Not: the questions themselves (colibri.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "vigie/alerts/colibri.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/utf8.h"

enum {
    MINUTE_MS = 60000,
    REFRESH_MS = 10 * MINUTE_MS,
    FIRST_TRY_MS = 2 * MINUTE_MS,
    LAST_TRY_MS = 30 * MINUTE_MS,
    REFUSED_MS = 60 * MINUTE_MS,
    OVERLAP_MS = 30 * MINUTE_MS,
    SLICE_MS = 20,
    FOLLOW_MAX = 20,
    PIECE = 4
};

struct colibri {
    struct alert_source *source;
    char *filter; /* JSON of a search's filter; NULL: everything */
    uint64_t request, refresh_request, poll_timer, refresh_timer, slice_timer;
    int64_t asked_ms, try_ms;   /* when the search was sent; pause after the next failure */
    struct alert_batch pending; /* of an answer, taken in slices */
    size_t next;
    bool search;            /* a search's is among what is pending */
    int64_t from_ms, to_ms; /* of the last search */
};

static void poll_at(struct colibri *c, int64_t at_ms);
static int64_t poll(void *arg);

static const char *option(const struct colibri *c, const char *name)
{
    return conf_text(c->source->with->conf, name);
}

/* ---- the quota ---- */

static void show_quota(struct colibri *c, int used)
{
    int quota = (int)conf_number(c->source->with->conf, "alerts.colibri.quota");
    c->source->status.calls_left = used < quota ? quota - used : 0;
}

static void count_call(struct colibri *c)
{
    struct error err;
    int64_t now_ms = source_now_ms(c->source);
    if (colibri_count(c->source->with->book, now_ms, &err) != OK)
        log_put(LOG_TROUBLE, "alerts", c->source->row->title, "%s", err.text);
    show_quota(c, colibri_calls(c->source->with->book, now_ms));
}

static int64_t state_ms(struct colibri *c, const char *name)
{
    struct str t = {0};
    int64_t ms = 0;
    if (alert_book_state(c->source->with->book, name, &t, NULL) == OK)
        ms = strtoll(str_c(&t), NULL, 10);
    str_clear(&t);
    return ms;
}

static void keep_ms(struct colibri *c, const char *name, int64_t ms)
{
    char text[24];
    struct error err;
    snprintf(text, sizeof text, "%lld", (long long)ms);
    if (alert_book_state_set(c->source->with->book, name, text, &err) != OK)
        log_put(LOG_TROUBLE, "alerts", c->source->row->title, "%s", err.text);
}

/* ---- what came, taken in slices so that the keys never wait ---- */

static void all_taken(struct colibri *c)
{
    bool searched = c->search;
    alert_batch_clear(&c->pending);
    c->next = 0;
    c->search = false;
    source_answered(c->source);
    if (!searched)
        return;
    int64_t every =
        (int64_t)(conf_number(c->source->with->conf, "alerts.colibri.every") * MINUTE_MS);
    keep_ms(c, "colibri.until", c->asked_ms);
    c->try_ms = FIRST_TRY_MS;
    int64_t next = (source_now_ms(c->source) / every + 1) * every + 5000;
    source_waiting(c->source, next, "all is well");
    poll_at(c, next);
}

static int64_t take_some(void *arg)
{
    struct colibri *c = arg;
    int64_t begin = clock_thread_us();
    struct error err;
    c->slice_timer = 0;
    while (c->next < c->pending.alerts.n && clock_thread_us() - begin < SLICE_MS * 1000) {
        struct alert_taken t;
        size_t n = c->pending.alerts.n - c->next;
        struct alert_batch some = {0};
        some.alerts.at = c->pending.alerts.at + c->next;
        some.alerts.n = n < PIECE ? n : PIECE;
        if (alert_book_take_decoded(c->source->with->book, &some, c->source->row->name, NULL,
                                    source_now_ms(c->source), &t, &err) != OK) {
            source_trouble(c->source, source_now_ms(c->source) + c->try_ms, "%s", err.text);
            alert_batch_clear(&c->pending);
            c->search = false;
            poll_at(c, source_now_ms(c->source) + c->try_ms);
            return -1;
        }
        source_took(c->source, &t);
        c->next += some.alerts.n;
    }
    if (c->next < c->pending.alerts.n)
        c->slice_timer = loop_timer(c->source->with->loop, 0, take_some, c, "alerts/astro-colibri");
    else
        all_taken(c);
    return -1;
}

static void take_batch(struct colibri *c, struct alert_batch *batch, bool search)
{
    for (size_t i = 0; i < batch->refused.n; i++) {
        struct str t = {0};
        utf8_clean(&t, batch->refused.at[i], strlen(batch->refused.at[i]));
        log_put(LOG_INFO, "alerts", c->source->row->title, "%s", str_c(&t));
        str_clear(&t);
    }
    c->search = c->search || search;
    if (c->pending.alerts.n) { /* the other question's answer is still being taken in */
        for (size_t i = 0; i < batch->alerts.n; i++)
            VEC_PUSH(c->pending.alerts, batch->alerts.at[i]);
        batch->alerts.n = 0;
        alert_batch_clear(batch);
        return;
    }
    c->pending = *batch;
    c->next = 0;
    take_some(c);
}

/* ---- searches ---- */

/* How long to wait after a failure: the service's own word, else longer each time. */
static int64_t wait_after(struct colibri *c, enum status s, int64_t renewal_ms, int64_t retry_s)
{
    int64_t now = source_now_ms(c->source), wait = c->try_ms;
    c->try_ms = c->try_ms * 2 < LAST_TRY_MS ? c->try_ms * 2 : LAST_TRY_MS;
    if (renewal_ms > now && renewal_ms - now < 25 * 60 * MINUTE_MS)
        return renewal_ms + MINUTE_MS;
    if (s == E_BUSY)
        wait = LAST_TRY_MS;
    if (s == E_REFUSED) /* a wrong uid stays wrong until the option is set anew */
        wait = REFUSED_MS;
    if (retry_s * 1000 > wait && retry_s < 86400)
        wait = retry_s * 1000;
    return now + wait;
}

static void on_search(void *arg, const struct http_answer *a)
{
    struct colibri *c = arg;
    struct alert_batch batch;
    int64_t renewal;
    struct error err;
    c->request = 0;
    if (a->err.status == E_CANCELLED)
        return;
    enum status s = colibri_read(a, &batch, &renewal, &err);
    if (s == OK) {
        take_batch(c, &batch, true);
        return;
    }
    alert_batch_clear(&batch);
    int64_t next = wait_after(c, s, renewal, a->retry_after_s);
    source_trouble(c->source, next, "%s", err.text);
    poll_at(c, next);
}

static void search(struct colibri *c)
{
    struct alert_source *s = c->source;
    struct error err;
    int64_t now = source_now_ms(s), since = state_ms(c, "colibri.until");
    double days = conf_number(s->with->conf, "alerts.colibri.days");
    struct colibri_query q = {.kind = COLIBRI_LATEST,
                              .base = option(c, "alerts.colibri.url"),
                              .uid = option(c, "alerts.colibri.uid"),
                              .filter = c->filter};
    colibri_window(now, since ? since - OVERLAP_MS : 0, since ? 7 : days, &q.from_ms, &q.to_ms);
    bool repeat =
        q.from_ms == c->from_ms && q.to_ms == c->to_ms; /* answered from its memory, free */
    c->from_ms = q.from_ms;
    c->to_ms = q.to_ms;
    c->asked_ms = now;
    c->request = colibri_send(s->with->http, &q, on_search, c, &err);
    if (!c->request) {
        source_trouble(s, 0, "%s", err.text);
        return;
    }
    if (!repeat)
        count_call(c);
    source_asking(s);
}

static int64_t poll(void *arg)
{
    struct colibri *c = arg;
    struct alert_source *s = c->source;
    c->poll_timer = 0;
    show_quota(c, colibri_calls(s->with->book, source_now_ms(s)));
    if (c->request || c->pending.alerts.n)
        return -1;
    if (s->status.calls_left == 0) {
        int64_t midnight = (source_now_ms(s) / 86400000 + 1) * 86400000 + MINUTE_MS;
        source_trouble(s, midnight, "today's %.0f searches are used up; goes on at 0 h UTC",
                       conf_number(s->with->conf, "alerts.colibri.quota"));
        poll_at(c, midnight);
        return -1;
    }
    search(c);
    return -1;
}

static void poll_at(struct colibri *c, int64_t at_ms)
{
    int64_t wait = at_ms - source_now_ms(c->source);
    if (c->poll_timer)
        loop_timer_del(c->source->with->loop, c->poll_timer);
    c->poll_timer =
        loop_timer(c->source->with->loop, wait > 0 ? wait : 0, poll, c, "alerts/astro-colibri");
}

/* ---- followed events: looked up by id, which is free ---- */

static void on_refresh(void *arg, const struct http_answer *a)
{
    struct colibri *c = arg;
    struct alert_batch batch;
    int64_t renewal;
    struct error err;
    c->refresh_request = 0;
    if (a->err.status == E_CANCELLED)
        return;
    if (colibri_read(a, &batch, &renewal, &err) == OK) {
        take_batch(c, &batch, false);
        return;
    }
    log_put(LOG_TROUBLE, "alerts", c->source->row->title, "followed events: %s", err.text);
    alert_batch_clear(&batch);
}

static int64_t refresh(void *arg)
{
    struct colibri *c = arg;
    const struct alert_book *book = c->source->with->book;
    const char *ids[FOLLOW_MAX];
    struct error err;
    size_t n = 0;
    for (size_t i = 0; i < alert_book_n(book) && n < FOLLOW_MAX; i++) {
        const struct alert_event *e = alert_book_at(book, i);
        struct alert_bag_item id;
        if (e->followed && !e->retracted && alert_bag_find(&e->params, NULL, "trigger_id", &id))
            ids[n++] = id.value;
    }
    struct colibri_query q = {
        .kind = COLIBRI_EVENT, .base = option(c, "alerts.colibri.url"), .ids = ids, .n_ids = n};
    if (n && !c->refresh_request && !c->pending.alerts.n) {
        c->refresh_request = colibri_send(c->source->with->http, &q, on_refresh, c, &err);
        if (!c->refresh_request)
            log_put(LOG_TROUBLE, "alerts", c->source->row->title, "%s", err.text);
    }
    return REFRESH_MS;
}

/* ---- start and stop ---- */

static void stop(void *state)
{
    struct colibri *c = state;
    const struct feed_options *w = c->source->with;
    uint64_t timers[] = {c->poll_timer, c->refresh_timer, c->slice_timer};
    if (c->request)
        http_cancel(w->http, c->request);
    if (c->refresh_request)
        http_cancel(w->http, c->refresh_request);
    for (size_t i = 0; i < 3; i++)
        if (timers[i])
            loop_timer_del(w->loop, timers[i]);
    alert_batch_clear(&c->pending);
    free(c->filter);
    free(c);
}

/* "all", "account", or a file with a filter of the service's own form. */
static enum status read_filter(struct colibri *c, struct error *err)
{
    const char *name = option(c, "alerts.colibri.filter");
    struct str t = {.max = 1 << 20};
    struct arena arena = {0};
    const struct json *doc;
    if (!*name || strcmp(name, "all") == 0)
        return OK;
    if (strcmp(name, "account") == 0) {
        c->filter = mem_str("");
        return OK;
    }
    enum status s = file_read(name, 1 << 20, &t, err);
    if (s == OK && json_parse(&arena, str_c(&t), t.n, NULL, &doc, err) != OK)
        s = err_wrap(err, "%s", name);
    if (s == OK)
        c->filter = str_take(&t);
    str_clear(&t);
    arena_clear(&arena);
    return s;
}

static void *start(struct alert_source *s)
{
    struct colibri *c = mem_zero(sizeof *c);
    struct error err;
    c->source = s;
    c->try_ms = FIRST_TRY_MS;
    if (!conf_bool(s->with->conf, "alerts.colibri") || !s->with->http || s->with->offline) {
        source_off(s, "%s", s->with->offline ? "offline" : "not wanted (alerts.colibri)");
        free(c);
        return NULL;
    }
    if (read_filter(c, &err) != OK) {
        source_off(s, "alerts.colibri.filter: %s", err.text);
        free(c);
        return NULL;
    }
    c->refresh_timer = loop_timer(s->with->loop, MINUTE_MS, refresh, c, "alerts/astro-colibri");
    if (!*option(c, "alerts.colibri.uid")) {
        source_off(s, "no user id: only followed events are refreshed; make a free account at "
                      "astro-colibri.com and write `alerts.colibri.uid = ID`");
        return c;
    }
    s->status.silent_s = (int64_t)(conf_number(s->with->conf, "alerts.colibri.every") * 60 * 2.5);
    s->status.since_ms = source_now_ms(s);
    s->status.last_ms = state_ms(c, "colibri.until");
    show_quota(c, colibri_calls(s->with->book, source_now_ms(s)));
    poll_at(c, 0);
    return c;
}

static void poke(void *state)
{
    struct colibri *c = state;
    bool just_now = source_now_ms(c->source) - c->asked_ms < MINUTE_MS;
    if (!c->request && !c->pending.alerts.n && !just_now && *option(c, "alerts.colibri.uid"))
        poll_at(c, 0);
}

const struct source_row source_colibri = {"colibri", "Astro-COLIBRI", start, stop, poke};
