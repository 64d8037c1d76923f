/* table.c - the protocols, a row each, and what is the same for all of them. To add one: a file
 * proto_<name>.c, a row here. Not: their questions and columns.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "proto_own.h"
#include "vigie/formats/tableops.h"
#include "vigie/vo/simple.h"

const struct vo_protocol *const vo_protocols[] = {
    &proto_scs,    &proto_sia1,   &proto_sia2,     &proto_ssa,  &proto_tap, &proto_obscore,
    &proto_obsloc, &proto_objvis, &proto_datalink, &proto_vosi, NULL};

static bool is_word_of(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; p && *p; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == n && strncasecmp(p, word, n) == 0)
            return true;
    return false;
}

const struct vo_protocol *vo_protocol_find(const char *name)
{
    for (size_t i = 0; vo_protocols[i]; i++)
        if (str_eqi(vo_protocols[i]->name, name) || is_word_of(vo_protocols[i]->also, name))
            return vo_protocols[i];
    return NULL;
}

/* The rows whose identifier goes on with a version stand for longer ones: the longest that fits. A
 * service that only helps others (sia#query-aux-2.0) speaks the protocol of those it helps. */
const struct vo_protocol *vo_protocol_of(const char *standard_id)
{
    char plain[128];
    const char *aux = standard_id ? strstr(standard_id, "#query-aux-") : NULL;
    if (aux && strlen(standard_id) < sizeof plain) {
        snprintf(plain, sizeof plain, "%.*s#query-%s", (int)(aux - standard_id), standard_id,
                 aux + strlen("#query-aux-"));
        standard_id = plain;
    }
    const struct vo_protocol *best = NULL;
    size_t most = 0;
    for (size_t i = 0; standard_id && vo_protocols[i]; i++) {
        const char *id = vo_protocols[i]->standard_id;
        size_t n = id ? strlen(id) : 0;
        bool open = n && id[n - 1] == '%';
        n -= open;
        if (n <= most || strncasecmp(standard_id, id, n) != 0)
            continue;
        if (open || standard_id[n] == '\0' || standard_id[n] == '#') {
            best = vo_protocols[i];
            most = n;
        }
    }
    return best;
}

/* ---- the question ---- */

void proto_request_clear(struct proto_request *r)
{
    str_clear(&r->url);
    str_clear(&r->body);
    str_clear(&r->type);
}

static enum status check_place(const struct vo_protocol *p, const struct proto_query *q,
                               struct error *err)
{
    if (!(fabs(q->dec_deg) <= 90 && fabs(q->ra_deg) <= 360))
        return err_set(err, E_RANGE, "%s: no place on the sky: %g %g degrees", p->title, q->ra_deg,
                       q->dec_deg);
    if (!(q->radius_deg >= 0 && q->radius_deg <= 180))
        return err_set(err, E_RANGE, "%s: no radius: %g degrees (0 .. 180)", p->title,
                       q->radius_deg);
    return OK;
}

static enum status check(const struct vo_protocol *p, const struct proto_query *q,
                         struct error *err)
{
    static const struct {
        unsigned bit;
        const char *what;
    } words[] = {{PROTO_TAKES_PLACE, "a position"},
                 {PROTO_TAKES_BAND, "a range of wavelengths"},
                 {PROTO_TAKES_TIME, "a range of time"},
                 {PROTO_TAKES_ID, "an identifier"},
                 {PROTO_TAKES_ADQL, "a query"}};
    const bool there[] = {q->place, q->band, q->time, q->id && *q->id, q->adql && *q->adql};
    for (size_t i = 0; i < sizeof there; i++) {
        if (!there[i] && (p->needs & words[i].bit))
            return err_set(err, E_RANGE, "%s: needs %s", p->title, words[i].what);
        if (there[i] && !(p->takes & words[i].bit))
            return err_set(err, E_RANGE, "%s: cannot be asked for %s", p->title, words[i].what);
    }
    if (q->n_upload && !(p->takes & PROTO_TAKES_UPLOAD))
        return err_set(err, E_RANGE, "%s: takes no tables", p->title);
    if (q->band && !(q->band_lo_m > 0 && q->band_hi_m >= q->band_lo_m))
        return err_set(err, E_RANGE, "%s: no range of wavelengths: %g .. %g m", p->title,
                       q->band_lo_m, q->band_hi_m);
    if (q->time && !(q->mjd_lo <= q->mjd_hi))
        return err_set(err, E_RANGE, "%s: no range of time: MJD %g .. %g", p->title, q->mjd_lo,
                       q->mjd_hi);
    if (q->base == NULL || (strncmp(q->base, "http://", 7) != 0 && strncmp(q->base, "https://", 8)))
        return err_set(err, E_RANGE, "%s: %.60s is not the address of a web service", p->title,
                       q->base ? q->base : "nothing");
    return q->place ? check_place(p, q, err) : OK;
}

enum status vo_build(const struct vo_protocol *p, const struct proto_query *q,
                     struct proto_request *r, struct error *err)
{
    enum status s = check(p, q, err);
    return s == OK ? p->build(q, r, err) : s;
}

uint64_t vo_ask_query(struct http *h, const struct vo_protocol *p, const struct proto_query *q,
                      const struct vo_question *ask, struct error *err)
{
    struct proto_request r = {.post = false};
    struct vo_question k = *ask;
    uint64_t id = 0;
    if (vo_build(p, q, &r, err) == OK) {
        k.url = str_c(&r.url);
        k.body = r.post ? str_c(&r.body) : NULL;
        k.n_body = r.post ? r.body.n : 0;
        k.type = r.post ? str_c(&r.type) : NULL;
        k.max_rows = q->max_rows;
        id = vo_ask(h, &k, err);
    }
    proto_request_clear(&r);
    return id;
}

void proto_rows(struct str *out, const char *key, uint64_t n)
{
    char s[32];
    if (n == 0)
        return;
    snprintf(s, sizeof s, "%llu", (unsigned long long)n);
    vo_url_add(out, key, s);
}

void proto_more(struct str *url, const struct proto_query *q)
{
    for (size_t i = 0; i < q->n_more; i++)
        vo_url_add(url, q->more[i].key, q->more[i].value);
    vo_url_end(url);
}

void proto_pos(struct str *url, const struct proto_query *q)
{
    str_addf(url, "POS=%.12g,%.12g&", q->ra_deg, q->dec_deg);
}

void proto_range(struct str *url, const char *key, double lo, char between, double hi)
{
    char s[80];
    snprintf(s, sizeof s, "%.12g%c%.12g", lo, between, hi);
    vo_url_add(url, key, s);
}

void proto_condition(struct str *adql, bool *some)
{
    str_add(adql, *some ? "\n  AND " : "\nWHERE ");
    *some = true;
}

void proto_circle(struct str *adql, const struct proto_query *q, const char *ra, const char *dec)
{
    str_addf(adql, "1 = CONTAINS(POINT('ICRS', %s, %s), CIRCLE('ICRS', %.12g, %.12g, %.12g))", ra,
             dec, q->ra_deg, q->dec_deg, q->radius_deg);
}

/* ---- the answer ---- */

int proto_ucd(const struct table *t, const char *ucd, const char *ucd1)
{
    return table_find_ucd(t, ucd ? ucd : ucd1, ucd1);
}

int proto_utype(const struct table *t, const char *tail)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        const char *u = t->column[i].field.utype, *colon = u ? strrchr(u, ':') : NULL;
        if (u && str_eqi(colon ? colon + 1 : u, tail))
            return (int)i;
    }
    return -1;
}

int proto_named(const struct table *t, const char *names)
{
    char one[64];
    for (const char *p = names; *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        snprintf(one, sizeof one, "%.*s", (int)n, p);
        int i = table_find(t, one);
        if (i >= 0)
            return i;
        p += n;
    }
    return -1;
}

void proto_place_columns(const struct table *t, struct proto_columns *c)
{
    struct table_place place;
    if (!table_place_of(t, &place))
        return;
    c->column[PROTO_RA] = (int)place.lon_column;
    c->column[PROTO_DEC] = (int)place.lat_column;
}

void proto_read_columns(const struct vo_protocol *p, const struct table *t, struct proto_columns *c)
{
    for (int i = 0; i < PROTO_ROLES; i++)
        c->column[i] = -1;
    c->size_bytes = 1;
    if (p->parse)
        p->parse(t, c);
    if (c->column[PROTO_RA] < 0 || c->column[PROTO_DEC] < 0)
        proto_place_columns(t, c);
}

bool proto_role_text(const struct table *t, const struct proto_columns *c, size_t row,
                     enum proto_role role, struct str *out)
{
    str_reset(out);
    return c->column[role] >= 0 && row < t->rows &&
           table_cell(t, row, (size_t)c->column[role], out);
}

double proto_role_number(const struct table *t, const struct proto_columns *c, size_t row,
                         enum proto_role role)
{
    struct str s = {0};
    double x = (double)NAN;
    if (c->column[role] < 0 || row >= t->rows)
        return x;
    x = table_double(t, row, (size_t)c->column[role]);
    if (isnan(x) && proto_role_text(t, c, row, role, &s) &&
        !str_num(s.s, &x)) /* text, as old ones write */
        x = (double)NAN;
    str_clear(&s);
    return x;
}

bool vo_is_datalink(const char *format)
{
    return format && str_hasi(format, "content=datalink");
}
