/* vocabulary.c - see vocabulary.h. The copy is written in the pool; a copy that is no vocabulary counts as
 * none. Source: Vocabularies in the VO 2.1 (IVOA), section 3.2.1: desise is asked for by the Accept header.
 */
#include "vigie/vo/vocabulary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/io/keep.h"

enum { DOCUMENT_MAX = 16 << 20 };
static const char address[] = "http://www.ivoa.net/rdf/uat", file_name[] = "uat.desise",
                  type[] = "application/x-desise+json";

struct waiter {
    vocabulary_done_fn *done;
    void *arg;
};

struct vocabulary {
    const struct vo_access *access;
    struct uat *uat;
    bool whole;
    struct keep keep; /* marks of the copy */
    char *path, *url;
    uint64_t request;
    VEC(struct waiter) waiting;
};

static bool take(struct vocabulary *v, const char *json, size_t n, struct error *err)
{
    struct uat *u;
    if (uat_new(json, n, &u, err) != OK)
        return false;
    if (uat_count(u) == 0) {
        uat_free(u);
        err_set(err, E_PARSE, "UAT: the vocabulary is empty");
        return false;
    }
    uat_free(v->uat);
    v->uat = u;
    v->whole = true;
    return true;
}

struct vocabulary *vocabulary_new(const struct vo_access *access)
{
    struct vocabulary *v = mem_zero(sizeof *v);
    struct error err;
    v->access = access;
    v->url = mem_str(access->vocabulary && *access->vocabulary ? access->vocabulary : address);
    v->path = vo_place(access, file_name);
    if (v->path && keep_read(v->path, v->url, DOCUMENT_MAX, &v->keep, &err) == OK &&
        !take(v, str_c(&v->keep.body), v->keep.body.n, &err))
        log_put(LOG_WARN, "vo", "thesaurus", "the kept copy cannot be used: %s", err.text);
    if (!v->whole) {
        keep_clear(&v->keep);
        v->uat = uat_core();
    }
    str_clear(&v->keep.body);
    return v;
}

void vocabulary_free(struct vocabulary *v)
{
    if (!v)
        return;
    v->waiting.n = 0;
    if (v->request) {
        uint64_t id = v->request;
        v->request = 0;
        http_cancel(v->access->http, id);
    }
    VEC_FREE(v->waiting);
    uat_free(v->uat);
    keep_clear(&v->keep);
    free(v->path);
    free(v->url);
    free(v);
}

const struct uat *vocabulary_get(const struct vocabulary *v)
{
    return v->uat;
}

bool vocabulary_whole(const struct vocabulary *v)
{
    return v->whole;
}

double vocabulary_age_s(const struct vocabulary *v)
{
    if (!v->whole || v->keep.fetched_ns == 0)
        return (double)NAN;
    return (double)(vo_now_ns(v->access) - v->keep.fetched_ns) / 1e9;
}

enum status vocabulary_read(struct vocabulary *v, const char *path, struct error *err)
{
    struct str s = {0};
    enum status st = file_read(path, DOCUMENT_MAX, &s, err);
    if (st == OK && !take(v, str_c(&s), s.n, err))
        st = err ? err->status : E_PARSE;
    if (st == OK)
        keep_clear(&v->keep);
    str_clear(&s);
    return st;
}

/* ---- fetching ---- */

struct writing {
    char *path, *url;
    struct str body, etag, modified;
    int64_t now_ns;
    struct error err;
};

static void write_copy(void *arg)
{
    struct writing *w = arg;
    w->err.status = keep_write(w->path, w->url, w->body.s, w->body.n, str_c(&w->etag),
                               str_c(&w->modified), w->now_ns, &w->err);
}

static void copy_written(void *arg, bool cancelled)
{
    struct writing *w = arg;
    if (!cancelled && w->err.status != OK)
        log_put(LOG_WARN, "vo", "thesaurus", "it is not kept: %s", w->err.text);
    free(w->path);
    free(w->url);
    str_clear(&w->body);
    str_clear(&w->etag);
    str_clear(&w->modified);
    free(w);
}

static void keep_copy(struct vocabulary *v, const struct http_answer *a)
{
    keep_clear(&v->keep);
    v->keep.fetched_ns = vo_now_ns(v->access);
    str_add(&v->keep.etag, a->etag);
    str_add(&v->keep.last_modified, a->last_modified);
    if (!v->path)
        return;
    struct writing *w = mem_zero(sizeof *w);
    w->path = mem_str(v->path);
    w->url = mem_str(v->url);
    w->now_ns = v->keep.fetched_ns;
    str_addn(&w->body, a->body.s, a->body.n);
    str_add(&w->etag, a->etag);
    str_add(&w->modified, a->last_modified);
    if (loop_work(http_loop(v->access->http), write_copy, copy_written, w, "vo/vocabulary") != OK)
        copy_written(w, true);
}

static void tell(struct vocabulary *v, bool changed, const struct error *err)
{
    size_t n = v->waiting.n;
    struct waiter *w = n ? mem_dup(v->waiting.at, n * sizeof *w) : NULL;
    v->waiting.n = 0;
    for (size_t i = 0; i < n; i++)
        if (w[i].done)
            w[i].done(w[i].arg, changed, err);
    free(w);
}

static void on_answer(void *arg, const struct http_answer *a)
{
    struct vocabulary *v = arg;
    struct error err = a->err;
    bool changed = false;
    if (!v->request) /* freed meanwhile */
        return;
    v->request = 0;
    if (a->err.status == OK && a->code == 304) {
        v->keep.fetched_ns = vo_now_ns(v->access);
    } else if (a->err.status == OK && take(v, str_c(&a->body), a->body.n, &err)) {
        err.status = OK;
        changed = true;
        keep_copy(v, a);
    }
    tell(v, changed, &err);
}

bool vocabulary_fetch(struct vocabulary *v, bool anew, vocabulary_done_fn *done, void *arg)
{
    const struct waiter w = {done, arg};
    const struct http_header accept = {"Accept", type};
    struct error err;
    bool kept = v->whole && v->keep.fetched_ns;
    if (v->access->offline || (v->whole && !anew))
        return false;
    if (!v->request) {
        const struct http_request r = {.url = v->url,
                                       .name = "IVOA vocabularies",
                                       .headers = &accept,
                                       .n_headers = 1,
                                       .etag = kept ? str_c(&v->keep.etag) : NULL,
                                       .last_modified = kept ? str_c(&v->keep.last_modified) : NULL,
                                       .max_body = DOCUMENT_MAX,
                                       .done = on_answer,
                                       .arg = v};
        v->request = http_send(v->access->http, &r, &err);
    }
    if (!v->request)
        return false;
    VEC_PUSH(v->waiting, w);
    return true;
}
