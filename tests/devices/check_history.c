/* check_history.c - minutes of the last hours: means, gaps, the ring's edge, what is too old; words for the questions on a
 * wire, by the protocols' manuals.
 */
#include <check.h>
#include <math.h>

#include "vigie/devices/history.h"
#include "vigie/devices/rack.h"

static const int64_t BEGIN = 1795468440000000000, MINUTE = 60000000000; /* 2026-11-23T21:14:00Z */

START_TEST(a_minute_is_a_mean)
{
    struct history *h = history_new();
    ck_assert_uint_eq(history_n(h), 0);
    history_put(h, 7, "humidity", "%", BEGIN, 70);
    history_put(h, 7, "humidity", "%", BEGIN + MINUTE / 2, 74);
    history_put(h, 7, "humidity", "%", BEGIN + MINUTE / 2, (double)NAN);
    ck_assert_double_eq(history_value(h, 0, BEGIN + MINUTE - 1), 72);
    history_put(h, 7, "humidity", "%", BEGIN + MINUTE, 90);
    ck_assert_double_eq(history_value(h, 0, BEGIN), 72);
    struct history_series s = history_at(h, 0);
    ck_assert_str_eq(s.name, "humidity");
    ck_assert_str_eq(s.unit, "%");
    ck_assert_uint_eq(s.device, 7);
    ck_assert_double_eq(s.now, 90);
    ck_assert_double_eq(s.least, 72);
    ck_assert_double_eq(s.most, 90);
    ck_assert_int_eq(s.newest_ns, BEGIN + MINUTE);
    /* the same name of another device is another series */
    history_put(h, 8, "humidity", "%", BEGIN, 1);
    ck_assert_uint_eq(history_n(h), 2);
    ck_assert_double_eq(history_value(h, 0, BEGIN), 72);
    history_free(h);
}
END_TEST

START_TEST(silence_is_a_gap)
{
    struct history *h = history_new();
    history_put(h, 1, "wind", "m/s", BEGIN, 3);
    history_put(h, 1, "wind", "m/s", BEGIN + 5 * MINUTE, 4);
    ck_assert_double_eq(history_value(h, 0, BEGIN), 3);
    for (int i = 1; i < 5; i++)
        ck_assert(isnan(history_value(h, 0, BEGIN + i * MINUTE)));
    ck_assert(isnan(history_value(h, 0, BEGIN - MINUTE)));
    ck_assert(isnan(history_value(h, 0, BEGIN + 6 * MINUTE)));
    /* a clock that was set back says nothing new about the past */
    history_put(h, 1, "wind", "m/s", BEGIN + 4 * MINUTE, 99);
    ck_assert(isnan(history_value(h, 0, BEGIN + 4 * MINUTE)));
    history_free(h);
}
END_TEST

START_TEST(six_hours_are_kept)
{
    struct history *h = history_new();
    for (int i = 0; i < 1000; i++)
        history_put(h, 1, "tube", "C", BEGIN + i * MINUTE, i);
    ck_assert_double_eq(history_value(h, 0, BEGIN + 999 * MINUTE), 999);
    ck_assert_double_eq(history_value(h, 0, BEGIN + (1000 - HISTORY_MINUTES) * MINUTE),
                        1000 - HISTORY_MINUTES);
    ck_assert(isnan(history_value(h, 0, BEGIN + (999 - HISTORY_MINUTES) * MINUTE)));
    ck_assert_double_eq(history_at(h, 0).least, 1000 - HISTORY_MINUTES);
    /* after a night of silence nothing of before is left */
    history_put(h, 1, "tube", "C", BEGIN + 100000 * MINUTE, 5);
    ck_assert_double_eq(history_at(h, 0).least, 5);
    ck_assert_double_eq(history_at(h, 0).most, 5);
    history_free(h);
}
END_TEST

START_TEST(questions_have_words)
{
    ck_assert_str_eq(wire_meaning("lx200", ":GR#", 4), "right ascension?");
    ck_assert_str_eq(wire_meaning("lx200", ":MS#", 4), "slew to the target");
    ck_assert_str_eq(wire_meaning("lx200", ":Ms#", 4), "move south");
    ck_assert_str_eq(wire_meaning("lx200", ":Mgs0500#", 9), "guide south");
    ck_assert_str_eq(wire_meaning("lx200", ":Q#", 3), "STOP");
    ck_assert_str_eq(wire_meaning("moonlite", ":GP#", 4), "position?");
    ck_assert_str_eq(wire_meaning("ioptron", ":GP#", 4), "");
    ck_assert_str_eq(wire_meaning("nexstar", "e", 1), "position?");
    ck_assert_str_eq(wire_meaning("lx200", ":", 1), ""); /* cut */
    ck_assert_str_eq(wire_meaning("nobody", ":GR#", 4), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("history");
    TCase *t = tcase_create("history");
    tcase_add_test(t, a_minute_is_a_mean);
    tcase_add_test(t, silence_is_a_gap);
    tcase_add_test(t, six_hours_are_kept);
    tcase_add_test(t, questions_have_words);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
