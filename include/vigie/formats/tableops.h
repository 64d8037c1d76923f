/* tableops.h - a table sorted, filtered, chosen from, counted, matched by position. The table itself
 * does not change: an order or a choice is a list of row numbers. Where the thread's work is asked to stop
 * (stop.h), all of these end soon, with any part of their result. Not: the table (table.h).
 */
#ifndef VIGIE_FORMATS_TABLEOPS_H
#define VIGIE_FORMATS_TABLEOPS_H

#include "vigie/formats/table.h"

/* struct table_rows - rows of a table, in an order. table_rows_all - all of them, as they came; what
 * `rows` held is freed. table_rows_clear frees. */
struct table_rows {
    uint32_t *row;
    size_t n;
};
void table_rows_all(const struct table *t, struct table_rows *rows);
void table_rows_clear(struct table_rows *rows);

/* table_sort - order `rows` by a column: numbers by value, texts by their code points, arrays by their
 * first element; equal ones keep their order; NaN and then null come last, also when descending.
 *   test  tests/formats/check_tableops.c */
void table_sort(const struct table *t, size_t column, bool descending, struct table_rows *rows);

/* ---- filters ---- */

/* An expression over the columns: `mag < 15 and dec > 0`. Columns by name, in double quotes if the
 * name is no word; texts in single quotes; numbers; + - * / % ^; = == != <> < <= > >=; and or not;
 * is null, is not null; between a and b; in (a, b); like with % and _, ilike, ~ (holds, without
 * regard to case); abs sqrt exp ln log10 floor ceil round sin cos tan radians degrees lower upper
 * length, distance(lon1, lat1, lon2, lat2) in degrees. With a null every comparison is unknown, and
 * an unknown row is left out. Whole numbers are compared exactly. */
struct table_filter;

/* table_filter_new - t: borrowed for the life of the filter, may grow. err: E_PARSE "at 'foo': no
 * column of this name; did you mean food?". table_filter_free takes NULL.
 *   test  tests/formats/check_tableops.c */
enum status table_filter_new(const struct table *t, const char *expression,
                             struct table_filter **filter, struct error *err) MUST_CHECK;
void table_filter_free(struct table_filter *f);

/* table_filter_row - whether the row is in. table_filter_apply - leave out of `rows` those that are
 * not. */
bool table_filter_row(const struct table_filter *f, size_t row);
void table_filter_apply(const struct table_filter *f, struct table_rows *rows);

/* ---- choice, statistics ---- */

/* table_choose - a new table (owned by the caller) of some columns (NULL: all) and rows (NULL: all),
 * with their metadata. */
struct table *table_choose(const struct table *t, const size_t *column, size_t n_columns,
                           const struct table_rows *rows);

/* struct table_stat - of the numbers of a column that are neither null nor NaN: n of them; nulls: the
 * others; sd: with n - 1. All NAN if n is 0 (sd if n < 2). */
struct table_stat {
    size_t n, nulls;
    double min, max, sum, mean, sd, median;
};
struct table_stat table_statistics(const struct table *t, size_t column,
                                   const struct table_rows *rows);

/* ---- match by position ---- */

/* struct table_pair - row a of one table, row b of the other, separation in radians. */
struct table_pair {
    uint32_t a, b;
    double sep_rad;
};

/* struct table_place - where the positions of a table are: columns of degrees. */
struct table_place {
    const struct table *t;
    size_t lon_column, lat_column;
};

/* table_place_of - the columns of the position of a table: those of UCD pos.eq.ra and pos.eq.dec, else
 * those named ra and dec (also raj2000, _ra, ra_icrs ...). false if there are none. */
bool table_place_of(const struct table *t, struct table_place *place);

/* table_match - pairs closer than radius_rad (0 .. pi/2). best: for each row of a only the closest of
 * b. pairs: owned by the caller (free), ordered by a, then by separation. At most `max` pairs, more is
 * E_RANGE.
 *   err     also E_CANCELLED: asked to stop
 *   source  zones of declination: Gray, Nieto-Santisteban, Szalay 2006, MSR-TR-2006-52
 *   test    tests/formats/check_tableops.c */
enum status table_match(const struct table_place *a, const struct table_place *b, double radius_rad,
                        bool best, size_t max, struct table_pair **pairs, size_t *n,
                        struct error *err) MUST_CHECK;

/* table_join - a new table of the pairs: the columns of a, those of b (a name that both have gets _2),
 * and `separation` in arcseconds. */
struct table *table_join(const struct table *a, const struct table *b,
                         const struct table_pair *pairs, size_t n);

#endif
