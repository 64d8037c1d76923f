/* check_consoles.c - two consoles in the Console tab, by keys, with Lua behind them: lines being typed, output,
 * what is cancelled, questions and forms; scripts at the prompt and behind it; lines saved as a script. Expected texts are written by hand from what the design promises.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "console_seat.h"
#include "vigie/base/file.h"

START_TEST(each_has_its_lines_and_its_prompt)
{
    enter("a = 'of one'");
    enter("a");
    SHOWS("Lua 5.4   console 1/2");
    SHOWS("\nof one\n");
    type("half a li", 0);
    press("<C-o>");
    SHOWS("console 2/2");
    HIDES("of one");
    ck_assert_str_eq(LINE(), "");
    enter("a .. ' in two'"); /* they share their variables */
    SHOWS("\nof one in two\n");
    type("other", 0);
    press("<C-o>");
    SHOWS("console 1/2");
    SHOWS("\nof one\n");
    HIDES("in two");
    ck_assert_str_eq(LINE(), "half a li");
    type("ne", 0);
    press("<C-o>");
    ck_assert_str_eq(LINE(), "other");
    press("<C-o>");
    ck_assert_str_eq(LINE(), "half a line");
    press("<C-u><C-o><C-u><Up>"); /* and their history */
    ck_assert_str_eq(LINE(), "a .. ' in two'");
}
END_TEST

START_TEST(output_goes_to_the_console_of_its_task)
{
    type(
        "spawn(function() sleep(0.2) print('from one') spawn(function() print('child of one') end, "
        "{name = 'kid', detach = true}) end, {name = 'bg', detach = true}) return nil",
        0);
    press("<Enter>");
    settle();
    press("<C-o>");
    type("half", 0);
    turns(400);
    HIDES("from one");
    SHOWS("1: 2 new");
    ck_assert_str_eq(LINE(), "half");
    press("<C-o>");
    SHOWS("\n[bg] from one\n");
    SHOWS("\n[kid] child of one\n"); /* what it started, though it is over */
    HIDES(" new");
}
END_TEST

START_TEST(ctrl_c_ends_what_is_seen)
{
    struct console_task t[4];
    type("sleep(600)", 0);
    press("<Enter><C-o>");
    turns(30);
    SHOWS("\n vigie>");
    type("while true do end", 0);
    press("<Enter>");
    turns(30);
    SHOWS("\n vigie~");
    ck_assert_uint_eq(console_tasks(v->console, t, 4), 2);
    press("<C-c>");
    settle();
    SHOWS("cancelled");
    ck_assert_uint_eq(console_tasks(v->console, t, 4), 1);
    press("<C-o>");
    turns(10);
    SHOWS("\n vigie~");
    HIDES("cancelled");
    press("<C-c>");
    settle();
    SHOWS("cancelled");
    ck_assert_uint_eq(console_tasks(v->console, t, 4), 0);
}
END_TEST

START_TEST(a_question_waits_in_its_console)
{
    type("sleep(0.1) return 'said ' .. ui.ask('how many?')", 0);
    press("<Enter><C-o>");
    turns(300);
    HIDES("answer?");
    enter("'no answer'");
    SHOWS("\nno answer\n");
    press("<C-o>");
    SHOWS("how many?");
    SHOWS("answer?");
    type("7", 0);
    press("<Enter>");
    settle();
    SHOWS("\nsaid 7\n");
}
END_TEST

START_TEST(a_form_opens_in_its_console)
{
    type("sleep(0.1) return ui.form{'n : int = 3'}.n", 0);
    press("<Enter><C-o>");
    turns(300);
    ck_assert_int_eq((int)v->focus, FOCUS_PROMPT);
    press("<C-o>");
    turns(10);
    ck_assert_int_eq((int)v->focus, FOCUS_FORM);
    press("<F5>");
    settle();
    SHOWS("\n3\n");
}
END_TEST

static void write_script(const char *name, const char *code)
{
    struct error err;
    char *path = mem_printf("%s/%s", folder, name);
    ck_assert_int_eq(file_replace(path, code, strlen(code), 0600, &err), OK);
    free(path);
}

static void run_script(const char *name)
{
    char *line = mem_printf("run %s/%s", folder, name);
    ui_run(ui, line, BY_LINE);
    free(line);
}

/* A script has the prompt until a line is entered; then it is one behind it. */
START_TEST(a_script_is_tagged_when_it_is_behind)
{
    struct console_task t[4];
    write_script("watch.lua", "print('one') sleep(0.2) print('two') sleep(600)");
    run_script("watch.lua");
    turns(30);
    SHOWS("\none\n");
    enter("6*7");
    turns(300);
    SHOWS("\n[watch.lua] two\n");
    run_script("watch.lua");
    turns(30);
    type("half a line", 0);
    press("<C-c>"); /* ends what is typed, and no watch */
    turns(30);
    ck_assert_str_eq(LINE(), "");
    ck_assert_uint_eq(console_tasks(v->console, t, 4), 2);
    press("<C-c>");
    settle();
    ck_assert_uint_eq(console_tasks(v->console, t, 4), 1);
    SHOWS("watch.lua: cancelled");
}
END_TEST

/* What :save writes runs as it is, with what its header says and no more. */
START_TEST(a_saved_session_runs)
{
    enter("sky.night().dusk ~= nil");
    enter("nosuch.x = 1");
    enter("n = #tostring(_) files.list() return nil");
    enter("local lost = 5");
    enter("print('lost is', lost)");
    ui_run(ui, "save mine", BY_LINE);
    ui_run(ui, "console-clear", BY_LINE);
    char *path = mem_printf("%s/scripts-own/mine.lua", folder);
    struct str text = {0};
    struct error err;
    ck_assert_msg(file_read(path, 10000, &text, &err) == OK, "%s", err.text);
    ck_assert_str_eq(str_c(&text), "--[[ vigie-script\n"
                                   "name    = \"mine\"\n"
                                   "summary = \"Lines of a session\"\n"
                                   "api     = 1\n"
                                   "needs   = { \"sky\", \"files\" }\n"
                                   "]]\n"
                                   "_ = sky.night().dusk ~= nil\n"
                                   "print(_)\n"
                                   "-- it failed:\n"
                                   "-- nosuch.x = 1\n"
                                   "do local line = function()\n"
                                   "n = #tostring(_) files.list() return nil\n"
                                   "end line() end\n"
                                   "do local line = function()\n"
                                   "local lost = 5\n"
                                   "end line() end\n"
                                   "print('lost is', lost)\n");
    str_clear(&text);
    free(path);
    ui_run(ui, "run mine", BY_LINE);
    settle();
    SHOWS("\ntrue\nlost is nil\n-- mine.lua: done\n");
}
END_TEST

START_TEST(by_its_number)
{
    ui_run(ui, "console-other 1", BY_KEY);
    SHOWS("console 1/2");
    ui_run(ui, "console-other 2", BY_KEY);
    SHOWS("console 2/2");
    ui_run(ui, "console-other 3", BY_KEY);
    SHOWS("no console 3: they are 1 and 2");
    ui_run(ui, "console-other", BY_KEY);
    SHOWS("console 1/2");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("consoles");
    TCase *tc = tcase_create("consoles");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, each_has_its_lines_and_its_prompt);
    tcase_add_test(tc, output_goes_to_the_console_of_its_task);
    tcase_add_test(tc, ctrl_c_ends_what_is_seen);
    tcase_add_test(tc, a_question_waits_in_its_console);
    tcase_add_test(tc, a_form_opens_in_its_console);
    tcase_add_test(tc, a_script_is_tagged_when_it_is_behind);
    tcase_add_test(tc, a_saved_session_runs);
    tcase_add_test(tc, by_its_number);
    suite_add_tcase(suite, tc);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
