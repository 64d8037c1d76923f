/* rig.c - see rig.h. */
#include "rig.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/devices/rack_own.h"
#include "vigie/sky/site.h"

static const double DEG = M_PI / 180;
static struct site site;
static const struct rack_asker me = {.who = "test", .sun_allowed = true};

static void told(void *arg, const struct rack_event *ev)
{
    struct rig *r = arg;
    if (ev->kind == RACK_SAY)
        str_addf(&r->said, "%c %s\n", ev->level, ev->text);
}

static const struct site *where(void *arg)
{
    (void)arg;
    return &site;
}

/* --- time ------------------------------------------------------------------------------------------ */

/* By a clock of its own a night goes by in seconds: it only goes on when all bytes that were sent have come, so that no haste
 * of ours is taken for a delay of the device. A wire that loses bytes is waited for once. */
enum { STEP_MS = 5, PATIENCE_US = 100000, NAP_US = 50 };
static struct clock_manual manual;
static bool by_clock;

void rig_by_clock(void)
{
    by_clock = true;
}

void rig_by_true_clock(void)
{
    by_clock = false;
}

const struct clock *rig_clock(void)
{
    if (by_clock && !manual.clock.mono_ns) {
        clock_manual_init(&manual, 1795468447250000000); /* 2026-11-23 21:14:07.25 UTC */
        manual.mono = 1000000000000;
    }
    return by_clock ? &manual.clock : clock_system();
}

static int64_t under_way(const struct rig *r)
{
    uint64_t in = 0, out = 0, sent = 0, got = 0;
    sim_traffic(r->sim, &in, &out);
    for (size_t i = 0; i < r->rack->slot.n; i++) {
        sent += r->rack->slot.at[i]->wire.out;
        got += r->rack->slot.at[i]->wire.in;
    }
    return llabs((int64_t)(sent - in) - r->lost[0]) + llabs((int64_t)(out - got) - r->lost[1]);
}

static void take_lost(struct rig *r)
{
    uint64_t in = 0, out = 0, sent = 0, got = 0;
    sim_traffic(r->sim, &in, &out);
    for (size_t i = 0; i < r->rack->slot.n; i++) {
        sent += r->rack->slot.at[i]->wire.out;
        got += r->rack->slot.at[i]->wire.in;
    }
    r->lost[0] = (int64_t)(sent - in);
    r->lost[1] = (int64_t)(out - got);
}

static void rig_turn(struct rig *r)
{
    if (!by_clock) {
        loop_turn(r->loop, true);
        return;
    }
    int waited_us = 0;
    do {
        loop_turn(r->loop, false);
        if (!r->rack) { /* its last bytes are not counted any more: time goes on, slowly */
            usleep(NAP_US);
            break;
        }
        if (under_way(r)) {
            usleep(NAP_US);
            waited_us += NAP_US;
        }
    } while (under_way(r) && waited_us < PATIENCE_US);
    if (r->rack && under_way(r))
        take_lost(r);
    clock_manual_step(&manual, STEP_MS * 1000000);
}

static int first_fault = -1;
void rig_fault_first(int fault)
{
    first_fault = fault;
}

static bool is_ready(struct rig *r)
{
    return rig_info(r)->link == DEVICE_READY && !rig_info(r)->stale;
}

void rig_up(struct rig *r, const char *sim, const char *kind, const char *options, double ra_deg,
            double dec_deg, double slew_deg_s, bool wait)
{
    struct error err;
    memset(r, 0, sizeof *r);
    ck_assert_int_eq(site_set(&site, "OHP", 43.9317, 5.7133, 650, &err), OK);
    r->loop = loop_new(rig_clock());
    if (by_clock)
        loop_by_clock(r->loop);
    snprintf(r->link, sizeof r->link, "/tmp/vigie-rig-%d", (int)getpid());
    struct sim_options so = {.loop = r->loop,
                             .clock = rig_clock(),
                             .device = sim,
                             .tcp_port = -1,
                             .symlink = r->link,
                             .lat_rad = site.lat_rad,
                             .lon_rad = site.lon_rad,
                             .ra_rad = ra_deg * DEG,
                             .dec_rad = dec_deg * DEG,
                             .slew_deg_s = slew_deg_s};
    r->sim = sim_new(&so, &err);
    ck_assert_msg(r->sim != NULL, "%s", err.text);
    if (first_fault >= 0)
        sim_fault(r->sim, (enum sim_fault)first_fault, -1, 0);
    struct rack_options ro = {
        .loop = r->loop, .clock = rig_clock(), .site = where, .event = told, .arg = r};
    r->rack = rack_new(&ro);
    char line[300];
    snprintf(line, sizeof line, "%s %s %s %s", kind, sim_driver(sim), sim_address(r->sim), options);
    ck_assert_msg(rack_add(r->rack, "Device", line, &err) == OK, "%s: %s", line, err.text);
    r->id = rack_at(r->rack, 0)->id;
    ck_assert(rig_verb(r, ASK_CONNECT));
    if (wait)
        ck_assert_msg(rig_until(r, is_ready, 15000), "not ready: %s %s\n%s",
                      device_link_name(rig_info(r)->link), rig_info(r)->why, str_c(&r->said));
}

void rig_down(struct rig *r)
{
    rack_free(r->rack);
    sim_free(r->sim);
    loop_free(r->loop);
    str_clear(&r->said);
}

const struct device_info *rig_info(const struct rig *r)
{
    return rack_find(r->rack, r->id);
}

static int64_t wake(void *arg)
{
    (void)arg;
    return 20;
}

bool rig_until(struct rig *r, bool (*fn)(struct rig *), int ms)
{
    int64_t end = loop_now_ms(r->loop) + ms;
    uint64_t t = loop_timer(r->loop, 20, wake, NULL, "test");
    bool holds = fn && fn(r);
    while (!holds && loop_now_ms(r->loop) < end) {
        rig_turn(r);
        holds = fn && fn(r);
    }
    loop_timer_del(r->loop, t);
    if (fn && !holds && getenv("RIG_DUMP"))
        rig_dump(r);
    return holds;
}

void rig_pass(struct rig *r, int ms)
{
    rig_until(r, NULL, ms);
}

static enum device_link want_link;
static bool has_link(struct rig *r)
{
    return rig_info(r)->link == want_link;
}

bool rig_until_link(struct rig *r, enum device_link link, int ms)
{
    want_link = link;
    return rig_until(r, has_link, ms);
}

static const char *want_part;
static bool was_said(struct rig *r)
{
    return strstr(str_c(&r->said), want_part) != NULL;
}

bool rig_until_said(struct rig *r, const char *part, int ms)
{
    want_part = part;
    return rig_until(r, was_said, ms);
}

static bool is_done(struct rig *r)
{
    return !r->waiting;
}

bool rig_until_done(struct rig *r, int ms)
{
    return rig_until(r, is_done, ms);
}

static void on_done(void *arg, uint64_t ticket, enum status status, const char *text)
{
    struct rig *r = arg;
    if (ticket != r->waiting)
        return;
    r->waiting = 0;
    r->done = status;
    snprintf(r->done_text, sizeof r->done_text, "%s", text);
}

/* What went over the wire, oldest first, for whoever has to find out why a test failed. */
void rig_dump(struct rig *r)
{
    for (size_t i = rack_wire_n(r->rack, r->id); i-- > 0;) {
        struct wire_line w = rack_wire_at(r->rack, r->id, i);
        struct str t = {0};
        wire_text(&t, w.bytes, w.n);
        fprintf(stderr, "%8.3f %c %s\n", (double)(w.wall_ns / 1000000 % 1000000) / 1000, w.dir,
                str_c(&t));
        str_clear(&t);
    }
    fprintf(stderr, "%s", str_c(&r->said));
}

bool rig_ask(struct rig *r, const struct device_request *q, struct error *err)
{
    r->waiting = rack_ask(r->rack, r->id, q, &me, on_done, r, err);
    return r->waiting != 0;
}

bool rig_slew(struct rig *r, double ra_deg, double dec_deg)
{
    struct error err;
    struct device_request q = {.verb = ASK_SLEW, .ra_rad = ra_deg * DEG, .dec_rad = dec_deg * DEG};
    bool ok = rig_ask(r, &q, &err);
    if (!ok)
        snprintf(r->done_text, sizeof r->done_text, "%s", err.text);
    return ok;
}

bool rig_verb(struct rig *r, enum device_verb verb)
{
    struct error err;
    struct device_request q = {.verb = verb, .on = true};
    bool ok = rig_ask(r, &q, &err);
    if (!ok)
        snprintf(r->done_text, sizeof r->done_text, "%s", err.text);
    return ok;
}
