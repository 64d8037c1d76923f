/* check_transport.c - addresses and what they open: pseudo-terminals, TCP, UDP, commands; locks, ends, sentences.
 * libserialport's own branch needs a port: tests/peers/serial.sh.
 */
#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vigie/base/str.h"
#include "vigie/io/tcp.h"
#include "vigie/io/transport.h"

static struct loop *loop;
static struct error err;

struct end {
    int opened, closed;
    struct str got;
    struct error why;
};

static void on_opened(void *arg)
{
    ((struct end *)arg)->opened++;
}

static void on_read(void *arg, const char *bytes, size_t n)
{
    str_addn(&((struct end *)arg)->got, bytes, n);
}

static void on_closed(void *arg, const struct error *why)
{
    struct end *e = arg;
    e->closed++;
    e->why = *why;
}

static struct link *open_at(struct end *e, const char *address)
{
    struct link_events ev = {on_opened, on_read, on_closed, e};
    struct transport_wish wish = {0};
    return transport_open(loop, address, &wish, &ev, &err);
}

static int64_t nothing(void *arg)
{
    *(bool *)arg = true;
    return -1;
}

/* Turns until the condition holds, 5 s at most. */
#define TURN_UNTIL(cond)                                                                           \
    do {                                                                                           \
        bool late = false;                                                                         \
        uint64_t timer_ = loop_timer(loop, 5000, nothing, &late, "test");                          \
        while (!(cond) && !late)                                                                   \
            loop_turn(loop, true);                                                                 \
        loop_timer_del(loop, timer_);                                                              \
        ck_assert_msg(cond, "%s: not within 5 s", #cond);                                          \
    } while (0)

static void setup(void)
{
    loop = loop_new(clock_system());
}

static void teardown(void)
{
    loop_free(loop);
}

START_TEST(addresses)
{
    static const char *const good[] = {"serial:/dev/ttyUSB0",
                                       "serial:/dev/serial/by-id/usb-FTDI_X-if00?115200",
                                       "serial:/dev/ttyS0?9600,8N1",
                                       "serial:/dev/ttyS0?19200,7E2",
                                       "/dev/ttyACM0",
                                       "/dev/pts/7",
                                       "tcp:mount.local:4030",
                                       "tcp:[2001:db8::1]:9999",
                                       "udp:192.168.4.1:11880",
                                       "pty:/tmp/mount",
                                       "exec:ssh pi socat - /dev/ttyUSB0,raw"};
    static const char *const bad[] = {"",
                                      "ttyUSB0",
                                      "serial:ttyUSB0",
                                      "serial:/dev/ttyS0?fast",
                                      "serial:/dev/ttyS0?9600,9N1",
                                      "serial:/dev/ttyS0?9600,8X1",
                                      "serial:/dev/ttyS0?9600 ",
                                      "serial:/dev/ttyS0?10",
                                      "tcp:mount.local",
                                      "tcp::4030",
                                      "tcp:mount:0",
                                      "tcp:mount:65536",
                                      "tcp:mount:40x",
                                      "tcp:2001:db8::1:9999",
                                      "exec:  ",
                                      "usb:1"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(transport_check(good[i], &err) == OK, "%s: %s", good[i], err.text);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(transport_check(bad[i], &err) == E_PARSE, "%s was taken", bad[i]);
}
END_TEST

START_TEST(terminal)
{
    int master, slave;
    char name[100], address[120];
    struct end e = {0}, f = {0};
    ck_assert_int_eq(openpty(&master, &slave, name, NULL, NULL), 0);
    close(slave);
    snprintf(address, sizeof address, "pty:%s", name);
    struct link *l = open_at(&e, address);
    ck_assert_msg(l != NULL, "%s", err.text);
    ck_assert_int_eq(e.opened, 0);
    TURN_UNTIL(e.opened);
    /* raw: nothing of it is changed, echoed or kept for the end of a line */
    ck_assert_int_eq(link_write(l, ":GR#\r\n\x03\xDF", 8, &err), OK);
    char buf[20];
    ck_assert_int_eq(read(master, buf, sizeof buf), 8);
    ck_assert_mem_eq(buf, ":GR#\r\n\x03\xDF", 8);
    ck_assert_int_eq(write(master, "\r\n12\xDF#", 6), 6);
    TURN_UNTIL(e.got.n == 6);
    ck_assert_mem_eq(e.got.s, "\r\n12\xDF#", 6);
    /* two masters on one port */
    ck_assert_ptr_null(open_at(&f, address));
    ck_assert_int_eq(err.status, E_BUSY);
    ck_assert_msg(strstr(err.text, "in use by another program") != NULL, "%s", err.text);
    ck_assert_int_eq(transport_lines(l, 1, 0, &err), E_ABSENT);
    link_close(l);
    l = open_at(&f, address);
    ck_assert_msg(l != NULL, "closed, yet: %s", err.text);
    TURN_UNTIL(f.opened);
    close(master);
    TURN_UNTIL(f.closed);
    ck_assert_msg(strstr(f.why.text, name) != NULL, "%s", f.why.text);
    str_clear(&e.got);
    str_clear(&f.got);
}
END_TEST

/* Another process has it: its name and number are in the sentence. */
START_TEST(terminal_of_another)
{
    int master, slave, ready[2];
    char name[100], address[120], mine[40];
    struct end e = {0};
    ck_assert_int_eq(openpty(&master, &slave, name, NULL, NULL), 0);
    close(slave);
    snprintf(address, sizeof address, "pty:%s", name);
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct loop *own = loop_new(clock_system());
        struct link_events ev = {0};
        struct transport_wish wish = {0};
        struct link *l = transport_open(own, address, &wish, &ev, &err);
        char ok = l ? 'y' : 'n';
        (void)!write(ready[1], &ok, 1);
        pause();
        _exit(0);
    }
    char ok = 0;
    ck_assert_int_eq(read(ready[0], &ok, 1), 1);
    ck_assert_int_eq(ok, 'y');
    ck_assert_ptr_null(open_at(&e, address));
    kill(pid, SIGKILL);
    ck_assert_int_eq(err.status, E_BUSY);
    snprintf(mine, sizeof mine, "process %d (", (int)pid);
    /* As a plain user the kernel already refuses (TIOCEXCL) and does not say whose it is. */
    ck_assert_msg(strstr(err.text, mine) || (geteuid() != 0 && strstr(err.text, "another program")),
                  "%s", err.text);
    close(master);
}
END_TEST

static int served = -1;
static void on_accept(void *arg, int fd, const char *from)
{
    (void)arg;
    (void)from;
    served = fd;
}

START_TEST(tcp)
{
    struct end e = {0};
    char address[60];
    struct tcp_listener *t = tcp_listen(loop, "127.0.0.1", 0, on_accept, NULL, &err);
    ck_assert_ptr_nonnull(t);
    snprintf(address, sizeof address, "tcp:127.0.0.1:%d", tcp_port(t));
    struct link *l = open_at(&e, address);
    ck_assert_ptr_nonnull(l);
    TURN_UNTIL(e.opened && served >= 0);
    ck_assert_int_eq(link_write(l, "K1", 2, &err), OK);
    char buf[8];
    ck_assert_int_eq(recv(served, buf, sizeof buf, 0), 2);
    close(served);
    TURN_UNTIL(e.closed);
    tcp_listener_free(t);
    struct end f = {0};
    l = open_at(&f, address); /* nobody listens any more */
    ck_assert_ptr_nonnull(l);
    TURN_UNTIL(f.closed);
    ck_assert_int_eq(f.why.status, E_NET);
    ck_assert_msg(strstr(f.why.text, "refused") != NULL, "%s", f.why.text);
}
END_TEST

START_TEST(udp)
{
    struct end e = {0};
    struct sockaddr_in a = {.sin_family = AF_INET}, from;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof a;
    char address[60], buf[20];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, len), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    snprintf(address, sizeof address, "udp:127.0.0.1:%d", ntohs(a.sin_port));
    struct link *l = open_at(&e, address);
    ck_assert_ptr_nonnull(l);
    TURN_UNTIL(e.opened);
    /* two writes are two datagrams; an empty one from there is no end */
    ck_assert_int_eq(link_write(l, ":e1\r", 4, &err), OK);
    ck_assert_int_eq(link_write(l, ":j1\r", 4, &err), OK);
    len = sizeof from;
    ck_assert_int_eq(recvfrom(fd, buf, sizeof buf, 0, (struct sockaddr *)&from, &len), 4);
    ck_assert_int_eq(recv(fd, buf, sizeof buf, 0), 4);
    ck_assert_int_eq(sendto(fd, "", 0, 0, (struct sockaddr *)&from, len), 0);
    ck_assert_int_eq(sendto(fd, "=0204\r", 6, 0, (struct sockaddr *)&from, len), 6);
    TURN_UNTIL(e.got.n == 6);
    ck_assert_int_eq(e.closed, 0);
    link_close(l);
    close(fd);
    str_clear(&e.got);
}
END_TEST

START_TEST(command)
{
    struct end e = {0}, f = {0};
    struct link *l = open_at(&e, "exec:echo $$; exec cat");
    ck_assert_msg(l != NULL, "%s", err.text);
    TURN_UNTIL(e.got.n > 1 && e.got.s[e.got.n - 1] == '\n');
    pid_t pid = (pid_t)atol(e.got.s);
    str_reset(&e.got);
    ck_assert_int_eq(link_write(l, "V", 1, &err), OK);
    TURN_UNTIL(e.got.n == 1);
    ck_assert_int_eq(kill(pid, 0), 0);
    link_close(l);
    TURN_UNTIL(kill(pid, 0) != 0); /* ended with the link, and no zombie is left */
    ck_assert_ptr_nonnull(open_at(&f, "exec:exit 3"));
    TURN_UNTIL(f.closed);
    ck_assert_str_eq(f.why.text, "the command ended with status 3");
    str_clear(&e.got);
}
END_TEST

START_TEST(ports)
{
    struct end e = {0};
    struct transport_ports list;
    ck_assert_ptr_null(open_at(&e, "serial:/dev/serial/by-id/usb-none-such"));
    ck_assert_int_eq(err.status, E_ABSENT);
    ck_assert_msg(strstr(err.text, "usb-none-such") && strstr(err.text, "plugged in"), "%s",
                  err.text);
    ck_assert_ptr_null(open_at(&e, "serial:/dev/null"));
    ck_assert_int_eq(err.status, E_ABSENT);
    ck_assert_ptr_null(open_at(&e, "pty:/dev/null"));
    ck_assert_int_eq(err.status, E_ABSENT);
    ck_assert_int_eq(transport_list(&list, &err), OK);
    for (size_t i = 0; i < list.port.n; i++)
        ck_assert_int_eq(list.port.at[i].path[0], '/');
    transport_ports_clear(&list);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("transport");
    TCase *c = tcase_create("transport");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, addresses);
    tcase_add_test(c, terminal);
    tcase_add_test(c, terminal_of_another);
    tcase_add_test(c, tcp);
    tcase_add_test(c, udp);
    tcase_add_test(c, command);
    tcase_add_test(c, ports);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
