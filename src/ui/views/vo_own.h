/* vo_own.h - the parts of the VO tab: lists, grid, form, plots, texts. Not: what is asked and what came
 * (session/vodesk.h).
 */
#ifndef VIGIE_SRC_UI_VIEWS_VO_OWN_H
#define VIGIE_SRC_UI_VIEWS_VO_OWN_H

#include "../editor.h"
#include "../line.h"
#include "views.h"
#include "vigie/session/vodesk.h"

/* What takes the place of services and table. */
enum vo_page {
    VO_PAGE_MAIN,
    VO_PAGE_FORM,
    VO_PAGE_PAST,
    VO_PAGE_ROW,
    VO_PAGE_PLOT,
    VO_PAGE_COLUMNS,
    VO_PAGE_TREE,
    VO_PAGE_HEAD,
    VO_PAGE_EXAMPLES,
    VO_PAGE_RECORD
};

/* Who has the cursor on the main page. */
enum vo_focus { VO_FOCUS_LIST, VO_FOCUS_TABLE };

/* What is written in the last line of the tab. */
enum vo_prompt {
    VO_PROMPT_NONE,
    VO_PROMPT_FILTER,
    VO_PROMPT_SAVE,
    VO_PROMPT_LOAD,
    VO_PROMPT_MATCH
};

enum vo_plot { VO_PLOT_SCATTER, VO_PLOT_HISTOGRAM, VO_PLOT_CHART, VO_PLOTS };

enum { VO_SIDE = 46, VO_COLUMNS_FIRST = 12, VO_NEAR = 6 };

/* struct vo_model - what the lists read. query: the one that is seen. */
struct vo_model {
    struct session *session;
    uint64_t query;
    const struct table *table; /* whose columns are chosen from */
    VEC(uint32_t) term;        /* of the tree: concepts */
    VEC(int8_t) side;          /* -1 wider, 0 itself, 1 narrower */
    unsigned thesaurus;        /* the one whose concepts they are (struct vo_desk) */
};

/* struct vo_grid - the table under the cursor: row (of those shown), first row and column seen, column
 * under the cursor (of those chosen); chosen: columns of the table, in order; of: the table they were
 * chosen for, by its columns. sexa: positions as hours and degrees. */
struct vo_grid {
    size_t row, top;
    int col, first;
    VEC(size_t) chosen;
    char *of;
    bool sexa;
};

/* struct vo_window - where the last drawing put things: no state, but movement needs it. */
struct vo_window {
    int rows, cols, text_lines;
};

/* struct vo_form - a question being written. at: the field with the cursor: -1 the kind; fields of the
 * kind in order. by_hand: of the registry; ADQL is written in place of the fields. */
struct vo_form {
    struct vo_wish wish;
    int at;
    bool by_hand;
    struct line value[VO_FIELDS];
    struct editor adql;
    char *wrong;
    int near; /* the concept chosen of those near */
};

struct vo_view {
    struct session *session;
    enum vo_page page, below; /* below: the page that comes back */
    enum vo_focus focus;
    struct vo_model *model;
    struct list *services, *finds, *past, *columns, *tree, *examples;
    struct vo_grid *grid;
    struct vo_window *window;
    struct vo_form *form;
    enum vo_prompt prompt;
    struct line line;
    char *filter_before;
    bool binary;  /* a VOTable is saved as BINARY2 */
    bool replace; /* a file of that name is there, and Enter was pressed once */
    enum vo_plot plot;
    int plot_x, plot_y; /* columns of the table */
    size_t top;         /* of a text that scrolls */
    unsigned drafts, shows;
    uint64_t match_query; /* the first of two results to be matched */
    size_t match_service;
};

/* vo_query - the query that is seen, NULL none. vo_service - the service under the cursor, or whose
 * table is seen; NULL none. vo_find - the service found by the registry that is under the cursor. */
const struct vo_query *vo_query(const struct vo_view *v);
struct vo_service *vo_service(const struct vo_view *v);
const struct vo_find *vo_find(const struct vo_view *v);

/* vo_follow - lists and grid follow what there is now. vo_show - another query is seen. */
void vo_follow(struct vo_view *v);
void vo_show(struct vo_view *v, uint64_t id);

/* vo_on_table - whether the table has the cursor. */
bool vo_on_table(const struct vo_view *v);

/* vo_prompt.c. vo_prompt_open - begin with a text. vo_filter_set - another filter of the rows. vo_row_access -
 * what the row leads to: its URL and type; links: to a list of links. */
void vo_prompt_open(struct vo_view *v, enum vo_prompt what, const char *text);
bool vo_prompt_key(struct vo_view *v, const struct key *k);
void vo_filter_set(struct vo_view *v, const char *filter);
bool vo_row_access(const struct vo_view *v, struct str *url, struct str *type, bool *links);

/* vo_commands.c. vo_ask_wish - ask and show. vo_ask_finds - a form for the services that are marked.
 * vo_open_columns - of a TAP service's table under the cursor; false: it is none. vo_take_columns -
 * the ones that are marked in the list. */
extern const struct command vo_commands[];
enum status vo_ask_wish(struct vo_view *v, const struct vo_wish *w, struct error *err) MUST_CHECK;
bool vo_ask_finds(struct vo_view *v);
bool vo_open_columns(struct vo_view *v);
void vo_take_columns(struct vo_view *v);

/* vo_lists.c */
extern const struct list_source vo_services_source, vo_finds_source, vo_past_source,
    vo_columns_source, vo_tree_source, vo_examples_source;
void vo_state_text(const struct vo_view *v, const struct vo_service *s, struct str *out);
enum role vo_state_role(const struct vo_service *s);
const char *vo_find_name(const struct vo_query *q, const struct vo_find *f, struct str *out);

/* vo_grid.c - the table. vo_grid_choose - the columns to begin with. vo_grid_column - the table's
 * column under the cursor, -1 none. vo_grid_row - the table's row under the cursor; false: none. */
void vo_grid_choose(struct vo_grid *g, const struct vo_service *s);
int vo_grid_column(const struct vo_view *v);
bool vo_grid_row(const struct vo_view *v, size_t *row);
bool vo_grid_move(struct vo_view *v, enum motion motion);
void vo_grid_side(struct vo_view *v, int step);
void vo_grid_draw(const struct vo_view *v, struct canvas *c);
void vo_cell_text(const struct table *t, size_t row, size_t column, struct str *out);

/* vo_form.c */
void vo_form_open(struct vo_view *v, const struct vo_wish *w);
void vo_form_close(struct vo_view *v);
bool vo_form_key(struct vo_view *v, const struct key *k);
void vo_form_draw(const struct vo_view *v, struct canvas *c);
void vo_form_uat(struct vo_view *v, const char *term);
const char *vo_form_hints(const struct vo_view *v);
bool vo_form_has(const struct vo_form *f, int field);
void vo_form_go(struct vo_form *f, int step);
void vo_form_values(struct vo_form *f);
void vo_form_wrong(struct vo_form *f, const char *text);

/* vo_adql.c - the text of a query in the form: C-o the registry's own or the user's editor, C-r back to the
 * fields, C-x examples of the service. vo_adql_draw returns the row below. vo_examples_open - ask for
 * them; vo_examples_take - the one under the cursor into the form. */
bool vo_adql_key(struct vo_view *v, const struct key *k);
int vo_adql_draw(const struct vo_view *v, struct canvas *c, int y);
void vo_examples_open(struct vo_view *v);
void vo_examples_take(struct vo_view *v);
void vo_examples_draw(const struct vo_view *v, struct canvas *c);

/* vo_tree.c - wider and narrower concepts. */
void vo_tree_open(struct vo_view *v, const char *term);
void vo_tree_go(struct vo_view *v);
void vo_tree_draw(const struct vo_view *v, struct canvas *c);

/* vo_plot.c. vo_plot_show - what a script wants seen: the second column against the first, or the chart. */
void vo_plot_open(struct vo_view *v);
void vo_plot_show(struct vo_view *v, enum vo_plot plot);
bool vo_plot_key(struct vo_view *v, const struct key *k);
void vo_plot_range(const struct vo_service *s, int column, struct str *out);
void vo_plot_draw(const struct vo_view *v, struct canvas *c);

/* vo_text.c - a row with its columns; a registry record; the question as asked; a FITS header. Return
 * the lines they took. */
void vo_row_draw(const struct vo_view *v, struct canvas *c);
int vo_record_draw(const struct vo_view *v, struct canvas *c);
void vo_record_page(const struct vo_view *v, struct canvas *c);
int vo_asked_draw(const struct vo_view *v, struct canvas *c);
void vo_head_draw(const struct vo_view *v, struct canvas *c);
void vo_column_text(const struct vo_service *s, int column, struct str *out);

/* vo_draw.c */
void vo_draw(const void *view, const struct session *session, struct canvas *c);

#endif
