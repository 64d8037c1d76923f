/* check_native.c - native drivers through rack, transport and terminal to a simulated device and back: identified, read, slewn,
 * stopped, synced, parked.
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

/* A place that is up at the simulator's site whenever the test runs: h degrees east of the meridian. */
static double ra_at(double h)
{
    struct jd_utc utc = utc_of_wall(CLOCK_WALL(rig_clock()));
    double lst = sky_turn(utc, 0, 5.7133 * DEG).last_rad / DEG;
    return fmod(lst + h + 360, 360);
}

static double off_deg(double ra_deg, double dec_deg)
{
    const struct mount_values *m = &rig_info(&rig)->v.mount;
    return sky_separation(m->ra_rad, m->dec_rad, ra_deg * DEG, dec_deg * DEG) / DEG;
}

/* Positions agree with the mechanics within what the protocol's digits allow. */
static double true_off_deg(void)
{
    double ra, dec;
    sim_pointing(rig.sim, &ra, &dec);
    return off_deg(ra / DEG, dec / DEG);
}

static const struct {
    const char *sim, *options, *identity;
    double digits_deg;
} mount[] = {
    {"lx200", "", "LX200 Classic (silent to :GVP#, answers :GR#)", 8.0 / 3600},
    {"autostar", "", "Meade Autostar 43Eg (`Autostar` in :GVP#)", 8.0 / 3600},
    {"onstep", "", "OnStep 4.24s (`On-Step` in :GVP#)", 8.0 / 3600},
    {"10micron", "", "10micron 2.14.11 (`10micron` in :GVP#)", 1.0 / 3600},
    {"nexstar", "", "NexStar hand control 4.21, model 20 (two bytes in V)", 1.0 / 3600},
    {"synscan", "", "SynScan hand control 4.39, model 0 (six digits in V)", 1.0 / 3600},
    {"ioptron", "", "iOptron CEM40, firmware 210105 (0040 in :MountInfo#)", 1.0 / 3600},
};

START_TEST(mounts)
{
    double ra = ra_at(20), to = ra_at(45);
    rig_up(&rig, mount[_i].sim, "mount", mount[_i].options, ra, 42, 30, true);
    const struct device_info *d = rig_info(&rig);
    ck_assert_str_eq(d->identity, mount[_i].identity);
    ck_assert(d->trusted);
    ck_assert_double_le(true_off_deg(), mount[_i].digits_deg);
    ck_assert_msg(fabs(remainder(d->v.mount.lst_rad / DEG - ra_at(0), 360)) < 0.1, "LST %f",
                  d->v.mount.lst_rad / DEG);
    ck_assert_double_eq_tol(d->v.mount.lat_rad / DEG, 43.9317, 0.02);
    ck_assert_double_eq_tol(d->v.mount.lon_rad / DEG, 5.7133, 0.02);
    ck_assert_msg(fabs(d->v.mount.clock_error_s) < 3, "clock %f", d->v.mount.clock_error_s);
    /* a slew arrives */
    ck_assert_msg(rig_slew(&rig, to, 30), "%s", rig.done_text);
    ck_assert(rig_until_done(&rig, 20000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_double_le(off_deg(to, 30), mount[_i].digits_deg + 8.0 / 3600);
    ck_assert_double_le(true_off_deg(), mount[_i].digits_deg);
    /* a sync is believed when it is read back */
    struct error err;
    struct device_request q = {.verb = ASK_SYNC, .ra_rad = (to + 0.5) * DEG, .dec_rad = 30.5 * DEG};
    ck_assert_msg(rig_ask(&rig, &q, &err), "%s", err.text);
    ck_assert(rig_until_done(&rig, 10000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_double_le(off_deg(to + 0.5, 30.5), 2 * mount[_i].digits_deg + 8.0 / 3600);
    rig_down(&rig);
}
END_TEST

START_TEST(stops)
{
    double ra = ra_at(60);
    rig_up(&rig, mount[_i].sim, "mount", mount[_i].options, ra, 20, 3, true);
    ck_assert_msg(rig_slew(&rig, ra_at(-30), 60), "%s", rig.done_text);
    rig_pass(&rig, 1500);
    ck_assert(rig_info(&rig)->v.mount.slewing);
    ck_assert(rig_verb(&rig, ASK_STOP));
    ck_assert(rig_until_done(&rig, 8000));
    ck_assert_msg(rig.done == OK && strstr(rig.done_text, "stands still"), "%s", rig.done_text);
    double a, b, c, e;
    ck_assert(!sim_pointing(rig.sim, &a, &b));
    rig_pass(&rig, 500);
    sim_pointing(rig.sim, &c, &e);
    ck_assert(fabs(a - c) < 1e-4 && fabs(b - e) < 1e-6);
    rig_down(&rig);
}
END_TEST

/* By hand: it moves while told to, and ends by itself when nobody says more. */
START_TEST(jog)
{
    struct error err;
    double ra0, dec0, ra, dec;
    rig_up(&rig, mount[_i].sim, "mount", mount[_i].options, ra_at(20), 40, 4, true);
    sim_pointing(rig.sim, &ra0, &dec0);
    struct device_request q = {.verb = ASK_MOVE,
                               .direction = MOVE_NORTH,
                               .n = rig_info(&rig)->v.mount.n_rates,
                               .move_ms = 1000};
    ck_assert_msg(rig_ask(&rig, &q, &err), "%s", err.text);
    rig_pass(&rig, 600);
    sim_pointing(rig.sim, &ra, &dec);
    ck_assert_msg(dec > dec0 + 0.2 * DEG, "from %f to %f", dec0 / DEG, dec / DEG);
    ck_assert(rig_until_done(&rig, 3000));
    rig_pass(&rig, 300);
    ck_assert(!sim_pointing(rig.sim, &ra0, &dec0));
    rig_down(&rig);
}
END_TEST

START_TEST(parks)
{
    rig_up(&rig, mount[_i].sim, "mount", mount[_i].options, ra_at(20), 70, 60, true);
    if (rig_info(&rig)->can & CAN_PARK) {
        ck_assert_msg(rig_verb(&rig, ASK_PARK), "%s", rig.done_text);
        ck_assert(rig_until_done(&rig, 20000));
        ck_assert_msg(rig.done == OK, "%s", rig.done_text);
        rig_pass(&rig, 1500);
        ck_assert(rig_info(&rig)->v.mount.parked);
        ck_assert_double_eq_tol(rig_info(&rig)->v.mount.dec_rad / DEG, 89, 0.1);
        ck_assert(!rig_slew(&rig, ra_at(20), 40)); /* the rack refuses */
    }
    if (rig_info(&rig)->can & CAN_UNPARK) {
        ck_assert(rig_verb(&rig, ASK_UNPARK));
        ck_assert(rig_until_done(&rig, 5000));
        ck_assert_int_eq(rig.done, OK);
        rig_pass(&rig, 1200);
        ck_assert(!rig_info(&rig)->v.mount.parked);
    }
    rig_down(&rig);
}
END_TEST

int main(void)
{
    rig_by_clock();
    Suite *s = suite_create("native");
    TCase *c = tcase_create("native");
    int n = (int)(sizeof mount / sizeof *mount);
    tcase_add_loop_test(c, mounts, 0, n);
    tcase_add_loop_test(c, stops, 0, n);
    tcase_add_loop_test(c, jog, 0, n);
    tcase_add_loop_test(c, parks, 0, n);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
