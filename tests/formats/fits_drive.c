/* fits_drive.c - what tests/peers/fits.sh has astropy look at: an image written here, one of astropy's completed here, and
 * astropy's compressed ones made plain here.
 *   fits_drive write OUT.fits | complete IN.fits OUT.fits | unpack IN.fits OUT.fits
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/formats/fitsimage.h"

enum { W = 300, H = 200 };

static int fail(const char *what)
{
    fprintf(stderr, "fits_drive: %s\n", what);
    return 1;
}

static struct fitsimage_about about(void)
{
    static const double deg = 3.14159265358979323846 / 180;
    struct fitsimage_about a;
    fitsimage_unknown(&a);
    a.begin_ns = 1795765242935400000; /* 2026-11-27T07:40:42.9354 */
    a.exposure_s = 120.5;
    a.ra_rad = 10.6847 * deg;
    a.dec_rad = 41.2687 * deg;
    a.rotation_rad = 30 * deg;
    a.alt_rad = 62.5 * deg;
    a.az_rad = 271.25 * deg;
    a.airmass = 1.1268;
    a.lat_rad = -23.5 * deg;
    a.lon_rad = -70.4 * deg;
    a.height_m = 2400;
    a.pixel_um = 3.76;
    a.focal_mm = 530;
    a.aperture_mm = 106;
    a.temp_degc = -10;
    a.set_degc = -10;
    a.gain = 100;
    a.offset = 50;
    a.bin = 1;
    a.x0 = a.y0 = 0;
    a.kind = "Light Frame";
    a.instrument = "ASI2600";
    a.telescope = "FSQ-106";
    a.object = "M 31's core";
    a.filter = "Ha";
    a.observer = "me";
    a.site = "Paranal";
    a.program = "vigie";
    return a;
}

int main(int argc, char **argv)
{
    struct fitsimage_about a = about();
    struct error err = {.text = ""};
    struct str in = {0};
    uint8_t *out = NULL;
    size_t n = 0;
    enum status s = E_ABSENT;
    if (argc == 3 && strcmp(argv[1], "write") == 0) {
        static uint16_t pixel[W * H];
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++)
                pixel[y * W + x] = (uint16_t)(x * 217 + y * 31);
        s = fitsimage_write(&a, pixel, W, H, &out, &n, &err);
    } else if (argc == 4 && file_read(argv[2], 100 << 20, &in, &err) == OK) {
        const uint8_t *bytes = (const uint8_t *)str_c(&in);
        s = strcmp(argv[1], "complete") == 0
                ? fitsimage_complete(&a, bytes, in.n, &out, &n, &err)
                : fitsimage_unpack(bytes, in.n, 100 << 20, &out, &n, &err);
    }
    if (s == OK)
        s = file_replace(argv[argc - 1], out, n, 0644, &err);
    free(out);
    str_clear(&in);
    return s == OK ? 0 : fail(err.text);
}
