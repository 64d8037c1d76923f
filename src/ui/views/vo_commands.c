/* vo_commands.c - what can be done in the VO tab: its rows of the command table. Not: keys of its pages
 * (vo.c), prompts (vo_prompt.c).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/vo/download.h"
#include "vo_own.h"

static struct vo_view *view_of(const struct command_call *c)
{
    vo_follow(c->owner);
    return c->owner;
}

/* ---- why not ---- */

static const char *no_rows(const struct command_call *c)
{
    const struct vo_service *s = vo_service(c->owner);
    return s && s->table ? NULL : "there is no table here yet";
}

static const char *no_query(const struct command_call *c)
{
    return vo_query(c->owner) ? NULL : "nothing was asked yet";
}

static const char *no_access(const struct command_call *c)
{
    struct str url = {0}, type = {0};
    bool links, there = vo_row_access(c->owner, &url, &type, &links);
    str_clear(&url);
    str_clear(&type);
    return there ? NULL : "the row under the cursor leads to no file";
}

static const char *no_tap(const struct command_call *c)
{
    const struct vo_view *v = c->owner;
    const struct vo_query *q = vo_query(v);
    const struct vo_find *f = vo_find(v);
    if (f && f->interface >= 0 &&
        !strcmp(q->records.record.at[f->record].interface.at[f->interface].kind, "tap"))
        return NULL;
    bool tap = q && (q->wish.kind == VO_TAP || q->wish.kind == VO_JOB || q->wish.kind == VO_PLANS);
    return tap && q->service.n ? NULL : "no TAP service is under the cursor";
}

/* ---- what is known of a service ---- */

static const char *no_service(const struct command_call *c)
{
    return vo_find(c->owner) || vo_service(c->owner) ? NULL : "no service is under the cursor";
}

static enum status run_record(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    (void)err;
    if (v->page != VO_PAGE_RECORD) {
        v->below = VO_PAGE_MAIN;
        v->top = 0;
        v->page = VO_PAGE_RECORD;
    }
    return OK;
}

/* ---- new questions ---- */

static enum vo_kind kind_of(const char *service)
{
    if (!strncmp(service, "sia", 3))
        return VO_IMAGES;
    return !strcmp(service, "ssa") ? VO_SPECTRA : !strcmp(service, "tap") ? VO_TAP : VO_CONE;
}

/* One more service of a question; false: it is asked in another way than those before. */
static bool add_find(const struct vo_query *q, const struct vo_find *f, struct vo_wish *w)
{
    struct str name = {0};
    if (f->interface < 0)
        return false;
    const struct registry_record *r = &q->records.record.at[f->record];
    vo_find_name(q, f, &name);
    if (!w->target.n)
        w->kind = kind_of(r->interface.at[f->interface].kind);
    bool same = kind_of(r->interface.at[f->interface].kind) == w->kind;
    if (same)
        vo_wish_target(w, str_c(&name), r->interface.at[f->interface].url, r->ivoid,
                       r->interface.at[f->interface].kind);
    str_clear(&name);
    return same;
}

/* Place and radius of the last question that had them. */
static void last_place(const struct vo_view *v, struct vo_wish *w)
{
    const struct vo_desk *d = session_vo(v->session);
    const struct vo_wish *from = NULL;
    for (size_t i = 0; i < d->query.n; i++)
        if (d->query.at[i]->wish.kind != VO_REGISTRY &&
            *vo_wish_get(&d->query.at[i]->wish, VO_PLACE))
            from = &d->query.at[i]->wish;
    if (!from && *vo_wish_get(&d->draft, VO_PLACE))
        from = &d->draft;
    vo_wish_set(w, VO_PLACE, from ? vo_wish_get(from, VO_PLACE) : "");
    vo_wish_set(w, VO_RADIUS, from ? vo_wish_get(from, VO_RADIUS) : "5'");
}

/* The services that are marked, or the one under the cursor, in a new form. */
bool vo_ask_finds(struct vo_view *v)
{
    const struct vo_query *q = vo_query(v);
    struct vo_wish w = {.kind = VO_CONE};
    size_t other = 0;
    list_settle(v->finds);
    for (size_t i = 0; list_marks(v->finds) && i < list_shown(v->finds); i++)
        if (list_marked(v->finds, list_at(v->finds, i) + 1))
            other += !add_find(q, &q->find.at[list_at(v->finds, i)], &w);
    if (!w.target.n && vo_find(v))
        add_find(q, vo_find(v), &w);
    bool some = w.target.n > 0;
    if (some) {
        if (w.kind != VO_TAP)
            last_place(v, &w);
        vo_form_open(v, &w);
        if (other)
            session_say(v->session, "%zu of those marked cannot be asked for %s: left out", other,
                        vo_kind_name(w.kind));
    } else {
        session_say(v->session, "a program cannot ask this one; its page: %.150s",
                    vo_find(v) ? q->records.record.at[vo_find(v)->record].reference_url : "-");
    }
    vo_wish_clear(&w);
    return true;
}

static enum status run_new(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    const struct vo_query *q = vo_query(v);
    (void)err;
    if (v->form) {
        v->page = VO_PAGE_FORM;
    } else if (q && vo_kind_asks(q->wish.kind)) {
        vo_form_open(v, &q->wish);
    } else {
        struct vo_wish w = {.kind = VO_REGISTRY};
        vo_form_open(v, &w);
    }
    return OK;
}

/* The registry's own query to be read and changed, or the last ADQL, or none. */
static enum status run_adql(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    const struct vo_query *q = vo_query(v);
    struct vo_wish w = {.kind = VO_TAP};
    (void)err;
    const struct vo_find *f = vo_find(v);
    if (q && q->wish.kind == VO_REGISTRY) {
        vo_wish_copy(&w, &q->wish);
        vo_wish_set(&w, VO_PART, "");
        vo_wish_set(&w, VO_ADQL, q->adql);
    } else if (q && (q->wish.kind == VO_TAP || q->wish.kind == VO_JOB)) {
        vo_wish_copy(&w, &q->wish);
        vo_wish_set(&w, VO_PART, "");
        if (!strcmp(vo_wish_get(&q->wish, VO_PART), "columns")) {
            char *adql = mem_printf("SELECT TOP 100 *\nFROM %s", vo_wish_get(&q->wish, VO_ID));
            vo_wish_set(&w, VO_ADQL, adql);
            free(adql);
        }
    }
    if (f && !no_tap(c)) {
        vo_wish_clear(&w);
        w.kind = VO_TAP;
        add_find(q, f, &w);
    }
    vo_form_open(v, &w);
    vo_wish_clear(&w);
    return OK;
}

/* Queries that the service gives as examples, beside a form for one. */
static enum status run_examples(struct command_call *c, struct error *err)
{
    enum status s = run_adql(c, err);
    if (s == OK)
        vo_examples_open(c->owner);
    return s;
}

enum status vo_ask_wish(struct vo_view *v, const struct vo_wish *w, struct error *err)
{
    uint64_t id;
    enum status s = session_vo_ask(v->session, w, &id, err);
    if (s == OK) {
        v->page = VO_PAGE_MAIN;
        vo_show(v, id);
    }
    return s;
}

static enum status run_again(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    struct vo_wish w = {0};
    enum status s = session_vo_wish(c->session, v->model->query, &w, err);
    if (s == OK && w.kind == VO_REGISTRY)
        vo_wish_set(&w, VO_PART, "again");
    if (s == OK && !vo_kind_asks(w.kind))
        s = err_set(err, E_REFUSED,
                    "nobody was asked for these rows: there is nothing to ask again");
    if (s == OK)
        s = vo_ask_wish(v, &w, err);
    vo_wish_clear(&w);
    return s;
}

/* The tables of a TAP service, by its own description. */
static enum status run_tables(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    const struct vo_query *q = vo_query(v);
    struct vo_wish w = {.kind = VO_TAP};
    if (vo_find(v))
        add_find(q, vo_find(v), &w);
    else if (vo_service(v))
        vo_wish_target(&w, vo_service(v)->name, vo_service(v)->base, vo_service(v)->ivoid, "tap");
    vo_wish_set(&w, VO_PART, "tables");
    vo_wish_set(&w, VO_ADQL,
                "SELECT table_name, description, table_type FROM TAP_SCHEMA.tables "
                "ORDER BY table_name");
    enum status s = vo_ask_wish(v, &w, err);
    vo_wish_clear(&w);
    return s;
}

/* A cell by the name of its column; "" if there is none. */
static void cell_named(const struct vo_service *s, size_t row, const char *name, struct str *out)
{
    int k = table_find(s->table, name);
    str_reset(out);
    if (k >= 0)
        table_cell(s->table, row, (size_t)k, out);
}

/* Enter on one of them: its columns. */
bool vo_open_columns(struct vo_view *v)
{
    const struct vo_query *q = vo_query(v);
    const struct vo_service *s = vo_service(v);
    struct vo_wish w = {0};
    struct str table = {0}, adql = {0};
    struct error err;
    size_t row;
    if (strcmp(vo_wish_get(&q->wish, VO_PART), "tables") != 0 || !vo_grid_row(v, &row))
        return false;
    cell_named(s, row, "table_name", &table);
    str_add(&adql, "SELECT column_name, datatype, unit, ucd, description FROM TAP_SCHEMA.columns "
                   "WHERE table_name = '");
    for (const char *p = str_c(&table); *p; p++)
        str_addf(&adql, *p == '\'' ? "''" : "%c", *p);
    str_addc(&adql, '\'');
    vo_wish_copy(&w, &q->wish);
    vo_wish_set(&w, VO_PART, "columns");
    vo_wish_set(&w, VO_ID, str_c(&table));
    vo_wish_set(&w, VO_ADQL, str_c(&adql));
    if (vo_ask_wish(v, &w, &err) != OK)
        session_say(v->session, "%s", err.text);
    vo_wish_clear(&w);
    str_clear(&table);
    str_clear(&adql);
    return true;
}

/* ---- what to do with a result ---- */

static enum status run_save(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    struct vo_service *s = vo_service(v);
    if (c->argc < 2) {
        struct str name = {0};
        session_vo_name(vo_query(v), s, &name);
        v->binary = false;
        vo_prompt_open(v, VO_PROMPT_SAVE, str_c(&name));
        str_clear(&name);
        return OK;
    }
    bool binary = c->argc > 2;
    if (c->argc > 3 || (binary && strcmp(c->argv[2], "binary") != 0))
        return err_set(err, E_PARSE, "vo-save FILE, or vo-save FILE binary: a VOTable in BINARY2");
    char *path = file_in_home(c->argv[1]);
    enum status st = OK;
    if (access(path, F_OK) == 0 && !c->confirmed)
        st = err_set(err, E_CANCELLED, "%.80s is there already. Replace it?", path);
    if (st == OK)
        st = session_vo_save(c->session, v->model->query, s, path, binary, err);
    free(path);
    return st;
}

static enum status run_columns(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    (void)err;
    list_unmark(v->columns);
    for (size_t i = v->grid->chosen.n; i-- > 0;)
        if (list_seek(v->columns, v->grid->chosen.at[i] + 1))
            list_mark(v->columns);
    list_move(v->columns, MOVE_TOP);
    v->page = VO_PAGE_COLUMNS;
    return OK;
}

void vo_take_columns(struct vo_view *v)
{
    struct vo_grid *g = v->grid;
    g->chosen.n = 0;
    for (size_t i = 0; v->model->table && i < v->model->table->n_columns; i++)
        if (list_marked(v->columns, i + 1))
            VEC_PUSH(g->chosen, i);
    g->col = g->first = 0;
}

static enum status run_plot(struct command_call *c, struct error *err)
{
    (void)err;
    vo_plot_open(view_of(c));
    return OK;
}

static enum status run_match(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    size_t row = 0;
    if (vo_service(v)->lon < 0)
        return err_set(err, E_ABSENT, "%.60s: no column of positions", vo_service(v)->name);
    if (v->match_query) {
        vo_prompt_open(v, VO_PROMPT_MATCH, "2\"");
        return OK;
    }
    list_row(v->services, &row);
    v->match_query = v->model->query;
    v->match_service = row;
    str_addf(c->say, "x on another result matches it with %.40s", vo_service(v)->name);
    return OK;
}

static enum status run_history(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    (void)err;
    v->page = v->page == VO_PAGE_PAST ? VO_PAGE_MAIN : VO_PAGE_PAST;
    list_seek(v->past, v->model->query);
    return OK;
}

static enum status run_forget(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    size_t row;
    (void)err;
    uint64_t id = v->model->query;
    if (v->page == VO_PAGE_PAST && list_row(v->past, &row))
        id = session_vo(c->session)->past.at[row].id;
    session_vo_forget(c->session, id);
    vo_follow(v);
    return OK;
}

/* The links of a dataset are a question of their own. */
static enum status follow_links(struct vo_view *v, const char *url, struct error *err)
{
    struct vo_wish w = {.kind = VO_LINKS};
    const struct vo_service *s = vo_service(v);
    const char *id = strstr(url, "ID=");
    struct str text = {0};
    for (const char *p = id ? id + 3 : ""; *p && *p != '&'; p++) { /* as it was before encoding */
        char hex[3] = {p[0] == '%' ? p[1] : 0, p[0] == '%' && p[1] ? p[2] : 0, 0};
        bool coded = strlen(hex) == 2 && strspn(hex, "0123456789abcdefABCDEF") == 2;
        str_addc(&text, coded ? (char)strtol(hex, NULL, 16) : *p == '+' ? ' ' : *p);
        p += coded ? 2 : 0;
    }
    char *base = mem_strn(url, strcspn(url, "?"));
    vo_wish_set(&w, VO_ID, str_c(&text));
    vo_wish_target(&w, s->name, base, s->ivoid, "datalink");
    enum status st = vo_ask_wish(v, &w, err);
    vo_wish_clear(&w);
    str_clear(&text);
    free(base);
    return st;
}

static enum status run_fetch(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    struct str url = {0}, type = {0}, name = {0};
    enum status s = OK;
    bool links;
    if (vo_row_access(v, &url, &type, &links)) {
        if (links) {
            s = follow_links(v, str_c(&url), err);
        } else {
            download_name(&name, NULL, str_c(&url), str_c(&type));
            vo_prompt_open(v, VO_PROMPT_LOAD, str_c(&name));
        }
    }
    str_clear(&url);
    str_clear(&type);
    str_clear(&name);
    return s;
}

static enum status run_header(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    struct str url = {0}, type = {0}, name = {0};
    enum status s = OK;
    bool links;
    if (vo_row_access(v, &url, &type, &links)) {
        download_name(&name, NULL, str_c(&url), str_c(&type));
        s = session_vo_fetch(c->session, str_c(&name), str_c(&url), NULL, true, err);
        v->below = v->page == VO_PAGE_ROW ? VO_PAGE_ROW : VO_PAGE_MAIN;
        v->top = 0;
        if (s == OK)
            v->page = VO_PAGE_HEAD;
    }
    str_clear(&url);
    str_clear(&type);
    str_clear(&name);
    return s;
}

static enum status run_positions(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    (void)err;
    v->grid->sexa = !v->grid->sexa;
    str_add(c->say,
            v->grid->sexa ? "positions as hours and degrees" : "positions as services write them");
    return OK;
}

static enum status run_cancel(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    int n = session_vo_cancel(c->session, v->model->query, NULL);
    if (!n)
        return err_set(err, E_ABSENT, "nothing runs here");
    str_addf(c->say, "%d ended", n);
    return OK;
}

static enum status run_sort(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    struct vo_service *s = vo_service(v);
    if (!vo_on_table(v)) {
        char *line = mem_printf("sort %s", c->rest);
        enum status st = commands_run(c->session, NULL, line, c->by, false, c->say, err);
        free(line);
        return st;
    }
    int column = vo_grid_column(v);
    bool falling = false;
    if (c->argc > 1) {
        falling = c->argv[1][0] == '-';
        column = !strcmp(c->argv[1], "none") ? -1 : table_find(s->table, c->argv[1] + falling);
        if (column < 0 && strcmp(c->argv[1], "none") != 0)
            return err_set(err, E_ABSENT, "no column %.40s", c->argv[1] + falling);
    } else if (column < 0) {
        return err_set(err, E_ABSENT, "this column is computed here: it does not sort");
    } else if (s->shown.column == column) {
        column = s->shown.falling ? -1 : column;
        falling = column >= 0;
    }
    session_vo_arrange(c->session, v->model->query, s, column, falling, s->shown.filter);
    return OK;
}

static enum status run_filter(struct command_call *c, struct error *err)
{
    struct vo_view *v = view_of(c);
    if (!vo_on_table(v)) {
        char *line = mem_printf("filter %s", c->rest);
        enum status st = commands_run(c->session, NULL, line, c->by, false, c->say, err);
        free(line);
        return st;
    }
    if (c->rest[0]) {
        vo_filter_set(v, c->rest);
        return OK;
    }
    free(v->filter_before);
    v->filter_before = mem_str(vo_service(v)->shown.filter);
    vo_prompt_open(v, VO_PROMPT_FILTER, v->filter_before);
    return OK;
}

const struct command vo_commands[] = {
    {.name = "vo-new-query",
     .scope = "vo",
     .keys = "i",
     .help = "Write a new query: registry, cone, images, spectra, ADQL",
     .run = run_new},
    {.name = "vo-save",
     .scope = "vo",
     .keys = "w",
     .args = "[FILE [binary]]",
     .help = "Save the rows shown: .vot .csv .tsv .ecsv .fits .json",
     .disabled = no_rows,
     .run = run_save},
    {.name = "vo-columns",
     .scope = "vo",
     .keys = "c",
     .help = "Choose the columns",
     .disabled = no_rows,
     .run = run_columns},
    {.name = "vo-adql",
     .scope = "vo",
     .keys = "A",
     .help = "Write ADQL; of the registry: its query",
     .run = run_adql},
    {.name = "vo-plot",
     .scope = "vo",
     .keys = "v",
     .help = "Plot two columns, a histogram, a chart of the positions",
     .disabled = no_rows,
     .run = run_plot},
    {.name = "vo-match",
     .scope = "vo",
     .keys = "x",
     .help = "Match this result by position with another",
     .disabled = no_rows,
     .run = run_match},
    {.name = "vo-sort",
     .scope = "vo",
     .keys = "o",
     .args = "[COLUMN|-COLUMN|none]",
     .help = "Sort by the column under the cursor, falling, not at all",
     .run = run_sort},
    {.name = "vo-filter",
     .scope = "vo",
     .keys = "/",
     .args = "[EXPRESSION]",
     .help = "Show only rows that fit: words, or G < 12 and plx > 1",
     .run = run_filter},
    {.name = "vo-record",
     .scope = "vo",
     .keys = "R",
     .help = "The registry's whole record of the service",
     .disabled = no_service,
     .run = run_record},
    {.name = "vo-history",
     .scope = "vo",
     .keys = "H",
     .help = "What was asked, tonight and before",
     .run = run_history},
    {.name = "vo-fetch",
     .scope = "vo",
     .keys = "d",
     .help = "Fetch the file that the row leads to, or its links",
     .disabled = no_access,
     .run = run_fetch},
    {.name = "vo-header",
     .scope = "vo",
     .keys = "f",
     .help = "Show the FITS header of that file, without fetching the rest",
     .disabled = no_access,
     .run = run_header},
    {.name = "vo-tables",
     .scope = "vo",
     .keys = "T",
     .help = "Tables of the TAP service; Enter on one: its columns",
     .disabled = no_tap,
     .run = run_tables},
    {.name = "vo-examples",
     .scope = "vo",
     .keys = "E",
     .help = "Examples of queries that the TAP service gives",
     .disabled = no_tap,
     .run = run_examples},
    {.name = "vo-again",
     .scope = "vo",
     .keys = "r <F5>",
     .help = "Ask the same again",
     .disabled = no_query,
     .run = run_again},
    {.name = "vo-positions",
     .scope = "vo",
     .keys = "L",
     .help = "Positions in degrees, or in hours and degrees",
     .run = run_positions},
    {.name = "vo-cancel",
     .scope = "vo",
     .help = "End what runs: services, sort, filter, save, match (C-c: of the service under the "
             "cursor)",
     .run = run_cancel},
    {.name = "vo-forget",
     .scope = "vo",
     .keys = "X",
     .help = "Take this query out of the history",
     .flags = CMD_ASKS,
     .disabled = no_query,
     .run = run_forget},
    {0}};
