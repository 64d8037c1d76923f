/* guarded.h - a rack under its guard, with a backend and a clock that do what the test says, at Haute-Provence.
 * Not: what is tested.
 */
#ifndef VIGIE_TESTS_DEVICES_GUARDED_H
#define VIGIE_TESTS_DEVICES_GUARDED_H

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fake.h"
#include "vigie/devices/safety.h"
#include "vigie/sky/frame.h"

#define PI  3.14159265358979323846
#define DEG (PI / 180)

/* 2026-11-23 21:14:07.25 UTC: sidereal time at the site 01:48:24 (interface mock-ups, computed apart); 11:30 UTC. */
#define NIGHT INT64_C(1795468447250000000)
#define NOON  INT64_C(1795433400000000000)

extern struct loop *loop;
extern struct clock_manual clock_;
extern struct rack *rack;
extern struct safety *guard;
extern struct site ohp;
extern struct error err;
extern bool synced;
extern int n_said;
extern const struct rack_asker me, word, script; /* word: despite the Sun */

void guarded_up(void);
void guarded_down(void);
bool was_said(const char *part);
void turns(void);

/* device - a line of the configuration, connected. mount_at - the mount, tracking there; at 30, 40 deg it stands 84 deg high
 * at the test's beginning. ready - a device that answers. */
struct fake *device(const char *name, const char *line);
struct fake *mount_at(double ra_deg, double dec_deg);
struct fake *ready(const char *name, const char *line);
/* at - another time, and what hangs on it. pass - time goes by, the mount answers, the guard looks. */
void at(int64_t wall_ns);
void pass(struct fake *f, double seconds);

enum status ask(struct device_request q, const struct rack_asker *who);
enum status slew(double ra_deg, double dec_deg, const struct rack_asker *who);
/* refused - it was, and the sentence has that part. */
void refused(enum status st, const char *part);

#endif
