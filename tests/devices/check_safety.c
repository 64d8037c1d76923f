/* check_safety.c - the guard over a backend that does what the test says: what is refused, what happens by itself.
 * The geometry under it: check_way.c; what is tried against it: check_attack.c.
 */
#include "guarded.h"

START_TEST(places_are_kept)
{
    struct fake *f = mount_at(30, 40);
    int before = f->asked;
    refused(slew(210, -20, &me), "below the horizon");
    refused(slew(105, 0, &me), "is below the limit, 10.0 deg"); /* altitude 8.7 */
    ck_assert_int_eq(f->asked, before);
    ck_assert_int_eq(slew(60, 30, &me), OK);
    struct safety_limits l = *safety_limits_of(guard);
    l.ha_east_rad = 1 * 15 * DEG; /* 1 h */
    safety_set(guard, &l);
    refused(slew(60, 30, &me), "hour angle -2.19 h is outside the limits, -1.00");
    ck_assert_int_eq(slew(35, 30, &me), OK);
}
END_TEST

START_TEST(the_horizon_of_the_site_is_kept)
{
    static const char trees[] = "0 5\n60 5\n60.1 70\n150 70\n150.1 5\n359 5\n";
    mount_at(30, 40);
    ck_assert_int_eq(slew(60, 30, &me), OK); /* altitude 60.5 in the east */
    ck_assert_int_eq(horizon_parse(trees, sizeof trees - 1, &ohp.horizon, &err), OK);
    safety_site(guard, &ohp);
    refused(slew(60, 30, &me), "below the site's horizon, 70.0 deg");
}
END_TEST

START_TEST(nothing_moves_without_site_or_clock)
{
    mount_at(30, 40);
    synced = false;
    refused(slew(31, 40, &me), "not synchronised");
    refused(ask((struct device_request){.verb = ASK_MOVE, .n = 1}, &me), "not synchronised");
    struct fake *gps = device("GPS", "gps nmea pty:/y");
    slot_link(gps->slot, DEVICE_READY, NULL);
    slot_values(gps->slot)->gps.fix = 3;
    slot_values(gps->slot)->gps.clock_error_s = 0.1;
    slot_good(gps->slot, 1);
    ck_assert_int_eq(slew(31, 40, &me), OK); /* a receiver says the same */
    synced = true;
    safety_site(guard, NULL);
    refused(slew(31, 40, &me), "without a site");
    ck_assert_int_eq(ask((struct device_request){.verb = ASK_STOP}, &me), OK);
}
END_TEST

START_TEST(sidereal_times_must_agree)
{
    struct fake *f = mount_at(30, 40);
    double ours = (1 + 48 / 60.0 + 24 / 3600.0) * 15 * DEG;
    slot_values(f->slot)->mount.lst_rad = ours + 50.0 / 3600 * 15 * DEG;
    pass(f, 0);
    ck_assert_int_eq(slew(31, 40, &me), OK);
    slot_values(f->slot)->mount.lst_rad = ours + 3600.0 / 3600 * 15 * DEG; /* summer time */
    pass(f, 0);
    refused(slew(31, 40, &me), "its sidereal time is 02:48:24, ours 01:48:2");
    slot_values(f->slot)->mount.lst_rad = ours;
    slot_values(f->slot)->mount.lat_rad = -43.9 * DEG;
    pass(f, 0);
    refused(slew(31, 40, &me), "latitude is -43.90 deg, ours 43.93");
}
END_TEST

/* At 11:30 UTC on 2026-11-23 the Sun is at 15 h 57 min, -20.4 deg (Astronomical Almanac's low-precision formula, by
 * hand: n 9823.98, L 241.6, g 318.9; lambda 240.4; RA 238.2 deg, Dec -20.3), near the meridian of the site. */
START_TEST(the_sun_is_never_on_the_way)
{
    clock_.wall = NOON;
    safety_site(guard, &ohp);
    struct fake *f = mount_at(190, -18);
    pass(f, 0);
    int before = f->asked;
    refused(slew(250, 0, &me), "of the Sun");                   /* 23 deg from it */
    refused(slew(286, -18, &me), "the way there comes within"); /* both ends are 45 deg away */
    ck_assert_int_eq(f->asked, before);
    ck_assert_int_eq(slew(200, 60, &me), OK);  /* up and away */
    ck_assert_int_eq(slew(250, 0, &word), OK); /* the word was typed */
    refused(
        ask((struct device_request){.verb = ASK_SYNC, .ra_rad = 240 * DEG, .dec_rad = -20 * DEG},
            &me),
        "no sync: the place comes within");
    refused(ask((struct device_request){.verb = ASK_PARK}, &me), "not known which way");
}
END_TEST

START_TEST(a_jog_towards_the_sun_is_refused_and_away_is_not)
{
    clock_.wall = NOON;
    safety_site(guard, &ohp);
    struct fake *f = mount_at(238.2, 10); /* 30.4 deg north of it */
    pass(f, 0);
    refused(ask((struct device_request){.verb = ASK_MOVE, .n = 1, .direction = MOVE_SOUTH}, &me),
            "of the Sun");
    ck_assert_int_eq(
        ask((struct device_request){.verb = ASK_MOVE, .n = 1, .direction = MOVE_NORTH}, &me), OK);
}
END_TEST

START_TEST(tracking_into_the_altitude_limit_is_stopped)
{
    struct fake *f = mount_at(310, 10); /* in the west, sinking: altitude 16 */
    double low = (double)NAN;
    for (int i = 0; i < 200 && f->last.verb != ASK_TRACK; i++) {
        pass(f, 60);
        double alt, az, ha;
        struct safety_sky sky;
        safety_sky_at(&ohp, utc_of_wall(clock_.wall), &sky);
        safety_altaz(&ohp, sky.lst_rad, 310 * DEG, 10 * DEG, &alt, &az, &ha);
        low = alt / DEG;
    }
    ck_assert_int_eq(f->last.verb, ASK_TRACK);
    ck_assert(!f->last.on);
    ck_assert_double_lt(low, 10);
    ck_assert_double_gt(low, 9.7); /* at the first look behind it */
    ck_assert(was_said("!limit Mount stops tracking: altitude"));
    /* it goes on all the same: again, then a stop, then the last word */
    for (int i = 0; i < 20; i++)
        pass(f, 2);
    ck_assert_int_gt(f->stopped, 0);
    ck_assert(was_said("CUT THE POWER"));
}
END_TEST

START_TEST(tracking_into_the_sun_is_stopped)
{
    clock_.wall = NOON;
    safety_site(guard, &ohp);
    struct fake *f = mount_at(238.2 + 25, -20); /* somebody turned it there by hand */
    pass(f, 1);
    ck_assert_int_eq(f->last.verb, ASK_TRACK);
    ck_assert(was_said("the Sun is 2"));
}
END_TEST

/* As the view asks it: how long can this be tracked? Checked at its end by the altitude itself. */
START_TEST(the_time_to_a_limit_is_the_time_to_it)
{
    struct safety_limits l = safety_limits_default();
    struct safety_forecast f;
    struct jd_utc now = utc_of_wall(NIGHT);
    struct safety_sky sky;
    double alt, az, ha;
    safety_forecast(&l, &ohp, now, 310 * DEG, 10 * DEG, &f);
    ck_assert_str_eq(f.limit, "altitude");
    safety_sky_at(&ohp, utc_add_s(now, f.limit_s), &sky);
    safety_altaz(&ohp, sky.lst_rad, 310 * DEG, 10 * DEG, &alt, &az, &ha);
    ck_assert_double_eq_tol(alt / DEG, 10, 0.01);
    safety_forecast(&l, &ohp, now, 60 * DEG, 30 * DEG, &f);
    safety_sky_at(&ohp, utc_add_s(now, f.meridian_s), &sky);
    ck_assert_double_eq_tol(remainder(sky.lst_rad - 60 * DEG, 2 * PI), 0, 1e-4);
}
END_TEST

START_TEST(a_stop_is_written_at_once_and_seen_to_work)
{
    struct fake *f = mount_at(30, 40);
    int bad;
    slot_values(f->slot)->mount.slewing = true;
    for (int i = 0; i < 3; i++) { /* it slews */
        slot_values(f->slot)->mount.ra_rad += 3 * DEG;
        pass(f, 1);
    }
    ck_assert_int_eq(safety_stop(guard, "key", &bad), 1);
    ck_assert_int_eq(f->stopped, 1);
    ck_assert_int_eq(bad, 0);
    slot_values(f->slot)->mount.ra_rad += 2 * DEG; /* it brakes */
    pass(f, 1);
    ck_assert(!was_said("stands still"));
    slot_values(f->slot)->mount.slewing = false;
    pass(f, 1);
    pass(f, 1);
    ck_assert(was_said("+stop. Mount stands still, seen 2.0 s after the stop"));
    int n = f->stopped;
    pass(f, 5);
    ck_assert_int_eq(f->stopped, n); /* no more than needed */
}
END_TEST

START_TEST(a_runaway_is_stopped_again_and_cried_out)
{
    struct fake *f = mount_at(30, 40);
    slot_values(f->slot)->mount.slewing = true;
    safety_stop(guard, "key", NULL);
    for (int i = 0; i < 12; i++) {
        slot_values(f->slot)->mount.ra_rad += 1 * DEG;
        pass(f, 1);
    }
    ck_assert_int_ge(f->stopped, 5);
    ck_assert(was_said("!stop Mount STILL MOVES"));
    ck_assert(was_said("CUT THE POWER"));
}
END_TEST

START_TEST(a_mute_mount_may_be_moving)
{
    struct fake *f = mount_at(30, 40);
    safety_stop(guard, "key", NULL);
    slot_link(f->slot, DEVICE_LOST, "cable");
    for (int i = 0; i < 12; i++)
        pass(NULL, 1);
    ck_assert_int_ge(f->stopped, 5); /* written all the same */
    ck_assert(was_said("MAY BE MOVING"));
}
END_TEST

START_TEST(no_stop_is_repeated_into_a_new_slew)
{
    struct fake *f = mount_at(30, 40);
    safety_stop(guard, "key", NULL);
    ck_assert_int_eq(slew(60, 30, &me), OK);
    slot_values(f->slot)->mount.slewing = true;
    for (int i = 0; i < 15; i++) {
        slot_values(f->slot)->mount.ra_rad += 1 * DEG;
        pass(f, 1);
    }
    ck_assert_int_eq(f->stopped, 1);
    ck_assert(!was_said("CUT THE POWER"));
}
END_TEST

START_TEST(a_key_that_is_let_go_ends_its_movement)
{
    struct fake *f = mount_at(30, 40);
    struct device_request q = {.verb = ASK_MOVE, .n = 2, .direction = MOVE_EAST, .move_ms = 500};
    ck_assert_int_eq(ask(q, &me), OK);
    ck_assert_int_eq(safety_jogs(guard), 1);
    pass(f, 0.4);
    ck_assert_int_eq(ask(q, &me), OK); /* repeated */
    pass(f, 0.5);
    ck_assert_int_eq(f->last.verb, ASK_MOVE);
    pass(f, 0.3);
    ck_assert_int_eq(f->last.verb, ASK_MOVE_END);
    ck_assert_int_eq(f->last.direction, MOVE_EAST);
    ck_assert_int_eq(safety_jogs(guard), 0);
}
END_TEST

START_TEST(stuck_motors_are_told)
{
    struct fake *f = mount_at(30, 40);
    ck_assert_int_eq(slew(60, 30, &me), OK);
    for (int i = 0; i < 7; i++)
        pass(f, 1);
    ck_assert(was_said("!stuck Mount took the slew"));
}
END_TEST

START_TEST(tracking_that_is_none_is_told)
{
    struct fake *f = mount_at(30, 40);
    for (int i = 0; i < 130; i++) { /* the right ascension runs with the stars */
        slot_values(f->slot)->mount.ra_rad += 15.04 / 3600 * DEG;
        pass(f, 1);
    }
    ck_assert(was_said("!tracking Mount says it tracks, but drifts 15' a minute"));
}
END_TEST

START_TEST(others_who_move_it_are_told)
{
    struct fake *f = mount_at(30, 40);
    slot_values(f->slot)->mount.slewing = true;
    pass(f, 1);
    ck_assert(was_said("is being moved by somebody else"));
}
END_TEST

START_TEST(properties_do_not_lead_around_the_limits)
{
    mount_at(30, 40);
    struct device_request q = {
        .verb = ASK_PROPERTY, .property = "EQUATORIAL_EOD_COORD", .element = "RA", .text = "16"};
    refused(ask(q, &me), "past the limits");
    q.property = "TELESCOPE_INFO";
    ck_assert_int_eq(ask(q, &me), OK);
}
END_TEST

/* A driver often stands behind a focuser and a mount: its mount is not moved under the focuser's name. */
START_TEST(no_other_device_of_the_driver_leads_around_them)
{
    mount_at(30, 40);
    struct fake *c = device("Focuser", "focuser indi a:1 F");
    slot_identity(c->slot, ~0u, "focuser");
    slot_link(c->slot, DEVICE_READY, NULL);
    slot_good(c->slot, 1);
    static const char *const name[] = {"EQUATORIAL_EOD_COORD", "TELESCOPE_MOTION_NS",
                                       "SAT_TRACKING_STAT",    "TELESCOPE_TRACK_RATE",
                                       "DOME_SHUTTER",         "horizontal_coord"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        struct device_request q = {
            .verb = ASK_PROPERTY, .property = name[i], .element = "X", .text = "1"};
        ck_assert_msg(!rack_ask(rack, rack_named(rack, "Focuser")->id, &q, &me, NULL, NULL, &err),
                      "%s was taken", name[i]);
    }
    struct device_request q = {
        .verb = ASK_PROPERTY, .property = "FOCUS_BACKLASH", .element = "X", .text = "1"};
    ck_assert(rack_ask(rack, rack_named(rack, "Focuser")->id, &q, &me, NULL, NULL, &err) > 0);
}
END_TEST

START_TEST(what_is_no_place_is_refused)
{
    struct fake *f = mount_at(30, 40);
    int before = f->asked;
    const double bad[][2] = {{NAN, 40}, {INFINITY, 40}, {30, NAN}, {30, 90.01}, {30, -INFINITY}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        refused(slew(bad[i][0], bad[i][1], &me), "no place");
        refused(ask((struct device_request){.verb = ASK_SYNC,
                                            .ra_rad = bad[i][0] * DEG,
                                            .dec_rad = bad[i][1] * DEG},
                    &me),
                "no place");
    }
    ck_assert_int_eq(f->asked, before);
    ck_assert_int_eq(slew(30 + 360, 45, &me), OK); /* a turn more is the same place */
    refused(slew(30 + 360, -60, &me), "below the horizon");
    ck_assert_int_eq(slew(123, 90, &me), OK); /* the pole, by any right ascension */
}
END_TEST

START_TEST(by_day_a_mount_that_has_not_said_where_it_points_is_not_sent)
{
    clock_.wall = NOON;
    safety_site(guard, &ohp);
    struct fake *f = mount_at(30, 40);
    slot_values(f->slot)->mount.ra_rad = slot_values(f->slot)->mount.dec_rad = (double)NAN;
    slot_good(f->slot, 10);
    refused(slew(200, 80, &me), "has not said where it points");
    clock_.wall = NIGHT;
    safety_site(guard, &ohp);
    ck_assert_int_eq(slew(30, 45, &me), OK);
}
END_TEST

/* Above the highest altitude, south of the zenith: the way out leads down, to the south. */
START_TEST(by_hand_out_of_the_zenith_and_not_into_it)
{
    struct safety_limits l = safety_limits_default();
    l.max_alt_rad = 80 * DEG;
    safety_set(guard, &l);
    mount_at(27.1, 40); /* 86 deg up, on the meridian */
    refused(ask((struct device_request){.verb = ASK_MOVE, .n = 1, .direction = MOVE_NORTH}, &me),
            "above the limit");
    ck_assert_int_eq(
        ask((struct device_request){.verb = ASK_MOVE, .n = 1, .direction = MOVE_SOUTH}, &me), OK);
}
END_TEST

/* Half a degree from the pole, on the meridian above it: a degree north lies beyond the pole, lower than the pole. */
START_TEST(by_hand_over_the_pole)
{
    struct safety_limits l = safety_limits_default();
    l.min_alt_rad = 43.7 * DEG; /* the pole stands 43.93 deg high */
    safety_set(guard, &l);
    mount_at(27.1, 89.5);
    refused(ask((struct device_request){.verb = ASK_MOVE, .n = 1, .direction = MOVE_NORTH}, &me),
            "below the limit");
    ck_assert_int_eq(
        ask((struct device_request){.verb = ASK_MOVE, .n = 1, .direction = MOVE_SOUTH}, &me), OK);
}
END_TEST

/* In the far south everything is the other way round: the south pole stands, the north one never rises. */
START_TEST(southern_sites_and_a_polar_day)
{
    struct site south = {0};
    ck_assert_int_eq(site_set(&south, "Concordia", -75.1, 123.33, 3233, NULL), OK);
    safety_site(guard, &south);
    struct safety_sky sky;
    safety_sky_at(&south, utc_of_wall(clock_.wall), &sky);
    ck_assert_double_gt(sky.sun_alt_rad, 5 * DEG); /* late in November it does not set there */
    ck_assert(isnan(safety_dawn_s(&south, utc_of_wall(clock_.wall), -12 * DEG)));
    struct fake *f = mount_at(sky.sun_ra_rad / DEG + 180, -60);
    pass(f, 1);
    refused(slew(30, 40, &me), "below the horizon");
    refused(slew(sky.sun_ra_rad / DEG, sky.sun_dec_rad / DEG, &me), "of the Sun");
    refused(slew(sky.sun_ra_rad / DEG, sky.sun_dec_rad / DEG - 29, &me), "of the Sun");
    ck_assert_int_eq(slew(sky.sun_ra_rad / DEG + 170, -70, &me), OK);
    safety_site(guard, &ohp);
    site_clear(&south);
}
END_TEST

START_TEST(a_lost_device_is_obeyed_after_its_time)
{
    struct safety_policy p = {
        .dawn_alt_rad = -10 * DEG, .loss_s = 60, .dawn = 'n', .loss = 'p', .weather = 'n'};
    safety_policy_set(guard, &p);
    struct fake *m = mount_at(30, 40), *c = device("Camera", "camera indi a:1 C");
    slot_identity(c->slot, ~0u, "camera");
    slot_link(c->slot, DEVICE_READY, NULL);
    slot_good(c->slot, 1);
    pass(m, 1);
    slot_lost(c->slot);
    for (int i = 0; i < 5; i++)
        pass(m, 10);
    ck_assert_int_ne(m->last.verb, ASK_PARK); /* 51 s: it may come back */
    ck_assert(!was_said("is lost"));
    pass(m, 10);
    pass(m, 1);
    ck_assert_int_eq(m->last.verb, ASK_PARK);
    ck_assert(was_said("!loss Camera is lost"));
    int asked = m->asked;
    slot_done(m->slot, m->ticket, OK, "");
    slot_values(m->slot)->mount.parked = true;
    pass(m, 10);
    ck_assert_int_eq(m->asked, asked); /* once */
    slot_link(c->slot, DEVICE_READY, NULL);
    slot_good(c->slot, 1);
    pass(m, 1);
    ck_assert(was_said("loss. Camera: it is well again"));
}
END_TEST

START_TEST(a_loss_that_is_to_be_told_only_moves_nothing)
{
    struct safety_policy p = {
        .dawn_alt_rad = -10 * DEG, .loss_s = 60, .dawn = 'n', .loss = 'n', .weather = 'p'};
    safety_policy_set(guard, &p);
    struct fake *m = mount_at(30, 40), *c = device("Camera", "camera indi a:1 C");
    slot_link(c->slot, DEVICE_READY, NULL);
    slot_good(c->slot, 1);
    slot_lost(c->slot);
    int asked = m->asked;
    for (int i = 0; i < 8; i++)
        pass(m, 10);
    ck_assert(was_said("!loss Camera is lost"));
    ck_assert_int_eq(m->asked, asked);
}
END_TEST

START_TEST(an_ordered_end_goes_step_by_step)
{
    struct fake *m = mount_at(30, 40);
    struct fake *c = device("Camera", "camera indi a:1 C"), *d = device("Dome", "dome indi a:1 D");
    slot_identity(c->slot, ~0u, "camera");
    slot_link(c->slot, DEVICE_READY, NULL);
    slot_values(c->slot)->camera.phase = CAMERA_EXPOSING;
    slot_values(c->slot)->camera.cooling = true;
    slot_good(c->slot, 1);
    slot_identity(d->slot, ~0u, "dome");
    slot_link(d->slot, DEVICE_READY, NULL);
    slot_values(d->slot)->dome.shutter = SHUTTER_OPEN;
    slot_good(d->slot, 1);
    turns();
    int m0 = m->asked, c0 = c->asked;
    ck_assert_int_eq(safety_shutdown(guard, "drill", true, ASKER_PERSON, NULL, NULL, &err), OK);
    turns();
    ck_assert_int_eq(m->asked, m0); /* a drill asks nothing */
    ck_assert_int_eq(c->asked, c0);
    ck_assert(was_said("drill: parking Mount: would be asked"));
    ck_assert(!safety_shutdown_state(guard).running);
    ck_assert_int_eq(safety_shutdown(guard, "rain", false, ASKER_PERSON, NULL, NULL, &err), OK);
    ck_assert_int_eq(safety_shutdown(guard, "rain", false, ASKER_PERSON, NULL, NULL, &err), E_BUSY);
    ck_assert_int_eq(c->last.verb, ASK_ABORT);
    ck_assert_int_eq(m->asked, m0); /* the mount waits for its turn */
    slot_done(c->slot, c->ticket, OK, "");
    turns();
    ck_assert_int_eq(m->last.verb, ASK_PARK);
    ck_assert_int_eq(d->last.verb, 0);
    pass(m, 181); /* it never says that it parked */
    turns();
    ck_assert_int_eq(m->last.verb, ASK_TRACK); /* then at least it does not track */
    ck_assert(!m->last.on);
    slot_done(m->slot, m->ticket, OK, "");
    turns();
    ck_assert_int_eq(d->last.verb, ASK_DOME_SHUTTER);
    ck_assert(!d->last.on);
    slot_done(d->slot, d->ticket, OK, "");
    turns();
    ck_assert_int_eq(c->last.verb, ASK_COOL);
    slot_done(c->slot, c->ticket, OK, "");
    turns();
    ck_assert(!safety_shutdown_state(guard).running);
    ck_assert(was_said("4 steps done, 1 FAILED (rain)"));
}
END_TEST

START_TEST(dawn_is_announced_and_obeyed)
{
    struct safety_policy p = {
        .dawn_alt_rad = -12 * DEG, .loss_s = 120, .dawn = 'p', .loss = 'n', .weather = 'n'};
    safety_policy_set(guard, &p);
    /* 2026-11-24: the Sun is 18 deg below at 05:02, 12 deg below at 05:36 UTC */
    clock_.wall = NIGHT + (int64_t)(7.75 * 3600 * 1e9); /* 04:59 */
    struct fake *m = mount_at(150, 40);
    int parked = -1;
    for (int i = 0; i < 70 && parked < 0; i++) {
        pass(m, 60);
        if (m->last.verb == ASK_PARK)
            parked = i + 1;
    }
    ck_assert(was_said("Wdawn dawn in 30 min") || was_said("Wdawn dawn in 29 min"));
    ck_assert(was_said("Wdawn dawn in 10 min") || was_said("Wdawn dawn in 9 min"));
    ck_assert_int_ge(parked, 36);
    ck_assert_int_le(parked, 39);
}
END_TEST

START_TEST(a_lost_weather_station_is_obeyed)
{
    struct safety_policy p = {
        .dawn_alt_rad = -10 * DEG, .loss_s = 60, .dawn = 'n', .loss = 'n', .weather = 'p'};
    safety_policy_set(guard, &p);
    struct fake *m = mount_at(30, 40), *w = device("Weather", "weather indi a:1 W");
    slot_link(w->slot, DEVICE_READY, NULL);
    slot_values(w->slot)->weather.safe = 1;
    slot_good(w->slot, 1);
    pass(m, 1);
    slot_values(w->slot)->weather.safe = 0;
    slot_good(w->slot, 1);
    pass(m, 1);
    ck_assert_int_eq(m->last.verb, ASK_PARK);
    ck_assert(was_said("!loss Weather says it is not safe"));
}
END_TEST

START_TEST(the_preview_says_what_the_slew_will_meet)
{
    struct fake *f = mount_at(30, 40);
    struct safety_slew p;
    slot_values(f->slot)->mount.pier = PIER_WEST;
    pass(f, 0);
    safety_preview(guard, rack_named(rack, "Mount"), 60 * DEG, 30 * DEG, false, &p);
    ck_assert_int_eq(p.refused.status, OK);
    ck_assert_int_eq(p.pier, PIER_WEST); /* east of the meridian: the telescope west of the pier */
    ck_assert(!p.flips);
    ck_assert_double_eq_tol(p.from_alt_rad / DEG, 85, 1.5);
    ck_assert_double_eq_tol(p.distance_rad, sky_separation(30 * DEG, 40 * DEG, 60 * DEG, 30 * DEG),
                            1e-9);
    ck_assert_double_eq_tol(p.seconds, 10, 0.1); /* 30 deg of axis at 3 deg/s */
    safety_preview(guard, rack_named(rack, "Mount"), 10 * DEG, 30 * DEG, false, &p);
    ck_assert(p.flips);
    safety_preview(guard, rack_named(rack, "Mount"), 210 * DEG, -20 * DEG, false, &p);
    ck_assert_int_eq(p.refused.status, E_REFUSED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("safety");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, guarded_up, guarded_down);
    tcase_add_test(t, places_are_kept);
    tcase_add_test(t, the_horizon_of_the_site_is_kept);
    tcase_add_test(t, nothing_moves_without_site_or_clock);
    tcase_add_test(t, sidereal_times_must_agree);
    tcase_add_test(t, the_sun_is_never_on_the_way);
    tcase_add_test(t, a_jog_towards_the_sun_is_refused_and_away_is_not);
    tcase_add_test(t, tracking_into_the_altitude_limit_is_stopped);
    tcase_add_test(t, tracking_into_the_sun_is_stopped);
    tcase_add_test(t, the_time_to_a_limit_is_the_time_to_it);
    tcase_add_test(t, a_stop_is_written_at_once_and_seen_to_work);
    tcase_add_test(t, a_runaway_is_stopped_again_and_cried_out);
    tcase_add_test(t, a_mute_mount_may_be_moving);
    tcase_add_test(t, no_stop_is_repeated_into_a_new_slew);
    tcase_add_test(t, a_key_that_is_let_go_ends_its_movement);
    tcase_add_test(t, stuck_motors_are_told);
    tcase_add_test(t, tracking_that_is_none_is_told);
    tcase_add_test(t, others_who_move_it_are_told);
    tcase_add_test(t, properties_do_not_lead_around_the_limits);
    tcase_add_test(t, no_other_device_of_the_driver_leads_around_them);
    tcase_add_test(t, what_is_no_place_is_refused);
    tcase_add_test(t, by_day_a_mount_that_has_not_said_where_it_points_is_not_sent);
    tcase_add_test(t, by_hand_out_of_the_zenith_and_not_into_it);
    tcase_add_test(t, by_hand_over_the_pole);
    tcase_add_test(t, southern_sites_and_a_polar_day);
    tcase_add_test(t, a_lost_device_is_obeyed_after_its_time);
    tcase_add_test(t, a_loss_that_is_to_be_told_only_moves_nothing);
    tcase_add_test(t, an_ordered_end_goes_step_by_step);
    tcase_add_test(t, dawn_is_announced_and_obeyed);
    tcase_add_test(t, a_lost_weather_station_is_obeyed);
    tcase_add_test(t, the_preview_says_what_the_slew_will_meet);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
