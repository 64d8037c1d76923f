/* rack.c - the list of devices, what is asked of them, and what is told of them. See rack.h.
 * Not: what a backend tells (slot.c), geometry (safety.c).
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rack_own.h"

enum { WATCH_MS = 500, TOLD_MAX = 10000 };

/* --- telling ------------------------------------------------------------------------------------- */

static void tell_one(struct rack *r, struct told *t)
{
    t->ev.text = t->text ? t->text : "";
    if (t->over)
        return;
    if (t->done)
        t->done(t->arg, t->ticket, t->ev.status, t->ev.text);
    else if (r->o.event)
        r->o.event(r->o.arg, &t->ev);
}

/* What handlers push meanwhile waits for the next round: nobody keeps the loop to himself. */
static int64_t tell_all(void *arg)
{
    struct rack *r = arg;
    struct told *at = r->told.at;
    size_t n = r->told.n;
    r->timer = 0;
    memset(&r->told, 0, sizeof r->told);
    for (size_t i = 0; i < r->slot.n; i++)
        r->slot.at[i]->values_told = false;
    for (size_t i = 0; i < n; i++) {
        tell_one(r, &at[i]);
        free(at[i].text);
    }
    free(at);
    return -1;
}

void rack_push(struct rack *r, struct told t)
{
    if (r->told.n >= TOLD_MAX && !t.done) {
        free(t.text);
        return;
    }
    VEC_PUSH(r->told, t);
    if (!r->timer)
        r->timer = loop_timer(r->o.loop, 0, tell_all, r, "devices/rack");
}

void rack_tell(struct slot *s, enum rack_event_kind kind, char level, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    rack_push(s->rack, (struct told){.ev = {.kind = kind, .id = s->info.id, .level = level},
                                     .text = mem_str(text)});
}

static int64_t watch(void *arg)
{
    struct rack *r = arg;
    for (size_t i = 0; i < r->slot.n; i++) {
        slot_stale_check(r->slot.at[i]);
        ward_look(r->slot.at[i]);
    }
    return WATCH_MS;
}

struct rack *rack_new(const struct rack_options *o)
{
    struct rack *r = mem_zero(sizeof *r);
    r->o = *o;
    r->trace_folder = mem_str(o->trace_folder);
    if (!r->o.backends)
        r->o.backends = backend_table;
    r->watch = loop_timer(o->loop, WATCH_MS, watch, r, "devices/stale");
    return r;
}

static void close_slot(struct slot *s)
{
    if (s->self && !s->hub)
        s->ops->close(s->self);
    s->self = NULL;
}

void rack_free(struct rack *r)
{
    if (!r)
        return;
    ward_close(r);
    for (size_t i = 0; i < r->slot.n; i++)
        close_slot(r->slot.at[i]);
    for (size_t i = 0; i < r->slot.n; i++)
        slot_drop(r->slot.at[i]);
    for (size_t i = 0; i < r->told.n; i++)
        free(r->told.at[i].text);
    VEC_FREE(r->told);
    VEC_FREE(r->slot);
    loop_timer_del(r->o.loop, r->timer);
    loop_timer_del(r->o.loop, r->watch);
    free(r->trace_folder);
    free(r);
}

/* --- the list ------------------------------------------------------------------------------------ */

static const struct backend_ops *backend_of(const struct rack *r, const char *driver)
{
    const struct backend_ops *native = NULL;
    for (const struct backend_ops *const *b = r->o.backends; *b; b++) {
        if (strcmp((*b)->name, driver) == 0)
            return *b;
        if (strcmp((*b)->name, "native") == 0)
            native = *b;
    }
    bool other = strcmp(driver, "indi") == 0 || strcmp(driver, "alpaca") == 0;
    return other ? NULL : native;
}

enum status rack_add(struct rack *r, const char *name, const char *line, struct error *err)
{
    struct config c;
    if (rack_named(r, name))
        return err_set(err, E_RANGE, "device.%.40s: there is one of that name already", name);
    if (r->slot.n >= SLOTS_MAX)
        return err_set(err, E_RANGE, "device.%.40s: more than %d devices", name, SLOTS_MAX);
    enum status st = config_read(&c, name, line, err);
    if (st != OK)
        return st;
    const struct backend_ops *ops = backend_of(r, c.c.driver);
    double poll = (double)NAN;
    const char *poll_text = device_config_value(&c.c, "poll", "");
    if (!ops)
        st = err_set(err, E_ABSENT, "device.%.40s: no driver \"%.30s\" in this build", name,
                     c.c.driver);
    else if (poll_text[0] && (!str_num(poll_text, &poll) || !(poll >= 50 && poll <= 600000)))
        st = err_set(err, E_RANGE, "device.%.40s: poll=%.20s is not in 50 .. 600000 ms", name,
                     poll_text);
    if (st != OK) {
        config_clear(&c);
        return st;
    }
    struct slot *s = slot_make(r, name, c.c.kind);
    s->config = c;
    s->ops = ops;
    s->info.driver = s->config.c.driver;
    free(s->address);
    s->address =
        c.c.target[0] ? mem_printf("%s %s", c.c.address, c.c.target) : mem_str(c.c.address);
    s->info.address = s->address;
    if (isfinite(poll))
        s->poll_ms = (int)poll;
    else if (strcmp(s->info.driver, "indi") == 0)
        s->poll_ms = 0;
    rack_tell(s, RACK_LIST, ' ', "%s", s->name);
    return OK;
}

static void read_one(void *arg, const char *name, const char *value, const struct conf_option *row,
                     bool given)
{
    struct rack *r = arg;
    struct error e;
    const char *own = name + strlen("device.");
    if (!given || strcmp(row->name, "device.*") != 0 || !value[0] || rack_named(r, own))
        return;
    if (rack_add(r, own, value, &e) != OK)
        rack_push(r,
                  (struct told){.ev = {.kind = RACK_SAY, .level = 'W'}, .text = mem_str(e.text)});
}

void rack_read(struct rack *r, const struct conf *conf)
{
    conf_each(conf, read_one, r);
}

size_t rack_n(const struct rack *r)
{
    return r->slot.n;
}

const struct device_info *rack_at(const struct rack *r, size_t i)
{
    return &r->slot.at[i]->info;
}

struct slot *rack_slot(const struct rack *r, uint64_t id)
{
    for (size_t i = 0; i < r->slot.n; i++)
        if (r->slot.at[i]->info.id == id)
            return r->slot.at[i];
    return NULL;
}

const struct device_info *rack_find(const struct rack *r, uint64_t id)
{
    const struct slot *s = rack_slot(r, id);
    return s ? &s->info : NULL;
}

const struct device_info *rack_named(const struct rack *r, const char *name)
{
    for (size_t i = 0; i < r->slot.n; i++)
        if (str_eqi(r->slot.at[i]->name, name))
            return &r->slot.at[i]->info;
    return NULL;
}

const struct device_info *rack_first(const struct rack *r, enum device_kind kind)
{
    const struct device_info *first = NULL;
    for (size_t i = 0; i < r->slot.n; i++) {
        const struct device_info *d = &r->slot.at[i]->info;
        if (d->kind == kind && d->link == DEVICE_READY)
            return d;
        if (d->kind == kind && !first)
            first = d;
    }
    return first;
}

double rack_age_s(const struct rack *r, const struct device_info *d)
{
    if (d->health.good_ms < 0)
        return (double)NAN;
    return (double)(loop_now_ms(r->o.loop) - d->health.good_ms) / 1000;
}

/* --- asking -------------------------------------------------------------------------------------- */

void rack_gate(struct rack *r, rack_gate_fn *fn, void *arg)
{
    r->gate = fn;
    r->gate_arg = arg;
}

static bool ends_something(enum device_verb v)
{
    return v == ASK_CONNECT || v == ASK_DISCONNECT || v == ASK_STOP || v == ASK_MOVE_END ||
           v == ASK_ABORT;
}

enum status rack_may(const struct rack *r, uint64_t id, const struct device_request *q,
                     const struct rack_asker *who, struct error *err)
{
    const struct slot *s = rack_slot(r, id);
    if (!s)
        return err_set(err, E_ABSENT, "there is no such device");
    slot_stale_check(rack_slot(r, id));
    enum status st = state_refuses(s, q, err);
    if (st == OK && r->gate && !ends_something(q->verb))
        st = r->gate(r->gate_arg, &s->info, q, who, err);
    return st;
}

static void tell_asked(struct slot *s, const struct device_request *q, const char *who,
                       enum status st, const char *why)
{
    struct str what = {0};
    request_text(q, &what);
    if (who[0])
        str_addf(&what, ", asked by %s", who);
    if (st != OK)
        str_addf(&what, ": refused: %s", why);
    rack_push(s->rack, (struct told){.ev = {.kind = RACK_ASKED,
                                            .id = s->info.id,
                                            .verb = q->verb,
                                            .status = st,
                                            .level = st == OK ? ' ' : '-'},
                                     .text = str_take(&what)});
}

static enum status connect_slot(struct slot *s, struct error *err)
{
    if (s->self && s->info.link != DEVICE_FAILED)
        return err_set(err, E_BUSY, "%s: it is connected, or being connected", s->name);
    close_slot(s); /* one that failed begins anew */
    s->info.trusted = true;
    s->place_ms = -1;
    slot_link(s, DEVICE_CONNECTING, NULL);
    if (s->ops->halt && !s->rack->guardian)
        ward_open(s->rack);
    s->self = s->ops->open(s, &s->config.c, err);
    if (s->self)
        return OK;
    slot_link(s, DEVICE_FAILED, err->text);
    return err->status;
}

static void stop_before_leaving(struct slot *s)
{
    struct error e;
    struct device_request stop = {.verb = ASK_STOP};
    if (s->info.kind == DEVICE_MOUNT && s->info.link == DEVICE_READY && s->info.v.mount.slewing &&
        s->ops->ask(s->self, &stop, ++s->rack->next_ticket, &e) != OK)
        rack_tell(s, RACK_SAY, '!', "it moves, and could not be stopped: %s", e.text);
}

/* All that was under way ends with the wire, also that of the devices of a hub. */
static void disconnect_slot(struct slot *s)
{
    for (size_t i = 0; i < s->rack->slot.n; i++)
        if (s->rack->slot.at[i] == s || s->rack->slot.at[i]->hub == s)
            stop_before_leaving(s->rack->slot.at[i]);
    close_slot(s);
    for (size_t i = 0; i < s->rack->slot.n; i++) {
        struct slot *of = s->rack->slot.at[i];
        if (of != s && of->hub != s)
            continue;
        of->self = NULL;
        while (of->request.n)
            slot_done(of, of->request.at[0].ticket, E_CANCELLED, "disconnected");
        slot_link(of, DEVICE_OFF, NULL);
    }
}

static uint64_t note_request(struct slot *s, const struct device_request *q, const char *who,
                             rack_done_fn *done, void *arg)
{
    struct str what = {0};
    request_text(q, &what);
    struct request n = {.ticket = ++s->rack->next_ticket,
                        .verb = q->verb,
                        .ra_rad = q->ra_rad,
                        .dec_rad = q->dec_rad,
                        .since_ms = loop_now_ms(s->rack->o.loop),
                        .who = mem_str(who),
                        .what = str_take(&what),
                        .done = done,
                        .arg = arg};
    VEC_PUSH(s->request, n);
    return n.ticket;
}

static void forget_request(struct slot *s, uint64_t ticket)
{
    for (size_t i = 0; i < s->request.n; i++)
        if (s->request.at[i].ticket == ticket) {
            free(s->request.at[i].who);
            free(s->request.at[i].what);
            memmove(&s->request.at[i], &s->request.at[i + 1],
                    (s->request.n - i - 1) * sizeof *s->request.at);
            s->request.n--;
            return;
        }
}

static enum status pass_on(struct slot *s, const struct device_request *q, uint64_t ticket,
                           struct error *err)
{
    enum status st = OK;
    bool whole = !s->hub && (q->verb == ASK_CONNECT || q->verb == ASK_DISCONNECT);
    if (!whole) {
        st = s->ops->ask(s->self, q, ticket, err);
    } else if (q->verb == ASK_CONNECT) {
        st = connect_slot(s, err);
        if (st == OK)
            slot_done(s, ticket, OK, "");
    } else {
        /* Its own ticket is not one of those that are cancelled. */
        slot_done(s, ticket, OK, "");
        disconnect_slot(s);
    }
    return st;
}

uint64_t rack_ask(struct rack *r, uint64_t id, const struct device_request *q,
                  const struct rack_asker *who, rack_done_fn *done, void *arg, struct error *err)
{
    struct error e;
    struct slot *s = rack_slot(r, id);
    const char *name = who && who->who ? who->who : "";
    err = err ? err : &e;
    enum status st = rack_may(r, id, q, who, err);
    if (!s)
        return 0;
    uint64_t ticket = 0;
    if (st == OK) {
        ticket = note_request(s, q, name, done, arg);
        ward_arm(s);
        st = pass_on(s, q, ticket, err);
        if (st != OK)
            forget_request(s, ticket);
        else if (r->taken)
            r->taken(r->taken_arg, &s->info, q, who);
    }
    tell_asked(s, q, name, st, st == OK ? "" : err->text);
    return st == OK ? ticket : 0;
}

void rack_forget(struct rack *r, uint64_t ticket)
{
    for (size_t i = 0; i < r->slot.n; i++)
        for (size_t k = 0; k < r->slot.at[i]->request.n; k++)
            if (r->slot.at[i]->request.at[k].ticket == ticket)
                r->slot.at[i]->request.at[k].done = NULL;
    for (size_t i = 0; i < r->told.n; i++)
        if (r->told.at[i].done && r->told.at[i].ticket == ticket)
            r->told.at[i].over = true;
}

bool rack_doing(const struct rack *r, uint64_t id, size_t i, struct rack_doing *doing)
{
    const struct slot *s = rack_slot(r, id);
    if (!s || i >= s->request.n)
        return false;
    const struct request *q = &s->request.at[i];
    *doing = (struct rack_doing){q->ticket, q->verb, q->ra_rad, q->dec_rad, q->since_ms, q->who};
    return true;
}

struct device_frame *rack_frame_take(struct rack *r, uint64_t id)
{
    struct slot *s = rack_slot(r, id);
    if (!s || !s->frame.n)
        return NULL;
    struct device_frame *f = s->frame.at[0];
    memmove(s->frame.at, s->frame.at + 1, (s->frame.n - 1) * sizeof *s->frame.at);
    s->frame.n--;
    return f;
}

size_t rack_property_n(const struct rack *r, uint64_t id)
{
    const struct slot *s = rack_slot(r, id);
    return s ? s->property.n : 0;
}

const struct device_property *rack_property_at(const struct rack *r, uint64_t id, size_t i)
{
    const struct slot *s = rack_slot(r, id);
    return s && i < s->property.n ? &s->property.at[i].p : NULL;
}

const struct device_property *rack_property(const struct rack *r, uint64_t id, const char *name)
{
    const struct slot *s = rack_slot(r, id);
    for (size_t i = 0; s && i < s->property.n; i++)
        if (strcmp(s->property.at[i].p.name, name) == 0)
            return &s->property.at[i].p;
    return NULL;
}
