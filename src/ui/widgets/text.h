/* text.h - paragraphs in a canvas. */
#ifndef VIGIE_SRC_UI_WIDGETS_TEXT_H
#define VIGIE_SRC_UI_WIDGETS_TEXT_H

#include "../canvas.h"

/* text_paragraph - a text from `row` on, broken at blanks to the canvas's width. Returns the rows it
 * took (cut at the canvas's end, with a mark). */
int text_paragraph(struct canvas *c, int row, enum role role, const char *text);

#endif
