/* many.c - several services asked at once. Each has its own request, limit of time and state; what one
 * does is nothing to the others. Not: the question (proto.h), the answer's sentence (ask.h).
 */
#include "vigie/vo/many.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"

enum { AT_ONCE = 4, TOTAL_MS = 60000 };

struct item {
    struct vo_many *many;
    char *title, *url, *key;
    const struct vo_protocol *protocol;
    enum vo_many_state state;
    struct error err;
    struct table_doc *doc;         /* of one that has ended */
    const struct table_doc *grows; /* of one that runs */
    uint64_t rows, bytes, request;
    int code;
    int64_t began_ms, took_ms;
};

struct vo_many {
    struct vo_many_setup s;
    char **text; /* copies of the question's texts */
    size_t n_text;
    struct proto_param *more;
    struct proto_upload *upload;
    struct item *item;
    uint64_t timer;
    size_t running;
    bool told, freeing;
};

static const char *const names[] = {[VO_MANY_WAITING] = "waiting",    [VO_MANY_RUNNING] = "running",
                                    [VO_MANY_DONE] = "done",          [VO_MANY_CUT] = "cut",
                                    [VO_MANY_PARTIAL] = "partial",    [VO_MANY_ERROR] = "error",
                                    [VO_MANY_CANCELLED] = "cancelled"};

const char *vo_many_state_name(enum vo_many_state state)
{
    return names[state];
}

static bool ended(const struct item *i)
{
    return i->state != VO_MANY_WAITING && i->state != VO_MANY_RUNNING;
}

static void changed(struct item *i)
{
    struct vo_many *m = i->many;
    if (m->s.changed && !m->freeing)
        m->s.changed(m->s.arg, m, (size_t)(i - m->item));
}

/* ---- one service ---- */

static uint64_t rows_of(const struct table_doc *doc)
{
    return doc && doc->tables.n && doc->tables.at[0] ? doc->tables.at[0]->rows : 0;
}

static void on_rows(void *arg, const struct table_doc *doc)
{
    struct item *i = arg;
    uint64_t rows = rows_of(doc);
    bool more = i->grows != doc || rows != i->rows;
    i->grows = doc;
    i->rows = rows;
    if (more)
        changed(i);
}

static enum vo_many_state state_of(const struct item *i, const struct vo_answer *a)
{
    if (a->err.status == E_CANCELLED)
        return VO_MANY_CANCELLED;
    if (a->err.status != OK)
        return i->rows ? VO_MANY_PARTIAL : VO_MANY_ERROR;
    return a->overflow ? VO_MANY_CUT : VO_MANY_DONE;
}

static void wake(struct vo_many *m);

static void on_done(void *arg, struct vo_answer *a)
{
    struct item *i = arg;
    struct vo_many *m = i->many;
    i->request = 0;
    i->grows = NULL;
    i->doc = a->doc;
    a->doc = NULL;
    i->rows = rows_of(i->doc);
    i->bytes = a->bytes;
    i->code = a->code;
    i->err = a->err;
    i->took_ms = loop_now_ms(http_loop(m->s.http)) - i->began_ms;
    i->state = state_of(i, a);
    m->running--;
    changed(i);
    wake(m);
}

static void start(struct item *i)
{
    struct vo_many *m = i->many;
    struct proto_query q = m->s.query;
    const struct vo_question ask = {.name = i->title,
                                    .limits = m->s.limits,
                                    .total_ms = m->s.total_ms,
                                    .rows = on_rows,
                                    .done = on_done,
                                    .arg = i};
    q.base = i->url;
    i->state = VO_MANY_RUNNING;
    i->began_ms = loop_now_ms(http_loop(m->s.http));
    i->request = vo_ask_query(m->s.http, i->protocol, &q, &ask, &i->err);
    if (i->request)
        m->running++;
    else
        i->state = VO_MANY_ERROR;
    changed(i);
}

/* ---- all of them ---- */

bool vo_many_over(const struct vo_many *m)
{
    for (size_t i = 0; i < m->s.n; i++)
        if (!ended(&m->item[i]))
            return false;
    return true;
}

/* Starts what waits while there is room; tells the end. In a turn of its own, so that no callback runs
 * inside a function that the caller calls. */
static int64_t on_turn(void *arg)
{
    struct vo_many *m = arg;
    m->timer = 0;
    for (size_t i = 0; i < m->s.n && m->running < (size_t)m->s.at_once; i++)
        if (m->item[i].state == VO_MANY_WAITING)
            start(&m->item[i]);
    if (vo_many_over(m) && !m->told) {
        m->told = true;
        if (m->s.done)
            m->s.done(m->s.arg, m); /* may free */
    }
    return -1;
}

static void wake(struct vo_many *m)
{
    if (!m->timer && !m->freeing)
        m->timer = loop_timer(http_loop(m->s.http), 0, on_turn, m, "vo/many");
}

static const char *copy(struct vo_many *m, const char *s)
{
    if (!s)
        return NULL;
    m->text = mem_grow(m->text, (m->n_text + 1) * sizeof *m->text);
    return m->text[m->n_text++] = mem_str(s);
}

static void copy_query(struct vo_many *m, const struct proto_query *q)
{
    struct proto_query *to = &m->s.query;
    to->base = NULL;
    to->id = copy(m, q->id);
    to->format = copy(m, q->format);
    to->kind = copy(m, q->kind);
    to->adql = copy(m, q->adql);
    to->lang = copy(m, q->lang);
    to->response = copy(m, q->response);
    m->more = q->n_more ? mem_dup(q->more, q->n_more * sizeof *q->more) : NULL;
    for (size_t i = 0; i < q->n_more; i++) {
        m->more[i].key = copy(m, q->more[i].key);
        m->more[i].value = copy(m, q->more[i].value);
    }
    to->more = m->more;
    m->upload = q->n_upload ? mem_dup(q->upload, q->n_upload * sizeof *q->upload) : NULL;
    for (size_t i = 0; i < q->n_upload; i++)
        m->upload[i].name = copy(m, q->upload[i].name);
    to->upload = m->upload;
}

struct vo_many *vo_many_new(const struct vo_many_setup *setup)
{
    struct vo_many *m = mem_zero(sizeof *m);
    m->s = *setup;
    m->s.at_once = setup->at_once > 0 ? setup->at_once : AT_ONCE;
    m->s.total_ms = setup->total_ms > 0 ? setup->total_ms : TOTAL_MS;
    copy_query(m, &setup->query);
    m->item = mem_zero((m->s.n + 1) * sizeof *m->item);
    for (size_t i = 0; i < m->s.n; i++) {
        const struct vo_many_service *from = &setup->service[i];
        m->item[i] = (struct item){.many = m,
                                   .title = mem_str(from->title),
                                   .url = mem_str(from->url ? from->url : ""),
                                   .key = mem_str(from->key),
                                   .protocol = from->protocol};
    }
    m->s.service = NULL;
    wake(m);
    return m;
}

void vo_many_free(struct vo_many *m)
{
    if (!m)
        return;
    m->freeing = true;
    loop_timer_del(http_loop(m->s.http), m->timer);
    for (size_t i = 0; i < m->s.n; i++) {
        struct item *it = &m->item[i];
        if (it->request)
            http_cancel(m->s.http, it->request);
        table_doc_free(it->doc);
        free(it->title);
        free(it->url);
        free(it->key);
    }
    for (size_t i = 0; i < m->n_text; i++)
        free(m->text[i]);
    free(m->text);
    free(m->more);
    free(m->upload);
    free(m->item);
    free(m);
}

size_t vo_many_count(const struct vo_many *m)
{
    return m->s.n;
}

struct vo_many_item vo_many_item(const struct vo_many *m, size_t i)
{
    const struct item *it = &m->item[i];
    struct vo_many_item out = {
        .service = {.title = it->title, .url = it->url, .key = it->key, .protocol = it->protocol},
        .state = it->state,
        .err = it->err,
        .doc = it->doc ? it->doc : it->grows,
        .rows = it->rows,
        .bytes = it->bytes,
        .code = it->code,
        .took_ms = it->state == VO_MANY_RUNNING ? loop_now_ms(http_loop(m->s.http)) - it->began_ms
                                                : it->took_ms,
    };
    return out;
}

void vo_many_cancel(struct vo_many *m, size_t i)
{
    struct item *it = &m->item[i];
    if (it->state == VO_MANY_RUNNING) {
        http_cancel(m->s.http, it->request); /* on_done does the rest */
    } else if (it->state == VO_MANY_WAITING) {
        it->state = VO_MANY_CANCELLED;
        err_set(&it->err, E_CANCELLED, "%.100s: cancelled", it->title ? it->title : it->url);
        changed(it);
        wake(m);
    }
}

void vo_many_cancel_all(struct vo_many *m)
{
    for (size_t i = 0; i < m->s.n; i++) /* first those that wait, lest they start */
        if (m->item[i].state == VO_MANY_WAITING)
            vo_many_cancel(m, i);
    for (size_t i = 0; i < m->s.n; i++)
        vo_many_cancel(m, i);
}

void vo_many_again(struct vo_many *m, size_t i)
{
    struct item *it = &m->item[i];
    if (!ended(it))
        return;
    table_doc_free(it->doc);
    it->doc = NULL;
    it->rows = it->bytes = 0;
    it->code = 0;
    it->took_ms = 0;
    it->err = (struct error){.status = OK};
    it->state = VO_MANY_WAITING;
    m->told = false;
    wake(m);
}

struct table_doc *vo_many_take(struct vo_many *m, size_t i)
{
    struct table_doc *doc = m->item[i].doc;
    m->item[i].doc = NULL;
    return doc;
}
