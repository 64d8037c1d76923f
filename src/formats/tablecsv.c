/* tablecsv.c - CSV, TSV and ECSV to a table, and the types of columns that say none.
 * Source: RFC 4180. Not: quotes and rows (csv.c), the header of ECSV (tableecsv.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tabledata.h"
#include "tablenum.h"
#include "tabletext.h"
#include "vigie/formats/csv.h"

enum { HEADER_MAX = 1 << 20, COLUMNS_MAX = 32768 };

struct tablecsv {
    struct table_doc *doc;
    struct table *t;
    struct csv_reader *csv;
    struct table_limits limits;
    struct str header; /* of ECSV: its lines so far, without "# " */
    struct str line;   /* a line of the header that has not ended */
    bool ecsv, body, named;
    unsigned mark; /* of ECSV: bytes of a byte order mark */
    char separator;
    struct error failed;
};

static void name_columns(struct tablecsv *r, const struct csv_field *field, size_t n)
{
    r->named = true;
    if (r->ecsv)
        return; /* its header has named them */
    for (size_t i = 0; i < n; i++) {
        char *name = mem_strn(field[i].s, field[i].n);
        table_add(r->t, &(struct table_field){.name = name});
        free(name);
    }
}

/* An ECSV list is JSON: brackets and commas are blanks between the elements, null is no number. */
static void put_json_list(struct table *t, size_t column, const char *s, size_t n)
{
    struct str flat = {0};
    for (size_t i = 0; i < n; i++)
        str_addc(&flat, strchr("[],\"", s[i]) && s[i] ? ' ' : s[i]);
    table_put_text(t, column, str_c(&flat), flat.n);
    str_clear(&flat);
}

/* ECSV writes a complex number as Python does: 1.5-2j, -2j, (1+nanj). */
static void put_complex(struct table *t, size_t column, const char *s, size_t n)
{
    struct str parts = {0};
    if (n > 1 && *s == '(' && s[n - 1] == ')') {
        s++;
        n -= 2;
    }
    size_t cut = n; /* where the imaginary part begins: the last sign that is none of an exponent */
    while (cut > 0 &&
           !((s[cut - 1] == '+' || s[cut - 1] == '-') && (cut < 2 || (s[cut - 2] | 0x20) != 'e')))
        cut--;
    cut -= cut > 0;
    if (n && (s[n - 1] | 0x20) == 'j') {
        str_addn(&parts, cut ? s : "0", cut ? cut : 1);
        str_addc(&parts, ' ');
        str_addn(&parts, s + cut, n - 1 - cut);
    } else {
        str_addn(&parts, s, n);
        str_add(&parts, " 0");
    }
    table_put_text(t, column, str_c(&parts), parts.n);
    str_clear(&parts);
}

static bool on_row(void *arg, uint64_t line, const struct csv_field *field, size_t n)
{
    struct tablecsv *r = arg;
    (void)line;
    if (!r->named) {
        if (n > COLUMNS_MAX) {
            err_set(&r->failed, E_RANGE, "more than %d columns", COLUMNS_MAX);
            return false;
        }
        name_columns(r, field, n);
        return true;
    }
    for (size_t i = 0; i < n && i < r->t->n_columns && table_keeps(r->t); i++) {
        const struct table_column *c = &r->t->column[i];
        if (field[i].n == 0 && !field[i].quoted)
            table_put_null(r->t, i);
        else if (c->type == TABLE_TEXT && !c->array)
            table_put_string(r->t, i, field[i].s, field[i].n);
        else if (c->array)
            put_json_list(r->t, i, field[i].s, field[i].n);
        else if (c->type == TABLE_C32 || c->type == TABLE_C64)
            put_complex(r->t, i, field[i].s, field[i].n);
        else
            table_put_text(r->t, i, field[i].s, field[i].n);
    }
    return table_row_end(r->t, &r->failed) == OK;
}

struct tablecsv *tablecsv_new(struct table_doc *doc, const struct table_limits *limits)
{
    struct tablecsv *r = mem_zero(sizeof *r);
    r->doc = doc;
    r->separator = doc->format == TABLE_TSV ? '\t' : doc->format == TABLE_CSV ? ',' : ' ';
    r->ecsv = doc->format == TABLE_ECSV;
    r->limits = limits ? *limits : (struct table_limits){0};
    r->t = table_new(limits);
    r->header.max = HEADER_MAX;
    r->line.max = HEADER_MAX;
    VEC_PUSH(doc->tables, r->t);
    return r;
}

void tablecsv_free(struct tablecsv *r)
{
    if (!r)
        return;
    csv_reader_free(r->csv);
    str_clear(&r->header);
    str_clear(&r->line);
    free(r);
}

static enum status begin_body(struct tablecsv *r)
{
    struct csv_limits limits = {.fields = COLUMNS_MAX + 1, .row_bytes = 1 << 26};
    r->body = true;
    if (r->ecsv) {
        enum status s = tableecsv_read(r->t, str_c(&r->header), &r->separator, &r->failed);
        if (s != OK)
            return s;
    }
    r->csv = csv_reader_new(r->separator, &limits, on_row, r);
    return OK;
}

static enum status feed_body(struct tablecsv *r, const char *s, size_t n)
{
    struct error err;
    if (!r->body && begin_body(r) != OK)
        return r->failed.status;
    enum status st = csv_feed(r->csv, s, n, &err);
    if (st != OK && r->failed.status == OK)
        r->failed = err;
    return r->failed.status;
}

/* Lines that begin with # before the first that does not are ECSV's header. */
static enum status feed_header(struct tablecsv *r, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (r->mark < 3 && r->header.n == 0 && s[i] == "\xef\xbb\xbf"[r->mark]) {
            r->mark++; /* a byte order mark */
            continue;
        }
        if (r->line.n == 0 && s[i] != '#')
            return feed_body(r, s + i, n - i);
        if (s[i] == '\r') /* of a line end */
            continue;
        str_addc(&r->line, s[i]);
        if (s[i] == '\n') {
            const char *text = r->line.s + 1;
            str_add(&r->header, text + (*text == ' '));
            str_reset(&r->line);
        }
        if (r->header.over || r->line.over)
            return err_set(&r->failed, E_RANGE, "ECSV: a header of more than %d bytes", HEADER_MAX);
    }
    return OK;
}

static enum status answer(struct tablecsv *r, struct error *err)
{
    if (r->failed.status == OK)
        return OK;
    r->t->partial = true;
    if (!r->doc->fault)
        r->doc->fault = arena_str(&r->doc->arena, r->failed.text);
    if (err)
        *err = r->failed;
    return r->failed.status;
}

enum status tablecsv_feed(struct tablecsv *r, const char *s, size_t n, struct error *err)
{
    if (r->failed.status == OK) {
        enum status st = r->ecsv && !r->body ? feed_header(r, s, n) : feed_body(r, s, n);
        (void)st; /* it is in r->failed */
    }
    return answer(r, err);
}

/* ---- types ---- */

void table_retype(struct table *t, size_t column, enum table_type type)
{
    struct table_column old = t->column[column], *c = &t->column[column];
    static const unsigned width[] = {
        [TABLE_BOOL] = 1, [TABLE_BIT] = 1,  [TABLE_U8] = 1,  [TABLE_I16] = 2,
        [TABLE_I32] = 4,  [TABLE_I64] = 8,  [TABLE_F32] = 4, [TABLE_F64] = 8,
        [TABLE_C32] = 8,  [TABLE_C64] = 16, [TABLE_TEXT] = 1};
    size_t n = 0, from = 0;
    c->type = type;
    c->data = mem_zero(sizeof *c->data);
    c->data->width = width[type];
    for (size_t row = 0; row < t->rows; row++, from += n) {
        n = old.data->text_end.at[row] - from;
        if (table_bit(old.data->null_row.at, old.data->null_row.n, row) || n == 0)
            table_put_null(t, column);
        else
            table_put_text(t, column, (const char *)old.data->at.at + from, n);
    }
    VEC_FREE(old.data->at);
    VEC_FREE(old.data->text_end);
    VEC_FREE(old.data->null_row);
    free(old.data);
}

/* What all cells of a column can be. long_one: a whole number of so many digits that neither kind of
 * number holds it exactly; a column with one and no fractions is a name (an identifier), not a size. */
struct guess {
    bool truth, whole, number, some, long_one, fraction;
};

static size_t digits_at(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && s[i] >= '0' && s[i] <= '9')
        i++;
    return i;
}

static void narrow(struct guess *g, const char *s, size_t n)
{
    int64_t i;
    double x;
    const char *digits = s + (*s == '-' || *s == '+');
    bool zeros =
        (size_t)(digits - s) + 1 < n && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
    bool hex = (size_t)(digits - s) + 1 < n && digits[0] == '0' && (digits[1] | 0x20) == 'x';
    g->some = true;
    g->truth &=
        (n == 4 && strncasecmp(s, "true", 4) == 0) || (n == 5 && strncasecmp(s, "false", 5) == 0);
    g->whole &= !zeros && !hex && num_int(s, n, &i);
    g->number &= !zeros && num_double(s, n, &x);
    size_t count = digits_at(digits, (size_t)(s + n - digits));
    g->long_one |= count > 18 && digits + count == s + n && !num_int(s, n, &i);
    g->fraction |= digits + count != s + n;
}

static void guess_type(struct table *t, size_t column)
{
    struct guess g = {.truth = true, .whole = true, .number = true};
    for (size_t row = 0; row < t->rows && (g.truth || g.number); row++) {
        size_t n;
        const char *s = table_text(t, row, column, &n);
        while (s && n && (*s == ' ' || s[n - 1] == ' ')) {
            s += *s == ' ';
            n--;
        }
        if (s && n)
            narrow(&g, s, n);
    }
    if (!g.some)
        return;
    if (g.truth)
        table_retype(t, column, TABLE_BOOL);
    else if (g.whole)
        table_retype(t, column, TABLE_I64);
    else if (g.number && (!g.long_one || g.fraction))
        table_retype(t, column, TABLE_F64);
}

enum status tablecsv_end(struct tablecsv *r, struct error *err)
{
    struct error e;
    if (r->failed.status == OK && !r->body && feed_body(r, "", 0) == OK && r->ecsv && !r->named)
        r->named = true;
    if (r->failed.status == OK && csv_finish(r->csv, &e) != OK && r->failed.status == OK)
        r->failed = e;
    if (r->failed.status == OK && !r->named)
        err_set(&r->failed, E_PARSE, "no row that names the columns");
    for (size_t i = 0; i < r->t->n_columns && !r->ecsv; i++)
        guess_type(r->t, i);
    return answer(r, err);
}
