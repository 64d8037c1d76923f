/* check_gaia.c - stars of a field: what is asked, the next archive when one fails, places moved to the epoch, null motions,
 * the limit, fields that are kept. Moved places: astropy 5.2.1, apply_space_motion (see tests/sky/check_place.c).
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/server.h"
#include "vigie/base/mem.h"
#include "vigie/vo/gaia.h"

#define XML  "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
#define F(n) "<FIELD name=\"" n "\" datatype=\"double\"/>"
#define STARS                                                                                      \
    XML "<VOTABLE><RESOURCE type=\"results\"><TABLE><FIELD name=\"source_id\" "                    \
        "datatype=\"long\"/>" F("ra") F("dec") F("pmra") F("pmdec") F("parallax")                  \
            F("phot_g_mean_mag") F("bp_rp")                                                        \
                F("ruwe") "<DATA><TABLEDATA><TR><TD>4472832130942575872</"                         \
                          "TD><TD>269.44850252543836</TD>"                                         \
                          "<TD>4.739420051112412</TD><TD>-801.551</TD><TD>10362.394</"             \
                          "TD><TD>546.976</TD><TD>8.2</TD>"                                        \
                          "<TD>2.8</TD><TD>1.1</TD></TR>"                                          \
                          "<TR><TD>2</TD><TD>269.45</TD><TD>4.77</TD><TD/><TD/><TD/><TD>12.5</"    \
                          "TD><TD/><TD/></TR>"                                                     \
                          "<TR><TD>3</TD><TD>269.46</TD><TD>4.78</TD><TD>5</TD><TD>-5</TD><TD/"    \
                          "><TD>14.5</TD><TD/><TD/>"                                               \
                          "</TR><TR><TD>4</TD><TD>269.9</TD><TD>4.78</TD><TD/><TD/><TD/"           \
                          "><TD>14.6</TD><TD/><TD/></TR>"                                          \
                          "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
#define DEAD "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static struct loop *loop;
static struct http *http;
static struct vo_access access_to;
static char folder[] = "/tmp/vigie-check-gaia-XXXXXX";

static void setup(void)
{
    const struct http_options quick = {.tries = 1};
    loop = loop_new(clock_system());
    http = http_new(loop, &quick);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    access_to = (struct vo_access){.http = http, .folder = folder};
}

static void teardown(void)
{
    http_free(http);
    loop_free(loop);
    char *clean = mem_printf("rm -r %s", folder);
    ck_assert_int_eq(system(clean), 0);
    free(clean);
}

static void on_done(void *arg, struct gaia_result *r)
{
    struct gaia_result *to = arg;
    *to = *r;
    r->table = NULL;
    loop_stop(loop);
}

static struct gaia_wish field(double radius_deg, double max_mag, uint64_t rows)
{
    return (struct gaia_wish){269.45, 4.77, radius_deg, max_mag, rows, {2461368.0, 0.25}};
}

static struct gaia_result find(const struct gaia_mirror *m, struct gaia_wish w)
{
    struct gaia_result r = {.from = NULL};
    struct error err;
    struct gaia *g = gaia_start(&access_to, m, &w, on_done, &r, &err);
    ck_assert_msg(g != NULL, "%s", err.text);
    loop_run(loop);
    gaia_free(g);
    return r;
}

/* Two archives: the first one is dead. */
static void two_mirrors(struct gaia_mirror m[3], const struct server *dead,
                        const struct server *good)
{
    m[0] = m[1] = gaia_mirrors[0];
    m[0].name = "one";
    m[0].url = server_url(dead, "/tap");
    m[1].name = "two";
    m[1].url = server_url(good, "/tap");
    m[2] = (struct gaia_mirror){.name = NULL};
}

START_TEST(asked)
{
    struct str s = {0};
    gaia_adql(&s, &gaia_mirrors[0], 10.5, -20.25, 0.5, 17, 5000);
    ck_assert_str_eq(s.s,
                     "SELECT TOP 5000 source_id, ra, dec, pmra, pmdec, parallax, "
                     "phot_g_mean_mag, bp_rp, ruwe FROM gaiadr3.gaia_source WHERE "
                     "1=CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 10.500000, -20.250000, "
                     "0.500000)) AND phot_g_mean_mag < 17.000 ORDER BY phot_g_mean_mag");
    str_clear(&s);
    gaia_adql(&s, &gaia_mirrors[2], 10.5, -20.25, 0.5, 17, 10);
    ck_assert_ptr_nonnull(strstr(s.s, "FROM \"I/355/gaiadr3\""));
    ck_assert_ptr_nonnull(strstr(s.s, "POINT('ICRS', RA_ICRS, DE_ICRS)"));
    str_clear(&s);
    struct error err;
    struct gaia_wish w = field(6, 17, 0);
    ck_assert_ptr_null(gaia_start(&access_to, NULL, &w, on_done, NULL, &err));
    ck_assert_int_eq(err.status, E_RANGE);
}
END_TEST

START_TEST(moved_and_kept)
{
    const struct server_step dead = {.answer = DEAD}, good = {.answer = STARS};
    struct server *a = server_start(&dead, 1), *b = server_start(&good, 1);
    struct gaia_mirror m[3];
    two_mirrors(m, a, b);
    struct gaia_result r = find(m, field(0.1, 15, 0));
    ck_assert_msg(r.err.status == OK, "%s", r.err.text);
    ck_assert_str_eq(r.from, "two");
    ck_assert_int_eq(server_count(a), 1);
    ck_assert_uint_eq(r.table->rows, 3); /* the fourth lies outside */
    int64_t id;
    ck_assert(table_int(r.table, 0, 0, &id) && id == 4472832130942575872);
    ck_assert_double_eq_tol(table_double(r.table, 0, 1), 269.446068378104, 1e-7);
    ck_assert_double_eq_tol(table_double(r.table, 0, 2), 4.770779505498, 1e-7);
    /* no motion known: it stays, and null stays null */
    ck_assert_double_eq_tol(table_double(r.table, 1, 1), 269.45, 1e-9);
    ck_assert(table_null(r.table, 1, 3) && table_null(r.table, 1, 7));
    ck_assert_double_eq_tol(table_double(r.table, 1, 9), 0, 1e-4);
    /* 10.9 years of 5 mas: without a parallax too */
    ck_assert_double_eq_tol((table_double(r.table, 2, 2) - 4.78) * 3.6e6, -54.47, 0.1);
    ck_assert(!r.cut);
    table_free(r.table);
    server_stop(a);
    server_stop(b);
    /* nobody answers any more: the same field, a smaller one, brighter stars */
    r = find(m, field(0.1, 15, 0));
    ck_assert_msg(r.err.status == OK, "%s", r.err.text);
    ck_assert_str_eq(r.from, "kept");
    ck_assert_uint_eq(r.table->rows, 3);
    table_free(r.table);
    struct gaia_wish near = field(0.05, 13, 0);
    near.ra_deg += 0.01;
    r = find(m, near);
    ck_assert_str_eq(r.from, "kept");
    ck_assert_uint_eq(r.table->rows, 2);
    table_free(r.table);
    r = find(m, field(0.1, 16, 0));
    ck_assert_int_eq(r.err.status, E_NET);
    r = find(m, field(0.2, 15, 0));
    ck_assert_int_eq(r.err.status, E_NET);
}
END_TEST

START_TEST(limited)
{
    const struct server_step good = {.answer = STARS};
    struct server *b = server_start(&good, 1);
    struct gaia_mirror m[3];
    two_mirrors(m, b, b);
    struct gaia_result r = find(m, field(0.1, 20, 2));
    ck_assert_str_eq(r.from, "one");
    ck_assert_uint_eq(r.table->rows, 2);
    ck_assert(r.cut);
    table_free(r.table);
    server_stop(b);
    r = find(m, field(0.1, 20, 2)); /* the same again, kept */
    ck_assert_str_eq(r.from, "kept");
    ck_assert(r.cut);
    ck_assert_uint_eq(r.table->rows, 2);
    table_free(r.table);
    /* of no use where more is wanted */
    r = find(m, field(0.1, 20, 100));
    ck_assert_int_eq(r.err.status, E_NET);
}
END_TEST

START_TEST(given_up)
{
    const struct server_step silent = {.answer = "", .wait_ms = -1};
    struct server *b = server_start(&silent, 1);
    struct gaia_mirror m[3];
    struct gaia_result r = {.from = NULL};
    struct error err;
    two_mirrors(m, b, b);
    struct gaia_wish w = field(0.1, 15, 0);
    struct gaia *g = gaia_start(&access_to, m, &w, on_done, &r, &err);
    for (int i = 0; i < 20 && server_count(b) == 0; i++)
        loop_turn(loop, true);
    gaia_free(g);
    ck_assert_ptr_null(r.from);
    ck_assert_uint_eq(http_count(http), 0);
    server_stop(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gaia");
    TCase *c = tcase_create("gaia");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, asked);
    tcase_add_test(c, moved_and_kept);
    tcase_add_test(c, limited);
    tcase_add_test(c, given_up);
    suite_add_tcase(suite, c);
    SRunner *s = srunner_create(suite);
    srunner_run_all(s, CK_NORMAL);
    int failed = srunner_ntests_failed(s);
    srunner_free(s);
    return failed != 0;
}
