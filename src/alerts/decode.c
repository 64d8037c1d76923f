/* decode.c - which format a packet is, from its content, and then its decoder.
 * Not: the decoders. File names and endings say nothing: files get renamed.
 */
#include <stdlib.h>
#include <string.h>

#include "own.h"

/* UTF-16 begins with a byte order mark or with '<' and a zero byte. */
static bool looks_like_json(const unsigned char *s, size_t n)
{
    size_t i = n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < n && strchr(" \t\r\n", s[i]) && s[i])
        i++;
    return i < n && (s[i] == '{' || s[i] == '[');
}

static bool has_any(const struct json *doc, const char *const *keys)
{
    for (; *keys; keys++) {
        const struct json *v = json_get(doc, *keys);
        if (v && v->type != JSON_NULL)
            return true;
    }
    return false;
}

/* JSON that is readable and no alert, said for what it is. */
static enum status no_alert(const struct json *doc, struct error *err)
{
    static const struct {
        const char *key, *what;
    } known[] = {{"circularId", "a GCN circular: a text for people, no alert"},
                 {"eventId", "a GCN circular: a text for people, no alert"},
                 {"uid", "a message about a packet (or a request), no alert"},
                 {"url", "an address where the answer lies, not the answer"},
                 {"update_type", "a sign of life, no alert"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (json_get(doc, known[i].key))
            return err_set(err, E_ABSENT, "%s", known[i].what);
    return err_set(err, E_PARSE, "JSON, but no alert of a known form (Astro-COLIBRI, GCN, IGWN)");
}

static bool is_list_of_events(const struct json *doc)
{
    const struct json *e = doc->type == JSON_ARRAY ? doc->first : NULL;
    return doc->type == JSON_ARRAY &&
           (!e || json_get(e, "trigger_id") || json_get(e, "status_code"));
}

static enum status decode_tree(const struct json *doc, struct alert_batch *out, struct error *err)
{
    static const char *const gcn[] = {"id", "event_name", "trigger_time", "alert_datetime",
                                      "ra", NULL};
    static const char *const colibri[] = {"voevents", "events", "trigger_id", NULL};
    if (json_get(doc, "superevent_id") && json_get(doc, "alert_type")) {
        decode_igwn(doc, out);
        return OK;
    }
    if (is_list_of_events(doc) || has_any(doc, colibri) ||
        (json_get(doc, "message") && json_get(doc, "status_code")))
        return decode_colibri(doc, out, err);
    if (json_get(doc, "message") && doc->n == 1)
        return decode_colibri(doc, out, err);
    if (json_number(json_get(doc, "ra")) == -1000)
        return err_set(err, E_ABSENT, "Astro-COLIBRI knows no source of that name");
    if (doc->type == JSON_OBJECT && has_any(doc, gcn)) {
        decode_gcn(doc, out);
        return OK;
    }
    return no_alert(doc, err);
}

static enum status decode_json(const void *bytes, size_t n, struct alert_batch *out,
                               struct error *err)
{
    static const struct json_limits limits = {
        .depth = 32, .bytes = ALERT_MAX_BYTES, .nodes = 1000000, .nonfinite = true};
    struct arena arena = {0};
    const struct json *doc = NULL;
    enum status s = json_parse(&arena, bytes, n, &limits, &doc, err);
    if (s == OK)
        s = decode_tree(doc, out, err);
    arena_clear(&arena);
    return s;
}

enum status alert_decode(const void *bytes, size_t n, struct alert_batch *out, struct error *err)
{
    *out = (struct alert_batch){0};
    if (n == 0)
        return err_set(err, E_PARSE, "it is empty");
    if (n > ALERT_MAX_BYTES)
        return err_set(err, E_RANGE, "larger than %d MB", ALERT_MAX_BYTES >> 20);
    if (looks_like_json(bytes, n))
        return decode_json(bytes, n, out, err);
    return decode_voevent(bytes, n, out, err);
}

void alert_batch_clear(struct alert_batch *b)
{
    for (size_t i = 0; i < b->alerts.n; i++)
        alert_free(b->alerts.at[i]);
    for (size_t i = 0; i < b->refused.n; i++)
        free(b->refused.at[i]);
    VEC_FREE(b->alerts);
    VEC_FREE(b->refused);
}
