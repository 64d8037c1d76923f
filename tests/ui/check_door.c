/* check_door.c - the interface as the session drives it: attach, keys, frames, time, resize, detach,
 * on a terminal in memory. Byte budgets: interface design, section 7.
 */
#include <check.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/session/alertbook.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"
#include "vigie/ui/door.h"
#include "vt.h"

static struct loop *loop;
static struct session *s;
static struct clock_manual hand;
static struct vt *v;
static void *ui;
static size_t last_bytes;

/* 2026-11-23 21:14:07 UTC */
static const int64_t WALL_NS = 1795468447LL * 1000000000;

static void on_event(void *arg, const struct event *ev)
{
    ui_viewer.event(arg, ev);
}

static void work_off(void)
{
    for (int i = 0; i < 10000; i++) {
        session_turn(s);
        if (jobs_n(session_jobs(s)) == 0 && events_waiting(session_events(s)) == 0)
            return;
    }
    ck_abort_msg("the jobs do not end");
}

static void frame(bool whole)
{
    struct str out = {0};
    session_turn(s);
    if (whole || ui_viewer.dirty(ui))
        ui_viewer.draw(ui, whole, &out);
    last_bytes = out.n;
    vt_feed(v, str_c(&out), out.n);
    ck_assert_msg(v->unknown == 0, "unknown sequence %s", v->last_unknown + 1);
    str_clear(&out);
}

static void attach(const char *term)
{
    struct viewer_env env = {term, "", "", "", "", "UTF-8", 24, 80};
    struct error err;
    ck_assert_msg(ui_viewer.attach(ui, &env, &err) == OK, "%s", err.text);
}

static void setup(void)
{
    struct error err;
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("HOME", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    setenv("TZ", "CET-1", 1);
    clock_manual_init(&hand, WALL_NS);
    hand.mono = 1000000000;
    loop = loop_new(&hand.clock);
    struct session_setup with = {.loop = loop,
                                 .clock = &hand.clock,
                                 .conf = conf_new(session_options),
                                 .offline = true,
                                 .demo = true};
    ck_assert_msg(session_new(&with, &s, &err) == OK, "%s", err.text);
    ui = ui_viewer.create(s);
    events_on(session_events(s), on_event, ui);
    work_off();
    v = vt_new(24, 80);
    attach("xterm-256color");
    ui_viewer.keys(ui, "2", 1); /* from the Transits tab on */
    frame(true);
}

static void teardown(void)
{
    events_off(session_events(s), on_event, ui);
    ui_viewer.detach(ui);
    ui_viewer.destroy(ui);
    session_free(s);
    loop_free(loop);
    vt_free(v);
}

static void keys(const char *bytes)
{
    ui_viewer.keys(ui, bytes, strlen(bytes));
    frame(false);
}

static bool seen(const char *text)
{
    for (int r = 0; r < v->rows; r++)
        if (strstr(vt_row(v, r), text))
            return true;
    return false;
}

static void must_see(const char *text)
{
    if (seen(text))
        return;
    for (int r = 0; r < v->rows; r++)
        fprintf(stderr, "%s\n", vt_row(v, r));
    ck_abort_msg("not on the screen: %s", text);
}

START_TEST(the_first_screen_and_its_bytes)
{
    must_see("[2 Transits]");
    must_see("UTC 21:14:07");
    must_see("CET 22:14:07");
    must_see("HAT-P-49b");
    ck_assert(v->alternate && v->cursor_hidden);
    ck_assert_msg(last_bytes <= 4096, "%zu bytes", last_bytes);
    fprintf(stderr, "bytes: first screen %zu\n", last_bytes);
    frame(false);
    ck_assert_int_eq((int)last_bytes, 0);
}
END_TEST

static void second(void)
{
    clock_manual_step(&hand, 1000000000);
    struct event tick = {EV_TICK, 0};
    ui_viewer.event(ui, &tick);
    frame(false);
}

START_TEST(budgets)
{
    struct str report = {0};
    keys("7");
    ck_assert_msg(last_bytes <= 2560, "change of tab: %zu", last_bytes);
    str_addf(&report, "tab %zu", last_bytes);
    keys("2");
    ck_assert_msg(last_bytes <= 2560, "change of tab: %zu", last_bytes);
    str_addf(&report, " %zu", last_bytes);
    keys("7");
    for (int i = 0; i < 60; i++)
        log_put(LOG_INFO, "test", "line", "%d of many that make the list longer than a page", i);
    frame(false);
    keys("gg");
    keys("j");
    ck_assert_msg(last_bytes <= 250 + 120, "one line down: %zu",
                  last_bytes); /* the entry changes too */
    str_addf(&report, ", line %zu", last_bytes);
    keys("\033[6~");
    ck_assert_msg(last_bytes <= 2048, "page: %zu", last_bytes);
    str_addf(&report, ", page %zu", last_bytes);
    size_t sum = 0;
    for (int i = 0; i < 20; i++) {
        second();
        sum += last_bytes;
    }
    ck_assert_msg(sum / 20 <= 50, "idle: %zu a second", sum / 20);
    str_addf(&report, ", idle %zu/s", sum / 20);
    struct error err;
    ck_assert(session_set(s, "clock.seconds", "no", &err) == OK || err.status != E_RANGE);
    frame(false);
    clock_manual_step(&hand, 1000000000);
    frame(false);
    second();
    second();
    ck_assert_int_eq((int)last_bytes, 0);
    vt_free(v);
    v = vt_new(40, 120);
    ui_viewer.resize(ui, 40, 120);
    frame(false);
    ck_assert_msg(last_bytes <= 8192, "resize: %zu", last_bytes);
    str_addf(&report, ", resize %zu", last_bytes);
    keys("2");
    vt_free(v);
    v = vt_new(24, 80);
    ui_viewer.resize(ui, 24, 80);
    frame(false);
    vt_free(v);
    v = vt_new(40, 120);
    ui_viewer.resize(ui, 40, 120);
    frame(false);
    ck_assert_msg(last_bytes <= 8192, "resize: %zu", last_bytes);
    str_addf(&report, " %zu", last_bytes);
    fprintf(stderr, "bytes: %s\n", str_c(&report));
    str_clear(&report);
}
END_TEST

/* A key in the list draws the list at once, what depends on the row when the cursor rests. */
START_TEST(details_follow_when_the_cursor_rests)
{
    must_see("HAT-P-49b   Tab");
    keys("j");
    must_see(">Qatar-8b");
    must_see("HAT-P-49b   Tab");
    ck_assert_msg(last_bytes <= 250, "one line down: %zu", last_bytes);
    clock_manual_step(&hand, 160 * 1000000);
    frame(true);
    must_see("Qatar-8b   Tab");
    keys("j");
    keys("7"); /* another tab is never mixed with the old one */
    ck_assert(!seen("Qatar-8b"));
    must_see("entry");
}
END_TEST

START_TEST(a_lone_escape_closes_after_its_time)
{
    keys(":");
    must_see("alarm-ack");
    ui_viewer.keys(ui, "\033", 1);
    clock_manual_step(&hand, 30 * 1000000);
    keys(""); /* the timer's call does the same */
    ck_assert(!seen("alarm-ack"));
}
END_TEST

START_TEST(which_key_comes_after_its_time)
{
    keys("z");
    ck_assert(!seen("theme night"));
    clock_manual_step(&hand, 401 * 1000000);
    frame(true);
    must_see("theme night");
    keys("s"); /* and takes no key */
    ck_assert(!seen("theme night"));
    ck_assert(!conf_bool(session_conf(s), "clock.seconds"));
}
END_TEST

START_TEST(palette_filter_help)
{
    keys(":tra");
    must_see("transits-filter");
    keys("\177\177\177alert-filter mag<5");
    const struct alerts_state *st = session_alerts_state(s);
    char *count = mem_printf("   0 of %zu alerts", st->n_all - st->n_apart);
    must_see(count);
    free(count);
    keys("<<");
    must_see("filter, at");
    keys("\025note seeing 2.1\r");
    keys("7");
    must_see("note: seeing 2.1");
    keys("/seeing");
    must_see("/ seeing");
    must_see("1 of");
    keys("\r");
    keys("?");
    must_see("Help: Log");
    keys("q");
    ck_assert(!seen("Help: Log"));
}
END_TEST

START_TEST(a_question_needs_y)
{
    keys(":quit\r");
    must_see("End the session and the night?");
    keys("\r");
    must_see("No: nothing was done");
    ck_assert_int_eq((int)session_asked(s), 0);
    keys(":quit\r");
    keys("\033[200~y\033[201~"); /* a paste is no answer */
    must_see("End the session and the night?");
    keys("y");
    ck_assert_int_eq((int)session_asked(s), ASK_QUIT);
}
END_TEST

/* STOP is no answer to a question and no part of a sequence: it stops. */
START_TEST(stop_is_heard_under_questions)
{
    keys(":quit\r");
    must_see("End the session and the night?");
    keys("!");
    must_see("nothing is connected that could move");
    ck_assert(!seen("End the session and the night?"));
    ck_assert_int_eq((int)session_asked(s), 0);
    keys("7q!");
    must_see("nothing is connected that could move");
    keys(":note x\r4p!");
    must_see("nothing is connected that could move");
}
END_TEST

START_TEST(q_asks_which_way_out)
{
    keys("q");
    must_see("detach, the session goes on");
    keys("x");
    ck_assert_int_eq((int)session_asked(s), 0);
    keys("q");
    keys("d");
    ck_assert_int_eq((int)session_asked(s), ASK_DETACH);
}
END_TEST

START_TEST(pasted_text_runs_no_command)
{
    keys("\033[200~:quit\ry\033[201~");
    ck_assert_int_eq((int)session_asked(s), 0);
    must_see("[2 Transits]");
    keys(":\033[200~note a\nb\033[201~\r");
    keys("7");
    must_see("note: a b");
}
END_TEST

/* What the client must be able to give back, and what comes after C-z: the full screen again. */
START_TEST(restore_and_come_back)
{
    struct str r = {0};
    ui_viewer.restore(ui, &r);
    vt_feed(v, str_c(&r), r.n);
    ck_assert(!v->alternate && !v->cursor_hidden);
    ck_assert_str_eq(v->cursor_colour, "");
    frame(true);
    ck_assert(v->alternate && v->cursor_hidden);
    must_see("[2 Transits]");
    str_clear(&r);
}
END_TEST

START_TEST(state_outlives_the_terminal)
{
    keys("7");
    ui_viewer.detach(ui);
    ck_assert(!ui_viewer.dirty(ui));
    ui_viewer.keys(ui, "x", 1); /* nobody is there: no harm */
    struct str none = {0};
    ui_viewer.draw(ui, true, &none);
    ck_assert_int_eq((int)none.n, 0);
    vt_free(v);
    v = vt_new(24, 80);
    attach("vt100");
    frame(true);
    must_see("[7 Log]");
}
END_TEST

START_TEST(every_size)
{
    for (int rows = 1; rows <= 60; rows += rows < 14 ? 1 : 9)
        for (int cols = 1; cols <= 240; cols += cols < 50 ? 7 : 31) {
            vt_free(v);
            v = vt_new(rows, cols);
            ui_viewer.resize(ui, rows, cols);
            frame(false);
            keys("gt?");
            keys("q:set ");
            keys("\003");
        }
}
END_TEST

START_TEST(mouse)
{
    struct error err;
    if (session_set(s, "mouse", "yes", &err) != OK)
        ck_assert_int_ne(err.status, E_RANGE);
    frame(false);
    int col = (int)(strstr(vt_row(v, 0), "7 Log") - vt_row(v, 0)) + 1;
    char press[32];
    snprintf(press, sizeof press, "\033[<0;%d;1M", col);
    keys(press); /* on the last tab */
    must_see("[7 Log]");
    keys("2");
    keys("\033[<0;4;5M"); /* second row of the list */
    ck_assert_msg(strstr(vt_row(v, 4), "  >") == vt_row(v, 4), "%s", vt_row(v, 4));
    keys("\033[<65;4;5M");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("door");
    TCase *t = tcase_create("door");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_first_screen_and_its_bytes);
    tcase_add_test(t, budgets);
    tcase_add_test(t, details_follow_when_the_cursor_rests);
    tcase_add_test(t, a_lone_escape_closes_after_its_time);
    tcase_add_test(t, which_key_comes_after_its_time);
    tcase_add_test(t, palette_filter_help);
    tcase_add_test(t, a_question_needs_y);
    tcase_add_test(t, stop_is_heard_under_questions);
    tcase_add_test(t, q_asks_which_way_out);
    tcase_add_test(t, pasted_text_runs_no_command);
    tcase_add_test(t, restore_and_come_back);
    tcase_add_test(t, state_outlives_the_terminal);
    tcase_add_test(t, every_size);
    tcase_add_test(t, mouse);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
