/* check_text.c - err, str, utf8: texts are cut whole, bounded, harmless. */
#include <check.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/base/utf8.h"

START_TEST(err_wraps_in_front)
{
    struct error e;
    ck_assert_int_eq(err_set(&e, E_NET, "HTTP %d after %d tries", 503, 3), E_NET);
    ck_assert_int_eq(err_wrap(&e, "ExoClock"), E_NET);
    ck_assert_str_eq(e.text, "ExoClock: HTTP 503 after 3 tries");
    ck_assert_int_eq(err_set(NULL, E_IO, "nobody listens"), E_IO);
    errno = ENOENT;
    ck_assert_int_eq(err_errno(&e, "planets.json"), E_ABSENT);
    ck_assert_str_eq(e.text, "planets.json: No such file or directory");
}
END_TEST

START_TEST(err_cut_stays_utf8)
{
    struct error e;
    char longer[400];
    for (size_t lead = 0; lead < 4; lead++) {
        memset(longer, 'x', sizeof longer);
        for (size_t i = lead; i + 3 < sizeof longer; i += 3)
            memcpy(longer + i, "\xE2\x82\xAC", 3);
        longer[396] = 0;
        err_set(&e, E_PARSE, "%s", longer);
        ck_assert(utf8_valid(e.text, strlen(e.text)));
        ck_assert_str_eq(e.text + strlen(e.text) - 3, "...");
        err_wrap(&e, "reader");
        ck_assert(utf8_valid(e.text, strlen(e.text)));
    }
}
END_TEST

START_TEST(str_bound_holds)
{
    struct str t = {.max = 10};
    str_add(&t, "hello");
    str_addf(&t, " %s", "wide world");
    ck_assert_str_eq(t.s, "hello wide");
    ck_assert(t.over);
    str_clear(&t);
    struct str u = {0};
    ck_assert_str_eq(str_c(&u), "");
    for (int i = 0; i < 1000; i++)
        str_addf(&u, "%d,", i);
    ck_assert_uint_eq(u.n, 3890);
    char *s = str_take(&u);
    ck_assert_uint_eq(strlen(s), 3890);
    free(s);
}
END_TEST

START_TEST(numbers_are_read_whole)
{
    static const struct {
        const char *text;
        bool ok;
        double x;
    } row[] = {{"1.5", true, 1.5}, {" -3e2 ", true, -300}, {"5e-05", true, 5e-05},
               {"", false, 0},     {"abc", false, 0},      {"1.5x", false, 0},
               {"1,5", false, 0},  {"0x10", false, 0},     {"-0.0", true, -0.0},
               {"1 2", false, 0}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double x;
        ck_assert_msg(str_num(row[i].text, &x) == row[i].ok, "%s", row[i].text);
        if (row[i].ok)
            ck_assert_double_eq(x, row[i].x);
        else
            ck_assert(isnan(x));
    }
    double x;
    ck_assert(!str_num(NULL, &x));
}
END_TEST

START_TEST(nearest_names)
{
    ck_assert_int_eq(str_near("transits", "transits"), 0);
    ck_assert_int_eq(str_near("transits", "trasnits"), 1); /* two letters swapped */
    ck_assert_int_eq(str_near("min-alt", "min_alt"), 1);
    ck_assert_int_eq(str_near("", "abc"), 3);
    ck_assert_int_eq(str_near("ABC", "abc"), 0);
    ck_assert_int_eq(str_near_most("-x"), 0);
    ck_assert_int_eq(str_near_most("--jsn"), 1);
    ck_assert_int_eq(str_near_most("a name that is long"), 3);
}
END_TEST

/* Unicode 15, table 3-7 and section 3.9: what is whole and what is not. */
START_TEST(utf8_sequences)
{
    static const struct {
        const char *bytes;
        uint32_t c;
        size_t used;
    } row[] = {{"A", 'A', 1},
               {"\xC2\xB0", 0xB0, 2},
               {"\xE2\xA0\x80", 0x2800, 3},
               {"\xF0\x9F\x94\xAD", 0x1F52D, 4},
               {"\xC0\x80", 0xFFFD, 1},         /* overlong */
               {"\xE0\x80\x80", 0xFFFD, 1},     /* overlong */
               {"\xED\xA0\x80", 0xFFFD, 1},     /* surrogate */
               {"\xF4\x90\x80\x80", 0xFFFD, 1}, /* beyond U+10FFFF */
               {"\x80", 0xFFFD, 1},
               {"\xE2\xA0", 0xFFFD, 1}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const char *s = row[i].bytes, *end = s + strlen(s);
        ck_assert_uint_eq(utf8_next(&s, end), row[i].c);
        ck_assert_uint_eq((size_t)(s - row[i].bytes), row[i].used);
        char out[4];
        if (row[i].used > 1 || row[i].c < 0x80)
            ck_assert_int_eq(memcmp(out, row[i].bytes, utf8_put(out, row[i].c)), 0);
    }
    ck_assert(utf8_valid("\xEF\xBF\xBD", 3)); /* a real U+FFFD is no fault */
    ck_assert(!utf8_valid("a\xFF", 2));
}
END_TEST

START_TEST(columns_and_cuts)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const char *s =
        "a\xC2\xB0\xE4\xB8\xAD\xCC\x81z"; /* a, degree, a wide character with an accent, z */
    size_t n = strlen(s);
    ck_assert_uint_eq(utf8_columns(s, n), 5);
    ck_assert_uint_eq(utf8_cut(s, n, 3), 3); /* the wide one does not fit */
    ck_assert_uint_eq(utf8_cut(s, n, 4), 8); /* with its accent */
    ck_assert_uint_eq(utf8_cut(s, n, 9), n);
}
END_TEST

START_TEST(text_from_outside_is_harmless)
{
    struct str t = {0};
    const char *evil = "GRB\x1B]0;owned\x07 \n\t26\xE2\x80\xAE"
                       "1123A\xC2\x9B"
                       "31m\xFF!";
    utf8_clean(&t, evil, strlen(evil));
    for (const char *p = t.s; *p;) {
        const char *was = p;
        uint32_t c = utf8_next(&p, t.s + t.n);
        ck_assert_msg(!utf8_harmful(c), "harmful at byte %zu", (size_t)(was - t.s));
    }
    ck_assert_ptr_nonnull(strstr(t.s, " 26"));
    ck_assert(utf8_valid(t.s, t.n));
    str_clear(&t);
    utf8_clean(&t, "a\n\n \tb", 6);
    ck_assert_str_eq(t.s, "a b");
    str_clear(&t);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("text");
    TCase *c = tcase_create("text");
    tcase_add_test(c, err_wraps_in_front);
    tcase_add_test(c, err_cut_stays_utf8);
    tcase_add_test(c, str_bound_holds);
    tcase_add_test(c, numbers_are_read_whole);
    tcase_add_test(c, nearest_names);
    tcase_add_test(c, utf8_sequences);
    tcase_add_test(c, columns_and_cuts);
    tcase_add_test(c, text_from_outside_is_harmless);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
