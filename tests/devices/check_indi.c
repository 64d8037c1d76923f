/* check_indi.c - the INDI client through the rack against a server that is written here and misbehaves on purpose: what
 * real simulators never do. What they do: tests/peers/indi.sh.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/devices/rack.h"
#include "vigie/formats/fitsimage.h"
#include "vigie/io/link.h"
#include "vigie/io/tcp.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/scale.h"

static const double DEG = 3.14159265358979323846 / 180;
static struct loop *loop;
static struct rack *rack;
static const struct rack_asker me = {.who = "test"};
static struct str said;

/* ---- the server ---- */

struct line {
    struct link *link;
    struct str in;
    bool blobs;
};

static struct tcp_listener *listener;
static VEC(struct line *) lines;
static int port;
static struct str got; /* every command that came */
static bool deaf;      /* commands are swallowed */
static bool connected, j2000;
static double ra, dec;
static const char *eod_state;
static int64_t stop_ms;

static void tell(struct line *l, const char *text)
{
    if (l->link)
        (void)!link_write(l->link, text, strlen(text), NULL);
}

static void tell_all(bool blobs, const char *text)
{
    for (size_t i = 0; i < lines.n; i++)
        if (lines.at[i]->blobs == blobs)
            tell(lines.at[i], text);
}

static void place(const char *tag)
{
    char text[400];
    bool def = strcmp(tag, "def") == 0;
    snprintf(text, sizeof text,
             "<%sNumberVector device='M' name='%s' perm='rw' state='%s' timeout='%d'><%sNumber "
             "name='RA'>%.9f</%sNumber><%sNumber name='DEC'>%.9f</%sNumber></%sNumberVector>\n",
             tag, j2000 ? "EQUATORIAL_COORD" : "EQUATORIAL_EOD_COORD", eod_state, 1,
             def ? "def" : "one", ra, def ? "def" : "one", def ? "def" : "one", dec,
             def ? "def" : "one", tag);
    tell_all(false, text);
}

static void connection(const char *tag, const char *device)
{
    char text[600];
    const char *e = strcmp(tag, "def") == 0 ? "def" : "one";
    snprintf(text, sizeof text,
             "<%sSwitchVector device='%s' name='CONNECTION' perm='rw' rule='OneOfMany' state='%s'>"
             "<%sSwitch name='CONNECT'>%s</%sSwitch><%sSwitch name='DISCONNECT'>%s</%sSwitch>"
             "</%sSwitchVector>\n",
             tag, device, connected ? "Ok" : "Idle", e, connected ? "On" : "Off", e, e,
             connected ? "Off" : "On", e, tag);
    tell_all(false, text);
}

static void info(const char *device, int bits)
{
    char text[400];
    snprintf(text, sizeof text,
             "<defTextVector device='%s' name='DRIVER_INFO' perm='ro' state='Idle'><defText "
             "name='DRIVER_NAME'>%s</defText><defText name='DRIVER_INTERFACE'>%d</defText>"
             "</defTextVector>\n",
             device, device, bits);
    tell_all(false, text);
}

static void second_wave(void)
{
    place("def");
    tell_all(
        false,
        "<defSwitchVector device='M' name='TELESCOPE_ABORT_MOTION' perm='rw' rule='AtMostOne' "
        "state='Idle'><defSwitch name='ABORT'>Off</defSwitch></defSwitchVector>"
        "<defNumberVector device='C' name='CCD_EXPOSURE' perm='rw' state='Idle'><defNumber "
        "name='CCD_EXPOSURE_VALUE' min='0' max='100'>0</defNumber></defNumberVector>"
        "<defBLOBVector device='C' name='CCD1' perm='ro' state='Idle'><defBLOB name='CCD1'/>"
        "</defBLOBVector><defSwitchVector device='C' name='CCD_COMPRESSION' perm='rw' "
        "rule='OneOfMany' state='Idle'><defSwitch name='INDI_ENABLED'>On</defSwitch><defSwitch "
        "name='INDI_DISABLED'>Off</defSwitch></defSwitchVector>");
}

static void introduce(void)
{
    info("M", 5);
    connection("def", "M");
    info("C", 2);
    connection("def", "C");
    if (connected)
        second_wave();
}

static bool has(const char *s, const char *part)
{
    return strstr(s, part) != NULL;
}

static void handle(struct line *l, const char *s)
{
    str_add(&got, s);
    if (has(s, "enableBLOB"))
        l->blobs = true;
    if (deaf || l->blobs)
        return;
    if (has(s, "getProperties") && !has(s, "name="))
        introduce();
    else if (has(s, "getProperties") && has(s, "_COORD"))
        place("def");
    else if (has(s, "getProperties") && has(s, "CCD_EXPOSURE"))
        tell(l, "<setNumberVector device='C' name='CCD_EXPOSURE'/>");
    else if (has(s, "\"CONNECT\">On")) {
        connected = true;
        connection("set", has(s, "device=\"M\"") ? "M" : "C");
        second_wave();
    } else if (has(s, "TELESCOPE_ABORT_MOTION")) {
        stop_ms = loop_now_ms(loop);
        tell(l, "<setSwitchVector device='M' name='TELESCOPE_ABORT_MOTION' state='Ok'><oneSwitch "
                "name='ABORT'>Off</oneSwitch></setSwitchVector>");
    } else if (has(s, "CCD_EXPOSURE")) {
        tell(l, "<setNumberVector device='C' name='CCD_EXPOSURE' state='Busy'><oneNumber "
                "name='CCD_EXPOSURE_VALUE'>1</oneNumber></setNumberVector>");
        tell(l, "<setNumberVector device='C' name='CCD_EXPOSURE' state='Ok'><oneNumber "
                "name='CCD_EXPOSURE_VALUE'>0</oneNumber></setNumberVector>");
    } else if (has(s, "CCD_COMPRESSION"))
        tell(l, "<setSwitchVector device='C' name='CCD_COMPRESSION' state='Ok'><oneSwitch "
                "name='INDI_DISABLED'>On</oneSwitch></setSwitchVector>");
}

static void on_read(void *arg, const char *bytes, size_t n)
{
    struct line *l = arg;
    str_addn(&l->in, bytes, n);
    for (;;) { /* every command ends with "/>\n" or "Vector>\n" or "enableBLOB>\n" */
        char *end = l->in.n ? strstr(l->in.s, ">\n<") : NULL;
        size_t k = end                                       ? (size_t)(end - l->in.s) + 2
                   : l->in.n && l->in.s[l->in.n - 1] == '\n' ? l->in.n
                                                             : 0;
        if (!k)
            return;
        char *one = mem_strn(l->in.s, k);
        memmove(l->in.s, l->in.s + k, l->in.n - k + 1);
        l->in.n -= k;
        handle(l, one);
        free(one);
    }
}

static void on_closed(void *arg, const struct error *why)
{
    struct line *l = arg;
    (void)why;
    l->link = NULL;
}

static void on_accept(void *arg, int fd, const char *from)
{
    struct line *l = mem_zero(sizeof *l);
    struct link_events on = {NULL, on_read, on_closed, l};
    (void)arg, (void)from;
    l->link = link_new_take(loop, fd, "server", &on, 1 << 24, NULL);
    VEC_PUSH(lines, l);
}

static void server_start(void)
{
    struct error err = {.text = ""};
    listener = tcp_listen(loop, "127.0.0.1", port, on_accept, NULL, &err);
    ck_assert_msg(listener != NULL, "%s", err.text);
    port = tcp_port(listener);
}

static void hang_up(void)
{
    for (size_t i = 0; i < lines.n; i++) {
        link_close(lines.at[i]->link);
        str_clear(&lines.at[i]->in);
        free(lines.at[i]);
    }
    VEC_FREE(lines);
}

static void server_stop(void)
{
    tcp_listener_free(listener);
    listener = NULL;
    hang_up();
}

/* ---- the observer ---- */

static void on_event(void *arg, const struct rack_event *ev)
{
    (void)arg;
    if (ev->kind == RACK_SAY)
        str_addf(&said, "%c %s\n", ev->level, ev->text);
}

static int64_t wake(void *arg)
{
    (void)arg;
    return 5;
}

static void open_all(void)
{
    loop = loop_new(clock_system());
    rack =
        rack_new(&(struct rack_options){.loop = loop, .clock = clock_system(), .event = on_event});
    loop_timer(loop, 5, wake, NULL, "test");
    port = 0;
    deaf = connected = j2000 = false;
    ra = 5, dec = 20, eod_state = "Idle";
    server_start();
}

static void close_all(void)
{
    rack_free(rack);
    server_stop();
    loop_free(loop);
    str_clear(&said);
    str_clear(&got);
}

static const struct device_info *dev(const char *name)
{
    return rack_named(rack, name);
}

static void turns(int64_t ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    while (loop_now_ms(loop) < end)
        loop_turn(loop, true);
}

static bool until_link(const char *name, enum device_link link, int64_t ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    while (dev(name)->link != link && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    return dev(name)->link == link;
}

static void add(const char *name, const char *kind, const char *rest)
{
    char line[200];
    struct error err = {.text = ""};
    struct device_request q = {.verb = ASK_CONNECT};
    snprintf(line, sizeof line, "%s indi 127.0.0.1:%d %s", kind, port, rest);
    ck_assert_msg(rack_add(rack, name, line, &err) == OK, "%s", err.text);
    ck_assert_msg(rack_ask(rack, dev(name)->id, &q, &me, NULL, NULL, &err) != 0, "%s", err.text);
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

static void start(const char *name, struct device_request q, struct answer *a)
{
    struct error err = {.text = ""};
    *a = (struct answer){.over = false};
    ck_assert_msg(rack_ask(rack, dev(name)->id, &q, &me, on_done, a, &err) != 0, "%s %s: %s", name,
                  device_verb_name(q.verb), err.text);
}

static void finish(struct answer *a, int64_t ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    while (!a->over && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    ck_assert_msg(a->over, "no end");
}

static struct device_request to(double ra_h, double dec_deg)
{
    return (struct device_request){
        .verb = ASK_SLEW, .ra_rad = ra_h * 15 * DEG, .dec_rad = dec_deg * DEG};
}

static void mount_ready(void)
{
    add("Mount", "mount", "M");
    ck_assert_msg(until_link("Mount", DEVICE_READY, 5000), "%s", dev("Mount")->why);
    turns(100);
}

/* The property says 1 s: a command without an answer ends then, and stop goes out at once meanwhile. */
START_TEST(silence_and_stop)
{
    struct answer a, b;
    mount_ready();
    deaf = true;
    int64_t from = loop_now_ms(loop);
    start("Mount", to(7, 10), &a);
    finish(&a, 5000);
    ck_assert_int_eq(a.status, E_TIMEOUT);
    ck_assert_msg(strstr(a.text, "no answer to EQUATORIAL_EOD_COORD"), "%s", a.text);
    ck_assert(loop_now_ms(loop) - from >= 1000 && loop_now_ms(loop) - from < 2500);
    ck_assert(dev("Mount")->health.errors > 0);
    start("Mount", to(7, 10), &a); /* pending */
    turns(50);
    deaf = false;
    from = loop_now_ms(loop);
    start("Mount", (struct device_request){.verb = ASK_STOP}, &b);
    finish(&b, 2000);
    ck_assert_int_eq(b.status, OK);
    ck_assert_msg(stop_ms - from < 200, "stop took %lld ms", (long long)(stop_ms - from));
    finish(&a, 1000);
    ck_assert_int_eq(a.status, E_CANCELLED);
}
END_TEST

/* A mount whose cable is dead keeps its last place, in state Alert: that is not where it is. */
START_TEST(alert_is_not_current)
{
    mount_ready();
    ck_assert_double_eq_tol(dev("Mount")->v.mount.ra_rad / DEG / 15, 5, 1e-6);
    ck_assert(!dev("Mount")->stale);
    uint64_t errors = dev("Mount")->health.errors;
    eod_state = "Alert";
    ra = 5.02;
    place("set");
    turns(6000);
    ck_assert_double_eq_tol(dev("Mount")->v.mount.ra_rad / DEG / 15, 5, 1e-6);
    ck_assert(dev("Mount")->stale);
    ck_assert(dev("Mount")->health.errors > errors);
    eod_state = "Ok";
    place("set");
    turns(1000);
    ck_assert(!dev("Mount")->stale);
    ck_assert_double_eq_tol(dev("Mount")->v.mount.ra_rad / DEG / 15, 5.02, 1e-6);
}
END_TEST

/* A definition repeats a time that was set long ago; a set* tells of one that is now. */
START_TEST(clock)
{
    char text[400];
    mount_ready();
    tell_all(false,
             "<defTextVector device='M' name='TIME_UTC' perm='rw' state='Ok'><defText name='UTC'>"
             "2001-01-01T00:00:00</defText><defText name='OFFSET'>0</defText></defTextVector>");
    turns(100);
    ck_assert(isnan(dev("Mount")->v.mount.clock_error_s));
    char when[UTC_TEXT];
    utc_format(utc_of_wall(CLOCK_WALL(clock_system()) + 30000000000), 0, when);
    when[19] = '\0';
    snprintf(text, sizeof text,
             "<setTextVector device='M' name='TIME_UTC' state='Ok'><oneText name='UTC'>%s</oneText>"
             "</setTextVector>",
             when);
    tell_all(false, text);
    turns(100);
    ck_assert_double_eq_tol(dev("Mount")->v.mount.clock_error_s, 30, 1.5);
    turns(2500);
    tell_all(false, text); /* some drivers say an old time again: it is no error that grows */
    turns(100);
    ck_assert(!(fabs(dev("Mount")->v.mount.clock_error_s - 30) > 1.5));
}
END_TEST

START_TEST(mute_driver)
{
    mount_ready();
    deaf = true;
    turns(6500);
    ck_assert(dev("Mount")->stale); /* polls are not answered: what is shown is old */
    deaf = false;
    turns(4500); /* an unanswered poll is repeated after 3 s */
    ck_assert(!dev("Mount")->stale);
}
END_TEST

START_TEST(mount_of_j2000)
{
    double want_ra, want_dec;
    j2000 = true;
    mount_ready();
    frame_of_icrs(FRAME_APPARENT, utc_to_tt(utc_of_wall(CLOCK_WALL(clock_system()))), 75 * DEG,
                  20 * DEG, &want_ra, &want_dec);
    ck_assert(fabs(want_ra - 75 * DEG) > 0.1 * DEG);
    ck_assert_double_eq_tol(dev("Mount")->v.mount.ra_rad, want_ra, 1e-7);
    ck_assert_double_eq_tol(dev("Mount")->v.mount.dec_rad, want_dec, 1e-7);
}
END_TEST

START_TEST(nonsense_places)
{
    static const double bad[][2] = {{99, 20}, {5, 91}, {-1, 0}};
    mount_ready();
    for (size_t i = 0; i < 3; i++) {
        ra = bad[i][0], dec = bad[i][1], eod_state = "Ok";
        place("set");
        turns(100);
        ck_assert_double_eq_tol(dev("Mount")->v.mount.ra_rad / DEG / 15, 5, 1e-6);
    }
}
END_TEST

START_TEST(broken_stream)
{
    mount_ready();
    tell_all(false, "<setNumberVector device='M'><oops</setNumberVector>");
    ck_assert(until_link("Mount", DEVICE_LOST, 2000));
    ck_assert_msg(strstr(dev("Mount")->why, "cannot be read"), "%s", dev("Mount")->why);
    ck_assert(until_link("Mount", DEVICE_READY, 6000)); /* a new connection, read anew */
    ck_assert(dev("Mount")->trusted);                   /* the driver was not restarted */
}
END_TEST

START_TEST(restarted_driver)
{
    struct answer a;
    mount_ready();
    start("Mount", to(7, 10), &a);
    connected = false;
    tell_all(false, "<delProperty device='M'/>");
    ck_assert(until_link("Mount", DEVICE_LOST, 2000));
    finish(&a, 500);
    ck_assert_int_eq(a.status, E_NET);
    introduce();
    ck_assert(until_link("Mount", DEVICE_READY, 5000));
    turns(100);
    ck_assert(!dev("Mount")->trusted && connected);
    ck_assert_msg(strstr(str_c(&said), "driver was restarted"), "%s", str_c(&said));
}
END_TEST

START_TEST(no_such_device)
{
    add("Mount", "mount", "\"No Such\"");
    ck_assert(until_link("Mount", DEVICE_FAILED, 9000));
    ck_assert_msg(strstr(dev("Mount")->why, "it has: M, C"), "%s", dev("Mount")->why);
}
END_TEST

static void put64(struct str *out, const unsigned char *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned long x = (unsigned long)p[i] << 16 |
                          (i + 1 < n ? (unsigned long)p[i + 1] << 8 : 0) |
                          (i + 2 < n ? p[i + 2] : 0);
        str_addc(out, digit[x >> 18]);
        str_addc(out, digit[x >> 12 & 63]);
        str_addc(out, i + 1 < n ? digit[x >> 6 & 63] : '=');
        str_addc(out, i + 2 < n ? digit[x & 63] : '=');
    }
}

static void send_blob(const char *format, const char *sizes, const unsigned char *p, size_t n)
{
    struct str out = {0};
    str_addf(
        &out,
        "<setBLOBVector device='C' name='CCD1' state='Ok'><oneBLOB name='CCD1' %s format='%s'>\n",
        sizes, format);
    put64(&out, p, n);
    str_add(&out, "\n</oneBLOB></setBLOBVector>\n");
    tell_all(true, out.s);
    str_clear(&out);
}

static const struct device_request exposure = {
    .verb = ASK_EXPOSE, .exposure = {.seconds = 0.1, .gain = (double)NAN, .offset = (double)NAN}};

/* An image in every form, on the second connection; cut, longer than it is, and none at all. */
START_TEST(images)
{
    static const uint16_t pixel[6] = {1, 2, 3, 4, 5, 65535};
    struct fitsimage_about about;
    struct fitsimage image;
    struct answer a;
    uint8_t *fits;
    size_t n;
    char sizes[80];
    fitsimage_unknown(&about);
    ck_assert_int_eq(fitsimage_write(&about, pixel, 3, 2, &fits, &n, NULL), OK);
    add("Camera", "camera", "C");
    ck_assert(until_link("Camera", DEVICE_READY, 5000));
    turns(300);
    ck_assert_uint_eq(lines.n, 2);
    ck_assert(lines.at[1]->blobs && !lines.at[0]->blobs);
    ck_assert_ptr_nonnull(strstr(got.s, "<enableBLOB device=\"C\">Only</enableBLOB>"));
    ck_assert_ptr_nonnull(strstr(got.s, "INDI_DISABLED\">On"));
    uLongf packed_n = compressBound(n);
    unsigned char *packed = malloc(packed_n), *longer = calloc(1, n + 5000);
    ck_assert_int_eq(compress(packed, &packed_n, fits, n), Z_OK);
    memcpy(longer, fits, n);
    for (int form = 0; form < 6; form++) {
        start("Camera", exposure, &a);
        turns(100);
        snprintf(sizes, sizeof sizes, "size='%zu' len='%zu'", n, form == 1 ? (size_t)packed_n : n);
        if (form == 0)
            send_blob(".fits", sizes, fits, n);
        else if (form == 1)
            send_blob(".fits.z", sizes, packed, packed_n);
        else if (form == 2) /* the whole buffer was sent: only len of it counts */
            send_blob(".fits", sizes, longer, n + 5000);
        else if (form == 3)
            send_blob(".fits", sizes, fits, n - 100);
        else if (form == 4)
            send_blob(".cr2", sizes, fits, n);
        else
            send_blob(".fits.z", sizes, packed, packed_n / 2);
        finish(&a, 5000);
        ck_assert_msg(a.status == (form < 3 ? OK : E_DEVICE), "%d: %s", form, a.text);
        struct device_frame *f = rack_frame_take(rack, dev("Camera")->id);
        ck_assert(!f == (form >= 3));
        if (!f)
            continue;
        ck_assert_uint_eq(f->n_fits, n);
        ck_assert_int_eq(fitsimage_read(f->fits, f->n_fits, 100, &image, NULL), OK);
        ck_assert_mem_eq(image.pixel, pixel, sizeof pixel);
        fitsimage_free(&image);
        device_frame_free(f);
        turns(50);
    }
    free(packed);
    free(longer);
    free(fits);
}
END_TEST

START_TEST(server_as_hub)
{
    add("Rig", "", "");
    int64_t end = loop_now_ms(loop) + 3000;
    while (rack_n(rack) < 3 && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    ck_assert_uint_eq(rack_n(rack), 3); /* the server, the mount, the camera */
    const struct device_info *m = rack_first(rack, DEVICE_MOUNT);
    ck_assert(m && m->link == DEVICE_OFF && !connected); /* nothing is connected unasked */
    struct answer a;
    char name[64];
    snprintf(name, sizeof name, "%s", m->name);
    start(name, (struct device_request){.verb = ASK_CONNECT}, &a);
    finish(&a, 3000);
    ck_assert_int_eq(a.status, OK);
    ck_assert(until_link(name, DEVICE_READY, 3000));
    ck_assert(rack_property_n(rack, dev(name)->id) >= 3);
    server_stop();
    ck_assert(until_link(name, DEVICE_LOST, 2000));
    server_start();
    ck_assert(until_link(name, DEVICE_READY, 8000));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("indi");
    TCase *t = tcase_create("indi");
    tcase_add_checked_fixture(t, open_all, close_all);
    tcase_add_test(t, silence_and_stop);
    tcase_add_test(t, alert_is_not_current);
    tcase_add_test(t, clock);
    tcase_add_test(t, mute_driver);
    tcase_add_test(t, mount_of_j2000);
    tcase_add_test(t, nonsense_places);
    tcase_add_test(t, broken_stream);
    tcase_add_test(t, restarted_driver);
    tcase_add_test(t, no_such_device);
    tcase_add_test(t, images);
    tcase_add_test(t, server_as_hub);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
