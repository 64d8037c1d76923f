/* key.h - one key, and how it is written: `<Enter>`, `<C-d>`, `<Space>`, `g g`.
 * Not: bytes (input.h), bindings (keymap.h).
 */
#ifndef VIGIE_SRC_UI_KEY_H
#define VIGIE_SRC_UI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/str.h"

/* Keys that are no character lie above Unicode. */
enum {
    K_ENTER = 0x110000,
    K_ESC,
    K_TAB,
    K_BACKSPACE,
    K_DELETE,
    K_INSERT,
    K_UP,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_HOME,
    K_END,
    K_PGUP,
    K_PGDN,
    K_F1, /* K_F1 + 1 is F2, up to F12 */
    K_F12 = K_F1 + 11,
    K_PRESS,    /* mouse button 1 pressed at row, col */
    K_WHEEL_UP, /* at row, col */
    K_WHEEL_DOWN,
    K_FOCUS_IN,
    K_FOCUS_OUT,
    K_ANSWER /* the terminal answered; see input_answer */
};

enum { MOD_SHIFT = 1, MOD_ALT = 2, MOD_CTRL = 4, MOD_PASTE = 8 };

/* struct key - code: a code point or K_. mods: MOD_SHIFT only with named keys; MOD_CTRL with a
 * letter: the letter is lower case; MOD_PASTE: it came in a paste and is text, never a command.
 * row, col: from 0, mouse only. */
struct key {
    uint32_t code;
    unsigned mods;
    int row, col;
};

/* key_read - the key written at *s, which moves behind it; blanks before it are passed over.
 *   returns  false at the end, or (with *s at the fault) if `<...>` names no key
 *   test     tests/ui/check_keymap.c */
bool key_read(const char **s, struct key *out);

/* key_write - the notation of a key, added to `out`. */
void key_write(const struct key *k, struct str *out);

bool key_same(const struct key *a, const struct key *b);

#endif
