/* check_faults.c - what goes wrong at night, one after the other, through the real driver, rack and terminal: for each what is
 * said, that no wild position was accepted, that stop reached the wire.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

static const double DEG = M_PI / 180;
static struct rig rig;
static double wildest;

static double ra_at(double h)
{
    struct jd_utc utc = utc_of_wall(CLOCK_WALL(rig_clock()));
    return fmod(sky_turn(utc, 0, 5.7133 * DEG).last_rad / DEG + h + 360, 360);
}

/* How far the position that is shown ever was from the mechanics. */
static bool watch(struct rig *r)
{
    double ra, dec;
    sim_pointing(r->sim, &ra, &dec);
    const struct mount_values *m = &rig_info(r)->v.mount;
    double off = sky_separation(m->ra_rad, m->dec_rad, ra, dec) / DEG;
    if (off > wildest)
        wildest = off;
    return false;
}

static void watched(int ms)
{
    rig_until(&rig, watch, ms);
}

static void up(const char *sim, double slew_deg_s)
{
    wildest = 0;
    rig_up(&rig, sim, "mount", "", ra_at(20), 42, slew_deg_s, true);
}

/* How often a command was sent since a mark. */
static size_t heard_n;
static void mark(void)
{
    heard_n = sim_heard(rig.sim)->n;
}

static int sent(const char *command)
{
    int n = 0;
    const char *p = str_c(sim_heard(rig.sim)) + heard_n;
    while ((p = strstr(p, command))) {
        n++;
        p += strlen(command);
    }
    return n;
}

static bool all_stops_sent(struct rig *r)
{
    (void)r;
    return sent(":Qw#") > 0;
}

#define SAID(part)                                                                                 \
    ck_assert_msg(strstr(str_c(&rig.said), part) != NULL, "not said: %s\n%s", part,                \
                  str_c(&rig.said))

START_TEST(cable_pulled_in_a_slew)
{
    up("onstep", 2);
    ck_assert_msg(rig_slew(&rig, ra_at(-30), 60), "%s", rig.done_text);
    rig_pass(&rig, 1200);
    int64_t t = loop_now_ms(rig.loop);
    sim_fault(rig.sim, SIM_UNPLUGGED, 1, 0);
    ck_assert(rig_until_link(&rig, DEVICE_LOST, 2000));
    ck_assert(rig_until_said(&rig, "MAY BE MOVING; last seen at ", 100));
    ck_assert_int_le(loop_now_ms(rig.loop) - t, 2000);
    ck_assert(rig_until_done(&rig, 100));
    ck_assert_msg(rig.done == E_NET && strstr(rig.done_text, "MAY BE MOVING"), "%s", rig.done_text);
    ck_assert(rig_info(&rig)->stale);
    mark();
    sim_fault(rig.sim, SIM_UNPLUGGED, 0, 0);
    ck_assert(rig_until_link(&rig, DEVICE_READY, 8000));
    ck_assert(rig_until_said(&rig, "back ", 100));
    ck_assert(rig_until_said(&rig, "stands still", 6000));
    ck_assert_int_ge(sent(":Q#"), 1);
    ck_assert_int_eq(sent(":MS#"), 0);
    double ra, dec;
    ck_assert(!sim_pointing(rig.sim, &ra, &dec));
    ck_assert_int_eq(rig_info(&rig)->health.reconnects, 1);
    rig_down(&rig);
}
END_TEST

/* One answer comes after its time: it must not be taken for the next one's. */
START_TEST(late_answer)
{
    up("onstep", 4);
    uint64_t bad = rig_info(&rig)->health.errors;
    sim_fault(rig.sim, SIM_LATE, 1, 1050);
    watched(5000);
    ck_assert_double_le(wildest, 0.05);
    ck_assert_uint_gt(rig_info(&rig)->health.errors, bad);
    ck_assert_int_eq(rig_info(&rig)->link, DEVICE_READY);
    ck_assert(!rig_info(&rig)->stale);
    rig_down(&rig);
}
END_TEST

static const struct {
    enum sim_fault fault;
    int n;
    bool counted;
} noise[] = {{SIM_HALF, 1, true},
             {SIM_GARBAGE, 2, true},
             {SIM_WILD, 1, true},
             {SIM_SPLIT, -1, false},
             {SIM_ECHO, -1, false}};

START_TEST(noisy_wire)
{
    up("autostar", 30);
    uint64_t bad = rig_info(&rig)->health.errors;
    sim_fault(rig.sim, noise[_i].fault, noise[_i].n, 0);
    watched(5000);
    ck_assert_msg(wildest <= 0.05, "believed a position %.1f deg away", wildest);
    if (noise[_i].counted)
        ck_assert_uint_gt(rig_info(&rig)->health.errors, bad);
    else
        ck_assert_uint_eq(rig_info(&rig)->health.errors, bad);
    ck_assert_int_eq(rig_info(&rig)->link, DEVICE_READY);
    ck_assert_msg(rig_slew(&rig, ra_at(40), 30), "%s", rig.done_text);
    ck_assert(rig_until_done(&rig, 20000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    rig_down(&rig);
}
END_TEST

/* Garbled on the way, but of the right shape: no further off than what is shown is old. At a degree a second on both axes, and
 * with one reading thrown away between two polls, that is 2.2 deg. */
START_TEST(wild_in_a_slew)
{
    up("onstep", 1);
    ck_assert_msg(rig_slew(&rig, ra_at(-30), 60), "%s", rig.done_text);
    rig_pass(&rig, 2600);
    wildest = 0;
    uint64_t bad = rig_info(&rig)->health.errors;
    for (int i = 0; i < 5; i++) {
        sim_fault(rig.sim, SIM_WILD, 1, 7);
        watched(2500);
    }
    ck_assert_msg(wildest < 2.2, "believed a position %.1f deg away", wildest);
    ck_assert_uint_ge(rig_info(&rig)->health.errors, bad + 4);
    rig_down(&rig);
}
END_TEST

/* Turned by its hand control, 3 deg a second: where the line says that there is one it is told, and not stopped. */
START_TEST(hand_control)
{
    rig_up(&rig, "onstep", "mount", _i ? "handpad=yes" : "", ra_at(20), 42, 3, true);
    rig_pass(&rig, 12000);
    mark();
    sim_push(rig.sim, 3 * DEG);
    ck_assert(rig_until_said(&rig, _i ? "its hand control (handpad=yes)" : "! RUNAWAY", 8000));
    rig_pass(&rig, 2000);
    ck_assert_int_eq(sent(":Q#") > 0, !_i);
    rig_down(&rig);
}
END_TEST

START_TEST(wrong_speed)
{
    rig_fault_first(SIM_WRONG_BAUD);
    rig_up(&rig, "onstep", "mount", "", ra_at(20), 42, 4, false);
    ck_assert(rig_until_link(&rig, DEVICE_FAILED, 10000));
    ck_assert_msg(strstr(rig_info(&rig)->why, "garbage") && strstr(rig_info(&rig)->why, "speed"),
                  "%s", rig_info(&rig)->why);
    ck_assert(isnan(rig_info(&rig)->v.mount.ra_rad)); /* nothing of it was believed */
    /* the right speed, and asked again */
    sim_fault(rig.sim, SIM_WRONG_BAUD, 0, 0);
    ck_assert_msg(rig_verb(&rig, ASK_CONNECT), "%s", rig.done_text);
    ck_assert(rig_until_link(&rig, DEVICE_READY, 8000));
    rig_down(&rig);
}
END_TEST

START_TEST(nobody_there)
{
    rig_fault_first(SIM_MUTE);
    rig_up(&rig, "onstep", "mount", "", ra_at(20), 42, 4, false);
    ck_assert(rig_until_link(&rig, DEVICE_FAILED, 10000));
    ck_assert_msg(strstr(rig_info(&rig)->why, "nobody answers") != NULL, "%s", rig_info(&rig)->why);
    rig_down(&rig);
}
END_TEST

/* It falls silent while it slews; a stop is still written. */
START_TEST(mute)
{
    up("onstep", 2);
    ck_assert_msg(rig_slew(&rig, ra_at(-30), 60), "%s", rig.done_text);
    rig_pass(&rig, 1200);
    sim_fault(rig.sim, SIM_MUTE, -1, 0);
    ck_assert(rig_until_link(&rig, DEVICE_LOST, 3000));
    SAID("MAY BE MOVING");
    mark();
    int64_t t = loop_now_ms(rig.loop);
    ck_assert_msg(rig_verb(&rig, ASK_STOP), "%s", rig.done_text);
    rig_pass(&rig, 60);
    ck_assert_int_eq(sent(":Q#"), 1);
    ck_assert_int_le(loop_now_ms(rig.loop) - t, 200);
    double ra, dec;
    ck_assert(!sim_pointing(rig.sim, &ra, &dec));
    sim_fault(rig.sim, SIM_MUTE, 0, 0);
    ck_assert(rig_until_link(&rig, DEVICE_READY, 12000));
    rig_down(&rig);
}
END_TEST

/* A stop does not wait for an answer that is due. */
START_TEST(slow_device)
{
    up("onstep", 2);
    ck_assert_msg(rig_slew(&rig, ra_at(-30), 60), "%s", rig.done_text);
    rig_pass(&rig, 1200);
    sim_fault(rig.sim, SIM_LATE, -1, 800);
    rig_pass(&rig, 700);
    mark();
    int64_t t = loop_now_ms(rig.loop);
    ck_assert_msg(rig_verb(&rig, ASK_STOP), "%s", rig.done_text);
    rig_until(&rig, all_stops_sent, 1000);
    ck_assert_int_eq(sent(":Q#"), 1);
    ck_assert_int_le(loop_now_ms(rig.loop) - t, 200);
    ck_assert(rig_until_done(&rig, 15000));
    ck_assert_msg(rig.done == OK && strstr(rig.done_text, "stands still"), "%s", rig.done_text);
    rig_down(&rig);
}
END_TEST

START_TEST(restarted)
{
    up("autostar", 4);
    sim_fault(rig.sim, SIM_REBOOT, 1, 0);
    ck_assert(rig_until_said(&rig, "it was restarted: its positions are short again", 5000));
    ck_assert(rig_until_said(&rig, "NOT TRUSTED", 100));
    ck_assert(!rig_info(&rig)->trusted);
    ck_assert(!rig_slew(&rig, ra_at(10), 40));
    /* until it is synced */
    struct error err;
    struct device_request q = {.verb = ASK_SYNC, .ra_rad = ra_at(15) * DEG, .dec_rad = 35 * DEG};
    ck_assert_msg(rig_ask(&rig, &q, &err), "%s", err.text);
    ck_assert(rig_until_done(&rig, 5000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    rig_pass(&rig, 2500);
    ck_assert(rig_info(&rig)->trusted);
    ck_assert_msg(rig_slew(&rig, ra_at(10), 40), "%s", rig.done_text);
    rig_down(&rig);
}
END_TEST

START_TEST(alignment_lost)
{
    up("nexstar", 4);
    sim_fault(rig.sim, SIM_REBOOT, 1, 0);
    ck_assert(rig_until_said(&rig, "its alignment is gone", 15000));
    ck_assert(!rig_info(&rig)->trusted);
    ck_assert(!rig_slew(&rig, ra_at(10), 40));
    rig_down(&rig);
}
END_TEST

START_TEST(motors_stuck)
{
    up("onstep", 4);
    sim_fault(rig.sim, SIM_STUCK, -1, 0);
    ck_assert_msg(rig_slew(&rig, ra_at(45), 30), "%s", rig.done_text);
    int64_t t = loop_now_ms(rig.loop);
    ck_assert(rig_until_done(&rig, 9000));
    ck_assert_int_ge(loop_now_ms(rig.loop) - t, 4500);
    ck_assert_msg(rig.done == E_DEVICE && strstr(rig.done_text, "MOTORS STUCK"), "%s",
                  rig.done_text);
    SAID("! MOTORS STUCK");
    rig_down(&rig);
}
END_TEST

START_TEST(runaway)
{
    up("onstep", 8);
    sim_fault(rig.sim, SIM_RUNAWAY, 1, 0);
    ck_assert_msg(rig_slew(&rig, ra_at(30), 35), "%s", rig.done_text);
    mark();
    ck_assert(rig_until_said(&rig, "! RUNAWAY", 20000));
    rig_pass(&rig, 100);
    ck_assert_int_ge(sent(":Q#"), 1);
    ck_assert(rig_until_said(&rig, "stands still", 8000));
    double ra, dec;
    ck_assert(!sim_pointing(rig.sim, &ra, &dec));
    rig_down(&rig);
}
END_TEST

START_TEST(stop_ignored)
{
    up("onstep", 1);
    ck_assert_msg(rig_slew(&rig, ra_at(-30), 60), "%s", rig.done_text);
    rig_pass(&rig, 1500);
    sim_fault(rig.sim, SIM_STOP_IGNORED, -1, 0);
    mark();
    ck_assert(rig_verb(&rig, ASK_STOP));
    ck_assert(rig_until_said(&rig, "! STOP IS NOT OBEYED", 14000));
    SAID("CUT ITS POWER");
    ck_assert(rig_until_done(&rig, 100));
    ck_assert_int_eq(rig.done, E_DEVICE);
    ck_assert_int_ge(sent(":Q#"), 4);
    ck_assert_int_ge(sent(":Qn#"), 4);
    sim_fault(rig.sim, SIM_STOP_IGNORED, 0, 0); /* it goes on trying */
    ck_assert(rig_until_said(&rig, "stands still", 8000));
    rig_down(&rig);
}
END_TEST

/* A stop that is still watched is not sent again into a slew that was asked for since. */
START_TEST(slew_after_stop)
{
    up("onstep", 8);
    ck_assert_msg(rig_slew(&rig, ra_at(-30), 60), "%s", rig.done_text);
    rig_pass(&rig, 1200);
    ck_assert(rig_verb(&rig, ASK_STOP));
    rig_pass(&rig, 200);
    mark();
    ck_assert_msg(rig_slew(&rig, ra_at(30), 35), "%s", rig.done_text);
    ck_assert(rig_until_done(&rig, 25000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_int_eq(sent(":Q#"), 0);
    rig_down(&rig);
}
END_TEST

START_TEST(two_masters)
{
    struct error err;
    char line[100];
    up("onstep", 4);
    snprintf(line, sizeof line, "mount lx200 %s", sim_address(rig.sim));
    ck_assert_int_eq(rack_add(rig.rack, "Second", line, &err), OK);
    uint64_t first = rig.id;
    rig.id = rack_named(rig.rack, "Second")->id;
    ck_assert(rig_verb(&rig, ASK_CONNECT));
    ck_assert(rig_until_link(&rig, DEVICE_FAILED, 3000));
    ck_assert_msg(strstr(rig_info(&rig)->why, "in use") != NULL, "%s", rig_info(&rig)->why);
    rig.id = first;
    rig_pass(&rig, 1500);
    ck_assert_int_eq(rig_info(&rig)->link, DEVICE_READY);
    rig_down(&rig);
}
END_TEST

START_TEST(wrong_clock)
{
    rig_fault_first(SIM_WRONG_CLOCK);
    up("onstep", 4);
    ck_assert(!rig_info(&rig)->trusted);
    SAID("its sidereal time is ");
    SAID("its clock or its site is wrong");
    ck_assert_msg(strstr(rig_info(&rig)->why, "ours ") != NULL, "%s", rig_info(&rig)->why);
    ck_assert_double_eq_tol(rig_info(&rig)->v.mount.clock_error_s, 3600, 3);
    ck_assert(!rig_slew(&rig, ra_at(10), 40));
    struct error err;
    struct device_request q = {.verb = ASK_SET_TIME};
    ck_assert_msg(rig_ask(&rig, &q, &err), "%s", err.text);
    ck_assert(rig_until_done(&rig, 8000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    rig_pass(&rig, 1500);
    ck_assert(rig_info(&rig)->trusted);
    rig_down(&rig);
}
END_TEST

START_TEST(tracking_stops_silently)
{
    up("onstep", 4);
    rig_pass(&rig, 9000);
    sim_fault(rig.sim, SIM_STANDS, -1, 0);
    ck_assert(rig_until_said(&rig, "! TRACKING HAS STOPPED", 130000));
    rig_down(&rig);
}
END_TEST

int main(void)
{
    rig_by_clock();
    Suite *s = suite_create("faults");
    TCase *c = tcase_create("faults");
    tcase_add_test(c, cable_pulled_in_a_slew);
    tcase_add_test(c, late_answer);
    tcase_add_loop_test(c, noisy_wire, 0, (int)(sizeof noise / sizeof *noise));
    tcase_add_test(c, wild_in_a_slew);
    tcase_add_loop_test(c, hand_control, 0, 2);
    tcase_add_test(c, wrong_speed);
    tcase_add_test(c, nobody_there);
    tcase_add_test(c, mute);
    tcase_add_test(c, slow_device);
    tcase_add_test(c, restarted);
    tcase_add_test(c, alignment_lost);
    tcase_add_test(c, motors_stuck);
    tcase_add_test(c, runaway);
    tcase_add_test(c, stop_ignored);
    tcase_add_test(c, slew_after_stop);
    tcase_add_test(c, two_masters);
    tcase_add_test(c, wrong_clock);
    tcase_add_test(c, tracking_stops_silently);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
