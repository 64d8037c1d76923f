/* sky_now.h - the sky of the present: site in use, Sun, Moon, sidereal time; a tick for clocks.
 * Not: any night but this moment (tonight.h).
 */
#ifndef VIGIE_SRC_SESSION_SKY_NOW_H
#define VIGIE_SRC_SESSION_SKY_NOW_H

#include "own.h"

struct sky_now *sky_now_new(struct session *s);
void sky_now_free(struct sky_now *n);

/* session_site_read - the configuration's sites, or the choice, changed. */
void session_site_read(struct session *s);

/* sky_now_viewer - whether somebody watches: then there is a tick a second (or a minute). */
void sky_now_viewer(struct session *s, bool there, bool slow);

#endif
