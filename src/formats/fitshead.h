/* fitshead.h - the headers of a FITS file in memory: keywords and their values, where the data lie.
 * Source: FITS Standard 4.0, sections 3 and 4. Not: the data. Nothing outside the bytes given is
 * read, whatever the header says.
 */
#ifndef VIGIE_SRC_FORMATS_FITSHEAD_H
#define VIGIE_SRC_FORMATS_FITSHEAD_H

#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"

/* struct fits_card - a keyword with its value: of a text what stands between the quotes, without
 * blanks at its end, characters that are not ASCII as U+FFFD. Long texts (CONTINUE) are whole. */
struct fits_card {
    const char *key, *value;
    size_t place; /* in the header: of a keyword that comes twice the first counts */
};

/* struct fits_unit - a header and its data. at: where the data begin; size: as the header says, held
 * within the file; next: where the next header begins (the size of the file: there is none). */
struct fits_unit {
    struct fits_card *card;
    size_t n, at, size, next;
    struct arena arena;
};

/* fits_unit_read - the header at `from`. err: E_PARSE: no header, or it has no end. fits_unit_clear
 * frees. */
enum status fits_unit_read(struct fits_unit *u, const unsigned char *bytes, size_t size,
                           size_t from, struct error *err) MUST_CHECK;
void fits_unit_clear(struct fits_unit *u);

/* fits_text - the value of a keyword (number > 0: with it behind, TTYPE3), NULL if there is none.
 * fits_int, fits_real - as a number, `def` if there is none or it is no number. */
const char *fits_text(const struct fits_unit *u, const char *key, int number);
int64_t fits_int(const struct fits_unit *u, const char *key, int number, int64_t def);
double fits_real(const struct fits_unit *u, const char *key, int number, double def);

#endif
