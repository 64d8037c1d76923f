/* check_devices.c - the devices of a session: the demo's simulated mount and camera behind their real drivers. What a name or a
 * position means, what a slew to it would meet, the commands with their questions, the stop, images into files with what
 * is known of them, the journal.
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

START_TEST(names_and_positions_are_targets)
{
    struct slew_target t;
    ck_assert_msg(session_target(s, "02:22:28.8 +42:21:00", &t, &err) == OK, "%s", err.text);
    ck_assert_double_eq_tol(t.ra_rad, (2 + 22 / 60.0 + 28.8 / 3600) * 15 * DEG, 1e-12);
    ck_assert_double_eq_tol(t.dec_rad, 42.35 * DEG, 1e-12);
    ck_assert_msg(session_target(s, "wasp 12 b", &t, &err) == OK, "%s", err.text);
    ck_assert_str_eq(t.name, "WASP-12b"); /* Hebb et al. 2009: 06 30 32.8 +29 40 20 */
    ck_assert_double_eq_tol(t.ra_rad / DEG, 97.6367, 0.002);
    ck_assert_double_eq_tol(t.dec_rad / DEG, 29.6722, 0.002);
    ck_assert_int_eq(session_target(s, "no such star", &t, &err), E_ABSENT);
    ck_assert_int_eq(session_target(s, "25:00:00 +10", &t, &err), E_PARSE);
}
END_TEST

/* Precession in 26.9 years by the annual rates m 3.075 s, n 1.336 s (Explanatory Supplement), nutation and aberration
 * beside it: at most 0.01 deg. */
START_TEST(a_mount_is_given_places_of_date)
{
    double ra, dec, ra2, dec2;
    session_app_of_icrs(s, 97.6367 * DEG, 29.6722 * DEG, &ra, &dec);
    double off = sky_separation(97.6367 * DEG, 29.6722 * DEG, ra, dec) / DEG;
    double east = 3.075 + 1.336 * sin(97.64 * DEG) * tan(29.67 * DEG),
           north = 1.336 * cos(97.64 * DEG);
    ck_assert_double_eq_tol(off, 26.9 * 15 / 3600 * hypot(east * cos(29.67 * DEG), north), 0.01);
    session_icrs_of_app(s, ra, dec, &ra2, &dec2);
    ck_assert_double_le(sky_separation(97.6367 * DEG, 29.6722 * DEG, ra2, dec2), 1e-9);
}
END_TEST

static bool arrived(void)
{
    const struct device_info *d = session_mount(s);
    struct rack_doing q;
    return !rack_doing(session_rack(s), d->id, 0, &q) && !d->v.mount.slewing;
}

static bool slewing(void)
{
    return session_mount(s)->v.mount.slewing;
}

static bool lst_is_wrong(void)
{
    const struct device_info *d = session_mount(s);
    return d->link == DEVICE_READY && !d->trusted && strstr(d->why, "sidereal time is");
}

static bool stands(void)
{
    const struct nightlog *l = session_log(s);
    for (size_t i = 0; i < nightlog_n(l); i++)
        if (strstr(nightlog_at(l, i)->message, "stands still, seen"))
            return true;
    return false;
}

START_TEST(a_slew_asks_goes_and_is_stopped)
{
    double ra, dec;
    ck_assert(until(all_ready, 30));
    ck_assert_int_eq(run("slew-to 14:00:00 -20:00:00", false), E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "below the horizon"));
    ck_assert_int_eq(run("slew-to 02:00:00 +50:00:00", false), E_CANCELLED); /* the question */
    ck_assert_ptr_nonnull(strstr(err.text, "Slew Mount to 02:00:00.0 +50:00:00  alt 8"));
    ck_assert(!slewing());
    ck_assert_msg(run("slew-to 02:00:00 +50:00:00", true) == OK, "%s", err.text);
    ck_assert(until(slewing, 10));
    ck_assert(until(arrived, 30));
    ck_assert(session_pointing(s, &ra, &dec));
    ck_assert_double_le(sky_separation(ra, dec, 30 * DEG, 50 * DEG) / DEG * 3600, 20);
    ck_assert_str_eq(session_aim(s), "02:00:00.0 +50:00:00");
    ck_assert_msg(run("slew-to 06:00:00 +40:00:00", true) == OK, "%s", err.text);
    ck_assert(until(slewing, 10));
    ck_assert_int_eq(run("stop-all", false), OK); /* without a question */
    ck_assert(until(stands, 20));
    ck_assert(session_pointing(s, &ra, &dec));
    ck_assert_double_ge(sky_separation(ra, dec, 90 * DEG, 40 * DEG) / DEG, 5);
    struct str text = {0};
    char *path = mem_printf("%s/2026-11-23-devices.jsonl", folder);
    ck_assert_msg(file_read(path, 1 << 20, &text, &err) == OK, "%s", err.text);
    ck_assert_ptr_nonnull(strstr(text.s, "\"verb\":\"slew\",\"event\":\"asked\""));
    ck_assert_ptr_nonnull(strstr(text.s, "\"verb\":\"slew\",\"event\":\"done\""));
    ck_assert_ptr_nonnull(strstr(text.s, "\"verb\":\"stop\",\"event\":\"asked\""));
    str_clear(&text);
    free(path);
}
END_TEST

static bool two_images(void)
{
    struct sequence_state q = session_sequence(s);
    return q.done == 2 && !q.running && !q.saving;
}

START_TEST(images_are_kept_with_what_is_known)
{
    ck_assert(until(all_ready, 30));
    ck_assert_msg(run("expose 1 2 object=M31 filter=R", true) == OK, "%s", err.text);
    ck_assert_int_eq(run("expose 1", true), E_BUSY);
    ck_assert(until(two_images, 60));
    struct sequence_state q = session_sequence(s);
    ck_assert(q.checked && q.check.max > q.check.min && q.check.n_found > 0);
    glob_t g;
    char *pattern = mem_printf("%s/frames/2026-11-23/M31_R_*.fits", folder);
    ck_assert_int_eq(glob(pattern, 0, NULL, &g), 0);
    ck_assert_uint_eq(g.gl_pathc, 2);
    struct str text = {0};
    ck_assert(file_read(g.gl_pathv[0], 4 << 20, &text, &err) == OK);
    static const char *const card[] = {
        "OBJECT  = 'M31", "FILTER  = 'R",      "EXPTIME =", "DATE-OBS= '2026-11-23T21:",
        "SITELAT",        "INSTRUME= 'Camera", "AIRMASS",   "OBJCTRA"};
    for (size_t i = 0; i < sizeof card / sizeof *card; i++)
        ck_assert_msg(memmem(text.s, 5760 * 2, card[i], strlen(card[i])) != NULL, "no %s", card[i]);
    str_clear(&text);
    globfree(&g);
    free(pattern);
}
END_TEST

static bool idle_again(void)
{
    struct sequence_state q = session_sequence(s);
    return q.done == 1 && !q.running && !q.saving;
}

static double card_of(const char *head, const char *name)
{
    for (const char *c = head; c < head + 5760; c += 80)
        if (strncmp(c, name, strlen(name)) == 0)
            return strtod(c + 10, NULL);
    ck_abort_msg("no card %s", name);
    return 0;
}

/* Where a star lies by the header of an image, pixels from 0: the tangent plane of Calabretta & Greisen 2002, eqs. 54 and 12,
 * the matrix of degrees turned round. */
static void by_header(const char *head, double ra_deg, double dec_deg, double *x, double *y)
{
    double ra = (ra_deg - card_of(head, "CRVAL1")) * DEG, dec = dec_deg * DEG,
           dec0 = card_of(head, "CRVAL2") * DEG;
    double c = sin(dec) * sin(dec0) + cos(dec) * cos(dec0) * cos(ra);
    double xi = cos(dec) * sin(ra) / c / DEG,
           eta = (sin(dec) * cos(dec0) - cos(dec) * sin(dec0) * cos(ra)) / c / DEG;
    double a = card_of(head, "CD1_1"), b = card_of(head, "CD1_2"), d = card_of(head, "CD2_1"),
           e = card_of(head, "CD2_2");
    *x = card_of(head, "CRPIX1") - 1 + (e * xi - b * eta) / (a * e - b * d);
    *y = card_of(head, "CRPIX2") - 1 + (a * eta - d * xi) / (a * e - b * d);
}

/* The image says where its stars are: gamma, alpha and beta Cassiopeiae (ICRS, Hipparcos) each lie on a star that was found in
 * it, within a pixel (an arc minute: the simulator has no proper motion, and its mount is read to a second). A mirrored or
 * shifted guess misses them by a hundred. */
START_TEST(the_header_knows_where_the_stars_are)
{
    static const char *const line[] = {"expose 2", "expose 2 roi=64,0,512,480"};
    static const double star[3][2] = {
        {14.17708, 60.71674}, {10.12683, 56.53733}, {2.29450, 59.14978}};
    ck_assert(until(all_ready, 30));
    ck_assert_int_eq(run("set camera.focal 25.44", true), OK); /* 7.4 um: 60 arc seconds */
    ck_assert_msg(run("slew-to 00:34:00 +58:54:00", true) == OK, "%s", err.text);
    ck_assert(until(slewing, 10));
    ck_assert(until(arrived, 60));
    for (int k = 0; k < 2; k++) {
        struct str text = {0};
        ck_assert_msg(run(line[k], true) == OK, "%s", err.text);
        ck_assert(until(idle_again, 60));
        struct sequence_state q = session_sequence(s);
        ck_assert(file_read(q.path, 4 << 20, &text, &err) == OK);
        ck_assert_double_eq(card_of(text.s, "NAXIS1"), k ? 512 : 640);
        for (int i = 0; i < 3; i++) {
            double x, y, least = 1e9;
            by_header(text.s, star[i][0], star[i][1], &x, &y);
            for (int j = 0; j < q.check.n_star; j++)
                least = fmin(least, hypot(q.check.star[j].x - x, q.check.star[j].y - y));
            ck_assert_msg(least < 1, "star %d: %.1f %.1f by the header, none within %.2f pixels", i,
                          x, y, least);
        }
        str_clear(&text);
    }
}
END_TEST

START_TEST(what_cannot_be_says_why)
{
    ck_assert(until(all_ready, 30));
    ck_assert_int_eq(run("expose long", true), E_PARSE);
    ck_assert_int_eq(run("expose 1 2 wings", true), E_PARSE);
    ck_assert_int_eq(run("expose 1 roi=1,2,3", true), E_PARSE);
    ck_assert_int_eq(run("expose 1 roi=1,2,0,4", true), E_PARSE);
    ck_assert_int_eq(run("expose 1 roi=1,2,3,4,5", true), E_PARSE);
    ck_assert_int_ne(run("expose 1 roi=0,0,9999,9999", true), OK); /* the driver knows its chip */
    ck_assert_msg(strstr(err.text, "frame") || strstr(err.text, "part"), "%s", err.text);
    ck_assert_int_eq(run("dome open", true), E_ABSENT);
    ck_assert_int_eq(run("park", false), E_CANCELLED); /* moves: asks */
    ck_assert_int_eq(run("jog north 99", true), E_PARSE);
    ck_assert_int_eq(run("sync", false), E_PARSE);
    ck_assert_int_eq(run("connect Nobody", true), E_ABSENT);
    ck_assert_int_eq(run("device-property Mount X.Y 1", true), E_ABSENT);
    ck_assert_int_eq(run("wire-save Mount", true), OK);
    ck_assert_int_eq(run("set devices.on-exit explode", true), E_RANGE);
}
END_TEST

/* What an observer may say, a script may not: the Sun's cone is not lifted, no limit is set. */
START_TEST(a_script_lifts_no_limit)
{
    struct safety_sky sky;
    double ra, dec;
    clock_shifted_init(&clock_, 1795433400000000000); /* 11:30 UTC */
    ck_assert(until(all_ready, 30));
    safety_sky_at(session_site(s, &err), utc_of_wall(session_now_ns(s)), &sky);
    session_icrs_of_app(s, sky.sun_ra_rad, sky.sun_dec_rad, &ra, &dec);
    char *line = mem_printf("slew-to %.4fd %.4fd despite-the-sun", ra / DEG, dec / DEG);
    ck_assert_int_eq(of_lua(line), E_REFUSED);
    ck_assert_msg(strstr(err.text, "of the Sun") != NULL, "%s", err.text);
    free(line);
    ck_assert_int_eq(of_lua("set mount.sun-cone 5"), E_REFUSED);
    ck_assert_int_eq(of_lua("set devices.clock any"), E_REFUSED);
    /* nor a device, a program, or, while a mount hangs on a wire, another site */
    ck_assert_int_eq(of_lua("set device.Other \"mount lx200 exec:touch /tmp/x\""), E_REFUSED);
    ck_assert_int_eq(of_lua("set notify.command \"touch /tmp/x\""), E_REFUSED);
    ck_assert_int_eq(of_lua("site-add Antipodes -43.93 -174.28 650"), E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "no script changes it"));
    ck_assert_int_eq(of_lua("site OHP"), E_REFUSED);
    ck_assert_int_eq(of_lua("set site.Here \"-43.93, -174.28, 650\""), E_REFUSED);
    ck_assert_int_eq(run("set mount.sun-cone 31", true), OK);
}
END_TEST

/* A person's stop: scripts wait for leave, which no script gives; the observer does not. */
START_TEST(after_a_stop_scripts_wait_for_leave)
{
    ck_assert(until(all_ready, 30));
    ck_assert_int_eq(run("allow-motion", true), E_REFUSED); /* nothing to give leave for */
    ck_assert_int_eq(of_lua("stop-all"), OK);               /* a script's own */
    ck_assert_msg(of_lua("slew-to 02:00:00 +50:00:00") == OK, "%s", err.text);
    ck_assert_int_eq(run("stop-all", false), OK);
    ck_assert_ptr_nonnull(strstr(say.s, "scripts move nothing until `allow-motion`"));
    ck_assert_int_eq(of_lua("slew-to 02:00:00 +50:00:00"), E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "STOP was pressed"));
    ck_assert_int_eq(of_lua("park"), E_REFUSED);
    ck_assert_int_eq(of_lua("shutdown"),
                     OK); /* it moves nothing: each step that would is refused */
    ck_assert(until(arrived, 10));
    ck_assert(!session_mount(s)->v.mount.parked);
    ck_assert_int_eq(of_lua("allow-motion"), E_REFUSED);
    ck_assert_int_eq(run("allow-motion", false), E_CANCELLED); /* asks */
    ck_assert_msg(run("slew-to 02:30:00 +50:00:00", true) == OK, "%s", err.text);
    ck_assert_int_eq(of_lua("slew-to 02:00:00 +50:00:00"), E_REFUSED);
    ck_assert_int_eq(run("allow-motion", true), OK);
    ck_assert(until(slewing, 10));
    ck_assert(until(arrived, 30));
    ck_assert_msg(of_lua("slew-to 02:00:00 +50:00:00") == OK, "%s", err.text);
}
END_TEST

/* The drivers look at the mount's sidereal time by the session's site. */
START_TEST(the_drivers_know_the_site)
{
    ck_assert(until(all_ready, 30));
    double ours = session_lst_rad(s);
    ck_assert_double_le(fabs(remainder(session_mount(s)->v.mount.lst_rad - ours, 6.2831853072)),
                        5 * 15 / 3600.0 * DEG);
    ck_assert(session_mount(s)->trusted);
    /* told that it stands 6 hours east, it has another sidereal time than the site */
    const struct site *site = session_site(s, &err);
    struct rack_asker me = {.who = "test"};
    struct device_request q = {.verb = ASK_SET_SITE,
                               .lat_rad = site->lat_rad,
                               .lon_rad = site->lon_rad + 90 * DEG,
                               .x = site->height_m};
    ck_assert(rack_ask(session_rack(s), session_mount(s)->id, &q, &me, NULL, NULL, &err) > 0);
    ck_assert(until(lst_is_wrong, 20));
    ck_assert_int_eq(run("slew-to 02:00:00 +50:00:00", false), E_REFUSED);
}
END_TEST

/* With an end that is waited for, the question says whether a limit comes first. */
START_TEST(the_question_of_a_slew_says_what_comes_first)
{
    ck_assert(until(all_ready, 30));
    struct slew_target t = {.ra_rad = 30 * DEG, .dec_rad = 20 * DEG, .name = "X"};
    struct str text = {0};
    int64_t hour = 3600000000000;
    /* On the meridian at the beginning, it sets below 10 deg after about 6 h. */
    t.until_ns = session_now_ns(s) + 3 * hour;
    ck_assert_msg(session_slew_preview(s, &t, false, &text, &err) == OK, "%s", err.text);
    ck_assert_msg(strstr(text.s, "altitude limit in 6h") != NULL, "%s", text.s);
    ck_assert_msg(strstr(text.s, ", after the egress") != NULL, "%s", text.s);
    str_reset(&text);
    t.until_ns = session_now_ns(s) + 9 * hour;
    ck_assert_msg(session_slew_preview(s, &t, false, &text, &err) == OK, "%s", err.text);
    ck_assert_msg(strstr(text.s, " BEFORE the egress") != NULL, "%s", text.s);
    ck_assert_ptr_null(strstr(text.s, "after the egress"));
    str_reset(&text);
    t.until_ns = 0;
    ck_assert_msg(session_slew_preview(s, &t, false, &text, &err) == OK, "%s", err.text);
    ck_assert_ptr_null(strstr(text.s, "egress"));
    str_clear(&text);
}
END_TEST

/* A yes is to the target that the question named, though the list may have moved on. */
START_TEST(a_yes_is_to_what_was_asked)
{
    ck_assert(until(all_ready, 30));
    char *argv[] = {"slew"};
    struct command_call c = {
        .session = s, .owner = folder, .argc = 1, .argv = argv, .rest = "", .say = &say};
    struct slew_target a = {.ra_rad = 30 * DEG, .dec_rad = 50 * DEG, .name = "A"},
                       b = {.ra_rad = 90 * DEG, .dec_rad = 40 * DEG, .name = "B"};
    ck_assert_int_eq(session_slew_call(&c, &a, &err), E_CANCELLED);
    c.confirmed = true;
    ck_assert_int_eq(session_slew_call(&c, &b, &err), E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "not what was asked about"));
    ck_assert_msg(session_slew_call(&c, &a, &err) == OK, "%s", err.text);
}
END_TEST

START_TEST(the_end_waits_for_the_policy)
{
    ck_assert(until(all_ready, 30));
    ck_assert(session_devices_leave(s)); /* leave */
    ck_assert_int_eq(run("set devices.on-exit park", true), OK);
    ck_assert(!session_devices_leave(s));
    int64_t end = loop_now_ms(loop) + 60000;
    while (!session_devices_leave(s) && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    ck_assert(session_devices_leave(s));
    ck_assert(session_mount(s)->v.mount.parked);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("devices");
    TCase *t = tcase_create("devices");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, names_and_positions_are_targets);
    tcase_add_test(t, a_mount_is_given_places_of_date);
    tcase_add_test(t, a_slew_asks_goes_and_is_stopped);
    tcase_add_test(t, images_are_kept_with_what_is_known);
    tcase_add_test(t, the_header_knows_where_the_stars_are);
    tcase_add_test(t, what_cannot_be_says_why);
    tcase_add_test(t, a_script_lifts_no_limit);
    tcase_add_test(t, after_a_stop_scripts_wait_for_leave);
    tcase_add_test(t, the_drivers_know_the_site);
    tcase_add_test(t, the_question_of_a_slew_says_what_comes_first);
    tcase_add_test(t, a_yes_is_to_what_was_asked);
    tcase_add_test(t, the_end_waits_for_the_policy);
    tcase_set_timeout(t, 120);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
