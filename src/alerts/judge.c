/* judge.c - events judged for a site with the almanac's tables.
 * Not: the astronomy (sky/almanac.c). The score is our own ordering, no quantity of astronomy.
 */
#include "vigie/alerts/judge.h"

#include <math.h>
#include <stdlib.h>

#include "vigie/sky/almanac.h"

#define DEG (3.14159265358979323846 / 180)

enum { SPANS = 8 };

struct alert_judge {
    struct site site;
    struct alert_limits limits;
    struct almanac *almanac;
    struct jd_utc utc;
    struct almanac_now now;
    struct span dark[SPANS];
    size_t n_dark;
};

/* Tables for two days from now; a day is looked ahead. */
static enum status make_tables(struct alert_judge *j, struct jd_utc now, struct error *err)
{
    struct almanac *a;
    enum status s =
        almanac_new(&j->site, utc_add_s(now, -3600), utc_add_s(now, 2 * 86400), 0, &a, err);
    if (s != OK)
        return s;
    almanac_free(j->almanac);
    j->almanac = a;
    return OK;
}

enum status alert_judge_move(struct alert_judge *j, struct jd_utc now, struct error *err)
{
    double t = j->almanac ? almanac_t(j->almanac, now) : (double)NAN;
    if (!j->almanac || t < almanac_first(j->almanac) || t > almanac_last(j->almanac) - 1.1) {
        enum status s = make_tables(j, now, err);
        if (s != OK)
            return s;
        t = almanac_t(j->almanac, now);
    }
    j->utc = now;
    almanac_at(j->almanac, t, &j->now);
    j->n_dark = almanac_dark(j->almanac, j->limits.max_sun_alt_rad, t, t + 1, j->dark, SPANS);
    if (j->n_dark > SPANS)
        j->n_dark = SPANS;
    return OK;
}

enum status alert_judge_new(const struct site *site, const struct alert_limits *limits,
                            struct jd_utc now, struct alert_judge **out, struct error *err)
{
    struct alert_judge *j = mem_zero(sizeof *j);
    j->site = *site;
    j->limits = *limits;
    enum status s = alert_judge_move(j, now, err);
    *out = s == OK ? j : NULL;
    if (s != OK)
        alert_judge_free(j);
    return s;
}

void alert_judge_free(struct alert_judge *j)
{
    if (!j)
        return;
    almanac_free(j->almanac);
    free(j);
}

const double *alert_judge_fov(const struct alert_judge *j)
{
    return j->limits.fov_rad;
}

enum alert_fit alert_fit_of(double error_rad, const double fov_rad[2], int *frames)
{
    *frames = 0;
    if (!(error_rad > 0 && fov_rad[0] > 0 && fov_rad[1] > 0))
        return FIT_UNKNOWN;
    double n = ceil(2 * error_rad / fov_rad[0]) * ceil(2 * error_rad / fov_rad[1]);
    if (n > ALERT_MAX_FRAMES)
        return FIT_TOO_BIG;
    *frames = (int)n;
    return n > 1 ? FIT_SEVERAL : FIT_ONE;
}

/* The rest of the night counts in full from three hours; a bright object counts more than a faint
 * one, of unknown brightness as one of 17 mag; a bright Moon nearer than 60 deg costs up to half;
 * after a week little is left of what fades. */
static double score_of(const struct alert_judge *j, const struct alert_event *e,
                       const struct alert_view *v)
{
    double mag = isfinite(e->mag) ? e->mag : 17;
    double bright = fmin(1, fmax(0.1, (22 - mag) / 8));
    double left = fmin(1, v->left_s / (3 * 3600.0));
    double moon = 1, age = 0.5;
    if (v->moon_alt_rad > 0 && v->moon_sep_rad < 60 * DEG)
        moon = 1 - 0.5 * v->moon_illum * (1 - v->moon_sep_rad / (60 * DEG));
    if (alert_time_known(e->time)) {
        double days = utc_diff_s(j->utc, e->time) / 86400;
        age = days < 0 ? 1 : exp(-days / 7);
    }
    if (v->fit == FIT_TOO_BIG)
        bright *= 0.3;
    return e->retracted ? 0 : bright * left * moon * (0.2 + 0.8 * age);
}

static void look_ahead(const struct alert_judge *j, const struct almanac_star *star,
                       struct alert_view *v)
{
    struct span up[SPANS], both[SPANS];
    double t = j->now.t;
    size_t n = almanac_star_up(j->almanac, star, j->limits.min_alt_rad, true, t, t + 1, up, SPANS);
    n = n > SPANS ? SPANS : n;
    v->up = n > 0 && up[0].from <= t + 1e-7;
    for (size_t i = 0; i < j->n_dark; i++) { /* this night, else the next one */
        size_t k = span_both(up, n, &j->dark[i], 1, both, SPANS);
        k = k > SPANS ? SPANS : k;
        if (k == 0)
            continue;
        v->left_s = span_sum(both, k) * 86400;
        v->from = almanac_utc(j->almanac, both[0].from);
        v->until = almanac_utc(j->almanac, both[0].to);
        return;
    }
}

/* Fills what holds now; the star is made ready for a look ahead. False without a position. */
static bool look_now(const struct alert_judge *j, const struct alert_event *e,
                     struct almanac_star *star, struct alert_view *v)
{
    static const struct jd_utc never = {NAN, NAN};
    struct almanac_seen seen;
    *v = (struct alert_view){.alt_rad = NAN, .az_rad = NAN, .moon_sep_rad = NAN};
    v->from = v->until = never;
    v->moon_alt_rad = j->now.moon_alt_rad;
    v->moon_illum = j->now.moon_illum;
    v->dark = j->n_dark > 0 && j->dark[0].from <= j->now.t + 1e-7;
    v->fit = alert_fit_of(e->error_rad, j->limits.fov_rad, &v->frames);
    if (!isfinite(e->ra_rad))
        return false;
    almanac_star_set(star, e->ra_rad, e->dec_rad);
    almanac_star_at(j->almanac, star, &j->now, &seen);
    v->alt_rad = seen.alt_rad;
    v->az_rad = seen.az_rad;
    v->rising = seen.ha_rad < 0; /* east of the meridian; between pole and zenith too */
    v->moon_sep_rad = seen.moon_sep_rad;
    return true;
}

void alert_judge_glance(const struct alert_judge *j, const struct alert_event *e,
                        struct alert_view *v)
{
    struct almanac_star star;
    bool placed = look_now(j, e, &star, v);
    v->glance = placed;
}

void alert_judge_event(const struct alert_judge *j, const struct alert_event *e,
                       struct alert_view *v)
{
    struct almanac_star star;
    if (!look_now(j, e, &star, v))
        return;
    look_ahead(j, &star, v);
    v->score = score_of(j, e, v);
}

void alert_judge_rest(const struct alert_judge *j, const struct alert_event *e,
                      struct alert_view *v)
{
    struct almanac_star star;
    if (!v->glance)
        return;
    v->glance = false;
    almanac_star_set(&star, e->ra_rad, e->dec_rad);
    look_ahead(j, &star, v);
    v->score = score_of(j, e, v);
}

/* ---- as JSON ---- */

static void put(struct json_writer *w, const char *key, double x, int decimals)
{
    json_key(w, key);
    json_fixed(w, x, decimals);
}

static void put_instant(struct json_writer *w, const char *key, struct jd_utc t)
{
    char text[UTC_TEXT];
    json_key(w, key);
    json_string(w, alert_time_known(t) ? utc_format(t, 3, text) : NULL);
}

static void put_bool(struct json_writer *w, const char *key, bool known, bool b)
{
    json_key(w, key);
    if (known)
        json_bool(w, b);
    else
        json_null(w);
}

void alert_view_members(struct json_writer *w, const struct alert_view *v)
{
    bool known = isfinite(v->alt_rad);
    put(w, "alt_deg", v->alt_rad / DEG, 4);
    put(w, "az_deg", v->az_rad / DEG, 4);
    put_bool(w, "rising", known, v->rising);
    put_bool(w, "up", known, v->up);
    put_bool(w, "dark", true, v->dark);
    put(w, "left_min", known ? v->left_s / 60 : (double)NAN, 1);
    put_instant(w, "from_utc", v->from);
    put_instant(w, "until_utc", v->until);
    put(w, "moon_sep_deg", v->moon_sep_rad / DEG, 3);
    put(w, "moon_alt_deg", v->moon_alt_rad / DEG, 3);
    put(w, "moon_illum", v->moon_illum, 3);
    json_key(w, "frames");
    if (v->fit == FIT_ONE || v->fit == FIT_SEVERAL)
        json_int(w, v->frames);
    else
        json_null(w);
    put_bool(w, "too_big", v->fit != FIT_UNKNOWN, v->fit == FIT_TOO_BIG);
    put(w, "score", known ? v->score : (double)NAN, 3);
}
