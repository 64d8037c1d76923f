/* rows.h - the room's own: growing a catalogue row by row, and reading days from digits.
 * Not: any file's layout.
 */
#ifndef VIGIE_SRC_TRANSITS_ROWS_H
#define VIGIE_SRC_TRANSITS_ROWS_H

#include "vigie/base/str.h"
#include "vigie/transits/catalogue.h"

/* Names longer than this are refused, other texts cut. */
enum { ROW_TEXT = 100 };

/* struct catalogue_index - planets by the key of their name (name_key), open addressing. */
struct catalogue_index {
    size_t cap;   /* a power of two, or 0 */
    uint32_t *at; /* place in the table of planets, plus 1; 0 empty */
    uint32_t *hash;
};

/* row_blank - every field unknown, texts "". */
void row_blank(struct planet *p, enum planet_origin origin);

/* row_check - whether a row can be used: a name, a T0 that is a Julian date, a period, a duration
 * shorter than it, a direction. why: receives the sentence. */
bool row_check(const struct planet *p, char *why, size_t n);

/* catalogue_add - one more planet (copied; its texts must be in the catalogue's arena). A planet of
 * exactly the same name is replaced in its place; *replaced says so. False if CATALOGUE_MAX are
 * there. catalogue_refuse - count a row that is not used. */
bool catalogue_add(struct catalogue *c, const struct planet *p, bool *replaced);
void catalogue_refuse(struct catalogue *c, const char *name, const char *why);

/* days_read - a decimal number of days (an exponent is allowed) as whole days and fraction, each
 * from its own digits. False if n bytes are no such number or it is beyond 1e7. */
bool days_read(const char *s, size_t n, struct days *d);

/* priority_read - "alert" and so on; anything else is PRIORITY_NONE. */
enum priority priority_read(const char *text);

/* name_key - a name as it is compared: lower case, without blanks, hyphens, underscores. */
enum { NAME_KEY = 128 };
void name_key(const char *name, char key[NAME_KEY]);

#endif
