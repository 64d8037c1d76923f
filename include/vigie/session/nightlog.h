/* nightlog.h - the night log: one text line an event, in a file named by the evening of the night,
 * and the last lines in memory. Not: base/log.h, which feeds it.
 * A line: UTC to the millisecond, room, level, subject, message, divided by tabs.
 */
#ifndef VIGIE_SESSION_NIGHTLOG_H
#define VIGIE_SESSION_NIGHTLOG_H

#include <stdint.h>

#include "vigie/base/clock.h"
#include "vigie/base/log.h"
#include "vigie/base/str.h"

/* struct log_line - one entry in memory. Texts are free of control characters. */
struct log_line {
    uint64_t id; /* counts from 1 */
    int64_t wall_ns;
    enum log_level level;
    char *room, *subject, *message;
};

/* nightlog_new - folder: where the files are made; NULL: in memory only. clock: borrowed.
 * nightlog_free. nightlog_lon - the site's longitude, which says when a night begins (until then
 * 0: noon UTC). */
struct nightlog *nightlog_new(const char *folder, const struct clock *clock);
void nightlog_free(struct nightlog *n);
void nightlog_lon(struct nightlog *n, double lon_rad);

/* nightlog_put - add an entry (a log_sink_fn: log_to(nightlog_put, n)). A file that cannot be
 * written is told once, as a line in memory; the next line tries again. */
void nightlog_put(void *n, enum log_level level, const char *room, const char *subject,
                  const char *message);

/* nightlog_told - fn is called behind each entry. */
typedef void nightlog_fn(void *arg, uint64_t id);
void nightlog_told(struct nightlog *n, nightlog_fn *fn, void *arg);

/* nightlog_n, nightlog_at - the lines in memory, 0 the oldest; nightlog_total counts all of this
 * run. nightlog_file - path of the file of this night, "" when in memory only. nightlog_bytes - its
 * size as written. nightlog_failing - it cannot be written now. */
size_t nightlog_n(const struct nightlog *n);
const struct log_line *nightlog_at(const struct nightlog *n, size_t i);
uint64_t nightlog_total(const struct nightlog *n);
const char *nightlog_file(const struct nightlog *n);
uint64_t nightlog_bytes(const struct nightlog *n);
bool nightlog_failing(const struct nightlog *n);

/* nightlog_csv - the lines in memory as CSV (RFC 4180, header line). */
void nightlog_csv(const struct nightlog *n, struct str *out);

/* night_evening - the date "2026-11-23" of the evening on which the night of this instant began: a
 * night runs from local mean noon to noon (wall time + longitude / 15 h).
 *   wall_ns  ns since 1970-01-01 UTC;  lon_rad  east positive
 *   test     tests/session/check_core.c */
void night_evening(int64_t wall_ns, double lon_rad, char date[11]);

/* night_noon_ns - the local mean noon, wall ns, at which that night began. */
int64_t night_noon_ns(int64_t wall_ns, double lon_rad);

#endif
