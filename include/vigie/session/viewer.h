/* viewer.h - the door between the session and what shows it on a terminal: main.c hands one in
 * (the ui, or the plain lines). The session never includes the ui. Not: the socket (server.c).
 */
#ifndef VIGIE_SESSION_VIEWER_H
#define VIGIE_SESSION_VIEWER_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"
#include "vigie/session/alarm.h"
#include "vigie/session/event.h"

struct session;

/* struct viewer_env - the client's terminal: its environment, not that of the process that started
 * the session. A text that is not set is "". charset: nl_langinfo(CODESET) of the client. */
struct viewer_env {
    const char *term, *colorterm, *no_color, *ssh_connection, *tmux, *charset;
    int rows, cols;
};

/* struct viewer_ops - all are called in the loop's thread, none inside another.
 *   create   once, at the session's start: views and their commands; they live until destroy, so
 *            that tab, filter and cursor are as they were at the next attach
 *   attach   a terminal is there: make the screen for it. E_ABSENT: the terminal is not known; the
 *            text is shown to the user. env is borrowed for the call
 *   detach   the terminal goes; called also when it is gone already
 *   restore  the bytes that give the terminal back (leave the alternate screen, show the cursor,
 *            mouse, paste and focus off, colours and cursor colour back); asked for right after
 *            attach and each resize; the client keeps them for the end, also a sudden one
 *   keys     bytes from the terminal, any piece of any sequence
 *   resize   the terminal has another size
 *   event    something changed
 *   dirty    whether draw would write anything
 *   draw     append the bytes of a frame; whole: nothing of what is on the screen can be relied on
 *   slow     the line is slow: seconds off, no animation; or no more
 *   ring     an alarm rings: append bell, title or notification as the options allow
 * draw is called at most 10 times a second (3 when slow) and only when the client has taken what
 * was sent before. */
struct viewer_ops {
    void *(*create)(struct session *s);
    void (*destroy)(void *ui);
    enum status (*attach)(void *ui, const struct viewer_env *env, struct error *err);
    void (*detach)(void *ui);
    void (*restore)(const void *ui, struct str *out);
    void (*keys)(void *ui, const char *bytes, size_t n);
    void (*resize)(void *ui, int rows, int cols);
    void (*event)(void *ui, const struct event *ev);
    bool (*dirty)(const void *ui);
    void (*draw)(void *ui, bool whole, struct str *out);
    void (*slow)(void *ui, bool on);
    void (*ring)(void *ui, enum alarm_level level, const char *text, struct str *out);
};

/* viewer_plain - the viewer of `vigie --plain`: an event a line, a prompt, no cursor motion; what
 * comes in is command lines. */
extern const struct viewer_ops viewer_plain;

#endif
