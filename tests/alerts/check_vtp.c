/* check_vtp.c - the VTP subscriber: frames in pieces, answers, bad senders; and against a broker of
 * the test over TCP. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/alerts/vtp.h"
#include "stream_options.h"
#include "vigie/alerts/feed.h"
#include "vigie/io/tcp.h"

static int n_packets;
static bool keep = true;
static char last[64];

static bool on_packet(void *arg, const char *s, size_t n)
{
    (void)arg;
    n_packets++;
    snprintf(last, sizeof last, "%.*s", (int)(n < 60 ? n : 60), s);
    return keep;
}

static void frame(struct str *out, const char *xml)
{
    size_t n = strlen(xml);
    char head[4] = {0, 0, (char)(n >> 8), (char)n};
    str_addn(out, head, 4);
    str_addn(out, xml, n);
}

static const char alive[] =
    "<t:Transport xmlns:t='http://www.telescope-networks.org/xml/Transport/"
    "v1.1' role='iamalive'><Origin>ivo://broker/a&amp;b</Origin></t:Transport>";
static const char packet[] = "<VOEvent ivorn='ivo://x/y#1' role='test'/>";

/* The XML of the one frame in out. */
static const char *said(const struct vtp *v)
{
    const unsigned char *h = (const unsigned char *)v->out.s;
    ck_assert_uint_gt(v->out.n, 4);
    ck_assert_uint_eq((size_t)h[2] << 8 | h[3], v->out.n - 4);
    return v->out.s + 4;
}

START_TEST(answers)
{
    static const size_t piece[] = {1, 3, 5000};
    for (size_t k = 0; k < 3; k++) {
        struct vtp v = {.ivorn = "ivo://me", .packet = on_packet};
        struct str in = {0};
        frame(&in, alive);
        for (size_t i = 0; i < in.n; i += piece[k])
            ck_assert_int_eq(vtp_feed(&v, in.s + i, in.n - i < piece[k] ? in.n - i : piece[k],
                                      "2026-11-23T21:14:07Z", NULL),
                             OK);
        ck_assert_ptr_nonnull(strstr(said(&v), "role=\"iamalive\""));
        ck_assert_ptr_nonnull(strstr(said(&v), "<Origin>ivo://broker/a&amp;b</Origin>"));
        ck_assert_ptr_nonnull(strstr(said(&v), "<Response>ivo://me</Response>"));
        str_reset(&v.out);
        str_reset(&in);
        frame(&in, packet);
        n_packets = 0;
        ck_assert_int_eq(vtp_feed(&v, in.s, in.n, "t", NULL), OK);
        ck_assert_int_eq(n_packets, 1);
        ck_assert_ptr_nonnull(strstr(said(&v), "role=\"ack\""));
        ck_assert_ptr_nonnull(strstr(said(&v), "<Origin>ivo://x/y#1</Origin>"));
        vtp_clear(&v);
        str_clear(&in);
    }
}
END_TEST

START_TEST(two_in_one_and_what_is_not_kept)
{
    struct vtp v = {.ivorn = "ivo://me", .packet = on_packet};
    struct str in = {0};
    frame(&in, packet);
    frame(&in, alive);
    keep = false;
    ck_assert_int_eq(vtp_feed(&v, in.s, in.n, "t", NULL), OK);
    ck_assert_ptr_nonnull(strstr(said(&v), "iamalive")); /* one frame only: no ack, no nak */
    str_reset(&v.out);
    str_reset(&in);
    keep = true;
    n_packets = 0;
    frame(&in, "no xml at all");
    ck_assert_int_eq(vtp_feed(&v, in.s, in.n, "t", NULL), OK);
    ck_assert_int_eq(n_packets, 1); /* kept as unreadable */
    ck_assert_uint_eq(v.out.n, 0);
    vtp_clear(&v);
    str_clear(&in);
}
END_TEST

START_TEST(bad_length)
{
    struct vtp v = {.ivorn = "ivo://me", .packet = on_packet};
    struct error err;
    ck_assert_int_eq(vtp_feed(&v, "\x2a\0\0\0xxxx", 8, "t", &err), E_RANGE); /* little-endian 42 */
    ck_assert_ptr_nonnull(strstr(err.text, "1 MB is the most"));
    vtp_clear(&v);
}
END_TEST

/* ---- against a broker ---- */

static struct link *client;
static struct str from_client;

static void broker_read(void *arg, const char *s, size_t n)
{
    (void)arg;
    str_addn(&from_client, s, n);
}

static void broker_closed(void *arg, const struct error *why)
{
    (void)arg, (void)why;
    client = NULL;
}

static void on_accept(void *arg, int fd, const char *from)
{
    const struct link_events events = {NULL, broker_read, broker_closed, NULL};
    struct str out = {0};
    client = link_new_take(arg, fd, from, &events, 0, NULL);
    ck_assert_ptr_nonnull(client);
    frame(&out, alive);
    frame(&out, packet);
    ck_assert_int_eq(link_write(client, out.s, out.n, NULL), OK);
    str_clear(&out);
}

static const struct conf_option table[] = {
    {"alerts.spool", CONF_TEXT, "no", 0, 0, 0, 0, ""},
    STREAM_OPTIONS,
    {"alerts.colibri", CONF_BOOL, "no", 0, 0, 0, 0, ""},
    {"alerts.vtp", CONF_TEXT, "", 0, 0, 0, 0, ""},
    {"alerts.vtp.ivorn", CONF_TEXT, "ivo://me", 0, 0, 0, 0, ""},
    {0}};

/* The number of times a text stands in what the client sent (which holds zero bytes). */
static int count_said(const char *text)
{
    int n = 0;
    for (size_t i = 0; i + strlen(text) <= from_client.n; i++)
        n += memcmp(from_client.s + i, text, strlen(text)) == 0;
    return n;
}

START_TEST(with_a_broker)
{
    struct loop *l = loop_new(clock_system());
    struct tcp_listener *t = tcp_listen(l, "127.0.0.1", 0, on_accept, l, NULL);
    struct conf *conf = conf_new(table);
    struct store *st;
    struct alert_book *book;
    struct store_options so = {.rooms = &alert_store_room, .n_rooms = 1};
    char text[64];
    snprintf(text, sizeof text, "127.0.0.1:%d", tcp_port(t));
    ck_assert_int_eq(conf_set(conf, "alerts.vtp", text, NULL), OK);
    ck_assert_int_eq(store_open(NULL, &so, &st, NULL), OK);
    ck_assert_int_eq(alert_book_open(st, 0, &book, NULL), OK);
    struct feed_options fo = {.loop = l, .clock = clock_system(), .book = book, .conf = conf};
    struct alert_feed *feed = alert_feed_new(&fo);
    int64_t end = loop_now_ms(l) + 5000;
    while (loop_now_ms(l) < end && count_said("role=\"ack\"") < 1)
        loop_turn(l, true);
    ck_assert_int_eq(count_said("role=\"iamalive\""), 1);
    ck_assert_int_eq(count_said("<Origin>ivo://x/y#1</Origin>"), 1);
    ck_assert_uint_eq(alert_book_n(book), 1);
    const struct source_status *s = alert_feed_at(feed, 2);
    ck_assert_str_eq(s->name, "vtp");
    ck_assert_int_eq(s->state, SOURCE_WAITING);
    ck_assert_str_eq(s->text, "1 of 1 brokers connected");
    link_close(client);
    while (loop_now_ms(l) < end && s->state == SOURCE_WAITING)
        loop_turn(l, true);
    ck_assert_int_eq(s->state, SOURCE_TROUBLE);
    alert_feed_free(feed);
    alert_book_close(book);
    store_close(st);
    conf_free(conf);
    tcp_listener_free(t);
    loop_free(l);
    str_clear(&from_client);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {answers, two_in_one_and_what_is_not_kept, bad_length,
                                  with_a_broker};
    Suite *s = suite_create("vtp");
    TCase *t = tcase_create("vtp");
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    tcase_set_timeout(t, 30);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
