/* vodesk.c - see vigie/session/vodesk.h: queries and their services in memory, and what follows when
 * one of them comes to its end. Not: how they are asked (vo_start.c), the store (vo_past.c), sorting
 * and saving (vo_arrange.c).
 */
#include "vodesk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/sexa.h"
#include "vigie/session/alertbook.h"

const struct vo_desk *session_vo(const struct session *s)
{
    return &s->vodesk->pub;
}

void vodesk_changed(struct vodesk *d, uint64_t id)
{
    events_put(d->session->events, EV_VO, id);
}

struct vo_query *vodesk_find(const struct vodesk *d, uint64_t id)
{
    for (size_t i = 0; i < d->pub.query.n; i++)
        if (d->pub.query.at[i]->id == id)
            return d->pub.query.at[i];
    return NULL;
}

const struct vo_query *session_vo_query(const struct session *s, uint64_t id)
{
    return vodesk_find(s->vodesk, id);
}

struct vo_asked *vodesk_asked(const struct vo_service *v)
{
    return (struct vo_asked *)(uintptr_t)v; /* its first member */
}

bool vo_query_finds(const struct vo_query *q)
{
    return q->wish.kind == VO_REGISTRY && (q->find.n || !*vo_wish_get(&q->wish, VO_ADQL));
}

/* ---- services ---- */

static void free_service(struct vo_asked *a)
{
    struct vo_service *v = &a->pub;
    a->gone = true;
    if (a->job)
        vo_job_free(a->job);
    search_free(a->search);
    a->search = NULL;
    jobs_stop(a->desk->session->jobs, a->keeper);
    a->job = NULL;
    vo_arrange_stop(a);
    vo_match_stop(a);
    if (a->users) /* the pool's last one comes back here */
        return;
    table_doc_free(a->own);
    vo_shown_clear(&v->shown);
    free(a->wanted.filter);
    free(v->name);
    free(v->url);
    free(v->ivoid);
    free(v->base);
    free(a->key);
    free(a);
}

void vodesk_release(struct vo_asked *a)
{
    a->users--;
    if (a->gone && !a->users)
        free_service(a);
}

struct vo_asked *vodesk_service(struct vo_query *q, struct vodesk *d, const char *name,
                                const char *base, const char *ivoid)
{
    struct vo_asked *a = mem_zero(sizeof *a);
    struct str clean = {0};
    utf8_clean(&clean, name, strlen(name));
    str_add(&clean, "");
    a->desk = d;
    a->query = q;
    a->pub = (struct vo_service){.name = str_take(&clean),
                                 .base = mem_str(base),
                                 .ivoid = mem_str(ivoid ? ivoid : ""),
                                 .url = mem_str(""),
                                 .phase = "",
                                 .lon = -1,
                                 .lat = -1};
    a->pub.shown.column = a->wanted.column = -1;
    a->pub.shown.filter = mem_str("");
    a->wanted.filter = mem_str("");
    VEC_PUSH(q->service, &a->pub);
    return a;
}

static void find_place(struct vo_service *v)
{
    struct table_place place;
    v->lon = v->lat = -1;
    if (v->table && table_place_of(v->table, &place)) {
        v->lon = (int)place.lon_column;
        v->lat = (int)place.lat_column;
    }
}

static void look_at(struct vo_service *v, const struct table_doc *doc)
{
    const struct table *before = v->table;
    v->doc = doc;
    v->table = NULL;
    for (size_t i = 0; doc && i < doc->tables.n && !v->table; i++)
        if (doc->tables.at[i] && doc->tables.at[i]->n_columns)
            v->table = doc->tables.at[i];
    if (v->table != before || v->lon < 0)
        find_place(v);
}

void vodesk_took(struct vo_asked *a, struct table_doc *doc)
{
    if (doc != a->own)
        table_doc_free(a->own);
    a->own = doc;
    look_at(&a->pub, doc);
}

static bool over(const struct vo_query *q)
{
    bool open = q->resolving;
    for (size_t i = 0; i < q->service.n; i++)
        open |= q->service.at[i]->state == VO_WAITING || q->service.at[i]->state == VO_RUNNING;
    return !open;
}

void vodesk_ended(struct vo_asked *a, enum vo_state state, const struct error *err)
{
    struct vo_service *v = &a->pub;
    v->state = state;
    v->ended_ms = loop_now_ms(a->desk->session->setup.loop);
    if (err)
        v->err = *err;
    if (state == VO_FAILED)
        log_put(LOG_TROUBLE, "vo", v->name, "%s", v->err.text);
    vo_arrange_soon(a);
    if (over(a->query))
        vo_past_note(a->desk, a->query);
    vodesk_changed(a->desk, a->query->id);
}

/* ---- queries ---- */

static void free_query(struct vo_query *q)
{
    vo_many_end(q);
    for (size_t i = 0; i < q->service.n; i++)
        free_service(vodesk_asked(q->service.at[i]));
    VEC_FREE(q->service);
    VEC_FREE(q->find);
    registry_clear(&q->records);
    vo_wish_clear(&q->wish);
    free(q->title);
    free(q->adql);
    free(q);
}

static void drop(struct vodesk *d, size_t i)
{
    struct vo_query *q = d->pub.query.at[i];
    memmove(d->pub.query.at + i, d->pub.query.at + i + 1,
            (d->pub.query.n - i - 1) * sizeof *d->pub.query.at);
    d->pub.query.n--;
    free_query(q);
}

static uint64_t bytes_of(const struct vo_query *q)
{
    uint64_t n = 0;
    for (size_t i = 0; i < q->service.n; i++)
        n += q->service.at[i]->table ? q->service.at[i]->table->bytes : 0;
    return n;
}

/* The oldest that are over leave when there are too many, or too much of them. */
static void make_room(struct vodesk *d)
{
    uint64_t bytes = 0;
    size_t i = 0;
    for (size_t k = 0; k < d->pub.query.n; k++)
        bytes += bytes_of(d->pub.query.at[k]);
    while (i + 1 < d->pub.query.n && (d->pub.query.n >= VO_QUERIES || bytes > VO_BYTES)) {
        if (!over(d->pub.query.at[i])) {
            i++;
            continue;
        }
        bytes -= bytes_of(d->pub.query.at[i]);
        drop(d, i);
    }
}

struct vo_query *vodesk_add(struct vodesk *d, const struct vo_wish *w, uint64_t id)
{
    struct str title = {0};
    struct vo_query *q = mem_zero(sizeof *q);
    make_room(d);
    vo_wish_copy(&q->wish, w);
    vo_wish_title(w, &title);
    q->title = str_take(&title);
    q->made_ns = session_now_ns(d->session);
    q->ra_deg = q->dec_deg = q->radius_deg = (double)NAN;
    q->id = id ? id : vo_past_add(d, q);
    VEC_PUSH(d->pub.query, q);
    return q;
}

enum status session_vo_ask(struct session *s, const struct vo_wish *w, uint64_t *id,
                           struct error *err)
{
    struct vodesk *d = s->vodesk;
    enum status st = vodesk_check(d, w, err);
    if (st != OK)
        return st;
    struct vo_query *q = vodesk_add(d, w, 0);
    log_put(LOG_INFO, "vo", "", "q%llu %s", (unsigned long long)q->id, q->title);
    st = vodesk_begin(d, q, &q->err);
    if (st != OK)
        vo_past_note(d, q);
    vodesk_changed(d, q->id);
    *id = q->id;
    return OK;
}

/* A job of a server is asked to stop and says itself when it has. */
static int cancel_one(struct vo_asked *a)
{
    struct error why;
    int n = vo_arrange_cancel(a) + vo_save_cancel(a);
    if (a->pub.state != VO_WAITING && a->pub.state != VO_RUNNING)
        return n;
    if (a->job) {
        vo_job_abort(a->job);
    } else if (a->many) {
        for (size_t i = 0; i < a->query->service.n; i++)
            if (a->query->service.at[i] == &a->pub)
                vo_many_cancel(a->many, i);
    } else {
        search_free(a->search);
        a->search = NULL;
        vo_match_stop(a);
        err_set(&why, E_CANCELLED, "cancelled");
        vodesk_ended(a, VO_CANCELLED, &why);
    }
    return n + 1;
}

int session_vo_cancel(struct session *s, uint64_t id, const struct vo_service *service)
{
    struct vo_query *q = vodesk_find(s->vodesk, id);
    int n = 0;
    for (size_t i = 0; q && !service && i < q->service.n; i++) /* lest they start */
        if (q->service.at[i]->state == VO_WAITING)
            n += cancel_one(vodesk_asked(q->service.at[i]));
    for (size_t i = 0; q && i < q->service.n; i++)
        if (!service || q->service.at[i] == service)
            n += cancel_one(vodesk_asked(q->service.at[i]));
    if (q && q->resolving && !service) {
        q->resolving = false; /* the resolver's answer finds nobody who waits */
        err_set(&q->err, E_CANCELLED, "cancelled");
        vo_past_note(s->vodesk, q);
        vodesk_changed(s->vodesk, id);
        n++;
    }
    return n;
}

void session_vo_forget(struct session *s, uint64_t id)
{
    struct vodesk *d = s->vodesk;
    for (size_t i = 0; i < d->pub.query.n; i++)
        if (d->pub.query.at[i]->id == id) {
            drop(d, i);
            break;
        }
    vo_past_forget(d, id);
    vodesk_changed(d, 0);
}

void session_vo_draft(struct session *s, const struct vo_wish *w)
{
    struct vodesk *d = s->vodesk;
    vo_wish_clear(&d->pub.draft);
    vo_wish_copy(&d->pub.draft, w);
    d->pub.drafts++;
    vodesk_changed(d, 0);
}

void session_vo_cone_at(struct session *s, const char *name, double ra_deg, double dec_deg,
                        double radius_deg)
{
    struct vodesk *d = s->vodesk;
    struct vo_wish w = {.kind = VO_CONE};
    char ra[SEXA_TEXT], dec[SEXA_TEXT], size[24] = "5'";
    struct str place = {0}, say = {0};
    const char *known, *url;
    utf8_clean(&place, name, strnlen(name, 60));
    for (size_t i = 0; i < place.n; i++)
        if (place.s[i] == '=')
            place.s[i] = ' ';
    sexa_format(ra_deg, SEXA_RA, 2, ':', ra);
    sexa_format(dec_deg, SEXA_DEC, 1, ':', dec);
    str_addf(&place, " = %s %s", ra, dec);
    if (radius_deg > 1 / 60.0 && radius_deg <= 10)
        snprintf(size, sizeof size, "%.4g", radius_deg);
    vo_wish_set(&w, VO_PLACE, str_c(&place));
    vo_wish_set(&w, VO_RADIUS, size);
    for (size_t i = d->pub.query.n; i-- > 0 && !w.target.n;) {
        const struct vo_query *q = d->pub.query.at[i];
        for (size_t k = 0; q->wish.kind == VO_CONE && k < q->wish.target.n; k++)
            vo_wish_target(&w, q->wish.target.at[k].name, q->wish.target.at[k].url,
                           q->wish.target.at[k].ivoid, "");
    }
    bool none = !w.target.n;
    for (size_t i = 0; none && session_vo_known(i, &known, &url); i++)
        vo_wish_target(&w, known, url, "", "");
    session_vo_draft(s, &w);
    if (commands_run(s, NULL, "tab vo", BY_KEY, false, &say, NULL) != OK)
        session_say(s, "the question is ready in the VO tab");
    vo_wish_clear(&w);
    str_clear(&place);
    str_clear(&say);
}

/* ---- the rows seen from the site ---- */

static double separation(double ra1, double dec1, double ra2, double dec2)
{
    double dx = sin((dec2 - dec1) / 2), dy = sin((ra2 - ra1) / 2);
    return 2 * asin(sqrt(fmin(1, dx * dx + cos(dec1) * cos(dec2) * dy * dy)));
}

struct vo_seen session_vo_seen(const struct session *s, const struct vo_query *q,
                               const struct vo_service *v, size_t row)
{
    const double rad = acos(-1) / 180;
    struct vo_seen seen = {(double)NAN, (double)NAN, (double)NAN};
    if (v->lon < 0 || row >= v->table->rows)
        return seen;
    double ra = table_double(v->table, row, (size_t)v->lon) * rad,
           dec = table_double(v->table, row, (size_t)v->lat) * rad;
    if (!(fabs(dec) <= rad * 90) || !isfinite(ra))
        return seen;
    if (isfinite(q->ra_deg))
        seen.sep_arcsec = separation(q->ra_deg * rad, q->dec_deg * rad, ra, dec) / rad * 3600;
    const struct almanac *night = session_alert_night(s);
    if (night) {
        struct almanac_star star;
        struct almanac_now now;
        struct almanac_seen at;
        almanac_star_set(&star, ra, dec);
        almanac_at(night, almanac_t(night, utc_of_wall(session_now_ns(s))), &now);
        almanac_star_at(night, &star, &now, &at);
        seen.alt_rad = at.alt_rad;
        seen.moon_rad = at.moon_sep_rad;
    }
    return seen;
}

/* ---- the desk ---- */

struct vodesk *vodesk_new(struct session *s)
{
    struct vodesk *d = mem_zero(sizeof *d);
    d->session = s;
    d->pub.count.n = -1;
    s->vodesk = d;
    vodesk_access(d);
    vo_past_load(d);
    if (s->setup.demo)
        vo_samples(d);
    else if (!s->setup.offline && !s->setup.one_shot)
        vo_journal_resume(d);
    return d;
}

void vodesk_free(struct vodesk *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->pub.query.n; i++)
        for (size_t k = 0; k < d->pub.query.at[i]->service.n; k++) {
            vo_arrange_stop(vodesk_asked(d->pub.query.at[i]->service.at[k]));
            vo_match_stop(vodesk_asked(d->pub.query.at[i]->service.at[k]));
        }
    while (d->working) /* it reads tables; a file that is being saved is saved */
        loop_turn(d->session->setup.loop, true);
    vo_names_free(d);
    while (d->pub.query.n)
        drop(d, d->pub.query.n - 1);
    VEC_FREE(d->pub.query);
    for (size_t i = 0; i < d->pub.past.n; i++) {
        free(d->pub.past.at[i].title);
        free(d->pub.past.at[i].note);
    }
    VEC_FREE(d->pub.past);
    vo_loads_free(d);
    vo_examples_free(d);
    vo_wish_clear(&d->edited);
    free(d->edited_path);
    vo_thesaurus_free(d);
    vo_counter_free(d);
    vo_wish_clear(&d->pub.draft);
    vo_own_clear(&d->own);
    d->session->vodesk = NULL;
    free(d);
}
