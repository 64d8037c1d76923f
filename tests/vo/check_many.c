/* check_many.c - several services at once on servers that play a script: states, a late one, a dead one, one
 * that is cut, cancelling, few at a time. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/server.h"
#include "vigie/vo/many.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
#define ROWS(status)                                                                               \
    "<VOTABLE><RESOURCE><INFO name=\"QUERY_STATUS\" value=\"OK\"/><TABLE><FIELD name=\"a\" "       \
    "datatype=\"int\"/><DATA><TABLEDATA><TR><TD>1</TD></TR><TR><TD>2</TD></TR></TABLEDATA></DATA>" \
    "</TABLE>" status "</RESOURCE></VOTABLE>"
#define FULL "<INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/>"

static const struct server_step good[] = {{.answer = HEAD ROWS("")}};
static const struct server_step cut[] = {{.answer = HEAD ROWS(FULL)}};
static const struct server_step late[] = {{.answer = HEAD ROWS(""), .wait_ms = -1}};
static const struct server_step page[] = {
    {.answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>"}};
static const struct server_step broken[] = {
    {.answer = HEAD "<VOTABLE><RESOURCE><TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA>"
                    "<TABLEDATA><TR><TD>1</TD></TR><TR><TD>2</T"}};

struct seen {
    struct loop *loop;
    int done, changes;
    size_t cancel; /* this one, when any other has ended; SIZE_MAX: none */
};

static void on_changed(void *arg, struct vo_many *m, size_t i)
{
    struct seen *s = arg;
    s->changes++;
    enum vo_many_state state = vo_many_item(m, i).state;
    if (i != s->cancel && s->cancel != SIZE_MAX && state != VO_MANY_RUNNING)
        vo_many_cancel(m, s->cancel);
}

static void on_done(void *arg, struct vo_many *m)
{
    struct seen *s = arg;
    ck_assert(vo_many_over(m));
    s->done++;
    loop_stop(s->loop);
}

static struct http *fresh(struct seen *s)
{
    const struct http_options o = {.tries = 1, .silence_ms = 5000};
    *s = (struct seen){.loop = loop_new(clock_system()), .cancel = SIZE_MAX};
    return http_new(s->loop, &o);
}

static const struct proto_query cone = {
    .place = true, .ra_deg = 1, .dec_deg = 2, .radius_deg = 0.1};

/* Each kind of end, at once; the late one ends by its own limit and holds nobody. */
START_TEST(each_its_own)
{
    const struct server_step *steps[] = {good, cut, late, page, broken};
    static const enum vo_many_state want[] = {VO_MANY_DONE, VO_MANY_CUT, VO_MANY_ERROR,
                                              VO_MANY_ERROR, VO_MANY_PARTIAL};
    struct server *server[5];
    struct vo_many_service service[6];
    struct seen s;
    struct http *h = fresh(&s);
    for (int i = 0; i < 5; i++) {
        server[i] = server_start(steps[i], 1);
        service[i] = (struct vo_many_service){.title = "service",
                                              .url = server_url(server[i], "/scs?"),
                                              .protocol = vo_protocol_find("scs")};
        service[i].url = strdup(service[i].url);
    }
    service[5] = (struct vo_many_service){
        .title = "no service", .url = "gopher://x", .protocol = vo_protocol_find("scs")};
    const struct vo_many_setup setup = {.http = h,
                                        .query = cone,
                                        .service = service,
                                        .n = 6,
                                        .at_once = 6,
                                        .total_ms = 700,
                                        .changed = on_changed,
                                        .done = on_done,
                                        .arg = &s};
    struct vo_many *m = vo_many_new(&setup);
    ck_assert_int_eq(s.changes, 0); /* nothing before it returns */
    loop_run(s.loop);
    ck_assert_int_eq(s.done, 1);
    for (size_t i = 0; i < 5; i++)
        ck_assert_msg(vo_many_item(m, i).state == want[i], "%zu: %s %s", i,
                      vo_many_state_name(vo_many_item(m, i).state), vo_many_item(m, i).err.text);
    ck_assert_uint_eq(vo_many_item(m, 0).rows, 2);
    ck_assert_int_lt((int)vo_many_item(m, 0).took_ms, 600);
    ck_assert_str_eq(vo_many_item(m, 3).err.text, "service: answered a web page, no table");
    ck_assert_uint_eq(vo_many_item(m, 4).rows, 1);
    ck_assert(vo_many_item(m, 4).doc->tables.at[0]->partial);
    ck_assert(vo_many_item(m, 5).state == VO_MANY_ERROR);
    ck_assert(strstr(vo_many_item(m, 5).err.text, "is not the address of a web service"));
    struct table_doc *doc = vo_many_take(m, 0);
    ck_assert(doc && !vo_many_take(m, 0));
    table_doc_free(doc);
    vo_many_again(m, 1);
    ck_assert(!vo_many_over(m));
    loop_run(s.loop);
    ck_assert_int_eq(s.done, 2);
    ck_assert(vo_many_item(m, 1).state == VO_MANY_CUT);
    vo_many_free(m);
    http_free(h);
    loop_free(s.loop);
    for (int i = 0; i < 5; i++) {
        server_stop(server[i]);
        free((char *)service[i].url);
    }
}
END_TEST

/* The late one is cancelled, the others have their rows; one at a time when that is asked for. */
START_TEST(cancelled)
{
    struct server *slow = server_start(late, 1), *quick = server_start(good, 1);
    char *a = strdup(server_url(slow, "/a")), *b = strdup(server_url(quick, "/b"));
    const struct vo_many_service service[] = {
        {.title = "slow", .url = a, .protocol = vo_protocol_find("scs")},
        {.title = "quick", .url = b, .protocol = vo_protocol_find("scs")},
        {.title = "quick again", .url = b, .protocol = vo_protocol_find("scs")}};
    struct seen s;
    struct http *h = fresh(&s);
    struct vo_many_setup setup = {.http = h,
                                  .query = cone,
                                  .service = service,
                                  .n = 3,
                                  .at_once = 2,
                                  .changed = on_changed,
                                  .done = on_done,
                                  .arg = &s};
    s.cancel = 0;
    struct vo_many *m = vo_many_new(&setup);
    loop_run(s.loop);
    ck_assert(vo_many_item(m, 0).state == VO_MANY_CANCELLED);
    ck_assert(vo_many_item(m, 1).state == VO_MANY_DONE);
    ck_assert(vo_many_item(m, 2).state == VO_MANY_DONE);
    vo_many_free(m);
    s.cancel = SIZE_MAX;
    setup.at_once = 1;
    m = vo_many_new(&setup);
    for (int i = 0; i < 5; i++)
        loop_turn(s.loop, false);
    ck_assert(vo_many_item(m, 0).state == VO_MANY_RUNNING);
    ck_assert(vo_many_item(m, 1).state == VO_MANY_WAITING);
    vo_many_cancel_all(m);
    ck_assert(vo_many_over(m));
    ck_assert(vo_many_item(m, 2).state == VO_MANY_CANCELLED);
    loop_run(s.loop);
    ck_assert_int_eq(s.done, 2);
    vo_many_free(m);
    m = vo_many_new(&setup); /* freed while it runs: no word more */
    for (int i = 0; i < 5; i++)
        loop_turn(s.loop, false);
    int changes = s.changes;
    vo_many_free(m);
    ck_assert_int_eq(s.changes, changes);
    http_free(h);
    loop_free(s.loop);
    server_stop(slow);
    server_stop(quick);
    free(a);
    free(b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("many");
    TCase *c = tcase_create("all");
    tcase_add_test(c, each_its_own);
    tcase_add_test(c, cancelled);
    tcase_set_timeout(c, 20);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
