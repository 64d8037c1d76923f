/* fuzz_own.c - any text as the observer's own targets. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "vigie/transits/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct catalogue *c = catalogue_new("fuzz", PLANET_OWN);
    char *text = mem_strn((const char *)data, size);
    size_t n, n_bad;
    if (catalogue_add_own_text(c, text, NULL, NULL, &n, &n_bad, NULL) == OK)
        ensure(c->n <= n);
    for (size_t i = 0; i < c->n; i++) {
        ensure(catalogue_find(c, c->planet[i].name) == &c->planet[i]);
        ensure(isfinite(c->planet[i].ra_rad) && isfinite(c->planet[i].duration_h));
    }
    free(text);
    catalogue_free(c);
    return 0;
}
