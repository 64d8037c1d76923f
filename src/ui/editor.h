/* editor.h - a text of several lines being written: Emacs keys, words, kill and yank, paste.
 * Not: history, completion, what Enter does (views/console*.c).
 */
#ifndef VIGIE_SRC_UI_EDITOR_H
#define VIGIE_SRC_UI_EDITOR_H

#include <stdbool.h>

#include "key.h"
#include "vigie/base/str.h"

enum { EDITOR_MAX = 512 * 1024 };

/* struct editor - valid UTF-8 without control characters but '\n'; the cursor at byte `at`. A zeroed
 * one is empty. */
struct editor {
    struct str text;
    size_t at;
    char *killed; /* for C-y */
};

/* editor_set - another text, the cursor at its end. editor_text - "" when empty. */
void editor_set(struct editor *e, const char *text);
const char *editor_text(const struct editor *e);
void editor_clear(struct editor *e);

/* editor_replace - bytes from .. at give way to a text, the cursor behind it. */
void editor_replace(struct editor *e, size_t from, const char *text);

/* editor_key - a key; true if it was one for the text: characters; what is pasted, with its line
 * ends; arrows (up and down only inside several lines), Home, End, Backspace, Del; C-a C-e C-b C-f
 * C-d C-h C-k C-u C-w C-y C-t, M-b M-f M-d M-Backspace; M-Enter: a new line.
 *   test   tests/ui/check_editor.c */
bool editor_key(struct editor *e, const struct key *key);

/* editor_lines - how many lines; editor_where - line (from 0) and byte in it of the cursor.
 * editor_line - the i-th line, its length in *n. */
int editor_lines(const struct editor *e);
void editor_where(const struct editor *e, int *line, size_t *byte);
const char *editor_line(const struct editor *e, int i, size_t *n);

#endif
