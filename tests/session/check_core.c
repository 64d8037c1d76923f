/* check_core.c - the session without a process: events once a turn, jobs in slices, the command
 * line, the night log, alarms on a real loop. Expected texts and counts are written by hand from
 * what the headers promise.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"

static struct loop *loop;
static struct session *s;
static char folder[64];
static struct clock_manual manual;

/* 2026-11-23 21:14:07.250 UTC */
static const int64_t EVENING_NS = 1795468447250000000;

static void make(const char *log_folder, const char *config)
{
    clock_manual_init(&manual, EVENING_NS);
    manual.mono = 1000000000;
    loop = loop_new(&manual.clock);
    struct session_setup setup = {.loop = loop,
                                  .clock = &manual.clock,
                                  .conf = conf_new(session_options),
                                  .log_folder = log_folder,
                                  .config_path = config,
                                  .offline = true,
                                  .demo = true};
    struct error err;
    ck_assert_msg(session_new(&setup, &s, &err) == OK, "%s", err.text);
}

static void setup_plain(void)
{
    make(NULL, NULL);
}

static void setup_folder(void)
{
    strcpy(folder, "/tmp/sessionXXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char config[80];
    snprintf(config, sizeof config, "%s/config", folder);
    make(folder, config);
}

static void teardown(void)
{
    session_free(s);
    loop_free(loop);
    if (folder[0]) {
        char *argv = mem_printf("rm -rf '%s'", folder);
        ck_assert_int_eq(system(argv), 0);
        free(argv);
    }
}

/* ---- events ---- */

static int first_seen, second_seen;

static void on_first(void *arg, const struct event *ev)
{
    struct events *e = arg;
    first_seen++;
    if (ev->kind == EV_SITE) {
        events_put(e, EV_OPTION, 0); /* must wait for the next turn */
        ck_assert_int_eq(events_deliver(e), 0);
    }
}

static void on_second(void *arg, const struct event *ev)
{
    (void)ev;
    second_seen++;
    events_off(arg, on_second, arg); /* it takes itself away */
}

START_TEST(events_are_delivered_once_a_turn)
{
    struct events *e = events_new();
    first_seen = second_seen = 0;
    events_on(e, on_first, e);
    events_on(e, on_second, e);
    events_put(e, EV_SITE, 0);
    events_put(e, EV_SITE, 0); /* twice the same: one */
    events_put(e, EV_LOG, 1);
    events_put(e, EV_LOG, 2);
    ck_assert_int_eq(events_deliver(e), 3);
    ck_assert_int_eq(first_seen, 3);
    ck_assert_int_eq(second_seen, 1);
    ck_assert_int_eq(events_waiting(e), 1);
    ck_assert_int_eq(events_deliver(e), 1);
    ck_assert_int_eq(first_seen, 4);
    ck_assert_int_eq(second_seen, 1);
    ck_assert_int_eq(events_deliver(e), 0);
    events_free(e);
}
END_TEST

/* ---- jobs ---- */

struct work {
    int steps, left, over;
    enum job_state ended;
    struct jobs *jobs;
    uint64_t id;
    bool stop_self;
};

static enum job_state work_step(void *arg, double budget_ms)
{
    struct work *w = arg;
    ck_assert(budget_ms > 0 && budget_ms <= 8);
    w->steps++;
    if (w->stop_self)
        jobs_stop(w->jobs, w->id);
    return --w->left > 0 ? JOB_MORE : JOB_DONE;
}

static void work_over(void *arg, enum job_state state)
{
    struct work *w = arg;
    w->over++;
    w->ended = state;
}

static const struct job_ops work_ops = {"test/work", work_step, work_over};

START_TEST(jobs_take_turns_and_end_once)
{
    struct jobs *j = jobs_new();
    struct work a = {.left = 3}, b = {.left = 1}, c = {.left = 1000}, d = {.left = 9};
    jobs_add(j, &work_ops, &a);
    jobs_add(j, &work_ops, &b);
    uint64_t c_id = jobs_add(j, &work_ops, &c);
    d.jobs = j;
    d.stop_self = true;
    d.id = jobs_add(j, &work_ops, &d);
    ck_assert(jobs_step(j, 8));
    ck_assert_int_eq(b.over, 1);
    ck_assert_int_eq(b.ended, JOB_DONE);
    ck_assert_int_eq(d.over, 1); /* stopped by itself, after its step */
    ck_assert_int_eq(d.ended, JOB_MORE);
    for (int i = 0; i < 5; i++)
        jobs_step(j, 8);
    ck_assert_int_eq(a.steps, 3);
    ck_assert_int_eq(a.over, 1);
    ck_assert_int_eq(c.steps, 6);
    jobs_stop(j, c_id);
    jobs_stop(j, c_id);
    ck_assert_int_eq(c.over, 1);
    ck_assert_int_eq(c.ended, JOB_MORE);
    ck_assert(!jobs_step(j, 8));
    struct work e = {.left = 5};
    jobs_add(j, &work_ops, &e);
    jobs_free(j);
    ck_assert_int_eq(e.over, 1);
}
END_TEST

/* ---- commands ---- */

static char got[200];
static int got_argc;
static void *got_owner;

static enum status run_echo(struct command_call *c, struct error *err)
{
    (void)err;
    got_argc = c->argc;
    got_owner = c->owner;
    got[0] = 0;
    for (int i = 0; i < c->argc; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "[%s]", c->argv[i]);
    str_addf(c->say, "rest=%s", c->rest);
    return OK;
}

static const char *always_busy(const struct command_call *c)
{
    (void)c;
    return "the mount is parked";
}

static const struct command table[] = {
    {.name = "echo", .help = "Echo", .run = run_echo},
    {.name = "echo", .scope = "alerts", .help = "Echo here", .run = run_echo},
    {.name = "stow", .help = "Park the mount", .disabled = always_busy, .run = run_echo},
    {.name = "slew", .help = "Slew the mount", .flags = CMD_MOVES_HARDWARE, .run = run_echo},
    {.name = "only-vo", .scope = "vo", .help = "There", .run = run_echo},
    {0}};
static const struct command here[] = {{.name = "echo", .scope = "vo", .help = "x", .run = run_echo},
                                      {0}};

static enum status run(const char *scope, const char *line, struct str *say, struct error *err)
{
    memset(err, 0, sizeof *err);
    return commands_run(s, scope, line, BY_LINE, false, say, err);
}

START_TEST(command_line_is_taken_apart)
{
    struct str say = {0};
    struct error err;
    int owner;
    commands_add(session_commands(s), table, &owner);
    ck_assert_int_eq(run(NULL, "  echo  a \"b c\" \\x \"\\\"q\\\\\" \"\"  ", &say, &err), OK);
    ck_assert_str_eq(got, "[echo][a][b c][\\x][\"q\\][]");
    ck_assert_str_eq(say.s, "rest=a \"b c\" \\x \"\\\"q\\\\\" \"\"");
    ck_assert_ptr_eq(got_owner, &owner);
    ck_assert_int_eq(run(NULL, "echo \"open", &say, &err), E_PARSE);
    ck_assert_int_eq(run(NULL, "   ", &say, &err), OK);
    ck_assert_uint_eq(say.n, 0);
    char *longer = mem_zero(5000);
    memset(longer, 'x', 4999);
    ck_assert_int_eq(run(NULL, longer, &say, &err), E_RANGE);
    memset(longer, ' ', 4000);
    for (int i = 0; i < 140; i += 2)
        longer[i] = 'a';
    longer[1000] = 0;
    ck_assert_int_eq(run(NULL, longer, &say, &err), E_RANGE);
    free(longer);
    str_clear(&say);
}
END_TEST

START_TEST(scope_comes_before_everywhere)
{
    struct str say = {0};
    struct error err;
    int one, two;
    commands_add(session_commands(s), table, &one);
    commands_add(session_commands(s), here, &two);
    ck_assert_int_eq(run("vo", "echo", &say, &err), OK);
    ck_assert_ptr_eq(got_owner, &two);
    ck_assert_int_eq(run("devices", "echo", &say, &err), OK);
    ck_assert_ptr_eq(got_owner, &one);
    ck_assert_int_eq(run("alerts", "only-vo", &say, &err), E_ABSENT);
    ck_assert_str_eq(err.text, "only-vo works in the vo tab only");
    commands_remove(session_commands(s), &two);
    ck_assert_int_eq(run("vo", "echo", &say, &err), OK);
    ck_assert_ptr_eq(got_owner, &one);
    str_clear(&say);
}
END_TEST

START_TEST(refusals_are_sentences)
{
    struct str say = {0};
    struct error err;
    commands_add(session_commands(s), table, NULL);
    got[0] = 0;
    ck_assert_int_eq(run(NULL, "stow", &say, &err), E_REFUSED);
    ck_assert_str_eq(err.text, "stow: not now: the mount is parked");
    ck_assert_int_eq(run(NULL, "slew", &say, &err), E_CANCELLED);
    ck_assert_str_eq(err.text, "Slew the mount?");
    ck_assert_str_eq(got, ""); /* neither ran */
    ck_assert_int_eq(commands_run(s, NULL, "slew", BY_KEY, true, &say, &err), OK);
    const struct nightlog *log = session_log(s);
    const struct log_line *last = nightlog_at(log, nightlog_n(log) - 1);
    ck_assert_str_eq(last->subject, "slew");
    ck_assert_str_eq(last->message, "asked by key");
    ck_assert_int_eq(run(NULL, "slww", &say, &err), E_ABSENT);
    ck_assert_str_eq(err.text, "no command slww; did you mean slew?");
    ck_assert_int_eq(run(NULL, "quit", &say, &err), E_CANCELLED);
    ck_assert_uint_eq(session_asked(s), 0);
    str_clear(&say);
}
END_TEST

START_TEST(leaving_is_asked_of_the_process)
{
    struct str say = {0};
    struct error err;
    ck_assert_int_eq(run(NULL, "detach", &say, &err), OK);
    ck_assert_int_eq(run(NULL, "redraw", &say, &err), OK);
    ck_assert_uint_eq(session_asked(s), ASK_DETACH | ASK_REDRAW);
    ck_assert_uint_eq(session_asked(s), 0);
    str_clear(&say);
}
END_TEST

/* ---- options ---- */

START_TEST(options_are_kept_in_the_file)
{
    struct str say = {0}, text = {0};
    struct error err;
    char config[80];
    snprintf(config, sizeof config, "%s/config", folder);
    ck_assert_int_eq(file_replace(config, "# mine\ntheme = day\n", 19, 0600, &err), OK);
    ck_assert_msg(run(NULL, "set transits.min-alt 30", &say, &err) == OK, "%s", err.text);
    ck_assert_int_eq(run(NULL, "theme night", &say, &err), OK);
    ck_assert_int_eq(file_read(config, 1000, &text, &err), OK);
    ck_assert_str_eq(text.s, "# mine\ntheme = night\ntransits.min-alt = 30\n");
    ck_assert_double_eq(conf_number(session_conf(s), "transits.min-alt"), 30);
    ck_assert_int_eq(run(NULL, "set transits.min-alt 95", &say, &err), E_RANGE);
    ck_assert_int_eq(run(NULL, "set transits.min-al 5", &say, &err), E_ABSENT);
    ck_assert_double_eq(conf_number(session_conf(s), "transits.min-alt"), 30);
    ck_assert_int_eq(run(NULL, "set notify.command cat  >/dev/null", &say, &err), OK);
    ck_assert_str_eq(conf_text(session_conf(s), "notify.command"), "cat  >/dev/null");
    ck_assert_int_eq(run(NULL, "set notify.command \"a #b\"", &say, &err), E_RANGE);
    ck_assert_int_eq(run(NULL, "set theme \"a\001b\"", &say, &err), E_RANGE);
    ck_assert_int_eq(run(NULL, "set transits.min-alt", &say, &err), OK);
    ck_assert_ptr_nonnull(strstr(say.s, "transits.min-alt = 30 deg"));
    str_clear(&say);
    str_clear(&text);
}
END_TEST

/* ---- night log ---- */

START_TEST(a_night_is_named_by_its_evening)
{
    char date[11];
    const int64_t h = 3600LL * 1000000000, midnight = 1795392000LL * 1000000000; /* 2026-11-23 */
    const double deg = acos(-1) / 180;
    night_evening(midnight + 3 * h, 0, date);
    ck_assert_str_eq(date, "2026-11-22");
    night_evening(midnight + 12 * h - 1, 0, date);
    ck_assert_str_eq(date, "2026-11-22");
    night_evening(midnight + 12 * h, 0, date);
    ck_assert_str_eq(date, "2026-11-23");
    night_evening(midnight + 24 * h, 0, date);
    ck_assert_str_eq(date, "2026-11-23");
    night_evening(midnight + 6 * h, -155.5 * deg, date); /* Hawaii: 19:38 of the 22nd */
    ck_assert_str_eq(date, "2026-11-22");
    night_evening(midnight + 23 * h, -155.5 * deg, date); /* 12:38 of the 23rd */
    ck_assert_str_eq(date, "2026-11-23");
    night_evening(midnight + 3 * h, 149 * deg, date); /* Australia: 12:56 */
    ck_assert_str_eq(date, "2026-11-23");
    night_evening(-1, 0, date); /* before 1970 */
    ck_assert_str_eq(date, "1969-12-31");
    ck_assert_int_eq(night_noon_ns(midnight + 3 * h, 0), midnight - 12 * h);
    ck_assert_int_eq(night_noon_ns(-1, 0), -12 * h);
}
END_TEST

START_TEST(log_is_a_line_an_event)
{
    struct str text = {0};
    struct error err;
    char path[120];
    log_put(LOG_WARN, "devices", "Weather", "humidity %d %%\n\tabove\x1b[31m", 71);
    log_put(LOG_TRACE, "io", "", "not for the log");
    snprintf(path, sizeof path, "%s/2026-11-23.log", folder);
    ck_assert_str_eq(nightlog_file(session_log(s)), path);
    ck_assert_int_eq(file_read(path, 10000, &text, &err), OK);
    ck_assert_str_eq(text.s, "2026-11-23T21:14:07.250Z\tdevices\twarning\tWeather\thumidity 71 % "
                             "above\xEF\xBF\xBD[31m\n");
    ck_assert_uint_eq(nightlog_bytes(session_log(s)), text.n);
    manual.wall += 15LL * 3600 * 1000000000; /* noon is over: another night */
    log_put(LOG_INFO, "user", "note", "a, \"b\"");
    ck_assert_ptr_nonnull(strstr(nightlog_file(session_log(s)), "2026-11-24.log"));
    struct str csv = {0};
    nightlog_csv(session_log(s), &csv);
    ck_assert_ptr_nonnull(
        strstr(csv.s, "\n2026-11-24T12:14:07.250Z,user,info,note,\"a, \"\"b\"\"\"\n"));
    str_clear(&csv);
    str_clear(&text);
}
END_TEST

START_TEST(log_that_cannot_be_written_is_told_once)
{
    struct str say = {0};
    struct error err;
    ck_assert_int_eq(run(NULL, "note one", &say, &err), OK);
    char *cmd = mem_printf("rm -rf '%s'; touch '%s'", folder, folder);
    ck_assert_int_eq(system(cmd), 0);
    free(cmd);
    manual.wall += 24LL * 3600 * 1000000000;
    ck_assert_int_eq(run(NULL, "note two", &say, &err), OK);
    ck_assert_int_eq(run(NULL, "note three", &say, &err), OK);
    const struct nightlog *log = session_log(s);
    ck_assert(nightlog_failing(log));
    ck_assert_str_eq(say.s, "noted in memory only: the log's file cannot be written");
    size_t n = nightlog_n(log), told = 0;
    for (size_t i = 0; i < n; i++)
        told += strcmp(nightlog_at(log, i)->subject, "night log") == 0;
    ck_assert_uint_eq(told, 1);
    ck_assert_str_eq(nightlog_at(log, n - 1)->message, "three");
    ck_assert_int_eq(unlink(folder), 0);
    ck_assert_int_eq(run(NULL, "note four", &say, &err), OK); /* it is tried again */
    ck_assert(!nightlog_failing(log));
    str_clear(&say);
}
END_TEST

START_TEST(log_keeps_the_last_lines)
{
    for (int i = 1; i <= 5100; i++)
        log_put(LOG_INFO, "user", "note", "%d", i);
    const struct nightlog *log = session_log(s);
    ck_assert_uint_eq(nightlog_n(log), 5000);
    ck_assert_uint_eq(nightlog_total(log), 5100);
    ck_assert_str_eq(nightlog_at(log, 0)->message, "101");
    ck_assert_str_eq(nightlog_at(log, 4999)->message, "5100");
}
END_TEST

/* ---- alarms ---- */

START_TEST(alarm_is_raised_repeated_acknowledged)
{
    struct error err;
    enum alarm_level highest;
    struct str say = {0};
    uint64_t id = alarms_raise(s, ALARM_WARNING, "devices", "Weather", "humidity %d %%", 71);
    ck_assert_uint_eq(alarms_raise(s, ALARM_WARNING, "devices", "Weather", "humidity 72 %%"), id);
    ck_assert_uint_eq(alarms_n(s), 1);
    ck_assert_str_eq(alarms_find(s, id)->text, "humidity 72 %");
    ck_assert_uint_eq(alarms_open(s, &highest), 1);
    ck_assert_int_eq(highest, ALARM_WARNING);
    ck_assert_int_eq(alarms_find(s, id)->next_ms, 61000); /* 60 s after second 1 */
    ck_assert_uint_eq(alarms_raise(s, ALARM_ALARM, "devices", "Weather", "rain"), id);
    ck_assert_uint_eq(alarms_open(s, &highest), 1);
    ck_assert_int_eq(highest, ALARM_ALARM);
    ck_assert_int_eq(run(NULL, "a", &say, &err), E_ABSENT);
    ck_assert_int_eq(run(NULL, "alarm-ack", &say, &err), OK);
    ck_assert_uint_eq(alarms_open(s, &highest), 0);
    ck_assert_int_eq(run(NULL, "alarm-ack", &say, &err), E_REFUSED);
    ck_assert_int_eq(run(NULL, "alarm-snooze 5 1", &say, &err), E_REFUSED);
    ck_assert_int_eq(alarms_snooze(s, id, 5, &err), OK);
    ck_assert_uint_eq(alarms_open(s, &highest), 1);
    ck_assert_int_eq(alarms_find(s, id)->next_ms, 301000);
    ck_assert_int_eq(run(NULL, "alarm-end 1", &say, &err), OK);
    ck_assert_int_eq(run(NULL, "alarm-end 7", &say, &err), E_ABSENT);
    ck_assert_uint_eq(alarms_open(s, &highest), 0);
    ck_assert_int_eq(alarms_ack(s, id, &err), E_ABSENT);
    ck_assert_uint_ne(alarms_raise(s, ALARM_WARNING, "devices", "Weather", "again"), id);
    const struct nightlog *log = session_log(s);
    ck_assert_str_eq(nightlog_at(log, 0)->message, "alarm 1 raised: humidity 71 %");
    ck_assert_int_eq(nightlog_at(log, 0)->level, LOG_WARN);
    size_t open = alarms_open(s, &highest);
    for (int i = 1; i <= 2; i++) { /* a test rings anew, acknowledged or not */
        ck_assert_int_eq(commands_run(s, NULL, "alarm-test", BY_LINE, false, &say, &err), OK);
        ck_assert_uint_eq(alarms_open(s, &highest), open + 1);
        ck_assert_int_eq(alarms_ack(s, alarms_at(s, alarms_n(s) - 1)->id, &err), OK);
        ck_assert_uint_eq(alarms_open(s, &highest), open);
    }
    str_clear(&say);
}
END_TEST

static int64_t stop_loop(void *arg)
{
    loop_stop(arg);
    return -1;
}

/* The clock of this loop stands still but for our hand; the timer of the repeat is the machine's, so
 * the alarm is due as soon as the clock was moved. */
START_TEST(alarm_repeats_by_its_timer)
{
    struct session *t;
    struct loop *l = loop_new(clock_system());
    struct session_setup setup = {.loop = l,
                                  .clock = clock_system(),
                                  .conf = conf_new(session_options),
                                  .offline = true,
                                  .demo = true};
    struct error err;
    session_free(s);
    loop_free(loop);
    ck_assert_int_eq(session_new(&setup, &t, &err), OK);
    s = t;
    uint64_t id = alarms_raise(s, ALARM_ALARM, "user", "x", "x");
    ck_assert_int_eq(alarms_snooze(s, id, 0.001, &err), OK); /* 60 ms */
    loop_timer(l, 300, stop_loop, l, "test");
    loop_run(l);
    ck_assert_int_eq(alarms_find(s, id)->repeats, 1); /* the next one is 60 s away */
    session_free(s);
    loop_free(l);
    make(NULL, NULL);
}
END_TEST

START_TEST(notify_command_gets_json)
{
    struct error err;
    struct str say = {0}, text = {0};
    char *line = mem_printf("set notify.command cat > %s/said", folder),
         *said = mem_printf("%s/said", folder);
    ck_assert_int_eq(run(NULL, line, &say, &err), OK);
    ck_assert_int_eq(run(NULL, "set notify.level alarm", &say, &err), OK);
    alarms_raise(s, ALARM_WARNING, "alerts", "below", "not sent");
    alarms_raise(s, ALARM_ALARM, "alerts", "GRB 261123A", "alt \"62\"\n");
    for (int i = 0; i < 200 && (file_read(said, 1000, &text, &err) != OK || text.n == 0); i++) {
        loop_timer(loop, 20, stop_loop, loop, "test");
        loop_run(loop);
    }
    ck_assert_str_eq(text.s, "{\"alarm\":2,\"level\":\"alarm\",\"room\":\"alerts\",\"subject\":"
                             "\"GRB 261123A\",\"text\":\"alt \\\"62\\\" \",\"site\":\"OHP\","
                             "\"repeat\":0}\n");
    free(line);
    free(said);
    str_clear(&say);
    str_clear(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session core");
    TCase *t = tcase_create("memory");
    tcase_add_checked_fixture(t, setup_plain, teardown);
    tcase_add_test(t, events_are_delivered_once_a_turn);
    tcase_add_test(t, jobs_take_turns_and_end_once);
    tcase_add_test(t, command_line_is_taken_apart);
    tcase_add_test(t, scope_comes_before_everywhere);
    tcase_add_test(t, refusals_are_sentences);
    tcase_add_test(t, leaving_is_asked_of_the_process);
    tcase_add_test(t, a_night_is_named_by_its_evening);
    tcase_add_test(t, log_keeps_the_last_lines);
    tcase_add_test(t, alarm_is_raised_repeated_acknowledged);
    tcase_add_test(t, alarm_repeats_by_its_timer);
    suite_add_tcase(suite, t);
    t = tcase_create("files");
    tcase_add_checked_fixture(t, setup_folder, teardown);
    tcase_add_test(t, options_are_kept_in_the_file);
    tcase_add_test(t, log_is_a_line_an_event);
    tcase_add_test(t, log_that_cannot_be_written_is_told_once);
    tcase_add_test(t, notify_command_gets_json);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
