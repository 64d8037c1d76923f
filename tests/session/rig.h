/* rig.h - a session of the demo in a test: simulated mount, camera, focuser and wheel behind their real drivers, a folder
 * of its own, the clock at 2026-11-23 21:14:07 UTC.
 */
#ifndef VIGIE_TESTS_SESSION_RIG_H
#define VIGIE_TESTS_SESSION_RIG_H

#include "vigie/session/devicedesk.h"
#include "vigie/session/session.h"

extern struct loop *loop;
extern struct session *s;
extern struct clock_shifted clock_;
extern char folder[40];
extern struct str say; /* of run */
extern struct error err;

/* setup, teardown - fixtures of Check. until - turns the loop until fn says yes; false: not in so many seconds. all_ready -
 * every device answers. run, of_lua - a command, as by a key, as by a script. */
void setup(void);
void teardown(void);
bool until(bool (*fn)(void), int seconds);
bool all_ready(void);
enum status run(const char *line, bool confirmed);
enum status of_lua(const char *line);

#endif
