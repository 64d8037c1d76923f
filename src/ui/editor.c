/* editor.c - see editor.h. */
#include "editor.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"

const char *editor_text(const struct editor *e)
{
    return str_c(&e->text);
}

void editor_clear(struct editor *e)
{
    str_clear(&e->text);
    free(e->killed);
    *e = (struct editor){0};
}

static void insert(struct editor *e, const char *s, size_t n)
{
    size_t old = e->text.n;
    if (old + n > EDITOR_MAX)
        return;
    str_addn(&e->text, s, n);
    memmove(e->text.s + e->at + n, e->text.s + e->at, old - e->at);
    memcpy(e->text.s + e->at, s, n);
    e->at += n;
}

void editor_set(struct editor *e, const char *text)
{
    str_reset(&e->text);
    e->at = 0;
    insert(e, text, strlen(text));
}

static size_t before(const struct editor *e, size_t at)
{
    while (at && (e->text.s[--at] & 0xC0) == 0x80)
        ;
    return at;
}

static size_t behind(const struct editor *e, size_t at)
{
    if (at < e->text.n)
        at++;
    while (at < e->text.n && (e->text.s[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static void cut(struct editor *e, size_t from, size_t to, bool keep)
{
    if (from >= to)
        return;
    if (keep) {
        free(e->killed);
        e->killed = mem_strn(e->text.s + from, to - from);
    }
    memmove(e->text.s + from, e->text.s + to, e->text.n - to + 1);
    e->text.n -= to - from;
    e->at = from;
}

void editor_replace(struct editor *e, size_t from, const char *text)
{
    cut(e, from, e->at, false);
    insert(e, text, strlen(text));
}

/* ---- lines and words ---- */

static size_t line_start(const struct editor *e)
{
    size_t at = e->at;
    while (at && e->text.s[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct editor *e)
{
    return e->text.n ? e->at + strcspn(e->text.s + e->at, "\n") : 0;
}

int editor_lines(const struct editor *e)
{
    int n = 1;
    for (size_t i = 0; i < e->text.n; i++)
        n += e->text.s[i] == '\n';
    return n;
}

void editor_where(const struct editor *e, int *line, size_t *byte)
{
    *line = 0;
    for (size_t i = 0; i < e->at; i++)
        *line += e->text.s[i] == '\n';
    *byte = e->at - line_start(e);
}

const char *editor_line(const struct editor *e, int i, size_t *n)
{
    const char *s = editor_text(e);
    while (i-- > 0 && strchr(s, '\n'))
        s = strchr(s, '\n') + 1;
    *n = strcspn(s, "\n");
    return s;
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

static size_t word_before(const struct editor *e, bool blanks)
{
    size_t at = e->at;
    const char *s = editor_text(e);
    while (at && (blanks ? isspace((unsigned char)s[at - 1]) : !in_word(s[at - 1])))
        at--;
    while (at && (blanks ? !isspace((unsigned char)s[at - 1]) : in_word(s[at - 1])))
        at--;
    return at;
}

static size_t word_behind(const struct editor *e)
{
    size_t at = e->at;
    const char *s = editor_text(e);
    while (at < e->text.n && !in_word(s[at]))
        at++;
    while (at < e->text.n && in_word(s[at]))
        at++;
    return at;
}

/* One line up or down, at the same number of characters; false on the first or last one. */
static bool vertical(struct editor *e, int step)
{
    int line;
    size_t byte, n, count = 0;
    editor_where(e, &line, &byte);
    if (line + step < 0 || line + step >= editor_lines(e))
        return false;
    for (size_t i = line_start(e); i < e->at; i = behind(e, i))
        count++;
    const char *s = editor_line(e, line + step, &n);
    e->at = (size_t)(s - e->text.s);
    for (size_t end = e->at + n; count && e->at < end; count--)
        e->at = behind(e, e->at);
    return true;
}

/* ---- keys ---- */

static void swap(struct editor *e)
{
    size_t mid = e->at == line_end(e) ? before(e, e->at) : e->at;
    if (mid <= line_start(e))
        return;
    size_t from = before(e, mid), to = behind(e, mid);
    char *left = mem_strn(e->text.s + from, mid - from);
    cut(e, from, mid, false);
    e->at = from + (to - mid);
    insert(e, left, strlen(left));
    free(left);
}

static bool control_key(struct editor *e, uint32_t code)
{
    size_t end;
    switch (code) {
    case 'a': e->at = line_start(e); return true;
    case 'e': e->at = line_end(e); return true;
    case 'b': e->at = before(e, e->at); return true;
    case 'f': e->at = behind(e, e->at); return true;
    case 'k':
        end = line_end(e);
        cut(e, e->at, end == e->at ? behind(e, e->at) : end, true);
        return true;
    case 'u': cut(e, line_start(e), e->at, true); return true;
    case 'w': cut(e, word_before(e, true), e->at, true); return true;
    case 'd': cut(e, e->at, behind(e, e->at), false); return true;
    case 'h': cut(e, before(e, e->at), e->at, false); return true;
    case 'y':
        if (e->killed)
            insert(e, e->killed, strlen(e->killed));
        return true;
    case 't': swap(e); return true;
    }
    return false;
}

static bool alt_key(struct editor *e, uint32_t code)
{
    switch (code) {
    case 'b': e->at = word_before(e, false); return true;
    case 'f': e->at = word_behind(e); return true;
    case 'd': cut(e, e->at, word_behind(e), true); return true;
    case K_BACKSPACE: cut(e, word_before(e, false), e->at, true); return true;
    case K_ENTER: insert(e, "\n", 1); return true;
    }
    return false;
}

static void character(struct editor *e, uint32_t ch)
{
    char b[4];
    if (!utf8_harmful(ch))
        insert(e, b, utf8_put(b, ch));
}

/* A paste is text: nothing in it is a command. */
static void pasted(struct editor *e, const struct key *k)
{
    if (k->code == K_ENTER)
        insert(e, "\n", 1);
    else if (k->code == K_TAB)
        insert(e, "    ", 4);
    else if (k->code < K_ENTER && !(k->mods & (MOD_CTRL | MOD_ALT)))
        character(e, k->code);
}

bool editor_key(struct editor *e, const struct key *k)
{
    if (k->mods & MOD_PASTE) {
        pasted(e, k);
        return true;
    }
    if (k->mods & MOD_CTRL)
        return control_key(e, k->code);
    if (k->mods & MOD_ALT)
        return alt_key(e, k->code);
    switch (k->code) {
    case K_LEFT: e->at = before(e, e->at); return true;
    case K_RIGHT: e->at = behind(e, e->at); return true;
    case K_HOME: e->at = line_start(e); return true;
    case K_END: e->at = line_end(e); return true;
    case K_UP: return vertical(e, -1);
    case K_DOWN: return vertical(e, 1);
    case K_BACKSPACE: cut(e, before(e, e->at), e->at, false); return true;
    case K_DELETE: cut(e, e->at, behind(e, e->at), false); return true;
    }
    if (k->code >= K_ENTER)
        return false;
    character(e, k->code);
    return true;
}
