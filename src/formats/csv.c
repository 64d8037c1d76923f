/* csv.c - see csv.h. One pass over the bytes; a row is gathered with its fields ended by zero
 * bytes, then given away. RFC 4180, section 2.
 */
#include "vigie/formats/csv.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"

enum at { ROW_START, FIELD_START, PLAIN, QUOTED, QUOTE_SEEN, COMMENT };

struct csv_reader {
    struct csv_limits lim;
    csv_row_fn *fn;
    void *arg;
    char separator;
    int bom;         /* bytes of the byte order mark seen; 3: over */
    struct str head; /* the first row, while the separator is not known */
    bool head_quoted;
    enum at at;
    bool after_cr;
    uint64_t line, row_line;
    struct str row;
    VEC(size_t) start; /* of each field in row */
    VEC(bool) quoted;
    VEC(struct csv_field) fields;
    bool failed;
    struct error err;
};

struct csv_reader *csv_reader_new(char separator, const struct csv_limits *limits, csv_row_fn *row,
                                  void *arg)
{
    struct csv_reader *r = mem_zero(sizeof *r);
    if (limits)
        r->lim = *limits;
    if (!r->lim.row_bytes)
        r->lim.row_bytes = (size_t)1 << 20;
    if (!r->lim.fields)
        r->lim.fields = 10000;
    r->fn = row;
    r->arg = arg;
    r->separator = separator;
    r->line = 1;
    return r;
}

void csv_reader_free(struct csv_reader *r)
{
    if (!r)
        return;
    str_clear(&r->head);
    str_clear(&r->row);
    VEC_FREE(r->start);
    VEC_FREE(r->quoted);
    VEC_FREE(r->fields);
    free(r);
}

char csv_separator(const struct csv_reader *r)
{
    return r->separator;
}

static enum status fail(struct csv_reader *r, struct error *err)
{
    r->failed = true;
    if (err)
        *err = r->err;
    return r->err.status;
}

static enum status begin_field(struct csv_reader *r)
{
    if (r->start.n == r->lim.fields)
        return err_set(&r->err, E_RANGE, "line %llu: more than %zu fields",
                       (unsigned long long)r->row_line, r->lim.fields);
    VEC_PUSH(r->start, r->row.n);
    VEC_PUSH(r->quoted, false);
    return OK;
}

static enum status end_row(struct csv_reader *r)
{
    str_addc(&r->row, 0);
    r->fields.n = 0;
    for (size_t i = 0; i < r->start.n; i++) {
        size_t end = i + 1 < r->start.n ? r->start.at[i + 1] : r->row.n;
        struct csv_field f = {r->row.s + r->start.at[i], end - 1 - r->start.at[i], r->quoted.at[i]};
        VEC_PUSH(r->fields, f);
    }
    bool go = r->fn(r->arg, r->row_line, r->fields.at, r->fields.n);
    str_reset(&r->row);
    r->start.n = r->quoted.n = 0;
    r->at = ROW_START;
    return go ? OK
              : err_set(&r->err, E_CANCELLED, "line %llu: stopped by its reader",
                        (unsigned long long)r->row_line);
}

static enum status add(struct csv_reader *r, char c)
{
    if (r->row.n >= r->lim.row_bytes)
        return err_set(&r->err, E_RANGE, "line %llu: row above %zu bytes",
                       (unsigned long long)r->row_line, r->lim.row_bytes);
    str_addc(&r->row, c);
    return OK;
}

/* A byte outside of quotes that is no line end. */
static enum status plain(struct csv_reader *r, char c)
{
    enum status st = OK;
    if (r->at == ROW_START) {
        r->row_line = r->line;
        if (r->lim.comment && c == r->lim.comment) {
            r->at = COMMENT;
            return OK;
        }
        st = begin_field(r);
        r->at = FIELD_START;
    }
    if (st != OK)
        return st;
    if (c == r->separator) {
        st = add(r, 0);
        r->at = FIELD_START;
        return st == OK ? begin_field(r) : st;
    }
    if (c == '"' && r->at == FIELD_START) {
        r->quoted.at[r->quoted.n - 1] = true;
        r->at = QUOTED;
        return OK;
    }
    if (c == '"' && r->at == QUOTE_SEEN) {
        r->at = QUOTED;
        return add(r, c);
    }
    r->at = PLAIN;
    return add(r, c);
}

static enum status take(struct csv_reader *r, char c)
{
    bool cr_before = r->after_cr, end = c == '\n' || c == '\r';
    enum status st = OK;
    r->after_cr = c == '\r';
    if (r->at == QUOTED) {
        if (c == '"')
            r->at = QUOTE_SEEN;
        else
            st = add(r, c);
    } else if (end) {
        if (r->at == COMMENT)
            r->at = ROW_START;
        else if (r->at != ROW_START)
            st = end_row(r);
    } else if (r->at != COMMENT) {
        st = plain(r, c);
    }
    if (end && !(c == '\n' && cr_before))
        r->line++;
    return st;
}

static char guess(const struct str *head)
{
    static const char candidates[] = ",\t;";
    size_t count[3] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < head->n; i++) {
        const char *c = strchr(candidates, head->s[i]);
        if (head->s[i] == '"')
            quoted = !quoted;
        else if (c && *c && !quoted)
            count[c - candidates]++;
    }
    for (size_t i = 1; i < 3; i++)
        if (count[i] > count[best])
            best = i;
    return candidates[best];
}

static enum status replay(struct csv_reader *r)
{
    enum status st = OK;
    r->separator = guess(&r->head);
    for (size_t i = 0; st == OK && i < r->head.n; i++)
        st = take(r, r->head.s[i]);
    str_clear(&r->head);
    return st;
}

/* Gathers the first row that is neither blank nor a comment, to tell the separator from it. */
static enum status gather(struct csv_reader *r, char c)
{
    bool end = (c == '\n' || c == '\r') && !r->head_quoted;
    if (end && (!r->head.n || (r->lim.comment && r->head.s[0] == r->lim.comment))) {
        if (!(c == '\n' && r->after_cr && !r->head.n))
            r->line++;
        r->after_cr = c == '\r';
        str_reset(&r->head);
        return OK;
    }
    if (c == '"' && !(r->lim.comment && r->head.n && r->head.s[0] == r->lim.comment))
        r->head_quoted = !r->head_quoted;
    if (r->head.n >= r->lim.row_bytes)
        return err_set(&r->err, E_RANGE, "line %llu: row above %zu bytes",
                       (unsigned long long)r->line, r->lim.row_bytes);
    str_addc(&r->head, c);
    return end ? replay(r) : OK;
}

/* Whether the byte belongs to a byte order mark at the very start. A part of one is no mark. */
static bool in_mark(struct csv_reader *r, char c)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (r->bom < 3 && c == mark[r->bom]) {
        r->bom++;
        return true;
    }
    return false;
}

static enum status one(struct csv_reader *r, char c)
{
    return r->separator && !r->head.n ? take(r, c) : gather(r, c);
}

/* How many of the next bytes are plain text of the field in work, within the bound. */
static size_t run_length(const struct csv_reader *r, const char *s, size_t n)
{
    size_t i = 0, most = r->lim.row_bytes > r->row.n ? r->lim.row_bytes - r->row.n : 0;
    if (!r->separator || r->head.n || (r->at != PLAIN && r->at != QUOTED))
        return 0;
    while (i < n && i < most && s[i] != r->separator && s[i] != '"' && s[i] != '\n' && s[i] != '\r')
        i++;
    return i;
}

enum status csv_feed(struct csv_reader *r, const void *bytes, size_t n, struct error *err)
{
    const char *s = bytes;
    enum status st = r->failed ? r->err.status : OK;
    for (size_t i = 0; st == OK && i < n; i++) {
        if (r->bom < 3) {
            if (in_mark(r, s[i]))
                continue;
            int seen = r->bom;
            r->bom = 3;
            for (int k = 0; st == OK && k < seen; k++)
                st = one(r, "\xEF\xBB\xBF"[k]);
        }
        size_t run = st == OK ? run_length(r, s + i, n - i) : 0;
        if (run) {
            str_addn(&r->row, s + i, run);
            r->after_cr = false;
            i += run - 1;
        } else if (st == OK) {
            st = one(r, s[i]);
        }
    }
    return st == OK ? OK : fail(r, err);
}

enum status csv_finish(struct csv_reader *r, struct error *err)
{
    enum status st = r->failed ? r->err.status : OK;
    if (st == OK && r->head.n)
        st = replay(r);
    if (st == OK && r->at == QUOTED)
        st = err_set(&r->err, E_PARSE, "line %llu: quote never closed",
                     (unsigned long long)r->row_line);
    if (st == OK && r->at != ROW_START && r->at != COMMENT)
        st = end_row(r);
    return st == OK ? OK : fail(r, err);
}

/* ---- writer ---- */

void csv_putn(struct str *out, char separator, bool first, const char *s, size_t n)
{
    bool quote = false;
    for (size_t i = 0; i < n && !quote; i++)
        quote = s[i] == separator || s[i] == '"' || s[i] == '\n' || s[i] == '\r';
    if (!first)
        str_addc(out, separator);
    if (!quote) {
        str_addn(out, s, n);
        return;
    }
    str_addc(out, '"');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"')
            str_addc(out, '"');
        str_addc(out, s[i]);
    }
    str_addc(out, '"');
}

void csv_put(struct str *out, char separator, bool first, const char *s)
{
    csv_putn(out, separator, first, s ? s : "", s ? strlen(s) : 0);
}

/* A row of one empty field would read as a blank line. */
void csv_end(struct str *out)
{
    if (!out->n || out->s[out->n - 1] == '\n')
        str_add(out, "\"\"");
    str_addc(out, '\n');
}
