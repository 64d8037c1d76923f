/* rescue.h - the terminal as it was found, and its way back there from anywhere, a signal handler
 * too. Not: what is written on it meanwhile.
 */
#ifndef VIGIE_SRC_CLIENT_RESCUE_H
#define VIGIE_SRC_CLIENT_RESCUE_H

#include <stdbool.h>
#include <stddef.h>

/* rescue_watch - from now on TERM, INT, HUP and the crash signals give the terminal back before
 * they do what they always do. in: whose modes are kept; out: where the bytes go. */
void rescue_watch(int in, int out);

/* rescue_raw - the modes of a full-screen program. False: no terminal. */
bool rescue_raw(void);

/* rescue_bytes - what leaves the full screen; replaces the ones before; at most 4096. */
void rescue_bytes(const void *bytes, size_t n);

/* rescue - give the terminal back. Waits up to 300 ms for a line that stalls. Calling it again does
 * nothing until rescue_raw. Safe in a signal handler. */
void rescue(void);

#endif
