/* tablewrite.c - a table to bytes, some rows at a time: CSV, TSV, ECSV, JSON lines; the way to the
 * other formats. Not: VOTable's elements (tablevot.c), FITS (tablefitsout.c).
 */
#include <stdlib.h>
#include <string.h>

#include "tabledata.h"
#include "tablefits.h"
#include "tablenum.h"
#include "tabletext.h"
#include "vigie/base/file.h"
#include "vigie/base/stop.h"
#include "vigie/formats/csv.h"
#include "vigie/formats/json.h"
#include "vigie/formats/tableio.h"

enum { BYTES_A_PIECE = 1 << 16, ROWS_A_PIECE = 512 };

struct table_writer {
    const struct table_doc *doc;
    const struct table *t;
    enum table_format format;
    size_t row;
    bool begun, done;
    struct str cell, bytes;
    char **key; /* of JSON, no two the same */
};

static const char *column_name(const struct table *t, size_t column)
{
    const struct table_field *f = &t->column[column].field;
    return f->name ? f->name : f->id ? f->id : "";
}

/* Names of columns as keys: a second one of the same name has its number behind it. */
static char **json_keys(const struct table *t)
{
    char **key = mem_zero((t->n_columns + 1) * sizeof *key);
    for (size_t i = 0; i < t->n_columns; i++) {
        bool taken = false;
        for (size_t k = 0; k < i && !taken; k++)
            taken = strcmp(column_name(t, k), column_name(t, i)) == 0;
        key[i] = taken || !*column_name(t, i) ? mem_printf("%s_%zu", column_name(t, i), i + 1)
                                              : mem_str(column_name(t, i));
    }
    return key;
}

struct table_writer *table_writer_new(const struct table_doc *doc, const struct table *t,
                                      enum table_format format)
{
    struct table_writer *w = mem_zero(sizeof *w);
    w->doc = doc;
    w->t = t;
    w->format = format;
    if (format == TABLE_JSON)
        w->key = json_keys(t);
    return w;
}

void table_writer_free(struct table_writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; w->key && i < w->t->n_columns; i++)
        free(w->key[i]);
    free(w->key);
    str_clear(&w->cell);
    str_clear(&w->bytes);
    free(w);
}

/* ---- CSV, TSV, ECSV ---- */

static char separator(enum table_format format)
{
    return format == TABLE_TSV ? '\t' : ',';
}

static void csv_head(struct table_writer *w, struct str *out)
{
    if (w->format == TABLE_ECSV)
        tableecsv_header(w->t, out);
    for (size_t i = 0; i < w->t->n_columns; i++)
        csv_put(out, separator(w->format), i == 0, column_name(w->t, i));
    csv_end(out);
}

static void csv_row(struct table_writer *w, size_t row, struct str *out)
{
    for (size_t i = 0; i < w->t->n_columns; i++) {
        str_reset(&w->cell);
        if (w->format == TABLE_ECSV)
            tableecsv_cell(w->t, row, i, &w->cell);
        else
            table_cell(w->t, row, i, &w->cell);
        csv_putn(out, separator(w->format), i == 0, str_c(&w->cell), w->cell.n);
    }
    csv_end(out);
}

/* ---- JSON ---- */

static void json_element(struct table_writer *w, struct json_writer *j, size_t row, size_t column,
                         uint32_t i)
{
    const struct table_column *c = &w->t->column[column];
    size_t n;
    if (table_null_at(w->t, row, column, i)) {
        json_null(j);
        return;
    }
    if (c->type == TABLE_TEXT) {
        const char *s = table_text_at(w->t, row, column, i, &n);
        json_stringn(j, s, n);
        return;
    }
    const unsigned char *p =
        (const unsigned char *)table_at(w->t, row, column) + i * c->data->width;
    if (c->type == TABLE_BOOL) {
        json_bool(j, *p);
        return;
    }
    str_reset(&w->cell);
    table_element(w->t, row, column, i, &w->cell);
    const char *s = str_c(&w->cell);
    if (c->type == TABLE_C32 || c->type == TABLE_C64)
        json_stringn(j, s, w->cell.n);
    else if (strcmp(s, "nan") == 0 || strstr(s, "inf"))
        json_null(j);
    else
        json_raw(j, s);
}

static void json_row(struct table_writer *w, size_t row, struct str *out)
{
    struct json_writer j;
    json_write(&j, out);
    json_object(&j);
    for (size_t i = 0; i < w->t->n_columns; i++) {
        json_key(&j, w->key[i]);
        if (table_null(w->t, row, i)) {
            json_null(&j);
        } else if (!w->t->column[i].array) {
            json_element(w, &j, row, i, 0);
        } else {
            json_array(&j);
            for (uint32_t k = 0; k < table_count(w->t, row, i); k++)
                json_element(w, &j, row, i, k);
            json_end(&j);
        }
    }
    json_end(&j);
    str_addc(out, '\n');
}

/* ---- all ---- */

static void head(struct table_writer *w, struct str *out)
{
    switch (w->format) {
    case TABLE_VOTABLE: tablevot_head(w->doc, w->t, false, out); break;
    case TABLE_VOTABLE_BINARY2: tablevot_head(w->doc, w->t, true, out); break;
    case TABLE_CSV:
    case TABLE_TSV:
    case TABLE_ECSV: csv_head(w, out); break;
    case TABLE_FITS:
    case TABLE_JSON: break;
    }
}

static void one_row(struct table_writer *w, size_t row, struct str *out)
{
    switch (w->format) {
    case TABLE_VOTABLE: tablevot_row(w->t, row, out); break;
    case TABLE_VOTABLE_BINARY2:
        tablevot_row2(w->t, row, &w->bytes);
        if (w->bytes.n > BYTES_A_PIECE)
            tablevot_base64(&w->bytes, false, out);
        break;
    case TABLE_CSV:
    case TABLE_TSV:
    case TABLE_ECSV: csv_row(w, row, out); break;
    case TABLE_JSON: json_row(w, row, out); break;
    case TABLE_FITS: break;
    }
}

static void tail(struct table_writer *w, struct str *out)
{
    if (w->format == TABLE_VOTABLE_BINARY2)
        tablevot_base64(&w->bytes, true, out);
    if (w->format == TABLE_VOTABLE || w->format == TABLE_VOTABLE_BINARY2)
        tablevot_tail(w->doc, w->t, w->format == TABLE_VOTABLE_BINARY2, out);
}

enum status table_writer_step(struct table_writer *w, size_t rows, struct str *out, bool *done,
                              struct error *err)
{
    *done = true;
    if (w->done)
        return OK;
    if (w->format == TABLE_FITS) {
        w->done = true;
        return tablefits_write(w->t, out, err);
    }
    if (!w->begun)
        head(w, out);
    w->begun = true;
    for (; rows > 0 && w->row < w->t->rows; rows--)
        one_row(w, w->row++, out);
    w->done = w->row == w->t->rows;
    if (w->done)
        tail(w, out);
    *done = w->done;
    return OK;
}

static enum status write_all(struct table_writer *w, FILE *f, struct error *err)
{
    struct str out = {0};
    bool done = false;
    enum status s = OK;
    while (s == OK && !done) {
        str_reset(&out);
        s = stop_asked() ? err_set(err, E_CANCELLED, "cancelled") : OK;
        if (s == OK)
            s = table_writer_step(w, ROWS_A_PIECE, &out, &done, err);
        if (s == OK && out.n && fwrite(out.s, 1, out.n, f) != out.n)
            s = err_errno(err, "cannot write");
    }
    str_clear(&out);
    return s;
}

enum status table_write_file(const struct table_doc *doc, const struct table *t,
                             enum table_format format, const char *path, struct error *err)
{
    struct table_writer *w = table_writer_new(doc, t, format);
    struct file_aside aside;
    enum status s;
    if (strcmp(path, "-") == 0) {
        s = write_all(w, stdout, err);
    } else if ((s = file_aside_open(&aside, path, 0644, err)) == OK) {
        s = write_all(w, aside.f, err);
        if (s == OK)
            s = file_aside_commit(&aside, err);
        else
            file_aside_drop(&aside);
    }
    table_writer_free(w);
    return s;
}
