/* tbl_show.c - a table as people read it in a console: names, units, head and tail, aligned.
 * Not: a view of the screen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tbl.h"
#include "vigie/base/utf8.h"

enum { HEAD = 10, TAIL = 10, CELL = 40, COLUMNS = 40 };

/* struct sheet - what is shown: the lines are the names, the units, then rows. */
struct sheet {
    const struct tbl *t;
    size_t row[HEAD + TAIL], n, cut; /* rows of the view; so many are left out after HEAD */
    bool units;
    int width[COLUMNS];
    size_t columns;
    struct str raw, text;
};

static bool right(const struct table_column *c)
{
    return !c->array && c->type != TABLE_TEXT && c->type != TABLE_BOOL;
}

/* A number by the column's own format, if it has one. */
static bool by_precision(const struct table *t, size_t row, size_t column, struct str *out)
{
    const struct table_column *c = &t->column[column];
    const char *p = c->field.precision;
    if (!p || c->array || (c->type != TABLE_F32 && c->type != TABLE_F64) ||
        table_null(t, row, column))
        return false;
    bool digits = *p == 'E';
    int n = atoi(*p == 'E' || *p == 'F' ? p + 1 : p);
    double x = table_double(t, row, column);
    if (x != x || n < 0 || n > 17)
        return false;
    if (digits)
        str_addf(out, "%.*e", n > 0 ? n - 1 : 0, x);
    else
        str_addf(out, "%.*f", n, x);
    return true;
}

/* Line -2: names, -1: units, 0 ..: rows; fit for a terminal in s->text. */
static void cell(struct sheet *s, long line, size_t column)
{
    const struct table *d = s->t->data->t;
    const struct table_field *f = &d->column[column].field;
    str_reset(&s->raw);
    str_reset(&s->text);
    if (line == -2) {
        str_add(&s->raw, f->name ? f->name : f->id ? f->id : "");
    } else if (line == -1) {
        str_add(&s->raw, f->unit ? f->unit : "");
    } else {
        size_t row = tbl_at(s->t, s->row[line]);
        if (table_null(d, row, column))
            str_addc(&s->raw, '-');
        else if (!by_precision(d, row, column, &s->raw) && !table_cell(d, row, column, &s->raw))
            str_add(&s->raw, right(&d->column[column]) ? "nan" : "");
    }
    utf8_clean(&s->text, str_c(&s->raw), s->raw.n);
    if (s->text.s) {
        size_t cut = utf8_cut(s->text.s, s->text.n, CELL);
        s->text.s[s->text.n = cut] = 0;
    }
}

static void measure(struct sheet *s, int width)
{
    const struct table *d = s->t->data->t;
    int used = 0;
    for (size_t c = 0; c < d->n_columns && c < COLUMNS; c++) {
        int w = 0;
        for (long line = -2; line < (long)s->n; line++) {
            cell(s, line, c);
            int k = (int)utf8_columns(str_c(&s->text), s->text.n);
            w = k > w ? k : w;
        }
        if (c && used + 2 + w > width)
            break;
        used += (c ? 2 : 0) + w;
        s->width[c] = w;
        s->columns = c + 1;
    }
}

static void blanks(struct str *out, int n)
{
    for (; n > 0; n--)
        str_addc(out, ' ');
}

static void put_line(struct sheet *s, long line, struct str *out)
{
    const struct table *d = s->t->data->t;
    for (size_t c = 0; c < s->columns; c++) {
        cell(s, line, c);
        int pad = s->width[c] - (int)utf8_columns(str_c(&s->text), s->text.n);
        bool r = right(&d->column[c]);
        blanks(out, (c ? 2 : 0) + (r ? pad : 0));
        str_add(out, str_c(&s->text));
        if (!r && c + 1 < s->columns)
            blanks(out, pad);
    }
    while (out->n && out->s[out->n - 1] == ' ')
        out->s[--out->n] = 0;
}

/* 1234567 as 1 234 567. */
static void put_count(struct str *out, size_t n)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%zu", n);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            str_addc(out, ' ');
        str_addc(out, digits[i]);
    }
}

void tbl_text(const struct tbl *t, int width, bool tab, struct str *out)
{
    struct sheet s = {.t = t};
    size_t n = tbl_n(t), shown = n > HEAD + TAIL ? HEAD : n;
    const struct table *d = t->data->t;
    for (size_t i = 0; i < shown; i++)
        s.row[s.n++] = i;
    if (n > HEAD + TAIL) {
        s.cut = n - HEAD - TAIL;
        for (size_t i = n - TAIL; i < n; i++)
            s.row[s.n++] = i;
    }
    for (size_t c = 0; c < d->n_columns; c++)
        s.units = s.units || (d->column[c].field.unit && *d->column[c].field.unit);
    measure(&s, width);
    put_line(&s, -2, out);
    if (s.units) {
        str_addc(out, '\n');
        put_line(&s, -1, out);
    }
    for (size_t i = 0; i < s.n; i++) {
        str_addc(out, '\n');
        if (i == HEAD && s.cut) {
            str_add(out, "\xE2\x80\xA6 ");
            put_count(out, s.cut);
            str_add(out, tab ? " more \xE2\x80\x93 show(_) opens a tab\n" : " more\n");
        }
        put_line(&s, (long)i, out);
    }
    if (n == 0)
        str_add(out, "\n(no rows)");
    if (d->n_columns > s.columns)
        str_addf(out, "\n\xE2\x80\xA6 %zu more columns", d->n_columns - s.columns);
    if (d->partial)
        str_add(out, "\n(partial: there are more rows than came)");
    str_clear(&s.raw);
    str_clear(&s.text);
}
