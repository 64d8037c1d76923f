/* simple.c - the words of ADQL, and a query in one go. Not: asking (ask.c). */
#include "vigie/vo/simple.h"

#include <stdlib.h>
#include <string.h>

#include "proto_own.h"

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
