/* check_http_bad.c - servers that answer badly, late, too much or not at all, and requests that are
 * given up. The expected behaviour is that of http.h; no address but 127.0.0.1 is used, and one of
 * a network of the test's own.
 */
#include "ask.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

START_TEST(never_answers)
{
    struct server *s = server_start((struct server_step[]){{.wait_ms = -1}}, 1);
    open_with((struct http_options){.silence_ms = 200, .tries = 2});
    int64_t t = loop_now_ms(loop);
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_TIMEOUT);
    ck_assert_str_eq(got.err.text, "127.0.0.1: no answer in 1 s (2 tries)");
    ck_assert_int_ge(loop_now_ms(loop) - t, 400);
    ck_assert_int_lt(loop_now_ms(loop) - t, 5000);
    server_stop(s);
}
END_TEST

START_TEST(dribble)
{
    struct server *s = server_start(
        (struct server_step[]){
            {.head = "HTTP/1.1 200 OK\r\n\r\n", .answer = "x", .repeat = 1000000, .drip_ms = 100}},
        1);
    open_with((struct http_options){.silence_ms = 800, .tries = 1}); /* 10 bytes/s, 16 are wanted */
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(got.err.text, "fell silent"));
    server_stop(s);
}
END_TEST

START_TEST(slow_but_steady)
{
    static const char block[] = "0123456789012345678901234567890123456789";
    struct server *s =
        server_start((struct server_step[]){{.head = "HTTP/1.1 200 OK\r\n\r\n",
                                             .answer = block,
                                             .drip_ms = 20}}, /* 50 bytes/s, 0.8 s long */
                     1);
    open_with((struct http_options){.silence_ms = 400, .tries = 1});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_str_eq(str_c(&got.body), block);
    server_stop(s);
}
END_TEST

START_TEST(whole_time)
{
    struct server *s = server_start(
        (struct server_step[]){
            {.head = "HTTP/1.1 200 OK\r\n\r\n", .answer = "x", .repeat = 1000000, .drip_ms = 5}},
        1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/"), .total_ms = 500});
    ck_assert_int_eq(got.err.status, E_TIMEOUT);
    ck_assert_str_eq(got.err.text, "127.0.0.1: not done in 1 s");
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
}
END_TEST

static const struct {
    const char *answer;
    enum status status;
    int requests;
} broken[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a part", E_NET, 3},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nonly a part", E_NET, 3},
    {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!", E_NET, 3},
    {"", E_NET, 3},
    {"SSH-2.0-OpenSSH_9.2\r\n", E_NET, 1},
};

START_TEST(broken_answers)
{
    struct server_step step = {.answer = broken[_i].answer};
    struct server *s = server_start(&step, 1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, broken[_i].status);
    ck_assert_int_eq(server_count(s), broken[_i].requests);
    ck_assert(strncmp(got.err.text, "127.0.0.1: ", 11) == 0);
    server_stop(s);
}
END_TEST

START_TEST(too_much_announced)
{
    /* more than Content-Length says: the surplus is no part of the answer */
    struct server *s = server_start(
        (struct server_step[]){{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"}},
        1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_str_eq(str_c(&got.body), "abc");
    server_stop(s);
}
END_TEST

START_TEST(nobody_listens)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    char url[64];
    snprintf(url, sizeof url, "%s", server_url(s, "/"));
    server_stop(s);
    open_with((struct http_options){0});
    ask((struct http_request){.url = url});
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_str_eq(got.err.text, "127.0.0.1: no connection: Connection refused (3 tries)");
}
END_TEST

START_TEST(no_such_name)
{
    open_with((struct http_options){0});
    ask((struct http_request){.url = "http://no-such-host.invalid/"}); /* RFC 6761: never exists */
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_int_eq(got.tries, 1);
    ck_assert_str_eq(got.err.text,
                     "no-such-host.invalid: its name cannot be looked up: is there a network?");
}
END_TEST

START_TEST(too_large)
{
    static char block[1000];
    memset(block, 'x', sizeof block);
    struct server *s = server_start((struct server_step[]){{.head = "HTTP/1.1 200 OK\r\n\r\n",
                                                            .answer = block,
                                                            .n = sizeof block,
                                                            .repeat = 100000000}},
                                    1);
    open_with((struct http_options){.max_body = 2000000});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_RANGE);
    ck_assert_str_eq(got.err.text, "127.0.0.1: answer larger than 2 MB, not read further");
    ck_assert_uint_le(got.body.n, 2000000);
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
}
END_TEST

START_TEST(gzip_bomb)
{
    /* 300 MB of zeros in 300 kB */
    char *packed = mem_alloc(1 << 20);
    FILE *f = popen("head -c 300000000 /dev/zero | gzip -9 -c", "r");
    ck_assert_ptr_nonnull(f);
    size_t n = fread(packed, 1, 1 << 20, f);
    ck_assert_int_eq(pclose(f), 0);
    ck_assert_uint_gt(n, 100000);
    ck_assert_uint_lt(n, 1 << 20);
    struct server *s = server_start(
        (struct server_step[]){{.head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
                                .answer = packed,
                                .n = n}},
        1);
    open_with((struct http_options){.max_body = 1000000});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_RANGE);
    ck_assert_uint_le(got.body.n, 1000000);
    ck_assert_uint_eq(loop_slow(loop).n, 0);
    server_stop(s);
    free(packed);
}
END_TEST

START_TEST(header_flood)
{
    struct server *s =
        server_start((struct server_step[]){{.head = "HTTP/1.1 200 OK\r\n",
                                             .answer = "X-Flood: 0123456789012345678901234567\r\n",
                                             .repeat = 10000000}},
                     1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/")});
    ck_assert_int_eq(got.err.status, E_RANGE);
    ck_assert_str_eq(got.err.text, "127.0.0.1: sends more than 64 kB of headers");
    server_stop(s);
}
END_TEST

START_TEST(pieces)
{
    static char block[1000];
    memset(block, 'y', sizeof block);
    struct server *s = server_start(
        (struct server_step[]){{.head = "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n",
                                .answer = block,
                                .n = sizeof block,
                                .repeat = 100}, /* half, then cut */
                               {.head = "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n",
                                .answer = block,
                                .n = sizeof block,
                                .repeat = 200}},
        2);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/"), .piece = piece, .again = again});
    ck_assert_int_eq(got.err.status, OK);
    ck_assert_int_eq(got.again, 1);
    ck_assert_uint_eq(got.pieces.n, 200000);
    ck_assert_uint_eq(got.body.n, 0);
    server_stop(s);
}
END_TEST

START_TEST(pieces_are_not_repeated)
{
    struct server *s = server_start(
        (struct server_step[]){{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}},
        1);
    open_with((struct http_options){0});
    ask((struct http_request){.url = server_url(s, "/"), .piece = piece});
    ck_assert_int_eq(got.err.status, E_NET);
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
}
END_TEST

START_TEST(piece_refuses)
{
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    open_with((struct http_options){0});
    got.refuse = E_PARSE;
    ask((struct http_request){.url = server_url(s, "/"), .piece = piece, .name = "ExoClock"});
    ck_assert_int_eq(got.err.status, E_PARSE);
    ck_assert_str_eq(got.err.text, "ExoClock: no planet in it");
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
}
END_TEST

START_TEST(failed_body_is_no_piece)
{
    struct server *s = server_start((struct server_step[]){{.answer = ERROR_500}}, 1);
    open_with((struct http_options){.tries = 1});
    ask((struct http_request){.url = server_url(s, "/"), .piece = piece});
    ck_assert_uint_eq(got.pieces.n, 0);
    ck_assert_str_eq(str_c(&got.body), "<html>");
    server_stop(s);
}
END_TEST

START_TEST(cancel)
{
    struct server *s = server_start((struct server_step[]){{.wait_ms = -1}}, 1);
    struct error err;
    open_with((struct http_options){0});
    uint64_t id = http_send(
        http, &(struct http_request){.url = server_url(s, "/"), .done = done, .arg = &got}, &err);
    while (server_count(s) == 0)
        loop_turn(loop, false);
    http_cancel(http, id);
    ck_assert_int_eq(got.calls, 1);
    ck_assert_int_eq(got.err.status, E_CANCELLED);
    http_cancel(http, id);
    for (int i = 0; i < 20; i++)
        loop_turn(loop, false);
    ck_assert_int_eq(got.calls, 1);
    ck_assert_uint_eq(http_count(http), 0);
    server_stop(s);
}
END_TEST

START_TEST(cancel_in_piece)
{
    static char block[4000];
    memset(block, 'z', sizeof block);
    struct server *s = server_start((struct server_step[]){{.head = "HTTP/1.1 200 OK\r\n\r\n",
                                                            .answer = block,
                                                            .n = sizeof block,
                                                            .repeat = 10000}},
                                    1);
    struct error err;
    open_with((struct http_options){0});
    uint64_t id =
        http_send(http,
                  &(struct http_request){
                      .url = server_url(s, "/"), .done = done, .piece = piece, .arg = &got},
                  &err);
    got.cancel = id;
    http_wait(http, id);
    size_t n = got.pieces.n;
    for (int i = 0; i < 20; i++)
        loop_turn(loop, false);
    ck_assert_int_eq(got.calls, 1);
    ck_assert_int_eq(got.err.status, E_CANCELLED);
    ck_assert_uint_eq(got.pieces.n, n);
    server_stop(s);
}
END_TEST

START_TEST(cancel_while_paused)
{
    struct server *s = server_start((struct server_step[]){{.answer = ERROR_500}}, 1);
    struct error err;
    open_with((struct http_options){.backoff_ms = 20000});
    uint64_t id = http_send(
        http, &(struct http_request){.url = server_url(s, "/"), .done = done, .arg = &got}, &err);
    for (int64_t t = loop_now_ms(loop); loop_now_ms(loop) - t < 300;)
        loop_turn(loop, false);
    ck_assert_int_eq(server_count(s), 1);
    ck_assert(http_busy(http, id));
    http_cancel(http, id);
    ck_assert_int_eq(got.calls, 1);
    server_stop(s);
}
END_TEST

START_TEST(free_cancels)
{
    struct server *s = server_start((struct server_step[]){{.wait_ms = -1}}, 1);
    struct error err;
    open_with((struct http_options){.per_host = 1});
    for (int i = 0; i < 3; i++)
        ck_assert(
            http_send(http,
                      &(struct http_request){.url = server_url(s, "/"), .done = done, .arg = &got},
                      &err) != 0);
    while (server_count(s) == 0)
        loop_turn(loop, false);
    http_free(http);
    http = NULL;
    ck_assert_int_eq(got.calls, 3);
    ck_assert_int_eq(got.err.status, E_CANCELLED);
    server_stop(s);
}
END_TEST

START_TEST(interrupt)
{
    struct server *s = server_start((struct server_step[]){{.wait_ms = -1}}, 1);
    struct error err;
    open_with((struct http_options){0});
    uint64_t id = http_send(
        http, &(struct http_request){.url = server_url(s, "/"), .done = done, .arg = &got}, &err);
    pid_t self = getpid(), child = fork();
    if (child == 0) {
        usleep(200000);
        kill(self, SIGINT);
        _exit(0);
    }
    http_wait(http, id);
    ck_assert_int_eq(got.err.status, E_CANCELLED);
    server_stop(s);
}
END_TEST

/* A network of the test's own, in which this machine has a public address (one of documentation, RFC 5737).
 * false: the system does not let one be made. */
static bool own_network(const char *address)
{
    int fd;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 && unshare(CLONE_NEWNET) != 0)
        return false;
    static const char *const names[] = {"lo", "lo:1"};
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    for (int i = 0; i < 2; i++) {
        struct ifreq r = {.ifr_flags = 0};
        struct sockaddr_in at = {.sin_family = AF_INET};
        snprintf(r.ifr_name, sizeof r.ifr_name, "%s", names[i]);
        inet_pton(AF_INET, i ? address : "127.0.0.1", &at.sin_addr);
        memcpy(&r.ifr_addr, &at, sizeof at);
        if (ioctl(fd, SIOCSIFADDR, &r) != 0)
            return false;
        r.ifr_flags = IFF_UP | IFF_RUNNING;
        if (i == 0 && ioctl(fd, SIOCSIFFLAGS, &r) != 0)
            return false;
    }
    close(fd);
    return true;
}

/* A child that answers everybody at this address alike; the port. */
static int answer_all(const char *address, const char *answer, pid_t *child)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, address, &at.sin_addr);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, n), 0);
    ck_assert_int_eq(listen(fd, 4), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *child = fork();
    while (*child == 0) {
        char request[4096];
        int c = accept(fd, NULL, NULL);
        if (c < 0 || read(c, request, sizeof request) < 0 || write(c, answer, strlen(answer)) < 0)
            _exit(1);
        close(c);
    }
    close(fd);
    return ntohs(at.sin_port);
}

/* What is public may be asked, but it cannot send on to this machine, nor can a name. */
START_TEST(from_public_to_local)
{
    static const char address[] = "198.51.100.1";
    char answer[300], url[100];
    pid_t child;
    if (!own_network(address)) {
        printf(
            "check_http_bad: no network namespace here: redirects from public to local addresses "
            "are left out\n");
        return;
    }
    struct server *s = server_start((struct server_step[]){{.answer = OK_JSON}}, 1);
    open_with((struct http_options){.public_only = true, .tries = 3});
    ask((struct http_request){.url = server_url(s, "/secret")});
    ck_assert_int_eq(got.err.status, E_REFUSED);
    ck_assert_ptr_nonnull(strstr(got.err.text, "lies in the local network, which is not allowed"));

    snprintf(answer, sizeof answer,
             "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: "
             "close\r\n\r\n",
             server_url(s, "/secret"));
    int port = answer_all(address, answer, &child);
    snprintf(url, sizeof url, "http://%s:%d/", address, port);
    got.calls = 0;
    ask((struct http_request){.url = url});
    ck_assert_int_eq(got.err.status, E_REFUSED);
    ck_assert_ptr_nonnull(strstr(got.err.text, "lies in the local network, which is not allowed"));
    ck_assert_uint_eq(got.body.n, 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_int_eq(server_count(s), 0); /* nobody came */

    port = answer_all(address, OK_JSON, &child); /* what is public answers */
    snprintf(url, sizeof url, "http://%s:%d/", address, port);
    got.calls = 0;
    ask((struct http_request){.url = url});
    ck_assert_msg(got.err.status == OK, "%s", got.err.text);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    server_stop(s);
}
END_TEST

static void add(TCase *t)
{
    tcase_add_test(t, from_public_to_local);
    tcase_add_test(t, never_answers);
    tcase_add_test(t, dribble);
    tcase_add_test(t, slow_but_steady);
    tcase_add_test(t, whole_time);
    tcase_add_loop_test(t, broken_answers, 0, N(broken));
    tcase_add_test(t, too_much_announced);
    tcase_add_test(t, nobody_listens);
    tcase_add_test(t, no_such_name);
    tcase_add_test(t, too_large);
    tcase_add_test(t, gzip_bomb);
    tcase_add_test(t, header_flood);
    tcase_add_test(t, pieces);
    tcase_add_test(t, pieces_are_not_repeated);
    tcase_add_test(t, piece_refuses);
    tcase_add_test(t, failed_body_is_no_piece);
    tcase_add_test(t, cancel);
    tcase_add_test(t, cancel_in_piece);
    tcase_add_test(t, cancel_while_paused);
    tcase_add_test(t, free_cancels);
    tcase_add_test(t, interrupt);
}

int main(void)
{
    return run_cases("http_bad", add);
}
