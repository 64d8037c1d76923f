/* simple.c - URLs and forms of the simple protocols, and the words of ADQL. Not: asking (ask.c). */
#include "vigie/vo/simple.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/vo/ask.h"

static void add_count(struct str *url, const char *key, uint64_t n)
{
    char s[32];
    if (n == 0)
        return;
    snprintf(s, sizeof s, "%llu", (unsigned long long)n);
    vo_url_add(url, key, s);
}

void vo_cone(struct str *url, const char *base, double ra_deg, double dec_deg, double radius_deg,
             int verb, uint64_t max_rows)
{
    vo_url(url, base);
    vo_url_number(url, "RA", ra_deg);
    vo_url_number(url, "DEC", dec_deg);
    vo_url_number(url, "SR", radius_deg);
    add_count(url, "VERB", verb > 0 ? (uint64_t)verb : 0);
    add_count(url, "MAXREC", max_rows);
    vo_url_end(url);
}

/* POS=ra,dec: the comma is part of the parameter's grammar. */
static void add_pos(struct str *url, double ra_deg, double dec_deg)
{
    str_addf(url, "POS=%.12g,%.12g&", ra_deg, dec_deg);
}

void vo_sia1(struct str *url, const char *base, double ra_deg, double dec_deg, double size_deg,
             const char *format)
{
    vo_url(url, base);
    add_pos(url, ra_deg, dec_deg);
    vo_url_number(url, "SIZE", size_deg);
    vo_url_add(url, "FORMAT", format ? format : "ALL");
    vo_url_end(url);
}

void vo_sia2(struct str *url, const char *base, double ra_deg, double dec_deg, double radius_deg,
             uint64_t max_rows)
{
    char *pos = mem_printf("CIRCLE %.12g %.12g %.12g", ra_deg, dec_deg, radius_deg);
    vo_url(url, base);
    vo_url_add(url, "POS", pos);
    add_count(url, "MAXREC", max_rows);
    vo_url_end(url);
    free(pos);
}

void vo_ssa(struct str *url, const char *base, double ra_deg, double dec_deg, double diameter_deg,
            const char *format)
{
    vo_url(url, base);
    vo_url_add(url, "REQUEST", "queryData");
    add_pos(url, ra_deg, dec_deg);
    vo_url_number(url, "SIZE", diameter_deg);
    vo_url_add(url, "FORMAT", format ? format : "ALL");
    vo_url_end(url);
}

void vo_datalink(struct str *url, const char *base, const char *id)
{
    vo_url(url, base);
    vo_url_add(url, "ID", id);
    vo_url_end(url);
}

void vo_tap_sync(struct str *url, struct str *form, const char *base, const char *adql,
                 uint64_t max_rows)
{
    size_t n = strlen(base);
    while (n && base[n - 1] == '/')
        n--;
    str_addn(url, base, n);
    str_add(url, "/sync");
    vo_url_add(form, "REQUEST", "doQuery");
    vo_url_add(form, "LANG", "ADQL");
    vo_url_add(form, "RESPONSEFORMAT", "votable");
    vo_url_add(form, "FORMAT", "votable");
    add_count(form, "MAXREC", max_rows);
    vo_url_add(form, "QUERY", adql);
    vo_url_end(form);
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
