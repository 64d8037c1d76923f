/* check_names.c - what a person types and which planets are meant. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"
#include "vigie/transits/catalogue.h"

/* name, star */
static const char *const rows[][2] = {{"WASP-77Ab", "WASP-77A"},
                                      {"WASP-11b", "WASP-11"},
                                      {"HAT-P-27b", "HAT-P-27"},
                                      {"WASP-1b", "WASP-1"},
                                      {"WASP-12b", "WASP-12"},
                                      {"WASP-121b", "WASP-121"},
                                      {"HD209458b", "HD209458"},
                                      {"TRAPPIST-1b", "TRAPPIST-1"},
                                      {"TRAPPIST-1c", "TRAPPIST-1"},
                                      {"KELT-12b", "KELT-12"},
                                      {"TOI-150.01", "TOI-150"},
                                      {"DSTucAb", "DSTucA"},
                                      {"GJ436b", "GJ436"},
                                      {"WASP-115b", "WASP-115"},
                                      {"K2-19b", "K2-19"},
                                      {"K2-19c", "K2-19"},
                                      {"55Cnce", "55Cnc"}};

static struct catalogue *catalogue(void)
{
    struct str s = {0};
    struct catalogue_reader *r = catalogue_reader_new("names", PLANET_EXOCLOCK, 0);
    struct catalogue *c = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        str_addf(&s,
                 "%c\"%s\":{\"name\":\"%s\",\"star\":\"%s\",\"ephem_mid_time\":2457010.5,"
                 "\"ephem_period\":3,\"duration_hours\":2,\"ra_j2000\":\"1:2:3\","
                 "\"dec_j2000\":\"4:5:6\"}",
                 i ? ',' : '{', rows[i][0], rows[i][0], rows[i][1]);
    str_addc(&s, '}');
    ck_assert_int_eq(catalogue_feed(r, s.s, s.n, NULL), OK);
    ck_assert_int_eq(catalogue_finish(r, &c, NULL), OK);
    catalogue_reader_free(r);
    str_clear(&s);
    return c;
}

static void means(const struct catalogue *c, const char *text, const char *names)
{
    const struct planet *found[50];
    struct str s = {0};
    struct error err = {0};
    size_t n;
    ck_assert_msg(catalogue_search(c, text, found, 50, &n, &err) == OK, "%s", err.text);
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s%s", i ? " " : "", found[i]->name);
    ck_assert_msg(strcmp(str_c(&s), names) == 0, "\"%s\" is %s, not %s", text, str_c(&s), names);
    str_clear(&s);
}

START_TEST(usual_spellings)
{
    struct catalogue *c = catalogue();
    means(c, "WASP-12b", "WASP-12b");
    means(c, "wasp12b", "WASP-12b");
    means(c, " WASP 12 B", "WASP-12b");
    means(c, "wasp_12_b", "WASP-12b");
    means(c, "hd 209458 b", "HD209458b");
    means(c, "HD209458", "HD209458b");
    means(c, "toi 150.01", "TOI-150.01");
    means(c, "TOI-150", "TOI-150.01");
    means(c, "55 Cnc e", "55Cnce");
    means(c, "wasp-12", "WASP-12b"); /* the star, not WASP-121 */
    catalogue_free(c);
}
END_TEST

START_TEST(components_and_second_names)
{
    struct catalogue *c = catalogue();
    means(c, "wasp77b", "WASP-77Ab");
    means(c, "WASP-77 A b", "WASP-77Ab");
    means(c, "WASP-77", "WASP-77Ab");
    means(c, "DS Tuc b", "DSTucAb");
    means(c, "HAT-P-10 b", "WASP-11b");
    means(c, "hatp10", "WASP-11b");
    means(c, "WASP-40b", "HAT-P-27b");
    means(c, "WASP-86b", "KELT-12b");
    means(c, "WASP-11b", "WASP-11b");
    means(c, "WASP-115b", "WASP-115b"); /* not WASP-11 with a 5 */
    means(c, "Gliese 436 b", "GJ436b");
    means(c, "GL 436b", "GJ436b");
    catalogue_free(c);
}
END_TEST

START_TEST(all_planets_of_a_star)
{
    struct catalogue *c = catalogue();
    const struct planet *found[1];
    size_t n;
    means(c, "trappist-1", "TRAPPIST-1b TRAPPIST-1c");
    means(c, "k2 19", "K2-19b K2-19c");
    ck_assert_int_eq(catalogue_search(c, "k2-19", found, 1, &n, NULL), OK);
    ck_assert_uint_eq(n, 1);
    catalogue_free(c);
}
END_TEST

START_TEST(ambiguous_and_unknown)
{
    struct catalogue *c = catalogue();
    const struct planet *found[50];
    struct error err = {0};
    size_t n;
    ck_assert_int_eq(catalogue_search(c, "wasp", found, 50, &n, &err), E_REFUSED);
    ck_assert_uint_eq(n, 6);
    ck_assert_ptr_nonnull(strstr(err.text, "6 planets: WASP-77Ab, WASP-11b"));
    ck_assert_int_eq(catalogue_search(c, "hd 209485b", found, 50, &n, &err), E_ABSENT);
    ck_assert_uint_eq(n, 0);
    ck_assert_ptr_nonnull(strstr(err.text, "did you mean HD209458b?"));
    ck_assert_int_eq(catalogue_search(c, "Proxima Centauri d", found, 50, &n, &err), E_ABSENT);
    ck_assert_ptr_null(strstr(err.text, "did you mean"));
    ck_assert_int_eq(catalogue_search(c, " - ", found, 50, &n, &err), E_ABSENT);
    ck_assert_int_eq(catalogue_search(c, "HAT-P-100b", found, 50, &n, &err), E_ABSENT);
    ck_assert_int_eq(catalogue_search(c, "glx", found, 50, &n, &err), E_ABSENT);
    ck_assert_ptr_null(catalogue_find(c, "wasp-11"));
    catalogue_free(c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("names");
    TCase *t = tcase_create("names");
    tcase_add_test(t, usual_spellings);
    tcase_add_test(t, components_and_second_names);
    tcase_add_test(t, all_planets_of_a_star);
    tcase_add_test(t, ambiguous_and_unknown);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
