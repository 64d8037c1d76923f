/* names.c - from what a person types to planets: spellings, second names of stars, components of
 * double stars, all planets of a star, the nearest name. Not: name resolution over the network.
 * Second names: the discovery papers of each pair (two surveys found the same planet).
 */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys (name_key) of stars with two names. */
static const char *const twins[][2] = {
    {"wasp11", "hatp10"},  {"wasp40", "hatp27"},    {"wasp51", "hatp30"},   {"wasp86", "kelt12"},
    {"wasp173", "kelt22"}, {"hd209458", "v376peg"}, {"gj436", "ross905"},   {"55cnc", "hd75732"},
    {"wasp33", "hd15082"}, {"kelt9", "hd195689"},   {"kelt20", "mascara2"}, {"aumic", "hd197481"}};
/* Beginnings that are written in several ways. */
static const char *const prefixes[][2] = {
    {"gliese", "gj"}, {"gl", "gj"}, {"rho1cnc", "55cnc"}, {"rhocnc", "55cnc"}};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "wasp77b" of "wasp77ab", "wasp77" of "wasp77a": the key without the letter of a star's component,
 * which stands behind a digit (or behind the name, "dstuca"). False if there is none. */
static bool without_component(const struct planet *p, char *planet, char *star)
{
    char whole[NAME_KEY];
    name_key(p->star, star);
    name_key(p->name, whole);
    size_t n = strlen(star);
    size_t from = strlen(p->star);
    if (n < 2 || from < 1 || p->star[from - 1] < 'A' || p->star[from - 1] > 'C' ||
        strncmp(whole, star, n) != 0 || strlen(whole) != n + 1)
        return false;
    star[n - 1] = 0;
    snprintf(planet, NAME_KEY, "%.100s%s", star, whole + n);
    return true;
}

struct search {
    const struct catalogue *c;
    const struct planet **found;
    size_t max, n;
};

static void put(struct search *s, const struct planet *p)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->found[i] == p)
            return;
    if (s->n < s->max)
        s->found[s->n++] = p;
}

/* A key as a planet's name, then as a star's. */
static void look(struct search *s, const char *key)
{
    char star[NAME_KEY], planet[NAME_KEY];
    const struct planet *p = catalogue_find(s->c, key);
    if (p) {
        put(s, p);
        return;
    }
    for (size_t i = 0; i < s->c->n; i++) {
        p = &s->c->planet[i];
        bool component = without_component(p, planet, star);
        if (component && (strcmp(planet, key) == 0 || strcmp(star, key) == 0)) {
            put(s, p);
            continue;
        }
        name_key(p->star, star);
        if (strcmp(star, key) == 0)
            put(s, p);
    }
}

/* `key` with its beginning `from` replaced by `to`, if it begins so and no digit is cut in two. */
static bool swapped(const char *key, const char *from, const char *to, char other[NAME_KEY])
{
    size_t n = strlen(from);
    if (strncmp(key, from, n) != 0 || (digit(from[n - 1]) && digit(key[n])) ||
        (!digit(from[n - 1]) && strcmp(to, "gj") == 0 && !digit(key[n])))
        return false;
    snprintf(other, NAME_KEY, "%s%.100s", to, key + n);
    return true;
}

static void look_twins(struct search *s, const char *key)
{
    char other[NAME_KEY];
    for (size_t i = 0; i < sizeof twins / sizeof twins[0] && !s->n; i++)
        for (int k = 0; k < 2 && !s->n; k++)
            if (swapped(key, twins[i][k], twins[i][1 - k], other))
                look(s, other);
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0] && !s->n; i++)
        if (swapped(key, prefixes[i][0], prefixes[i][1], other))
            look(s, other);
}

static enum status ambiguous(struct search *s, const char *key, const char *text, struct error *err)
{
    char other[NAME_KEY];
    struct str names = {.max = 120};
    size_t all = 0;
    for (size_t i = 0; i < s->c->n; i++) {
        name_key(s->c->planet[i].name, other);
        if (strncmp(other, key, strlen(key)) != 0)
            continue;
        put(s, &s->c->planet[i]);
        if (all++ < 6)
            str_addf(&names, "%s%.24s", names.n ? ", " : "", s->c->planet[i].name);
    }
    enum status st = OK;
    if (all > 1)
        st = err_set(err, E_REFUSED, "\"%.40s\" may be any of %zu planets: %s%s", text, all,
                     str_c(&names), all > 6 ? ", ..." : "");
    str_clear(&names);
    return st;
}

static enum status absent(const struct catalogue *c, const char *key, const char *text,
                          struct error *err)
{
    const char *best = NULL;
    char other[NAME_KEY];
    int least = 4;
    for (size_t i = 0; i < c->n; i++) {
        name_key(c->planet[i].name, other);
        int d = str_near(key, other);
        if (d < least || (d == least && best && strlen(c->planet[i].name) < strlen(best))) {
            least = d;
            best = c->planet[i].name;
        }
    }
    return err_set(err, E_ABSENT, "no planet \"%.60s\" in %.80s%s%.40s%s", text, c->source,
                   best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
}

enum status catalogue_search(const struct catalogue *c, const char *text,
                             const struct planet **found, size_t max, size_t *n, struct error *err)
{
    struct search s = {c, found, max, 0};
    char key[NAME_KEY];
    enum status st = OK;
    name_key(text, key);
    *n = 0;
    if (!key[0])
        return err_set(err, E_ABSENT, "no name of a planet is given");
    look(&s, key);
    if (!s.n)
        look_twins(&s, key);
    if (!s.n)
        st = ambiguous(&s, key, text, err);
    *n = s.n;
    return st == OK && !s.n ? absent(c, key, text, err) : st;
}
