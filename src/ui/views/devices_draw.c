/* devices_draw.c - the Devices tab as it is drawn: summary, list, below it one device, at its right the last hours.
 * Not: the lines about a device (devices_text.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../widgets/plot.h"
#include "../widgets/text.h"
#include "devices_own.h"
#include "vigie/base/clock.h"
#include "vigie/sky/scale.h"

enum { WIDE_SUMMARY = 100, GRAPH_LABEL = 5, GRAPH_ROWS = 6, GRAPH_MOST = 9, GRAPH_LEFT = 72 };
static const double SPAN_S = 3 * 3600;

/* ---- the summary ---- */

static void draw_summary(const struct devices_view *v, struct canvas *c)
{
    int ok = 0, bad = 0, off = 0, n = v->rows->rack ? (int)rack_n(v->rows->rack) : 0;
    for (int i = 0; i < n; i++) {
        const struct device_info *d = rack_at(v->rows->rack, (size_t)i);
        bool trouble = devices_mark(d) != ' ';
        bad += trouble;
        ok += !trouble && d->link == DEVICE_READY;
        off += !trouble && d->link != DEVICE_READY;
    }
    struct str t = {0};
    str_addf(&t, "%d device%s, %d ok", n, n == 1 ? "" : "s", ok);
    if (bad)
        str_addf(&t, ", %d in trouble", bad);
    if (off)
        str_addf(&t, ", %d not connected", off);
    int col = canvas_put(c, 0, 1, bad ? ROLE_WARN : ROLE_TEXT, str_c(&t)) + 2;
    str_clear(&t);
    struct safety *guard = session_safety(v->session);
    struct shutdown_state s = {0};
    if (guard)
        s = safety_shutdown_state(guard);
    const struct conf *conf = session_conf(v->session);
    char words[80];
    if (s.running) {
        canvas_putf(c, 0, col, ROLE_WARN, "ORDERED END: %s, %.0f s left", s.step,
                    fmax(s.left_s, 0));
        return;
    }
    if (v->jog) {
        devices_jog_words(v, words);
        canvas_put(c, 0, col, ROLE_WARN, words);
        return;
    }
    if (guard && safety_held(guard)) {
        canvas_put(c, 0, col, ROLE_WARN, "STOP stands: scripts and dawn move nothing (p a lets)");
        return;
    }
    bool held = guard && safety_locked(guard);
    col = canvas_put(c, 0, col, held ? ROLE_WARN : ROLE_TEXT,
                     held ? "INTERLOCK SET" : "interlock: open");
    bool wide = c->cols >= WIDE_SUMMARY;
    col = canvas_putf(c, 0, col + 2, ROLE_TEXT,
                      wide ? "at dawn: %s   unsafe weather: %s" : "dawn: %s  rain: %s",
                      conf_text(conf, "devices.dawn"), conf_text(conf, "devices.weather"));
    if (c->cols - col > 14)
        canvas_putf(c, 0, col, ROLE_TEXT, wide ? "   at the end: %s" : "  end: %s",
                    conf_text(conf, "devices.on-exit"));
}

/* ---- no device at all ---- */

static int example(struct canvas *c, int y, const char *what, const char *line)
{
    canvas_put(c, y, 0, ROLE_HEAD, what);
    canvas_fit(c, y, 9, c->cols - 9, -1, ROLE_TEXT, line);
    return y + 1;
}

/* How to get one: what this machine has, and the line to say. */
static void draw_empty(const struct devices_view *v, struct canvas *c)
{
    const char *port = NULL, *line;
    char mount[200];
    int y = text_paragraph(c, 0, ROLE_TEXT,
                           "No device is configured. One line makes one, typed here, and kept; c "
                           "then connects it:") +
            1;
    for (size_t i = 0; (line = session_found(v->session, i)); i++) {
        canvas_put(c, y, 0, ROLE_HEAD, i ? "" : "Found");
        canvas_fit(c, y++, 9, c->cols - 9, -1, ROLE_STRONG, line);
        if (!port && line[0] == '/')
            port = line;
    }
    y += session_found(v->session, 0) != NULL;
    snprintf(mount, sizeof mount, ":set device.Mount mount lx200 serial:%.*s?9600",
             port ? (int)strcspn(port, " ") : 12, port ? port : "/dev/ttyUSB0");
    y = example(c, y, "Mount", mount);
    y = example(c, y, "", "lx200 (Meade, OnStep, 10micron), nexstar, synscan, ioptron");
    y = example(c, y, "Camera", ":set device.Camera camera bulb serial:/dev/ttyUSB1");
    y = example(c, y, "", "bulb (shutter on a cable), allsky340");
    y = example(c, y, "More", "focuser moonlite, wheel wheel, wheel manual, gps nmea");
    y = example(c, y, "INDI", ":set device.Rig indi localhost:7624   all that server has");
    y = example(c, y, "Alpaca", ":set device.Rig alpaca auto   or 192.168.0.12:11111");
    canvas_fit(c, y + 1, 0, c->cols, -1, ROLE_FAINT,
               "vigie devices ports lists the serial ports; --demo shows all this at work.");
}

/* ---- the last hours ---- */

int devices_graphs(const struct devices_view *v)
{
    const struct history *h = session_history(v->session);
    return h ? (int)history_n(h) : 0;
}

static void number_text(double x, char out[16])
{
    snprintf(out, 16, fabs(x) < 10 ? "%.1f" : "%.0f", fabs(x) < 0.05 ? 0 : x);
}

static void hour_label(struct plot *p, int64_t ns, double t)
{
    char when[UTC_TEXT], label[6];
    utc_format(utc_of_wall(ns), 0, when);
    snprintf(label, sizeof label, "%.5s", strlen(when) >= 20 ? when + 11 : "-");
    plot_x(p, t, ROLE_FAINT, label);
}

/* Room above and below, and no line of noise blown up to a mountain. */
static void range(double least, double most, double *y0, double *y1)
{
    double span = fmax(most - least, fmax(0.2, 0.02 * fabs(most)));
    *y0 = (least + most - span) / 2 - 0.1 * span;
    *y1 = (least + most + span) / 2 + 0.1 * span;
    if (least >= 0 && *y0 < 0)
        *y0 = 0;
}

static void graph(const struct devices_view *v, size_t i, struct canvas *c)
{
    enum { POINTS_MOST = 400 };
    const struct history *h = session_history(v->session);
    struct history_series s = history_at(h, i);
    const struct device_info *d = rack_find(v->rows->rack, s.device);
    int64_t now = session_now_ns(v->session), from = now - (int64_t)(SPAN_S * 1e9);
    double y[POINTS_MOST], y0, y1, last = history_value(h, i, now);
    double least = (double)INFINITY, most = (double)-INFINITY;
    if (isnan(last)) /* its minute has just begun */
        last = history_value(h, i, now - 60000000000);
    int n = (c->cols - GRAPH_LABEL) * 2;
    n = n > POINTS_MOST ? POINTS_MOST : n < 2 ? 2 : n;
    for (int k = 0; k < n; k++) {
        y[k] = history_value(h, i, from + (int64_t)((double)(now - from) * k / (n - 1)));
        least = fmin(least, y[k]);
        most = fmax(most, y[k]);
    }
    char a[16], b[16], e[16];
    number_text(last, a);
    number_text(least, b);
    number_text(most, e);
    int col = canvas_putf(c, 0, 0, ROLE_HEAD, "%s %s  ", s.name, s.unit);
    if (d && c->cols >= 60)
        col = canvas_putf(c, 0, col, ROLE_FAINT, "%.20s  ", d->name);
    col = canvas_putf(c, 0, col, ROLE_STRONG, "now %s", isnan(last) ? "-" : a);
    if (!(most >= least)) {
        canvas_put(c, 1, GRAPH_LABEL, ROLE_FAINT, "nothing in these hours");
        return;
    }
    canvas_putf(c, 0, col, ROLE_FAINT, "   least %s   most %s", b, e);
    range(least, most, &y0, &y1);
    struct canvas area = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    struct plot p;
    plot_begin(&p, &area, GRAPH_LABEL, (double)from / 1e9, (double)now / 1e9, y0, y1);
    number_text(y0, a);
    number_text(y1, b);
    plot_y(&p, y1, b);
    plot_y(&p, y0, a);
    plot_curve(&p, y, n, ROLE_CURVE, 0, NULL, NULL);
    plot_end(&p);
    for (int k = 0; k < 3; k++)
        hour_label(&p, from + (now - from) / 2 * k,
                   ((double)from + (double)(now - from) / 2 * k) / 1e9);
}

/* Those of the device under the cursor first, then the others. */
void devices_graphs_draw(const struct devices_view *v, const struct device_info *d,
                         struct canvas *c)
{
    const struct history *h = session_history(v->session);
    int y = 0, n = devices_graphs(v), each = n > 0 ? c->rows / n : 0;
    each = each < GRAPH_ROWS ? GRAPH_ROWS : each > GRAPH_MOST ? GRAPH_MOST : each;
    for (int pass = 0; h && pass < 2; pass++)
        for (size_t i = 0; i < history_n(h) && y + each <= c->rows; i++) {
            if ((history_at(h, i).device == d->id) != (pass == 0))
                continue;
            struct canvas part = canvas_part(c, y, 0, each, c->cols);
            graph(v, i, &part);
            y += each;
        }
    if (!y)
        canvas_fit(c, 0, 1, c->cols - 2, -1, ROLE_FAINT,
                   "Nothing to draw yet: temperatures, weather and the aim are kept each minute.");
}

/* ---- one device ---- */

static void draw_properties(const struct devices_view *v, struct canvas *c)
{
    list_draw(v->prop_table, c);
    if (!list_shown(v->prop_table))
        canvas_put(c, 1, 3, ROLE_FAINT, "No property of that kind.");
}

static void draw_device(const struct devices_view *v, const struct device_info *d,
                        struct canvas *part)
{
    if (v->pane == PANE_PROPERTIES) {
        draw_properties(v, part);
        return;
    }
    if (v->pane == PANE_TRAFFIC) {
        devices_traffic_draw(v, d, part);
        return;
    }
    if (v->pane == PANE_GRAPHS) {
        struct canvas wide = canvas_part(part, 0, 1, part->rows, part->cols - 2);
        devices_graphs_draw(v, d, &wide);
        return;
    }
    int used = devices_facts_draw(v, d, part);
    if (part->rows - used >= 3) {
        struct canvas wire = canvas_part(part, used + 1, 0, part->rows - used - 1, part->cols);
        canvas_rule(part, used, "wire");
        devices_traffic_draw(v, d, &wire);
    }
}

static void draw_lower(const struct devices_view *v, const struct device_info *d, struct canvas *c)
{
    char title[200];
    bool split = c->cols >= LIST_WIDE && c->rows > GRAPH_ROWS && devices_graphs(v) > 0 &&
                 v->pane != PANE_GRAPHS;
    snprintf(title, sizeof title, "%.40s   %.20s on %.90s%s", d->name, d->driver, d->address,
             v->pane == PANE_GRAPHS ? "   last 3 hours" : "");
    canvas_rule(c, 0, title);
    int left = split ? GRAPH_LEFT : c->cols;
    struct canvas part = canvas_part(c, 1, 0, c->rows - 1, left);
    draw_device(v, d, &part);
    if (!split)
        return;
    struct canvas head = canvas_part(c, 0, left, 1, c->cols - left);
    canvas_rule(&head, 0, "last 3 hours");
    canvas_glyph(c, 0, left, 1, ROLE_RULE, GLYPH_TEE_DOWN);
    for (int r = 1; r < c->rows; r++)
        canvas_glyph(c, r, left, 1, ROLE_RULE, GLYPH_VLINE);
    struct canvas side = canvas_part(c, 1, left + 2, c->rows - 1, c->cols - left - 3);
    devices_graphs_draw(v, d, &side);
}

void devices_draw(const void *view, const struct session *session, struct canvas *c)
{
    const struct devices_view *v = view;
    const struct device_info *d = devices_selected(v);
    (void)session;
    draw_summary(v, c);
    if (!d && !(v->rows->rack && rack_n(v->rows->rack))) {
        struct canvas part = canvas_part(c, 2, 2, c->rows - 2, c->cols - 4);
        draw_empty(v, &part);
        return;
    }
    int want = (int)list_shown(v->table) + 1, most = c->rows / 2 - 1;
    int rows = c->rows < 10 ? c->rows - 1 : want < most ? want : most;
    struct canvas list = canvas_part(c, 1, 0, rows, c->cols);
    list_draw(v->table, &list);
    if (!d || c->rows - rows - 2 < 3)
        return;
    struct canvas lower = canvas_part(c, rows + 2, 0, c->rows - rows - 2, c->cols);
    draw_lower(v, d, &lower);
}
