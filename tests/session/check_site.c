/* check_site.c - which site a configuration means, and what it says when it means none. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/session/options.h"
#include "vigie/session/site.h"

static struct conf *c;
static struct site site;
static struct error err;

static void setup(void)
{
    c = conf_new(session_options);
}

static void teardown(void)
{
    site_clear(&site);
    conf_free(c);
}

static void set(const char *name, const char *value)
{
    ck_assert_msg(conf_set(c, name, value, &err) == OK, "%s", err.text);
}

START_TEST(the_only_site_needs_no_choice)
{
    ck_assert_int_eq(site_of_conf(c, NULL, &site, &err), E_ABSENT);
    ck_assert_ptr_nonnull(strstr(err.text, ":site-add"));
    set("site.La Silla", "-29.2563, -70.738, 2400");
    ck_assert_int_eq(site_of_conf(c, NULL, &site, &err), OK);
    ck_assert_str_eq(site.name, "La Silla");
    ck_assert_double_eq_tol(site.lon_rad * 180 / acos(-1), -70.738, 1e-12);
    ck_assert_double_eq_tol(site.lat_rad * 180 / acos(-1), -29.2563, 1e-12);
    ck_assert_double_eq(site.height_m, 2400);
}
END_TEST

START_TEST(of_several_one_is_named)
{
    set("site.OHP", "43.9317, 5.7133, 650");
    set("site.La Silla", "-29.2563, -70.738, 2400");
    ck_assert_int_eq(site_of_conf(c, NULL, &site, &err), E_ABSENT);
    ck_assert_ptr_nonnull(strstr(err.text, "which site?"));
    ck_assert_ptr_nonnull(strstr(err.text, "OHP"));
    ck_assert_ptr_nonnull(strstr(err.text, "La Silla"));
    set("site", "OHP");
    ck_assert_int_eq(site_of_conf(c, NULL, &site, &err), OK);
    ck_assert_str_eq(site.name, "OHP");
    site_clear(&site);
    ck_assert_int_eq(site_of_conf(c, "La Silla", &site, &err), OK);
    ck_assert_str_eq(site.name, "La Silla");
    site_clear(&site);
    ck_assert_int_eq(site_of_conf(c, "Paranal", &site, &err), E_ABSENT);
    ck_assert_ptr_nonnull(strstr(err.text, "no site \"Paranal\"; there is "));
    ck_assert_int_eq(site_of_conf(c, "-24.6,-70.4,2635", &site, &err), OK);
    ck_assert_double_eq(site.height_m, 2635);
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const char *const bad[] = {"north", "43.9", "91, 0, 0", "43.9, 5.7, 650, 1",
                                      "43.9, x, 650"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (conf_set(c, "site.OHP", bad[i], &err) ==
            OK) { /* refused there, or at the latest here */
            ck_assert_msg(site_of_conf(c, "OHP", &site, &err) != OK, "%s", bad[i]);
            ck_assert_ptr_nonnull(strstr(err.text, "site.OHP"));
        }
    }
    set("site.OHP", "43.9317, 5.7133, 650");
    set("horizon.OHP", "/nonexistent/mask");
    ck_assert_int_eq(site_of_conf(c, "OHP", &site, &err), E_ABSENT);
    ck_assert_ptr_nonnull(strstr(err.text, "horizon.OHP"));
    ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/mask"));
}
END_TEST

START_TEST(horizon_comes_with_its_site)
{
    char path[] = "/tmp/maskXXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, "0 10\n180 30\n", 12), 12);
    close(fd);
    set("site.OHP", "43.9317, 5.7133, 650");
    set("horizon.OHP", path);
    ck_assert_msg(site_of_conf(c, "OHP", &site, &err) == OK, "%s", err.text);
    unlink(path);
    ck_assert_double_eq_tol(horizon_alt(site.horizon, acos(-1)) * 180 / acos(-1), 30, 1e-9);
    ck_assert_double_eq_tol(horizon_alt(site.horizon, acos(-1) / 2) * 180 / acos(-1), 20, 1e-9);
}
END_TEST

START_TEST(names_that_the_file_can_hold)
{
    static const char *const good[] = {"OHP", "La Silla", "Pic du Midi", "\xc3\x89toile", "a"};
    static const char *const bad[] = {"",
                                      " a",
                                      "a ",
                                      "a=b",
                                      "a#b",
                                      "a\"b",
                                      "a,b",
                                      "a\nb",
                                      "a\033b",
                                      "\xff",
                                      "12345678901234567890123456789012345678901"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        ck_assert_msg(site_name_check(good[i], &err) == OK, "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(site_name_check(bad[i], &err) == E_RANGE, "%s", bad[i]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("site");
    TCase *t = tcase_create("site");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_only_site_needs_no_choice);
    tcase_add_test(t, of_several_one_is_named);
    tcase_add_test(t, what_is_wrong_is_named);
    tcase_add_test(t, horizon_comes_with_its_site);
    tcase_add_test(t, names_that_the_file_can_hold);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
