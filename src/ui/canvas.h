/* canvas.h - a grid of cells that views draw on: characters, their meaning, attributes.
 * Not: a terminal (term.h turns it into bytes), not colours (theme.h).
 * Whatever text is put, no control or bidi character gets into a cell.
 */
#ifndef VIGIE_SRC_UI_CANVAS_H
#define VIGIE_SRC_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "glyph.h"
#include "role.h"
#include "vigie/base/str.h"

enum { ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_REVERSE = 4, ATTR_UNDERLINE = 8 };

enum { CELL_MARKS = 2 }; /* combining marks a cell keeps; more are dropped */

/* struct cell - ch: code point, ' ' when empty. width: 1 or 2; 0 for the right half of a wide
 * character (ch is 0 then). attr: ATTR_ bits on top of the role's. */
struct cell {
    uint32_t ch;
    uint32_t mark[CELL_MARKS];
    uint8_t width, role, attr;
};

/* struct canvas - rows x cols cells; a part of another one shares its cells (stride: cells from row
 * to row). set: drawing characters; with GLYPHS_ASCII only ASCII gets into a cell. cursor: where
 * the terminal's cursor is to be seen, common to all parts. */
struct canvas_cursor {
    int row, col; /* row < 0: not seen */
};
struct canvas {
    struct cell *at;
    int stride, rows, cols;
    int top, left; /* of this part in the whole */
    enum glyph_set set;
    struct canvas_cursor *cursor;
};

/* canvas_new - a canvas of blanks; canvas_free frees it (only one that canvas_new made).
 *   rows, cols  1 .. 1000 */
struct canvas *canvas_new(int rows, int cols, enum glyph_set set);
void canvas_free(struct canvas *c);

/* canvas_clear - all blanks of ROLE_TEXT; the whole one's cursor is hidden. */
void canvas_clear(struct canvas *c);

/* canvas_part - a rectangle of a canvas, clipped to it; it may be empty. */
struct canvas canvas_part(const struct canvas *c, int row, int col, int rows, int cols);

/* canvas_cell - one cell, NULL outside. */
const struct cell *canvas_cell(const struct canvas *c, int row, int col);

/* canvas_put - text from (row, col), clipped at the edges; a wide character that does not fit is
 * left out; a harmful one becomes U+FFFD ('?' in ASCII). Returns the column behind the text, also
 * when it lies outside. test: tests/ui/check_canvas.c */
int canvas_put(struct canvas *c, int row, int col, enum role role, const char *text);
int canvas_putn(struct canvas *c, int row, int col, enum role role, const char *text, size_t n);
int canvas_putf(struct canvas *c, int row, int col, enum role role, const char *fmt, ...)
    PRINTF(5, 6);

/* canvas_fit - text in a field of `width` columns: cut with an ellipsis if longer, filled with
 * blanks. align < 0 left, > 0 right, 0 centred. Returns col + width. */
int canvas_fit(struct canvas *c, int row, int col, int width, int align, enum role role,
               const char *text);

/* canvas_glyph - n drawing characters to the right. canvas_char: one code point (width 1). */
void canvas_glyph(struct canvas *c, int row, int col, int n, enum role role, enum glyph g);
void canvas_char(struct canvas *c, int row, int col, enum role role, uint32_t ch);

/* canvas_rule - a rule over the width with a title: "-- title -----". */
void canvas_rule(struct canvas *c, int row, const char *title);

/* canvas_paint - role (and attributes) of n cells, their characters kept. */
void canvas_paint(struct canvas *c, int row, int col, int n, enum role role, unsigned attr);

/* canvas_fill - blanks of a role in a rectangle. */
void canvas_fill(struct canvas *c, int row, int col, int rows, int cols, enum role role);

/* canvas_columns - columns that a text takes on this canvas. */
int canvas_columns(const struct canvas *c, const char *text);

/* canvas_show_cursor - the terminal's cursor at (row, col) of this part. */
void canvas_show_cursor(struct canvas *c, int row, int col);

/* canvas_text - the characters, rows ended by \n, blanks at the end of a row left out.
 * canvas_roles - the roles' letters in the same way ('.' left out at the end), an attribute is not
 * shown; then one line a role that occurs: "h head". */
void canvas_text(const struct canvas *c, struct str *out);
void canvas_roles(const struct canvas *c, struct str *out);

#endif
