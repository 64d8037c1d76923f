/* vo_match.c - two results matched by position: a query of its own, asked of the pool. Not: how
 * (formats/tableops.h).
 */
#include <math.h>
#include <stdlib.h>

#include "vigie/base/log.h"
#include "vigie/base/stop.h"
#include "vodesk.h"

enum { PAIRS_MAX = 200000 };

/* a, b: kept as long as the pool reads their tables. made: the result, kept too; it knows its match as long
 * as somebody waits for it. */
struct matching {
    struct vo_asked *a, *b, *made;
    struct table_place place_a, place_b;
    double radius_rad;
    atomic_bool stop;
    struct table *out;
    struct error err;
};

static void match(void *arg)
{
    struct matching *w = arg;
    struct table_pair *pair = NULL;
    size_t n = 0;
    stop_watch(&w->stop);
    if (table_match(&w->place_a, &w->place_b, w->radius_rad, false, PAIRS_MAX, &pair, &n,
                    &w->err) == OK)
        w->out = table_join(w->place_a.t, w->place_b.t, pair, n);
    free(pair);
    stop_watch(NULL);
}

static void matched(void *arg, bool cancelled)
{
    struct matching *w = arg;
    struct vo_asked *made = w->made;
    made->desk->working--;
    if (made->matching == w) {
        made->matching = NULL;
        if (cancelled)
            err_set(&w->err, E_IO, "match: no thread to do it in; try again");
        if (w->out) {
            struct table_doc *doc = table_doc_new(TABLE_VOTABLE);
            VEC_PUSH(doc->tables, w->out);
            vodesk_took(made, doc);
            w->out = NULL;
            vodesk_ended(made, VO_DONE, NULL);
        } else {
            vodesk_ended(made, VO_FAILED, &w->err);
        }
    }
    table_free(w->out);
    vodesk_release(w->a);
    vodesk_release(w->b);
    vodesk_release(made);
    free(w);
}

bool vo_match_stop(struct vo_asked *a)
{
    if (!a->matching)
        return false;
    atomic_store(&a->matching->stop, true);
    a->matching = NULL;
    return true;
}

static enum status usable(const struct vo_service *v, struct table_place *place, struct error *err)
{
    if (v->state == VO_WAITING || v->state == VO_RUNNING)
        return err_set(err, E_BUSY, "%s: its rows still arrive; match them when they are all there",
                       v->name);
    if (!v->table || !table_place_of(v->table, place))
        return err_set(err, E_ABSENT, "%s: no column of positions", v->name);
    return OK;
}

enum status session_vo_match(struct session *s, const struct vo_service *a,
                             const struct vo_service *b, double radius_deg, uint64_t *id,
                             struct error *err)
{
    struct vo_wish w = {.kind = VO_MATCH};
    struct matching m = {.a = vodesk_asked(a), .b = vodesk_asked(b)};
    enum status st = usable(a, &m.place_a, err);
    if (st == OK)
        st = usable(b, &m.place_b, err);
    if (st == OK && !(radius_deg >= 0 && radius_deg <= 90))
        st = err_set(err, E_RANGE, "match: the radius is not in 0 .. 90 degrees");
    if (st != OK)
        return st;
    m.radius_rad = radius_deg * acos(-1) / 180;
    m.a->users++; /* a new query may be one too many: then the oldest leaves */
    m.b->users++;
    char *title = mem_printf("%.40s x %.40s", a->name, b->name);
    vo_wish_set(&w, VO_ID, title);
    struct vo_query *q = vodesk_add(s->vodesk, &w, 0);
    m.made = vodesk_service(q, s->vodesk, title, "", "");
    m.made->pub.began_ms = loop_now_ms(s->setup.loop);
    m.made->pub.state = VO_RUNNING;
    m.made->users++;
    s->vodesk->working++;
    struct matching *all = mem_alloc(sizeof *all);
    *all = m;
    m.made->matching = all;
    *id = q->id;
    log_put(LOG_INFO, "vo", "", "q%llu match %s", (unsigned long long)q->id, title);
    free(title);
    vo_wish_clear(&w);
    vodesk_changed(s->vodesk, *id);
    if (loop_work(s->setup.loop, match, matched, all, "vo/match") != OK)
        matched(all, true);
    return OK;
}
