/* line.c - see line.h. */
#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"

void line_set(struct line *l, const char *text)
{
    size_t n = strlen(text);
    while (n > LINE_MAX_BYTES || (n && !utf8_valid(text, n)))
        n--;
    memcpy(l->text, text, n);
    l->text[n] = 0;
    l->n = l->at = n;
}

static size_t before(const struct line *l, size_t at)
{
    while (at && (l->text[--at] & 0xC0) == 0x80)
        ;
    return at;
}

static size_t behind(const struct line *l, size_t at)
{
    if (at < l->n)
        at++;
    while (at < l->n && (l->text[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static void cut(struct line *l, size_t from, size_t to)
{
    memmove(l->text + from, l->text + to, l->n - to + 1);
    l->n -= to - from;
    l->at = from;
}

static void insert(struct line *l, uint32_t ch)
{
    char b[4];
    if (utf8_harmful(ch))
        return;
    size_t k = utf8_put(b, ch);
    if (l->n + k > LINE_MAX_BYTES)
        return;
    memmove(l->text + l->at + k, l->text + l->at, l->n - l->at + 1);
    memcpy(l->text + l->at, b, k);
    l->n += k;
    l->at += k;
}

static size_t word_before(const struct line *l)
{
    size_t at = l->at;
    while (at && l->text[at - 1] == ' ')
        at--;
    while (at && l->text[at - 1] != ' ')
        at--;
    return at;
}

static bool control_key(struct line *l, uint32_t code)
{
    switch (code) {
    case 'a': l->at = 0; return true;
    case 'e': l->at = l->n; return true;
    case 'b': l->at = before(l, l->at); return true;
    case 'f': l->at = behind(l, l->at); return true;
    case 'k': cut(l, l->at, l->n); return true;
    case 'u': cut(l, 0, l->at); return true;
    case 'w': cut(l, word_before(l), l->at); return true;
    case 'd': cut(l, l->at, behind(l, l->at)); return true;
    case 'h': cut(l, before(l, l->at), l->at); return true;
    }
    return false;
}

bool line_key(struct line *l, const struct key *key)
{
    if (key->mods & MOD_PASTE) { /* a paste is text: line ends become blanks, the rest is dropped */
        if (key->code == K_ENTER || key->code == K_TAB)
            insert(l, ' ');
        else if (key->code < K_ENTER && !(key->mods & (MOD_CTRL | MOD_ALT)))
            insert(l, key->code);
        return true;
    }
    if (key->mods & MOD_CTRL)
        return control_key(l, key->code);
    if (key->mods & MOD_ALT)
        return false;
    switch (key->code) {
    case K_LEFT: l->at = before(l, l->at); return true;
    case K_RIGHT: l->at = behind(l, l->at); return true;
    case K_HOME: l->at = 0; return true;
    case K_END: l->at = l->n; return true;
    case K_BACKSPACE: cut(l, before(l, l->at), l->at); return true;
    case K_DELETE: cut(l, l->at, behind(l, l->at)); return true;
    }
    if (key->code >= K_ENTER)
        return false;
    insert(l, key->code);
    return true;
}

void line_draw(const struct line *l, struct canvas *c, int row, const char *prompt)
{
    canvas_fill(c, row, 0, 1, c->cols, ROLE_PROMPT);
    int left = canvas_put(c, row, 0, ROLE_PROMPT, prompt);
    int room = c->cols - left - 1;
    size_t from = 0;
    while (from < l->at && (int)utf8_columns(l->text + from, l->at - from) > room)
        from = behind(l, from);
    canvas_putn(c, row, left, ROLE_PROMPT, l->text + from, l->n - from);
    canvas_show_cursor(c, row, left + (int)utf8_columns(l->text + from, l->at - from));
}

void history_add(struct history *h, const char *text)
{
    if (!*text)
        return;
    for (size_t i = 0; i < h->at.n; i++)
        if (!strcmp(h->at.at[i], text)) {
            free(h->at.at[i]);
            memmove(&h->at.at[i], &h->at.at[i + 1], (h->at.n - i - 1) * sizeof *h->at.at);
            h->at.n--;
            break;
        }
    if (h->at.n == LINE_HISTORY) {
        free(h->at.at[0]);
        memmove(h->at.at, h->at.at + 1, (h->at.n - 1) * sizeof *h->at.at);
        h->at.n--;
    }
    VEC_PUSH(h->at, mem_str(text));
}

const char *history_step(const struct history *h, size_t steps)
{
    return steps >= 1 && steps <= h->at.n ? h->at.at[h->at.n - steps] : NULL;
}

void history_clear(struct history *h)
{
    for (size_t i = 0; i < h->at.n; i++)
        free(h->at.at[i]);
    VEC_FREE(h->at);
}
