/* check_store.c - the store: versions of tables, what is refused, what survives a kill and a full
 * disk. The behaviour is that of store.h; files are looked at with a connection of SQLite's own
 * kind: a second store.
 */
#include <check.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/store/store.h"

static char folder[64], path[160];
static struct error err;

static const char *const steps[] = {
    "CREATE TABLE night_log(id INTEGER PRIMARY KEY, t REAL, text TEXT NOT NULL, raw BLOB);",
    "ALTER TABLE night_log ADD COLUMN kind TEXT; CREATE INDEX night_log_t ON night_log(t);",
    "CREATE TABLE night_note(id INTEGER PRIMARY KEY, log INTEGER REFERENCES night_log(id));",
};
static const struct store_room night1 = {"night", steps, 1}, night3 = {"night", steps, 3};
static const char *const bad_steps[] = {
    "CREATE TABLE night_log(id INTEGER PRIMARY KEY, t REAL, text TEXT NOT NULL, raw BLOB);",
    "CREATE TABLE night_other(id INTEGER PRIMARY KEY); INSERT INTO nowhere VALUES(1);"};
static const struct store_room night_bad = {"night", bad_steps, 2};

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/vigie-store-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/store.db", folder);
}

static void teardown(void)
{
    char cmd[200];
    umount2(folder, MNT_DETACH); /* left by a test that failed */
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(cmd), 0);
}

static enum status open_with(const struct store_room *room, bool read_only, struct loop *loop,
                             struct store **st)
{
    struct store_options o = {.rooms = room,
                              .n_rooms = room ? 1 : 0,
                              .read_only = read_only,
                              .busy_ms = 200,
                              .loop = loop};
    return store_open(path, &o, st, &err);
}

static struct store *must_open(const struct store_room *room)
{
    struct store *st;
    enum status s = open_with(room, false, NULL, &st);
    ck_assert_msg(s == OK, "%s", err.text);
    return st;
}

static void add(struct store *st, double t, const char *text)
{
    struct query *q;
    ck_assert_int_eq(store_query(st, "INSERT INTO night_log(t, text) VALUES(?1, ?2)", &q, &err),
                     OK);
    query_bind_real(q, 1, t);
    query_bind_text(q, 2, text);
    ck_assert_msg(query_run(q, NULL, NULL, &err) == OK, "%s", err.text);
}

static int64_t number(struct store *st, const char *sql)
{
    struct query *q;
    bool row;
    ck_assert_msg(store_query(st, sql, &q, &err) == OK, "%s", err.text);
    ck_assert_int_eq(query_next(q, &row, &err), OK);
    int64_t x = row ? query_int(q, 0) : -1;
    query_end(q);
    return x;
}

START_TEST(values_come_back)
{
    struct store *st = must_open(&night1);
    struct query *q;
    int64_t id;
    int changed;
    bool row;
    size_t n;
    ck_assert_int_eq(
        store_query(st, "INSERT INTO night_log(t, text, raw) VALUES(?1, ?2, ?3)", &q, &err), OK);
    query_bind_real(q, 1, 2461367.123456789);
    query_bind_text(q, 2, "\xCF\x80 Aql; it's \"dusk\"");
    query_bind_blob(q, 3, "a\0b", 3);
    ck_assert_int_eq(query_run(q, &id, &changed, &err), OK);
    ck_assert_int_eq(id, 1);
    ck_assert_int_eq(changed, 1);
    ck_assert_int_eq(
        store_query(st, "INSERT INTO night_log(t, text, raw) VALUES(?1, ?2, ?3)", &q, &err), OK);
    query_bind_real(q, 1, (double)NAN);
    query_bind_text(q, 2, "");
    query_bind_blob(q, 3, "", 0);
    ck_assert_int_eq(query_run(q, &id, NULL, &err), OK);
    ck_assert_int_eq(id, 2);
    ck_assert_int_eq(
        store_query(st, "SELECT t, text, raw, id FROM night_log ORDER BY id", &q, &err), OK);
    ck_assert_int_eq(query_next(q, &row, &err), OK);
    ck_assert(row);
    ck_assert(query_real(q, 0) == 2461367.123456789);
    ck_assert_str_eq(query_text(q, 1, NULL), "\xCF\x80 Aql; it's \"dusk\"");
    ck_assert_mem_eq(query_blob(q, 2, &n), "a\0b", 3);
    ck_assert_uint_eq(n, 3);
    ck_assert_int_eq(query_int(q, 3), 1);
    ck_assert_int_eq(query_next(q, &row, &err), OK);
    ck_assert(row && isnan(query_real(q, 0)) && query_null(q, 0));
    ck_assert_str_eq(query_text(q, 1, &n), "");
    ck_assert_ptr_nonnull(query_blob(q, 2, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(query_next(q, &row, &err), OK);
    ck_assert(!row);
    query_end(q);
    store_close(st);
}
END_TEST

START_TEST(int64_and_null)
{
    struct store *st;
    struct query *q;
    bool row;
    ck_assert_int_eq(store_open(NULL, NULL, &st, &err), OK);
    ck_assert_str_eq(store_path(st), "");
    ck_assert_int_eq(store_query(st, "SELECT ?1, ?2, ?3, ?4", &q, &err), OK);
    query_bind_int(q, 1, INT64_MAX);
    query_bind_int(q, 2, INT64_MIN);
    query_bind_null(q, 3);
    query_bind_text(q, 4, NULL);
    ck_assert_int_eq(query_next(q, &row, &err), OK);
    ck_assert(query_int(q, 0) == INT64_MAX && query_int(q, 1) == INT64_MIN);
    ck_assert(query_null(q, 2) && query_int(q, 2) == 0 && query_text(q, 3, NULL) == NULL);
    query_end(q);
    store_close(st);
}
END_TEST

START_TEST(same_statement_twice)
{
    struct store *st = must_open(&night1);
    struct query *q[3];
    bool row;
    add(st, 1, "a");
    add(st, 2, "b");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(store_query(st, "SELECT t FROM night_log WHERE t >= ?1", &q[i], &err), OK);
        query_bind_real(q[i], 1, i);
        ck_assert_int_eq(query_next(q[i], &row, &err), OK);
        ck_assert(row == (i < 3));
    }
    ck_assert(query_real(q[0], 0) == 1 && query_real(q[1], 0) == 1 && query_real(q[2], 0) == 2);
    for (int i = 0; i < 3; i++)
        query_end(q[i]);
    for (int i = 0; i < 300; i++) { /* more statements than are kept */
        char sql[60];
        snprintf(sql, sizeof sql, "SELECT %d FROM night_log", i);
        ck_assert_int_eq(number(st, sql), i);
    }
    struct query *held[100]; /* more at once than are kept */
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(store_query(st, "SELECT 1", &held[i], &err), OK);
    for (int i = 0; i < 100; i++)
        query_end(held[i]);
    store_close(st);
}
END_TEST

START_TEST(wrong_sql)
{
    struct store *st = must_open(&night1);
    struct query *q;
    ck_assert_int_eq(store_query(st, "SELECT nothing FROM nowhere", &q, &err), E_BUG);
    ck_assert_ptr_null(q);
    store_close(st);
}
END_TEST

START_TEST(constraint_keeps_the_rest)
{
    struct store *st = must_open(&night3);
    struct query *q;
    add(st, 1, "first");
    ck_assert_int_eq(store_query(st, "INSERT INTO night_log(text) VALUES(NULL)", &q, &err), OK);
    ck_assert_int_eq(query_run(q, NULL, NULL, &err), E_REFUSED);
    ck_assert_int_eq(store_query(st, "INSERT INTO night_note(log) VALUES(99)", &q, &err), OK);
    ck_assert_int_eq(query_run(q, NULL, NULL, &err), E_REFUSED); /* foreign keys are on */
    add(st, 2, "second");
    store_close(st);
    st = must_open(&night3);
    ck_assert_int_eq(number(st, "SELECT count(*) FROM night_log"), 2);
    store_close(st);
}
END_TEST

START_TEST(groups)
{
    struct store *st = must_open(&night1);
    add(st, 1, "outside");
    ck_assert_int_eq(store_group(st, &err), OK);
    add(st, 2, "outer");
    ck_assert_int_eq(store_group(st, &err), OK);
    add(st, 3, "inner");
    ck_assert_int_eq(store_group_end(st, false, &err), OK);
    ck_assert_int_eq(store_group_end(st, true, &err), OK);
    ck_assert_int_eq(store_group(st, &err), OK);
    add(st, 4, "undone");
    ck_assert_int_eq(store_group_end(st, false, &err), OK);
    ck_assert_int_eq(store_commit(st, &err), OK);
    ck_assert_int_eq(number(st, "SELECT sum(t) FROM night_log"), 3);
    store_close(st);
}
END_TEST

START_TEST(migrate_with_copy)
{
    char bak[sizeof path];
    snprintf(bak, sizeof bak, "%s/store.db.bak", folder);
    struct store *st = must_open(&night1);
    add(st, 1, "of version one");
    store_close(st);
    ck_assert_int_ne(access(bak, F_OK), 0); /* a new file needs no copy */
    st = must_open(&night3);
    ck_assert_int_eq(number(st, "SELECT version FROM vigie_rooms WHERE room = 'night'"), 3);
    ck_assert_int_eq(number(st, "SELECT count(*) FROM night_log WHERE kind IS NULL"), 1);
    store_close(st);
    struct stat sb;
    ck_assert_int_eq(stat(bak, &sb), 0);
    ck_assert_int_eq(sb.st_mode & 0777, 0600);
    ck_assert_int_eq(stat(path, &sb), 0);
    ck_assert_int_eq(sb.st_mode & 0777, 0600);
    memcpy(path, bak, sizeof path); /* the copy is the store of before, whole */
    st = must_open(&night1);
    ck_assert_int_eq(number(st, "SELECT count(*) FROM night_log"), 1);
    ck_assert_int_eq(number(st, "SELECT version FROM vigie_rooms"), 1);
    store_close(st);
}
END_TEST

START_TEST(rooms_come_and_go)
{
    static const char *const other[] = {"CREATE TABLE star_list(id INTEGER PRIMARY KEY);"};
    struct store_room rooms[] = {night1, {"star", other, 1}};
    struct store *st = must_open(&night1);
    store_close(st);
    struct store_options o = {.rooms = rooms, .n_rooms = 2};
    ck_assert_msg(store_open(path, &o, &st, &err) == OK, "%s", err.text);
    ck_assert_int_eq(number(st, "SELECT count(*) FROM star_list"), 0);
    store_close(st);
    st = must_open(&night1); /* a program that knows one room opens a store of two */
    store_close(st);
}
END_TEST

START_TEST(failed_step_changes_nothing)
{
    struct store *st = must_open(&night1);
    add(st, 1, "before");
    store_close(st);
    ck_assert_int_eq(open_with(&night_bad, false, NULL, &st), E_IO);
    ck_assert_ptr_null(st);
    ck_assert_ptr_nonnull(strstr(err.text, "step 2 of night"));
    st = must_open(&night1);
    ck_assert_int_eq(number(st, "SELECT count(*) FROM night_log"), 1);
    ck_assert_int_eq(number(st, "SELECT count(*) FROM sqlite_master WHERE name = 'night_other'"),
                     0);
    store_close(st);
}
END_TEST

static void sql_on(const char *sql)
{
    struct store *st = must_open(NULL);
    ck_assert_msg(store_exec(st, sql, &err) == OK, "%s", err.text);
    store_close(st);
}

static void same_bytes(const char *file, const struct str *before)
{
    struct str now = {0};
    ck_assert_int_eq(file_read(file, 10000000, &now, &err), OK);
    ck_assert_uint_eq(now.n, before->n);
    ck_assert_mem_eq(now.s, before->s, now.n);
    str_clear(&now);
}

START_TEST(future_is_refused)
{
    struct str before = {0};
    struct store *st = must_open(&night3);
    add(st, 1, "a");
    store_close(st);
    sql_on(_i == 0 ? "UPDATE vigie_rooms SET version = 4" : "PRAGMA user_version = 999");
    ck_assert_int_eq(file_read(path, 10000000, &before, &err), OK);
    for (int ro = 0; ro < 2; ro++) {
        ck_assert_int_eq(open_with(&night3, ro, NULL, &st), E_REFUSED);
        ck_assert_ptr_nonnull(strstr(err.text, "newer vigie"));
        ck_assert_ptr_nonnull(strstr(err.text, path));
        ck_assert_ptr_nonnull(strstr(err.text, "--store"));
        same_bytes(path, &before);
    }
    str_clear(&before);
}
END_TEST

START_TEST(foreign_database_is_refused)
{
    struct str before = {0};
    struct store *st = must_open(NULL);
    store_close(st);
    sql_on("CREATE TABLE cookies(x); PRAGMA application_id = 0");
    ck_assert_int_eq(file_read(path, 10000000, &before, &err), OK);
    ck_assert_int_eq(open_with(&night1, false, NULL, &st), E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "another program"));
    same_bytes(path, &before);
    str_clear(&before);
}
END_TEST

START_TEST(no_database)
{
    struct store *st;
    struct str before = {0};
    for (int i = 0; i < 5000; i++)
        str_addf(&before, "notes %d\n", i);
    ck_assert_int_eq(file_replace(path, before.s, before.n, 0644, &err), OK);
    ck_assert_int_eq(open_with(&night1, false, NULL, &st), E_PARSE);
    ck_assert_ptr_nonnull(strstr(err.text, "damaged or no store"));
    same_bytes(path, &before);
    str_clear(&before);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(open_with(&night1, false, NULL, &st), E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "is a folder"));
}
END_TEST

START_TEST(damaged)
{
    struct store *st = must_open(&night1);
    for (int i = 0; i < 20000; i++)
        add(st, i, "some text that fills pages of the file, so that there is something to break");
    store_close(st);
    int fd = open(path, O_RDWR);
    char junk[4096];
    memset(junk, 0x5a, sizeof junk);
    for (int k = 2; k < 200; k++)
        ck_assert_int_eq(pwrite(fd, junk, sizeof junk, 4096L * k), sizeof junk);
    close(fd);
    enum status s = open_with(&night1, false, NULL, &st);
    if (s == OK) { /* the first pages are good: the damage is met on reading */
        struct query *q;
        bool row = true;
        ck_assert_int_eq(store_query(st, "SELECT sum(length(text)) FROM night_log", &q, &err), OK);
        s = query_next(q, &row, &err);
        query_end(q);
        store_close(st);
    }
    ck_assert_int_eq(s, E_PARSE);
    ck_assert_ptr_nonnull(strstr(err.text, "damaged"));
}
END_TEST

START_TEST(held_by_another)
{
    struct store *a = must_open(&night1), *b = must_open(&night1);
    struct query *q;
    add(a, 1, "a writes"); /* its transaction is open */
    ck_assert_int_eq(store_query(b, "INSERT INTO night_log(text) VALUES('b')", &q, &err), OK);
    ck_assert_int_eq(query_run(q, NULL, NULL, &err), E_BUSY);
    ck_assert_ptr_nonnull(strstr(err.text, "in use by another program"));
    ck_assert_int_eq(store_commit(a, &err), OK);
    add(b, 2, "now it may");
    store_close(b);
    ck_assert_int_eq(number(a, "SELECT count(*) FROM night_log"), 2);
    store_close(a);
}
END_TEST

START_TEST(read_only)
{
    struct store *st;
    ck_assert_int_eq(open_with(&night1, true, NULL, &st), E_ABSENT);
    ck_assert_ptr_nonnull(strstr(err.text, "no store"));
    st = must_open(&night1);
    add(st, 1, "a");
    store_close(st);
    ck_assert_msg(open_with(&night1, true, NULL, &st) == OK, "%s", err.text);
    ck_assert_int_eq(number(st, "SELECT count(*) FROM night_log"), 1);
    ck_assert_int_eq(store_exec(st, "DELETE FROM night_log", &err), E_REFUSED);
    store_close(st);
    ck_assert_int_eq(open_with(&night3, true, NULL, &st), E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "older tables"));
}
END_TEST

/* Runs `test` as a user without privileges: root may write everywhere. */
static void unprivileged(void (*test)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(9);
        test();
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
}

static void in_a_closed_folder(void)
{
    struct store *st;
    bool ok = open_with(&night1, false, NULL, &st) == E_REFUSED && strstr(err.text, path) != NULL &&
              strstr(err.text, "Permission denied") != NULL;
    if (!ok)
        fprintf(stderr, "status %d: %s\n", err.status, err.text);
    if (!ok)
        _exit(1);
}

static void read_in_a_closed_folder(void)
{
    struct store *st;
    if (open_with(&night1, true, NULL, &st) != OK) {
        fprintf(stderr, "%s\n", err.text);
        _exit(1);
    }
    struct query *q;
    bool row;
    if (store_query(st, "SELECT t FROM night_log", &q, &err) != OK ||
        query_next(q, &row, &err) != OK || !row)
        _exit(2);
    query_end(q);
    store_close(st);
}

START_TEST(no_permission)
{
    ck_assert_int_eq(chmod(folder, 0555), 0);
    unprivileged(in_a_closed_folder);
    ck_assert_int_eq(chmod(folder, 0700), 0);
    struct store *st = must_open(&night1);
    add(st, 1, "a");
    store_close(st);
    ck_assert_int_eq(chmod(path, 0444), 0);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    unprivileged(in_a_closed_folder);
    unprivileged(read_in_a_closed_folder);
    ck_assert_int_eq(chmod(folder, 0700), 0);
}
END_TEST

static int lost;
static void on_trouble(void *arg, const struct error *e)
{
    (void)arg;
    lost++;
    err = *e;
}

/* A file that may not grow further stands for a full disk; on Linux as root a real one is made. */
static bool small_disk(void)
{
    if (getuid() == 0 && mount("none", folder, "tmpfs", 0, "size=600k") == 0)
        return true;
    struct rlimit r = {400000, 400000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &r);
    return false;
}

START_TEST(full_disk)
{
    bool mounted = small_disk();
    struct store_options o = {
        .rooms = &night1, .n_rooms = 1, .busy_ms = 200, .trouble = on_trouble};
    struct store *st;
    struct query *q;
    char *text = mem_zero(2001);
    memset(text, 'x', 2000);
    ck_assert_msg(store_open(path, &o, &st, &err) == OK, "%s", err.text);
    add(st, 1, "kept");
    ck_assert_int_eq(store_commit(st, &err), OK);
    enum status s = OK;
    for (int i = 0; s == OK && lost == 0 && i < 20000; i++) {
        ck_assert_int_eq(store_query(st, "INSERT INTO night_log(t, text) VALUES(9, ?1)", &q, &err),
                         OK);
        query_bind_text(q, 1, text);
        s = query_run(q, NULL, NULL, &err);
    }
    free(text);
    ck_assert(s == E_IO || lost > 0);
    ck_assert_int_eq(err.status, E_IO);
    ck_assert_ptr_nonnull(strstr(err.text, path));
    ck_assert_ptr_nonnull(strstr(err.text, "lost"));
    if (mounted)
        ck_assert_ptr_nonnull(strstr(err.text, "is full"));
    store_close(st); /* what was committed is there, whole */
    ck_assert_msg(open_with(&night1, true, NULL, &st) == OK, "%s", err.text);
    ck_assert_int_eq(number(st, "SELECT count(*) FROM night_log WHERE text = 'kept'"), 1);
    struct query *check;
    bool row;
    ck_assert_int_eq(store_query(st, "PRAGMA integrity_check", &check, &err), OK);
    ck_assert_int_eq(query_next(check, &row, &err), OK);
    ck_assert_str_eq(query_text(check, 0, NULL), "ok");
    query_end(check);
    store_close(st);
    if (mounted)
        ck_assert_int_eq(umount(folder), 0);
}
END_TEST

static void whole(int64_t least)
{
    struct store *st = must_open(&night1);
    struct query *q;
    bool row;
    ck_assert_int_eq(store_query(st, "PRAGMA integrity_check", &q, &err), OK);
    ck_assert_int_eq(query_next(q, &row, &err), OK);
    ck_assert_str_eq(query_text(q, 0, NULL), "ok");
    query_end(q);
    int64_t n = number(st, "SELECT count(*) FROM night_log"),
            last = number(st, "SELECT coalesce(max(t), 0) FROM night_log");
    ck_assert_int_ge(n, least);
    ck_assert_int_eq(n, last); /* 1 .. n, none missing */
    store_close(st);
}

/* The child says how far it has committed; it is killed at any moment. */
START_TEST(killed_while_writing)
{
    store_close(must_open(&night1));
    int64_t committed = 0;
    for (int round = 0; round < 8; round++) {
        int fd[2];
        ck_assert_int_eq(pipe(fd), 0);
        pid_t child = fork();
        if (child == 0) {
            struct store *st = must_open(&night1);
            int64_t t = number(st, "SELECT coalesce(max(t), 0) FROM night_log");
            for (;;) {
                for (int i = 0; i < 50; i++)
                    add(st, (double)++t, "written before the kill");
                if (store_commit(st, &err) != OK || write(fd[1], &t, sizeof t) != sizeof t)
                    _exit(1);
            }
        }
        close(fd[1]);
        usleep(20000 + 15000 * (useconds_t)round);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        int64_t t;
        while (read(fd[0], &t, sizeof t) == sizeof t)
            committed = t;
        close(fd[0]);
        whole(committed);
    }
    ck_assert_int_gt(committed, 0);
}
END_TEST

START_TEST(gathered_writes)
{
    struct loop *loop = loop_new(clock_system());
    struct store *a, *b = NULL;
    ck_assert_int_eq(open_with(&night1, false, loop, &a), OK);
    ck_assert_int_eq(open_with(&night1, true, NULL, &b), OK);
    int64_t t = loop_now_ms(loop);
    for (int i = 0; i < 500; i++)
        add(a, i, "gathered");
    ck_assert_int_eq(number(a, "SELECT count(*) FROM night_log"), 500);
    ck_assert_int_eq(number(b, "SELECT count(*) FROM night_log"), 0);
    loop_run(loop); /* ends when the commit is done: nothing else waits */
    ck_assert_int_ge(loop_now_ms(loop) - t, 990);
    ck_assert_int_eq(number(b, "SELECT count(*) FROM night_log"), 500);
    add(a, 1, "at the end");
    store_close(a);
    ck_assert_int_eq(number(b, "SELECT count(*) FROM night_log"), 501);
    store_close(b);
    loop_free(loop);
}
END_TEST

START_TEST(checkpoint_off_the_loop)
{
    struct loop *loop = loop_new(clock_system());
    struct store *st;
    struct stat sb;
    char wal[180], *text = mem_zero(20001);
    snprintf(wal, sizeof wal, "%s-wal", path);
    memset(text, 'y', 20000);
    ck_assert_int_eq(open_with(&night1, false, loop, &st), OK);
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < 250; i++)
            add(st, i, text);
        ck_assert_int_eq(store_commit(st, &err), OK);
        loop_run(loop);
    }
    ck_assert_int_eq(stat(path, &sb), 0);
    ck_assert_int_gt(sb.st_size, 20000000); /* 30 MB were written; most of it is in the file */
    ck_assert_int_eq(stat(wal, &sb), 0);
    ck_assert_int_lt(sb.st_size, 12000000); /* and the journal was used again */
    add(st, 1, text);
    store_close(st);
    loop_free(loop);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *t = tcase_create("store");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, values_come_back);
    tcase_add_test(t, int64_and_null);
    tcase_add_test(t, same_statement_twice);
    tcase_add_test(t, wrong_sql);
    tcase_add_test(t, constraint_keeps_the_rest);
    tcase_add_test(t, groups);
    tcase_add_test(t, migrate_with_copy);
    tcase_add_test(t, rooms_come_and_go);
    tcase_add_test(t, failed_step_changes_nothing);
    tcase_add_loop_test(t, future_is_refused, 0, 2);
    tcase_add_test(t, foreign_database_is_refused);
    tcase_add_test(t, no_database);
    tcase_add_test(t, damaged);
    tcase_add_test(t, held_by_another);
    tcase_add_test(t, read_only);
    tcase_add_test(t, no_permission);
    tcase_add_test(t, full_disk);
    tcase_add_test(t, killed_while_writing);
    tcase_add_test(t, gathered_writes);
    tcase_add_test(t, checkpoint_off_the_loop);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
