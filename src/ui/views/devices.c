/* devices.c - the Devices tab: what hangs on the cables, what it says and how old that is; its
 * commands.
 * Not: its parts (devices_own.h), how it is drawn (devices_draw.c), whether anything may move (devices/safety.h).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "devices_own.h"
#include "vigie/session/vodesk.h"

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
    char *was = mem_str(e->value);
    enum status st =
        session_property_set(c->session, v->props->device, p->name, e->name, c->rest, &who, err);
    if (st == OK)
        str_addf(c->say, "%s = %s asked for; it was %s, U sets it back", now, c->rest, was);
    free(was);
    return st;
}

static const char *no_jog(const struct command_call *c)
{
    return devices_jog_why_not(view_of(c));
}

static enum status run_jog(struct command_call *c, struct error *err)
{
    struct devices_view *v = view_of(c);
    char question[120];
    devices_jog_question(v, question);
    if (!c->confirmed)
        return err_set(err, E_CANCELLED, "%s", question);
    if (safety_locked(session_safety(c->session)))
        return err_set(err, E_REFUSED, "the interlock is set: nothing is moved; i lifts it");
    devices_jog_begin(v);
    return OK;
}

static enum status run_graphs(struct command_call *c, struct error *err)
{
    (void)err;
    return go_pane(c, PANE_GRAPHS);
}

static const char *no_pointing(const struct command_call *c)
{
    double ra, dec;
    return session_pointing(c->session, &ra, &dec) ? NULL
                                                   : "it is not known where the telescope points";
}

static enum status run_cone(struct command_call *c, struct error *err)
{
    double ra, dec;
    const char *aim = session_aim(c->session);
    if (!session_pointing(c->session, &ra, &dec))
        return err_set(err, E_ABSENT, "it is not known where the telescope points");
    session_vo_cone_at(c->session, *aim ? aim : "telescope", ra * 180 / acos(-1),
                       dec * 180 / acos(-1), 0);
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
    {.name = "device-graphs",
     .scope = "devices",
     .keys = "H",
     .help = "Show what the devices said over the last hours, or no more",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_device,
     .run = run_graphs},
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
     .help =
         "Move the mount, or the focuser or wheel under the cursor, by the arrow keys until Esc",
     .flags = CMD_MOVES_HARDWARE | CMD_ASKS_ITSELF,
     .disabled = no_jog,
     .run = run_jog},
    {.name = "device-wire-save",
     .scope = "devices",
     .keys = "W",
     .help = "Save what went over the wire of this device",
     .flags = CMD_NEEDS_ROW,
     .disabled = no_device,
     .run = run_wire_save},
    {.name = "device-cone",
     .scope = "devices",
     .keys = "C",
     .help = "Cone search where the telescope points: what is known there",
     .disabled = no_pointing,
     .run = run_cone},
    {0}};

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
        devices_jog_end(v);
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
    return v->jog ? devices_jog_hints(v) : NULL;
}

const struct view_ops view_devices = {
    .name = "devices",
    .title = "Devices",
    .help = "Mounts, cameras and what else hangs on a cable. ! stops all that moves, from every "
            "tab, without a question; what moves is also stopped by a process of its own, the "
            "guardian, "
            "when the program dies or does not answer for 3 s (not over Alpaca). What is old is "
            "said to be old. Enter shows properties, w "
            "what goes over the wire, H the last hours. s and p begin what moves; E exposes, f "
            "focuses, F turns the filter wheel; bin, roi and gain hold for the exposures to come.",
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
