/* check_replay.c - a mount's wire log, saved, then spoken to again as if it were the mount: the real driver finds the same
 * device at the same place. What was never asked stays unanswered.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig.h"
#include "vigie/devices/replay.h"

#define DEG (3.14159265358979323846 / 180)

static char path[] = "/tmp/replayXXXXXX";

static void record(char identity[120], double *ra, double *dec)
{
    struct rig r;
    struct error err;
    rig_up(&r, "onstep", "mount", "", 30, 60, 4, true);
    rig_pass(&r, 2500); /* some polls */
    snprintf(identity, 120, "%s", rig_info(&r)->identity);
    *ra = rig_info(&r)->v.mount.ra_rad;
    *dec = rig_info(&r)->v.mount.dec_rad;
    ck_assert_msg(rack_wire_save(r.rack, r.id, path, &err) == OK, "%s", err.text);
    rig_down(&r);
}

START_TEST(a_saved_wire_is_the_device_again)
{
    char identity[120];
    double ra, dec;
    struct error err;
    struct rack_asker me = {.who = "test"};
    struct device_request q = {.verb = ASK_CONNECT};
    close(mkstemp(path));
    record(identity, &ra, &dec);
    struct loop *loop = loop_new(clock_system());
    struct replay *old = replay_new(loop, path, true, &err);
    ck_assert_msg(old != NULL, "%s", err.text);
    struct rack_options o = {.loop = loop, .clock = clock_system()};
    struct rack *rack = rack_new(&o);
    char line[100];
    snprintf(line, sizeof line, "mount lx200 %s", replay_address(old));
    ck_assert(rack_add(rack, "Mount", line, &err) == OK);
    const struct device_info *d = rack_at(rack, 0);
    ck_assert(rack_ask(rack, d->id, &q, &me, NULL, NULL, &err) > 0);
    for (int64_t end = loop_now_ms(loop) + 20000;
         loop_now_ms(loop) < end && (d->link != DEVICE_READY || isnan(d->v.mount.dec_rad));)
        loop_turn(loop, true);
    ck_assert_int_eq(d->link, DEVICE_READY);
    ck_assert_str_eq(d->identity, identity);
    ck_assert_double_eq_tol(d->v.mount.ra_rad, ra, 0.01 * DEG);
    ck_assert_double_eq_tol(d->v.mount.dec_rad, dec, 0.01 * DEG);
    rack_free(rack);
    replay_free(old);
    loop_free(loop);
    unlink(path);
}
END_TEST

START_TEST(a_file_that_is_none_is_refused)
{
    struct error err;
    struct loop *loop = loop_new(clock_system());
    ck_assert_ptr_null(replay_new(loop, "/nonexistent", true, &err));
    ck_assert_int_eq(err.status, E_ABSENT);
    char name[] = "/tmp/replay2XXXXXX";
    int fd = mkstemp(name);
    ck_assert_int_eq(write(fd, "2026-11-23T21:13:58.214Z < x#\n", 30), 30);
    close(fd);
    ck_assert_ptr_null(replay_new(loop, name, true, &err));
    ck_assert_int_eq(err.status, E_RANGE);
    unlink(name);
    loop_free(loop);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replay");
    TCase *t = tcase_create("replay");
    tcase_add_test(t, a_saved_wire_is_the_device_again);
    tcase_add_test(t, a_file_that_is_none_is_refused);
    tcase_set_timeout(t, 60);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
