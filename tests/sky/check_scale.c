/* check_scale.c - time scales and their texts. Expected: IAU SOFA "Time Scale and Calendar Tools"
 * (2021), 3.4; ERFA's own test program (t_erfa_c.c); IERS Bulletin C for leap seconds.
 */
#include <check.h>
#include <math.h>
#include <string.h>

#include "vigie/sky/scale.h"
#include "vigie/sky/site.h"

static struct jd_utc at(const char *text)
{
    struct jd_utc utc;
    struct error err = {0};
    ck_assert_msg(utc_parse(text, NULL, &utc, &err) == OK, "%s: %s", text, err.text);
    return utc;
}

static void reads(const char *text, const char *want)
{
    char out[UTC_TEXT];
    ck_assert_str_eq(utc_format(at(text), 3, out), want);
}

static void refused(const char *text)
{
    struct jd_utc utc;
    struct error err = {0};
    ck_assert_msg(utc_parse(text, NULL, &utc, &err) == E_PARSE, "%s", text);
    ck_assert_msg(err.text[0] && strlen(err.text) > 5, "%s", text);
}

START_TEST(texts)
{
    reads("2026-11-23T21:14:07.5Z", "2026-11-23T21:14:07.500Z");
    reads("2026-11-23T21:14:07", "2026-11-23T21:14:07.000Z");
    reads("2026-11-23 21:14", "2026-11-23T21:14:00.000Z");
    reads("  2026-11-23 ", "2026-11-23T00:00:00.000Z");
    reads("2016-12-31T23:59:60.999Z", "2016-12-31T23:59:60.999Z");
    reads("2016-12-31T23:59:60.9996", "2017-01-01T00:00:00.000Z");
    reads("2026-12-31T23:59:59.9996", "2027-01-01T00:00:00.000Z");
    reads("0001-01-01", "0001-01-01T00:00:00.000Z");
    reads("2000-02-29", "2000-02-29T00:00:00.000Z");
    reads("1999-12-31T23:59:59.999", "1999-12-31T23:59:59.999Z");
    char out[UTC_TEXT];
    ck_assert_str_eq(utc_format(at("2026-11-23T21:14:07.5Z"), 0, out), "2026-11-23T21:14:08Z");
    ck_assert_str_eq(utc_format((struct jd_utc){NAN, 0}, 3, out), "-");
}
END_TEST

START_TEST(bad_texts)
{
    static const char *const bad[] = {"",
                                      "now",
                                      "-001-01-01",
                                      "0000-01-01",
                                      "10000-01-01",
                                      "2026-02-29",
                                      "2026-13-01",
                                      "2026-00-10",
                                      "2026-11-23T24:00:00",
                                      "2026-11-23T21:60",
                                      "2026-11-23T21:14:60",
                                      "2016-12-30T23:59:60",
                                      "2016-12-31T22:59:60",
                                      "2017-12-31T23:59:60",
                                      "2016-12-31T23:59:61",
                                      "2026-11-23T21:14:07+02:00",
                                      "2026-11-23T21:14:07.",
                                      "2026-11-23T",
                                      "2026-11-23Tx",
                                      "26-11-23",
                                      "2026/11/23",
                                      "20261123",
                                      "2026-11-23T21:14:07ZZ",
                                      "2026-11-23Z1",
                                      "\x1b[31m"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(bad[i]);
}
END_TEST

/* The SOFA cookbook's example: 2006 January 15, 21:24:37.5 UTC. */
START_TEST(ladder)
{
    struct jd_utc utc = at("2006-01-15T21:24:37.5");
    struct jd_tai tai = utc_to_tai(utc);
    struct jd_tt tt = utc_to_tt(utc);
    struct jd_tdb tdb = utc_to_tdb(utc);
    ck_assert_double_eq_tol(tai.d2 * 86400, 21 * 3600 + 25 * 60 + 10.5, 1e-9);
    ck_assert_double_eq_tol(tt.d2 * 86400, 21 * 3600 + 25 * 60 + 42.684, 1e-9);
    /* TDB 21:25:42.684373 there; at the geocentre 2 us may differ */
    ck_assert_double_eq_tol(tdb.d2 * 86400, 21 * 3600 + 25 * 60 + 42.684373, 3e-6);
    ck_assert_double_eq_tol(utc_diff_s(tdb_to_utc(tdb), utc), 0, 1e-9);
    /* t_erfa_c.c: eraUtctai */
    tai = utc_to_tai((struct jd_utc){2453750.5, 0.892100694});
    ck_assert_double_eq_tol(tai.d2, 0.8924826384444444, 1e-13);
}
END_TEST

START_TEST(leap_seconds)
{
    char out[UTC_TEXT];
    struct jd_utc before = at("2016-12-31T23:59:59"), leap = at("2016-12-31T23:59:60"),
                  after = at("2017-01-01");
    ck_assert_double_eq_tol(utc_diff_s(after, before), 2, 1e-9);
    ck_assert_double_eq_tol(utc_diff_s(leap, before), 1, 1e-9);
    ck_assert_str_eq(utc_format(utc_add_s(before, 1.5), 3, out), "2016-12-31T23:59:60.500Z");
    ck_assert_str_eq(utc_format(utc_add_s(before, 2), 3, out), "2017-01-01T00:00:00.000Z");
    ck_assert_str_eq(utc_format(utc_add_s(after, -0.25), 3, out), "2016-12-31T23:59:60.750Z");
    ck_assert_double_eq(utc_tai_offset_s(leap), 36);
    ck_assert_double_eq(utc_tai_offset_s(after), 37);
    ck_assert_double_eq(utc_tai_offset_s(at("1999-01-01")), 32); /* Bulletin C 16 */
    ck_assert_double_eq(utc_tai_offset_s(at("1998-12-31T23:59:60")), 31);
    ck_assert_double_eq(utc_tai_offset_s(at("2090-01-01")), 37); /* none announced: the last */
    ck_assert_str_eq(utc_format(utc_day_add(leap, 1), 0, out), "2017-01-01T00:00:00Z");
}
END_TEST

START_TEST(wall)
{
    char out[UTC_TEXT];
    ck_assert_str_eq(utc_format(utc_of_wall(0), 3, out), "1970-01-01T00:00:00.000Z");
    /* POSIX: 2001-09-09T01:46:40Z is second 1 000 000 000 */
    ck_assert_str_eq(utc_format(utc_of_wall(INT64_C(1000000000123456789)), 3, out),
                     "2001-09-09T01:46:40.123Z");
    ck_assert_int_eq(utc_to_wall(at("2001-09-09T01:46:40")), INT64_C(1000000000) * 1000000000);
    /* 2017-01-01T00:00:00Z is 1483228800; the leap second before it repeats 1483228799 */
    ck_assert_int_eq(utc_to_wall(at("2017-01-01")) / 1000000000, 1483228800);
    ck_assert_int_eq(utc_to_wall(at("2016-12-31T23:59:60.5")) / 100000000, 14832287995);
    ck_assert_str_eq(utc_format(utc_of_wall(-1), 9, out), "1969-12-31T23:59:59.999999999Z");
    ck_assert_int_eq(utc_to_wall(at("0001-01-01")), INT64_MIN);
}
END_TEST

START_TEST(julian_dates)
{
    double a, b;
    struct jd_utc utc = at("2000-01-01T12:00:00");
    ck_assert_double_eq_tol(jd_mjd(utc.d1, utc.d2), 51544.5, 1e-12);
    ck_assert(jd_parse("2459554.20747", 13, &a, &b));
    ck_assert_double_eq(a, 2459554);
    ck_assert_double_eq(b, 0.20747);
    ck_assert(jd_parse("-0.5", 4, &a, &b) && b == -0.5);
    ck_assert(!jd_parse("1e5", 3, &a, &b) && !jd_parse("", 0, &a, &b) && !jd_parse(".", 1, &a, &b));
    ck_assert(!jd_parse("99999999", 8, &a, &b) && !jd_parse("1 2", 3, &a, &b));
    ck_assert_int_eq(utc_of_date(2026, 2, 29, &utc, NULL), E_RANGE);
    ck_assert_int_eq(utc_of_date(0, 1, 1, &utc, NULL), E_RANGE);
    ck_assert_int_eq(utc_of_date(2024, 2, 29, &utc, NULL), OK);
    int y, m, d;
    utc_date(utc, &y, &m, &d);
    ck_assert(y == 2024 && m == 2 && d == 29);
}
END_TEST

/* HAT-P-17 b from Texas, 2026-09-18T04:30: light time +362.23 s, UTC = BJD - 431.41 s (a published
 * specification of another program; TDB-UTC 69.18 s). */
START_TEST(light)
{
    const double deg = 3.14159265358979323846 / 180;
    struct site site;
    ck_assert_int_eq(site_set(&site, "Texas", 31.55, -99.38, 500, NULL), OK);
    double ra = (21 + 38 / 60.0 + 8.73 / 3600) * 15 * deg;
    double dec = (30 + 29 / 60.0 + 19.4 / 3600) * deg;
    struct jd_utc utc = at("2026-09-18T04:30:00");
    ck_assert_double_eq_tol(light_time(utc, &site, ra, dec).barycentric_s, 362.23, 0.02);
    struct bjd_tdb bjd = utc_to_bjd(utc, &site, ra, dec);
    ck_assert_double_eq_tol(((bjd.d1 - utc.d1) + (bjd.d2 - utc.d2)) * 86400, 431.41, 0.02);
    ck_assert_double_eq_tol(utc_diff_s(bjd_to_utc(bjd, &site, ra, dec), utc), 0, 1e-6);
    struct hjd_utc hjd = utc_to_hjd(utc, ra, dec);
    ck_assert_double_eq_tol(utc_diff_s(hjd_to_utc(hjd, ra, dec), utc), 0, 1e-6);
    /* across a leap second, both ways */
    utc = at("2016-12-31T23:59:60.5");
    bjd = utc_to_bjd(utc, &site, ra, dec);
    ck_assert_double_eq_tol(utc_diff_s(bjd_to_utc(bjd, &site, ra, dec), utc), 0, 1e-6);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("scale");
    TCase *t = tcase_create("all");
    tcase_add_test(t, texts);
    tcase_add_test(t, bad_texts);
    tcase_add_test(t, ladder);
    tcase_add_test(t, leap_seconds);
    tcase_add_test(t, wall);
    tcase_add_test(t, julian_dates);
    tcase_add_test(t, light);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad != 0;
}
