/* driver.c - the native drivers of this build, and what they share. To add one: a file drv_<name>.c, a row here.
 * Not: their code.
 */
#include "driver.h"

#include <string.h>

#include "vigie/base/str.h"
#include "vigie/sky/scale.h"

extern const struct driver_ops driver_lx200, driver_nexstar, driver_synscan, driver_ioptron,
    driver_bulb, driver_allsky340, driver_moonlite, driver_robofocus, driver_lakeside, driver_tcfs,
    driver_wheel, driver_manual, driver_nmea;

const struct driver_ops *const driver_table[] = {&driver_lx200,    &driver_nexstar,
                                                 &driver_synscan,  &driver_ioptron,
                                                 &driver_bulb,     &driver_allsky340,
                                                 &driver_moonlite, &driver_robofocus,
                                                 &driver_lakeside, &driver_tcfs,
                                                 &driver_wheel,    &driver_manual,
                                                 &driver_nmea,     NULL};

const struct driver_ops *driver_find(const char *name)
{
    for (size_t i = 0; driver_table[i]; i++)
        if (strcmp(driver_table[i]->name, name) == 0)
            return driver_table[i];
    return NULL;
}

int64_t driver_now(const struct driver_host *h)
{
    return CLOCK_MS(slot_clock(h->slot));
}

struct jd_utc driver_utc(const struct driver_host *h)
{
    return utc_of_wall(CLOCK_WALL(slot_clock(h->slot)));
}

enum status driver_number(const struct driver_host *h, const char *key, double otherwise,
                          double least, double most, double *value, struct error *err)
{
    const char *text = device_config_value(h->config, key, NULL);
    *value = otherwise;
    if (!text)
        return OK;
    if (!str_num(text, value) || !(*value >= least && *value <= most))
        return err_set(err, E_RANGE, "%s=%.40s is not in %g .. %g", key, text, least, most);
    return OK;
}

enum status driver_no(const struct driver_host *h, const struct device_request *r,
                      struct error *err)
{
    return err_set(err, E_ABSENT, "%s cannot do that: %s", h->config->name,
                   device_verb_name(r->verb));
}
