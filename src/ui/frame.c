/* frame.c - the frame: tabs, hints or prompt, which-key, the whole screen. Not: the status bar
 * (status.c), the palette (palette.c), what is inside a tab (views/). See interface design, section 2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui.h"
#include "views/views.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"

/* ---- tabs ---- */

static void tab_text(const struct ui *ui, int i, int room, struct str *out, char *mark)
{
    const struct tab *t = &ui->tab[i];
    bool here = i == ui->current;
    *mark = ' ';
    int unseen = t->ops->unseen ? t->ops->unseen(t->view, mark) : 0;
    str_reset(out);
    str_addf(out, "%c%d", here ? '[' : ' ', t->ops->tab);
    if (room > 0)
        str_addf(out, " %.*s", room, t->ops->title);
    if (unseen)
        str_addf(out, " %d", unseen);
    if (*mark != ' ')
        str_addc(out, *mark);
    str_addc(out, here ? ']' : ' ');
}

/* Columns that the tabs take when each title has at most `room` letters (the current one all). */
static int tabs_width(const struct ui *ui, int room)
{
    struct str s = {0};
    int width = 0;
    char mark;
    for (int i = 0; i < ui->n_tabs; i++) {
        tab_text(ui, i, i == ui->current ? 20 : room, &s, &mark);
        width += (int)s.n;
    }
    str_clear(&s);
    return width;
}

void ui_draw_tabs(const struct ui *ui, struct canvas *c)
{
    struct str s = {0};
    int room = 20, col = 0;
    char mark;
    while (room > 0 && tabs_width(ui, room) > c->cols)
        room--;
    canvas_fill(c, 0, 0, 1, c->cols, ROLE_TAB);
    for (int i = 0; i < ui->n_tabs; i++) {
        bool here = i == ui->current;
        tab_text(ui, i, here ? 20 : room, &s, &mark);
        enum role role = here ? ROLE_TAB_CURRENT : mark == '!' ? ROLE_ALARM : ROLE_TAB;
        col = canvas_put(c, 0, col, role, str_c(&s));
    }
    if (col + 7 <= c->cols)
        canvas_put(c, 0, c->cols - 6, ROLE_TAB, "vigie");
    str_clear(&s);
}

/* ---- hints ---- */

struct hinter {
    const struct ui *ui;
    struct canvas *c;
    int row, col, end;
    struct str keys, label;
};

static int width_of(const struct hinter *h)
{
    return canvas_columns(h->c, str_c(&h->keys)) + 1 + canvas_columns(h->c, str_c(&h->label)) + 2;
}

/* What is in keys and label, if there is room. */
static void put_hint(struct hinter *h, const struct command *row, void *owner)
{
    if (h->col + width_of(h) - 2 > h->end)
        return;
    bool off = commands_disabled(h->ui->session, row, owner) != NULL;
    h->col = canvas_put(h->c, h->row, h->col, off ? ROLE_DISABLED : ROLE_HINT_KEY, str_c(&h->keys));
    h->col =
        canvas_put(h->c, h->row, h->col + 1, off ? ROLE_DISABLED : ROLE_HINT, str_c(&h->label));
    h->col += 2;
}

/* One hint; left out when there is no room, or no key. */
static void hint(struct hinter *h, const struct command *row, void *owner, const char *label)
{
    str_reset(&h->keys);
    str_reset(&h->label);
    keymap_keys_of(h->ui->keys, ui_scope(h->ui), row->name, &h->keys);
    char *second = strstr(str_c(&h->keys), "  ");
    if (second) { /* the first way is enough here */
        *second = 0;
        h->keys.n = (size_t)(second - h->keys.s);
    }
    if (!h->keys.n)
        return;
    if (h->keys.s[0] == '<' && h->keys.n > 3 && strcmp(h->keys.s, "<lt>")) { /* <Enter>: Enter */
        memmove(h->keys.s, h->keys.s + 1, h->keys.n);
        h->keys.n -= 2;
        h->keys.s[h->keys.n] = 0;
    }
    if (label)
        str_add(&h->label, label);
    else
        ui_label(row->scope, row->name, NULL, &h->label);
    put_hint(h, row, owner);
}

/* One that has a hint only while it can be run: keys of a pane. */
static void hint_able(struct hinter *h, const char *name, const char *label)
{
    void *owner = NULL;
    const struct command *row =
        commands_find(session_commands(h->ui->session), ui_scope(h->ui), name, &owner);
    if (row && !commands_disabled(h->ui->session, row, owner))
        hint(h, row, owner, label);
}

static void hint_named(struct hinter *h, const char *name, const char *label)
{
    void *owner = NULL;
    const struct command *row =
        commands_find(session_commands(h->ui->session), ui_scope(h->ui), name, &owner);
    if (row)
        hint(h, row, owner, label);
}

/* What begins with a key, when a row of its own has no room: which-key lists it. */
static void hint_prefix(struct hinter *h, const char *key, const char *label)
{
    str_reset(&h->keys);
    str_reset(&h->label);
    str_add(&h->keys, key);
    str_add(&h->label, label);
    if (h->col + width_of(h) - 2 > h->end)
        return;
    h->col = canvas_put(h->c, h->row, h->col, ROLE_HINT_KEY, str_c(&h->keys));
    h->col = canvas_put(h->c, h->row, h->col + 1, ROLE_HINT, str_c(&h->label)) + 2;
}

/* Keys of this tab for commands of everywhere: `i` note. single: only those of one key. */
static void hint_bound(struct hinter *h, bool single)
{
    const struct binding *b;
    for (size_t i = 0; (b = keymap_at(h->ui->keys, i)); i++) {
        void *owner = NULL;
        const struct command *row =
            commands_find(session_commands(h->ui->session), ui_scope(h->ui), b->command, &owner);
        if (strcmp(b->scope, ui_scope(h->ui)) || !row || row->scope || b->key[0].code == '[' ||
            b->key[0].code == ']' || (single && b->n_keys > 1))
            continue; /* other nights have a hint of their own */
        str_reset(&h->keys);
        str_reset(&h->label);
        keymap_show(b->key, b->n_keys, &h->keys);
        ui_label(b->scope, b->command, NULL, &h->label);
        put_hint(h, row, owner);
    }
}

static void draw_hints(const struct ui *ui, struct canvas *c, int row)
{
    struct hinter h = {.ui = ui, .c = c, .row = row, .col = 1, .end = c->cols - 1};
    const struct tab *t = &ui->tab[ui->current];
    static const char *const tail[][2] = {
        {"filter", "filter"}, {"palette", "cmd"}, {"help", "help"}};
    const char *own = !ui->help && t->ops->hints ? t->ops->hints(t->view) : NULL;
    if (own) {
        canvas_fit(c, row, 1, c->cols - 2, -1, ROLE_HINT, own);
        return;
    }
    bool devices = t->ops == &view_devices;
    int few = devices ? 100 : 60; /* columns below which the tail is help alone */
    int reserve = c->cols >= few ? 26 : 8;
    h.end = c->cols - reserve;
    if (ui->help) {
        hint_named(&h, "open", "run");
        hint_named(&h, "filter", "search");
        hint_named(&h, "back", "close");
    } else {
        if (devices) {
            hint_named(&h, "stop-all", "STOP ALL MOTION");
            hint_able(&h, "device-edit", "edit");
            hint_able(&h, "property-undo", "undo");
            hint_named(&h, "open", "properties");
            hint_named(&h, "device-connect", "connect");
            hint_prefix(&h, "s", "slew...");
            hint_prefix(&h, "p", "park...");
            hint_named(&h, "device-traffic", "traffic");
            hint_named(&h, "device-graphs", "hours");
        } else if (t->ops->open) {
            hint_named(&h, "open", "open");
        }
        hint_bound(&h, devices);
        for (const struct command *r = devices ? NULL : t->ops->commands; r && r->name; r++)
            if (!(r->flags & CMD_HIDDEN))
                hint(&h, r, t->view, NULL);
    }
    h.end = c->cols;
    for (int i = c->cols >= few ? 0 : 2; i < 3; i++)
        if (!ui->help || i == 1)
            hint_named(&h, tail[i][0], tail[i][1]);
    str_clear(&h.keys);
    str_clear(&h.label);
}

static bool message(const struct ui *ui, const char **text)
{
    int64_t at;
    *text = session_message(ui->session, &at);
    return **text && ui_now(ui) - at < UI_MESSAGE_MS;
}

/* A question as long as it is: its last line in the hint bar, what goes before it above. */
static void question_draw(struct canvas *c, int row, const char *text)
{
    enum { LINES = 5, ANSWER = 15 };
    const char *line[LINES];
    size_t n_line[LINES];
    int n = 0;
    for (const char *p = text; n < LINES; n++) {
        size_t left = strlen(p), room = (size_t)(c->cols - 2),
               last = (size_t)(c->cols - 1 - ANSWER);
        size_t fit = utf8_cut(p, left, utf8_columns(p, left) <= last ? last : room);
        while (fit < left && fit > 0 && p[fit] != ' ')
            fit--;
        if (fit == 0)
            fit = utf8_cut(p, left, last);
        line[n] = p;
        n_line[n] = fit;
        p += fit;
        p += strspn(p, " ");
        if (!*p && utf8_columns(line[n], fit) <= last) {
            n++;
            break;
        }
    }
    for (int i = 0; i < n; i++) {
        int at = row - n + 1 + i;
        char *part = mem_strn(line[i], n_line[i]);
        canvas_fit(c, at, 0, c->cols, -1, ROLE_QUESTION, " ");
        canvas_fit(c, at, 1, c->cols - (i == n - 1 ? 1 + ANSWER : 1), -1, ROLE_QUESTION, part);
        free(part);
    }
    canvas_fit(c, row, c->cols - ANSWER, ANSWER, -1, ROLE_QUESTION, "  y yes   N no ");
}

void ui_draw_hints(struct ui *ui, struct canvas *c, int row)
{
    const char *text;
    canvas_fill(c, row, 0, 1, c->cols, ROLE_HINT);
    switch (ui->mode) {
    case MODE_FILTER: line_draw(&ui->line, c, row, " / "); return;
    case MODE_PALETTE: line_draw(&ui->line, c, row, " : "); return;
    case MODE_QUESTION: question_draw(c, row, ui->question); return;
    case MODE_LEAVE:
        canvas_fit(
            c, row, 0, c->cols, -1, ROLE_QUESTION,
            c->cols >= 78
                ? " Leave?  d detach, the session goes on   e end the night   any other: stay"
                : " d detach  e end the night  else stay");
        return;
    case MODE_NORMAL: break;
    }
    if (ui->n_pending) {
        struct str s = {0};
        keymap_show(ui->pending, ui->n_pending, &s);
        canvas_putf(c, row, 1, ROLE_PROMPT, "%s ...", str_c(&s));
        str_clear(&s);
    } else if (message(ui, &text)) {
        canvas_fit(c, row, 1, c->cols - 2, -1, ROLE_STRONG, text);
    } else {
        draw_hints(ui, c, row);
    }
}

/* ---- which-key ---- */

void ui_draw_which(const struct ui *ui, struct canvas *c, int below)
{
    struct str keys = {0}, label = {0};
    int n = ui->n_pending, found = 0, each = 26, per_row = c->cols / each > 0 ? c->cols / each : 1;
    const struct binding *b;
    for (int pass = 0; pass < 2; pass++) {
        int rows = (found + per_row - 1) / per_row, top = below - rows, i = 0;
        if (pass && (top < 1 || !found))
            break;
        if (pass)
            canvas_fill(c, top, 0, rows, c->cols, ROLE_POPUP);
        for (size_t k = 0; (b = keymap_at(ui->keys, k)); k++) {
            bool begins = b->n_keys > n && keymap_applies(ui->keys, b, ui_scope(ui));
            for (int j = 0; begins && j < n; j++)
                begins = key_same(&b->key[j], &ui->pending[j]);
            if (!begins)
                continue;
            found += !pass;
            if (!pass)
                continue;
            str_reset(&keys);
            str_reset(&label);
            keymap_show(b->key + n, b->n_keys - n, &keys);
            ui_label(ui_scope(ui), b->command, b->args, &label);
            int row = top + i / per_row, col = i % per_row * each;
            canvas_fit(c, row, col + 1, 7, -1, ROLE_HINT_KEY, str_c(&keys));
            canvas_fit(c, row, col + 8, each - 9, -1, ROLE_POPUP, str_c(&label));
            i++;
        }
    }
    str_clear(&keys);
    str_clear(&label);
}

/* ---- the whole ---- */

static void too_small(const struct ui *ui, struct canvas *c)
{
    canvas_putf(c, 0, 0, ROLE_TEXT, "%dx%d is too small:", c->cols, c->rows);
    canvas_putf(c, 1, 0, ROLE_TEXT, "vigie needs %dx%d", UI_MIN_COLS, UI_MIN_ROWS);
    if (c->rows > 2)
        ui_draw_status(ui, c, c->rows - 1);
}

/* While the cursor runs only the list is drawn; the rest follows when it rests. */
static void keep_rest(struct ui *ui, struct canvas *c)
{
    struct list *list = ui_list(ui);
    int top, left, rows;
    if (!ui->moved_ms || ui_now(ui) - ui->moved_ms >= ui_rest_ms(ui) || ui->whole || !list ||
        !list_place(list, &top, &left, &rows))
        return;
    for (int r = 1; r < c->rows - 2; r++)
        if (r < top || r >= top + rows)
            memcpy(&c->at[r * c->cols], &ui->before->at[r * c->cols],
                   (size_t)c->cols * sizeof *c->at);
}

void ui_draw(struct ui *ui)
{
    struct canvas *c = ui->before; /* the older one is drawn over */
    ui->before = ui->canvas;
    ui->canvas = c;
    canvas_clear(c);
    if (c->rows < UI_MIN_ROWS || c->cols < UI_MIN_COLS) {
        too_small(ui, c);
        return;
    }
    const struct tab *t = &ui->tab[ui->current];
    struct canvas body = canvas_part(c, 1, 0, c->rows - 3, c->cols);
    ui_draw_tabs(ui, c);
    if (ui->help)
        help_draw(ui, &body);
    else
        t->ops->draw(t->view, ui->session, &body);
    if (ui->term)
        keep_rest(ui, c);
    if (ui->mode == MODE_PALETTE)
        palette_draw(ui, c, c->rows - 2);
    else if (ui->n_pending && ui_now(ui) - ui->pending_ms >= UI_WHICH_MS)
        ui_draw_which(ui, c, c->rows - 2);
    ui_draw_hints(ui, c, c->rows - 2);
    ui_draw_status(ui, c, c->rows - 1);
}
