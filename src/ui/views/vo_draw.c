/* vo_draw.c - the VO tab laid out: services above (or left of) the table of the one under the cursor,
 * what is known of both below. Not: the parts (vo_own.h).
 */
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "../widgets/text.h"
#include "vigie/formats/sexa.h"
#include "vo_own.h"

/* Rows of the table, with head and the line that says how many more there are, while the cursor is among
 * the services: going down them must not cost a whole screen. */
enum { BRIEF = 7 };

/* ---- the summary ---- */

static void counts(const struct vo_view *v, const struct vo_query *q, struct str *out)
{
    size_t done = 0, late = 0, running = 0;
    for (size_t i = 0; i < q->service.n; i++) {
        const struct vo_service *s = q->service.at[i];
        running += s->state == VO_RUNNING || s->state == VO_WAITING;
        done += s->state == VO_DONE || s->state == VO_KEPT;
        late += s->state == VO_FAILED && s->err.status == E_TIMEOUT;
    }
    const char *working = list_working(v->finds) ? " ..." : "";
    if (vo_query_finds(q) && done && *list_filter_text(v->finds))
        str_addf(out, "%zu of %zu found%s  / %.30s", list_shown(v->finds), q->find.n, working,
                 list_filter_text(v->finds));
    else if (vo_query_finds(q) && done)
        str_addf(out, "%zu service%s found%s", q->find.n, q->find.n == 1 ? "" : "s", working);
    else if (!q->service.n)
        str_add(out, q->resolving ? "looking up the place" : "nobody was asked");
    else if (q->service.n == 1 && q->wish.kind != VO_CONE)
        str_add(out, running ? "asking ..." : done ? "done" : "no answer");
    else
        str_addf(out, "%zu service%s, %zu done", q->service.n, q->service.n == 1 ? "" : "s", done);
    if (running && q->service.n > 1)
        str_addf(out, ", %zu run", running);
    if (late)
        str_addf(out, ", %zu late", late);
}

static void draw_summary(const struct vo_view *v, const struct vo_query *q, struct canvas *c)
{
    struct str left = {0}, right = {0};
    const char *offline = session_demo(v->session)      ? "sample data of the demo"
                          : session_offline(v->session) ? "offline: kept answers only"
                                                        : "";
    if (q) {
        char ra[SEXA_TEXT], dec[SEXA_TEXT];
        str_add(&left, q->title);
        if (isfinite(q->ra_deg)) {
            str_reset(&left);
            const char *place = vo_wish_get(&q->wish, VO_PLACE);
            int n = (int)strcspn(place, "=");
            while (n && place[n - 1] == ' ')
                n--;
            str_addf(&left, "%s %.*s", vo_kind_name(q->wish.kind), n > 30 ? 30 : n, place);
            str_addf(&left, " = %s", sexa_format(q->ra_deg, SEXA_RA, 1, ':', ra));
            str_addf(&left, " %s  r %s", sexa_format(q->dec_deg, SEXA_DEC, 0, ':', dec),
                     vo_wish_get(&q->wish, VO_RADIUS));
        }
        counts(v, q, &right);
    } else {
        str_add(&left, "the Virtual Observatory");
    }
    int tail = right.n ? canvas_columns(c, str_c(&right)) + 2 : 1;
    int col = c->cols - tail;
    if (right.n)
        canvas_put(c, 0, col, ROLE_TEXT, str_c(&right));
    int space = col - 3 - canvas_columns(c, str_c(&left)), n = canvas_columns(c, offline);
    if (*offline && space > n + 3) {
        col -= n + 3;
        canvas_put(c, 0, col, ROLE_WARN, offline);
    }
    canvas_fit(c, 0, 1, col - 3, -1, ROLE_TEXT, str_c(&left));
    str_clear(&left);
    str_clear(&right);
}

/* ---- parts ---- */

static void draw_empty(const struct vo_view *v, struct canvas *c)
{
    struct canvas part = canvas_part(c, 3, 2, c->rows - 3, c->cols - 4);
    int y = text_paragraph(&part, 0, ROLE_TEXT, "Nothing is asked yet.");
    y += text_paragraph(&part, y + 1, ROLE_TEXT,
                        "i writes a new query: the registry first (which services know about a "
                        "subject), then a cone search, images, spectra or ADQL.") +
         1;
    y += text_paragraph(
             &part, y + 1, ROLE_TEXT,
             "C in Alerts and Transits begins a cone search at the selected row, in Devices "
             "where the telescope points.") +
         1;
    if (session_vo(v->session)->past.n)
        text_paragraph(&part, y + 1, ROLE_TEXT, "H shows what was asked before.");
}

static void table_title(const struct vo_view *v, const struct vo_service *s, struct str *out)
{
    size_t shown = vo_shown_n(s), rows = s->table ? s->table->rows : 0;
    str_add(out, s->name);
    if (!s->table)
        return;
    if (shown != rows)
        str_addf(out, "   %zu of %zu rows", shown, rows);
    else
        str_addf(out, "   %zu row%s", rows, rows == 1 ? "" : "s");
    if (s->overflow || s->table->partial)
        str_add(out, ", not all");
    if (v->grid->chosen.n < s->table->n_columns)
        str_addf(out, ", %zu of %zu columns", v->grid->chosen.n, s->table->n_columns);
    if (s->saving)
        str_add(out, "   saving (C-c cancels)");
    if (s->shown.working)
        str_add(out, "   ... (C-c cancels)");
    else if (s->shown.column >= 0)
        str_addf(out, "   sorted by %.20s", s->table->column[s->shown.column].field.name);
    if (*s->shown.filter)
        str_addf(out, "   / %.30s", s->shown.filter);
}

/* In place of a table: why there is none. */
static void draw_no_table(const struct vo_service *s, struct canvas *c)
{
    struct canvas part = canvas_part(c, 1, 1, c->rows - 1, c->cols - 2);
    if (s->state == VO_RUNNING || s->state == VO_WAITING)
        text_paragraph(&part, 0, ROLE_TEXT, *s->phase ? s->phase : "... (C-c cancels)");
    else if (s->err.status != OK)
        text_paragraph(&part, 0, ROLE_TROUBLE, s->err.text);
    else
        text_paragraph(&part, 0, ROLE_TEXT, "The answer has no columns.");
}

static void draw_table(const struct vo_view *v, struct canvas *c, int below)
{
    const struct vo_service *s = vo_service(v);
    if (!s || c->rows < 2)
        return;
    if (!s->table) {
        draw_no_table(s, c);
        return;
    }
    bool brief = c->cols < LIST_WIDE && v->focus == VO_FOCUS_LIST && c->rows - below > BRIEF;
    struct canvas grid = canvas_part(c, 0, 0, brief ? BRIEF : c->rows - below, c->cols);
    size_t seen = (size_t)(grid.rows - 1), n = vo_shown_n(s);
    if (n > seen && grid.rows > 5) { /* a line says that there is more */
        grid = canvas_part(c, 0, 0, grid.rows - 1, c->cols);
        vo_grid_draw(v, &grid);
        size_t end = v->grid->top + (size_t)(grid.rows - 1);
        if (end < n)
            canvas_putf(c, grid.rows, 2, ROLE_FAINT, "... %zu more", n - end);
    } else {
        vo_grid_draw(v, &grid);
    }
    if (!below || brief) /* no column is under the cursor */
        return;
    struct str text = {0};
    vo_column_text(s, vo_grid_column(v), &text);
    canvas_fit(c, c->rows - below + 1, 1, c->cols - 2, -1, ROLE_FAINT, str_c(&text));
    str_reset(&text);
    if (c->cols < 80 || c->rows >= 24) { /* the wide layout tells of the answer elsewhere */
        vo_plot_range(s, vo_grid_column(v), &text);
        canvas_fit(c, c->rows - below + 2, 1, c->cols - 2, -1, ROLE_FAINT, str_c(&text));
    }
    str_clear(&text);
}

static bool is_registry(const struct vo_query *q)
{
    return q->wish.kind == VO_REGISTRY && q->find.n;
}

static void draw_failure(const struct vo_query *q, struct canvas *c, int row)
{
    struct canvas part = canvas_part(c, row, 2, c->rows - row, c->cols - 4);
    if (q->err.status != OK)
        text_paragraph(&part, 0, ROLE_TROUBLE, q->err.text);
    else if (q->resolving)
        text_paragraph(&part, 0, ROLE_TEXT, "Asking Sesame where that is ... (C-c cancels)");
    else if (q->wish.kind == VO_REGISTRY && q->service.n && q->service.at[0]->state == VO_DONE)
        text_paragraph(&part, 0, ROLE_TEXT,
                       "Nothing fits. i opens the form again: fewer or wider constraints.");
}

/* That a list has more rows than are seen, in the blank line below it. */
static void draw_more(struct canvas *c, int y, int n, int most)
{
    if (n > most)
        canvas_putf(c, y, 4, ROLE_FAINT, "... %d more", n - most);
}

/* ---- 80 columns ---- */

static void draw_narrow(const struct vo_view *v, const struct vo_query *q, struct canvas *c)
{
    bool registry = is_registry(q);
    int n = registry ? (int)q->find.n : (int)q->service.n;
    int most = registry ? (c->rows - 4) * 3 / 5 : c->rows < 14 ? 2 : 6;
    int list_rows = (n < most ? n : most) + 1;
    struct canvas list = canvas_part(c, 1, 0, list_rows, c->cols);
    list_draw(registry ? v->finds : v->services, &list);
    int y = 1 + list_rows + (c->rows >= 14);
    struct canvas rest = canvas_part(c, y + 1, 0, c->rows - y - 1, c->cols);
    struct str title = {0};
    draw_more(c, y - 1, registry ? (int)list_shown(v->finds) : n, most);
    if (registry) {
        canvas_rule(c, y, "registry record   R: whole");
        struct canvas text = canvas_part(&rest, 0, 1, rest.rows, c->cols - 2);
        vo_record_draw(v, &text);
        return;
    }
    const struct vo_service *s = vo_service(v);
    if (!s)
        return;
    table_title(v, s, &title);
    canvas_rule(c, y, str_c(&title));
    str_clear(&title);
    int below = rest.rows >= 8 ? 3 : 0;
    draw_table(v, &rest, below);
    if (below && s->table) {
        struct canvas asked = canvas_part(&rest, rest.rows - 1, 1, 1, c->cols - 2);
        vo_asked_draw(v, &asked);
    }
}

/* ---- 110 columns and more ---- */

static void draw_side(const struct vo_view *v, const struct vo_query *q, struct canvas *c)
{
    int n = (int)q->service.n, most = c->rows / 3;
    int rows = (n < most ? n : most) + 1;
    struct canvas list = canvas_part(c, 0, 0, rows, c->cols);
    list_draw(v->services, &list);
    int past = (int)list_shown(v->past), left = c->rows - rows - 1;
    past = past > 4 ? 4 : past;
    int below = past && left > past + 10 ? past + 2 : 0;
    int asked = 6, record = left - below - asked - 1;
    int y = rows + 1;
    draw_more(c, y - 1, n, most);
    canvas_rule(c, y, "registry record   R: whole");
    struct canvas part = canvas_part(c, y + 1, 1, record - 1, c->cols - 2);
    if (!vo_record_draw(v, &part))
        text_paragraph(&part, 0, ROLE_FAINT, "It was not found by the registry.");
    y += record;
    canvas_rule(c, y, "query");
    part = canvas_part(c, y + 1, 1, asked - 1, c->cols - 2);
    vo_asked_draw(v, &part);
    y += asked;
    if (below) {
        canvas_rule(c, y, "history   H: all");
        part = canvas_part(c, y + 1, 0, below - 1, c->cols);
        struct canvas lines = canvas_part(c, y, 0, below, c->cols);
        list_draw(v->past, &lines);
        canvas_rule(c, y, "history   H: all"); /* over the heads of the list */
    }
}

static void draw_wide(const struct vo_view *v, const struct vo_query *q, struct canvas *c)
{
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    struct canvas side = canvas_part(&body, 1, 0, body.rows - 1, VO_SIDE);
    struct canvas table = canvas_part(&body, 1, VO_SIDE + 2, body.rows - 1, c->cols - VO_SIDE - 2);
    struct str title = {0};
    const struct vo_service *s = vo_service(v);
    canvas_rule(&body, 0, "services");
    str_add(&title, " results");
    if (s) {
        str_add(&title, ": ");
        table_title(v, s, &title);
    }
    str_addc(&title, ' ');
    draw_side(v, q, &side);
    canvas_fit(&body, 0, VO_SIDE + 3, canvas_columns(c, str_c(&title)), -1, ROLE_HEAD,
               str_c(&title));
    for (int r = 0; r < body.rows; r++)
        canvas_glyph(&body, r, VO_SIDE, 1, ROLE_RULE, r ? GLYPH_VLINE : GLYPH_TEE_DOWN);
    str_clear(&title);
    draw_table(v, &table, 3);
}

/* ---- the tab ---- */

static void draw_columns(const struct vo_view *v, struct canvas *c)
{
    const struct vo_service *s = vo_service(v);
    enum { ABOUT = 3 };
    int about = c->rows >= 12 ? ABOUT : 0; /* what the list cuts, of the one under the cursor */
    size_t row;
    char title[60];
    snprintf(title, sizeof title, "columns   %zu of %zu shown", list_marks(v->columns),
             s && s->table ? s->table->n_columns : 0);
    canvas_rule(c, 0, title);
    struct canvas list = canvas_part(c, 1, 0, c->rows - 1 - about, c->cols);
    list_draw(v->columns, &list);
    if (!about || !s || !s->table || !list_row(v->columns, &row) || row >= s->table->n_columns)
        return;
    struct str text = {0};
    struct canvas part = canvas_part(c, c->rows - 2, 1, 2, c->cols - 2);
    vo_column_text(s, (int)row, &text);
    text_paragraph(&part, 0, ROLE_FAINT, str_c(&text));
    str_clear(&text);
}

static void draw_past(const struct vo_view *v, struct canvas *c)
{
    canvas_rule(c, 0, "history");
    struct canvas list = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    list_draw(v->past, &list);
}

static void draw_prompt(const struct vo_view *v, struct canvas *c)
{
    static const char *const head[] = {"", " / ", " save as: ", " fetch into: ", " match within: "};
    const struct vo_service *s = vo_service(v);
    bool binary = v->prompt == VO_PROMPT_SAVE && v->binary;
    line_draw(&v->line, c, c->rows - 1, binary ? " save as (BINARY2): " : head[v->prompt]);
    if (v->prompt == VO_PROMPT_FILTER && s && s->shown.bad.status != OK && c->rows > 2)
        canvas_fit(c, c->rows - 2, 1, c->cols - 2, -1, ROLE_TROUBLE, s->shown.bad.text);
}

/* Fetches that run, in the last line. */
static void draw_loads(const struct vo_view *v, struct canvas *c)
{
    const struct vo_desk *d = session_vo(v->session);
    for (size_t i = 0; i < d->load.n; i++) {
        const struct vo_load *l = d->load.at[i];
        char total[32] = "";
        if (l->state != VO_RUNNING || l->only_head)
            continue;
        if (l->total)
            snprintf(total, sizeof total, " of %.0f", (double)l->total / 1000);
        canvas_putf(c, c->rows - 1, 1, ROLE_STRONG, "fetching %.30s ... %.0f%s kB   C-c cancels",
                    l->name, (double)l->bytes / 1000, total);
    }
}

static void draw_main(const struct vo_view *v, struct canvas *c)
{
    const struct vo_query *q = vo_query(v);
    vo_grid_choose(v->grid, vo_service(v));
    draw_summary(v, q, c);
    if (!q) {
        draw_empty(v, c);
    } else if (!q->service.n || (vo_query_finds(q) && !q->find.n)) {
        if (q->service.n) {
            struct canvas list = canvas_part(c, 1, 0, 2, c->cols);
            list_draw(v->services, &list);
        }
        draw_failure(q, c, 4);
        if (q->service.n && q->service.at[0]->state == VO_FAILED) {
            struct canvas part = canvas_part(c, 4, 2, c->rows - 4, c->cols - 4);
            text_paragraph(&part, 0, ROLE_TROUBLE, q->service.at[0]->err.text);
        }
    } else if (c->cols >= LIST_WIDE && c->rows >= 20 && !is_registry(q)) {
        draw_wide(v, q, c);
    } else {
        draw_narrow(v, q, c);
    }
}

void vo_draw(const void *view, const struct session *session, struct canvas *c)
{
    const struct vo_view *v = view;
    (void)session;
    switch (v->page) {
    case VO_PAGE_MAIN: draw_main(v, c); break;
    case VO_PAGE_FORM: vo_form_draw(v, c); break;
    case VO_PAGE_PAST: draw_past(v, c); break;
    case VO_PAGE_ROW: vo_row_draw(v, c); break;
    case VO_PAGE_PLOT: vo_plot_draw(v, c); break;
    case VO_PAGE_COLUMNS: draw_columns(v, c); break;
    case VO_PAGE_TREE: vo_tree_draw(v, c); break;
    case VO_PAGE_HEAD: vo_head_draw(v, c); break;
    case VO_PAGE_EXAMPLES: vo_examples_draw(v, c); break;
    case VO_PAGE_RECORD: vo_record_page(v, c); break;
    }
    if (v->prompt != VO_PROMPT_NONE)
        draw_prompt(v, c);
    else if (v->page == VO_PAGE_MAIN)
        draw_loads(v, c);
}
