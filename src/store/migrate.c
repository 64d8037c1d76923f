/* migrate.c - the rooms' tables brought up to date: all steps in one transaction, after a copy.
 * Not: the steps themselves (each room has its own). The table vigie_rooms holds each room's
 * version; user_version is that of this table.
 */
#include "store_own.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vigie/base/mem.h"

static const char versions[] =
    "CREATE TABLE IF NOT EXISTS vigie_rooms(room TEXT PRIMARY KEY, version INTEGER NOT NULL)";

static enum status version_of(struct store *st, const char *room, int64_t *v, struct error *err)
{
    sqlite3_stmt *q;
    *v = 0;
    int rc =
        sqlite3_prepare_v2(st->db, "SELECT version FROM vigie_rooms WHERE room = ?1", -1, &q, NULL);
    if (rc != SQLITE_OK) /* no such table: a new file */
        return (rc & 0xff) == SQLITE_ERROR ? OK : store_say(st, rc, "it cannot be read", err);
    sqlite3_bind_text(q, 1, room, -1, SQLITE_STATIC);
    rc = sqlite3_step(q);
    if (rc == SQLITE_ROW)
        *v = sqlite3_column_int64(q, 0);
    enum status s =
        rc == SQLITE_ROW || rc == SQLITE_DONE ? OK : store_say(st, rc, "it cannot be read", err);
    sqlite3_finalize(q);
    return s;
}

enum status store_survey(struct store *st, int *missing, struct error *err)
{
    *missing = 0;
    for (int i = 0; i < st->o.n_rooms; i++) {
        const struct store_room *r = &st->o.rooms[i];
        int64_t v;
        enum status s = version_of(st, r->name, &v, err);
        if (s != OK)
            return s;
        if (v > r->n_steps || v < 0)
            return err_set(err, E_REFUSED,
                           "the store %s was written by a newer vigie (%s %lld, this one knows "
                           "%d), left as it is; update vigie, or --store FILE names another one",
                           store_path(st), r->name, (long long)v, r->n_steps);
        *missing += r->n_steps - (int)v;
    }
    return OK;
}

/* The file as it is, beside it as PATH.bak: written under another name, flushed, renamed. */
static enum status copy_before(struct store *st, struct error *err)
{
    char *bak = mem_printf("%s.bak", st->path), *temp = mem_printf("%s.bak.new", st->path);
    char *sql = sqlite3_mprintf("VACUUM INTO %Q", temp);
    unlink(temp);
    mode_t old = umask(0077);
    enum status s = store_sql(st, sql,
                              "no copy could be made before its tables are changed, left "
                              "as it is",
                              err);
    umask(old);
    int fd = s == OK ? open(temp, O_RDONLY | O_CLOEXEC) : -1;
    if (s == OK && (fd < 0 || fsync(fd) != 0 || rename(temp, bak) != 0))
        s = err_errno(err, "the store %s, left as it is: no copy %s", st->path, bak);
    if (fd >= 0)
        close(fd);
    if (s != OK)
        unlink(temp);
    sqlite3_free(sql);
    free(bak);
    free(temp);
    return s;
}

static enum status run_steps(struct store *st, const struct store_room *r, struct error *err)
{
    int64_t v;
    enum status s = version_of(st, r->name, &v, err);
    for (; s == OK && v < r->n_steps; v++) {
        if (sqlite3_exec(st->db, r->steps[v], NULL, NULL, NULL) != SQLITE_OK) {
            char what[200];
            snprintf(what, sizeof what, "step %d of %s failed (%.80s), left as it is", (int)v + 1,
                     r->name, sqlite3_errmsg(st->db));
            s = store_say(st, sqlite3_extended_errcode(st->db), what, err);
            if (s == E_BUG || s == E_REFUSED)
                s = err_set(err, E_IO, "the store %s: %s", store_path(st), what);
        }
    }
    if (s != OK)
        return s;
    char *sql =
        sqlite3_mprintf("INSERT INTO vigie_rooms VALUES(%Q, %d) ON CONFLICT(room) DO UPDATE "
                        "SET version = excluded.version",
                        r->name, r->n_steps);
    s = store_sql(st, sql, "its versions cannot be written", err);
    sqlite3_free(sql);
    return s;
}

static enum status migrate_all(struct store *st, struct error *err)
{
    char marks[100];
    int missing;
    snprintf(marks, sizeof marks, "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION,
             LAYOUT);
    enum status s =
        store_sql(st, "BEGIN IMMEDIATE", "its tables cannot be brought up to date", err);
    if (s != OK)
        return s;
    s = store_survey(st, &missing, err); /* again: another process may just have done it */
    if (s == OK)
        s = store_sql(st, versions, "its versions cannot be written", err);
    for (int i = 0; s == OK && i < st->o.n_rooms; i++)
        s = run_steps(st, &st->o.rooms[i], err);
    if (s == OK)
        s = store_sql(st, marks, "its versions cannot be written", err);
    if (s == OK)
        s = store_sql(st, "COMMIT", "its tables cannot be brought up to date", err);
    if (s != OK && !sqlite3_get_autocommit(st->db))
        sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
    return s;
}

enum status store_migrate(struct store *st, struct error *err)
{
    int64_t app, tables;
    int missing;
    enum status s = store_survey(st, &missing, err);
    if (s == OK)
        s = store_number(st, "PRAGMA application_id", &app, err);
    if (s == OK)
        s = store_number(st, "SELECT count(*) FROM sqlite_master", &tables, err);
    if (s != OK || (missing == 0 && app == APPLICATION))
        return s;
    if (st->o.read_only)
        return err_set(err, E_REFUSED,
                       "the store %s has older tables; start vigie once with leave to write it",
                       store_path(st));
    if (st->path && tables > 0)
        s = copy_before(st, err);
    return s == OK ? migrate_all(st, err) : s;
}
