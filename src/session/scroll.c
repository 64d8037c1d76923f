/* scroll.c - the lines kept of a console: clean, bounded, numbered from the first that ever was. Not: who
 * says them (console.c).
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "vigie/base/utf8.h"

/* Tabs (unless they may stay) to stops of 8, what could drive a terminal as ^X, too long is cut. */
char *scroll_text(const char *s, size_t n, bool tabs)
{
    struct str t = {.max = CONSOLE_TEXT};
    size_t col = 0;
    for (const char *end = s + n; s < end && !t.over;) {
        uint32_t ch = utf8_next(&s, end);
        char b[4];
        if (ch == '\t' && tabs) {
            str_addc(&t, '\t');
        } else if (ch == '\t') {
            do
                str_addc(&t, ' ');
            while (++col % 8);
        } else if (ch < 32 || ch == 127) {
            str_addf(&t, "^%c", (char)(ch ^ 64));
            col += 2;
        } else if (utf8_harmful(ch)) {
            str_addf(&t, "<U+%04X>", ch);
            col += 8;
        } else if (t.n + 4 > CONSOLE_TEXT) {
            break;
        } else {
            str_addn(&t, b, utf8_put(b, ch));
            col++;
        }
    }
    if (t.n + 12 > CONSOLE_TEXT) {
        while (t.n && (t.n + 12 > CONSOLE_TEXT || !utf8_valid(t.s, t.n)))
            t.n--;
        t.over = false;
        t.s[t.n] = 0;
        str_add(&t, " ... (cut)");
    }
    str_add(&t, "");
    return str_take(&t);
}

static size_t cost(const struct kept *k)
{
    return sizeof *k + 32 + strlen(k->text) + (k->tag ? 32 + strlen(k->tag) : 0);
}

static void drop_oldest(struct scroll *r)
{
    struct kept *k = &r->line.at[r->head++];
    r->bytes -= cost(k);
    free(k->text);
    free(k->tag);
    r->first++;
    if (r->head > 1024 && r->head > r->line.n / 2) {
        r->line.n -= r->head;
        memmove(r->line.at, r->line.at + r->head, r->line.n * sizeof *r->line.at);
        r->head = 0;
    }
}

const struct kept *scroll_put(struct scroll *r, enum console_kind kind, const char *tag,
                              const char *s, size_t n)
{
    struct kept k = {.text = scroll_text(s, n, false),
                     .tag = tag ? scroll_text(tag, strlen(tag), false) : NULL,
                     .kind = kind};
    VEC_PUSH(r->line, k);
    r->bytes += cost(&k);
    while (r->bytes > CONSOLE_BYTES || r->line.n - r->head > CONSOLE_LINES)
        drop_oldest(r);
    return &r->line.at[r->line.n - 1];
}

uint64_t scroll_end(const struct scroll *r)
{
    return r->first + (r->line.n - r->head);
}

struct console_line scroll_at(const struct scroll *r, uint64_t i)
{
    const struct kept *k = &r->line.at[r->head + (size_t)(i - r->first)];
    return (struct console_line){k->kind, k->tag ? k->tag : "", k->text};
}

void scroll_clear(struct scroll *r)
{
    for (size_t i = r->head; i < r->line.n; i++) {
        free(r->line.at[i].text);
        free(r->line.at[i].tag);
    }
    r->first = scroll_end(r);
    VEC_FREE(r->line);
    r->head = r->bytes = 0;
}
