/* slot.c - a device's place in the rack: what its backend tells of it (slot_*), and whether that can be believed.
 * Not: what is asked of it (rack.c), how it is reached (the backends).
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rack_own.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/sexa.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/scale.h"

/* A mount that nobody moves and that is more than a degree elsewhere at the next poll: a garbled reply, a restart, or a
 * hand on it. Believed only when a later reply says the same. */
#define DEG (3.14159265358979323846 / 180)
enum { POLL_MS = 1000, SETTLE_MS = 5000, TEXT_MAX = 4096, ELEMENTS_MAX = 512 };

struct slot *slot_make(struct rack *r, const char *name, enum device_kind kind)
{
    struct slot *s = mem_zero(sizeof *s);
    s->rack = r;
    s->name = mem_str(name);
    s->address = mem_str("");
    s->identity = mem_str("");
    s->why = mem_str("");
    s->poll_ms = POLL_MS;
    s->jump_ms = -1;
    s->place_ms = -1;
    s->moved_ms = -1;
    s->info = (struct device_info){.id = ++r->next_id,
                                   .name = s->name,
                                   .kind = kind,
                                   .driver = "",
                                   .address = s->address,
                                   .identity = s->identity,
                                   .why = s->why,
                                   .trusted = true,
                                   .health = {.reply_ms_median = (double)NAN,
                                              .reply_ms_p99 = (double)NAN,
                                              .good_ms = -1,
                                              .since_ms = loop_now_ms(r->o.loop)}};
    values_unknown(kind, &s->info.v);
    s->work = s->info.v;
    VEC_PUSH(r->slot, s);
    return s;
}

static void property_free(struct property *p)
{
    VEC_FREE(p->p.element);
    arena_clear(&p->memory);
}

void slot_drop(struct slot *s)
{
    for (size_t i = 0; i < s->request.n; i++) {
        free(s->request.at[i].who);
        free(s->request.at[i].what);
    }
    for (size_t i = 0; i < s->property.n; i++)
        property_free(&s->property.at[i]);
    for (size_t i = 0; i < s->frame.n; i++)
        device_frame_free(s->frame.at[i]);
    VEC_FREE(s->request);
    VEC_FREE(s->property);
    VEC_FREE(s->frame);
    wirelog_clear(&s->wire);
    config_clear(&s->config);
    free(s->name);
    free(s->address);
    free(s->identity);
    free(s->why);
    free(s);
}

struct loop *slot_loop(const struct slot *s)
{
    return s->rack->o.loop;
}

const struct clock *slot_clock(const struct slot *s)
{
    return s->rack->o.clock;
}

struct http *slot_http(const struct slot *s)
{
    return s->rack->o.http;
}

const struct site *slot_site(const struct slot *s)
{
    const struct rack_options *o = &s->rack->o;
    return o->site ? o->site(o->arg) : NULL;
}

const struct device_info *slot_info(const struct slot *s)
{
    return &s->info;
}

/* A text from a device, clean and bounded, in place of an older one. */
static void put_text(char **to, const char *text)
{
    struct str t = {0};
    size_t n = text ? strlen(text) : 0;
    utf8_clean(&t, text ? text : "", n < TEXT_MAX ? n : TEXT_MAX);
    str_add(&t, "");
    free(*to);
    *to = str_take(&t);
}

static void time_text(int64_t wall_ns, char out[16])
{
    char when[UTC_TEXT];
    utc_format(utc_of_wall(wall_ns), 0, when);
    snprintf(out, 16, "%.8s", strlen(when) > 19 ? when + 11 : "-");
}

/* --- the link --------------------------------------------------------------------------------- */

static void tell_lost(struct slot *s)
{
    char at[16], ra[SEXA_TEXT], dec[SEXA_TEXT];
    const struct mount_values *m = &s->info.v.mount;
    s->lost_wall_ns = CLOCK_WALL(s->rack->o.clock);
    if (s->info.kind != DEVICE_MOUNT) {
        rack_tell(s, RACK_SAY, '!', "lost: %s", s->why);
        return;
    }
    double age_s = rack_age_s(s->rack, &s->info);
    time_text(s->lost_wall_ns - (isfinite(age_s) ? (int64_t)(age_s * 1e9) : 0), at);
    rack_tell(s, RACK_SAY, '!', "lost: the mount MAY BE MOVING; last seen at %s %s, %s UTC%s%s",
              sexa_format(m->ra_rad / DEG, SEXA_RA, 0, ':', ra),
              sexa_format(m->dec_rad / DEG, SEXA_DEC, 0, ':', dec), at, s->why[0] ? ": " : "",
              s->why);
}

static void tell_back(struct slot *s)
{
    char from[16], to[16];
    int64_t now = CLOCK_WALL(s->rack->o.clock);
    s->info.health.reconnects++;
    time_text(s->lost_wall_ns, from);
    time_text(now, to);
    rack_tell(s, RACK_SAY, '+', "lost %s, back %s UTC (%.0f s)", from, to,
              (double)(now - s->lost_wall_ns) / 1e9);
    s->lost_wall_ns = 0;
}

void slot_fault_save(struct slot *s)
{
    if (!s->rack->trace_folder || !wirelog_n(&s->wire))
        return;
    char when[UTC_TEXT];
    struct str path = {0};
    struct error e;
    utc_format(utc_of_wall(CLOCK_WALL(s->rack->o.clock)), 0, when);
    str_addf(&path, "%s/wire-", s->rack->trace_folder);
    for (const char *c = s->name; *c; c++)
        str_addc(&path,
                 (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z')
                     ? *c
                     : '_');
    str_addf(&path, "-%.10s-%.2s%.2s%.2s.trace", when, when + 11, when + 14, when + 17);
    if (rack_wire_save(s->rack, s->info.id, path.s, &e) == OK)
        rack_tell(s, RACK_SAY, ' ', "what went over the wire is in %s", path.s);
    str_clear(&path);
}

void slot_link(struct slot *s, enum device_link link, const char *why)
{
    enum device_link before = s->info.link;
    put_text(&s->why, why);
    s->info.why = s->why;
    s->info.link = link;
    if (link != before)
        s->info.health.since_ms = loop_now_ms(s->rack->o.loop);
    /* A link that flaps is lost once, until it is back. */
    bool lost_now = link == DEVICE_LOST && before != DEVICE_LOST;
    if (lost_now && !s->lost_wall_ns) {
        s->info.stale = true;
        tell_lost(s);
        slot_fault_save(s);
    }
    if (link == DEVICE_FAILED && before != DEVICE_FAILED) {
        rack_tell(s, RACK_SAY, '-', "%s", s->why[0] ? s->why : "it cannot be had");
        slot_fault_save(s);
    }
    if (link == DEVICE_READY && before != DEVICE_READY) {
        s->info.stale = s->poll_ms > 0; /* until the first values come */
        s->jump_ms = -1;
        if (s->lost_wall_ns)
            tell_back(s);
    }
    if (link != DEVICE_READY)
        s->info.stale = true;
    if (link == DEVICE_OFF)
        s->lost_wall_ns = 0;
    ward_look(s);
    rack_tell(s, RACK_DEVICE, ' ', "%s", device_link_name(link));
}

void slot_identity(struct slot *s, unsigned can, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    bool new = strcmp(text, s->identity) != 0;
    put_text(&s->identity, text);
    s->info.identity = s->identity;
    s->info.can = can;
    if (new &&text[0])
        rack_tell(s, RACK_SAY, ' ', "%s", s->identity);
    rack_tell(s, RACK_DEVICE, ' ', "identified");
}

void slot_trust(struct slot *s, bool trusted, const char *why)
{
    if (s->info.trusted == trusted && trusted)
        return;
    bool was = s->info.trusted;
    s->info.trusted = trusted;
    put_text(&s->why, trusted ? "" : why);
    s->info.why = s->why;
    if (trusted)
        rack_tell(s, RACK_SAY, '+', "its position is trusted again");
    else if (was)
        rack_tell(s, RACK_SAY, 'W', "NOT TRUSTED until it is synced: %s", s->why);
    rack_tell(s, RACK_DEVICE, ' ', "trust");
}

void slot_poll(struct slot *s, int poll_ms)
{
    s->poll_ms = poll_ms;
}

void slot_stale_check(struct slot *s)
{
    if (s->info.link != DEVICE_READY || s->poll_ms <= 0)
        return;
    int64_t good = s->info.health.good_ms;
    bool stale = good < 0 || loop_now_ms(s->rack->o.loop) - good > 3 * (int64_t)s->poll_ms;
    if (stale == s->info.stale)
        return;
    s->info.stale = stale;
    rack_tell(s, RACK_DEVICE, ' ', "%s", stale ? "stale" : "fresh");
}

/* --- values ------------------------------------------------------------------------------------ */

union device_values *slot_values(struct slot *s)
{
    return &s->work;
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void reckon(struct slot *s)
{
    float sorted[HEALTH_N];
    int n = 0;
    for (int i = 0; i < s->n_reply; i++)
        if (!isnan(s->reply[i]))
            sorted[n++] = s->reply[i];
    struct device_health *h = &s->info.health;
    h->error_rate = s->n_reply ? (double)(s->n_reply - n) / s->n_reply : 0;
    if (!n)
        return;
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    h->reply_ms_median = (double)sorted[(n - 1) / 2];
    h->reply_ms_p99 = (double)sorted[(99 * n + 99) / 100 - 1];
}

static void count(struct slot *s, double reply_ms)
{
    s->reply[s->at_reply] = (float)reply_ms;
    s->at_reply = (s->at_reply + 1) % HEALTH_N;
    if (s->n_reply < HEALTH_N)
        s->n_reply++;
    reckon(s);
}

/* Requests after which a mount may honestly be elsewhere. */
static bool displaces(enum device_verb v)
{
    return v == ASK_SLEW || v == ASK_SYNC || v == ASK_PARK || v == ASK_UNPARK || v == ASK_HOME ||
           v == ASK_MOVE || v == ASK_MOVE_END || v == ASK_STOP || v == ASK_SET_SITE ||
           v == ASK_SET_TIME;
}

static bool moves(const struct slot *s, const struct mount_values *m)
{
    bool asked = false;
    for (size_t i = 0; i < s->request.n; i++)
        asked = asked || displaces(s->request.at[i].verb);
    return asked || m->slewing;
}

/* Whether a mount's new place can be believed; false: the old one stays until another reply says the same. */
static bool believe_place(struct slot *s)
{
    const struct mount_values *old = &s->info.v.mount, *new = &s->work.mount;
    int64_t now = loop_now_ms(s->rack->o.loop);
    if (moves(s, new))
        s->moved_ms = now;
    bool first = s->place_ms < 0 || isnan(old->ra_rad) || isnan(new->ra_rad);
    bool calm = s->moved_ms < 0 || now - s->moved_ms > SETTLE_MS;
    double drift = 15.05 / 3600 * DEG * (double)(now - s->place_ms) / 1000;
    if (first || !calm ||
        sky_separation(old->ra_rad, old->dec_rad, new->ra_rad, new->dec_rad) < DEG + drift) {
        s->jump_ms = -1;
        s->place_ms = now;
        return true;
    }
    if (s->jump_ms < 0) {
        s->jump_ms = now;
        s->jump_ra_rad = new->ra_rad;
        s->jump_dec_rad = new->dec_rad;
        rack_tell(s, RACK_SAY, 'W', "a place far from the last one came; it is asked again");
        return false;
    }
    if (now - s->jump_ms < s->poll_ms / 2)
        return false; /* the same poll: its other coordinate */
    bool same = sky_separation(s->jump_ra_rad, s->jump_dec_rad, new->ra_rad, new->dec_rad) <
                DEG / 10 + drift;
    s->place_ms = now;
    s->jump_ms = -1;
    if (same)
        slot_trust(s, false,
                   "its position jumped without a request: it was restarted or turned by hand");
    else
        s->moved_ms = now; /* on its way: somebody else moves it */
    return true;
}

void slot_good(struct slot *s, double reply_ms)
{
    struct device_health *h = &s->info.health;
    h->replies++;
    h->good_ms = loop_now_ms(s->rack->o.loop);
    if (!isnan(reply_ms))
        count(s, reply_ms);
    union device_values old = s->info.v;
    bool believed = s->info.kind != DEVICE_MOUNT || believe_place(s);
    s->info.v = s->work;
    if (!believed) {
        s->info.v.mount.ra_rad = old.mount.ra_rad;
        s->info.v.mount.dec_rad = old.mount.dec_rad;
    }
    if (s->info.stale && s->info.link == DEVICE_READY) {
        s->info.stale = false;
        rack_tell(s, RACK_DEVICE, ' ', "fresh");
    }
    if (!s->values_told) {
        s->values_told = true;
        rack_tell(s, RACK_VALUES, ' ', "%s", "");
    }
}

void slot_bad(struct slot *s, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    s->info.health.errors++;
    count(s, (double)NAN);
    wirelog_put(&s->wire, CLOCK_WALL(s->rack->o.clock), '*', text, strlen(text));
    if (!s->values_told) {
        s->values_told = true;
        rack_tell(s, RACK_VALUES, ' ', "%s", "");
    }
}

/* --- requests, frames, properties ------------------------------------------------------------------ */

void slot_done(struct slot *s, uint64_t ticket, enum status status, const char *text)
{
    for (size_t i = 0; i < s->request.n; i++) {
        struct request q = s->request.at[i];
        if (q.ticket != ticket)
            continue;
        memmove(&s->request.at[i], &s->request.at[i + 1],
                (s->request.n - i - 1) * sizeof *s->request.at);
        s->request.n--;
        if (s->info.kind == DEVICE_MOUNT && displaces(q.verb))
            s->moved_ms = loop_now_ms(s->rack->o.loop);
        char *clean = NULL;
        put_text(&clean, text);
        rack_push(s->rack, (struct told){.ev = {.kind = RACK_DONE,
                                                .id = s->info.id,
                                                .verb = q.verb,
                                                .status = status,
                                                .level = status == OK ? ' ' : '-'},
                                         .text = mem_printf("%s%s%s%s%s", q.what,
                                                            status == OK ? ": done" : ": ",
                                                            status == OK ? "" : clean,
                                                            q.who[0] ? ", asked by " : "", q.who)});
        if (q.done)
            rack_push(s->rack, (struct told){.ev = {.id = s->info.id, .status = status},
                                             .text = mem_str(clean),
                                             .done = q.done,
                                             .arg = q.arg,
                                             .ticket = ticket});
        if (q.verb == ASK_SYNC && status == OK && !s->info.trusted)
            slot_trust(s, true, NULL);
        free(clean);
        free(q.who);
        free(q.what);
        return;
    }
}

void slot_frame_take(struct slot *s, struct device_frame *frame)
{
    if (s->frame.n == FRAMES_WAIT) {
        device_frame_free(s->frame.at[0]);
        memmove(s->frame.at, s->frame.at + 1, (s->frame.n - 1) * sizeof *s->frame.at);
        s->frame.n--;
        rack_tell(s, RACK_SAY, '-', "an image was dropped: nobody took it");
    }
    VEC_PUSH(s->frame, frame);
    rack_tell(s, RACK_FRAME, ' ', "%s", "");
}

static const char *clean_in(struct arena *memory, const char *text)
{
    char *t = NULL;
    put_text(&t, text);
    const char *kept = arena_str(memory, t);
    free(t);
    return kept;
}

static void property_copy(struct property *to, const struct device_property *p)
{
    memset(to, 0, sizeof *to);
    to->p = *p;
    memset(&to->p.element, 0, sizeof to->p.element);
    to->p.name = clean_in(&to->memory, p->name);
    to->p.label = clean_in(&to->memory, p->label);
    to->p.group = clean_in(&to->memory, p->group);
    to->p.type = clean_in(&to->memory, p->type);
    to->p.message = clean_in(&to->memory, p->message);
    size_t n = p->element.n < ELEMENTS_MAX ? p->element.n : ELEMENTS_MAX;
    for (size_t i = 0; i < n; i++) {
        const struct device_element *e = &p->element.at[i];
        struct device_element copy = {
            clean_in(&to->memory, e->name),  clean_in(&to->memory, e->label),
            clean_in(&to->memory, e->value), clean_in(&to->memory, e->min),
            clean_in(&to->memory, e->max),   clean_in(&to->memory, e->step)};
        VEC_PUSH(to->p.element, copy);
    }
}

static int property_order(const struct device_property *a, const struct device_property *b)
{
    int c = strcmp(a->group, b->group);
    return c ? c : strcmp(a->name, b->name);
}

void slot_property(struct slot *s, const struct device_property *p)
{
    struct property copy;
    size_t at = 0;
    property_copy(&copy, p);
    copy.p.changed_ms = loop_now_ms(s->rack->o.loop);
    for (size_t i = 0; i < s->property.n; i++)
        if (strcmp(s->property.at[i].p.name, copy.p.name) == 0) {
            bool same_group = strcmp(s->property.at[i].p.group, copy.p.group) == 0;
            property_free(&s->property.at[i]);
            if (same_group) {
                s->property.at[i] = copy;
                rack_tell(s, RACK_PROPERTY, ' ', "%s", copy.p.name);
                return;
            }
            memmove(&s->property.at[i], &s->property.at[i + 1],
                    (s->property.n - i - 1) * sizeof *s->property.at);
            s->property.n--;
            break;
        }
    if (s->property.n == PROPERTIES_MAX) {
        property_free(&copy);
        return;
    }
    while (at < s->property.n && property_order(&s->property.at[at].p, &copy.p) < 0)
        at++;
    VEC_PUSH(s->property, copy);
    memmove(&s->property.at[at + 1], &s->property.at[at],
            (s->property.n - 1 - at) * sizeof *s->property.at);
    s->property.at[at] = copy;
    rack_tell(s, RACK_PROPERTY, ' ', "%s", copy.p.name);
}

void slot_property_gone(struct slot *s, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->property.n; i++)
        if (!name || strcmp(s->property.at[i].p.name, name) == 0)
            property_free(&s->property.at[i]);
        else
            s->property.at[kept++] = s->property.at[i];
    s->property.n = kept;
    rack_tell(s, RACK_PROPERTY, ' ', "%s", "");
}

void slot_wire(struct slot *s, bool out, const void *bytes, size_t n)
{
    wirelog_put(&s->wire, CLOCK_WALL(s->rack->o.clock), out ? '>' : '<', bytes, n);
}

void slot_say(struct slot *s, char level, const char *text)
{
    char *clean = NULL;
    put_text(&clean, text);
    rack_tell(s, RACK_SAY, level, "%s", clean);
    free(clean);
}

/* --- hubs --------------------------------------------------------------------------------------- */

static char *free_name(const struct rack *r, const char *name, enum device_kind kind,
                       const char *hub)
{
    char *n = mem_str(name[0] ? name : "device");
    for (int i = 0; rack_named(r, n); i++) {
        free(n);
        n = i == 0   ? mem_printf("%s %s", name, device_kind_name(kind))
            : i == 1 ? mem_printf("%s %s (%s)", name, device_kind_name(kind), hub)
                     : mem_printf("%s %s (%s) %d", name, device_kind_name(kind), hub, i);
    }
    return n;
}

struct slot *slot_found(struct slot *hub, enum device_kind kind, const char *name, void *self)
{
    struct rack *r = hub->rack;
    char *clean = NULL;
    put_text(&clean, name);
    for (size_t i = 0; i < r->slot.n; i++) {
        struct slot *s = r->slot.at[i];
        if (s->hub == hub && s->info.kind == kind && strcmp(s->config.c.target, clean) == 0) {
            free(clean);
            s->self = self;
            return s;
        }
    }
    if (r->slot.n >= SLOTS_MAX) { /* one more than any observatory has: the last is used again */
        free(clean);
        rack_tell(hub, RACK_SAY, '-', "more than %d devices: the rest is left out", SLOTS_MAX);
        return r->slot.at[r->slot.n - 1];
    }
    char *own = free_name(r, clean, kind, hub->name);
    struct slot *s = slot_make(r, own, kind);
    s->hub = hub;
    s->ops = hub->ops;
    s->self = self;
    s->poll_ms = hub->poll_ms;
    s->info.driver = hub->info.driver;
    s->config.c = (struct device_config){.name = s->name,
                                         .driver = s->info.driver,
                                         .address = hub->address,
                                         .target = arena_str(&s->config.memory, clean),
                                         .kind = kind};
    free(s->address);
    s->address = mem_printf("%s %s", hub->address, clean);
    s->info.address = s->address;
    rack_tell(s, RACK_LIST, ' ', "%s", own);
    free(own);
    free(clean);
    return s;
}

void slot_lost(struct slot *s)
{
    s->self = NULL;
    while (s->request.n)
        slot_done(s, s->request.at[0].ticket, E_DEVICE, "the server has the device no more");
    slot_property_gone(s, NULL);
    slot_link(s, DEVICE_LOST, "the server has it no more");
}
