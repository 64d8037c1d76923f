/* simple.c - URLs and forms of the simple protocols, and the words of ADQL. Not: asking (ask.c). */
#include "vigie/vo/simple.h"

#include <stdlib.h>
#include <string.h>

#include "proto_own.h"

/* The URL of a question that needs no check. */
static void add_url(struct str *url, const struct vo_protocol *p, const struct proto_query *q)
{
    struct proto_request r = {.post = false};
    if (p->build(q, &r, NULL) == OK)
        str_add(url, str_c(&r.url));
    proto_request_clear(&r);
}

void vo_cone(struct str *url, const char *base, double ra_deg, double dec_deg, double radius_deg,
             int verb, uint64_t max_rows)
{
    const struct proto_query q = {.base = base,
                                  .place = true,
                                  .ra_deg = ra_deg,
                                  .dec_deg = dec_deg,
                                  .radius_deg = radius_deg,
                                  .verb = verb,
                                  .max_rows = max_rows};
    add_url(url, &proto_scs, &q);
}

void vo_sia1(struct str *url, const char *base, double ra_deg, double dec_deg, double size_deg,
             const char *format)
{
    const struct proto_query q = {.base = base,
                                  .place = true,
                                  .ra_deg = ra_deg,
                                  .dec_deg = dec_deg,
                                  .radius_deg = size_deg / 2,
                                  .format = format};
    add_url(url, &proto_sia1, &q);
}

void vo_sia2(struct str *url, const char *base, double ra_deg, double dec_deg, double radius_deg,
             uint64_t max_rows)
{
    const struct proto_query q = {.base = base,
                                  .place = true,
                                  .ra_deg = ra_deg,
                                  .dec_deg = dec_deg,
                                  .radius_deg = radius_deg,
                                  .max_rows = max_rows};
    add_url(url, &proto_sia2, &q);
}

void vo_ssa(struct str *url, const char *base, double ra_deg, double dec_deg, double diameter_deg,
            const char *format)
{
    const struct proto_query q = {.base = base,
                                  .place = true,
                                  .ra_deg = ra_deg,
                                  .dec_deg = dec_deg,
                                  .radius_deg = diameter_deg / 2,
                                  .format = format};
    add_url(url, &proto_ssa, &q);
}

void vo_datalink(struct str *url, const char *base, const char *id)
{
    const struct proto_query q = {.base = base, .id = id};
    add_url(url, &proto_datalink, &q);
}

void vo_tap_sync(struct str *url, struct str *form, const char *base, const char *adql,
                 uint64_t max_rows)
{
    const struct proto_query q = {.base = base, .adql = adql, .max_rows = max_rows};
    struct proto_request r = {.post = false};
    if (proto_tap.build(&q, &r, NULL) == OK) {
        str_add(url, str_c(&r.url));
        str_add(form, str_c(&r.body));
    }
    proto_request_clear(&r);
}

void vo_adql_text(struct str *out, const char *s)
{
    str_addc(out, '\'');
    for (; *s; s++) {
        if (*s == '\'')
            str_addc(out, '\'');
        str_addc(out, *s);
    }
    str_addc(out, '\'');
}

void vo_adql_number(struct str *out, double x)
{
    str_addf(out, "%.12g", x);
}

/* The reserved words that are likely as names of columns; ADQL 2.1 has some 300. */
static bool reserved(const char *s)
{
    static const char *const words[] = {
        "area",     "at",        "avg",    "box",   "circle",  "count",   "date", "day",   "desc",
        "distance", "end",       "exp",    "first", "group",   "hour",    "in",   "key",   "last",
        "level",    "log",       "max",    "min",   "mod",     "month",   "name", "order", "point",
        "position", "power",     "public", "rows",  "section", "session", "size", "sum",   "table",
        "time",     "timestamp", "top",    "user",  "value",   "year",    "zone"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eqi(s, words[i]))
            return true;
    return false;
}

void vo_adql_name(struct str *out, const char *name)
{
    bool plain = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
    for (const char *p = name; plain && *p; p++)
        plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
                *p == '_' || *p == '.';
    if (plain && !reserved(name)) {
        str_add(out, name);
        return;
    }
    str_addc(out, '"');
    for (; *name; name++) {
        if (*name == '"')
            str_addc(out, '"');
        str_addc(out, *name);
    }
    str_addc(out, '"');
}
