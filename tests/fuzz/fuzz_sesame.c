/* fuzz_sesame.c - any bytes as Sesame's answer: what is found is a place on the sky with texts fit for a terminal. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/vo/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Cleaned text stays as it is when it is cleaned again. */
static void clean(const char *s, size_t room)
{
    struct str out = {0};
    ensure(strlen(s) < room);
    utf8_clean(&out, s, strlen(s));
    ensure(strcmp(str_c(&out), s) == 0);
    str_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vo_object o;
    struct error err;
    if (vo_resolve_read((const char *)data, size, "m31", &o, &err) != OK) {
        ensure(*err.text);
        return 0;
    }
    ensure(o.ra_deg >= 0 && o.ra_deg <= 360 && fabs(o.dec_deg) <= 90);
    ensure(!isinf(o.pm_ra_masyr) && !isinf(o.parallax_mas) && !isinf(o.velocity_kms));
    clean(o.name, sizeof o.name);
    clean(o.kind, sizeof o.kind);
    clean(o.spectral, sizeof o.spectral);
    clean(o.resolver, sizeof o.resolver);
    return 0;
}
