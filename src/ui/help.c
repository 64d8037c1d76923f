/* help.c - the page of keys and commands, made from the command table and the bindings: what the user
 * bound or wrote is on it too. Not: any text about a single command (that is in its row). See ui.h.
 */
#include <stdlib.h>
#include <string.h>

#include "ui.h"
#include "widgets/text.h"

/* struct help_row - a command with its keys, or a binding with arguments. */
struct help_row {
    char *keys, *what, *help;
    const struct command *row;
    void *owner;
    char *line; /* what Enter runs; NULL: nothing (it needs arguments) */
    bool here;  /* of this tab */
};

struct help {
    VEC(struct help_row) at;
    struct list *table;
    struct ui *ui;
};

static size_t row_count(const void *model)
{
    return ((const struct help *)model)->at.n;
}

static uint64_t row_id(const void *model, size_t row)
{
    (void)model;
    return row + 1;
}

static const struct help_row *row_at(const void *model, size_t row)
{
    return &((const struct help *)model)->at.at[row];
}

static void keys_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, row_at(model, row)->keys);
}

static void what_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, row_at(model, row)->what);
}

static const char *why_not(const void *model, size_t row)
{
    const struct help_row *r = row_at(model, row);
    return commands_disabled(((const struct help *)model)->ui->session, r->row, r->owner);
}

static void help_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    const char *why = why_not(model, row);
    if (why)
        str_addf(out, "(not now: %s) ", why);
    str_add(out, row_at(model, row)->help);
}

static void where_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, row_at(model, row)->here ? "tab" : "all");
}

static enum role row_role(const void *model, size_t row)
{
    return why_not(model, row) ? ROLE_DISABLED : ROLE_TEXT;
}

static enum role keys_role(const void *model, size_t row)
{
    return why_not(model, row) ? ROLE_DISABLED : ROLE_HINT_KEY;
}

static const struct list_column columns[] = {
    {"keys", "Keys", NULL, 11, 14, -1, 0, keys_cell, NULL, keys_role},
    {"command", "Command", NULL, 24, 30, -1, 0, what_cell, NULL, NULL},
    {"where", "Where", NULL, 5, 5, -1, 2, where_cell, NULL, NULL},
    {"help", "What it does", NULL, 36, 200, -1, 1, help_cell, NULL, NULL},
};

static const struct list_source source = {columns, 4, row_count, row_id, NULL, row_role};

static void add_row(void *arg, const struct command *row, void *owner)
{
    struct help *h = arg;
    struct str keys = {0};
    if (row->flags & CMD_HIDDEN)
        return;
    keymap_keys_of(h->ui->keys, ui_scope(h->ui), row->name, &keys);
    bool ready = !row->args || row->args[0] == '[';
    struct help_row r = {
        .row = row,
        .owner = owner,
        .keys = str_take(&keys),
        .what = mem_printf("%s%s%s", row->name, row->args ? " " : "", row->args ? row->args : ""),
        .help = mem_printf("%s%s", row->help,
                           row->flags & (CMD_ASKS | CMD_MOVES_HARDWARE) ? " (asks)" : ""),
        .line = ready ? mem_str(row->name) : NULL,
        .here = row->scope != NULL};
    if (!r.keys)
        r.keys = mem_str("");
    VEC_PUSH(h->at, r);
}

/* Keys that run a command with arguments: `zn` theme night. */
static void add_bindings(struct help *h)
{
    const struct binding *b;
    for (size_t i = 0; (b = keymap_at(h->ui->keys, i)); i++) {
        void *owner = NULL;
        const struct command *row =
            commands_find(session_commands(h->ui->session), ui_scope(h->ui), b->command, &owner);
        if (!*b->args || !row || !keymap_applies(h->ui->keys, b, ui_scope(h->ui)))
            continue;
        struct str keys = {0};
        keymap_show(b->key, b->n_keys, &keys);
        struct help_row r = {.row = row,
                             .owner = owner,
                             .keys = str_take(&keys),
                             .what = mem_printf("%s %s", b->command, b->args),
                             .help = mem_str(row->help),
                             .line = mem_printf("%s %s", b->command, b->args),
                             .here = strcmp(b->scope, "all") != 0};
        VEC_PUSH(h->at, r);
    }
}

/* This tab first, then what has keys, then the rest. */
static int by_use(const void *pa, const void *pb)
{
    const struct help_row *a = pa, *b = pb;
    if (a->here != b->here)
        return a->here ? -1 : 1;
    if (!*a->keys != !*b->keys)
        return *a->keys ? -1 : 1;
    return strcmp(a->what, b->what);
}

void help_open(struct ui *ui)
{
    help_close(ui);
    struct help *h = mem_zero(sizeof *h);
    h->ui = ui;
    commands_each(session_commands(ui->session), ui_scope(ui), add_row, h);
    add_bindings(h);
    if (h->at.n)
        qsort(h->at.at, h->at.n, sizeof *h->at.at, by_use);
    h->table = list_new(&source, h);
    ui->help = h;
    ui->moved_ms = 0;
    ui->dirty = true;
}

void help_close(struct ui *ui)
{
    struct help *h = ui->help;
    if (!h)
        return;
    for (size_t i = 0; i < h->at.n; i++) {
        free(h->at.at[i].keys);
        free(h->at.at[i].what);
        free(h->at.at[i].help);
        free(h->at.at[i].line);
    }
    VEC_FREE(h->at);
    list_free(h->table);
    free(h);
    ui->help = NULL;
    ui->moved_ms = 0;
    ui->dirty = true;
}

struct list *help_list(struct help *h)
{
    return h->table;
}

void help_run(struct ui *ui)
{
    size_t row;
    if (!list_row(ui->help->table, &row))
        return;
    const struct help_row *r = row_at(ui->help, row);
    char *line = mem_str(r->line), *start = mem_printf("%s ", r->row->name);
    help_close(ui);
    if (line)
        ui_run(ui, line, BY_PALETTE);
    else
        ui_mode_set(ui, MODE_PALETTE, start);
    free(line);
    free(start);
}

void help_draw(const struct ui *ui, struct canvas *body)
{
    const struct view_ops *v = ui->tab[ui->current].ops;
    const char *filter = list_filter_text(ui->help->table);
    canvas_putf(body, 0, 1, ROLE_STRONG, "Help: %s", v->title);
    canvas_putf(body, 0, body->cols > 60 ? body->cols - 44 : 20, ROLE_HEAD,
                "%s%.30s   Enter run   q close", *filter ? "/ " : "/ search", filter);
    int row = 1;
    struct canvas text = canvas_part(body, 1, 1, 3, body->cols - 2);
    if (body->rows >= 18)
        row += text_paragraph(&text, 0, ROLE_TEXT, v->help);
    int marks = body->rows >= 18 ? 3 : 0;
    struct canvas list = canvas_part(body, row + 1, 0, body->rows - row - 1 - marks, body->cols);
    list_draw(ui->help->table, &list);
    if (marks) {
        int y = body->rows - 2;
        canvas_put(
            body, y, 1, ROLE_HEAD,
            "Marks  ! alarm   W warning   + new   - trouble   > under the cursor   * marked");
        canvas_put(body, y + 1, 1, ROLE_HEAD,
                   "Times are UTC unless a column says otherwise. Azimuth: north 0, east 90.");
    }
}
