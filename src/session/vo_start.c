/* vo_start.c - a question begun: its fields checked, the name of its place resolved, each service
 * asked, answers taken as they arrive. Not: what becomes of them (vodesk.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/base/utf8.h"
#include "vigie/sky/scale.h"
#include "vigie/vo/range.h"
#include "vodesk.h"

enum {
    CONSTRAINTS = 16,
    TEXTS = 16,
    ROWS_CONE = 2000,
    ROWS_REGISTRY = 20000,
    NAME_AGE_S = 30 * 86400
};

const struct vo_access *vodesk_access(struct vodesk *d)
{
    const struct session *s = d->session;
    d->access = (struct vo_access){
        .http = s->http, .clock = s->setup.clock, .offline = s->setup.offline || !s->http};
    vo_access_conf(&d->access, &d->own, s->conf);
    return &d->access;
}

char *vodesk_registry(struct vodesk *d)
{
    const char *named = vodesk_access(d)->registries, *env = getenv("IVOA_REGISTRY");
    return vo_word(*named ? named : env && *env ? env : search_registries(), 0);
}

/* ---- the registry's constraints ---- */

/* The alternatives of a field, divided by commas; or its words. */
struct texts {
    char *copy;
    const char *at[TEXTS];
    size_t n;
};

static void split(struct texts *t, const char *text, const char *dividers)
{
    char *save = NULL;
    t->copy = mem_str(text);
    for (char *w = strtok_r(t->copy, dividers, &save); w && t->n < TEXTS;
         w = strtok_r(NULL, dividers, &save)) {
        w += strspn(w, " ");
        size_t n = strlen(w);
        while (n && w[n - 1] == ' ')
            w[--n] = 0;
        if (n)
            t->at[t->n++] = w;
    }
}

static enum status steps(const struct vo_wish *w, enum vo_field field, int *out, struct error *err)
{
    double x = 0;
    const char *text = vo_wish_get(w, field);
    if (*text && (!str_num(text, &x) || !(x >= 0 && x <= 9) || x != floor(x)))
        return err_set(err, E_RANGE, "%s: \"%.20s\" is not 0 .. 9", vo_fields[field].name, text);
    *out = (int)x;
    return OK;
}

static const struct {
    enum vo_field field;
    enum registry_kind kind;
} text_constraints[] = {{VO_UAT, REGISTRY_UAT},         {VO_WORDS, REGISTRY_WORDS},
                        {VO_TYPE, REGISTRY_SERVICE},    {VO_WAVEBAND, REGISTRY_WAVEBAND},
                        {VO_AUTHOR, REGISTRY_AUTHOR},   {VO_UCD, REGISTRY_UCD},
                        {VO_MODEL, REGISTRY_DATAMODEL}, {VO_IVOID, REGISTRY_IVOID}};
enum { TEXT_CONSTRAINTS = sizeof text_constraints / sizeof *text_constraints };

/* Place, spectrum and time of a registry question, if they are written. */
static enum status numbers(const struct vodesk *d, const struct vo_wish *w,
                           struct registry_constraint *c, size_t *n, struct error *err)
{
    enum status s = OK;
    struct registry_constraint *k = &c[*n];
    if (*vo_wish_get(w, VO_PLACE)) {
        *k = (struct registry_constraint){.kind = REGISTRY_PLACE};
        const char *radius = vo_wish_get(w, VO_RADIUS);
        if (!vo_place_read(vo_wish_get(w, VO_PLACE), &k->lon_deg, &k->lat_deg))
            return err_set(err, E_PARSE, "position of the coverage: write it as RA Dec");
        if (*radius && !vo_size_read(radius, &k->radius_deg))
            return err_set(err, E_RANGE, "radius: \"%.20s\" is no angle", radius);
        k->meet = k->radius_deg > 0 ? REGISTRY_OVERLAPS : REGISTRY_COVERS;
        k = &c[++*n];
    }
    if (*vo_wish_get(w, VO_SPECTRUM)) {
        double lo_m, hi_m;
        *k = (struct registry_constraint){.kind = REGISTRY_SPECTRUM};
        s = range_band(vo_wish_get(w, VO_SPECTRUM), &lo_m, &hi_m, err);
        if (s == OK) {
            k->lo = range_joule(hi_m);
            k->hi = range_joule(lo_m);
        }
        k = &c[++*n];
    }
    if (s == OK && *vo_wish_get(w, VO_TIME)) {
        *k = (struct registry_constraint){.kind = REGISTRY_TIME};
        s = range_time(vo_wish_get(w, VO_TIME), d->session->setup.clock, &k->lo, &k->hi, err);
        ++*n;
    }
    return s;
}

enum status vodesk_constraints(struct vodesk *d, const struct vo_wish *w, enum vo_query_form form,
                               struct str *adql, struct error *err)
{
    struct registry_constraint c[CONSTRAINTS];
    struct texts texts[TEXT_CONSTRAINTS] = {{0}};
    size_t n = 0;
    int up = 0, down = 0;
    enum status s = steps(w, VO_UP, &up, err);
    if (s == OK)
        s = steps(w, VO_DOWN, &down, err);
    for (int i = 0; i < TEXT_CONSTRAINTS && s == OK; i++) {
        split(&texts[i], vo_wish_get(w, text_constraints[i].field),
              text_constraints[i].kind == REGISTRY_WORDS ? " " : ",");
        if (texts[i].n)
            c[n++] = (struct registry_constraint){.kind = text_constraints[i].kind,
                                                  .text = texts[i].at,
                                                  .n = texts[i].n,
                                                  .up = up,
                                                  .down = down};
    }
    if (s == OK)
        s = numbers(d, w, c, &n, err);
    const struct uat *uat = session_vo_uat(d->session);
    if (!session_vo_uat_whole(
            d->session)) /* the core knows few: what it does not know may be one */
        for (size_t i = 0; i < texts[0].n; i++)
            uat = uat && uat_find(uat, texts[0].at[i]) < 0 ? NULL : uat;
    if (s == OK)
        s = form == VO_QUERY_COUNT   ? search_count_adql(c, n, uat, adql, err)
            : form == VO_QUERY_PLAIN ? registry_adql_plain(c, n, uat, adql, err)
                                     : registry_adql(c, n, uat, adql, err);
    for (int i = 0; i < TEXT_CONSTRAINTS; i++)
        free(texts[i].copy);
    return s;
}

/* ---- what is wrong with a question ---- */

static enum status check_rows(const struct vo_wish *w, uint64_t *rows, struct error *err)
{
    const char *text = vo_wish_get(w, VO_ROWS);
    double x = w->kind == VO_REGISTRY ? ROWS_REGISTRY : ROWS_CONE;
    if (*text && (!str_num(text, &x) || !(x >= 1 && x <= VO_TABLE_ROWS)))
        return err_set(err, E_RANGE, "rows: \"%.20s\" is not 1 .. %d", text, VO_TABLE_ROWS);
    *rows = (uint64_t)x;
    return OK;
}

static bool at_place(enum vo_kind kind)
{
    return kind == VO_CONE || kind == VO_IMAGES || kind == VO_SPECTRA || kind == VO_PLANS;
}

enum status vodesk_check(struct vodesk *d, const struct vo_wish *w, struct error *err)
{
    uint64_t rows;
    double deg, lo, hi;
    enum status s = check_rows(w, &rows, err);
    if (s == OK && w->kind == VO_REGISTRY && !*vo_wish_get(w, VO_ADQL)) {
        struct str adql = {0};
        s = vodesk_constraints(d, w, VO_QUERY, &adql, err);
        str_clear(&adql);
    }
    if (s == OK && w->kind == VO_PLANS && *vo_wish_get(w, VO_TIME))
        s = range_time(vo_wish_get(w, VO_TIME), d->session->setup.clock, &lo, &hi, err);
    if (s != OK)
        return s;
    if (at_place(w->kind) && !*vo_wish_get(w, VO_PLACE) &&
        !(w->kind == VO_PLANS && *vo_wish_get(w, VO_TIME)))
        return err_set(err, E_RANGE, "position: a name, or RA Dec");
    if (at_place(w->kind) && *vo_wish_get(w, VO_PLACE) &&
        !vo_size_read(vo_wish_get(w, VO_RADIUS), &deg))
        return err_set(err, E_RANGE, "radius: \"%.20s\" is no angle: 5' 30\" or degrees",
                       vo_wish_get(w, VO_RADIUS));
    if ((w->kind == VO_TAP || w->kind == VO_JOB) && !*vo_wish_get(w, VO_ADQL))
        return err_set(err, E_RANGE, "ADQL: nothing is written");
    if (w->kind != VO_REGISTRY && vo_kind_asks(w->kind) && !w->target.n && !*vo_wish_get(w, VO_URL))
        return err_set(err, E_ABSENT, "nobody to ask: search the registry for services first");
    if (session_demo(d->session))
        return err_set(err, E_REFUSED, "the demo asks nobody: its data are samples");
    return OK;
}

/* ---- answers ---- */

static void on_rows(void *arg, const struct table_doc *doc)
{
    struct vo_asked *a = arg;
    const struct table *t = NULL;
    for (size_t i = 0; doc && i < doc->tables.n && !t; i++)
        if (doc->tables.at[i] && doc->tables.at[i]->n_columns)
            t = doc->tables.at[i];
    a->pub.doc = t ? doc : NULL;
    if (t != a->pub.table) {
        struct table_place place;
        a->pub.table = t;
        a->pub.lon = a->pub.lat = -1;
        if (t && table_place_of(t, &place)) {
            a->pub.lon = (int)place.lon_column;
            a->pub.lat = (int)place.lat_column;
        }
    }
    vo_arrange_soon(a);
    vodesk_changed(a->desk, a->query->id);
}

/* Takes the records over. t: that they were made of, NULL none. */
static void take_records(struct vo_query *q, const struct table *t, struct registry_list *list)
{
    struct error err;
    q->find.n = 0;
    registry_clear(&q->records);
    q->records = *list;
    *list = (struct registry_list){0};
    /* by hand: any table is an answer */
    if (t && !q->records.record.n && !*vo_wish_get(&q->wish, VO_ADQL) &&
        registry_read(t, &q->records, &err) != OK)
        q->err = err;
    const char *want = vo_wish_get(&q->wish, VO_TYPE);
    for (size_t i = 0; i < q->records.record.n; i++) {
        const struct registry_record *r = &q->records.record.at[i];
        size_t before = q->find.n;
        for (size_t k = 0; k < r->interface.n; k++) {
            const struct registry_interface *f = &r->interface.at[k];
            struct vo_find find = {(uint32_t)i, (int32_t)k};
            bool other = *want && (!f->kind || strncmp(f->kind, want, 3) != 0);
            if (registry_usable(f) && !other)
                VEC_PUSH(q->find, find);
        }
        if (q->find.n == before && !*want) {
            struct vo_find none = {(uint32_t)i, -1};
            VEC_PUSH(q->find, none);
        }
    }
}

static void answered(struct vo_asked *a, enum vo_state state, const struct error *err)
{
    bool silent = err->status == E_NET || err->status == E_TIMEOUT ||
                  (err->status == E_REFUSED && a->pub.code == 0);
    if (state == VO_FAILED && silent && !a->pub.table && vo_keep_get(a))
        state = VO_KEPT;
    vodesk_ended(a, state, err);
    if (state == VO_DONE)
        vo_keep_put(a);
}

/* ---- the registry ---- */

static void on_found(void *arg, struct search_result *r)
{
    struct vo_asked *a = arg;
    struct table_doc *doc = r->doc;
    struct search *over_now = a->search;
    a->search = NULL;
    r->doc = NULL;
    vodesk_took(a, doc);
    a->pub.overflow = r->cut;
    take_records(a->query, a->pub.table, r->list);
    bool kept = r->err.status == OK && r->age_s > 0;
    if (kept)
        a->pub.kept_ns = session_now_ns(a->desk->session) - (int64_t)(r->age_s * 1e9);
    if (*r->from) {
        free(a->pub.name);
        a->pub.name = mem_str(r->from);
    }
    vodesk_ended(a,
                 kept                  ? VO_KEPT
                 : r->err.status == OK ? VO_DONE
                                       : VO_FAILED,
                 kept ? &r->why : &r->err);
    search_free(over_now);
}

static void on_mirror(void *arg, const struct error *why)
{
    (void)arg;
    log_put(LOG_TROUBLE, "vo", "registry", "%s", why->text);
}

static void ask_registry(struct vo_asked *a, struct error *err)
{
    const struct vo_wish *w = &a->query->wish;
    bool again = !strcmp(vo_wish_get(w, VO_PART), "again"), own = *vo_wish_get(w, VO_ADQL);
    struct str plain = {0};
    if (!own && vodesk_constraints(a->desk, w, VO_QUERY_PLAIN, &plain, err) != OK)
        str_reset(&plain);
    struct search_setup setup = {.access = vodesk_access(a->desk),
                                 .adql = a->query->adql,
                                 .plain = plain.n ? plain.s : NULL,
                                 .max_age_s = again ? -1 : 0,
                                 .max_rows = a->max_rows,
                                 .tried = on_mirror,
                                 .done = on_found,
                                 .arg = a};
    a->pub.began_ms = loop_now_ms(a->desk->session->setup.loop);
    a->pub.state = VO_RUNNING;
    a->search = search_start(&setup, err);
    str_clear(&plain);
}

/* ---- asking ---- */

static const struct vo_protocol *protocol_of(enum vo_kind kind, const char *named)
{
    static const char *const usual[VO_KINDS] = {
        [VO_CONE] = "scs", [VO_IMAGES] = "sia",   [VO_SPECTRA] = "ssa",   [VO_TAP] = "tap",
        [VO_JOB] = "tap",  [VO_PLANS] = "obsloc", [VO_LINKS] = "datalink"};
    const struct vo_protocol *p = *named ? vo_protocol_find(named) : NULL;
    return p ? p : usual[kind] ? vo_protocol_find(usual[kind]) : NULL;
}

static struct proto_query question_of(const struct vo_query *q, const struct clock *clock,
                                      uint64_t max_rows)
{
    const char *time = vo_wish_get(&q->wish, VO_TIME);
    struct proto_query ask = {.place = isfinite(q->ra_deg),
                              .ra_deg = q->ra_deg,
                              .dec_deg = q->dec_deg,
                              .radius_deg = q->radius_deg,
                              .max_rows = max_rows};
    if (q->wish.kind == VO_TAP)
        ask.adql = vo_wish_get(&q->wish, VO_ADQL);
    if (q->wish.kind == VO_LINKS)
        ask.id = vo_wish_get(&q->wish, VO_ID);
    ask.time = *time && range_time(time, clock, &ask.mjd_lo, &ask.mjd_hi, NULL) == OK;
    return ask;
}

/* What it will be asked, to be shown, and as the name under which its answer is kept. */
static void note_url(struct vo_asked *a, struct proto_query ask)
{
    struct proto_request r = {0};
    ask.base = a->pub.base;
    if (a->pub.protocol && vo_build(a->pub.protocol, &ask, &r, NULL) == OK) {
        free(a->pub.url);
        free(a->key);
        a->pub.url = mem_str(str_c(&r.url));
        a->key = mem_printf("%s %s", str_c(&r.url), r.post ? str_c(&r.body) : "");
    }
    proto_request_clear(&r);
}

static enum vo_state state_of(const struct vo_many_item *i)
{
    switch (i->state) {
    case VO_MANY_WAITING: return VO_WAITING;
    case VO_MANY_RUNNING: return VO_RUNNING;
    case VO_MANY_DONE:
    case VO_MANY_CUT: return VO_DONE;
    case VO_MANY_CANCELLED: return VO_CANCELLED;
    case VO_MANY_PARTIAL:
    case VO_MANY_ERROR: break;
    }
    return VO_FAILED;
}

static void on_changed(void *arg, struct vo_many *m, size_t i)
{
    const struct vo_query *q = arg;
    struct vo_asked *a = vodesk_asked(q->service.at[i]);
    const struct vo_many_item item = vo_many_item(m, i);
    enum vo_state state = state_of(&item);
    if (state == VO_RUNNING) {
        a->pub.state = state;
        a->pub.began_ms = loop_now_ms(a->desk->session->setup.loop) - item.took_ms;
        on_rows(a, item.doc);
        return;
    }
    if (!a->pub.began_ms)
        a->pub.began_ms = loop_now_ms(a->desk->session->setup.loop);
    a->pub.code = item.code;
    a->pub.bytes = item.bytes;
    a->pub.overflow = item.state == VO_MANY_CUT;
    vodesk_took(a, vo_many_take(m, i));
    answered(a, state, &item.err);
}

/* One service may take its time, as long as it says something; of several each has only so much. */
static void ask_many(struct vodesk *d, struct vo_query *q, uint64_t max_rows)
{
    enum { ALONE_MS = 24 * 3600 * 1000 };
    const struct session *s = d->session;
    size_t n = q->service.n;
    struct vo_many_service *service = mem_zero((n + 1) * sizeof *service);
    struct vo_many_setup setup = {
        .http = s->http,
        .query = question_of(q, s->setup.clock, max_rows),
        .service = service,
        .n = n,
        .at_once = (int)conf_number(s->conf, "vo.at-once"),
        .total_ms = n > 1 ? (int64_t)(conf_number(s->conf, "vo.timeout") * 1000) : ALONE_MS,
        .limits = {.rows = VO_TABLE_ROWS, .bytes = VO_TABLE_SIZE},
        .changed = on_changed,
        .arg = q};
    for (size_t i = 0; i < n; i++) {
        struct vo_asked *a = vodesk_asked(q->service.at[i]);
        service[i] = (struct vo_many_service){
            .title = a->pub.name, .url = a->pub.base, .protocol = a->pub.protocol};
        note_url(a, setup.query);
    }
    struct vo_many *many = vo_many_new(&setup);
    for (size_t i = 0; i < n; i++)
        vodesk_asked(q->service.at[i])->many = many;
    free(service);
}

void vo_many_end(struct vo_query *q)
{
    if (q->service.n)
        vo_many_free(vodesk_asked(q->service.at[0])->many);
    for (size_t i = 0; i < q->service.n; i++)
        vodesk_asked(q->service.at[i])->many = NULL;
}

/* ---- jobs of a server ---- */

static void on_job(void *arg, const struct vo_job *job)
{
    struct vo_asked *a = arg;
    a->pub.phase = vo_job_phase_name(vo_job_phase(job));
    if (!a->journal && *vo_job_url(job)) {
        a->journal = vo_journal_add(a->desk, a->query->id, a->pub.name, vo_job_url(job));
        free(a->pub.url);
        a->pub.url = mem_str(vo_job_url(job));
    }
    vodesk_changed(a->desk, a->query->id);
}

static void on_job_done(void *arg, struct vo_job *job, struct vo_answer *answer)
{
    struct vo_asked *a = arg;
    enum status st = answer->err.status;
    a->job = NULL;
    if (!a->gone) {
        vodesk_took(a, answer->doc);
        answer->doc = NULL;
        a->pub.code = answer->code;
        a->pub.bytes = answer->bytes;
        a->pub.overflow = answer->overflow;
        answered(a,
                 st == OK            ? VO_DONE
                 : st == E_CANCELLED ? VO_CANCELLED
                                     : VO_FAILED,
                 &answer->err);
    }
    if (st != E_NET && st != E_TIMEOUT) { /* else it may still be there at the next start */
        vo_journal_drop(a->desk, a->journal);
        a->journal = 0;
    }
    vo_job_free(job);
}

static struct vo_job_setup job_setup(struct vo_asked *a, const char *adql)
{
    return (struct vo_job_setup){.http = a->desk->session->http,
                                 .name = a->pub.name,
                                 .base = a->pub.base,
                                 .adql = adql,
                                 .max_rows = a->max_rows,
                                 .limits = {.rows = VO_TABLE_ROWS, .bytes = VO_TABLE_SIZE},
                                 .changed = on_job,
                                 .done = on_job_done,
                                 .arg = a};
}

static void start_job(struct vo_asked *a, struct error *err)
{
    struct vo_job_setup setup = job_setup(a, vo_wish_get(&a->query->wish, VO_ADQL));
    a->pub.began_ms = loop_now_ms(a->desk->session->setup.loop);
    a->pub.state = VO_RUNNING;
    a->job = vo_job_start(&setup, err);
}

void vodesk_resume(struct vodesk *d, uint64_t id, const char *name, const char *url,
                   int64_t journal)
{
    struct vo_wish w = {0};
    struct error err;
    if (session_vo_wish(d->session, id, &w, &err) != OK)
        w.kind = VO_JOB;
    struct vo_query *q = vodesk_add(d, &w, id);
    struct vo_asked *a = vodesk_service(q, d, name, w.target.n ? w.target.at[0].url : url, "");
    vo_wish_clear(&w);
    free(a->pub.url);
    a->pub.url = mem_str(url);
    a->journal = journal;
    a->pub.began_ms = loop_now_ms(d->session->setup.loop);
    a->pub.state = VO_RUNNING;
    struct vo_job_setup setup = job_setup(a, NULL);
    a->job = vo_job_resume(&setup, url, &err);
    if (!a->job)
        vodesk_ended(a, VO_FAILED, &err);
    else
        log_put(LOG_INFO, "vo", name, "job taken up again: q%llu", (unsigned long long)id);
}

/* ---- all services ---- */

static void ask_one(struct vo_asked *a)
{
    struct error err = {E_BUG, "nobody to ask"};
    if (a->query->wish.kind == VO_REGISTRY)
        ask_registry(a, &err);
    else
        start_job(a, &err);
    if (!a->job && !a->search)
        vodesk_ended(a, VO_FAILED, &err);
}

static void ask_all(struct vodesk *d, struct vo_query *q)
{
    uint64_t rows = 0;
    bool late = check_rows(&q->wish, &rows, NULL) != OK;
    if (!late && q->wish.kind == VO_REGISTRY) {
        char *base = vodesk_registry(d);
        vodesk_service(q, d, "registry", base ? base : "", "");
        free(base);
    }
    const char *url = vo_wish_get(&q->wish, VO_URL);
    if (*url && q->wish.kind != VO_REGISTRY) {
        const char *host = strstr(url, "://");
        char *name = mem_strn(host ? host + 3 : url, strcspn(host ? host + 3 : url, "/?#"));
        vodesk_service(q, d, name, url, "")->pub.protocol = protocol_of(
            q->wish.kind, str_hasi(url, "sia2") || str_hasi(url, "siap2") ? "sia2" : "");
        free(name);
    }
    for (size_t i = 0; i < q->wish.target.n && q->wish.kind != VO_REGISTRY && !*url; i++)
        vodesk_service(q, d, q->wish.target.at[i].name, q->wish.target.at[i].url,
                       q->wish.target.at[i].ivoid)
            ->pub.protocol = protocol_of(q->wish.kind, q->wish.target.at[i].protocol);
    for (size_t i = 0; i < q->service.n; i++) {
        struct vo_asked *a = vodesk_asked(q->service.at[i]);
        a->max_rows = rows;
        if (q->wish.kind == VO_REGISTRY || q->wish.kind == VO_JOB)
            ask_one(a);
    }
    if (q->wish.kind != VO_REGISTRY && q->wish.kind != VO_JOB)
        ask_many(d, q, rows);
    vodesk_changed(d, q->id);
}

/* ---- the place ---- */

/* A query that waits for its place. */
struct resolving {
    struct vodesk *desk;
    struct resolving *next;
    uint64_t query;
};

static void free_resolving(struct resolving *r)
{
    struct resolving **at = &r->desk->resolving;
    while (*at && *at != r)
        at = &(*at)->next;
    if (*at)
        *at = r->next;
    free(r);
}

void vo_names_free(struct vodesk *d)
{
    names_free(d->names);
    d->names = NULL;
    while (d->resolving)
        free_resolving(d->resolving);
}

static void resolved(void *arg, const struct names_result *r)
{
    struct resolving *w = arg;
    struct vodesk *d = w->desk;
    struct vo_query *q = vodesk_find(d, w->query);
    char age[VO_AGE_TEXT];
    free_resolving(w);
    if (!q || !q->resolving)
        return;
    q->resolving = false;
    if (r->err.status == OK) {
        q->ra_deg = r->object.ra_deg;
        q->dec_deg = r->object.dec_deg;
        if (r->why.status != OK)
            session_say(d->session, "%.60s: the position that was known %s ago; %s",
                        vo_wish_get(&q->wish, VO_PLACE), vo_age_text(r->age_s, age), r->why.text);
        ask_all(d, q);
    } else {
        q->err = r->err;
        vo_past_note(d, q);
    }
    vodesk_changed(d, q->id);
}

enum status vodesk_begin(struct vodesk *d, struct vo_query *q, struct error *err)
{
    const char *place = vo_wish_get(&q->wish, VO_PLACE);
    double deg;
    if (q->wish.kind == VO_REGISTRY) {
        const char *own = vo_wish_get(&q->wish, VO_ADQL);
        struct str adql = {0};
        enum status st = *own ? OK : vodesk_constraints(d, &q->wish, VO_QUERY, &adql, err);
        str_add(&adql, own);
        free(q->adql);
        q->adql = str_take(&adql);
        if (st != OK)
            return st;
    }
    if (at_place(q->wish.kind) && *place && vo_size_read(vo_wish_get(&q->wish, VO_RADIUS), &deg))
        q->radius_deg = deg;
    if (!at_place(q->wish.kind) || !*place || vo_place_read(place, &q->ra_deg, &q->dec_deg)) {
        ask_all(d, q);
        return OK;
    }
    if (!d->names)
        d->names = names_new(vodesk_access(d), NAME_AGE_S);
    vodesk_access(d);
    struct resolving *r = mem_zero(sizeof *r);
    *r = (struct resolving){.desk = d, .next = d->resolving, .query = q->id};
    d->resolving = r;
    q->resolving = true;
    names_ask(d->names, place, resolved, r);
    return OK;
}
