/* vo_uat.c - the thesaurus of the session (the kept copy, else the built-in core until the IVOA's is there)
 * and the live count of what a form would find. Not: the thesaurus itself (vo/vocabulary.h, vo/uat.h).
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vodesk.h"

enum { COUNT_AFTER_MS = 700, AGAIN_MS = 5 * 60 * 1000 };

void vo_thesaurus_free(struct vodesk *d)
{
    vocabulary_free(d->vocabulary);
    uat_free(d->core);
    free(d->vocabulary_url);
    d->vocabulary = NULL;
    d->core = NULL;
    d->vocabulary_url = NULL;
}

static void on_vocabulary(void *arg, bool changed, const struct error *err)
{
    struct vodesk *d = arg;
    d->pub.thesaurus += changed;
    if (err->status != OK)
        log_put(LOG_TROUBLE, "vo", "UAT", "%s", err->text);
    vodesk_changed(d, 0);
}

/* A session without a cache (the demo) has the core and asks nobody. */
static bool only_core(const struct session *s)
{
    return s->setup.demo || !s->setup.store_path;
}

const struct uat *session_vo_uat(struct session *s)
{
    struct vodesk *d = s->vodesk;
    if (only_core(s)) {
        if (!d->core)
            d->core = uat_core();
        return d->core;
    }
    const struct vo_access *access = vodesk_access(d);
    if (d->vocabulary && strcmp(d->vocabulary_url, access->vocabulary) != 0) {
        vo_thesaurus_free(d);
        d->pub.thesaurus++;
    }
    if (!d->vocabulary) {
        d->vocabulary = vocabulary_new(access);
        d->vocabulary_url = mem_str(access->vocabulary);
        d->fetched_ms = 0;
    }
    int64_t now = loop_now_ms(s->setup.loop);
    bool due = !d->fetched_ms || now - d->fetched_ms > AGAIN_MS;
    if (due && !vocabulary_whole(d->vocabulary)) {
        d->fetched_ms = now > 0 ? now : 1;
        vocabulary_fetch(d->vocabulary, false, on_vocabulary, d);
    }
    return vocabulary_get(d->vocabulary);
}

bool session_vo_uat_whole(struct session *s)
{
    session_vo_uat(s);
    return s->vodesk->vocabulary && vocabulary_whole(s->vodesk->vocabulary);
}

/* ---- the live count ---- */

struct vo_counter {
    struct vodesk *desk;
    char *adql, *asked; /* to be asked; the last one that was */
    uint64_t timer;
    struct search *search;
};

void vo_counter_free(struct vodesk *d)
{
    struct vo_counter *c = d->counter;
    if (!c)
        return;
    loop_timer_del(d->session->setup.loop, c->timer);
    d->counter = NULL;
    search_free(c->search);
    free(c->adql);
    free(c->asked);
    free(c);
}

static void counted(void *arg, struct search_result *r)
{
    struct vo_counter *c = arg;
    struct vodesk *d = c->desk;
    struct search *over = c->search;
    c->search = NULL;
    d->pub.count = (struct vo_count){.n = -1, .err = r->err};
    if (r->err.status == OK)
        d->pub.count.n = search_count_of(r->doc);
    search_free(over);
    vodesk_changed(d, 0);
}

static int64_t ask_count(void *arg)
{
    struct vo_counter *c = arg;
    struct vodesk *d = c->desk;
    c->timer = 0;
    search_free(c->search);
    struct search_setup setup = {
        .access = vodesk_access(d), .adql = c->adql, .max_rows = 1, .done = counted, .arg = c};
    free(c->asked);
    c->asked = mem_str(c->adql);
    c->search = search_start(&setup, &d->pub.count.err);
    d->pub.count.asking = c->search != NULL;
    vodesk_changed(d, 0);
    return -1;
}

void session_vo_count(struct session *s, const struct vo_wish *w)
{
    struct vodesk *d = s->vodesk;
    struct str adql = {0};
    struct error err = {0};
    if (!d->counter) {
        d->counter = mem_zero(sizeof *d->counter);
        d->counter->desk = d;
    }
    struct vo_counter *c = d->counter;
    bool good = vodesk_constraints(d, w, VO_QUERY_COUNT, &adql, &err) == OK;
    if (good && c->asked && !c->timer && !strcmp(c->asked, str_c(&adql))) {
        str_clear(&adql);
        return;
    }
    loop_timer_del(s->setup.loop, c->timer);
    c->timer = 0;
    d->pub.count = (struct vo_count){.n = -1, .err = err};
    free(c->adql);
    c->adql = str_take(&adql);
    if (good && s->http && !s->setup.offline)
        c->timer = loop_timer(s->setup.loop, COUNT_AFTER_MS, ask_count, c, "vo/count");
}
