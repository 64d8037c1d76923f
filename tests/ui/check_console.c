/* check_console.c - the Console tab with Lua behind it, keys pressed and the screen read: lines,
 * paste, history, search, completion, errors, cancelling, output of tasks behind the prompt. Not: forms (check_forms.c).
 * Expected texts are written by hand from what the design promises.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../src/session/console.h"
#include "console_seat.h"

START_TEST(a_line_gives_its_value)
{
    enter("6*7");
    SHOWS("> 6*7\n42\n");
    enter("_ + 1");
    SHOWS("\n43\n");
    ck_assert_str_eq(LINE(), "");
}
END_TEST

START_TEST(nothing_drives_the_terminal)
{
    enter("print('\\27[2J\\7\\226\\128\\174x')");
    SHOWS("\n^[[2J^G<U+202E>x\n");
}
END_TEST

START_TEST(tables_are_shown)
{
    enter("{{n='a', mag=12.5}, {n='bb', mag=3}}");
    SHOWS("\n mag  n\n12.5  a\n   3  bb\n");
    /* what is wider than the screen is left out, not wrapped */
    enter("tbl.new{{a = ('x'):rep(30), b = ('y'):rep(30), c = ('z'):rep(30)}}");
    SHOWS("\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx  yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n");
    SHOWS("1 more column");
    enter("{1, {2, {3, {4}}}}");
    SHOWS("\n{1, {2, {3, {...}}}}\n");
    enter("t = {} t.me = t");
    enter("t");
    SHOWS("\n{me = {cycle}}\n");
}
END_TEST

START_TEST(a_line_goes_on_while_it_is_open)
{
    type("for i = 1, 2 do", 0);
    press("<Enter>");
    type("print('n' .. i)", 0);
    press("<Enter>");
    turns(10);
    HIDES("n1");
    enter("end");
    SHOWS("\n> for i = 1, 2 do\n  print('n' .. i)\n  end\nn1\nn2\n");
}
END_TEST

START_TEST(a_paste_runs_nothing)
{
    for (int i = 0; i < 500; i++)
        type("n = (n or 0) + 1\n", MOD_PASTE);
    turns(20);
    ck_assert_uint_eq(console_end(v->console), console_first(v->console));
    ck_assert_int_eq(editor_lines(&v->prompt->edit), 501);
    press("<Enter>");
    settle();
    enter("'n is ' .. n");
    SHOWS("\nn is 500\n");
}
END_TEST

START_TEST(paste_without_marks)
{
    press("<Esc>");
    ui_run(ui, "paste", BY_KEY);
    type("for i = 1, 3 do\n", 0);
    press("<Tab>");
    type("print('paste', i)\nend\n", 0);
    press("<BS><C-d>");
    ck_assert_str_eq(LINE(), "for i = 1, 3 do\n    print('paste', i)\nend");
    HIDES("\npaste");
    press("<Enter>");
    settle();
    SHOWS("\npaste   1\npaste   2\npaste   3\n");
}
END_TEST

/* While somebody types, a loop without end has half of the CPU at most; else nearly all of it. */
static double share_of_a_loop(bool typing)
{
    struct console_task t[8];
    press("<Esc>i");
    type("while true do end", 0);
    press("<Enter>");
    turns(100);
    size_t n = console_tasks(v->console, t, 8);
    ck_assert_uint_eq(n, 1);
    double cpu = t[0].cpu_s;
    int64_t began = clock_thread_us(), wall = loop_now_ms(loop);
    while (loop_now_ms(loop) - wall < 600) {
        if (typing)
            session_keys(s);
        session_turn(s);
        loop_turn(loop, false);
    }
    int64_t took = typing ? (loop_now_ms(loop) - wall) * 1000 : clock_thread_us() - began;
    console_tasks(v->console, t, 8);
    double share = (t[0].cpu_s - cpu) * 1e6 / (double)took;
    press("<C-c>");
    settle();
    return share;
}

START_TEST(half_of_the_cpu_while_keys_come)
{
    ck_assert_double_gt(share_of_a_loop(false), 0.7);
    ck_assert_double_lt(share_of_a_loop(true), 0.6);
}
END_TEST

START_TEST(history_by_prefix_and_search)
{
    enter("alpha = 1");
    enter("beta = 2");
    enter("alpha = 3");
    type("alpha", 0);
    press("<Up>");
    ck_assert_str_eq(LINE(), "alpha = 3");
    press("<Up>");
    ck_assert_str_eq(LINE(), "alpha = 1");
    press("<Up><Down><Down>");
    ck_assert_str_eq(LINE(), "alpha");
    press("<C-u><C-r>");
    type("eta", 0);
    ck_assert_str_eq(LINE(), "beta = 2");
    press("<Enter>");
    turns(10);
    ck_assert_str_eq(LINE(), "beta = 2");
    press("<C-u><C-r>");
    type("alpha", 0);
    press("<C-r>");
    ck_assert_str_eq(LINE(), "alpha = 1");
    press("<Esc>");
    ck_assert_str_eq(LINE(), "");
}
END_TEST

START_TEST(a_secret_is_not_remembered)
{
    enter("x = 'SECRET'");
    ck_assert_ptr_null(console_past(v->console, 0));
}
END_TEST

START_TEST(words_are_completed)
{
    type("sky.altaz", 0);
    press("<BS><BS><Tab>");
    ck_assert_str_eq(LINE(), "sky.altaz");
    press("<C-u>");
    enter("x = {alone_here = {deep = 1}, txt = 'a'}");
    type("x.al\t", 0);
    press("<C-u>");
    type("x.al", 0);
    press("<Tab>");
    type(".", 0);
    press("<Tab>");
    ck_assert_str_eq(LINE(), "x.alone_here.deep");
    press("<C-u>");
    type("x.txt:upp", 0);
    press("<Tab>");
    ck_assert_str_eq(LINE(), "x.txt:upper");
    press("<C-u>");
    type("'sky.al", 0);
    press("<Tab>");
    ck_assert_str_eq(LINE(), "'sky.al");
    press("<C-u>");
    type("x.", 0);
    press("<Tab>");
    SHOWS("2 words may stand here: Tab lists them");
    HIDES("alone_here  ");
    press("<Tab>");
    SHOWS("alone_here");
    SHOWS("txt");
    press("<C-u>");
    type("transits.tonight{min_d", 0);
    press("<Tab>");
    ck_assert_str_eq(LINE(), "transits.tonight{min_depth=");
}
END_TEST

/* What Tab makes of a text at the prompt. */
static void completes(const char *text, const char *want)
{
    press("<C-u>");
    type(text, 0);
    press("<Tab>");
    ck_assert_str_eq(LINE(), want);
}

START_TEST(words_inside_quotes)
{
    enter("stars = tbl.new{{ra = 10, dec = 20, vmag = 5.5, ['B-V'] = 1}, columns = {{name = 'ra', "
          "unit "
          "= 'deg'}, 'dec', 'vmag', 'B-V'}}");
    enter("first = stars[1]");
    completes("stars:sort('vm", "stars:sort('vmag");
    completes("stars:select{'ra', 'B", "stars:select{'ra', 'B-V");
    completes("stars:column\"d", "stars:column\"dec");
    completes("stars['B", "stars['B-V");
    completes("stars.vm", "stars.vmag");
    completes("first.vm", "first.vmag");
    completes("first['B", "first['B-V");
    completes("stars:where'ra > 5 and vm", "stars:where'ra > 5 and vmag");
    completes("x = stars:where(\"vm", "x = stars:where(\"vmag");
    completes("vo.registry.search{uat='gamma-ray-burste",
              "vo.registry.search{uat='gamma-ray-bursters");
    completes("vo.registry.search{servicetype = 'cone",
              "vo.registry.search{servicetype = 'conesearch");
    completes("vo.scs'2MA", "vo.scs'https://vizier.cds.unistra.fr/viz-bin/conesearch/II/246/out?");
    completes("session.on('da", "session.on('dawn");
    completes("session.set('transits.min-d", "session.set('transits.min-depth");
    completes("script.run('fla", "script.run('flats");
    completes("help'sky.alt", "help'sky.altaz");
    completes("cmd'alarm-te", "cmd'alarm-test");
    completes("-- stars:sort('vm", "-- stars:sort('vm"); /* a comment */
    press("<C-u>");
    type("stars:sort('", 0);
    press("<Tab><Tab>");
    SHOWS("ra                       column, deg");
}
END_TEST

START_TEST(files_are_completed)
{
    enter("files.write('curve_of_wasp12.csv', 'a,b') files.write('other.txt', '')");
    enter("files.folder()");
    completes("files.read('curve", "files.read('curve_of_wasp12.csv");
    completes("tbl.read{path='cur", "tbl.read{path='curve_of_wasp12.csv");
    completes("files.read('/etc/pass", "files.read('/etc/pass");
    completes("files.read('../", "files.read('../");
    press("<C-u>");
    type("files.read('", 0);
    press("<Tab><Tab>");
    SHOWS("curve_of_wasp12.csv      0.0 kB");
}
END_TEST

START_TEST(many_words_come_in_pages)
{
    type("string.", 0);
    press("<Tab><Tab>");
    SHOWS("byte");
    SHOWS("more: Tab");
    press("<Tab>");
    HIDES("  byte");
    press("<Tab><Tab>");
    SHOWS("  byte");
}
END_TEST

START_TEST(help_of_names_and_of_values)
{
    enter("stars = tbl.new{{ra = 10}}");
    enter("stars:sort?");
    SHOWS("stars:sort: tbl\ntbl:sort(by: string");
    enter("sky.altaz?");
    SHOWS("sky.altaz(c: coord");
    ui_run(ui, "console-clear", BY_KEY);
    enter("help(sky.altaz)");
    SHOWS("> help(sky.altaz)\nsky.altaz(c: coord");
    ui_run(ui, "console-clear", BY_KEY);
    enter("stars.ra?");
    SHOWS("stars.ra: column\n");
    SHOWS("column:median() -> number");
    ui_run(ui, "console-clear", BY_KEY);
    enter("help\"stacks\"");
    SHOWS("nothing about \"stacks\"; help() lists all");
    enter("help\"nearest to them\""); /* words of a text */
    SHOWS("tbl:join(");
}
END_TEST

START_TEST(an_example_is_put_to_the_prompt)
{
    enter("examples'sky.airmass'");
    ck_assert_str_eq(LINE(), "print(sky.airmass(30))");
    press("<Enter>");
    settle();
    SHOWS("\n1.99");      /* Pickering 2002 at 30 degrees: 1.993 */
    type("half a li", 0); /* what is written stays */
    console_suggest(v->console, "print(1)");
    turns(10);
    ck_assert_str_eq(LINE(), "half a li");
}
END_TEST

START_TEST(help_of_the_function_under_the_cursor)
{
    type("sky.altaz('M 31', ", 0);
    SHOWS("sky.altaz(c: coord");
}
END_TEST

START_TEST(errors_have_a_hint_and_a_traceback)
{
    enter("local q = nil; q.x = 1");
    SHOWS("script: line 1:1: attempt to index a nil value");
    SHOWS(":tb for the traceback");
    press(":tb<Enter>");
    SHOWS("stack traceback");
    SHOWS("line 1:1: in the line");
    enter("1 +* 2");
    SHOWS("syntax: line 2:1:");
}
END_TEST

START_TEST(a_loop_without_end_is_cancelled)
{
    static const char *const bombs[] = {
        "while true do end", "while true do pcall(function() while true do end end) end",
        "table.sort({3,1,2,5,4}, function() while true do end end)",
        ("local t = {} for i = 1, 10000 do t[i] = coroutine.wrap(function() while true do end end) "
         "end t[1]()")};
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        type(bombs[i], 0);
        press("<Enter>");
        turns(60);
        ck_assert_uint_ne(console_foreground(v->console), 0);
        type("x", 0);
        ck_assert_str_eq(LINE(), "x");
        press("<C-c>");
        settle();
        ck_assert_uint_eq(console_foreground(v->console), 0);
    }
    SHOWS("line 1: cancelled");
    enter("'still ' .. 'here'");
    SHOWS("\nstill here\n");
}
END_TEST

START_TEST(output_behind_the_prompt_is_tagged)
{
    enter("spawn(function() sleep(0.05) print('from behind') end, {detach = true}) return nil");
    type("half a li", 0);
    turns(300);
    ck_assert_str_eq(LINE(), "half a li");
    SHOWS("] from behind\n");
    SHOWS("> half a li\n");
}
END_TEST

START_TEST(a_hook_leaves_the_prompt)
{
    struct console_task t[4];
    enter(
        "command{name = 'darks', keys = 'D', help = 'Darks', run = function() print('dark') end}");
    ck_assert_uint_eq(console_foreground(v->console), 0);
    ck_assert_uint_eq(console_tasks(v->console, t, 4), 1);
    ck_assert_str_eq(t[0].name, "command darks");
    SHOWS("\ntask command darks\n");
    enter("hook = session.on('dusk', print)");
    enter("hook");
    ck_assert_uint_eq(console_foreground(v->console), 0);
    press("<Esc>D");
    turns(50);
    SHOWS("dark\n");
}
END_TEST

/* Keys that the program has are not for commands of scripts, not even in a tab where they are free. */
START_TEST(no_command_takes_a_key_that_is_taken)
{
    enter("command{name = 'mine-quit', keys = 'q', help = 'A', run = print}");
    press("<Esc>k");
    SHOWS("mine-quit: \"q\" is taken by back");
    press("i");
    enter("command{name = 'mine-tab', keys = '3', help = 'A', run = print}");
    press("<Esc>k");
    SHOWS("mine-tab: \"3\" is taken by tab");
    press("i");
    enter("command{name = 'mine-all', scope = 'console', keys = ':', help = 'A', run = print}");
    press("<Esc>k");
    SHOWS("mine-all: \":\" is taken by palette");
    press(":");
    type("mine-all", 0);
    SHOWS("mine-all");
    press("<Esc>");
}
END_TEST

START_TEST(tracebacks_name_nothing_of_ours)
{
    enter("table.sort({3, 1, 2}, function(a, b) return a.x < b end)");
    press(":tb<Enter>");
    SHOWS("line 1:1: in the function that was given");
    HIDES("less");
    HIDES("vigie:");
}
END_TEST

START_TEST(lines_entered_have_a_bound)
{
    char *line = mem_zero(300001);
    memset(line, 'x', 300000);
    memcpy(line, "--", 2);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(console_enter(v->console, line), CONSOLE_RUNS);
    settle();
    ck_assert_uint_eq(v->console->entered.n, 3);
    ck_assert_uint_eq(v->console->lost, 2);
    ck_assert_uint_lt(v->console->n_entered, SCRIPT_MAX);
    free(line);
}
END_TEST

/* `:log FILE` writes what the console says from then on; what is there already is not written over. */
START_TEST(the_console_is_written_to_a_file)
{
    char *line = mem_printf("log %s/console.txt", folder), text[200] = "";
    enter("'before'");
    ui_run(ui, line, BY_PALETTE);
    enter("6 * 7");
    enter("print('a\\27b')");
    ui_run(ui, "log", BY_PALETTE);
    SHOWS("console.txt; `log off` ends it");
    ui_run(ui, "log off", BY_PALETTE);
    enter("'behind'");
    FILE *f = fopen(line + 4, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, f), 0);
    fclose(f);
    ck_assert_str_eq(text, "> 6 * 7\n42\n> print('a\\27b')\na^[b\n");
    ui_run(ui, line, BY_PALETTE);
    SHOWS("is there already");
    free(line);
}
END_TEST

START_TEST(panes)
{
    type("sleep(60)", 0);
    press("<Enter>");
    turns(20);
    press("<Esc>t");
    SHOWS("-- tasks <");
    SHOWS("line 1");
    press("x");
    settle();
    SHOWS("Nothing runs.");
    press("<Esc>");
    ck_assert_int_eq((int)v->focus, FOCUS_PROMPT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console");
    TCase *tc = tcase_create("console");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_line_gives_its_value);
    tcase_add_test(tc, nothing_drives_the_terminal);
    tcase_add_test(tc, tables_are_shown);
    tcase_add_test(tc, a_line_goes_on_while_it_is_open);
    tcase_add_test(tc, a_paste_runs_nothing);
    tcase_add_test(tc, paste_without_marks);
    tcase_add_test(tc, half_of_the_cpu_while_keys_come);
    tcase_add_test(tc, history_by_prefix_and_search);
    tcase_add_test(tc, a_secret_is_not_remembered);
    tcase_add_test(tc, words_are_completed);
    tcase_add_test(tc, words_inside_quotes);
    tcase_add_test(tc, files_are_completed);
    tcase_add_test(tc, many_words_come_in_pages);
    tcase_add_test(tc, help_of_names_and_of_values);
    tcase_add_test(tc, an_example_is_put_to_the_prompt);
    tcase_add_test(tc, help_of_the_function_under_the_cursor);
    tcase_add_test(tc, errors_have_a_hint_and_a_traceback);
    tcase_add_test(tc, a_loop_without_end_is_cancelled);
    tcase_add_test(tc, output_behind_the_prompt_is_tagged);
    tcase_add_test(tc, a_hook_leaves_the_prompt);
    tcase_add_test(tc, no_command_takes_a_key_that_is_taken);
    tcase_add_test(tc, tracebacks_name_nothing_of_ours);
    tcase_add_test(tc, lines_entered_have_a_bound);
    tcase_add_test(tc, the_console_is_written_to_a_file);
    tcase_add_test(tc, panes);
    suite_add_tcase(suite, tc);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
