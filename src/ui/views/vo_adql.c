/* vo_adql.c - ADQL in the form of a question: the text, the registry's own query made of the fields, the
 * user's editor, examples of the service. Not: keys of the text itself (editor.h), the other fields
 * (vo_form.c).
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/vo/adql.h"
#include "vo_own.h"

enum { LINES_MOST = 30 };

/* Whom the form asks; NULL: nobody yet. name: to be shown. */
static const char *asked(const struct vo_form *f, const char **name)
{
    if (f->value[VO_URL].n)
        return *name = f->value[VO_URL].text;
    if (!f->wish.target.n)
        return NULL;
    *name = f->wish.target.at[0].name;
    return f->wish.target.at[0].url;
}

/* ---- keys ---- */

static void show_registry(struct vo_view *v)
{
    struct vo_form *f = v->form;
    struct str adql = {0};
    struct error err;
    vo_form_values(f);
    if (session_vo_adql(v->session, &f->wish, &adql, &err) != OK) {
        vo_form_wrong(f, err.text);
    } else {
        editor_set(&f->adql, str_c(&adql));
        f->adql.at = 0;
        f->by_hand = true;
        f->at = VO_ADQL;
    }
    str_clear(&adql);
}

static void show_fields(struct vo_form *f)
{
    f->by_hand = false;
    f->at = -1;
    vo_form_go(f, 1);
}

bool vo_adql_key(struct vo_view *v, const struct key *k)
{
    struct vo_form *f = v->form;
    struct error err;
    bool text = vo_form_has(f, VO_ADQL);
    if (k->code == 'o' && !text && f->wish.kind == VO_REGISTRY) {
        show_registry(v);
    } else if (k->code == 'o' && text) {
        vo_form_values(f);
        if (session_vo_edit(v->session, &f->wish, &err) != OK)
            vo_form_wrong(f, err.text);
    } else if (k->code == 'r' && f->by_hand) {
        show_fields(f);
    } else if (k->code == 'x' && text && !f->by_hand) {
        vo_examples_open(v);
    } else {
        return false;
    }
    return true;
}

/* ---- the text ---- */

/* struct piece - a row of the box: n bytes of the text from `from` on; long lines take several, broken at
 * blanks. last: of its line. */
struct piece {
    size_t from, n;
    bool last;
};

static struct piece piece_at(const char *text, size_t from, int cols)
{
    size_t line = strcspn(text + from, "\n");
    struct piece p = {from, line, true};
    if ((int)utf8_columns(text + from, line) < cols) /* room for the cursor behind it */
        return p;
    p.last = false;
    p.n = utf8_cut(text + from, line, (size_t)cols - 1);
    for (size_t i = p.n; i > 1; i--)
        if (text[from + i - 1] == ' ') {
            p.n = i;
            break;
        }
    p.n = p.n ? p.n : 1;
    return p;
}

static bool holds(const struct piece *p, size_t at)
{
    return at >= p->from && (at < p->from + p->n || (p->last && at == p->from + p->n));
}

/* The row with the cursor, and how many there are. */
static int rows_of(const char *text, size_t at, int cols, int *here)
{
    int n = 0;
    for (size_t from = 0;;) {
        struct piece p = piece_at(text, from, cols);
        if (holds(&p, at))
            *here = n;
        n++;
        from = p.from + p.n;
        if (p.last && !text[from])
            return n;
        from += p.last;
    }
}

/* Returns how many rows there are; the first of them that is seen is *first. */
static int draw_text(const struct vo_form *f, struct canvas *box, int *first)
{
    const char *text = editor_text(&f->adql);
    int here = 0, n = rows_of(text, f->adql.at, box->cols, &here);
    size_t from = 0;
    *first = here >= box->rows ? here - box->rows + 1 : 0;
    for (int i = 0; i < n && i - *first < box->rows; i++) {
        struct piece p = piece_at(text, from, box->cols);
        if (i >= *first) {
            canvas_putn(box, i - *first, 0, ROLE_PROMPT, text + p.from, p.n);
            if (i == here && f->at == VO_ADQL)
                canvas_show_cursor(box, i - *first,
                                   (int)utf8_columns(text + p.from, f->adql.at - p.from));
        }
        from = p.from + p.n + p.last;
    }
    return n;
}

/* Whom it goes to, behind the head. */
static void draw_asked(const struct vo_form *f, struct canvas *c, int y)
{
    const char *name = "the registry";
    bool nobody = f->wish.kind != VO_REGISTRY && !asked(f, &name);
    if (nobody)
        canvas_fit(c, y, 9, c->cols - 10, -1, ROLE_WARN,
                   "to nobody yet: write the URL of a TAP service, or search the registry");
    else
        canvas_fit(c, y, 9, c->cols - 10, -1, ROLE_FAINT, name);
    if (f->wish.kind == VO_REGISTRY)
        canvas_put(c, y, 9 + canvas_columns(c, name) + 2, ROLE_FAINT, "in place of the fields");
}

int vo_adql_draw(const struct vo_view *v, struct canvas *c, int y)
{
    const struct vo_form *f = v->form;
    int rows = c->rows - y - 3, first;
    struct error err;
    rows = rows < 2 ? 2 : rows > LINES_MOST ? LINES_MOST : rows;
    canvas_put(c, y, 1, ROLE_SELECTED, f->at == VO_ADQL ? ">" : " ");
    canvas_put(c, y, 3, f->at == VO_ADQL ? ROLE_STRONG : ROLE_TEXT, "ADQL");
    draw_asked(f, c, y);
    struct canvas box = canvas_part(c, y + 1, 3, rows, c->cols - 4);
    canvas_fill(&box, 0, 0, rows, box.cols, ROLE_PROMPT);
    int n = draw_text(f, &box, &first), col = 3;
    y += rows + 1;
    if (n > rows)
        col = canvas_putf(c, y, 3, ROLE_FAINT, "rows %d-%d of %d   ", first + 1, first + rows, n);
    if (f->adql.text.n && adql_check(editor_text(&f->adql), &err) != OK)
        canvas_fit(c, y, col, c->cols - col - 1, -1, ROLE_WARN, err.text);
    return y + 1;
}

/* ---- examples ---- */

void vo_examples_open(struct vo_view *v)
{
    struct vo_form *f = v->form;
    struct error err;
    const char *name = NULL, *base = asked(f, &name);
    const struct vo_examples *e = &session_vo(v->session)->examples;
    if (!base) {
        vo_form_wrong(f,
                      "examples of whom? Write the URL of a TAP service, or search the registry");
        return;
    }
    bool there = e->base && !strcmp(e->base, base) && e->state != VO_FAILED;
    if (!there && session_vo_examples(v->session, name, base, &err) != OK) {
        vo_form_wrong(f, err.text);
        return;
    }
    list_renew(v->examples);
    list_move(v->examples, MOVE_TOP);
    v->page = VO_PAGE_EXAMPLES;
}

void vo_examples_take(struct vo_view *v)
{
    const struct vo_examples *e = &session_vo(v->session)->examples;
    size_t row;
    if (!v->form || !list_row(v->examples, &row))
        return;
    editor_set(&v->form->adql, e->list.example.at[row].query);
    v->form->at = VO_ADQL;
    vo_form_wrong(v->form, NULL);
    vo_form_values(v->form);
    v->page = VO_PAGE_FORM;
}

void vo_examples_draw(const struct vo_view *v, struct canvas *c)
{
    const struct vo_examples *e = &session_vo(v->session)->examples;
    struct str title = {0};
    size_t row;
    str_addf(&title, "examples of %s", e->name ? e->name : "?");
    canvas_rule(c, 0, str_c(&title));
    str_clear(&title);
    if (e->state == VO_RUNNING)
        canvas_put(c, 1, 1, ROLE_TEXT, "... (Esc goes back)");
    else if (e->err.status != OK)
        canvas_fit(c, 1, 1, c->cols - 2, -1, ROLE_TROUBLE, e->err.text);
    if (!list_row(v->examples, &row) || c->rows < 6)
        return;
    int n = (int)list_shown(v->examples), most = c->rows / 2;
    int rows = (n < most ? n : most) + 1;
    struct canvas list = canvas_part(c, 1, 0, rows, c->cols);
    list_draw(v->examples, &list);
    canvas_rule(c, rows + 1, e->list.example.at[row].name);
    int y = rows + 2;
    for (const char *s = e->list.example.at[row].query; *s && y < c->rows; y++) {
        size_t len = strcspn(s, "\n");
        char *line = mem_strn(s, len);
        bool cut = y == c->rows - 1 && s[len];
        canvas_fit(c, y, 1, c->cols - 2, -1, ROLE_TEXT, cut ? "..." : line);
        free(line);
        s += len + (s[len] == '\n');
    }
}
