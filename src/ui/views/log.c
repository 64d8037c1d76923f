/* log.c - the Log tab: what happened, newest first; the entry under the cursor; the alarms that stand.
 * Not: the log itself (session/nightlog.h), alarms (session/alarm.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../widgets/text.h"
#include "views.h"
#include "vigie/session/alarm.h"
#include "vigie/session/nightlog.h"

/* struct log_rows - what the list shows: lines of the log from the least level on, of one room. */
struct log_rows {
    const struct nightlog *log;
    enum log_level least;
    char room[32]; /* "": all */
    VEC(size_t) line;
    bool wide; /* there is a column for the subject */
};

struct log_view {
    struct session *session;
    struct log_rows *rows;
    struct list *table;
};

/* ---- the list ---- */

static size_t row_count(const void *model)
{
    return ((const struct log_rows *)model)->line.n;
}

static const struct log_line *line_at(const void *model, size_t row)
{
    const struct log_rows *r = model;
    return nightlog_at(r->log, r->line.at[row]);
}

static uint64_t row_id(const void *model, size_t row)
{
    return line_at(model, row)->id;
}

static char row_mark(const void *model, size_t row)
{
    return log_level_mark(line_at(model, row)->level);
}

static void utc_cell(const void *model, size_t row, int width, struct str *out)
{
    int64_t ns = line_at(model, row)->wall_ns;
    time_t s = (time_t)(ns / 1000000000);
    struct tm tm;
    char text[32];
    gmtime_r(&s, &tm);
    strftime(text, sizeof text, width >= 23 ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &tm);
    str_add(out, text);
    if (width >= 23)
        str_addf(out, ".%03d", (int)(ns / 1000000 % 1000));
}

static void room_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, line_at(model, row)->room);
}

static void subject_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, line_at(model, row)->subject);
}

static void message_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    const struct log_line *l = line_at(model, row);
    if (*l->subject && !((const struct log_rows *)model)->wide)
        str_addf(out, "%s: ", l->subject);
    str_add(out, l->message);
}

static double utc_number(const void *model, size_t row)
{
    return (double)line_at(model, row)->wall_ns;
}

static double level_number(const void *model, size_t row)
{
    return (double)line_at(model, row)->level;
}

static void level_cell(const void *model, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, log_level_name(line_at(model, row)->level));
}

static const struct list_column columns[] = {
    {"utc", "UTC", "UTC", 8, 23, -1, 0, utc_cell, utc_number, NULL},
    {"level", "Level", NULL, 7, 7, -1, LIST_WIDE, level_cell, level_number, NULL},
    {"room", "Room", NULL, 9, 9, -1, 0, room_cell, NULL, NULL},
    {"subject", "Subject", NULL, 14, 14, -1, LIST_WIDE, subject_cell, NULL, NULL},
    {"message", "Message", NULL, 20, 1000, -1, 0, message_cell, NULL, NULL},
};

static const struct list_source source = {
    columns, sizeof columns / sizeof *columns, row_count, row_id, row_mark, NULL};

static void gather(struct log_view *v)
{
    struct log_rows *r = v->rows;
    r->log = session_log(v->session);
    r->line.n = 0;
    for (size_t i = nightlog_n(r->log); i-- > 0;) {
        const struct log_line *l = nightlog_at(r->log, i);
        if (l->level >= r->least && (!*r->room || !strcmp(r->room, l->room)))
            VEC_PUSH(r->line, i);
    }
    size_t row;
    bool following = !list_row(v->table, &row) || row == 0;
    list_renew(v->table);
    if (following) /* the newest stays under the cursor until it is moved away */
        list_move(v->table, MOVE_TOP);
}

/* ---- commands ---- */

static struct log_view *view_of(const struct command_call *c)
{
    return c->owner;
}

static enum status run_level(struct command_call *c, struct error *err)
{
    (void)err;
    struct log_view *v = view_of(c);
    v->rows->least = v->rows->least == LOG_ALARM ? LOG_TRACE : v->rows->least + 1;
    gather(v);
    str_addf(c->say, "%s and above", log_level_name(v->rows->least));
    return OK;
}

/* The rooms that occur, in the order of the alphabet, then all again. */
static enum status run_room(struct command_call *c, struct error *err)
{
    (void)err;
    struct log_view *v = view_of(c);
    const struct nightlog *log = session_log(c->session);
    const char *next = NULL;
    for (size_t i = 0; i < nightlog_n(log); i++) {
        const char *room = nightlog_at(log, i)->room;
        if (strcmp(room, v->rows->room) > 0 && (!next || strcmp(room, next) < 0))
            next = room;
    }
    snprintf(v->rows->room, sizeof v->rows->room, "%s", next ? next : "");
    gather(v);
    str_addf(c->say, "%s", next ? v->rows->room : "all rooms");
    return OK;
}

static const struct command commands[] = {
    {.name = "log-level",
     .scope = "log",
     .keys = "f",
     .help = "Show only entries of the next higher level and above",
     .run = run_level},
    {.name = "log-room",
     .scope = "log",
     .keys = "o",
     .help = "Show the entries of the next room, then of all",
     .run = run_room},
    {0}};

/* ---- the view ---- */

static void *log_create(struct session *session)
{
    struct log_view *v = mem_zero(sizeof *v);
    v->session = session;
    v->rows = mem_zero(sizeof *v->rows);
    v->rows->log = session_log(session);
    v->rows->least = LOG_INFO;
    v->table = list_new(&source, v->rows);
    gather(v);
    return v;
}

static void log_destroy(void *view)
{
    struct log_view *v = view;
    list_free(v->table);
    VEC_FREE(v->rows->line);
    free(v->rows);
    free(v);
}

static bool log_event(void *view, const struct event *ev)
{
    if (ev->kind == EV_LOG)
        gather(view);
    return ev->kind == EV_LOG || ev->kind == EV_ALARM;
}

static struct list *log_list(void *view)
{
    return ((struct log_view *)view)->table;
}

static bool log_copy(const void *view, enum copy_what what, struct str *out)
{
    const struct log_view *v = view;
    size_t row;
    if (!list_row(v->table, &row) || (what != COPY_ROW && what != COPY_NAME))
        return false;
    const struct log_line *l = line_at(v->rows, row);
    if (what == COPY_NAME) {
        str_add(out, l->subject);
        return true;
    }
    utc_cell(v->rows, row, 23, out);
    str_addf(out, " UTC %s %s %s %s", l->room, log_level_name(l->level), l->subject, l->message);
    return true;
}

/* ---- drawing ---- */

static void draw_summary(const struct log_view *v, struct canvas *c)
{
    const struct log_rows *r = v->rows;
    const char *filter = list_filter_text(v->table);
    char evening[11];
    const struct site *site = session_site(v->session, NULL);
    night_evening(session_now_ns(v->session), site ? site->lon_rad : 0, evening);
    canvas_putf(c, 0, 1, ROLE_TEXT, "%s   %s and above%s%s   night %s   %zu of %llu lines%s",
                *r->room ? r->room : "all rooms", log_level_name(r->least), *filter ? "   / " : "",
                filter, evening, list_shown(v->table), (unsigned long long)nightlog_total(r->log),
                nightlog_failing(r->log) ? "   - file cannot be written" : "");
}

static int draw_entry(const struct log_view *v, struct canvas *c, int y, int rows)
{
    size_t row;
    struct str s = {0};
    canvas_rule(c, y, "entry");
    if (!list_row(v->table, &row) || rows < 2)
        return y + 1;
    const struct log_line *l = line_at(v->rows, row);
    utc_cell(v->rows, row, 23, &s);
    canvas_putf(c, y + 1, 1, ROLE_STRONG, "%s UTC   %s   %s%s%s", str_c(&s),
                log_level_name(l->level), l->room, *l->subject ? "/" : "", l->subject);
    struct canvas text = canvas_part(c, y + 2, 1, rows - 2, c->cols - 2);
    int used = text_paragraph(&text, 0, ROLE_TEXT, l->message);
    str_clear(&s);
    return y + 2 + used;
}

static void draw_alarms(const struct log_view *v, struct canvas *c, int y, int rows)
{
    canvas_rule(c, y, "alarms");
    for (size_t i = alarms_n(v->session); i-- > 0 && --rows > 0;) {
        const struct alarm *a = alarms_at(v->session, i);
        if (a->ended) {
            rows++;
            continue;
        }
        time_t s = (time_t)(a->raised_ns / 1000000000);
        struct tm tm;
        char when[16], mark = a->level == ALARM_ALARM ? '!' : a->level == ALARM_WARNING ? 'W' : '+';
        gmtime_r(&s, &tm);
        strftime(when, sizeof when, "%H:%M:%S", &tm);
        enum role role = a->acknowledged ? ROLE_TEXT : mark == '!' ? ROLE_ALARM : ROLE_WARN;
        int col = canvas_putf(c, ++y, 1, role, "%c %llu", mark, (unsigned long long)a->id);
        canvas_putf(c, y, col, ROLE_TEXT, "  %s  %s%s%s   %s", when, a->subject,
                    *a->subject ? ": " : "", a->text,
                    a->acknowledged ? "acknowledged" : "NOT acknowledged");
    }
}

static int standing(const struct log_view *v)
{
    int n = 0;
    for (size_t i = 0; i < alarms_n(v->session); i++)
        n += !alarms_at(v->session, i)->ended;
    return n;
}

static void log_draw(const void *view, const struct session *session, struct canvas *c)
{
    (void)session;
    const struct log_view *v = view;
    int alarms = standing(v), alarm_rows = alarms ? (alarms < 4 ? alarms : 4) + 1 : 0;
    int entry = c->rows >= 16 ? 5 : 0;
    if (c->rows < 12)
        alarm_rows = 0;
    int list_rows = c->rows - 1 - entry - alarm_rows - (entry || alarm_rows ? 1 : 0);
    v->rows->wide = c->cols >= LIST_WIDE;
    draw_summary(v, c);
    struct canvas list = canvas_part(c, 1, 0, list_rows, c->cols);
    list_draw(v->table, &list);
    if (!list_shown(v->table))
        canvas_put(c, 2, 3, ROLE_FAINT, "Nothing of that kind was logged.");
    int y = 1 + list_rows + 1;
    if (entry)
        draw_entry(v, c, y, entry);
    if (alarm_rows)
        draw_alarms(v, c, y + entry, alarm_rows);
}

const struct view_ops view_log = {
    .name = "log",
    .title = "Log",
    .help = "What happened, newest first. Alarms stay until they are acknowledged. Everything said "
            "here is "
            "also in the night's file.",
    .tab = 7,
    .commands = commands,
    .create = log_create,
    .destroy = log_destroy,
    .event = log_event,
    .draw = log_draw,
    .list = log_list,
    .copy = log_copy,
};
