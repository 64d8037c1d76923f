/* console_form.c - a script's parameters as a form in the Console tab: one row a parameter, checked
 * as it is written; values of the last run are there again. Not: presets and what the script is
 * (console_preset.c), the checks themselves (the door's).
 */
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "console_own.h"

void form_close(struct console_view *v)
{
    struct form *f = v->form;
    if (!f)
        return;
    for (int i = 0; i < SCRIPT_PARAMS; i++)
        free(f->wrong[i]);
    console_sheet_free(v->console, &f->sheet);
    str_clear(&f->text);
    free(f->path);
    free(f->name);
    free(f->failed);
    free(f);
    v->form = NULL;
}

static const struct script_field *field_at(const struct form *f)
{
    return f->at < f->sheet.n_field ? &f->sheet.field[f->at] : NULL;
}

/* An empty value stands for the default, or for nothing where that may be. */
void form_check(struct console_view *v, int i)
{
    struct form *f = v->form;
    const struct script_field *q = &f->sheet.field[i];
    struct error err;
    free(f->wrong[i]);
    f->wrong[i] = NULL;
    if (f->value[i].n && console_check(v->console, q, f->value[i].text, &err) != OK)
        f->wrong[i] = mem_str(err.text);
    else if (!f->value[i].n && !q->def && !q->optional)
        f->wrong[i] = mem_printf("%s: a value is needed", q->name);
}

enum status form_open(struct console_view *v, const char *path, struct error *err)
{
    struct form *f = mem_zero(sizeof *f);
    const char *slash = strrchr(path, '/');
    form_close(v);
    v->form = f;
    f->path = mem_str(path);
    f->name = mem_str(slash ? slash + 1 : path);
    enum status s = console_sheet(v->console, path, &f->text, &f->sheet, err);
    if (s != OK) {
        form_close(v);
        return s;
    }
    preset_fill(v, "");
    v->focus = FOCUS_FORM;
    return OK;
}

void form_asked(struct console_view *v, bool wanted)
{
    struct console_form asked;
    struct error err;
    bool there = console_form(v->console, &asked);
    if (v->form && v->form->task && (!there || asked.task != v->form->task)) {
        form_close(v); /* the task is over */
        v->focus = FOCUS_PROMPT;
    }
    bool free_hands = v->focus == FOCUS_PROMPT && !v->prompt->edit.text.n && !v->prompt->searching;
    if (!there || v->form || !(wanted || (asked.at_once && free_hands)))
        return;
    struct form *f = mem_zero(sizeof *f);
    v->form = f;
    f->task = asked.task;
    str_addn(&f->text, asked.header, asked.n);
    if (console_sheet_of(v->console, &f->text, &f->sheet, &err) != OK) {
        session_say(v->session, "%s", err.text);
        form_close(v);
        return;
    }
    f->name = mem_str(f->sheet.name ? f->sheet.name : asked.name);
    preset_fill(v, NULL);
    v->focus = FOCUS_FORM;
}

/* Lines name=value to the task that waits for them. */
static void give(struct console_view *v, const struct script_value *value, size_t n)
{
    struct str text = {0};
    for (size_t i = 0; i < n; i++)
        str_addf(&text, "%s=%s\n", value[i].name, value[i].text);
    uint64_t task = v->form->task;
    v->focus = FOCUS_PROMPT;
    form_close(v);
    console_form_answer(v->console, task, str_c(&text));
    str_clear(&text);
}

static void leave(struct console_view *v)
{
    uint64_t task = v->form->task;
    v->focus = task ? FOCUS_PROMPT : FOCUS_SCRIPTS;
    form_close(v);
    if (task)
        console_form_answer(v->console, task, NULL);
}

static void run(struct console_view *v)
{
    struct form *f = v->form;
    struct script_value value[SCRIPT_PARAMS], keep[SCRIPT_PARAMS];
    size_t n = 0, n_keep = 0;
    struct error err;
    free(f->failed);
    f->failed = NULL;
    for (int i = 0; i < f->sheet.n_field; i++) {
        if (f->wrong[i]) {
            f->at = i;
            f->failed = mem_str(f->wrong[i]);
            return;
        }
        struct script_value one = {f->sheet.field[i].name, f->value[i].text};
        if (f->value[i].n)
            value[n++] = one;
        if (f->value[i].n && strcmp(f->sheet.field[i].type, "secret") != 0)
            keep[n_keep++] = one;
    }
    if (f->task) {
        give(v, value, n);
        return;
    }
    if (!console_run(v->console, f->path, value, n, &err)) {
        f->failed = mem_str(err.text);
        return;
    }
    if (console_preset_save(v->console, f->name, "", keep, n_keep, &err) != OK)
        session_say(v->session, "%s", err.text);
    v->prompt->bottom = UINT64_MAX;
    v->focus = FOCUS_PROMPT;
    form_close(v);
}

/* The next (or previous) of the words of a choice. */
static void turn(struct line *value, const char *words, int step)
{
    const char *at[32];
    size_t len[32];
    int n = 0, here = -1;
    for (const char *s = words; *s && n < 32; s += *s != 0) {
        at[n] = s;
        len[n] = strcspn(s, ",");
        if (len[n] == value->n && !strncmp(s, value->text, value->n))
            here = n;
        s += len[n++];
    }
    if (!n)
        return;
    here = here < 0 ? 0 : (here + n + step) % n;
    char *text = mem_strn(at[here], len[here]);
    line_set(value, text);
    free(text);
}

static void go(struct form *f, int step)
{
    int n = f->sheet.n_field;
    if (n)
        f->at = (f->at + n + step) % n;
    free(f->failed); /* of another field */
    f->failed = NULL;
}

static bool value_key(struct console_view *v, const struct key *k)
{
    struct form *f = v->form;
    const struct script_field *q = field_at(f);
    if (!q)
        return false;
    const char *words = !strcmp(q->type, "choice")    ? q->of
                        : !strcmp(q->type, "boolean") ? "true,false"
                                                      : NULL;
    bool next = k->code == K_RIGHT || k->code == ' ';
    if (words && !k->mods && (next || k->code == K_LEFT))
        turn(&f->value[f->at], words, next ? 1 : -1);
    else if (!line_key(&f->value[f->at], k))
        return false;
    free(f->failed);
    f->failed = NULL;
    form_check(v, f->at);
    return true;
}

/* ? is the summary where no value holds one; in a text only while nothing is written. F1 always is. */
static bool asks_what(const struct form *f, const struct key *k)
{
    static const char *const texts[] = {"string", "filename", "dir",   "secret",
                                        "target", "device",   "table", NULL};
    const struct script_field *q = field_at(f);
    if (k->code == K_F1 || k->code != '?' || !q || !f->value[f->at].n)
        return k->code == K_F1 || k->code == '?';
    for (int i = 0; texts[i]; i++)
        if (!strcmp(q->type, texts[i]))
            return false;
    return true;
}

static bool opens_presets(const struct form *f, const struct key *k)
{
    return f->path &&
           ((!k->mods && k->code == K_F1 + 1) || (k->mods == MOD_CTRL && k->code == 'o'));
}

bool form_key(struct console_view *v, const struct key *k)
{
    struct form *f = v->form;
    if (k->mods & MOD_PASTE)
        return f->page == FORM_FIELDS ? value_key(v, k) : preset_key(v, k);
    bool plain = !(k->mods & ~(unsigned)MOD_SHIFT);
    if (f->page == FORM_SUMMARY)
        return summary_key(v, k);
    if (f->page != FORM_FIELDS)
        return preset_key(v, k);
    if (plain && asks_what(f, k)) {
        f->page = FORM_SUMMARY;
        f->summary_top = 0;
    } else if (opens_presets(f, k)) {
        f->page = FORM_PRESETS;
        f->preset = 0;
    } else if (plain && (k->code == K_F1 + 4 || k->code == K_ENTER)) {
        run(v);
    } else if (plain && k->code == K_ESC) {
        leave(v);
    } else if (plain && (k->code == K_DOWN || (k->code == K_TAB && !k->mods))) {
        go(f, 1);
    } else if (plain && (k->code == K_UP || k->code == K_TAB)) {
        go(f, -1);
    } else {
        return value_key(v, k);
    }
    return true;
}

/* ---- drawing ---- */

static void limits(const struct script_field *q, struct str *out)
{
    str_add(out, q->type);
    if (q->min || q->max)
        str_addf(out, " %s .. %s", q->min ? q->min : "", q->max ? q->max : "");
    if (q->of)
        str_addf(out, " %s", q->of);
    if (q->optional)
        str_add(out, ", may be empty");
}

static void draw_row(const struct form *f, struct canvas *c, int y, int i, int label, int value)
{
    const struct script_field *q = &f->sheet.field[i];
    struct str kind = {0};
    bool here = i == f->at;
    struct canvas box = canvas_part(c, y, 4 + label, 1, value);
    canvas_put(c, y, 0, ROLE_SELECTED, here ? ">" : " ");
    canvas_put(c, y, 1, ROLE_TROUBLE, f->wrong[i] ? "-" : " ");
    canvas_fit(c, y, 3, label, -1, here ? ROLE_STRONG : ROLE_TEXT, q->label ? q->label : q->name);
    struct line hidden = f->value[i];
    if (!strcmp(q->type, "secret"))
        memset(hidden.text, '*', hidden.n);
    if (here) {
        line_draw(&hidden, &box, 0, "");
    } else {
        canvas_fill(&box, 0, 0, 1, value, ROLE_PROMPT);
        canvas_fit(&box, 0, 0, value, -1, ROLE_PROMPT, hidden.text);
    }
    limits(q, &kind);
    canvas_fit(c, y, 5 + label + value, c->cols - 6 - label - value, -1, ROLE_FAINT, str_c(&kind));
    str_clear(&kind);
}

void form_draw(const struct console_view *v, struct canvas *c)
{
    const struct form *f = v->form;
    if (f->page == FORM_SUMMARY) {
        summary_draw(v, c);
        return;
    }
    int wide = c->cols >= LIST_WIDE, label = wide ? 40 : 26, value = wide ? 36 : 24;
    canvas_rule(c, 0, f->name);
    int y = 1 + text_paragraph(c, 1, ROLE_TEXT,
                               f->sheet.summary ? f->sheet.summary
                               : f->path        ? "(it has no summary)"
                                                : "A task waits for these values.");
    if (f->path)
        canvas_putf(c, y, 0, ROLE_FAINT, "needs: %s%s%s",
                    f->sheet.needs && *f->sheet.needs ? f->sheet.needs : "nothing",
                    f->sheet.author ? "   by " : "", f->sheet.author ? f->sheet.author : "");
    y += 2;
    if (f->page != FORM_FIELDS) {
        preset_draw(v, c, y);
        return;
    }
    int rows = c->rows - y - 3, first = f->at >= rows ? f->at - rows + 1 : 0;
    for (int i = first; i < f->sheet.n_field && i - first < rows; i++)
        draw_row(f, c, y + i - first, i, label, value);
    if (!f->sheet.n_field)
        canvas_put(c, y, 3, ROLE_TEXT, "It takes no parameters.");
    const char *wrong = f->failed ? f->failed : field_at(f) ? f->wrong[f->at] : NULL;
    if (wrong)
        canvas_putf(c, c->rows - 2, 1, ROLE_TROUBLE, "- %s", wrong);
}

const char *form_hints(const struct console_view *v)
{
    switch (v->form->page) {
    case FORM_FIELDS:
        return v->form->path ? "Tab next  Left Right choose  F5 run  F2 C-o presets  F1 ? summary  "
                               "Esc close"
                             : "Tab next  Left Right choose  F5 answer  F1 ? summary  Esc close";
    case FORM_SUMMARY: return "Down Up scroll  Esc back to the form";
    case FORM_PRESETS: return "Enter take  s keep these as...  d delete  Esc back to the form";
    case FORM_NAME: return "Enter keep under this name  Esc back";
    case FORM_DELETE: return "y delete it  any other key: no";
    }
    return "";
}
