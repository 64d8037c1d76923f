/* sim_shutter.c - a relay board (LCUS-1) with a camera on it, as a watcher sees it: what counts are the edges, which a test
 * reads from sim_heard. A board says nothing.
 */
#include <stdlib.h>

#include "sim_own.h"
#include "vigie/base/mem.h"

static void on_byte(void *self, unsigned char c)
{
    (void)self;
    (void)c;
}

static void *shutter_open(struct sim *s, const char *variant, struct error *err)
{
    (void)err;
    (void)s;
    (void)variant;
    return mem_zero(1);
}

static void shutter_reset(void *self)
{
    (void)self;
}

extern const struct sim_machine sim_shutter;
const struct sim_machine sim_shutter = {
    .open = shutter_open, .byte = on_byte, .reset = shutter_reset, .close = free};
