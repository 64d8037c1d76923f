/* line.h - one line that the user writes: editing, history. Not: what it is for (prompt, filter).
 */
#ifndef VIGIE_SRC_UI_LINE_H
#define VIGIE_SRC_UI_LINE_H

#include <stdbool.h>

#include "canvas.h"
#include "key.h"
#include "vigie/base/mem.h"

enum { LINE_MAX_BYTES = 1000, LINE_HISTORY = 200 };

/* struct line - text of n bytes (valid UTF-8, no control characters), cursor at byte `at`. */
struct line {
    char text[LINE_MAX_BYTES + 1];
    size_t n, at;
};

/* line_set - other text, cursor at its end. line_key - a key: true if it was one for the line
 * (characters, also pasted ones; arrows, Home, End, Backspace, Del; C-a C-e C-b C-f C-k C-u C-w
 * C-d C-h). test: tests/ui/check_line.c */
void line_set(struct line *l, const char *text);
bool line_key(struct line *l, const struct key *key);

/* line_draw - the prompt text, then the line, scrolled so that the cursor is seen; shows it. */
void line_draw(const struct line *l, struct canvas *c, int row, const char *prompt);

/* struct history - lines entered, newest last; a repeated one moves to the end. history_step - the
 * one `steps` before the newest (1: the newest), NULL beyond. */
struct history {
    VEC(char *) at;
};
void history_add(struct history *h, const char *text);
const char *history_step(const struct history *h, size_t steps);
void history_clear(struct history *h);

#endif
