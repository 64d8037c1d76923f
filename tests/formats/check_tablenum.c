/* check_tablenum.c - numbers as text: against the C library's own strtod, strtof and printf. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/formats/tablenum.h"

static uint64_t seed = 88172645463325252u;

static uint64_t next(void) /* Marsaglia 2003, J. Stat. Software 8, 14 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void same_as_library(const char *s)
{
    double x = 1;
    bool good = num_double(s, strlen(s), &x);
    double want = strtod(s, NULL);
    ck_assert_msg(good == !isinf(want), "%s", s);
    if (good)
        ck_assert_msg(x == want && signbit(x) == signbit(want), "%s: %a, not %a", s, x, want);
}

START_TEST(doubles_as_the_library_reads_them)
{
    static const char *const hard[] = {
        "0",
        "-0",
        "1",
        "0.1",
        "9007199254740993",
        "9007199254740992.5",
        "1e22",
        "1e23",
        "1e-22",
        "179769313486231570000000000000000000000000000000000000000000e249",
        "2.2250738585072014e-308",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1e400",
        "1e-400",
        "123456789012345678901234567890",
        "0.000000000000000000000000000001",
        "7.2057594037927933e16",
        "00000000000000000000000001",
        "1.00000000000000000000000000000000001",
        ".5",
        "5.",
        "1E+2"};
    for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++)
        same_as_library(hard[i]);
    for (int i = 0; i < 300000; i++) {
        char s[64];
        double x;
        uint64_t bits = next();
        memcpy(&x, &bits, sizeof x);
        if (i % 2)
            x = (double)(next() % 1000000000000) / (double)(1 + next() % 100000);
        if (!isfinite(x))
            continue;
        snprintf(s, sizeof s, "%.*g", 1 + (int)(next() % 21), x);
        same_as_library(s);
    }
}
END_TEST

START_TEST(floats_as_the_library_reads_them)
{
    for (int i = 0; i < 300000; i++) {
        char s[64];
        float x, y;
        uint32_t bits = (uint32_t)next();
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x))
            continue;
        snprintf(s, sizeof s, "%.*g", 1 + (int)(next() % 19), (double)x);
        bool good = num_float(s, strlen(s), &y);
        float want = strtof(s, NULL);
        ck_assert_msg(good == !isinf(want), "%s", s);
        ck_assert_msg(!good || y == want, "%s", s);
    }
}
END_TEST

START_TEST(words_and_what_is_no_number)
{
    static const char *const bad[] = {"",   "-",    "+",   ".",   "e5",      "1e",   "1e+", "1.2.3",
                                      "1x", "0x10", "--1", "1 2", "infinit", "nanx", "1d3", "1,5"};
    double x;
    int64_t i;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        ck_assert_msg(!num_double(bad[k], strlen(bad[k]), &x), "%s", bad[k]);
    ck_assert(num_double("-Infinity", 9, &x) && x == -HUGE_VAL);
    ck_assert(num_double("+inf", 4, &x) && x == HUGE_VAL);
    ck_assert(num_double("NaN", 3, &x) && isnan(x));
    ck_assert(num_int("9223372036854775807", 19, &i) && i == INT64_MAX);
    ck_assert(num_int("-9223372036854775808", 20, &i) && i == INT64_MIN);
    ck_assert(!num_int("9223372036854775808", 19, &i));
    ck_assert(!num_int("-9223372036854775809", 20, &i));
    ck_assert(!num_int("99999999999999999999999", 23, &i));
    ck_assert(num_int("+7", 2, &i) && i == 7);
    ck_assert(num_int("0x1F", 4, &i) && i == 31);
    ck_assert(num_int("-0xff", 5, &i) && i == -255);
    ck_assert(!num_int("0x", 2, &i) && !num_int("12.0", 4, &i) && !num_int("-", 1, &i));
}
END_TEST

/* The shortest: no text of fewer digits reads back the same. */
START_TEST(shortest_text_that_reads_back)
{
    for (int i = 0; i < 100000; i++) {
        char s[NUM_TEXT], c[64];
        double x;
        float f;
        uint64_t bits = next();
        uint32_t half = (uint32_t)next();
        memcpy(&x, &bits, sizeof x);
        memcpy(&f, &half, sizeof f);
        if (i % 3 == 0)
            x = (double)(next() % 1000000) / 1000;
        if (!isfinite(x) || !isfinite(f))
            continue;
        ck_assert_uint_eq(num_put_double(s, x), strlen(s));
        ck_assert_msg(strtod(s, NULL) == x, "%s for %a", s, x);
        int digits = 0, want = 1;
        for (const char *p = s; *p && *p != 'e'; p++)
            digits += *p >= '0' && *p <= '9' && !(digits == 0 && *p == '0');
        for (const char *e = s + strcspn(s, "e") - 1; e > s && *e == '0' && !strchr(s, '.'); e--)
            digits--; /* zeros in front of the point */
        for (; want < 17; want++) {
            snprintf(c, sizeof c, "%.*e", want - 1, x);
            if (strtod(c, NULL) == x)
                break;
        }
        ck_assert_msg(digits <= want, "%s for %.17g", s, x);
        num_put_float(s, f);
        ck_assert_msg(strtof(s, NULL) == f, "%s for %a", s, (double)f);
    }
}
END_TEST

START_TEST(how_numbers_look)
{
    static const struct {
        double x;
        const char *text;
    } looks[] = {{0.1, "0.1"},
                 {100, "100"},
                 {1e15, "1000000000000000"},
                 {1e16, "1e16"},
                 {-0.3, "-0.3"},
                 {1e-5, "0.00001"},
                 {1e-6, "1e-6"},
                 {1.5e300, "1.5e300"},
                 {5e-324, "5e-324"},
                 {1e23, "1e23"},
                 {0, "0"},
                 {-0.0, "-0"},
                 {HUGE_VAL, "inf"},
                 {-HUGE_VAL, "-inf"},
                 {12.000000000000002, "12.000000000000002"},
                 {1.7976931348623157e308, "1.7976931348623157e308"}};
    char s[NUM_TEXT];
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        num_put_double(s, looks[i].x);
        ck_assert_str_eq(s, looks[i].text);
    }
    num_put_float(s, 0.1f);
    ck_assert_str_eq(s, "0.1");
    num_put_float(s, 16777216.0f);
    ck_assert_str_eq(s, "16777216");
    num_put_float(s, 3.4028235e38f);
    ck_assert_str_eq(s, "3.4028235e38");
    num_put_float(s, 1e-45f);
    ck_assert_str_eq(s, "1e-45");
    num_put_int(s, INT64_MIN);
    ck_assert_str_eq(s, "-9223372036854775808");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tablenum");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, doubles_as_the_library_reads_them);
    tcase_add_test(c, floats_as_the_library_reads_them);
    tcase_add_test(c, words_and_what_is_no_number);
    tcase_add_test(c, shortest_text_that_reads_back);
    tcase_add_test(c, how_numbers_look);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
