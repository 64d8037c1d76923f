/* check_hostile.c - services that never end, fall silent, cut, lead in circles, speak no TLS or pack bombs: each
 * is a sentence, in bounded memory and time, and the rows before it stay, marked as a part. Through a
 * cone search, as people ask; on a server that plays a script.
 */
#include <arpa/inet.h>
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "../io/server.h"
#include "vigie/base/mem.h"
#include "vigie/vo/proto.h"

#define HEAD                                                                                       \
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-votable+xml\r\nConnection: close\r\n\r\n"
#define BEGIN                                                                                      \
    HEAD "<VOTABLE><RESOURCE type=\"results\"><TABLE><FIELD name=\"a\" datatype=\"int\"/><FIELD "  \
         "name=\"b\" datatype=\"char\" arraysize=\"*\"/><DATA><TABLEDATA>\n"
#define ROW "<TR><TD>1</TD><TD>star</TD></TR>\n"

enum { MB = 1 << 20 };

struct seen {
    struct error err;
    size_t rows, most_rows;
    bool doc, partial, overflow;
    int done, pieces;
};

static void on_rows(void *arg, const struct table_doc *doc)
{
    struct seen *s = arg;
    s->pieces++;
    if (doc && doc->tables.n && doc->tables.at[0]->rows > s->most_rows)
        s->most_rows = doc->tables.at[0]->rows;
}

static void on_done(void *arg, struct vo_answer *a)
{
    struct seen *s = arg;
    s->done++;
    s->err = a->err;
    s->overflow = a->overflow;
    s->doc = a->doc != NULL;
    if (a->doc && a->doc->tables.n) {
        s->rows = a->doc->tables.at[0]->rows;
        s->partial = a->doc->tables.at[0]->partial;
    }
}

static const struct http_options quick = {
    .tries = 1, .silence_ms = 500, .total_ms = 10000, .max_body = 8 * MB};

static struct seen search(const char *base, const struct table_limits *limits, int64_t total_ms)
{
    struct seen s = {.rows = 0};
    struct error err;
    struct loop *loop = loop_new(clock_system());
    struct http *h = http_new(loop, &quick);
    const struct proto_query q = {
        .base = base, .place = true, .ra_deg = 10, .dec_deg = 20, .radius_deg = 1};
    const struct vo_question ask = {.name = "Service",
                                    .limits = limits ? *limits : (struct table_limits){0},
                                    .total_ms = total_ms,
                                    .rows = on_rows,
                                    .done = on_done,
                                    .arg = &s};
    uint64_t id = vo_ask_query(h, vo_protocol_find("scs"), &q, &ask, &err);
    ck_assert_msg(id != 0, "%s", err.text);
    http_wait(h, id);
    ck_assert_int_eq(s.done, 1);
    http_free(h);
    loop_free(loop);
    return s;
}

static struct seen ask(struct server_step step, const struct table_limits *limits, int64_t total_ms)
{
    struct server *server = server_start(&step, 1);
    struct seen s = search(server_url(server, "/scs?"), limits, total_ms);
    server_stop(server);
    return s;
}

static void broken_off(const struct seen *s, enum status status, const char *sentence)
{
    ck_assert_msg(s->err.status == status, "%d: %s", s->err.status, s->err.text);
    ck_assert_msg(strstr(s->err.text, sentence) != NULL, "%s", s->err.text);
    ck_assert(s->doc && s->rows > 0 && s->partial);
    ck_assert_uint_ge(s->rows, s->most_rows); /* nothing that was shown is lost */
}

/* Rows without end: the limit on bytes, or that on rows. */
START_TEST(rows_without_end)
{
    const struct server_step endless = {.head = BEGIN, .answer = ROW, .repeat = 100000000};
    struct seen s = ask(endless, NULL, 0);
    broken_off(&s, E_RANGE, "Service: ");
    ck_assert_uint_gt(s.rows, 8 * MB / sizeof ROW / 2);
    ck_assert_uint_le(s.rows, 8 * MB / (sizeof ROW - 1));
    const struct table_limits few = {.rows = 1000};
    s = ask(endless, &few, 0);
    broken_off(&s, E_RANGE, "more than 1000 rows");
    ck_assert_uint_eq(s.rows, 1000);
    const struct table_limits small = {.bytes = MB};
    s = ask(endless, &small, 0);
    broken_off(&s, E_RANGE, "more than 1048576 bytes");
}
END_TEST

/* Nothing but blanks, or comments, after some rows. */
START_TEST(nothing_without_end)
{
    static const char *const nothing[] = {"          ", "<!-- more is on its way -->",
                                          "<INFO name=\"x\"/>", "<TR>", "<TD>"};
    struct seen s =
        ask((struct server_step){.head = BEGIN ROW ROW, .answer = nothing[_i], .repeat = 100000000},
            NULL, 0);
    ck_assert_msg(s.err.status == E_RANGE || s.err.status == E_PARSE, "%s", s.err.text);
    ck_assert(s.doc && s.partial);
    ck_assert_uint_eq(s.rows, 2);
}
END_TEST

/* It keeps the line and says nothing more; it sends a byte now and then. */
START_TEST(falls_silent)
{
    struct seen s =
        ask((struct server_step){.answer = BEGIN ROW ROW ROW, .then = THEN_SILENCE}, NULL, 0);
    broken_off(&s, E_TIMEOUT, "Service: ");
    ck_assert_uint_eq(s.rows, 3);
    s = ask((struct server_step){.head = BEGIN ROW ROW, .answer = ROW ROW ROW ROW, .drip_ms = 20},
            NULL, 1500);
    broken_off(&s, E_TIMEOUT, "Service: ");
    ck_assert_uint_ge(s.rows, 2);
    ck_assert_uint_lt(s.rows, 6);
}
END_TEST

START_TEST(cut)
{
    struct seen s =
        ask((struct server_step){.answer = BEGIN ROW ROW "<TR><TD>3</TD><TD>no"}, NULL, 0);
    broken_off(&s, E_PARSE, "Service: line 4: the document ends too early");
    ck_assert_uint_eq(s.rows, 2);
    s = ask(
        (struct server_step){
            .answer = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000000\r\n\r\n"
                      "<VOTABLE><TABLE><FIELD name=\"a\" "
                      "datatype=\"int\"/><DATA><TABLEDATA><TR><TD>1</TD></TR>"},
        NULL, 0);
    broken_off(&s, E_NET, "Service: ");
    ck_assert_uint_eq(s.rows, 1);
    s = ask((struct server_step){.answer =
                                     BEGIN ROW "<TR><TD>2</TD><TD>\xff\xfe</TD></TR>" ROW
                                               "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"},
            NULL, 0);
    broken_off(&s, E_PARSE, "Service: line 3: ");
    ck_assert_uint_eq(s.rows, 1);
}
END_TEST

/* More rows are announced than sent, or they lie elsewhere: the answer is whole, the table is not. */
START_TEST(less_than_announced)
{
    static const char few[] =
        HEAD "<VOTABLE><RESOURCE type=\"results\"><TABLE nrows=\"1000000000\"><FIELD name=\"a\" "
             "datatype=\"short\"/><DATA><BINARY><STREAM "
             "encoding=\"base64\">AAEAAgAD</STREAM></BINARY></DATA>"
             "</TABLE></RESOURCE></VOTABLE>";
    struct seen s = ask((struct server_step){.answer = few}, NULL, 0);
    ck_assert_msg(s.err.status == OK, "%s", s.err.text);
    ck_assert_uint_eq(s.rows, 3);
    ck_assert(s.partial);
    static const char away[] = HEAD
        "<VOTABLE><RESOURCE type=\"results\"><TABLE><FIELD name=\"a\" "
        "datatype=\"short\"/><DATA><BINARY>"
        "<STREAM href=\"http://127.0.0.1/rows\"/></BINARY></DATA></TABLE></RESOURCE></VOTABLE>";
    s = ask((struct server_step){.answer = away}, NULL, 0);
    ck_assert(s.err.status == OK && s.rows == 0 && s.partial);
}
END_TEST

START_TEST(leads_in_circles)
{
    struct server_step step = {.answer = "HTTP/1.1 301 Moved\r\nLocation: /scs\r\nContent-Length: "
                                         "0\r\nConnection: close\r\n\r\n"};
    struct server *server = server_start(&step, 1);
    struct seen s = search(server_url(server, "/scs?"), NULL, 0);
    ck_assert_int_eq(s.err.status, E_REFUSED);
    ck_assert_msg(strstr(s.err.text, "Service: more than ") && strstr(s.err.text, " redirects"),
                  "%s", s.err.text);
    ck_assert(!s.rows && server_count(server) <= 6);
    server_stop(server);
}
END_TEST

/* A child that answers plain text to everybody, whatever was said; the port. */
static int plain_server(pid_t *child)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, n), 0);
    ck_assert_int_eq(listen(fd, 4), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *child = fork();
    while (*child == 0) {
        char hello[4096];
        int c = accept(fd, NULL, NULL);
        if (c < 0 || read(c, hello, sizeof hello) < 0 || write(c, BEGIN ROW, sizeof BEGIN ROW) < 0)
            _exit(1);
        close(c);
    }
    close(fd);
    return ntohs(at.sin_port);
}

START_TEST(speaks_no_tls)
{
    pid_t child;
    char *secure = mem_printf("https://127.0.0.1:%d/scs?", plain_server(&child));
    struct seen s = search(secure, NULL, 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_int_eq(s.err.status, E_NET);
    ck_assert_msg(strncmp(s.err.text, "Service: ", 9) == 0 && strstr(s.err.text, "TLS"), "%s",
                  s.err.text);
    ck_assert(!s.rows);
    free(secure);
}
END_TEST

static long memory_mb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

/* 400 MB of rows in less than 2 MB: unpacked only to the limit. */
START_TEST(packed_bomb)
{
    enum { ROOM = 8 * MB };
    unsigned char *packed = mem_alloc(ROOM);
    z_stream z = {.next_out = packed, .avail_out = ROOM};
    static const char head[] =
        "<VOTABLE><RESOURCE><TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><TABLEDATA>";
    struct str rows = {0};
    while (rows.n < MB)
        str_add(&rows, ROW);
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)head;
    z.avail_in = sizeof head - 1;
    ck_assert_int_eq(deflate(&z, Z_NO_FLUSH), Z_OK);
    for (int i = 0; i < 400; i++) {
        z.next_in = (unsigned char *)rows.s;
        z.avail_in = (uInt)rows.n;
        ck_assert_int_eq(deflate(&z, Z_NO_FLUSH), Z_OK);
    }
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    str_clear(&rows);
    static const char *const heads[] = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\nConnection: "
        "close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\nConnection: close\r\n\r\n"};
    const struct table_limits limits = {.bytes = 32 * MB};
    long before = memory_mb();
    struct seen s = ask(
        (struct server_step){.head = heads[_i], .answer = (char *)packed, .n = ROOM - z.avail_out},
        &limits, 0);
    broken_off(&s, E_RANGE, "Service: ");
    ck_assert_int_lt(memory_mb() - before, 200); /* the sanitizer's own share is in it */
    free(packed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile");
    TCase *c = tcase_create("services");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, rows_without_end);
    tcase_add_loop_test(c, nothing_without_end, 0, 5);
    tcase_add_test(c, falls_silent);
    tcase_add_test(c, cut);
    tcase_add_test(c, less_than_announced);
    tcase_add_test(c, leads_in_circles);
    tcase_add_test(c, speaks_no_tls);
    tcase_add_loop_test(c, packed_bomb, 0, 2);
    suite_add_tcase(suite, c);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
