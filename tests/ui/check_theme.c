/* check_theme.c - theme files: columns, derivation, the rules of the night, steps, the Sun. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/theme.h"

static const char head[] =
    "name = x\nkind = day\ntext = #101010 on #f0f0f0 | 16 on 255 | black on white | normal\n";

static enum status parse(const char *text, struct theme *t, struct error *err)
{
    return theme_parse(text, strlen(text), "x.theme", t, err);
}

START_TEST(reads_columns)
{
    struct theme t;
    struct error err;
    char text[512];
    snprintf(text, sizeof text,
             "%s# a comment\nalarm = #ff0000 on #000000 bold | 196 on 16 | bright-white on red | "
             "reverse bold # why\ncursor = #0a0b0c\n",
             head);
    ck_assert_msg(parse(text, &t, &err) == OK, "%s", err.text);
    ck_assert_str_eq(t.name, "x");
    ck_assert_int_eq(t.paint[DEPTH_TRUE][ROLE_ALARM].fg, 0xFF0000);
    ck_assert_int_eq(t.paint[DEPTH_TRUE][ROLE_ALARM].attr, ATTR_BOLD);
    ck_assert_int_eq(t.paint[DEPTH_256][ROLE_ALARM].bg, 16);
    ck_assert_int_eq(t.paint[DEPTH_16][ROLE_ALARM].fg, 15);
    ck_assert_int_eq(t.paint[DEPTH_16][ROLE_ALARM].bg, 1);
    ck_assert_int_eq(t.paint[DEPTH_MONO][ROLE_ALARM].attr, ATTR_REVERSE | ATTR_BOLD);
    ck_assert_int_eq(t.cursor, 0x0A0B0C);
}
END_TEST

/* xterm's cube: 160 is d70000, 21 is 0000ff, grey 240 is 585858. */
START_TEST(derives_columns)
{
    struct theme t;
    struct error err;
    char text[512];
    snprintf(text, sizeof text,
             "%sstrong = #d80204\nwarn = | 21\nnew = #000000 on #00ff00\nfaint = #808080\n", head);
    ck_assert_msg(parse(text, &t, &err) == OK, "%s", err.text);
    ck_assert_int_eq(t.paint[DEPTH_256][ROLE_STRONG].fg, 160);
    ck_assert_int_eq(t.paint[DEPTH_16][ROLE_STRONG].fg, 1);
    ck_assert_int_eq(t.paint[DEPTH_256][ROLE_STRONG].bg, 255); /* of text */
    ck_assert_int_eq(t.paint[DEPTH_TRUE][ROLE_WARN].fg, 0x0000FF);
    ck_assert_int_eq(t.paint[DEPTH_MONO][ROLE_NEW].attr, ATTR_REVERSE);
    ck_assert_int_eq(t.paint[DEPTH_MONO][ROLE_FAINT].attr, ATTR_DIM);
    ck_assert_int_eq(t.paint[DEPTH_256][ROLE_RULE].fg, 244); /* rule is not given: faint's */
    ck_assert_int_eq(theme_rgb256(160), 0xD70000);
    ck_assert_int_eq(theme_rgb256(21), 0x0000FF);
    ck_assert_int_eq(theme_rgb256(240), 0x585858);
}
END_TEST

static const struct {
    const char *line, *part;
} wrong[] = {
    {"nonsense", "line 4: no `=`"},
    {"blink = #ff0000", "no such role"},
    {"alarm = red", "not a colour"},
    {"alarm = #ff000", "nothing is given"},
    {"alarm = #ff0000 on", "no colour after"},
    {"alarm = #ff0000 #00ff00", "more than one colour"},
    {"alarm = #ff0000 | 256", "not a colour"},
    {"alarm = #ff0000 | 1 | pink", "not a colour"},
    {"alarm = #ff0000 | 1 | red | blink", "not an attribute"},
    {"alarm = #ff0000 | 1 | red | bold | bold", "more than four"},
    {"kind = noon", "kind is"},
};

START_TEST(refuses_with_the_line)
{
    struct theme t;
    struct error err;
    char text[512];
    snprintf(text, sizeof text, "%s%s\n", head, wrong[_i].line);
    ck_assert_int_eq(parse(text, &t, &err), E_PARSE);
    ck_assert_msg(strstr(err.text, wrong[_i].part) && strstr(err.text, "x.theme"), "%s", err.text);
}
END_TEST

static const struct {
    const char *text, *part;
} not_night[] = {
    {"text = #af0001 on #000000 | 124 on 16 | red on black", "no green"},
    {"text = #af0000 on #000100 | 124 on 16 | red on black", "no green"},
    {"text = #af0000 | 124 on 16 | red on black", "terminal's own"},
    {"text = #af0000 on default | 124 on 16 | red on black", "terminal's own"},
    {"text = #af0000 on #000000 | 125 on 16 | red on black", "only 16 52"},
    {"text = #af0000 on #000000 | 124 on 0 | red on black", "only 16 52"},
    {"text = #af0000 on #000000 | 124 on default | red on black", "only 16 52"},
    {"text = #af0000 on #000000 | 124 on 16 | red on default", "only red and black"},
    {"text = #af0000 on #000000 | 124 on 16 | bright-red on black", "only red and black"},
    {"text = #af0000 on #000000 | 124 on 16 | red on black bold", "no bold"},
    {"text = #af0000 on #000000\ncursor = #870010", "cursor"},
    {"text = #af0000 on #000000\ncursor = default", "cursor"},
};

START_TEST(night_has_no_green_or_blue)
{
    struct theme t;
    struct error err;
    char text[512];
    snprintf(text, sizeof text, "name = n\nkind = night\ncursor = #870000\n%s\n",
             not_night[_i].text);
    ck_assert_int_ne(parse(text, &t, &err), OK);
    ck_assert_msg(strstr(err.text, not_night[_i].part) != NULL, "%s", err.text);
}
END_TEST

/* A night theme of true colours alone gets columns that keep the rules. */
START_TEST(night_is_derived_by_its_rules)
{
    struct theme t;
    struct error err;
    ck_assert_msg(parse("name=n\nkind=night\ncursor=#870000\ntext=#9b0000 on #000000 "
                        "bold\nalarm=#000000 on #f80000\n",
                        &t, &err) == OK,
                  "%s", err.text);
    ck_assert_int_eq(t.paint[DEPTH_256][ROLE_ALARM].bg, 196);
    ck_assert_int_eq(t.paint[DEPTH_16][ROLE_TEXT].attr & ATTR_BOLD, 0);
}
END_TEST

START_TEST(night_steps_stay_red_and_readable)
{
    struct error err;
    for (int steps = THEME_STEP_MIN; steps <= THEME_STEP_MAX; steps++) {
        struct theme t;
        ck_assert_msg(theme_load("night", &t, &err) == OK, "%s", err.text);
        theme_step(&t, steps);
        ck_assert_msg(theme_night_check(&t, &err) == OK, "%s", err.text);
        for (int d = DEPTH_16; d < DEPTH_N; d++)
            for (int r = 0; r < ROLE_N; r++)
                ck_assert_msg(t.paint[d][r].fg != t.paint[d][r].bg, "%s at %d", role_table[r].name,
                              steps);
        if (steps == 1)
            ck_assert_int_eq(t.paint[DEPTH_256][ROLE_TEXT].fg, 160);
        if (steps == -4)
            ck_assert_int_eq(t.paint[DEPTH_256][ROLE_TEXT].fg, 52);
    }
}
END_TEST

START_TEST(shipped_themes_load)
{
    static const char *const names[] = {"contrast", "day", "dusk", "mono", "night", "night-amber"};
    theme_name_list all = {0};
    theme_names(&all);
    struct error err;
    for (size_t i = 0; i < 6; i++) {
        struct theme t;
        ck_assert_msg(theme_load(names[i], &t, &err) == OK, "%s", err.text);
        ck_assert_str_eq(t.name, names[i]);
        bool listed = false;
        for (size_t k = 0; k < all.n; k++)
            listed |= !strcmp(all.at[k], names[i]);
        ck_assert(listed);
    }
    for (size_t i = 0; i < all.n; i++)
        free(all.at[i]);
    VEC_FREE(all);
}
END_TEST

START_TEST(the_users_folder_comes_first)
{
    char dir[] = "/tmp/vigie-theme-XXXXXX", path[128], cmd[160];
    ck_assert(mkdtemp(dir));
    setenv("XDG_CONFIG_HOME", dir, 1);
    snprintf(cmd, sizeof cmd, "mkdir -p %s/vigie/themes", dir);
    ck_assert_int_eq(system(cmd), 0);
    snprintf(path, sizeof path, "%s/vigie/themes/day.theme", dir);
    FILE *f = fopen(path, "w");
    fputs("name = day\nkind = day\ntext = #123456 on #ffffff\n", f);
    fclose(f);
    struct theme t;
    struct error err;
    ck_assert_msg(theme_load("day", &t, &err) == OK, "%s", err.text);
    ck_assert_int_eq(t.paint[DEPTH_TRUE][ROLE_TEXT].fg, 0x123456);
    f = fopen(path, "w");
    fputs("name = day\nkind = day\ntext = oops\n", f);
    fclose(f);
    ck_assert_int_eq(theme_load("day", &t, &err), E_PARSE);
    ck_assert_int_eq(theme_load("../day", &t, &err), E_ABSENT);
    ck_assert_int_eq(theme_load("no-such", &t, &err), E_ABSENT);
    ck_assert_msg(strstr(err.text, "night-amber") != NULL, "%s", err.text);
    snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
    ck_assert_int_eq(system(cmd), 0);
}
END_TEST

START_TEST(follows_the_sun)
{
    const double rad = acos(-1) / 180;
    ck_assert_str_eq(theme_for_sun(5 * rad), "day");
    ck_assert_str_eq(theme_for_sun(-5 * rad), "dusk");
    ck_assert_str_eq(theme_for_sun(-11.9 * rad), "dusk");
    ck_assert_str_eq(theme_for_sun(-12.1 * rad), "night");
    ck_assert_str_eq(theme_for_sun(NAN), "dusk");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("theme");
    TCase *t = tcase_create("theme");
    tcase_add_test(t, reads_columns);
    tcase_add_test(t, derives_columns);
    tcase_add_loop_test(t, refuses_with_the_line, 0, sizeof wrong / sizeof *wrong);
    tcase_add_loop_test(t, night_has_no_green_or_blue, 0, sizeof not_night / sizeof *not_night);
    tcase_add_test(t, night_is_derived_by_its_rules);
    tcase_add_test(t, night_steps_stay_red_and_readable);
    tcase_add_test(t, shipped_themes_load);
    tcase_add_test(t, the_users_folder_comes_first);
    tcase_add_test(t, follows_the_sun);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
