/* print.h - pieces of the tables for people: width of the terminal, texts from outside, numbers.
 * Private to the commands. */
#ifndef VIGIE_SRC_CLI_PRINT_H
#define VIGIE_SRC_CLI_PRINT_H

#include <stddef.h>
#include <stdio.h>

/* print_columns - columns of the terminal behind `f`, `otherwise` if it is none. */
int print_columns(FILE *f, int otherwise);

/* print_clean - text from outside, fit for a terminal; "-" for NULL. print_cut - the same cut and
 * filled up to `columns`. */
void print_clean(FILE *out, const char *s);
void print_cut(FILE *out, const char *s, size_t columns);

/* print_number - a blank, then x right-aligned in `width`; "-" if it is not finite. */
void print_number(FILE *out, double x, int width, int decimals);

#endif
