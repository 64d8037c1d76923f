/* vo_arrange.c - rows of a result sorted, filtered, written to files: short tables at once, long ones in
 * the pool, so that the keys never wait. Not: how (formats/tableops.h, tableio.h), matches (vo_match.c).
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/stop.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/tableio.h"
#include "vodesk.h"

enum { AT_ONCE = 5000 };

size_t vo_shown_n(const struct vo_service *v)
{
    if (!v->table)
        return 0;
    return v->shown.rows.row ? v->shown.rows.n : v->table->rows;
}

size_t vo_shown_at(const struct vo_service *v, size_t i)
{
    return v->shown.rows.row ? v->shown.rows.row[i] : i;
}

void vo_shown_clear(struct vo_shown *s)
{
    table_rows_clear(&s->rows);
    free(s->filter);
    s->filter = NULL;
}

/* ---- filter and order ---- */

/* A filter that is no expression is a few words: each must be held by some text of the row. */
static bool is_words(const char *s)
{
    return *s && !strpbrk(s, "<>=~'\"()");
}

static void words_expression(const struct table *t, const char *s, struct str *out)
{
    bool first = true;
    while (*s) {
        size_t n = strcspn(s, " ");
        bool some = false;
        str_addf(out, "%s(", first ? "" : " and ");
        for (size_t k = 0; k < t->n_columns; k++) {
            if (t->column[k].type != TABLE_TEXT || t->column[k].array || !t->column[k].field.name ||
                strchr(t->column[k].field.name, '"'))
                continue;
            str_addf(out, "%s\"%s\" ~ '%.*s'", some ? " or " : "", t->column[k].field.name, (int)n,
                     s);
            some = true;
        }
        str_add(out, some ? ")" : "1 = 0)");
        first = false;
        s += n + strspn(s + n, " ");
    }
}

static enum status make_filter(const struct table *t, const char *text, struct table_filter **f,
                               struct error *err)
{
    struct str words = {0};
    const char *expression = text;
    if (is_words(text) && table_filter_new(t, text, f, NULL) == OK)
        return OK;
    if (is_words(text)) {
        words_expression(t, text, &words);
        expression = str_c(&words);
    }
    enum status s = table_filter_new(t, expression, f, err);
    str_clear(&words);
    return s;
}

/* One arrangement: everything the pool needs; the table does not change meanwhile. The asked one knows it
 * as long as somebody waits for it. */
struct arranging {
    struct vo_asked *asked;
    atomic_bool stop;
    const struct table *table;
    struct table_filter *filter; /* NULL: none */
    struct table_rows rows;
    int column;
    bool falling;
    char *text;
};

static void arrange(void *arg)
{
    struct arranging *w = arg;
    stop_watch(&w->stop);
    table_rows_all(w->table, &w->rows);
    if (w->filter)
        table_filter_apply(w->filter, &w->rows);
    if (w->column >= 0)
        table_sort(w->table, (size_t)w->column, w->falling, &w->rows);
    stop_watch(NULL);
}

static void arranged(struct arranging *w)
{
    struct vo_shown *s = &w->asked->pub.shown;
    table_rows_clear(&s->rows);
    s->rows = w->rows;
    if (!s->rows.row) /* nothing passed: not the same as all */
        s->rows.row = mem_zero(sizeof *s->rows.row);
    s->column = w->column;
    s->falling = w->falling;
    free(s->filter);
    s->filter = w->text;
    table_filter_free(w->filter);
    vodesk_changed(w->asked->desk, w->asked->query->id);
    free(w);
}

static void in_loop(void *arg, bool cancelled)
{
    struct arranging *w = arg;
    struct vo_asked *a = w->asked;
    bool waits = a->arranging == w;
    a->desk->working--;
    if (waits) {
        a->arranging = NULL;
        a->pub.shown.working = false;
    }
    if (!waits || cancelled) {
        table_rows_clear(&w->rows);
        table_filter_free(w->filter);
        free(w->text);
        free(w);
    } else {
        arranged(w);
    }
    vodesk_release(a);
}

/* Nobody waits for it any more: the pool ends it soon, and what it has made is dropped. */
bool vo_arrange_stop(struct vo_asked *a)
{
    if (!a->arranging)
        return false;
    atomic_store(&a->arranging->stop, true);
    a->arranging = NULL;
    a->pub.shown.working = false;
    return true;
}

bool vo_arrange_cancel(struct vo_asked *a)
{
    struct vo_shown *s = &a->pub.shown;
    if (!vo_arrange_stop(a))
        return false;
    free(a->wanted.filter);
    a->wanted.filter = mem_str(s->filter);
    a->wanted.column = s->column;
    a->wanted.falling = s->falling;
    session_say(a->desk->session, "%s: cancelled, the rows stay as they were", a->pub.name);
    vodesk_changed(a->desk, a->query->id);
    return true;
}

static void begin(struct vo_asked *a)
{
    struct vo_shown *s = &a->pub.shown;
    struct arranging *w = mem_zero(sizeof *w);
    *w = (struct arranging){.asked = a,
                            .table = a->pub.table,
                            .column = a->wanted.column,
                            .falling = a->wanted.falling,
                            .text = mem_str(a->wanted.filter)};
    a->wanted.due = false;
    s->bad.status = OK;
    if (*w->text && make_filter(w->table, w->text, &w->filter, &s->bad) != OK) {
        free(w->text);
        free(w);
        return;
    }
    vo_arrange_stop(a);
    if (w->table->rows <= AT_ONCE) {
        arrange(w);
        arranged(w);
        return;
    }
    a->users++;
    a->desk->working++;
    a->arranging = w;
    s->working = true;
    if (loop_work(a->desk->session->setup.loop, arrange, in_loop, w, "vo/arrange") != OK)
        in_loop(w, true);
}

/* As they came: nothing to compute, and what still arrives is seen at once. */
static bool plain(const struct vo_asked *a)
{
    return a->wanted.column < 0 && !*a->wanted.filter;
}

static void follow(struct vo_asked *a)
{
    struct vo_shown *s = &a->pub.shown;
    bool whole = a->pub.state != VO_WAITING && a->pub.state != VO_RUNNING;
    if (!a->pub.table) {
        a->wanted.due = true;
        return;
    }
    if (a->wanted.column >= (int)a->pub.table->n_columns)
        a->wanted.column = -1;
    if (plain(a)) {
        vo_arrange_stop(a);
        table_rows_clear(&s->rows);
        s->column = -1;
        s->falling = false;
        s->bad.status = OK;
        free(s->filter);
        s->filter = mem_str("");
        a->wanted.due = false;
        vodesk_changed(a->desk, a->query->id);
    } else if (whole || a->pub.table->rows <= AT_ONCE) {
        begin(a);
    } else {
        a->wanted.due = true; /* a growing long table: when it is whole */
    }
}

void vo_arrange_soon(struct vo_asked *a)
{
    if (a->gone)
        return;
    if (a->pub.shown.rows.row && a->pub.table && a->pub.state == VO_RUNNING &&
        a->pub.table->rows > AT_ONCE)
        return;
    if (a->wanted.due || !plain(a))
        follow(a);
}

void session_vo_arrange(struct session *s, uint64_t id, struct vo_service *service, int column,
                        bool falling, const char *filter)
{
    struct vo_asked *a = vodesk_asked(service);
    (void)s;
    (void)id;
    char *copy = mem_str(filter ? filter : "");
    free(a->wanted.filter);
    a->wanted.filter = copy;
    a->wanted.column = column;
    a->wanted.falling = falling;
    follow(a);
}

/* ---- files ---- */

/* Letters, digits and single hyphens. */
static void slug(struct str *out, const char *s, size_t max)
{
    size_t from = out->n;
    for (; *s && out->n - from < max; s++) {
        unsigned char c = (unsigned char)*s;
        if (isalnum(c) && c < 128)
            str_addc(out, (char)tolower(c));
        else if (out->n > from && out->s[out->n - 1] != '-')
            str_addc(out, '-');
    }
    while (out->n > from && out->s[out->n - 1] == '-')
        out->s[--out->n] = 0;
}

void session_vo_name(const struct vo_query *q, const struct vo_service *v, struct str *out)
{
    char utc[UTC_TEXT];
    const char *place = vo_wish_get(&q->wish, VO_PLACE);
    if (*place) {
        char *name = mem_strn(place, strcspn(place, "="));
        slug(out, name, 24);
        free(name);
    } else {
        slug(out, vo_kind_name(q->wish.kind), 24);
    }
    str_addc(out, '-');
    slug(out, v ? v->name : "", 24);
    str_addf(out, "-%.4s%.2s%.2s.vot", utc_format(utc_of_wall(q->made_ns), 0, utc), utc + 5,
             utc + 8);
}

/* A file on its way out. */
struct saving {
    struct vo_asked *asked;
    struct saving *next; /* of the same result */
    atomic_bool stop;
    const struct table_doc *doc;
    const struct table *table;
    struct table_rows rows; /* what is shown; row NULL: all */
    enum table_format format;
    char *path;
    size_t n;
    enum status status;
    struct error err;
};

static void write_file(void *arg)
{
    struct saving *w = arg;
    struct table *part = NULL;
    stop_watch(&w->stop);
    if (w->rows.row)
        part = table_choose(w->table, NULL, 0, &w->rows);
    const struct table *t = part ? part : w->table;
    w->n = t->rows;
    w->status = table_write_file(w->doc, t, w->format, w->path, &w->err);
    table_free(part);
    stop_watch(NULL);
}

static void written(void *arg, bool cancelled)
{
    struct saving *w = arg;
    struct vo_asked *a = w->asked;
    struct session *s = a->desk->session;
    struct stat st;
    struct saving **at = &a->saving;
    a->desk->working--;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    a->pub.saving--;
    if (!cancelled && w->status == E_CANCELLED) {
        session_say(s, "%s: cancelled, nothing is saved", w->path);
    } else if (cancelled || w->status != OK) {
        session_say(s, "not saved: %s", cancelled ? w->path : w->err.text);
        log_put(LOG_TROUBLE, "vo", w->path, "%s", w->err.text);
    } else {
        double kb = stat(w->path, &st) == 0 ? (double)st.st_size / 1000 : 0;
        session_say(s, "%s: %zu row%s, %.*f kB%s", w->path, w->n, w->n == 1 ? "" : "s",
                    kb < 10 ? 1 : 0, kb,
                    a->pub.overflow || w->table->partial ? " (the answer is not complete)" : "");
        log_put(LOG_INFO, "vo", w->path, "saved, %zu rows", w->n);
    }
    if (!a->gone)
        vodesk_changed(a->desk, a->query->id);
    table_rows_clear(&w->rows);
    free(w->path);
    free(w);
    vodesk_release(a);
}

int vo_save_cancel(struct vo_asked *a)
{
    int n = 0;
    for (struct saving *w = a->saving; w; w = w->next)
        if (!atomic_exchange(&w->stop, true))
            n++;
    return n;
}

enum status session_vo_save(struct session *s, uint64_t id, const struct vo_service *v,
                            const char *path, bool binary, struct error *err)
{
    struct vo_asked *a = vodesk_asked(v);
    enum table_format format;
    (void)id;
    if (!v->table || v->state == VO_RUNNING || v->state == VO_WAITING)
        return err_set(err, E_ABSENT, "%s: there are no whole rows to save yet", v->name);
    if (!table_format_of(path, &format))
        return err_set(err, E_RANGE,
                       "%.80s: the ending says the format: .vot .csv .tsv .ecsv .fits .json", path);
    if (binary && format == TABLE_VOTABLE)
        format = TABLE_VOTABLE_BINARY2;
    struct saving *w = mem_zero(sizeof *w);
    *w = (struct saving){.asked = a, .doc = v->doc, .table = v->table, .format = format};
    w->path = file_in_home(path);
    if (v->shown.rows.row && (v->shown.column >= 0 || *v->shown.filter)) {
        w->rows.n = v->shown.rows.n;
        w->rows.row = mem_zero((w->rows.n + 1) * sizeof *w->rows.row);
        memcpy(w->rows.row, v->shown.rows.row, w->rows.n * sizeof *w->rows.row);
    }
    w->next = a->saving;
    a->saving = w;
    a->pub.saving++;
    a->users++;
    a->desk->working++;
    if (loop_work(s->setup.loop, write_file, written, w, "vo/save") != OK) {
        write_file(w);
        written(w, false);
    }
    return OK;
}

/* ---- results that nobody was asked for ---- */

static uint64_t put_result(struct session *s, enum vo_kind kind, const char *title, struct table *t)
{
    struct vo_wish w = {.kind = kind};
    struct table_doc *doc = table_doc_new(TABLE_VOTABLE);
    VEC_PUSH(doc->tables, t);
    vo_wish_set(&w, VO_ID, title);
    struct vo_query *q = vodesk_add(s->vodesk, &w, 0);
    struct vo_asked *made = vodesk_service(q, s->vodesk, title, "", "");
    made->pub.began_ms = loop_now_ms(s->setup.loop);
    vodesk_took(made, doc);
    vodesk_ended(made, VO_DONE, NULL);
    vo_wish_clear(&w);
    return q->id;
}

/* The middle of the positions, and how far they go from it. */
static void frame_of(const struct table *t, struct vo_picture *p)
{
    struct table_place place;
    double far = 0;
    if (!isnan(p->radius_deg) || !table_place_of(t, &place))
        return;
    for (size_t i = 0; i < t->rows; i += t->rows / 100000 + 1) {
        double d = (table_double(t, i, place.lat_column) - p->dec_deg) * acos(-1) / 180,
               a = (table_double(t, i, place.lon_column) - p->ra_deg) * acos(-1) / 180;
        double dec = p->dec_deg * acos(-1) / 180;
        double h = sin(d / 2) * sin(d / 2) + cos(dec) * cos(dec + d) * sin(a / 2) * sin(a / 2);
        if (h > far)
            far = h;
    }
    p->radius_deg = 2 * asin(fmin(1, sqrt(far))) * 180 / acos(-1);
}

enum status session_vo_show(struct session *s, const char *name, struct table *t, bool go,
                            struct error *err)
{
    return session_vo_picture(s, name, t, go, &(struct vo_picture){VO_PICTURE_NONE, 0, 0, 0}, err);
}

enum status session_vo_picture(struct session *s, const char *name, struct table *t, bool go,
                               const struct vo_picture *picture, struct error *err)
{
    struct vodesk *d = s->vodesk;
    struct vo_picture p = *picture;
    struct table_place place;
    struct str say = {0};
    if (p.kind == VO_PICTURE_CHART && !table_place_of(t, &place)) {
        table_free(t);
        return err_set(err, E_ABSENT, "the table has no columns of positions");
    }
    if (t->rows > VO_TABLE_ROWS || t->bytes > VO_TABLE_SIZE) {
        table_free(t);
        return err_set(err, E_RANGE, "more than %d rows or %llu MB are too much for a tab",
                       VO_TABLE_ROWS, VO_TABLE_SIZE >> 20);
    }
    d->pub.shown = put_result(s, VO_SHOWN, name, t);
    d->pub.picture = p;
    d->pub.shows++;
    if (p.kind == VO_PICTURE_CHART) {
        struct vo_query *q = vodesk_find(d, d->pub.shown);
        frame_of(t, &p);
        q->ra_deg = p.ra_deg;
        q->dec_deg = p.dec_deg;
        q->radius_deg = p.radius_deg;
    }
    vodesk_changed(d, d->pub.shown);
    if (!go || commands_run(s, NULL, "tab vo", BY_KEY, false, &say, NULL) != OK)
        session_say(s, "%s: in the VO tab", vodesk_find(d, d->pub.shown)->title);
    str_clear(&say);
    return OK;
}
