/* vo.c - the VO tab: what was asked of the Virtual Observatory, whom, what came, and what to do with it.
 * Not: its parts (vo_own.h), the questions themselves (session/vodesk.h).
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/formats/sexa.h"
#include "vo_own.h"

/* ---- what is seen ---- */

const struct vo_query *vo_query(const struct vo_view *v)
{
    return session_vo_query(v->session, v->model->query);
}

struct vo_service *vo_service(const struct vo_view *v)
{
    const struct vo_query *q = vo_query(v);
    size_t row;
    if (!q || !list_row(v->services, &row) || row >= q->service.n)
        return NULL;
    return q->service.at[row];
}

const struct vo_find *vo_find(const struct vo_view *v)
{
    const struct vo_query *q = vo_query(v);
    size_t row;
    if (!q || q->wish.kind != VO_REGISTRY || !list_row(v->finds, &row) || row >= q->find.n)
        return NULL;
    return &q->find.at[row];
}

void vo_follow(struct vo_view *v)
{
    const struct vo_desk *d = session_vo(v->session);
    if (!vo_query(v))
        v->model->query = d->query.n ? d->query.at[d->query.n - 1]->id : 0;
    list_renew(v->services);
    list_renew(v->finds);
    list_renew(v->past);
    v->model->table = vo_service(v) ? vo_service(v)->table : NULL;
    list_renew(v->columns);
    list_renew(v->examples);
    vo_grid_choose(v->grid, vo_service(v));
    if (v->page == VO_PAGE_TREE && v->model->thesaurus != d->thesaurus)
        v->page = v->form ? VO_PAGE_FORM : VO_PAGE_MAIN;
    if (d->drafts != v->drafts) {
        v->drafts = d->drafts;
        vo_form_open(v, &d->draft);
    }
    if (d->shows != v->shows) {
        v->shows = d->shows;
        v->page = VO_PAGE_MAIN;
        vo_show(v, d->shown);
        if (d->picture.kind != VO_PICTURE_NONE)
            vo_plot_show(v, d->picture.kind == VO_PICTURE_CHART ? VO_PLOT_CHART : VO_PLOT_SCATTER);
    }
}

void vo_show(struct vo_view *v, uint64_t id)
{
    v->model->query = id;
    v->focus = VO_FOCUS_LIST;
    v->grid->row = v->grid->top = 0;
    list_unmark(v->finds);
    vo_follow(v);
    list_move(v->services, MOVE_TOP);
    list_move(v->finds, MOVE_TOP);
    const struct vo_query *q = vo_query(v);
    if (q && q->service.n == 1 && !vo_query_finds(q))
        v->focus = VO_FOCUS_TABLE;
}

bool vo_on_table(const struct vo_view *v)
{
    return v->page == VO_PAGE_MAIN && v->focus == VO_FOCUS_TABLE && !vo_find(v) && vo_service(v) &&
           vo_service(v)->table;
}

/* ---- keys of the pages ---- */

static bool open_past(struct vo_view *v, bool again, bool change)
{
    struct vo_wish w = {0};
    struct error err;
    size_t row;
    if (!list_row(v->past, &row))
        return true;
    uint64_t id = session_vo(v->session)->past.at[row].id;
    v->page = VO_PAGE_MAIN;
    if (!again && !change && session_vo_query(v->session, id)) {
        vo_show(v, id);
        return true;
    }
    enum status s = session_vo_wish(v->session, id, &w, &err);
    if (s == OK && !vo_kind_asks(w.kind))
        s = err_set(&err, E_ABSENT,
                    w.kind == VO_MATCH ? "a match is not kept: x makes a new one"
                                       : "what scripts show is not kept");
    else if (s == OK && change)
        vo_form_open(v, &w);
    else if (s == OK)
        s = vo_ask_wish(v, &w, &err);
    if (s != OK)
        session_say(v->session, "%s", err.text);
    vo_wish_clear(&w);
    return true;
}

/* What is done with the rows of the service under the cursor; it when several run, else all; a fetch. */
static bool cancel(struct vo_view *v)
{
    const struct vo_query *q = vo_query(v);
    const struct vo_service *s = vo_service(v);
    const struct vo_desk *d = session_vo(v->session);
    int running = 0;
    for (size_t i = 0; q && i < q->service.n; i++)
        running += q->service.at[i]->state == VO_RUNNING || q->service.at[i]->state == VO_WAITING;
    bool one = s && (s->state == VO_RUNNING || s->state == VO_WAITING) && running > 1;
    one |= s && (s->shown.working || s->saving);
    if (q && session_vo_cancel(v->session, q->id, one ? s : NULL))
        return true;
    for (size_t i = 0; i < d->load.n; i++)
        if (d->load.at[i]->state == VO_RUNNING) {
            session_vo_fetch_stop(v->session, d->load.at[i]);
            return true;
        }
    return false;
}

static bool tree_key(struct vo_view *v, const struct key *k)
{
    size_t row;
    if (k->mods || k->code != 'a' || !list_row(v->tree, &row))
        return false;
    const char *name = uat_term(session_vo_uat(v->session), v->model->term.at[row])->name;
    v->page = VO_PAGE_FORM;
    if (v->form)
        vo_form_uat(v, name);
    return true;
}

static bool vo_input(void *view, const struct key *k)
{
    struct vo_view *v = view;
    bool plain = !(k->mods & ~(unsigned)MOD_SHIFT);
    if (v->prompt != VO_PROMPT_NONE)
        return vo_prompt_key(v, k);
    if (k->mods == MOD_CTRL && k->code == 'c' && cancel(v))
        return true;
    switch (v->page) {
    case VO_PAGE_FORM: return vo_form_key(v, k);
    case VO_PAGE_PLOT: return vo_plot_key(v, k);
    case VO_PAGE_TREE: return tree_key(v, k);
    case VO_PAGE_PAST:
        if (plain && (k->code == 'r' || k->code == 'e'))
            return open_past(v, k->code == 'r', k->code == 'e');
        return false;
    case VO_PAGE_ROW:
        if (plain && (k->code == 'n' || k->code == 'p')) {
            vo_grid_move(v, k->code == 'n' ? MOVE_DOWN : MOVE_UP);
            return true;
        }
        return false;
    case VO_PAGE_MAIN:
        if (vo_on_table(v) && plain &&
            (k->code == K_LEFT || k->code == K_RIGHT || k->code == 'h' || k->code == 'l')) {
            vo_grid_side(v, k->code == K_RIGHT || k->code == 'l' ? 1 : -1);
            return true;
        }
        return false;
    case VO_PAGE_COLUMNS:
    case VO_PAGE_EXAMPLES:
    case VO_PAGE_RECORD:
    case VO_PAGE_HEAD: break;
    }
    return false;
}

/* Whether there is a file, or links, behind the row under the cursor. */
static bool leads(const struct vo_view *v)
{
    struct str url = {0}, type = {0};
    bool links, there = vo_row_access(v, &url, &type, &links);
    str_clear(&url);
    str_clear(&type);
    return there;
}

static const char *vo_hints(const void *view)
{
    const struct vo_view *v = view;
    if (v->prompt == VO_PROMPT_FILTER)
        return "words, or an expression over the columns: G < 12 and plx > 1   Enter  Esc";
    if (v->prompt == VO_PROMPT_SAVE)
        return "Enter do it  Tab a VOTable's rows as text or BINARY2  C-u clear  Esc leave it";
    if (v->prompt != VO_PROMPT_NONE)
        return "Enter do it  C-u clear  Esc leave it";
    switch (v->page) {
    case VO_PAGE_FORM: return vo_form_hints(v);
    case VO_PAGE_PAST: return "Enter open  r ask again  e change it  X forget  / filter  Esc back";
    case VO_PAGE_ROW:
        return leads(v) ? "n p next, previous row  j k scroll  d fetch  f FITS header  Esc back"
                        : "n p next, previous row  j k scroll  Esc back";
    case VO_PAGE_COLUMNS: return "Space shown or not  / filter  Enter done";
    case VO_PAGE_TREE: return "Enter go there  a take it into the form  Esc back";
    case VO_PAGE_HEAD:
    case VO_PAGE_RECORD: return "j k scroll  Esc back";
    case VO_PAGE_EXAMPLES: return "Enter take it into the form  j k the others  / filter  Esc back";
    case VO_PAGE_PLOT:
        return v->plot == VO_PLOT_SCATTER
                   ? "h l column across  j k column up  Tab histogram  Esc back"
               : v->plot == VO_PLOT_HISTOGRAM ? "h l column  Tab chart of positions  Esc back"
                                              : "Tab two columns  Esc back";
    case VO_PAGE_MAIN: break;
    }
    return vo_find(v) ? "Enter ask  Space mark  R record  i new query  A ADQL  H history  ? help"
                      : NULL;
}

/* ---- the view ---- */

static void *vo_create(struct session *session)
{
    struct vo_view *v = mem_zero(sizeof *v);
    v->session = session;
    v->model = mem_zero(sizeof *v->model);
    v->model->session = session;
    v->grid = mem_zero(sizeof *v->grid);
    v->window = mem_zero(sizeof *v->window);
    v->services = list_new(&vo_services_source, v->model);
    v->finds = list_new(&vo_finds_source, v->model);
    list_in_slices(v->finds, session_jobs(session));
    v->past = list_new(&vo_past_source, v->model);
    v->columns = list_new(&vo_columns_source, v->model);
    v->tree = list_new(&vo_tree_source, v->model);
    v->examples = list_new(&vo_examples_source, v->model);
    v->filter_before = mem_str("");
    v->drafts = session_vo(session)->drafts;
    v->shows = session_vo(session)->shows;
    vo_follow(v);
    return v;
}

static void vo_destroy(void *view)
{
    struct vo_view *v = view;
    vo_form_close(v);
    list_free(v->services);
    list_free(v->finds);
    list_free(v->past);
    list_free(v->columns);
    list_free(v->tree);
    list_free(v->examples);
    VEC_FREE(v->model->term);
    VEC_FREE(v->model->side);
    VEC_FREE(v->grid->chosen);
    free(v->grid->of);
    free(v->grid);
    free(v->window);
    free(v->model);
    free(v->filter_before);
    free(v);
}

static bool vo_event(void *view, const struct event *ev)
{
    struct vo_view *v = view;
    const struct vo_query *q = vo_query(v);
    if (ev->kind == EV_VO) {
        vo_follow(v);
        return true;
    }
    for (size_t i = 0; ev->kind == EV_TICK && q && i < q->service.n; i++)
        if (q->service.at[i]->state == VO_RUNNING)
            return true;
    return ev->kind == EV_SITE;
}

static struct list *vo_list(void *view)
{
    struct vo_view *v = view;
    const struct vo_query *q = vo_query(v);
    switch (v->page) {
    case VO_PAGE_PAST: return v->past;
    case VO_PAGE_COLUMNS: return v->columns;
    case VO_PAGE_TREE: return v->tree;
    case VO_PAGE_EXAMPLES: return v->examples;
    case VO_PAGE_MAIN: break;
    case VO_PAGE_FORM:
    case VO_PAGE_ROW:
    case VO_PAGE_PLOT:
    case VO_PAGE_RECORD:
    case VO_PAGE_HEAD: return NULL;
    }
    if (!q || vo_on_table(v))
        return NULL;
    return q->wish.kind == VO_REGISTRY && q->find.n ? v->finds : v->services;
}

static bool scroll(struct vo_view *v, enum motion motion)
{
    size_t lines = (size_t)v->window->text_lines, page = (size_t)v->window->rows;
    size_t last = lines > page ? lines - page : 0, by = 1;
    bool down = motion == MOVE_DOWN || motion == MOVE_PAGE_DOWN || motion == MOVE_HALF_DOWN ||
                motion == MOVE_BOTTOM;
    if (motion == MOVE_PAGE_DOWN || motion == MOVE_PAGE_UP)
        by = page;
    else if (motion == MOVE_HALF_DOWN || motion == MOVE_HALF_UP)
        by = page / 2 + 1;
    else if (motion == MOVE_TOP || motion == MOVE_BOTTOM)
        by = lines;
    if (v->page == VO_PAGE_ROW)
        last = lines ? lines - 1 : 0;
    v->top = down ? (v->top + by > last ? last : v->top + by) : v->top > by ? v->top - by : 0;
    return true;
}

static bool vo_move(void *view, enum motion motion)
{
    struct vo_view *v = view;
    if (v->page == VO_PAGE_ROW || v->page == VO_PAGE_HEAD || v->page == VO_PAGE_RECORD)
        return scroll(v, motion);
    return vo_on_table(v) && vo_grid_move(v, motion);
}

static void vo_pane(void *view, int step)
{
    struct vo_view *v = view;
    (void)step;
    if (v->page == VO_PAGE_MAIN && !vo_find(v)) /* what the registry found is one list */
        v->focus = v->focus == VO_FOCUS_LIST ? VO_FOCUS_TABLE : VO_FOCUS_LIST;
}

static bool vo_open(void *view)
{
    struct vo_view *v = view;
    const struct vo_query *q = vo_query(v);
    size_t row;
    switch (v->page) {
    case VO_PAGE_PAST: return open_past(v, false, false);
    case VO_PAGE_TREE: vo_tree_go(v); return true;
    case VO_PAGE_EXAMPLES: vo_examples_take(v); return true;
    case VO_PAGE_COLUMNS:
        vo_take_columns(v);
        v->page = VO_PAGE_MAIN;
        return true;
    case VO_PAGE_MAIN: break;
    case VO_PAGE_FORM:
    case VO_PAGE_ROW:
    case VO_PAGE_PLOT:
    case VO_PAGE_RECORD:
    case VO_PAGE_HEAD: return false;
    }
    if (!q)
        return false;
    if (vo_query_finds(q))
        return q->find.n && vo_ask_finds(v);
    if (!vo_on_table(v)) {
        v->focus = VO_FOCUS_TABLE;
        return vo_service(v) && vo_service(v)->table;
    }
    if (vo_open_columns(v))
        return true;
    v->top = 0;
    if (vo_grid_row(v, &row))
        v->page = VO_PAGE_ROW;
    return v->page == VO_PAGE_ROW;
}

static bool vo_back(void *view)
{
    struct vo_view *v = view;
    struct vo_service *s = vo_service(v);
    if (v->page == VO_PAGE_COLUMNS)
        vo_take_columns(v);
    if (v->page == VO_PAGE_HEAD || v->page == VO_PAGE_RECORD) {
        v->page = v->below;
        return true;
    }
    if ((v->page == VO_PAGE_TREE || v->page == VO_PAGE_EXAMPLES) && v->form) {
        v->page = VO_PAGE_FORM;
        return true;
    }
    if (v->page != VO_PAGE_MAIN) {
        v->page = VO_PAGE_MAIN;
        return true;
    }
    if (vo_on_table(v) && *s->shown.filter) {
        vo_filter_set(v, "");
        return true;
    }
    bool table = v->focus == VO_FOCUS_TABLE;
    v->focus = VO_FOCUS_LIST;
    return table;
}

static bool vo_copy(const void *view, enum copy_what what, struct str *out)
{
    const struct vo_view *v = view;
    const struct vo_service *s = vo_service(v);
    const struct vo_find *f = vo_find(v);
    char text[SEXA_TEXT];
    size_t row;
    if (f && what != COPY_POSITION) {
        const struct registry_record *r = &vo_query(v)->records.record.at[f->record];
        const char *url = f->interface >= 0 ? r->interface.at[f->interface].url : r->reference_url;
        const char *text_of = what == COPY_URL ? url : what == COPY_NAME ? r->title : r->ivoid;
        utf8_clean(out, text_of, strnlen(text_of, 500));
        return true;
    }
    if (!s || !vo_grid_row(v, &row)) {
        str_add(out, s && what == COPY_URL ? s->url : "");
        return out->n > 0;
    }
    switch (what) {
    case COPY_URL: str_add(out, s->url); return true;
    case COPY_POSITION:
        if (s->lon < 0)
            return false;
        str_add(out,
                sexa_format(table_double(s->table, row, (size_t)s->lon), SEXA_RA, 2, ':', text));
        str_addc(out, ' ');
        str_add(out,
                sexa_format(table_double(s->table, row, (size_t)s->lat), SEXA_DEC, 1, ':', text));
        return true;
    case COPY_NAME:
        if (vo_grid_column(v) >= 0)
            vo_cell_text(s->table, row, (size_t)vo_grid_column(v), out);
        return out->n > 0;
    case COPY_ROW: break;
    }
    for (size_t i = 0; i < v->grid->chosen.n; i++) {
        str_add(out, i ? "  " : "");
        vo_cell_text(s->table, row, v->grid->chosen.at[i], out);
    }
    return true;
}

const struct view_ops view_vo = {
    .name = "vo",
    .title = "VO",
    .help = "The world's catalogues. i writes a query. Begin with the registry: a concept of the "
            "thesaurus (Tab completes), words, a type of service; it counts as you write. Space "
            "marks services that it found, Enter asks them for a position. Each service has its "
            "own state; C-c ends the one under the cursor. In the table h l go along the columns, "
            "o sorts by the one under the cursor, / filters (words, or G < 12), c chooses columns, "
            "Enter shows a row with units and descriptions, v plots.",
    .tab = 3,
    .commands = vo_commands,
    .create = vo_create,
    .destroy = vo_destroy,
    .event = vo_event,
    .draw = vo_draw,
    .list = vo_list,
    .move = vo_move,
    .pane = vo_pane,
    .open = vo_open,
    .back = vo_back,
    .copy = vo_copy,
    .input = vo_input,
    .hints = vo_hints,
};
