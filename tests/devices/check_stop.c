/* check_stop.c - from the stop of all to the bytes at the other end of a real driver's wire, a thousand times, while the loop is
 * kept busy; and a night of twelve hours with three devices that speak each second, driven by a clock of its own: nothing
 * grows, no timer drifts. What it costs is printed.
 */
#include <check.h>
#include <math.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "rig.h"
#include "vigie/devices/safety.h"

#define DEG (3.14159265358979323846 / 180)

enum { STOPS = 1000, BUSY_US = 8000, BUDGET_MS = 200, NIGHT_S = 12 * 3600 };

static double now_ms(void)
{
    const struct clock *c = clock_system();
    return (double)c->mono_ns(c->arg) / 1e6;
}

/* Each turn of the loop costs what a job and a slice of Lua may take, and there is always a next one. */
static void busy(void *arg)
{
    double end = now_ms() + BUSY_US / 1000.0;
    while (now_ms() < end)
        ;
    loop_wake(arg);
}

static size_t stops_heard(const struct rig *r)
{
    size_t n = 0;
    const struct str *t = sim_heard(r->sim);
    for (const char *p = str_c(t); (p = strstr(p, ":Q#")); p += 3)
        n++;
    return n;
}

START_TEST(a_stop_is_on_the_wire_in_time)
{
    struct rig r;
    rig_up(&r, "onstep", "mount", "", 30, 60, 4, true);
    struct safety_options o = {.rack = r.rack, .loop = r.loop, .clock = clock_system()};
    struct safety *guard = safety_new(&o);
    double worst = 0, sum = 0;
    loop_before_sleep(r.loop, busy, r.loop);
    for (int i = 0; i < STOPS; i++) {
        size_t before = sim_heard(r.sim)->n, had = stops_heard(&r);
        double begin = now_ms();
        int bad;
        ck_assert_int_eq(safety_stop(guard, "test", &bad), 1);
        ck_assert_int_eq(bad, 0);
        /* its record is a window of 64 kB: in it the count may fall, but what comes is at the end */
        while (stops_heard(&r) <= had && sim_heard(r.sim)->n >= before && now_ms() - begin < 5000)
            loop_turn(r.loop, false);
        double took = now_ms() - begin;
        worst = took > worst ? took : worst;
        sum += took;
        loop_turn(r.loop, false);
    }
    loop_before_sleep(r.loop, NULL, NULL);
    printf("stop: %d times under load, mean %.1f ms, worst %.1f ms to the other end of the wire\n",
           STOPS, sum / STOPS, worst);
    ck_assert_double_lt(worst, BUDGET_MS);
    safety_free(guard);
    rig_down(&r);
}
END_TEST

/* --- the night ------------------------------------------------------------------------------------------ */

static struct loop *loop;
static struct clock_manual clock_;
static int n_told, n_alarms;

static void told(void *arg, const struct rack_event *ev)
{
    (void)arg;
    n_told += ev->kind == RACK_VALUES;
}

static void guarded(void *arg, uint64_t id, char level, const char *subject, bool over,
                    const char *text)
{
    (void)arg;
    (void)id;
    (void)subject;
    (void)text;
    n_alarms += level == '!' && !over;
}

static size_t in_use(void)
{
    return mallinfo2().uordblks;
}

START_TEST(a_night_leaves_nothing_behind)
{
    struct error err;
    struct site site;
    struct rack_asker me = {.who = "test"};
    struct device_request connect = {.verb = ASK_CONNECT};
    static const char *const line[] = {"mount lx200 pty:/m", "camera indi a:1 C",
                                       "focuser moonlite pty:/f"};
    static const char *const name[] = {"Mount", "Camera", "Focuser"};
    clock_manual_init(&clock_, 1795456800000000000); /* 2026-11-23 18:00 UTC */
    clock_.mono = 1000000000000;
    loop = loop_new(&clock_.clock);
    struct rack_options o = {
        .loop = loop, .clock = &clock_.clock, .backends = fake_table, .event = told};
    struct rack *rack = rack_new(&o);
    struct safety_options so = {
        .rack = rack, .loop = loop, .clock = &clock_.clock, .event = guarded};
    struct safety *guard = safety_new(&so);
    ck_assert_int_eq(site_set(&site, "OHP", 43.9317, 5.7133, 650, NULL), OK);
    safety_site(guard, &site);
    for (int i = 0; i < 3; i++) {
        ck_assert_msg(rack_add(rack, name[i], line[i], &err) == OK, "%s", err.text);
        ck_assert(rack_ask(rack, rack_named(rack, name[i])->id, &connect, &me, NULL, NULL, &err));
        slot_identity(fake_at(name[i])->slot, ~0u, "fake");
        slot_link(fake_at(name[i])->slot, DEVICE_READY, NULL);
        slot_good(fake_at(name[i])->slot, 5);
    }
    fake_mount(fake_at("Mount"), 100 * DEG, 80 * DEG); /* near the pole: up all night */
    size_t begun = 0;
    int64_t cpu = clock_thread_us();
    for (int t = 0; t < NIGHT_S; t++) {
        clock_manual_step(&clock_, 1000000000);
        for (int i = 0; i < 3; i++) {
            struct slot *s = fake_at(name[i])->slot;
            slot_wire(s, true, ":GR#", 4);
            slot_wire(s, false, "06:40:00#", 9);
            slot_good(s, 5 + t % 7);
        }
        loop_turn(loop, false);
        safety_second(guard);
        if (t == NIGHT_S / 6) /* the wire logs are full, all that is made once is made */
            begun = in_use();
    }
    double used_s = (double)(clock_thread_us() - cpu) / 1e6;
    long grown = (long)in_use() - (long)begun;
    printf("night: 12 h, 3 devices at 1 Hz: %.1f s of CPU = %.3f %% of a core; memory %+ld bytes\n",
           used_s, used_s / NIGHT_S * 100, grown);
    ck_assert_int_le(grown, 65536);
    ck_assert_int_eq(n_alarms, 0); /* nothing stale, no drift, no limit */
    ck_assert_int_gt(n_told, 3 * NIGHT_S / 2);
    const struct device_info *d = rack_named(rack, "Mount");
    ck_assert(!d->stale);
    ck_assert_uint_ge(d->health.replies, NIGHT_S);
    ck_assert_double_eq_tol(rack_age_s(rack, d), 0, 1e-9);
    safety_free(guard);
    rack_free(rack);
    loop_free(loop);
    fake_reset();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stop");
    TCase *t = tcase_create("stop");
    tcase_add_test(t, a_stop_is_on_the_wire_in_time);
    tcase_add_test(t, a_night_leaves_nothing_behind);
    tcase_set_timeout(t, 120);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
