/* fitsimage.h - images of a camera as FITS files: written with a full header, completed where others wrote them, read
 * again for a look at them. Source: FITS Standard 4.0; names of keywords as MaxIm DL, INDI and N.I.N.A. use them.
 * Not: tables (tableio.h); what is in an image (devices/frame.h).
 */
#ifndef VIGIE_FORMATS_FITSIMAGE_H
#define VIGIE_FORMATS_FITSIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"

/* struct fitsimage_about - what the header is to say. Unknown numbers are NAN, unknown texts NULL or "", unknown counts
 * and times -1: no card is written for them.
 *   begin_ns      wall clock, shutter open: DATE-OBS to the millisecond; exposure_s: EXPTIME
 *   ra_rad, dec_rad  ICRS, where it pointed: RA DEC (degrees) OBJCTRA OBJCTDEC and, with focal_mm and pixel_um, a guess
 *                 of the world coordinates (TAN; the middle of the chip is where it pointed). rotation_rad: position
 *                 angle of the image's up, east of north; NAN: 0. Up is towards the first row of a camera's image
 *                 (ROWORDER TOP-DOWN), towards the last row of a file that does not say so
 *   alt_rad az_rad airmass, lat_rad lon_rad (east positive) height_m
 *   kind          IMAGETYP: "Light Frame"
 *   bin           XBINNING YBINNING; x0, y0: of the frame on the chip, chip_w, chip_h: the chip, unbinned pixels
 *   pixel_um      of one unbinned pixel */
struct fitsimage_about {
    int64_t begin_ns;
    double exposure_s, ra_rad, dec_rad, rotation_rad, alt_rad, az_rad, airmass;
    double lat_rad, lon_rad, height_m;
    double pixel_um, focal_mm, aperture_mm, temp_degc, set_degc, gain, offset;
    int bin, x0, y0, chip_w, chip_h;
    const char *kind, *instrument, *telescope, *object, *filter, *observer, *site, *program;
};
/* fitsimage_unknown - nothing is known. */
void fitsimage_unknown(struct fitsimage_about *a);

/* fitsimage_write - a file in memory: 16 bits, BZERO 32768.
 *   pixel    [height][width], the first row first, as the camera gave it
 *   bytes    the file, owned by the caller (free)
 *   err      E_RANGE: no size of an image; E_BUG with cfitsio's word
 *   test     tests/formats/check_fitsimage.c, tests/peers/fits.sh (astropy) */
enum status fitsimage_write(const struct fitsimage_about *a, const uint16_t *pixel, int width,
                            int height, uint8_t **bytes, size_t *n, struct error *err) MUST_CHECK;

/* fitsimage_complete - the cards that a file in memory lacks; what its maker wrote stays as it is, also its data, byte by
 * byte. bytes as above.
 *   err      E_PARSE: it is no FITS image */
enum status fitsimage_complete(const struct fitsimage_about *a, const uint8_t *from, size_t n_from,
                               uint8_t **bytes, size_t *n, struct error *err) MUST_CHECK;

/* fitsimage_unpack - an image that fpack or a driver has compressed (Rice or gzip by tiles) as a plain FITS file with its
 * cards; a file that is plain already is copied.
 *   err      E_PARSE: broken; E_RANGE: larger than max bytes; E_ABSENT: another compression */
enum status fitsimage_unpack(const uint8_t *from, size_t n_from, size_t max, uint8_t **bytes,
                             size_t *n, struct error *err) MUST_CHECK;

/* struct fitsimage - an image read: values as 16 bit numbers, what lies outside is cut (cut: how many). exposure_s NAN,
 * date "" if it does not say. fitsimage_free frees pixel. */
struct fitsimage {
    int width, height;
    uint16_t *pixel;
    uint64_t cut;
    double exposure_s;
    char date[32];
};
/* fitsimage_read - the first image of a file (its first plane), plain or compressed; whatever the file says of itself,
 * nothing outside its bytes is read.
 *   max_pixels  E_RANGE beyond it
 *   test     tests/formats/check_fitsimage.c, tests/fuzz/fuzz_fitsimage.c */
enum status fitsimage_read(const uint8_t *bytes, size_t n, size_t max_pixels,
                           struct fitsimage *image, struct error *err) MUST_CHECK;
void fitsimage_free(struct fitsimage *image);

/* fitsimage_name - OBJECT_FILTER_UTC_n.fits with the letters that every file system takes; absent parts fall away.
 * n from 1. */
enum { FITSIMAGE_NAME = 160 };
const char *fitsimage_name(const struct fitsimage_about *a, int n, char out[FITSIMAGE_NAME]);

/* fitsimage_save - write bytes beside, then give the file its name: whole or not at all, and never over another: the
 * first free number is taken.
 *   folder   made if missing
 *   keep     bytes that must stay free on the disk: E_RANGE with the sentence otherwise, nothing is written
 *   path     of the file, owned by the caller
 * fitsimage_room - bytes free for a folder (the nearest that exists); -1 unknown. */
enum status fitsimage_save(const struct fitsimage_about *a, const char *folder, const void *bytes,
                           size_t n, uint64_t keep, char **path, struct error *err) MUST_CHECK;
int64_t fitsimage_room(const char *folder);

#endif
