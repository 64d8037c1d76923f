/* simple.h - queries in ADQL: their texts, numbers and names, and a TAP request in one go as URL and form
 * for ask.h. Not: asking; jobs (job.h); the other protocols (proto.h).
 */
#ifndef VIGIE_VO_SIMPLE_H
#define VIGIE_VO_SIMPLE_H

#include <stdint.h>

#include "vigie/base/str.h"

/* vo_tap_sync - TAP 1.1, section 2: the URL and the form of a POST. Both spellings of the format are
 * sent (FORMAT for servers of 1.0). max_rows: MAXREC, 0: the server's own. */
void vo_tap_sync(struct str *url, struct str *form, const char *base, const char *adql,
                 uint64_t max_rows);

/* vo_adql_text - a text in single quotes, doubled inside. vo_adql_number - a number, as ADQL has it.
 * vo_adql_name - a column's or table's name: in double quotes if it is no plain word or a reserved
 * one. Source: ADQL 2.1 (IVOA), section 2.1. */
void vo_adql_text(struct str *out, const char *s);
void vo_adql_number(struct str *out, double x);
void vo_adql_name(struct str *out, const char *name);

#endif
