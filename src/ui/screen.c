/* screen.c - a view printed once, without a terminal. See include/vigie/session/screen.h.
 */
#include <stdlib.h>
#include <string.h>

#include "ui.h"
#include "vigie/ui/door.h"

static const char *const *screen_views(void)
{
    static const char *names[UI_TABS + 2];
    int n = 0;
    for (int i = 0; view_table[i] && n < UI_TABS; i++)
        names[n++] = view_table[i]->name;
    names[n++] = "help";
    names[n] = NULL;
    return names;
}

static enum status go_to(struct ui *ui, const char *view, struct error *err)
{
    if (!strcmp(view, "help")) {
        help_open(ui);
        return OK;
    }
    for (int i = 0; i < ui->n_tabs; i++)
        if (!strcmp(ui->tab[i].ops->name, view)) {
            ui_go(ui, i);
            return OK;
        }
    struct str all = {.max = 150};
    for (const char *const *v = screen_views(); *v; v++)
        str_addf(&all, " %s", *v);
    enum status s = err_set(err, E_ABSENT, "no view %.30s; there are:%s", view, str_c(&all));
    str_clear(&all);
    return s;
}

/* What a key set going is finished before the next one. */
static void settle(struct session *s)
{
    for (int quiet = 0, turns = 0; quiet < 3 && turns < 100000; turns++)
        quiet = session_turn(s) || jobs_n(session_jobs(s)) ? 0 : quiet + 1;
}

/* Keys as the user would press them; the screen is drawn between, as pages need its size. */
static enum status press(struct ui *ui, const char *keys, struct error *err)
{
    struct key k;
    const char *s = keys ? keys : "";
    ui_draw(ui);
    while (key_read(&s, &k)) {
        ui_key(ui, &k);
        settle(ui->session);
        ui_draw(ui);
    }
    return *s ? err_set(err, E_PARSE, "no such key: %.40s", s) : OK;
}

static void on_event(void *arg, const struct event *ev)
{
    ui_event(arg, ev);
}

static enum status screen_print(struct session *session, const struct screen_wish *wish,
                                struct str *out, struct error *err)
{
    struct theme theme;
    if (wish->theme && strcmp(wish->theme, "auto")) {
        enum status s = theme_load(wish->theme, &theme, err);
        if (s != OK)
            return s;
    }
    struct ui *ui = ui_new(session);
    ui->set = wish->ascii ? GLYPHS_ASCII : GLYPHS_UTF8;
    ui_size(ui, wish->rows, wish->cols);
    if (wish->theme && strcmp(wish->theme, "auto"))
        ui->theme = theme;
    else
        ui_theme(ui);
    events_on(session_events(session), on_event, ui);
    enum status s = go_to(ui, wish->view, err);
    if (s == OK)
        s = press(ui, wish->keys, err);
    events_off(session_events(session), on_event, ui);
    if (s == OK && wish->roles)
        canvas_roles(ui->canvas, out);
    else if (s == OK)
        canvas_text(ui->canvas, out);
    ui_free(ui);
    return s;
}

const struct screen_ops ui_screen = {.print = screen_print, .views = screen_views};
