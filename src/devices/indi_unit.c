/* indi_unit.c - the life of a device of an INDI server: there or not, its settings, CONNECT, lost and back; and the face
 * of backend.h. A driver that crashed comes back with everything forgotten: its settings are made again, and said so.
 */
#include "indi_own.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"

enum {
    SETTLE_MS = 400,  /* of silence after which the first wave of properties is believed to be in */
    ABSENT_MS = 5000, /* how long a server may take to tell of a device */
    JOIN_MS = 30000,  /* CONNECT; some drivers try every port they know */
    FORGET_MS = 30000, /* a device found in a server that has lost it */
    POLL_MS = 1000,
    POLL_LATE_MS = 3000
};

struct indi_device *indi_unit_device(const struct indi_unit *u)
{
    return u->device ? indi_model_device(&u->server->model, u->device) : NULL;
}

static void phase(struct indi_unit *u, enum indi_phase p)
{
    u->phase = p;
    u->phase_ms = CLOCK_MS(u->server->clock);
}

/* ---- properties handed over ---- */

static const char *type_name(enum indi_type t)
{
    static const char *const name[] = {"text", "number", "switch", "light", "blob"};
    return name[t];
}

static void hand_over(struct indi_unit *u, const struct indi_property *p)
{
    static const char *const light[] = {"Idle", "Ok", "Busy", "Alert"};
    struct device_property out = {.name = p->name,
                                  .label = p->label,
                                  .group = p->group,
                                  .type = type_name(p->type),
                                  .state = (enum property_state)(p->state < 0 ? 0 : p->state),
                                  .writable = p->writable,
                                  .changed_ms = p->said_ms,
                                  .message = p->message};
    struct arena texts = {0};
    for (size_t i = 0; i < p->element.n; i++) {
        const struct indi_element *e = &p->element.at[i];
        char number[INDI_NUMBER_TEXT], bound[3][INDI_NUMBER_TEXT];
        struct str clean = {0};
        struct device_element el = {.name = e->name, .label = e->label, .value = ""};
        el.min = el.max = el.step = "";
        if (p->type == INDI_NUMBER) {
            const double x[] = {e->min, e->max, e->step};
            el.value = arena_str(&texts, indi_format(e->format, e->number, number));
            for (int k = 0; k < 3; k++)
                snprintf(bound[k], sizeof bound[k], "%.15g", x[k]);
            el.min = arena_str(&texts, isfinite(x[0]) ? bound[0] : "");
            el.max = arena_str(&texts, isfinite(x[1]) ? bound[1] : "");
            el.step = arena_str(&texts, isfinite(x[2]) ? bound[2] : "");
        } else if (p->type == INDI_LIGHT) {
            int k = e->number >= 0 && e->number < 4 ? (int)e->number : 0;
            el.value = light[k];
        } else if (p->type != INDI_BLOB) {
            utf8_clean(&clean, e->value, strlen(e->value));
            el.value = arena_str(&texts, str_c(&clean));
            str_clear(&clean);
        }
        VEC_PUSH(out.element, el);
    }
    slot_property(u->slot, &out);
    VEC_FREE(out.element);
    arena_clear(&texts);
}

/* ---- settings before CONNECT and after ---- */

static bool in_list(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

static void set_switch(struct indi_ask *a, const struct indi_device *d, const char *property,
                       const char *element)
{
    if (indi_element(indi_property(d, property), element) && !indi_on(d, property, element))
        indi_step_switch(indi_ask_step(a, property), element, true, true);
}

static void set_text(struct indi_ask *a, const struct indi_device *d, const char *property,
                     const char *element, const char *text)
{
    if (text && *text && indi_element(indi_property(d, property), element) &&
        strcmp(indi_text(d, property, element), text) != 0)
        indi_step_text(indi_ask_step(a, property), element, text);
}

/* port=/dev/x  tcp=host:port  baud=9600  autosearch=yes */
static void add_wire(struct indi_unit *u, struct indi_ask *a, const struct indi_device *d)
{
    const char *port = device_config_value(u->config, "port", NULL);
    const char *tcp = device_config_value(u->config, "tcp", NULL);
    const char *baud = device_config_value(u->config, "baud", NULL);
    const char *colon = tcp ? strrchr(tcp, ':') : NULL;
    if (tcp) {
        char *host = mem_strn(tcp, colon ? (size_t)(colon - tcp) : strlen(tcp));
        set_switch(a, d, "CONNECTION_MODE", "CONNECTION_TCP");
        if (indi_property(d, "DEVICE_ADDRESS")) {
            struct indi_step *s = indi_ask_step(a, "DEVICE_ADDRESS");
            indi_step_text(s, "ADDRESS", host);
            indi_step_text(s, "PORT", colon ? colon + 1 : "");
        }
        free(host);
    } else if (port) {
        set_switch(a, d, "CONNECTION_MODE", "CONNECTION_SERIAL");
        set_text(a, d, "DEVICE_PORT", "PORT", port);
    }
    if (baud)
        set_switch(a, d, "DEVICE_BAUD_RATE", baud);
    if (strcmp(device_config_value(u->config, "autosearch", "no"), "yes") != 0)
        set_switch(a, d, "DEVICE_AUTO_SEARCH", "INDI_DISABLED");
}

/* A setting PROPERTY.ELEMENT=value of the configuration, if the device has it and it differs. */
static void add_setting(struct indi_unit *u, struct indi_ask *a, size_t i, const char *only)
{
    const char *key = u->config->key[i], *dot = strchr(key, '.'), *text = u->config->value[i];
    const struct indi_device *d = indi_unit_device(u);
    if (!dot)
        return;
    char *name = mem_strn(key, (size_t)(dot - key));
    const struct indi_property *p = indi_property(d, name);
    const struct indi_element *e = indi_element(p, dot + 1);
    double x = indi_number(text);
    if (e && (!only || strcmp(only, name) == 0)) {
        if (p->type == INDI_TEXT && strcmp(e->value, text) != 0)
            indi_step_text(indi_ask_step(a, name), dot + 1, text);
        else if (p->type == INDI_NUMBER && isfinite(x) && e->number != x)
            indi_step_number(indi_ask_step(a, name), dot + 1, x, false);
        else if (p->type == INDI_SWITCH && str_eqi(text, "on") && e->number != 1)
            indi_step_switch(indi_ask_step(a, name), dot + 1, true, false);
    }
    free(name);
}

static void join(struct indi_unit *u)
{
    struct indi_ask *a = indi_ask_new(ASK_CONNECT, 0);
    struct indi_step *s = indi_ask_step(a, "CONNECTION");
    indi_step_switch(s, "CONNECT", true, true);
    s->motion_ms = JOIN_MS;
    phase(u, INDI_JOINING);
    indi_send(u, s);
    indi_ask_free(a);
}

static void start_settings(struct indi_unit *u)
{
    struct indi_ask *a = indi_ask_new(ASK_PROPERTY, 0);
    add_wire(u, a, indi_unit_device(u));
    for (size_t i = 0; i < u->config->n; i++)
        add_setting(u, a, i, NULL);
    phase(u, INDI_SETTING);
    indi_ask_start(u, a); /* its end is seen by the tick: no ask is left */
}

/* What is made so as soon as the property is there. */
static void enforce(struct indi_unit *u, const struct indi_property *p)
{
    static const char *const watched[] = {"CCD_COMPRESSION", "CCD_TRANSFER_FORMAT"};
    const struct indi_device *d = indi_unit_device(u);
    struct indi_ask *a = indi_ask_new(ASK_PROPERTY, 0);
    if (u->kind == DEVICE_CAMERA && in_list(p->name, watched, 2)) {
        set_switch(a, d, "CCD_COMPRESSION", "INDI_DISABLED");
        set_switch(a, d, "CCD_COMPRESSION", "CCD_RAW"); /* its name in older drivers */
        set_switch(a, d, "CCD_TRANSFER_FORMAT", "FORMAT_FITS");
    }
    for (size_t i = 0; u->wanted && i < u->config->n; i++)
        add_setting(u, a, i, p->name);
    if (a->step.n)
        indi_ask_start(u, a);
    else
        indi_ask_free(a);
}

/* ---- connected or not ---- */

static void ready(struct indi_unit *u)
{
    const struct indi_device *d = indi_unit_device(u);
    phase(u, INDI_READY);
    u->poll_ms = 0;
    u->can = indi_can(u->kind, d);
    slot_identity(
        u->slot, u->can, "%s %s (INDI driver %s)", indi_text(d, "DRIVER_INFO", "DRIVER_NAME"),
        indi_text(d, "DRIVER_INFO", "DRIVER_VERSION"), indi_text(d, "DRIVER_INFO", "DRIVER_EXEC"));
    slot_poll(u->slot, POLL_MS * 3 / 2);
    slot_link(u->slot, DEVICE_READY, NULL);
    if (u->restarted) {
        u->restarted = false;
        slot_say(u->slot, '+', "its INDI driver was restarted: its settings were made again");
        if (u->kind == DEVICE_MOUNT)
            slot_trust(u->slot, false,
                       "its INDI driver was restarted and may have lost where it points: sync it");
    }
    u->was_ready = true;
    if (u->kind == DEVICE_CAMERA)
        indi_server_images(u->server, u->device);
    for (size_t i = 0; i < d->property.n; i++)
        enforce(u, d->property.at[i]);
    if (indi_values(u, d, slot_values(u->slot)))
        slot_good(u->slot, NAN);
}

static void lose(struct indi_unit *u, const char *why)
{
    bool was = u->phase == INDI_READY || u->was_ready;
    phase(u, INDI_ABSENT);
    u->poll_ms = 0;
    if (u->kind == DEVICE_MOUNT)
        indi_asks_end(u, indi_ask_moves, E_NET, "the connection was lost: the mount MAY BE MOVING");
    indi_asks_end(u, NULL, E_NET, why);
    slot_property_gone(u->slot, NULL);
    if (was)
        slot_link(u->slot, DEVICE_LOST, why);
    else
        slot_link(u->slot, u->wanted ? DEVICE_CONNECTING : DEVICE_OFF, why);
}

void indi_unit_server(struct indi_unit *u, bool up, const char *why)
{
    if (u->is_hub) {
        slot_link(u->slot, up ? DEVICE_READY : u->was_ready ? DEVICE_LOST : DEVICE_CONNECTING, why);
        if (up)
            slot_identity(u->slot, 0, "INDI server at %s", u->server->address);
        u->was_ready |= up;
    } else if (!up) {
        lose(u, why);
    } else {
        phase(u, INDI_ABSENT);
        if (u->wanted)
            slot_link(u->slot, u->was_ready ? DEVICE_LOST : DEVICE_IDENTIFYING,
                      "waiting for the server to tell of it");
    }
}

/* A driver may restart under a connection that stays, or be switched off by another client. */
static void connection_said(struct indi_unit *u, const struct indi_property *p)
{
    const struct indi_device *d = indi_unit_device(u);
    bool on = p->element.n && indi_on(d, "CONNECTION", "CONNECT");
    char text[300];
    if (on && p->state != INDI_ALERT && p->state != INDI_BUSY) {
        if (u->phase < INDI_FILLING)
            phase(u, INDI_FILLING);
    } else if (u->phase >= INDI_FILLING && !on) {
        indi_asks_end(u, NULL, E_DEVICE, "it was disconnected");
        phase(u, INDI_PRESENT);
        slot_link(u->slot, u->wanted ? DEVICE_FAILED : DEVICE_OFF,
                  u->wanted ? "disconnected by another client or its driver: connect it again"
                            : NULL);
        u->wanted = false;
    } else if (u->phase == INDI_JOINING && p->state == INDI_ALERT) {
        snprintf(text, sizeof text, "the driver could not connect%s%.200s", *d->said ? ": " : "",
                 d->said);
        phase(u, INDI_PRESENT);
        slot_link(u->slot, DEVICE_FAILED, text);
    } else if (u->phase == INDI_ABSENT) {
        u->restarted = u->was_ready;
        phase(u, u->wanted ? INDI_SETTLING : INDI_PRESENT);
        if (u->wanted && u->was_ready) /* lost until it is ready again */
            slot_link(u->slot, DEVICE_LOST, "its INDI driver was restarted; connecting it again");
        else
            slot_link(u->slot, u->wanted ? DEVICE_IDENTIFYING : DEVICE_OFF, NULL);
    }
}

static void find_units(struct indi_unit *hub, const char *device);

static void said(struct indi_unit *u, const char *message)
{
    bool bad = strstr(message, "[ERROR]") || strstr(message, "[WARNING]");
    if (bad || strstr(message, "[INFO]") || *message != '[')
        slot_say(u->slot, bad ? 'W' : ' ', message);
}

static void show(struct indi_unit *u, const struct indi_property *p, bool def)
{
    const struct indi_device *d = indi_unit_device(u);
    const char *key = indi_key_property(u->kind, d);
    bool is_key = strcmp(p->name, key) == 0;
    double reply = NAN;
    if (is_key && def && u->poll_ms) {
        reply = (double)(p->said_ms - u->poll_ms);
        u->poll_ms = 0;
    }
    unsigned can = indi_can(u->kind, d);
    if (can != u->can) {
        u->can = can;
        slot_identity(u->slot, can, "%s %s (INDI driver %s)",
                      indi_text(d, "DRIVER_INFO", "DRIVER_NAME"),
                      indi_text(d, "DRIVER_INFO", "DRIVER_VERSION"),
                      indi_text(d, "DRIVER_INFO", "DRIVER_EXEC"));
    }
    if (indi_values(u, d, slot_values(u->slot))) {
        slot_good(u->slot, reply);
    } else if (is_key) {
        slot_bad(u->slot, "%s: the driver reports an alert: what it shows is old", key);
    }
}

void indi_unit_refresh(struct indi_unit *u)
{
    const struct indi_device *d = indi_unit_device(u);
    if (u->phase == INDI_READY && d && indi_values(u, d, slot_values(u->slot)))
        slot_good(u->slot, (double)NAN);
}

static void wire_note(struct indi_unit *u, const struct indi_vector *v)
{
    static const char *const state[] = {"Idle", "Ok", "Busy", "Alert"};
    struct str t = {.max = 2000};
    str_addf(&t, "%s %s", v->tag == INDI_DEF ? "def" : "set", v->name);
    if (v->state >= 0)
        str_addf(&t, " %s", state[v->state]);
    for (size_t i = 0; i < v->item.n && v->type != INDI_BLOB; i++)
        str_addf(&t, " %s=%.100s", v->item.at[i].name, v->item.at[i].value);
    slot_wire(u->slot, false, str_c(&t), t.n);
    str_clear(&t);
}

void indi_unit_vector(struct indi_unit *u, const struct indi_vector *v, struct indi_property *p,
                      bool fresh)
{
    if (u->is_hub) {
        if (v->tag == INDI_DEF)
            find_units(u, v->device);
        return;
    }
    if (v->tag == INDI_DEL && !*v->name) {
        indi_unit_gone(u);
        return;
    }
    if (v->tag == INDI_DEL) {
        slot_property_gone(u->slot, v->name);
        return;
    }
    if (*v->message)
        said(u, v->message);
    if (!p)
        return;
    wire_note(u, v);
    hand_over(u, p);
    if ((u->phase == INDI_SETTLING || u->phase == INDI_FILLING) && fresh)
        u->phase_ms = CLOCK_MS(u->server->clock); /* the wave goes on */
    if (strcmp(p->name, "CONNECTION") == 0)
        connection_said(u, p);
    if (u->phase == INDI_READY && fresh)
        enforce(u, p);
    if (u->phase == INDI_READY)
        show(u, p, v->tag == INDI_DEF);
    indi_asks_property(u, p, v->tag == INDI_DEF);
    if (u->phase == INDI_READY && strcmp(p->name, "CCD_FILE_PATH") == 0 && u->path &&
        v->tag == INDI_SET && p->state == INDI_OK && indi_ask_find(u, ASK_EXPOSE))
        indi_image_file(u, indi_text(indi_unit_device(u), "CCD_FILE_PATH", "FILE_PATH"));
}

void indi_unit_gone(struct indi_unit *u)
{
    if (u->phase != INDI_ABSENT)
        lose(u, "its INDI driver has ended (crashed?); waiting for the server to start it again");
}

/* ---- time ---- */

static void absent_tick(struct indi_unit *u, int64_t now)
{
    const struct indi_server *s = u->server;
    char list[200] = "";
    if (!s->main.up || !u->wanted || u->was_ready || now - u->phase_ms < ABSENT_MS ||
        slot_info(u->slot)->link == DEVICE_FAILED)
        return;
    for (size_t i = 0; i < s->model.device.n; i++) {
        size_t n = strlen(list);
        snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "", s->model.device.at[i]->name);
    }
    char text[300];
    snprintf(text, sizeof text, "%s has no device \"%.60s\"; it has: %s", s->address, u->device,
             *list ? list : "none");
    slot_link(u->slot, DEVICE_FAILED, text);
}

static void poll(struct indi_unit *u, int64_t now)
{
    const char *key = indi_key_property(u->kind, indi_unit_device(u));
    const struct indi_property *p = indi_property(indi_unit_device(u), key);
    struct str out = {0};
    if (u->poll_ms && now - u->poll_ms > POLL_LATE_MS) {
        u->poll_ms = 0; /* asked again: it may have been lost, or the driver may hear again */
        slot_bad(u->slot, "%s: no answer in %d s", key, POLL_LATE_MS / 1000);
    }
    if (u->poll_ms || !p || now - p->said_ms < POLL_MS)
        return;
    /* a driver tells only of changes: asked for the property it shows whether it is alive */
    indi_write_get(&out, u->device, key);
    if (indi_server_write(u->server, u, &out))
        u->poll_ms = now;
    str_clear(&out);
}

void indi_unit_tick(struct indi_unit *u, int64_t now)
{
    char text[300];
    if (u->is_hub)
        return;
    if (u->hub && u->phase == INDI_ABSENT && u->server->main.up && now - u->phase_ms > FORGET_MS) {
        slot_lost(u->slot);
        indi_unit_free(u);
        return;
    }
    switch (u->phase) {
    case INDI_ABSENT: absent_tick(u, now); break;
    case INDI_PRESENT: break;
    case INDI_SETTLING:
        if (now - u->phase_ms >= SETTLE_MS)
            start_settings(u);
        break;
    case INDI_SETTING:
        if (u->ask.n == 0)
            join(u);
        break;
    case INDI_JOINING:
        if (now - u->phase_ms >= JOIN_MS) {
            snprintf(text, sizeof text, "no answer to CONNECT in %d s", JOIN_MS / 1000);
            phase(u, INDI_PRESENT);
            slot_link(u->slot, DEVICE_FAILED, text);
        }
        break;
    case INDI_FILLING:
        if (now - u->phase_ms >= SETTLE_MS)
            ready(u);
        break;
    case INDI_READY: poll(u, now); break;
    }
    indi_move_tick(u, now);
    indi_asks_tick(u, now);
}

/* The watchdog parks when its client falls silent: it is armed once, then fed three times in its patience. */
void indi_watchdog_tick(struct indi_server *s, int64_t now)
{
    static const char name[] = "WatchDog";
    const struct indi_device *d = indi_model_device(&s->model, name);
    struct indi_unit dog = {.server = s, .device = (char *)(uintptr_t)name, .kind = DEVICE_OTHER};
    struct indi_ask *a;
    if (!d || !indi_property(d, "CONNECTION") || now - s->fed_ms < (int64_t)s->watchdog_s * 333)
        return;
    s->fed_ms = now;
    a = indi_ask_new(ASK_PROPERTY, 0);
    if (!indi_on(d, "CONNECTION", "CONNECT")) {
        char port[16];
        snprintf(port, sizeof port, "%d", s->port);
        struct indi_step *step = indi_ask_step(a, "WATCHDOG_SETTINGS");
        indi_step_text(step, "INDISERVER_HOST", "localhost");
        indi_step_text(step, "INDISERVER_PORT", port);
        indi_step_text(step, "SHUTDOWN_SCRIPT",
                       indi_text(d, "WATCHDOG_SETTINGS", "SHUTDOWN_SCRIPT"));
        indi_step_switch(indi_ask_step(a, "WATCHDOG_SHUTDOWN"), "PARK_MOUNT", true, false);
        indi_step_switch(&a->step.at[1], "PARK_DOME", true, false);
        indi_step_switch(indi_ask_step(a, "CONNECTION"), "CONNECT", true, false);
        s->fed_ms = now - (int64_t)s->watchdog_s * 333 + 1000;
    } else {
        if (!indi_on(d, "WATCHDOG_Trigger", "TRIGGER_CLIENT"))
            indi_step_switch(indi_ask_step(a, "WATCHDOG_Trigger"), "TRIGGER_CLIENT", true, false);
        indi_step_number(indi_ask_step(a, "WATCHDOG_HEARTBEAT"), "WATCHDOG_HEARTBEAT_VALUE",
                         s->watchdog_s, false);
        s->armed = true;
    }
    for (size_t i = 0; i < a->step.n; i++)
        if (indi_property(d, a->step.at[i].property))
            indi_send(&dog, &a->step.at[i]);
    indi_ask_free(a);
}

/* ---- the face of backend.h ---- */

static struct indi_unit *unit_new(struct indi_server *s, struct slot *slot,
                                  const struct device_config *c)
{
    struct indi_unit *u = mem_zero(sizeof *u);
    u->server = s;
    u->serial = ++s->serials;
    u->slot = slot;
    u->config = c;
    u->fraction = u->exposure_s = NAN;
    u->phase_ms = CLOCK_MS(s->clock);
    int watchdog = atoi(device_config_value(c, "watchdog", "0"));
    if (watchdog > 0)
        s->watchdog_s = watchdog;
    return u;
}

static bool known(const struct indi_server *s, enum device_kind kind, const char *device)
{
    for (size_t i = 0; i < s->unit.n; i++)
        if (!s->unit.at[i]->is_hub && s->unit.at[i]->kind == kind &&
            strcmp(s->unit.at[i]->device, device) == 0)
            return true;
    return false;
}

static void find_units(struct indi_unit *hub, const char *device)
{
    struct indi_server *s = hub->server;
    const struct indi_device *d = indi_model_device(&s->model, device);
    enum device_kind kind[8];
    if (!d || !indi_property(d, "DRIVER_INFO") || !indi_property(d, "CONNECTION"))
        return;
    size_t n = indi_kinds(d, kind);
    for (size_t i = 0; i < n; i++) {
        if (known(s, kind[i], device))
            continue;
        struct indi_unit *u = unit_new(s, NULL, hub->config);
        u->hub = hub;
        u->kind = kind[i];
        u->device = mem_str(device);
        u->wanted = strcmp(device_config_value(hub->config, "connect", "no"), "yes") == 0;
        u->slot = slot_found(hub->slot, kind[i], device, u);
        indi_server_add(s, u);
        for (size_t k = 0; k < d->property.n; k++)
            hand_over(u, d->property.at[k]);
        connection_said(u, indi_property(d, "CONNECTION"));
    }
}

/* "localhost", "localhost:7624", "[::1]:7624", with "tcp:" or without. */
static bool take_address(const char *text, char host[128], int *port)
{
    const char *s = strncmp(text, "tcp:", 4) == 0 ? text + 4 : text;
    const char *colon = strrchr(s, ':'), *bracket = strrchr(s, ']');
    char *end;
    *port = 7624;
    if (colon && (!bracket || colon > bracket)) {
        long n = strtol(colon + 1, &end, 10);
        if (*end || end == colon + 1 || n < 1 || n > 65535)
            return false;
        *port = (int)n;
    } else {
        colon = s + strlen(s);
    }
    if (*s == '[' && bracket)
        s++, colon = bracket;
    if (colon == s || colon - s >= 128)
        return false;
    snprintf(host, 128, "%.*s", (int)(colon - s), s);
    return true;
}

static void *indi_open(struct slot *slot, const struct device_config *c, struct error *err)
{
    char host[128];
    int port;
    if (!take_address(c->address, host, &port)) {
        err_set(err, E_PARSE, "%s: \"%.60s\" is no address of an INDI server (localhost:7624)",
                c->name, c->address);
        return NULL;
    }
    if (!c->hub && !*c->target) {
        err_set(err, E_PARSE,
                "%s: the device's name in the INDI server is missing (indi %s \"CCD Simulator\")",
                c->name, c->address);
        return NULL;
    }
    struct indi_server *s = indi_server_get(slot, host, port);
    struct indi_unit *u = unit_new(s, slot, c);
    u->is_hub = c->hub;
    u->kind = c->hub ? DEVICE_OTHER : c->kind;
    u->device = mem_str(c->hub ? "" : c->target);
    u->wanted = true;
    indi_server_add(s, u);
    slot_link(slot, DEVICE_CONNECTING, NULL);
    if (s->main.up) /* others have it already: what it said is here */
        indi_unit_server(u, true, NULL);
    const struct indi_device *d = indi_unit_device(u);
    for (size_t i = 0; d && i < d->property.n; i++)
        hand_over(u, d->property.at[i]);
    if (d && indi_property(d, "CONNECTION"))
        connection_said(u, indi_property(d, "CONNECTION"));
    for (size_t i = 0; u->is_hub && i < s->model.device.n; i++)
        find_units(u, s->model.device.at[i]->name);
    return u;
}

static enum status connect_it(struct indi_unit *u, bool on, uint64_t ticket, struct error *err)
{
    u->wanted = on;
    if (!u->server->main.up)
        return err_set(err, E_NET, "no connection to the INDI server at %s", u->server->address);
    if (!indi_unit_device(u))
        return err_set(err, E_ABSENT, "%s has no device \"%s\"", u->server->address, u->device);
    if (on == (u->phase == INDI_READY)) {
        indi_ask_start(u, indi_ask_new(ASK_CONNECT, ticket));
        return OK;
    }
    struct indi_ask *a = indi_ask_new(on ? ASK_CONNECT : ASK_DISCONNECT, ticket);
    if (on) {
        add_wire(u, a, indi_unit_device(u));
        for (size_t i = 0; i < u->config->n; i++)
            add_setting(u, a, i, NULL);
        phase(u, INDI_JOINING);
        slot_link(u->slot, DEVICE_IDENTIFYING, NULL);
    }
    struct indi_step *s = indi_ask_step(a, "CONNECTION");
    indi_step_switch(s, on ? "CONNECT" : "DISCONNECT", true, true);
    s->motion_ms = JOIN_MS;
    indi_ask_start(u, a);
    return OK;
}

static enum status indi_ask(void *self, const struct device_request *r, uint64_t ticket,
                            struct error *err)
{
    struct indi_unit *u = self;
    if (u->is_hub)
        return err_set(err, E_REFUSED, "a server has devices, but moves nothing by itself");
    if (r->verb == ASK_CONNECT || r->verb == ASK_DISCONNECT)
        return connect_it(u, r->verb == ASK_CONNECT, ticket, err);
    return indi_unit_ask(u, r, ticket, err);
}

void indi_unit_free(struct indi_unit *u)
{
    struct indi_server *s = u->server;
    for (size_t i = 0; i < u->ask.n; i++)
        indi_ask_free(u->ask.at[i]);
    VEC_FREE(u->ask);
    free(u->device);
    free(u->path);
    indi_server_leave(s, u);
    free(u);
}

static void indi_close(void *self)
{
    struct indi_unit *u = self;
    struct indi_server *s = u->server;
    if (u->is_hub)
        for (size_t i = s->unit.n; i-- > 0;)
            if (s->unit.at[i]->hub == u)
                indi_unit_free(s->unit.at[i]);
    indi_unit_free(u);
}

static bool indi_halt(void *self, struct guardian_stop *stop)
{
    return indi_unit_halt(self, stop);
}

const struct backend_ops backend_indi = {"indi", indi_open, indi_ask, indi_halt, indi_close};
