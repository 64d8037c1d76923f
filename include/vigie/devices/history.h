/* history.h - what devices said over the last hours, a value a minute, for graphs. In memory only.
 * Not: the night's archive (the night log, FITS headers).
 */
#ifndef VIGIE_DEVICES_HISTORY_H
#define VIGIE_DEVICES_HISTORY_H

#include <stddef.h>
#include <stdint.h>

struct rack;
struct history;

enum { HISTORY_MINUTES = 360 };

/* history_new, history_free. */
struct history *history_new(void);
void history_free(struct history *h);

/* history_put - a value of a device: the mean of its minute.
 *   device    id of the rack
 *   name      "humidity", unit: "%"; at most 23 bytes each, kept
 *   wall_ns   when; one older than the newest minute of that series is passed over
 *   value     NAN: passed over
 *   test      tests/devices/check_history.c */
void history_put(struct history *h, uint64_t device, const char *name, const char *unit,
                 int64_t wall_ns, double value);

/* history_sample - what all devices say of themselves now that is worth a graph: weather, temperatures of focuser and
 * camera, how far a tracking mount is from where it was sent. What is stale, or of a device that is not ready, is not
 * taken: it leaves a gap. */
void history_sample(struct history *h, const struct rack *r, int64_t wall_ns);

/* struct history_series - borrowed until the next call that puts. */
struct history_series {
    uint64_t device;
    const char *name, *unit;
    double now, least, most; /* now: of the newest minute; least, most: of all kept */
    int64_t newest_ns;       /* begin of the newest minute */
};
size_t history_n(const struct history *h);
struct history_series history_at(const struct history *h, size_t i);

/* history_value - the mean of the minute in which wall_ns lies; NAN: nothing was said. */
double history_value(const struct history *h, size_t i, int64_t wall_ns);

#endif
