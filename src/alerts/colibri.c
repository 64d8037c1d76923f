/* colibri.c - see colibri.h. Pure but for colibri_send. */
#include "vigie/alerts/colibri.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"

enum { HALF_HOUR_MS = 1800000, BODY_MAX = 16 << 20 };

static const char match_all[] =
    "{\"type\":\"TrueSpecification\",\"isActivated\":true,\"defaultState\":false}";

/* With the offset written out: without one the server reads its own zone. */
static void put_time(struct json_writer *w, const char *key, int64_t ms)
{
    char t[UTC_TEXT];
    utc_format(utc_of_wall(ms * 1000000), 0, t);
    t[strlen(t) - 1] = '\0'; /* its Z */
    char *text = mem_printf("%s+00:00", t);
    json_key(w, key);
    json_string(w, text);
    free(text);
}

static void put_cone(struct json_writer *w, const struct colibri_query *q)
{
    json_key(w, "properties");
    json_object(w);
    json_key(w, "position");
    json_object(w);
    json_key(w, "ra");
    json_shortest(w, q->ra_deg);
    json_key(w, "dec");
    json_shortest(w, q->dec_deg);
    json_end(w);
    json_key(w, "radius");
    json_shortest(w, q->radius_deg);
    json_end(w);
}

void colibri_body(struct str *out, const struct colibri_query *q)
{
    struct json_writer w;
    json_write(&w, out);
    json_object(&w);
    json_key(&w, "uid");
    json_string(&w, q->uid);
    json_key(&w, "return_format");
    json_string(&w, "json");
    json_key(&w, "time_range");
    json_object(&w);
    put_time(&w, "min", q->from_ms);
    put_time(&w, "max", q->to_ms);
    json_end(&w);
    if (!q->filter || *q->filter) {
        json_key(&w, "filter");
        json_raw(&w, q->filter ? q->filter : match_all);
    }
    json_key(&w, "optional_parameters");
    json_array(&w);
    json_end(&w);
    json_key(&w, "include_watchlist");
    json_bool(&w, false);
    if (q->kind == COLIBRI_CONE)
        put_cone(&w, q);
    json_end(&w);
}

static void put_encoded(struct str *out, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (isalnum(c) || strchr("-._~", c))
            str_addc(out, (char)c);
        else
            str_addf(out, "%%%02X", c);
    }
}

void colibri_url(struct str *out, const struct colibri_query *q)
{
    static const char *const path[] = {"latest_transients", "cone_search", "event",
                                       "get_event_as_voevent", "source_details"};
    str_addf(out, "%s/%s", q->base, path[q->kind]);
    for (size_t i = 0; i < q->n_ids; i++) {
        str_add(out, i ? "&" : "?");
        str_add(out, q->kind == COLIBRI_SOURCE ? "name=" : "trigger_id=");
        put_encoded(out, q->ids[i]);
    }
}

uint64_t colibri_send(struct http *h, const struct colibri_query *q, http_done_fn *done, void *arg,
                      struct error *err)
{
    bool search = q->kind == COLIBRI_LATEST || q->kind == COLIBRI_CONE;
    struct str url = {0}, body = {0};
    if (search && !(q->uid && *q->uid)) {
        err_set(err, E_ABSENT,
                "Astro-COLIBRI: searches need your user id: make a free account at "
                "astro-colibri.com, then write `alerts.colibri.uid = ID` (page Account)");
        return 0;
    }
    colibri_url(&url, q);
    if (search)
        colibri_body(&body, q);
    struct http_request r = {.url = url.s,
                             .name = "Astro-COLIBRI",
                             .method = search ? HTTP_POST : HTTP_GET,
                             .body = body.s,
                             .n_body = body.n,
                             .type = search ? "application/json" : NULL,
                             .secret = search,
                             .repeatable = true,
                             .done = done,
                             .arg = arg,
                             .max_body = BODY_MAX};
    uint64_t id = http_send(h, &r, err);
    str_clear(&url);
    str_clear(&body);
    return id;
}

/* "Rate limit exceeded. Renewal at 2026-09-13 08:00:00.123456": the zone is not said, UTC is taken. */
static int64_t renewal_of(const char *text)
{
    const char *at = strstr(text, "Renewal at ");
    char t[24];
    if (!at)
        return 0;
    snprintf(t, sizeof t, "%.19s", at + 11);
    struct jd_utc utc = alert_instant(t, SCALE_UTC);
    return alert_time_known(utc) ? utc_to_wall(utc) / 1000000 : 0;
}

enum status colibri_read(const struct http_answer *a, struct alert_batch *out, int64_t *renewal_ms,
                         struct error *err)
{
    struct error why = {0};
    *out = (struct alert_batch){0};
    *renewal_ms = 0;
    if (a->code == 0 || a->body.n == 0) {
        if (a->err.status == OK)
            return err_set(err, E_PARSE, "Astro-COLIBRI: an empty answer");
        *err = a->err;
        return a->err.status;
    }
    enum status s = alert_decode(a->body.s, a->body.n, out, &why);
    if (s == OK && a->err.status == OK) {
        if (out->alerts.n == 1 && !out->alerts.at[0]->raw) {
            struct alert *one = out->alerts.at[0];
            one->raw = memcpy(arena_alloc(&one->arena, a->body.n), a->body.s, a->body.n);
            one->n_raw = a->body.n;
        }
        return OK;
    }
    if (s == E_REFUSED || s == E_BUSY) {
        *renewal_ms = renewal_of(why.text);
        *err = why;
        return s;
    }
    if (a->err.status != OK) {
        *err = a->err;
        return a->err.status;
    }
    bool page = a->body.s[strspn(a->body.s, " \t\r\n")] == '<';
    return err_set(err, s, s == E_ABSENT ? "%s" : "Astro-COLIBRI: its answer is not understood: %s",
                   page ? "a web page (a login, a proxy?)" : why.text);
}

void colibri_window(int64_t now_ms, int64_t since_ms, double days, int64_t *from_ms, int64_t *to_ms)
{
    int64_t oldest = now_ms - (int64_t)(days * 86400000), from = since_ms;
    if (from < oldest || from > now_ms)
        from = oldest;
    *from_ms = from / HALF_HOUR_MS * HALF_HOUR_MS;
    *to_ms = (now_ms / HALF_HOUR_MS + 1) * HALF_HOUR_MS;
    if (now_ms % HALF_HOUR_MS >= HALF_HOUR_MS / 2)
        *from_ms -= HALF_HOUR_MS;
}

int colibri_calls(struct alert_book *book, int64_t now_ms)
{
    char today[UTC_TEXT];
    struct str t = {0};
    int n = 0;
    utc_format(utc_of_wall(now_ms * 1000000), 0, today);
    if (alert_book_state(book, "colibri.calls", &t, NULL) == OK && t.n > 11 &&
        strncmp(t.s, today, 10) == 0)
        n = atoi(t.s + 11);
    str_clear(&t);
    return n > 0 ? n : 0;
}

enum status colibri_count(struct alert_book *book, int64_t now_ms, struct error *err)
{
    char today[UTC_TEXT], text[40];
    utc_format(utc_of_wall(now_ms * 1000000), 0, today);
    snprintf(text, sizeof text, "%.10s %d", today, colibri_calls(book, now_ms) + 1);
    return alert_book_state_set(book, "colibri.calls", text, err);
}
