/* check_fuzzy.c - letters in order, and filters. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/fuzzy.h"

START_TEST(order_and_worth)
{
    ck_assert_int_eq(fuzzy_score("", "anything"), 0);
    ck_assert_int_eq(fuzzy_score("xyz", "alert"), -1);
    ck_assert_int_eq(fuzzy_score("tra", "art"), -1); /* not in order */
    ck_assert_int_ge(fuzzy_score("STS", "slew-to-selected"), 1);
    /* A beginning is better than a run inside, that than scattered letters. */
    ck_assert_int_gt(fuzzy_score("the", "theme"), fuzzy_score("the", "in theme"));
    ck_assert_int_gt(fuzzy_score("ack", "alarm-ack"), fuzzy_score("ack", "a clock"));
    ck_assert_int_gt(fuzzy_score("tf", "transits-filter"), fuzzy_score("tf", "softer"));
}
END_TEST

/* Patterns that could take exponential time are given up, not waited for. */
START_TEST(is_bounded)
{
    char text[4001], pattern[65];
    memset(text, 'a', 4000);
    text[4000] = 0;
    memset(pattern, 'a', 63);
    pattern[63] = 'b';
    pattern[64] = 0;
    fuzzy_score(pattern, text);
}
END_TEST

static const char *const names[] = {"alt", NULL, "depth"};

START_TEST(filter_terms)
{
    struct filter f;
    struct error err;
    ck_assert_int_eq(filter_parse("  wasp alt>=30   depth!=5 alt<1e2", names, 3, &f, &err), OK);
    ck_assert_int_eq(f.n, 4);
    ck_assert_int_eq(f.term[0].op, OP_WORD);
    ck_assert_str_eq(f.term[0].word, "wasp");
    ck_assert_int_eq(f.term[1].op, OP_GE);
    ck_assert_int_eq(f.term[2].column, 2);
    ck_assert(filter_number(&f.term[1], 30) && !filter_number(&f.term[1], 29.999));
    ck_assert(!filter_number(&f.term[1], NAN) && !filter_number(&f.term[2], NAN));
    ck_assert(filter_number(&f.term[2], 6) && !filter_number(&f.term[2], 5));
    ck_assert(filter_word(&f.term[0], "WASP-12b") && !filter_word(&f.term[0], "HAT-P-49b"));
}
END_TEST

START_TEST(filter_faults)
{
    struct filter f;
    struct error err;
    ck_assert_int_eq(filter_parse("foo>3", names, 3, &f, &err), E_PARSE);
    ck_assert_msg(strstr(err.text, "foo") && strstr(err.text, "alt depth"), "%s", err.text);
    ck_assert_int_eq(filter_parse("alt>x", names, 3, &f, &err), E_PARSE);
    ck_assert_int_eq(filter_parse("alt>nan", names, 3, &f, &err), E_PARSE);
    ck_assert_int_eq(filter_parse("a b c d e f g h i j k l m", names, 3, &f, &err), E_PARSE);
    ck_assert_int_eq(filter_parse("alt> alt>- depth<", names, 3, &f, &err), OK);
    ck_assert_int_eq(f.n, 0);
    ck_assert_int_eq(filter_parse(">3 =", names, 3, &f, &err), OK); /* words */
    ck_assert_int_eq(f.n, 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fuzzy");
    TCase *t = tcase_create("fuzzy");
    tcase_add_test(t, order_and_worth);
    tcase_add_test(t, is_bounded);
    tcase_add_test(t, filter_terms);
    tcase_add_test(t, filter_faults);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
