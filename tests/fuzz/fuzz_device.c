/* fuzz_device.c - any bytes from any device: the first byte chooses the driver, a byte 0xFE lets half a second go by with its
 * polls, all others come over the wire. Nothing may be read beyond its end, and what is believed of a mount lies on the sky.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../devices/desk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *driver, *options;
} row[] = {{"lx200", "dialect=auto"},
           {"lx200", "dialect=10micron"},
           {"lx200", "dialect=onstep"},
           {"nexstar", ""},
           {"synscan", ""},
           {"ioptron", ""},
           {"allsky340", ""},
           {"moonlite", ""},
           {"wheel", "type=qhycfw3"},
           {"wheel", "type=xagyl"},
           {"wheel", "type=ifw"},
           {"wheel", "type=trutech"},
           {"nmea", ""},
           {"bulb", ""},
           {"robofocus", ""},
           {"lakeside", ""},
           {"tcfs", ""},
           {"wheel", "type=quantum"}};

static void ask_something(struct desk *d)
{
    struct error err;
    struct device_request q = {.verb = ASK_SLEW, .ra_rad = 1, .dec_rad = 0.5, .n = 2};
    if (d->ops->kind == DEVICE_CAMERA)
        q.verb = ASK_EXPOSE;
    if (d->ops->kind == DEVICE_FOCUSER)
        q.verb = ASK_FOCUS_TO;
    if (d->ops->kind == DEVICE_WHEEL)
        q.verb = ASK_FILTER;
    q.exposure.seconds = 0.1;
    (void)!desk_ask(d, &q, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct desk d;
    struct error err;
    char options[40];
    if (size < 2)
        return 0;
    size_t which = data[0] % (sizeof row / sizeof row[0]);
    snprintf(options, sizeof options, "%s", row[which].options);
    ensure(desk_open(&d, row[which].driver, options, &err));
    desk_start(&d, false);
    desk_pass(&d, 2500, false);
    for (size_t i = 1, from = 1; i <= size; i++) {
        if (i < size && data[i] != 0xFE && i - from < 64)
            continue;
        desk_feed(&d, data + from, i - from);
        from = i + (i < size && data[i] == 0xFE);
        if (d.failed)
            break;
        desk_pass(&d, 500, true);
        if (d.ready && d.ticket < 3)
            ask_something(&d);
        const struct mount_values *m = &d.slot.values.mount;
        ensure(d.ops->kind != DEVICE_MOUNT || isnan(m->ra_rad) ||
               (m->ra_rad >= 0 && m->ra_rad <= 7 && fabs(m->dec_rad) <= 1.5709));
    }
    desk_close(&d);
    return 0;
}
