/* dec_json.c - the three JSON forms: Astro-COLIBRI's events, GCN's unified notices, IGWN's alerts.
 * Not: the JSON reader. Sources: nasa-gcn/gcn-schema (core schemas), the LIGO/Virgo/KAGRA public
 * alerts user guide (notice contents), Astro-COLIBRI's public API page.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"

enum { FLAT_MAX = 2000, TEXT_MAX = 4096, DEPTH_MAX = 8 };

/* ---- any JSON object as parameters ---- */

struct flat {
    struct alert *a;
    VEC(struct alert_param) params;
    VEC(const char *) links;
};

static bool is_link(const char *s)
{
    return strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0;
}

static void flat_value(struct flat *f, const char *group, const char *name, const char *value)
{
    if (!value || f->params.n >= FLAT_MAX)
        return;
    VEC_PUSH(f->params, ((struct alert_param){group, name, value, NULL}));
    if (is_link(value))
        VEC_PUSH(f->links, value);
}

/* A list of plain values as one text; NULL if it holds anything else, or nothing. */
static const char *joined(struct flat *f, const struct json *list)
{
    struct str t = {.max = TEXT_MAX};
    for (const struct json *v = list->first; v; v = v->next) {
        const char *s = alert_value(&f->a->arena, v);
        if (!s) {
            str_clear(&t);
            return NULL;
        }
        if (is_link(s))
            VEC_PUSH(f->links, s);
        str_addf(&t, "%s%s", t.n ? " " : "", s);
    }
    const char *out = t.n && !t.over ? arena_str(&f->a->arena, t.s) : NULL;
    str_clear(&t);
    return out;
}

static void flat_object(struct flat *f, const struct json *object, const char *group, int depth);

static void flat_member(struct flat *f, const struct json *v, const char *group, const char *name,
                        int depth)
{
    struct str path = {0};
    switch (v->type) {
    case JSON_NULL: break;
    case JSON_BOOL:
    case JSON_NUMBER: flat_value(f, group, name, alert_value(&f->a->arena, v)); break;
    case JSON_STRING:
        if (v->n <= TEXT_MAX)
            flat_value(f, group, name, alert_value(&f->a->arena, v));
        break;
    case JSON_ARRAY: {
        const char *text = joined(f, v);
        size_t i = 0;
        if (text)
            flat_value(f, group, name, text);
        for (const struct json *item = text ? NULL : v->first; item; item = item->next, i++) {
            str_reset(&path);
            str_addf(&path, "%s%s%s.%zu", group ? group : "", group ? "." : "", name, i);
            if (item->type == JSON_OBJECT)
                flat_object(f, item, arena_str(&f->a->arena, path.s), depth + 1);
        }
        break;
    }
    case JSON_OBJECT:
        str_addf(&path, "%s%s%s", group ? group : "", group ? "." : "", name);
        flat_object(f, v, arena_str(&f->a->arena, path.s), depth + 1);
        break;
    }
    str_clear(&path);
}

static void flat_object(struct flat *f, const struct json *object, const char *group, int depth)
{
    if (depth > DEPTH_MAX)
        return;
    for (const struct json *v = object->first; v && f->params.n < FLAT_MAX; v = v->next)
        if (v->key_n < 200)
            flat_member(f, v, group, arena_str(&f->a->arena, v->key), depth);
}

void alert_flatten(struct alert *a, const struct json *object)
{
    struct flat f = {.a = a};
    flat_object(&f, object, NULL, 0);
    a->params.n = f.params.n;
    if (f.params.n) {
        a->params.at = arena_alloc(&a->arena, f.params.n * sizeof *f.params.at);
        memcpy(a->params.at, f.params.at, f.params.n * sizeof *f.params.at);
    }
    a->references.n = f.links.n;
    if (f.links.n) {
        a->references.at = arena_alloc(&a->arena, f.links.n * sizeof *f.links.at);
        memcpy(a->references.at, f.links.at, f.links.n * sizeof *f.links.at);
    }
    VEC_FREE(f.params);
    VEC_FREE(f.links);
}

/* ---- small helpers ---- */

static const char *text_of(struct alert *a, const struct json *object, const char *key)
{
    return alert_value(&a->arena, json_get(object, key));
}

static double number_of(const struct json *object, const char *key)
{
    return alert_json_number(json_get(object, key));
}

static const char *lower(struct alert *a, const char *s)
{
    char *t = s ? arena_str(&a->arena, s) : NULL;
    for (char *p = t; p && *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    return t;
}

/* "A B" of those that are there. */
static const char *two(struct alert *a, const char *x, const char *y)
{
    if (!x || !y || str_eqi(x, y))
        return x ? x : y;
    struct str t = {.max = TEXT_MAX};
    str_addf(&t, "%s %s", x, y);
    const char *out = arena_str(&a->arena, t.s);
    str_clear(&t);
    return out;
}

/* The likeliest member of an object of probabilities. */
static const char *likeliest(struct alert *a, const struct json *object)
{
    const char *name = NULL;
    double best = 0;
    for (const struct json *v = object && object->type == JSON_OBJECT ? object->first : NULL; v;
         v = v->next)
        if (alert_json_number(v) > best) {
            best = alert_json_number(v);
            name = v->key;
        }
    return arena_str(&a->arena, name);
}

/* ---- Astro-COLIBRI ---- */

static void colibri_keys(struct alert *a, const struct json *e)
{
    const struct json *history = json_get(e, "ivorn_history");
    const char *observatory = text_of(a, e, "observatory"), *ivorn = text_of(a, e, "ivorn");
    if (a->type && strcmp(a->type, "gw") == 0)
        alert_add_key(a, "gw", a->id);
    alert_designation_key(a, a->id);
    if (observatory && a->id && strspn(a->id, "0123456789_") == strlen(a->id))
        alert_add_key(a, observatory, a->id);
    alert_designation_key(a, a->name);
    alert_designation_key(a, text_of(a, e, "discoverer_internal_name"));
    alert_add_key(a, "colibri", a->id);
    if (ivorn && strncmp(ivorn, "ivo:", 4) == 0)
        alert_add_key(a, "packet", ivorn);
    for (const struct json *v = history && history->type == JSON_ARRAY ? history->first : NULL; v;
         v = v->next)
        if (json_text(v) && strncmp(json_text(v), "ivo:", 4) == 0)
            alert_add_key(a, "packet", json_text(v));
    alert_keys_end(a);
}

static struct alert *colibri_event(const struct json *e)
{
    static const struct {
        const char *type;
        enum alert_kind kind;
    } kinds[] = {{"grb", ALERT_HIGHENERGY}, {"ot", ALERT_OPTICAL}, {"gw", ALERT_GW},
                 {"nu", ALERT_NU},          {"frb", ALERT_FRB},    {"gamma", ALERT_HIGHENERGY}};
    struct alert *a = alert_new(ALERT_ASTROCOLIBRI);
    const char *units = text_of(a, e, "transient_flux_units");
    alert_flatten(a, e);
    a->id = text_of(a, e, "trigger_id");
    a->name = text_of(a, e, "source_name");
    a->type = lower(a, text_of(a, e, "type"));
    size_t word = a->type ? strcspn(a->type, "_- ") : 0; /* "ot" of "ot_sn", but not of "other" */
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (word == strlen(kinds[i].type) && strncmp(a->type, kinds[i].type, word) == 0)
            a->kind = kinds[i].kind;
    a->classification = text_of(a, e, "classification");
    a->facility = two(a, text_of(a, e, "observatory"), text_of(a, e, "instrument"));
    a->packet = text_of(a, e, "alert_type");
    a->description = text_of(a, e, "comment");
    a->time = alert_instant(text_of(a, e, "time"), SCALE_UTC);
    a->issued = alert_instant(text_of(a, e, "last_modified"), SCALE_UTC);
    alert_place(a, number_of(e, "ra"), number_of(e, "dec"), number_of(e, "err"));
    a->redshift = number_of(e, "redshift");
    a->distance_mpc = number_of(e, "distance");
    a->far_hz = number_of(e, "far");
    if (units && strcmp(units, "mag") == 0)
        a->mag = number_of(e, "transient_flux");
    if (a->packet && str_eqi(a->packet, "retraction"))
        a->retraction = true;
    if (alert_mock(a->id) && a->kind == ALERT_GW)
        a->standing = ALERT_TEST;
    colibri_keys(a, e);
    return a;
}

/* The item by itself, as JSON with the digits as they came. */
static void write_value(struct json_writer *w, const struct json *v)
{
    switch (v->type) {
    case JSON_NULL: json_null(w); return;
    case JSON_BOOL: json_bool(w, v->truth); return;
    case JSON_NUMBER:
        if (isfinite(v->x))
            json_digits(w, v->text);
        else
            json_null(w);
        return;
    case JSON_STRING: json_stringn(w, v->text, v->n); return;
    case JSON_ARRAY: json_array(w); break;
    case JSON_OBJECT: json_object(w); break;
    }
    for (const struct json *c = v->first; c; c = c->next) {
        if (v->type == JSON_OBJECT)
            json_key(w, c->key);
        write_value(w, c);
    }
    json_end(w);
}

static void keep_raw(struct alert *a, const struct json *e)
{
    struct str t = {0};
    struct json_writer w;
    json_write(&w, &t);
    write_value(&w, e);
    a->raw = memcpy(arena_alloc(&a->arena, t.n), t.s, t.n);
    a->n_raw = t.n;
    str_clear(&t);
}

static bool is_event(const struct json *e)
{
    return json_get(e, "trigger_id") && !json_get(e, "error") && !json_get(e, "internal_error") &&
           (json_get(e, "source_name") || json_get(e, "ra"));
}

static void refuse_item(struct alert_batch *out, const struct json *e)
{
    const char *id = json_text(json_get(e, "trigger_id")), *why = json_text(json_get(e, "error"));
    if (!why)
        why = json_text(json_get(e, "message"));
    VEC_PUSH(out->refused, mem_printf("trigger %.80s: %.120s", id ? id : "without an id",
                                      why ? why : "no event in this item"));
}

static void colibri_items(const struct json *list, struct alert_batch *out)
{
    for (const struct json *e = list->first; e; e = e->next) {
        if (is_event(e)) {
            VEC_PUSH(out->alerts, colibri_event(e));
            keep_raw(out->alerts.at[out->alerts.n - 1], e);
        } else {
            refuse_item(out, e);
        }
    }
}

/* The service's own refusal. The body wins over the HTTP status; the code may be text. */
static enum status colibri_refusal(const struct json *doc, struct error *err)
{
    const char *why = json_text(json_get(doc, "message"));
    double code = alert_json_number(json_get(doc, "status_code"));
    return err_set(err, code == 429 ? E_BUSY : E_REFUSED, "Astro-COLIBRI says: %.150s%s",
                   why ? why : "an error without a reason",
                   code == 401 || code == 403 ? " (option alerts.colibri.uid)" : "");
}

enum status decode_colibri(const struct json *doc, struct alert_batch *out, struct error *err)
{
    const struct json *list = json_get(doc, "voevents");
    if (!list)
        list = json_get(doc, "events");
    if (doc->type == JSON_ARRAY)
        list = doc;
    if (json_get(doc, "message"))
        return colibri_refusal(doc, err);
    if (doc->type == JSON_ARRAY && json_get(doc->first, "status_code"))
        return colibri_refusal(doc->first, err);
    if (is_event(doc))
        VEC_PUSH(out->alerts, colibri_event(doc));
    else if (list && list->type == JSON_ARRAY)
        colibri_items(list, out);
    else
        return err_set(err, E_PARSE, "an answer of Astro-COLIBRI without a list of events");
    return OK;
}

/* ---- GCN unified notices ---- */

static enum alert_kind gcn_kind(const char *sender)
{
    static const struct {
        const char *part;
        enum alert_kind kind;
    } rows[] = {{"icecube", ALERT_NU}, /* its searches around superevents name lvk too */
                {"km3net", ALERT_NU},
                {"superk", ALERT_NU},
                {"super-k", ALERT_NU},
                {"snews", ALERT_NU},
                {"antares", ALERT_NU},
                {"chime", ALERT_FRB},
                {"dsa", ALERT_FRB},
                {"igwn", ALERT_GW},
                {"lvk", ALERT_GW},
                {"fermi", ALERT_HIGHENERGY},
                {"swift", ALERT_HIGHENERGY},
                {"maxi", ALERT_HIGHENERGY},
                {"burstcube", ALERT_HIGHENERGY},
                {"glowbug", ALERT_HIGHENERGY},
                {"svom", ALERT_HIGHENERGY},
                {"einstein", ALERT_HIGHENERGY},
                {"gecam", ALERT_HIGHENERGY},
                {"integral", ALERT_HIGHENERGY},
                {"konus", ALERT_HIGHENERGY}};
    for (size_t i = 0; sender && i < sizeof rows / sizeof rows[0]; i++)
        if (str_hasi(sender, rows[i].part))
            return rows[i].kind;
    return ALERT_OTHER;
}

/* "chime" from ".../gcn/notices/chime/frb.schema.json": several notices name no mission. */
static const char *gcn_mission(struct alert *a, const struct json *doc)
{
    const char *m = text_of(a, doc, "mission"), *s = text_of(a, doc, "$schema");
    const char *at = s ? strstr(s, "/notices/") : NULL;
    if (m || !at)
        return m;
    at += strlen("/notices/");
    return arena_strn(&a->arena, at, strcspn(at, "/."));
}

static const char *first_of(struct alert *a, const struct json *v)
{
    return alert_value(&a->arena, v && v->type == JSON_ARRAY ? v->first : v);
}

static void gcn_keys(struct alert *a, const struct json *doc, const char *mission)
{
    const struct json *id = json_get(doc, "id"), *name = json_get(doc, "event_name");
    for (const struct json *v = id && id->type == JSON_ARRAY ? id->first : id; v;
         v = v == id ? NULL : v->next) {
        const char *text = alert_value(&a->arena, v);
        if (text && strlen(text) >= 3) /* a counter that begins anew ties nothing together */
            alert_add_key(a, mission ? mission : "gcn", text);
    }
    for (const struct json *v = name && name->type == JSON_ARRAY ? name->first : name; v;
         v = v == name ? NULL : v->next)
        alert_designation_key(a, alert_value(&a->arena, v));
    alert_designation_key(a, text_of(a, doc, "ref_ID"));
    alert_keys_end(a);
}

static enum alert_standing gcn_standing(const char *tense)
{
    if (!tense)
        return ALERT_SKY;
    if (str_eqi(tense, "test") || str_eqi(tense, "injection"))
        return ALERT_TEST;
    return str_eqi(tense, "planned") || str_eqi(tense, "commanded") ? ALERT_UTILITY : ALERT_SKY;
}

static void gcn_place(struct alert *a, const struct json *doc)
{
    const struct json *e = json_get(doc, "ra_dec_error");
    double error = alert_json_number(e);
    if (e && e->type == JSON_ARRAY) {
        double major = alert_json_number(json_item(e, 0)),
               minor = alert_json_number(json_item(e, 1));
        error = minor > major || !isfinite(major) ? minor : major;
    }
    alert_place(a, number_of(doc, "ra"), number_of(doc, "dec"), error);
}

void decode_gcn(const struct json *doc, struct alert_batch *out)
{
    static const char *const types[ALERT_KINDS] = {"gw", "nu", "multi", "ot", "frb", "grb", NULL};
    struct alert *a = alert_new(ALERT_GCN);
    const char *mission = gcn_mission(a, doc), *tense = text_of(a, doc, "alert_tense"),
               *schema = text_of(a, doc, "$schema");
    alert_flatten(a, doc);
    a->id = first_of(a, json_get(doc, "id"));
    a->name = first_of(a, json_get(doc, "event_name"));
    if (!a->name)
        a->name = a->id;
    if (schema)
        a->stream = arena_strn(&a->arena, schema, strcspn(schema, "?"));
    if (tense && !str_eqi(tense, "current"))
        a->role = tense;
    a->standing = gcn_standing(tense);
    a->kind = gcn_kind(schema ? schema : mission);
    a->type = types[a->kind];
    a->packet = text_of(a, doc, "alert_type");
    a->facility = two(a, mission, text_of(a, doc, "instrument"));
    a->retraction = a->packet && str_eqi(a->packet, "retraction");
    a->description = text_of(a, doc, "additional_info");
    a->classification = likeliest(a, json_get(doc, "classification"));
    a->time = alert_instant(text_of(a, doc, "trigger_time"), SCALE_UTC);
    a->issued = alert_instant(text_of(a, doc, "alert_datetime"), SCALE_UTC);
    gcn_place(a, doc);
    a->redshift = number_of(doc, "redshift");
    a->far_hz = number_of(doc, "far");
    a->importance = number_of(doc, "p_astro");
    gcn_keys(a, doc, mission);
    VEC_PUSH(out->alerts, a);
}

/* ---- IGWN ---- */

void decode_igwn(const struct json *doc, struct alert_batch *out)
{
    struct alert *a = alert_new(ALERT_IGWN);
    const struct json *event = json_get(doc, "event");
    alert_flatten(a, doc);
    alert_inline_map(a, json_text(json_get(event, "skymap")));
    a->id = a->name = text_of(a, doc, "superevent_id");
    a->kind = ALERT_GW;
    a->type = "gw";
    a->facility = "LVK";
    a->packet = text_of(a, doc, "alert_type");
    a->retraction = a->packet && str_eqi(a->packet, "retraction");
    a->standing = alert_mock(a->id) ? ALERT_TEST : ALERT_SKY;
    if (a->standing == ALERT_TEST)
        a->role = "test";
    a->time = alert_instant(text_of(a, event, "time"), SCALE_UTC);
    a->issued = alert_instant(text_of(a, doc, "time_created"), SCALE_UTC);
    a->far_hz = number_of(event, "far");
    a->classification = likeliest(a, json_get(event, "classification"));
    alert_designation_key(a, a->id);
    alert_add_key(a, "gw", a->id);
    alert_keys_end(a);
    VEC_PUSH(out->alerts, a);
}
