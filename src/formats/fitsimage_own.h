/* fitsimage_own.h - what the files of fitsimage.h share. Not: for others. */
#ifndef VIGIE_SRC_FORMATS_FITSIMAGE_OWN_H
#define VIGIE_SRC_FORMATS_FITSIMAGE_OWN_H

#include "fitshead.h"
#include "vigie/base/str.h"

enum { FITS_BLOCK = 2880, FITS_CARD = 80 };

/* fits_is_plain, fits_is_tiles - whether a unit holds an image: as it is, or compressed by tiles. */
bool fits_is_plain(const struct fits_unit *u);
bool fits_is_tiles(const struct fits_unit *u);

/* fits_fill - bytes up to the next block. */
void fits_fill(struct str *out, char with);

/* fits_unpack_tiles - the unit whose header begins at `from` as a plain file. */
enum status fits_unpack_tiles(const struct fits_unit *u, const uint8_t *bytes, size_t from,
                              size_t max, struct str *out, struct error *err);

#endif
