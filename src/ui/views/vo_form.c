/* vo_form.c - a question being written: its kind, the fields of that kind, concepts completed from the
 * thesaurus, how many records would be found. Not: what is wrong with a field (session/vodesk.h).
 */
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "vigie/base/utf8.h"
#include "vo_own.h"

/* Kinds that a form can ask, in the order of Left and Right. */
static const enum vo_kind kinds[] = {VO_REGISTRY, VO_CONE, VO_IMAGES, VO_SPECTRA,
                                     VO_TAP,      VO_JOB,  VO_PLANS,  VO_LINKS};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* The registry's query is made of its fields, or written by hand in place of them. */
bool vo_form_has(const struct vo_form *f, int field)
{
    if (field < 0 || field >= VO_FIELDS || !(vo_fields[field].kinds >> f->wish.kind & 1U))
        return false;
    return f->wish.kind != VO_REGISTRY || field == VO_ROWS || (field == VO_ADQL) == f->by_hand;
}

/* The next field of the kind, -1 the kind itself. */
void vo_form_go(struct vo_form *f, int step)
{
    do
        f->at = f->at + step < -1 ? VO_FIELDS - 1 : f->at + step >= VO_FIELDS ? -1 : f->at + step;
    while (f->at != -1 && !vo_form_has(f, f->at));
    f->near = 0;
}

void vo_form_values(struct vo_form *f)
{
    bool adql = f->wish.kind != VO_REGISTRY || f->by_hand;
    for (int i = 0; i < VO_FIELDS; i++)
        vo_wish_set(&f->wish, (enum vo_field)i,
                    i != VO_ADQL ? f->value[i].text
                    : adql       ? editor_text(&f->adql)
                                 : "");
}

void vo_form_wrong(struct vo_form *f, const char *text)
{
    char *copy = mem_str(text);
    free(f->wrong);
    f->wrong = copy;
}

static void changed(struct vo_view *v)
{
    struct vo_form *f = v->form;
    vo_form_wrong(f, NULL);
    vo_form_values(f);
    if (f->wish.kind == VO_REGISTRY && !f->by_hand)
        session_vo_count(v->session, &f->wish);
}

void vo_form_open(struct vo_view *v, const struct vo_wish *w)
{
    struct vo_form *f = mem_zero(sizeof *f);
    vo_form_close(v);
    v->form = f;
    vo_wish_copy(&f->wish, w);
    for (int i = 0; i < VO_FIELDS; i++)
        if (i != VO_ADQL && i != VO_PART) /* it is another question now */
            line_set(&f->value[i], vo_wish_get(w, (enum vo_field)i));
    editor_set(&f->adql, vo_wish_get(w, VO_ADQL));
    f->by_hand = w->kind == VO_REGISTRY && *vo_wish_get(w, VO_ADQL);
    f->at = -1;
    vo_form_go(f, 1);
    if (vo_form_has(f, VO_ADQL))
        f->at = VO_ADQL;
    session_vo_uat(v->session);
    v->page = VO_PAGE_FORM;
    changed(v);
}

void vo_form_close(struct vo_view *v)
{
    struct vo_form *f = v->form;
    if (!f)
        return;
    vo_wish_clear(&f->wish);
    editor_clear(&f->adql);
    free(f->wrong);
    free(f);
    v->form = NULL;
}

static void run(struct vo_view *v)
{
    struct vo_form *f = v->form;
    struct error err;
    uint64_t id;
    vo_form_values(f);
    enum status st =
        f->by_hand && !*vo_wish_get(&f->wish, VO_ADQL)
            ? err_set(&err, E_ABSENT, "ADQL: nothing is written; C-r: the fields again")
            : session_vo_ask(v->session, &f->wish, &id, &err);
    if (st != OK) {
        vo_form_wrong(f, err.text);
        return;
    }
    vo_form_close(v);
    v->page = VO_PAGE_MAIN;
    vo_show(v, id);
}

/* ---- concepts ---- */

/* The last of the concepts in the field: what is completed. */
static const char *term_of(const struct vo_form *f)
{
    const char *comma = strrchr(f->value[VO_UAT].text, ',');
    const char *s = comma ? comma + 1 : f->value[VO_UAT].text;
    return s + strspn(s, " ");
}

static size_t near_terms(const struct vo_view *v, uint32_t *out)
{
    const struct uat *u = session_vo_uat(v->session);
    const char *term = term_of(v->form);
    return *term ? uat_near(u, term, out, VO_NEAR) : 0;
}

void vo_form_uat(struct vo_view *v, const char *term)
{
    struct vo_form *f = v->form;
    size_t keep = (size_t)(term_of(f) - f->value[VO_UAT].text);
    char *text = mem_printf("%.*s%s", (int)keep, f->value[VO_UAT].text, term);
    line_set(&f->value[VO_UAT], text);
    free(text);
    f->near = 0;
    changed(v);
}

/* Tab in the field of concepts: the one chosen; when it stands there already, on to the next field. */
static bool complete(struct vo_view *v)
{
    struct vo_form *f = v->form;
    const struct uat *u = session_vo_uat(v->session);
    uint32_t near[VO_NEAR];
    size_t n = f->at == VO_UAT ? near_terms(v, near) : 0;
    if (!n)
        return false;
    const char *name = uat_term(u, near[(size_t)f->near < n ? (size_t)f->near : 0])->name;
    if (!strcmp(name, term_of(f)))
        return false;
    vo_form_uat(v, name);
    return true;
}

/* ---- keys ---- */

static void turn_kind(struct vo_view *v, int step)
{
    struct vo_form *f = v->form;
    int here = 0;
    while (here < KINDS - 1 && kinds[here] != f->wish.kind)
        here++;
    f->wish.kind = kinds[(here + KINDS + step) % KINDS];
    f->by_hand = false;
    if (f->wish.kind != VO_REGISTRY && vo_form_has(f, VO_RADIUS) && !f->value[VO_RADIUS].n)
        line_set(&f->value[VO_RADIUS], "5'");
    changed(v);
}

/* The next of the choices of a field, divided by commas; the first is the empty one. */
static void turn_choice(struct vo_view *v, int step)
{
    struct line *value = &v->form->value[v->form->at];
    const char *at[16], *s = vo_fields[v->form->at].choices;
    size_t len[16];
    int n = 0, here = 0;
    for (bool more = true; more && n < 16; s += len[n - 1] + 1) {
        at[n] = s;
        len[n] = strcspn(s, ",");
        if (len[n] == value->n && !strncmp(s, value->text, value->n))
            here = n;
        more = s[len[n++]] == ',';
    }
    here = (here + n + step) % n;
    char *text = mem_strn(at[here], len[here]);
    line_set(value, text);
    free(text);
    changed(v);
}

static bool value_key(struct vo_view *v, const struct key *k)
{
    struct vo_form *f = v->form;
    bool left = !k->mods && k->code == K_LEFT,
         right = !k->mods && (k->code == K_RIGHT || k->code == ' ');
    if (f->at < 0) {
        if (left || right)
            turn_kind(v, left ? -1 : 1);
        return left || right;
    }
    if (vo_fields[f->at].choices && (left || right)) {
        turn_choice(v, left ? -1 : 1);
        return true;
    }
    if (f->at == VO_ADQL) {
        struct key enter = *k;
        if (k->code == K_ENTER && !k->mods)
            enter.mods = MOD_ALT; /* a new line */
        if (!editor_key(&f->adql, &enter))
            return false;
    } else if (!line_key(&f->value[f->at], k)) {
        return false;
    }
    if (f->at == VO_UAT)
        f->near = 0;
    changed(v);
    return true;
}

static bool moves(struct vo_view *v, const struct key *k)
{
    struct vo_form *f = v->form;
    int lines = editor_lines(&f->adql), line;
    size_t byte;
    editor_where(&f->adql, &line, &byte);
    bool inside = f->at == VO_ADQL &&
                  ((k->code == K_UP && line > 0) || (k->code == K_DOWN && line < lines - 1));
    if (inside)
        return false;
    if (k->code == K_TAB && !k->mods) {
        if (!complete(v))
            vo_form_go(f, 1);
    } else if (k->code == K_DOWN) {
        vo_form_go(f, 1);
    } else if (k->code == K_UP || k->code == K_TAB) {
        vo_form_go(f, -1);
    } else {
        return false;
    }
    return true;
}

bool vo_form_key(struct vo_view *v, const struct key *k)
{
    struct vo_form *f = v->form;
    bool plain = !(k->mods & ~(unsigned)MOD_SHIFT);
    if (k->mods & MOD_PASTE)
        return value_key(v, k);
    if (k->mods == MOD_CTRL && f->at == VO_UAT && (k->code == 'n' || k->code == 'p')) {
        f->near = (f->near + (k->code == 'n' ? 1 : VO_NEAR - 1)) % VO_NEAR;
        return true;
    }
    if (k->mods == MOD_CTRL && f->at == VO_UAT && k->code == 't') {
        vo_tree_open(v, term_of(f));
        return true;
    }
    if (k->mods == MOD_CTRL && vo_adql_key(v, k))
        return true;
    if (plain && (k->code == K_F1 + 4 || (k->code == K_ENTER && f->at != VO_ADQL))) {
        run(v);
        return true;
    }
    if (plain && k->code == K_ESC) {
        v->page = VO_PAGE_MAIN; /* what is written stays for the next `i` */
        return true;
    }
    if (plain && moves(v, k))
        return true;
    return value_key(v, k);
}

const char *vo_form_hints(const struct vo_view *v)
{
    const struct vo_form *f = v->form;
    bool fields = f->wish.kind == VO_REGISTRY && !f->by_hand;
    if (f->at < 0)
        return "Left Right another kind of question  Tab next  Enter ask  Esc close";
    if (f->at == VO_UAT)
        return "Tab complete  C-n next of these  C-t tree  C-o ADQL  Enter ask  Esc close";
    if (f->at == VO_ADQL)
        return f->by_hand
                   ? "F5 run  C-o $EDITOR  C-r the fields again  C-k cut  C-y back  Esc close"
                   : "F5 run  C-o $EDITOR  C-x examples  C-k cut  C-y back  S-Tab  Esc close";
    if (vo_fields[f->at].choices)
        return fields ? "Left Right choose  Tab next  S-Tab back  Enter ask  C-o ADQL  Esc close"
                      : "Left Right choose  Tab next  S-Tab back  Enter ask  Esc close";
    return fields ? "Tab next  S-Tab back  Enter ask  C-u clear  C-o ADQL  Esc close"
                  : "Tab next  S-Tab back  Enter ask  C-u clear  Esc close";
}

/* ---- drawing ---- */

static void draw_kinds(const struct vo_form *f, struct canvas *c, int y)
{
    int col = canvas_put(c, y, 1, ROLE_SELECTED, f->at < 0 ? ">" : " ");
    col = canvas_put(c, y, col + 1, ROLE_TEXT, "Ask");
    for (int i = 0; i < KINDS; i++) {
        bool here = kinds[i] == f->wish.kind;
        col = canvas_putf(c, y, col + 1, here ? ROLE_STRONG : ROLE_FAINT, here ? "[%s]" : " %s ",
                          vo_kind_name(kinds[i]));
    }
}

static void draw_field(const struct vo_form *f, struct canvas *c, int y, int i, int value)
{
    bool here = i == f->at;
    if ((int)utf8_columns(f->value[i].text, f->value[i].n) >= value)
        value = c->cols - 22; /* a long one takes the place of the hint */
    struct canvas box = canvas_part(c, y, 20, 1, value);
    canvas_put(c, y, 1, ROLE_SELECTED, here ? ">" : " ");
    canvas_fit(c, y, 3, 16, -1, here ? ROLE_STRONG : ROLE_TEXT, vo_fields[i].label);
    if (here) {
        line_draw(&f->value[i], &box, 0, "");
    } else {
        canvas_fill(&box, 0, 0, 1, value, ROLE_PROMPT);
        canvas_fit(&box, 0, 0, value, -1, ROLE_PROMPT, f->value[i].text);
    }
    if (c->cols - 22 - value > 4)
        canvas_fit(c, y, 22 + value, c->cols - 22 - value, -1, ROLE_FAINT, vo_fields[i].hint);
}

static void term_line(const struct uat *u, const char *head, const uint32_t *term, size_t n,
                      struct str *out)
{
    if (!n)
        return;
    str_addf(out, "%s ", head);
    for (size_t i = 0; i < n && i < 8; i++)
        str_addf(out, "%s%s", i ? ", " : "", uat_term(u, term[i])->name);
    if (n > 8)
        str_addf(out, " and %zu more", n - 8);
}

static int draw_terms(const struct vo_view *v, struct canvas *c, int y)
{
    const struct uat *u = session_vo_uat(v->session);
    const struct vo_form *f = v->form;
    uint32_t near[VO_NEAR];
    size_t n = near_terms(v, near);
    int found = uat_find(u, term_of(f));
    for (size_t i = 0; i < n && found < 0 && y < c->rows - 2; i++) {
        const struct uat_term *t = uat_term(u, near[i]);
        bool here = (size_t)f->near == i || ((size_t)f->near >= n && !i);
        canvas_put(c, y, 3, ROLE_SELECTED, here ? ">" : " ");
        canvas_putf(c, y++, 5, here ? ROLE_STRONG : ROLE_TEXT, "%-32s %s", t->name, t->label);
    }
    if (found >= 0) {
        const struct uat_term *t = uat_term(u, (uint32_t)found);
        struct str s = {0};
        struct canvas part = canvas_part(c, y, 3, c->rows - y - 2, c->cols - 4);
        term_line(u, "wider:", t->wider.at, t->wider.n, &s);
        int row = text_paragraph(&part, 0, ROLE_TEXT, str_c(&s));
        str_reset(&s);
        term_line(u, "narrower:", t->narrower.at, t->narrower.n, &s);
        row += text_paragraph(&part, row, ROLE_TEXT, str_c(&s));
        row += text_paragraph(&part, row, ROLE_FAINT, t->description);
        str_clear(&s);
        y += row;
    }
    if (!session_vo_uat_whole(v->session) && y < c->rows - 1)
        canvas_putf(c, y++, 3, ROLE_FAINT, "(the built-in core of the thesaurus: %zu concepts)",
                    uat_count(u));
    return y;
}

static void draw_targets(const struct vo_form *f, struct canvas *c, int y)
{
    struct str s = {.max = 600};
    struct canvas part = canvas_part(c, y, 3, c->rows - y - 2, c->cols - 4);
    if (f->value[VO_URL].n)
        return;
    if (!f->wish.target.n)
        str_add(&s, "No service: search the registry (kind: registry), mark services with Space "
                    "and press Enter; or write the URL of one.");
    else
        str_addf(&s, "%zu service%s: ", f->wish.target.n, f->wish.target.n == 1 ? "" : "s");
    for (size_t i = 0; i < f->wish.target.n; i++)
        str_addf(&s, "%s%s", i ? ", " : "", f->wish.target.at[i].name);
    text_paragraph(&part, 0, ROLE_FAINT, str_c(&s));
    str_clear(&s);
}

static void draw_count(const struct vo_view *v, struct canvas *c, int y)
{
    const struct vo_count *n = &session_vo(v->session)->count;
    if (n->asking)
        canvas_put(c, y, 3, ROLE_TEXT, "... records");
    else if (n->n >= 0)
        canvas_putf(c, y, 3, ROLE_STRONG, "%lld record%s", (long long)n->n, n->n == 1 ? "" : "s");
    else if (n->err.status != OK)
        canvas_fit(c, y, 3, c->cols - 4, -1, ROLE_FAINT, n->err.text);
}

void vo_form_draw(const struct vo_view *v, struct canvas *c)
{
    const struct vo_form *f = v->form;
    int value = c->cols >= 60 ? c->cols - 20 - 36 : c->cols - 22, y = 2;
    bool registry = f->wish.kind == VO_REGISTRY;
    canvas_rule(c, 0, "new query");
    draw_kinds(f, c, 1);
    int rows = c->rows - (f->at == VO_UAT ? 11 : c->rows >= 18 ? 6 : 4), shown = 0, here = 0, n = 0;
    for (int i = 0; i < VO_FIELDS; i++)
        if (vo_form_has(f, i) && i != VO_ADQL) {
            here = i == f->at ? n : here;
            n++;
        }
    rows = rows < 2 ? 2 : rows;
    bool more = n > rows && rows > 3; /* a line says so */
    rows -= more;
    int first = here >= rows ? here - rows + 1 : 0;
    for (int i = 0, k = 0; i < VO_FIELDS; i++)
        if (vo_form_has(f, i) && i != VO_ADQL && k++ >= first && shown++ < rows)
            draw_field(f, c, y++, i, value);
    if (more)
        canvas_putf(c, y++, 3, ROLE_FAINT, "... %d more field%s: Tab", n - rows,
                    n - rows == 1 ? "" : "s");
    if (vo_form_has(f, VO_ADQL))
        y = vo_adql_draw(v, c, y);
    if (registry && !f->by_hand && y < c->rows - 1)
        draw_count(v, c, y++);
    if (f->at == VO_UAT && y < c->rows - 1)
        draw_terms(v, c, y);
    else if (!registry && !vo_form_has(f, VO_ADQL) && y + 1 < c->rows)
        draw_targets(f, c, y + 1);
    if (f->wrong) {
        canvas_fill(c, c->rows - 1, 0, 1, c->cols, ROLE_TEXT);
        canvas_putf(c, c->rows - 1, 1, ROLE_TROUBLE, "- %s", f->wrong);
    }
}
