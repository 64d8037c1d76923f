/* transits.c - the Transits tab: tonight's transits for this site and telescope, what to do for the one
 * under the cursor. Not: its parts (transits_own.h), the numbers (transits room).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "transits_own.h"
#include "views.h"
#include "vigie/base/conf.h"
#include "vigie/formats/sexa.h"
#include "vigie/session/devicedesk.h"
#include "vigie/session/vodesk.h"

static const double DEG = 57.295779513082323;

/* The first transit whose window is not over, when another night is looked at. */
static void seek_next(struct transits_view *v)
{
    const struct tonight_state *t = session_tonight(v->session);
    if (!t->list || !strcmp(v->evening, t->evening))
        return;
    snprintf(v->evening, sizeof v->evening, "%s", t->evening);
    list_move(v->table, MOVE_TOP);
    double now = transits_now(v->rows);
    for (size_t i = 0; i < list_shown(v->table); i++) {
        size_t row = list_at(v->table, i);
        if (t->list->at[row].window_to > now) {
            list_seek(v->table, transits_source.id(v->rows, row));
            return;
        }
    }
}

/* The list that the session has now: rows of an older one must not be read. */
static void follow(struct transits_view *v)
{
    const struct transit_list *now = session_tonight(v->session)->list;
    if (v->rows->list == now)
        return;
    v->rows->list = now;
    list_renew(v->table);
    seek_next(v);
}

const struct transit_event *transits_selected(const struct transits_view *v)
{
    size_t row;
    return list_row(v->table, &row) ? transits_event_at(v->rows, row) : NULL;
}

static struct transits_view *view_of(const struct command_call *c)
{
    follow(c->owner);
    return c->owner;
}

/* ---- commands ---- */

static enum status run_times(struct command_call *c, struct error *err)
{
    (void)err;
    static const char *const words[] = {"UTC", "local time", "BJD_TDB"};
    struct transits_view *v = view_of(c);
    v->rows->times = (v->rows->times + 1) % N_TIMES;
    str_addf(c->say, "times are %s", words[v->rows->times]);
    return OK;
}

/* An option by its command: `transits-aperture 300`, `off` for none. */
static enum status set(struct command_call *c, const char *option, struct error *err)
{
    const struct conf *conf = session_conf(c->session);
    const struct conf_option *row = conf_row(conf, option);
    if (!c->rest[0])
        return err_set(err, E_PARSE, "%s NUMBER%s%s: %s", c->argv[0], row->unit ? " " : "",
                       row->unit ? row->unit : "", row->help);
    enum status s = session_set(c->session, option, !strcmp(c->rest, "off") ? "" : c->rest, err);
    const char *now = conf_text(conf, option);
    if (s == OK)
        str_addf(c->say, "%s = %s%s%s", option, *now ? now : "off", *now && row->unit ? " " : "",
                 *now && row->unit ? row->unit : "");
    return s;
}

#define SETTER(name, option)                                                                       \
    static enum status name(struct command_call *c, struct error *err)                             \
    {                                                                                              \
        return set(c, option, err);                                                                \
    }
SETTER(run_aperture, "aperture")
SETTER(run_depth, "transits.min-depth")
SETTER(run_min_alt, "transits.min-alt")
SETTER(run_max_sun, "transits.max-sun-alt")
SETTER(run_baseline, "transits.baseline")

/* All transits, or what the filter leaves, by the session's own command. */
static enum status run_all(struct command_call *c, struct error *err)
{
    bool all = strstr(session_tonight(c->session)->filter, "all") != NULL;
    struct str say = {0};
    enum status s =
        commands_run(c->session, "transits", all ? "transits-filter off" : "transits-filter all",
                     c->by, false, &say, err);
    str_addf(c->say, "%s",
             all ? "transits that can be observed"
                 : "all transits, also those that cannot be observed");
    str_clear(&say);
    return s;
}

static const char *no_slew(const struct command_call *c)
{
    if (!transits_selected(c->owner))
        return "no transit is selected";
    return session_mount(c->session) ? NULL : "there is no mount";
}

static enum status run_slew(struct command_call *c, struct error *err)
{
    struct slew_target t;
    if (!session_target_transit(c->session, transits_selected(view_of(c)), &t))
        return err_set(err, E_ABSENT, "no transit with a position is selected");
    return session_slew_call(c, &t, err);
}

static const char *no_event(const struct command_call *c)
{
    return transits_selected(view_of(c)) ? NULL : "there is no transit under the cursor";
}

static enum status run_cone(struct command_call *c, struct error *err)
{
    const struct planet *p = transits_selected(view_of(c))->planet;
    (void)err;
    session_vo_cone_at(c->session, p->star, p->ra_rad * DEG, p->dec_rad * DEG, 0);
    return OK;
}

static const struct command commands[] = {
    {.name = "transits-aperture",
     .scope = "transits",
     .keys = "D",
     .args = "MM|off",
     .help = "Aperture of the telescope: hides what asks for more",
     .run = run_aperture},
    {.name = "transits-times",
     .scope = "transits",
     .keys = "L",
     .help = "Times in UTC, local time, BJD_TDB",
     .run = run_times},
    {.name = "transits-all",
     .scope = "transits",
     .keys = "x",
     .help = "Also transits that cannot be observed, or not",
     .run = run_all},
    {.name = "transits-depth",
     .scope = "transits",
     .keys = "m",
     .args = "MMAG|off",
     .help = "Smallest depth",
     .run = run_depth},
    {.name = "transits-min-alt",
     .scope = "transits",
     .keys = "A",
     .args = "DEG",
     .help = "Lowest altitude of the star",
     .run = run_min_alt},
    {.name = "transits-sun",
     .scope = "transits",
     .keys = "S",
     .args = "DEG",
     .help = "Highest altitude of the Sun",
     .run = run_max_sun},
    {.name = "transits-baseline",
     .scope = "transits",
     .keys = "B",
     .args = "MIN|off",
     .help = "Baseline each side; off: the larger of 60 min and half the duration",
     .run = run_baseline},
    {.name = "slew-to-selected",
     .scope = "transits",
     .keys = "ss",
     .args = "[despite-the-sun]",
     .help = "Slew the mount to this transit: what the slew meets, and how long it can stay",
     .flags = CMD_NEEDS_ROW | CMD_MOVES_HARDWARE | CMD_ASKS_ITSELF,
     .disabled = no_slew,
     .run = run_slew},
    {.name = "transits-cone",
     .scope = "transits",
     .keys = "C",
     .help = "What do catalogues know there: a cone search in the VO tab",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_event,
     .run = run_cone},
    {0}};

/* ---- the view ---- */

static void *transits_create(struct session *session)
{
    struct transits_view *v = mem_zero(sizeof *v);
    v->session = session;
    v->rows = mem_zero(sizeof *v->rows);
    v->rows->session = session;
    v->table = list_new(&transits_source, v->rows);
    follow(v);
    return v;
}

static void transits_destroy(void *view)
{
    struct transits_view *v = view;
    list_free(v->table);
    free(v->rows);
    free(v);
}

static bool transits_event(void *view, const struct event *ev)
{
    struct transits_view *v = view;
    if (ev->kind != EV_TRANSITS)
        return ev->kind == EV_TICK || ev->kind == EV_OPTION || ev->kind == EV_SITE;
    v->rows->list = session_tonight(v->session)->list;
    list_renew(v->table);
    seek_next(v);
    return true;
}

static struct list *transits_list(void *view)
{
    follow(view);
    return ((struct transits_view *)view)->table;
}

static void transits_pane(void *view, int step)
{
    struct transits_view *v = view;
    v->pane = (enum lower_pane)(((int)v->pane + N_PANES + step) % N_PANES);
}

static bool transits_open(void *view)
{
    struct transits_view *v = view;
    v->pane = v->pane == PANE_NUMBERS ? PANE_CURVE : PANE_NUMBERS;
    return true;
}

static bool transits_back(void *view)
{
    struct transits_view *v = view;
    bool there = v->pane != PANE_CURVE;
    v->pane = PANE_CURVE;
    return there;
}

static bool transits_copy(const void *view, enum copy_what what, struct str *out)
{
    const struct transits_view *v = view;
    const struct transit_event *e = transits_selected(v);
    char ra[32], dec[32], utc[UTC_TEXT];
    if (!e)
        return false;
    const struct planet *p = e->planet;
    sexa_format(p->ra_rad * DEG, SEXA_RA, 2, ':', ra);
    sexa_format(p->dec_rad * DEG, SEXA_DEC, 1, ':', dec);
    switch (what) {
    case COPY_NAME: str_add(out, p->name); return true;
    case COPY_POSITION: str_addf(out, "%s %s", ra, dec); return true;
    case COPY_ROW:
        str_addf(out, "%s  %s %s", p->name, ra, dec);
        for (int i = 0; i < TRANSIT_CONTACTS; i++)
            str_addf(out, "  %s", utc_format(e->contact[i].utc, 0, utc));
        return true;
    case COPY_URL: break;
    }
    return false;
}

/* ---- drawing ---- */

static void source_text(const struct transits_view *v, struct str *out)
{
    const struct tonight_state *t = session_tonight(v->session);
    str_add(out, t->source ? t->source : "");
    if (t->fetched_ns) {
        char utc[UTC_TEXT];
        utc_format(utc_of_wall(t->fetched_ns), 0, utc);
        double age_h = (double)(session_now_ns(v->session) - t->fetched_ns) / 3600e9;
        if (age_h < 24)
            str_addf(out, " %.5s UTC", strlen(utc) > 16 ? utc + 11 : utc);
        else
            str_addf(out, " %.0f d old", age_h / 24);
    }
    str_add(out, t->asking ? " ..." : t->note.status != OK ? " -" : " ok");
}

static void limits_text(const struct transits_view *v, struct str *out)
{
    const struct conf *c = session_conf(v->session);
    const struct tonight_state *t = session_tonight(v->session);
    const char *depth = conf_text(c, "transits.min-depth"), *mm = conf_text(c, "aperture");
    if (*depth)
        str_addf(out, "depth>%s mmag  ", depth);
    if (*mm)
        str_addf(out, "D=%s mm  ", mm);
    str_addf(out, "alt>%s sun<%s", conf_text(c, "transits.min-alt"),
             conf_text(c, "transits.max-sun-alt"));
    if (*t->filter)
        str_addf(out, "  [%s]", t->filter);
    if (*list_filter_text(v->table))
        str_addf(out, "  / %s", list_filter_text(v->table));
}

static void draw_summary(const struct transits_view *v, struct canvas *c)
{
    const struct tonight_state *t = session_tonight(v->session);
    struct str source = {0}, limits = {0};
    source_text(v, &source);
    limits_text(v, &limits);
    char days[24] = "", count[40] = "...";
    if (t->days > 1)
        snprintf(days, sizeof days, " +%d nights", t->days - 1);
    if (v->rows->list)
        snprintf(count, sizeof count, "%zu of %zu%s", list_shown(v->table), v->rows->list->n_all,
                 t->working ? " ..." : "");
    if (c->cols < 60)
        str_reset(&source);
    int tail = canvas_columns(c, count) + 2 + canvas_columns(c, str_c(&source)) + 1;
    int col = canvas_putf(c, 0, 1, ROLE_TEXT, "Night %s%s", t->evening, days);
    int room = c->cols - tail - col - 4;
    if (room > 6)
        canvas_fit(c, 0, col + 2, room, -1, ROLE_TEXT, str_c(&limits));
    col = canvas_put(c, 0, c->cols - tail, ROLE_TEXT, count);
    canvas_put(c, 0, col + 2, t->note.status != OK ? ROLE_TROUBLE : ROLE_TEXT, str_c(&source));
    str_clear(&source);
    str_clear(&limits);
}

/* What stands in the place of an empty list: why, and what to do. */
static void draw_empty(const struct transits_view *v, struct canvas *c, int row)
{
    const struct tonight_state *t = session_tonight(v->session);
    struct canvas text = canvas_part(c, row, 2, c->rows - row, c->cols - 4);
    char hidden[TRANSIT_SUMMARY];
    int y = 0;
    if (v->rows->list && v->rows->list->n) {
        text_paragraph(&text, 0, ROLE_TEXT, "Nothing fits the filter; Esc takes it away.");
    } else if (v->rows->list) {
        y = text_paragraph(&text, 0, ROLE_TEXT, transit_list_summary(v->rows->list, hidden));
        text_paragraph(&text, y + 1, ROLE_FAINT,
                       "x shows all; D m A S B change the limits; [ and ] go to other nights.");
    } else {
        text_paragraph(&text, 0, ROLE_TEXT,
                       t->why.status != OK ? t->why.text
                                           : "Computing the transits of the night ...");
    }
}

static void event_rule(const struct transits_view *v, const struct transit_event *e,
                       struct canvas *c, int row, bool panes)
{
    static const char *const next[] = {"night line", "numbers", "curve"};
    char title[160];
    if (panes)
        snprintf(title, sizeof title, "%.40s   Tab: %s   Enter: %s   L: %s   C: catalogues",
                 e->planet->name, next[v->pane], v->pane == PANE_NUMBERS ? "curve" : "numbers",
                 transits_zone(v->rows));
    else
        snprintf(title, sizeof title, "%.40s", e->planet->name);
    canvas_rule(c, row, title);
}

/* 80 columns: three lines of the event, below them one of the panes. */
static void draw_narrow(const struct transits_view *v, const struct transit_event *e,
                        struct canvas *c)
{
    event_rule(v, e, c, 0, true);
    struct canvas part = canvas_part(c, 1, 0, v->pane == PANE_NUMBERS ? 0 : 3, c->cols);
    int used = transits_detail_draw(v, e, &part);
    struct canvas lower = canvas_part(c, 1 + used, 0, c->rows - 1 - used, c->cols);
    switch (v->pane) {
    case PANE_CURVE: transits_curve_draw(v, e, &lower); break;
    case PANE_NIGHT: transits_night_draw(v, &lower); break;
    case PANE_NUMBERS: transits_numbers_draw(v, e, &lower); break;
    case N_PANES: break;
    }
}

/* 110 columns and more: lines of the night, then text on the left and the curve on the right. */
static void draw_wide(const struct transits_view *v, const struct transit_event *e,
                      struct canvas *c)
{
    int lines = (int)list_shown(v->table), left = c->cols * 3 / 5;
    lines = lines > 6 ? 6 : lines;
    int night = c->rows >= 24 ? lines + 3 : 0;
    if (night) {
        canvas_rule(c, 0, "night line");
        struct canvas part = canvas_part(c, 1, 0, night - 1, c->cols);
        transits_night_draw(v, &part);
        night++;
    }
    struct canvas rest = canvas_part(c, night, 0, c->rows - night, c->cols);
    struct canvas text = canvas_part(&rest, 1, 0, rest.rows - 1, left - 1);
    struct canvas curve = canvas_part(&rest, 1, left + 1, rest.rows - 1, rest.cols - left - 1);
    event_rule(v, e, &rest, 0, false);
    canvas_glyph(&rest, 0, left, 1, ROLE_RULE, GLYPH_TEE_DOWN);
    for (int r = 1; r < rest.rows; r++)
        canvas_glyph(&rest, r, left, 1, ROLE_RULE, GLYPH_VLINE);
    canvas_put(&rest, 0, left + 3, ROLE_HEAD,
               c->set == GLYPHS_ASCII ? " altitude " : " altitude: o star  m Moon ");
    int used = transits_detail_draw(v, e, &text) + 1;
    if (used + 4 < text.rows) {
        canvas_put(&text, used, 1, ROLE_HEAD, "Where the numbers come from");
        struct canvas numbers =
            canvas_part(&text, used + 1, 2, text.rows - used - 1, text.cols - 2);
        transits_numbers_draw(v, e, &numbers);
    }
    curve = canvas_part(&curve, 0, 0, curve.rows > 20 ? 20 : curve.rows, curve.cols);
    transits_curve_draw(v, e, &curve);
}

static void transits_draw(const void *view, const struct session *session, struct canvas *c)
{
    const struct transits_view *v = view;
    (void)session;
    if (v->rows->list != session_tonight(v->session)->list) {
        draw_summary(v, c); /* a new list is there and its event is on the way: one frame later */
        return;
    }
    v->rows->ascii = c->set == GLYPHS_ASCII;
    const struct transit_event *e = transits_selected(v);
    bool wide = c->cols >= LIST_WIDE;
    int want = (int)list_shown(v->table) + 1,
        lower = c->rows < 12 ? 0 : c->rows * 3 / 5 + (wide ? 2 : 1);
    int rows = c->rows - 1 - lower;
    if (wide && want < rows)
        rows = want < 4 ? 4 : want;
    draw_summary(v, c);
    struct canvas list = canvas_part(c, 1, 0, e ? rows - 1 : rows, c->cols);
    list_draw(v->table, &list);
    if (!e) {
        draw_empty(v, c, 3);
        return;
    }
    struct canvas rest = canvas_part(c, 1 + rows, 0, c->rows - 1 - rows, c->cols);
    if (rest.rows >= 4 && wide)
        draw_wide(v, e, &rest);
    else if (rest.rows >= 4)
        draw_narrow(v, e, &rest);
}

const struct view_ops view_transits = {
    .name = "transits",
    .title = "Transits",
    .help = "The transits of the night at this site. Full lines can be observed, faint ones "
            "cannot. Tab or "
            "Enter changes what is below the list; # on a line of time is what can be observed of "
            "the transit.",
    .tab = 2,
    .commands = commands,
    .create = transits_create,
    .destroy = transits_destroy,
    .event = transits_event,
    .draw = transits_draw,
    .list = transits_list,
    .pane = transits_pane,
    .open = transits_open,
    .back = transits_back,
    .copy = transits_copy,
};
