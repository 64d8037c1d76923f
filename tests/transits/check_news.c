/* check_news.c - what changed between two copies of the catalogue. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/transits/news.h"

#define ROW(name, priority, oc, t0, period)                                                        \
    "\"" name "\":{\"priority\":\"" priority "\",\"current_oc_min\":" oc ",\"ephem_mid_time\":" t0 \
    ",\"ephem_period\":" period                                                                    \
    ",\"ephem_mid_time_format\":\"BJD_TDB\",\"ra_j2000\":\"06:30:32\",\"dec_j2000\":\"+29:40:20\"" \
    ",\"duration_hours\":2.0,\"v_mag\":11.2}"

static const char was_text[] = "{" ROW("A-1b", "high", "0.0", "2459000.5", "2.0") "," ROW(
    "A-2b", "low", "0.0", "2459000.5", "3.0") "," ROW("A-3b", "low", "0.0", "2459000.5",
                                                      "4.0") "," ROW("A-4b", "medium", "0.0",
                                                                     "2459000.5", "5.0") "}";
static const char now_text[] = "{" ROW("A-1b", "alert", "-12.34", "2459000.5", "2.0") "," ROW(
    "A-2b", "medium", "0.0", "2459000.5", "3.0") "," ROW("A-3b", "low", "0.0", "2459000.5",
                                                         "4.00001") "," ROW("A-5b", "high", "0",
                                                                            "2459000.5", "5.0") "}";

static struct catalogue *parse(const char *s)
{
    struct catalogue_reader *r = catalogue_reader_new("test", PLANET_EXOCLOCK, 0);
    struct catalogue *c;
    ck_assert_int_eq(catalogue_feed(r, s, strlen(s), NULL), OK);
    ck_assert_int_eq(catalogue_finish(r, &c, NULL), OK);
    catalogue_reader_free(r);
    return c;
}

START_TEST(tells_what_changed)
{
    struct catalogue *was = parse(was_text), *now = parse(now_text);
    /* epoch 600 of A-3b: 600 x 0.00001 d = 8.64 min later */
    struct catalogue_news *n = catalogue_compare(was, now, 2459000.5 + 2400);
    struct str s = {0};
    catalogue_free(was);
    catalogue_free(now);
    ck_assert_uint_eq(n->n, 5);
    ck_assert_str_eq(n->at[0].text, "A-1b is now alert (was high), O-C -12.3 min");
    ck_assert_str_eq(n->at[1].text, "A-5b is new: priority high, V 11.2");
    ck_assert_str_eq(n->at[2].text, "A-4b is gone from the catalogue");
    ck_assert_str_eq(n->at[3].text, "A-2b is now medium (was low)");
    ck_assert_str_eq(n->at[4].text, "A-3b: ephemeris changed, the transit is 8.6 min later");
    ck_assert_double_eq_tol(n->at[4].shift_min, 8.64, 1e-3);
    catalogue_news_summary(n, &s);
    ck_assert_str_eq(str_c(&s), "1 new alert, 1 new planet, 1 planet gone, 1 changed priority, "
                                "1 changed ephemeris");
    str_reset(&s);
    catalogue_news_lines(n, &s);
    ck_assert_str_eq(str_c(&s),
                     "since the copy before: 1 new alert, 1 new planet, 1 planet gone, 1 "
                     "changed priority, 1 changed ephemeris\n"
                     "A-1b is now alert (was high), O-C -12.3 min\n"
                     "A-5b is new: priority high, V 11.2\n");
    catalogue_news_free(n);
    str_clear(&s);
    was = parse(was_text);
    n = catalogue_compare(was, was, 2461000);
    catalogue_news_summary(n, &s);
    ck_assert_str_eq(str_c(&s), "nothing changed");
    str_reset(&s);
    catalogue_news_lines(n, &s);
    ck_assert_uint_eq(s.n, 0);
    catalogue_news_free(n);
    catalogue_news_free(NULL);
    catalogue_free(was);
    str_clear(&s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("news");
    TCase *t = tcase_create("news");
    tcase_add_test(t, tells_what_changed);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
