/* check_forms.c - forms in the Console tab, keys pressed and the screen read: of scripts, with their presets and what
 * the script is; those that a script asks for; what it wants seen as a picture. Expected texts are written by hand.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "console_seat.h"

static const char script[] = "--[[ vigie-script\n"
                             "name = depth\n"
                             "summary = \"Prints a depth\"\n"
                             "api = 1\n"
                             "param depth : number = 5 \"Least depth\" min=0 max=100\n"
                             "param who : choice = us of=us,them\n"
                             "]]\n"
                             "print('depth ' .. p.depth .. ' for ' .. p.who)\n";

static char *write_script(void)
{
    char *path = mem_printf("%s/depth.lua", folder);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(script, f);
    fclose(f);
    return path;
}

/* A hook stays, the line that made it is over. */
START_TEST(a_script_is_a_form)
{
    char *path = write_script(), *line = mem_printf("console-form %s", path);
    ui_run(ui, line, BY_PALETTE);
    SHOWS("Prints a depth");
    SHOWS("Least depth");
    press("<BS>");
    type("200", 0);
    SHOWS("100");
    press("<F5>");
    ck_assert_int_eq((int)v->focus, FOCUS_FORM);
    press("<C-u>");
    type("7.5", 0);
    press("<Tab><Right><F5>");
    turns(50);
    SHOWS("depth 7.5 for them");
    SHOWS("-- depth.lua: done");
    ui_run(ui, line, BY_PALETTE);
    SHOWS("7.5"); /* the values of the last run are there again */
    press("<Esc>");
    ck_assert_int_eq((int)v->focus, FOCUS_SCRIPTS);
    free(line);
    free(path);
}
END_TEST

START_TEST(the_message_goes_when_the_value_is_repaired)
{
    char *path = write_script(), *line = mem_printf("run %s", path);
    ui_run(ui, line, BY_PALETTE); /* named alone: its form */
    press("<C-u>");
    type("5000", 0);
    press("<F5>");
    SHOWS("- depth: 5000 is above 100");
    press("<BS><BS>");
    HIDES("is above");
    press("<C-u>");
    type("101", 0);
    press("<F5><Tab>");
    HIDES("is above");
    press("<Tab>");
    SHOWS("is above 100");
    press("<BS><F5>");
    turns(50);
    SHOWS("depth 10.0 for us");
    free(line);
    line = mem_printf("run %s --who them", path); /* with values: it runs */
    ui_run(ui, line, BY_PALETTE);
    turns(50);
    SHOWS("depth 5.0 for them");
    free(line);
    free(path);
}
END_TEST

START_TEST(sets_of_values_have_names)
{
    char *path = write_script(), *line = mem_printf("console-form %s", path);
    ui_run(ui, line, BY_PALETTE);
    SHOWS("F2 C-o presets");
    press("<C-u>");
    type("12", 0);
    press("<F2>");
    SHOWS("defaults              depth=5  who=us");
    press("s");
    type("deep field", 0);
    press("<Enter>");
    SHOWS("a preset's name has no blanks");
    press("<C-u>");
    type("deep", 0);
    press("<Enter>");
    SHOWS("Least depth                12");
    press("<C-u>");
    type("200", 0);
    press("<F2>s");
    type("wrong", 0);
    press("<Enter>");
    SHOWS("- not kept: depth: 200 is above 100");
    press("<Esc><Down><Enter>");
    SHOWS("Least depth                5");
    press("<C-o><Down><Down>");
    SHOWS(">  deep                  depth=12  who=us");
    press("<Enter>");
    SHOWS("Least depth                12");
    press("<F2><Up>d");
    SHOWS("Delete the preset deep?");
    press("n<F2>");
    SHOWS("deep");
    press("dy");
    HIDES("deep  ");
    SHOWS("No set has a name yet");
    press("<Esc><Esc>");
    ck_assert_int_eq((int)v->focus, FOCUS_SCRIPTS);
    /* from the command line */
    free(line);
    line = mem_printf("run %s --preset faint", path);
    ui_run(ui, line, BY_PALETTE);
    SHOWS("depth.lua has no preset faint; it has none");
    struct script_value value = {"depth", "2.5"};
    struct error err;
    ck_assert_int_eq(console_preset_save(v->console, path, "faint", &value, 1, &err), OK);
    ui_run(ui, line, BY_PALETTE);
    turns(50);
    ui_run(ui, "console-type", BY_KEY);
    SHOWS("depth 2.5 for us");
    free(line);
    line = mem_printf("run %s --preset faint --depth 3", path);
    ui_run(ui, line, BY_PALETTE);
    turns(50);
    SHOWS("depth 3.0 for us");
    free(line);
    free(path);
}
END_TEST

START_TEST(a_question_mark_shows_what_a_script_is)
{
    char *path = write_script(), *line = mem_printf("console-form %s", path);
    ui_run(ui, line, BY_PALETTE);
    press("?"); /* in a number it can be no value */
    SHOWS("summary   Prints a depth");
    SHOWS("--depth : number = 5\n     Least depth, 0 .. 100\n");
    SHOWS("may do    own");
    press("<Esc>");
    SHOWS("Least depth                5");
    press("<F1>");
    SHOWS("summary   Prints a depth");
    press("<Esc><Esc>");
    free(line);
    char *text = mem_printf("%s/words.lua", folder);
    FILE *f = fopen(text, "w");
    ck_assert_ptr_nonnull(f);
    fputs(
        "--[[ vigie-script\nsummary = \"Asks\"\nparam what : string = \"why\"\n]]\nprint(p.what)\n",
        f);
    fclose(f);
    line = mem_printf("console-form %s", text);
    ui_run(ui, line, BY_PALETTE);
    type("?", 0); /* of the text */
    SHOWS("why?");
    press("<C-u>?");
    SHOWS("summary   Asks");
    free(line);
    free(text);
    free(path);
}
END_TEST

START_TEST(a_script_asks_by_a_form)
{
    enter("return ui.form{'n : int = 5 \"How many\" min=1 max=50', 'filter : choice = R of=R,V,B', "
          "title = 'Flats of tonight'}.n * 2");
    ck_assert_int_eq((int)v->focus, FOCUS_FORM);
    SHOWS("-- Flats of tonight --");
    SHOWS("How many                   5");
    press("<C-u>");
    type("51", 0);
    SHOWS("51 is above 50");
    press("<F5>");
    ck_assert_int_eq((int)v->focus, FOCUS_FORM);
    press("<BS><BS>");
    type("21", 0);
    press("<F2>"); /* it has no presets: nothing happens */
    press("<F5>");
    settle();
    SHOWS("\n42\n");
    ck_assert_int_eq((int)v->focus, FOCUS_PROMPT);
    enter("type(ui.form{'n : int = 5'})");
    press("<Esc>");
    settle();
    SHOWS("\nnil\n"); /* it was closed */
    enter("ui.form{'n : int = 5'}");
    console_cancel(v->console, console_foreground(v->console));
    settle();
    ck_assert_ptr_null(v->form); /* who asked is gone */
    ck_assert_int_eq((int)v->focus, FOCUS_PROMPT);
}
END_TEST

START_TEST(a_form_from_behind_waits_for_the_observer)
{
    enter("spawn(function() print('got ' .. ui.form{'n : int = 5'}.n) end, {detach = true, name = "
          "'behind'}) "
          "return nil");
    turns(30);
    ck_assert_ptr_null(v->form);
    SHOWS("asks for values; f opens the form");
    press("<Esc>f");
    ck_assert_int_eq((int)v->focus, FOCUS_FORM);
    press("<F5>");
    turns(50);
    SHOWS("got 5");
}
END_TEST

START_TEST(values_become_pictures)
{
    enter(
        "ui.plot({1, 2, 3, 4}, {12.1, 12.3, 12.2, 12.4}, {title = 'curve', y = 'V', mag = true})");
    ck_assert_str_eq(ui_tab(ui)->ops->name, "vo");
    SHOWS("V against x");
    SHOWS("12.40"); /* magnitudes grow downwards: the faintest at the bottom */
    const char *faint = strstr(screen(), "12.40"), *bright = strstr(screen(), "12.10");
    ck_assert(bright && faint && bright < faint);
    press("6");
    enter("stars = tbl.new{{ra = 97.64, dec = 29.67, mag = 11}, {ra = 97.60, dec = 29.70, mag = "
          "14}}");
    enter("ui.plot(stars.ra, stars.mag)");
    SHOWS("mag against ra");
    press("6");
    enter("ui.chart('06 30 32.8 +29 40 20', {stars = stars, radius = \"6'\"})");
    turns(50);
    SHOWS("-- positions --");
    SHOWS("height 12.6'"); /* the diameter and a margin of 5 % */
    press("6");
    enter("ui.plot({1, 2}, {1})");
    SHOWS("ui.plot: x has 2 values, y has 1");
    enter("ui.chart('06 30 32.8 +29 40 20', {stars = tbl.new{{a = 1}}})");
    turns(50);
    SHOWS("the table has no columns of positions");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("forms");
    TCase *tc = tcase_create("forms");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_script_is_a_form);
    tcase_add_test(tc, the_message_goes_when_the_value_is_repaired);
    tcase_add_test(tc, sets_of_values_have_names);
    tcase_add_test(tc, a_question_mark_shows_what_a_script_is);
    tcase_add_test(tc, a_script_asks_by_a_form);
    tcase_add_test(tc, a_form_from_behind_waits_for_the_observer);
    tcase_add_test(tc, values_become_pictures);
    suite_add_tcase(suite, tc);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
