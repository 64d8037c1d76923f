/* vo_past.c - what of the queries is kept in the store: the history, the URLs of jobs that run on
 * servers (before they are set going), answers for a night without a network.
 * Not: queries in memory (vodesk.c).
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/formats/tableio.h"
#include "vodesk.h"

enum { KEEP_ROWS_STEP = 500 };

static const char *const steps[] = {
    "CREATE TABLE vo_query(id INTEGER PRIMARY KEY, made_ns INTEGER NOT NULL, kind TEXT NOT NULL,"
    " title TEXT NOT NULL, wish TEXT NOT NULL, note TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE vo_job(id INTEGER PRIMARY KEY, query INTEGER NOT NULL, name TEXT NOT NULL,"
    " url TEXT NOT NULL);"
    "CREATE TABLE vo_answer(key TEXT PRIMARY KEY, fetched_ns INTEGER NOT NULL, n INTEGER NOT NULL,"
    " body BLOB NOT NULL) WITHOUT ROWID;"};
const struct store_room vodesk_store_room = {"vo", steps, sizeof steps / sizeof *steps};

static void trouble(const struct error *err)
{
    log_put(LOG_TROUBLE, "vo", "history", "%s", err->text);
}

/* ---- history ---- */

static enum vo_kind kind_of(const char *name)
{
    for (int i = 0; i < VO_KINDS; i++)
        if (name && !strcmp(name, vo_kind_name((enum vo_kind)i)))
            return (enum vo_kind)i;
    return VO_REGISTRY;
}

static void push(struct vodesk *d, size_t at, uint64_t id, enum vo_kind kind, int64_t made_ns,
                 const char *title, const char *note)
{
    struct vo_past p = {id, kind, made_ns, mem_str(title ? title : ""), mem_str(note ? note : "")};
    VEC_PUSH(d->pub.past, p);
    memmove(d->pub.past.at + at + 1, d->pub.past.at + at,
            (d->pub.past.n - 1 - at) * sizeof *d->pub.past.at);
    d->pub.past.at[at] = p;
    if (d->pub.past.n > VO_PASTS) {
        struct vo_past *last = &d->pub.past.at[--d->pub.past.n];
        free(last->title);
        free(last->note);
    }
}

void vo_past_load(struct vodesk *d)
{
    struct query *q;
    struct error err;
    bool row;
    enum status s = store_query(d->session->store,
                                "SELECT id, kind, made_ns, title, note FROM vo_query ORDER BY id "
                                "DESC LIMIT ?1",
                                &q, &err);
    if (s == OK) {
        query_bind_int(q, 1, VO_PASTS);
        while ((s = query_next(q, &row, &err)) == OK && row)
            push(d, d->pub.past.n, (uint64_t)query_int(q, 0), kind_of(query_text(q, 1, NULL)),
                 query_int(q, 2), query_text(q, 3, NULL), query_text(q, 4, NULL));
        query_end(q);
    }
    if (s != OK)
        trouble(&err);
    d->next_id = d->pub.past.n ? d->pub.past.at[0].id : 0;
}

uint64_t vo_past_add(struct vodesk *d, const struct vo_query *v)
{
    struct query *q;
    struct error err;
    struct str wish = {0};
    int64_t id = 0;
    vo_wish_text(&v->wish, &wish);
    enum status s = store_query(d->session->store,
                                "INSERT INTO vo_query(made_ns, kind, title, wish) "
                                "VALUES(?1, ?2, ?3, ?4)",
                                &q, &err);
    if (s == OK) {
        query_bind_int(q, 1, v->made_ns);
        query_bind_text(q, 2, vo_kind_name(v->wish.kind));
        query_bind_text(q, 3, v->title);
        query_bind_text(q, 4, str_c(&wish));
        s = query_run(q, &id, NULL, &err);
    }
    if (s != OK) {
        trouble(&err);
        id = (int64_t)d->next_id + 1;
    }
    d->next_id = (uint64_t)id;
    push(d, 0, (uint64_t)id, v->wish.kind, v->made_ns, v->title, "");
    str_clear(&wish);
    return (uint64_t)id;
}

/* "83 rows", "3 of 5 services, 126 rows", "failed". */
static void note_of(const struct vo_query *v, struct str *out)
{
    size_t good = 0, cancelled = 0;
    uint64_t rows = 0;
    for (size_t i = 0; i < v->service.n; i++) {
        cancelled += v->service.at[i]->state == VO_CANCELLED;
        good += v->service.at[i]->state == VO_DONE || v->service.at[i]->state == VO_KEPT;
        rows += v->service.at[i]->table ? v->service.at[i]->table->rows : 0;
    }
    if (good && vo_query_finds(v))
        str_addf(out, "%zu services", v->find.n);
    else if (!good)
        str_add(out, v->err.status == E_CANCELLED || (cancelled && cancelled == v->service.n)
                         ? "cancelled"
                         : "failed");
    else if (v->service.n > 1)
        str_addf(out, "%zu of %zu, %llu rows", good, v->service.n, (unsigned long long)rows);
    else
        str_addf(out, "%llu row%s", (unsigned long long)rows, rows == 1 ? "" : "s");
}

void vo_past_note(struct vodesk *d, const struct vo_query *v)
{
    struct query *q;
    struct error err;
    struct str note = {0};
    note_of(v, &note);
    for (size_t i = 0; i < d->pub.past.n; i++)
        if (d->pub.past.at[i].id == v->id) {
            free(d->pub.past.at[i].note);
            d->pub.past.at[i].note = mem_str(str_c(&note));
        }
    enum status s =
        store_query(d->session->store, "UPDATE vo_query SET note = ?2 WHERE id = ?1", &q, &err);
    if (s == OK) {
        query_bind_int(q, 1, (int64_t)v->id);
        query_bind_text(q, 2, str_c(&note));
        s = query_run(q, NULL, NULL, &err);
    }
    if (s != OK)
        trouble(&err);
    str_clear(&note);
}

static void run_id(struct vodesk *d, const char *sql, int64_t id)
{
    struct query *q;
    struct error err;
    enum status s = store_query(d->session->store, sql, &q, &err);
    if (s == OK) {
        query_bind_int(q, 1, id);
        s = query_run(q, NULL, NULL, &err);
    }
    if (s != OK)
        trouble(&err);
}

void vo_past_forget(struct vodesk *d, uint64_t id)
{
    for (size_t i = 0; i < d->pub.past.n; i++)
        if (d->pub.past.at[i].id == id) {
            free(d->pub.past.at[i].title);
            free(d->pub.past.at[i].note);
            memmove(d->pub.past.at + i, d->pub.past.at + i + 1,
                    (d->pub.past.n - i - 1) * sizeof *d->pub.past.at);
            d->pub.past.n--;
            break;
        }
    run_id(d, "DELETE FROM vo_query WHERE id = ?1", (int64_t)id);
}

enum status session_vo_wish(struct session *s, uint64_t id, struct vo_wish *w, struct error *err)
{
    const struct vo_query *v = vodesk_find(s->vodesk, id);
    struct query *q;
    bool row = false;
    if (v) {
        vo_wish_copy(w, &v->wish);
        return OK;
    }
    *w = (struct vo_wish){0};
    enum status st = store_query(s->store, "SELECT wish FROM vo_query WHERE id = ?1", &q, err);
    if (st != OK)
        return st;
    query_bind_int(q, 1, (int64_t)id);
    st = query_next(q, &row, err);
    if (st == OK && row)
        vo_wish_read(w, query_text(q, 0, NULL));
    query_end(q);
    return st != OK ? st
           : row    ? OK
                 : err_set(err, E_ABSENT, "no query q%llu in the history", (unsigned long long)id);
}

/* ---- jobs of servers ---- */

int64_t vo_journal_add(struct vodesk *d, uint64_t query, const char *name, const char *url)
{
    struct query *q;
    struct error err;
    int64_t id = 0;
    enum status s = store_query(
        d->session->store, "INSERT INTO vo_job(query, name, url) VALUES(?1, ?2, ?3)", &q, &err);
    if (s == OK) {
        query_bind_int(q, 1, (int64_t)query);
        query_bind_text(q, 2, name);
        query_bind_text(q, 3, url);
        s = query_run(q, &id, NULL, &err);
    }
    if (s == OK) /* on disk before the job is set going */
        s = store_commit(d->session->store, &err);
    if (s != OK)
        trouble(&err);
    return id;
}

void vo_journal_drop(struct vodesk *d, int64_t journal)
{
    if (journal)
        run_id(d, "DELETE FROM vo_job WHERE id = ?1", journal);
}

void vo_journal_resume(struct vodesk *d)
{
    struct journal {
        int64_t id, query;
        char *name, *url;
    };
    VEC(struct journal) all = {0};
    struct query *q;
    struct error err;
    bool row;
    enum status s =
        store_query(d->session->store, "SELECT id, query, name, url FROM vo_job", &q, &err);
    if (s == OK) {
        while ((s = query_next(q, &row, &err)) == OK && row && all.n < VO_QUERIES) {
            struct journal one = {query_int(q, 0), query_int(q, 1), mem_str(query_text(q, 2, NULL)),
                                  mem_str(query_text(q, 3, NULL))};
            VEC_PUSH(all, one);
        }
        query_end(q);
    }
    if (s != OK)
        trouble(&err);
    for (size_t i = 0; i < all.n; i++) {
        vodesk_resume(d, (uint64_t)all.at[i].query, all.at[i].name, all.at[i].url, all.at[i].id);
        free(all.at[i].name);
        free(all.at[i].url);
    }
    VEC_FREE(all);
}

/* ---- kept answers ---- */

/* An answer on its way into the store, a few rows a turn. */
struct keeping {
    struct vo_asked *asked;
    struct table_writer *writer;
    struct str body;
};

static void write_answer(struct keeping *k)
{
    struct vodesk *d = k->asked->desk;
    struct query *q;
    struct error err;
    enum status s = store_query(
        d->session->store, "INSERT OR REPLACE INTO vo_answer VALUES(?1, ?2, ?3, ?4)", &q, &err);
    if (s == OK) {
        query_bind_text(q, 1, k->asked->key);
        query_bind_int(q, 2, session_now_ns(d->session));
        query_bind_int(q, 3, (int64_t)k->body.n);
        query_bind_blob(q, 4, k->body.s, k->body.n);
        s = query_run(q, NULL, NULL, &err);
    }
    if (s == OK) /* the oldest beyond the whole size leave */
        s = store_exec(
            d->session->store,
            "DELETE FROM vo_answer WHERE key IN (SELECT key FROM (SELECT key, SUM(n) "
            "OVER (ORDER BY fetched_ns DESC, key) AS total FROM vo_answer) WHERE total > "
            "67108864)",
            &err);
    if (s != OK)
        trouble(&err);
}

static enum job_state keep_step(void *arg, double budget_ms)
{
    struct keeping *k = arg;
    struct error err;
    bool done = false;
    int64_t until = clock_thread_us() + (int64_t)(budget_ms * 1000);
    while (!done && clock_thread_us() < until)
        if (table_writer_step(k->writer, KEEP_ROWS_STEP, &k->body, &done, &err) != OK ||
            k->body.over)
            return JOB_FAILED;
    if (done)
        write_answer(k);
    return done ? JOB_DONE : JOB_MORE;
}

static void keep_over(void *arg, enum job_state state)
{
    struct keeping *k = arg;
    (void)state;
    k->asked->keeper = 0;
    table_writer_free(k->writer);
    str_clear(&k->body);
    free(k);
}

void vo_keep_put(struct vo_asked *a)
{
    static const struct job_ops ops = {"vo/keep", keep_step, keep_over};
    if (!a->key || !a->own || !a->pub.table || a->pub.table->bytes > VO_KEEP_MAX)
        return;
    struct keeping *k = mem_zero(sizeof *k);
    k->asked = a;
    k->body.max = 2 * VO_KEEP_MAX;
    k->writer = table_writer_new(a->own, a->pub.table, TABLE_VOTABLE_BINARY2);
    a->keeper = jobs_add(a->desk->session->jobs, &ops, k);
}

bool vo_keep_get(struct vo_asked *a)
{
    struct query *q;
    struct error err;
    bool row = false;
    size_t n = 0;
    if (!a->key ||
        store_query(a->desk->session->store,
                    "SELECT fetched_ns, body FROM vo_answer WHERE key = ?1", &q, &err) != OK)
        return false;
    query_bind_text(q, 1, a->key);
    if (query_next(q, &row, &err) == OK && row) {
        const void *body = query_blob(q, 1, &n);
        struct table_reader *r = table_reader_new("kept.vot", NULL);
        if (table_reader_feed(r, body, n, &err) == OK && table_reader_end(r, &err) == OK) {
            a->pub.kept_ns = query_int(q, 0);
            vodesk_took(a, table_reader_take(r));
        } else {
            row = false;
        }
        table_reader_free(r);
    }
    query_end(q);
    return row && a->pub.table;
}
