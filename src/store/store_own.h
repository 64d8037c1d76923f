/* store_own.h - what the files of this room share. */
#ifndef VIGIE_SRC_STORE_STORE_OWN_H
#define VIGIE_SRC_STORE_STORE_OWN_H

#include <sqlite3.h>

#include "vigie/store/store.h"

enum { STATEMENTS = 64, COMMIT_MS = 1000, COMMIT_WRITES = 1000, CHECKPOINT_PAGES = 1000 };

/* APPLICATION: "vgie", the mark of our files. LAYOUT: of the table of versions itself. */
enum { APPLICATION = 0x76676965, LAYOUT = 1 };

struct query {
    struct store *store;
    sqlite3_stmt *stmt;
    char *sql;
    bool busy;     /* handed out */
    bool kept;     /* one of the cache */
    int bad;       /* first failure of a bind */
    uint64_t used; /* when it was last handed out, to find the oldest */
};

struct checkpoint;

struct store {
    sqlite3 *db;
    char *path;
    struct store_options o;
    struct query cache[STATEMENTS];
    int n_cache;
    uint64_t tick;
    bool open;      /* a transaction of gathered writes */
    int writes;     /* in it */
    int groups;     /* open, each a savepoint */
    uint64_t timer; /* of the commit */
    int wal_pages;  /* after the last commit */
    struct checkpoint *checkpoint;
};

/* store_say - an error from SQLite's code: which file, what was tried, what to do. */
enum status store_say(const struct store *st, int code, const char *what, struct error *err);
enum status store_sql(struct store *st, const char *sql, const char *what, struct error *err);
enum status store_number(struct store *st, const char *sql, int64_t *x, struct error *err);

/* migrate.c: how many steps are missing, and whether a room's tables are of the future; versions, the copy before, the steps. */
enum status store_survey(struct store *st, int *missing, struct error *err);
enum status store_migrate(struct store *st, struct error *err);

/* store.c, for query_run: a transaction is open; a write was done, or failed with `code`. */
enum status store_begin(struct store *st, struct error *err);
void store_wrote(struct store *st);
enum status store_failed(struct store *st, int code, const char *what, struct error *err);

#endif
