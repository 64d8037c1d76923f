/* record.c - see record.h. Not: the network. */
#include "vigie/io/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"

struct asked { /* how often a question was put so far */
    char *stem;
    int n;
};

struct record {
    char *folder;
    VEC(struct asked) asked;
};

struct record *record_new(const char *folder)
{
    struct record *r = mem_zero(sizeof *r);
    r->folder = mem_str(folder);
    return r;
}

void record_free(struct record *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->asked.n; i++)
        free(r->asked.at[i].stem);
    VEC_FREE(r->asked);
    free(r->folder);
    free(r);
}

void record_entry_clear(struct record_entry *e)
{
    str_clear(&e->body);
    str_clear(&e->headers);
    *e = (struct record_entry){.code = 0};
}

/* The part of a URL that may be written: of a secret one, neither its query nor the user in it. */
static void public_url(const char *url, bool secret, struct str *out)
{
    const char *host = strstr(url, "://");
    size_t n = strcspn(url, "#");
    if (secret && host) {
        host += 3;
        n = strcspn(url, "?#");
        str_addn(out, url, (size_t)(host - url));
        const char *user = memchr(host, '@', strcspn(host, "/?#"));
        n -= (size_t)((user ? user + 1 : host) - url);
        url = user ? user + 1 : host;
    }
    str_addn(out, url, n);
}

static char *stem_of(const char *method, const char *public, const void *body, size_t n,
                     bool secret)
{
    uint64_t h = hash_add(HASH_START, method, strlen(method) + 1);
    h = hash_add(h, public, strlen(public) + 1);
    if (!secret)
        h = hash_add(h, body, n);
    const char *name = strstr(public, "://");
    name = name ? name + 3 : public;
    struct str t = {.max = 120};
    str_addf(&t, "%s-", method);
    for (const char *p = name; *p && *p != '?'; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '.' || *p == '_';
        str_addc(&t, plain ? *p : '-');
    }
    t.max = 0;
    str_addf(&t, "-%08" PRIx32, (uint32_t)(h ^ h >> 32));
    return str_take(&t);
}

/* The count of this question, one more with each call. Takes stem. */
static struct asked *count(struct record *r, char *stem)
{
    for (size_t i = 0; i < r->asked.n; i++)
        if (strcmp(r->asked.at[i].stem, stem) == 0) {
            free(stem);
            r->asked.at[i].n++;
            return &r->asked.at[i];
        }
    struct asked a = {stem, 1};
    VEC_PUSH(r->asked, a);
    return &r->asked.at[r->asked.n - 1];
}

enum status record_put(struct record *r, const char *method, const char *url, const void *body,
                       size_t n_body, bool secret, const struct record_entry *e, struct error *err)
{
    struct str pub = {0}, t = {0};
    public_url(url, secret, &pub);
    struct asked *a = count(r, stem_of(method, pub.s, body, n_body, secret));
    char *path = mem_printf("%s/%s-%d.http", r->folder, a->stem, a->n);
    str_addf(&t, "%s %s\n\n", method, pub.s);
    if (e->code)
        str_addf(&t, "%d\n", e->code);
    else
        str_addf(&t, "error %s: %s\n", status_name(e->failure.status), e->failure.text);
    str_addn(&t, str_c(&e->headers), e->headers.n);
    str_addc(&t, '\n');
    str_addn(&t, str_c(&e->body), e->body.n);
    enum status s = file_replace(path, t.s, t.n, 0600, err);
    str_clear(&t);
    str_clear(&pub);
    free(path);
    return s;
}

static bool status_read(const char *name, size_t n, enum status *out)
{
    for (int s = E_MEMORY; s <= E_BUG; s++)
        if (strlen(status_name((enum status)s)) == n &&
            strncmp(status_name((enum status)s), name, n) == 0) {
            *out = (enum status)s;
            return true;
        }
    return false;
}

static bool parse_first(const char *line, size_t n, struct record_entry *e)
{
    if (n > 6 && strncmp(line, "error ", 6) == 0) {
        const char *colon = memchr(line, ':', n);
        if (!colon || !status_read(line + 6, (size_t)(colon - line) - 6, &e->failure.status))
            return false;
        const char *text = colon + 1 + (colon + 1 < line + n && colon[1] == ' ');
        snprintf(e->failure.text, sizeof e->failure.text, "%.*s", (int)(line + n - text), text);
        return true;
    }
    if (n != 3 || line[0] < '1' || line[0] > '5')
        return false;
    e->code = (int)strtol(line, NULL, 10);
    return e->code >= 100 && e->code < 600;
}

static bool parse(const struct str *t, struct record_entry *e)
{
    const char *end = str_c(t) + t->n, *p = strstr(str_c(t), "\n\n");
    if (!p)
        return false;
    p += 2;
    const char *eol = memchr(p, '\n', (size_t)(end - p));
    if (!eol || !parse_first(p, (size_t)(eol - p), e))
        return false;
    p = eol + 1;
    while (p < end && *p != '\n') {
        eol = memchr(p, '\n', (size_t)(end - p));
        if (!eol)
            return false;
        str_addn(&e->headers, p, (size_t)(eol + 1 - p));
        p = eol + 1;
    }
    if (p < end)
        str_addn(&e->body, p + 1, (size_t)(end - p - 1));
    return true;
}

enum status record_get(struct record *r, const char *method, const char *url, const void *body,
                       size_t n_body, bool secret, size_t max, struct record_entry *e,
                       struct error *err)
{
    struct str pub = {0}, t = {0};
    record_entry_clear(e);
    public_url(url, secret, &pub);
    struct asked *a = count(r, stem_of(method, pub.s, body, n_body, secret));
    str_clear(&pub);
    char *path = mem_printf("%s/%s-%d.http", r->folder, a->stem, a->n);
    enum status s = file_read(path, max, &t, err);
    if (s == E_ABSENT && a->n > 1) { /* asked more often than recorded: the last one again */
        a->n--;
        free(path);
        path = mem_printf("%s/%s-%d.http", r->folder, a->stem, a->n);
        s = file_read(path, max, &t, err);
    }
    if (s == E_ABSENT)
        err_set(err, E_ABSENT, "no answer recorded as %s", path);
    else if (s == OK && !parse(&t, e))
        s = err_set(err, E_PARSE, "%s: not a recorded answer", path);
    str_clear(&t);
    free(path);
    return s;
}
