/* event.c - how alerts add up to an event, and what each changed in words.
 * Not: which alerts belong together (book.c).
 */
#include "vigie/alerts/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bag.h"

#define DEG    (3.14159265358979323846 / 180)
#define YEAR_S (365.25 * 86400)

enum { TEXT_MAX = 4000 };

void alert_event_init(struct alert_event *e)
{
    static const struct jd_utc never = {NAN, NAN};
    *e = (struct alert_event){.kind = ALERT_OTHER};
    e->time = e->issued = e->expires = never;
    e->ra_rad = e->dec_rad = e->error_rad = NAN;
    e->mag = e->redshift = e->far_hz = e->importance = e->distance_mpc = NAN;
}

void alert_event_clear(struct alert_event *e)
{
    char **texts[] = {&e->key,      &e->ref,    &e->name,           &e->type,
                      &e->facility, &e->packet, &e->classification, &e->description,
                      &e->band,     &e->stream, &e->sources,        &e->change};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(*texts[i]);
    free(e->params.at);
    alert_event_init(e);
}

void alert_angle_text(struct str *out, double rad)
{
    double deg = rad / DEG;
    if (!isfinite(deg))
        str_add(out, "unknown");
    else if (deg >= 0.9995)
        str_addf(out, deg < 10 ? "%.2g deg" : "%.0f deg", deg);
    else if (deg * 60 >= 0.9995)
        str_addf(out, deg * 60 < 10 ? "%.2g'" : "%.0f'", deg * 60);
    else
        str_addf(out, deg * 3600 < 10 ? "%.2g\"" : "%.0f\"", deg * 3600);
}

/* A text of an event is for lists and sentences; the packet itself is kept whole. */
static void set(char **text, const char *s)
{
    if (!s || !*s || (*text && strcmp(*text, s) == 0))
        return;
    size_t n = strnlen(s, TEXT_MAX + 1);
    while (n > TEXT_MAX || (s[n] && ((unsigned char)s[n] & 0xc0) == 0x80))
        n--; /* not inside a character */
    char *copy = mem_strn(s, n);
    free(*text);
    *text = copy;
}

static void set_number(double *x, double y)
{
    if (isfinite(y))
        *x = y;
}

static double apart(double ra1, double dec1, double ra2, double dec2)
{
    double sd = sin((dec2 - dec1) / 2), sr = sin((ra2 - ra1) / 2);
    double h = sd * sd + cos(dec1) * cos(dec2) * sr * sr;
    return 2 * asin(fmin(1, sqrt(h)));
}

static void comma(struct str *out)
{
    if (out->n)
        str_add(out, ", ");
}

/* A name that people know beats a number. */
static bool is_number(const char *s)
{
    return s && strspn(s, "0123456789-_") == strlen(s);
}

void alert_event_title(const struct alert_event *e, struct str *out)
{
    const char *local = e->ref ? strchr(e->ref, '#') : NULL;
    if (e->name && is_number(e->name) && e->facility)
        str_addf(out, "%s %s", e->facility, e->name);
    else if (e->name)
        str_add(out, e->name);
    else if (local && local[1])
        str_add(out, local + 1);
    else
        str_add(out, e->ref ? e->ref : e->facility ? e->facility : "unnamed");
}

static bool replaces(const struct alert *a)
{
    for (size_t i = 0; i < a->citations.n; i++)
        if (a->citations.at[i].kind && str_eqi(a->citations.at[i].kind, "supersedes"))
            return true;
    return false;
}

/* A later packet may know less: a light curve comes with the first, coarse position. The position
 * changes if there was none, if the error is smaller or as small, or if the packet says that it
 * replaces, or is of the same kind as the one before. */
static bool better_place(const struct alert_event *e, const struct alert *a)
{
    if (!isfinite(a->ra_rad))
        return false;
    if (!isfinite(e->ra_rad) || replaces(a))
        return true;
    if (isfinite(a->error_rad))
        return !isfinite(e->error_rad) || a->error_rad <= e->error_rad ||
               (e->packet && a->packet && strcmp(e->packet, a->packet) == 0);
    return !isfinite(e->error_rad);
}

static void apply_place(struct alert_event *e, const struct alert *a, struct str *change)
{
    bool had = isfinite(e->ra_rad);
    if (!better_place(e, a))
        return;
    double moved = had ? apart(e->ra_rad, e->dec_rad, a->ra_rad, a->dec_rad) : 0;
    if (!had) {
        comma(change);
        str_add(change, "position");
    } else if (moved > 0.005 / 3600 * DEG) {
        comma(change);
        str_add(change, "moved ");
        alert_angle_text(change, moved);
    }
    bool other = isfinite(a->error_rad) != isfinite(e->error_rad) ||
                 (isfinite(a->error_rad) && fabs(a->error_rad / e->error_rad - 1) > 1e-6);
    if (other && isfinite(a->error_rad)) {
        comma(change);
        str_add(change, "error ");
        if (isfinite(e->error_rad)) {
            alert_angle_text(change, e->error_rad);
            str_add(change, " -> ");
        }
        alert_angle_text(change, a->error_rad);
    }
    e->ra_rad = a->ra_rad;
    e->dec_rad = a->dec_rad;
    if (isfinite(a->error_rad) || moved > 0)
        e->error_rad = a->error_rad;
}

static void tell_number(struct str *change, const char *what, double was, double is)
{
    if (!isfinite(is) || (isfinite(was) && fabs(was - is) <= 1e-9 * fabs(is)))
        return;
    comma(change);
    if (isfinite(was))
        str_addf(change, "%s %.4g -> %.4g", what, was, is);
    else
        str_addf(change, "%s %.4g", what, is);
}

static void tell_rate(struct str *change, double was, double is)
{
    if (!isfinite(is) || !isfinite(was) || is <= 0 || was <= 0 || fabs(was / is - 1) < 1e-6)
        return;
    comma(change);
    str_addf(change, "false alarms 1/%.3g y -> 1/%.3g y", 1 / (was * YEAR_S), 1 / (is * YEAR_S));
}

static void apply_values(struct alert_event *e, const struct alert *a, struct str *change)
{
    tell_number(change, "mag", e->mag, a->mag);
    tell_number(change, "z", e->redshift, a->redshift);
    tell_rate(change, e->far_hz, a->far_hz);
    if (a->classification && e->classification &&
        strcmp(a->classification, e->classification) != 0) {
        comma(change);
        str_addf(change, "class %.60s -> %.60s", e->classification, a->classification);
    } else if (a->classification && !e->classification) {
        comma(change);
        str_addf(change, "class %.60s", a->classification);
    }
    if (isfinite(a->mag))
        set(&e->band, a->band);
    set_number(&e->mag, a->mag);
    set_number(&e->redshift, a->redshift);
    set_number(&e->far_hz, a->far_hz);
    set_number(&e->importance, a->importance);
    set_number(&e->distance_mpc, a->distance_mpc);
    set(&e->classification, a->classification);
}

static void apply_names(struct alert_event *e, const struct alert *a, struct str *change)
{
    if (a->name && (!e->name || (is_number(e->name) && !is_number(a->name)))) {
        if (e->name) {
            comma(change);
            str_addf(change, "named %.60s", a->name);
        }
        set(&e->name, a->name);
    }
    if (!e->key)
        set(&e->key, a->key);
    if (e->kind == ALERT_OTHER)
        e->kind = a->kind;
    if (!e->type || a->format == ALERT_ASTROCOLIBRI)
        set(&e->type, a->type);
    set(&e->ref, a->id);
    set(&e->facility, a->facility);
    set(&e->packet, a->packet);
    set(&e->stream, a->stream);
    set(&e->description, a->description);
}

void alert_event_apply(struct alert_event *e, const struct alert *a, struct str *change)
{
    bool first = e->revisions == 0;
    str_reset(change);
    if (first)
        e->standing = a->standing;
    apply_place(e, a, change);
    apply_values(e, a, change);
    apply_names(e, a, change);
    if (alert_time_known(a->time) && !alert_time_known(e->time))
        e->time = a->time;
    if (alert_time_known(a->issued))
        e->issued = a->issued;
    if (alert_time_known(a->expires))
        e->expires = a->expires;
    alert_bag_take(&e->params, a);
    if (first)
        str_reset(change);
    if (a->retraction && !e->retracted) {
        comma(change);
        str_add(change, "retracted");
    } else if (first) {
        str_add(change, "new");
    }
    if (a->retraction)
        e->retracted = true;
    if (!change->n)
        str_add(change, "nothing new");
    set(&e->change, str_c(change));
    e->revisions++;
}

/* ---- as JSON ---- */

static void put_text(struct json_writer *w, const char *key, const char *s)
{
    json_key(w, key);
    json_string(w, s);
}

static void put_number(struct json_writer *w, const char *key, double x)
{
    json_key(w, key);
    json_shortest(w, x);
}

static void put_degrees(struct json_writer *w, const char *key, double rad)
{
    put_number(w, key, isfinite(rad) ? round(rad / DEG * 1e10) / 1e10 : (double)NAN);
}

static void put_instant(struct json_writer *w, const char *key, struct jd_utc t)
{
    char text[UTC_TEXT];
    put_text(w, key, alert_time_known(t) ? utc_format(t, 3, text) : NULL);
}

static void put_bool(struct json_writer *w, const char *key, bool b)
{
    json_key(w, key);
    json_bool(w, b);
}

void alert_event_members(struct json_writer *w, const struct alert_event *e)
{
    json_key(w, "event");
    json_int(w, e->id);
    put_text(w, "event_key", e->key);
    put_text(w, "id", e->ref);
    put_text(w, "stream", e->stream);
    put_text(w, "name", e->name);
    put_text(w, "kind", alert_kind_name(e->kind));
    put_text(w, "type", e->type);
    put_text(w, "standing", alert_standing_name(e->standing));
    put_text(w, "facility", e->facility);
    put_text(w, "packet", e->packet);
    put_instant(w, "time_utc", e->time);
    put_instant(w, "issued_utc", e->issued);
    put_instant(w, "received_utc", utc_of_wall(e->first_ms * 1000000));
    put_instant(w, "updated_utc", utc_of_wall(e->last_ms * 1000000));
    put_instant(w, "expires_utc", e->expires);
    put_degrees(w, "ra_deg", e->ra_rad);
    put_degrees(w, "dec_deg", e->dec_rad);
    put_degrees(w, "error_deg", e->error_rad);
    put_number(w, "mag", e->mag);
    put_text(w, "band", e->band);
    put_number(w, "redshift", e->redshift);
    put_number(w, "distance_mpc", e->distance_mpc);
    put_number(w, "far_hz", e->far_hz);
    put_number(w, "importance", e->importance);
    put_text(w, "classification", e->classification);
    put_bool(w, "retracted", e->retracted);
    put_bool(w, "fresh", e->fresh);
    put_bool(w, "followed", e->followed);
    put_bool(w, "acknowledged", e->acknowledged);
    json_key(w, "revisions");
    json_int(w, e->revisions);
    put_text(w, "change", e->change);
    put_text(w, "sources", e->sources);
    put_text(w, "description", e->description);
}

void alert_event_json(struct json_writer *w, const struct alert_event *e)
{
    json_object(w);
    alert_event_members(w, e);
    json_end(w);
}
