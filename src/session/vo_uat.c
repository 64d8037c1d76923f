/* vo_uat.c - the thesaurus of the session (the kept copy, else the IVOA's, fetched once and kept) and
 * the live count of what a form would find. Not: the thesaurus itself (vo/uat.h).
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vodesk.h"

enum { UAT_MAX = 16 << 20, COUNT_AFTER_MS = 700 };

/* struct vo_thesaurus - body: its JSON while the pool reads it. */
struct vo_thesaurus {
    struct vodesk *desk;
    struct uat *uat;
    struct str body;
    char *path;
    uint64_t request;
    bool fetched, gone;
    struct error err;
};

static void free_thesaurus(struct vo_thesaurus *t)
{
    uat_free(t->uat);
    str_clear(&t->body);
    free(t->path);
    free(t);
}

void vo_thesaurus_free(struct vodesk *d)
{
    struct vo_thesaurus *t = d->uat;
    d->uat = NULL;
    if (!t)
        return;
    t->gone = true;
    if (t->request)
        http_cancel(d->session->http, t->request);
    free_thesaurus(t);
}

static void read_in_pool(void *arg)
{
    struct vo_thesaurus *t = arg;
    if (uat_new(str_c(&t->body), t->body.n, &t->uat, &t->err) != OK)
        t->uat = NULL;
}

static void read_over(void *arg, bool cancelled)
{
    struct vo_thesaurus *t = arg;
    struct error err;
    t->desk->working--;
    if (!cancelled && !t->uat)
        log_put(LOG_TROUBLE, "vo", "UAT", "%s", t->err.text);
    if (t->uat && t->fetched && t->path &&
        file_replace(t->path, t->body.s, t->body.n, 0644, &err) != OK)
        log_put(LOG_TROUBLE, "vo", "UAT", "%s", err.text);
    str_clear(&t->body);
    vodesk_changed(t->desk, 0);
}

static void read_it(struct vo_thesaurus *t)
{
    t->desk->working++;
    if (loop_work(t->desk->session->setup.loop, read_in_pool, read_over, t, "vo/uat") != OK)
        read_over(t, true);
}

static void on_vocabulary(void *arg, const struct http_answer *a)
{
    struct vo_thesaurus *t = arg;
    t->request = 0;
    if (t->gone)
        return;
    if (a->err.status != OK) {
        log_put(LOG_TROUBLE, "vo", "UAT", "%s", a->err.text);
        return;
    }
    str_addn(&t->body, str_c(&a->body), a->body.n);
    t->fetched = true;
    read_it(t);
}

static void fetch(struct vo_thesaurus *t)
{
    static const struct http_header accept = {"Accept", "application/x-desise+json"};
    struct http_request r = {.url = "https://www.ivoa.net/rdf/uat",
                             .name = "IVOA vocabularies",
                             .headers = &accept,
                             .n_headers = 1,
                             .max_body = UAT_MAX,
                             .done = on_vocabulary,
                             .arg = t};
    struct error err;
    t->request = http_send(t->desk->session->http, &r, &err);
}

const struct uat *session_vo_uat(struct session *s)
{
    struct vodesk *d = s->vodesk;
    struct error err;
    if (d->uat)
        return d->uat->uat;
    struct vo_thesaurus *t = mem_zero(sizeof *t);
    t->desk = d;
    d->uat = t;
    if (s->setup.demo || !s->setup.store_path)
        return NULL;
    t->path = file_place(PLACE_CACHE, "uat.desise", &err);
    if (t->path && file_read(t->path, UAT_MAX, &t->body, &err) == OK)
        read_it(t);
    else if (s->http)
        fetch(t);
    return t->uat;
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
    bool good = vodesk_constraints(d, w, true, &adql, &err) == OK;
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
