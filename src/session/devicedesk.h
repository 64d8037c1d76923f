/* devicedesk.h - the desk as the session makes it. Not: for other rooms (include/vigie/session/devicedesk.h).
 */
#ifndef VIGIE_SRC_SESSION_DEVICEDESK_H
#define VIGIE_SRC_SESSION_DEVICEDESK_H

#include "own.h"
#include "vigie/session/devicedesk.h"

struct camdesk;
struct simdesk;

struct devicedesk {
    struct session *session;
    struct rack *rack;
    struct safety *safety;
    struct camdesk *cam;
    struct simdesk *sim;
    char *aim;
    struct history *history;
    uint64_t sampler;
    VEC(char *) found;
    struct undo {
        uint64_t device;
        char *property, *element, *was; /* NULL: nothing was set */
    } undo;
    struct slew_target asked; /* what the question of a slew was about */
    int64_t jog_logged_ms;
    bool stopping; /* a stop was written, and something was not yet seen standing still */
    bool leaving, left;
    int64_t leave_ms;
    uint64_t wake;
};

/* devicedesk_new - reads the configuration's devices; connects them if devices.connect says so. devicedesk_site: the site
 * is another, before the old one's horizon goes. devicedesk_free. */
struct devicedesk *devicedesk_new(struct session *s);
void devicedesk_free(struct devicedesk *d);
void devicedesk_site(struct devicedesk *d);

/* device_look - fill `found`. device_undo_clear - frees. */
void device_look(struct devicedesk *d);
void device_undo_clear(struct undo *u);

/* simdesk_begin, simdesk_end - the devices of a demo, before they are connected and after they were let go. */
void simdesk_begin(struct devicedesk *d);
void simdesk_end(struct devicedesk *d);

/* device_journal - one line of JSON an event of a request, beside the night log. */
void device_journal(struct session *s, const struct device_info *d, const struct rack_event *ev);

/* camdesk_new, camdesk_free - exposures. camdesk_frame - an image waits. */
struct camdesk *camdesk_new(struct session *s);
void camdesk_free(struct camdesk *c);
void camdesk_frame(struct camdesk *c, uint64_t id);

extern const struct command session_commands_devices[], session_commands_camera[];

#endif
