/* camdesk.h - exposures of the running session: one or a sequence, each image looked at and kept as a FITS file with what is
 * known of it.
 * Not: FITS (formats/fitsimage.h), the look (devices/frame.h), cameras (devices/device.h).
 */
#ifndef VIGIE_SESSION_CAMDESK_H
#define VIGIE_SESSION_CAMDESK_H

#include "vigie/devices/frame.h"
#include "vigie/devices/rack.h"

struct session;

/* struct camera_settings - what exposures of this session are taken with where nothing else is said. bin 0, gain NAN: as
 * the camera stands. x y w h: the part of the chip, in unbinned pixels; w 0: all of it. Borrowed; never NULL in a session
 * with devices.
 * session_camera_set - err: E_ABSENT no camera; E_RANGE beyond its chip or its binnings
 *   test  tests/session/check_camera.c */
struct camera_settings {
    int bin, x, y, w, h;
    double gain;
};
const struct camera_settings *session_camera_settings(const struct session *s);
enum status session_camera_set(struct session *s, const struct camera_settings *set,
                               struct error *err) MUST_CHECK;

/* struct sequence_plan - n exposures of a camera. bin 0, gain NAN, w 0: as the settings say. x y w h: the part of the
 * chip, in unbinned pixels; w -1: all of it. object: for the header; NULL: what the mount was sent to. filter: the wheel
 * turns to it first, if it has one of that name; a wheel without names, or none, and it is for the header only; NULL: what
 * the wheel says. */
struct sequence_plan {
    double seconds, gain;
    int n, bin, x, y, w, h;
    enum frame_kind kind;
    const char *object, *filter;
};

/* session_expose_fn - an image is kept: path, and what it looks like; or status is no OK and text says why. Called for each
 * image; last: the sequence is over with it. */
typedef void session_expose_fn(void *arg, enum status status, const char *text, const char *path,
                               const struct frame_check *check, bool last);

/* session_expose - begin. done may be NULL.
 *   err   E_BUSY: one runs; E_ABSENT: no camera, no such filter in the wheel; E_RANGE: seconds not in 0 .. 86400, n not in 1 .. 100000, no room on the
 *         disk for all; what the rack refuses
 *   test  tests/session/check_devices.c */
enum status session_expose(struct session *s, const struct sequence_plan *plan,
                           const struct rack_asker *who, session_expose_fn *done, void *arg,
                           struct error *err) MUST_CHECK;

/* session_expose_end - end the sequence and the exposure that runs; *ended: whether one ran. */
enum status session_expose_end(struct session *s, const struct rack_asker *who, bool *ended,
                               struct error *err) MUST_CHECK;

/* struct sequence_state - borrowed until the next turn (EV_DEVICES). path: of the last image, "" none; checked: check is of
 * it. trouble: why the last sequence ended early, "".
 * shutter: what a release on a cable said of the last exposure, "". */
struct sequence_state {
    bool running, saving, checked;
    bool turning; /* the filter wheel turns before the first exposure */
    uint64_t camera;
    int n, done;
    double seconds;
    const char *path, *trouble, *shutter;
    struct frame_check check;
    int64_t room_bytes; /* on the disk; -1 not known */
};
struct sequence_state session_sequence(const struct session *s);

#endif
