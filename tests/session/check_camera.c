/* check_camera.c - what holds for the exposures to come (binning, part of the chip, gain), the filter that is turned to first,
 * the interlock, the disk, and the stop that stays on the screen until the mount was seen standing still: the demo's simulators.
 */
#include <check.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "vigie/base/file.h"
#include "vigie/session/camdesk.h"
#include "vigie/sky/frame.h"

#define DEG (3.14159265358979323846 / 180)

static bool one_image(void)
{
    struct sequence_state q = session_sequence(s);
    return q.done == 1 && !q.running && !q.saving;
}

static bool not_running(void)
{
    struct sequence_state q = session_sequence(s);
    return !q.running && !q.saving;
}

static int card_of(const char *path, const char *name)
{
    struct str text = {0};
    int x = -1;
    ck_assert(file_read(path, 8 << 20, &text, &err) == OK);
    for (size_t i = 0; i + 80 <= text.n && i < 5760; i += 80)
        if (strncmp(text.s + i, name, strlen(name)) == 0)
            x = atoi(text.s + i + 10);
    str_clear(&text);
    return x;
}

START_TEST(settings_hold_for_the_exposures_to_come)
{
    ck_assert(until(all_ready, 30));
    ck_assert_int_eq(run("roi 64,0", true), E_PARSE);
    ck_assert_int_eq(run("roi 600,0,100,10", true), E_RANGE); /* the chip has 640 x 480 */
    ck_assert_int_eq(run("bin 2", true), E_RANGE);            /* this camera does not bin */
    ck_assert_int_eq(run("bin two", true), E_PARSE);
    ck_assert_int_eq(run("gain loud", true), E_PARSE);
    ck_assert_msg(run("roi 64,0,512,480", true) == OK, "%s", err.text);
    ck_assert_int_eq(session_camera_settings(s)->w, 512);
    ck_assert_msg(run("expose 0.2", true) == OK, "%s", err.text);
    ck_assert(until(one_image, 60));
    ck_assert_int_eq(card_of(session_sequence(s).path, "NAXIS1"), 512);
    ck_assert_int_eq(card_of(session_sequence(s).path, "XORGSUBF"), 64);
    /* a word of its own goes before the setting, and leaves it */
    ck_assert_msg(run("expose 0.2 roi=full", true) == OK, "%s", err.text);
    ck_assert(until(one_image, 60));
    ck_assert_int_eq(card_of(session_sequence(s).path, "NAXIS1"), 640);
    ck_assert_int_eq(session_camera_settings(s)->w, 512);
    ck_assert_int_eq(run("roi full", true), OK);
    ck_assert_int_eq(session_camera_settings(s)->w, 0);
}
END_TEST

static const struct wheel_values *wheel(void)
{
    return &rack_first(session_rack(s), DEVICE_WHEEL)->v.wheel;
}

START_TEST(the_wheel_turns_first)
{
    ck_assert(until(all_ready, 30));
    ck_assert_int_eq(wheel()->slot, 1);
    ck_assert_int_eq(run("expose 0.2 filter=U", true), E_ABSENT);
    ck_assert_msg(strstr(err.text, "it has L, R, G, B"), "%s", err.text);
    ck_assert(!session_sequence(s).running);
    ck_assert_msg(run("expose 0.2 filter=g", true) == OK, "%s", err.text);
    ck_assert(session_sequence(s).turning);
    ck_assert(until(one_image, 60));
    ck_assert_int_eq(wheel()->slot, 3);
    ck_assert_ptr_nonnull(strstr(session_sequence(s).path, "_g_"));
    ck_assert(!session_sequence(s).turning);
    /* it is there: nothing is turned */
    ck_assert_msg(run("expose 0.2 filter=G", true) == OK, "%s", err.text);
    ck_assert(!session_sequence(s).turning);
    ck_assert(until(one_image, 60));
    /* ended while it turns: no exposure follows */
    ck_assert_msg(run("expose 0.2 filter=Ha", true) == OK, "%s", err.text);
    ck_assert_int_eq(run("abort", true), OK);
    ck_assert(!session_sequence(s).running);
    ck_assert_int_eq(session_sequence(s).done, 0);
}
END_TEST

static bool slews(void)
{
    return session_mount(s)->v.mount.slewing;
}

START_TEST(the_interlock_holds_all)
{
    static const char *const line[] = {"slew-to 02:00:00 +50:00:00",
                                       "park",
                                       "jog north",
                                       "focus +10",
                                       "wheel R",
                                       "guide north 100"};
    ck_assert(until(all_ready, 30));
    ck_assert_int_eq(run("interlock on", false), OK); /* it is set without a question */
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        ck_assert_msg(run(line[i], true) == E_REFUSED, "%s", line[i]);
        ck_assert_msg(strstr(err.text, "interlock is set"), "%s: %s", line[i], err.text);
    }
    ck_assert_int_eq(of_lua("slew-to 02:00:00 +50:00:00"), E_REFUSED);
    ck_assert_int_eq(of_lua("interlock off"), E_REFUSED); /* not by a script */
    ck_assert(safety_locked(session_safety(s)));
    ck_assert_int_eq(run("expose 0.1", true), OK);              /* nothing moves */
    ck_assert_int_eq(run("stop-all", false), OK);               /* a stop always passes */
    ck_assert_int_eq(run("interlock off", false), E_CANCELLED); /* lifting asks */
    ck_assert(safety_locked(session_safety(s)));
    ck_assert_int_eq(run("interlock off", true), OK);
    ck_assert_msg(run("wheel R", true) == OK, "%s", err.text);
}
END_TEST

/* The disk is watched: a sequence that has no room is not begun, and one that runs out of it ends with a sentence; what is to
 * stay free stays free. */
START_TEST(the_disk_is_watched)
{
    ck_assert(until(all_ready, 30));
    ck_assert_int_eq(run("set camera.keep-free 1000000", true), OK); /* a terabyte */
    ck_assert_int_eq(run("expose 0.1", true), E_RANGE);
    ck_assert_msg(
        strstr(err.text, "1 images need 1000001 MB, with what is to stay free; there are"), "%s",
        err.text);
    ck_assert_int_eq(run("set camera.keep-free 0", true), OK);
    ck_assert_msg(run("expose 0.3 3", true) == OK, "%s", err.text);
    ck_assert_int_eq(run("set camera.keep-free 1000000", true), OK); /* it filled meanwhile */
    ck_assert(until(not_running, 60));
    struct sequence_state q = session_sequence(s);
    ck_assert_int_eq(q.done, 0);
    ck_assert_msg(strstr(q.trouble, "1000.0 GB are to stay free"), "%s", q.trouble);
    glob_t g;
    char *pattern = mem_printf("%s/frames/*/*", folder);
    ck_assert_int_eq(glob(pattern, 0, NULL, &g), GLOB_NOMATCH); /* nothing, not a part of one */
    free(pattern);
}
END_TEST

static const char *on_screen(void)
{
    return session_message(s, NULL);
}

static bool nothing_watched(void)
{
    return safety_stopping(session_safety(s)) == 0;
}

START_TEST(the_stop_stays_on_the_screen)
{
    ck_assert(until(all_ready, 30));
    ck_assert_msg(run("slew-to 06:00:00 +40:00:00", true) == OK, "%s", err.text);
    ck_assert(until(slews, 10));
    ck_assert_int_eq(run("stop-all", false), OK);
    int looks = 0;
    for (; !nothing_watched(); looks++) {
        ck_assert_msg(strncmp(on_screen(), "STOP written to ", 16) == 0, "%s", on_screen());
        session_say(s, "Focuser: something else");
        loop_turn(loop, true);
    }
    ck_assert_int_gt(looks, 3);
    ck_assert_msg(strstr(on_screen(), "Mount stands still, seen"), "%s", on_screen());
    /* it is over: others are heard again */
    session_say(s, "something else");
    ck_assert_str_eq(on_screen(), "something else");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("camera");
    TCase *t = tcase_create("camera");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, settings_hold_for_the_exposures_to_come);
    tcase_add_test(t, the_wheel_turns_first);
    tcase_add_test(t, the_interlock_holds_all);
    tcase_add_test(t, the_disk_is_watched);
    tcase_add_test(t, the_stop_stays_on_the_screen);
    tcase_set_timeout(t, 120);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
