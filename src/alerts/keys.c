/* keys.c - what an alert is known by, so that its updates and other brokers' copies of it are found.
 * Not: the joining itself (chain.c). A key is a family and an id: "swift/1306404", "gw/s230518h".
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"

enum { KEY_MAX = 200, KEYS_MAX = 64 };

static bool known(const struct alert *a, const char *key)
{
    for (size_t i = 0; i < a->keys.n; i++)
        if (strcmp(a->keys.at[i], key) == 0)
            return true;
    return false;
}

static void add(struct alert *a, const char *key)
{
    if (a->keys.n == KEYS_MAX || known(a, key))
        return;
    if (!a->keys.at)
        a->keys.at = arena_alloc(&a->arena, KEYS_MAX * sizeof *a->keys.at);
    a->keys.at[a->keys.n++] = arena_str(&a->arena, key);
}

void alert_add_key(struct alert *a, const char *family, const char *id)
{
    struct str key = {.max = KEY_MAX};
    if (!id || !*id || strspn(id, "0") == strlen(id) || strcmp(id, "-1") == 0)
        return;                                 /* sent for "no trigger" */
    if (strspn(id, "0123456789") == strlen(id)) /* one broker writes 008088, another 8088 */
        id += strspn(id, "0");
    str_addf(&key, "%s/%s", family, id);
    for (size_t i = 0; i < key.n; i++)
        key.s[i] =
            (char)(isspace((unsigned char)key.s[i]) ? '_' : tolower((unsigned char)key.s[i]));
    if (!key.over)
        add(a, str_c(&key));
    str_clear(&key);
}

void alert_keys_end(struct alert *a)
{
    static const char *const apart[] = {"", "test/", "utility/"};
    const char *prefix = apart[a->standing];
    for (size_t i = 0; i < a->keys.n && *prefix; i++) {
        struct str key = {0};
        str_addf(&key, "%s%s", prefix, a->keys.at[i]);
        a->keys.at[i] = arena_str(&a->arena, key.s);
        str_clear(&key);
    }
    a->key = a->keys.n ? a->keys.at[0] : NULL;
}

/* A designation: letters, then optional '-', then at least `digits` digits, then letters (at least
 * one if `tail`). */
static const struct designation {
    const char *head;
    size_t digits;
    bool tail;
} designations[] = {
    {"grb", 6, true},     {"frb", 8, false},    {"at", 4, true},     {"sn", 4, true},
    {"tns", 4, true},     {"gaia", 2, true},    {"asassn", 2, true}, {"ztf", 2, true},
    {"atlas", 2, true},   {"icecube", 6, true}, {"ep", 6, true},     {"km3", 6, true},
    {"antares", 6, true}, {"gecam", 6, true},   {"mxb", 4, false},   {"s", 6, true},
    {"ms", 6, true},      {"ts", 6, true},      {"gw", 6, false}};

static bool designated(const struct designation *d, const char *s)
{
    size_t n = strlen(d->head), digits, tail;
    if (strncmp(s, d->head, n) != 0)
        return false;
    s += n;
    s += *s == '-';
    digits = strspn(s, "0123456789");
    tail = strspn(s + digits, "abcdefghijklmnopqrstuvwxyz");
    return digits >= d->digits && digits <= 9 && !s[digits + tail] && (tail || !d->tail);
}

void alert_designation_key(struct alert *a, const char *name)
{
    char s[40];
    size_t n = 0;
    if (!name || strlen(name) >= sizeof s)
        return;
    for (; *name; name++)
        if (!isspace((unsigned char)*name) && *name != '_')
            s[n++] = (char)tolower((unsigned char)*name);
    s[n] = '\0';
    for (size_t i = 0; i < sizeof designations / sizeof designations[0]; i++)
        if (designated(&designations[i], s)) {
            bool gw = strcmp(designations[i].head, "s") == 0 || alert_mock(s);
            /* AT, SN and TNS are three ways to write one list */
            const char *head = designations[i].head;
            bool tns =
                strcmp(head, "at") == 0 || strcmp(head, "sn") == 0 || strcmp(head, "tns") == 0;
            alert_add_key(a, gw ? "gw" : tns ? "tns" : "name", tns ? s + strlen(head) : s);
            return;
        }
}

bool alert_mock(const char *superevent)
{
    if (!superevent || !strchr("MmTt", superevent[0]) || !superevent[0])
        return false;
    const char *s = superevent + 1;
    s += *s == 'S' || *s == 's';
    return strspn(s, "0123456789") >= 6;
}
