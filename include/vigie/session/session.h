/* session.h - the state of tonight: one owner of each model; what views read, what commands do.
 * Not: the process around it (process.h), not a screen.
 */
#ifndef VIGIE_SESSION_SESSION_H
#define VIGIE_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/clock.h"
#include "vigie/base/conf.h"
#include "vigie/base/err.h"
#include "vigie/base/loop.h"
#include "vigie/session/alarm.h"
#include "vigie/session/command.h"
#include "vigie/session/event.h"
#include "vigie/session/job.h"
#include "vigie/session/nightlog.h"
#include "vigie/sky/almanac.h"

struct store;
struct alert_book;
struct alert_feed;
struct alert_judge;

/* What hangs on the cables of a demo: nothing; devices that stand still (a picture); simulated ones over their wires. */
enum session_demo_devices { DEMO_NO_DEVICES, DEMO_STILL, DEMO_SIMULATED };

/* struct session_setup - what a session is made of. loop and clock are borrowed for its life, conf is
 * taken, texts are copied. A NULL path: kept in memory only, nothing is written. site: as --site gave it; NULL: the
 * configuration's (of --demo: its own). one_shot: for a single script; nothing begins by itself (no
 * catalogue is asked for, no list is made) until session_planets. */
struct session_setup {
    struct loop *loop;
    const struct clock *clock;
    struct conf *conf;
    const char *config_path; /* :set writes here */
    const char *store_path;
    const char *log_folder;
    const char *site;
    bool offline, demo, one_shot;
    bool connect; /* the configuration's devices may be reached: a session, no picture of one */
    enum session_demo_devices devices; /* of the demo */
    bool watch;                        /* alerts are taken in: from folders, services, brokers */
};

/* session_new - a session without a process around it: what tests and `vigie screen` use.
 *   err   E_IO, E_BUSY: the store cannot be opened */
enum status session_new(const struct session_setup *setup, struct session **s,
                        struct error *err) MUST_CHECK;
void session_free(struct session *s);

/* session_turn - deliver events, step jobs (8 ms); what loop_before_sleep calls. Returns whether
 * anything was delivered. */
bool session_turn(struct session *s);

/* session_keys - somebody types: for a second scripts get half of the CPU at most. test:
 * tests/ui/check_console.c */
void session_keys(struct session *s);

/* --- what everybody may read; borrowed until the next change ----------------------------------- */

struct loop *session_loop(const struct session *s);
const struct clock *session_clock(const struct session *s);
int64_t session_now_ns(const struct session *s); /* wall, ns since 1970-01-01 UTC */
const struct conf *session_conf(const struct session *s);
struct events *session_events(struct session *s);
struct jobs *session_jobs(struct session *s);
struct commands *session_commands(struct session *s);
const struct nightlog *session_log(const struct session *s);
bool session_offline(const struct session *s);
bool session_demo(const struct session *s);
bool session_one_shot(const struct session *s);      /* made for a single script */
const char *session_folder(const struct session *s); /* of the night logs; NULL: none is kept */

/* session_synced - whether the system clock says that it is synchronised. */
bool session_synced(const struct session *s);

/* session_site - the site in use; NULL without one, and why. session_site_name - "" without one.
 * Borrowed until EV_SITE. */
const struct site *session_site(const struct session *s, struct error *why);
const char *session_site_name(const struct session *s);

/* session_sky - Sun and Moon now (topocentric, airless, to 1 us of CPU); every number is NAN without
 * a site. session_lst_rad - apparent local sidereal time now, 0 .. 2 pi; NAN without a site. */
struct almanac_now session_sky(const struct session *s);
double session_lst_rad(const struct session *s);

/* session_store - the store, open as long as the session; in memory when there is no path.
 * session_alerts - the alerts in it; session_alert_judge - what they are worth here and now, NULL
 * without a site; session_alert_feed - the ways in and their states, NULL in the demo. EV_ALERTS
 * tells of changes. */
struct store *session_store(const struct session *s);
struct alert_book *session_alerts(const struct session *s);
const struct alert_judge *session_alert_judge(const struct session *s);
struct alert_feed *session_alert_feed(const struct session *s);

/* session_message - the last thing there was to say (clean, one line) and when (loop ms); "" never.
 * session_say - say something: shown for 5 s by a viewer.
 * session_hold - what stays to be said until it is over: shown as long as it is held. alone: nothing else is shown meanwhile;
 * otherwise it comes back when another message has had its time. NULL: over.
 *   test   tests/session/check_devices.c, tests/term/devices.sh */
const char *session_message(const struct session *s, int64_t *at_ms);
void session_say(struct session *s, const char *fmt, ...) PRINTF(2, 3);
void session_hold(struct session *s, const char *text, bool alone);
void session_beep(struct session *s); /* the terminal's bell, as the options allow */

/* --- what commands do -------------------------------------------------------------------------- */

/* session_set - set an option, keep it in the configuration file, tell of it (EV_OPTION). A file
 * that cannot be written is an error, the option is set all the same. */
enum status session_set(struct session *s, const char *name, const char *value,
                        struct error *err) MUST_CHECK;

/* session_copy - text for the paste buffer of the tmux the viewer runs in (at most 8 kB). E_ABSENT:
 * no viewer, or not inside tmux. */
enum status session_copy(struct session *s, const char *text, size_t n,
                         struct error *err) MUST_CHECK;

/* session_edit - the user's editor ($VISUAL, $EDITOR, vi) on a file, in the viewer's terminal; the
 * session goes on. fn is called once when it has ended (its exit status), or the viewer has gone (-1).
 * E_ABSENT: no viewer with a screen; E_BUSY: an editor runs. test: tests/term/edit.sh */
typedef void session_edited_fn(void *arg, int exit_status);
enum status session_edit(struct session *s, const char *path, session_edited_fn *fn, void *arg,
                         struct error *err) MUST_CHECK;

/* What is asked of the process around the session (server.c); kept until it has been taken.
 *   ASK_DETACH   let the viewer go        ASK_SUSPEND  suspend the client (C-z)
 *   ASK_REDRAW   a whole frame            ASK_QUIT     end the night */
enum session_ask { ASK_DETACH = 1, ASK_SUSPEND = 2, ASK_REDRAW = 4, ASK_QUIT = 8 };
void session_ask(struct session *s, enum session_ask what);
unsigned session_asked(struct session *s); /* takes them: a sum of enum session_ask */

#endif
