/* store.c - opening and closing the store, gathered writes, checkpoints.
 * Not: versions of tables (migrate.c), statements (query.c). Source of the behaviour: SQLite 3.40
 * documentation (wal.html, lockingv3.html, rescode.html).
 */
#include "store_own.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/mem.h"

static const char *name_of(const struct store *st)
{
    return st->path ? st->path : "in memory";
}

enum status store_say(const struct store *st, int code, const char *what, struct error *err)
{
    const char *f = name_of(st);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, E_BUSY, "the store %s is in use by another program: %s", f, what);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_set(err, E_REFUSED,
                       "the store %s cannot be written: %s; --store FILE names another one", f,
                       what);
    case SQLITE_CANTOPEN:
        return err_set(err, E_REFUSED,
                       "the store %s cannot be opened: %s; --store FILE names another one", f,
                       what);
    case SQLITE_FULL: return err_set(err, E_IO, "the disk of the store %s is full: %s", f, what);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(err, E_PARSE,
                       "the store %s is damaged or no store: %s; move it away and a new one is made"
                       " (%s.bak is the copy before the last change of tables, if it is there)",
                       f, what, f);
    case SQLITE_CONSTRAINT:
        return err_set(err, E_REFUSED, "the store refuses a row: %s", sqlite3_errmsg(st->db));
    case SQLITE_IOERR:
        return err_set(err, E_IO, "the store %s: %s: %s", f, what,
                       sqlite3_system_errno(st->db) ? strerror(sqlite3_system_errno(st->db))
                                                    : sqlite3_errstr(code));
    case SQLITE_NOMEM: return err_set(err, E_MEMORY, "the store %s: no memory: %s", f, what);
    default: return err_set(err, E_BUG, "the store %s: %s: %s", f, what, sqlite3_errmsg(st->db));
    }
}

enum status store_sql(struct store *st, const char *sql, const char *what, struct error *err)
{
    int rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : store_say(st, sqlite3_extended_errcode(st->db), what, err);
}

enum status store_number(struct store *st, const char *sql, int64_t *x, struct error *err)
{
    sqlite3_stmt *q;
    int rc = sqlite3_prepare_v2(st->db, sql, -1, &q, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    *x = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        enum status s = store_say(st, rc, "it cannot be read", err);
        sqlite3_finalize(q);
        return s;
    }
    sqlite3_finalize(q);
    return OK;
}

/* Writes that are lost: told once, in the loop or at the end. */
static void trouble(struct store *st, const struct error *err)
{
    log_put(LOG_WARN, "store", "", "%s", err->text);
    if (st->o.trouble)
        st->o.trouble(st->o.arg, err);
}

/* A checkpoint copies the journal into the file, with fsync: slow on an SD card, so it has a
 * connection of its own in the pool. */
struct checkpoint {
    struct store *store; /* NULL: closed meanwhile */
    char path[];
};

static void checkpoint_work(void *arg)
{
    struct checkpoint *c = arg;
    sqlite3 *db = NULL;
    /* a connection learns only by reading that the file has a journal */
    if (sqlite3_open_v2(c->path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_exec(db, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL) == SQLITE_OK)
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    sqlite3_close(db);
}

static void checkpoint_done(void *arg, bool cancelled)
{
    (void)cancelled;
    struct checkpoint *c = arg;
    if (c->store)
        c->store->checkpoint = NULL;
    free(c);
}

static void maybe_checkpoint(struct store *st)
{
    if (!st->o.loop || !st->path || st->checkpoint || st->wal_pages < CHECKPOINT_PAGES)
        return;
    size_t n = strlen(st->path) + 1;
    struct checkpoint *c = mem_zero(sizeof *c + n);
    c->store = st;
    memcpy(c->path, st->path, n);
    st->wal_pages = 0;
    if (loop_work(st->o.loop, checkpoint_work, checkpoint_done, c, "store/checkpoint") == OK)
        st->checkpoint = c;
    else
        free(c);
}

static int on_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    ((struct store *)arg)->wal_pages = pages;
    return SQLITE_OK;
}

enum status store_commit(struct store *st, struct error *err)
{
    if (!st->open)
        return OK;
    ensure(st->groups == 0);
    int rc = sqlite3_exec(st->db, "COMMIT", NULL, NULL, NULL);
    int writes = st->writes;
    if (rc == SQLITE_OK || sqlite3_get_autocommit(st->db)) {
        st->open = false;
        st->writes = 0;
    }
    if (rc == SQLITE_OK) {
        maybe_checkpoint(st);
        return OK;
    }
    char what[64];
    snprintf(what, sizeof what, "%d write%s of the last second lost", writes,
             writes == 1 ? "" : "s");
    enum status s = store_say(st, sqlite3_extended_errcode(st->db), what, err);
    if (st->open) { /* still held by SQLite, to be tried again: not here, each commit tells its own */
        sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
        st->open = false;
        st->writes = 0;
    }
    return s;
}

static int64_t on_commit(void *arg)
{
    struct store *st = arg;
    struct error err;
    st->timer = 0;
    if (store_commit(st, &err) != OK)
        trouble(st, &err);
    return -1;
}

enum status store_begin(struct store *st, struct error *err)
{
    if (st->o.read_only)
        return err_set(err, E_REFUSED, "the store %s is open for reading only", name_of(st));
    if (st->open)
        return OK;
    enum status s = store_sql(st, "BEGIN IMMEDIATE", "nothing can be written now", err);
    if (s != OK)
        return s;
    st->open = true;
    st->writes = 0;
    if (st->o.loop && !st->timer)
        st->timer = loop_timer(st->o.loop, COMMIT_MS, on_commit, st, "store/commit");
    return OK;
}

void store_wrote(struct store *st)
{
    st->writes++;
    if (st->o.loop || st->groups || st->writes < COMMIT_WRITES)
        return;
    struct error err;
    if (store_commit(st, &err) != OK)
        trouble(st, &err);
}

/* After some failures (disk full, out of memory) SQLite has undone the whole transaction itself. */
enum status store_failed(struct store *st, int code, const char *what, struct error *err)
{
    char lost[100];
    if (st->open && sqlite3_get_autocommit(st->db)) {
        snprintf(lost, sizeof lost, "%s, %d writes before it lost", what, st->writes);
        what = lost;
        st->open = false;
        st->writes = 0;
        st->groups = 0;
    }
    return store_say(st, code, what, err);
}

enum status store_group(struct store *st, struct error *err)
{
    char sql[40];
    enum status s = store_begin(st, err);
    if (s != OK)
        return s;
    snprintf(sql, sizeof sql, "SAVEPOINT g%d", st->groups + 1);
    s = store_sql(st, sql, "nothing can be written now", err);
    if (s == OK)
        st->groups++;
    return s;
}

enum status store_group_end(struct store *st, bool keep, struct error *err)
{
    char sql[80];
    if (st->groups == 0) /* a failure inside it has undone everything, and was told */
        return keep ? err_set(err, E_IO, "the store %s: the rows were not kept", name_of(st)) : OK;
    int k = st->groups--;
    if (keep)
        snprintf(sql, sizeof sql, "RELEASE g%d", k);
    else
        snprintf(sql, sizeof sql, "ROLLBACK TO g%d; RELEASE g%d", k, k);
    return store_sql(st, sql, "the rows were not kept", err);
}

enum status store_exec(struct store *st, const char *sql, struct error *err)
{
    enum status s = store_begin(st, err);
    if (s != OK)
        return s;
    if (sqlite3_exec(st->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_failed(st, sqlite3_extended_errcode(st->db), "nothing written", err);
    store_wrote(st);
    return OK;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash          ? mem_str(".")
           : slash == path ? mem_str("/")
                           : mem_strn(path, (size_t)(slash - path));
}

/* Why SQLite could not open it: the system says it better. */
static enum status say_open(struct store *st, int code, struct error *err)
{
    struct stat sb;
    const char *p = st->path;
    if (stat(p, &sb) == 0 && S_ISDIR(sb.st_mode))
        return err_set(err, E_REFUSED, "the store %s is a folder, not a file", p);
    if (st->o.read_only && access(p, F_OK) != 0)
        return err_set(err, E_ABSENT, "there is no store %s yet", p);
    if (access(p, F_OK) == 0 && access(p, st->o.read_only ? R_OK : R_OK | W_OK) != 0)
        return err_set(err, E_REFUSED, "the store %s: %s; --store FILE names another one", p,
                       strerror(errno));
    char *folder = folder_of(p);
    int rc = access(folder, W_OK | X_OK), e = errno;
    free(folder);
    if (rc != 0)
        return err_set(err, E_REFUSED,
                       "the store %s: nothing can be written in its folder: %s; --store FILE names "
                       "another one",
                       p, strerror(e));
    return store_say(st, code, "opening it failed", err);
}

static enum status make_folder(const char *path, struct error *err)
{
    char *folder = folder_of(path);
    enum status s = file_folder(folder, err);
    free(folder);
    return s == OK ? OK : err_wrap(err, "no place for the store");
}

/* A database that only lies there to be read may lie in a folder where nothing can be made. */
static int open_unchanging(struct store *st)
{
    char *wal = mem_printf("%s-wal", st->path);
    bool alone = access(wal, F_OK) != 0;
    free(wal);
    if (!alone)
        return SQLITE_CANTOPEN;
    struct str uri = {0};
    str_add(&uri, "file:");
    for (const char *p = st->path; *p; p++)
        if (strchr("?#%", *p))
            str_addf(&uri, "%%%02X", (unsigned)(unsigned char)*p);
        else
            str_addc(&uri, *p);
    str_add(&uri, "?immutable=1");
    sqlite3_close(st->db);
    st->db = NULL;
    int rc = sqlite3_open_v2(uri.s, &st->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    str_clear(&uri);
    return rc;
}

static bool shut(int code)
{
    return (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY;
}

static enum status open_file(struct store *st, struct error *err)
{
    int flags = st->o.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (st->path && !st->o.read_only) {
        enum status s = make_folder(st->path, err);
        if (s != OK)
            return s;
    }
    mode_t old = umask(0077);
    int rc = sqlite3_open_v2(st->path ? st->path : ":memory:", &st->db, flags, NULL);
    umask(old);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(st->db, 1);
        sqlite3_busy_timeout(st->db, st->o.busy_ms);
        rc = sqlite3_exec(st->db, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL);
        if (shut(rc) && st->o.read_only)
            rc = open_unchanging(st);
        else if (rc != SQLITE_OK)
            rc = sqlite3_extended_errcode(st->db);
    }
    if (rc != SQLITE_OK)
        return st->path && shut(rc) ? say_open(st, rc, err)
                                    : store_say(st, rc, "opening it failed", err);
    if (st->path && !st->o.read_only && sqlite3_db_readonly(st->db, "main") == 1)
        return say_open(st, SQLITE_READONLY, err);
    return OK;
}

/* Is it ours, and not of a newer program? Nothing is changed before that is known. */
static enum status check_mark(struct store *st, struct error *err)
{
    int64_t app, layout, tables;
    enum status s = store_number(st, "PRAGMA application_id", &app, err);
    if (s == OK)
        s = store_number(st, "PRAGMA user_version", &layout, err);
    if (s == OK)
        s = store_number(st, "SELECT count(*) FROM sqlite_master", &tables, err);
    if (s != OK)
        return s;
    if (app != APPLICATION && (app != 0 || tables != 0))
        return err_set(err, E_REFUSED,
                       "%s is a database of another program, left as it is; --store FILE names "
                       "another one",
                       st->path);
    if (layout > LAYOUT)
        return err_set(
            err, E_REFUSED,
            "the store %s was written by a newer vigie (layout %lld, this one knows %d), "
            "left as it is; update vigie, or --store FILE names another one",
            st->path, (long long)layout, LAYOUT);
    return OK;
}

static enum status tune(struct store *st, struct error *err)
{
    enum status s = store_sql(st, "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;",
                              "opening it failed", err);
    if (s != OK || !st->path || st->o.read_only)
        return s;
    s = store_sql(st, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;", "opening it failed",
                  err);
    if (st->o.loop) {
        sqlite3_wal_autocheckpoint(st->db, 0);
        sqlite3_wal_hook(st->db, on_wal, st);
    }
    return s;
}

enum status store_open(const char *path, const struct store_options *options, struct store **out,
                       struct error *err)
{
    struct store *st = mem_zero(sizeof *st);
    int missing;
    *out = NULL;
    if (options)
        st->o = *options;
    if (!st->o.busy_ms)
        st->o.busy_ms = 2000;
    st->path = mem_str(path);
    enum status s = open_file(st, err);
    if (s == OK && st->path)
        s = check_mark(st, err);
    if (s == OK)
        s = store_survey(st, &missing, err);
    if (s == OK)
        s = tune(st, err);
    if (s == OK)
        s = store_migrate(st, err);
    st->o.rooms = NULL;
    if (s != OK) {
        store_close(st);
        return s;
    }
    *out = st;
    return OK;
}

void store_close(struct store *st)
{
    struct error err;
    if (!st)
        return;
    if (st->timer)
        loop_timer_del(st->o.loop, st->timer);
    st->groups = 0;
    if (st->open && store_commit(st, &err) != OK)
        trouble(st, &err);
    if (st->checkpoint)
        st->checkpoint->store = NULL;
    for (int i = 0; i < st->n_cache; i++) {
        sqlite3_finalize(st->cache[i].stmt);
        free(st->cache[i].sql);
    }
    ensure(sqlite3_close(st->db) == SQLITE_OK); /* else a query was not ended */
    free(st->path);
    free(st);
}

const char *store_path(const struct store *st)
{
    return st->path ? st->path : "";
}
