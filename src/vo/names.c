/* names.c - see names.h. The file of kept answers: a JSON object a line, the latest last; written anew as a
 * whole when it changes (at most KEPT lines), in the pool.
 */
#include "vigie/vo/names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/formats/json.h"
#include "vigie/vo/proto.h"

enum { KEPT = 2000, FILE_MAX = 4 << 20, ANSWER_MAX = 1 << 20 };
static const double month_s = 30 * 86400.0;
static const char simbad[] = "https://simbad.cds.unistra.fr/simbad/sim-tap";

struct known {
    char *asked;
    struct vo_object object;
    int64_t at_s; /* seconds since 1970 */
};

struct asking {
    struct names *names;
    struct asking *next;
    uint64_t id, request, timer;
    int mirror;
    char *name;
    struct error why;
    names_done_fn *done;
    void *arg;
};

struct names {
    const struct vo_access *access;
    double max_age_s;
    char *path;
    VEC(struct known) known;
    struct asking *asking;
    uint64_t last_id;
};

/* ---- the file ---- */

static void key_of(struct str *out, const char *name)
{
    for (const char *p = name; *p; p++) {
        bool blank = *p == ' ' || *p == '\t';
        if (blank && (out->n == 0 || out->s[out->n - 1] == ' '))
            continue;
        str_addc(out, blank ? ' ' : *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
    }
    if (out->n && out->s[out->n - 1] == ' ')
        out->s[--out->n] = '\0';
}

static struct known *find(const struct names *n, const char *name)
{
    struct str key = {0};
    struct known *k = NULL;
    key_of(&key, name);
    for (size_t i = n->known.n; i-- > 0 && !k;)
        if (strcmp(n->known.at[i].asked, str_c(&key)) == 0)
            k = &n->known.at[i];
    str_clear(&key);
    return k;
}

static void drop(struct names *n, size_t i)
{
    free(n->known.at[i].asked);
    memmove(&n->known.at[i], &n->known.at[i + 1], (n->known.n - i - 1) * sizeof *n->known.at);
    n->known.n--;
}

static void add(struct names *n, const char *name, const struct vo_object *o, int64_t at_s)
{
    struct str key = {0};
    struct known *old = find(n, name);
    if (old)
        drop(n, (size_t)(old - n->known.at));
    else if (n->known.n == KEPT)
        drop(n, 0);
    key_of(&key, name);
    struct known k = {.asked = mem_str(str_c(&key)), .object = *o, .at_s = at_s};
    VEC_PUSH(n->known, k);
    str_clear(&key);
}

static const struct {
    const char *key;
    size_t at, size; /* size 0: a double */
} fields[] = {
#define TEXT(f)                                                                                    \
    {                                                                                              \
#f, offsetof(struct vo_object, f), sizeof((struct vo_object *)0)->f                        \
    }
#define NUMBER(f)                                                                                  \
    {                                                                                              \
#f, offsetof(struct vo_object, f), 0                                                       \
    }
    TEXT(name),           TEXT(kind),          TEXT(spectral),      TEXT(resolver),
    NUMBER(ra_deg),       NUMBER(dec_deg),     NUMBER(pm_ra_masyr), NUMBER(pm_dec_masyr),
    NUMBER(parallax_mas), NUMBER(velocity_kms)};

static void read_line(struct names *n, const char *s, size_t size)
{
    struct arena arena = {0};
    const struct json *v;
    struct vo_object o;
    memset(&o, 0, sizeof o);
    if (json_parse(&arena, s, size, NULL, &v, NULL) == OK && json_text(json_get(v, "asked"))) {
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
            char *to = (char *)&o + fields[i].at;
            const char *text = json_text(json_get(v, fields[i].key));
            double x = json_number(json_get(v, fields[i].key));
            if (fields[i].size)
                snprintf(to, fields[i].size, "%s", text ? text : "");
            else
                memcpy(to, &x, sizeof x);
        }
        double at = json_number(json_get(v, "at_s"));
        if (o.ra_deg >= 0 && o.ra_deg <= 360 && fabs(o.dec_deg) <= 90 && at > 0 && at < 1e12)
            add(n, json_text(json_get(v, "asked")), &o, (int64_t)at);
    }
    arena_clear(&arena);
}

static void read_file(struct names *n)
{
    struct str s = {0};
    if (file_read(n->path, FILE_MAX, &s, NULL) == OK)
        for (const char *p = str_c(&s); *p;) {
            size_t k = strcspn(p, "\n");
            if (k)
                read_line(n, p, k);
            p += k + (p[k] == '\n');
        }
    str_clear(&s);
}

static void write_line(struct str *out, const struct known *k)
{
    struct json_writer j;
    json_write(&j, out);
    json_object(&j);
    json_key(&j, "asked");
    json_string(&j, k->asked);
    json_key(&j, "at_s");
    json_int(&j, k->at_s);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *from = (const char *)&k->object + fields[i].at;
        double x;
        json_key(&j, fields[i].key);
        if (fields[i].size) {
            json_string(&j, from);
        } else {
            memcpy(&x, from, sizeof x);
            json_shortest(&j, x);
        }
    }
    json_end(&j);
    str_addc(out, '\n');
}

struct writing {
    char *path;
    struct str body;
    struct error err;
};

static void write_names(void *arg)
{
    struct writing *w = arg;
    w->err.status = file_replace(w->path, str_c(&w->body), w->body.n, 0644, &w->err);
}

static void names_written(void *arg, bool cancelled)
{
    struct writing *w = arg;
    if (!cancelled && w->err.status != OK)
        log_put(LOG_WARN, "vo", "names", "they are not kept: %s", w->err.text);
    str_clear(&w->body);
    free(w->path);
    free(w);
}

static void write_file(const struct names *n)
{
    if (!n->path)
        return;
    struct writing *w = mem_zero(sizeof *w);
    w->path = mem_str(n->path);
    for (size_t i = 0; i < n->known.n; i++)
        write_line(&w->body, &n->known.at[i]);
    if (loop_work(http_loop(n->access->http), write_names, names_written, w, "vo/names") != OK)
        names_written(w, true);
}

/* ---- asking ---- */

static void unlink_asking(struct asking *a)
{
    for (struct asking **p = &a->names->asking; *p; p = &(*p)->next)
        if (*p == a) {
            *p = a->next;
            break;
        }
}

static void tell(struct asking *a, const struct names_result *r)
{
    unlink_asking(a);
    a->done(a->arg, r); /* may free the names */
    free(a->name);
    free(a);
}

static double age_of(const struct names *n, const struct known *k)
{
    return (double)vo_now_ns(n->access) / 1e9 - (double)k->at_s;
}

static void give_up(struct asking *a)
{
    const struct known *k = find(a->names, a->name);
    struct names_result r = {.err = a->why};
    if (k) {
        r.err.status = OK;
        r.why = a->why;
        r.object = k->object;
        r.age_s = age_of(a->names, k);
    }
    tell(a, &r);
}

static void answered(struct asking *a, const struct vo_object *o)
{
    struct names_result r = {.object = *o};
    add(a->names, a->name, o, vo_now_ns(a->names->access) / 1000000000);
    write_file(a->names);
    tell(a, &r);
}

static void on_simbad(void *arg, struct vo_answer *v)
{
    struct asking *a = arg;
    struct vo_object o;
    struct error err = v->err;
    a->request = 0;
    if (!a->done || err.status == E_CANCELLED)
        return;
    if (err.status == OK && (!v->doc || v->doc->tables.n == 0))
        err_set(&err, E_PARSE, "SIMBAD: there is no table in the answer");
    if (err.status == OK && vo_simbad_read(v->doc->tables.at[0], a->name, &o, &err) == OK) {
        answered(a, &o);
        return;
    }
    a->why = err;
    if (err.status == E_ABSENT) {
        struct names_result r = {.err = err};
        tell(a, &r);
    } else {
        give_up(a);
    }
}

static void ask_simbad(struct asking *a)
{
    const struct vo_access *access = a->names->access;
    const char *base = access->simbad && *access->simbad ? access->simbad : simbad;
    struct str adql = {0};
    struct error err;
    vo_simbad_adql(&adql, a->name);
    const struct proto_query q = {.base = base, .adql = str_c(&adql)};
    const struct vo_question k = {
        .name = "SIMBAD", .done = on_simbad, .arg = a, .max_body = ANSWER_MAX, .tries = 2};
    a->request = vo_ask_query(access->http, vo_protocol_find("tap"), &q, &k, &err);
    str_clear(&adql);
    if (!a->request) {
        a->why = err;
        give_up(a);
    }
}

static void ask(struct asking *a);

static void on_sesame(void *arg, const struct http_answer *h)
{
    struct asking *a = arg;
    struct vo_object o;
    struct error err = h->err;
    a->request = 0;
    if (!a->done || err.status == E_CANCELLED)
        return;
    if (err.status == OK && vo_resolve_read(str_c(&h->body), h->body.n, a->name, &o, &err) == OK) {
        answered(a, &o);
        return;
    }
    if (err.status == E_ABSENT && h->err.status == OK) { /* its mirrors know the same catalogues */
        struct names_result r = {.err = err};
        tell(a, &r);
        return;
    }
    a->why = err;
    a->mirror++;
    ask(a);
}

static void ask(struct asking *a)
{
    const struct vo_access *access = a->names->access;
    struct str url = {0};
    struct error err;
    if (!vo_resolve_url_of(&url, access->sesame, a->mirror, a->name)) {
        ask_simbad(a);
        return;
    }
    const struct http_request r = {.url = str_c(&url),
                                   .name = "Sesame",
                                   .max_body = ANSWER_MAX,
                                   .tries = 2,
                                   .done = on_sesame,
                                   .arg = a};
    a->request = http_send(access->http, &r, &err);
    str_clear(&url);
    if (!a->request) {
        a->why = err;
        give_up(a);
    }
}

static int64_t begin(void *arg)
{
    struct asking *a = arg;
    const struct known *k = find(a->names, a->name);
    double age = k ? age_of(a->names, k) : 0;
    a->timer = 0;
    if (!a->name[strspn(a->name, " \t")]) {
        err_set(&a->why, E_RANGE, "no name is given");
        give_up(a);
    } else if (k && age >= 0 && age <= a->names->max_age_s) {
        const struct names_result r = {.object = k->object, .age_s = age};
        tell(a, &r);
    } else if (a->names->access->offline) {
        err_set(&a->why, E_REFUSED, "Sesame: '%.60s' not asked, the network is off (--offline)",
                a->name);
        give_up(a);
    } else {
        ask(a);
    }
    return -1;
}

uint64_t names_ask(struct names *n, const char *name, names_done_fn *done, void *arg)
{
    struct asking *a = mem_zero(sizeof *a);
    a->names = n;
    a->id = ++n->last_id;
    a->name = mem_str(name);
    a->done = done;
    a->arg = arg;
    a->next = n->asking;
    n->asking = a;
    a->timer = loop_timer(http_loop(n->access->http), 0, begin, a, "vo/names");
    return a->id;
}

static void forget(struct asking *a)
{
    struct http *http = a->names->access->http;
    unlink_asking(a);
    loop_timer_del(http_loop(http), a->timer);
    a->done = NULL;
    if (a->request)
        http_cancel(http, a->request);
    free(a->name);
    free(a);
}

void names_cancel(struct names *n, uint64_t id)
{
    for (struct asking *a = n->asking; a; a = a->next)
        if (a->id == id) {
            forget(a);
            return;
        }
}

struct names *names_new(const struct vo_access *access, double max_age_s)
{
    struct names *n = mem_zero(sizeof *n);
    n->access = access;
    n->max_age_s = max_age_s > 0 ? max_age_s : month_s;
    n->path = vo_place(access, "names.jsonl");
    if (n->path)
        read_file(n);
    return n;
}

void names_free(struct names *n)
{
    if (!n)
        return;
    while (n->asking)
        forget(n->asking);
    for (size_t i = 0; i < n->known.n; i++)
        free(n->known.at[i].asked);
    VEC_FREE(n->known);
    free(n->path);
    free(n);
}

size_t names_near(const struct names *n, const char *text, const char **out, size_t max)
{
    struct str key = {0};
    size_t found = 0;
    key_of(&key, text);
    for (size_t i = n->known.n; i-- > 0 && found < max;)
        if (strncmp(n->known.at[i].asked, str_c(&key), key.n) == 0)
            out[found++] = n->known.at[i].asked;
    str_clear(&key);
    return found;
}
