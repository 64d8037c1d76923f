/* votable.c - the elements of a VOTable: what is metadata, what is a table, where its cells lie.
 * Source: VOTable 1.5 (IVOA), sections 3, 4 and 6; DALI 1.1, section 4.4 (QUERY_STATUS); Simple Cone
 * Search 1.03, section 2.3 (Error). Not: base64 and rows of bytes (votablebin.c), the quick way
 * (votablequick.c).
 */
#include "vigie/formats/votable.h"

#include <stdlib.h>
#include <string.h>

#include "votable_own.h"

enum { NODES_MAX = 200000, TABLES_MAX = 20000, COLUMNS_MAX = 32768, META_TEXT_MAX = 1 << 20 };
#define DOCUMENT_MAX ((size_t)1 << 38)

static enum votable_element element_of(const char *name)
{
    static const struct {
        const char *name;
        enum votable_element element;
    } known[] = {{"TD", VOT_TD},
                 {"TR", VOT_TR},
                 {"FIELD", VOT_FIELD},
                 {"PARAM", VOT_META},
                 {"INFO", VOT_META},
                 {"GROUP", VOT_META},
                 {"LINK", VOT_META},
                 {"VALUES", VOT_META},
                 {"DESCRIPTION", VOT_DESCRIPTION},
                 {"COOSYS", VOT_META},
                 {"TIMESYS", VOT_META},
                 {"TABLE", VOT_TABLE},
                 {"DATA", VOT_DATA},
                 {"TABLEDATA", VOT_TABLEDATA},
                 {"STREAM", VOT_STREAM},
                 {"BINARY", VOT_BINARY},
                 {"BINARY2", VOT_BINARY2},
                 {"FITS", VOT_FITS},
                 {"PARQUET", VOT_PARQUET},
                 {"RESOURCE", VOT_RESOURCE},
                 {"DEFINITIONS", VOT_DEFINITIONS},
                 {"VOTABLE", VOT_VOTABLE}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i].name) == 0)
            return known[i].element;
    return VOT_OTHER;
}

static const char *value_of(const struct xml_attr *attr, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(attr[i].name, name) == 0)
            return attr[i].value;
    return NULL;
}

/* What is said inside a TABLE lives as long as the table. */
static struct arena *arena_of(struct votable *v)
{
    return v->table ? &v->table->arena : &v->doc->arena;
}

/* The attribute's value, kept; NULL when absent. */
static const char *kept(struct votable *v, const struct xml_attr *attr, size_t n, const char *name)
{
    const char *s = value_of(attr, n, name);
    return s ? arena_str(arena_of(v), s) : NULL;
}

/* ---- metadata ---- */

static struct table_node *new_node(struct votable *v, const char *name, const struct xml_attr *attr,
                                   size_t n)
{
    struct table_node *node = table_node_new(arena_of(v), name, NULL, 0);
    node->n_attr = n;
    node->attr = n ? arena_alloc(arena_of(v), n * sizeof *node->attr) : NULL;
    for (size_t i = 0; i < n; i++) {
        const char *prefix =
            strcmp(attr[i].uri, "http://www.w3.org/XML/1998/namespace") == 0 ? "xml:" : "";
        char *full = mem_printf("%s%s", prefix, attr[i].name);
        node->attr[i].name = arena_str(arena_of(v), full);
        node->attr[i].value = arena_str(arena_of(v), attr[i].value);
        free(full);
    }
    node->resource = v->resource;
    return node;
}

/* Where a node goes: below an open node, else to the column, the table or the document. */
static void place_node(struct votable *v, struct table_node *node)
{
    struct votable_open *around = v->depth > 1 ? &v->open[v->depth - 2] : NULL;
    struct table_node ***tail = around && around->node ? &around->tail
                                : v->in_field          ? &v->field_tail
                                : v->table             ? &v->table_tail
                                                       : &v->doc_tail;
    **tail = node;
    *tail = &node->next;
}

static enum status open_node(struct votable *v, const char *name, const struct xml_attr *attr,
                             size_t n, struct error *err)
{
    struct votable_open *o = &v->open[v->depth - 1];
    if (++v->n_nodes > NODES_MAX)
        return err_set(err, E_RANGE, "line %d: more than %d elements of metadata", xml_line(v->xml),
                       NODES_MAX);
    o->node = new_node(v, name, attr, n);
    o->tail = &o->node->child;
    place_node(v, o->node);
    str_reset(&v->text);
    return OK;
}

static const char *take_text(struct votable *v)
{
    const char *s = str_c(&v->text);
    size_t n = v->text.n;
    while (n && strchr(" \t\r\n", s[n - 1]))
        n--;
    while (n && strchr(" \t\r\n", *s)) {
        s++;
        n--;
    }
    const char *out = n ? arena_strn(arena_of(v), s, n) : NULL;
    str_reset(&v->text);
    return out;
}

/* What the service says about its answer: an INFO named QUERY_STATUS, the last one counts but an
 * error stays; or an INFO or PARAM named Error. */
static void read_status(struct votable *v, const struct table_node *node)
{
    const char *name = table_node_attr(node, "name"), *value = table_node_attr(node, "value");
    bool info = strcmp(node->name, "INFO") == 0;
    bool param = strcmp(node->name, "PARAM") == 0 && !v->table;
    const char *id = table_node_attr(node, "ID");
    if (!info && !param)
        return;
    name = name ? name : id ? id : "";
    if (str_eqi(name, "Error") || (id && str_eqi(id, "Error"))) {
        v->doc->status = TABLE_STATUS_ERROR;
        v->doc->message = value ? arena_str(&v->doc->arena, value) : NULL;
    } else if (info && str_eqi(name, "QUERY_STATUS") && value &&
               v->doc->status != TABLE_STATUS_ERROR) {
        v->doc->status = str_eqi(value, "OVERFLOW") ? TABLE_STATUS_OVERFLOW
                         : str_eqi(value, "ERROR")  ? TABLE_STATUS_ERROR
                         : str_eqi(value, "OK")     ? TABLE_STATUS_OK
                                                    : v->doc->status;
        v->doc->message = node->text ? arena_str(&v->doc->arena, node->text) : NULL;
    }
}

static void close_node(struct votable *v, struct votable_open *o)
{
    const char *text = take_text(v);
    const struct votable_open *around = v->depth > 1 ? &v->open[v->depth - 2] : NULL;
    if (text && !o->node->text)
        o->node->text = text;
    if (!(around && around->node) || around->element == VOT_RESOURCE)
        read_status(v, o->node);
    if (v->in_field && strcmp(o->node->name, "VALUES") == 0 && !v->field.null_text)
        v->field.null_text = table_node_attr(o->node, "null");
}

/* ---- tables ---- */

static void add_like(struct table *t, const struct table_field *like)
{
    struct table_field field = *like;
    struct table_node **tail = &field.more;
    for (const struct table_node *n = like->more; n; n = n->next) {
        *tail = table_node_copy(&t->arena, n);
        tail = &(*tail)->next;
    }
    table_add(t, &field);
}

static enum status open_table(struct votable *v, const struct xml_attr *attr, size_t n,
                              struct error *err)
{
    if (v->table)
        return err_set(err, E_PARSE, "line %d: a TABLE inside a TABLE", xml_line(v->xml));
    if (v->doc->tables.n >= TABLES_MAX)
        return err_set(err, E_RANGE, "more than %d tables", TABLES_MAX);
    v->table = table_new(&v->limits);
    v->table->name = kept(v, attr, n, "name");
    v->table->id = kept(v, attr, n, "ID");
    v->table->ucd = kept(v, attr, n, "ucd");
    v->table->utype = kept(v, attr, n, "utype");
    v->table->resource = v->resource;
    v->table_tail = &v->table->meta;
    const char *rows = value_of(attr, n, "nrows");
    v->elsewhere = false;
    v->declared = rows ? strtoull(rows, NULL, 10) : 0;
    VEC_PUSH(v->doc->tables, v->table);
    const char *ref = value_of(attr, n, "ref");
    for (size_t i = 0; ref && !v->table->like && i + 1 < v->doc->tables.n; i++) {
        const struct table *like = v->doc->tables.at[i];
        if (!like->id || strcmp(like->id, ref) != 0)
            continue;
        for (size_t k = 0; k < like->n_columns; k++)
            add_like(v->table, &like->column[k].field);
        v->table->like = arena_str(&v->table->arena, ref);
    }
    return OK;
}

static void open_field(struct votable *v, const struct xml_attr *attr, size_t n)
{
    v->in_field = true;
    v->field = (struct table_field){
        .name = kept(v, attr, n, "name"),
        .id = kept(v, attr, n, "ID"),
        .ref = kept(v, attr, n, "ref"),
        .unit = kept(v, attr, n, "unit"),
        .ucd = kept(v, attr, n, "ucd"),
        .utype = kept(v, attr, n, "utype"),
        .xtype = kept(v, attr, n, "xtype"),
        .datatype = kept(v, attr, n, "datatype"),
        .arraysize = kept(v, attr, n, "arraysize"),
        .width = kept(v, attr, n, "width"),
        .precision = kept(v, attr, n, "precision"),
    };
    v->field_tail = &v->field.more;
}

/* VALUES may point to those of another column by its ID. */
static void follow_values(struct votable *v)
{
    const char *ref = NULL;
    for (const struct table_node *n = v->field.more; n && !ref; n = n->next)
        ref = strcmp(n->name, "VALUES") == 0 ? table_node_attr(n, "ref") : NULL;
    for (size_t i = 0; ref && i < v->table->n_columns; i++)
        for (const struct table_node *n = v->table->column[i].field.more; n; n = n->next) {
            const char *id = table_node_attr(n, "ID");
            if (id && strcmp(id, ref) == 0 && !v->field.null_text)
                v->field.null_text = table_node_attr(n, "null");
        }
}

static enum status close_field(struct votable *v, struct error *err)
{
    if (v->table->n_columns >= COLUMNS_MAX)
        return err_set(err, E_RANGE, "more than %d columns", COLUMNS_MAX);
    follow_values(v);
    table_add(v->table, &v->field);
    v->in_field = false;
    return OK;
}

void votable_cell(struct votable *v, const char *s, size_t n)
{
    if (v->column < v->table->n_columns && table_keeps(v->table))
        table_put_text(v->table, v->column, s, n);
    v->column++;
}

enum status votable_row_end(struct votable *v, struct error *err)
{
    v->column = 0;
    return table_row_end(v->table, err);
}

/* A STREAM whose rows cannot be read here is said, and passed over. */
static void open_stream(struct votable *v, const struct xml_attr *attr, size_t n)
{
    const char *href = value_of(attr, n, "href");
    const char *packed = value_of(attr, n, "encoding");
    bool away = (href && *href) || v->data == VOT_PARQUET;
    v->elsewhere = away || (packed && strcmp(packed, "gzip") == 0);
    if (!v->elsewhere) {
        votable_stream_begin(v);
        return;
    }
    v->table->partial = true;
    if (v->doc->fault)
        return;
    char *s = away ? mem_printf("the rows of a table lie elsewhere%s%.150s%s", href ? ", in " : "",
                                href ? href : "", v->data == VOT_PARQUET ? " (Parquet)" : "")
                   : mem_str("the rows of a table are gzip'd inside of the document, where "
                             "VOTable allows base64 alone");
    v->doc->fault = arena_str(&v->doc->arena, s);
    free(s);
}

/* A DATA ends: less rows than the TABLE says it has are a part of it, whatever cut it. */
static void end_data(struct votable *v)
{
    struct table *t = v->table;
    v->data = VOT_OTHER;
    if (!t || v->elsewhere || t->counted >= v->declared)
        return;
    t->partial = true;
    if (!v->doc->fault) {
        char *s = mem_printf("a table says it has %llu rows, %llu came",
                             (unsigned long long)v->declared, (unsigned long long)t->counted);
        v->doc->fault = arena_str(&v->doc->arena, s);
        free(s);
    }
}

/* ---- elements ---- */

static bool inside(const struct votable *v, enum votable_element element)
{
    return v->depth > 1 && v->open[v->depth - 2].element == element;
}

static void start_data(struct votable *v, enum votable_element e, const struct xml_attr *attr,
                       size_t n)
{
    if (e == VOT_BINARY || e == VOT_BINARY2 || e == VOT_FITS || e == VOT_PARQUET) {
        const char *extnum = value_of(attr, n, "extnum");
        v->data = e;
        v->extnum = extnum ? (int)strtol(extnum, NULL, 10) : 0;
        v->elsewhere = false;
    } else if (e == VOT_STREAM && v->table && v->data != VOT_OTHER) {
        open_stream(v, attr, n);
    } else if (e == VOT_TD) {
        str_reset(&v->text);
    } else if (e == VOT_TR) {
        v->column = 0;
    }
}

static enum status start_resource(struct votable *v, const struct xml_attr *attr, size_t n,
                                  struct error *err)
{
    const char *type = value_of(attr, n, "type");
    uint32_t outer = v->resource;
    if (v->doc->parent.n > NODES_MAX)
        return err_set(err, E_RANGE, "more than %d RESOURCEs", NODES_MAX);
    v->open[v->depth - 1].resource = outer;
    if (type && strcmp(type, "meta") == 0 && !v->table) { /* kept whole, in the one around it */
        enum status s = open_node(v, "RESOURCE", attr, n, err);
        if (s != OK)
            return s;
    }
    v->resource = (uint32_t)v->doc->parent.n;
    VEC_PUSH(v->doc->parent, outer);
    return OK;
}

static enum status start_known(struct votable *v, enum votable_element e, const char *name,
                               const struct xml_attr *attr, size_t n, struct error *err)
{
    const struct votable_open *around = v->depth > 1 ? &v->open[v->depth - 2] : NULL;
    if (e == VOT_RESOURCE)
        return start_resource(v, attr, n, err);
    if (e == VOT_TABLE)
        return open_table(v, attr, n, err);
    if (around && around->node) { /* whatever stands in a node belongs to it */
        v->in = v->open[v->depth - 1].element = VOT_META;
        return open_node(v, name, attr, n, err);
    }
    if (e == VOT_FIELD && inside(v, VOT_TABLE))
        open_field(v, attr, n);
    else if (e == VOT_DESCRIPTION && (inside(v, VOT_FIELD) || inside(v, VOT_TABLE)))
        str_reset(&v->text);
    else if (e == VOT_META || e == VOT_DESCRIPTION)
        return open_node(v, name, attr, n, err);
    else if (e != VOT_OTHER)
        start_data(v, e, attr, n);
    return OK;
}

static enum status start(void *arg, const char *uri, const char *name, const struct xml_attr *attr,
                         size_t n_attr, struct error *err)
{
    struct votable *v = arg;
    (void)uri;
    enum votable_element e = element_of(name);
    if (v->depth == 0) {
        if (e != VOT_VOTABLE)
            return err_set(err, E_PARSE, "no VOTable: its root is %.60s", name);
        v->doc->version = kept(v, attr, n_attr, "version");
    }
    ensure(v->depth < (int)(sizeof v->open / sizeof v->open[0]));
    v->open[v->depth++] = (struct votable_open){.element = e};
    v->in = e;
    return start_known(v, e, name, attr, n_attr, err);
}

static void end_description(struct votable *v)
{
    if (inside(v, VOT_FIELD) && v->in_field)
        v->field.description = take_text(v);
    else if (inside(v, VOT_TABLE) && v->table)
        v->table->description = take_text(v);
}

static bool in_row(const struct votable *v)
{
    return v->table && inside(v, VOT_TR) && v->depth > 2 &&
           v->open[v->depth - 3].element == VOT_TABLEDATA;
}

static enum status end_known(struct votable *v, struct votable_open *o, struct error *err)
{
    if (o->element == VOT_TD && in_row(v)) {
        votable_cell(v, str_c(&v->text), v->text.n);
    } else if (o->element == VOT_TR && inside(v, VOT_TABLEDATA) && v->table) {
        return votable_row_end(v, err);
    } else if (o->element == VOT_RESOURCE) {
        v->resource = o->resource;
        if (o->node)
            close_node(v, o);
    } else if (o->node) {
        close_node(v, o);
    } else if (o->element == VOT_DESCRIPTION) {
        end_description(v);
    } else if (o->element == VOT_FIELD && v->in_field) {
        return close_field(v, err);
    } else if (o->element == VOT_STREAM && v->table && v->data != VOT_OTHER && !v->elsewhere) {
        return votable_stream_end(v, err);
    } else if (o->element == VOT_DATA) {
        end_data(v);
    } else if (o->element == VOT_TABLE) {
        v->table = NULL;
    }
    return OK;
}

static enum status end(void *arg, const char *uri, const char *name, struct error *err)
{
    struct votable *v = arg;
    (void)uri, (void)name;
    enum status s = end_known(v, &v->open[v->depth - 1], err);
    v->depth--;
    v->in = v->depth ? v->open[v->depth - 1].element : VOT_OTHER;
    return s;
}

static enum status text(void *arg, const char *s, size_t n, struct error *err)
{
    struct votable *v = arg;
    const struct votable_open *o = v->depth ? &v->open[v->depth - 1] : NULL;
    if (!o)
        return OK;
    if (o->element == VOT_STREAM && v->table && v->data != VOT_OTHER)
        return v->elsewhere ? OK : votable_stream_text(v, s, n, err);
    if (o->element == VOT_TD) {
        if (v->limits.bytes && v->text.n + n > v->limits.bytes)
            return err_set(err, E_RANGE, "a cell of more than %llu bytes",
                           (unsigned long long)v->limits.bytes);
        str_addn(&v->text, s, n);
    } else if ((o->node || o->element == VOT_DESCRIPTION) && v->text.n < META_TEXT_MAX) {
        str_addn(&v->text, s, n);
    }
    return OK;
}

/* ---- the reader ---- */

struct votable *votable_new(const struct table_limits *limits)
{
    static const struct xml_handler handler = {start, end, text};
    static const struct xml_limits xml_limits = {.max_bytes = DOCUMENT_MAX,
                                                 .doctype_ignored = true};
    struct votable *v = mem_zero(sizeof *v);
    v->limits = limits ? *limits : (struct table_limits){0};
    if (v->limits.bytes == 0)
        v->limits.bytes = UINT64_C(1) << 30;
    v->doc = table_doc_new(TABLE_VOTABLE);
    v->doc_tail = &v->doc->meta;
    v->xml = xml_new(&xml_limits, &handler, v);
    return v;
}

void votable_free(struct votable *v)
{
    if (!v)
        return;
    xml_free(v->xml);
    table_doc_free(v->doc);
    str_clear(&v->text);
    free(v->stream.at);
    free(v->stream.wire);
    free(v);
}

void votable_slow(struct votable *v)
{
    v->slow = true;
}

static enum status failed(struct votable *v, struct error *err)
{
    if (!v->doc->fault || !v->ended)
        v->doc->fault = arena_str(&v->doc->arena, v->failed.text);
    v->ended = true;
    if (v->table)
        table_row_drop(v->table);
    if (v->doc->tables.n) /* a whole table too: what the service says behind it is missing */
        v->doc->tables.at[v->doc->tables.n - 1]->partial = true;
    v->table = NULL;
    if (err)
        *err = v->failed;
    return v->failed.status;
}

/* How many bytes to give to the XML library so that the quick way can go on behind them: to the end of
 * the row, else of the tag. A document that keeps it from going on gets longer and longer pieces. */
static size_t piece_length(const struct votable *v, const char *s, size_t n)
{
    bool rows = v->in == VOT_TABLEDATA || v->in == VOT_TR || v->in == VOT_TD;
    const char *end, *mark = rows ? "</TR>" : ">";
    if (v->slow || v->stride >= n)
        return n;
    end = memmem(s + v->stride, n - v->stride, mark, strlen(mark));
    return end ? (size_t)(end - s) + strlen(mark) : n;
}

enum status votable_feed(struct votable *v, const void *bytes, size_t n, struct error *err)
{
    enum { STRIDE_MAX = 1 << 24 };
    const char *s = bytes;
    if (v->failed.status != OK)
        return failed(v, err);
    while (n) {
        if (!v->slow && xml_idle(v->xml)) {
            size_t used = 0;
            int lines = 0;
            v->stride = 0;
            if (votable_quick(v, s, n, &used, &lines, &v->failed) != OK)
                return failed(v, err);
            xml_skip(v->xml, used, lines);
            s += used;
            n -= used;
            if (n == 0)
                break;
        }
        size_t piece = piece_length(v, s, n);
        if (xml_feed(v->xml, s, piece, &v->failed) != OK)
            return failed(v, err);
        s += piece;
        n -= piece;
        v->stride = v->stride < STRIDE_MAX ? 2 * v->stride + piece : v->stride;
    }
    return OK;
}

enum status votable_end(struct votable *v, struct error *err)
{
    if (v->failed.status != OK)
        return failed(v, err);
    if (xml_end(v->xml, &v->failed) != OK)
        return failed(v, err);
    bool cut = v->doc->status == TABLE_STATUS_OVERFLOW || v->doc->status == TABLE_STATUS_ERROR;
    for (size_t i = 0; cut && i < v->doc->tables.n; i++)
        v->doc->tables.at[i]->partial = true;
    v->ended = true;
    return OK;
}

const struct table_doc *votable_doc(const struct votable *v)
{
    return v->doc;
}

struct table_doc *votable_take(struct votable *v)
{
    struct table_doc *doc = v->doc;
    v->doc = NULL;
    v->table = NULL;
    return doc;
}
