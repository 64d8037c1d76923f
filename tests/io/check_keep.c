/* check_keep.c - the stored copy of an answer: marks belong to the body they were written for. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/str.h"
#include "vigie/io/keep.h"

static char folder[64], path[100], previous[120], side[120];
static struct error err;
static const char url[] = "https://a.example/list";
static const int64_t t1 = 1795465800 * INT64_C(1000000000), t2 = t1 + INT64_C(3600000000000);

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/vigie-keep-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/deep/list.json", folder);
    snprintf(previous, sizeof previous, "%s.previous", path);
    snprintf(side, sizeof side, "%s.meta", path);
}

static void teardown(void)
{
    char cmd[200];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(cmd), 0);
}

static void write_one(const char *body, const char *etag, int64_t t)
{
    ck_assert_msg(keep_write(path, url, body, strlen(body), etag, "", t, &err) == OK, "%s",
                  err.text);
}

START_TEST(comes_back)
{
    struct keep k = {.fetched_ns = 0};
    ck_assert_int_eq(keep_read(path, url, 1000, &k, &err), E_ABSENT);
    write_one("one", "W/\"a b\"", t1);
    ck_assert_int_eq(keep_read(path, url, 1000, &k, &err), OK);
    ck_assert(k.marked);
    ck_assert_str_eq(str_c(&k.body), "one");
    ck_assert_str_eq(str_c(&k.etag), "W/\"a b\"");
    ck_assert_str_eq(str_c(&k.last_modified), "");
    ck_assert(k.fetched_ns == t1);
    ck_assert_int_ne(access(previous, F_OK), 0);
    ck_assert_int_eq(keep_renew(path, url, &k, "", "Sun, 22 Nov 2026 17:30:00 GMT", t2, &err), OK);
    ck_assert_int_eq(keep_read(path, url, 1000, &k, &err), OK);
    ck_assert(k.marked && k.fetched_ns == t2);
    ck_assert_str_eq(str_c(&k.etag), "W/\"a b\"");
    ck_assert_str_eq(str_c(&k.last_modified), "Sun, 22 Nov 2026 17:30:00 GMT");
    ck_assert_int_eq(keep_read(path, url, 2, &k, &err), E_RANGE);
    keep_clear(&k);
}
END_TEST

START_TEST(keeps_the_one_before)
{
    struct str t = {0};
    write_one("one", "", t1);
    write_one("two", "", t2);
    ck_assert_int_eq(file_read(previous, 100, &t, &err), OK);
    ck_assert_str_eq(t.s, "one");
    write_one("three", "", t2);
    ck_assert_int_eq(file_read(previous, 100, &t, &err), OK);
    ck_assert_str_eq(t.s, "two");
    str_clear(&t);
}
END_TEST

static void read_unmarked(const char *with_url)
{
    struct keep k = {.fetched_ns = 0};
    ck_assert_int_eq(keep_read(path, with_url, 1000, &k, &err), OK);
    ck_assert(!k.marked);
    ck_assert_str_eq(str_c(&k.etag), "");
    ck_assert(k.fetched_ns > t1 / 2); /* the file's own time */
    ck_assert(k.fetched_ns != t1);
    keep_clear(&k);
}

START_TEST(marks_of_another_body)
{
    write_one("one", "\"1\"", t1);
    read_unmarked("https://b.example/list");
    ck_assert_int_eq(file_replace(path, "two", 3, 0600, &err), OK); /* killed before the marks */
    read_unmarked(url);
    write_one("one", "\"1\"", t1);
    ck_assert_int_eq(file_replace(side, "etag: \"1\"\n", 10, 0600, &err), OK);
    read_unmarked(url);
    ck_assert_int_eq(unlink(side), 0);
    read_unmarked(url);
}
END_TEST

START_TEST(hostile_validators)
{
    struct keep k = {.fetched_ns = 0};
    write_one("one", "\"1\"\nfetched: 1\nurl: x", t1);
    ck_assert_int_eq(keep_read(path, url, 1000, &k, &err), OK);
    ck_assert(k.marked && k.fetched_ns == t1);
    ck_assert_str_eq(str_c(&k.etag), "");
    keep_clear(&k);
}
END_TEST

START_TEST(nowhere_to_write)
{
    snprintf(path, sizeof path, "/proc/nowhere/list.json");
    ck_assert_int_ne(keep_write(path, url, "one", 3, "", "", t1, &err), OK);
    ck_assert_ptr_nonnull(strstr(err.text, "/proc/nowhere"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keep");
    TCase *t = tcase_create("keep");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, comes_back);
    tcase_add_test(t, keeps_the_one_before);
    tcase_add_test(t, marks_of_another_body);
    tcase_add_test(t, hostile_validators);
    tcase_add_test(t, nowhere_to_write);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
