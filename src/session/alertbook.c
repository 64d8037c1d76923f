/* alertbook.c - see vigie/session/alertbook.h: filter, judge, sources, and what follows when one of
 * them changes. Not: the list in slices (alert_pass.c), alarms (ringer.c).
 */
#include "alertbook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/clock.h"
#include "vigie/base/log.h"
#include "vigie/base/utf8.h"
#include "vigie/session/options.h"

enum { BEAT_MS = 30000, SOON_MS = 250, COSTLY_US = 2000, WRITTEN_STEP = 100 };

#define DAY_NS (86400LL * 1000000000)

static struct jd_utc now_of(const struct alertbook *b)
{
    return utc_of_wall(session_now_ns(b->session));
}

/* ---- filter ---- */

struct view_search {
    const char *expression;
    const char *name;
};

static void same_view(void *arg, const char *name, const char *value, const struct conf_option *row,
                      bool given)
{
    struct view_search *v = arg;
    (void)row;
    if (given && !v->name && strncmp(name, "alerts.view.", 12) == 0 && name[12] != '*' &&
        strcmp(value, v->expression) == 0)
        v->name = name + 12;
}

static void name_view(struct alertbook *b)
{
    struct view_search v = {b->state.filter, NULL};
    if (*v.expression)
        conf_each(b->session->conf, same_view, &v);
    free(b->name);
    b->name = mem_str(v.name ? v.name : "");
    b->state.name = b->name;
}

/* A filter that cannot be read leaves the one before in use. */
static bool read_filter(struct alertbook *b)
{
    const char *text = conf_text(b->session->conf, "alerts.filter");
    struct alert_filter *f;
    if (b->filter_key && strcmp(b->filter_key, text) == 0)
        return false;
    free(b->filter_key);
    b->filter_key = mem_str(text);
    b->state.bad.status = OK;
    if (alert_filter_new(text, &f, &b->state.bad) != OK) {
        log_put(LOG_WARN, "alerts", "alerts.filter", "%s", b->state.bad.text);
        if (b->filter || alert_filter_new("", &f, NULL) != OK)
            return false;
    }
    alert_filter_free(b->filter);
    b->filter = f;
    b->state.filter = alert_filter_text(f);
    return true;
}

/* ---- the sky of the site ---- */

static void read_night(struct alertbook *b, const struct site *site)
{
    struct error err;
    int64_t noon = night_noon_ns(session_now_ns(b->session), site->lon_rad);
    if (b->night && b->night_ns == noon)
        return;
    almanac_free(b->night);
    b->night = NULL;
    b->night_ns = noon;
    if (almanac_new(site, utc_of_wall(noon), utc_of_wall(noon + DAY_NS), 0, &b->night, &err) != OK)
        log_put(LOG_TROUBLE, "alerts", "almanac", "%s", err.text);
}

static bool read_judge(struct alertbook *b)
{
    const double rad = acos(-1) / 180;
    const struct conf *c = b->session->conf;
    struct error err = {0};
    const struct site *site = session_site(b->session, &err);
    struct alert_limits l = {.min_alt_rad = conf_number(c, "alerts.min-alt") * rad,
                             .max_sun_alt_rad = conf_number(c, "alerts.max-sun-alt") * rad,
                             .fov_rad = {conf_number(c, "fov.width") / 60 * rad,
                                         conf_number(c, "fov.height") / 60 * rad}};
    char *key = site ? mem_printf("%s %.9f %.9f %g %g %g %g %g", site->name, site->lat_rad,
                                  site->lon_rad, site->height_m, l.min_alt_rad, l.max_sun_alt_rad,
                                  l.fov_rad[0], l.fov_rad[1])
                     : mem_str("none");
    b->state.why = err;
    if (site)
        read_night(b, site);
    if (b->judge_key && strcmp(b->judge_key, key) == 0) {
        free(key);
        return false;
    }
    free(b->judge_key);
    b->judge_key = key;
    alert_judge_free(b->judge);
    b->judge = NULL;
    if (site && alert_judge_new(site, &l, now_of(b), &b->judge, &b->state.why) != OK)
        log_put(LOG_TROUBLE, "alerts", "", "%s", b->state.why.text);
    b->state.judged = b->judge != NULL;
    return true;
}

void alertbook_drop(struct alertbook *b)
{
    alert_pass_stop(b);
    alert_try_stop(b);
    alert_judge_free(b->judge);
    almanac_free(b->night);
    free(b->judge_key);
    b->judge = NULL;
    b->night = NULL;
    b->judge_key = NULL;
}

/* ---- sources ---- */

static void source_changed(void *arg, const struct source_status *s)
{
    (void)s;
    events_put(((struct alertbook *)arg)->session->events, EV_SOURCES, 0);
}

/* What the sources read of the options, as text. */
static char *feed_key(const struct conf *c)
{
    static const char *const of[] = {"alerts.spool", "alerts.colibri", "alerts.vtp", "alerts.gcn",
                                     "alerts.stream"};
    struct str s = {0};
    for (const struct conf_option *row = session_options; row->name; row++) {
        bool ours = false;
        for (size_t i = 0; i < sizeof of / sizeof *of; i++)
            ours |= strncmp(row->name, of[i], strlen(of[i])) == 0;
        if (!ours)
            continue;
        if (row->type == CONF_NUMBER)
            str_addf(&s, "%g\n", conf_number(c, row->name));
        else if (row->type == CONF_BOOL)
            str_addf(&s, "%d\n", conf_bool(c, row->name));
        else
            str_addf(&s, "%s\n", conf_text(c, row->name));
    }
    return str_take(&s);
}

static void read_feed(struct alertbook *b)
{
    const struct session *s = b->session;
    if (!s->setup.watch)
        return;
    char *key = feed_key(s->conf);
    if (!b->feed) {
        struct feed_options o = {.loop = s->setup.loop,
                                 .clock = s->setup.clock,
                                 .book = s->alerts,
                                 .http = s->http,
                                 .conf = s->conf,
                                 .offline = s->setup.offline,
                                 .changed = source_changed,
                                 .arg = b};
        b->feed = alert_feed_new(&o);
    } else if (strcmp(key, b->feed_key) != 0) {
        alert_feed_again(b->feed);
    }
    free(b->feed_key);
    b->feed_key = key;
}

const struct alert_judge *session_alert_judge(const struct session *s)
{
    return s->alertbook->judge;
}

struct alert_feed *session_alert_feed(const struct session *s)
{
    return s->alertbook->feed;
}

/* ---- the list ---- */

void alertbook_count(struct alertbook *b)
{
    struct alerts_state *st = &b->state;
    st->row = b->rows.row.at;
    st->n = b->rows.row.n;
    st->n_all = alert_book_n(b->session->alerts);
    st->n_apart = 0;
    if (!b->tests && !alert_filter_names(b->filter, "test"))
        st->n_apart += alert_book_n_of(b->session->alerts, ALERT_TEST);
    if (!b->tests && !alert_filter_names(b->filter, "utility"))
        st->n_apart += alert_book_n_of(b->session->alerts, ALERT_UTILITY);
    st->n_muted = b->rows.muted.n;
    st->n_unseen = b->rows.unseen;
    size_t out = st->n + st->n_apart + st->n_muted;
    st->n_hidden = st->n_all > out ? st->n_all - out : 0;
    st->n_ringing = ringer_count(b->ring);
    st->working = b->pass != NULL;
    st->tests = b->tests;
}

static bool is_apart(const struct alertbook *b, const struct alert_filter *filter,
                     const struct alert_event *e)
{
    return e->standing != ALERT_SKY && !b->tests &&
           !alert_filter_names(filter, e->standing == ALERT_TEST ? "test" : "utility");
}

bool alertbook_mutes(const struct alertbook *b, const struct alert_event *e)
{
    return !is_apart(b, b->filter, e) && session_alert_muted(b->session, e);
}

bool alertbook_take_by(const struct alertbook *b, const struct alert_filter *filter, int64_t id,
                       struct alerts_row *row)
{
    static const struct alert_view blind = {.alt_rad = NAN,
                                            .az_rad = NAN,
                                            .moon_sep_rad = NAN,
                                            .moon_alt_rad = NAN,
                                            .moon_illum = NAN,
                                            .left_s = NAN,
                                            .score = NAN,
                                            .from = {NAN, NAN},
                                            .until = {NAN, NAN}};
    const struct alert_event *e = alert_book_find(b->session->alerts, id);
    if (!e)
        return false;
    struct alert_subject s = {.event = e, .now = now_of(b)};
    int known = is_apart(b, filter, e) ? 0 : alert_filter_test(filter, &s);
    if (known == 0 || (known < 0 && !b->judge) || session_alert_muted(b->session, e))
        return false;
    struct jd_utc t = alert_time_known(e->time) ? e->time : e->issued;
    *row = (struct alerts_row){.id = id,
                               .mjd = alert_time_known(t) ? jd_mjd(t.d1, t.d2) : (double)NAN,
                               .fresh = e->fresh,
                               .view = blind};
    if (!b->judge)
        return true;
    if (known > 0) {
        alert_judge_event(b->judge, e, &row->view);
        return true;
    }
    s.view = &row->view; /* a glance hides most of them */
    alert_judge_glance(b->judge, e, &row->view);
    known = alert_filter_test(filter, &s);
    if (known == 0)
        return false;
    alert_judge_rest(b->judge, e, &row->view);
    return known > 0 || alert_filter_test(filter, &s) == 1;
}

bool alertbook_take(const struct alertbook *b, int64_t id, struct alerts_row *row)
{
    return alertbook_take_by(b, b->filter, id, row);
}

static int falling(double x, double y)
{
    if (isfinite(x) != isfinite(y))
        return isfinite(x) ? 1 : -1;
    return !isfinite(x) || x == y ? 0 : x > y ? 1 : -1;
}

bool alertbook_before(const struct alerts_row *x, const struct alerts_row *y)
{
    int c = falling(x->view.score, y->view.score);
    if (!c)
        c = falling(x->mjd, y->mjd);
    return c ? c > 0 : x->id > y->id;
}

void alertbook_again(struct alertbook *b)
{
    struct error err;
    if (b->judge && alert_judge_move(b->judge, now_of(b), &err) != OK)
        log_put(LOG_TROUBLE, "alerts", "", "%s", err.text);
    alert_pass_begin(b);
    alertbook_count(b);
    events_put(b->session->events, EV_ALERTS, 0);
}

void alertbook_tests(struct alertbook *b, bool on)
{
    b->tests = on;
    alertbook_again(b);
}

/* ---- news ---- */

static enum job_state look_step(void *arg, double budget_ms)
{
    struct alertbook *b = arg;
    int64_t began_us = clock_thread_us();
    bool more = ringer_step(b->ring, b->judge, &b->looking, began_us + (int64_t)(budget_ms * 1000));
    b->look_us += clock_thread_us() - began_us;
    return more ? JOB_MORE : JOB_DONE;
}

static void look(struct alertbook *b);

static void look_over(void *arg, enum job_state state)
{
    struct alertbook *b = arg;
    b->look = 0;
    if (state == JOB_DONE && b->look_again)
        look(b);
}

/* In slices: every event may have become observable. What is new rings in the first one. */
static void look(struct alertbook *b)
{
    static const struct job_ops ops = {"alerts/alarm", look_step, look_over};
    if (b->look) {
        b->look_again = true;
        return;
    }
    b->look_again = false;
    b->looking = (struct alert_looking){0};
    b->look_us = 0;
    b->look = jobs_add(b->session->jobs, &ops, b);
    loop_wake(b->session->setup.loop);
}

static int64_t look_soon(void *arg)
{
    struct alertbook *b = arg;
    b->soon = 0;
    look(b);
    return -1;
}

/* At once, unless so many events are held that a flood of news would spend its time in looking. */
static void look_for_news(struct alertbook *b)
{
    if (b->soon)
        return;
    if (!b->look && b->look_us < COSTLY_US)
        look(b);
    else
        b->soon = loop_timer(b->session->setup.loop, SOON_MS, look_soon, b, "alerts/alarm");
}

static void tell(struct alertbook *b, enum alert_news news, int64_t id)
{
    static const enum event_kind kind[] = {[ALERT_NEW] = EV_ALERT_NEW,
                                           [ALERT_REVISED] = EV_ALERT_CHANGED,
                                           [ALERT_RETRACTED] = EV_ALERT_RETRACTED,
                                           [ALERT_JOINED] = EV_ALERT_CHANGED,
                                           [ALERT_MARKED] = EV_ALERT_CHANGED};
    if (news != ALERT_FORGOTTEN)
        events_put(b->session->events, kind[news], (uint64_t)id);
    events_put(b->session->events, EV_ALERTS, 0);
}

static void on_news(void *arg, enum alert_news news, const struct alert_event *e, int64_t other,
                    double error_before_rad)
{
    struct alertbook *b = arg;
    ringer_news(b->ring, news, e, other, error_before_rad);
    VEC_PUSH(b->rows.changed, e->id);
    if (news == ALERT_JOINED)
        VEC_PUSH(b->rows.changed, other);
    tell(b, news, e->id);
    b->news |= news != ALERT_MARKED && news != ALERT_FORGOTTEN;
}

/* Rows of what changed, before anybody is told that the list did: this handler is the first. */
static void update(struct alertbook *b)
{
    if (b->rows.changed.n) {
        alert_try_stop(b); /* its count is out of date: the next drawing counts anew */
        for (size_t i = 0; b->pass && i < b->rows.changed.n; i++)
            alert_pass_changed(b, b->rows.changed.at[i]);
        alertbook_update(b, b->rows.changed.at, b->rows.changed.n);
        b->rows.changed.n = 0;
    }
    if (b->news)
        look_for_news(b);
    b->news = false;
    alertbook_count(b);
}

static void options(struct alertbook *b)
{
    bool other = read_filter(b);
    other |= read_judge(b);
    name_view(b);
    read_feed(b);
    ringer_again(b->ring);
    char *mute = mem_str(conf_text(b->session->conf, "alerts.mute"));
    other |= !b->mute_key || strcmp(b->mute_key, mute) != 0;
    free(b->mute_key);
    b->mute_key = mute;
    if (other)
        alertbook_again(b);
}

static void on_event(void *arg, const struct event *ev)
{
    struct alertbook *b = arg;
    switch (ev->kind) {
    case EV_ALERTS:
    case EV_ALARM: update(b); break;
    case EV_OPTION:
    case EV_SITE:
    case EV_NIGHT: options(b); break;
    case EV_TICK:
    case EV_ALMANAC:
    case EV_LOG:
    case EV_TRANSITS:
    case EV_ATTACH:
    case EV_CONSOLE:
    case EV_DEVICES:
    case EV_VO:
    case EV_MESSAGE:
    case EV_ALERT_NEW:
    case EV_ALERT_CHANGED:
    case EV_ALERT_RETRACTED:
    case EV_SOURCES: break;
    }
}

static enum job_state refresh_step(void *arg, double budget_ms)
{
    struct alertbook *b = arg;
    struct error err;
    bool more = true;
    int64_t end_us = clock_thread_us() + (int64_t)(budget_ms * 1000);
    while (more && clock_thread_us() < end_us)
        if (alert_book_refresh(b->session->alerts, &more, &err) != OK) {
            log_put(LOG_TROUBLE, "alerts", "", "%s", err.text);
            return JOB_FAILED;
        }
    return more ? JOB_MORE : JOB_DONE;
}

static void refresh_over(void *arg, enum job_state state)
{
    (void)state;
    ((struct alertbook *)arg)->refresh = 0;
}

/* What another process imported. */
static void refresh(struct alertbook *b)
{
    static const struct job_ops ops = {"alerts/refresh", refresh_step, refresh_over};
    if (!b->refresh)
        b->refresh = jobs_add(b->session->jobs, &ops, b);
}

/* Every half minute what became observable rings; every minute all is judged anew. A source that
 * fell silent shows it. */
static int64_t beat(void *arg)
{
    struct alertbook *b = arg;
    struct error err;
    refresh(b);
    if (++b->beats % 2 == 0) {
        alertbook_again(b);
    } else {
        if (b->judge && alert_judge_move(b->judge, now_of(b), &err) != OK)
            log_put(LOG_TROUBLE, "alerts", "", "%s", err.text);
    }
    look(b);
    events_put(b->session->events, EV_SOURCES, 0);
    return BEAT_MS;
}

struct alertbook *alertbook_new(struct session *s)
{
    struct alertbook *b = mem_zero(sizeof *b);
    b->session = s;
    b->state.name = b->state.filter = "";
    s->alertbook = b;
    b->ring = ringer_new(s);
    events_on(s->events, on_event, b);
    if (s->setup.demo)
        alert_samples(s); /* before anybody listens: they do not ring */
    alert_book_listen(s->alerts, on_news, b);
    options(b);
    b->timer = loop_timer(s->setup.loop, BEAT_MS, beat, b, "alerts/beat");
    return b;
}

void alertbook_free(struct alertbook *b)
{
    if (!b)
        return;
    loop_timer_del(b->session->setup.loop, b->timer);
    loop_timer_del(b->session->setup.loop, b->soon);
    jobs_stop(b->session->jobs, b->look);
    jobs_stop(b->session->jobs, b->refresh);
    jobs_stop(b->session->jobs, b->write);
    alert_book_listen(b->session->alerts, NULL, NULL);
    alert_feed_free(b->feed);
    alertbook_drop(b);
    ringer_free(b->ring);
    alert_filter_free(b->filter);
    VEC_FREE(b->rows.row);
    VEC_FREE(b->rows.changed);
    VEC_FREE(b->rows.muted);
    free(b->filter_key);
    free(b->feed_key);
    free(b->mute_key);
    free(b->name);
    free(b);
}

/* ---- what everybody may ask ---- */

const struct alerts_state *session_alerts_state(const struct session *s)
{
    return &s->alertbook->state;
}

const struct alert_event *session_alert(const struct session *s, int64_t id)
{
    return alert_book_find(s->alerts, id);
}

const struct almanac *session_alert_night(const struct session *s)
{
    return s->alertbook->night;
}

uint64_t session_alert_alarm(const struct session *s, int64_t id, bool *open)
{
    return ringer_alarm(s->alertbook->ring, id, open);
}

enum status session_alert_mark(struct session *s, int64_t id, enum alert_mark what, bool on,
                               struct error *err)
{
    return alert_book_mark(s->alerts, id, what, on, err);
}

static enum job_state write_step(void *arg, double budget_ms)
{
    struct alertbook *b = arg;
    struct error err;
    bool more = true;
    int64_t end_us = clock_thread_us() + (int64_t)(budget_ms * 1000);
    while (more && clock_thread_us() < end_us)
        if (alert_book_write(b->session->alerts, WRITTEN_STEP, &more, &err) != OK) {
            log_put(LOG_TROUBLE, "alerts", "", "%s", err.text);
            session_say(b->session, "%s", err.text);
            return JOB_FAILED;
        }
    return more ? JOB_MORE : JOB_DONE;
}

static void write_over(void *arg, enum job_state state)
{
    (void)state; /* what is left is written when the book is closed */
    ((struct alertbook *)arg)->write = 0;
}

/* One EV_ALERTS for all of them: nobody needs more. Views and hooks of scripts look at the list again; alarms,
 * the ringer and alerts.on("new") ask what came, not what was looked at. */
size_t session_alert_seen_all(struct session *s)
{
    static const struct job_ops ops = {"alerts/seen", write_step, write_over};
    struct alertbook *b = s->alertbook;
    VEC(int64_t) ids = {0};
    for (size_t i = 0; i < b->rows.row.n; i++)
        if (b->rows.row.at[i].fresh) {
            VEC_PUSH(ids, b->rows.row.at[i].id);
            b->rows.row.at[i].fresh = false;
        }
    size_t n = alert_book_seen(s->alerts, ids.at, ids.n);
    if (n)
        alert_try_stop(b); /* a filter that is being written may count what is not seen yet */
    VEC_FREE(ids);
    b->rows.unseen = 0;
    if (n && !b->write) {
        b->write = jobs_add(s->jobs, &ops, b);
        loop_wake(s->setup.loop);
    }
    bool asks = alert_filter_names(b->filter, "new") || alert_filter_names(b->filter, "seen");
    if (n && (b->pass || asks)) /* its rows hold what was, or it hides what is seen */
        alertbook_again(b);
    alertbook_count(b);
    events_put(s->events, EV_ALERTS, 0);
    return n;
}

enum status session_alert_ack(struct session *s, int64_t id, struct error *err)
{
    enum status st = ringer_ack(s->alertbook->ring, id, err);
    if (st == OK)
        st = alert_book_mark(s->alerts, id, ALERT_MARK_ACKNOWLEDGED, true, err);
    return st == OK ? alert_book_mark(s->alerts, id, ALERT_MARK_SEEN, true, err) : st;
}

void session_alert_sender(const struct alert_event *e, struct str *out)
{
    const char *who = e->facility ? e->facility : e->stream ? e->stream : e->type ? e->type : "?";
    struct str t = {0};
    utf8_clean(&t, who, strlen(who));
    for (size_t i = 0; i < t.n; i++) /* what divides and ends the list of the option */
        if (t.s[i] == ';' || t.s[i] == '#')
            t.s[i] = ' ';
    str_addn(out, str_c(&t), t.n);
    str_clear(&t);
}

bool session_alert_muted(const struct session *s, const struct alert_event *e)
{
    const char *list = conf_text(s->conf, "alerts.mute");
    struct str who = {0};
    bool found = false;
    if (!*list)
        return false;
    session_alert_sender(e, &who);
    for (const char *p = list; *p && !found;) {
        p += strspn(p, "; ");
        size_t n = strcspn(p, ";"), word = n;
        while (word && p[word - 1] == ' ')
            word--;
        found = word && word == who.n && strncasecmp(p, who.s, word) == 0;
        p += n;
    }
    str_clear(&who);
    return found;
}

void session_alert_why(const struct session *s, int64_t id, struct str *out)
{
    const struct alertbook *b = s->alertbook;
    const struct alert_event *e = session_alert(s, id);
    struct alerts_row row;
    struct alert_view view;
    struct str raw = {0}, title = {0}, part = {0};
    if (!e)
        return;
    alert_event_title(e, &title);
    str_addf(&raw, "%.60s: ", str_c(&title));
    if (alertbook_take(b, id, &row)) {
        str_add(&raw, "it is in the list");
    } else if (is_apart(b, b->filter, e)) {
        str_addf(&raw, "a %s packet, kept apart (alert-tests shows them)",
                 e->standing == ALERT_TEST ? "test" : "utility");
    } else if (session_alert_muted(s, e)) {
        session_alert_sender(e, &part);
        str_addf(&raw, "%s is muted (alerts.mute)", str_c(&part));
    } else {
        struct alert_subject subject = {.event = e, .now = now_of(b)};
        if (b->judge) {
            alert_judge_event(b->judge, e, &view);
            subject.view = &view;
        }
        alert_filter_why(b->filter, &subject, &part);
        str_addf(&raw, "hidden by %s", str_c(&part));
    }
    utf8_clean(out, str_c(&raw), raw.n);
    str_clear(&raw);
    str_clear(&title);
    str_clear(&part);
}

/* Whether the text is its whole name (2), a part of it (1), neither (0). */
static int named(const struct alert_event *e, const char *text)
{
    struct str title = {0};
    alert_event_title(e, &title);
    int how = str_eqi(str_c(&title), text) ? 2 : str_hasi(str_c(&title), text) ? 1 : 0;
    if (e->ref && str_eqi(e->ref, text))
        how = 2;
    str_clear(&title);
    return how;
}

enum status session_alert_find(const struct session *s, const char *text, int64_t *id,
                               struct error *err)
{
    double number;
    struct str names = {.max = 120};
    int n = 0;
    if (text[0] == '#' && str_num(text + 1, &number) && number >= 1 && number < 9e15) {
        *id = (int64_t)number;
        return session_alert(s, *id) ? OK : err_set(err, E_ABSENT, "no alert %.30s", text);
    }
    for (size_t i = 0; i < alert_book_n(s->alerts); i++) {
        const struct alert_event *e = alert_book_at(s->alerts, i);
        int how = named(e, text);
        if (how == 2) {
            *id = e->id;
            str_clear(&names);
            return OK;
        }
        if (how && n++ < 4) {
            struct str title = {0};
            *id = e->id;
            alert_event_title(e, &title);
            str_addf(&names, "%s%.40s", names.n ? ", " : "", str_c(&title));
            str_clear(&title);
        }
    }
    enum status st = n == 1  ? OK
                     : n > 1 ? err_set(err, E_RANGE, "%d alerts have \"%.40s\" in their name: %s%s",
                                       n, text, str_c(&names), n > 4 ? "..." : "")
                             : err_set(err, E_ABSENT, "no alert \"%.60s\"", text);
    str_clear(&names);
    return st;
}
