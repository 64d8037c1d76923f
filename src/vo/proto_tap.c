/* proto_tap.c - TAP 1.1 (IVOA), section 2: a query in ADQL, answered in one go; tables that go with it as
 * parts of the request (TAP 1.1, section 2.5; RFC 7578). Jobs: job.c.
 */
#include <stdlib.h>
#include <string.h>

#include "proto_own.h"
#include "vigie/formats/tableio.h"

/* One part of a request of several; the boundary cannot stand in it (part_boundary). */
static void add_part(struct str *body, const char *boundary, const char *name, const char *file,
                     const struct str *value)
{
    str_addf(body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary, name);
    if (file)
        str_addf(body, "; filename=\"%s\"\r\nContent-Type: application/x-votable+xml", file);
    str_add(body, "\r\n\r\n");
    str_addn(body, str_c(value), value->n);
    str_add(body, "\r\n");
}

/* The parameters of the request, in the order in which they are sent. Both spellings of the format are
 * sent: FORMAT is that of TAP 1.0. */
struct pair {
    const char *key;
    struct str value;
};
enum { PAIRS = 7 };

static size_t pairs(const struct proto_query *q, const char *adql, struct pair p[PAIRS])
{
    const char *format = q->response ? q->response : "votable";
    size_t n = 0;
    memset(p, 0, PAIRS * sizeof *p);
    p[n].key = "REQUEST", str_add(&p[n++].value, "doQuery");
    p[n].key = "LANG", str_add(&p[n++].value, q->lang ? q->lang : "ADQL");
    p[n].key = "RESPONSEFORMAT", str_add(&p[n++].value, format);
    p[n].key = "FORMAT", str_add(&p[n++].value, format);
    if (q->max_rows)
        p[n].key = "MAXREC", str_addf(&p[n++].value, "%llu", (unsigned long long)q->max_rows);
    p[n].key = "QUERY", str_add(&p[n++].value, adql);
    return n;
}

static bool plain_name(const char *s)
{
    bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
    for (; letter && *s; s++)
        if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
              *s == '_'))
            return false;
    return letter;
}

static enum status write_table(const struct proto_upload *u, struct str *out, struct error *err)
{
    struct table_writer *w = table_writer_new(u->doc, u->table, TABLE_VOTABLE);
    bool done = false;
    enum status s = OK;
    while (s == OK && !done)
        s = table_writer_step(w, 4096, out, &done, err);
    table_writer_free(w);
    return s == OK ? OK : err_wrap(err, "upload of %.40s", u->name);
}

/* A boundary that stands in none of the parts. */
static char *part_boundary(const struct pair *p, size_t n, const struct str *table, size_t n_table)
{
    char *b = NULL;
    bool stands = true;
    for (unsigned k = 0; stands; k++) {
        free(b);
        b = mem_printf("vigie-part-%u", k);
        stands = false;
        for (size_t i = 0; i < n && !stands; i++)
            stands = strstr(str_c(&p[i].value), b) != NULL;
        for (size_t i = 0; i < n_table && !stands; i++)
            stands = strstr(str_c(&table[i]), b) != NULL;
    }
    return b;
}

static enum status add_uploads(const struct proto_query *q, struct pair *p, size_t *n,
                               struct str *table, struct error *err)
{
    enum status s = OK;
    p[*n].key = "UPLOAD";
    for (size_t i = 0; i < q->n_upload && s == OK; i++) {
        const char *name = q->upload[i].name;
        if (!plain_name(name))
            return err_set(err, E_RANGE,
                           "TAP: '%.40s' is no name for a table: letters, digits and _ only", name);
        str_addf(&p[*n].value, "%s%s,param:%s", i ? ";" : "", name, name);
        s = write_table(&q->upload[i], &table[i], err);
    }
    ++*n;
    return s;
}

enum status proto_tap_request(const struct proto_query *q, const char *adql, const char *tail,
                              struct proto_request *r, struct error *err)
{
    struct pair p[PAIRS];
    struct str *table = mem_zero((q->n_upload + 1) * sizeof *table);
    size_t n = pairs(q, adql, p), base = strlen(q->base);
    enum status s = OK;
    while (base && q->base[base - 1] == '/')
        base--;
    str_addn(&r->url, q->base, base);
    str_add(&r->url, tail);
    r->post = true;
    if (q->n_upload)
        s = add_uploads(q, p, &n, table, err);
    if (s == OK && q->n_upload) {
        char *b = part_boundary(p, n, table, q->n_upload);
        str_addf(&r->type, "multipart/form-data; boundary=%s", b);
        for (size_t i = 0; i < n; i++)
            add_part(&r->body, b, p[i].key, NULL, &p[i].value);
        for (size_t i = 0; i < q->n_upload; i++)
            add_part(&r->body, b, q->upload[i].name, q->upload[i].name, &table[i]);
        str_addf(&r->body, "--%s--\r\n", b);
        free(b);
    } else if (s == OK) {
        str_add(&r->type, "application/x-www-form-urlencoded");
        for (size_t i = 0; i < n; i++)
            vo_url_add(&r->body, p[i].key, str_c(&p[i].value));
        proto_more(&r->body, q);
    }
    for (size_t i = 0; i < PAIRS; i++)
        str_clear(&p[i].value);
    for (size_t i = 0; i < q->n_upload; i++)
        str_clear(&table[i]);
    free(table);
    return s;
}

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    return proto_tap_request(q, q->adql, "/sync", r, err);
}

static void parse(const struct table *t, struct proto_columns *c)
{
    c->column[PROTO_ID] = proto_ucd(t, "meta.id", "ID_MAIN");
    c->column[PROTO_TARGET] = c->column[PROTO_ID];
}

const struct vo_protocol proto_tap = {
    .name = "tap",
    .also = "adql",
    .title = "TAP",
    .standard_id = "ivo://ivoa.net/std/tap",
    .takes = PROTO_TAKES_ADQL | PROTO_TAKES_UPLOAD,
    .needs = PROTO_TAKES_ADQL,
    .build = build,
    .parse = parse,
};
