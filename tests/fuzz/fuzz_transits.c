/* fuzz_transits.c - any text as the words of the transits' filter: refused with a sentence, or
 * numbers in their ranges.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/session/tonight.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct transit_filter f = {0};
    struct transit_limits l;
    struct error err = {0};
    double own = (double)NAN;
    char *text = mem_strn((const char *)data, size);
    transit_limits_init(&l);
    if (tonight_filter_read(text, &f, &l, &own, &err) != OK) {
        ensure(err.text[0] != 0);
    } else {
        ensure(fabs(l.min_alt_rad) < 1.6 && fabs(l.max_sun_alt_rad) < 1.6);
        ensure(!(f.min_depth_mmag < 0) && !(own < 10));
    }
    free(text);
    return 0;
}
