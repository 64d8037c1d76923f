/* vo_text.c - texts of the VO tab: a row with units, UCDs and descriptions; the registry's record of a
 * service; what was asked; the header of a FITS file. Not: where they stand (vo_draw.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "vigie/base/utf8.h"
#include "vo_own.h"

static void clean(struct str *out, const char *s, size_t max)
{
    utf8_clean(out, s, strnlen(s, max));
}

/* The frame of a column: the COOSYS that its ref, or that of the table's group, names. */
static const char *frame_of(const struct vo_service *s, const struct table_field *f)
{
    for (const struct table_node *n = s->doc ? s->doc->meta : NULL; n; n = n->next)
        if (n->name && !strcmp(n->name, "COOSYS")) {
            const char *id = table_node_attr(n, "ID");
            if (!f->ref || (id && !strcmp(id, f->ref)))
                return table_node_attr(n, "system");
        }
    return NULL;
}

void vo_column_text(const struct vo_service *s, int column, struct str *out)
{
    if (column < 0)
        return;
    const struct table_field *f = &s->table->column[column].field;
    clean(out, f->name ? f->name : "?", 40);
    if (f->ucd && *f->ucd) {
        str_add(out, "  ucd ");
        clean(out, f->ucd, 60);
    }
    if (f->unit && *f->unit) {
        str_add(out, "   unit ");
        clean(out, f->unit, 20);
    }
    const char *frame = column == s->lon || column == s->lat ? frame_of(s, f) : NULL;
    if (frame) {
        str_add(out, "   frame ");
        clean(out, frame, 20);
    }
    if (f->description && *f->description) {
        str_add(out, "   ");
        clean(out, f->description, 200);
    }
}

/* ---- a row ---- */

static int draw_column(const struct vo_service *s, size_t row, size_t i, struct canvas *c, int y)
{
    const struct table_field *f = &s->table->column[i].field;
    struct str text = {0};
    bool wide = c->cols >= 100;
    int name = wide ? 24 : 18, value = wide ? 40 : 26;
    clean(&text, f->name ? f->name : "?", 60);
    canvas_fit(c, y, 1, name, -1, ROLE_STRONG, str_c(&text));
    str_reset(&text);
    vo_cell_text(s->table, row, i, &text);
    if (f->unit && *f->unit) {
        str_addc(&text, ' ');
        clean(&text, f->unit, 20);
    }
    int right = c->cols - name - value - 3;
    bool more = canvas_columns(c, str_c(&text)) > value;
    if (more) { /* a long value has lines of its own */
        struct canvas part = canvas_part(c, y, name + 2, c->rows - y, c->cols - name - 3);
        y += text_paragraph(&part, 0, ROLE_TEXT, str_c(&text)) - 1;
    } else {
        canvas_fit(c, y, name + 2, value, -1, ROLE_TEXT, str_c(&text));
    }
    str_reset(&text);
    if (f->ucd)
        clean(&text, f->ucd, 60);
    if (f->description && *f->description) {
        str_add(&text, text.n ? "  " : "");
        clean(&text, f->description, 400);
    }
    if (text.n && !more && canvas_columns(c, str_c(&text)) <= right) {
        canvas_put(c, y, name + value + 3, ROLE_FAINT, str_c(&text));
    } else if (text.n && y + 1 < c->rows) {
        struct canvas part = canvas_part(c, y + 1, name + 2, c->rows - y - 1, c->cols - name - 3);
        y += text_paragraph(&part, 0, ROLE_FAINT, str_c(&text));
    }
    str_clear(&text);
    return y + 1;
}

void vo_row_draw(const struct vo_view *v, struct canvas *c)
{
    const struct vo_service *s = vo_service(v);
    size_t row;
    if (!vo_grid_row(v, &row))
        return;
    struct str head = {0};
    str_addf(&head, "row %zu of %zu   ", v->grid->row + 1, vo_shown_n(s));
    str_add(&head, s->name);
    canvas_rule(c, 0, str_c(&head));
    str_clear(&head);
    v->window->text_lines = (int)s->table->n_columns;
    v->window->rows = c->rows - 1;
    int y = 1;
    struct vo_seen seen = session_vo_seen(v->session, vo_query(v), s, row);
    struct canvas all =
        canvas_part(c, 0, 0, c->rows - 1, c->cols); /* the last line: what is below */
    size_t i = v->top;
    for (; i < s->table->n_columns && y < all.rows; i++)
        y = draw_column(s, row, i, &all, y);
    if (i < s->table->n_columns) {
        canvas_putf(c, c->rows - 1, 1, ROLE_FAINT, "... %zu more columns", s->table->n_columns - i);
    } else if (isfinite(seen.alt_rad)) {
        const double deg = 57.295779513082323;
        canvas_putf(c, y < c->rows - 1 ? y + 1 : c->rows - 1, 1, ROLE_TEXT,
                    "now: altitude %.0f deg, Moon %.0f deg away", seen.alt_rad * deg,
                    seen.moon_rad * deg);
    }
}

/* ---- a registry record ---- */

static const struct registry_record *record_of(const struct vo_view *v,
                                               const struct vo_query **from)
{
    const struct vo_find *f = vo_find(v);
    const struct vo_service *s = vo_service(v);
    const struct vo_desk *d = session_vo(v->session);
    *from = vo_query(v);
    if (f)
        return &vo_query(v)->records.record.at[f->record];
    for (size_t i = d->query.n; s && *s->ivoid && i-- > 0;) {
        *from = d->query.at[i];
        for (size_t k = 0; k < d->query.at[i]->records.record.n; k++)
            if (!strcmp(d->query.at[i]->records.record.at[k].ivoid, s->ivoid))
                return &d->query.at[i]->records.record.at[k];
    }
    return NULL;
}

static int put_line(struct canvas *c, int y, const char *head, const char *text)
{
    struct str s = {0};
    if (!*text || y >= c->rows)
        return y;
    clean(&s, text, 2000);
    canvas_put(c, y, 0, ROLE_FAINT, head);
    struct canvas part = canvas_part(c, y, 7, c->rows - y, c->cols - 7);
    int used = text_paragraph(&part, 0, ROLE_TEXT, str_c(&s));
    str_clear(&s);
    return y + used;
}

int vo_record_draw(const struct vo_view *v, struct canvas *c)
{
    const struct vo_query *from;
    const struct registry_record *r = record_of(v, &from);
    struct str s = {0};
    if (!r)
        return 0;
    clean(&s, *r->title ? r->title : r->short_name, 200);
    int y = text_paragraph(c, 0, ROLE_STRONG, str_c(&s));
    y = put_line(c, y, "ivoid", r->ivoid);
    y = put_line(c, y, "type", r->res_type);
    str_reset(&s);
    for (size_t i = 0; i < r->interface.n; i++)
        if (registry_usable(&r->interface.at[i]) && !strstr(str_c(&s), r->interface.at[i].kind))
            str_addf(&s, "%s%s", s.n ? ", " : "", r->interface.at[i].kind);
    y = put_line(c, y, "cap", s.n ? str_c(&s) : "none that a program can ask");
    str_reset(&s);
    for (const char *p = r->waveband; *p; p++) /* a list in the registry's own way */
        str_addf(&s, *p == '#' ? ", " : "%c", *p);
    y = put_line(c, y, "band", str_c(&s));
    y = put_line(c, y, "by", r->creators);
    const struct vo_find *f = vo_find(v);
    if (f && f->interface >= 0)
        y = put_line(c, y, "url", r->interface.at[f->interface].url);
    y = put_line(c, y, "see", r->reference_url);
    y = put_line(c, y, "about", r->description);
    str_clear(&s);
    return y;
}

/* The record whole: drawn where it has room, then so much of it as is seen. */
void vo_record_page(const struct vo_view *v, struct canvas *c)
{
    enum { RECORD_ROWS = 400 };
    canvas_rule(c, 0, "registry record");
    v->window->rows = c->rows - 1;
    v->window->text_lines = 0;
    if (c->rows < 2 || c->cols < 3)
        return;
    struct canvas *whole = canvas_new(RECORD_ROWS, c->cols - 2, c->set);
    int lines = vo_record_draw(v, whole), top = (int)v->top;
    v->window->text_lines = lines;
    for (int y = 1; y < c->rows && top + y - 1 < lines; y++)
        memcpy(c->at + (ptrdiff_t)y * c->stride + 1,
               whole->at + (ptrdiff_t)(top + y - 1) * whole->stride,
               (size_t)whole->cols * sizeof *whole->at);
    canvas_free(whole);
    if (!lines)
        canvas_put(c, 1, 1, ROLE_TEXT,
                   "It was not found by the registry: nothing more is known of it.");
}

/* ---- what was asked ---- */

static void size_text(uint64_t bytes, struct str *out)
{
    if (bytes < 1000000)
        str_addf(out, "%.*f kB", bytes < 10000 ? 1 : 0, (double)bytes / 1000);
    else
        str_addf(out, "%.1f MB", (double)bytes / 1e6);
}

/* How the answer came, or why it did not. */
static void facts(const struct vo_service *s, struct str *text)
{
    if (s->state == VO_FAILED || s->state == VO_CANCELLED || s->state == VO_KEPT) {
        clean(text, s->err.text, sizeof s->err.text);
        return;
    }
    if (s->state != VO_DONE)
        return;
    if (s->overflow) /* first: a narrow line ends early */
        str_add(text, "cut by a limit: there is more   ");
    else if (s->table && s->table->partial)
        str_add(text, "not all of it came   ");
    if (s->protocol)
        str_addf(text, "%s   ", s->protocol->title);
    if (s->code && s->code != 200)
        str_addf(text, "HTTP %d   ", s->code);
    if (s->bytes) {
        size_text(s->bytes, text);
        str_addf(text, " in %.2f s   ", (double)(s->ended_ms - s->began_ms) / 1000);
    }
    if (s->doc && s->doc->version) {
        str_add(text, "VOTable ");
        clean(text, s->doc->version, 8);
    }
    if (s->doc && s->doc->format == TABLE_VOTABLE_BINARY2)
        str_add(text, " BINARY2");
}

int vo_asked_draw(const struct vo_view *v, struct canvas *c)
{
    const struct vo_query *q = vo_query(v);
    const struct vo_service *s = vo_service(v);
    struct str text = {0};
    int y = 0;
    if (!q || !s || c->rows < 1)
        return 0;
    const char *question = q->wish.kind == VO_TAP || q->wish.kind == VO_JOB
                               ? vo_wish_get(&q->wish, VO_ADQL)
                               : strchr(s->url, '?');
    if (question && c->rows > 1) { /* where there is one line, it tells how the answer came */
        struct canvas part = canvas_part(c, 0, 0, c->rows - 2 > 0 ? c->rows - 2 : 1, c->cols);
        clean(&text, question + (*question == '?'), 400);
        y = text_paragraph(&part, 0, ROLE_FAINT, str_c(&text));
    }
    str_reset(&text);
    facts(s, &text);
    y += text_paragraph(c, y, s->overflow || s->state != VO_DONE ? vo_state_role(s) : ROLE_FAINT,
                        str_c(&text));
    str_clear(&text);
    return y;
}

/* ---- a FITS header ---- */

void vo_head_draw(const struct vo_view *v, struct canvas *c)
{
    const struct vo_desk *d = session_vo(v->session);
    const struct vo_load *l = NULL;
    for (size_t i = 0; i < d->load.n; i++)
        if (d->load.at[i]->only_head)
            l = d->load.at[i];
    if (!l)
        return;
    char *title = mem_printf("header of %.60s", l->name);
    canvas_rule(c, 0, title);
    free(title);
    if (l->state == VO_RUNNING)
        canvas_putf(c, 1, 1, ROLE_TEXT, "... %.0f kB", (double)l->bytes / 1000);
    if (l->state == VO_FAILED)
        canvas_putf(c, 1, 1, ROLE_TROUBLE, "- %s", l->err.text);
    const char *s = str_c(&l->head);
    int y = 1, lines = 0;
    v->window->rows = c->rows - 1;
    for (; *s; lines++) {
        size_t n = strcspn(s, "\n");
        if ((size_t)lines >= v->top && y < c->rows)
            canvas_putn(c, y++, 1, ROLE_TEXT, s, n);
        s += n + (s[n] == '\n');
    }
    v->window->text_lines = lines;
}
