/* glyph.h - the drawing characters in two sets, and ASCII for what is not ASCII.
 * Not: a choice between the sets (that is the terminal's or --glyphs').
 * No emoji, no private-use icons: box lines, blocks and braille only.
 */
#ifndef VIGIE_SRC_UI_GLYPH_H
#define VIGIE_SRC_UI_GLYPH_H

#include <stdint.h>

enum glyph {
    GLYPH_HLINE,
    GLYPH_VLINE,
    GLYPH_TEE_DOWN, /* a rule from which a vertical line goes down */
    GLYPH_CORNER,   /* lower left of a plot's axes */
    GLYPH_FULL,     /* full block: a band, a score */
    GLYPH_SHADE,    /* half-tone: a band of less worth */
    GLYPH_EMPTY,    /* the rest of a score */
    GLYPH_DARK,     /* night on a time line */
    GLYPH_DUSK,     /* twilight on a time line */
    GLYPH_NOW,      /* the present on a time line */
    GLYPH_GAP,      /* an empty place of a time line */
    GLYPH_ELLIPSIS,
    GLYPH_DEGREE,
    GLYPH_N
};

enum glyph_set { GLYPHS_ASCII, GLYPHS_UTF8 };

/* glyph - the code point of a drawing character in a set. */
uint32_t glyph(enum glyph_set set, enum glyph g);

/* glyph_ascii - one ASCII character for a code point: itself, a letter without its accent, or '?'.
 * 0 for a combining mark (nothing is to be put). test: tests/ui/check_canvas.c */
uint32_t glyph_ascii(uint32_t c);

#endif
