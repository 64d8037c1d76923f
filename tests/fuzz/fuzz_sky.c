/* fuzz_sky.c - any bytes as a time, a Julian date, a site, a horizon mask. A time that is
 * understood is the same after it is written and read again; a mask lies between its extremes. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/sky/scale.h"
#include "vigie/sky/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void time_text(const char *s)
{
    char text[UTC_TEXT];
    struct jd_utc utc, back;
    if (utc_parse(s, NULL, &utc, NULL) != OK)
        return;
    utc_format(utc, 9, text);
    if (text[4] != '-') /* rounded up into the year 10000 */
        return;
    ensure(utc_parse(text, NULL, &back, NULL) == OK);
    ensure(fabs((back.d1 - utc.d1) + (back.d2 - utc.d2)) < 1e-13);
}

static void mask(const char *s, size_t n)
{
    struct horizon *h;
    if (horizon_parse(s, n, &h, NULL) != OK)
        return;
    for (double az = -7; az < 14; az += 0.1) {
        double alt = horizon_alt(h, az);
        ensure(alt >= horizon_lowest(h) - 1e-12 && alt <= horizon_highest(h) + 1e-12);
    }
    horizon_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *s = mem_strn((const char *)data, size);
    struct site site;
    double a, b;
    time_text(s);
    (void)jd_parse((const char *)data, size, &a, &b);
    if (site_parse(&site, s, NULL) == OK)
        site_clear(&site);
    mask((const char *)data, size);
    free(s);
    return 0;
}
