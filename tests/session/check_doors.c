/* check_doors.c - which command line opens which door. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/session/doors.h"

static struct doors d;

static enum door read(const char *line, bool terminal)
{
    static char copy[400];
    char *argv[20];
    int argc = 0;
    strcpy(copy, line);
    for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
        argv[argc++] = w;
    argv[argc] = NULL;
    free(d.session);
    return doors_read(argc, argv, terminal, &d);
}

START_TEST(commands_are_one_shot)
{
    static const char *const line[] = {"vigie tonight",   "vigie --demo tonight",
                                       "vigie --json",    "vigie --version",
                                       "vigie --hedless", "vigie -",
                                       "vigie --store",   "vigie --headless --plain",
                                       "vigie --demo --", "vigie --headless run"};
    for (size_t i = 0; i < sizeof line / sizeof line[0]; i++)
        ck_assert_msg(read(line[i], true) == DOOR_CLI, "%s", line[i]);
    ck_assert_int_eq(read("vigie", false), DOOR_CLI);
    ck_assert_int_eq(read("vigie --demo", false), DOOR_CLI);
}
END_TEST

START_TEST(without_a_command_it_attaches)
{
    ck_assert_int_eq(read("vigie", true), DOOR_CLIENT);
    ck_assert(!d.plain && !d.process.demo && !d.process.store);
    ck_assert_int_eq(read("vigie --plain --demo --site=1,2,3 --store /tmp/x", false), DOOR_CLIENT);
    ck_assert(d.plain && d.process.demo);
    ck_assert_str_eq(d.process.site, "1,2,3");
    ck_assert_str_eq(d.process.store, "/tmp/x");
    static const char *const want[] = {"vigie",        "--headless", "--demo",
                                       "--site=1,2,3", "--store",    "/tmp/x"};
    for (size_t i = 0; i < 6; i++)
        ck_assert_str_eq(d.session[i], want[i]);
    ck_assert_ptr_null(d.session[6]);
}
END_TEST

START_TEST(headless_is_the_session)
{
    ck_assert_int_eq(read("vigie --headless --offline --at now --config c", false), DOOR_SESSION);
    ck_assert(d.process.offline);
    ck_assert_str_eq(d.process.at, "now");
    ck_assert_str_eq(d.process.config, "c");
    ck_assert_int_eq(d.process.ready_fd, -1);
    ck_assert_int_eq(read("vigie --headless --ready-fd 5", true), DOOR_SESSION);
    ck_assert_int_eq(d.process.ready_fd, 5);
    ck_assert_int_eq(read("vigie --headless --ready-fd 1", true), DOOR_CLI);
    ck_assert_int_eq(read("vigie --headless --ready-fd x", true), DOOR_CLI);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("doors");
    TCase *t = tcase_create("doors");
    tcase_add_test(t, commands_are_one_shot);
    tcase_add_test(t, without_a_command_it_attaches);
    tcase_add_test(t, headless_is_the_session);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    free(d.session);
    return failed != 0;
}
