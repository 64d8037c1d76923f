/* schema.c - see schema.h. Tables first (TAP_SCHEMA.tables, one small answer), the columns of a table when
 * they are asked for. Where TAP_SCHEMA cannot be asked: VOSI tables, first its short form.
 */
#include "vigie/vo/schema.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/xml.h"
#include "vigie/vo/proto.h"
#include "vigie/vo/simple.h"
#include "vigie/vo/vosi.h"

enum { DOCUMENT_MAX = 32 << 20, TABLES_MOST = 100000, COLUMNS_MOST = 20000 };

struct schema {
    struct http *http;
    char *name, *base;
    schema_changed_fn *changed;
    void *arg;
    VEC(struct schema_table) table;
    struct arena arena;
    enum schema_state state;
    bool vosi; /* TAP_SCHEMA has failed */
    struct error why;
    uint64_t request;
    int asked;        /* what is under way: a table, -1 the list, -2 nothing */
    VEC(int) waiting; /* what waits for its turn */
};

struct schema *schema_new(struct http *http, const char *name, const char *base,
                          schema_changed_fn *changed, void *arg)
{
    struct schema *s = mem_zero(sizeof *s);
    const char *host = strstr(base, "://");
    host = host ? host + 3 : base;
    s->http = http;
    s->name = name ? mem_str(name) : mem_strn(host, strcspn(host, "/?#"));
    s->base = mem_str(base);
    s->changed = changed;
    s->arg = arg;
    s->asked = -2;
    return s;
}

void schema_free(struct schema *s)
{
    if (!s)
        return;
    s->changed = NULL;
    if (s->request)
        http_cancel(s->http, s->request);
    for (size_t i = 0; i < s->table.n; i++)
        VEC_FREE(s->table.at[i].column);
    VEC_FREE(s->table);
    VEC_FREE(s->waiting);
    arena_clear(&s->arena);
    free(s->name);
    free(s->base);
    free(s);
}

enum schema_state schema_state(const struct schema *s)
{
    return s->state;
}

const struct error *schema_why(const struct schema *s)
{
    return &s->why;
}

size_t schema_count(const struct schema *s)
{
    return s->table.n;
}

const struct schema_table *schema_table(const struct schema *s, size_t i)
{
    return &s->table.at[i];
}

int schema_find(const struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->table.n; i++)
        if (str_eqi(s->table.at[i].name, name))
            return (int)i;
    for (size_t i = 0; i < s->table.n; i++) {
        const char *dot = strrchr(s->table.at[i].name, '.');
        if (dot && str_eqi(dot + 1, name))
            return (int)i;
    }
    return -1;
}

/* ---- what was read ---- */

static const char *keep(struct schema *s, const char *text, size_t n)
{
    struct str clean = {0};
    if (text)
        utf8_clean(&clean, text, n);
    const char *p = str_c(&clean);
    p += *p == ' ';
    n = strlen(p);
    char *out = arena_strn(&s->arena, p, n && p[n - 1] == ' ' ? n - 1 : n);
    str_clear(&clean);
    return out;
}

static const char *keep_text(struct schema *s, const char *text)
{
    return keep(s, text, text ? strlen(text) : 0);
}

static const char *cell(struct schema *s, const struct table *t, size_t row, const char *column)
{
    int i = table_find(t, column);
    struct str text = {0};
    if (i >= 0)
        table_cell(t, row, (size_t)i, &text);
    const char *out = keep(s, str_c(&text), text.n);
    str_clear(&text);
    return out;
}

static void read_tables(struct schema *s, const struct table *t)
{
    for (size_t row = 0; row < t->rows && s->table.n < TABLES_MOST; row++) {
        const struct schema_table one = {.schema = cell(s, t, row, "schema_name"),
                                         .name = cell(s, t, row, "table_name"),
                                         .title = "",
                                         .description = cell(s, t, row, "description"),
                                         .utype = cell(s, t, row, "utype")};
        if (*one.name && schema_find(s, one.name) < 0)
            VEC_PUSH(s->table, one);
    }
}

static bool flag(const char *s)
{
    return *s && strcmp(s, "0") != 0 && strcmp(s, "F") != 0;
}

static void read_columns(struct schema *s, size_t i, const struct table *t)
{
    struct schema_table *to = &s->table.at[i];
    for (size_t row = 0; row < t->rows && to->column.n < COLUMNS_MOST; row++) {
        const struct schema_column c = {.name = cell(s, t, row, "column_name"),
                                        .type = cell(s, t, row, "datatype"),
                                        .unit = cell(s, t, row, "unit"),
                                        .ucd = cell(s, t, row, "ucd"),
                                        .utype = cell(s, t, row, "utype"),
                                        .description = cell(s, t, row, "description"),
                                        .indexed = flag(cell(s, t, row, "indexed")),
                                        .principal = flag(cell(s, t, row, "principal"))};
        VEC_PUSH(to->column, c);
    }
    to->state = SCHEMA_KNOWN;
}

static void read_vosi_column(struct schema *s, struct schema_table *to, const struct xml_node *n)
{
    struct schema_column c = {.name = keep_text(s, xml_text(xml_child(n, "name", NULL))),
                              .type = keep_text(s, xml_text(xml_child(n, "dataType", NULL))),
                              .unit = keep_text(s, xml_text(xml_child(n, "unit", NULL))),
                              .ucd = keep_text(s, xml_text(xml_child(n, "ucd", NULL))),
                              .utype = keep_text(s, xml_text(xml_child(n, "utype", NULL))),
                              .description =
                                  keep_text(s, xml_text(xml_child(n, "description", NULL)))};
    for (struct xml_node *f = xml_child(n, "flag", NULL); f; f = xml_child(n, "flag", f)) {
        const char *word = xml_text(f) ? xml_text(f) : "";
        c.indexed |= str_hasi(word, "indexed");
        c.principal |= str_hasi(word, "principal");
    }
    if (*c.name && to->column.n < COLUMNS_MOST)
        VEC_PUSH(to->column, c);
}

static void read_vosi_table(struct schema *s, const char *schema, const struct xml_node *n)
{
    const char *name = keep_text(s, xml_text(xml_child(n, "name", NULL)));
    int at = *name ? schema_find(s, name) : -1;
    if (!*name || (at < 0 && s->table.n >= TABLES_MOST))
        return;
    if (at < 0) {
        const struct schema_table one = {
            .schema = schema,
            .name = name,
            .title = keep_text(s, xml_text(xml_child(n, "title", NULL))),
            .description = keep_text(s, xml_text(xml_child(n, "description", NULL))),
            .utype = keep_text(s, xml_text(xml_child(n, "utype", NULL)))};
        VEC_PUSH(s->table, one);
        at = (int)s->table.n - 1;
    }
    struct schema_table *to = &s->table.at[at];
    if (to->column.n || !xml_child(n, "column", NULL))
        return;
    for (struct xml_node *c = xml_child(n, "column", NULL); c; c = xml_child(n, "column", c))
        read_vosi_column(s, to, c);
    to->state = SCHEMA_KNOWN;
}

enum status schema_read(struct schema *s, const char *bytes, size_t n, struct error *err)
{
    const struct xml_limits limits = {.max_bytes = DOCUMENT_MAX, .doctype_ignored = true};
    struct xml_tree *t = xml_tree_new(&limits);
    enum status st = xml_feed(t->xml, bytes, n, err);
    if (st == OK)
        st = xml_end(t->xml, err);
    const struct xml_node *root = st == OK ? t->root : NULL;
    if (root && str_eqi(root->name, "table"))
        read_vosi_table(s, "", root);
    else if (root && !str_eqi(root->name, "tableset"))
        st = err_set(err, E_PARSE, "the root is %.40s, not tableset", root->name);
    for (struct xml_node *k = xml_child(root, "schema", NULL); k;
         k = xml_child(root, "schema", k)) {
        const char *name = keep_text(s, xml_text(xml_child(k, "name", NULL)));
        for (struct xml_node *one = xml_child(k, "table", NULL); one;
             one = xml_child(k, "table", one))
            read_vosi_table(s, name, one);
    }
    xml_tree_free(t);
    return st == OK ? OK : err_wrap(err, "%s: tables", s->name);
}

/* ---- asking ---- */

static void next(struct schema *s);

static void tell(struct schema *s, int i, const struct error *err)
{
    enum schema_state state = err ? SCHEMA_FAILED : SCHEMA_KNOWN;
    if (err)
        s->why = *err;
    if (i < 0)
        s->state = state;
    else if (s->table.at[i].state != SCHEMA_KNOWN)
        s->table.at[i].state = state;
    s->asked = -2;
    next(s);
    if (s->changed)
        s->changed(s->arg, s, i); /* may free */
}

static void on_document(void *arg, const struct http_answer *a)
{
    struct schema *s = arg;
    struct error err = a->err;
    s->request = 0;
    if (!s->changed || err.status == E_CANCELLED)
        return;
    if (err.status == OK)
        err.status = schema_read(s, str_c(&a->body), a->body.n, &err);
    tell(s, s->asked, err.status == OK ? NULL : &err);
}

static void ask_vosi(struct schema *s)
{
    struct str url = {0};
    struct error err;
    vosi_url(&url, s->base, "tables");
    if (s->asked < 0)
        str_add(&url, "?detail=min");
    else
        str_addf(&url, "/%s", s->table.at[s->asked].name);
    const struct http_request r = {.url = str_c(&url),
                                   .name = s->name,
                                   .max_body = DOCUMENT_MAX,
                                   .done = on_document,
                                   .arg = s};
    s->request = http_send(s->http, &r, &err);
    str_clear(&url);
    if (!s->request)
        tell(s, s->asked, &err);
}

static void on_answer(void *arg, struct vo_answer *a)
{
    struct schema *s = arg;
    s->request = 0;
    if (!s->changed || a->err.status == E_CANCELLED)
        return;
    const struct table *t = a->doc && a->doc->tables.n ? a->doc->tables.at[0] : NULL;
    bool good =
        a->err.status == OK && t && table_find(t, s->asked < 0 ? "table_name" : "column_name") >= 0;
    if (!good) {
        s->vosi = true;
        ask_vosi(s);
        return;
    }
    if (s->asked < 0)
        read_tables(s, t);
    else
        read_columns(s, (size_t)s->asked, t);
    tell(s, s->asked, NULL);
}

static void ask_tap(struct schema *s)
{
    struct str adql = {0};
    struct error err;
    if (s->asked < 0) {
        str_add(&adql, "SELECT schema_name, table_name, description, utype FROM TAP_SCHEMA.tables "
                       "ORDER BY schema_name, table_name");
    } else {
        str_add(&adql, "SELECT * FROM TAP_SCHEMA.columns WHERE table_name = ");
        vo_adql_text(&adql, s->table.at[s->asked].name);
    }
    const struct proto_query q = {.base = s->base, .adql = str_c(&adql), .max_rows = TABLES_MOST};
    const struct vo_question k = {.name = s->name, .done = on_answer, .arg = s, .tries = 2};
    s->request = vo_ask_query(s->http, vo_protocol_find("tap"), &q, &k, &err);
    str_clear(&adql);
    if (!s->request)
        tell(s, s->asked, &err);
}

/* One question at a time: a service is not flooded by somebody who runs down the list. */
static void next(struct schema *s)
{
    if (s->request || s->waiting.n == 0)
        return;
    s->asked = s->waiting.at[--s->waiting.n]; /* the latest first: the user looks at it */
    if (s->vosi)
        ask_vosi(s);
    else
        ask_tap(s);
}

void schema_ask_tables(struct schema *s)
{
    if (s->state == SCHEMA_ASKED || s->state == SCHEMA_KNOWN)
        return;
    s->state = SCHEMA_ASKED;
    VEC_PUSH(s->waiting, -1);
    next(s);
}

void schema_ask_columns(struct schema *s, size_t i)
{
    if (s->table.at[i].state == SCHEMA_ASKED || s->table.at[i].state == SCHEMA_KNOWN)
        return;
    s->table.at[i].state = SCHEMA_ASKED;
    VEC_PUSH(s->waiting, (int)i);
    next(s);
}
