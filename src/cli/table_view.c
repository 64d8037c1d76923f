/* table_view.c - see table_view.h. */
#include "table_view.h"
#include "print.h"

#include <limits.h>
#include <stdlib.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/base/utf8.h"

enum { CELL_WIDTH = 32 };

/* The text of a cell for a terminal. row: -1 for the name of the column. */
static void shown(const struct table *t, long row, size_t column, struct str *raw, struct str *out)
{
    const struct table_field *f = &t->column[column].field;
    str_reset(raw);
    str_reset(out);
    if (row < 0)
        str_add(raw, f->name ? f->name : f->id ? f->id : "");
    else
        table_cell(t, (size_t)row, column, raw);
    utf8_clean(out, str_c(raw), raw->n);
    out->n = utf8_cut(str_c(out), out->n, CELL_WIDTH);
    if (out->s)
        out->s[out->n] = '\0';
}

static bool of_numbers(const struct table_column *c)
{
    return !c->array && c->type != TABLE_TEXT && c->type != TABLE_BOOL;
}

void table_view(struct cli *cli, const struct table *t)
{
    struct str raw = {0}, s = {0};
    size_t *width = mem_zero((t->n_columns + 1) * sizeof *width),
           room = (size_t)print_columns(cli->out, INT_MAX);
    for (size_t i = 0; i < t->n_columns; i++)
        for (long row = -1; row < (long)t->rows; row++) {
            shown(t, row, i, &raw, &s);
            size_t w = utf8_columns(str_c(&s), s.n);
            width[i] = w > width[i] ? w : width[i];
        }
    for (long row = -1; row < (long)t->rows; row++) {
        size_t used = 0;
        for (size_t i = 0; i < t->n_columns && used + width[i] <= room; i++) {
            shown(t, row, i, &raw, &s);
            int blanks = (int)(width[i] - utf8_columns(str_c(&s), s.n));
            bool right = of_numbers(&t->column[i]), last = i + 1 == t->n_columns;
            fprintf(cli->out, "%s%*s%s%*s", i ? "  " : "", right ? blanks : 0, "", str_c(&s),
                    right || last ? 0 : blanks, "");
            used += width[i] + 2;
        }
        fputc('\n', cli->out);
    }
    free(width);
    str_clear(&raw);
    str_clear(&s);
}
