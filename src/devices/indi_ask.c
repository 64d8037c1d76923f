/* indi_ask.c - a request as steps: a command, then its answer or its deadline. INDI refuses silently (a wrong value, an
 * unknown property: no answer at all), so that every step has its own. Not: which steps a request is (indi_verbs.c).
 */
#include "indi_own.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 10000, MOTION_MS = 60000 };

struct indi_ask *indi_ask_new(enum device_verb verb, uint64_t ticket)
{
    struct indi_ask *a = mem_zero(sizeof *a);
    a->verb = verb;
    a->ticket = ticket;
    return a;
}

struct indi_step *indi_ask_step(struct indi_ask *a, const char *property)
{
    VEC_PUSH(a->step, ((struct indi_step){.property = mem_str(property), .motion_ms = MOTION_MS}));
    return &a->step.at[a->step.n - 1];
}

void indi_step_switch(struct indi_step *s, const char *element, bool on, bool check)
{
    VEC_PUSH(s->want,
             ((struct indi_want){mem_str(element), mem_str(on ? "On" : "Off"), on ? 1 : 0, check}));
}

void indi_step_number(struct indi_step *s, const char *element, double x, bool check)
{
    VEC_PUSH(s->want, ((struct indi_want){mem_str(element), mem_printf("%.15g", x), x, check}));
}

void indi_step_text(struct indi_step *s, const char *element, const char *text)
{
    VEC_PUSH(s->want, ((struct indi_want){mem_str(element), mem_str(text), NAN, true}));
}

void indi_ask_free(struct indi_ask *a)
{
    for (size_t i = 0; i < a->step.n; i++) {
        struct indi_step *s = &a->step.at[i];
        for (size_t k = 0; k < s->want.n; k++) {
            free(s->want.at[k].element);
            free(s->want.at[k].text);
        }
        VEC_FREE(s->want);
        free(s->property);
    }
    VEC_FREE(a->step);
    free(a);
}

/* Of a switch that is one of many only what is On is sent. */
void indi_send(struct indi_unit *u, const struct indi_step *s)
{
    const struct indi_property *p = indi_property(indi_unit_device(u), s->property);
    enum indi_type type = p                                          ? p->type
                          : s->want.n && isnan(s->want.at[0].number) ? INDI_TEXT
                                                                     : INDI_SWITCH;
    bool some_on = false;
    for (size_t i = 0; i < s->want.n; i++)
        some_on |= s->want.at[i].number == 1;
    bool only_on = type == INDI_SWITCH && some_on && (!p || p->rule != INDI_ANY_OF_MANY);
    VEC(const char *) name = {0}, value = {0};
    struct str out = {0};
    for (size_t i = 0; i < s->want.n; i++)
        if (!only_on || s->want.at[i].number == 1) {
            VEC_PUSH(name, s->want.at[i].element);
            VEC_PUSH(value, s->want.at[i].text);
        }
    indi_write_new(&out, type, u->device, s->property, name.at, value.at, name.n);
    indi_server_write(u->server, u, &out);
    str_clear(&out);
    VEC_FREE(name);
    VEC_FREE(value);
}

static bool same(const struct indi_step *s, const struct indi_property *p)
{
    for (size_t i = 0; i < s->want.n; i++) {
        const struct indi_want *w = &s->want.at[i];
        const struct indi_element *e = indi_element(p, w->element);
        if (!w->check)
            continue;
        if (!e)
            return false;
        double tolerance = s->tolerance > 0 ? s->tolerance : 1e-6 * fmax(1, fabs(w->number));
        if (isnan(w->number) ? strcmp(e->value, w->text) != 0
                             : !(fabs(e->number - w->number) <= tolerance))
            return false;
    }
    return true;
}

static bool checks(const struct indi_step *s)
{
    for (size_t i = 0; i < s->want.n; i++)
        if (s->want.at[i].check)
            return true;
    return false;
}

/* The driver's own words if it said some; else ours. */
static void refused(struct indi_unit *u, struct indi_ask *a, const struct indi_property *p)
{
    const struct indi_device *d = indi_unit_device(u);
    char text[300];
    if (d && *d->said)
        snprintf(text, sizeof text, "%s: %.200s", p->name, d->said);
    else
        snprintf(text, sizeof text, "%s: the driver reports an alert", p->name);
    indi_ask_end(u, a, E_DEVICE, text);
}

static void send_step(struct indi_unit *u, struct indi_ask *a);

static void next_step(struct indi_unit *u, struct indi_ask *a)
{
    a->sent = false;
    if (++a->at < a->step.n)
        send_step(u, a);
    else if (!a->image)
        indi_ask_end(u, a, OK, NULL);
    else /* the image may come a little later than the end of the exposure */
        a->deadline_ms = CLOCK_MS(u->server->clock) + MOTION_MS;
}

static int64_t answer_ms(const struct indi_property *p)
{
    /* drivers say 60 s of nearly everything: nobody waits so long to learn of a silent refusal */
    double own = p->timeout_s * 1000;
    return own >= 1000 && own < ANSWER_MS ? (int64_t)own : ANSWER_MS;
}

static void send_step(struct indi_unit *u, struct indi_ask *a)
{
    const struct indi_step *s = &a->step.at[a->at];
    const struct indi_property *p = indi_property(indi_unit_device(u), s->property);
    char text[300];
    if (!p && s->optional) {
        next_step(u, a);
        return;
    }
    if (!p) {
        snprintf(text, sizeof text, "%s: the driver has no property %s", u->device, s->property);
        indi_ask_end(u, a, E_ABSENT, text);
        return;
    }
    a->sent = true;
    a->sets = p->sets;
    a->busy = p->busy;
    a->was_alert = p->state == INDI_ALERT;
    a->sent_ms = CLOCK_MS(u->server->clock);
    a->deadline_ms = a->sent_ms + answer_ms(p);
    struct indi_device *d = indi_unit_device(u);
    free(d->said); /* what it says from now on is about this */
    d->said = mem_str("");
    indi_send(u, s);
}

void indi_ask_start(struct indi_unit *u, struct indi_ask *a)
{
    VEC_PUSH(u->ask, a);
    if (a->step.n)
        send_step(u, a);
    else
        indi_ask_end(u, a, OK, NULL);
}

static void remember_exposure(struct indi_unit *u, const struct indi_ask *a)
{
    if (a->verb != ASK_EXPOSE || u->begin_ms)
        return;
    u->begin_ns = CLOCK_WALL(u->server->clock);
    u->begin_ms = CLOCK_MS(u->server->clock);
}

/* def: the property was told of because it was asked for (a poll): what it says may be older than the command. */
static void consider(struct indi_unit *u, struct indi_ask *a, const struct indi_property *p,
                     bool def)
{
    const struct indi_step *s = &a->step.at[a->at];
    bool was_busy = p->busy > a->busy, matches = same(s, p);
    char text[300];
    if (p->state == INDI_ALERT) {
        if (!def || !a->was_alert)
            refused(u, a, p);
    } else if (p->state == INDI_BUSY) {
        a->deadline_ms = CLOCK_MS(u->server->clock) + s->motion_ms;
        if (strcmp(s->property, "CCD_EXPOSURE") == 0)
            remember_exposure(u, a);
        if (s->started)
            next_step(u, a);
    } else if (matches && (checks(s) || !def)) {
        next_step(u, a);
    } else if (was_busy) {
        const struct indi_device *d = indi_unit_device(u);
        snprintf(text, sizeof text, "%s: it ended elsewhere than asked%s%.180s", p->name,
                 d && *d->said ? ": " : "", d ? d->said : "");
        indi_ask_end(u, a, E_DEVICE, text);
    }
}

void indi_asks_property(struct indi_unit *u, const struct indi_property *p, bool def)
{
    /* an end may take others with it */
    for (size_t i = u->ask.n; i-- > 0;) {
        if (i >= u->ask.n)
            continue;
        struct indi_ask *a = u->ask.at[i];
        if (a->sent && a->at < a->step.n && p->sets > a->sets &&
            strcmp(a->step.at[a->at].property, p->name) == 0)
            consider(u, a, p, def);
    }
}

static void late(struct indi_unit *u, struct indi_ask *a)
{
    char text[300];
    if (a->at >= a->step.n) {
        indi_ask_end(u, a, E_TIMEOUT, "the exposure has ended, but no image came");
        return;
    }
    const struct indi_step *s = &a->step.at[a->at];
    const struct indi_property *p = indi_property(indi_unit_device(u), s->property);
    bool answered = p && p->busy > a->busy;
    int64_t waited = CLOCK_MS(u->server->clock) - a->sent_ms;
    if (answered)
        snprintf(text, sizeof text, "%s is still busy after %lld s", s->property,
                 (long long)(waited / 1000));
    else
        snprintf(text, sizeof text,
                 "no answer to %s in %lld s (INDI refuses without a word: is the value allowed?)",
                 s->property, (long long)(waited / 1000));
    slot_bad(u->slot, "%s", text);
    indi_ask_end(u, a, E_TIMEOUT, text);
}

void indi_asks_tick(struct indi_unit *u, int64_t now_ms)
{
    for (size_t i = u->ask.n; i-- > 0;) {
        if (i >= u->ask.n)
            continue;
        struct indi_ask *a = u->ask.at[i];
        if (a->holding)
            continue; /* a motion by hand: indi_verbs.c ends it */
        if (a->deadline_ms && now_ms >= a->deadline_ms)
            late(u, a);
    }
}

void indi_ask_end(struct indi_unit *u, struct indi_ask *a, enum status status, const char *why)
{
    for (size_t i = 0; i < u->ask.n; i++)
        if (u->ask.at[i] == a) {
            memmove(u->ask.at + i, u->ask.at + i + 1, (u->ask.n - i - 1) * sizeof *u->ask.at);
            u->ask.n--;
            break;
        }
    if (a->verb == ASK_EXPOSE) {
        u->begin_ms = 0;
        u->fraction = NAN;
    }
    if (status == OK && a->verb == ASK_SYNC)
        slot_trust(u->slot, true, NULL);
    indi_unit_refresh(u);
    if (a->ticket)
        slot_done(u->slot, a->ticket, status, why ? why : "");
    else if (status != OK && status != E_CANCELLED && why)
        slot_say(u->slot, 'W', why);
    indi_ask_free(a);
}

void indi_asks_end(struct indi_unit *u, bool (*only)(const struct indi_ask *a), enum status status,
                   const char *why)
{
    for (size_t i = u->ask.n; i-- > 0;)
        if (i < u->ask.n && (!only || only(u->ask.at[i])))
            indi_ask_end(u, u->ask.at[i], status, why);
}

bool indi_ask_moves(const struct indi_ask *a)
{
    switch (a->verb) {
    case ASK_SLEW:
    case ASK_PARK:
    case ASK_HOME:
    case ASK_MOVE:
    case ASK_MOVE_END:
    case ASK_GUIDE:
    case ASK_EXPOSE:
    case ASK_FOCUS_TO:
    case ASK_FOCUS_BY:
    case ASK_FILTER:
    case ASK_DOME_AZ:
    case ASK_DOME_SHUTTER:
    case ASK_DOME_PARK: return true;
    case ASK_CONNECT:
    case ASK_DISCONNECT:
    case ASK_STOP:
    case ASK_SYNC:
    case ASK_UNPARK:
    case ASK_TRACK:
    case ASK_TRACK_RATE:
    case ASK_SET_SITE:
    case ASK_SET_TIME:
    case ASK_ABORT:
    case ASK_COOL:
    case ASK_DOME_SLAVE:
    case ASK_SWITCH:
    case ASK_PROPERTY: return false;
    }
    return false;
}

struct indi_ask *indi_ask_find(const struct indi_unit *u, enum device_verb verb)
{
    for (size_t i = 0; i < u->ask.n; i++)
        if (u->ask.at[i]->verb == verb)
            return u->ask.at[i];
    return NULL;
}
