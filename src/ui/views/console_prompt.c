/* console_prompt.c - the prompt of the Console tab: entering, history, search, completion.
 * Not: the text itself (editor.c), drawing (console_draw.c).
 */
#include <stdlib.h>
#include <string.h>

#include "console_own.h"

static void forget_words(struct prompt *p)
{
    for (size_t i = 0; i < p->word.n; i++) {
        free(p->word.at[i].text);
        free(p->word.at[i].help);
    }
    p->word.n = p->word_top = 0;
    p->listed = false;
}

void prompt_clear(struct prompt *p)
{
    forget_words(p);
    VEC_FREE(p->word);
    free(p->typed);
    str_clear(&p->help);
    editor_clear(&p->edit);
}

static void ask_help(struct console_view *v)
{
    struct prompt *p = v->prompt;
    str_reset(&p->help);
    console_help(v->console, editor_text(&p->edit), p->edit.at, &p->help);
}

/* ---- entering ---- */

/* `sky.altaz?` asks for help: about the name, and about the value where it has one. */
static char *question(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:");
    if (!n || strcmp(text + n, "?") != 0)
        return NULL;
    const char *colon = memchr(text, ':', n); /* a method is none of the values that can be named */
    int value = (int)(colon ? (size_t)(colon - text) : n);
    return mem_printf("help(\"%.*s\", %.*s)", (int)n, text, value, text);
}

static void enter(struct console_view *v)
{
    struct prompt *p = v->prompt;
    const char *text = editor_text(&p->edit);
    v->prompt->bottom = UINT64_MAX;
    if (!text[strspn(text, " \t\n")])
        return;
    char *other = question(text);
    enum console_entered e = console_enter(v->console, other ? other : text);
    free(other);
    if (e == CONSOLE_MORE_WANTED) {
        static const struct key line_end = {K_ENTER, MOD_ALT, 0, 0};
        p->edit.at = p->edit.text.n;
        editor_key(&p->edit, &line_end);
        return;
    }
    editor_set(&p->edit, "");
    p->past_at = 0;
}

/* What was suggested stands at the prompt if nothing else does. */
void prompt_suggested(struct console_view *v)
{
    struct prompt *p = v->prompt;
    const char *line = console_suggested(v->console);
    if (!line || console_foreground(v->console))
        return; /* there may be a later one */
    if (!p->edit.text.n && !p->searching && !console_question(v->console)) {
        editor_set(&p->edit, line);
        ask_help(v);
    }
    console_suggest_over(v->console);
}

/* ---- history ---- */

/* The next older (step 1) or newer (-1) entry that begins as the line did. */
static void past(struct console_view *v, int step)
{
    struct prompt *p = v->prompt;
    if (!p->past_at) {
        if (step < 0)
            return;
        free(p->typed);
        p->typed = mem_str(editor_text(&p->edit));
    }
    size_t n = strlen(p->typed);
    for (size_t to = p->past_at + (size_t)step;; to += (size_t)step) {
        const char *text = to ? console_past(v->console, to - 1) : p->typed;
        if (!text)
            return;
        if (to && strncmp(text, p->typed, n))
            continue;
        editor_set(&p->edit, text);
        p->past_at = to;
        return;
    }
}

/* ---- reverse search ---- */

static void search(struct prompt *p, const struct console *c, size_t from)
{
    const char *text;
    for (size_t i = from; p->pattern.n && (text = console_past(c, i)); i++)
        if (strstr(text, p->pattern.text)) {
            p->found = i + 1;
            editor_set(&p->edit, text);
            return;
        }
}

static bool search_key(struct console_view *v, const struct key *k)
{
    struct prompt *p = v->prompt;
    bool control = k->mods == MOD_CTRL;
    if (control && k->code == 'r') {
        search(p, v->console, p->found);
    } else if ((control && (k->code == 'g' || k->code == 'c')) || (!k->mods && k->code == K_ESC)) {
        editor_set(&p->edit, p->typed);
        p->searching = false;
    } else if (!(k->mods & MOD_PASTE) && k->code == K_ENTER) {
        p->searching = false; /* it is in the line now; a second Enter runs it */
    } else if (line_key(&p->pattern, k)) {
        p->found = 0;
        search(p, v->console, 0);
    } else {
        p->searching = false;
        return prompt_key(v, k);
    }
    return true;
}

static void search_begin(struct prompt *p)
{
    free(p->typed);
    p->typed = mem_str(editor_text(&p->edit));
    p->searching = true;
    p->found = 0;
    line_set(&p->pattern, "");
}

/* ---- completion ---- */

static void take_word(void *arg, const char *word, const char *help)
{
    struct prompt *p = arg;
    struct word w = {mem_str(word), mem_str(help)};
    VEC_PUSH(p->word, w);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct word *)a)->text, ((const struct word *)b)->text);
}

/* What all words begin with, beyond what is written; a single one also in place of what is written (a service
 * by its name is its URL). */
static void common(struct prompt *p)
{
    size_t n = strlen(p->word.at[0].text), written = p->edit.at - p->word_from;
    const char *typed = editor_text(&p->edit) + p->word_from;
    for (size_t i = 1; i < p->word.n; i++) {
        size_t k = 0;
        while (k < n && p->word.at[i].text[k] == p->word.at[0].text[k])
            k++;
        n = k;
    }
    bool begins = n >= written && !strncmp(p->word.at[0].text, typed, written);
    if (p->word.n == 1 || (begins && n > written)) {
        char *text = mem_strn(p->word.at[0].text, n);
        editor_replace(&p->edit, p->word_from, text);
        free(text);
    }
}

static void complete(struct console_view *v)
{
    struct prompt *p = v->prompt;
    size_t before = p->edit.at;
    int line;
    size_t byte, k = before;
    if (p->word.n > 1) { /* the last key was Tab too: what may stand here, page by page */
        bool more = p->listed && p->word.n - p->word_top > WORD_ROWS;
        p->word_top = more ? p->word_top + WORD_ROWS - 1 : 0;
        p->listed = true;
        return;
    }
    forget_words(p);
    editor_where(&p->edit, &line, &byte);
    const char *text = editor_text(&p->edit);
    while (k > before - byte && text[k - 1] == ' ')
        k--;
    if (k == before - byte) { /* at the start of a line of several: it is moved in */
        if (line)
            editor_replace(&p->edit, p->edit.at, "    ");
        return;
    }
    p->word_from = console_complete(v->console, text, p->edit.at, take_word, p);
    if (!p->word.n)
        return;
    qsort(p->word.at, p->word.n, sizeof *p->word.at, by_text);
    common(p);
}

/* ---- keys ---- */

static void interrupt(struct console_view *v)
{
    uint64_t task = console_foreground(v->console);
    bool only_text = v->prompt->edit.text.n && console_runs_script(v->console);
    if (task && !only_text) /* a watch of the whole night does not end with a line thrown away */
        console_cancel(v->console, task);
    editor_set(&v->prompt->edit, "");
    v->prompt->past_at = 0;
}

static bool special(struct console_view *v, const struct key *k)
{
    struct prompt *p = v->prompt;
    bool control = k->mods == MOD_CTRL, plain = !k->mods;
    if (plain && k->code == K_ENTER) {
        enter(v);
    } else if (plain && k->code == K_TAB) {
        complete(v);
        return true; /* the words stay */
    } else if (control && k->code == 'r') {
        search_begin(p);
    } else if (control && k->code == 'c' && (console_foreground(v->console) || p->edit.text.n)) {
        interrupt(v);
    } else if ((plain && k->code == K_UP) || (control && k->code == 'p')) {
        if (p->past_at || !editor_key(&p->edit, &(struct key){K_UP, 0, 0, 0}))
            past(v, 1);
    } else if ((plain && k->code == K_DOWN) || (control && k->code == 'n')) {
        if (p->past_at || !editor_key(&p->edit, &(struct key){K_DOWN, 0, 0, 0}))
            past(v, -1);
    } else if (plain && (k->code == K_PGUP || k->code == K_PGDN)) {
        console_scroll(v, k->code == K_PGUP ? 1 - *v->page : *v->page - 1);
    } else if (plain && k->code == K_ESC) {
        if (!p->word.n)
            v->focus = FOCUS_OUTPUT;
    } else {
        return false;
    }
    forget_words(p);
    return true;
}

/* While pasting, each key is text; C-d ends it and leaves the text to be read, C-c throws it away. */
static bool paste_key(struct console_view *v, const struct key *k)
{
    struct prompt *p = v->prompt;
    bool control = k->mods == MOD_CTRL;
    if ((control && (k->code == 'd' || k->code == 'c')) || (!k->mods && k->code == K_ESC)) {
        p->pasting = false;
        if (control && k->code == 'c')
            editor_set(&p->edit, "");
        return true;
    }
    struct key as_pasted = *k;
    if (!k->mods && (k->code <= K_ENTER || k->code == K_TAB))
        as_pasted.mods = MOD_PASTE;
    return editor_key(&p->edit, &as_pasted);
}

bool prompt_key(struct console_view *v, const struct key *k)
{
    struct prompt *p = v->prompt;
    if (p->pasting)
        return paste_key(v, k);
    if (p->searching)
        return search_key(v, k);
    bool pasted = k->mods & MOD_PASTE;
    if (!pasted && !p->edit.text.n && !k->mods && (k->code == ':' || k->code == '?'))
        return false; /* no Lua begins so: the palette, the help */
    bool taken = !pasted && special(v, k);
    if (!taken && editor_key(&p->edit, k)) {
        forget_words(p);
        p->past_at = 0;
        taken = true;
    }
    if (taken && !pasted)
        ask_help(v);
    return taken;
}
