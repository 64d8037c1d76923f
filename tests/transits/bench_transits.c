/* bench_transits.c - a whole catalogue, thirty nights, one site: reading, computing, printing apart.
 * The catalogue is the one of VIGIE_CORPUS, else the built-in sample; the first line says which.
 */
#include <stdio.h>
#include <stdlib.h>

#include "vigie/base/clock.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/transits/list.h"
#include "vigie/transits/record.h"

static double ms(void)
{
    return (double)clock_thread_us() / 1000;
}

static struct catalogue *read_it(double *took)
{
    const char *dir = getenv("VIGIE_CORPUS");
    struct catalogue *c = NULL;
    double t = ms();
    if (dir) {
        char *path = mem_printf("%s/exoclock/planets.json", dir);
        if (catalogue_read(path, 0, &c, NULL) != OK)
            fprintf(stderr, "bench_transits: cannot read %s\n", path);
        free(path);
    }
    if (!c)
        c = catalogue_demo();
    *took = ms() - t;
    return c;
}

static double print_ms(const struct transit_list *l, size_t *bytes)
{
    struct str t = {0};
    double begin = ms();
    for (size_t i = 0; i < l->n; i++) {
        struct json_writer w;
        json_write(&w, &t);
        transit_json(&w, l->almanac, &l->at[i]);
        str_addc(&t, '\n');
    }
    *bytes = t.n;
    str_clear(&t);
    return ms() - begin;
}

static int run(const char *what, const struct transit_request *r)
{
    double best = 1e9, printing = 0;
    size_t n = 0, n_all = 0, bytes = 0;
    for (int i = 0; i < 5; i++) {
        struct transit_list *l;
        struct error err;
        double t = ms();
        if (transit_list_make(r, &l, &err) != OK) {
            fprintf(stderr, "bench_transits: %s\n", err.text);
            return EXIT_FAILURE;
        }
        t = ms() - t;
        best = t < best ? t : best;
        n = l->n;
        n_all = l->n_all;
        if (i == 4)
            printing = print_ms(l, &bytes);
        transit_list_free(l);
    }
    printf("transits: %-22s %5zu of %5zu: computing %6.1f ms, printing %6.1f ms (%.1f MB)\n", what,
           n, n_all, best, printing, (double)bytes / 1e6);
    return EXIT_SUCCESS;
}

int main(void)
{
    const double deg = 3.14159265358979323846 / 180;
    struct site site;
    struct transit_request r = {.site = &site};
    double took;
    struct catalogue *c = read_it(&took);
    if (site_set(&site, "OHP", 43.9308, 5.7133, 650, NULL) != OK ||
        utc_parse("2026-11-23", NULL, &r.from, NULL) != OK ||
        utc_parse("2026-12-23", NULL, &r.to, NULL) != OK)
        return EXIT_FAILURE;
    printf("transits: %zu planets of %s read in %.1f ms; 30 nights\n", c->n, c->source, took);
    r.planet = c->planet;
    r.n_planet = c->n;
    transit_limits_init(&r.limits);
    int rc = run("what can be observed", &r);
    r.filter.all = true;
    rc = rc ? rc : run("all", &r);
    static const char mask[] = "0 10\n60 25\n61 5\n120 5\n120 40\n180 40\n180 22\n250 31\n300 12\n";
    r.filter.all = false;
    if (horizon_parse(mask, sizeof mask - 1, &site.horizon, NULL) == OK)
        rc = rc ? rc : run("behind a mask", &r);
    r.limits.min_alt_rad = 30 * deg;
    rc = rc ? rc : run("mask and 30 deg", &r);
    site_clear(&site);
    catalogue_free(c);
    return rc;
}
