/* store.h - rows on disk: one SQLite file, its tables brought up to date room by room, statements,
 * writes gathered. Not: what the rows mean (each room has its own tables). SQLite lies behind it
 * (store*.c only). Behaviour of the journal: sqlite.org/wal.html.
 *
 * A write is in the file's next commit: one a second, or store_commit, or the end. A crash of the
 * program or of the machine loses at most the writes after the last commit; what is in the file is
 * always whole. All rows written inside one callback of the loop are in the same commit.
 */
#ifndef VIGIE_STORE_STORE_H
#define VIGIE_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/loop.h"

struct store;
struct query;

/* struct store_room - the tables of one room: steps[k] is SQL (one or more statements) that brings
 * them from version k to k + 1. Steps are only ever added; a room's tables bear its name in front.
 */
struct store_room {
    const char *name;
    const char *const *steps;
    int n_steps;
};

/* store_trouble_fn - writes could not be committed (disk full...): they are lost, err says which
 * file and why. */
typedef void store_trouble_fn(void *arg, const struct error *err);

/* struct store_options -
 *   rooms, n_rooms  whose tables are brought up to date; borrowed for the call
 *   loop        commits once a second and checkpoints off the loop; NULL: commits when 1,000 writes
 *               are gathered, at store_commit and at the end
 *   read_only   nothing is written or migrated; a store with older tables is refused
 *   busy_ms     how long to wait for another process's lock [2 s]
 *   trouble     may be NULL: then it is only logged */
struct store_options {
    const struct store_room *rooms;
    int n_rooms;
    struct loop *loop;
    bool read_only;
    int busy_ms;
    store_trouble_fn *trouble;
    void *arg;
};

/* store_open - open the store, made if missing (mode 0600, its folder 0700), and bring the rooms'
 * tables up to date in one step: all or nothing, after a copy of the file as PATH.bak. path: a
 * file, or NULL for a store in memory.
 *   out      owned by the caller, store_close
 *   err      E_REFUSED  written by a newer vigie (nothing is changed), no permission, read-only
 *                       file or folder; no store at all (SQLite, but of another program)
 *            E_BUSY     another process holds it    E_PARSE  damaged, or no SQLite file
 *            E_ABSENT   read_only and no such file  E_IO     disk full, a step failed
 *   test     tests/store/check_store.c */
enum status store_open(const char *path, const struct store_options *options, struct store **out,
                       struct error *err) MUST_CHECK;

/* store_close - commit, close, free. A commit that fails is told to `trouble`. NULL is fine. */
void store_close(struct store *st);

/* store_path - the file, "" in memory; borrowed. */
const char *store_path(const struct store *st);

/* store_commit - put what was written into the file now. */
enum status store_commit(struct store *st, struct error *err) MUST_CHECK;

/* store_group, store_group_end - writes that are kept or undone together, e.g. an alert and its
 * parameters. keep false: undone. Groups nest. */
enum status store_group(struct store *st, struct error *err) MUST_CHECK;
enum status store_group_end(struct store *st, bool keep, struct error *err) MUST_CHECK;

/* store_query - a statement, ready to be bound; the same text is compiled once and kept.
 *   sql      one statement; parameters ?1, ?2 ...; it is never made from outside text
 *   out      until query_run or query_end; owned by the store
 *   err      E_BUG (wrong SQL), E_IO, E_PARSE (damaged file)
 *
 *     struct query *q;
 *     enum status s = store_query(st, "SELECT id, ra_rad FROM alerts_event WHERE t > ?1", &q, err);
 *     if (s != OK)
 *         return s;
 *     query_bind_real(q, 1, t);
 *     bool row;
 *     while ((s = query_next(q, &row, err)) == OK && row)
 *         use(query_int(q, 0), query_real(q, 1));
 *     query_end(q); */
enum status store_query(struct store *st, const char *sql, struct query **out,
                        struct error *err) MUST_CHECK;

/* query_bind_* - set parameter i (from 1). Text and blobs are copied; NULL binds null. A real that
 * is NAN binds null (and null reads as NAN). */
void query_bind_int(struct query *q, int i, int64_t x);
void query_bind_real(struct query *q, int i, double x);
void query_bind_text(struct query *q, int i, const char *text);
void query_bind_textn(struct query *q, int i, const char *text, size_t n);
void query_bind_blob(struct query *q, int i, const void *bytes, size_t n);
void query_bind_null(struct query *q, int i);

/* query_run - a statement without rows (INSERT, UPDATE, DELETE), part of the gathered writes; then
 * the query is over, also on failure. id: rowid of the last insert, may be NULL. changed: rows
 * touched, may be NULL.
 *   err      E_REFUSED  a constraint (unique, foreign key, check): this row only is left out
 *            E_IO (disk full: all writes since the last commit are lost), E_BUSY, E_PARSE */
enum status query_run(struct query *q, int64_t *id, int *changed, struct error *err) MUST_CHECK;

/* query_next - the next row; *row false: there is none. query_end - over; also before the last row.
 */
enum status query_next(struct query *q, bool *row, struct error *err) MUST_CHECK;
void query_end(struct query *q);

/* query_int, query_real, query_text, query_blob - column i (from 0) of the row: null is 0, NAN,
 * NULL, NULL. Text is ended by a zero byte; n may be NULL. Borrowed until query_next or query_end.
 */
int64_t query_int(const struct query *q, int i);
double query_real(const struct query *q, int i);
const char *query_text(const struct query *q, int i, size_t *n);
const void *query_blob(const struct query *q, int i, size_t *n);
bool query_null(const struct query *q, int i);

/* store_exec - statements without parameters or rows (tests, a room's upkeep), part of the gathered
 * writes. */
enum status store_exec(struct store *st, const char *sql, struct error *err) MUST_CHECK;

#endif
