/* tonight_json.c - the night as JSON lines (kinds: tonight.h). Not: the page for people. */
#include "tonight.h"

#include <math.h>

#include "print.h"
#include "vigie/base/str.h"
#include "vigie/transits/record.h"

static const double deg_per_rad = 57.295779513082320877;

static void put_utc(struct json_writer *w, const char *key, struct jd_utc utc)
{
    char text[UTC_TEXT];
    json_key(w, key);
    json_string(w, utc_format(utc, 3, text));
}

static void put_night(struct json_writer *w, const struct page *p)
{
    static const char *const keys[TWILIGHTS] = {"-0.833", "-6", "-12", "-18"};
    char text[UTC_TEXT];
    json_object(w);
    json_key(w, "kind");
    json_string(w, "night");
    json_key(w, "date");
    utc_format(p->date, 0, text);
    json_stringn(w, text, 10);
    put_utc(w, "now_utc", p->now);
    put_utc(w, "start_utc", p->night.start);
    put_utc(w, "end_utc", p->night.end);
    json_key(w, "site");
    json_string(w, p->site.name);
    json_key(w, "lat_deg");
    json_fixed(w, p->site.lat_rad * deg_per_rad, 6);
    json_key(w, "lon_deg");
    json_fixed(w, p->site.lon_rad * deg_per_rad, 6);
    json_key(w, "height_m");
    json_fixed(w, p->site.height_m, 1);
    json_key(w, "sun");
    json_object(w);
    for (int i = 0; i < TWILIGHTS; i++) {
        print_crossings(w, keys[i], &p->night.sun[i]);
        json_end(w);
    }
    json_end(w);
    print_crossings(w, "moon", &p->night.moon);
    json_end(w);
    json_key(w, "moon_illum");
    json_fixed(w, p->night.moon_illum, 4);
    json_key(w, "moon_waxing");
    json_bool(w, p->night.moon_waxing);
    json_end(w);
}

static void put_count(struct json_writer *w, const struct page *p)
{
    const struct catalogue *c = p->catalogue;
    json_object(w);
    json_key(w, "kind");
    json_string(w, "transits");
    json_key(w, "listed");
    json_int(w, (int64_t)p->list->n);
    json_key(w, "of");
    json_int(w, (int64_t)p->list->n_all);
    json_key(w, "hidden");
    json_object(w);
    for (int h = 0; h < TRANSIT_HIDERS; h++) {
        json_key(w, transit_hider_name((enum transit_hider)h));
        json_int(w, (int64_t)p->list->hidden[h]);
    }
    json_end(w);
    json_key(w, "catalogue");
    json_string(w, c->source);
    json_key(w, "planets");
    json_int(w, (int64_t)c->n);
    json_key(w, "refused");
    json_int(w, (int64_t)c->n_reject);
    if (c->fetched_ns > 0) {
        put_utc(w, "fetched_utc", utc_of_wall(c->fetched_ns));
    } else {
        json_key(w, "fetched_utc");
        json_null(w);
    }
    json_key(w, "trouble");
    json_string(w, p->lost.status != OK ? p->lost.text : NULL);
    json_end(w);
}

void tonight_json(FILE *out, const struct page *p)
{
    struct str s = {0};
    struct json_writer w;
    json_write(&w, &s);
    put_night(&w, p);
    str_addc(&s, '\n');
    for (size_t i = 0; i < p->list->n; i++) {
        json_write(&w, &s);
        json_object(&w);
        json_key(&w, "kind");
        json_string(&w, "transit");
        json_key(&w, "transit");
        transit_json(&w, p->list->almanac, &p->list->at[i]);
        json_end(&w);
        str_addc(&s, '\n');
    }
    json_write(&w, &s);
    put_count(&w, p);
    str_addc(&s, '\n');
    for (size_t i = 0; p->has_alerts && i < p->alerts.n; i++)
        if (tonight_alert_up(p, &p->alerts.rows[i])) {
            json_write(&w, &s);
            json_object(&w);
            json_key(&w, "kind");
            json_string(&w, "alert");
            json_key(&w, "alert");
            json_object(&w);
            alert_event_members(&w, p->alerts.rows[i].event);
            alert_view_members(&w, &p->alerts.rows[i].view);
            json_end(&w);
            json_end(&w);
            str_addc(&s, '\n');
        }
    fwrite(s.s, 1, s.n, out);
    str_clear(&s);
}
