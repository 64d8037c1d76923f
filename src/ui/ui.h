/* ui.h - the interface as its own files see it: one struct, who draws what, who takes which key.
 * Not: what main and the session see (include/vigie/ui/door.h).
 */
#ifndef VIGIE_SRC_UI_UI_H
#define VIGIE_SRC_UI_UI_H

#include <stdbool.h>
#include <stdint.h>

#include "canvas.h"
#include "input.h"
#include "keymap.h"
#include "line.h"
#include "term.h"
#include "theme.h"
#include "vigie/session/session.h"
#include "view.h"

enum { UI_TABS = 8, UI_MIN_ROWS = 10, UI_MIN_COLS = 40, UI_WIDE = 110 };
enum {
    UI_WHICH_MS = 400,
    UI_MESSAGE_MS = 5000,
    UI_REST_MS = 80,
    UI_REST_SLOW_MS = 150,
    UI_TWICE_MS = 2000
};

/* What the row of hints is used for, and who gets the keys. */
enum ui_mode {
    MODE_NORMAL,
    MODE_FILTER,   /* / */
    MODE_PALETTE,  /* : */
    MODE_QUESTION, /* y/N of a command that asks */
    MODE_LEAVE     /* q on a tab: detach or end the night */
};

/* struct tab - a view and its state. */
struct tab {
    const struct view_ops *ops;
    void *view;
};

struct palette;
struct help;

struct ui {
    struct session *session;
    struct terminal *term; /* NULL: no terminal is attached */
    struct input *input;
    struct keymap *keys;
    char *refused;    /* keys that commands of scripts did not get, as it was said; NULL none */
    uint64_t keys_of; /* commands_changes that the keys are of, 0 before the first time */
    struct canvas *canvas, *before; /* the frame, and the last one */
    enum glyph_set set;
    struct tab tab[UI_TABS];
    int n_tabs, current;

    enum ui_mode mode;
    struct line line;
    struct history history;
    size_t history_at;
    char *filter_before; /* of the list, for Esc */
    struct palette *palette;
    struct help *help; /* NULL: not shown */
    char *question, *asked_line;
    enum command_by asked_by;

    struct key pending[KEYMAP_SEQUENCE];
    int n_pending;
    int64_t pending_ms, ctrl_c_ms, moved_ms;

    struct theme theme;
    char wanted[32]; /* the name that the theme was loaded for */
    bool dirty, whole, slow;
    const struct list *drawn_list; /* as it was drawn: a pass of it may have found more since */
    uint64_t drawn_version;
    uint64_t timer;
    char *copied;
    struct str extra; /* bytes besides the frame */
};

/* ui_new - the interface over a session, without a terminal; its commands are registered.
 * ui_free takes them away again. */
struct ui *ui_new(struct session *session);
void ui_free(struct ui *ui);

int64_t ui_now(const struct ui *ui);     /* ms of the loop's clock */
int64_t ui_rest_ms(const struct ui *ui); /* how long the cursor rests before details follow it */
struct tab *ui_tab(struct ui *ui);
const char *ui_scope(const struct ui *ui); /* of the current tab */
void ui_go(struct ui *ui, int index);

/* ui_event - something changed: the views and the looks follow. */
void ui_event(struct ui *ui, const struct event *ev);

/* ui_list - the list that movement works on: of the help, of the tab; NULL. */
struct list *ui_list(const struct ui *ui);

/* ui_run - run a command line; what it says, or why not, becomes the message; a command that asks
 * asks. ui_run_bound - the same for a key: one whose arguments are missing opens the palette. */
void ui_run(struct ui *ui, const char *line, enum command_by by);
void ui_run_bound(struct ui *ui, const struct binding *b);

/* ui_key - one key (keys.c). ui_mode_set - to another mode; the line starts with `text`. */
void ui_key(struct ui *ui, const struct key *key);
void ui_mode_set(struct ui *ui, enum ui_mode mode, const char *text);

/* ui_size - a canvas of that size. ui_draw - the whole frame onto ui->canvas (frame.c). */
void ui_size(struct ui *ui, int rows, int cols);
void ui_draw(struct ui *ui);

/* ui_theme - load the theme that the options and the Sun ask for, if it is another one; true if it
 * changed (look.c). ui_options - follow the options: glyphs, colours, mouse, theme. */
bool ui_theme(struct ui *ui);
void ui_options(struct ui *ui);

/* ui_commands - the rows of the interface itself (commands.c). ui_bind - all keys: tables, fixed
 * ones with arguments, the user's file. */
extern const struct command ui_commands[];
void ui_bind(struct ui *ui);

/* ui_label - a command in few words, for hints: its name without the scope in front, hyphens as
 * blanks. */
void ui_label(const char *scope, const char *command, const char *args, struct str *out);

/* The parts of the frame: each draws onto rows of the whole canvas. */
void ui_draw_tabs(const struct ui *ui, struct canvas *c);
void ui_draw_status(const struct ui *ui, struct canvas *c, int row);
void ui_draw_hints(struct ui *ui, struct canvas *c, int row);
void ui_draw_which(const struct ui *ui, struct canvas *c, int below);

/* The palette (palette.c): opened with the mode, fed with keys, drawn above the hint row.
 * palette_key: false if the key was not for it. */
void palette_open(struct ui *ui);
void palette_close(struct ui *ui);
void palette_key(struct ui *ui, const struct key *key);
void palette_draw(struct ui *ui, struct canvas *c, int below);

/* The help (help.c). help_draw draws the body; help_run runs the command under the cursor. */
void help_open(struct ui *ui);
void help_close(struct ui *ui);
struct list *help_list(struct help *h);
void help_draw(const struct ui *ui, struct canvas *body);
void help_run(struct ui *ui);

#endif
