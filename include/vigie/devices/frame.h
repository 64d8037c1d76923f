/* frame.h - a look at an image: how bright, how deep, how sharp. A pure function of its pixels, fit for loop_work.
 * Not: reading files (formats/fitsimage.h), plate solving, photometry.
 */
#ifndef VIGIE_DEVICES_FRAME_H
#define VIGIE_DEVICES_FRAME_H

#include <stdint.h>

enum { FRAME_STARS = 20 };

/* struct frame_star - a star that was measured: centre in pixels (0, 0 is the centre of the first one), sum above its own
 * background, half flux diameter in pixels. */
struct frame_star {
    double x, y, flux, hfd_px;
};

/* struct frame_check
 *   min, median, max   of all pixels
 *   background, noise  median and standard deviation of the pixels that are left when those more than 3 deviations away
 *                      have been taken out again and again: the sky and its noise, without stars
 *   n_saturated        pixels at or above the saturation level
 *   n_found            stars found: a pixel 5 deviations above the background, the brightest of its neighbours, of which
 *                      half stand out too (a hot pixel stands alone)
 *   star, n_star       the brightest that are not saturated and lie wholly in the image, brightest first
 *   hfd_px             median of their half flux diameters; NAN: none. HFD: the diameter of the circle around the centre
 *                      of light that holds half of the light (Weber & Brady 2001, "Fast auto-focus method and software
 *                      for CCD-based telescopes", Minor Planet Amateur/Professional Workshop, p. 104); of a Gaussian it
 *                      is its FWHM, 2 sqrt(2 ln 2) sigma. Light: within 3 of these diameters (12 to 60 pixels), above the
 *                      median of the ring around it */
struct frame_check {
    int min, max;
    double median, background, noise, hfd_px;
    uint64_t n_saturated;
    int n_found, n_star;
    struct frame_star star[FRAME_STARS];
};

/* frame_check - look at an image.
 *   pixel       [height][width]
 *   saturation  the level from which a pixel counts as saturated; <= 0: 65535
 *   test        tests/devices/check_frame.c: Gaussians of known width, hot pixels, saturation, gradients, nothing at all */
void frame_check(const uint16_t *pixel, int width, int height, int saturation,
                 struct frame_check *c);

#endif
