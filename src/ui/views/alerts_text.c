/* alerts_text.c - pages that scroll: an event with all its parameters, its history, a packet as it
 * came, the sources. Lines are made once for an event, its revision, the minute and the width. What
 * came from outside is cleaned and cut here. See alerts_own.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts_own.h"
#include "vigie/base/utf8.h"

enum { VALUE_MAX = 1000, RAW_MAX = 128 * 1024, LINES_MAX = 20000, NAME_COLS = 22, FACT_COLS = 13 };

/* ---- lines ---- */

void alerts_line(struct alerts_text *t, enum role role, const char *text)
{
    if (t->line.n < LINES_MAX)
        VEC_PUSH(t->line, ((struct alerts_line){mem_str(text), role}));
}

void alerts_wrap(struct alerts_text *t, enum role role, int indent, const char *text)
{
    size_t room = t->width - indent > 10 ? (size_t)(t->width - indent) : 10, n = strlen(text);
    struct str line = {0};
    bool first = true;
    while (n || first) {
        size_t cut = utf8_cut(text, n, room), end = cut;
        if (cut == 0 && n)
            cut = end = 1; /* a broken width must not hold us */
        if (cut < n) {
            size_t blank = cut;
            while (blank > cut / 2 && text[blank] != ' ')
                blank--;
            if (text[blank] == ' ')
                end = blank;
        }
        str_reset(&line);
        str_addf(&line, "%*s", indent, "");
        str_addn(&line, text, end);
        alerts_line(t, role, str_c(&line));
        while (end < n && text[end] == ' ')
            end++;
        text += end;
        n -= end;
        first = false;
    }
    str_clear(&line);
}

/* "Name         value", the value broken below itself. */
static void named(struct alerts_text *t, int left, int columns, const char *name, const char *value)
{
    struct alerts_text body = {.width = t->width - left - columns};
    struct str line = {0};
    alerts_wrap(&body, ROLE_TEXT, 0, value);
    for (size_t i = 0; i < body.line.n; i++) {
        size_t have = i ? 0 : utf8_columns(name, strlen(name));
        str_reset(&line);
        str_addf(&line, "%*s%s", left, "", i ? "" : name);
        for (; have < (size_t)columns; have++)
            str_addc(&line, ' ');
        str_add(&line, body.line.at[i].text);
        alerts_line(t, ROLE_TEXT, str_c(&line));
    }
    alerts_text_clear(&body);
    str_clear(&line);
}

void alerts_fact(struct alerts_text *t, const char *name, const char *value)
{
    if (value && *value)
        named(t, 1, FACT_COLS, name, value);
}

void alerts_text_clear(struct alerts_text *t)
{
    for (size_t i = 0; i < t->line.n; i++)
        free(t->line.at[i].text);
    VEC_FREE(t->line);
    free(t->key);
    t->key = NULL;
}

static void heading(struct alerts_text *t, const char *text)
{
    alerts_line(t, ROLE_TEXT, "");
    alerts_line(t, ROLE_HEAD, text);
}

/* ---- the pages ---- */

static void params(const struct alert_event *e, struct alerts_text *t)
{
    struct alert_bag_item item;
    struct str group = {0}, name = {0}, value = {0};
    size_t at = 0, n = 0;
    while (alert_bag_next(&e->params, &at, &item)) {
        if (!n || strcmp(str_c(&group), item.group)) {
            str_reset(&group);
            str_add(&group, item.group);
            str_reset(&name);
            str_addc(&name, ' ');
            alerts_put_clean(&name, *item.group ? item.group : "Parameters", 100);
            heading(t, str_c(&name));
        }
        n++;
        str_reset(&name);
        str_reset(&value);
        alerts_put_clean(&name, item.name, 100);
        if (utf8_columns(str_c(&name), name.n) >= NAME_COLS)
            str_addc(&name, ' ');
        alerts_put_clean(&value, item.value, VALUE_MAX);
        if (*item.unit) {
            str_addc(&value, ' ');
            alerts_put_clean(&value, item.unit, 40);
        }
        named(t, 3, NAME_COLS, str_c(&name), value.n ? str_c(&value) : "-");
    }
    str_clear(&group);
    str_clear(&name);
    str_clear(&value);
}

static void packet_line(void *arg, const struct alert_packet *p)
{
    struct alerts_text *t = arg;
    char when[UTC_TEXT];
    struct str s = {0};
    utf8_clean(&s, "", 0);
    str_addf(&s, " %.19s  ", utc_format(utc_of_wall(p->received_ms * 1000000), 0, when));
    alerts_put_clean(&s, p->source, 20);
    str_add(&s, "  ");
    alerts_put_clean(&s, p->kind ? p->kind : p->format, 40);
    str_addf(&s, "  %zu bytes", p->n_bytes);
    alerts_line(t, ROLE_STRONG, str_c(&s));
    str_reset(&s);
    if (p->reason)
        alerts_put_clean(&s, p->reason, 300);
    else if (p->same_as)
        str_addf(&s, "the same as packet %lld", (long long)p->same_as);
    else
        alerts_put_clean(&s, p->change, 300);
    alerts_wrap(t, ROLE_TEXT, 4, str_c(&s));
    str_reset(&s);
    alerts_put_clean(&s, p->ref ? p->ref : "", 200);
    if (p->origin) {
        str_add(&s, s.n ? "   " : "");
        alerts_put_clean(&s, p->origin, 200);
    }
    if (s.n)
        alerts_wrap(t, ROLE_FAINT, 4, str_c(&s));
    str_clear(&s);
}

static void history(const struct alerts_view *v, const struct alert_event *e, struct alerts_text *t)
{
    struct error err;
    if (alert_book_history(session_alerts(v->session), e->id, packet_line, t, &err) != OK)
        alerts_wrap(t, ROLE_TROUBLE, 1, err.text);
}

static void last_packet(void *arg, const struct alert_packet *p)
{
    if (!p->same_as)
        *(int64_t *)arg = p->id;
}

/* The bytes of the latest packet, line by line, harmless. */
static void raw(const struct alerts_view *v, const struct alert_event *e, struct alerts_text *t)
{
    struct alert_book *book = session_alerts(v->session);
    struct str bytes = {0}, clean = {0};
    struct error err;
    int64_t packet = 0;
    if (alert_book_history(book, e->id, last_packet, &packet, &err) != OK ||
        alert_book_raw(book, packet, &bytes, &err) != OK)
        alerts_wrap(t, ROLE_TROUBLE, 1, err.text);
    size_t shown = bytes.n < RAW_MAX ? bytes.n : RAW_MAX;
    for (size_t i = 0; i < shown;) {
        const char *line = bytes.s + i, *end = memchr(line, '\n', shown - i);
        size_t n = end ? (size_t)(end - line) : shown - i, lead = 0;
        while (lead < n && lead < 40 && line[lead] == ' ')
            lead++;
        str_reset(&clean);
        str_addn(&clean, line, lead);
        utf8_clean(&clean, line + lead, n - lead);
        alerts_wrap(t, ROLE_TEXT, 0, str_c(&clean));
        i += n + 1;
    }
    if (shown < bytes.n) {
        str_reset(&clean);
        str_addf(&clean, "... and %zu kB more", (bytes.n - shown + 1023) / 1024);
        alerts_line(t, ROLE_FAINT, str_c(&clean));
    }
    str_clear(&bytes);
    str_clear(&clean);
}

static void unreadable_line(void *arg, const struct alert_packet *p)
{
    struct alerts_text *t = arg;
    char when[UTC_TEXT];
    struct str s = {0};
    str_addf(&s, " %.19s  ", utc_format(utc_of_wall(p->received_ms * 1000000), 0, when));
    alerts_put_clean(&s, p->source, 20);
    str_add(&s, "  ");
    alerts_put_clean(&s, p->origin ? p->origin : "", 80);
    str_add(&s, ": ");
    alerts_put_clean(&s, p->reason ? p->reason : "", 300);
    alerts_wrap(t, ROLE_TEXT, 0, str_c(&s));
    str_clear(&s);
}

static void sources(const struct alerts_view *v, struct alerts_text *t)
{
    const struct alert_feed *f = session_alert_feed(v->session);
    struct str s = {0};
    struct error err;
    if (!f)
        alerts_line(t, ROLE_TEXT,
                    session_demo(v->session)
                        ? " The demo asks nobody; it shows sample packets."
                        : " No source runs here: this screen is printed once.");
    for (size_t i = 0; f && i < alert_feed_n(f); i++) {
        str_reset(&s);
        enum role role = alerts_source_line(v->session, alert_feed_at(f, i), &s);
        alerts_wrap(t, role, 1, str_c(&s));
    }
    heading(t, " Packets that could not be read (kept, with the reason)");
    size_t n = t->line.n;
    if (alert_book_unreadable(session_alerts(v->session), 50, unreadable_line, t, &err) != OK)
        alerts_wrap(t, ROLE_TROUBLE, 1, err.text);
    if (t->line.n == n)
        alerts_line(t, ROLE_FAINT, " none");
    str_clear(&s);
}

/* What the lines depend on. Ages go by minutes, what a source says by seconds. */
static char *key_of(const struct alerts_view *v, const struct alert_event *e, int what, int width)
{
    int64_t now_s = session_now_ns(v->session) / 1000000000;
    bool seconds = what == PAGE_SOURCES;
    return mem_printf("%d %d %lld %d %lld %d%d%d %lld %s", what, width, e ? (long long)e->id : 0,
                      e ? e->revisions : 0, e ? (long long)e->last_ms : 0, e && e->followed,
                      e && e->acknowledged, e && e->retracted,
                      (long long)(seconds ? now_s : now_s / 60), session_site_name(v->session));
}

static bool renew(struct alerts_text *t, char *key, int width)
{
    if (t->key && strcmp(t->key, key) == 0) {
        free(key);
        return false;
    }
    alerts_text_clear(t);
    t->key = key;
    t->width = width;
    return true;
}

void alerts_text_facts(const struct alerts_view *v, struct alerts_text *t, int width)
{
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(v, &row);
    if (e && renew(t, key_of(v, e, -1, width), width))
        alerts_facts(v, e, row, t);
}

void alerts_text_make(const struct alerts_view *v, struct alerts_text *t, enum alerts_page page,
                      int width)
{
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(v, &row);
    if (!renew(t, key_of(v, e, (int)page, width), width))
        return;
    if (page == PAGE_SOURCES) {
        sources(v, t);
    } else if (!e) {
        alerts_line(t, ROLE_FAINT, " This alert is not held any more.");
    } else if (page == PAGE_EVENT) {
        alerts_facts(v, e, row, t);
        params(e, t);
        heading(t, " History");
        history(v, e, t);
    } else if (page == PAGE_HISTORY) {
        history(v, e, t);
    } else if (page == PAGE_RAW) {
        raw(v, e, t);
    }
}

static size_t last_top(const struct alerts_text *t)
{
    size_t rows = t->rows > 0 ? (size_t)t->rows : 1;
    return t->line.n > rows ? t->line.n - rows : 0;
}

void alerts_text_draw(struct alerts_text *t, struct canvas *c)
{
    t->rows = c->rows;
    if (t->top > last_top(t))
        t->top = last_top(t);
    for (int y = 0; y < c->rows && t->top + (size_t)y < t->line.n; y++) {
        const struct alerts_line *l = &t->line.at[t->top + (size_t)y];
        canvas_put(c, y, 0, l->role, l->text);
    }
}

bool alerts_text_move(struct alerts_text *t, enum motion motion)
{
    size_t page = t->rows > 1 ? (size_t)t->rows - 1 : 1, half = page / 2 + 1, was = t->top,
           last = last_top(t), up = 0, down = 0;
    switch (motion) {
    case MOVE_UP: up = 1; break;
    case MOVE_DOWN: down = 1; break;
    case MOVE_PAGE_UP: up = page; break;
    case MOVE_PAGE_DOWN: down = page; break;
    case MOVE_HALF_UP: up = half; break;
    case MOVE_HALF_DOWN: down = half; break;
    case MOVE_TOP: up = was; break;
    case MOVE_BOTTOM: down = last; break;
    }
    t->top = up ? (was > up ? was - up : 0) : was + down < last ? was + down : last;
    return t->top != was;
}
