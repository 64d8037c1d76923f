/* news.c - see news.h. */
#include "vigie/transits/news.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"

enum { LINES = 12 };

struct gather {
    struct catalogue_news *news;
    VEC(struct news_item) items;
};

static void add(struct gather *g, enum news_kind kind, const struct planet *p, double shift_min,
                const char *text)
{
    struct news_item item = {kind, arena_str(&g->news->arena, p->name),
                             arena_str(&g->news->arena, text), shift_min};
    VEC_PUSH(g->items, item);
    g->news->count[kind]++;
}

static const char *priority_word(const struct planet *p)
{
    return p->priority_text[0] ? p->priority_text : "none";
}

static void compare_priority(struct gather *g, const struct planet *was, const struct planet *now)
{
    char text[300], oc[40] = "";
    if (was->priority == now->priority)
        return;
    bool alert = now->priority == PRIORITY_ALERT;
    if (alert && planet_known(now->oc_min))
        snprintf(oc, sizeof oc, ", O-C %+.1f min", now->oc_min);
    snprintf(text, sizeof text, "%.60s is now %.30s (was %.30s)%s", now->name, priority_word(now),
             priority_word(was), oc);
    add(g, alert ? NEWS_ALERT : NEWS_PRIORITY, now, (double)NAN, text);
}

static double total(const struct days *d)
{
    return d->day + d->frac;
}

static bool same_days(const struct days *a, const struct days *b)
{
    return a->day == b->day && a->frac == b->frac;
}

/* Minutes from the old ephemeris's transit near the date to the new one's, the nearer way round. */
static double shift(const struct ephemeris *was, const struct ephemeris *now, double at)
{
    double mid =
        total(&now->t0) + round((at - total(&now->t0)) / total(&now->period)) * total(&now->period);
    double phase = (mid - total(&was->t0)) / total(&was->period);
    return (phase - round(phase)) * total(&was->period) * 1440;
}

static void compare_ephemeris(struct gather *g, const struct planet *was, const struct planet *now,
                              double at)
{
    const struct ephemeris *a = &was->ephemeris, *b = &now->ephemeris;
    char text[300];
    if (same_days(&a->t0, &b->t0) && same_days(&a->period, &b->period) && a->system == b->system)
        return;
    double min = shift(a, b, at);
    if (a->system != b->system)
        snprintf(text, sizeof text, "%.60s: ephemeris changed, now in %s (was %s)", now->name,
                 time_system_name(b->system), time_system_name(a->system));
    else if (fabs(min) < 0.05)
        snprintf(text, sizeof text, "%.60s: ephemeris changed, the transit stays within 3 s",
                 now->name);
    else
        snprintf(text, sizeof text, "%.60s: ephemeris changed, the transit is %.1f min %s",
                 now->name, fabs(min), min > 0 ? "later" : "earlier");
    add(g, NEWS_EPHEMERIS, now, min, text);
}

static void tell_new(struct gather *g, const struct planet *p)
{
    char text[300], mag[30] = "";
    if (planet_known(p->mag_v))
        snprintf(mag, sizeof mag, ", V %.1f", p->mag_v);
    snprintf(text, sizeof text, "%.60s is new: priority %.30s%s", p->name, priority_word(p), mag);
    add(g, NEWS_NEW, p, (double)NAN, text);
}

/* The planet of exactly this name: a like one (k2-3b, k23b) is another planet. */
static const struct planet *same_name(const struct catalogue *c, const char *name)
{
    const struct planet *p = catalogue_find(c, name);
    return p && strcmp(p->name, name) == 0 ? p : NULL;
}

struct catalogue_news *catalogue_compare(const struct catalogue *was, const struct catalogue *now,
                                         double at_bjd)
{
    struct gather g = {.news = mem_zero(sizeof *g.news)};
    char text[300];
    for (size_t i = 0; i < now->n; i++) {
        const struct planet *p = &now->planet[i], *old = same_name(was, p->name);
        if (p->origin == PLANET_OWN || (old && old->origin == PLANET_OWN))
            continue;
        if (!old) {
            tell_new(&g, p);
            continue;
        }
        compare_priority(&g, old, p);
        compare_ephemeris(&g, old, p, at_bjd);
    }
    for (size_t i = 0; i < was->n; i++) {
        const struct planet *p = &was->planet[i];
        if (p->origin == PLANET_OWN || same_name(now, p->name))
            continue;
        snprintf(text, sizeof text, "%.60s is gone from the catalogue", p->name);
        add(&g, NEWS_GONE, p, (double)NAN, text);
    }
    struct catalogue_news *n = g.news;
    n->n = g.items.n;
    n->at = mem_zero((n->n + 1) * sizeof *n->at);
    size_t out = 0;
    for (int kind = 0; kind < NEWS_KINDS; kind++)
        for (size_t i = 0; i < g.items.n; i++)
            if ((int)g.items.at[i].kind == kind)
                n->at[out++] = g.items.at[i];
    VEC_FREE(g.items);
    return n;
}

void catalogue_news_free(struct catalogue_news *n)
{
    if (!n)
        return;
    arena_clear(&n->arena);
    free(n->at);
    free(n);
}

void catalogue_news_summary(const struct catalogue_news *n, struct str *out)
{
    static const char *const one[] = {"new alert", "new planet", "planet gone", "changed priority",
                                      "changed ephemeris"};
    static const char *const many[] = {"new alerts", "new planets", "planets gone",
                                       "changed priorities", "changed ephemerides"};
    bool some = false;
    for (int k = 0; k < NEWS_KINDS; k++)
        if (n->count[k]) {
            str_addf(out, "%s%zu %s", some ? ", " : "", n->count[k],
                     n->count[k] == 1 ? one[k] : many[k]);
            some = true;
        }
    if (!some)
        str_add(out, "nothing changed");
}

void catalogue_news_lines(const struct catalogue_news *n, struct str *out)
{
    size_t told = n->count[NEWS_ALERT] + n->count[NEWS_NEW], i = 0;
    if (n->n == 0)
        return;
    str_add(out, "since the copy before: ");
    catalogue_news_summary(n, out);
    str_addc(out, '\n');
    for (; i < told && i < LINES; i++) { /* these two kinds come first */
        utf8_clean(out, n->at[i].text, strlen(n->at[i].text));
        str_addc(out, '\n');
    }
    if (told > i)
        str_addf(out, "and %zu more\n", told - i);
}
