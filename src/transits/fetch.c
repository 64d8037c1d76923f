/* fetch.c - see fetch.h. Not: the layout of the answer (planets_json.c), the bytes on the wire.
 */
#include "vigie/transits/fetch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/io/keep.h"
#include "vigie/transits/news.h"

static const char service[] = "ExoClock";
static const char service_url[] = "https://www.exoclock.space/database/planets_json";
static const char file_name[] = "exoclock.json";
static const char what_to_do[] = "--demo shows sample planets, --catalogue FILE reads a file";

/* A command that could go on with the copy it has does not wait longer for a newer one. */
enum { COPY_WAIT_MS = 20000 };

struct fetch {
    struct http *http;
    char *url, *path; /* path NULL: nowhere to keep it, no_place says why */
    struct error no_place;
    double max_age_h, max_mb;
    int64_t silence_ms, wait_ms; /* wait_ms: for an answer, when there is a copy; 0: no bound */
    bool offline;
    const struct clock *clock;
    fetch_fn *fn;
    void *arg;
    struct catalogue *catalogue;
    struct keep keep; /* what the catalogue was made from; with the job while it writes */
    int64_t fetched_ns;
    struct job *job;
    bool looked;           /* the stored copy was read, or is not there */
    struct error bad_copy; /* why it could not be used; OK: it could, or there is none */
    uint64_t id;           /* request under way */
    struct catalogue_reader *reader;
    struct str body;
};

struct fetch *fetch_new(struct http *http, const struct fetch_options *o, fetch_fn *fn, void *arg)
{
    struct fetch *f = mem_zero(sizeof *f);
    f->http = http;
    f->url = mem_str(o->url && *o->url ? o->url : service_url);
    f->path = o->folder ? mem_printf("%s/%s", o->folder, file_name)
                        : file_place(PLACE_CACHE, file_name, &f->no_place);
    f->max_age_h = o->max_age_h >= 0 ? o->max_age_h : 24;
    f->max_mb = o->max_mb > 0 ? o->max_mb : 64;
    f->silence_ms = o->silence_ms;
    f->offline = o->offline || !http;
    f->clock = o->clock ? o->clock : clock_system();
    f->fn = fn;
    f->arg = arg;
    return f;
}

/* What is to be written: in the pool, an SD card takes its time. It owns what it works on, and
 * outlives a fetch that is freed meanwhile. */
struct job {
    struct fetch *f;
    char *path, *url;
    struct keep keep;
    bool renew; /* only the marks */
    struct error err;
    struct catalogue *old; /* for the news */
};

static void drop_answer(struct fetch *f)
{
    catalogue_reader_free(f->reader);
    f->reader = NULL;
    str_clear(&f->body);
}

void fetch_free(struct fetch *f)
{
    if (!f)
        return;
    f->fn = NULL;
    if (f->id)
        http_cancel(f->http, f->id);
    if (f->job)
        f->job->f = NULL;
    drop_answer(f);
    catalogue_free(f->catalogue);
    keep_clear(&f->keep);
    free(f->url);
    free(f->path);
    free(f);
}

static double age_h(const struct fetch *f)
{
    if (!f->catalogue || f->fetched_ns == 0)
        return (double)NAN;
    return (double)(CLOCK_WALL(f->clock) - f->fetched_ns) / 3.6e12;
}

/* "2026-11-22 17:30 UTC (27 h old)" */
static void say_copy(const struct fetch *f, char *out, size_t n)
{
    time_t t = (time_t)(f->fetched_ns / 1000000000);
    struct tm tm;
    double h = age_h(f);
    char date[40] = "?", old[60] = "of unknown age";
    if (f->fetched_ns && gmtime_r(&t, &tm))
        strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &tm);
    if (h < 0)
        snprintf(old, sizeof old, "dated in the future: is the clock right?");
    else if (h < 1)
        snprintf(old, sizeof old, "%.0f min old", floor(h * 60));
    else if (h < 48)
        snprintf(old, sizeof old, "%.0f h old", floor(h));
    else if (h >= 48)
        snprintf(old, sizeof old, "%.0f days old", floor(h / 24));
    snprintf(out, n, "%s (%s)", date, old);
}

/* Adds to a failure which copy is used, or that there is none and what to do. */
static struct error with_copy(const struct fetch *f, const struct error *why)
{
    struct error e;
    char copy[100];
    if (why->status == OK)
        return *why;
    if (f->catalogue) {
        say_copy(f, copy, sizeof copy);
        err_set(&e, why->status, "%.140s; using the copy of %s", why->text, copy);
    } else {
        err_set(&e, why->status, "%.140s; no %sstored copy: %s", why->text,
                f->bad_copy.status != OK ? "usable " : "", what_to_do);
    }
    return e;
}

static void tell(struct fetch *f, const struct catalogue *previous, bool changed, bool fresh,
                 bool final, const struct error *why)
{
    struct fetch_news news = {.catalogue = f->catalogue,
                              .previous = previous,
                              .changed = changed,
                              .fresh = fresh,
                              .final = final,
                              .fetched_ns = f->catalogue ? f->fetched_ns : 0,
                              .age_h = age_h(f),
                              .err = *why};
    if (f->fn)
        f->fn(f->arg, &news);
}

/* Parses a whole body; the reader's error names the service. */
static enum status parse(const struct fetch *f, const struct str *body, struct catalogue **c,
                         struct error *err)
{
    struct catalogue_reader *r = catalogue_reader_new(service, PLANET_EXOCLOCK, f->max_mb);
    enum status s = catalogue_feed(r, str_c(body), body->n, err);
    if (s == OK)
        s = catalogue_finish(r, c, err);
    catalogue_reader_free(r);
    return s;
}

/* The stored copy, once. */
static void look(struct fetch *f)
{
    struct error err = {.status = OK};
    if (f->looked)
        return;
    f->looked = true;
    if (!f->path)
        return;
    size_t max = (size_t)(f->max_mb * 1e6);
    enum status s = keep_read(f->path, f->url, max, &f->keep, &err);
    if (s == OK) {
        s = parse(f, &f->keep.body, &f->catalogue, &err);
        if (s != OK) {
            err_wrap(&err, "the stored copy %.100s", f->path);
            keep_clear(&f->keep);
        }
    }
    if (s == OK)
        f->catalogue->fetched_ns = f->fetched_ns = f->keep.fetched_ns;
    else if (s != E_ABSENT)
        f->bad_copy = err;
    if (f->bad_copy.status != OK)
        log_put(LOG_TROUBLE, "transits", service, "%s", f->bad_copy.text);
}

static void job_work(void *arg)
{
    struct job *j = arg;
    struct keep *k = &j->keep;
    enum status s = j->renew ? keep_renew(j->path, j->url, k, "", "", k->fetched_ns, &j->err)
                             : keep_write(j->path, j->url, k->body.s, k->body.n, str_c(&k->etag),
                                          str_c(&k->last_modified), k->fetched_ns, &j->err);
    k->marked = s == OK;
    if (s == OK)
        j->err.status = OK;
}

static void job_done(void *arg, bool cancelled)
{
    struct job *j = arg;
    struct fetch *f = j->f;
    struct catalogue *old = j->old;
    struct error why = {.status = OK};
    (void)cancelled;
    if (f) {
        f->job = NULL;
        f->keep = j->keep;
        if (j->err.status != OK)
            err_set(&why, E_IO, "%s: %s: %.190s", service,
                    j->renew ? "confirmed, but that cannot be noted" : "fetched, but not kept",
                    j->err.text);
    } else {
        keep_clear(&j->keep);
    }
    bool changed = !j->renew;
    free(j->path);
    free(j->url);
    free(j);
    if (f)
        tell(f, old, changed, true, true, &why);
    catalogue_free(old);
}

/* f->keep is to lie on disk (renew: only its marks have changed), then it is told. Takes old. */
static void put_down(struct fetch *f, bool renew, struct catalogue *old)
{
    struct job *j = mem_zero(sizeof *j);
    *j = (struct job){.f = f, .renew = renew, .old = old, .keep = f->keep};
    f->keep = (struct keep){.fetched_ns = 0};
    f->fetched_ns = f->catalogue->fetched_ns = j->keep.fetched_ns = CLOCK_WALL(f->clock);
    j->url = mem_str(f->url);
    j->path = mem_str(f->path);
    if (!f->path)
        j->err = f->no_place;
    if (f->path && loop_work(http_loop(f->http), job_work, job_done, j, "transits/fetch") == OK) {
        f->job = j;
        return;
    }
    if (f->path)
        job_work(j);
    job_done(j, false);
}

static void replace_text(struct str *t, const char *text)
{
    str_reset(t);
    str_add(t, text);
}

/* The service confirmed the copy; it may give it new validators. */
static void confirmed(struct fetch *f, const struct http_answer *a)
{
    if (*a->etag)
        replace_text(&f->keep.etag, a->etag);
    if (*a->last_modified)
        replace_text(&f->keep.last_modified, a->last_modified);
    put_down(f, true, NULL);
}

static void replaced(struct fetch *f, struct catalogue *c, const struct http_answer *a)
{
    struct catalogue *old = f->catalogue;
    f->catalogue = c;
    keep_clear(&f->keep);
    f->keep.body = f->body;
    memset(&f->body, 0, sizeof f->body);
    str_add(&f->keep.etag, a->etag);
    str_add(&f->keep.last_modified, a->last_modified);
    drop_answer(f);
    log_put(LOG_INFO, "transits", service, "%zu planets", c->n);
    put_down(f, false, old);
}

/* Fewer than half of the planets of before: rather an accident there than the truth. */
static enum status plausible(const struct fetch *f, const struct catalogue *c, struct error *err)
{
    if (!f->catalogue || c->n >= (f->catalogue->n + 1) / 2)
        return OK;
    return err_set(err, E_PARSE, "%s: sends %zu planet%s where %zu were known, not believed",
                   service, c->n, c->n == 1 ? "" : "s", f->catalogue->n);
}

static bool same_body(const struct fetch *f)
{
    return f->catalogue && f->keep.body.n == f->body.n &&
           memcmp(f->keep.body.s, f->body.s, f->body.n) == 0;
}

static void take_answer(struct fetch *f, const struct http_answer *a)
{
    struct error err = {.status = OK};
    struct catalogue *c = NULL;
    enum status s = catalogue_finish(f->reader, &c, &err);
    if (s == OK)
        s = plausible(f, c, &err);
    if (s != OK) {
        struct error why = with_copy(f, &err);
        catalogue_free(c);
        drop_answer(f);
        tell(f, NULL, false, false, true, &why);
    } else if (same_body(f)) {
        catalogue_free(c);
        drop_answer(f);
        confirmed(f, a);
    } else {
        replaced(f, c, a);
    }
}

static void on_done(void *arg, const struct http_answer *a)
{
    struct fetch *f = arg;
    f->id = 0;
    if (a->err.status != OK) {
        struct error why = with_copy(f, &a->err);
        drop_answer(f);
        tell(f, NULL, false, false, true, &why);
    } else if (a->code == 304) {
        drop_answer(f);
        confirmed(f, a);
    } else {
        take_answer(f, a);
    }
}

static void new_reader(struct fetch *f)
{
    drop_answer(f);
    f->reader = catalogue_reader_new(service, PLANET_EXOCLOCK, f->max_mb);
}

static void on_again(void *arg)
{
    new_reader(arg);
}

static enum status on_piece(void *arg, const char *bytes, size_t n, struct error *err)
{
    struct fetch *f = arg;
    struct error why;
    str_addn(&f->body, bytes, n);
    enum status s = catalogue_feed(f->reader, bytes, n, &why);
    if (s == OK)
        return OK;
    size_t name = strlen(service); /* the request puts the name in front once more */
    bool twice = strncmp(why.text, service, name) == 0 && why.text[name] == ':';
    return err_set(err, s, "%s", twice ? why.text + name + 2 : why.text);
}

static bool start(struct fetch *f, struct error *err)
{
    bool known = f->catalogue && f->keep.marked;
    struct http_request q = {.url = f->url,
                             .name = service,
                             .etag = known ? str_c(&f->keep.etag) : NULL,
                             .last_modified = known ? str_c(&f->keep.last_modified) : NULL,
                             .piece = on_piece,
                             .again = on_again,
                             .done = on_done,
                             .arg = f,
                             .silence_ms = f->silence_ms,
                             .total_ms = f->catalogue ? f->wait_ms : 0,
                             .max_body = (size_t)(f->max_mb * 1e6)};
    new_reader(f);
    f->id = http_send(f->http, &q, err);
    return f->id != 0;
}

static bool due(const struct fetch *f, bool force)
{
    double h = age_h(f);
    return force || !f->catalogue || isnan(h) || h < 0 || h >= f->max_age_h;
}

void fetch_ask(struct fetch *f, bool force)
{
    struct error why = {.status = OK}, err = {.status = OK};
    bool first = !f->looked;
    look(f);
    bool busy = f->id || f->job;
    if (!busy && !f->offline && due(f, force))
        busy = start(f, &err);
    if (f->bad_copy.status != OK && first)
        why = f->bad_copy;
    if (err.status != OK)
        why = with_copy(f, &err);
    else if (!f->catalogue && !busy)
        err_set(&why, E_NET, "%s: no usable stored copy, and the network is off; %s", service,
                what_to_do);
    tell(f, NULL, first && f->catalogue, false, !busy, &why);
}

struct waiting {
    struct error last;
    struct str *news;
};

static void on_waited(void *arg, const struct fetch_news *news)
{
    struct waiting *w = arg;
    w->last = news->err;
    if (!w->news || !news->previous)
        return;
    double bjd = 2440587.5 + (double)(news->fetched_ns / 1000000000) / 86400;
    struct catalogue_news *n = catalogue_compare(news->previous, news->catalogue, bjd);
    catalogue_news_lines(n, w->news);
    catalogue_news_free(n);
}

enum status fetch_catalogue(const struct fetch_options *options, struct catalogue **out,
                            struct str *news, struct error *note, struct error *err)
{
    struct waiting w = {.last = {.status = OK}, .news = news};
    struct loop *loop = loop_new(clock_system());
    struct http_options o = {.offline = options->offline};
    struct http *http = http_new(loop, &o);
    struct fetch *f = fetch_new(http, options, on_waited, &w);
    f->wait_ms = COPY_WAIT_MS;
    fetch_ask(f, false);
    if (f->id)
        http_wait(http, f->id);
    while (f->job)
        loop_turn(loop, true);
    *out = f->catalogue;
    f->catalogue = NULL;
    fetch_free(f);
    http_free(http);
    loop_free(loop);
    if (note)
        *note = w.last;
    if (*out)
        return OK;
    enum status s =
        w.last.status == E_TIMEOUT || w.last.status == E_CANCELLED ? w.last.status : E_NET;
    return err_set(err, s, "%s", w.last.text);
}
