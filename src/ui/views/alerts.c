/* alerts.c - the Alerts tab: what just happened, whether it can be caught from here, until when.
 * Not: list (alerts_list.c), texts (alerts_text.c, alerts_facts.c), curve (alerts_curve.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts_own.h"
#include "vigie/base/conf.h"
#include "vigie/formats/sexa.h"
#include "vigie/session/vodesk.h"
#include "views.h"
#include "vigie/session/devicedesk.h"

static const double DEG = 57.295779513082321;

const struct alerts_row *alerts_selected(const struct alerts_view *v)
{
    size_t row;
    const struct alerts_state *st = session_alerts_state(v->session);
    return list_row(v->table, &row) && row < st->n ? &st->row[row] : NULL;
}

const struct alert_event *alerts_event(const struct alerts_view *v, const struct alerts_row **row)
{
    const struct alerts_state *st = session_alerts_state(v->session);
    *row = alerts_selected(v);
    if (v->page == PAGE_NONE || v->page == PAGE_SOURCES)
        return *row ? session_alert(v->session, (*row)->id) : NULL;
    for (size_t i = 0; i < st->n && !(*row && (*row)->id == v->opened); i++)
        if (st->row[i].id == v->opened)
            *row = &st->row[i];
    if (*row && (*row)->id != v->opened)
        *row = NULL;
    return session_alert(v->session, v->opened);
}

/* ---- pages ---- */

static bool go_page(struct alerts_view *v, enum alerts_page page)
{
    const struct alerts_row *row = alerts_selected(v);
    if (page != PAGE_SOURCES && page != PAGE_NONE) {
        if (v->page == PAGE_NONE || v->page == PAGE_SOURCES) {
            if (!row)
                return false;
            v->opened = row->id;
        }
    }
    v->page = page;
    v->text->top = 0;
    return true;
}

static bool alerts_open(void *view)
{
    struct alerts_view *v = view;
    struct error err;
    if (v->page != PAGE_NONE || !go_page(v, PAGE_EVENT))
        return false;
    const struct alert_event *e = session_alert(v->session, v->opened);
    if (e && e->fresh &&
        session_alert_mark(v->session, v->opened, ALERT_MARK_SEEN, true, &err) != OK)
        session_say(v->session, "%s", err.text);
    return true;
}

static bool alerts_back(void *view)
{
    struct alerts_view *v = view;
    bool was = v->page != PAGE_NONE;
    v->page = PAGE_NONE;
    return was;
}

static void alerts_pane(void *view, int step)
{
    static const enum alerts_page round[] = {PAGE_NONE, PAGE_EVENT, PAGE_HISTORY, PAGE_RAW,
                                             PAGE_CURVE};
    struct alerts_view *v = view;
    int n = sizeof round / sizeof *round, at = 0;
    while (at < n && round[at] != v->page)
        at++;
    go_page(v, round[(at + step + n) % n]);
}

static bool alerts_move(void *view, enum motion motion)
{
    return alerts_text_move(((struct alerts_view *)view)->text, motion);
}

/* ---- commands ---- */

static struct alerts_view *view_of(const struct command_call *c)
{
    return c->owner;
}

static const char *no_row(const struct command_call *c)
{
    const struct alerts_row *row;
    return alerts_event(view_of(c), &row) ? NULL : "no alert is selected";
}

/* The session's command of that name, for the alert under the cursor. */
static enum status run_for(struct command_call *c, const char *name, struct error *err)
{
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(view_of(c), &row);
    char line[60];
    snprintf(line, sizeof line, "%s #%lld", name, e ? (long long)e->id : 0);
    return commands_run(c->session, NULL, line, c->by, true, c->say, err);
}

static enum status run_ack(struct command_call *c, struct error *err)
{
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(view_of(c), &row);
    bool open = false;
    if (e)
        session_alert_alarm(c->session, e->id, &open);
    if (!open && alarms_open(c->session, NULL)) /* what rings is what is meant */
        return commands_run(c->session, NULL, "alarm-ack", c->by, true, c->say, err);
    return run_for(c, "alert-ack", err);
}

static enum status run_follow(struct command_call *c, struct error *err)
{
    return run_for(c, "alert-follow", err);
}

static enum status run_mute(struct command_call *c, struct error *err)
{
    return run_for(c, "alert-mute", err);
}

static enum status toggle(struct command_call *c, enum alerts_page page, struct error *err)
{
    struct alerts_view *v = view_of(c);
    if (!go_page(v, v->page == page ? PAGE_NONE : page))
        return err_set(err, E_ABSENT, "no alert is selected");
    return OK;
}

static enum status run_raw(struct command_call *c, struct error *err)
{
    return toggle(c, PAGE_RAW, err);
}

static enum status run_history(struct command_call *c, struct error *err)
{
    return toggle(c, PAGE_HISTORY, err);
}

static enum status run_curve(struct command_call *c, struct error *err)
{
    return toggle(c, PAGE_CURVE, err);
}

static enum status run_sources(struct command_call *c, struct error *err)
{
    return toggle(c, PAGE_SOURCES, err);
}

static enum status run_session(struct command_call *c, const char *line, struct error *err)
{
    return commands_run(c->session, NULL, line, c->by, true, c->say, err);
}

static enum status run_refresh(struct command_call *c, struct error *err)
{
    return run_session(c, "alert-refresh", err);
}

static enum status run_next_view(struct command_call *c, struct error *err)
{
    return run_session(c, "alert-view", err);
}

static enum status run_tests(struct command_call *c, struct error *err)
{
    return run_session(c, "alert-tests", err);
}

static enum status run_seen(struct command_call *c, struct error *err)
{
    return run_session(c, "alert-seen", err);
}

static enum status run_cone(struct command_call *c, struct error *err)
{
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(c->owner, &row);
    struct str name = {0};
    if (!e || !isfinite(e->ra_rad))
        return err_set(err, E_ABSENT, "this alert has no position");
    alerts_title(e, &name);
    session_vo_cone_at(c->session, str_c(&name), e->ra_rad * DEG, e->dec_rad * DEG,
                       e->error_rad * DEG);
    str_clear(&name);
    return OK;
}

static const char *nobody_asked(const struct command_call *c)
{
    if (session_demo(c->session))
        return "the demo asks nobody";
    return session_alert_feed(c->session) ? NULL : "no source runs here";
}

static const char *no_slew(const struct command_call *c)
{
    return no_row(c) ? no_row(c) : session_mount(c->session) ? NULL : "there is no mount";
}

static enum status run_slew(struct command_call *c, struct error *err)
{
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(view_of(c), &row);
    struct slew_target t;
    if (!e || !session_target_alert(c->session, e->id, &t))
        return err_set(err, E_ABSENT, "this alert has no position");
    return session_slew_call(c, &t, err);
}

static const struct command commands[] = {
    {.name = "acknowledge",
     .scope = "alerts",
     .keys = "a",
     .help = "Acknowledge the alarm of this alert, or else the newest one",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_row,
     .run = run_ack},
    {.name = "follow",
     .scope = "alerts",
     .keys = "f",
     .help = "Follow this alert, or no more: what happens to it rings",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_row,
     .run = run_follow},
    {.name = "curve",
     .scope = "alerts",
     .keys = "c",
     .help = "Show its altitude tonight, or the list again",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_row,
     .run = run_curve},
    {.name = "history",
     .scope = "alerts",
     .keys = "h",
     .help = "Show its packets and what each changed, or the list again",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_row,
     .run = run_history},
    {.name = "raw",
     .scope = "alerts",
     .keys = "v",
     .help = "Show its latest packet as it came, or the list again",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_row,
     .run = run_raw},
    {.name = "cone",
     .scope = "alerts",
     .keys = "C",
     .help = "What do catalogues know here: a cone search in the VO tab",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_row,
     .run = run_cone},
    {.name = "sources",
     .scope = "alerts",
     .keys = "S",
     .help = "Show the sources and what could not be read, or the list again",
     .run = run_sources},
    {.name = "mute",
     .scope = "alerts",
     .keys = "m",
     .help = "Mute its sender: neither listed nor rung for any more",
     .flags = CMD_NEEDS_ROW | CMD_ASKS,
     .disabled = no_row,
     .run = run_mute},
    {.name = "refresh",
     .scope = "alerts",
     .keys = "r <F5>",
     .help = "Ask the sources of alerts now",
     .disabled = nobody_asked,
     .run = run_refresh},
    {.name = "next-view",
     .scope = "alerts",
     .keys = "V",
     .help = "Use the next saved filter",
     .run = run_next_view},
    {.name = "seen", .scope = "alerts", .keys = "A", .help = "Mark all as seen", .run = run_seen},
    {.name = "tests",
     .scope = "alerts",
     .keys = "T",
     .help = "Show tests and utility packets too, or not",
     .run = run_tests},
    {.name = "slew-to-selected",
     .scope = "alerts",
     .keys = "ss",
     .args = "[despite-the-sun]",
     .help = "Slew the mount to this alert",
     .flags = CMD_NEEDS_ROW | CMD_MOVES_HARDWARE | CMD_ASKS_ITSELF,
     .disabled = no_slew,
     .run = run_slew},
    {0}};

/* ---- the view ---- */

/* The head of one column tells the limit of altitude: ">30to". */
static void head_limit(struct alerts_view *v)
{
    snprintf(v->limit_head, sizeof v->limit_head, ">%.0fto",
             conf_number(session_conf(v->session), "alerts.min-alt"));
}

static void *alerts_create(struct session *session)
{
    struct alerts_view *v = mem_zero(sizeof *v);
    v->session = session;
    v->model = mem_zero(sizeof *v->model);
    v->model->session = session;
    v->text = mem_zero(sizeof *v->text);
    v->facts = mem_zero(sizeof *v->facts);
    v->columns = mem_dup(alerts_columns, (size_t)alerts_n_columns * sizeof *alerts_columns);
    v->columns[alerts_limit_column].title = v->columns[alerts_limit_column].wide = v->limit_head;
    v->source = alerts_source;
    v->source.column = v->columns;
    v->source.n_column = alerts_n_columns;
    head_limit(v);
    v->table = list_new(&v->source, v->model);
    list_in_slices(v->table, session_jobs(session));
    return v;
}

static void alerts_destroy(void *view)
{
    struct alerts_view *v = view;
    list_free(v->table);
    alerts_text_clear(v->text);
    alerts_text_clear(v->facts);
    free(v->text);
    free(v->facts);
    free(v->columns);
    free(v->model);
    free(v);
}

static bool alerts_event_in(void *view, const struct event *ev)
{
    struct alerts_view *v = view;
    switch (ev->kind) {
    case EV_ALERTS: list_renew(v->table); return true;
    case EV_OPTION: head_limit(v); return true;
    case EV_SOURCES:
    case EV_SITE:
    case EV_NIGHT:
    case EV_ALARM: return true;
    case EV_TICK:
    case EV_ALMANAC:
    case EV_LOG:
    case EV_TRANSITS:
    case EV_ATTACH:
    case EV_CONSOLE:
    case EV_DEVICES:
    case EV_VO:
    case EV_MESSAGE:
    case EV_ALERT_NEW:
    case EV_ALERT_CHANGED:
    case EV_ALERT_RETRACTED: break;
    }
    return false;
}

static struct list *alerts_list(void *view)
{
    struct alerts_view *v = view;
    return v->page == PAGE_NONE ? v->table : NULL;
}

static int alerts_unseen(const void *view, char *mark)
{
    const struct alerts_state *st =
        session_alerts_state(((const struct alerts_view *)view)->session);
    *mark = st->n_ringing ? '!' : ' ';
    return (int)st->n_unseen;
}

static bool put_url(const struct alert_event *e, struct str *out)
{
    struct alert_bag_item item;
    size_t at = 0;
    while (alert_bag_next(&e->params, &at, &item))
        if (strncmp(item.value, "http://", 7) == 0 || strncmp(item.value, "https://", 8) == 0) {
            alerts_put_clean(out, item.value, 500);
            return true;
        }
    return false;
}

static bool alerts_copy(const void *view, enum copy_what what, struct str *out)
{
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(view, &row);
    char ra[SEXA_TEXT] = "-", dec[SEXA_TEXT] = "-";
    if (!e)
        return false;
    if (isfinite(e->ra_rad)) {
        sexa_format(e->ra_rad * DEG, SEXA_RA, 2, ':', ra);
        sexa_format(e->dec_rad * DEG, SEXA_DEC, 1, ':', dec);
    }
    switch (what) {
    case COPY_NAME: alerts_title(e, out); return true;
    case COPY_URL: return put_url(e, out);
    case COPY_POSITION: str_addf(out, "%s %s", ra, dec); return isfinite(e->ra_rad);
    case COPY_ROW: break;
    }
    alerts_title(e, out);
    str_addc(out, ' ');
    alerts_put_clean(out, alerts_class(e), 60);
    if (isfinite(e->mag))
        str_addf(out, " mag %.1f", e->mag);
    str_addf(out, " %s %s ICRS", ra, dec);
    return true;
}

/* ---- drawing ---- */

/* From the right: each source with the time of its last answer. Returns the first column. */
static int draw_sources(const struct alerts_view *v, struct canvas *c, int from)
{
    const struct alert_feed *f = session_alert_feed(v->session);
    struct str s = {0};
    int end = c->cols - 1;
    if (session_demo(v->session)) {
        int n = canvas_columns(c, "sample data of the demo");
        if (from + n + 2 <= end)
            canvas_put(c, 0, end - n, ROLE_WARN, "sample data of the demo");
        return end - n;
    }
    for (size_t i = f ? alert_feed_n(f) : 0; i-- > 0;) {
        const struct source_status *st = alert_feed_at(f, i);
        if (st->state == SOURCE_OFF)
            continue;
        str_reset(&s);
        enum role role = alerts_source_short(v->session, st, &s);
        int n = canvas_columns(c, str_c(&s));
        if (end - n < from + 2)
            break;
        canvas_put(c, 0, end - n, role, str_c(&s));
        end -= n + 2;
    }
    str_clear(&s);
    return end;
}

static void draw_summary(const struct alerts_view *v, struct canvas *c)
{
    const struct alerts_state *st = session_alerts_state(v->session);
    const char *found = list_filter_text(v->table);
    struct str s = {0};
    if (*st->name)
        str_addf(&s, "%s: ", st->name);
    alerts_put_clean(&s, *st->filter ? st->filter : "all alerts", 200);
    if (st->tests)
        str_add(&s, "  with tests");
    if (*found)
        str_addf(&s, "  / %s", found);
    struct str count = {0};
    str_addf(&count, "   %zu of %zu%s", list_shown(v->table), st->n_all - st->n_apart,
             (st->working && !st->n) || list_working(v->table) ? " ..." : "");
    if (st->n_muted && c->cols >= 100)
        str_addf(&count, "  (%zu muted)", st->n_muted);
    if (st->n_apart && c->cols >= 100)
        str_addf(&count, "  %zu tests apart", st->n_apart);
    int room = c->cols / 2 - canvas_columns(c, str_c(&count)), n = canvas_columns(c, str_c(&s));
    int col = canvas_fit(c, 0, 1, n < room ? n : room, -1, ROLE_TEXT, str_c(&s));
    col = canvas_put(c, 0, col, ROLE_STRONG, str_c(&count));
    draw_sources(v, c, col);
    str_clear(&s);
    str_clear(&count);
}

/* What is wrong, in one row below the summary: filter, site, or the first source in trouble. */
static bool draw_trouble(const struct alerts_view *v, struct canvas *c, int y)
{
    const struct alerts_state *st = session_alerts_state(v->session);
    const struct alert_feed *f = session_alert_feed(v->session);
    struct str s = {0};
    enum role role = ROLE_TROUBLE;
    if (st->bad.status != OK)
        str_addf(&s, "- %s", st->bad.text);
    for (size_t i = 0; !s.n && f && i < alert_feed_n(f); i++) {
        const struct source_status *a = alert_feed_at(f, i);
        if (a->state == SOURCE_TROUBLE ||
            alert_source_silent(a, session_now_ns(v->session) / 1000000)) {
            alerts_source_trouble(v->session, a, &s);
        }
    }
    if (!s.n && !st->judged) {
        str_addf(&s, "- %s", st->why.text);
        role = ROLE_WARN;
    }
    if (s.n)
        canvas_fit(c, y, 1, c->cols - 2, -1, role, str_c(&s));
    bool any = s.n > 0;
    str_clear(&s);
    return any;
}

static void draw_empty(const struct alerts_view *v, struct canvas *c)
{
    const struct alerts_state *st = session_alerts_state(v->session);
    struct str s = {0};
    if (st->working)
        str_add(&s, "...");
    else if (*list_filter_text(v->table) && st->n)
        str_addf(&s, "None of %zu fits \"%.60s\".  Esc shows all.", st->n,
                 list_filter_text(v->table));
    else if (st->n_hidden || st->n_muted)
        str_addf(&s,
                 "%zu alerts are hidden by the filter, %zu muted.  :alert-filter off   "
                 ":alert-why NAME",
                 st->n_hidden, st->n_muted);
    else if (st->n_apart)
        str_addf(&s, "Only tests and utility packets came: %zu.  T shows them.", st->n_apart);
    else
        str_add(&s, "No alerts yet.  S sources   :alert-import FILE   :set alerts.colibri.uid ID");
    canvas_put(c, 1, 3, ROLE_FAINT, str_c(&s));
    str_clear(&s);
}

static void rule(const struct alerts_view *v, const struct alert_event *e, const char *what,
                 struct canvas *c, int y)
{
    struct str s = {0};
    (void)v;
    if (e)
        alerts_title(e, &s);
    if (*what)
        str_addf(&s, "%s%s", s.n ? ": " : "", what);
    canvas_rule(c, y, str_c(&s));
    str_clear(&s);
}

static void draw_detail(const struct alerts_view *v, struct canvas *c)
{
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(v, &row);
    if (c->rows < 2)
        return;
    rule(v, e, "", c, 0);
    if (!e)
        return;
    if (c->cols < LIST_WIDE) {
        struct canvas text = canvas_part(c, 1, 0, c->rows - 1, c->cols);
        int used = alerts_brief(v, e, row, &text);
        struct canvas plot = canvas_part(c, 1 + used, 0, c->rows - 1 - used, c->cols);
        alerts_curve_draw(v, e, &plot);
        return;
    }
    int left = c->cols * 3 / 5;
    struct canvas text = canvas_part(c, 1, 0, c->rows - 1, left - 1),
                  plot = canvas_part(c, 1, left + 1, c->rows - 1, c->cols - left - 1);
    canvas_glyph(c, 0, left, 1, ROLE_RULE, GLYPH_TEE_DOWN);
    canvas_put(c, 0, left + 3, ROLE_HEAD, " altitude tonight ");
    for (int y = 1; y < c->rows; y++)
        canvas_glyph(c, y, left, 1, ROLE_RULE, GLYPH_VLINE);
    alerts_text_facts(v, v->facts, text.cols - 1);
    v->facts->top = 0;
    alerts_text_draw(v->facts, &text);
    alerts_curve_draw(v, e, &plot);
}

static void draw_page(const struct alerts_view *v, struct canvas *c)
{
    static const char *const what[] = {"",
                                       "",
                                       "history",
                                       "latest packet as it came",
                                       "altitude tonight (UTC)",
                                       "sources of alerts"};
    const struct alerts_row *row;
    const struct alert_event *e = alerts_event(v, &row);
    char place[40] = "";
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    rule(v, v->page == PAGE_SOURCES ? NULL : e, what[v->page], c, 0);
    if (v->page == PAGE_CURVE) {
        if (e)
            alerts_curve_draw(v, e, &body);
        return;
    }
    alerts_text_make(v, v->text, v->page, c->cols - 1);
    alerts_text_draw(v->text, &body);
    if (v->text->line.n > (size_t)body.rows)
        snprintf(place, sizeof place, " %zu-%zu of %zu ", v->text->top + 1,
                 v->text->top + (size_t)body.rows, v->text->line.n);
    canvas_put(c, 0, c->cols - (int)strlen(place) - 2, ROLE_FAINT, place);
}

static void alerts_draw(const void *view, const struct session *session, struct canvas *c)
{
    const struct alerts_view *v = view;
    (void)session;
    v->model->ascii = c->set == GLYPHS_ASCII;
    draw_summary(v, c);
    int top = 1 + draw_trouble(v, c, 1), rows = c->rows - top;
    if (v->page != PAGE_NONE) {
        struct canvas page = canvas_part(c, top, 0, rows, c->cols);
        draw_page(v, &page);
        return;
    }
    bool wide = c->cols >= LIST_WIDE;
    int detail = rows < 14 ? 0 : rows < 22 ? 11 : wide ? rows * 3 / 5 : rows / 2;
    int shown = rows - detail - (detail ? 1 : 0);
    struct canvas list = canvas_part(c, top, 0, shown, c->cols);
    list_draw(v->table, &list);
    if (!list_shown(v->table))
        draw_empty(v, &list);
    struct canvas below = canvas_part(c, top + shown + 1, 0, detail, c->cols);
    draw_detail(v, &below);
}

const struct view_ops view_alerts = {
    .name = "alerts",
    .title = "Alerts",
    .help =
        "What happened in the sky, best chance from here first: a score of brightness, time left "
        "in the dark, Moon and age. The column behind Alt tells until when an alert stands "
        "above the limit in the dark (-03:33), or from when on (22:14-). Marks: ! alarm, + not "
        "seen, x retracted, f followed. :alert-filter takes an expression, / narrows the list "
        "by what is in its columns. Tests and utility packets are kept apart and never ring.",
    .tab = 1,
    .commands = commands,
    .create = alerts_create,
    .destroy = alerts_destroy,
    .event = alerts_event_in,
    .draw = alerts_draw,
    .unseen = alerts_unseen,
    .list = alerts_list,
    .move = alerts_move,
    .pane = alerts_pane,
    .open = alerts_open,
    .back = alerts_back,
    .copy = alerts_copy,
};
