/* record.h - a transit as the JSON record of `vigie transits --json` (keys: commandline design; they
 * are stable, more may be added). Not: tables for people, files to export.
 */
#ifndef VIGIE_TRANSITS_RECORD_H
#define VIGIE_TRANSITS_RECORD_H

#include "vigie/formats/json.h"
#include "vigie/sky/almanac.h"
#include "vigie/transits/event.h"

/* transit_json - write the record of an event as one object. Angles in degrees, times ISO 8601 UTC
 * with milliseconds, unknown null.
 *   w      a writer where a value may stand
 *   a      the almanac of the list that the event is of
 *   test   tests/transits/check_oracle.c, tests/cli/check_transits.c */
void transit_json(struct json_writer *w, const struct almanac *a, const struct transit_event *e);

/* transit_json_keys - the same without the braces, into an object that is open: for a record with
 * more in it. */
void transit_json_keys(struct json_writer *w, const struct almanac *a,
                       const struct transit_event *e);

#endif
