/* check_names.c - names from mirror to mirror, then SIMBAD; kept answers with their age; the thesaurus
 * fetched once, kept, built in before that. Servers play a script. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/base/mem.h"
#include "vigie/vo/names.h"
#include "vigie/vo/vocabulary.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
#define DEAD "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define M31                                                                                        \
    HEAD "<Sesame><Target><name>m31</name><Resolver name=\"S=Simbad\"><otype>G</otype>"            \
         "<jradeg>10.684708</jradeg><jdedeg>41.26875</jdedeg><oname>M  31</oname></Resolver>"      \
         "</Target></Sesame>"
#define NOTHING                                                                                    \
    HEAD "<Sesame><Target><name>x</name><INFO>*** Nothing found ***</INFO></Target></Sesame>"
#define SIMBAD                                                                                     \
    HEAD "<VOTABLE><RESOURCE><TABLE><FIELD name=\"main_id\" datatype=\"char\" arraysize=\"*\"/>"   \
         "<FIELD name=\"ra\" datatype=\"double\"/><FIELD name=\"dec\" datatype=\"double\"/>"       \
         "<FIELD name=\"pmra\" datatype=\"double\"/><DATA><TABLEDATA><TR><TD>* alf Lyr</TD>"       \
         "<TD>279.234734787</TD><TD>38.783688956</TD><TD>200.94</TD></TR></TABLEDATA></DATA>"      \
         "</TABLE></RESOURCE></VOTABLE>"

static struct loop *loop;
static struct clock_manual now;
static char folder[64];
static struct vo_access fresh(void)
{
    const struct http_options o = {.tries = 1, .backoff_ms = 1, .silence_ms = 2000};
    loop = loop_new(clock_system());
    clock_manual_init(&now, INT64_C(1796000000) * 1000000000);
    ck_assert(mkdtemp(strcpy(folder, "/tmp/vigie-check-names-XXXXXX")) != NULL);
    return (struct vo_access){.http = http_new(loop, &o), .clock = &now.clock, .folder = folder};
}

static void turn(int n)
{
    for (int i = 0; i < n; i++) {
        loop_turn(loop, false);
        usleep(2000);
    }
}

static void drop(struct vo_access *a)
{
    char *rm = mem_printf("rm -rf %s", folder);
    http_free(a->http);
    loop_free(loop);
    ck_assert_int_eq(system(rm), 0);
    free(rm);
}

struct seen {
    struct names_result r;
    int done;
};

static void on_name(void *arg, const struct names_result *r)
{
    struct seen *s = arg;
    s->r = *r;
    s->done++;
    loop_stop(loop);
}

static struct names_result ask(struct names *n, const char *name)
{
    struct seen s = {.done = 0};
    names_ask(n, name, on_name, &s);
    ck_assert_int_eq(s.done, 0);
    loop_run(loop);
    ck_assert_int_eq(s.done, 1);
    turn(20); /* the file is written */
    return s.r;
}

START_TEST(resolved)
{
    const struct server_step dead[] = {{.answer = DEAD}}, good[] = {{.answer = M31}},
                             none[] = {{.answer = NOTHING}}, simbad[] = {{.answer = SIMBAD}};
    struct server *a = server_start(dead, 1), *b = server_start(good, 1),
                  *c = server_start(simbad, 1), *d = server_start(none, 1);
    char list[200], tap[100];
    struct vo_access access = fresh();
    snprintf(list, sizeof list, "%s %s", server_url(a, "/sesame?"), server_url(b, "/sesame"));
    snprintf(tap, sizeof tap, "%s", server_url(c, "/tap"));
    access.sesame = list;
    access.simbad = tap;
    struct names *n = names_new(&access, 0);
    struct names_result r = ask(n, "M 31");
    ck_assert_msg(r.err.status == OK, "%s", r.err.text);
    ck_assert_double_eq(r.object.ra_deg, 10.684708);
    ck_assert_double_eq(r.age_s, 0);
    ck_assert(strstr(server_request(b, 0), "GET /sesame?M%2031 "));
    clock_manual_step(&now, INT64_C(86400) * 1000000000);
    r = ask(n, " m  31 "); /* the same name, a day later */
    ck_assert_int_eq(server_count(b), 1);
    ck_assert_double_eq_tol(r.age_s, 86400, 1);
    names_free(n);
    snprintf(list, sizeof list, "%s", server_url(a, "/sesame?"));
    n = names_new(&access, 0); /* another run: the file holds it */
    r = ask(n, "M 31");
    ck_assert(r.err.status == OK && strcmp(r.object.name, "M 31") == 0);
    r = ask(n, "Vega");
    ck_assert_msg(r.err.status == OK, "%s", r.err.text);
    ck_assert_double_eq(r.object.dec_deg, 38.783688956);
    ck_assert_double_eq(r.object.pm_ra_masyr, 200.94);
    ck_assert(isnan(r.object.parallax_mas));
    ck_assert(strstr(server_request(c, 0), "id%20%3D%20%27Vega%27"));
    const char *near[4];
    ck_assert_uint_eq(names_near(n, "ve", near, 4), 1);
    ck_assert_str_eq(near[0], "vega");
    clock_manual_step(&now, INT64_C(40) * 86400 * 1000000000);
    server_stop(c);
    r = ask(n, "Vega"); /* too old to be used unasked, but nobody answers */
    ck_assert(r.err.status == OK && r.why.status == E_NET);
    ck_assert_double_eq_tol(r.age_s, 40 * 86400.0, 1);
    access.offline = true;
    r = ask(n, "Vega");
    ck_assert(r.err.status == OK && r.why.status == E_REFUSED);
    r = ask(n, "Deneb");
    ck_assert_str_eq(r.err.text, "Sesame: 'Deneb' not asked, the network is off (--offline)");
    access.offline = false;
    snprintf(list, sizeof list, "%s", server_url(d, "/sesame?"));
    r = ask(n, "x");
    ck_assert(r.err.status == E_ABSENT);
    ck_assert_str_eq(r.err.text, "Sesame: nothing is called 'x'");
    r = ask(n, "  ");
    ck_assert(r.err.status == E_RANGE);
    struct seen s = {.done = 0};
    names_cancel(n, names_ask(n, "y", on_name, &s));
    names_ask(n, "z", on_name, &s);
    loop_turn(loop, false);
    names_free(n);
    ck_assert_int_eq(s.done, 0);
    drop(&access);
    server_stop(a);
    server_stop(b);
    server_stop(d);
}
END_TEST

struct heard {
    int done;
    bool changed;
    struct error err;
};

static void on_vocabulary(void *arg, bool changed, const struct error *err)
{
    struct heard *h = arg;
    h->done++;
    h->changed = changed;
    h->err = *err;
    loop_stop(loop);
}

#define DESISE                                                                                     \
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-desise+json\r\nETag: \"7\"\r\n"                \
    "Connection: close\r\n\r\n{\"terms\":{\"a\":{\"label\":\"A\",\"wider\":[],\"narrower\":"       \
    "[\"b\"]},\"b\":{\"label\":\"B\",\"wider\":[\"a\"],\"narrower\":[]}}}"
#define SAME "HTTP/1.1 304 Same\r\nConnection: close\r\n\r\n"

START_TEST(thesaurus)
{
    const struct server_step steps[] = {
        {.answer = HEAD "<html/>"}, {.answer = DESISE}, {.answer = SAME}};
    struct server *server = server_start(steps, 3);
    struct vo_access access = fresh();
    access.vocabulary = server_url(server, "/rdf/uat");
    struct vocabulary *v = vocabulary_new(&access);
    struct heard h = {.done = 0};
    /* built in: enough to work with, wider and narrower as the whole thesaurus has them */
    const struct uat *u = vocabulary_get(v);
    struct uat_set set = {0};
    ck_assert(!vocabulary_whole(v) && isnan(vocabulary_age_s(v)));
    ck_assert_uint_gt(uat_count(u), 300);
    static const char *const needed[] = {"gamma-ray-bursts", "supernovae",
                                         "variable-stars",   "exoplanets",
                                         "hot-jupiters",     "cataclysmic-variable-stars",
                                         "ccd-photometry",   "astronomical-instrumentation"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        ck_assert_msg(uat_find(u, needed[i]) >= 0, "%s", needed[i]);
    uat_expand(u, (uint32_t)uat_find(u, "Gamma-ray bursts"), 1, 0, &set);
    ck_assert_uint_eq(set.term.n, 3); /* burst-astrophysics, gamma-ray-sources */
    uat_expand(u, (uint32_t)uat_find(u, "transient-sources"), 0, 1, &set);
    ck_assert_uint_eq(set.term.n, 5);
    ck_assert(vocabulary_fetch(v, false, on_vocabulary, &h)); /* no vocabulary comes */
    loop_run(loop);
    ck_assert(h.done == 1 && !h.changed && h.err.status == E_PARSE);
    ck_assert(vocabulary_fetch(v, false, on_vocabulary, &h));
    loop_run(loop);
    ck_assert_msg(h.err.status == OK && h.changed && vocabulary_whole(v), "%s", h.err.text);
    ck_assert_uint_eq(uat_count(vocabulary_get(v)), 2);
    ck_assert(strstr(server_request(server, 1), "Accept: application/x-desise+json\r\n"));
    ck_assert(!vocabulary_fetch(v, false, on_vocabulary, &h)); /* once */
    turn(20);
    vocabulary_free(v);
    clock_manual_step(&now, INT64_C(3600) * 1000000000);
    v = vocabulary_new(&access);
    ck_assert(vocabulary_whole(v));
    ck_assert_double_eq_tol(vocabulary_age_s(v), 3600, 1);
    ck_assert(vocabulary_fetch(v, true, on_vocabulary, &h)); /* has it changed? no */
    loop_run(loop);
    ck_assert(h.err.status == OK && !h.changed);
    ck_assert(strstr(server_request(server, 2), "If-None-Match: \"7\"\r\n"));
    ck_assert_double_eq_tol(vocabulary_age_s(v), 0, 1);
    access.offline = true;
    ck_assert(!vocabulary_fetch(v, true, on_vocabulary, &h));
    struct error err;
    ck_assert(vocabulary_read(v, "/nowhere/uat", &err) == E_ABSENT);
    ck_assert_uint_eq(uat_count(vocabulary_get(v)), 2);
    vocabulary_free(v);
    VEC_FREE(set.term);
    drop(&access);
    server_stop(server);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("names");
    TCase *c = tcase_create("all");
    tcase_add_test(c, resolved);
    tcase_add_test(c, thesaurus);
    tcase_set_timeout(c, 30);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
