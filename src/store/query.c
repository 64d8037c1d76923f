/* query.c - statements: kept compiled, bound, run, read row by row.
 * Not: transactions (store.c). Source of the behaviour: SQLite 3.40, C interface.
 */
#include "store_own.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"

static enum status compile(struct store *st, struct query *q, const char *sql, struct error *err)
{
    int rc = sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL);
    if (rc != SQLITE_OK)
        return store_say(st, rc, "a statement cannot be compiled", err);
    ensure(q->stmt != NULL);
    return OK;
}

/* A free place of the cache: a new one, or that of the statement unused for longest. */
static struct query *place(struct store *st)
{
    struct query *old = NULL;
    if (st->n_cache < STATEMENTS)
        return &st->cache[st->n_cache++];
    for (int i = 0; i < STATEMENTS; i++)
        if (!st->cache[i].busy && (!old || st->cache[i].used < old->used))
            old = &st->cache[i];
    if (old) {
        sqlite3_finalize(old->stmt);
        free(old->sql);
        memset(old, 0, sizeof *old);
    }
    return old;
}

enum status store_query(struct store *st, const char *sql, struct query **out, struct error *err)
{
    struct query *q = NULL, fresh = {.store = st};
    *out = NULL;
    for (int i = 0; !q && i < st->n_cache; i++)
        if (!st->cache[i].busy && st->cache[i].sql && strcmp(st->cache[i].sql, sql) == 0)
            q = &st->cache[i];
    if (!q) {
        enum status s = compile(st, &fresh, sql, err);
        if (s != OK)
            return s;
        q = place(st);
        fresh.kept = q != NULL;
        if (!q)
            q = mem_alloc(sizeof *q);
        *q = fresh;
        q->sql = mem_str(sql);
    }
    q->busy = true;
    q->bad = SQLITE_OK;
    q->used = ++st->tick;
    *out = q;
    return OK;
}

static void bound(struct query *q, int rc)
{
    if (rc != SQLITE_OK && q->bad == SQLITE_OK)
        q->bad = rc;
}

void query_bind_int(struct query *q, int i, int64_t x)
{
    bound(q, sqlite3_bind_int64(q->stmt, i, x));
}

void query_bind_real(struct query *q, int i, double x)
{
    bound(q, isnan(x) ? sqlite3_bind_null(q->stmt, i) : sqlite3_bind_double(q->stmt, i, x));
}

void query_bind_text(struct query *q, int i, const char *text)
{
    query_bind_textn(q, i, text, text ? strlen(text) : 0);
}

void query_bind_textn(struct query *q, int i, const char *text, size_t n)
{
    bound(q, text ? sqlite3_bind_text64(q->stmt, i, text, n, SQLITE_TRANSIENT, SQLITE_UTF8)
                  : sqlite3_bind_null(q->stmt, i));
}

void query_bind_blob(struct query *q, int i, const void *bytes, size_t n)
{
    bound(q, bytes ? sqlite3_bind_blob64(q->stmt, i, bytes, n, SQLITE_TRANSIENT)
                   : sqlite3_bind_null(q->stmt, i));
}

void query_bind_null(struct query *q, int i)
{
    bound(q, sqlite3_bind_null(q->stmt, i));
}

void query_end(struct query *q)
{
    if (!q || !q->busy)
        return;
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
    q->busy = false;
    if (!q->kept) {
        sqlite3_finalize(q->stmt);
        free(q->sql);
        free(q);
    }
}

static enum status bind_failed(struct query *q, struct error *err)
{
    return (q->bad & 0xff) == SQLITE_TOOBIG
               ? err_set(err, E_RANGE, "the store: a value is larger than SQLite holds")
               : store_say(q->store, q->bad, "a parameter cannot be set", err);
}

enum status query_run(struct query *q, int64_t *id, int *changed, struct error *err)
{
    struct store *st = q->store;
    enum status s = q->bad != SQLITE_OK ? bind_failed(q, err) : store_begin(st, err);
    if (s == OK) {
        int rc = sqlite3_step(q->stmt);
        while (rc == SQLITE_ROW) /* RETURNING: its rows are of no interest here */
            rc = sqlite3_step(q->stmt);
        if (rc == SQLITE_DONE) {
            if (id)
                *id = sqlite3_last_insert_rowid(st->db);
            if (changed)
                *changed = sqlite3_changes(st->db);
        } else {
            s = store_failed(st, rc, "a row was not written", err);
        }
    }
    query_end(q);
    if (s == OK)
        store_wrote(st);
    return s;
}

enum status query_next(struct query *q, bool *row, struct error *err)
{
    *row = false;
    if (q->bad != SQLITE_OK)
        return bind_failed(q, err);
    int rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW)
        *row = true;
    else if (rc != SQLITE_DONE)
        return store_say(q->store, rc, "it cannot be read", err);
    return OK;
}

int64_t query_int(const struct query *q, int i)
{
    return sqlite3_column_int64(q->stmt, i);
}

double query_real(const struct query *q, int i)
{
    if (query_null(q, i))
        return (double)NAN;
    return sqlite3_column_double(q->stmt, i);
}

const char *query_text(const struct query *q, int i, size_t *n)
{
    const char *s = (const char *)sqlite3_column_text(q->stmt, i);
    if (n)
        *n = (size_t)sqlite3_column_bytes(q->stmt, i);
    return s;
}

const void *query_blob(const struct query *q, int i, size_t *n)
{
    const void *p = sqlite3_column_blob(q->stmt, i);
    size_t len = (size_t)sqlite3_column_bytes(q->stmt, i);
    if (n)
        *n = len;
    return p || query_null(q, i) ? p : ""; /* an empty blob is there */
}

bool query_null(const struct query *q, int i)
{
    return sqlite3_column_type(q->stmt, i) == SQLITE_NULL;
}
