/* check_attack.c - the guard attacked as by an enemy: after a stop, by false syncs, by raw properties, by ways over the pole,
 * by numbers that are none, by a clock that jumps. What is to be refused is refused with a sentence, and the device has
 * heard nothing of it.
 */
#include "guarded.h"

/* --- after a stop --------------------------------------------------------------------------------------- */

static void stop_by_a_person(void)
{
    safety_hold(guard);
    safety_stop(guard, "key", NULL);
}

/* Everything a script could move by, on every device. */
START_TEST(after_a_stop_a_script_moves_nothing)
{
    struct fake *m = mount_at(30, 40), *f = ready("Focuser", "focuser indi a:1 F"),
                *d = ready("Dome", "dome indi a:1 D"), *w = ready("Wheel", "wheel indi a:1 W"),
                *p = ready("Power", "switch indi a:1 P");
    slot_values(w->slot)->wheel.slots = 5;
    slot_good(w->slot, 1);
    ck_assert_int_eq(slew(60, 30, &script), OK);
    stop_by_a_person();
    turns();
    struct fake *const all[] = {m, f, d, w, p};
    int before = 0, after = 0;
    for (size_t i = 0; i < 5; i++)
        before += all[i]->asked;
    static const struct {
        const char *device;
        struct device_request q;
    } rows[] = {
        {"Mount", {.verb = ASK_SLEW, .ra_rad = 0.6, .dec_rad = 0.7}},
        {"Mount", {.verb = ASK_SYNC, .ra_rad = 0.5236, .dec_rad = 0.698}},
        {"Mount", {.verb = ASK_PARK}},
        {"Mount", {.verb = ASK_UNPARK}},
        {"Mount", {.verb = ASK_HOME}},
        {"Mount", {.verb = ASK_TRACK, .on = true}},
        {"Mount", {.verb = ASK_TRACK_RATE, .rate = TRACK_LUNAR}},
        {"Mount", {.verb = ASK_MOVE, .n = 1}},
        {"Mount", {.verb = ASK_GUIDE, .x = 500}},
        {"Mount",
         {.verb = ASK_PROPERTY, .property = "GEOGRAPHIC_COORD", .element = "LAT", .text = "1"}},
        {"Focuser", {.verb = ASK_FOCUS_TO, .n = 100}},
        {"Focuser", {.verb = ASK_FOCUS_BY, .n = 100}},
        {"Wheel", {.verb = ASK_FILTER, .n = 2}},
        {"Dome", {.verb = ASK_DOME_AZ, .az_rad = 1}},
        {"Dome", {.verb = ASK_DOME_SHUTTER, .on = true}},
        {"Dome", {.verb = ASK_DOME_SHUTTER}},
        {"Dome", {.verb = ASK_DOME_PARK}},
        {"Dome", {.verb = ASK_DOME_SLAVE, .on = true}},
        {"Power", {.verb = ASK_SWITCH, .x = 1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t id = rack_named(rack, rows[i].device)->id;
        err.text[0] = 0;
        ck_assert_msg(!rack_ask(rack, id, &rows[i].q, &script, NULL, NULL, &err), "row %zu", i);
        ck_assert_msg(err.status == E_REFUSED && strstr(err.text, "STOP was pressed at 21:14:07") &&
                          strstr(err.text, "`allow-motion`"),
                      "row %zu: %s", i, err.text);
    }
    for (size_t i = 0; i < 5; i++)
        after += all[i]->asked;
    ck_assert_int_eq(after, before);
    /* what ends a motion stays allowed */
    ck_assert_int_eq(ask((struct device_request){.verb = ASK_STOP}, &script), OK);
    ck_assert_int_eq(ask((struct device_request){.verb = ASK_TRACK}, &script), OK);
    ck_assert_int_eq(ask((struct device_request){.verb = ASK_MOVE_END}, &script), OK);
}
END_TEST

/* That the observer moves the mount himself is no leave for scripts; only leave is. */
START_TEST(only_leave_lets_scripts_move_again)
{
    mount_at(30, 40);
    stop_by_a_person();
    ck_assert_int_eq(slew(60, 30, &me), OK);
    refused(slew(50, 30, &script), "STOP was pressed");
    ck_assert(safety_held(guard) == NIGHT);
    for (int i = 0; i < 7200; i += 600)
        pass(fake_at("Mount"), 600);
    refused(slew(50, 30, &script), "STOP was pressed"); /* nor does time */
    safety_let(guard);
    ck_assert(safety_held(guard) == 0);
    ck_assert_int_eq(slew(60, 45, &script), OK);
}
END_TEST

START_TEST(a_scripts_own_stop_holds_nobody)
{
    mount_at(30, 40);
    safety_stop(guard, "Lua: night.lua", NULL);
    ck_assert(!safety_held(guard));
    ck_assert_int_eq(slew(60, 30, &script), OK);
}
END_TEST

/* After a stop the dawn moves nothing either: it stops the tracking and cries. That the observer moves something again is
 * leave enough for it. */
START_TEST(a_stop_holds_the_policies_until_the_observer_moves)
{
    for (int moved = 0; moved < 2; moved++) {
        struct fake *m = moved ? fake_at("Mount") : mount_at(30, 40);
        struct fake *d = moved ? fake_at("Dome") : ready("Dome", "dome indi a:1 D");
        slot_values(d->slot)->dome.shutter = SHUTTER_OPEN;
        slot_good(d->slot, 1);
        stop_by_a_person();
        turns();
        if (moved)
            ck_assert_int_eq(slew(60, 30, &me), OK);
        m->last.verb = d->last.verb = ASK_CONNECT;
        ck_assert_int_eq(safety_shutdown(guard, "dawn", false, ASKER_GUARD, NULL, NULL, &err), OK);
        turns();
        ck_assert_int_eq(m->last.verb, moved ? ASK_PARK : ASK_TRACK);
        if (!moved) {
            ck_assert(!m->last.on);
            slot_done(m->slot, m->ticket, OK, "");
            turns();
            ck_assert_int_eq(d->last.verb, ASK_CONNECT);
            ck_assert(was_said("parking Mount: Mount: no park: STOP was pressed"));
            ck_assert(was_said("!shutdown ordered end: 1 steps done, 2 FAILED"));
            ck_assert(!safety_shutdown_state(guard).running);
        }
    }
}
END_TEST

/* --- the ordered end, with each device failing in its middle --------------------------------------------- */

enum failure { REFUSES, MUTE, LOST_BEFORE, LOST_AT_ITS_STEP, SAYS_NO, N_FAILURES };

/* Whatever one of them does, each of the others is put away in its order, the end comes within the deadlines, and the failure
 * is said. */
START_TEST(the_ordered_end_reaches_everybody)
{
    enum failure how = (enum failure)(_i % N_FAILURES);
    int which = _i / N_FAILURES;
    static const char *const name[] = {"Camera", "Mount", "Dome"};
    struct fake *f[3] = {ready("Camera", "camera indi a:1 C"), mount_at(30, 40),
                         ready("Dome", "dome indi a:1 D")};
    slot_values(f[0]->slot)->camera.phase = CAMERA_EXPOSING;
    slot_good(f[0]->slot, 1);
    slot_values(f[2]->slot)->dome.shutter = SHUTTER_OPEN;
    slot_good(f[2]->slot, 1);
    turns();
    static const enum device_verb step[] = {ASK_ABORT, ASK_PARK, ASK_DOME_SHUTTER};
    bool seen[3] = {false};
    for (int i = 0; i < 3; i++)
        f[i]->last.verb = ASK_CONNECT;
    if (how == REFUSES)
        f[which]->refuse = E_DEVICE;
    if (how == LOST_BEFORE)
        slot_link(f[which]->slot, DEVICE_LOST, "cable");
    ck_assert_int_eq(safety_shutdown(guard, "rain", false, ASKER_GUARD, NULL, NULL, &err), OK);
    int seconds = 0;
    for (; safety_shutdown_state(guard).running && seconds < 400; seconds++) {
        for (int i = 0; i < 3; i++) {
            if (f[i]->last.verb == step[i])
                seen[i] = true;
            if (!f[i]->ticket)
                continue;
            uint64_t ticket = f[i]->ticket;
            if (i == which && f[i]->last.verb == step[i] && how == MUTE)
                continue;
            f[i]->ticket = 0;
            if (i == which && f[i]->last.verb == step[i] && how == LOST_AT_ITS_STEP)
                slot_link(f[i]->slot, DEVICE_LOST, "cable");
            bool bad = i == which && (how == SAYS_NO || how == LOST_AT_ITS_STEP);
            slot_done(f[i]->slot, ticket, bad ? E_DEVICE : OK, bad ? "it is stuck" : "");
        }
        pass(NULL, 1);
        turns();
    }
    ck_assert_msg(!safety_shutdown_state(guard).running, "%s %d: it hangs", name[which], how);
    ck_assert_int_le(seconds, 200); /* the longest deadline, 180 s, and the turns of the others */
    for (int i = 0; i < 3; i++)
        ck_assert_msg(seen[i] || (i == which && (how == REFUSES || how == LOST_BEFORE)),
                      "%s %d: nothing was asked of %s", name[which], how, name[i]);
    bool still_heard =
        which == 0 && how == LOST_BEFORE; /* an abort is written to a lost wire too */
    ck_assert_msg(still_heard || was_said("FAILED (rain)"), "%s %d", name[which], how);
}
END_TEST

/* --- false places ---------------------------------------------------------------------------------------- */

START_TEST(a_script_cannot_sync_far_away_not_even_step_by_step)
{
    struct fake *m = mount_at(30, 40);
    refused(ask((struct device_request){.verb = ASK_SYNC, .ra_rad = 30 * DEG, .dec_rad = 46 * DEG},
                &script),
            "6.0 deg off");
    int n = 0;
    while (n < 20 && ask((struct device_request){.verb = ASK_SYNC,
                                                 .ra_rad = 30 * DEG,
                                                 .dec_rad = (40 + n + 1) * DEG},
                         &script) == OK) {
        slot_done(m->slot, m->ticket, OK, "");
        fake_place(m, 30 * DEG, (40 + ++n) * DEG);
        turns();
    }
    ck_assert_int_eq(n, 5);
    refused(E_REFUSED, "all its syncs together");
    /* an observer looked: it begins anew */
    ck_assert_int_eq(
        ask((struct device_request){.verb = ASK_SYNC, .ra_rad = 30 * DEG, .dec_rad = 60 * DEG},
            &me),
        OK);
    fake_place(m, 30 * DEG, 60 * DEG);
    ck_assert_int_eq(
        ask((struct device_request){.verb = ASK_SYNC, .ra_rad = 30 * DEG, .dec_rad = 61 * DEG},
            &script),
        OK);
}
END_TEST

/* mount.sync(mount.coord) would make a restarted mount trusted without anybody having looked. */
START_TEST(a_script_cannot_make_a_place_trusted)
{
    struct fake *m = mount_at(30, 40);
    slot_trust(m->slot, false, "it was restarted");
    refused(ask((struct device_request){.verb = ASK_SYNC, .ra_rad = 30 * DEG, .dec_rad = 40 * DEG},
                &script),
            "not trusted (it was restarted)");
    refused(slew(31, 40, &script), "not trusted");
    ck_assert_int_eq(
        ask((struct device_request){.verb = ASK_SYNC, .ra_rad = 30 * DEG, .dec_rad = 40 * DEG},
            &me),
        OK);
}
END_TEST

/* --- raw properties ---------------------------------------------------------------------------------------- */

/* Names of INDI's drivers and of vendors' that move a mount, or change what the next motion means. */
START_TEST(no_property_leads_around_the_guard)
{
    struct fake *m = mount_at(30, 40), *f = ready("Focuser", "focuser indi a:1 F");
    static const char *const moving[] = {"EQUATORIAL_EOD_COORD",
                                         "EQUATORIAL_COORD",
                                         "HORIZONTAL_COORD",
                                         "TARGET_EOD_COORD",
                                         "TELESCOPE_MOTION_NS",
                                         "TELESCOPE_MOTION_WE",
                                         "TELESCOPE_PARK",
                                         "TELESCOPE_PARK_POSITION",
                                         "TELESCOPE_PARK_OPTION",
                                         "TELESCOPE_HOME",
                                         "TELESCOPE_TIMED_GUIDE_NS",
                                         "TELESCOPE_TRACK_STATE",
                                         "TELESCOPE_TRACK_MODE",
                                         "TELESCOPE_TRACK_RATE",
                                         "TELESCOPE_REVERSE_MOTION",
                                         "ON_COORD_SET",
                                         "HOME_INIT",
                                         "SYNCMANAGE",
                                         "STANDARDSYNC",
                                         "ALIGNMENT_POINTSET_ACTION",
                                         "HEMISPHERE",
                                         "SLEWMODE",
                                         "AXIS1",
                                         "SAT_TRACKING_STAT",
                                         "MERIDIAN_FLIP",
                                         "RAW_COMMAND",
                                         "equatorial_eod_coord"};
    static const char *const still[] = {"TELESCOPE_ABORT_MOTION",
                                        "TELESCOPE_SLEW_RATE",
                                        "TELESCOPE_INFO",
                                        "GUIDE_RATE",
                                        "POLLING_PERIOD",
                                        "CONNECTION",
                                        "DEBUG",
                                        "CONFIG_PROCESS",
                                        "FOCUS_MOTION",
                                        "FOCUS_SYNC",
                                        "CCD_COOLER",
                                        "FILTER_SLOT",
                                        "DOME_MOTION",
                                        "DEVICE_PORT",
                                        "TIME_UTC"};
    int before = m->asked + f->asked;
    for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
        for (int k = 0; k < 2; k++) {
            struct device_request q = {
                .verb = ASK_PROPERTY, .property = moving[i], .element = "X", .text = "1"};
            const char *of = k ? "Focuser" : "Mount";
            ck_assert_msg(!rack_ask(rack, rack_named(rack, of)->id, &q, &me, NULL, NULL, &err),
                          "%s of %s was taken", moving[i], of);
            ck_assert_msg(strstr(err.text, "past the limits") != NULL, "%s", err.text);
        }
    ck_assert_int_eq(m->asked + f->asked, before);
    for (size_t i = 0; i < sizeof still / sizeof *still; i++) {
        struct device_request q = {
            .verb = ASK_PROPERTY, .property = still[i], .element = "X", .text = "1"};
        ck_assert_msg(rack_ask(rack, rack_named(rack, "Mount")->id, &q, &me, NULL, NULL, &err),
                      "%s: %s", still[i], err.text);
    }
}
END_TEST

/* --- ways ---------------------------------------------------------------------------------------------------- */

/* At 11:30 UTC the Sun stands at 238.2, -20.3 deg, near the meridian. From the east to the west a German mount goes over the
 * pole: between two places that are both north of the Sun by more than the cone, its way keeps out; when the polar axis
 * may turn first with the declination axis still low, it may not. */
START_TEST(the_way_over_the_pole_keeps_out_of_the_cone)
{
    at(NOON);
    struct fake *f = mount_at(238.2 + 40, 45); /* 40 deg east of the meridian */
    pass(f, 0);
    ck_assert_int_eq(slew(238.2 - 40, 45, &me), OK);
    slot_done(f->slot, f->ticket, OK, "");
    fake_place(f, (238.2 + 55) * DEG, -10 * DEG);
    pass(f, 10);
    /* by the axes and by the great circle this way passes north of the cone; over the pole it may come through */
    int before = f->asked;
    slot_values(f->slot)->mount.pier = PIER_EAST;
    pass(f, 10);
    refused(slew(238.2 + 40, 0, &me), "over the pole to the other side of the pier");
    ck_assert_int_eq(f->asked, before);
    ck_assert_int_eq(slew(238.2 + 40, 0, &word), OK);
    slot_done(f->slot, f->ticket, OK, "");
    slot_values(f->slot)->mount.pier = PIER_WEST; /* it is where the end wants it: no flip */
    pass(f, 10);
    ck_assert_int_eq(slew(238.2 + 40, 0, &me), OK);
}
END_TEST

/* A star below the pole, from its east to its west: the polar axis takes the shorter way, under the pole. */
START_TEST(a_way_that_dips_below_the_limit_is_refused)
{
    struct fake *f = mount_at(27.1 + 150, 56); /* 10 h east of the meridian: 17 deg high */
    struct safety_limits l = *safety_limits_of(guard);
    l.min_alt_rad = 13 * DEG; /* right under the pole it would stand 9.9 deg high */
    safety_set(guard, &l);
    refused(slew(27.1 - 150, 56, &me), "the way there leads down to altitude");
    l.min_alt_rad = 9 * DEG;
    l.ha_east_rad = l.ha_west_rad = 11 * 15 * DEG;
    safety_set(guard, &l);
    refused(slew(27.1 - 150, 56, &me), "the way there leads through hour angle");
    ck_assert_int_eq(slew(27.1 + 20, 56, &me), OK);
    slot_done(f->slot, f->ticket, OK, "");
}
END_TEST

/* --- numbers, clocks ------------------------------------------------------------------------------------------- */

START_TEST(numbers_that_are_none_move_nothing)
{
    struct fake *m = mount_at(30, 40), *d = ready("Dome", "dome indi a:1 D");
    int before = m->asked + d->asked;
    static const double bad[] = {NAN, INFINITY, -INFINITY, -1, 1e9};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        refused(ask((struct device_request){.verb = ASK_GUIDE, .x = bad[i]}, &me), "pulse");
        struct device_request az = {.verb = ASK_DOME_AZ, .az_rad = bad[i]};
        if (!isfinite(bad[i]))
            ck_assert(!rack_ask(rack, rack_named(rack, "Dome")->id, &az, &me, NULL, NULL, &err));
        refused(ask((struct device_request){.verb = ASK_SET_SITE, .lat_rad = bad[i] * 10}, &me),
                "no place on Earth");
    }
    refused(ask((struct device_request){.verb = ASK_MOVE, .n = 1, .direction = 7}, &me),
            "no direction");
    refused(ask((struct device_request){.verb = ASK_MOVE, .n = 1, .move_ms = 3600000}, &me),
            "at most");
    ck_assert_int_eq(m->asked + d->asked, before);
}
END_TEST

START_TEST(a_clock_that_jumps_is_told)
{
    struct fake *f = mount_at(30, 40);
    pass(f, 1);
    clock_.wall += 3600 * INT64_C(1000000000);
    pass(f, 1);
    ck_assert(was_said("!clock the clock of this machine jumped by +3600 s"));
}
END_TEST

/* A mount that tracks is told of before it comes to a limit, once, with the minutes. */
START_TEST(a_limit_ahead_is_told_in_time)
{
    struct fake *f = mount_at(310, 10); /* in the west, sinking: altitude 16 */
    struct safety_forecast ahead;
    safety_forecast(safety_limits_of(guard), &ohp, utc_of_wall(clock_.wall), 310 * DEG, 10 * DEG,
                    &ahead);
    int warned = -1, n = 0;
    for (int i = 0; i < 600 && f->last.verb != ASK_TRACK; i++) {
        int had = n_said;
        pass(f, 10);
        if (n_said > had && was_said("Wsoon Mount reaches its altitude limit in 10 min") &&
            warned < 0) {
            warned = (i + 1) * 10;
            n = n_said;
        }
    }
    ck_assert_int_ge(warned, 0);
    ck_assert_double_eq_tol(ahead.limit_s - warned, 600, 31);
    ck_assert_int_gt(n, 0);
    ck_assert_int_eq(f->last.verb, ASK_TRACK); /* and there it stopped */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("attack");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, guarded_up, guarded_down);
    tcase_add_test(t, after_a_stop_a_script_moves_nothing);
    tcase_add_test(t, only_leave_lets_scripts_move_again);
    tcase_add_test(t, a_scripts_own_stop_holds_nobody);
    tcase_add_test(t, a_stop_holds_the_policies_until_the_observer_moves);
    tcase_add_loop_test(t, the_ordered_end_reaches_everybody, 0, 3 * N_FAILURES);
    tcase_add_test(t, a_script_cannot_sync_far_away_not_even_step_by_step);
    tcase_add_test(t, a_script_cannot_make_a_place_trusted);
    tcase_add_test(t, no_property_leads_around_the_guard);
    tcase_add_test(t, the_way_over_the_pole_keeps_out_of_the_cone);
    tcase_add_test(t, a_way_that_dips_below_the_limit_is_refused);
    tcase_add_test(t, numbers_that_are_none_move_nothing);
    tcase_add_test(t, a_clock_that_jumps_is_told);
    tcase_add_test(t, a_limit_ahead_is_told_in_time);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
