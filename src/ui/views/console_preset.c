/* console_preset.c - the pages of a script's form beside its fields: sets of values kept under a name, and what
 * the script is. Not: the fields (console_form.c), where presets lie (session/console.h).
 */
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "console_own.h"

/* Rows before the sets that have a name. */
enum { ROW_LAST, ROW_DEFAULTS, ROWS_FIXED };

static int rows_n(const struct console_view *v)
{
    int n = ROWS_FIXED;
    while (console_presets(v->console, v->form->name, (size_t)(n - ROWS_FIXED)))
        n++;
    return n;
}

/* The name of the set under the cursor, NULL: it is one of the fixed rows. */
static const char *name_at(const struct console_view *v, int row)
{
    return row < ROWS_FIXED
               ? NULL
               : console_presets(v->console, v->form->name, (size_t)(row - ROWS_FIXED));
}

static void say(struct form *f, const char *text)
{
    free(f->failed);
    f->failed = text ? mem_str(text) : NULL;
}

void preset_fill(struct console_view *v, const char *preset)
{
    struct form *f = v->form;
    for (int i = 0; i < f->sheet.n_field; i++) {
        const struct script_field *q = &f->sheet.field[i];
        const char *kept =
            preset && f->path ? console_preset(v->console, f->name, preset, q->name) : NULL;
        line_set(&f->value[i], kept ? kept : q->def ? q->def : "");
        form_check(v, i);
    }
    say(f, NULL);
}

/* Values that cannot stand are not kept: whoever takes the set later would have to repair it. */
static void keep(struct console_view *v)
{
    struct form *f = v->form;
    struct script_value value[SCRIPT_PARAMS];
    struct error err = {0};
    size_t n = 0;
    char *name = mem_str(f->preset_name.text);
    enum status s = *name ? OK : err_set(&err, E_RANGE, "a preset needs a name");
    for (int i = 0; i < f->sheet.n_field && s == OK; i++) {
        if (f->wrong[i])
            s = err_set(&err, E_RANGE, "not kept: %s", f->wrong[i]);
        else if (f->value[i].n && strcmp(f->sheet.field[i].type, "secret") != 0)
            value[n++] = (struct script_value){f->sheet.field[i].name, f->value[i].text};
    }
    if (s == OK)
        s = console_preset_save(v->console, f->name, name, value, n, &err);
    say(f, s == OK ? NULL : err.text);
    if (s == OK) {
        session_say(v->session, "%s: these values are kept as %s", f->name, name);
        f->page = FORM_FIELDS;
    }
    free(name);
}

static void drop(struct console_view *v)
{
    struct form *f = v->form;
    struct error err;
    char *name = mem_str(name_at(v, f->preset));
    if (console_preset_delete(v->console, f->name, name, &err) != OK)
        say(f, err.text);
    free(name);
    f->preset = f->preset < rows_n(v) ? f->preset : rows_n(v) - 1;
}

static bool list_key(struct console_view *v, const struct key *k)
{
    struct form *f = v->form;
    int n = rows_n(v);
    if (k->code == K_ESC || k->code == 'q') {
        f->page = FORM_FIELDS;
    } else if (k->code == K_DOWN || k->code == 'j' || k->code == K_TAB) {
        f->preset = (f->preset + 1) % n;
    } else if (k->code == K_UP || k->code == 'k') {
        f->preset = (f->preset + n - 1) % n;
    } else if (k->code == K_ENTER) {
        char *name = name_at(v, f->preset) ? mem_str(name_at(v, f->preset)) : NULL;
        preset_fill(v, f->preset == ROW_LAST ? "" : name);
        free(name);
        f->page = FORM_FIELDS;
    } else if (k->code == 's') {
        const char *name = name_at(v, f->preset);
        line_set(&f->preset_name, name ? name : "");
        f->page = FORM_NAME;
    } else if ((k->code == 'd' || k->code == K_DELETE) && name_at(v, f->preset)) {
        f->page = FORM_DELETE;
    } else {
        return true; /* the fields do not get it */
    }
    say(f, NULL);
    return true;
}

bool preset_key(struct console_view *v, const struct key *k)
{
    struct form *f = v->form;
    bool pasted = k->mods & MOD_PASTE;
    if (f->page == FORM_NAME) {
        if (!pasted && !k->mods && k->code == K_ENTER) {
            keep(v);
        } else if (!pasted && !k->mods && k->code == K_ESC) {
            f->page = FORM_PRESETS;
            say(f, NULL);
        } else if (line_key(&f->preset_name, k)) {
            say(f, NULL);
        }
        return true;
    }
    if (pasted)
        return true;
    if (f->page == FORM_DELETE) {
        f->page = FORM_PRESETS;
        if (!k->mods && (k->code == 'y' || k->code == 'Y'))
            drop(v);
        return true;
    }
    return k->mods & ~(unsigned)MOD_SHIFT ? false : list_key(v, k);
}

/* The values of a set in one line. */
static void values_of(const struct console_view *v, const char *preset, struct str *out)
{
    const struct form *f = v->form;
    for (int i = 0; i < f->sheet.n_field; i++) {
        const char *name = f->sheet.field[i].name;
        const char *text =
            preset ? console_preset(v->console, f->name, preset, name) : f->sheet.field[i].def;
        if (text && *text && strcmp(f->sheet.field[i].type, "secret") != 0)
            str_addf(out, "%s%s=%s", out->n ? "  " : "", name, text);
    }
}

void preset_draw(const struct console_view *v, struct canvas *c, int top)
{
    const struct form *f = v->form;
    struct str values = {0};
    int n = rows_n(v), rows = c->rows - top - 3;
    int first = f->preset >= rows ? f->preset - rows + 1 : 0;
    for (int i = first; i < n && i - first < rows; i++) {
        int y = top + i - first;
        const char *fixed = i == ROW_LAST ? "last run" : "defaults";
        char *name = mem_str(i < ROWS_FIXED ? fixed : name_at(v, i));
        bool here = i == f->preset;
        str_reset(&values);
        values_of(v, i == ROW_LAST ? "" : i == ROW_DEFAULTS ? NULL : name, &values);
        canvas_put(c, y, 0, ROLE_SELECTED, here ? ">" : " ");
        canvas_fit(c, y, 3, 20, -1,
                   here             ? ROLE_STRONG
                   : i < ROWS_FIXED ? ROLE_FAINT
                                    : ROLE_TEXT,
                   name);
        canvas_fit(c, y, 25, c->cols - 26, -1, ROLE_FAINT, values.n ? values.s : "-");
        free(name);
    }
    str_clear(&values);
    int y = c->rows - 2;
    if (f->page == FORM_NAME)
        line_draw(&f->preset_name, c, y, " Keep these values as: ");
    else if (f->page == FORM_DELETE)
        canvas_putf(c, y, 1, ROLE_PROMPT, "Delete the preset %s?  y yes   N no",
                    name_at(v, f->preset));
    else if (n == ROWS_FIXED)
        canvas_put(c, y, 1, ROLE_FAINT, "No set has a name yet: s keeps the values of the form.");
    if (f->failed)
        canvas_putf(c, c->rows - 1, 1, ROLE_TROUBLE, "- %s", f->failed);
}

/* ---- what the script is ---- */

bool summary_key(struct console_view *v, const struct key *k)
{
    struct form *f = v->form;
    if (k->mods & ~(unsigned)MOD_SHIFT)
        return true;
    if (k->code == K_DOWN || k->code == 'j' || k->code == K_PGDN || k->code == ' ')
        f->summary_top += k->code == K_PGDN || k->code == ' ' ? 10 : 1;
    else if (k->code == K_UP || k->code == 'k' || k->code == K_PGUP)
        f->summary_top -= k->code == K_PGUP ? 10 : 1;
    else
        f->page = FORM_FIELDS;
    f->summary_top = f->summary_top < 0 ? 0 : f->summary_top;
    return true;
}

static void line_of(struct str *t, const char *what, const char *text)
{
    if (text && *text)
        str_addf(t, "%-9s %s\n", what, text);
}

static void summary_text(const struct console_view *v, struct str *t)
{
    static const char *const trust[] = {
        "own: what its header says, all if it has none", "shipped with vigie: what its header says",
        "imported: what its header says, and you are asked for each"};
    const struct form *f = v->form;
    const struct script_sheet *h = &f->sheet;
    line_of(t, "summary", h->summary ? h->summary : "(it has none)");
    line_of(t, "name", h->name);
    line_of(t, "version", h->version);
    line_of(t, "author", h->author);
    line_of(t, "needs", h->needs && *h->needs ? h->needs : "nothing");
    if (f->path) {
        line_of(t, "may do", trust[console_trust(v->console, f->path)]);
        line_of(t, "file", f->path);
    }
    for (int i = 0; i < h->n_field; i++) {
        const struct script_field *q = &h->field[i];
        str_addf(t, "\n--%s : %s", q->name, q->type);
        if (q->def)
            str_addf(t, " = %s", q->def);
        str_addf(t, "\n    %s", q->label ? q->label : "(it has no label)");
        if (q->min || q->max)
            str_addf(t, ", %s .. %s", q->min ? q->min : "", q->max ? q->max : "");
        if (q->of)
            str_addf(t, ", one of %s", q->of);
        if (q->optional)
            str_add(t, ", may be empty");
        str_addc(t, '\n');
    }
}

void summary_draw(const struct console_view *v, struct canvas *c)
{
    struct str t = {0};
    int lines = 0, y = 1, skip = v->form->summary_top;
    summary_text(v, &t);
    for (const char *s = str_c(&t); *s; s += strcspn(s, "\n"), s += *s == '\n')
        lines++;
    skip = skip < lines ? skip : lines - 1;
    canvas_rule(c, 0, v->form->name);
    for (const char *s = str_c(&t); *s && y < c->rows - 1;) {
        size_t n = strcspn(s, "\n");
        char *line = mem_printf(" %.*s", (int)n, s);
        if (skip-- <= 0)
            y += n ? text_paragraph(c, y, *s == '-' ? ROLE_STRONG : ROLE_TEXT, line) : 1;
        free(line);
        s += n + (s[n] == '\n');
    }
    str_clear(&t);
}
