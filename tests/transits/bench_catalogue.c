/* bench_catalogue.c - how fast ExoClock's catalogue is read. Needs VIGIE_CORPUS. */
#include <stdio.h>
#include <stdlib.h>

#include "vigie/base/clock.h"
#include "vigie/transits/catalogue.h"

int main(void)
{
    const char *dir = getenv("VIGIE_CORPUS");
    if (!dir) {
        fputs("bench_catalogue: VIGIE_CORPUS is not set: nothing to read\n", stderr);
        return 0;
    }
    char *path = mem_printf("%s/exoclock/planets.json", dir);
    int64_t best = INT64_MAX;
    size_t n = 0;
    for (int i = 0; i < 10; i++) {
        struct catalogue *c;
        struct error err;
        int64_t from = clock_thread_us();
        if (catalogue_read(path, 0, &c, &err) != OK) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        int64_t us = clock_thread_us() - from;
        best = us < best ? us : best;
        n = c->n;
        catalogue_free(c);
    }
    printf("catalogue: %zu planets in %.1f ms\n", n, (double)best / 1000);
    free(path);
    return 0;
}
