/* bench_sky.c - rates of the sky room: what a night of transits and a planner's list cost. */
#include <stdio.h>
#include <time.h>

#include "vigie/base/err.h"
#include "vigie/sky/place.h"
#include "vigie/sky/track.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void say(const char *what, double s, int n)
{
    printf("sky  %-44s %9.3f us each, %d in %.1f ms\n", what, s / n * 1e6, n, s * 1e3);
}

/* contacts - a month of transits: each BJD_TDB to local time, star, Sun and Moon there. */
static void contacts(const struct almanac *a, int n)
{
    double sum = 0, begun = seconds();
    for (int i = 0; i < n; i++) {
        struct almanac_star s;
        struct almanac_now now;
        struct almanac_seen seen;
        double t = almanac_first(a) + (almanac_last(a) - almanac_first(a)) * i / n;
        almanac_star_set(&s, 0.001 * i, 0.5);
        struct bjd_tdb bjd = {2461367.5, t};
        double at = almanac_t_of_bjd(a, &s, bjd);
        almanac_at(a, at, &now);
        almanac_star_at(a, &s, &now, &seen);
        sum += seen.alt_rad + almanac_utc(a, at).d2;
    }
    say(sum == 0 ? "" : "contact: BJD_TDB to UTC, star, Sun, Moon", seconds() - begun, n);
}

static void spans(const struct almanac *a, int n)
{
    struct span up[128], dark[128];
    double begun = seconds();
    size_t n_dark = 0, sum = 0;
    for (int i = 0; i < 20; i++)
        n_dark = almanac_dark(a, -0.2, almanac_first(a), almanac_last(a), dark, 128);
    say("dark spans of 30 nights", seconds() - begun, 20);
    begun = seconds();
    for (int i = 0; i < n; i++) {
        struct almanac_star s;
        struct span both[8];
        double t = almanac_first(a) + 29.0 * i / n;
        almanac_star_set(&s, 0.001 * i, 0.5);
        size_t k = almanac_star_up(a, &s, 0.5, false, t, t + 0.3, up, 128);
        sum += span_both(up, k, dark, n_dark, both, 8);
    }
    say(sum == 0 ? "" : "star above a limit in the dark, 7 h", seconds() - begun, n);
}

int main(void)
{
    struct site site;
    struct almanac *a;
    struct jd_utc from, to;
    ensure(site_set(&site, "", 43.93, 5.71, 650, NULL) == OK);
    ensure(utc_of_date(2026, 11, 23, &from, NULL) == OK);
    to = utc_day_add(from, 30);
    double begun = seconds();
    for (int i = 0; i < 10; i++) {
        ensure(almanac_new(&site, from, to, 0, &a, NULL) == OK);
        if (i < 9)
            almanac_free(a);
    }
    say("tables of 30 days", seconds() - begun, 10);
    contacts(a, 3 * 7434);
    spans(a, 7434);
    begun = seconds();
    double sum = 0;
    for (int i = 0; i < 1000; i++) {
        double track[144][2];
        struct almanac_star s;
        almanac_star_set(&s, 0.006 * i, 0.3);
        track_sample(a, BODY_STAR, &s, almanac_first(a), almanac_first(a) + 0.5, 144, track);
        sum += track[7][0];
    }
    say(sum == 0 ? "" : "night curve of a star, 144 points", seconds() - begun, 1000);
    almanac_free(a);
    struct sky_star star = {1, 0.5, 0, 0, 0, 0};
    begun = seconds();
    for (int i = 0; i < 1000; i++)
        sum += sky_star_seen(&star, utc_add_s(from, i), 0, &site, NULL).alt_rad;
    say("one exact place of a star", seconds() - begun, 1000);
    return sum == 0;
}
