/* check_sexa.c - angles as text: what is read, what is refused, what is printed. Values by hand. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "vigie/formats/sexa.h"

static void reads(const char *text, enum sexa_kind kind, double want)
{
    double deg;
    struct error err = {0};
    ck_assert_msg(sexa_parse(text, strlen(text), kind, &deg, &err) == OK, "%s: %s", text, err.text);
    ck_assert_msg(fabs(deg - want) < 1e-12, "%s: %.15g", text, deg);
}

static void pair(const char *text, double want_ra, double want_dec)
{
    double ra, dec;
    struct error err = {0};
    ck_assert_msg(sexa_parse_pair(text, strlen(text), &ra, &dec, &err) == OK, "%s: %s", text,
                  err.text);
    ck_assert_msg(fabs(ra - want_ra) < 1e-12 && fabs(dec - want_dec) < 1e-12, "%s: %.15g %.15g",
                  text, ra, dec);
}

START_TEST(right_ascensions)
{
    static const char *const same[] = {"12 34 56.7",
                                       "12:34:56.7",
                                       "12h34m56.7s",
                                       "12h 34' 56.7\"",
                                       "12hr34min56.7sec",
                                       "12 h 34 m 56s.7",
                                       "12h34m56\xCB\xA2.7",
                                       "\xC2\xA0"
                                       "12\xE2\x80\x89"
                                       "34 56,7",
                                       "188.73625",
                                       "188.73625 deg",
                                       ("188\xC2\xB0"
                                        "44'10.5\""),
                                       "1.8873625e2",
                                       "12H34M56.7S"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        reads(same[i], SEXA_RA, 188.73625);
    reads("12 34 60", SEXA_RA, 188.75);
    reads("12 34.5", SEXA_RA, 188.625);
    reads("0", SEXA_RA, 0);
}
END_TEST

START_TEST(declinations)
{
    reads("-0 00 36", SEXA_DEC, -0.01);
    reads("\xE2\x88\x92"
          "12\xC2\xB0"
          "34\xE2\x80\xB2"
          "12\xE2\x80\xB3",
          SEXA_DEC, -12.57);
    reads("\xE2\x80\x93"
          "12 34 12",
          SEXA_DEC, -12.57);
    reads("-05*23'24", SEXA_DEC, -5.39);
    reads("+41\xDF"
          "16:12",
          SEXA_DEC, 41.27);
    reads("41 16 12 N", SEXA_DEC, 41.27);
    reads("41 16 12 S", SEXA_DEC, -41.27);
    reads("41d16m12s S", SEXA_DEC, -41.27);
    reads("36''", SEXA_DEC, 0.01);
    reads("36\"", SEXA_DEC, 0.01);
    reads("-90", SEXA_DEC, -90);
    reads("89 59 60", SEXA_DEC, 90);
    reads("41,27", SEXA_DEC, 41.27);
}
END_TEST

START_TEST(refused)
{
    static const char *const ra[] = {
        "",      " ",        "24h",    "360",        "-1 0 0", "12 60 0",     "12 34 60.1",
        "12::3", "12:3:",    ":12",    "12h3h",      "12m3h",  "1 2 3 4",     "1.5 30",
        "0x10",  "inf",      "nan",    "12 34 56 x", "1.2.3",  "1_000",       "12 34 5e1",
        "1e400", "12h 5e1m", "34m",    "5\"",        "12h N",  "5 E",         "12h34d",
        "--5",   "5-",       "12 -34", "1,2,3",      "12/34",  "\xEF\xBC\x91"};
    static const char *const dec[] = {"90 0 0.1",
                                      "-91",
                                      "5h",
                                      "-5 S",
                                      "5 E",
                                      "41 16 12S",
                                      "+ ",
                                      "N 5",
                                      "5''30",
                                      ("12\xC2\xB0"
                                       "3\xC2\xB0")};
    static const char *const pairs[] = {"",         "05 34 31", "83.6 22 11",   "1 2 3 4 5",
                                        "83,5 22",  "1,2,3",    "10 20, 30 95", "RA DEC",
                                        "5h 10 20", "-83.6 22", "05 34 31 +92"};
    double a, b;
    struct error err;
    for (size_t i = 0; i < sizeof ra / sizeof *ra; i++) {
        err.text[0] = '\0';
        ck_assert_msg(sexa_parse(ra[i], strlen(ra[i]), SEXA_RA, &a, &err) != OK, "%s", ra[i]);
        ck_assert_msg(err.text[0], "%s", ra[i]);
    }
    for (size_t i = 0; i < sizeof dec / sizeof *dec; i++)
        ck_assert_msg(sexa_parse(dec[i], strlen(dec[i]), SEXA_DEC, &a, &err) != OK, "%s", dec[i]);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        ck_assert_msg(sexa_parse_pair(pairs[i], strlen(pairs[i]), &a, &b, &err) != OK, "%s",
                      pairs[i]);
}
END_TEST

START_TEST(pairs)
{
    static const char *const same[] = {"05:34:31.92 +22:00:54",
                                       "05h34m31.92s, +22d00m54s",
                                       "83.633,22.015",
                                       "83.633 22.015",
                                       "05 34 31.92 22 00 54",
                                       "RA 05:34:31.92 DEC +22:00:54",
                                       "ra=05 34 31.92; dec=22 00 54",
                                       "05h34m31.92s 22d00m54s",
                                       "05 34 31,92 +22 00 54,0",
                                       "83,633 22,015",
                                       "83.633; 22.015",
                                       "05 34 31.92, 22 00 54"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        pair(same[i], 83.633, 22.015);
    pair("0 0 0 -0 0 36", 0, -0.01);
}
END_TEST

static void prints(double deg, enum sexa_kind kind, int decimals, const char *want)
{
    char out[SEXA_TEXT];
    ck_assert_str_eq(sexa_format(deg, kind, decimals, ' ', out), want);
}

START_TEST(formats)
{
    prints(359.99999999, SEXA_RA, 2, "00 00 00.00");
    prints(-1e-5, SEXA_RA, 3, "23 59 59.998");
    prints(14.99999999, SEXA_RA, 0, "01 00 00");
    prints(-1e-9, SEXA_DEC, 2, "+00 00 00.00");
    prints(-0.0001, SEXA_DEC, 1, "-00 00 00.4");
    prints(89.99999999, SEXA_DEC, 1, "+90 00 00.0");
    prints(1e-300, SEXA_DEC, 6, "+00 00 00.000000");
    /* halves go away from zero; these are exact in binary: 1.875 s, 0.5 s of time */
    prints(1.875 / 256, SEXA_RA, 2, "00 00 01.76");
    prints(0.0078125, SEXA_RA, 2, "00 00 01.88");
    prints(-0.0078125, SEXA_DEC, 2, "-00 00 28.13"); /* 28.125 */
    prints(0.0078125, SEXA_DEC, 2, "+00 00 28.13");
    prints(NAN, SEXA_DEC, 2, "-");
    prints(INFINITY, SEXA_RA, 2, "-");
    prints(1000, SEXA_DEC, 2, "-");
    char out[SEXA_TEXT];
    ck_assert_str_eq(sexa_format(83.633, SEXA_RA, 1, ':', out), "05:34:31.9");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sexa");
    TCase *t = tcase_create("all");
    tcase_add_test(t, right_ascensions);
    tcase_add_test(t, declinations);
    tcase_add_test(t, refused);
    tcase_add_test(t, pairs);
    tcase_add_test(t, formats);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad != 0;
}
