/* keys.c - who gets a key: prompt, question, help, bindings; the mouse. Not: bytes (input.c).
 */
#include <stdlib.h>
#include <string.h>

#include "ui.h"

void ui_mode_set(struct ui *ui, enum ui_mode mode, const char *text)
{
    if (ui->mode == MODE_PALETTE && mode != MODE_PALETTE)
        palette_close(ui);
    ui->mode = mode;
    ui->n_pending = 0;
    ui->moved_ms = 0;
    ui->history_at = 0;
    line_set(&ui->line, text);
    if (mode == MODE_PALETTE)
        palette_open(ui);
    if (mode == MODE_FILTER && ui_list(ui)) {
        free(ui->filter_before);
        ui->filter_before = mem_str(list_filter_text(ui_list(ui)));
        line_set(&ui->line, ui->filter_before);
    }
    ui->dirty = true;
}

static bool is_cancel(const struct key *k)
{
    return !(k->mods & MOD_PASTE) &&
           ((k->code == K_ESC && !k->mods) || (k->code == 'c' && k->mods == MOD_CTRL));
}

/* The key that stops all is that under a question and behind half a sequence too. */
static bool stops(struct ui *ui, const struct key *k)
{
    bool prefix;
    const struct binding *b = keymap_match(ui->keys, "all", k, 1, &prefix);
    if ((k->mods & MOD_PASTE) || !b || strcmp(b->command, "stop-all") != 0)
        return false;
    ui_run_bound(ui, b);
    return true;
}

/* Any key but y is no; a paste never is an answer. */
static void question_key(struct ui *ui, const struct key *k)
{
    struct str say = {0};
    struct error err;
    if (k->mods & MOD_PASTE)
        return;
    bool yes = (k->code == 'y' || k->code == 'Y') && !k->mods;
    char *line = ui->asked_line;
    ui->asked_line = NULL;
    ui_mode_set(ui, MODE_NORMAL, "");
    if (!yes) {
        if (!stops(ui, k))
            session_say(ui->session, "No: nothing was done.");
    } else if (commands_run(ui->session, ui_scope(ui), line, ui->asked_by, true, &say, &err) !=
               OK) {
        session_say(ui->session, "%s", err.text);
    } else if (say.n) {
        session_say(ui->session, "%s", str_c(&say));
    }
    free(line);
    str_clear(&say);
}

static void leave_key(struct ui *ui, const struct key *k)
{
    struct str say = {0};
    struct error err;
    if (k->mods & MOD_PASTE)
        return;
    ui_mode_set(ui, MODE_NORMAL, "");
    if (stops(ui, k))
        return;
    const char *line = k->mods ? NULL : k->code == 'd' ? "detach" : k->code == 'e' ? "quit" : NULL;
    if (line && commands_run(ui->session, NULL, line, BY_KEY, true, &say, &err) != OK)
        session_say(ui->session, "%s", err.text);
    str_clear(&say);
}

/* The filter works as it is written; Esc puts the old one back. */
static void filter_key(struct ui *ui, const struct key *k)
{
    struct list *list = ui_list(ui);
    struct error err;
    if (!list || is_cancel(k)) {
        if (list && list_filter(list, ui->filter_before, &err) != OK)
            session_say(ui->session, "%s", err.text);
        ui_mode_set(ui, MODE_NORMAL, "");
        return;
    }
    bool pasted = k->mods & MOD_PASTE;
    if (k->code == K_ENTER && !pasted) {
        if (list_filter(list, ui->line.text, &err) != OK)
            session_say(ui->session, "%s", err.text);
        ui_mode_set(ui, MODE_NORMAL, "");
    } else if (k->code == K_UP && !pasted) {
        list_move(list, MOVE_UP);
    } else if (k->code == K_DOWN && !pasted) {
        list_move(list, MOVE_DOWN);
    } else if (line_key(&ui->line, k)) {
        /* While it cannot be read the old one holds; Enter says why. */
        if (list_filter(list, ui->line.text, &err) == OK)
            ui->moved_ms = 0;
    }
}

/* ---- the mouse ---- */

static void mouse_tab(struct ui *ui, int col)
{
    for (int i = 0; i < ui->n_tabs; i++) {
        char digit = (char)('0' + ui->tab[i].ops->tab);
        for (int c = col; c >= 0; c--) { /* the number nearest to the left says which */
            const struct cell *x = canvas_cell(ui->canvas, 0, c);
            const struct cell *p = canvas_cell(ui->canvas, 0, c - 1);
            if (!x || x->ch < '1' || x->ch > '7' || !p || (p->ch != ' ' && p->ch != '['))
                continue;
            if (x->ch == (uint32_t)digit)
                ui_go(ui, i);
            break;
        }
    }
}

static void mouse_body(struct ui *ui, const struct key *k)
{
    struct list *list = ui_list(ui);
    struct tab *t = ui_tab(ui);
    int top, left, rows;
    if (!ui->help && t->ops->click && t->ops->click(t->view, k->row - 1, k->col))
        return;
    if (!list || !list_place(list, &top, &left, &rows))
        return;
    int y = k->row - top, x = k->col - left;
    if (y == 0)
        list_sort_next(list, list_column_at(list, x));
    else if (y > 0 && y < rows)
        list_point(list, y);
}

static void mouse_key(struct ui *ui, const struct key *k)
{
    struct list *list = ui_list(ui);
    if (k->code != K_PRESS) {
        for (int i = 0; list && i < 3; i++)
            list_move(list, k->code == K_WHEEL_UP ? MOVE_UP : MOVE_DOWN);
    } else if (k->row == 0) {
        mouse_tab(ui, k->col);
    } else if (k->row < ui->canvas->rows - 2) {
        mouse_body(ui, k);
    }
}

/* ---- bindings ---- */

static void unbound(struct ui *ui)
{
    struct str s = {0};
    keymap_show(ui->pending, ui->n_pending, &s);
    session_say(ui->session, "%s is not bound here; ? lists the keys", str_c(&s));
    str_clear(&s);
}

static void bound_key(struct ui *ui, const struct key *k)
{
    if (ui->n_pending && is_cancel(k)) {
        ui->n_pending = 0;
        return;
    }
    ui->pending[ui->n_pending++] = *k;
    if (ui->n_pending > 1 && stops(ui, k)) {
        ui->n_pending = 0;
        return;
    }
    bool prefix;
    const struct binding *b = keymap_match(ui->keys, ui->help ? "all" : ui_scope(ui), ui->pending,
                                           ui->n_pending, &prefix);
    if (!b && prefix && ui->n_pending < KEYMAP_SEQUENCE) {
        ui->pending_ms = ui_now(ui);
        return;
    }
    if (!b)
        unbound(ui);
    ui->n_pending = 0;
    if (b)
        ui_run_bound(ui, b);
}

void ui_key(struct ui *ui, const struct key *key)
{
    if (key->code == K_FOCUS_IN || key->code == K_FOCUS_OUT)
        return;
    if (key->code == K_ANSWER) {
        if (ui->term)
            term_answered(ui->term, input_answer(ui->input, key));
        return;
    }
    ui->dirty = true;
    if (ui->keys_of != commands_changes(session_commands(ui->session)))
        ui_bind(ui); /* a script made a command, or ended with its own */
    if (key->code == K_PRESS || key->code == K_WHEEL_UP || key->code == K_WHEEL_DOWN) {
        if (ui->mode == MODE_NORMAL && ui->canvas)
            mouse_key(ui, key);
        return;
    }
    switch (ui->mode) {
    case MODE_QUESTION: question_key(ui, key); return;
    case MODE_LEAVE: leave_key(ui, key); return;
    case MODE_FILTER: filter_key(ui, key); return;
    case MODE_PALETTE: palette_key(ui, key); return;
    case MODE_NORMAL: break;
    }
    struct tab *t = ui_tab(ui);
    if (!ui->help && !ui->n_pending && t->ops->input && t->ops->input(t->view, key))
        return;
    if (!(key->mods & MOD_PASTE)) /* what is pasted is text, never a command */
        bound_key(ui, key);
}
