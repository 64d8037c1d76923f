/* alarm.h - alarms: raised, repeated until acknowledged, acknowledged, ended; each step is logged.
 * Not: the rules that raise them; not how they sound (the viewer rings).
 */
#ifndef VIGIE_SESSION_ALARM_H
#define VIGIE_SESSION_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"

struct session;

enum alarm_level { ALARM_NOTICE, ALARM_WARNING, ALARM_ALARM };

/* struct alarm - one. Texts are clean. mono times are ms of the loop. */
struct alarm {
    uint64_t id; /* counts from 1 */
    enum alarm_level level;
    char *room, *subject, *text;
    int64_t raised_ns; /* wall */
    int repeats;
    bool acknowledged, ended;
    int64_t next_ms; /* of the next repeat; < 0: none */
};

/* alarms_raise - raise one. One of the same room and subject that still stands is not raised again:
 * its text is renewed, its level can only rise (then it rings again).
 *   returns  its id
 * alarms_ack - acknowledge: it rings no more but stands. alarms_snooze - rings again after
 * `minutes`. alarms_end - it is over and leaves the list of those that stand. Each E_ABSENT for an
 * id that is no alarm; alarms_end of an ended one does nothing.
 *   test  tests/session/check_core.c */
uint64_t alarms_raise(struct session *s, enum alarm_level level, const char *room,
                      const char *subject, const char *fmt, ...) PRINTF(5, 6);
enum status alarms_ack(struct session *s, uint64_t id, struct error *err) MUST_CHECK;
enum status alarms_snooze(struct session *s, uint64_t id, double minutes,
                          struct error *err) MUST_CHECK;
enum status alarms_end(struct session *s, uint64_t id, struct error *err) MUST_CHECK;

/* alarms_n, alarms_at - all kept (the last 200), 0 the oldest. alarms_find - by id, NULL if gone.
 * alarms_open - how many stand and are not acknowledged, and the highest level among them. */
size_t alarms_n(const struct session *s);
const struct alarm *alarms_at(const struct session *s, size_t i);
const struct alarm *alarms_find(const struct session *s, uint64_t id);
size_t alarms_open(const struct session *s, enum alarm_level *highest);

/* alarm_level_name - "notice", "warning", "alarm"; static. */
const char *alarm_level_name(enum alarm_level level);

#endif
