/* tonight.c - see vigie/session/tonight.h: which planets, which night, which filter; the making is
 * maker.c's, the alarms transit_watch.c's.
 */
#include "tonight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sky_now.h"
#include "vigie/base/log.h"
#include "vigie/transits/fetch.h"
#include "vigie/transits/news.h"

enum { ASK_MS = 3600 * 1000 }; /* how often the age of the catalogue is looked at */

struct tonight {
    struct session *session;
    struct tonight_state state;
    struct maker shown;
    struct transit_watch *watch;
    struct fetch *fetch;
    const struct catalogue *fetched; /* borrowed from fetch */
    struct catalogue *builtin, *own;
    char *own_path;
    VEC(struct planet) planet;  /* in use: texts borrowed from the catalogues */
    unsigned long planets_made; /* counts, for the key */
    unsigned long logged_planets;
    char logged_evening[11];
    uint64_t timer;
    bool idle; /* of a one-shot command: nobody has wanted anything yet */
};

/* ---- planets ---- */

static void bad_own(void *arg, int line, const char *why)
{
    log_put(LOG_WARN, "transits", arg, "line %d: %s", line, why);
}

static void read_own(struct tonight *t)
{
    const char *path = conf_text(t->session->conf, "transits.own");
    struct error err;
    size_t n, n_bad;
    free(t->own_path);
    t->own_path = mem_str(path);
    catalogue_free(t->own);
    t->own = NULL;
    if (!path[0])
        return;
    t->own = catalogue_new(path, PLANET_OWN);
    if (catalogue_add_own(t->own, path, bad_own, t->own_path, &n, &n_bad, &err) != OK)
        log_put(LOG_TROUBLE, "transits", path, "%s", err.text);
}

/* The catalogue's planets, but those that the observer has written down himself, then his own. */
static void gather(struct tonight *t)
{
    const struct catalogue *c = t->fetched;
    if (!c) {
        if (!t->builtin)
            t->builtin = catalogue_demo();
        c = t->builtin;
    }
    t->planet.n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (!t->own || !catalogue_find(t->own, c->planet[i].name))
            VEC_PUSH(t->planet, c->planet[i]);
    for (size_t i = 0; t->own && i < t->own->n; i++)
        VEC_PUSH(t->planet, t->own->planet[i]);
    t->planets_made++;
    t->state.n_planet = t->planet.n;
    t->state.source = t->fetched ? "ExoClock" : "built-in sample";
}

static void log_changes(const struct fetch_news *news)
{
    double bjd = 2440587.5 + (double)(news->fetched_ns / 1000000000) / 86400;
    struct catalogue_news *n = catalogue_compare(news->previous, news->catalogue, bjd);
    struct str s = {0};
    char *save = NULL;
    catalogue_news_lines(n, &s);
    for (char *l = s.n ? strtok_r(s.s, "\n", &save) : NULL; l; l = strtok_r(NULL, "\n", &save))
        log_put(LOG_INFO, "transits", "ExoClock", "%s", l);
    str_clear(&s);
    catalogue_news_free(n);
}

/* The catalogue of before is freed when this returns: whatever borrows from it goes now. */
static void on_news(void *arg, const struct fetch_news *news)
{
    struct tonight *t = arg;
    if (news->changed) {
        tonight_drop(t);
        t->fetched = news->catalogue;
        gather(t);
        if (news->fresh)
            log_put(LOG_INFO, "transits", "ExoClock", "%zu planets", news->catalogue->n);
        if (news->previous)
            log_changes(news);
    }
    if (news->err.status != OK && strcmp(news->err.text, t->state.note.text) != 0) {
        static const char who[] = "ExoClock: "; /* the log's line has a place for it */
        bool named = strncmp(news->err.text, who, sizeof who - 1) == 0;
        log_put(LOG_TROUBLE, "transits", "ExoClock", "%s",
                news->err.text + (named ? sizeof who - 1 : 0));
    }
    t->state.note = news->err;
    t->state.fetched_ns = news->fetched_ns;
    t->state.fresh = news->fresh;
    t->state.asking = !news->final;
    events_put(t->session->events, EV_TRANSITS, 0);
    tonight_again(t);
}

static int64_t ask_again(void *arg)
{
    struct tonight *t = arg;
    fetch_ask(t->fetch, false);
    return ASK_MS;
}

/* ---- which night, which filter ---- */

static void read_limits(const struct conf *c, struct transit_limits *l)
{
    const double rad = acos(-1) / 180;
    transit_limits_init(l);
    l->min_alt_rad = conf_number(c, "transits.min-alt") * rad;
    l->max_sun_alt_rad = conf_number(c, "transits.max-sun-alt") * rad;
    l->baseline_d = conf_number(c, "transits.baseline") / 1440;
}

/* What the options ask for, from noon to noon. */
static void request(const struct tonight *t, const struct site *site, int offset, int days,
                    struct transit_request *r)
{
    const struct conf *c = t->session->conf;
    int64_t day_ns = 86400LL * 1000000000,
            noon = night_noon_ns(session_now_ns(t->session), site->lon_rad) + offset * day_ns;
    *r = (struct transit_request){.planet = t->planet.at,
                                  .n_planet = t->planet.n,
                                  .site = site,
                                  .from = utc_of_wall(noon),
                                  .to = utc_of_wall(noon + days * day_ns)};
    read_limits(c, &r->limits);
    r->own_aperture_mm = r->filter.aperture_mm = conf_number(c, "aperture");
    r->filter.min_depth_mmag = conf_number(c, "transits.min-depth");
}

/* What a list depends on, as text: two lists of one key are the same. */
static char *key_of(const struct tonight *t, const struct transit_request *r)
{
    const struct transit_filter *f = &r->filter;
    const struct transit_limits *l = &r->limits;
    return mem_printf("%lu %s %.9f %.9f %.9f %.6f %.6f %.6f %.6f %g %g %g %d %u %u %d %g",
                      t->planets_made, r->site->name, r->site->lat_rad, r->site->lon_rad,
                      r->site->height_m, r->from.d1 + r->from.d2, r->to.d1 + r->to.d2,
                      l->min_alt_rad, l->max_sun_alt_rad, l->baseline_d, f->aperture_mm,
                      f->min_depth_mmag, f->has_max_mag, f->classes, f->priorities, f->all,
                      f->has_max_mag ? f->max_mag : 0.0);
}

/* Once for each night and catalogue, not for each filter tried. */
static void log_once(struct tonight *t)
{
    if (t->session->tonight_offset != 0 || t->state.days != 1 || t->state.filter[0] ||
        (t->logged_planets == t->planets_made && strcmp(t->logged_evening, t->state.evening) == 0))
        return;
    t->logged_planets = t->planets_made;
    memcpy(t->logged_evening, t->state.evening, sizeof t->logged_evening);
    log_put(LOG_INFO, "transits", t->state.source, "%zu planets, %zu transits to observe tonight",
            t->state.n_planet, t->shown.list->n);
}

static void shown_done(void *arg)
{
    struct tonight *t = arg;
    t->state.list = t->shown.list;
    t->state.working = false;
    t->state.why = t->shown.why;
    events_put(t->session->events, EV_TRANSITS, 0);
    if (t->shown.list)
        log_once(t);
}

static void again_shown(struct tonight *t, const struct site *site)
{
    struct transit_request r;
    struct tonight_state *st = &t->state;
    st->days = (int)conf_number(t->session->conf, "transits.days");
    st->filter = conf_text(t->session->conf, "transits.filter");
    request(t, site, t->session->tonight_offset, st->days, &r);
    night_evening(session_now_ns(t->session) + t->session->tonight_offset * 86400LL * 1000000000,
                  site->lon_rad, st->evening);
    struct error err;
    if (tonight_filter_read(st->filter, &r.filter, &r.limits, &r.own_aperture_mm, &err) != OK)
        log_put(LOG_WARN, "transits", "transits.filter", "%s", err.text);
    char *key = key_of(t, &r);
    st->working = !t->shown.key || strcmp(t->shown.key, key) != 0;
    if (st->working)
        maker_begin(&t->shown, &r, key);
    free(key);
}

void tonight_again(struct tonight *t)
{
    struct error why;
    const struct site *site = session_site(t->session, &why);
    const char *own = conf_text(t->session->conf, "transits.own");
    if (!t->own_path || strcmp(own, t->own_path) != 0) {
        tonight_drop(t);
        read_own(t);
        gather(t);
    }
    events_put(t->session->events, EV_TRANSITS, 0);
    if (t->session->setup.one_shot)
        return; /* it makes the lists it wants itself */
    if (!site) {
        t->state.why = why;
        t->state.working = false;
        return;
    }
    again_shown(t, site);
    struct transit_request r;
    request(t, site, 0, 1, &r);
    char *key = key_of(t, &r);
    transit_watch_again(t->watch, &r, key);
    free(key);
}

void tonight_drop(struct tonight *t)
{
    maker_drop(&t->shown);
    transit_watch_drop(t->watch);
    t->state.list = NULL;
}

void tonight_refresh(struct tonight *t)
{
    t->state.asking = true;
    fetch_ask(t->fetch, true);
}

void tonight_night(struct tonight *t, int offset)
{
    t->session->tonight_offset = offset;
    tonight_again(t);
}

static void on_event(void *arg, const struct event *ev)
{
    struct tonight *t = arg;
    if (ev->kind == EV_OPTION || ev->kind == EV_SITE || ev->kind == EV_NIGHT)
        tonight_again(t);
}

struct tonight *tonight_new(struct session *s)
{
    struct tonight *t = mem_zero(sizeof *t);
    t->session = s;
    t->shown = (struct maker){.session = s, .done = shown_done, .arg = t};
    t->watch = transit_watch_new(s);
    read_own(t);
    gather(t);
    events_on(s->events, on_event, t);
    if (s->http) {
        const char *url = conf_text(s->conf, "transits.url");
        struct fetch_options o = {.url = url[0] ? url : NULL,
                                  .max_age_h = conf_number(s->conf, "transits.max-age"),
                                  .offline = s->setup.offline,
                                  .max_mb = conf_number(s->conf, "http.max-body")};
        t->fetch = fetch_new(s->http, &o, on_news, t);
        t->idle = s->setup.one_shot;
        if (!t->idle) {
            fetch_ask(t->fetch, false);
            t->timer = loop_timer(s->setup.loop, ASK_MS, ask_again, t, "transits/age");
        }
    }
    tonight_again(t);
    return t;
}

bool session_planets(struct session *s, const struct planet **planets, size_t *n)
{
    struct tonight *t = s->tonight;
    if (t->idle) {
        t->idle = false;
        t->state.asking = true;
        fetch_ask(t->fetch, false);
    }
    *planets = t->planet.at;
    *n = t->planet.n;
    return !t->state.asking || t->fetched;
}

void tonight_free(struct tonight *t)
{
    if (!t)
        return;
    loop_timer_del(t->session->setup.loop, t->timer);
    tonight_drop(t);
    transit_watch_free(t->watch);
    fetch_free(t->fetch);
    catalogue_free(t->builtin);
    catalogue_free(t->own);
    VEC_FREE(t->planet);
    free(t->own_path);
    free(t);
}

const struct tonight_state *session_tonight(const struct session *s)
{
    return &s->tonight->state;
}

/* ---- where a transit is now ---- */

struct transit_phase transit_phase_at(const struct transit_list *list,
                                      const struct transit_event *e, struct jd_utc utc)
{
    double t = almanac_t(list->almanac, utc), in = e->contact[TRANSIT_INGRESS].t,
           mid = e->contact[TRANSIT_MID].t, out = e->contact[TRANSIT_EGRESS].t,
           flat = isfinite(e->flat_h) ? e->flat_h / 48 : 0;
    bool known = isfinite(e->flat_h); /* else the whole transit is one piece */
    const double end[TRANSIT_PIECES] = {in, known ? mid - flat : in, known ? mid + flat : out, out,
                                        e->window_to};
    struct transit_phase p = {PHASE_WAITING, PIECE_BEFORE, (e->window_from - t) * 86400};
    if (t < e->window_from)
        return p;
    p.kind = PHASE_RUNNING;
    for (int k = 0; k < TRANSIT_PIECES; k++)
        if (t < end[k]) {
            p.piece = (enum transit_piece)k;
            p.next_s = (end[k] - t) * 86400;
            return p;
        }
    return (struct transit_phase){PHASE_OVER, PIECE_AFTER, (double)NAN};
}

const char *transit_piece_name(enum transit_piece p)
{
    switch (p) {
    case PIECE_BEFORE: return "baseline before";
    case PIECE_INGRESS: return "ingress";
    case PIECE_BOTTOM: return "in transit";
    case PIECE_EGRESS: return "egress";
    case PIECE_AFTER: return "baseline after";
    case TRANSIT_PIECES: break;
    }
    return "";
}
