/* bag.c - parameters of an event in one piece of memory: for each a hash of its name, its length,
 * then group, name, value and unit as texts. Not: a format for others; the book stores it as it is.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "bag.h"

enum { BAG_MAX = 256 * 1024, HEAD = 4, ITEM_MAX = 60000 };

uint16_t alert_bag_hash(const char *name)
{
    uint32_t h = 2166136261u; /* FNV-1a over lower case, folded to 16 bits */
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        h = (h ^ (unsigned)(c >= 'A' && c <= 'Z' ? c + 32 : c)) * 16777619u;
    }
    return (uint16_t)(h ^ (h >> 16));
}

static void put(struct str *out, const char *s)
{
    str_addn(out, s ? s : "", s ? strlen(s) : 0);
    str_addn(out, "", 1);
}

static void put_item(struct str *out, const struct alert_bag_item *i)
{
    size_t texts = strlen(i->group) + strlen(i->name) + strlen(i->value) + strlen(i->unit) + 4;
    uint16_t head[2] = {alert_bag_hash(i->name), (uint16_t)texts};
    if (texts > ITEM_MAX || out->n + HEAD + texts > BAG_MAX)
        return;
    str_addn(out, head, HEAD);
    put(out, i->group);
    put(out, i->name);
    put(out, i->value);
    put(out, i->unit);
}

/* The four texts must end inside the item; a damaged bag ends there. */
static bool take(const struct alert_bag *b, size_t at, struct alert_bag_item *item, size_t *next,
                 uint16_t *hash)
{
    uint16_t head[2];
    const char **text[] = {&item->group, &item->name, &item->value, &item->unit};
    if (at + HEAD > b->n)
        return false;
    memcpy(head, b->at + at, HEAD);
    const char *s = (const char *)b->at + at + HEAD, *end = s + head[1];
    if (head[1] > b->n - at - HEAD)
        return false;
    for (int i = 0; i < 4; i++) {
        const char *stop = memchr(s, 0, (size_t)(end - s));
        if (!stop)
            return false;
        *text[i] = s;
        s = stop + 1;
    }
    *hash = head[0];
    *next = at + HEAD + head[1];
    return true;
}

bool alert_bag_next(const struct alert_bag *b, size_t *at, struct alert_bag_item *item)
{
    uint16_t hash;
    return take(b, *at, item, at, &hash);
}

/* "Classification" is found in "event.classification", and by "class". */
static bool group_fits(const char *group, const char *want)
{
    size_t n = strlen(group), m = strlen(want);
    if (str_eqi(want, "class"))
        return group_fits(group, "Classification");
    if (m > n)
        return false;
    return str_eqi(group + n - m, want) && (n == m || group[n - m - 1] == '.');
}

bool alert_bag_find_hashed(const struct alert_bag *b, uint16_t hash, const char *group,
                           const char *name, struct alert_bag_item *item)
{
    size_t at = 0;
    uint16_t head[2];
    while (at + HEAD <= b->n) {
        memcpy(head, b->at + at, HEAD);
        if (head[1] > b->n - at - HEAD)
            return false;
        if (head[0] == hash) {
            size_t next;
            uint16_t same;
            if (!take(b, at, item, &next, &same))
                return false;
            if (str_eqi(item->name, name) && (!group || group_fits(item->group, group)))
                return true;
        }
        at += HEAD + (size_t)head[1];
    }
    return false;
}

bool alert_bag_find(const struct alert_bag *b, const char *group, const char *name,
                    struct alert_bag_item *item)
{
    return alert_bag_find_hashed(b, alert_bag_hash(name), group, name, item);
}

static bool among(const struct alert *a, const struct alert_bag_item *i)
{
    for (size_t k = 0; k < a->params.n; k++) {
        const struct alert_param *p = &a->params.at[k];
        if (p->name && strcmp(p->name, i->name) == 0 &&
            strcmp(p->group ? p->group : "", i->group) == 0)
            return true;
    }
    return false;
}

void alert_bag_take(struct alert_bag *b, const struct alert *a)
{
    struct str out = {0};
    struct alert_bag_item old;
    for (size_t k = 0; k < a->params.n; k++) {
        const struct alert_param *p = &a->params.at[k];
        if (p->name && p->value)
            put_item(&out, &(struct alert_bag_item){p->group ? p->group : "", p->name, p->value,
                                                    p->unit ? p->unit : ""});
    }
    for (size_t at = 0; alert_bag_next(b, &at, &old);)
        if (!among(a, &old))
            put_item(&out, &old);
    free(b->at);
    b->n = out.n;
    b->at = out.n ? mem_dup(out.s, out.n) : NULL;
    str_clear(&out);
}
