/* search.c - a registry query from mirror to mirror, its answer kept. What is kept are the bytes as they
 * came, written in the pool; a kept answer is read in pieces, a turn of the loop each; many records are made
 * in the pool.
 * Not: the query and the records (registry*.c).
 */
#include "vigie/vo/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/formats/tableio.h"
#include "vigie/io/keep.h"
#include "vigie/vo/proto.h"

enum { ROWS = 20000, KEPT_MAX = 32 << 20, KEPT_MOST = 100, PIECE = 128 << 10, AT_ONCE = 300 };

struct reading;

struct search {
    const struct vo_access *access;
    struct search_setup s;
    char *adql, *plain, *only, *path, *mark;
    size_t mirror; /* the one that is asked */
    bool plainly;  /* it is asked in the plain words */
    uint64_t request, timer;
    struct str copy;
    struct error why;
    struct keep kept;
    struct table_reader *reader; /* of the kept answer */
    struct reading *reading;     /* records being made, NULL none */
    size_t read;
    double age_s;
    bool telling, gone; /* inside `tried`; freed there, so let go after it */
};

const char *search_registries(void)
{
    return "http://reg.g-vo.org/tap http://dc.zah.uni-heidelberg.de/tap "
           "https://registry.euro-vo.org/regtap/tap https://vao.stsci.edu/RegTAP/TapService.aspx "
           "http://voparis-rr.obspm.fr/tap";
}

static char *mirror(const struct search *s, size_t i)
{
    const char *env = getenv("IVOA_REGISTRY"), *list = s->access->registries;
    if (s->only)
        return i == 0 ? mem_str(s->only) : NULL;
    if (list && *list)
        return vo_word(list, i);
    return vo_word(env && *env ? env : search_registries(), i);
}

static void host_of(const char *url, char *out, size_t n)
{
    const char *p = strstr(url, "://");
    p = p ? p + 3 : url;
    snprintf(out, n, "%.*s", (int)strcspn(p, "/?#"), p);
}

/* ---- the end ---- */

/* Whether a table is a list of services, and not what somebody asked by hand. */
static bool is_list(const struct table *t)
{
    return table_find(t, "ivoid") >= 0 &&
           (table_find(t, "access_url") >= 0 || table_find(t, "standard_id") >= 0);
}

/* Records on their way out of the table of an answer. search: NULL once nobody waits for them. */
struct reading {
    struct search *search;
    struct search_result result;
    struct registry_list list;
    enum status status;
    struct error err;
};

static void make_records(void *arg)
{
    struct reading *w = arg;
    w->status = registry_read(w->result.doc->tables.at[0], &w->list, &w->err);
}

static void records_made(void *arg, bool cancelled)
{
    struct reading *w = arg;
    struct search_result *r = &w->result;
    r->list = &w->list;
    if (w->search) {
        w->search->reading = NULL;
        if (cancelled)
            err_set(&r->err, E_CANCELLED, "registry: cancelled");
        else if (w->status != OK)
            r->err = w->err;
        if (w->search->s.done)
            w->search->s.done(w->search->s.arg, r); /* may free the search */
    }
    registry_clear(&w->list);
    table_doc_free(r->doc);
    free(w);
}

static void tell(struct search *s, struct search_result *r)
{
    struct reading *w = mem_zero(sizeof *w);
    bool some = r->err.status == OK && r->doc && r->doc->tables.n;
    if (r->err.status == OK && !some)
        err_set(&r->err, E_PARSE, "registry: there is no table in the answer");
    *w = (struct reading){.search = s, .result = *r};
    s->reading = w;
    if (!some || !is_list(r->doc->tables.at[0])) {
        records_made(w, false);
        return;
    }
    if (r->doc->tables.at[0]->rows > AT_ONCE &&
        loop_work(http_loop(s->access->http), make_records, records_made, w, "vo/search") == OK)
        return;
    make_records(w);
    records_made(w, false);
}

static void fail(struct search *s, const struct error *why)
{
    struct search_result r = {.err = *why, .age_s = 0};
    tell(s, &r);
}

/* ---- what is kept ---- */

struct writing {
    char *path, *mark, *folder;
    struct str body;
    int64_t now_ns;
    struct error err;
};

static void write_copy(void *arg)
{
    struct writing *w = arg;
    w->err.status = keep_write(w->path, w->mark, w->body.s, w->body.n, "", "", w->now_ns, &w->err);
    keep_prune(w->folder, "registry", KEPT_MOST);
}

static void copy_written(void *arg, bool cancelled)
{
    struct writing *w = arg;
    if (!cancelled && w->err.status != OK)
        log_put(LOG_WARN, "vo", "registry", "the answer is not kept: %s", w->err.text);
    str_clear(&w->body);
    free(w->path);
    free(w->mark);
    free(w->folder);
    free(w);
}

static void keep_copy(struct search *s)
{
    if (!s->path || s->copy.over || s->copy.n == 0)
        return;
    struct writing *w = mem_zero(sizeof *w);
    w->path = mem_str(s->path);
    w->mark = mem_str(s->mark);
    w->folder = vo_place(s->access, ".");
    w->now_ns = vo_now_ns(s->access);
    w->body.n = s->copy.n;
    w->body.s = str_take(&s->copy);
    if (loop_work(http_loop(s->access->http), write_copy, copy_written, w, "vo/search") != OK)
        copy_written(w, true);
}

static int64_t read_more(void *arg)
{
    struct search *s = arg;
    struct error err;
    size_t n = s->kept.body.n - s->read < PIECE ? s->kept.body.n - s->read : PIECE;
    enum status st = table_reader_feed(s->reader, str_c(&s->kept.body) + s->read, n, &err);
    s->read += n;
    if (st == OK && s->read < s->kept.body.n)
        return 0;
    s->timer = 0;
    if (st == OK)
        st = table_reader_end(s->reader, &err);
    struct search_result r = {.why = s->why, .age_s = s->age_s};
    if (st == OK)
        r.doc = table_reader_take(s->reader);
    else
        r.err = s->why.status != OK ? s->why : err;
    if (r.doc)
        r.cut = r.doc->status == TABLE_STATUS_OVERFLOW;
    tell(s, &r);
    return -1;
}

/* Reads the kept answer if there is one and it is not older than max_age_s. */
static bool use_kept(struct search *s, double max_age_s)
{
    struct error err;
    if (!s->path)
        return false;
    keep_clear(&s->kept);
    if (keep_read(s->path, s->mark, KEPT_MAX, &s->kept, &err) != OK || !s->kept.marked)
        return false;
    s->age_s = (double)(vo_now_ns(s->access) - s->kept.fetched_ns) / 1e9;
    if (!(s->age_s >= 0 ? s->age_s <= max_age_s : isinf(max_age_s)))
        return false;
    s->reader = table_reader_new(NULL, NULL);
    s->timer = loop_timer(http_loop(s->access->http), 0, read_more, s, "vo/search");
    return true;
}

/* ---- mirrors ---- */

static void ask(struct search *s);

/* The mirror has failed. A registry that cannot make sense of the query may understand the plain one. */
static void next(struct search *s, const struct error *why)
{
    if (why->status == E_REFUSED && s->plain && !s->plainly) {
        s->plainly = true;
        ask(s);
        return;
    }
    if (s->why.status != E_REFUSED) /* a registry's own words say most */
        s->why = *why;
    s->plainly = false;
    s->mirror++;
    s->telling = true;
    if (s->s.tried)
        s->s.tried(s->s.arg, why);
    s->telling = false;
    if (s->gone)
        search_free(s);
    else
        ask(s);
}

static void on_answer(void *arg, struct vo_answer *a)
{
    struct search *s = arg;
    s->request = 0;
    if (a->err.status == E_CANCELLED) {
        fail(s, &a->err);
        return;
    }
    if (a->err.status != OK) {
        next(s, &a->err);
        return;
    }
    struct search_result r = {.age_s = 0, .doc = a->doc, .cut = a->overflow};
    char *url = mirror(s, s->mirror);
    host_of(url ? url : "", r.from, sizeof r.from);
    free(url);
    a->doc = NULL;
    keep_copy(s);
    tell(s, &r);
}

static void ask(struct search *s)
{
    struct error err;
    char *url = mirror(s, s->mirror);
    if (!url) {
        struct error why = s->why;
        if (!use_kept(s, (double)INFINITY))
            fail(s, &why);
        return;
    }
    str_reset(&s->copy);
    s->copy.over = false;
    const struct proto_query q = {
        .base = url, .adql = s->plainly ? s->plain : s->adql, .max_rows = s->s.max_rows};
    const struct vo_question k = {.done = on_answer, .arg = s, .copy = &s->copy, .tries = 2};
    s->request = vo_ask_query(s->access->http, vo_protocol_find("tap"), &q, &k, &err);
    free(url);
    if (!s->request)
        next(s, &err);
}

static int64_t begin(void *arg)
{
    struct search *s = arg;
    s->timer = 0;
    if (s->s.max_age_s >= 0 && use_kept(s, s->s.max_age_s > 0 ? s->s.max_age_s : 3600))
        return -1;
    if (s->access->offline) {
        err_set(&s->why, E_REFUSED, "registry: not asked, the network is off (--offline)");
        struct error why = s->why;
        if (!use_kept(s, (double)INFINITY))
            fail(s, &why);
        return -1;
    }
    ask(s);
    return -1;
}

struct search *search_start(const struct search_setup *setup, struct error *err)
{
    if (!setup->adql || !*setup->adql) {
        err_set(err, E_RANGE, "registry: nothing is asked for");
        return NULL;
    }
    struct search *s = mem_zero(sizeof *s);
    s->access = setup->access;
    s->s = *setup;
    s->s.max_rows = setup->max_rows ? setup->max_rows : ROWS;
    s->adql = mem_str(setup->adql);
    s->plain = mem_str(setup->plain);
    s->only = mem_str(setup->one_only);
    s->copy.max = KEPT_MAX;
    struct str name = {0};
    char *question = mem_printf("%s %llu %s", s->only ? s->only : "",
                                (unsigned long long)s->s.max_rows, s->adql);
    keep_name(&name, "registry", question, "vot");
    s->mark = str_take(&name);
    s->path = vo_place(s->access, s->mark);
    free(question);
    s->timer = loop_timer(http_loop(s->access->http), 0, begin, s, "vo/search");
    return s;
}

void search_free(struct search *s)
{
    if (!s)
        return;
    if (s->telling) {
        s->gone = true;
        s->s.done = NULL;
        s->s.tried = NULL;
        return;
    }
    loop_timer_del(http_loop(s->access->http), s->timer);
    if (s->reading)
        s->reading->search = NULL;
    if (s->request) { /* the answer finds nobody */
        uint64_t id = s->request;
        s->s.done = NULL;
        s->request = 0;
        http_cancel(s->access->http, id);
    }
    table_reader_free(s->reader);
    keep_clear(&s->kept);
    str_clear(&s->copy);
    free(s->adql);
    free(s->plain);
    free(s->only);
    free(s->path);
    free(s->mark);
    free(s);
}

/* ---- counting ---- */

enum status search_count_adql(const struct registry_constraint *c, size_t n, const struct uat *uat,
                              struct str *adql, struct error *err)
{
    struct str where = {0};
    enum status s = registry_where(c, n, uat, false, &where, err);
    if (s == OK)
        str_addf(adql,
                 "SELECT COUNT(DISTINCT ivoid) AS records\nFROM rr.resource NATURAL LEFT OUTER "
                 "JOIN rr.capability NATURAL LEFT OUTER JOIN rr.interface\nWHERE %s",
                 str_c(&where));
    str_clear(&where);
    return s;
}

int64_t search_count_of(const struct table_doc *doc)
{
    const struct table *t = doc && doc->tables.n ? doc->tables.at[0] : NULL;
    int column = t ? table_find(t, "records") : -1;
    int64_t x;
    return column >= 0 && t->rows == 1 && table_int(t, 0, (size_t)column, &x) ? x : -1;
}

void search_services(const struct registry_record *r, const char *kind, struct search_services *out)
{
    const struct vo_protocol *want = kind ? vo_protocol_find(kind) : NULL;
    for (size_t i = 0; i < r->interface.n; i++) {
        const struct registry_interface *f = &r->interface.at[i];
        const struct vo_protocol *p = vo_protocol_of(f->standard_id);
        if (!registry_usable(f) || !p || (kind && p != want))
            continue;
        const struct vo_many_service s = {.title = *f->description && r->interface.n > 1
                                                       ? f->description
                                                   : *r->title ? r->title
                                                               : r->short_name,
                                          .url = f->url,
                                          .key = r->ivoid,
                                          .protocol = p};
        VEC_PUSH(out->at, s);
    }
}
