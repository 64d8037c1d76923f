/* check_alpaca.c - the Alpaca client through the rack against a peer written from the protocol's text (alpaca_peer.c):
 * every type of device, errors inside an answer, HTTP errors, silence, loss and return.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../src/devices/alpaca_own.h"
#include "alpaca_peer.h"
#include "vigie/devices/rack.h"
#include "vigie/io/http.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/scale.h"

static const double DEG = 3.14159265358979323846 / 180;
static struct loop *loop;
static struct http *http;
static struct rack *rack;
static struct alpaca_peer peer;
static const struct rack_asker me = {.who = "test"};
static struct str said;

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
    http = http_new(loop, &(struct http_options){.connect_ms = 2000});
    peer = (struct alpaca_peer){.system = 1,
                                .tracking = true,
                                .ra = 5,
                                .dec = 20,
                                .shutter = 1,
                                .cover = 1,
                                .safe = true,
                                .focus = 1000,
                                .elevation = 650};
    alpaca_peer_start(&peer, loop);
    rack = rack_new(&(struct rack_options){
        .loop = loop, .clock = clock_system(), .http = http, .event = on_event});
    loop_timer(loop, 5, wake, NULL, "test");
}

static void close_all(void)
{
    rack_free(rack);
    http_free(http);
    alpaca_peer_stop(&peer);
    loop_free(loop);
    str_clear(&said);
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
    snprintf(line, sizeof line, "%s alpaca 127.0.0.1:%d %s", kind, peer.port, rest);
    ck_assert_msg(rack_add(rack, name, line, &err) == OK, "%s", err.text);
    ck_assert_msg(rack_ask(rack, dev(name)->id, &q, &me, NULL, NULL, &err) != 0, "%s", err.text);
}

static void add_ready(const char *name, const char *kind, const char *rest)
{
    add(name, kind, rest);
    ck_assert_msg(until_link(name, DEVICE_READY, 5000), "%s: %s", name, dev(name)->why);
    turns(50);
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

static void ask(const char *name, struct device_request q, enum status want)
{
    struct answer a;
    start(name, q, &a);
    finish(&a, 15000);
    ck_assert_msg(a.status == want, "%s %s: %s %s", name, device_verb_name(q.verb),
                  status_name(a.status), a.text);
}

static struct device_request to(enum device_verb v, double ra_h, double dec_deg)
{
    return (struct device_request){.verb = v, .ra_rad = ra_h * 15 * DEG, .dec_rad = dec_deg * DEG};
}

START_TEST(mount)
{
    struct answer a;
    add_ready("Mount", "mount", "telescope/0");
    const struct mount_values *m = &dev("Mount")->v.mount;
    ck_assert_double_eq_tol(m->ra_rad / DEG / 15, 5, 1e-9);
    ck_assert_double_eq_tol(m->lon_rad / DEG, 5.71, 1e-9);
    ck_assert(m->tracking && !m->parked && m->pier == PIER_WEST && m->n_rates == 4);
    ck_assert_ptr_nonnull(strstr(dev("Mount")->identity, "A peer"));
    ck_assert_ptr_null(strchr(dev("Mount")->identity, 27)); /* nothing that moves a terminal */
    ck_assert((dev("Mount")->can & (CAN_SLEW | CAN_SYNC | CAN_MOVE | CAN_GUIDE | CAN_HOME)) ==
              (CAN_SLEW | CAN_SYNC | CAN_MOVE | CAN_GUIDE));
    ask("Mount", to(ASK_SLEW, 6.5, -10.25), OK);
    ck_assert_double_eq_tol(peer.ra, 6.5, 1e-8);
    ck_assert_double_eq_tol(dev("Mount")->v.mount.dec_rad / DEG, -10.25, 1e-7);
    ask("Mount", to(ASK_SYNC, 6.6, -10), OK);
    ck_assert_double_eq_tol(peer.ra, 6.6, 1e-8);
    start("Mount", to(ASK_SLEW, 12, 0), &a); /* stopped in the middle */
    turns(300);
    ck_assert(peer.slewing);
    int64_t from = loop_now_ms(loop);
    ask("Mount", (struct device_request){.verb = ASK_STOP}, OK);
    ck_assert_int_ge(peer.aborts, 1);
    ck_assert_msg(peer.abort_ms - from < 200, "%lld ms", (long long)(peer.abort_ms - from));
    finish(&a, 1000);
    ck_assert_int_eq(a.status, E_CANCELLED);
    ask("Mount", (struct device_request){.verb = ASK_TRACK, .on = false}, OK);
    ck_assert(!peer.tracking);
    ask("Mount", (struct device_request){.verb = ASK_GUIDE, .direction = MOVE_WEST, .x = 200}, OK);
    ck_assert_ptr_nonnull(strstr(peer.last_form.s, "Direction=3&Duration=200"));
    /* by hand: the fastest of 4 degrees a second, until nobody asks any more */
    start(
        "Mount",
        (struct device_request){.verb = ASK_MOVE, .direction = MOVE_SOUTH, .n = 4, .move_ms = 400},
        &a);
    turns(150);
    ck_assert_double_eq_tol(peer.axis[1], -4, 1e-9);
    finish(&a, 3000);
    turns(100);
    ck_assert_double_eq_tol(peer.axis[1], 0, 1e-9);
    turns(1500);
    ask("Mount", (struct device_request){.verb = ASK_PARK}, OK);
    ck_assert(peer.parked && dev("Mount")->v.mount.parked);
    ask("Mount", (struct device_request){.verb = ASK_UNPARK}, OK);
    ck_assert_int_eq(peer.bad, 0);
}
END_TEST

/* A mount that counts in J2000: 0.37 degrees in 2026. */
START_TEST(mount_of_j2000)
{
    peer.system = 2;
    add_ready("Mount", "mount", "telescope/0");
    ask("Mount", to(ASK_SLEW, 6, 30), OK);
    double ra, dec;
    frame_to_icrs(FRAME_APPARENT, utc_to_tt(utc_of_wall(CLOCK_WALL(clock_system()))), 90 * DEG,
                  30 * DEG, &ra, &dec);
    ck_assert_double_eq_tol(peer.ra, ra / DEG / 15, 1e-7);
    ck_assert(fabs(peer.ra - 6) > 0.01);
    ck_assert_double_eq_tol(dev("Mount")->v.mount.ra_rad / DEG, 90, 1e-5);
}
END_TEST

START_TEST(mount_of_b1950)
{
    struct error err = {.text = ""};
    struct device_request q = to(ASK_SLEW, 6, 30);
    peer.system = 4;
    add("Mount", "mount", "telescope/0");
    turns(800); /* its places mean nothing: never shown as current */
    ck_assert(dev("Mount")->stale);
    ck_assert_uint_eq(rack_ask(rack, dev("Mount")->id, &q, &me, NULL, NULL, &err), 0);
}
END_TEST

/* One that does not name its system is asked for in words; its line says it. */
START_TEST(mount_of_no_name)
{
    peer.system = 0;
    add("Mount", "mount", "telescope/0");
    turns(800);
    ck_assert(dev("Mount")->stale);
    ck_assert_msg(strstr(str_c(&said), "equinox=date or equinox=j2000"), "%s", str_c(&said));
    add_ready("Told", "mount", "telescope/0 equinox=date");
    ck_assert(!dev("Told")->stale);
    ck_assert_double_eq_tol(dev("Told")->v.mount.ra_rad / DEG, 75, 1e-6);
}
END_TEST

START_TEST(camera)
{
    struct answer a;
    add_ready("Camera", "camera", "camera/0");
    for (int json = 0; json < 2; json++) {
        struct device_request q = {
            .verb = ASK_EXPOSE,
            .exposure = {.seconds = 0.2, .gain = (double)NAN, .offset = (double)NAN}};
        peer.json_images = json;
        ask("Camera", q, OK);
        struct device_frame *f = rack_frame_take(rack, dev("Camera")->id);
        ck_assert_ptr_nonnull(f);
        ck_assert(f->width == 40 && f->height == 30 && f->bin == 1);
        for (int y = 0; y < 30; y++)
            for (int x = 0; x < 40; x++)
                ck_assert_int_eq(f->pixel[y * 40 + x], alpaca_peer_pixel(x, y));
        ck_assert(f->begin_ns > 0 && f->exposure_s == 0.2);
        device_frame_free(f);
    }
    ck_assert(peer.last_light);
    struct device_request q = {.verb = ASK_EXPOSE,
                               .exposure = {.seconds = 0.1,
                                            .kind = FRAME_DARK,
                                            .bin = 2,
                                            .x = 4,
                                            .y = 6,
                                            .w = 20,
                                            .h = 10,
                                            .gain = (double)NAN,
                                            .offset = (double)NAN}};
    ask("Camera", q, OK);
    ck_assert(peer.bin == 2 && peer.start_x == 2 && peer.start_y == 3 && peer.num_x == 10 &&
              peer.num_y == 5 && !peer.last_light);
    struct device_frame *f = rack_frame_take(rack, dev("Camera")->id);
    ck_assert(f && f->width == 10 && f->height == 5 && f->pixel[0] == alpaca_peer_pixel(2, 3));
    device_frame_free(f);
    q.exposure.seconds = 30;
    start("Camera", q, &a);
    turns(1200);
    ck_assert(peer.exposing);
    ask("Camera", (struct device_request){.verb = ASK_ABORT}, OK);
    finish(&a, 1000);
    ck_assert(a.status == E_CANCELLED && !peer.exposing);
    struct error err = {.text = ""};
    q.exposure.w = 100;
    turns(1200);
    ck_assert_uint_eq(rack_ask(rack, dev("Camera")->id, &q, &me, NULL, NULL, &err), 0);
    ask("Camera", (struct device_request){.verb = ASK_COOL, .on = true, .x = -12.5}, OK);
    ck_assert(peer.cooler && peer.set_temp == -12.5);
    ck_assert_int_eq(peer.bad, 0);
}
END_TEST

START_TEST(others)
{
    add_ready("Focuser", "focuser", "focuser/0");
    add_ready("Wheel", "wheel", "filterwheel/0");
    add_ready("Dome", "dome", "dome/0");
    add_ready("Weather", "weather", "observingconditions/0");
    add_ready("Safe", "weather", "safetymonitor/0");
    add_ready("Power", "switch", "switch/0");
    add_ready("Cap", "switch", "covercalibrator/0");
    ask("Focuser", (struct device_request){.verb = ASK_FOCUS_BY, .n = -250}, OK);
    ck_assert(peer.focus == 750 && dev("Focuser")->v.focuser.position == 750);
    ask("Wheel", (struct device_request){.verb = ASK_FILTER, .n = 3}, OK);
    ck_assert(peer.filter == 2 && dev("Wheel")->v.wheel.slot == 3);
    ck_assert_str_eq(dev("Wheel")->v.wheel.name[2], "H alpha");
    ask("Dome", (struct device_request){.verb = ASK_DOME_AZ, .az_rad = 120 * DEG}, OK);
    ck_assert_double_eq_tol(dev("Dome")->v.dome.az_rad / DEG, 120, 1e-4);
    ask("Dome", (struct device_request){.verb = ASK_DOME_SHUTTER, .on = true}, OK);
    ck_assert(dev("Dome")->v.dome.shutter == SHUTTER_OPEN);
    ck_assert_double_eq_tol(dev("Weather")->v.weather.humidity, 65, 1e-9);
    ck_assert(dev("Weather")->v.weather.safe == -1 && isnan(dev("Weather")->v.weather.wind_ms));
    ck_assert_int_eq(dev("Safe")->v.weather.safe, 1);
    peer.safe = false;
    turns(1500);
    ck_assert_int_eq(dev("Safe")->v.weather.safe, 0);
    ck_assert_int_eq(dev("Power")->v.sw.n, 3);
    ck_assert_ptr_null(strchr(dev("Power")->v.sw.sw[0].name, 27));
    ask("Power", (struct device_request){.verb = ASK_SWITCH, .n = 2, .x = 60}, OK);
    ck_assert_double_eq_tol(peer.switch_value[2], 60, 0.001);
    struct error err = {.text = ""};
    struct device_request q = {.verb = ASK_SWITCH, .n = 1, .x = 1}; /* cannot be written */
    ck_assert_uint_eq(rack_ask(rack, dev("Power")->id, &q, &me, NULL, NULL, &err), 0);
    ask("Cap", (struct device_request){.verb = ASK_SWITCH, .n = 0, .x = 1}, OK);
    ask("Cap", (struct device_request){.verb = ASK_SWITCH, .n = 1, .x = 128}, OK);
    ck_assert(peer.cover == 3 && peer.brightness == 128);
    ck_assert_int_eq(peer.bad, 0);
}
END_TEST

/* An error inside HTTP 200, and the ways of HTTP itself. */
START_TEST(refusals)
{
    struct answer a;
    add_ready("Mount", "mount", "telescope/0");
    peer.parked = true; /* the peer knows, the client not yet */
    start("Mount", to(ASK_SLEW, 7, 0), &a);
    finish(&a, 3000);
    ck_assert_int_eq(a.status, E_DEVICE);
    ck_assert_msg(strstr(a.text, "thanks") && strstr(a.text, "0x408") && !strchr(a.text, 27), "%s",
                  a.text);
    peer.parked = false;
    turns(1500);
    static const enum alpaca_trouble trouble[] = {TROUBLE_500, TROUBLE_HTML, TROUBLE_CUT};
    for (size_t i = 0; i < sizeof trouble / sizeof trouble[0]; i++) {
        peer.trouble = trouble[i];
        start("Mount", (struct device_request){.verb = ASK_TRACK, .on = true}, &a);
        finish(&a, 12000);
        ck_assert_msg(a.status != OK, "trouble %zu", i);
        ck_assert_msg(a.text[0] && !strstr(a.text, "<html"), "%s", a.text);
        peer.trouble = TROUBLE_NONE;
        ck_assert(until_link("Mount", DEVICE_READY, 8000));
        turns(1500);
    }
    ck_assert(dev("Mount")->health.errors >= 4);
}
END_TEST

START_TEST(lost_and_back)
{
    struct answer a;
    add_ready("Mount", "mount", "telescope/0");
    peer.stuck = true;
    start("Mount", to(ASK_SLEW, 7, 0), &a);
    turns(300);
    int64_t from = loop_now_ms(loop);
    alpaca_peer_stop(&peer);
    ck_assert(until_link("Mount", DEVICE_LOST, 2000));
    ck_assert_msg(loop_now_ms(loop) - from < 2000, "seen late");
    finish(&a, 1000);
    ck_assert_int_eq(a.status, E_NET);
    ck_assert(dev("Mount")->stale);
    ck_assert_msg(strstr(str_c(&said), "MAY BE MOVING"), "%s", str_c(&said));
    peer.connected = peer.stuck = peer.slewing = false; /* it comes back restarted */
    alpaca_peer_start(&peer, loop);
    ck_assert(until_link("Mount", DEVICE_READY, 8000));
    turns(100);
    ck_assert(peer.connected && !dev("Mount")->trusted);
    ask("Mount", to(ASK_SYNC, 5, 5), OK);
    ck_assert(dev("Mount")->trusted);
    /* another device at the same number: not taken for the old one */
    alpaca_peer_stop(&peer);
    ck_assert(until_link("Mount", DEVICE_LOST, 3000));
    peer.unique = "other";
    alpaca_peer_start(&peer, loop);
    ck_assert(until_link("Mount", DEVICE_FAILED, 8000));
    ck_assert_msg(strstr(dev("Mount")->why, "another device"), "%s", dev("Mount")->why);
}
END_TEST

START_TEST(mute)
{
    add_ready("Mount", "mount", "telescope/0");
    peer.trouble = TROUBLE_MUTE;
    turns(3500);
    ck_assert(dev("Mount")->stale); /* old values are not current ones */
    ck_assert(until_link("Mount", DEVICE_LOST, 8000));
    peer.trouble = TROUBLE_GARBAGE;
    turns(2500);
    ck_assert(dev("Mount")->link != DEVICE_READY);
    peer.trouble = TROUBLE_NONE;
    ck_assert(until_link("Mount", DEVICE_READY, 12000));
}
END_TEST

START_TEST(server_as_hub)
{
    add("Roof", "", "");
    int64_t end = loop_now_ms(loop) + 5000;
    while (rack_n(rack) < 10 && loop_now_ms(loop) < end)
        loop_turn(loop, true);
    ck_assert_uint_eq(rack_n(rack),
                      10); /* the hub and nine; the type that nobody knows is left out */
    const struct device_info *m = rack_first(rack, DEVICE_MOUNT);
    ck_assert(m && m->link == DEVICE_OFF);
    char name[64];
    snprintf(name, sizeof name, "%s", m->name);
    ask(name, (struct device_request){.verb = ASK_CONNECT}, OK);
    turns(100);
    ask(name, to(ASK_SLEW, 6.5, -10.25), OK);
    ck_assert_double_eq_tol(peer.ra, 6.5, 1e-8);
    ask(name, (struct device_request){.verb = ASK_DISCONNECT}, OK);
    ck_assert(dev(name)->link == DEVICE_OFF);
}
END_TEST

START_TEST(wrong_lines)
{
    static const char *const line[] = {
        "mount alpaca 127.0.0.1:11111 camera/0", "mount alpaca 127.0.0.1:11111 telescope",
        "mount alpaca nowhere telescope/0", "mount alpaca 127.0.0.1:11111 telescope/x"};
    for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
        struct error err = {.text = ""};
        struct device_request q = {.verb = ASK_CONNECT};
        char name[8];
        snprintf(name, sizeof name, "M%zu", i);
        ck_assert_int_eq(rack_add(rack, name, line[i], &err), OK);
        ck_assert_uint_eq(rack_ask(rack, dev(name)->id, &q, &me, NULL, NULL, &err), 0);
        ck_assert(err.text[0]);
    }
}
END_TEST

/* ---- discovery: a datagram is asked, several answer ---- */

static int asked;

static void on_question(void *arg, int fd, int events)
{
    static const char *const answers[] = {"{\"AlpacaPort\":11111}", "{\"AlpacaPort\":11111}",
                                          "{\"AlpacaPort\":70000}", "no json",
                                          "{\"AlpacaPort\":5}"};
    char bytes[100], large[2000];
    struct sockaddr_in from;
    socklen_t len = sizeof from;
    (void)arg, (void)events;
    ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &len);
    if (n != 16 || memcmp(bytes, "alpacadiscovery1", 16) != 0)
        return;
    asked++;
    memset(large, ' ', sizeof large);
    memcpy(large, "{\"AlpacaPort\":7}", 16);
    (void)!sendto(fd, large, sizeof large, 0, (struct sockaddr *)&from, len);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        (void)!sendto(fd, answers[i], strlen(answers[i]), 0, (struct sockaddr *)&from, len);
}

static void on_found(void *arg, const char *host)
{
    str_addf(arg, "%s;", host);
}

START_TEST(found_by_broadcast)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof a;
    struct str got = {0};
    struct error err = {.text = ""};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    ck_assert(bind(fd, (struct sockaddr *)&a, len) == 0 &&
              getsockname(fd, (struct sockaddr *)&a, &len) == 0);
    ck_assert_int_eq(loop_fd(loop, fd, LOOP_READ, on_question, NULL, "test"), OK);
    asked = 0;
    struct alpaca_find *f = alpaca_find_new(loop, ntohs(a.sin_port), on_found, &got, &err);
    ck_assert_msg(f != NULL, "%s", err.text);
    turns(800);
    ck_assert_int_eq(asked, 2);
    ck_assert_str_eq(str_c(&got), "127.0.0.1:11111;127.0.0.1:5;"); /* each once, no large one */
    turns(1000);
    ck_assert_int_eq(asked, 2); /* who has answered is not asked by IPv6 */
    alpaca_find_free(f);
    loop_fd_del(loop, fd);
    close(fd);
    str_clear(&got);
}
END_TEST

static void on_question6(void *arg, int fd, int events)
{
    char bytes[100];
    struct sockaddr_in6 from;
    socklen_t len = sizeof from;
    (void)arg, (void)events;
    ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &len);
    if (n != 16 || memcmp(bytes, "alpacadiscovery1", 16) != 0)
        return;
    asked++;
    (void)!sendto(fd, "{\"AlpacaPort\":11111}", 20, 0, (struct sockaddr *)&from, len);
}

/* Nobody on IPv4 has that port; a socket in the group on the first interface that lets it in answers. */
START_TEST(found_by_multicast)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6};
    struct ipv6_mreq join = {0};
    socklen_t len = sizeof a;
    struct str got = {0};
    struct error err = {.text = ""};
    struct if_nameindex *list = if_nameindex();
    bool in = false;
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0), one = 1;
    ck_assert_int_eq(inet_pton(AF_INET6, "ff12::a1:9aca", &join.ipv6mr_multiaddr), 1);
    bool there = fd >= 0 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) == 0 &&
                 bind(fd, (struct sockaddr *)&a, len) == 0 &&
                 getsockname(fd, (struct sockaddr *)&a, &len) == 0;
    struct sockaddr_in6 group = {.sin6_family = AF_INET6, .sin6_port = a.sin6_port};
    group.sin6_addr = join.ipv6mr_multiaddr;
    for (const struct if_nameindex *i = list; there && i && i->if_index && !in; i++) {
        join.ipv6mr_interface = group.sin6_scope_id = i->if_index;
        char echo;
        in = setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &join, sizeof join) == 0 &&
             sendto(fd, "?", 1, 0, (struct sockaddr *)&group, sizeof group) == 1;
        turns(50);
        in = in && recv(fd, &echo, 1, 0) == 1;
    }
    if_freenameindex(list);
    if (!in) {
        printf("left out: discovery by IPv6 (this machine has no interface with multicast)\n");
    } else {
        ck_assert_int_eq(loop_fd(loop, fd, LOOP_READ, on_question6, NULL, "test"), OK);
        asked = 0;
        struct alpaca_find *f = alpaca_find_new(loop, ntohs(a.sin6_port), on_found, &got, &err);
        ck_assert_msg(f != NULL, "%s", err.text);
        turns(2200);
        ck_assert_int_ge(asked, 1);
        ck_assert_msg(got.n > 11 && got.s[0] == '[' &&
                          strstr(got.s, "]:11111;") == got.s + got.n - 8,
                      "%s", str_c(&got)); /* each once */
        ck_assert_ptr_null(strstr(got.s, "%eth"));
        alpaca_find_free(f);
        loop_fd_del(loop, fd);
    }
    if (fd >= 0)
        close(fd);
    str_clear(&got);
}
END_TEST

/* What is settable without moving anything is set, and shown as the device then has it. */
START_TEST(properties)
{
    struct answer a;
    struct error err = {.text = ""};
    add_ready("Mount", "mount", "telescope/0");
    add_ready("Camera", "camera", "camera/0");
    const struct device_property *p = rack_property(rack, dev("Mount")->id, "siteelevation");
    ck_assert(p && p->writable);
    ck_assert_str_eq(p->element.at[0].value, "650");
    struct device_request q = {
        .verb = ASK_PROPERTY, .property = "siteelevation", .element = "value", .text = "1205.5"};
    ask("Mount", q, OK);
    turns(1500);
    p = rack_property(rack, dev("Mount")->id, "siteelevation");
    ck_assert_str_eq(p->element.at[0].value, "1205.5");
    q.text = "high";
    ck_assert_uint_eq(rack_ask(rack, dev("Mount")->id, &q, &me, NULL, NULL, &err), 0);
    ck_assert_msg(strstr(err.text, "wants a number"), "%s", err.text);
    q.property = "rightascension"; /* moves */
    q.text = "5";
    ck_assert_uint_eq(rack_ask(rack, dev("Mount")->id, &q, &me, NULL, NULL, &err), 0);
    ck_assert_msg(strstr(err.text, "can be read, not set"), "%s", err.text);
    ck_assert(!rack_property(rack, dev("Mount")->id, "rightascension")->writable);
    q = (struct device_request){
        .verb = ASK_PROPERTY, .property = "readoutmode", .element = "value", .text = "99999"};
    start("Camera", q, &a);
    finish(&a, 3000);
    ck_assert_int_eq(a.status, E_DEVICE);
    ck_assert_msg(strstr(a.text, "does not allow that value") && strstr(a.text, "0x401"), "%s",
                  a.text);
    ck_assert_int_eq(peer.bad, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("alpaca");
    TCase *t = tcase_create("alpaca");
    tcase_add_checked_fixture(t, open_all, close_all);
    tcase_add_test(t, mount);
    tcase_add_test(t, mount_of_j2000);
    tcase_add_test(t, mount_of_b1950);
    tcase_add_test(t, mount_of_no_name);
    tcase_add_test(t, camera);
    tcase_add_test(t, others);
    tcase_add_test(t, refusals);
    tcase_add_test(t, lost_and_back);
    tcase_add_test(t, mute);
    tcase_add_test(t, server_as_hub);
    tcase_add_test(t, wrong_lines);
    tcase_add_test(t, found_by_broadcast);
    tcase_add_test(t, found_by_multicast);
    tcase_add_test(t, properties);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
