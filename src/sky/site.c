/* site.c - see site.h. */
#include "vigie/sky/site.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <erfa.h>
#include <erfam.h>

#include "vigie/base/str.h"

enum status site_set(struct site *s, const char *name, double lat_deg, double lon_deg,
                     double height_m, struct error *err)
{
    if (!(fabs(lat_deg) <= 90))
        return err_set(err, E_RANGE, "the latitude %g is not in -90 .. 90 degrees", lat_deg);
    if (!(fabs(lon_deg) <= 360))
        return err_set(err, E_RANGE, "the longitude %g is not in -360 .. 360 degrees", lon_deg);
    if (!(height_m >= -1000 && height_m <= 20000))
        return err_set(err, E_RANGE, "the height %g is not in -1000 .. 20000 m", height_m);
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "%s", name ? name : "");
    s->lat_rad = lat_deg * ERFA_DD2R;
    s->lon_rad = (fabs(lon_deg) <= 180 ? lon_deg : remainder(lon_deg, 360)) * ERFA_DD2R;
    s->height_m = height_m;
    return OK;
}

enum status site_parse(struct site *s, const char *text, struct error *err)
{
    char copy[160], *part[3], *at = copy;
    double x[3];
    snprintf(copy, sizeof copy, "%s", text);
    for (int i = 0; i < 3; i++) {
        part[i] = at;
        at = at ? strchr(at, ',') : NULL;
        if (at)
            *at++ = '\0';
    }
    if (strlen(text) >= sizeof copy || at || !part[2] || !str_num(part[0], &x[0]) ||
        !str_num(part[1], &x[1]) || !str_num(part[2], &x[2]))
        return err_set(err, E_PARSE,
                       "\"%.60s\" is no site: write LAT,LON,HEIGHT in degrees north, degrees east, "
                       "metres (43.93,5.71,650)",
                       text);
    return site_set(s, text, x[0], x[1], x[2], err);
}

void site_clear(struct site *s)
{
    horizon_free(s->horizon);
    memset(s, 0, sizeof *s);
}

void site_geocentric(const struct site *s, double xyz_m[3])
{
    (void)eraGd2gc(ERFA_WGS84, s->lon_rad, s->lat_rad, s->height_m, xyz_m);
}
