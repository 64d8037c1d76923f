/* check_catalogue.c - ExoClock's catalogue: rows, broken rows, broken files; with VIGIE_CORPUS the
 * facts of the real one. Expected values are those written in the files, or counted there by hand.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/transits/catalogue.h"

#define DEG (3.14159265358979323846 / 180)

static char *data(const char *name)
{
    const char *dir = getenv("VIGIE_TEST_DATA");
    return mem_printf("%s/transits/%s", dir ? dir : "tests/data", name);
}

static char *corpus(const char *name)
{
    const char *dir = getenv("VIGIE_CORPUS");
    return dir ? mem_printf("%s/exoclock/%s", dir, name) : NULL;
}

static enum status parse(const char *s, size_t n, size_t piece, struct catalogue **c,
                         struct error *err)
{
    struct catalogue_reader *r = catalogue_reader_new("test", PLANET_EXOCLOCK, 0);
    enum status st = OK;
    *c = NULL;
    for (size_t i = 0; st == OK && i < n; i += piece)
        st = catalogue_feed(r, s + i, n - i < piece ? n - i : piece, err);
    if (st == OK)
        st = catalogue_finish(r, c, err);
    catalogue_reader_free(r);
    return st;
}

static void odd_is_read(const struct catalogue *c)
{
    ck_assert_uint_eq(c->n, 3);
    const struct planet *p = catalogue_find(c, "WASP-12b");
    ck_assert_ptr_nonnull(p);
    ck_assert_str_eq(p->star, "WASP-12");
    ck_assert_int_eq(p->priority, PRIORITY_ALERT);
    ck_assert_str_eq(p->priority_text, "alert");
    ck_assert_double_eq_tol(p->ra_rad, (6 + 30 / 60.0 + 32.7966 / 3600) * 15 * DEG, 1e-14);
    ck_assert_double_eq_tol(p->dec_rad, (29 + 40 / 60.0 + 20.266 / 3600) * DEG, 1e-14);
    ck_assert_double_eq(p->ephemeris.t0.day, 2457010);
    ck_assert_double_eq(p->ephemeris.t0.frac, 0.512173);
    ck_assert_double_eq(p->ephemeris.period.day, 1);
    ck_assert_double_eq(p->ephemeris.period.frac, 0.0914203);
    ck_assert_double_eq(p->ephemeris.t0_err_d, 9e-5); /* the larger one */
    ck_assert_double_eq(p->ephemeris.period_err_d, 1.4e-7);
    ck_assert_int_eq(p->ephemeris.system, TIME_BJD_TDB);
    ck_assert_double_eq(p->duration_h, 3);
    ck_assert(isnan(p->mag_r));       /* "None" */
    ck_assert_double_eq(p->mag_g, 0); /* as given */
    ck_assert(!planet_known(p->mag_g) && !planet_known(p->mag_r) && planet_known(p->mag_v));
    ck_assert(p->oc_min == 0 && !signbit(p->oc_min)); /* no negative zero */
    ck_assert(isnan(p->teff_k) && p->n_obs == -1);
    p = catalogue_find(c, "Southb");
    ck_assert_ptr_nonnull(p);
    ck_assert_double_eq_tol(p->dec_rad, -(40 / 60.0 + 30 / 3600.0) * DEG, 1e-15);
    ck_assert_double_eq(p->ephemeris.t0.day, 2457010); /* a number in quotes */
    ck_assert_double_eq(p->ephemeris.t0.frac, 0.5);
    ck_assert_int_eq(p->n_obs, 12);
    ck_assert_str_eq(p->star, "South");
    ck_assert_int_eq(p->ephemeris.system, TIME_UNKNOWN);
    p = catalogue_find(c, "Twiceb");
    ck_assert_double_eq(p->ephemeris.period.day, 4); /* the last one counts */
    ck_assert_uint_eq(c->n_duplicate, 1);
    ck_assert_uint_eq(c->n_odd, 3); /* "None", "2457010.5", priority 3 */
}

START_TEST(broken_rows_do_not_break_the_rest)
{
    static const char *const want[][2] = {{"NoPeriodb", "no period"},
                                          {"ZeroPeriodb", "period 0 d is not above 0"},
                                          {"NanTimeb", "no mid-transit time"},
                                          {"BadPlaceb", "no usable right ascension"},
                                          {"NotAnObject", "is not an object"}};
    char *path = data("odd.json");
    struct str s = {0};
    struct error err = {0};
    struct catalogue *c;
    ck_assert_msg(catalogue_read(path, 0, &c, &err) == OK, "%s", err.text);
    odd_is_read(c);
    ck_assert_uint_eq(c->n_reject, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(c->reject[i].name, want[i][0]);
        ck_assert_msg(strstr(c->reject[i].why, want[i][1]) != NULL, "%s", c->reject[i].why);
    }
    ck_assert(c->fetched_ns > 0);
    catalogue_free(c);
    /* in any pieces */
    ck_assert_int_eq(file_read(path, 100000, &s, &err), OK);
    for (size_t piece = 1; piece < 40; piece += 3) {
        ck_assert_int_eq(parse(s.s, s.n, piece, &c, &err), OK);
        odd_is_read(c);
        catalogue_free(c);
    }
    str_clear(&s);
    free(path);
}
END_TEST

static void refuse(const char *s, enum status want, const char *why)
{
    struct error err = {0};
    struct catalogue *c;
    ck_assert_int_eq(parse(s, strlen(s), 1000, &c, &err), want);
    ck_assert_ptr_null(c);
    ck_assert_msg(strstr(err.text, why) != NULL, "%s", err.text);
    ck_assert_msg(strncmp(err.text, "test: ", 6) == 0, "%s", err.text);
}

#define ROW                                                                                        \
    "{\"ephem_mid_time\":2457010.5,\"ephem_period\":3.0,\"ra_j2000\":\"06:30:32\","                \
    "\"dec_j2000\":\"+29:40:20\",\"duration_hours\":2.0}"

START_TEST(broken_files_are_refused)
{
    refuse("", E_PARSE, "empty");
    refuse("<!DOCTYPE html>\n<html><head><title>503</title>", E_PARSE, "HTML");
    refuse("{\"WASP-12b\": " ROW, E_PARSE, "cut off after byte");
    refuse("{\"WASP-12b\": {\"ephem_mid", E_PARSE, "cut off after byte");
    refuse("{}", E_PARSE, "no planet in it");
    refuse("[]", E_PARSE, "no planet in it");
    refuse("[" ROW "]", E_PARSE, "no planet in it");
    refuse("[[" ROW "]]", E_PARSE, "no planet in it");
    refuse("17", E_PARSE, "no planet in it");
    refuse("{\"detail\": \"Not found.\"}", E_PARSE, "detail: is not an object");
    refuse("{\"a\": {\"b\": [{\"c\": {\"d\": 1}}]}}", E_PARSE, "no usable planet");
    refuse("{\"a\": [" ROW "]}", E_PARSE, "a: is not an object");
    refuse("{\"WASP-12b\": {\"v_mag\": \"\xC3\x28\"}}", E_PARSE, "byte ");
}
END_TEST

START_TEST(large_files_are_refused)
{
    struct catalogue_reader *r = catalogue_reader_new("huge", PLANET_EXOCLOCK, 1);
    char *blank = mem_alloc(100000);
    enum status st = OK;
    struct error err = {0};
    memset(blank, ' ', 100000);
    size_t i = 0;
    for (; st == OK && i < 3000; i++) /* 300 MB */
        st = catalogue_feed(r, blank, 100000, &err);
    ck_assert_int_eq(st, E_RANGE);
    ck_assert_uint_eq(i, 11);
    ck_assert_str_eq(err.text, "huge: larger than 1000000 bytes");
    catalogue_reader_free(r);
    free(blank);
}
END_TEST

START_TEST(too_many_planets_are_refused)
{
    struct catalogue_reader *r = catalogue_reader_new("many", PLANET_EXOCLOCK, 64);
    enum status st = catalogue_feed(r, "{", 1, NULL);
    struct error err = {0};
    for (int i = 0; st == OK && i < CATALOGUE_MAX + 5; i++) {
        char row[300];
        int n = snprintf(row, sizeof row, "%s\"P%d\":" ROW, i ? "," : "", i);
        st = catalogue_feed(r, row, (size_t)n, &err);
    }
    ck_assert_int_eq(st, E_RANGE);
    ck_assert_ptr_nonnull(strstr(err.text, "more planets"));
    catalogue_reader_free(r);
}
END_TEST

START_TEST(files_that_are_not_there)
{
    struct error err = {0};
    struct catalogue *c;
    ck_assert_int_eq(catalogue_read("/nowhere/planets.json", 0, &c, &err), E_ABSENT);
    ck_assert_ptr_null(c);
    ck_assert_int_eq(catalogue_read("/", 0, &c, &err), E_IO);
    ck_assert_ptr_null(c);
    catalogue_free(NULL);
    catalogue_reader_free(NULL);
}
END_TEST

START_TEST(btjd_and_copies)
{
    static const char s[] =
        "{\"A b\":{\"t0_bjd_tdb\":1683.4512345678,\"t0_unc\":0.001,\"ephem_mid_time_format\":"
        "\"BTJD\",\"period_days\":5e-1,\"period_unc\":-2e-5,\"ra_j2000\":\"00:00:00\","
        "\"dec_j2000\":\"-89:59:59.9\",\"duration_hours\":2}}";
    struct catalogue *c;
    struct error err = {0};
    ck_assert_msg(parse(s, strlen(s), 7, &c, &err) == OK, "%s", err.text);
    const struct planet *p = &c->planet[0];
    ck_assert_double_eq(p->ephemeris.t0.day, 2458683);
    ck_assert_double_eq(p->ephemeris.t0.frac, 0.4512345678);
    ck_assert_int_eq(p->ephemeris.system, TIME_BJD_TDB);
    ck_assert_double_eq(p->ephemeris.period.day, 0);
    ck_assert_double_eq(p->ephemeris.period.frac, 0.5);
    ck_assert_double_eq(p->ephemeris.period_err_d, 2e-5);
    ck_assert_str_eq(p->name, "A b");
    catalogue_free(c);
}
END_TEST

START_TEST(time_systems)
{
    static const struct {
        const char *text;
        enum time_system want;
    } cases[] = {{"BJD_TDB", TIME_BJD_TDB}, {"BJD-TDB", TIME_BJD_TDB}, {"bjd tdb", TIME_BJD_TDB},
                 {"BJD", TIME_BJD},         {"HJD", TIME_HJD},         {"JD", TIME_JD},
                 {"HJD-UTC", TIME_HJD_UTC}, {"BJD-TT", TIME_BJD_TT},   {"BTJD", TIME_BTJD}};
    enum time_system s;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert(time_system_read(cases[i].text, &s));
        ck_assert_int_eq(s, cases[i].want);
    }
    ck_assert(!time_system_read("MJD", &s) && s == TIME_UNKNOWN);
    ck_assert(!time_system_read("", &s) && !time_system_read(NULL, &s));
    ck_assert(!time_system_read("unknown", &s));
    ck_assert_str_eq(time_system_name(TIME_HJD_TDB), "HJD_TDB");
}
END_TEST

/* Counts of the real catalogue, as its README states them. */
START_TEST(the_real_catalogue)
{
    char *path = corpus("planets.json");
    struct catalogue *c;
    struct error err = {0};
    size_t prio[5] = {0}, alert_oc = 0, deep5 = 0, deep10 = 0, small = 0, minus = 0;
    static const char *const south[] = {"CoRoT-19b", "Gaia-1b",   "HD106315c", "TOI-544b",
                                        "WASP-138b", "WASP-183b", "WASP-54b"};
    if (!path) {
        fputs("check_catalogue: VIGIE_CORPUS is not set: the real catalogue is left out\n", stderr);
        return;
    }
    ck_assert_msg(catalogue_read(path, 0, &c, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(c->n, 776);
    ck_assert_uint_eq(c->n_reject, 0);
    ck_assert_uint_eq(c->n_duplicate, 0);
    ck_assert_uint_eq(c->n_odd, 0);
    for (size_t i = 0; i < c->n; i++) {
        const struct planet *p = &c->planet[i];
        prio[p->priority]++;
        alert_oc += (fabs(p->oc_min) > 10) == (p->priority == PRIORITY_ALERT);
        deep5 += p->depth_mmag > 5;
        deep10 += p->depth_mmag > 10;
        small += p->min_aperture_in <= 8;
        ck_assert(p->ephemeris.system == TIME_BJD_TDB && p->ephemeris.t0_err_d > 0);
        ck_assert_ptr_eq(catalogue_find(c, p->name), p);
    }
    for (size_t i = 0; i < 7; i++) {
        const struct planet *p = catalogue_find(c, south[i]);
        minus += p->dec_rad < 0 && p->dec_rad > -1 * DEG;
    }
    ck_assert(prio[PRIORITY_HIGH] == 350 && prio[PRIORITY_LOW] == 239 &&
              prio[PRIORITY_MEDIUM] == 144 && prio[PRIORITY_ALERT] == 43);
    ck_assert_uint_eq(alert_oc, 776);
    ck_assert_uint_eq(minus, 7);
    ck_assert(deep5 == 491 && deep10 == 321 && small == 333);
    catalogue_free(c);
    free(path);
}
END_TEST

START_TEST(complete_records)
{
    char *path = corpus("sample-7-planets.json");
    struct catalogue *c;
    if (!path) {
        fputs("check_catalogue: VIGIE_CORPUS is not set: complete records are left out\n", stderr);
        return;
    }
    ck_assert_int_eq(catalogue_read(path, 0, &c, NULL), OK);
    ck_assert_uint_eq(c->n, 7);
    const struct planet *p = catalogue_find(c, "HAT-P-17b");
    ck_assert_str_eq(p->ephemeris.ref, "OSF.IO");
    ck_assert_str_eq(p->discovery_ref, "2012ApJ...749..134H");
    ck_assert_double_eq(p->ephemeris.t0.frac, 0.694753);
    ck_assert_double_eq(p->ephemeris.period.frac, 0.33853486);
    ck_assert_double_eq_tol(p->periastron_rad, 201 * DEG, 1e-14);
    ck_assert_double_eq_tol(p->inclination_rad, 89.2 * DEG, 1e-14);
    ck_assert(p->n_obs == 33 && p->n_obs_recent == 1);
    ck_assert_double_eq(p->a_over_rs, 22.6);
    ck_assert_double_eq(p->mag_g, 10.274);
    ck_assert_double_eq(p->min_aperture_in, 5.0);
    catalogue_free(c);
    free(path);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("catalogue");
    TCase *t = tcase_create("catalogue");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, broken_rows_do_not_break_the_rest);
    tcase_add_test(t, broken_files_are_refused);
    tcase_add_test(t, large_files_are_refused);
    tcase_add_test(t, too_many_planets_are_refused);
    tcase_add_test(t, files_that_are_not_there);
    tcase_add_test(t, btjd_and_copies);
    tcase_add_test(t, time_systems);
    tcase_add_test(t, the_real_catalogue);
    tcase_add_test(t, complete_records);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
