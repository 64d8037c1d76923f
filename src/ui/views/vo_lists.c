/* vo_lists.c - the lists of the VO tab: services of a query, services that the registry found, history,
 * columns of a table, concepts of the thesaurus. Not: the table of rows (vo_grid.c).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/sky/scale.h"
#include "vo_own.h"

static const struct vo_query *query_of(const void *model)
{
    const struct vo_model *m = model;
    return session_vo_query(m->session, m->query);
}

static const struct vo_service *service_of(const void *model, size_t row)
{
    return query_of(model)->service.at[row];
}

/* ---- services ---- */

static double seconds(const struct session *s, const struct vo_service *v)
{
    bool running = v->state == VO_RUNNING;
    int64_t end = running ? loop_now_ms(session_loop(s)) : v->ended_ms;
    return (double)(end - v->began_ms) / 1000;
}

static void age_text(double s, struct str *out)
{
    if (s < 3600)
        str_addf(out, "%.0f min", s / 60);
    else if (s < 86400)
        str_addf(out, "%.0f h", s / 3600);
    else
        str_addf(out, "%.0f d", s / 86400);
}

static void state_text(const struct session *s, const struct vo_service *v, struct str *out)
{
    switch (v->state) {
    case VO_WAITING: str_add(out, "waits"); return;
    case VO_RUNNING:
        if (*v->phase)
            str_addf(out, "%.9s", v->phase);
        else if (v->table && v->table->rows)
            str_addf(out, "%.0fs ...", seconds(s, v));
        else
            str_add(out, seconds(s, v) > 10 ? "late" : "running");
        return;
    case VO_DONE: str_addf(out, "%.1fs%s", seconds(s, v), v->overflow ? " cut" : ""); return;
    case VO_KEPT:
        age_text((double)(session_now_ns(s) - v->kept_ns) / 1e9, out);
        str_add(out, " old");
        return;
    case VO_FAILED:
        str_add(out, v->err.status == E_TIMEOUT   ? "timeout"
                     : v->err.status == E_REFUSED ? "refused"
                     : v->err.status == E_PARSE   ? "no table"
                     : v->err.status == E_ABSENT  ? "absent"
                                                  : "failed");
        return;
    case VO_CANCELLED: str_add(out, "stopped"); return;
    }
}

void vo_state_text(const struct vo_view *v, const struct vo_service *s, struct str *out)
{
    state_text(v->session, s, out);
}

enum role vo_state_role(const struct vo_service *s)
{
    switch (s->state) {
    case VO_FAILED: return ROLE_TROUBLE;
    case VO_KEPT:
    case VO_CANCELLED: return ROLE_WARN;
    case VO_WAITING:
    case VO_RUNNING:
    case VO_DONE: break;
    }
    return s->overflow ? ROLE_WARN : ROLE_TEXT;
}

static size_t service_count(const void *model)
{
    const struct vo_query *q = query_of(model);
    return q ? q->service.n : 0;
}

static uint64_t row_id(const void *model, size_t row)
{
    (void)model;
    return row + 1;
}

static char service_mark(const void *model, size_t row)
{
    const struct vo_service *v = service_of(model, row);
    return v->state == VO_FAILED ? '-' : v->overflow || v->state == VO_KEPT ? 'W' : ' ';
}

static void service_number(const void *model, size_t row, int width, struct str *out)
{
    (void)model;
    (void)width;
    str_addf(out, "%zu", row + 1);
}

static void service_name(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, service_of(model, row)->name);
}

/* Where it stands: VizieR's table, else the path of its identifier, else the table's own name. */
static void service_table(const void *model, size_t row, int width, struct str *out)
{
    const struct vo_service *v = service_of(model, row);
    const char *s = strstr(v->base, "/conesearch/"), *id = strstr(v->ivoid, "://");
    const char *path = id ? strchr(id + 3, '/') : NULL;
    (void)width;
    if (s)
        utf8_clean(out, s + 12, strcspn(s + 12, "?"));
    else if (path)
        utf8_clean(out, path + 1, strnlen(path + 1, 80));
    else if (v->table && v->table->name)
        utf8_clean(out, v->table->name, strnlen(v->table->name, 80));
}

static void service_rows(const void *model, size_t row, int width, struct str *out)
{
    const struct vo_service *v = service_of(model, row);
    (void)width;
    if (v->table)
        str_addf(out, "%zu", v->table->rows);
    else
        str_add(out, v->state == VO_RUNNING || v->state == VO_WAITING ? "..." : "-");
}

static double service_rows_number(const void *model, size_t row)
{
    const struct vo_service *v = service_of(model, row);
    return v->table ? (double)v->table->rows : (double)NAN;
}

static void service_state(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    state_text(((const struct vo_model *)model)->session, service_of(model, row), out);
}

static enum role service_role(const void *model, size_t row)
{
    return vo_state_role(service_of(model, row));
}

static const struct list_column service_columns[] = {
    {NULL, "#", NULL, 1, 2, -1, 0, service_number, NULL, NULL},
    {"service", "Service", NULL, 14, 30, -1, 0, service_name, NULL, NULL},
    {"table", "Table", NULL, 14, 18, -1, 2, service_table, NULL, NULL},
    {"rows", "Rows", NULL, 6, 8, 1, 0, service_rows, service_rows_number, NULL},
    {"state", "State", NULL, 9, 12, -1, 0, service_state, NULL, service_role},
};
const struct list_source vo_services_source = {
    service_columns, sizeof service_columns / sizeof *service_columns,
    service_count,   row_id,
    service_mark,    NULL};

/* ---- what the registry found ---- */

static const struct registry_record *record_of(const void *model, size_t row)
{
    const struct vo_query *q = query_of(model);
    return &q->records.record.at[q->find.at[row].record];
}

static const struct registry_interface *interface_of(const void *model, size_t row)
{
    int32_t i = query_of(model)->find.at[row].interface;
    return i < 0 ? NULL : &record_of(model, row)->interface.at[i];
}

static size_t find_count(const void *model)
{
    const struct vo_query *q = query_of(model);
    return q ? q->find.n : 0;
}

/* Its title; when a record has several services of a kind, what this one says of itself too. */
const char *vo_find_name(const struct vo_query *q, const struct vo_find *f, struct str *out)
{
    const struct registry_record *r = &q->records.record.at[f->record];
    const char *title = *r->title ? r->title : *r->short_name ? r->short_name : r->ivoid;
    int same = 0;
    for (size_t i = 0; f->interface >= 0 && i < r->interface.n; i++)
        same += registry_usable(&r->interface.at[i]) &&
                !strcmp(r->interface.at[i].kind, r->interface.at[f->interface].kind);
    str_reset(out);
    const char *own = same > 1 ? r->interface.at[f->interface].description : "";
    if (same > 1 && !*own) { /* nothing but its address tells it from the others */
        own = strstr(r->interface.at[f->interface].url, "://");
        own = own ? own + 3 + strcspn(own + 3, "/") : "";
    }
    if (*own) {
        utf8_clean(out, own, strnlen(own, 40));
        str_add(out, ": ");
    }
    utf8_clean(out, title, strnlen(title, 200));
    return str_c(out);
}

static void find_name(const void *model, size_t row, int width, struct str *out)
{
    struct str s = {0};
    (void)width;
    str_add(out, vo_find_name(query_of(model), &query_of(model)->find.at[row], &s));
    str_clear(&s);
}

static void find_type(const void *model, size_t row, int width, struct str *out)
{
    const struct registry_interface *i = interface_of(model, row);
    (void)width;
    str_add(out, i ? i->kind : "web");
}

static void find_short(const void *model, size_t row, int width, struct str *out)
{
    const char *s = record_of(model, row)->short_name;
    (void)width;
    utf8_clean(out, s, strnlen(s, 60));
}

static void find_band(const void *model, size_t row, int width, struct str *out)
{
    const char *s = record_of(model, row)->waveband;
    (void)width;
    for (size_t n = 0; *s && n < 60; s++, n++)
        str_addc(out, *s == '#' ? ' ' : *s);
}

static enum role find_role(const void *model, size_t row)
{
    return interface_of(model, row) ? ROLE_TEXT : ROLE_FAINT;
}

static const struct list_column find_columns[] = {
    {NULL, "#", NULL, 2, 3, 1, 0, service_number, NULL, NULL},
    {"service", "Service", NULL, 20, 90, -1, 0, find_name, NULL, NULL},
    {"short", "Short name", NULL, 12, 16, -1, 2, find_short, NULL, NULL},
    {"type", "Type", NULL, 5, 8, -1, 0, find_type, NULL, NULL},
    {"band", "Waveband", NULL, 12, 20, -1, 3, find_band, NULL, NULL},
};
const struct list_source vo_finds_source = {
    find_columns, sizeof find_columns / sizeof *find_columns, find_count, row_id, NULL, find_role};

/* ---- history ---- */

static const struct vo_past *past_of(const void *model, size_t row)
{
    return &session_vo(((const struct vo_model *)model)->session)->past.at[row];
}

static size_t past_count(const void *model)
{
    return session_vo(((const struct vo_model *)model)->session)->past.n;
}

static uint64_t past_id(const void *model, size_t row)
{
    return past_of(model, row)->id;
}

static char past_mark(const void *model, size_t row)
{
    const struct vo_past *p = past_of(model, row);
    return !strcmp(p->note, "failed")                         ? '-'
           : p->id == ((const struct vo_model *)model)->query ? '+'
                                                              : ' ';
}

static void past_number(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_addf(out, "q%llu", (unsigned long long)past_of(model, row)->id);
}

static void past_title(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, past_of(model, row)->title);
}

static void past_when(const void *model, size_t row, int width, struct str *out)
{
    char utc[UTC_TEXT];
    const struct vo_past *p = past_of(model, row);
    int64_t now = session_now_ns(((const struct vo_model *)model)->session);
    (void)width;
    utc_format(utc_of_wall(p->made_ns), 0, utc);
    if (now - p->made_ns < 12 * 3600 * 1000000000LL)
        str_addf(out, "%.5s", utc + 11);
    else
        str_addf(out, "%.10s", utc);
}

static double past_when_number(const void *model, size_t row)
{
    return (double)past_of(model, row)->made_ns;
}

static void past_note(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, *past_of(model, row)->note ? past_of(model, row)->note : "...");
}

static const struct list_column past_columns[] = {
    {NULL, "Query", NULL, 4, 6, -1, 0, past_number, NULL, NULL},
    {"title", "What", NULL, 14, 80, -1, 0, past_title, NULL, NULL},
    {"when", "UTC", NULL, 5, 10, -1, 0, past_when, past_when_number, NULL},
    {"note", "Answer", NULL, 11, 22, -1, 1, past_note, NULL, NULL},
};
const struct list_source vo_past_source = {
    past_columns, sizeof past_columns / sizeof *past_columns, past_count, past_id, past_mark, NULL};

/* ---- columns of a table ---- */

static const struct table_field *field_of(const void *model, size_t row)
{
    return &((const struct vo_model *)model)->table->column[row].field;
}

static size_t column_count(const void *model)
{
    const struct table *t = ((const struct vo_model *)model)->table;
    return t ? t->n_columns : 0;
}

static void put(struct str *out, const char *s)
{
    if (s)
        utf8_clean(out, s, strnlen(s, 200));
}

static void column_name(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, field_of(model, row)->name);
}

static void column_unit(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, field_of(model, row)->unit);
}

static void column_ucd(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, field_of(model, row)->ucd);
}

static void column_about(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, field_of(model, row)->description);
}

static const struct list_column column_columns[] = {
    {"name", "Column", NULL, 14, 24, -1, 0, column_name, NULL, NULL},
    {"unit", "Unit", NULL, 6, 10, -1, 1, column_unit, NULL, NULL},
    {"ucd", "UCD", NULL, 14, 26, -1, 2, column_ucd, NULL, NULL},
    {"about", "Description", NULL, 10, 80, -1, 3, column_about, NULL, NULL},
};
const struct list_source vo_columns_source = {
    column_columns, sizeof column_columns / sizeof *column_columns,
    column_count,   row_id,
    NULL,           NULL};

/* ---- concepts ---- */

static size_t term_count(const void *model)
{
    const struct vo_model *m = model;
    return m->thesaurus == session_vo(m->session)->thesaurus ? m->term.n : 0;
}

static const struct uat_term *term_of(const void *model, size_t row)
{
    const struct vo_model *m = model;
    return uat_term(session_vo_uat(m->session), m->term.at[row]);
}

static void term_name(const void *model, size_t row, int width, struct str *out)
{
    static const char *const side[] = {"wider     ", "          ", "  narrower "};
    (void)width;
    str_add(out, side[((const struct vo_model *)model)->side.at[row] + 1]);
    put(out, term_of(model, row)->name);
}

static void term_label(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, term_of(model, row)->label);
}

static void term_below(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    if (term_of(model, row)->narrower.n)
        str_addf(out, "%zu", term_of(model, row)->narrower.n);
}

static enum role term_role(const void *model, size_t row)
{
    return ((const struct vo_model *)model)->side.at[row] == 0 ? ROLE_STRONG : ROLE_TEXT;
}

static const struct list_column term_columns[] = {
    {NULL, "Concept", NULL, 30, 48, -1, 0, term_name, NULL, NULL},
    {NULL, "Label", NULL, 16, 40, -1, 1, term_label, NULL, NULL},
    {NULL, "Below", NULL, 5, 5, 1, 0, term_below, NULL, NULL},
};
const struct list_source vo_tree_source = {
    term_columns, sizeof term_columns / sizeof *term_columns, term_count, row_id, NULL, term_role};

/* ---- examples of queries ---- */

static const struct vosi_examples *examples_of(const void *model)
{
    return &session_vo(((const struct vo_model *)model)->session)->examples.list;
}

static size_t example_count(const void *model)
{
    return examples_of(model)->example.n;
}

static void example_name(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    put(out, examples_of(model)->example.at[row].name);
}

static const struct list_column example_columns[] = {
    {NULL, "#", NULL, 2, 3, 1, 0, service_number, NULL, NULL},
    {"name", "Example", NULL, 20, 100, -1, 0, example_name, NULL, NULL},
};
const struct list_source vo_examples_source = {example_columns,
                                               sizeof example_columns / sizeof *example_columns,
                                               example_count,
                                               row_id,
                                               NULL,
                                               NULL};
