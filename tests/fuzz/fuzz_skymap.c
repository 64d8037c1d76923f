/* fuzz_skymap.c - any bytes as a sky map or MOC; what is read has cells that exist. */
#include <math.h>
#include <stdint.h>

#include "vigie/alerts/skymap.h"
#include "vigie/sky/healpix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct skymap m;
    struct error err = {0};
    enum status s = skymap_read(data, size, &m, &err);
    ensure(s == OK || err.text[0]);
    for (size_t i = 0; s == OK && i < m.cells.n; i++) {
        uint64_t nest;
        ensure(healpix_uniq_order(m.cells.at[i].uniq, &nest) >= 0);
        ensure(m.region || i == 0 || m.cells.at[i].density <= m.cells.at[i - 1].density);
    }
    skymap_clear(&m);
    return 0;
}
