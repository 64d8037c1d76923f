/* fuzz_planets.c - any bytes as ExoClock's catalogue: what is accepted can be found again. */
#include <math.h>
#include <stdint.h>

#include "vigie/transits/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct catalogue_reader *r = catalogue_reader_new("fuzz", PLANET_EXOCLOCK, 16);
    struct catalogue *c = NULL;
    struct error err;
    if (catalogue_feed(r, data, size / 2, &err) == OK &&
        catalogue_feed(r, data + size / 2, size - size / 2, &err) == OK &&
        catalogue_finish(r, &c, &err) == OK) {
        ensure(c->n > 0);
        for (size_t i = 0; i < c->n; i++) {
            const struct planet *p = &c->planet[i];
            ensure(p->name && p->star && p->priority_text && p->ephemeris.ref);
            ensure(p->ephemeris.period.day + p->ephemeris.period.frac > 0);
            ensure(p->ephemeris.t0.frac >= 0 && p->ephemeris.t0.frac <= 1);
            ensure(isfinite(p->ra_rad) && isfinite(p->dec_rad));
            ensure(catalogue_find(c, p->name) == p);
        }
    }
    catalogue_free(c);
    catalogue_reader_free(r);
    return 0;
}
