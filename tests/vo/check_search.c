/* check_search.c - registries that fail over, answers that are kept and used with their age, counting,
 * services of records; on servers that play a script. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/vo/search.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
#define F(n) "<FIELD name=\"" n "\" datatype=\"char\" arraysize=\"*\"/>"
#define ANSWER                                                                                     \
    HEAD "<VOTABLE><RESOURCE><INFO name=\"QUERY_STATUS\" value=\"OK\"/><TABLE>" F("ivoid")         \
        F("res_title") F("access_url") F("standard_id") F("intf_role")                             \
            F("cap_description") "<DATA><TABLEDATA>"                                               \
                                 "<TR><TD>ivo://a/1</TD><TD>One</TD><TD>http://a/scs?</TD>"        \
                                 "<TD>ivo://ivoa.net/std/conesearch</TD><TD>std</TD><TD>First "    \
                                 "table</TD></TR>"                                                 \
                                 "<TR><TD>ivo://a/1</TD><TD>One</TD><TD>http://a/tap</"            \
                                 "TD><TD>ivo://ivoa.net/std/tap"                                   \
                                 "</TD><TD>std</TD><TD/></TR></TABLEDATA></DATA></TABLE></"        \
                                 "RESOURCE></VOTABLE>"
#define REFUSED                                                                                    \
    HEAD "<VOTABLE><RESOURCE><INFO name=\"QUERY_STATUS\" value=\"ERROR\">no UNION here</INFO>"     \
         "</RESOURCE></VOTABLE>"
#define DEAD "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static struct loop *loop;
static struct clock_manual now;
static char folder[] = "/tmp/vigie-check-search-XXXXXX";

struct seen {
    struct error err, why;
    size_t records, services;
    char from[128], service[200];
    double age_s;
    int done, tried;
    int64_t count;
};

static void on_done(void *arg, struct search_result *r)
{
    struct seen *s = arg;
    struct search_services found = {{0}};
    s->done++;
    s->err = r->err;
    s->why = r->why;
    s->records = r->list->record.n;
    s->age_s = r->age_s;
    s->count = search_count_of(r->doc);
    snprintf(s->from, sizeof s->from, "%s", r->from);
    if (s->records) {
        search_services(&r->list->record.at[0], NULL, &found);
        s->services = found.at.n;
        found.at.n = 0;
        search_services(&r->list->record.at[0], "scs", &found);
        snprintf(s->service, sizeof s->service, "%s %s", found.at.at[0].title, found.at.at[0].url);
        VEC_FREE(found.at);
    }
    loop_stop(loop);
}

static void on_tried(void *arg, const struct error *why)
{
    (void)why;
    ((struct seen *)arg)->tried++;
}

static struct seen ask(struct vo_access *access, const char *adql, const char *plain, double age)
{
    struct seen s = {.done = 0};
    struct error err;
    const struct search_setup setup = {.access = access,
                                       .adql = adql,
                                       .plain = plain,
                                       .max_age_s = age,
                                       .tried = on_tried,
                                       .done = on_done,
                                       .arg = &s};
    struct search *search = search_start(&setup, &err);
    ck_assert(search && s.done == 0);
    loop_run(loop);
    search_free(search);
    for (int i = 0; i < 50; i++) { /* the copy is written */
        loop_turn(loop, false);
        usleep(2000);
    }
    ck_assert_int_eq(s.done, 1);
    return s;
}

static struct vo_access fresh(char *registries)
{
    const struct http_options o = {.tries = 1, .backoff_ms = 1, .silence_ms = 2000};
    loop = loop_new(clock_system());
    clock_manual_init(&now, INT64_C(1796000000) * 1000000000);
    ck_assert(mkdtemp(strcpy(folder, "/tmp/vigie-check-search-XXXXXX")) != NULL);
    return (struct vo_access){.http = http_new(loop, &o),
                              .clock = &now.clock,
                              .folder = folder,
                              .registries = registries};
}

static void drop(struct vo_access *a)
{
    char *rm = mem_printf("rm -rf %s", folder);
    http_free(a->http);
    loop_free(loop);
    ck_assert_int_eq(system(rm), 0);
    free(rm);
}

/* The first is dead, the second answers; asked again within the hour the copy serves; later, with both
 * gone, the copy serves with its age. */
START_TEST(fails_over_and_keeps)
{
    const struct server_step dead[] = {{.answer = DEAD}}, alive[] = {{.answer = ANSWER}};
    struct server *one = server_start(dead, 1), *two = server_start(alive, 1);
    char list[200], host[100];
    snprintf(list, sizeof list, "%s %s", server_url(one, "/tap"), server_url(two, "/tap/"));
    snprintf(host, sizeof host, "127.0.0.1:%d", server_port(two));
    struct vo_access access = fresh(list);
    struct seen s = ask(&access, "SELECT 1", NULL, 0);
    ck_assert_msg(s.err.status == OK, "%s", s.err.text);
    ck_assert_uint_eq(s.records, 1);
    ck_assert_int_eq(s.tried, 1);
    ck_assert_str_eq(s.from, host);
    ck_assert_uint_eq(s.services, 2);
    ck_assert_str_eq(s.service, "First table http://a/scs?");
    ck_assert(strstr(server_request(two, 0), "POST /tap/sync "));
    clock_manual_step(&now, INT64_C(1800) * 1000000000);
    s = ask(&access, "SELECT 1", NULL, 0);
    ck_assert_uint_eq(s.records, 1);
    ck_assert_double_eq_tol(s.age_s, 1800, 1);
    ck_assert_int_eq(server_count(two), 1);
    s = ask(&access, "SELECT 1", NULL, -1); /* always ask */
    ck_assert_double_eq(s.age_s, 0);
    ck_assert_int_eq(server_count(two), 2);
    clock_manual_step(&now, INT64_C(2) * 86400 * 1000000000);
    server_stop(one);
    server_stop(two);
    s = ask(&access, "SELECT 1", NULL, 0);
    ck_assert(s.err.status == OK && s.why.status == E_NET);
    ck_assert_uint_eq(s.records, 1);
    ck_assert_double_eq_tol(s.age_s, 2 * 86400, 1);
    s = ask(&access, "SELECT 2", NULL, 0); /* another question: nothing is kept of it */
    ck_assert(s.err.status == E_NET && s.records == 0);
    access.offline = true;
    s = ask(&access, "SELECT 1", NULL, 0);
    ck_assert(s.err.status == OK && s.why.status == E_REFUSED);
    s = ask(&access, "SELECT 2", NULL, 0);
    ck_assert_str_eq(s.err.text, "registry: not asked, the network is off (--offline)");
    drop(&access);
}
END_TEST

/* A registry that cannot make sense of the query is asked in plain words; if all refuse, their own words
 * are told. */
START_TEST(plain_words)
{
    const struct server_step steps[] = {{.answer = REFUSED}, {.answer = ANSWER}},
                             never[] = {{.answer = REFUSED}}, dead[] = {{.answer = DEAD}};
    struct server *one = server_start(steps, 2), *two = server_start(never, 1),
                  *three = server_start(dead, 1);
    char list[200];
    snprintf(list, sizeof list, "%s", server_url(one, "/tap"));
    struct vo_access access = fresh(list);
    struct seen s = ask(&access, "SELECT union", "SELECT plain", 0);
    ck_assert_uint_eq(s.records, 1);
    ck_assert(strstr(server_request(one, 0), "SELECT%20union"));
    ck_assert(strstr(server_request(one, 1), "SELECT%20plain"));
    snprintf(list, sizeof list, "%s %s", server_url(two, "/tap"), server_url(three, "/tap"));
    s = ask(&access, "SELECT x", NULL, -1);
    ck_assert(s.err.status == E_REFUSED && strstr(s.err.text, "no UNION here"));
    drop(&access);
    server_stop(one);
    server_stop(two);
    server_stop(three);
}
END_TEST

START_TEST(counts)
{
    const struct server_step steps[] = {
        {.answer = HEAD "<VOTABLE><RESOURCE><TABLE><FIELD name=\"records\" datatype=\"int\"/><DATA>"
                        "<TABLEDATA><TR><TD>684</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE>"
                        "</VOTABLE>"}};
    const char *const kind[] = {"scs"};
    const struct registry_constraint c = {.kind = REGISTRY_SERVICE, .text = kind, .n = 1};
    struct server *one = server_start(steps, 1);
    char list[200];
    struct str adql = {0};
    struct error err;
    snprintf(list, sizeof list, "%s", server_url(one, "/tap"));
    struct vo_access access = fresh(list);
    ck_assert(search_count_adql(&c, 1, NULL, &adql, &err) == OK);
    ck_assert(strstr(adql.s, "SELECT COUNT(DISTINCT ivoid) AS records"));
    struct seen s = ask(&access, adql.s, NULL, -1);
    ck_assert(s.err.status == OK);
    ck_assert_int_eq((int)s.count, 684);
    str_clear(&adql);
    drop(&access);
    server_stop(one);
}
END_TEST

/* Freed in the middle: no word more, no leak. */
START_TEST(freed)
{
    const struct server_step silent[] = {{.answer = "", .wait_ms = -1}};
    struct server *one = server_start(silent, 1);
    char list[200];
    struct seen s = {.done = 0};
    struct error err;
    snprintf(list, sizeof list, "%s", server_url(one, "/tap"));
    struct vo_access access = fresh(list);
    const struct search_setup setup = {
        .access = &access, .adql = "SELECT 1", .done = on_done, .arg = &s};
    search_free(search_start(&setup, &err));
    struct search *search = search_start(&setup, &err);
    for (int i = 0; i < 10; i++) {
        loop_turn(loop, false);
        usleep(2000);
    }
    search_free(search);
    ck_assert_int_eq(s.done, 0);
    const struct search_setup none = {.access = &access, .adql = "", .done = on_done};
    ck_assert(search_start(&none, &err) == NULL && err.status == E_RANGE);
    drop(&access);
    server_stop(one);
}
END_TEST

START_TEST(small_things)
{
    char age[VO_AGE_TEXT];
    char *w = vo_word("  a  bc\n d", 1);
    ck_assert_str_eq(w, "bc");
    free(w);
    ck_assert(vo_word("a", 1) == NULL && vo_word(NULL, 0) == NULL && vo_word("  ", 0) == NULL);
    ck_assert_str_eq(vo_age_text(125, age), "2 min");
    ck_assert_str_eq(vo_age_text(7200, age), "2 h");
    ck_assert_str_eq(vo_age_text(3 * 86400.0, age), "3 d");
    ck_assert_str_eq(vo_age_text((double)NAN, age), "of unknown age");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("search");
    TCase *c = tcase_create("all");
    tcase_add_test(c, fails_over_and_keeps);
    tcase_add_test(c, plain_words);
    tcase_add_test(c, counts);
    tcase_add_test(c, freed);
    tcase_add_test(c, small_things);
    tcase_set_timeout(c, 30);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
