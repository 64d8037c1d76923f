/* check_transits.c - `vigie transits` from outside: what it accepts and refuses, the rules of its
 * values, its records. The program that was built is run ($VIGIE); catalogues are written here.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "vigie/base/file.h"
#include "vigie/base/str.h"
#include "vigie/formats/json.h"
#include "vigie/io/record.h"
#include "vigie/transits/nasa.h"

static char folder[64];
static struct str out, said;
static struct arena arena;

/* Three planets in ExoClock's layout: WASP-12b; one that asks for 1 m; one without depth and aperture. */
static const char catalogue[] =
    "{\"WASP-12b\": {\"name\": \"WASP-12b\", \"priority\": \"low\", \"star\": \"WASP-12\", "
    "\"ra_j2000\": \"06:30:32.7966\", \"dec_j2000\": \"+29:40:20.266\", \"ephem_mid_time\": "
    "2457010.512173, \"ephem_mid_time_e1\": 0.0003, \"ephem_mid_time_e2\": -0.0001, "
    "\"ephem_mid_time_format\": \"BJD_TDB\", \"ephem_period\": 1.091419108, \"ephem_period_e1\": "
    "1e-7, \"ephem_period_e2\": -1e-7, \"duration_hours\": 3.0, \"depth_r_mmag\": 15.1, \"v_mag\": "
    "11.6, \"r_mag\": 11.2, \"min_telescope_inches\": 8.0, \"current_oc_min\": -5.46}, "
    "\"Large-1b\": {\"name\": \"Large-1b\", \"priority\": \"alert\", \"star\": \"Large-1\", "
    "\"ra_j2000\": \"06:30:32.7966\", \"dec_j2000\": \"+29:40:20.266\", \"ephem_mid_time\": "
    "2457010.512173, \"ephem_mid_time_format\": \"BJD_TDB\", \"ephem_period\": 1.091419108, "
    "\"duration_hours\": 3.0, \"depth_r_mmag\": 2.0, \"v_mag\": 15.0, \"r_mag\": 15.0, "
    "\"min_telescope_inches\": 40.0, \"current_oc_min\": 0.0}, "
    "\"Plain-1b\": {\"name\": \"Plain-1b\", \"priority\": \"high\", \"star\": \"Plain-1\", "
    "\"ra_j2000\": \"06:30:32.7966\", \"dec_j2000\": \"-89:40:20.266\", \"ephem_mid_time\": "
    "2457010.512173, \"ephem_mid_time_format\": \"BJD_TDB\", \"ephem_period\": 1.091419108, "
    "\"duration_hours\": 3.0}}";

static const char own[] = "name=\"My star b\" t0=2457010.512173 system=BJD_TDB period=1.091419108 "
                          "duration=180min depth=12mmag ra=\"06 30 32\" dec=\"+29 40 20\"\n"
                          "name=broken t0=x\n";

static char *in(const char *name)
{
    return mem_printf("%s/%s", folder, name);
}

static void put(const char *name, const char *text)
{
    char *path = in(name);
    ck_assert_int_eq(file_replace(path, text, strlen(text), 0644, NULL), OK);
    free(path);
}

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/vigie-transits-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    put("planets.json", catalogue);
    put("own.txt", own);
    setenv("HOME", folder, 1);
    unsetenv("VIGIE_REPLAY");
    unsetenv("VIGIE_RECORD");
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_CACHE_HOME");
}

static void teardown(void)
{
    char cmd[100];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(cmd), 0);
    str_clear(&out);
    str_clear(&said);
    arena_clear(&arena);
}

/* Run with a site, the catalogue and these arguments; returns the exit status. */
static int run(const char *arguments)
{
    char *cmd = mem_printf("cd %s && ${VIGIE} transits %s %s >out 2>said", folder,
                           getenv("VIGIE_REPLAY") ? "" : "--offline", arguments);
    char *o = in("out"), *s = in("said");
    int rc = system(cmd);
    ck_assert(WIFEXITED(rc));
    ck_assert_int_eq(file_read(o, 1 << 26, &out, NULL), OK);
    ck_assert_int_eq(file_read(s, 1 << 26, &said, NULL), OK);
    free(cmd);
    free(o);
    free(s);
    return WEXITSTATUS(rc);
}

/* The archive's answer for WASP-12b, as the program will ask for it: an ephemeris of its own, half a
 * minute later at T0. */
static void record_archive(void)
{
    static const char *const lines[] = {
        "pl_name,hostname,default_flag,pl_refname,ra,dec,pl_orbper,pl_orbpererr1,pl_orbpererr2,"
        "pl_tranmid,pl_tranmiderr1,pl_tranmiderr2,pl_tranmid_systemref,pl_trandur,pl_trandep,"
        "rowupdate",
        "WASP-12 b,WASP-12,1,Someone et al. 2020,97.6366,29.6723,1.091419108,,,2457010.512521,"
        "0.0002,-0.0002,JD,3.0,1.4,2020-01-01"};
    struct catalogue *c;
    struct str url = {0};
    char *path = in("planets.json"), *replay = in("replay");
    ck_assert_int_eq(catalogue_read(path, 0, &c, NULL), OK);
    nasa_url(catalogue_find(c, "WASP-12b"), &url);
    struct record *r = record_new(replay);
    struct record_entry e = {.code = 200};
    str_add(&e.headers, "content-type: text/csv\n");
    str_addf(&e.body, "%s\n%s\n", lines[0], lines[1]);
    ck_assert_int_eq(record_put(r, "GET", str_c(&url), NULL, 0, false, &e, NULL), OK);
    setenv("VIGIE_REPLAY", replay, 1);
    record_entry_clear(&e);
    record_free(r);
    str_clear(&url);
    catalogue_free(c);
    free(path);
    free(replay);
}

static int night(const char *more)
{
    char *a = mem_printf("--site 43.9308,5.7133,650 --catalogue planets.json "
                         "--from 2026-11-23T12:00:00Z %s",
                         more);
    int rc = run(a);
    free(a);
    return rc;
}

static size_t lines(void)
{
    size_t n = 0;
    for (size_t i = 0; i < out.n; i++)
        n += out.s[i] == '\n';
    return n;
}

/* The record of a line. */
static const struct json *record(size_t line)
{
    const char *s = out.s, *end = out.s + out.n;
    while (line-- && s < end)
        s = (const char *)memchr(s, '\n', (size_t)(end - s)) + 1;
    const struct json *v;
    size_t n = strcspn(s, "\n");
    ck_assert_int_eq(json_parse(&arena, s, n, NULL, &v, NULL), OK);
    return v;
}

START_TEST(a_record)
{
    static const char *const keys[] = {"planet",
                                       "star",
                                       "epoch",
                                       "mid_bjd_tdb",
                                       "light_time_s",
                                       "sigma_mid_min",
                                       "duration_h",
                                       "depth_mmag",
                                       "mag_r",
                                       "mag_v",
                                       "min_aperture_mm",
                                       "priority",
                                       "oc_min",
                                       "ingress",
                                       "mid",
                                       "egress",
                                       "observable",
                                       "transit_fraction",
                                       "window_fraction",
                                       "class",
                                       "flip_utc"};
    static const char *const contact[] = {"utc",          "alt_deg",      "az_deg",
                                          "ha_h",         "airmass",      "sun_alt_deg",
                                          "moon_alt_deg", "moon_sep_deg", "moon_illum"};
    ck_assert_int_eq(night("--planet wasp12b --json"), 0);
    ck_assert_uint_eq(lines(), 1);
    const struct json *r = record(0);
    const struct json *v = r->first;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++, v = v->next)
        ck_assert_str_eq(v->key, keys[i]); /* in this order */
    v = json_get(r, "mid")->first;
    for (size_t i = 0; i < sizeof contact / sizeof contact[0]; i++, v = v->next)
        ck_assert_str_eq(v->key, contact[i]);
    ck_assert_str_eq(json_text(json_get(r, "mid_bjd_tdb")), "2461368.54867124");
    ck_assert_int_eq(json_get(r, "epoch")->i, 3993);
    const char *mid = json_text(json_path(r, "mid.utc"));
    ck_assert_uint_eq(strlen(mid), 24);
    ck_assert_mem_eq(mid, "2026-11-24T01:02:1", 18);
    ck_assert_double_eq(json_number(json_get(r, "min_aperture_mm")), 203.2);
    ck_assert_double_eq(json_number(json_get(r, "oc_min")), -5.46);
    /* the larger error of T0, 0.0003 d, and 3993 x 1e-7 */
    ck_assert_double_eq_tol(json_number(json_get(r, "sigma_mid_min")),
                            1440 * hypot(0.0003, 0.0003993), 1e-5);
    ck_assert_str_eq(json_text(json_get(r, "class")), "full+baseline");
    ck_assert_double_eq(json_number(json_get(r, "window_fraction")), 1);
    ck_assert_ptr_nonnull(strstr(said.s, "1 of 3 transits"));
}
END_TEST

START_TEST(nothing_is_shown_where_there_is_nothing)
{
    ck_assert_int_eq(night("--planet Plain-1b --all --json"), 0);
    const struct json *r = record(0);
    ck_assert_int_eq(json_path(r, "mid.airmass")->type, JSON_NULL); /* 90 degrees south */
    ck_assert_int_eq(json_get(r, "sigma_mid_min")->type, JSON_NULL);
    ck_assert_uint_eq(json_get(r, "observable")->n, 0);
    ck_assert_str_eq(json_text(json_get(r, "class")), "none");
}
END_TEST

START_TEST(filters)
{
    struct {
        const char *arguments;
        size_t n;
        const char *says;
    } cases[] = {{"", 2, "1 low"},
                 {"--all", 3, "3 of 3"},
                 {"--aperture 203.2", 1, "1 aperture"},
                 {"--aperture 8in --all", 2, "1 aperture"}, /* no datum: stays */
                 {"--aperture 203 --all", 1, "2 aperture"},
                 {"--aperture '40 in'", 2, "1 low"},
                 {"--min-depth 10 --all", 2, "1 depth"},
                 {"--max-mag 12 --all", 2, "1 magnitude"},
                 {"--priority alert,low", 2, "1 priority"},
                 {"--class none", 1, "2 completeness"},
                 {"--class full", 2, "1 low"},
                 {"--min-alt 90 --max-sun-alt -90", 0, "3 daylight"},
                 {"--min-alt 90 --max-sun-alt -90 --baseline 0 --all", 3, "3 of 3"},
                 {"--planet WASP-12b,Large-1b", 2, "1 other planets"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *a = mem_printf("%s --json", cases[i].arguments);
        ck_assert_int_eq(night(a), 0);
        ck_assert_msg(lines() == cases[i].n, "%s: %zu", cases[i].arguments, lines());
        ck_assert_msg(strstr(said.s, cases[i].says) != NULL, "%s: %s", cases[i].arguments, said.s);
        free(a);
    }
}
END_TEST

START_TEST(days_are_those_of_the_calendar)
{
    /* with and without the leap second at the end of 2016 the day after begins at the same hour */
    const char *at = "--site 0,0,0 --catalogue planets.json --all --json --planet WASP-12b";
    const char *same[][2] = {
        {"--from 2016-12-31T06:00 --days 2", "--from 2016-12-31T06:00:00Z --to 2017-01-02T06:00"},
        {"--from 2024-02-28 --days 2", "--from 2024-02-28 --to 2024-03-01"}};
    for (size_t i = 0; i < 2; i++) {
        char *a = mem_printf("%s %s", at, same[i][0]), *b = mem_printf("%s %s", at, same[i][1]);
        ck_assert_int_eq(run(a), 0);
        char *first = mem_str(str_c(&out));
        ck_assert_int_eq(run(b), 0);
        ck_assert_str_eq(str_c(&out), first);
        ck_assert_uint_ge(strlen(first), 1000);
        free(first);
        free(a);
        free(b);
    }
}
END_TEST

START_TEST(refused)
{
    static const char *const bad[] = {"--days 0",
                                      "--days 1.5",
                                      "--days x",
                                      "--days 1e9",
                                      "--to 2026-11-23",
                                      "--to 2026-11-23T12:00:00",
                                      "--to 2026-11-24 --days 2",
                                      "--from 2026-02-30",
                                      "--min-alt 91",
                                      "--min-alt nan",
                                      "--max-sun-alt 100",
                                      "--baseline -1",
                                      "--aperture 5",
                                      "--aperture 12feet",
                                      "--aperture ''",
                                      "--min-depth -3",
                                      "--class fuller",
                                      "--priority urgent",
                                      "--priority ''",
                                      "--season",
                                      "--second-opinion",
                                      "--export list.txt",
                                      "--at yesterday",
                                      "--site 95,0,0",
                                      "word"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int rc = night(bad[i]);
        ck_assert_msg(rc == 2, "%s: exit %d", bad[i], rc);
        ck_assert_uint_eq(out.n, 0);
        ck_assert_uint_gt(said.n, 10);
    }
    ck_assert_int_eq(night("--planet WASP-13b"), 1); /* with what it may have been */
    ck_assert_ptr_nonnull(strstr(said.s, "WASP-12b"));
    ck_assert_int_eq(run("--site 0,0,0 --catalogue nowhere.json"), 1);
    ck_assert_int_eq(run("--catalogue planets.json"), 2); /* no site */
    ck_assert_ptr_nonnull(strstr(said.s, "--site"));
}
END_TEST

START_TEST(a_broken_row_is_told_and_the_rest_is_listed)
{
    char *text = mem_printf("%.*s, \"Broken-1b\": {\"name\": \"Broken-1b\", \"ra_j2000\": \"x\"}}",
                            (int)(strlen(catalogue) - 1), catalogue);
    put("planets.json", text);
    free(text);
    ck_assert_int_eq(night("--json"), 1);
    ck_assert_uint_eq(lines(), 2);
    ck_assert_ptr_nonnull(strstr(said.s, "Broken-1b"));
}
END_TEST

START_TEST(own_targets)
{
    ck_assert_int_eq(night("--own own.txt --json --planet 'My star b'"), 1); /* a line is refused */
    ck_assert_uint_eq(lines(), 1);
    ck_assert_str_eq(json_text(json_get(record(0), "mid_bjd_tdb")), "2461368.54867124");
    ck_assert_ptr_nonnull(strstr(said.s, "line 2"));
}
END_TEST

START_TEST(tables_fit)
{
    static const char *const some[] = {"--all --days 3", "--planet WASP-12b",
                                       "--season --planet WASP-12b", "--all --planet Plain-1b"};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(night(some[i]), 0);
        ck_assert_uint_ge(lines(), 2);
        for (const char *s = out.s; *s; s += strcspn(s, "\n") + 1) {
            ck_assert_uint_le(strcspn(s, "\n"), 80);
            for (size_t k = 0; k < strcspn(s, "\n"); k++)
                ck_assert(s[k] >= ' ' && s[k] < 127); /* plain where there is no terminal */
        }
    }
}
END_TEST

START_TEST(names_do_no_harm)
{
    put("planets.json",
        "{\"A\\u001b[31m\\u202eb\": {\"name\": \"A\\u001b[31m\\u202eb\", \"star\": \"A\\u009b\", "
        "\"ra_j2000\": \"06:30:32\", \"dec_j2000\": \"+29:40:20\", \"ephem_mid_time\": "
        "2457010.512173, \"ephem_period\": 1.091419108, \"duration_hours\": 3.0}}");
    ck_assert_int_eq(night("--all"), 0);
    ck_assert_ptr_null(strchr(out.s, '\033'));
    ck_assert_ptr_null(strstr(out.s, "\xE2\x80\xAE"));
    ck_assert_int_eq(night("--all --json"), 0);
    ck_assert_ptr_null(strchr(out.s, '\033'));
    ck_assert_ptr_nonnull(strstr(out.s, "\\u001b"));
}
END_TEST

START_TEST(second_opinions)
{
    ck_assert_int_eq(night("--planet WASP-12b --second-opinion --json"),
                     3);           /* no network allowed */
    ck_assert_uint_eq(lines(), 1); /* but the list */
    ck_assert_int_eq(json_get(record(0), "second_opinion")->type, JSON_NULL);
    record_archive();
    ck_assert_int_eq(night("--planet WASP-12b --second-opinion --json"), 0);
    const struct json *o = json_get(record(0), "second_opinion");
    ck_assert_double_eq_tol(json_number(json_get(o, "difference_min")), 0.000348 * 1440, 1e-3);
    ck_assert_str_eq(json_text(json_get(o, "reference")), "Someone et al. 2020");
    ck_assert_str_eq(json_text(json_get(o, "mid_bjd_tdb")), "2461368.54901924");
    ck_assert(json_get(o, "time_system_unsure")->truth); /* "JD" */
    ck_assert_int_eq(night("--planet WASP-12b --second-opinion"), 0);
    ck_assert_ptr_nonnull(strstr(out.s, "0.5 min later"));
    unsetenv("VIGIE_REPLAY");
}
END_TEST

START_TEST(exports)
{
    ck_assert_int_eq(night("--export list.csv"), 0);
    ck_assert_uint_eq(out.n, 0);
    char *path = in("list.csv");
    ck_assert_int_eq(file_read(path, 1 << 20, &out, NULL), OK);
    ck_assert_uint_eq(lines(), 3); /* a head and two transits */
    free(path);
}
END_TEST

START_TEST(demo)
{
    ck_assert_int_eq(run("--demo --at 2026-11-23T18:00:00Z --json"), 0);
    ck_assert_uint_ge(lines(), 3);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("transits command");
    TCase *t = tcase_create("command");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_record);
    tcase_add_test(t, nothing_is_shown_where_there_is_nothing);
    tcase_add_test(t, filters);
    tcase_add_test(t, days_are_those_of_the_calendar);
    tcase_add_test(t, refused);
    tcase_add_test(t, a_broken_row_is_told_and_the_rest_is_listed);
    tcase_add_test(t, own_targets);
    tcase_add_test(t, tables_fit);
    tcase_add_test(t, names_do_no_harm);
    tcase_add_test(t, second_opinions);
    tcase_add_test(t, exports);
    tcase_add_test(t, demo);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
