/* indi_drive.c - drives INDI's simulators through the rack, as an observer would: every step asserts what the other side
 * then says of itself (asked with INDI's own indi_getprop where it matters). Breaks drivers and server in the middle.
 *   indi_drive PORT FOLDER-OF-THE-SERVER SCRIPTS-FOLDER SCRATCH
 * Not a unit test: tests/peers/indi.sh starts the server.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/loop.h"
#include "vigie/devices/rack.h"
#include "vigie/formats/fitsimage.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"

static const double DEG = 3.14159265358979323846 / 180;
static struct rack *rack;
static struct loop *loop;
static const char *port, *folder, *scripts, *scratch;
static const struct rack_asker me = {.who = "drive"};

#define MUST(cond, ...)                                                                            \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            printf("FAIL %s:%d: %s: ", __FILE__, __LINE__, #cond);                                 \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static bool restarted_said, lost_said;

static void on_event(void *arg, const struct rack_event *ev)
{
    const struct device_info *d = rack_find(rack, ev->id);
    (void)arg;
    if (ev->kind == RACK_SAY)
        printf("      %c %s: %s\n", ev->level, d ? d->name : "-", ev->text);
    restarted_said |= strstr(ev->text, "driver was restarted") != NULL;
    lost_said |= strstr(ev->text, "MAY BE MOVING") != NULL;
}

static int64_t wake(void *arg)
{
    (void)arg;
    return 20;
}

static const struct device_info *dev(const char *name)
{
    const struct device_info *d = rack_named(rack, name);
    MUST(d, "no %s", name);
    return d;
}

typedef bool condition(void);
static bool until(condition *c, int64_t ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    while (!c() && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    return c();
}

static void pause_ms(int64_t ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    while (loop_now_ms(loop) < end)
        loop_turn(loop, true);
}

struct answer {
    bool over;
    enum status status;
    char text[300];
};

static void on_done(void *arg, uint64_t ticket, enum status status, const char *text)
{
    struct answer *a = arg;
    (void)ticket;
    a->over = true;
    a->status = status;
    snprintf(a->text, sizeof a->text, "%s", text);
}

static uint64_t start(const char *name, struct device_request q, struct answer *a)
{
    struct error err = {.text = ""};
    *a = (struct answer){.over = false};
    uint64_t t = rack_ask(rack, dev(name)->id, &q, &me, on_done, a, &err);
    MUST(t, "%s %s: %s", name, device_verb_name(q.verb), err.text);
    return t;
}

static struct answer finish(struct answer *a, int64_t ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    while (!a->over && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    MUST(a->over, "no end in %lld ms", (long long)ms);
    return *a;
}

static void ask(const char *name, struct device_request q, int64_t ms, enum status want)
{
    struct answer a;
    int64_t from = loop_now_ms(loop);
    start(name, q, &a);
    finish(&a, ms);
    printf("    %-10s %-10s %s in %lld ms %s\n", name, device_verb_name(q.verb),
           status_name(a.status), (long long)(loop_now_ms(loop) - from), a.text);
    MUST(a.status == want, "%s %s: %s %s", name, device_verb_name(q.verb), status_name(a.status),
         a.text);
}

/* What INDI's own client says of a property. */
static double peer(const char *property)
{
    char command[400], line[200] = "";
    snprintf(command, sizeof command, "indi_getprop -p %s -t 3 -1 '%s' 2>/dev/null", port,
             property);
    FILE *f = popen(command, "r");
    if (f && !fgets(line, sizeof line, f))
        line[0] = '\0';
    if (f)
        pclose(f);
    return strcmp(line, "On\n") == 0 ? 1 : strcmp(line, "Off\n") == 0 ? 0 : atof(line);
}

static bool all_ready(void)
{
    for (size_t i = 0; i < rack_n(rack); i++)
        if (rack_at(rack, i)->link != DEVICE_READY || rack_at(rack, i)->stale)
            return false;
    return true;
}

static bool mount_ready(void)
{
    return dev("Mount")->link == DEVICE_READY && !dev("Mount")->stale;
}
static bool mount_gone(void)
{
    return dev("Mount")->link == DEVICE_LOST;
}
static bool mount_slews(void)
{
    return dev("Mount")->v.mount.slewing;
}
static bool camera_gone(void)
{
    return dev("Camera")->link == DEVICE_LOST;
}
static bool camera_exposes(void)
{
    return dev("Camera")->v.camera.phase == CAMERA_EXPOSING;
}
static bool focuser_gone(void)
{
    return dev("Focuser")->link == DEVICE_LOST;
}
static bool wheel_gone(void)
{
    return dev("Wheel")->link == DEVICE_LOST;
}

/* Right ascension, hours, of what stands two hours east of the meridian of the simulator's site. */
static double rising_h(void)
{
    struct sky_turn turn = sky_turn(utc_of_wall(CLOCK_WALL(clock_system())), 0, -2.3 * DEG);
    return fmod(turn.last_rad / DEG / 15 + 2, 24);
}

static void where(double ra_h, double dec_deg, double arcsec)
{
    const struct mount_values *m = &dev("Mount")->v.mount;
    double off = sky_separation(m->ra_rad, m->dec_rad, ra_h * 15 * DEG, dec_deg * DEG) / DEG * 3600;
    double theirs = sky_separation(peer("Telescope Simulator.EQUATORIAL_EOD_COORD.RA") * 15 * DEG,
                                   peer("Telescope Simulator.EQUATORIAL_EOD_COORD.DEC") * DEG,
                                   ra_h * 15 * DEG, dec_deg * DEG) /
                    DEG * 3600;
    printf("    mount is %.1f\" from the goal here, %.1f\" as indi_getprop says\n", off, theirs);
    MUST(off < arcsec && theirs < arcsec, "%.1f %.1f", off, theirs);
}

static struct device_request to(double ra_h, double dec_deg)
{
    return (struct device_request){
        .verb = ASK_SLEW, .ra_rad = ra_h * 15 * DEG, .dec_rad = dec_deg * DEG};
}

static struct device_request verb(enum device_verb v)
{
    return (struct device_request){.verb = v};
}

static struct device_request expose(double seconds, const char *path)
{
    return (struct device_request){
        .verb = ASK_EXPOSE,
        .exposure = {.seconds = seconds, .gain = (double)NAN, .offset = (double)NAN, .path = path}};
}

static void kill_server(void)
{
    char command[500];
    snprintf(command, sizeof command, "kill -KILL $(cat '%s/pid')", folder);
    MUST(system(command) == 0, "%s", command);
}

static void start_server(void)
{
    char command[500];
    snprintf(command, sizeof command, "'%s/indi-up' -p %s -d '%s' >/dev/null 2>&1", scripts, port,
             folder);
    MUST(system(command) == 0, "%s", command);
}

/* Kills a driver as a crash would: INDI's server starts it again. */
static void crash(const char *driver)
{
    char command[300];
    snprintf(command, sizeof command, "pkill -KILL -P $(cat '%s/pid') -f '%s'", folder, driver);
    printf("    kill -9 %s\n", driver);
    MUST(system(command) == 0, "%s", command);
}

static void check_frame(double seconds, int width, int height)
{
    struct device_frame *f = rack_frame_take(rack, dev("Camera")->id);
    struct fitsimage image;
    struct error err = {.text = ""};
    MUST(f, "no frame");
    struct str bytes = {0};
    if (f->path)
        MUST(file_read(f->path, 100 << 20, &bytes, &err) == OK, "%s", err.text);
    const uint8_t *fits = f->path ? (const uint8_t *)str_c(&bytes) : f->fits;
    size_t n = f->path ? bytes.n : f->n_fits;
    MUST(fits && fitsimage_read(fits, n, 100 << 20, &image, &err) == OK, "%s", err.text);
    printf("    image %d x %d, %g s, %s, %s %s\n", image.width, image.height, image.exposure_s,
           image.date, f->path ? "written by the driver:" : "as BLOB", f->path ? f->path : "");
    MUST(image.width == width && image.height == height, "size %d %d", image.width, image.height);
    MUST(fabs(image.exposure_s - seconds) < 1e-6, "%g", image.exposure_s);
    MUST(f->begin_ns > 0 && fabs(f->exposure_s - seconds) < 1e-6, "begin");
    fitsimage_free(&image);
    str_clear(&bytes);
    device_frame_free(f);
}

/* ---- scenes ---- */

static void mount_scene(void)
{
    struct answer a;
    double ra = rising_h();
    printf("mount\n");
    pause_ms(4000); /* the GPS simulator moves the site once, and with it where the mount points */
    ask("Mount", verb(ASK_UNPARK), 15000, OK);
    /* the simulator is late by what the sky turns during a long slew; a second one lands */
    ask("Mount", to(ra, 45.25), 90000, OK);
    ask("Mount", to(ra, 45.25), 90000, OK);
    where(ra, 45.25, 5);
    pause_ms(600);
    MUST(dev("Mount")->v.mount.tracking &&
             peer("Telescope Simulator.TELESCOPE_TRACK_STATE.TRACK_ON") == 1,
         "it should track");
    double before = dev("Mount")->v.mount.ra_rad;
    pause_ms(3000);
    MUST(fabs(dev("Mount")->v.mount.ra_rad - before) < 5 * DEG / 3600, "it drifts while tracking");
    start("Mount", to(fmod(ra + 22, 24), -5), &a); /* abort in the middle */
    MUST(until(mount_slews, 3000), "no slew");
    pause_ms(700);
    ask("Mount", verb(ASK_STOP), 3000, OK);
    MUST(finish(&a, 3000).status == E_CANCELLED, "%s", status_name(a.status));
    pause_ms(600);
    MUST(!dev("Mount")->v.mount.slewing, "it still slews");
    before = peer("Telescope Simulator.EQUATORIAL_EOD_COORD.DEC");
    pause_ms(1000);
    MUST(fabs(peer("Telescope Simulator.EQUATORIAL_EOD_COORD.DEC") - before) < 0.01, "it moves on");
    ask("Mount", to(ra, 40), 90000, OK);
    struct device_request sync = to(ra, 40.5);
    sync.verb = ASK_SYNC;
    ask("Mount", sync, 15000, OK);
    where(ra, 40.5, 5);
    MUST(peer("Telescope Simulator.ON_COORD_SET.TRACK") == 1, "ON_COORD_SET was left on SYNC");
    ask("Mount", (struct device_request){.verb = ASK_TRACK, .on = false}, 15000, OK);
    pause_ms(500);
    MUST(peer("Telescope Simulator.TELESCOPE_TRACK_STATE.TRACK_OFF") == 1, "it tracks");
    ask("Mount", (struct device_request){.verb = ASK_TRACK, .on = true}, 15000, OK);
    start(
        "Mount",
        (struct device_request){.verb = ASK_MOVE, .direction = MOVE_NORTH, .n = 3, .move_ms = 1000},
        &a);
    MUST(until(mount_slews, 2000), "no motion by hand");
    MUST(finish(&a, 4000).status == OK, "%s", a.text); /* the deadman ends it */
    pause_ms(500);
    MUST(peer("Telescope Simulator.TELESCOPE_MOTION_NS.MOTION_NORTH") == 0, "it moves on");
    ask("Mount", (struct device_request){.verb = ASK_GUIDE, .direction = MOVE_EAST, .x = 500},
        15000, OK);
    ask("Mount", verb(ASK_PARK), 120000, OK);
    pause_ms(500);
    MUST(dev("Mount")->v.mount.parked && peer("Telescope Simulator.TELESCOPE_PARK.PARK") == 1,
         "it should be parked");
    ask("Mount", verb(ASK_UNPARK), 15000, OK);
}

static void refusal_scene(void)
{
    struct answer a;
    printf("what is refused without a word\n");
    struct device_request q = to(1, 0);
    q.ra_rad = 99 * 15 * DEG;
    struct error err = {.text = ""};
    int64_t from = loop_now_ms(loop);
    a = (struct answer){.over = false};
    uint64_t t = rack_ask(rack, dev("Mount")->id, &q, &me, on_done, &a, &err);
    if (!t) {
        printf("    refused before it is sent: %s\n", err.text);
        return;
    }
    finish(&a, 15000);
    printf("    RA 99 h: %s after %lld ms: %s\n", status_name(a.status),
           (long long)(loop_now_ms(loop) - from), a.text);
    MUST(a.status == E_TIMEOUT || a.status == E_DEVICE, "%s", status_name(a.status));
}

static void camera_scene(void)
{
    char path[300];
    struct answer a;
    printf("camera\n");
    ask("Camera", expose(1, NULL), 30000, OK);
    check_frame(1, 1280, 1024);
    struct device_request q = expose(0.5, NULL);
    q.exposure.bin = 2;
    q.exposure.x = 100, q.exposure.y = 50, q.exposure.w = 400, q.exposure.h = 300;
    ask("Camera", q, 30000, OK);
    check_frame(0.5, 200, 150);
    q = expose(0.5, NULL);
    q.exposure.bin = 1;
    snprintf(path, sizeof path, "%s/local_one.fits", scratch);
    q.exposure.path = path;
    ask("Camera", q, 30000, OK);
    check_frame(0.5, 1280, 1024);
    start("Camera", expose(20, NULL), &a);
    MUST(until(camera_exposes, 5000), "no exposure");
    pause_ms(500);
    ask("Camera", verb(ASK_ABORT), 5000, OK);
    MUST(finish(&a, 3000).status == E_CANCELLED, "%s", a.text);
    struct error err = {.text = ""};
    pause_ms(500);
    q = expose(1, NULL);
    q.exposure.x = 9999, q.exposure.w = 100, q.exposure.h = 100;
    MUST(!rack_ask(rack, dev("Camera")->id, &q, &me, NULL, NULL, &err), "a frame off the chip");
    printf("    %s\n", err.text);
    ask("Camera", (struct device_request){.verb = ASK_COOL, .on = true, .x = -5}, 15000, OK);
    MUST(peer("CCD Simulator.CCD_COMPRESSION.INDI_ENABLED") == 0, "compression is on");
}

static void packed_scene(void)
{
    printf("compressed images\n");
    struct device_request on = {.verb = ASK_PROPERTY,
                                .property = "CCD_COMPRESSION",
                                .element = "INDI_ENABLED",
                                .text = "On"};
    ask("Camera", on, 15000, OK);
    ask("Camera", expose(0.3, NULL), 30000, OK);
    check_frame(0.3, 1280, 1024);
    on.element = "INDI_DISABLED";
    ask("Camera", on, 15000, OK);
}

static void small_scene(void)
{
    printf("focuser, wheel, dome\n");
    ask("Focuser", (struct device_request){.verb = ASK_FOCUS_TO, .n = 30000}, 120000, OK);
    MUST(dev("Focuser")->v.focuser.position == 30000 &&
             fabs(peer("Focuser Simulator.ABS_FOCUS_POSITION.FOCUS_ABSOLUTE_POSITION") - 30000) < 1,
         "%d", dev("Focuser")->v.focuser.position);
    ask("Focuser", (struct device_request){.verb = ASK_FOCUS_BY, .n = -500}, 120000, OK);
    MUST(dev("Focuser")->v.focuser.position == 29500, "%d", dev("Focuser")->v.focuser.position);
    ask("Wheel", (struct device_request){.verb = ASK_FILTER, .n = 3}, 60000, OK);
    MUST(dev("Wheel")->v.wheel.slot == 3 &&
             peer("Filter Simulator.FILTER_SLOT.FILTER_SLOT_VALUE") == 3,
         "%d", dev("Wheel")->v.wheel.slot);
    MUST(strcmp(dev("Wheel")->v.wheel.name[2], "Blue") == 0, "%s", dev("Wheel")->v.wheel.name[2]);
    ask("Dome", (struct device_request){.verb = ASK_DOME_AZ, .az_rad = 20 * DEG}, 120000, OK);
    ask("Dome", (struct device_request){.verb = ASK_DOME_SHUTTER, .on = true}, 120000, OK);
    MUST(dev("Dome")->v.dome.shutter == SHUTTER_OPEN, "shutter");
    MUST(dev("Weather")->v.weather.safe == 1 &&
             fabs(dev("Weather")->v.weather.temp_degc - 15) < 0.1,
         "weather");
    MUST(fabs(dev("GPS")->v.gps.lat_rad / DEG - 51) < 1, "gps %g", dev("GPS")->v.gps.lat_rad / DEG);
    ask("Lamp", (struct device_request){.verb = ASK_SWITCH, .n = 0, .x = 1}, 15000, OK);
    MUST(peer("Light Panel Simulator.FLAT_LIGHT_CONTROL.FLAT_LIGHT_ON") == 1, "lamp");
    ask("Lamp", (struct device_request){.verb = ASK_SWITCH, .n = 1, .x = 100}, 15000, OK);
    ask("Lamp", (struct device_request){.verb = ASK_SWITCH, .n = 0, .x = 0}, 15000, OK);
    MUST(peer("Light Panel Simulator.FLAT_LIGHT_CONTROL.FLAT_LIGHT_ON") == 0, "lamp");
}

static void crash_both(void)
{
    crash("indi_simulator_telescope");
    crash("indi_simulator_ccd");
}

static void kill_and_start(void)
{
    kill_server();
    MUST(until(mount_gone, 2000) && until(camera_gone, 2000), "the loss was not seen within 2 s");
    start_server();
}

/* In the middle of parking and of an exposure that the driver itself is to write: both are told as lost, both work again. */
static void park_and_file_scene(const char *who, void (*break_it)(void))
{
    char path[300];
    struct answer a, b;
    struct device_request q = to(rising_h(), 20);
    printf("%s killed in the middle of parking and of an exposure to a file\n", who);
    MUST(until(all_ready, 30000), "not all came back");
    ask("Mount", verb(ASK_UNPARK), 15000, OK);
    q.verb = ASK_SYNC;
    ask("Mount", q, 15000, OK);
    snprintf(path, sizeof path, "%s/%s_killed.fits", scratch, who);
    struct device_request e = expose(15, path);
    start("Camera", e, &b);
    MUST(until(camera_exposes, 5000), "no exposure");
    start("Mount", verb(ASK_PARK), &a);
    MUST(until(mount_slews, 3000), "it does not park");
    break_it();
    MUST(finish(&a, 2000).status == E_NET && finish(&b, 2000).status == E_NET, "%s, %s", a.text,
         b.text);
    MUST(access(path, F_OK) != 0, "a file of an exposure that never ended");
    MUST(until(all_ready, 60000), "not all came back: %s, %s", dev("Mount")->why,
         dev("Camera")->why);
    MUST(!dev("Mount")->trusted, "a restarted mount is trusted");
    snprintf(path, sizeof path, "%s/%s_again.fits", scratch, who);
    e = expose(0.5, path);
    ask("Camera", e, 30000, OK);
    check_frame(0.5, 1280, 1024);
    ask("Mount", verb(ASK_UNPARK), 15000, OK);
    q = to(rising_h(), 30);
    q.verb = ASK_SYNC;
    ask("Mount", q, 15000, OK);
    ask("Mount", verb(ASK_PARK), 120000, OK);
    ask("Mount", verb(ASK_UNPARK), 15000, OK);
}

static void crash_scene(void)
{
    struct answer a, b, c;
    double ra = rising_h();
    printf("drivers killed in the middle\n");
    start("Mount", to(ra, 10), &a);
    MUST(until(mount_slews, 3000), "no slew");
    lost_said = restarted_said = false;
    int64_t from = loop_now_ms(loop);
    crash("indi_simulator_telescope");
    MUST(until(mount_gone, 2000), "the loss was not seen within 2 s");
    printf("    lost after %lld ms\n", (long long)(loop_now_ms(loop) - from));
    MUST(finish(&a, 1000).status == E_NET, "%s %s", status_name(a.status), a.text);
    MUST(until(mount_ready, 20000), "mount did not come back: %s", dev("Mount")->why);
    pause_ms(500);
    MUST(restarted_said && lost_said, "it was not said");
    MUST(!dev("Mount")->trusted, "a restarted mount is trusted");
    struct device_request q = to(ra, 12);
    struct error err = {.text = ""};
    MUST(!rack_ask(rack, dev("Mount")->id, &q, &me, NULL, NULL, &err), "a slew before a sync");
    printf("    slew: %s\n", err.text);
    MUST(peer("Telescope Simulator.DEVICE_AUTO_SEARCH.INDI_DISABLED") == 1 &&
             fabs(peer("Telescope Simulator.TELESCOPE_INFO.TELESCOPE_APERTURE") - 155) < 1e-6,
         "the settings were not made again");
    ask("Mount", verb(ASK_UNPARK), 15000, OK);
    q.verb = ASK_SYNC;
    ask("Mount", q, 15000, OK);
    MUST(dev("Mount")->trusted, "not trusted after a sync");
    start("Camera", expose(15, NULL), &b);
    MUST(until(camera_exposes, 5000), "no exposure");
    crash("indi_simulator_ccd");
    MUST(until(camera_gone, 2000), "the loss of the camera was not seen");
    MUST(finish(&b, 1000).status == E_NET, "%s", b.text);
    park_and_file_scene("driver", crash_both);
    start("Focuser", (struct device_request){.verb = ASK_FOCUS_TO, .n = 90000}, &c);
    pause_ms(300); /* the simulator says nothing until it is there */
    crash("indi_simulator_focus");
    MUST(until(focuser_gone, 2000), "the loss of the focuser was not seen");
    MUST(finish(&c, 1000).status == E_NET, "%s", c.text);
    start("Wheel", (struct device_request){.verb = ASK_FILTER, .n = 7}, &c);
    crash("indi_simulator_wheel");
    MUST(until(wheel_gone, 2000), "the loss of the wheel was not seen");
    MUST(finish(&c, 1000).status == E_NET, "%s", c.text);
    MUST(until(all_ready, 30000), "not all came back");
    ask("Camera", expose(0.5, NULL), 30000, OK);
    check_frame(0.5, 1280, 1024);
    ask("Wheel", (struct device_request){.verb = ASK_FILTER, .n = 2}, 60000, OK);
}

static void server_scene(void)
{
    struct answer a, b, c, d;
    double ra = rising_h();
    printf("server killed in the middle of a slew, an exposure, a move of the focuser, a turn of "
           "the wheel\n");
    start("Mount", to(ra, 60), &a);
    MUST(until(mount_slews, 3000), "no slew");
    start("Camera", expose(20, NULL), &b);
    MUST(until(camera_exposes, 5000), "no exposure");
    start("Focuser", (struct device_request){.verb = ASK_FOCUS_TO, .n = 95000}, &c);
    pause_ms(300);
    start("Wheel", (struct device_request){.verb = ASK_FILTER, .n = 8}, &d);
    int64_t from = loop_now_ms(loop);
    kill_server();
    MUST(until(mount_gone, 2000) && until(camera_gone, 2000) && until(focuser_gone, 2000) &&
             until(wheel_gone, 2000),
         "the loss was not seen within 2 s");
    printf("    lost after %lld ms: %s\n", (long long)(loop_now_ms(loop) - from),
           dev("Mount")->why);
    MUST(finish(&a, 1000).status == E_NET && finish(&b, 1000).status == E_NET, "%s", a.text);
    MUST(finish(&c, 1000).status == E_NET && finish(&d, 1000).status == E_NET, "%s", c.text);
    MUST(dev("Mount")->stale, "old values are shown as current");
    struct error err = {.text = ""};
    struct device_request stop = verb(ASK_STOP);
    MUST(!rack_ask(rack, dev("Mount")->id, &stop, &me, NULL, NULL, &err) && err.text[0],
         "a stop that cannot reach it must say so");
    printf("    stop: %s\n", err.text);
    pause_ms(2500);
    start_server();
    MUST(until(all_ready, 60000), "not all came back: %s, %s", dev("Mount")->why,
         dev("Camera")->why);
    MUST(!dev("Mount")->trusted, "a restarted mount is trusted");
    ask("Camera", expose(0.5, NULL), 30000, OK);
    check_frame(0.5, 1280, 1024);
    ask("Focuser", (struct device_request){.verb = ASK_FOCUS_TO, .n = 51000}, 60000, OK);
    ask("Wheel", (struct device_request){.verb = ASK_FILTER, .n = 4}, 60000, OK);
    park_and_file_scene("server", kill_and_start);
}

static void watchdog_scene(void)
{
    printf("watchdog\n");
    pause_ms(4000);
    MUST(peer("WatchDog.WATCHDOG_Trigger.TRIGGER_CLIENT") == 1 &&
             peer("WatchDog.WATCHDOG_HEARTBEAT.WATCHDOG_HEARTBEAT_VALUE") == 6,
         "it is not armed");
    pause_ms(9000); /* longer than its patience: it is fed, so it stays quiet */
    MUST(peer("Telescope Simulator.TELESCOPE_PARK.PARK") == 0,
         "the watchdog parked though it was fed");
    printf("    it is fed, and does nothing; now it is not\n");
    ask("Mount", verb(ASK_UNPARK), 15000, OK);
    bool parked = false;
    for (int i = 0; i < 40 && !parked; i++) { /* the loop stands still: nobody feeds it */
        sleep(1);
        parked = i > 5 && peer("Telescope Simulator.TELESCOPE_PARK.PARK") == 1;
    }
    MUST(parked, "nobody fed the watchdog, and it did not park the mount");
    pause_ms(3000);
    MUST(until(all_ready, 20000), "not all are ready after the pause");
    ask("Mount", verb(ASK_UNPARK), 15000, OK);
}

static void properties_scene(void)
{
    size_t n = rack_property_n(rack, dev("Camera")->id);
    printf("properties: camera has %zu, mount %zu\n", n, rack_property_n(rack, dev("Mount")->id));
    MUST(n > 40 && rack_property(rack, dev("Camera")->id, "CCD_INFO"), "%zu", n);
    struct device_request q = {.verb = ASK_PROPERTY,
                               .property = "FITS_HEADER",
                               .element = "FITS_OBSERVER",
                               .text = "vigie & <co>"};
    ask("Camera", q, 15000, OK);
    const struct device_property *p = rack_property(rack, dev("Camera")->id, "FITS_HEADER");
    MUST(p && p->element.n && strcmp(p->element.at[0].value, "vigie & <co>") == 0, "%s",
         p && p->element.n ? p->element.at[0].value : "-");
    q = (struct device_request){.verb = ASK_PROPERTY,
                                .property = "EQUATORIAL_EOD_COORD",
                                .element = "RA",
                                .text = "5:00:00"};
    struct error err = {.text = ""};
    MUST(!rack_ask(rack, dev("Mount")->id, &q, &me, NULL, NULL, &err), "a slew by the back door");
    printf("    %s\n", err.text);
}

int main(int argc, char **argv)
{
    static const char *const line[][2] = {
        {"Mount", "mount indi %s \"Telescope Simulator\" TELESCOPE_INFO.TELESCOPE_APERTURE=155 "
                  "watchdog=6"},
        {"Camera", "camera indi %s \"CCD Simulator\""},
        {"Focuser", "focuser indi %s \"Focuser Simulator\""},
        {"Wheel", "wheel indi %s \"Filter Simulator\""},
        {"Dome", "dome indi %s \"Dome Simulator\""},
        {"Weather", "weather indi %s \"Weather Simulator\""},
        {"GPS", "gps indi %s \"GPS Simulator\""},
        {"Lamp", "switch indi %s \"Light Panel Simulator\""}};
    MUST(argc == 5, "indi_drive PORT SERVER-FOLDER SCRIPTS SCRATCH");
    port = argv[1], folder = argv[2], scripts = argv[3], scratch = argv[4];
    setvbuf(stdout, NULL, _IONBF, 0);
    loop = loop_new(clock_system());
    rack =
        rack_new(&(struct rack_options){.loop = loop, .clock = clock_system(), .event = on_event});
    loop_timer(loop, 20, wake, NULL, "test");
    for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
        char address[64], text[300], format[300];
        struct error err = {.text = ""};
        snprintf(address, sizeof address, "127.0.0.1:%s", port);
        snprintf(format, sizeof format, "%s", line[i][1]);
        char *at = strstr(format, "%s");
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - format), format, address, at + 2);
        MUST(rack_add(rack, line[i][0], text, &err) == OK, "%s", err.text);
        struct device_request q = verb(ASK_CONNECT);
        MUST(rack_ask(rack, dev(line[i][0])->id, &q, &me, NULL, NULL, &err), "%s", err.text);
    }
    MUST(until(all_ready, 20000), "not all are ready");
    printf("all connected: mount is \"%s\"\n", dev("Mount")->identity);
    mount_scene();
    refusal_scene();
    camera_scene();
    packed_scene();
    small_scene();
    properties_scene();
    watchdog_scene();
    crash_scene();
    server_scene();
    struct loop_slow slow = loop_slow(loop);
    printf("slow turns: %zu, worst %.0f ms in %s\n", slow.n, slow.worst_ms,
           slow.name ? slow.name : "-");
    rack_free(rack);
    loop_free(loop);
    printf("indi_drive: all held\n");
    return 0;
}
