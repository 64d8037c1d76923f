/* vtp.h - the VOEvent Transport Protocol of a subscriber, as a pure state machine: bytes in, messages
 * and bytes out. Not: the connection (src_vtp.c). Source: IVOA Note "VOEvent Transport Protocol" 2.0
 * (2017).
 */
#ifndef VIGIE_SRC_ALERTS_VTP_H
#define VIGIE_SRC_ALERTS_VTP_H

#include "vigie/base/err.h"
#include "vigie/base/str.h"

enum { VTP_FRAME_MAX = 1 << 20 };

/* struct vtp - one connection. ivorn: ours. out: bytes to send; the caller empties it. packet: each
 * VOEvent, before it is acknowledged; returns false if it could not be kept: then it is not
 * acknowledged either, and the broker may send it again. */
struct vtp {
    const char *ivorn;
    struct str in, out;
    bool (*packet)(void *arg, const char *bytes, size_t n);
    void *arg;
    int n_alive; /* iamalive answered */
};

/* vtp_feed - n bytes that came. now_utc: time for the answers.
 *   err   E_RANGE: a frame longer than VTP_FRAME_MAX (or a sender with the wrong byte order): drop
 *         the connection. What is no readable message is passed over (a subscriber never says nak).
 *   test  tests/alerts/check_vtp.c */
enum status vtp_feed(struct vtp *v, const char *bytes, size_t n, const char *now_utc,
                     struct error *err) MUST_CHECK;
void vtp_clear(struct vtp *v);

#endif
