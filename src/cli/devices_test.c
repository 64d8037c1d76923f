/* devices_test.c - the self test of a device, after the manner of ASCOM's ConformU: what it says it can, it is asked to do,
 * and what it does is compared with what was asked. Moves of 2 degrees at most; all through the same limits as ever.
 * Source of the tolerances: ConformU (10 arcsec of a slew).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "devices_bench.h"
#include "print.h"
#include "vigie/devices/frame.h"
#include "vigie/formats/fitsimage.h"
#include "vigie/sky/frame.h"

#define DEG (3.14159265358979323846 / 180)

enum {
    SLEW_MS = 120000,
    SHORT_MS = 15000,
    SETTLE_MS = 2500,
    PULSE_MS = 1000,
    PULSES = 3,
    STEPS = 50
};
static const size_t PIXELS_MAX = 400u << 20;
static const double GOOD_ARCSEC = 10;
static const double PULSE_ARCSEC =
    3; /* at a fifth of the sidereal rate, near the pole, it is more */

struct report {
    struct devices_bench *b;
    const struct device_info *d;
    int passed, failed, left_out;
};

static void line(struct report *r, const char *check, const char *result, const char *detail)
{
    struct cli *cli = r->b->cli;
    r->passed += strcmp(result, "pass") == 0;
    r->failed += strcmp(result, "FAIL") == 0;
    r->left_out += result[0] == '-';
    if (!cli->json) {
        fprintf(cli->out, "%-5s %-26s ", result, check);
        print_clean(cli->out, detail);
        fputc('\n', cli->out);
        fflush(cli->out);
        return;
    }
    struct str t = {0};
    struct json_writer w;
    json_write(&w, &t);
    json_object(&w);
    json_key(&w, "device");
    json_string(&w, r->d->name);
    json_key(&w, "check");
    json_string(&w, check);
    json_key(&w, "result");
    json_string(&w, result[0] == '-' ? "left out" : result);
    json_key(&w, "detail");
    json_string(&w, detail);
    json_end(&w);
    fprintf(cli->out, "%s\n", str_c(&t));
    fflush(cli->out);
    str_clear(&t);
}

static void verdict(struct report *r, const char *check, bool good, const char *fmt, ...)
    PRINTF(4, 5);
static void verdict(struct report *r, const char *check, bool good, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    line(r, check, good ? "pass" : "FAIL", text);
}

static enum status ask(struct report *r, struct device_request q, int ms, struct error *err)
{
    err->text[0] = 0;
    return devices_bench_ask(r->b, r->d->id, &q, ms, err);
}

static double off_arcsec(const struct device_info *d, double ra, double dec)
{
    return sky_separation(ra, dec, d->v.mount.ra_rad, d->v.mount.dec_rad) / DEG * 3600;
}

/* --- the mount -------------------------------------------------------------------------------------- */

/* Whether it may be moved: a mount that stands elsewhere refuses all, and each refusal would pass for the wrong reason. */
static bool properties(struct report *r)
{
    bool here = true;
    const struct mount_values *m = &r->d->v.mount;
    bool place = m->ra_rad >= 0 && m->ra_rad < 360 * DEG && fabs(m->dec_rad) <= 90 * DEG;
    verdict(r, "position", place, "right ascension %.4f, declination %.4f deg", m->ra_rad / DEG,
            m->dec_rad / DEG);
    if (!isnan(m->lst_rad) && r->b->sited) {
        struct safety_sky sky;
        safety_sky_at(&r->b->site, utc_of_wall(CLOCK_WALL(clock_system())), &sky);
        double s = remainder(m->lst_rad - sky.lst_rad, 360 * DEG) / DEG * 240;
        verdict(r, "sidereal time", fabs(s) <= 60, "differs from ours by %.1f s", s);
    }
    if (!isnan(m->lat_rad) && r->b->sited)
        here = fabs(m->lat_rad - r->b->site.lat_rad) < 0.1 * DEG;
    if (!isnan(m->lat_rad) && r->b->sited)
        verdict(r, "site", here, "latitude %.3f deg, ours %.3f%s", m->lat_rad / DEG,
                r->b->site.lat_rad / DEG, here ? "" : "; `set-site` in vigie tells it ours");
    verdict(r, "trusted", r->d->trusted, "%s", r->d->trusted ? "yes" : r->d->why);
    return here && r->d->trusted;
}

static void refusals(struct report *r)
{
    struct error err;
    struct device_request q = {
        .verb = ASK_SLEW, .ra_rad = r->d->v.mount.ra_rad, .dec_rad = 95 * DEG};
    enum status st = ask(r, q, SHORT_MS, &err);
    verdict(r, "declination of 95 deg", st != OK, "%s", st != OK ? err.text : "was taken");
    q.dec_rad = r->b->site.lat_rad > 0 ? -89 * DEG : 89 * DEG;
    st = ask(r, q, SHORT_MS, &err);
    verdict(r, "below the horizon", st != OK, "%s", st != OK ? err.text : "was taken");
}

/* Two degrees towards the meridian's side that is higher. */
static bool slews(struct report *r, double ra, double dec)
{
    struct error err;
    double to = dec + (dec > 60 * DEG ? -2 : 2) * DEG;
    int64_t begin = loop_now_ms(r->b->loop);
    enum status st = ask(r, (struct device_request){.verb = ASK_SLEW, .ra_rad = ra, .dec_rad = to},
                         SLEW_MS, &err);
    if (st != OK) {
        verdict(r, "slew of 2 deg", false, "%s", err.text);
        return false;
    }
    double took = (double)(loop_now_ms(r->b->loop) - begin) / 1000;
    devices_bench_pass(r->b, SETTLE_MS);
    double off = off_arcsec(r->d, ra, to);
    verdict(r, "slew of 2 deg", off <= GOOD_ARCSEC, "arrived %.1f\" off in %.1f s", off, took);
    st = ask(r, (struct device_request){.verb = ASK_SLEW, .ra_rad = ra, .dec_rad = dec}, SLEW_MS,
             &err);
    devices_bench_pass(r->b, SETTLE_MS);
    off = off_arcsec(r->d, ra, dec);
    verdict(r, "slew back", st == OK && off <= GOOD_ARCSEC, "%s, %.1f\" off",
            st == OK ? "arrived" : err.text, off);
    return true;
}

static void stops(struct report *r, double ra, double dec)
{
    struct error err;
    double to = dec + (dec > 60 * DEG ? -2 : 2) * DEG;
    struct device_request q = {.verb = ASK_SLEW, .ra_rad = ra, .dec_rad = to};
    enum status st = devices_bench_begin(r->b, r->d->id, &q, &err);
    if (st == OK) {
        uint64_t ticket = r->b->ticket;
        devices_bench_pass(r->b, 200);
        st = ask(r, (struct device_request){.verb = ASK_STOP}, SHORT_MS, &err);
        rack_forget(r->b->rack, ticket);
    }
    devices_bench_pass(r->b, SETTLE_MS);
    double a = r->d->v.mount.ra_rad, b = r->d->v.mount.dec_rad;
    devices_bench_pass(r->b, SETTLE_MS);
    double moved = off_arcsec(r->d, a, b);
    verdict(r, "stop in a slew", st == OK && !r->d->v.mount.slewing && moved < 60,
            "%s; it then moved %.0f\" in 2.5 s", st == OK ? "taken" : err.text, moved);
    if (ask(r, (struct device_request){.verb = ASK_SLEW, .ra_rad = ra, .dec_rad = dec}, SLEW_MS,
            &err) != OK)
        verdict(r, "slew after a stop", false, "%s", err.text);
    devices_bench_pass(r->b, SETTLE_MS);
}

static void syncs(struct report *r)
{
    struct error err;
    double ra = r->d->v.mount.ra_rad, dec = r->d->v.mount.dec_rad;
    struct device_request q = {.verb = ASK_SYNC, .ra_rad = ra, .dec_rad = dec};
    enum status st = ask(r, q, SHORT_MS, &err);
    devices_bench_pass(r->b, SETTLE_MS);
    double off = off_arcsec(r->d, ra, dec);
    verdict(r, "sync where it points", st == OK && off < 60, "%s, %.1f\" off",
            st == OK ? "taken" : err.text, off);
}

static void guides(struct report *r)
{
    static const char *const name[] = {"guide north", "guide south", "guide east", "guide west"};
    struct error err;
    for (int i = 0; i < 4; i++) {
        double ra = r->d->v.mount.ra_rad, dec = r->d->v.mount.dec_rad;
        struct device_request q = {
            .verb = ASK_GUIDE, .direction = (enum move_direction)i, .x = PULSE_MS};
        enum status st = OK;
        double along = 0;
        int n = 0;
        /* whole seconds of right ascension hide one pulse, not three; some mounts give none that is longer */
        while (st == OK && n < PULSES && fabs(along) <= PULSE_ARCSEC) {
            st = ask(r, q, SHORT_MS, &err);
            devices_bench_pass(r->b, SETTLE_MS);
            double north = (r->d->v.mount.dec_rad - dec) / DEG * 3600;
            double east = remainder(r->d->v.mount.ra_rad - ra, 360 * DEG) / DEG * 3600 * cos(dec);
            along = i == 0 ? north : i == 1 ? -north : i == 2 ? east : -east;
            n++;
        }
        if (st == OK &&
            fabs(dec) > 85 * DEG) { /* at the pole a pulse moves by nothing that can be seen */
            line(r, name[i], "-", "taken; too near the pole to see it move");
            continue;
        }
        verdict(r, name[i], st == OK && along > PULSE_ARCSEC && along < 120 * n,
                "%s, %.1f\" that way in %d s", st == OK ? "taken" : err.text, along, n);
    }
}

static void test_mount(struct report *r)
{
    struct error err;
    const struct mount_values *m = &r->d->v.mount;
    if (!properties(r)) {
        line(r, "motion", "-", "it does not know where it stands or points: nothing is moved");
        return;
    }
    if (m->parked) {
        enum status st = ask(
            r,
            (struct device_request){.verb = ASK_SLEW, .ra_rad = m->ra_rad, .dec_rad = m->dec_rad},
            SHORT_MS, &err);
        verdict(r, "slew while parked", st != OK, "%s", st != OK ? err.text : "was taken");
        line(r, "motion", "-", "it is parked; `unpark` it, then test again");
        return;
    }
    refusals(r);
    if (r->d->can & CAN_TRACK) {
        enum status st =
            ask(r, (struct device_request){.verb = ASK_TRACK, .on = true}, SHORT_MS, &err);
        devices_bench_pass(r->b, SETTLE_MS);
        verdict(r, "tracking on", st == OK && m->tracking, "%s",
                st != OK      ? err.text
                : m->tracking ? "it tracks"
                              : "taken, but it does not");
    }
    double ra = m->ra_rad, dec = m->dec_rad;
    if (!(r->d->can & CAN_SLEW))
        line(r, "slew", "-", "it cannot");
    else if (slews(r, ra, dec))
        stops(r, ra, dec);
    if (r->d->can & CAN_SYNC)
        syncs(r);
    if (r->d->can & CAN_GUIDE)
        guides(r);
}

/* --- the others ------------------------------------------------------------------------------------- */

static void test_focuser(struct report *r)
{
    struct error err;
    int from = r->d->v.focuser.position, most = r->d->v.focuser.max;
    int way = most > 0 && from + STEPS > most ? -STEPS : STEPS;
    verdict(r, "position", from >= 0, "%d of %d", from, most);
    for (int i = 0; i < 2; i++) {
        struct device_request q = {.verb = ASK_FOCUS_BY, .n = i ? -way : way};
        enum status st = ask(r, q, SLEW_MS, &err);
        devices_bench_pass(r->b, SETTLE_MS);
        int want = i ? from : from + way;
        verdict(r, q.n < 0 ? "50 steps in" : "50 steps out",
                st == OK && (from < 0 || r->d->v.focuser.position == want), "%s; at %d",
                st == OK ? "done" : err.text, r->d->v.focuser.position);
    }
    if (most <= 0 || !(r->d->can & CAN_ABSOLUTE))
        return;
    enum status st =
        ask(r, (struct device_request){.verb = ASK_FOCUS_TO, .n = most + 1}, SHORT_MS, &err);
    verdict(r, "beyond its end", st != OK, "%s", st != OK ? err.text : "was taken");
}

static void test_wheel(struct report *r)
{
    struct error err;
    int from = r->d->v.wheel.slot, slots = r->d->v.wheel.slots;
    verdict(r, "place", from >= 1 && from <= slots, "%d of %d", from, slots);
    for (int i = 0; i < 2 && slots > 1; i++) {
        int to = i ? from : from % slots + 1;
        enum status st =
            ask(r, (struct device_request){.verb = ASK_FILTER, .n = to}, SLEW_MS, &err);
        devices_bench_pass(r->b, SETTLE_MS);
        verdict(r, i ? "and back" : "next filter", st == OK && r->d->v.wheel.slot == to,
                "%s; at %d", st == OK ? "done" : err.text, r->d->v.wheel.slot);
    }
}

/* An image is one of the chip's size, and not the same everywhere. */
static void looks_at(struct report *r, const struct device_frame *f)
{
    struct fitsimage image = {0};
    struct frame_check c;
    struct error err = {.text = "it wrote a file itself"};
    bool read = f->pixel != NULL;
    if (!f->pixel && f->fits)
        read = fitsimage_read(f->fits, f->n_fits, PIXELS_MAX, &image, &err) == OK;
    int w = f->pixel ? f->width : image.width, h = f->pixel ? f->height : image.height;
    if (!read) {
        verdict(r, "its image", f->path != NULL, "%s", err.text);
        return;
    }
    frame_check(f->pixel ? f->pixel : image.pixel, w, h, r->d->v.camera.max_adu, &c);
    verdict(r, "its image", c.max > c.min, "%d x %d, min %d median %.0f max %d, %llu saturated", w,
            h, c.min, c.median, c.max, (unsigned long long)c.n_saturated);
    fitsimage_free(&image);
}

static void aborts(struct report *r)
{
    struct error err;
    struct device_request q = {
        .verb = ASK_EXPOSE,
        .exposure = {.seconds = 20, .gain = (double)NAN, .offset = (double)NAN}};
    enum status st = devices_bench_begin(r->b, r->d->id, &q, &err);
    uint64_t ticket = r->b->ticket;
    if (st == OK) {
        devices_bench_pass(r->b, SETTLE_MS);
        st = ask(r, (struct device_request){.verb = ASK_ABORT}, SHORT_MS, &err);
        rack_forget(r->b->rack, ticket);
        devices_bench_pass(r->b, SETTLE_MS);
    }
    bool idle = r->d->v.camera.phase == CAMERA_IDLE || r->d->v.camera.phase == CAMERA_FAILED;
    verdict(r, "abort of 20 s", st == OK && idle, "%s",
            st != OK ? err.text
            : idle   ? "it is idle"
                     : "taken, but it goes on");
}

static void test_camera(struct report *r)
{
    struct error err;
    struct device_request q = {
        .verb = ASK_EXPOSE,
        .exposure = {.seconds = -1, .gain = (double)NAN, .offset = (double)NAN}};
    enum status st = ask(r, q, SHORT_MS, &err);
    verdict(r, "exposure of -1 s", st != OK, "%s", st != OK ? err.text : "was taken");
    q.exposure.seconds = 1;
    st = ask(r, q, SLEW_MS, &err);
    verdict(r, "exposure of 1 s", st == OK, "%s", st == OK ? "done" : err.text);
    if (st == OK && (r->d->can & CAN_FRAME)) {
        devices_bench_pass(r->b, SETTLE_MS);
        struct device_frame *f = rack_frame_take(r->b->rack, r->d->id);
        if (f)
            looks_at(r, f);
        else
            verdict(r, "its image", false, "did not come");
        device_frame_free(f);
    }
    if (r->d->can & CAN_ABORT)
        aborts(r);
}

int devices_test(struct devices_bench *b, uint64_t id)
{
    struct report r = {.b = b, .d = rack_find(b->rack, id)};
    struct error err;
    if (devices_bench_connect(b, id, 30000, &err) != OK) {
        verdict(&r, "connect", false, "%s", err.text);
        return r.failed;
    }
    verdict(&r, "connect", true, "%s", r.d->identity);
    devices_bench_pass(b, SETTLE_MS);
    switch (r.d->kind) {
    case DEVICE_MOUNT: test_mount(&r); break;
    case DEVICE_FOCUSER: test_focuser(&r); break;
    case DEVICE_WHEEL: test_wheel(&r); break;
    case DEVICE_CAMERA: test_camera(&r); break;
    case DEVICE_DOME:
    case DEVICE_WEATHER:
    case DEVICE_GPS:
    case DEVICE_SWITCH:
    case DEVICE_OTHER: line(&r, "motion", "-", "of this kind only the link is tested"); break;
    }
    const struct device_health *h = &r.d->health;
    char times[60] = "";
    if (!isnan(h->reply_ms_median)) /* of who only tells, and is never asked, there is none */
        snprintf(times, sizeof times, ", median %.0f ms, 99 %% in %.0f ms", h->reply_ms_median,
                 h->reply_ms_p99);
    verdict(&r, "link", h->error_rate <= 0.05 && r.d->link == DEVICE_READY,
            "%llu replies, %llu errors%s", (unsigned long long)h->replies,
            (unsigned long long)h->errors, times);
    if (!b->cli->json)
        fprintf(b->cli->out, "%d passed, %d failed, %d left out\n", r.passed, r.failed, r.left_out);
    return r.failed + b->interrupted;
}
