/* glyph.c - see glyph.h. One table for both sets; all of width 1. */
#include "glyph.h"

#include "vigie/base/utf8.h"

static const uint32_t glyphs[GLYPH_N][2] = {
    [GLYPH_HLINE] = {'-', 0x2500},  [GLYPH_VLINE] = {'|', 0x2502}, [GLYPH_TEE_DOWN] = {'-', 0x252C},
    [GLYPH_CORNER] = {'+', 0x2514}, [GLYPH_FULL] = {'#', 0x2588},  [GLYPH_SHADE] = {'+', 0x2592},
    [GLYPH_EMPTY] = {' ', 0x2591},  [GLYPH_DARK] = {'=', 0x2550},  [GLYPH_DUSK] = {'-', 0x2500},
    [GLYPH_NOW] = {'|', 0x2502},    [GLYPH_GAP] = {'.', ' '},      [GLYPH_ELLIPSIS] = {'~', 0x2026},
    [GLYPH_DEGREE] = {' ', 0xB0},
};

uint32_t glyph(enum glyph_set set, enum glyph g)
{
    return glyphs[g][set];
}

/* Letters U+00C0..U+00FF without their accents. */
static const char latin1[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

uint32_t glyph_ascii(uint32_t c)
{
    static const struct {
        uint32_t from;
        char to;
    } other[] = {{0xA0, ' '},   {0xB0, 'd'},    {0xB1, '+'},    {0xB2, '2'},   {0xB3, '3'},
                 {0xB5, 'u'},   {0xB7, '.'},    {0xBA, 'o'},    {0x3B1, 'a'},  {0x3B2, 'b'},
                 {0x3B3, 'g'},  {0x3B4, 'd'},   {0x3B5, 'e'},   {0x3BB, 'l'},  {0x3BC, 'u'},
                 {0x3C3, 's'},  {0x2010, '-'},  {0x2011, '-'},  {0x2012, '-'}, {0x2013, '-'},
                 {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201C, '"'}, {0x201D, '"'},
                 {0x2026, '~'}, {0x2032, '\''}, {0x2033, '"'},  {0x2212, '-'}, {0x2500, '-'},
                 {0x2502, '|'}};
    if (c < 0x80)
        return c;
    if (c >= 0xC0 && c <= 0xFF)
        return (unsigned char)latin1[c - 0xC0];
    for (unsigned i = 0; i < sizeof other / sizeof *other; i++)
        if (other[i].from == c)
            return (unsigned char)other[i].to;
    return utf8_width(c) == 0 ? 0 : '?';
}
