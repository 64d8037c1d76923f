/* check_saved.c - lines of the console as a script: each line as a file can hold it, and what the whole needs; each
 * script that results runs with just that. Expected needs are read off the manual.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/lua/saved.h"
#include "runner.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"

static struct runner r;
static struct loop *loop;
static struct session *s;

static void setup(void)
{
    struct error err;
    loop = loop_new(clock_system());
    struct session_setup o = {.loop = loop,
                              .clock = clock_system(),
                              .conf = conf_new(session_options),
                              .offline = true,
                              .demo = true};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
    runner_open(&r, loop, s);
}

static void teardown(void)
{
    runner_close(&r);
    session_free(s);
    loop_free(loop);
}

static void needs(const char *code, const char *want)
{
    struct str out = {0};
    saved_needs(r.host, code, strlen(code), &out);
    ck_assert_msg(!strcmp(str_c(&out), want), "%s\n needs %s, not %s", code, str_c(&out), want);
    str_clear(&out);
}

START_TEST(needs_by_what_is_called)
{
    needs("print(1 + 1) log.info('x') c = coord'05 34 31.9 +22 00 52'", "");
    needs("print(sky.night().dusk)", "\"sky\"");
    needs("m = coord.from_name'M 31'", "\"vo\"");
    needs("t = vo.scs('https://a.example/x')", "\"vo\"");
    needs("function f() return function() return mount.coord end end", "\"mount\"");
    needs("files.write('a.txt', 'x')", "\"files\"");
    needs("t = tbl.new{{ra = 1}} t:write('a.csv')", "\"files\"");
    needs("t = tbl.new{{ra = 1}}", "");
    needs("t = tbl.read'a.csv'", "\"files\"");
    needs("cmd'note seeing 2'", "\"session\"");
    needs("local mount = {} mount.stop = 1", "");
    needs("sky.x = = 1", "");
}
END_TEST

/* A hundred names that are read before do not hide one. */
START_TEST(needs_of_a_long_night)
{
    struct str code = {0};
    for (int i = 0; i < 600; i++)
        str_addf(&code, "x = y%d\n", i);
    str_add(&code, "print(sky.night().dusk)");
    needs(str_c(&code), "\"sky\"");
    str_clear(&code);
}
END_TEST

START_TEST(moving_by_a_command_needs_the_mount)
{
    needs("cmd'device-property x'", "\"session\", \"mount\"");
}
END_TEST

/* The lines as a script, with the capabilities that were found and no others. */
static const char *run(const char *const *line, size_t n)
{
    struct str code = {0}, found = {0};
    for (size_t i = 0; i < n; i++)
        saved_line(r.host, line[i], strlen(line[i]), i + 1 < n && strstr(line[i + 1], "_") != NULL,
                   &code);
    saved_needs(r.host, str_c(&code), code.n, &found);
    for (size_t i = 0; i < found.n; i++)
        if (strchr("\",", found.s[i]))
            found.s[i] = ' ';
    r.grants = str_c(&found);
    const char *said = runner_script(&r, str_c(&code));
    r.grants = NULL;
    str_clear(&code);
    str_clear(&found);
    return said;
}

START_TEST(lines_of_every_kind_run)
{
    static const char *const line[] = {"6*7",
                                       "_ + 1",
                                       "x = 3 return nil",
                                       "local x = 4",
                                       "'x is ' .. x -- and no 4",
                                       "string.rep('ab', 2)",
                                       "#_",
                                       "for i = 1, 2 do\n  print('n', i)\nend",
                                       "print(sky.airmass(90) < 1.001)",
                                       "-- the end"};
    const char *said = run(line, sizeof line / sizeof *line);
    ck_assert_str_eq(said, "42\n43\nx is 3\n4\nn\t1\nn\t2\ntrue\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("saved");
    TCase *c = tcase_create("saved");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, needs_by_what_is_called);
    tcase_add_test(c, needs_of_a_long_night);
    tcase_add_test(c, moving_by_a_command_needs_the_mount);
    tcase_add_test(c, lines_of_every_kind_run);
    suite_add_tcase(suite, c);
    SRunner *run_it = srunner_create(suite);
    srunner_run_all(run_it, CK_NORMAL);
    int failed = srunner_ntests_failed(run_it);
    srunner_free(run_it);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
