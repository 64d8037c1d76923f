/* fake.h - a backend that does what a test says: it keeps its slots and the last request, and answers nothing by itself.
 */
#ifndef VIGIE_TESTS_DEVICES_FAKE_H
#define VIGIE_TESTS_DEVICES_FAKE_H

#include "../../src/devices/backend.h"

struct fake {
    struct slot *slot;
    struct device_request last;
    uint64_t ticket;
    int asked, stopped, closed;
    enum status refuse; /* what ask answers; OK: taken */
};

/* fake_at - what was opened for a device, by its name; NULL. fake_table - for rack_options.backends: "native" and
 * "indi". fake_reset - forget all; after rack_free. */
extern const struct backend_ops *const fake_table[];
struct fake *fake_at(const char *name);
void fake_reset(void);

/* fake_mount - a mount that is ready and tracks at a place (radians), able to do everything. fake_place - it says so anew. */
void fake_mount(struct fake *f, double ra_rad, double dec_rad);
void fake_place(struct fake *f, double ra_rad, double dec_rad);

#endif
