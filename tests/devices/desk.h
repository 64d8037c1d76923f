/* desk.h - a native driver on a desk: no wire, no loop, no rack; a clock that is set by hand. Bytes are fed, what it sends
 * is gathered. Links in place of the rack's slot_* functions.
 */
#ifndef VIGIE_TESTS_DEVICES_DESK_H
#define VIGIE_TESTS_DEVICES_DESK_H

#include "../../src/devices/driver.h"
#include "vigie/base/str.h"

struct slot {
    struct clock_manual clock;
    struct device_info info;
    union device_values values;
    struct str sent, said, identity, why, done;
    enum status status; /* of the last request that ended */
    uint64_t good, bad, done_ticket;
    int frames;
};
struct desk {
    struct slot slot;
    struct driver_host host;
    struct device_config config;
    const char *key[8], *value[8];
    const struct driver_ops *ops;
    void *drv;
    int64_t tick_ms, poll_ms; /* when; -1 never */
    bool ready, failed;
    uint64_t ticket;
};

/* desk_open - a driver with options "dialect=classic ..." (borrowed, cut in place). NULL-ended error text on failure. */
bool desk_open(struct desk *d, const char *driver, char *options, struct error *err);
void desk_close(struct desk *d);
void desk_start(struct desk *d, bool again);
void desk_feed(struct desk *d, const void *bytes, size_t n);
/* desk_pass - time goes on in steps of 10 ms; polls: the driver's polls come due. */
void desk_pass(struct desk *d, int ms, bool polls);
enum status desk_ask(struct desk *d, const struct device_request *r, struct error *err);

#endif
