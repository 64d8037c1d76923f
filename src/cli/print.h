/* print.h - pieces of the tables for people: width of the terminal, texts from outside, numbers.
 * Private to the commands. */
#ifndef VIGIE_SRC_CLI_PRINT_H
#define VIGIE_SRC_CLI_PRINT_H

#include <stddef.h>
#include <stdio.h>

#include "vigie/formats/json.h"
#include "vigie/sky/event.h"

/* print_columns - columns of the terminal behind `f`, `otherwise` if it is none. */
int print_columns(FILE *f, int otherwise);

/* print_clean - text from outside, fit for a terminal; "-" for NULL. print_cut - the same cut and
 * filled up to `columns`. */
void print_clean(FILE *out, const char *s);
void print_cut(FILE *out, const char *s, size_t columns);

/* print_number - a blank, then x right-aligned in `width`; "-" if it is not finite. */
void print_number(FILE *out, double x, int width, int decimals);

/* print_hh_mm - "23:32" of an instant, rounded to the minute as clocks for people are; returns out. */
const char *print_hh_mm(struct jd_utc utc, char out[UTC_TEXT]);

/* print_crossings - the record of a body's crossings of an altitude under `key`: {events:[{kind,
 * utc}], always}. The object stays open. */
void print_crossings(struct json_writer *w, const char *key, const struct crossings *x);

#endif
