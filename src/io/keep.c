/* keep.c - see keep.h. Not: the network. */
#include "vigie/io/keep.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"

enum { MARKS_MAX = 16384 };

void keep_clear(struct keep *k)
{
    str_clear(&k->body);
    str_clear(&k->etag);
    str_clear(&k->last_modified);
    *k = (struct keep){.fetched_ns = 0};
}

/* The value of `key` in lines "key: value". */
static bool mark(const char *lines, const char *key, struct str *out)
{
    size_t n = strlen(key);
    str_reset(out);
    for (const char *p = lines; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
        if (strncmp(p, key, n) == 0 && p[n] == ':' && p[n + 1] == ' ') {
            str_addn(out, p + n + 2, strcspn(p + n + 2, "\n"));
            return true;
        }
    return false;
}

static bool marks_belong(const char *lines, const char *url, const struct str *body)
{
    struct str v = {0};
    char size[32], hash[32];
    snprintf(size, sizeof size, "%zu", body->n);
    snprintf(hash, sizeof hash, "%016" PRIx64, hash_add(HASH_START, str_c(body), body->n));
    bool ok = mark(lines, "url", &v) && strcmp(str_c(&v), url) == 0;
    ok = ok && mark(lines, "size", &v) && strcmp(str_c(&v), size) == 0;
    ok = ok && mark(lines, "hash", &v) && strcmp(str_c(&v), hash) == 0;
    str_clear(&v);
    return ok;
}

static int64_t file_time(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return 0;
    return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

enum status keep_read(const char *path, const char *url, size_t max, struct keep *k,
                      struct error *err)
{
    keep_clear(k);
    enum status s = file_read(path, max, &k->body, err);
    if (s != OK)
        return s;
    k->fetched_ns = file_time(path);
    char *side = mem_printf("%s.meta", path);
    struct str lines = {0}, v = {0};
    if (file_read(side, MARKS_MAX, &lines, NULL) == OK &&
        marks_belong(str_c(&lines), url, &k->body) && mark(lines.s, "fetched", &v)) {
        k->marked = true;
        k->fetched_ns = strtoll(str_c(&v), NULL, 10) * 1000000000;
        mark(lines.s, "etag", &k->etag);
        mark(lines.s, "last-modified", &k->last_modified);
    }
    str_clear(&lines);
    str_clear(&v);
    free(side);
    return OK;
}

/* A validator that would break the lines is left out: then the whole answer is asked for. */
static void add_mark(struct str *t, const char *key, const char *value)
{
    if (value && *value && !strpbrk(value, "\r\n"))
        str_addf(t, "%s: %s\n", key, value);
}

static enum status write_marks(const char *path, const char *url, const void *body, size_t n,
                               const char *etag, const char *last_modified, int64_t fetched_ns,
                               struct error *err)
{
    struct str t = {0};
    char *side = mem_printf("%s.meta", path);
    add_mark(&t, "url", url);
    str_addf(&t, "fetched: %" PRId64 "\n", fetched_ns / 1000000000);
    add_mark(&t, "etag", etag);
    add_mark(&t, "last-modified", last_modified);
    str_addf(&t, "size: %zu\nhash: %016" PRIx64 "\n", n, hash_add(HASH_START, body, n));
    enum status s = file_replace(side, t.s, t.n, 0600, err);
    str_clear(&t);
    free(side);
    return s;
}

enum status keep_write(const char *path, const char *url, const void *body, size_t n,
                       const char *etag, const char *last_modified, int64_t fetched_ns,
                       struct error *err)
{
    char *previous = mem_printf("%s.previous", path), *temp = mem_printf("%s.link", path);
    unlink(temp); /* the copy before gets a second name, then that name takes the previous one's
                     place: at no moment is there neither */
    if (link(path, temp) == 0 && rename(temp, previous) != 0)
        unlink(temp);
    enum status s = file_replace(path, body, n, 0600, err);
    if (s == OK)
        s = write_marks(path, url, body, n, etag, last_modified, fetched_ns, err);
    free(previous);
    free(temp);
    return s;
}

enum status keep_renew(const char *path, const char *url, struct keep *k, const char *etag,
                       const char *last_modified, int64_t fetched_ns, struct error *err)
{
    k->fetched_ns = fetched_ns;
    return write_marks(path, url, str_c(&k->body), k->body.n, *etag ? etag : str_c(&k->etag),
                       *last_modified ? last_modified : str_c(&k->last_modified), fetched_ns, err);
}

void keep_name(struct str *out, const char *kind, const char *question, const char *ending)
{
    str_addf(out, "%s-%016" PRIx64 ".%s", kind, hash_add(HASH_START, question, strlen(question)),
             ending);
}

struct copy {
    char *path;
    int64_t time_ns;
};

static int by_age(const void *a, const void *b) /* the youngest first */
{
    int64_t x = ((const struct copy *)a)->time_ns, y = ((const struct copy *)b)->time_ns;
    return x < y ? 1 : x > y ? -1 : 0;
}

static void drop_copy(const char *path)
{
    static const char *const endings[] = {"", ".meta", ".previous"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char *one = mem_printf("%s%s", path, endings[i]);
        unlink(one);
        free(one);
    }
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);
    return n >= k && strcmp(s + n - k, end) == 0;
}

void keep_prune(const char *folder, const char *kind, size_t most)
{
    VEC(struct copy) copies = {0};
    DIR *d = opendir(folder);
    size_t n = strlen(kind);
    for (struct dirent *e; d && (e = readdir(d));)
        if (strncmp(e->d_name, kind, n) == 0 && e->d_name[n] == '-' &&
            !ends_with(e->d_name, ".meta") && !ends_with(e->d_name, ".previous")) {
            struct copy c = {.path = mem_printf("%s/%s", folder, e->d_name)};
            c.time_ns = file_time(c.path);
            VEC_PUSH(copies, c);
        }
    if (d)
        closedir(d);
    if (copies.n)
        qsort(copies.at, copies.n, sizeof *copies.at, by_age);
    for (size_t i = 0; i < copies.n; i++) {
        if (i >= most)
            drop_copy(copies.at[i].path);
        free(copies.at[i].path);
    }
    VEC_FREE(copies);
}
