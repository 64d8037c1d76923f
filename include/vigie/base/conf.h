/* conf.h - options: one table says each one's name, type, default, range, choices, unit and help; a
 * file and :set say values. Not: the table itself (session/options.c). The file: lines `name =
 * value`, `#` begins a comment at the start of a line or after a blank.
 */
#ifndef VIGIE_BASE_CONF_H
#define VIGIE_BASE_CONF_H

#include <stddef.h>

#include "vigie/base/err.h"

enum conf_type { CONF_TEXT, CONF_NUMBER, CONF_BOOL, CONF_CHOICE, CONF_SECRET };

/* struct conf_option - one row. A name that ends in ".*" stands for a family ("site.*"). A secret
 * is never printed. choices: separated by blanks, for CONF_CHOICE. min, max: for CONF_NUMBER (min <
 * max, else no range). */
struct conf_option {
    const char *name;
    enum conf_type type;
    const char *def; /* as text; "" is "not set" */
    double min, max;
    const char *choices;
    const char *unit;
    const char *help;
};

struct conf;

/* conf_new - options at their defaults. table: borrowed for the conf's life, ended by a row with a
 * NULL name. conf_free frees. */
struct conf *conf_new(const struct conf_option *table);
void conf_free(struct conf *c);

/* conf_load - read a file over what is there. A line that is wrong does not stop the others: each
 * one is told to `bad` (may be NULL) with its line number, and counted in *n_bad. err   E_ABSENT if
 * there is no such file (nothing changed) */
typedef void conf_bad_fn(void *arg, int line, const char *why);
enum status conf_load(struct conf *c, const char *path, conf_bad_fn *bad, void *arg, int *n_bad,
                      struct error *err) MUST_CHECK;

/* conf_set - one value, checked against its row: "transits.min-alt: 95 is not in 0 .. 90 deg". An
 * unknown name is answered with the nearest. */
enum status conf_set(struct conf *c, const char *name, const char *value,
                     struct error *err) MUST_CHECK;

/* conf_save_line - set `name = value` in the file: its line is replaced, or one is added; comments
 * and the rest stay; the file is replaced in one step with mode 0600. */
enum status conf_save_line(const char *path, const char *name, const char *value,
                           struct error *err) MUST_CHECK;

/* conf_text, conf_number, conf_bool - a value; an option that is not in the table is a bug
 * (ensure). conf_text is "" and conf_number NAN when not set. Borrowed until the next set.
 * conf_given: it was set, by file or :set. */
const char *conf_text(const struct conf *c, const char *name);
double conf_number(const struct conf *c, const char *name);
bool conf_bool(const struct conf *c, const char *name);
bool conf_given(const struct conf *c, const char *name);

/* conf_row - the row of a name, NULL if unknown. conf_each - every option of the table, then every
 * member of a family that is set, in order; value is "(set)" for a secret that is. */
const struct conf_option *conf_row(const struct conf *c, const char *name);
typedef void conf_each_fn(void *arg, const char *name, const char *value,
                          const struct conf_option *row, bool given);
void conf_each(const struct conf *c, conf_each_fn *fn, void *arg);

#endif
