/* check_header.c - the head of a script is read without running it; a wrong line is a sentence with its number. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../../src/lua/header.h"

static struct script_header h;
static struct error err;

static enum status rd(const char *text)
{
    return header_read(text, strlen(text), &h, &err);
}

START_TEST(whole_header)
{
    const char *text =
        "#!/usr/bin/vigie run\n--[[ vigie-script\nname    = \"GRB resources\"\nsummary = \"One "
        "\\\"cone\\\" search\"\nversion = \"1.0\"\napi     = 1\n"
        "needs   = { \"vo\", \"files\" }\n-- a remark\n\nparam uat     : string   = "
        "\"gamma-ray-bursts\"  \"UAT concept\"\nparam radius  : angle    = \"1d\"  \"Radius\"  "
        "min=1arcsec max=10d\r\n"
        "param filter : choice = L \"Filter\" of=\"L,R,G\"\nparam n:int optional\nparam t : time "
        "\"Start\"\n]]\nerror('never run')\n";
    ck_assert_msg(rd(text) == OK, "%s", err.text);
    ck_assert(h.has);
    ck_assert_str_eq(h.name, "GRB resources");
    ck_assert_str_eq(h.summary, "One \"cone\" search");
    ck_assert_str_eq(h.needs, "vo files");
    ck_assert_int_eq(h.api, 1);
    ck_assert_uint_eq(h.params.n, 5);
    ck_assert_str_eq(h.params.at[1].name, "radius");
    ck_assert_str_eq(h.params.at[1].def, "1d");
    ck_assert_str_eq(h.params.at[1].label, "Radius");
    ck_assert_str_eq(h.params.at[1].max, "10d");
    ck_assert_str_eq(h.params.at[2].of, "L,R,G");
    ck_assert(h.params.at[3].optional && !h.params.at[3].def);
    ck_assert_ptr_null(h.params.at[4].def);
    ck_assert_str_eq(h.params.at[4].label, "Start");
    const char *near;
    ck_assert_ptr_null(header_param(&h, "raduis", &near));
    ck_assert_str_eq(near, "radius");
    header_clear(&h);
}
END_TEST

START_TEST(no_header)
{
    static const char *const text[] = {
        "",     "print(1)",        "--[[ a comment ]] print(1)", "-- vigie-script\n", "#!x",
        "--[[", "--[[ vigie-scrip"};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        ck_assert_int_eq(rd(text[i]), OK);
        ck_assert(!h.has);
        header_clear(&h);
    }
}
END_TEST

START_TEST(wrong_lines)
{
    static const struct {
        const char *line, *why;
    } row[] = {{"nmae = x", "line 2: \"nmae\" is none of"},
               {"param", "line 2"},
               {"param 9x : int", "needs a name"},
               {"param x int", "a colon"},
               {"param x : integer", "\"integer\" is no type"},
               {"param x : string = \"open", "a quote stays open"},
               {"param x : int mni=3", "none of min="},
               {"param x : choice = a", "a choice needs of="},
               {"param x : int\nparam x : int", "line 3: param x is there twice"},
               {"api = 2", "speaks api 1"},
               {"just words", "KEY = VALUE"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char text[300];
        snprintf(text, sizeof text, "--[[ vigie-script\n%s\n]]", row[i].line);
        ck_assert_msg(rd(text) != OK, "%s was taken", row[i].line);
        ck_assert_msg(strstr(err.text, row[i].why) != NULL, "%s: %s", row[i].line, err.text);
    }
    ck_assert_int_eq(rd("--[[ vigie-script\nname = x\n"), E_PARSE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("header");
    TCase *c = tcase_create("header");
    tcase_add_test(c, whole_header);
    tcase_add_test(c, no_header);
    tcase_add_test(c, wrong_lines);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
