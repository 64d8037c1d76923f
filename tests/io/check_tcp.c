/* check_tcp.c - links over socketpair, pty and TCP: order, bounds, ends, closing inside callbacks.
 * Loopback only.
 */
#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/io/tcp.h"

static struct loop *loop;
static struct error err;

struct end {
    struct link *link;
    int opened, closed, reads;
    struct str got;
    struct error why;
    bool close_on_read, close_on_open, echo, stop_on_close;
};

static void on_opened(void *arg)
{
    struct end *e = arg;
    e->opened++;
    if (e->close_on_open) {
        link_close(e->link);
        e->link = NULL;
    }
}

static void on_read(void *arg, const char *bytes, size_t n)
{
    struct end *e = arg;
    e->reads++;
    str_addn(&e->got, bytes, n);
    if (e->echo && link_write(e->link, bytes, n, &err) != OK)
        ck_abort_msg("%s", err.text);
    if (e->close_on_read) {
        link_close(e->link);
        e->link = NULL;
    }
}

static void on_closed(void *arg, const struct error *why)
{
    struct end *e = arg;
    e->closed++;
    e->why = *why;
    e->link = NULL;
    if (e->stop_on_close)
        loop_stop(loop);
}

static struct link_events events_of(struct end *e)
{
    return (struct link_events){on_opened, on_read, on_closed, e};
}

static void setup(void)
{
    loop = loop_new(clock_system());
}

static void teardown(void)
{
    loop_free(loop);
}

static void pair(struct end *a, struct end *b, size_t max_queue)
{
    int fd[2];
    struct link_events ea = events_of(a), eb = events_of(b);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    a->link = link_new_take(loop, fd[0], "mount", &ea, max_queue, &err);
    b->link = link_new_take(loop, fd[1], "test", &eb, max_queue, &err);
    ck_assert(a->link && b->link);
}

static void turns(int n)
{
    for (int i = 0; i < n; i++)
        loop_turn(loop, false);
}

START_TEST(both_ways)
{
    struct end a = {0}, b = {.echo = true};
    pair(&a, &b, 0);
    ck_assert_int_eq(link_write(a.link, ":GR#", 4, &err), OK);
    ck_assert_int_eq(link_write(a.link, ":GD#", 4, &err), OK);
    turns(10);
    ck_assert_str_eq(str_c(&b.got), ":GR#:GD#");
    ck_assert_str_eq(str_c(&a.got), ":GR#:GD#");
    ck_assert_str_eq(link_name(a.link), "mount");
    ck_assert_int_eq(a.opened, 0);
    link_close(b.link);
    turns(5);
    ck_assert_int_eq(b.closed, 0); /* whoever closes is not told */
    ck_assert_int_eq(a.closed, 1);
    ck_assert_int_eq(a.why.status, OK);
    ck_assert_ptr_nonnull(strstr(a.why.text, "mount: closed by the other side"));
    str_clear(&a.got);
    str_clear(&b.got);
}
END_TEST

/* 4 MB through sockets that hold far less, in order; the reader sleeps in between. */
START_TEST(large_and_in_order)
{
    struct end a = {0}, b = {0};
    enum { N = 1000000 };
    uint32_t *words = mem_alloc(N * 4);
    for (uint32_t i = 0; i < N; i++)
        words[i] = i * 2654435761u;
    pair(&a, &b, N * 4);
    ck_assert_int_eq(link_write(a.link, words, N * 4, &err), OK);
    link_pause(b.link, true);
    turns(50);
    ck_assert_int_eq(b.reads, 0);
    ck_assert_uint_gt(link_queued(a.link), 0);
    link_pause(b.link, false);
    while (b.got.n < N * 4)
        loop_turn(loop, true);
    ck_assert_mem_eq(b.got.s, words, N * 4);
    ck_assert_uint_eq(link_queued(a.link), 0);
    link_close(a.link);
    link_close(b.link);
    str_clear(&b.got);
    free(words);
}
END_TEST

START_TEST(queue_is_bounded)
{
    struct end a = {0}, b = {0};
    char block[1000] = "";
    pair(&a, &b, 100000);
    link_pause(b.link, true);
    int n = 0;
    while (link_write(a.link, block, sizeof block, &err) == OK) {
        n++;
        if (n % 50 == 0)
            turns(3);
        ck_assert_int_lt(n, 100000);
    }
    ck_assert_int_eq(err.status, E_BUSY);
    ck_assert_uint_le(link_queued(a.link), 100000);
    ck_assert_uint_gt(link_queued(a.link), 98000);
    link_pause(b.link, false);
    while (link_queued(a.link) > 0)
        loop_turn(loop, true);
    ck_assert_int_eq(link_write(a.link, block, sizeof block, &err), OK);
    while (b.got.n < (size_t)(n + 1) * sizeof block)
        loop_turn(loop, true);
    link_close(a.link);
    link_close(b.link);
    str_clear(&b.got);
}
END_TEST

START_TEST(finish_flushes)
{
    struct end a = {0}, b = {0};
    char *block = mem_zero(500000);
    pair(&a, &b, 0);
    ck_assert_int_eq(link_write(a.link, block, 500000, &err), OK);
    link_finish(a.link);
    ck_assert_int_eq(link_write(a.link, block, 1, &err), E_IO);
    while (!b.closed)
        loop_turn(loop, true);
    ck_assert_uint_eq(b.got.n, 500000);
    ck_assert_int_eq(a.closed, 1);
    ck_assert_int_eq(a.why.status, OK);
    pair(&a, &b, 0); /* nothing waits: it ends at once, from the loop */
    link_finish(a.link);
    ck_assert_int_eq(a.closed, 1);
    turns(5);
    ck_assert_int_eq(a.closed, 2);
    ck_assert_int_eq(b.closed, 2);
    str_clear(&b.got);
    free(block);
}
END_TEST

START_TEST(closed_inside_read)
{
    struct end a = {0}, b = {.close_on_read = true};
    pair(&a, &b, 0);
    ck_assert_int_eq(link_write(a.link, "x", 1, &err), OK);
    turns(10);
    ck_assert_int_eq(b.reads, 1);
    ck_assert_int_eq(b.closed, 0);
    ck_assert_int_eq(a.closed, 1);
    str_clear(&b.got);
}
END_TEST

START_TEST(write_to_the_gone)
{
    struct end a = {0}, b = {0};
    char *block = mem_zero(900000);
    pair(&a, &b, 0);
    link_pause(a.link, true);
    link_pause(b.link, true);
    ck_assert_int_eq(link_write(a.link, block, 900000, &err), OK);
    turns(5);
    link_close(b.link);
    for (int i = 0; i < 100 && !a.closed; i++)
        turns(1);
    ck_assert_int_eq(a.closed, 1); /* and no SIGPIPE, see below */
    ck_assert_int_eq(a.why.status, E_IO);
    free(block);
}
END_TEST

START_TEST(pty)
{
    struct end a = {0};
    struct link_events ea = events_of(&a);
    struct termios t;
    char buf[20] = "";
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(slave, 0);
    ck_assert_int_eq(tcgetattr(slave, &t), 0);
    cfmakeraw(&t);
    ck_assert_int_eq(tcsetattr(slave, TCSANOW, &t), 0);
    a.link = link_new_take(loop, slave, "/dev/ttyUSB0", &ea, 0, &err);
    ck_assert_ptr_nonnull(a.link);
    ck_assert_int_eq(link_write(a.link, ":GR#", 4, &err), OK);
    turns(5);
    ck_assert_int_eq(read(master, buf, sizeof buf), 4);
    ck_assert_str_eq(buf, ":GR#");
    ck_assert_int_eq(write(master, "12:34#", 6), 6);
    while (a.got.n < 6 && !a.closed)
        loop_turn(loop, true);
    ck_assert_str_eq(str_c(&a.got), "12:34#");
    close(master);
    while (!a.closed)
        loop_turn(loop, true);
    ck_assert_int_eq(a.closed, 1); /* unplugged */
    str_clear(&a.got);
}
END_TEST

START_TEST(a_file_is_no_link)
{
    struct end a = {0};
    struct link_events ea = events_of(&a);
    int fd = open("/dev/null", O_RDWR);
    FILE *f = tmpfile();
    ck_assert_ptr_null(link_new_take(loop, dup(fileno(f)), "file", &ea, 0, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "file"));
    ck_assert_int_eq(a.closed, 0);
    fclose(f);
    close(fd);
}
END_TEST

static struct end server_end;

static void on_accept(void *arg, int fd, const char *from)
{
    struct link_events e = events_of(&server_end);
    snprintf(arg, 60, "%s", from);
    server_end.link = link_new_take(loop, fd, from, &e, 0, &err);
    ck_assert_ptr_nonnull(server_end.link);
}

START_TEST(tcp_both_ways)
{
    char from[60] = "";
    struct end a = {0};
    struct link_events ea = events_of(&a);
    memset(&server_end, 0, sizeof server_end);
    server_end.echo = true;
    struct tcp_listener *t = tcp_listen(loop, "127.0.0.1", 0, on_accept, from, &err);
    ck_assert_msg(t != NULL, "%s", err.text);
    a.link = tcp_connect(loop, "127.0.0.1", tcp_port(t), 0, &ea, 0, &err);
    ck_assert_msg(a.link != NULL, "%s", err.text);
    ck_assert_int_eq(link_write(a.link, "early", 5, &err), OK); /* waits for the connection */
    while (a.got.n < 5 && !a.closed)
        loop_turn(loop, true);
    ck_assert_int_eq(a.opened, 1);
    ck_assert_str_eq(str_c(&a.got), "early");
    ck_assert(strncmp(from, "127.0.0.1:", 10) == 0);
    struct tcp_listener *second = tcp_listen(loop, "127.0.0.1", tcp_port(t), on_accept, from, &err);
    ck_assert_ptr_null(second);
    ck_assert_int_eq(err.status, E_BUSY);
    link_finish(server_end.link);
    while (!a.closed)
        loop_turn(loop, true);
    ck_assert_int_eq(a.why.status, OK);
    tcp_listener_free(t);
    str_clear(&a.got);
    str_clear(&server_end.got);
}
END_TEST

static void free_port(int *port)
{
    struct tcp_listener *t = tcp_listen(loop, "127.0.0.1", 0, on_accept, NULL, &err);
    ck_assert_ptr_nonnull(t);
    *port = tcp_port(t);
    tcp_listener_free(t);
}

START_TEST(tcp_refused)
{
    struct end a = {.stop_on_close = true};
    struct link_events ea = events_of(&a);
    int port;
    char text[100];
    free_port(&port);
    a.link = tcp_connect(loop, "127.0.0.1", port, 0, &ea, 0, &err);
    ck_assert_int_eq(a.closed, 0);
    loop_run(loop);
    ck_assert_int_eq(a.closed, 1);
    ck_assert_int_eq(a.opened, 0);
    ck_assert_int_eq(a.why.status, E_NET);
    snprintf(text, sizeof text, "127.0.0.1:%d: Connection refused", port);
    ck_assert_str_eq(a.why.text, text);
}
END_TEST

/* A listener whose queue is full takes no more: the next one waits for ever. */
START_TEST(tcp_silent)
{
    struct end a = {.stop_on_close = true};
    struct link_events ea = events_of(&a);
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof addr;
    int fd = socket(AF_INET, SOCK_STREAM, 0), fill[4];
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    ck_assert_int_eq(listen(fd, 0), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
    for (int i = 0; i < 4; i++) {
        fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (connect(fill[i], (struct sockaddr *)&addr, sizeof addr) == 0)
            continue;
    }
    int64_t t = loop_now_ms(loop);
    a.link = tcp_connect(loop, "127.0.0.1", ntohs(addr.sin_port), 300, &ea, 0, &err);
    loop_run(loop);
    ck_assert_int_eq(a.closed, 1);
    ck_assert_int_eq(a.why.status, E_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(a.why.text, "no connection in 1 s"));
    ck_assert_int_ge(loop_now_ms(loop) - t, 300);
    for (int i = 0; i < 4; i++)
        close(fill[i]);
    close(fd);
}
END_TEST

START_TEST(tcp_no_name)
{
    struct end a = {.stop_on_close = true};
    struct link_events ea = events_of(&a);
    a.link = tcp_connect(loop, "no-such-host.invalid", 11880, 0, &ea, 0, &err);
    ck_assert_ptr_nonnull(a.link);
    loop_run(loop);
    ck_assert_int_eq(a.closed, 1);
    ck_assert_int_eq(a.why.status, E_NET);
    ck_assert_ptr_nonnull(strstr(a.why.text, "no-such-host.invalid:11880: its name cannot"));
    ck_assert_ptr_null(tcp_connect(loop, "127.0.0.1", 70000, 0, &ea, 0, &err));
    ck_assert_int_eq(err.status, E_RANGE);
}
END_TEST

START_TEST(tcp_closed_early)
{
    struct end a = {0}, b = {.close_on_open = true};
    struct link_events ea = events_of(&a), eb = events_of(&b);
    char from[60];
    memset(&server_end, 0, sizeof server_end);
    struct tcp_listener *t = tcp_listen(loop, "127.0.0.1", 0, on_accept, from, &err);
    a.link = tcp_connect(loop, "127.0.0.1", tcp_port(t), 0, &ea, 0, &err);
    link_close(a.link); /* while its name is looked up */
    turns(10);
    b.link = tcp_connect(loop, "127.0.0.1", tcp_port(t), 0, &eb, 0, &err);
    while (!b.opened)
        loop_turn(loop, true);
    while (!server_end.closed)
        loop_turn(loop, true);
    ck_assert_int_eq(a.opened + a.closed, 0);
    ck_assert_int_eq(b.closed, 0);
    a.link = tcp_connect(loop, "127.0.0.1", tcp_port(t), 0, &ea, 0, &err);
    link_close(a.link);
    tcp_listener_free(t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tcp");
    TCase *t = tcase_create("tcp");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, both_ways);
    tcase_add_test(t, large_and_in_order);
    tcase_add_test(t, queue_is_bounded);
    tcase_add_test(t, finish_flushes);
    tcase_add_test(t, closed_inside_read);
    tcase_add_test(t, write_to_the_gone);
    tcase_add_test(t, pty);
    tcase_add_test(t, a_file_is_no_link);
    tcase_add_test(t, tcp_both_ways);
    tcase_add_test(t, tcp_refused);
    tcase_add_test(t, tcp_silent);
    tcase_add_test(t, tcp_no_name);
    tcase_add_test(t, tcp_closed_early);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
