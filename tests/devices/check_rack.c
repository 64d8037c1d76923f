/* check_rack.c - the list of devices over a backend that does what the test says: lines of the configuration, what a
 * state forbids, stale values, jumps, requests and their ends, loss and return, health, the wire log and its file.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "vigie/devices/rack.h"

#define DEG (3.14159265358979323846 / 180)

static struct loop *loop;
static struct clock_manual clock_;
static struct rack *rack;
static struct error err;
static char folder[32];
static char said[64][300];
static int n_said, n_values, n_list;
static const struct rack_asker me = {.who = "test"};

static void told(void *arg, const struct rack_event *ev)
{
    (void)arg;
    n_values += ev->kind == RACK_VALUES;
    n_list += ev->kind == RACK_LIST;
    if ((ev->kind == RACK_SAY || ev->kind == RACK_ASKED || ev->kind == RACK_DONE) && n_said < 64)
        snprintf(said[n_said++], sizeof said[0], "%c %s", ev->level, ev->text);
}

static bool was_said(const char *part)
{
    for (int i = 0; i < n_said; i++)
        if (strstr(said[i], part))
            return true;
    return false;
}

static void setup(void)
{
    strcpy(folder, "/tmp/rackXXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    clock_manual_init(&clock_, 1795468447250000000); /* 2026-11-23 21:14:07.250 UTC */
    clock_.mono = 1000000000000;
    loop = loop_new(&clock_.clock);
    struct rack_options o = {.loop = loop,
                             .clock = &clock_.clock,
                             .trace_folder = folder,
                             .backends = fake_table,
                             .event = told};
    rack = rack_new(&o);
    n_said = n_values = n_list = 0;
}

static void teardown(void)
{
    rack_free(rack);
    loop_free(loop);
    fake_reset();
    char cmd[64];
    snprintf(cmd, sizeof cmd, "rm -r %s", folder);
    ck_assert_int_eq(system(cmd), 0);
}

/* The clock goes on, and the loop has its turns (timers of the loop run by the machine's clock: those of 0 ms are due). */
static void pass(int ms)
{
    clock_manual_step(&clock_, (int64_t)ms * 1000000);
    for (int i = 0; i < 4; i++) {
        usleep(1000);
        loop_turn(loop, false);
    }
}

static struct fake *ready_mount(void)
{
    ck_assert_msg(rack_add(rack, "Mount", "mount lx200 pty:/x", &err) == OK, "%s", err.text);
    uint64_t id = rack_named(rack, "mount")->id;
    struct device_request q = {.verb = ASK_CONNECT};
    ck_assert_msg(rack_ask(rack, id, &q, &me, NULL, NULL, &err) > 0, "%s", err.text);
    struct fake *f = fake_at("Mount");
    fake_mount(f, 30 * DEG, 40 * DEG);
    pass(10);
    return f;
}

static uint64_t ask(enum device_verb verb, double ra_deg, double dec_deg)
{
    struct device_request q = {
        .verb = verb, .ra_rad = ra_deg * DEG, .dec_rad = dec_deg * DEG, .on = true, .n = 1};
    return rack_ask(rack, rack_named(rack, "Mount")->id, &q, &me, NULL, NULL, &err);
}

START_TEST(lines_of_the_configuration)
{
    static const struct {
        const char *name, *line, *why; /* why NULL: taken */
    } line[] = {
        {"Mount", "mount lx200 serial:/dev/serial/by-id/usb-X?9600 dialect=onstep", NULL},
        {"Camera", "camera indi localhost:7624 \"CCD Simulator\"", NULL},
        {"Rig", "indi localhost:7625", NULL},
        {"Dome", "dome alpaca 192.168.0.12:11111 dome/0", "no driver \"alpaca\" in this build"},
        {"X", "telescope lx200 serial:/dev/ttyS0", "is no kind of device"},
        {"X", "mount lx200", "device.NAME = KIND DRIVER ADDRESS"},
        {"X", "", "device.NAME = KIND DRIVER ADDRESS"},
        {"X", "camera indi localhost:7624 CCD Simulator", "two words behind the address"},
        {"X", "camera indi localhost:7624 \"CCD", "a quote is not closed"},
        {"mount", "mount lx200 tcp:a:1", "one of that name already"},
        {"X\x1b", "mount lx200 tcp:a:1", "no control character"},
        {"X", "mount lx200 tcp:a:1 poll=7", "poll=7 is not in 50 .. 600000 ms"},
    };
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        enum status st = rack_add(rack, line[i].name, line[i].line, &err);
        if (line[i].why)
            ck_assert_msg(st != OK && strstr(err.text, line[i].why), "%s: %s", line[i].line,
                          err.text);
        else
            ck_assert_msg(st == OK, "%s", err.text);
    }
    ck_assert_uint_eq(rack_n(rack), 3);
    ck_assert_str_eq(rack_at(rack, 1)->address, "localhost:7624 CCD Simulator");
    ck_assert_int_eq(rack_at(rack, 1)->kind, DEVICE_CAMERA);
    ck_assert_int_eq(rack_at(rack, 0)->link, DEVICE_OFF);
    pass(1);
    ck_assert_int_eq(n_list, 3);
}
END_TEST

START_TEST(an_address_that_is_none_fails_with_its_sentence)
{
    ck_assert(rack_add(rack, "Mount", "mount lx200 wrong", &err) == OK);
    ck_assert_uint_eq(ask(ASK_CONNECT, 0, 0), 0);
    ck_assert_int_eq(rack_named(rack, "Mount")->link, DEVICE_FAILED);
    ck_assert_str_eq(rack_named(rack, "Mount")->why, "wrong: no address");
    ck_assert_uint_eq(ask(ASK_SLEW, 1, 1), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "not connected"));
}
END_TEST

START_TEST(a_state_forbids)
{
    struct fake *f = ready_mount();
    ck_assert_uint_gt(ask(ASK_SLEW, 31, 41), 0);
    ck_assert_double_eq_tol(f->last.ra_rad, 31 * DEG, 1e-12);
    slot_done(f->slot, f->ticket, OK, "");
    slot_values(f->slot)->mount.parked = true;
    fake_place(f, 31 * DEG, 41 * DEG);
    ck_assert_uint_eq(ask(ASK_SLEW, 32, 41), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "parked"));
    slot_values(f->slot)->mount.parked = false;
    fake_place(f, 31 * DEG, 41 * DEG);
    slot_identity(f->slot, CAN_SLEW, "less");
    ck_assert_uint_eq(ask(ASK_PARK, 0, 0), 0);
    ck_assert_int_eq(err.status, E_ABSENT);
    ck_assert_uint_eq(ask(ASK_EXPOSE, 0, 0), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "Mount is a mount"));
    int before = f->asked;
    pass(3500); /* three polls and more without a word */
    ck_assert_uint_eq(ask(ASK_SLEW, 32, 41), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "nothing is moved blindly"));
    ck_assert_int_eq(f->asked, before);
    ck_assert_uint_gt(ask(ASK_STOP, 0, 0), 0); /* a stop is always written */
}
END_TEST

START_TEST(stale_is_said)
{
    struct fake *f = ready_mount();
    const struct device_info *d = rack_named(rack, "Mount");
    ck_assert(!d->stale);
    pass(2900);
    usleep(510000);
    pass(1);
    ck_assert(!d->stale);
    pass(200);
    usleep(510000);
    pass(1);
    ck_assert(d->stale);
    ck_assert_double_eq_tol(rack_age_s(rack, d), 3.1, 0.02);
    fake_place(f, 30 * DEG, 40 * DEG);
    ck_assert(!d->stale);
}
END_TEST

START_TEST(one_wild_place_is_not_believed)
{
    struct fake *f = ready_mount();
    const struct device_info *d = rack_named(rack, "Mount");
    pass(1000);
    fake_place(f, 210 * DEG, -40 * DEG);
    ck_assert_double_eq_tol(d->v.mount.ra_rad, 30 * DEG, 1e-12);
    pass(1000);
    fake_place(f, 30 * DEG, 40 * DEG); /* it was garbled */
    ck_assert(d->trusted);
    ck_assert_double_eq_tol(d->v.mount.ra_rad, 30 * DEG, 1e-12);
}
END_TEST

START_TEST(a_jump_ends_trust_until_a_sync)
{
    struct fake *f = ready_mount();
    const struct device_info *d = rack_named(rack, "Mount");
    pass(1000);
    fake_place(f, 60 * DEG, 40 * DEG);
    pass(1000);
    fake_place(f, 60 * DEG, 40 * DEG);
    ck_assert(!d->trusted);
    ck_assert_double_eq_tol(d->v.mount.ra_rad, 60 * DEG, 1e-12);
    ck_assert_uint_eq(ask(ASK_SLEW, 61, 40), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "not trusted"));
    ck_assert_uint_gt(ask(ASK_SYNC, 60, 40), 0);
    slot_done(f->slot, f->ticket, OK, "");
    pass(10);
    ck_assert(d->trusted);
    ck_assert(was_said("W NOT TRUSTED until it is synced"));
    ck_assert_uint_gt(ask(ASK_SLEW, 61, 40), 0);
}
END_TEST

START_TEST(what_somebody_else_moves_is_believed)
{
    struct fake *f = ready_mount();
    const struct device_info *d = rack_named(rack, "Mount");
    for (int i = 1; i <= 6; i++) { /* a hand control: 4 degrees a second */
        pass(1000);
        fake_place(f, (30 + 4 * i) * DEG, 40 * DEG);
    }
    ck_assert(d->trusted);
    ck_assert_double_eq_tol(d->v.mount.ra_rad, 54 * DEG, 1e-12);
}
END_TEST

static int n_done;
static enum status done_status;
static void done(void *arg, uint64_t ticket, enum status status, const char *text)
{
    (void)arg;
    (void)ticket;
    (void)text;
    n_done++;
    done_status = status;
}

START_TEST(a_request_ends_once)
{
    struct fake *f = ready_mount();
    struct device_request q = {.verb = ASK_SLEW, .ra_rad = 31 * DEG, .dec_rad = 41 * DEG};
    uint64_t id = rack_named(rack, "Mount")->id;
    n_done = 0;
    uint64_t t = rack_ask(rack, id, &q, &me, done, NULL, &err);
    struct rack_doing doing;
    ck_assert(rack_doing(rack, id, 0, &doing) && doing.ticket == t && doing.verb == ASK_SLEW);
    slot_done(f->slot, f->ticket, E_DEVICE, "limit \x1b[31m");
    slot_done(f->slot, f->ticket, OK, "");
    ck_assert_int_eq(n_done, 0); /* told from the loop only */
    pass(1);
    ck_assert_int_eq(n_done, 1);
    ck_assert_int_eq(done_status, E_DEVICE);
    ck_assert(!rack_doing(rack, id, 0, &doing));
    ck_assert(was_said("slew to 02:04:00.0 +41:00:00, asked by test"));
    for (int i = 0; i < n_said; i++)
        ck_assert_ptr_null(strchr(said[i], '\x1b'));
    t = rack_ask(rack, id, &q, &me, done, NULL, &err);
    slot_done(f->slot, f->ticket, OK, "");
    rack_forget(rack, t);
    pass(1);
    ck_assert_int_eq(n_done, 1);
}
END_TEST

static enum status no(void *arg, const struct device_info *d, const struct device_request *q,
                      const struct rack_asker *who, struct error *e)
{
    (void)arg;
    (void)d;
    (void)q;
    (void)who;
    return err_set(e, E_REFUSED, "the Sun");
}

START_TEST(the_gate_refuses_but_not_a_stop)
{
    struct fake *f = ready_mount();
    int before = f->asked;
    rack_gate(rack, no, NULL);
    ck_assert_uint_eq(ask(ASK_SLEW, 31, 41), 0);
    ck_assert_str_eq(err.text, "the Sun");
    ck_assert_uint_eq(ask(ASK_MOVE, 0, 0), 0);
    ck_assert_int_eq(f->asked, before);
    ck_assert_uint_gt(ask(ASK_STOP, 0, 0), 0);
    ck_assert_int_eq(f->stopped, 1);
    pass(1);
    ck_assert(was_said("asked by test: refused: the Sun"));
}
END_TEST

START_TEST(loss_and_return_are_accounted)
{
    struct fake *f = ready_mount();
    const struct device_info *d = rack_named(rack, "Mount");
    slot_wire(f->slot, true, ":GR#", 4);
    slot_wire(f->slot, false, "02:0", 4);
    slot_wire(f->slot, false, "0:00#", 5);
    pass(2000);
    slot_link(f->slot, DEVICE_LOST, "no answer in 2 s");
    ck_assert(d->stale);
    pass(12000);
    slot_link(f->slot, DEVICE_CONNECTING, NULL);
    slot_link(f->slot, DEVICE_LOST, "still nothing");
    slot_link(f->slot, DEVICE_READY, NULL);
    pass(1);
    ck_assert_int_eq(d->health.reconnects, 1);
    ck_assert(was_said("! lost: the mount MAY BE MOVING; last seen at 02:00:00 +40:00:00"));
    ck_assert(was_said("+ lost 21:14:09, back 21:14:21 UTC (12 s)"));
    ck_assert(d->stale); /* until it says where it is */
    struct wire_trace t;
    char path[120];
    snprintf(path, sizeof path, "%s/wire-Mount-2026-11-23-211409.trace", folder);
    ck_assert_msg(wire_trace_read(path, &t, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(t.line.n, 2);
    ck_assert_uint_eq(t.line.at[1].n, 9);
    ck_assert(memcmp(t.line.at[1].bytes, "02:00:00#", 9) == 0);
    wire_trace_clear(&t);
}
END_TEST

START_TEST(health_is_counted_over_the_last_hundred)
{
    struct fake *f = ready_mount();
    const struct device_info *d = rack_named(rack, "Mount");
    for (int i = 1; i <= 90; i++)
        slot_good(f->slot, i);
    for (int i = 0; i < 10; i++)
        slot_bad(f->slot, "garbled");
    ck_assert_double_eq_tol(d->health.error_rate, 0.10, 1e-9);
    ck_assert_double_eq_tol(d->health.reply_ms_median, 45, 1e-6); /* 45th of 1..90 */
    ck_assert_double_eq_tol(d->health.reply_ms_p99, 90, 1e-6);
    ck_assert_uint_eq(d->health.errors, 10);
}
END_TEST

START_TEST(the_wire_log_keeps_64_kib_and_every_byte)
{
    struct fake *f = ready_mount();
    uint64_t id = rack_named(rack, "Mount")->id;
    unsigned char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    slot_wire(f->slot, true, all, sizeof all);
    char path[80];
    struct wire_trace t;
    snprintf(path, sizeof path, "%s/a.trace", folder);
    ck_assert(rack_wire_save(rack, id, path, &err) == OK);
    ck_assert_msg(wire_trace_read(path, &t, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(t.line.n, 1);
    ck_assert(t.line.at[0].n == 256 && memcmp(t.line.at[0].bytes, all, 256) == 0);
    wire_trace_clear(&t);
    for (int i = 0; i < 3000; i++)
        slot_wire(f->slot, true, all, sizeof all);
    size_t bytes = 0;
    for (size_t i = 0; i < rack_wire_n(rack, id); i++)
        bytes += rack_wire_at(rack, id, i).n;
    ck_assert_uint_ge(bytes, 65536);
    ck_assert_uint_le(bytes, 2 * 65536 + 256);
}
END_TEST

START_TEST(a_broken_trace_is_refused_with_its_line)
{
    char path[80];
    struct wire_trace t;
    snprintf(path, sizeof path, "%s/b.trace", folder);
    FILE *f = fopen(path, "w");
    fputs("# head\n2026-11-23T21:13:58.214Z > :GR#\n2026-11-23T21:13:58.230Z < 02\\q\n", f);
    fclose(f);
    ck_assert_int_eq(wire_trace_read(path, &t, &err), E_PARSE);
    ck_assert_ptr_nonnull(strstr(err.text, "line 3"));
}
END_TEST

START_TEST(properties_are_kept_in_order_and_clean)
{
    struct fake *f = ready_mount();
    uint64_t id = rack_named(rack, "Mount")->id;
    struct device_element e[1] = {{"A", "a", "1\x1b[2J", "", "", ""}};
    struct device_property p = {.name = "Z", .label = "z", .group = "Main", .type = "number"};
    p.element.at = e;
    p.element.n = 1;
    slot_property(f->slot, &p);
    p.name = "B";
    slot_property(f->slot, &p);
    p.state = PROPERTY_BUSY;
    slot_property(f->slot, &p);
    ck_assert_uint_eq(rack_property_n(rack, id), 2);
    ck_assert_str_eq(rack_property_at(rack, id, 0)->name, "B");
    ck_assert_int_eq(rack_property_at(rack, id, 0)->state, PROPERTY_BUSY);
    ck_assert_ptr_null(strchr(rack_property_at(rack, id, 1)->element.at[0].value, '\x1b'));
    slot_property_gone(f->slot, "B");
    ck_assert_ptr_null(rack_property(rack, id, "B"));
    slot_property_gone(f->slot, NULL);
    ck_assert_uint_eq(rack_property_n(rack, id), 0);
}
END_TEST

START_TEST(a_hub_brings_its_devices)
{
    ck_assert(rack_add(rack, "Rig", "indi localhost:7624", &err) == OK);
    struct device_request q = {.verb = ASK_CONNECT};
    ck_assert(rack_ask(rack, rack_named(rack, "Rig")->id, &q, &me, NULL, NULL, &err));
    struct fake *hub = fake_at("Rig");
    struct fake own = {0};
    slot_link(hub->slot, DEVICE_READY, NULL);
    struct slot *ccd = slot_found(hub->slot, DEVICE_CAMERA, "CCD Simulator", &own);
    ck_assert_ptr_eq(slot_found(hub->slot, DEVICE_CAMERA, "CCD Simulator", &own), ccd);
    struct slot *wheel = slot_found(hub->slot, DEVICE_WHEEL, "CCD Simulator", hub);
    ck_assert_ptr_ne(ccd, wheel);
    slot_link(ccd, DEVICE_READY, NULL);
    ck_assert_ptr_nonnull(rack_named(rack, "CCD Simulator wheel"));
    q = (struct device_request){.verb = ASK_EXPOSE, .exposure = {.seconds = 2}};
    ck_assert_msg(rack_ask(rack, rack_named(rack, "CCD Simulator")->id, &q, &me, NULL, NULL, &err),
                  "%s", err.text);
    ck_assert_int_eq(own.asked, 1);
    ck_assert_double_eq(own.last.exposure.seconds, 2);
    slot_lost(ccd);
    ck_assert(!rack_ask(rack, rack_named(rack, "CCD Simulator")->id, &q, &me, NULL, NULL, &err));
    ck_assert_int_eq(own.asked, 1);
    /* a mount of the hub that slews is stopped before its wire goes */
    struct slot *mount = slot_found(hub->slot, DEVICE_MOUNT, "Mount", &own);
    slot_link(mount, DEVICE_READY, NULL);
    slot_values(mount)->mount.slewing = true;
    slot_good(mount, 1);
    q = (struct device_request){.verb = ASK_DISCONNECT};
    ck_assert(rack_ask(rack, rack_named(rack, "Rig")->id, &q, &me, NULL, NULL, &err));
    ck_assert_int_eq(rack_named(rack, "CCD Simulator")->link, DEVICE_OFF);
    ck_assert_int_eq(own.stopped, 1);
    ck_assert_int_eq(hub->closed, 1);
    ck_assert(rack_add(rack, "B", "mount indi localhost:1 \"Telescope Simulator\"", &err) == OK);
}
END_TEST

START_TEST(two_images_wait_at_most)
{
    struct fake *f = ready_mount();
    uint64_t id = rack_named(rack, "Mount")->id;
    for (int i = 1; i <= 3; i++) {
        struct device_frame *fr = mem_zero(sizeof *fr);
        fr->width = i;
        slot_frame_take(f->slot, fr);
    }
    struct device_frame *fr = rack_frame_take(rack, id);
    ck_assert_int_eq(fr->width, 2);
    device_frame_free(fr);
    fr = rack_frame_take(rack, id);
    ck_assert_int_eq(fr->width, 3);
    device_frame_free(fr);
    ck_assert_ptr_null(rack_frame_take(rack, id));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rack");
    TCase *t = tcase_create("rack");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, lines_of_the_configuration);
    tcase_add_test(t, an_address_that_is_none_fails_with_its_sentence);
    tcase_add_test(t, a_state_forbids);
    tcase_add_test(t, stale_is_said);
    tcase_add_test(t, one_wild_place_is_not_believed);
    tcase_add_test(t, a_jump_ends_trust_until_a_sync);
    tcase_add_test(t, what_somebody_else_moves_is_believed);
    tcase_add_test(t, a_request_ends_once);
    tcase_add_test(t, the_gate_refuses_but_not_a_stop);
    tcase_add_test(t, loss_and_return_are_accounted);
    tcase_add_test(t, health_is_counted_over_the_last_hundred);
    tcase_add_test(t, the_wire_log_keeps_64_kib_and_every_byte);
    tcase_add_test(t, a_broken_trace_is_refused_with_its_line);
    tcase_add_test(t, properties_are_kept_in_order_and_clean);
    tcase_add_test(t, a_hub_brings_its_devices);
    tcase_add_test(t, two_images_wait_at_most);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
