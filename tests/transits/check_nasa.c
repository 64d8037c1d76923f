/* check_nasa.c - the archive's answers; with VIGIE_CORPUS real rows of its eight time systems. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/transits/nasa.h"

static const double deg = 3.14159265358979323846 / 180;

static const char answer[] =
    "pl_name,default_flag,pl_refname,ra,dec,pl_tranmid,pl_tranmiderr1,pl_tranmiderr2,"
    "pl_tranmid_systemref,pl_orbper,pl_orbpererr1,pl_orbpererr2,pl_trandur,pl_trandep,rowupdate\n"
    "\"WASP-12 b\",0,\"<a refstr=X href=https://ui.adsabs.harvard.edu/abs/2009ApJ...693.1920H/"
    "abstract target=ref>Hebb et al. 2009</a>\",97.63,29.67,2454508.9761,0.0002,-0.0003,HJD,"
    "1.091423,0.000003,-0.000003,,1.4,2014-05-14\n"
    "\"WASP-12 b\",1,\"<a refstr=Y href=https://ui.adsabs.harvard.edu/abs/2017A%26A...602A.107B/"
    "abstract target=ref>Bonomo et al. 2017</a>\",97.63,29.67,2456176.66825800,7.7650e-05,"
    "-7.7650e-05,BJD-TDB,1.0914203,1.4e-07,-1.4e-07,3.0,1.5,2017-08-31\n"
    "\"WASP-12 c\",1,nobody,97.63,29.67,2456176.5,,,JD,7.5,,,,,2018-01-01\n"
    ",1,,,,,,,,,,,,,\n"
    "\"WASP-12 b\",0,other,97.63,29.67,,,,,1.0914203,,,,,2019-01-01\n";

START_TEST(asks_by_place_without_percent)
{
    struct planet p = {.ra_rad = 97.636645 * deg, .dec_rad = 29.672266 * deg};
    struct str s = {0};
    nasa_url(&p, &s);
    ck_assert_ptr_nonnull(strstr(s.s, "?query=select+pl_name,hostname,"));
    ck_assert_ptr_nonnull(strstr(s.s, "+from+ps+where+dec+between+29.66227+and+29.68227+and+"
                                      "ra+between+97.62514+and+97.64815&format=csv"));
    ck_assert(!strchr(s.s, '%') && !strchr(s.s, ' ') && !strchr(s.s, '<'));
    str_reset(&s);
    p.ra_rad = 0.001 * deg;
    p.dec_rad = 0;
    nasa_url(&p, &s);
    ck_assert_ptr_nonnull(
        strstr(s.s, "(ra+between+359.99100+and+360+or+ra+between+0+and+0.01100)"));
    str_clear(&s);
}
END_TEST

START_TEST(reads_and_chooses)
{
    struct nasa_table *t;
    struct error err = {0};
    struct planet p = {.name = "WASP-12b",
                       .ephemeris = {.t0 = {2457010, 0.5}, .period = {1, 0.0914203}}},
                  q;
    ck_assert_msg(nasa_read(answer, strlen(answer), &t, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(t->n, 4);
    ck_assert_uint_eq(t->n_reject, 1);
    ck_assert(t->at[0].ephemeris.system == TIME_HJD && t->at[0].unsure);
    ck_assert_double_eq(t->at[0].ephemeris.t0_err_d, 0.0003);
    ck_assert_str_eq(t->at[0].ephemeris.ref, "2009ApJ...693.1920H");
    ck_assert_str_eq(t->at[0].reference, "Hebb et al. 2009");
    ck_assert(isnan(t->at[0].duration_h));
    const struct nasa_row *r = nasa_best(t, &p);
    ck_assert_ptr_eq(r, &t->at[1]);
    ck_assert(r->ephemeris.system == TIME_BJD_TDB && !r->unsure && r->default_set);
    ck_assert_str_eq(r->ephemeris.ref, "2017A&A...602A.107B");
    ck_assert_double_eq(r->ephemeris.t0.frac, 0.668258);
    ck_assert_double_eq_tol(r->depth_mmag, 16.409, 1e-3); /* 1.5 % */
    ck_assert(t->at[2].unsure && t->at[2].ephemeris.system == TIME_JD);
    nasa_planet(r, &p, &q);
    ck_assert_str_eq(q.name, "WASP-12b");
    ck_assert_double_eq(q.ephemeris.t0.day, 2456176);
    p.name = "Other";
    p.ephemeris.period.day = 50;
    ck_assert_ptr_null(nasa_best(t, &p));
    nasa_free(t);
    nasa_free(NULL);
}
END_TEST

START_TEST(refuses_what_is_no_table)
{
    static const char *const cases[][2] = {
        {"<!DOCTYPE html><html>", "a page or an error"},
        {"\n<?xml version=\"1.0\"?><VOTABLE>", "a page or an error"},
        {"", "empty"},
        {"\n\n", "empty"},
        {"ERROR: unknown column\n", "no table of planets (\"ERROR: unknown column\")"},
        {"pl_name,ra\nx,1\n", "no table of planets"},
        {"pl_name,pl_tranmid,pl_orbper\n\"x,1,2\n", "quote never closed"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct nasa_table *t;
        struct error err = {0};
        ck_assert_int_eq(nasa_read(cases[i][0], strlen(cases[i][0]), &t, &err), E_PARSE);
        ck_assert_ptr_null(t);
        ck_assert_msg(strstr(err.text, cases[i][1]) != NULL, "%s", err.text);
    }
    struct nasa_table *t;
    ck_assert_int_eq(nasa_read("pl_name,pl_tranmid,pl_orbper\n", 29, &t, NULL), OK);
    ck_assert_uint_eq(t->n, 0); /* no rows: nothing known, no error */
    nasa_free(t);
}
END_TEST

START_TEST(real_rows)
{
    static const struct {
        const char *name;
        enum time_system system;
        bool unsure;
    } want[] = {{"HAT-P-17 b", TIME_BJD_TDB, false}, {"TrES-3 b", TIME_HJD, true},
                {"K2-43 b", TIME_JD, true},          {"Kepler-1753 b", TIME_BJD, true},
                {"WASP-37 b", TIME_HJD_UTC, false},  {"HATS-44 b", TIME_BJD_UTC, false},
                {"K2-170 c", TIME_UNKNOWN, true},    {"WASP-189 b", TIME_BJD_TT, false},
                {"WASP-64 b", TIME_HJD_TDB, false}};
    const char *dir = getenv("VIGIE_CORPUS");
    if (!dir) {
        fputs("check_nasa: VIGIE_CORPUS is not set: real rows are left out\n", stderr);
        return;
    }
    char *path = mem_printf("%s/exoclock/nasa-pscomppars-sample.csv", dir);
    struct str s = {0};
    struct nasa_table *t;
    size_t seen = 0;
    ck_assert_int_eq(file_read(path, 100000, &s, NULL), OK);
    ck_assert_int_eq(nasa_read(s.s, s.n, &t, NULL), OK);
    ck_assert_uint_eq(t->n, 15);
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < sizeof want / sizeof want[0]; k++)
            if (strcmp(t->at[i].name, want[k].name) == 0) {
                ck_assert_int_eq(t->at[i].ephemeris.system, want[k].system);
                ck_assert_int_eq(t->at[i].unsure, want[k].unsure);
                seen++;
            }
    ck_assert_uint_eq(seen, sizeof want / sizeof want[0]);
    ck_assert(isnan(t->at[14].ephemeris.t0.day)); /* HD 278555 b has no midpoint */
    ck_assert_double_eq(t->at[0].ephemeris.t0.frac, 0.4607030);
    nasa_free(t);
    str_clear(&s);
    free(path);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("nasa");
    TCase *t = tcase_create("nasa");
    tcase_add_test(t, asks_by_place_without_percent);
    tcase_add_test(t, reads_and_chooses);
    tcase_add_test(t, refuses_what_is_no_table);
    tcase_add_test(t, real_rows);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
