/* watch.c - see watch.h. Observability is a matter of intervals: when it is dark (once a list),
 * when the star is up (closed form, a window), both cut against each other; never of three
 * instants, because a star may set and a wall may stand between them.
 */
#include "watch.h"

#include <math.h>
#include <stdlib.h>

#include "vigie/sky/frame.h"

enum { SPANS = 64 }; /* of one window: two a day and two more; a window is 25 days at most */

static const double DURATION_MAX_H = 240; /* longer than any transit of a planet */

/* The Moon up to its centre at -0.833 deg: refraction and half its disc. */
static const double MOON_EDGE_RAD = -0.833 * M_PI / 180;

/* A moment at which the Moon crosses the edge between two samples. */
static double moon_edge(const struct almanac *a, double lo, double hi)
{
    bool up = almanac_moon_alt(a, lo) > MOON_EDGE_RAD;
    while (hi - lo > 0.1 / 86400) {
        double mid = (lo + hi) / 2;
        if ((almanac_moon_alt(a, mid) > MOON_EDGE_RAD) == up)
            lo = mid;
        else
            hi = mid;
    }
    return hi;
}

/* When the Moon is up: a sample each 20 min; a rise and set closer together than that is missed. */
static void find_moon(struct watch *w)
{
    const double step = 20.0 / 1440;
    size_t max = (size_t)((w->last - w->first) * 2) + 8, n = 0;
    struct span *s = arena_alloc(&w->arena, max * sizeof *s);
    bool up = false;
    for (double t = w->first; n < max; t += step) {
        bool over = t >= w->last, now = !over && almanac_moon_alt(w->almanac, t) > MOON_EDGE_RAD;
        if (now && !up)
            s[n].from = t > w->first ? moon_edge(w->almanac, t - step, t) : t;
        else if (up && over)
            s[n++].to = w->last;
        else if (up && !now)
            s[n++].to = moon_edge(w->almanac, t - step, t);
        up = now;
        if (over)
            break;
    }
    w->moon_up = s;
    w->n_moon_up = n;
}

void watch_init(struct watch *w, const struct almanac *a, const struct transit_limits *limits,
                double first, double last)
{
    *w = (struct watch){.almanac = a, .limits = *limits, .first = first, .last = last};
    w->masked = almanac_site(a)->horizon != NULL;
    size_t max = (size_t)((last - first) * 2) + 8;
    w->dark = arena_alloc(&w->arena, max * sizeof *w->dark);
    w->n_dark = almanac_dark(a, limits->max_sun_alt_rad, first, last, w->dark, max);
    ensure(w->n_dark <= max);
    find_moon(w);
}

bool watch_planet(struct watched *p, const struct planet *planet)
{
    p->planet = planet;
    if (!orbit_clock_set(&p->clock, planet) || !isfinite(planet->ra_rad + planet->dec_rad) ||
        !(planet->duration_h > 0 && planet->duration_h <= DURATION_MAX_H))
        return false;
    almanac_star_set(&p->star, planet->ra_rad, planet->dec_rad);
    p->flat_h = orbit_flat_h(planet);
    return true;
}

double watch_baseline_d(const struct transit_limits *l, double duration_h, double sigma_d)
{
    double b = isnan(l->baseline_d) ? fmax(1, duration_h / 2) / 24 : l->baseline_d;
    if (l->widen_sigma > 0 && isfinite(sigma_d))
        b += fmin(l->widen_sigma * sigma_d, 1); /* a lost phase has no window to widen */
    return b;
}

static void set_contact(const struct watch *w, const struct watched *p, struct bjd_tdb mid,
                        double shift_d, struct transit_contact *c)
{
    c->bjd = (struct bjd_tdb){mid.d1, mid.d2 + shift_d};
    c->t = almanac_t_of_bjd(w->almanac, &p->star, c->bjd);
    c->utc = almanac_utc(w->almanac, c->t);
}

void watch_times(const struct watch *w, const struct watched *p, int64_t epoch, double mid_t,
                 struct transit_event *e)
{
    const struct planet *planet = p->planet;
    double half = planet->duration_h / 48;
    *e = (struct transit_event){.planet = planet, .epoch = epoch, .flat_h = p->flat_h};
    struct transit_contact *c = e->contact;
    struct bjd_tdb mid = orbit_mid(&p->clock, epoch);
    set_contact(w, p, mid, -half, &c[TRANSIT_INGRESS]);
    set_contact(w, p, mid, half, &c[TRANSIT_EGRESS]);
    c[TRANSIT_MID] =
        (struct transit_contact){.t = mid_t, .utc = almanac_utc(w->almanac, mid_t), .bjd = mid};
    e->light_time_s = almanac_light_s(w->almanac, &p->star, mid_t);
    e->sigma_d = orbit_sigma_d(&p->clock, epoch);
    e->phase_lost = orbit_lost(&p->clock, epoch);
    e->time_unsure = p->clock.unsure;
    e->on_target = e->sigma_d * 24 <= planet->duration_h / 12;
    e->baseline_d = watch_baseline_d(&w->limits, planet->duration_h, e->sigma_d);
    e->window_from = c[TRANSIT_INGRESS].t - e->baseline_d;
    e->window_to = c[TRANSIT_EGRESS].t + e->baseline_d;
    e->oc_mid_t = planet_known(planet->oc_min) ? mid_t + planet->oc_min / 1440 : (double)NAN;
}

/* The spans of a sorted list that reach into [from, to], cut to it. */
static size_t cut_near(const struct span *s, size_t n, double from, double to, struct span *out)
{
    size_t lo = 0, hi = n;
    while (lo < hi) { /* the first that ends after `from` */
        size_t mid = (lo + hi) / 2;
        if (s[mid].to <= from)
            lo = mid + 1;
        else
            hi = mid;
    }
    size_t k = 0;
    for (; lo < n && s[lo].from < to && k < SPANS; lo++)
        out[k++] = (struct span){fmax(s[lo].from, from), fmin(s[lo].to, to)};
    return k;
}

static bool inside(const struct span *s, size_t n, double t)
{
    for (size_t i = 0; i < n; i++)
        if (t >= s[i].from && t <= s[i].to)
            return true;
    return false;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The three lists of spans of one window. */
struct parts {
    struct span dark[SPANS], up[SPANS], clear[SPANS], brief[SPANS];
    size_t n_dark, n_up, n_clear, n_brief;
};

static enum transit_loss loss_of(const struct parts *p, double t)
{
    if (!inside(p->dark, p->n_dark, t))
        return LOSS_SUN;
    if (!inside(p->up, p->n_up, t))
        return LOSS_LOW;
    if (!inside(p->clear, p->n_clear, t))
        return LOSS_HORIZON;
    return inside(p->brief, p->n_brief, t) ? LOSS_SHORT : LOSS_NONE;
}

/* Takes out of `use` what lies between two limits less than TRANSIT_LEAST_S apart. Returns how many spans stay. */
static size_t drop_brief(struct parts *p, struct span *use, size_t n, double from, double to)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool cut = use[i].from <= from || use[i].to >= to;
        if (!cut && use[i].to - use[i].from < TRANSIT_LEAST_S / 86400.0)
            p->brief[p->n_brief++] = use[i];
        else
            use[k++] = use[i];
    }
    return k;
}

static size_t edges_of(const struct span *s, size_t n, double *cut)
{
    for (size_t i = 0; i < n; i++) {
        cut[2 * i] = s[i].from;
        cut[2 * i + 1] = s[i].to;
    }
    return 2 * n;
}

/* Segments between all the edges there are, neighbours with one answer made one. */
static void cut_segments(struct watch *w, const struct parts *p, struct transit_event *e)
{
    const double least = 0.5e-3 / 86400; /* no one sees half a millisecond, and none is printed */
    double cut[8 * SPANS + 2];
    struct transit_segment s[8 * SPANS + 2];
    size_t n = 0, k = 0;
    cut[n++] = e->window_from;
    cut[n++] = e->window_to;
    n += edges_of(p->dark, p->n_dark, cut + n);
    n += edges_of(p->up, p->n_up, cut + n);
    n += edges_of(p->clear, p->n_clear, cut + n);
    n += edges_of(p->brief, p->n_brief, cut + n);
    qsort(cut, n, sizeof *cut, by_value);
    for (size_t i = 0; i + 1 < n; i++) {
        double from = k ? s[k - 1].to : cut[i], to = cut[i + 1];
        if (to - from < least)
            continue;
        enum transit_loss loss = loss_of(p, (fmax(from, cut[i]) + to) / 2);
        if (k && s[k - 1].loss == loss)
            s[k - 1].to = to;
        else
            s[k++] = (struct transit_segment){from, to, loss};
    }
    if (k) {
        s[0].from = e->window_from;
        s[k - 1].to = e->window_to;
    }
    struct transit_segment *kept = arena_alloc(&w->arena, k * sizeof *kept);
    for (size_t i = 0; i < k; i++)
        kept[i] = s[i];
    e->segment = kept;
    e->n_segment = k;
}

/* Minutes between two moments that are of use. */
static double useful_min(const struct span *s, size_t n, double from, double to)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fmax(0, fmin(s[i].to, to) - fmax(s[i].from, from));
    return sum * 1440;
}

static void set_minutes(struct transit_event *e, const struct span *use, size_t n)
{
    double t1 = e->contact[TRANSIT_INGRESS].t, t4 = e->contact[TRANSIT_EGRESS].t;
    double slope = isfinite(e->flat_h) ? (t4 - t1 - e->flat_h / 24) / 2 : 0;
    double edge[TRANSIT_PIECES + 1] = {e->window_from, t1, t1 + slope,
                                       t4 - slope,     t4, e->window_to};
    for (int i = 0; i < TRANSIT_PIECES; i++) {
        e->minutes[i].of = (edge[i + 1] - edge[i]) * 1440;
        e->minutes[i].have = useful_min(use, n, edge[i], edge[i + 1]);
    }
}

static enum transit_part part_of(const struct transit_event *e, const struct span *use, size_t n)
{
    bool in = inside(use, n, e->contact[TRANSIT_INGRESS].t),
         out = inside(use, n, e->contact[TRANSIT_EGRESS].t);
    switch (e->class) {
    case TRANSIT_FULL_BASELINE: return PART_FULL_BASELINE;
    case TRANSIT_FULL: return PART_FULL;
    case TRANSIT_NONE: return PART_NONE;
    case TRANSIT_PARTIAL: break;
    }
    return in && out ? PART_BROKEN : in ? PART_INGRESS : out ? PART_EGRESS : PART_MIDDLE;
}

static void set_fractions(struct transit_event *e, const struct span *use, size_t n)
{
    const double all = 1 - 1e-9; /* rounding of a sum of spans; 10 us of a night */
    double t1 = e->contact[TRANSIT_INGRESS].t, t4 = e->contact[TRANSIT_EGRESS].t;
    e->transit_fraction = useful_min(use, n, t1, t4) / ((t4 - t1) * 1440);
    e->window_fraction =
        useful_min(use, n, e->window_from, e->window_to) / ((e->window_to - e->window_from) * 1440);
    e->class = e->window_fraction >= all    ? TRANSIT_FULL_BASELINE
               : e->transit_fraction >= all ? TRANSIT_FULL
               : e->transit_fraction > 0    ? TRANSIT_PARTIAL
                                            : TRANSIT_NONE;
    e->transit_fraction = fmin(e->transit_fraction, 1);
    e->window_fraction = fmin(e->window_fraction, 1);
    e->part = part_of(e, use, n);
}

/* What the horizon mask leaves of the spans in which it is dark and the star is up: only there is the
 * mask's grid worth its time. */
static size_t cut_masked(const struct watch *w, const struct watched *p, const struct span *s,
                         size_t n, struct span out[SPANS])
{
    size_t k = 0;
    for (size_t i = 0; i < n && k < SPANS; i++)
        k += almanac_star_up(w->almanac, &p->star, w->limits.min_alt_rad, true, s[i].from, s[i].to,
                             out + k, SPANS - k);
    ensure(k <= SPANS);
    return k;
}

enum transit_hider watch_usable(struct watch *w, const struct watched *p, struct transit_event *e,
                                bool want_segments)
{
    struct parts v;
    struct span use[SPANS];
    size_t n = 0;
    enum transit_hider hider = TRANSIT_HIDERS;
    double from = e->window_from, to = e->window_to;
    v.n_up = v.n_clear = v.n_brief = 0;
    v.n_dark = cut_near(w->dark, w->n_dark, from, to, v.dark);
    if (v.n_dark == 0)
        hider = HIDE_SUN;
    if (v.n_dark || want_segments)
        v.n_up = almanac_star_up(w->almanac, &p->star, w->limits.min_alt_rad, false, from, to, v.up,
                                 SPANS);
    ensure(v.n_up <= SPANS);
    if (hider == TRANSIT_HIDERS && v.n_up == 0)
        hider = HIDE_LOW;
    if (v.n_dark && v.n_up)
        n = span_both(v.dark, v.n_dark, v.up, v.n_up, use, SPANS);
    if (hider == TRANSIT_HIDERS && n == 0)
        hider = HIDE_NEVER_BOTH;
    if (n && w->masked) {
        v.n_clear = n = cut_masked(w, p, use, n, v.clear);
        for (size_t i = 0; i < n; i++)
            use[i] = v.clear[i];
        if (n == 0)
            hider = HIDE_HORIZON;
    } else {
        v.n_clear = v.n_up; /* no mask, or nothing left that it could take */
        for (size_t i = 0; i < v.n_up; i++)
            v.clear[i] = v.up[i];
    }
    ensure(n <= SPANS);
    n = drop_brief(&v, use, n, from, to);
    if (hider == TRANSIT_HIDERS && n == 0)
        hider = HIDE_NEVER_BOTH;
    set_fractions(e, use, n);
    if (hider == TRANSIT_HIDERS || want_segments) {
        set_minutes(e, use, n);
        cut_segments(w, &v, e);
    }
    return hider;
}

static void set_place(const struct watch *w, const struct watched *p, struct transit_contact *c)
{
    struct almanac_now now;
    struct almanac_seen seen;
    almanac_at(w->almanac, c->t, &now);
    almanac_star_at(w->almanac, &p->star, &now, &seen);
    c->alt_rad = seen.alt_rad;
    c->az_rad = seen.az_rad;
    c->ha_rad = seen.ha_rad;
    c->airmass = seen.alt_rad > 0 ? sky_airmass(seen.alt_rad) : (double)NAN;
    c->sun_alt_rad = now.sun_alt_rad;
    c->moon_alt_rad = now.moon_alt_rad;
    c->moon_sep_rad = seen.moon_sep_rad;
    c->moon_illum = now.moon_illum;
}

static void set_flip(const struct watch *w, const struct watched *p, struct transit_event *e)
{
    e->flip_t = almanac_star_transit(w->almanac, &p->star, e->window_from, e->window_to);
    e->flip_after_min = NAN;
    e->flip_contact = TRANSIT_MID;
    if (!isfinite(e->flip_t))
        return;
    e->flip_utc = almanac_utc(w->almanac, e->flip_t);
    double least = INFINITY;
    for (int i = 0; i < TRANSIT_CONTACTS; i++) {
        double after = e->flip_t - e->contact[i].t;
        if (fabs(after) < least) {
            least = fabs(after);
            e->flip_contact = (enum transit_contact_id)i;
            e->flip_after_min = after * 1440;
        }
    }
}

static void set_moon(const struct watch *w, const struct watched *p, struct transit_event *e)
{
    struct span up[SPANS];
    double end[2] = {e->window_from, e->window_to};
    for (int i = 0; i < 2; i++) {
        struct transit_contact c = {.t = end[i]};
        set_place(w, p, &c);
        e->moon.alt_rad[i] = c.moon_alt_rad;
        e->moon.sep_rad[i] = c.moon_sep_rad;
        e->moon.illum[i] = c.moon_illum;
    }
    e->moon.rise_t = e->moon.set_t = NAN;
    size_t n = cut_near(w->moon_up, w->n_moon_up, end[0], end[1], up);
    for (size_t i = n; i-- > 0;) { /* backwards: the first of each stays */
        if (up[i].from > end[0])
            e->moon.rise_t = up[i].from;
        if (up[i].to < end[1])
            e->moon.set_t = up[i].to;
    }
}

void watch_sky(const struct watch *w, const struct watched *p, struct transit_event *e)
{
    for (int i = 0; i < TRANSIT_CONTACTS; i++)
        set_place(w, p, &e->contact[i]);
    set_flip(w, p, e);
    set_moon(w, p, e);
}
