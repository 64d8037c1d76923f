/* check_bytes.c - what the screen costs on the line: bytes counted at the socket, 80x24,
 * xterm-256color, against the budgets of the design. The clock is set so that no minute ends while
 * it counts.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "viewer.h"

enum { QUIET_MS = 600 }; /* nothing for so long: everything has been drawn */

static struct viewer v;

static void setup(void)
{
    static const char *const options[] = {"--demo", "--at", "2026-11-23T21:14:05Z", NULL};
    viewer_start(&v, options);
    viewer_attach(&v, "xterm-256color", 24, 80);
}

static void teardown(void)
{
    ck_assert_int_eq(viewer_stop(&v), 0);
}

static void still(const char *option)
{
    viewer_rest(&v, QUIET_MS);
    viewer_keys(&v, ":");
    viewer_listen(&v, 200);
    viewer_keys(&v, option);
    viewer_keys(&v, "\r");
    viewer_listen(&v, 6500); /* the message on the hint bar goes after 5 s */
    viewer_count(&v);
}

static size_t cost(const char *k)
{
    viewer_count(&v);
    viewer_keys(&v, k);
    return viewer_rest(&v, QUIET_MS);
}

static void at_most(size_t bytes, size_t budget, const char *what)
{
    ck_assert_msg(bytes <= budget, "%s: %zu bytes, %zu allowed", what, bytes, budget);
}

START_TEST(first_screen)
{
    viewer_listen(&v, 900); /* before the second tick of the clock */
    ck_assert_uint_gt(v.bytes, 500);
    ck_assert_uint_le(v.bytes, 4096);
}
END_TEST

START_TEST(keys)
{
    still("set clock.seconds no");
    static const char tabs[] = "737232"; /* those that are built */
    for (const char *k = tabs; *k; k++) {
        char one[2] = {*k, 0};
        char what[] = "change of tab to  ";
        what[sizeof what - 2] = *k;
        at_most(cost(one), 2560, what);
    }
    at_most(cost("j"), 2048, "one line down, with its detail");
    ck_assert_uint_gt(v.first, 0); /* the frame that answers the key; the detail waits for rest */
    at_most(v.first, 250, "one line down");
    cost("j");
    at_most(v.first, 250, "one more line down");
    at_most(cost("\004"), 2048, "half a page");
    at_most(cost("\033[6~"), 2048, "page");
}
END_TEST

START_TEST(keys_of_a_result)
{
    still("set clock.seconds no");
    cost("3");
    cost("\r"); /* the table has the cursor */
    at_most(cost("j"), 250, "one row down");
    at_most(cost("l"), 250, "one column on");
    at_most(cost("G"), 2048, "to the last row");
    at_most(cost("o"), 2048, "sorted");
    at_most(cost("v"), 2560, "a plot");
    at_most(cost("\t"), 2560, "another plot");
}
END_TEST

START_TEST(idle_with_seconds)
{
    viewer_keys(&v, "2");
    viewer_listen(&v, 7000);
    viewer_count(&v);
    viewer_listen(&v, 10000);
    ck_assert_uint_gt(v.bytes, 0);
    ck_assert_uint_le(v.bytes, 500); /* 50 B/s */
}
END_TEST

START_TEST(idle_without_seconds)
{
    still("set clock.seconds no");
    viewer_listen(&v, 10000);
    ck_assert_msg(v.bytes == 0, "%zu bytes", v.bytes);
}
END_TEST

START_TEST(resize)
{
    still("set clock.seconds no");
    viewer_keys(&v, "2");
    viewer_listen(&v, QUIET_MS);
    viewer_count(&v);
    viewer_resize(&v, 40, 120);
    ck_assert_uint_gt(viewer_rest(&v, QUIET_MS), 1000);
    ck_assert_uint_le(v.bytes, 8192);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("bytes");
    TCase *t = tcase_create("bytes");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, first_screen);
    tcase_add_test(t, keys);
    tcase_add_test(t, keys_of_a_result);
    tcase_add_test(t, idle_with_seconds);
    tcase_add_test(t, idle_without_seconds);
    tcase_add_test(t, resize);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
