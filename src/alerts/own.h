/* own.h - what the decoders of this room share. Not: for other rooms. */
#ifndef VIGIE_SRC_ALERTS_OWN_H
#define VIGIE_SRC_ALERTS_OWN_H

#include "vigie/alerts/alert.h"
#include "vigie/base/str.h"
#include "vigie/formats/json.h"

/* alert_new - an alert that knows nothing yet. */
struct alert *alert_new(enum alert_format format);

/* alert_number - a plain decimal number: no sexagesimal, hexadecimal, nan, inf. NULL is none. */
bool alert_number(const char *text, double *x);

/* alert_value - the text of a JSON value: that of a string that is not "", "None"; digits of a
 * number; true, false; NULL for everything else. alert_json_number - a number or a text that is
 * one, else NAN. */
const char *alert_value(struct arena *a, const struct json *v);
double alert_json_number(const struct json *v);

/* alert_place - the contract's rule for position and error: degrees in; left unknown unless both are
 * in range; 0,0 with no error is no position; an error <= 0 or >= 180 is none. */
void alert_place(struct alert *a, double ra_deg, double dec_deg, double error_deg);

/* alert_instant - ISO 8601 text with or without Z or an offset such as +02:00. Not a number if it is
 * no date. scale: of the text; GPS is TAI - 19 s. */
enum alert_scale { SCALE_UTC, SCALE_TDB, SCALE_TT, SCALE_TAI, SCALE_GPS };
struct jd_utc alert_instant(const char *text, enum alert_scale scale);

/* alert_add_key - another key, once. Its parts are joined by '/', made lower case. alert_keys_end -
 * after the last: keys of tests and of utility packets are kept apart; the first becomes a->key. */
void alert_add_key(struct alert *a, const char *family, const char *id);
void alert_keys_end(struct alert *a);

/* alert_designation_key - a key from a name that is unique the world over (GRB 190829A, AT 2026aavn,
 * S230518h, IceCube-230416A ...); other names give none. */
void alert_designation_key(struct alert *a, const char *name);

/* alert_mock - whether a superevent's id is that of a mock or test event (MS..., TS...). */
bool alert_mock(const char *superevent);

/* alert_flatten - all members of a JSON object as parameters: objects inside give the group's path,
 * lists of plain values are joined by blanks, texts above 4 kB and values that say nothing are left
 * out. At most 2,000. Links are gathered as references, in document order. */
void alert_flatten(struct alert *a, const struct json *object);

/* alert_inline_map - areas and densest place of a sky map in base64 (NULL: none) as parameters of group
 * event.skymap: area50, area90 (deg2), peak_ra, peak_dec (deg). Nothing if it is none. */
void alert_inline_map(struct alert *a, const char *base64);

/* The decoders. Each takes a parsed document that is of its format. */
enum status decode_voevent(const void *bytes, size_t n, struct alert_batch *out, struct error *err);
enum status decode_colibri(const struct json *doc, struct alert_batch *out, struct error *err);
void decode_gcn(const struct json *doc, struct alert_batch *out);
void decode_igwn(const struct json *doc, struct alert_batch *out);

#endif
