/* vt.h - a terminal in memory, for tests: takes the bytes a program writes and keeps what would be
 * seen, with its colours. Not: complete; a sequence it does not know is counted and named.
 * Source: ECMA-48; xterm, ctlseqs.
 */
#ifndef VIGIE_TESTS_UI_VT_H
#define VIGIE_TESTS_UI_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A colour: -1 the terminal's own; 0..255 an entry; RGB(r, g, b) above. */
#define VT_RGB(c) ((c) >= 0x1000000)

struct vt_cell {
    uint32_t ch;
    int32_t fg, bg;
    bool bold, reverse, right_half;
};

struct vt {
    int rows, cols, row, col, top, bottom;
    int32_t fg, bg;
    bool bold, reverse, alternate, cursor_hidden, wrap_pending, bce;
    struct vt_cell *at;
    int unknown, bells;
    char last_unknown[64], title[128], cursor_colour[64], copied[256];
    int32_t palette[16]; /* as set by initc of the Linux console, -1 */
    char *held;          /* an unfinished sequence */
    size_t n_held;
};

struct vt *vt_new(int rows, int cols);
void vt_free(struct vt *v);
void vt_feed(struct vt *v, const char *s, size_t n);

/* vt_row - the characters of a row, blanks at the end left out; static memory. */
const char *vt_row(const struct vt *v, int row);

#endif
