/* devicedesk.h - the devices of the running session: the rack, its guard, where the telescope points, what a slew to
 * something means, who asked for what.
 * Not: what a device is (devices/device.h); exposures and their files (camdesk.h).
 */
#ifndef VIGIE_SESSION_DEVICEDESK_H
#define VIGIE_SESSION_DEVICEDESK_H

#include "vigie/devices/history.h"
#include "vigie/devices/rack.h"
#include "vigie/devices/safety.h"
#include "vigie/session/command.h"

struct session;

/* session_rack, session_safety - never NULL but in a session for one script (one_shot). EV_DEVICES tells of changes; its
 * id is the device's. */
struct rack *session_rack(const struct session *s);
struct safety *session_safety(const struct session *s);

/* session_found - what hangs on this machine when no device is configured: a line each serial port ("/dev/... product"),
 * whether an INDI or Alpaca server listens; NULL beyond the last. Looked at when the session begins; nothing is opened. */
const char *session_found(const struct session *s, size_t i);

/* session_history - what they said over the last hours; NULL as above. */
const struct history *session_history(const struct session *s);

/* session_property_set - set an element of a property of a device, as text; what it was is kept.
 *   err   E_ABSENT: no such property; E_REFUSED: it can only be read; what the rack refuses
 * session_property_undo - the last one set again to what it was; unconfirmed: err is the question (E_CANCELLED).
 *   test  tests/session/check_camera.c */
enum status session_property_set(struct session *s, uint64_t device, const char *property,
                                 const char *element, const char *value,
                                 const struct rack_asker *who, struct error *err) MUST_CHECK;
enum status session_property_undo(struct session *s, bool confirmed, const struct rack_asker *who,
                                  struct str *say, struct error *err) MUST_CHECK;

/* session_mount - the mount that is meant where none is named: the first that is ready; NULL none.
 * session_pointing - where it points, ICRS; false: not known, or not current. */
const struct device_info *session_mount(const struct session *s);
bool session_pointing(const struct session *s, double *ra_rad, double *dec_rad);

/* session_app_of_icrs, session_icrs_of_app - between the sky's and a mount's coordinates, now. */
void session_app_of_icrs(const struct session *s, double ra_rad, double dec_rad, double *ra_app,
                         double *dec_app);
void session_icrs_of_app(const struct session *s, double ra_app, double dec_app, double *ra_rad,
                         double *dec_rad);

/* struct slew_target - something to point at. until_ns: wall time up to which it should be followed (the egress of a
 * transit), 0 none. */
struct slew_target {
    char name[64];
    double ra_rad, dec_rad; /* ICRS */
    int64_t until_ns;
};

/* session_target - what a text means: "02:22:28.8 +42:21:00" (ICRS), a planet or star of the catalogue of transits, an
 * alert by name or #id.
 *   err   E_ABSENT: none of these; E_PARSE
 *   test  tests/session/check_devices.c */
enum status session_target(struct session *s, const char *text, struct slew_target *t,
                           struct error *err) MUST_CHECK;

/* session_target_transit, session_target_alert - those of the lists. False: gone, or without a position. */
struct transit_event;
bool session_target_transit(const struct session *s, const struct transit_event *e,
                            struct slew_target *t);
bool session_target_alert(const struct session *s, int64_t id, struct slew_target *t);

/* session_slew_preview - what the slew would meet, one line for a question: added to out.
 *   returns  OK, or why it would be refused */
enum status session_slew_preview(struct session *s, const struct slew_target *t, bool sun_allowed,
                                 struct str *out, struct error *err) MUST_CHECK;

/* session_slew - do it. session_slew_call - the whole of a command: unconfirmed the question, confirmed the slew. */
enum status session_slew(struct session *s, const struct slew_target *t,
                         const struct rack_asker *who, struct error *err) MUST_CHECK;
enum status session_slew_call(struct command_call *c, const struct slew_target *t,
                              struct error *err) MUST_CHECK;

/* session_despite_sun - whether the word that lifts the Sun's cone ends a line. Only an observer can say it: never a script. */
bool session_despite_sun(const struct command_call *c);

/* session_guards - whether an option is one of those that keep the telescope safe, or runs a program: no script sets it. So is
 * the site while a mount is connected: where the Sun stands is reckoned by it.
 *   test  tests/session/check_devices.c, tests/lua/check_escape.c */
bool session_guards(const struct session *s, const char *option);

/* session_aim - the name of what the mount was last sent to, "" none. */
const char *session_aim(const struct session *s);

/* session_stop_all - stop everything that moves, at once; a person's stop holds scripts (safety_hold). say: what was done,
 * added. */
void session_stop_all(struct session *s, const char *who, enum asker_kind by, struct str *say);

/* session_who - "key", "Lua"..., for the log. session_asker - a person, or a script. */
const char *session_who(enum command_by by);
enum asker_kind session_asker(enum command_by by);

/* session_devices_leave - the session is to end: does what devices.on-exit says. Called each turn until it answers true:
 * nothing is left to wait for. */
bool session_devices_leave(struct session *s);

#endif
