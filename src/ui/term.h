/* term.h - a canvas on a terminal: the only place that knows curses, escape codes and colours.
 * Not: keys (input.h), the wire to the terminal: every byte goes into the `out` of the caller.
 * Sequences are those of terminfo, of xterm's extensions that terminfo names (Cs Cr Ms BE BD XM
 * XT), or those that the terminal said it knows.
 */
#ifndef VIGIE_SRC_UI_TERM_H
#define VIGIE_SRC_UI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canvas.h"
#include "input.h"
#include "theme.h"
#include "vigie/base/err.h"
#include "vigie/base/str.h"
#include "vigie/session/viewer.h"

struct terminal;

/* term_open - take a terminal.
 *   env    copied. A TERM that terminfo does not know is replaced by a plain one that should do,
 *          and the sentence about it is added to `note`
 *   err    E_REFUSED if the terminal cannot place its cursor (TERM=dumb), E_IO without a memfd
 * Only one at a time is open in a process. term_close adds the restoring bytes to `out` (may be
 * NULL) and frees. test: tests/ui/check_term.c */
struct terminal *term_open(const struct viewer_env *env, struct str *note, struct error *err);
void term_close(struct terminal *t, struct str *out);

/* term_depth - the colours a terminal can be asked for.
 *   colours   terminfo's number, -1 or 0 for none
 *   indexed   its setaf writes 38;5;N for N >= 16
 *   option    the option `colours`: auto mono 8 16 256 truecolor; what the terminal cannot do is
 *             lowered to what it can
 *   no_color  NO_COLOR, which holds for `auto` only */
enum depth term_depth(int colours, bool indexed, const char *colorterm, bool no_color,
                      const char *option);

/* term_set_colours - choose the depth by the option's text (term_depth). term_set_theme - draw with
 * these colours from the next frame on, which is whole. term_set_mouse - reports of the mouse. */
void term_set_colours(struct terminal *t, const char *option);
void term_set_theme(struct terminal *t, const struct theme *theme);
void term_set_mouse(struct terminal *t, bool on);

/* term_glyphs - the drawing characters the terminal can show: UTF-8 if its character set is and box
 * lines are of width 1 there. */
enum glyph_set term_glyphs(const struct terminal *t);

/* term_keys - give the input decoder terminfo's key strings. term_answered - a terminal's answer
 * that the decoder took out of the keys. */
void term_keys(const struct terminal *t, struct input *in);
void term_answered(struct terminal *t, const char *answer);

void term_resize(struct terminal *t, int rows, int cols);
void term_redraw(struct terminal *t); /* the next frame is whole */

/* term_frame - make the terminal show the canvas (of the terminal's size); what differs is added to
 * `out`, nothing if nothing does. */
void term_frame(struct terminal *t, const struct canvas *c, struct str *out);

/* term_title - the window's title, if the terminal has one. term_bell - BEL. term_copy - put
 * text on the clipboard by OSC 52; false if the terminal cannot, or above 8 kB. */
void term_title(struct terminal *t, const char *title, struct str *out);
void term_bell(struct terminal *t, struct str *out);

/* term_notify - a notification by the terminal; osc: "9" or "777", which the user says it has. */
void term_notify(const char *osc, const char *text, struct str *out);

enum { TERM_COPY_MAX = 8192 };
bool term_can_copy(const struct terminal *t);
bool term_copy(struct terminal *t, const char *text, size_t n, struct str *out);

/* term_restore - what gives the terminal back, of all that may be switched on in it; borrowed until
 * term_close. */
const char *term_restore(const struct terminal *t);

#endif
