/* bench_store.c - how many alert packets a second the store takes and gives. Prints rates; asserts
 * nothing about them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/clock.h"
#include "vigie/store/store.h"

static const char *const steps[] = {
    "CREATE TABLE bench_packet(id INTEGER PRIMARY KEY, ivorn TEXT UNIQUE NOT NULL, t REAL, raw "
    "BLOB); CREATE INDEX bench_t ON bench_packet(t)"};
static const struct store_room room = {"bench", steps, 1};

static void must(enum status s, const struct error *err)
{
    if (s == OK)
        return;
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static double seconds(int64_t from_ns)
{
    return (double)(clock_system()->mono_ns(NULL) - from_ns) / 1e9;
}

static void fill(struct store *st, int n, int commit_each)
{
    struct error err;
    char raw[4000], ivorn[60];
    memset(raw, 'p', sizeof raw);
    for (int i = 0; i < n; i++) {
        struct query *q;
        snprintf(ivorn, sizeof ivorn, "ivo://bench/stream#%d", i);
        must(
            store_query(st, "INSERT INTO bench_packet(ivorn, t, raw) VALUES(?1, ?2, ?3)", &q, &err),
            &err);
        query_bind_text(q, 1, ivorn);
        query_bind_real(q, 2, i);
        query_bind_blob(q, 3, raw, sizeof raw);
        must(query_run(q, NULL, NULL, &err), &err);
        if (i % commit_each == commit_each - 1)
            must(store_commit(st, &err), &err);
    }
    must(store_commit(st, &err), &err);
}

static void read_all(struct store *st)
{
    struct error err;
    struct query *q;
    bool row;
    size_t bytes = 0, n;
    must(store_query(st, "SELECT t, raw FROM bench_packet ORDER BY t", &q, &err), &err);
    while (query_next(q, &row, &err) == OK && row) {
        query_blob(q, 1, &n);
        bytes += n;
    }
    query_end(q);
    if (bytes == 0)
        exit(1);
}

int main(void)
{
    char folder[] = "/tmp/vigie-bench-XXXXXX", path[60], cmd[80];
    struct error err;
    if (!mkdtemp(folder))
        return 1;
    int each[] = {2000, 1};
    for (int k = 0; k < 2; k++) {
        int n = each[k] == 1 ? 2000 : 20000;
        struct store *st;
        struct store_options o = {.rooms = &room, .n_rooms = 1};
        snprintf(path, sizeof path, "%s/%d.db", folder, k);
        must(store_open(path, &o, &st, &err), &err);
        int64_t t = clock_system()->mono_ns(NULL);
        fill(st, n, each[k]);
        printf("store: %8.0f packets of 4 kB a second, %d a commit\n", n / seconds(t), each[k]);
        t = clock_system()->mono_ns(NULL);
        read_all(st);
        printf("store: %8.0f packets a second read\n", n / seconds(t));
        store_close(st);
    }
    snprintf(cmd, sizeof cmd, "rm -rf %s", folder);
    return system(cmd);
}
