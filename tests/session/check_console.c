/* check_console.c - what of the console needs no Lua: sets of values kept for scripts, the lines in which two
 * texts differ, the scrollback and its limits. Expected texts are written by hand from what the headers promise.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/session/console.h"
#include "vigie/base/file.h"
#include "vigie/session/options.h"

static struct loop *loop;
static struct session *s;
static struct console *c;
static char folder[40];

static void make(bool demo)
{
    struct session_setup setup = {.loop = loop,
                                  .clock = clock_system(),
                                  .conf = conf_new(session_options),
                                  .offline = true,
                                  .demo = demo,
                                  .log_folder = demo ? NULL : folder};
    struct error err;
    ck_assert_msg(session_new(&setup, &s, &err) == OK, "%s", err.text);
    c = session_console(s);
}

static void setup(void)
{
    strcpy(folder, "/tmp/consoleXXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    setenv("XDG_DATA_HOME", folder, 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    loop = loop_new(clock_system());
    make(false);
}

static void teardown(void)
{
    session_free(s);
    loop_free(loop);
    char *command = mem_printf("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static void save(const char *preset, const char *name, const char *text)
{
    struct error err;
    struct script_value v = {name, text};
    ck_assert_msg(console_preset_save(c, "plan.lua", preset, &v, 1, &err) == OK, "%s", err.text);
}

static const char *in_file(void)
{
    static struct str text;
    struct error err;
    char *path = mem_printf("%s/vigie/presets/plan.lua.conf", folder);
    str_reset(&text);
    ck_assert_msg(file_read(path, 10000, &text, &err) == OK, "%s", err.text);
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    free(path);
    return str_c(&text);
}

START_TEST(presets_stand_beside_each_other)
{
    save("faint", "depth", "2");
    save("", "depth", "5");
    save("deep", "depth", "20");
    save("faint", "depth", "1.5");
    ck_assert_str_eq(in_file(), "depth = 5\n[faint]\ndepth = 1.5\n[deep]\ndepth = 20\n");
    ck_assert_str_eq(console_presets(c, "plan.lua", 0), "faint");
    ck_assert_str_eq(console_presets(c, "/else/where/plan.lua", 1), "deep");
    ck_assert_ptr_null(console_presets(c, "plan.lua", 2));
    ck_assert_str_eq(console_preset(c, "plan.lua", "", "depth"), "5");
    ck_assert_str_eq(console_preset(c, "plan.lua", "deep", "depth"), "20");
    ck_assert_ptr_null(console_preset(c, "plan.lua", "deep", "dept"));
    ck_assert_ptr_null(console_preset(c, "plan.lua", "dee", "depth"));
    ck_assert_ptr_null(console_presets(c, "flats.lua", 0));
    save("", "depth", "6"); /* the last run changes, the sets with names stay */
    ck_assert_str_eq(in_file(), "depth = 6\n[faint]\ndepth = 1.5\n[deep]\ndepth = 20\n");
}
END_TEST

START_TEST(presets_are_there_in_the_next_session)
{
    save("faint", "note", "[a] = b");
    session_free(s);
    make(false);
    ck_assert_str_eq(console_preset(c, "plan.lua", "faint", "note"), "[a] = b");
    ck_assert(!console_preset_there(c, "plan.lua", "note"));
}
END_TEST

START_TEST(presets_are_deleted)
{
    struct error err;
    save("a", "depth", "1");
    save("b", "depth", "2");
    save("c", "depth", "3");
    ck_assert_int_eq(console_preset_delete(c, "plan.lua", "b", &err), OK);
    ck_assert_str_eq(in_file(), "[a]\ndepth = 1\n[c]\ndepth = 3\n");
    ck_assert_int_eq(console_preset_delete(c, "plan.lua", "b", &err), E_ABSENT);
    ck_assert_str_eq(err.text, "plan.lua has no preset b; it has a, c");
    ck_assert_int_eq(console_preset_delete(c, "flats.lua", "b", &err), E_ABSENT);
    ck_assert_str_eq(err.text, "flats.lua has no preset b; it has none");
}
END_TEST

START_TEST(a_name_cannot_break_the_file)
{
    static const char *const bad[] = {
        "a b", "[a", "a]", "a\nb", "a=b", "a\"b", "a234567890123456789012345678901234567890b"};
    struct error err;
    struct script_value v = {"depth", "1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(console_preset_save(c, "plan.lua", bad[i], &v, 1, &err), E_RANGE);
    v.text = "1\n[other]"; /* such a value is not kept */
    ck_assert_int_eq(console_preset_save(c, "plan.lua", "ok", &v, 1, &err), OK);
    ck_assert_str_eq(in_file(), "[ok]\n");
}
END_TEST

START_TEST(no_more_than_a_hundred)
{
    struct error err;
    struct script_value v = {"depth", "1"};
    char name[20];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "n%d", i);
        ck_assert_int_eq(console_preset_save(c, "plan.lua", name, &v, 1, &err), OK);
    }
    ck_assert_int_eq(console_preset_save(c, "plan.lua", "one-more", &v, 1, &err), E_RANGE);
    ck_assert_int_eq(console_preset_save(c, "plan.lua", "n7", &v, 1, &err), OK);
}
END_TEST

static void differs(const char *a, const char *b, const char *want)
{
    struct str out = {0};
    text_diff(a, b, &out);
    ck_assert_str_eq(str_c(&out), want);
    str_clear(&out);
}

START_TEST(texts_that_differ)
{
    differs("", "", "");
    differs("a\nb\n", "a\nb\n", "");
    differs("", "x\n", "@@ 1 1\n+x\n");
    differs("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n", "@@ 2 2\n b\n c\n-d\n+X\n e\n f\n");
    differs("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n",
            "@@ 1 1\n+0\n 1\n 2\n@@ 7 8\n 7\n 8\n-9\n");
}
END_TEST

START_TEST(the_scrollback_is_clean_and_bounded)
{
    uint64_t at = console_end(c);
    console_print(c, 0, "a\tb\033[2J\nsecond", 14);
    ck_assert_uint_eq(console_end(c), at + 2);
    ck_assert_str_eq(console_at(c, at).text, "a       b^[[2J");
    ck_assert_str_eq(console_at(c, at + 1).text, "second");
    for (int i = 0; i < CONSOLE_LINES + 5; i++)
        console_print(c, 0, "x", 1);
    ck_assert_uint_eq(console_end(c) - console_first(c), CONSOLE_LINES);
    console_clear(c);
    ck_assert_uint_eq(console_end(c), console_first(c));
}
END_TEST

/* A door that does nothing but count: tasks 1, 2 ... and where they were placed. */
static int places[20];
static uint64_t tasks_made, answered;

static void *fake_create(struct session *session, struct console *console)
{
    (void)session;
    tasks_made = answered = 0;
    return console;
}

static void fake_destroy(void *lua)
{
    (void)lua;
}

static bool fake_step(void *lua, int budget_ms)
{
    (void)lua;
    (void)budget_ms;
    return false;
}

static uint64_t fake_line(void *lua, const char *name, const char *code, size_t n, bool *incomplete,
                          struct error *err)
{
    (void)lua;
    (void)name;
    (void)code;
    (void)n;
    (void)err;
    *incomplete = false;
    return ++tasks_made;
}

static size_t fake_tasks(void *lua, struct console_task *out, size_t max)
{
    (void)lua;
    (void)out;
    (void)max;
    return 0;
}

static void fake_answer(void *lua, uint64_t task, const char *text)
{
    (void)lua;
    (void)text;
    answered = task;
}

static void fake_place(void *lua, uint64_t task, int which)
{
    (void)lua;
    places[task] = which;
}

static int fake_placed(void *lua, uint64_t task)
{
    (void)lua;
    return places[task];
}

static const char *last_line(void)
{
    return console_end(c) > console_first(c) ? console_at(c, console_end(c) - 1).text : "";
}

START_TEST(each_console_has_its_own)
{
    static const struct console_ops fake = {.create = fake_create,
                                            .destroy = fake_destroy,
                                            .step = fake_step,
                                            .line = fake_line,
                                            .tasks = fake_tasks,
                                            .answer = fake_answer,
                                            .place = fake_place,
                                            .placed = fake_placed};
    struct console_problem bad = {.kind = "script", .message = "no", .traceback = "deep"};
    session_free(s);
    console_door(&fake);
    make(false);
    ck_assert_int_eq(console_enter(c, "in one"), CONSOLE_RUNS);
    ck_assert_uint_eq(console_foreground(c), 1);
    console_show(c, 1);
    ck_assert_int_eq(console_shown(c), 1);
    ck_assert_uint_eq(console_foreground(c), 0); /* and no lines */
    ck_assert_uint_eq(console_end(c), console_first(c));
    ck_assert_int_eq(console_enter(c, "in two"), CONSOLE_RUNS);
    ck_assert_uint_eq(console_foreground(c), 2);

    console_print(c, 1, "said one", 8); /* goes where its line was entered, seen or not */
    ck_assert_str_eq(last_line(), "in two");
    ck_assert_uint_eq(console_unseen(c, 0), 1);
    ck_assert_uint_eq(console_unseen(c, 1), 0);
    console_print(c, 2, "said two", 8);
    ck_assert_str_eq(last_line(), "said two");

    console_ask(c, 1, "one asks?"); /* what is entered here is no answer there */
    ck_assert_ptr_null(console_question(c));
    ck_assert_int_eq(console_enter(c, "more"), CONSOLE_RUNS);
    ck_assert_uint_eq(answered, 0);
    console_ask(c, 2, "two asks?");
    ck_assert_str_eq(console_question(c), "two asks?");
    console_enter(c, "yes");
    ck_assert_uint_eq(answered, 2);
    ck_assert_ptr_null(console_question(c));

    console_done(c, 1, CONSOLE_FAILED, NULL, &bad);
    ck_assert_uint_eq(console_foreground(c), 3);
    ck_assert_str_eq(console_traceback(c), "");
    console_clear(c);
    ck_assert_uint_eq(console_end(c), console_first(c));
    console_show(c, 0);
    ck_assert_uint_eq(console_foreground(c), 0);
    ck_assert_str_eq(console_traceback(c), "deep");
    ck_assert_uint_eq(console_end(c) - console_first(c),
                      5); /* line, print, question, error, hint */
    ck_assert_str_eq(console_at(c, console_first(c)).text, "in one");
    ck_assert_str_eq(console_at(c, console_first(c) + 1).text, "said one");
    ck_assert_str_eq(console_at(c, console_first(c) + 1).tag, "");
    ck_assert_uint_eq(console_unseen(c, 1), 0);
    console_door(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console");
    TCase *tc = tcase_create("console");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, presets_stand_beside_each_other);
    tcase_add_test(tc, presets_are_there_in_the_next_session);
    tcase_add_test(tc, presets_are_deleted);
    tcase_add_test(tc, a_name_cannot_break_the_file);
    tcase_add_test(tc, no_more_than_a_hundred);
    tcase_add_test(tc, texts_that_differ);
    tcase_add_test(tc, the_scrollback_is_clean_and_bounded);
    tcase_add_test(tc, each_console_has_its_own);
    suite_add_tcase(suite, tc);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
