/* check_json.c - the JSON reader, the tree and the writer. Not: any service's layout.
 * Documents and what they mean: RFC 8259; sequences of UTF-8: Unicode 15, table 3-7.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/json.h"

/* The events of a reading as one line: {"a":1,...} with marks for the kinds. */
static bool ev_so(void *a)
{
    str_add(a, "{");
    return true;
}
static bool ev_eo(void *a)
{
    str_add(a, "}");
    return true;
}
static bool ev_sa(void *a)
{
    str_add(a, "[");
    return true;
}
static bool ev_ea(void *a)
{
    str_add(a, "]");
    return true;
}
static bool ev_key(void *a, const char *s, size_t n)
{
    str_addf(a, "k(%.*s)", (int)n, s);
    return true;
}
static bool ev_string(void *a, const char *s, size_t n)
{
    str_addf(a, "s(%.*s)", (int)n, s);
    return true;
}
static bool ev_number(void *a, const char *s, size_t n)
{
    str_addf(a, "n(%.*s)", (int)n, s);
    return true;
}
static bool ev_bool(void *a, bool b)
{
    str_add(a, b ? "T" : "F");
    return true;
}
static bool ev_null(void *a)
{
    str_add(a, "N");
    return true;
}
static bool ev_stop(void *a)
{
    (void)a;
    return false;
}
static const struct json_events all = {ev_so,     ev_key,    ev_eo,   ev_sa,  ev_ea,
                                       ev_string, ev_number, ev_bool, ev_null};

/* Reads text in pieces of `piece` bytes; the events into `out`. */
static enum status read_in(const char *s, size_t n, size_t piece, const struct json_limits *lim,
                           struct str *out, struct error *err)
{
    struct json_reader *r = json_reader_new(&all, out, lim);
    enum status st = OK;
    str_reset(out);
    for (size_t i = 0; st == OK && i < n; i += piece)
        st = json_feed(r, s + i, n - i < piece ? n - i : piece, err);
    if (st == OK)
        st = json_finish(r, err);
    json_reader_free(r);
    return st;
}

static void expect(const char *s, const char *events, const struct json_limits *lim)
{
    struct str out = {0};
    struct error err = {0};
    for (size_t piece = 1; piece <= strlen(s) + 1; piece++) {
        ck_assert_msg(read_in(s, strlen(s), piece, lim, &out, &err) == OK, "%s: %s", s, err.text);
        ck_assert_str_eq(str_c(&out), events);
    }
    str_clear(&out);
}

static void refuse(const char *s, enum status status, const char *why,
                   const struct json_limits *lim)
{
    struct str out = {0};
    struct error err = {0};
    for (size_t piece = 1; piece <= strlen(s) + 1; piece++) {
        enum status st = read_in(s, strlen(s), piece, lim, &out, &err);
        ck_assert_msg(st == status, "%s: status %d", s, (int)st);
        ck_assert_msg(strstr(err.text, why) != NULL, "%s: \"%s\" lacks \"%s\"", s, err.text, why);
    }
    str_clear(&out);
}

START_TEST(reads_every_kind_in_any_pieces)
{
    expect("{\"a\": [1, -2.50e+3, true, false, null, \"x\"], \"b\": {}}",
           "{k(a)[n(1)n(-2.50e+3)TFNs(x)]k(b){}}", NULL);
    expect(" 42 ", "n(42)", NULL);
    expect("-0.0", "n(-0.0)", NULL);
    expect("\"a\\u00e9\\n\\ud83d\\ude00\"", "s(a\xC3\xA9\n\xF0\x9F\x98\x80)", NULL);
    expect("\xEF\xBB\xBF[\"\xE2\x98\x80\"]", "[s(\xE2\x98\x80)]", NULL);
    expect("{\"a\":1,\"a\":2}", "{k(a)n(1)k(a)n(2)}", NULL);
}
END_TEST

START_TEST(refuses_what_is_no_json)
{
    refuse("", E_PARSE, "empty", NULL);
    refuse("  \n", E_PARSE, "empty", NULL);
    refuse("{\"a\": 1", E_PARSE, "cut off after byte 7", NULL);
    refuse("[1,2", E_PARSE, "cut off after byte 4", NULL);
    refuse("[\"abc", E_PARSE, "cut off", NULL);
    refuse("[01]", E_PARSE, "byte ", NULL);
    refuse("[1,]", E_PARSE, "byte ", NULL);
    refuse("{'a':1}", E_PARSE, "byte ", NULL);
    refuse("[NaN]", E_PARSE, "byte ", NULL);
    refuse("[1] [2]", E_PARSE, "byte ", NULL);
    refuse("[\"a\nb\"]", E_PARSE, "byte ", NULL);
    refuse("\n<!DOCTYPE html><html>", E_PARSE, "HTML", NULL);
    refuse("\xEF\xBB[1]", E_PARSE, "byte 0", NULL);
    refuse("[\"\xFF\"]", E_PARSE, "byte ", NULL);
}
END_TEST

START_TEST(tells_where)
{
    struct str out = {0};
    struct error err = {0};
    const char *s = "[1,2,3,\n 4, x]";
    ck_assert_int_eq(read_in(s, strlen(s), 5, NULL, &out, &err), E_PARSE);
    ck_assert_msg(strncmp(err.text, "byte 12:", 8) == 0 || strncmp(err.text, "byte 13:", 8) == 0,
                  "%s", err.text);
    str_clear(&out);
}
END_TEST

START_TEST(mends_broken_characters)
{
    /* a half of a surrogate pair; an overlong NUL; both are U+FFFD, the rest stays */
    expect("[\"a\\udc00b\"]",
           "[s(a\xEF\xBF\xBD"
           "b)]",
           NULL);
    expect("[\"\xC0\x80"
           "c\"]",
           "[s(\xEF\xBF\xBD\xEF\xBF\xBD"
           "c)]",
           NULL);
}
END_TEST

START_TEST(keeps_to_its_bounds)
{
    struct json_limits lim = {.depth = 3};
    expect("[[[1]]]", "[[[n(1)]]]", &lim);
    refuse("[[[[1]]]]", E_RANGE, "deeper than 3", &lim);
    refuse("[[{\"a\":{}}]]", E_RANGE, "deeper than 3", &lim);
    lim = (struct json_limits){.bytes = 10};
    expect("[12345678]", "[n(12345678)]", &lim);
    refuse("[123456789]", E_RANGE, "larger than 10 bytes", &lim);
}
END_TEST

START_TEST(takes_nan_when_asked)
{
    struct json_limits lim = {.nonfinite = true};
    expect("[NaN, -Infinity,Infinity ,-5,-1e-5, \"NaN -I \\\" N\",null]",
           "[n(nan)n(-inf)n(inf)n(-5)n(-1e-5)s(NaN -I \" N)N]", &lim);
    expect("NaN", "n(nan)", &lim);
    expect("{\"NaN\":NaN}", "{k(NaN)n(nan)}", &lim);
    refuse("[Nan]", E_PARSE, "byte ", &lim);
    refuse("[-Inf]", E_PARSE, "byte ", &lim);
    refuse("[Na", E_PARSE, "", &lim);
    refuse("[-]", E_PARSE, "", &lim);
    refuse("[1NaN]", E_PARSE, "", &lim);
}
END_TEST

START_TEST(reads_many_when_asked)
{
    struct json_limits lim = {.many = true};
    expect("{\"a\":1}\n{\"a\":2}\n", "{k(a)n(1)}{k(a)n(2)}", &lim);
    refuse("{\"a\":1}\n{\"a\":2", E_PARSE, "cut off", &lim);
}
END_TEST

START_TEST(stops_when_told)
{
    static const struct json_events ev = {.null = ev_stop};
    struct error err = {0};
    struct json_reader *r = json_reader_new(&ev, NULL, NULL);
    ck_assert_int_eq(json_feed(r, "[1,", 3, &err), OK);
    ck_assert_int_eq((int)json_reader_at(r), 3);
    ck_assert_int_eq(json_feed(r, "null,2]", 7, &err), E_CANCELLED);
    /* it stays so */
    ck_assert_int_eq(json_feed(r, "]", 1, &err), E_CANCELLED);
    ck_assert_int_eq(json_finish(r, &err), E_CANCELLED);
    json_reader_free(r);
    json_reader_free(NULL);
}
END_TEST

START_TEST(numbers_from_digits)
{
    static const struct {
        const char *text;
        double x;
    } cases[] = {{"0", 0.0},
                 {"-0.0", -0.0},
                 {"2459554.20747", 2459554.20747},
                 {"5e-05", 5e-05},
                 {"1.0914190", 1.0914190},
                 {"123456789012345678", 123456789012345678.0},
                 {"0.1", 0.1},
                 {"1e23", 1e23},
                 {"9007199254740993", 9007199254740992.0},
                 {"2.2250738585072014e-308", 2.2250738585072014e-308},
                 {"1e22", 1e22},
                 {"0.000000000000000000000000000001", 1e-30},
                 {"1e999", HUGE_VAL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(json_double(cases[i].text, strlen(cases[i].text)) == cases[i].x, "%s",
                      cases[i].text);
    ck_assert(signbit(json_double("-0.0", 4)));
    ck_assert(isnan(json_double("", 0)) && isnan(json_double("nan", 3)));
    ck_assert(isnan(json_double("1x", 2)) && isnan(json_double("1e", 2)));
    ck_assert(isnan(json_double("-", 1)) && isnan(json_double("None", 4)));
    /* only n bytes count */
    ck_assert_double_eq(json_double("1234", 2), 12.0);
}
END_TEST

START_TEST(integers_from_digits)
{
    int64_t i = 5;
    ck_assert(json_int64("9223372036854775807", 19, &i) && i == INT64_MAX);
    ck_assert(json_int64("-9223372036854775808", 20, &i) && i == INT64_MIN);
    ck_assert(json_int64("-0", 2, &i) && i == 0);
    ck_assert(!json_int64("9223372036854775808", 19, &i));
    ck_assert(!json_int64("-9223372036854775809", 20, &i));
    ck_assert(!json_int64("1.0", 3, &i) && !json_int64("1e3", 3, &i));
    ck_assert(!json_int64("", 0, &i) && !json_int64("-", 1, &i));
}
END_TEST

START_TEST(finds_in_a_tree)
{
    struct arena a = {0};
    const struct json *v;
    const char *s =
        "{\"event\":{\"id\":[\"S1\",{\"ra\":12.5}],\"n\":3,\"n\":4},\"z\":\"a\\u0000b\","
        "\"no\":null,\"yes\":true,\"\":7}";
    ck_assert_int_eq(json_parse(&a, s, strlen(s), NULL, &v, NULL), OK);
    ck_assert_int_eq(v->type, JSON_OBJECT);
    ck_assert_int_eq((int)v->n, 5);
    ck_assert_str_eq(json_text(json_path(v, "event.id.0")), "S1");
    ck_assert_double_eq(json_number(json_path(v, "event.id.1.ra")), 12.5);
    ck_assert_double_eq(json_number(json_path(v, "event.n")), 4); /* the last one */
    ck_assert_int_eq((int)json_get(v, "event")->n, 3);
    ck_assert_int_eq((int)json_get(v, "z")->n, 3);
    ck_assert_int_eq(memcmp(json_get(v, "z")->text, "a\0b", 4), 0);
    ck_assert_int_eq(json_get(v, "no")->type, JSON_NULL);
    ck_assert(json_get(v, "yes")->truth);
    ck_assert_double_eq(json_number(json_get(v, "")), 7);
    ck_assert_ptr_null(json_get(v, "absent"));
    ck_assert_ptr_null(json_path(v, "event.id.2"));
    ck_assert_ptr_null(json_path(v, "event.id.-1"));
    ck_assert_ptr_null(json_path(v, "event.id.x"));
    ck_assert_ptr_null(json_text(json_path(v, "event.n")));
    ck_assert(isnan(json_number(json_get(v, "z"))) && isnan(json_number(NULL)));
    ck_assert_ptr_null(json_get(NULL, "x"));
    ck_assert_ptr_null(json_item(json_get(v, "z"), 0));
    ck_assert(json_path(v, "event.n")->is_int);
    ck_assert(!json_path(v, "event.id.1.ra")->is_int);
    ck_assert_str_eq(json_path(v, "event.id.1.ra")->text, "12.5");
    arena_clear(&a);
}
END_TEST

START_TEST(tree_is_bounded)
{
    struct arena a = {0};
    struct json_limits lim = {.nodes = 4};
    const struct json *v;
    struct error err;
    ck_assert_int_eq(json_parse(&a, "[1,2,3]", 7, &lim, &v, &err), OK);
    ck_assert_int_eq(json_parse(&a, "[1,2,3,4]", 9, &lim, &v, &err), E_RANGE);
    ck_assert_ptr_null(v);
    ck_assert_int_eq(json_parse(&a, "[1,2", 4, NULL, &v, &err), E_PARSE);
    ck_assert_ptr_null(v);
    arena_clear(&a);
}
END_TEST

START_TEST(writes)
{
    struct str out = {0};
    struct json_writer w;
    json_write(&w, &out);
    json_object(&w);
    json_key(&w, "planet");
    json_string(&w, "WASP-12b");
    json_key(&w, "mid");
    json_fixed(&w, 2459554.20747, 8);
    json_key(&w, "list");
    json_array(&w);
    json_int(&w, -3);
    json_shortest(&w, 0.1);
    json_shortest(&w, 1.0 / 3.0);
    json_fixed(&w, (double)NAN, 2);
    json_shortest(&w, (double)INFINITY);
    json_bool(&w, true);
    json_null(&w);
    json_digits(&w, "1.50");
    json_digits(&w, "05");
    json_digits(&w, "1.");
    json_fixed(&w, -0.001, 2);
    json_string(&w, NULL);
    json_array(&w);
    json_end(&w);
    json_object(&w);
    json_end(&w);
    json_end(&w);
    json_key(&w, "raw");
    json_raw(&w, "{\"a\":1}");
    json_end(&w);
    ck_assert_str_eq(str_c(&out),
                     "{\"planet\":\"WASP-12b\",\"mid\":2459554.20747000,\"list\":[-3,0.1,"
                     "0.3333333333333333,null,null,true,null,1.50,null,null,0.00,null,[],{}],"
                     "\"raw\":{\"a\":1}}");
    str_clear(&out);
}
END_TEST

START_TEST(digits_are_those_of_printf)
{
    struct str out = {0};
    uint64_t seed = 1;
    for (int i = 0; i < 60000; i++) {
        struct json_writer w;
        char want[64];
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int decimals = (int)(seed >> 40 & 15);
        double x = (double)(int64_t)seed / 9.3e18 * pow(10, (int)(seed & 7));
        if (i % 3 == 0) /* few digits, so that ties come */
            x = nearbyint(x * 64) / 64;
        snprintf(want, sizeof want, "%.*f", decimals, x);
        if (want[0] == '-' && !want[1 + strspn(want + 1, "0.")])
            memmove(want, want + 1, strlen(want));
        str_reset(&out);
        json_write(&w, &out);
        json_fixed(&w, x, decimals);
        ck_assert_str_eq(str_c(&out), want);
        str_reset(&out);
        json_write(&w, &out);
        x = decimals < 8 ? nearbyint(x * 1e4) / 1e4 : x;
        json_shortest(&w, x);
        ck_assert_double_eq(strtod(str_c(&out), NULL), x);
        snprintf(want, sizeof want, "%.15g", x); /* nothing shorter reads back if this does */
        ck_assert_msg(strtod(want, NULL) != x || strcmp(str_c(&out), x == 0 ? "0" : want) == 0,
                      "%s", want);
    }
    str_clear(&out);
}
END_TEST

START_TEST(writes_nothing_harmful)
{
    struct str out = {0};
    struct json_writer w;
    static const char nasty[] = "a\"\\\x1b[31m\n\x7f\xC2\x9B\xE2\x80\xAE\xF3\xA0\x81\x81\xC3\xA9"
                                "\xFF/\xEF\xBF\xBD";
    json_write(&w, &out);
    json_string(&w, nasty);
    ck_assert_str_eq(str_c(&out), "\"a\\\"\\\\\\u001b[31m\\u000a\\u007f\\u009b\\u202e"
                                  "\\udb40\\udc41\xC3\xA9\\ufffd/\xEF\xBF\xBD\"");
    str_reset(&out);
    json_write(&w, &out);
    json_stringn(&w, "a\0b", 3);
    ck_assert_str_eq(str_c(&out), "\"a\\u0000b\"");
    str_clear(&out);
}
END_TEST

START_TEST(what_is_written_reads_back)
{
    static const double x[] = {2459554.20747, 1e-300, 123456789.123456789, -1.0 / 7, 5e-324, 1e21};
    for (size_t i = 0; i < sizeof x / sizeof x[0]; i++) {
        struct str out = {0};
        struct json_writer w;
        json_write(&w, &out);
        json_shortest(&w, x[i]);
        ck_assert_double_eq(json_double(out.s, out.n), x[i]);
        str_clear(&out);
    }
}
END_TEST

START_TEST(wrong_order_is_a_bug)
{
    struct str out = {0};
    struct json_writer w;
    json_write(&w, &out);
    json_object(&w);
    json_int(&w, 1); /* no key */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json");
    TCase *t = tcase_create("json");
    tcase_add_test(t, reads_every_kind_in_any_pieces);
    tcase_add_test(t, refuses_what_is_no_json);
    tcase_add_test(t, tells_where);
    tcase_add_test(t, mends_broken_characters);
    tcase_add_test(t, keeps_to_its_bounds);
    tcase_add_test(t, takes_nan_when_asked);
    tcase_add_test(t, reads_many_when_asked);
    tcase_add_test(t, stops_when_told);
    tcase_add_test(t, numbers_from_digits);
    tcase_add_test(t, integers_from_digits);
    tcase_add_test(t, finds_in_a_tree);
    tcase_add_test(t, tree_is_bounded);
    tcase_add_test(t, writes);
    tcase_add_test(t, digits_are_those_of_printf);
    tcase_add_test(t, writes_nothing_harmful);
    tcase_add_test(t, what_is_written_reads_back);
    tcase_add_test_raise_signal(t, wrong_order_is_a_bug, 6);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
