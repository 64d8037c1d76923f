/* cmd_devices.c - the commands of the devices but for the camera's. Everything that moves asks first; ! does not.
 * Not: what may move (devices/safety.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "devicedesk.h"
#include "vigie/base/log.h"
#include "vigie/sky/frame.h"

#define DEG (3.14159265358979323846 / 180)

enum { JOG_MS = 600 };

static struct rack *rack_of(const struct command_call *c)
{
    return session_rack(c->session);
}

static const char *no_mount(const struct command_call *c)
{
    const struct device_info *d = session_mount(c->session);
    if (!d)
        return "there is no mount; a line `device.NAME = mount ...` makes one";
    return d->link == DEVICE_READY ? NULL : "the mount is not connected";
}

static const char *none_at_all(const struct command_call *c)
{
    return rack_of(c) && rack_n(rack_of(c)) ? NULL
                                            : "no device is configured; `vigie help devices`";
}

static enum status ask_kind(struct command_call *c, enum device_kind kind,
                            const struct device_request *q, struct error *err)
{
    const struct device_info *d = rack_of(c) ? rack_first(rack_of(c), kind) : NULL;
    bool word = session_despite_sun(c);
    struct rack_asker who = {
        .who = session_who(c->by), .sun_allowed = word, .kind = session_asker(c->by)};
    if (!d)
        return err_set(err, E_ABSENT, "there is no %s", device_kind_name(kind));
    if (!rack_ask(rack_of(c), d->id, q, &who, NULL, NULL, err))
        return err->status;
    str_addf(c->say, "%s: %s", d->name, device_verb_name(q->verb));
    return OK;
}

static enum status number(const struct command_call *c, int i, double low, double high, double *x,
                          struct error *err)
{
    if (c->argc <= i || !str_num(c->argv[i], x) || !(*x >= low && *x <= high))
        return err_set(err, E_PARSE, "%s: a number from %g to %g is wanted", c->argv[0], low, high);
    return OK;
}

static enum status on_off(const struct command_call *c, bool *on, struct error *err)
{
    const char *w = c->argc == 2 ? c->argv[1] : "";
    *on = strcmp(w, "on") == 0;
    if (*on || strcmp(w, "off") == 0)
        return OK;
    return err_set(err, E_PARSE, "%s on or %s off", c->argv[0], c->argv[0]);
}

/* --- links ----------------------------------------------------------------------------------------- */

static enum status run_stop(struct command_call *c, struct error *err)
{
    (void)err;
    session_stop_all(c->session, session_who(c->by), session_asker(c->by), c->say);
    return OK;
}

static const char *nothing_held(const struct command_call *c)
{
    struct safety *s = session_safety(c->session);
    return s && safety_held(s) ? NULL : "no STOP stands: scripts may move devices";
}

static enum status run_allow(struct command_call *c, struct error *err)
{
    if (by_lua(c->by))
        return err_set(err, E_REFUSED,
                       "allow-motion: only an observer at the keys gives leave after a STOP");
    safety_let(session_safety(c->session));
    log_put(LOG_INFO, "devices", "stop", "leave to move is given again by %s", session_who(c->by));
    str_add(c->say, "scripts may move devices again");
    return OK;
}

static enum status link_one(struct command_call *c, const struct device_info *d,
                            enum device_verb verb, struct error *err)
{
    struct device_request q = {.verb = verb};
    struct rack_asker who = {.who = session_who(c->by), .kind = session_asker(c->by)};
    return rack_ask(rack_of(c), d->id, &q, &who, NULL, NULL, err) ? OK : err->status;
}

static enum status run_link(struct command_call *c, struct error *err)
{
    bool on = strcmp(c->argv[0], "connect") == 0;
    enum device_verb verb = on ? ASK_CONNECT : ASK_DISCONNECT;
    int n = 0;
    if (c->rest[0] && strcmp(c->rest, "all") != 0) {
        const struct device_info *d = rack_named(rack_of(c), c->rest);
        if (!d && c->argc == 2)
            d = rack_named(rack_of(c), c->argv[1]);
        if (!d)
            return err_set(err, E_ABSENT, "no device is called \"%.40s\"", c->rest);
        enum status st = link_one(c, d, verb, err);
        if (st == OK)
            str_addf(c->say, "%s %s", on ? "connecting" : "disconnecting", d->name);
        return st;
    }
    for (size_t i = 0; i < rack_n(rack_of(c)); i++) {
        const struct device_info *d = rack_at(rack_of(c), i);
        bool off = d->link == DEVICE_OFF || d->link == DEVICE_FAILED;
        if (off == on && link_one(c, d, verb, err) == OK)
            n++;
    }
    str_addf(c->say, "%s %d devices", on ? "connecting" : "disconnecting", n);
    return OK;
}

/* --- the mount ------------------------------------------------------------------------------------- */

/* The rest of the line without the word that lifts the Sun's cone. */
static char *target_text(const struct command_call *c)
{
    char *text = mem_str(c->rest), *word = strstr(text, "despite-the-sun");
    if (word)
        *word = 0;
    size_t n = strlen(text);
    while (n && text[n - 1] == ' ')
        text[--n] = 0;
    return text;
}

static enum status run_slew_to(struct command_call *c, struct error *err)
{
    struct slew_target t;
    char *text = target_text(c);
    enum status st = session_target(c->session, text, &t, err);
    free(text);
    return st == OK ? session_slew_call(c, &t, err) : st;
}

static enum status run_sync(struct command_call *c, struct error *err)
{
    struct slew_target t;
    struct device_request q = {.verb = ASK_SYNC};
    const struct device_info *d = session_mount(c->session);
    const char *text = c->rest[0] ? c->rest : session_aim(c->session);
    if (!text[0])
        return err_set(err, E_PARSE, "sync to what? a name or RA DEC of the star in the centre");
    enum status st = session_target(c->session, text, &t, err);
    if (st != OK)
        return st;
    session_app_of_icrs(c->session, t.ra_rad, t.dec_rad, &q.ra_rad, &q.dec_rad);
    double off = sky_separation(d->v.mount.ra_rad, d->v.mount.dec_rad, q.ra_rad, q.dec_rad) / DEG;
    if (!c->confirmed && off > 1)
        return err_set(err, E_CANCELLED,
                       "Tell %s that it points at %s, %.0f deg from where it says?", d->name,
                       t.name, off);
    if (!c->confirmed)
        return err_set(err, E_CANCELLED, "Tell %s that it points at %s?", d->name, t.name);
    return ask_kind(c, DEVICE_MOUNT, &q, err);
}

static enum status run_verb(struct command_call *c, struct error *err)
{
    static const struct {
        const char *name;
        enum device_verb verb;
    } rows[] = {{"park", ASK_PARK}, {"unpark", ASK_UNPARK}, {"home", ASK_HOME}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(c->argv[0], rows[i].name) == 0)
            return ask_kind(c, DEVICE_MOUNT, &(struct device_request){.verb = rows[i].verb}, err);
    return err_set(err, E_BUG, "no verb %s", c->argv[0]);
}

static enum status run_track(struct command_call *c, struct error *err)
{
    static const char *const rate[] = {"sidereal", "solar", "lunar"};
    struct device_request q = {.verb = ASK_TRACK};
    for (int i = 0; c->argc == 2 && i < 3; i++)
        if (strcmp(c->argv[1], rate[i]) == 0) {
            q.verb = ASK_TRACK_RATE;
            q.rate = (enum track_rate)i;
            return ask_kind(c, DEVICE_MOUNT, &q, err);
        }
    if (on_off(c, &q.on, err) != OK)
        return err_set(err, E_PARSE, "track on, off, sidereal, solar or lunar");
    return ask_kind(c, DEVICE_MOUNT, &q, err);
}

static bool direction(const char *word, enum move_direction *d)
{
    static const char *const name[] = {"north", "south", "east", "west"};
    for (int i = 0; i < 4; i++)
        if (strcmp(word, name[i]) == 0 || (word[0] == name[i][0] && !word[1])) {
            *d = (enum move_direction)i;
            return true;
        }
    return false;
}

static enum status run_jog(struct command_call *c, struct error *err)
{
    struct device_request q = {.verb = ASK_MOVE, .n = 1, .move_ms = JOG_MS};
    double n = 1;
    if (c->argc < 2 || !direction(c->argv[1], &q.direction))
        return err_set(err, E_PARSE, "jog north, south, east or west, then the speed (1 slowest)");
    enum status st = c->argc > 2 ? number(c, 2, 1, 20, &n, err) : OK;
    q.n = (int)n;
    return st == OK ? ask_kind(c, DEVICE_MOUNT, &q, err) : st;
}

static enum status run_guide(struct command_call *c, struct error *err)
{
    struct device_request q = {.verb = ASK_GUIDE};
    if (c->argc != 3 || !direction(c->argv[1], &q.direction))
        return err_set(err, E_PARSE, "guide north, south, east or west, then milliseconds");
    enum status st = number(c, 2, 1, 10000, &q.x, err);
    return st == OK ? ask_kind(c, DEVICE_MOUNT, &q, err) : st;
}

static enum status run_set_site(struct command_call *c, struct error *err)
{
    const struct site *site = session_site(c->session, err);
    if (!site)
        return err->status;
    struct device_request q = {.verb = ASK_SET_SITE,
                               .lat_rad = site->lat_rad,
                               .lon_rad = site->lon_rad,
                               .x = site->height_m};
    return ask_kind(c, DEVICE_MOUNT, &q, err);
}

static enum status run_set_time(struct command_call *c, struct error *err)
{
    if (!session_synced(c->session) && !session_demo(c->session))
        return err_set(
            err, E_REFUSED,
            "this machine's clock is not synchronised: it is no better than the mount's");
    return ask_kind(c, DEVICE_MOUNT, &(struct device_request){.verb = ASK_SET_TIME}, err);
}

/* --- focuser, wheel, dome, switches, properties ------------------------------------------------------ */

static enum status run_focus(struct command_call *c, struct error *err)
{
    struct device_request q = {.verb = ASK_FOCUS_TO};
    double x;
    enum status st = number(c, 1, -1e7, 1e7, &x, err);
    if (st != OK)
        return st;
    if (c->argv[1][0] == '+' || c->argv[1][0] == '-')
        q.verb = ASK_FOCUS_BY;
    q.n = (int)lround(x);
    const struct device_info *d = rack_first(rack_of(c), DEVICE_FOCUSER);
    if (d && !c->confirmed)
        return err_set(err, E_CANCELLED,
                       q.verb == ASK_FOCUS_BY ? "Move %s by %+d steps?" : "Move %s to %d?", d->name,
                       q.n);
    return ask_kind(c, DEVICE_FOCUSER, &q, err);
}

static enum status run_filter(struct command_call *c, struct error *err)
{
    const struct device_info *d = rack_first(rack_of(c), DEVICE_WHEEL);
    struct device_request q = {.verb = ASK_FILTER};
    double x;
    if (!d || c->argc < 2)
        return err_set(err, d ? E_PARSE : E_ABSENT,
                       d ? "wheel FILTER, or its place from 1" : "there is no filter wheel");
    for (int i = 0; i < WHEEL_SLOTS && i < d->v.wheel.slots; i++)
        if (d->v.wheel.name[i][0] && str_eqi(d->v.wheel.name[i], c->rest))
            q.n = i + 1;
    if (!q.n) {
        if (!str_num(c->rest, &x))
            return err_set(err, E_ABSENT, "%s has no filter \"%.20s\"", d->name, c->rest);
        q.n = (int)x;
    }
    if (!c->confirmed)
        return err_set(err, E_CANCELLED, "Turn %s to %s?", d->name, c->rest);
    return ask_kind(c, DEVICE_WHEEL, &q, err);
}

static enum status run_dome(struct command_call *c, struct error *err)
{
    struct device_request q = {.verb = ASK_DOME_SHUTTER};
    const char *w = c->argc > 1 ? c->argv[1] : "";
    double az;
    if (strcmp(w, "open") == 0)
        q.on = true;
    else if (strcmp(w, "close") == 0)
        q.on = false;
    else if (strcmp(w, "park") == 0)
        q.verb = ASK_DOME_PARK;
    else if (strcmp(w, "follow") == 0 || strcmp(w, "free") == 0)
        q = (struct device_request){.verb = ASK_DOME_SLAVE, .on = w[1] == 'o'};
    else if (str_num(w, &az) && az >= 0 && az < 360)
        q = (struct device_request){.verb = ASK_DOME_AZ, .az_rad = az * DEG};
    else
        return err_set(err, E_PARSE, "dome open, close, park, follow, free or an azimuth 0 .. 359");
    return ask_kind(c, DEVICE_DOME, &q, err);
}

static enum status run_switch(struct command_call *c, struct error *err)
{
    const struct device_info *d = rack_first(rack_of(c), DEVICE_SWITCH);
    struct device_request q = {.verb = ASK_SWITCH, .n = -1};
    if (!d)
        return err_set(err, E_ABSENT, "there is no switch");
    if (c->argc != 3)
        return err_set(err, E_PARSE, "switch NAME on, off or a value");
    for (int i = 0; i < d->v.sw.n; i++)
        if (str_eqi(d->v.sw.sw[i].name, c->argv[1]))
            q.n = i;
    if (q.n < 0)
        return err_set(err, E_ABSENT, "%s has no switch \"%.30s\"", d->name, c->argv[1]);
    if (strcmp(c->argv[2], "on") == 0)
        q.x = d->v.sw.sw[q.n].max > 0 ? d->v.sw.sw[q.n].max : 1;
    else if (strcmp(c->argv[2], "off") != 0 && !str_num(c->argv[2], &q.x))
        return err_set(err, E_PARSE, "switch NAME on, off or a value");
    return ask_kind(c, DEVICE_SWITCH, &q, err);
}

static enum status run_property(struct command_call *c, struct error *err)
{
    struct rack_asker who = {.who = session_who(c->by), .kind = session_asker(c->by)};
    if (c->argc != 4)
        return err_set(err, E_PARSE, "device-property DEVICE PROPERTY.ELEMENT VALUE");
    const struct device_info *d = rack_named(rack_of(c), c->argv[1]);
    char *dot = strchr(c->argv[2], '.');
    if (!d)
        return err_set(err, E_ABSENT, "no device is called \"%.40s\"", c->argv[1]);
    if (!dot)
        return err_set(err, E_PARSE, "PROPERTY.ELEMENT: a point parts the two");
    *dot = 0;
    enum status st =
        session_property_set(c->session, d->id, c->argv[2], dot + 1, c->argv[3], &who, err);
    if (st == OK)
        str_addf(c->say, "%s: %s.%s asked for; `property-undo` sets it back", d->name, c->argv[2],
                 dot + 1);
    return st;
}

static enum status run_undo(struct command_call *c, struct error *err)
{
    struct rack_asker who = {.who = session_who(c->by), .kind = session_asker(c->by)};
    return session_property_undo(c->session, c->confirmed, &who, c->say, err);
}

static const char *no_undo(const struct command_call *c)
{
    return c->session->devices && c->session->devices->undo.property
               ? NULL
               : "no property was set in this session";
}

static enum status run_wire_save(struct command_call *c, struct error *err)
{
    const struct device_info *d =
        c->argc > 1 ? rack_named(rack_of(c), c->argv[1]) : session_mount(c->session);
    if (!d)
        return err_set(err, E_ABSENT, "wire-save DEVICE [FILE]: no such device");
    const char *folder = session_folder(c->session);
    char *path = c->argc > 2
                     ? mem_str(c->argv[2])
                     : mem_printf("%s%s%s.trace", folder ? folder : "", folder ? "/" : "", d->name);
    enum status st = rack_wire_save(rack_of(c), d->id, path, err);
    if (st == OK)
        str_addf(c->say, "%zu entries of the wire in %s", rack_wire_n(rack_of(c), d->id), path);
    free(path);
    return st;
}

/* A script may set it, and not lift it. */
static enum status run_interlock(struct command_call *c, struct error *err)
{
    struct safety *g = session_safety(c->session);
    bool on = !safety_locked(g);
    if (c->argc > 1 && on_off(c, &on, err) != OK)
        return err->status;
    if (!on && c->by == BY_LUA)
        return err_set(err, E_REFUSED, "only the observer lifts the interlock, by a key");
    if (!on && safety_locked(g) && !c->confirmed)
        return err_set(err, E_CANCELLED, "Lift the interlock, so that things may move again?");
    safety_lock(g, on);
    log_put(LOG_WARN, "devices", "interlock", "%s by %s", on ? "set" : "lifted",
            session_who(c->by));
    events_put(c->session->events, EV_DEVICES, 0);
    str_add(c->say, on ? "the interlock is set: nothing is moved but by the guard itself"
                       : "the interlock is open");
    return OK;
}

static enum status run_shutdown(struct command_call *c, struct error *err)
{
    bool drill = c->argc > 1 && strcmp(c->argv[1], "drill") == 0;
    struct str text = {0};
    if (c->argc > 1 && !drill)
        return err_set(err, E_PARSE, "shutdown, or shutdown drill");
    if (!drill && !c->confirmed)
        return err_set(err, E_CANCELLED,
                       "End exposures, park the mount, close the dome, warm the camera?");
    str_addf(&text, "asked by %s", session_who(c->by));
    enum status st = safety_shutdown(session_safety(c->session), str_c(&text), drill,
                                     session_asker(c->by), NULL, NULL, err);
    str_clear(&text);
    return st;
}

const struct command session_commands_devices[] = {
    {.name = "stop-all",
     .keys = "!",
     .help = "STOP all motion, of all devices, without a question",
     .run = run_stop},
    {.name = "allow-motion",
     .keys = "pa",
     .help = "Let scripts and policies move devices again, after a STOP",
     .flags = CMD_ASKS,
     .disabled = nothing_held,
     .run = run_allow},
    {.name = "connect",
     .args = "[DEVICE|all]",
     .help = "Connect a device of the configuration, or all",
     .disabled = none_at_all,
     .run = run_link},
    {.name = "disconnect",
     .args = "[DEVICE|all]",
     .help = "Close the connection to a device, or all",
     .flags = CMD_ASKS,
     .disabled = none_at_all,
     .run = run_link},
    {.name = "slew-to",
     .args = "NAME|RA DEC [despite-the-sun]",
     .help = "Slew to a name of the lists or a position (ICRS)",
     .flags = CMD_MOVES_HARDWARE | CMD_ASKS_ITSELF,
     .disabled = no_mount,
     .run = run_slew_to},
    {.name = "sync",
     .args = "[NAME|RA DEC]",
     .help = "Tell the mount what it points at; without a name: what it was sent to",
     .flags = CMD_MOVES_HARDWARE | CMD_ASKS_ITSELF,
     .disabled = no_mount,
     .run = run_sync},
    {.name = "park",
     .args = "[despite-the-sun]",
     .keys = "pp",
     .help = "Park the mount",
     .flags = CMD_MOVES_HARDWARE,
     .disabled = no_mount,
     .run = run_verb},
    {.name = "unpark",
     .keys = "pu",
     .help = "Release the mount from its park place",
     .flags = CMD_MOVES_HARDWARE,
     .disabled = no_mount,
     .run = run_verb},
    {.name = "home",
     .args = "[despite-the-sun]",
     .keys = "ph",
     .help = "Send the mount to its home place",
     .flags = CMD_MOVES_HARDWARE,
     .disabled = no_mount,
     .run = run_verb},
    {.name = "track",
     .args = "on|off|sidereal|solar|lunar",
     .help = "Switch tracking, or choose its rate",
     .flags = CMD_MOVES_HARDWARE,
     .disabled = no_mount,
     .run = run_track},
    {.name = "jog",
     .args = "north|south|east|west [SPEED]",
     .help = "Move the mount by hand for half a second",
     .flags = CMD_MOVES_HARDWARE,
     .disabled = no_mount,
     .run = run_jog},
    {.name = "guide",
     .args = "north|south|east|west MILLISECONDS",
     .help = "One pulse at the guiding rate",
     .flags = CMD_MOVES_HARDWARE,
     .disabled = no_mount,
     .run = run_guide},
    {.name = "set-site",
     .help = "Tell the mount the site in use",
     .flags = CMD_ASKS,
     .disabled = no_mount,
     .run = run_set_site},
    {.name = "set-time",
     .help = "Tell the mount the time of this machine",
     .flags = CMD_ASKS,
     .disabled = no_mount,
     .run = run_set_time},
    {.name = "focus",
     .args = "POSITION|+STEPS|-STEPS",
     .help = "Move the focuser to a position, or by steps",
     .flags = CMD_MOVES_HARDWARE | CMD_ASKS_ITSELF,
     .disabled = none_at_all,
     .run = run_focus},
    {.name = "wheel",
     .args = "FILTER|PLACE",
     .help = "Turn the filter wheel",
     .flags = CMD_MOVES_HARDWARE | CMD_ASKS_ITSELF,
     .disabled = none_at_all,
     .run = run_filter},
    {.name = "dome",
     .args = "open|close|park|follow|free|AZIMUTH",
     .help = "Open, close, park or turn the dome",
     .flags = CMD_MOVES_HARDWARE,
     .disabled = none_at_all,
     .run = run_dome},
    {.name = "switch",
     .args = "NAME on|off|VALUE",
     .help = "Switch an outlet, a heater, a lamp",
     .flags = CMD_ASKS,
     .disabled = none_at_all,
     .run = run_switch},
    {.name = "device-property",
     .args = "DEVICE PROPERTY.ELEMENT VALUE",
     .help = "Set a property of a device",
     .flags = CMD_ASKS,
     .disabled = none_at_all,
     .run = run_property},
    {.name = "property-undo",
     .help = "Set the property that was set last back to what it was",
     .flags = CMD_ASKS_ITSELF,
     .disabled = no_undo,
     .run = run_undo},
    {.name = "wire-save",
     .args = "[DEVICE [FILE]]",
     .help = "Save what went over a device's wire",
     .flags = CMD_BEYOND,
     .disabled = none_at_all,
     .run = run_wire_save},
    {.name = "interlock",
     .args = "[on|off]",
     .help = "Hold everything that moves, or lift that (somebody is in the dome)",
     .flags = CMD_ASKS_ITSELF,
     .disabled = none_at_all,
     .run = run_interlock},
    {.name = "shutdown",
     .args = "[drill]",
     .help = "Put all away in order: exposure, mount, dome, cooler; drill: say what would be done",
     .flags = CMD_MOVES_HARDWARE | CMD_ASKS_ITSELF,
     .disabled = none_at_all,
     .run = run_shutdown},
    {0}};
