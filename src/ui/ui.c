/* ui.c - the interface: made, freed, commands run. Not: keys (keys.c), drawing (frame.c), the door to
 * the session (door.c).
 */
#include "ui.h"
#include "views/views.h"

#include <stdlib.h>
#include <string.h>

struct ui *ui_new(struct session *session)
{
    struct ui *ui = mem_zero(sizeof *ui);
    ui->session = session;
    ui->set = GLYPHS_UTF8;
    commands_add(session_commands(session), ui_commands, ui);
    for (int i = 0; view_table[i] && i < UI_TABS; i++) {
        struct tab *t = &ui->tab[ui->n_tabs++];
        t->ops = view_table[i];
        t->view = t->ops->create(session);
        if (t->ops->commands)
            commands_add(session_commands(session), t->ops->commands, t->view);
        if (session_demo(session) && strcmp(t->ops->name, "transits") == 0)
            ui->current = i; /* who tries the program sees first what needs no news to be there */
    }
    ui_bind(ui);
    ui->dirty = true;
    return ui;
}

void ui_free(struct ui *ui)
{
    if (!ui)
        return;
    loop_timer_del(session_loop(ui->session), ui->timer);
    help_close(ui);
    palette_close(ui);
    for (int i = 0; i < ui->n_tabs; i++) {
        commands_remove(session_commands(ui->session), ui->tab[i].view);
        ui->tab[i].ops->destroy(ui->tab[i].view);
    }
    commands_remove(session_commands(ui->session), ui);
    keymap_free(ui->keys);
    free(ui->refused);
    input_free(ui->input);
    term_close(ui->term, NULL);
    canvas_free(ui->canvas);
    canvas_free(ui->before);
    history_clear(&ui->history);
    free(ui->filter_before);
    free(ui->question);
    free(ui->asked_line);
    free(ui->copied);
    str_clear(&ui->extra);
    free(ui);
}

int64_t ui_now(const struct ui *ui)
{
    return loop_now_ms(session_loop(ui->session));
}

int64_t ui_rest_ms(const struct ui *ui)
{
    return ui->slow ? UI_REST_SLOW_MS : UI_REST_MS;
}

struct tab *ui_tab(struct ui *ui)
{
    return &ui->tab[ui->current];
}

const char *ui_scope(const struct ui *ui)
{
    return ui->tab[ui->current].ops->name;
}

void ui_go(struct ui *ui, int index)
{
    if (index < 0 || index >= ui->n_tabs)
        return;
    help_close(ui);
    ui->current = index;
    ui->moved_ms = 0;
    ui->dirty = true;
}

struct list *ui_list(const struct ui *ui)
{
    if (ui->help)
        return help_list(ui->help);
    const struct tab *t = &ui->tab[ui->current];
    return t->ops->list ? t->ops->list(t->view) : NULL;
}

void ui_event(struct ui *ui, const struct event *ev)
{
    for (int i = 0; i < ui->n_tabs; i++) {
        const struct view_ops *v = ui->tab[i].ops;
        if (v->event && v->event(ui->tab[i].view, ev))
            ui->dirty = true;
    }
    if (ev->kind == EV_OPTION)
        ui_options(ui);
    else if (ev->kind == EV_SITE || ev->kind == EV_ALMANAC || ev->kind == EV_TICK)
        ui_theme(ui);
    /* Devices speak each second: another tab is not drawn anew for that, but for a change of their count. */
    if (ev->kind != EV_DEVICES || ui_tab(ui)->ops == &view_devices)
        ui->dirty = true;
}

/* The question of a command that asks; it is run when the answer is yes. */
static void ask(struct ui *ui, const char *line, enum command_by by, const char *question)
{
    free(ui->question);
    free(ui->asked_line);
    ui->question = mem_str(question);
    ui->asked_line = mem_str(line);
    ui->asked_by = by;
    ui_mode_set(ui, MODE_QUESTION, "");
}

static bool row_asks(struct ui *ui, const char *line)
{
    char *name = mem_strn(line, strcspn(line, " \t"));
    const struct command *row =
        commands_find(session_commands(ui->session), ui_scope(ui), name, NULL);
    free(name);
    return row && (row->flags & (CMD_ASKS | CMD_ASKS_ITSELF | CMD_MOVES_HARDWARE));
}

void ui_run(struct ui *ui, const char *line, enum command_by by)
{
    struct str say = {0};
    struct error err;
    line += strspn(line, " \t");
    enum status s = commands_run(ui->session, ui_scope(ui), line, by, false, &say, &err);
    if (s == E_CANCELLED && row_asks(ui, line))
        ask(ui, line, by, err.text);
    else if (s != OK)
        session_say(ui->session, "%s", err.text);
    else if (say.n)
        session_say(ui->session, "%s", str_c(&say));
    str_clear(&say);
    ui->dirty = true;
}

/* Where the arguments of a key end in "...", the user is to write the rest: what stands before it. */
static bool unfinished(const char *args, size_t *n)
{
    *n = strlen(args);
    if (*n < 3 || strcmp(args + *n - 3, "..."))
        return false;
    *n -= 3;
    return true;
}

void ui_run_bound(struct ui *ui, const struct binding *b)
{
    const struct command *row =
        commands_find(session_commands(ui->session), ui_scope(ui), b->command, NULL);
    size_t n;
    bool open = unfinished(b->args, &n) || (row && row->args && row->args[0] != '[' && !n);
    char *line = mem_printf("%s%s%.*s", b->command, open || n ? " " : "", (int)n, b->args);
    if (open)
        ui_mode_set(ui, MODE_PALETTE, line);
    else
        ui_run(ui, line, BY_KEY);
    free(line);
}

void ui_size(struct ui *ui, int rows, int cols)
{
    rows = rows < 1 ? 1 : rows > 1000 ? 1000 : rows;
    cols = cols < 1 ? 1 : cols > 1000 ? 1000 : cols;
    canvas_free(ui->canvas);
    canvas_free(ui->before);
    ui->canvas = canvas_new(rows, cols, ui->set);
    ui->before = canvas_new(rows, cols, ui->set);
    ui->moved_ms = 0;
    ui->dirty = true;
}

void ui_label(const char *scope, const char *command, const char *args, struct str *out)
{
    size_t n = scope ? strlen(scope) : 0;
    if (n > 1 && scope[n - 1] == 's' && !strncmp(command, scope, n - 1)) {
        const char *rest = command + n - 1 + (command[n - 1] == 's');
        if (*rest == '-')
            command = rest + 1;
    } else if (n && !strncmp(command, scope, n) && command[n] == '-') {
        command += n + 1;
    }
    for (; *command; command++)
        str_addc(out, *command == '-' ? ' ' : *command);
    size_t n_args = 0;
    if (args && !unfinished(args, &n_args) && n_args)
        str_addf(out, " %s", args);
}
