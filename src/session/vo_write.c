/* vo_write.c - help with writing ADQL: the user's editor on it, examples that services give. Not: the
 * editor (the client runs it), forms (ui). See vigie/session/vodesk.h.
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/utf8.h"
#include "vigie/vo/adql.h"
#include "vodesk.h"

enum { ADQL_MAX = 64 * 1024, EXAMPLES_MAX = 1 << 20, EXAMPLES_MS = 30000 };

/* ---- the editor ---- */

/* Clean text: what an editor writes may hold tabs, line ends of other systems, anything. */
static enum status read_back(const char *path, struct str *out, struct error *err)
{
    struct str raw = {0};
    enum status st = file_read(path, ADQL_MAX, &raw, err);
    size_t from = 0;
    for (size_t i = 0; st == OK && i <= raw.n; i++) {
        char c = i < raw.n ? raw.s[i] : '\n';
        if (c != '\n' && c != '\t' && c != '\r')
            continue;
        utf8_clean(out, str_c(&raw) + from, i - from);
        if (i < raw.n && c != '\r')
            str_add(out, c == '\t' ? "    " : "\n");
        from = i + 1;
    }
    while (out->n && (out->s[out->n - 1] == '\n' || out->s[out->n - 1] == ' '))
        out->s[--out->n] = 0;
    str_clear(&raw);
    return st;
}

static void edited(void *arg, int exit_status)
{
    struct vodesk *d = arg;
    struct session *s = d->session;
    struct str text = {0};
    struct error err;
    if (!d->edited_path)
        return;
    bool read = read_back(d->edited_path, &text, &err) == OK;
    if (!read) {
        session_say(s, "%s", err.text);
    } else {
        vo_wish_set(&d->edited, VO_ADQL, str_c(&text));
        session_vo_draft(s, &d->edited);
        if (exit_status > 0)
            session_say(s, "the editor ended with status %d; is $VISUAL or $EDITOR right?",
                        exit_status);
        else if (exit_status < 0)
            session_say(s, "the terminal went while the editor ran; what was saved is in the form");
        else if (adql_check(str_c(&text), &err) != OK)
            session_say(s, "ADQL: %s", err.text);
        else
            session_say(s, "ADQL taken from the editor; F5 runs it");
    }
    str_clear(&text);
    vo_wish_clear(&d->edited);
    free(d->edited_path);
    d->edited_path = NULL;
}

enum status session_vo_edit(struct session *s, const struct vo_wish *w, struct error *err)
{
    struct vodesk *d = s->vodesk;
    const char *text = vo_wish_get(w, VO_ADQL);
    if (d->edited_path)
        return err_set(err, E_BUSY, "an editor runs already");
    char *path = file_place(PLACE_STATE, "query.adql", err);
    if (!path)
        return err->status;
    struct str body = {0};
    str_addf(&body, "%s%s", text, *text ? "\n" : "");
    enum status st = file_replace(path, str_c(&body), body.n, 0600, err);
    str_clear(&body);
    d->edited_path = path; /* `edited` may be called before session_edit returns */
    vo_wish_copy(&d->edited, w);
    if (st == OK)
        st = session_edit(s, path, edited, d, err);
    if (st != OK && d->edited_path) {
        vo_wish_clear(&d->edited);
        free(d->edited_path);
        d->edited_path = NULL;
    }
    return st;
}

enum status session_vo_adql(struct session *s, const struct vo_wish *w, struct str *out,
                            struct error *err)
{
    return vodesk_constraints(s->vodesk, w, VO_QUERY, out, err);
}

/* ---- examples ---- */

static void forget(struct vodesk *d)
{
    struct vo_examples *e = &d->pub.examples;
    free(e->name);
    free(e->base);
    vosi_examples_clear(&e->list);
    *e = (struct vo_examples){0};
}

void vo_examples_free(struct vodesk *d)
{
    uint64_t request = d->examples_request;
    d->examples_request = 0;
    if (request)
        http_cancel(d->session->http, request);
    forget(d);
}

static void on_examples(void *arg, const struct http_answer *a)
{
    struct vodesk *d = arg;
    struct vo_examples *e = &d->pub.examples;
    if (!d->examples_request) /* it was ended */
        return;
    d->examples_request = 0;
    e->err = a->err;
    if (a->err.status == E_ABSENT)
        err_set(&e->err, E_ABSENT, "%s gives no examples", e->name);
    else if (a->err.status == OK &&
             vosi_read_examples(str_c(&a->body), a->body.n, &e->list, &e->err) == OK &&
             !e->list.example.n)
        err_set(&e->err, E_ABSENT, "%s has a page of examples with none on it", e->name);
    e->state = e->err.status == OK ? VO_DONE : VO_FAILED;
    if (e->state == VO_FAILED)
        log_put(LOG_TROUBLE, "vo", e->name, "examples: %s", e->err.text);
    vodesk_changed(d, 0);
}

enum status session_vo_examples(struct session *s, const char *name, const char *base,
                                struct error *err)
{
    struct vodesk *d = s->vodesk;
    struct str clean = {0}, url = {0};
    if (!s->http)
        return err_set(err, E_REFUSED, "the demo asks nobody: its data are samples");
    vo_examples_free(d);
    utf8_clean(&clean, name, strlen(name));
    str_add(&clean, "");
    vosi_url(&url, base, "examples");
    d->pub.examples.name = str_take(&clean);
    d->pub.examples.base = mem_str(base);
    struct http_request r = {.url = str_c(&url),
                             .name = d->pub.examples.name,
                             .done = on_examples,
                             .arg = d,
                             .total_ms = EXAMPLES_MS,
                             .max_body = EXAMPLES_MAX};
    d->examples_request = http_send(s->http, &r, err);
    str_clear(&url);
    if (!d->examples_request) {
        forget(d);
        return err->status;
    }
    d->pub.examples.state = VO_RUNNING;
    vodesk_changed(d, 0);
    return OK;
}
