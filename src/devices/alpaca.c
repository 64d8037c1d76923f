/* alpaca.c - the life of an Alpaca device: connect, read again and again, lost and back; servers as hubs; the face of
 * backend.h. See alpaca_own.h. Not: what is read (alpaca_facts.c), what is asked (alpaca_ask.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alpaca_own.h"
#include "vigie/base/utf8.h"

enum {
    POLL_MS = 1000,
    FAST_MS = 333, /* while something moves */
    READ_MS = 3000,
    JOIN_MS = 60000,
    FIRST_MS = 1000,
    MOST_MS = 30000,
    HUB_MS = 10000,
    BODY_MAX = 1 << 18
};

/* ---- a request ---- */

/* struct letter - a request under way; unit NULL: nobody waits for its answer. */
struct letter {
    struct alpaca_unit *unit;
    alpaca_fn *fn;
    void *arg;
    char *host;
};

/* One number a program, rising numbers a request, as the protocol wants it. */
static unsigned client_id(void)
{
    return ((unsigned)getpid() & 0xffffff) + 1;
}

static unsigned next_transaction(void)
{
    static unsigned last;
    return last = last % 0x7fffffff + 1;
}

void alpaca_url(const struct alpaca_unit *u, const char *method, struct str *out)
{
    str_addf(out, "http://%s/api/v1/%s/%d/%s%cClientID=%u&ClientTransactionID=%u", u->host,
             u->type_name, u->number, method, strchr(method, '?') ? '&' : '?', client_id(),
             next_transaction());
}

/* What stands in the body of an HTTP error: words, or a page that nobody wants to read here. */
static void http_words(const struct http_answer *a, struct error *err)
{
    struct str words = {.max = 160};
    bool page = strstr(a->type, "html") || strchr(str_c(&a->body), '<');
    if (!page)
        utf8_clean(&words, str_c(&a->body), a->body.n < 160 ? a->body.n : 160);
    err_set(err, E_DEVICE, "HTTP %d%s%s", a->code, words.n ? ": " : "", str_c(&words));
    str_clear(&words);
}

/* What an error of the protocol means, whether the device says so in words of its own or not. */
static const char *meaning(int number)
{
    switch (number) {
    case ALPACA_NOT_IMPLEMENTED: return "the device does not have that";
    case 0x401: return "the device does not allow that value";
    case ALPACA_VALUE_NOT_SET: return "that has not been set yet";
    case ALPACA_NOT_CONNECTED: return "the device is not connected to its server";
    case 0x408: return "not while it is parked";
    case 0x409: return "not while it is slaved";
    case 0x40B: return "not in its present state";
    case 0x40C: return "the device knows no such action";
    case 0x40E: return "it was cancelled";
    default: return number >= 0x500 && number <= 0xFFF ? "its driver reports an error" : "refused";
    }
}

static const struct json *read_answer(const struct http_answer *a, struct arena *arena, int *number,
                                      struct error *err)
{
    const struct json *doc = NULL;
    struct error why = {.text = ""};
    *number = 0;
    if (a->code >= 300) {
        http_words(a, err);
        return NULL;
    }
    if (a->err.status != OK) {
        *err = a->err;
        return NULL;
    }
    if (json_parse(arena, str_c(&a->body), a->body.n, NULL, &doc, &why) != OK ||
        doc->type != JSON_OBJECT) {
        err_set(err, E_PARSE, "the answer is no JSON: is this an Alpaca server?");
        return NULL;
    }
    double n = json_number(json_get(doc, "ErrorNumber"));
    if (n != 0 && isfinite(n)) {
        const struct json *m = json_get(doc, "ErrorMessage");
        struct str words = {.max = 200};
        *number = fabs(n) < 1e9 ? (int)n : -1;
        if (json_text(m))
            utf8_clean(&words, m->text, m->n);
        err_set(err, E_DEVICE, "%s%s%s (error 0x%X)", meaning(*number), words.n ? ": " : "",
                str_c(&words), (unsigned)*number);
        str_clear(&words);
        return NULL;
    }
    return json_get(doc, "Value");
}

static void on_letter(void *arg, const struct http_answer *a)
{
    struct letter *l = arg;
    struct arena arena = {0};
    struct error err = {.status = OK, .text = ""};
    int number = 0;
    if (l->unit && a->err.status != E_CANCELLED) {
        const struct json *value = read_answer(a, &arena, &number, &err);
        slot_wire(l->unit->slot, false, str_c(&a->body), a->body.n < 500 ? a->body.n : 500);
        if (l->fn)
            l->fn(l->arg, value, number, &err);
    }
    arena_clear(&arena);
    free(l->host);
    free(l);
}

static uint64_t post(struct alpaca_unit *u, const char *url, const char *form, bool urgent,
                     int64_t wait_ms, alpaca_fn *fn, void *arg, struct error *err)
{
    struct letter *l = mem_zero(sizeof *l);
    *l = (struct letter){.unit = fn ? u : NULL, .fn = fn, .arg = arg};
    struct http_request q = {.url = url,
                             .name = u->device_name,
                             .method = form ? HTTP_PUT : HTTP_GET,
                             .body = form,
                             .n_body = form ? strlen(form) : 0,
                             .type = form ? "application/x-www-form-urlencoded" : NULL,
                             .urgent = urgent,
                             .done = on_letter,
                             .arg = l,
                             .tries = 1,
                             .silence_ms = wait_ms,
                             .total_ms = wait_ms,
                             .max_body = BODY_MAX};
    uint64_t id = http_send(u->http, &q, err);
    if (!id)
        free(l);
    return id;
}

uint64_t alpaca_send(struct alpaca_unit *u, const char *method, const char *form, bool urgent,
                     int64_t wait_ms, alpaca_fn *fn, void *arg, struct error *err)
{
    struct str url = {0}, body = {0}, wire = {0};
    if (form) {
        str_addf(&url, "http://%s/api/v1/%s/%d/%s", u->host, u->type_name, u->number, method);
        str_addf(&body, "%s%sClientID=%u&ClientTransactionID=%u", form, *form ? "&" : "",
                 client_id(), next_transaction());
    } else {
        alpaca_url(u, method, &url);
    }
    str_addf(&wire, "%s %s %s", form ? "PUT" : "GET", method, form ? form : "");
    slot_wire(u->slot, true, wire.s, wire.n);
    uint64_t id = post(u, str_c(&url), form ? str_c(&body) : NULL, urgent, wait_ms, fn, arg, err);
    str_clear(&url);
    str_clear(&body);
    str_clear(&wire);
    return id;
}

/* ---- lost and back ---- */

static void begin(struct alpaca_unit *u);

static int64_t on_again(void *arg)
{
    struct alpaca_unit *u = arg;
    u->timer = 0;
    begin(u);
    return -1;
}

static void quiet(struct alpaca_unit *u)
{
    uint64_t id = u->http_id;
    loop_timer_del(u->loop, u->timer);
    u->timer = 0;
    u->http_id = 0;
    if (id)
        http_cancel(u->http, id);
    alpaca_image_drop(u);
}

static void down(struct alpaca_unit *u, const char *why)
{
    char text[300];
    u->phase = ALPACA_DOWN;
    quiet(u);
    u->timer = loop_timer(u->loop, u->backoff_ms, on_again, u, "devices/alpaca");
    snprintf(text, sizeof text, "%.220s; tried again every %d s", why,
             (u->backoff_ms + 999) / 1000);
    u->backoff_ms = u->backoff_ms * 2 < MOST_MS ? u->backoff_ms * 2 : MOST_MS;
    if (u->kind == DEVICE_MOUNT)
        alpaca_asks_end(u, true, E_NET, "the connection was lost: the mount MAY BE MOVING");
    alpaca_asks_end(u, false, E_NET, why);
    slot_link(u->slot, u->was_ready ? DEVICE_LOST : DEVICE_CONNECTING, text);
}

static void give_up(struct alpaca_unit *u, const char *why)
{
    u->phase = ALPACA_OFF;
    quiet(u);
    alpaca_asks_end(u, false, E_DEVICE, why);
    slot_link(u->slot, DEVICE_FAILED, why);
}

/* Nobody answered: gone at once if the connection broke, after the second silence otherwise. */
static bool nobody(struct alpaca_unit *u, const struct error *err)
{
    if (err->status == OK || err->status == E_DEVICE || err->status == E_PARSE)
        return false;
    slot_bad(u->slot, "%s", err->text);
    if (err->status == E_TIMEOUT && ++u->failed < 2)
        return false;
    down(u, err->text);
    return true;
}

/* ---- reading ---- */

static void show(struct alpaca_unit *u, const struct alpaca_fact *f)
{
    struct device_element e = {.name = "value", .label = f->name, .value = f->text};
    struct device_property p = {.name = f->name,
                                .label = f->name,
                                .group = "Alpaca",
                                .type = "text",
                                .state = f->known ? PROPERTY_OK : PROPERTY_ALERT,
                                .writable = alpaca_settable(u, f->name) != NULL,
                                .changed_ms = CLOCK_MS(u->clock),
                                .message = ""};
    e.min = e.max = e.step = "";
    VEC_PUSH(p.element, e);
    slot_property(u->slot, &p);
    VEC_FREE(p.element);
}

static void read_next(struct alpaca_unit *u);

static int64_t on_cycle(void *arg)
{
    struct alpaca_unit *u = arg;
    u->timer = 0;
    u->cycle++;
    u->cycle_ms = CLOCK_MS(u->clock);
    u->reading = 0;
    u->sound = true;
    u->soon = false;
    read_next(u);
    return -1;
}

void alpaca_soon(struct alpaca_unit *u)
{
    u->soon = true;
    if (u->timer && u->phase == ALPACA_READY) {
        loop_timer_del(u->loop, u->timer);
        u->timer = loop_timer(u->loop, 0, on_cycle, u, "devices/alpaca");
    }
}

static void identify(struct alpaca_unit *u)
{
    slot_identity(u->slot, alpaca_can(u), "%.60s, driver %.60s %.20s (Alpaca%s%.60s)",
                  alpaca_text(u, "name"), alpaca_text(u, "driverinfo"),
                  alpaca_text(u, "driverversion"), *u->unique ? ", id " : "", u->unique);
}

static void ready(struct alpaca_unit *u)
{
    u->phase = ALPACA_READY;
    u->backoff_ms = FIRST_MS;
    identify(u);
    slot_poll(u->slot, POLL_MS);
    slot_link(u->slot, DEVICE_READY, NULL);
    if (alpaca_unnamed(u))
        slot_say(u->slot, 'W', alpaca_unnamed(u));
    if (u->restarted && u->kind == DEVICE_MOUNT)
        slot_trust(u->slot, false,
                   "its Alpaca server was restarted and may have lost where it points: sync it");
    u->restarted = false;
    u->was_ready = true;
    struct alpaca_ask *a = alpaca_ask_find(u, ASK_CONNECT);
    if (a)
        alpaca_ask_end(u, a, OK, NULL);
}

static void cycle_over(struct alpaca_unit *u)
{
    int64_t now = CLOCK_MS(u->clock);
    if (u->phase == ALPACA_READING)
        ready(u);
    if (alpaca_values(u, slot_values(u->slot)) && u->sound)
        slot_good(u->slot, (double)(now - u->cycle_ms));
    alpaca_asks_tick(u);
    int64_t pause = (alpaca_moves(u) ? FAST_MS : POLL_MS) - (now - u->cycle_ms);
    if (u->phase == ALPACA_READY && !u->timer)
        u->timer = loop_timer(u->loop,
                              u->soon      ? 0
                              : pause > 50 ? pause
                                           : 50,
                              on_cycle, u, "devices/alpaca");
}

static void on_fact(void *arg, const struct json *value, int number, const struct error *err)
{
    struct alpaca_unit *u = arg;
    u->http_id = 0;
    if (nobody(u, err))
        return;
    struct alpaca_fact *f = &u->fact.at[u->reading];
    bool connected = strcmp(f->name, "connected") == 0;
    if (err->status == OK && value) {
        u->failed = 0;
        alpaca_fact_take(u, f, value);
        show(u, &u->fact.at[u->reading]);
        if (connected && !alpaca_true(u, "connected")) {
            down(u, "the device is not connected any more (its server was restarted?)");
            return;
        }
    } else if (number == ALPACA_NOT_CONNECTED) {
        down(u, "the device is not connected any more (its server was restarted?)");
        return;
    } else if (number == ALPACA_NOT_IMPLEMENTED || (err->status == E_DEVICE && f->once)) {
        f->missing = true;
    } else { /* 402: not set yet, which is no fault; else what is shown would be old */
        f->known = false;
        if (number != ALPACA_VALUE_NOT_SET) {
            slot_bad(u->slot, "%s: %s", f->name, err->text);
            u->sound = u->sound && u->type != ALPACA_TELESCOPE;
        }
    }
    u->reading++;
    read_next(u);
}

static void read_next(struct alpaca_unit *u)
{
    struct error err = {.text = ""};
    while (u->reading < u->fact.n) {
        const struct alpaca_fact *f = &u->fact.at[u->reading];
        if (!f->missing && !(f->once && f->known))
            break;
        u->reading++;
    }
    if (u->reading >= u->fact.n) {
        cycle_over(u);
        return;
    }
    u->http_id =
        alpaca_send(u, u->fact.at[u->reading].name, NULL, false, READ_MS, on_fact, u, &err);
    if (!u->http_id)
        down(u, err.text);
}

/* ---- connecting ---- */

static void on_joined(void *arg, const struct json *value, int number, const struct error *err)
{
    struct alpaca_unit *u = arg;
    char text[300];
    (void)value, (void)number;
    u->http_id = 0;
    if (nobody(u, err))
        return;
    if (err->status != OK) {
        snprintf(text, sizeof text, "%.60s: it could not connect: %.200s", u->device_name,
                 err->text);
        give_up(u, text);
        return;
    }
    u->phase = ALPACA_READING;
    alpaca_facts_make(u);
    on_cycle(u);
}

static void on_was_connected(void *arg, const struct json *value, int number,
                             const struct error *err)
{
    struct alpaca_unit *u = arg;
    struct error e = {.text = ""};
    (void)number;
    u->http_id = 0;
    if (nobody(u, err))
        return;
    u->restarted |= u->was_ready && value && value->type == JSON_BOOL && !value->truth;
    u->http_id = alpaca_send(u, "connected", "Connected=True", false, JOIN_MS, on_joined, u, &e);
    if (!u->http_id)
        down(u, e.text);
}

/* Devices are known by their unique id: numbers change when somebody plugs something in. */
static bool same_device(struct alpaca_unit *u, const struct json *list)
{
    const char *want = device_config_value(u->config, "id", u->unique);
    const struct json *by_number = NULL, *by_id = NULL;
    char text[300];
    for (const struct json *d = list ? list->first : NULL; d; d = d->next) {
        const char *type = json_text(json_get(d, "DeviceType")),
                   *id = json_text(json_get(d, "UniqueID"));
        if (!type || !str_eqi(type, u->type_name))
            continue;
        if (json_number(json_get(d, "DeviceNumber")) == u->number)
            by_number = d;
        if (id && *want && strcmp(id, want) == 0)
            by_id = d;
    }
    const struct json *d = by_id ? by_id : by_number;
    const char *id = json_text(json_get(d, "UniqueID"));
    if (*want && list && list->n && (!by_id || !id)) {
        snprintf(text, sizeof text, "%s/%d at %s is another device than before (id %.60s)",
                 u->type_name, u->number, u->host, id ? id : "none");
        give_up(u, text);
        return false;
    }
    double number = json_number(json_get(by_id, "DeviceNumber"));
    if (by_id && number >= 0 && number < 1e6)
        u->number = (int)number;
    if (id && !*u->unique) {
        struct str clean = {.max = 100};
        utf8_clean(&clean, id, strlen(id));
        free(u->unique);
        u->unique = mem_str(str_c(&clean));
        str_clear(&clean);
    }
    return true;
}

static void on_managed(void *arg, const struct json *value, int number, const struct error *err)
{
    struct alpaca_unit *u = arg;
    struct error e = {.text = ""};
    (void)number;
    u->http_id = 0;
    if (nobody(u, err) || !same_device(u, err->status == OK ? value : NULL))
        return;
    slot_link(u->slot, u->was_ready ? DEVICE_LOST : DEVICE_IDENTIFYING, NULL);
    u->http_id = alpaca_send(u, "connected", NULL, false, READ_MS, on_was_connected, u, &e);
    if (!u->http_id)
        down(u, e.text);
}

static void on_list(void *arg, const struct json *value, int number, const struct error *err);

static void begin(struct alpaca_unit *u)
{
    struct str url = {0};
    struct error err = {.text = ""};
    u->phase = ALPACA_ASKING;
    u->failed = 0;
    str_addf(&url, "http://%s/management/v1/configureddevices", u->host);
    u->http_id =
        post(u, str_c(&url), NULL, false, READ_MS, u->is_hub ? on_list : on_managed, u, &err);
    str_clear(&url);
    if (!u->http_id)
        down(u, err.text);
}

/* ---- a server ---- */

static struct alpaca_unit *unit_new(struct slot *slot, const struct device_config *c,
                                    const char *host)
{
    struct alpaca_unit *u = mem_zero(sizeof *u);
    u->slot = slot;
    u->config = c;
    u->loop = slot_loop(slot);
    u->clock = slot_clock(slot);
    u->http = slot_http(slot);
    u->host = mem_str(host);
    u->unique = mem_str("");
    u->device_name = mem_str(c->name);
    u->type_name = mem_str("");
    u->backoff_ms = FIRST_MS;
    u->exposure_s = (double)NAN;
    return u;
}

static void unit_free(struct alpaca_unit *u)
{
    quiet(u);
    alpaca_find_free(u->find);
    loop_timer_del(u->loop, u->watch);
    alpaca_asks_free(u);
    alpaca_facts_clear(u);
    for (size_t i = 0; i < u->unit.n; i++)
        unit_free(u->unit.at[i]);
    VEC_FREE(u->unit);
    free(u->host);
    free(u->unique);
    free(u->device_name);
    free(u->type_name);
    free(u);
}

static void found(struct alpaca_unit *hub, const struct json *d, const char *host)
{
    enum alpaca_type type;
    enum device_kind kind;
    const char *type_name = json_text(json_get(d, "DeviceType"));
    double number = json_number(json_get(d, "DeviceNumber"));
    struct str name = {.max = 60};
    if (!type_name || !alpaca_type_of(type_name, &type, &kind) || !(number >= 0 && number < 1e6))
        return;
    for (size_t i = 0; i < hub->unit.n; i++)
        if (hub->unit.at[i]->number == (int)number && hub->unit.at[i]->type == type &&
            str_eqi(hub->unit.at[i]->type_name, type_name) &&
            strcmp(hub->unit.at[i]->host, host) == 0)
            return;
    const char *own = json_text(json_get(d, "DeviceName"));
    if (own)
        utf8_clean(&name, own, strlen(own));
    struct alpaca_unit *u = unit_new(hub->slot, hub->config, host);
    u->hub = hub;
    u->type = type;
    u->kind = kind;
    u->number = (int)number;
    free(u->type_name);
    u->type_name = mem_str(type_name);
    for (char *s = u->type_name; *s; s++)
        *s = (char)(*s >= 'A' && *s <= 'Z' ? *s - 'A' + 'a' : *s);
    free(u->device_name);
    u->device_name = mem_str(name.n ? name.s : u->type_name);
    str_clear(&name);
    u->slot = slot_found(hub->slot, kind, u->device_name, u);
    VEC_PUSH(hub->unit, u);
    slot_link(u->slot, DEVICE_OFF, NULL);
    if (strcmp(device_config_value(hub->config, "connect", "no"), "yes") == 0) {
        u->wanted = true;
        begin(u);
    }
}

static void on_list(void *arg, const struct json *value, int number, const struct error *err)
{
    struct alpaca_unit *hub = arg;
    enum { DEVICES = 64 };
    (void)number;
    hub->http_id = 0;
    if (err->status != OK || !value || value->type != JSON_ARRAY) {
        down(hub, err->status != OK ? err->text : "it does not say which devices it has");
        return;
    }
    if (hub->phase != ALPACA_READY && !hub->was_ready)
        slot_identity(hub->slot, 0, "Alpaca server at %s with %zu devices", hub->host, value->n);
    for (size_t i = 0; i < value->n && i < DEVICES; i++)
        found(hub, json_item(value, i), hub->host);
    hub->was_ready = true;
    hub->backoff_ms = FIRST_MS;
    hub->phase = ALPACA_READY;
    slot_poll(hub->slot, 0);
    slot_link(hub->slot, DEVICE_READY, NULL);
    hub->timer = loop_timer(hub->loop, HUB_MS, on_again, hub, "devices/alpaca");
}

/* The first server that answers the question is the hub's. */
static void on_server(void *arg, const char *host)
{
    struct alpaca_unit *hub = arg;
    char text[200];
    if (*hub->host) {
        snprintf(text, sizeof text,
                 "another Alpaca server answers at %.60s: name it in a line of its own", host);
        if (strcmp(hub->host, host) != 0)
            slot_say(hub->slot, ' ', text);
        return;
    }
    free(hub->host);
    hub->host = mem_str(host);
    begin(hub);
}

/* ---- the face of backend.h ---- */

static bool take_target(struct alpaca_unit *u, const char *target)
{
    const char *slash = strchr(target, '/');
    char *end;
    if (!slash)
        return false;
    free(u->type_name);
    u->type_name = mem_strn(target, (size_t)(slash - target));
    long n = strtol(slash + 1, &end, 10);
    u->number = (int)n;
    return !*end && end != slash + 1 && n >= 0 && n < 1000000 &&
           alpaca_type_of(u->type_name, &u->type, &u->kind);
}

static void *alpaca_open(struct slot *slot, const struct device_config *c, struct error *err)
{
    const char *host = strncmp(c->address, "http://", 7) == 0 ? c->address + 7 : c->address;
    bool automatic = c->hub && strcmp(host, "auto") == 0;
    if (!slot_http(slot)) {
        err_set(err, E_BUG, "%s: Alpaca needs HTTP, which there is not here", c->name);
        return NULL;
    }
    if (!automatic && (!*host || strpbrk(host, "/?#@ ") || !strchr(host, ':'))) {
        err_set(err, E_PARSE,
                "%s: \"%.60s\" is no address of an Alpaca server (192.168.0.12:11111)", c->name,
                c->address);
        return NULL;
    }
    struct alpaca_unit *u = unit_new(slot, c, automatic ? "" : host);
    u->is_hub = c->hub;
    u->kind = c->hub ? DEVICE_OTHER : c->kind;
    u->wanted = true;
    if (!c->hub && (!take_target(u, c->target) || u->kind != c->kind)) {
        err_set(err, E_PARSE, "%s: \"%.40s\" is no %s of an Alpaca server (such as telescope/0)",
                c->name, c->target, device_kind_name(c->kind));
        unit_free(u);
        return NULL;
    }
    slot_link(slot, DEVICE_CONNECTING, NULL);
    if (!automatic)
        begin(u);
    else if (!(u->find = alpaca_find_new(u->loop, ALPACA_FIND_PORT, on_server, u, err))) {
        unit_free(u);
        return NULL;
    }
    return u;
}

static bool is_ready(struct alpaca_unit *u, const struct alpaca_ask *a)
{
    (void)a;
    return u->phase == ALPACA_READY;
}

static enum status connect_it(struct alpaca_unit *u, bool on, uint64_t ticket)
{
    u->wanted = on;
    if (on) {
        struct alpaca_ask *a = mem_zero(sizeof *a);
        *a = (struct alpaca_ask){.unit = u,
                                 .verb = ASK_CONNECT,
                                 .ticket = ticket,
                                 .sent_all = true,
                                 .over = is_ready,
                                 .deadline_ms = CLOCK_MS(u->clock) + JOIN_MS};
        VEC_PUSH(u->ask, a);
        if (u->phase == ALPACA_READY)
            alpaca_ask_end(u, a, OK, NULL);
        else if (u->phase == ALPACA_OFF)
            begin(u);
        return OK;
    }
    u->phase = ALPACA_OFF;
    quiet(u);
    alpaca_asks_end(u, false, E_CANCELLED, "disconnected");
    slot_done(u->slot, ticket, OK, "");
    slot_link(u->slot, DEVICE_OFF, NULL);
    return OK;
}

static enum status alpaca_ask(void *self, const struct device_request *r, uint64_t ticket,
                              struct error *err)
{
    struct alpaca_unit *u = self;
    if (u->is_hub)
        return err_set(err, E_REFUSED, "a server has devices, but moves nothing by itself");
    if (r->verb == ASK_CONNECT || r->verb == ASK_DISCONNECT)
        return connect_it(u, r->verb == ASK_CONNECT, ticket);
    return alpaca_unit_ask(u, r, ticket, err);
}

static void alpaca_close(void *self)
{
    unit_free(self);
}

const struct backend_ops backend_alpaca = {"alpaca", alpaca_open, alpaca_ask, NULL, alpaca_close};
