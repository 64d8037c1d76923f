/* devices.c - the Devices tab: what hangs on the cables, what it says and how old that is; the mount moved by keys.
 * Not: its parts (devices_own.h), whether anything may move (devices/safety.h).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "devices_own.h"

#define DEG (3.14159265358979323846 / 180)

enum { JOG_MS = 600, JOG_AGAIN_MS = 150 };

const struct device_info *devices_selected(const struct devices_view *v)
{
    size_t row;
    return v->rows->rack && list_row(v->table, &row) ? rack_at(v->rows->rack, row) : NULL;
}

static struct devices_view *view_of(const struct command_call *c)
{
    return c->owner;
}

static void gather(struct devices_view *v)
{
    list_renew(v->table);
    devices_properties_gather(v->props, devices_selected(v));
    list_renew(v->prop_table);
}

/* ---- commands ---- */

static const char *no_device(const struct command_call *c)
{
    return devices_selected(view_of(c)) ? NULL : "no device is selected";
}

static enum status run_for(struct command_call *c, const char *name, struct error *err)
{
    const struct device_info *d = devices_selected(view_of(c));
    char *line = mem_printf("%s \"%s\"", name, d->name);
    enum status st = commands_run(c->session, NULL, line, c->by, true, c->say, err);
    free(line);
    return st;
}

static enum status run_connect(struct command_call *c, struct error *err)
{
    return run_for(c, "connect", err);
}

static enum status run_disconnect(struct command_call *c, struct error *err)
{
    return run_for(c, "disconnect", err);
}

static enum status run_wire_save(struct command_call *c, struct error *err)
{
    return run_for(c, "wire-save", err);
}

static enum status go_pane(struct command_call *c, enum devices_pane pane)
{
    struct devices_view *v = view_of(c);
    v->pane = v->pane == pane ? PANE_FACTS : pane;
    gather(v);
    return OK;
}

static enum status run_traffic(struct command_call *c, struct error *err)
{
    (void)err;
    return go_pane(c, PANE_TRAFFIC);
}

static enum status run_properties(struct command_call *c, struct error *err)
{
    const struct device_info *d = devices_selected(view_of(c));
    if (rack_property_n(session_rack(c->session), d->id) == 0)
        return err_set(err, E_ABSENT, "%s has no properties beyond what is shown", d->name);
    return go_pane(c, PANE_PROPERTIES);
}

static const char *no_property(const struct command_call *c)
{
    size_t row;
    struct devices_view *v = view_of(c);
    return v->pane == PANE_PROPERTIES && list_row(v->prop_table, &row)
               ? NULL
               : "no property is selected (Enter shows them)";
}

static enum status run_edit(struct command_call *c, struct error *err)
{
    struct devices_view *v = view_of(c);
    struct rack *r = session_rack(c->session);
    size_t row;
    struct rack_asker who = {.who = session_who(c->by), .kind = session_asker(c->by)};
    if (!list_row(v->prop_table, &row) || row >= v->props->row.n)
        return err_set(err, E_ABSENT, "no property is selected");
    const struct device_property *p =
        rack_property_at(r, v->props->device, v->props->row.at[row].property);
    if (!p || v->props->row.at[row].element >= p->element.n)
        return err_set(err, E_ABSENT, "the property is gone");
    const struct device_element *e = &p->element.at[v->props->row.at[row].element];
    if (!p->writable)
        return err_set(err, E_REFUSED, "%s can only be read", p->name);
    if (!c->confirmed) {
        snprintf(v->asked, sizeof v->asked, "%s.%s", p->name, e->name);
        return err_set(err, E_CANCELLED, "Set %s.%s from %s to %s?", p->name, e->name, e->value,
                       c->rest);
    }
    /* Properties come and go while the question stands: the yes was to the one it named. */
    char now[sizeof v->asked];
    snprintf(now, sizeof now, "%s.%s", p->name, e->name);
    if (strcmp(now, v->asked) != 0)
        return err_set(err, E_REFUSED, "%s is selected now, not %s: nothing was set", now,
                       v->asked);
    struct device_request q = {
        .verb = ASK_PROPERTY, .property = p->name, .element = e->name, .text = c->rest};
    if (!rack_ask(r, v->props->device, &q, &who, NULL, NULL, err))
        return err->status;
    str_addf(c->say, "%s.%s = %s asked for; it was %s", p->name, e->name, c->rest, e->value);
    return OK;
}

static const char *no_jog(const struct command_call *c)
{
    const struct device_info *d = session_mount(c->session);
    return !d                        ? "there is no mount"
           : d->link != DEVICE_READY ? "the mount is not connected"
           : d->can & CAN_MOVE       ? NULL
                                     : "this mount cannot be moved by direction";
}

static enum status run_jog(struct command_call *c, struct error *err)
{
    (void)err;
    struct devices_view *v = view_of(c);
    v->jog = true;
    v->jog_stops = safety_stops(session_safety(v->session));
    if (v->jog_rate < 1)
        v->jog_rate = 1;
    for (int i = 0; i < 4; i++)
        v->jog_ms[i] = -JOG_MS;
    return OK;
}

static const struct command commands[] = {
    {.name = "device-properties",
     .scope = "devices",
     .help = "Show the properties of this device, or no more",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_device,
     .run = run_properties},
    {.name = "device-connect",
     .scope = "devices",
     .keys = "c",
     .help = "Connect this device",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_device,
     .run = run_connect},
    {.name = "device-disconnect",
     .scope = "devices",
     .keys = "x",
     .help = "Close the connection to this device",
     .flags = CMD_NEEDS_ROW | CMD_ASKS,
     .disabled = no_device,
     .run = run_disconnect},
    {.name = "device-traffic",
     .scope = "devices",
     .keys = "w",
     .help = "Show what goes over the wire of this device, or no more",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_device,
     .run = run_traffic},
    {.name = "device-edit",
     .scope = "devices",
     .keys = "e",
     .args = "VALUE",
     .help = "Give the selected property another value",
     .flags = CMD_ASKS_ITSELF,
     .disabled = no_property,
     .run = run_edit},
    {.name = "device-jog",
     .scope = "devices",
     .keys = "sj",
     .help = "Move the mount by the arrow keys until Esc",
     .flags = CMD_MOVES_HARDWARE,
     .disabled = no_jog,
     .run = run_jog},
    {.name = "device-wire-save",
     .scope = "devices",
     .keys = "W",
     .help = "Save what went over the wire of this device",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_device,
     .run = run_wire_save},
    {0}};

/* ---- moving by hand ---- */

static void end_jog(struct devices_view *v)
{
    struct rack *r = session_rack(v->session);
    const struct device_info *d = session_mount(v->session);
    struct rack_asker who = {.who = "key", .kind = ASKER_PERSON};
    struct error e;
    for (int i = 0; d && i < 4; i++) {
        struct device_request q = {.verb = ASK_MOVE_END, .direction = (enum move_direction)i};
        if (loop_now_ms(session_loop(v->session)) - v->jog_ms[i] < 2 * JOG_MS &&
            !rack_ask(r, d->id, &q, &who, NULL, NULL, &e))
            session_say(v->session, "%s", e.text);
    }
    v->jog = false;
}

static void jog(struct devices_view *v, enum move_direction way)
{
    const struct device_info *d = session_mount(v->session);
    int64_t now = loop_now_ms(session_loop(v->session));
    struct rack_asker who = {.who = "key", .kind = ASKER_PERSON};
    struct error e;
    if (safety_stops(session_safety(v->session)) != v->jog_stops) {
        v->jog =
            false; /* a stop came, here or elsewhere: keys typed ahead of it move nothing any more */
        return;
    }
    if (!d || now - v->jog_ms[way] < JOG_AGAIN_MS)
        return;
    struct device_request q = {
        .verb = ASK_MOVE, .direction = way, .n = v->jog_rate, .move_ms = JOG_MS};
    v->jog_ms[way] = now;
    if (!rack_ask(session_rack(v->session), d->id, &q, &who, NULL, NULL, &e)) {
        session_say(v->session, "%s", e.text);
        v->jog = false;
    }
}

bool devices_jog_key(struct devices_view *v, const struct key *k)
{
    const struct device_info *d = session_mount(v->session);
    int most = d && d->v.mount.n_rates > 0 ? d->v.mount.n_rates : 4;
    if (!v->jog || k->code == '!')
        return false;
    switch (k->code) {
    case K_UP:
    case 'k': jog(v, MOVE_NORTH); break;
    case K_DOWN:
    case 'j': jog(v, MOVE_SOUTH); break;
    case K_LEFT:
    case 'h': jog(v, MOVE_EAST); break;
    case K_RIGHT:
    case 'l': jog(v, MOVE_WEST); break;
    case '+': v->jog_rate += v->jog_rate < most; break;
    case '-': v->jog_rate -= v->jog_rate > 1; break;
    default: end_jog(v); break;
    }
    return true;
}

/* ---- the view ---- */

static void *devices_create(struct session *session)
{
    struct devices_view *v = mem_zero(sizeof *v);
    v->session = session;
    v->rows = mem_zero(sizeof *v->rows);
    v->rows->session = session;
    v->rows->rack = session_rack(session);
    v->props = mem_zero(sizeof *v->props);
    v->props->rack = v->rows->rack;
    v->table = list_new(&devices_source, v->rows);
    v->prop_table = list_new(&devices_property_source, v->props);
    gather(v);
    return v;
}

static void devices_destroy(void *view)
{
    struct devices_view *v = view;
    if (v->jog)
        end_jog(v);
    list_free(v->table);
    list_free(v->prop_table);
    VEC_FREE(v->props->row);
    free(v->props);
    free(v->rows);
    free(v);
}

static int devices_unseen(const void *view, char *mark)
{
    const struct devices_view *v = view;
    int n = 0;
    for (size_t i = 0; v->rows->rack && i < rack_n(v->rows->rack); i++) {
        char m = devices_mark(rack_at(v->rows->rack, i));
        n += m != ' ';
        if (m == '!')
            *mark = '!';
    }
    return n;
}

static bool devices_event(void *view, const struct event *ev)
{
    struct devices_view *v = view;
    char mark = ' ';
    if (ev->kind != EV_DEVICES)
        return ev->kind == EV_TICK || ev->kind == EV_OPTION;
    gather(v);
    int unseen = devices_unseen(v, &mark), before = v->unseen;
    v->unseen = unseen + (mark == '!' ? 1000 : 0);
    return v->unseen != before;
}

static struct list *devices_list(void *view)
{
    struct devices_view *v = view;
    return v->pane == PANE_PROPERTIES ? v->prop_table : v->table;
}

static void devices_pane(void *view, int step)
{
    struct devices_view *v = view;
    int n = v->pane + step;
    v->pane = (enum devices_pane)((n + N_DEVICES_PANES) % N_DEVICES_PANES);
    gather(v);
}

static bool devices_open(void *view)
{
    struct devices_view *v = view;
    const struct device_info *d = devices_selected(v);
    if (!d || v->pane == PANE_PROPERTIES)
        return false;
    v->pane = rack_property_n(v->rows->rack, d->id) ? PANE_PROPERTIES : PANE_TRAFFIC;
    gather(v);
    return true;
}

static bool devices_back(void *view)
{
    struct devices_view *v = view;
    if (v->pane == PANE_FACTS)
        return false;
    v->pane = PANE_FACTS;
    return true;
}

static bool devices_copy(const void *view, enum copy_what what, struct str *out)
{
    const struct devices_view *v = view;
    const struct device_info *d = devices_selected(v);
    if (!d || what == COPY_URL || what == COPY_POSITION)
        return false;
    str_add(out, d->name);
    if (what == COPY_ROW) {
        str_addf(out, " %s %s %s ", d->driver, d->address, devices_state(d));
        devices_values(v->rows, d, out);
    }
    return true;
}

static bool devices_input(void *view, const struct key *key)
{
    return devices_jog_key(view, key);
}

static const char *devices_hints(const void *view)
{
    const struct devices_view *v = view;
    return v->jog ? "! STOP ALL MOTION   arrows move the mount   + - speed   Esc no more" : NULL;
}

/* ---- drawing ---- */

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
    int col = canvas_put(c, 0, 1, bad ? ROLE_WARN : ROLE_TEXT, str_c(&t));
    struct shutdown_state s = {0};
    if (session_safety(v->session))
        s = safety_shutdown_state(session_safety(v->session));
    const struct conf *conf = session_conf(v->session);
    if (s.running)
        canvas_putf(c, 0, col + 3, ROLE_WARN, "ORDERED END: %s, %.0f s left", s.step,
                    fmax(s.left_s, 0));
    else if (v->jog)
        canvas_putf(c, 0, col + 3, ROLE_WARN, "ARROWS MOVE THE MOUNT, speed %d", v->jog_rate);
    else if (session_safety(v->session) && safety_held(session_safety(v->session)))
        canvas_put(c, 0, col + 3, ROLE_WARN,
                   "STOP stands: scripts and dawn move nothing (p a lets)");
    else
        canvas_putf(c, 0, col + 3, ROLE_TEXT, "dawn: %s   weather: %s   at the end: %s",
                    conf_text(conf, "devices.dawn"), conf_text(conf, "devices.weather"),
                    conf_text(conf, "devices.on-exit"));
    str_clear(&t);
}

static void draw_empty(struct canvas *c)
{
    static const char text[] =
        "No device is configured. A line of the configuration, or :set, makes one:";
    static const char *const line[] = {
        "set device.Mount mount lx200 serial:/dev/serial/by-id/...?9600",
        "set device.Camera camera indi localhost:7624 \"CCD Simulator\"",
        "set device.Rig indi localhost:7624      (every device of that server)"};
    int y = text_paragraph(c, 0, ROLE_TEXT, text);
    for (size_t i = 0; i < sizeof line / sizeof *line; i++)
        canvas_put(c, y + (int)i, 2, ROLE_FAINT, line[i]);
}

static void draw_lower(const struct devices_view *v, const struct device_info *d, struct canvas *c)
{
    char title[200];
    snprintf(title, sizeof title, "%.40s   %.20s on %.90s", d->name, d->driver, d->address);
    canvas_rule(c, 0, title);
    struct canvas part = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    if (v->pane == PANE_PROPERTIES) {
        list_draw(v->prop_table, &part);
        if (!list_shown(v->prop_table))
            canvas_put(&part, 1, 3, ROLE_FAINT, "No property of that kind.");
        return;
    }
    if (v->pane == PANE_TRAFFIC) {
        devices_traffic_draw(v, d, &part);
        return;
    }
    int used = devices_facts_draw(v, d, &part);
    if (part.rows - used >= 3) {
        canvas_rule(&part, used, "wire");
        part = canvas_part(&part, used + 1, 0, part.rows - used - 1, part.cols);
        devices_traffic_draw(v, d, &part);
    }
}

static void devices_draw(const void *view, const struct session *session, struct canvas *c)
{
    const struct devices_view *v = view;
    const struct device_info *d = devices_selected(v);
    (void)session;
    draw_summary(v, c);
    if (!d) {
        struct canvas part = canvas_part(c, 2, 2, c->rows - 2, c->cols - 4);
        draw_empty(&part);
        return;
    }
    int want = (int)list_shown(v->table) + 1, most = c->rows / 2 - 1;
    int rows = c->rows < 10 ? c->rows - 1 : want < most ? want : most;
    struct canvas list = canvas_part(c, 1, 0, rows, c->cols);
    list_draw(v->table, &list);
    if (c->rows - rows - 2 < 3)
        return;
    struct canvas lower = canvas_part(c, rows + 2, 0, c->rows - rows - 2, c->cols);
    draw_lower(v, d, &lower);
}

const struct view_ops view_devices = {
    .name = "devices",
    .title = "Devices",
    .help = "Mounts, cameras and what else hangs on a cable. ! stops all that moves, from every "
            "tab, without a question. What is old is said to be old. Enter shows properties, w "
            "what goes over the wire.",
    .tab = 4,
    .commands = commands,
    .create = devices_create,
    .destroy = devices_destroy,
    .event = devices_event,
    .draw = devices_draw,
    .unseen = devices_unseen,
    .list = devices_list,
    .pane = devices_pane,
    .open = devices_open,
    .back = devices_back,
    .copy = devices_copy,
    .input = devices_input,
    .hints = devices_hints,
};
