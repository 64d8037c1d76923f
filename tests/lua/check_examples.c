/* check_examples.c - the example of every binding runs, in a session of --demo, without a failure; every row has help. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/lua/api.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"

static struct session *s;
static struct lua_host *h;
static struct loop *l;
static struct str said;
static bool failed_task;

static void on_print(void *arg, uint64_t task, const char *text, size_t n)
{
    (void)arg;
    (void)task;
    str_addn(&said, text, n);
    str_addc(&said, '\n');
}

static void on_done(void *arg, uint64_t task, enum lua_task_state state, const char *value,
                    const struct lua_problem *p)
{
    (void)arg;
    (void)task;
    (void)value;
    failed_task = failed_task || state == LUA_TASK_FAILED;
    if (p)
        str_addf(&said, "%s: %s\n", p->kind, p->message);
}

static void turn(void *arg)
{
    (void)arg;
    session_turn(s);
    if (lua_host_step(h, 8))
        loop_wake(l);
    if (!lua_host_busy(h))
        loop_stop(l);
}

static int run_row(const char *owner, const struct lua_fn *f)
{
    bool incomplete;
    struct error err;
    ck_assert_msg(f->help && f->help[0] && f->gives && f->args, "%s.%s has no help", owner,
                  f->name);
    ck_assert_msg(f->example && f->example[0], "%s.%s has no example", owner, f->name);
    str_reset(&said);
    failed_task = false;
    uint64_t id =
        lua_host_start(h, f->name, f->example, strlen(f->example), false, "*", &incomplete, &err);
    ck_assert_msg(id != 0, "%s.%s: %s", owner, f->name, err.text);
    printf("%s.%s", owner, f->name);
    fflush(stdout);
    int64_t began = loop_now_ms(l);
    loop_run(l);
    printf("  %.1f s\n", (double)(loop_now_ms(l) - began) / 1000);
    ck_assert_msg(!failed_task, "%s.%s: %s", owner, f->name, str_c(&said));
    return 1;
}

START_TEST(every_example_runs)
{
    static const struct lua_host_ops ops = {.print = on_print, .done = on_done};
    struct clock_shifted clock;
    struct error err;
    int n = 0;
    clock_shifted_init(&clock, 1795468447000000000); /* 2026-11-23T21:14:07Z */
    l = loop_new(&clock.clock);
    struct session_setup setup = {.loop = l,
                                  .clock = &clock.clock,
                                  .conf = conf_new(session_options),
                                  .offline = true,
                                  .demo = true,
                                  .devices = DEMO_SIMULATED};
    ck_assert_msg(session_new(&setup, &s, &err) == OK, "%s", err.text);
    h = lua_host_new(l, s, 64 << 20, &ops, NULL);
    char folder[] = "/tmp/vigie-examples-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    lua_host_folder(h, folder);
    /* what the network would answer */
    char *answers = mem_printf("%s/vo-lua", getenv("VIGIE_TEST_DATA"));
    setenv("VIGIE_REPLAY", answers, 1);
    setenv("IVOA_REGISTRY", "http://reg.g-vo.org/tap", 1);
    setenv("XDG_CACHE_HOME", folder, 1);
    free(answers);
    loop_before_sleep(l, turn, NULL);
    for (size_t i = 0; lua_modules[i]; i++)
        for (const struct lua_fn *f = lua_modules[i]->fns; f && f->name; f++)
            n += run_row(lua_modules[i]->name, f);
    for (size_t i = 0; lua_types[i]; i++)
        for (const struct lua_fn *f = lua_types[i]->rows; f->name; f++) {
            ck_assert_msg(f->help && f->gives, "%s.%s has no help", lua_types[i]->name, f->name);
            n += f->args ? run_row(lua_types[i]->name, f) : 0;
        }
    printf("%d examples ran\n", n);
    ck_assert_int_gt(n, 150);
    lua_host_end(h);
    lua_host_free(h);
    session_free(s);
    loop_free(l); /* what is written beside the loop is written now */
    char *clean = mem_printf("rm -r %s", folder);
    ck_assert_int_eq(system(clean), 0);
    free(clean);
    str_clear(&said);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("examples");
    TCase *c = tcase_create("examples");
    tcase_add_test(c, every_example_runs);
    tcase_set_timeout(c, 120); /* the simulated mount parks at its own speed: 26 s */
    suite_add_tcase(suite, c);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
