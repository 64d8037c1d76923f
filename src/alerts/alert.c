/* alert.c - what all decoders need: numbers and instants as brokers write them, the rule for a usable
 * position, the record as JSON. Not: any format. */
#include "vigie/alerts/alert.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"

#define RAD_PER_DEG (3.14159265358979323846 / 180)

struct alert *alert_new(enum alert_format format)
{
    static const struct jd_utc never = {NAN, NAN};
    struct alert *a = mem_zero(sizeof *a);
    a->format = format;
    a->kind = ALERT_OTHER;
    a->role = "observation";
    a->time = a->issued = a->expires = never;
    a->ra_rad = a->dec_rad = a->error_rad = NAN;
    a->mag = a->redshift = a->far_hz = a->importance = a->distance_mpc = NAN;
    return a;
}

void alert_free(struct alert *a)
{
    if (!a)
        return;
    arena_clear(&a->arena);
    free(a);
}

bool alert_number(const char *text, double *x)
{
    *x = NAN;
    if (!text)
        return false;
    text += strspn(text, " \t\r\n");
    size_t n = strspn(text, "+-.0123456789eE");
    if (n == 0 || text[n + strspn(text + n, " \t\r\n")])
        return false;
    return str_num(text, x) && isfinite(*x);
}

const char *alert_value(struct arena *a, const struct json *v)
{
    if (!v)
        return NULL;
    switch (v->type) {
    case JSON_STRING:
        return v->n == 0 || strcmp(v->text, "None") == 0 ? NULL : arena_str(a, v->text);
    case JSON_NUMBER: return arena_str(a, v->text);
    case JSON_BOOL: return v->truth ? "true" : "false";
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT: return NULL;
    }
    return NULL;
}

double alert_json_number(const struct json *v)
{
    double x = NAN;
    if (v && v->type == JSON_NUMBER)
        return isfinite(v->x) ? v->x : (double)NAN;
    if (v && v->type == JSON_STRING && !alert_number(v->text, &x))
        return NAN;
    return x;
}

void alert_place(struct alert *a, double ra_deg, double dec_deg, double error_deg)
{
    bool none = !(error_deg > 0 && error_deg < 180);
    if (!(ra_deg >= 0 && ra_deg < 360 && dec_deg >= -90 && dec_deg <= 90))
        return;
    if (ra_deg == 0 && dec_deg == 0 && none) /* sent before there is a position */
        return;
    a->ra_rad = ra_deg * RAD_PER_DEG;
    a->dec_rad = dec_deg * RAD_PER_DEG;
    a->error_rad = none ? (double)NAN : error_deg * RAD_PER_DEG;
}

bool alert_time_known(struct jd_utc t)
{
    return isfinite(t.d1) && isfinite(t.d2);
}

/* Takes an offset such as +02:00, -0330 or +05 off the end of the text; seconds east. What is no offset
 * stays, so that the text is no instant. */
static double take_offset(char *s)
{
    char *t = strpbrk(s, "Tt ");
    char *p = t ? strpbrk(t, "+-") : NULL;
    char d[5] = "0000";
    int n = 0;
    if (!p)
        return 0;
    for (const char *q = p + 1; *q; q++) {
        if (*q == ':' && n == 2 && q[1])
            continue;
        if (*q < '0' || *q > '9' || n == 4)
            return 0;
        d[n++] = *q;
    }
    int h = (d[0] - '0') * 10 + d[1] - '0', m = (d[2] - '0') * 10 + d[3] - '0';
    if ((n != 2 && n != 4) || h > 23 || m > 59)
        return 0;
    double sign = *p == '-' ? -1 : 1;
    *p = '\0';
    return sign * (h * 3600 + m * 60);
}

/* Date and time of day of a scale without leap seconds, as days. */
static bool plain_instant(const char *s, double *d1, double *d2)
{
    struct jd_utc day;
    int year, month, date, h = 0, m = 0, used = 0;
    double sec = 0;
    if (sscanf(s, "%4d-%2d-%2d%n", &year, &month, &date, &used) < 3)
        return false;
    s += used;
    if (*s && sscanf(s, "%*1[Tt ]%2d:%2d:%lf", &h, &m, &sec) < 2)
        return false;
    if (h < 0 || h > 23 || m < 0 || m > 59 || !(sec >= 0 && sec < 60) ||
        utc_of_date(year, month, date, &day, NULL) != OK)
        return false;
    *d1 = day.d1 + day.d2;
    *d2 = (h * 3600 + m * 60 + sec) / 86400;
    return true;
}

struct jd_utc alert_instant(const char *text, enum alert_scale scale)
{
    struct jd_utc utc = {NAN, NAN}, never = utc;
    char s[64];
    double d1 = NAN, d2 = NAN;
    if (!text || strlen(text) >= sizeof s)
        return never;
    strcpy(s, text);
    double east_s = take_offset(s);
    if (scale == SCALE_UTC) {
        if (utc_parse(s, NULL, &utc, NULL) != OK)
            return never;
    } else if (!plain_instant(s, &d1, &d2)) {
        return never;
    }
    switch (scale) {
    case SCALE_UTC: break;
    case SCALE_TDB: utc = tdb_to_utc((struct jd_tdb){d1, d2}); break;
    case SCALE_TT: utc = tt_to_utc((struct jd_tt){d1, d2}); break;
    case SCALE_TAI: utc = tai_to_utc((struct jd_tai){d1, d2}); break;
    case SCALE_GPS: utc = tai_to_utc((struct jd_tai){d1, d2 + 19.0 / 86400}); break;
    }
    return east_s != 0 ? utc_add_s(utc, -east_s) : utc;
}

const char *alert_format_name(enum alert_format f)
{
    static const char *const names[ALERT_FORMATS] = {"voevent", "astrocolibri", "gcn", "igwn"};
    return names[f];
}

static const char *const kinds[ALERT_KINDS] = {"GW",  "NU",         "MULTI", "OPTICAL",
                                               "FRB", "HIGHENERGY", "OTHER"};

const char *alert_kind_name(enum alert_kind k)
{
    return kinds[k];
}

bool alert_kind_of(const char *name, enum alert_kind *k)
{
    for (int i = 0; i < ALERT_KINDS; i++)
        if (str_eqi(kinds[i], name)) {
            *k = (enum alert_kind)i;
            return true;
        }
    return false;
}

const char *alert_standing_name(enum alert_standing s)
{
    static const char *const names[] = {"sky", "test", "utility"};
    return names[s];
}

const struct alert_param *alert_param(const struct alert *a, const char *group, const char *name)
{
    for (size_t i = 0; i < a->params.n; i++) {
        const struct alert_param *p = &a->params.at[i];
        if (p->name && str_eqi(p->name, name) && (!group || (p->group && str_eqi(p->group, group))))
            return p;
    }
    return NULL;
}

const char *alert_param_value(const struct alert *a, const char *group, const char *name)
{
    const struct alert_param *p = alert_param(a, group, name);
    return p ? p->value : NULL;
}

/* ---- the record as JSON ---- */

static void put_instant(struct json_writer *w, const char *key, struct jd_utc t)
{
    char text[UTC_TEXT];
    json_key(w, key);
    json_string(w, alert_time_known(t) ? utc_format(t, 3, text) : NULL);
}

/* Ten decimals of a degree (0.4 uas): more than any packet means, and the digits of the packet come
 * back as they were. */
static void put_degrees(struct json_writer *w, const char *key, double rad)
{
    json_key(w, key);
    json_shortest(w, isfinite(rad) ? round(rad / RAD_PER_DEG * 1e10) / 1e10 : (double)NAN);
}

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

static void put_lists(struct json_writer *w, const struct alert *a)
{
    json_key(w, "citations");
    json_array(w);
    for (size_t i = 0; i < a->citations.n; i++) {
        json_array(w);
        json_string(w, a->citations.at[i].kind);
        json_string(w, a->citations.at[i].id);
        json_end(w);
    }
    json_end(w);
    json_key(w, "retraction");
    json_bool(w, a->retraction);
    json_key(w, "params");
    json_array(w);
    for (size_t i = 0; i < a->params.n; i++) {
        const struct alert_param *p = &a->params.at[i];
        json_array(w);
        json_string(w, p->group);
        json_string(w, p->name);
        json_string(w, p->value);
        json_string(w, p->unit);
        json_end(w);
    }
    json_end(w);
    json_key(w, "references");
    json_array(w);
    for (size_t i = 0; i < a->references.n; i++)
        json_string(w, a->references.at[i]);
    json_end(w);
}

void alert_json(struct json_writer *w, const struct alert *a, const char *file,
                struct jd_utc received)
{
    json_object(w);
    if (file)
        put_text(w, "file", file);
    put_text(w, "format", alert_format_name(a->format));
    put_text(w, "id", a->id);
    put_text(w, "stream", a->stream);
    put_text(w, "role", a->role);
    put_text(w, "name", a->name);
    put_text(w, "kind", alert_kind_name(a->kind));
    put_text(w, "type", a->type);
    put_text(w, "standing", alert_standing_name(a->standing));
    put_text(w, "facility", a->facility);
    put_text(w, "packet", a->packet);
    put_instant(w, "time_utc", a->time);
    put_instant(w, "issued_utc", a->issued);
    put_instant(w, "received_utc", received);
    put_instant(w, "expires_utc", a->expires);
    put_degrees(w, "ra_deg", a->ra_rad);
    put_degrees(w, "dec_deg", a->dec_rad);
    put_degrees(w, "error_deg", a->error_rad);
    put_number(w, "mag", a->mag);
    put_text(w, "band", a->band);
    put_number(w, "redshift", a->redshift);
    put_number(w, "distance_mpc", a->distance_mpc);
    put_number(w, "far_hz", a->far_hz);
    put_number(w, "importance", a->importance);
    put_text(w, "classification", a->classification);
    put_text(w, "event_key", a->key);
    put_lists(w, a);
    put_text(w, "description", a->description);
    json_end(w);
}
