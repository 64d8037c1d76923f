/* fitsmap.h - the table of a HEALPix map or a MOC in a FITS file, with what its header says of the
 * cells. Not: what the cells mean (alerts/skymap.h). Sources: the multi-order maps of LIGO/Virgo/KAGRA's
 * user guide, HEALPix's own FITS files, MOC 2.0 (IVOA Recommendation 2022, section 4).
 */
#ifndef VIGIE_FORMATS_FITSMAP_H
#define VIGIE_FORMATS_FITSMAP_H

#include "vigie/formats/table.h"

/* struct fitsmap - texts are "" and numbers -1 where the header says nothing.
 *   ordering  "NUNIQ", "NESTED", "RING", "RANGE"
 *   dimension of a MOC: "SPACE", "TIME", "FREQUENCY" ... ; frame: "C" or "ICRS", "G", "E"
 *   moc       it is one
 *   table     owned by doc */
struct fitsmap {
    char ordering[16], dimension[24], frame[16];
    bool moc;
    int64_t nside;
    const struct table *table;
    struct table_doc *doc;
};

/* fitsmap_read - from n bytes of a FITS file, also gzip'd.
 *   out   clear it always (fitsmap_clear)
 *   err   E_PARSE: no FITS file, no such table; E_RANGE: unpacked above 1 GiB
 *   test  tests/alerts/check_skymap.c */
enum status fitsmap_read(const void *bytes, size_t n, struct fitsmap *out,
                         struct error *err) MUST_CHECK;
void fitsmap_clear(struct fitsmap *m);

#endif
