/* export.h - a list of transits as a file: CSV, JSON, iCalendar. Not: the table for people.
 * iCalendar: RFC 5545. CSV: RFC 4180.
 */
#ifndef VIGIE_TRANSITS_EXPORT_H
#define VIGIE_TRANSITS_EXPORT_H

#include "vigie/base/str.h"
#include "vigie/transits/list.h"

enum export_format { EXPORT_CSV, EXPORT_JSON, EXPORT_ICS };

/* export_format_of - from the ending of a file's name: .csv, .json, .ics. False for any other. */
bool export_format_of(const char *path, enum export_format *format);

/* export_list - the whole list, added to `out`.
 *   EXPORT_CSV   a header line, then a row an event, LF; columns, with the unit in the name:
 *     planet, star, epoch, mid_bjd_tdb, ingress_utc, mid_utc, egress_utc, observe_from_utc,
 *     observe_to_utc (first and last instant that can be observed, baselines included), class,
 *     transit_fraction, window_fraction, score, sigma_mid_min, duration_h, depth_mmag, mag_v, mag_r,
 *     min_aperture_mm, priority, oc_min, ra_deg, dec_deg, alt_ingress_deg, alt_mid_deg,
 *     alt_egress_deg, airmass_mid, moon_sep_deg, moon_illum, flip_utc, note. Unknown is empty.
 *   EXPORT_JSON  an array of the records of `vigie transits --json`, one a line
 *   EXPORT_ICS   a calendar with one event a transit, from observe_from to observe_to (ingress to
 *     egress if nothing can be observed), whole seconds UTC, CRLF, lines folded at 75 octets. UID is
 *     made of the planet and the epoch: a second import of the same transit replaces the first.
 *   now   when the file is made (DTSTAMP)
 *   test  tests/transits/check_export.c */
void export_list(const struct transit_list *list, enum export_format format, struct jd_utc now,
                 struct str *out);

#endif
