/* vo_load.c - files that a result leads to (images, spectra): fetched into a file, or only so much as the
 * FITS header takes. Not: how a file is fetched (vo/download.h), what the header means.
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/base/utf8.h"
#include "vigie/vo/download.h"
#include "vodesk.h"

enum { CARD = 80, HEAD_BYTES = 64 * 2880, LOADS = 32 };

/* struct loading - public first. raw: the first bytes, as long as a header may be in them; request: for
 * them. download: of a whole file, NULL none. */
struct loading {
    struct vo_load pub;
    struct vodesk *desk;
    struct download *download;
    struct str raw;
    uint64_t request;
    bool whole_head;
};

static void free_loading(struct loading *l)
{
    if (l->request)
        http_cancel(l->desk->session->http, l->request);
    download_free(l->download);
    str_clear(&l->raw);
    str_clear(&l->pub.head);
    free(l->pub.name);
    free(l->pub.path);
    free(l);
}

void vo_loads_free(struct vodesk *d)
{
    while (d->pub.load.n)
        free_loading((struct loading *)d->pub.load.at[--d->pub.load.n]);
    VEC_FREE(d->pub.load);
}

/* The cards up to END; false: it is not there yet. Source: FITS 4.0, section 4.1. */
static bool read_head(struct loading *l)
{
    if (l->raw.n < CARD || strncmp(l->raw.s, "SIMPLE  =", 9) != 0)
        return false;
    for (size_t at = 0; at + CARD <= l->raw.n; at += CARD) {
        bool end = strncmp(l->raw.s + at, "END     ", 8) == 0;
        if (!end)
            continue;
        str_reset(&l->pub.head);
        for (size_t k = 0; k < at; k += CARD) {
            size_t n = CARD;
            while (n && l->raw.s[k + n - 1] == ' ')
                n--;
            for (size_t i = 0; i < n; i++) { /* restricted to ASCII text by the standard */
                char c = l->raw.s[k + i];
                str_addc(&l->pub.head, c >= ' ' && c <= '~' ? c : '?');
            }
            str_addc(&l->pub.head, '\n');
        }
        return true;
    }
    return false;
}

static enum status on_piece(void *arg, const char *bytes, size_t n, struct error *err)
{
    struct loading *l = arg;
    l->pub.bytes += n;
    if (!l->whole_head && l->raw.n < HEAD_BYTES) {
        str_addn(&l->raw, bytes, n < HEAD_BYTES ? n : HEAD_BYTES);
        l->whole_head = read_head(l);
    }
    vodesk_changed(l->desk, 0);
    if (l->whole_head || l->raw.n >= HEAD_BYTES)
        return err_set(err, E_CANCELLED, "the header is there");
    return OK;
}

static void done_head(struct loading *l, const struct error *err)
{
    if (l->whole_head) {
        l->pub.state = VO_DONE;
        return;
    }
    l->pub.state = VO_FAILED;
    if (err->status == OK || (err->status == E_CANCELLED && l->raw.n >= HEAD_BYTES))
        err_set(&l->pub.err, E_PARSE, "%s: it is no FITS file", l->pub.name);
    else
        l->pub.err = *err;
}

static void on_head(void *arg, const struct http_answer *a)
{
    struct loading *l = arg;
    l->request = 0;
    done_head(l, &a->err);
    if (l->pub.state == VO_FAILED)
        session_say(l->desk->session, "%s", l->pub.err.text);
    vodesk_changed(l->desk, 0);
}

static void on_progress(void *arg, uint64_t got, uint64_t total)
{
    struct loading *l = arg;
    l->pub.bytes = got;
    l->pub.total = total;
    vodesk_changed(l->desk, 0);
}

static void on_file(void *arg, const struct download_result *r)
{
    struct loading *l = arg;
    enum status s = r->err.status;
    l->pub.err = r->err;
    l->pub.bytes = r->bytes;
    l->pub.state = s == OK ? VO_DONE : s == E_CANCELLED ? VO_CANCELLED : VO_FAILED;
    if (s == OK)
        session_say(l->desk->session, "%s: %.1f kB", r->path, (double)r->bytes / 1000);
    else
        session_say(l->desk->session, "%s", r->err.text);
    log_put(s == OK ? LOG_INFO : LOG_TROUBLE, "vo", l->pub.name, "%s",
            s == OK ? r->path : r->err.text);
    download_free(l->download);
    l->download = NULL;
    vodesk_changed(l->desk, 0);
}

static enum status begin_head(struct loading *l, const char *url, struct error *err)
{
    struct http_request r = {.url = url,
                             .name = l->pub.name,
                             .piece = on_piece,
                             .done = on_head,
                             .arg = l,
                             .tries = 1,
                             .max_body = (size_t)8 << 30}; /* it is cut off long before */
    l->request = http_send(l->desk->session->http, &r, err);
    return l->request ? OK : err->status;
}

static enum status begin_file(struct loading *l, const char *url, struct error *err)
{
    const struct session *s = l->desk->session;
    const struct download_setup setup = {
        .http = s->http,
        .name = l->pub.name,
        .url = url,
        .path = l->pub.path,
        .max_bytes = (uint64_t)(conf_number(s->conf, "vo.max-download") * 1e6),
        .progress = on_progress,
        .done = on_file,
        .arg = l};
    l->download = download_start(&setup, err);
    return l->download ? OK : err->status;
}

enum status session_vo_fetch(struct session *s, const char *name, const char *url, const char *path,
                             bool only_head, struct error *err)
{
    struct vodesk *d = s->vodesk;
    struct str clean = {0};
    enum status st;
    if (!s->http)
        return err_set(err, E_REFUSED, "the demo asks nobody: its data are samples");
    struct loading *l = mem_zero(sizeof *l);
    utf8_clean(&clean, name, strlen(name));
    str_add(&clean, "");
    l->desk = d;
    l->pub.name = str_take(&clean);
    l->pub.path = mem_str(path);
    l->pub.only_head = only_head;
    l->pub.state = VO_RUNNING;
    st = only_head ? begin_head(l, url, err) : begin_file(l, url, err);
    if (st != OK) {
        free_loading(l);
        return st;
    }
    if (d->pub.load.n == LOADS) {
        free_loading((struct loading *)d->pub.load.at[0]);
        memmove(d->pub.load.at, d->pub.load.at + 1, --d->pub.load.n * sizeof *d->pub.load.at);
    }
    VEC_PUSH(d->pub.load, &l->pub);
    vodesk_changed(d, 0);
    return OK;
}

void session_vo_fetch_stop(struct session *s, struct vo_load *load)
{
    struct loading *l = (struct loading *)load;
    if (l->request)
        http_cancel(s->http, l->request);
    else if (l->download)
        download_cancel(l->download);
}
