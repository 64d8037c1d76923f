/* fuzz_sexa.c - any bytes as an angle or a pair; what is understood lies in range, and written and
 * read again it is the same. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "vigie/formats/sexa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(double deg, enum sexa_kind kind)
{
    char text[SEXA_TEXT];
    double back;
    ensure(kind == SEXA_RA ? deg >= 0 && deg < 360 : fabs(deg) <= 90);
    sexa_format(deg, kind, SEXA_MAX_DECIMALS, ' ', text);
    ensure(sexa_parse(text, strlen(text), kind, &back, NULL) == OK);
    ensure(fabs(remainder(back - deg, 360)) < 1e-8); /* 1e-6 s of time is 4.2e-9 degrees */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    const char *s = (const char *)data;
    double ra, dec;
    if (sexa_parse(s, size, SEXA_RA, &ra, &err) == OK)
        again(ra, SEXA_RA);
    else
        ensure(err.text[0]);
    if (sexa_parse(s, size, SEXA_DEC, &dec, NULL) == OK)
        again(dec, SEXA_DEC);
    if (sexa_parse_pair(s, size, &ra, &dec, &err) == OK) {
        again(ra, SEXA_RA);
        again(dec, SEXA_DEC);
    }
    return 0;
}
