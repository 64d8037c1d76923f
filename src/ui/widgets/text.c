/* text.c - see text.h. */
#include "text.h"

#include <string.h>

#include "vigie/base/utf8.h"

int text_paragraph(struct canvas *c, int row, enum role role, const char *text)
{
    int used = 0;
    while (*text && c->cols > 0 && row + used < c->rows) {
        size_t n = strlen(text), cut = utf8_cut(text, n, (size_t)c->cols);
        if (cut < n)
            for (size_t k = cut; k > cut / 2; k--)
                if (text[k] == ' ') {
                    cut = k;
                    break;
                }
        if (!cut) /* a character wider than the canvas */
            break;
        int end = canvas_putn(c, row + used++, 0, role, text, cut);
        text += cut + strspn(text + cut, " ");
        if (*text && row + used == c->rows) /* there is more than is seen */
            canvas_glyph(c, row + used - 1, end < c->cols ? end : c->cols - 1, 1, role,
                         GLYPH_ELLIPSIS);
    }
    return used;
}
