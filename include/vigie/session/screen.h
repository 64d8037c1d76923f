/* screen.h - the door through which `vigie screen` has a view printed: main.c hands the ui's to the
 * cli, neither includes the other. Not: a terminal.
 */
#ifndef VIGIE_SESSION_SCREEN_H
#define VIGIE_SESSION_SCREEN_H

#include <stdbool.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

struct session;

/* struct screen_wish - one view, drawn once. keys: pressed before, in the notation of the keys file
 * ("jj<Enter>"), NULL: none. theme: its name, NULL: the configured one (it changes nothing in the
 * text; a theme that does not exist or breaks a rule is refused). rows, cols: 1 .. 1000. */
struct screen_wish {
    const char *view, *theme, *keys;
    int rows, cols;
    bool ascii, roles;
};

/* struct screen_ops
 *   print  add the view's text to `out`, lines ended by \n, blanks at their ends left out; with
 *          roles one letter a cell instead, then the meaning of each letter. err   E_ABSENT: no
 * such view or theme; E_PARSE: keys that cannot be read views  the names that print knows, in the
 * order of the tabs, ended by NULL */
struct screen_ops {
    enum status (*print)(struct session *session, const struct screen_wish *wish, struct str *out,
                         struct error *err);
    const char *const *(*views)(void);
};

#endif
