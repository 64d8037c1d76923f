/* check_others.c - native cameras, focusers, wheels, a GPS through rack, transport and terminal to a simulated device.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig.h"

static const double DEG = M_PI / 180;
static struct rig rig;
static struct error err;

static bool ask_n(enum device_verb verb, int n)
{
    struct device_request q = {.verb = verb, .n = n};
    return rig_ask(&rig, &q, &err);
}

START_TEST(focuser)
{
    rig_up(&rig, "moonlite", "focuser", "max=5000 backlash=100", 0, 0, 0, true);
    const struct focuser_values *v = &rig_info(&rig)->v.focuser;
    ck_assert_str_eq(rig_info(&rig)->identity, "Moonlite focuser, firmware 10 (answers :GP#)");
    ck_assert_int_eq(v->position, 1000);
    ck_assert_int_eq(v->max, 5000);
    ck_assert_double_eq_tol(v->temp_degc, 12.5, 0.01);
    ck_assert_msg(ask_n(ASK_FOCUS_TO, 1400), "%s", err.text);
    ck_assert(rig_until_done(&rig, 8000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_int_eq(v->position, 1400);
    /* inward: beyond, then back from the same side */
    ck_assert(ask_n(ASK_FOCUS_BY, -200));
    ck_assert(rig_until_done(&rig, 8000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_int_eq(v->position, 1200);
    ck_assert_msg(strstr(str_c(sim_heard(rig.sim)), ":SN044C#") != NULL, "%s",
                  str_c(sim_heard(rig.sim))); /* 1100 */
    ck_assert(!ask_n(ASK_FOCUS_TO, 5001));
    ck_assert(ask_n(ASK_FOCUS_TO, 5000));
    rig_pass(&rig, 1000);
    struct device_request q = {.verb = ASK_ABORT};
    uint64_t slew = rig.waiting;
    ck_assert(rig_ask(&rig, &q, &err));
    ck_assert(rig_until_done(&rig, 2000));
    ck_assert(slew != 0);
    rig_pass(&rig, 1300);
    int at = v->position;
    ck_assert_int_gt(at, 1200);
    ck_assert_int_lt(at, 4000);
    rig_pass(&rig, 1200);
    ck_assert_int_eq(v->position, at);
    rig_down(&rig);
}
END_TEST

static const struct {
    const char *sim, *identity, *go; /* go: what it is sent to 1400 from 1000 with */
    double temp_degc;
    int top;
    bool stops;
} focus[] = {
    {"robofocus", "Robofocus, firmware 003123 (answers FV)", "FG001400", 12.35, 65535, true},
    {"lakeside", "Lakeside focuser (answers ??# with OK)", "CO400#", 12.5, 65535, true},
    {"tcfs", "Optec TCF-S (answers FMMODE with !)", "FO0400", 12.5, 7000, false}};

/* Those who tell of a move when it is over. */
START_TEST(quiet_focuser)
{
    rig_up(&rig, focus[_i].sim, "focuser", "backlash=100", 0, 0, 0, true);
    const struct focuser_values *v = &rig_info(&rig)->v.focuser;
    const struct str *heard = sim_heard(rig.sim);
    ck_assert_str_eq(rig_info(&rig)->identity, focus[_i].identity);
    ck_assert_int_eq(v->position, 1000);
    ck_assert_int_eq(v->max, focus[_i].top);
    ck_assert_double_eq_tol(v->temp_degc, focus[_i].temp_degc, 0.01);
    ck_assert_msg(ask_n(ASK_FOCUS_TO, 1400), "%s", err.text);
    ck_assert(rig_until_done(&rig, 8000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_int_eq(v->position, 1400);
    ck_assert_msg(strstr(str_c(heard), focus[_i].go) != NULL, "%s", str_c(heard));
    ck_assert(ask_n(ASK_FOCUS_BY, -200)); /* beyond, then back from the same side */
    ck_assert(rig_until_done(&rig, 8000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_int_eq(v->position, 1200);
    ck_assert(!ask_n(ASK_FOCUS_TO, focus[_i].top + 1));
    ck_assert(ask_n(ASK_FOCUS_TO, 3000));
    size_t before = heard->n;
    rig_pass(&rig, 1000);
    /* while a Robofocus moves any byte stops it: nothing is sent but the go */
    ck_assert_msg(heard->n - before < 20 || !focus[_i].stops, "%s", str_c(heard) + before);
    ck_assert_str_eq(device_link_name(rig_info(&rig)->link), "ready");
    ck_assert(!rig_info(&rig)->stale);
    struct device_request q = {.verb = ASK_ABORT};
    if (!focus[_i].stops) {
        ck_assert(!rig_ask(&rig, &q, &err));
        rig_pass(&rig, 5000);
        ck_assert_int_eq(v->position, 3000);
        rig_down(&rig);
        return;
    }
    ck_assert_msg(rig_ask(&rig, &q, &err), "%s", err.text);
    rig_pass(&rig, 2500);
    int at = v->position;
    ck_assert_int_gt(at, 1200);
    ck_assert_int_lt(at, 2600);
    rig_pass(&rig, 1500);
    ck_assert_int_eq(v->position, at);
    ck_assert_msg(ask_n(ASK_FOCUS_TO, at + 100), "%s", err.text); /* it goes on from there */
    ck_assert(rig_until_done(&rig, 8000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_int_eq(v->position, at + 100);
    rig_down(&rig);
}
END_TEST

static const struct {
    const char *sim, *options;
    int slots;
} wheel[] = {{"qhycfw2", "type=qhycfw2 names=L,R,G,B,Ha", 5},
             {"qhycfw3", "type=qhycfw3 names=L,R,G,B,Ha", 7},
             {"xagyl", "type=xagyl names=L,R,G,B,Ha", 5},
             {"ifw", "type=ifw names=L,R,G,B,Ha", 5},
             {"trutech", "type=trutech names=L,R,G,B,Ha", 5},
             {"quantum", "type=quantum names=L,R,G,B,Ha", 7}};

START_TEST(wheels)
{
    rig_up(&rig, wheel[_i].sim, "wheel", wheel[_i].options, 0, 0, 0, true);
    const struct wheel_values *v = &rig_info(&rig)->v.wheel;
    ck_assert_int_eq(v->slots, wheel[_i].slots);
    ck_assert_str_eq(v->name[4], "Ha");
    bool tells = strcmp(wheel[_i].sim, "qhycfw2") != 0 && strcmp(wheel[_i].sim, "quantum") != 0;
    if (tells)
        ck_assert_int_eq(v->slot, 1);
    ck_assert_msg(ask_n(ASK_FILTER, 3), "%s", err.text);
    rig_pass(&rig, 300);
    ck_assert(rig.waiting != 0); /* not done before it stands there */
    ck_assert(rig_until_done(&rig, 5000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    rig_pass(&rig, 1100);
    ck_assert_int_eq(v->slot, 3);
    ck_assert(!ask_n(ASK_FILTER, wheel[_i].slots + 1));
    rig_down(&rig);
}
END_TEST

START_TEST(jammed_wheel)
{
    rig_up(&rig, "xagyl", "wheel", "type=xagyl", 0, 0, 0, true);
    sim_fault(rig.sim, SIM_STUCK, -1, 0);
    ck_assert(ask_n(ASK_FILTER, 2));
    ck_assert(rig_until_done(&rig, 33000));
    ck_assert_int_eq(rig.done, E_DEVICE);
    ck_assert_msg(strstr(rig.done_text, "JAMMED") && strstr(rig.done_text, "do not expose"), "%s",
                  rig.done_text);
    rig_down(&rig);
}
END_TEST

START_TEST(gps)
{
    rig_up(&rig, "nmea", "gps", "", 0, 0, 0, true);
    const struct gps_values *v = &rig_info(&rig)->v.gps;
    rig_pass(&rig, 1200);
    ck_assert_double_eq_tol(v->lat_rad / DEG, 43.9317, 1e-5);
    ck_assert_double_eq_tol(v->lon_rad / DEG, 5.7133, 1e-5);
    ck_assert_double_eq_tol(v->height_m, 650, 0.1);
    ck_assert_int_eq(v->fix, 3);
    ck_assert_int_eq(v->satellites, 9);
    ck_assert_double_eq_tol(v->clock_error_s, 0, 1.5);
    uint64_t bad = rig_info(&rig)->health.errors;
    sim_fault(rig.sim, SIM_GARBAGE, 1, 0); /* a sentence whose checksum is wrong */
    rig_pass(&rig, 1500);
    ck_assert_double_eq_tol(v->lat_rad / DEG, 43.9317, 1e-5);
    sim_fault(rig.sim, SIM_HALF, 1, 0);
    rig_pass(&rig, 1500);
    ck_assert_uint_gt(rig_info(&rig)->health.errors, bad);
    ck_assert_double_eq_tol(v->lat_rad / DEG, 43.9317, 1e-5);
    rig_down(&rig);
}
END_TEST

static bool expose(double s, enum frame_kind kind)
{
    struct device_request q = {.verb = ASK_EXPOSE, .exposure = {.seconds = s, .kind = kind}};
    q.exposure.gain = q.exposure.offset = (double)NAN;
    return rig_ask(&rig, &q, &err);
}

static double mean(const struct device_frame *f)
{
    double sum = 0;
    for (int i = 0; i < f->width * f->height; i++)
        sum += f->pixel[i];
    return sum / (f->width * f->height);
}

static bool reading(struct rig *r)
{
    const struct camera_values *v = &rig_info(r)->v.camera;
    return v->phase == CAMERA_READING && v->fraction > 0.1 && v->fraction < 0.9;
}

START_TEST(allsky)
{
    rig_up(&rig, "allsky340", "camera", "", 0, 0, 0, true);
    ck_assert_str_eq(rig_info(&rig)->identity,
                     "SBIG AllSky-340, firmware 1.25, serial A3400126 (answers E with O)");
    ck_assert_msg(expose(0.8, FRAME_LIGHT), "%s", err.text);
    rig_pass(&rig, 500);
    ck_assert_int_eq(rig_info(&rig)->v.camera.phase, CAMERA_EXPOSING);
    ck_assert(rig_until_done(&rig, 20000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    struct device_frame *f = rack_frame_take(rig.rack, rig.id);
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->width, 640);
    ck_assert_int_eq(f->height, 480);
    ck_assert(f->end_ns - f->begin_ns == 800000000);
    /* the pole star is 0.7 deg from the pole: a pixel is a minute, so within 45 of the middle something shines */
    int most = 0, at = 0;
    for (int i = 0; i < 640 * 480; i++)
        if (f->pixel[i] > most)
            most = f->pixel[i], at = i;
    double from_middle = hypot(at % 640 - 320, at / 640 - 240);
    ck_assert_msg(from_middle > 25 && from_middle < 50 && most > 5000, "%d at %f", most,
                  from_middle);
    double light = mean(f);
    device_frame_free(f);
    ck_assert(expose(0.8, FRAME_DARK));
    ck_assert(rig_until_done(&rig, 20000));
    f = rack_frame_take(rig.rack, rig.id);
    ck_assert_double_lt(mean(f), light - 20);
    device_frame_free(f);
    /* a block whose sum is wrong is asked for again */
    ck_assert(expose(0.1, FRAME_LIGHT));
    uint64_t bad = rig_info(&rig)->health.errors;
    ck_assert(rig_until(&rig, reading, 5000));
    sim_fault(rig.sim, SIM_GARBAGE, 1, 0);
    ck_assert(rig_until_done(&rig, 20000));
    ck_assert_msg(rig.done == OK, "%s", rig.done_text);
    ck_assert_uint_eq(rig_info(&rig)->health.errors, bad + 1);
    f = rack_frame_take(rig.rack, rig.id);
    for (int i = 0; i < 640 * 480; i++) /* bias and little light: a garbled word would stand out */
        ck_assert_msg(f->pixel[i] > 800, "%d at %d", f->pixel[i], i);
    device_frame_free(f);
    /* abort */
    ck_assert(expose(30, FRAME_LIGHT));
    rig_pass(&rig, 300);
    struct device_request q = {.verb = ASK_ABORT};
    ck_assert(rig_ask(&rig, &q, &err));
    ck_assert(rig_until_done(&rig, 1000));
    rig_pass(&rig, 1500);
    ck_assert_int_eq(rig_info(&rig)->v.camera.phase, CAMERA_IDLE);
    rig_down(&rig);
}
END_TEST

START_TEST(release_by_relay)
{
    char log[] = "/tmp/bulbXXXXXX", options[100], line[200];
    int fd = mkstemp(log);
    snprintf(options, sizeof options, "board=lcus max=10 log=%s", log);
    rig_up(&rig, "shutter", "camera", options, 0, 0, 0, true);
    ck_assert(!(rig_info(&rig)->can & CAN_FRAME));
    ck_assert(!expose(11, FRAME_LIGHT));
    ck_assert_msg(expose(1.2, FRAME_LIGHT), "%s", err.text);
    rig_pass(&rig, 600);
    ck_assert_int_eq(rig_info(&rig)->v.camera.phase, CAMERA_EXPOSING);
    ck_assert(rig_until_done(&rig, 3000));
    ck_assert_int_eq(rig.done, OK);
    ck_assert_msg(strstr(rig.done_text, "exposed: open 20") != NULL, "%s", rig.done_text);
    const struct str *h = sim_heard(rig.sim);
    rig_pass(&rig, 100);
    ck_assert_uint_eq(h->n, 12); /* off at the start, on, off */
    ck_assert_mem_eq(h->s + 4, "\xA0\x01\x01\xA2\xA0\x01\x00\xA1", 8);
    FILE *f = fdopen(fd, "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
    double asked, measured;
    char *p = strchr(strchr(line, ',') + 1, ',');
    ck_assert_int_eq(sscanf(p, ",%lf,%lf", &asked, &measured), 2);
    ck_assert_double_eq_tol(measured, 1.2, 0.05);
    fclose(f);
    unlink(log);
    /* an abort lets go at once; so does the end of the program */
    ck_assert(expose(9, FRAME_LIGHT));
    rig_pass(&rig, 200);
    struct device_request q = {.verb = ASK_STOP};
    ck_assert(rig_ask(&rig, &q, &err));
    rig_pass(&rig, 50);
    ck_assert_uint_eq(h->n, 20);
    ck_assert_mem_eq(h->s + 16, "\xA0\x01\x00\xA1", 4);
    ck_assert(expose(9, FRAME_LIGHT));
    rig_pass(&rig, 200);
    rack_free(rig.rack);
    rig.rack = NULL;
    rig_pass(&rig, 100);
    ck_assert_mem_eq(h->s + h->n - 4, "\xA0\x01\x00\xA1", 4);
    rig_down(&rig);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("others");
    TCase *c = tcase_create("others"), *images = tcase_create("images");
    tcase_add_checked_fixture(c, rig_by_clock, rig_by_true_clock);
    tcase_add_test(c, focuser);
    tcase_add_loop_test(c, quiet_focuser, 0, sizeof focus / sizeof focus[0]);
    tcase_add_loop_test(c, wheels, 0, (int)(sizeof wheel / sizeof *wheel));
    tcase_add_test(c, jammed_wheel);
    tcase_add_test(c, gps);
    tcase_add_test(c, release_by_relay);
    tcase_add_test(images, allsky); /* by the true clock: a frame is large */
    suite_add_tcase(s, c);
    suite_add_tcase(s, images);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
