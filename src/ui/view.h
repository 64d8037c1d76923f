/* view.h - what a tab is. Not: the frame around it (ui.c), the models it shows (session).
 * A view never computes and never fetches; a model never draws. To add one: a file in views/, a row
 * in views/table.c.
 */
#ifndef VIGIE_SRC_UI_VIEW_H
#define VIGIE_SRC_UI_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "canvas.h"
#include "key.h"
#include "vigie/session/command.h"
#include "vigie/session/event.h"
#include "vigie/session/session.h"
#include "widgets/list.h"

/* What may be copied of the row under the cursor. */
enum copy_what { COPY_ROW, COPY_NAME, COPY_POSITION, COPY_URL };

/* struct view_ops - a tab. Any function after `draw` may be NULL.
 *   name      scope of its commands: "transits"; title: in the row of tabs; help: one paragraph
 *   tab       its number 1..7, the same whether its neighbours are built or not
 *   commands  its rows of the command table, ended by a row without a name; what the hint bar shows
 *             is these in this order
 *   create    view: owned by the ui, freed by destroy. session: borrowed
 *   event     true: draw me again
 *   draw      pure: same view, session, time and size give the same canvas. The canvas is that of
 *             the tab's body (no tabs, no hints)
 *   unseen    count shown on the tab, 0 none; *mark: '!' for an alarm among them, else ' '
 *   list      the list that movement, filter, sort and marks work on; NULL: none has the cursor
 *   move      movement in a pane that is no list; false: nothing moved
 *   pane      go to the next (+1) or previous (-1) pane
 *   open      Enter; back: Esc, true if there was something to go back from
 *   copy      text of the row under the cursor, added to out; false: there is none
 *   click     the mouse at a place of the body
 *   input     a key before any binding: true if it was for a text field that has the cursor; pasted
 *             keys come here only
 *   hints     what the keys of that text field are, for the hint bar; NULL: the commands' keys */
struct view_ops {
    const char *name, *title, *help;
    int tab;
    const struct command *commands;
    void *(*create)(struct session *session);
    void (*destroy)(void *view);
    bool (*event)(void *view, const struct event *event);
    void (*draw)(const void *view, const struct session *session, struct canvas *c);
    int (*unseen)(const void *view, char *mark);
    struct list *(*list)(void *view);
    bool (*move)(void *view, enum motion motion);
    void (*pane)(void *view, int step);
    bool (*open)(void *view);
    bool (*back)(void *view);
    bool (*copy)(const void *view, enum copy_what what, struct str *out);
    bool (*click)(void *view, int row, int col);
    bool (*input)(void *view, const struct key *key);
    const char *(*hints)(const void *view);
};

/* The tabs that are built, by number, ended by NULL. */
extern const struct view_ops *const view_table[];

#endif
