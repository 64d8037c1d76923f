/* palette.c - the command palette: commands found by letters, their keys, help and why not now;
 * arguments completed where the choices are known. See ui.h.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzzy.h"
#include "ui.h"
#include "vigie/base/conf.h"
#include "vigie/session/options.h"

enum { SHOWN = 8, FOUND_MAX = 400 };

/* struct found - a command, or a word that may stand at the cursor. */
struct found {
    const struct command *row;
    void *owner;
    char *word, *help; /* of an argument */
    int score, order;
};

struct palette {
    VEC(struct found) at;
    size_t selected;
    char *typed; /* what the words of the history replaced */
    struct ui *ui;
    const char *pattern;
};

static void clear(struct palette *p)
{
    for (size_t i = 0; i < p->at.n; i++) {
        free(p->at.at[i].word);
        free(p->at.at[i].help);
    }
    p->at.n = 0;
    p->selected = 0;
}

static void found_command(void *arg, const struct command *row, void *owner)
{
    struct palette *p = arg;
    if ((row->flags & CMD_HIDDEN) || p->at.n == FOUND_MAX)
        return;
    int score = fuzzy_score(p->pattern, row->name) * 4;
    if (score < 0) { /* the help's words count less */
        struct filter_term term = {.op = OP_WORD};
        strncpy(term.word, p->pattern, FILTER_WORD - 1);
        score = strlen(p->pattern) > 2 && filter_word(&term, row->help) ? 0 : -1;
    }
    if (!strcmp(p->pattern, row->name))
        score = 1 << 20;
    struct found f = {.row = row, .owner = owner, .score = score};
    if (score >= 0)
        VEC_PUSH(p->at, f);
}

static void found_word(struct palette *p, const char *word, const char *help)
{
    int score = fuzzy_score(p->pattern, word);
    struct found f = {
        .word = mem_str(word), .help = mem_str(help), .score = score, .order = (int)p->at.n};
    if (score >= 0 && p->at.n < FOUND_MAX) {
        VEC_PUSH(p->at, f);
    } else {
        free(f.word);
        free(f.help);
    }
}

static void found_choices(struct palette *p, const char *choices)
{
    while (choices && *choices) {
        size_t n = strcspn(choices, " ");
        char *word = mem_strn(choices, n);
        found_word(p, word, "");
        free(word);
        choices += n + strspn(choices + n, " ");
    }
}

static void found_themes(struct palette *p)
{
    theme_name_list names = {0};
    found_word(p, "auto", "by the Sun: day, dusk below 0, night below -12 deg");
    theme_names(&names);
    for (size_t i = 0; i < names.n; i++) {
        found_word(p, names.at[i], "");
        free(names.at[i]);
    }
    VEC_FREE(names);
}

static void option_word(void *arg, const char *name, const char *value,
                        const struct conf_option *row, bool given)
{
    (void)given;
    char *help = mem_printf("%s%s%s  %s", value, row->unit ? " " : "", row->unit ? row->unit : "",
                            row->help);
    found_word(arg, name, help);
    free(help);
}

/* The words that may stand where the cursor is, behind the command's name. */
static void found_arguments(struct palette *p, const char *text)
{
    const char *blank = strchr(text, ' '), *word = blank + strspn(blank, " ");
    const char *second = strchr(word, ' ');
    const struct conf *conf = session_conf(p->ui->session);
    p->pattern = second ? second + strspn(second, " ") : word;
    if (!strncmp(text, "theme ", 6) && !second) {
        found_themes(p);
    } else if (!strncmp(text, "set ", 4) && !second) {
        conf_each(conf, option_word, p);
    } else if (!strncmp(text, "set ", 4)) {
        char *name = mem_strn(word, (size_t)(second - word));
        const struct conf_option *row = conf_row(conf, name);
        if (row && row->type == CONF_CHOICE)
            found_choices(p, row->choices);
        else if (row && row->type == CONF_BOOL)
            found_choices(p, "yes no");
        else if (!strcmp(name, "theme"))
            found_themes(p);
        free(name);
    } else if (!strncmp(text, "tab ", 4)) {
        for (int i = 0; i < p->ui->n_tabs; i++)
            found_word(p, p->ui->tab[i].ops->name, p->ui->tab[i].ops->title);
    }
}

static int by_score(const void *pa, const void *pb)
{
    const struct found *a = pa, *b = pb;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return a->row && b->row ? strcmp(a->row->name, b->row->name) : a->order - b->order;
}

static void refill(struct ui *ui)
{
    struct palette *p = ui->palette;
    clear(p);
    const char *text = ui->line.text + strspn(ui->line.text, " ");
    p->pattern = text;
    if (strchr(text, ' '))
        found_arguments(p, text);
    else
        commands_each(session_commands(ui->session), ui_scope(ui), found_command, p);
    if (p->at.n)
        qsort(p->at.at, p->at.n, sizeof *p->at.at, by_score);
}

void palette_open(struct ui *ui)
{
    palette_close(ui);
    ui->palette = mem_zero(sizeof *ui->palette);
    ui->palette->ui = ui;
    refill(ui);
}

void palette_close(struct ui *ui)
{
    if (!ui->palette)
        return;
    clear(ui->palette);
    VEC_FREE(ui->palette->at);
    free(ui->palette->typed);
    free(ui->palette);
    ui->palette = NULL;
}

/* ---- keys ---- */

/* The word at the end of the line becomes that of the selected row. */
static bool complete(struct ui *ui)
{
    struct palette *p = ui->palette;
    if (p->selected >= p->at.n)
        return false;
    const struct found *f = &p->at.at[p->selected];
    char *last = strrchr(ui->line.text, ' ');
    size_t keep = f->row || !last ? 0 : (size_t)(last + 1 - ui->line.text);
    bool more = f->row ? f->row->args != NULL : !strncmp(ui->line.text, "set ", 4) && keep == 4;
    char *text = mem_printf("%.*s%s%s", (int)keep, ui->line.text, f->row ? f->row->name : f->word,
                            more ? " " : "");
    line_set(&ui->line, text);
    free(text);
    refill(ui);
    return true;
}

static void run_line(struct ui *ui, const char *text)
{
    char *line = mem_str(text);
    history_add(&ui->history, line);
    ui_mode_set(ui, MODE_NORMAL, "");
    ui_run(ui, line, BY_PALETTE);
    free(line);
}

static void enter(struct ui *ui)
{
    struct palette *p = ui->palette;
    const char *text = ui->line.text + strspn(ui->line.text, " ");
    if (!*text && !p->selected) {
        ui_mode_set(ui, MODE_NORMAL, "");
        return;
    }
    bool has_row = !strchr(text, ' ') && p->selected < p->at.n;
    const struct command *row = has_row ? p->at.at[p->selected].row : NULL;
    if (row && row->args && row->args[0] != '[' && strcmp(text, row->name))
        complete(ui); /* it needs something behind its name */
    else
        run_line(ui, row ? row->name : text);
}

static void recall(struct ui *ui, int step)
{
    struct palette *p = ui->palette;
    size_t to = ui->history_at + (size_t)step;
    if (step < 0 && !ui->history_at)
        return;
    const char *text = to ? history_step(&ui->history, to) : p->typed;
    if (!text)
        return;
    if (!ui->history_at) {
        free(p->typed);
        p->typed = mem_str(ui->line.text);
    }
    ui->history_at = to;
    line_set(&ui->line, text);
    refill(ui);
}

static void select_row(struct palette *p, int step)
{
    size_t n = p->at.n;
    if (n)
        p->selected = (p->selected + n + (size_t)step) % n;
}

void palette_key(struct ui *ui, const struct key *k)
{
    bool control = k->mods == MOD_CTRL, plain = !(k->mods & ~(unsigned)MOD_SHIFT);
    bool empty = !ui->line.n || ui->history_at;
    if ((plain && k->code == K_ESC) || (control && k->code == 'c') ||
        (plain && k->code == K_BACKSPACE && !ui->line.n))
        ui_mode_set(ui, MODE_NORMAL, "");
    else if (plain && k->code == K_ENTER)
        enter(ui);
    else if (plain && k->code == K_TAB && !(k->mods & MOD_SHIFT))
        complete(ui);
    else if (control && (k->code == 'p' || k->code == 'n'))
        recall(ui, k->code == 'p' ? 1 : -1);
    else if (plain && (k->code == K_UP || k->code == K_DOWN) && empty && ui->history.at.n)
        recall(ui, k->code == K_UP ? 1 : -1);
    else if (plain && (k->code == K_UP || k->code == K_DOWN))
        select_row(ui->palette, k->code == K_UP ? -1 : 1);
    else if (line_key(&ui->line, k)) {
        ui->history_at = 0;
        refill(ui);
    }
}

/* ---- drawing ---- */

static void draw_command(const struct ui *ui, const struct found *f, struct canvas *c, int y)
{
    struct str keys = {0};
    char *left = mem_printf("%s%s%s", f->row->name, f->row->args ? " " : "",
                            f->row->args ? f->row->args : "");
    const char *why = commands_disabled(ui->session, f->row, f->owner);
    enum role role = why ? ROLE_DISABLED : ROLE_POPUP;
    keymap_keys_of(ui->keys, ui_scope(ui), f->row->name, &keys);
    int width = c->cols >= 100 ? 36 : 26;
    canvas_fit(c, y, 3, width, -1, role, left);
    canvas_fit(c, y, 4 + width, 10, -1, why ? ROLE_DISABLED : ROLE_HINT_KEY, str_c(&keys));
    char *help = why ? mem_printf("(not now: %s)", why) : mem_str(f->row->help);
    canvas_fit(c, y, 15 + width, c->cols - 16 - width, -1, role, help);
    free(help);
    free(left);
    str_clear(&keys);
}

static void draw_preview(const struct ui *ui, const struct command *row, const char *rest,
                         struct canvas *c, int y)
{
    struct str say = {0};
    size_t n = strlen(rest);
    while (n && rest[n - 1] == ' ')
        n--;
    char *word = mem_strn(rest, n);
    bool fine = row->preview(ui->session, word, &say);
    canvas_fit(c, y, 3, c->cols - 4, -1, fine ? ROLE_POPUP : ROLE_TROUBLE, str_c(&say));
    str_clear(&say);
    free(word);
}

/* What stands behind the name of the command being written; or what it would do as it stands. */
static void draw_usage(const struct ui *ui, struct canvas *c, int y)
{
    const char *text = ui->line.text + strspn(ui->line.text, " ");
    char *name = mem_strn(text, strcspn(text, " "));
    const struct command *row =
        commands_find(session_commands(ui->session), ui_scope(ui), name, NULL);
    canvas_fill(c, y, 0, 1, c->cols, ROLE_POPUP);
    const char *rest = text + strlen(name) + strspn(text + strlen(name), " ");
    if (row && row->preview && *rest)
        draw_preview(ui, row, rest, c, y);
    else if (row)
        canvas_putf(c, y, 3, ROLE_POPUP, "%s %s   %s", row->name, row->args ? row->args : "",
                    row->help);
    else
        canvas_putf(c, y, 3, ROLE_POPUP, "no command %s", name);
    free(name);
}

void palette_draw(struct ui *ui, struct canvas *c, int below)
{
    const struct palette *p = ui->palette;
    bool usage = strchr(ui->line.text + strspn(ui->line.text, " "), ' ') != NULL;
    int shown = (int)p->at.n < SHOWN ? (int)p->at.n : SHOWN;
    int room = below - 2 - usage;
    shown = shown < room ? shown : room;
    size_t first = p->selected < (size_t)shown ? 0 : p->selected - (size_t)shown + 1;
    int top = below - shown - usage;
    canvas_fill(c, top, 0, shown + usage, c->cols, ROLE_POPUP);
    if (usage)
        draw_usage(ui, c, top++);
    for (int i = 0; i < shown; i++) {
        const struct found *f = &p->at.at[first + (size_t)i];
        if (first + (size_t)i == p->selected)
            canvas_put(c, top + i, 1, ROLE_SELECTED, ">");
        if (f->row) {
            draw_command(ui, f, c, top + i);
        } else {
            canvas_fit(c, top + i, 3, 26, -1, ROLE_POPUP, f->word);
            canvas_fit(c, top + i, 30, c->cols - 31, -1, ROLE_POPUP, f->help);
        }
    }
}
