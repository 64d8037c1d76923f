/* commands.c - the rows of the interface itself: tabs, movement, lists, prompts, display, copying; and
 * which keys there are. Not: rows of the session or of a view. See ui.h.
 */
#include <stdlib.h>
#include <string.h>

#include "ui.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"

static struct ui *ui_of(const struct command_call *c)
{
    return c->owner;
}

/* ---- tabs and movement ---- */

static enum status run_tab(struct command_call *c, struct error *err)
{
    struct ui *ui = ui_of(c);
    if (c->argc < 2)
        return err_set(err, E_PARSE, "which tab? its number or its name");
    for (int i = 0; i < ui->n_tabs; i++) {
        const struct view_ops *v = ui->tab[i].ops;
        char number[12];
        snprintf(number, sizeof number, "%d", v->tab);
        if (!strcmp(c->argv[1], number) || !strcmp(c->argv[1], v->name)) {
            ui_go(ui, i);
            return OK;
        }
    }
    return err_set(err, E_ABSENT, "no tab %.20s", c->argv[1]);
}

static enum status run_next_tab(struct command_call *c, struct error *err)
{
    (void)err;
    struct ui *ui = ui_of(c);
    ui_go(ui, (ui->current + 1) % ui->n_tabs);
    return OK;
}

static enum status run_prev_tab(struct command_call *c, struct error *err)
{
    (void)err;
    struct ui *ui = ui_of(c);
    ui_go(ui, (ui->current + ui->n_tabs - 1) % ui->n_tabs);
    return OK;
}

static enum status move(struct command_call *c, enum motion m)
{
    struct ui *ui = ui_of(c);
    struct list *list = ui_list(ui);
    struct tab *t = ui_tab(ui);
    if (list)
        list_move(list, m);
    else if (t->ops->move)
        t->ops->move(t->view, m);
    ui->moved_ms = ui_now(ui);
    return OK;
}

#define MOVER(name, motion)                                                                        \
    static enum status name(struct command_call *c, struct error *err)                             \
    {                                                                                              \
        (void)err;                                                                                 \
        return move(c, motion);                                                                    \
    }
MOVER(run_down, MOVE_DOWN)
MOVER(run_up, MOVE_UP)
MOVER(run_page_down, MOVE_PAGE_DOWN)
MOVER(run_page_up, MOVE_PAGE_UP)
MOVER(run_half_down, MOVE_HALF_DOWN)
MOVER(run_half_up, MOVE_HALF_UP)
MOVER(run_top, MOVE_TOP)
MOVER(run_bottom, MOVE_BOTTOM)

static enum status run_next_pane(struct command_call *c, struct error *err)
{
    (void)err;
    struct tab *t = ui_tab(ui_of(c));
    t->ops->pane(t->view, 1);
    return OK;
}

static enum status run_prev_pane(struct command_call *c, struct error *err)
{
    (void)err;
    struct tab *t = ui_tab(ui_of(c));
    t->ops->pane(t->view, -1);
    return OK;
}

static const char *no_panes(const struct command_call *c)
{
    return ui_tab(ui_of(c))->ops->pane ? NULL : "this tab has one pane";
}

static enum status run_open(struct command_call *c, struct error *err)
{
    struct ui *ui = ui_of(c);
    struct tab *t = ui_tab(ui);
    if (ui->help)
        help_run(ui);
    else if (!t->ops->open || !t->ops->open(t->view))
        return err_set(err, E_ABSENT, "there is nothing to open here");
    return OK;
}

static enum status run_back(struct command_call *c, struct error *err)
{
    (void)err;
    struct ui *ui = ui_of(c);
    struct tab *t = ui_tab(ui);
    struct list *list = ui_list(ui);
    struct error e;
    if (ui->help)
        help_close(ui);
    else if (t->ops->back && t->ops->back(t->view))
        return OK;
    else if (list && *list_filter_text(list))
        return list_filter(list, "", &e);
    else if (!strcmp(c->argc > 1 ? c->argv[1] : "", "quit"))
        ui_mode_set(ui, MODE_LEAVE, "");
    return OK;
}

/* Twice within two seconds: the way out that every program has. */
static enum status run_cancel(struct command_call *c, struct error *err)
{
    (void)err;
    struct ui *ui = ui_of(c);
    int64_t now = ui_now(ui);
    if (ui->ctrl_c_ms && now - ui->ctrl_c_ms < UI_TWICE_MS)
        ui_mode_set(ui, MODE_LEAVE, "");
    else
        str_add(c->say, "C-c again within 2 s to leave");
    ui->ctrl_c_ms = now;
    return OK;
}

/* ---- lists ---- */

static const char *no_list(const struct command_call *c)
{
    return ui_list(ui_of(c)) ? NULL : "there is no list here";
}

static enum status run_mark(struct command_call *c, struct error *err)
{
    (void)err;
    list_mark(ui_list(ui_of(c)));
    return OK;
}

static enum status run_filter(struct command_call *c, struct error *err)
{
    struct ui *ui = ui_of(c);
    if (c->rest[0])
        return list_filter(ui_list(ui), c->rest, err);
    ui_mode_set(ui, MODE_FILTER, "");
    return OK;
}

/* With a filter all rows shown fit it: the next one is the next row, around the end. */
static enum status step_match(struct command_call *c, bool down)
{
    struct list *list = ui_list(ui_of(c));
    if (!list_move(list, down ? MOVE_DOWN : MOVE_UP))
        list_move(list, down ? MOVE_TOP : MOVE_BOTTOM);
    return OK;
}

static enum status run_filter_next(struct command_call *c, struct error *err)
{
    (void)err;
    return step_match(c, true);
}

static enum status run_filter_prev(struct command_call *c, struct error *err)
{
    (void)err;
    return step_match(c, false);
}

static const char *no_filter(const struct command_call *c)
{
    struct list *list = ui_list(ui_of(c));
    return list && *list_filter_text(list) ? NULL : "there is no filter; / writes one";
}

static enum status run_sort(struct command_call *c, struct error *err)
{
    struct list *list = ui_list(ui_of(c));
    enum status s = OK;
    if (c->argc > 1)
        s = list_sort(list, !strcmp(c->argv[1], "none") ? "" : c->argv[1], err);
    else
        list_sort_next(list, -1);
    const char *name = list_sort_name(list);
    if (s == OK)
        str_addf(c->say, "sorted by %s%s", *name ? name + (*name == '-') : "the list's own order",
                 *name == '-' ? ", falling" : "");
    return s;
}

/* ---- prompts, display ---- */

static enum status run_palette(struct command_call *c, struct error *err)
{
    (void)err;
    ui_mode_set(ui_of(c), MODE_PALETTE, "");
    return OK;
}

static enum status run_help(struct command_call *c, struct error *err)
{
    struct ui *ui = ui_of(c);
    help_open(ui);
    if (c->rest[0])
        return list_filter(help_list(ui->help), c->rest, err);
    return OK;
}

static enum status step_night(struct command_call *c, int by, struct error *err)
{
    double step = conf_number(session_conf(c->session), "theme.night-step") + by;
    char text[16];
    if (step < THEME_STEP_MIN || step > THEME_STEP_MAX)
        return err_set(err, E_RANGE, "the night theme does not get %s than this",
                       by > 0 ? "brighter" : "darker");
    snprintf(text, sizeof text, "%.0f", step);
    return session_set(c->session, "theme.night-step", text, err);
}

static enum status run_brighter(struct command_call *c, struct error *err)
{
    return step_night(c, 1, err);
}

static enum status run_darker(struct command_call *c, struct error *err)
{
    return step_night(c, -1, err);
}

static const char *not_night(const struct command_call *c)
{
    return ui_of(c)->theme.kind == THEME_NIGHT ? NULL : "only a night theme has steps";
}

static enum status run_seconds(struct command_call *c, struct error *err)
{
    bool on = conf_bool(session_conf(c->session), "clock.seconds");
    return session_set(c->session, "clock.seconds", on ? "no" : "yes", err);
}

static enum status run_glyphs(struct command_call *c, struct error *err)
{
    return session_set(c->session, "glyphs", ui_of(c)->set == GLYPHS_ASCII ? "utf8" : "ascii", err);
}

/* ---- copying ---- */

static enum status copy(struct command_call *c, enum copy_what what, struct error *err)
{
    struct ui *ui = ui_of(c);
    struct tab *t = ui_tab(ui);
    struct str text = {.max = TERM_COPY_MAX};
    if (!t->ops->copy || !t->ops->copy(t->view, what, &text) || !text.n) {
        str_clear(&text);
        return err_set(err, E_ABSENT, "there is nothing of that kind to copy here");
    }
    free(ui->copied);
    ui->copied = mem_str(str_c(&text));
    bool sent = session_copy(c->session, str_c(&text), text.n, NULL) == OK ||
                (ui->term && term_copy(ui->term, str_c(&text), text.n, &ui->extra));
    str_addf(c->say,
             sent ? "copied: %.200s" : "this terminal takes no copy; kept for :paste-last: %.160s",
             str_c(&text));
    str_clear(&text);
    return OK;
}

#define COPIER(name, what)                                                                         \
    static enum status name(struct command_call *c, struct error *err)                             \
    {                                                                                              \
        return copy(c, what, err);                                                                 \
    }
COPIER(run_copy_row, COPY_ROW)
COPIER(run_copy_name, COPY_NAME)
COPIER(run_copy_position, COPY_POSITION)
COPIER(run_copy_url, COPY_URL)

static enum status run_paste_last(struct command_call *c, struct error *err)
{
    if (!ui_of(c)->copied)
        return err_set(err, E_ABSENT, "nothing was copied yet");
    str_add(c->say, ui_of(c)->copied);
    return OK;
}

const struct command ui_commands[] = {
    {.name = "tab", .args = "NUMBER|NAME", .help = "Go to a tab", .run = run_tab},
    {.name = "tab-next", .keys = "gt", .help = "Next tab", .run = run_next_tab},
    {.name = "tab-prev", .keys = "gT", .help = "Previous tab", .run = run_prev_tab},
    {.name = "down", .keys = "j <Down>", .help = "One line down", .run = run_down},
    {.name = "up", .keys = "k <Up>", .help = "One line up", .run = run_up},
    {.name = "half-down", .keys = "<C-d>", .help = "Half a page down", .run = run_half_down},
    {.name = "half-up", .keys = "<C-u>", .help = "Half a page up", .run = run_half_up},
    {.name = "page-down", .keys = "<PgDn> <C-f>", .help = "A page down", .run = run_page_down},
    {.name = "page-up", .keys = "<PgUp> <C-b>", .help = "A page up", .run = run_page_up},
    {.name = "top", .keys = "gg <Home>", .help = "To the first line", .run = run_top},
    {.name = "bottom", .keys = "G <End>", .help = "To the last line", .run = run_bottom},
    {.name = "next-pane",
     .keys = "<Tab> l <Right>",
     .help = "To the next pane",
     .disabled = no_panes,
     .run = run_next_pane},
    {.name = "prev-pane",
     .keys = "<S-Tab> h <Left>",
     .help = "To the previous pane",
     .disabled = no_panes,
     .run = run_prev_pane},
    {.name = "open", .keys = "<Enter>", .help = "Open what is under the cursor", .run = run_open},
    {.name = "back",
     .keys = "<Esc>",
     .args = "[quit]",
     .help = "Go back: close, unfilter; `back quit` on a tab asks to leave",
     .run = run_back},
    {.name = "cancel",
     .keys = "<C-c>",
     .help = "Cancel; twice within 2 s asks to leave",
     .run = run_cancel},
    {.name = "mark",
     .keys = "<Space>",
     .help = "Mark the row; commands then work on the marks",
     .disabled = no_list,
     .run = run_mark},
    {.name = "filter",
     .keys = "/",
     .args = "[WORDS COLUMN<NUMBER...]",
     .help = "Show only rows that fit, as you type: words, alt>30",
     .disabled = no_list,
     .run = run_filter},
    {.name = "filter-next",
     .keys = "n",
     .help = "Next row that fits the filter",
     .disabled = no_filter,
     .run = run_filter_next},
    {.name = "filter-prev",
     .keys = "N",
     .help = "Previous row that fits the filter",
     .disabled = no_filter,
     .run = run_filter_prev},
    {.name = "sort",
     .keys = "o",
     .args = "[COLUMN|-COLUMN|none]",
     .help = "Sort by the next column, or by the one named",
     .disabled = no_list,
     .run = run_sort},
    {.name = "palette", .keys = ":", .help = "Find a command by its name", .run = run_palette},
    {.name = "help",
     .keys = "? <F1>",
     .args = "[WORDS]",
     .help = "Keys and commands",
     .run = run_help},
    {.name = "copy-row", .keys = "yy", .help = "Copy the row", .run = run_copy_row},
    {.name = "copy-name", .keys = "yn", .help = "Copy the name", .run = run_copy_name},
    {.name = "copy-position", .keys = "yp", .help = "Copy RA and Dec", .run = run_copy_position},
    {.name = "copy-url", .keys = "yu", .help = "Copy the address", .run = run_copy_url},
    {.name = "paste-last", .help = "Show what was copied last", .run = run_paste_last},
    {.name = "night-brighter",
     .keys = "z+",
     .help = "The night theme a step brighter",
     .disabled = not_night,
     .run = run_brighter},
    {.name = "night-darker",
     .keys = "z-",
     .help = "The night theme a step darker",
     .disabled = not_night,
     .run = run_darker},
    {.name = "seconds", .keys = "zs", .help = "Seconds in the clocks, or not", .run = run_seconds},
    {.name = "glyphs",
     .keys = "zu",
     .help = "Drawing characters: UTF-8 or ASCII",
     .run = run_glyphs},
    {0}};

/* ---- keys ---- */

static void bind_row(void *arg, const struct command *row, void *owner)
{
    (void)owner;
    struct error err;
    if (row->keys && !(row->flags & CMD_GUEST) &&
        keymap_add(arg, row->scope, row->keys, row->name, &err) != OK)
        log_put(LOG_TROUBLE, "ui", "keys", "%s", err.text);
}

struct guests {
    struct ui *ui;
    struct str refused; /* in a line each */
};

/* Commands of scripts, when all others have their keys. */
static void bind_guest(void *arg, const struct command *row, void *owner)
{
    (void)owner;
    struct guests *g = arg;
    struct error err;
    const char *before = g->ui->refused ? g->ui->refused : "";
    if (!row->keys || !(row->flags & CMD_GUEST) ||
        keymap_add_guest(g->ui->keys, row->scope, row->keys, row->name, &err) == OK)
        return;
    str_addf(&g->refused, "%s\n", err.text);
    if (strstr(before, err.text))
        return; /* said when it was new */
    log_put(LOG_WARN, "ui", "keys", "%s", err.text);
    session_say(g->ui->session, "%s; the command stands in the palette (:)", err.text);
}

static void guest_keys(struct ui *ui)
{
    struct guests g = {.ui = ui};
    commands_each(session_commands(ui->session), "*", bind_guest, &g);
    free(ui->refused);
    ui->refused = str_take(&g.refused);
}

static void bad_line(void *arg, int line, const char *why)
{
    (void)arg;
    log_put(LOG_WARN, "ui", "keys", "line %d: %s", line, why);
}

static void user_keys(struct ui *ui)
{
    char *path = file_place(PLACE_CONFIG, "keys", NULL);
    struct str text = {0};
    struct error err;
    enum status s = path ? file_read(path, 256 * 1024, &text, &err) : E_ABSENT;
    int bad = s == OK ? keymap_load(ui->keys, str_c(&text), text.n, bad_line, NULL) : 0;
    if (bad && !ui->keys_of)
        session_say(ui->session, "%s: %d lines cannot be used; the log says which and why", path,
                    bad);
    else if (s != OK && s != E_ABSENT)
        session_say(ui->session, "%s", err.text);
    str_clear(&text);
    free(path);
}

void ui_bind(struct ui *ui)
{
    static const struct {
        const char *scope, *keys, *command, *args;
    } fixed[] = {{"all", "zn", "theme", "night"},
                 {"all", "zd", "theme", "day"},
                 {"all", "zk", "theme", "dusk"},
                 {"all", "za", "theme", "auto"},
                 {"all", "q", "back", "quit"},
                 {"all", "sf", "focus", ""},
                 {"all", "sw", "wheel", ""},
                 {"all", "se", "expose", ""},
                 {"devices", "ss", "slew-to", ""},
                 {"devices", "sy", "sync", ""},
                 {"devices", "st", "track", ""},
                 {"devices", "sg", "guide", ""},
                 {"devices", "E", "expose", ""},
                 {"devices", "f", "focus", ""},
                 {"devices", "F", "wheel", ""},
                 {"devices", "A", "abort", ""},
                 {"devices", "C", "cool", ""},
                 {"devices", "i", "interlock", ""},
                 {"devices", "U", "property-undo", ""},
                 {"log", "i", "note", ""},
                 {"log", "w", "log-export", ""},
                 {"transits", "d", "transits-night", "..."},
                 {"transits", "F", "transits-filter", "..."},
                 {"transits", "]", "transits-night", "+1"},
                 {"transits", "[", "transits-night", "-1"},
                 {"transits", "r", "refresh", ""}};
    keymap_free(ui->keys);
    ui->keys = keymap_new();
    commands_each(session_commands(ui->session), "*", bind_row, ui->keys);
    for (unsigned i = 0; i < sizeof fixed / sizeof *fixed; i++)
        keymap_bind(ui->keys, fixed[i].scope, fixed[i].keys, fixed[i].command, fixed[i].args);
    for (int i = 0; i < ui->n_tabs; i++) {
        char number[2] = {(char)('0' + ui->tab[i].ops->tab), 0};
        keymap_bind(ui->keys, "all", number, "tab", number);
    }
    guest_keys(ui);
    user_keys(ui);
    ui->keys_of = commands_changes(session_commands(ui->session));
}
