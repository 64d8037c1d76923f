/* console_draw.c - how the Console tab looks: summary, output, help, prompt; panes beside or instead.
 * Not: the form (console_form.c).
 */
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "console_own.h"
#include "vigie/base/utf8.h"

static void draw_summary(const struct console_view *v, struct canvas *c)
{
    const struct rows *r = v->rows;
    const char *site = session_site_name(v->session);
    int here = console_shown(v->console), col = 1;
    col = canvas_putf(c, 0, col, ROLE_TEXT, "%s   console %d/%d",
                      console_lua(v->console) ? "Lua 5.4" : "no Lua in this session", here + 1,
                      CONSOLES);
    for (int i = 0; i < CONSOLES; i++)
        if (console_unseen(v->console, i))
            col = canvas_putf(c, 0, col, ROLE_STRONG, "   %d: %llu new", i + 1,
                              (unsigned long long)console_unseen(v->console, i));
    col = canvas_putf(c, 0, col, ROLE_TEXT, "%s%s   %zu task%s", *site ? "   site " : "", site,
                      r->task.n, r->task.n == 1 ? "" : "s");
    for (size_t i = 0; i < r->task.n && i < 4; i++)
        col = canvas_putf(c, 0, col, ROLE_TEXT, "%s %s (%s)", i ? "," : ":", r->task.at[i].name,
                          r->task.at[i].state);
}

/* ---- the output ---- */

static enum role role_of(enum console_kind kind)
{
    switch (kind) {
    case CONSOLE_INPUT:
    case CONSOLE_MORE: return ROLE_STRONG;
    case CONSOLE_OUT:
    case CONSOLE_VALUE: return ROLE_TEXT;
    case CONSOLE_ERROR: return ROLE_TROUBLE;
    case CONSOLE_HINT:
    case CONSOLE_NOTE: return ROLE_FAINT;
    }
    return ROLE_TEXT;
}

/* A line of the scrollback as it is read: prompt, tag, text. */
static void text_of(const struct console_line *l, struct str *out)
{
    str_reset(out);
    if (l->kind == CONSOLE_INPUT)
        str_add(out, "> ");
    else if (l->kind == CONSOLE_MORE)
        str_add(out, "  ");
    if (*l->tag)
        str_addf(out, "[%s] ", l->tag);
    str_add(out, l->text);
}

/* Where a row of a text ends: behind the last blank, if one is not too far before the edge. */
static size_t row_end(const char *s, size_t n, int width)
{
    size_t k = utf8_cut(s, n, (size_t)width);
    if (k >= n || !k)
        return k ? k : 1;
    for (size_t i = k, back = (size_t)width / 4; i > 1 && back--; i--)
        if (s[i - 1] == ' ')
            return i;
    return k;
}

/* Rows that a text takes; its start of each in `at` (up to max). */
static int wrap(const char *s, size_t n, int width, size_t *at, int max)
{
    int rows = 0;
    size_t from = 0;
    do {
        if (rows < max)
            at[rows] = from;
        rows++;
        from += row_end(s + from, n - from, width);
    } while (from < n);
    return rows;
}

enum { WRAPPED = 400 };

static void draw_output(const struct console_view *v, struct canvas *c)
{
    uint64_t first = console_first(v->console), end = console_end(v->console);
    struct str s = {0};
    size_t at[WRAPPED];
    int width = c->cols - 1;
    console_fit(v->console, width);
    uint64_t i = v->prompt->bottom < end ? v->prompt->bottom : end, from = i;
    int total = 0;
    if (width < 1 || c->rows < 1)
        return;
    while (from > first && total < c->rows) {
        struct console_line l = console_at(v->console, --from);
        text_of(&l, &s);
        total += wrap(str_c(&s), s.n, width, at, WRAPPED);
    }
    int y = total > c->rows ? c->rows - total : 0;
    for (; from < i; from++) {
        struct console_line l = console_at(v->console, from);
        text_of(&l, &s);
        int n = wrap(str_c(&s), s.n, width, at, WRAPPED);
        for (int k = 0; k < n && k < WRAPPED; k++, y++) {
            size_t to = k + 1 < n && k + 1 < WRAPPED ? at[k + 1] : s.n;
            if (y >= 0)
                canvas_putn(c, y, 0, role_of(l.kind), str_c(&s) + at[k], to - at[k]);
        }
    }
    if (first == end)
        text_paragraph(c, 0, ROLE_FAINT,
                       "Type Lua: 1+1, sky.night().dusk, help(). Tab completes, Esc leaves the "
                       "prompt; then Tab goes to tasks and scripts, 1..7 to the other tabs.");
    str_clear(&s);
}

/* ---- the prompt ---- */

static int prompt_rows(const struct console_view *v, int most)
{
    int n = editor_lines(&v->prompt->edit);
    return n < most ? n : most;
}

/* One line of the text, moved to the left as far as the cursor needs. */
static void draw_text(const struct console_view *v, struct canvas *c, int y, int line,
                      const char *lead)
{
    const struct editor *e = &v->prompt->edit;
    int here;
    size_t n, byte, from = 0;
    const char *s = editor_line(e, line, &n);
    editor_where(e, &here, &byte);
    int left = canvas_put(c, y, 0, ROLE_PROMPT, lead), room = c->cols - left - 1;
    if (here == line)
        while (from < byte && (int)utf8_columns(s + from, byte - from) > room)
            do
                from++;
            while (from < byte && (s[from] & 0xC0) == 0x80);
    canvas_putn(c, y, left, ROLE_PROMPT, s + from, n - from);
    if (here == line && v->focus == FOCUS_PROMPT && !v->prompt->searching)
        canvas_show_cursor(c, y, left + (int)utf8_columns(s + from, byte - from));
}

static void draw_prompt(const struct console_view *v, struct canvas *c)
{
    int here;
    size_t byte;
    const struct prompt *p = v->prompt;
    bool busy = console_foreground(v->console) != 0;
    canvas_fill(c, 0, 0, c->rows, c->cols, ROLE_PROMPT);
    if (p->searching) {
        char *lead = mem_printf("(search) %s: ", p->pattern.text);
        draw_text(v, c, 0, 0, lead);
        canvas_show_cursor(c, 0, 9 + (int)utf8_columns(p->pattern.text, p->pattern.at));
        free(lead);
        return;
    }
    editor_where(&p->edit, &here, &byte);
    int first = here >= c->rows ? here - c->rows + 1 : 0;
    for (int y = 0; y < c->rows; y++)
        draw_text(v, c, y, first + y,
                  first + y                      ? "......> "
                  : console_question(v->console) ? "answer? "
                  : busy                         ? " vigie~ "
                                                 : " vigie> ");
}

static int help_lines(const struct console_view *v, int most)
{
    const struct prompt *p = v->prompt;
    if (v->focus != FOCUS_PROMPT)
        return 0;
    int left = (int)(p->word.n - p->word_top);
    int n = p->listed       ? (left < WORD_ROWS ? left : WORD_ROWS)
            : p->word.n > 1 ? 1
            : p->help.n     ? 2
                            : 0;
    return n < most ? n : most;
}

static void draw_words(const struct prompt *p, struct canvas *c)
{
    size_t left = p->word.n - p->word_top;
    int wide = 24;
    if (!p->listed) {
        canvas_putf(c, 0, 2, ROLE_FAINT, "%zu words may stand here: Tab lists them", p->word.n);
        return;
    }
    for (int y = 0; y < c->rows; y++) {
        const char *s = p->word.at[p->word_top + (size_t)y].text;
        int n = (int)utf8_columns(s, strlen(s));
        wide = n > wide ? n : wide;
    }
    wide = wide < c->cols - 30 ? wide : c->cols - 30;
    for (int y = 0; y < c->rows; y++) {
        const struct word *w = &p->word.at[p->word_top + (size_t)y];
        bool more = y + 1 == c->rows && left > (size_t)c->rows;
        canvas_fit(c, y, 2, wide, -1, ROLE_POPUP, w->text);
        canvas_fit(c, y, wide + 3, c->cols - wide - 4, -1, ROLE_FAINT, w->help);
        if (more) {
            canvas_fill(c, y, 0, 1, c->cols, ROLE_TEXT);
            canvas_putf(c, y, 2, ROLE_FAINT, "... %zu more: Tab", left - (size_t)c->rows + 1);
        }
    }
}

static void draw_help(const struct prompt *p, struct canvas *c)
{
    const char *s = str_c(&p->help);
    for (int y = 0; y < c->rows && *s; y++) {
        size_t n = strcspn(s, "\n");
        canvas_putn(c, y, 2, y ? ROLE_FAINT : ROLE_TEXT, s, n);
        s += n + (s[n] == '\n');
    }
}

/* ---- panes ---- */

static void draw_pane(const struct console_view *v, struct canvas *c, bool scripts)
{
    const struct list *list = scripts ? v->scripts : v->tasks;
    bool here = v->focus == (scripts ? FOCUS_SCRIPTS : FOCUS_TASKS);
    char *title = mem_printf("%s%s", scripts ? "scripts" : "tasks", here ? " <" : "");
    canvas_rule(c, 0, title);
    free(title);
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    list_draw(list, &body);
    if (!list_shown(list))
        text_paragraph(&body, 1, ROLE_FAINT,
                       scripts ? "   None. Your own lie in ~/.config/vigie/scripts."
                               : "   Nothing runs.");
}

static void draw_side(const struct console_view *v, struct canvas *c)
{
    const struct prompt *p = v->prompt;
    int tasks = c->rows / 4, scripts = c->rows / 3;
    struct canvas one = canvas_part(c, 0, 0, tasks, c->cols);
    struct canvas two = canvas_part(c, tasks, 0, scripts, c->cols);
    struct canvas three = canvas_part(c, tasks + scripts, 0, c->rows - tasks - scripts, c->cols);
    draw_pane(v, &one, false);
    draw_pane(v, &two, true);
    canvas_rule(&three, 0, "help");
    int y = 1;
    for (const char *s = str_c(&p->help); *s && y < three.rows;) {
        size_t n = strcspn(s, "\n");
        char *text = mem_strn(s, n);
        y += text_paragraph(&three, y, y == 1 ? ROLE_STRONG : ROLE_TEXT, text);
        free(text);
        s += n + (s[n] == '\n');
        y++;
    }
}

static void draw_main(const struct console_view *v, struct canvas *c, bool wide)
{
    int prompt = v->prompt->searching ? 1 : prompt_rows(v, c->rows / 3);
    int most = c->rows - prompt - 3;
    int help = wide && v->prompt->word.n < 2 ? 0 : help_lines(v, most > 0 ? most : 0);
    int output = c->rows - prompt - help - (help ? 1 : 0);
    struct canvas out = canvas_part(c, 0, 0, output, c->cols);
    struct canvas words = canvas_part(c, c->rows - prompt - help, 0, help, c->cols);
    struct canvas line = canvas_part(c, c->rows - prompt, 0, prompt, c->cols);
    *v->page = output; /* how far PgUp goes: no part of what is seen */
    draw_output(v, &out);
    if (help && v->prompt->word.n > 1)
        draw_words(v->prompt, &words);
    else if (help)
        draw_help(v->prompt, &words);
    draw_prompt(v, &line);
}

void console_draw(const void *view, const struct session *session, struct canvas *c)
{
    (void)session;
    const struct console_view *v = view;
    bool wide = c->cols >= LIST_WIDE;
    int side = wide ? CONSOLE_SIDE : 0;
    draw_summary(v, c);
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols - (side ? side + 2 : 0));
    if (v->focus == FOCUS_FORM) {
        struct canvas whole = canvas_part(c, 1, 0, c->rows - 1, c->cols);
        form_draw(v, &whole);
        return;
    }
    if (wide) {
        struct canvas right = canvas_part(c, 1, c->cols - side, c->rows - 1, side);
        for (int y = 1; y < c->rows; y++)
            canvas_glyph(c, y, c->cols - side - 2, 1, ROLE_RULE, GLYPH_VLINE);
        draw_side(v, &right);
    } else if (v->focus == FOCUS_TASKS || v->focus == FOCUS_SCRIPTS) {
        draw_pane(v, &body, v->focus == FOCUS_SCRIPTS);
        return;
    }
    draw_main(v, &body, wide);
}
