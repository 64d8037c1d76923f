/* door.h - the terminal interface as main hands it out: to the session as its viewer, to the
 * command line as what prints one screen. Not: the drawing (src/ui), the socket (session), the
 * client.
 */
#ifndef VIGIE_UI_DOOR_H
#define VIGIE_UI_DOOR_H

#include "vigie/session/screen.h"
#include "vigie/session/viewer.h"

/* ui_viewer - the full screen. Unlike viewer.h allows, an unknown TERM is no error: a plain one is
 * taken and a message says so; a terminal that cannot place its cursor is E_REFUSED. test:
 * tests/ui/check_door.c */
extern const struct viewer_ops ui_viewer;

/* ui_screen - a view printed once, without a terminal. test: tests/ui/golden.sh */
extern const struct screen_ops ui_screen;

#endif
