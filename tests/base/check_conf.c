/* check_conf.c - options: checked values, wrong lines told and passed over, one line replaced without losing the rest. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/conf.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"

static const struct conf_option table[] = {
    {"site", CONF_TEXT, "", 0, 0, 0, 0, "the site"},
    {"site.*", CONF_TEXT, "", 0, 0, 0, 0, "a site"},
    {"min-alt", CONF_NUMBER, "20", 0, 90, 0, "deg", "altitude"},
    {"depth", CONF_NUMBER, "", 0, 100, 0, "mmag", "depth"},
    {"seconds", CONF_BOOL, "yes", 0, 0, 0, 0, "seconds"},
    {"theme", CONF_CHOICE, "auto", 0, 0, "auto day night night-amber", 0, "theme"},
    {"uid", CONF_SECRET, "", 0, 0, 0, 0, "secret"},
    {0}};

START_TEST(values_are_checked)
{
    struct conf *c = conf_new(table);
    struct error e;
    ck_assert_double_eq(conf_number(c, "min-alt"), 20);
    ck_assert(isnan(conf_number(c, "depth")));
    ck_assert_int_eq(conf_set(c, "min-alt", "35.5", &e), OK);
    ck_assert_double_eq(conf_number(c, "min-alt"), 35.5);
    ck_assert_int_eq(conf_set(c, "min-alt", "95", &e), E_RANGE);
    ck_assert_str_eq(e.text, "min-alt: 95 is not in 0 .. 90 deg");
    ck_assert_int_eq(conf_set(c, "min-alt", "nan", &e), E_PARSE);
    ck_assert_int_eq(conf_set(c, "min-alt", "twenty", &e), E_PARSE);
    ck_assert_double_eq(conf_number(c, "min-alt"), 35.5);
    ck_assert_int_eq(conf_set(c, "theme", "night", &e), OK);
    ck_assert_int_eq(conf_set(c, "theme", "nigh", &e), E_RANGE); /* a part of a choice is none */
    ck_assert_int_eq(conf_set(c, "theme", "", &e), E_RANGE);
    ck_assert_int_eq(conf_set(c, "seconds", "off", &e), OK);
    ck_assert(!conf_bool(c, "seconds"));
    ck_assert_int_eq(conf_set(c, "min_alt", "3", &e), E_ABSENT);
    ck_assert_ptr_nonnull(strstr(e.text, "min-alt"));
    ck_assert_int_eq(conf_set(c, "site.OHP", "43.9, 5.7, 650", &e), OK);
    ck_assert_int_eq(conf_set(c, "site.", "x", &e), E_ABSENT);
    ck_assert_str_eq(conf_text(c, "site.OHP"), "43.9, 5.7, 650");
    conf_free(c);
}
END_TEST

static void count_secret(void *arg, const char *name, const char *value,
                         const struct conf_option *row, bool given)
{
    (void)row;
    (void)given;
    if (strcmp(name, "uid") == 0)
        ck_assert_str_eq(value, "(set)");
    ++*(int *)arg;
}

static void last_bad(void *arg, int line, const char *why)
{
    (void)why;
    *(int *)arg = *(int *)arg * 100 + line;
}

START_TEST(file_lines)
{
    char path[] = "/tmp/check-conf-XXXXXX";
    int fd = mkstemp(path);
    const char *text = "# mine\nsite = OHP   # the dome\nmin-alt=30\nnonsense\nmin-alt = "
                       "99\n\nsite.OHP = 43.9, 5.7, 650\nuid = a#b";
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    struct conf *c = conf_new(table);
    struct error e;
    int n_bad, lines = 0, n = 0;
    ck_assert_int_eq(conf_load(c, path, last_bad, &lines, &n_bad, &e), OK);
    ck_assert_int_eq(n_bad, 2);
    ck_assert_int_eq(lines, 405);
    ck_assert_str_eq(conf_text(c, "site"), "OHP");
    ck_assert_double_eq(conf_number(c, "min-alt"), 30);
    ck_assert_str_eq(conf_text(c, "uid"), "a#b");
    conf_each(c, count_secret, &n);
    ck_assert_int_eq(n, 7);
    ck_assert_int_eq(conf_save_line(path, "min-alt", "25", &e), OK);
    ck_assert_int_eq(conf_save_line(path, "theme", "night", &e), OK);
    struct str t = {0};
    ck_assert_int_eq(file_read(path, 1000, &t, &e), OK);
    ck_assert_str_eq(t.s, "# mine\nsite = OHP   # the dome\nmin-alt = 25\nnonsense\n\nsite.OHP = "
                          "43.9, 5.7, 650\nuid = a#b\ntheme = night\n");
    str_clear(&t);
    conf_free(c);
    unlink(path);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("conf");
    TCase *c = tcase_create("conf");
    tcase_add_test(c, values_are_checked);
    tcase_add_test(c, file_lines);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
