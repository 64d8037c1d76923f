/* fuzz_fitsimage.c - FITS images from anybody, plain and compressed: read, looked at, made plain, completed; what was
 * completed can be read like what it was made of.
 */
#include <stdint.h>
#include <stdlib.h>

#include "vigie/formats/fitsimage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { PIXELS = 1 << 16 };
    struct fitsimage image, again;
    struct fitsimage_about about;
    uint8_t *bytes = NULL;
    size_t n;
    uint64_t sum = 0;
    enum status s = fitsimage_read(data, size, PIXELS, &image, NULL);
    for (int i = 0; s == OK && i < image.width * image.height; i++)
        sum += image.pixel[i];
    if (sum == UINT64_MAX) /* every pixel was read */
        abort();
    if (fitsimage_unpack(data, size, PIXELS * 4, &bytes, &n, NULL) == OK)
        free(bytes);
    fitsimage_unknown(&about);
    about.object = "x";
    about.ra_rad = about.dec_rad = 0.5;
    about.focal_mm = 500;
    about.pixel_um = 4;
    if (fitsimage_complete(&about, data, size, &bytes, &n, NULL) == OK) {
        if (s == OK && (fitsimage_read(bytes, n, PIXELS, &again, NULL) != OK ||
                        again.width != image.width || again.height != image.height))
            abort();
        if (s == OK)
            fitsimage_free(&again);
        free(bytes);
    }
    fitsimage_free(&image);
    return 0;
}
