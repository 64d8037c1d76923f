/* simple.h - the simple protocols: what to ask of a cone search, of image and spectrum services, and
 * of a TAP service in one go; as URLs and POST bodies for ask.h.
 * Not: asking; asynchronous TAP jobs.
 */
#ifndef VIGIE_VO_SIMPLE_H
#define VIGIE_VO_SIMPLE_H

#include <stdint.h>

#include "vigie/base/str.h"

/* vo_cone - Simple Cone Search 1.03 (IVOA), section 2: position and radius in degrees, ICRS. verb: 1
 * .. 3, 0: the service's own. max_rows: sent as MAXREC, 0: not sent.
 *   test  tests/vo/check_ask.c */
void vo_cone(struct str *url, const char *base, double ra_deg, double dec_deg, double radius_deg,
             int verb, uint64_t max_rows);

/* vo_sia1 - Simple Image Access 1.0, section 4: POS and SIZE (the width of the field) in degrees.
 * vo_sia2 - version 2.0, section 2: POS=CIRCLE. vo_ssa - Simple Spectral Access 1.1, section 4.1:
 * SIZE is the diameter. format: NULL for all. */
void vo_sia1(struct str *url, const char *base, double ra_deg, double dec_deg, double size_deg,
             const char *format);
void vo_sia2(struct str *url, const char *base, double ra_deg, double dec_deg, double radius_deg,
             uint64_t max_rows);
void vo_ssa(struct str *url, const char *base, double ra_deg, double dec_deg, double diameter_deg,
            const char *format);

/* vo_datalink - the links of one identifier (DataLink 1.1, section 2.1). */
void vo_datalink(struct str *url, const char *base, const char *id);

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
