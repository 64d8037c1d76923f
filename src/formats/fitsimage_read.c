/* fitsimage_read.c - an image out of a FITS file in memory. Written without cfitsio: the bytes come from anybody, and
 * cfitsio 4.2 believes what a file says of its own sizes. Source: FITS Standard 4.0, sections 4.4 and 5.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fitsimage_own.h"
#include "vigie/formats/fitsimage.h"

bool fits_is_plain(const struct fits_unit *u)
{
    const char *extension = fits_text(u, "XTENSION", 0);
    return fits_int(u, "NAXIS", 0, 0) >= 2 && (!extension || strcmp(extension, "IMAGE") == 0);
}

bool fits_is_tiles(const struct fits_unit *u)
{
    const char *is = fits_text(u, "ZIMAGE", 0), *extension = fits_text(u, "XTENSION", 0);
    return is && *is == 'T' && extension && strcmp(extension, "BINTABLE") == 0;
}

/* The first unit with an image, from the beginning of the file on. */
static enum status find(const uint8_t *bytes, size_t n, struct fits_unit *u, size_t *from,
                        struct error *err)
{
    enum { UNITS = 100 };
    if (n < FITS_BLOCK || memcmp(bytes, "SIMPLE  =", 9) != 0)
        return err_set(err, E_PARSE, "FITS: it does not begin as a FITS file does");
    *from = 0;
    for (int i = 0; i < UNITS && *from < n; i++) {
        enum status s = fits_unit_read(u, bytes, n, *from, err);
        if (s != OK)
            return s;
        if (fits_is_plain(u) || fits_is_tiles(u))
            return OK;
        size_t next = u->next;
        fits_unit_clear(u);
        if (next <= *from)
            break;
        *from = next;
    }
    return err_set(err, E_PARSE, "FITS: there is no image in it");
}

static uint64_t big_endian(const uint8_t *p, int n)
{
    uint64_t x = 0;
    for (int i = 0; i < n; i++)
        x = x << 8 | p[i];
    return x;
}

static double value_of(const uint8_t *p, int bitpix)
{
    uint64_t x = big_endian(p, abs(bitpix) / 8);
    uint32_t word = (uint32_t)x;
    float single;
    double real;
    switch (bitpix) {
    case 8: return (double)x;
    case 16: return (int16_t)x;
    case 32: return (int32_t)x;
    case 64: return (double)(int64_t)x;
    case -32: memcpy(&single, &word, sizeof single); return (double)single;
    default: memcpy(&real, &x, sizeof real); return real;
    }
}

static uint16_t cut_off(double x, uint64_t *cut)
{
    if (x >= -0.5 && x < 65535.5)
        return (uint16_t)lround(x < 0 ? 0 : x);
    ++*cut;
    return x > 0 ? 65535 : 0; /* a NAN is a pixel without a value: 0 */
}

static enum status take(const struct fits_unit *u, const uint8_t *bytes, size_t max_pixels,
                        struct fitsimage *image, struct error *err)
{
    int64_t bitpix = fits_int(u, "BITPIX", 0, 0), width = fits_int(u, "NAXIS", 1, 0);
    int64_t height = fits_int(u, "NAXIS", 2, 0);
    double scale = fits_real(u, "BSCALE", 0, 1), zero = fits_real(u, "BZERO", 0, 0);
    bool known = bitpix == 8 || bitpix == 16 || bitpix == 32 || bitpix == 64 || bitpix == -32 ||
                 bitpix == -64;
    if (!known || width < 1 || height < 1 || width > 1 << 20 || height > 1 << 20)
        return err_set(err, E_PARSE, "FITS: BITPIX %lld, %lld x %lld is no image",
                       (long long)bitpix, (long long)width, (long long)height);
    size_t pixels = (size_t)width * (size_t)height, step = (size_t)llabs(bitpix) / 8;
    if (pixels > max_pixels)
        return err_set(err, E_RANGE, "FITS: %lld x %lld is larger than the limit", (long long)width,
                       (long long)height);
    if (pixels * step > u->size)
        return err_set(err, E_PARSE, "FITS: cut off: %zu bytes of data, %zu are needed", u->size,
                       pixels * step);
    image->width = (int)width;
    image->height = (int)height;
    image->pixel = mem_alloc(pixels * sizeof *image->pixel);
    const uint8_t *p = bytes + u->at;
    for (size_t i = 0; i < pixels; i++, p += step)
        image->pixel[i] = cut_off(value_of(p, (int)bitpix) * scale + zero, &image->cut);
    const char *date = fits_text(u, "DATE-OBS", 0);
    snprintf(image->date, sizeof image->date, "%s", date ? date : "");
    image->exposure_s = fits_real(u, "EXPTIME", 0, (double)NAN);
    return OK;
}

enum status fitsimage_read(const uint8_t *bytes, size_t n, size_t max_pixels,
                           struct fitsimage *image, struct error *err)
{
    struct fits_unit u = {0};
    struct str plain = {0};
    size_t from;
    *image = (struct fitsimage){.exposure_s = (double)NAN};
    enum status s = find(bytes, n, &u, &from, err);
    if (s == OK && fits_is_tiles(&u)) {
        s = fits_unpack_tiles(&u, bytes, from, max_pixels * 8 + (1 << 20), &plain, err);
        fits_unit_clear(&u);
        bytes = (const uint8_t *)str_c(&plain);
        if (s == OK)
            s = fits_unit_read(&u, bytes, plain.n, 0, err);
    }
    if (s == OK)
        s = take(&u, bytes, max_pixels, image, err);
    fits_unit_clear(&u);
    str_clear(&plain);
    return s;
}

void fitsimage_free(struct fitsimage *image)
{
    free(image->pixel);
    image->pixel = NULL;
}

enum status fitsimage_unpack(const uint8_t *from, size_t n_from, size_t max, uint8_t **bytes,
                             size_t *n, struct error *err)
{
    struct fits_unit u = {0};
    struct str out = {0};
    size_t at;
    enum status s = find(from, n_from, &u, &at, err);
    if (s == OK && fits_is_tiles(&u))
        s = fits_unpack_tiles(&u, from, at, max, &out, err);
    else if (s == OK)
        str_addn(&out, from, n_from);
    fits_unit_clear(&u);
    if (s == OK) {
        *n = out.n;
        *bytes = (uint8_t *)str_take(&out);
    }
    str_clear(&out);
    return s;
}
