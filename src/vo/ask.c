/* ask.c - a question to a service, its table as it arrives, and what it says when it says no.
 * Not: what to ask.
 */
#include "vigie/vo/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/formats/tableio.h"

struct call {
    struct table_reader *reader;
    struct table_limits limits;
    uint64_t max_rows, bytes;
    vo_rows_fn *rows;
    vo_done_fn *done;
    void *arg;
    char *name;
    struct str *copy;
    bool broken; /* the reader has refused the body: what it said is in `why` */
    struct error why;
};

static enum status on_piece(void *arg, const char *bytes, size_t n, struct error *err)
{
    struct call *c = arg;
    c->bytes += n;
    if (c->copy)
        str_addn(c->copy, bytes, n);
    if (table_reader_feed(c->reader, bytes, n, &c->why) != OK) {
        c->broken = true;
        return err_set(err, c->why.status, "%s", c->why.text);
    }
    const struct table_doc *doc = table_reader_doc(c->reader);
    if (c->rows && doc)
        c->rows(c->arg, doc);
    return OK;
}

static void on_again(void *arg)
{
    struct call *c = arg;
    if (c->rows)
        c->rows(c->arg, NULL);
    table_reader_free(c->reader);
    c->reader = table_reader_new(NULL, &c->limits);
    c->bytes = 0;
    c->broken = false;
    if (c->copy) {
        str_reset(c->copy);
        c->copy->over = false;
    }
}

/* A message of a service, fit for a terminal and for an error. */
static void clean(struct str *out, const char *s)
{
    utf8_clean(out, s, strlen(s));
    out->n = out->n > 200 ? utf8_cut(out->s, out->n, 180) : out->n;
    while (out->n && out->s[out->n - 1] == ' ')
        out->n--;
    if (out->s)
        out->s[out->n] = '\0';
}

/* The service's own words in an error document, or in a short text. */
static bool own_words(const struct http_answer *a, struct str *out)
{
    struct error err;
    bool found = false;
    if (strncmp(a->type, "text/plain", 10) == 0 && a->body.n && a->body.n < 2000) {
        clean(out, str_c(&a->body));
        return true;
    }
    struct table_reader *r = table_reader_new(NULL, NULL);
    if (a->body.n && table_reader_feed(r, a->body.s, a->body.n, &err) == OK &&
        table_reader_end(r, &err) == OK) {
        const struct table_doc *doc = table_reader_doc(r);
        found = doc->status == TABLE_STATUS_ERROR && doc->message;
        if (found)
            clean(out, doc->message);
    }
    table_reader_free(r);
    return found;
}

static void refused(const struct call *c, const struct http_answer *a, struct vo_answer *v)
{
    struct str words = {0};
    v->err = a->err;
    if (a->code >= 400 && own_words(a, &words))
        err_set(&v->err, a->err.status == E_ABSENT ? E_ABSENT : E_REFUSED, "%s: %s (HTTP %d)",
                c->name, str_c(&words), a->code);
    str_clear(&words);
}

/* The body is no table: a web page is said to be one. */
static void no_table(const struct call *c, const struct http_answer *a, struct vo_answer *v)
{
    bool page = strstr(a->type, "html") || strstr(c->why.text, "its root is html") ||
                strstr(c->why.text, "its root is HTML");
    if (page)
        err_set(&v->err, E_PARSE, "%s: answered a web page, no table", c->name);
    else if (c->bytes == 0)
        err_set(&v->err, E_PARSE, "%s: the answer is empty", c->name);
    else
        err_set(&v->err, c->why.status, "%s: %.200s", c->name, c->why.text);
}

static void judge(struct call *c, const struct http_answer *a, struct vo_answer *v)
{
    if (!c->broken && a->err.status == OK && table_reader_end(c->reader, &c->why) != OK)
        c->broken = true;
    if (c->broken)
        no_table(c, a, v);
    else if (a->err.status != OK)
        refused(c, a, v);
    v->doc = a->err.status == OK || c->broken || c->bytes ? table_reader_take(c->reader) : NULL;
    if (v->doc && v->err.status != OK &&
        v->doc->tables.n) { /* rows are missing, whoever broke off */
        v->doc->tables.at[v->doc->tables.n - 1]->partial = true;
        if (!v->doc->fault) /* what is saved says why */
            v->doc->fault = arena_str(&v->doc->arena, v->err.text);
    }
    if (!v->doc || v->err.status != OK)
        return;
    if (v->doc->status == TABLE_STATUS_ERROR) {
        struct str words = {0};
        clean(&words, v->doc->message ? v->doc->message : "an error without a message");
        err_set(&v->err, E_REFUSED, "%s: %s", c->name, str_c(&words));
        str_clear(&words);
    }
    v->overflow = v->doc->status == TABLE_STATUS_OVERFLOW;
    for (size_t i = 0; c->max_rows && i < v->doc->tables.n; i++)
        if (v->doc->tables.at[i]->counted == c->max_rows)
            v->overflow = v->doc->tables.at[i]->partial = true;
        else if (v->doc->tables.at[i]->counted > c->max_rows)
            v->excess = true; /* it knows no limit of rows, so it has cut nothing */
    if (v->overflow) /* also where only the number of rows tells: a saved file must not be silent */
        v->doc->status = TABLE_STATUS_OVERFLOW;
}

static void on_done(void *arg, const struct http_answer *a)
{
    struct call *c = arg;
    struct vo_answer v = {.code = a->code, .bytes = c->bytes};
    judge(c, a, &v);
    c->done(c->arg, &v);
    table_doc_free(v.doc);
    table_reader_free(c->reader);
    free(c->name);
    free(c);
}

/* The host of a URL, for sentences. */
static char *host_of(const char *url)
{
    const char *s = strstr(url, "://");
    s = s ? s + 3 : url;
    return mem_strn(s, strcspn(s, "/?#"));
}

uint64_t vo_ask(struct http *h, const struct vo_question *q, struct error *err)
{
    struct call *c = mem_zero(sizeof *c);
    c->limits = q->limits;
    c->max_rows = q->max_rows;
    c->rows = q->rows;
    c->done = q->done;
    c->arg = q->arg;
    c->copy = q->copy;
    c->name = q->name ? mem_str(q->name) : host_of(q->url);
    c->reader = table_reader_new(NULL, &c->limits);
    const struct http_request r = {
        .url = q->url,
        .name = c->name,
        .method = q->body ? HTTP_POST : HTTP_GET,
        .body = q->body,
        .n_body = q->n_body,
        .type = q->type ? q->type : "application/x-www-form-urlencoded",
        .repeatable = true,
        .piece = on_piece,
        .again = on_again,
        .done = on_done,
        .arg = c,
        .max_body = q->max_body,
        .total_ms = q->total_ms,
        .tries = q->tries,
    };
    uint64_t id = http_send(h, &r, err);
    if (id == 0) {
        table_reader_free(c->reader);
        free(c->name);
        free(c);
    }
    return id;
}

/* ---- URLs ---- */

void vo_url(struct str *out, const char *base)
{
    size_t n = strlen(base);
    str_add(out, base);
    if (!strchr(base, '?'))
        str_addc(out, '?');
    else if (n && base[n - 1] != '?' && base[n - 1] != '&')
        str_addc(out, '&');
}

void vo_url_add(struct str *out, const char *key, const char *value)
{
    str_addf(out, "%s=", key);
    for (const char *p = value; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-._~", c))
            str_addc(out, *p);
        else
            str_addf(out, "%%%02X", c);
    }
    str_addc(out, '&');
}

void vo_url_number(struct str *out, const char *key, double x)
{
    char s[40];
    snprintf(s, sizeof s, "%.12g", x);
    vo_url_add(out, key, s);
}

void vo_url_end(struct str *out)
{
    if (out->n && out->s[out->n - 1] == '&')
        out->s[--out->n] = '\0';
}
