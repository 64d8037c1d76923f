/* list.c - see list.h: which transits fall into a span, planet by planet; who hides which; order.
 */
#include "vigie/transits/list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "watch.h"

/* Light time to the barycentre and TDB-UTC together, days: how far a BJD and a clock can be apart. */
static const double LIGHT_D = 0.0078;

static const double BASELINE_MAX_D = 1, MARGIN_MAX_D = 13;

struct transit_work {
    struct watch watch;
    size_t next;         /* planet */
    size_t cap;          /* of list->at */
    double t_from, t_to; /* mid t in [t_from, t_to) */
    struct jd_tdb from, to;
    bool done;
};

void transit_limits_init(struct transit_limits *l)
{
    *l = (struct transit_limits){
        .min_alt_rad = 20 * M_PI / 180, .max_sun_alt_rad = -12 * M_PI / 180, .baseline_d = NAN};
}

const char *transit_hider_name(enum transit_hider h)
{
    switch (h) {
    case HIDE_PLANET: return "other planets";
    case HIDE_PRIORITY: return "priority";
    case HIDE_APERTURE: return "aperture";
    case HIDE_DEPTH: return "depth";
    case HIDE_MAG: return "magnitude";
    case HIDE_CLASS: return "completeness";
    case HIDE_SUN: return "daylight";
    case HIDE_LOW: return "low";
    case HIDE_HORIZON: return "horizon";
    case HIDE_NEVER_BOTH: return "low in the dark";
    case TRANSIT_HIDERS: break;
    }
    return "";
}

static enum status check(const struct transit_request *r, struct error *err)
{
    const struct transit_limits *l = &r->limits;
    if (!r->site)
        return err_set(err, E_ABSENT,
                       "transits: no site; give --site LAT,LON,HEIGHT or set one (site = NAME)");
    double days = utc_diff_s(r->to, r->from) / 86400;
    if (!(days > 0))
        return err_set(err, E_RANGE, "transits: the span ends before it begins");
    if (days > TRANSIT_LIST_DAYS)
        return err_set(err, E_RANGE, "transits: %.0f days is too long; at most %d", days,
                       TRANSIT_LIST_DAYS);
    if (!(fabs(l->min_alt_rad) <= M_PI / 2) || !(fabs(l->max_sun_alt_rad) <= M_PI / 2))
        return err_set(err, E_RANGE, "transits: a limit of altitude is not in -90 .. 90 deg");
    if (!isnan(l->baseline_d) && !(l->baseline_d >= 0 && l->baseline_d <= BASELINE_MAX_D))
        return err_set(err, E_RANGE, "transits: the baseline is not in 0 .. 1440 min");
    return OK;
}

/* How far windows reach beyond the span: half the longest transit and its baseline. */
static double margin_d(const struct transit_request *r)
{
    double most = 0;
    for (size_t i = 0; i < r->n_planet; i++) {
        double h = r->planet[i].duration_h, b = watch_baseline_d(&r->limits, h, 1);
        if (isfinite(h) && h > 0)
            most = fmax(most, h / 48 + b);
    }
    return fmin(most, MARGIN_MAX_D) + 0.01;
}

enum status transit_list_begin(const struct transit_request *request, struct transit_list **list,
                               struct error *err)
{
    *list = NULL;
    enum status s = check(request, err);
    if (s != OK)
        return s;
    struct transit_list *l = mem_zero(sizeof *l);
    l->request = *request;
    double sum = 0;
    for (int i = 0; i < TRANSIT_TERMS; i++)
        sum += request->weight[i];
    if (!(sum > 0))
        memcpy(l->request.weight, transit_weights, sizeof transit_weights);
    double margin_s = margin_d(request) * 86400;
    s = almanac_new(request->site, utc_add_s(request->from, -margin_s),
                    utc_add_s(request->to, margin_s), 0, &l->almanac, err);
    if (s != OK) {
        free(l);
        return s;
    }
    l->work = mem_zero(sizeof *l->work);
    struct transit_work *w = l->work;
    w->t_from = almanac_t(l->almanac, request->from);
    w->t_to = almanac_t(l->almanac, request->to);
    w->from = utc_to_tdb(request->from);
    w->to = utc_to_tdb(request->to);
    watch_init(&w->watch, l->almanac, &request->limits, almanac_first(l->almanac),
               almanac_last(l->almanac));
    *list = l;
    return OK;
}

static bool wanted(const struct transit_filter *f, const struct planet *p)
{
    for (size_t i = 0; i < f->n_only; i++)
        if (f->only[i] == p)
            return true;
    return f->n_only == 0;
}

static double magnitude(const struct planet *p)
{
    if (planet_known(p->mag_v))
        return p->mag_v;
    if (planet_known(p->mag_r))
        return p->mag_r;
    return planet_known(p->mag_g) ? p->mag_g : (double)NAN;
}

/* The first filter that hides all transits of a planet; unknown[h] is set where it has no datum. */
static enum transit_hider planet_hider(const struct transit_filter *f, const struct planet *p,
                                       bool unknown[TRANSIT_HIDERS])
{
    memset(unknown, 0, TRANSIT_HIDERS * sizeof *unknown);
    if (!wanted(f, p))
        return HIDE_PLANET;
    if (f->priorities) {
        unknown[HIDE_PRIORITY] = p->priority == PRIORITY_NONE;
        if (p->priority != PRIORITY_NONE && !(f->priorities & 1u << p->priority))
            return HIDE_PRIORITY;
    }
    if (f->aperture_mm > 0) {
        double asked_mm = 25.4 * p->min_aperture_in;
        unknown[HIDE_APERTURE] = !planet_known(asked_mm);
        if (planet_known(asked_mm) && asked_mm > f->aperture_mm * (1 + 1e-9))
            return HIDE_APERTURE;
    }
    if (f->min_depth_mmag > 0) {
        unknown[HIDE_DEPTH] = !planet_known(p->depth_mmag);
        if (planet_known(p->depth_mmag) && p->depth_mmag < f->min_depth_mmag)
            return HIDE_DEPTH;
    }
    if (f->has_max_mag) {
        unknown[HIDE_MAG] = isnan(magnitude(p));
        if (magnitude(p) > f->max_mag)
            return HIDE_MAG;
    }
    return TRANSIT_HIDERS;
}

static bool class_wanted(const struct transit_filter *f, enum transit_class c)
{
    return !f->classes || (f->classes & 1u << c);
}

/* One event, computed as far as it is needed; returns who hides it. */
static enum transit_hider compute(struct transit_list *l, const struct watched *p, int64_t epoch,
                                  double mid_t, struct transit_event *e)
{
    struct transit_work *w = l->work;
    const struct transit_filter *f = &l->request.filter;
    bool none_wanted = f->all || (f->classes & 1u << TRANSIT_NONE);
    watch_times(&w->watch, p, epoch, mid_t, e);
    enum transit_hider h = watch_usable(&w->watch, p, e, none_wanted);
    if (h != TRANSIT_HIDERS && !none_wanted)
        return h;
    if (!class_wanted(f, e->class))
        return HIDE_CLASS;
    watch_sky(&w->watch, p, e);
    score_set(e, l->request.weight);
    e->verdict = verdict_of(e->planet, l->request.own_aperture_mm);
    return TRANSIT_HIDERS;
}

static enum status keep(struct transit_list *l, const struct transit_event *e, struct error *err)
{
    if (l->n == TRANSIT_LIST_MAX)
        return err_set(err, E_RANGE,
                       "transits: more than %d in this span; make it shorter or name a planet",
                       TRANSIT_LIST_MAX);
    if (l->n == l->work->cap) {
        l->work->cap = l->work->cap ? l->work->cap * 2 : 64;
        l->at = mem_grow(l->at, l->work->cap * sizeof *l->at);
    }
    l->at[l->n++] = *e;
    return OK;
}

/* Epochs whose mid transit may lie in [from - slack, to + slack], by BJD. */
static void epochs(const struct transit_work *w, const struct orbit_clock *c, double slack,
                   int64_t *first, int64_t *last)
{
    struct bjd_tdb from = {w->from.d1, w->from.d2 - slack}, to = {w->to.d1, w->to.d2 + slack};
    *first = (int64_t)ceil(orbit_epoch(c, from));
    *last = (int64_t)floor(orbit_epoch(c, to));
}

/* How many transits a planet has in the span: only those at its edges need the light time. */
static size_t count(const struct transit_work *w, const struct watched *p)
{
    int64_t n0, n1, sure0, sure1;
    size_t n = 0;
    epochs(w, &p->clock, LIGHT_D, &n0, &n1);
    epochs(w, &p->clock, -LIGHT_D, &sure0, &sure1);
    for (int64_t i = n0; i <= n1; i++) {
        if (i == sure0 && sure1 >= sure0) {
            n += (size_t)(sure1 - sure0 + 1);
            i = sure1;
            continue;
        }
        double t = almanac_t_of_bjd(w->watch.almanac, &p->star, orbit_mid(&p->clock, i));
        n += t >= w->t_from && t < w->t_to;
    }
    return n;
}

static void hide_all(struct transit_list *l, const struct watched *p, enum transit_hider h,
                     const bool unknown[TRANSIT_HIDERS])
{
    size_t n = count(l->work, p);
    l->n_all += n;
    l->hidden[h] += n;
    for (int i = 0; i < TRANSIT_HIDERS; i++)
        l->unknown[i] += unknown[i] ? n : 0;
}

static enum status one_planet(struct transit_list *l, const struct planet *planet,
                              struct error *err)
{
    struct transit_work *w = l->work;
    struct watched p;
    bool unknown[TRANSIT_HIDERS];
    int64_t n0, n1;
    if (!watch_planet(&p, planet)) {
        l->no_ephemeris += wanted(&l->request.filter, planet);
        return OK;
    }
    enum transit_hider all = planet_hider(&l->request.filter, planet, unknown);
    if (all != TRANSIT_HIDERS) {
        hide_all(l, &p, all, unknown);
        return OK;
    }
    epochs(w, &p.clock, LIGHT_D, &n0, &n1);
    for (int64_t n = n0; n <= n1; n++) {
        double t = almanac_t_of_bjd(w->watch.almanac, &p.star, orbit_mid(&p.clock, n));
        if (!(t >= w->t_from && t < w->t_to))
            continue;
        struct transit_event e;
        enum transit_hider h = compute(l, &p, n, t, &e);
        l->n_all++;
        for (int i = 0; i < TRANSIT_HIDERS; i++)
            l->unknown[i] += unknown[i];
        if (h != TRANSIT_HIDERS) {
            l->hidden[h]++;
            continue;
        }
        enum status s = keep(l, &e, err);
        if (s != OK)
            return s;
    }
    return OK;
}

static int by_mid(const void *a, const void *b)
{
    const struct transit_event *x = a, *y = b;
    double tx = x->contact[TRANSIT_MID].t, ty = y->contact[TRANSIT_MID].t;
    if (tx != ty)
        return tx < ty ? -1 : 1;
    return strcmp(x->planet->name, y->planet->name);
}

enum status transit_list_step(struct transit_list *list, size_t planets, bool *more,
                              struct error *err)
{
    struct transit_work *w = list->work;
    *more = false;
    for (; planets > 0 && w->next < list->request.n_planet; planets--) {
        enum status s = one_planet(list, &list->request.planet[w->next++], err);
        if (s != OK)
            return s;
    }
    *more = w->next < list->request.n_planet;
    if (!*more && !w->done) {
        if (list->n)
            qsort(list->at, list->n, sizeof *list->at, by_mid);
        w->done = true;
    }
    return OK;
}

enum status transit_list_make(const struct transit_request *request, struct transit_list **list,
                              struct error *err)
{
    bool more = true;
    enum status s = transit_list_begin(request, list, err);
    while (s == OK && more)
        s = transit_list_step(*list, 64, &more, err);
    if (s != OK) {
        transit_list_free(*list);
        *list = NULL;
    }
    return s;
}

void transit_list_free(struct transit_list *list)
{
    if (!list)
        return;
    arena_clear(&list->work->watch.arena);
    free(list->work);
    almanac_free(list->almanac);
    free(list->at);
    free(list);
}

static void add(char out[TRANSIT_SUMMARY], const char *fmt, ...) PRINTF(2, 3);
static void add(char out[TRANSIT_SUMMARY], const char *fmt, ...)
{
    size_t n = strlen(out);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(out + n, TRANSIT_SUMMARY - n, fmt, ap);
    va_end(ap);
}

const char *transit_list_summary(const struct transit_list *list, char out[TRANSIT_SUMMARY])
{
    const char *lead = "; hidden: ";
    out[0] = 0;
    add(out, "%zu of %zu transits", list->n, list->n_all);
    for (int i = 0; i < TRANSIT_HIDERS; i++)
        if (list->hidden[i]) {
            add(out, "%s%zu %s", lead, list->hidden[i], transit_hider_name((enum transit_hider)i));
            lead = ", ";
        }
    lead = "; no datum, not hidden: ";
    for (int i = 0; i < TRANSIT_HIDERS; i++)
        if (list->unknown[i]) {
            add(out, "%s%zu %s", lead, list->unknown[i], transit_hider_name((enum transit_hider)i));
            lead = ", ";
        }
    if (list->no_ephemeris)
        add(out, "; %zu planet%s without a usable ephemeris or duration", list->no_ephemeris,
            list->no_ephemeris == 1 ? "" : "s");
    return out;
}

void transit_list_season(const struct transit_list *list, struct transit_season *s)
{
    *s = (struct transit_season){.n_all = list->n_all - list->hidden[HIDE_PLANET]};
    for (size_t i = 0; i < list->n; i++) {
        const struct transit_event *e = &list->at[i];
        if (e->class != TRANSIT_FULL && e->class != TRANSIT_FULL_BASELINE)
            continue;
        s->n_full++;
        s->n_full_baseline += e->class == TRANSIT_FULL_BASELINE;
        if (!s->next)
            s->next = e;
    }
}
