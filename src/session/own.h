/* own.h - what the session's own files share: the struct behind session.h.
 * Not: for other rooms.
 */
#ifndef VIGIE_SRC_SESSION_OWN_H
#define VIGIE_SRC_SESSION_OWN_H

#include "vigie/base/mem.h"
#include "vigie/session/session.h"

struct alarms;
struct sky_now;
struct tonight;
struct store;
struct alertbook;
struct http;
struct console;
struct devicedesk;
struct vodesk;

/* session_ring_fn - an alarm rings: whoever holds the screen makes it heard. */
typedef void session_ring_fn(void *arg, enum alarm_level level, const char *text);
typedef enum status session_copy_fn(void *arg, const char *text, size_t n, struct error *err);
typedef enum status session_edit_fn(void *arg, const char *path, session_edited_fn *fn,
                                    void *fn_arg, struct error *err);

struct session {
    struct session_setup setup;
    struct conf *conf;
    struct events *events;
    struct jobs *jobs;
    struct commands *commands;
    struct nightlog *log;
    struct alarms *alarms;
    struct sky_now *sky;
    struct tonight *tonight;
    int tonight_offset; /* of the night looked at, days from the present one */
    struct store *store;
    struct alert_book *alerts;
    struct alertbook *alertbook;
    struct http *http;
    struct console *console;
    struct devicedesk *devices; /* NULL in a session for one script */
    struct vodesk *vodesk;
    char *message;
    int64_t message_ms;
    char *held; /* what is shown until it is over, NULL */
    bool held_alone;
    unsigned asked;
    int64_t keys_ms;    /* when the last key came */
    uint64_t lua_timer; /* Lua leaves the CPU to the screen until then; 0: it does not */
    session_ring_fn *ring;
    session_copy_fn *copy;
    session_edit_fn *edit;
    void *screen_arg;
};

/* session_on_screen - who rings, copies and edits; NULL: nobody (an alarm is still logged). */
void session_on_screen(struct session *s, session_ring_fn *ring, session_copy_fn *copy,
                       session_edit_fn *edit, void *arg);

/* alarms_new, alarms_free - made and freed by the session. alarms_stop: no more timers. */
struct alarms *alarms_new(struct session *s);
void alarms_free(struct alarms *a);

/* The tables of commands that need no view. */
extern const struct command session_commands_main[];
extern const struct command session_commands_alarm[];
extern const struct command session_commands_site[];
extern const struct command session_commands_transits[];
extern const struct command session_commands_console[];
extern const struct command session_commands_scripts[];
extern const struct command session_commands_alerts[];

#endif
