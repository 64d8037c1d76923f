/* record.c - see record.h.
 */
#include "vigie/transits/record.h"

#include <math.h>

#include "vigie/transits/ephemeris.h"

static const double DEG = 180 / M_PI;

static void put_utc(struct json_writer *w, struct jd_utc utc)
{
    char text[UTC_TEXT];
    json_string(w, utc_format(utc, 3, text));
}

static void put_t(struct json_writer *w, const char *key, const struct almanac *a, double t)
{
    json_key(w, key);
    if (isfinite(t))
        put_utc(w, almanac_utc(a, t));
    else
        json_null(w);
}

static void put_fixed(struct json_writer *w, const char *key, double x, int decimals)
{
    json_key(w, key);
    json_fixed(w, x, decimals);
}

static void put_shortest(struct json_writer *w, const char *key, double x)
{
    json_key(w, key);
    json_shortest(w, x);
}

static void put_text(struct json_writer *w, const char *key, const char *s)
{
    json_key(w, key);
    json_string(w, s[0] ? s : NULL);
}

static void put_bool(struct json_writer *w, const char *key, bool b)
{
    json_key(w, key);
    json_bool(w, b);
}

/* A share that is not the whole never reads as 1. */
static void put_fraction(struct json_writer *w, const char *key, double x)
{
    put_fixed(w, key, x < 1 ? fmin(x, 0.999999) : 1, 6);
}

static void put_contact(struct json_writer *w, const struct transit_contact *c)
{
    json_object(w);
    json_key(w, "utc");
    put_utc(w, c->utc);
    put_fixed(w, "alt_deg", c->alt_rad * DEG, 5);
    put_fixed(w, "az_deg", c->az_rad * DEG, 5);
    put_fixed(w, "ha_h", c->ha_rad * DEG / 15, 6);
    put_fixed(w, "airmass", c->airmass, 4);
    put_fixed(w, "sun_alt_deg", c->sun_alt_rad * DEG, 4);
    put_fixed(w, "moon_alt_deg", c->moon_alt_rad * DEG, 4);
    put_fixed(w, "moon_sep_deg", c->moon_sep_rad * DEG, 4);
    put_fixed(w, "moon_illum", c->moon_illum, 4);
    json_end(w);
}

/* The segments of use as [start, end]; then the others with their reasons. */
static void put_segments(struct json_writer *w, const struct almanac *a,
                         const struct transit_event *e)
{
    json_key(w, "observable");
    json_array(w);
    for (size_t i = 0; i < e->n_segment; i++)
        if (e->segment[i].loss == LOSS_NONE) {
            json_array(w);
            put_utc(w, almanac_utc(a, e->segment[i].from));
            put_utc(w, almanac_utc(a, e->segment[i].to));
            json_end(w);
        }
    json_end(w);
}

static void put_losses(struct json_writer *w, const struct almanac *a,
                       const struct transit_event *e)
{
    json_key(w, "lost");
    json_array(w);
    for (size_t i = 0; i < e->n_segment; i++)
        if (e->segment[i].loss != LOSS_NONE) {
            json_array(w);
            put_utc(w, almanac_utc(a, e->segment[i].from));
            put_utc(w, almanac_utc(a, e->segment[i].to));
            json_string(w, transit_loss_name(e->segment[i].loss));
            json_end(w);
        }
    json_end(w);
}

static void put_minutes(struct json_writer *w, const struct transit_event *e)
{
    static const char *const names[TRANSIT_PIECES] = {"baseline_before", "ingress", "bottom",
                                                      "egress", "baseline_after"};
    json_key(w, "minutes");
    json_object(w);
    for (int i = 0; i < TRANSIT_PIECES; i++) {
        json_key(w, names[i]);
        json_array(w);
        json_fixed(w, e->minutes[i].have, 2);
        json_fixed(w, e->minutes[i].of, 2);
        json_end(w);
    }
    json_end(w);
}

static void put_moon(struct json_writer *w, const struct almanac *a, const struct transit_event *e)
{
    json_key(w, "moon");
    json_object(w);
    for (int i = 0; i < 2; i++) {
        json_key(w, i ? "end" : "start");
        json_object(w);
        put_fixed(w, "alt_deg", e->moon.alt_rad[i] * DEG, 4);
        put_fixed(w, "sep_deg", e->moon.sep_rad[i] * DEG, 4);
        put_fixed(w, "illum", e->moon.illum[i], 4);
        json_end(w);
    }
    put_t(w, "rise_utc", a, e->moon.rise_t);
    put_t(w, "set_utc", a, e->moon.set_t);
    json_end(w);
}

static void put_score(struct json_writer *w, const struct transit_event *e)
{
    put_fixed(w, "score", e->score.total, 4);
    json_key(w, "score_terms");
    json_object(w);
    for (int i = 0; i < TRANSIT_TERMS; i++) {
        json_key(w, transit_term_name((enum transit_term)i));
        json_object(w);
        put_fixed(w, "value", e->score.value[i], 4);
        put_shortest(w, "weight", e->score.weight[i]);
        json_end(w);
    }
    json_end(w);
}

static void put_planet(struct json_writer *w, const struct planet *p)
{
    put_shortest(w, "duration_h", p->duration_h);
    put_shortest(w, "depth_mmag", p->depth_mmag);
    put_shortest(w, "mag_r", p->mag_r);
    put_shortest(w, "mag_v", p->mag_v);
    put_shortest(w, "min_aperture_mm", round(p->min_aperture_in * 25.4e6) / 1e6);
    put_text(w, "priority", p->priority_text);
    put_shortest(w, "oc_min", p->oc_min);
}

static void put_more(struct json_writer *w, const struct almanac *a, const struct transit_event *e)
{
    put_text(w, "part", transit_part_name(e->part));
    put_fixed(w, "baseline_min", e->baseline_d * 1440, 3);
    put_losses(w, a, e);
    put_minutes(w, e);
    put_text(w, "flip_contact", isfinite(e->flip_t) ? transit_contact_name(e->flip_contact) : "");
    put_fixed(w, "flip_after_min", e->flip_after_min, 2);
    put_moon(w, a, e);
    put_fixed(w, "t23_h", e->flat_h, 4);
    put_t(w, "oc_mid_utc", a, e->oc_mid_t);
    put_bool(w, "sigma_on_target", e->on_target);
    put_bool(w, "phase_lost", e->phase_lost);
    put_bool(w, "time_system_unsure", e->time_unsure);
    put_text(w, "telescope", transit_verdict_name(e->verdict));
    put_score(w, e);
}

void transit_json_keys(struct json_writer *w, const struct almanac *a,
                       const struct transit_event *e)
{
    char text[ORBIT_TEXT];
    put_text(w, "planet", e->planet->name);
    put_text(w, "star", e->planet->star);
    json_key(w, "epoch");
    json_int(w, e->epoch);
    put_text(w, "mid_bjd_tdb", orbit_text(e->contact[TRANSIT_MID].bjd, 8, text));
    put_fixed(w, "light_time_s", e->light_time_s, 4);
    put_fixed(w, "sigma_mid_min", e->sigma_d * 1440, 5);
    put_planet(w, e->planet);
    for (int i = 0; i < TRANSIT_CONTACTS; i++) {
        json_key(w, transit_contact_name((enum transit_contact_id)i));
        put_contact(w, &e->contact[i]);
    }
    put_segments(w, a, e);
    put_fraction(w, "transit_fraction", e->transit_fraction);
    put_fraction(w, "window_fraction", e->window_fraction);
    put_text(w, "class", transit_class_name(e->class));
    put_t(w, "flip_utc", a, e->flip_t);
    put_more(w, a, e);
}

void transit_json(struct json_writer *w, const struct almanac *a, const struct transit_event *e)
{
    json_object(w);
    transit_json_keys(w, a, e);
    json_end(w);
}
