#include "fake.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct fake fakes[16];
static size_t n_fakes;

static void *fake_open(struct slot *slot, const struct device_config *config, struct error *err)
{
    if (strcmp(config->address, "wrong") == 0) {
        err_set(err, E_PARSE, "wrong: no address");
        return NULL;
    }
    struct fake *f = &fakes[n_fakes++ % 16];
    memset(f, 0, sizeof *f);
    f->slot = slot;
    return f;
}

static enum status fake_ask(void *self, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    struct fake *f = self;
    if (r->verb == ASK_STOP)
        f->stopped++;
    if (f->refuse != OK)
        return err_set(err, f->refuse, "the fake refuses");
    f->last = *r;
    f->ticket = ticket;
    f->asked++;
    return OK;
}

static void fake_close(void *self)
{
    struct fake *f = self;
    f->closed++;
}

static const struct backend_ops native = {"native", fake_open, fake_ask, NULL, fake_close},
                                indi = {"indi", fake_open, fake_ask, NULL, fake_close};
const struct backend_ops *const fake_table[] = {&native, &indi, NULL};

struct fake *fake_at(const char *name)
{
    for (size_t i = n_fakes; i-- > 0;)
        if (fakes[i % 16].slot && strcmp(slot_info(fakes[i % 16].slot)->name, name) == 0)
            return &fakes[i % 16];
    return NULL;
}

void fake_reset(void)
{
    memset(fakes, 0, sizeof fakes);
    n_fakes = 0;
}

void fake_place(struct fake *f, double ra_rad, double dec_rad)
{
    struct mount_values *m = &slot_values(f->slot)->mount;
    m->ra_rad = ra_rad;
    m->dec_rad = dec_rad;
    slot_good(f->slot, 10);
}

void fake_mount(struct fake *f, double ra_rad, double dec_rad)
{
    slot_identity(f->slot, ~0u, "Fake mount 1.0");
    slot_link(f->slot, DEVICE_READY, NULL);
    slot_values(f->slot)->mount.tracking = true;
    slot_values(f->slot)->mount.n_rates = 4;
    fake_place(f, ra_rad, dec_rad);
}
