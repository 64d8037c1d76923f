/* fuzz_imagebytes.c - images of an Alpaca camera, binary and JSON. Every pixel is looked at. */
#include <stdint.h>
#include <stdlib.h>

#include "../../src/devices/alpaca_own.h"
#include "vigie/devices/frame.h"
#include "vigie/formats/fitsimage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct alpaca_image image;
    struct frame_check c;
    enum status s = size && data[0] == '{'
                        ? alpaca_image_json((const char *)data, size, 10000, &image, NULL)
                        : alpaca_image_bytes(data, size, 10000, &image, NULL);
    if (s == OK && image.pixel)
        frame_check(image.pixel, image.width, image.height, 0, &c);
    struct fitsimage file = {0};
    if (s == OK && image.fits)
        ensure(fitsimage_read(image.fits, image.n_fits, 10000, &file, NULL) == OK);
    fitsimage_free(&file);
    alpaca_image_clear(&image);
    return 0;
}
